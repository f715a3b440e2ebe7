//! A span that agrees with an outline is what it is alone: spans as exporters write
//! them, with changed bytes, behind the ones they were made of, for all ways of
//! keeping attributes and guards that bite.

use super::span::SpanReader;
use super::tests::field;
use crate::otlp::draft::Surroundings;
use spanwise_model::{AttributeKeep, Guard, SpanBatch, SpanHead, Symbol};
use std::sync::Arc;

/// How often a span is read before others: its name is seen, its attributes are
/// learnt, its outline falls due and is learnt, and then found.
const BEFORE: usize = 6;

/// How a batch is made, by a name.
type Mode = (&'static str, fn() -> SpanBatch);

fn keys() -> AttributeKeep {
    AttributeKeep::Keys(vec!["user.id".into(), "note".into(), "deep".into()])
}

fn guarded(keep: AttributeKeep, guard: Guard) -> SpanBatch {
    let mut batch = SpanBatch::new(keep);
    batch.guard = guard;
    batch
}

/// All ways of keeping attributes, and guards that bite.
const MODES: [Mode; 8] = [
    ("none", || SpanBatch::new(AttributeKeep::None)),
    ("some", || SpanBatch::new(keys())),
    ("all", || SpanBatch::new(AttributeKeep::All)),
    ("none, short texts", || {
        guarded(AttributeKeep::None, short_texts())
    }),
    ("some, short texts", || guarded(keys(), short_texts())),
    ("all, shallow", || guarded(AttributeKeep::All, shallow())),
    ("all, one trace", || {
        guarded(AttributeKeep::All, one_trace())
    }),
    ("none, one trace", || {
        guarded(AttributeKeep::None, one_trace())
    }),
];

fn short_texts() -> Guard {
    Guard {
        text_bytes: 140,
        ..Guard::default()
    }
}

fn shallow() -> Guard {
    Guard {
        depth: 2,
        attributes: 7,
        ..Guard::default()
    }
}

fn one_trace() -> Guard {
    let own = u128::from_be_bytes([1; 16]);
    Guard {
        wanted: Some(Arc::new(move |trace, _| trace.0 == own)),
        ..Guard::default()
    }
}

fn pair(key: &str, value: &[u8]) -> Vec<u8> {
    field(9, &[field(1, key.as_bytes()), field(2, value)].concat())
}

fn text(text: &[u8]) -> Vec<u8> {
    field(1, text)
}

/// A span from its ids to its times.
fn begun(parent: bool, name: &[u8], kind: Option<u8>, times: [u64; 2]) -> Vec<u8> {
    let mut out = [field(1, &[1; 16]), field(2, &[2; 8])].concat();
    if parent {
        out.extend(field(4, &[3; 8]));
    }
    out.extend(field(5, name));
    out.extend(kind.into_iter().flat_map(|kind| [0x30, kind]));
    for (tag, time) in [0x39, 0x41].into_iter().zip(times) {
        out.push(tag);
        out.extend(time.to_le_bytes());
    }
    out
}

fn flags(flags: u32) -> Vec<u8> {
    [&[0x85, 0x01][..], &flags.to_le_bytes()].concat()
}

/// A list in a list.
fn deep() -> Vec<u8> {
    field(5, &field(1, &field(5, &field(1, &text(b"in")))))
}

/// When most of them begin.
const NOW: u64 = 1_700_000_000_000_000_000;

fn templates() -> Vec<(&'static str, Vec<u8>)> {
    [uncommon(), common()].concat()
}

/// Spans as instrumentations write them.
fn common() -> Vec<(&'static str, Vec<u8>)> {
    let now = NOW;
    let http = [
        begun(true, b"GET /cart", Some(2), [now, now + 5]),
        pair("http.response.status_code", &[0x18, 0x90, 0x03]),
        pair("user.id", &text(b"someone")),
        pair("server.address", &text(b"cart")),
        pair("thread.id", &[0x18, 0x2a]),
        field(15, &[0x18, 2]),
        flags(257),
    ];
    let long = [
        begun(false, b"GET", None, [5, 9]),
        pair("note", &text(&[b'x'; 150])),
        pair("a.key.of.more.than.thirty.two.bytes", &text(b"y")),
        pair("ratio", &[&[0x21][..], &0.5f64.to_le_bytes()].concat()),
        pair("ok", &[0x10, 1]),
        pair("db.system", &text(b"redis")),
    ];
    let odd = [
        begun(true, b"", Some(0), [0, now]),
        pair("user.id", &text(b"one")),
        pair("user.id", &text("zw\u{f6}lf".as_bytes())),
        pair("deep", &deep()),
        pair("raw", &field(7, &[1, 2, 0xff])),
        pair("empty", &[]),
        pair("", &text(b"no key")),
        field(15, &[]),
        flags(0),
    ];
    let bare = [
        begun(true, b"a name of a span which is long", Some(3), [now, 0]),
        pair("messaging.system", &text(b"kafka")),
        flags(0x301),
    ];
    vec![
        ("http", http.concat()),
        ("long", long.concat()),
        ("odd", odd.concat()),
        ("bare", bare.concat()),
    ]
}

/// Spans with fields that few have, or in another order.
fn uncommon() -> Vec<(&'static str, Vec<u8>)> {
    let now = NOW;
    let event = [
        &[&[0x09][..], &now.to_le_bytes()].concat()[..],
        &field(2, b"retry"),
    ];
    let link = [field(1, &[7; 16]), field(2, &[8; 8])].concat();
    let rich = [
        begun(true, b"GET /rich", Some(2), [now, now + 5]),
        pair("user.id", &text(b"someone")),
        field(11, &event.concat()),
        field(13, &link),
        field(15, &[0x18, 2]),
    ];
    let status = [
        begun(true, b"GET /why", Some(2), [now, now + 5]),
        pair("user.id", &text(b"someone")),
        field(15, &[field(2, b"why"), vec![0x18, 2]].concat()),
    ];
    let flags_first = [
        begun(true, b"GET /flags", Some(2), [now, now + 5]),
        flags(257),
        pair("user.id", &text(b"someone")),
        field(15, &[0x18, 2]),
    ];
    let later = [
        begun(true, b"GET /later", Some(2), [now, now + 5]),
        pair("user.id", &text(b"someone")),
        field(99, b"of a later version"),
        flags(257),
    ];
    vec![
        ("rich", rich.concat()),
        ("status", status.concat()),
        ("flags first", flags_first.concat()),
        ("later", later.concat()),
    ]
}

/// Issues by kind and service.
fn issues(batch: &SpanBatch) -> Vec<(String, u64)> {
    let rows = batch.issues.iter();
    rows.map(|(kind, service, row)| (format!("{kind} {service}"), row.count))
        .collect()
}

fn more(now: &[(String, u64)], before: &[(String, u64)]) -> Vec<(String, u64)> {
    let held = |kind: &str| {
        before
            .iter()
            .find(|row| row.0 == kind)
            .map_or(0, |row| row.1)
    };
    let grown = now
        .iter()
        .map(|(kind, count)| (kind.clone(), count - held(kind)));
    grown.filter(|row| row.1 > 0).collect()
}

/// All that a closed record says.
fn record(batch: &SpanBatch, record: u32) -> String {
    let head = batch.head(record);
    let evidence = batch.heads[record as usize].evidence;
    let said = batch.evidence.attributes();
    let said: Vec<_> = said.named(evidence.0, &batch.strings).collect();
    let rows: Vec<_> = batch.named_attributes(record).collect();
    let events = batch.events_of(record).map(|at| {
        let events = &batch.events;
        (
            events.time_unix_nano[at],
            batch.strings.get(events.name[at]),
        )
    });
    let links = batch.links_of(record).map(|at| {
        let links = &batch.links;
        (links.trace_id[at], links.span_id[at])
    });
    let (events, links): (Vec<_>, Vec<_>) = (events.collect(), links.collect());
    let more = (
        batch.evidence.families(evidence),
        events,
        links,
        batch.status_messages.get(record),
        batch.trace_states.get(record),
    );
    let name = batch.strings.get(head.name);
    let head = SpanHead {
        name: Symbol::EMPTY,
        ..head
    };
    format!("{name:?} {head:?}\n  {said:?}\n  {rows:?}\n  {more:?}")
}

/// What reading a span gives: the outcome, the record and the new issues.
fn said(reader: &mut SpanReader<'_>, span: &[u8]) -> (String, bool) {
    let (before, held) = (issues(reader.batch), reader.batch.open_record());
    let read = reader.read(span, &Surroundings::default());
    let failed = read.is_err();
    let outcome = match read {
        Ok(outcome) => format!("{outcome:?}"),
        Err(error) => format!("{:?} {:?}", error.kind(), error.limit()),
    };
    let batch = &*reader.batch;
    let closed = (batch.open_record() > held).then(|| record(batch, held));
    let grown = more(&issues(batch), &before);
    let said = format!("{outcome} {grown:?}\n{}", closed.unwrap_or_default());
    (said, failed)
}

/// The same of a span that stands alone.
fn alone(mode: Mode, span: &[u8]) -> String {
    let mut batch = mode.1();
    said(&mut SpanReader::new(&mut batch), span).0
}

/// A reader's batch that has read these spans.
fn read_before(mode: Mode, span: &[u8]) -> SpanBatch {
    let mut batch = mode.1();
    for _ in 0..BEFORE {
        let mut reader = SpanReader::new(&mut batch);
        let _ = said(&mut reader, span);
        reader.leave();
    }
    batch
}

fn expect_equal(mode: Mode, name: &str, original: &[u8], mutated: &[u8], how: &str) {
    let mut batch = read_before(mode, original);
    let mut reader = SpanReader::new(&mut batch);
    let among = said(&mut reader, mutated).0;
    assert_eq!(among, alone(mode, mutated), "{name}, {}: {how}", mode.0);
}

/// What is put in the place of a byte.
fn others(byte: u8) -> [u8; 3] {
    [byte ^ 1, byte ^ 0x80, byte.wrapping_sub(1)]
}

#[test]
fn one_changed_byte() {
    for mode in MODES {
        for (name, original) in templates() {
            for at in 0..original.len() {
                for other in others(original[at]) {
                    let mut mutated = original.clone();
                    mutated[at] = other;
                    let how = format!("byte {at} = {other:#x}");
                    expect_equal(mode, name, &original, &mutated, &how);
                }
            }
        }
    }
}

/// A number of a sequence that repeats itself late.
fn draw(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 16) as usize
}

/// Pairs of bytes, above all of such that balance each other as lengths do.
#[test]
fn two_changed_bytes() {
    let mut state = 0x9e37_79b9_7f4a_7c15;
    for mode in MODES {
        for (name, original) in templates() {
            for round in 0..120 {
                let mut mutated = original.clone();
                let one = draw(&mut state) % original.len();
                let near = one + 1 + draw(&mut state) % 24;
                let two = [near, draw(&mut state)][round % 2] % original.len();
                let by = 1 + (draw(&mut state) % 3) as u8;
                if round % 3 == 0 {
                    mutated[one] = mutated[one].wrapping_add(by);
                    mutated[two] = mutated[two].wrapping_sub(by);
                } else {
                    mutated[one] = others(mutated[one])[draw(&mut state) % 3];
                    mutated[two] = others(mutated[two])[draw(&mut state) % 3];
                }
                let how = format!("bytes {one} and {two}: {mutated:02x?}");
                expect_equal(mode, name, &original, &mutated, &how);
            }
        }
    }
}

/// Spans cut short, made longer, or with two of their fields exchanged.
#[test]
fn cuts_and_tails() {
    let tails: [&[u8]; 6] = [
        &[0x0a, 0x00],
        &[0x22, 0x00],
        &[0x2a, 0x01, b'N'],
        &[0x30, 0x05],
        &[0x85, 0x01, 9, 0, 0, 0],
        &[0x50, 0x03],
    ];
    for mode in MODES {
        for (name, original) in templates() {
            for cut in 0..original.len() {
                let how = format!("cut at {cut}");
                expect_equal(mode, name, &original, &original[..cut], &how);
            }
            for tail in tails {
                let mutated = [&original, tail].concat();
                expect_equal(mode, name, &original, &mutated, "a tail");
                expect_equal(mode, name, &mutated, &original, "no tail");
                expect_equal(mode, name, &mutated, &mutated, "both with a tail");
            }
        }
    }
}

/// One reader that goes on through all changes of all spans, so that outlines of
/// what was changed are learnt too.
#[test]
fn one_reader_of_all_changes() {
    for mode in MODES {
        let templates = templates();
        let (mut batch, mut state) = (mode.1(), 7);
        for (round, (name, original)) in templates.iter().cycle().take(1600).enumerate() {
            let mut mutated = original.clone();
            if round % 3 > 0 {
                // Few places at a time, so that the same comes again.
                let at = (round / 200 * 37 + draw(&mut state) % 4) % original.len();
                mutated[at] = others(mutated[at])[draw(&mut state) % 3];
            }
            let mut reader = SpanReader::new(&mut batch);
            let (among, failed) = said(&mut reader, &mutated);
            reader.leave();
            assert_eq!(among, alone(mode, &mutated), "{name}, {}, {round}", mode.0);
            if failed {
                batch = mode.1();
            }
        }
    }
}
