//! Whether the beginning of a file is OTLP JSON.

use crate::json::has_object;

/// The keys that only OTLP has.
const KEYS: &[&str] = &[
    "resourceSpans",
    "resource_spans",
    "resourceLogs",
    "resource_logs",
    "resourceMetrics",
    "resource_metrics",
    "scopeSpans",
    "scope_spans",
    "instrumentationLibrarySpans",
    "instrumentation_library_spans",
];

/// How deep these keys lie at most: in a list, an envelope and a `batches`.
const DEPTH: usize = 4;

/// True where one of the keys stands at a depth where it belongs.
pub(super) fn is_otlp(head: &[u8]) -> bool {
    has_object(head, DEPTH, KEYS, |seen| seen != 0)
}
