//! The spans of a simulation in one place, for looking at them.

#![allow(dead_code, reason = "each test program uses a part of this")]

use spanwise_model::{SpanBatch, SpanHead, SpanId, SpanKind, StatusCode};
use spanwise_simulate::Simulation;
use std::collections::HashMap;

/// One span, read out of its batch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) head: SpanHead,
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) links: Vec<(u128, u64)>,
    pub(crate) events: usize,
}

impl Seen {
    pub(crate) fn duration(&self) -> i64 {
        self.end() - self.head.start_unix_nano
    }

    pub(crate) fn end(&self) -> i64 {
        self.head.end_unix_nano.expect("simulated spans end")
    }

    pub(crate) fn errs(&self) -> bool {
        self.head.status == StatusCode::Error
    }

    pub(crate) fn attribute(&self, key: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn is(&self, service: &str, name: &str) -> bool {
        self.service == service && self.name == name
    }
}

pub(crate) fn read(batch: &SpanBatch) -> Vec<Seen> {
    let text = |symbol| batch.strings.get(symbol).to_owned();
    (0..batch.len() as u32)
        .map(|record| {
            let head = batch.head(record);
            let attributes = batch.named_attributes(record);
            let links = batch.links_of(record);
            Seen {
                service: text(batch.resources.service(head.resource)),
                name: text(head.name),
                attributes: attributes
                    .map(|(key, value)| (key.to_owned(), value.to_string()))
                    .collect(),
                links: links
                    .map(|row| (batch.links.trace_id[row].0, batch.links.span_id[row].0))
                    .collect(),
                events: batch.events_of(record).len(),
                head,
            }
        })
        .collect()
}

pub(crate) fn all(simulation: &Simulation) -> Vec<Seen> {
    let batches = simulation.run().expect("a sound simulation");
    batches.flat_map(|batch| read(&batch)).collect()
}

pub(crate) fn by_id(spans: &[Seen]) -> HashMap<SpanId, &Seen> {
    spans.iter().map(|span| (span.head.span_id, span)).collect()
}

/// The children of each span.
pub(crate) fn children(spans: &[Seen]) -> HashMap<SpanId, Vec<&Seen>> {
    let mut children: HashMap<SpanId, Vec<&Seen>> = HashMap::new();
    for span in spans {
        children.entry(span.head.parent_id).or_default().push(span);
    }
    children
}

pub(crate) fn is_root(span: &Seen) -> bool {
    span.head.parent_id.is_zero() && span.head.kind == SpanKind::Internal
}

/// The median of what `of` says about these spans.
pub(crate) fn median<'a>(spans: impl IntoIterator<Item = &'a Seen>, of: fn(&Seen) -> i64) -> i64 {
    let mut values: Vec<i64> = spans.into_iter().map(of).collect();
    values.sort_unstable();
    values[values.len() / 2]
}
