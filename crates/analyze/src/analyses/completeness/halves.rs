//! The kinds of rows of a partial, and how they are found by number.

use crate::partial::{Key, NameCode, Partial, Row};
use rustc_hash::FxHashMap;
use spanwise_model::{SpanTable, Symbol};

/// What a row of a partial is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// A call of which both sides are here.
    Call,
    /// A CLIENT or PRODUCER with nothing below it.
    Client,
    /// A SERVER or CONSUMER whose parent is not here, or that has none.
    Server,
    /// All spans of a service, which is the caller.
    Service,
    /// All traces.
    Input,
}

impl Part {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Client => "client",
            Self::Server => "server",
            Self::Service => "service",
            Self::Input => "input",
        }
    }

    /// True where a row is of this part.
    pub(super) fn is(self, partial: &Partial, row: Row) -> bool {
        partial.name(row, key::PART) == self.name()
    }
}

/// One side of a call: the service and the operation, as symbols.
pub(super) type Side = (Symbol, Symbol);

/// No side.
pub(super) const NOBODY: Side = (Symbol::EMPTY, Symbol::EMPTY);

/// What a row is about: its part, the caller, the callee, and the peer that the
/// caller names.
type About = (Part, Side, Side, Option<NameCode>);

/// The rows of a partial, by the symbols of a table.
pub(super) struct Rows<'a> {
    table: &'a SpanTable,
    codes: FxHashMap<Symbol, NameCode>,
    rows: FxHashMap<About, Row>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            table,
            codes: FxHashMap::default(),
            rows: FxHashMap::default(),
        }
    }

    fn code(&mut self, symbol: Symbol, out: &mut Partial) -> NameCode {
        let text = self.table.text(symbol);
        *self.codes.entry(symbol).or_insert_with(|| out.intern(text))
    }

    /// The row about this.
    pub(super) fn row(&mut self, about: About, out: &mut Partial) -> Row {
        if let Some(&row) = self.rows.get(&about) {
            return row;
        }
        let (part, caller, callee, peer) = about;
        let symbols = [caller.0, caller.1, callee.0, callee.1];
        let [a, b, c, d] = symbols.map(|symbol| Key::Code(self.code(symbol, out)));
        let peer = peer.map_or(Key::Name(""), Key::Code);
        let row = out.row(&[Key::Name(part.name()), a, b, peer, c, d]);
        self.rows.insert(about, row);
        row
    }
}

/// The places of the keys of a row.
pub(super) mod key {
    pub(in super::super) const PART: usize = 0;
    pub(in super::super) const CALLER: usize = 1;
    pub(in super::super) const SENT: usize = 2;
    pub(in super::super) const PEER: usize = 3;
    pub(in super::super) const CALLEE: usize = 4;
    pub(in super::super) const RECEIVED: usize = 5;
}
