//! What formats cannot hold, and how many records it touches.
//!
//! Each format says which kinds of data its writer loses
//! ([`crate::format::Format::losses`]); here is how records that have such data
//! are told from those that have none. A format that loses a kind loses it of
//! every record that has it.

use spanwise_model::{flags, SpanBatch, SpanHead, SpanKind, StatusCode, Value};

macro_rules! losses {
    ($($(#[$attribute:meta])+ $loss:ident = $name:literal, $told:literal;)+) => {
        /// A kind of data that some format cannot hold.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Loss {
            $($(#[$attribute])+ $loss,)+
        }

        impl Loss {
            /// All kinds.
            pub const ALL: &'static [Loss] = &[$(Self::$loss,)+];

            /// The name in tables, such as `nanoseconds`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$loss => $name,)+
                }
            }

            /// What becomes of it, in words.
            #[must_use]
            pub fn told(self) -> &'static str {
                match self {
                    $(Self::$loss => $told,)+
                }
            }
        }
    };
}

losses! {
    /// Times that are not whole microseconds.
    Nanoseconds = "nanoseconds", "times are rounded to microseconds";
    /// Times before 1970.
    EarlyTimes = "early_times", "times before 1970 become 1970";
    /// Attributes of spans and resources that are no texts.
    AttributeTypes = "attribute_types", "numbers and flags become texts";
    /// Lists, maps and empty values.
    NestedValues = "nested_values", "lists, maps and empty values become texts";
    /// Attributes of resources other than the service's name.
    Resources = "resources", "attributes of resources become attributes of spans";
    /// Attributes of scopes.
    ScopeAttributes = "scope_attributes", "attributes of scopes are lost";
    /// Internal spans.
    InternalKind = "internal_kind", "spans of kind internal lose their kind";
    /// What OTLP's flags say besides *sampled*.
    Flags = "flags", "it is forgotten whether parents are remote";
    /// Parents that are only followed.
    FollowsFrom = "follows_from", "references that only follow become parents";
    /// Zipkin's mark of an id that both sides use.
    Shared = "shared", "the mark of ids that two spans share is lost";
    /// Ids that are words.
    WordIds = "word_ids", "ids that are words become hexadecimal";
    /// Attributes of links, other than Jaeger's type of reference.
    LinkAttributes = "link_attributes", "attributes of links are lost";
    /// Links that do not say which type of reference they are.
    LinkTypes = "link_types", "links get an attribute with their type of reference";
    /// Links of roots to spans of their own trace.
    RootLinks = "root_links", "the first link of a root to its own trace becomes its parent";
    /// Trace states of links.
    LinkStates = "link_states", "trace states of links are lost";
    /// How much the source dropped of a span.
    DroppedCounts = "dropped_counts", "counts of what the source dropped are lost";
    /// Texts of statuses.
    StatusText = "status_text", "texts of statuses stand among the attributes too";
    /// Texts in an attribute `error` of spans whose status has none.
    ErrorText = "error_text", "texts of errors become texts of statuses";
    /// A failed span without an attribute that says so.
    ErrorTag = "error_tag", "failed spans get an attribute `error`";
}

impl Loss {
    /// How many records have such data.
    #[must_use]
    pub fn count(self, batch: &SpanBatch) -> u64 {
        let records = 0..batch.open_record();
        records.filter(|&record| self.is_in(batch, record)).count() as u64
    }

    /// True where a record has such data.
    #[must_use]
    pub fn is_in(self, batch: &SpanBatch, record: u32) -> bool {
        let head = batch.head(record);
        let events = || batch.events_of(record);
        let links = || batch.links_of(record);
        match self {
            Self::Nanoseconds => {
                times(batch, record, &head).any(|nano| nano.rem_euclid(1_000) != 0)
            }
            Self::EarlyTimes => times(batch, record, &head).any(|nano| nano < 0),
            Self::AttributeTypes => values(batch, record, &head).any(|value| !is_text(value)),
            Self::NestedValues => {
                let of_events = events().flat_map(|row| batch.events.attributes.of(row as u32));
                let all = values(batch, record, &head).chain(of_events.map(|pair| pair.1));
                all.into_iter().any(is_nested)
            }
            Self::Resources => {
                let mut all = batch.resources.attributes(head.resource);
                all.any(|(key, _)| batch.strings.get(key) != "service.name")
            }
            Self::ScopeAttributes => batch.scopes.attributes(head.scope).next().is_some(),
            Self::InternalKind => head.kind == SpanKind::Internal,
            Self::Flags => head.flags & flags::OTLP & !1 != 0,
            Self::FollowsFrom => head.flags & flags::FOLLOWS_FROM != 0 && !head.parent_id.is_zero(),
            Self::Shared => head.flags & flags::SHARED != 0,
            Self::WordIds => has_words(batch, record, &head),
            Self::LinkAttributes => links().any(|row| has_attributes(batch, row as u32)),
            Self::LinkTypes => links().any(|row| !has_type(batch, row as u32)),
            Self::RootLinks => {
                let inside = |row: usize| batch.links.trace_id[row] == head.trace_id;
                head.parent_id.is_zero() && links().any(inside)
            }
            Self::LinkStates => {
                links().any(|row| batch.links.trace_states.get(row as u32).is_some())
            }
            Self::DroppedCounts => has_dropped(batch, record),
            Self::StatusText => {
                let told = batch.status_messages.get(record).is_some();
                told && !has(batch, record, "otel.status_description")
            }
            Self::ErrorText => {
                let error = batch.strings.find("error");
                let text = error.and_then(|key| batch.attribute_value(record, key));
                let is_text = |value: Value<'_>| value.as_bool().is_none() && is_text(value);
                batch.status_messages.get(record).is_none() && text.is_some_and(is_text)
            }
            Self::ErrorTag => head.status == StatusCode::Error && !has(batch, record, "error"),
        }
    }
}

fn times<'a>(batch: &'a SpanBatch, record: u32, head: &SpanHead) -> impl Iterator<Item = i64> + 'a {
    let missing = head.flags & flags::MISSING_START != 0;
    let own = [
        (!missing).then_some(head.start_unix_nano),
        head.end_unix_nano,
    ];
    let of_events = batch.events_of(record);
    let of_events = of_events.map(|row| batch.events.time_unix_nano[row]);
    own.into_iter().flatten().chain(of_events)
}

fn values<'a>(
    batch: &'a SpanBatch,
    record: u32,
    head: &SpanHead,
) -> impl Iterator<Item = Value<'a>> {
    let own = batch.attributes(record).map(|pair| pair.1);
    own.chain(batch.resources.attributes(head.resource).map(|pair| pair.1))
}

fn is_text(value: Value<'_>) -> bool {
    matches!(value, Value::Str(_))
}

fn is_nested(value: Value<'_>) -> bool {
    matches!(value, Value::Json(_) | Value::Empty)
}

fn has(batch: &SpanBatch, record: u32, key: &str) -> bool {
    let key = batch.strings.find(key);
    key.is_some_and(|key| batch.attribute_value(record, key).is_some())
}

fn has_words(batch: &SpanBatch, record: u32, head: &SpanHead) -> bool {
    let spans = &batch.span_words;
    let links = batch.links_of(record);
    batch.trace_words.contains_key(&head.trace_id)
        || spans.contains_key(&head.span_id)
        || spans.contains_key(&head.parent_id)
        || links.into_iter().any(|row| {
            batch.trace_words.contains_key(&batch.links.trace_id[row])
                || spans.contains_key(&batch.links.span_id[row])
        })
}

/// Jaeger's type of reference is what Jaeger does hold of a link.
fn has_attributes(batch: &SpanBatch, row: u32) -> bool {
    let mut keys = batch.links.attributes.keys_of(row);
    keys.any(|key| batch.strings.get(key) != crate::jaeger::REF_TYPE)
}

fn has_type(batch: &SpanBatch, row: u32) -> bool {
    let mut keys = batch.links.attributes.keys_of(row);
    keys.any(|key| batch.strings.get(key) == crate::jaeger::REF_TYPE)
}

fn has_dropped(batch: &SpanBatch, record: u32) -> bool {
    let none = spanwise_model::batch::Dropped::default();
    let events = |row: usize| batch.events.dropped.value(row as u32);
    let links = |row: usize| batch.links.dropped.value(row as u32);
    batch.dropped.value(record) != none
        || batch.events_of(record).any(|row| events(row) > 0)
        || batch.links_of(record).any(|row| links(row) > 0)
}
