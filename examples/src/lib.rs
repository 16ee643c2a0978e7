//! What the example programs share: reading files, connecting, printing. Nobody imports it but they.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "these are programs: printing is what they do")]

pub mod adventureworks;
pub mod certified;
pub mod connect;
pub mod connect_company;
pub mod customer_exchange;
pub mod customer_options;
mod customer_story;
pub mod days;
pub mod draft_mapping;
pub mod drift;
pub mod dry_run;
pub mod exit_codes;
pub mod explain;
mod faults;
pub mod full_exchange;
pub mod input;
pub mod notify;
pub mod online_retail;
pub mod output;
pub mod outputs;
mod policy;
pub mod pos_customers;
pub mod posting_log;
pub mod preview_plan;
pub mod progress;
pub mod sample;
pub mod secrets;
pub mod settle;
mod status;
pub mod stop;
pub mod trace;
pub mod trial;
pub mod undo;
pub mod verify_certificate;

/// The README's own program compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
