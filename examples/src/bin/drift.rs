//! What people changed in QuickBooks of what was posted. Changes nothing.

use clap::Parser;
use examples::drift::{Arguments, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    run(Arguments::parse()).await
}
