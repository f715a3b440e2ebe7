//! A folder of its own for each test, and what a run left on its streams.

#![allow(dead_code, reason = "each test program uses a part of this")]

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A temporary folder.
pub(crate) struct Place(PathBuf);

impl Place {
    pub(crate) fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("spanwise-cli-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        Self(folder)
    }

    pub(crate) fn with(file: &str, text: &str) -> Self {
        let place = Self::new();
        place.write(file, text);
        place
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.path(file), text).expect("a writable folder");
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path(file)).expect("a readable file")
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_on(args, b"")
    }

    /// Runs with names of files as if in this folder; what is written says the
    /// names as they were given.
    pub(crate) fn run_on(&self, args: &[&str], input: &[u8]) -> Run {
        let folder = format!("{}/", self.0.display());
        let local = |arg: &&str| self.is_file(arg).then(|| format!("{folder}{arg}"));
        let args = args
            .iter()
            .map(|arg| local(arg).unwrap_or_else(|| (*arg).to_owned()));
        let mut run = ran(args.collect::<Vec<String>>(), input);
        run.out = run.out.replace(&folder, "");
        run.err = run.err.replace(&folder, "");
        run
    }

    fn is_file(&self, arg: &str) -> bool {
        let ends = |ending: &&str| arg.ends_with(*ending);
        let endings = [".txt", ".json", ".ndjson", ".svg", ".bin", ".nothing"];
        let is_folder = !arg.is_empty() && self.path(arg).is_dir();
        !arg.starts_with('/') && (endings.iter().any(ends) || is_folder)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) fn ran<I>(args: I, mut input: &[u8]) -> Run
where
    I: IntoIterator,
    I::Item: Into<OsString> + Clone,
{
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = spanwise_cli::run(args, &mut input, &mut out, &mut err);
    Run {
        code,
        out: String::from_utf8(out).expect("output is UTF-8"),
        err: String::from_utf8(err).expect("messages are UTF-8"),
    }
}

impl Run {
    /// The run, which must have done what it was asked.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, spanwise_cli::DONE, "{}", self.err);
        self
    }

    /// The run must have failed with one line that says this.
    pub(crate) fn failed_with(self, text: &str) {
        assert_eq!(self.code, spanwise_cli::FAILED, "{self:?}");
        let complaint = self.err.lines().last().unwrap_or_default();
        assert!(complaint.starts_with("spanwise: "), "{self:?}");
        assert!(complaint.contains(text), "{self:?}");
    }

    /// The run must have been refused with a message that says this.
    pub(crate) fn misused_with(self, text: &str) {
        assert_eq!(self.code, spanwise_cli::MISUSED, "{self:?}");
        assert!(self.err.contains(text), "{self:?}");
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect("the output is JSON")
    }
}

/// A pipe that nobody reads.
pub(crate) struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
