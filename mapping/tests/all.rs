//! One program for all tests of this crate: the rules, as tables, folders of cases and properties. Linked once, it builds in
//! a fraction of the time.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod company;
mod customers;
mod errors;
mod golden;
mod late_edits;
mod modes;
mod numbers;
mod properties;
mod provision;
mod random;
mod refusals;
mod schema;
mod survey;
mod typed_by_hand;
mod week;
mod weeks;
mod wire;
mod words;
