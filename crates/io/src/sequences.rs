//! Sequences of attributes that were seen.
//!
//! Spans of one operation have the same keys in the same order, and mostly say
//! the same in what analyses read. So each attribute is a *step* from those
//! before it, and a span that goes where an earlier one went needs no key to be
//! looked up, no value to be compared with others, and no evidence set to be
//! found: the last step knows it. The bytes are those of the format; what
//! follows them where a value is of no interest, its reader finds out.

mod learning;
mod pattern;
mod repeats;

use hashbrown::HashTable;
use pattern::{Pattern, TAIL, WORD};
use spanwise_model::keyed::HashState;
use spanwise_model::{EvidenceId, Result, Symbol};
use std::hash::BuildHasher;

/// How many of the steps that lead on from one are compared before the right one
/// is looked up.
const COMPARED: usize = 8;

/// Where no sequence is known.
const NOWHERE: u32 = u32::MAX;

/// An attribute as a step is made of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute<'b, T> {
    pub(crate) key: Symbol,
    /// The bytes that it begins with: up to the value, or all of it where it
    /// matters what the value is.
    pub(crate) bytes: &'b [u8],
    /// The place of a byte among the first words that may be any.
    pub(crate) any: Option<usize>,
    /// True where those are all of it.
    pub(crate) is_whole: bool,
    /// True where a row of it is kept.
    pub(crate) is_kept: bool,
    /// What its reader knows of it.
    pub(crate) what: T,
}

/// The number of a step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepId(u32);

/// What is known of an attribute that was recognised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<T> {
    pub(crate) step: StepId,
    pub(crate) key: Symbol,
    /// How many bytes were recognised.
    pub(crate) length: usize,
    /// True where those are all of it.
    pub(crate) is_whole: bool,
    pub(crate) is_kept: bool,
    pub(crate) what: T,
}

#[derive(Clone, Copy, Debug)]
struct Step<T, const WORDS: usize> {
    pattern: Pattern<WORDS>,
    known: Known<T>,
    /// Where its bytes stand.
    start: usize,
    before: u32,
    /// The step that followed last time.
    next: u32,
    /// The last one of those that lead on from here.
    newest: u32,
    /// The one that was added before this, of those that follow the same step.
    older: u32,
    branches: u16,
    /// Where the text went on behind it, when it was last passed; zero before.
    seen: usize,
    /// What a span says whose last attribute this is.
    evidence: Option<EvidenceId>,
}

/// The sequences of a file, whose attributes mostly begin with so many words of
/// eight bytes, or fewer.
#[derive(Debug)]
pub(crate) struct Sequences<T, const WORDS: usize> {
    steps: Vec<Step<T, WORDS>>,
    bytes: Vec<u8>,
    /// The steps by what is before them and what they are.
    index: HashTable<u32>,
    hashing: HashState,
    /// By name: its beginning.
    beginnings: Vec<Beginning>,
    at: u32,
}

/// Where the sequences of a name begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Beginning {
    /// No span of the name has come.
    #[default]
    Unseen,
    /// One has; the next one is learnt, for many names come once.
    Seen,
    At(u32),
}

impl<T, const WORDS: usize> Default for Sequences<T, WORDS> {
    fn default() -> Self {
        Self {
            steps: Vec::new(),
            bytes: Vec::new(),
            index: HashTable::new(),
            hashing: HashState::default(),
            beginnings: Vec::new(),
            at: NOWHERE,
        }
    }
}

impl<T: Copy + Default, const WORDS: usize> Sequences<T, WORDS> {
    /// A span of this name begins; false where nothing is known of such.
    #[inline]
    pub(crate) fn begin(&mut self, name: Symbol) -> bool {
        self.at = match self.beginnings.get(name.index()) {
            Some(Beginning::At(step)) => *step,
            _ => NOWHERE,
        };
        self.at != NOWHERE
    }

    /// The attribute that `rest` begins with, where it is the one expected next
    /// or one of the newest others.
    #[inline(always)]
    pub(crate) fn expected(&mut self, rest: &[u8]) -> Option<&Known<T>> {
        let mut next = self.steps.get(self.at as usize)?.next;
        if self.matching(next, rest).is_none() {
            next = self.among_others(rest)?;
        }
        Some(&self.steps.get(next as usize)?.known)
    }

    /// Goes over the attributes that `rest` begins with, as long as they were
    /// seen here; `behind` says what stands behind one, or nothing where it is
    /// another after all. Answers what is left.
    #[inline(always)]
    pub(crate) fn follow<'b>(
        &mut self,
        mut rest: &'b [u8],
        mut behind: impl FnMut(&Known<T>, &'b [u8]) -> Result<Option<&'b [u8]>>,
    ) -> Result<&'b [u8]> {
        let last = self.steps.get(self.at as usize);
        let mut next = last.map_or(NOWHERE, |last| last.next);
        loop {
            let step = match self.matching(next, rest) {
                Some(step) => step,
                None => match self.among_others(rest) {
                    Some(found) => &self.steps[found as usize],
                    None => return Ok(rest),
                },
            };
            let Some(others) = behind(&step.known, rest)? else {
                return Ok(rest);
            };
            (rest, next) = (others, step.next);
            self.at = step.known.step.0;
        }
    }

    /// The step of this number, where `rest` begins with its attribute.
    #[inline(always)]
    fn matching(&self, step: u32, rest: &[u8]) -> Option<&Step<T, WORDS>> {
        let step = self.steps.get(step as usize)?;
        if !step.pattern.matches(rest) {
            return None;
        }
        let is_long = step.known.length > WORDS * WORD;
        (!is_long || self.tail_matches(step, rest)).then_some(step)
    }

    /// Compares what is longer than a pattern, whose bytes are equal. A short tail
    /// is compared with those before it, of which none may be any.
    #[inline(never)]
    fn tail_matches(&self, step: &Step<T, WORDS>, rest: &[u8]) -> bool {
        let bytes = self.bytes_of(&step.known);
        let Some(rest) = rest.get(..bytes.len()) else {
            return false;
        };
        if bytes.len() <= WORDS * WORD + TAIL {
            return rest.last_chunk::<TAIL>() == bytes.last_chunk();
        }
        rest[WORDS * WORD..] == bytes[WORDS * WORD..]
    }

    /// Of the newest steps that lead on from here, the one with whose attribute
    /// `rest` begins. It is expected from now on.
    #[inline]
    fn among_others(&mut self, rest: &[u8]) -> Option<u32> {
        let last = self.steps.get(self.at as usize)?;
        (last.branches > 1).then(|| self.other(rest))?
    }

    #[inline(never)]
    fn other(&mut self, rest: &[u8]) -> Option<u32> {
        let last = self.steps.get(self.at as usize)?;
        let older = |&at: &u32| Some(self.steps.get(at as usize)?.older);
        let newest = std::iter::successors(Some(last.newest), older).take(COMPARED);
        let mut others = newest.filter(|&at| at != last.next);
        let found = others.find(|&at| self.matching(at, rest).is_some())?;
        self.steps[self.at as usize].next = found;
        Some(found)
    }

    /// The bytes by which an attribute was recognised.
    pub(crate) fn bytes_of(&self, known: &Known<T>) -> &[u8] {
        let step = &self.steps[known.step.0 as usize];
        &self.bytes[step.start..step.start + known.length]
    }

    /// Goes on behind an attribute that was recognised.
    #[inline(always)]
    pub(crate) fn go(&mut self, step: StepId) {
        self.at = step.0;
    }

    /// The attribute of this key, and of these bytes where it matters what its
    /// value is, if it was seen here. It is expected from now on.
    pub(crate) fn find(&mut self, key: Symbol, whole: Option<&[u8]>) -> Option<Known<T>> {
        let found = self.look_up(key, whole)?;
        let last = self.steps.get_mut(self.at as usize)?;
        last.next = found;
        Some(self.steps[found as usize].known)
    }

    fn look_up(&self, key: Symbol, whole: Option<&[u8]>) -> Option<u32> {
        let hash = self.hash(self.at, key, whole);
        let same = |&at: &u32| {
            let step = &self.steps[at as usize];
            step.before == self.at
                && step.known.key == key
                && step.known.is_whole == whole.is_some()
                && whole.is_none_or(|bytes| bytes == self.bytes_of(&step.known))
        };
        self.index.find(hash, same).copied()
    }

    fn hash(&self, before: u32, key: Symbol, whole: Option<&[u8]>) -> u64 {
        self.hashing.hash_one((before, key, whole))
    }

    /// What a span says that ends here, if that is known.
    #[inline]
    pub(crate) fn evidence(&self) -> Option<EvidenceId> {
        self.steps.get(self.at as usize)?.evidence
    }
}

#[cfg(test)]
mod tests {
    use super::learning::{MOST_BRANCHES, MOST_BYTES};
    use super::*;

    const NAME: Symbol = Symbol(3);

    /// How many bytes are compared as words here.
    const CHUNK: usize = 32;

    type Sequences = super::Sequences<(), 4>;

    pub(super) fn attribute(key: u32, bytes: &[u8], is_whole: bool) -> Attribute<'_, ()> {
        Attribute {
            key: Symbol(key),
            bytes,
            any: None,
            is_whole,
            is_kept: false,
            what: (),
        }
    }

    /// Sequences that know spans of a name with these attributes.
    fn learnt(spans: &[(&[Attribute<'_, ()>], u32)]) -> Sequences {
        let mut sequences = Sequences::default();
        assert!(!sequences.learn_name(NAME), "the first one is not learnt");
        for (attributes, evidence) in spans {
            assert!(sequences.learn_name(NAME));
            assert!(attributes.iter().all(|one| sequences.learn(one)));
            sequences.learn_evidence(EvidenceId(*evidence));
        }
        sequences
    }

    #[test]
    fn a_span_that_goes_the_same_way_says_the_same() {
        let (long, longer) = ([7; CHUNK + 5], [8; CHUNK + TAIL + 3]);
        let way = [
            attribute(1, b"method=", false),
            attribute(2, b"status=200;", true),
            attribute(5, &long, true),
            attribute(6, &longer, true),
        ];
        let mut sequences = learnt(&[(&way, 9)]);
        assert!(!sequences.begin(Symbol(4)), "another name");
        assert!(sequences.begin(NAME));
        assert_eq!(sequences.evidence(), None, "no span ends here");
        for step in &way {
            let rest = [step.bytes, b"and more"].concat();
            let known = *sequences.expected(&rest).expect("as before");
            assert_eq!(known.key, step.key);
            assert_eq!(known.length, step.bytes.len());
            for at in 0..step.bytes.len() {
                let mut other = rest.clone();
                other[at] ^= 1;
                assert!(sequences.expected(&other).is_none(), "byte {at} counts");
                assert!(sequences.expected(&rest[..at]).is_none(), "cut at {at}");
            }
            sequences.go(known.step);
        }
        assert_eq!(sequences.evidence(), Some(EvidenceId(9)));
        assert!(sequences.expected(b"").is_none(), "nothing follows");
    }

    #[test]
    fn what_was_seen_is_followed_without_a_look_up() {
        let pod = attribute(3, b"pod=", false);
        let ok = [attribute(2, b"status=200;", true), pod];
        let bad = [attribute(2, b"status=500;", true), pod];
        let lost = [attribute(2, b"status=404;", true), pod];
        let mut sequences = learnt(&[(&ok, 1), (&bad, 2), (&lost, 3)]);
        for (way, evidence) in [(&ok, 1), (&lost, 3), (&bad, 2), (&bad, 2), (&ok, 1)] {
            assert!(sequences.begin(NAME));
            let text = [way[0].bytes, b"pod=ab and more"].concat();
            let left = sequences.follow(&text, |known, rest| Ok(rest.get(known.length..)));
            assert_eq!(left.expect("no error"), b"ab and more");
            assert_eq!(sequences.evidence(), Some(EvidenceId(evidence)));
        }
        for other in [&b"status=201;pod="[..], b"pod=", b""] {
            sequences.begin(NAME);
            let left = sequences.follow(other, |known, rest| Ok(rest.get(known.length..)));
            assert_eq!(left.expect("no error"), other, "nothing was seen");
        }
    }

    #[test]
    fn what_is_not_expected_is_found() {
        let ok = [attribute(2, b"status=200;", true)];
        let bad = [attribute(2, b"status=500;", true)];
        let other = [attribute(7, b"pod=", false)];
        let mut sequences = learnt(&[(&ok, 1), (&bad, 2), (&other, 3)]);
        for (key, bytes, evidence) in [
            (2, Some(&b"status=200;"[..]), 1),
            (7, None, 3),
            (2, Some(&b"status=500;"[..]), 2),
        ] {
            assert!(sequences.begin(NAME));
            let known = sequences.find(Symbol(key), bytes).expect("seen");
            sequences.go(known.step);
            assert_eq!(sequences.evidence(), Some(EvidenceId(evidence)));
        }
        sequences.begin(NAME);
        assert!(sequences.expected(b"status=500;").is_some(), "as last time");
        assert!(sequences.find(Symbol(2), Some(b"status=201;")).is_none());
        assert!(sequences.find(Symbol(8), None).is_none());
    }

    #[test]
    fn a_byte_may_be_any() {
        let length = Attribute {
            any: Some(1),
            ..attribute(1, b"[?key", false)
        };
        let mut sequences = learnt(&[(&[length], 1)]);
        sequences.begin(NAME);
        assert!(sequences
            .expected(b"[9key and what follows, which is long")
            .is_some());
        assert!(sequences.expected(b"[\0key").is_some());
        assert!(sequences.expected(b"(9key").is_none());
    }

    #[test]
    fn what_is_held_has_an_end() {
        let mut sequences = Sequences::default();
        sequences.learn_name(NAME);
        let learn = |sequences: &mut Sequences, value: u32| {
            let value = value.to_le_bytes();
            sequences.learn_name(NAME) && sequences.learn(&attribute(1, &value, true))
        };
        let learnt = (0..1000).filter(|&value| learn(&mut sequences, value));
        assert_eq!(learnt.count(), usize::from(MOST_BRANCHES));
        assert!(learn(&mut sequences, 5), "what is held stays");
        let huge = vec![1; MOST_BYTES];
        assert!(!sequences.learn(&attribute(1, &huge, true)));
    }
}
