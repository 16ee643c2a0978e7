//! Days and stores: one row each, and inside it drawers and tenders.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use exchange::certificate::{Certificate, Drawer, Scope, StoreDay};
use maud::{Markup, html};
use pos_model::Money;

use crate::text;

/// The id of a day's documents in a store, or of the day's first.
pub(super) fn group_id(date: NaiveDate, store: &str) -> String {
    format!("d{}-{store}", date.format("%Y%m%d"))
}

pub(super) fn section(certificate: &Certificate) -> Markup {
    let mut days: BTreeMap<NaiveDate, Vec<&StoreDay>> = BTreeMap::new();
    for day in &certificate.days {
        days.entry(day.date).or_default().push(day);
    }
    html! {
        section id="days" aria-labelledby="hd" {
            h2 id="hd" { "Days and stores" }
            div.dh.dr aria-hidden="true" {
                span { "Day" } span { "Store" } span.n { "Documents" } span.n { "Sold" } span.n { "Sales tax" }
                span.n { "Money in" } span.n { "Drawer" } span { "Status" }
            }
            @for (date, rows) in &days {
                @for (store, name) in &certificate.stores {
                    @match rows.iter().find(|day| day.store == *store) {
                        Some(day) => (row(certificate, day, name)),
                        None => (closed(certificate, *date, name)),
                    }
                }
            }
            (total(certificate))
            p.note {
                "All figures are the till’s, by the documents’ date; a drawer stands on its batch’s business date. Sold is goods, services and shipping, less returns, before tax. Money in is cash, checks and cards, net of refunds and of what was put into or taken out of the drawers. Drawer differences post nothing. Press a row to look inside."
            }
        }
    }
}

fn closed(certificate: &Certificate, date: NaiveDate, store: &str) -> Markup {
    html! {
        @if !matches!(certificate.scope, Scope::Batch { .. }) {
            div.dr.none {
                span { (text::short_date(date)) } span { (store) }
                span.nt { "No batch: the till sent nothing for this day" }
            }
        }
    }
}

fn row(certificate: &Certificate, day: &StoreDay, store: &str) -> Markup {
    let (over, drawer) = drawer(&day.drawers);
    let labelled = |label: &str, value: String| html! { span.n { span.v { (label) " " } (value) } };
    let page = certificate.pages.iter().find(|page| page.date == day.date);
    html! {
        details {
            summary class=(if day.ties_out { "dr" } else { "dr bad" }) {
                span { (text::short_date(day.date)) }
                span { (store) }
                (labelled("documents", day.documents.to_string()))
                (labelled("sold", text::amount(day.sold)))
                (labelled("tax", text::amount(day.tax)))
                (labelled("money in", text::amount(day.money_in)))
                span class=(if over.is_zero() { "n q" } else { "n am" }) { span.v { "drawer " } (drawer) }
                span { (status(day.ties_out, day.different_documents)) }
            }
            div.in {
                div.cols {
                    (drawers(&day.drawers))
                    @if !day.tenders.is_empty() { (tenders(day)) }
                }
                p.more {
                    @match page {
                        Some(page) => a href={ (page.file) ".html#" (group_id(day.date, &day.store)) } {
                            "Its " (text::count(day.documents, "document", "documents"))
                        },
                        None => a href={ "#" (group_id(day.date, &day.store)) } {
                            "Its " (text::count(day.documents, "document", "documents"))
                        },
                    }
                }
            }
        }
    }
}

fn status(ties_out: bool, different: u64) -> Markup {
    html! {
        @if ties_out { span.ok { "✓ Agrees" } }
        @else if different == 0 { span.bad { "≠ Differs" } }
        @else { span.bad { "≠ " (text::count(different, "document", "documents")) } }
    }
}

/// Returns by how much all drawers together are over or short, and the same in words.
fn drawer(drawers: &[Drawer]) -> (Money, String) {
    let over: Money = drawers.iter().filter_map(|drawer| drawer.over).sum();
    let counted = drawers.iter().filter(|drawer| drawer.over.is_some()).count();
    let words = match (counted, drawers.len() - counted) {
        (0, 0) => String::new(),
        (0, _) => "not counted".to_owned(),
        (_, 0) => text::over(over),
        (_, missing) => format!("{}, {missing} not counted", text::over(over)),
    };
    (over, words)
}

fn drawers(drawers: &[Drawer]) -> Markup {
    let cell = |amount: Option<Money>| amount.map(text::amount).unwrap_or_default();
    html! {
        @if !drawers.is_empty() {
            table {
                caption { "Registers: the drawer counted, against the till" }
                thead { tr { th { "Register" } th { "Batch" } th { "Float" } th { "Cash in" } th { "Expected" } th { "Counted" } th { "Over or short" } } }
                tbody {
                    @for drawer in drawers {
                        tr {
                            th scope="row" { (drawer.register) }
                            td { (drawer.batch) }
                            td { (cell(drawer.float)) }
                            td { (text::amount(drawer.cash)) }
                            td { (cell(drawer.expected)) }
                            @match (drawer.counted, drawer.over) {
                                (None, _) => { td.q colspan="2" { "not counted" } }
                                (Some(counted), None) => { td { (text::amount(counted)) } td.q { "no float given" } }
                                (Some(counted), Some(over)) => {
                                    td { (text::amount(counted)) }
                                    td class=[(!over.is_zero()).then_some("am")] { (text::over(over)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn tenders(day: &StoreDay) -> Markup {
    html! {
        table {
            caption { "Takings by tender" }
            thead { tr { th { "Tender" } th { "Till" } th { "QuickBooks" } } }
            tbody {
                @for tender in &day.tenders {
                    tr {
                        th scope="row" { (tender.name) }
                        td { (text::amount(tender.till)) }
                        @match tender.quickbooks {
                            Some(quickbooks) => td class=[(quickbooks != tender.till).then_some("bad")] { (text::amount(quickbooks)) },
                            None => td.q { "moves no money" },
                        }
                    }
                }
            }
        }
    }
}

fn total(certificate: &Certificate) -> Markup {
    let sum = |of: &dyn Fn(&StoreDay) -> Money| text::amount(certificate.days.iter().map(of).sum());
    let drawers: Vec<Drawer> = certificate.days.iter().flat_map(|day| day.drawers.clone()).collect();
    let (over, drawer) = drawer(&drawers);
    let verdict = &certificate.verdict;
    html! {
        div.dr.tot {
            span { "Total" }
            span { @if certificate.stores.len() > 1 { "all stores" } }
            span.n { (verdict.documents) }
            span.n { (sum(&|day| day.sold)) }
            span.n { (sum(&|day| day.tax)) }
            span.n { (sum(&|day| day.money_in)) }
            span class=(if over.is_zero() { "n q" } else { "n am" }) { (drawer) }
            span { (status(verdict.ties_out, verdict.different_documents)) }
        }
    }
}
