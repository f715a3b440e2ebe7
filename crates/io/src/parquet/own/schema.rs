//! The columns of a file.

use super::keys::{Key, Keys, Kind};
use arrow_schema::{DataType, Field, Fields, Schema, TimeUnit};
use spanwise_model::SpanBatch;
use std::sync::Arc;

/// The structure of attributes that have columns.
pub(super) const ATTRIBUTES: &str = "attributes";

/// A text of which there are few distinct ones.
fn name(nullable: bool) -> impl Fn(&str) -> Field {
    let kind = DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into());
    move |field| Field::new(field, kind.clone(), nullable)
}

fn time(field: &str, nullable: bool) -> Field {
    let kind = DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()));
    Field::new(field, kind, nullable)
}

fn id(field: &str, bytes: i32, nullable: bool) -> Field {
    Field::new(field, DataType::FixedSizeBinary(bytes), nullable)
}

/// How much the source says that it dropped.
fn count(field: &str) -> Field {
    Field::new(field, DataType::UInt32, false)
}

fn text(field: &str) -> Field {
    Field::new(field, DataType::Utf8, true)
}

/// The structure of a key and a value.
pub(super) fn entry_fields() -> Fields {
    let value = Field::new("value", DataType::Utf8, false);
    Fields::from(vec![name(false)("key"), value])
}

/// The entries of a map.
pub(super) fn entries() -> Arc<Field> {
    Arc::new(Field::new(
        "key_value",
        DataType::Struct(entry_fields()),
        false,
    ))
}

/// The parts of an event.
pub(super) fn event_fields() -> Fields {
    Fields::from(vec![
        time("time", false),
        name(false)("name"),
        name(false)("attributes"),
        count("dropped_attributes"),
    ])
}

/// The parts of a link.
pub(super) fn link_fields() -> Fields {
    Fields::from(vec![
        id("trace_id", 16, false),
        id("span_id", 8, false),
        text("trace_id_text"),
        text("span_id_text"),
        name(false)("attributes"),
        text("trace_state"),
        count("dropped_attributes"),
    ])
}

/// The elements of a list of structures.
pub(super) fn element(fields: Fields) -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Struct(fields), false))
}

fn list(field: &str, fields: Fields) -> Field {
    Field::new(field, DataType::List(element(fields)), false)
}

/// The columns of attributes, called as their keys.
pub(super) fn attribute_fields(batch: &SpanBatch, keys: &Keys) -> Fields {
    let field = |key: &Key| {
        let kind = match key.kind {
            Kind::Text => DataType::Utf8,
            Kind::Int => DataType::Int64,
            Kind::Double => DataType::Float64,
            Kind::Flag => DataType::Boolean,
        };
        Field::new(batch.strings.get(key.key), kind, true)
    };
    keys.all.iter().map(field).collect()
}

/// The columns of every file.
pub(super) fn fixed() -> Vec<Field> {
    vec![
        id("trace_id", 16, false),
        id("span_id", 8, false),
        id("parent_span_id", 8, true),
        text("trace_id_text"),
        text("span_id_text"),
        text("parent_span_id_text"),
        time("start_time", false),
        time("end_time", true),
        name(false)("service_name"),
        name(false)("span_name"),
        name(false)("kind"),
        name(false)("status_code"),
        text("status_message"),
        text("trace_state"),
        name(false)("scope_name"),
        name(false)("scope_version"),
        name(false)("scope_attributes"),
        count("flags"),
        count("dropped_attributes"),
        count("dropped_events"),
        count("dropped_links"),
        name(false)("resource_attributes"),
        list("events", event_fields()),
        list("links", link_fields()),
        name(false)("attribute_order"),
        Field::new("other_attributes", DataType::Map(entries(), false), false),
        name(true)("other_attribute_types"),
    ]
}

/// All columns of a file whose attributes of these keys have their own.
pub(super) fn schema(batch: &SpanBatch, keys: &Keys) -> Schema {
    let mut fields = fixed();
    if !keys.all.is_empty() {
        let kind = DataType::Struct(attribute_fields(batch, keys));
        fields.push(Field::new(ATTRIBUTES, kind, false));
    }
    Schema::new(fields)
}
