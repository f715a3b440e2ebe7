//! Records by trace.

use spanwise_model::keyed::KeyedMap;
use spanwise_model::TraceId;
use std::ops::Range;

/// Records grouped by trace, traces in the order of their ids.
pub(super) struct Groups {
    ids: Vec<TraceId>,
    ends: Vec<u32>,
    records: Vec<u32>,
}

impl Groups {
    /// Groups records by the trace id of each: one pass to number the traces,
    /// one counting sort.
    pub(super) fn of(trace_ids: &[TraceId]) -> Self {
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
        for (record, number) in numbers.into_iter().enumerate() {
            let slot = &mut starts[number as usize];
            records[*slot as usize] = record as u32;
            *slot += 1;
        }
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
