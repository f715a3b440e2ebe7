//! Partials: how they are taken, and how they are merged.

use super::{
    values, CompletenessRow, ErrorBy, FilterArgs, FlowBy, HeatMapBy, HotspotBy, LoadBy, OutputArgs,
    PathBy, PolicyArgs, ReadArgs, RequestArgs, ScanArgs, ThresholdArgs,
};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The analyses that partials are taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnalysisArg {
    /// Where requests spend their time
    CriticalPath,
    /// What critical paths are made of
    TimeKinds,
    /// The tree of call paths
    CallTree,
    /// Which operations or services take the time
    Hotspots,
    /// What could be slower unnoticed
    Slack,
    /// Which siblings wait for which
    SiblingOrder,
    /// What slow requests wait for and fast ones do not
    Bottlenecks,
    /// How long requests would take if something were faster
    WhatIf,
    /// Calls that need not be made, or not one after the other
    ShapeProblems,
    /// Tenants, partitions and keys that take far more than others do
    HotKeys,
    /// How much instances have in flight
    Concurrency,
    /// How many spans were how slow when
    HeatMap,
    /// How far the clocks of hosts are apart
    Clocks,
    /// Where errors begin and how they spread
    Errors,
    /// Who calls whom
    Dependencies,
    /// Requests that go on in other traces
    Flows,
    /// What is missing from the traces
    Completeness,
    /// What changes between a baseline and an incident
    Compare,
}

#[derive(Debug, Args)]
pub(crate) struct PartialsArgs {
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
    /// For which analyses; for all where nothing is said
    #[arg(long, value_enum, value_delimiter = ',', value_name = "ANALYSES")]
    pub(crate) analyses: Vec<AnalysisArg>,
    /// The folder to write, a file of Parquet for each analysis
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) output: PathBuf,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// What is shown of merged partials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowArg {
    /// What the inputs held
    #[default]
    Summary,
    /// What was wrong with them
    Issues,
    /// Where requests spend their time
    CriticalPath,
    /// What critical paths are made of
    TimeKinds,
    /// The tree of call paths
    CallTree,
    /// Which operations or services take the time
    Hotspots,
    /// What could be slower unnoticed, and what would make requests faster
    Slack,
    /// Which siblings wait for which
    SiblingOrder,
    /// What slow requests wait for and fast ones do not
    Bottlenecks,
    /// How long requests would take if something were faster
    WhatIf,
    /// Calls that need not be made, or not one after the other
    ShapeProblems,
    /// Tenants, partitions and keys that take far more than others do
    HotKeys,
    /// How much instances have in flight over time, and what that does to them
    Concurrency,
    /// How many spans were how slow when
    HeatMap,
    /// How far the clocks of hosts are apart
    Clocks,
    /// Where errors begin and how they spread
    Errors,
    /// Who calls whom
    Dependencies,
    /// Requests that go on in other traces
    Flows,
    /// What is missing from the traces
    Completeness,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowBy {
    /// An operation
    #[default]
    Operation,
    /// A service
    Service,
    /// A chain of operations from the root; of the critical path alone
    Path,
    /// A type of errors; of errors alone
    Type,
    /// Calls from one service to another; of completeness alone
    Edge,
    /// From a sender to a receiver; of flows alone
    Hop,
    /// A request by its root operation; of heat maps and flows alone
    Request,
    /// A bucket of time of an instance; of concurrency alone
    Time,
    /// An instance; of concurrency alone
    Instance,
    /// A number in flight of an instance; of concurrency alone
    Level,
}

impl RowBy {
    pub(crate) fn of_path(self) -> Option<PathBy> {
        match self {
            Self::Operation => Some(PathBy::Operation),
            Self::Service => Some(PathBy::Service),
            Self::Path => Some(PathBy::Path),
            _ => None,
        }
    }

    pub(crate) fn of_hotspots(self) -> Option<HotspotBy> {
        match self {
            Self::Operation => Some(HotspotBy::Operation),
            Self::Service => Some(HotspotBy::Service),
            _ => None,
        }
    }

    pub(crate) fn of_errors(self) -> Option<ErrorBy> {
        match self {
            Self::Operation => Some(ErrorBy::Operation),
            Self::Service => Some(ErrorBy::Service),
            Self::Type => Some(ErrorBy::Type),
            _ => None,
        }
    }

    /// Hops where nothing is said.
    pub(crate) fn of_flows(self) -> Option<FlowBy> {
        match self {
            Self::Operation | Self::Hop => Some(FlowBy::Hop),
            Self::Request => Some(FlowBy::Request),
            _ => None,
        }
    }

    /// Edges where nothing is said.
    pub(crate) fn of_completeness(self) -> Option<CompletenessRow> {
        match self {
            Self::Operation | Self::Edge => Some(CompletenessRow::Edge),
            Self::Service => Some(CompletenessRow::Service),
            _ => None,
        }
    }

    pub(crate) fn of_heat_map(self) -> Option<HeatMapBy> {
        match self {
            Self::Operation => Some(HeatMapBy::Operation),
            Self::Request => Some(HeatMapBy::Request),
            _ => None,
        }
    }

    /// Time where nothing is said.
    pub(crate) fn of_concurrency(self) -> Option<LoadBy> {
        match self {
            Self::Operation | Self::Time => Some(LoadBy::Time),
            Self::Instance => Some(LoadBy::Instance),
            Self::Level => Some(LoadBy::Level),
            _ => None,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// Files of partials, folders or globs
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// What to show
    #[arg(long, value_enum, default_value_t)]
    pub(crate) show: ShowArg,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: RowBy,
    #[command(flatten)]
    pub(crate) requests: RequestArgs,
    /// Of what is counted over time: how wide a bucket is
    #[arg(long, value_name = "DURATION", value_parser = values::duration, default_value = "1s")]
    pub(crate) bucket: u64,
    /// Of the heat map: how many bands an octave of latencies has
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(crate) bands: u32,
    #[command(flatten)]
    pub(crate) thresholds: ThresholdArgs,
    /// Compare with the partials of a healthy time instead
    #[arg(long, value_name = "PATH", conflicts_with = "show")]
    pub(crate) baseline: Vec<PathBuf>,
    /// Write the merged partials into this folder, and show nothing
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["show", "baseline"])]
    pub(crate) to: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}
