//! `compare`: what changed between a baseline and an incident.

use crate::args::{CompareArgs, Format, OutputArgs, ScanScope};
use crate::session::Session;
use crate::{output, read, scan};
use spanwise::analyses::{Compare, Window};
use spanwise::{Error, ErrorKind, Result, Table};
use std::path::PathBuf;

pub(super) fn run(args: &CompareArgs, session: &mut Session<'_>) -> Result<()> {
    let table = changes(args, session)?;
    write(&table, &args.scan.scope.output, session)
}

/// Writes a comparison as the arguments say.
pub(super) fn write(table: &Table, args: &OutputArgs, session: &mut Session<'_>) -> Result<()> {
    match args.format {
        Format::Table => output::table(&telling_first(table), args, session),
        _ => output::table(table, args, session),
    }
}

/// The columns in which a person looks for an answer before the others, so
/// that a narrow terminal shows them.
fn telling_first(table: &Table) -> Table {
    const FIRST: [&str; 8] = [
        "service",
        "operation",
        "change",
        "change_critical_time",
        "baseline_critical_time",
        "incident_critical_time",
        "baseline_error_share",
        "incident_error_share",
    ];
    let names = table.columns().iter().map(|column| column.name.as_ref());
    let others = names.filter(|name| !FIRST.contains(name));
    let order: Vec<&str> = FIRST.into_iter().chain(others).collect();
    table.select(&order)
}

fn changes(args: &CompareArgs, session: &mut Session<'_>) -> Result<Table> {
    let windows = args.baseline.zip(args.incident);
    match (args.scan.scope.read.paths.as_slice(), windows) {
        ([_], Some((baseline, incident))) => {
            let windows = [baseline, incident].map(|window| (window.from, window.to));
            of_windows(&args.scan, windows, session)
        }
        ([baseline, incident], None) => of_paths(&args.scan, [baseline, incident], session),
        _ => Err(usage()),
    }
}

/// Compares two windows of time of one input.
fn of_windows(
    scan: &ScanScope,
    [baseline, incident]: [Window; 2],
    session: &mut Session<'_>,
) -> Result<Table> {
    let analysis = Compare::default().windows(baseline, incident);
    match scan::pass(scan, &[&analysis], session)? {
        Some(found) => found.table(&analysis),
        None => {
            let traces = read::scope(&scan.scope, session)?;
            Ok(spanwise::compare_windows(&traces, baseline, incident))
        }
    }
}

/// Compares two inputs.
fn of_paths(scan: &ScanScope, paths: [&PathBuf; 2], session: &mut Session<'_>) -> Result<Table> {
    let analysis = Compare::default();
    let [baseline, incident] = paths;
    let baseline = scan.of_path(baseline, "baseline");
    let incident = scan.of_path(incident, "incident");
    if let Some(baseline) = scan::pass(&baseline, &[&analysis], session)? {
        let incident = scan::pass(&incident, &[&analysis], session)?;
        return incident.map_or_else(|| Err(usage()), |incident| baseline.compare(&incident));
    }
    let baseline = read::scope(&baseline.scope, session)?;
    let incident = read::scope(&incident.scope, session)?;
    spanwise::compare(&baseline, &incident)
}

fn usage() -> Error {
    let message = "compare takes BASELINE and INCIDENT, or one PATH with --baseline FROM..TO and --incident FROM..TO";
    Error::new(ErrorKind::Usage, message)
}
