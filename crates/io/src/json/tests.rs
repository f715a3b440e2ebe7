use super::*;

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
