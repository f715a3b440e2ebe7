//! Which fields are compared with what.

use super::field::{Field, TextField, Type};
use super::syntax::{Compare, Literal};
use crate::facts::Outcome;
use regex::{Regex, RegexBuilder};
use spanwise_model::{SpanKind, StatusCode};

/// The most memory that a compiled regular expression takes, in bytes.
const REGEX_BYTES: usize = 1 << 20;

/// A comparison.
type Comparison = (Field, Compare, Literal);

/// What is wrong with a comparison: whether it is its sign, and a message.
type Wrong = (bool, String);

/// The comparison, where it makes sense.
pub(super) fn checked(comparison: Comparison) -> Result<Comparison, Wrong> {
    let (field, compare, literal) = &comparison;
    let expected = match (field.holds(), literal) {
        (Type::Text, Literal::Text(_))
        | (Type::Number, Literal::Number(_))
        | (Type::Duration, Literal::Duration(_))
        | (Type::Flag, Literal::Flag(_))
        | (Type::Any, Literal::Text(_) | Literal::Number(_) | Literal::Flag(_)) => None,
        (Type::Text, _) => Some("a text"),
        (Type::Number, _) => Some("a number"),
        (Type::Duration, _) => Some("a duration such as 10ms"),
        (Type::Flag, _) => Some("true or false"),
        (Type::Any, _) => Some("a text, a number, true or false"),
    };
    if let Some(expected) = expected {
        return Err((false, format!("{field} is compared with {expected}")));
    }
    sign_fits(*compare, literal)?;
    value_fits(&comparison)?;
    Ok(comparison)
}

fn sign_fits(compare: Compare, literal: &Literal) -> Result<(), Wrong> {
    let is_text = matches!(literal, Literal::Text(_));
    let fits = match literal {
        Literal::Text(_) | Literal::Flag(_) => {
            compare.is_equality() || is_text && compare.is_regex()
        }
        Literal::Number(_) | Literal::Duration(_) => !compare.is_regex(),
    };
    let message = match literal {
        Literal::Text(_) => "a text is compared by = != =~ !~",
        Literal::Flag(_) => "true and false are compared by = !=",
        _ => "a number is compared by = != < <= > >=",
    };
    fits.then_some(()).ok_or((true, message.to_owned()))
}

/// Refuses regular expressions that are none, and words that a field of few
/// words never says.
fn value_fits((field, compare, literal): &Comparison) -> Result<(), Wrong> {
    let Literal::Text(text) = literal else {
        return Ok(());
    };
    if compare.is_regex() {
        return regex(text).map(drop).map_err(|message| (false, message));
    }
    let words: Vec<&str> = match field {
        Field::Text(TextField::Kind) => SpanKind::ALL.map(SpanKind::name).to_vec(),
        Field::Text(TextField::Outcome) => Outcome::ALL.iter().map(|one| one.name()).collect(),
        Field::Text(TextField::Status) => STATUSES.map(StatusCode::name).to_vec(),
        _ => return Ok(()),
    };
    match words.contains(&text.as_str()) {
        true => Ok(()),
        false => Err((
            false,
            format!("no {field} {text}; there are {}", words.join(", ")),
        )),
    }
}

const STATUSES: [StatusCode; 3] = [StatusCode::Unset, StatusCode::Ok, StatusCode::Error];

/// A regular expression that a whole text must match.
pub(super) fn regex(text: &str) -> Result<Regex, String> {
    let whole = format!("^(?:{text})$");
    let alone = RegexBuilder::new(text).size_limit(REGEX_BYTES).build();
    let built = alone.and_then(|_| RegexBuilder::new(&whole).size_limit(REGEX_BYTES).build());
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
        other => {
            let told = other.to_string();
            let last = told.lines().last().unwrap_or_default();
            let why = last.trim_start_matches("error: ");
            format!("no regular expression: {why}")
        }
    })
}
