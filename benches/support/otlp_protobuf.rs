//! OTLP protobuf decoded by prost into the types of opentelemetry-proto.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

/// Reads all requests; how many spans there are.
pub(crate) fn parse(bytes: &[u8]) -> usize {
    let decode = |message: &[u8]| ExportTraceServiceRequest::decode(message).expect("OTLP");
    let all: Vec<ExportTraceServiceRequest> = messages(bytes).map(decode).collect();
    let resources = all.iter().flat_map(|request| &request.resource_spans);
    let scopes = resources.flat_map(|resource| &resource.scope_spans);
    scopes.map(|scope| scope.spans.len()).sum()
}

/// The messages behind their lengths of four bytes.
fn messages(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (message, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        bytes = rest;
        Some(message)
    })
}
