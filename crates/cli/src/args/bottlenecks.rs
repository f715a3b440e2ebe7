//! `bottlenecks`: who is slow, who is fast, and from where on it matters.

use super::{values, ScanScope};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct BottlenecksArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// Slow are requests at or above this percentile of their root operation's duration
    #[arg(long, value_name = "P", default_value_t = 90.0, value_parser = values::percentile)]
    pub(crate) slow_percentile: f64,
    /// Fast are requests at or below this percentile
    #[arg(long, value_name = "P", default_value_t = 50.0, value_parser = values::percentile)]
    pub(crate) fast_percentile: f64,
    /// Slow requests spend this share of their time in a bottleneck
    #[arg(long, value_name = "SHARE", default_value_t = 0.2, help_heading = "Thresholds",
        value_parser = values::share)]
    pub(crate) share: f64,
    /// And so many times as long as fast ones
    #[arg(long, value_name = "N", default_value_t = 2.0, help_heading = "Thresholds",
        value_parser = values::at_least_nothing)]
    pub(crate) times: f64,
    /// There are so many slow and so many fast requests of a root operation
    #[arg(long, value_name = "N", default_value_t = 30, help_heading = "Thresholds",
        value_parser = clap::value_parser!(u64).range(2..))]
    pub(crate) requests: u64,
}
