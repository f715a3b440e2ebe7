//! The critical path in parts that come as they are found, for whoever only adds
//! them up.
//!
//! A span that the path runs through from its end to its start, and whose children
//! follow one another, hands all of these the whole of their time and keeps the
//! gaps between. So below it nothing is sorted and no cursor is moved: one loop
//! over the rows in preorder finds such spans, and the walk goes through the rest.

use super::critical_path::{Between, Candidate, Frame, Ground, Walk};
use super::timeline::Interval;

/// A part of a critical path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// The self time of the span at a row, whose children follow one another, if
    /// there are any: see [`Ground::gaps`].
    Whole(u32),
    /// A piece that is given to the span at a row, and the children beside it.
    Piece(u32, Interval, Between),
}

/// Memory that is reused from one component to the next.
#[derive(Debug, Default)]
pub(super) struct PathParts {
    walk: Walk,
    candidates: Vec<Candidate>,
    /// By place in the component: the path runs through the whole span.
    is_whole: Vec<bool>,
}

impl PathParts {
    /// Hands out the parts of the path of the component under `top`.
    pub(super) fn run(&mut self, ground: &Ground<'_>, top: u32, mut give: impl FnMut(Part)) {
        let (columns, timeline) = (&ground.table.columns, ground.timeline);
        let end = columns.subtree_end[top as usize];
        self.is_whole.clear();
        self.is_whole.resize((end - top) as usize, false);
        self.is_whole[0] = true;
        let mut row = top;
        while row < end {
            let (at, place) = (timeline.at(row), (row - top) as usize);
            // What is not whole is passed over with all below it, so that whoever
            // comes here has a parent that is.
            let is_whole = self.is_whole[place]
                || (timeline.blocks(at)
                    && timeline.is_serial(timeline.at(columns.parent[row as usize])));
            if !is_whole {
                row = columns.subtree_end[row as usize];
                continue;
            }
            match timeline.is_serial(at) {
                true => give(Part::Whole(row)),
                false => self.split(ground, (row, top), &mut give),
            }
            row += 1;
        }
    }

    /// Walks back through a span some of whose children run at the same time.
    fn split(
        &mut self,
        ground: &Ground<'_>,
        (row, top): (u32, u32),
        give: &mut impl FnMut(Part),
    ) {
        let interval = ground.interval(row);
        self.candidates.clear();
        ground.push_candidates(row, &mut self.candidates);
        let mut frame = Frame::new(row, interval.start, false);
        let mut cursor = interval.end;
        while let Some((child, _)) = frame.take(&self.candidates, cursor, ground.tolerance_nano) {
            let from = child.end.min(cursor);
            if from < cursor {
                let (start, end) = (from, cursor);
                give(Part::Piece(row, Interval { start, end }, frame.between(Some(child.row))));
            }
            frame.after = Some(child.row);
            cursor = child.start;
            if from == child.end {
                self.is_whole[(child.row - top) as usize] = true;
            } else {
                self.walk.run_from(ground, (child.row, from), |tile, between| {
                    give(Part::Piece(tile.row, tile.interval(), between));
                });
            }
        }
        if interval.start < cursor || interval.is_empty() {
            let (start, end) = (interval.start, cursor);
            give(Part::Piece(row, Interval { start, end }, frame.between(None)));
        }
    }
}

impl Ground<'_> {
    /// The pieces of a span that is [`Part::Whole`], in the order of time: the gaps
    /// between its children; of a span without length one without length.
    #[inline]
    pub(super) fn gaps(&self, row: u32, mut give: impl FnMut(Interval, Between)) {
        let whole = self.interval(row);
        let (mut start, mut before) = (whole.start, None);
        let mut children = self.blocking_children(row);
        loop {
            let after = children.next();
            let next = after.map(|child| self.interval(child));
            let end = next.map_or(whole.end, |next| next.start);
            if start < end || (next.is_none() && whole.is_empty()) {
                give(Interval { start, end }, Between { before, after });
            }
            let Some(next) = next else { return };
            (start, before) = (next.end, after);
        }
    }

    /// The children that a span waits for, by row.
    #[inline]
    fn blocking_children(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let (timeline, ends) = (self.timeline, &self.table.columns.subtree_end);
        let (mut next, end) = (row + 1, ends[row as usize]);
        std::iter::from_fn(move || {
            while next < end {
                let child = next;
                next = ends[child as usize];
                if timeline.blocks(timeline.at(child)) {
                    return Some(child);
                }
            }
            None
        })
    }
}
