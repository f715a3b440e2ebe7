//! The command line: one definition for parsing, help, completions and the
//! manual page.

mod bottlenecks;
mod filter;
mod hot_keys;
mod loads;
mod output;
mod partials;
mod paths;
mod policy;
mod query;
mod read;
mod scan;
mod shape_problems;
mod simulate;
mod thresholds;
mod values;
mod what_if;

pub(crate) use bottlenecks::BottlenecksArgs;
pub(crate) use filter::FilterArgs;
pub(crate) use hot_keys::HotKeysArgs;
pub(crate) use loads::{ConcurrencyArgs, HeatMapArgs, HeatMapBy, LoadBy};
pub(crate) use output::{Color, Format, OutputArgs};
pub(crate) use partials::{AnalysisArg, MergeArgs, PartialsArgs, ShowArg};
pub(crate) use paths::{
    CallTreeArgs, CriticalPathArgs, FlameFormat, FlameWeight, PathBy, RequestArgs, TimeBy,
    TimeKindsArgs,
};
pub(crate) use policy::{BlockingArg, ClockArg, PolicyArgs};
pub(crate) use query::QueryArgs;
pub(crate) use read::ReadArgs;
pub(crate) use scan::{ScanArgs, ScanScope};
pub(crate) use shape_problems::ShapeProblemsArgs;
pub(crate) use simulate::{FaultArg, ShapeArg, SimulateArgs, System};
pub(crate) use thresholds::ThresholdArgs;
pub(crate) use values::{Attribute, Range};
pub(crate) use what_if::{PlainChange, WhatIfArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Examples:
  spanwise summary exports/
  spanwise critical-path 'exports/**/*.json.gz' --percentile 99
  spanwise compare monday/ tuesday/ --limit 10
  spanwise trace 4bf92f35 exports/
  spanwise query '{ service = checkout } >> { errs }' exports/
  spanwise hotspots --memory 512M month/
  spanwise partials hour-03/ -o kept/hour-03 && spanwise merge kept/ --show hotspots
  zcat spans.json.gz | spanwise errors - --format json

A PATH is a file, a folder, a glob or - for standard input. Formats and
compression are recognised by content.

Exit status: 0 done, 1 an error, 2 bad usage.";

/// Says where the time of distributed requests went, where their errors
/// began, and what changed, from exported traces.
#[derive(Debug, Parser)]
#[command(name = "spanwise", version, after_help = AFTER_HELP, max_term_width = 100)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What the input holds: files, formats, traces, spans, services, errors, issues
    Summary(ScanScope),
    /// One row a trace
    Traces(ScanScope),
    /// Where requests spend their time: the critical path, over all traces or of one
    CriticalPath(CriticalPathArgs),
    /// What critical paths are made of: work, networks, queues, waits
    TimeKinds(TimeKindsArgs),
    /// The tree of call paths, as a table or for flame graphs
    CallTree(CallTreeArgs),
    /// Which operations or services take the time
    Hotspots(HotspotsArgs),
    /// What could be slower unnoticed, and what would make requests faster
    Slack(SlackArgs),
    /// Which siblings wait for which, learnt from all traces
    SiblingOrder(ScanScope),
    /// What slow requests wait for and fast ones do not
    Bottlenecks(BottlenecksArgs),
    /// How long requests would take if something were faster: what to fix first
    WhatIf(WhatIfArgs),
    /// Calls that need not be made, or not one after the other, and what that would save
    ShapeProblems(ShapeProblemsArgs),
    /// Tenants, partitions and keys that take far more of an operation than others do
    HotKeys(HotKeysArgs),
    /// How much instances have in flight over time, and what that does to them
    Concurrency(ConcurrencyArgs),
    /// How many spans were how slow when: data to plot
    HeatMap(HeatMapArgs),
    /// How far the clocks of hosts are apart
    Clocks(ClocksArgs),
    /// Where errors begin and how they spread
    Errors(ErrorsArgs),
    /// Who calls whom, how often, how fast and how well
    Dependencies(ScanScope),
    /// Requests that go on behind queues and in other traces, from end to end
    Flows(FlowsArgs),
    /// What is missing from the traces, edge by edge, and which conclusions suffer
    Completeness(CompletenessArgs),
    /// What is wrong with the data
    Issues(ScanScope),
    /// One row a span
    Spans(SpansArgs),
    /// One row an event of a span
    Events(ScanScope),
    /// One row a link of a span
    Links(ScanScope),
    /// Spans by what they are and how they stand to each other, in structure and time
    Query(QueryArgs),
    /// One row an edge between two spans: parents, what waited for what, links
    Edges(EdgesArgs),
    /// What changed between a baseline and an incident
    Compare(CompareArgs),
    /// Keeps what analyses know of traces in files that merge later
    Partials(Box<PartialsArgs>),
    /// Merges partials, and shows what they know together
    Merge(Box<MergeArgs>),
    /// One trace as a waterfall, its critical path marked
    Trace(TraceArgs),
    /// Makes traces of an invented system, healthy or with faults
    Simulate(Box<SimulateArgs>),
    /// Writes the spans of any input in another format
    Convert(ConvertArgs),
    /// Answers why a system is slow and failing, in Markdown or JSON
    Report(ReportArgs),
    /// Prints a script that completes this command in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    Man,
}

/// What is read, which traces of it, and how the answer is written.
#[derive(Clone, Debug, Args)]
pub(crate) struct Scope {
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// What a row of `hotspots` or `slack` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum HotspotBy {
    /// Service, operation and kind
    #[default]
    Operation,
    /// Service
    Service,
}

/// What a row of `errors` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ErrorBy {
    /// Service, operation, kind, outcome and type
    #[default]
    Operation,
    /// Service
    Service,
    /// Outcome and type
    Type,
}

/// What a row of `completeness` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompletenessRow {
    /// Calls from one service to another
    #[default]
    Edge,
    /// Service
    Service,
}

#[derive(Debug, Args)]
pub(crate) struct CompletenessArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: CompletenessRow,
}

#[derive(Debug, Args)]
pub(crate) struct HotspotsArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: HotspotBy,
}

#[derive(Debug, Args)]
pub(crate) struct SlackArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: HotspotBy,
}

/// What a row of `clocks` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClockBy {
    /// The clock of a host
    #[default]
    Clock,
    /// Two clocks whose hosts call each other
    Pair,
}

#[derive(Debug, Args)]
pub(crate) struct ClocksArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: ClockBy,
}

/// What a row of `flows` stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FlowBy {
    /// From one operation to another, so many hops behind a root operation
    #[default]
    Hop,
    /// A root operation whose requests go on elsewhere
    Request,
}

#[derive(Debug, Args)]
pub(crate) struct FlowsArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: FlowBy,
}

/// Which edges `edges` lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ViewArg {
    /// From parents to children
    #[default]
    Tree,
    /// From what a span may have waited for: the sibling before it, else its parent
    Causal,
    /// From senders to receivers, also of other traces
    Linked,
}

#[derive(Debug, Args)]
pub(crate) struct EdgesArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// Which edges
    #[arg(long, value_enum, default_value_t)]
    pub(crate) view: ViewArg,
}

#[derive(Debug, Args)]
pub(crate) struct ErrorsArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// What a row stands for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) by: ErrorBy,
}

#[derive(Debug, Args)]
pub(crate) struct SpansArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// Attributes that become columns
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    pub(crate) show: Vec<String>,
    /// Canonical fields that become columns, whatever sources call them, such as
    /// --canonical=http.response.status_code; without a list all that say something
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', num_args = 0.., require_equals = true)]
    pub(crate) canonical: Option<Vec<String>>,
    /// Say where each span stands among all spans of its operation
    #[arg(long)]
    pub(crate) percentile: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    pub(crate) scan: ScanScope,
    /// The healthy window of a single PATH
    #[arg(long, value_name = "FROM..TO", value_parser = values::range, requires = "incident")]
    pub(crate) baseline: Option<Range>,
    /// The window of the incident in a single PATH
    #[arg(long, value_name = "FROM..TO", value_parser = values::range, requires = "baseline")]
    pub(crate) incident: Option<Range>,
}

/// How a trace is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Figure {
    /// A figure for a file
    Svg,
    /// A fragment for a page or a notebook
    Html,
}

#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// The trace's id or a unique beginning of it
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// Draw a figure instead of text
    #[arg(long, value_enum, conflicts_with = "format")]
    pub(crate) figure: Option<Figure>,
    /// The most spans that are drawn; the rest is folded
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) rows: usize,
    /// Spans at this depth and below are folded
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub(crate) depth: usize,
    /// The width in cells of text or pixels of a figure
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(..=10_000))]
    pub(crate) width: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    /// The format to write
    #[arg(long, value_name = "FORMAT")]
    pub(crate) to: String,
    /// The file to write, compressed where it ends in .gz or .zst; standard output where it is not said
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Hash names, ids and values under this key; the same key gives the same names in every file
    #[arg(long, value_name = "KEY")]
    pub(crate) anonymise: Option<String>,
    /// Move all times by this much, such as -90d
    #[arg(long, value_name = "DURATION", value_parser = values::shift, requires = "anonymise", allow_hyphen_values = true)]
    pub(crate) shift: Option<i64>,
    /// Say nothing on standard error
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    #[default]
    Markdown,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) read: ReadArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
    /// Traces of a healthy time to compare with
    #[arg(long, value_name = "PATH")]
    pub(crate) baseline: Vec<PathBuf>,
    /// How to write it
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ReportFormat,
    /// The title
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// The most rows of each table
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// The file to write; standard output where it is not said
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Say nothing on standard error
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[cfg(test)]
mod tests;
