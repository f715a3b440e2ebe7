//! What the columns of a table of spans say, and the names by which they say it.
//!
//! Exporters, warehouses and people name the same column in a few ways, which
//! differ mostly in case and underscores; so names are compared without them.

/// Whose attributes a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Span,
    Resource,
    /// Scopes hold none in the model; their columns are passed over.
    Scope,
}

/// The type of the attributes in a column of Jaeger's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Bool,
    Double,
    Int,
    Text,
    /// Bytes, lists and maps, each with its type before its key.
    Complex,
}

/// How a column holds attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Keys and values together.
    Whole,
    /// The keys of one type, whose values stand in another column.
    Keys(Typed),
    Values(Typed),
}

/// A part of events or links, one value each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Time,
    Name,
    TraceId,
    SpanId,
    TraceState,
    /// All attributes, or those of one type.
    Attributes(Option<Typed>),
    Dropped,
}

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    TraceId,
    SpanId,
    ParentId,
    TraceState,
    Flags,
    Operation,
    Service,
    Instance,
    Kind,
    Start,
    End,
    Duration,
    Status,
    StatusMessage,
    StatusError,
    ScopeName,
    ScopeVersion,
    DroppedAttributes,
    DroppedEvents,
    DroppedLinks,
    Attributes(Owner, Form),
    /// Events or links, each a structure.
    Events,
    Links,
    /// One part of all events or links of a span.
    EventPart(Member),
    LinkPart(Member),
    /// What is derived from others, and so passed over.
    Computed,
}

/// Names without case and underscores.
const NAMES: &[(Field, &[&str])] = &[
    (Field::TraceId, &["traceid"]),
    (Field::SpanId, &["spanid"]),
    (Field::ParentId, &["parentspanid", "parentid"]),
    (Field::TraceState, &["tracestate"]),
    (Field::Flags, &["flags", "traceflags"]),
    (
        Field::Operation,
        &["operation", "spanname", "operationname", "name"],
    ),
    (
        Field::Service,
        &[
            "service",
            "servicename",
            "service.name",
            "resource.service.name",
        ],
    ),
    (Field::Instance, &["instance"]),
    (Field::Kind, &["kind", "spankind"]),
    (
        Field::Start,
        &[
            "start",
            "starttime",
            "timestamp",
            "starttimeunix",
            "startunix",
        ],
    ),
    (Field::End, &["end", "endtime", "endtimeunix", "endunix"]),
    (Field::Duration, &["duration"]),
    (Field::Status, &["status", "statuscode", "status.code"]),
    (
        Field::StatusMessage,
        &["statusmessage", "status.message", "statusdescription"],
    ),
    (Field::StatusError, &["statuserror"]),
    (Field::ScopeName, &["scope", "scopename", "scope.name"]),
    (Field::ScopeVersion, &["scopeversion", "scope.version"]),
    (Field::DroppedAttributes, &["droppedattributescount"]),
    (Field::DroppedEvents, &["droppedeventscount"]),
    (Field::DroppedLinks, &["droppedlinkscount"]),
    (
        Field::Attributes(Owner::Span, Form::Whole),
        &["attributes", "spanattributes", "tags"],
    ),
    (
        Field::Attributes(Owner::Resource, Form::Whole),
        &["resource", "resourceattributes", "resource.attributes"],
    ),
    (
        Field::Attributes(Owner::Scope, Form::Whole),
        &["scopeattributes", "scope.attributes"],
    ),
    (Field::Events, &["events"]),
    (Field::Links, &["links"]),
    (
        Field::Computed,
        &[
            "selftime",
            "criticaltime",
            "slack",
            "drag",
            "outcome",
            "errs",
            "origin",
        ],
    ),
];

/// Names of the parts of events and links, without case and underscores.
const MEMBERS: &[(Member, &[&str])] = &[
    (Member::Time, &["time", "timestamp", "timeunix"]),
    (Member::Name, &["name"]),
    (Member::TraceId, &["traceid"]),
    (Member::SpanId, &["spanid"]),
    (Member::TraceState, &["tracestate"]),
    (Member::Attributes(None), &["attributes"]),
    (Member::Dropped, &["droppedattributescount"]),
];

/// Types of attributes as Jaeger's tables name them.
const TYPES: [(&str, Typed); 5] = [
    ("boolattributes", Typed::Bool),
    ("doubleattributes", Typed::Double),
    ("intattributes", Typed::Int),
    ("strattributes", Typed::Text),
    ("complexattributes", Typed::Complex),
];

impl Field {
    /// What a column of this name says; its unit where the name ends with one.
    pub(crate) fn of(name: &str) -> Option<(Self, Option<Unit>)> {
        let plain = plain(name);
        if let Some(field) = Self::of_plain(&plain) {
            return Some((field, None));
        }
        let (stem, unit) = Unit::suffix(&plain)?;
        let field = Self::of_plain(stem)?;
        matches!(field, Self::Start | Self::End | Self::Duration).then_some((field, Some(unit)))
    }

    fn of_plain(name: &str) -> Option<Self> {
        if let Some((field, _)) = NAMES.iter().find(|(_, names)| names.contains(&name)) {
            return Some(*field);
        }
        let (list, part) = name.split_once('.')?;
        match list {
            "events" => Member::of_plain(part).map(Self::EventPart),
            "links" => Member::of_plain(part).map(Self::LinkPart),
            _ => Self::typed(list, part),
        }
    }

    /// Attributes of one type in two columns.
    fn typed(list: &str, part: &str) -> Option<Self> {
        let owners = [("resource", Owner::Resource), ("scope", Owner::Scope)];
        let (owner, list) = owners
            .into_iter()
            .find_map(|(prefix, owner)| Some((owner, list.strip_prefix(prefix)?)))
            .unwrap_or((Owner::Span, list));
        let (_, kind) = TYPES.into_iter().find(|(name, _)| *name == list)?;
        match part {
            "key" => Some(Self::Attributes(owner, Form::Keys(kind))),
            "value" => Some(Self::Attributes(owner, Form::Values(kind))),
            _ => None,
        }
    }
}

impl Member {
    /// The part of this name; its unit where the name ends with one.
    pub(crate) fn of(name: &str) -> Option<(Self, Option<Unit>)> {
        let plain = plain(name);
        if let Some(member) = Self::of_plain(&plain) {
            return Some((member, None));
        }
        let (stem, unit) = Unit::suffix(&plain)?;
        let member = Self::of_plain(stem)?;
        (member == Self::Time).then_some((member, Some(unit)))
    }

    fn of_plain(name: &str) -> Option<Self> {
        let named = MEMBERS.iter().find(|(_, names)| names.contains(&name));
        let typed = || {
            let found = TYPES.into_iter().find(|(typed, _)| *typed == name)?;
            Some(Member::Attributes(Some(found.1)))
        };
        named.map(|(member, _)| *member).or_else(typed)
    }
}

/// The unit of a time that is a mere number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    #[default]
    Nanoseconds,
}

impl Unit {
    /// Suffixes, the longer ones first.
    const SUFFIXES: [(&'static str, Self); 8] = [
        ("nanos", Self::Nanoseconds),
        ("nano", Self::Nanoseconds),
        ("micros", Self::Microseconds),
        ("millis", Self::Milliseconds),
        ("seconds", Self::Seconds),
        ("ns", Self::Nanoseconds),
        ("us", Self::Microseconds),
        ("ms", Self::Milliseconds),
    ];

    /// The unit of this name: `s`, `ms`, `us` or `ns`.
    ///
    /// ```
    /// use spanwise_io::table::Unit;
    /// assert_eq!(Unit::from_name("ms"), Some(Unit::Milliseconds));
    /// assert_eq!(Unit::from_name("fortnight"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "s" => Some(Self::Seconds),
            "ms" => Some(Self::Milliseconds),
            "us" => Some(Self::Microseconds),
            "ns" => Some(Self::Nanoseconds),
            _ => None,
        }
    }

    /// What is left of a name without the unit that it ends with.
    fn suffix(name: &str) -> Option<(&str, Self)> {
        let suffixes = Self::SUFFIXES.into_iter();
        let mut found = suffixes.filter_map(|(text, unit)| Some((name.strip_suffix(text)?, unit)));
        found.next()
    }

    /// The power of ten that makes nanoseconds of it.
    pub(crate) fn power(self) -> u32 {
        match self {
            Self::Seconds => 9,
            Self::Milliseconds => 6,
            Self::Microseconds => 3,
            Self::Nanoseconds => 0,
        }
    }
}

/// A name without case and underscores.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| *letter != '_');
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_in_every_spelling() {
        let whole = Field::Attributes(Owner::Span, Form::Whole);
        for (name, field, unit) in [
            ("TraceId", Field::TraceId, None),
            ("parent_span_id", Field::ParentId, None),
            ("SpanAttributes", whole, None),
            (
                "start_time_unix_nano",
                Field::Start,
                Some(Unit::Nanoseconds),
            ),
            ("duration_ms", Field::Duration, Some(Unit::Milliseconds)),
            ("durationNano", Field::Duration, Some(Unit::Nanoseconds)),
            ("Events.Timestamp", Field::EventPart(Member::Time), None),
            (
                "resource_str_attributes.key",
                Field::Attributes(Owner::Resource, Form::Keys(Typed::Text)),
                None,
            ),
            (
                "links.int_attributes",
                Field::LinkPart(Member::Attributes(Some(Typed::Int))),
                None,
            ),
        ] {
            assert_eq!(Field::of(name), Some((field, unit)), "{name}");
        }
        for name in ["http.route", "", "status_ms", "kindns"] {
            assert_eq!(Field::of(name), None, "{name}");
        }
    }
}
