use super::*;
use crate::format::Ended;
use spanwise_model::{ErrorKind, SpanBatch, SpanHead, Symbol};

fn cursor(text: &str) -> Cursor<'_> {
    Cursor::new(text, 128)
}

fn decoded(text: &str) -> (String, bool) {
    let raw = cursor(text).string().expect("a string");
    let mut scratch = String::new();
    let (text, whole) = raw.decode(&mut scratch);
    (text.to_owned(), whole)
}

#[test]
fn strings_are_found_at_any_length() {
    for length in 0..40 {
        let text = "x".repeat(length);
        assert_eq!(decoded(&format!("\"{text}\" \"")), (text, true));
    }
}

#[test]
fn escapes_are_decoded() {
    let text = r#""a\"\\\/\b\f\n\r\tü\u0041\u00fc\ud83d\ude00z""#;
    let expected = serde_json::from_str::<String>(text).expect("JSON");
    assert_eq!(decoded(text), (expected, true));
}

#[test]
fn lone_surrogates_and_bad_escapes_are_replaced() {
    for (text, expected) in [
        (r#""a\ud800b""#, "a\u{fffd}b"),
        (r#""\udc00\ud800""#, "\u{fffd}\u{fffd}"),
        (r#""\u12""#, "\u{fffd}12"),
        (r#""\xü""#, "\u{fffd}ü"),
        (r#""\ü""#, "\u{fffd}"),
    ] {
        assert_eq!(decoded(text), (expected.to_owned(), false), "{text}");
    }
}

#[test]
fn values_are_skipped_whole() {
    for text in [
        "[]",
        "{}",
        "[1, -2.5e3, true, null, \"]\"]",
        r#"{"a": {"b": [{}, []]}, "c": "\\"}"#,
    ] {
        let padded = format!(" {text} ,");
        let mut cursor = cursor(&padded);
        assert_eq!(cursor.skip(), Ok(()), "{text}");
        assert_eq!(cursor.peek(), b',', "{text}");
    }
}

#[test]
fn what_is_no_json_is_told_from_what_is_cut_off() {
    for (text, fault) in [
        ("[1 2]", Fault::Syntax),
        ("[1}", Fault::Syntax),
        ("{\"a\" 1}", Fault::Syntax),
        ("{1:2}", Fault::Syntax),
        ("[,]", Fault::Syntax),
        ("[1,]", Fault::Syntax),
        ("[nope]", Fault::Syntax),
        ("[1", Fault::End),
        ("{\"a\":", Fault::End),
        ("{\"a", Fault::End),
        ("\"a\\", Fault::End),
        ("tru", Fault::End),
    ] {
        let broken = cursor(text).skip().expect_err(text);
        assert_eq!(broken.fault, fault, "{text}");
    }
}

#[test]
fn depth_is_limited() {
    let deep = "[".repeat(1_000_000);
    let broken = cursor(&deep).skip().expect_err("too deep");
    assert_eq!(broken.fault, Fault::Deep);
    let fits = format!("{}{}", "[".repeat(128), "]".repeat(128));
    assert_eq!(cursor(&fits).skip(), Ok(()));
}

#[test]
fn objects_and_arrays_are_walked() {
    let mut cursor = cursor(r#" { "a" : [1, "x"], "b" : null } "#);
    assert_eq!(cursor.enter(b'{'), Ok(Entered::Inside));
    let mut first = true;
    assert_eq!(cursor.key(&mut first), Ok(Some("a")));
    assert_eq!(cursor.enter(b'['), Ok(Entered::Inside));
    let mut head = true;
    assert_eq!(cursor.element(&mut head), Ok(true));
    assert_eq!(cursor.scalar(), Ok(Scalar::Number("1")));
    assert_eq!(cursor.element(&mut head), Ok(true));
    assert!(matches!(cursor.scalar(), Ok(Scalar::Str(raw)) if raw.text == "x"));
    assert_eq!(cursor.element(&mut head), Ok(false));
    assert_eq!(cursor.key(&mut first), Ok(Some("b")));
    assert_eq!(cursor.enter(b'{'), Ok(Entered::Null));
    assert_eq!(cursor.key(&mut first), Ok(None));
    assert!(cursor.is_at_end());
}

/// Takes the `v` of each object, one of which is a record.
struct Sink<'a, 'b> {
    records: Records<'a, 'b>,
    seen: Vec<String>,
}

impl<'a> Walks<'a> for Sink<'a, '_> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.records.cursor
    }
}

impl<'a> Reader<'a> for Sink<'a, '_> {
    fn parts(&mut self) -> Parts<'_, 'a> {
        self.records.parts()
    }

    fn document(&mut self) -> Walked {
        objects(self, Self::object)
    }
}

impl Sink<'_, '_> {
    fn object(&mut self) -> Walked {
        self.records.enter_object()?;
        let mut first = true;
        while let Some(key) = self.records.cursor.key(&mut first)? {
            let scalar = self.records.scalar()?;
            if key == "v" {
                let (value, _) = self.records.value(scalar);
                self.seen.push(format!("{value:?}"));
            }
        }
        Ok(self.records.close(SpanHead::default())?)
    }
}

/// The values that were seen, how the text ended, and the issues.
fn run(bytes: &[u8]) -> (Vec<String>, Ended, Vec<String>) {
    let mut batch = SpanBatch::default();
    let mut seen = Vec::new();
    let ended = read(bytes, &mut batch, |text, batch| {
        let mut sink = Sink {
            records: Records::new(text, batch),
            seen: Vec::new(),
        };
        let ended = sink.read_all();
        seen = std::mem::take(&mut sink.seen);
        ended
    });
    let issues = batch.issues.iter().flat_map(|(kind, _, row)| {
        let examples = row.examples.iter();
        examples.map(move |example| format!("{kind}: {example}"))
    });
    (seen, ended.expect("within limits"), issues.collect())
}

const ONE_TO_THREE: [&str; 3] = ["Int(1)", "Int(2)", "Int(3)"];

#[test]
fn documents_are_found_however_they_stand() {
    for text in [
        r#"[{"v":1},{"v":2},{"v":3}]"#,
        r#"[[{"v":1},{"v":2}],[],[{"v":3}]]"#,
        "{\"v\":1}\n{\"v\":2}\r\n\n{\"v\":3}\n",
        "\n\n{\"v\":1}\n{\"v\":2}\n{\"v\":3}",
        "[{\"v\":1},{\"v\":2}]\n[{\"v\":3}]",
        r#"{"v":1}{"v":2} {"v":3}"#,
        "{\n\"v\":\n1}\n{\n\"v\":2\n}{\"v\":3}\n\n",
        "[\n{\"v\":1},\n{\"v\":2},\n{\"v\":3}\n]\n",
        "[{\"v\":1},{\"v\":2},\n{\"v\":3}]",
        "[\n{\"v\":1}\n,{\"v\":2}\n,{\"v\":3}\n]\n",
    ] {
        let (seen, ended, issues) = run(text.as_bytes());
        assert_eq!(seen, ONE_TO_THREE, "{text}");
        assert_eq!((ended, issues), (Ended::Whole, vec![]), "{text}");
    }
    for text in ["", " \n", "[]", "[[],{}]", "null", "7 \"x\" true"] {
        let nothing = (vec![], Ended::Whole, vec![]);
        assert_eq!(run(text.as_bytes()), nothing, "{text}");
    }
}

#[test]
fn a_bad_line_does_not_touch_the_others() {
    let text = b"{\"v\":1}\n{\"w\":[\n{\"v\":2}\n{\"v\":x}\n{\"v\":3}\n";
    let (seen, ended, issues) = run(text);
    assert_eq!(
        (seen, ended),
        (ONE_TO_THREE.map(String::from).to_vec(), Ended::Whole)
    );
    assert_eq!(
        issues,
        [
            "malformed_record: record 2, offset 14: ends too early",
            "malformed_record: record 4, offset 28: not JSON",
        ]
    );
}

#[test]
fn behind_a_bad_document_the_next_is_found() {
    let text = b"{\n \"v\": 1,\n \"v\": x\n}\n{\n \"v\": 2\n}\n";
    let (seen, ended, issues) = run(text);
    assert_eq!((seen.len(), ended), (2, Ended::Whole));
    assert_eq!(issues, ["malformed_record: record 1, offset 17: not JSON"]);
    let (seen, ended, issues) = run(b"{\"v\":1} garbage {");
    assert_eq!((seen.len(), ended, issues.len()), (1, Ended::Whole, 1));
}

#[test]
fn a_text_that_ends_in_a_document_is_truncated() {
    for text in [
        "[{\"v\":1},{\"v\":2},{\"w\"",
        "{\"v\":1}\n{\"v\":2}\n{\"v\"",
        "{\"v\":1}\n{\"v\":2}\n{\"v\"\n",
        "[{\"v\":1},{\"v\":2},{\"w\":\"\u{e9}",
    ] {
        let (seen, ended, issues) = run(text.as_bytes());
        assert_eq!((seen.len(), ended), (2, Ended::Truncated), "{text}");
        assert!(issues.is_empty(), "{issues:?}");
    }
    let within_a_character = "[{\"v\":1},{\"w\":\"\u{e9}".as_bytes();
    let (_, ended, issues) = run(&within_a_character[..within_a_character.len() - 1]);
    assert_eq!((ended, issues), (Ended::Truncated, vec![]));
}

#[test]
fn bad_utf8_is_replaced_and_said() {
    let (seen, ended, issues) = run(b"{\"w\":\"\xff\"}\n{\"v\":2,\"w\":\"\xfe\"}");
    assert_eq!((seen.len(), ended), (1, Ended::Whole));
    assert_eq!(issues, ["invalid_utf8: record 1, offset 6"]);
}

#[test]
fn text_that_breaks_again_and_again_is_not_read_again_and_again() {
    // Each line begins a document that takes in all that follow.
    let text = "{\"w\":[1,\n".repeat(20_000);
    let mut documents = Documents::new(&text);
    let mut cursor = documents.cursor(usize::MAX);
    let mut bytes = 0;
    while documents.next(&mut cursor) {
        let start = cursor.at;
        let broken = cursor.skip().expect_err("it is open");
        bytes += broken.at - start;
        documents.resume(&mut cursor, broken.at);
    }
    assert!(bytes <= 10 * text.len(), "{bytes}");
}

#[test]
fn values_keep_their_type_and_nested_ones_become_text() {
    let text = br#"[{"v":null},{"v":true},{"v":-1},{"v":1.5},{"v":18446744073709551615},
        {"v":"a\nb"},{"v":[1, "x\"y", {"k": [], "l": {}}, null, 2.0]},{"v":-0.0},{"v":1e3}]"#;
    let (seen, _, issues) = run(text);
    assert!(issues.is_empty());
    assert_eq!(
        seen,
        [
            "Empty",
            "Bool(true)",
            "Int(-1)",
            "Double(1.5)",
            "Double(1.8446744073709552e19)",
            r#"Str("a\nb")"#,
            r#"Json("[1,\"x\\\"y\",{\"k\":[],\"l\":{}},null,2.0]")"#,
            "Double(-0.0)",
            "Double(1000.0)",
        ]
    );
}

#[test]
fn lone_surrogates_do_not_lose_a_record() {
    let (seen, ended, issues) = run(br#"[{"v":"\ud800"},{"v":["\udfff"]}]"#);
    assert_eq!(seen, ["Str(\"\u{fffd}\")", "Json(\"[\\\"\u{fffd}\\\"]\")"]);
    assert_eq!((ended, issues.len()), (Ended::Whole, 1));
}

#[test]
fn nesting_of_what_is_read_has_a_limit() {
    let mut batch = SpanBatch::default();
    let error = read("[".repeat(100_000).as_bytes(), &mut batch, |text, batch| {
        let records = Records::new(text, batch);
        let seen = Vec::new();
        Sink { records, seen }.read_all()
    });
    let error = error.expect_err("too deep");
    assert_eq!(error.kind(), ErrorKind::Limit);
    assert!(error.to_string().contains("depth"), "{error}");
}

#[test]
fn guesses_follow_the_order_of_keys() {
    let text = r#""a":1 "b":2 "a":3 "b":4 "a":5 "c":6"#;
    let mut cursor = cursor(text);
    let mut guesses = Guesses::default();
    let mut guessed = Vec::new();
    for pair in 0..3 {
        guesses.begin();
        for nth in 0..2 {
            cursor.peek();
            match guesses.take(&mut cursor) {
                Some((key, kind)) => guessed.push((pair, key.0, kind)),
                None => {
                    let start = cursor.at;
                    let key = cursor.name().expect("a key");
                    let symbol = Symbol(u32::from(key.text.as_bytes()[0] - b'a' + 1));
                    guesses.learn(symbol, cursor.since(start), nth);
                }
            }
            cursor.scalar().expect("a number");
        }
    }
    assert_eq!(guessed, [(1, 1, 0), (1, 2, 1), (2, 1, 0)]);
    assert!(cursor.is_at_end());
}
