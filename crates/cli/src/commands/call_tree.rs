//! `call-tree`: call paths as a table, for flame graphs, or against a baseline.

use crate::args::{CallTreeArgs, FlameFormat, FlameWeight};
use crate::session::Session;
use crate::{output, read, scan};
use spanwise::analyses::CallTree;
use spanwise::report::flame::{folded, speedscope, Weight};
use spanwise::{Result, Table};

pub(super) fn run(args: &CallTreeArgs, session: &mut Session<'_>) -> Result<()> {
    let table = tree(args, session)?;
    let output = &args.scan.scope.output;
    let Some(format) = args.export else {
        return output::table(&table, output, session);
    };
    let weight = weight(args.weight);
    let text = match format {
        FlameFormat::Folded => folded(&table, weight)?,
        FlameFormat::Speedscope => speedscope(&table, weight, "call tree")?,
    };
    output::to(output.output.as_deref(), session, |out| {
        Ok(out.write_all(text.as_bytes())?)
    })
}

fn tree(args: &CallTreeArgs, session: &mut Session<'_>) -> Result<Table> {
    let mut tree = CallTree::default();
    tree.percentile = args.requests.percentile;
    tree.band = args.requests.band();
    if let Some(found) = scan::pass(&args.scan, &[&tree], session)? {
        return found.table(&tree);
    }
    let scope = &args.scan.scope;
    let traces = read::scope(scope, session)?;
    if args.baseline.is_empty() {
        return Ok(traces.call_tree(&tree));
    }
    let how = read::How {
        read: &scope.read,
        filter: &read::filter(&scope.filter),
        policy: &scope.policy,
        quiet: scope.output.quiet,
    };
    let baseline = how.traces(&args.baseline, session)?;
    Ok(traces.call_tree_against(&baseline, &tree))
}

fn weight(weight: FlameWeight) -> Weight {
    match weight {
        FlameWeight::ExclusiveTime => Weight::ExclusiveTime,
        FlameWeight::CriticalTime => Weight::CriticalTime,
        FlameWeight::Calls => Weight::Calls,
        FlameWeight::Errors => Weight::Errors,
    }
}
