//! One program for all tests of this crate.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod browser;
mod chromium;
mod pages;
