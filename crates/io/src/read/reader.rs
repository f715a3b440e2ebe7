//! Reading items: whole into a batch, or piece by piece.

use super::{total, ReadOptions};
use crate::format::{Cutting, Ended, Format};
use crate::guess::{by_name, guess, without_mark};
use crate::progress::Meter;
use crate::source::{seems, Expansion, Item, Place, Window};
use spanwise_model::batch::Source;
use spanwise_model::{Error, ErrorKind, Example, Guard, IssueKind, Result, SpanBatch};

/// Reads items under the options of a read.
pub(crate) struct Reader<'a> {
    options: &'a ReadOptions,
    format: Option<&'static dyn Format>,
    meter: Meter,
}

/// Takes the batch of a piece; the flag is true where it goes on with the file
/// of the batch before.
pub(super) type Give<'g> = dyn FnMut(SpanBatch, bool) -> Result<()> + 'g;

/// Reads a piece: its bytes, its place, and whether the file goes on behind it.
type Take<'t> = dyn FnMut(&[u8], Place, bool) -> Result<Ended> + 't;

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
            meter: Meter::new(options.progress.clone(), total(sizes)),
        })
    }

    /// An empty batch that obeys the options.
    fn batch(&self) -> SpanBatch {
        let limits = &self.options.limits;
        let mut batch = SpanBatch::new(self.options.attributes.clone());
        batch.guard = Guard {
            text_bytes: limits.text_bytes,
            attributes: limits.attributes,
            depth: limits.depth,
            stop: self.meter.stop(),
        };
        batch
    }

    /// Reads items into one batch.
    pub(crate) fn portion(&self, items: &[Item]) -> Result<SpanBatch> {
        let mut batch = self.batch();
        for item in items {
            self.item(item, &mut batch)
                .map_err(|error| error.in_file(item.name.clone()))?;
        }
        Ok(batch)
    }

    fn item(&self, item: &Item, batch: &mut SpanBatch) -> Result<()> {
        match self.open(item, Cutting::Cheap) {
            Ok(window) => self.read(item, window, batch),
            Err(error) if !item.explicit && is_of_the_system(&error) => {
                let kind = IssueKind::UnreadableFile;
                add_issue(batch, kind, item, None, error.message());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// A window onto the beginning of an item.
    fn open<'i>(&'i self, item: &'i Item, cutting: Cutting) -> Result<Window<'i>> {
        let limits = &self.options.limits;
        let mut window = Window::open(item, limits, &self.meter, cutting)?;
        window.fill_head()?;
        Ok(window)
    }

    fn read(&self, item: &Item, mut window: Window<'_>, batch: &mut SpanBatch) -> Result<()> {
        let guessed = self.format.or_else(|| guess(window.bytes()));
        let Some(format) = guessed else {
            let bytes = without_mark(window.bytes());
            return not_recognised(item, bytes, window.is_truncated(), batch);
        };
        let mark = window.bytes().len() - without_mark(window.bytes()).len();
        window.pass(mark);
        let first = batch.open_record();
        batch.begin_file(item.size.filter(|_| window.is_plain()));
        let others = std::mem::take(&mut batch.issues);
        let mut take =
            |bytes: &[u8], place, goes_on| read_piece(format, bytes, (place, goes_on), batch);
        let ended = self.pieces(format, &mut window, Cutting::Cheap, &mut take);
        let mut issues = std::mem::replace(&mut batch.issues, others);
        issues.set_path(&item.name);
        batch.issues.absorb(issues);
        let ended = match ended {
            Err(error) if !item.explicit && is_of_the_system(&error) => {
                let kind = IssueKind::UnreadableFile;
                add_issue(batch, kind, item, None, error.message());
                Ended::Truncated
            }
            ended => ended?,
        };
        let truncated = window.is_truncated() || ended == Ended::Truncated;
        if truncated {
            let offset = window.place().offset + window.bytes().len() as i64;
            let offset = Some(offset.unsigned_abs());
            add_issue(batch, IssueKind::TruncatedFile, item, offset, "");
        }
        batch.sources.push(Source {
            path: item.name.clone(),
            format: format.name().into(),
            records: first..batch.open_record(),
            truncated,
        });
        Ok(())
    }

    /// Reads an item, each piece into a batch of its own, which is given away.
    pub(crate) fn stream(&self, item: &Item, give: &mut Give<'_>) -> Result<()> {
        let read = match self.open(item, Cutting::Thorough) {
            Ok(window) => self.read_apart(item, window, give),
            Err(error) => Err(error),
        };
        match read {
            Err(error) if !item.explicit && is_of_the_system(&error) => {
                let mut batch = self.batch();
                let kind = IssueKind::UnreadableFile;
                add_issue(&mut batch, kind, item, None, error.message());
                give(batch, false)
            }
            read => read,
        }
    }

    fn read_apart(&self, item: &Item, mut window: Window<'_>, give: &mut Give<'_>) -> Result<()> {
        let guessed = self.format.or_else(|| guess(window.bytes()));
        let Some(format) = guessed else {
            let mut batch = self.batch();
            let bytes = without_mark(window.bytes());
            not_recognised(item, bytes, window.is_truncated(), &mut batch)?;
            return give(batch, false);
        };
        let mark = window.bytes().len() - without_mark(window.bytes()).len();
        window.pass(mark);
        let mut continues = false;
        let mut take = |bytes: &[u8], place: Place, goes_on| {
            let mut batch = self.batch();
            batch.begin_file(None);
            let ended = read_piece(format, bytes, (place, goes_on), &mut batch)?;
            batch.issues.set_path(&item.name);
            batch.sources.push(Source {
                path: item.name.clone(),
                format: format.name().into(),
                records: 0..batch.open_record(),
                truncated: false,
            });
            give(batch, continues)?;
            continues = true;
            Ok(ended)
        };
        let ended = self.pieces(format, &mut window, Cutting::Thorough, &mut take)?;
        if window.is_truncated() || ended == Ended::Truncated {
            let mut batch = self.batch();
            let offset = window.place().offset + window.bytes().len() as i64;
            let offset = Some(offset.unsigned_abs());
            add_issue(&mut batch, IssueKind::TruncatedFile, item, offset, "");
            batch.sources.push(Source {
                path: item.name.clone(),
                format: format.name().into(),
                records: 0..0,
                truncated: true,
            });
            give(batch, true)?;
        }
        Ok(())
    }

    /// Shows an item to `take`, piece by piece where it can be cut.
    fn pieces(
        &self,
        format: &dyn Format,
        window: &mut Window<'_>,
        cutting: Cutting,
        take: &mut Take<'_>,
    ) -> Result<Ended> {
        let mut size = self.options.piece_bytes;
        loop {
            window.fill(size)?;
            let all = window.bytes();
            let shown = &all[..all.len().min(size)];
            if window.is_last() && shown.len() == all.len() {
                return take(shown, window.place(), false);
            }
            let Some(cut) = format.cut(shown, cutting) else {
                size = match cutting {
                    Cutting::Cheap => usize::MAX,
                    Cutting::Thorough => size.saturating_mul(2),
                };
                continue;
            };
            if cut.closing.is_empty() {
                take(&shown[..cut.end], window.place(), true)?;
            } else {
                let piece = [&shown[..cut.end], &cut.closing].concat();
                take(&piece, window.place(), true)?;
            }
            window.move_behind(&cut);
            size = self.options.piece_bytes;
        }
    }
}

/// Reads a piece of a file into a batch; issues and errors say where they stand
/// in the file.
fn read_piece(
    format: &dyn Format,
    bytes: &[u8],
    (place, goes_on): (Place, bool),
    batch: &mut SpanBatch,
) -> Result<Ended> {
    let others = std::mem::take(&mut batch.issues);
    batch.goes_on = goes_on;
    let ended = format.read(bytes, batch);
    batch.goes_on = false;
    let mut issues = std::mem::replace(&mut batch.issues, others);
    issues.move_in_file(place.offset, place.records);
    batch.issues.absorb(issues);
    ended.map_err(|error| error.moved_in_file(place.offset, place.records))
}

fn is_of_the_system(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Io | ErrorKind::NotFound)
}

fn add_issue(
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

fn not_recognised(item: &Item, bytes: &[u8], truncated: bool, batch: &mut SpanBatch) -> Result<()> {
    let empty = bytes.trim_ascii().is_empty();
    let (issue, kind, what) = match seems(bytes) {
        _ if empty && truncated => {
            let what = "compressed data that breaks off at once";
            (IssueKind::TruncatedFile, ErrorKind::Format, what.to_owned())
        }
        _ if empty => {
            let what = "the input is empty".to_owned();
            (IssueKind::UnknownFormat, ErrorKind::NoSpans, what)
        }
        seems => {
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
