//! Every document: a line in words, and inside it debits and credits, goods, the till's event and the record in QuickBooks.

use std::fmt::Write;

use exchange::certificate::{Certificate, DocumentLine, DocumentName};
use maud::{Markup, html};

use super::days;
use super::links::{id, record_link};
use crate::text;

/// Lines of goods that stand on the page; the file of figures has all.
const LINES: usize = 6;

pub(super) fn section(certificate: &Certificate) -> Markup {
    html! {
        section id="docs" aria-labelledby="hs" {
            h2 id="hs" { "Documents " span.count { (certificate.verdict.documents) } }
            @if certificate.pages.is_empty() {
                div id="tools" {}
                @for group in certificate.documents.chunk_by(|one, other| (one.date, &one.store) == (other.date, &other.store)) {
                    @if let Some(first) = group.first() {
                        div.grp id=(days::group_id(first.date, &first.store)) {
                            h3 {
                                (text::long_date(first.date)) ", "
                                (certificate.stores.get(&first.store).map_or(first.store.as_str(), String::as_str))
                                " " span.q { (group.len()) }
                            }
                            @for document in group { (row(certificate, document)) }
                        }
                    }
                }
            } @else {
                (pages(certificate))
            }
        }
    }
}

/// The pages of the days, of a long period.
fn pages(certificate: &Certificate) -> Markup {
    html! {
        p { "Each day is a page of its own, beside this one." }
        div.scroll tabindex="0" role="region" aria-labelledby="hs" {
            table.wide.srt {
                thead { tr { th scope="col" { "Day" } th.n scope="col" { "Documents" } th scope="col" { "Status" } th scope="col" { "SHA-256" } } }
                tbody {
                    @for page in &certificate.pages {
                        tr {
                            th scope="row" { a href={ (page.file) ".html" } { (text::long_date(page.date)) } }
                            td.n { (page.documents) }
                            td { @if page.ties_out { span.ok { "✓ Agrees" } } @else { span.bad { "≠ Differs" } } }
                            td { code { (page.sha256.get(..16).unwrap_or(&page.sha256)) "…" } }
                        }
                    }
                }
            }
        }
    }
}

fn row(certificate: &Certificate, document: &DocumentLine) -> Markup {
    let name = &document.name;
    let is_of_a_difference = certificate
        .differences
        .iter()
        .filter_map(|finding| finding.document.as_ref())
        .any(|of| is_same(of, name));
    html! {
        details class=(if is_of_a_difference { "d bad" } else { "d" }) id=(id(&name.kind, &name.number)) {
            summary {
                (text::kind(&name.kind))
                i { (name.number) }
                i {
                    @if is_of_a_difference { b.bad { (document.state.as_deref().unwrap_or("Differs")) ": " } }
                    (said(certificate, document))
                }
                i { (text::amount(document.total)) }
            }
            @if document.legs.is_empty() { p { (moves_nothing(document)) } }
            @else {
                table {
                    thead { tr { th { "Account" } th { "Debit" } th { "Credit" } } }
                    @for leg in &document.legs {
                        @let (debit, credit) = text::columns(leg.amount);
                        tr { td { (text::account(&leg.account)) } td { (debit) } td { (credit) } }
                    }
                }
            }
            @if !document.lines.is_empty() { p { (lines(document)) } }
            p {
                (text::of_origin(&name.origin)) ", " (text::of_event(&document.event))
                " · " (document.state.as_deref().unwrap_or("nothing was seen of it"))
                @if let Some(record) = &name.record { " · " (record_link(record)) }
            }
        }
    }
}

fn is_same(one: &DocumentName, other: &DocumentName) -> bool {
    (&one.kind, &one.number) == (&other.kind, &other.number)
}

/// The sentence, with the customer's name before it; the store's own is not said.
fn said(certificate: &Certificate, document: &DocumentLine) -> String {
    let mut letters = document.words.chars();
    let words: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let store = certificate.stores.get(&document.store);
    match document.party.as_deref() {
        Some(party) if Some(party) != store.map(String::as_str) => format!("{party}: {}", &*document.words),
        _ => words,
    }
}

fn moves_nothing(document: &DocumentLine) -> &'static str {
    match document.name.kind.as_str() {
        "Payment" => {
            "No money moves. QuickBooks keeps a return and what settles it as two documents, both open until a payment of 0.00 ties one to the other; this is it."
        }
        "PurchaseOrder" => "It moves no account: the bill does.",
        _ => "It moves no account.",
    }
}

fn lines(document: &DocumentLine) -> String {
    let mut said = String::new();
    for (place, line) in document.lines.iter().take(LINES).enumerate() {
        let separator = if place == 0 { "" } else { "; " };
        let _ = write!(said, "{separator}{} {}", &*line.words, text::amount(line.amount));
        if !line.till_lines.is_empty() && document.lines.len() > 1 {
            let numbers: Vec<String> = line.till_lines.iter().take(8).map(ToString::to_string).collect();
            let _ = write!(said, " (line {})", numbers.join(", "));
        }
        if !line.receipts.is_empty() {
            let numbers = line.receipts.iter().take(8).map(|receipt| receipt.transaction.to_string());
            let more = line.receipts.len().saturating_sub(8);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let _ = write!(said, " (transaction {}{more})", numbers.collect::<Vec<_>>().join(", "));
        }
    }
    if document.lines.len() > LINES {
        let _ = write!(said, "; and {} more", document.lines.len() - LINES);
    }
    said
}
