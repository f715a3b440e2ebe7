//! The kind of a span, from its type and its layer.

use spanwise_model::SpanKind;

/// Which side of a call a span is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Side {
    #[default]
    Unknown,
    Entry,
    Exit,
    Local,
}

impl Side {
    /// The side of this name or number; `None` for other texts.
    pub(super) fn of(text: &str) -> Option<Self> {
        Some(match text.trim() {
            "" => Self::Unknown,
            "0" => Self::Entry,
            "1" => Self::Exit,
            "2" => Self::Local,
            name if name.eq_ignore_ascii_case("entry") => Self::Entry,
            name if name.eq_ignore_ascii_case("exit") => Self::Exit,
            name if name.eq_ignore_ascii_case("local") => Self::Local,
            _ => return None,
        })
    }

    /// The kind of a span on this side; in messaging where `is_message`.
    pub(super) fn kind(self, is_message: bool) -> SpanKind {
        match (self, is_message) {
            (Self::Unknown, _) => SpanKind::Unspecified,
            (Self::Local, _) => SpanKind::Internal,
            (Self::Entry, false) => SpanKind::Server,
            (Self::Entry, true) => SpanKind::Consumer,
            (Self::Exit, false) => SpanKind::Client,
            (Self::Exit, true) => SpanKind::Producer,
        }
    }
}

/// True where a layer, by name or number, is that of message queues.
pub(super) fn is_message(layer: &str) -> bool {
    layer == "4" || layer.eq_ignore_ascii_case("mq")
}
