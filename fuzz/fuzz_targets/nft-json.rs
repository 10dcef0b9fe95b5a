#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| datapath_tests::fuzz::run("nft-json", bytes));
