//! The policy: what blocks what, and how much overlap is none.
//!
//! It belongs to a set of traces and never to one analysis, so that all
//! analyses of a pass share their facts.

use serde::{Deserialize, Serialize};
use spanwise_model::{flags, SpanKind};

/// Which children block their parents.
///
/// Under every rule a child that does not overlap its parent in time does not
/// block it: a parent cannot wait for what happens before or after it.
///
/// ```
/// use spanwise_analyze::Blocking;
/// use spanwise_model::SpanKind::{Client, Consumer, Producer, Server};
/// assert!(Blocking::ByKind.permits(0, Server, Client));
/// assert!(!Blocking::ByKind.permits(0, Consumer, Producer));
/// assert!(Blocking::All.permits(0, Consumer, Producer));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Blocking {
    /// A child blocks its parent unless its only reference is FOLLOWS_FROM,
    /// its parent is a PRODUCER, or it is a CONSUMER under a parent that is no
    /// CONSUMER.
    #[default]
    ByKind,
    /// Every child blocks its parent.
    All,
}

impl Blocking {
    /// Whether a child with these flags and this kind may block a parent of
    /// that kind; whether it does also depends on when both ran.
    #[must_use]
    #[inline]
    pub fn permits(self, child_flags: u32, child: SpanKind, parent: SpanKind) -> bool {
        match self {
            Self::All => true,
            Self::ByKind => {
                let sent = parent == SpanKind::Producer;
                let received = child == SpanKind::Consumer && parent != SpanKind::Consumer;
                child_flags & flags::FOLLOWS_FROM == 0 && !sent && !received
            }
        }
    }
}

/// Whose clock times are taken on.
///
/// ```
/// # use spanwise_analyze::{facts, Clock, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// let spans = assemble(parse("
///     shop cart.Get   0..10  client @host.name=a
///       cart Get     53..57  server @host.name=b
/// "))?;
/// let recorded = facts::compute(&spans, &Policy::default());
/// assert_eq!(recorded.critical_nano, [10_000_000, 0], "the server is outside");
/// let corrected = facts::compute(&spans, &Policy::default().clock(Clock::Corrected));
/// assert_eq!(corrected.critical_nano, [6_000_000, 4_000_000]);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Clock {
    /// As they were recorded.
    #[default]
    Recorded,
    /// On the clock of the top span of the component, by what calls between
    /// hosts say about their clocks; see [`crate::analyses::Clocks`]. Spans
    /// whose clocks were never compared stay as they are.
    Corrected,
}

/// The knobs that facts depend on.
///
/// ```
/// # use spanwise_analyze::{facts, Blocking, Policy};
/// # use spanwise_io::{assemble::assemble, notation::parse};
/// let spans = assemble(parse("
///     shop GET /cart   0..100
///       shop log      20..90 follows
/// "))?;
/// let all = Policy::default().blocking(Blocking::All);
/// assert_eq!(facts::compute(&spans, &Policy::default()).self_nano[0], 100_000_000);
/// assert_eq!(facts::compute(&spans, &all).self_nano[0], 30_000_000);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Policy {
    /// Which children block their parents.
    pub blocking: Blocking,
    /// How far two siblings may overlap and still count as one after the
    /// other, in nanoseconds. 1 µs unless said, which is what truncating start
    /// and duration to microseconds can shift an end by.
    pub tolerance_nano: u64,
    /// Whose clock times are taken on.
    #[serde(default)]
    pub clock: Clock,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            blocking: Blocking::default(),
            tolerance_nano: 1_000,
            clock: Clock::default(),
        }
    }
}

impl Policy {
    /// The same policy with another rule of blocking.
    #[must_use]
    pub fn blocking(mut self, blocking: Blocking) -> Self {
        self.blocking = blocking;
        self
    }

    /// The same policy with times on other clocks.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same policy with another tolerance.
    ///
    /// ```
    /// # use spanwise_analyze::{facts, Policy};
    /// # use spanwise_io::{assemble::assemble, notation::parse};
    /// let spans = assemble(parse("
    ///     shop GET /cart   0..100
    ///       cart Get       0..51
    ///       user Get      50..100
    /// "))?;
    /// let critical = |policy| facts::compute(&spans, &policy).critical_nano;
    /// assert_eq!(critical(Policy::default()), [50_000_000, 0, 50_000_000]);
    /// let wide = Policy::default().tolerance_nano(1_000_000);
    /// assert_eq!(critical(wide), [0, 50_000_000, 50_000_000]);
    /// # Ok::<(), spanwise_model::Error>(())
    /// ```
    #[must_use]
    pub fn tolerance_nano(mut self, tolerance_nano: u64) -> Self {
        self.tolerance_nano = tolerance_nano;
        self
    }
}
