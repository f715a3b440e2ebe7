//! What one call says about two clocks, and how it is packed to be sampled.
//!
//! Of millions of calls a few dozen a minute suffice, and they have to be the
//! same ones however the calls were split: in each of so many slots the call
//! with the smallest hash is kept. A hash and a bound fit into one number, so
//! that the smallest number of a slot is its call, and minima merge.

use crate::partial::mark_of;
use spanwise_model::{flags, Span, SpanId, TraceId};

/// How many calls are kept of each minute and pair of clocks.
pub(crate) const SLOTS: u64 = 32;

/// Bits of each side of a packed bound; 39 hours either way.
const SIDE_BITS: u32 = 48;

/// How many bits of a number order the calls of a slot. All together are 125, so
/// that the number is a decimal of 38 digits too.
const RANK_BITS: u32 = 29;

const SIDE_LIMIT: i64 = 1 << (SIDE_BITS - 1);

/// How far the clock of a server is ahead of its client's: from, to, in
/// nanoseconds. Nothing is possible where `from` is behind `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Bound {
    /// What a server says about its client's clock, where both have an end.
    pub(crate) fn between(client: Span<'_>, server: Span<'_>) -> Option<Self> {
        let ended = (server.flags() | client.flags()) & flags::MISSING_END == 0;
        ended.then(|| Self {
            from: server
                .end_unix_nano()
                .saturating_sub(client.end_unix_nano()),
            to: server
                .start_unix_nano()
                .saturating_sub(client.start_unix_nano()),
        })
    }

    /// False where the server did not run while its client waited, whatever
    /// their clocks say; and where they are days apart.
    pub(crate) fn is_possible(self) -> bool {
        self.from <= self.to && -SIDE_LIMIT < self.from && self.to < SIDE_LIMIT
    }
}

/// The slot of a call, and the number that stands for it there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed {
    pub(crate) slot: u64,
    pub(crate) number: i128,
}

impl Packed {
    /// Packs a possible bound that the span with these ids gave.
    pub(crate) fn new((trace, server): (TraceId, SpanId), bound: Bound) -> Self {
        let hash = mark_of(trace, server.0);
        let side = |nano: i64| i128::from(nano + SIDE_LIMIT);
        let rank = i128::from(hash >> (64 - RANK_BITS));
        Self {
            slot: hash % SLOTS,
            number: (rank << SIDE_BITS | side(bound.from)) << SIDE_BITS | side(bound.to),
        }
    }

    /// The bound that a number of a slot stands for; nothing where it is empty,
    /// or was made up and stands for no possible one.
    pub(crate) fn bound(number: i128) -> Option<Bound> {
        let mask = (1_i128 << SIDE_BITS) - 1;
        let side = |bits: i128| (bits & mask) as i64 - SIDE_LIMIT;
        let bound = Bound {
            from: side(number >> SIDE_BITS),
            to: side(number),
        };
        (number != i128::MAX && bound.is_possible()).then_some(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spanwise_io::{assemble::assemble, notation::parse};

    #[test]
    fn packing_loses_nothing() {
        let server = (TraceId(7), SpanId(9));
        for (from, to) in [(0, 0), (-5, 7), (1 - SIDE_LIMIT, SIDE_LIMIT - 1)] {
            let bound = Bound { from, to };
            assert!(bound.is_possible());
            assert_eq!(
                Packed::bound(Packed::new(server, bound).number),
                Some(bound)
            );
        }
        assert_eq!(Packed::bound(i128::MAX), None);
    }

    #[test]
    fn a_server_that_outlived_its_client_says_nothing() {
        let table = assemble(parse("a call 0..9 client\n  b serve 1..20 server")).expect("spans");
        let [client, server] = [0, 1].map(|row| Span::new(&table, row));
        let bound = Bound::between(client, server).expect("both have an end");
        assert!(!bound.is_possible());
        let table = assemble(parse("a call 0.. client\n  b serve 1..2 server")).expect("spans");
        let [client, server] = [0, 1].map(|row| Span::new(&table, row));
        assert_eq!(Bound::between(client, server), None);
    }
}
