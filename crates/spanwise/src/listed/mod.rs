//! Rows of traces that were listed part by part, in the order of a listing of
//! all.
//!
//! The rows of each part are a run, in order, on disk but for the last one.
//! Runs are merged while they are read, so no more of them is held than a
//! piece of each.

mod lister;
mod merge;
mod run;
mod settling;

pub(crate) use lister::Lister;
pub use merge::Tables;

use crate::Partials;
use run::Runs;
use settling::Settling;
use spanwise_model::{Result, Table};
use spanwise_report::Parts;
use std::io;

/// Which rows of a listing are wanted, and in what order.
///
/// ```
/// use spanwise::RowOptions;
/// let options = RowOptions::default().sort("-errors").limit(10);
/// assert_eq!(options.limit, Some(10));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowOptions {
    /// The column that rows are sorted by, descending behind a `-`; the
    /// listing's own order where there is none.
    pub sort: Option<String>,
    /// The most rows, the first ones.
    pub limit: Option<usize>,
}

impl RowOptions {
    /// The same options with rows sorted by this column.
    #[must_use]
    pub fn sort(mut self, key: impl Into<String>) -> Self {
        self.sort = Some(key.into());
        self
    }

    /// The same options with so many rows at most.
    #[must_use]
    pub fn limit(mut self, rows: usize) -> Self {
        self.limit = Some(rows);
        self
    }
}

/// The rows of a listing, of input that may be larger than memory. They can be
/// gone through several times, and are gone with this.
///
/// ```
/// use spanwise::{analyses::TraceList, Input, RowOptions};
///
/// let scan = spanwise::scan([Input::bytes("trace 1\nshop GET 0..9\ntrace 2\nshop GET 0..5")]);
/// let list = TraceList::default();
/// let listed = scan.list(&list, &RowOptions::default().limit(1))?;
/// let rows: usize = listed.tables()?.map(|table| table.map_or(0, |table| table.rows())).sum();
/// assert_eq!((rows, listed.found().summary().traces), (1, 2));
/// # Ok::<(), spanwise::Error>(())
/// ```
pub struct Listed<'l> {
    runs: Runs,
    settling: Settling<'l>,
    options: RowOptions,
    found: Partials,
}

impl Listed<'_> {
    /// What the input held besides.
    #[must_use]
    pub fn found(&self) -> &Partials {
        &self.found
    }

    /// All rows, in tables of some thousands of rows each; an empty one where
    /// there is no row.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Io`] where a temporary file cannot be read or is
    /// damaged.
    pub fn tables(&self) -> Result<Tables<'_>> {
        Tables::of(self)
    }

    /// All rows in one table, which must have room in memory.
    ///
    /// # Errors
    ///
    /// As [`Listed::tables`].
    pub fn table(&self) -> Result<Table> {
        let mut tables = self.tables()?;
        let mut all = tables.next().transpose()?.unwrap_or_default();
        for table in tables {
            let table = table?;
            (0..table.rows()).for_each(|row| all.push_row(&table, row));
        }
        Ok(all)
    }
}

impl Parts for Listed<'_> {
    fn each(&self, see: &mut dyn FnMut(&Table) -> io::Result<()>) -> io::Result<()> {
        for table in self.tables().map_err(io::Error::other)? {
            see(&table.map_err(io::Error::other)?)?;
        }
        Ok(())
    }
}
