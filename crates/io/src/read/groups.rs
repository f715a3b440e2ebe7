//! Reading a file of Parquet on disk row group by row group.

use super::apart::Apart;
use super::course::Course;
use super::piece::{companion, File, Piece};
use super::reader::Reader;
use crate::format::Format;
use crate::guess::is_whole;
use crate::parquet::Groups;
use crate::source::{Item, Window};
use spanwise_model::Result;

impl Reader<'_> {
    /// Reads an item row group by row group; answers whether it is one of which
    /// that can be done.
    pub(super) fn groups_apart(
        &self,
        item: &Item,
        window: &Window<'_>,
        course: &mut Course<'_>,
    ) -> Result<bool> {
        let path = window.file().filter(|_| is_whole(window.bytes()));
        let Some(mut groups) = path.map(Groups::open).transpose()?.flatten() else {
            return Ok(false);
        };
        let Some(mut group) = groups.take()? else {
            return Ok(false);
        };
        let recognises = |format: &&dyn Format| format.recognises(&group.file);
        let Some(format) = self.format_for(&group.file).filter(recognises) else {
            return Ok(false);
        };
        let companion = companion(format, item);
        let file = File {
            format,
            name: &item.name,
            companion: companion.as_deref(),
        };
        let mut apart = Apart::new(self, file, course);
        loop {
            window.account(group.file.len() as u64)?;
            let piece = Piece::behind(group.rows, !group.is_last);
            apart.take_bytes(&group.file, piece)?;
            match groups.take()? {
                Some(next) => group = next,
                None => break,
            }
        }
        window.account_for_all()?;
        Ok(true)
    }
}
