//! Services that sources leave to be found: a span whose service is that of
//! its parent says so by a flag, and its parent may stand anywhere in the input.

use rayon::prelude::*;
use spanwise_model::batch::Head;
use spanwise_model::keyed::KeyedMap;
use spanwise_model::{flags, ResourceId, SpanBatch, SpanId, Symbol, TraceId};

/// Gives spans that have the service of their parent ([`flags::SERVICE_OF_PARENT`])
/// its resource, or that of the nearest ancestor which has one. Those without
/// such an ancestor in the batch stay as they are.
///
/// ```
/// use spanwise_io::{assemble::inherit_services, by_name};
/// let lines = concat!(
///     r#"{"trace_id":"1-0000000a-0","id":"2","parent_id":"1","name":"db","start_time":1,"type":"subsegment"}"#,
///     "\n",
///     r#"{"trace_id":"1-0000000a-0","id":"1","name":"shop","start_time":1}"#,
/// );
/// let mut batch = spanwise_model::SpanBatch::default();
/// by_name("xray-json").expect("a format").read(lines.as_bytes(), &mut batch)?;
/// inherit_services(&mut batch);
/// assert_eq!(batch.heads[0].resource, batch.heads[1].resource);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
pub fn inherit_services(batch: &mut SpanBatch) {
    let is_flagged = |head: &Head| head.flags & flags::SERVICE_OF_PARENT != 0;
    // Few inputs have any, and looking must cost them next to nothing.
    if !batch.heads.par_iter().any(is_flagged) {
        return;
    }
    let waiting: Vec<u32> = (0..batch.open_record())
        .filter(|&record| waits(batch, record))
        .collect();
    let owners = owners(batch, &waiting);
    let mut found: KeyedMap<u32, Option<ResourceId>> = KeyedMap::default();
    let mut path = Vec::new();
    for record in waiting {
        let mut next = Some(record);
        let mut resource = None;
        while let Some(at) = next {
            if !waits(batch, at) {
                resource = Some(batch.heads[at as usize].resource);
                break;
            }
            if let Some(known) = found.get(&at) {
                resource = *known;
                break;
            }
            // A cycle comes back to a record that has found nothing so far.
            found.insert(at, None);
            path.push(at);
            let placement = &batch.placements[at as usize];
            let parent = (batch.trace_ids[at as usize], placement.parent_id);
            next = owners.get(&parent).copied();
        }
        for at in path.drain(..) {
            found.insert(at, resource);
        }
    }
    for (record, resource) in found {
        if let Some(resource) = resource {
            batch.heads[record as usize].resource = resource;
        }
    }
}

/// True where a record has no service but that of its parent.
fn waits(batch: &SpanBatch, record: u32) -> bool {
    let head = &batch.heads[record as usize];
    head.flags & flags::SERVICE_OF_PARENT != 0
        && batch.resources.service(head.resource) == Symbol::EMPTY
}

/// The record of each id in the traces of these records; of several the one
/// that ends last, whatever their order.
fn owners(batch: &SpanBatch, waiting: &[u32]) -> KeyedMap<(TraceId, SpanId), u32> {
    let traces = waiting.iter().map(|&at| (batch.trace_ids[at as usize], ()));
    let traces: KeyedMap<TraceId, ()> = traces.collect();
    let rank = |record: u32| {
        let head = &batch.heads[record as usize];
        let service = batch.strings.get(batch.resources.service(head.resource));
        let ended = head.flags & flags::MISSING_END == 0;
        let placement = &batch.placements[record as usize];
        let times = (placement.end_unix_nano, placement.start_unix_nano);
        (ended, times, service)
    };
    let mut owners = KeyedMap::default();
    for record in 0..batch.open_record() {
        let trace = batch.trace_ids[record as usize];
        if !traces.contains_key(&trace) {
            continue;
        }
        let id = (trace, batch.placements[record as usize].span_id);
        let owner = owners.entry(id).or_insert(record);
        if rank(record) > rank(*owner) {
            *owner = record;
        }
    }
    owners
}
