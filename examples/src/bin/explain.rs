//! Explains a document number, and shows the event behind it when the POS files are given. Uses no network.

use clap::Parser;
use examples::explain::{Arguments, run};

fn main() -> std::process::ExitCode {
    run(Arguments::parse())
}
