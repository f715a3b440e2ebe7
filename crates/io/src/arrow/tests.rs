use super::*;
use arrow_array::builder::{MapBuilder, StringBuilder};
use arrow_array::types::Int8Type;
use arrow_array::{
    Array, ArrayRef, BinaryViewArray, DictionaryArray, FixedSizeBinaryArray, Float64Array,
    Int64Array, LargeStringArray, ListArray, StringArray, StringViewArray, StructArray,
    TimestampMillisecondArray, UInt64Array,
};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field as ArrowField};
use spanwise_model::{StatusCode, Value};
use std::sync::Arc;

fn table(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .expect("columns of one length")
}

fn batch(columns: Vec<(&str, ArrayRef)>, mapping: &str) -> Result<SpanBatch> {
    let mapping = Mapping::parse(mapping)?;
    read(&[table(columns)], &mapping, AttributeKeep::All)
}

fn text(text: &str) -> ArrayRef {
    Arc::new(StringArray::from(vec![text]))
}

fn number(number: i64) -> ArrayRef {
    Arc::new(Int64Array::from(vec![number]))
}

/// Columns of a span with others in their place or beside them.
fn columns(others: Vec<(&str, ArrayRef)>) -> Vec<(&str, ArrayRef)> {
    let base = vec![
        ("trace_id", text("0a")),
        ("span_id", text("0b")),
        ("start", number(100)),
        ("duration", number(5)),
    ];
    let given: Vec<&str> = others.iter().map(|(name, _)| *name).collect();
    let kept = base.into_iter().filter(|(name, _)| !given.contains(name));
    kept.chain(others).collect()
}

fn attributes(batch: &SpanBatch) -> Vec<(String, String)> {
    let all = batch.named_attributes(0);
    all.map(|(key, value)| (key.to_owned(), format!("{value:?}")))
        .collect()
}

#[test]
fn every_kind_of_text_and_bytes_is_an_id() {
    let raw: &[u8] = &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0a];
    let ids: Vec<ArrayRef> = vec![
        text("0a"),
        Arc::new(LargeStringArray::from(vec!["0a"])),
        Arc::new(StringViewArray::from(vec!["0a"])),
        Arc::new(["0a"].into_iter().collect::<DictionaryArray<Int8Type>>()),
        Arc::new(BinaryViewArray::from(vec![raw])),
        Arc::new(FixedSizeBinaryArray::try_from_iter([raw].into_iter()).expect("one length")),
        Arc::new(UInt64Array::from(vec![10])),
    ];
    for id in ids {
        let kind = id.data_type().clone();
        let batch = batch(columns(vec![("trace_id", id)]), "").expect("a span");
        assert_eq!(batch.head(0).trace_id.0, 10, "{kind}");
        assert_eq!(batch.issues.total(), 0, "{kind}");
    }
}

#[test]
fn times_have_the_unit_of_their_type_or_name_or_mapping() {
    let millis: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![7]));
    let half: ArrayRef = Arc::new(Float64Array::from(vec![0.5]));
    for (others, mapping, start, end) in [
        (vec![("start", millis)], "", 7_000_000, 7_000_005),
        (
            vec![("start", text("1970-01-01T00:00:01Z"))],
            "",
            1_000_000_000,
            1_000_000_005,
        ),
        (
            vec![("took_ms", number(2)), ("duration", number(9))],
            "duration=took_ms:ms",
            100,
            2_000_100,
        ),
        (vec![("duration", half)], "duration=duration:us", 100, 600),
    ] {
        let batch = batch(columns(others), mapping).expect("a span");
        let head = batch.head(0);
        assert_eq!(
            (head.start_unix_nano, head.end_unix_nano),
            (start, Some(end)),
            "{mapping}"
        );
    }
}

#[test]
fn attributes_may_be_maps_structures_lists_or_json() {
    let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    map.keys().append_value("k.x");
    map.values().append_value("v");
    map.append(true).expect("a pair");
    let inner = StructArray::from(vec![(
        Arc::new(ArrowField::new("x", DataType::Utf8, true)),
        text("v"),
    )]);
    let fields = vec![(
        Arc::new(ArrowField::new("k", inner.data_type().clone(), true)),
        Arc::new(inner) as ArrayRef,
    )];
    let pair = StructArray::from(vec![
        (
            Arc::new(ArrowField::new("key", DataType::Utf8, true)),
            text("k.x"),
        ),
        (
            Arc::new(ArrowField::new("value", DataType::Utf8, true)),
            text("v"),
        ),
    ]);
    let item = Arc::new(ArrowField::new("item", pair.data_type().clone(), true));
    let list = ListArray::new(item, OffsetBuffer::from_lengths([1]), Arc::new(pair), None);
    let all: Vec<ArrayRef> = vec![
        Arc::new(map.finish()),
        Arc::new(StructArray::from(fields)),
        Arc::new(list),
        text(r#"{"k":{"x":"v"}}"#),
        text(r#"[{"key":"k.x","value":{"stringValue":"v"}}]"#),
    ];
    for cell in all {
        let kind = cell.data_type().clone();
        let batch = batch(columns(vec![("attributes", cell)]), "").expect("a span");
        let expected = vec![("k.x".to_owned(), "Str(\"v\")".to_owned())];
        assert_eq!(attributes(&batch), expected, "{kind}");
    }
}

#[test]
fn a_path_leads_into_structures_and_unknown_columns_are_attributes() {
    let meta = StructArray::from(vec![(
        Arc::new(ArrowField::new("svc", DataType::Utf8, true)),
        text("cart"),
    )]);
    let others = vec![
        ("meta", Arc::new(meta) as ArrayRef),
        ("status", text("ERROR")),
        ("retries", number(2)),
        ("nothing", Arc::new(StringArray::from(vec![None::<&str>]))),
    ];
    let batch = batch(columns(others), "service=meta.svc").expect("a span");
    let head = batch.head(0);
    assert_eq!(
        batch.strings.get(batch.resources.service(head.resource)),
        "cart"
    );
    assert_eq!(head.status, StatusCode::Error);
    let key = batch.strings.find("retries").expect("a key");
    assert_eq!(batch.attribute_value(0, key), Some(Value::Int(2)));
    assert_eq!(attributes(&batch).len(), 2, "{:?}", attributes(&batch));
}

#[test]
fn what_is_missing_or_of_another_type_is_named() {
    let half: ArrayRef = Arc::new(Float64Array::from(vec![0.5]));
    let none: ArrayRef = Arc::new(arrow_array::NullArray::new(1));
    for (columns, mapping, message) in [
        (
            vec![("start", number(1))],
            "",
            "needs the columns trace_id, span_id",
        ),
        (
            columns(vec![])[..3].to_vec(),
            "",
            "needs a column duration or end",
        ),
        (
            columns(vec![("start", half)]),
            "",
            "start: Float64 is no time",
        ),
        (columns(vec![("start", none)]), "", "start: Null is no time"),
        (
            columns(vec![("attributes", number(1))]),
            "",
            "attributes: Int64 is no map",
        ),
        (columns(vec![]), "service=svc", "no column svc"),
    ] {
        let error = batch(columns, mapping).expect_err(message).to_string();
        assert!(error.contains(message), "{error}");
    }
}

fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let table = table(columns);
    let writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &table.schema());
    let mut writer = writer.expect("memory");
    writer.write(&table).expect("memory");
    writer.into_inner().expect("memory")
}

fn stream(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let table = table(columns);
    let writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &table.schema());
    let mut writer = writer.expect("memory");
    writer.write(&table).expect("memory");
    writer.into_inner().expect("memory")
}

#[test]
fn streams_and_files_are_read_as_far_as_they_go() {
    use crate::format::{Ended, Format};
    let stream = stream(columns(vec![("http.route", text("/cart"))]));
    let file = file(columns(vec![("http.route", text("/cart"))]));
    for bytes in [&stream, &file] {
        let found = crate::guess(bytes).map(Format::name);
        assert_eq!(found, Some("table-arrow"));
        let mut batch = SpanBatch::default();
        let ended = TableArrow.read(bytes, &mut batch).expect("spans");
        assert_eq!(
            (ended, batch.len(), batch.issues.total()),
            (Ended::Whole, 1, 0)
        );
        assert_eq!(attributes(&batch).len(), 1);
    }
    for end in 0..stream.len() {
        let mut batch = SpanBatch::default();
        let _ = TableArrow.read(&stream[..end], &mut batch);
        assert!(batch.len() <= 1, "{end}");
    }
    for at in 0..stream.len() {
        let mut forged = stream.clone();
        forged[at] ^= 0x55;
        let mut batch = SpanBatch::default();
        let _ = TableArrow.read(&forged, &mut batch);
        assert!(batch.len() <= forged.len(), "{at}");
    }
}

#[test]
fn a_mapping_reads_what_names_do_not_tell() {
    let stream = stream(vec![
        ("request", text("0a")),
        ("part", text("0b")),
        ("began", number(1)),
        ("took", number(2)),
    ]);
    let input = [crate::Input::bytes(stream)];
    let options = crate::ReadOptions::default();
    let error = crate::read_batch(&input, &options)
        .expect_err("unknown names")
        .to_string();
    assert!(error.contains("no format that is known"), "{error}");
    let mapping = Mapping::parse("trace_id=request,span_id=part,start=began:s,duration=took:ms");
    let options = options.mapping(mapping.expect("a mapping"));
    let batch = crate::read_batch(&input, &options).expect("a span");
    assert_eq!(batch.head(0).end_unix_nano, Some(1_002_000_000));
    assert_eq!(batch.sources[0].format, "table-arrow");
}
