//! What is done with the tables of a scan.

use spanwise_model::{Result, SpanTable};

/// What is kept of a table, each piece for whoever made it.
pub type Kept = Vec<Vec<u8>>;

/// Takes tables of whole traces. A closure does, where nothing is resumed.
pub trait Each: Send {
    /// Takes a table. Where a later run of the scan may be told of it again,
    /// `keep` is true, and the answer is what [`Each::again`] will be given.
    ///
    /// # Errors
    ///
    /// What is wrong with the table; it ends the scan.
    fn table(&mut self, table: SpanTable, keep: bool) -> Result<Kept>;

    /// Takes what an earlier run kept of a table.
    ///
    /// # Errors
    ///
    /// Where that cannot be read.
    fn again(&mut self, kept: Kept) -> Result<()>;
}

impl<F: FnMut(SpanTable) -> Result<()> + Send> Each for F {
    fn table(&mut self, table: SpanTable, _: bool) -> Result<Kept> {
        self(table).map(|()| Kept::new())
    }

    fn again(&mut self, _: Kept) -> Result<()> {
        Ok(())
    }
}
