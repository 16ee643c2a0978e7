//! Takings, what is owed and owing, sales tax, and what others typed in.

use exchange::certificate::{AccountFigures, Certificate, TenderFigures};
use maud::{Markup, html};
use pos_model::Money;

use super::links::record_link;
use crate::text;

fn store<'c>(certificate: &'c Certificate, code: &'c str) -> &'c str {
    certificate.stores.get(code).map_or(code, String::as_str)
}

pub(super) fn takings(certificate: &Certificate) -> Markup {
    let (money, other): (Vec<&TenderFigures>, Vec<&TenderFigures>) =
        certificate.tenders.iter().partition(|tender| tender.is_money);
    let sum = |of: &dyn Fn(&TenderFigures) -> Money| -> Money { money.iter().map(|tender| of(tender)).sum() };
    let of_store = |tender: &TenderFigures, code: &str| tender.stores.get(code).copied().unwrap_or_default();
    html! {
        section id="takings" aria-labelledby="ht" {
            h2 id="ht" { "Takings by tender" }
            @if certificate.tenders.is_empty() { p.q { "Nothing was taken." } }
            @else {
                div.scroll tabindex="0" role="region" aria-labelledby="ht" {
                    table.wide {
                        thead {
                            tr {
                                th scope="col" { "Tender" }
                                @for name in certificate.stores.values() { th.n scope="col" { (name) } }
                                th.n scope="col" { "Till" } th.n scope="col" { "QuickBooks" } th.n scope="col" { "Difference" }
                                th scope="col" { "Lands in" }
                            }
                        }
                        tbody {
                            @for tender in &money { (tender_row(certificate, tender)) }
                            tr.sub {
                                th scope="row" { "Money in" }
                                @for code in certificate.stores.keys() {
                                    td.n { (text::amount(sum(&|tender| of_store(tender, code)))) }
                                }
                                td.n { (text::amount(sum(&|tender| tender.till))) }
                                td.n { (text::amount(sum(&|tender| tender.quickbooks.unwrap_or_default()))) }
                                td.n { (text::sided(sum(&|tender| tender.quickbooks.unwrap_or_default() - tender.till))) }
                                td {}
                            }
                            @for tender in &other { (tender_row(certificate, tender)) }
                        }
                    }
                }
                p.note { "Below money in: gift certificates taken less those issued, charged to customers’ accounts less returned, deposits used; these move no money, and their accounts are compared above." }
            }
        }
    }
}

fn tender_row(certificate: &Certificate, tender: &TenderFigures) -> Markup {
    let accounts: Vec<&str> = tender.accounts.iter().map(|name| text::account(name)).collect();
    html! {
        tr {
            th scope="row" { (tender.name) }
            @for code in certificate.stores.keys() {
                td.n { (text::amount(tender.stores.get(code).copied().unwrap_or_default())) }
            }
            td.n { (text::amount(tender.till)) }
            @match tender.quickbooks {
                None => { td.n.q { "–" } td.n.q { "–" } }
                Some(quickbooks) => {
                    @let class = if quickbooks == tender.till { "n" } else { "n bad" };
                    td class=(class) { (text::amount(quickbooks)) }
                    td class=(class) { (text::sided(quickbooks - tender.till)) }
                }
            }
            td { (accounts.join(", ")) }
        }
    }
}

pub(super) fn owed(certificate: &Certificate) -> Markup {
    let receivables: Vec<&AccountFigures> =
        certificate.accounts.iter().filter(|account| !account.customers.is_empty()).collect();
    let deposits = &certificate.deposits;
    html! {
        section id="owed" aria-labelledby="hw" {
            h2 id="hw" { "Owed and owing" }
            p.q { "What this " (if certificate.balances.is_empty() { "page" } else { "period" }) " moved. What stood before it is in the balances." }
            div.cols {
                div {
                    @if receivables.is_empty() { p.q { "No customer’s account moved." } }
                    @for account in &receivables { (customers(account)) }
                }
                div {
                    (gift_certificates(certificate))
                    table {
                        caption { "Deposits on orders" }
                        thead { tr { th scope="col" { "Order" } th scope="col" { "Store" } th.n scope="col" { "Paid" } th.n scope="col" { "Used" } th.n scope="col" { "Returned" } th.n scope="col" { "Outstanding" } } }
                        tbody {
                            @if !deposits.opening.is_zero() {
                                tr { th scope="row" { "Before the start" } td {} td {} td {} td {} td.n { (text::amount(deposits.opening)) } }
                            }
                            @for order in &deposits.orders {
                                tr {
                                    th scope="row" { (order.order) } td { (store(certificate, &order.store)) }
                                    td.n { (text::amount(order.paid)) } td.n { (text::amount(order.used)) }
                                    td.n { (text::amount(order.returned)) } td.n { (text::amount(order.outstanding)) }
                                }
                            }
                        }
                        tfoot { tr { th scope="row" { "Together" } td {} td {} td {} td {} td.n { (text::amount(deposits.outstanding)) } } }
                    }
                }
            }
        }
    }
}

fn customers(account: &AccountFigures) -> Markup {
    html! {
        table.srt {
            caption { "Customers (" (text::account(&account.name)) ")" }
            thead {
                tr { th scope="col" rowspan="2" { "Customer" } th.c scope="colgroup" colspan="2" { "Till" } th.c scope="colgroup" colspan="2" { "QuickBooks" } }
                tr { th.n scope="col" { "Debit" } th.n scope="col" { "Credit" } th.n scope="col" { "Debit" } th.n scope="col" { "Credit" } }
            }
            tbody {
                @for customer in &account.customers {
                    @let (debit, credit) = text::columns(customer.figures.till);
                    @let (found_debit, found_credit) = text::columns(customer.figures.general_ledger);
                    @let class = if customer.figures.agree() { "n" } else { "n bad" };
                    tr {
                        th scope="row" { (&*customer.customer) }
                        td.n { (debit) } td.n { (credit) }
                        td class=(class) { (found_debit) } td class=(class) { (found_credit) }
                    }
                }
            }
            tfoot {
                @let (debit, credit) = text::columns(account.figures.till);
                @let (found_debit, found_credit) = text::columns(account.figures.general_ledger);
                tr { th scope="row" { "Together" } td.n { (debit) } td.n { (credit) } td.n { (found_debit) } td.n { (found_credit) } }
            }
        }
    }
}

fn gift_certificates(certificate: &Certificate) -> Markup {
    let gift = &certificate.gift_certificates;
    let rows = [
        ("Outstanding before the start", gift.opening),
        ("Sold", gift.sold),
        ("Given out instead of money", gift.issued),
        ("Used to pay", -gift.redeemed),
    ];
    html! {
        table {
            caption { "Gift certificates" }
            tbody {
                @for (name, amount) in rows {
                    @if !amount.is_zero() { tr { th scope="row" { (name) } td.n { (text::amount(amount)) } } }
                }
            }
            tfoot { tr { th scope="row" { "More outstanding than before" } td.n { (text::amount(gift.outstanding)) } } }
        }
    }
}

pub(super) fn taxes(certificate: &Certificate) -> Markup {
    let sum = |of: &dyn Fn(&exchange::certificate::StoreTax) -> Money| -> Money {
        certificate.taxes.iter().map(of).sum()
    };
    html! {
        section id="tax" aria-labelledby="hx" {
            h2 id="hx" { "Sales tax" }
            div.scroll tabindex="0" role="region" aria-labelledby="hx" {
                table.wide {
                    thead { tr { th scope="col" { "Store" } th.n scope="col" { "Taxed" } th.n scope="col" { "Not taxed" } th.n scope="col" { "Tax at the till" } th.n scope="col" { "Tax in QuickBooks" } th.n scope="col" { "Difference" } } }
                    tbody {
                        @for tax in &certificate.taxes {
                            @let class = if tax.till == tax.quickbooks { "n" } else { "n bad" };
                            tr {
                                th scope="row" { (store(certificate, &tax.store)) }
                                td.n { (text::amount(tax.taxed)) } td.n { (text::amount(tax.untaxed)) } td.n { (text::amount(tax.till)) }
                                td class=(class) { (text::amount(tax.quickbooks)) } td class=(class) { (text::amount(tax.quickbooks - tax.till)) }
                            }
                        }
                    }
                    tfoot {
                        tr {
                            th scope="row" { "Together" }
                            td.n { (text::amount(sum(&|tax| tax.taxed))) } td.n { (text::amount(sum(&|tax| tax.untaxed))) }
                            td.n { (text::amount(sum(&|tax| tax.till))) } td.n { (text::amount(sum(&|tax| tax.quickbooks))) }
                            td.n { (text::amount(sum(&|tax| tax.quickbooks - tax.till))) }
                        }
                    }
                }
            }
            @if !certificate.agencies.is_empty() {
                table.wide {
                    caption { "By agency, as QuickBooks shares it out" }
                    thead { tr { th scope="col" { "Account" } th.n scope="col" { "Tax" } } }
                    tbody { @for agency in &certificate.agencies { tr { th scope="row" { (agency.account) } td.n { (text::amount(-agency.amount)) } } } }
                }
            }
            p.note { "Tax is the till’s own, line by line; it is not worked out again here. Figures are net of returns, and shipping is among the sales." }
        }
    }
}

pub(super) fn others(certificate: &Certificate) -> Markup {
    html! {
        @if !certificate.others.is_empty() {
            section id="others" aria-labelledby="hf" {
                h2 id="hf" { "Typed in by others" }
                p { "These did not come from the tills. They make no difference above, as only the tills’ own documents are compared; they are in the balance." }
                div.scroll tabindex="0" role="region" aria-labelledby="hf" {
                    table.wide {
                        thead { tr { th scope="col" { "Date" } th scope="col" { "Document" } th scope="col" { "Account" } th.n scope="col" { "Debit" } th.n scope="col" { "Credit" } th scope="col" { "Record" } } }
                        tbody {
                            @for other in certificate.others.iter().take(500) {
                                @let (debit, credit) = text::columns(other.amount);
                                tr {
                                    td { (text::short_date(other.date)) }
                                    th scope="row" {
                                        (other.kind) ", "
                                        @if other.number.is_empty() { "no number" } @else { (other.number) }
                                        @if let Some(ours) = &other.may_be { span.q { " it may be " (ours) } }
                                    }
                                    td { (text::account(&other.account)) }
                                    td.n { (debit) } td.n { (credit) }
                                    td { (record_link(&other.record)) }
                                }
                            }
                        }
                    }
                }
                @if certificate.others.len() > 500 { p.note { "And " (certificate.others.len() - 500) " more: the file of figures names them all." } }
            }
        }
    }
}
