//! The simulator as a program: prints its connection as one JSON line, then serves until it is killed.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use qb_simulator::{CompanyOptions, Simulator, SimulatorOptions};

/// An offline QuickBooks Online on a loopback port.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Listen on an address other machines can reach, too.
    #[arg(long)]
    allow_any_address: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = SimulatorOptions {
        company: CompanyOptions::default(),
        listen: arguments.listen,
        allow_any_address: arguments.allow_any_address,
        ..SimulatorOptions::default()
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut errors = std::io::stderr().lock();
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            // Nothing is left to tell when even this cannot be written.
            drop(writeln!(errors, "qb-simulator: {error}{cause}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: SimulatorOptions) -> Result<(), Box<dyn std::error::Error>> {
    let simulator = Simulator::start(options).await?;
    let line = serde_json::to_string(simulator.connection())?;
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    out.flush()?;
    tokio::signal::ctrl_c().await?;
    simulator.stop().await;
    Ok(())
}
