//! One item on several threads.
//!
//! One thread moves the window over the item and cuts it; each piece may be
//! read by another thread, into a batch of its own. So that pieces do not pile
//! up in memory, the first thread reads a piece itself where the others have
//! enough to do; pieces that it reads one after the other share a batch. The
//! batches, joined in the order of the pieces, are what one thread would have
//! read.

use super::piece::Piece;
use crate::format::{Cut, Ended};
use crate::source::Window;
use spanwise_model::{Result, SpanBatch};
use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many pieces may wait for each other thread, over all items.
const WAITING: usize = 2;

/// Reads a piece into a batch.
pub(super) type ReadPiece<'r> = dyn Fn(&[u8], Piece, &mut SpanBatch) -> Result<Ended> + Sync + 'r;

/// The batches of the pieces of an item.
pub(super) struct Pieces<'s, 'scope> {
    scope: &'s rayon::Scope<'scope>,
    shared: &'scope Shared<'scope>,
    /// The batch that this thread fills, and the number of its first piece.
    own: Option<(usize, SpanBatch)>,
    next: usize,
}

/// What all threads see.
pub(super) struct Shared<'r> {
    read: &'r ReadPiece<'r>,
    empty: &'r (dyn Fn() -> SpanBatch + Sync),
    /// How many pieces wait for other threads, those of other items among
    /// them, and how many may.
    waiting: &'r AtomicUsize,
    most_waiting: usize,
    done: Mutex<Vec<(usize, Result<SpanBatch>)>>,
    /// Memory of pieces that have been read, for those to come: fresh memory
    /// costs more than to read into it.
    spare: Mutex<Vec<Vec<u8>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'r> Shared<'r> {
    pub(super) fn new(
        read: &'r ReadPiece<'r>,
        empty: &'r (dyn Fn() -> SpanBatch + Sync),
        (waiting, others): (&'r AtomicUsize, usize),
    ) -> Self {
        Self {
            read,
            empty,
            waiting,
            most_waiting: others * WAITING,
            done: Mutex::default(),
            spare: Mutex::default(),
        }
    }

    fn add(&self, number: usize, batch: Result<SpanBatch>) {
        lock(&self.done).push((number, batch));
    }

    /// Memory for what follows a piece that is given away.
    fn spare(&self) -> Vec<u8> {
        lock(&self.spare).pop().unwrap_or_default()
    }

    /// All batches in the order of their pieces, or the first error. Where the
    /// first thread met one, it is behind these.
    pub(super) fn into_batches(self) -> Result<Vec<SpanBatch>> {
        let done = self.done.into_inner();
        let mut done = done.unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|&(number, _)| number);
        done.into_iter().map(|(_, batch)| batch).collect()
    }
}

impl<'s, 'scope> Pieces<'s, 'scope> {
    /// Pieces of which this thread reads into `first`.
    pub(super) fn new(
        scope: &'s rayon::Scope<'scope>,
        shared: &'scope Shared<'scope>,
        first: SpanBatch,
    ) -> Self {
        Self {
            scope,
            shared,
            own: Some((0, first)),
            next: 0,
        }
    }

    /// True where another thread has time for a piece.
    fn others_have_time(&self) -> bool {
        self.shared.waiting.load(Ordering::Acquire) < self.shared.most_waiting
    }

    /// Reads the piece before a cut, here or elsewhere; of the last one, how it
    /// ended. The window moves behind it where the file goes on there.
    pub(super) fn take<'i: 'scope>(
        &mut self,
        window: &mut Window<'i>,
        cut: &Cut,
        piece: Piece,
    ) -> Result<Ended> {
        let number = self.next;
        self.next += 1;
        if piece.goes_on && self.others_have_time() {
            let spare = self.shared.spare();
            self.give(number, window.take_before(cut, spare)?, piece);
            return Ok(Ended::Whole);
        }
        let (read, batch) = (self.shared.read, self.own(number));
        let ended = window.show(cut, |bytes| read(bytes, piece, batch));
        if piece.goes_on {
            window.move_behind(cut)?;
        }
        ended
    }

    /// Reads a piece that is a file by itself, here or elsewhere; with how it ended
    /// comes room for the next one.
    #[cfg(feature = "parquet")]
    pub(super) fn take_file(&mut self, file: Vec<u8>, piece: Piece) -> Result<(Ended, Vec<u8>)> {
        let number = self.next;
        self.next += 1;
        if piece.goes_on && self.others_have_time() {
            let spare = self.shared.spare();
            self.give(number, Cow::Owned(file), piece);
            return Ok((Ended::Whole, spare));
        }
        let ended = (self.shared.read)(&file, piece, self.own(number))?;
        Ok((ended, file))
    }

    /// The batch that this thread fills, from the piece of this number on where
    /// there is none yet.
    fn own(&mut self, number: usize) -> &mut SpanBatch {
        let empty = || (number, (self.shared.empty)());
        &mut self.own.get_or_insert_with(empty).1
    }

    fn give(&mut self, number: usize, bytes: Cow<'scope, [u8]>, piece: Piece) {
        if let Some((_, batch)) = &mut self.own {
            batch.forget_learnt();
        }
        self.finish();
        let shared = self.shared;
        shared.waiting.fetch_add(1, Ordering::AcqRel);
        self.scope.spawn(move |_| {
            let mut batch = (shared.empty)();
            let read = (shared.read)(&bytes, piece, &mut batch);
            shared.waiting.fetch_sub(1, Ordering::AcqRel);
            batch.forget_learnt();
            shared.add(number, read.map(|_| batch));
            if let Cow::Owned(bytes) = bytes {
                lock(&shared.spare).push(bytes);
            }
        });
    }

    /// Puts the batch that this thread filled among the others.
    pub(super) fn finish(&mut self) {
        if let Some((number, batch)) = self.own.take() {
            self.shared.add(number, Ok(batch));
        }
    }
}
