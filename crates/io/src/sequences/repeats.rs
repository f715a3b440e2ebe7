//! Attributes that stand as they stood when their steps were last passed.
//!
//! Most attributes of a span say what those of the last span did that went the
//! same way. So each step keeps where the text went on behind it, and what
//! follows is compared there, as many attributes at once as are alike.

use super::{Known, Sequences};

/// How many bytes are compared at most, so that a text that repeats itself
/// costs no more than others.
const MOST_ALIKE: usize = 2_048;

impl<T, const WORDS: usize> Sequences<T, WORDS> {
    /// Goes over the attributes at `at` of the text that are, byte for byte, those
    /// which stood behind this step when it was last passed. Ends before the
    /// first that is kept or of which `passes` is false; answers where that
    /// stands.
    #[inline]
    pub(crate) fn repeat(
        &mut self,
        text: &[u8],
        at: usize,
        mut passes: impl FnMut(&Known<T>) -> bool,
    ) -> usize {
        let Some(last) = self.steps.get_mut(self.at as usize) else {
            return at;
        };
        let (from, mut next) = (std::mem::replace(&mut last.seen, at), last.next);
        let mut passed = 0;
        let mut alike = None;
        while let Some(step) = self.steps.get_mut(next as usize) {
            // Where another step was passed since, this one was seen before it.
            let length = step.seen.wrapping_sub(from);
            if length <= passed || length > MOST_ALIKE || step.known.is_kept {
                break;
            }
            let alike = *alike.get_or_insert_with(|| alike_at(text, from, at));
            if length > alike || !passes(&step.known) {
                break;
            }
            step.seen = at + length;
            self.at = step.known.step.0;
            (passed, next) = (length, step.next);
        }
        at + passed
    }
}

/// How many bytes are alike at two places of a text.
#[inline]
fn alike_at(text: &[u8], one: usize, other: usize) -> usize {
    match (text.get(one..), text.get(other..)) {
        (Some(one), Some(other)) => alike(one, &other[..other.len().min(MOST_ALIKE)]),
        _ => 0,
    }
}

/// How many bytes two texts begin with that are alike.
#[inline]
fn alike(one: &[u8], other: &[u8]) -> usize {
    let blocks = alike_chunks::<32>(one, other);
    let words = blocks + alike_chunks::<8>(&one[blocks..], &other[blocks..]);
    let (one, other) = (&one[words..], &other[words..]);
    let rest = match (one.first_chunk(), other.first_chunk()) {
        (Some(one), Some(other)) => {
            let differ = u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
            differ.trailing_zeros() as usize / 8
        }
        _ => one.iter().zip(other).take_while(|(a, b)| a == b).count(),
    };
    words + rest
}

#[inline(always)]
fn alike_chunks<const N: usize>(one: &[u8], other: &[u8]) -> usize {
    let (one, _) = one.as_chunks::<N>();
    let (other, _) = other.as_chunks::<N>();
    let alike = one.iter().zip(other).take_while(|(a, b)| a == b);
    alike.count() * N
}

#[cfg(test)]
mod tests {
    use super::super::tests::attribute;
    use super::super::Sequences;
    use super::*;
    use spanwise_model::{EvidenceId, Symbol};

    const NAME: Symbol = Symbol(3);

    #[test]
    fn what_is_alike_is_counted() {
        let one: Vec<u8> = (0..100).collect();
        for length in 0..one.len() {
            let mut other = one[..length].to_vec();
            assert_eq!(alike(&one, &other), length);
            other.push(200);
            other.extend(&one);
            assert_eq!(alike(&one, &other), length);
            assert_eq!(alike(&other, &one), length);
        }
    }

    /// Passes the attributes of a span that begins at `at`; answers how many
    /// were repeated, and where it ends.
    fn pass(sequences: &mut Sequences<(), 4>, text: &[u8], mut at: usize) -> (usize, usize) {
        assert!(sequences.begin(NAME));
        let mut repeated = 0;
        loop {
            at = sequences.repeat(text, at, |_| {
                repeated += 1;
                true
            });
            let Some(known) = sequences.expected(&text[at..]) else {
                return (repeated, at);
            };
            let (step, length) = (known.step, known.length);
            sequences.go(step);
            // A value of one byte follows where the bytes are not all.
            at += length;
        }
    }

    #[test]
    fn what_was_passed_is_passed_at_once() {
        let mut sequences = Sequences::default();
        let way = [
            attribute(1, b"method=GET;", true),
            attribute(2, b"status=200;", true),
            attribute(3, b"path=/a;", true),
        ];
        let other = [way[0], attribute(2, b"status=500;", true), way[2]];
        sequences.learn_name(NAME);
        for way in [other, way] {
            sequences.learn_name(NAME);
            assert!(way.iter().all(|one| sequences.learn(one)));
            sequences.learn_evidence(EvidenceId(1));
        }
        let ok = "method=GET;status=200;path=/a;";
        let bad = "method=GET;status=500;path=/a;";
        let text = [" ", ok, " ", ok, " ", bad, " ", bad, " ", ok, " method=G"].concat();
        let mut at = 1;
        for expected in [0, 3, 1, 3, 2, 0] {
            let (repeated, end) = pass(&mut sequences, text.as_bytes(), at);
            assert_eq!(repeated, expected, "at {at}");
            at = end + 1;
        }
    }
}
