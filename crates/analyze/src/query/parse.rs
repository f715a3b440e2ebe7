//! Reading an expression, by descent; nesting is limited.

use super::parser::{Parsed, Parser};
use super::syntax::{Pattern, Relation, RelationKind, Set, Step, Term};
use super::token::Token;

/// Reads an expression.
pub(super) fn pattern(text: &str) -> Parsed<Pattern> {
    Parser::new(text)?.pattern()
}

impl Parser<'_> {
    fn pattern(&mut self) -> Parsed<Pattern> {
        let first = self.term(&[])?;
        let mut pattern = Pattern {
            first,
            steps: Vec::new(),
        };
        while !self.is_end() {
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
        if self.is_behind(":") {
            let place = self.place();
            let Token::Word(word) = self.next() else {
                return self.fail_at("a name is a word", place);
            };
            if word.key.is_some() || taken.contains(&word.head) {
                return self.fail_at("a name is a word of its own, without dots", place);
            }
            name = Some(word.head);
            self.next();
        }
        Ok(Term {
            name,
            set: self.set()?,
        })
    }

    pub(super) fn set(&mut self) -> Parsed<Set> {
        self.count_set()?;
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

    pub(super) fn relation(&mut self) -> Parsed<Relation> {
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
    pub(super) fn clauses(&mut self, relation: &mut Relation) -> Parsed<()> {
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
                self.next();
                Ok(nano)
            }
            _ => self.fail("expected a duration such as 10ms"),
        }
    }
}
