//! What readers write: spans as columns, in the order of the source.
//!
//! A reader fills the open record with attributes, events and links in
//! whatever order they stand in the source, then closes it with its fixed
//! fields ([`SpanBatch::close`]) or drops it ([`SpanBatch::abandon`]). No
//! document tree is ever built.

use crate::attributes::{AttributeKeep, Attributes, Segments, ShapeId, Value};
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::{Evidence, EvidenceId};
use crate::guard::Guard;
use crate::head::{SpanHead, SpanKind, StatusCode};
use crate::id::{SpanId, TraceId};
use crate::issue::Issues;
use crate::keep::{Keep, KeyUse};
use crate::keyed::KeyedMap;
use crate::resource::{ResourceId, Resources};
use crate::scope::{ScopeId, Scopes};
pub use crate::sparse::{Dropped, Sparse, SparseTexts};
use crate::strings::{Strings, Symbol};
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::ops::Range;

/// The fixed fields of a record that place it in its trace. They stand together,
/// because assembly, which reads records in another order than they were
/// written, needs all of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The span's id.
    pub span_id: SpanId,
    /// The parent's id; zero for none.
    pub parent_id: SpanId,
    /// The start, nanoseconds since the epoch.
    pub start_unix_nano: i64,
    /// The end; meaningless under [`crate::flags::MISSING_END`].
    pub end_unix_nano: i64,
}

/// The other fixed fields of a record, which say what it is. Assembly frees them
/// before it reads the placements for the last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The name of the operation.
    pub name: Symbol,
    /// See [`crate::flags`].
    pub flags: u32,
    /// The resource.
    pub resource: ResourceId,
    /// The scope.
    pub scope: ScopeId,
    /// What its attributes say that analyses read.
    pub evidence: EvidenceId,
    /// The kind.
    pub kind: SpanKind,
    /// The status.
    pub status: StatusCode,
}

/// Events of spans, in the order of their records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Events {
    /// The record each event belongs to, ascending.
    pub record: Vec<u32>,
    /// When it happened, nanoseconds since the epoch.
    pub time_unix_nano: Vec<i64>,
    /// Its name.
    pub name: Vec<Symbol>,
    /// Its attributes; the owner is the event's row.
    pub attributes: Attributes,
    /// How many attributes the source says that it dropped, by row.
    pub dropped: Sparse<u32>,
}

impl Events {
    fn heap_bytes(&self) -> usize {
        self.record.capacity() * 4
            + self.time_unix_nano.capacity() * 8
            + self.name.capacity() * 4
            + self.attributes.heap_bytes()
    }
}

impl Links {
    fn heap_bytes(&self) -> usize {
        self.record.capacity() * 4
            + self.trace_id.capacity() * 16
            + self.span_id.capacity() * 8
            + self.attributes.heap_bytes()
    }
}

/// Links of spans to other spans, in the order of their records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Links {
    /// The record each link belongs to, ascending.
    pub record: Vec<u32>,
    /// The trace it points to.
    pub trace_id: Vec<TraceId>,
    /// The span it points to.
    pub span_id: Vec<SpanId>,
    /// Its attributes; the owner is the link's row.
    pub attributes: Attributes,
    /// The W3C trace state of the context that it points to, by row.
    pub trace_states: SparseTexts,
    /// How many attributes the source says that it dropped, by row.
    pub dropped: Sparse<u32>,
}

/// A run of records that came from one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as given, or `-` or `<bytes>`.
    pub path: String,
    /// The format's name; empty where it was not recognised.
    pub format: Cow<'static, str>,
    /// Its records.
    pub records: Range<u32>,
    /// How many more it had, of traces that are not wanted.
    pub passed_over: u64,
    /// Its number among all files, where it was read in parts.
    pub number: u32,
    /// True where the file ended too early.
    pub truncated: bool,
}

/// Spans as they were read.
///
/// Serialized, a batch is its records with all that belongs to them; issues and
/// sources, which are not of records, stay behind, and
/// [`SpanBatch::rebuild_indexes`] must follow.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SpanBatch {
    /// Keys, services, names.
    pub strings: Strings,
    /// What emitted the spans.
    pub resources: Resources,
    /// Instrumentation scopes.
    pub scopes: Scopes,
    /// Trace ids of records.
    pub trace_ids: Vec<TraceId>,
    /// What places records in their traces.
    pub placements: Vec<Placement>,
    /// What records are.
    pub heads: Vec<Head>,
    /// What the attributes of records say that analyses read.
    pub evidence: Evidence,
    /// Attributes, where they are kept; the owner is the record.
    pub(crate) attributes: Segments,
    /// Events.
    pub events: Events,
    /// Links.
    pub links: Links,
    /// Texts of statuses.
    pub status_messages: SparseTexts,
    /// W3C trace states.
    pub trace_states: SparseTexts,
    /// What sources say that they dropped of records.
    pub dropped: Sparse<Dropped>,
    /// Trace ids that were words.
    pub trace_words: KeyedMap<TraceId, Box<str>>,
    /// Span ids that were words.
    pub span_words: KeyedMap<SpanId, Box<str>>,
    /// What was wrong with the input.
    #[serde(skip)]
    pub issues: Issues,
    /// Files, in the order in which their records stand.
    #[serde(skip)]
    pub sources: Vec<Source>,
    /// Limits, and a way to stop; readers obey it.
    #[serde(skip)]
    pub guard: Guard,
    /// True where a reader is given a piece of a file, which goes on behind it.
    #[serde(skip)]
    pub goes_on: bool,
    pub(crate) keep: Keep,
    /// By name: what the last span of that name was like.
    #[serde(skip)]
    last_of_name: Vec<Last>,
    /// The longest value that the guard refused in the open record.
    #[serde(skip)]
    refused: usize,
    #[serde(skip)]
    forecast: Forecast,
    #[serde(skip)]
    passing: Passing,
}

/// Records that are not wanted.
#[derive(Clone, Copy, Debug, Default)]
struct Passing {
    /// The trace that was last asked for, and whether it is wanted.
    last: Option<(TraceId, bool)>,
    /// True where the open record is not, so that nothing of it is stored.
    open: bool,
    /// True where a text of the open record was not UTF-8.
    bad_text: bool,
    /// How many there were.
    records: u64,
}

/// What the last span of a name was like.
#[derive(Clone, Copy, Debug, Default)]
struct Last {
    evidence: EvidenceId,
    shape: ShapeId,
}

/// When a batch looks ahead to how much a file still holds.
#[derive(Clone, Copy, Debug, Default)]
struct Forecast {
    /// The first record of the file.
    first: usize,
    /// The record at which it looks.
    due: usize,
    /// How many bytes the file has; zero where that is not known.
    bytes: usize,
}

/// The most bytes of a file that room is made for on the word of its size.
const MOST_AHEAD: u64 = 4 << 30;

/// How many records of a file tell what the others are like.
const SAMPLE: usize = 512;

/// The fewest bytes of a file that a record takes, as far as room is made for it
/// before it is read.
const LEAST_BYTES: usize = 64;

impl SpanBatch {
    /// An empty batch that keeps the chosen attributes.
    #[must_use]
    pub fn new(keep: AttributeKeep) -> Self {
        Self {
            keep: Keep::new(keep),
            ..Self::default()
        }
    }

    /// An empty batch that keeps the same attributes.
    #[must_use]
    pub fn empty_like(&self) -> Self {
        Self::new(self.keep.choice.clone())
    }

    /// Makes a batch that was deserialized fit for more records.
    pub fn rebuild_indexes(&mut self) {
        self.strings.rebuild_index();
        self.resources.rebuild_index();
        self.scopes.rebuild_index();
        self.evidence.rebuild_index();
        self.attributes.rebuild_index();
        self.events.attributes.rebuild_index();
        self.links.attributes.rebuild_index();
    }

    /// Bytes held on the heap by records and what belongs to them, but for
    /// texts that few records have.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.trace_ids.capacity() * size_of::<TraceId>()
            + self.placements.capacity() * size_of::<Placement>()
            + self.heads.capacity() * size_of::<Head>()
            + self.strings.heap_bytes()
            + self.evidence.heap_bytes()
            + self.attributes.heap_bytes()
            + self.events.heap_bytes()
            + self.links.heap_bytes()
    }

    /// How many records are closed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// True where no record is closed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True where values of this key need to be read.
    #[inline]
    pub fn keeps(&mut self, key: Symbol) -> bool {
        self.keep.of(key, &self.strings).is_read()
    }

    /// What becomes of the attributes of a key.
    #[inline]
    pub fn key_use(&mut self, key: Symbol) -> KeyUse {
        self.keep.of(key, &self.strings)
    }

    /// Adds what another record's attributes say that analyses read to the open
    /// record, which has no attribute yet. Rows that are kept are added one by
    /// one ([`SpanBatch::row`]).
    #[inline]
    pub fn add_evidence(&mut self, evidence: EvidenceId) {
        self.evidence.add(evidence);
    }

    /// Drops the attributes that the open record has so far.
    pub fn abandon_attributes(&mut self) {
        self.refused = 0;
        self.attributes.abandon();
        self.evidence.abandon();
    }

    /// Adds a row that is kept to the open record, beside evidence that
    /// [`SpanBatch::add_evidence`] adds.
    #[inline]
    pub fn row(&mut self, key: Symbol, value: Value<'_>) {
        if self.admits(value) {
            self.attributes.push(key, value);
        }
    }

    /// The same for a text that should be UTF-8; see [`SpanBatch::settle`].
    #[inline]
    pub fn row_of_bytes(&mut self, key: Symbol, text: &[u8]) {
        if self.admits_bytes(text.len()) {
            self.attributes.push_bytes_of_text(key, text);
        }
    }

    /// Notes that the open record has this key, whose value need not be read
    /// where the answer is no.
    #[inline]
    pub fn note_key(&mut self, key: Symbol) -> bool {
        let key_use = self.keep.of(key, &self.strings);
        self.evidence.note(key_use.families());
        key_use.is_read()
    }

    /// Adds an attribute to the open record.
    #[inline]
    pub fn attribute(&mut self, key: &str, value: Value<'_>) {
        let symbol = self.strings.intern(key);
        self.attribute_of(symbol, value);
    }

    /// Adds an attribute under a key that is held to the open record.
    #[inline]
    pub fn attribute_of(&mut self, key: Symbol, value: Value<'_>) {
        let key_use = self.keep.of(key, &self.strings);
        self.evidence.note(key_use.families());
        if !key_use.is_read() || !self.admits(value) || self.passing.open {
            return;
        }
        if key_use.is_evidence() {
            self.evidence.push(key, value);
        }
        if key_use.is_kept() {
            self.attributes.push(key, value);
        }
    }

    /// Adds an attribute with a text that should be UTF-8, but that nobody has
    /// looked at, to the open record; see [`SpanBatch::settle`].
    #[inline]
    pub fn attribute_of_bytes(&mut self, key: Symbol, text: &[u8]) {
        let key_use = self.keep.of(key, &self.strings);
        self.evidence.note(key_use.families());
        if !key_use.is_read() || !self.admits_bytes(text.len()) {
            return;
        }
        if self.passing.open {
            self.passing.bad_text |= std::str::from_utf8(text).is_err();
            return;
        }
        if key_use.is_evidence() {
            self.evidence.push_bytes_of_text(key, text);
        }
        if key_use.is_kept() {
            self.attributes.push_bytes_of_text(key, text);
        }
    }

    /// Says what the open record, which has no attribute yet, is called. A
    /// reader that knows the name in time saves work by it; no result depends
    /// on it.
    #[inline]
    pub fn expect_name(&mut self, name: Symbol) {
        if let Some(last) = self.last_of_name.get(name.index()) {
            self.evidence.expect(last.evidence);
        }
    }

    /// Says which trace the open record is of, so that it is passed over where
    /// that is not wanted: nothing more of it is stored, and it is dropped when
    /// it is closed. For readers that know the whole id by then.
    #[inline]
    pub fn expect_trace(&mut self, trace: TraceId) {
        self.passing.open = !trace.is_zero() && !self.is_wanted(trace);
    }

    #[inline]
    fn is_wanted(&mut self, trace: TraceId) -> bool {
        let Some(wanted) = &self.guard.wanted else {
            return true;
        };
        match self.passing.last {
            Some((last, answer)) if last == trace => answer,
            _ => {
                let word = self.trace_words.get(&trace).map(AsRef::as_ref);
                let answer = wanted(trace, word);
                self.passing.last = Some((trace, answer));
                answer
            }
        }
    }

    /// How many records were passed over since this was last asked, because
    /// their traces are not wanted.
    pub fn take_passed_over(&mut self) -> u64 {
        std::mem::take(&mut self.passing.records)
    }

    /// Checks the texts of the open record that came as bytes. Answers whether
    /// all was UTF-8; what was not is replaced by U+FFFD.
    #[inline]
    pub fn settle(&mut self) -> bool {
        let evidence = self.evidence.settle();
        let passed_over = !std::mem::take(&mut self.passing.bad_text);
        self.attributes.settle() && evidence && passed_over
    }

    #[inline]
    fn admits(&mut self, value: Value<'_>) -> bool {
        let bytes = match value {
            Value::Str(text) | Value::Json(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => return true,
        };
        self.admits_bytes(bytes)
    }

    #[inline]
    fn admits_bytes(&mut self, bytes: usize) -> bool {
        let admitted = bytes <= self.guard.text_bytes;
        if !admitted {
            self.refused = self.refused.max(bytes);
        }
        admitted
    }

    /// Adds an attribute to the event that is open.
    pub fn event_attribute(&mut self, key: &str, value: Value<'_>) {
        let symbol = self.strings.intern(key);
        self.event_attribute_of(symbol, value);
    }

    /// Adds an attribute under a key that is held to the event that is open.
    pub fn event_attribute_of(&mut self, key: Symbol, value: Value<'_>) {
        let is_read = self.keep.of(key, &self.strings).is_read() && self.admits(value);
        if is_read && !self.passing.open {
            self.events.attributes.push(key, value);
        }
    }

    /// Closes the open event of the open record.
    pub fn event(&mut self, time_unix_nano: i64, name: &str) {
        let name = self.strings.intern(name);
        self.event_of(time_unix_nano, name);
    }

    /// Closes the open event of the open record under a name that is held.
    pub fn event_of(&mut self, time_unix_nano: i64, name: Symbol) {
        if self.events.attributes.close().is_some() {
            self.events.record.push(self.len() as u32);
            self.events.time_unix_nano.push(time_unix_nano);
            self.events.name.push(name);
        }
    }

    /// Adds an attribute to the link that is open.
    pub fn link_attribute(&mut self, key: &str, value: Value<'_>) {
        let symbol = self.strings.intern(key);
        self.link_attribute_of(symbol, value);
    }

    /// Adds an attribute under a key that is held to the link that is open.
    pub fn link_attribute_of(&mut self, key: Symbol, value: Value<'_>) {
        let is_read = self.keep.of(key, &self.strings).is_read() && self.admits(value);
        if is_read && !self.passing.open {
            self.links.attributes.push(key, value);
        }
    }

    /// Says how many attributes the source dropped of the event that is open.
    pub fn event_dropped(&mut self, attributes: u64) {
        let row = self.events.record.len() as u32;
        self.events.dropped.set_value(row, saturated(attributes));
    }

    /// Sets the trace state of the link that is open; an empty text is none.
    pub fn link_state(&mut self, text: &str) {
        let row = self.links.record.len() as u32;
        self.links.trace_states.set_text(row, text);
    }

    /// Says how many attributes the source dropped of the link that is open.
    pub fn link_dropped(&mut self, attributes: u64) {
        let row = self.links.record.len() as u32;
        self.links.dropped.set_value(row, saturated(attributes));
    }

    /// Closes the open link of the open record.
    pub fn link(&mut self, trace_id: TraceId, span_id: SpanId) {
        if self.links.attributes.close().is_some() {
            self.links.record.push(self.len() as u32);
            self.links.trace_id.push(trace_id);
            self.links.span_id.push(span_id);
        }
    }

    /// Sets the text of the open record's status; an empty text is none.
    pub fn status_message(&mut self, text: &str) {
        self.status_messages.set_text(self.open_record(), text);
    }

    /// Sets the trace state of the open record; an empty text is none.
    pub fn trace_state(&mut self, text: &str) {
        self.trace_states.set_text(self.open_record(), text);
    }

    /// Says what the source dropped of the open record.
    pub fn note_dropped(&mut self, dropped: Dropped) {
        self.dropped.set_value(self.open_record(), dropped);
    }

    /// Makes room for the fixed fields of so many more records.
    pub fn reserve(&mut self, records: usize) {
        self.trace_ids.reserve_exact(records);
        self.placements.reserve_exact(records);
        self.heads.reserve_exact(records);
    }

    /// Says that the records that follow are those of another file, of so many
    /// bytes where that is known.
    pub fn begin_file(&mut self, bytes: Option<u64>) {
        let first = self.len();
        self.forecast = Forecast {
            first,
            due: first + SAMPLE,
            bytes: bytes.map_or(0, |bytes| bytes.min(MOST_AHEAD) as usize),
        };
    }

    /// Makes room for the rest of a file, of which `done` of the `all` bytes
    /// that a reader was given have been read, once enough records tell how
    /// much that may be. Columns that grow as they are written are copied
    /// again and again.
    #[inline]
    pub fn make_room(&mut self, done: usize, all: usize) {
        if self.len() == self.forecast.due {
            self.make_room_now(done.max(1), all);
        }
    }

    #[cold]
    fn make_room_now(&mut self, done: usize, all: usize) {
        let rest = all.max(self.forecast.bytes).saturating_sub(done);
        let sample = self.len() - self.forecast.first;
        let ahead = |sample: usize| (sample as u128 * rest as u128 / done as u128) as usize;
        let records = ahead(sample).min(rest / LEAST_BYTES);
        self.reserve(records);
        if self.keep.has_rows() {
            self.attributes.expect(records, rest);
        }
    }

    /// The number that the open record will have.
    #[must_use]
    pub fn open_record(&self) -> u32 {
        self.heads.len() as u32
    }

    /// Closes the open record, or drops it where its trace is not wanted
    /// ([`SpanBatch::expect_trace`]).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion records or attributes, or what
    /// the guard allows, and [`ErrorKind::Cancelled`].
    #[inline]
    pub fn close(&mut self, head: SpanHead) -> Result<u32> {
        self.guard.check_text(self.refused)?;
        self.guard
            .check_record(self.open_record(), self.attributes.open_len())?;
        if self.passing.open {
            self.abandon();
            let counts = head.flags & crate::flags::HALF == 0;
            self.passing.records += u64::from(counts);
            return Ok(self.open_record());
        }
        let full = || {
            Error::new(
                ErrorKind::Limit,
                "more than 4,294,967,295 rows in one batch",
            )
        };
        self.settle();
        let evidence = self.evidence.close().ok_or_else(full)?;
        let record = self.open_record();
        let last = self.last_of_name.get(head.name.index());
        let mut last = last.copied().unwrap_or_default();
        last.evidence = evidence;
        if self.keep.has_rows() {
            last.shape = self.attributes.close(last.shape).ok_or_else(full)?;
        }
        let (end, missing) = match head.end_unix_nano {
            Some(end) => (end, 0),
            None => (head.start_unix_nano, crate::flags::MISSING_END),
        };
        self.trace_ids.push(head.trace_id);
        self.placements.push(Placement {
            span_id: head.span_id,
            parent_id: head.parent_id,
            start_unix_nano: head.start_unix_nano,
            end_unix_nano: end,
        });
        self.heads.push(Head {
            name: head.name,
            flags: head.flags | missing,
            resource: head.resource,
            scope: head.scope,
            evidence,
            kind: head.kind,
            status: head.status,
        });
        self.note_last(head.name, last);
        Ok(record)
    }

    #[inline]
    fn note_last(&mut self, name: Symbol, last: Last) {
        match self.last_of_name.get_mut(name.index()) {
            Some(slot) => *slot = last,
            None => {
                self.last_of_name.resize(name.index(), Last::default());
                self.last_of_name.push(last);
            }
        }
    }

    /// Drops what the open record has so far.
    pub fn abandon(&mut self) {
        let open = self.open_record();
        self.abandon_attributes();
        self.passing.open = false;
        self.events.attributes.abandon();
        self.links.attributes.abandon();
        while self.events.record.last() == Some(&open) {
            self.events.record.pop();
            self.events.time_unix_nano.pop();
            self.events.name.pop();
            self.events.attributes.reopen_and_abandon();
        }
        while self.links.record.last() == Some(&open) {
            self.links.record.pop();
            self.links.trace_id.pop();
            self.links.span_id.pop();
            self.links.attributes.reopen_and_abandon();
        }
        for texts in [&mut self.status_messages, &mut self.trace_states] {
            texts.truncate(open);
        }
        self.dropped.truncate(open);
        self.events
            .dropped
            .truncate(self.events.record.len() as u32);
        let links = self.links.record.len() as u32;
        self.links.dropped.truncate(links);
        self.links.trace_states.truncate(links);
    }

    /// The fixed fields of a record.
    #[must_use]
    pub fn head(&self, record: u32) -> SpanHead {
        let trace_id = self.trace_ids[record as usize];
        self.head_in(trace_id, record)
    }

    /// The fixed fields of a record of this trace, whose id need not be held.
    #[must_use]
    pub fn head_in(&self, trace_id: TraceId, record: u32) -> SpanHead {
        let (place, head) = (
            self.placements[record as usize],
            self.heads[record as usize],
        );
        let ended = head.flags & crate::flags::MISSING_END == 0;
        SpanHead {
            trace_id,
            span_id: place.span_id,
            parent_id: place.parent_id,
            start_unix_nano: place.start_unix_nano,
            end_unix_nano: ended.then_some(place.end_unix_nano),
            name: head.name,
            kind: head.kind,
            status: head.status,
            flags: head.flags,
            resource: head.resource,
            scope: head.scope,
        }
    }

    /// The attributes of a record in the order of the source; those that
    /// analyses read alone where no others are kept.
    pub fn attributes(&self, record: u32) -> impl Iterator<Item = (Symbol, Value<'_>)> + '_ {
        let (attributes, owner) = self.rows_of(record);
        attributes.of(owner)
    }

    /// The attributes of a record with their keys spelled out.
    pub fn named_attributes(&self, record: u32) -> impl Iterator<Item = (&str, Value<'_>)> + '_ {
        let (attributes, owner) = self.rows_of(record);
        attributes.named(owner, &self.strings)
    }

    /// The value of an attribute of a record; the last one where it stands
    /// twice.
    #[must_use]
    pub fn attribute_value(&self, record: u32, key: Symbol) -> Option<Value<'_>> {
        let (attributes, owner) = self.rows_of(record);
        attributes.get(owner, key)
    }

    fn rows_of(&self, record: u32) -> (&Attributes, u32) {
        let head = self.heads.get(record as usize);
        self.rows_of_record(record, head.map_or(EvidenceId::NONE, |head| head.evidence))
    }

    /// Where the attributes of a record with this evidence stand.
    #[inline]
    pub(crate) fn rows_of_record(&self, record: u32, evidence: EvidenceId) -> (&Attributes, u32) {
        if self.keep.has_rows() {
            self.attributes.of(record)
        } else {
            (self.evidence.attributes(), evidence.0)
        }
    }

    /// The rows of a record's events.
    #[must_use]
    pub fn events_of(&self, record: u32) -> Range<usize> {
        run_of(&self.events.record, record)
    }

    /// The rows of a record's links.
    #[must_use]
    pub fn links_of(&self, record: u32) -> Range<usize> {
        run_of(&self.links.record, record)
    }

    /// The trace id of this text: hexadecimal, or a word that is kept for
    /// display.
    pub fn trace_id(&mut self, text: &str) -> TraceId {
        TraceId::from_hex(text.as_bytes()).unwrap_or_else(|| self.trace_word(text))
    }

    /// The span id of this text: hexadecimal, or a word that is kept for
    /// display. An empty text is no id.
    pub fn span_id(&mut self, text: &str) -> SpanId {
        if text.is_empty() {
            return SpanId::default();
        }
        SpanId::from_hex(text.as_bytes()).unwrap_or_else(|| self.span_word(text))
    }

    /// A trace id as it is shown: 32 hexadecimal digits, or the word it was.
    #[must_use]
    pub fn trace_text(&self, id: TraceId) -> Cow<'_, str> {
        match self.trace_words.get(&id) {
            Some(word) => Cow::Borrowed(word),
            None => Cow::Owned(id.to_string()),
        }
    }

    /// A span id as it is shown: 16 hexadecimal digits, or the word it was.
    #[must_use]
    pub fn span_text(&self, id: SpanId) -> Cow<'_, str> {
        match self.span_words.get(&id) {
            Some(word) => Cow::Borrowed(word),
            None => Cow::Owned(id.to_string()),
        }
    }

    /// Hands a trace id over as it is shown; no text is made for it.
    pub fn show_trace<R>(&self, id: TraceId, to: impl FnOnce(&str) -> R) -> R {
        match self.trace_words.get(&id) {
            Some(word) => to(word),
            None => id.show(to),
        }
    }

    /// Hands a span id over as it is shown; no text is made for it.
    pub fn show_span<R>(&self, id: SpanId, to: impl FnOnce(&str) -> R) -> R {
        match self.span_words.get(&id) {
            Some(word) => to(word),
            None => id.show(to),
        }
    }

    /// A trace id that is a word, kept for display.
    pub fn trace_word(&mut self, text: &str) -> TraceId {
        let id = TraceId::from_word(text.as_bytes());
        if self.admits_bytes(text.len()) {
            self.trace_words.entry(id).or_insert_with(|| text.into());
        }
        id
    }

    /// A span id that is a word, kept for display.
    pub fn span_word(&mut self, text: &str) -> SpanId {
        let id = SpanId::from_word(text.as_bytes());
        if self.admits_bytes(text.len()) {
            self.span_words.entry(id).or_insert_with(|| text.into());
        }
        id
    }

    /// Distinct services that a resource of these spans names.
    #[must_use]
    pub fn services(&self) -> usize {
        let used: FxHashSet<ResourceId> = self.heads.iter().map(|head| head.resource).collect();
        let named: FxHashSet<Symbol> = used
            .into_iter()
            .map(|id| self.resources.service(id))
            .filter(|&service| service != Symbol::EMPTY)
            .collect();
        named.len()
    }
}

/// A count of OTLP, which has 32 bits.
fn saturated(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn run_of(records: &[u32], record: u32) -> Range<usize> {
    let start = records.partition_point(|&r| r < record);
    let length = records[start..]
        .iter()
        .take_while(|&&r| r == record)
        .count();
    start..start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str) -> SpanBatch {
        let mut batch = SpanBatch::default();
        batch.attribute("k", Value::Str(name));
        batch.event_attribute("e", Value::Int(1));
        batch.event(5, "happened");
        batch.status_message("bad");
        let name = batch.strings.intern(name);
        batch
            .close(SpanHead {
                name,
                ..SpanHead::default()
            })
            .expect("room");
        batch
    }

    #[test]
    fn absorbing_renumbers_everything() {
        let mut left = one("left");
        left.absorb(one("right")).expect("room");
        assert_eq!(left.len(), 2);
        assert_eq!(left.strings.get(left.head(1).name), "right");
        assert_eq!(left.events_of(1), 1..2);
        assert_eq!(left.status_messages.get(1), Some("bad"));
        let key = left.strings.find("k").expect("interned");
        assert_eq!(left.attribute_value(1, key), Some(Value::Str("right")));
    }

    #[test]
    fn abandoning_leaves_no_trace_of_the_record() {
        let mut batch = one("kept");
        batch.attribute("k", Value::Int(1));
        batch.event(1, "x");
        batch.link(TraceId(1), SpanId(1));
        batch.status_message("gone");
        batch.abandon();
        batch.close(SpanHead::default()).expect("room");
        assert_eq!(batch.attributes(1).count(), 0);
        assert!(batch.events_of(1).is_empty() && batch.links_of(1).is_empty());
        assert_eq!(batch.status_messages.get(1), None);
    }

    #[test]
    fn a_word_that_is_too_long_is_no_id() {
        let mut batch = SpanBatch::default();
        batch.guard.text_bytes = 10;
        let span_id = batch.span_word("a long word");
        assert!(batch.span_words.is_empty());
        let head = SpanHead {
            span_id,
            ..SpanHead::default()
        };
        let error = batch.close(head).expect_err("a limit");
        assert_eq!(error.limit(), Some("text_bytes"));
    }

    #[test]
    fn keys_that_analyses_need_are_always_kept() {
        let mut batch = SpanBatch::new(AttributeKeep::Keys(vec!["mine".into()]));
        for key in ["mine", "other", "http.response.status_code"] {
            batch.attribute(key, Value::Int(1));
        }
        batch.close(SpanHead::default()).expect("room");
        let kept: Vec<_> = batch.named_attributes(0).map(|(k, _)| k).collect();
        assert_eq!(kept, ["mine", "http.response.status_code"]);
    }

    #[test]
    fn batches_that_keep_less_join_those_that_keep_more() {
        let of = |keep| {
            let mut batch = SpanBatch::new(keep);
            for key in ["db.statement", "http.response.status_code"] {
                batch.attribute(key, Value::Int(1));
            }
            batch.close(SpanHead::default()).expect("room");
            batch
        };
        let keys = |batch: &SpanBatch, record| -> Vec<String> {
            let all = batch.named_attributes(record);
            all.map(|(key, _)| key.to_owned()).collect()
        };
        let (all, few) = (
            ["db.statement", "http.response.status_code"],
            ["http.response.status_code"],
        );
        let (mut more, mut less) = (of(AttributeKeep::All), of(AttributeKeep::None));
        assert_eq!(
            (keys(&more, 0), keys(&less, 0)),
            (all.map(Into::into).to_vec(), few.map(Into::into).to_vec())
        );
        more.absorb(of(AttributeKeep::None)).expect("room");
        less.absorb(of(AttributeKeep::All)).expect("room");
        assert_eq!(
            (keys(&more, 1), keys(&less, 1)),
            (few.map(Into::into).to_vec(), few.map(Into::into).to_vec())
        );
        for batch in [more, less] {
            assert_eq!(
                batch.heads[0].evidence, batch.heads[1].evidence,
                "both say the same"
            );
            let families = batch.evidence.families(batch.heads[1].evidence);
            assert!(families.has(crate::semconv::Families::DATABASE));
        }
    }
}
