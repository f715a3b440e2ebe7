//! A scan within any memory gives what reading at once gives.

use spanwise::analyses::{
    CriticalPath, CriticalPathBy, Dependencies, Errors, Hotspots, IssueList, Summary,
};
use spanwise::model::Copier;
use spanwise::simulate::{Limit, Simulation};
use spanwise::{Analysis, AttributeKeep, Filter, Input, ReadOptions, SpanBatch, Table};
use std::path::PathBuf;

/// Simulated spans in the interleaved batches of a collector, in a format.
fn export(format: &str, spans: u64) -> Vec<u8> {
    let simulation = Simulation::default().limit(Limit::Spans(spans));
    let format = spanwise::format(format).expect("a format");
    let mut bytes = Vec::new();
    for batch in simulation.run().expect("the shop is sound") {
        let records: Vec<u32> = (0..batch.len() as u32).collect();
        for few in records.chunks(25) {
            let (mut document, mut copier) = (SpanBatch::default(), Copier::new(&batch));
            for &record in few {
                copier.copy(record, &mut document).expect("room");
            }
            format.write(&document, &mut bytes).expect("memory");
        }
    }
    bytes
}

fn text(table: &Table) -> String {
    let mut text = Vec::new();
    spanwise::report::csv::write(table, &mut text).expect("memory");
    String::from_utf8(text).expect("text")
}

struct Answers {
    summary: Summary,
    issues: Table,
    tables: Vec<Table>,
}

fn at_once(inputs: &[Input], filter: &Filter) -> Answers {
    let traces = spanwise::read_with(inputs.to_vec(), &ReadOptions::default()).expect("spans");
    let traces = match *filter == Filter::default() {
        true => traces,
        false => traces.filter(filter),
    };
    let path = CriticalPath::default().by(CriticalPathBy::Path);
    Answers {
        summary: traces.summary(),
        issues: traces.issues(&IssueList::default()),
        tables: traces.run(&[
            &CriticalPath::default(),
            &path,
            &Hotspots::default(),
            &Errors::default(),
            &Dependencies::default(),
        ]),
    }
}

/// Asserts that a scan gives these answers; how much it spilled.
fn check(
    inputs: &[Input],
    filter: &Filter,
    memory: u64,
    threads: usize,
    expected: &Answers,
) -> u64 {
    let read = ReadOptions::default().piece_bytes(7_000).threads(threads);
    let scan = spanwise::scan(inputs.to_vec())
        .read_options(read)
        .filter(filter.clone())
        .memory_bytes(memory);
    let path = CriticalPath::default().by(CriticalPathBy::Path);
    let analyses: [&dyn spanwise::Analysis; 5] = [
        &CriticalPath::default(),
        &path,
        &Hotspots::default(),
        &Errors::default(),
        &Dependencies::default(),
    ];
    let scanned = scan.partials(&analyses).expect("spans");
    let what = format!("in {memory} bytes and {threads} threads");
    assert_eq!(scanned.summary(), expected.summary, "{what}");
    assert_eq!(
        scanned.issue_list(&IssueList::default()),
        expected.issues,
        "{what}"
    );
    for ((analysis, partial), table) in analyses
        .iter()
        .zip(scanned.as_slice())
        .zip(&expected.tables)
    {
        let (scanned, read) = (text(&analysis.finish(partial)), text(table));
        assert!(
            scanned == read,
            "{} {what}:\n{scanned}\n{read}",
            analysis.name()
        );
    }
    scanned.spilled_bytes()
}

const PLENTY: u64 = 1 << 30;

#[test]
fn every_format_within_any_memory() {
    for format in ["otlp-protobuf", "otlp-json", "jaeger-json", "zipkin-json"] {
        let input = [Input::bytes(export(format, 1_500))];
        let all = Filter::default();
        let expected = at_once(&input, &all);
        assert_eq!(
            check(&input, &all, PLENTY, 2, &expected),
            0,
            "nothing is spilled"
        );
        for (memory, threads) in [(600_000, 1), (600_000, 2), (100_000, 2)] {
            let spilled = check(&input, &all, memory, threads, &expected);
            assert!(spilled > 0, "{format} is spilled");
        }
    }
}

#[test]
fn partitions_that_are_too_large_are_dealt_again() {
    // The size of a compressed file tells too few partitions.
    let bytes = export("otlp-json", 9_000);
    let compressed = zstd::encode_all(&bytes[..], 3).expect("memory");
    let input = [Input::bytes(compressed)];
    let all = Filter::default();
    let expected = at_once(&input, &all);
    assert!(check(&input, &all, 30_000, 2, &expected) > 0);
}

#[test]
fn attributes_need_not_be_kept() {
    let input = [Input::bytes(export("jaeger-json", 1_500))];
    let expected = at_once(&input, &Filter::default());
    let scan = spanwise::scan(input)
        .read_options(ReadOptions::default().attributes(AttributeKeep::None))
        .memory_bytes(200_000);
    let scanned = scan.partials(&[&Dependencies::default()]).expect("spans");
    assert_eq!(scanned.summary(), expected.summary);
    let calls = Dependencies::default().finish(&scanned.as_slice()[0]);
    assert_eq!(text(&calls), text(&expected.tables[4]));
}

#[test]
fn filters_choose_the_same_traces() {
    let input = [Input::bytes(export("otlp-protobuf", 1_500))];
    for filter in [
        Filter::default().error(true),
        Filter::default().service("cart"),
        Filter::default().min_duration_nano(30_000_000),
        Filter::default().service("nobody"),
    ] {
        let expected = at_once(&input, &filter);
        check(&input, &filter, 100_000, 2, &expected);
    }
}

#[test]
fn traces_that_no_filter_names_take_no_room() {
    let input = [Input::bytes(export("otlp-protobuf", 1_500))];
    let every = Filter::default();
    let most = check(&input, &every, 100_000, 2, &at_once(&input, &every));
    let all = spanwise::read_with(input.clone(), &ReadOptions::default()).expect("spans");
    let ids: Vec<String> = all
        .iter()
        .take(2)
        .map(|trace| trace.id_text().into_owned())
        .collect();
    let named = ids.iter().fold(Filter::default(), Filter::trace_id);
    let expected = at_once(&input, &named);
    assert_eq!(expected.summary.traces, 2);
    assert!(check(&input, &named, 100_000, 2, &expected) < most / 20);
    let narrower = named.service("frontend").error(true);
    let expected = at_once(&input, &narrower);
    assert!(check(&input, &narrower, 100_000, 2, &expected) < most / 20);
}

#[test]
fn duplicates_and_halves_of_traces_meet() {
    let named = |name: &str, bytes: Vec<u8>| Input::Bytes {
        name: name.to_owned(),
        bytes: bytes.into(),
    };
    let inputs = [
        named("a", export("otlp-protobuf", 700)),
        named("b", export("jaeger-json", 900)),
        named("c", export("otlp-json", 700)),
        named(
            "d",
            b"trace word\nshop GET 0..9 id=one\n  cart Get 3..12 id=two\nlost x 0..1 parent=77"
                .to_vec(),
        ),
        named(
            "e",
            br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"zz","#.to_vec(),
        ),
    ];
    let all = Filter::default();
    let expected = at_once(&inputs, &all);
    assert!(
        expected.summary.issues.len() > 3,
        "there is something to tell"
    );
    for memory in [PLENTY, 300_000, 30_000] {
        check(&inputs, &all, memory, 2, &expected);
    }
}

#[test]
fn the_corpus_is_scanned_as_it_is_read() {
    let shared = std::env::var_os("SPANWISE_SHARED").map_or("../shared".into(), PathBuf::from);
    let files = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = files(shared.join("corpus")).map(|entry| entry.path());
    let all = folders.flat_map(files).map(|entry| entry.path());
    let mut seen = 0;
    for file in all.filter(|path| path.is_file()) {
        let inputs = [Input::from(file.as_path())];
        if spanwise::read_with(inputs.clone(), &ReadOptions::default()).is_err() {
            continue;
        }
        let all = Filter::default();
        let expected = at_once(&inputs, &all);
        check(&inputs, &all, PLENTY, 2, &expected);
        check(&inputs, &all, 50_000, 2, &expected);
        seen += 1;
    }
    if seen == 0 {
        eprintln!("skipped: no corpus in {}", shared.display());
    }
}

#[test]
fn analyses_with_different_cohorts_do_not_mix() {
    use spanwise::analyses::{Cohort, Compare};
    let [healthy, slow] =
        [Cohort::Baseline, Cohort::Incident].map(|c| Compare::default().cohort(c));
    let scan = spanwise::scan([Input::bytes("shop GET 0..100")]);
    let tables = scan.run(&[&healthy, &slow]).expect("a span");
    let change = |at: usize| tables[at].cell(0, "change");
    assert_ne!(
        change(0),
        change(1),
        "vanished in one, appeared in the other"
    );
}
