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
    aggregates, CallTree, Clocks, Completeness, Concurrency, CriticalPath, Dependencies, Errors,
    Flows, HeatMap, Hotspots, IssueList, SiblingOrder, Slack, TimeKinds, WhatIf,
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
    if let Some(stray) = args.thresholds.stray(args.show) {
        let message = format!("{stray} is no threshold of what is shown");
        return Err(Error::new(ErrorKind::Usage, message));
    }
    match args.show {
        ShowArg::Summary | ShowArg::Issues => Ok(merged.issue_list(&IssueList::default())),
        ShowArg::CriticalPath | ShowArg::TimeKinds | ShowArg::CallTree => {
            merged.table(of_requests(args)?.as_ref())
        }
        ShowArg::Bottlenecks | ShowArg::ShapeProblems | ShowArg::HotKeys => {
            merged.table(with_thresholds(args).as_ref())
        }
        _ => merged.table(of_spans(args)?.as_ref()),
    }
}

/// What is shown has no such rows.
fn no_such() -> Error {
    Error::new(ErrorKind::Usage, "there are no such rows of that analysis")
}

/// An analysis of requests, of which some may be chosen.
fn of_requests(args: &MergeArgs) -> Result<Box<dyn Analysis>> {
    let (percentile, band) = (args.requests.percentile, args.requests.band());
    Ok(match args.show {
        ShowArg::TimeKinds => {
            let mut kinds = TimeKinds::default();
            (kinds.percentile, kinds.band) = (percentile, band);
            Box::new(kinds)
        }
        ShowArg::CallTree => {
            let mut tree = CallTree::default();
            (tree.percentile, tree.band) = (percentile, band);
            Box::new(tree)
        }
        _ => {
            let by = critical_path::by(args.by.of_path().ok_or_else(no_such)?);
            let mut path = CriticalPath::default().by(by);
            (path.percentile, path.band) = (percentile, band);
            Box::new(path)
        }
    })
}

/// An analysis that says from where on it finds something.
fn with_thresholds(args: &MergeArgs) -> Box<dyn Analysis> {
    let said = &args.thresholds;
    match args.show {
        ShowArg::Bottlenecks => Box::new(said.of_bottlenecks()),
        ShowArg::HotKeys => Box::new(said.of_hot_keys()),
        _ => Box::new(said.of_shape_problems()),
    }
}

/// Any other analysis.
fn of_spans(args: &MergeArgs) -> Result<Box<dyn Analysis>> {
    let by = args.by;
    Ok(match args.show {
        ShowArg::SiblingOrder => Box::new(SiblingOrder::default()),
        ShowArg::WhatIf => Box::new(WhatIf::default()),
        ShowArg::Concurrency => {
            let by = load_by(by.of_concurrency().ok_or_else(no_such)?);
            Box::new(Concurrency::default().by(by).bucket(args.bucket))
        }
        ShowArg::HeatMap => {
            let by = heat_map_by(by.of_heat_map().ok_or_else(no_such)?);
            let map = HeatMap::default().by(by).bucket(args.bucket);
            Box::new(map.bands(args.bands))
        }
        ShowArg::Clocks => Box::new(Clocks::default()),
        ShowArg::Dependencies => Box::new(Dependencies::default()),
        ShowArg::Flows => {
            let by = flows_by(by.of_flows().ok_or_else(no_such)?);
            Box::new(Flows::default().by(by))
        }
        ShowArg::Completeness => {
            let by = completeness_by(by.of_completeness().ok_or_else(no_such)?);
            Box::new(Completeness::default().by(by))
        }
        ShowArg::Slack => {
            let by = hotspot_by(by.of_hotspots().ok_or_else(no_such)?);
            Box::new(Slack::default().by(by))
        }
        ShowArg::Errors => {
            let by = error_by(by.of_errors().ok_or_else(no_such)?);
            Box::new(Errors::default().by(by))
        }
        _ => {
            let by = hotspot_by(by.of_hotspots().ok_or_else(no_such)?);
            Box::new(Hotspots::default().by(by))
        }
    })
}
