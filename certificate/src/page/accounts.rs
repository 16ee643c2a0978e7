//! Control accounts: a picture of each, the table that is signed, and how the balances come about.

use exchange::certificate::{AccountFigures, Certificate, DayFigures};
use maud::{Markup, html};
use pos_model::Money;

use super::days;
use super::picture::picture;
use crate::text;

pub(super) fn section(certificate: &Certificate) -> Markup {
    html! {
        section id="accounts" aria-labelledby="ha" {
            h2 id="ha" { "Control accounts" }
            p.key {
                span { i.kt {} "Till" } span { i.kq {} "QuickBooks" } span { i.kg {} "Gap" }
                span.q { "Each picture has its own scale; a small gap is drawn large enough to be seen." }
            }
            div.pics {
                @for account in certificate.accounts.iter().filter(|account| !account.days.is_empty()) {
                    (figure(certificate, account))
                }
            }
            (signed(certificate))
            (balances(certificate))
        }
    }
}

fn figure(certificate: &Certificate, account: &AccountFigures) -> Markup {
    let figures = &account.figures;
    let differs = account.days.iter().any(|day| !day.figures.agree()) || !figures.agree();
    html! {
        figure class=[differs.then_some("bad")] {
            figcaption {
                h3 { (text::account(&account.name)) }
                p.q { (account.what) }
                p.bal {
                    b { (text::sided(figures.till)) } " "
                    @if figures.till != figures.general_ledger {
                        span.bad { "≠ " (text::sided(figures.general_ledger)) " in QuickBooks" }
                    } @else if figures.read_back.is_some_and(|figure| figure != figures.till) {
                        span.bad { "≠ in the documents read back" }
                    } @else if differs { span.bad { "≠ on single days" } }
                    @else { span.ok { "✓" } span.v { "agrees" } }
                }
            }
            (picture(account))
            details {
                summary { "Day by day" }
                table {
                    thead {
                        tr { th rowspan="2" { "Date" } th colspan="2" { "Till" } th colspan="2" { "QuickBooks" } }
                        tr { th { "Debit" } th { "Credit" } th { "Debit" } th { "Credit" } }
                    }
                    tbody { @for day in &account.days { (day_row(certificate, day)) } }
                }
            }
        }
    }
}

fn day_row(certificate: &Certificate, day: &DayFigures) -> Markup {
    let (debit, credit) = text::columns(day.figures.till);
    let (found_debit, found_credit) = text::columns(day.figures.general_ledger);
    let class = (!day.figures.agree()).then_some("bad");
    let page = certificate.pages.iter().find(|page| page.date == day.date);
    let store = certificate.days.iter().find(|of| of.date == day.date).map_or("", |of| &of.store);
    let group = days::group_id(day.date, store);
    html! {
        tr {
            th scope="row" {
                @match page {
                    Some(page) => a href={ (page.file) ".html" } { (text::short_date(day.date)) },
                    None => a href={ "#" (group) } { (text::short_date(day.date)) },
                }
            }
            td { (debit) } td { (credit) }
            td class=[class] { (found_debit) } td class=[class] { (found_credit) }
        }
    }
}

/// The proof to sign: full names, two columns, and what agrees with what.
fn signed(certificate: &Certificate) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Control accounts in figures" {
            table.wide.srt {
                thead {
                    tr {
                        th scope="col" rowspan="2" { "Account" }
                        th.c scope="colgroup" colspan="2" { "Till" }
                        th.c scope="colgroup" colspan="2" { "QuickBooks" }
                        th.n scope="col" rowspan="2" { "Difference" }
                        th.c scope="colgroup" colspan="4" { "The till agrees with" }
                    }
                    tr {
                        th.n scope="col" { "Debit" } th.n scope="col" { "Credit" }
                        th.n scope="col" { "Debit" } th.n scope="col" { "Credit" }
                        th.y scope="col" { "Plan" } th.y scope="col" { "Read back" } th.y scope="col" { "Ledger" } th.y scope="col" { "Trial balance" }
                    }
                }
                tbody { @for account in &certificate.accounts { (signed_row(account)) } }
                tfoot {
                    tr {
                        th scope="row" { "Debits and credits" }
                        (total(certificate, &|figures| figures.till))
                        (total(certificate, &|figures| figures.general_ledger))
                        td.n {} td {} td {} td {} td {}
                    }
                }
            }
        }
    }
}

fn total(certificate: &Certificate, of: &dyn Fn(&exchange::certificate::Figures) -> Money) -> Markup {
    let figures = || certificate.accounts.iter().map(|account| of(&account.figures));
    let debits: Money = figures().filter(|amount| amount.is_positive()).sum();
    let credits: Money = figures().filter(|amount| amount.is_negative()).sum();
    html! { td.n { (text::amount(debits)) } td.n { (text::amount(-credits)) } }
}

fn signed_row(account: &AccountFigures) -> Markup {
    let figures = &account.figures;
    let (debit, credit) = text::columns(figures.till);
    let (found_debit, found_credit) = text::columns(figures.general_ledger);
    let difference = figures.difference();
    let class = if difference.is_zero() { "n" } else { "n bad" };
    html! {
        tr {
            th scope="row" { (account.name) }
            td.n { (debit) } td.n { (credit) }
            td class=(class) { (found_debit) } td class=(class) { (found_credit) }
            td class=(class) { (text::sided(difference)) }
            (agrees(Some(figures.plan), figures.till))
            (agrees(figures.read_back, figures.till))
            (agrees(Some(figures.general_ledger), figures.till))
            (agrees(figures.trial_balance, figures.till))
        }
    }
}

fn agrees(figure: Option<Money>, till: Money) -> Markup {
    html! {
        @match figure {
            None => td.y.q { "–" span.v { " not read" } },
            Some(figure) if figure == till => td.y.ok { "✓" span.v { " agrees" } },
            Some(_) => td.y.bad { "≠" span.v { " differs" } },
        }
    }
}

/// Down to the balance: why QuickBooks' balance is another figure than the period's.
fn balances(certificate: &Certificate) -> Markup {
    let balances = &certificate.balances;
    html! {
        @for year in balances.chunk_by(|one, other| one.last == other.last) {
            @if let Some(first) = year.first() {
                div.scroll tabindex="0" role="region" aria-label={ "Balances of the year to " (first.last) } {
                    table.wide {
                        caption {
                            "Down to the balance: fiscal year from " (first.first.format("%-d %B %Y")) ", as QuickBooks had it at the hour of this check"
                        }
                        thead {
                            tr {
                                th scope="col" { "Account (− is a credit)" }
                                th.n scope="col" { "Opening" } th.n scope="col" { "This period’s" }
                                th.n scope="col" { "Our earlier and later batches" } th.n scope="col" { "Typed in by others" }
                                th.n scope="col" { "Balance" } th.n scope="col" { "Trial balance" }
                            }
                        }
                        tbody {
                            @for balance in year {
                                @let class = if balance.balance == balance.trial_balance { "n" } else { "n bad" };
                                tr {
                                    th scope="row" { (text::account(&balance.account)) }
                                    td.n { (text::amount(balance.opening_balance)) } td.n { (text::amount(balance.this_period)) }
                                    td.n { (text::amount(balance.other_batches)) } td.n { (text::amount(balance.others)) }
                                    td.n { (text::amount(balance.balance)) }
                                    td class=(class) { (text::amount(balance.trial_balance)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
