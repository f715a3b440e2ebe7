//! Room for the bytes of a window.
//!
//! Files are read one after the other by each thread, and memory that is freshly
//! asked of the system costs as much as reading a file into it. So a thread
//! keeps the room of its last window for the next one, until it gives it back.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::Deref;

/// How much room a thread keeps, in bytes.
const MOST: usize = 32 << 20;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Gives back the room that this thread has kept; answers how many bytes that was.
pub(crate) fn give_back() -> usize {
    // A thread that ends has given it back.
    SPARE.try_with(Cell::take).map_or(0, |room| room.len())
}

/// The bytes that a window holds, at the beginning of room that was written to
/// before: a source fills it as it is, where a vector would clear it first.
pub(super) struct Held {
    room: Vec<u8>,
    filled: usize,
}

impl Held {
    /// No bytes, and the room that this thread has kept.
    pub(super) fn new() -> Self {
        Self::in_room(SPARE.try_with(Cell::take).unwrap_or_default())
    }

    /// No bytes, and room that holds what nobody wants.
    pub(super) fn in_room(room: Vec<u8>) -> Self {
        Self { room, filled: 0 }
    }

    /// The bytes, with their room.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.room);
        bytes.truncate(self.filled);
        bytes
    }

    /// How many bytes there is room for without more memory.
    pub(super) fn free(&self) -> usize {
        self.room.len() - self.filled
    }

    /// Makes room for so many bytes more.
    pub(super) fn make_room(&mut self, bytes: usize) {
        let wanted = self.filled + bytes;
        if wanted <= self.room.len() {
            return;
        }
        if self.filled == 0 && wanted > self.room.capacity() {
            // Memory that the system gives is clear as it comes.
            self.room = Vec::new();
            self.room = vec![0; wanted];
            return;
        }
        self.room.reserve_exact(wanted - self.room.len());
        self.room.resize(wanted, 0);
    }

    /// Fills what is free with what a source gives until it pauses, up to `most`
    /// bytes; answers how many came. What came before an error stays.
    pub(super) fn fill(&mut self, source: &mut dyn Read, most: usize) -> io::Result<usize> {
        let before = self.filled;
        let end = self.room.len().min(self.filled + most);
        while self.filled < end {
            match source.read(&mut self.room[self.filled..end]) {
                Ok(0) => break,
                Ok(bytes) => self.filled += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.filled - before)
    }

    /// Puts other bytes in the place of the first ones.
    pub(super) fn replace_front(&mut self, bytes: usize, others: &[u8]) {
        let longer = others.len().saturating_sub(bytes);
        self.make_room(longer);
        self.room.copy_within(bytes..self.filled, others.len());
        self.room[..others.len()].copy_from_slice(others);
        self.filled = self.filled - bytes + others.len();
    }

    /// Shows the first bytes with others behind them, in the place of those that
    /// stand there.
    pub(super) fn show<T>(
        &mut self,
        bytes: usize,
        others: &[u8],
        look: impl FnOnce(&[u8]) -> T,
    ) -> T {
        let end = bytes + others.len();
        self.make_room(end.saturating_sub(self.filled));
        let hidden = self.room[bytes..end].to_vec();
        self.room[bytes..end].copy_from_slice(others);
        let answer = look(&self.room[..end]);
        self.room[bytes..end].copy_from_slice(&hidden);
        answer
    }

    /// Leaves the last bytes away, so that so many stay.
    pub(super) fn truncate(&mut self, bytes: usize) {
        self.filled = self.filled.min(bytes);
    }

    /// Puts more bytes at the end.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.make_room(bytes.len());
        self.room[self.filled..][..bytes.len()].copy_from_slice(bytes);
        self.filled += bytes.len();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let room = std::mem::take(&mut self.room);
        if room.capacity() > MOST {
            return;
        }
        // A thread that ends keeps nothing.
        let _ = SPARE.try_with(|spare| {
            let kept = spare.take();
            let larger = if kept.len() < room.len() { room } else { kept };
            spare.set(larger);
        });
    }
}

impl Deref for Held {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.room[..self.filled]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_room(bytes: usize) -> Held {
        let mut held = Held::new();
        held.make_room(bytes);
        held
    }

    #[test]
    fn room_is_kept_up_to_a_bound() {
        std::thread::spawn(|| {
            drop(with_room(1000));
            let kept = Held::new();
            assert_eq!((kept.len(), kept.free()), (0, 1000));
            drop(with_room(MOST + 1));
            assert_eq!(Held::new().free(), 0);
            let mut large = with_room(MOST + 1).into_bytes();
            large.truncate(10);
            drop(Held::in_room(large));
            assert_eq!(Held::new().free(), 0, "what is cut short takes as much");
            drop(with_room(1000));
            assert_eq!([give_back(), give_back()], [1000, 0]);
        })
        .join()
        .expect("no panic");
    }

    #[test]
    fn the_larger_room_stays() {
        std::thread::spawn(|| {
            let (large, small) = (with_room(1000), with_room(10));
            drop(large);
            drop(small);
            assert_eq!(Held::new().free(), 1000);
        })
        .join()
        .expect("no panic");
    }

    #[test]
    fn bytes_come_and_go_at_both_ends() {
        let mut held = Held::in_room(vec![9; 4]);
        assert_eq!(held.fill(&mut &b"abcdef"[..], 3).expect("bytes"), 3);
        assert_eq!(*held, *b"abc", "no more than was asked for");
        assert_eq!(held.fill(&mut &b"def"[..], 3).expect("bytes"), 1);
        assert_eq!(*held, *b"abcd", "no more than there is room for");
        held.make_room(8);
        assert_eq!(held.fill(&mut &b"ef"[..], 8).expect("bytes"), 2);
        held.replace_front(2, b"");
        assert_eq!(*held, *b"cdef");
        held.replace_front(1, b"[");
        assert_eq!(*held, *b"[def");
        held.replace_front(0, &[7; 20]);
        assert_eq!(held.len(), 24);
        held.show(2, b"xy", |bytes| assert_eq!(bytes, b"\x07\x07xy"));
        held.show(24, b"z", |bytes| assert_eq!(bytes[23..], *b"fz"));
        assert_eq!(*held, [&[7; 20][..], b"[def"].concat());
        held.truncate(20);
        held.extend(b"x");
        assert_eq!(held.into_bytes(), [&[7; 20][..], b"x"].concat());
    }
}
