#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("file_name"), |input: &[u8]| exhibit_fuzz::file_name(input));
