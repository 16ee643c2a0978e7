//! One program for all tests of this crate: the exchange against the simulator. Linked once, it builds in a fraction of the time.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod certificates;
mod changed_mapping;
mod conflict;
mod crash;
mod customers;
mod customers_accounts;
mod customers_bad_input;
mod customers_both_ways;
mod customers_crash;
mod customers_day_crash;
mod customers_faults;
mod customers_histories;
mod customers_size;
mod doubt;
mod drift;
mod drift_verbs;
mod faults;
mod golden_pages;
mod guards;
mod identity;
mod item_detail;
mod kept_logs;
mod late_edits;
mod linked_bills;
mod links;
mod logs;
mod mapping_money;
mod mapping_options;
mod otherwise;
mod outage;
mod parties;
mod payments_on_account;
mod prepaid;
mod provisioning;
mod purchase_numbers;
mod readiness;
mod readiness_before_closing;
mod renamed;
mod retailers;
mod send;
mod settle;
mod side_by_side;
mod status;
mod support;
mod tie_out;
mod tie_out_people;
mod together;
mod turns;
mod undo;
mod watching;
#[path = "../../mapping/tests/week/mod.rs"]
mod week;
mod weeks;
