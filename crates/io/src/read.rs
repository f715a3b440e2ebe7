//! Reading inputs: files in parallel, results in the order of paths.
//!
//! Files are put together in portions of a few megabytes, each of which one
//! thread reads into one batch; the batches are joined in order. The portions
//! depend on the files alone, so the result does not depend on the number of
//! threads.

use crate::format::{Cutting, Ended, Format};
use crate::guess::{by_name, guess, without_mark};
use crate::limits::Limits;
use crate::progress::{Meter, Progress};
use crate::source::{expand, seems, Expansion, Input, Item, Place, Window};
use rayon::prelude::*;
use spanwise_model::batch::Source;
use spanwise_model::{
    AttributeKeep, Error, ErrorKind, Example, Guard, IssueKind, Issues, Result, SpanBatch,
    SpanTable,
};
use std::fmt;
use std::sync::Arc;

/// How many bytes of small files are read into one batch.
const PORTION_BYTES: u64 = 8 << 20;

/// How many bytes of a large file are read at once, where it can be cut.
const PIECE_BYTES: usize = 4 << 20;

/// How inputs are read.
///
/// ```
/// use spanwise_io::{read_table, Input, ReadOptions};
/// use spanwise_model::AttributeKeep;
///
/// let input = [Input::bytes("shop GET 0..100 http.route=/cart user.id=7")];
/// let routes = AttributeKeep::Keys(vec!["http.route".into()]);
/// let table = read_table(&input, &ReadOptions::default().threads(1).attributes(routes))?;
/// let span = table.trace(0).primary();
/// assert!(span.attribute("http.route").is_some() && span.attribute("user.id").is_none());
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ReadOptions {
    /// Which attributes are kept; those that analyses read are kept always.
    pub attributes: AttributeKeep,
    /// True where any issue is an error.
    pub strict: bool,
    /// How many threads read; as many as there are cores where it is not set.
    pub threads: Option<usize>,
    /// Limits against hostile input.
    pub limits: Limits,
    /// The name of the format of every file; guessed where it is not set.
    pub format: Option<String>,
    /// What watches the read.
    pub progress: Option<Arc<dyn Progress>>,
    /// How many bytes of a large file are read at once, where it can be cut.
    pub piece_bytes: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            attributes: AttributeKeep::default(),
            strict: false,
            threads: None,
            limits: Limits::default(),
            format: None,
            progress: None,
            piece_bytes: PIECE_BYTES,
        }
    }
}

impl fmt::Debug for ReadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOptions")
            .field("attributes", &self.attributes)
            .field("strict", &self.strict)
            .field("threads", &self.threads)
            .field("limits", &self.limits)
            .field("format", &self.format)
            .field("piece_bytes", &self.piece_bytes)
            .finish_non_exhaustive()
    }
}

impl ReadOptions {
    /// The same options keeping other attributes.
    #[must_use]
    pub fn attributes(mut self, keep: AttributeKeep) -> Self {
        self.attributes = keep;
        self
    }

    /// The same options, strict or not: whether an issue of reading or
    /// assembly, however small, is an error of the whole read.
    ///
    /// ```
    /// use spanwise_io::{read_table, Input, ReadOptions};
    /// let input = [Input::bytes("shop GET 0..100 parent=77")];
    /// assert_eq!(read_table(&input, &ReadOptions::default())?.issues.total(), 2);
    /// let error = read_table(&input, &ReadOptions::default().strict(true)).err();
    /// assert!(error.is_some_and(|error| error.to_string().contains("orphan")));
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// The same options with this many threads.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The same options with other limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same options for files of the format of this name.
    ///
    /// ```
    /// use spanwise_io::{read_batch, Input, ReadOptions};
    /// let input = [Input::bytes("[]\n")];
    /// let error = read_batch(&input, &ReadOptions::default().format("csv")).err();
    /// let message = error.map(|error| error.to_string()).unwrap_or_default();
    /// assert!(message.contains("no format csv; there are otlp-json"));
    /// ```
    #[must_use]
    pub fn format(mut self, name: impl Into<String>) -> Self {
        self.format = Some(name.into());
        self
    }

    /// The same options with pieces of this many bytes. What a file holds does
    /// not depend on it, nor what is wrong with it, but for one thing: bytes
    /// that are no UTF-8 are counted once a piece.
    #[must_use]
    pub fn piece_bytes(mut self, bytes: usize) -> Self {
        self.piece_bytes = bytes.max(1);
        self
    }

    /// The same options watched by `progress`.
    #[must_use]
    pub fn progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = Some(progress);
        self
    }
}

/// Reads inputs and assembles their traces.
///
/// ```
/// use spanwise_io::{read_table, Input, ReadOptions};
/// let document = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{
///     "traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",
///     "name":"GET","startTimeUnixNano":"0","endTimeUnixNano":"5"}]}]}]}"#;
/// let table = read_table(&[Input::bytes(document)], &ReadOptions::default())?;
/// assert_eq!(table.len(), 1);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_batch`]; [`ErrorKind::Strict`] also where the spans read whole do
/// not make whole traces.
pub fn read_table(inputs: &[Input], options: &ReadOptions) -> Result<SpanTable> {
    let pool = pool(options.threads)?;
    let batch = read_in(&pool, inputs, options)?;
    let table = pool.install(|| crate::assemble::assemble(batch))?;
    if options.strict {
        check_issues(&table.issues)?;
    }
    Ok(table)
}

/// Reads inputs into one batch, whose records stand in the order of the paths.
///
/// ```
/// use spanwise_io::{read_batch, Input, ReadOptions};
/// let span = Input::bytes("shop GET 0..100");
/// let batch = read_batch(&[span.clone(), span], &ReadOptions::default())?;
/// assert_eq!(batch.len(), 2, "records as they came: assembly folds equal ones");
/// assert_eq!(batch.sources[0].format, "notation");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::NotFound`] for a path that does not exist or a pattern that
/// matches nothing; [`ErrorKind::Io`] and [`ErrorKind::Format`] for a file
/// named itself that cannot be read or is of no known format;
/// [`ErrorKind::NoSpans`] where an input holds no span; [`ErrorKind::Limit`],
/// [`ErrorKind::Strict`] and [`ErrorKind::Cancelled`].
pub fn read_batch(inputs: &[Input], options: &ReadOptions) -> Result<SpanBatch> {
    read_in(&pool(options.threads)?, inputs, options)
}

fn read_in(pool: &rayon::ThreadPool, inputs: &[Input], options: &ReadOptions) -> Result<SpanBatch> {
    let expansion = expand(inputs)?;
    let reader = Reader::new(&expansion, options)?;
    let portions = portions(&expansion.items);
    let read = || -> Vec<Result<SpanBatch>> {
        let portions = portions.par_iter();
        portions.map(|items| reader.portion(items)).collect()
    };
    let results = pool.install(read);
    let mut batch = SpanBatch::new(options.attributes.clone());
    for result in results {
        batch.absorb(result?)?;
    }
    check_found(inputs, &expansion, &batch)?;
    batch.issues.absorb(expansion.issues);
    batch.guard = Guard::default();
    if options.strict {
        check_issues(&batch.issues)?;
    }
    Ok(batch)
}

fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build()
        .map_err(|error| Error::new(ErrorKind::Usage, error.to_string()).caused_by(error))
}

/// Cuts items into runs of a few megabytes.
fn portions(items: &[Item]) -> Vec<&[Item]> {
    let mut portions = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, item) in items.iter().enumerate() {
        let size = item.size.unwrap_or(PORTION_BYTES);
        if at > start && size > PORTION_BYTES - bytes.min(PORTION_BYTES) {
            portions.push(&items[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes = size.saturating_add(bytes);
    }
    portions.push(&items[start..]);
    portions
}

/// The sum, where all are known. Sparse files may claim any size.
fn total(mut sizes: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    sizes.try_fold(0u64, |sum, size| Some(sum.saturating_add(size?)))
}

struct Reader<'a> {
    options: &'a ReadOptions,
    format: Option<&'static dyn Format>,
    meter: Meter,
}

impl<'a> Reader<'a> {
    fn new(expansion: &Expansion, options: &'a ReadOptions) -> Result<Self> {
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

    fn portion(&self, items: &[Item]) -> Result<SpanBatch> {
        let limits = &self.options.limits;
        let mut batch = SpanBatch::new(self.options.attributes.clone());
        batch.guard = Guard {
            text_bytes: limits.text_bytes,
            attributes: limits.attributes,
            depth: limits.depth,
            stop: self.meter.stop(),
        };
        for item in items {
            self.item(item, &mut batch)
                .map_err(|error| error.in_file(item.name.clone()))?;
        }
        Ok(batch)
    }

    fn item(&self, item: &Item, batch: &mut SpanBatch) -> Result<()> {
        match self.open(item) {
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
    fn open<'i>(&'i self, item: &'i Item) -> Result<Window<'i>> {
        let limits = &self.options.limits;
        let mut window = Window::open(item, limits, &self.meter, Cutting::Cheap)?;
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
        let ended = self.pieces(format, &mut window, batch);
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
            format: format.name(),
            records: first..batch.open_record(),
            truncated,
        });
        Ok(())
    }

    /// Reads an item, piece by piece where it can be cut.
    fn pieces(
        &self,
        format: &dyn Format,
        window: &mut Window<'_>,
        batch: &mut SpanBatch,
    ) -> Result<Ended> {
        let mut size = self.options.piece_bytes;
        loop {
            window.fill(size)?;
            let shown = &window.bytes()[..window.bytes().len().min(size)];
            let is_whole = window.is_last() && shown.len() == window.bytes().len();
            let cut = match is_whole {
                true => None,
                false => format.cut(shown, Cutting::Cheap),
            };
            match cut {
                Some(cut) => {
                    read_piece(format, &shown[..cut.end], window.place(), true, batch)?;
                    window.move_behind(&cut);
                    size = self.options.piece_bytes;
                }
                None if is_whole => {
                    return read_piece(format, shown, window.place(), false, batch);
                }
                None => size = usize::MAX,
            }
        }
    }
}

/// Reads a piece of a file into a batch; issues and errors say where they stand
/// in the file.
fn read_piece(
    format: &dyn Format,
    bytes: &[u8],
    place: Place,
    goes_on: bool,
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

/// Every folder and pattern must have given spans, and so must the whole run.
fn check_found(inputs: &[Input], expansion: &Expansion, batch: &SpanBatch) -> Result<()> {
    if inputs.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no input is named"));
    }
    let mut spans = vec![0u64; inputs.len()];
    let by_name: std::collections::BTreeMap<&str, u64> = batch
        .sources
        .iter()
        .map(|source| (source.path.as_str(), source.records.len() as u64))
        .collect();
    for item in &expansion.items {
        let found = by_name.get(item.name.as_str()).copied().unwrap_or(0);
        item.inputs.iter().for_each(|&at| spans[at] += found);
    }
    if batch.is_empty() {
        let names: Vec<_> = inputs.iter().take(3).map(Input::name).collect();
        let names = names.join(", ");
        if expansion.items.is_empty() && expansion.issues.is_empty() {
            return Err(Error::new(ErrorKind::NoSpans, "no file in it").in_file(names));
        }
        return Err(no_span(names, &batch.issues, &expansion.issues));
    }
    let empty = expansion.collections.iter().find(|&&at| spans[at] == 0);
    empty.map_or(Ok(()), |&at| {
        let none = Issues::default();
        Err(no_span(inputs[at].name(), &none, &none))
    })
}

/// No span was found; the issues may tell why.
fn no_span(name: String, read: &Issues, walked: &Issues) -> Error {
    let mut issues = read.clone();
    issues.absorb(walked.clone());
    let why = issues
        .told()
        .map_or_else(String::new, |why| format!("; {why}"));
    Error::new(ErrorKind::NoSpans, format!("no span in it{why}")).in_file(name)
}

fn check_issues(issues: &Issues) -> Result<()> {
    let error = |told| Err(Error::new(ErrorKind::Strict, told));
    issues.told().map_or(Ok(()), error)
}
