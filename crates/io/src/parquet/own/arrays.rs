//! Records as columns.

use super::keys::Keys;
use super::object;
use super::schema::{element, event_fields, link_fields};
use super::wide::Wide;
use arrow_array::builder::{
    FixedSizeBinaryBuilder, Int64Builder, StringBuilder, StringDictionaryBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, ListArray, StructArray, TimestampNanosecondArray, UInt32Array};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{ArrowError, Fields};
use spanwise_model::batch::Dropped;
use spanwise_model::{SpanBatch, SpanHead, SpanId, Symbol, Value};
use std::ops::Range;
use std::sync::Arc;

type Names = StringDictionaryBuilder<Int32Type>;
type Built<T = ArrayRef> = Result<T, ArrowError>;

/// Records of a batch, which become columns.
pub(super) struct Rows<'b> {
    pub(super) batch: &'b SpanBatch,
    pub(super) records: Range<u32>,
    /// The attributes that have columns.
    pub(super) keys: &'b Keys,
}

impl Rows<'_> {
    /// The columns in the order of the schema.
    pub(super) fn arrays(&self) -> Built<Vec<ArrayRef>> {
        let parents = |head: &SpanHead| Some(head.parent_id).filter(|id| !id.is_zero());
        let service = |head: &SpanHead| self.batch.resources.service(head.resource);
        let scope = |head: &SpanHead| self.batch.scopes.get(head.scope);
        let mut arrays = vec![
            self.trace_ids()?,
            self.span_ids(|head| Some(head.span_id))?,
            self.span_ids(parents)?,
            self.texts(|_, head| {
                let words = &self.batch.trace_words;
                words.get(&head.trace_id).map(AsRef::as_ref)
            }),
            self.texts(|_, head| self.word(head.span_id)),
            self.texts(|_, head| self.word(head.parent_id)),
            self.times(|head| Some(head.start_unix_nano)),
            self.times(|head| head.end_unix_nano),
            self.symbols(service)?,
            self.symbols(|head| head.name)?,
            self.names(|head| head.kind.name())?,
            self.names(|head| head.status.name())?,
            self.texts(|record, _| self.batch.status_messages.get(record)),
            self.texts(|record, _| self.batch.trace_states.get(record)),
            self.symbols(|head| scope(head).0)?,
            self.symbols(|head| scope(head).1)?,
            self.scopes()?,
            Arc::new(UInt32Array::from_iter_values(
                self.heads().map(|(_, head)| head.flags),
            )),
            self.dropped(|dropped| dropped.attributes),
            self.dropped(|dropped| dropped.events),
            self.dropped(|dropped| dropped.links),
            self.resources()?,
            self.events()?,
            self.links()?,
        ];
        let mut wide = Wide::new(self.keys);
        wide.fill(self.batch, self.records.clone())?;
        arrays.extend(wide.arrays(self.batch)?);
        Ok(arrays)
    }

    fn heads(&self) -> impl Iterator<Item = (u32, SpanHead)> + '_ {
        self.records
            .clone()
            .map(|record| (record, self.batch.head(record)))
    }

    fn word(&self, id: SpanId) -> Option<&str> {
        self.batch.span_words.get(&id).map(AsRef::as_ref)
    }

    fn trace_ids(&self) -> Built {
        let mut ids = FixedSizeBinaryBuilder::new(16);
        self.heads()
            .try_for_each(|(_, head)| ids.append_value(head.trace_id.0.to_be_bytes()))?;
        Ok(Arc::new(ids.finish()))
    }

    fn span_ids(&self, id: impl Fn(&SpanHead) -> Option<SpanId>) -> Built {
        let mut ids = FixedSizeBinaryBuilder::new(8);
        for (_, head) in self.heads() {
            match id(&head) {
                Some(id) => ids.append_value(id.0.to_be_bytes())?,
                None => ids.append_null(),
            }
        }
        Ok(Arc::new(ids.finish()))
    }

    fn texts<'t>(&'t self, text: impl Fn(u32, &SpanHead) -> Option<&'t str>) -> ArrayRef {
        let mut texts = StringBuilder::new();
        for (record, head) in self.heads() {
            texts.append_option(text(record, &head));
        }
        Arc::new(texts.finish())
    }

    fn times(&self, time: impl Fn(&SpanHead) -> Option<i64>) -> ArrayRef {
        let mut times = Int64Builder::new();
        for (_, head) in self.heads() {
            times.append_option(time(&head));
        }
        Arc::new(
            times
                .finish()
                .reinterpret_cast::<arrow_array::types::TimestampNanosecondType>()
                .with_timezone("UTC"),
        )
    }

    fn dropped(&self, count: impl Fn(Dropped) -> u32) -> ArrayRef {
        let records = self.records.clone();
        let counts = records.map(|record| count(self.batch.dropped.value(record)));
        Arc::new(UInt32Array::from_iter_values(counts))
    }

    fn symbols(&self, symbol: impl Fn(&SpanHead) -> Symbol) -> Built {
        self.names(|head| self.batch.strings.get(symbol(head)))
    }

    fn names<'t>(&'t self, name: impl Fn(&SpanHead) -> &'t str) -> Built {
        let mut names = Names::new();
        for (_, head) in self.heads() {
            names.append(name(&head))?;
        }
        Ok(Arc::new(names.finish()))
    }

    fn resources(&self) -> Built {
        let resources = &self.batch.resources;
        self.shared(|head| head.resource, |&id| resources.attributes(id))
    }

    fn scopes(&self) -> Built {
        let scopes = &self.batch.scopes;
        self.shared(|head| head.scope, |&id| scopes.attributes(id))
    }

    /// Attributes that many records share, as objects.
    fn shared<'t, Id: PartialEq, A>(
        &'t self,
        id: impl Fn(&SpanHead) -> Id,
        attributes: impl Fn(&Id) -> A,
    ) -> Built
    where
        A: Iterator<Item = (Symbol, Value<'t>)>,
    {
        let (mut objects, mut last) = (Names::new(), None);
        let mut text = String::new();
        for (_, head) in self.heads() {
            let id = id(&head);
            if last.as_ref() != Some(&id) {
                text.clear();
                let spelled = |(key, value)| (self.batch.strings.get(key), value);
                object::write(attributes(&id).map(spelled), &mut text);
                last = Some(id);
            }
            objects.append(&text)?;
        }
        Ok(Arc::new(objects.finish()))
    }

    fn events(&self) -> Built {
        let (events, strings) = (&self.batch.events, &self.batch.strings);
        let (rows, lengths) = self.parts(|record| self.batch.events_of(record));
        let times = rows.clone().map(|row| events.time_unix_nano[row]);
        let times = TimestampNanosecondArray::from_iter_values(times).with_timezone("UTC");
        let mut names = Names::new();
        for row in rows.clone() {
            names.append(strings.get(events.name[row]))?;
        }
        let dropped = rows.clone().map(|row| events.dropped.value(row as u32));
        let dropped: ArrayRef = Arc::new(UInt32Array::from_iter_values(dropped));
        let attributes = objects(rows, |row| events.attributes.named(row, strings))?;
        let columns = vec![
            Arc::new(times),
            Arc::new(names.finish()) as ArrayRef,
            attributes,
            dropped,
        ];
        list(event_fields(), columns, lengths)
    }

    fn links(&self) -> Built {
        let (links, strings) = (&self.batch.links, &self.batch.strings);
        let (rows, lengths) = self.parts(|record| self.batch.links_of(record));
        let (mut traces, mut spans) = (
            FixedSizeBinaryBuilder::new(16),
            FixedSizeBinaryBuilder::new(8),
        );
        let (mut trace_texts, mut span_texts) = (StringBuilder::new(), StringBuilder::new());
        for row in rows.clone() {
            let (trace_id, span_id) = (links.trace_id[row], links.span_id[row]);
            traces.append_value(trace_id.0.to_be_bytes())?;
            spans.append_value(span_id.0.to_be_bytes())?;
            trace_texts.append_option(self.batch.trace_words.get(&trace_id));
            span_texts.append_option(self.word(span_id));
        }
        let dropped = rows.clone().map(|row| links.dropped.value(row as u32));
        let dropped: ArrayRef = Arc::new(UInt32Array::from_iter_values(dropped));
        let mut states = StringBuilder::new();
        for row in rows.clone() {
            states.append_option(links.trace_states.get(row as u32));
        }
        let attributes = objects(rows, |row| links.attributes.named(row, strings))?;
        let columns: Vec<ArrayRef> = vec![
            Arc::new(traces.finish()),
            Arc::new(spans.finish()),
            Arc::new(trace_texts.finish()),
            Arc::new(span_texts.finish()),
            attributes,
            Arc::new(states.finish()),
            dropped,
        ];
        list(link_fields(), columns, lengths)
    }

    /// The rows of all records, which stand side by side, and how many each has.
    fn parts(&self, of: impl Fn(u32) -> Range<usize>) -> (Range<usize>, Vec<usize>) {
        let ranges = self.records.clone().map(of);
        let (mut rows, mut lengths) = (0..0, Vec::new());
        for range in ranges {
            if rows.is_empty() {
                rows.start = range.start;
            }
            rows.end = range.end;
            lengths.push(range.len());
        }
        (rows, lengths)
    }
}

fn offsets(lengths: Vec<usize>) -> OffsetBuffer<i32> {
    OffsetBuffer::from_lengths(lengths)
}

fn list(fields: Fields, columns: Vec<ArrayRef>, lengths: Vec<usize>) -> Built {
    let parts = StructArray::try_new(fields.clone(), columns, None)?;
    let list = ListArray::try_new(element(fields), offsets(lengths), Arc::new(parts), None)?;
    Ok(Arc::new(list))
}

/// Attributes of rows as objects.
fn objects<'b, A>(rows: Range<usize>, attributes: impl Fn(u32) -> A) -> Built
where
    A: Iterator<Item = (&'b str, Value<'b>)>,
{
    let (mut objects, mut text) = (Names::new(), String::new());
    for row in rows {
        text.clear();
        object::write(attributes(row as u32), &mut text);
        objects.append(&text)?;
    }
    Ok(Arc::new(objects.finish()))
}
