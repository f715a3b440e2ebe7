//! Copying single records from one batch to another.

use crate::attributes::{Attributes, ShapeId};
use crate::batch::{Head, Placement, SpanBatch};
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::EvidenceId;
use crate::id::TraceId;
use crate::resource::ResourceId;
use crate::scope::ScopeId;
use crate::strings::{Strings, Symbol};
use rustc_hash::FxHashMap;

/// Copies records of one batch to another, and remembers what the symbols,
/// resources, scopes and evidence of the one are in the other.
///
/// Sources and issues are not of records and stay behind.
#[derive(Debug)]
pub struct Copier<'a> {
    from: &'a SpanBatch,
    symbols: Vec<Option<Symbol>>,
    resources: FxHashMap<ResourceId, ResourceId>,
    scopes: FxHashMap<ScopeId, ScopeId>,
    evidence: Vec<Option<EvidenceId>>,
}

impl<'a> Copier<'a> {
    /// Copies records of this batch, all of them to one and the same other.
    #[must_use]
    pub fn new(from: &'a SpanBatch) -> Self {
        Self {
            from,
            symbols: vec![None; from.strings.len()],
            resources: FxHashMap::default(),
            scopes: FxHashMap::default(),
            evidence: vec![None; from.evidence.len()],
        }
    }

    /// Appends a record, with all that belongs to it, to `to`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion records or attributes.
    pub fn copy(&mut self, record: u32, to: &mut SpanBatch) -> Result<()> {
        let from = self.from;
        let at = record as usize;
        let fixed = (from.trace_ids[at], from.placements[at], from.heads[at]);
        self.copy_as(record, fixed, to)
    }

    /// Appends what belongs to a record, under a trace id and fixed fields that
    /// are given, to `to`.
    pub(crate) fn copy_as(
        &mut self,
        record: u32,
        (trace, place, head): (TraceId, Placement, Head),
        to: &mut SpanBatch,
    ) -> Result<()> {
        let full = || Error::new(ErrorKind::Limit, "more than 4,294,967,295 rows in all");
        self.attributes(record, head.evidence, to)
            .ok_or_else(full)?;
        self.events(record, to);
        self.links(record, to);
        self.texts(record, to);
        self.words(trace, &place, to);
        let head = Head {
            name: self.symbol(head.name, &mut to.strings),
            resource: self.resource(head.resource, to),
            scope: self.scope(head.scope, to),
            evidence: self.evidence(head.evidence, to).ok_or_else(full)?,
            ..head
        };
        to.trace_ids.push(trace);
        to.placements.push(place);
        to.heads.push(head);
        Ok(())
    }

    #[inline]
    fn symbol(&mut self, theirs: Symbol, strings: &mut Strings) -> Symbol {
        let from = self.from;
        let slot = &mut self.symbols[theirs.index()];
        *slot.get_or_insert_with(|| strings.intern(from.strings.get(theirs)))
    }

    fn attributes(&mut self, record: u32, evidence: EvidenceId, to: &mut SpanBatch) -> Option<()> {
        if !to.keep.has_rows() {
            return Some(());
        }
        let (rows, owner) = self.from.rows_of_record(record, evidence);
        for (key, value) in rows.of(owner) {
            let key = self.symbol(key, &mut to.strings);
            to.attributes.push(key, value);
        }
        to.attributes.close(ShapeId::default()).map(drop)
    }

    fn row(&mut self, row: usize, from: &Attributes, to: &mut Attributes, strings: &mut Strings) {
        for (key, value) in from.of(row as u32) {
            to.push(self.symbol(key, strings), value);
        }
    }

    fn events(&mut self, record: u32, to: &mut SpanBatch) {
        let from = &self.from.events;
        for row in self.from.events_of(record) {
            let attributes = &mut to.events.attributes;
            self.row(row, &from.attributes, attributes, &mut to.strings);
            to.event_dropped(from.dropped.value(row as u32).into());
            let name = self.symbol(from.name[row], &mut to.strings);
            to.event_of(from.time_unix_nano[row], name);
        }
    }

    fn links(&mut self, record: u32, to: &mut SpanBatch) {
        let from = &self.from.links;
        for row in self.from.links_of(record) {
            let attributes = &mut to.links.attributes;
            self.row(row, &from.attributes, attributes, &mut to.strings);
            to.link_dropped(from.dropped.value(row as u32).into());
            let state = from.trace_states.get(row as u32);
            to.link_state(state.unwrap_or_default());
            to.link(from.trace_id[row], from.span_id[row]);
        }
    }

    fn texts(&mut self, record: u32, to: &mut SpanBatch) {
        let from = self.from;
        to.status_message(from.status_messages.get(record).unwrap_or_default());
        to.trace_state(from.trace_states.get(record).unwrap_or_default());
        to.note_dropped(from.dropped.value(record));
    }

    fn words(&mut self, trace: TraceId, place: &Placement, to: &mut SpanBatch) {
        let from = self.from;
        if let Some(word) = from.trace_words.get(&trace) {
            to.trace_word(word);
        }
        if from.span_words.is_empty() {
            return;
        }
        for id in [place.span_id, place.parent_id] {
            if let Some(word) = from.span_words.get(&id) {
                to.span_word(word);
            }
        }
    }

    fn resource(&mut self, theirs: ResourceId, to: &mut SpanBatch) -> ResourceId {
        if let Some(&ours) = self.resources.get(&theirs) {
            return ours;
        }
        for (key, value) in self.from.resources.attributes(theirs) {
            let key = self.symbol(key, &mut to.strings);
            to.resources.push(key, value);
        }
        let service = self.symbol(self.from.resources.service(theirs), &mut to.strings);
        let ours = to.resources.close(service);
        self.resources.insert(theirs, ours);
        ours
    }

    fn scope(&mut self, theirs: ScopeId, to: &mut SpanBatch) -> ScopeId {
        if let Some(&ours) = self.scopes.get(&theirs) {
            return ours;
        }
        for (key, value) in self.from.scopes.attributes(theirs) {
            let key = self.symbol(key, &mut to.strings);
            to.scopes.push(key, value);
        }
        let (name, version) = self.from.scopes.get(theirs);
        let name = self.symbol(name, &mut to.strings);
        let version = self.symbol(version, &mut to.strings);
        let ours = to.scopes.intern(name, version);
        self.scopes.insert(theirs, ours);
        ours
    }

    fn evidence(&mut self, theirs: EvidenceId, to: &mut SpanBatch) -> Option<EvidenceId> {
        if let Some(ours) = self.evidence[theirs.index()] {
            return Some(ours);
        }
        let (sets, strings) = (&mut to.evidence, &mut to.strings);
        let from = self.from;
        let ours = sets.copy(&from.evidence, theirs, |symbol| {
            self.symbol(symbol, strings)
        })?;
        self.evidence[theirs.index()] = Some(ours);
        Some(ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SpanHead, SpanId, TraceId, Value};

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
        Copier::new(&batch).copy(0, &mut copy).expect("room");
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
