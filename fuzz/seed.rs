//! Writes the seeds that fuzzing begins with: small simulated exports of every
//! format, whole and compressed, under `fuzz/corpus/<target>/`.

use flate2::write::GzEncoder;
use flate2::Compression;
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation, Topology};
use spanwise::SpanBatch;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Fuzz targets with the formats that they read.
const TARGETS: [(&str, &str); 5] = [
    ("otlp_json", "otlp-json"),
    ("otlp_protobuf", "otlp-protobuf"),
    ("jaeger_json", "jaeger-json"),
    ("zipkin_json", "zipkin-json"),
    ("notation", "notation"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (number, batch) in batches()?.iter().enumerate() {
        for (target, name) in TARGETS {
            let mut bytes = Vec::new();
            spanwise::format(name)?.write(batch, &mut bytes)?;
            put(&corpus.join(target), number, &bytes)?;
            let any = corpus.join("read_any");
            put(&any.join(target), number, &bytes)?;
            put(&any.join("gzip"), number, &gzip(&bytes)?)?;
            put(&any.join("zstd"), number, &zstd::encode_all(&bytes[..], 0)?)?;
            let scanned = [&[64][..], &bytes].concat();
            put(&corpus.join("scan").join(target), number, &scanned)?;
        }
    }
    Ok(())
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

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn put(folder: &Path, number: usize, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("seed-{number}")), bytes)
}
