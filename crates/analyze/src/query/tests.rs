//! Reading and writing of expressions.

use super::field::{Field, Owner, FIXED};
use super::number::Number;
use super::parse::pattern;
use super::syntax::{
    Bounds, Compare, Condition, Literal, Partner, Pattern, Relation, RelationKind, Set, Step, Term,
};
use super::Query;
use proptest::prelude::*;
use spanwise_model::{canonical::FIELDS, CanonicalField};

fn printed(text: &str) -> String {
    match Query::parse(text) {
        Ok(query) => query.to_string(),
        Err(error) => format!("{}: {}", error.place(), error.message()),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(printed(text), expected, "{text}");
}

#[test]
fn expressions_have_a_plain_form() {
    for text in [
        "{}",
        "{ errs }",
        "a: {} >> b: { service = \"cart\" }",
        "{ not (errs or origin) and duration > 10ms }",
        "{ errs or origin and root }",
        "{} ~ then {} after 1ms within 10ms without { errs }",
        "{ has(> { errs }) and count(~ overlaps {}) >= 5 }",
        "{ has(then {} within 1s without {}) }",
        "{ .a = -1 and span.b < 1.5 and resource.\"odd key\" = true }",
        "{ canonical.http.response.status_code >= 500 }",
        "{ exists(.a.b-c) }",
        "{ operation =~ \"GET /\\\\d+\" }",
    ] {
        check(text, text);
    }
}

#[test]
fn signs_and_words_mean_the_same() {
    check(
        "{errs&&!root||service='a'}",
        "{ errs and not root or service = \"a\" }",
    );
    check("{service=cart}", "{ service = \"cart\" }");
    check("{ kind = server }", "{ kind = \"server\" }");
    check(r#"{ .a =~ "\d+" }"#, r#"{ .a =~ "\\d+" }"#);
    check("{ duration > 1500us }", "{ duration > 1500us }");
    check("{ duration > 0.5s }", "{ duration > 500ms }");
    check("{ not not errs }", "{ not not errs }");
    check("{}\n  &&\n{}", "{} && {}");
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let fields = FIXED
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ");
    for (text, told) in [
        ("", "offset 0: spans stand in braces: { … }"),
        ("cart", "offset 0: spans stand in braces: { … }"),
        ("{ errs", "offset 6: expected `and`, `or` or `}`"),
        ("{ errs root }", "offset 7: expected `and`, `or` or `}`"),
        ("{} {}", "offset 3: expected how spans stand to each other: > >> < << ~ && then overlaps links_to linked_from"),
        ("{} > ", "offset 5: spans stand in braces: { … }"),
        ("a: {} > a: {}", "offset 8: a name is a word of its own, without dots"),
        ("a.b: {}", "offset 0: a name is a word of its own, without dots"),
        ("{ duration > 5 }", "offset 13: duration is compared with a duration such as 10ms"),
        ("{ duration =~ 5ms }", "offset 11: a number is compared by = != < <= > >="),
        ("{ service > a }", "offset 10: a text is compared by = != =~ !~"),
        ("{ service }", "offset 10: expected a comparison: = != < <= > >= =~ !~"),
        ("{ errs = maybe }", "offset 9: errs is compared with true or false"),
        ("{ .a > 5ms }", "offset 7: .a is compared with a text, a number, true or false"),
        ("{ kind = sever }", "offset 9: no kind sever; there are unspecified, internal, server, client, producer, consumer"),
        ("{ service =~ '(' }", "offset 13: no regular expression: unclosed group"),
        ("{ duration > 5parsecs }", "offset 13: no unit parsecs; there are ns, us, ms, s, m and h"),
        ("{ service = 'a }", "offset 12: the quote is not closed"),
        ("{} within 5ms {}", "offset 3: expected how spans stand to each other: > >> < << ~ && then overlaps links_to linked_from"),
        ("{} > {} within 5ms", "offset 8: it stands once behind the spans of a `then`"),
        ("{} then {} within 5ms within 5ms", "offset 22: it stands once behind the spans of a `then`"),
        ("{} then {} within five", "offset 18: expected a duration such as 10ms"),
        ("{ count(> {}) >= many }", "offset 17: a count is compared with a whole number"),
        ("{ many(> {}) }", "offset 2: there are has(…), count(…) and exists(…)"),
        ("{ canonical.http.status_code = 5 }", "offset 2: no canonical field http.status_code"),
        ("{ a.b = 5 }", "offset 2: no field a.b; an attribute begins with a dot, span. or resource., a canonical field with canonical."),
        ("{ has(> {} }", "offset 11: expected `)`"),
        ("{ (errs }", "offset 8: expected `)`"),
        ("{ errs ; }", "offset 7: no sign begins with ';'"),
        ("{ . = 5 }", "offset 2: behind a dot stands a key"),
    ] {
        check(text, &format!("{told} in the query"));
    }
    check("{ size > 5 }", &format!("offset 2: no field size; attributes begin with a dot, and there are {fields} in the query"));
}

#[test]
fn nesting_and_length_have_limits() {
    for open in ["(", "not ", "has(> { "] {
        let text = format!("{{ {}", open.repeat(100_000 / 8 / open.len()));
        assert!(
            printed(&text).contains("nested more than 64 deep"),
            "{open}"
        );
    }
    let deep = format!("{{ {}errs{} }}", "(".repeat(63), ")".repeat(63));
    check(&deep, "{ errs }");
    let has = format!(
        "{{ {}has(> {{ errs or root and orphan }}) }}",
        "not ".repeat(62)
    );
    check(&has, &has);
    assert!(printed(&" ".repeat(100_000)).contains("at most 65536 bytes"));
    let many = vec!["{}"; 101].join(" > ");
    assert!(printed(&many).contains("at most 100 pairs of braces"));
    let large = r#"{ service =~ "(?:a{1000}){1000}" }"#;
    assert!(printed(large).contains("the regular expression is too large"));
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,6}",
        prop::sample::select(vec!["and", "not", "true", "http.route", "x-y"])
            .prop_map(str::to_owned),
        any::<String>(),
    ]
}

fn literal_of(field: &Field) -> BoxedStrategy<Literal> {
    use super::field::Type;
    let number = prop_oneof![
        any::<i64>()
            .prop_filter("negatable", |&n| n != i64::MIN)
            .prop_map(Number::Whole),
        any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(Number::Fraction),
    ];
    let text = words().prop_map(Literal::Text).boxed();
    let number = number.prop_map(Literal::Number).boxed();
    let flag = any::<bool>().prop_map(Literal::Flag).boxed();
    match field.holds() {
        Type::Text => text,
        Type::Number => number,
        Type::Duration => (0..=i64::MAX as u64).prop_map(Literal::Duration).boxed(),
        Type::Flag => flag,
        Type::Any => prop_oneof![text, number, flag].boxed(),
    }
}

fn fields() -> impl Strategy<Value = Field> {
    let owners = prop::sample::select(vec![Owner::Either, Owner::Span, Owner::Resource]);
    let fixed: Vec<Field> = FIXED.iter().map(|(_, field)| field.clone()).collect();
    let canonical = FIELDS
        .iter()
        .filter(|field| Field::named("canonical", Some(field.name)).is_ok());
    let canonical: Vec<&'static CanonicalField> = canonical.collect();
    prop_oneof![
        prop::sample::select(fixed),
        (owners, words()).prop_map(|(owner, key)| Field::Attribute(owner, key)),
        prop::sample::select(canonical).prop_map(Field::Canonical),
    ]
}

fn comparisons() -> impl Strategy<Value = Condition> {
    let one = fields().prop_flat_map(|field| {
        let compares = prop::sample::select(Compare::ALL.to_vec());
        (Just(field.clone()), compares, literal_of(&field))
    });
    one.prop_filter_map("sound", |one| {
        let (field, compare, literal) = super::literal::checked(one).ok()?;
        Some(Condition::Compare(field, compare, literal))
    })
}

fn relations(sets: BoxedStrategy<Set>) -> impl Strategy<Value = Relation> {
    let kinds = prop::sample::select(RelationKind::ALL.to_vec());
    let bound = || prop::option::of(0..=i64::MAX as u64);
    let without = prop::option::of(sets.prop_map(Box::new));
    (kinds, any::<bool>(), bound(), bound(), without).prop_map(
        |(kind, siblings, least, most, without)| {
            let mut relation = Relation::from(kind);
            relation.siblings = siblings && kind.is_timed();
            if kind == RelationKind::Then {
                relation.bounds = Bounds { least, most };
                relation.without = without;
            }
            relation
        },
    )
}

fn conditions() -> impl Strategy<Value = Condition> {
    let flag = fields().prop_filter_map("a flag", |field| match field {
        Field::Flag(flag) => Some(Condition::Flag(flag)),
        _ => None,
    });
    let leaf = prop_oneof![
        4 => comparisons(),
        1 => flag,
        1 => fields().prop_map(Condition::Exists),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let several = || prop::collection::vec(inner.clone(), 2..4);
        let sets = || prop::option::of(inner.clone()).boxed();
        let partner = || {
            (relations(sets()), sets())
                .prop_map(|(relation, set)| Box::new(Partner { relation, set }))
        };
        let compare = prop::sample::select(Compare::ALL[..6].to_vec());
        let number = 0..=i64::MAX as u64;
        prop_oneof![
            several().prop_map(Condition::All),
            several().prop_map(Condition::Any),
            inner.clone().prop_map(|one| Condition::Not(Box::new(one))),
            partner().prop_map(Condition::Has),
            (partner(), compare, number)
                .prop_map(|(p, compare, n)| Condition::Count(p, compare, n)),
        ]
    })
}

fn patterns() -> impl Strategy<Value = Pattern> {
    let sets = || prop::option::of(conditions()).boxed();
    let step = (relations(sets()), sets());
    let names = prop::collection::vec(any::<bool>(), 4);
    (sets(), prop::collection::vec(step, 0..4), names).prop_map(|(first, steps, named)| {
        let term = |at: usize, set| Term {
            name: named[at].then(|| format!("n{at}")),
            set,
        };
        let steps = steps.into_iter().enumerate();
        Pattern {
            first: term(0, first),
            steps: steps
                .map(|(at, (relation, set))| Step {
                    relation,
                    term: term(at + 1, set),
                })
                .collect(),
        }
    })
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_again(written in patterns()) {
        let text = written.to_string();
        match pattern(&text) {
            Ok(read) => prop_assert_eq!(read, written, "{}", text),
            Err(mistake) => prop_assert!(text.len() > 65_536, "{}\n{}", mistake, text),
        }
    }

    #[test]
    fn no_text_does_harm(text in any::<String>()) {
        if let Err(mistake) = pattern(&text) {
            prop_assert!(text.get(mistake.at()).is_some());
            prop_assert!(!mistake.to_string().contains('\r'));
        }
    }

    #[test]
    fn no_pieces_of_expressions_do_harm(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "(", ")", ">", ">>", "~", "&&", "then", "within", "without", "after",
                "10ms", "5", "-", "errs", "not", "and", "or", "service", "=", "=~", "\"a\"",
                ".a", "has", "count", "exists", "a:", "'", "\\", "µ", "\n",
            ]),
            0..40,
        ),
        between in prop::sample::select(vec!["", " "]),
    ) {
        let text = pieces.join(between);
        if let Ok(read) = pattern(&text) {
            prop_assert_eq!(pattern(&read.to_string()), Ok(read));
        }
    }
}
