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

#[cfg(feature = "parquet")]
pub(crate) use draft::{Draft, Surroundings};
pub use json::OtlpJson;
pub(crate) use json::{any_json, base64};
#[cfg(feature = "otlp")]
pub use messages::from_otlp;
pub use protobuf::OtlpProtobuf;
#[cfg(feature = "parquet")]
pub(crate) use protobuf::{any_protobuf, read_links};
