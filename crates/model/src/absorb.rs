//! Joining batches.
//!
//! It has three steps, so that the second one, which is the large one, can be
//! done for many batches at once: ours takes up what the other one names
//! ([`SpanBatch::take_up`]), the other one's records are given our numbers
//! ([`SpanBatch::renumber`]), and they are put behind ours
//! ([`SpanBatch::append`]), which copies no attributes where there are many.

use crate::attributes::ShapeId;
use crate::batch::{Source, SpanBatch};
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::EvidenceId;
use crate::resource::ResourceId;
use crate::scope::ScopeId;
use crate::strings::Symbol;

/// What the numbers of one batch are in another.
#[derive(Debug)]
pub struct Numbers {
    symbols: Vec<Symbol>,
    resources: Vec<ResourceId>,
    scopes: Vec<ScopeId>,
    evidence: Vec<EvidenceId>,
}

/// What a number of the other batch is in ours.
fn of<T: Copy + Default>(map: &[T], theirs: u32) -> T {
    map.get(theirs as usize).copied().unwrap_or_default()
}

fn full() -> Error {
    Error::new(ErrorKind::Limit, "more than 4,294,967,295 rows in all")
}

impl SpanBatch {
    /// Appends all records of `other`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion records or attributes.
    pub fn absorb(&mut self, mut other: SpanBatch) -> Result<()> {
        let is_new = self.is_empty() && self.sources.is_empty() && self.issues.is_empty();
        if is_new && self.keep.choice == other.keep.choice {
            *self = other;
            return Ok(());
        }
        let numbers = self.take_up(&other)?;
        other.renumber(&numbers);
        self.append(other)
    }

    /// Takes up all that `other` names: texts, resources, scopes and evidence.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion rows of evidence.
    pub fn take_up(&mut self, other: &SpanBatch) -> Result<Numbers> {
        let symbols = self.strings.absorb(&other.strings);
        Ok(Numbers {
            resources: self.resources.absorb(&other.resources, &symbols),
            scopes: self.scopes.absorb(&other.scopes, &symbols),
            evidence: self
                .evidence
                .absorb(&other.evidence, &symbols)
                .ok_or_else(full)?,
            symbols,
        })
    }

    /// Gives the records the numbers that another batch has for what they name.
    /// Then they can be appended to that one alone.
    pub fn renumber(&mut self, numbers: &Numbers) {
        self.forget_learnt();
        for head in &mut self.heads {
            head.name = of(&numbers.symbols, head.name.0);
            head.resource = of(&numbers.resources, head.resource.0);
            head.scope = of(&numbers.scopes, head.scope.0);
            head.evidence = of(&numbers.evidence, head.evidence.0);
        }
        for name in &mut self.events.name {
            *name = of(&numbers.symbols, name.0);
        }
        self.attributes.rename(&numbers.symbols);
        self.events.attributes.rename(&numbers.symbols);
        self.links.attributes.rename(&numbers.symbols);
    }

    /// Appends the records of a batch that was renumbered for this one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion records or attributes.
    pub fn append(&mut self, other: SpanBatch) -> Result<()> {
        let base = self.open_record();
        u32::try_from(self.len() + other.len()).map_err(|_| full())?;
        self.append_attributes(&other).ok_or_else(full)?;
        if other.keep.has_rows() && self.keep.has_rows() {
            self.attributes.append(other.attributes).ok_or_else(full)?;
        }
        self.trace_ids.extend(&other.trace_ids);
        self.placements.extend(&other.placements);
        self.heads.extend(&other.heads);
        let (events, links) = (other.events, other.links);
        let rows = (self.events.record.len(), self.links.record.len());
        let (event_rows, link_rows) = (rows.0 as u32, rows.1 as u32);
        self.events.dropped.append(events.dropped, event_rows);
        self.links.dropped.append(links.dropped, link_rows);
        let states = &mut self.links.trace_states;
        states.append(links.trace_states, link_rows);
        let moved = |records: Vec<u32>| records.into_iter().map(move |record| record + base);
        self.events.record.extend(moved(events.record));
        self.events.time_unix_nano.extend(&events.time_unix_nano);
        self.events.name.extend(&events.name);
        self.links.record.extend(moved(links.record));
        self.links.trace_id.extend(&links.trace_id);
        self.links.span_id.extend(&links.span_id);
        let attributes = (events.attributes, links.attributes);
        self.events
            .attributes
            .absorb(&attributes.0)
            .ok_or_else(full)?;
        self.links
            .attributes
            .absorb(&attributes.1)
            .ok_or_else(full)?;
        self.status_messages.append(other.status_messages, base);
        self.trace_states.append(other.trace_states, base);
        self.dropped.append(other.dropped, base);
        self.trace_words.extend(other.trace_words);
        self.span_words.extend(other.span_words);
        self.issues.absorb(other.issues);
        let source = |source: Source| Source {
            records: source.records.start + base..source.records.end + base,
            ..source
        };
        self.sources.extend(other.sources.into_iter().map(source));
        Ok(())
    }

    /// Writes down rows of attributes for records that come from a batch which
    /// has none: those of their evidence.
    fn append_attributes(&mut self, other: &SpanBatch) -> Option<()> {
        if !self.keep.has_rows() || other.keep.has_rows() {
            return Some(());
        }
        let evidence = self.evidence.attributes();
        other.heads.iter().try_for_each(|head| {
            for (key, value) in evidence.of(head.evidence.0) {
                self.attributes.push(key, value);
            }
            self.attributes.close(ShapeId::default()).map(drop)
        })
    }
}
