//! The tree of an expression.

use super::field::{Field, Flag};
use super::number::Number;

/// Spans in relations to each other, each to the one before it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    pub(super) first: Term,
    pub(super) steps: Vec<Step>,
}

impl Pattern {
    pub(super) fn terms(&self) -> impl Iterator<Item = &Term> {
        let steps = self.steps.iter().map(|step| &step.term);
        std::iter::once(&self.first).chain(steps)
    }
}

/// Spans that meet a condition, with a name where they are shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) name: Option<String>,
    pub(super) set: Set,
}

/// The condition in braces; all spans where there is none.
pub(super) type Set = Option<Condition>;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) relation: Relation,
    pub(super) term: Term,
}

/// How a span stands to another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Relation {
    pub(super) kind: RelationKind,
    /// Of times: siblings alone.
    pub(super) siblings: bool,
    pub(super) bounds: Bounds,
    /// Of [`RelationKind::Then`]: spans of which none begins between.
    pub(super) without: Option<Box<Set>>,
}

/// Of [`RelationKind::Then`]: how long the gap is, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
}

impl From<RelationKind> for Relation {
    fn from(kind: RelationKind) -> Self {
        Self {
            kind,
            siblings: false,
            bounds: Bounds::default(),
            without: None,
        }
    }
}

/// What the span on the right is to that on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RelationKind {
    Child,
    Descendant,
    Parent,
    Ancestor,
    Sibling,
    /// Another one of the same trace.
    Other,
    /// It starts when the left one has ended, or later.
    Then,
    /// Both run at some time.
    Overlaps,
    /// The left one links to it.
    LinksTo,
    /// It links to the left one.
    LinkedFrom,
}

impl RelationKind {
    pub(super) const ALL: [Self; 10] = [
        Self::Child,
        Self::Descendant,
        Self::Parent,
        Self::Ancestor,
        Self::Sibling,
        Self::Other,
        Self::Then,
        Self::Overlaps,
        Self::LinksTo,
        Self::LinkedFrom,
    ];

    /// How it is written.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Child => ">",
            Self::Descendant => ">>",
            Self::Parent => "<",
            Self::Ancestor => "<<",
            Self::Sibling => "~",
            Self::Other => "&&",
            Self::Then => "then",
            Self::Overlaps => "overlaps",
            Self::LinksTo => "links_to",
            Self::LinkedFrom => "linked_from",
        }
    }

    /// True for relations in time.
    pub(super) fn is_timed(self) -> bool {
        matches!(self, Self::Then | Self::Overlaps)
    }
}

/// A condition on a span.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Flag(Flag),
    Exists(Field),
    Compare(Field, Compare, Literal),
    /// It has such a partner.
    Has(Box<Partner>),
    /// It has so many of them.
    Count(Box<Partner>, Compare, u64),
}

/// Spans in a relation to a span.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Partner {
    pub(super) relation: Relation,
    pub(super) set: Set,
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(Number),
    /// Nanoseconds.
    Duration(u64),
    Flag(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Matches,
    Differs,
}

impl Compare {
    pub(super) const ALL: [Self; 8] = [
        Self::Equal,
        Self::Unequal,
        Self::Less,
        Self::AtMost,
        Self::Greater,
        Self::AtLeast,
        Self::Matches,
        Self::Differs,
    ];

    /// How it is written.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Matches => "=~",
            Self::Differs => "!~",
        }
    }

    /// True for `=` and `!=`.
    pub(super) fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::Unequal)
    }

    /// True for regular expressions.
    pub(super) fn is_regex(self) -> bool {
        matches!(self, Self::Matches | Self::Differs)
    }

    /// Whether two values stand so; values without an order never do.
    pub(super) fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let Some(order) = left.partial_cmp(right) else {
            return false;
        };
        match self {
            Self::Equal | Self::Matches => order == Equal,
            Self::Unequal | Self::Differs => order != Equal,
            Self::Less => order == Less,
            Self::AtMost => order != Greater,
            Self::Greater => order == Greater,
            Self::AtLeast => order != Less,
        }
    }
}
