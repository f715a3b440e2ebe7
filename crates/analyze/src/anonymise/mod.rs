//! Anonymising: the same traces without the names, ids and values of those who
//! made them, so that they can be shown to others.
//!
//! Texts become keyed hashes: one key gives one name for one text in whatever
//! file it stands, and without the key nobody can try names out. What analyses
//! read keeps its meaning: structure, times, kinds, statuses, codes of
//! protocols, names of systems, and in texts of errors the reason that they
//! tell. So an analysis of the anonymised traces gives the numbers of the
//! original under other names; only ties that ids decide may fall otherwise.

mod keys;
mod names;
mod values;

use crate::sampling::anonymised_state;
use names::Names;
use rustc_hash::FxHashMap;
use spanwise_model::batch::Head;
use spanwise_model::{ResourceId, Result, ScopeId, SpanBatch, SpanHead, SpanId, TraceId, Value};

/// How traces are made anonymous.
///
/// ```
/// use spanwise_analyze::Anonymise;
/// use spanwise_io::{assemble::assemble, notation::parse};
///
/// let batch = parse("cart GET /cart/77 0..100 server user.name=ann http.response.status_code=503");
/// let anonymise = Anonymise::new("a secret");
/// let table = assemble(anonymise.apply(&batch)?)?;
/// let span = table.trace(0).primary();
/// assert_eq!(span.service(), anonymise.service_name("cart"));
/// assert!(span.operation().starts_with("GET operation-"));
/// assert_eq!(span.attribute("http.response.status_code").and_then(|v| v.as_int()), Some(503));
/// assert_ne!(span.attribute("user.name").and_then(|v| v.as_str()), Some("ann"));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Anonymise {
    names: Names,
    /// By how much all times are moved, in nanoseconds.
    pub shift_nano: i64,
}

impl Anonymise {
    /// Hashes that only those can repeat who know the key.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self {
            names: Names::new(key),
            shift_nano: 0,
        }
    }

    /// The same with all times moved by so many nanoseconds.
    #[must_use]
    pub fn shift_nano(mut self, nano: i64) -> Self {
        self.shift_nano = nano;
        self
    }

    /// What a service is called afterwards.
    #[must_use]
    pub fn service_name(&self, service: &str) -> String {
        self.names.service(service)
    }

    /// What an operation is called afterwards; a method of HTTP in front of it
    /// stays.
    #[must_use]
    pub fn operation_name(&self, operation: &str) -> String {
        self.names.operation(operation)
    }

    /// The id of a trace afterwards.
    #[must_use]
    pub fn trace_id(&self, id: TraceId) -> TraceId {
        self.names.trace_id(id)
    }

    /// The id of a span afterwards.
    #[must_use]
    pub fn span_id(&self, id: SpanId) -> SpanId {
        self.names.span_id(id)
    }

    /// The records of a batch, anonymised. Issues and sources, which tell of
    /// files, stay behind.
    ///
    /// # Errors
    ///
    /// [`spanwise_model::ErrorKind::Limit`] beyond four billion attributes.
    pub fn apply(&self, batch: &SpanBatch) -> Result<SpanBatch> {
        let mut writer = Writer {
            rules: self,
            from: batch,
            to: batch.empty_like(),
            resources: FxHashMap::default(),
            scopes: FxHashMap::default(),
        };
        for record in 0..batch.open_record() {
            writer.record(record)?;
        }
        Ok(writer.to)
    }
}

/// Writes records into another batch.
struct Writer<'a> {
    rules: &'a Anonymise,
    from: &'a SpanBatch,
    to: SpanBatch,
    resources: FxHashMap<ResourceId, ResourceId>,
    scopes: FxHashMap<ScopeId, ScopeId>,
}

impl Writer<'_> {
    fn record(&mut self, record: u32) -> Result<()> {
        let from = self.from;
        let head = from.heads[record as usize];
        self.attributes(record, &head);
        self.events(record);
        self.links(record);
        self.texts(record);
        let head = self.head(record);
        self.to.close(head)?;
        Ok(())
    }

    fn attributes(&mut self, record: u32, head: &Head) {
        let from = self.from;
        for family in from.evidence.families(head.evidence).keys() {
            let key = self.to.strings.intern(family);
            self.to.note_key(key);
        }
        for (key, value) in from.named_attributes(record) {
            let told = values::told(&self.rules.names, key, value);
            self.to.attribute(key, told.value());
        }
    }

    fn events(&mut self, record: u32) {
        let from = self.from;
        let events = &from.events;
        for row in from.events_of(record) {
            for (key, value) in events.attributes.named(row as u32, &from.strings) {
                let told = values::told(&self.rules.names, key, value);
                self.to.event_attribute(key, told.value());
            }
            self.to
                .event_dropped(events.dropped.value(row as u32).into());
            let name = self.rules.names.event(from.strings.get(events.name[row]));
            self.to.event(self.time(events.time_unix_nano[row]), &name);
        }
    }

    fn links(&mut self, record: u32) {
        let from = self.from;
        let links = &from.links;
        for row in from.links_of(record) {
            for (key, value) in links.attributes.named(row as u32, &from.strings) {
                let told = values::told(&self.rules.names, key, value);
                self.to.link_attribute(key, told.value());
            }
            self.to.link_dropped(links.dropped.value(row as u32).into());
            let (trace, span) = (links.trace_id[row], links.span_id[row]);
            if let Some(state) = links.trace_states.get(row as u32) {
                self.to.link_state(&anonymised_state(state, trace));
            }
            let names = &self.rules.names;
            self.to.link(names.trace_id(trace), names.span_id(span));
        }
    }

    fn texts(&mut self, record: u32) {
        let from = self.from;
        if let Some(message) = from.status_messages.get(record) {
            let told = values::message(&self.rules.names, message);
            self.to.status_message(&told);
        }
        if let Some(state) = from.trace_states.get(record) {
            let state = anonymised_state(state, from.trace_ids[record as usize]);
            self.to.trace_state(&state);
        }
        self.to.note_dropped(from.dropped.value(record));
    }

    fn head(&mut self, record: u32) -> SpanHead {
        let head = self.from.head(record);
        let names = &self.rules.names;
        let name = names.operation(self.from.strings.get(head.name));
        SpanHead {
            trace_id: names.trace_id(head.trace_id),
            span_id: names.span_id(head.span_id),
            parent_id: names.span_id(head.parent_id),
            start_unix_nano: self.time(head.start_unix_nano),
            end_unix_nano: head.end_unix_nano.map(|end| self.time(end)),
            name: self.to.strings.intern(&name),
            resource: self.resource(head.resource),
            scope: self.scope(head.scope),
            ..head
        }
    }

    fn time(&self, nano: i64) -> i64 {
        nano.saturating_add(self.rules.shift_nano)
    }

    fn resource(&mut self, theirs: ResourceId) -> ResourceId {
        if let Some(&ours) = self.resources.get(&theirs) {
            return ours;
        }
        let from = self.from;
        for (key, value) in from.resources.attributes(theirs) {
            let key = from.strings.get(key);
            let told = values::told(&self.rules.names, key, value);
            let key = self.to.strings.intern(key);
            self.to.resources.push(key, told.value());
        }
        let service = from.strings.get(from.resources.service(theirs));
        let service = self.rules.names.service(service);
        let service = self.to.strings.intern(&service);
        let ours = self.to.resources.close(service);
        self.resources.insert(theirs, ours);
        ours
    }

    fn scope(&mut self, theirs: ScopeId) -> ScopeId {
        if let Some(&ours) = self.scopes.get(&theirs) {
            return ours;
        }
        for (key, value) in self.from.scopes.attributes(theirs) {
            let key = self.from.strings.get(key);
            let told = values::told(&self.rules.names, key, value);
            let key = self.to.strings.intern(key);
            self.to.scopes.push(key, told.value());
        }
        let (name, version) = self.from.scopes.get(theirs);
        let names = &self.rules.names;
        let name = names.name("scope", self.from.strings.get(name));
        let version = names.name("version", self.from.strings.get(version));
        let strings = &mut self.to.strings;
        let (name, version) = (strings.intern(&name), strings.intern(&version));
        let ours = self.to.scopes.intern(name, version);
        self.scopes.insert(theirs, ours);
        ours
    }
}

/// A value as it stands afterwards.
enum Told<'a> {
    Same(Value<'a>),
    Text(String),
    Json(String),
    Bytes([u8; 8]),
}

impl Told<'_> {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Same(value) => *value,
            Self::Text(text) => Value::Str(text),
            Self::Json(text) => Value::Json(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
        }
    }
}
