//! Questions about the paths of requests: critical paths, what they are made of,
//! and the tree of calls.

use super::{values, ScanScope};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Which requests count, by how slow they are.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct RequestArgs {
    /// Only requests at or above this percentile of their root operation's duration
    #[arg(long, value_name = "P", value_parser = values::percentile)]
    pub(crate) percentile: Option<f64>,
    /// Only requests between two percentiles, such as 90..99
    #[arg(long, value_name = "LO..HI", value_parser = values::band, conflicts_with = "percentile")]
    pub(crate) band: Option<values::Band>,
}

impl RequestArgs {
    /// The percentiles between which requests count.
    pub(crate) fn band(self) -> Option<(f64, f64)> {
        self.band.map(|band| (band.low, band.high))
    }
}

/// What a row of `critical-path` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PathBy {
    /// Service, operation and kind
    #[default]
    Operation,
    /// Service
    Service,
    /// Chain of operations from the root
    Path,
}

#[derive(Debug, Args)]
pub(crate) struct CriticalPathArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: PathBy,
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
    /// The path of one trace, by its id or a unique beginning of it
    #[arg(long, value_name = "ID", conflicts_with_all = ["memory", "complete", "percentile", "band"])]
    pub(crate) trace: Option<String>,
    /// Which component of that trace, by its top span
    #[arg(long, value_name = "SPAN", requires = "trace")]
    pub(crate) component: Option<String>,
}

/// What a row of `time-kinds` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimeBy {
    /// A kind of time
    #[default]
    Kind,
    /// A kind of time of a service
    Service,
    /// A kind of time of an operation
    Operation,
}

#[derive(Debug, Args)]
pub(crate) struct TimeKindsArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: TimeBy,
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
}

/// For which other tools a call tree is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FlameFormat {
    /// Stacks with a weight, a line each, as flame graph programs read
    Folded,
    /// A profile that speedscope opens
    Speedscope,
}

/// What the width of a frame stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FlameWeight {
    /// Self time
    #[default]
    ExclusiveTime,
    /// Time on critical paths
    CriticalTime,
    /// Calls
    Calls,
    /// Calls that err
    Errors,
}

#[derive(Debug, Args)]
pub(crate) struct CallTreeArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
    /// Compare with traces of a healthy time
    #[arg(long, value_name = "PATH", conflicts_with_all = ["memory", "complete"])]
    pub(crate) baseline: Vec<PathBuf>,
    /// Write it for another tool instead
    #[arg(long, value_enum, conflicts_with_all = ["format", "baseline"])]
    pub(crate) export: Option<FlameFormat>,
    /// What the width of a frame stands for
    #[arg(long, value_enum, default_value_t, requires = "export")]
    pub(crate) weight: FlameWeight,
}
