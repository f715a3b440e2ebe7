//! Reading an item piece by piece, each into a batch of its own, which is given
//! away.

use super::course::{Course, Mark};
use super::piece::{companion, read_piece, File, Piece};
use super::reader::Reader;
use super::told::{add_flaws, add_truncated, add_unreadable, is_of_the_system, not_recognised};
use crate::format::{Cut, Cutting, Ended};
use crate::source::{Item, Window};
use spanwise_model::batch::Source;
use spanwise_model::{Error, ErrorKind, Result, SpanBatch};

impl Reader<'_> {
    /// Reads an item, each piece into a batch of its own, which is given away;
    /// how far it went, where that is asked.
    pub(crate) fn stream(&self, item: &Item, mut course: Course<'_>) -> Result<Mark> {
        let read = match self.open(item) {
            Ok(window) => self.read_apart(item, window, &mut course),
            Err(error) => Err(error),
        };
        match read {
            Err(error) if !item.explicit && is_of_the_system(&error) => {
                let mut batch = self.batch();
                add_unreadable(&mut batch, item, &error);
                course.give(batch, false)?;
            }
            read => read?,
        }
        course.finish()
    }

    /// Passes over an item that need not be read.
    pub(crate) fn skip(&self, item: &Item) -> Result<()> {
        match self.meter.advance(item.size.unwrap_or(0)) {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::Cancelled, "stopped")),
        }
    }

    pub(super) fn read_apart<'i>(
        &self,
        item: &Item,
        mut window: Window<'i>,
        course: &mut Course<'_>,
    ) -> Result<()> {
        if let Some(archive) = window.archive() {
            return self.entries_apart(item, window, archive, course);
        }
        #[cfg(feature = "parquet")]
        if self.groups_apart(item, &window, course)? {
            return Ok(());
        }
        let Some(format) = self.format_of(&mut window)? else {
            let mut batch = self.batch();
            not_recognised(item, &window, &mut batch)?;
            return course.give(batch, false);
        };
        let companion = companion(format, item);
        let file = File {
            format,
            name: &item.name,
            companion: companion.as_deref(),
        };
        let mut apart = Apart::new(self, file, course);
        let mut take = |window: &mut Window<'i>, cut: &Cut, piece| apart.take(window, cut, piece);
        let ended = self.pieces(format, &mut window, Cutting::Thorough, &mut take)?;
        apart.end(item, &window, ended)
    }
}

/// An item whose pieces are given away.
pub(super) struct Apart<'a, 'c> {
    reader: &'a Reader<'a>,
    file: File<'a>,
    course: &'a mut Course<'c>,
    /// True behind its first piece.
    continues: bool,
}

impl<'a, 'c> Apart<'a, 'c> {
    pub(super) fn new(reader: &'a Reader<'a>, file: File<'a>, course: &'a mut Course<'c>) -> Self {
        Self {
            reader,
            file,
            course,
            continues: false,
        }
    }

    fn take(&mut self, window: &mut Window<'_>, cut: &Cut, piece: Piece) -> Result<Ended> {
        let read = window.show(cut, |bytes| self.read(bytes, piece))?;
        if piece.goes_on {
            window.move_behind(cut)?;
        }
        self.take_batch(read)
    }

    /// Reads a piece and gives it away, unless an earlier run took it.
    #[cfg(feature = "parquet")]
    pub(super) fn take_bytes(&mut self, bytes: &[u8], piece: Piece) -> Result<Ended> {
        let read = self.read(bytes, piece)?;
        self.take_batch(read)
    }

    /// The batch of a piece, and how it ended; `None` where an earlier run took
    /// it.
    fn read(&mut self, bytes: &[u8], piece: Piece) -> Result<Option<(SpanBatch, Ended)>> {
        if self.course.comes_to(bytes) && piece.goes_on {
            return Ok(None);
        }
        let mut batch = self.reader.batch();
        batch.begin_file(None);
        let ended = read_piece(self.file, bytes, piece, &mut batch)?;
        Ok(Some((batch, ended)))
    }

    fn take_batch(&mut self, read: Option<(SpanBatch, Ended)>) -> Result<Ended> {
        let Some((batch, ended)) = read else {
            self.continues = true;
            return self.course.pass().map(|()| Ended::Whole);
        };
        self.give(batch, false)?;
        Ok(ended)
    }

    fn give(&mut self, mut batch: SpanBatch, truncated: bool) -> Result<()> {
        let passed_over = batch.take_passed_over();
        batch.forget_learnt();
        batch.sources.push(Source {
            path: self.file.name.to_owned(),
            format: self.file.format.name().into(),
            records: 0..batch.open_record(),
            passed_over,
            number: 0,
            truncated,
        });
        let continues = std::mem::replace(&mut self.continues, true);
        self.course.give(batch, continues)
    }

    /// Tells of what was wrong with the item as a whole.
    fn end(&mut self, item: &Item, window: &Window<'_>, ended: Ended) -> Result<()> {
        let truncated = window.broken().is_some() || ended == Ended::Truncated;
        let mut batch = self.reader.batch();
        add_flaws(&mut batch, item, window);
        if truncated {
            add_truncated(&mut batch, item, window);
        }
        if batch.issues.is_empty() {
            return Ok(());
        }
        self.give(batch, truncated)
    }
}
