//! The main job: posts POS files to QuickBooks, shows what was posted, and ties the books out.

use clap::Parser;
use examples::full_exchange::{Arguments, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    run(Arguments::parse()).await
}
