//! Connects a QuickBooks company once, checks the connection, ends it, and makes the keys that seal it.

use clap::Parser;
use examples::connect_company::{Arguments, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    run(Arguments::parse()).await
}
