//! The certificate of the trading week, as the main job writes it: small enough to send, checked by `verify-certificate`, and
//! no byte of it changed unseen.

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use calamine::{Data, DataType, Reader, Xlsx, open_workbook};
use certificate::{Existing, write};
use examples::output::origins;
use examples::{connect, sample};
use exchange::certificate::{Beside, Sealed};
use exchange::{Exchange, MemoryLog};
use mapping::Origin;
use support::{World, text};

fn verify(files: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_verify-certificate")).args(files).output().unwrap()
}

/// The trading week, posted twice with one log: two certificates.
fn week(name: &str) -> (World, PathBuf) {
    let world = World::new(name);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for _ in 0..2 {
        let mut job = world.full_exchange();
        job.arg("--pos").arg(root.join("data")).arg("--mapping").arg(root.join("data/company/mapping.json"));
        let output = job.output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
    }
    let folder = world.folder.join("certificate");
    (world, folder)
}

/// a stranger reads from it what was sold, what is owed, and that it is right.
#[test]
#[allow(clippy::print_stderr, reason = "what is skipped is said aloud")]
fn the_trading_week_has_certificates_that_are_right() {
    let (_world, folder) = week("certificate-week");
    let first = folder.join("certificate-1");
    let page = std::fs::read_to_string(first.join("index.html")).unwrap();
    for words in [
        "The books tie out.",
        "Boston Store",
        "Salem Store",
        "0.35 short",
        "15,458.35",
        "814.63",
        "14,796.18",
        "186 documents",
        "line 1",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.len() < 150 * 1024, "{} bytes", page.len());
    for file in
        ["certificate.xlsx", "plan.journal", "tables/documents.csv", "tables/accounts.csv", "index.json"]
    {
        assert!(first.join(file).metadata().unwrap().len() > 500, "{file}");
    }
    check_totals(&first.join("certificate.xlsx"));
    let output = verify(&[&folder]);
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("2 certificates: hash, sums and chain are right."), "{}", text(&output));
    // Of two certificates the second names the first.
    let sha256 = |number: u32| {
        let file = folder.join(format!("certificate-{number}/index.json"));
        let (certificate, sealed) = Sealed::read("it", &std::fs::read(file).unwrap()).unwrap();
        (certificate.previous, sealed.sha256().to_owned())
    };
    assert_eq!(sha256(1).0, None);
    assert_eq!(sha256(2).0, Some(sha256(1).1));
    if let Ok(output) =
        Command::new("hledger").arg("-f").arg(first.join("plan.journal")).args(["check", "-s"]).output()
    {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    } else {
        eprintln!("skipped: hledger is not installed");
    }
}

/// Cents of a number cell; of any other, none.
fn cents(cell: Option<&Data>) -> Option<i64> {
    let number = cell.filter(|cell| cell.is_float())?.as_f64()?;
    format!("{number:.2}").replace('.', "").parse().ok()
}

/// Totals of the workbook are formulas, and hold their result for programs that show a sheet without working it out.
fn check_totals(workbook: &Path) {
    let mut workbook: Xlsx<_> = open_workbook(workbook).unwrap();
    let mut totals = 0;
    for name in workbook.sheet_names() {
        let cells = workbook.worksheet_range(&name).unwrap();
        let formulas = workbook.worksheet_formula(&name).unwrap();
        let (Some((last, _)), Some((_, first))) = (cells.end(), formulas.start()) else { continue };
        for (_, column, formula) in formulas.used_cells() {
            let column = first + u32::try_from(column).unwrap();
            assert!(formula.starts_with("SUM("), "{name}: {formula}");
            let above = (1..last).filter_map(|row| cents(cells.get_value((row, column))));
            let total = cents(cells.get_value((last, column)));
            assert_eq!(total, Some(above.sum()), "{name}, column {column}");
            totals += 1;
        }
    }
    assert!(totals > 10, "{totals} totals");
}

/// A byte changed anywhere in figures or page is found, of a large certificate a sample of bytes.
#[test]
fn a_byte_that_was_changed_is_found() {
    let (_world, folder) = week("certificate-bytes");
    let figures = folder.join("certificate-2/index.json");
    let bytes = std::fs::read(&figures).unwrap();
    for place in (0..bytes.len()).step_by(211).chain(bytes.len() - 100..bytes.len()) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x01;
        assert!(Sealed::read("it", &changed).is_err(), "byte {place}");
    }
    // Of every file: workbook, tables, journal, page, figures.
    let second = folder.join("certificate-2");
    let of = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<PathBuf> =
        of(second.clone()).chain(of(second.join("tables"))).filter(|path| path.is_file()).collect();
    assert!(files.len() > 15, "{files:?}");
    for path in files {
        let good = std::fs::read(&path).unwrap();
        for place in [0, good.len() / 3, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[place] ^= 0x01;
            std::fs::write(&path, &bad).unwrap();
            let verified = certificate::verify(std::slice::from_ref(&second));
            assert!(!verified.is_right(), "{}, byte {place}", path.display());
        }
        std::fs::write(&path, &good).unwrap();
    }
    let table = second.join("tables/accounts.csv");
    std::fs::write(&table, "changed").unwrap();
    let output = verify(&[&folder]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(
        text(&output).contains("it was changed after it was made; get it from a backup"),
        "{}",
        text(&output)
    );
    std::fs::remove_file(&table).unwrap();
    let output = verify(&[&folder]);
    assert!(text(&output).contains("1 file that it was made with is not beside it"), "{}", text(&output));
    assert!(verify(&[&folder]).status.success());
}

/// A period of more documents than a page holds: an index and a page a day, one chain; a day that is missing is named.
#[tokio::test]
async fn a_long_period_is_an_index_and_a_page_a_day() {
    let input = sample::week(sample::company().unwrap());
    let connected = connect::embedded().await.unwrap();
    let mut exchange =
        Exchange::new(connected.client.clone(), Arc::new(MemoryLog::new()), input.company.clone());
    let all: Vec<Origin<'_>> = origins(&input).collect();
    let mut reports = Vec::new();
    for origin in &all {
        reports.push(exchange.run(*origin).await.unwrap());
    }
    let tie_out = exchange.tie_out(all.iter().copied()).await.unwrap();
    let dossier = exchange.dossier(all.iter().copied(), &tie_out, &reports, Beside::default()).await.unwrap();
    let folder = std::env::temp_dir().join(format!("certificate-days-{}", std::process::id()));
    let prepared = write(&folder, &dossier, Existing::Keep, 50).unwrap();
    drop(dossier);
    assert!(!folder.join("certificate-1").exists());
    exchange.keep_certificate(prepared.certificate(), prepared.sealed()).await.unwrap();
    let written = prepared.finish().unwrap();
    let verified = certificate::verify(std::slice::from_ref(&written.folder));
    assert!(verified.is_right(), "{}", verified.page());
    assert_eq!(verified.right.len(), 7);
    let index = std::fs::read_to_string(&written.page).unwrap();
    assert!(index.contains("href=\"2026-02-04.html\"") && index.contains("2026-02-04.html#d20260204-boston"));
    let day = std::fs::read_to_string(written.folder.join("2026-02-04.html")).unwrap();
    assert!(day.contains("href=\"index.html\"") && day.contains("id=\"d20260204-boston\""));
    std::fs::remove_file(written.folder.join("2026-02-04.json")).unwrap();
    let verified = certificate::verify(std::slice::from_ref(&written.page));
    assert!(
        verified.faults.iter().any(|fault| fault.contains("its day 2026-02-04 is not among these files"))
    );
    if let Some(simulator) = connected.simulator {
        simulator.stop().await;
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
