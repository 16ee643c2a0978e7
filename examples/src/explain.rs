//! Explains a document number, and shows the event behind it when the POS files are given. Uses no network.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::exit_codes::EXIT_CODES;
use crate::input::{self, PosFormat};
use crate::output::{put, with_causes};
use crate::trace;
use clap::Parser;
use exchange::Exit;
use mapping::NumberScheme;

/// Says what a number of ours stands for; with the POS files, shows its documents and the till's lines behind each cent.
#[derive(Parser)]
#[command(name = "explain", after_help = EXIT_CODES)]
pub struct Arguments {
    /// A document number, for example CL15239T1521022B4.
    number: String,
    /// A POS file or a folder of them; may be given several times.
    #[arg(long)]
    pos: Vec<PathBuf>,
    /// The form of the POS files.
    #[arg(long, value_enum, default_value = "pos-json")]
    pos_format: PosFormat,
    /// The company mapping; without it, the defaults.
    #[arg(long)]
    mapping: Option<PathBuf>,
}

/// Runs the program.
#[must_use]
pub fn run(arguments: Arguments) -> ExitCode {
    let company = match input::company(arguments.mapping.as_deref()) {
        Ok(company) => company,
        Err(error) => {
            eprintln!("{}", with_causes(&error));
            return ExitCode::from(Exit::Configuration.code());
        }
    };
    let text = arguments.number.trim();
    let Some(words) = trace::explain(text, &company) else {
        let prefixes: Vec<&str> = company.prefixes().into_iter().collect();
        let scheme = if company.numbers() == NumberScheme::Compact { "compact" } else { "plain" };
        eprintln!(
            "{text} is no number of ours; ours are {scheme} and begin with {}, unless --mapping names another company mapping",
            prefixes.join(" or ")
        );
        return ExitCode::from(Exit::RefusedInput.code());
    };
    put(&format!("{words}\n"));
    if arguments.pos.is_empty() {
        return ExitCode::SUCCESS;
    }
    let input = input::read(&arguments.pos, arguments.pos_format, company);
    input.refused.iter().for_each(|error| eprintln!("left out: {}", with_causes(error)));
    if let Some(traced) = trace::trace(text, &input) {
        put(&traced.to_string());
        ExitCode::SUCCESS
    } else {
        eprintln!("no event in these files has this number");
        ExitCode::from(Exit::Differences.code())
    }
}
