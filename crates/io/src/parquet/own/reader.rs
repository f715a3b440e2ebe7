//! Reading a file straight into a batch.

use super::schema::schema;
use super::{object, value, KEY, LAYOUT};
use crate::flaws::Flaw;
use crate::format::Ended;
use crate::json::Open;
use crate::parquet::columns::{Ids, Names, Texts};
use crate::parquet::file::{File, Stop, Wanted};
use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampNanosecondType, UInt32Type};
use arrow_array::{Array, RecordBatch};
use rustc_hash::FxHashMap;
use spanwise_model::batch::Dropped;
use spanwise_model::{
    ResourceId, Result, ScopeId, SpanBatch, SpanHead, SpanId, SpanKind, StatusCode, Symbol,
    TraceId, Value,
};

/// True for a file of this layout, with its columns.
pub(in crate::parquet) fn recognises(file: &File<'_>) -> bool {
    file.says(KEY) == Some(LAYOUT) && {
        let (ours, own) = (schema(), &file.schema);
        let names = own.fields().iter().map(|field| field.name());
        names.eq(ours.fields().iter().map(|field| field.name()))
    }
}

/// Reads all records.
pub(in crate::parquet) fn read(file: &File<'_>, batch: &mut SpanBatch) -> Result<Ended> {
    let schema = schema();
    let wanted = Wanted {
        columns: &|_| true,
        types: Some(schema.fields()),
    };
    file.read(batch, wanted, |table, _, batch| {
        let columns =
            Columns::of(table).ok_or_else(|| Stop::broken("a column is of another type"))?;
        let mut reader = Reader {
            columns,
            open: Open::new(batch),
            resources: FxHashMap::default(),
            scopes: FxHashMap::default(),
            bytes: Vec::new(),
        };
        (0..table.num_rows()).try_for_each(|row| reader.row(row))
    })
}

/// The columns of some rows.
struct Columns<'t> {
    trace_id: Ids<'t>,
    span_id: Ids<'t>,
    parent_id: Ids<'t>,
    words: [Texts<'t>; 3],
    start: &'t [i64],
    end: (&'t [i64], &'t dyn Array),
    service: Names<'t>,
    name: Names<'t>,
    kind: Names<'t>,
    status: Names<'t>,
    status_message: Texts<'t>,
    trace_state: Texts<'t>,
    /// Name, version and attributes.
    scope: [Names<'t>; 3],
    flags: &'t [u32],
    attributes: (&'t [i32], Names<'t>, Texts<'t>),
    types: Names<'t>,
    resource: Names<'t>,
    events: Events<'t>,
    links: Links<'t>,
    dropped: [&'t [u32]; 3],
}

struct Events<'t> {
    offsets: &'t [i32],
    time: &'t [i64],
    name: Names<'t>,
    attributes: Names<'t>,
    dropped: &'t [u32],
}

struct Links<'t> {
    offsets: &'t [i32],
    trace_id: Ids<'t>,
    span_id: Ids<'t>,
    words: [Texts<'t>; 2],
    attributes: Names<'t>,
    states: Texts<'t>,
    dropped: &'t [u32],
}

fn counts(array: &dyn Array) -> Option<&[u32]> {
    let counts = array.as_primitive_opt::<UInt32Type>()?;
    Some(counts.values())
}

fn times(array: &dyn Array) -> Option<&[i64]> {
    let times = array.as_primitive_opt::<TimestampNanosecondType>()?;
    Some(times.values())
}

impl<'t> Columns<'t> {
    fn of(table: &'t RecordBatch) -> Option<Self> {
        let columns = table.columns();
        let at = |at: usize| columns.get(at).map(AsRef::as_ref);
        let (ids, texts, names) = (
            |place| Ids::of(at(place)?),
            |place| Texts::of(at(place)?),
            |place| Names::of(at(place)?),
        );
        let map = at(17)?.as_map_opt()?;
        Some(Self {
            trace_id: ids(0)?,
            span_id: ids(1)?,
            parent_id: ids(2)?,
            words: [texts(3)?, texts(4)?, texts(5)?],
            start: times(at(6)?)?,
            end: (times(at(7)?)?, at(7)?),
            service: names(8)?,
            name: names(9)?,
            kind: names(10)?,
            status: names(11)?,
            status_message: texts(12)?,
            trace_state: texts(13)?,
            scope: [names(14)?, names(15)?, names(25)?],
            flags: counts(at(16)?)?,
            dropped: [counts(at(22)?)?, counts(at(23)?)?, counts(at(24)?)?],
            attributes: (
                map.value_offsets(),
                Names::of(map.keys().as_ref())?,
                Texts::of(map.values().as_ref())?,
            ),
            types: names(18)?,
            resource: names(19)?,
            events: Events::of(at(20)?)?,
            links: Links::of(at(21)?)?,
        })
    }
}

impl<'t> Events<'t> {
    fn of(array: &'t dyn Array) -> Option<Self> {
        let list = array.as_list_opt::<i32>()?;
        let parts = list.values().as_struct_opt()?.columns();
        Some(Self {
            offsets: list.value_offsets(),
            time: times(parts.first()?.as_ref())?,
            name: Names::of(parts.get(1)?.as_ref())?,
            attributes: Names::of(parts.get(2)?.as_ref())?,
            dropped: counts(parts.get(3)?.as_ref())?,
        })
    }
}

impl<'t> Links<'t> {
    fn of(array: &'t dyn Array) -> Option<Self> {
        let list = array.as_list_opt::<i32>()?;
        let parts = list.values().as_struct_opt()?.columns();
        let at = |at: usize| parts.get(at).map(AsRef::as_ref);
        Some(Self {
            offsets: list.value_offsets(),
            trace_id: Ids::of(at(0)?)?,
            span_id: Ids::of(at(1)?)?,
            words: [Texts::of(at(2)?)?, Texts::of(at(3)?)?],
            attributes: Names::of(at(4)?)?,
            states: Texts::of(at(5)?)?,
            dropped: counts(at(6)?)?,
        })
    }
}

/// Reads rows into a batch.
struct Reader<'t, 'b> {
    columns: Columns<'t>,
    open: Open<'b>,
    /// By the places of a resource's attributes and service.
    resources: FxHashMap<(usize, usize), ResourceId>,
    scopes: FxHashMap<[usize; 3], ScopeId>,
    /// Room for values that are bytes.
    bytes: Vec<u8>,
}

impl Reader<'_, '_> {
    fn row(&mut self, row: usize) -> Result<(), Stop> {
        let name = self.columns.name.symbol(row, &mut self.open)?;
        self.open.batch.expect_name(name);
        self.attributes(row)?;
        self.events(row)?;
        self.links(row)?;
        self.texts(row)?;
        let [attributes, events, links] = self.columns.dropped.map(|counts| counts[row]);
        self.open.batch.note_dropped(Dropped {
            attributes,
            events,
            links,
        });
        let end = (!self.columns.end.1.is_null(row)).then(|| self.columns.end.0[row]);
        let (trace_id, span_id, parent_id) = self.ids(row);
        let head = SpanHead {
            trace_id,
            span_id,
            parent_id,
            start_unix_nano: self.columns.start[row],
            end_unix_nano: end,
            name,
            kind: self.kind(row),
            status: self.status(row),
            flags: self.columns.flags[row],
            resource: self.resource(row)?,
            scope: self.scope(row)?,
        };
        Ok(self.open.close(head)?)
    }

    fn ids(&mut self, row: usize) -> (TraceId, SpanId, SpanId) {
        let (columns, open) = (&self.columns, &mut self.open);
        let [trace, span, parent] = &columns.words;
        let trace_id = match trace.get(row) {
            Some(word) => open.batch.trace_word(word),
            None => TraceId(columns.trace_id.number(row)),
        };
        let mut span_id = |word: &Texts<'_>, ids: &Ids<'_>| match word.get(row) {
            Some(word) => open.batch.span_word(word),
            None => SpanId(ids.number(row) as u64),
        };
        let own = span_id(span, &columns.span_id);
        (trace_id, own, span_id(parent, &columns.parent_id))
    }

    fn kind(&mut self, row: usize) -> SpanKind {
        let name = self.columns.kind.get(row);
        SpanKind::from_name(name).unwrap_or_else(|| {
            self.open.flaw(Flaw::UnknownEnum);
            SpanKind::default()
        })
    }

    fn status(&mut self, row: usize) -> StatusCode {
        let name = self.columns.status.get(row);
        StatusCode::from_name(name).unwrap_or_else(|| {
            self.open.flaw(Flaw::UnknownEnum);
            StatusCode::default()
        })
    }

    fn texts(&mut self, row: usize) -> Result<()> {
        let batch = &mut *self.open.batch;
        if let Some(text) = self.columns.status_message.get(row) {
            batch.guard.check_text(text.len())?;
            batch.status_message(text);
        }
        if let Some(text) = self.columns.trace_state.get(row) {
            batch.guard.check_text(text.len())?;
            batch.trace_state(text);
        }
        Ok(())
    }

    fn attributes(&mut self, row: usize) -> Result<(), Stop> {
        let (offsets, keys, values) = &mut self.columns.attributes;
        let rows = offsets[row] as usize..offsets[row + 1] as usize;
        let types = self.columns.types.find(row).unwrap_or_default().as_bytes();
        for (nth, at) in rows.enumerate() {
            let key = keys.symbol(at, &mut self.open)?;
            let text = values.get(at).unwrap_or_default();
            let letter = types.get(nth).copied().unwrap_or(value::TEXT);
            match value::decode(letter, text, &mut self.bytes) {
                Some(value) => self.open.batch.attribute_of(key, value),
                None => self.open.flaw(Flaw::Malformed),
            }
        }
        Ok(())
    }

    fn events(&mut self, row: usize) -> Result<(), Stop> {
        let events = &mut self.columns.events;
        for at in events.offsets[row] as usize..events.offsets[row + 1] as usize {
            let open = &mut self.open;
            let whole = object::read(events.attributes.get(at), |key, value| {
                let key = open.intern(key)?;
                open.batch.event_attribute_of(key, value);
                Ok::<(), Stop>(())
            })?;
            if !whole {
                open.flaw(Flaw::Malformed);
            }
            let name = events.name.symbol(at, open)?;
            open.batch.event_dropped(events.dropped[at].into());
            open.batch.event_of(events.time[at], name);
        }
        Ok(())
    }

    fn links(&mut self, row: usize) -> Result<(), Stop> {
        let links = &self.columns.links;
        for at in links.offsets[row] as usize..links.offsets[row + 1] as usize {
            let open = &mut self.open;
            let whole = object::read(links.attributes.get(at), |key, value| {
                let key = open.intern(key)?;
                open.batch.link_attribute_of(key, value);
                Ok::<(), Stop>(())
            })?;
            if !whole {
                open.flaw(Flaw::Malformed);
            }
            if let Some(state) = links.states.get(at) {
                open.batch.guard.check_text(state.len())?;
                open.batch.link_state(state);
            }
            open.batch.link_dropped(links.dropped[at].into());
            let [trace, span] = &links.words;
            let trace_id = match trace.get(at) {
                Some(word) => open.batch.trace_word(word),
                None => TraceId(links.trace_id.number(at)),
            };
            let span_id = match span.get(at) {
                Some(word) => open.batch.span_word(word),
                None => SpanId(links.span_id.number(at) as u64),
            };
            open.batch.link(trace_id, span_id);
        }
        Ok(())
    }

    fn resource(&mut self, row: usize) -> Result<ResourceId, Stop> {
        let columns = &mut self.columns;
        let key = (columns.resource.place(row), columns.service.place(row));
        if let Some(&known) = self.resources.get(&key) {
            return Ok(known);
        }
        let open = &mut self.open;
        let push = |open: &mut Open<'_>, key, value: Value<'_>| {
            open.batch.resources.push(key, value);
        };
        members(columns.resource.get(row), open, push)?;
        let service = columns.service.symbol(row, open)?;
        let resource = open.batch.resources.close(service);
        self.resources.insert(key, resource);
        Ok(resource)
    }

    fn scope(&mut self, row: usize) -> Result<ScopeId, Stop> {
        let [name, version, attributes] = &mut self.columns.scope;
        let key = [name.place(row), version.place(row), attributes.place(row)];
        if let Some(&known) = self.scopes.get(&key) {
            return Ok(known);
        }
        let push = |open: &mut Open<'_>, key, value: Value<'_>| {
            open.batch.scopes.push(key, value);
        };
        members(attributes.get(row), &mut self.open, push)?;
        let name: Symbol = name.symbol(row, &mut self.open)?;
        let version = version.symbol(row, &mut self.open)?;
        let scope = self.open.batch.scopes.intern(name, version);
        self.scopes.insert(key, scope);
        Ok(scope)
    }
}

/// Reads an object of attributes.
fn members(
    object: &str,
    open: &mut Open<'_>,
    mut push: impl FnMut(&mut Open<'_>, Symbol, Value<'_>),
) -> Result<(), Stop> {
    let whole = object::read(object, |key, value| {
        let key = open.intern(key)?;
        push(open, key, value);
        Ok::<(), Stop>(())
    })?;
    if !whole {
        open.flaw(Flaw::Malformed);
    }
    Ok(())
}
