//! Requests answered on a company: single ones, batches, and change data capture.

mod batch;
mod cdc;
pub(crate) mod handle;
mod pdf;
mod screens;
