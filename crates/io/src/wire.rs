//! The protobuf wire: tags, lengths and values, each checked.

/// The value of a field, as the wire types it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Field<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    /// A group, which proto3 no longer has; it is skipped.
    Group,
    Fixed32(u32),
}

/// Why a message does not go on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Broken<'a> {
    /// A length reaches beyond the end: the number of its field, and what is there.
    Cut(u32, &'a [u8]),
    /// These bytes are no field.
    Bad,
}

/// What is left of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire<'a> {
    rest: &'a [u8],
}

impl<'a> Wire<'a> {
    #[inline]
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Goes on where others have read up to.
    #[inline]
    pub(crate) fn go_on(&mut self, rest: &'a [u8]) {
        self.rest = rest;
    }

    /// The next field where it is the message of this number (of less than 16)
    /// and is short, as attributes are.
    #[inline(always)]
    pub(crate) fn next_short(&mut self, number: u8) -> Option<&'a [u8]> {
        let [tag, length @ 0..0x80, rest @ ..] = self.rest else {
            return None;
        };
        if *tag != number << 3 | 2 {
            return None;
        }
        let (bytes, rest) = rest.split_at_checked(usize::from(*length))?;
        self.rest = rest;
        Some(bytes)
    }

    /// The next field where it is the message of this number (of less than 16)
    /// and its length takes two bytes, as those of spans do.
    #[inline(always)]
    fn next_message(&mut self, number: u8) -> Option<&'a [u8]> {
        let [tag, low @ 0x80..=0xff, high @ 0..0x80, rest @ ..] = self.rest else {
            return None;
        };
        if *tag != number << 3 | 2 {
            return None;
        }
        let length = usize::from(*low & 0x7f) | usize::from(*high) << 7;
        let (bytes, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    /// The next field, or `None` at the end of the message.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Result<Option<(u32, Field<'a>)>, Broken<'a>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = u32::try_from(self.varint()?).map_err(|_| Broken::Bad)?;
        let number = tag >> 3;
        if number == 0 {
            return Err(Broken::Bad);
        }
        let field = match tag & 7 {
            0 => Field::Varint(self.varint()?),
            1 => Field::Fixed64(u64::from_le_bytes(self.array(number)?)),
            2 => Field::Bytes(self.bytes(number)?),
            3 => self.skip_group()?,
            5 => Field::Fixed32(u32::from_le_bytes(self.array(number)?)),
            _ => return Err(Broken::Bad),
        };
        Ok(Some((number, field)))
    }

    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, Broken<'a>> {
        match self.rest {
            [byte, rest @ ..] if *byte < 0x80 => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            [low, high @ 0..0x80, rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(*low & 0x7f) | u64::from(*high) << 7)
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64, Broken<'a>> {
        let mut number = 0u64;
        for (at, &byte) in self.rest.iter().take(10).enumerate() {
            number |= u64::from(byte & 0x7f) << (7 * at);
            if byte < 0x80 {
                self.rest = &self.rest[at + 1..];
                return Ok(number);
            }
        }
        Err(if self.rest.len() < 10 {
            Broken::Cut(0, &[])
        } else {
            Broken::Bad
        })
    }

    #[inline]
    fn bytes(&mut self, number: u32) -> Result<&'a [u8], Broken<'a>> {
        let length = self.varint()?;
        if length > self.rest.len() as u64 {
            return Err(Broken::Cut(number, self.rest));
        }
        let (bytes, rest) = self.rest.split_at(length as usize);
        self.rest = rest;
        Ok(bytes)
    }

    #[inline]
    fn array<const N: usize>(&mut self, number: u32) -> Result<[u8; N], Broken<'a>> {
        let (array, rest) = self
            .rest
            .split_first_chunk()
            .ok_or(Broken::Cut(number, &[]))?;
        self.rest = rest;
        Ok(*array)
    }

    /// Skips to the end of a group, and of those in it, counting instead of
    /// descending.
    #[cold]
    fn skip_group(&mut self) -> Result<Field<'a>, Broken<'a>> {
        let mut open = 1u64;
        while open > 0 {
            let tag = self.varint()?;
            match tag & 7 {
                0 => drop(self.varint()?),
                1 => drop(self.array::<8>(0)?),
                2 => drop(self.bytes(0)?),
                3 => open += 1,
                4 => open -= 1,
                5 => drop(self.array::<4>(0)?),
                _ => return Err(Broken::Bad),
            }
        }
        Ok(Field::Group)
    }
}

/// A field of a message that holds messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) number: u32,
    pub(crate) bytes: &'a [u8],
    /// True where its end is missing.
    pub(crate) cut: bool,
}

/// The messages and texts in a message; other fields are passed over.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    wire: Wire<'a>,
    /// Where the message broke off.
    pub(crate) broken: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            wire: Wire::new(bytes),
            broken: None,
        }
    }

    /// The next part, which is probably a message of this number (of less than
    /// 16).
    #[inline(always)]
    pub(crate) fn next_probably(&mut self, number: u8) -> Option<Part<'a>> {
        if self.broken.is_none() {
            if let Some(bytes) = self.wire.next_message(number) {
                return Some(Part {
                    number: number.into(),
                    bytes,
                    cut: false,
                });
            }
        }
        self.next()
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        while self.broken.is_none() {
            let before = self.wire.rest();
            match self.wire.next() {
                Ok(None) => return None,
                Ok(Some((number, Field::Bytes(bytes)))) => {
                    return Some(Part {
                        number,
                        bytes,
                        cut: false,
                    });
                }
                Ok(Some(_)) => {}
                Err(broken) => {
                    self.broken = Some(before);
                    if let Broken::Cut(number @ 1.., bytes) = broken {
                        return Some(Part {
                            number,
                            bytes,
                            cut: true,
                        });
                    }
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wire_type_is_read() {
        let bytes = [
            0x08, 0x96, 0x01, 0x11, 1, 0, 0, 0, 0, 0, 0, 0, 0x1a, 2, b'h', b'i', 0x25, 7, 0, 0, 0,
        ];
        let mut wire = Wire::new(&bytes);
        assert_eq!(wire.next(), Ok(Some((1, Field::Varint(150)))));
        assert_eq!(wire.next(), Ok(Some((2, Field::Fixed64(1)))));
        assert_eq!(wire.next(), Ok(Some((3, Field::Bytes(b"hi")))));
        assert_eq!(wire.next(), Ok(Some((4, Field::Fixed32(7)))));
        assert_eq!(wire.next(), Ok(None));
    }

    #[test]
    fn short_messages_are_as_others() {
        let bytes = [0x4a, 2, b'h', b'i', 0x4a, 0, 0x4a, 3, 1];
        let (mut wire, mut other) = (Wire::new(&bytes), Wire::new(&bytes));
        for expected in [&b"hi"[..], b""] {
            assert_eq!(wire.next_short(9), Some(expected));
            assert_eq!(other.next(), Ok(Some((9, Field::Bytes(expected)))));
        }
        assert_eq!(wire.next_short(9), None, "it is cut");
        assert_eq!(wire.rest(), other.rest());
        assert_eq!(Wire::new(&bytes).next_short(8), None);
    }

    #[test]
    fn parts_are_the_same_whatever_is_probable() {
        let mut bytes = vec![0x12, 1, b'a', 0x12, 0x80, 1];
        bytes.extend([b'b'; 128]);
        bytes.extend([0x1a, 0x80, 1]);
        bytes.extend([b'c'; 128]);
        bytes.extend([0x12, 0x81, 1, 0x12, 0x80, 0]);
        for end in 0..=bytes.len() {
            let (mut some, mut all) = (Parts::new(&bytes[..end]), Parts::new(&bytes[..end]));
            loop {
                let (one, other) = (some.next_probably(2), all.next());
                let told = |part: &Part<'_>| (part.number, part.bytes.to_vec(), part.cut);
                assert_eq!(one.as_ref().map(told), other.as_ref().map(told));
                if other.is_none() {
                    break;
                }
            }
            assert_eq!(some.broken, all.broken);
        }
    }

    #[test]
    fn groups_are_skipped_without_descending() {
        let mut bytes = vec![0x0b; 100_000];
        bytes.extend(vec![0x0c; 100_000]);
        bytes.extend([0x10, 5]);
        let mut wire = Wire::new(&bytes);
        assert_eq!(wire.next(), Ok(Some((1, Field::Group))));
        assert_eq!(wire.next(), Ok(Some((2, Field::Varint(5)))));
    }

    #[test]
    fn what_is_no_field_is_told() {
        assert_eq!(Wire::new(&[0x00, 1]).next(), Err(Broken::Bad));
        assert_eq!(Wire::new(&[0x0c]).next(), Err(Broken::Bad));
        assert_eq!(Wire::new(&[0x0a, 5, 1]).next(), Err(Broken::Cut(1, &[1])));
        assert_eq!(Wire::new(&[0xff; 11]).next(), Err(Broken::Bad));
        assert_eq!(Wire::new(&[0x80]).next(), Err(Broken::Cut(0, &[])));
    }
}
