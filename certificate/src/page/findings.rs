//! What to do: each difference with its cause, its figures, its remedy and its record. Then what is right and worth a look.

use exchange::certificate::{Certificate, Finding};
use maud::{Markup, html};

use super::links::{id, record_link};
use crate::text;

/// More differences than this mean another company or another log: the file of figures names them all.
const SHOWN: usize = 200;

/// A sign for the state, beside its word.
pub(super) fn sign(finding: &Finding) -> &'static str {
    match finding.cause.as_str() {
        "deleted" | "voided" => "−",
        "not-posted" => "!",
        "posted-twice" => "2×",
        _ => "≠",
    }
}

pub(super) fn section(certificate: &Certificate) -> Markup {
    html! {
        @if !certificate.differences.is_empty() {
            section id="open" aria-labelledby="ho" {
                h2 id="ho" {
                    "What to do "
                    span.count { (text::count(certificate.differences.len() as u64, "difference", "differences")) }
                }
                p { "No document in QuickBooks is changed by this program. Put right what is named here, run again, and this page is made again." }
                @for (place, finding) in certificate.differences.iter().take(SHOWN).enumerate() {
                    (article(certificate, place + 1, finding))
                }
                @if certificate.differences.len() > SHOWN {
                    p.note { "And " (certificate.differences.len() - SHOWN) " more: the file of figures beside this page names them all." }
                }
            }
        }
        (worth_a_look(certificate))
    }
}

fn article(certificate: &Certificate, place: usize, finding: &Finding) -> Markup {
    let has_page_here = !certificate.documents.is_empty();
    html! {
        article.todo id={ "t" (place) } {
            div {
                p.tag { i { (sign(finding)) } (finding.state) }
                h3 { (&*finding.title) }
                @if let Some(document) = &finding.document {
                    p.q { (text::of_origin(&document.origin)) }
                }
                p { (&*finding.what) }
                @if let Some(hint) = &finding.hint { p.hint { (hint) } }
                dl.act {
                    dt { "Do this" }
                    dd { (&*finding.remedy) }
                    @if let Some(document) = &finding.document {
                        dt { "Look" }
                        dd {
                            @if let Some(record) = &document.record { (record_link(record)) " · " }
                            @if has_page_here { a href={ "#" (id(&document.kind, &document.number)) } { "The document here" } }
                            @else { (text::kind(&document.kind)) " " (document.number) }
                        }
                    }
                    @if let Some(other) = &finding.other {
                        dt { "The other one" }
                        dd { (record_link(other)) }
                    }
                }
            }
            @if !finding.amounts.is_empty() {
                table.lg {
                    thead { tr { th scope="col" { "QuickBooks is out by" } th.n scope="col" { "Debit" } th.n scope="col" { "Credit" } } }
                    tbody {
                        @for amount in &finding.amounts {
                            @let (debit, credit) = text::columns(amount.found - amount.expected);
                            tr {
                                th scope="row" {
                                    (text::account(&amount.account))
                                    @if let Some(customer) = &amount.customer { " " span.q { (&**customer) } }
                                    " " span.q { (text::short_date(amount.date)) }
                                }
                                td.n { (debit) }
                                td.n { (credit) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is right, and still worth a look: drawers that are over or short, and notices.
fn worth_a_look(certificate: &Certificate) -> Markup {
    let drawers = certificate.days.iter().flat_map(|day| day.drawers.iter().map(move |drawer| (day, drawer)));
    let drawers: Vec<_> =
        drawers.filter(|(_, drawer)| drawer.over.is_some_and(|over| !over.is_zero())).collect();
    html! {
        @if !drawers.is_empty() || !certificate.notices.is_empty() {
            section id="look" aria-labelledby="hl" {
                h2 id="hl" { "Right, and worth a look" }
                ul.plain {
                    @for notice in &certificate.notices { li { (&**notice) "." } }
                    @for (day, drawer) in drawers.iter().take(SHOWN) {
                        li {
                            (text::short_date(day.date)) ", "
                            (certificate.stores.get(&day.store).map_or(day.store.as_str(), String::as_str))
                            ", register " (drawer.register) ", batch " (drawer.batch) ": the drawer was "
                            (drawer.over.map(text::over).unwrap_or_default()) ". It posts nothing."
                        }
                    }
                }
            }
        }
    }
}
