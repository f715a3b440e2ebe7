//! Kinds of time: what each piece of a critical path was spent on.
//!
//! A tile says whose time it is; what lies beside it on the path says what kind
//! of time. Between a client and its server it is the network; between a failed
//! attempt and the next it is backoff; between sending and receiving it is the
//! broker. Every rule looks at the tile, the child before it and the child
//! behind it, so that pieces are found with the path, one by one, and tile the
//! request as exactly as it does.

use super::critical_path::{Between, Ground, Walk};
use super::path_parts::{Part, PathParts};
use super::timeline::{Interval, Timeline};
use super::times::TraceTimes;
use super::{fact_flags, FactColumns};
use crate::clocks::clock_names;
use rustc_hash::FxHashMap;
use spanwise_model::{OperationId, Span, SpanKind, SpanTable};
use std::ops::Range;

macro_rules! time_kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident = $name:literal,)+) => {
        /// The kinds of time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum TimeKind {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl TimeKind {
            /// All kinds.
            pub const ALL: &'static [TimeKind] = &[$(Self::$kind,)+];

            /// The name in tables, such as `own_work`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

time_kinds! {
    /// A span without a child on the path: what it does is all that is known.
    OwnWork = "own_work",
    /// A span with children, while none of them ran: its own code, or something
    /// that has no span.
    Gap = "gap",
    /// A client or producer under which nothing was recorded: what it called,
    /// and the way there and back.
    Call = "call",
    /// From a client to its server.
    NetworkRequest = "network_request",
    /// From a server back to its client.
    NetworkResponse = "network_response",
    /// Between a client and its server, on clocks that were not compared: only
    /// both ways together are known.
    Network = "network",
    /// Between a client and its server: one way or the other, for all that is
    /// known about their clocks.
    ClockUncertain = "clock_uncertain",
    /// From a producer to a consumer.
    Queue = "queue",
    /// From an attempt that failed to the next of the same operation.
    RetryBackoff = "retry_backoff",
    /// Waiting for a connection: from a pool, for a name, a handshake.
    Connection = "connection",
}

/// A piece of a critical path and what its time was spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece {
    /// The row of the span that the time is given to.
    pub row: u32,
    /// Where the piece starts, nanoseconds since the epoch.
    pub from_unix_nano: i64,
    /// Where it ends.
    pub to_unix_nano: i64,
    /// What it was spent on.
    pub kind: TimeKind,
}

impl Piece {
    /// How long the piece is, in nanoseconds.
    #[must_use]
    pub fn duration_nano(self) -> u64 {
        self.to_unix_nano.abs_diff(self.from_unix_nano)
    }
}

/// The critical path of the component under `top` as pieces in the order of
/// time, each with the kind of its time. They tile what
/// [`super::critical_path::tiles`] tiles.
///
/// ```
/// use spanwise_analyze::facts::{self, time_kind::pieces};
/// use spanwise_analyze::Policy;
///
/// let batch = spanwise_io::notation::parse("
///     shop cart.Get   0..100 client
///       cart Get     10..70  server
/// ");
/// let table = spanwise_io::assemble::assemble(batch)?;
/// let facts = facts::compute(&table, &Policy::default());
/// let pieces = pieces(table.trace(0).primary(), &facts);
/// let kinds: Vec<_> = pieces.iter().map(|piece| piece.kind.name()).collect();
/// assert_eq!(kinds, ["network", "own_work", "network"], "their clocks are not compared");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[must_use]
pub fn pieces(top: Span<'_>, facts: &FactColumns) -> Vec<Piece> {
    let mut pieces = Vec::new();
    Pieces::new(top.table(), facts).walk(top, |piece| pieces.push(piece));
    pieces.reverse();
    pieces
}

/// What a piece is to whoever only adds pieces up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spent {
    /// The row of the span that the time is given to.
    pub(crate) row: u32,
    pub(crate) kind: TimeKind,
    pub(crate) nano: u64,
}

impl From<Piece> for Spent {
    fn from(piece: Piece) -> Self {
        Self {
            row: piece.row,
            kind: piece.kind,
            nano: piece.duration_nano(),
        }
    }
}

/// What the spans of an operation are to the time around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Client,
    Server,
    Producer,
    Consumer,
    /// They wait for a connection.
    Connection,
    Other,
}

fn role_of(table: &SpanTable, id: OperationId) -> Role {
    match table.operations.kind(id) {
        _ if waits_for_connection(table, id) => Role::Connection,
        SpanKind::Client => Role::Client,
        SpanKind::Server => Role::Server,
        SpanKind::Producer => Role::Producer,
        SpanKind::Consumer => Role::Consumer,
        _ => Role::Other,
    }
}

/// The kind of time of a span without a child on the path.
fn alone(role: Role) -> TimeKind {
    match role {
        Role::Connection => TimeKind::Connection,
        Role::Client | Role::Producer => TimeKind::Call,
        Role::Server | Role::Consumer | Role::Other => TimeKind::OwnWork,
    }
}

/// Finds pieces of one component after the other.
pub(crate) struct Pieces<'a> {
    table: &'a SpanTable,
    facts: &'a FactColumns,
    /// By resource: a number for the name of its clock.
    clocks: Vec<u32>,
    /// By operation: its role, and the kind of time of spans without a child on
    /// the path.
    roles: Vec<Role>,
    alone: Vec<TimeKind>,
    times: TraceTimes,
    path: PathParts,
    parted: Parted,
}

/// The spans of a component that have no children and are on the path, of whose
/// time facts say all, and those that have children.
#[derive(Debug, Default)]
struct Parted {
    leaves: Vec<u32>,
    inner: Vec<u32>,
}

impl Parted {
    /// Goes on with a component. Each span is written to either side, because which
    /// one it belongs to is as good as random.
    fn part(&mut self, rows: Range<u32>, ends: &[u32], flags: &[u8]) {
        for side in [&mut self.leaves, &mut self.inner] {
            side.clear();
            side.resize(rows.len(), 0);
        }
        let (mut leaves, mut inner) = (0, 0);
        for (row, (&end, &flags)) in rows.zip(ends.iter().zip(flags)) {
            self.leaves[leaves] = row;
            self.inner[inner] = row;
            let is_leaf = end == row + 1;
            leaves += usize::from(is_leaf & (flags & fact_flags::ON_PATH != 0));
            inner += usize::from(!is_leaf);
        }
        self.leaves.truncate(leaves);
        self.inner.truncate(inner);
    }
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(table: &'a SpanTable, facts: &'a FactColumns) -> Self {
        let mut numbers = FxHashMap::default();
        let clocks = clock_names(table).into_iter().map(|name| {
            let next = numbers.len() as u32;
            *numbers.entry(name).or_insert(next)
        });
        let operations = (0..table.operations.len() as u32).map(OperationId);
        let roles: Vec<Role> = operations.map(|id| role_of(table, id)).collect();
        Self {
            table,
            facts,
            clocks: clocks.collect(),
            alone: roles.iter().map(|&role| alone(role)).collect(),
            roles,
            times: TraceTimes::default(),
            path: PathParts::default(),
            parted: Parted::default(),
        }
    }

    /// Hands out the pieces of a component, last first.
    fn walk(&self, top: Span<'_>, mut give: impl FnMut(Piece)) {
        let mut times = TraceTimes::default();
        let ground = self.ground(times.around(top, self.facts));
        Walk::default().run(&ground, top.row(), |tile, between| {
            self.judge(tile.row, tile.interval(), between, &mut give);
        });
    }

    /// Hands out the pieces of a component as they are found, in no order.
    pub(crate) fn each(&mut self, top: Span<'_>, mut give: impl FnMut(Spent)) {
        let mut times = std::mem::take(&mut self.times);
        let mut path = std::mem::take(&mut self.path);
        let mut parted = std::mem::take(&mut self.parted);
        let (rows, ends) = (top.subtree(), &self.table.columns.subtree_end);
        let at = rows.start as usize..rows.end as usize;
        parted.part(rows, &ends[at.clone()], &self.facts.flags[at]);
        for &row in &parted.leaves {
            give(Spent {
                row,
                kind: self.alone[self.operation(row).0 as usize],
                nano: self.facts.critical_nano[row as usize],
            });
        }
        let ground = self.ground(times.around(top, self.facts));
        let mut give = |piece: Piece| give(piece.into());
        path.run_inner(&ground, (top, &parted.inner), |part| match part {
            Part::Piece(row, ..) if ground.is_leaf(row) => {}
            Part::Piece(row, piece, between) => self.judge_apart(row, piece, between, &mut give),
            Part::Gaps(row) => ground.gaps(row, |piece, between| {
                self.judge(row, piece, between, &mut give);
            }),
        });
        (self.path, self.times, self.parted) = (path, times, parted);
    }

    fn ground<'t>(&self, timeline: &'t Timeline) -> Ground<'t>
    where
        'a: 't,
    {
        Ground {
            table: self.table,
            timeline,
            tolerance_nano: self.facts.policy.tolerance_nano,
        }
    }

    /// Hands out a piece of the path of a span as one or two, the later first.
    // As for the kind.
    #[inline(always)]
    fn judge(&self, row: u32, piece: Interval, between: Between, give: &mut impl FnMut(Piece)) {
        let (kind, open) = self.kind(row, between);
        let whole = Piece {
            row,
            from_unix_nano: piece.start,
            to_unix_nano: piece.end,
            kind,
        };
        match open {
            0 => give(whole),
            _ => give_split(whole, open, give),
        }
    }

    /// The same for the pieces of spans that were walked through, which are few.
    #[inline(never)]
    fn judge_apart(
        &self,
        row: u32,
        piece: Interval,
        between: Between,
        mut give: &mut dyn FnMut(Piece),
    ) {
        self.judge(row, piece, between, &mut give);
    }

    /// The kind of the time of a piece of a span, and how much of it is uncertain.
    // Handing what stands beside a piece from call to call takes longer than judging it.
    #[inline(always)]
    fn kind(&self, row: u32, Between { before, after }: Between) -> (TimeKind, u64) {
        let own = self.role(row);
        let kind = match (own, before, after) {
            (Role::Connection, ..) | (_, None, None) => alone(own),
            (_, None, Some(after)) => match (own, self.role(after)) {
                (Role::Producer, Role::Consumer) => TimeKind::Queue,
                (Role::Client, Role::Server) => {
                    return self.network((row, after), TimeKind::NetworkRequest)
                }
                _ => TimeKind::Gap,
            },
            (_, Some(before), None) => match (own, self.role(before)) {
                (Role::Client, Role::Server) => {
                    return self.network((row, before), TimeKind::NetworkResponse)
                }
                _ => TimeKind::Gap,
            },
            (_, Some(before), Some(after)) => self.waiting(before, after),
        };
        (kind, 0)
    }

    /// What the time between two children was spent on.
    fn waiting(&self, before: u32, after: u32) -> TimeKind {
        match (self.role(before), self.role(after)) {
            (Role::Producer, Role::Consumer) => TimeKind::Queue,
            _ if self.is_retry(before, after) => TimeKind::RetryBackoff,
            _ => TimeKind::Gap,
        }
    }

    #[inline]
    fn operation(&self, row: u32) -> OperationId {
        self.table.columns.operation[row as usize]
    }

    #[inline]
    fn role(&self, row: u32) -> Role {
        self.roles[self.operation(row).0 as usize]
    }

    /// The direction, where the clocks of client and server can be compared, and
    /// by how much they may be further apart.
    fn network(&self, (client, server): (u32, u32), direction: TimeKind) -> (TimeKind, u64) {
        match self.open_nano(client, server) {
            Some(open) => (direction, open),
            None => (TimeKind::Network, 0),
        }
    }

    /// By how much the clocks of two spans may be further apart than is
    /// corrected; nothing where they were not compared.
    fn open_nano(&self, client: u32, server: u32) -> Option<u64> {
        let resource = |row: u32| self.table.columns.resource[row as usize];
        let (client, server) = (resource(client), resource(server));
        if self.clocks[client.0 as usize] == self.clocks[server.0 as usize] {
            return Some(0);
        }
        let shifts = self.facts.rules().shifts?;
        shifts.open_nano(client, server)
    }

    fn is_retry(&self, before: u32, after: u32) -> bool {
        let erred = self.facts.flags[before as usize] & fact_flags::ERRS != 0;
        erred && self.operation(before) == self.operation(after)
    }
}

/// Hands out a way to or from a server of which so many nanoseconds are uncertain.
#[cold]
fn give_split(whole: Piece, open: u64, give: &mut dyn FnMut(Piece)) {
    split(whole, open).into_iter().flatten().for_each(give);
}

/// A way to or from a server whose side of the server is uncertain by `open`
/// nanoseconds.
fn split(whole: Piece, open: u64) -> [Option<Piece>; 2] {
    let open = open.min(whole.duration_nano());
    let (known, unknown) = if whole.kind == TimeKind::NetworkRequest {
        let at = whole.to_unix_nano.saturating_sub_unsigned(open);
        let known = Piece {
            to_unix_nano: at,
            ..whole
        };
        (
            known,
            Piece {
                from_unix_nano: at,
                ..whole
            },
        )
    } else {
        let at = whole.from_unix_nano.saturating_add_unsigned(open);
        let known = Piece {
            from_unix_nano: at,
            ..whole
        };
        (
            known,
            Piece {
                to_unix_nano: at,
                ..whole
            },
        )
    };
    let unknown = Piece {
        kind: TimeKind::ClockUncertain,
        ..unknown
    };
    let mut pieces = [known, unknown];
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.from_unix_nano));
    pieces.map(|piece| Some(piece).filter(|piece| piece.duration_nano() > 0))
}

/// Names of spans in which a connection is waited for, in lower case, as
/// instrumentations of Go, Java, JavaScript, Python and .NET call them.
const CONNECTION_NAMES: [&str; 14] = [
    "http.getconn",
    "http.dns",
    "http.connect",
    "http.tls",
    "dns.lookup",
    "tcp.connect",
    "tls.connect",
    "ipc.connect",
    "resolve",
    "connect",
    "ssl handshake",
    "pool.acquire",
    "pg-pool.connect",
    "connection.acquire",
];

/// How such names begin or end.
const CONNECTION_STARTS: [&str; 5] = [
    "dns lookup ",
    "socket connect ",
    "tls client handshake ",
    "http wait_for_connection ",
    "http connection_setup ",
];
const CONNECTION_END: &str = ".getconnection";

fn waits_for_connection(table: &SpanTable, id: OperationId) -> bool {
    let operations = &table.operations;
    if !matches!(
        operations.kind(id),
        SpanKind::Client | SpanKind::Internal | SpanKind::Unspecified
    ) {
        return false;
    }
    let name = table.text(operations.name(id)).to_ascii_lowercase();
    CONNECTION_NAMES.contains(&name.as_str())
        || CONNECTION_STARTS
            .iter()
            .any(|start| name.starts_with(start))
        || name.ends_with(CONNECTION_END)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts;
    use crate::facts::path_parts::tests::crowded_trace;
    use crate::facts::replay::tests::random_numbers;
    use crate::policy::{Clock, Policy};
    use spanwise_io::{assemble::assemble, notation::parse};

    #[test]
    fn pieces_are_the_same_in_whatever_order_they_come() {
        let mut random = random_numbers(23);
        let mut kinds = FxHashMap::default();
        for clock in [Clock::Recorded, Clock::Corrected].repeat(1_000) {
            let table = assemble(parse(&crowded_trace(&mut random))).expect("spans");
            let facts = facts::compute(&table, &Policy::default().clock(clock));
            let mut found = Vec::new();
            let top = table.trace(0).primary();
            Pieces::new(&table, &facts).each(top, |spent| found.push(spent));
            let length = found.iter().map(|spent| spent.nano).sum::<u64>();
            assert_eq!(length, facts.path_nano(top));
            let own = &table.columns.duration_nano[top.row() as usize];
            assert_eq!(length, *own, "roots tell how long");
            let pieces = pieces(top, &facts).into_iter();
            let mut expected: Vec<Spent> = pieces.map(Spent::from).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected);
            for spent in found {
                *kinds.entry(spent.kind).or_insert(0) += 1;
            }
        }
        let often = kinds.values().filter(|&&count| count > 20).count();
        assert!(often >= 7, "{kinds:?}");
    }
}
