//! `report`: why a system is slow and failing.

use crate::args::{ReadArgs, ReportArgs, ReportFormat, ScanArgs};
use crate::output;
use crate::read::{filter, How};
use crate::scan::Pass;
use crate::session::Session;
use spanwise::analyses::Compare;
use spanwise::report::report::{write_json, write_markdown, Report};
use spanwise::{Analysis, Partials, ReportOptions, Result, Traces};

pub(super) fn run(args: &ReportArgs, session: &mut Session<'_>) -> Result<()> {
    let report = report(args, session)?;
    output::to(args.output.as_deref(), session, |out| {
        let written = match args.format {
            ReportFormat::Markdown => write_markdown(&report, out),
            ReportFormat::Json => write_json(&report, out),
        };
        written.map_err(Into::into)
    })
}

fn report(args: &ReportArgs, session: &mut Session<'_>) -> Result<Report> {
    let options = options(args);
    let baseline = baseline(args);
    if args.scan.is_part_by_part() {
        let found = found(args, session)?;
        let baseline = baseline.map(|read| found_of_baseline(&read, args, session));
        return found.report(baseline.transpose()?.as_ref(), &options);
    }
    let incident = chosen(&args.read, args, session)?;
    let baseline = baseline.map(|read| chosen(&read, args, session));
    incident.report(baseline.transpose()?.as_ref(), &options)
}

/// How the baseline is read, where there is one.
fn baseline(args: &ReportArgs) -> Option<ReadArgs> {
    let mut read = args.read.clone();
    read.paths.clone_from(&args.baseline);
    (!read.paths.is_empty()).then_some(read)
}

fn chosen(read: &ReadArgs, args: &ReportArgs, session: &mut Session<'_>) -> Result<Traces> {
    let how = How {
        read,
        filter: &filter(&args.filter),
        policy: &args.policy,
        quiet: args.quiet,
    };
    how.traces(&read.paths, session)
}

/// What a report needs of input that is read part by part.
fn found(args: &ReportArgs, session: &mut Session<'_>) -> Result<Partials> {
    let asked = ReportOptions::analyses(!args.baseline.is_empty());
    let analyses: Vec<&dyn Analysis> = asked.iter().map(AsRef::as_ref).collect();
    let scan = args.scan.part("incident");
    pass(&args.read, (args, &scan)).partials(&analyses, session)
}

fn found_of_baseline(
    read: &ReadArgs,
    args: &ReportArgs,
    session: &mut Session<'_>,
) -> Result<Partials> {
    let scan = args.scan.part("baseline");
    pass(read, (args, &scan)).partials(&[&Compare::default()], session)
}

fn pass<'a>(read: &'a ReadArgs, (args, scan): (&'a ReportArgs, &'a ScanArgs)) -> Pass<'a> {
    Pass {
        read,
        filter: &args.filter,
        policy: &args.policy,
        scan,
        quiet: args.quiet,
    }
}

fn options(args: &ReportArgs) -> ReportOptions {
    let paths = args.read.paths.iter();
    let paths: Vec<_> = paths.map(|path| path.display().to_string()).collect();
    let title = args.title.clone();
    let title = title.unwrap_or_else(|| format!("Traces of {}", paths.join(", ")));
    ReportOptions::default().title(title).rows(args.limit)
}
