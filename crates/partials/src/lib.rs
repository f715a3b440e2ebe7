//! Partials at rest: what an analysis knows, as a file of Parquet that merges
//! with others later.
//!
//! # The file
//!
//! A row is a row of the partial, in the order of its keys, so that equal
//! partials are equal files. Any reader of Parquet can look into it.
//!
//! | column | type |
//! |---|---|
//! | a key: name, number, hash of 128 bits | `string`, `uint64` or `int64`, 16 bytes (big-endian) |
//! | a sum, smallest or largest | `decimal(38, 0)`; null where nothing was observed |
//! | a histogram | `min` and `max` in nanoseconds, and `buckets`: a list of the smallest value of a bucket (`from`) and its `count` |
//! | examples | a list of `value`, `trace_id`, `span_id`, best first |
//! | a set of hashes | a list of `uint64`, ascending |
//!
//! The file's own metadata say under `spanwise.partial`, as JSON, which analysis
//! it belongs to, of what it was taken and how ([`Taken`]), and the marks of its
//! traces, by which merging finds out that traces were cut or counted twice.
//!
//! # Trust
//!
//! A file may come from anywhere. Whatever it holds, reading gives a partial
//! whose keys differ and whose cells are such as analyses can make, or an
//! error. Damage is found by a checksum over the whole file. What a file claims
//! that was forged together with its checksum is looked at as that of any other
//! Parquet is ([`spanwise_io::parquet::Guarded`], which is why this crate uses
//! that one). The library that reads Parquet may panic over what contradicts
//! itself; that is caught and is an error too.
//!
//! ```
//! use spanwise_analyze::{Analysis, Partial, Policy, Taken};
//! use spanwise_analyze::analyses::Hotspots;
//!
//! let analysis = Hotspots::default();
//! let taken = Taken::new(Policy::default(), None);
//! let mut file = Vec::new();
//! spanwise_partials::write(&analysis.empty(), &taken, &mut file)?;
//! let (partial, same) = spanwise_partials::read(file.into(), &[&analysis])?;
//! assert_eq!((partial.analysis(), same), ("hotspots", taken));
//! # Ok::<(), spanwise_model::Error>(())
//! ```

mod column;
mod header;
mod reader;
mod seal;
mod writer;

pub use header::Taken;
pub use reader::read;
pub use writer::write;

use spanwise_model::{Error, ErrorKind};

/// Where the metadata of a file hold the header.
const HEADER: &str = "spanwise.partial";

/// What is in a file although no writer of partials puts it there.
fn odd(what: &str) -> Error {
    Error::new(ErrorKind::Format, format!("a broken partial: {what}"))
}
