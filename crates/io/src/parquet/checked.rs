//! Pages of a column, held against what they say before the library makes room
//! for it.

use super::texts::Texts;
use super::thrift::Thrift;
use parquet::basic::Encoding;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};

/// So many values of a dictionary are taken on trust.
const FREE_VALUES: usize = 1 << 16;

/// How deep the lists and the absences of a column are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    pub(super) repetition: i16,
    pub(super) definition: i16,
}

/// The pages that another reader gives, but for those whose bytes hold another
/// number of values than the page says. The library makes room for as many.
pub(super) struct Checked<R> {
    pub(super) pages: R,
    pub(super) levels: Levels,
    pub(super) texts: Texts,
}

impl<R: PageReader> Iterator for Checked<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<R: PageReader> PageReader for Checked<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            let wrong = || {
                let what = "a page has more values than it says, or than it has room for";
                ParquetError::General(what.to_owned())
            };
            let begun = begun(page, self.levels).ok_or_else(wrong)?;
            self.texts.begin(begun)?;
            match page {
                Page::DictionaryPage {
                    buf, num_values, ..
                } => self.texts.dictionary(buf, *num_values),
                _ if is_repeated(page.encoding()) => self.texts.repeat(page.num_values())?,
                _ => {}
            }
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

/// True for values that are places in a dictionary.
#[allow(deprecated, reason = "files of old have pages of the second kind")]
fn is_repeated(encoding: Encoding) -> bool {
    matches!(
        encoding,
        Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY
    )
}

/// How many bytes the texts of a page share with the one before them; `None` where
/// it holds more values than it may, or is cut off.
fn begun(page: &Page, levels: Levels) -> Option<u64> {
    if let Page::DictionaryPage {
        buf, num_values, ..
    } = page
    {
        // A truth value takes a bit, all else more.
        let room = buf.len().saturating_mul(8).max(FREE_VALUES);
        return (*num_values as usize <= room).then_some(0);
    }
    let most = page.num_values();
    match page.encoding() {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => {
            deltas(values(page, levels)?, most)?;
            Some(0)
        }
        Encoding::DELTA_BYTE_ARRAY => {
            let (begun, rest) = deltas(values(page, levels)?, most)?;
            deltas(rest, most)?;
            Some(begun)
        }
        _ => Some(0),
    }
}

/// The bytes of a page of data behind its levels.
fn values(page: &Page, levels: Levels) -> Option<&[u8]> {
    match page {
        Page::DataPageV2 {
            buf,
            def_levels_byte_len,
            rep_levels_byte_len,
            ..
        } => buf.get(*def_levels_byte_len as usize + *rep_levels_byte_len as usize..),
        Page::DataPage {
            buf,
            def_level_encoding,
            rep_level_encoding,
            ..
        } => {
            let levels = [
                (levels.repetition, rep_level_encoding),
                (levels.definition, def_level_encoding),
            ];
            let mut rest = &buf[..];
            for (_, encoding) in levels.into_iter().filter(|(most, _)| *most > 0) {
                // No writer packs levels in bits and texts as deltas.
                (*encoding == Encoding::RLE).then_some(())?;
                let (length, behind) = rest.split_first_chunk::<4>()?;
                rest = behind.get(u32::from_le_bytes(*length) as usize..)?;
            }
            Some(rest)
        }
        Page::DictionaryPage { .. } => None,
    }
}

/// Passes lengths that are packed as deltas, whose heads have numbers like those of
/// Thrift: their sum, and what is behind them.
/// `None` where they are more than `most`, or cut off.
fn deltas(bytes: &[u8], most: u32) -> Option<(u64, &[u8])> {
    let mut packed = Thrift::new(bytes);
    let (block, parts) = (packed.varint()?, packed.varint()?);
    let (count, mut length) = (packed.varint()?, packed.number()?);
    let of_part = block.checked_div(parts).filter(|&values| values > 0)?;
    (count <= u64::from(most)).then_some(())?;
    let mut left = count.saturating_sub(1);
    let mut sum = if count > 0 { length.max(0) as u64 } else { 0 };
    while left > 0 {
        let least = packed.number()?;
        let widths = packed.take(parts)?;
        for &width in widths.iter().take(left.div_ceil(of_part) as usize) {
            let steps = packed.take(of_part.checked_mul(width.into())? / 8)?;
            for at in 0..left.min(of_part) {
                let more = bits(steps, at * u64::from(width), width) as i64;
                length = length.wrapping_add(least).wrapping_add(more);
                sum = sum.saturating_add(length.max(0) as u64);
            }
            left = left.saturating_sub(of_part);
        }
    }
    Some((sum, &bytes[packed.position()..]))
}

/// So many bits from a place on, the lowest first.
fn bits(bytes: &[u8], from: u64, width: u8) -> u64 {
    let bit = |at: u64| {
        let byte = bytes.get((at / 8) as usize).copied().unwrap_or(0);
        u64::from(byte >> (at % 8) & 1)
    };
    (0..u64::from(width.min(64))).fold(0, |number, at| number | bit(from + at) << at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const FLAT: Levels = Levels {
        repetition: 0,
        definition: 0,
    };

    fn dictionary(bytes: usize, num_values: u32) -> Page {
        Page::DictionaryPage {
            buf: Bytes::from(vec![0; bytes]),
            num_values,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        }
    }

    fn data(buf: &[u8], num_values: u32, encoding: Encoding) -> Page {
        Page::DataPage {
            buf: Bytes::copy_from_slice(buf),
            num_values,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        }
    }

    #[test]
    fn a_dictionary_has_no_more_values_than_room() {
        let few = FREE_VALUES as u32;
        for (bytes, values, expected) in [
            (0, 0, true),
            (0, few, true),
            (0, few + 1, false),
            (1 << 20, 8 << 20, true),
            (1 << 20, (8 << 20) + 1, false),
            (8, u32::MAX, false),
        ] {
            let found = begun(&dictionary(bytes, values), FLAT);
            assert_eq!(found.is_some(), expected);
        }
    }

    /// Lengths in blocks of 128 in four parts, all as long as the first.
    fn lengths(count: u8, blocks: usize) -> Vec<u8> {
        let mut bytes = vec![0x80, 0x01, 0x04, count, 0x06];
        bytes.extend(std::iter::repeat_n([0x00; 5], blocks).flatten());
        bytes
    }

    #[test]
    fn texts_are_no_more_than_their_page_says() {
        let one = Encoding::DELTA_LENGTH_BYTE_ARRAY;
        for (lengths, values, expected) in [
            (lengths(3, 1), 3, true),
            (lengths(3, 1), 2, false),
            (lengths(1, 0), 1, true),
            (lengths(3, 0), 3, false),
            (vec![0x80, 0x01, 0x00, 0x03, 0x06], 3, false),
        ] {
            let found = begun(&data(&lengths, values, one), FLAT);
            assert_eq!(found.is_some(), expected);
        }
        let both = [lengths(3, 1), lengths(0x7f, 1)].concat();
        let two = Encoding::DELTA_BYTE_ARRAY;
        assert_eq!(begun(&data(&both, 0x7f, two), FLAT), Some(3 * 3));
        assert_eq!(begun(&data(&both, 3, two), FLAT), None);
        assert_eq!(begun(&data(&both, 0, Encoding::PLAIN), FLAT), Some(0));
    }

    #[test]
    fn lengths_are_summed() {
        // 7, 5, 3, 1, 2, 3, 4, 5, as Parquet's specification packs them: the first,
        // and steps of which the smallest is -2, in two bits each.
        let mut packed = vec![0x80, 0x01, 0x04, 0x08, 0x0e, 0x03, 2, 0, 0, 0, 0xc0, 0x3f];
        packed.resize(12 + 6, 0);
        let (sum, rest) = deltas(&packed, 8).expect("whole");
        assert_eq!((sum, rest.len()), (30, 0));
        assert_eq!(deltas(&packed, 7), None);
    }

    #[test]
    fn texts_stand_behind_their_levels() {
        let levels = Levels {
            repetition: 1,
            definition: 2,
        };
        let bytes = [&[1, 0, 0, 0, 9, 2, 0, 0, 0, 9, 9][..], &lengths(3, 1)].concat();
        let page = data(&bytes, 3, Encoding::DELTA_LENGTH_BYTE_ARRAY);
        assert_eq!(values(&page, levels), Some(&lengths(3, 1)[..]));
        assert_eq!(begun(&page, levels), Some(0));
        let cut = data(&bytes[..6], 3, Encoding::DELTA_LENGTH_BYTE_ARRAY);
        assert_eq!(begun(&cut, levels), None);
    }
}
