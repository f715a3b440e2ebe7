//! What was found of a trace: sets of spans, and counts of partners.

use super::counts::counts;
use super::ground::Ground;
use super::plan::{Check, Plan, Work};

/// Spans of a trace.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// Ascending.
    pub(super) list: Vec<u32>,
    /// By span: whether it is one of them.
    pub(super) holds: Vec<bool>,
}

impl Spans {
    pub(super) fn of(list: Vec<u32>, len: u32) -> Self {
        let mut holds = vec![false; len as usize];
        list.iter().for_each(|&span| holds[span as usize] = true);
        Self { list, holds }
    }

    pub(super) fn has(&self, span: u32) -> bool {
        self.holds[span as usize]
    }

    /// How many of them stand in a range.
    pub(super) fn count_in(&self, from: u32, to: u32) -> u32 {
        let below = |span: u32| self.list.partition_point(|&one| one < span);
        below(to).saturating_sub(below(from)) as u32
    }
}

/// Does the work of a plan on a trace: its sets. None where one that every
/// match needs is empty.
pub(super) fn sets(plan: &Plan, ground: &Ground<'_>) -> Option<Vec<Spans>> {
    let is_needed = |set: usize| set == plan.first || plan.steps.iter().any(|step| step.1 == set);
    let mut sets: Vec<Spans> = Vec::new();
    let mut counted: Vec<Vec<u32>> = Vec::new();
    for work in &plan.work {
        match work {
            Work::Set(check) => {
                let list = members(check.as_ref(), ground, &counted);
                if list.is_empty() && is_needed(sets.len()) {
                    return None;
                }
                sets.push(Spans::of(list, ground.len()));
            }
            Work::Count(related, set) => counted.push(counts(related, *set, &sets, ground)),
        }
    }
    Some(sets)
}

fn members(check: Option<&Check>, ground: &Ground<'_>, counted: &[Vec<u32>]) -> Vec<u32> {
    match check {
        Some(check) => ground
            .all()
            .filter(|&span| check.meets(ground, counted, span))
            .collect(),
        None => ground.all().collect(),
    }
}
