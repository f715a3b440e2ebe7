//! Traces that are written are read again as they were, whole or half in each
//! of two formats, and anonymised ones give the same numbers.

use spanwise::analyses::{
    Completeness, CompletenessBy, CriticalPath, CriticalPathBy, Dependencies, Errors, ErrorsBy,
    Hotspots, SpanList, Summary,
};
use spanwise::model::table::Cell;
use spanwise::model::Copier;
use spanwise::simulate::{Fault, FaultKind, Limit, Simulation};
use spanwise::{
    flags, Analysis, Anonymise, Format, Input, ReadOptions, SpanBatch, Table, Traces, WriteOptions,
};
use std::collections::BTreeSet;

/// A shop with an hour's share of everything that can go wrong.
fn shop() -> Traces {
    let faults = [
        FaultKind::Error,
        FaultKind::RetryStorm,
        FaultKind::SlowDependency,
    ];
    let simulation = Simulation::default().limit(Limit::Requests(15)).seed(7);
    let simulation = faults.into_iter().fold(simulation, |simulation, kind| {
        simulation.fault(Fault::new(kind))
    });
    let mut spans = SpanBatch::default();
    for batch in simulation.run().expect("a simulation") {
        spans.absorb(batch).expect("few spans");
    }
    Traces::from_batch(spans).expect("few spans")
}

/// Everything that assembly cuts, folds, splits and fills in.
const AWKWARD: &str = "
    trace 1
    shop GET 100..200 id=1 server
      cart Get 110..150 id=2 client
      shop late 120..190 id=3 parent=77
      shop back 130..120 id=4 parent=1
      shop open 140.. id=5 parent=1
    trace 2
    a x 100..200 id=1 parent=2
    a y 110..190 id=2 parent=1
    trace 3
    shop ask 100..200 id=9 client
    cart ask 110..190 id=9 server shared
    trace 4
    shop one 100..200 id=1
    shop two 100..150 id=1
";

fn awkward() -> Traces {
    let batch = spanwise_io::notation::parse(AWKWARD);
    assert!(batch.issues.is_empty());
    Traces::from_batch(batch).expect("few spans")
}

fn written() -> impl Iterator<Item = &'static dyn Format> {
    let all = spanwise::formats().iter().copied();
    all.filter(|format| format.writer().is_some())
}

fn read(bytes: Vec<u8>) -> Traces {
    let inputs = [Input::bytes(bytes)];
    let table = spanwise_io::read_table(&inputs, &ReadOptions::default()).expect("spans");
    Traces::new(table)
}

fn through(traces: &Traces, format: &'static dyn Format) -> (Traces, BTreeSet<&'static str>) {
    let mut bytes = Vec::new();
    let written = traces.write_to(&mut bytes, &WriteOptions::new(format));
    let written = written.expect("written");
    assert_eq!(written.spans as usize, traces.table().len());
    let lost = written.lost.iter().map(|(loss, _)| loss.name());
    (read(bytes), lost.collect())
}

#[test]
fn what_assembly_did_comes_again_when_records_are_put_back() {
    for traces in [awkward(), shop()] {
        let again = Traces::from_batch(traces.to_batch().expect("few spans")).expect("few spans");
        let (ours, theirs) = (&traces.table().columns, &again.table().columns);
        assert_eq!(ours.span_id, theirs.span_id);
        assert_eq!(ours.parent, theirs.parent);
        assert_eq!(ours.start_unix_nano, theirs.start_unix_nano);
        assert_eq!(ours.duration_nano, theirs.duration_nano);
        assert_eq!(ours.flags, theirs.flags);
        assert_eq!(
            traces.table().missing_parents,
            again.table().missing_parents
        );
        let list = SpanList::default().all_canonical();
        assert_eq!(traces.spans(&list), again.spans(&list));
        assert_eq!(traces.table().records, again.table().records);
    }
}

#[test]
fn a_filter_writes_what_it_chose() {
    let traces = awkward();
    let one = traces.filter(&spanwise::Filter::default().trace_id("3"));
    assert_eq!(one.to_batch().expect("few spans").len(), 2);
}

/// The columns of a listing that a format may not change, given what it says
/// that it lost.
fn kept(table: &Table, lost: &BTreeSet<&str>) -> Vec<String> {
    let of = |loss: &str| -> &[&str] {
        match loss {
            "nanoseconds" => &["start", "duration", "self_time", "critical_time", "slack"],
            "resources" => &["instance"],
            "internal_kind" => &["kind"],
            "word_ids" => &["trace_id", "span_id", "parent_span_id"],
            _ => &[],
        }
    };
    let gone: BTreeSet<&str> = lost.iter().flat_map(|loss| of(loss)).copied().collect();
    let columns = table.columns().iter().map(|column| column.name.as_ref());
    let columns: Vec<&str> = columns.filter(|name| !gone.contains(name)).collect();
    let line = |row| {
        let cells = columns
            .iter()
            .map(|name| format!("{name}={:?}", table.cell(row, name)));
        cells.collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = (0..table.rows()).map(line).collect();
    lines.sort();
    lines
}

#[test]
fn each_format_read_back_gives_the_same_table_but_for_what_it_says() {
    for traces in [shop(), awkward()] {
        for format in written() {
            let (again, lost) = through(&traces, format);
            let list = SpanList::default();
            let (before, after) = (traces.spans(&list), again.spans(&list));
            assert_eq!(
                kept(&before, &lost),
                kept(&after, &lost),
                "{} but for {lost:?}",
                format.name()
            );
        }
    }
}

#[test]
fn half_a_trace_in_each_of_any_two_formats_is_one_trace() {
    let text = "trace ab
        shop GET 100..200 id=1 server
          shop cart.Get 110..150 id=2 client
            cart Get 115..145 id=3 server
              cart HGET 120..130 id=4 client db.system=redis";
    let batch = spanwise_io::notation::parse(text);
    let whole = Traces::from_batch(batch.clone()).expect("few spans");
    let half = |odd: u32, format: &dyn Format| {
        let (mut part, mut bytes) = (SpanBatch::default(), Vec::new());
        let mut copier = Copier::new(&batch);
        for record in (0..4).filter(|record| record % 2 == odd) {
            copier.copy(record, &mut part).expect("room");
        }
        format.write(&part, &mut bytes).expect("written");
        Input::bytes(bytes)
    };
    for one in written() {
        for other in written() {
            let inputs = [half(0, one), half(1, other)];
            let table = spanwise_io::read_table(&inputs, &ReadOptions::default());
            let table = table.expect("spans");
            let names = (one.name(), other.name());
            assert_eq!((table.trace_count(), table.len()), (1, 4), "{names:?}");
            assert_eq!(
                (table.records.roots, table.records.orphans),
                (1, 0),
                "{names:?}"
            );
            let orphan = |&bits: &u32| bits & flags::ORPHAN != 0;
            assert!(!table.columns.flags.iter().any(orphan), "{names:?}");
            let edges = Completeness::default();
            let found = Traces::new(table).completeness(&edges);
            assert_eq!(found, whole.completeness(&edges), "{names:?}");
        }
    }
}

/// A table without its names, but for words that anonymising keeps.
fn numbers(table: &Table) -> Vec<String> {
    const WORDS: [&str; 9] = [
        "kind",
        "outcome",
        "connection",
        "caller_kind",
        "callee_kind",
        "sampling",
        "undermines",
        "status",
        "root_kind",
    ];
    let columns = table.columns().iter().map(|column| column.name.as_ref());
    let columns: Vec<&str> = columns.collect();
    let line = |row| {
        let cells = columns
            .iter()
            .filter_map(|name| match table.cell(row, name) {
                Cell::Text(_) | Cell::TextList(_) if !WORDS.contains(name) => None,
                cell => Some(format!("{name}={cell:?}")),
            });
        cells.collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = (0..table.rows()).map(line).collect();
    lines.sort();
    lines
}

fn analyses() -> Vec<Box<dyn Analysis>> {
    vec![
        Box::new(Hotspots::default()),
        Box::new(CriticalPath::default()),
        Box::new(CriticalPath::default().by(CriticalPathBy::Service)),
        Box::new(Errors::default()),
        Box::new(Errors::default().by(ErrorsBy::Type)),
        Box::new(Dependencies::default()),
        Box::new(Completeness::default()),
        Box::new(Completeness::default().by(CompletenessBy::Service)),
    ]
}

fn counts(summary: &Summary) -> [u64; 8] {
    [
        summary.traces,
        summary.spans,
        summary.services,
        summary.operations,
        summary.roots,
        summary.orphans,
        summary.errors,
        summary.links,
    ]
}

#[test]
fn anonymised_traces_give_the_same_numbers() {
    for (traces, fails) in [(shop(), true), (awkward(), false)] {
        let how = Anonymise::new("a secret");
        let hidden = traces.anonymise(&how).expect("few spans");
        assert_eq!(counts(&hidden.summary()), counts(&traces.summary()));
        for analysis in analyses() {
            let name = analysis.name();
            let table = |traces: &Traces| traces.run(&[analysis.as_ref()]).swap_remove(0);
            let (before, after) = (table(&traces), table(&hidden));
            assert!(before.rows() > 0 || !fails && name == "errors", "{name}");
            assert_eq!(numbers(&before), numbers(&after), "{name}");
        }
    }
}

#[test]
fn nothing_that_names_somebody_is_left() {
    let traces = shop();
    let how = Anonymise::new("a secret").shift_nano(-86_400_000_000_000);
    let mut bytes = Vec::new();
    let json = WriteOptions::new(spanwise::format("otlp-json").expect("a format"));
    traces
        .write_to(&mut bytes, &json.clone().anonymise(how.clone()))
        .expect("written");
    let text = String::from_utf8(bytes).expect("a text");
    let spans = traces.spans(&SpanList::default());
    for row in 0..spans.rows() {
        for column in ["service", "trace_id", "span_id", "instance"] {
            if let Cell::Text(name) = spans.cell(row, column) {
                assert!(!text.contains(&format!("\"{name}\"")), "{column} {name}");
            }
        }
    }
    let again = read(text.into_bytes());
    let first = |traces: &Traces| traces.summary().start_unix_nano;
    assert_eq!(
        first(&again).expect("a start") + 86_400_000_000_000,
        first(&traces).expect("a start")
    );
    let service = |traces: &Traces, name: &str| {
        let filter = spanwise::Filter::default().service(name);
        traces.filter(&filter).len()
    };
    let Cell::Text(name) = spans.cell(0, "service") else {
        panic!("a name");
    };
    assert_eq!(
        service(&again, &how.service_name(name)),
        service(&traces, name)
    );
}
