#![no_main]

libfuzzer_sys::fuzz_target!(init: exhibit_fuzz::start("mail"), |input: &[u8]| exhibit_fuzz::mail(input));
