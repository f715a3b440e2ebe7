//! OTLP, as protobuf and as JSON.
//!
//! Both readers walk the bytes and write straight into the columns of a batch;
//! no message is ever built. What they share (ids, times, enums, what counts
//! as an issue) lies in the draft of a span.

mod draft;
mod groups;
mod json;
#[cfg(feature = "otlp")]
mod messages;
mod protobuf;

pub use json::OtlpJson;
#[cfg(feature = "otlp")]
pub use messages::from_otlp;
pub use protobuf::OtlpProtobuf;
