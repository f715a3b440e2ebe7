//! The fields that a span begins with, in the one order that encoders write.

use spanwise_model::{SpanId, TraceId};

/// The bytes of both times.
const TIMES: usize = 2 * (1 + 8);

/// The fewest bytes of a head: both ids, an empty name and the times. That there
/// are so many is asked once, and then of no field.
const LEAST: usize = (2 + 16) + (2 + 8) + 2 + TIMES;

/// The fields before the attributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Head<'a> {
    pub(super) trace_id: TraceId,
    pub(super) span_id: SpanId,
    pub(super) parent_id: SpanId,
    pub(super) name: &'a [u8],
    pub(super) kind: u8,
    pub(super) start: u64,
    pub(super) end: u64,
    /// All of the span from its name on.
    pub(super) named: &'a [u8],
    /// Where its times begin in that.
    pub(super) times_at: usize,
}

impl<'a> Head<'a> {
    /// The fields that `span` begins with, and what follows them. `None` where
    /// they are written in another way, or are not all there.
    #[inline(always)]
    pub(super) fn read(span: &'a [u8]) -> Option<(Self, &'a [u8])> {
        span.first_chunk::<LEAST>()?;
        let (trace_id, rest) = field::<16>(span, 0x0a)?;
        let (span_id, rest) = field::<8>(rest, 0x12)?;
        let (parent_id, rest) = field::<8>(rest, 0x22).unwrap_or(([0; 8], rest));
        let named = rest;
        let [0x2a, length @ 0..0x80, rest @ ..] = rest else {
            return None;
        };
        let (name, rest) = rest.split_at_checked(usize::from(*length))?;
        let (kind, rest) = match rest {
            [0x30, kind @ 0..0x80, rest @ ..] => (*kind, rest),
            _ => (0, rest),
        };
        rest.first_chunk::<TIMES>()?;
        let times_at = named.len() - rest.len();
        let (start, rest) = fixed(rest, 0x39)?;
        let (end, rest) = fixed(rest, 0x41)?;
        let head = Self {
            trace_id: TraceId(u128::from_be_bytes(trace_id)),
            span_id: SpanId(u64::from_be_bytes(span_id)),
            parent_id: SpanId(u64::from_be_bytes(parent_id)),
            name,
            kind,
            start,
            end,
            named,
            times_at,
        };
        Some((head, rest))
    }
}

/// The `N` bytes of the field with this tag, and what follows.
#[inline(always)]
fn field<const N: usize>(bytes: &[u8], tag: u8) -> Option<([u8; N], &[u8])> {
    let (&[first, length], rest) = bytes.split_first_chunk()?;
    let (&value, rest) = rest.split_first_chunk()?;
    (first == tag && usize::from(length) == N).then_some((value, rest))
}

/// The number of eight bytes with this tag, and what follows.
#[inline(always)]
fn fixed(bytes: &[u8], tag: u8) -> Option<(u64, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    let (value, rest) = rest.split_first_chunk()?;
    (first == tag).then_some((u64::from_le_bytes(*value), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A span with these fields, each written as encoders do.
    fn span(fields: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (tag, value) in fields {
            bytes.push(*tag);
            if tag & 7 == 2 {
                bytes.push(value.len() as u8);
            }
            bytes.extend_from_slice(value);
        }
        bytes
    }

    const NINE: [u8; 8] = 9u64.to_le_bytes();

    #[test]
    fn the_usual_fields_are_read() {
        let mut fields = vec![
            (0x0a, &[1; 16][..]),
            (0x12, &[2; 8]),
            (0x22, &[3; 8]),
            (0x2a, b"GET"),
            (0x30, &[2]),
            (0x39, &NINE),
            (0x41, &NINE),
            (0x4a, b"rest"),
        ];
        let whole = span(&fields);
        let (head, rest) = Head::read(&whole).expect("as encoders write");
        assert_eq!(head.trace_id, TraceId(u128::from_be_bytes([1; 16])));
        assert_eq!(head.parent_id, SpanId(u64::from_be_bytes([3; 8])));
        assert_eq!((head.name, head.kind), (&b"GET"[..], 2));
        assert_eq!((head.start, head.end), (9, 9));
        assert_eq!(rest, b"\x4a\x04rest");
        for cut in 0..whole.len() - rest.len() {
            assert_eq!(Head::read(&whole[..cut]), None, "cut at {cut}");
        }
        fields.remove(4);
        fields.remove(2);
        let short = span(&fields);
        let (head, rest) = Head::read(&short).expect("what may be absent is");
        assert_eq!((head.parent_id, head.kind), (SpanId(0), 0));
        assert_eq!(rest, b"\x4a\x04rest");
    }

    #[test]
    fn another_order_is_left_to_others() {
        let ids = [(0x0a, &[1; 16][..]), (0x12, &[2; 8][..])];
        let times = [(0x39, &NINE[..]), (0x41, &NINE[..])];
        let name = [(0x2a, &b"GET"[..])];
        assert!(Head::read(&span(&[&ids[..], &name, &times].concat())).is_some());
        for other in [
            [&name[..], &ids, &times].concat(),
            [&ids[..], &times, &name].concat(),
            [&ids[..1], &name, &times].concat(),
            [&[(0x0a, &[1; 8][..])], &ids[1..], &name, &times].concat(),
        ] {
            assert_eq!(Head::read(&span(&other)), None);
        }
    }
}
