//! One program for all tests of this crate: the models, read and written. Linked once, it builds in a fraction of the time.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod received;
mod received_properties;
mod roundtrip;
#[path = "support/samples.rs"]
mod support;
