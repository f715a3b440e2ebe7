//! The derived columns, and slices of them that can be filled apart.

use super::slack::SlackColumns;
use super::timeline::Rules;
use super::times::KeptTimes;
use super::{parallel, Outcome};
use crate::analysis::Facts;
use crate::clocks::Shifts;
use crate::policy::Policy;
use crate::threads::Threads;
use spanwise_model::{Issues, Span, SpanTable};
use std::sync::OnceLock;

/// Bits of [`FactColumns::flags`].
pub mod fact_flags {
    /// The span's outcome is an error for its kind.
    pub const ERRS: u8 = 1;
    /// An error began here: the span errs, and no unhealed child that errs
    /// ended by the span's own end.
    pub const ORIGIN: u8 = 1 << 1;
    /// The span errs, and so does a child of it. A span that gave up before
    /// its child failed is both an origin and this. A span that only repeats
    /// the error of the server span above it (ASGI's `http send`) is this too.
    pub const PROPAGATED: u8 = 1 << 2;
    /// The span does not err, but a child of it does.
    pub const ABSORBED: u8 = 1 << 3;
    /// The span blocks its parent (top spans: set).
    pub const BLOCKING: u8 = 1 << 4;
    /// The span is on the critical path of its component: a tile of it is
    /// the span's own, if only one of zero length.
    pub const ON_PATH: u8 = 1 << 5;
    /// An erring span that a later sibling of the same operation and peer made good.
    pub const HEALED: u8 = 1 << 6;
    /// A proxy delayed or failed the span on purpose, to test faults.
    pub const INJECTED: u8 = 1 << 7;
}

/// Facts, one entry a row of the span table.
#[derive(Clone, Debug, Default)]
pub struct FactColumns {
    /// Effective duration minus the union of the blocking children's
    /// effective intervals, in nanoseconds.
    pub self_nano: Vec<u64>,
    /// The span's share of its component's critical path, in nanoseconds.
    pub critical_nano: Vec<u64>,
    /// Outcomes.
    pub outcome: Vec<Outcome>,
    /// See [`fact_flags`].
    pub flags: Vec<u8>,
    /// What the policy cut, dropped or found outside.
    pub issues: Issues,
    /// The policy that they were computed under.
    pub policy: Policy,
    /// What corrected clocks, where the policy says so.
    pub(super) shifts: Option<Shifts>,
    slack: OnceLock<SlackColumns>,
    /// Effective times of all spans.
    times: OnceLock<KeptTimes>,
}

impl FactColumns {
    /// Columns for this many rows under a policy, all empty.
    #[must_use]
    pub fn with_rows(rows: usize, policy: &Policy) -> Self {
        Self {
            self_nano: vec![0; rows],
            critical_nano: vec![0; rows],
            outcome: vec![Outcome::Ok; rows],
            flags: vec![0; rows],
            issues: Issues::default(),
            policy: *policy,
            shifts: None,
            slack: OnceLock::new(),
            times: OnceLock::new(),
        }
    }

    /// How times are taken.
    pub(super) fn rules(&self) -> Rules<'_> {
        Rules {
            policy: &self.policy,
            shifts: self.shifts.as_ref(),
        }
    }

    /// How long a component lasted, in nanoseconds, which is what the pieces of its
    /// path add up to.
    pub(crate) fn path_nano(&self, top: Span<'_>) -> u64 {
        let rows = top.subtree();
        let pieces = self.critical_nano[rows.start as usize..rows.end as usize].iter();
        // They tile one interval, so that no sum is too large for it.
        pieces.fold(0, |sum, &nano| sum.wrapping_add(nano))
    }

    /// Slack and drag of every span of the table that the facts are of,
    /// computed on the current thread pool when first asked for.
    ///
    /// Threads of a pool must not ask for it first, or they may wait for each
    /// other for ever; [`FactColumns::prepare`] it before.
    pub fn slack(&self, table: &SpanTable) -> &SlackColumns {
        self.slack_in(table, &Threads::default())
    }

    fn slack_in(&self, table: &SpanTable, threads: &Threads) -> &SlackColumns {
        let all = || (0..table.trace_count() as u32).collect::<Vec<u32>>();
        let slack = || parallel::slack_of(table, &all(), self);
        self.slack.get_or_init(|| threads.run(slack))
    }

    /// Keeps the effective times of all spans.
    pub(super) fn keep_times(&mut self, times: KeptTimes) {
        self.times = OnceLock::from(times);
    }

    /// Slack and drag of every span, where somebody asked for them.
    pub(super) fn kept_slack(&self) -> Option<&SlackColumns> {
        self.slack.get()
    }

    /// The effective times of all spans, where an analysis asked for them.
    pub(super) fn times(&self) -> Option<&KeptTimes> {
        self.times.get()
    }

    /// Computes what analyses with these needs read and the columns do not hold
    /// from the beginning, in these threads.
    pub fn prepare(&self, table: &SpanTable, needs: Facts, threads: &Threads) {
        if needs.contains(Facts::TIMES) {
            let times = || parallel::times(table, self.rules());
            self.times.get_or_init(|| threads.run(times));
        }
        if needs.contains(Facts::SLACK) {
            self.slack_in(table, threads);
        }
    }

    /// All rows, to be filled.
    pub fn slices(&mut self) -> FactSlices<'_> {
        FactSlices {
            self_nano: &mut self.self_nano,
            critical_nano: &mut self.critical_nano,
            outcome: &mut self.outcome,
            flags: &mut self.flags,
        }
    }
}

/// Columns of a run of rows, to be filled.
#[derive(Debug)]
pub struct FactSlices<'a> {
    /// See [`FactColumns::self_nano`].
    pub self_nano: &'a mut [u64],
    /// See [`FactColumns::critical_nano`].
    pub critical_nano: &'a mut [u64],
    /// See [`FactColumns::outcome`].
    pub outcome: &'a mut [Outcome],
    /// See [`FactColumns::flags`].
    pub flags: &'a mut [u8],
}

impl<'a> FactSlices<'a> {
    /// The first `rows` rows, and the rest.
    ///
    /// # Panics
    ///
    /// Where there are fewer rows.
    #[must_use]
    pub fn split_at(self, rows: usize) -> (FactSlices<'a>, FactSlices<'a>) {
        let (self_nano, rest_self) = self.self_nano.split_at_mut(rows);
        let (critical_nano, rest_critical) = self.critical_nano.split_at_mut(rows);
        let (outcome, rest_outcome) = self.outcome.split_at_mut(rows);
        let (flags, rest_flags) = self.flags.split_at_mut(rows);
        let first = FactSlices {
            self_nano,
            critical_nano,
            outcome,
            flags,
        };
        let rest = FactSlices {
            self_nano: rest_self,
            critical_nano: rest_critical,
            outcome: rest_outcome,
            flags: rest_flags,
        };
        (first, rest)
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.flags.len()
    }

    /// True where there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty()
    }
}
