#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| spanwise_fuzz::query(text));
