//! Calls of one label by one caller: N+1, and duplicates.

use super::finder::Call;
use super::{Problem, ShapeProblems};

/// What is known of calls of one label under one caller.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Repeated {
    pub(super) calls: u64,
    /// How many began when those before were over.
    pub(super) sequential: u64,
    pub(super) arguments: Arguments,
    /// The sum of their lengths.
    total_nano: u64,
    /// Time between one and the next.
    pauses_nano: u64,
}

/// Whether calls have one argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Arguments {
    /// Spans do not tell.
    #[default]
    Unknown,
    Equal,
    Different,
}

/// The share of calls that begin when those before are over, in percent.
const SEQUENTIAL: u64 = 70;

/// The share that the calls have of the caller's time, in percent.
const OF_CALLER: u64 = 10;

/// Pauses that are so many times as long as the calls are meant.
const PACED: u64 = 2;

impl Repeated {
    /// Of calls in the order of their starts.
    pub(super) fn of(calls: &[Call], tolerance_nano: i64) -> Self {
        let mut known = Self {
            calls: calls.len() as u64,
            arguments: arguments(calls),
            ..Self::default()
        };
        let mut over: Option<i64> = None;
        for call in calls {
            known.total_nano = known.total_nano.saturating_add(call.nano());
            let pause = over.map(|over| call.start.saturating_sub(over));
            if let Some(pause) = pause.filter(|&pause| pause >= -tolerance_nano) {
                known.sequential += 1;
                known.pauses_nano = known.pauses_nano.saturating_add(pause.max(0) as u64);
            }
            over = over.max(Some(call.end));
        }
        known
    }

    /// The problem that they are to a caller that lasted so long.
    pub(super) fn problem(&self, options: &ShapeProblems, caller_nano: u64) -> Option<Problem> {
        let floor = options.repeated_nano.max(caller_nano / 100 * OF_CALLER);
        let fires = self.calls >= options.repeated_calls.into()
            && self.total_nano >= floor
            && self.sequential * 100 >= (self.calls - 1) * SEQUENTIAL
            && self.pauses_nano < self.total_nano.saturating_mul(PACED);
        fires.then_some(match self.arguments {
            Arguments::Equal => Problem::DuplicateCalls,
            _ => Problem::NPlus1,
        })
    }
}

fn arguments(calls: &[Call]) -> Arguments {
    let mut told = calls.iter().filter_map(|call| call.called.arguments);
    let Some(first) = told.next() else {
        return Arguments::Unknown;
    };
    if told.any(|other| other != first) {
        return Arguments::Different;
    }
    match calls.iter().all(|call| call.called.arguments.is_some()) {
        true => Arguments::Equal,
        false => Arguments::Unknown,
    }
}

/// Parameters of addresses that tell the part of a list that is asked for.
const PAGES: [&str; 13] = [
    "page",
    "offset",
    "cursor",
    "after",
    "before",
    "start",
    "skip",
    "token",
    "pagetoken",
    "page_token",
    "marker",
    "partnumber",
    "uploadid",
];

/// True where calls of this template fetch or send something part by part.
pub(super) fn is_paged(template: &str) -> bool {
    let words = template.split_whitespace();
    let has_offset = words
        .clone()
        .any(|word| word.eq_ignore_ascii_case("offset"));
    let parameters = template.split_once('?').map_or("", |(_, behind)| behind);
    let keys = parameters.split('&').map(|one| one.trim_end_matches("=?"));
    let is_page = |key: &str| PAGES.iter().any(|page| key.eq_ignore_ascii_case(page));
    has_offset || keys.into_iter().any(is_page)
}
