//! The arguments of what is counted over time.

use crate::errors::usage;
use pyo3::prelude::*;
use spanwise::analyses::{Concurrency, ConcurrencyBy, HeatMap, HeatMapBy};
use spanwise::Result;

/// What a row stands for, how wide a bucket of time is, and how many bands of
/// latencies an octave has.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct LoadArguments {
    by: String,
    bucket_ns: u64,
    bands: u32,
}

impl LoadArguments {
    pub(crate) fn concurrency(self) -> Result<Concurrency> {
        let by = match self.by.as_str() {
            "time" => ConcurrencyBy::Time,
            "instance" => ConcurrencyBy::Instance,
            "level" => ConcurrencyBy::Level,
            other => return Err(usage("by", other, "time, instance or level")),
        };
        Ok(Concurrency::default().by(by).bucket(self.bucket_ns))
    }

    pub(crate) fn heat_map(self) -> Result<HeatMap> {
        let by = match self.by.as_str() {
            "operation" => HeatMapBy::Operation,
            "request" => HeatMapBy::Request,
            other => return Err(usage("by", other, "operation or request")),
        };
        let map = HeatMap::default().by(by).bucket(self.bucket_ns);
        Ok(map.bands(self.bands))
    }
}
