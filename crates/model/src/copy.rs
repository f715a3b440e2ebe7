//! Copying single records from one batch to another.

use crate::attributes::Attributes;
use crate::batch::SpanBatch;
use crate::error::Result;
use crate::head::SpanHead;
use crate::strings::{Strings, Symbol};

impl SpanBatch {
    /// Appends a record of another batch with all that belongs to it: its
    /// resource, scope, attributes, events, links and texts. Sources and issues
    /// are not of records and stay behind.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Limit`] beyond four billion records or attributes.
    pub fn copy_record(&mut self, other: &SpanBatch, record: u32) -> Result<u32> {
        let head = other.head(record);
        for (key, value) in other.named_attributes(record) {
            self.attribute(key, value);
        }
        self.copy_events(other, record);
        self.copy_links(other, record);
        self.copy_texts(other, record);
        let head = SpanHead {
            name: self.strings.intern(other.strings.get(head.name)),
            resource: self.copy_resource(other, head),
            scope: self.copy_scope(other, head),
            ..head
        };
        self.close(head)
    }

    fn copy_events(&mut self, other: &SpanBatch, record: u32) {
        for row in other.events_of(record) {
            let (from, to) = (&other.events.attributes, &mut self.events.attributes);
            copy_row(&mut self.strings, &other.strings, from, row as u32, to);
            let name = other.strings.get(other.events.name[row]);
            self.event(other.events.time_unix_nano[row], name);
        }
    }

    fn copy_links(&mut self, other: &SpanBatch, record: u32) {
        for row in other.links_of(record) {
            let (from, to) = (&other.links.attributes, &mut self.links.attributes);
            copy_row(&mut self.strings, &other.strings, from, row as u32, to);
            self.link(other.links.trace_id[row], other.links.span_id[row]);
        }
    }

    fn copy_texts(&mut self, other: &SpanBatch, record: u32) {
        self.status_message(other.status_messages.get(record).unwrap_or_default());
        self.trace_state(other.trace_states.get(record).unwrap_or_default());
        let head = other.head(record);
        if let Some(word) = other.trace_words.get(&head.trace_id) {
            self.trace_word(word);
        }
        for id in [head.span_id, head.parent_id] {
            if let Some(word) = other.span_words.get(&id) {
                self.span_word(word);
            }
        }
    }

    fn copy_resource(&mut self, other: &SpanBatch, head: SpanHead) -> crate::ResourceId {
        for (key, value) in other.resources.attributes(head.resource) {
            let key = self.strings.intern(other.strings.get(key));
            self.resources.push(key, value);
        }
        let service = other.strings.get(other.resources.service(head.resource));
        let service = self.strings.intern(service);
        self.resources.close(service)
    }

    fn copy_scope(&mut self, other: &SpanBatch, head: SpanHead) -> crate::ScopeId {
        let (name, version) = other.scopes.get(head.scope);
        let mut intern = |symbol: Symbol| self.strings.intern(other.strings.get(symbol));
        let (name, version) = (intern(name), intern(version));
        self.scopes.intern(name, version)
    }
}

fn copy_row(
    ours: &mut Strings,
    theirs: &Strings,
    from: &Attributes,
    owner: u32,
    to: &mut Attributes,
) {
    for (key, value) in from.of(owner) {
        to.push(ours.intern(theirs.get(key)), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SpanId, TraceId, Value};

    #[test]
    fn a_copied_record_says_the_same() {
        let mut batch = SpanBatch::default();
        batch.strings.intern("shifts the symbols");
        let (service, name) = (batch.strings.intern("cart"), batch.strings.intern("Get"));
        let pod = batch.strings.intern("k8s.pod.name");
        batch.resources.push(pod, Value::Str("cart-1"));
        let resource = batch.resources.close(service);
        batch.attribute("n", Value::Int(7));
        batch.event_attribute("exception.type", Value::Str("Oops"));
        batch.event(3, "exception");
        batch.link(TraceId(9), SpanId(8));
        batch.status_message("bad");
        let word = batch.span_word("word");
        let head = SpanHead {
            span_id: word,
            name,
            resource,
            ..SpanHead::default()
        };
        batch.close(head).expect("room");

        let mut copy = SpanBatch::default();
        copy.copy_record(&batch, 0).expect("room");
        let named = |batch: &SpanBatch| -> Vec<String> {
            let all = batch.named_attributes(0);
            all.map(|(key, value)| format!("{key}={value}")).collect()
        };
        assert_eq!(named(&copy), ["n=7"]);
        assert_eq!(copy.strings.get(copy.head(0).name), "Get");
        assert_eq!(
            copy.strings
                .get(copy.resources.service(copy.head(0).resource)),
            "cart"
        );
        assert_eq!(copy.strings.get(copy.events.name[0]), "exception");
        assert_eq!(copy.links.trace_id, [TraceId(9)]);
        assert_eq!(copy.status_messages.get(0), Some("bad"));
        assert_eq!(copy.span_words.get(&word).map(AsRef::as_ref), Some("word"));
    }
}
