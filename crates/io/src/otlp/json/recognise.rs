//! Whether the beginning of a file is OTLP JSON.

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

/// True where one of the keys stands at a depth where it belongs. A line that
/// is cut off or no JSON does not hide the next one.
pub(super) fn is_otlp(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    if !matches!(head.first(), Some(b'{' | b'[')) {
        return false;
    }
    let (mut at, mut depth) = (0, 0usize);
    while let Some(&byte) = head.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'\n' if head.get(at + 1) == Some(&b'{') => depth = 0,
            b'"' => {
                let end = string_end(head, at + 1);
                if depth <= DEPTH && is_key(&head[at + 1..end], &head[end..]) {
                    return true;
                }
                at = end;
                if head.get(end) == Some(&b'\n') {
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// The offset of the quote that ends a string, or of the line's end.
fn string_end(head: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = head.get(at) {
        match byte {
            b'"' | b'\n' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    head.len()
}

fn is_key(text: &[u8], behind: &[u8]) -> bool {
    KEYS.iter().any(|key| key.as_bytes() == text)
        && behind
            .strip_prefix(b"\"")
            .is_some_and(|rest| rest.trim_ascii_start().first() == Some(&b':'))
}
