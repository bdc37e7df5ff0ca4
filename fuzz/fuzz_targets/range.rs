#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("range"), |input: &[u8]| exhibit_fuzz::range(input));
