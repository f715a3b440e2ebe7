//! What the counts of a shape say: whether it is a problem, and how surely.

use super::column::{
    APART, CALLS, DIFFERENT, EQUAL, GOES_ON, OCCURRENCES, ORDERS, SEEN, SQUARES, TRACES, WRITES,
};
use super::{Problem, ShapeProblems};
use crate::partial::{Partial, Row};

/// The share of the times that serial calls are made in which they are serial,
/// in percent.
const SERIAL: i128 = 80;

/// How sure a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade {
    Likely,
    Possible,
}

impl Grade {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// A row that is a problem, and why.
pub(super) struct Verdict {
    pub(super) row: Row,
    pub(super) grade: Grade,
    pub(super) evidence: Vec<&'static str>,
}

/// The verdict about a row; `None` where it is no problem.
pub(super) fn verdict(options: &ShapeProblems, partial: &Partial, row: Row) -> Option<Verdict> {
    let problem = Problem::ALL
        .iter()
        .find(|one| one.name() == partial.name(row, 0))?;
    let enough = options.traces.unwrap_or(match problem {
        Problem::SerialCalls => 20,
        _ => 3,
    });
    if partial.number(row, TRACES) < i128::from(enough.max(1)) {
        return None;
    }
    let (grade, evidence) = match problem {
        Problem::NPlus1 | Problem::DuplicateCalls => repeated(partial, row),
        Problem::SerialCalls => serial(partial, row)?,
    };
    Some(Verdict {
        row,
        grade,
        evidence,
    })
}

/// Those texts whose condition holds.
fn told<const N: usize>(signs: [(bool, &'static str); N]) -> Vec<&'static str> {
    let held = signs.into_iter().filter(|sign| sign.0);
    held.map(|sign| sign.1).collect()
}

fn repeated(partial: &Partial, row: Row) -> (Grade, Vec<&'static str>) {
    let number = |column| partial.number(row, column);
    let [equal, different] = [EQUAL, DIFFERENT].map(number);
    let varies = varies([OCCURRENCES, CALLS, SQUARES].map(number));
    let sure = different > 0 || equal > 0 || varies;
    let evidence = told([
        (different > 0, "arguments differ"),
        (equal > 0, "arguments are equal"),
        (equal + different == 0, "arguments are not told"),
        (varies, "the number of calls varies"),
    ]);
    (if sure { Grade::Likely } else { Grade::Possible }, evidence)
}

/// True where the coefficient of variation is at least 0.3, from a count, a sum
/// and a sum of squares.
fn varies([count, sum, squares]: [i128; 3]) -> bool {
    let variance = count.saturating_mul(squares) - sum.saturating_mul(sum);
    variance.saturating_mul(100) >= sum.saturating_mul(sum).saturating_mul(9)
}

fn serial(partial: &Partial, row: Row) -> Option<(Grade, Vec<&'static str>)> {
    let number = |column| partial.number(row, column);
    let [seen, serial, writes, apart] = [SEEN, OCCURRENCES, WRITES, APART].map(number);
    let (varies, at_once) = (partial.hashes(row, ORDERS).len() > 1, seen > serial);
    let goes_on = number(GOES_ON) > 0;
    let harmless = writes == 0 && apart == serial;
    if serial * 100 < seen * SERIAL {
        return None;
    }
    let evidence = told([
        (varies, "their order varies"),
        (at_once, "made at once in other requests"),
        (goes_on, "made although one before failed"),
        (apart == serial, "each has a callee of its own"),
        (writes == 0, "none is known to change something"),
    ]);
    match varies || at_once || goes_on {
        true => Some((Grade::Likely, evidence)),
        false => harmless.then_some((Grade::Possible, evidence)),
    }
}
