//! The streams of a run and what is known about the terminal behind them.

use crate::args::Color;
use spanwise::report::text::TextOptions;
use spanwise::{Error, Result};
use std::io::{BufWriter, Read, Write};
use std::path::PathBuf;

/// What messages call standard output.
pub(crate) const STANDARD_OUTPUT: &str = "standard output";

/// What is known about the terminal.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terminal {
    /// Its width, where the output is a terminal.
    pub(crate) width: Option<usize>,
    /// Whether the output may be coloured where nothing is said.
    pub(crate) color: bool,
    /// Whether somebody watches standard error.
    pub(crate) watched: bool,
}

impl Terminal {
    pub(crate) fn of_process(out: bool, err: bool) -> Self {
        let size = terminal_size::terminal_size().filter(|_| out);
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            width: size.map(|(width, _)| usize::from(width.0)),
            color: out && !no_color,
            watched: err,
        }
    }
}

/// The streams of a run.
pub(crate) struct Session<'a> {
    pub(crate) input: &'a mut dyn Read,
    pub(crate) out: BufWriter<&'a mut dyn Write>,
    err: &'a mut dyn Write,
    pub(crate) terminal: Terminal,
    /// The folders of scans that are done, and stay until their answer is
    /// written.
    pub(crate) scans: Vec<PathBuf>,
    /// The folders that hold those of several scans of a command.
    pub(crate) scan_folders: Vec<PathBuf>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        input: &'a mut dyn Read,
        [out, err]: [&'a mut dyn Write; 2],
        terminal: Terminal,
    ) -> Self {
        Self {
            input,
            out: BufWriter::with_capacity(1 << 16, out),
            err,
            terminal,
            scans: Vec::new(),
            scan_folders: Vec::new(),
        }
    }

    /// Removes the folders of scans whose answer is written.
    pub(crate) fn forget_scans(&mut self) -> Result<()> {
        for folder in self.scans.drain(..) {
            spanwise::remove_scan(&folder)?;
        }
        for folder in self.scan_folders.drain(..) {
            // It may hold what is none of ours; then it stays.
            let _ = std::fs::remove_dir(folder);
        }
        Ok(())
    }

    /// Writes a line for people. Where that fails there is nobody to tell.
    pub(crate) fn say(&mut self, line: &str) {
        let _ = writeln!(self.err, "{line}");
    }

    pub(crate) fn flush(&mut self) -> Result<()> {
        let place = |error| Error::from(error).in_file(STANDARD_OUTPUT);
        self.out.flush().map_err(place)
    }

    /// Whether to use escape sequences on standard output.
    pub(crate) fn color(&self, wish: Color) -> bool {
        match wish {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.terminal.color,
        }
    }

    /// How tables are written as text on standard output.
    pub(crate) fn text_options(&self, color: Color) -> TextOptions {
        let options = TextOptions::default().width(self.terminal.width);
        options.color(self.color(color))
    }
}
