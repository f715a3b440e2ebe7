//! Spans whose tags go where those of an earlier span went.

use super::reader::Reader;
use super::span::{Draft, Tags};
use super::tags::{Field, Known as Tag};
use crate::json::{Scalar, Walked};
use crate::sequences::{self, Attribute};
use spanwise_model::{EvidenceId, SpanKind, Symbol};

/// The sequences of a file: most tags have 64 bytes or fewer before the value.
pub(super) type Sequences = sequences::Sequences<What, 8>;

type Known = sequences::Known<What>;

/// What is known of a tag.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct What {
    tag: Tag,
    effect: Effect,
    /// How many bytes stand before the value.
    value_at: usize,
}

/// What a tag does to the fixed fields of its span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Effect {
    #[default]
    None,
    Kind(SpanKind),
    ScopeName(Symbol),
    ScopeVersion(Symbol),
    /// The field is to take the value.
    Value,
}

impl Effect {
    /// The effect of a tag of a span that was read.
    fn of(field: Option<Field>, draft: &Draft) -> Self {
        match field {
            None => Self::None,
            Some(Field::Kind) => Self::Kind(draft.kind),
            Some(Field::ScopeName) => Self::ScopeName(draft.scope.0),
            Some(Field::ScopeVersion) => Self::ScopeVersion(draft.scope.1),
            Some(_) => Self::Value,
        }
    }

    fn apply(self, draft: &mut Draft) {
        match self {
            Self::None | Self::Value => {}
            Self::Kind(kind) => draft.kind = kind,
            Self::ScopeName(name) => draft.scope.0 = name,
            Self::ScopeVersion(version) => draft.scope.1 = version,
        }
    }
}

impl<'a> Reader<'a, '_> {
    /// Reads the tags that stand here, if they go where those of an earlier
    /// span went. If not, the answer is false, and nothing was read.
    pub(super) fn known_tags(&mut self) -> bool {
        if self.draft.tags != Tags::None || !self.sequences.begin(self.draft.name) {
            return false;
        }
        let (start, fixed) = (self.records.cursor.at, self.draft.fixed());
        let followed = self.follow_all().unwrap_or(false);
        let evidence = self.sequences.evidence().filter(|_| followed);
        if let Some(evidence) = evidence {
            self.records.open.batch.add_evidence(evidence);
            self.draft.tags = Tags::Known;
        } else {
            self.records.cursor.at = start;
            self.draft.set_fixed(fixed);
            self.records.open.batch.abandon_attributes();
        }
        evidence.is_some()
    }

    /// Goes over all tags of a list; false where one is not known.
    #[inline(always)]
    fn follow_all(&mut self) -> Walked<bool> {
        if !self.records.cursor.take("[") {
            return Ok(false);
        }
        let mut is_behind_one = false;
        loop {
            is_behind_one |= self.repeat();
            if self.records.cursor.take("]") {
                return Ok(true);
            }
            if is_behind_one && !self.records.cursor.take(",") {
                return Ok(false);
            }
            if !(self.follow()? || self.follow_other()?) {
                return Ok(false);
            }
            is_behind_one = true;
        }
    }

    /// Goes over the tags that stand here as they stood in an earlier span;
    /// false where there is none.
    #[inline(always)]
    fn repeat(&mut self) -> bool {
        let (cursor, draft) = (&mut self.records.cursor, &mut self.draft);
        let behind = self.sequences.repeat(cursor.seen(), cursor.at, |known| {
            known.what.effect.apply(draft);
            known.what.effect != Effect::Value
        });
        std::mem::replace(&mut cursor.at, behind) != behind
    }

    /// Goes over the tag that stands here, if it is one that was seen here.
    #[inline(always)]
    fn follow(&mut self) -> Walked<bool> {
        let Some(known) = self.sequences.expected(self.records.cursor.rest_bytes()) else {
            return Ok(false);
        };
        let effect = known.what.effect;
        if !known.is_whole || known.is_kept || effect == Effect::Value {
            let known = *known;
            return self.go(&known);
        }
        let (step, length) = (known.step, known.length);
        self.records.cursor.at += length;
        effect.apply(&mut self.draft);
        self.sequences.go(step);
        Ok(true)
    }

    /// Goes over a tag that was recognised by way of its value.
    #[inline(always)]
    fn go(&mut self, known: &Known) -> Walked<bool> {
        let records = &mut self.records;
        records.cursor.at += known.what.value_at;
        let Some(value) = records.cursor.usual_scalar()? else {
            return Ok(false);
        };
        if !records.cursor.take("}") {
            return Ok(false);
        }
        let is_plain = !matches!(value, Scalar::Str(raw) if raw.escaped);
        let is_read = known.is_kept || known.what.effect == Effect::Value;
        if (is_read || !is_plain) && !self.take(known, value)? {
            return Ok(false);
        }
        known.what.effect.apply(&mut self.draft);
        self.sequences.go(known.step);
        Ok(true)
    }

    /// Takes the value of a tag that was recognised; false where its text
    /// cannot be told.
    fn take(&mut self, known: &Known, value: Scalar<'_>) -> Walked<bool> {
        let (rooms, open) = (&mut self.records.rooms, &mut self.records.open);
        let (value, whole) = known.what.tag.kind.apply(value, rooms);
        if let (Effect::Value, Some(field)) = (known.what.effect, known.what.tag.field) {
            field.take(value, &mut self.draft, open)?;
        }
        if known.is_kept {
            open.batch.row(known.key, value);
        }
        Ok(whole)
    }

    /// Goes over the tag that stands here, if it was seen here, though it is
    /// not the one expected.
    fn follow_other(&mut self) -> Walked<bool> {
        let start = self.records.cursor.at;
        let Some((key, tag)) = self.unguessed_head()? else {
            return Ok(false);
        };
        let head = self.records.cursor.since(start);
        let known = if self.is_whole(key, tag) {
            let Some(text) = self.rest_of_tag(start)? else {
                return Ok(false);
            };
            self.sequences.find(key, Some(text.as_bytes()))
        } else {
            let found = self.sequences.find(key, None);
            found.filter(|known| self.sequences.bytes_of(known) == head.as_bytes())
        };
        self.records.cursor.at = start;
        known.map_or(Ok(false), |known| self.go(&known))
    }

    /// The text of a tag whose value stands here.
    fn rest_of_tag(&mut self, start: usize) -> Walked<Option<&'a str>> {
        let cursor = &mut self.records.cursor;
        let is_usual = cursor.usual_scalar()?.is_some() && cursor.take("}");
        Ok(is_usual.then(|| cursor.since(start)))
    }

    /// True where it matters what a tag says, and not only that it is there.
    fn is_whole(&mut self, key: Symbol, tag: Tag) -> bool {
        let evidence = self.records.open.batch.key_use(key).is_evidence();
        let varies = matches!(tag.field, Some(Field::TraceState));
        !varies && (evidence || tag.field.is_some())
    }

    /// Learns the tags of the span that was closed last, without a flaw.
    pub(super) fn learn_tags(&mut self, start: usize, evidence: EvidenceId) -> Walked {
        let end = std::mem::replace(&mut self.records.cursor.at, start);
        if self.sequences.learn_name(self.draft.name) && self.learn_all()? {
            self.sequences.learn_evidence(evidence);
        }
        self.records.cursor.at = end;
        Ok(())
    }

    fn learn_all(&mut self) -> Walked<bool> {
        if !self.records.cursor.take("[") {
            return Ok(false);
        }
        if self.records.cursor.take("]") {
            return Ok(true);
        }
        self.guesses.begin();
        while self.learn_tag()? {
            if !self.records.cursor.take(",") {
                return Ok(self.records.cursor.take("]"));
            }
        }
        Ok(false)
    }

    fn learn_tag(&mut self) -> Walked<bool> {
        let start = self.records.cursor.at;
        let Some((key, tag)) = self.head()? else {
            return Ok(false);
        };
        let value_at = self.records.cursor.at - start;
        let is_text = self.records.cursor.rest_bytes().first() == Some(&b'"');
        let Some(text) = self.rest_of_tag(start)? else {
            return Ok(false);
        };
        let is_field = tag.field.is_some_and(Field::is_no_attribute);
        if is_field && !is_text {
            return Ok(false);
        }
        let is_whole = self.is_whole(key, tag);
        Ok(self.sequences.learn(&Attribute {
            key,
            bytes: &text.as_bytes()[..if is_whole { text.len() } else { value_at }],
            any: None,
            is_whole,
            is_kept: !is_field && self.records.open.batch.key_use(key).is_kept(),
            what: What {
                tag,
                effect: Effect::of(tag.field, &self.draft),
                value_at,
            },
        }))
    }
}
