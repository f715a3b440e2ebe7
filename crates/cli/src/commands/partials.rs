//! `partials` and `merge`: what analyses know, kept in files.

use super::{
    compare, completeness_by, critical_path, error_by, flows_by, heat_map_by, hotspot_by, load_by,
    summary,
};
use crate::args::{AnalysisArg, MergeArgs, PartialsArgs, ShowArg};
use crate::output;
use crate::scan::Pass;
use crate::session::Session;
use spanwise::analyses::{
    aggregates, Bottlenecks, CallTree, Clocks, Completeness, Concurrency, CriticalPath,
    Dependencies, Errors, Flows, HeatMap, HotKeys, Hotspots, IssueList, ShapeProblems,
    SiblingOrder, Slack, TimeKinds, WhatIf,
};
use spanwise::{Analysis, Error, ErrorKind, Partials, Result};

/// Takes partials and writes them.
pub(super) fn take(args: &PartialsArgs, session: &mut Session<'_>) -> Result<()> {
    let mut analyses = aggregates();
    let wanted = |name: &str| args.analyses.iter().any(|&one| name_of(one) == name);
    analyses.retain(|one| args.analyses.is_empty() || wanted(one.name()));
    let analyses: Vec<&dyn Analysis> = analyses.iter().map(AsRef::as_ref).collect();
    let pass = Pass {
        read: &args.read,
        filter: &args.filter,
        policy: &args.policy,
        scan: &args.scan,
        quiet: args.quiet,
    };
    pass.partials(&analyses, session)?.write(&args.output)
}

fn name_of(analysis: AnalysisArg) -> &'static str {
    match analysis {
        AnalysisArg::CriticalPath => "critical-path",
        AnalysisArg::TimeKinds => "time-kinds",
        AnalysisArg::CallTree => "call-tree",
        AnalysisArg::Hotspots => "hotspots",
        AnalysisArg::Slack => "slack",
        AnalysisArg::SiblingOrder => "sibling-order",
        AnalysisArg::Bottlenecks => "bottlenecks",
        AnalysisArg::WhatIf => "what-if",
        AnalysisArg::ShapeProblems => "shape-problems",
        AnalysisArg::HotKeys => "hot-keys",
        AnalysisArg::Concurrency => "concurrency",
        AnalysisArg::HeatMap => "heat-map",
        AnalysisArg::Clocks => "clocks",
        AnalysisArg::Errors => "errors",
        AnalysisArg::Dependencies => "dependencies",
        AnalysisArg::Flows => "flows",
        AnalysisArg::Completeness => "completeness",
        AnalysisArg::Compare => "compare",
    }
}

/// Merges partials and shows something of them.
pub(super) fn merge(args: &MergeArgs, session: &mut Session<'_>) -> Result<()> {
    let merged = spanwise::merge(args.paths.iter().cloned())?;
    if let Some(folder) = &args.to {
        return merged.write(folder);
    }
    if !args.baseline.is_empty() {
        let baseline = spanwise::merge(args.baseline.iter().cloned())?;
        return compare::write(&baseline.compare(&merged)?, &args.output, session);
    }
    if args.show == ShowArg::Summary {
        return summary::write(&merged.summary(), &args.output, session);
    }
    output::table(&table(args, &merged)?, &args.output, session)
}

fn table(args: &MergeArgs, merged: &Partials) -> Result<spanwise::Table> {
    let no_such = || Error::new(ErrorKind::Usage, "there are no such rows of that analysis");
    match args.show {
        ShowArg::Summary | ShowArg::Issues => Ok(merged.issue_list(&IssueList::default())),
        ShowArg::SiblingOrder => merged.table(&SiblingOrder::default()),
        ShowArg::Bottlenecks => merged.table(&Bottlenecks::default()),
        ShowArg::WhatIf => merged.table(&WhatIf::default()),
        ShowArg::ShapeProblems => merged.table(&ShapeProblems::default()),
        ShowArg::HotKeys => merged.table(&HotKeys::default()),
        ShowArg::Concurrency => {
            let by = load_by(args.by.of_concurrency().ok_or_else(no_such)?);
            merged.table(&Concurrency::default().by(by).bucket(args.bucket))
        }
        ShowArg::HeatMap => {
            let by = heat_map_by(args.by.of_heat_map().ok_or_else(no_such)?);
            let map = HeatMap::default().by(by).bucket(args.bucket);
            merged.table(&map.bands(args.bands))
        }
        ShowArg::Clocks => merged.table(&Clocks::default()),
        ShowArg::Dependencies => merged.table(&Dependencies::default()),
        ShowArg::Flows => {
            let by = args.by.of_flows().ok_or_else(no_such)?;
            merged.table(&Flows::default().by(flows_by(by)))
        }
        ShowArg::Completeness => {
            let by = args.by.of_completeness().ok_or_else(no_such)?;
            merged.table(&Completeness::default().by(completeness_by(by)))
        }
        ShowArg::CriticalPath => {
            let by = critical_path::by(args.by.of_path().ok_or_else(no_such)?);
            let mut analysis = CriticalPath::default().by(by);
            analysis.percentile = args.requests.percentile;
            analysis.band = args.requests.band();
            merged.table(&analysis)
        }
        ShowArg::TimeKinds => {
            let mut analysis = TimeKinds::default();
            analysis.percentile = args.requests.percentile;
            analysis.band = args.requests.band();
            merged.table(&analysis)
        }
        ShowArg::CallTree => {
            let mut tree = CallTree::default();
            tree.percentile = args.requests.percentile;
            tree.band = args.requests.band();
            merged.table(&tree)
        }
        ShowArg::Hotspots => {
            let by = hotspot_by(args.by.of_hotspots().ok_or_else(no_such)?);
            merged.table(&Hotspots::default().by(by))
        }
        ShowArg::Slack => {
            let by = hotspot_by(args.by.of_hotspots().ok_or_else(no_such)?);
            merged.table(&Slack::default().by(by))
        }
        ShowArg::Errors => {
            let by = error_by(args.by.of_errors().ok_or_else(no_such)?);
            merged.table(&Errors::default().by(by))
        }
    }
}
