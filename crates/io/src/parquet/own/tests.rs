use super::keys::{Keys, MOST_KEYS};
use super::leaves::Leaves;
use super::order;
use super::rows::Rows;
use super::{read, recognises, write};
use crate::format::{Ended, Format};
use crate::parquet::file::File;
use crate::parquet::SpanwiseParquet;
use arrow_array::RecordBatchReader;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use spanwise_model::{AttributeKeep, IssueKind, SpanBatch, SpanHead, SpanId, TraceId, Value};
use std::cell::Cell;

type Spans<'v> = Vec<Vec<(&'v str, Value<'v>)>>;

fn batch_of(spans: &[Vec<(&str, Value<'_>)>]) -> SpanBatch {
    let mut batch = SpanBatch::default();
    for (nth, attributes) in spans.iter().enumerate() {
        for &(key, value) in attributes {
            batch.attribute(key, value);
        }
        let head = SpanHead {
            trace_id: TraceId(1 + nth as u128 / 5),
            span_id: SpanId(1 + nth as u64),
            ..SpanHead::default()
        };
        batch.close(head).expect("room");
    }
    batch
}

fn file_of(batch: &SpanBatch) -> Vec<u8> {
    let mut file = Vec::new();
    write(batch, &mut file).expect("memory");
    file
}

fn read_back(file: &[u8]) -> SpanBatch {
    let mut batch = SpanBatch::default();
    let opened = File::open(file).expect("a file of Parquet");
    assert!(recognises(&opened));
    assert_eq!(read(&opened, &mut batch).expect("no limit"), Ended::Whole);
    batch
}

/// The spans that are read have the same attributes in the same order.
fn check_same(batch: &SpanBatch, back: &SpanBatch) {
    assert_eq!(back.issues.total(), 0, "{:?}", back.issues);
    assert_eq!(back.len(), batch.len());
    for record in 0..batch.open_record() {
        let (ours, theirs) = (
            back.named_attributes(record),
            batch.named_attributes(record),
        );
        let (ours, theirs): (Vec<_>, Vec<_>) = (ours.collect(), theirs.collect());
        let pairs = ours.iter().zip(&theirs);
        let same = pairs.fold(ours.len() == theirs.len(), |all, (one, other)| {
            all && one.0 == other.0 && one.1.is_identical(other.1)
        });
        assert!(same, "{record}: {ours:?} is not {theirs:?}");
        assert_eq!(back.head(record).span_id, batch.head(record).span_id);
    }
}

/// What the columns of attributes are called.
fn columns(file: &[u8]) -> Vec<String> {
    let opened = File::open(file).expect("a file of Parquet");
    let schema = opened.metadata.file_metadata().schema_descr();
    let columns = schema.columns().iter();
    let columns = columns.filter(|column| column.path().parts()[0] == "attributes");
    columns.map(|column| column.name().to_owned()).collect()
}

const KEYS: [&str; 7] = ["http.route", "db.system", "n", "N", "", "a b\0", "é"];

const VALUES: [Value<'_>; 14] = [
    Value::Str(""),
    Value::Str("x"),
    Value::Str("a longer text"),
    Value::Int(0),
    Value::Int(i64::MIN),
    Value::Double(0.0),
    Value::Double(-0.0),
    Value::Double(f64::NAN),
    Value::Bool(true),
    Value::Bool(false),
    Value::Bytes(&[0, 255]),
    Value::Json("{\"a\":[1,null]}"),
    Value::Json("no json"),
    Value::Empty,
];

fn spans() -> impl Strategy<Value = Spans<'static>> {
    let attribute = (
        prop::sample::select(&KEYS[..]),
        prop::sample::select(&VALUES[..]),
    );
    let few = prop::collection::vec(attribute, 0..7);
    prop::collection::vec(few, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn attributes_come_back_in_their_order(spans in spans()) {
        let batch = batch_of(&spans);
        let file = file_of(&batch);
        let back = read_back(&file);
        check_same(&batch, &back);
        prop_assert_eq!(file_of(&back), file, "equal batches are equal files");
    }

    #[test]
    fn columns_do_not_depend_on_the_order_of_records(mut spans in spans()) {
        let names = |spans: &Spans<'_>| {
            let batch = batch_of(spans);
            let keys = Keys::of(&batch).all.into_iter();
            keys.map(|key| (batch.strings.get(key.key).to_owned(), key.kind)).collect::<Vec<_>>()
        };
        let before = names(&spans);
        spans.reverse();
        prop_assert_eq!(names(&spans), before);
    }
}

#[test]
fn the_most_frequent_keys_have_columns() {
    let (one, two) = (Value::Int(1), Value::Str("x"));
    let mut spans = vec![vec![("b", one), ("a", one), ("both", two)]; 300];
    spans[0].extend([("rare", one), ("b", one), ("", one)]);
    spans[1..=100].iter_mut().for_each(|span| span[2].1 = one);
    spans[2..5]
        .iter_mut()
        .for_each(|span| span.push(("seldom", one)));
    spans[2..4]
        .iter_mut()
        .for_each(|span| span.push(("SELDOM", one)));
    let batch = batch_of(&spans);
    let file = file_of(&batch);
    assert_eq!(columns(&file), ["b", "a", "both", "seldom"]);
    check_same(&batch, &read_back(&file));
}

#[test]
fn any_number_of_keys_is_written() {
    let keys: Vec<String> = (0..5_000).map(|nth| format!("key{nth:04}")).collect();
    let all: Vec<_> = keys
        .iter()
        .map(|key| (key.as_str(), Value::Int(1)))
        .collect();
    let mut spans = vec![all; 2];
    spans[1].reverse();
    let batch = batch_of(&spans);
    let file = file_of(&batch);
    assert_eq!(columns(&file), keys[..MOST_KEYS]);
    check_same(&batch, &read_back(&file));
}

#[test]
fn many_pages_and_groups_come_back() {
    let texts: Vec<String> = (0..3_000).map(|nth| format!("{nth:01000}")).collect();
    let span = |nth: usize| {
        let mut span = vec![("all", Value::Int(nth as i64))];
        span.extend(
            nth.is_multiple_of(3)
                .then_some(("flag", Value::Bool(nth.is_multiple_of(2)))),
        );
        // Too much for a dictionary of one page, though each stands twice.
        let text = texts.get(nth / 2).map(|text| ("text", Value::Str(text)));
        span.extend(text);
        span.extend(nth.is_multiple_of(7).then_some(("odd", Value::Empty)));
        span
    };
    let batch = batch_of(&(0..70_000).map(span).collect::<Vec<_>>());
    let file = file_of(&batch);
    assert!(File::open(&file).is_some_and(|file| file.groups() == 2));
    check_same(&batch, &read_back(&file));
}

#[test]
fn columns_that_nobody_keeps_are_not_looked_at() {
    let span = |nth| vec![("mine", Value::Int(nth)), ("other", Value::Int(nth))];
    let batch = batch_of(&(0..9).map(span).collect::<Vec<_>>());
    let mut file = file_of(&batch);
    let opened = File::open(&file).expect("our own");
    let group = opened.metadata.row_group(0);
    let other = group
        .columns()
        .iter()
        .find(|column| column.column_descr().name() == "other");
    let (start, length) = other.expect("a column").byte_range();
    file[start as usize..][..length as usize].fill(0xff);
    for (keep, length) in [
        (AttributeKeep::Keys(vec!["mine".into()]), 9),
        (AttributeKeep::None, 9),
        (AttributeKeep::All, 0),
    ] {
        let mut back = SpanBatch::new(keep);
        SpanwiseParquet.read(&file, &mut back).expect("no limit");
        assert_eq!(back.len(), length);
    }
}

#[test]
fn values_that_only_seem_few_stand_in_no_order() {
    // Of each three records the first tells which values are few.
    let value = |nth: i64| Value::Int(if nth % 3 == 0 { 0 } else { nth });
    let span = |nth| vec![("n", value(nth)), ("one", Value::Bool(true))];
    let batch = batch_of(&(0..10_000).map(span).collect::<Vec<_>>());
    let keys = Keys::of(&batch).all;
    assert_eq!(keys.iter().filter(|key| key.is_given).count(), 0);
    check_same(&batch, &read_back(&file_of(&batch)));
}

#[test]
fn what_dictionaries_repeat_has_an_end() {
    let text = "x".repeat(200);
    let batch = batch_of(&vec![vec![("text", Value::Str(&text))]; 100]);
    let file = file_of(&batch);
    let opened = File::open(&file).expect("our own");
    for (bytes, is_whole) in [(100_000, true), (1_000, false)] {
        let (budget, mut back) = (Cell::new(bytes), SpanBatch::default());
        let mut leaves = Leaves::of(&opened, 0, &budget);
        let read = order::reader(super::LAYOUT).expect("our own");
        let Ok(mut rows) = Rows::of(&mut leaves, read, &mut back) else {
            panic!("our own columns");
        };
        assert_eq!((0..100).all(|_| rows.next().is_ok()), is_whole, "{bytes}");
    }
}

/// Texts of which a reader would not let a dictionary repeat so much stand in none.
#[test]
fn long_texts_that_repeat_are_read_back() {
    let (long, longer) = ("x".repeat(20_000), "y".repeat(40_000));
    let span = vec![
        ("longer", Value::Str(&longer)),
        ("long", Value::Str(&long)),
        ("short", Value::Str("z")),
    ];
    let batch = batch_of(&vec![span; 600]);
    let keys = Keys::of(&batch).all;
    let repeats = |name: &str| {
        let mut keys = keys.iter();
        let found = keys.find(|key| batch.strings.get(key.key) == name);
        found.expect("a column").repeats
    };
    assert_eq!(
        ["longer", "long", "short"].map(repeats),
        [false, false, true]
    );
    check_same(&batch, &read_back(&file_of(&batch)));
}

/// A file of one span anew, with an order and a layout that are given.
fn forged(order: &str, layout: &str, compression: Compression) -> Vec<u8> {
    let batch = batch_of(&[vec![("a", Value::Int(1)), ("b", Value::Bytes(&[1]))]]);
    let file = bytes::Bytes::from(file_of(&batch));
    let table = ParquetRecordBatchReaderBuilder::try_new(file).expect("our own");
    let mut table = table.build().expect("our own");
    let schema = table.schema();
    let rows = table.next().expect("a row").expect("our own");
    let at = schema.index_of("attribute_order").expect("a column");
    let mut arrays = rows.columns().to_vec();
    arrays[at] = std::sync::Arc::new(arrow_array::StringArray::from(vec![order]));
    let rows = arrow_array::RecordBatch::try_new(schema.clone(), arrays).expect("a row");
    let layout = KeyValue::new(super::KEY.to_owned(), layout.to_owned());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_key_value_metadata(Some(vec![layout]))
        .build();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, schema, Some(properties)).expect("memory");
    writer.write(&rows).expect("memory");
    writer.close().expect("memory");
    file
}

fn name_of(file: &[u8]) -> Option<&'static str> {
    crate::guess(file).map(Format::name)
}

#[test]
fn an_order_that_is_none_is_an_issue() {
    let plain = Compression::UNCOMPRESSED;
    for order in ["", "0", "+", "0 + +", "0 0", "1 +", "x"] {
        let file = forged(order, "2", plain);
        assert_eq!(name_of(&file), Some("spanwise-parquet"));
        let mut batch = SpanBatch::default();
        SpanwiseParquet.read(&file, &mut batch).expect("no limit");
        let issues = batch.issues.count(IssueKind::MalformedRecord);
        assert_eq!(issues, 1, "{order}");
    }
    for order in ["0 +", "+ 0"] {
        let back = read_back(&forged(order, "2", plain));
        assert_eq!((back.len(), back.issues.total()), (1, 0), "{order}");
    }
    for order in [
        "0 +",
        "{}",
        "{\"0\":null}",
        "{\"0\":5}",
        "{\"0\":null,\"0\":5,\"+\":null}",
        "{\"0\":5,\"+\":null,\"+\":null}",
        "{\"0\":5.5,\"+\":null}",
    ] {
        let mut batch = SpanBatch::default();
        let file = forged(order, "3", plain);
        SpanwiseParquet.read(&file, &mut batch).expect("no limit");
        let issues = batch.issues.count(IssueKind::MalformedRecord);
        assert_eq!(issues, 1, "{order}");
    }
}

#[test]
fn a_value_that_an_order_gives_is_not_looked_for_in_its_column() {
    for (order, value) in [
        ("{\"0\":null,\"+\":null}", Value::Int(1)),
        ("{\"+\":null,\"0\":5}", Value::Int(5)),
        ("{\"0\":\"x\",\"+\":null}", Value::Str("x")),
    ] {
        let back = read_back(&forged(order, "3", Compression::UNCOMPRESSED));
        assert_eq!((back.len(), back.issues.total()), (1, 0), "{order}");
        assert!(back.named_attributes(0).any(|row| row == ("a", value)));
    }
}

#[test]
fn values_that_go_together_stand_in_orders() {
    let span = |nth: usize| {
        let route = ["/cart", "/pay \"now\"", "/"][nth % 3];
        let mut span = vec![
            ("http.route", Value::Str(route)),
            (
                "http.response.status_code",
                Value::Int([200, 503][nth / 7 % 2]),
            ),
            ("id", Value::Int(nth as i64)),
            ("retried", Value::Bool(nth.is_multiple_of(3))),
        ];
        span.extend(nth.is_multiple_of(5).then_some(("odd", Value::Empty)));
        span
    };
    let batch = batch_of(&(0..9_000).map(span).collect::<Vec<_>>());
    let keys = Keys::of(&batch).all;
    let given = keys.iter().filter(|key| key.is_given);
    let given: Vec<_> = given.map(|key| batch.strings.get(key.key)).collect();
    assert_eq!(
        given,
        ["http.response.status_code", "http.route", "retried"]
    );
    let file = file_of(&batch);
    let back = read_back(&file);
    check_same(&batch, &back);
    for record in 0..batch.open_record() {
        let set = |batch: &SpanBatch| {
            let id = batch.heads[record as usize].evidence;
            let rows = batch.evidence.attributes().named(id.0, &batch.strings);
            format!("{:?}", rows.collect::<Vec<_>>())
        };
        assert_eq!(set(&back), set(&batch), "{record}");
    }
    let mut back = SpanBatch::new(AttributeKeep::Keys(vec!["retried".into()]));
    SpanwiseParquet.read(&file, &mut back).expect("no limit");
    let kept: Vec<_> = back.named_attributes(1).collect();
    assert_eq!(
        kept,
        [
            ("http.response.status_code", Value::Int(200)),
            ("retried", Value::Bool(false)),
        ]
    );
}

#[test]
fn another_layout_is_refused_and_says_so() {
    for layout in ["1", "4", ""] {
        let file = forged("0 +", layout, Compression::UNCOMPRESSED);
        assert_eq!(name_of(&file), Some("spanwise-parquet"));
        let mut batch = SpanBatch::default();
        SpanwiseParquet.read(&file, &mut batch).expect("no limit");
        assert!(batch.is_empty());
        let told = format!("{:?}", batch.issues);
        assert!(told.contains(&format!("layout \\\"{layout}\\\"")), "{told}");
    }
}

#[test]
fn a_file_that_another_program_wrote_anew_is_a_table() {
    let file = forged("0 +", "2", Compression::SNAPPY);
    assert_eq!(name_of(&file), Some("table-parquet"));
    let mut batch = SpanBatch::default();
    let table = crate::parquet::TableParquet;
    table.read(&file, &mut batch).expect("a table of spans");
    let attributes: Vec<_> = batch.named_attributes(0).collect();
    assert!(attributes.contains(&("a", Value::Int(1))), "{attributes:?}");
}
