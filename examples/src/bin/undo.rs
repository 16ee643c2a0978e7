//! What was posted of a batch is taken back.

use clap::Parser;
use examples::undo::{Arguments, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    run(Arguments::parse()).await
}
