//! Chrome's trace events as JSON: what browsers, V8, Perfetto's converters,
//! Hermes, Bazel, Ninja and many profilers write. A file is a list of events, or
//! an object with `traceEvents`. It is only read.
//!
//! # What becomes of what
//!
//! | Chrome | spanwise |
//! |---|---|
//! | `X`; `B` with its `E`; `b` with its `e`; `S` with its `F` | a span of kind INTERNAL from one to the other |
//! | the innermost span of the same *track* that runs when it begins | parent |
//! | a span without a parent | begins a trace |
//! | `ts`, `dur` (else `tdur`) in microseconds | start and end |
//! | `name` | name of the operation |
//! | `process_name` of the process (`M`) | service; `process.pid` of the resource |
//! | `tid`, `thread_name` of the thread (`M`) | `thread.id`, `thread.name` |
//! | `args` of the beginning and of the end | attributes as they are |
//! | `cat`, `id` | `cat`, `async.id` |
//! | `i`, `I`, `n`, `T`, `p` | events of the innermost span that runs then |
//! | `s`, `t`, `f` of one `cat` and `id` | a link from each one's span to that of the one before |
//! | all else: counters, samples, objects, dumps, instants outside spans | passed over, which is an issue (skipped signal) |
//!
//! A track is a thread, or for `b`, `e`, `n` and their old forms what has the
//! same `cat`, `id` and `scope`. Times count from an epoch that the file does
//! not tell, mostly when the machine was switched on. Ids are hashes of what a
//! span is, so that the same file gives the same ids.
//!
//! # Nestings that are broken
//!
//! An end closes the innermost open span of its name (of any name where it has
//! none), be others open within. An end of a name that nothing open has closes
//! the innermost span that otherwise would have none, and is an issue, as is an
//! end of nothing. What never ends has no end. A list that is not closed is
//! usual, and whole where its last event is.
//!
//! A file is never cut: an end may be anywhere behind its beginning, and events
//! need not be in order.

mod draft;
mod event;
mod nest;
mod pair;
mod reader;
mod spans;
mod tracks;

#[cfg(test)]
mod tests;

use crate::format::{Ended, Format};
use crate::json::{self, has_object, Reader as _};
use spanwise_model::{Result, SpanBatch};

/// Chrome's trace events.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChromeTrace;

impl Format for ChromeTrace {
    fn name(&self) -> &'static str {
        "chrome-trace"
    }

    fn recognises(&self, head: &[u8]) -> bool {
        const KEYS: &[&str] = &["ph", "ts", "pid", "tid"];
        let object = || has_object(head, 1, &["traceEvents"], |seen| seen == 1);
        // The phase, and two of the others.
        let event = || {
            has_object(head, 2, KEYS, |seen| {
                seen & 1 == 1 && seen.count_ones() >= 3
            })
        };
        object() || event()
    }

    fn read(&self, bytes: &[u8], batch: &mut SpanBatch) -> Result<Ended> {
        json::read(bytes, batch, |text, batch| {
            let mut reader = reader::Reader::new(text, batch);
            let ended = reader.read_all()?;
            reader.finish()?;
            Ok(ended)
        })
    }
}
