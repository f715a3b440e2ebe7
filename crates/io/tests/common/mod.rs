//! What integration tests share.

use spanwise_model::{flags, SpanBatch};
use std::fmt::Write;

/// Everything that a batch says of its records, in their order, so that two
/// batches that say the same give the same lines.
pub(crate) fn lines(batch: &SpanBatch) -> Vec<String> {
    (0..batch.len() as u32)
        .map(|record| line(batch, record))
        .collect()
}

fn line(batch: &SpanBatch, record: u32) -> String {
    let head = batch.head(record);
    let text = |symbol| batch.strings.get(symbol);
    let (scope, version) = batch.scopes.get(head.scope);
    let mut line = format!(
        "{} {} {} {}..{:?} {:?} {:?} {:?} {:x} service={:?} scope={:?}/{:?}",
        head.trace_id,
        head.span_id,
        head.parent_id,
        head.start_unix_nano,
        head.end_unix_nano,
        text(head.name),
        head.kind,
        head.status,
        head.flags & !flags::MISSING_END,
        text(batch.resources.service(head.resource)),
        text(scope),
        text(version),
    );
    let mut add = |part: std::fmt::Arguments<'_>| line.write_fmt(part).expect("a string");
    add(format_args!(" {:?}", batch.status_messages.get(record)));
    add(format_args!(" {:?}", batch.trace_states.get(record)));
    for (key, value) in batch.resources.attributes(head.resource) {
        add(format_args!(" resource.{:?}={value:?}", text(key)));
    }
    for (key, value) in batch.scopes.attributes(head.scope) {
        add(format_args!(" scope.{:?}={value:?}", text(key)));
    }
    for (key, value) in batch.named_attributes(record) {
        add(format_args!(" {key:?}={value:?}"));
    }
    for row in batch.events_of(record) {
        let (time, name) = (batch.events.time_unix_nano[row], batch.events.name[row]);
        add(format_args!(" event {time} {:?}", text(name)));
        for (key, value) in batch.events.attributes.named(row as u32, &batch.strings) {
            add(format_args!(" {key:?}={value:?}"));
        }
    }
    for row in batch.links_of(record) {
        let (trace, span) = (batch.links.trace_id[row], batch.links.span_id[row]);
        add(format_args!(" link {trace}/{span}"));
        for (key, value) in batch.links.attributes.named(row as u32, &batch.strings) {
            add(format_args!(" {key:?}={value:?}"));
        }
    }
    line
}
