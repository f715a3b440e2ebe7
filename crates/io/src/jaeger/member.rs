//! The members of objects: of spans, and of references to spans.

/// A member of a span that is read; every other one is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Tags,
    Tag,
    TraceId,
    SpanId,
    ParentSpanId,
    OperationName,
    References,
    StartTime,
    StartTimeMillis,
    Duration,
    Logs,
    ProcessId,
    Process,
    Flags,
    Other,
}

impl Member {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "tags" => Self::Tags,
            "tag" => Self::Tag,
            "traceID" | "traceId" => Self::TraceId,
            "spanID" | "spanId" => Self::SpanId,
            "parentSpanID" | "parentSpanId" => Self::ParentSpanId,
            "operationName" => Self::OperationName,
            "references" => Self::References,
            "startTime" => Self::StartTime,
            "startTimeMillis" => Self::StartTimeMillis,
            "duration" => Self::Duration,
            "logs" => Self::Logs,
            "processID" | "processId" => Self::ProcessId,
            "process" => Self::Process,
            "flags" => Self::Flags,
            _ => Self::Other,
        }
    }
}

/// A member of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefMember {
    RefType,
    TraceId,
    SpanId,
    Other,
}

impl RefMember {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "refType" => Self::RefType,
            "traceID" | "traceId" => Self::TraceId,
            "spanID" | "spanId" => Self::SpanId,
            _ => Self::Other,
        }
    }
}
