#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| spanwise_fuzz::scan_file(bytes));
