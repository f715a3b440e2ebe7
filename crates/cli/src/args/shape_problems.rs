//! `shape-problems`: from where on something is a problem.

use super::{values, ScanScope};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ShapeProblemsArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// A problem is what so many requests have; each kind has a number of its own where this is not said
    #[arg(long, value_name = "N", help_heading = "Thresholds")]
    pub(crate) traces: Option<u64>,
    /// So many calls of one template are repeated ones
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Thresholds",
        value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) repeated_calls: u32,
    /// So long last repeated calls together
    #[arg(long, value_name = "DURATION", default_value = "50ms", help_heading = "Thresholds",
        value_parser = values::duration)]
    pub(crate) repeated_time: u64,
    /// So much would calls at once, without a tail or without trips save their caller
    #[arg(long, value_name = "DURATION", default_value = "20ms", help_heading = "Thresholds",
        value_parser = values::duration)]
    pub(crate) saved_time: u64,
    /// So many times as long as the median lasts a straggler
    #[arg(long, value_name = "N", default_value_t = 3, help_heading = "Thresholds",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) tail_ratio: u32,
    /// So many calls of one service to another are chatty
    #[arg(long, value_name = "N", default_value_t = 20, help_heading = "Thresholds",
        value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) chatty_calls: u32,
}
