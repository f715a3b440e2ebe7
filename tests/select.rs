//! Reading with a filter is reading and then filtering.

use spanwise::analyses::{
    CriticalPath, CriticalPathBy, Dependencies, Errors, EventList, Hotspots, IssueList, LinkList,
    SpanList, TraceList,
};
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation};
use spanwise::{ErrorKind, Filter, Input, ReadOptions, SpanBatch, Table, Traces};

/// Simulated spans of a faulty system, some of them without their parents and
/// some of them twice.
fn spans() -> Vec<SpanBatch> {
    let simulation = Simulation::default()
        .limit(Limit::Spans(1_500))
        .fault(Fault::new(FaultKind::Error))
        .clock_skew_nano(50_000_000);
    let batches = simulation.run().expect("the shop is sound");
    let mut batches: Vec<SpanBatch> = batches.collect();
    let last = batches.last().expect("spans");
    let (mut torn, mut copier) = (SpanBatch::default(), spanwise::model::Copier::new(last));
    for record in (0..last.len() as u32).filter(|record| record % 3 != 0) {
        copier.copy(record, &mut torn).expect("room");
        torn.placements.last_mut().expect("a record").span_id.0 ^= u64::from(record % 5 == 0);
    }
    batches.push(torn);
    batches
}

fn inputs(format: &str) -> Vec<Input> {
    let format = spanwise::format(format).expect("a format");
    let write = format.writer().expect("a writer");
    let mut files = vec![Vec::new(), Vec::new()];
    for (nth, batch) in spans().iter().enumerate() {
        write(batch, &mut files[nth % 2]).expect("memory");
    }
    let named = |(nth, bytes): (usize, Vec<u8>)| Input::Bytes {
        name: format!("{nth}"),
        bytes: bytes.into(),
    };
    files.into_iter().enumerate().map(named).collect()
}

/// Everything that can be asked of traces.
fn answers(traces: &Traces) -> Vec<String> {
    let path = CriticalPath::default().by(CriticalPathBy::Path);
    let mut tables: Vec<Table> = traces.run(&[
        &CriticalPath::default(),
        &path,
        &Hotspots::default(),
        &Errors::default(),
        &Dependencies::default(),
    ]);
    tables.push(traces.traces(&TraceList::default()));
    tables
        .push(traces.spans(&SpanList::default().attributes(["http.route", "http.request.method"])));
    tables.push(traces.events(&EventList::default()));
    tables.push(traces.links(&LinkList::default()));
    tables.push(traces.issues(&IssueList::default()));
    let text = |table: &Table| {
        let mut text = Vec::new();
        spanwise::report::csv::write(table, &mut text).expect("memory");
        String::from_utf8(text).expect("text")
    };
    let mut answers: Vec<String> = tables.iter().map(text).collect();
    answers.push(format!("{:#?}", traces.summary()));
    answers
}

/// Filters of every kind, and some together.
fn filters(all: &Traces) -> Vec<(&'static str, Filter)> {
    let filter = Filter::default;
    let ids: Vec<String> = all
        .iter()
        .map(|trace| trace.id_text().to_string())
        .collect();
    let starts: Vec<i64> = all.iter().map(|t| t.primary().start_unix_nano()).collect();
    let first = starts.iter().min().copied().expect("traces");
    let last = starts.iter().max().copied().expect("traces");
    let middle = first + (last - first) / 2;
    vec![
        ("service", filter().service("inventory")),
        (
            "services",
            filter().service("payments").service("inventory"),
        ),
        ("operation", filter().operation("SELECT stock")),
        ("nothing", filter().service("nobody")),
        ("root", filter().root_operation("checkout")),
        ("no root", filter().root_operation("nothing")),
        ("error", filter().error(true)),
        ("slow", filter().min_duration_nano(150_000_000)),
        ("quick", filter().max_duration_nano(1_000)),
        ("since", filter().since_unix_nano(middle)),
        ("until", filter().until_unix_nano(middle)),
        ("never", filter().until_unix_nano(0)),
        ("id", filter().trace_id(ids[3].as_str())),
        ("prefix", filter().trace_id(ids[0][..2].to_uppercase())),
        ("absent id", filter().trace_id("nothing")),
        (
            "attribute",
            filter().attribute("http.request.method", "GET"),
        ),
        (
            "together",
            filter()
                .service("inventory")
                .min_duration_nano(1_000_000)
                .since_unix_nano(middle),
        ),
        (
            "id and service",
            filter()
                .trace_id(&ids[1][..1])
                .service("inventory")
                .error(false),
        ),
    ]
}

#[test]
fn reading_with_a_filter_is_reading_and_filtering() {
    for format in ["otlp-protobuf", "otlp-json", "jaeger-json", "zipkin-json"] {
        let inputs = inputs(format);
        let all = spanwise::read_with(inputs.clone(), &ReadOptions::default()).expect("spans");
        let mut narrowing = 0;
        for (name, filter) in filters(&all) {
            let filtered = all.filter(&filter);
            narrowing += usize::from(!filtered.is_empty() && filtered.len() < all.len());
            let expected = answers(&filtered);
            for threads in [1, 2] {
                let options = ReadOptions::default().threads(threads).piece_bytes(20_000);
                let options = options.filter(filter.clone());
                let kept = spanwise::read_with(inputs.clone(), &options).expect("spans");
                for (ours, theirs) in answers(&kept).iter().zip(&expected) {
                    assert!(ours == theirs, "{format}, {name}:\n{ours}\n{theirs}");
                }
            }
        }
        assert!(narrowing >= 11, "{format}: {narrowing} filters keep some");
    }
}

#[test]
fn scanning_with_a_filter_is_reading_and_filtering() {
    let inputs = inputs("otlp-protobuf");
    let all = spanwise::read_with(inputs.clone(), &ReadOptions::default()).expect("spans");
    for (name, filter) in filters(&all) {
        let expected = all.filter(&filter);
        for memory in [1, 1 << 30] {
            let scan = spanwise::scan(inputs.clone()).filter(filter.clone());
            let hotspots = Hotspots::default();
            let found = scan
                .memory_bytes(memory)
                .partials(&[&hotspots])
                .expect("spans");
            assert_eq!(found.summary(), expected.summary(), "{name} in {memory}");
            let issues = found.issue_list(&IssueList::default());
            assert_eq!(
                issues,
                expected.issues(&IssueList::default()),
                "{name} in {memory}"
            );
            let table = found.table(&hotspots).expect("the same analysis");
            assert_eq!(table, expected.hotspots(&hotspots), "{name} in {memory}");
        }
    }
}

#[test]
fn what_is_left_out_is_not_held() {
    let inputs = inputs("otlp-json");
    let all = spanwise::read_with(inputs.clone(), &ReadOptions::default()).expect("spans");
    let id = all.iter().next().expect("a trace").id_text().to_string();
    for filter in [
        Filter::default().trace_id(id),
        Filter::default().until_unix_nano(0),
    ] {
        let options = ReadOptions::default().filter(filter);
        let kept = spanwise::read_with(inputs.clone(), &options).expect("spans");
        assert_eq!(kept.table().trace_count(), kept.len());
        assert!(kept.table().store.heap_bytes() * 10 < all.table().store.heap_bytes());
    }
}

#[test]
fn strict_reads_with_a_filter_look_at_the_traces_that_it_keeps() {
    let spans = "trace 1\nshop GET 0..100\ntrace 2\ncart Get 0..10 parent=77";
    let read = |service: &str| {
        let options = ReadOptions::default().strict(true);
        let options = options.filter(Filter::default().service(service));
        spanwise::read_with([Input::bytes(spans)], &options)
    };
    assert_eq!(read("shop").map(|traces| traces.len()).ok(), Some(1));
    let error = read("cart").err().map(|error| error.kind());
    assert_eq!(error, Some(ErrorKind::Strict));
}
