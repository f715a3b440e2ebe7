//! Long work: on a thread of its own, without the GIL, watched for signals.
//!
//! The thread that called from Python sleeps beside the work and wakes a few
//! dozen times a second to let Python handle signals, so Ctrl-C is answered at
//! once. Work that does not look at [`Watch`] in time is left to end by itself
//! and its result is dropped; that is why work owns all it touches.

use crate::errors::exception;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use spanwise::{Phase, Progress, Result};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{sync_channel, Receiver, RecvTimeoutError};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often signals are looked at.
const BEAT: Duration = Duration::from_millis(20);
/// How often progress is shown.
const SHOW: Duration = Duration::from_millis(100);
/// How long stopped work may take to end before it is left alone.
const GRACE: Duration = Duration::from_millis(40);

/// How far the work is, and whether it is to stop.
#[derive(Default)]
pub(crate) struct Watch {
    /// What is done and how much there is, of each phase.
    counts: [(AtomicU64, AtomicU64); PHASES.len()],
    /// The phase that was heard of last.
    phase: AtomicUsize,
    stopped: AtomicBool,
}

/// What is done, by number.
const PHASES: [&str; 3] = ["reading", "copying", "analysing"];

impl Watch {
    fn note(&self, phase: usize, done: u64, total: Option<u64>) {
        let (all_done, all) = &self.counts[phase];
        all_done.fetch_max(done, Ordering::Relaxed);
        all.store(total.unwrap_or(0), Ordering::Relaxed);
        self.phase.store(phase, Ordering::Relaxed);
    }

    /// What is done, how much there is, and of what.
    fn now(&self) -> (u64, u64, &'static str) {
        let phase = self.phase.load(Ordering::Relaxed);
        let (done, total) = &self.counts[phase];
        let [done, total] = [done, total].map(|count| count.load(Ordering::Relaxed));
        (done, total, PHASES[phase])
    }
}

impl Progress for Watch {
    fn bytes(&self, done: u64, total: Option<u64>) {
        self.note(0, done, total);
    }

    fn phase(&self, phase: Phase, done: u64, total: Option<u64>) {
        match phase {
            Phase::Copying => self.note(1, done, total),
            Phase::Analysing => self.note(2, done, total),
            _ => {}
        }
    }

    fn cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// Runs `work` and gives its result; raises what a signal handler raises.
pub(crate) fn run<T, W>(py: Python<'_>, work: W) -> PyResult<T>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T> + Send + 'static,
{
    run_watched(py, None, move |_| work())
}

/// As [`run`], for work that tells how far it is. `show` is called with the
/// bytes done and in all (0 where that is not known) and the name of the phase
/// about ten times a second, and once when the work is done.
pub(crate) fn run_watched<T, W>(py: Python<'_>, show: Option<Py<PyAny>>, work: W) -> PyResult<T>
where
    T: Send + 'static,
    W: FnOnce(Arc<Watch>) -> Result<T> + Send + 'static,
{
    let watch = Arc::new(Watch::default());
    let (sender, receiver) = sync_channel(1);
    let theirs = Arc::clone(&watch);
    let body = move || drop(sender.send(work(theirs)));
    std::thread::Builder::new()
        .name("spanwise".to_owned())
        .spawn(body)?;
    let result = py.detach(move || wait(&receiver, &watch, show.as_ref()))?;
    result.map_err(|error| exception(py, &error))
}

fn wait<T>(
    receiver: &Receiver<Result<T>>,
    watch: &Watch,
    show: Option<&Py<PyAny>>,
) -> PyResult<Result<T>> {
    let mut shown = Instant::now();
    loop {
        match receiver.recv_timeout(BEAT) {
            Ok(result) => {
                let last = show.filter(|_| result.is_ok());
                Python::attach(|py| beat(py, watch, last))?;
                return Ok(result);
            }
            Err(RecvTimeoutError::Disconnected) => return Err(died()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        let due = show.filter(|_| shown.elapsed() >= SHOW);
        if due.is_some() {
            shown = Instant::now();
        }
        if let Err(raised) = Python::attach(|py| beat(py, watch, due)) {
            watch.stopped.store(true, Ordering::Relaxed);
            drop(receiver.recv_timeout(GRACE));
            return Err(raised);
        }
    }
}

fn beat(py: Python<'_>, watch: &Watch, show: Option<&Py<PyAny>>) -> PyResult<()> {
    py.check_signals()?;
    if let Some(show) = show {
        show.call1(py, watch.now())?;
    }
    Ok(())
}

fn died() -> PyErr {
    PyRuntimeError::new_err("the work ended without a result; this is a defect of spanwise")
}
