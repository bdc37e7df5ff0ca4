#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("pdf"), |input: &[u8]| exhibit_fuzz::pdf(input));
