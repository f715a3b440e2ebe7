//! The critical path in parts that come as they are found, for whoever only adds
//! them up.
//!
//! A span that the path runs through from its end to its start, and whose children
//! follow one another, hands all of these the whole of their time and keeps the
//! gaps between. So below it nothing is sorted and no cursor is moved: one loop
//! over the rows in preorder finds such spans, and the walk goes through the rest.

use super::critical_path::{Between, Candidate, Frame, Ground, Walk};
use super::timeline::Interval;
use spanwise_model::Span;

/// A part of a critical path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    /// The self time of the span at a row, through which the path runs from its end
    /// to its start, and whose children follow one another, if there are any: see
    /// [`Ground::gaps`].
    Gaps(u32),
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
        let ends = &ground.table.columns.subtree_end;
        let end = ends[top as usize];
        self.enter((end - top) as usize);
        let mut row = top;
        while row < end {
            // What is not whole is passed over with all below it, so that whoever
            // comes here has a parent that is.
            row = match self.is_whole(ground, (row, top)) {
                true => {
                    self.part(ground, (row, top), &mut give);
                    row + 1
                }
                false => ends[row as usize],
            };
        }
    }

    /// Hands out the same of those spans of the component that have children, which
    /// are these, and any parts of what has none.
    pub(super) fn run_inner(
        &mut self,
        ground: &Ground<'_>,
        (top, inner): (Span<'_>, &[u32]),
        mut give: impl FnMut(Part),
    ) {
        let ends = &ground.table.columns.subtree_end;
        self.enter(top.subtree().len());
        let (top, mut passed) = (top.row(), 0);
        for &row in inner {
            // With what is not whole all below it is passed over.
            if row < passed {
                continue;
            }
            match self.is_whole(ground, (row, top)) {
                true => self.part(ground, (row, top), &mut give),
                false => passed = ends[row as usize],
            }
        }
    }

    /// Goes on with a component of so many spans.
    fn enter(&mut self, spans: usize) {
        self.is_whole.clear();
        self.is_whole.resize(spans, false);
        self.is_whole[0] = true;
    }

    /// True where the path runs through the whole of a span whose parent is such a
    /// span too.
    #[inline]
    fn is_whole(&self, ground: &Ground<'_>, (row, top): (u32, u32)) -> bool {
        let (timeline, parents) = (ground.timeline, &ground.table.columns.parent);
        self.is_whole[(row - top) as usize]
            || (timeline.blocks(timeline.at(row))
                && timeline.is_serial(timeline.at(parents[row as usize])))
    }

    #[inline]
    fn part(&mut self, ground: &Ground<'_>, (row, top): (u32, u32), give: &mut impl FnMut(Part)) {
        match ground.timeline.is_serial(ground.timeline.at(row)) {
            true => give(Part::Gaps(row)),
            false => self.split(ground, (row, top), give),
        }
    }

    /// Walks back through a span some of whose children run at the same time.
    fn split(&mut self, ground: &Ground<'_>, (row, top): (u32, u32), give: &mut impl FnMut(Part)) {
        let interval = ground.interval(row);
        self.candidates.clear();
        ground.push_candidates(row, &mut self.candidates);
        let mut frame = Frame::new(row, interval.start, false);
        let mut cursor = interval.end;
        while let Some((child, _)) = frame.take(&self.candidates, cursor, ground.tolerance_nano) {
            let from = child.end.min(cursor);
            if from < cursor {
                let (start, end) = (from, cursor);
                give(Part::Piece(
                    row,
                    Interval { start, end },
                    frame.between(Some(child.row)),
                ));
            }
            frame.after = Some(child.row);
            cursor = child.start;
            if from == child.end {
                self.is_whole[(child.row - top) as usize] = true;
            } else {
                self.walk
                    .run_from(ground, (child.row, from), |tile, between| {
                        give(Part::Piece(tile.row, tile.interval(), between));
                    });
            }
        }
        if interval.start < cursor || interval.is_empty() {
            let (start, end) = (interval.start, cursor);
            give(Part::Piece(
                row,
                Interval { start, end },
                frame.between(None),
            ));
        }
    }
}

impl Ground<'_> {
    /// The pieces of a span that has [`Part::Gaps`], in the order of time: the gaps
    /// between its children; of a span without length one without length, before
    /// its child.
    #[inline]
    pub(super) fn gaps(&self, row: u32, mut give: impl FnMut(Interval, Between)) {
        let (timeline, ends) = (self.timeline, &self.table.columns.subtree_end);
        let whole = self.interval(row);
        let (mut start, mut before) = (whole.start, None);
        let (mut next, end) = (row + 1, ends[row as usize]);
        loop {
            let after = (next < end).then_some(next);
            if let Some(child) = after {
                next = ends[child as usize];
                if !timeline.blocks(timeline.at(child)) {
                    continue;
                }
            }
            let behind = after.map(|child| self.interval(child));
            let end = behind.map_or(whole.end, |child| child.start);
            if start < end || (whole.is_empty() && before.is_none()) {
                give(Interval { start, end }, Between { before, after });
            }
            let Some(behind) = behind else { return };
            (start, before) = (behind.end, after);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::times::TraceTimes;
    use super::*;
    use crate::facts;
    use crate::facts::replay::tests::random_numbers;
    use crate::policy::{Clock, Policy};
    use spanwise_io::{assemble::assemble, notation::parse};
    use spanwise_model::{IssueKind, SpanTable};

    /// A piece, and the children beside it.
    type Found = (u32, i64, i64, Option<u32>, Option<u32>);

    /// A trace of few moments, so that spans without length and equal ends are many;
    /// its last call is of another host, whose clock is ahead.
    pub(in crate::facts) fn crowded_trace(random: &mut impl FnMut(u64) -> u64) -> String {
        let mut text = "shop GET 0..9 server @host.name=0\n".to_owned();
        let mut depth = 0;
        for _ in 0..2 + random(9) {
            depth = 1 + random(depth + 1);
            let (start, length) = (random(9), random(4));
            let indent = " ".repeat(2 * depth as usize);
            let follows = if random(9) == 0 { " follows" } else { "" };
            let kind = ["client", "server"][random(2) as usize];
            let (end, host) = (start + length, random(2));
            text += &format!("{indent}cart Get {start}..{end} {kind}{follows} @host.name={host}\n");
        }
        text + "  cart Put 1..3 client @host.name=0\n    cart Put 5..6 server @host.name=1\n"
    }

    /// The pieces, and how many come from spans that were walked through.
    fn of_parts(ground: &Ground<'_>, top: u32) -> (Vec<Found>, usize) {
        let (mut found, mut walked) = (Vec::new(), 0);
        let piece = |row, piece: Interval, Between { before, after }| {
            (row, piece.start, piece.end, before, after)
        };
        PathParts::default().run(ground, top, |part| match part {
            Part::Piece(row, interval, between) => {
                walked += 1;
                found.push(piece(row, interval, between));
            }
            Part::Gaps(row) => ground.gaps(row, |interval, between| {
                found.push(piece(row, interval, between));
            }),
        });
        (found, walked)
    }

    fn of_walk(ground: &Ground<'_>, top: u32) -> Vec<Found> {
        let mut found = Vec::new();
        Walk::default().run(ground, top, |tile, Between { before, after }| {
            let Interval { start, end } = tile.interval();
            found.push((tile.row, start, end, before, after));
        });
        found
    }

    #[test]
    fn parts_are_the_pieces_of_the_walk() {
        let mut random = random_numbers(17);
        let (mut walked, mut pieces, mut shifted) = (0, 0, 0);
        let clocks = [Clock::Recorded, Clock::Recorded, Clock::Corrected];
        for clock in clocks.repeat(1_000) {
            let text = crowded_trace(&mut random);
            let table = assemble(parse(&text)).expect("spans");
            let tolerance_nano = random(2) * 1_000_000;
            let policy = Policy::default()
                .tolerance_nano(tolerance_nano)
                .clock(clock);
            let facts = facts::compute(&table, &policy);
            let mut times = TraceTimes::default();
            let ground = Ground {
                table: &table,
                timeline: times.of(&table, &facts, 0),
                tolerance_nano,
            };
            let (mut found, of_walked) = of_parts(&ground, 0);
            let mut expected = of_walk(&ground, 0);
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text}");
            check_facts(&table, &facts, &expected);
            shifted += facts.issues.count(IssueKind::ShiftedSpan);
            walked += of_walked;
            pieces += found.len();
        }
        assert!(walked > 1_500 && pieces > 2 * walked, "{walked}, {pieces}");
        assert!(shifted > 500, "{shifted}");
    }

    /// Critical times are the sums of pieces, and who has one is on the path.
    fn check_facts(table: &SpanTable, facts: &facts::FactColumns, pieces: &[Found]) {
        for row in 0..table.len() {
            let own = pieces.iter().filter(|piece| piece.0 as usize == row);
            let nano: u64 = own.clone().map(|piece| piece.2.abs_diff(piece.1)).sum();
            assert_eq!(facts.critical_nano[row], nano);
            let is_on_path = facts.flags[row] & facts::fact_flags::ON_PATH != 0;
            assert_eq!(is_on_path, own.count() > 0);
        }
    }
}
