//! `completions` and `man`: made from the same definition that is parsed.

use crate::args::Cli;
use crate::session::Session;
use clap::CommandFactory;
use spanwise::Result;
use std::io::Write;

pub(super) fn completions(shell: clap_complete::Shell, session: &mut Session<'_>) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut definition(), "spanwise", &mut script);
    Ok(session.out.write_all(&script)?)
}

/// The page of the command, then one of each of its commands.
pub(super) fn man(session: &mut Session<'_>) -> Result<()> {
    let mut definition = definition();
    definition.build();
    clap_mangen::Man::new(definition.clone()).render(&mut session.out)?;
    for command in definition.get_subcommands() {
        clap_mangen::Man::new(command.clone()).render(&mut session.out)?;
    }
    Ok(())
}

fn definition() -> clap::Command {
    Cli::command()
}
