//! One program for all tests of this crate: the simulator by plain HTTP. Linked once, it builds in a fraction of the time.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod acceptance;
mod bank;
mod batch_cdc;
mod binary;
mod bodies;
mod books;
mod changes;
mod changing_books;
mod choices;
mod clients;
mod common;
mod customers;
mod damage;
mod fault_catalogue;
mod faults;
mod fields;
mod hooks;
mod invariants;
mod modern_reports;
mod oauth;
mod payables;
mod payments;
mod people;
mod queries;
mod query_answers;
mod random;
mod report_choices;
mod reports;
mod sales_forms;
mod settings;
mod state;
mod tampering;
mod transport;
mod trial_balance;
mod untouched;
mod untrusted;
mod validation;
