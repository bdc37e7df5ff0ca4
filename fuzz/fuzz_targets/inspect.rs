#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("inspect"), |input: &[u8]| exhibit_fuzz::inspect(input));
