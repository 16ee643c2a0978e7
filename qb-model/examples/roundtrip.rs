//! Reads recorded QuickBooks payloads into the types of `qb_model::received`, writes them back and compares.
//!
//! `cargo run --release -p qb-model --example roundtrip -- [--fields] FILE...`
//!
//! Prints `same FILE`, or `differs FILE` with the paths that differ or the reason why it cannot be read, and at last how
//! many of each. Two values are the same when they are equal JSON: members in any order, numbers by their text. A folder
//! stands for the `.json` files in it. `--fields` also says of each file how many of its values have a typed field, and
//! names those that are only kept.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use qb_model::received::{Json, Payload, Survey, differences};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let code = run(&arguments, &mut io::stdout().lock());
    // A reader that has gone away is no news to tell.
    ExitCode::from(code.unwrap_or(1))
}

/// Checks every file and prints what came of it; 0 when all are the same, 1 when one differs, 2 for wrong arguments.
pub(crate) fn run(arguments: &[String], out: &mut impl Write) -> io::Result<u8> {
    let (options, files): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|argument| argument.starts_with("--"));
    if files.is_empty() || options.iter().any(|option| *option != "--fields") {
        writeln!(out, "usage: roundtrip [--fields] FILE...")?;
        return Ok(2);
    }
    let mut paths = Vec::new();
    for file in files {
        add(Path::new(file), &mut paths);
    }
    let (mut same, mut differ) = (0, 0);
    for path in &paths {
        let (is_same, lines) = check(path, !options.is_empty());
        writeln!(out, "{} {}", if is_same { "same" } else { "differs" }, path.display())?;
        for line in lines {
            writeln!(out, "  {line}")?;
        }
        if is_same { same += 1 } else { differ += 1 }
    }
    writeln!(out, "{same} same, {differ} differ")?;
    Ok(u8::from(differ > 0))
}

/// A file, or the `.json` files of a folder and of those in it, by name.
fn add(path: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(path) else { return paths.push(path.to_owned()) };
    let mut inside: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    inside.sort();
    for path in
        inside.iter().filter(|path| path.is_dir() || path.extension().is_some_and(|end| end == "json"))
    {
        add(path, paths);
    }
}

/// Whether a file comes back as it was, and what there is to say of it.
fn check(path: &Path, with_fields: bool) -> (bool, Vec<String>) {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => return (false, vec![format!("cannot be read: {error}")]),
    };
    let payload = match Payload::read(&bytes) {
        Ok(payload) => payload,
        Err(error) => return (false, vec![format!("{error} ({})", error.code())]),
    };
    // What was written is read once more from its text, so that the text is what is compared.
    let came = std::str::from_utf8(&bytes).map(|text| text.trim_start_matches('\u{feff}').parse::<Json>());
    let went = payload.write().to_string().parse::<Json>();
    let (Ok(Ok(came)), Ok(went)) = (came, went) else {
        return (false, vec!["what was written is no json".to_owned()]);
    };
    let mut lines = differences(&came, &went);
    let is_same = lines.is_empty();
    if with_fields {
        lines.extend(fields(&payload.survey()));
    }
    (is_same, lines)
}

fn fields(survey: &Survey) -> Vec<String> {
    let mut lines = vec![format!("{} values typed, {} only kept", survey.typed, survey.kept)];
    lines.extend(survey.unknown.iter().map(|path| format!("kept without a field: {path}")));
    lines.extend(survey.misfits.iter().map(|misfit| format!("does not fit: {misfit}")));
    lines
}
