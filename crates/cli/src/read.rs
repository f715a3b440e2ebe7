//! From arguments to traces.

use crate::args::{BlockingArg, ClockArg, FilterArgs, PolicyArgs, ReadArgs, Scope};
use crate::progress::Bar;
use crate::session::Session;
use spanwise::analyses::Summary;
use spanwise::model::IssueKind;
use spanwise::{
    AttributeKeep, Blocking, Clock, Filter, Input, Limits, Policy, ReadOptions, Result, Traces,
};
use std::path::PathBuf;

/// The traces that a scope names; what was read is told unless it is quiet.
pub(crate) fn scope(scope: &Scope, session: &mut Session<'_>) -> Result<Traces> {
    let how = How {
        read: &scope.read,
        filter: &filter(&scope.filter),
        policy: &scope.policy,
        quiet: scope.output.quiet,
    };
    how.traces(&scope.read.paths, session)
}

/// How traces are read and looked at.
#[derive(Clone, Copy)]
pub(crate) struct How<'a> {
    pub(crate) read: &'a ReadArgs,
    pub(crate) filter: &'a Filter,
    pub(crate) policy: &'a PolicyArgs,
    pub(crate) quiet: bool,
}

impl How<'_> {
    /// The traces of these paths that the filter keeps; what was read is told unless it is quiet.
    pub(crate) fn traces(self, paths: &[PathBuf], session: &mut Session<'_>) -> Result<Traces> {
        let inputs = inputs(paths, self.read, session)?;
        // Clocks are corrected by what all traces say, so all are read.
        let (all, policy) = (Filter::default(), policy(self.policy));
        let corrected = policy.clock == Clock::Corrected;
        let early = if corrected { &all } else { self.filter };
        let mut options = options(self.read).filter(early.clone());
        let bar = (session.terminal.watched && !self.quiet).then(Bar::new);
        if let Some(bar) = &bar {
            options = options.progress(bar.clone());
        }
        let traces = spanwise::read_with(inputs, &options);
        if let Some(bar) = bar {
            bar.clear();
        }
        let mut traces = traces?.with_policy(policy);
        if corrected {
            traces = traces.filter(self.filter);
        }
        if self.read.strict {
            traces.check_issues()?;
        }
        if !self.quiet {
            session.say(&told(&traces.summary()));
        }
        Ok(traces)
    }
}

/// Paths as inputs. Standard input is read here, because the run may have been
/// given another stream than the process has.
pub(crate) fn inputs(
    paths: &[PathBuf],
    args: &ReadArgs,
    session: &mut Session<'_>,
) -> Result<Vec<Input>> {
    let options = options(args);
    let input = |path: &PathBuf| match path.as_os_str() == "-" {
        true => Input::from_stream("-", session.input, &options),
        false => Ok(Input::Path(path.clone())),
    };
    paths.iter().map(input).collect()
}

/// How inputs are read.
pub(crate) fn options(args: &ReadArgs) -> ReadOptions {
    let mut options = ReadOptions::default()
        .attributes(attributes(&args.attributes))
        .strict(args.strict)
        .limits(limits(args));
    if let Some(mapping) = &args.mapping {
        options = options.mapping(mapping.clone());
    }
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
    if let Some(entries) = args.max_entries {
        limits = limits.entries(entries);
    }
    if let Some(layers) = args.max_layers {
        limits = limits.layers(layers);
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
    let clock = match args.clock {
        ClockArg::Recorded => Clock::Recorded,
        ClockArg::Corrected => Clock::Corrected,
    };
    Policy::default()
        .blocking(blocking)
        .clock(clock)
        .tolerance_nano(args.tolerance)
}

/// The filter that arguments name.
pub(crate) fn filter(args: &FilterArgs) -> Filter {
    let mut filter = Filter::default();
    filter.services.extend(args.service.clone());
    filter.trace_ids.clone_from(&args.trace_id);
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
pub(crate) fn told(summary: &Summary) -> String {
    let count = |n: u64, noun: &str| {
        let plural = if n == 1 { "" } else { "s" };
        format!("{} {noun}{plural}", spanwise::report::units::count(n))
    };
    let files = summary.files.iter();
    let truncated = files.clone().filter(|file| file.truncated).count() as u64;
    let is_skip =
        |kind: IssueKind| matches!(kind, IssueKind::UnknownFormat | IssueKind::UnreadableFile);
    let of = |kinds: &dyn Fn(IssueKind) -> bool| -> u64 {
        let rows = summary.issues.iter().filter(|row| kinds(row.issue));
        rows.map(|row| row.count).sum()
    };
    format!(
        "spanwise: {} read, {} skipped, {truncated} truncated: {}, {}, {}",
        count(
            files.filter(|file| !file.format.is_empty()).count() as u64,
            "file"
        ),
        of(&is_skip),
        count(summary.traces, "trace"),
        count(summary.rows, "span"),
        count(of(&|_| true), "issue"),
    )
}
