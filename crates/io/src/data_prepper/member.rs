//! The members of a document, by their keys.

use crate::elasticsearch::with_dots;
use crate::json::Open;
use spanwise_model::{IssueKind, Result, Symbol};

/// A count of what was dropped before the span was exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dropped {
    Attributes,
    Events,
    Links,
}

impl Dropped {
    /// Each of them, and the issue that it becomes.
    pub(super) const ALL: [(Self, IssueKind); 3] = [
        (Self::Attributes, IssueKind::DroppedAttributes),
        (Self::Events, IssueKind::DroppedEvents),
        (Self::Links, IssueKind::DroppedLinks),
    ];
}

/// What a member says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    TraceId,
    SpanId,
    ParentId,
    TraceState,
    Name,
    Kind,
    Start,
    End,
    Duration,
    Service,
    StatusCode,
    StatusMessage,
    ScopeName,
    ScopeVersion,
    Events,
    Links,
    Dropped(Dropped),
    /// An attribute of the span.
    Attribute(Symbol),
    /// An attribute of the resource.
    Resource(Symbol),
    /// An object whose members are [`Member`]s of this group.
    Group(Group),
    Other,
}

/// A group of members: what stands before the dot in their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Status,
    Scope,
    Attributes,
    /// What surrounds the attributes of the span.
    Span,
    /// What surrounds the attributes of the resource.
    Resource,
    ResourceAttributes,
}

/// Members that are fixed, by their keys.
const FIXED: [(&str, Member); 19] = [
    ("traceId", Member::TraceId),
    ("spanId", Member::SpanId),
    ("parentSpanId", Member::ParentId),
    ("traceState", Member::TraceState),
    ("name", Member::Name),
    ("kind", Member::Kind),
    ("startTime", Member::Start),
    ("endTime", Member::End),
    ("durationInNanos", Member::Duration),
    ("serviceName", Member::Service),
    ("events", Member::Events),
    ("links", Member::Links),
    (
        "droppedAttributesCount",
        Member::Dropped(Dropped::Attributes),
    ),
    ("droppedEventsCount", Member::Dropped(Dropped::Events)),
    ("droppedLinksCount", Member::Dropped(Dropped::Links)),
    ("status", Member::Group(Group::Status)),
    ("attributes", Member::Group(Group::Attributes)),
    ("span", Member::Group(Group::Span)),
    ("resource", Member::Group(Group::Resource)),
];

/// What scopes were and are called.
const SCOPES: [&str; 3] = ["instrumentationScope", "instrumentationLibrary", "scope"];

impl Member {
    /// The member of this key in a document.
    pub(super) fn of(key: &str, open: &mut Open<'_>) -> Result<Self> {
        if let Some((_, member)) = FIXED.iter().find(|(name, _)| *name == key) {
            return Ok(*member);
        }
        if SCOPES.contains(&key) {
            return Ok(Self::Group(Group::Scope));
        }
        let Some((before, behind)) = key.split_once('.') else {
            return Ok(Self::Other);
        };
        match Self::of_group(before) {
            Some(group) => group.member(behind, open),
            None => Ok(Self::Other),
        }
    }

    fn of_group(name: &str) -> Option<Group> {
        Some(match name {
            "status" => Group::Status,
            "span" => Group::Span,
            "resource" => Group::Resource,
            "attributes" => Group::Attributes,
            name if SCOPES.contains(&name) => Group::Scope,
            _ => return None,
        })
    }
}

impl Group {
    /// The member of this key in the group.
    pub(super) fn member(self, key: &str, open: &mut Open<'_>) -> Result<Member> {
        Ok(match (self, key) {
            (Self::Status, "code") => Member::StatusCode,
            (Self::Status, "message") => Member::StatusMessage,
            (Self::Scope, "name") => Member::ScopeName,
            (Self::Scope, "version") => Member::ScopeVersion,
            (Self::Span, "attributes") => Member::Group(Self::Attributes),
            (Self::Resource, "attributes") => Member::Group(Self::ResourceAttributes),
            (Self::Attributes, key) => Member::Attribute(open.intern(&with_dots(key))?),
            (Self::ResourceAttributes, key) => Member::Resource(open.intern(&with_dots(key))?),
            (Self::Span | Self::Resource, key) => return self.attribute(key, open),
            _ => Member::Other,
        })
    }

    /// The attribute whose key stands behind `attributes.`.
    fn attribute(self, key: &str, open: &mut Open<'_>) -> Result<Member> {
        let inner = match self {
            Self::Resource => Self::ResourceAttributes,
            _ => Self::Attributes,
        };
        match key.strip_prefix("attributes.") {
            Some(key) => inner.member(key, open),
            None if self == Self::Span => Ok(Member::Other),
            None if matches!(key, "schemaUrl" | "droppedAttributesCount") => Ok(Member::Other),
            // The collector's own exporter puts them into the resource itself.
            None => inner.member(key, open),
        }
    }
}
