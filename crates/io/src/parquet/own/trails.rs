//! What spans say that analyses read, by where they have said it.
//!
//! Spans with the same order of attributes and the same values in what analyses
//! read have the same evidence. So an order begins a *trail*, and each of those
//! values, known by its place in a dictionary, leads one step on; the last step
//! knows the evidence, and no value need be compared.

use super::memo::Memo;
use super::ready::NOWHERE;
use rustc_hash::FxHashMap;
use spanwise_model::EvidenceId;

/// How many steps are held at most.
const MOST_STEPS: usize = 1 << 16;

/// Trails that were gone.
#[derive(Debug, Default)]
pub(super) struct Trails {
    steps: Vec<Step>,
    /// The step behind another one, by the place of the value between.
    next: FxHashMap<(u32, u32), u32>,
    /// By the place of an order: its first step.
    first: Memo<u32>,
    at: u32,
}

/// A step of a trail.
#[derive(Clone, Copy, Debug)]
struct Step {
    /// The place of the value that came last time, and where it led.
    last: (u32, u32),
    /// What a span says whose trail ends here.
    evidence: Option<EvidenceId>,
}

impl Trails {
    /// Begins the trail of an order.
    #[inline]
    pub(super) fn begin(&mut self, order: u32) {
        self.at = match self.first.get(order) {
            Some(first) => first,
            None => self.begin_new(order),
        };
    }

    #[cold]
    fn begin_new(&mut self, order: u32) -> u32 {
        if order == NOWHERE {
            return NOWHERE;
        }
        let step = self.add();
        if step == NOWHERE {
            return NOWHERE;
        }
        self.first.put(order, step);
        step
    }

    fn add(&mut self) -> u32 {
        if self.steps.len() == MOST_STEPS {
            return NOWHERE;
        }
        self.steps.push(Step {
            last: (NOWHERE, NOWHERE),
            evidence: None,
        });
        self.steps.len() as u32 - 1
    }

    /// Goes on behind the value of this place.
    #[inline]
    pub(super) fn go(&mut self, place: u32) {
        let Some(step) = self.steps.get(self.at as usize) else {
            return;
        };
        self.at = match step.last {
            (last, next) if last == place => next,
            _ => self.turn(place),
        };
    }

    fn turn(&mut self, place: u32) -> u32 {
        if place == NOWHERE {
            return NOWHERE;
        }
        let at = self.at;
        let next = match self.next.get(&(at, place)) {
            Some(&next) => next,
            None => self.turn_new(place),
        };
        if next != NOWHERE {
            self.steps[at as usize].last = (place, next);
        }
        next
    }

    #[cold]
    fn turn_new(&mut self, place: u32) -> u32 {
        let next = self.add();
        if next != NOWHERE {
            self.next.insert((self.at, place), next);
        }
        next
    }

    /// What a span says that ends here, if that is known.
    #[inline]
    pub(super) fn evidence(&self) -> Option<EvidenceId> {
        self.steps.get(self.at as usize)?.evidence
    }

    /// Learns what a span says that ends here.
    pub(super) fn learn(&mut self, evidence: EvidenceId) {
        if let Some(step) = self.steps.get_mut(self.at as usize) {
            step.evidence = Some(evidence);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go(trails: &mut Trails, order: u32, places: &[u32]) -> Option<EvidenceId> {
        trails.begin(order);
        places.iter().for_each(|&place| trails.go(place));
        trails.evidence()
    }

    #[test]
    fn a_trail_is_its_order_and_its_values() {
        let mut trails = Trails::default();
        let all: [(u32, &[u32]); 6] = [
            (0, &[]),
            (1, &[]),
            (0, &[1, 2]),
            (0, &[2, 1]),
            (0, &[1]),
            (1, &[1, 2]),
        ];
        for (nth, (order, places)) in (0..).zip(all) {
            assert_eq!(go(&mut trails, order, places), None);
            trails.learn(EvidenceId(nth));
        }
        for (nth, (order, places)) in (0..).zip(all) {
            assert_eq!(go(&mut trails, order, places), Some(EvidenceId(nth)));
        }
    }

    #[test]
    fn what_has_no_place_is_not_known() {
        let mut trails = Trails::default();
        let all: [(u32, &[u32]); 2] = [(NOWHERE, &[]), (0, &[1, NOWHERE, 2])];
        for (order, places) in all.iter().cycle().take(4) {
            assert_eq!(go(&mut trails, *order, places), None);
            trails.learn(EvidenceId(1));
        }
    }

    #[test]
    fn what_is_held_has_an_end() {
        let mut trails = Trails::default();
        for place in 0..MOST_STEPS as u32 + 5 {
            assert_eq!(go(&mut trails, 0, &[place]), None);
            trails.learn(EvidenceId(place));
        }
        assert_eq!(trails.steps.len(), MOST_STEPS);
        assert_eq!(
            go(&mut trails, 0, &[7]),
            Some(EvidenceId(7)),
            "what is held stays"
        );
    }
}
