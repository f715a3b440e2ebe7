//! What goes into attributes comes out again.

use super::*;
use proptest::prelude::*;

#[test]
fn values_come_back_as_they_went_in() {
    let mut strings = Strings::new();
    let key = strings.intern("k");
    let long = "x".repeat(300);
    let values = [
        Value::Str("text"),
        Value::Int(-5),
        Value::Double(0.5),
        Value::Bool(true),
        Value::Bytes(&[1, 255]),
        Value::Json("[1]"),
        Value::Empty,
        Value::Str(&long),
    ];
    let mut attributes = Attributes::default();
    for value in values {
        attributes.push(key, value);
    }
    assert_eq!(attributes.close(), Some(0));
    attributes.push(key, Value::Int(1));
    attributes.abandon();
    assert_eq!(attributes.close(), Some(1));
    let read: Vec<_> = attributes.of(0).map(|(_, value)| value).collect();
    assert_eq!(read, values);
    assert_eq!(attributes.of(1).count(), 0);
}

#[test]
fn texts_that_came_as_bytes_are_checked_together() {
    let mut strings = Strings::new();
    let key = strings.intern("k");
    let mut attributes = Attributes::default();
    attributes.push_bytes_of_text(key, "né".as_bytes());
    attributes.push(key, Value::Int(1));
    attributes.push(key, Value::Json("[é]"));
    attributes.push_bytes_of_text(key, b"");
    attributes.push_bytes_of_text(key, b"x");
    assert!(attributes.settle());
    attributes.close();
    // The halves of a character are no text, though together they are one.
    for torn in [&[0xc3][..], &[0xa9], b"whole"] {
        attributes.push_bytes_of_text(key, torn);
        attributes.push(key, Value::Json("{}"));
    }
    assert!(!attributes.settle());
    attributes.close();
    attributes.push_bytes_of_text(key, &[b'a', 0xff]);
    attributes.abandon();
    assert!(attributes.settle());
    attributes.close();
    let read = |owner| -> Vec<String> {
        attributes
            .of(owner)
            .map(|(_, value)| value.to_string())
            .collect()
    };
    assert_eq!(read(0), ["né", "1", "[é]", "", "x"]);
    assert_eq!(read(1), ["\u{fffd}", "{}", "\u{fffd}", "{}", "whole", "{}"]);
    assert!(read(2).is_empty());
}

#[test]
fn texts_of_any_length_come_back_also_after_absorbing() {
    let mut strings = Strings::new();
    let key = strings.intern("k");
    let long = "x".repeat((1 << 18) + 1);
    let edge = "y".repeat(1 << 12);
    let mut right = Attributes::default();
    for text in ["", &edge, "é", &long] {
        right.push(key, Value::Str(text));
    }
    right.push(key, Value::Bytes(edge.as_bytes()));
    right.close();
    let mut left = right.clone();
    left.absorb(&right).expect("few rows");
    for owner in 0..2 {
        let read: Vec<_> = left.of(owner).map(|(_, value)| value).collect();
        let expected = ["", &edge, "é", &long].map(Value::Str);
        assert!(read[..4] == expected, "texts of {owner}");
        assert!(read[4] == Value::Bytes(edge.as_bytes()), "bytes of {owner}");
    }
}

#[test]
fn absorbing_keeps_values() {
    let mut strings = Strings::new();
    let key = strings.intern("k");
    let (mut left, mut right) = (Attributes::default(), Attributes::default());
    for (side, text) in [(&mut left, "one"), (&mut right, "two")] {
        side.push(key, Value::Str(text));
        side.close();
    }
    left.absorb(&right).expect("few rows");
    assert_eq!(left.get(1, key), Some(Value::Str("two")));
    assert_eq!(left.get(0, key), Some(Value::Str("one")));
}

/// A value that owns what it says, and whether its text is torn.
#[derive(Clone, Debug)]
enum Owned {
    Text(Vec<u8>),
    Json(String),
    Bytes(Vec<u8>),
    Int(i64),
    Double(u64),
    Bool(bool),
    Empty,
}

impl Owned {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            ".{0,80}".prop_map(|text| Self::Text(text.into_bytes())),
            any::<Vec<u8>>().prop_map(Self::Text),
            ".{0,5}".prop_map(Self::Json),
            any::<Vec<u8>>().prop_map(Self::Bytes),
            any::<i64>().prop_map(Self::Int),
            any::<u64>().prop_map(Self::Double),
            any::<bool>().prop_map(Self::Bool),
            Just(Self::Empty),
        ]
    }

    fn push(&self, key: Symbol, to: &mut Attributes) {
        match self {
            Self::Text(text) => to.push_bytes_of_text(key, text),
            Self::Json(text) => to.push(key, Value::Json(text)),
            Self::Bytes(bytes) => to.push(key, Value::Bytes(bytes)),
            Self::Int(n) => to.push(key, Value::Int(*n)),
            Self::Double(bits) => to.push(key, Value::Double(f64::from_bits(*bits))),
            Self::Bool(flag) => to.push(key, Value::Bool(*flag)),
            Self::Empty => to.push(key, Value::Empty),
        }
    }

    fn is(&self, value: Value<'_>) -> bool {
        match self {
            Self::Text(text) => value == Value::Str(&String::from_utf8_lossy(text)),
            Self::Json(text) => value == Value::Json(text),
            Self::Bytes(bytes) => value == Value::Bytes(bytes),
            Self::Int(n) => value == Value::Int(*n),
            Self::Double(bits) => value.is_identical(Value::Double(f64::from_bits(*bits))),
            Self::Bool(flag) => value == Value::Bool(*flag),
            Self::Empty => value == Value::Empty,
        }
    }
}

/// Rows of some owners: keys and values.
type Owners = Vec<Vec<(u32, Owned)>>;

fn owners() -> impl Strategy<Value = Owners> {
    let rows = prop::collection::vec((0u32..4, Owned::any()), 0..6);
    prop::collection::vec(rows, 0..12)
}

fn written(owners: &Owners) -> Attributes {
    let mut attributes = Attributes::default();
    for rows in owners {
        attributes.push_bytes_of_text(Symbol(3), b"gone \xff");
        attributes.push(Symbol(3), Value::Bytes(b"gone"));
        attributes.abandon();
        for (key, value) in rows {
            value.push(Symbol(*key), &mut attributes);
        }
        let is_whole = |(_, value): &(u32, Owned)| match value {
            Owned::Text(text) => std::str::from_utf8(text).is_ok(),
            _ => true,
        };
        assert_eq!(attributes.settle(), rows.iter().all(is_whole));
        attributes.close().expect("few owners");
    }
    attributes
}

fn check(attributes: &Attributes, owners: &Owners) {
    assert_eq!(attributes.owners(), owners.len());
    for (owner, rows) in (0..).zip(owners) {
        assert_eq!(attributes.keys_of(owner).len(), rows.len());
        let read: Vec<_> = attributes.of(owner).collect();
        assert_eq!(read.len(), rows.len());
        for (nth, ((key, value), (read_key, read_value))) in rows.iter().zip(&read).enumerate() {
            assert!(*key == read_key.0 && value.is(*read_value), "{value:?}");
            assert!(attributes.nth(owner, nth).is_some_and(|nth| value.is(nth)));
        }
        for key in 0..4 {
            let last = rows.iter().rfind(|row| row.0 == key);
            let got = attributes.get(owner, Symbol(key));
            assert_eq!(got.is_some(), last.is_some());
            assert!(got.zip(last).is_none_or(|(got, last)| last.1.is(got)));
        }
    }
}

proptest! {
    #[test]
    fn whatever_goes_in_comes_out(left in owners(), right in owners()) {
        let mut all = written(&left);
        check(&all, &left);
        let other = written(&right);
        all.absorb(&other).expect("few owners");
        let both = [left, right].concat();
        check(&all, &both);
        let bytes = postcard::to_allocvec(&all).expect("serializable");
        let mut copy: Attributes = postcard::from_bytes(&bytes).expect("what was written");
        copy.rebuild_index();
        check(&copy, &both);
        copy.absorb(&other).expect("few owners");
        prop_assert_eq!(copy.shapes.all().len(), all.shapes.all().len(), "shapes are found again");
    }

    #[test]
    fn equal_owners_have_equal_contents(owners in owners()) {
        let attributes = written(&owners);
        let is_same = |one: u32, other: u32| {
            let mut pairs = attributes.of(one).zip(attributes.of(other));
            attributes.keys_of(one).len() == attributes.keys_of(other).len()
                && pairs.all(|(a, b)| a.0 == b.0 && a.1.is_identical(b.1))
        };
        let all = 0..attributes.owners() as u32;
        for (one, other) in all.clone().flat_map(|one| all.clone().map(move |other| (one, other))) {
            let contents = attributes.content(one) == attributes.content(other);
            prop_assert_eq!(contents, is_same(one, other));
            let mut place = attributes.place(other);
            let passed = attributes
                .of(one)
                .take_while(|&(key, value)| attributes.pass(&mut place, key, value))
                .count();
            let whole = passed == attributes.keys_of(one).len() && place.is_end();
            prop_assert_eq!(whole, contents);
            let mut copy = attributes.clone();
            copy.repeat(place);
            prop_assert_eq!(copy.open_len(), passed);
            if whole {
                let mut added = attributes.clone();
                added.repeat(attributes.end(other));
                prop_assert_eq!(added.open_content(), copy.open_content());
                prop_assert_eq!(copy.open_content(), copy.content(other));
            }
        }
    }
}

#[test]
fn what_was_spelled_before_is_what_is_pushed() {
    let key = Strings::new().intern("k");
    let long = "é".repeat(40);
    let texts = ["", "x", &long, "exactly thirty-one bytes of text"];
    let mut spelled = Spelled::texts(key);
    for round in 0..2 {
        spelled.clear();
        for text in texts {
            spelled.push_text(text.as_bytes()).expect("a text");
        }
        assert!(spelled.push(Value::Int(1)).is_none(), "of another type");
        let (mut pushed, mut repeated) = (Attributes::default(), Attributes::default());
        for (nth, text) in texts.iter().enumerate().rev() {
            pushed.push(key, Value::Str(text));
            repeated.push_spelled(&spelled, nth);
            assert_eq!(spelled.text_bytes(nth), text.len());
        }
        repeated.push_spelled(&spelled, texts.len());
        assert!(pushed.settle() && repeated.settle());
        assert_eq!(repeated.open_content(), pushed.open_content(), "{round}");
        assert_eq!(spelled.longest(), long.len());
    }
}

#[test]
fn rows_that_were_spelled_are_those_pushed() {
    let mut strings = Strings::new();
    let [a, b] = ["a", "b"].map(|key| strings.intern(key));
    let rows = [
        (a, Value::Str("é")),
        (b, Value::Int(-70)),
        (a, Value::Json("[]")),
        (b, Value::Bool(true)),
        (a, Value::Double(0.1)),
        (b, Value::Empty),
    ];
    let mut spelled = SpelledRows::default();
    assert!(spelled.is_empty() && spelled.push(a, Value::Bytes(b"x")).is_none());
    let (mut pushed, mut repeated) = (Attributes::default(), Attributes::default());
    for (key, value) in rows {
        pushed.push(key, value);
        spelled.push(key, value).expect("no bytes");
    }
    repeated.push_rows(&spelled);
    assert!(pushed.settle() && repeated.settle());
    assert_eq!(repeated.open_content(), pushed.open_content());
    assert_eq!(spelled.longest(), 2);
}

#[test]
fn numbers_and_flags_are_spelled_too() {
    let key = Strings::new().intern("k");
    for (mut spelled, values) in [
        (Spelled::ints(key), [Value::Int(0), Value::Int(i64::MIN)]),
        (
            Spelled::doubles(key),
            [Value::Double(-0.0), Value::Double(f64::NAN)],
        ),
        (Spelled::flags(key), [Value::Bool(true), Value::Bool(false)]),
    ] {
        let mut attributes = Attributes::default();
        for (nth, value) in values.into_iter().enumerate() {
            spelled.push(value).expect("of this type");
            attributes.push_spelled(&spelled, nth);
        }
        assert!(spelled.push_text(b"x").is_none(), "of another type");
        attributes.close();
        let back: Vec<_> = attributes.of(0).map(|(_, value)| value).collect();
        assert!(back[0].is_identical(values[0]) && back[1].is_identical(values[1]));
    }
}
