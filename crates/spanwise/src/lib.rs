//! Distributed trace analysis: from exported spans to where the time went,
//! where errors began and how they spread, and what changed.
//!
//! ```
//! use spanwise::analyses::{CriticalPath, Hotspots};
//!
//! let traces = spanwise::notation("
//!     frontend GET /cart   0..100
//!       cart GetCart      10..60
//!         redis HGET      20..50
//! ")?;
//! let hotspots = traces.hotspots(&Hotspots::default());
//! assert_eq!(hotspots.rows(), 3);
//! for trace in traces.iter() {
//!     for span in trace.spans() {
//!         println!("{} {:?}", span.service(), span.self_time());
//!     }
//! }
//! # Ok::<(), spanwise::Error>(())
//! ```
//!
//! # Architecture
//!
//! Data flows one way; each arrow is a module, each noun a type.
//!
//! ```text
//! bytes ──source──▶ documents ──format──▶ SpanBatch + Issues      spanwise-io
//!       ──assemble──▶ SpanTable                                   spanwise-io
//!       ──view──▶ Trace                                           spanwise-model
//!       ──facts──▶ FactColumns                                    spanwise-analyze
//!       ──observe──▶ Partial ──merge──▶ Partial ──finish──▶ Table spanwise-analyze
//!       ──▶ files of partials                                   spanwise-partials
//!       ──▶ text · JSON · CSV · Arrow · waterfall · report        spanwise-report
//! ```
//!
//! Input that is larger than memory ([`scan`]) takes the same way once for each
//! of its partitions, which have no trace in common; partials merge, and rows of
//! listings are put in order ([`Listed`]). Partials can be kept ([`Partials`])
//! and merged when the spans are gone; a scan that was interrupted keeps those
//! of the partitions that it has analysed.
//!
//! # Invariants
//!
//! 1. The model does no IO, starts no thread, knows no wire format.
//! 2. Only `spanwise-io` knows other people's formats, both ways. Wire structs
//!    never leave it; the one exception is the feature `otlp`.
//! 3. Analyses never see a format. Only the runner and `spanwise-io` use
//!    threads.
//! 4. Python's binding lives in a crate of its own that nothing depends on.
//! 5. Reading never fails on bad data: it yields spans and issues.
//! 6. Same input, same bytes out: for every number of threads, every split and
//!    every order of files.
//! 7. No recursion over spans, nothing quadratic in children.
//! 8. All time is integer nanoseconds. No float enters a merge.
//! 9. Symbols never leave their table; names do.
//! 10. Types of arrow, parquet, polars, opentelemetry-proto and petgraph stand in
//!     public signatures only behind a feature of that name.
//!
//! `spanwise-partials` uses `spanwise-io` for one thing: Parquet that may come from
//! anywhere is read behind the same guards, whoever wrote it.

mod check;
mod compare;
mod convert;
mod listed;
#[cfg(feature = "parquet")]
mod merge;
mod partials;
mod pass;
mod questions;
mod read;
mod reporting;
mod scan;
mod traces;
mod view;
mod write;

pub use check::check;
pub use compare::{compare, compare_windows};
pub use convert::{convert, format, formats};
pub use listed::{Listed, RowOptions, Tables};
#[cfg(feature = "parquet")]
pub use merge::{merge, merge_of};
pub use partials::Partials;
pub use read::{read, read_with};
pub use reporting::ReportOptions;
pub use scan::{scan, Scan};
pub use spanwise_analyze::facts::critical_path::Tile;
pub use spanwise_analyze::facts::time_kind::{Piece, TimeKind};
pub use spanwise_analyze::facts::TypedPath;
/// The graph of services, such as algorithms of petgraph take it.
///
/// ```
/// use petgraph::algo::kosaraju_scc;
/// use spanwise::analyses::Dependencies;
///
/// let traces = spanwise::notation("
///     shop GET /cart    0..100 server
///       cart Get       10..90  server
///         shop price   20..40  server
///         stock Get    50..80  server
/// ")?;
/// let graph = spanwise::service_graph(&traces.dependencies(&Dependencies::default()));
/// let mut groups = kosaraju_scc(&graph);
/// groups.retain(|group| group.len() > 1);
/// let mut cycle: Vec<&str> = groups[0].iter().map(|&node| graph[node].name.as_str()).collect();
/// cycle.sort_unstable();
/// assert_eq!((groups.len(), cycle), (1, vec!["cart", "shop"]));
/// # Ok::<(), spanwise::Error>(())
/// ```
#[cfg(feature = "petgraph")]
#[doc(inline)]
pub use spanwise_analyze::service_graph::service_graph;
#[cfg(feature = "petgraph")]
pub use spanwise_analyze::service_graph::{ServiceCalls, ServiceNode};
pub use spanwise_analyze::{
    analyses, fact_flags, query, templates, Analysis, Anonymise, Blocking, Clock, FactColumns,
    Listing, Mistake, Outcome, Partial, Policy, Query, Taken, Threads, Whole,
};
pub use spanwise_io::format::{write_all, Format};
pub use spanwise_io::limits::Limits;
pub use spanwise_io::loss::Loss;
pub use spanwise_io::output::{write_file, OutputFile};
pub use spanwise_io::progress::{Phase, Progress};
pub use spanwise_io::scan::{remove_scan, Assembly, Resume, ScanOptions};
pub use spanwise_io::table::{Mapping, Unit};
pub use spanwise_io::{Input, ReadOptions};
pub use spanwise_model::{
    flags, AttributeKeep, Error, ErrorKind, Filter, Issues, Place, Result, SpanBatch, SpanId,
    SpanKind, SpanTable, StatusCode, Table, TraceId, Value,
};
pub use spanwise_report as report;
pub use spanwise_simulate as simulate;
pub use traces::Traces;
pub use view::{Span, Trace};
pub use write::{WriteOptions, Written};

/// The types under the facade.
pub use spanwise_model as model;

/// The traces that a text in trace notation describes: one span a line,
/// indented under its parent, with its interval in milliseconds.
///
/// ```
/// let traces = spanwise::notation("
///     frontend GET /cart   0..100 server
///       cart GetCart      10..60 error
/// ")?;
/// assert_eq!(traces.trace("1")?.primary().duration_nano(), 100_000_000);
/// let error = spanwise::notation("frontend GET /cart").err().map(|error| error.kind());
/// assert_eq!(error, Some(spanwise::ErrorKind::Format));
/// # Ok::<(), spanwise::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Format`] at the first line that is no span.
pub fn notation(text: &str) -> Result<Traces> {
    let batch = spanwise_io::notation::parse(text);
    if let Some((_, _, row)) = batch.issues.iter().next() {
        let example = row.examples.first().map(ToString::to_string);
        return Err(Error::new(ErrorKind::Format, example.unwrap_or_default()));
    }
    Traces::from_batch(batch)
}
