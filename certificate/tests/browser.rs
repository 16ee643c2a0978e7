//! The page in a real browser: it needs no network, says nothing in the console, sorts, finds, drills down, prints with no table
//! cut, and can be read by everybody. Without Chromium the tests say that they are skipped.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::chromium::Chromium;

/// The version of axe-core that is asked for by npm; it is never kept.
const AXE: &str = "4.11.0";

/// The golden page of a day that does not tie out, or of one that does.
fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// A browser; without one the test is skipped aloud. Captured output is not shown, so this is not captured.
fn browser(name: &str) -> Option<Chromium> {
    let browser = Chromium::start(name);
    if browser.is_none() {
        skipped("Chromium is not installed (Debian: apt-get install chromium)");
    }
    browser
}

fn skipped(why: &str) {
    std::io::stderr().write_all(format!("skipped: {why}\n").as_bytes()).unwrap();
}

/// nothing is asked of a network, no error, and it opens at once.
#[test]
fn it_opens_from_a_file() {
    let Some(mut browser) = browser("opens") else { return };
    for name in ["agrees.html", "differs.html"] {
        let took = browser.open(&page(name));
        assert!(took < Duration::from_secs(2), "{name}: {took:?}");
        assert_eq!(browser.complaints(), [""; 0], "{name}");
        assert_eq!(browser.value("document.querySelectorAll('[src],link').length"), 0);
    }
}

/// tables sort, documents are found, and an account leads to its day, the day to a document, the document to the till's line.
#[test]
fn it_sorts_finds_and_drills_down() {
    let Some(mut browser) = browser("drills") else { return };
    browser.open(&page("differs.html"));
    // Sorted by the till's debits, largest first, and back again.
    let debits = "[...document.querySelector('#accounts table.srt').tBodies[0].rows].map(row => row.cells[1].textContent)";
    let before = browser.value(debits);
    let head = "document.querySelectorAll('#accounts table.srt thead tr:nth-child(2) button')[0]";
    browser.value(&format!("{head}.click()"));
    let numbers: Vec<f64> = (browser.value(debits).as_array().unwrap().iter())
        .filter_map(|text| text.as_str()?.replace(',', "").parse().ok())
        .collect();
    assert!(numbers.len() > 2 && numbers.is_sorted_by(|one, other| one >= other), "{numbers:?}");
    let sorted = format!("{head}.closest('th').getAttribute('aria-sort')");
    assert_eq!(browser.value(&sorted), "descending");
    browser.value(&format!("{head}.click()"));
    assert_eq!(browser.value(debits), before);
    // Found by number, by amount, by kind.
    let find = |browser: &mut Chromium, word: &str| {
        browser.value(&format!(
            "(() => {{ const find = document.querySelector('#tools input'); find.value = {}; find.oninput(); }})()",
            json!(word)
        ));
        let shown = browser
            .value("[...document.querySelectorAll('.d')].filter(d => d.checkVisibility()).map(d => d.id)");
        let count = browser.value("document.querySelector('#tools output').value");
        (shown, count)
    };
    let all = browser.value("document.querySelectorAll('.d').length");
    let (shown, count) = find(&mut browser, "CLT1522871B11R");
    assert_eq!(shown[0], "C-CLT1522871B11R");
    assert_eq!(count, format!("{} of {all}", shown.as_array().unwrap().len()));
    assert_eq!(find(&mut browser, "no such document").1, format!("0 of {all}"));
    assert_eq!(find(&mut browser, "").0.as_array().unwrap().len(), all.as_u64().unwrap() as usize);
    // From an account's day to the day's documents, and into one of them.
    browser.value(
        "document.querySelectorAll('#accounts figure details').forEach(details => { details.open = true; })",
    );
    browser.value("document.querySelector('#accounts figure tbody a').click()");
    let group = browser.value("location.hash.slice(1)");
    let is_group = format!("document.getElementById({group}).querySelectorAll('.d').length > 0");
    assert_eq!(browser.value(&is_group), true);
    browser.value("location.hash = '#CLT1521022B4'");
    let is_open =
        "new Promise(done => setTimeout(() => done(document.getElementById('CLT1521022B4').open), 50))";
    assert_eq!(browser.value(is_open), true);
    let inside = browser.value("document.getElementById('CLT1521022B4').innerText");
    let inside = inside.as_str().unwrap();
    for words in ["Debit", "Credit", "(line 1)", "sale 1521022"] {
        assert!(inside.to_lowercase().contains(&words.to_lowercase()), "{words}: {inside}");
    }
    // What to do leads to the document.
    browser.value("document.querySelector('#open a[href^=\"#\"]').click()");
    assert_eq!(browser.value("new Promise(done => setTimeout(() => done(!!document.querySelector(location.hash.replace(/#/, '#')).open), 50))"), true);
    assert_eq!(browser.complaints(), [""; 0]);
}

/// Prints on Letter and A4: no table is wider than the paper, no row is cut, and what is open stays open.
#[test]
fn it_prints_with_no_table_cut() {
    let Some(mut browser) = browser("prints") else { return };
    for name in ["agrees.html", "differs.html"] {
        browser.open(&page(name));
        browser.value("document.querySelectorAll('details').forEach(details => { details.open = true; })");
        browser.tell("Emulation.setEmulatedMedia", json!({"media": "print"}));
        // Width in inches; the page's own margins are 13 mm on either side, a CSS pixel is 1/96 inch.
        for (paper, width, height) in [("Letter", 8.5, 11.0), ("A4", 8.27, 11.69)] {
            let inner = (width - 26.0 / 25.4) * 96.0;
            let inner = format!("{inner:.0}").parse::<u32>().unwrap();
            let size = json!({"width": inner, "height": 900, "deviceScaleFactor": 1, "mobile": false});
            browser.tell("Emulation.setDeviceMetricsOverride", size);
            let cut = browser.value(&format!(
                "[...document.querySelectorAll('table,svg,details')].filter(one => one.checkVisibility() && \
                 one.getBoundingClientRect().right > {inner} + 1).map(one => one.outerHTML.slice(0, 120))"
            ));
            assert_eq!(cut, json!([]), "{name} on {paper}");
            let rows = browser.value("document.querySelectorAll('tr').length");
            assert!(rows.as_u64().unwrap() > 50, "{rows} rows are looked at");
            let torn = browser.value(
                "[...document.querySelectorAll('tr')].filter(row => row.checkVisibility() && \
                 getComputedStyle(row).breakInside !== 'avoid').length",
            );
            assert_eq!(torn, 0, "{name} on {paper}: rows that may be torn");
            let parameters = json!({"paperWidth": width, "paperHeight": height, "printBackground": true,
                "preferCSSPageSize": false});
            let printed = browser.tell("Page.printToPDF", parameters);
            assert!(printed["data"].as_str().unwrap().starts_with("JVBERi0"), "{name} on {paper}: no PDF");
        }
        browser.tell("Emulation.setEmulatedMedia", json!({"media": ""}));
        browser.tell("Emulation.clearDeviceMetricsOverride", json!({}));
    }
}

/// Contrast and names, by axe-core (WCAG 2.1 AA), light and dark, with everything open.
#[test]
fn it_can_be_read_by_everybody() {
    let Some(mut browser) = browser("axe") else { return };
    let Some(axe) = axe(browser.folder()) else {
        return skipped("axe-core cannot be had (npm pack axe-core)");
    };
    for (name, scheme) in [("agrees.html", "dark"), ("differs.html", "light"), ("differs.html", "dark")] {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        browser.tell("Emulation.setEmulatedMedia", features);
        browser.open(&page(name));
        browser.value("document.querySelectorAll('details').forEach(details => { details.open = true; })");
        browser.value(&format!("{axe};0"));
        let found = browser.value(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(found => found.violations.map(of => \
             of.id + ': ' + of.help + ': ' + of.nodes.slice(0, 3).map(node => node.html).join(' | ')))",
        );
        assert_eq!(found, json!([]), "{name}, {scheme}");
    }
}

/// The text of axe-core, fetched by npm into a folder that goes away; none where it cannot be had.
fn axe(folder: &Path) -> Option<String> {
    let package = format!("axe-core@{AXE}");
    let mut npm = Command::new("npm");
    npm.args(["pack", "--silent", &package]).current_dir(folder);
    npm.output().ok().filter(|output| output.status.success())?;
    let archive = format!("axe-core-{AXE}.tgz");
    let mut tar = Command::new("tar");
    tar.args(["-xzf", &archive, "package/axe.min.js"]).current_dir(folder);
    tar.output().ok().filter(|output| output.status.success())?;
    fs::read_to_string(folder.join("package/axe.min.js")).ok()
}
