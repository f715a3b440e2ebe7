//! What a waterfall shows beyond the spans themselves.

use spanwise_analyze::facts::critical_path::Tile;
use spanwise_analyze::{fact_flags, FactColumns};
use spanwise_model::Trace;

/// A stretch of the critical path: a time during which one span held it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// The span's row.
    pub row: u32,
    /// The beginning, nanoseconds since the epoch.
    pub from_unix_nano: i64,
    /// The end, nanoseconds since the epoch.
    pub to_unix_nano: i64,
}

impl From<Tile> for Stretch {
    fn from(tile: Tile) -> Self {
        Self {
            row: tile.row,
            from_unix_nano: tile.from_unix_nano,
            to_unix_nano: tile.to_unix_nano,
        }
    }
}

/// Marks on the spans of one trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The critical path, ordered by row.
    by_row: Vec<Stretch>,
    /// The critical path, ordered by time.
    by_time: Vec<Stretch>,
    /// Rows of erring spans, ascending.
    errs: Vec<u32>,
    /// Rows where an error began, ascending.
    origins: Vec<u32>,
}

impl Marks {
    /// The marks of a trace from its facts and its critical path.
    #[must_use]
    pub fn new(
        trace: Trace<'_>,
        facts: &FactColumns,
        path: impl IntoIterator<Item = Stretch>,
    ) -> Self {
        let flagged = |flag: u8| {
            let has = |&row: &u32| facts.flags.get(row as usize).is_some_and(|f| f & flag != 0);
            trace.rows().filter(has).collect()
        };
        Self {
            errs: flagged(fact_flags::ERRS),
            origins: flagged(fact_flags::ORIGIN),
            ..Self::of_path(path)
        }
    }

    /// Marks of a critical path alone.
    #[must_use]
    pub fn of_path(path: impl IntoIterator<Item = Stretch>) -> Self {
        let mut by_row: Vec<Stretch> = path.into_iter().collect();
        by_row.sort_unstable();
        let mut by_time = by_row.clone();
        by_time.sort_unstable_by_key(|s| (s.from_unix_nano, s.to_unix_nano, s.row));
        Self {
            by_row,
            by_time,
            ..Self::default()
        }
    }

    /// The critical path in the order of time.
    pub(crate) fn path(&self) -> &[Stretch] {
        &self.by_time
    }

    /// The stretches of one span.
    pub(crate) fn of(&self, row: u32) -> &[Stretch] {
        let from = self.by_row.partition_point(|stretch| stretch.row < row);
        let to = self.by_row.partition_point(|stretch| stretch.row <= row);
        &self.by_row[from..to]
    }

    /// The span's time on the critical path.
    pub(crate) fn critical_nano(&self, row: u32) -> u64 {
        let length = |stretch: &Stretch| stretch.to_unix_nano.abs_diff(stretch.from_unix_nano);
        self.of(row).iter().map(length).sum()
    }

    pub(crate) fn errs(&self, row: u32) -> bool {
        self.errs.binary_search(&row).is_ok()
    }

    pub(crate) fn is_origin(&self, row: u32) -> bool {
        self.origins.binary_search(&row).is_ok()
    }

    pub(crate) fn error_count(&self) -> usize {
        self.errs.len()
    }
}
