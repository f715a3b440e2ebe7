//! How a long read tells how far it is, and how it is stopped.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

/// What is done besides reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// A stream is copied, so that it can be read.
    Copying,
    /// What was put into temporary files is assembled and analysed.
    Analysing,
}

/// What watches a read. Called from several threads.
///
/// ```
/// use spanwise_io::{read_table, Input, Progress, ReadOptions};
/// use spanwise_model::ErrorKind;
/// use std::sync::Arc;
///
/// struct Stopped;
///
/// impl Progress for Stopped {
///     fn bytes(&self, done: u64, total: Option<u64>) {
///         assert!(total.is_none_or(|total| done <= total));
///     }
///     fn cancelled(&self) -> bool {
///         true
///     }
/// }
///
/// let options = ReadOptions::default().progress(Arc::new(Stopped));
/// let read = read_table(&[Input::bytes("shop GET 0..100")], &options);
/// assert_eq!(read.err().map(|error| error.kind()), Some(ErrorKind::Cancelled));
/// ```
pub trait Progress: Send + Sync {
    /// `done` bytes of the input, as it lies on disk, are read; `total` is
    /// `None` where it is not known, as on a pipe.
    fn bytes(&self, done: u64, total: Option<u64>);

    /// `done` bytes of what another phase goes through are done; `total` is
    /// `None` where it is not known, and may grow.
    fn phase(&self, phase: Phase, done: u64, total: Option<u64>) {
        let _ = (phase, done, total);
    }

    /// True once the read is to stop. Asked every few megabytes and every few
    /// thousand records, so it must be cheap.
    fn cancelled(&self) -> bool {
        false
    }
}

/// The sum of what all threads have read.
#[derive(Clone, Default)]
pub(crate) struct Meter {
    progress: Option<Arc<dyn Progress>>,
    done: Arc<AtomicU64>,
    total: Option<u64>,
}

impl Meter {
    pub(crate) fn new(progress: Option<Arc<dyn Progress>>, total: Option<u64>) -> Self {
        Self {
            progress,
            done: Arc::default(),
            total,
        }
    }

    /// Adds `bytes`; answers whether the read goes on.
    pub(crate) fn advance(&self, bytes: u64) -> bool {
        let Some(progress) = &self.progress else {
            return true;
        };
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        progress.bytes(done, self.total);
        !progress.cancelled()
    }

    /// What a guard asks to learn whether the run is to stop.
    pub(crate) fn stop(&self) -> Option<Arc<dyn Fn() -> bool + Send + Sync>> {
        let progress = self.progress.clone()?;
        Some(Arc::new(move || progress.cancelled()))
    }
}
