//! What readers of spans carry along: the place in the text, the open record,
//! and room for what must be decoded.

use super::documents::Documents;
use super::reader::{Parts, Walked, Walks};
use super::scalar::Rooms;
use super::{nested, Cursor, Entered, Raw, Scalar};
use crate::decimal::{scaled, Fit};
use crate::flaws::{Flaw, Flaws};
use crate::keys::Keys;
use spanwise_model::{
    Example, IssueKind, Result, SpanBatch, SpanHead, SpanId, Symbol, TraceId, Value,
};

/// A text and the batch that its records go to.
pub(crate) struct Records<'a, 'b> {
    pub(crate) cursor: Cursor<'a>,
    pub(crate) documents: Documents<'a>,
    pub(crate) rooms: Rooms,
    pub(crate) open: Open<'b>,
    /// The text of the last trace id, which mostly stands there again.
    last_trace: (&'a [u8], TraceId),
}

/// The batch that is written to, with the issues that its open record has.
pub(crate) struct Open<'b> {
    pub(crate) batch: &'b mut SpanBatch,
    keys: Keys,
    flaws: Flaws,
}

impl<'b> Open<'b> {
    pub(crate) fn new(batch: &'b mut SpanBatch) -> Self {
        Self {
            batch,
            keys: Keys::default(),
            flaws: Flaws::default(),
        }
    }

    /// Notes that the open record has this flaw.
    pub(crate) fn flaw(&mut self, flaw: Flaw) {
        self.flaws.add(flaw);
    }

    /// Takes the flaws that were noted so far: what comes next is of another
    /// record.
    pub(crate) fn take_flaws(&mut self) -> Flaws {
        std::mem::take(&mut self.flaws)
    }

    /// Notes flaws of the open record that were taken before.
    pub(crate) fn put_flaws(&mut self, flaws: Flaws) {
        self.flaws.join(flaws);
    }

    /// True where the open record has no flaw so far.
    pub(crate) fn is_faultless(&self) -> bool {
        self.flaws.is_empty()
    }

    /// The symbol of a text that repeats.
    #[inline]
    pub(crate) fn intern(&mut self, text: &str) -> Result<Symbol> {
        self.intern_bytes(text.as_bytes())
    }

    /// The same for a text that should be UTF-8.
    #[inline]
    pub(crate) fn intern_bytes(&mut self, text: &[u8]) -> Result<Symbol> {
        self.keys.symbol(text, self.batch, &mut self.flaws)
    }

    /// A text that should be UTF-8; what is not is replaced by U+FFFD.
    #[cfg(feature = "parquet")]
    pub(crate) fn text<'t>(&mut self, text: &'t [u8]) -> std::borrow::Cow<'t, str> {
        let text = String::from_utf8_lossy(text);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.flaw(Flaw::InvalidUtf8);
        }
        text
    }

    /// Makes an attribute of the open record of a value, if there is one.
    pub(crate) fn attribute(&mut self, key: &str, value: Value<'_>) -> Result<()> {
        if value != Value::Empty {
            let key = self.intern(key)?;
            self.batch.attribute_of(key, value);
        }
        Ok(())
    }

    /// The trace id of this text; an empty text is no id.
    #[inline]
    pub(crate) fn trace_id(&mut self, text: &str) -> TraceId {
        match TraceId::from_hex(text.as_bytes()) {
            Some(id) => id,
            None if text.is_empty() => TraceId::default(),
            None => {
                self.flaw(Flaw::IrregularId);
                self.batch.trace_word(text)
            }
        }
    }

    /// The span id of this text; an empty text is no id.
    #[inline]
    pub(crate) fn span_id(&mut self, text: &str) -> SpanId {
        match SpanId::from_hex(text.as_bytes()) {
            Some(id) => id,
            None if text.is_empty() => SpanId::default(),
            None => {
                self.flaw(Flaw::IrregularId);
                self.batch.span_word(text)
            }
        }
    }

    /// The end of a span that starts then and lasts so long.
    pub(crate) fn end(&mut self, start: i64, duration: i64) -> i64 {
        start.checked_add(duration).unwrap_or_else(|| {
            self.flaw(Flaw::TimeOutOfRange);
            start.saturating_add(duration)
        })
    }

    /// Closes the open record, and counts its issues.
    #[inline]
    pub(crate) fn close(&mut self, head: SpanHead) -> Result<()> {
        self.batch.close(head)?;
        let flaws = std::mem::take(&mut self.flaws);
        if !flaws.is_empty() {
            let example = Example::Span(head.trace_id, head.span_id);
            flaws.report(self.batch, "", &example);
        }
        Ok(())
    }

    /// Closes the open record with the fields of a draft, and counts its issues.
    #[cfg(feature = "parquet")]
    pub(crate) fn close_draft(
        &mut self,
        mut draft: crate::otlp::Draft,
        around: &crate::otlp::Surroundings,
    ) -> Result<()> {
        draft.flaws.join(std::mem::take(&mut self.flaws));
        draft.close(self.batch, around)
    }

    /// Drops the open record with its issues.
    pub(crate) fn abandon(&mut self) {
        self.batch.abandon();
        self.broken();
    }

    /// Drops what is left of a record that was dropped.
    fn broken(&mut self) {
        self.flaws = Flaws::default();
        // Attributes of a resource that was never closed must not fall to the
        // next one; nothing points to this one.
        self.batch.resources.close(Symbol::EMPTY);
    }
}

impl<'a> Walks<'a> for Records<'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.cursor
    }
}

impl<'a, 'b> Records<'a, 'b> {
    pub(crate) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self::of(Documents::new(text), batch)
    }

    /// Records of a text that stands, as a string, at `at` of the record that
    /// begins at `start` in another text; its issues are told there.
    pub(crate) fn within<'i>(
        &mut self,
        text: &'i str,
        (start, at): (usize, usize),
    ) -> Records<'i, '_> {
        let place = (self.documents.line(start), at);
        Records::of(Documents::within(text, place), self.open.batch)
    }

    fn of(documents: Documents<'a>, batch: &'b mut SpanBatch) -> Self {
        Self {
            cursor: documents.cursor(batch.guard.depth),
            documents,
            rooms: Rooms::default(),
            open: Open::new(batch),
            last_trace: (&[], TraceId::default()),
        }
    }

    pub(crate) fn parts(&mut self) -> Parts<'_, 'a> {
        Parts {
            cursor: &mut self.cursor,
            documents: &mut self.documents,
            batch: self.open.batch,
        }
    }

    /// Closes the open record, and counts its issues.
    #[inline]
    pub(crate) fn close(&mut self, head: SpanHead) -> Result<()> {
        self.open.close(head)?;
        self.kept();
        Ok(())
    }

    /// Notes that all up to the cursor is kept.
    #[inline]
    pub(crate) fn kept(&mut self) {
        self.documents.committed = self.cursor.at;
        if !self.documents.is_within() {
            self.open
                .batch
                .make_room(self.cursor.at, self.documents.len());
        }
    }

    /// Drops the open record, which is malformed and began at this offset.
    pub(crate) fn refuse(&mut self, at: usize, detail: &str) {
        self.open.batch.abandon();
        self.open.flaws = Flaws::default();
        self.issue(at, at, detail);
    }

    /// Counts an issue of what began at `start`.
    pub(crate) fn issue(&mut self, start: usize, at: usize, detail: &str) {
        self.note(IssueKind::MalformedRecord, (start, at), detail);
    }

    /// Tells that what stands here is not all that was asked for.
    pub(crate) fn partial(&mut self, at: usize, detail: &str) {
        self.note(IssueKind::PartialAnswer, (at, at), detail);
    }

    fn note(&mut self, kind: IssueKind, (start, at): (usize, usize), detail: &str) {
        let example = self.documents.example(start, at, detail);
        self.open.batch.issues.add(kind, "", example);
    }

    /// Drops what a broken document left open.
    pub(crate) fn broken(&mut self) {
        self.open.broken();
    }

    /// Enters the object that stands here; false where there is none.
    #[inline]
    pub(crate) fn enter_object(&mut self) -> Walked<bool> {
        Ok(self.cursor.enter(b'{')? == Entered::Inside)
    }

    /// The text, number or flag that stands here, as text.
    #[inline]
    pub(crate) fn word(&mut self) -> Walked<Option<Raw<'a>>> {
        if self.cursor.take("\"") {
            return Ok(Some(self.cursor.string_rest()?));
        }
        let scalar = self.cursor.scalar()?;
        if scalar == Scalar::Container {
            self.open.flaw(Flaw::Malformed);
        }
        Ok(scalar.word())
    }

    /// A text without its escapes, beside the record that it goes to.
    #[inline]
    pub(crate) fn text<'r>(&'r mut self, raw: Raw<'r>) -> (&'r str, &'r mut Open<'b>) {
        let (text, whole) = raw.decode(&mut self.rooms.text);
        if !whole {
            self.open.flaw(Flaw::InvalidUtf8);
        }
        (text, &mut self.open)
    }

    /// The text that stands here, apart from the file; empty where there is none.
    pub(crate) fn owned(&mut self) -> Walked<String> {
        Ok(match self.word()? {
            Some(raw) => self.text(raw).0.to_owned(),
            None => String::new(),
        })
    }

    /// The symbol of a text.
    #[inline]
    pub(crate) fn intern(&mut self, raw: Raw<'_>) -> Walked<Symbol> {
        let (text, open) = self.text(raw);
        Ok(open.intern(text)?)
    }

    /// The text that stands here as a symbol.
    #[inline]
    pub(crate) fn symbol(&mut self) -> Walked<Symbol> {
        match self.word()? {
            Some(raw) => self.intern(raw),
            None => Ok(Symbol::EMPTY),
        }
    }

    /// The name of the open record, which stands here.
    #[inline]
    pub(crate) fn name(&mut self) -> Walked<Symbol> {
        let name = self.symbol()?;
        self.open.batch.expect_name(name);
        Ok(name)
    }

    /// The trace id of the open record that stands here; zero where there is
    /// none.
    #[inline]
    pub(crate) fn own_trace_id(&mut self) -> Walked<TraceId> {
        let trace = self.trace_id()?;
        self.open.batch.expect_trace(trace);
        Ok(trace)
    }

    /// The trace id that stands here; zero where there is none.
    #[inline]
    pub(crate) fn trace_id(&mut self) -> Walked<TraceId> {
        let Some(raw) = self.word()? else {
            return Ok(TraceId::default());
        };
        if let Some(id) = self.hex_trace_id(raw.text.as_bytes()) {
            return Ok(id);
        }
        let (text, _) = raw.decode(&mut self.rooms.text);
        Ok(self.open.trace_id(text))
    }

    /// The trace id of hexadecimal digits, where they are such.
    #[inline]
    pub(crate) fn hex_trace_id(&mut self, digits: &'a [u8]) -> Option<TraceId> {
        if digits != self.last_trace.0 {
            self.last_trace = (digits, TraceId::from_hex(digits)?);
        }
        Some(self.last_trace.1)
    }

    /// The span id that stands here; zero where there is none.
    #[inline]
    pub(crate) fn span_id(&mut self) -> Walked<SpanId> {
        let Some(raw) = self.word()? else {
            return Ok(SpanId::default());
        };
        let (text, _) = raw.decode(&mut self.rooms.text);
        Ok(self.open.span_id(text))
    }

    /// The number that stands here, with or without quotes, times ten to the
    /// `power`; `None` where there is none.
    #[inline]
    pub(crate) fn scaled(&mut self, power: u32) -> Walked<Option<(i64, Fit)>> {
        Ok(match self.cursor.scalar()? {
            Scalar::Number(text) => scaled(text, power),
            other => other.word().and_then(|raw| scaled(raw.text.trim(), power)),
        })
    }

    /// The microseconds that stand here, in nanoseconds.
    #[inline]
    pub(crate) fn micros(&mut self) -> Walked<Option<i64>> {
        self.nanos(3)
    }

    /// The time that stands here, in nanoseconds: a number times ten to the
    /// `power`.
    #[inline]
    pub(crate) fn nanos(&mut self, power: u32) -> Walked<Option<i64>> {
        let number = self.scaled(power)?;
        if matches!(number, Some((_, Fit::Clipped))) {
            self.open.flaw(Flaw::TimeOutOfRange);
        }
        Ok(number.map(|(nanos, _)| nanos))
    }

    /// The value that stands here; an array or object goes to its room.
    #[inline]
    pub(crate) fn scalar(&mut self) -> Walked<Scalar<'a>> {
        if !matches!(self.cursor.peek(), b'{' | b'[') {
            return Ok(self.cursor.scalar()?);
        }
        self.rooms.json.clear();
        if !nested::compact(&mut self.cursor, &mut self.rooms.json)? {
            self.open.flaw(Flaw::InvalidUtf8);
        }
        Ok(Scalar::Container)
    }

    /// The value of a scalar, beside the record that it goes to.
    #[inline]
    pub(crate) fn value<'r>(&'r mut self, scalar: Scalar<'r>) -> (Value<'r>, &'r mut Open<'b>) {
        let (value, whole) = self.rooms.value(scalar);
        if !whole {
            self.open.flaw(Flaw::InvalidUtf8);
        }
        (value, &mut self.open)
    }
}
