//! The children of one parent by operation.

use super::OPERATIONS;
use crate::facts::families::{Family, Moment};
use spanwise_model::{OperationId, SpanTable};

/// No class, and no place.
const NONE: u8 = u8::MAX;
const NOWHERE: u32 = u32::MAX;

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

/// The classes of one family after the other.
#[derive(Debug)]
pub(super) struct Classes {
    /// In the order in which they begin: so many as are compared.
    pub(super) all: Vec<Class>,
    /// By place of a child: its class, where that is compared.
    pub(super) of: Vec<Option<u8>>,
    /// By place: the next one of its class.
    next: Vec<u32>,
    /// By operation: its class in this family.
    known: Vec<u8>,
}

impl Classes {
    pub(super) fn new(table: &SpanTable) -> Self {
        Self {
            all: Vec::new(),
            of: Vec::new(),
            next: Vec::new(),
            known: vec![NONE; table.operations.len()],
        }
    }

    /// Puts the children of a family into classes.
    pub(super) fn fill(&mut self, table: &SpanTable, family: &Family<'_>) {
        for class in self.all.drain(..) {
            self.known[class.operation.0 as usize] = NONE;
        }
        self.of.clear();
        self.next.clear();
        self.next.resize(family.members.len(), NOWHERE);
        for (place, member) in (0..).zip(family.members) {
            let operation = table.columns.operation[member.row as usize];
            let class = self.class_of(operation, place);
            self.of.push(class);
            if let Some(class) = class {
                self.add(family, usize::from(class), place);
            }
        }
    }

    /// The class of an operation, which is a new one where it begins.
    fn class_of(&mut self, operation: OperationId, place: u32) -> Option<u8> {
        let known = &mut self.known[operation.0 as usize];
        if *known == NONE {
            if self.all.len() == OPERATIONS {
                return None;
            }
            *known = self.all.len() as u8;
            self.all.push(Class {
                operation,
                count: 0,
                over: (i64::MIN, false),
                first: place,
                last: place,
                latest: place,
            });
        }
        Some(*known)
    }

    fn add(&mut self, family: &Family<'_>, class: usize, place: u32) {
        let class = &mut self.all[class];
        class.count += 1;
        class.over = class.over.max(family.is_over(place));
        if family.member(place).end >= family.member(class.last).end {
            class.last = place;
        }
        if class.latest != place {
            self.next[class.latest as usize] = place;
            class.latest = place;
        }
    }

    /// The places of the children of a class, in the order in which they begin.
    pub(super) fn places(&self, class: Class) -> impl Iterator<Item = u32> + '_ {
        let next = |&place: &u32| Some(self.next[place as usize]).filter(|&next| next != NOWHERE);
        std::iter::successors(Some(class.first), next)
    }
}
