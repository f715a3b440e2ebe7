//! Where a container of a JSON text ends.
//!
//! The text is looked at in blocks of 64 bytes, of which each gives four words
//! of bits: quotes, backslashes, opening and closing brackets. Bits between two
//! quotes are struck out, and what is left is counted.

use wide::u8x16;

/// How many bytes are looked at together.
const BLOCK: usize = 64;

/// How many bytes are compared at once.
const LANES: usize = 16;

/// The bit that tells `{` from `[`, and `}` from `]`.
const CURLY: u8 = 0x20;

/// The offset behind the container that is open at `at`, which is outside of
/// any string; `None` where the text ends in the container. As all that counts
/// is how many are open, a container that is closed by the bracket of another
/// kind is closed.
pub(super) fn container_end(text: &[u8], at: usize) -> Option<usize> {
    let (blocks, last) = text.get(at..)?.as_chunks::<BLOCK>();
    let mut padded = [0; BLOCK];
    padded[..last.len()].copy_from_slice(last);
    let (mut open, mut strings) = (1, Strings::default());
    for (number, block) in blocks.iter().chain([&padded]).enumerate() {
        let brackets = strings.brackets(block);
        match brackets.behind(open) {
            Ok(behind) => open = behind,
            Err(end) => return Some(at + number * BLOCK + end),
        }
    }
    None
}

/// What is known of strings before a block.
#[derive(Default)]
struct Strings {
    /// All bits where a string is open.
    open: u64,
    /// One where the block's first byte is escaped.
    escaped: u64,
}

impl Strings {
    /// The brackets of the next block that stand outside of strings.
    fn brackets(&mut self, block: &[u8; BLOCK]) -> Brackets {
        let [quotes, backslashes, opening, closing] = masks(block);
        let quotes = quotes & !self.escape(backslashes);
        let inside = running_parity(quotes) ^ self.open;
        self.open = ((inside as i64) >> 63) as u64;
        Brackets {
            opening: opening & !inside,
            closing: closing & !inside,
        }
    }

    /// The bytes that a backslash stands before that is not escaped itself.
    fn escape(&mut self, backslashes: u64) -> u64 {
        let mut escaped = std::mem::take(&mut self.escaped);
        let mut left = backslashes & !escaped;
        while left != 0 {
            let first = left & left.wrapping_neg();
            escaped |= first << 1;
            self.escaped = first >> 63;
            left &= !(first | first << 1);
        }
        escaped
    }
}

/// For each bit, whether an odd number of bits is set up to it.
fn running_parity(bits: u64) -> u64 {
    (0..6).fold(bits, |bits, step| bits ^ bits << (1 << step))
}

/// Where quotes, backslashes, opening and closing brackets are.
fn masks(block: &[u8; BLOCK]) -> [u64; 4] {
    let mut masks = [0; 4];
    for (number, lanes) in block.as_chunks::<LANES>().0.iter().enumerate() {
        let bytes = u8x16::new(*lanes);
        let brackets = bytes | u8x16::splat(CURLY);
        let found = [
            (bytes, b'"'),
            (bytes, b'\\'),
            (brackets, b'{'),
            (brackets, b'}'),
        ];
        for (mask, (bytes, wanted)) in masks.iter_mut().zip(found) {
            let equal = bytes.simd_eq(u8x16::splat(wanted)).to_bitmask();
            *mask |= u64::from(equal) << (number * LANES);
        }
    }
    masks
}

/// The brackets of a block.
struct Brackets {
    opening: u64,
    closing: u64,
}

impl Brackets {
    /// How many containers are open behind the block, or the offset behind the
    /// bracket that closed the last one.
    fn behind(&self, open: u64) -> Result<u64, usize> {
        let [opened, closed] =
            [self.opening, self.closing].map(|bits| u64::from(bits.count_ones()));
        match open > closed {
            true => Ok(open + opened - closed),
            false => self.one_by_one(open),
        }
    }

    fn one_by_one(&self, mut open: u64) -> Result<u64, usize> {
        let mut left = self.opening | self.closing;
        while left != 0 {
            let at = left.trailing_zeros();
            match self.opening >> at & 1 {
                1 => open += 1,
                _ => open -= 1,
            }
            if open == 0 {
                return Err(at as usize + 1);
            }
            left &= left - 1;
        }
        Ok(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, byte by byte.
    fn one_by_one(text: &[u8], at: usize) -> Option<usize> {
        let (mut open, mut string, mut escaped) = (1, false, false);
        for (offset, byte) in text.iter().enumerate().skip(at) {
            let plain = !std::mem::take(&mut escaped);
            match byte {
                b'\\' => escaped = plain,
                b'"' if plain => string = !string,
                b'{' | b'[' if !string => open += 1,
                b'}' | b']' if !string => open -= 1,
                _ => {}
            }
            if open == 0 {
                return Some(offset + 1);
            }
        }
        None
    }

    #[test]
    fn containers_end_where_their_bracket_stands() {
        for (text, end) in [
            ("{}", Some(2)),
            ("{\"a\":[1,{\"b\":\"]}\"}]}, 7", Some(20)),
            ("[\"\\\\\"],[", Some(6)),
            ("[\"\\\"]\"]", Some(7)),
            ("[\"", None),
            ("[", None),
        ] {
            assert_eq!(container_end(text.as_bytes(), 1), end, "{text}");
        }
        assert_eq!(container_end(b"[", 2), None);
    }

    proptest::proptest! {
        /// Any bytes whatever, most of them those that count.
        #[test]
        fn blocks_say_what_single_bytes_say(
            text in "[\\[\\]{}\"\\\\, a\\x00yY\u{e9}]{0,400}",
            calm in "[\\[{}\\]]{0,3}[a-z\"]{0,150}",
            at in 0usize..4,
        ) {
            for text in [text.clone(), calm.repeat(3), calm + &text] {
                let text = text.as_bytes();
                proptest::prop_assert_eq!(container_end(text, at), one_by_one(text, at.min(text.len())));
            }
        }
    }
}
