//! The formats that are only read: the same spans give the same records as in a
//! format that is written, at once and in pieces, and nothing makes them panic.

mod others;

use others::{Other, OTHERS};
use spanwise::model::IssueKind;
use spanwise::simulate::{Limit, Simulation};
use spanwise::{Input, ReadOptions, SpanBatch, Traces};
use spanwise_io::read_batch;

fn simulated(spans: u64) -> SpanBatch {
    let simulation = Simulation::default().limit(Limit::Spans(spans));
    let mut all = SpanBatch::default();
    for batch in simulation.run().expect("the shop is sound") {
        all.absorb(batch).expect("room");
    }
    all
}

fn read(bytes: &[u8], options: &ReadOptions) -> SpanBatch {
    read_batch(&[Input::bytes(bytes)], options).expect("spans")
}

/// Everything that a batch says but where it came from, as text; attributes
/// count as sets.
fn told(batch: &SpanBatch) -> Vec<String> {
    let strings = &batch.strings;
    let record = |record: u32| {
        let head = batch.head(record);
        let mut attributes: Vec<String> = batch
            .named_attributes(record)
            .map(|(key, value)| format!("{key}={value:?}"))
            .collect();
        attributes.sort_unstable();
        let resource = batch.resources.attributes(head.resource);
        let mut resource: Vec<String> = resource
            .map(|(key, value)| format!("{}={value:?}", strings.get(key)))
            .collect();
        resource.sort_unstable();
        let event = |row: usize| {
            let attributes = batch.events.attributes.named(row as u32, strings);
            let mut attributes: Vec<String> =
                attributes.map(|(k, v)| format!("{k}={v:?}")).collect();
            attributes.sort_unstable();
            let name = strings.get(batch.events.name[row]);
            format!("{} {name} {attributes:?}", batch.events.time_unix_nano[row])
        };
        let events: Vec<String> = batch.events_of(record).map(event).collect();
        let (scope, version) = batch.scopes.get(head.scope);
        format!(
            "{} {} {} {}..{:?} {} {:?} {:?} {:x} {} {} {} {:?} {resource:?} {attributes:?} {events:?}",
            head.trace_id,
            head.span_id,
            head.parent_id,
            head.start_unix_nano,
            head.end_unix_nano,
            strings.get(head.name),
            head.kind,
            head.status,
            head.flags & !0xffff,
            strings.get(batch.resources.service(head.resource)),
            strings.get(scope),
            strings.get(version),
            batch.status_messages.get(record),
        )
    };
    let mut told: Vec<String> = (0..batch.len() as u32).map(record).collect();
    for (kind, service, row) in batch.issues.iter() {
        told.push(format!("{kind} {service} {}", row.count));
    }
    told
}

#[test]
fn the_same_spans_are_the_same_records() {
    let spans = simulated(300);
    for other in OTHERS {
        let (written, made) = other.export(&spans);
        let options = ReadOptions::default();
        let (written, made) = (read(&written, &options), read(&made, &options));
        assert_eq!(made.sources[0].format, other.name);
        let (written, made) = (told(&written), told(&made));
        for (expected, found) in written.iter().zip(&made) {
            assert_eq!(expected, found, "{}", other.name);
        }
        assert_eq!(written.len(), made.len(), "{}", other.name);
    }
}

#[test]
fn pieces_say_what_the_whole_says() {
    let spans = simulated(150);
    for other in OTHERS {
        let (_, made) = other.export(&spans);
        let whole = read(&made, &ReadOptions::default());
        for size in [1, 700, 20_000] {
            for threads in [1, 2] {
                let options = ReadOptions::default().piece_bytes(size).threads(threads);
                let pieces = read(&made, &options);
                let name = other.name;
                assert!(
                    told(&pieces) == told(&whole),
                    "{name} by {size} in {threads}"
                );
            }
        }
    }
}

#[test]
fn a_scan_finds_what_a_read_finds() {
    let spans = simulated(150);
    for other in OTHERS {
        let (_, made) = other.export(&spans);
        let traces = spanwise::read(Input::bytes(&made)).expect("spans");
        let options = ReadOptions::default().piece_bytes(5_000);
        let scan = spanwise::scan([Input::bytes(&made)]).read_options(options);
        let summary = scan.memory_bytes(1).summary().expect("spans");
        assert_eq!(summary, traces.summary(), "{}", other.name);
    }
}

/// Reads bytes that may be anything: spans, if any, can be assembled.
fn survive(other: &Other, bytes: &[u8]) -> usize {
    let format = spanwise::format(other.name).expect("a format of ours");
    format.recognises(bytes);
    let mut batch = SpanBatch::default();
    format.read(bytes, &mut batch).expect("no limit is reached");
    assert!(batch.len() <= bytes.len(), "more spans than bytes");
    let records = batch.len();
    let traces = Traces::from_batch(batch).expect("few spans");
    assert!(traces.table().len() <= records);
    records
}

#[test]
fn cut_files_keep_the_spans_before_the_cut() {
    let spans = simulated(5);
    for other in OTHERS {
        let (_, made) = other.export(&spans);
        let mut before = 0;
        for end in (0..made.len()).step_by(made.len() / 60 + 1) {
            let found = survive(&other, &made[..end]);
            assert!(found >= before, "{} at {end}", other.name);
            before = found;
        }
        assert_eq!(survive(&other, &made), spans.len(), "{}", other.name);
        assert!(before + 1 >= spans.len(), "{}: {before}", other.name);
    }
}

#[test]
fn broken_bytes_make_nothing_panic() {
    let spans = simulated(3);
    for other in OTHERS {
        let (_, made) = other.export(&spans);
        for at in (0..made.len()).step_by(made.len() / 60 + 1) {
            let mut broken = made.clone();
            broken[at] = broken[at].wrapping_add((at % 251 + 1) as u8);
            survive(&other, &broken);
        }
    }
}

#[test]
fn a_truncated_file_is_said_to_be_one() {
    let spans = simulated(12);
    for other in OTHERS {
        let (_, made) = other.export(&spans);
        let cut = &made[..made.len() - made.len() / 9];
        let batch = read(cut, &ReadOptions::default());
        let issues = batch.issues.count(IssueKind::TruncatedFile);
        assert_eq!(issues, 1, "{}: {:?}", other.name, batch.issues);
    }
}
