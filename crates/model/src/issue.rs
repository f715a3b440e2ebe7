//! Issues: what is wrong with the data, counted and never thrown.
//!
//! Each kind is counted by service, with the smallest few examples, so that
//! the same input gives the same rows whatever the order of files and threads.

use crate::error::{OneLine, Place};
use crate::id::{SpanId, TraceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// How many examples a row keeps.
pub const EXAMPLES: usize = 3;

/// How many bytes of a detail an example keeps.
const DETAIL_BYTES: usize = 200;

macro_rules! issue_kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal,)+) => {
        /// The kinds of issues.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[non_exhaustive]
        pub enum IssueKind {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $kind,)+
        }

        impl IssueKind {
            /// All kinds.
            pub const ALL: &'static [IssueKind] = &[$(Self::$kind,)+];

            /// The name in tables, such as `missing_end`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}

issue_kinds! {
    /// A span names a parent that is not in its trace.
    Orphan = "orphan",
    /// A record equal to another was folded into it.
    DuplicateId = "duplicate_id",
    /// Different spans of one trace have the same id; all are kept.
    ConflictingDuplicate = "conflicting_duplicate",
    /// A client and a server use one span id; the server was put under the client.
    SharedId = "shared_id",
    /// A span lasts no time at all.
    ZeroDuration = "zero_duration",
    /// A span ends before it starts; its duration counts as zero.
    NegativeDuration = "negative_duration",
    /// A span has no end; the latest end below it is taken.
    MissingEnd = "missing_end",
    /// A span has no start; its parent's start, or the first of the trace, is taken.
    MissingStart = "missing_start",
    /// A span does not overlap its parent in time; it does not block it.
    ChildOutsideParent = "child_outside_parent",
    /// A blocking span begins before or ends after its parent; it is cut to it.
    ClippedChild = "clipped_child",
    /// Spans are each other's ancestors; the cycle was cut at its earliest span.
    Cycle = "cycle",
    /// A trace has no span without a parent.
    NoRoot = "no_root",
    /// A trace has more than one span without a parent.
    SeveralRoots = "several_roots",
    /// A server span lies outside its client span although it would fit.
    ClockOffset = "clock_offset",
    /// A span was put on the clock of the top span of its component.
    ShiftedSpan = "shifted_span",
    /// A record could not be read, wholly or in part.
    MalformedRecord = "malformed_record",
    /// A file ended in the middle of a record.
    TruncatedFile = "truncated_file",
    /// An answer of a server does not hold all that was asked for.
    PartialAnswer = "partial_answer",
    /// A file is of no format that is known.
    UnknownFormat = "unknown_format",
    /// A file could not be opened or read.
    UnreadableFile = "unreadable_file",
    /// A kind or status has a value that is not defined.
    UnknownEnum = "unknown_enum",
    /// A text is not valid UTF-8; the bad bytes were replaced.
    InvalidUtf8 = "invalid_utf8",
    /// A time cannot be held in 64-bit nanoseconds; the nearest that can was taken.
    TimeOutOfRange = "time_out_of_range",
    /// An id is not hexadecimal of the right length.
    IrregularId = "irregular_id",
    /// A span has no service name.
    MissingService = "missing_service",
    /// The source says that attributes were dropped before export.
    DroppedAttributes = "dropped_attributes",
    /// The source says that events were dropped before export.
    DroppedEvents = "dropped_events",
    /// The source says that links were dropped before export.
    DroppedLinks = "dropped_links",
    /// A record of logs or metrics among traces was passed over.
    SkippedSignal = "skipped_signal",
}

impl fmt::Display for IssueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where an issue was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Example {
    /// In a file.
    File {
        /// The path as given.
        path: String,
        /// The record in it, from 1.
        record: Option<u64>,
        /// The byte offset in it.
        offset: Option<u64>,
        /// What was found, in a few words; may be empty.
        detail: String,
    },
    /// At a span.
    Span(TraceId, SpanId),
}

impl Example {
    /// Cuts a detail that is too long to be shown: it may quote the input.
    fn shorten(&mut self) {
        if let Self::File { detail, .. } = self {
            if detail.len() > DETAIL_BYTES {
                let end = (0..=DETAIL_BYTES)
                    .rev()
                    .find(|&at| detail.is_char_boundary(at));
                detail.truncate(end.unwrap_or(0));
                detail.push('…');
                detail.shrink_to_fit();
            }
        }
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span(trace, span) => write!(f, "{trace}/{span}"),
            Self::File {
                path,
                record,
                offset,
                detail,
            } => {
                let place = Place {
                    file: Some(path.clone()).filter(|path| !path.is_empty()),
                    record: *record,
                    offset: *offset,
                };
                write!(f, "{place}")?;
                if detail.is_empty() {
                    Ok(())
                } else {
                    write!(f, ": {}", OneLine(detail))
                }
            }
        }
    }
}

/// How long what is wrong is: of [`IssueKind::ClippedChild`] and
/// [`IssueKind::ChildOutsideParent`] how long the span runs outside of its
/// parent, of [`IssueKind::ClockOffset`] the smallest shift that puts it inside,
/// of [`IssueKind::ShiftedSpan`] how far it was shifted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueSize {
    /// All together, in nanoseconds.
    pub total_nano: u128,
    /// The longest of them.
    pub max_nano: u64,
}

impl IssueSize {
    /// The size of one issue.
    #[must_use]
    pub fn of(nano: u64) -> Self {
        Self {
            total_nano: nano.into(),
            max_nano: nano,
        }
    }

    /// Adds the sizes of other issues.
    pub fn absorb(&mut self, other: Self) {
        self.total_nano = self.total_nano.saturating_add(other.total_nano);
        self.max_nano = self.max_nano.max(other.max_nano);
    }
}

/// One row: how often, how long, and the smallest few examples.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRow {
    /// How often.
    pub count: u64,
    /// How long, for the kinds that [`IssueSize`] names.
    #[serde(default)]
    pub size: Option<IssueSize>,
    /// The smallest examples, ascending.
    pub examples: Vec<Example>,
}

/// Issues by kind and service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issues {
    rows: BTreeMap<IssueKind, BTreeMap<String, IssueRow>>,
}

impl Issues {
    /// Counts an issue of a service (empty where none is known).
    pub fn add(&mut self, kind: IssueKind, service: &str, example: Example) {
        self.add_many(kind, service, 1, example);
    }

    /// Counts an issue `count` times with one example.
    pub fn add_many(&mut self, kind: IssueKind, service: &str, count: u64, example: Example) {
        let row = self.row(kind, service);
        row.count += count;
        keep_smallest(&mut row.examples, example);
    }

    /// Adds to how long the issues of a kind and service are, which were
    /// counted or will be.
    pub fn add_size(&mut self, kind: IssueKind, service: &str, size: IssueSize) {
        let held = &mut self.row(kind, service).size;
        held.get_or_insert_default().absorb(size);
    }

    fn row(&mut self, kind: IssueKind, service: &str) -> &mut IssueRow {
        let services = self.rows.entry(kind).or_default();
        if !services.contains_key(service) {
            services.insert(service.to_owned(), IssueRow::default());
        }
        services.get_mut(service).expect("it was put there")
    }

    /// Adds all rows of `other`.
    pub fn absorb(&mut self, other: Issues) {
        for (kind, services) in other.rows {
            let ours = self.rows.entry(kind).or_default();
            for (service, theirs) in services {
                let row = ours.entry(service).or_default();
                row.count = row.count.saturating_add(theirs.count);
                if let Some(size) = theirs.size {
                    row.size.get_or_insert_default().absorb(size);
                }
                for example in theirs.examples {
                    keep_smallest(&mut row.examples, example);
                }
            }
        }
    }

    /// Puts `path` into the examples that a reader left without one.
    pub fn set_path(&mut self, path: &str) {
        for row in self.rows.values_mut().flat_map(BTreeMap::values_mut) {
            for example in &mut row.examples {
                match example {
                    Example::File { path: empty, .. } if empty.is_empty() => {
                        path.clone_into(empty);
                    }
                    _ => {}
                }
            }
            row.examples.sort_unstable();
        }
    }

    /// Moves examples that a reader left without a path by so many bytes and
    /// records, because what it read was a piece of a file.
    pub fn move_in_file(&mut self, bytes: i64, records: u64) {
        for row in self.rows.values_mut().flat_map(BTreeMap::values_mut) {
            for example in &mut row.examples {
                match example {
                    Example::File {
                        path,
                        record,
                        offset,
                        ..
                    } if path.is_empty() => {
                        *record = record.map(|record| record + records);
                        *offset = offset.map(|offset| offset.saturating_add_signed(bytes));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Rows in the order of kind and service.
    pub fn iter(&self) -> impl Iterator<Item = (IssueKind, &str, &IssueRow)> {
        self.rows.iter().flat_map(|(&kind, services)| {
            services
                .iter()
                .map(move |(service, row)| (kind, service.as_str(), row))
        })
    }

    /// How often a kind occurred, over all services.
    #[must_use]
    pub fn count(&self, kind: IssueKind) -> u64 {
        let of_kind = self.rows.get(&kind).into_iter().flat_map(BTreeMap::values);
        of_kind.map(|row| row.count).sum()
    }

    /// How many issues there are in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.iter().map(|(_, _, row)| row.count).sum()
    }

    /// How many there are and what the first of them is, in a few words;
    /// nothing where there is none.
    ///
    /// ```
    /// use spanwise_model::{Example, IssueKind, Issues, SpanId, TraceId};
    /// let mut issues = Issues::default();
    /// issues.add(IssueKind::Orphan, "cart", Example::Span(TraceId(1), SpanId(2)));
    /// let told = "1 issue: orphan (00000000000000000000000000000001/0000000000000002)";
    /// assert_eq!(issues.told().as_deref(), Some(told));
    /// ```
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let (kind, _, row) = self.iter().next()?;
        let first = match row.examples.first() {
            Some(example) => format!("{kind} ({example})"),
            None => kind.to_string(),
        };
        Some(match self.total() {
            1 => format!("1 issue: {first}"),
            total => format!("{total} issues, the first of them {first}"),
        })
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

fn keep_smallest(examples: &mut Vec<Example>, mut example: Example) {
    example.shorten();
    let Err(place) = examples.binary_search(&example) else {
        return;
    };
    if place < EXAMPLES {
        examples.truncate(EXAMPLES - 1);
        // Most rows have one example, and there may be millions of rows.
        examples.reserve_exact(1);
        examples.insert(place, example);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(n: u64) -> Example {
        Example::Span(TraceId(1), SpanId(n))
    }

    #[test]
    fn the_smallest_examples_stay_in_any_order() {
        let mut forward = Issues::default();
        let mut backward = Issues::default();
        for n in 0..10 {
            forward.add(IssueKind::Orphan, "cart", span(n));
            backward.add(IssueKind::Orphan, "cart", span(9 - n));
        }
        assert_eq!(forward, backward);
        assert_eq!(forward.count(IssueKind::Orphan), 10);
    }

    #[test]
    fn sizes_add_up_in_any_order() {
        let of = |sizes: &[u64]| {
            let mut issues = Issues::default();
            for &nano in sizes {
                issues.add(IssueKind::ClippedChild, "cart", span(nano));
                issues.add_size(IssueKind::ClippedChild, "cart", IssueSize::of(nano));
            }
            issues
        };
        let (mut one, mut other) = (of(&[3, 9]), of(&[5]));
        other.absorb(of(&[3, 9]));
        one.absorb(of(&[5]));
        assert_eq!(one, other);
        let (_, _, row) = one.iter().next().expect("a row");
        let size = IssueSize {
            total_nano: 17,
            max_nano: 9,
        };
        assert_eq!((row.count, row.size), (3, Some(size)));
    }

    #[test]
    fn details_are_cut_and_stay_on_their_line() {
        let mut issues = Issues::default();
        let detail = format!("\u{1b}[31m\n{}", "ü".repeat(1000));
        let example = Example::File {
            path: "a\nb".into(),
            record: None,
            offset: None,
            detail,
        };
        issues.add(IssueKind::MalformedRecord, "", example);
        let (_, _, row) = issues.iter().next().expect("a row");
        let text = row.examples[0].to_string();
        assert!(text.starts_with("a\\nb: \\u{1b}[31m\\nüü"), "{text}");
        assert!(text.ends_with("ü…") && text.len() < 250, "{text}");
    }

    #[test]
    fn every_kind_has_a_meaning() {
        for kind in IssueKind::ALL {
            assert!(kind.meaning().ends_with('.'), "{kind}: {}", kind.meaning());
        }
    }
}
