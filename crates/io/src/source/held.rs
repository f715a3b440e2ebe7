//! Room for the bytes of a window.
//!
//! Files are read one after the other by each thread, and memory that is freshly
//! asked of the system costs as much as reading a file into it. So a thread
//! keeps the room of its last window for the next one.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

/// How much room a thread keeps, in bytes.
const MOST: usize = 32 << 20;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The bytes that a window holds.
pub(super) struct Held(Vec<u8>);

impl Held {
    /// No bytes, and the room that this thread has kept.
    pub(super) fn new() -> Self {
        Self(SPARE.try_with(Cell::take).unwrap_or_default())
    }

    /// Bytes that came elsewhere, with their room.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, with their room.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut room = std::mem::take(&mut self.0);
        if room.capacity() > MOST {
            return;
        }
        room.clear();
        // A thread that ends keeps nothing.
        let _ = SPARE.try_with(|spare| {
            let kept = spare.take();
            let larger = if kept.capacity() < room.capacity() {
                room
            } else {
                kept
            };
            spare.set(larger);
        });
    }
}

impl Deref for Held {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capacity_after(room: usize) -> usize {
        let mut held = Held::new();
        assert!(held.is_empty());
        held.reserve_exact(room);
        held.push(1);
        drop(held);
        Held::new().into_bytes().capacity()
    }

    #[test]
    fn room_is_kept_up_to_a_bound() {
        std::thread::spawn(|| {
            assert!(capacity_after(1000) >= 1000);
            assert_eq!(Held::new().capacity(), 0, "bytes that were taken are gone");
            assert_eq!(capacity_after(MOST + 1), 0);
        })
        .join()
        .expect("no panic");
    }

    #[test]
    fn the_larger_room_stays() {
        std::thread::spawn(|| {
            let (mut large, small) = (Held::new(), Held::new());
            large.reserve_exact(1000);
            drop(large);
            drop(small);
            assert!(Held::new().capacity() >= 1000);
        })
        .join()
        .expect("no panic");
    }
}
