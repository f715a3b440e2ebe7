//! As much of Thrift's compact protocol as it takes to look at what a file of
//! Parquet claims before a library believes it.

/// Structures lie in each other at most this deep.
const DEPTH: usize = 16;

/// The types of fields that are told apart.
const STOP: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// A place in the bytes of a structure.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The header of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: i64,
    kind: u8,
}

impl Header {
    pub(super) fn is_list(self) -> bool {
        self.kind == LIST
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self.kind, 4..=6)
    }
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn skip_bytes(&mut self, count: u64) -> Option<()> {
        let end = self.at.checked_add(usize::try_from(count).ok()?)?;
        self.at = (end <= self.bytes.len()).then_some(end)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number with its sign in the lowest bit.
    pub(super) fn number(&mut self) -> Option<i64> {
        let number = self.varint()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// The header of the next field behind the one with the id `last`; `None`
    /// inside at the end of the structure.
    pub(super) fn field(&mut self, last: i64) -> Option<Option<Header>> {
        let byte = self.byte()?;
        let kind = byte & 15;
        if kind == STOP {
            return Some(None);
        }
        let id = match byte >> 4 {
            0 => self.number()?,
            delta => last.checked_add(i64::from(delta))?,
        };
        Some(Some(Header { id, kind }))
    }

    /// How many elements the list has that stands here, and their type.
    pub(super) fn list(&mut self) -> Option<(u64, u8)> {
        let byte = self.byte()?;
        let count = match byte >> 4 {
            15 => self.varint()?,
            count => u64::from(count),
        };
        Some((count, byte & 15))
    }

    /// Passes the value of a field.
    pub(super) fn skip(&mut self, field: Header) -> Option<()> {
        match field.kind {
            TRUE | FALSE => Some(()),
            kind => self.skip_value(kind, DEPTH),
        }
    }

    fn skip_value(&mut self, kind: u8, depth: usize) -> Option<()> {
        let deeper = depth.checked_sub(1)?;
        match kind {
            TRUE | FALSE | BYTE => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            DOUBLE => self.skip_bytes(8),
            BINARY => {
                let length = self.varint()?;
                self.skip_bytes(length)
            }
            LIST | SET => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip_value(kind, deeper))
            }
            MAP => match self.varint()? {
                0 => Some(()),
                count => {
                    let kinds = self.byte()?;
                    (0..count).try_for_each(|_| {
                        self.skip_value(kinds >> 4, deeper)?;
                        self.skip_value(kinds & 15, deeper)
                    })
                }
            },
            STRUCT => self.skip_struct(deeper),
            _ => None,
        }
    }

    fn skip_struct(&mut self, depth: usize) -> Option<()> {
        let mut last = 0;
        while let Some(field) = self.field(last)? {
            last = field.id;
            match field.kind {
                TRUE | FALSE => {}
                kind => self.skip_value(kind, depth)?,
            }
        }
        Some(())
    }
}
