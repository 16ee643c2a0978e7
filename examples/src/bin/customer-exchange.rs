//! Customers, charges and balances both ways between a point of sale and QuickBooks.

use clap::Parser;
use examples::customer_exchange::{Arguments, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    run(Arguments::parse()).await
}
