//! Events as far as they must be known before any span is.

use spanwise_model::Symbol;

/// What an event does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    Begin,
    End,
    /// A whole span.
    Complete,
    Instant,
    FlowStart,
    FlowStep,
    FlowEnd,
    Metadata,
    #[default]
    Other,
}

impl Phase {
    /// The phase of this letter, and whether the event is of no thread.
    pub(super) fn of(letter: &str) -> (Self, bool) {
        match letter {
            "B" => (Self::Begin, false),
            "E" => (Self::End, false),
            "X" => (Self::Complete, false),
            "i" | "I" => (Self::Instant, false),
            "b" | "S" => (Self::Begin, true),
            "e" | "F" => (Self::End, true),
            "n" | "T" | "p" => (Self::Instant, true),
            "s" => (Self::FlowStart, false),
            "t" => (Self::FlowStep, false),
            "f" => (Self::FlowEnd, false),
            "M" => (Self::Metadata, false),
            _ => (Self::Other, false),
        }
    }
}

/// An event.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Event {
    pub(super) phase: Phase,
    /// Where its object begins.
    pub(super) at: usize,
    pub(super) track: u32,
    pub(super) time: i64,
    pub(super) duration: Option<i64>,
    pub(super) name: Symbol,
    /// What flows together, for a flow.
    pub(super) flow: u32,
    /// True where the end of a flow belongs to the span around it, not to the
    /// next one.
    pub(super) binds_around: bool,
}

/// A span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    pub(super) track: u32,
    pub(super) name: Symbol,
    pub(super) start: i64,
    pub(super) end: Option<i64>,
    /// Where the object of its beginning stands.
    pub(super) at: usize,
    /// Where the object of its end stands, if that is another one.
    pub(super) end_at: Option<usize>,
    /// The slice that it lies in.
    pub(super) parent: Option<u32>,
    /// The outermost slice that it lies in, which may be itself.
    pub(super) root: u32,
}

impl Slice {
    /// The end, or the end of time.
    pub(super) fn last(&self) -> i64 {
        self.end.unwrap_or(i64::MAX)
    }
}
