//! Marks: what stands behind the interval of a line.

use super::interval::time;
use super::lex;
use super::value::{braces, literal, Literal, Pair};
use spanwise_model::{flags, SpanKind, StatusCode};
use std::borrow::Cow;

/// One mark of a span line.
pub(super) enum Mark<'a> {
    Status(StatusCode),
    Kind(SpanKind),
    Flags(u32),
    Id(Cow<'a, str>),
    Parent(Cow<'a, str>),
    Link(Link<'a>),
    Event(Event<'a>),
    Scope(Cow<'a, str>, Cow<'a, str>),
    StatusMessage(Cow<'a, str>),
    TraceState(Cow<'a, str>),
    Attribute(Pair<'a>),
    Resource(Pair<'a>),
}

/// A link; without a trace it stays in its own.
pub(super) struct Link<'a> {
    pub(super) trace: Option<Cow<'a, str>>,
    pub(super) span: Cow<'a, str>,
    pub(super) attributes: Vec<Pair<'a>>,
}

/// An event; without a time it happens at the span's start.
pub(super) struct Event<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) time: Option<i64>,
    pub(super) attributes: Vec<Pair<'a>>,
}

impl<'a> Mark<'a> {
    /// The mark that a token is. `None` where it is none.
    pub(super) fn parse(token: &'a str) -> Option<Self> {
        if let Some(pair) = token.strip_prefix('@') {
            let (key, _, value) = key_value(pair)?;
            return Some(Self::Resource((key, literal(value)?)));
        }
        let Some((key, quoted, value)) = key_value(token) else {
            return bare(token);
        };
        let reserved = if quoted { None } else { reserved(&key, value) };
        reserved.unwrap_or_else(|| Some(Self::Attribute((key, literal(value)?))))
    }
}

/// The key, whether it was in quotes, and what follows the equals sign.
fn key_value(token: &str) -> Option<(Cow<'_, str>, bool, &str)> {
    let (key, quoted, rest) = lex::word(token, &['='])?;
    Some((key, quoted, rest.strip_prefix('=')?))
}

fn bare(token: &str) -> Option<Mark<'static>> {
    Some(match token {
        "error" => Mark::Status(StatusCode::Error),
        "ok" => Mark::Status(StatusCode::Ok),
        "flagged" => Mark::Flags(flags::FORMAT_ERROR),
        "follows" => Mark::Flags(flags::FOLLOWS_FROM),
        "shared" => Mark::Flags(flags::SHARED),
        kind => Mark::Kind(SpanKind::ALL.into_iter().find(|k| k.name() == kind)?),
    })
}

/// The mark of a reserved key, if `key` is one; the inner `None` is a value
/// that makes no sense for it.
fn reserved<'a>(key: &str, value: &'a str) -> Option<Option<Mark<'a>>> {
    Some(match key {
        "id" => lex::whole(value).map(Mark::Id),
        "parent" => lex::whole(value).map(Mark::Parent),
        "link" => link(value).map(Mark::Link),
        "event" => event(value).map(Mark::Event),
        "scope" => scope(value),
        "status_message" => lex::whole(value).map(Mark::StatusMessage),
        "trace_state" => lex::whole(value).map(Mark::TraceState),
        "flags" => otlp_flags(value),
        _ => return None,
    })
}

fn otlp_flags(value: &str) -> Option<Mark<'static>> {
    let number = u32::from_str_radix(value, 16).ok()?;
    (number & !flags::OTLP == 0).then_some(Mark::Flags(number))
}

fn scope(value: &str) -> Option<Mark<'_>> {
    let (name, _, rest) = lex::word(value, &['@'])?;
    let version = match rest.strip_prefix('@') {
        Some(version) => lex::whole(version)?,
        None if rest.is_empty() => Cow::Borrowed(""),
        None => return None,
    };
    Some(Mark::Scope(name, version))
}

fn link(value: &str) -> Option<Link<'_>> {
    let (first, _, rest) = lex::word(value, &['/', '{'])?;
    let (trace, span, rest) = match rest.strip_prefix('/') {
        Some(span) => {
            let (span, _, rest) = lex::word(span, &['{'])?;
            (Some(first), span, rest)
        }
        None => (None, first, rest),
    };
    Some(Link {
        trace,
        span,
        attributes: braces(rest)?,
    })
}

fn event(value: &str) -> Option<Event<'_>> {
    let (name, _, rest) = lex::word(value, &['@', '{'])?;
    let at = rest.find('{').unwrap_or(rest.len());
    let time = match &rest[..at] {
        "" => None,
        text => Some(time(text.strip_prefix('@')?)?),
    };
    Some(Event {
        name,
        time,
        attributes: braces(&rest[at..])?,
    })
}

/// True where a key must be in quotes to be read as an attribute's.
fn is_reserved(key: &str) -> bool {
    reserved(key, "").is_some() || key.starts_with('@')
}

/// Appends an attribute's key, in quotes where it could be misread.
pub(super) fn push_key(key: &str, out: &mut String) {
    if is_reserved(key) {
        lex::quote(key, out);
    } else {
        lex::push_word(key, out);
    }
    out.push('=');
}

/// Keys as texts, beside their values.
pub(super) fn pairs<'a>(pairs: &'a [Pair<'a>]) -> impl Iterator<Item = (&'a str, &'a Literal<'a>)> {
    pairs.iter().map(|(key, value)| (key.as_ref(), value))
}
