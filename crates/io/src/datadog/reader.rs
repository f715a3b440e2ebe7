//! Chunks of spans, straight into the batch.

use super::id;
use super::links::{self, Kind};
use super::process::Process;
use super::span::Span;
use crate::json::{self, objects_in_lists, Cursor, Parts, Records, Walked, Walks};
use spanwise_model::keyed::KeyedMap;
use spanwise_model::{SpanBatch, TraceId, Value};

/// Reads documents into a batch.
pub(super) struct Reader<'a, 'b> {
    records: Records<'a, 'b>,
    span: Span,
    chunk: Chunk,
}

/// What holds for all spans of a chunk.
#[derive(Default)]
struct Chunk {
    /// Its first record.
    first: u32,
    /// The process of the last span that said one.
    process: Process,
    /// The upper halves of trace ids, by the lower ones.
    upper: KeyedMap<u64, u64>,
}

impl<'a> Walks<'a> for Reader<'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.records.cursor
    }
}

impl<'a> json::Reader<'a> for Reader<'a, '_> {
    fn parts(&mut self) -> Parts<'_, 'a> {
        self.records.parts()
    }

    fn document(&mut self) -> Walked {
        self.end_chunk();
        objects_in_lists(self, Self::span, Self::end_chunk)?;
        self.end_chunk();
        Ok(())
    }

    fn broken(&mut self) {
        self.records.broken();
        self.end_chunk();
    }
}

impl<'a, 'b> Reader<'a, 'b> {
    pub(super) fn new(text: &'a str, batch: &'b mut SpanBatch) -> Self {
        Self {
            records: Records::new(text, batch),
            span: Span::default(),
            chunk: Chunk::default(),
        }
    }

    /// Tells the spans of the chunk what one of them said, and begins another.
    fn end_chunk(&mut self) {
        let batch = &mut *self.records.open.batch;
        let ids = batch.trace_ids.get_mut(self.chunk.first as usize..);
        let mut nameless = false;
        for id in ids.into_iter().flatten() {
            let upper = self.chunk.upper.get(&(id.0 as u64)).copied().unwrap_or(0);
            if id.0 >> 64 == 0 {
                id.0 |= u128::from(upper) << 64;
            }
            nameless |= id.is_zero();
        }
        if nameless {
            self.name_zero();
        }
        self.chunk = Chunk {
            first: self.records.open.batch.open_record(),
            ..Chunk::default()
        };
    }

    /// Gives spans whose trace has the number zero an id.
    #[cold]
    fn name_zero(&mut self) {
        let batch = &mut *self.records.open.batch;
        let word = batch.trace_word("0");
        let ids = &mut batch.trace_ids[self.chunk.first as usize..];
        ids.iter_mut()
            .filter(|id| id.is_zero())
            .for_each(|id| *id = word);
    }

    fn span(&mut self) -> Walked {
        let start = self.records.cursor.at;
        self.span = Span::default();
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            self.member(key)?;
        }
        match (self.span.trace, self.span.id.is_zero()) {
            (Some(trace), false) => self.close(trace)?,
            (None, _) => self.records.refuse(start, "a span without a trace_id"),
            (_, true) => self.records.refuse(start, "a span without a span_id"),
        }
        Ok(())
    }

    fn member(&mut self, key: &str) -> Walked {
        let (records, span) = (&mut self.records, &mut self.span);
        match key {
            "trace_id" => span.trace = id::trace(records)?,
            "span_id" => span.id = id::span(records)?,
            "parent_id" => span.parent = id::span(records)?,
            "name" => span.name = records.symbol()?,
            "resource" => span.resource = records.symbol()?,
            "service" => span.service = records.symbol()?,
            "start" => span.start = records.nanos(0)?,
            "duration" => span.duration = records.nanos(0)?,
            "error" => {
                let scalar = records.scalar()?;
                let (value, _) = records.value(scalar);
                span.is_error = value.as_int().is_some_and(|number| number != 0)
                    || value.as_bool() == Some(true);
            }
            "type" => {
                let kind = records.scalar()?;
                let (value, open) = records.value(kind);
                if !matches!(value, Value::Empty | Value::Str("")) {
                    open.batch.attribute("span.type", value);
                }
            }
            "meta" | "metrics" | "meta_struct" => self.attributes()?,
            "span_links" => links::list(records, Kind::Links)?,
            "span_events" => links::list(records, Kind::Events)?,
            _ => records.cursor.skip()?,
        }
        Ok(())
    }

    fn attributes(&mut self) -> Walked {
        let span = &mut self.span;
        self.records.flat("", 1, |open, key, value| {
            if span.note(open, key, value) {
                return Ok(());
            }
            let key = open.intern(key)?;
            open.batch.attribute_of(key, value);
            Ok(())
        })
    }

    /// Closes the record, now that all of the span is known.
    fn close(&mut self, trace: TraceId) -> Walked {
        let (open, span, chunk) = (&mut self.records.open, &mut self.span, &mut self.chunk);
        if span.process.is_known() || !chunk.process.is_known() {
            chunk.process = std::mem::take(&mut span.process);
        }
        if let Some(upper) = span.upper {
            chunk.upper.entry(trace.0 as u64).or_insert(upper);
        }
        let resource = chunk.process.resource(open, span.service)?;
        let head = span.head(open, trace, resource)?;
        Ok(self.records.close(head)?)
    }
}
