//! Objects that were read before.
//!
//! Most spans were recorded at one of few places, each of which is written in
//! the same way every time, so the whole object is looked up by its text.

use memchr::memmem::Finder;
use spanwise_model::keyed::KeyedMap;

/// No more objects are remembered: those of clients may all differ.
const MOST: usize = 4_096;

/// Longer objects are not remembered. A text in which no end stands is looked
/// through again for each object in it, so how far must have a bound.
const LONGEST: usize = 2_048;

/// What objects became, by their text.
#[derive(Debug)]
pub(crate) struct Repeated<'a, T> {
    known: KeyedMap<&'a str, T>,
    /// How their texts end, and what stands nowhere before it.
    end: Finder<'static>,
}

impl<'a, T: Copy> Repeated<'a, T> {
    /// No object so far; those that end so are remembered.
    pub(crate) fn new(end: &'static str) -> Self {
        Self {
            known: KeyedMap::default(),
            end: Finder::new(end),
        }
    }

    /// What became of the object that `text` begins with, and how long it is,
    /// where it was read before. An object that was read whole is never the
    /// beginning of another one, so its first end tells enough.
    pub(crate) fn find(&self, text: &'a str) -> Option<(T, usize)> {
        let length = self.length(text)?;
        let found = self.known.get(&text[..length])?;
        Some((*found, length))
    }

    /// Remembers the object whose whole text this is.
    pub(crate) fn learn(&mut self, text: &'a str, became: T) {
        if self.known.len() < MOST && self.length(text) == Some(text.len()) {
            self.known.insert(text, became);
        }
    }

    fn length(&self, text: &str) -> Option<usize> {
        let near = &text.as_bytes()[..text.len().min(LONGEST)];
        let end = self.end.find(near)?;
        Some(end + self.end.needle().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_found_by_all_of_its_text() {
        let mut repeated = Repeated::new("]}");
        let object = r#"{"name":"a","tags":[]}"#;
        repeated.learn(object, 1);
        assert_eq!(repeated.find(object), Some((1, object.len())));
        let more = r#"{"name":"a","tags":[]},"p2""#;
        assert_eq!(repeated.find(more), Some((1, object.len())));
        assert_eq!(repeated.find(r#"{"name":"b","tags":[]}"#), None);
        assert_eq!(repeated.find(r#"{"name":"a","tags":["#), None);
    }

    #[test]
    fn an_object_with_its_end_in_it_is_not_remembered() {
        let mut repeated = Repeated::new("}");
        for object in [r#"{"name":"}"}"#, r#"{"a":{}}"#, r#"{"a":1"#] {
            repeated.learn(object, 1);
            assert_eq!(repeated.find(object), None, "{object}");
        }
    }
}
