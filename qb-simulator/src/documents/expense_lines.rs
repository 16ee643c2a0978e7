//! The lines of what a company buys: accounts and items. Purchase, Bill, VendorCredit and PurchaseOrder share them.
//!
//! Gives the debits and the lines as answered; who pays, and when, is the documents' business. Neighbours: `purchase`,
//! `bill`, `purchase_order`.

use rust_decimal::Decimal;

use super::line_class;
use super::lines::check_product;
use crate::base::amount::{self, money, shortest};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, integer, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number, reference};
use crate::books::ledger::{Leg, Tags};
use crate::lists::account::{ACCOUNTS_PAYABLE, ACCOUNTS_RECEIVABLE, has_type, is_control};

/// Whom the document pays, as far as its lines care.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Payee {
    pub(crate) customer: Option<u64>,
    pub(crate) vendor: Option<u64>,
    /// Whether lines may stand on A/R and A/P accounts.
    pub(crate) may_use_control_accounts: bool,
}

/// The checked lines.
#[derive(Debug, Default)]
pub(crate) struct ExpenseLines {
    pub(crate) answer: Vec<Json>,
    /// One debit for each line.
    pub(crate) debits: Vec<Leg>,
    pub(crate) total: Decimal,
    /// What stands on A/R accounts.
    pub(crate) receivable: Decimal,
    /// What stands on A/P accounts.
    pub(crate) payable: Decimal,
}

/// Checks the lines of a body. `link` says which LinkedTxn of a line is kept.
pub(crate) fn check(
    company: &Company,
    body: &Json,
    payee: Payee,
    link: impl Fn(&Json) -> Option<Json>,
) -> Checked<ExpenseLines> {
    static NOTHING: Json = Json::Null;
    let mut lines = ExpenseLines::default();
    for line in body.get("Line").map_or(&[][..], Json::items) {
        let detail_type = line.text_of("DetailType").ok_or_else(|| fault::required("DetailType"))?;
        let amount = amount::money_member(line, "Amount");
        let (name, (leg, detail)) = match detail_type {
            "AccountBasedExpenseLineDetail" => {
                let detail = line.get("AccountBasedExpenseLineDetail").unwrap_or(&NOTHING);
                let amount = amount.ok_or_else(|| fault::required("Amount"))?;
                ("AccountBasedExpenseLineDetail", account_line(company, detail, amount, payee)?)
            }
            "ItemBasedExpenseLineDetail" => {
                let detail = line.get("ItemBasedExpenseLineDetail").unwrap_or(&NOTHING);
                let amount = amount.ok_or_else(|| fault::required("Amount"))?;
                ("ItemBasedExpenseLineDetail", item_line(company, detail, amount)?)
            }
            other => return Err(fault::invalid_enumeration("DetailType", other)),
        };
        lines.total += leg.amount;
        if leg.customer.is_some() {
            lines.receivable += leg.amount;
        }
        if leg.vendor.is_some() {
            lines.payable += leg.amount;
        }
        let at = lines.answer.len() + 1;
        let mut answer = object().with("Id", text(at.to_string())).with("LineNum", integer(at));
        copy(line, &mut answer, &["Description"]);
        lines.answer.push(
            answer
                .with("Amount", money(leg.amount))
                .with_some("LinkedTxn", link(line).map(|link| Json::List(vec![link])))
                .with("DetailType", text(name))
                .with(name, detail),
        );
        lines.debits.push(leg);
    }
    if lines.answer.is_empty() { Err(fault::required("Line")) } else { Ok(lines) }
}

/// Returns what a line names besides its account.
fn tags(detail: &Json) -> Tags {
    let of = |name| detail.reference(name).map(number);
    Tags { item: of("ItemRef"), class: of("ClassRef"), department: None, name: of("CustomerRef") }
}

/// Returns what account and item lines have in common: tax code, billing, customer, class.
fn common(company: &Company, detail: &Json, answer: Json) -> Checked<Json> {
    let code = detail.reference("TaxCodeRef").unwrap_or("NON");
    if code != "TAX" && code != "NON" {
        return Err(fault::line_tax_code(code));
    }
    match detail.text_of("BillableStatus") {
        None | Some("NotBillable") => {}
        Some("Billable") => {
            return Err(fault::business("Billable expenses are turned off in the company's settings."));
        }
        Some("HasBeenBilled") => return Err(fault::invalid_enumeration("BillableStatus", "HasBeenBilled")),
        Some(other) => return Err(fault::invalid_enumeration("BillableStatus", other)),
    }
    let customer = detail.reference("CustomerRef");
    if let Some(id) = customer {
        company.active(EntityKind::Customer, id)?;
    }
    Ok(answer
        .with_some("CustomerRef", customer.map(|id| reference(id, None)))
        .with_some("ClassRef", line_class(company, detail)?)
        .with("BillableStatus", text("NotBillable"))
        .with("TaxCodeRef", reference(code, None)))
}

fn account_line(company: &Company, detail: &Json, amount: Decimal, payee: Payee) -> Checked<(Leg, Json)> {
    let id = detail.reference("AccountRef").ok_or_else(|| fault::required("AccountRef"))?;
    let account = &company.active(EntityKind::Account, id)?.body;
    if is_control(account) && !payee.may_use_control_accounts {
        return Err(fault::invalid_account_type("AccountRef"));
    }
    let is_receivable = has_type(account, &[ACCOUNTS_RECEIVABLE]);
    let is_payable = has_type(account, &[ACCOUNTS_PAYABLE]);
    if is_receivable && payee.customer.is_none() {
        return Err(fault::business(
            "When you use Accounts Receivable, you must choose a customer in the Name field.",
        ));
    }
    if is_payable && payee.vendor.is_none() {
        return Err(fault::business(
            "When you use Accounts Payable, you must choose a vendor in the Name field.",
        ));
    }
    let leg = Leg {
        customer: payee.customer.filter(|_| is_receivable),
        vendor: payee.vendor.filter(|_| is_payable),
        tags: tags(detail),
        ..Leg::plain(number(id), amount)
    };
    let answer = object().with("AccountRef", reference(id, account.text_of("FullyQualifiedName")));
    Ok((leg, common(company, detail, answer)?))
}

/// Returns an item bought: only on the Plus plan (5030), and only with an expense account (6440).
fn item_line(company: &Company, detail: &Json, amount: Decimal) -> Checked<(Leg, Json)> {
    company
        .options
        .needs_plus("item lines on purchases")
        .map_err(|fault| fault.at("ItemBasedExpenseLineDetail"))?;
    let id = detail.reference("ItemRef").ok_or_else(|| fault::required("ItemRef"))?;
    let (qty, unit_price) = (amount::member(detail, "Qty"), amount::member(detail, "UnitPrice"));
    check_product(amount, qty, unit_price)?;
    let item = &company.active(EntityKind::Item, id).map_err(|fault| fault.at("ItemRef"))?.body;
    let expense =
        item.reference("ExpenseAccountRef").ok_or_else(|| fault::item_without_expense_account(id))?;
    company.active(EntityKind::Account, expense)?;
    let answer = object()
        .with("ItemRef", reference(id, item.text_of("FullyQualifiedName")))
        .with_some("UnitPrice", unit_price.map(shortest))
        .with_some("Qty", qty.map(shortest));
    let leg = Leg { tags: tags(detail), ..Leg::plain(number(expense), amount) };
    Ok((leg, common(company, detail, answer)?))
}
