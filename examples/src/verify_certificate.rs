//! Checks certificates without a network: hash, sums, chain, and that each page is the page of its figures.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use exchange::Exit;

use crate::exit_codes::EXIT_CODES;
use crate::output::put;

/// Checks tie-out certificates without a network.
///
/// Each file's hash is that of its text, its figures add up, the files are one chain, the days that a period names are there,
/// and each page is the page of the figures beside it.
#[derive(Parser)]
#[command(name = "verify-certificate", after_help = EXIT_CODES)]
pub struct Arguments {
    /// Certificates: files of figures (.json), their pages (.html), or folders of them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Runs the program.
#[must_use]
pub fn run(arguments: &Arguments) -> ExitCode {
    let verified = certificate::verify(&arguments.files);
    put(&verified.page());
    ExitCode::from(if verified.is_right() { Exit::Ok } else { Exit::Differences }.code())
}
