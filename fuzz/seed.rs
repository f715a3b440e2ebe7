//! Writes the seeds that fuzzing begins with: small simulated exports of every
//! format, whole, compressed and in archives, under `fuzz/corpus/<target>/`.

#[path = "../tests/others/mod.rs"]
mod others;
mod samples;

use arrow_array::RecordBatch;
use arrow_ipc::writer::StreamWriter;
use flate2::write::GzEncoder;
use flate2::Compression;
use others::OTHERS;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation, Topology};
use spanwise::analyses::SpanList;
use spanwise::{Analysis, Input, SpanBatch, Traces};
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Fuzz targets with the formats that they read.
const TARGETS: [(&str, &str); 7] = [
    ("spanwise_parquet", "spanwise-parquet"),
    ("otlp_json", "otlp-json"),
    ("otlp_protobuf", "otlp-protobuf"),
    ("jaeger_json", "jaeger-json"),
    ("zipkin_json", "zipkin-json"),
    ("notation", "notation"),
    ("xray_json", "xray-json"),
];

/// Rows of tables of ClickHouse, by target.
const TABLES: [(&str, &str); 3] = [
    (
        "clickhouse_csv",
        "Timestamp,TraceId,SpanId,SpanName,Duration,SpanAttributes,Events.Name\n\
         \"2024-10-30 12:24:00.218138154\",a1,b2,\"G\"\"ET\",5,\"{'k':'v\\''}\",\"['e']\"\n",
    ),
    (
        "clickhouse_tsv",
        "Timestamp\tTraceId\tSpanId\tSpanName\tDuration\tSpanAttributes\tEvents.Name\n\
         2024-10-30 12:24:00.2\ta1\tb2\tG\\tET\t5\t{\"a\":{\"b\":1}}\t['e']\n",
    ),
    (
        "clickhouse_json",
        "{\"id\":\"b2\",\"trace_id\":\"a1\",\"start_time\":\"2024-10-30 12:24:00\",\"duration\":7,\
         \"service_name\":\"s\",\"str_attributes.key\":[\"k\"],\"str_attributes.value\":[\"v\"],\
         \"events.name\":[\"e\"],\"events.str_attributes\":[[[\"k\",\"v\"]]]}\n",
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    blocks(&corpus.join("tempo_parquet"))?;
    for (target, text) in TABLES {
        seed(target, 0, text.as_bytes())?;
    }
    for (number, batch) in batches()?.iter().enumerate() {
        put(&corpus.join("table_arrow"), number, &stream(batch)?)?;
        let mut table = Vec::new();
        spanwise::format("spanwise-parquet")?.write(batch, &mut table)?;
        put(&corpus.join("table_parquet"), number, &table)?;
        let apart = corpus.join("parquet_groups");
        put(&apart, number, &table)?;
        put(&apart, 100 + number, &groups(batch)?)?;
        for (target, name) in TARGETS {
            let mut bytes = Vec::new();
            spanwise::format(name)?.write(batch, &mut bytes)?;
            seed(target, number, &bytes)?;
        }
        seed_partials(number, batch)?;
        for (nth, other) in OTHERS.iter().enumerate() {
            let (_, bytes) = other.export(batch);
            let target = other.name.replace('-', "_");
            seed(&target, number * OTHERS.len() + nth, &bytes)?;
        }
    }
    let readme = include_str!("../README.md").split('\'');
    let queries = readme.filter(|text| text.contains('{') && !text.contains('\n'));
    for (number, text) in queries.enumerate() {
        put(&corpus.join("query"), number, text.as_bytes())?;
    }
    for (number, (target, text)) in samples::SAMPLES.into_iter().enumerate() {
        seed(target, 100 + number, text.as_bytes())?;
    }
    Ok(())
}

/// Puts down what every analysis knows of a batch.
fn seed_partials(number: usize, batch: &SpanBatch) -> Result<(), Box<dyn Error>> {
    let (analyses, mut bytes) = (spanwise::analyses::aggregates(), Vec::new());
    let analyses: Vec<&dyn Analysis> = analyses.iter().map(AsRef::as_ref).collect();
    spanwise::format("otlp-json")?.write(batch, &mut bytes)?;
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/partials");
    let found = spanwise::scan([Input::bytes(bytes)]).partials(&analyses)?;
    Ok(found.write(corpus.join(number.to_string()))?)
}

/// Puts down a seed of a format for all targets that may read it.
fn seed(target: &str, number: usize, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    put(&corpus.join(target), number, bytes)?;
    let any = corpus.join("read_any");
    put(&any.join(target), number, bytes)?;
    for (kind, packed) in packed(bytes)? {
        put(&any.join(format!("{target}-{kind}")), number, &packed)?;
    }
    let scanned = [&[64][..], bytes].concat();
    put(&corpus.join("scan").join(target), number, &scanned)?;
    Ok(())
}

/// Blocks of Tempo, which nothing here writes: those beside the project, where
/// they are.
fn blocks(folder: &Path) -> Result<(), Box<dyn Error>> {
    let shared = std::env::var("SPANWISE_SHARED").unwrap_or_else(|_| "../../shared".into());
    let Ok(entries) = fs::read_dir(Path::new(&shared).join("corpus/tempo_vparquet")) else {
        return Ok(());
    };
    for (number, entry) in entries.flatten().enumerate() {
        if entry.path().extension().is_some_and(|kind| kind == "parquet") {
            put(folder, number, &fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// A listing of a batch's spans.
fn listing(batch: &SpanBatch) -> Result<RecordBatch, Box<dyn Error>> {
    let traces = Traces::from_batch(batch.clone())?;
    let spans = traces.spans(&SpanList::default());
    Ok(spanwise::report::arrow::record_batch(spans)?)
}

/// It as a file of Parquet with several row groups.
fn groups(batch: &SpanBatch) -> Result<Vec<u8>, Box<dyn Error>> {
    let table = listing(batch)?;
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(4));
    let properties = Some(properties.build());
    let mut writer = ArrowWriter::try_new(Vec::new(), table.schema(), properties)?;
    writer.write(&table)?;
    Ok(writer.into_inner()?)
}

/// It as a stream of Arrow.
fn stream(batch: &SpanBatch) -> Result<Vec<u8>, Box<dyn Error>> {
    let table = listing(batch)?;
    let mut writer = StreamWriter::try_new(Vec::new(), table.schema_ref())?;
    writer.write(&table)?;
    Ok(writer.into_inner()?)
}

/// One small batch of each of several systems.
fn batches() -> Result<Vec<SpanBatch>, Box<dyn Error>> {
    let base = Simulation::default().limit(Limit::Requests(2));
    let mut simulations: Vec<Simulation> = FaultKind::ALL
        .map(|kind| base.clone().fault(Fault::new(kind)))
        .into();
    simulations.push(base.clone().topology(Topology::chain(3)));
    simulations.push(base.clone().topology(Topology::fanout(4)));
    simulations.push(
        base.topology(Topology::generate(1, 8))
            .clock_skew_nano(1_000_000),
    );
    let mut batches = Vec::new();
    for simulation in simulations {
        batches.extend(
            simulation
                .attributes_per_span(0)
                .batch_spans(12)
                .run()?
                .take(1),
        );
    }
    Ok(batches)
}

/// Bytes packed in every way that is undone.
fn packed(bytes: &[u8]) -> Result<Vec<(&'static str, Vec<u8>)>, Box<dyn Error>> {
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(bytes)?;
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options)?;
    xz.write_all(bytes)?;
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(bytes)?;
    let mut snappy = snap::write::FrameEncoder::new(Vec::new());
    snappy.write_all(bytes)?;
    let zstd = zstd::encode_all(bytes, 0)?;
    let frame = [&(zstd.len() as u32).to_be_bytes(), &zstd[..]].concat();
    let (tar, zip) = (tar(bytes)?, zip(bytes)?);
    Ok(vec![
        ("gzip", gzip(bytes)?),
        ("zstd", zstd),
        ("zstd-frames", frame.repeat(2)),
        ("bzip2", bzip2.finish()?),
        ("xz", xz.finish()?),
        ("lz4", lz4.finish()?),
        ("snappy", snappy.into_inner()?),
        ("tar-gzip", gzip(&tar)?),
        ("zip-cut", zip[..zip.len() - 30].to_vec()),
        ("zip-tar", self::zip(&tar)?),
        ("zip", zip),
        ("tar", tar),
    ])
}

fn tar(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for name in ["a/1", "2"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        archive.append_data(&mut header, name, bytes)?;
    }
    archive.into_inner()
}

fn zip(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for name in ["a/1", "2"] {
        let file = archive.new_file(name);
        let file = file.compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start()?;
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, Compression::fast());
        let mut out = config.wrap(encoder);
        out.write_all(bytes)?;
        let (encoder, output) = out.finish()?;
        encoder.finish()?;
        entry.finish(output)?;
    }
    Ok(archive.finish()?)
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn put(folder: &Path, number: usize, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("seed-{number}")), bytes)
}
