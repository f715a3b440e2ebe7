//! What the counts of a shape say: whether it is a problem, and how surely.

use super::column::{
    APART, CALLS, DIFFERENT, EQUAL, ERRS, GOES_ON, LENGTHS, MARKED, MARKS, MEASURED, OCCURRENCES,
    RECURS, SEEN, SQUARES, TIME, TRACES, WRITES,
};
use super::magic::{is_peak, named};
use super::{Problem, ShapeProblems};
use crate::partial::{Partial, Row};

/// The share of the times that serial calls are made in which they are serial,
/// in percent.
const SERIAL: i128 = 80;

/// The same of tails.
const TAILS: i128 = 20;

/// The column of keys with the template.
const TEMPLATE: usize = 5;

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

/// The row with the lengths of all spans of an operation, where this is one.
pub(super) fn lengths_row(partial: &Partial, row: Row) -> Option<Row> {
    let magic = partial.name(row, 0) == Problem::MagicLatency.name();
    (magic && partial.name(row, TEMPLATE).is_empty()).then_some(row)
}

/// The verdict about a row, and the row with the lengths of its operation's
/// spans; `None` where it is no problem.
pub(super) fn verdict(
    options: &ShapeProblems,
    partial: &Partial,
    (row, lengths): (Row, Option<Row>),
) -> Option<Verdict> {
    let problem = Problem::ALL
        .iter()
        .find(|one| one.name() == partial.name(row, 0))?;
    let enough = options.traces.unwrap_or(match problem {
        Problem::SerialCalls => 20,
        Problem::FanoutTail => 50,
        _ => 3,
    });
    let made = match problem {
        Problem::FanoutTail => SEEN,
        _ => TRACES,
    };
    if partial.number(row, made) < i128::from(enough.max(1)) {
        return None;
    }
    let (grade, evidence) = match problem {
        Problem::NPlus1 | Problem::DuplicateCalls => repeated(partial, row),
        Problem::SerialCalls => serial(partial, row)?,
        Problem::FanoutTail => tail(partial, row)?,
        Problem::ChattyEdge => chatty(partial, row),
        Problem::CallCycle => cycle(partial, row),
        Problem::ColdStart => (Grade::Likely, vec!["the spans say so"]),
        Problem::MagicLatency => magic(partial, row, lengths?)?,
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
        (equal == 0 && different == 0, "arguments are not told"),
        (varies, "the number of calls varies"),
    ]);
    (graded(sure), evidence)
}

/// True where the coefficient of variation is at least 0.3, from a count, a sum
/// and a sum of squares.
fn varies([count, sum, squares]: [i128; 3]) -> bool {
    let variance = count
        .saturating_mul(squares)
        .saturating_sub(sum.saturating_mul(sum));
    variance.saturating_mul(100) >= sum.saturating_mul(sum).saturating_mul(9)
}

fn serial(partial: &Partial, row: Row) -> Option<(Grade, Vec<&'static str>)> {
    let number = |column| partial.number(row, column);
    let [seen, serial, writes, apart] = [SEEN, OCCURRENCES, WRITES, APART].map(number);
    let (varies, at_once) = (partial.hashes(row, MARKS).len() > 1, seen > serial);
    let goes_on = number(GOES_ON) > 0;
    let harmless = writes == 0 && apart == serial;
    if serial.saturating_mul(100) < seen.saturating_mul(SERIAL) || number(TIME) == 0 {
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

fn graded(sure: bool) -> Grade {
    match sure {
        true => Grade::Likely,
        false => Grade::Possible,
    }
}

fn tail(partial: &Partial, row: Row) -> Option<(Grade, Vec<&'static str>)> {
    let number = |column| partial.number(row, column);
    let [seen, tails, marked] = [SEEN, OCCURRENCES, MARKED].map(number);
    let often = tails.saturating_mul(100) >= seen.saturating_mul(TAILS);
    if tails == 0 || !often || number(TIME) == 0 {
        return None;
    }
    let told = marked == tails;
    let same = told && tails > 1 && partial.hashes(row, MARKS).len() == 1;
    let evidence = self::told([
        (same, "always the same one is the slowest"),
        (told && !same, "now this one is the slowest, now that"),
    ]);
    Some((graded(same), evidence))
}

fn chatty(partial: &Partial, row: Row) -> (Grade, Vec<&'static str>) {
    let sure = partial.number(row, MEASURED) == partial.number(row, OCCURRENCES);
    let evidence = told([
        (sure, "the callee's spans tell what trips take"),
        (!sure, "what trips take is at most the quickest call"),
    ]);
    (graded(sure), evidence)
}

fn cycle(partial: &Partial, row: Row) -> (Grade, Vec<&'static str>) {
    let [recurs, measured] = [RECURS, MEASURED].map(|column| partial.number(row, column));
    let evidence = told([
        (recurs > 0, "the operation is below itself"),
        (measured == 0, "what the way takes is not told"),
    ]);
    (graded(recurs > 0), evidence)
}

fn magic(partial: &Partial, row: Row, lengths: Row) -> Option<(Grade, Vec<&'static str>)> {
    let plateau = named(partial.name(row, TEMPLATE))?;
    let [spans, errs] = [OCCURRENCES, ERRS].map(|column| partial.number(row, column));
    let all = partial.number(lengths, SEEN);
    let count = u64::try_from(spans).unwrap_or(0);
    let fail = errs.saturating_mul(2) > spans;
    let unusual = fail || spans.saturating_mul(2) < all;
    let peak = is_peak(plateau, count, partial.histogram(lengths, LENGTHS));
    let evidence = told([(true, plateau.cause), (fail, "most of them fail")]);
    (unusual && peak).then(|| (graded(fail), evidence))
}
