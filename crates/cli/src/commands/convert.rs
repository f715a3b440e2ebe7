//! `convert`: from one format to another.

use crate::args::ConvertArgs;
use crate::session::Session;
use crate::{output, read};
use spanwise::report::units;
use spanwise::{Anonymise, Result, WriteOptions, Written};

pub(super) fn run(args: &ConvertArgs, session: &mut Session<'_>) -> Result<()> {
    let options = options(args)?;
    let inputs = read::inputs(&args.read.paths, &args.read, session)?;
    let reading = read::options(&args.read);
    let mut written = Written::default();
    output::to(args.output.as_deref(), session, |out| {
        written = spanwise::convert(&inputs, &reading, &options, out)?;
        Ok(())
    })?;
    session.flush()?;
    if !args.quiet {
        tell(&written, options.format.name(), session);
    }
    Ok(())
}

fn options(args: &ConvertArgs) -> Result<WriteOptions> {
    let options = WriteOptions::new(spanwise::format(&args.to)?);
    Ok(match &args.anonymise {
        Some(key) => {
            let shift = args.shift.unwrap_or_default();
            options.anonymise(Anonymise::new(key).shift_nano(shift))
        }
        None => options,
    })
}

/// Says how much was written, and what the format cannot hold.
fn tell(written: &Written, format: &str, session: &mut Session<'_>) {
    let spans = units::count(written.spans);
    session.say(&format!("spanwise: {spans} spans written as {format}"));
    for (loss, spans) in &written.lost {
        let (spans, told) = (units::count(*spans), loss.told());
        session.say(&format!("spanwise: {format}: {told} ({spans} spans)"));
    }
}
