//! How far an item was read, so that a later run of a scan can go on behind it.
//!
//! What an item gives is counted, and its bytes go into a checksum. A later run
//! passes over as much as the earlier one took: it cuts the same pieces and
//! sums up the same bytes, but reads no record in them.

use serde::{Deserialize, Serialize};
use spanwise_model::{Error, ErrorKind, Result, SpanBatch};
use twox_hash::XxHash64;

/// How far an item was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// How many batches it gave.
    pub(crate) batches: u64,
    /// The sum of the bytes of all pieces.
    pub(crate) checksum: u64,
}

/// Takes the batch of a piece; the flag is true where it goes on with the file
/// of the batch before.
pub(crate) type Give<'g> = dyn FnMut(SpanBatch, bool, Mark) -> Result<()> + 'g;

/// The way through an item.
pub(crate) struct Course<'g> {
    /// How far an earlier run came, where runs are to find their way.
    already: Option<Mark>,
    mark: Mark,
    give: &'g mut Give<'g>,
}

impl<'g> Course<'g> {
    /// A way of which no mark is made.
    pub(crate) fn new(give: &'g mut Give<'g>) -> Self {
        Self {
            already: None,
            mark: Mark::default(),
            give,
        }
    }

    /// A way on which marks are made, behind this one.
    pub(crate) fn behind(already: Mark, give: &'g mut Give<'g>) -> Self {
        Self {
            already: Some(already),
            mark: Mark::default(),
            give,
        }
    }

    /// Comes across a piece; answers whether an earlier run took it.
    pub(crate) fn comes_to(&mut self, piece: &[u8]) -> bool {
        if self.already.is_some() {
            self.mark.checksum = XxHash64::oneshot(self.mark.checksum, piece);
        }
        self.is_taken()
    }

    fn is_taken(&self) -> bool {
        let already = self.already.unwrap_or_default();
        self.mark.batches < already.batches
    }

    /// Passes over a batch that an earlier run took.
    pub(crate) fn pass(&mut self) -> Result<()> {
        self.mark.batches += 1;
        match self.already {
            Some(already) if already.batches == self.mark.batches && already != self.mark => {
                Err(changed())
            }
            _ => Ok(()),
        }
    }

    /// Gives a batch, unless an earlier run took it.
    pub(crate) fn give(&mut self, batch: SpanBatch, goes_on: bool) -> Result<()> {
        if self.is_taken() {
            return self.pass();
        }
        self.mark.batches += 1;
        (self.give)(batch, goes_on, self.mark)
    }

    /// How far it went, to the end of the item.
    pub(crate) fn finish(self) -> Result<Mark> {
        match self.is_taken() {
            true => Err(changed()),
            false => Ok(self.mark),
        }
    }
}

/// The error of an item that is another than it was.
pub(crate) fn changed() -> Error {
    let message = "it has changed since the scan was begun that is to be resumed";
    Error::new(ErrorKind::Usage, message)
}
