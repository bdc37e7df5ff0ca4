#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("film"), |input: &[u8]| exhibit_fuzz::film(input));
