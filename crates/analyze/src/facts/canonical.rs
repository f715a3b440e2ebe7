//! One name for what conventions, vendors and years name differently.
//!
//! Every key symbol of a table is classified once; reading a span is one pass
//! over its keys by number, without comparing text. Where several keys of one
//! field are present the best of them counts, as [`FIELDS`] ranks
//! them, and of equal keys the last.

use super::outcome::grpc_code;
use spanwise_model::semconv::{Field, FIELDS};
use spanwise_model::{Attributes, EvidenceId, Span, SpanTable, Strings, Value};
use std::borrow::Cow;
use std::sync::OnceLock;

/// How many fields there are.
const SLOTS: usize = 23;

/// By symbol: the field in the upper byte, counted from 1, and the rank in the
/// lower one; zero for keys of no field.
type Classes = Vec<u16>;

/// A reader of canonical fields, made once for a table.
///
/// ```
/// use spanwise_analyze::facts::Canonical;
/// let batch = spanwise_io::notation::parse("a GET 0..1 http.status_code=\"503\" net.peer.name=b");
/// let table = spanwise_io::assemble::assemble(batch)?;
/// let canonical = Canonical::new(&table);
/// let span = table.trace(0).primary();
/// assert_eq!(canonical.fields(span).http_status(), Some(503));
/// assert_eq!(canonical.peer(span).as_deref(), Some("b"));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Canonical<'a> {
    table: &'a SpanTable,
    classes: Classes,
    exceptions: OnceLock<Exceptions>,
}

impl<'a> Canonical<'a> {
    /// Classifies the keys of a table.
    #[must_use]
    pub fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            classes: classify(&table.store.strings),
            exceptions: OnceLock::new(),
        }
    }

    /// The table that is read.
    #[must_use]
    pub fn table(&self) -> &'a SpanTable {
        self.table
    }

    /// The canonical fields of a span.
    #[must_use]
    #[inline]
    pub fn fields(&self, span: Span<'_>) -> Fields<'a> {
        self.evidence_fields(span.evidence())
    }

    /// The canonical fields of all spans with this evidence.
    #[must_use]
    pub fn evidence_fields(&self, evidence: EvidenceId) -> Fields<'a> {
        self.fields_of(self.table.store.evidence.attributes(), evidence.0)
    }

    #[inline]
    fn fields_of(&self, attributes: &'a Attributes, owner: u32) -> Fields<'a> {
        let mut fields = Fields {
            attributes,
            owner,
            present: 0,
            ranks: [0; SLOTS],
            places: [0; SLOTS],
        };
        for (place, key) in attributes.keys_of(owner).enumerate() {
            let class = self.classes[key.index()];
            if class != 0 {
                fields.note(class, place as u32);
            }
        }
        fields
    }

    /// Which records have an event of an exception.
    pub(super) fn all_exceptions(&self) -> &Exceptions {
        self.exceptions.get_or_init(|| Exceptions::of(self.table))
    }

    /// The row of the last event of a span that tells of an exception: one
    /// that is named `exception` or has an `exception.type`.
    #[must_use]
    pub fn exception(&self, span: Span<'_>) -> Option<u32> {
        self.all_exceptions().last(span.record())
    }

    /// The fields of an event.
    #[must_use]
    pub fn event_fields(&self, event: u32) -> Fields<'a> {
        self.fields_of(&self.table.store.events.attributes, event)
    }

    /// The class that an error is grouped by: `error.type`, else the type of
    /// the exception, else the proxy's response flags, else the code of the
    /// RPC or of HTTP. `None` where the span names nothing of the kind.
    #[must_use]
    pub fn error_class(&self, span: Span<'_>) -> Option<Cow<'a, str>> {
        let fields = self.fields(span);
        fields
            .text(Field::ErrorType)
            .or_else(|| {
                self.event_fields(self.exception(span)?)
                    .text(Field::ErrorType)
            })
            .or_else(|| {
                fields
                    .text(Field::ResponseFlags)
                    .filter(|flags| flags != "-")
            })
            .or_else(|| {
                fields
                    .text(Field::RpcStatus)
                    .filter(|code| grpc_code(code) != Some(0))
            })
            .or_else(|| Some(fields.http_status()?.to_string().into()))
    }

    /// Whom the span calls, or is called by: the logical name of the peer,
    /// else its address.
    #[must_use]
    pub fn peer(&self, span: Span<'_>) -> Option<Cow<'a, str>> {
        self.fields(span).peer()
    }
}

/// The canonical fields that a span or event has.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    attributes: &'a Attributes,
    owner: u32,
    present: u32,
    ranks: [u8; SLOTS],
    places: [u32; SLOTS],
}

impl<'a> Fields<'a> {
    #[inline]
    fn note(&mut self, class: u16, place: u32) {
        let slot = usize::from(class >> 8) - 1;
        let rank = class as u8;
        if self.present & 1 << slot == 0 || rank <= self.ranks[slot] {
            self.present |= 1 << slot;
            self.ranks[slot] = rank;
            self.places[slot] = place;
        }
    }

    /// The value of a field.
    #[must_use]
    #[inline]
    pub fn get(&self, field: Field) -> Option<Value<'a>> {
        let slot = field as usize;
        if self.present & 1 << slot == 0 {
            return None;
        }
        self.attributes.nth(self.owner, self.places[slot] as usize)
    }

    /// The text of a field; `None` where it is empty.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        let text = self.get(field)?.to_text();
        (!text.is_empty()).then_some(text)
    }

    /// The status of an HTTP response.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        let status = self.get(Field::HttpStatus)?.as_int()?;
        (100..=599).contains(&status).then_some(status as u16)
    }

    /// The number of a gRPC status, whether it came as number or as name.
    #[must_use]
    pub fn rpc_status(&self) -> Option<u8> {
        let code = match self.get(Field::RpcStatus)? {
            Value::Str(text) => grpc_code(text),
            value => value.as_int().filter(|code| (0..=16).contains(code)),
        };
        code.map(|code| code as u8)
    }

    /// The logical name of the peer, else its address.
    #[must_use]
    pub fn peer(&self) -> Option<Cow<'a, str>> {
        self.text(Field::PeerService)
            .or_else(|| self.text(Field::PeerAddress))
    }

    /// The database system.
    #[must_use]
    pub fn db_system(&self) -> Option<Cow<'a, str>> {
        self.text(Field::DbSystem)
    }

    /// The messaging system.
    #[must_use]
    pub fn messaging_system(&self) -> Option<Cow<'a, str>> {
        self.text(Field::MessagingSystem)
    }

    /// The queue or topic.
    #[must_use]
    pub fn messaging_destination(&self) -> Option<Cow<'a, str>> {
        self.text(Field::MessagingDestination)
    }

    /// What is done with messages: `send`, `receive`, `settle`, ….
    #[must_use]
    pub fn messaging_operation(&self) -> Option<Cow<'a, str>> {
        self.text(Field::MessagingOperation)
    }
}

fn classify(strings: &Strings) -> Classes {
    let mut classes = vec![0; strings.len()];
    for (field, keys) in FIELDS {
        for (rank, key) in keys.iter().enumerate() {
            if let Some(symbol) = strings.find(key) {
                classes[symbol.index()] = (*field as u16 + 1) << 8 | rank as u16;
            }
        }
    }
    classes
}

/// Which records have an event that tells of an exception.
#[derive(Clone, Debug, Default)]
pub(super) struct Exceptions {
    /// A bit for each record; empty where no record has one.
    bits: Vec<u64>,
    /// Records with the row of their last such event, ascending.
    rows: Vec<(u32, u32)>,
}

impl Exceptions {
    fn of(table: &SpanTable) -> Self {
        let store = &table.store;
        let events = &store.events;
        let name = store.strings.find("exception");
        let key = store.strings.find("exception.type");
        if name.is_none() && key.is_none() {
            return Self::default();
        }
        let mut rows: Vec<(u32, u32)> = Vec::new();
        for (event, &record) in events.record.iter().enumerate() {
            let named = Some(events.name[event]) == name;
            let mut keys = events.attributes.keys_of(event as u32);
            if named || key.is_some_and(|key| keys.any(|held| held == key)) {
                match rows.last_mut() {
                    Some(last) if last.0 == record => last.1 = event as u32,
                    _ => rows.push((record, event as u32)),
                }
            }
        }
        let mut bits = vec![0; rows.last().map_or(0, |last| last.0 as usize / 64 + 1)];
        for (record, _) in &rows {
            bits[*record as usize / 64] |= 1 << (record % 64);
        }
        Self { bits, rows }
    }

    /// True where a record has such an event.
    #[inline]
    pub(super) fn has(&self, record: u32) -> bool {
        let word = self.bits.get(record as usize / 64);
        word.is_some_and(|word| word & 1 << (record % 64) != 0)
    }

    /// The row of the last such event of a record.
    #[inline]
    pub(super) fn last(&self, record: u32) -> Option<u32> {
        if !self.has(record) {
            return None;
        }
        let at = self.rows.binary_search_by_key(&record, |row| row.0).ok()?;
        Some(self.rows[at].1)
    }
}

const _: () = assert!(FIELDS.len() == SLOTS, "a slot for every field");
