//! Keys become ids: a step of the plan becomes the body that goes out. The only place where that happens.
//!
//! Pure: what a key is bound to is handed in as [`Bindings`]. Up the walk: `exchange` fills the bindings as list entries
//! are found and documents are posted. Down the walk: `qb-model` gives the body its bytes.

use std::collections::{BTreeMap, HashMap};

use pos_model::{Address, Customer, Money, TenderType, TenderTypeId};
use qb_model::{
    self as qb, Amount, Create, EmailAddress, ExpenseLine, Id, LineTax, LinkedTxn, ModelError, PartyRef,
    PaymentLine, PaymentMethodType, PhysicalAddress, TelephoneNumber, TxnTaxDetail, WireDecimal,
};

use crate::document::{
    Document, Link, LinkTarget, Party, PartyKey, Planned, PurchaseForm, PurchaseFormLine, SalesForm,
    SalesLine,
};
use crate::plan::{Plan, StepContent, StepKey};
use crate::provision::{ListEntry, payment_method};
use crate::{Company, ControlAccount, ItemRole, Step};

/// QuickBooks takes 4,000 characters in a line's description (contract 6.0).
const DESCRIPTION_LIMIT: usize = 4000;
/// And as many in a memo (`PrivateNote`).
const MEMO_LIMIT: usize = 4000;

/// What our keys are bound to in one company.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    /// Accounts by role.
    pub accounts: BTreeMap<ControlAccount, Id<qb::Account>>,
    /// Items by role; shipping needs none.
    pub items: BTreeMap<ItemRole, Id<qb::Item>>,
    /// The tax code that taxed documents name, when the store's mapping names none.
    pub tax_code: Option<Id<qb::TaxCode>>,
    /// Payment methods by tender type.
    pub payment_methods: BTreeMap<TenderTypeId, Id<qb::PaymentMethod>>,
    /// Customer records by party.
    pub parties: HashMap<PartyKey, Id<qb::Customer>>,
    /// Vendors by name.
    pub vendors: HashMap<String, Id<qb::Vendor>>,
    /// Ids of posted documents by step.
    pub documents: HashMap<StepKey, String>,
}

impl Bindings {
    /// The id that a list entry is bound to.
    pub fn id(&self, entry: ListEntry<'_>) -> Option<&str> {
        match entry {
            ListEntry::Account(account) => self.accounts.get(&account).map(Id::as_str),
            ListEntry::Item(item) => self.items.get(&item).map(Id::as_str),
            ListEntry::PaymentMethod(tender) => self.payment_methods.get(&tender.id()).map(Id::as_str),
            ListEntry::Customer(party) => self.parties.get(&party.key()).map(Id::as_str),
            ListEntry::Vendor(name) => self.vendors.get(name).map(Id::as_str),
        }
    }

    /// Binds a list entry. Text that QuickBooks could not have given as an id binds nothing.
    pub fn bind(&mut self, entry: ListEntry<'_>, id: &str) {
        match entry {
            ListEntry::Account(account) => self.accounts.extend(Id::new(id).ok().map(|id| (account, id))),
            ListEntry::Item(item) => self.items.extend(Id::new(id).ok().map(|id| (item, id))),
            ListEntry::PaymentMethod(tender) => {
                self.payment_methods.extend(Id::new(id).ok().map(|id| (tender.id(), id)));
            }
            ListEntry::Customer(party) => self.parties.extend(Id::new(id).ok().map(|id| (party.key(), id))),
            ListEntry::Vendor(name) => self.vendors.extend(Id::new(id).ok().map(|id| (name.to_owned(), id))),
        }
    }
}

/// Why a step cannot be resolved; nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// What the step needs has not been posted, or failed.
    #[error("{key} is not in QuickBooks yet")]
    Unbound {
        /// The key that is bound to nothing.
        key: String,
    },
    /// A value that the wire cannot carry.
    #[error("a value does not fit on the wire")]
    Unfit(#[from] ModelError),
}

/// The body of a step.
///
/// # Errors
/// [`ResolveError`]: a key without binding, or a value beyond the wire's bounds.
pub fn resolve(
    step: &Step<'_>,
    plan: &Plan<'_>,
    company: &Company,
    bindings: &Bindings,
) -> Result<Create, ResolveError> {
    let resolver = Resolver { plan, company, bindings };
    match &step.content {
        StepContent::ListEntry(entry) => resolver.list_entry(*entry),
        StepContent::Document(planned) => resolver.document(planned),
    }
}

impl ListEntry<'_> {
    /// The body of a list entry that needs no plan: accounts, items and payment methods before any batch.
    ///
    /// # Errors
    /// As [`resolve`].
    pub fn resolve(self, company: &Company, bindings: &Bindings) -> Result<Create, ResolveError> {
        list_entry(self, company, bindings)
    }
}

struct Resolver<'r, 'a> {
    plan: &'r Plan<'a>,
    company: &'r Company,
    bindings: &'r Bindings,
}

impl Resolver<'_, '_> {
    fn list_entry(&self, entry: ListEntry<'_>) -> Result<Create, ResolveError> {
        list_entry(entry, self.company, self.bindings)
    }

    fn document(&self, planned: &Planned<'_>) -> Result<Create, ResolveError> {
        let doc_number = Some(planned.number.as_str().to_owned());
        let private_note = Some(memo(planned));
        let txn_date = planned.txn_date;
        Ok(match &planned.document {
            Document::Invoice(form) => Create::Invoice(qb::Invoice {
                customer_ref: self.party(form.party)?.into(),
                txn_date,
                due_date: Some(txn_date),
                doc_number,
                private_note,
                ship_addr: form.ship_to.map(address),
                bill_addr: None,
                line: self.lines(&form.lines)?,
                txn_tax_detail: self.tax(form)?,
            }),
            Document::CreditMemo(form) => Create::CreditMemo(qb::CreditMemo {
                customer_ref: self.party(form.party)?.into(),
                txn_date,
                doc_number,
                private_note,
                line: self.lines(&form.lines)?,
                txn_tax_detail: self.tax(form)?,
            }),
            Document::Expense(expense) => {
                let line = ExpenseLine::new(self.account(expense.line_account)?, amount(expense.amount)?);
                let reason =
                    expense.reason.unwrap_or(if expense.payee.is_some() { "Refund" } else { "Pay-out" });
                Create::Purchase(qb::Purchase {
                    payment_type: qb::PurchasePaymentType::Cash,
                    account_ref: self.account(expense.paid_from)?.into(),
                    entity_ref: match expense.payee {
                        Some(party) => Some(PartyRef::customer(&self.party(party)?)),
                        None => None,
                    },
                    doc_number,
                    txn_date,
                    private_note,
                    payment_method_ref: self.payment_method(expense.tender),
                    line: vec![line.described(cut(reason))],
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
                line: self.lines(&receipt.lines)?,
                txn_tax_detail: None,
            }),
            Document::PurchaseOrder(form) => Create::PurchaseOrder(qb::PurchaseOrder {
                vendor_ref: self.vendor(form.vendor)?.into(),
                ap_account_ref: self.account(ControlAccount::Payable)?.into(),
                txn_date,
                doc_number,
                private_note: Some(purchase_memo(form, planned)),
                po_status: qb::PurchaseOrderStatus::Closed,
                line: self.purchase_lines(form)?,
            }),
            Document::Bill(form) => Create::Bill(qb::Bill {
                vendor_ref: self.vendor(form.vendor)?.into(),
                ap_account_ref: self.account(ControlAccount::Payable)?.into(),
                txn_date,
                due_date: Some(txn_date),
                doc_number,
                private_note: Some(purchase_memo(form, planned)),
                line: self.purchase_lines(form)?,
            }),
        })
    }

    fn lines(&self, lines: &[SalesLine<'_>]) -> Result<Vec<qb::SalesLine>, ResolveError> {
        lines.iter().map(|line| self.line(line)).collect()
    }

    fn purchase_lines(&self, form: &PurchaseForm<'_>) -> Result<Vec<ExpenseLine>, ResolveError> {
        let line = |line: &PurchaseFormLine| {
            let wire = ExpenseLine::new(self.account(line.account)?, amount(line.amount)?);
            Ok(wire.described(cut(&line.description)))
        };
        form.lines.iter().map(line).collect()
    }

    fn vendor(&self, name: &str) -> Result<Id<qb::Vendor>, ResolveError> {
        self.bindings.vendors.get(name).cloned().ok_or_else(|| unbound(ListEntry::Vendor(name)))
    }

    fn line(&self, line: &SalesLine<'_>) -> Result<qb::SalesLine, ResolveError> {
        let item = match line.item {
            ItemRole::Shipping => Id::shipping(),
            role => self.bindings.items.get(&role).cloned().ok_or_else(|| unbound(ListEntry::Item(role)))?,
        };
        let tax = if line.is_taxable { LineTax::Taxable } else { LineTax::NonTaxable };
        let mut wire = qb::SalesLine::new(item, amount(line.amount)?, tax);
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

    /// D-21: the till's tax, with the store's tax code; left out when there is none.
    fn tax(&self, form: &SalesForm<'_>) -> Result<Option<TxnTaxDetail>, ResolveError> {
        if form.tax.is_zero() {
            return Ok(None);
        }
        let code = match self.company.tax_code(self.plan.origin().store().code()) {
            Some(code) => Id::new(code)?,
            None => (self.bindings.tax_code.clone())
                .ok_or_else(|| ResolveError::Unbound { key: "the sales tax code".to_owned() })?,
        };
        Ok(Some(TxnTaxDetail { txn_tax_code_ref: Some(code.into()), total_tax: amount(form.tax)? }))
    }

    fn link(&self, link: &Link) -> Result<PaymentLine, ResolveError> {
        let key = self.plan.target(link.target).map(Planned::key);
        let id = key.as_ref().and_then(|key| self.bindings.documents.get(key));
        let id =
            id.ok_or_else(|| ResolveError::Unbound { key: key.map_or_else(String::new, |key| key.0) })?;
        let linked = match link.target {
            LinkTarget::Invoice(_) => LinkedTxn::invoice(&Id::new(id.clone())?),
            LinkTarget::Expense(_) => LinkedTxn::expense(&Id::new(id.clone())?),
            LinkTarget::CreditMemo(_) => LinkedTxn::credit_memo(&Id::new(id.clone())?),
        };
        Ok(PaymentLine::new(amount(link.amount)?, linked))
    }

    fn account(&self, account: ControlAccount) -> Result<Id<qb::Account>, ResolveError> {
        account_id(account, self.bindings)
    }

    fn party(&self, party: Party<'_>) -> Result<Id<qb::Customer>, ResolveError> {
        let key = party.key();
        self.bindings.parties.get(&key).cloned().ok_or_else(|| unbound(ListEntry::Customer(party)))
    }

    /// A payment method is a convenience for people: a document goes without one rather than wait for it.
    fn payment_method(&self, tender: &TenderType) -> Option<qb::Ref<qb::PaymentMethod>> {
        self.bindings.payment_methods.get(&tender.id()).map(Id::to_ref)
    }
}

fn list_entry(entry: ListEntry<'_>, company: &Company, bindings: &Bindings) -> Result<Create, ResolveError> {
    Ok(match entry {
        ListEntry::Account(account) => {
            let (account_type, sub_type) = account.default_type();
            Create::Account(qb::Account {
                name: company.account_name(account).to_owned(),
                account_type,
                account_sub_type: Some(sub_type.to_owned()),
            })
        }
        ListEntry::Item(item) => Create::Item(qb::Item {
            name: item.name().to_owned(),
            r#type: qb::ItemType::Service,
            income_account_ref: account_id(item.account(), bindings)?.into(),
            taxable: None,
        }),
        ListEntry::PaymentMethod(tender) => {
            let (name, is_card) = payment_method(tender);
            let r#type =
                if is_card { PaymentMethodType::CreditCard } else { PaymentMethodType::NonCreditCard };
            Create::PaymentMethod(qb::PaymentMethod { name, r#type })
        }
        ListEntry::Customer(party) => Create::Customer(match party {
            Party::Store(_) => qb::Customer { display_name: display_name(party), ..qb::Customer::default() },
            Party::Customer(_, customer) => customer_record(display_name(party), customer),
        }),
        ListEntry::Vendor(name) => Create::Vendor(qb::Vendor { display_name: name.to_owned() }),
    })
}

fn account_id(account: ControlAccount, bindings: &Bindings) -> Result<Id<qb::Account>, ResolveError> {
    bindings.accounts.get(&account).cloned().ok_or_else(|| unbound(ListEntry::Account(account)))
}

fn unbound(entry: ListEntry<'_>) -> ResolveError {
    ResolveError::Unbound { key: entry.key().0 }
}

fn amount(money: Money) -> Result<Amount, ModelError> {
    Amount::from_cents(money.cents())
}

/// N-14: the tender's full name, then the event: our key, for people and for look-ups.
fn memo(planned: &Planned<'_>) -> String {
    match planned.document.tender() {
        Some(tender) => format!("{} | {}", tender.name(), planned.identity),
        None => planned.identity.to_string(),
    }
}

/// The title and the supplier's reference, so that people find the order again, then our key. What people typed is cut
/// where it would leave the key no room.
fn purchase_memo(form: &PurchaseForm<'_>, planned: &Planned<'_>) -> String {
    const BETWEEN: &str = " | ";
    let key = planned.identity.to_string();
    let typed = [form.title, form.reference].into_iter().flatten().collect::<Vec<_>>().join(BETWEEN);
    if typed.is_empty() {
        return key;
    }
    let room = MEMO_LIMIT.saturating_sub(BETWEEN.len() + key.chars().count());
    let typed: String = typed.chars().take(room).collect();
    format!("{typed}{BETWEEN}{key}")
}

/// A colon would make a sub-customer of the name (contract 6.13).
fn display_name(party: Party<'_>) -> String {
    party.display_name().replace(':', "-")
}

fn customer_record(display_name: String, customer: &Customer) -> qb::Customer {
    let name = customer.name();
    // QuickBooks refuses the whole record for an address without these two characters (code 2210).
    let email = customer.email().filter(|e| e.contains('@') && e.contains('.') && e.len() <= 100);
    let phone = customer.phone().filter(|p| p.chars().count() <= 30);
    qb::Customer {
        display_name,
        title: name.title.clone().filter(|title| title.chars().count() <= 16),
        given_name: name.first.clone(),
        family_name: name.last.clone(),
        company_name: name.company.clone(),
        primary_email_addr: email.map(|email| EmailAddress { address: email.to_owned() }),
        primary_phone: phone.map(|phone| TelephoneNumber { free_form_number: phone.to_owned() }),
        bill_addr: customer.address().map(address),
        ..qb::Customer::default()
    }
}

fn address(address: &Address) -> PhysicalAddress {
    let mut lines = address.lines.iter().cloned();
    PhysicalAddress {
        line1: lines.next(),
        line2: lines.next(),
        line3: lines.next(),
        line4: lines.next(),
        line5: lines.next(),
        city: address.city.clone(),
        country_sub_division_code: address.region.clone(),
        postal_code: address.postal_code.clone(),
        country: address.country.clone(),
    }
}

fn cut(text: &str) -> String {
    if text.len() <= DESCRIPTION_LIMIT {
        return text.to_owned();
    }
    text.chars().take(DESCRIPTION_LIMIT).collect()
}
