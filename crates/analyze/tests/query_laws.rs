//! Queries of random traces, against every tuple of spans tried in turn.

mod facts_common;

use facts_common::oracle::{node, notation, Node, Oracle};
use facts_common::table;
use proptest::prelude::*;
use spanwise_analyze::{fact_flags, facts, FactColumns, Policy, Query};
use spanwise_model::table::Cell;
use spanwise_model::{flags, Span, SpanTable, Table};
use std::cmp::Reverse;
use std::fmt::Write;

const RELATIONS: [&str; 12] = [
    ">",
    ">>",
    "<",
    "<<",
    "~",
    "&&",
    "then",
    "overlaps",
    "~ then",
    "~ overlaps",
    "links_to",
    "linked_from",
];

/// A relation with its clauses.
#[derive(Clone, Debug)]
struct Relation {
    sign: &'static str,
    after: Option<u64>,
    within: Option<u64>,
    without: Option<Box<Set>>,
}

/// Spans that are looked for.
#[derive(Clone, Debug)]
enum Set {
    All,
    Operation(&'static str),
    Errs,
    Lasting(u64),
    Not(Box<Set>),
    Both(Box<Set>, Box<Set>),
    Has(Box<(Relation, Set)>),
    Count(Box<(Relation, Set)>, &'static str, usize),
}

impl Relation {
    fn clauses(&self) -> String {
        let mut text = String::new();
        if let Some(nano) = self.after {
            let _ = write!(text, " after {nano}ns");
        }
        if let Some(nano) = self.within {
            let _ = write!(text, " within {nano}ns");
        }
        if let Some(set) = &self.without {
            let _ = write!(text, " without {{ {} }}", set.text());
        }
        text
    }

    fn partners(&self, set: &Set) -> String {
        format!("({} {{ {} }}{})", self.sign, set.text(), self.clauses())
    }
}

impl Set {
    fn text(&self) -> String {
        match self {
            Self::All => "duration >= 0s or not exists(duration)".to_owned(),
            Self::Operation(name) => format!("operation = {name}"),
            Self::Errs => "errs".to_owned(),
            Self::Lasting(nano) => format!("duration >= {nano}ns"),
            Self::Not(set) => format!("not ({})", set.text()),
            Self::Both(one, other) => format!("({}) and ({})", one.text(), other.text()),
            Self::Has(partner) => format!("has{}", partner.0.partners(&partner.1)),
            Self::Count(partner, compare, n) => {
                format!("count{} {compare} {n}", partner.0.partners(&partner.1))
            }
        }
    }
}

fn relations(sets: BoxedStrategy<Set>) -> BoxedStrategy<Relation> {
    let bound = || prop::option::weighted(0.3, 0..12_u64);
    let without = prop::option::weighted(0.4, sets);
    (
        prop::sample::select(RELATIONS.to_vec()),
        bound(),
        bound(),
        without,
    )
        .prop_map(|(sign, after, within, without)| {
            let is_then = sign.ends_with("then");
            Relation {
                sign,
                after: after.filter(|_| is_then),
                within: within.filter(|_| is_then),
                without: without.filter(|_| is_then).map(Box::new),
            }
        })
        .boxed()
}

fn simple() -> BoxedStrategy<Set> {
    prop_oneof![
        3 => Just(Set::All),
        3 => prop::sample::select(vec!["op0", "op1", "op2"]).prop_map(Set::Operation),
        1 => Just(Set::Errs),
        1 => (0..20_u64).prop_map(Set::Lasting),
    ]
    .boxed()
}

fn sets() -> BoxedStrategy<Set> {
    let compares = vec!["=", "!=", "<", "<=", ">", ">="];
    let nested = move |inner: BoxedStrategy<Set>| {
        let partner = (relations(inner.clone()), inner.clone()).prop_map(Box::new);
        let compares = prop::sample::select(compares.clone());
        prop_oneof![
            inner.clone().prop_map(|set| Set::Not(Box::new(set))),
            (inner.clone(), inner)
                .prop_map(|(one, other)| Set::Both(Box::new(one), Box::new(other))),
            partner.clone().prop_map(Set::Has),
            (partner, compares, 0..4_usize).prop_map(|(p, compare, n)| Set::Count(p, compare, n)),
        ]
    };
    simple().prop_recursive(2, 6, 2, nested).boxed()
}

/// The definitions, word by word.
struct Naive<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    own: Vec<(i64, i64)>,
}

impl Naive<'_> {
    fn all(&self) -> std::ops::Range<usize> {
        0..self.table.len()
    }

    fn parent(&self, x: usize) -> Option<usize> {
        let parent = self.table.columns.parent[x];
        ((parent as usize) < self.table.len()).then_some(parent as usize)
    }

    fn is_below(&self, y: usize, x: usize) -> bool {
        std::iter::successors(self.parent(y), |&above| self.parent(above)).any(|above| above == x)
    }

    fn are_siblings(&self, x: usize, y: usize) -> bool {
        self.parent(x).is_some() && self.parent(x) == self.parent(y)
    }

    fn links(&self, x: usize, y: usize) -> bool {
        let (trace, at) = (self.table.trace(0), |row: usize| row as u32);
        let target = |id| trace.find(id).map(Span::row);
        let span = Span::new(self.table, at(x));
        let mut links = span.links();
        links.any(|(to, id)| to == trace.id() && target(id) == Some(at(y)))
    }

    fn holds(&self, set: &Set, x: usize) -> bool {
        let span = Span::new(self.table, x as u32);
        let is_ended = span.flags() & flags::MISSING_END == 0;
        match set {
            Set::All => true,
            Set::Operation(name) => span.operation() == *name,
            Set::Errs => self.facts.flags[x] & fact_flags::ERRS != 0,
            Set::Lasting(nano) => is_ended && span.duration_nano() >= *nano,
            Set::Not(set) => !self.holds(set, x),
            Set::Both(one, other) => self.holds(one, x) && self.holds(other, x),
            Set::Has(partner) => self.count(partner, x) > 0,
            Set::Count(partner, compare, n) => {
                let count = self.count(partner, x);
                match *compare {
                    "=" => count == *n,
                    "!=" => count != *n,
                    "<" => count < *n,
                    "<=" => count <= *n,
                    ">" => count > *n,
                    _ => count >= *n,
                }
            }
        }
    }

    fn count(&self, (relation, set): &(Relation, Set), x: usize) -> usize {
        let is_partner = |&y: &usize| self.holds(set, y) && self.stands(relation, x, y);
        self.all().filter(is_partner).count()
    }

    /// Whether `y` stands to `x` so.
    fn stands(&self, relation: &Relation, x: usize, y: usize) -> bool {
        let ((start, end), (from, to)) = (self.own[x], self.own[y]);
        let shares_time = start.max(from) < end.min(to);
        x != y
            && match relation.sign {
                ">" => self.parent(y) == Some(x),
                ">>" => self.is_below(y, x),
                "<" => self.parent(x) == Some(y),
                "<<" => self.is_below(x, y),
                "~" => self.are_siblings(x, y),
                "&&" => true,
                "then" => self.follows(relation, (x, y), &|_| true),
                "overlaps" => shares_time,
                "~ then" => {
                    self.are_siblings(x, y)
                        && self.follows(relation, (x, y), &|z| self.parent(z) == self.parent(x))
                }
                "~ overlaps" => shares_time && self.are_siblings(x, y),
                "links_to" => self.links(x, y),
                _ => self.links(y, x),
            }
    }

    fn follows(
        &self,
        relation: &Relation,
        (x, y): (usize, usize),
        near: &dyn Fn(usize) -> bool,
    ) -> bool {
        let (end, start) = (self.own[x].1, self.own[y].0);
        let gap = start - end;
        let bars = |set: &Set, z: usize| {
            let begins = self.own[z].0;
            z != x && near(z) && end <= begins && begins < start && self.holds(set, z)
        };
        gap >= 0
            && relation.after.is_none_or(|nano| gap >= nano as i64)
            && relation.within.is_none_or(|nano| gap <= nano as i64)
            && !relation
                .without
                .as_ref()
                .is_some_and(|set| self.all().any(|z| bars(set, z)))
    }

    /// The nearest of these to `y`.
    fn nearest(&self, sign: &str, lefts: &[usize], y: usize) -> Option<usize> {
        let lefts = lefts.iter().copied();
        match sign {
            ">>" => lefts.max(),
            "~" => lefts.max_by_key(|&x| match x < y {
                true => (1, x as i64),
                false => (0, -(x as i64)),
            }),
            "then" | "~ then" => lefts.max_by_key(|&x| (self.own[x].1, self.own[x].0, x)),
            "overlaps" | "~ overlaps" => lefts.max_by_key(|&x| (self.own[x].1, Reverse(x))),
            _ => lefts.min(),
        }
    }

    /// The spans of each match.
    fn matches(&self, first: &Set, steps: &[(Relation, Set)]) -> Vec<Vec<usize>> {
        let one = self
            .all()
            .filter(|&x| self.holds(first, x))
            .map(|x| vec![x]);
        let mut found: Vec<Vec<usize>> = one.collect();
        for (relation, set) in steps {
            let rights = self.all().filter(|&y| self.holds(set, y));
            let next = rights.filter_map(|y| {
                let ends = found.iter().map(|one| one[one.len() - 1]);
                let lefts: Vec<usize> = ends.filter(|&x| self.stands(relation, x, y)).collect();
                let nearest = self.nearest(relation.sign, &lefts, y)?;
                let mut one = found
                    .iter()
                    .find(|one| one.last() == Some(&nearest))?
                    .clone();
                one.push(y);
                Some(one)
            });
            found = next.collect();
        }
        found
    }
}

fn expression(first: &Set, steps: &[(Relation, Set)]) -> String {
    let mut text = format!("n0: {{ {} }}", first.text());
    for (at, (relation, set)) in steps.iter().enumerate() {
        let (sign, clauses) = (relation.sign, relation.clauses());
        let _ = write!(text, " {sign} n{}: {{ {} }}{clauses}", at + 1, set.text());
    }
    text
}

/// The spans of each match by their rows.
fn listed(table: &SpanTable, found: &Table, terms: usize) -> Vec<Vec<usize>> {
    let row = |row: usize, term: usize| match found.cell(row, &format!("n{term}.span_id")) {
        Cell::Text(id) => table.trace(0).spans().position(|span| span.id_text() == id),
        _ => None,
    };
    let rows = (0..found.rows()).map(|at| (0..terms).filter_map(|term| row(at, term)).collect());
    rows.collect()
}

/// The same span at one of few times, so that many are equal.
fn tied(mut node: Node) -> Node {
    node.start = node.start.rem_euclid(5);
    node.length %= 3;
    node
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn matches_are_those_that_trying_all_finds(
        nodes in prop::collection::vec(node(), 1..16),
        coarse in any::<bool>(),
        first in sets(),
        steps in prop::collection::vec((relations(simple()), sets()), 0..3),
    ) {
        let nodes: Vec<Node> = nodes.into_iter().map(|one| if coarse { tied(one) } else { one }).collect();
        let table = table(&notation(&nodes));
        let policy = Policy::default();
        let facts = facts::compute(&table, &policy);
        let own = Oracle::new(&table, policy).own;
        let naive = Naive { table: &table, facts: &facts, own };
        let text = expression(&first, &steps);
        let query = Query::parse(&text).expect("sound");
        let found = query.table(&table, &[0], &facts);
        let matches = naive.matches(&first, &steps);
        prop_assert_eq!(listed(&table, &found, steps.len() + 1), matches.clone(), "{}", text);
        for (row, one) in matches.iter().enumerate() {
            for (at, pair) in one.windows(2).enumerate() {
                let gap = naive.own[pair[1]].0 - naive.own[pair[0]].1;
                let cell = found.cell(row, &format!("n{}.gap", at + 1));
                prop_assert_eq!(cell, Cell::Duration(gap));
            }
        }
    }
}
