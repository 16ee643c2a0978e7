//! Keys become ids: a step of the plan becomes the body that goes out. The only place where that happens.
//!
//! Pure: what a key is bound to is handed in as [`Bindings`]. Up the walk: `exchange` fills the bindings as list entries
//! are found and documents are posted. Down the walk: `qb-model` gives the body its bytes.

mod list_entry;

use pos_model::{Money, TenderType};
use qb_model::parts::{CustomText, CustomTextType};
use qb_model::{
    self as qb, Amount, Create, ExpenseLine, Id, LineTax, LinkedTxn, ModelError, PartyRef, PaymentLine,
    TxnTaxDetail, WireDecimal,
};

use self::list_entry::address;
use crate::bindings::{Bindings, ResolveError, account_id, unbound};
use crate::document::{
    CustomerPo, DESCRIPTION_LIMIT, Document, JournalLine, Link, LinkTarget, Planned, PurchaseForm,
    PurchaseFormLine, Received, SalesForm, SalesLine,
};
use crate::key::StepKey;
use crate::list_entry::ListEntry;
use crate::party::Party;
use crate::plan::{Plan, Step, StepContent};
use crate::step::PurchaseOrderStep;
use crate::{ControlAccount, ItemRole};

/// QuickBooks takes as many in a memo as in a description (`PrivateNote`).
const MEMO_LIMIT: usize = 4000;

/// Returns the body of a step, with ids that are bound in the plan's own period.
///
/// # Errors
/// [`ResolveError`]: a key without binding, or a value beyond the wire's bounds.
pub fn resolve(step: &Step<'_>, plan: &Plan<'_>, bindings: &Bindings) -> Result<Create, ResolveError> {
    match &step.content {
        StepContent::ListEntry(entry) => entry.resolve(plan.period(), bindings),
        StepContent::Document(planned) => {
            let store = plan.origin().store().code();
            let location = plan.period().location(store).map(|name| (name, bindings.locations.get(name)));
            let class = plan.period().class(store).map(|name| (name, bindings.classes.get(name)));
            let tracked = ByStore { location: bound("location", location)?, class: bound("class", class)? };
            Resolver { plan, bindings, tracked }.document(planned)
        }
    }
}

/// The location and class of a store's documents.
#[derive(Clone, Copy)]
struct ByStore<'r> {
    location: Option<&'r Id<qb::Department>>,
    class: Option<&'r Id<qb::Class>>,
}

fn bound<'r, E>(
    what: &str,
    named: Option<(&str, Option<&'r Id<E>>)>,
) -> Result<Option<&'r Id<E>>, ResolveError> {
    match named {
        Some((name, None)) => Err(ResolveError::Unbound { key: format!("the {what} {name}") }),
        Some((_, found)) => Ok(found),
        None => Ok(None),
    }
}

struct Resolver<'r, 'a> {
    plan: &'r Plan<'a>,
    bindings: &'r Bindings,
    tracked: ByStore<'r>,
}

impl Resolver<'_, '_> {
    fn document(&self, planned: &Planned<'_>) -> Result<Create, ResolveError> {
        let doc_number = Some(planned.number.as_str().to_owned());
        let private_note = Some(self.memo(planned));
        let txn_date = planned.txn_date;
        let department_ref = self.tracked.location.map(Id::to_ref);
        let class_ref = self.tracked.class.filter(|_| !self.bindings.is_class_per_line).map(Id::to_ref);
        Ok(match &planned.document {
            Document::Invoice(form) => Create::Invoice(qb::Invoice {
                customer_ref: self.party(form.party)?.into(),
                txn_date,
                due_date: Some(txn_date),
                doc_number,
                private_note,
                ship_addr: form.ship_to.map(address),
                bill_addr: None,
                department_ref,
                class_ref,
                line: self.lines(&form.lines)?,
                txn_tax_detail: self.tax(form)?,
                custom_field: self.po_field(form).into_iter().collect(),
            }),
            Document::CreditMemo(form) => Create::CreditMemo(qb::CreditMemo {
                customer_ref: self.party(form.party)?.into(),
                txn_date,
                doc_number,
                private_note,
                department_ref,
                class_ref,
                line: self.lines(&form.lines)?,
                txn_tax_detail: self.tax(form)?,
            }),
            Document::Expense(expense) => {
                let line = ExpenseLine::new(self.account(expense.line_account)?, amount(expense.amount)?);
                let reason =
                    expense.reason.unwrap_or(if expense.payee.is_some() { "Refund" } else { "Pay-out" });
                Create::Purchase(qb::Purchase {
                    payment_type: qb::parts::PurchasePaymentType::Cash,
                    account_ref: self.account(expense.paid_from)?.into(),
                    entity_ref: match expense.payee {
                        Some(party) => Some(PartyRef::customer(&self.party(party)?)),
                        None => None,
                    },
                    doc_number,
                    txn_date,
                    private_note,
                    payment_method_ref: self.payment_method(expense.tender),
                    department_ref,
                    class_ref,
                    line: vec![line.described(cut(reason)).of_class(self.class_of_line())],
                })
            }
            Document::Payment(payment) => Create::Payment(qb::Payment {
                customer_ref: self.party(payment.party)?.into(),
                total_amt: amount(payment.total)?,
                txn_date,
                payment_ref_num: doc_number,
                private_note,
                deposit_to_account_ref: match payment.into {
                    Some((account, _)) => Some(self.account(account)?.into()),
                    None => None,
                },
                payment_method_ref: payment.into.and_then(|(_, tender)| self.payment_method(tender)),
                line: payment.links.iter().map(|link| self.link(link)).collect::<Result<_, _>>()?,
            }),
            Document::SalesReceipt(receipt) => Create::SalesReceipt(qb::SalesReceipt {
                customer_ref: None,
                txn_date,
                doc_number,
                private_note,
                deposit_to_account_ref: Some(self.account(receipt.deposit_to)?.into()),
                payment_method_ref: self.payment_method(receipt.tender),
                payment_ref_num: None,
                department_ref,
                class_ref,
                line: self.lines(&receipt.lines)?,
                txn_tax_detail: None,
            }),
            Document::PurchaseOrder(form) => Create::PurchaseOrder(qb::PurchaseOrder {
                vendor_ref: self.vendor(form.vendor)?.into(),
                ap_account_ref: self.account(ControlAccount::Payable)?.into(),
                txn_date,
                doc_number,
                private_note: Some(purchase_memo(form, planned)),
                po_status: match form.received {
                    Received::ByBill => qb::PurchaseOrderStatus::Open,
                    Received::Apart | Received::Order(_) => qb::PurchaseOrderStatus::Closed,
                },
                department_ref,
                class_ref,
                line: self.purchase_lines(form)?,
            }),
            Document::Bill(form) => Create::Bill(qb::Bill {
                vendor_ref: self.vendor(form.vendor)?.into(),
                ap_account_ref: self.account(ControlAccount::Payable)?.into(),
                txn_date,
                due_date: Some(txn_date),
                doc_number,
                private_note: Some(purchase_memo(form, planned)),
                department_ref,
                class_ref,
                line: self.purchase_lines(form)?,
            }),
            Document::JournalEntry(entry) => Create::JournalEntry(qb::JournalEntry {
                txn_date,
                doc_number,
                private_note,
                line: entry.lines.iter().map(|line| self.journal_line(line)).collect::<Result<_, _>>()?,
            }),
        })
    }

    fn lines(&self, lines: &[SalesLine<'_>]) -> Result<Vec<qb::SalesLine>, ResolveError> {
        lines.iter().map(|line| self.line(line)).collect()
    }

    fn purchase_lines(&self, form: &PurchaseForm<'_>) -> Result<Vec<ExpenseLine>, ResolveError> {
        let order = match form.received {
            Received::Order(step) => Some(self.order(step)?),
            Received::Apart | Received::ByBill => None,
        };
        let line = |line: &PurchaseFormLine| {
            let wire = ExpenseLine::new(self.account(line.account)?, amount(line.amount)?);
            let wire = wire.described(cut(&line.description)).of_class(self.class_of_line());
            let Some((id, line_ids)) = &order else { return Ok(wire) };
            let line_id = line.order_line.and_then(|row| line_ids.get(row as usize));
            let line_id = line_id.ok_or_else(|| ResolveError::Unbound {
                key: format!("the line \"{}\" of its purchase order", line.description),
            })?;
            Ok(wire.receives(id.clone(), line_id.clone()))
        };
        form.lines.iter().map(line).collect()
    }

    /// The posted purchase order that a bill receives, and the ids of its lines.
    fn order(&self, step: PurchaseOrderStep) -> Result<(Id<qb::PurchaseOrder>, &[String]), ResolveError> {
        let key = self.plan.purchase_order(step).map(|planned| &planned.key);
        let found = key
            .as_ref()
            .and_then(|key| Some((self.bindings.documents.get(key)?, self.bindings.order_lines.get(key)?)));
        let (id, lines) = found
            .ok_or_else(|| ResolveError::Unbound { key: key.map_or_else(String::new, StepKey::words) })?;
        Ok((Id::new(id.clone())?, lines))
    }

    fn journal_line(&self, line: &JournalLine) -> Result<qb::JournalLine, ResolveError> {
        let side = if line.amount.is_negative() { qb::PostingType::Credit } else { qb::PostingType::Debit };
        let wire = qb::JournalLine::new(side, self.account(line.account)?, amount(line.amount.abs())?);
        Ok(wire.described(line.description))
    }

    fn class_of_line(&self) -> Option<&Id<qb::Class>> {
        self.tracked.class.filter(|_| self.bindings.is_class_per_line)
    }

    fn vendor(&self, name: &str) -> Result<Id<qb::Vendor>, ResolveError> {
        self.bindings.vendors.get(name).cloned().ok_or_else(|| unbound(ListEntry::Vendor(name)))
    }

    fn line(&self, line: &SalesLine<'_>) -> Result<qb::SalesLine, ResolveError> {
        let item = match self.plan.period().item(line.item) {
            ItemRole::Shipping => Id::shipping(),
            role => self
                .bindings
                .items
                .get(&role)
                .cloned()
                .ok_or_else(|| unbound(ListEntry::Item(role, self.plan.period().item_name(role))))?,
        };
        let tax = if line.is_taxable { LineTax::Taxable } else { LineTax::NonTaxable };
        let mut wire = qb::SalesLine::new(item, amount(line.amount)?, tax);
        // Shipping is QuickBooks' own line and carries an amount only.
        if line.item != ItemRole::Shipping {
            wire = wire.of_class(self.class_of_line());
        }
        if let Some(description) = &line.description {
            wire = wire.described(cut(description));
        }
        if let Some((quantity, price)) = line.quantity
            && let (Ok(quantity), Ok(price)) = (WireDecimal::new(quantity), WireDecimal::new(price))
        {
            wire = wire.with_quantity(quantity, price)?;
        }
        Ok(wire)
    }

    /// D-21: the till's tax, with the tax code that the mapping names; left out when there is none.
    fn tax(&self, form: &SalesForm<'_>) -> Result<Option<TxnTaxDetail>, ResolveError> {
        if form.tax.is_zero() {
            return Ok(None);
        }
        let code = match form.tax_code {
            Some(code) => Id::new(code)?,
            None => (self.bindings.tax_code.clone())
                .ok_or_else(|| ResolveError::Unbound { key: "the sales tax code".to_owned() })?,
        };
        Ok(Some(TxnTaxDetail { txn_tax_code_ref: Some(code.into()), total_tax: amount(form.tax)? }))
    }

    fn link(&self, link: &Link) -> Result<PaymentLine, ResolveError> {
        if let Some(invoice) = self.plan.open_invoice(link.target) {
            let linked = LinkedTxn::invoice(&Id::new(invoice.id.clone())?);
            return Ok(PaymentLine::new(amount(link.amount)?, linked));
        }
        let key = self.plan.target(link.target).map(|planned| &planned.key);
        let id = key.as_ref().and_then(|key| self.bindings.documents.get(key));
        let id =
            id.ok_or_else(|| ResolveError::Unbound { key: key.map_or_else(String::new, StepKey::words) })?;
        let linked = match link.target {
            LinkTarget::Invoice(_) | LinkTarget::OpenInvoice(_) => LinkedTxn::invoice(&Id::new(id.clone())?),
            LinkTarget::Expense(_) => LinkedTxn::expense(&Id::new(id.clone())?),
            LinkTarget::CreditMemo(_) => LinkedTxn::credit_memo(&Id::new(id.clone())?),
        };
        Ok(PaymentLine::new(amount(link.amount)?, linked))
    }

    fn account(&self, account: ControlAccount) -> Result<Id<qb::Account>, ResolveError> {
        account_id(account, self.bindings)
    }

    fn party(&self, party: Party<'_>) -> Result<Id<qb::Customer>, ResolveError> {
        self.bindings.party(party).cloned().ok_or_else(|| unbound(ListEntry::Customer(party)))
    }

    /// A payment method is a convenience for people: a document goes without one rather than wait for it.
    /// F-05: a charge's number in the company's own field for it.
    fn po_field(&self, form: &SalesForm<'_>) -> Option<CustomText> {
        let (definition_id, name) = self.bindings.po_field.clone()?;
        let string_value = form.customer_po?.for_field()?.to_owned();
        Some(CustomText { definition_id, name, r#type: CustomTextType::StringType, string_value })
    }

    /// N-14 and F-05: the tender's full name or the customer's number, then the event: our key, for people and for look-ups. What
    /// people typed is cut where it would leave the key no room.
    fn memo(&self, planned: &Planned<'_>) -> String {
        let key = memo(planned, self.plan);
        let Document::Invoice(form) = &planned.document else { return key };
        match form.customer_po.filter(|_| self.po_field(form).is_none()) {
            Some(po) => before_key(&format!("{} {}", CustomerPo::FIELD, po.number), &key),
            None => key,
        }
    }

    fn payment_method(&self, tender: &TenderType) -> Option<qb::Ref<qb::PaymentMethod>> {
        self.bindings.payment_method(tender).map(Id::to_ref)
    }
}

fn amount(money: Money) -> Result<Amount, ModelError> {
    Amount::from_cents(money.cents())
}

/// N-14: the tender's full name, then the event: our key, for people and for look-ups.
fn memo(planned: &Planned<'_>, plan: &Plan<'_>) -> String {
    let tender = planned.document.tender().map(|tender| tender.name().to_owned());
    let receipts = plan.receipts().get(&planned.identity.event).and_then(|receipts| summed(receipts));
    let words = tender.into_iter().chain(receipts).chain([planned.identity.to_string()]);
    words.collect::<Vec<_>>().join(BETWEEN)
}

/// F-07: how many receipts a summary holds, with the smallest and the greatest of their numbers.
fn summed(receipts: &[u64]) -> Option<String> {
    let (first, last) = (receipts.iter().min()?, receipts.iter().max()?);
    Some(match receipts.len() {
        1 => format!("receipt {first}"),
        count => format!("{count} receipts, {first} to {last}"),
    })
}

/// The title and the supplier's reference, so that people find the order again, then our key. What people typed is cut
/// where it would leave the key no room.
fn purchase_memo(form: &PurchaseForm<'_>, planned: &Planned<'_>) -> String {
    let key = planned.identity.to_string();
    let typed = [form.title, form.reference].into_iter().flatten().collect::<Vec<_>>().join(BETWEEN);
    if typed.is_empty() { key } else { before_key(&typed, &key) }
}

/// What stands between the parts of a memo.
const BETWEEN: &str = " | ";

/// What people typed, cut so that the key has room behind it.
fn before_key(typed: &str, key: &str) -> String {
    let room = MEMO_LIMIT.saturating_sub(BETWEEN.len() + key.chars().count());
    let typed: String = typed.chars().take(room).collect();
    format!("{typed}{BETWEEN}{key}")
}

fn cut(text: &str) -> String {
    if text.len() <= DESCRIPTION_LIMIT {
        return text.to_owned();
    }
    text.chars().take(DESCRIPTION_LIMIT).collect()
}
