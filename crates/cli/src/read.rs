//! From arguments to traces.

use crate::args::{BlockingArg, FilterArgs, PolicyArgs, ReadArgs, Scope};
use crate::progress::Bar;
use crate::session::Session;
use spanwise::model::IssueKind;
use spanwise::{
    AttributeKeep, Blocking, Error, ErrorKind, Filter, Input, Limits, Policy, ReadOptions, Result,
    SpanTable, Traces,
};
use std::io::Read;
use std::path::PathBuf;

/// The traces that a scope names; what was read is told unless it is quiet.
pub(crate) fn scope(scope: &Scope, session: &mut Session<'_>) -> Result<Traces> {
    let traces = traces(&scope.read, scope.output.quiet, session)?;
    let traces = traces.with_policy(policy(&scope.policy));
    Ok(narrow(&traces, &scope.filter))
}

/// All traces of the paths.
pub(crate) fn traces(args: &ReadArgs, quiet: bool, session: &mut Session<'_>) -> Result<Traces> {
    let inputs = inputs(&args.paths, args, session)?;
    read(inputs, args, quiet, session)
}

/// All traces of these paths, read as the arguments say.
pub(crate) fn traces_of(
    paths: &[PathBuf],
    args: &ReadArgs,
    quiet: bool,
    session: &mut Session<'_>,
) -> Result<Traces> {
    let inputs = inputs(paths, args, session)?;
    read(inputs, args, quiet, session)
}

fn read(
    inputs: Vec<Input>,
    args: &ReadArgs,
    quiet: bool,
    session: &mut Session<'_>,
) -> Result<Traces> {
    let mut options = options(args);
    let bar = (session.terminal.watched && !quiet).then(Bar::new);
    if let Some(bar) = &bar {
        options = options.progress(bar.clone());
    }
    let traces = spanwise::read_with(inputs, &options);
    if let Some(bar) = bar {
        bar.clear();
    }
    let traces = traces?;
    if !quiet {
        session.say(&told(traces.table()));
    }
    Ok(traces)
}

/// Paths as inputs. Standard input is read here, because the run may have been
/// given another stream than the process has.
pub(crate) fn inputs(
    paths: &[PathBuf],
    args: &ReadArgs,
    session: &mut Session<'_>,
) -> Result<Vec<Input>> {
    let mut inputs = Vec::with_capacity(paths.len());
    for path in paths {
        let input = match path.as_os_str() == "-" {
            true => standard_input(limits(args).file_bytes, session)?,
            false => Input::Path(path.clone()),
        };
        inputs.push(input);
    }
    Ok(inputs)
}

fn standard_input(limit: u64, session: &mut Session<'_>) -> Result<Input> {
    let mut bytes = Vec::new();
    let mut input = (&mut *session.input).take(limit.saturating_add(1));
    input
        .read_to_end(&mut bytes)
        .map_err(|error| Error::from(error).in_file("-"))?;
    if bytes.len() as u64 > limit {
        let message = format!("more than {limit} bytes; raise --max-decompressed");
        return Err(Error::new(ErrorKind::Limit, message).in_file("-"));
    }
    Ok(Input::Bytes {
        name: "-".to_owned(),
        bytes: bytes.into(),
    })
}

/// How inputs are read.
pub(crate) fn options(args: &ReadArgs) -> ReadOptions {
    let mut options = ReadOptions::default()
        .attributes(attributes(&args.attributes))
        .strict(args.strict)
        .limits(limits(args));
    if let Some(threads) = args.threads {
        options = options.threads(usize::from(threads));
    }
    if let Some(format) = &args.input_format {
        options = options.format(format);
    }
    options
}

fn limits(args: &ReadArgs) -> Limits {
    let mut limits = Limits::default();
    if let Some(bytes) = args.max_decompressed {
        limits = limits.file_bytes(bytes);
    }
    if let Some(ratio) = args.max_ratio {
        limits = limits.ratio(ratio);
    }
    if let Some(bytes) = args.max_text {
        limits = limits.text_bytes(usize::try_from(bytes).unwrap_or(usize::MAX));
    }
    if let Some(count) = args.max_attributes {
        limits = limits.attributes(count);
    }
    if let Some(depth) = args.max_depth {
        limits = limits.depth(depth);
    }
    limits
}

fn attributes(text: &str) -> AttributeKeep {
    match text {
        "all" => AttributeKeep::All,
        "none" => AttributeKeep::None,
        keys => AttributeKeep::Keys(keys.split(',').map(|key| key.trim().into()).collect()),
    }
}

/// The policy that arguments name.
pub(crate) fn policy(args: &PolicyArgs) -> Policy {
    let blocking = match args.blocking {
        BlockingArg::ByKind => Blocking::ByKind,
        BlockingArg::All => Blocking::All,
    };
    Policy::default()
        .blocking(blocking)
        .tolerance_nano(args.tolerance)
}

/// The traces that a filter keeps.
pub(crate) fn narrow(traces: &Traces, args: &FilterArgs) -> Traces {
    let filter = filter(args);
    if filter == Filter::default() {
        return traces.clone();
    }
    traces.filter(&filter)
}

fn filter(args: &FilterArgs) -> Filter {
    let mut filter = Filter::default();
    filter.services.extend(args.service.clone());
    filter.operations.extend(args.operation.clone());
    filter.root_operation.clone_from(&args.root_operation);
    filter.min_duration_nano = args.min_duration;
    filter.error = args.error.then_some(true);
    filter.since_unix_nano = args.since;
    filter.until_unix_nano = args.until;
    let pairs = args.attribute.iter();
    filter.attributes = pairs
        .map(|pair| (pair.key.clone(), pair.value.clone()))
        .collect();
    filter
}

/// What was read, in one line.
fn told(table: &SpanTable) -> String {
    let count = |n: u64, noun: &str| {
        let plural = if n == 1 { "" } else { "s" };
        format!("{} {noun}{plural}", spanwise::report::units::count(n))
    };
    let files = table
        .sources
        .iter()
        .filter(|source| !source.format.is_empty());
    let truncated = table
        .sources
        .iter()
        .filter(|source| source.truncated)
        .count() as u64;
    let issues = &table.issues;
    let skipped = issues.count(IssueKind::UnknownFormat) + issues.count(IssueKind::UnreadableFile);
    format!(
        "spanwise: {} read, {skipped} skipped, {truncated} truncated: {}, {}, {}",
        count(files.count() as u64, "file"),
        count(table.trace_count() as u64, "trace"),
        count(table.len() as u64, "span"),
        count(issues.total(), "issue"),
    )
}
