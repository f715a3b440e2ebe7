//! Facts: columns derived from the span table under a policy, computed once
//! and shared by every analysis.

mod columns;
mod outcome;

pub use columns::{fact_flags, FactColumns};
pub use outcome::Outcome;
