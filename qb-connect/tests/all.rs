//! One program for all tests of this crate: connecting and keeping tokens. Linked once, it builds in a fraction of the time.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod flow;
mod mid_run;
mod secrets;
mod tokens;
mod world;
