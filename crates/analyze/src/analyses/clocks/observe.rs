//! From calls between hosts to rows of a partial, summed by number.

use super::{CALLS, IMPOSSIBLE, SAMPLE, STATES};
use crate::analysis::TraceBatch;
use crate::clocks::{clock_names, Bound, Packed, MINUTE_NANO};
use crate::partial::{Key, NameCode, Partial};
use rustc_hash::FxHashMap;
use spanwise_model::{OperationId, Span, SpanKind, SpanTable, Trace};

/// The clocks of a client and a server, a minute, and a slot of it.
type Slot = (NameCode, NameCode, i32, u8);

/// What the calls of a slot say: as little memory as can be, since each call
/// meets another one.
#[derive(Debug)]
struct Told {
    calls: u32,
    impossible: u32,
    /// The smallest of those that say something; the largest number for none.
    sample: i128,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            calls: 0,
            impossible: 0,
            sample: i128::MAX,
        }
    }
}

impl Told {
    fn add(&mut self, packed: Option<Packed>) {
        self.calls += 1;
        match packed {
            Some(packed) => self.sample = self.sample.min(packed.number),
            None => self.impossible += 1,
        }
    }

    /// The numbers of a row.
    fn numbers(&self) -> [i128; STATES] {
        let mut numbers = [0; STATES];
        numbers[CALLS] = self.calls.into();
        numbers[IMPOSSIBLE] = self.impossible.into();
        numbers[SAMPLE] = self.sample;
        numbers
    }
}

/// What calls say, by slot.
#[derive(Default)]
struct Slots {
    told: FxHashMap<Slot, Told>,
    /// Calls whose slots are yet to be looked for. Each stands somewhere else, so
    /// that looking for several, one right behind the other, waits but once.
    waiting: Vec<(Slot, Option<Packed>)>,
}

/// So many calls wait at most.
const WAITING: usize = 256;

impl Slots {
    #[inline]
    fn add(&mut self, slot: Slot, packed: Option<Packed>) {
        self.waiting.push((slot, packed));
        if self.waiting.len() == WAITING {
            self.look_up();
        }
    }

    #[inline(never)]
    fn look_up(&mut self) {
        for (slot, packed) in self.waiting.drain(..) {
            self.told.entry(slot).or_default().add(packed);
        }
    }

    /// All of them.
    fn into_told(mut self) -> FxHashMap<Slot, Told> {
        self.look_up();
        self.told
    }
}

/// Adds the calls of a batch.
pub(super) fn all(traces: TraceBatch<'_>, out: &mut Partial) {
    let table = traces.table();
    let names: Vec<NameCode> = clock_names(table)
        .iter()
        .map(|name| out.intern(name))
        .collect();
    let clock = |span: Span<'_>| names[span.resource_id().0 as usize];
    let kinds = Kinds::new(table);
    let mut slots = Slots::default();
    for trace in traces.traces() {
        for (client, server) in kinds.calls(trace) {
            let (ours, theirs) = (clock(client), clock(server));
            let Some(bound) = Bound::between(client, server).filter(|_| ours != theirs) else {
                continue;
            };
            let id = (trace.id(), server.id());
            let packed = bound.is_possible().then(|| Packed::new(id, bound));
            let minute = client.start_unix_nano().div_euclid(MINUTE_NANO) as i32;
            let slot = packed.map_or(0, |packed| packed.slot) as u8;
            slots.add((ours, theirs, minute, slot), packed);
        }
    }
    let (told, is_new) = (slots.into_told(), out.is_empty());
    out.reserve(told.len());
    for ((ours, theirs, minute, slot), told) in told {
        let key = [
            Key::Code(ours),
            Key::Code(theirs),
            Key::I64(minute.into()),
            Key::U64(slot.into()),
        ];
        out.put(&key, &told.numbers(), is_new);
    }
}

/// The kinds of operations.
struct Kinds<'a> {
    table: &'a SpanTable,
    of: Vec<SpanKind>,
}

impl<'a> Kinds<'a> {
    fn new(table: &'a SpanTable) -> Self {
        let operations = (0..table.operations.len() as u32).map(OperationId);
        Self {
            of: operations.map(|id| table.operations.kind(id)).collect(),
            table,
        }
    }

    #[inline]
    fn of(&self, operation: OperationId) -> SpanKind {
        self.of[operation.0 as usize]
    }

    /// The servers of a trace that have a client, behind this.
    fn calls<'s>(&'s self, trace: Trace<'a>) -> impl Iterator<Item = (Span<'a>, Span<'a>)> + 's {
        let rows = trace.rows().start as usize..trace.rows().end as usize;
        let operations = &self.table.columns.operation;
        let spans = trace.rows().zip(&operations[rows]);
        let servers = spans.filter(|(_, &id)| self.of(id) == SpanKind::Server);
        servers.filter_map(|(row, _)| {
            let parent = self.table.columns.parent[row as usize];
            let operation = operations.get(parent as usize)?;
            let has_client = self.of(*operation) == SpanKind::Client;
            has_client.then(|| (Span::new(self.table, parent), Span::new(self.table, row)))
        })
    }
}
