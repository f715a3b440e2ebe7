//! Facts about spans and the analyses over them.

pub mod analyses;
pub mod analysis;
mod anonymise;
pub mod call_path;
mod clocks;
pub mod facts;
pub mod filter;
mod histogram;
mod histograms;
pub mod listing;
pub mod partial;
pub mod policy;
pub mod query;
pub mod runner;
pub mod sampling;
#[cfg(feature = "petgraph")]
pub mod service_graph;
#[cfg(not(feature = "petgraph"))]
mod service_graph;
mod taken;
pub mod templates;
mod threads;
mod value_kind;

pub use analysis::{Analysis, Facts, TraceBatch, Whole};
pub use anonymise::Anonymise;
pub use clocks::{ClockModel, ClockOffset};
pub use facts::{fact_flags, FactColumns, Outcome};
pub use filter::{matching, sample, Filter};
pub use histogram::Histogram;
pub use listing::{Listing, RowOrder, Rows};
pub use partial::{Key, KeyType, Merge, Partial, Schema};
pub use policy::{Blocking, Clock, Policy};
pub use query::{Mistake, Query};
pub use runner::{run, run_tables};
pub use taken::Taken;
pub use threads::Threads;
pub use value_kind::ValueKind;
