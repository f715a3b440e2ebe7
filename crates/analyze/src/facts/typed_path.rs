//! The critical path of one component with all that is known about it: what its
//! time was spent on, what could stand in the place of its spans, and whether
//! clocks leave it open.

use super::critical_path::{Ground, Tile, Walk};
use super::robust::Comparisons;
use super::tally::Tally;
use super::time_kind::{pieces, Piece};
use super::timeline::Timeline;
use super::FactColumns;
use spanwise_model::Span;

/// A critical path and what is known about it.
///
/// ```
/// use spanwise_analyze::{facts::{self, TypedPath}, Policy};
/// let batch = spanwise_io::notation::parse("
///     shop GET /cart  0..100
///       cart Get     10..60
///       user Get     20..60
/// ");
/// let table = spanwise_io::assemble::assemble(batch)?;
/// let facts = facts::compute(&table, &Policy::default());
/// let path = TypedPath::of(table.trace(0).primary(), &facts);
/// assert_eq!(path.tiles.len(), path.pieces.len());
/// assert_eq!(path.co_critical, [(1, 2)], "the user was read until then, too");
/// assert_eq!(path.robust, None, "nothing says how far their clocks are apart");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedPath {
    /// The path in the order of time.
    pub tiles: Vec<Tile>,
    /// The same time by what it was spent on; a tile is one piece or two.
    pub pieces: Vec<Piece>,
    /// Rows of spans that the path runs through, each with a sibling that has
    /// the same effective end: the path could as well run through that one.
    /// Sorted.
    pub co_critical: Vec<(u32, u32)>,
    /// Whether the path runs through the same spans in the same order for every
    /// offset of clocks within what remains uncertain, as far as margins tell:
    /// each time that the walk compared with one of another clock differs from
    /// it by more than what is open between the two. Between siblings the
    /// largest uncertainty of any of them counts, so that one pass over them
    /// tells; a path that is not called robust may still be the only one. Two
    /// clocks that were never compared may be apart by anything. Nothing where
    /// clocks are taken as they are recorded ([`crate::Clock::Recorded`]) and the
    /// path hangs on more than one.
    pub robust: Option<bool>,
}

impl TypedPath {
    /// The critical path inside of `top`, under the policy and the clocks that
    /// `facts` were computed under.
    #[must_use]
    pub fn of(top: Span<'_>, facts: &FactColumns) -> Self {
        let (table, trace) = (top.table(), top.trace().index());
        let mut timeline = Timeline::default();
        let rules = facts.rules();
        timeline.fill(table, rules, trace..trace + 1, &mut Tally::default());
        let ground = Ground {
            table,
            timeline: &timeline,
            tolerance_nano: rules.policy.tolerance_nano,
        };
        let (mut walk, mut tiles) = (Walk::that_records(), Vec::new());
        walk.run(&ground, top.row(), |tile, _| tiles.push(tile));
        tiles.reverse();
        let (taken, mut co_critical) = walk.records();
        co_critical.sort_unstable();
        Self {
            tiles,
            pieces: pieces(top, facts),
            co_critical,
            robust: Comparisons::new(&ground, rules).hold(top.row(), taken),
        }
    }
}
