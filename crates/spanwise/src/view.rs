//! Traces and spans together with their facts.

use spanwise_analyze::facts::critical_path::{self, Tile};
use spanwise_analyze::facts::time_kind::{self, Piece};
use spanwise_analyze::facts::TypedPath;
use spanwise_analyze::{fact_flags, FactColumns, Outcome};
use std::ops::Deref;
use std::time::Duration;

/// A trace with its facts; everything of [`spanwise_model::Trace`] is here too.
///
/// ```
/// let traces = spanwise::notation("
///     shop GET /cart   0..100
///       cart Get      10..60
/// ")?;
/// let trace = traces.trace("1")?;
/// assert_eq!((trace.len(), trace.duration_nano()), (2, 100_000_000));
/// assert_eq!(trace.primary().operation(), "GET /cart");
/// # Ok::<(), spanwise::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    trace: spanwise_model::Trace<'a>,
    facts: &'a FactColumns,
}

impl<'a> Trace<'a> {
    pub(crate) fn new(trace: spanwise_model::Trace<'a>, facts: &'a FactColumns) -> Self {
        Self { trace, facts }
    }

    /// Its spans in preorder.
    pub fn spans(self) -> impl ExactSizeIterator<Item = Span<'a>> + DoubleEndedIterator {
        let facts = self.facts;
        self.trace.spans().map(move |span| Span { span, facts })
    }

    /// The top span of the primary component.
    #[must_use]
    pub fn primary(self) -> Span<'a> {
        Span {
            span: self.trace.primary(),
            facts: self.facts,
        }
    }

    /// The critical path of the primary component: tiles in the order of time
    /// whose lengths sum to its duration.
    ///
    /// ```
    /// let traces = spanwise::notation("shop GET 0..100\n  cart Get 10..60")?;
    /// let trace = traces.trace("1")?;
    /// let tiles = trace.critical_path().into_iter();
    /// let path: Vec<_> = tiles
    ///     .map(|tile| (trace.span(tile.row).service(), tile.duration_nano() / 1_000_000))
    ///     .collect();
    /// assert_eq!(path, [("shop", 10), ("cart", 50), ("shop", 40)]);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn critical_path(self) -> Vec<Tile> {
        critical_path::tiles_of(self.trace, self.trace.primary(), self.facts)
    }

    /// The critical path of the primary component as pieces in the order of
    /// time, each with what its time was spent on.
    ///
    /// ```
    /// use spanwise::TimeKind;
    /// let traces = spanwise::notation("shop GET 0..100\n  shop query 10..60 client")?;
    /// let kinds = traces.trace("1")?.time_kinds().into_iter().map(|piece| piece.kind);
    /// assert_eq!(kinds.collect::<Vec<_>>(), [TimeKind::Gap, TimeKind::Call, TimeKind::Gap]);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn time_kinds(self) -> Vec<Piece> {
        time_kind::pieces(self.trace.primary(), self.facts)
    }

    /// The critical path of the component under a top span.
    ///
    /// ```
    /// let traces = spanwise::notation("shop GET 0..100\nlost work 10..60 parent=77")?;
    /// let trace = traces.trace("1")?;
    /// let lengths = trace.tops().map(|top| trace.critical_path_of(top)[0].duration_nano());
    /// assert_eq!(lengths.collect::<Vec<_>>(), [100_000_000, 50_000_000]);
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn critical_path_of(self, top: spanwise_model::Span<'a>) -> Vec<Tile> {
        critical_path::tiles_of(self.trace, top, self.facts)
    }

    /// The critical path of the component under a top span with the kinds of its
    /// time, what could stand in the place of its spans, and whether it hangs on
    /// clocks that may be off.
    ///
    /// ```
    /// let traces = spanwise::notation("shop GET 0..100\n  shop query 10..60 client")?;
    /// let trace = traces.trace("1")?;
    /// let path = trace.typed_path_of(trace.primary().inner());
    /// assert_eq!((path.tiles.len(), path.robust), (3, Some(true)), "there is one clock");
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn typed_path_of(self, top: spanwise_model::Span<'a>) -> TypedPath {
        TypedPath::of(top, self.facts)
    }

    /// The span at a row of the table.
    #[must_use]
    pub fn span(self, row: u32) -> Span<'a> {
        Span {
            span: spanwise_model::Span::new(self.trace.table(), row),
            facts: self.facts,
        }
    }

    /// The facts of all spans of the table.
    #[must_use]
    pub fn facts(self) -> &'a FactColumns {
        self.facts
    }

    /// The trace without its facts.
    #[must_use]
    pub fn inner(self) -> spanwise_model::Trace<'a> {
        self.trace
    }
}

impl<'a> Deref for Trace<'a> {
    type Target = spanwise_model::Trace<'a>;

    fn deref(&self) -> &Self::Target {
        &self.trace
    }
}

/// A span with its facts; everything of [`spanwise_model::Span`] is here too.
///
/// ```
/// use std::time::Duration;
///
/// let traces = spanwise::notation("
///     shop GET /cart   0..100 server
///       cart Get      10..60 client http.response.status_code=503
/// ")?;
/// let trace = traces.trace("1")?;
/// let [shop, cart] = [0, 1].map(|row| trace.span(row));
/// assert_eq!(shop.self_time(), Duration::from_millis(50));
/// assert_eq!(cart.critical_time(), Duration::from_millis(50));
/// assert_eq!(cart.outcome(), spanwise::Outcome::Unavailable);
/// assert!(cart.is_error_origin() && cart.is_critical() && !shop.errs());
/// # Ok::<(), spanwise::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    span: spanwise_model::Span<'a>,
    facts: &'a FactColumns,
}

impl<'a> Span<'a> {
    fn at(self) -> usize {
        self.span.row() as usize
    }

    /// Its effective duration minus the union of its blocking children's
    /// effective intervals.
    #[must_use]
    pub fn self_time(self) -> Duration {
        Duration::from_nanos(self.facts.self_nano[self.at()])
    }

    /// Its share of its component's critical path.
    #[must_use]
    pub fn critical_time(self) -> Duration {
        Duration::from_nanos(self.facts.critical_nano[self.at()])
    }

    /// How much later it could have ended without its component ending later;
    /// nothing where nobody waits for it.
    ///
    /// ```
    /// let traces = spanwise::notation("shop GET 0..100\n  cart Get 10..90\n  user Get 10..60")?;
    /// let trace = traces.trace("1")?;
    /// let [cart, user] = [1, 2].map(|row| trace.span(row).slack().map(|slack| slack.as_millis()));
    /// assert_eq!((cart, user), (Some(0), Some(30)));
    /// # Ok::<(), spanwise::Error>(())
    /// ```
    #[must_use]
    pub fn slack(self) -> Option<Duration> {
        let slack = self.facts.slack(self.span.table());
        slack.slack_nano(self.at()).map(Duration::from_nanos)
    }

    /// How much sooner its component would have ended if it had taken no time,
    /// with all that is below it; nothing where it has slack.
    #[must_use]
    pub fn drag(self) -> Option<Duration> {
        let slack = self.facts.slack(self.span.table());
        slack.drag_nano(self.at()).map(Duration::from_nanos)
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        self.facts.outcome[self.at()]
    }

    /// True where the outcome is an error for a span of its kind.
    #[must_use]
    pub fn errs(self) -> bool {
        self.has(fact_flags::ERRS)
    }

    /// True where an error began here.
    #[must_use]
    pub fn is_error_origin(self) -> bool {
        self.has(fact_flags::ORIGIN)
    }

    /// True where the span is on the critical path of its component.
    #[must_use]
    pub fn is_critical(self) -> bool {
        self.has(fact_flags::ON_PATH)
    }

    fn has(self, flag: u8) -> bool {
        self.facts.flags[self.at()] & flag != 0
    }

    /// The span without its facts.
    #[must_use]
    pub fn inner(self) -> spanwise_model::Span<'a> {
        self.span
    }
}

impl<'a> Deref for Span<'a> {
    type Target = spanwise_model::Span<'a>;

    fn deref(&self) -> &Self::Target {
        &self.span
    }
}
