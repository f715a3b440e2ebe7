//! What formats say that they cannot hold is exactly what they lose.

use spanwise_io::format::Format;
use spanwise_io::loss::Loss;
use spanwise_io::notation::parse;
use spanwise_model::attributes::Attributes;
use spanwise_model::batch::Dropped;
use spanwise_model::{flags, SpanBatch, Symbol, Value};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Everything that a record says, as a line.
fn told(batch: &SpanBatch, record: u32) -> String {
    let head = batch.head(record);
    let text = |symbol| batch.strings.get(symbol);
    let kept = flags::OTLP | flags::SHARED | flags::FOLLOWS_FROM | flags::MISSING_START;
    let scope = batch.scopes.get(head.scope);
    let mut line = format!(
        "{} {} {} {:?}..{:?} {} {} {:?} {:?} {:x} {:?}@{:?} {:?} {:?} {:?}",
        batch.trace_text(head.trace_id),
        batch.span_text(head.span_id),
        batch.span_text(head.parent_id),
        (head.flags & flags::MISSING_START == 0).then_some(head.start_unix_nano),
        head.end_unix_nano,
        text(batch.resources.service(head.resource)),
        text(head.name),
        head.kind,
        head.status,
        head.flags & kept,
        text(scope.0),
        text(scope.1),
        batch.status_messages.get(record),
        batch.trace_states.get(record),
        batch.dropped.value(record),
    );
    let resource = batch.resources.attributes(head.resource);
    let resource = resource.map(|(key, value)| (text(key), value));
    line += &pairs(resource.filter(|(key, _)| *key != "service.name"));
    let scope = batch.scopes.attributes(head.scope);
    line += &pairs(scope.map(|(key, value)| (text(key), value)));
    line += &pairs(batch.named_attributes(record));
    for row in batch.events_of(record) {
        let events = &batch.events;
        let (time, name) = (events.time_unix_nano[row], text(events.name[row]));
        let dropped = events.dropped.value(row as u32);
        write!(line, " event {time} {name} {dropped}").expect("a text");
        line += &owned(batch, &events.attributes, row);
    }
    for row in batch.links_of(record) {
        let links = &batch.links;
        let (trace, span) = (
            batch.trace_text(links.trace_id[row]),
            batch.span_text(links.span_id[row]),
        );
        let state = links.trace_states.get(row as u32);
        let dropped = links.dropped.value(row as u32);
        write!(line, " link {trace} {span} {state:?} {dropped}").expect("a text");
        line += &owned(batch, &links.attributes, row);
    }
    line
}

fn owned(batch: &SpanBatch, attributes: &Attributes, row: usize) -> String {
    pairs(attributes.named(row as u32, &batch.strings))
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, Value<'a>)>) -> String {
    let mut all: Vec<String> = pairs
        .map(|(key, value)| format!("{key}={value:?}"))
        .collect();
    all.sort();
    format!(" [{}]", all.join(", "))
}

fn through(format: &dyn Format, batch: &SpanBatch) -> SpanBatch {
    let (mut bytes, mut back) = (Vec::new(), SpanBatch::default());
    format.write(batch, &mut bytes).expect("written");
    format.read(&bytes, &mut back).expect("read");
    assert!(
        back.issues
            .count(spanwise_model::IssueKind::MalformedRecord)
            == 0
    );
    back
}

fn lines(batch: &SpanBatch) -> BTreeSet<String> {
    (0..batch.len() as u32)
        .map(|record| told(batch, record))
        .collect()
}

/// A batch that has this kind of data, and as little else as can be.
fn with(loss: Loss) -> SpanBatch {
    let plain = |marks: &str| {
        parse(&format!(
            "trace ab\na GET 5..6 id=1 parent=9 server {marks}"
        ))
    };
    match loss {
        Loss::Nanoseconds => parse("trace ab\na GET 5000001ns..6ms id=1 parent=9 server"),
        Loss::EarlyTimes => parse("trace ab\na GET -5..6 id=1 parent=9 server"),
        Loss::AttributeTypes => plain("n=5"),
        Loss::NestedValues => plain("n=json\"[1]\""),
        Loss::Resources => plain("@pod=p1"),
        Loss::ScopeAttributes => changed(plain(""), |batch| {
            let key = batch.strings.intern("short");
            batch.scopes.push(key, Value::Bool(true));
            batch.heads[0].scope = batch.scopes.intern(Symbol::EMPTY, Symbol::EMPTY);
        }),
        Loss::InternalKind => parse("trace ab\na GET 5..6 id=1 parent=9 internal"),
        Loss::Flags => changed(plain(""), |batch| batch.heads[0].flags |= 0x301),
        Loss::FollowsFrom => plain("follows"),
        Loss::Shared => plain("shared"),
        Loss::WordIds => parse("trace word-trace\na GET 5..6 id=1 parent=9 server"),
        Loss::LinkAttributes => plain("link=cd/7{opentracing.ref_type=follows_from,k=v}"),
        Loss::LinkTypes => plain("link=cd/7"),
        Loss::RootLinks => {
            parse("trace ab\na GET 5..6 id=1 server link=ab/7{opentracing.ref_type=follows_from}")
        }
        Loss::LinkStates => changed(SpanBatch::default(), |batch| {
            batch.link_attribute("opentracing.ref_type", Value::Str("follows_from"));
            batch.link_state("a=b");
            batch.link(spanwise_model::TraceId(0xcd), spanwise_model::SpanId(7));
            close(batch);
        }),
        Loss::DroppedCounts => changed(SpanBatch::default(), |batch| {
            batch.note_dropped(Dropped {
                attributes: 1,
                events: 2,
                links: 3,
            });
            close(batch);
        }),
        Loss::StatusText => plain("ok status_message=fine"),
        Loss::ErrorText => plain("error error=bad"),
        Loss::ErrorTag => plain("error"),
    }
}

fn changed(mut batch: SpanBatch, change: impl FnOnce(&mut SpanBatch)) -> SpanBatch {
    change(&mut batch);
    batch
}

/// Closes the open record as the plain span.
fn close(batch: &mut SpanBatch) {
    let plain = parse("trace ab\na GET 5..6 id=1 parent=9 server");
    let head = plain.head(0);
    let service = batch.strings.intern("a");
    let name = batch.strings.intern("GET");
    let resource = batch.resources.close(service);
    let head = spanwise_model::SpanHead {
        name,
        resource,
        ..head
    };
    batch.close(head).expect("room");
}

fn written() -> impl Iterator<Item = &'static dyn Format> {
    let all = spanwise_io::formats().iter().copied();
    all.filter(|format| format.writer().is_some())
}

#[test]
fn each_kind_of_data_is_found_where_it_is_and_nowhere_else() {
    for &loss in Loss::ALL {
        let batch = with(loss);
        assert_eq!(batch.len(), 1, "{}", loss.name());
        let found: Vec<&str> = Loss::ALL
            .iter()
            .filter(|other| other.count(&batch) > 0)
            .map(|other| other.name())
            .collect();
        assert!(found.contains(&loss.name()), "{found:?}");
        let implied = match loss {
            Loss::NestedValues => vec!["attribute_types", "nested_values"],
            Loss::LinkAttributes | Loss::RootLinks | Loss::LinkStates => found.clone(),
            _ => vec![loss.name()],
        };
        assert_eq!(found, implied);
    }
}

#[test]
fn a_format_loses_what_it_says_and_nothing_else() {
    for format in written() {
        for &loss in Loss::ALL {
            let batch = with(loss);
            let back = through(format, &batch);
            let kept = lines(&back) == lines(&batch);
            let said = format.losses().iter().any(|one| one.count(&batch) > 0);
            assert_eq!(
                kept,
                !said,
                "{} and {}:\n{:?}\n{:?}",
                format.name(),
                loss.name(),
                lines(&batch),
                lines(&back)
            );
        }
    }
}

#[test]
fn what_every_format_holds_comes_back_from_each() {
    let batch = parse(
        "trace ab
        a GET 5..60 id=1 server k=v
          b Get 10..50 id=2 client ok scope=lib@2 trace_state=x=y
            c Get 11..49 id=3 server event=hit@20{k=v} event=miss@21
          d send 12..13 id=4 producer
            d receive 14..15 id=5 consumer
        trace cd
        a GET 7.. id=6 client ok",
    );
    for format in written() {
        let lost: Vec<_> = format
            .losses()
            .iter()
            .filter(|loss| loss.count(&batch) > 0)
            .collect();
        assert!(lost.is_empty(), "{}: {lost:?}", format.name());
        assert_eq!(
            lines(&through(format, &batch)),
            lines(&batch),
            "{}",
            format.name()
        );
    }
}
