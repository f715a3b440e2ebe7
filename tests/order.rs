//! The same records give the same bytes, in whatever order they come.

mod shared;

use spanwise::analyses::{
    CriticalPath, Dependencies, Errors, Hotspots, IssueList, SpanList, TraceList,
};
use spanwise::model::Copier;
use spanwise::{Input, ReadOptions, SpanBatch, Table, Traces};
use spanwise_io::read::read_batch;
use std::path::{Path, PathBuf};

/// The batch with its records in another order: every `stride`th, cyclically.
fn shuffled(batch: &SpanBatch) -> SpanBatch {
    let count = batch.len() as u64;
    let stride = [7_919, 104_729, 1_299_709]
        .into_iter()
        .find(|s| !count.is_multiple_of(*s))
        .expect("a prime");
    let (mut shuffled, mut copier) = (SpanBatch::default(), Copier::new(batch));
    for at in 0..count {
        let record = (at * stride + count / 2) % count;
        copier.copy(record as u32, &mut shuffled).expect("room");
    }
    shuffled
}

fn tables(traces: &Traces) -> Vec<Table> {
    let mut tables = traces.run(&[
        &Hotspots::default(),
        &CriticalPath::default(),
        &Errors::default(),
        &Dependencies::default(),
    ]);
    tables.push(traces.traces(&TraceList::default()));
    tables.push(traces.spans(&SpanList::default()));
    tables
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

#[test]
fn shuffled_records_give_identical_tables() {
    let Some(corpus) = shared::folder("corpus") else {
        return;
    };
    let mut compared = 0;
    for folder in [
        "dataprepper",
        "jaeger_api",
        "jaeger_es",
        "jaeger_ui",
        "otlp_json",
        "otlp_pb",
        "zipkin_bin",
        "zipkin_proto",
        "zipkin_v1",
        "zipkin_v2",
        "tempo",
        "xray",
        "datadog",
        "elastic_apm",
        "skywalking_csv",
        "chrome",
    ] {
        for path in files(&corpus.join(folder)) {
            let input = Input::from(path.clone());
            let Ok(batch) = read_batch(&[input], &ReadOptions::default()) else {
                continue;
            };
            let other = shuffled(&batch);
            let straight = Traces::from_batch(batch).expect("room");
            let other = Traces::from_batch(other).expect("room");
            let path = path.display();
            assert_eq!(
                straight.table().to_string(),
                other.table().to_string(),
                "{path}"
            );
            assert_eq!(tables(&straight), tables(&other), "{path}");
            compared += 1;
        }
    }
    assert!(compared > 100, "only {compared} files were compared");
}

#[test]
fn issues_of_assembly_do_not_depend_on_order() {
    let Some(corpus) = shared::folder("corpus/jaeger_api") else {
        return;
    };
    let paths = [Input::from(corpus.join("open_broken_*.json"))];
    let batch = read_batch(&paths, &ReadOptions::default()).expect("spans");
    let mut other = shuffled(&batch);
    other.issues = batch.issues.clone();
    let issues = |batch| {
        let traces = Traces::from_batch(batch).expect("room");
        traces.issues(&IssueList::default())
    };
    assert_eq!(issues(batch), issues(other));
}
