//! Reading an expression, by descent; nesting is limited.

use super::field::Field;
use super::literal::checked;
use super::mistake::Mistake;
use super::number::Number;
use super::syntax::{
    Compare, Condition, Literal, Partner, Pattern, Relation, RelationKind, Set, Step, Term,
};
use super::token::{tokens, Placed, Token};
use std::ops::Range;

/// The deepest nesting of conditions.
const MOST_DEPTH: usize = 64;

type Parsed<T> = Result<T, Mistake>;

/// Reads an expression.
pub(super) fn pattern(text: &str) -> Parsed<Pattern> {
    let mut parser = Parser {
        text,
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    parser.pattern()
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Placed>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    fn place(&self) -> Range<usize> {
        self.tokens[self.at].1.clone()
    }

    /// The next token, which is left behind but for the end.
    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if token != Token::End {
            self.at += 1;
        }
        token
    }

    fn fail<T>(&self, message: impl Into<String>) -> Parsed<T> {
        self.fail_at(message, self.place())
    }

    fn fail_at<T>(&self, message: impl Into<String>, at: Range<usize>) -> Parsed<T> {
        Err(Mistake::new(message, at, self.text))
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        let found = match self.peek() {
            Token::Word(found) => found,
            _ => return false,
        };
        found.head == word && found.key.is_none()
    }

    fn accept(&mut self, what: &str) -> bool {
        let found = self.is_sign(what) || self.is_word(what);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str, purpose: &str) -> Parsed<()> {
        match self.accept(sign) {
            true => Ok(()),
            false => self.fail(format!("{purpose} takes `{sign}` here")),
        }
    }

    fn pattern(&mut self) -> Parsed<Pattern> {
        let first = self.term(&[])?;
        let mut pattern = Pattern {
            first,
            steps: Vec::new(),
        };
        while *self.peek() != Token::End {
            let mut relation = self.relation()?;
            let names: Vec<_> = pattern.terms().filter_map(|t| t.name.clone()).collect();
            let term = self.term(&names)?;
            self.clauses(&mut relation)?;
            pattern.steps.push(Step { relation, term });
        }
        Ok(pattern)
    }

    /// Spans in braces, behind a name that is not one of these.
    fn term(&mut self, taken: &[String]) -> Parsed<Term> {
        let mut name = None;
        let behind = self.tokens.get(self.at + 1).map(|placed| &placed.0);
        if behind == Some(&Token::Sign(":")) {
            let place = self.place();
            let Token::Word(word) = self.next() else {
                return self.fail_at("a name is a word", place);
            };
            if word.key.is_some() || taken.contains(&word.head) {
                return self.fail_at("a name is a word of its own, without dots", place);
            }
            name = Some(word.head);
            self.at += 1;
        }
        Ok(Term {
            name,
            set: self.set()?,
        })
    }

    fn set(&mut self) -> Parsed<Set> {
        if !self.accept("{") {
            return self.fail("spans stand in braces: { … }");
        }
        if self.accept("}") {
            return Ok(None);
        }
        let condition = self.any()?;
        match self.accept("}") {
            true => Ok(Some(condition)),
            false => self.fail("expected `and`, `or` or `}`"),
        }
    }

    fn relation(&mut self) -> Parsed<Relation> {
        let mut relation = Relation::from(self.relation_kind()?);
        let mut timed = RelationKind::ALL.into_iter().filter(|kind| kind.is_timed());
        if relation.kind == RelationKind::Sibling {
            if let Some(kind) = timed.find(|kind| self.accept(kind.sign())) {
                (relation.kind, relation.siblings) = (kind, true);
            }
        }
        Ok(relation)
    }

    fn relation_kind(&mut self) -> Parsed<RelationKind> {
        let mut kinds = RelationKind::ALL.into_iter();
        match kinds.find(|kind| self.accept(kind.sign())) {
            Some(kind) => Ok(kind),
            None => {
                let signs = RelationKind::ALL.map(RelationKind::sign).join(" ");
                self.fail(format!("expected how spans stand to each other: {signs}"))
            }
        }
    }

    /// What stands behind the spans of a relation.
    fn clauses(&mut self, relation: &mut Relation) -> Parsed<()> {
        loop {
            let place = self.place();
            let taken = if self.accept("after") {
                relation.bounds.least.replace(self.duration()?).is_some()
            } else if self.accept("within") {
                relation.bounds.most.replace(self.duration()?).is_some()
            } else if self.accept("without") {
                let set = self.deeper(Self::set)?;
                relation.without.replace(Box::new(set)).is_some()
            } else {
                return Ok(());
            };
            if taken || relation.kind != RelationKind::Then {
                return self.fail_at("it stands once behind the spans of a `then`", place);
            }
        }
    }

    fn duration(&mut self) -> Parsed<u64> {
        match *self.peek() {
            Token::Duration(nano) => {
                self.at += 1;
                Ok(nano)
            }
            _ => self.fail("expected a duration such as 10ms"),
        }
    }

    /// Reads what is nested.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth == MOST_DEPTH {
            return self.fail(format!("nested more than {MOST_DEPTH} deep"));
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        found
    }

    fn any(&mut self) -> Parsed<Condition> {
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
                parser.expect(")", "a group")?;
                return Ok(inner);
            }
            let behind = parser.tokens.get(parser.at + 1).map(|placed| &placed.0);
            match behind == Some(&Token::Sign("(")) {
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
        self.expect("(", "it")?;
        let found = read(self)?;
        self.expect(")", "it")?;
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
            (false, Token::Word(_)) => Ok(match &self.text[last] {
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
