#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("sound"), |input: &[u8]| exhibit_fuzz::sound(input));
