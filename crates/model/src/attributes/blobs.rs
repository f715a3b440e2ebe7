//! Bytes of values that are no text.
//!
//! Few owners have any, so those that do are listed.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Bytes by owner.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Blobs {
    bytes: Vec<u8>,
    /// Owners that have bytes, ascending, with where theirs end.
    ends: Vec<(u32, usize)>,
}

impl Blobs {
    /// Appends bytes to those of the last owner.
    pub(super) fn push(&mut self, owner: u32, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.end(owner);
    }

    fn end(&mut self, owner: u32) {
        let end = self.bytes.len();
        match self.ends.last_mut() {
            Some(last) if last.0 == owner => last.1 = end,
            _ => self.ends.push((owner, end)),
        }
    }

    /// The bytes of all owners.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of an owner, one value's behind the other's.
    #[inline]
    pub(super) fn of(&self, owner: u32) -> &[u8] {
        &self.bytes[self.range(owner)]
    }

    /// Where the bytes of an owner stand.
    #[inline]
    pub(super) fn range(&self, owner: u32) -> Range<usize> {
        if self.ends.is_empty() {
            return 0..0;
        }
        let found = self.ends.binary_search_by_key(&owner, |entry| entry.0);
        found.map_or(0..0, |at| self.start(at)..self.ends[at].1)
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |before| self.ends[before].1)
    }

    /// Appends bytes that are here to those of the last owner.
    pub(super) fn repeat(&mut self, bytes: Range<usize>, last: u32) {
        self.bytes.extend_from_within(bytes);
        self.end(last);
    }

    /// Forgets the bytes of this owner and of those behind it.
    #[inline]
    pub(super) fn truncate(&mut self, owner: u32) {
        if !self.ends.is_empty() {
            let kept = self.ends.partition_point(|entry| entry.0 < owner);
            self.bytes.truncate(self.start(kept));
            self.ends.truncate(kept);
        }
    }

    /// Appends the bytes of `other`, whose owners stand so much further on.
    pub(super) fn absorb(&mut self, other: &Self, further: u32) {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        let moved = other.ends.iter();
        let moved = moved.map(|&(owner, end)| (owner + further, end + before));
        self.ends.extend(moved);
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 16
    }
}
