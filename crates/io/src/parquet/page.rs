//! Headers of pages.

use super::thrift::{Header, Thrift};

/// What a page holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    Dictionary,
    #[default]
    Other,
}

/// What the header of a page says.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Page {
    pub(super) kind: Kind,
    pub(super) uncompressed: u64,
    pub(super) compressed: u64,
    pub(super) values: u64,
    /// The number that Parquet gives the encoding of its values.
    pub(super) encoding: i64,
}

impl Page {
    /// Reads the header of a page, which says once how many values there are.
    pub(super) fn read(thrift: &mut Thrift<'_>) -> Option<Self> {
        let (mut last, mut page) = (0, Self::default());
        let mut says_values = false;
        while let Some(field) = thrift.field(last)? {
            last = field.id;
            match field.id {
                1 if field.is_number() => page.kind = Kind::of(thrift.number()?),
                2 if field.is_number() => page.uncompressed = size(thrift)?,
                3 if field.is_number() => page.compressed = size(thrift)?,
                5 | 7 | 8 if says_values => return None,
                5 | 7 | 8 => {
                    page.read_values(thrift, field)?;
                    says_values = true;
                }
                _ => thrift.skip(field)?,
            }
        }
        Some(page)
    }

    /// Reads how many values a page of data or of a dictionary has, and how
    /// they are encoded.
    fn read_values(&mut self, thrift: &mut Thrift<'_>, header: Header) -> Option<()> {
        let (encoding, mut last) = (if header.id == 8 { 4 } else { 2 }, 0);
        while let Some(field) = thrift.field(last)? {
            last = field.id;
            match field.id {
                1 if field.is_number() => self.values = size(thrift)?,
                id if id == encoding && field.is_number() => self.encoding = thrift.number()?,
                _ => thrift.skip(field)?,
            }
        }
        Some(())
    }
}

impl Kind {
    fn of(number: i64) -> Self {
        match number {
            0 => Self::Data,
            2 => Self::Dictionary,
            _ => Self::Other,
        }
    }
}

fn size(thrift: &mut Thrift<'_>) -> Option<u64> {
    u64::try_from(thrift.number()?).ok()
}
