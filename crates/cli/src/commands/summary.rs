//! `summary`: what the input holds.

use crate::args::{Format, OutputArgs, ScanScope};
use crate::session::Session;
use crate::{output, scan};
use spanwise::analyses::Summary;
use spanwise::report::{summary, text::TextOptions};
use spanwise::Result;

pub(super) fn run(args: &ScanScope, session: &mut Session<'_>) -> Result<()> {
    let found = scan::summary(args, session)?;
    write(&found, &args.scope.output, session)
}

/// Writes a summary as the arguments say.
pub(super) fn write(found: &Summary, args: &OutputArgs, session: &mut Session<'_>) -> Result<()> {
    let options = match args.output {
        Some(_) => TextOptions::default(),
        None => session.text_options(args.color),
    };
    match args.format {
        Format::Csv => output::table(&summary::table(found), args, session),
        Format::Table => output::to(args.output.as_deref(), session, |out| {
            Ok(summary::write_text(found, &options, out)?)
        }),
        Format::Json | Format::Ndjson => output::to(args.output.as_deref(), session, |out| {
            Ok(summary::write_json(found, out)?)
        }),
    }
}
