//! Records by trace.
//!
//! Runs of records are grouped by several threads at once; as the traces of each
//! run stand in the order of their ids, the groups of all runs merge in one
//! pass. Runs are cut alike for any number of threads.

use rayon::prelude::*;
use spanwise_model::keyed::KeyedMap;
use spanwise_model::TraceId;
use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::BinaryHeap;
use std::ops::Range;

/// How many records are grouped at once; few in unit tests, so that there are
/// several runs.
const RUN_RECORDS: usize = if cfg!(test) { 4 } else { 1 << 16 };

/// How many pieces one thread copies at once.
const COPIED_PIECES: usize = 1 << 12;

/// Records grouped by trace, traces in the order of their ids.
pub(super) struct Groups {
    ids: Vec<TraceId>,
    ends: Vec<u32>,
    records: Vec<u32>,
}

/// The records of a trace in one run.
struct Piece {
    run: u32,
    trace: u32,
}

impl Groups {
    /// Groups records by the trace id of each.
    pub(super) fn of(trace_ids: &[TraceId]) -> Self {
        let runs = trace_ids.par_chunks(RUN_RECORDS).enumerate();
        let of_run = |(at, ids)| Self::of_run(ids, (at * RUN_RECORDS) as u32);
        let mut runs: Vec<Self> = runs.map(of_run).collect();
        match runs.len() {
            1 => runs.remove(0),
            _ => Self::merged(&runs),
        }
    }

    /// Groups a run of records that begins at `first`: one pass to number the
    /// traces, one counting sort.
    fn of_run(trace_ids: &[TraceId], first: u32) -> Self {
        let (mut ids, mut numbers) = number(trace_ids);
        let ranks = sort(&mut ids);
        let mut ends = vec![0u32; ids.len()];
        for number in &mut numbers {
            *number = ranks[*number as usize];
            ends[*number as usize] += 1;
        }
        let mut next = 0;
        let mut starts: Vec<u32> = Vec::with_capacity(ids.len());
        for end in &mut ends {
            starts.push(next);
            next += *end;
            *end = next;
        }
        let mut records = vec![0u32; trace_ids.len()];
        for (record, number) in (first..).zip(numbers) {
            let slot = &mut starts[number as usize];
            records[*slot as usize] = record;
            *slot += 1;
        }
        Self { ids, ends, records }
    }

    /// The groups of all runs: the records of a trace run by run.
    fn merged(runs: &[Self]) -> Self {
        let (mut ids, mut ends, mut pieces) = (Vec::new(), Vec::new(), Vec::new());
        let firsts = runs.iter().zip(0..).map(|(run, at)| (run.ids[0], at, 0));
        let mut next: BinaryHeap<Reverse<(TraceId, u32, u32)>> = firsts.map(Reverse).collect();
        let mut end = 0;
        while let Some(mut first) = next.peek_mut() {
            let Reverse((id, run, trace)) = *first;
            if ids.last() != Some(&id) {
                ids.push(id);
                ends.push(end);
            }
            let ran = &runs[run as usize];
            end += ran.records(trace).len() as u32;
            ends[ids.len() - 1] = end;
            pieces.push(Piece { run, trace });
            match ran.ids.get(trace as usize + 1) {
                Some(&id) => *first = Reverse((id, run, trace + 1)),
                None => drop(PeekMut::pop(first)),
            }
        }
        let records = records_of(runs, &pieces, end as usize);
        Self { ids, ends, records }
    }

    /// How many traces there are.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// How many records these traces have.
    pub(super) fn records_of(&self, traces: Range<u32>) -> usize {
        self.start(traces.end as usize) - self.start(traces.start as usize)
    }

    pub(super) fn into_ids(self) -> Vec<TraceId> {
        self.ids
    }

    pub(super) fn id(&self, trace: u32) -> TraceId {
        self.ids[trace as usize]
    }

    /// The records of a trace.
    pub(super) fn records(&self, trace: u32) -> &[u32] {
        let start = self.start(trace as usize);
        &self.records[start..self.ends[trace as usize] as usize]
    }

    /// Cuts the traces into ranges of at least `size` records, but for the last.
    pub(super) fn chunks(&self, size: usize) -> Vec<Range<u32>> {
        let mut chunks = Vec::new();
        let (mut first, mut first_record) = (0u32, 0);
        for (trace, &end) in self.ends.iter().enumerate() {
            let last = trace + 1 == self.ends.len();
            if last || end as usize - first_record >= size {
                chunks.push(first..trace as u32 + 1);
                (first, first_record) = (trace as u32 + 1, end as usize);
            }
        }
        chunks
    }

    fn start(&self, trace: usize) -> usize {
        if trace == 0 {
            0
        } else {
            self.ends[trace - 1] as usize
        }
    }
}

/// The records of all pieces, which are so many.
fn records_of(runs: &[Groups], pieces: &[Piece], count: usize) -> Vec<u32> {
    let of = |piece: &Piece| runs[piece.run as usize].records(piece.trace);
    let mut records = vec![0; count];
    let mut rest = records.as_mut_slice();
    let rooms = pieces.chunks(COPIED_PIECES).map(|pieces| {
        let count = pieces.iter().map(|piece| of(piece).len()).sum();
        let room = rest.split_off_mut(..count).unwrap_or_default();
        (room, pieces)
    });
    let rooms: Vec<(&mut [u32], &[Piece])> = rooms.collect();
    rooms.into_par_iter().for_each(|(room, pieces)| {
        let from = pieces.iter().flat_map(of);
        room.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
    });
    records
}

/// The distinct ids in the order of appearance, and each record's number among
/// them. Neighbours often share a trace, so the last answer is tried first.
fn number(trace_ids: &[TraceId]) -> (Vec<TraceId>, Vec<u32>) {
    let mut ids = Vec::new();
    let mut index: KeyedMap<TraceId, u32> = KeyedMap::default();
    let mut last: Option<(TraceId, u32)> = None;
    let numbers = trace_ids
        .iter()
        .map(|&id| match last {
            Some((same, number)) if same == id => number,
            _ => {
                let number = *index.entry(id).or_insert_with(|| {
                    ids.push(id);
                    ids.len() as u32 - 1
                });
                last = Some((id, number));
                number
            }
        })
        .collect();
    (ids, numbers)
}

/// Sorts the ids; the answer gives each old number its new one.
fn sort(ids: &mut Vec<TraceId>) -> Vec<u32> {
    let mut sorted: Vec<(TraceId, u32)> = ids.iter().copied().zip(0..).collect();
    sorted.sort_unstable();
    let mut ranks = vec![0; ids.len()];
    for (rank, &(_, number)) in sorted.iter().enumerate() {
        ranks[number as usize] = rank as u32;
    }
    *ids = sorted.into_iter().map(|(id, _)| id).collect();
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn groups_are_those_of_a_sorted_map(ids in prop::collection::vec(0u128..9, 0..60)) {
            let ids: Vec<TraceId> = ids.into_iter().map(TraceId).collect();
            let mut expected: BTreeMap<TraceId, Vec<u32>> = BTreeMap::new();
            for (record, &id) in (0..).zip(&ids) {
                expected.entry(id).or_default().push(record);
            }
            let groups = Groups::of(&ids);
            prop_assert_eq!(groups.len(), expected.len());
            for (trace, (id, records)) in (0..).zip(&expected) {
                prop_assert_eq!(groups.id(trace), *id);
                prop_assert_eq!(groups.records(trace), records);
            }
        }
    }
}
