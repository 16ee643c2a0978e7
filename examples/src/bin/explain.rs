//! Explains a document number, and shows the event behind it when the POS files are given. Uses no network.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program: printing is what it does")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use examples::input::{self, PosFormat};
use examples::output::{plans, with_causes};
use mapping::{Document, Plan, Planned, Source, legs};

/// Says what a number of ours stands for; with the POS files, shows its documents and the till's lines behind each cent.
#[derive(Parser)]
struct Arguments {
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

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let company = match input::company(arguments.mapping.as_deref()) {
        Ok(company) => company,
        Err(error) => {
            eprintln!("{}", with_causes(&error));
            return ExitCode::from(2);
        }
    };
    let text = arguments.number.trim();
    let Some((_, number)) = company.parse_number(text) else {
        eprintln!(
            "{text} is no number of ours; ours begin with {}",
            company.prefixes().into_iter().collect::<Vec<_>>().join(" or ")
        );
        return ExitCode::FAILURE;
    };
    println!("{text} is {}", number.explain());
    if arguments.pos.is_empty() {
        return ExitCode::SUCCESS;
    }
    let input = input::read(&arguments.pos, arguments.pos_format, company);
    input.refused.iter().for_each(|error| eprintln!("left out: {}", with_causes(error)));
    let mut found = false;
    for plan in plans(&input) {
        for planned in plan.documents().filter(|planned| planned.number.as_str().eq_ignore_ascii_case(text)) {
            found = true;
            show(planned, &plan);
        }
    }
    if found {
        ExitCode::SUCCESS
    } else {
        eprintln!("no event in these files has this number");
        ExitCode::FAILURE
    }
}

fn show(planned: &Planned<'_>, plan: &Plan<'_>) {
    let (document, company) = (&planned.document, plan.company());
    println!("\n{} of {}, {}", document.kind().name(), planned.txn_date, document.total());
    println!("  event {}", planned.identity);
    if let Some(tender) = document.tender() {
        println!("  tender {} {}", tender.id(), tender.name());
    }
    if let Some(party) = document.party() {
        println!("  customer {}", company.display_name(party));
    }
    for leg in legs(document, company) {
        let side = if leg.amount.is_positive() { "Dr" } else { "Cr" };
        println!(
            "  {side} {:>14}  {}  from {}",
            leg.amount.abs(),
            company.account_name(leg.account),
            source(&leg.source)
        );
    }
    if let Document::Payment(payment) = document {
        for link in &payment.links {
            if let Some(target) = plan.target(link.target) {
                println!("  settles {:>9}  {} {}", link.amount, target.document.kind().name(), target.number);
            }
        }
    }
}

fn source(source: &Source) -> String {
    match source {
        Source::Line(line) => format!("line {}", line + 1),
        Source::Lines(lines) => {
            let lines: Vec<String> = lines.iter().map(|line| (line + 1).to_string()).collect();
            format!("lines {}", lines.join(", "))
        }
        Source::Tenders => "the tenders".to_owned(),
        Source::Event => "the event as a whole".to_owned(),
    }
}
