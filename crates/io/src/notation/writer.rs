//! From records to lines.
//!
//! A record is nested under its parent where the parent is the line above or
//! an ancestor of it; anywhere else, and beyond [`DEPTH`], it begins at the
//! margin and names its parent, so a chain of a million spans does not write
//! half a trillion blanks.

use super::interval::{push_interval, push_time, Interval};
use super::lex;
use super::marks::push_key;
use super::value::{push_braces, push_value};
use spanwise_model::keyed::KeyedMap;
use spanwise_model::{flags, Result, SpanBatch, SpanHead, SpanId, SpanKind, StatusCode, TraceId};
use std::io::Write;

/// The deepest nesting that is written.
const DEPTH: usize = 64;

/// Writes all records.
pub(super) fn write(batch: &SpanBatch, out: &mut dyn Write) -> Result<()> {
    Writer::new(batch).write(out)
}

/// Writes records in their order.
struct Writer<'b> {
    batch: &'b SpanBatch,
    out: String,
    trace: Option<TraceId>,
    spans: u64,
    open: Vec<SpanId>,
    /// The depth of each open span; the deepest where an id is there twice.
    depths: KeyedMap<SpanId, usize>,
}

impl<'b> Writer<'b> {
    fn new(batch: &'b SpanBatch) -> Self {
        Self {
            batch,
            out: String::new(),
            trace: None,
            spans: 0,
            open: Vec::new(),
            depths: KeyedMap::default(),
        }
    }

    fn write(mut self, to: &mut dyn Write) -> Result<()> {
        for record in 0..self.batch.open_record() {
            self.record(record);
            if self.out.len() > 1 << 16 {
                to.write_all(self.out.as_bytes())?;
                self.out.clear();
            }
        }
        to.write_all(self.out.as_bytes())?;
        Ok(())
    }

    fn record(&mut self, record: u32) {
        let head = self.batch.head(record);
        self.trace(head.trace_id);
        self.spans += 1;
        let nested = self.place(&head);
        let depth = self.open.len();
        self.out.extend(std::iter::repeat_n("  ", depth));
        self.words(&head);
        self.fixed(record, &head);
        if head.span_id != SpanId(self.spans) {
            self.out.push_str(" id=");
            self.span_id(head.span_id);
        }
        if !nested {
            self.out.push_str(" parent=");
            self.span_id(head.parent_id);
        }
        self.lists(record, &head);
        self.out.push('\n');
        self.depths.insert(head.span_id, depth);
        self.open.push(head.span_id);
    }

    /// Opens the trace of the next line where it is another.
    fn trace(&mut self, id: TraceId) {
        if self.trace == Some(id) {
            return;
        }
        self.trace = Some(id);
        self.spans = 0;
        self.open.clear();
        self.depths.clear();
        self.out.push_str("trace ");
        self.trace_id(id);
        self.out.push('\n');
    }

    /// Closes what the span does not lie under. False where its parent is not
    /// open and has to be named.
    fn place(&mut self, head: &SpanHead) -> bool {
        let named = Some(&head.parent_id).filter(|id| !id.is_zero());
        let depth = named.and_then(|id| self.depths.get(id)).copied();
        let nested = depth.is_some_and(|depth| depth < DEPTH);
        let keep = if nested {
            depth.map_or(0, |d| d + 1)
        } else {
            0
        };
        for (depth, id) in self.open.drain(keep..).enumerate() {
            if self.depths.get(&id) == Some(&(depth + keep)) {
                self.depths.remove(&id);
            }
        }
        nested || head.parent_id.is_zero()
    }

    fn words(&mut self, head: &SpanHead) {
        let service = self.text(self.batch.resources.service(head.resource));
        lex::push_word(service, &mut self.out);
        let name = self.text(head.name);
        if !name.is_empty() {
            self.out.push(' ');
            if lex::is_plain_phrase(name) {
                self.out.push_str(name);
            } else {
                lex::quote(name, &mut self.out);
            }
        }
    }

    fn fixed(&mut self, record: u32, head: &SpanHead) {
        self.out.push(' ');
        let started = head.flags & flags::MISSING_START == 0;
        let interval = Interval {
            start: started.then_some(head.start_unix_nano),
            end: head.end_unix_nano,
        };
        push_interval(interval, &mut self.out);
        if head.kind != SpanKind::Unspecified {
            self.out.extend([" ", head.kind.name()]);
        }
        if head.status != StatusCode::Unset {
            self.out.extend([" ", head.status.name()]);
        }
        let flagged = head.status != StatusCode::Error && head.flags & flags::FORMAT_ERROR != 0;
        for (set, mark) in [
            (flagged, " flagged"),
            (head.flags & flags::FOLLOWS_FROM != 0, " follows"),
            (head.flags & flags::SHARED != 0, " shared"),
        ] {
            self.out.push_str(if set { mark } else { "" });
        }
        if head.flags & flags::OTLP != 0 {
            self.out
                .push_str(&format!(" flags={:x}", head.flags & flags::OTLP));
        }
        self.optional(" status_message=", self.batch.status_messages.get(record));
        self.optional(" trace_state=", self.batch.trace_states.get(record));
    }

    fn optional(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.out.push_str(key);
            lex::push_word(text, &mut self.out);
        }
    }

    fn lists(&mut self, record: u32, head: &SpanHead) {
        let batch = self.batch;
        let (scope, version) = batch.scopes.get(head.scope);
        let (scope, version) = (self.text(scope), self.text(version));
        if !scope.is_empty() || !version.is_empty() {
            self.optional(" scope=", Some(scope));
            self.optional("@", Some(version).filter(|v| !v.is_empty()));
        }
        for (key, value) in batch.resources.attributes(head.resource) {
            self.out.push_str(" @");
            lex::push_word(self.text(key), &mut self.out);
            self.out.push('=');
            push_value(value, &mut self.out);
        }
        for (key, value) in batch.named_attributes(record) {
            self.out.push(' ');
            push_key(key, &mut self.out);
            push_value(value, &mut self.out);
        }
        self.links(record, head);
        self.events(record);
    }

    fn links(&mut self, record: u32, head: &SpanHead) {
        let links = &self.batch.links;
        for row in self.batch.links_of(record) {
            self.out.push_str(" link=");
            if links.trace_id[row] != head.trace_id {
                self.trace_id(links.trace_id[row]);
                self.out.push('/');
            }
            self.span_id(links.span_id[row]);
            let pairs = links.attributes.named(row as u32, &self.batch.strings);
            push_braces(pairs, &mut self.out);
        }
    }

    fn events(&mut self, record: u32) {
        let events = &self.batch.events;
        for row in self.batch.events_of(record) {
            self.optional(" event=", Some(self.text(events.name[row])));
            self.out.push('@');
            push_time(events.time_unix_nano[row], &mut self.out);
            let pairs = events.attributes.named(row as u32, &self.batch.strings);
            push_braces(pairs, &mut self.out);
        }
    }

    fn text(&self, symbol: spanwise_model::Symbol) -> &'b str {
        self.batch.strings.get(symbol)
    }

    fn trace_id(&mut self, id: TraceId) {
        match self.batch.trace_words.get(&id) {
            Some(word) => lex::push_word(word, &mut self.out),
            None => self.out.push_str(&format!("{:x}", id.0)),
        }
    }

    fn span_id(&mut self, id: SpanId) {
        match self.batch.span_words.get(&id) {
            Some(word) => lex::push_word(word, &mut self.out),
            None => self.out.push_str(&format!("{:x}", id.0)),
        }
    }
}
