//! One program for all tests of this crate: the programs, run as a user runs them. Linked once, it builds in a fraction of the time.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod bad_input;
mod cases;
mod certificates;
mod circles;
#[cfg(unix)]
mod connect;
mod customers;
mod dependencies;
mod drift;
mod dry_run;
mod embed;
mod environment;
mod help;
mod main_job;
mod online_retail;
mod operator;
mod people;
mod posting_log;
mod purchase_orders;
mod real_month;
mod rows;
mod support;
mod truth;
mod undo;
mod week;
