//! `critical-path`: over all requests, or of one trace.

use crate::args::{CriticalPathArgs, Format, PathBy};
use crate::session::Session;
use crate::{output, read, scan};
use spanwise::analyses::{CriticalPath, CriticalPathBy};
use spanwise::model::Span;
use spanwise::report::{json, path::TracePath};
use spanwise::{Error, ErrorKind, Result, Trace};

pub(super) fn run(args: &CriticalPathArgs, session: &mut Session<'_>) -> Result<()> {
    let Some(id) = &args.trace else {
        return scan::table(&args.scan, &analysis(args), session);
    };
    let scope = &args.scan.scope;
    let traces = read::scope(scope, session)?;
    let trace = traces.trace(id)?;
    let top = top(trace, args.component.as_deref())?;
    let path = TracePath::new(trace.inner(), top, &trace.typed_path_of(top));
    let output = &scope.output;
    match output.format {
        Format::Json => output::to(output.output.as_deref(), session, |out| {
            Ok(json::write_object(&path, out)?)
        }),
        _ => output::table(&path.table(), output, session),
    }
}

fn analysis(args: &CriticalPathArgs) -> CriticalPath {
    let mut analysis = CriticalPath::default().by(by(args.by));
    analysis.percentile = args.requests.percentile;
    analysis.band = args.requests.band();
    analysis
}

/// What a row stands for.
pub(super) fn by(by: PathBy) -> CriticalPathBy {
    match by {
        PathBy::Operation => CriticalPathBy::Operation,
        PathBy::Service => CriticalPathBy::Service,
        PathBy::Path => CriticalPathBy::Path,
    }
}

/// The top span of the component that is asked for.
fn top<'a>(trace: Trace<'a>, component: Option<&str>) -> Result<Span<'a>> {
    let Some(wanted) = component else {
        return Ok(trace.primary().inner());
    };
    let lower = wanted.to_ascii_lowercase();
    let fits = |span: &Span<'a>| span.id_text().starts_with(&lower) || span.id_text() == wanted;
    let mut found = trace.tops().filter(fits);
    let missing = |what: &str| {
        let message = format!("{what} {wanted} in trace {}", trace.id_text());
        Error::new(ErrorKind::NotFound, message)
    };
    match (found.next(), found.next()) {
        (Some(top), None) => Ok(top),
        (None, _) => Err(missing("no component has the top span")),
        (Some(_), Some(_)) => Err(missing("several components begin with")),
    }
}
