use super::*;
use crate::attributes::Value;
use crate::head::SpanHead;

fn one(name: &str) -> SpanBatch {
    let mut batch = SpanBatch::default();
    batch.attribute("k", Value::Str(name));
    batch.event_attribute("e", Value::Int(1));
    batch.event(5, "happened");
    batch.status_message("bad");
    let name = batch.strings.intern(name);
    batch
        .close(SpanHead {
            name,
            ..SpanHead::default()
        })
        .expect("room");
    batch
}

#[test]
fn absorbing_renumbers_everything() {
    let mut left = one("left");
    left.absorb(one("right")).expect("room");
    assert_eq!(left.len(), 2);
    assert_eq!(left.strings.get(left.head(1).name), "right");
    assert_eq!(left.events_of(1), 1..2);
    assert_eq!(left.status_messages.get(1), Some("bad"));
    let key = left.strings.find("k").expect("interned");
    assert_eq!(left.attribute_value(1, key), Some(Value::Str("right")));
}

#[test]
fn abandoning_leaves_no_trace_of_the_record() {
    let mut batch = one("kept");
    batch.attribute("k", Value::Int(1));
    batch.event(1, "x");
    batch.link(TraceId(1), SpanId(1));
    batch.status_message("gone");
    batch.abandon();
    batch.close(SpanHead::default()).expect("room");
    assert_eq!(batch.attributes(1).count(), 0);
    assert!(batch.events_of(1).is_empty() && batch.links_of(1).is_empty());
    assert_eq!(batch.status_messages.get(1), None);
}

#[test]
fn a_word_that_is_too_long_is_no_id() {
    let mut batch = SpanBatch::default();
    batch.guard.text_bytes = 10;
    let span_id = batch.span_word("a long word");
    assert!(batch.span_words.is_empty());
    let head = SpanHead {
        span_id,
        ..SpanHead::default()
    };
    let error = batch.close(head).expect_err("a limit");
    assert_eq!(error.limit(), Some("text_bytes"));
}

#[test]
fn keys_that_analyses_need_are_always_kept() {
    let mut batch = SpanBatch::new(AttributeKeep::Keys(vec!["mine".into()]));
    for key in ["mine", "other", "http.response.status_code"] {
        batch.attribute(key, Value::Int(1));
    }
    batch.close(SpanHead::default()).expect("room");
    let kept: Vec<_> = batch.named_attributes(0).map(|(k, _)| k).collect();
    assert_eq!(kept, ["mine", "http.response.status_code"]);
}

#[test]
fn batches_that_keep_less_join_those_that_keep_more() {
    let of = |keep| {
        let mut batch = SpanBatch::new(keep);
        for key in ["db.statement", "http.response.status_code"] {
            batch.attribute(key, Value::Int(1));
        }
        batch.close(SpanHead::default()).expect("room");
        batch
    };
    let keys = |batch: &SpanBatch, record| -> Vec<String> {
        let all = batch.named_attributes(record);
        all.map(|(key, _)| key.to_owned()).collect()
    };
    let (all, few) = (
        ["db.statement", "http.response.status_code"],
        ["http.response.status_code"],
    );
    let (mut more, mut less) = (of(AttributeKeep::All), of(AttributeKeep::None));
    assert_eq!(
        (keys(&more, 0), keys(&less, 0)),
        (all.map(Into::into).to_vec(), few.map(Into::into).to_vec())
    );
    more.absorb(of(AttributeKeep::None)).expect("room");
    less.absorb(of(AttributeKeep::All)).expect("room");
    assert_eq!(
        (keys(&more, 1), keys(&less, 1)),
        (few.map(Into::into).to_vec(), few.map(Into::into).to_vec())
    );
    for batch in [more, less] {
        assert_eq!(
            batch.heads[0].evidence, batch.heads[1].evidence,
            "both say the same"
        );
        let families = batch.evidence.families(batch.heads[1].evidence);
        assert!(families.has(crate::semconv::Families::DATABASE));
    }
}
