//! The commands: each reads, asks the facade and writes.

mod bottlenecks;
mod call_tree;
mod compare;
mod convert;
mod critical_path;
mod hot_keys;
mod partials;
mod report;
mod shape_problems;
mod shell;
mod simulate;
mod summary;
mod trace;
mod what_if;

use crate::args::{
    self, ClockBy, ClocksArgs, Command, CompletenessArgs, CompletenessRow, ConcurrencyArgs,
    EdgesArgs, ErrorBy, ErrorsArgs, FlowBy, FlowsArgs, HeatMapArgs, HotspotBy, HotspotsArgs,
    LoadBy, QueryArgs, ScanScope, SlackArgs, SpansArgs, TimeBy, TimeKindsArgs, ViewArg,
};
use crate::output;
use crate::read;
use crate::scan;
use crate::session::Session;
use spanwise::analyses::{
    By, Clocks, ClocksBy, Completeness, CompletenessBy, Concurrency, ConcurrencyBy, Dependencies,
    EdgeView, Edges, Errors, ErrorsBy, EventList, Flows, FlowsBy, HeatMap, HeatMapBy, Hotspots,
    IssueList, LinkList, SiblingOrder, Slack, SpanList, TimeKinds, TimeKindsBy, TraceList,
};
use spanwise::{Listing, Query, Result, Scan, Traces};

/// Runs a command.
pub(crate) fn run(command: Command, session: &mut Session<'_>) -> Result<()> {
    match command {
        Command::Summary(scope) => summary::run(&scope, session),
        Command::Traces(scope) => scan::list(&scope, &TraceList::default(), session),
        Command::CriticalPath(args) => critical_path::run(&args, session),
        Command::TimeKinds(args) => time_kinds(&args, session),
        Command::CallTree(args) => call_tree::run(&args, session),
        Command::Hotspots(args) => hotspots(&args, session),
        Command::Slack(args) => slack(&args, session),
        Command::SiblingOrder(scope) => scan::table(&scope, &SiblingOrder::default(), session),
        Command::Bottlenecks(args) => bottlenecks::run(&args, session),
        Command::WhatIf(args) => what_if::run(&args, session),
        Command::ShapeProblems(args) => shape_problems::run(&args, session),
        Command::HotKeys(args) => hot_keys::run(&args, session),
        Command::Concurrency(args) => concurrency(&args, session),
        Command::HeatMap(args) => heat_map(&args, session),
        Command::Clocks(args) => clocks(&args, session),
        Command::Errors(args) => errors(&args, session),
        Command::Dependencies(scope) => scan::table(&scope, &Dependencies::default(), session),
        Command::Flows(args) => flows(&args, session),
        Command::Completeness(args) => completeness(&args, session),
        Command::Issues(scope) => issues(&scope, session),
        Command::Spans(args) => spans(&args, session),
        Command::Events(scope) => scan::list(&scope, &EventList::default(), session),
        Command::Links(scope) => scan::list(&scope, &LinkList::default(), session),
        Command::Query(args) => query(&args, session),
        Command::Edges(args) => edges(&args, session),
        Command::Compare(args) => compare::run(&args, session),
        Command::Partials(args) => partials::take(&args, session),
        Command::Merge(args) => partials::merge(&args, session),
        Command::Trace(args) => trace::run(&args, session),
        Command::Simulate(args) => simulate::run(&args, session),
        Command::Convert(args) => convert::run(&args, session),
        Command::Report(args) => report::run(&args, session),
        Command::Completions { shell } => shell::completions(shell, session),
        Command::Man => shell::man(session),
    }
}

fn hotspots(args: &HotspotsArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = Hotspots::default().by(hotspot_by(args.by));
    scan::table(&args.scan, &analysis, session)
}

fn hotspot_by(by: HotspotBy) -> By {
    match by {
        HotspotBy::Operation => By::Operation,
        HotspotBy::Service => By::Service,
    }
}

fn time_kinds(args: &TimeKindsArgs, session: &mut Session<'_>) -> Result<()> {
    let mut analysis = TimeKinds::default().by(match args.by {
        TimeBy::Kind => TimeKindsBy::Kind,
        TimeBy::Service => TimeKindsBy::Service,
        TimeBy::Operation => TimeKindsBy::Operation,
    });
    analysis.percentile = args.requests.percentile;
    analysis.band = args.requests.band();
    scan::table(&args.scan, &analysis, session)
}

fn concurrency(args: &ConcurrencyArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = Concurrency::default()
        .by(load_by(args.by))
        .bucket(args.bucket);
    scan::table(&args.scan, &analysis, session)
}

fn load_by(by: LoadBy) -> ConcurrencyBy {
    match by {
        LoadBy::Time => ConcurrencyBy::Time,
        LoadBy::Instance => ConcurrencyBy::Instance,
        LoadBy::Level => ConcurrencyBy::Level,
    }
}

fn heat_map(args: &HeatMapArgs, session: &mut Session<'_>) -> Result<()> {
    let map = HeatMap::default().by(heat_map_by(args.by));
    let map = map.bucket(args.bucket).bands(args.bands);
    scan::table(&args.scan, &map, session)
}

fn heat_map_by(by: args::HeatMapBy) -> HeatMapBy {
    match by {
        args::HeatMapBy::Operation => HeatMapBy::Operation,
        args::HeatMapBy::Request => HeatMapBy::Request,
    }
}

fn clocks(args: &ClocksArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = Clocks::default().by(match args.by {
        ClockBy::Clock => ClocksBy::Clock,
        ClockBy::Pair => ClocksBy::Pair,
    });
    scan::table(&args.scan, &analysis, session)
}

fn slack(args: &SlackArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = Slack::default().by(hotspot_by(args.by));
    scan::table(&args.scan, &analysis, session)
}

fn errors(args: &ErrorsArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = Errors::default().by(error_by(args.by));
    scan::table(&args.scan, &analysis, session)
}

fn error_by(by: ErrorBy) -> ErrorsBy {
    match by {
        ErrorBy::Operation => ErrorsBy::Operation,
        ErrorBy::Service => ErrorsBy::Service,
        ErrorBy::Type => ErrorsBy::Type,
    }
}

fn edges(args: &EdgesArgs, session: &mut Session<'_>) -> Result<()> {
    let edges = Edges::default().view(match args.view {
        ViewArg::Tree => EdgeView::Tree,
        ViewArg::Causal => EdgeView::Causal,
        ViewArg::Linked => EdgeView::Linked,
    });
    let of_scan = |scan: &Scan| Ok(Box::new(scan.edge_list(&edges)?) as Box<dyn Listing>);
    let of_traces = |traces: &Traces| traces.edges(&edges);
    scan::list_made(&args.scan, (of_scan, of_traces), session)
}

fn flows(args: &FlowsArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = Flows::default().by(flows_by(args.by));
    scan::table(&args.scan, &analysis, session)
}

fn flows_by(by: FlowBy) -> FlowsBy {
    match by {
        FlowBy::Hop => FlowsBy::Hop,
        FlowBy::Request => FlowsBy::Request,
    }
}

fn completeness(args: &CompletenessArgs, session: &mut Session<'_>) -> Result<()> {
    let analysis = Completeness::default().by(completeness_by(args.by));
    scan::table(&args.scan, &analysis, session)
}

fn completeness_by(by: CompletenessRow) -> CompletenessBy {
    match by {
        CompletenessRow::Edge => CompletenessBy::Edge,
        CompletenessRow::Service => CompletenessBy::Service,
    }
}

fn issues(args: &ScanScope, session: &mut Session<'_>) -> Result<()> {
    let list = IssueList::default();
    let table = match scan::pass(args, &[], session)? {
        Some(scanned) => scanned.issue_list(&list),
        None => read::scope(&args.scope, session)?.issues(&list),
    };
    output::table(&table, &args.scope.output, session)
}

fn query(args: &QueryArgs, session: &mut Session<'_>) -> Result<()> {
    let query = Query::parse(&args.expression)?.attributes(args.show.iter().cloned());
    scan::list(&args.scan, &query, session)
}

fn spans(args: &SpansArgs, session: &mut Session<'_>) -> Result<()> {
    let list = SpanList::default().attributes(args.show.iter().cloned());
    let list = match &args.canonical {
        None => list,
        Some(fields) if fields.is_empty() => list.all_canonical(),
        Some(fields) => list.canonical(fields)?,
    };
    let of_scan = |scan: &Scan| {
        let list = match args.percentile {
            true => list.clone().among(scan.peers()?),
            false => list.clone(),
        };
        Ok(Box::new(list) as Box<dyn Listing>)
    };
    let of_traces = |traces: &Traces| match args.percentile {
        true => traces.spans(&list.clone().among(traces.peers())),
        false => traces.spans(&list),
    };
    scan::list_made(&args.scan, (of_scan, of_traces), session)
}
