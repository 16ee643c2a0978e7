//! What Invoice, CreditMemo and SalesReceipt have in common: number, customer, lines, tax, total, legs.
//!
//! Neighbours: the three entity modules check with it, book what it posts and add their own members.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{check_header, custom_fields, customer, lines, refuse_links, sales_tax};
use crate::base::amount::money;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, currency, identity, number, reference};
use crate::books::ledger::{Leg, Tags};
use crate::lists::party::address;

/// A sales form that passed its checks.
pub(crate) struct SalesForm {
    kind: EntityKind,
    /// TxnDate.
    pub(crate) date: NaiveDate,
    number: DocNumber,
    /// Id and name.
    pub(crate) customer: Option<(String, String)>,
    lines: lines::SalesLines,
    tax: sales_tax::SalesTax,
    custom_fields: Json,
    /// Item lines less discount plus shipping, gratuity and tax; never negative.
    pub(crate) total: Decimal,
}

/// Where a document's number comes from.
enum DocNumber {
    None,
    Given(String),
    Automatic,
}

/// Checks a body by the rules all sales forms share.
pub(crate) fn check(
    company: &Company,
    kind: EntityKind,
    body: &Json,
    call: &Call,
    customer_required: bool,
) -> Checked<SalesForm> {
    let date = check_header(company, body, call)?;
    let customer = customer(company, body, customer_required)?;
    let number = doc_number(company, kind, body, call)?;
    if call.updating.is_none() {
        refuse_links(company, body)?;
    }
    let custom_fields = custom_fields(company, &company.options.sales_custom_fields, body)?;
    if body.text_of("EmailStatus") == Some("NeedToSend")
        && body.get("BillEmail").and_then(|email| email.text_of("Address")).is_none()
    {
        return Err(fault::email_required());
    }
    let lines = lines::check(company, kind, body)?;
    let is_exempt = customer.as_ref().is_some_and(|(id, _)| {
        let record = company.store(EntityKind::Customer).get(id);
        record.is_some_and(|record| record.body.flag("Taxable") == Some(false))
    });
    let tax = sales_tax::check(company, body, &lines, is_exempt)?;
    let discount = lines.discount.as_ref().map_or(Decimal::ZERO, |discount| discount.amount);
    let shipping = lines.shipping.as_ref().map_or(Decimal::ZERO, |shipping| shipping.amount);
    let gratuity = lines.gratuity.as_ref().map_or(Decimal::ZERO, |gratuity| gratuity.amount);
    let total = lines.subtotal - discount + shipping + gratuity + tax.total;
    if total.is_sign_negative() && !total.is_zero() {
        return Err(fault::business("Transaction amount must be 0 or greater."));
    }
    Ok(SalesForm { kind, date, number, customer, lines, tax, custom_fields, total })
}

/// Returns the number of a sales form: with custom numbers on, the given one, which must be new for its
/// entity (6140), or none; with custom numbers off, the given one as it is, or the next of the company's
/// series.
fn doc_number(company: &Company, kind: EntityKind, body: &Json, call: &Call) -> Checked<DocNumber> {
    let custom = company.options.custom_txn_numbers;
    let is_unique = custom || company.options.choices.numbers_always_unique;
    let forced = body.flag("AutoDocNumber") == Some(true);
    match body.text_of("DocNumber") {
        Some("AUTO_GENERATE") => Ok(DocNumber::Automatic),
        Some(given) => {
            let holder = company.store(kind).find("DocNumber", given).find(|record| call.is_other(record));
            match holder {
                Some(record) if is_unique && !call.allow_duplicate_number => {
                    Err(fault::duplicate_number(given, txn_type(kind), &record.id))
                }
                _ => Ok(DocNumber::Given(given.to_owned())),
            }
        }
        None if forced || !custom => Ok(DocNumber::Automatic),
        None => Ok(DocNumber::None),
    }
}

/// Returns the name of a sales form in fault texts and reports.
fn txn_type(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::CreditMemo => "Credit Memo",
        EntityKind::SalesReceipt => "Sales Receipt",
        EntityKind::RefundReceipt => "Refund",
        _ => "Invoice",
    }
}

impl SalesForm {
    /// Returns the customer's id as a number.
    pub(crate) fn customer_id(&self) -> Option<u64> {
        self.customer.as_ref().map(|(id, _)| number(id))
    }

    /// What the form posts besides its total: income, discount, shipping and tax. `sign` is 1 for a sale and
    /// -1 for a credit memo.
    pub(crate) fn legs(&self, sign: Decimal) -> Vec<Leg> {
        let credit = |account: u64, amount: Decimal| Leg::plain(account, -(amount * sign));
        let mut legs: Vec<Leg> = self
            .lines
            .income
            .iter()
            .map(|(account, amount, tags)| Leg { tags: *tags, ..credit(*account, *amount) })
            .collect();
        let tagged = |tags: Tags, leg: Leg| Leg { tags, ..leg };
        legs.extend(
            self.lines
                .discount
                .iter()
                .map(|discount| tagged(discount.tags, credit(discount.account, -discount.amount))),
        );
        let extra = self.lines.shipping.iter().chain(&self.lines.gratuity);
        legs.extend(extra.map(|line| tagged(line.tags, credit(line.account, line.amount))));
        legs.extend(self.tax.payable.iter().map(|(account, amount)| credit(*account, *amount)));
        legs
    }

    /// Returns the answer as far as all forms go; the entity adds its own members at the end.
    pub(crate) fn answer(
        mut self,
        company: &mut Company,
        id: &str,
        body: &Json,
        call: &Call,
        before: Json,
    ) -> Json {
        let print_status = company.options.choices.print_status.name();
        let number = match self.number {
            DocNumber::None => None,
            DocNumber::Given(number) => Some(number),
            DocNumber::Automatic => Some(company.next_sales_number(self.kind)),
        };
        let mut answer = identity(before, id, call.now)
            .with("CustomField", self.custom_fields)
            .with_some("DocNumber", number.map(text))
            .with("TxnDate", text(self.date.to_string()))
            .with("CurrencyRef", currency());
        super::copy_notes(company, body, &mut answer);
        let (bill, ship) = addresses(company, body, self.customer.as_ref());
        let mut answer = answer
            .with("LinkedTxn", Json::List(vec![]))
            .with("Line", self.lines.answer())
            .with_some("TxnTaxDetail", self.tax.answer)
            .with_some("CustomerRef", self.customer.map(|(id, name)| reference(&id, Some(&name))))
            .with_some("BillAddr", bill)
            .with_some("ShipAddr", ship);
        let sent =
            ["ShipDate", "TrackingNum", "ShipMethodRef", "BillEmailCc", "BillEmailBcc", "FreeFormAddress"];
        copy(body, &mut answer, &sent);
        if let Some(from) = address(company, body, "ShipFromAddr") {
            answer.push("ShipFromAddr", from);
        }
        answer
            .with("TotalAmt", money(self.total))
            .with("ApplyTaxAfterDiscount", Json::Bool(body.flag("ApplyTaxAfterDiscount") == Some(true)))
            .with("PrintStatus", text(body.text_of("PrintStatus").unwrap_or(print_status).to_owned()))
            .with("EmailStatus", text(body.text_of("EmailStatus").unwrap_or("NotSet").to_owned()))
            .with_some("BillEmail", bill_email(body))
    }
}

/// BillAddr and ShipAddr: the body's own, else the customer's.
fn addresses(
    company: &mut Company,
    body: &Json,
    customer: Option<&(String, String)>,
) -> (Option<Json>, Option<Json>) {
    let own = ["BillAddr", "ShipAddr"].map(|name| address(company, body, name));
    let record = customer.and_then(|(id, _)| company.store(EntityKind::Customer).get(id));
    let of_customer = |name| record.and_then(|record| record.body.get(name)).cloned();
    let [bill, ship] = own;
    (bill.or_else(|| of_customer("BillAddr")), ship.or_else(|| of_customer("ShipAddr")))
}

fn bill_email(body: &Json) -> Option<Json> {
    let address = body.get("BillEmail")?.text_of("Address")?;
    Some(object().with("Address", text(address.to_owned())))
}
