//! The registry of formats, and how the format of a file is guessed.
//!
//! Only bytes count. Exports are renamed, compressed twice over and piped, so
//! a name would be wrong just when it matters.

use crate::format::Format;

/// How many bytes from the beginning of a file suffice for a guess.
pub const HEAD_BYTES: usize = 64 << 10;

/// All formats, in the order in which they are tried.
///
/// ```
/// let names: Vec<&str> = spanwise_io::formats().iter().map(|format| format.name()).collect();
/// assert!(names.contains(&"jaeger-json") && names.contains(&"notation"));
/// ```
#[must_use]
pub fn formats() -> &'static [&'static dyn Format] {
    &[
        &crate::otlp::OtlpJson,
        &crate::zipkin::ZipkinProtobuf,
        &crate::otlp::OtlpProtobuf,
        &crate::jaeger::JaegerJson,
        &crate::jaeger::JaegerElasticsearch,
        &crate::data_prepper::DataPrepper,
        &crate::zipkin::ZipkinJson,
        &crate::zipkin::ZipkinV1Json,
        &crate::zipkin::ZipkinThrift,
        &crate::xray::XRayJson,
        &crate::datadog::DatadogJson,
        &crate::chrome::ChromeTrace,
        &crate::elastic::ElasticApm,
        &crate::skywalking::SkyWalkingJson,
        &crate::skywalking::SkyWalkingCsv,
        #[cfg(feature = "parquet")]
        &crate::parquet::SpanwiseParquet,
        #[cfg(feature = "parquet")]
        &crate::parquet::TempoParquet,
        #[cfg(feature = "parquet")]
        &crate::parquet::TableParquet,
        #[cfg(feature = "arrow")]
        &crate::arrow::TableArrow,
        &crate::clickhouse::ClickHouseJson,
        &crate::clickhouse::ClickHouseCsv,
        &crate::clickhouse::ClickHouseTsv,
        &crate::notation::Notation,
    ]
}

/// The format of a file that begins with these bytes (decompressed). A file of
/// Parquet says at its end what it is, and must be whole.
///
/// ```
/// let head = br#"{"resourceSpans":[]}"#;
/// assert_eq!(spanwise_io::guess(head).map(|format| format.name()), Some("otlp-json"));
/// assert!(spanwise_io::guess(b"hello").is_none());
/// ```
#[must_use]
pub fn guess(head: &[u8]) -> Option<&'static dyn Format> {
    let head = without_mark(head);
    let head = match is_whole(head) {
        true => head,
        false => &head[..head.len().min(HEAD_BYTES)],
    };
    formats()
        .iter()
        .copied()
        .find(|format| format.recognises(head))
}

/// True for the beginning of a file that must be seen whole.
pub(crate) fn is_whole(head: &[u8]) -> bool {
    head.starts_with(b"PAR1")
}

/// The format of this name, such as `otlp-json`.
///
/// ```
/// assert!(spanwise_io::by_name("zipkin-json").is_some());
/// assert!(spanwise_io::by_name("zipkin").is_none(), "names are whole");
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    formats()
        .iter()
        .copied()
        .find(|format| format.name() == name)
}

/// The bytes behind the byte order mark that some tools put before UTF-8.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
