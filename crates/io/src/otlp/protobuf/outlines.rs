//! Outlines: all bytes of a record but those that each record has of its own.
//!
//! Records of one kind repeat themselves. So the bytes of one that was read are
//! kept, with a mask of those that matter, and a record of the same length that
//! agrees in these is known as a whole, without a look at its fields.

use wide::u8x16;

/// How many bytes are compared at once.
const BLOCK: usize = 64;

/// How many words of 16 bytes a block has.
const WORDS: usize = BLOCK / 16;

/// The longest record that has an outline.
const LONGEST: usize = 1 << 12;

/// How many blocks are held at most.
const MOST_BLOCKS: usize = 1 << 15;

/// The slots of outlines: a power of two.
const SLOTS: usize = 1 << 12;

/// How many outlines a slot has at most.
const MOST_ALIKE: u8 = 8;

/// How many records of a slot are looked at to learn from them.
const MOST_ASKED: u8 = 64;

/// What a record that is found counts for, and each outline that was compared with
/// one that is not against it: finding one spares about so many comparisons.
const FOUND: u8 = 4;

/// What a slot begins with; with nothing left it is given up.
const CREDIT: u8 = 128;

/// No outline.
const NONE: u32 = u32::MAX;

/// Bytes, and which of them matter.
#[derive(Clone, Copy, Debug)]
struct Block {
    words: [u8x16; WORDS],
    mask: [u8x16; WORDS],
}

impl Block {
    fn of(bytes: &[u8; BLOCK], mask: &[u8; BLOCK]) -> Self {
        let (bytes, mask) = (words(bytes), words(mask));
        Self {
            words: std::array::from_fn(|at| bytes[at] & mask[at]),
            mask,
        }
    }

    /// Adds the bits that matter in which these bytes differ.
    #[inline(always)]
    fn compare(&self, bytes: &[u8; BLOCK], differ: &mut [u8x16; WORDS]) {
        let bytes = words(bytes);
        for at in 0..WORDS {
            differ[at] |= (bytes[at] & self.mask[at]) ^ self.words[at];
        }
    }
}

#[inline(always)]
fn words(bytes: &[u8; BLOCK]) -> [u8x16; WORDS] {
    let (words, _) = bytes.as_chunks();
    std::array::from_fn(|at| u8x16::new(words[at]))
}

/// A record without what is its own.
#[derive(Debug)]
struct Outline<T> {
    length: usize,
    /// The last one ends where the record does.
    blocks: Box<[Block]>,
    /// The one of the same slot that is asked behind it.
    next: u32,
    what: T,
}

impl<T> Outline<T> {
    #[inline(always)]
    fn matches(&self, record: &[u8]) -> bool {
        if self.length != record.len() {
            return false;
        }
        let (whole, _) = record.as_chunks();
        let (Some(last), Some((block, blocks))) = (record.last_chunk(), self.blocks.split_last())
        else {
            return false;
        };
        // Whether they differ is asked once, because most do not.
        let mut differ = [u8x16::ZERO; WORDS];
        for (block, bytes) in blocks.iter().zip(whole) {
            block.compare(bytes, &mut differ);
        }
        block.compare(last, &mut differ);
        let all = differ.iter().fold(u8x16::ZERO, |all, word| all | *word);
        all == u8x16::ZERO
    }
}

/// Where the outlines of records stand that are probably alike.
#[derive(Clone, Copy, Debug)]
struct Slot {
    first: u32,
    outlines: u8,
    asked: u8,
    /// Whether it is worth it to look here: see [`FOUND`].
    credit: u8,
}

impl Slot {
    #[inline(always)]
    fn found(&mut self) {
        self.credit = self.credit.saturating_add(FOUND);
    }

    /// No outline agreed with a record. Where that is so too often, records of this
    /// slot are not looked for again.
    fn missed(&mut self) {
        self.credit = self.credit.saturating_sub(self.outlines);
        if self.credit == 0 {
            self.first = NONE;
            self.asked = MOST_ASKED;
        }
    }

    const EMPTY: Self = Self {
        first: NONE,
        outlines: 0,
        asked: 0,
        credit: CREDIT,
    };
}

/// The outlines of a file, each with what its reader knows of it.
#[derive(Debug)]
pub(super) struct Outlines<T> {
    /// None before there is something to learn.
    slots: Vec<Slot>,
    outlines: Vec<Outline<T>>,
    /// How many blocks all of them have.
    blocks: usize,
}

impl<T> Default for Outlines<T> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            outlines: Vec::new(),
            blocks: 0,
        }
    }
}

impl<T: Copy> Outlines<T> {
    /// What is known of a record of this name, where it has an outline that was
    /// learnt.
    #[inline(always)]
    pub(super) fn find(&mut self, record: &[u8], name: &[u8]) -> Option<T> {
        let place = place(record, name);
        let slot = self.slots.get_mut(place)?;
        let outline = self.outlines.get(slot.first as usize)?;
        match outline.matches(record) {
            true => {
                slot.found();
                Some(outline.what)
            }
            false => self.among_others(record, place),
        }
    }

    /// The same where it is not the outline that was found last, which it is from
    /// now on.
    #[inline(never)]
    fn among_others(&mut self, record: &[u8], place: usize) -> Option<T> {
        let slot = &mut self.slots[place];
        let mut before = slot.first;
        loop {
            let at = self.outlines[before as usize].next;
            let Some(outline) = self.outlines.get(at as usize) else {
                slot.missed();
                return None;
            };
            if outline.matches(record) {
                let (next, what) = (outline.next, outline.what);
                self.outlines[before as usize].next = next;
                self.outlines[at as usize].next = slot.first;
                slot.first = at;
                slot.found();
                return Some(what);
            }
            before = at;
        }
    }

    /// True where it is time to learn the outline of a record, of which none was
    /// found.
    #[inline]
    pub(super) fn is_due(&mut self, record: &[u8], name: &[u8]) -> bool {
        let slot = self.slot(record, name);
        let is_due = (1..MOST_ASKED).contains(&slot.asked) && slot.outlines < MOST_ALIKE;
        slot.asked = slot.asked.saturating_add(1);
        is_due && (BLOCK..=LONGEST).contains(&record.len())
    }

    fn slot(&mut self, record: &[u8], name: &[u8]) -> &mut Slot {
        if self.slots.is_empty() {
            self.slots = vec![Slot::EMPTY; SLOTS];
        }
        &mut self.slots[place(record, name)]
    }

    /// Learns the outline of a record of at least [`BLOCK`] bytes, of which those
    /// matter that are set in the mask.
    pub(super) fn learn(&mut self, (record, mask): (&[u8], &[u8]), name: &[u8], what: T) {
        let (Some(last), Some(last_mask)) = (record.last_chunk(), mask.last_chunk()) else {
            return;
        };
        let (bytes, masks) = (record.as_chunks().0, mask.as_chunks().0);
        let blocks = bytes.iter().zip(masks).chain([(last, last_mask)]);
        let blocks: Box<[Block]> = blocks.map(|(bytes, mask)| Block::of(bytes, mask)).collect();
        if self.blocks + blocks.len() > MOST_BLOCKS {
            return;
        }
        self.blocks += blocks.len();
        let at = self.outlines.len() as u32;
        let slot = self.slot(record, name);
        let next = std::mem::replace(&mut slot.first, at);
        slot.outlines += 1;
        self.outlines.push(Outline {
            length: record.len(),
            blocks,
            next,
            what,
        });
    }
}

/// The slot of a record.
#[inline(always)]
fn place(record: &[u8], name: &[u8]) -> usize {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let last = name
        .last_chunk()
        .map_or(0, |last| u32::from_le_bytes(*last));
    let lengths = record.len() << 8 ^ name.len();
    let mixed = (u64::from(last) ^ (lengths as u64) << 32).wrapping_mul(SPREAD);
    (mixed >> (64 - SLOTS.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &[u8] = b"GET";

    /// Outlines of these records, of which the bytes `any` do not matter.
    fn learnt(records: &[&[u8]], any: usize) -> Outlines<usize> {
        let mut outlines = Outlines::default();
        for (at, record) in records.iter().enumerate() {
            let mut mask = vec![0xff; record.len()];
            mask[any] = 0;
            outlines.learn((record, &mask), NAME, at);
        }
        outlines
    }

    #[test]
    fn every_byte_counts_but_those_left_out() {
        for length in [BLOCK, BLOCK + 1, 2 * BLOCK - 1, 2 * BLOCK, 5 * BLOCK + 7] {
            let record: Vec<u8> = (0..length).map(|at| at as u8).collect();
            for any in [0, BLOCK / 2, length - 1] {
                let mut outlines = learnt(&[&record], any);
                for at in 0..length {
                    let mut other = record.clone();
                    other[at] ^= 1;
                    let expected = (at == any).then_some(0);
                    assert_eq!(outlines.find(&other, NAME), expected, "{at} of {length}");
                    assert_eq!(outlines.find(&record, NAME), Some(0));
                }
                assert_eq!(outlines.find(&record[1..], NAME), None);
                assert_eq!(outlines.find(&record, b"another name"), None);
            }
        }
    }

    #[test]
    fn of_several_the_right_one_is_found() {
        let records = [0, 1, 2, 3].map(|last| [&[7; BLOCK][..], &[last]].concat());
        let mut outlines = learnt(&records.each_ref().map(Vec::as_slice), 0);
        for at in [0, 0, 3, 1, 2, 2, 0, 1, 3] {
            assert_eq!(outlines.find(&records[at], NAME), Some(at));
        }
        let other = [&[7; BLOCK][..], &[9]].concat();
        assert_eq!(outlines.find(&other, NAME), None);
    }

    #[test]
    fn what_is_not_worth_it_is_given_up() {
        let records = [0, 1, 2].map(|last| [&[7; BLOCK][..], &[last]].concat());
        let mut outlines = learnt(&records.each_ref().map(Vec::as_slice), 0);
        let other = [&[7; BLOCK][..], &[9]].concat();
        for _ in 0..1000 {
            assert_eq!(outlines.find(&other, NAME), None);
            assert_eq!(outlines.find(&records[1], NAME), Some(1));
        }
        for _ in 0..1000 {
            assert_eq!(outlines.find(&other, NAME), None);
        }
        assert_eq!(outlines.find(&records[1], NAME), None);
        assert!(!outlines.is_due(&records[1], NAME));
    }

    #[test]
    fn what_is_learnt_has_an_end() {
        let mut outlines = Outlines::default();
        let mut record = vec![1; BLOCK];
        assert!(!outlines.is_due(&record, NAME), "it came once");
        for last in 0..=255 {
            record[0] = last;
            if outlines.is_due(&record, NAME) {
                outlines.learn((&record, &[0xff; BLOCK]), NAME, last);
            }
        }
        assert_eq!(outlines.outlines.len(), usize::from(MOST_ALIKE));
        for length in [BLOCK - 1, LONGEST + 1] {
            let record = vec![1; length];
            let mut due = (0..3).map(|_| outlines.is_due(&record, NAME));
            assert!(due.all(|is_due| !is_due), "{length} bytes");
        }
        let (record, mut names) = (vec![1; LONGEST], 0..MOST_BLOCKS as u32);
        assert!(names.all(|name| {
            outlines.learn((&record, &record), &name.to_le_bytes(), 0);
            outlines.blocks <= MOST_BLOCKS
        }));
    }
}
