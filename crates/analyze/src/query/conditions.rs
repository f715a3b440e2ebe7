//! Reading conditions on spans.

use super::field::Field;
use super::literal::checked;
use super::number::Number;
use super::parser::{Parsed, Parser};
use super::syntax::{Compare, Condition, Literal, Partner};
use super::token::Token;

impl Parser<'_> {
    /// The condition in braces or parentheses.
    pub(super) fn any(&mut self) -> Parsed<Condition> {
        self.list(["or", "||"], Self::all, Condition::Any)
    }

    fn all(&mut self) -> Parsed<Condition> {
        self.list(["and", "&&"], Self::one, Condition::All)
    }

    fn list(
        &mut self,
        between: [&str; 2],
        read: fn(&mut Self) -> Parsed<Condition>,
        join: fn(Vec<Condition>) -> Condition,
    ) -> Parsed<Condition> {
        let mut parts = vec![read(self)?];
        while between.iter().any(|word| self.accept(word)) {
            parts.push(read(self)?);
        }
        match parts.len() {
            1 => Ok(parts.remove(0)),
            _ => Ok(join(parts)),
        }
    }

    fn one(&mut self) -> Parsed<Condition> {
        self.deeper(|parser| {
            if parser.accept("not") || parser.accept("!") {
                return Ok(Condition::Not(Box::new(parser.one()?)));
            }
            if parser.accept("(") {
                let inner = parser.any()?;
                parser.expect(")")?;
                return Ok(inner);
            }
            match parser.is_behind("(") {
                true => parser.call(),
                false => parser.test(),
            }
        })
    }

    /// `exists(…)`, `has(…)` or `count(…) >= 5`.
    fn call(&mut self) -> Parsed<Condition> {
        if self.accept("exists") {
            return self.in_parentheses(Self::field).map(Condition::Exists);
        }
        if self.accept("has") {
            let partner = self.in_parentheses(Self::partner)?;
            return Ok(Condition::Has(Box::new(partner)));
        }
        if !self.accept("count") {
            return self.fail("there are has(…), count(…) and exists(…)");
        }
        let partner = self.in_parentheses(Self::partner)?;
        let place = self.place();
        let compare = self.compare()?;
        if compare.is_regex() {
            return self.fail_at("a count is compared with a number", place);
        }
        let behind = self.place();
        match self.next() {
            Token::Number(Number::Whole(number)) => {
                let number = number.unsigned_abs();
                Ok(Condition::Count(Box::new(partner), compare, number))
            }
            _ => self.fail_at("a count is compared with a whole number", behind),
        }
    }

    fn in_parentheses<T>(&mut self, read: fn(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.expect("(")?;
        let found = read(self)?;
        self.expect(")")?;
        Ok(found)
    }

    fn partner(&mut self) -> Parsed<Partner> {
        let mut relation = self.relation()?;
        let set = self.set()?;
        self.clauses(&mut relation)?;
        Ok(Partner { relation, set })
    }

    fn field(&mut self) -> Parsed<Field> {
        let place = self.place();
        match self.next() {
            Token::Word(word) => {
                let field = Field::named(&word.head, word.key.as_deref());
                field.or_else(|message| self.fail_at(message, place))
            }
            _ => self.fail_at(
                "expected a condition such as errs or duration > 10ms",
                place,
            ),
        }
    }

    /// A flag, or a comparison.
    fn test(&mut self) -> Parsed<Condition> {
        let field = self.field()?;
        let place = self.place();
        if let (Field::Flag(flag), false) = (&field, self.is_compare()) {
            return Ok(Condition::Flag(*flag));
        }
        let compare = self.compare()?;
        let behind = self.place();
        let literal = self.literal()?;
        match checked((field, compare, literal)) {
            Ok((field, compare, literal)) => Ok(Condition::Compare(field, compare, literal)),
            Err((true, message)) => self.fail_at(message, place),
            Err((false, message)) => self.fail_at(message, behind),
        }
    }

    fn is_compare(&self) -> bool {
        Compare::ALL.iter().any(|one| self.is_sign(one.sign()))
    }

    fn compare(&mut self) -> Parsed<Compare> {
        let found = Compare::ALL.into_iter().find(|one| self.accept(one.sign()));
        match found {
            Some(compare) => Ok(compare),
            None => self.fail("expected a comparison: = != < <= > >= =~ !~"),
        }
    }

    fn literal(&mut self) -> Parsed<Literal> {
        let place = self.place();
        let negative = self.accept("-");
        let last = self.place();
        match (negative, self.next()) {
            (false, Token::Text(text)) => Ok(Literal::Text(text)),
            (false, Token::Duration(nano)) => Ok(Literal::Duration(nano)),
            (_, Token::Number(number)) => Ok(Literal::Number(number.signed(negative))),
            (false, Token::Word(_)) => Ok(match self.text_at(last) {
                "true" => Literal::Flag(true),
                "false" => Literal::Flag(false),
                word => Literal::Text(word.to_owned()),
            }),
            _ => self.fail_at(
                "expected a value: a text, a number, a duration, true or false",
                place,
            ),
        }
    }
}
