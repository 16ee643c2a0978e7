//! Posts the same files in peace and in trouble, and compares the books.

use clap::Parser;
use examples::trial::{Arguments, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    run(Arguments::parse()).await
}
