//! What two versions of one document must agree on.
//!
//! A document of ours may be found again (a lost reply, a number already taken) or come back changed. [`Content`]
//! is the part that decides: date, party, amounts, tax, posting lines, links, money account. Texts (memo, line
//! descriptions) are not content, so that an upgrade that words a memo differently is no conflict.
//!
//! It refuses to know which of the two is right, and to read texts for meaning.
//! Neighbours: `create.rs` (planned), `answer.rs` (found).

use std::fmt::{self, Write as _};

use chrono::NaiveDate;
use serde_json::Value;

use crate::amount::{Amount, cents_text};
use crate::create::Create;
use crate::error::ModelError;
use crate::expense::ExpenseLine;
use crate::journal::PostingType;
use crate::kind::EntityKind;
use crate::lines::{LineTax, SalesLine, TxnTaxDetail};
use crate::read;

/// One posting line: an amount on an item or account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Posting {
    /// Id of the item (sales documents) or account (purchases). A line of a type we never send stands under its
    /// `DetailType`, so that it shows as a difference.
    pub target: String,
    /// The line's amount without tax, as it stands on the line.
    pub amount: Amount,
    /// Whether the line carries the marker `TAX`; an absent marker counts as `NON`.
    pub taxable: bool,
}

/// One settled document of a payment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// The document's type: `Invoice`, `CreditMemo`, `Expense`.
    pub txn_type: String,
    /// The document's id.
    pub txn_id: String,
    /// How much of it is settled.
    pub amount: Amount,
}

/// The content of one document, or the name of one list entry.
///
/// A field that the plan leaves to QuickBooks (`None` for number, date or money account) is not compared.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// The kind.
    pub kind: EntityKind,
    /// Name of a list entry; `None` for documents.
    pub name: Option<String>,
    /// `DocNumber`, for payments `PaymentRefNum`.
    pub number: Option<String>,
    /// The date it posts on.
    pub txn_date: Option<NaiveDate>,
    /// Id of the customer or payee.
    pub party: Option<String>,
    /// The whole amount with tax, in cents. Of what we send: lines and tax added up (a payment states its own).
    /// Of what came back: `TotalAmt`. Cents and not [`Amount`], as a sum of lines is not bounded.
    pub total: i64,
    /// The tax in cents; absent tax and a `TotalTax` of 0 are the same.
    pub tax: i64,
    /// Posting lines in sorted order; subtotal lines left out.
    pub postings: Vec<Posting>,
    /// Settled documents in sorted order.
    pub links: Vec<Link>,
    /// Where the money went to or came from: `DepositToAccountRef` or, for a purchase, `AccountRef`.
    pub money_account: Option<String>,
}

/// One field in which the found document is not the planned one.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentDifference {
    /// A stable word: `kind`, `name`, `number`, `txn_date`, `party`, `total`, `tax`, `postings`, `links`,
    /// `money_account`.
    pub field: &'static str,
    /// What we sent or would send.
    pub planned: String,
    /// What QuickBooks has.
    pub found: String,
}

impl fmt::Debug for ContentDifference {
    /// Without a list entry's names, which may be a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, planned, found } = self;
        let mut text = f.debug_struct("ContentDifference");
        text.field("field", field);
        if *field == "name" {
            return text.finish_non_exhaustive();
        }
        text.field("planned", planned).field("found", found).finish()
    }
}

impl fmt::Debug for Content {
    /// Without a list entry's name, which may be a person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name: _, number, txn_date, party, total, tax, postings, links, money_account } =
            self;
        f.debug_struct("Content")
            .field("kind", kind)
            .field("number", number)
            .field("txn_date", txn_date)
            .field("party", party)
            .field("total", total)
            .field("tax", tax)
            .field("postings", postings)
            .field("links", links)
            .field("money_account", money_account)
            .finish_non_exhaustive()
    }
}

impl Content {
    fn empty(kind: EntityKind) -> Self {
        Self {
            kind,
            name: None,
            number: None,
            txn_date: None,
            party: None,
            total: 0,
            tax: 0,
            postings: Vec::new(),
            links: Vec::new(),
            money_account: None,
        }
    }

    /// Returns whether it moves no account: a document that was voided, or one of 0.00 on every line. A total of 0.00 alone
    /// says nothing: an invoice that certificates paid has one too.
    #[must_use]
    pub fn moves_nothing(&self) -> bool {
        self.total == 0 && self.postings.iter().all(|posting| posting.amount.is_zero())
    }

    /// Returns the content of what we send.
    #[must_use]
    pub fn of(create: &Create) -> Self {
        let mut content = Self::empty(create.kind());
        match create {
            Create::Account(body) => content.name = Some(body.name.clone()),
            Create::Item(body) => content.name = Some(body.name.clone()),
            Create::Customer(body) => content.name = Some(body.display_name.clone()),
            Create::PaymentMethod(body) => content.name = Some(body.name.clone()),
            Create::Invoice(body) => {
                content.number.clone_from(&body.doc_number);
                content.txn_date = Some(body.txn_date);
                content.party = Some(body.customer_ref.value.to_string());
                content.sales(&body.line, body.txn_tax_detail.as_ref());
            }
            Create::CreditMemo(body) => {
                content.number.clone_from(&body.doc_number);
                content.txn_date = Some(body.txn_date);
                content.party = Some(body.customer_ref.value.to_string());
                content.sales(&body.line, body.txn_tax_detail.as_ref());
            }
            Create::SalesReceipt(body) => {
                content.number.clone_from(&body.doc_number);
                content.txn_date = Some(body.txn_date);
                content.party = body.customer_ref.as_ref().map(|party| party.value.to_string());
                content.money_account = body.deposit_to_account_ref.as_ref().map(|to| to.value.to_string());
                content.sales(&body.line, body.txn_tax_detail.as_ref());
            }
            Create::Payment(body) => {
                content.number.clone_from(&body.payment_ref_num);
                content.txn_date = Some(body.txn_date);
                content.party = Some(body.customer_ref.value.to_string());
                content.money_account = body.deposit_to_account_ref.as_ref().map(|to| to.value.to_string());
                content.total = body.total_amt.cents();
                content.links = (body.line.iter())
                    .flat_map(|line| line.linked_txn.iter().map(move |linked| (line.amount, linked)))
                    .map(|(amount, linked)| Link {
                        txn_type: linked.txn_type().name().to_owned(),
                        txn_id: linked.txn_id().to_owned(),
                        amount,
                    })
                    .collect();
            }
            Create::Purchase(body) => {
                content.number.clone_from(&body.doc_number);
                content.txn_date = Some(body.txn_date);
                content.party = body.entity_ref.as_ref().map(|party| party.value().to_owned());
                content.money_account = Some(body.account_ref.value.to_string());
                content.expense(&body.line);
            }
            Create::Vendor(body) => content.name = Some(body.display_name.clone()),
            Create::PurchaseOrder(body) => {
                content.number.clone_from(&body.doc_number);
                content.txn_date = Some(body.txn_date);
                content.party = Some(body.vendor_ref.value.to_string());
                content.money_account = Some(body.ap_account_ref.value.to_string());
                content.expense(&body.line);
            }
            Create::Bill(body) => {
                content.number.clone_from(&body.doc_number);
                content.txn_date = Some(body.txn_date);
                content.party = Some(body.vendor_ref.value.to_string());
                content.money_account = Some(body.ap_account_ref.value.to_string());
                content.expense(&body.line);
                content.links = (body.line.iter())
                    .flat_map(|line| line.linked_txn.iter().flatten().map(move |link| (line.amount, link)))
                    .map(|(amount, link)| Link {
                        txn_type: EntityKind::PurchaseOrder.name().to_owned(),
                        txn_id: link.txn_id.to_string(),
                        amount,
                    })
                    .collect();
            }
            Create::JournalEntry(body) => {
                content.number.clone_from(&body.doc_number);
                content.txn_date = Some(body.txn_date);
                for line in &body.line {
                    let detail = &line.journal_entry_line_detail;
                    let is_credit = detail.posting_type == PostingType::Credit;
                    content.journal(detail.account_ref.value.to_string(), line.amount, is_credit);
                }
            }
        }
        content.sorted()
    }

    fn sales(&mut self, lines: &[SalesLine], tax: Option<&TxnTaxDetail>) {
        for line in lines {
            let detail = &line.sales_item_line_detail;
            self.post(Posting {
                target: detail.item_ref.value.to_string(),
                amount: line.amount,
                taxable: detail.tax_code_ref.value == LineTax::Taxable,
            });
        }
        self.tax = tax.map_or(0, |tax| tax.total_tax.cents());
        self.total = self.total.saturating_add(self.tax);
    }

    /// Adds a line; its amount counts in the total. Saturation is out of reach: it takes 92 million lines.
    fn expense(&mut self, lines: &[ExpenseLine]) {
        for line in lines {
            let detail = &line.account_based_expense_line_detail;
            self.post(Posting {
                target: detail.account_ref.value.to_string(),
                amount: line.amount,
                taxable: detail.tax_code_ref.is_some_and(|tax| tax.value == LineTax::Taxable),
            });
        }
    }

    /// Adds a debit, or a credit as a negative amount; the total is that of the debits.
    fn journal(&mut self, target: String, amount: Amount, is_credit: bool) {
        if !is_credit {
            self.total = self.total.saturating_add(amount.cents());
        }
        let amount = if is_credit { -amount } else { amount };
        self.postings.push(Posting { target, amount, taxable: false });
    }

    fn post(&mut self, posting: Posting) {
        self.total = self.total.saturating_add(posting.amount.cents());
        self.postings.push(posting);
    }

    fn sorted(mut self) -> Self {
        self.postings.sort();
        self.links.sort();
        self
    }

    /// Returns the content of what QuickBooks has; `value` is the entity, bare or as `{"Invoice": {...}}`.
    ///
    /// # Errors
    /// [`ModelError::Missing`] or [`ModelError::Unreadable`] when an amount or date cannot be read, or a document
    /// has no `TotalAmt`: then nothing may be concluded from it.
    pub fn read(kind: EntityKind, value: &Value) -> Result<Self, ModelError> {
        let value = read::unwrap_entity(value, kind.name());
        let mut content = Self::empty(kind);
        if kind.is_list_entry() {
            content.name = read::text(value, &[kind.number_field()]);
            return Ok(content);
        }
        let name = kind.name();
        content.number = read::text(value, &[kind.number_field()]);
        content.txn_date = match read::text(value, &["TxnDate"]) {
            Some(text) => Some(text.parse().map_err(|_| ModelError::unreadable(name, "TxnDate"))?),
            None => None,
        };
        let (party, money) = match kind {
            EntityKind::Purchase => ("EntityRef", "AccountRef"),
            EntityKind::PurchaseOrder | EntityKind::Bill => ("VendorRef", "APAccountRef"),
            EntityKind::JournalEntry => ("", ""),
            _ => ("CustomerRef", "DepositToAccountRef"),
        };
        content.party = read::text(value, &[party, "value"]);
        content.money_account = read::text(value, &[money, "value"]);
        content.tax = read::amount(value, &["TxnTaxDetail", "TotalTax"], name, "TxnTaxDetail.TotalTax")?
            .map_or(0, Amount::cents);
        for line in read::list(value, &["Line"]) {
            content.read_line(kind, line)?;
        }
        // Part of an invoice's money that never was a payment of ours.
        if let Some(deposit) = read::amount(value, &["Deposit"], name, "Deposit")?.filter(|d| !d.is_zero()) {
            content.postings.push(Posting { target: "Deposit".to_owned(), amount: deposit, taxable: false });
        }
        // A check or card purchase posts alike but cannot be linked as an Expense.
        if let Some(other) =
            read::text(value, &["PaymentType"]).filter(|text| kind == EntityKind::Purchase && text != "Cash")
        {
            let target = format!("PaymentType {other}");
            content.postings.push(Posting { target, amount: Amount::ZERO, taxable: false });
        }
        // QuickBooks answers 0 as the total of a journal entry; its lines say it.
        if kind == EntityKind::JournalEntry {
            return Ok(content.sorted());
        }
        let total = read::amount(value, &["TotalAmt"], name, "TotalAmt")?;
        content.total = total.ok_or_else(|| ModelError::missing(kind, "TotalAmt"))?.cents();
        // A card refund posts the other way round; we never send one.
        if kind == EntityKind::Purchase && read::flag(value, &["Credit"]) == Some(true) {
            content.total = -content.total;
        }
        Ok(content.sorted())
    }

    fn read_line(&mut self, kind: EntityKind, line: &Value) -> Result<(), ModelError> {
        let amount = read::amount(line, &["Amount"], kind.name(), "Line.Amount")?;
        if kind == EntityKind::Payment {
            for linked in read::list(line, &["LinkedTxn"]) {
                self.links.push(Link {
                    txn_type: read::text(linked, &["TxnType"]).unwrap_or_default(),
                    txn_id: read::text(linked, &["TxnId"]).unwrap_or_default(),
                    amount: amount.ok_or_else(|| ModelError::missing(kind, "Line.Amount"))?,
                });
            }
            return Ok(());
        }
        if kind == EntityKind::Bill {
            for linked in read::list(line, &["LinkedTxn"]) {
                self.links.push(Link {
                    txn_type: read::text(linked, &["TxnType"]).unwrap_or_default(),
                    txn_id: read::text(linked, &["TxnId"]).unwrap_or_default(),
                    amount: amount.unwrap_or(Amount::ZERO),
                });
            }
        }
        let detail_type = read::text(line, &["DetailType"]).unwrap_or_default();
        if detail_type == "JournalEntryLineDetail" {
            let account = read::text(line, &[&detail_type, "AccountRef", "value"]).unwrap_or_default();
            let is_credit = read::text(line, &[&detail_type, "PostingType"]).as_deref() == Some("Credit");
            self.journal(account, amount.unwrap_or(Amount::ZERO), is_credit);
            return Ok(());
        }
        let target = match detail_type.as_str() {
            // QuickBooks adds it by itself.
            "SubTotalLineDetail" => return Ok(()),
            // Text only: posts nothing.
            "DescriptionOnly" | "DescriptionLineDetail" => return Ok(()),
            "SalesItemLineDetail" => read::text(line, &["SalesItemLineDetail", "ItemRef", "value"]),
            "AccountBasedExpenseLineDetail" => {
                read::text(line, &["AccountBasedExpenseLineDetail", "AccountRef", "value"])
            }
            _ => None,
        };
        let tax_code = read::text(line, &[&detail_type, "TaxCodeRef", "value"]);
        self.postings.push(Posting {
            target: target.unwrap_or(detail_type),
            amount: amount.unwrap_or(Amount::ZERO),
            taxable: tax_code.as_deref() == Some("TAX"),
        });
        Ok(())
    }

    /// Returns every field in which `found` is not what `self` plans; empty means: the same document.
    ///
    /// List entries differ in their name only, and names count without case and outer blanks, as QuickBooks
    /// takes them.
    #[must_use]
    pub fn differences(&self, found: &Self) -> Vec<ContentDifference> {
        let mut out = Vec::new();
        let mut note = |field, planned: String, found: String| {
            if planned != found {
                out.push(ContentDifference { field, planned, found });
            }
        };
        note("kind", self.kind.to_string(), found.kind.to_string());
        if let Some(name) = &self.name {
            let other = found.name.clone().unwrap_or_default();
            if name.trim().to_lowercase() != other.trim().to_lowercase() {
                note("name", name.clone(), other);
            }
            return out;
        }
        if let Some(number) = &self.number {
            note("number", number.clone(), found.number.clone().unwrap_or_default());
        }
        if let Some(date) = self.txn_date {
            note("txn_date", date.to_string(), found.txn_date.map(|d| d.to_string()).unwrap_or_default());
        }
        note("party", self.party.clone().unwrap_or_default(), found.party.clone().unwrap_or_default());
        note("total", cents_text(self.total), cents_text(found.total));
        note("tax", cents_text(self.tax), cents_text(found.tax));
        note("postings", postings_text(&self.postings), postings_text(&found.postings));
        note("links", links_text(&self.links), links_text(&found.links));
        if let Some(account) = &self.money_account {
            note("money_account", account.clone(), found.money_account.clone().unwrap_or_default());
        }
        out
    }
}

fn postings_text(postings: &[Posting]) -> String {
    let mut text = String::new();
    for posting in postings {
        let tax = if posting.taxable { "TAX" } else { "NON" };
        // Writing to a String cannot fail.
        let _ = write!(text, "{}{} {} {tax}", separator(&text), posting.target, posting.amount);
    }
    text
}

fn links_text(links: &[Link]) -> String {
    let mut text = String::new();
    for link in links {
        let _ = write!(text, "{}{} {} {}", separator(&text), link.txn_type, link.txn_id, link.amount);
    }
    text
}

const fn separator(text: &str) -> &'static str {
    if text.is_empty() { "" } else { ", " }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]
mod tests;
