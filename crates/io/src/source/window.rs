//! A window that moves over the bytes of an item, decompressed.

use super::allowance::{Allowance, Flawed};
use super::archive::{self, Damage, Entry, Seekable};
use super::decompress::{Decompressed, Known, Raw, Source, Step, HEAD};
use super::expand::{Item, Origin};
use super::held::Held;
use super::magic::{Archive, Packing};
use crate::format::Cut;
use crate::limits::Limits;
use crate::progress::Meter;
use spanwise_model::Result;
use std::borrow::Cow;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;
use std::rc::Rc;

/// The bytes of an item that have come and have not been read yet.
pub(crate) struct Window<'a> {
    bytes: Bytes<'a>,
    /// What was read is dropped when the window moves.
    start: usize,
    /// The offset in the file of the window's first byte; below the true one
    /// by the bytes that were put before it.
    offset: i64,
    /// How many records stand before the window.
    records: u64,
    ended: bool,
    broken: Option<String>,
    /// How many layers of compression and archives lie around it.
    layers: usize,
    allowance: Rc<Allowance<'a>>,
    /// The file, where the bytes come as they lie in one.
    file: Option<&'a Path>,
}

/// An entry of an archive: a window onto it, or why there is none.
pub(crate) struct Inner<'e> {
    pub(crate) name: String,
    pub(crate) size: Option<u64>,
    pub(crate) window: std::result::Result<Window<'e>, String>,
}

enum Bytes<'a> {
    /// In memory already.
    Whole(&'a [u8]),
    Coming(Held, Box<Decompressed<'a>>),
}

/// Where a piece stands in its file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    pub(crate) offset: i64,
    pub(crate) records: u64,
}

impl<'a> Window<'a> {
    /// A window before the first byte of an item.
    pub(crate) fn open(item: &'a Item, limits: &Limits, meter: &'a Meter) -> Result<Self> {
        let allowance = Rc::new(Allowance::new(limits, meter, item.size));
        let source: Source<'a> = match &item.origin {
            Origin::File(path) => Box::new(File::open(path)?),
            Origin::Bytes(bytes) if Packing::of(bytes).is_some() => Box::new(&bytes[..]),
            Origin::Bytes(bytes) => return Self::whole(bytes, allowance),
            Origin::Spool(spool) => Box::new(spool.reader()),
            Origin::Stdin => Box::new(std::io::stdin().lock()),
            Origin::Entry => Box::new(std::io::empty()),
        };
        let raw = Raw {
            source,
            allowance: allowance.clone(),
        };
        let known = Known {
            size: item.size,
            ..Known::default()
        };
        let mut window = Self::over(Box::new(raw), known, &allowance)?;
        window.file = match &item.origin {
            Origin::File(path) if item.size.is_some() && window.is_plain() => Some(path),
            _ => None,
        };
        Ok(window)
    }

    fn over(source: Source<'a>, known: Known, allowance: &Rc<Allowance<'a>>) -> Result<Self> {
        let coming = Decompressed::new(source, known, allowance)?;
        let layers = usize::from(coming.is_compressed());
        let bytes = Bytes::Coming(Held::new(), Box::new(coming));
        Ok(Self {
            layers,
            ..Self::of(bytes, false, allowance.clone())
        })
    }

    fn whole(bytes: &'a [u8], allowance: Rc<Allowance<'a>>) -> Result<Self> {
        let window = Self::of(Bytes::Whole(bytes), true, allowance);
        window.account(bytes.len() as u64)?;
        window.account_for_all()?;
        Ok(window)
    }

    fn of(bytes: Bytes<'a>, ended: bool, allowance: Rc<Allowance<'a>>) -> Self {
        Self {
            bytes,
            start: 0,
            offset: 0,
            records: 0,
            ended,
            broken: None,
            layers: 0,
            allowance,
            file: None,
        }
    }

    /// Fills the window up to its first bytes, by which a format is guessed.
    /// What is compressed more than once is decompressed as often.
    pub(crate) fn fill_head(&mut self) -> Result<()> {
        self.allowance.check_layers(self.layers)?;
        self.fill(HEAD)?;
        while let (false, Some(_)) = (self.is_plain(), Packing::of(self.bytes())) {
            let source = self.rest();
            let known = Known {
                inside: true,
                counted: true,
                ..Known::default()
            };
            let inner = Self::over(source, known, &self.allowance)?;
            let layers = self.layers + inner.layers;
            *self = Self { layers, ..inner };
            self.allowance.check_layers(self.layers)?;
            self.fill(HEAD)?;
        }
        Ok(())
    }

    /// The file, where the bytes come as they lie in one, so that they can be
    /// taken from there in another order.
    #[cfg(feature = "parquet")]
    pub(crate) fn file(&self) -> Option<&'a Path> {
        self.file
    }

    /// Notes that so many bytes were taken from the file itself.
    pub(crate) fn account(&self, bytes: u64) -> Result<()> {
        let allowance = &self.allowance;
        let counted = allowance.pass(bytes).and_then(|()| allowance.come(bytes));
        counted.map_err(|error| allowance.stopped().unwrap_or_else(|| error.into()))
    }

    /// Notes that no more of the file will be taken.
    pub(crate) fn account_for_all(&self) -> Result<()> {
        let passed = self.allowance.pass_all();
        passed.map_err(|error| self.allowance.stopped().unwrap_or_else(|| error.into()))
    }

    /// All bytes of a window that was not moved; none are left in it.
    fn rest(&mut self) -> Source<'a> {
        match std::mem::replace(&mut self.bytes, Bytes::Whole(&[])) {
            Bytes::Whole(bytes) => Box::new(bytes),
            Bytes::Coming(held, coming) => Box::new(Cursor::new(held.into_bytes()).chain(coming)),
        }
    }

    /// The archive that the window's first bytes say it is.
    pub(crate) fn archive(&self) -> Option<Archive> {
        Archive::of(self.bytes())
    }

    /// Gives windows onto the entries of the archive that this is, one after the
    /// other; answers what is wrong with the archive itself.
    pub(crate) fn entries(
        mut self,
        archive: Archive,
        give: &mut dyn FnMut(Inner<'_>) -> Result<()>,
    ) -> Result<Option<Damage>> {
        let (allowance, layers) = (self.allowance.clone(), self.layers + 1);
        allowance.check_layers(layers)?;
        let mut each = |entry: Entry<'_>| give(Inner::of(entry, &allowance, layers)?);
        match archive {
            Archive::Tar => archive::tar_entries(self.rest(), &self.allowance, &mut each),
            Archive::Zip => {
                let seekable = self.seekable()?;
                archive::zip_entries(&seekable, &self.allowance, &mut each)
            }
        }
    }

    /// All bytes of a window that was not moved, so that any of them can be
    /// read.
    fn seekable(&mut self) -> Result<Seekable<'a>> {
        if let Some(path) = self.file {
            return Ok(Seekable::file(path, self.allowance.clone())?);
        }
        self.fill(usize::MAX)?;
        Ok(
            match std::mem::replace(&mut self.bytes, Bytes::Whole(&[])) {
                Bytes::Whole(bytes) => Seekable::borrowed(bytes),
                Bytes::Coming(held, _) => Seekable::owned(held.into_bytes()),
            },
        )
    }

    /// Fills the window to this size, unless the file ends before.
    pub(crate) fn fill(&mut self, size: usize) -> Result<()> {
        let Bytes::Coming(bytes, coming) = &mut self.bytes else {
            return Ok(());
        };
        while !self.ended && bytes.len() - self.start < size {
            match coming.step(bytes, self.start.saturating_add(size))? {
                Step::More => {}
                Step::End => self.ended = true,
                Step::Broken(why) => (self.ended, self.broken) = (true, Some(why)),
            }
        }
        Ok(())
    }

    /// What the window shows.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Whole(bytes) => &bytes[self.start..],
            Bytes::Coming(bytes, _) => &bytes[self.start..],
        }
    }

    /// Shows the piece before a cut, with what closes it.
    pub(crate) fn show<T>(&mut self, cut: &Cut, look: impl FnOnce(&[u8]) -> T) -> T {
        let (start, end) = (self.start, self.start + cut.end);
        match &mut self.bytes {
            Bytes::Whole(all) => look(&closed(&all[start..end], cut)),
            Bytes::Coming(held, _) => held.show(end, &cut.closing, |bytes| look(&bytes[start..])),
        }
    }

    /// The piece before a cut, apart from the window, which moves behind it:
    /// borrowed where the whole item is in memory and the piece needs no
    /// closing. Otherwise the memory that holds it goes along, and what follows
    /// stands in `spare`.
    pub(crate) fn take_before(&mut self, cut: &Cut, spare: Vec<u8>) -> Result<Cow<'a, [u8]>> {
        let taken = match &mut self.bytes {
            Bytes::Whole(all) => {
                let taken = closed(&all[self.start..][..cut.end], cut);
                self.move_behind(cut)?;
                return Ok(taken);
            }
            Bytes::Coming(held, _) => {
                held.replace_front(self.start, &[]);
                let mut next = Held::in_room(spare);
                next.make_room(held.len() + held.free());
                next.extend(&cut.opening);
                next.extend(&held[cut.next..]);
                let mut taken = std::mem::replace(held, next);
                taken.truncate(cut.end);
                taken.extend(&cut.closing);
                taken.into_bytes()
            }
        };
        self.count(cut);
        Ok(Cow::Owned(taken))
    }

    /// Where the window's first byte stands.
    pub(crate) fn place(&self) -> Place {
        Place {
            offset: self.offset,
            records: self.records,
        }
    }

    /// True where all bytes are in memory already.
    pub(crate) fn is_in_memory(&self) -> bool {
        matches!(self.bytes, Bytes::Whole(_))
    }

    /// True where nothing follows behind the window.
    pub(crate) fn is_last(&self) -> bool {
        self.ended
    }

    /// True where the bytes come as they lie in the file.
    pub(crate) fn is_plain(&self) -> bool {
        match &self.bytes {
            Bytes::Whole(_) => true,
            Bytes::Coming(_, coming) => !coming.is_compressed(),
        }
    }

    /// Why data ended too early, where they did: nothing where they are cut,
    /// else what is broken.
    pub(crate) fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    /// The records that could not be unpacked, since this was last asked.
    pub(crate) fn take_flaws(&self) -> Vec<Flawed> {
        self.allowance.take_flaws()
    }

    /// Leaves these bytes behind.
    pub(crate) fn pass(&mut self, bytes: usize) {
        self.start += bytes;
        self.offset += bytes as i64;
    }

    /// Moves the window behind a cut.
    pub(crate) fn move_behind(&mut self, cut: &Cut) -> Result<()> {
        let next = self.start + cut.next;
        match &mut self.bytes {
            Bytes::Coming(held, _) => held.replace_front(next, &cut.opening),
            Bytes::Whole(_) if cut.opening.is_empty() => {}
            Bytes::Whole(all) => {
                let rest = &all[next..];
                self.bytes = self.behind(&cut.opening, rest)?;
                self.ended = false;
            }
        }
        self.count(cut);
        Ok(())
    }

    /// What opens the rest of bytes that are in memory, which come behind it.
    fn behind(&self, opening: &[u8], rest: &'a [u8]) -> Result<Bytes<'a>> {
        let known = Known {
            counted: true,
            ..Known::default()
        };
        let source: Source<'a> = Box::new(rest);
        let coming = Decompressed::of(None, (Vec::new(), source), known, &self.allowance)?;
        let mut held = Held::new();
        held.extend(opening);
        Ok(Bytes::Coming(held, Box::new(coming)))
    }

    /// Counts what stands before a cut. What comes begins at the window's first
    /// byte.
    fn count(&mut self, cut: &Cut) {
        self.records += cut.records;
        self.pass(cut.next);
        if matches!(self.bytes, Bytes::Coming(..)) {
            self.start = 0;
            self.offset -= cut.opening.len() as i64;
        }
    }
}

/// The bytes before a cut with what closes them.
fn closed<'b>(bytes: &'b [u8], cut: &Cut) -> Cow<'b, [u8]> {
    match cut.closing.is_empty() {
        true => Cow::Borrowed(bytes),
        false => Cow::Owned([bytes, &cut.closing].concat()),
    }
}

impl<'e> Inner<'e> {
    /// An entry below so many layers, and its own compression if it has one.
    fn of<'a: 'e>(entry: Entry<'e>, allowance: &Rc<Allowance<'a>>, layers: usize) -> Result<Self> {
        let size = entry.size.map(|size| allowance.plausible(size));
        let known = Known {
            size,
            inside: true,
            counted: true,
        };
        let allowance: Rc<Allowance<'e>> = allowance.clone();
        let window = match entry.content {
            Ok(source) => Ok(Window::over(source, known, &allowance)?),
            Err(why) => Err(why),
        };
        Ok(Self {
            name: entry.name,
            size,
            window: window.map(|window| Window {
                layers: layers + window.layers,
                ..window
            }),
        })
    }
}
