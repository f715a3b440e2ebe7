//! `report`: why a system is slow and failing.

use crate::args::{ReportArgs, ReportFormat};
use crate::output;
use crate::read::{narrow, How};
use crate::session::Session;
use spanwise::analyses::{CriticalPath, Dependencies, Errors, IssueList};
use spanwise::report::report::{write_json, write_markdown, Material, Report};
use spanwise::report::summary;
use spanwise::{Result, Table, Traces};
use std::path::PathBuf;

pub(super) fn run(args: &ReportArgs, session: &mut Session<'_>) -> Result<()> {
    let traces = chosen(&args.read.paths, args, session)?;
    let compare = compare(&traces, args, session)?;
    let report = Report::new(&material(&traces, compare, args));
    output::to(args.output.as_deref(), session, |out| {
        let written = match args.format {
            ReportFormat::Markdown => write_markdown(&report, out),
            ReportFormat::Json => write_json(&report, out),
        };
        written.map_err(Into::into)
    })
}

fn chosen(paths: &[PathBuf], args: &ReportArgs, session: &mut Session<'_>) -> Result<Traces> {
    let how = How {
        read: &args.read,
        policy: &args.policy,
        quiet: args.quiet,
    };
    Ok(narrow(&how.traces(paths, session)?, &args.filter))
}

fn compare(
    incident: &Traces,
    args: &ReportArgs,
    session: &mut Session<'_>,
) -> Result<Option<Table>> {
    if args.baseline.is_empty() {
        return Ok(None);
    }
    let baseline = chosen(&args.baseline, args, session)?;
    spanwise::compare(&baseline, incident).map(Some)
}

fn material(traces: &Traces, compare: Option<Table>, args: &ReportArgs) -> Material {
    let paths: Vec<_> = args
        .read
        .paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let title = args
        .title
        .clone()
        .unwrap_or_else(|| format!("Traces of {}", paths.join(", ")));
    let (path, errors, calls) = (
        CriticalPath::default(),
        Errors::default(),
        Dependencies::default(),
    );
    let mut tables = traces.run(&[&path, &errors, &calls]).into_iter();
    let mut material = Material::new(title);
    material.read = summary::sentences(&traces.summary());
    material.critical_path = tables.next().unwrap_or_default();
    material.errors = tables.next().unwrap_or_default();
    material.dependencies = tables.next().unwrap_or_default();
    material.issues = traces.issues(&IssueList::default());
    material.compare = compare;
    material.rows = Some(args.limit);
    material
}
