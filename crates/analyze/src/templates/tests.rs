//! Laws of templates, and cases that are easily got wrong.

use super::{name, query, url};
use proptest::prelude::*;

fn sql(text: &str) -> String {
    query(text, "").text
}

#[test]
fn what_is_no_literal_stays() {
    for text in [
        "select a1, t2.b from t2 join \"T3\" on t2.id = \"T3\".id",
        "select x::text, y -> z from `t 1`",
        "select a - b, @@version",
        "select",
        "",
    ] {
        assert_eq!(sql(text), text);
    }
}

#[test]
fn literals_of_every_kind_are_one() {
    let expected = "select * from t where a = ?";
    for literal in [
        "7",
        "-7",
        "+.5",
        "1.5e-9",
        "0xFF",
        "'it''s'",
        r"'a\'b'",
        "E'x'",
        "$$a;b$$",
        "$q$ ' $q$",
        "?",
        "$1",
        ":id",
        "@p1",
        "%s",
        "%(id)s",
        "7 -- why",
        "7 /* trace='x' */",
        "7;",
    ] {
        assert_eq!(
            sql(&format!("select  *\n from t where a = {literal}")),
            expected,
            "{literal}"
        );
    }
}

#[test]
fn lists_have_one_length() {
    assert_eq!(sql("a in (1,2 , 3)"), "a in (?)");
    assert_eq!(sql("a in ( $1, $2 ) and b"), "a in (?) and b");
    assert_eq!(
        sql("values (1, 'a'), (2, 'b'),(3,'c') returning id"),
        "values (?) returning id"
    );
    assert_eq!(sql("f(1, now(), 2)"), "f(?, now(), ?)");
}

#[test]
fn signs_belong_to_numbers_and_differences_do_not() {
    assert_eq!(sql("a between -5 and -1"), "a between ? and ?");
    assert_eq!(sql("a-5"), "a-?");
    assert_eq!(sql("(a)-5"), "(a)-?");
}

#[test]
fn what_does_not_end_is_read_to_the_end() {
    assert_eq!(sql("a = 'b"), "a = ?");
    assert_eq!(sql("a /* b"), "a");
    assert_eq!(sql("a $x$ b"), "a ?");
    assert_eq!(sql("a \"b"), "a \"b");
}

#[test]
fn open_texts_do_not_tell_their_values() {
    assert!(query("select * from t where a = ?", "sqlite").is_open);
    assert!(query("RPUSH ? ?", "redis").is_open);
    assert!(!query("GET user:7", "redis").is_open);
    assert!(!query("select '?'", "").is_open);
}

#[test]
fn ids_are_told_from_words() {
    for (text, expected) in [
        ("/users/17", "/users/{id}"),
        ("/product/OLJCESPC7Z", "/product/{id}"),
        ("/a/3fa85f64-5717-4562-b3fc-2c963f66afa6/b", "/a/{id}/b"),
        ("/api/v2/oauth2/token", "/api/v2/oauth2/token"),
        ("/users/<int:i>/:name/*", "/users/<int:i>/:name/*"),
        ("https://x.y:8/?a=1&b&77", "/?a=?&b&?"),
        ("http://host", "/"),
        ("", "/"),
    ] {
        assert_eq!(url(text), expected);
    }
    assert_eq!(name("HTTP GET /a/1"), "HTTP GET /a/{id}");
}

/// A query without literals, with `#` where one goes: behind something that it
/// cannot be subtracted from.
fn shape() -> impl Strategy<Value = Vec<&'static str>> {
    let words = prop::sample::select(vec![
        "select",
        "from",
        "t1",
        "a.b",
        "=",
        "(",
        ")",
        ",",
        "in",
        "= #",
        "( #",
        ", #",
        ",#",
        "< #",
        "f(",
        "(#",
        "\"N\"",
        "::text",
        "values",
        "between #",
        "and",
    ]);
    prop::collection::vec(words, 0..24)
}

fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i32>().prop_map(|n| n.to_string()),
        any::<f32>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(|n| format!("{n:?}")),
        "[a-zA-Z0-9 ,;()?:@-]{0,12}".prop_map(|text| format!("'{text}'")),
        Just(String::from("?")),
        (1..99_u8).prop_map(|n| format!("${n}")),
    ]
}

fn filled(shape: &[&str], literals: &[String]) -> String {
    let mut next = literals.iter().cycle();
    let words = shape.iter().map(|word| match word.strip_suffix('#') {
        Some(before) => format!("{before}{}", next.next().map_or("", String::as_str)),
        None => (*word).to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

proptest! {
    #[test]
    fn literals_do_not_matter(
        shape in shape(),
        ours in prop::collection::vec(literal(), 1..6),
        theirs in prop::collection::vec(literal(), 1..6),
    ) {
        prop_assert_eq!(sql(&filled(&shape, &ours)), sql(&filled(&shape, &theirs)));
    }

    #[test]
    fn a_template_is_its_own(text in "[-a-z0-9'\"`$:@%?/*(), .;=\\\\\n{}E]{0,40}|.{0,40}") {
        let template = sql(&text);
        prop_assert_eq!(sql(&template), template.clone(), "of {}", text);
        prop_assert!(template.len() <= text.len());
        let address = url(&text);
        prop_assert_eq!(url(&address), address.clone());
        let named = name(&text);
        prop_assert_eq!(name(&named), named.clone());
    }

    #[test]
    fn numbers_in_paths_do_not_matter(a in any::<u32>(), b in any::<u32>()) {
        let path = |n: u32| url(&format!("http://h/users/{n}/x?k={n}"));
        prop_assert_eq!(path(a), path(b));
    }
}

/// Work is linear in the text: were it quadratic, these would take hours.
#[test]
fn length_is_ordinary() {
    for part in [
        "(", "'", "a,", "1,", "$a", "%(", "--", "\"", "(1),", "{\"a\" ", "/*", "x ",
    ] {
        let text = part.repeat(200_000);
        let open = format!("{{{text}");
        for template in [sql(&text), sql(&open), url(&text), name(&text)] {
            assert!(template.len() <= open.len(), "{part}");
        }
    }
}
