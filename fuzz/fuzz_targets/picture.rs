#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("picture"), |input: &[u8]| exhibit_fuzz::picture(input));
