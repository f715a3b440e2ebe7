//! Lists in rows.

use super::lengths::Lengths;
use super::Short;
use crate::json::Open;
use crate::parquet::file::Stop;

/// A list in each row; nothing inside where no row has any element.
pub(super) struct List<'f, P>(Option<(Lengths<'f>, P)>);

/// The columns of elements.
pub(super) trait Parts {
    /// Adds the next element to the open record.
    fn next(&mut self, open: &mut Open<'_>) -> Result<(), Stop>;
}

impl<'f, P: Parts> List<'f, P> {
    /// Lists of these lengths and elements.
    pub(super) fn new(lengths: Lengths<'f>, parts: P) -> Self {
        Self((!lengths.is_over()).then_some((lengths, parts)))
    }

    /// Adds the elements of the next row.
    #[inline]
    pub(super) fn next(&mut self, open: &mut Open<'_>) -> Result<(), Stop> {
        let Some((lengths, parts)) = &mut self.0 else {
            return Ok(());
        };
        let length = lengths.next().ok_or(Short)?;
        (0..length).try_for_each(|_| parts.next(open))
    }
}
