//! The hops of a table, joined without a partial.

use super::graph::{Arrival, Departure, Graph, Id, Root, NOBODY};
use super::halves::{Halves, Known, Part, Received, Sent};
use super::operations::Operations;

/// Joins the halves of all traces, which stand in the order that a partial gives
/// its rows.
pub(super) fn graph<'a>(
    operations: Operations<'a>,
    known: Known<'a>,
    halves: &'a Halves,
) -> Graph<'a> {
    let arrivals = halves.of_receivers().iter();
    let arrivals = arrivals.map(|half| arrival(known, half));
    let parts = [Part::Passed, Part::Sent];
    let count = parts
        .iter()
        .map(|&part| halves.of_senders(part).len())
        .sum();
    let departures = parts.into_iter().flat_map(|part| {
        let halves = halves.of_senders(part).iter();
        halves.map(move |half| departure(known, half, part == Part::Sent))
    });
    let received = arrivals.len();
    Graph::join(operations, (arrivals, received), (departures, count))
}

fn arrival<'a>(known: Known<'_>, half: &Received) -> Arrival<'a> {
    let operation = known.place(half.own.operation);
    let ([high, low], sender) = half.sender;
    Arrival {
        id: (trace(known, half.trace), half.own.id.0),
        operation,
        sender: (u128::from(high) << 64 | u128::from(low), sender.0),
        relation: half.relation,
        start: half.ran.start.into(),
        end: half.ran.end.map(i128::from),
    }
}

fn departure(known: Known<'_>, half: &Sent, alone: bool) -> Departure {
    let trace = trace(known, half.trace);
    let id: Id = (trace, half.own.id.0);
    Departure {
        id,
        operation: known.place(half.own.operation),
        end: half.ran.end.map(i128::from),
        alone,
        above: half.above.0,
        root: Root {
            start: half.top_ran.start.into(),
            id: (trace, half.top.id.0),
            end: half.top_ran.end.map(i128::from),
            operation: match half.is_root {
                true => known.place(half.top.operation),
                false => NOBODY,
            },
        },
    }
}

fn trace(known: Known<'_>, number: u32) -> u128 {
    known.table.trace_ids[number as usize].0
}
