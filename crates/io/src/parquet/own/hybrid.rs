//! Small numbers as Parquet packs them: runs of one number, and numbers of a
//! few bits each.

/// What stands next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// A number that comes so often.
    Of(u32, usize),
    /// Numbers that are packed.
    Packed,
}

/// Numbers that are read one by one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hybrid<'f> {
    rest: &'f [u8],
    /// How many bits a number has.
    width: u32,
    /// How many numbers the run still has.
    left: usize,
    /// The number of a run; the mask of numbers that are packed.
    number: u32,
    /// Numbers that are packed; empty in a run of one number.
    packed: &'f [u8],
    /// How many bits of those have been read.
    bit: usize,
}

impl<'f> Hybrid<'f> {
    /// Numbers of so many bits; `None` for more than a number may have.
    pub(super) fn new(bytes: &'f [u8], width: u8) -> Option<Self> {
        (width <= 32).then_some(Self {
            rest: bytes,
            width: u32::from(width),
            ..Self::default()
        })
    }

    /// Bits, without a word on how many there are.
    pub(super) fn bits(bytes: &'f [u8]) -> Self {
        Self {
            width: 1,
            left: bytes.len() * 8,
            number: 1,
            packed: bytes,
            ..Self::default()
        }
    }

    /// The next number; `None` at the end.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<u32> {
        if self.left == 0 {
            self.begin_run()?;
        }
        self.left -= 1;
        if self.packed.is_empty() {
            return Some(self.number);
        }
        let word = word(self.packed, self.bit / 8);
        let number = (word >> (self.bit % 8)) as u32 & self.number;
        self.bit += self.width as usize;
        Some(number)
    }

    /// Takes a run of one number, as far as it is asked for, or says that
    /// numbers that are packed stand here; `None` at the end.
    pub(super) fn run(&mut self, most: usize) -> Option<Run> {
        if self.left == 0 {
            self.begin_run()?;
        }
        if !self.packed.is_empty() {
            return Some(Run::Packed);
        }
        let times = most.min(self.left);
        self.left -= times;
        Some(Run::Of(self.number, times))
    }

    /// Reads as many of the packed numbers that stand here as there is room for.
    pub(super) fn fill<'n>(&mut self, numbers: &'n mut [u32]) -> &'n [u32] {
        let count = self.left.min(numbers.len());
        let numbers = &mut numbers[..count];
        // So many whole numbers stand in a word, wherever in a byte it begins.
        match self.width {
            0..=7 => self.unpack::<8>(numbers),
            8..=14 => self.unpack::<4>(numbers),
            15..=28 => self.unpack::<2>(numbers),
            _ => self.unpack::<1>(numbers),
        }
        self.left -= count;
        numbers
    }

    /// Reads packed numbers, so many from each word.
    fn unpack<const IN_WORD: usize>(&mut self, numbers: &mut [u32]) {
        let (width, mask) = (self.width as usize, self.number);
        let mut words = numbers.chunks_exact_mut(IN_WORD);
        for numbers in &mut words {
            let word = word(self.packed, self.bit / 8) >> (self.bit % 8);
            for (nth, number) in numbers.iter_mut().enumerate() {
                *number = (word >> (nth * width)) as u32 & mask;
            }
            self.bit += IN_WORD * width;
        }
        for number in words.into_remainder() {
            let word = word(self.packed, self.bit / 8);
            *number = (word >> (self.bit % 8)) as u32 & mask;
            self.bit += width;
        }
    }

    /// Passes over the zeros of a run, at most so many; answers how many.
    pub(super) fn pass_zeros(&mut self, most: usize) -> usize {
        if !self.packed.is_empty() || self.number != 0 {
            return 0;
        }
        let zeros = most.min(self.left);
        self.left -= zeros;
        zeros
    }

    /// Passes over so many numbers; `None` where there are fewer.
    pub(super) fn pass(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            if self.left == 0 {
                self.begin_run()?;
            }
            let run = count.min(self.left);
            self.bit += run * self.width as usize;
            (count, self.left) = (count - run, self.left - run);
        }
        Some(())
    }

    /// Begins the next run that has any number.
    #[inline(never)]
    fn begin_run(&mut self) -> Option<()> {
        while self.left == 0 {
            let header = self.varint()?;
            let count = usize::try_from(header >> 1).ok()?;
            (self.bit, self.packed) = (0, &[]);
            if header & 1 == 0 {
                (self.left, self.number) = (count, self.whole_number()?);
                continue;
            }
            let bytes = count.checked_mul(self.width as usize)?;
            let bytes = bytes.min(self.rest.len());
            (self.packed, self.rest) = self.rest.split_at(bytes);
            self.left = count.checked_mul(8)?;
            self.number = u32::MAX.checked_shr(32 - self.width).unwrap_or(0);
        }
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// The number of a run, in whole bytes.
    fn whole_number(&mut self) -> Option<u32> {
        let (bytes, rest) = self
            .rest
            .split_at_checked(self.width.div_ceil(8) as usize)?;
        self.rest = rest;
        let mut number = [0; 4];
        number[..bytes.len()].copy_from_slice(bytes);
        Some(u32::from_le_bytes(number))
    }

    /// How many of the next numbers are this one.
    pub(super) fn count(mut self, among: usize, number: u32) -> Option<usize> {
        let (mut rest, mut found) = (among, 0);
        while rest > 0 {
            if self.left == 0 {
                self.begin_run()?;
            }
            let run = rest.min(self.left);
            found += if self.packed.is_empty() {
                run * usize::from(self.number == number)
            } else if (self.width, number) == (1, 1) {
                ones(self.packed, run)
            } else {
                let numbers = (0..run).filter_map(|_| self.next());
                numbers.filter(|&one| one == number).count()
            };
            (rest, self.left) = (rest - run, 0);
        }
        Some(found)
    }
}

/// Eight bytes from a place on; zeros behind the end.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(word)
        }
    }
}

/// How many of the first bits are ones.
fn ones(bytes: &[u8], bits: usize) -> usize {
    let (whole, rest) = bytes.split_at(bytes.len().min(bits / 8));
    let last = rest.first().map_or(0, |byte| byte & !(0xff << (bits % 8)));
    let ones = whole.iter().map(|byte| byte.count_ones());
    (ones.sum::<u32>() + last.count_ones()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut numbers: Hybrid<'_>) -> Vec<u32> {
        std::iter::from_fn(|| numbers.next()).collect()
    }

    #[test]
    fn runs_and_packed_numbers_come_one_by_one() {
        // Five times 300, then eight numbers of nine bits: 0 to 7.
        let packed = (0..8u128).fold(0, |all, number| all | number << (9 * number));
        let bytes = [&[10, 0x2c, 1, 3][..], &packed.to_le_bytes()[..9]].concat();
        let numbers = Hybrid::new(&bytes, 9).expect("few bits");
        let expected: Vec<u32> = [300; 5].into_iter().chain(0..8).collect();
        assert_eq!(all(numbers), expected);
        for passed in 0..=expected.len() {
            let mut rest = numbers;
            assert!(rest.pass(passed).is_some());
            let mut room = [9; 5];
            match rest.run(2) {
                Some(Run::Of(number, times)) => {
                    assert_eq!((number, times), (300, (5 - passed).min(2)));
                }
                Some(Run::Packed) => {
                    let behind = &expected[passed..];
                    assert_eq!(rest.fill(&mut room), &behind[..behind.len().min(5)]);
                }
                None => assert_eq!(passed, expected.len()),
            }
        }
        let mut rest = numbers;
        assert!(rest.pass(14).is_none(), "one more than there are");
        assert_eq!(numbers.count(9, 300), Some(5));
        assert_eq!(numbers.count(13, 3), Some(1));
        assert_eq!(numbers.count(14, 3), None, "one more than there are");
        assert!(Hybrid::new(&bytes, 33).is_none());
    }

    #[test]
    fn numbers_of_any_width_are_unpacked() {
        for width in 1..=32u32 {
            let number = |nth: u32| nth.wrapping_mul(0x9e37_79b9) >> (32 - width);
            let mut packed = vec![0u8; 5 * 8 * width as usize];
            for bit in 0..packed.len() * 8 {
                let of = number(bit as u32 / width);
                packed[bit / 8] |= ((of >> (bit as u32 % width) & 1) as u8) << (bit % 8);
            }
            let bytes = [&[40 << 1 | 1][..], &packed].concat();
            let expected: Vec<u32> = (0..320).map(number).collect();
            let mut rest = Hybrid::new(&bytes, width as u8).expect("few bits");
            assert_eq!(rest.run(1), Some(Run::Packed));
            let mut all = Vec::new();
            for room in [3, 64, 1, 29, 100, 200] {
                all.extend_from_slice(rest.fill(&mut vec![0; room]));
            }
            assert_eq!(all, expected, "{width}");
        }
    }

    #[test]
    fn ones_are_counted_as_they_come() {
        // Eleven ones, then sixteen bits, of which seven are ones.
        let bytes = [22, 1, 5, 0b1010_0110, 0b0000_1101];
        let bits = Hybrid::new(&bytes, 1).expect("a bit");
        for among in 0..=27 {
            let ones = all(bits)[..among].iter().filter(|&&one| one == 1).count();
            assert_eq!(bits.count(among, 1), Some(ones), "{among}");
            assert_eq!(bits.count(among, 0), Some(among - ones), "{among}");
        }
        assert_eq!(all(Hybrid::bits(&bytes[3..4])), [0, 1, 1, 0, 0, 1, 0, 1]);
    }

    #[test]
    fn numbers_without_bits_are_zero() {
        let numbers = Hybrid::new(&[3, 4], 0).expect("no bits");
        assert_eq!(all(numbers), [0; 10]);
        assert_eq!(numbers.count(10, 0), Some(10));
    }
}
