//! Trees of every shape through assembly, facts and all analyses.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| spanwise_fuzz::analyse(bytes));
