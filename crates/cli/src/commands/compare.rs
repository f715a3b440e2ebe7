//! `compare`: what changed between a baseline and an incident.

use crate::args::{CompareArgs, Format, OutputArgs};
use crate::read::How;
use crate::session::Session;
use crate::{output, read};
use spanwise::{Error, ErrorKind, Result, Table};

pub(super) fn run(args: &CompareArgs, session: &mut Session<'_>) -> Result<()> {
    let table = changes(args, session)?;
    write(&table, &args.scope.output, session)
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
    let scope = &args.scope;
    let windows = args.baseline.zip(args.incident);
    match (scope.read.paths.as_slice(), windows) {
        ([_], Some((baseline, incident))) => {
            let traces = read::scope(scope, session)?;
            let windows = ((baseline.from, baseline.to), (incident.from, incident.to));
            Ok(spanwise::compare_windows(&traces, windows.0, windows.1))
        }
        ([baseline, incident], None) => {
            let how = How {
                read: &scope.read,
                policy: &scope.policy,
                quiet: scope.output.quiet,
            };
            let mut side = |path: &std::path::PathBuf| {
                let traces = how.traces(std::slice::from_ref(path), session)?;
                Ok::<_, Error>(read::narrow(&traces, &scope.filter))
            };
            let (baseline, incident) = (side(baseline)?, side(incident)?);
            spanwise::compare(&baseline, &incident)
        }
        _ => Err(usage()),
    }
}

fn usage() -> Error {
    let message = "compare takes BASELINE and INCIDENT, or one PATH with --baseline FROM..TO and --incident FROM..TO";
    Error::new(ErrorKind::Usage, message)
}
