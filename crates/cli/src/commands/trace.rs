//! `trace`: one trace as a waterfall.

use crate::args::{Figure, Format, TraceArgs};
use crate::output;
use crate::read::How;
use crate::session::Session;
use spanwise::analyses::SpanList;
use spanwise::report::waterfall::{self, Marks, WaterfallOptions};
use spanwise::{Filter, Result, Trace};
use std::io::Write;

pub(super) fn run(args: &TraceArgs, session: &mut Session<'_>) -> Result<()> {
    let how = How {
        read: &args.read,
        filter: &Filter::default().trace_id(&args.id),
        policy: &args.policy,
        quiet: args.output.quiet,
    };
    let traces = how.traces(&args.read.paths, session)?;
    let trace = traces.trace(&args.id)?;
    if args.output.format != Format::Table {
        let only = Filter::default().trace_id(trace.id_text());
        let spans = traces.filter(&only).spans(&SpanList::default());
        return output::table(&spans, &args.output, session);
    }
    let mut options = WaterfallOptions::default()
        .rows(args.output.limit.unwrap_or(args.rows))
        .depth(args.depth)
        .width(args.width.map(usize::from));
    if args.output.output.is_none() {
        let width = args
            .width
            .map(usize::from)
            .or(session.terminal.width.filter(|_| args.figure.is_none()));
        options = options.width(width).color(session.color(args.output.color));
    }
    output::to(args.output.output.as_deref(), session, |out| {
        draw(trace, args.figure, &options, out)
    })
}

fn draw(
    trace: Trace<'_>,
    figure: Option<Figure>,
    options: &WaterfallOptions,
    out: &mut dyn Write,
) -> Result<()> {
    let path = trace.critical_path().into_iter().map(Into::into);
    let marks = Marks::new(trace.inner(), trace.facts(), path);
    let drawn = match figure {
        None => return Ok(waterfall::text(trace.inner(), &marks, options, out)?),
        Some(Figure::Svg) => waterfall::svg(trace.inner(), &marks, options),
        Some(Figure::Html) => waterfall::html(trace.inner(), &marks, options),
    };
    Ok(out.write_all(drawn.as_bytes())?)
}
