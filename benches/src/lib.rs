//! Inputs of the benchmarks: the project's own busy day, and a month of the Online Retail data set when its file is
//! there. Everything is made once at set-up; the benchmarks time what a run does with it.
#![forbid(unsafe_code)]

mod busy_day;
mod day;

pub use busy_day::{busy_day, simple_sales};
pub use day::{Day, SetUpError};
