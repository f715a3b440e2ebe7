//! One span: its fields, events and links.

use super::id;
use super::reader::{Reader, Walked};
use super::value::Owner;
use crate::decimal::Fit;
use crate::flaws::Flaw;
use crate::json::{Entered, Raw};
use crate::otlp::draft::Draft;
use spanwise_model::{IssueKind, SpanBatch, SpanId, SpanKind, StatusCode, Symbol, TraceId};

impl Reader<'_, '_> {
    /// Reads the span that stands here.
    pub(super) fn span(&mut self) -> Walked {
        self.cursor.peek();
        let start = self.cursor.at;
        let mut draft = Draft::default();
        if self.cursor.enter(b'{')? == Entered::Inside {
            let mut first = true;
            while let Some(key) = self.cursor.key(&mut first)? {
                self.span_field(key, &mut draft)?;
            }
        }
        if draft.has_id() {
            draft.close(self.batch, &self.around)?;
            self.documents.committed = self.cursor.at;
            self.batch.make_room(self.cursor.at, self.documents.len());
        } else {
            self.batch.abandon();
            self.issue(IssueKind::MalformedRecord, start, "a span without ids");
        }
        Ok(())
    }

    #[inline]
    fn span_field(&mut self, key: &str, draft: &mut Draft) -> Walked {
        match key {
            "traceId" | "trace_id" => {
                draft.trace_id = self.trace_id(draft)?;
                self.batch.expect_trace(draft.trace_id);
            }
            "spanId" | "span_id" => draft.span_id = self.span_id(draft)?,
            "parentSpanId" | "parent_span_id" => draft.parent_id = self.span_id(draft)?,
            "flags" => draft.flags = self.count(draft)? as u32,
            "name" => {
                draft.name = self.symbol(draft)?;
                self.batch.expect_name(draft.name);
            }
            "kind" => self.kind(draft)?,
            "startTimeUnixNano" | "start_time_unix_nano" => draft.start = self.time(draft)?,
            "endTimeUnixNano" | "end_time_unix_nano" => draft.end = self.time(draft)?,
            "attributes" => self.attributes(Owner::Span, draft)?,
            "events" => self.each_of(draft, Self::event)?,
            "links" => self.each_of(draft, Self::link)?,
            "status" => self.status(draft)?,
            "traceState" | "trace_state" => self.state(draft, SpanBatch::trace_state)?,
            "droppedAttributesCount" | "dropped_attributes_count" => {
                self.dropped(draft, |draft| &mut draft.dropped_attributes)?;
            }
            "droppedEventsCount" | "dropped_events_count" => {
                self.dropped(draft, |draft| &mut draft.dropped_events)?;
            }
            "droppedLinksCount" | "dropped_links_count" => {
                self.dropped(draft, |draft| &mut draft.dropped_links)?;
            }
            _ => self.cursor.skip()?,
        }
        Ok(())
    }

    /// Reads a trace state, and puts it where it belongs.
    fn state(&mut self, draft: &mut Draft, put: fn(&mut SpanBatch, &str)) -> Walked {
        if let Some(raw) = self.word(draft)? {
            let (text, _) = raw.decode(&mut self.scratch);
            self.batch.guard.check_text(text.len())?;
            put(self.batch, text);
        }
        Ok(())
    }

    fn dropped(&mut self, draft: &mut Draft, which: fn(&mut Draft) -> &mut u64) -> Walked {
        let count = self.count(draft)?;
        draft.dropped(which, count);
        Ok(())
    }

    /// Makes issues of what is wrong with a resource or scope.
    pub(super) fn flaws(&mut self, draft: &Draft, at: usize) {
        if draft.is_clean() {
            return;
        }
        let example = self.place(at);
        draft.report(self.batch, self.around.service, &example);
    }

    fn each_of(&mut self, draft: &mut Draft, read: fn(&mut Self, &mut Draft) -> Walked) -> Walked {
        if self.cursor.enter(b'[')? != Entered::Inside {
            return Ok(());
        }
        let mut first = true;
        while self.cursor.element(&mut first)? {
            read(self, draft)?;
        }
        Ok(())
    }

    fn event(&mut self, draft: &mut Draft) -> Walked {
        if self.cursor.enter(b'{')? != Entered::Inside {
            draft.flaw(Flaw::Malformed);
            return Ok(());
        }
        let (mut time, mut name) = (0, Symbol::EMPTY);
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            match key {
                "timeUnixNano" | "time_unix_nano" => time = self.time(draft)?,
                "name" => name = self.symbol(draft)?,
                "attributes" => self.attributes(Owner::Event, draft)?,
                "droppedAttributesCount" | "dropped_attributes_count" => {
                    let count = self.count(draft)?;
                    draft.dropped(|draft| &mut draft.dropped_inside, count);
                    self.batch.event_dropped(count);
                }
                _ => self.cursor.skip()?,
            }
        }
        self.batch.event_of(time, name);
        Ok(())
    }

    fn link(&mut self, draft: &mut Draft) -> Walked {
        if self.cursor.enter(b'{')? != Entered::Inside {
            draft.flaw(Flaw::Malformed);
            return Ok(());
        }
        let (mut trace_id, mut span_id) = (TraceId::default(), SpanId::default());
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            match key {
                "traceId" | "trace_id" => trace_id = self.trace_id(draft)?,
                "spanId" | "span_id" => span_id = self.span_id(draft)?,
                "attributes" => self.attributes(Owner::Link, draft)?,
                "traceState" | "trace_state" => self.state(draft, SpanBatch::link_state)?,
                "droppedAttributesCount" | "dropped_attributes_count" => {
                    let count = self.count(draft)?;
                    draft.dropped(|draft| &mut draft.dropped_inside, count);
                    self.batch.link_dropped(count);
                }
                _ => self.cursor.skip()?,
            }
        }
        self.batch.link(trace_id, span_id);
        Ok(())
    }

    fn status(&mut self, draft: &mut Draft) -> Walked {
        if self.cursor.peek() != b'{' {
            return self.status_code(draft);
        }
        self.cursor.enter(b'{')?;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            match key {
                "code" => self.status_code(draft)?,
                "message" => {
                    if let Some(raw) = self.word(draft)? {
                        let (text, whole) = raw.decode(&mut self.scratch);
                        if !whole {
                            draft.flaw(Flaw::InvalidUtf8);
                        }
                        self.batch.guard.check_text(text.len())?;
                        self.batch.status_message(text);
                    }
                }
                _ => self.cursor.skip()?,
            }
        }
        Ok(())
    }

    fn status_code(&mut self, draft: &mut Draft) -> Walked {
        if let Some(raw) = self.enumerated(draft)? {
            match (StatusCode::from_name(raw.text), number(raw)) {
                (Some(status), _) => draft.status = status,
                (None, Some(number)) => draft.status_number(number),
                (None, None) => draft.flaw(Flaw::UnknownEnum),
            }
        }
        Ok(())
    }

    fn kind(&mut self, draft: &mut Draft) -> Walked {
        if let Some(raw) = self.enumerated(draft)? {
            match (number(raw), SpanKind::from_name(raw.text)) {
                (Some(number), _) => draft.kind_number(number),
                (None, Some(kind)) => draft.kind = kind,
                (None, None) => draft.flaw(Flaw::UnknownEnum),
            }
        }
        Ok(())
    }

    /// A number or name; `None` for `null` and the empty name.
    fn enumerated(&mut self, draft: &mut Draft) -> Walked<Option<Raw<'_>>> {
        Ok(self.word(draft)?.filter(|raw| !raw.text.is_empty()))
    }

    #[inline]
    fn time(&mut self, draft: &mut Draft) -> Walked<i64> {
        let Some((nanos, fit)) = self.whole_number(draft)? else {
            return Ok(0);
        };
        if fit == Fit::Clipped {
            draft.flaw(Flaw::TimeOutOfRange);
        }
        Ok(nanos)
    }

    #[inline]
    fn trace_id(&mut self, draft: &mut Draft) -> Walked<TraceId> {
        let Some(raw) = self.word(draft)? else {
            return Ok(TraceId::default());
        };
        let (text, _) = raw.decode(&mut self.scratch);
        let (id, regular) = id::trace_id(text, self.batch);
        if !regular {
            draft.flaw(Flaw::IrregularId);
        }
        Ok(id)
    }

    #[inline]
    fn span_id(&mut self, draft: &mut Draft) -> Walked<SpanId> {
        let Some(raw) = self.word(draft)? else {
            return Ok(SpanId::default());
        };
        let (text, _) = raw.decode(&mut self.scratch);
        let (id, regular) = id::span_id(text, self.batch);
        if !regular {
            draft.flaw(Flaw::IrregularId);
        }
        Ok(id)
    }
}

/// The number that an enum's text is.
fn number(raw: Raw<'_>) -> Option<i64> {
    super::value::whole(raw.text).map(|(number, _)| number)
}
