#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("package"), |input: &[u8]| exhibit_fuzz::package(input));
