use super::*;
use crate::format::Ended;
use serde::de::MapAccess;
use spanwise_model::{ErrorKind, Example, IssueKind, Issues, Result};

/// Takes each object's `v`, and notes what it is told.
#[derive(Default)]
struct Sink {
    seen: Vec<Scalar<'static>>,
    issues: Issues,
    broken: usize,
}

fn owned(scalar: &Scalar<'_>) -> Scalar<'static> {
    match scalar {
        Scalar::Text(text) => Scalar::Text(text.to_string().into()),
        Scalar::Json(text) => Scalar::Json(text.clone()),
        Scalar::Int(n) => Scalar::Int(*n),
        Scalar::Large(n) => Scalar::Large(*n),
        Scalar::Double(n) => Scalar::Double(*n),
        Scalar::Bool(flag) => Scalar::Bool(*flag),
        Scalar::Null => Scalar::Null,
    }
}

impl Documents for Sink {
    fn object<'de, A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            let value: Scalar<'_> = map.next_value()?;
            if key == "v" {
                self.seen.push(owned(&value));
            }
        }
        Ok(())
    }

    fn enter(&mut self, _: Spot) {}

    fn issue(&mut self, kind: IssueKind, example: Example) {
        self.issues.add(kind, "", example);
    }

    fn broken(&mut self) -> Result<()> {
        self.broken += 1;
        Ok(())
    }
}

/// The whole numbers that were seen, how the text ended, and the issues.
fn run(bytes: &[u8]) -> (Vec<i64>, Ended, Vec<String>) {
    let mut sink = Sink::default();
    let ended = read(bytes, &mut sink).expect("within limits");
    let numbers = sink.seen.iter().filter_map(|s| s.value().as_int());
    let issues = sink.issues.iter().flat_map(|(kind, _, row)| {
        let examples = row.examples.iter();
        examples.map(move |example| format!("{kind}: {example}"))
    });
    (numbers.collect(), ended, issues.collect())
}

fn numbers(text: &str) -> Vec<i64> {
    let (numbers, ended, issues) = run(text.as_bytes());
    assert_eq!((ended, issues), (Ended::Whole, vec![]), "{text}");
    numbers
}

#[test]
fn documents_are_found_however_they_stand() {
    for text in [
        r#"[{"v":1},{"v":2},{"v":3}]"#,
        r#"[[{"v":1},{"v":2}],[],[{"v":3}]]"#,
        "{\"v\":1}\n{\"v\":2}\r\n\n{\"v\":3}\n",
        "[{\"v\":1},{\"v\":2}]\n[{\"v\":3}]",
        r#"{"v":1}{"v":2} {"v":3}"#,
        "{\n\"v\":\n1}\n{\n\"v\":2\n}{\"v\":3}\n\n",
        "[\n{\"v\":1},\n{\"v\":2},\n{\"v\":3}\n]\n",
        "[{\"v\":1},{\"v\":2},\n{\"v\":3}]",
        "[\n{\"v\":1}\n,{\"v\":2}\n,{\"v\":3}\n]\n",
    ] {
        assert_eq!(numbers(text), [1, 2, 3], "{text}");
    }
    for text in ["", " \n", "[]", "[[],{}]", "null", "7 \"x\" true"] {
        assert_eq!(numbers(text), [0; 0], "{text}");
    }
}

#[test]
fn a_bad_line_does_not_touch_the_others() {
    let text = b"{\"v\":1}\n{\"v\":\n{\"v\":2}\n{\"v\":x}\n{\"v\":3}\n";
    let (numbers, ended, issues) = run(text);
    assert_eq!((numbers, ended), (vec![1, 2, 3], Ended::Whole));
    assert_eq!(
        issues,
        [
            "malformed_record: record 2, offset 12: EOF while parsing a value",
            "malformed_record: record 4, offset 27: expected value",
        ]
    );
}

#[test]
fn behind_a_bad_document_the_next_is_found() {
    let text = b"{\n \"v\": 1,\n \"v\": x\n}\n{\n \"v\": 2\n}\n";
    let (numbers, ended, issues) = run(text);
    assert_eq!((numbers, ended), (vec![1, 2], Ended::Whole));
    assert_eq!(
        issues,
        ["malformed_record: record 3, offset 17: expected value"]
    );
}

#[test]
fn garbage_behind_a_document_is_an_issue() {
    let (numbers, ended, issues) = run(b"{\"v\":1} garbage");
    assert_eq!((numbers, ended), (vec![1], Ended::Whole));
    assert_eq!(
        issues,
        ["malformed_record: record 1, offset 8: expected value"]
    );
}

#[test]
fn a_text_that_ends_in_a_document_is_truncated() {
    for text in [
        "[{\"v\":1},{\"v\":2},{\"w\"",
        "{\"v\":1}\n{\"v\":2}\n{\"v\"",
        "[{\"v\":1},{\"v\":2},{\"w\":\"\u{e9}",
    ] {
        let (numbers, ended, issues) = run(text.as_bytes());
        assert_eq!((numbers, ended), (vec![1, 2], Ended::Truncated), "{text}");
        assert!(issues.is_empty(), "{issues:?}");
    }
    let within_a_character = "[{\"v\":1},{\"w\":\"\u{e9}".as_bytes();
    let (_, ended, issues) = run(&within_a_character[..within_a_character.len() - 1]);
    assert_eq!((ended, issues), (Ended::Truncated, vec![]));
}

#[test]
fn bad_utf8_is_replaced_and_said() {
    let (numbers, ended, issues) = run(b"{\"w\":\"\xff\"}\n{\"v\":2,\"w\":\"\xfe\"}");
    assert_eq!((numbers, ended), (vec![2], Ended::Whole));
    assert_eq!(issues, ["invalid_utf8: record 1, offset 6"]);
}

#[test]
fn nesting_that_is_read_has_a_limit_and_what_is_skipped_has_none() {
    let deep = "[".repeat(100_000);
    let mut sink = Sink::default();
    let error = read(deep.as_bytes(), &mut sink).expect_err("too deep");
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().contains("depth"), "{error}");
    assert_eq!(sink.broken, 1);
}

#[test]
fn scalars_keep_their_type_and_nested_values_become_text() {
    let mut sink = Sink::default();
    let text = br#"[{"v":null},{"v":true},{"v":-1},{"v":1.5},{"v":18446744073709551615},
        {"v":"a\nb"},{"v":[1, "x\"y", {"k": [], "l": {}}, null, 2.0]}]"#;
    read(text, &mut sink).expect("within limits");
    assert_eq!(
        sink.seen,
        [
            Scalar::Null,
            Scalar::Bool(true),
            Scalar::Int(-1),
            Scalar::Double(1.5),
            Scalar::Large(u64::MAX),
            Scalar::Text("a\nb".into()),
            Scalar::Json(r#"[1,"x\"y",{"k":[],"l":{}},null,2.0]"#.into()),
        ]
    );
}

#[test]
fn microseconds_are_written_to_the_nanosecond() {
    for (nanos, text) in [
        (0, "0"),
        (1_000, "1"),
        (1_500, "1.5"),
        (-1, "-0.001"),
        (i128::from(i64::MIN), "-9223372036854775.808"),
    ] {
        let mut out = String::new();
        crate::json::write::push_micros(&mut out, nanos);
        assert_eq!(out, text);
        let (read, _) = crate::decimal::scaled(text, 3).expect("a number");
        assert_eq!(i128::from(read), nanos);
    }
}
