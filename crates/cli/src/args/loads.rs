//! `concurrency` and `heat-map`: what is counted over time.

use super::{values, ScanScope};
use clap::{Args, ValueEnum};

/// What a row of `concurrency` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LoadBy {
    /// A bucket of time of an instance
    #[default]
    Time,
    /// An instance
    Instance,
    /// A number in flight of an instance, by powers of two
    Level,
}

#[derive(Debug, Args)]
pub(crate) struct ConcurrencyArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: LoadBy,
    /// How wide a bucket of time is, in whole tenths of a second
    #[arg(long, value_name = "DURATION", value_parser = values::duration, default_value = "1s")]
    pub(crate) bucket: u64,
}

/// Which spans `heat-map` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum HeatMapBy {
    /// All spans, by their operation
    #[default]
    Operation,
    /// Requests, by root operation
    Request,
}

#[derive(Debug, Args)]
pub(crate) struct HeatMapArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// Which spans are counted
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: HeatMapBy,
    /// How wide a bucket of time is, in whole tenths of a second
    #[arg(long, value_name = "DURATION", value_parser = values::duration, default_value = "1s")]
    pub(crate) bucket: u64,
    /// How many bands an octave of latencies has: 1, 2, 4, 8 or 16
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(crate) bands: u32,
}
