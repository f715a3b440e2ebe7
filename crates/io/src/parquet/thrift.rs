//! As much of Thrift's compact protocol as it takes to look at what a file of
//! Parquet claims before a library believes it.

/// Structures lie in each other at most this deep.
const DEPTH: usize = 16;

/// The types of fields that are told apart.
const STOP: u8 = 0;
pub(super) const TRUE: u8 = 1;
pub(super) const FALSE: u8 = 2;
pub(super) const BYTE: u8 = 3;
pub(super) const DOUBLE: u8 = 7;
pub(super) const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
pub(super) const STRUCT: u8 = 12;
const UUID: u8 = 13;

/// A place in the bytes of a structure.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
    has_ended: bool,
}

/// The header of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: i64,
    pub(super) kind: u8,
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
        Self {
            bytes,
            at: 0,
            has_ended: false,
        }
    }

    /// How many bytes were read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// True where more was wanted than there are bytes.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.has_ended |= byte.is_none();
        self.at += usize::from(byte.is_some());
        byte
    }

    pub(super) fn skip_bytes(&mut self, count: u64) -> Option<()> {
        let end = usize::try_from(count).ok();
        let end = end.and_then(|count| self.at.checked_add(count));
        let end = end.filter(|&end| end <= self.bytes.len());
        self.has_ended |= end.is_none();
        self.at = end?;
        Some(())
    }

    /// Passes bytes behind their number.
    pub(super) fn skip_text(&mut self) -> Option<()> {
        let length = self.varint()?;
        self.skip_bytes(length)
    }

    /// The next so many bytes.
    pub(super) fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let from = self.at;
        self.skip_bytes(count)?;
        Some(&self.bytes[from..self.at])
    }

    /// A number in groups of seven bits, the lowest first.
    pub(super) fn varint(&mut self) -> Option<u64> {
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
    /// inside at the end of the structure. Ids have 16 bits.
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
        i16::try_from(id).ok()?;
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

    /// Passes a value in a collection or a field. Truth values in collections
    /// are not passed, of which not all readers agree what they are.
    fn skip_value(&mut self, kind: u8, depth: usize) -> Option<()> {
        let deeper = depth.checked_sub(1)?;
        match kind {
            BYTE => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            DOUBLE => self.skip_bytes(8),
            BINARY => self.skip_text(),
            UUID => self.skip_bytes(16),
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
