//! How inputs are read.

use crate::limits::Limits;
use crate::progress::Progress;
use crate::table::Mapping;
use spanwise_model::{AttributeKeep, Filter};
use std::fmt;
use std::sync::Arc;

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
    /// Which traces are wanted; all where it is not set.
    pub filter: Option<Filter>,
    /// True where any issue is an error.
    pub strict: bool,
    /// How many threads read; as many as there are cores where it is not set.
    pub threads: Option<usize>,
    /// Limits against hostile input.
    pub limits: Limits,
    /// The name of the format of every file; guessed where it is not set.
    pub format: Option<String>,
    /// Which columns of tables of spans, in Parquet or Arrow, hold what; by their
    /// names where it does not say.
    pub mapping: Mapping,
    /// What watches the read.
    pub progress: Option<Arc<dyn Progress>>,
    /// How many bytes of a large file are read at once, where it can be cut.
    pub piece_bytes: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            attributes: AttributeKeep::default(),
            filter: None,
            strict: false,
            threads: None,
            limits: Limits::default(),
            format: None,
            mapping: Mapping::default(),
            progress: None,
            piece_bytes: PIECE_BYTES,
        }
    }
}

impl fmt::Debug for ReadOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadOptions")
            .field("attributes", &self.attributes)
            .field("filter", &self.filter)
            .field("strict", &self.strict)
            .field("threads", &self.threads)
            .field("limits", &self.limits)
            .field("format", &self.format)
            .field("mapping", &self.mapping)
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

    /// The same options for the traces that meet a filter. Reading leaves out
    /// early what cannot meet it, and saves the work:
    ///
    /// - records of traces that the filter does not name are dropped where they
    ///   are read, before their attributes are stored;
    /// - traces in which no record is of the services, operations, durations
    ///   and times that are asked for, or none of the root operation, are
    ///   dropped before their spans are placed.
    ///
    /// Half of a trace may be in any file, so no file is skipped for its times.
    /// Whether a trace that is left has an error or attributes that are asked
    /// for is known when it is placed and judged: `spanwise::read` does so, and
    /// answers what reading and then filtering would. The issues of a read with
    /// a filter are those of files and of the traces that it keeps, also where
    /// it is strict.
    ///
    /// ```
    /// use spanwise_io::{read_table, Input, ReadOptions};
    /// use spanwise_model::Filter;
    /// let input = [Input::bytes("trace 1\nshop GET 0..100\ntrace 2\ncart Get 0..40")];
    /// let options = ReadOptions::default().filter(Filter::default().service("cart"));
    /// assert_eq!(read_table(&input, &options)?.trace_count(), 1);
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = (filter != Filter::default()).then_some(filter);
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
    /// not depend on it, nor what is wrong with it, but for two things: bytes
    /// that are no UTF-8 are counted once a piece, and a document that is broken
    /// is read on behind the piece that is.
    #[must_use]
    pub fn piece_bytes(mut self, bytes: usize) -> Self {
        self.piece_bytes = bytes.max(1);
        self
    }

    /// The same options for tables of spans whose columns are found by a mapping.
    #[must_use]
    pub fn mapping(mut self, mapping: Mapping) -> Self {
        self.mapping = mapping;
        self
    }

    /// The same options watched by `progress`.
    #[must_use]
    pub fn progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = Some(progress);
        self
    }
}
