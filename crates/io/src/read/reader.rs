//! Reading items: whole into a batch, or piece by piece.

use super::course::{Course, Mark};
use super::parallel::{Pieces, Shared};
use super::{total, ReadOptions};
use crate::format::{Cut, Cutting, Ended, Format};
use crate::guess::{by_name, guess, is_whole, without_mark};
use crate::progress::Meter;
use crate::select;
use crate::source::{seems, Expansion, Item, Origin, Place, Window};
use crate::table::Mapping;
use spanwise_model::batch::Source;
use spanwise_model::{Error, ErrorKind, Example, Guard, IssueKind, Result, SpanBatch, Wanted};
use std::io::Read;
use std::sync::atomic::AtomicUsize;

/// How many bytes of a companion are read.
const COMPANION_BYTES: u64 = 1 << 20;

/// Reads items under the options of a read.
pub(crate) struct Reader<'a> {
    options: &'a ReadOptions,
    format: Option<&'static dyn Format>,
    /// Tables whose columns a mapping names.
    mapped: Vec<Box<dyn Format>>,
    /// Which traces are wanted, where the filter names some.
    wanted: Option<Wanted>,
    meter: Meter,
    /// Pieces of all items that wait for a thread.
    waiting: AtomicUsize,
}

/// How an item is read.
#[derive(Clone, Copy)]
struct Work<'c> {
    file: File<'c>,
    /// How many bytes a batch will be read from, where that is known.
    expected: Option<u64>,
    /// How many other threads may help.
    others: usize,
}

/// What a piece is of.
#[derive(Clone, Copy)]
struct File<'c> {
    format: &'c dyn Format,
    /// What issues call it.
    name: &'c str,
    /// What the file beside it holds that says more of it.
    companion: Option<&'c [u8]>,
}

/// A piece of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    place: Place,
    /// True where the file goes on behind it.
    pub(super) goes_on: bool,
}

/// Reads the piece before a cut, and moves the window behind it where the file
/// goes on there.
type Take<'i, 't> = dyn FnMut(&mut Window<'i>, &Cut, Piece) -> Result<Ended> + 't;

impl<'a> Reader<'a> {
    pub(crate) fn new(expansion: &Expansion, options: &'a ReadOptions) -> Result<Self> {
        let unknown = |name: &String| {
            let names: Vec<_> = crate::guess::formats().iter().map(|f| f.name()).collect();
            let message = format!("no format {name}; there are {}", names.join(", "));
            Error::new(ErrorKind::Usage, message)
        };
        let format = match &options.format {
            Some(name) => Some(by_name(name).ok_or_else(|| unknown(name))?),
            None => None,
        };
        let sizes = expansion.items.iter().map(|item| item.size);
        Ok(Self {
            options,
            format,
            mapped: mapped(&options.mapping),
            wanted: options.filter.as_ref().and_then(select::named),
            meter: Meter::new(options.progress.clone(), total(sizes)),
            waiting: AtomicUsize::new(0),
        })
    }

    /// An empty batch that obeys the options.
    pub(super) fn batch(&self) -> SpanBatch {
        let limits = &self.options.limits;
        let mut batch = SpanBatch::new(self.options.attributes.clone());
        batch.guard = Guard {
            text_bytes: limits.text_bytes,
            attributes: limits.attributes,
            depth: limits.depth,
            stop: self.meter.stop(),
            wanted: self.wanted.clone(),
        };
        batch
    }

    /// Reads items: a single one on all threads that have time, several into
    /// one batch. The batches stand in the order of their records.
    pub(crate) fn portion(&self, items: &[Item]) -> Result<Vec<SpanBatch>> {
        let mut batches = vec![self.batch()];
        for item in items {
            let first = batches.pop().unwrap_or_else(|| self.batch());
            batches = self
                .item(item, first, items.len() == 1)
                .map_err(|error| error.in_file(item.name.clone()))?;
        }
        Ok(batches)
    }

    /// Reads an item, where it is `alone` on all threads that have time. The
    /// first batch of the answer is `first` with more records.
    fn item(&self, item: &Item, mut first: SpanBatch, alone: bool) -> Result<Vec<SpanBatch>> {
        match self.open(item, Cutting::Cheap) {
            Ok(window) => self.read(item, window, first, alone),
            Err(error) if !item.explicit && is_of_the_system(&error) => {
                add_unreadable(&mut first, item, &error);
                Ok(vec![first])
            }
            Err(error) => Err(error),
        }
    }

    /// A window onto the beginning of an item.
    fn open<'i>(&'i self, item: &'i Item, cutting: Cutting) -> Result<Window<'i>> {
        let limits = &self.options.limits;
        let mut window = Window::open(item, limits, &self.meter, cutting)?;
        window.fill_head()?;
        if is_whole(window.bytes()) {
            window.fill(usize::MAX)?;
        }
        Ok(window)
    }

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
        let Some(format) = self.format_of(&mut window) else {
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

    /// A format with the mapping of the read, where it has one.
    fn mapped_as(&self, format: &'static dyn Format) -> &dyn Format {
        let mut mapped = self.mapped.iter();
        let found = mapped.find(|mapped| mapped.name() == format.name());
        found.map_or(format, AsRef::as_ref)
    }

    /// The format of a file that begins with these bytes: a table of spans by
    /// the mapping of the read, where it is none of another format.
    fn guess(&self, head: &[u8]) -> Option<&dyn Format> {
        let guessed = guess(head).map(|format| self.mapped_as(format));
        guessed.or_else(|| {
            let mut mapped = self.mapped.iter();
            mapped
                .find(|mapped| mapped.recognises(head))
                .map(AsRef::as_ref)
        })
    }

    /// The format of an item, whose mark, if it has one, is passed.
    fn format_of(&self, window: &mut Window<'_>) -> Option<&dyn Format> {
        let format: &dyn Format = match self.format {
            Some(format) => self.mapped_as(format),
            None => self.guess(window.bytes())?,
        };
        let mark = window.bytes().len() - without_mark(window.bytes()).len();
        window.pass(mark);
        Some(format)
    }

    /// Reads an item, each piece into a batch of its own, which is given away;
    /// how far it went, where that is asked.
    pub(crate) fn stream(&self, item: &Item, mut course: Course<'_>) -> Result<Mark> {
        let read = match self.open(item, Cutting::Thorough) {
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
        let Some(format) = self.format_of(&mut window) else {
            let mut batch = self.batch();
            not_recognised(item, &window, &mut batch)?;
            return course.give(batch, false);
        };
        let companion = companion(format, item);
        let mut continues = false;
        let mut take = |window: &mut Window<'i>, cut: &Cut, piece: Piece| {
            if course.comes_to(&window.before(cut)) && piece.goes_on {
                window.move_behind(cut);
                continues = true;
                return course.pass().map(|()| Ended::Whole);
            }
            let mut batch = self.batch();
            batch.begin_file(None);
            let file = File {
                format,
                name: &item.name,
                companion: companion.as_deref(),
            };
            let bytes = window.before(cut);
            let ended = read_piece(file, &bytes, piece, &mut batch)?;
            drop(bytes);
            if piece.goes_on {
                window.move_behind(cut);
            }
            let passed_over = batch.take_passed_over();
            batch.sources.push(Source {
                path: item.name.clone(),
                format: format.name().into(),
                records: 0..batch.open_record(),
                passed_over,
                number: 0,
                truncated: false,
            });
            course.give(batch, continues)?;
            continues = true;
            Ok(ended)
        };
        let ended = self.pieces(format, &mut window, Cutting::Thorough, &mut take)?;
        let truncated = window.broken().is_some() || ended == Ended::Truncated;
        let mut batch = self.batch();
        add_flaws(&mut batch, item, &window);
        if truncated {
            add_truncated(&mut batch, item, &window);
        }
        if batch.issues.is_empty() {
            return Ok(());
        }
        batch.sources.push(Source {
            path: item.name.clone(),
            format: format.name().into(),
            records: 0..0,
            passed_over: 0,
            number: 0,
            truncated,
        });
        course.give(batch, true)
    }

    /// Shows an item to `take`, piece by piece where it can be cut.
    fn pieces<'i>(
        &self,
        format: &dyn Format,
        window: &mut Window<'i>,
        cutting: Cutting,
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
                size = match cutting {
                    Cutting::Cheap => usize::MAX,
                    Cutting::Thorough => size.saturating_mul(2),
                };
                continue;
            };
            let goes_on = true;
            take(window, &cut, Piece { place, goes_on })?;
            size = self.options.piece_bytes;
        }
    }
}

/// The formats of tables whose columns a mapping names.
#[cfg_attr(
    not(any(feature = "parquet", feature = "arrow")),
    allow(unused_mut, reason = "no format has tables without these features")
)]
fn mapped(mapping: &Mapping) -> Vec<Box<dyn Format>> {
    let mut formats: Vec<Box<dyn Format>> = Vec::new();
    if !mapping.is_empty() {
        #[cfg(feature = "parquet")]
        formats.push(Box::new(crate::parquet::MappedParquet(mapping.clone())));
        #[cfg(feature = "arrow")]
        formats.push(Box::new(crate::arrow::MappedArrow(mapping.clone())));
    }
    formats
}

/// What the file beside an item holds that says more of it.
fn companion(format: &dyn Format, item: &Item) -> Option<Vec<u8>> {
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
fn read_piece(
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

pub(super) fn is_of_the_system(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Io | ErrorKind::NotFound)
}

/// Says that an item ended too early, where its window ends.
fn add_truncated(batch: &mut SpanBatch, item: &Item, window: &Window<'_>) {
    let offset = window.place().offset + window.bytes().len() as i64;
    let offset = Some(offset.unsigned_abs());
    let why = window.broken().unwrap_or("");
    add_issue(batch, IssueKind::TruncatedFile, item, offset, why);
}

/// Says which records could not be unpacked.
fn add_flaws(batch: &mut SpanBatch, item: &Item, window: &Window<'_>) {
    for flaw in window.take_flaws() {
        let example = Example::File {
            path: item.name.clone(),
            record: Some(flaw.record),
            offset: Some(flaw.offset),
            detail: flaw.detail,
        };
        batch.issues.add(IssueKind::MalformedRecord, "", example);
    }
}

fn add_unreadable(batch: &mut SpanBatch, item: &Item, error: &Error) {
    add_issue(
        batch,
        IssueKind::UnreadableFile,
        item,
        None,
        error.message(),
    );
}

pub(super) fn add_issue(
    batch: &mut SpanBatch,
    kind: IssueKind,
    item: &Item,
    offset: Option<u64>,
    detail: &str,
) {
    let example = Example::File {
        path: item.name.clone(),
        record: None,
        offset,
        detail: detail.to_owned(),
    };
    batch.issues.add(kind, "", example);
}

fn not_recognised(item: &Item, window: &Window<'_>, batch: &mut SpanBatch) -> Result<()> {
    let bytes = without_mark(window.bytes());
    let empty = bytes.trim_ascii().is_empty();
    let (issue, kind, what) = match (window.broken(), seems(bytes)) {
        (Some(why), _) if empty => {
            let colon = if why.is_empty() { "" } else { ": " };
            let what = format!("compressed data that breaks off at once{colon}{why}");
            (IssueKind::TruncatedFile, ErrorKind::Format, what)
        }
        _ if empty => {
            let what = "the input is empty".to_owned();
            (IssueKind::UnknownFormat, ErrorKind::NoSpans, what)
        }
        (_, seems) => {
            let what = seems.map_or_else(String::new, |seems| format!("; it seems to be {seems}"));
            let what = format!("of no format that is known{what}");
            (IssueKind::UnknownFormat, ErrorKind::Format, what)
        }
    };
    if item.explicit {
        return Err(Error::new(kind, what));
    }
    let detail = if empty {
        &what
    } else {
        seems(bytes).unwrap_or("")
    };
    add_issue(batch, issue, item, None, detail);
    Ok(())
}
