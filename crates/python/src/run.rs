//! Long work: on a thread of its own, without the GIL, watched for signals.
//!
//! The thread that called from Python sleeps beside the work and wakes a few
//! dozen times a second to let Python handle signals, so Ctrl-C is answered at
//! once. Work that does not look at [`Watch`] in time is left to end by itself
//! and its result is dropped; that is why work owns all it touches.

use crate::errors::exception;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use spanwise::{Progress, Result};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
    done: AtomicU64,
    total: AtomicU64,
    stopped: AtomicBool,
}

impl Progress for Watch {
    fn bytes(&self, done: u64, total: Option<u64>) {
        self.done.fetch_max(done, Ordering::Relaxed);
        self.total.store(total.unwrap_or(0), Ordering::Relaxed);
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
/// bytes done and in all (0 where that is not known) about ten times a second,
/// and once when the work is done.
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
        let done = watch.done.load(Ordering::Relaxed);
        let total = watch.total.load(Ordering::Relaxed);
        show.call1(py, (done, total))?;
    }
    Ok(())
}

fn died() -> PyErr {
    PyRuntimeError::new_err("the work ended without a result; this is a defect of spanwise")
}
