//! The fixed fields of a span, and its enums.

use crate::id::{SpanId, TraceId};
use crate::resource::ResourceId;
use crate::scope::ScopeId;
use crate::strings::Symbol;
use serde::{Deserialize, Serialize};

/// The kind of a span, as OpenTelemetry defines it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum SpanKind {
    /// The source did not say.
    #[default]
    Unspecified,
    /// Work inside one service.
    Internal,
    /// The handling of a request from elsewhere.
    Server,
    /// A request to elsewhere.
    Client,
    /// The sending of a message that is handled later.
    Producer,
    /// The handling of such a message.
    Consumer,
}

impl SpanKind {
    /// All kinds, in the order of OTLP's numbers.
    pub const ALL: [SpanKind; 6] = [
        Self::Unspecified,
        Self::Internal,
        Self::Server,
        Self::Client,
        Self::Producer,
        Self::Consumer,
    ];

    /// The kind with this number in OTLP.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        usize::try_from(number)
            .ok()
            .and_then(|n| Self::ALL.get(n).copied())
    }

    /// The kind with this name, in any case, with or without `SPAN_KIND_`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let bare = match name.get(..10) {
            Some(prefix) if prefix.eq_ignore_ascii_case("SPAN_KIND_") => &name[10..],
            _ => name,
        };
        Self::ALL
            .into_iter()
            .find(|kind| bare.eq_ignore_ascii_case(kind.name()))
    }

    /// The name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Internal => "internal",
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }
}

/// The status that the instrumentation set.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum StatusCode {
    /// Not set.
    #[default]
    Unset,
    /// Set to OK by a person's hand.
    Ok,
    /// Set to ERROR.
    Error,
}

impl StatusCode {
    /// The status with this number in OTLP.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::Unset),
            1 => Some(Self::Ok),
            2 => Some(Self::Error),
            _ => None,
        }
    }

    /// The status with this name, in any case, with or without `STATUS_CODE_`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let bare = match name.get(..12) {
            Some(prefix) if prefix.eq_ignore_ascii_case("STATUS_CODE_") => &name[12..],
            _ => name,
        };
        [Self::Unset, Self::Ok, Self::Error]
            .into_iter()
            .find(|status| bare.eq_ignore_ascii_case(status.name()))
    }

    /// The name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }
}

/// Bits of a span's flags. The lower 16 are OTLP's own; the upper 16 are set
/// by readers and by assembly.
pub mod flags {
    /// OTLP: the trace flags of W3C (bit 0 is *sampled*).
    pub const W3C: u32 = 0xff;
    /// OTLP: it is known whether the parent is remote.
    pub const HAS_IS_REMOTE: u32 = 0x100;
    /// OTLP: the parent is in another process.
    pub const IS_REMOTE: u32 = 0x200;
    /// All bits that came from OTLP.
    pub const OTLP: u32 = 0xffff;
    /// The format's own error flag is set (`summary.errors` counts these).
    pub const FORMAT_ERROR: u32 = 1 << 16;
    /// Zipkin's `shared`: the server half of an id used by both sides.
    pub const SHARED: u32 = 1 << 17;
    /// The only reference to the parent is FOLLOWS_FROM.
    pub const FOLLOWS_FROM: u32 = 1 << 18;
    /// The source had no end (or no duration).
    pub const MISSING_END: u32 = 1 << 19;
    /// The end stood before the start; the duration counts as zero.
    pub const NEGATIVE: u32 = 1 << 20;
    /// Assembly: the parent is named but absent.
    pub const ORPHAN: u32 = 1 << 21;
    /// Assembly: a cycle of parents was cut above this span.
    pub const CYCLE_HEAD: u32 = 1 << 22;
    /// Assembly: the server half of a pair that shares one id.
    pub const SPLIT: u32 = 1 << 23;
    /// Assembly: another, different span has the same id.
    pub const CONFLICT: u32 = 1 << 24;
    /// The source had no start.
    pub const MISSING_START: u32 = 1 << 25;
    /// The source names no service, because it is that of the parent.
    pub const SERVICE_OF_PARENT: u32 = 1 << 26;
    /// The source has it in one record with another half, which counts as the
    /// record.
    pub const HALF: u32 = 1 << 27;
    /// The other half is flagged as an error too, and counts as one.
    pub const HALF_ERROR: u32 = 1 << 28;
    /// Assembly: further records of this id, equal or unfinished, were folded
    /// into this span.
    pub const DUPLICATE: u32 = 1 << 29;
}

/// The fixed fields of one span, as a reader hands them over.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SpanHead {
    /// The trace.
    pub trace_id: TraceId,
    /// The span.
    pub span_id: SpanId,
    /// The parent; zero for none.
    pub parent_id: SpanId,
    /// Start, nanoseconds since the epoch.
    pub start_unix_nano: i64,
    /// End, nanoseconds since the epoch; `None` where the source has none.
    pub end_unix_nano: Option<i64>,
    /// The name of the operation.
    pub name: Symbol,
    /// The kind.
    pub kind: SpanKind,
    /// The status.
    pub status: StatusCode,
    /// See [`flags`].
    pub flags: u32,
    /// What emitted the span.
    pub resource: ResourceId,
    /// The instrumentation scope.
    pub scope: ScopeId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_spelling() {
        assert_eq!(
            SpanKind::from_name("SPAN_KIND_SERVER"),
            Some(SpanKind::Server)
        );
        assert_eq!(SpanKind::from_name("Client"), Some(SpanKind::Client));
        assert_eq!(SpanKind::from_name("ümlaut-kind"), None);
        assert_eq!(SpanKind::from_number(5), Some(SpanKind::Consumer));
        assert_eq!(SpanKind::from_number(6), None);
        assert_eq!(
            StatusCode::from_name("STATUS_CODE_ERROR"),
            Some(StatusCode::Error)
        );
        assert_eq!(StatusCode::from_name("ok"), Some(StatusCode::Ok));
    }
}
