//! Which spans are calls of their parents, by what both are.

use super::labels::is_call;
use crate::analyses::calls::Side;
use crate::analyses::connection::Connection;
use spanwise_model::semconv::Families;
use spanwise_model::{SpanKind, Symbol};

/// By the families of a span's attributes, a bit each: whether it is a call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CallsOf(u16);

/// So many sets of families there are.
const SETS: u8 = 16;

impl CallsOf {
    /// What such a parent and such a child are.
    fn of(parent: Side, child: Side) -> Self {
        let sets = (0..SETS).filter(|&set| {
            let connection = Connection::of(Families(set));
            is_call(parent, child, || connection)
        });
        Self(sets.fold(0, |sets, set| sets | 1 << set))
    }

    /// True where a span of these families is one.
    #[inline]
    pub(super) fn hold(self, families: Families) -> bool {
        self.0 >> (families.0 % SETS) & 1 != 0
    }
}

/// By the kinds of parent and child, and whether they are of one service.
#[derive(Debug)]
pub(super) struct Edges([CallsOf; 128]);

impl Edges {
    pub(super) fn new() -> Self {
        let mut edges = [CallsOf::default(); 128];
        let services = [0, 1].map(Symbol);
        for parent in SpanKind::ALL.map(|kind| side(kind, services[0])) {
            for kind in SpanKind::ALL {
                for child in services.map(|service| side(kind, service)) {
                    edges[place(parent, child)] = CallsOf::of(parent, child);
                }
            }
        }
        Self(edges)
    }

    /// What a child is to its parent.
    #[inline]
    pub(super) fn calls(&self, parent: Side, child: Side) -> CallsOf {
        self.0[place(parent, child)]
    }
}

fn side(kind: SpanKind, service: Symbol) -> Side {
    Side { kind, service }
}

#[inline]
fn place(parent: Side, child: Side) -> usize {
    let kinds = (parent.kind as usize) << 4 | (child.kind as usize) << 1;
    (kinds | usize::from(parent.service != child.service)) % 128
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_families_are_among_the_sets() {
        let all = ["db.a", "messaging.a", "rpc.a", "http.a"].map(Families::of);
        let all = all.iter().fold(0, |all, families| all | families.0);
        assert_eq!(all + 1, SETS);
    }
}
