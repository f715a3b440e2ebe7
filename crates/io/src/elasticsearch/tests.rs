use crate::format::{Ended, Format};
use crate::jaeger::JaegerElasticsearch;
use crate::notation;
use spanwise_model::{IssueKind, SpanBatch};

/// A document with this span id.
fn document(id: u32) -> String {
    format!(
        r#"{{"traceID":"1","spanID":"{id}","operationName":"GET","startTime":0,"duration":1,"process":{{"serviceName":"cart"}}}}"#
    )
}

/// The ids of the spans in a text, and its issues.
fn read(text: &str) -> (Vec<u64>, Vec<String>) {
    assert!(JaegerElasticsearch.recognises(text.as_bytes()), "{text}");
    let mut batch = SpanBatch::default();
    let ended = JaegerElasticsearch.read(text.as_bytes(), &mut batch);
    assert_eq!(ended.expect("within limits"), Ended::Whole);
    let issues = batch.issues.iter().flat_map(|(kind, _, row)| {
        let examples = row.examples.iter();
        examples.map(move |example| format!("{kind}: {example}"))
    });
    let ids = (0..batch.len() as u32).map(|record| batch.head(record).span_id.0);
    (ids.collect(), issues.collect())
}

#[test]
fn documents_are_found_wherever_they_stand() {
    let (a, b) = (document(1), document(2));
    for text in [
        format!("{a}\n{b}\n"),
        format!("[{a},{b}]"),
        format!("{{\"index\":{{\"_id\":\"x\"}}}}\n{a}\n{{\"create\":{{}}}}\n{b}\n"),
        format!("{{\"update\":{{\"_id\":\"x\"}}}}\n{{\"doc\":{a},\"doc_as_upsert\":true}}\n{{\"delete\":{{\"_id\":\"y\"}}}}\n{{\"index\":{{}}}}\n{b}\n"),
        format!("{{\"_index\":\"i\",\"_id\":\"x\",\"_score\":1,\"_source\":{a}}}\n{{\"_source\":{b}}}\n"),
        format!("{{\"took\":1,\"timed_out\":false,\"hits\":{{\"total\":{{\"value\":2}},\"hits\":[{{\"_source\":{a}}},{{\"_source\":{b},\"sort\":[1]}}]}}}}"),
        format!("{{\"responses\":[{{\"hits\":{{\"hits\":[{{\"_source\":{a}}}]}}}},{{\"hits\":{{\"hits\":[{{\"_source\":{b}}}]}},\"status\":200}}]}}"),
        format!("{{\"docs\":[{{\"found\":true,\"_source\":{a}}},{{\"_source\":{b}}}]}}"),
        format!("{{\"method\":\"POST\",\"ndjson\":[{{\"index\":{{}}}},{a},{{\"index\":{{}}}},{b}]}}"),
    ] {
        assert_eq!(read(&text), (vec![1, 2], vec![]), "{text}");
    }
}

#[test]
fn other_documents_are_counted_as_skipped() {
    let text = format!(
        "{}\n{{\"serviceName\":\"cart\",\"kind\":\"server\"}}\n{{\"_index\":\"i\",\"_id\":\"gone\"}}\n",
        document(1)
    );
    let (ids, issues) = read(&text);
    assert_eq!(ids, [1]);
    let line = text.find('\n').expect("lines") + 1;
    let behind = text[line..].find('\n').expect("lines") + line + 1;
    assert_eq!(
        issues,
        [
            format!("skipped_signal: record 2, offset {line}: a document of another kind"),
            format!("skipped_signal: record 3, offset {behind}: a document of another kind"),
        ]
    );
}

#[test]
fn an_answer_that_holds_a_part_says_so() {
    let answer = |said: &str, total: &str| {
        let hit = document(1);
        let text =
            format!("{{{said}\"hits\":{{\"total\":{total},\"hits\":[{{\"_source\":{hit}}}]}}}}");
        let (ids, issues) = read(&text);
        assert_eq!(ids, [1], "{text}");
        issues
    };
    for total in ["1", "{\"value\":1,\"relation\":\"eq\"}", "null", "\"many\""] {
        assert_eq!(answer("\"timed_out\":false,", total), [""; 0], "{total}");
    }
    let told = "partial_answer: record 1, offset 8: 1 hits of a search that found more, or as many";
    let capped = "{\"value\":1,\"relation\":\"gte\"}";
    assert_eq!(answer("", capped), [told]);
    let told = "partial_answer: record 1, offset 0: a search that 2 shards failed";
    let shards = "\"_shards\":{\"total\":5,\"failed\":2},";
    assert_eq!(answer(shards, "1"), [told]);
    for total in ["31", "{\"value\":31,\"relation\":\"gte\"}"] {
        let told = "partial_answer: record 1, offset 8: 1 of 31 hits of a search";
        assert_eq!(answer("", total), [told]);
    }
    let told = "partial_answer: record 1, offset 0: a search that ran out of time";
    assert_eq!(answer("\"timed_out\":true,", "1"), [told]);
}

#[test]
fn what_the_server_says_went_wrong_is_told() {
    let text = format!(
        "{{\"responses\":[{{\"hits\":{{\"hits\":[{{\"_source\":{}}}]}}}},{{\"error\":{{\"reason\":\"no shard\"}},\"status\":503}}]}}",
        document(1)
    );
    let (ids, issues) = read(&text);
    assert_eq!((ids.len(), issues.len()), (1, 1));
    let told = r#"the server answered {"reason":"no shard"}"#;
    assert!(issues[0].starts_with("malformed_record: "), "{issues:?}");
    assert!(issues[0].ends_with(told), "{issues:?}");
}

#[test]
fn a_document_in_a_document_does_not_mix_with_it() {
    let outer = r#"{"traceID":"1","spanID":"7","operationName":"outer","startTime":0,"duration":1,
        "tag":{"k":"v"},"hits":{"hits":[{"_source":{"traceID":"1","spanID":"8"}}]}}"#;
    let mut batch = SpanBatch::default();
    let ended = JaegerElasticsearch.read(outer.as_bytes(), &mut batch);
    assert_eq!(ended.ok(), Some(Ended::Whole));
    assert_eq!(
        notation::print(&batch),
        "trace 1\n\"\" outer 0..1us id=7 k=v\n"
    );
    let deep = format!(
        "{}{}{}",
        "{\"hits\":".repeat(100),
        document(1),
        "}".repeat(100)
    );
    let ended = JaegerElasticsearch.read(deep.as_bytes(), &mut batch);
    assert_eq!((ended.ok(), batch.len()), (Some(Ended::Whole), 1));
    assert_eq!(batch.issues.count(IssueKind::SkippedSignal), 1);
}

#[test]
fn other_json_is_not_recognised() {
    for text in [
        r#"{"hits":{"total":0,"hits":[]}}"#,
        r#"{"data":[{"traceID":"1","spans":[{"traceID":"1","spanID":"2","operationName":"x","startTime":1}]}]}"#,
        r#"{"traceID":"1","spanID":"2"}"#,
        r#"{"index":{}}"#,
        "",
    ] {
        assert!(!JaegerElasticsearch.recognises(text.as_bytes()), "{text}");
    }
}
