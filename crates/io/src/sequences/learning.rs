//! Learning sequences from spans that were read in another way.

use super::pattern::Pattern;
use super::{Attribute, Beginning, Known, Sequences, Step, StepId, NOWHERE};
use spanwise_model::{EvidenceId, Symbol};
use std::hash::BuildHasher;

/// How many steps are held at most.
const MOST_STEPS: usize = 1 << 16;

/// How many bytes of theirs are held at most.
pub(super) const MOST_BYTES: usize = 1 << 22;

/// How many steps lead on from one at most.
pub(super) const MOST_BRANCHES: u16 = 256;

impl<T: Copy + Default, const WORDS: usize> Sequences<T, WORDS> {
    /// Learns the attributes of a span of this name, which says what is in the
    /// set of `evidence`. False where there is nothing to learn: this name is
    /// new, or too much is held.
    pub(crate) fn learn_name(&mut self, name: Symbol) -> bool {
        let at = name.index();
        if at >= MOST_STEPS {
            return false;
        }
        if self.beginnings.len() <= at {
            self.beginnings.resize(at + 1, Beginning::Unseen);
        }
        match self.beginnings[at] {
            Beginning::Unseen => {
                self.beginnings[at] = Beginning::Seen;
                return false;
            }
            Beginning::Seen => match self.add(NOWHERE, &beginning()) {
                Some(step) => self.beginnings[at] = Beginning::At(step),
                None => return false,
            },
            Beginning::At(_) => {}
        }
        self.begin(name)
    }

    /// Learns the next attribute; false where too much is held.
    pub(crate) fn learn(&mut self, attribute: &Attribute<'_, T>) -> bool {
        let whole = attribute.is_whole.then_some(attribute.bytes);
        let step = match self.look_up(attribute.key, whole) {
            Some(step) => step,
            None => match self.add(self.at, attribute) {
                Some(step) => step,
                None => return false,
            },
        };
        if let Some(before) = self.steps.get_mut(self.at as usize) {
            before.next = step;
        }
        self.at = step;
        true
    }

    /// Learns what a span says that ends here.
    pub(crate) fn learn_evidence(&mut self, evidence: EvidenceId) {
        if let Some(step) = self.steps.get_mut(self.at as usize) {
            step.evidence = Some(evidence);
        }
    }

    fn add(&mut self, before: u32, attribute: &Attribute<'_, T>) -> Option<u32> {
        let start = self.bytes.len();
        if self.steps.len() == MOST_STEPS || start + attribute.bytes.len() > MOST_BYTES {
            return None;
        }
        let (step, mut older) = (self.steps.len() as u32, NOWHERE);
        if let Some(before) = self.steps.get_mut(before as usize) {
            if before.branches == MOST_BRANCHES {
                return None;
            }
            before.branches += 1;
            older = std::mem::replace(&mut before.newest, step);
        }
        self.bytes.extend_from_slice(attribute.bytes);
        self.steps.push(Step {
            pattern: Pattern::of(attribute),
            known: Known {
                step: StepId(step),
                key: attribute.key,
                length: attribute.bytes.len(),
                is_whole: attribute.is_whole,
                is_kept: attribute.is_kept,
                what: attribute.what,
            },
            start,
            before,
            next: NOWHERE,
            newest: NOWHERE,
            older,
            branches: 0,
            seen: 0,
            evidence: None,
        });
        self.enter(step, before, attribute);
        Some(step)
    }

    fn enter(&mut self, step: u32, before: u32, attribute: &Attribute<'_, T>) {
        let whole = attribute.is_whole.then_some(attribute.bytes);
        let hash = self.hash(before, attribute.key, whole);
        let (steps, bytes, hashing) = (&self.steps, &self.bytes, &self.hashing);
        self.index.insert_unique(hash, step, |&at| {
            let step = &steps[at as usize];
            let (known, end) = (&step.known, step.start + step.known.length);
            let whole = known.is_whole.then(|| &bytes[step.start..end]);
            hashing.hash_one((step.before, known.key, whole))
        });
    }
}

/// What stands before the first attribute.
fn beginning<T: Default>() -> Attribute<'static, T> {
    Attribute {
        key: Symbol::EMPTY,
        bytes: &[],
        any: None,
        is_whole: false,
        is_kept: false,
        what: T::default(),
    }
}
