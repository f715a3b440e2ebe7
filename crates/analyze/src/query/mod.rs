//! Queries: structure and time together.
//!
//! An expression says which spans are meant and how they stand to each other,
//! and a query lists them, match by match.
//!
//! ```text
//! { service = "checkout" } >> { errs }
//! a: { operation = "cache get" } ~ then b: { operation =~ "SELECT.*" } within 10ms without { operation = "retry" }
//! { root and count(>> { exists(.db.system.name) }) >= 50 }
//! ```
//!
//! # Grammar
//!
//! ```text
//! query     = term { relation term { clause } }
//! term      = [ name ":" ] set              only named terms are shown; the last one where none is
//! set       = "{" [ any ] "}"               spans that meet a condition; {} are all
//! any       = all { ( "or" | "||" ) all }
//! all       = one { ( "and" | "&&" ) one }
//! one       = ( "not" | "!" ) one | "(" any ")" | test
//! test      = flag
//!           | field compare value
//!           | "exists" "(" field ")"
//!           | "has" "(" relation set { clause } ")"
//!           | "count" "(" relation set { clause } ")" compare number
//! compare   = "=" | "!=" | "<" | "<=" | ">" | ">=" | "=~" | "!~"
//! value     = "text in quotes" | 'text' | word | number | duration | "true" | "false"
//! duration  = decimal ( "ns" | "us" | "µs" | "ms" | "s" | "m" | "h" )
//! relation  = ">" | ">>" | "<" | "<<" | "~" | "&&" | "links_to" | "linked_from"
//!           | [ "~" ] ( "then" | "overlaps" )
//! clause    = "after" duration | "within" duration | "without" set      of "then" alone
//! ```
//!
//! In quotes, `\"`, `\'`, `\\`, `\n` and `\t` are one character; a backslash
//! before anything else stands for itself, as regular expressions need it. What
//! is wrong is told with its place ([`Mistake`]). Conditions nest 64 deep,
//! and there are at most 100 pairs of braces.
//!
//! # Fields
//!
//! Those of the listing of spans, under the same names and with the same
//! meaning ([`crate::analyses::SpanList`]):
//!
//! | fields | hold |
//! |---|---|
//! | `service`, `operation`, `kind`, `outcome`, `status`, `status_message`, `instance`, `scope`, `trace_id`, `span_id` | texts |
//! | `duration`, `self_time`, `critical_time`, `slack`, `drag` | durations |
//! | `errs`, `origin`, `status_error`, `on_path` (on the critical path), `root` (without a parent), `orphan` (its parent is missing) | flags |
//! | `events`, `links` | how many it has |
//! | `.key` | an attribute of the span, else of its resource |
//! | `span.key`, `resource.key` | an attribute of the one, or of the other |
//! | `canonical.name` | a canonical field, whatever its source calls it ([`spanwise_model::canonical::FIELDS`]) |
//!
//! Keys that are no plain words stand in quotes: `."weird key"`.
//!
//! A comparison is true where the field is there and compares so; where it is
//! not there, `!=` is as false as `=`. `exists(field)` asks for that alone. A
//! regular expression must match the whole text. An attribute is asked as what
//! it is compared with: against a text as text, against a number where it is
//! one or its text says one, against `true` or `false` likewise. Whole numbers
//! compare exactly.
//!
//! # Relations
//!
//! `x R y` says what `y`, on the right, is to `x`, on the left. No span stands
//! in a relation to itself.
//!
//! | relation | `y` is | the nearest `x` of a `y` |
//! |---|---|---|
//! | `x > y` | a child of `x` | there is one |
//! | `x >> y` | somewhere below `x` | the lowest one |
//! | `x < y` | the parent of `x` | the first child |
//! | `x << y` | somewhere above `x` | the first one in preorder |
//! | `x ~ y` | another child of the parent of `x` | the last one before `y` in the order of children, else the first one behind it |
//! | `x && y` | another span of the trace | the first one in preorder |
//! | `x then y` | a span that starts when `x` has ended, or later | the one that ended last; of several that which started last, then the last in preorder |
//! | `x overlaps y` | a span that shares time with `x`; spans that take none share none | the one that ends last, then the first in preorder |
//! | `x links_to y` | a span of the trace to which `x` has a link | the first one in preorder |
//! | `x linked_from y` | a span of the trace that has a link to `x` | the first one in preorder |
//!
//! Children are ordered as in the table: by start, the longer one first, then
//! by id. `~ then` and `~ overlaps` look among the children of one parent
//! alone. Times are those that spans have themselves, on the clock of the
//! policy; a missing end is the latest end below the span.
//!
//! `then` takes clauses. The *gap* runs from the end of `x` to the start of
//! `y`: it is not shorter than `after`, not longer than `within`, and no span
//! of `without` but `x` starts in it (at the end of `x` or later, and before
//! `y` starts); for `~ then`, no such child of the same parent.
//!
//! # Matches
//!
//! **Each span of the last term is one match at most: with the nearest span of
//! the term before it that stands to it as the relation says and is itself at
//! the end of a match of what is before.** So a pattern has no more matches than
//! spans, whatever it is made of; where other partners are of interest,
//! `count` counts them all and `has` asks whether there is one.
//!
//! A match is a row: `trace_id`, then for each named term `name.span_id`,
//! `name.service`, `name.operation`, `name.start`, `name.duration` (none where
//! the end is missing), `name.errs`, from the second one on `name.gap` (from the
//! end of the one before to its start, below zero where they overlap), and
//! behind all of those the chosen attributes. Where no term has a name, the last
//! one is shown, and its columns bear no name. Rows are sorted by trace id, then
//! in the preorder of the last term's spans; spans join with those of the
//! listing of spans by `trace_id` and `span_id`.
//!
//! # Cost
//!
//! For a trace of n spans and m links, each set, relation and count takes at
//! most O((n + m) log n): descendants are ranges of rows, what comes next in
//! time is found in sorted starts and ends. Names are looked up once a table;
//! conditions on services, operations, kinds and resources are decided once for
//! each of these. Regular expressions take linear time.

mod conditions;
mod counts;
mod field;
mod found;
mod ground;
mod lasting;
mod literal;
mod matches;
mod mistake;
mod moments;
mod nearest;
mod number;
mod parse;
mod parser;
mod plan;
mod print;
mod rows;
mod syntax;
mod test;
mod then;
mod token;
mod value_test;

#[cfg(test)]
mod tests;

pub use mistake::Mistake;

use crate::facts::FactColumns;
use crate::listing::{Listing, Rows};
use spanwise_model::{Result, SpanTable, Table};
use std::fmt;
use syntax::Pattern;

/// An expression that finds spans by what they are and how they stand to each
/// other, in structure and in time; see the [module](self) for the language.
///
/// It is a listing: one row a match.
///
/// ```
/// use spanwise_analyze::{facts, Policy, Query};
/// use spanwise_io::{assemble::assemble, notation::parse};
/// use spanwise_model::table::Cell;
///
/// let spans = assemble(parse("
///     shop GET /cart    0..100
///       cache get      10..12
///       db SELECT      15..90
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let query = Query::parse("miss: { service = cache } ~ then call: { service = db } within 10ms")?;
/// let table = query.table(&spans, &[0], &facts);
/// assert_eq!(table.cell(0, "call.operation"), Cell::Text("SELECT"));
/// assert_eq!(table.cell(0, "call.gap"), Cell::Duration(3_000_000));
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pattern: Pattern,
    attributes: Vec<String>,
}

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// [`spanwise_model::ErrorKind::Usage`] where it is none; the offset is that
    /// of what is wrong, and the source is a [`Mistake`], which shows it.
    ///
    /// ```
    /// use spanwise_analyze::Query;
    /// let error = Query::parse("{ service = cart").expect_err("a brace is missing");
    /// assert_eq!(error.to_string(), "offset 16: expected `and`, `or` or `}` in the query");
    /// ```
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self {
            pattern: parse::pattern(text)?,
            attributes: Vec::new(),
        })
    }

    /// The same query with a column for each of these attributes of each shown
    /// span, of its own or else of its resource.
    #[must_use]
    pub fn attributes(mut self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.attributes.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Lists the matches in the traces with these numbers.
    #[must_use]
    pub fn table(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Table {
        self.rows(table, traces, facts).into_table()
    }

    /// The terms that are shown: their places in the pattern, and what the
    /// names of their columns begin with.
    fn shown(&self) -> Vec<(usize, String)> {
        let terms = self.pattern.terms().enumerate();
        let prefix = |name: &String| format!("{name}.");
        let named = terms.filter_map(|(at, term)| Some((at, term.name.as_ref().map(prefix)?)));
        let named: Vec<_> = named.collect();
        match named.is_empty() {
            true => vec![(self.pattern.steps.len(), String::new())],
            false => named,
        }
    }
}

/// The expression in its plainest form, which reads as the same query.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.pattern)
    }
}

impl Listing for Query {
    fn name(&self) -> &'static str {
        "query"
    }

    fn asked(&self) -> String {
        format!("query {self} {:?}", self.attributes)
    }

    fn rows(&self, table: &SpanTable, traces: &[u32], facts: &FactColumns) -> Rows {
        rows::rows(self, table, traces, facts)
    }
}
