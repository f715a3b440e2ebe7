//! The arguments of `bottlenecks`.

use pyo3::prelude::*;
use spanwise::analyses::Bottlenecks;

/// Who is slow, who is fast, and from where on it matters.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct BottlenecksArguments {
    slow_percentile: f64,
    fast_percentile: f64,
    share: f64,
    times: f64,
    requests: u64,
    root_operation: Option<String>,
}

impl BottlenecksArguments {
    pub(crate) fn options(self) -> Bottlenecks {
        let mut options = Bottlenecks::default();
        options.slow_percentile = self.slow_percentile;
        options.fast_percentile = self.fast_percentile;
        options.share = self.share;
        options.times = self.times;
        options.requests = self.requests;
        options.root_operation = self.root_operation;
        options
    }
}
