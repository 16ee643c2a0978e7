//! Golden pages: a day that ties out, and one that does not. Their figures are golden files of `exchange`.
//! `UPDATE_GOLDEN=1 cargo test -p certificate --test all` writes them again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use certificate::{journal, page};
use exchange::certificate::{Certificate, Sealed};

fn figures(name: &str) -> (Certificate, Sealed) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../exchange/tests/golden/certificates")
        .join(name)
        .with_extension("json");
    Sealed::read(name, &fs::read(file).unwrap()).unwrap()
}

#[track_caller]
fn check_golden(name: &str, found: &str) {
    let golden: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(golden.parent().unwrap()).unwrap();
        fs::write(&golden, found).unwrap();
    } else {
        assert!(fs::read_to_string(&golden).unwrap() == found, "{}:\n{found}", golden.display());
    }
}

/// the page of a day that ties out.
#[test]
fn a_day_that_ties_out() {
    let (certificate, sealed) = figures("agrees");
    let page = page(&certificate, sealed.sha256());
    for words in ["The books tie out.", "Typed in by others", "✓ Agrees", "0.00", sealed.sha256()] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("What to do"));
    check_golden("agrees.html", &page);
    check_golden("agrees.journal", &journal(&certificate));
}

/// the page of one that does not.
#[test]
fn a_day_that_does_not_tie_out() {
    let (certificate, sealed) = figures("differs");
    let page = page(&certificate, sealed.sha256());
    for words in [
        "The books do not tie out yet.",
        "What to do",
        "Changed since posting",
        "Gone from QuickBooks",
        "Refused",
    ] {
        assert!(page.contains(words), "{words}");
    }
    check_golden("differs.html", &page);
}

/// The page asks nothing of a network, and everything in it that a name could hold is text.
#[test]
fn a_page_is_one_file_and_texts_are_texts() {
    let (mut certificate, sealed) = figures("agrees");
    let evil = "<script>alert(1)</script>\"'&".to_owned();
    certificate.documents[0].words = evil.clone().into();
    certificate.documents[0].lines[0].words = evil.clone().into();
    certificate.accounts[0].name.clone_from(&evil);
    certificate.stores.insert("boston".to_owned(), evil.clone());
    let page = page(&certificate, sealed.sha256());
    assert!(!page.contains("alert(1)</script>"));
    for part in ["src=", "@import", "url(", "http://", "<link", "<img", "<iframe"] {
        assert!(!page.contains(part), "{part}");
    }
}

/// Every amount on the page is an amount of the figures, or a sum or difference of some: the page of other figures differs.
#[test]
fn every_id_that_a_link_leads_to_is_there_once() {
    for name in ["agrees", "differs"] {
        let (certificate, sealed) = figures(name);
        let page = page(&certificate, sealed.sha256());
        for link in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let count = page.matches(&format!("id=\"{link}\"")).count();
            assert_eq!(count, 1, "{name}: {link}");
        }
    }
}

/// A second program adds the plan up and finds the certificate's figures.
#[test]
#[allow(clippy::print_stderr, reason = "what is skipped is said aloud")]
fn hledger_finds_the_same_balances() {
    let (certificate, _) = figures("agrees");
    let file = std::env::temp_dir().join(format!("certificate-{}.journal", std::process::id()));
    let check = |text: &str| {
        fs::write(&file, text).unwrap();
        let output = Command::new("hledger").arg("-f").arg(&file).args(["check", "-s"]).output();
        let _ = fs::remove_file(&file);
        output
    };
    let good = journal(&certificate);
    let Ok(output) = check(&good) else {
        eprintln!("skipped: hledger is not installed");
        return;
    };
    assert!(output.status.success(), "{}\n{good}", String::from_utf8_lossy(&output.stderr));
    // A cent off is not one that it agrees with.
    let bad = good.replacen("0.00 = -380.97", "0.00 = -380.98", 1);
    assert_ne!(good, bad);
    assert!(!check(&bad).unwrap().status.success());
}
