//! Whose span a record is: one side's, or both sides' in one.
//!
//! Tracers that share an id between client and server, and collectors that
//! merged what both sent, leave records which say of both when they sent and
//! received. Such a record becomes two spans, the server's under the client's.

use super::super::annotation;
use super::super::draft::Draft;
use super::super::host::Host;
use super::super::tags::{self, Field};
use super::record::{Note, Record};
use crate::json::Open;
use spanwise_model::{flags, Result, SpanHead, SpanKind, StatusCode, Strings, Symbol, Value};

/// A span of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Half {
    kind: SpanKind,
    local: Option<Host>,
    remote: Option<Host>,
    start: Option<i64>,
    end: Option<i64>,
}

/// The spans of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Halves {
    first: Half,
    /// The side that received, where both sides are in the record.
    second: Option<Half>,
}

/// When a side began and ended, and where that was noted.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    start: Option<i64>,
    end: Option<i64>,
    host: Option<Host>,
    is_there: bool,
}

impl Side {
    fn take(&mut self, note: &Note, begins: bool) {
        let time = if begins {
            &mut self.start
        } else {
            &mut self.end
        };
        *time = time.or(note.time);
        self.host = self.host.or(note.host);
        self.is_there = true;
    }
}

/// The endpoints that binary annotations name.
#[derive(Clone, Copy, Debug, Default)]
struct Addresses {
    client: Option<Host>,
    server: Option<Host>,
    broker: Option<Host>,
    component: Option<Host>,
}

/// The annotations that say when a side began or ended.
fn is_core(text: &str) -> bool {
    matches!(text, "cs" | "cr" | "sr" | "ss" | "ms" | "mr")
}

/// True where a binary annotation names an endpoint, and says nothing else.
fn is_address(key: &str, value: Value<'_>) -> bool {
    let is_flag = matches!(value, Value::Bool(true)) || matches!(value, Value::Str("true"));
    is_flag && matches!(key, "ca" | "sa" | "ma")
}

impl Addresses {
    fn of(record: &Record, strings: &Strings) -> Self {
        let mut all = Self::default();
        for tag in &record.tags {
            let (key, value) = (strings.get(tag.key), record.value(tag));
            let slot = match key {
                "lc" => &mut all.component,
                _ if !is_address(key, value) => continue,
                "ca" => &mut all.client,
                "sa" => &mut all.server,
                _ => &mut all.broker,
            };
            *slot = slot.or(tag.host);
        }
        all
    }
}

impl Halves {
    /// The spans that are in a record.
    pub(super) fn of(record: &Record, strings: &Strings) -> Self {
        let [mut client, mut server, mut producer, mut consumer] = [Side::default(); 4];
        for note in &record.notes {
            match record.text(note) {
                "cs" => client.take(note, true),
                "cr" => client.take(note, false),
                "sr" => server.take(note, true),
                "ss" => server.take(note, false),
                "ms" => producer.take(note, true),
                "mr" => consumer.take(note, true),
                _ => {}
            }
        }
        let addresses = Addresses::of(record, strings);
        let sends = |side: Side, kind, remote| side.is_there.then(|| side.half(kind, remote));
        let first = sends(client, SpanKind::Client, addresses.server)
            .or_else(|| sends(producer, SpanKind::Producer, addresses.broker));
        let second = sends(server, SpanKind::Server, addresses.client)
            .or_else(|| sends(consumer, SpanKind::Consumer, addresses.broker));
        match (first, second) {
            (Some(first), second) => Self::led_by(first, second, record, strings),
            (None, Some(only)) => Self::led_by(only, None, record, strings),
            (None, None) => Self::led_by(addresses.half(), None, record, strings),
        }
    }

    /// The first half lasts as long as the record says, if it says so.
    fn led_by(first: Half, second: Option<Half>, record: &Record, strings: &Strings) -> Self {
        let mut first = first;
        let noted = record.notes.iter().filter_map(|note| note.time).min();
        if let Some(start) = record.start {
            // The end that was noted belongs to the start that was noted.
            first.start = Some(start);
        }
        first.start = first.start.or(noted);
        if let (Some(start), Some(duration)) = (first.start, record.duration) {
            first.end = Some(start.saturating_add(duration));
        }
        if second.is_none() {
            first.local = first.local.or_else(|| any_host(record, strings));
        }
        Self { first, second }
    }

    /// Why a record is no span, if it is none.
    pub(super) fn lack(&self, record: &Record) -> Option<&'static str> {
        self.first.draft(record, false).lack()
    }

    /// True where the second half, and not the first, was recorded there.
    fn is_second(&self, host: Option<Host>) -> bool {
        let is_at = |half: &Half| {
            let same = |local: Host| host.is_some_and(|host| is_same(host, local));
            half.local.is_some_and(same)
        };
        self.second.as_ref().is_some_and(is_at) && !is_at(&self.first)
    }

    /// The halves in order, each with its part of the record.
    pub(super) fn each(&self) -> impl Iterator<Item = (Half, bool)> {
        let second = self.second.map(|half| (half, true));
        std::iter::once((self.first, false)).chain(second)
    }

    /// Puts a half into the open record; answers its fixed fields.
    pub(super) fn write(
        &self,
        record: &Record,
        (half, second): (Half, bool),
        open: &mut Open<'_>,
    ) -> Result<SpanHead> {
        let mut draft = half.draft(record, second);
        if let Some(host) = half.local {
            draft.resource = Some(host.resource(open)?);
        }
        if let Some(host) = half.remote {
            host.peer(open)?;
        }
        for tag in record
            .tags
            .iter()
            .filter(|tag| self.is_second(tag.host) == second)
        {
            let (key, value) = (open.batch.strings.get(tag.key), record.value(tag));
            let says_nothing = key == "lc" && matches!(value, Value::Str("") | Value::Empty);
            if !says_nothing && !is_address(key, value) {
                let field = Field::of(key);
                tags::put(open, &mut draft, (tag.key, field), value)?;
            }
        }
        for note in record
            .notes
            .iter()
            .filter(|note| self.is_second(note.host) == second)
        {
            let text = record.text(note);
            if is_core(text) {
                continue;
            }
            if text == "error" {
                draft.flags |= flags::FORMAT_ERROR;
                draft.status = StatusCode::Error;
            }
            annotation::event(open, note.time.unwrap_or_default(), text)?;
        }
        let is_told = second && self.first_errs(record, &open.batch.strings);
        if is_told && draft.flags & flags::FORMAT_ERROR != 0 {
            draft.flags |= flags::HALF_ERROR;
        }
        Ok(draft.head(open))
    }

    /// True where the first half says that it is an error.
    fn first_errs(&self, record: &Record, strings: &Strings) -> bool {
        let mut notes = record.notes.iter();
        let mut tags = record.tags.iter();
        notes.any(|note| record.text(note) == "error" && !self.is_second(note.host))
            || tags.any(|tag| strings.get(tag.key) == "error" && !self.is_second(tag.host))
    }
}

impl Side {
    fn half(self, kind: SpanKind, remote: Option<Host>) -> Half {
        Half {
            kind,
            local: self.host,
            // An address that only repeats where it was recorded says nothing.
            remote: remote.filter(|&remote| Some(remote) != self.host),
            start: self.start,
            end: self.end.filter(|_| self.start.is_some()),
        }
    }
}

impl Addresses {
    /// The span of a record in which no side says when it began or ended.
    fn half(self) -> Half {
        let (kind, local, remote) = match (self.client, self.server) {
            (Some(client), Some(server)) => (SpanKind::Client, Some(client), Some(server)),
            (client, server) => (SpanKind::Unspecified, None, server.or(client)),
        };
        Half {
            kind,
            local: self.component.or(local),
            remote: remote.or(self.broker),
            ..Half::default()
        }
    }
}

impl Half {
    fn draft(self, record: &Record, second: bool) -> Draft {
        let length = |(start, end): (i64, i64)| end.saturating_sub(start);
        Draft {
            trace: record.trace,
            id: record.id,
            parent: record.parent,
            name: record.name,
            kind: self.kind,
            start: self.start.or(record.start),
            duration: self.start.zip(self.end).map(length),
            flags: if second {
                flags::SHARED | flags::HALF
            } else {
                0
            },
            ..Draft::default()
        }
    }
}

/// Where a record that no side claims was made.
fn any_host(record: &Record, strings: &Strings) -> Option<Host> {
    let notes = record.notes.iter().map(|note| note.host);
    let tags = record.tags.iter();
    let others = tags.filter(|tag| !is_address(strings.get(tag.key), record.value(tag)));
    notes.chain(others.map(|tag| tag.host)).flatten().next()
}

/// True where two endpoints are one: of one service, or the same in all.
fn is_same(one: Host, other: Host) -> bool {
    one == other || (one.service == other.service && one.service != Symbol::EMPTY)
}
