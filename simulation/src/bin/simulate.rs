//! Plays nights by seed, and says what was broken. The last line is one JSON object; the exit code is 1 when something was.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program prints")]

use std::process::ExitCode;

use clap::Parser;
use simulation::{Campaign, Night, Planted, Violation, cuts, play, shrink, words};

/// Plays bad nights by seed: the exchange, its log and QuickBooks in one thread and in virtual time.
#[derive(Parser)]
struct Arguments {
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed_start: u64,
    /// How many seeds.
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// Ends after so many minutes, however many seeds are left.
    #[arg(long)]
    minutes: Option<u64>,
    /// How many threads play, each a night of its own; as many as the machine has processors, unless given.
    #[arg(long)]
    threads: Option<usize>,
    /// Plays the nights on which nothing goes wrong.
    #[arg(long)]
    quiet: bool,
    /// Gives the exchange a bug, by name; ends at the first night that catches it.
    #[arg(long, value_parser = planted)]
    planted: Option<Planted>,
    /// Plays each seed's day without faults but one: a process is cut at every point that it passes, each in its turn.
    #[arg(long)]
    cuts: bool,
    /// Makes the first bad night small and prints what is left of it.
    #[arg(long)]
    shrink: bool,
    /// Prints everything that happens on the first bad night, made small with `--shrink`.
    #[arg(long)]
    tell: bool,
    /// Prints the rare states that were reached, and how often.
    #[arg(long)]
    rare: bool,
}

fn planted(word: &str) -> Result<Planted, String> {
    let words = Planted::ALL.map(Planted::word).join(", ");
    let found = Planted::ALL.into_iter().find(|planted| planted.word() == word);
    found.ok_or_else(|| format!("one of {words}"))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let campaign = Campaign {
        seeds: arguments.seed_start..arguments.seed_start.saturating_add(arguments.seeds),
        minutes: arguments.minutes,
        threads: arguments.threads,
        quiet: arguments.quiet,
        planted: arguments.planted,
    };
    let told = |seed: u64, violation: &Violation| eprintln!("seed {seed}: {violation}");
    let tally = if arguments.cuts { cuts(campaign.seeds, told) } else { campaign.play(told) };
    if arguments.rare {
        for (name, count) in tally.rare.iter() {
            println!("{count:>8}  {name}");
        }
    }
    if let Some(seed) = tally.failing_seeds.first().filter(|_| arguments.shrink || arguments.tell) {
        let night = Night::of(*seed);
        let mut night = if arguments.shrink { shrink(&night) } else { night };
        night.is_told = arguments.tell;
        eprint!("{}", words(&night));
        let played = play(&night);
        played.lines.iter().for_each(|line| eprintln!("{line}"));
        played.violations.iter().for_each(|violation| eprintln!("  {violation}"));
    }
    println!("{}", tally.json());
    if tally.failing_seeds.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
