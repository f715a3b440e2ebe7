//! An expression made ready for a table: names are looked up once, and sets of
//! spans are found in an order in which each knows what it needs.

use super::field::{DurationField, Field};
use super::ground::Ground;
use super::syntax::{Bounds, Compare, Condition, Literal, Pattern, Relation, RelationKind, Set};
use super::test::Test;
use super::value_test::ValueTest;
use spanwise_model::SpanTable;

/// A relation whose sets have numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Related {
    pub(super) kind: RelationKind,
    pub(super) siblings: bool,
    pub(super) bounds: Bounds,
    pub(super) without: Option<usize>,
}

/// What is found of a trace, one after the other.
pub(super) enum Work {
    /// The next set: spans that meet a condition; all where there is none.
    Set(Option<Check>),
    /// The next count: partners of each span in a set.
    Count(Related, usize),
}

/// A condition on a span.
pub(super) enum Check {
    All(Vec<Check>),
    Any(Vec<Check>),
    Not(Box<Check>),
    Test(Test),
    /// What a count found.
    Count(usize, Compare, u64),
}

impl Check {
    /// True where a span meets it, of a trace in which this was counted.
    pub(super) fn meets(&self, ground: &Ground<'_>, counts: &[Vec<u32>], span: u32) -> bool {
        let meets = |check: &Check| check.meets(ground, counts, span);
        match self {
            Self::All(checks) => checks.iter().all(meets),
            Self::Any(checks) => checks.iter().any(meets),
            Self::Not(check) => !meets(check),
            Self::Test(test) => test.meets(ground, span),
            Self::Count(at, compare, number) => {
                compare.holds(&u64::from(counts[*at][span as usize]), number)
            }
        }
    }
}

/// An expression made ready for a table.
pub(super) struct Plan {
    pub(super) work: Vec<Work>,
    /// The sets of the terms, and how each stands to the one before it.
    pub(super) first: usize,
    pub(super) steps: Vec<(Related, usize)>,
    /// Whether slack or drag is asked for.
    pub(super) asks_slack: bool,
    sets: usize,
    counts: usize,
}

impl Plan {
    pub(super) fn new(pattern: &Pattern, table: &SpanTable) -> Self {
        let mut plan = Self {
            work: Vec::new(),
            first: 0,
            steps: Vec::new(),
            asks_slack: false,
            sets: 0,
            counts: 0,
        };
        plan.first = plan.set(&pattern.first.set, table);
        for step in &pattern.steps {
            let related = plan.related(&step.relation, table);
            let set = plan.set(&step.term.set, table);
            plan.steps.push((related, set));
        }
        plan
    }

    fn set(&mut self, set: &Set, table: &SpanTable) -> usize {
        let check = set.as_ref().map(|condition| self.check(condition, table));
        self.work.push(Work::Set(check));
        self.sets += 1;
        self.sets - 1
    }

    fn related(&mut self, relation: &Relation, table: &SpanTable) -> Related {
        let without = relation.without.as_ref();
        Related {
            kind: relation.kind,
            siblings: relation.siblings,
            bounds: relation.bounds,
            without: without.map(|set| self.set(set, table)),
        }
    }

    fn check(&mut self, condition: &Condition, table: &SpanTable) -> Check {
        let mut each =
            |parts: &[Condition]| parts.iter().map(|one| self.check(one, table)).collect();
        match condition {
            Condition::All(parts) => Check::All(each(parts)),
            Condition::Any(parts) => Check::Any(each(parts)),
            Condition::Not(part) => Check::Not(Box::new(self.check(part, table))),
            Condition::Flag(flag) => Check::Test(Test::Flag(*flag)),
            Condition::Exists(field) => self.test(field, ValueTest::Exists, table),
            Condition::Compare(Field::Flag(flag), compare, Literal::Flag(wanted)) => {
                let is_set = Check::Test(Test::Flag(*flag));
                match *wanted == (*compare == Compare::Equal) {
                    true => is_set,
                    false => Check::Not(Box::new(is_set)),
                }
            }
            Condition::Compare(field, compare, literal) => {
                self.test(field, ValueTest::of(*compare, literal), table)
            }
            Condition::Has(partner) => {
                let at = self.count((&partner.relation, &partner.set), table);
                Check::Count(at, Compare::AtLeast, 1)
            }
            Condition::Count(partner, compare, number) => {
                let at = self.count((&partner.relation, &partner.set), table);
                Check::Count(at, *compare, *number)
            }
        }
    }

    fn test(&mut self, field: &Field, test: ValueTest, table: &SpanTable) -> Check {
        let of_slack = [DurationField::Slack, DurationField::Drag].map(Field::Duration);
        self.asks_slack |= of_slack.contains(field);
        match (field, &test) {
            // A flag is always there.
            (Field::Flag(_), ValueTest::Exists) => Check::All(Vec::new()),
            _ => Check::Test(Test::of(field, test, table)),
        }
    }

    fn count(&mut self, (relation, set): (&Relation, &Set), table: &SpanTable) -> usize {
        let related = self.related(relation, table);
        let set = self.set(set, table);
        self.work.push(Work::Count(related, set));
        self.counts += 1;
        self.counts - 1
    }
}
