//! What reads items: the options, the formats and the progress of a read.

use super::told::{add_unreadable, is_of_the_system};
use super::{total, ReadOptions};
use crate::format::Format;
use crate::guess::{by_name, guess, is_whole, without_mark};
use crate::progress::Meter;
use crate::select;
use crate::source::{Expansion, Item, Window};
use crate::table::Mapping;
use spanwise_model::{Error, ErrorKind, Guard, Result, SpanBatch, Wanted};
use std::sync::atomic::AtomicUsize;

/// Reads items under the options of a read.
pub(crate) struct Reader<'a> {
    pub(super) options: &'a ReadOptions,
    format: Option<&'static dyn Format>,
    /// Tables whose columns a mapping names.
    mapped: Vec<Box<dyn Format>>,
    /// Which traces are wanted, where the filter names some.
    wanted: Option<Wanted>,
    pub(super) meter: Meter,
    /// Pieces of all items that wait for a thread.
    pub(super) waiting: AtomicUsize,
}

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
        // They wait for those of other threads.
        batches.iter_mut().for_each(SpanBatch::forget_learnt);
        Ok(batches)
    }

    /// Reads an item, where it is `alone` on all threads that have time. The
    /// first batch of the answer is `first` with more records.
    fn item(&self, item: &Item, mut first: SpanBatch, alone: bool) -> Result<Vec<SpanBatch>> {
        match self.open(item) {
            Ok(window) => self.read(item, window, first, alone),
            Err(error) if !item.explicit && is_of_the_system(&error) => {
                add_unreadable(&mut first, item, &error);
                Ok(vec![first])
            }
            Err(error) => Err(error),
        }
    }

    /// A window onto the beginning of an item.
    pub(super) fn open<'i>(&'i self, item: &'i Item) -> Result<Window<'i>> {
        let limits = &self.options.limits;
        let mut window = Window::open(item, limits, &self.meter)?;
        window.fill_head()?;
        Ok(window)
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

    /// The format of what begins with these bytes: the one that the user named,
    /// or a guess.
    pub(super) fn format_for(&self, head: &[u8]) -> Option<&dyn Format> {
        match self.format {
            Some(format) => Some(self.mapped_as(format)),
            None => self.guess(head),
        }
    }

    /// The format of an item, whose mark, if it has one, is passed. One that must
    /// be seen whole is shown so.
    pub(super) fn format_of(&self, window: &mut Window<'_>) -> Result<Option<&dyn Format>> {
        if is_whole(window.bytes()) {
            window.fill(usize::MAX)?;
        }
        let format = self.format_for(window.bytes());
        if format.is_some() {
            let mark = window.bytes().len() - without_mark(window.bytes()).len();
            window.pass(mark);
        }
        Ok(format)
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
