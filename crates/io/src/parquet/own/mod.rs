//! spanwise's own Parquet: all that a batch holds, in columns that any tool
//! reads.
//!
//! | column | type |
//! |---|---|
//! | `trace_id`, `span_id`, `parent_span_id` | 16, 8 and 8 bytes, big-endian; null for no parent |
//! | `trace_id_text`, `span_id_text`, `parent_span_id_text` | `string`, where an id is a word |
//! | `start_time`, `end_time` | `timestamp[ns, UTC]`; no end where the source has none |
//! | `service_name`, `span_name`, `kind`, `status_code` | `string` |
//! | `status_message`, `trace_state` | `string` or null |
//! | `scope_name`, `scope_version`, `scope_attributes` | `string`; the attributes are an object of JSON |
//! | `flags` | `uint32`: OTLP's in the lower half, what the reader knew above |
//! | `dropped_attributes`, `dropped_events`, `dropped_links` | `uint32`: what the source says that it dropped |
//! | `resource_attributes` | an object of JSON |
//! | `events` | a list of `time`, `name`, `attributes`, an object of JSON, and `dropped_attributes` |
//! | `links` | a list of `trace_id`, `span_id`, their texts, `attributes`, `trace_state` and `dropped_attributes` |
//! | `attribute_order` | an object of JSON: the numbers of the `attributes` that a span has, from 0 on, in the order of the source, with a value that few orders have, else `null`; `+` stands for the next one of the others |
//! | `other_attributes` | `map<string, string>`: what has no column |
//! | `other_attribute_types` | a letter for each of those: `s`tring, `i`nteger, `d`ouble, `b`oolean, b`y`tes in base64, `j`son, `e`mpty; null where all are strings |
//! | `attributes` | a structure with a column for each frequent key, called as the key: `string`, `int64`, `double` or `boolean` |
//!
//! Keys that one of 256 spans has are frequent, up to 256 of them; the type of
//! a column is the one that most of its values have. A value of another type,
//! one that is bytes, JSON or empty, what a span has twice under one key, and a
//! key that differs from a more frequent one in nothing but case are among the
//! others.
//!
//! Most attributes have few values, which go together. Those stand in the order
//! too, as long as orders repeat: then a span that has one of them has all these
//! values, and their columns, which are there for other tools, are not looked at.
//!
//! Nothing is compressed but by dictionaries, since decompressing would take
//! longer than all else; compress the file where its size matters. The file's
//! metadata say under `spanwise.spans` which layout it has.
//!
//! It is read here, not by the library: since the order of a span says which
//! columns it has, values come one by one from where they stand in the file,
//! and nothing is built of what is absent. Columns of attributes that nobody
//! keeps are not looked at. Layout 2, whose orders give no values, is read too.

mod arrays;
mod attributes;
mod cells;
mod column;
mod columns;
mod events;
mod given;
mod held;
mod hybrid;
mod ids;
mod keys;
mod leaf;
mod leaves;
mod lengths;
mod links;
mod list;
mod memo;
mod object;
mod order;
mod orders;
mod others;
mod pages;
mod physical;
mod reader;
mod ready;
mod rows;
mod schema;
mod shared;
#[cfg(test)]
mod tests;
mod trails;
mod value;
mod wide;
mod writer;

use crate::parquet::file::Stop;

pub(super) use reader::{read, recognises};
pub(super) use writer::write;

/// How many rows stand in a row group.
const GROUP_ROWS: usize = 1 << 16;

/// Where the metadata of a file hold the version of its layout.
const KEY: &str = "spanwise.spans";
const LAYOUT: &str = "3";

/// A column ends too early, is encoded as none of ours is, or repeats more than
/// may be.
#[derive(Clone, Copy, Debug)]
struct Short;

impl From<Short> for Stop {
    #[cold]
    fn from(_: Short) -> Self {
        Self::broken("a column ends too early, repeats too much, or is encoded in another way")
    }
}
