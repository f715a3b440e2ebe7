//! Partials at rest: whatever a file holds, reading gives partials that can be
//! finished and merged, or an error.

use spanwise::analyses::aggregates;
use spanwise::{Analysis, Input};
use std::hash::Hasher;
use std::panic;
use twox_hash::XxHash64;

/// The bytes of the checksum, which stand right before the footer.
const CHECKSUM: usize = 8;
/// The magic word of the seal and the checksum.
const SEAL: usize = 16;
/// The footer's length and Parquet's magic word.
const END: usize = 8;

/// Reads bytes as a file of partials: as they are, which is damage, and with a
/// checksum that fits, which is forgery.
pub fn read(bytes: &[u8]) {
    finish(bytes);
    if let Some(forged) = sealed(bytes) {
        finish(&forged);
    }
}

fn finish(bytes: &[u8]) {
    let analyses = aggregates();
    let analyses: Vec<&dyn Analysis> = analyses.iter().map(AsRef::as_ref).collect();
    let Ok(mut found) = quietly(|| spanwise::merge_of([Input::bytes(bytes)], &analyses)) else {
        return;
    };
    for analysis in analyses {
        let _ = found.table(analysis);
    }
    let traces = found.summary().traces;
    if found.merge(found.clone()).is_ok() {
        assert_eq!(found.summary().traces, traces.saturating_mul(2), "counted once");
    }
}

/// Runs a reader that catches the panics of the library below it. The hook of
/// the fuzzer would end the process before they are caught.
fn quietly<T>(read: impl FnOnce() -> T) -> T {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let found = read();
    panic::set_hook(hook);
    found
}

/// The same file with a checksum that fits; none where it has no place for one.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = bytes.get(bytes.len().checked_sub(END)?..)?.first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    let footer = bytes.len().checked_sub(END)?.checked_sub(length)?;
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(&bytes[..footer.checked_sub(SEAL)?]);
    hasher.write(&bytes[footer..]);
    let mut sealed = bytes.to_vec();
    let checksum = hasher.finish().to_le_bytes();
    sealed[footer - CHECKSUM..footer].copy_from_slice(&checksum);
    Some(sealed)
}
