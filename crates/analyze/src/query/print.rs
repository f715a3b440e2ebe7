//! Expressions as text, such that reading it gives the same expression.

use super::field::{Field, FIXED};
use super::number::Duration;
use super::syntax::{
    Bounds, Condition, Literal, Partner, Pattern, Relation, RelationKind, Set, Step, Term,
};
use std::fmt::{self, Display, Formatter, Write};

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.steps.iter().try_for_each(|step| write!(f, " {step}"))
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{name}: ")?;
        }
        write!(f, "{}", Braces(&self.set))
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        related(&self.relation, &self.term, f)
    }
}

impl Display for Partner {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        related(&self.relation, &Braces(&self.set), f)
    }
}

/// A relation, what stands in it, and its clauses.
fn related(relation: &Relation, what: &dyn Display, f: &mut Formatter<'_>) -> fmt::Result {
    if relation.siblings {
        write!(f, "{} ", RelationKind::Sibling.sign())?;
    }
    write!(f, "{} {what}", relation.kind.sign())?;
    let Bounds { least, most } = relation.bounds;
    if let Some(least) = least {
        write!(f, " after {}", Duration(least))?;
    }
    if let Some(most) = most {
        write!(f, " within {}", Duration(most))?;
    }
    match &relation.without {
        Some(set) => write!(f, " without {}", Braces(set)),
        None => Ok(()),
    }
}

struct Braces<'s>(&'s Set);

impl Display for Braces<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(condition) => write!(f, "{{ {condition} }}"),
            None => f.write_str("{}"),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => joined(parts, " and ", f, |_| false),
            Self::Any(parts) => joined(parts, " or ", f, |part| matches!(part, Self::All(_))),
            Self::Not(part) => write!(f, "not {}", Part(part)),
            Self::Flag(flag) => write!(f, "{}", Field::Flag(*flag)),
            Self::Exists(field) => write!(f, "exists({field})"),
            Self::Compare(field, compare, value) => {
                write!(f, "{field} {} {value}", compare.sign())
            }
            Self::Has(partner) => write!(f, "has({partner})"),
            Self::Count(partner, compare, number) => {
                write!(f, "count({partner}) {} {number}", compare.sign())
            }
        }
    }
}

/// Parts with a word between; parentheses around those that bind as closely
/// would add to the nesting, of which there may be so much and no more.
fn joined(
    parts: &[Condition],
    word: &str,
    f: &mut Formatter<'_>,
    binds: fn(&Condition) -> bool,
) -> fmt::Result {
    parts.iter().enumerate().try_for_each(|(at, part)| {
        f.write_str(if at == 0 { "" } else { word })?;
        match binds(part) {
            true => write!(f, "{part}"),
            false => write!(f, "{}", Part(part)),
        }
    })
}

/// A part of a condition, in parentheses where it has parts itself.
struct Part<'c>(&'c Condition);

impl Display for Part<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Condition::All(_) | Condition::Any(_) => write!(f, "({})", self.0),
            _ => write!(f, "{}", self.0),
        }
    }
}

impl Display for Field {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(owner, key) => write!(f, "{}.{}", owner.word(), Key(key)),
            Self::Canonical(field) => write!(f, "canonical.{}", field.name),
            fixed => {
                let found = FIXED.iter().find(|(_, field)| field == fixed);
                f.write_str(found.map_or("", |(name, _)| name))
            }
        }
    }
}

/// A key, in quotes where it would not be read as one word.
struct Key<'k>(&'k str);

impl Display for Key<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        match !self.0.is_empty() && self.0.chars().all(is_plain) {
            true => f.write_str(self.0),
            false => write!(f, "{}", Quoted(self.0)),
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{}", Quoted(text)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Duration(nano) => write!(f, "{}", Duration(*nano)),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

struct Quoted<'t>(&'t str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}
