//! Endpoints that were read before.
//!
//! Most spans were recorded at one of few endpoints, each of which is written
//! in the same way every time, so the whole object is looked up by its text.

use memchr::memchr;
use spanwise_model::keyed::KeyedMap;
use spanwise_model::ResourceId;

/// No more endpoints are remembered: those of clients may all differ.
const MOST: usize = 4_096;

/// The resources of endpoints, by the text of their objects.
#[derive(Debug, Default)]
pub(super) struct Endpoints<'a>(KeyedMap<&'a str, ResourceId>);

impl<'a> Endpoints<'a> {
    /// The resource of the endpoint that `text` begins with, and how long its
    /// object is, where it was read before. An object that was read whole is
    /// never the beginning of another one, so the first brace tells enough.
    pub(super) fn find(&self, text: &'a str) -> Option<(ResourceId, usize)> {
        let length = memchr(b'}', text.as_bytes())? + 1;
        let resource = self.0.get(&text[..length])?;
        Some((*resource, length))
    }

    /// Remembers the endpoint whose whole object is `text`.
    pub(super) fn learn(&mut self, text: &'a str, resource: ResourceId) {
        if self.0.len() < MOST && memchr(b'}', text.as_bytes()) == Some(text.len() - 1) {
            self.0.insert(text, resource);
        }
    }
}
