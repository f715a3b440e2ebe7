//! The children of one parent by operation.

use super::OPERATIONS;
use crate::facts::families::{Family, Moment};
use spanwise_model::{OperationId, SpanTable};

/// No class, and no place.
const NONE: u8 = u8::MAX;
const NOWHERE: u32 = u32::MAX;

/// Before all moments.
const NEVER: Moment = (i64::MIN, false);

/// The children of one operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class {
    pub(super) operation: OperationId,
    pub(super) count: u32,
    /// When all of them are over.
    pub(super) over: Moment,
    /// The place of the one that began first, and of the one that ended last.
    pub(super) first: u32,
    pub(super) last: u32,
    /// The place of the one that began last.
    pub(super) latest: u32,
}

/// By operation: its class in the family that is put into classes.
#[derive(Debug)]
pub(super) struct Known(Vec<u8>);

impl Known {
    pub(super) fn new(table: &SpanTable) -> Self {
        Self(vec![NONE; table.operations.len()])
    }
}

/// The classes of one family after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    /// In the order in which they begin: so many as are compared.
    pub(super) all: Vec<Class>,
    /// By place of a child: its class, where that is compared.
    pub(super) of: Vec<Option<u8>>,
    /// By place: the next one of its class.
    next: Vec<u32>,
}

impl Classes {
    /// Puts the children of a family into classes.
    pub(super) fn fill(&mut self, table: &SpanTable, family: &Family<'_>, known: &mut Known) {
        self.all.clear();
        self.of.clear();
        self.next.clear();
        self.next.resize(family.members.len(), NOWHERE);
        for (place, member) in (0..).zip(family.members) {
            let operation = table.columns.operation[member.row as usize];
            let class = self.class_of(operation, place, known);
            self.of.push(class);
            if let Some(class) = class {
                self.add(usize::from(class), place);
            }
        }
        for class in &self.all {
            known.0[class.operation.0 as usize] = NONE;
        }
        self.time(family);
    }

    /// The class of an operation, which is a new one where it begins.
    fn class_of(&mut self, operation: OperationId, place: u32, known: &mut Known) -> Option<u8> {
        let known = &mut known.0[operation.0 as usize];
        if *known == NONE {
            if self.all.len() == OPERATIONS {
                return None;
            }
            *known = self.all.len() as u8;
            self.all.push(Class {
                operation,
                count: 0,
                over: NEVER,
                first: place,
                last: place,
                latest: place,
            });
        }
        Some(*known)
    }

    fn add(&mut self, class: usize, place: u32) {
        let class = &mut self.all[class];
        class.count += 1;
        if class.latest != place {
            self.next[class.latest as usize] = place;
            class.latest = place;
        }
    }

    /// Finds out when the classes of a family with these operations are over.
    pub(super) fn time(&mut self, family: &Family<'_>) {
        for class in &mut self.all {
            (class.over, class.last) = (NEVER, class.first);
        }
        for (place, class) in (0..).zip(&self.of) {
            let Some(class) = *class else { continue };
            let class = &mut self.all[usize::from(class)];
            class.over = class.over.max(family.is_over(place));
            if family.member(place).end >= family.member(class.last).end {
                class.last = place;
            }
        }
    }

    /// Whether any of one class runs while one of another does.
    pub(super) fn meet(&self, family: &Family<'_>, first: Class, second: Class) -> bool {
        let (mut a, mut b) = ((first.first, NEVER), (second.first, NEVER));
        loop {
            let (next, others) = if a.0 < b.0 {
                (&mut a, b.1)
            } else {
                (&mut b, a.1)
            };
            let place = next.0;
            if place == NOWHERE {
                return false;
            }
            if family.member(place).begins() < others {
                return true;
            }
            *next = (self.next[place as usize], family.is_over(place).max(next.1));
        }
    }

    /// The places of the children of a class, in the order in which they begin.
    pub(super) fn places(&self, class: Class) -> impl Iterator<Item = u32> + '_ {
        let next = |&place: &u32| Some(self.next[place as usize]).filter(|&next| next != NOWHERE);
        std::iter::successors(Some(class.first), next)
    }
}
