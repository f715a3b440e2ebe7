//! Exports of vendors that were damaged at random: reading and analysing them
//! never panics, gives no more spans than bytes, and gives the same each time.

#[path = "../fuzz/samples.rs"]
mod samples;

use spanwise::analyses::{CriticalPath, Errors};
use spanwise::{Input, ReadOptions};

/// How many mutants each sample has, unless `SPANWISE_MUTANTS` says so.
const MUTANTS: u32 = 300;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// Pieces that make trouble where they do not belong.
const PIECES: [&str; 16] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\n",
    "null",
    "-1",
    "1e999",
    "99999999999999999999",
    "\"a\":",
    "\u{fffd}",
    "[[[[",
];

fn mutant(text: &str, numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        let end = (at + 1 + numbers.below(20)).min(bytes.len());
        let other = numbers.below(bytes.len());
        match numbers.below(6) {
            0 => bytes[at] ^= 1 << numbers.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(other..other, copy).for_each(drop);
            }
            3 => {
                let piece = PIECES[numbers.below(PIECES.len())];
                bytes.splice(at..at, piece.bytes()).for_each(drop);
            }
            4 => bytes.swap(at, other),
            _ => bytes.truncate(at.max(1)),
        }
        if bytes.is_empty() {
            bytes.push(b'{');
        }
    }
    bytes
}

/// The spans of a text of this format, after all that may be asked of them.
fn spans(format: &str, bytes: &[u8]) -> Option<u64> {
    let options = ReadOptions::default().format(format).threads(1);
    let traces = spanwise::read_with([Input::bytes(bytes)], &options).ok()?;
    let tables = traces.run(&[&CriticalPath::default(), &Errors::default()]);
    assert_eq!(tables.len(), 2);
    Some(traces.summary().spans)
}

#[test]
fn mutants_do_no_harm() {
    let told = std::env::var("SPANWISE_MUTANTS");
    let count = told
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(MUTANTS);
    for (number, (target, text)) in (1..).zip(samples::SAMPLES) {
        let format = target.replace('_', "-");
        let mut numbers = Numbers(number);
        let mut read = 0;
        for _ in 0..count {
            let bytes = mutant(text, &mut numbers);
            let found = spans(&format, &bytes);
            assert!(found <= Some(bytes.len() as u64), "{format}");
            read += u32::from(found.is_some());
            if numbers.below(10) == 0 {
                assert_eq!(found, spans(&format, &bytes), "{format}");
            }
        }
        assert!(
            read > count / 20,
            "{format}: nothing is left of the mutants"
        );
    }
}
