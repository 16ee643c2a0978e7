//! Nights by seed, as tests.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod nights;
