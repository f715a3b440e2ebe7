//! What many traces say about the order of two siblings.

use super::waits::{Waits, TERMS};
use super::{GAP, OVERLAPS, PATH_TIME, SEQUENCES, SUMS, TURNS};
use crate::analyses::confidence::DEVIATIONS;
use crate::histogram::Histogram;
use crate::partial::{Partial, Row};
use std::collections::BTreeMap;

/// Service, name and kind of an operation.
pub(super) type Names<'a> = [&'a str; 3];

/// How often siblings of two operations came in which order, a parent each.
///
/// ```
/// use spanwise_analyze::analyses::OrderCounts;
/// let mut counts = OrderCounts::default();
/// counts.before = 96;
/// let (share, most) = (counts.violated_share(), counts.violated_to());
/// assert!(share == Some(0.0) && most.is_some_and(|most| most < 0.04));
/// counts.overlapped = 24;
/// assert_eq!(counts.violated_share(), Some(0.2));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderCounts {
    /// The first were all over before one of the second began.
    pub before: u64,
    /// The second were all over before one of the first began.
    pub after: u64,
    /// One of the first and one of the second ran at the same time.
    pub overlapped: u64,
    /// They took turns and never ran at the same time.
    pub interleaved: u64,
}

impl OrderCounts {
    /// How many parents had both.
    #[must_use]
    pub fn parents(self) -> u64 {
        self.before.saturating_add(self.violated())
    }

    /// How many of them had another order than first and second.
    #[must_use]
    pub fn violated(self) -> u64 {
        let ran = self.after.saturating_add(self.overlapped);
        ran.saturating_add(self.interleaved)
    }

    /// The share of parents that had another order.
    #[must_use]
    pub fn violated_share(self) -> Option<f64> {
        let parents = self.parents() as f64;
        (parents > 0.0).then(|| self.violated() as f64 / parents)
    }

    /// How large the share may be at most: the upper end of its score interval
    /// at 95 % confidence (E. B. Wilson, 1927). Where no parent had another
    /// order it is near four by the number of parents.
    #[must_use]
    pub fn violated_to(self) -> Option<f64> {
        let share = self.violated_share()?;
        let (n, z) = (self.parents() as f64, DEVIATIONS);
        let middle = share + z * z / (2.0 * n);
        let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        Some(((middle + reach) / (1.0 + z * z / n)).min(1.0))
    }
}

/// What the order of two siblings is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// Always in this order, and nothing says that the second does not wait.
    Sequential,
    /// Always in this order, but the second begins no later where the first
    /// lasts longer.
    Coincidental,
    /// At the same time at least once.
    Concurrent,
    /// Never at the same time, and not always in one order.
    EitherWay,
    /// Always in this order, but seen too seldom: as many as every second
    /// could be otherwise.
    Unsettled,
}

impl Order {
    /// The name in tables, such as `sequential`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Coincidental => "coincidental",
            Self::Concurrent => "concurrent",
            Self::EitherWay => "either_way",
            Self::Unsettled => "unsettled",
        }
    }

    /// True where other traces contradict that the second waits for the first.
    #[must_use]
    pub fn is_contradicted(self) -> bool {
        matches!(
            self,
            Self::Coincidental | Self::Concurrent | Self::EitherWay
        )
    }
}

/// What is known about two operations below a parent, the one first that is
/// first more often.
#[derive(Clone, Debug)]
pub(super) struct Pair<'a> {
    pub(super) parent: Names<'a>,
    pub(super) first: Names<'a>,
    pub(super) second: Names<'a>,
    /// The row of the first before the second, and the other one.
    pub(super) rows: [Option<Row>; 2],
    pub(super) counts: OrderCounts,
}

impl<'a> Pair<'a> {
    fn new(partial: &'a Partial, names: [Names<'a>; 3], rows: [Option<Row>; 2]) -> Self {
        let count = |row: Option<Row>, column| {
            let number = row.map_or(0, |row| partial.number(row, column).max(0));
            u64::try_from(number).unwrap_or(u64::MAX)
        };
        let both = |column| count(rows[0], column).saturating_add(count(rows[1], column));
        let counts = OrderCounts {
            before: count(rows[0], SEQUENCES),
            after: count(rows[1], SEQUENCES),
            overlapped: both(OVERLAPS),
            interleaved: both(TURNS),
        };
        let [parent, first, second] = names;
        Self {
            parent,
            first,
            second,
            rows,
            counts,
        }
    }

    /// The same pair with the one first that is first more often.
    fn turned(mut self) -> Self {
        if self.counts.after > self.counts.before {
            std::mem::swap(&mut self.first, &mut self.second);
            std::mem::swap(&mut self.counts.before, &mut self.counts.after);
            self.rows.reverse();
        }
        self
    }

    /// The gaps between the first and the second, where nothing was between.
    pub(super) fn gaps<'p>(&self, partial: &'p Partial) -> Option<&'p Histogram> {
        self.rows[0].map(|row| partial.histogram(row, GAP))
    }

    pub(super) fn waits(&self, partial: &Partial) -> Option<Waits> {
        let row = self.rows[0]?;
        let mut sums = [0; TERMS];
        for (sum, column) in sums.iter_mut().zip(SUMS) {
            *sum = partial.number(row, column);
        }
        Waits::of(sums)
    }

    /// Time on critical paths of one of them that the other comes behind.
    pub(super) fn path_time(&self, partial: &Partial) -> i128 {
        let rows = self.rows.iter().flatten();
        let times = rows.map(|&row| partial.number(row, PATH_TIME));
        times.fold(0, i128::saturating_add)
    }

    /// What the order is taken for.
    pub(super) fn order(&self, partial: &Partial) -> Order {
        let counts = self.counts;
        let most = counts.violated_to().unwrap_or(1.0);
        let lags = |waits: Waits| waits.to >= 0.5;
        if counts.overlapped > 0 {
            Order::Concurrent
        } else if counts.violated() > 0 {
            Order::EitherWay
        } else if most > 0.5 {
            Order::Unsettled
        } else if self.waits(partial).is_none_or(lags) {
            Order::Sequential
        } else {
            Order::Coincidental
        }
    }
}

/// All pairs of a partial, by parent and then by the two operations.
pub(super) fn pairs(partial: &Partial) -> Vec<Pair<'_>> {
    let mut pairs: BTreeMap<[Names<'_>; 3], [Option<Row>; 2]> = BTreeMap::new();
    for row in 0..partial.len() {
        let names = |at: usize| [at, at + 1, at + 2].map(|column| partial.name(row, column));
        let (parent, first, second) = (names(0), names(3), names(6));
        let turned = second < first;
        let key = if turned {
            [parent, second, first]
        } else {
            [parent, first, second]
        };
        pairs.entry(key).or_default()[usize::from(turned)] = Some(row);
    }
    let pairs = pairs.into_iter();
    pairs
        .map(|(names, rows)| Pair::new(partial, names, rows).turned())
        .collect()
}

/// The order of siblings, as many traces have taught it.
///
/// ```
/// # use spanwise_analyze::{facts, run, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// use spanwise_analyze::analyses::{LearntOrder, Order, SiblingOrder};
/// let spans = assemble(parse("
///     trace 1
///     shop GET /cart   0..100
///       cart Get      10..40
///       user Get      50..90
///     trace 2
///     shop GET /cart   0..100
///       cart Get      10..60
///       user Get      50..90
/// "))?;
/// let facts = facts::compute(&spans, &Policy::default());
/// let partial = run(&spans, &[0, 1], &facts, &[&SiblingOrder::default()]).swap_remove(0);
/// let learnt = LearntOrder::read(&partial);
/// let [page, cart, user] = [["shop", "GET /cart"], ["cart", "Get"], ["user", "Get"]]
///     .map(|[service, name]| [service, name, "unspecified"]);
/// let (counts, order) = learnt.of(page, cart, user).expect("both were called");
/// assert_eq!((counts.before, counts.overlapped), (1, 1));
/// assert_eq!(order, Order::Concurrent, "so the user does not wait for the cart");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct LearntOrder<'a> {
    pairs: BTreeMap<[Names<'a>; 3], (OrderCounts, Order)>,
}

impl<'a> LearntOrder<'a> {
    /// Reads a partial of [`super::SiblingOrder`].
    #[must_use]
    pub fn read(partial: &'a Partial) -> Self {
        let known = pairs(partial).into_iter().map(|pair| {
            let order = pair.order(partial);
            ([pair.parent, pair.first, pair.second], (pair.counts, order))
        });
        Self {
            pairs: known.collect(),
        }
    }

    /// How often `first` came before `second` below `parent`, and what that
    /// order is taken for; each is service, name and kind. Where the usual
    /// order is the other one, it is [`Order::EitherWay`] or
    /// [`Order::Concurrent`].
    #[must_use]
    pub fn of(
        &self,
        parent: [&str; 3],
        first: [&str; 3],
        second: [&str; 3],
    ) -> Option<(OrderCounts, Order)> {
        if let Some(&known) = self.pairs.get(&[parent, first, second]) {
            return Some(known);
        }
        let &(mut counts, order) = self.pairs.get(&[parent, second, first])?;
        std::mem::swap(&mut counts.before, &mut counts.after);
        let order = match order {
            Order::Concurrent => Order::Concurrent,
            _ => Order::EitherWay,
        };
        Some((counts, order))
    }
}
