//! Files that no writer of partials wrote, or that were damaged since.

mod common;

use common::{borrowed, file, incident, partials};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataWriter};
use proptest::prelude::*;
use spanwise_analyze::analyses::{aggregates, Dependencies, Errors, Hotspots, HotspotsBy};
use spanwise_analyze::{Analysis, Histogram, Key, KeyType, Merge, Partial, Schema};
use spanwise_io::parquet::Guarded;
use spanwise_model::{Error, ErrorKind};
use spanwise_partials::read;
use std::hash::Hasher;
use std::sync::OnceLock;
use twox_hash::XxHash64;

fn refusal(bytes: Vec<u8>, analyses: &[&dyn Analysis]) -> Error {
    let read = read(bytes.into(), analyses);
    read.map(|_| ()).expect_err("no partial of these")
}

#[test]
fn what_is_no_partial_is_refused() {
    let hotspots = Hotspots::default();
    for bytes in [
        &b""[..],
        b"PAR1",
        b"PAR1PAR1",
        b"{\"traceId\": 1}",
        &[0; 64],
    ] {
        let error = refusal(bytes.to_vec(), &[&hotspots]);
        assert_eq!(error.kind(), ErrorKind::Format, "{error}");
    }
}

#[test]
fn partials_of_other_analyses_are_named() {
    let of_services = Hotspots::default().by(HotspotsBy::Service).empty();
    let error = refusal(
        file(&of_services),
        &[&Hotspots::default(), &Dependencies::default()],
    );
    assert_eq!(error.kind(), ErrorKind::Merge);
    assert!(error.to_string().contains("hotspots by service"), "{error}");
}

/// An analysis that claims to be another one, with other columns.
struct Impostor;

const OTHER: Schema = Schema {
    keys: &[("service", KeyType::U64)],
    states: &[("calls", Merge::Sum)],
};

impl Analysis for Impostor {
    fn name(&self) -> &'static str {
        "dependencies"
    }
    fn schema(&self) -> &Schema {
        &OTHER
    }
    fn needs(&self) -> spanwise_analyze::Facts {
        spanwise_analyze::Facts::NONE
    }
    fn observe(
        &self,
        _: spanwise_analyze::TraceBatch<'_>,
        _: &spanwise_analyze::FactColumns,
        _: &mut Partial,
    ) {
    }
    fn finish(&self, _: &Partial) -> spanwise_model::Table {
        spanwise_model::Table::new()
    }
}

#[test]
fn other_columns_are_refused() {
    let mut partial = Impostor.empty();
    let row = partial.row(&[Key::U64(7)]);
    partial.add(row, 0, 1);
    let error = refusal(file(&partial), &[&Dependencies::default()]);
    assert_eq!(error.kind(), ErrorKind::Format, "{error}");
    assert!(read(file(&partial).into(), &[&Impostor]).is_ok());
}

#[test]
fn what_no_analysis_makes_is_refused() {
    let errors = Errors::default();
    let mut partial = errors.empty();
    let key = ["cart", "Get", "server", "ERROR", "Boom"].map(Key::Name);
    let schema = *partial.schema();
    let row = partial.row(&key[..schema.keys.len()]);
    partial.add(row, 0, i128::MAX / 2);
    let error = refusal(file(&partial), &[&errors]);
    assert!(error.to_string().contains("too large"), "{error}");
}

/// As many cells as a row of any analysis has keys or states, and more.
const CELLS: usize = 32;

/// A number for each state, and a text or number for each key.
#[derive(Clone, Debug)]
struct Row {
    words: Vec<(u64, String)>,
    numbers: Vec<i128>,
    nano: Vec<u64>,
}

fn row() -> impl Strategy<Value = Row> {
    let word = prop_oneof![Just(0), Just(1), Just(u64::MAX), any::<u64>(), 0..4_u64];
    let text = prop_oneof![Just(String::new()), "[a-c]{1}", ".{0,8}"];
    let number = prop_oneof![-2..3_i128, -(1_i128 << 95)..1 << 95];
    (
        prop::collection::vec((word, text), CELLS),
        prop::collection::vec(number, CELLS),
        prop::collection::vec(prop_oneof![Just(0), Just(u64::MAX), any::<u64>()], 0..4),
    )
        .prop_map(|(words, numbers, nano)| Row {
            words,
            numbers,
            nano,
        })
}

/// A partial with cells of the right types, which mean nothing.
fn nonsense(analysis: &dyn Analysis, rows: &[Row]) -> Partial {
    let mut partial = analysis.empty();
    let schema = *partial.schema();
    for cells in rows {
        let keys = schema.keys.iter().zip(&cells.words);
        let key = keys.map(|(&(_, kind), (word, text))| match kind {
            KeyType::Name => Key::Name(text),
            KeyType::U64 => Key::U64(*word),
            KeyType::I64 => Key::I64(*word as i64),
            KeyType::U128 => Key::U128(u128::from(*word) << 3),
        });
        let row = partial.row(&key.collect::<Vec<_>>());
        for (column, (&(_, merge), &number)) in schema.states.iter().zip(&cells.numbers).enumerate()
        {
            let id = || (format!("{number:x}"), "7".to_owned());
            match merge {
                Merge::Sum | Merge::Min | Merge::Max => partial.add(row, column, number >> 8),
                Merge::Histogram => cells
                    .nano
                    .iter()
                    .for_each(|&n| partial.record(row, column, n)),
                Merge::Best(_) => partial.offer(row, column, number as i64, id),
                Merge::SmallestHashes(_) => partial.insert(row, column, number as u64),
            }
        }
    }
    partial
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nonsense_of_the_right_types_is_finished(rows in prop::collection::vec(row(), 0..12)) {
        for analysis in aggregates() {
            let partial = nonsense(analysis.as_ref(), &rows);
            let (same, _) = read(file(&partial).into(), &[analysis.as_ref()]).expect("own file");
            prop_assert_eq!(same.to_bytes(), partial.to_bytes());
            let _ = analysis.finish(&same);
        }
    }
}

/// A file of each analysis.
fn files() -> &'static [Vec<u8>] {
    static FILES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let analyses = aggregates();
        let partials = partials(&incident(), &[0, 1, 2, 3], &borrowed(&analyses));
        partials.iter().map(file).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damage_is_an_error(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        from_end in any::<bool>(),
        byte in any::<u8>(),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = which.get(files()).clone();
        let near = bytes.len().min(4_000);
        let at = if from_end { bytes.len() - 1 - at.index(near) } else { at.index(bytes.len()) };
        bytes[at] = byte;
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if bytes != *which.get(files()) {
            let error = refusal(bytes, &borrowed(&aggregates()));
            prop_assert_eq!(error.kind(), ErrorKind::Format);
        }
    }

    #[test]
    fn forgery_is_an_error_or_harmless(
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        from_end in any::<bool>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = which.get(files()).clone();
        let near = bytes.len().min(4_000);
        let at = if from_end { bytes.len() - 9 - at.index(near - 9) } else { at.index(bytes.len() - 8) };
        bytes[at] = byte;
        let analyses = aggregates();
        if let Ok((partial, _)) = read(sealed_again(bytes).into(), &borrowed(&analyses)) {
            let found = analyses.iter().find(|one| one.empty().is_like(&partial));
            let _ = found.expect("one of these").finish(&partial);
        }
    }
}

/// The same file with a seal that fits, as a forger would leave it.
fn sealed_again(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = bytes[bytes.len() - 8..][..4].iter().rev();
    let length = length.fold(0, |n, &byte| n << 8 | usize::from(byte));
    let footer = bytes.len() - 8 - length;
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(&bytes[..footer - 16]);
    hasher.write(&bytes[footer..]);
    let checksum = hasher.finish().to_le_bytes();
    bytes[footer - 8..footer].copy_from_slice(&checksum);
    bytes
}

#[test]
fn a_seal_that_fits_is_accepted() {
    for bytes in files() {
        assert_eq!(sealed_again(bytes.clone()), *bytes);
    }
}

#[test]
fn columns_of_more_bytes_than_there_are_are_refused() {
    let bytes = &files()[0];
    let forged = |length: i64| {
        let honest = Guarded::open(bytes.clone().into()).expect("our own");
        let metadata = ParquetMetaData::clone(honest.metadata());
        let group = metadata.row_group(0).clone();
        let mut columns = group.columns().to_vec();
        let first = columns.remove(0).into_builder();
        columns.insert(0, first.set_total_compressed_size(length).build()?);
        let group = group.into_builder().set_column_metadata(columns).build()?;
        let metadata = metadata.into_builder().set_row_groups(vec![group]).build();
        let mut file = bytes.clone();
        ParquetMetaDataWriter::new(&mut file, &metadata).finish()?;
        Guarded::open(file.into()).map(|_| ())
    };
    assert!(forged(51).is_ok(), "what it has");
    let error = forged(1 << 20).expect_err("more bytes than there are");
    assert!(
        error.to_string().contains("more bytes than it has"),
        "{error}"
    );
}

#[test]
fn histograms_of_files_must_agree_with_themselves() {
    let mut honest = Histogram::default();
    [5, 900, 12].into_iter().for_each(|nano| honest.add(nano));
    let buckets: Vec<_> = honest.buckets().collect();
    let of = |min, max| Histogram::of_buckets(buckets.iter().copied(), min, max);
    assert_eq!(of(5, 900), Some(honest.clone()));
    assert_eq!(of(4, 900), None, "another bucket");
    assert_eq!(of(900, 5), None, "the wrong way round");
    assert_eq!(Histogram::of_buckets([], 0, 0), None, "no value");
    assert_eq!(
        Histogram::of_buckets([(5, 0)], 5, 5),
        None,
        "an empty bucket"
    );
    assert_eq!(
        Histogram::of_buckets([(5, u64::MAX), (6, 2)], 5, 6),
        None,
        "too many"
    );
}
