#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("compound"), |input: &[u8]| exhibit_fuzz::compound(input));
