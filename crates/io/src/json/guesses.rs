//! Guessing the keys of attributes. Spans of one operation have the same keys
//! in the same order, written by the same hand, so what stood before a value
//! is compared as a whole with what stood there last time; a key that was
//! guessed is neither searched for its end nor looked up.

use super::Cursor;
use spanwise_model::Symbol;

/// The heads of attributes, by their keys.
#[derive(Debug)]
pub(crate) struct Guesses<'a, K> {
    /// By symbol; the first stands for the beginning of a list.
    known: Vec<Guess<'a, K>>,
    last: usize,
}

/// An attribute up to its value.
#[derive(Clone, Copy, Debug)]
struct Guess<'a, K> {
    head: &'a str,
    kind: K,
    /// The key that followed last time.
    next: usize,
}

impl<K: Copy + Default> Default for Guesses<'_, K> {
    fn default() -> Self {
        Self {
            known: vec![Guess::default()],
            last: 0,
        }
    }
}

impl<K: Default> Default for Guess<'_, K> {
    fn default() -> Self {
        Self {
            head: "",
            kind: K::default(),
            next: 0,
        }
    }
}

impl<'a, K: Copy + Default> Guesses<'a, K> {
    /// A list of attributes begins.
    #[inline]
    pub(crate) fn begin(&mut self) {
        self.last = 0;
    }

    /// Goes to the value of the next attribute, if the guess is right; answers
    /// its key, and of what kind it is.
    #[inline]
    pub(crate) fn take(&mut self, cursor: &mut Cursor<'a>) -> Option<(Symbol, K)> {
        let next = self.known[self.last].next;
        let Guess { head, kind, .. } = self.known[next];
        if head.is_empty() || !cursor.take(head) {
            return None;
        }
        self.last = next;
        Some((Symbol(next as u32), kind))
    }

    /// Learns an attribute that was not guessed.
    pub(crate) fn learn(&mut self, key: Symbol, head: &'a str, kind: K) {
        let at = key.index();
        if self.known.len() <= at {
            self.known.resize(at + 1, Guess::default());
        }
        (self.known[at].head, self.known[at].kind) = (head, kind);
        self.known[self.last].next = at;
        self.last = at;
    }
}
