//! What may still become of an item, and how far it is: one account for all
//! layers of compression and all entries of archives in it.
//!
//! An archive of bombs must not become large entry by entry, so what limits
//! guard is summed up over everything that comes out of one file. The reason
//! why a read is to stop is kept here too, because the layers and the crates
//! between them can hand up nothing but an [`io::Error`].

use crate::limits::Limits;
use crate::progress::Meter;
use spanwise_model::{Error, ErrorKind, Guard, Result};
use std::cell::{Cell, RefCell};
use std::io;

/// Below this many bytes no ratio is suspicious.
const RATIO_FROM: u64 = 64 << 20;

/// How many bytes pass between two looks at whether to go on.
const STEP: u64 = 1 << 20;

/// The account of one item.
pub(crate) struct Allowance<'a> {
    limits: Limits,
    meter: &'a Meter,
    /// How many bytes the item has as it lies there, where that is known.
    size: Option<u64>,
    /// How many of these have passed, and of how many the meter was told.
    passed: Cell<u64>,
    told: Cell<u64>,
    /// How many bytes all layers gave.
    come: Cell<u64>,
    entries: Cell<u64>,
    stop: RefCell<Option<Error>>,
    flaws: RefCell<Vec<Flawed>>,
}

/// A record that could not be unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flawed {
    /// Its number, from 1.
    pub(crate) record: u64,
    /// Where it would stand in what was unpacked.
    pub(crate) offset: u64,
    pub(crate) detail: String,
}

impl<'a> Allowance<'a> {
    pub(crate) fn new(limits: &Limits, meter: &'a Meter, size: Option<u64>) -> Self {
        Self {
            limits: *limits,
            meter,
            size,
            passed: Cell::new(0),
            told: Cell::new(0),
            come: Cell::new(0),
            entries: Cell::new(0),
            stop: RefCell::new(None),
            flaws: RefCell::default(),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// As much of a size that is stated inside as the item can become.
    pub(super) fn plausible(&self, stated: u64) -> u64 {
        let most = self.size.unwrap_or(RATIO_FROM);
        stated.min(most.saturating_mul(self.limits.ratio))
    }

    /// Notes that so many bytes of the item have passed.
    pub(super) fn pass(&self, bytes: u64) -> io::Result<()> {
        self.passed.set(self.passed.get().saturating_add(bytes));
        if bytes == 0 || self.passed.get() - self.told.get() >= STEP {
            self.tell(self.passed.get())?;
        }
        Ok(())
    }

    /// Notes that no more of the item will be looked at.
    pub(super) fn pass_all(&self) -> io::Result<()> {
        self.tell(self.size.unwrap_or_else(|| self.passed.get()))
    }

    fn tell(&self, passed: u64) -> io::Result<()> {
        let passed = self.size.map_or(passed, |size| passed.min(size));
        let step = passed.saturating_sub(self.told.get());
        self.told.set(self.told.get() + step);
        if self.meter.advance(step) {
            return Ok(());
        }
        Err(self.refuse(Error::new(ErrorKind::Cancelled, "stopped")))
    }

    /// Notes that a layer gave so many bytes.
    pub(super) fn come(&self, bytes: u64) -> io::Result<()> {
        self.come.set(self.come.get().saturating_add(bytes));
        self.check(self.come.get(), self.passed.get())
    }

    /// Checks that so many bytes may come of so many.
    pub(super) fn check(&self, come: u64, of: u64) -> io::Result<()> {
        let Limits {
            file_bytes, ratio, ..
        } = self.limits;
        if come > file_bytes {
            return Err(self.refuse(Guard::exceeded("file_bytes", file_bytes)));
        }
        if come > RATIO_FROM && come / of.max(1) > ratio {
            return Err(self.refuse(Guard::exceeded("ratio", ratio)));
        }
        Ok(())
    }

    /// Checks that archives in the item may have so many more entries.
    pub(super) fn check_entries(&self, more: u64) -> io::Result<()> {
        if self.entries.get().saturating_add(more) > self.limits.entries {
            return Err(self.refuse(Guard::exceeded("entries", self.limits.entries)));
        }
        Ok(())
    }

    /// Notes so many more entries of archives.
    pub(super) fn add_entries(&self, more: u64) {
        self.entries.set(self.entries.get().saturating_add(more));
    }

    /// Checks how many layers lie around one another.
    pub(super) fn check_layers(&self, layers: usize) -> Result<()> {
        if layers > self.limits.layers {
            return Err(Guard::exceeded("layers", self.limits.layers));
        }
        Ok(())
    }

    /// Keeps why the read is to stop; the answer is for those between.
    pub(super) fn refuse(&self, why: Error) -> io::Error {
        let text = why.to_string();
        self.stop.borrow_mut().get_or_insert(why);
        io::Error::other(text)
    }

    /// What an error of reading means: why the read is to stop, where that was
    /// the cause.
    pub(super) fn stopped(&self) -> Option<Error> {
        self.stop.borrow_mut().take()
    }

    /// Notes a record that could not be unpacked.
    pub(super) fn flaw(&self, flaw: Flawed) {
        self.flaws.borrow_mut().push(flaw);
    }

    /// The records that could not be unpacked, since this was last asked.
    pub(super) fn take_flaws(&self) -> Vec<Flawed> {
        std::mem::take(&mut self.flaws.borrow_mut())
    }
}
