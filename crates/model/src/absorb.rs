//! Joining batches: symbols, resources, scopes and evidence are mapped, rows
//! are moved behind ours.

use crate::batch::{Head, Source, SpanBatch};
use crate::error::{Error, ErrorKind, Result};
use crate::strings::Symbol;

/// What a number of the other batch is in ours.
fn of<T: Copy + Default>(map: &[T], theirs: u32) -> T {
    map.get(theirs as usize).copied().unwrap_or_default()
}

impl SpanBatch {
    /// Appends all records of `other`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] beyond four billion records or attributes.
    pub fn absorb(&mut self, other: SpanBatch) -> Result<()> {
        let is_new = self.is_empty() && self.sources.is_empty() && self.issues.is_empty();
        if is_new && self.keep.choice == other.keep.choice {
            *self = other;
            return Ok(());
        }
        let full = || Error::new(ErrorKind::Limit, "more than 4,294,967,295 rows in all");
        let base = self.open_record();
        let symbols = self.strings.absorb(&other.strings);
        let resources = self.resources.absorb(&other.resources, &symbols);
        let scopes = self.scopes.absorb(&other.scopes, &symbols);
        let evidence = self.evidence.absorb(&other.evidence, &symbols);
        let evidence = evidence.ok_or_else(full)?;
        self.trace_ids.extend(&other.trace_ids);
        self.heads.extend(other.heads.iter().map(|head| Head {
            name: symbols[head.name.index()],
            resource: of(&resources, head.resource.0),
            scope: of(&scopes, head.scope.0),
            evidence: of(&evidence, head.evidence.0),
            ..*head
        }));
        self.absorb_attributes(&other, &symbols)
            .and_then(|()| {
                self.events
                    .attributes
                    .absorb(&other.events.attributes, &symbols)
            })
            .and_then(|()| {
                self.links
                    .attributes
                    .absorb(&other.links.attributes, &symbols)
            })
            .ok_or_else(full)?;
        self.events
            .record
            .extend(other.events.record.iter().map(|r| r + base));
        self.events
            .time_unix_nano
            .extend(&other.events.time_unix_nano);
        self.events
            .name
            .extend(other.events.name.iter().map(|name| symbols[name.index()]));
        self.links
            .record
            .extend(other.links.record.iter().map(|r| r + base));
        self.links.trace_id.extend(&other.links.trace_id);
        self.links.span_id.extend(&other.links.span_id);
        for (ours, theirs) in [
            (&mut self.status_messages, other.status_messages),
            (&mut self.trace_states, other.trace_states),
        ] {
            ours.0.extend(
                theirs
                    .0
                    .into_iter()
                    .map(|(record, text)| (record + base, text)),
            );
        }
        self.trace_words.extend(other.trace_words);
        self.span_words.extend(other.span_words);
        self.issues.absorb(other.issues);
        self.sources
            .extend(other.sources.into_iter().map(|source| Source {
                records: source.records.start + base..source.records.end + base,
                ..source
            }));
        Ok(())
    }

    /// Appends the rows of all records of `other`, which may have been told to
    /// keep others than we are.
    fn absorb_attributes(&mut self, other: &SpanBatch, symbols: &[Symbol]) -> Option<()> {
        match (self.keep.has_rows(), other.keep.has_rows()) {
            (true, true) => self.attributes.absorb(&other.attributes, symbols),
            (true, false) => (0..other.open_record()).try_for_each(|record| {
                for (key, value) in other.attributes(record) {
                    self.attributes.push(symbols[key.index()], value);
                }
                self.attributes.close().map(drop)
            }),
            (false, _) => Some(()),
        }
    }
}
