//! Endpoints that were read before.
//!
//! Most spans were recorded at one of few endpoints, each of which is written
//! in the same way every time, so the whole object is looked up by its text.

use memchr::memchr;
use spanwise_model::keyed::KeyedMap;

/// No more endpoints are remembered: those of clients may all differ.
const MOST: usize = 4_096;

/// What endpoints became, by the text of their objects.
#[derive(Debug)]
pub(super) struct Endpoints<'a, T>(KeyedMap<&'a str, T>);

impl<T> Default for Endpoints<'_, T> {
    fn default() -> Self {
        Self(KeyedMap::default())
    }
}

impl<'a, T: Copy> Endpoints<'a, T> {
    /// What became of the endpoint that `text` begins with, and how long its
    /// object is, where it was read before. An object that was read whole is
    /// never the beginning of another one, so the first brace tells enough.
    pub(super) fn find(&self, text: &'a str) -> Option<(T, usize)> {
        let length = memchr(b'}', text.as_bytes())? + 1;
        let endpoint = self.0.get(&text[..length])?;
        Some((*endpoint, length))
    }

    /// Remembers the endpoint whose whole object is `text`.
    pub(super) fn learn(&mut self, text: &'a str, endpoint: T) {
        if self.0.len() < MOST && memchr(b'}', text.as_bytes()) == Some(text.len() - 1) {
            self.0.insert(text, endpoint);
        }
    }
}
