//! The rules that this crate keeps, one test or more each, by name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "../example/mod.rs"]
mod example;

mod batches;
mod customers;
mod faults;
mod form;
mod pos;
mod purchase_orders;
mod tenders;
mod transactions;
