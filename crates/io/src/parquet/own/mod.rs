//! spanwise's own Parquet: all that a batch holds, in columns that any tool
//! reads.
//!
//! | column | type |
//! |---|---|
//! | `trace_id`, `span_id`, `parent_span_id` | 16, 8 and 8 bytes, big-endian; null for no parent |
//! | `trace_id_text`, `span_id_text`, `parent_span_id_text` | `string`, where an id is a word |
//! | `start_time`, `end_time` | `timestamp[ns, UTC]`; no end where the source has none |
//! | `service_name`, `span_name`, `kind`, `status_code` | `string` |
//! | `status_message`, `trace_state`, `scope_name`, `scope_version` | `string` or null |
//! | `flags` | `uint32`: OTLP's in the lower half, what the reader knew above |
//! | `attributes` | `map<string, string>` in the order of the source |
//! | `attribute_types` | a letter for each attribute: `s`tring, `i`nteger, `d`ouble, `b`oolean, b`y`tes in base64, `j`son, `e`mpty; null where all are strings |
//! | `resource_attributes`, `scope_attributes` | an object of JSON |
//! | `events` | a list of `time`, `name`, `attributes`, an object of JSON, and `dropped_attributes` |
//! | `links` | a list of `trace_id`, `span_id`, their texts, `attributes`, `trace_state` and `dropped_attributes` |
//! | `dropped_attributes`, `dropped_events`, `dropped_links` | `uint32`: what the source says that it dropped |
//!
//! Nothing is compressed but by dictionaries, since decompressing would take
//! longer than all else; compress the file where its size matters. The file's
//! metadata say under `spanwise.spans` which layout it has.

mod arrays;
mod object;
mod reader;
mod schema;
mod value;
mod writer;

pub(super) use reader::{read, recognises};
pub(super) use writer::write;

/// Where the metadata of a file hold the version of its layout.
const KEY: &str = "spanwise.spans";
const LAYOUT: &str = "1";
