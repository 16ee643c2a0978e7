//! Checks tie-out certificates without a network.

use clap::Parser;
use examples::verify_certificate::{Arguments, run};

fn main() -> std::process::ExitCode {
    run(&Arguments::parse())
}
