//! Pieces of files, which are read one after the other or by several threads.

use super::reader::Reader;
use crate::format::{Cut, Cutting, Ended, Format};
use crate::source::{Item, Origin, Place, Window};
use spanwise_model::{Result, SpanBatch};
use std::io::Read;

/// How many bytes of a companion are read.
const COMPANION_BYTES: u64 = 1 << 20;

/// How many pieces a file may have and still be read as one, where finding where
/// to cut it takes a scan. What is in memory already always is.
const PIECES_WHOLE: usize = 8;

/// What a piece is of.
#[derive(Clone, Copy)]
pub(super) struct File<'c> {
    pub(super) format: &'c dyn Format,
    /// What issues call it.
    pub(super) name: &'c str,
    /// What the file beside it holds that says more of it.
    pub(super) companion: Option<&'c [u8]>,
}

/// A piece of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    place: Place,
    /// True where the file goes on behind it.
    pub(super) goes_on: bool,
}

#[cfg(feature = "parquet")]
impl Piece {
    /// A file by itself, before which so many records of the whole stand.
    pub(super) fn behind(records: u64, goes_on: bool) -> Self {
        let place = Place { offset: 0, records };
        Self { place, goes_on }
    }
}

/// Reads the piece before a cut, and moves the window behind it where the file
/// goes on there.
pub(super) type Take<'i, 't> = dyn FnMut(&mut Window<'i>, &Cut, Piece) -> Result<Ended> + 't;

impl Reader<'_> {
    /// Shows an item to `take`, piece by piece where it can be cut: thoroughly
    /// from the first piece on, or only once that is worth it.
    pub(super) fn pieces<'i>(
        &self,
        format: &dyn Format,
        window: &mut Window<'i>,
        mut cutting: Cutting,
        take: &mut Take<'i, '_>,
    ) -> Result<Ended> {
        let mut size = self.options.piece_bytes;
        loop {
            window.fill(size)?;
            let (all, place) = (window.bytes(), window.place());
            let shown = &all[..all.len().min(size)];
            if window.is_last() && shown.len() == all.len() {
                let goes_on = false;
                let cut = Cut::at(shown.len());
                return take(window, &cut, Piece { place, goes_on });
            }
            let Some(cut) = format.cut(shown, cutting) else {
                let times = match cutting {
                    Cutting::Cheap if window.is_in_memory() => usize::MAX,
                    Cutting::Cheap => PIECES_WHOLE,
                    Cutting::Thorough => 2,
                };
                cutting = Cutting::Thorough;
                size = size.saturating_mul(times);
                continue;
            };
            let goes_on = true;
            take(window, &cut, Piece { place, goes_on })?;
            size = self.options.piece_bytes;
        }
    }
}

/// What the file beside an item holds that says more of it.
pub(super) fn companion(format: &dyn Format, item: &Item) -> Option<Vec<u8>> {
    let Origin::File(path) = &item.origin else {
        return None;
    };
    let name = format.companion(path.file_name()?.to_str()?)?;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path.with_file_name(name)).ok()?;
    file.take(COMPANION_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Reads a piece of a file into a batch; issues and errors say where they stand
/// in the file.
pub(super) fn read_piece(
    file: File<'_>,
    bytes: &[u8],
    Piece { place, goes_on }: Piece,
    batch: &mut SpanBatch,
) -> Result<Ended> {
    let others = std::mem::take(&mut batch.issues);
    batch.goes_on = goes_on;
    let ended = match file.companion {
        Some(companion) => file.format.read_beside(bytes, companion, batch),
        None => file.format.read(bytes, batch),
    };
    batch.goes_on = false;
    let mut issues = std::mem::replace(&mut batch.issues, others);
    issues.move_in_file(place.offset, place.records);
    issues.set_path(file.name);
    batch.issues.absorb(issues);
    ended.map_err(|error| error.moved_in_file(place.offset, place.records))
}
