//! HTTP around a company: limits, faults struck, notifications, and a port on this machine.

mod admin;
mod cuttable;
mod deliver;
pub(crate) mod hooks;
mod inflate;
pub(crate) mod server;
pub(crate) mod service;
mod slow_body;
pub(crate) mod start;
pub(crate) mod throttle;
#[cfg(feature = "tls")]
mod tls;
