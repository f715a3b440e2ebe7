//! Reading archives: each entry like a file of a folder.
//!
//! An entry that is of no known format, encrypted or broken is an issue, and the
//! others are read. Entries of an archive follow one another, because most
//! archives can only be read so; the pieces of a large one are shared out as
//! those of a file are.

use super::course::Course;
use super::reader::Reader;
use super::told::{add_issue, is_of_the_system};
use crate::source::{Archive, Damage, Inner, Item, Window};
use spanwise_model::batch::Source;
use spanwise_model::{IssueKind, Result, SpanBatch};

impl Reader<'_> {
    /// Reads all entries of an archive. The batches stand in the order of their
    /// records, and the first of them is `first` with more.
    pub(super) fn entries(
        &self,
        item: &Item,
        window: Window<'_>,
        archive: Archive,
        (first, alone): (SpanBatch, bool),
    ) -> Result<Vec<SpanBatch>> {
        let mut batches = vec![first];
        let mut count = 0;
        let ended = window.entries(archive, &mut |inner| {
            count += 1;
            let first = batches.pop().unwrap_or_else(|| self.batch());
            let entry = item.entry(&inner.name, inner.size);
            batches.extend(self.entry(&entry, inner, first, alone)?);
            Ok(())
        });
        let damage = self.ended(item, ended)?;
        if let Some(last) = batches.last_mut() {
            note_end(item, archive, last, (count, damage));
        }
        Ok(batches)
    }

    fn entry(
        &self,
        entry: &Item,
        inner: Inner<'_>,
        mut first: SpanBatch,
        alone: bool,
    ) -> Result<Vec<SpanBatch>> {
        let read = |mut window: Window<'_>, first| {
            window.fill_head()?;
            self.read(entry, window, first, alone)
        };
        match inner.window {
            Ok(window) => read(window, first).map_err(|error| error.in_file(entry.name.clone())),
            Err(why) => {
                add_issue(&mut first, IssueKind::UnreadableFile, entry, None, &why);
                Ok(vec![first])
            }
        }
    }

    /// Reads all entries of an archive, each piece into a batch of its own.
    pub(super) fn entries_apart(
        &self,
        item: &Item,
        window: Window<'_>,
        archive: Archive,
        course: &mut Course<'_>,
    ) -> Result<()> {
        let mut count = 0;
        let ended = window.entries(archive, &mut |inner| {
            count += 1;
            let entry = item.entry(&inner.name, inner.size);
            let in_file = |error: spanwise_model::Error| error.in_file(entry.name.clone());
            self.entry_apart(&entry, inner, course).map_err(in_file)
        });
        let damage = self.ended(item, ended)?;
        let mut batch = self.batch();
        note_end(item, archive, &mut batch, (count, damage));
        match batch.issues.is_empty() {
            true => Ok(()),
            false => course.give(batch, false),
        }
    }

    fn entry_apart(&self, entry: &Item, inner: Inner<'_>, course: &mut Course<'_>) -> Result<()> {
        match inner.window {
            Ok(mut window) => {
                window.fill_head()?;
                self.read_apart(entry, window, course)
            }
            Err(why) => {
                let mut batch = self.batch();
                add_issue(&mut batch, IssueKind::UnreadableFile, entry, None, &why);
                course.give(batch, false)
            }
        }
    }

    /// What is wrong with an archive as a whole. The system's errors are issues
    /// where the archive was not named itself.
    fn ended(&self, item: &Item, ended: Result<Option<Damage>>) -> Result<Option<Damage>> {
        match ended {
            Err(error) if !item.explicit && is_of_the_system(&error) => {
                let detail = error.message().to_owned();
                Ok(Some(Damage { offset: 0, detail }))
            }
            ended => ended,
        }
    }
}

/// Says how an archive ended that had so many entries.
fn note_end(
    item: &Item,
    archive: Archive,
    batch: &mut SpanBatch,
    (entries, damage): (u64, Option<Damage>),
) {
    if let Some(Damage { offset, detail }) = damage {
        let kind = IssueKind::TruncatedFile;
        add_issue(batch, kind, item, Some(offset), &detail);
        let end = batch.open_record();
        batch.sources.push(Source {
            path: item.name.clone(),
            format: archive.name().into(),
            records: end..end,
            passed_over: 0,
            number: 0,
            truncated: true,
        });
    } else if entries == 0 {
        let detail = format!("a {} archive without a file", archive.name());
        add_issue(batch, IssueKind::UnknownFormat, item, None, &detail);
    }
}
