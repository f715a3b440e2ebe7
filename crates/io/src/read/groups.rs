//! Reading a file of Parquet on disk row group by row group, so that it is never
//! held whole.

use super::apart::Apart;
use super::course::Course;
use super::parallel::Pieces;
use super::piece::{companion, File, Piece};
use super::reader::Reader;
use crate::format::{Ended, Format};
use crate::guess::is_whole;
use crate::parquet::{Group, Groups};
use crate::source::{Item, Window};
use spanwise_model::Result;

/// The row groups of a file, and the format of each.
pub(super) struct RowGroups<'r> {
    pub(super) format: &'r dyn Format,
    /// How many rows there may be.
    pub(super) rows: usize,
    first: Group,
    rest: Groups,
}

impl RowGroups<'_> {
    /// Hands out each, in their order, with room that is not needed any more; the
    /// answer of the taker is room again.
    fn each(
        mut self,
        window: &Window<'_>,
        mut take: impl FnMut(Vec<u8>, Piece) -> Result<Vec<u8>>,
    ) -> Result<()> {
        let mut group = self.first;
        loop {
            window.account(group.file.len() as u64)?;
            let piece = Piece::behind(group.rows, !group.is_last);
            let room = take(group.file, piece)?;
            match self.rest.take(room)? {
                Some(next) => group = next,
                None => return window.account_for_all(),
            }
        }
    }

    /// Shares them out among threads; answers how the last one ended.
    pub(super) fn share(self, window: &Window<'_>, pieces: &mut Pieces<'_, '_>) -> Result<Ended> {
        let mut last = Ended::Whole;
        self.each(window, |file, piece| {
            let (ended, room) = pieces.take_file(file, piece)?;
            last = ended;
            Ok(room)
        })?;
        Ok(last)
    }
}

impl Reader<'_> {
    /// The row groups of what a window shows, where it is a file on disk that has
    /// any and whose format reads them one by one.
    pub(super) fn row_groups(&self, window: &Window<'_>) -> Result<Option<RowGroups<'_>>> {
        let path = window.file().filter(|_| is_whole(window.bytes()));
        let Some(mut rest) = path.map(Groups::open).transpose()?.flatten() else {
            return Ok(None);
        };
        let rows = rest.rows_left();
        let Some(first) = rest.take(Vec::new())? else {
            return Ok(None);
        };
        let recognises = |format: &&dyn Format| format.recognises(&first.file);
        let format = self.format_for(&first.file).filter(recognises);
        Ok(format.map(|format| RowGroups {
            format,
            rows,
            first,
            rest,
        }))
    }

    /// Reads an item row group by row group; answers whether it is one of which
    /// that can be done.
    pub(super) fn groups_apart(
        &self,
        item: &Item,
        window: &Window<'_>,
        course: &mut Course<'_>,
    ) -> Result<bool> {
        let Some(groups) = self.row_groups(window)? else {
            return Ok(false);
        };
        let companion = companion(groups.format, item);
        let file = File {
            format: groups.format,
            name: &item.name,
            companion: companion.as_deref(),
        };
        let mut apart = Apart::new(self, file, course);
        groups.each(window, |file, piece| {
            apart.take_bytes(&file, piece)?;
            Ok(file)
        })?;
        Ok(true)
    }
}
