//! How a span ended, from all that it tells.
//!
//! The evidence in its order: an explicit status OK; the code of the protocol;
//! a proxy's flag; a status ERROR; an exception; else the span is ok. The
//! code is turned into an outcome alike on both sides of a call; whether the
//! outcome is an error depends on the side ([`Outcome::errs`]). A proxy's flag
//! does not decide before the code, but names the reason behind a vague one
//! (503 with UO is an open breaker). A code below 400 decides nothing: a
//! stream may break after its head was sent.

use super::canonical::{Canonical, Exceptions, Fields};
use super::envoy::ProxyFlags;
use super::{wording, Outcome};
use spanwise_model::semconv::Field;
use spanwise_model::{flags, EvidenceId, Span, StatusCode, Value};

/// How a span ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) injected: bool,
}

/// What decides about many spans.
#[derive(Clone, Copy)]
pub(super) struct Verdicts<'a> {
    pub(super) canonical: &'a Canonical<'a>,
    /// Of spans that say nothing but an evidence set, by that.
    pub(super) plain: &'a [Verdict],
    pub(super) exceptions: &'a Exceptions,
}

impl Verdicts<'_> {
    /// Judges a span.
    #[inline]
    pub(super) fn of(self, span: Span<'_>) -> Verdict {
        let status = span.status();
        if status == StatusCode::Ok {
            return Verdict::default();
        }
        let flagged = span.flags() & flags::FORMAT_ERROR != 0;
        let is_plain = status == StatusCode::Unset && !flagged;
        if is_plain && !self.exceptions.has(span.record()) {
            return self.plain[span.evidence().index()];
        }
        self.weigh(span)
    }

    #[inline(never)]
    fn weigh(self, span: Span<'_>) -> Verdict {
        let canonical = self.canonical;
        let exception = self.exceptions.last(span.record());
        let evidence = Evidence {
            fields: canonical.fields(span),
            status: span.status(),
            flagged: span.flags() & flags::FORMAT_ERROR != 0,
            message: span.status_message(),
            exception: exception.map(|row| canonical.event_fields(row)),
        };
        evidence.weigh()
    }
}

impl Verdict {
    /// The verdict of each evidence set on spans that tell nothing else.
    pub(super) fn plain(canonical: &Canonical<'_>) -> Vec<Self> {
        let judge = |set: u32| {
            let evidence = Evidence {
                fields: canonical.evidence_fields(EvidenceId(set)),
                status: StatusCode::Unset,
                flagged: false,
                message: None,
                exception: None,
            };
            evidence.weigh()
        };
        let sets = canonical.table().store.evidence.len();
        (0..sets as u32).map(judge).collect()
    }
}

/// What is known of how a span ended.
struct Evidence<'a> {
    fields: Fields<'a>,
    status: StatusCode,
    /// The format itself calls the span an error.
    flagged: bool,
    message: Option<&'a str>,
    /// The last event that tells of an exception.
    exception: Option<Fields<'a>>,
}

impl Evidence<'_> {
    fn weigh(&self) -> Verdict {
        let proxy = match self.fields.get(Field::ResponseFlags) {
            Some(Value::Str(text)) => ProxyFlags::read(text),
            _ => ProxyFlags::default(),
        };
        let outcome = if self.says("OK") {
            Outcome::Ok
        } else if let Some(code) = self.code() {
            proxy.refine(code)
        } else if let Some(outcome) = proxy.outcome.or_else(|| self.left()) {
            outcome
        } else if self.failed() || self.exception.is_some() {
            let reason = self.reason().or_else(|| self.xray());
            reason.unwrap_or(Outcome::UnknownError)
        } else {
            Outcome::Ok
        };
        Verdict {
            outcome,
            injected: proxy.injected,
        }
    }

    /// True where OpenTelemetry's status stands in an attribute and not in
    /// the span's status.
    fn says(&self, status: &str) -> bool {
        let value = self.fields.get(Field::OtelStatus).and_then(Value::as_str);
        self.status == StatusCode::Unset
            && value.is_some_and(|value| value.eq_ignore_ascii_case(status))
    }

    /// What the protocol's code tells. A gRPC status goes first, because the
    /// HTTP status below it is 200 whatever happens.
    fn code(&self) -> Option<Outcome> {
        let rpc = self.fields.rpc_status();
        rpc.and_then(|code| Outcome::from_grpc(code.into()))
            .or_else(|| Outcome::from_http(self.fields.http_status()?.into()))
    }

    /// Envoy writes the status 0 where it could send none, because who asked
    /// went away.
    fn left(&self) -> Option<Outcome> {
        let proxy = self.fields.get(Field::Component) == Some(Value::Str("proxy"));
        let status = || self.fields.get(Field::HttpStatus)?.as_int();
        (proxy && status() == Some(0)).then_some(Outcome::Cancelled)
    }

    /// Whether the source says that the span failed.
    fn failed(&self) -> bool {
        self.status == StatusCode::Error
            || self.flagged
            || self.says("ERROR")
            || self.fields.get(Field::ErrorFlag).is_some_and(raised)
    }

    /// What X-Ray's flags tell where nothing else does. They compound: a call
    /// that was throttled is an error too.
    fn xray(&self) -> Option<Outcome> {
        let flags = self.fields.get(Field::XRayFlags)?.as_str()?;
        let told = [
            ("throttle", Outcome::Throttled),
            ("fault", Outcome::ServerError),
            ("error", Outcome::ClientError),
        ];
        let raised = |&(name, _): &(&str, Outcome)| flags.split(' ').any(|flag| flag == name);
        told.into_iter().find(raised).map(|(_, outcome)| outcome)
    }

    /// The reason, from the class of the error and then from messages.
    fn reason(&self) -> Option<Outcome> {
        let event = self.exception.as_ref();
        let class = |fields: &Fields<'_>| wording::of_class(&fields.text(Field::ErrorType)?);
        let told = |fields: &Fields<'_>| wording::of_message(&fields.text(Field::ErrorText)?);
        class(&self.fields)
            .or_else(|| class(event?))
            .or_else(|| wording::of_message(self.message?))
            .or_else(|| told(&self.fields))
            .or_else(|| wording::of_message(self.fields.get(Field::ErrorFlag)?.as_str()?))
            .or_else(|| told(event?))
    }
}

/// Whether an `error` attribute says that there is one. Zipkin puts the text
/// of the error there; `false` in any spelling says that there is none.
fn raised(value: Value<'_>) -> bool {
    match value {
        Value::Int(number) => number != 0,
        Value::Double(number) => number != 0.0,
        Value::Empty => false,
        value => value.as_bool() != Some(false),
    }
}
