//! Numbers as bytes of ASCII, so that they can stand between texts.
//!
//! A digit has six bits of the number, the lowest first, and a bit above them
//! that says whether more digits follow. So a small number takes one byte, and
//! texts with numbers between them are checked to be UTF-8 all at once: no
//! character reaches over a digit.

/// The bit of a digit that says that more follow, and the base of digits.
const MORE: u64 = 1 << BITS;

/// How many bits of a number a digit has.
const BITS: u32 = 6;

/// Appends a number.
#[inline]
pub(super) fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= MORE {
        bytes.push((number % MORE + MORE) as u8);
        number >>= BITS;
    }
    bytes.push(number as u8);
}

/// The number that stands at this place, which is moved behind it.
#[inline]
pub(super) fn take(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let digit = u64::from(bytes[*at]);
        *at += 1;
        number |= (digit % MORE) << shift;
        if digit < MORE {
            return number;
        }
        shift += BITS;
    }
}

/// A signed number as one that is small where the signed one is near zero.
#[inline]
pub(super) fn folded(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

/// The number that was folded.
#[inline]
pub(super) fn unfolded(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_numbers_take_one_byte() {
        for (number, bytes) in [
            (0, 1),
            (63, 1),
            (64, 2),
            (4095, 2),
            (4096, 3),
            (u64::MAX, 11),
        ] {
            let mut digits = Vec::new();
            push(&mut digits, number);
            assert_eq!(digits.len(), bytes, "{number}");
        }
        assert_eq!([0, -1, 1, -2].map(folded), [0, 1, 2, 3]);
    }

    proptest! {
        #[test]
        fn numbers_come_back(numbers: Vec<(u64, u8)>) {
            let mut digits = Vec::new();
            let numbers: Vec<_> = numbers.iter().map(|(n, by)| n >> (by % 64)).collect();
            numbers.iter().for_each(|&number| push(&mut digits, number));
            prop_assert!(digits.is_ascii());
            let mut at = 0;
            for &number in &numbers {
                prop_assert_eq!(take(&digits, &mut at), number);
                prop_assert_eq!(folded(unfolded(number)), number);
            }
            prop_assert_eq!(at, digits.len());
        }
    }
}
