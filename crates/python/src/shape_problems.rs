//! The arguments of `shape_problems`.

use pyo3::prelude::*;
use spanwise::analyses::ShapeProblems;

/// From where on something is a problem.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct ShapeProblemsArguments {
    traces: Option<u64>,
    repeated_calls: u32,
    repeated_ns: u64,
    saved_ns: u64,
    tail_ratio: u32,
    chatty_calls: u32,
}

impl ShapeProblemsArguments {
    pub(crate) fn options(&self) -> ShapeProblems {
        let mut options = ShapeProblems::default();
        options.traces = self.traces;
        options.repeated_calls = self.repeated_calls;
        options.repeated_nano = self.repeated_ns;
        options.saved_nano = self.saved_ns;
        options.tail_ratio = self.tail_ratio;
        options.chatty_calls = self.chatty_calls;
        options
    }
}
