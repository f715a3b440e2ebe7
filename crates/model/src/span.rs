//! A span: a copyable view of one row of the span table.

use crate::attributes::{Attributes, Value};
use crate::batch::Dropped;
use crate::evidence::EvidenceId;
use crate::head::{SpanKind, StatusCode};
use crate::id::SpanId;
use crate::operation::OperationId;
use crate::resource::ResourceId;
use crate::strings::Symbol;
use crate::trace::Trace;
use crate::trace_table::{SpanTable, NO_PARENT};
use std::borrow::Cow;
use std::ops::Range;

/// A view of one span.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    table: &'a SpanTable,
    row: u32,
}

impl<'a> Span<'a> {
    /// The span at a row.
    #[must_use]
    pub fn new(table: &'a SpanTable, row: u32) -> Self {
        Self { table, row }
    }

    /// The table that the span belongs to.
    #[must_use]
    pub fn table(self) -> &'a SpanTable {
        self.table
    }

    /// Its row.
    #[must_use]
    pub fn row(self) -> u32 {
        self.row
    }

    fn at(self) -> usize {
        self.row as usize
    }

    /// The trace it belongs to.
    #[must_use]
    pub fn trace(self) -> Trace<'a> {
        self.table.trace_of(self.row)
    }

    /// The id.
    #[must_use]
    pub fn id(self) -> SpanId {
        self.table.columns.span_id[self.at()]
    }

    /// The id as it is shown: 16 hexadecimal digits, or a word as it came.
    #[must_use]
    pub fn id_text(self) -> Cow<'a, str> {
        match self.table.store.span_words.get(&self.id()) {
            Some(word) => Cow::Borrowed(word),
            None => Cow::Owned(self.id().to_string()),
        }
    }

    /// The parent, where it is in the trace.
    #[must_use]
    pub fn parent(self) -> Option<Span<'a>> {
        let parent = self.table.columns.parent[self.at()];
        (parent != NO_PARENT).then(|| Span::new(self.table, parent))
    }

    /// The parent's id, also where the parent is missing.
    #[must_use]
    pub fn parent_id(self) -> Option<SpanId> {
        self.parent()
            .map(Span::id)
            .or_else(|| self.table.missing_parent(self.row))
    }

    /// The rows of the span and everything below it.
    #[must_use]
    pub fn subtree(self) -> Range<u32> {
        self.row..self.table.columns.subtree_end[self.at()]
    }

    /// Its children in order.
    pub fn children(self) -> impl Iterator<Item = Span<'a>> {
        let Range { start, end } = self.subtree();
        let ends = &self.table.columns.subtree_end;
        let first = (start + 1 < end).then_some(start + 1);
        let next = move |&row: &u32| {
            let after = ends[row as usize];
            (after < end).then_some(after)
        };
        std::iter::successors(first, next).map(move |row| Span::new(self.table, row))
    }

    /// The operation (service, name and kind).
    #[must_use]
    pub fn operation_id(self) -> OperationId {
        self.table.columns.operation[self.at()]
    }

    /// The service; empty where it is not known.
    #[must_use]
    pub fn service(self) -> &'a str {
        self.table
            .text(self.table.operations.service(self.operation_id()))
    }

    /// The name of the operation.
    #[must_use]
    pub fn operation(self) -> &'a str {
        self.table
            .text(self.table.operations.name(self.operation_id()))
    }

    /// The kind.
    #[must_use]
    pub fn kind(self) -> SpanKind {
        self.table.operations.kind(self.operation_id())
    }

    /// The status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        self.table.columns.status[self.at()]
    }

    /// The text of the status.
    #[must_use]
    pub fn status_message(self) -> Option<&'a str> {
        self.table.store.status_messages.get(self.record())
    }

    /// See [`crate::flags`].
    #[must_use]
    pub fn flags(self) -> u32 {
        self.table.columns.flags[self.at()]
    }

    /// Start, nanoseconds since the epoch.
    #[must_use]
    pub fn start_unix_nano(self) -> i64 {
        self.table.columns.start_unix_nano[self.at()]
    }

    /// End, nanoseconds since the epoch; the start where the source has none.
    #[must_use]
    pub fn end_unix_nano(self) -> i64 {
        self.start_unix_nano()
            .saturating_add_unsigned(self.duration_nano())
    }

    /// Duration in nanoseconds.
    #[must_use]
    pub fn duration_nano(self) -> u64 {
        self.table.columns.duration_nano[self.at()]
    }

    /// What emitted it.
    #[must_use]
    pub fn resource_id(self) -> ResourceId {
        self.table.columns.resource[self.at()]
    }

    /// Attributes of what emitted it.
    pub fn resource_attributes(self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        let table = self.table;
        table
            .store
            .resources
            .attributes(self.resource_id())
            .map(move |(key, value)| (table.text(key), value))
    }

    /// The instance (pod, container, host) of its service, where known.
    #[must_use]
    pub fn instance(self) -> Option<Cow<'a, str>> {
        let store = &self.table.store;
        let resources = &store.resources;
        resources.instance(self.resource_id(), &store.strings)
    }

    /// Name and version of the instrumentation scope.
    #[must_use]
    pub fn scope(self) -> (&'a str, &'a str) {
        let (name, version) = self
            .table
            .store
            .scopes
            .get(self.table.columns.scope[self.at()]);
        (self.table.text(name), self.table.text(version))
    }

    /// The record that it came from: the owner of its attributes.
    #[must_use]
    pub fn record(self) -> u32 {
        self.table.columns.record[self.at()]
    }

    /// Its attributes, in the order of the source.
    pub fn attributes(self) -> impl Iterator<Item = (&'a str, Value<'a>)> {
        let (attributes, owner) = self.rows();
        attributes.named(owner, &self.table.store.strings)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attribute(self, key: &str) -> Option<Value<'a>> {
        self.attribute_value(self.table.store.strings.find(key)?)
    }

    /// The value of an attribute whose key is held.
    #[must_use]
    pub fn attribute_value(self, key: Symbol) -> Option<Value<'a>> {
        let (attributes, owner) = self.rows();
        attributes.get(owner, key)
    }

    /// What its attributes say that analyses read.
    #[must_use]
    pub fn evidence(self) -> EvidenceId {
        self.table.columns.evidence[self.at()]
    }

    fn rows(self) -> (&'a Attributes, u32) {
        let store = &self.table.store;
        store.rows_of_record(self.record(), self.evidence())
    }

    /// Its events: time, name and row in the table of events.
    pub fn events(self) -> impl Iterator<Item = (i64, &'a str, u32)> {
        let store = &self.table.store;
        store.events_of(self.record()).map(move |row| {
            let name = store.strings.get(store.events.name[row]);
            (store.events.time_unix_nano[row], name, row as u32)
        })
    }

    /// What the source says that it dropped of the span, of its events and of
    /// its links before it was exported.
    #[must_use]
    pub fn dropped(self) -> Dropped {
        let store = &self.table.store;
        let mut dropped = store.dropped.value(self.record());
        let (events, links) = (&store.events.dropped, &store.links.dropped);
        if events.is_empty() && links.is_empty() {
            return dropped;
        }
        let of_events = store.events_of(self.record());
        let of_links = store.links_of(self.record());
        let inside = of_events.map(|row| events.value(row as u32));
        for count in inside.chain(of_links.map(|row| links.value(row as u32))) {
            dropped.attributes = dropped.attributes.saturating_add(count);
        }
        dropped
    }

    /// Its links: the trace and span they point to.
    pub fn links(self) -> impl Iterator<Item = (crate::TraceId, SpanId)> + 'a {
        let store = &self.table.store;
        store
            .links_of(self.record())
            .map(move |row| (store.links.trace_id[row], store.links.span_id[row]))
    }
}
