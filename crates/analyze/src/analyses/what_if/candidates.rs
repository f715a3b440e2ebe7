//! Which operations of a request are made faster.

use crate::analyses::operations::operation_names;
use crate::facts::replay::{GROUPS, NO_GROUP};
use crate::facts::FactColumns;
use spanwise_model::{OperationId, Span, SpanTable};

/// The candidates of one request after the other, each a group of spans.
pub(super) struct Candidates<'a> {
    table: &'a SpanTable,
    /// By operation: its time on the critical path of the request, and its group
    /// among the candidates.
    critical: Vec<u64>,
    groups: Vec<u8>,
    /// The operations that have time on it, and how much; the candidates are the
    /// first.
    found: Vec<(OperationId, u64)>,
    /// All operations with time on it, in the order in which they came; memory
    /// that is kept.
    listed: Vec<OperationId>,
    times: Vec<u64>,
}

impl<'a> Candidates<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            critical: vec![0; table.operations.len()],
            groups: vec![NO_GROUP; table.operations.len()],
            found: Vec::new(),
            listed: Vec::new(),
            times: Vec::new(),
        }
    }

    /// Finds the operations that have the most time on the critical path of a
    /// request, of equal ones those with the smallest names.
    #[inline(never)]
    pub(super) fn find(&mut self, root: Span<'_>, facts: &FactColumns) {
        for (id, _) in self.found.drain(..) {
            self.groups[id.0 as usize] = NO_GROUP;
        }
        let rows = root.subtree().start as usize..root.subtree().end as usize;
        let operations = &self.table.columns.operation[rows.clone()];
        if self.listed.len() < operations.len() {
            self.listed.resize(operations.len(), OperationId(0));
        }
        let (critical, mut count) = (self.critical.as_mut_slice(), 0);
        let listed = &mut self.listed[..operations.len()];
        // Each is written, and stays where it is the first of its operation: that
        // is as good as random, so that guessing it costs more.
        for (&id, &nano) in operations.iter().zip(&facts.critical_nano[rows]) {
            let held = &mut critical[id.0 as usize];
            listed[count] = id;
            count += usize::from((*held == 0) & (nano != 0));
            *held = held.saturating_add(nano);
        }
        let listed = listed[..count].iter();
        let found = listed.map(|&id| (id, std::mem::take(&mut critical[id.0 as usize])));
        self.found.extend(found);
        self.choose();
        for (group, (id, _)) in (0..).zip(&self.found) {
            self.groups[id.0 as usize] = group;
        }
    }

    /// Leaves out all but the first: those that are above the least of them, and
    /// of those with as much time the ones whose names come first.
    fn choose(&mut self) {
        if self.found.len() <= GROUPS {
            return;
        }
        let least = match self.found.len() - GROUPS {
            beyond @ ..=GROUPS => least_behind(&mut self.times, &self.found, beyond),
            _ => least_of_most(self.found.iter().map(|found| found.1)),
        };
        self.found.retain(|found| found.1 >= least);
        if self.found.len() > GROUPS {
            let names = |id: OperationId| operation_names(self.table, id);
            self.found
                .sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| names(a.0).cmp(&names(b.0))));
            self.found.truncate(GROUPS);
        }
    }

    /// The candidate that the span at a row is of.
    pub(super) fn group_of(&self) -> impl Fn(u32) -> u8 + '_ {
        let (groups, operations) = (&*self.groups, &*self.table.columns.operation);
        #[inline]
        move |row| groups[operations[row as usize].0 as usize]
    }

    /// The candidates by group.
    pub(super) fn each(&self) -> impl Iterator<Item = OperationId> + '_ {
        self.found.iter().map(|found| found.0)
    }
}

/// The smallest time once so many of the smallest are left out.
fn least_behind(times: &mut Vec<u64>, found: &[(OperationId, u64)], count: usize) -> u64 {
    times.clear();
    times.extend(found.iter().map(|found| found.1));
    for _ in 0..count {
        let least = least(times);
        times.swap_remove(least);
    }
    times[least(times)]
}

/// The place of the smallest time.
#[inline]
fn least(times: &[u64]) -> usize {
    let (mut place, mut least) = (0, u64::MAX);
    for (at, &nano) in times.iter().enumerate() {
        // Which is smaller cannot be guessed, so both are moved by conditions.
        place = if nano < least { at } else { place };
        least = least.min(nano);
    }
    place
}

/// The smallest of the largest times, so many as there are groups; nought where
/// there are fewer.
fn least_of_most(times: impl Iterator<Item = u64>) -> u64 {
    let mut most = [0; GROUPS];
    for nano in times {
        // The smallest stands first, and what is larger than others moves behind.
        if nano <= most[0] {
            continue;
        }
        let mut at = 0;
        while at + 1 < GROUPS && most[at + 1] < nano {
            most[at] = most[at + 1];
            at += 1;
        }
        most[at] = nano;
    }
    most[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::replay::tests::random_numbers;

    #[test]
    fn both_ways_find_the_smallest_of_the_largest() {
        let mut random = random_numbers(3);
        for _ in 0..2_000 {
            let count = GROUPS + random(GROUPS as u64) as usize;
            let times = (0..count).map(|_| random(20));
            let found: Vec<_> = times.map(|nano| (OperationId(0), nano)).collect();
            let mut sorted: Vec<u64> = found.iter().map(|found| found.1).collect();
            sorted.sort_unstable();
            let expected = sorted[count - GROUPS];
            let left_out = least_behind(&mut Vec::new(), &found, count - GROUPS);
            let kept = least_of_most(found.iter().map(|found| found.1));
            assert_eq!([left_out, kept], [expected; 2]);
        }
    }
}
