//! `convert`: from one format to another.

use crate::args::ConvertArgs;
use crate::session::Session;
use crate::{output, read};
use spanwise::report::units;
use spanwise::Result;

pub(super) fn run(args: &ConvertArgs, session: &mut Session<'_>) -> Result<()> {
    let format = spanwise::format(&args.to)?;
    let inputs = read::inputs(&args.read.paths, &args.read, session)?;
    let options = read::options(&args.read);
    let mut records = 0;
    output::to(args.output.as_deref(), session, |out| {
        records = spanwise::convert(&inputs, &options, format, out)?;
        Ok(())
    })?;
    session.flush()?;
    if !args.quiet {
        let records = units::count(records);
        session.say(&format!(
            "spanwise: {records} spans written as {}",
            format.name()
        ));
    }
    Ok(())
}
