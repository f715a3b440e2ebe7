//! The analyses, one file each.
//!
//! *Aggregates* ([`CriticalPath`], [`Hotspots`], [`Errors`], [`Dependencies`],
//! [`Compare`]) implement [`crate::Analysis`]: they merge. *Listings*
//! ([`TraceList`], [`SpanList`], [`EventList`], [`LinkList`], [`IssueList`],
//! [`Summary`]) are read straight off a span table and do not.
//!
//! Every table is sorted by a total order that its docs name, so the same
//! input always gives the same rows.

mod bands;
mod columns;
mod critical_path;
mod hotspots;
mod operations;

pub use critical_path::{CriticalPath, CriticalPathBy};
pub use hotspots::{Hotspots, HotspotsBy};
