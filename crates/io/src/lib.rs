//! Readers and writers of trace formats, and the assembly of spans into traces.

pub mod assemble;
mod decimal;
mod flaws;
pub mod format;
pub mod guess;
pub mod jaeger;
mod json;
mod keys;
pub mod limits;
pub mod notation;
pub mod otlp;
pub mod progress;
pub mod read;
pub mod scan;
pub mod source;
mod spill;
pub mod zipkin;

pub use guess::{by_name, formats, guess};
pub use limits::Limits;
pub use progress::Progress;
pub use read::{read_batch, read_table, ReadOptions};
pub use source::Input;
