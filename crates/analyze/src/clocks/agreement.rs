//! What most intervals agree on.
//!
//! Each client and server pair bounds the offset of two clocks, if the server
//! ran while its client waited. Some did not: calls that nobody waited for, and
//! servers that outlived a timeout. So the intersection of all bounds may be
//! empty, while the offset that most of them allow stays right.

/// The offsets that the most intervals allow: from the first to the last such
/// offset, and how many intervals agree on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Agreement {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) agreeing: usize,
}

impl Agreement {
    /// How much it leaves open.
    pub(crate) fn width(self) -> u64 {
        self.to.abs_diff(self.from)
    }

    /// The middle of it.
    pub(crate) fn middle(self) -> i64 {
        self.from + (self.width() / 2) as i64
    }
}

/// What most of these intervals (both ends included) agree on; nothing where
/// there is none.
pub(crate) fn agreement(intervals: impl Iterator<Item = (i64, i64)>) -> Option<Agreement> {
    // Where two ends meet, the interval that begins counts before the other ends.
    let edges = intervals.flat_map(|(from, to)| [(from, false), (to, true)]);
    let mut edges: Vec<(i64, bool)> = edges.collect();
    edges.sort_unstable();
    let (mut open, mut best) = (0, None::<Agreement>);
    for (at, ends) in edges {
        if ends {
            if let Some(best) = best.as_mut().filter(|best| best.agreeing == open) {
                best.to = at;
            }
            open -= 1;
            continue;
        }
        open += 1;
        if best.is_none_or(|best| best.agreeing < open) {
            best = Some(Agreement {
                from: at,
                to: at,
                agreeing: open,
            });
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(intervals: &[(i64, i64)]) -> (i64, i64, usize) {
        let found = agreement(intervals.iter().copied()).expect("some");
        (found.from, found.to, found.agreeing)
    }

    #[test]
    fn the_most_agree() {
        assert_eq!(of(&[(0, 10)]), (0, 10, 1));
        assert_eq!(of(&[(0, 10), (5, 20)]), (5, 10, 2));
        assert_eq!(of(&[(0, 10), (10, 20)]), (10, 10, 2), "ends count");
        assert_eq!(of(&[(0, 10), (2, 8), (100, 101)]), (2, 8, 2));
        assert_eq!(agreement(std::iter::empty()), None);
    }

    #[test]
    fn a_draw_leaves_all_between_open() {
        assert_eq!(of(&[(0, 1), (5, 6)]), (0, 6, 1));
    }

    #[test]
    fn it_is_what_trying_every_offset_finds() {
        let mut state = 1_u64;
        let mut random = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as i64 % below as i64
        };
        for _ in 0..500 {
            let intervals: Vec<_> = (0..1 + random(9))
                .map(|_| (random(30), random(12)))
                .map(|(from, length)| (from, from + length))
                .collect();
            let cover = |t: &i64| intervals.iter().filter(|(a, b)| a <= t && t <= b).count();
            let most = (0..45).map(|t| cover(&t)).max().unwrap_or(0);
            let best: Vec<i64> = (0..45).filter(|t| cover(t) == most).collect();
            let expected = (best[0], best[best.len() - 1], most);
            assert_eq!(of(&intervals), expected, "{intervals:?}");
        }
    }
}
