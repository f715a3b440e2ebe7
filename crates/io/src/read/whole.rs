//! Reading an item into one batch after the other, on all threads that have
//! time.

use super::parallel::{Pieces, Shared};
use super::piece::{companion, read_piece, File};
use super::reader::Reader;
use super::told::{add_flaws, add_truncated, add_unreadable, is_of_the_system, not_recognised};
use crate::format::{Cut, Cutting, Ended};
use crate::source::{Item, Window};
use spanwise_model::batch::Source;
use spanwise_model::{Result, SpanBatch};

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
        let Some(format) = self.format_of(&mut window)? else {
            not_recognised(item, &window, &mut first)?;
            return Ok(vec![first]);
        };
        let start = first.open_record();
        let companion = companion(format, item);
        let file = File {
            format,
            name: &item.name,
            companion: companion.as_deref(),
        };
        let size = item.size.filter(|_| window.is_plain());
        let work = self.work(file, size, alone);
        let (ended, mut batches) = self.shared_out(work, &mut window, first)?;
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

    /// Reads all pieces of an item, shared out among threads: how it ended, and
    /// the batches, of which the first is `first` with more records.
    fn shared_out<'i>(
        &'i self,
        work: Work<'_>,
        window: &mut Window<'i>,
        mut first: SpanBatch,
    ) -> Result<(Result<Ended>, Vec<SpanBatch>)> {
        first.begin_file(work.expected);
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
            let mut take =
                |window: &mut Window<'i>, cut: &Cut, piece| pieces.take(window, cut, piece);
            let ended = self.pieces(file.format, window, Cutting::Cheap, &mut take);
            pieces.finish();
            ended
        });
        Ok((ended, shared.into_batches()?))
    }
}
