//! An analysis that knows nothing of traces but that they were there.

use crate::analysis::{Analysis, Facts, TraceBatch};
use crate::facts::FactColumns;
use crate::partial::{Partial, Schema};
use spanwise_model::Table;

/// Knows that traces were there, so that merging refuses those that come
/// twice; for a pass that runs no other analysis.
///
/// ```
/// # use spanwise_analyze::{facts, run, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// # use spanwise_analyze::analyses::Presence;
/// let spans = assemble(parse("shop GET 0..9"))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let mut once = run(&spans, &[0], &facts, &[&Presence]).remove(0);
/// assert!(once.merge(&once.clone()).is_err());
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Presence;

const SCHEMA: Schema = Schema {
    keys: &[],
    states: &[],
};

impl Analysis for Presence {
    fn name(&self) -> &'static str {
        "presence"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn needs(&self) -> Facts {
        Facts::NONE
    }

    fn observe(&self, _: TraceBatch<'_>, _: &FactColumns, _: &mut Partial) {}

    fn finish(&self, _: &Partial) -> Table {
        Table::new()
    }
}
