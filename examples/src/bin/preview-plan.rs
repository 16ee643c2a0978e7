//! Prints what a POS file would post, as T-accounts or JSON. Uses no network.

use clap::Parser;
use examples::preview_plan::{Arguments, run};

fn main() -> std::process::ExitCode {
    run(Arguments::parse())
}
