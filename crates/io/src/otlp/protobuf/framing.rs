//! How messages lie in a file, told from the bytes alone.
//!
//! A framing holds where its frames tile the file (the last may be cut) and
//! the first messages look like OTLP as far as resources and records.

use crate::format::Cut;
use crate::wire::{Broken, Field, Parts, Wire};

/// How messages lie in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// One message, without a frame.
    Bare,
    /// Each message behind its length in four bytes, the highest first.
    Fixed,
    /// Each message behind its length as a varint.
    Varint,
}

/// The tag of the field that holds resource spans, logs or metrics.
const TOP_TAG: u8 = 0x0a;

/// A length of four bytes that begins like this is no length: a message of
/// more than 256 MB is not exported.
const FIXED_HIGH: u8 = 0x10;

/// How far a file is looked into for evidence.
const HEAD_BYTES: usize = 1 << 13;

impl Framing {
    /// The framing of a file, or of the beginning of one: rather one whose
    /// frames fit exactly than one whose last frame is cut.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let candidates = if bytes.first() == Some(&TOP_TAG) {
            [Self::Bare, Self::Varint, Self::Fixed]
        } else {
            [Self::Fixed, Self::Varint, Self::Bare]
        };
        let fits = |cut: bool| {
            candidates
                .into_iter()
                .find(|framing| framing.tiles(bytes) == Some(cut) && framing.has_evidence(bytes))
        };
        fits(false).or_else(|| fits(true))
    }

    /// The messages of a file.
    pub(super) fn messages(self, bytes: &[u8]) -> Messages<'_> {
        Messages {
            framing: self,
            rest: bytes,
        }
    }

    /// `None` where frames do not tile the file, else whether the last is cut.
    fn tiles(self, bytes: &[u8]) -> Option<bool> {
        if self == Self::Bare {
            return tiles_bare(bytes);
        }
        if self == Self::Fixed && bytes.first().is_some_and(|&high| high >= FIXED_HIGH) {
            return None;
        }
        let mut cut = false;
        for message in self.messages(bytes) {
            cut = message.cut;
            if !matches!(message.bytes, [] | [TOP_TAG, ..]) {
                return None;
            }
        }
        Some(cut)
    }

    /// True where the first parts that say something say that they are OTLP.
    fn has_evidence(self, bytes: &[u8]) -> bool {
        let head = &bytes[..bytes.len().min(HEAD_BYTES)];
        self.messages(head)
            .flat_map(|message| Parts::new(message.bytes))
            .map(|part| looks_like_resource_spans(part.bytes))
            .find(|look| *look != Some(false))
            .is_some_and(|look| look.is_some())
    }
}

/// The last place where a window can be cut: behind the last frame, or part of
/// an unframed message, that is whole.
pub(super) fn cut(window: &[u8]) -> Option<Cut> {
    let framing = Framing::of(window)?;
    let (mut end, mut records) = (0, 0);
    if framing == Framing::Bare {
        let mut wire = Wire::new(window);
        while let Ok(Some(_)) = wire.next() {
            end = window.len() - wire.rest().len();
        }
    } else {
        let mut messages = framing.messages(window);
        while messages.next().is_some_and(|message| !message.cut) {
            end = window.len() - messages.rest.len();
            records += 1;
        }
    }
    (end > 0).then(|| Cut {
        end,
        next: end,
        records,
        ..Cut::default()
    })
}

/// A message in its frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    pub(super) bytes: &'a [u8],
    /// True where the file ends before the frame does.
    pub(super) cut: bool,
}

/// The messages of a file, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Messages<'a> {
    framing: Framing,
    rest: &'a [u8],
}

impl<'a> Messages<'a> {
    /// The length that stands before the next message; `None` where the file
    /// ends in it.
    fn length(&mut self) -> Option<u64> {
        match self.framing {
            Framing::Bare => Some(self.rest.len() as u64),
            Framing::Fixed => {
                let (length, rest) = self.rest.split_first_chunk()?;
                self.rest = rest;
                Some(u64::from(u32::from_be_bytes(*length)))
            }
            Framing::Varint => {
                let mut wire = Wire::new(self.rest);
                let length = wire.varint().ok()?;
                self.rest = wire.rest();
                Some(length)
            }
        }
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let length = self.length();
        let whole = length.and_then(|n| self.rest.split_at_checked(usize::try_from(n).ok()?));
        let (bytes, rest) = match (whole, length) {
            (Some(split), _) => split,
            (None, Some(_)) => (self.rest, &[][..]),
            (None, None) => (&[][..], &[][..]),
        };
        self.rest = rest;
        Some(Message {
            bytes,
            cut: whole.is_none(),
        })
    }
}

fn tiles_bare(bytes: &[u8]) -> Option<bool> {
    let mut wire = Wire::new(bytes);
    loop {
        match wire.next() {
            Ok(Some((1, Field::Bytes(_)))) => {}
            Ok(None) => return Some(false),
            Err(Broken::Cut(0 | 1, _)) => return Some(true),
            _ => return None,
        }
    }
}

/// `None` where the bytes contradict, `Some(true)` where they give evidence.
type Look = Option<bool>;

/// Looks at the fields of a message, of which `known` judges each.
fn look<'a>(bytes: &'a [u8], mut known: impl FnMut(u32, Field<'a>) -> Look) -> Look {
    let mut wire = Wire::new(bytes);
    let mut evidence = false;
    loop {
        match wire.next() {
            Ok(None) | Err(Broken::Cut(0, _)) => return Some(evidence),
            Ok(Some((number, field))) => evidence |= known(number, field)?,
            Err(Broken::Cut(number, rest)) => {
                return Some(evidence | known(number, Field::Bytes(rest))?);
            }
            Err(Broken::Bad) => return None,
        }
    }
}

fn looks_like_resource_spans(bytes: &[u8]) -> Look {
    look(bytes, |number, field| match (number, field) {
        (1, Field::Bytes(resource)) => looks_like_resource(resource),
        (2 | 1000, Field::Bytes(scope)) => looks_like_scope(scope),
        (3, Field::Bytes(_)) => Some(false),
        (1..=3 | 1000, _) => None,
        _ => Some(false),
    })
}

fn looks_like_resource(bytes: &[u8]) -> Look {
    look(bytes, |number, field| match (number, field) {
        (1, Field::Bytes(attribute)) => looks_like_key_value(attribute),
        (2, Field::Varint(_)) | (3, Field::Bytes(_)) => Some(false),
        (1..=3, _) => None,
        _ => Some(false),
    })
}

fn looks_like_key_value(bytes: &[u8]) -> Look {
    look(bytes, |number, field| match (number, field) {
        (1, Field::Bytes(key)) if key.iter().any(|&byte| byte < b' ') => None,
        (1, Field::Bytes(key)) => Some(!key.is_empty() && std::str::from_utf8(key).is_ok()),
        (2, Field::Bytes(_)) => Some(false),
        (1 | 2, _) => None,
        _ => Some(false),
    })
}

fn looks_like_scope(bytes: &[u8]) -> Look {
    look(bytes, |number, field| match (number, field) {
        // A broken record speaks neither for nor against the whole file.
        (2, Field::Bytes(record)) => looks_like_record(record).or(Some(false)),
        (1 | 3, Field::Bytes(_)) => Some(false),
        (1..=3, _) => None,
        _ => Some(false),
    })
}

/// A span has ids, a log record a time, a metric a name and points.
fn looks_like_record(bytes: &[u8]) -> Look {
    look(bytes, |number, field| match (number, field) {
        (1, Field::Bytes(id)) => Some(id.len() == 16),
        (2, Field::Bytes(id)) => Some(id.len() == 8),
        (1 | 7 | 8 | 11, Field::Fixed64(_)) => Some(true),
        (5 | 7 | 9 | 10 | 11, Field::Bytes(points)) => Some(!points.is_empty()),
        _ => Some(false),
    })
}
