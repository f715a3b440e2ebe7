//! Pages of a column, held against what they say before the library makes room
//! for it.

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
        let is_sound = |page: &Page| is_sound(page, self.levels).unwrap_or(false);
        match page.as_ref().is_none_or(is_sound) {
            true => Ok(page),
            false => Err(ParquetError::General(
                "a page has more values than it says, or than it has room for".to_owned(),
            )),
        }
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

/// True where a page holds no more values than it may; `None` where it is cut off.
fn is_sound(page: &Page, levels: Levels) -> Option<bool> {
    if let Page::DictionaryPage {
        buf, num_values, ..
    } = page
    {
        // A truth value takes a bit, all else more.
        let room = buf.len().saturating_mul(8).max(FREE_VALUES);
        return Some(*num_values as usize <= room);
    }
    let texts = match page.encoding() {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => 1,
        Encoding::DELTA_BYTE_ARRAY => 2,
        _ => return Some(true),
    };
    let mut rest = values(page, levels)?;
    for _ in 0..texts {
        let (count, behind) = deltas(rest, page.num_values())?;
        if count > u64::from(page.num_values()) {
            return Some(false);
        }
        rest = behind;
    }
    Some(true)
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

/// Passes lengths that are packed as deltas: how many there are, and what is behind
/// them. More than `most` are not passed.
fn deltas(bytes: &[u8], most: u32) -> Option<(u64, &[u8])> {
    let (block, rest) = varint(bytes)?;
    let (parts, rest) = varint(rest)?;
    let (count, rest) = varint(rest)?;
    let (_, mut rest) = varint(rest)?;
    if count > u64::from(most) {
        return Some((count, rest));
    }
    let of_part = block.checked_div(parts).filter(|&values| values > 0)?;
    let mut left = count.saturating_sub(1);
    while left > 0 {
        let (_, behind) = varint(rest)?;
        let (widths, behind) = behind.split_at_checked(usize::try_from(parts).ok()?)?;
        rest = behind;
        for &width in widths.iter().take(left.div_ceil(of_part) as usize) {
            let bytes = of_part.checked_mul(width.into())? / 8;
            rest = rest.get(usize::try_from(bytes).ok()?..)?;
            left = left.saturating_sub(of_part);
        }
    }
    Some((count, rest))
}

/// A number in groups of seven bits, the lowest first.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (at, &byte) in bytes.iter().enumerate().take(10) {
        number |= u64::from(byte & 0x7f).checked_shl(7 * at as u32)?;
        if byte < 0x80 {
            return Some((number, &bytes[at + 1..]));
        }
    }
    None
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
            assert_eq!(is_sound(&dictionary(bytes, values), FLAT), Some(expected));
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
            (lengths(3, 1), 3, Some(true)),
            (lengths(3, 1), 2, Some(false)),
            (lengths(1, 0), 1, Some(true)),
            (lengths(3, 0), 3, None),
            (vec![0x80, 0x01, 0x00, 0x03, 0x06], 3, None),
        ] {
            assert_eq!(is_sound(&data(&lengths, values, one), FLAT), expected);
        }
        let both = [lengths(3, 1), lengths(0x7f, 1)].concat();
        let two = Encoding::DELTA_BYTE_ARRAY;
        assert_eq!(is_sound(&data(&both, 0x7f, two), FLAT), Some(true));
        assert_eq!(is_sound(&data(&both, 3, two), FLAT), Some(false));
        assert_eq!(is_sound(&data(&both, 0, Encoding::PLAIN), FLAT), Some(true));
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
        assert_eq!(is_sound(&page, levels), Some(true));
        let cut = data(&bytes[..6], 3, Encoding::DELTA_LENGTH_BYTE_ARRAY);
        assert_eq!(is_sound(&cut, levels), None);
    }
}
