//! What readers write: spans as columns, in the order of the source.
//!
//! A reader fills the open record with attributes, events and links in
//! whatever order they stand in the source, then closes it with its fixed
//! fields ([`SpanBatch::close`]) or drops it ([`SpanBatch::abandon`]). No
//! document tree is ever built.

mod filling;
mod ids;
mod learnt;
mod parts;
mod passing;
mod records;
mod room;
mod said;
#[cfg(test)]
mod tests;
mod with_keys;

use crate::attributes::{AttributeKeep, Segments};
use crate::evidence::Evidence;
use crate::guard::Guard;
use crate::id::{SpanId, TraceId};
use crate::issue::Issues;
use crate::keep::Keep;
use crate::keyed::KeyedMap;
use crate::resource::{ResourceId, Resources};
use crate::scope::Scopes;
pub use crate::sparse::{Dropped, Sparse, SparseTexts};
use crate::strings::{Strings, Symbol};
use learnt::Learnt;
pub use parts::{Events, Head, Links, Placement, Source};
use passing::Passing;
use records::Last;
use room::Forecast;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
pub use with_keys::{NumberedRecords, RecordsWith};

/// Spans as they were read.
///
/// Serialized, a batch is its records with all that belongs to them; issues and
/// sources, which are not of records, stay behind, and
/// [`SpanBatch::rebuild_indexes`] must follow.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SpanBatch {
    /// Keys, services, names.
    pub strings: Strings,
    /// What emitted the spans.
    pub resources: Resources,
    /// Instrumentation scopes.
    pub scopes: Scopes,
    /// Trace ids of records.
    pub trace_ids: Vec<TraceId>,
    /// What places records in their traces.
    pub placements: Vec<Placement>,
    /// What records are.
    pub heads: Vec<Head>,
    /// What the attributes of records say that analyses read.
    pub evidence: Evidence,
    /// Attributes, where they are kept; the owner is the record.
    pub(crate) attributes: Segments,
    /// Events.
    pub events: Events,
    /// Links.
    pub links: Links,
    /// Texts of statuses.
    pub status_messages: SparseTexts,
    /// W3C trace states.
    pub trace_states: SparseTexts,
    /// What sources say that they dropped of records.
    pub dropped: Sparse<Dropped>,
    /// Trace ids that were words.
    pub trace_words: KeyedMap<TraceId, Box<str>>,
    /// Span ids that were words.
    pub span_words: KeyedMap<SpanId, Box<str>>,
    /// What was wrong with the input.
    #[serde(skip)]
    pub issues: Issues,
    /// Files, in the order in which their records stand.
    #[serde(skip)]
    pub sources: Vec<Source>,
    /// Limits, and a way to stop; readers obey it.
    #[serde(skip)]
    pub guard: Guard,
    /// True where a reader is given a piece of a file, which goes on behind it.
    #[serde(skip)]
    pub goes_on: bool,
    pub(crate) keep: Keep,
    /// By name: what the last span of that name was like.
    #[serde(skip)]
    last_of_name: Vec<Last>,
    /// The longest value that the guard refused in the open record.
    #[serde(skip)]
    refused: usize,
    #[serde(skip)]
    forecast: Forecast,
    #[serde(skip)]
    passing: Passing,
    #[serde(skip)]
    learnt: Learnt,
}

impl SpanBatch {
    /// An empty batch that keeps the chosen attributes.
    #[must_use]
    pub fn new(keep: AttributeKeep) -> Self {
        Self {
            keep: Keep::new(keep),
            ..Self::default()
        }
    }

    /// An empty batch that keeps the same attributes.
    #[must_use]
    pub fn empty_like(&self) -> Self {
        Self::new(self.keep.choice.clone())
    }

    /// Makes a batch that was deserialized fit for more records.
    pub fn rebuild_indexes(&mut self) {
        self.strings.rebuild_index();
        self.resources.rebuild_index();
        self.scopes.rebuild_index();
        self.evidence.rebuild_index();
        self.attributes.rebuild_index();
        self.events.attributes.rebuild_index();
        self.links.attributes.rebuild_index();
    }

    /// Bytes held on the heap by records and what belongs to them, but for
    /// texts that few records have.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.trace_ids.capacity() * size_of::<TraceId>()
            + self.placements.capacity() * size_of::<Placement>()
            + self.heads.capacity() * size_of::<Head>()
            + self.strings.heap_bytes()
            + self.evidence.heap_bytes()
            + self.attributes.heap_bytes()
            + self.events.heap_bytes()
            + self.links.heap_bytes()
    }

    /// How many records are closed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// True where no record is closed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Distinct services that a resource of these spans names.
    #[must_use]
    pub fn services(&self) -> usize {
        let used: FxHashSet<ResourceId> = self.heads.iter().map(|head| head.resource).collect();
        let named: FxHashSet<Symbol> = used
            .into_iter()
            .map(|id| self.resources.service(id))
            .filter(|&service| service != Symbol::EMPTY)
            .collect();
        named.len()
    }
}
