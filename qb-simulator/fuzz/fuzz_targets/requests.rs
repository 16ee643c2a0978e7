//! Untrusted bytes as a script of requests against one company: `cargo +nightly fuzz run requests`.
//!
//! The form of a script, and what must hold, stand in `tests/untrusted/drive.rs`; `tests/untrusted.rs` replays the corpus.
#![no_main]

#[path = "../../tests/untrusted/drive.rs"]
mod drive;
#[path = "../../tests/invariants/mod.rs"]
mod invariants;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|script: &[u8]| {
    if let Err(why) = drive::drive(script) {
        panic!("{why}");
    }
});
