//! Prints what a POS file would post, as T-accounts or JSON. Uses no network.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::exit_codes::EXIT_CODES;
use crate::input::{self, PosFormat};
use crate::output::{self, with_causes};
use clap::Parser;
use exchange::Exit;
use mapping::{PlanView, page};

/// Shows the documents, debits and credits that a POS file would post.
#[derive(Parser)]
#[command(name = "preview-plan", after_help = EXIT_CODES)]
pub struct Arguments {
    /// A POS file, or a folder of them.
    file: PathBuf,
    /// The form of the file.
    #[arg(long, value_enum, default_value = "pos-json")]
    pos_format: PosFormat,
    /// The company mapping; without it, the defaults.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Print the plan as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the program.
pub fn run(arguments: Arguments) -> ExitCode {
    let company = match input::company(arguments.mapping.as_deref()) {
        Ok(company) => company,
        Err(error) => {
            eprintln!("{}", with_causes(&error));
            return ExitCode::from(Exit::Configuration.code());
        }
    };
    let input = input::read(&[arguments.file], arguments.pos_format, company);
    input.notices.iter().for_each(|notice| eprintln!("{notice}"));
    input.together.iter().map(output::note).for_each(|notice| eprintln!("{notice}"));
    for fault in &input.faults {
        eprintln!("refused, nothing of these files would be sent: {fault}");
    }
    for error in &input.refused {
        eprintln!("refused, nothing of it would be sent: {}", with_causes(error));
    }
    let plans = output::plans(&input);
    if arguments.json {
        let views: Vec<_> = plans.iter().map(PlanView::new).collect();
        match serde_json::to_string_pretty(&views) {
            Ok(text) => output::put(&format!("{text}\n")),
            Err(error) => eprintln!("the plan cannot be written: {error}"),
        }
    } else {
        let pages: Vec<String> = plans.iter().map(page).collect();
        output::put(&pages.join("\n"));
    }
    let is_taken = input.refused.is_empty() && input.faults.is_empty();
    ExitCode::from(if is_taken { Exit::Ok } else { Exit::RefusedInput }.code())
}
