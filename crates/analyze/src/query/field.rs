//! What can be asked of a span.

use spanwise_model::canonical::{Holds, ADJUSTED_COUNT};
use spanwise_model::CanonicalField;

/// A fixed field, called as in the listing of spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextField {
    Service,
    Operation,
    Kind,
    Status,
    StatusMessage,
    Outcome,
    Instance,
    Scope,
    TraceId,
    SpanId,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DurationField {
    Duration,
    SelfTime,
    CriticalTime,
    Slack,
    Drag,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flag {
    Errs,
    Origin,
    StatusError,
    OnPath,
    Root,
    Orphan,
}

/// A number of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantity {
    Events,
    Links,
}

/// Whose attributes are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The span, else its resource.
    Either,
    Span,
    Resource,
}

impl Owner {
    /// What stands before the dot.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Either => "",
            Self::Span => "span",
            Self::Resource => "resource",
        }
    }
}

/// What can be compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Field {
    Text(TextField),
    Duration(DurationField),
    Flag(Flag),
    Quantity(Quantity),
    Attribute(Owner, String),
    Canonical(&'static CanonicalField),
}

/// What a field can be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Number,
    Duration,
    Flag,
    /// Texts, numbers and flags.
    Any,
}

/// The words of the fixed fields.
pub(super) static FIXED: [(&str, Field); 23] = [
    ("service", Field::Text(TextField::Service)),
    ("operation", Field::Text(TextField::Operation)),
    ("kind", Field::Text(TextField::Kind)),
    ("duration", Field::Duration(DurationField::Duration)),
    ("self_time", Field::Duration(DurationField::SelfTime)),
    (
        "critical_time",
        Field::Duration(DurationField::CriticalTime),
    ),
    ("slack", Field::Duration(DurationField::Slack)),
    ("drag", Field::Duration(DurationField::Drag)),
    ("outcome", Field::Text(TextField::Outcome)),
    ("errs", Field::Flag(Flag::Errs)),
    ("origin", Field::Flag(Flag::Origin)),
    ("status", Field::Text(TextField::Status)),
    ("status_message", Field::Text(TextField::StatusMessage)),
    ("status_error", Field::Flag(Flag::StatusError)),
    ("instance", Field::Text(TextField::Instance)),
    ("scope", Field::Text(TextField::Scope)),
    ("trace_id", Field::Text(TextField::TraceId)),
    ("span_id", Field::Text(TextField::SpanId)),
    ("on_path", Field::Flag(Flag::OnPath)),
    ("root", Field::Flag(Flag::Root)),
    ("orphan", Field::Flag(Flag::Orphan)),
    ("events", Field::Quantity(Quantity::Events)),
    ("links", Field::Quantity(Quantity::Links)),
];

impl Field {
    /// The field that a word names; what is wrong with it, where none is.
    pub(super) fn named(head: &str, key: Option<&str>) -> Result<Self, String> {
        match (head, key) {
            (_, None) => {
                let found = FIXED.iter().find(|(name, _)| *name == head);
                found.map(|(_, field)| field.clone()).ok_or_else(|| {
                    let names: Vec<&str> = FIXED.iter().map(|(name, _)| *name).collect();
                    let names = names.join(", ");
                    format!("no field {head}; attributes begin with a dot, and there are {names}")
                })
            }
            ("", Some(key)) => Ok(Self::Attribute(Owner::Either, key.to_owned())),
            ("span", Some(key)) => Ok(Self::Attribute(Owner::Span, key.to_owned())),
            ("resource", Some(key)) => Ok(Self::Attribute(Owner::Resource, key.to_owned())),
            ("canonical", Some(key)) => canonical(key),
            (head, Some(key)) => Err(format!(
                "no field {head}.{key}; an attribute begins with a dot, span. or resource., \
                 a canonical field with canonical."
            )),
        }
    }

    /// What it can be compared with.
    pub(super) fn holds(&self) -> Type {
        match self {
            Self::Text(_) => Type::Text,
            Self::Duration(_) => Type::Duration,
            Self::Flag(_) => Type::Flag,
            Self::Quantity(_) => Type::Number,
            Self::Attribute(..) => Type::Any,
            Self::Canonical(field) => match field.holds {
                Holds::Text => Type::Text,
                Holds::Number => Type::Number,
                Holds::Duration => Type::Duration,
                Holds::Flag => Type::Flag,
            },
        }
    }
}

fn canonical(name: &str) -> Result<Field, String> {
    if name == ADJUSTED_COUNT {
        return Err(format!("{name} is not known of a span alone"));
    }
    let field = CanonicalField::named(name);
    field
        .map(Field::Canonical)
        .ok_or_else(|| format!("no canonical field {name}"))
}
