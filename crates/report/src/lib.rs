//! Results as people and programs read them: tables as text, JSON, CSV and
//! Arrow, traces as waterfalls, and reports in Markdown.
//!
//! # Invariants
//!
//! 1. This crate writes our own tables only; it knows no format of traces.
//! 2. The JSON is a contract with a version. Numbers in it are exact:
//!    durations and times are integer nanoseconds.
//! 3. Texts for people round; they are never read back.
//! 4. Names come from hostile input: no text reaches a terminal with control
//!    characters, and none reaches SVG or HTML unescaped.
//! 5. Types of arrow and polars stand in public signatures only behind the
//!    feature of that name.

#[cfg(feature = "arrow")]
pub mod arrow;
pub mod csv;
mod escape;
pub mod flame;
pub mod json;
pub mod ndjson;
mod parts;
pub mod path;
#[cfg(feature = "polars")]
pub mod polars;
pub mod report;
pub mod size;
pub mod summary;
pub mod text;
pub mod time;
pub mod units;
pub mod waterfall;

pub use parts::Parts;
