//! Facts about spans and the analyses over them.

pub mod facts;
pub mod policy;

pub use facts::{fact_flags, FactColumns, Outcome};
pub use policy::{Blocking, Policy};
