//! The page: verdict first, then days and stores, what to do, a picture and a table of every control account, takings, what is
//! owed, tax, what others typed in, and every document. Without script everything can be read and opened; script adds finding,
//! filtering and ordering.

mod accounts;
mod days;
mod documents;
mod figures;
mod findings;
mod links;
mod picture;

use exchange::certificate::{Certificate, Scope, Verdict};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::text;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Returns the page of a certificate. It needs no other file and no network; days of a long period are pages of their own,
/// beside it. The same certificate gives the same bytes.
#[must_use]
pub fn page(certificate: &Certificate, sha256: &str) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (heading(&certificate.verdict)) ": " (text::scope(&certificate.scope)) }
                style { (PreEscaped(without_indents(STYLE))) }
            }
            body {
                a.skip href="#main" { "Skip to the verdict" }
                (head(certificate))
                (navigation(certificate))
                main id="main" {
                    (verdict(certificate))
                    (chain(certificate))
                    (days::section(certificate))
                    (findings::section(certificate))
                    (accounts::section(certificate))
                    (figures::takings(certificate))
                    (figures::owed(certificate))
                    (figures::taxes(certificate))
                    (figures::others(certificate))
                    (documents::section(certificate))
                    (words())
                }
                (foot(certificate, sha256))
                script { (PreEscaped(without_indents(SCRIPT))) }
            }
        }
    };
    without_needless_ends(markup.into_string())
}

/// Returns the style or script without the blanks before its lines.
fn without_indents(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// HTML lets these end tags be left out; in a page of many rows they are a tenth of it. No text holds one: `<` is escaped.
fn without_needless_ends(page: String) -> String {
    ["</td>", "</th>", "</tr>", "</tbody>", "</thead>", "</dt>", "</dd>", "</li>", "</p>"]
        .iter()
        .fold(page, |page, end| page.replace(end, ""))
}

fn heading(verdict: &Verdict) -> &'static str {
    match (verdict.ties_out, verdict.is_explained, verdict.left_out) {
        (true, _, 0) => "The books tie out.",
        (true, ..) => "What was posted ties out.",
        (false, true, _) => "The books tie out but for what is named below.",
        (false, false, _) => "The books do not tie out yet.",
    }
}

fn head(certificate: &Certificate) -> Markup {
    let stores: Vec<&str> = certificate.stores.values().map(String::as_str).collect();
    html! {
        header {
            div {
                p.eye { "Tie-out certificate" }
                p.co { (stores.join(", ")) }
            }
            dl.meta {
                div {
                    dt { @match certificate.scope {
                        Scope::Day { .. } => "Day",
                        Scope::Batch { .. } => "Batch",
                        _ => "Period",
                    } }
                    dd { (text::scope(&certificate.scope)) }
                }
                div {
                    dt { "Checked" }
                    dd { time datetime=(certificate.checked_at.to_rfc3339()) { (text::instant(certificate.checked_at)) } }
                }
                div { dt { "Certificate" } dd { "no. " (certificate.number) } }
            }
        }
    }
}

fn navigation(certificate: &Certificate) -> Markup {
    let to_do = certificate.differences.len();
    html! {
        nav aria-label="On this page" {
            @if let Some(period) = &certificate.part_of {
                a href={ (period) ".html" } { "The whole period" }
            }
            a href="#days" { "Days and stores" }
            @if to_do > 0 {
                a href="#open" { "What to do " b { (to_do) } }
            }
            a href="#accounts" { "Accounts" }
            a href="#takings" { "Takings" }
            a href="#owed" { "Owed and owing" }
            a href="#tax" { "Sales tax" }
            @if !certificate.others.is_empty() { a href="#others" { "Typed in by others" } }
            a href="#docs" { "Documents" }
        }
    }
}

fn verdict(certificate: &Certificate) -> Markup {
    let verdict = &certificate.verdict;
    let is_right = verdict.ties_out && verdict.left_out == 0;
    html! {
        section class=(if is_right { "verdict ok" } else { "verdict no" }) aria-labelledby="v" {
            div.seal aria-hidden="true" {
                svg viewBox="0 0 48 48" {
                    circle cx="24" cy="24" r="22" {}
                    path d=(if is_right { "M14 25l7 7 14-16" } else { "M13 20h22M13 29h22M30 12L18 37" }) {}
                }
            }
            div {
                h1 id="v" { (heading(verdict)) }
                p.lead { (lead(certificate)) }
                @if verdict.left_out > 0 {
                    p.lead { "Left out of all figures: " (text::count(verdict.left_out, "input", "inputs")) " that were refused or not started; the run’s report names them." }
                }
                @if !certificate.differences.is_empty() {
                    p.three {
                        @for (place, finding) in certificate.differences.iter().take(6).enumerate() {
                            a href={ "#t" (place + 1) } { (findings::sign(finding)) " " (&*finding.title) }
                        }
                        @if certificate.differences.len() > 6 {
                            a href="#open" { "and " (certificate.differences.len() - 6) " more" }
                        }
                    }
                }
            }
        }
    }
}

fn lead(certificate: &Certificate) -> String {
    let verdict = &certificate.verdict;
    let documents = text::count(verdict.documents, "document", "documents");
    let accounts = text::count(verdict.accounts, "control account", "control accounts");
    if verdict.ties_out {
        let mut opinions = vec!["the tills", "the plan"];
        if certificate.debits.read_back.is_some() {
            opinions.push("the documents read back");
        }
        opinions.push("QuickBooks’ general ledger");
        if certificate.debits.trial_balance.is_some() {
            opinions.push("its trial balance");
        }
        let last = opinions.pop().unwrap_or_default();
        return format!(
            "{documents}, {accounts}: {} and {last} say the same, to the cent.",
            opinions.join(", ")
        );
    }
    let right = certificate.days.iter().filter(|day| day.ties_out).count();
    let differences = text::count(certificate.differences.len() as u64, "difference is", "differences are");
    format!(
        "{differences} named below, on {} of {accounts}. Of the days and stores {right} of {} agree, of the documents {} of {}.",
        verdict.different_accounts,
        certificate.days.len(),
        verdict.documents.saturating_sub(verdict.different_documents),
        verdict.documents,
    )
}

/// The five opinions side by side: where does the chain break?
fn chain(certificate: &Certificate) -> Markup {
    let debits = &certificate.debits;
    let mut links = vec![("Tills", Some(debits.till)), ("Plan", Some(debits.plan))];
    links.push(("Documents read back", debits.read_back));
    links.push(("General ledger", Some(debits.general_ledger)));
    links.push(("Trial balance", debits.trial_balance));
    let different = |name: &str| {
        let of = certificate.accounts.iter().filter(|account| {
            let figures = &account.figures;
            let figure = match name {
                "Plan" => Some(figures.plan),
                "Documents read back" => figures.read_back,
                "General ledger" => Some(figures.general_ledger),
                "Trial balance" => figures.trial_balance,
                _ => None,
            };
            figure.is_some_and(|figure| figure != figures.till)
        });
        of.count() as u64
    };
    html! {
        ol.chain aria-label="Independent figures, compared in every account" {
            @for (name, figure) in links {
                @if let Some(figure) = figure {
                    @let differ = different(name);
                    li class=[(differ > 0).then_some("r")] {
                        span { (name) }
                        b { (text::amount(figure)) }
                        small {
                            @match (name, differ) {
                                ("Tills", _) => "all debits",
                                (_, 0) => "the same in every account",
                                (_, differ) => { (text::count(differ, "account differs", "accounts differ")) }
                            }
                        }
                    }
                }
            }
        }
        p.note {
            "The total of the debits over " (text::count(certificate.verdict.accounts, "account", "accounts")) ". "
            @if !certificate.verdict.ties_out {
                "QuickBooks balances within itself, so its own reports show nothing wrong; only beside the tills does it show. "
            }
            @if debits.trial_balance.is_none() { "The trial balance has no figure of a single day or batch. " }
            @if debits.read_back.is_none() { "Documents were not read back one by one." }
        }
    }
}

/// What the words mean.
fn words() -> Markup {
    const WORDS: [(&str, &str); 10] = [
        ("Posted", "In QuickBooks, as planned."),
        (
            "Found already there",
            "QuickBooks had it, the same to the cent, and it was taken as ours; nothing was posted twice.",
        ),
        ("Changed on arrival", "QuickBooks stored something other than what was sent."),
        ("Changed since posting", "It was right, and somebody edited it later."),
        ("Gone from QuickBooks", "It was posted, and somebody deleted or voided it."),
        ("Number taken", "Another document already has the number. Nothing was posted."),
        ("Refused", "QuickBooks said no, and the reason is shown. Nothing was posted."),
        ("Waiting", "Not sent, as an earlier document of the same sale is not in yet."),
        ("Not yet known", "Sent, but the answer was lost. It is looked up before anything is sent again."),
        ("Typed in by others", "A document on a control account which did not come from the tills."),
    ];
    html! {
        section id="words" aria-labelledby="hg" {
            h2 id="hg" { "What the words mean" }
            dl.words { @for (word, meaning) in WORDS { dt { (word) } dd { (meaning) } } }
        }
    }
}

fn foot(certificate: &Certificate, sha256: &str) -> Markup {
    let skipped: u64 = certificate.skipped.values().sum();
    html! {
        footer {
            dl.meta {
                div { dt { "Checked" } dd { (text::instant(certificate.checked_at)) ", against company " (certificate.company) } }
                div { dt { "By" } dd { "version " (certificate.program) } }
                div {
                    dt { (text::count(certificate.batches.len() as u64, "batch or store’s orders", "batches and stores’ orders")) }
                    dd {
                        @if skipped == 0 { "every entry of the till is in the figures" }
                        @else {
                            (text::count(skipped, "till entry posts", "till entries post")) " nothing: "
                            @for (place, (reason, count)) in certificate.skipped.iter().enumerate() {
                                @if place > 0 { ", " }
                                (count) " " (reason)
                            }
                        }
                    }
                }
                div {
                    dt { "Previous certificate" }
                    dd { @match &certificate.previous {
                        Some(previous) => code { (previous) },
                        None => "none: this is the log’s first",
                    } }
                }
                div.full { dt { "SHA-256 of the figures" } dd { code { (sha256) } } }
            }
            p.q { "Anybody can check this page without a network: " code { "verify-certificate" } " recomputes the hash from the file of figures beside it, adds the figures up, and makes this page again from them. A figure changed by one cent gives another hash." }
        }
    }
}
