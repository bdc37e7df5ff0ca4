#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("text"), |input: &[u8]| exhibit_fuzz::text(input));
