//! One program for all tests of this crate: the client against recorded and hostile answers. Linked once, it builds in a
//! fraction of the time.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod batch;
mod books;
mod client;
mod cut_answers;

mod hostile_answers;
mod limits;
mod network;
mod trace_events;
mod verbs;
