//! The `spanwise` command, as a function.
//!
//! The binary and the Python package's command are the same few lines around
//! [`run_process`]; tests call [`run`] with streams of their own. Nothing here
//! knows how an answer is found or written: that is the facade's.

mod args;
mod commands;
mod output;
mod progress;
mod read;
mod scan;
mod session;

use clap::error::ErrorKind as ClapKind;
use clap::Parser;
use session::{Session, Terminal};
use spanwise::{Error, ErrorKind, Mistake};
use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};

/// The exit code of a run that did what it was asked.
pub const DONE: i32 = 0;
/// The exit code of a run that met an error.
pub const FAILED: i32 = 1;
/// The exit code of a run that was asked for something that makes no sense.
pub const MISUSED: i32 = 2;

/// Runs the command with arguments (without the program's name) on streams
/// that are no terminals; the answer is the exit code.
///
/// ```
/// let (mut input, mut out, mut err) = (&b""[..], Vec::new(), Vec::new());
/// let code = spanwise_cli::run(["--version"], &mut input, &mut out, &mut err);
/// assert_eq!(code, spanwise_cli::DONE);
/// assert!(out.starts_with(b"spanwise "));
/// ```
pub fn run<I>(args: I, input: &mut dyn Read, out: &mut dyn Write, err: &mut dyn Write) -> i32
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let terminal = Terminal::default();
    start(args, Session::new(input, [out, err], terminal))
}

/// Runs the command with arguments (without the program's name) on the
/// streams of the process, as a person at a terminal expects it: fitted to its
/// width, in colour and with progress. The answer is the exit code.
pub fn run_process<I>(args: I) -> i32
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let (mut input, mut out, mut err) = (io::stdin(), io::stdout(), io::stderr());
    let terminal = Terminal::of_process(out.is_terminal(), err.is_terminal());
    start(
        args,
        Session::new(&mut input, [&mut out, &mut err], terminal),
    )
}

fn start<I>(args: I, mut session: Session<'_>) -> i32
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let name = OsString::from("spanwise");
    let args = std::iter::once(name).chain(args.into_iter().map(Into::into));
    let result = match args::Cli::try_parse_from(args) {
        Ok(cli) => commands::run(cli.command, &mut session),
        Err(error) => return explain(&error, &mut session),
    };
    let result = result.and_then(|()| session.flush());
    let result = result.and_then(|()| session.forget_scans());
    match result {
        Ok(()) => DONE,
        Err(error) if is_broken_pipe(&error) => DONE,
        Err(error) => {
            session.say(&format!("spanwise: {}", complaint(&error)));
            if let Some(mistake) = mistake(&error) {
                session.say(&mistake.shown());
            }
            match error.kind() {
                ErrorKind::Usage => MISUSED,
                _ => FAILED,
            }
        }
    }
}

/// What went wrong, in one line; how a limit is raised is told as a flag.
fn complaint(error: &Error) -> String {
    let flag = match error.limit() {
        Some("file_bytes") => "--max-decompressed",
        Some("ratio") => "--max-ratio",
        Some("entries") => "--max-entries",
        Some("layers") => "--max-layers",
        Some("text_bytes") => "--max-text",
        Some("attributes") => "--max-attributes",
        Some("depth") => "--max-depth",
        _ => return error.to_string(),
    };
    let name = error.limit().unwrap_or_default();
    let option = format!("`{name}` in the limits of the read");
    error.to_string().replace(&option, flag)
}

/// Where a query is wrong.
fn mistake(error: &Error) -> Option<&Mistake> {
    std::error::Error::source(error)?.downcast_ref()
}

/// Help and version are answers; everything else that the parser says is a
/// complaint.
fn explain(error: &clap::Error, session: &mut Session<'_>) -> i32 {
    let text = match session.terminal.color {
        true => error.render().ansi().to_string(),
        false => error.render().to_string(),
    };
    match error.kind() {
        ClapKind::DisplayHelp | ClapKind::DisplayVersion => {
            // Whoever closed the pipe does not want the rest.
            let _ = session.out.write_all(text.as_bytes());
            let _ = session.flush();
            DONE
        }
        _ => {
            session.say(text.trim_end());
            MISUSED
        }
    }
}

/// True where the reader of our output went away, as `head` does.
fn is_broken_pipe(error: &Error) -> bool {
    let cause = std::error::Error::source(error);
    let io = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
}
