#![no_main]

use spanwise_fuzz::spans::Spans;

libfuzzer_sys::fuzz_target!(|spans: Spans| spanwise_fuzz::assemble_analyze(&spans));
