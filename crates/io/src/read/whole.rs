//! Reading an item into one batch after the other, on all threads that have
//! time.

#[cfg(feature = "parquet")]
use super::groups::RowGroups;
use super::parallel::{Pieces, Shared};
use super::piece::{companion, read_piece, File};
use super::reader::Reader;
use super::told::{add_flaws, add_truncated, add_unreadable, is_of_the_system, not_recognised};
use crate::format::{Cut, Cutting, Ended, Format};
use crate::source::{Item, Window};
use spanwise_model::batch::Source;
use spanwise_model::{Result, SpanBatch};

/// None but of Parquet.
#[cfg(not(feature = "parquet"))]
type RowGroups<'r> = std::marker::PhantomData<&'r ()>;

/// How an item is read.
#[derive(Clone, Copy)]
struct Work<'c> {
    file: File<'c>,
    /// How many bytes a batch will be read from, where that is known.
    expected: Option<u64>,
    /// How many other threads may help.
    others: usize,
}

impl Reader<'_> {
    pub(super) fn read<'i>(
        &'i self,
        item: &'i Item,
        mut window: Window<'i>,
        mut first: SpanBatch,
        alone: bool,
    ) -> Result<Vec<SpanBatch>> {
        if let Some(archive) = window.archive() {
            return self.entries(item, window, archive, (first, alone));
        }
        #[cfg(feature = "parquet")]
        let groups = match self.row_groups(&window) {
            Err(error) if !item.explicit && is_of_the_system(&error) => {
                add_unreadable(&mut first, item, &error);
                return Ok(vec![first]);
            }
            groups => groups?,
        };
        #[cfg(feature = "parquet")]
        if let Some(groups) = groups {
            let parts = (groups.format, Some(groups));
            return self.read_parts(item, window, parts, (first, alone));
        }
        let Some(format) = self.format_of(&mut window)? else {
            not_recognised(item, &window, &mut first)?;
            return Ok(vec![first]);
        };
        self.read_parts(item, window, (format, None), (first, alone))
    }

    /// Reads the pieces of an item of a format, or its row groups.
    fn read_parts<'i>(
        &'i self,
        item: &'i Item,
        mut window: Window<'i>,
        (format, groups): (&dyn Format, Option<RowGroups<'_>>),
        (first, alone): (SpanBatch, bool),
    ) -> Result<Vec<SpanBatch>> {
        let start = first.open_record();
        let companion = companion(format, item);
        let file = File {
            format,
            name: &item.name,
            companion: companion.as_deref(),
        };
        let size = item.size.filter(|_| window.is_plain());
        let work = self.work(file, size, alone);
        let (ended, mut batches) = self.shared_out(work, (&mut window, groups), first)?;
        let records = batches.iter().map(SpanBatch::open_record);
        let end = records.fold(0, u32::saturating_add);
        let passed_over = batches.iter_mut().map(SpanBatch::take_passed_over).sum();
        let first = &mut batches[0];
        let ended = match ended {
            Err(error) if !item.explicit && is_of_the_system(&error) => {
                add_unreadable(first, item, &error);
                Ended::Truncated
            }
            ended => ended?,
        };
        let truncated = window.broken().is_some() || ended == Ended::Truncated;
        if truncated {
            add_truncated(first, item, &window);
        }
        add_flaws(first, item, &window);
        first.sources.push(Source {
            path: item.name.clone(),
            format: format.name().into(),
            records: start..end,
            passed_over,
            number: 0,
            truncated,
        });
        Ok(batches)
    }

    /// How an item of this size is read.
    fn work<'c>(&self, file: File<'c>, size: Option<u64>, alone: bool) -> Work<'c> {
        let others = if alone {
            rayon::current_num_threads() - 1
        } else {
            0
        };
        let piece = self.options.piece_bytes as u64;
        Work {
            file,
            expected: size.map(|size| if others == 0 { size } else { size.min(piece) }),
            others,
        }
    }

    /// Reads all pieces of an item, or its row groups, shared out among threads: how
    /// it ended, and the batches, of which the first is `first` with more records.
    fn shared_out<'i>(
        &'i self,
        work: Work<'_>,
        (window, groups): (&mut Window<'i>, Option<RowGroups<'_>>),
        mut first: SpanBatch,
    ) -> Result<(Result<Ended>, Vec<SpanBatch>)> {
        first.begin_file(work.expected);
        #[cfg(feature = "parquet")]
        if let (0, Some(groups)) = (work.others, &groups) {
            first.reserve(groups.rows);
        }
        let empty = || {
            let mut batch = self.batch();
            batch.begin_file(work.expected);
            batch
        };
        let Work { file, .. } = work;
        let read =
            |bytes: &[u8], piece, batch: &mut SpanBatch| read_piece(file, bytes, piece, batch);
        let shared = Shared::new(&read, &empty, (&self.waiting, work.others));
        let ended = rayon::in_place_scope(|scope| {
            let mut pieces = Pieces::new(scope, &shared, first);
            let ended = match groups {
                #[cfg(feature = "parquet")]
                Some(groups) => groups.share(window, &mut pieces),
                _ => {
                    let mut take =
                        |window: &mut Window<'i>, cut: &Cut, piece| pieces.take(window, cut, piece);
                    self.pieces(file.format, window, Cutting::Cheap, &mut take)
                }
            };
            pieces.finish();
            ended
        });
        Ok((ended, shared.into_batches()?))
    }
}
