//! What is found in one request.

use super::finder::Call;
use super::Problem;
use crate::facts::replay::Cap;
use spanwise_model::Symbol;
use std::ops::Range;

/// What a problem is about: the caller's service and operation; the calls'
/// operation, callee and template.
pub(super) type Names = [Symbol; 5];

/// A shape, such as all calls of one template under one caller.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) calls: u64,
    /// How many of the calls began when those before were over.
    pub(super) sequential: u64,
    pub(super) signs: Signs,
}

/// What else is true of a shape; each problem asks for its own.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signs {
    /// All arguments are told, and equal.
    pub(super) equal: bool,
    /// There are different arguments.
    pub(super) different: bool,
    /// A call changes something.
    pub(super) writes: bool,
    /// Each template has a callee of its own.
    pub(super) apart: bool,
    /// A call failed, and others were made all the same.
    pub(super) goes_on: bool,
    /// The other sides have spans of their own.
    pub(super) measured: bool,
    /// The span errs.
    pub(super) errs: bool,
    /// An operation is below itself.
    pub(super) recurs: bool,
    /// A number for their order, or for the slowest.
    pub(super) mark: Option<u64>,
}

/// A shape where it was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) problem: Problem,
    pub(super) names: Names,
    /// The row of the caller.
    pub(super) caller: u32,
    pub(super) shape: Shape,
    /// Where its caps stand; empty where the shape is there and no problem.
    caps: Range<usize>,
}

impl Found {
    /// True where the shape is a problem.
    pub(super) fn is_problem(&self) -> bool {
        !self.caps.is_empty()
    }
}

/// All that is found in one request.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<Found>,
    caps: Vec<Cap>,
}

impl Findings {
    pub(super) fn clear(&mut self) {
        self.found.clear();
        self.caps.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds a shape, and what its spans would last at most if it were no
    /// problem; it is none where no span would last less.
    pub(super) fn push(
        &mut self,
        (problem, names, caller): (Problem, Names, u32),
        shape: Shape,
        caps: impl IntoIterator<Item = Cap>,
    ) {
        let first = self.caps.len();
        self.caps.extend(caps);
        self.found.push(Found {
            problem,
            names,
            caller,
            shape,
            caps: first..self.caps.len(),
        });
    }

    pub(super) fn caps(&self, found: &Found) -> &[Cap] {
        &self.caps[found.caps.clone()]
    }

    /// All shapes in an order that the request alone decides.
    pub(super) fn settled(&mut self) -> &[Found] {
        let caps = &self.caps;
        let first = |found: &Found| caps[found.caps.clone()].first().map(|cap| cap.0);
        self.found
            .sort_by_key(|found| (found.problem, found.caller, first(found)));
        &self.found
    }

    pub(super) fn all(&self) -> &[Found] {
        &self.found
    }
}

/// As if only the longest of these calls had been made, or all of them at the
/// time of the longest.
pub(super) fn all_but_longest(calls: &[Call]) -> impl Iterator<Item = Cap> + '_ {
    let longest = longest(calls);
    let others = calls.iter().filter(move |call| Some(call.row) != longest);
    others.map(|call| (call.row, 0))
}

/// The row of the longest call, of equal ones the first.
pub(super) fn longest(calls: &[Call]) -> Option<u32> {
    let longest = calls.iter().rev().max_by_key(|call| call.nano());
    longest.map(|call| call.row)
}
