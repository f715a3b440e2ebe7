//! Bits, one behind the other, and how many of those before one are set.

/// Bits, 64 in a word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
    len: usize,
}

/// Bits of which those that are set have numbers, in their order.
#[derive(Clone, Debug)]
pub(crate) struct NumberedBits {
    bits: Bits,
    /// By word: how many bits are set before it.
    before: Vec<u32>,
}

impl Bits {
    /// As many bits, none of which is set.
    pub(crate) fn unset_like(&self) -> Self {
        Self {
            words: vec![0; self.words.len()],
            len: self.len,
        }
    }

    /// True where the bit is set; those that are not there are not.
    #[inline]
    pub(crate) fn get(&self, at: u32) -> bool {
        let word = self.words.get(at as usize / 64).copied().unwrap_or(0);
        word >> (at % 64) & 1 == 1
    }

    /// Sets a bit that is there.
    #[inline]
    pub(crate) fn set(&mut self, at: u32) {
        self.words[at as usize / 64] |= 1 << (at % 64);
    }

    /// Appends a bit for each item.
    pub(crate) fn extend<T>(&mut self, items: &[T], is_set: impl Fn(&T) -> bool) {
        let word_of = |items: &[T]| {
            let bits = items.iter().rev().map(|item| u64::from(is_set(item)));
            bits.fold(0, |word, bit| word << 1 | bit)
        };
        let open = self.len % 64;
        let room = if open == 0 { 0 } else { 64 - open };
        let (first, rest) = items.split_at(room.min(items.len()));
        if let Some(last) = self.words.last_mut().filter(|_| !first.is_empty()) {
            *last |= word_of(first) << open;
        }
        self.words.extend(rest.chunks(64).map(word_of));
        self.len += items.len();
    }

    /// Appends so many bits that are not set.
    pub(crate) fn extend_unset(&mut self, count: usize) {
        self.len += count;
        self.words.resize(self.len.div_ceil(64), 0);
    }

    /// Which bits are set, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let words = (0..).step_by(64).zip(&self.words);
        words.flat_map(|(first, &word)| {
            let rest = |&word: &u64| Some(word & (word - 1)).filter(|&rest| rest != 0);
            let rests = std::iter::successors(Some(word).filter(|&word| word != 0), rest);
            rests.map(move |word| first + word.trailing_zeros())
        })
    }

    /// The same, numbered.
    pub(crate) fn numbered(self) -> NumberedBits {
        let mut sum = 0;
        let before = self.words.iter().map(|word| {
            let before = sum;
            sum += word.count_ones();
            before
        });
        NumberedBits {
            before: before.collect(),
            bits: self,
        }
    }
}

impl NumberedBits {
    /// The bits.
    pub(crate) fn bits(&self) -> &Bits {
        &self.bits
    }

    /// The number of a bit that is set: how many are before it.
    #[inline]
    pub(crate) fn number(&self, at: u32) -> u32 {
        let (word, bit) = (at as usize / 64, at % 64);
        let before = self.bits.words[word] & ((1 << bit) - 1);
        self.before[word] + before.count_ones()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Items of any number, one behind the other: the multiples of three are set.
    #[test]
    fn bits_are_found_by_place_and_by_number() {
        let (mut bits, mut len) = (Bits::default(), 0);
        for count in [1, 0, 62, 1, 64, 3, 130, 61, 200] {
            let items: Vec<u32> = (len..len + count).collect();
            bits.extend(&items, |item| item % 3 == 0);
            len += count;
        }
        bits.extend_unset(100);
        let set: Vec<u32> = (0..len).filter(|at| at % 3 == 0).collect();
        assert_eq!(bits.iter().collect::<Vec<_>>(), set);
        assert!((0..len + 200).all(|at| bits.get(at) == set.contains(&at)));
        let numbered = bits.numbered();
        assert!((0..).zip(&set).all(|(nth, &at)| numbered.number(at) == nth));
        let mut none = numbered.bits().unset_like();
        assert_eq!(none.iter().count(), 0);
        none.set(len + 99);
        assert_eq!(none.iter().collect::<Vec<_>>(), [len + 99]);
    }

    #[test]
    fn bits_follow_those_that_are_not_set() {
        let mut bits = Bits::default();
        bits.extend_unset(70);
        bits.extend(&[1], |_| true);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [70]);
    }
}
