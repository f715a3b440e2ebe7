//! Shape problems, aggregated: calls that need not be made, or not one after
//! the other, waits for timers and stragglers, and what requests would save
//! without them.

mod caller;
mod chatty;
mod cycle;
mod edges;
mod fanout;
mod finder;
mod found;
mod judge;
mod labels;
mod magic;
mod observe;
mod readers;
mod repeated;
mod request;
mod serial;
mod table;
mod walk;
mod writes;

use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{KeyType, Merge, Partial, Schema};
use spanwise_model::Table;

macro_rules! problems {
    ($($(#[doc = $doc:literal])+ $problem:ident = $name:literal,)+) => {
        /// The kinds of shape problems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Problem {
            $($(#[doc = $doc])+ $problem,)+
        }

        impl Problem {
            /// All kinds.
            pub const ALL: &'static [Problem] = &[$(Self::$problem,)+];

            /// The name in tables, such as `n_plus_1`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$problem => $name,)+
                }
            }
        }
    };
}

problems! {
    /// Many calls of one template where one for all would do.
    NPlus1 = "n_plus_1",
    /// The same, and all of them are equal: their answer could be kept.
    DuplicateCalls = "duplicate_calls",
    /// Calls one after the other that could be made at once.
    SerialCalls = "serial_calls",
    /// Calls of one template at once, of which some last far longer than most.
    FanoutTail = "fanout_tail",
    /// Many calls from one service to another in one request.
    ChattyEdge = "chatty_edge",
    /// A service that is called by one that it called.
    CallCycle = "call_cycle",
    /// Spans that last as long as a timeout or timer.
    MagicLatency = "magic_latency",
    /// Calls that had to wait until an instance was there.
    ColdStart = "cold_start",
}

/// Calls that need not be made, or not one after the other, and what requests
/// would be shorter by.
///
/// A *call* is a CLIENT span, a span that another service answers, or a query;
/// its *caller* is its parent, or whoever is above a wrapper around nothing but
/// the call. Calls of one *template* have one name, one callee, and one text
/// without its literals ([`crate::templates`]): the query, the route or address,
/// the method. Messages are no calls. Where attributes were not kept, templates
/// are names of spans. Only requests count (primary components with a real
/// root).
///
/// | problem | rule |
/// |---|---|
/// | `n_plus_1` | at least 5 calls of one template by one caller, failed ones not counted; together at least 50 ms and 10 % of the caller; at least 70 % begin when those before are over. Pauses twice as long as the calls (polling, pacing) and pages (`offset`, `cursor`) are none. `likely` where arguments differ or the number of calls varies (a coefficient of variation of 0.3) |
/// | `duplicate_calls` | the same, where all arguments are told and equal |
/// | `serial_calls` | calls of at least 2 templates, failed ones that were made again not counted, one after the other (1 ms of overlap is none), with pauses of at most 10 % of their mean length; all but the longest are at least 20 ms and 20 % of the caller (30 % of two calls); so in at least 80 % of the slow times that these calls are made without a pause. `likely` where their order varies, where they were made at once elsewhere, or where one failed and others were made all the same; `possible` where none changes something and each has a callee of its own; else none |
/// | `fanout_tail` | at least 5 calls of one template by one caller, of whomever, of which at most 30 % begin when those before are over; the longest is at least 3 times the median and 20 ms longer; so in at least 20 % of the slow times that these calls are made at once. `likely` where one of several callees or instances is always the slowest, else `possible` |
/// | `chatty_edge` | at least 20 calls from one service to another callee in a request, repeated ones of one caller (5 of a template) left out, whose trips are at least 20 ms. `likely` where the callee's spans tell what the trips take, else `possible` |
/// | `call_cycle` | a call to a service that is above the caller already. `likely` where the operation that is called is above too, else `possible` |
/// | `magic_latency` | spans within 2 % of a length that somebody chose (40 and 200 ms, 1, 3, 5, 7, 10, 15, 29, 30, 31, 60, 120 and 300 s), which the span spent by itself or at the end of which it began to err; at least 3 of them, and three times as many as a stretch of that length holds up to 10 % beside it; less than half of the operation's spans unless most err. Polls that nobody waits for and messages are none. `likely` where most err, else `possible`; `template` is the length |
/// | `cold_start` | spans that say so (`faas.coldstart`), of which at least 20 ms are their own; `likely`. Instances that were slow at first and do not say so are a hint of [`super::Concurrency`] |
///
/// A problem is one where at least 3 requests have it (`serial_calls`: 20,
/// `fanout_tail`: 50).
///
/// *Slow times* are those in which all but the longest of serial calls last as
/// long as said, or in which calls at once last 20 ms together or one of them
/// fails, under a caller of at least 20 ms. Quicker ones are not counted: they
/// are passed over by their lengths, before anything is read of their calls. So
/// the share is of requests that somebody waited for, not of all.
///
/// What is saved is found by replaying the request, never by summing: what it
/// would have been shorter by, had the spans in question lasted less. Of one
/// request the 8 problems with the most time in question are replayed.
///
/// | problem | what would have lasted less |
/// |---|---|
/// | `n_plus_1`, `duplicate_calls`, `serial_calls` | all but the longest of the calls, nothing: one call for all, a kept answer, calls at once |
/// | `fanout_tail` | calls that last 3 times the median, the median |
/// | `chatty_edge` | all but the longest of the calls, by one trip: what the quickest of them spent by itself (client without server; all of it where the other side has no spans) |
/// | `call_cycle` | the call, as long as what was called: the way there and back |
/// | `magic_latency` | the spans, nothing |
/// | `cold_start` | the spans, as long as without what is their own: at most that |
///
/// | column | meaning |
/// |---|---|
/// | `problem` | the kind of problem |
/// | `grade` | `likely` or `possible` |
/// | `saved_time` | what all requests would save |
/// | `share` | of the duration of all requests |
/// | `mean_saved` | `saved_time` a request that has the problem |
/// | `traces` | requests that have it |
/// | `occurrences` | callers that have it |
/// | `calls` | calls that it is about |
/// | `mean_calls` | `calls` a request that has it |
/// | `sequential` | of the calls but the first of each caller, the share that began when those before were over |
/// | `parent_service`, `parent_operation` | the caller; of a chatty edge the service alone |
/// | `operation`, `peer`, `template` | the calls: their name without ids, their callee, their template; several with `; ` between; of a cycle the operation that is called; empty where calls have none in common |
/// | `evidence` | what speaks for it |
/// | `examples` | the 3 callers whose requests would save most, then by id: `trace/span` |
///
/// Sorted by `saved_time`, largest first, then by the key.
///
/// ```
/// # use spanwise_analyze::{facts, run, Analysis, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_model::table::Cell;
/// # use spanwise_analyze::analyses::ShapeProblems;
/// let spans = assemble(parse("
///     shop GET /cart  0..100 server
///       shop query    0..20  client db.system=sqlite db.statement=\"select 1\"
///       shop query   20..40  client db.system=sqlite db.statement=\"select 2\"
///       shop query   40..60  client db.system=sqlite db.statement=\"select 3\"
///       shop query   60..80  client db.system=sqlite db.statement=\"select 4\"
///       shop query   80..95  client db.system=sqlite db.statement=\"select 5\"
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let analysis = ShapeProblems::default().traces(1);
/// let table = analysis.finish(&run(&spans, &[0], &facts, &[&analysis])[0]);
/// assert_eq!(table.cell(0, "problem"), Cell::Text("n_plus_1"));
/// assert_eq!(table.cell(0, "template"), Cell::Text("select ?"));
/// assert_eq!(table.cell(0, "saved_time"), Cell::Duration(75_000_000), "one is left");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShapeProblems {
    /// So many requests have a problem, whatever its kind; each kind has a
    /// number of its own where this is not said.
    pub traces: Option<u64>,
    /// So many calls of one template are repeated ones: 5.
    pub repeated_calls: u32,
    /// So long last repeated calls together, in nanoseconds: 50 ms.
    pub repeated_nano: u64,
    /// So much would calls at once, calls without a tail and calls without trips
    /// save their caller, in nanoseconds: 20 ms.
    pub saved_nano: u64,
    /// So many times as long as the median lasts a straggler: 3.
    pub tail_ratio: u32,
    /// So many calls of one service to another are chatty: 20.
    pub chatty_calls: u32,
}

impl Default for ShapeProblems {
    fn default() -> Self {
        Self {
            traces: None,
            repeated_calls: 5,
            repeated_nano: 50_000_000,
            saved_nano: 20_000_000,
            tail_ratio: 3,
            chatty_calls: 20,
        }
    }
}

const SCHEMA: Schema = Schema {
    keys: &[
        ("problem", KeyType::Name),
        ("parent_service", KeyType::Name),
        ("parent_operation", KeyType::Name),
        ("operation", KeyType::Name),
        ("peer", KeyType::Name),
        ("template", KeyType::Name),
    ],
    states: &[
        ("traces", Merge::Sum),
        ("time", Merge::Sum),
        ("seen", Merge::Sum),
        ("occurrences", Merge::Sum),
        ("calls", Merge::Sum),
        ("squares", Merge::Sum),
        ("sequential", Merge::Sum),
        ("equal", Merge::Sum),
        ("different", Merge::Sum),
        ("writes", Merge::Sum),
        ("apart", Merge::Sum),
        ("goes_on", Merge::Sum),
        ("measured", Merge::Sum),
        ("recurs", Merge::Sum),
        ("marked", Merge::Sum),
        ("marks", Merge::SmallestHashes(8)),
        ("errs", Merge::Sum),
        ("lengths", Merge::Histogram),
        ("examples", Merge::Best(3)),
    ],
};

/// Columns of states.
mod column {
    pub(super) const TRACES: usize = 0;
    pub(super) const TIME: usize = 1;
    pub(super) const SEEN: usize = 2;
    pub(super) const OCCURRENCES: usize = 3;
    pub(super) const CALLS: usize = 4;
    pub(super) const SQUARES: usize = 5;
    pub(super) const SEQUENTIAL: usize = 6;
    pub(super) const EQUAL: usize = 7;
    pub(super) const DIFFERENT: usize = 8;
    pub(super) const WRITES: usize = 9;
    pub(super) const APART: usize = 10;
    pub(super) const GOES_ON: usize = 11;
    pub(super) const MEASURED: usize = 12;
    pub(super) const RECURS: usize = 13;
    pub(super) const MARKED: usize = 14;
    pub(super) const MARKS: usize = 15;
    pub(super) const ERRS: usize = 16;
    pub(super) const LENGTHS: usize = 17;
    pub(super) const EXAMPLES: usize = 18;
}

impl ShapeProblems {
    /// Problems are what so many requests have, whatever the kind.
    #[must_use]
    pub fn traces(mut self, traces: u64) -> Self {
        self.traces = Some(traces);
        self
    }

    /// Repeated are so many calls of one template.
    #[must_use]
    pub fn repeated_calls(mut self, calls: u32) -> Self {
        self.repeated_calls = calls;
        self
    }

    /// Repeated calls last so many nanoseconds together.
    #[must_use]
    pub fn repeated_nano(mut self, nano: u64) -> Self {
        self.repeated_nano = nano;
        self
    }

    /// Other calls would save their caller so many nanoseconds.
    #[must_use]
    pub fn saved_nano(mut self, nano: u64) -> Self {
        self.saved_nano = nano;
        self
    }

    /// Stragglers last so many times the median.
    #[must_use]
    pub fn tail_ratio(mut self, ratio: u32) -> Self {
        self.tail_ratio = ratio;
        self
    }

    /// Chatty are so many calls of one service to another.
    #[must_use]
    pub fn chatty_calls(mut self, calls: u32) -> Self {
        self.chatty_calls = calls;
        self
    }
}

impl Analysis for ShapeProblems {
    fn name(&self) -> &'static str {
        "shape-problems"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::SELF_TIME | Facts::OUTCOME
    }

    fn observe(&self, traces: TraceBatch<'_>, facts: &FactColumns, out: &mut Partial) {
        observe::all(self, traces, (facts, out));
    }

    fn finish(&self, partial: &Partial) -> Table {
        table::of(self, partial)
    }

    fn observes(&self) -> String {
        let unsaid = Self {
            traces: None,
            ..self.clone()
        };
        if unsaid == Self::default() {
            return String::new();
        }
        format!("{unsaid:?}")
    }
}
