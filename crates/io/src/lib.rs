//! Readers and writers of trace formats, and the assembly of spans into traces.
//!
//! # The way of the bytes
//!
//! An item (a file, bytes, standard input) is decompressed into a window that
//! moves over it. Where its format can be cut ([`format::Format::cut`]), it is
//! read piece by piece, so that no more of it is held than a piece. [`read`]
//! puts all pieces into one batch and assembles it; [`scan`] gives each away,
//! deals their records by trace where memory does not suffice, and assembles
//! partition by partition. What is broken is told with its place in the file,
//! and is the same for every number of threads.

#[cfg(feature = "arrow")]
pub mod arrow;
pub mod assemble;
mod at;
pub mod chrome;
pub mod clickhouse;
pub mod data_prepper;
pub mod datadog;
mod date;
mod decimal;
pub mod elastic;
mod elasticsearch;
mod flaws;
pub mod format;
pub mod frames;
pub mod guess;
pub mod jaeger;
mod json;
mod keys;
pub mod limits;
pub mod loss;
pub mod notation;
pub mod otlp;
pub mod output;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod progress;
pub mod read;
pub mod scan;
mod select;
mod sequences;
pub mod skywalking;
pub mod source;
mod spill;
pub mod table;
mod wire;
pub mod xray;
pub mod zipkin;

pub use guess::{by_name, formats, guess};
pub use limits::Limits;
pub use loss::Loss;
pub use output::write_file;
pub use progress::Progress;
pub use read::{read_batch, read_table, ReadOptions};
pub use source::Input;
