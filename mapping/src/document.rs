//! Plan documents: what will stand in QuickBooks, in our own keys.
//!
//! They borrow names and descriptions from the batch. What they mean in debits and credits is for `legs` to say, what
//! they look like on the wire for `resolve`.

use std::borrow::Cow;

use chrono::NaiveDate;
use pos_model::{Address, Money, TenderType};
use rust_decimal::Decimal;

use crate::key::{Event, EventKey, Identity, StepKey};
use crate::open_invoices::OpenInvoiceIndex;
use crate::party::Party;
use crate::step::{CreditMemoStep, ExpenseStep, InvoiceStep, PurchaseOrderStep};
use crate::{ControlAccount, DocNumber, DocumentKind, ItemRole};

/// QuickBooks takes 4,000 characters in a line's description (docs/quickbooks.md).
pub(crate) const DESCRIPTION_LIMIT: usize = 4000;

/// A document with its number, date and origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned<'a> {
    /// The lasting key.
    pub key: StepKey,
    /// The number people see.
    pub number: DocNumber,
    /// `TxnDate`, and `DueDate` of an invoice (T-04).
    pub txn_date: NaiveDate,
    /// The event it comes from.
    pub identity: Identity<'a>,
    /// The document itself.
    pub document: Document<'a>,
}

impl Planned<'_> {
    /// Whether it is a payment on a customer's account, which pays no sale of its own batch (D-15).
    pub(crate) fn is_payment_on_account(&self) -> bool {
        matches!(self.document, Document::Payment(_))
            && matches!(self.identity.event, Event::AccountPayment(_))
    }
}

/// A document by its key, its number and the event that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedKey {
    /// Kind and number.
    pub key: StepKey,
    /// The number as it is written.
    pub number: DocNumber,
    /// The event.
    pub event: EventKey,
}

/// The documents that rules make.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Document<'a> {
    /// Debits A/R by its total.
    Invoice(SalesForm<'a>),
    /// Credits A/R by its total.
    CreditMemo(SalesForm<'a>),
    /// Money out of a takings account.
    Expense(Expense<'a>),
    /// Money into a takings account and off A/R; of 0.00 when it only settles.
    Payment(Payment<'a>),
    /// Money into a takings account, no customer.
    SalesReceipt(SalesReceipt<'a>),
    /// What was ordered and received; moves no account.
    PurchaseOrder(PurchaseForm<'a>),
    /// What a supplier is owed for it.
    Bill(PurchaseForm<'a>),
    /// Debits and credits as such: the opening balances.
    JournalEntry(JournalEntry),
}

/// An invoice or a credit memo. Its total, lines and tax, is 0.00 or more.
#[derive(Debug, Clone, PartialEq)]
pub struct SalesForm<'a> {
    /// Whose A/R it moves.
    pub party: Party<'a>,
    /// Lines; at least one.
    pub lines: Vec<SalesLine<'a>>,
    /// The till's tax on these lines; 0.00 or more.
    pub tax: Money,
    /// The QuickBooks tax code (its id) that the company mapping names for it; none for the company's default.
    pub tax_code: Option<&'a str>,
    /// Where goods go; none on a credit memo (D-20).
    pub ship_to: Option<&'a Address>,
    /// The customer's own number for it (F-05); none on a credit memo.
    pub customer_po: Option<CustomerPo<'a>>,
}

/// A business customer's own number for what it bought (F-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CustomerPo<'a> {
    /// The number, as it was typed at the till.
    pub number: &'a str,
    /// Whether the customer's account was charged: then it has a field of its own, where the company has one. A receipt has it in
    /// its memo.
    pub is_charge: bool,
}

impl<'a> CustomerPo<'a> {
    /// What QuickBooks calls the field.
    pub const FIELD: &'static str = "P.O. Number";

    /// Characters that the field takes.
    pub const FIELD_LIMIT: usize = 31;

    /// Returns the number where it goes into the field: of a charge, and when the field takes it.
    #[must_use]
    pub fn for_field(self) -> Option<&'a str> {
        (self.is_charge && self.number.chars().count() <= Self::FIELD_LIMIT).then_some(self.number)
    }
}

impl SalesForm<'_> {
    /// Returns lines and tax.
    #[must_use]
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum::<Money>() + self.tax
    }
}

/// A line of a sales form or receipt. Negative where a certificate reduces the form.
#[derive(Debug, Clone, PartialEq)]
pub struct SalesLine<'a> {
    /// The item, and by it the account.
    pub item: ItemRole,
    /// What people read.
    pub description: Option<Cow<'a, str>>,
    /// Before tax, exact.
    pub amount: Money,
    /// Quantity and unit price; only when their product rounds to the amount (D-22).
    pub quantity: Option<(Decimal, Decimal)>,
    /// TAX or NON (D-21).
    pub is_taxable: bool,
    /// Where in the POS it comes from.
    pub source: Source,
}

/// The part of an event that a line stands for; any posted cent can be traced back by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The line of this index, from 0.
    Line(u32),
    /// Several lines in one (D-02, D-23).
    Lines(Vec<u32>),
    /// Lines of several receipts in one (F-07).
    Receipts(Vec<ReceiptLines>),
    /// The event's tenders.
    Tenders,
    /// The event as a whole.
    Event,
}

/// The lines of one receipt of a summary (F-07).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLines {
    /// The receipt's transaction number.
    pub transaction: u64,
    /// Its lines, by index from 0.
    pub lines: Vec<u32>,
}

/// Money given out: a refund, credit paid back, a pay-out.
#[derive(Debug, Clone, PartialEq)]
pub struct Expense<'a> {
    /// The takings account the money leaves.
    pub paid_from: ControlAccount,
    /// The other side: A/R for a refund, drops and payouts for a pay-out.
    pub line_account: ControlAccount,
    /// Whose A/R it moves; none on a pay-out (D-17).
    pub payee: Option<Party<'a>>,
    /// More than 0.00.
    pub amount: Money,
    /// Which money.
    pub tender: &'a TenderType,
    /// Why money was taken out.
    pub reason: Option<&'a str>,
}

/// Money received from a customer, or 0.00 to match a credit memo with what it settles.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment<'a> {
    /// Whose A/R it moves.
    pub party: Party<'a>,
    /// 0.00 or more.
    pub total: Money,
    /// The takings account and the tender; none on a settlement.
    pub into: Option<(ControlAccount, &'a TenderType)>,
    /// What it is matched with.
    pub links: Vec<Link>,
}

impl Payment<'_> {
    /// Returns whether this is a settlement, which moves no money (N-05).
    #[must_use]
    pub fn is_settlement(&self) -> bool {
        self.into.is_none()
    }
}

/// One match of a payment: an earlier step of the plan and the amount. Charges and credits are both positive here; the
/// side follows from the kind, as on QuickBooks' wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The document.
    pub target: LinkTarget,
    /// More than 0.00.
    pub amount: Money,
}

/// What a payment can be matched with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkTarget {
    /// A charge.
    Invoice(InvoiceStep),
    /// A charge.
    Expense(ExpenseStep),
    /// A credit.
    CreditMemo(CreditMemoStep),
    /// A charge that stood in QuickBooks before this plan (D-15).
    OpenInvoice(OpenInvoiceIndex),
}

/// A pay-in.
#[derive(Debug, Clone, PartialEq)]
pub struct SalesReceipt<'a> {
    /// Lines; at least one.
    pub lines: Vec<SalesLine<'a>>,
    /// The takings account.
    pub deposit_to: ControlAccount,
    /// Which money.
    pub tender: &'a TenderType,
}

/// A purchase order or its bill.
#[derive(Debug, Clone, PartialEq)]
pub struct PurchaseForm<'a> {
    /// The vendor's name in QuickBooks.
    pub vendor: &'a str,
    /// Lines; at least one.
    pub lines: Vec<PurchaseFormLine>,
    /// The order's title, as people named it.
    pub title: Option<&'a str>,
    /// The supplier's own reference.
    pub reference: Option<&'a str>,
    /// Of a purchase order: whether a bill of the same plan will receive its lines. Of a bill: the order whose lines it
    /// receives, when the company links them.
    pub received: Received,
}

/// How a purchase order and its bill hang together (D-18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// No bill receives the order's lines: the order is posted closed, and a bill stands beside it.
    Apart,
    /// The order is posted open, and its bill will close it.
    ByBill,
    /// The bill's lines receive this order's lines.
    Order(PurchaseOrderStep),
}

impl PurchaseForm<'_> {
    /// Returns all lines; 0.00 or more.
    #[must_use]
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

/// A line of a purchase order or bill.
#[derive(Debug, Clone, PartialEq)]
pub struct PurchaseFormLine {
    /// Goods, tax, shipping or fees.
    pub account: ControlAccount,
    /// What people read.
    pub description: String,
    /// 0.00 or more.
    pub amount: Money,
    /// The order's line.
    pub source: Source,
    /// Of a linked bill: the line of the purchase order document that it receives, from 0.
    pub order_line: Option<u32>,
}

/// Debits and credits as such.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalEntry {
    /// Lines; at least two, adding up to 0.00.
    pub lines: Vec<JournalLine>,
}

/// A line of a journal entry.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalLine {
    /// The account.
    pub account: ControlAccount,
    /// Debit positive; never 0.00.
    pub amount: Money,
    /// What people read.
    pub description: &'static str,
}

impl<'a> Document<'a> {
    /// Returns its kind.
    #[must_use]
    pub fn kind(&self) -> DocumentKind {
        match self {
            Self::Invoice(_) => DocumentKind::Invoice,
            Self::CreditMemo(_) => DocumentKind::CreditMemo,
            Self::Expense(_) => DocumentKind::Expense,
            Self::Payment(_) => DocumentKind::Payment,
            Self::SalesReceipt(_) => DocumentKind::SalesReceipt,
            Self::PurchaseOrder(_) => DocumentKind::PurchaseOrder,
            Self::Bill(_) => DocumentKind::Bill,
            Self::JournalEntry(_) => DocumentKind::JournalEntry,
        }
    }

    /// Returns its total as QuickBooks prints it; 0.00 or more.
    #[must_use]
    pub fn total(&self) -> Money {
        match self {
            Self::Invoice(form) | Self::CreditMemo(form) => form.total(),
            Self::Expense(expense) => expense.amount,
            Self::Payment(payment) => payment.total,
            Self::SalesReceipt(receipt) => receipt.lines.iter().map(|line| line.amount).sum(),
            Self::PurchaseOrder(form) | Self::Bill(form) => form.total(),
            Self::JournalEntry(entry) => {
                entry.lines.iter().map(|line| line.amount).filter(|amount| amount.is_positive()).sum()
            }
        }
    }

    /// Returns its sales tax; 0.00 or more.
    #[must_use]
    pub fn tax(&self) -> Money {
        match self {
            Self::Invoice(form) | Self::CreditMemo(form) => form.tax,
            _ => Money::ZERO,
        }
    }

    /// Returns the customer it names.
    #[must_use]
    pub fn party(&self) -> Option<Party<'a>> {
        match self {
            Self::Invoice(form) | Self::CreditMemo(form) => Some(form.party),
            Self::Expense(expense) => expense.payee,
            Self::Payment(payment) => Some(payment.party),
            Self::SalesReceipt(_) | Self::PurchaseOrder(_) | Self::Bill(_) | Self::JournalEntry(_) => None,
        }
    }

    /// Returns whether it is a settlement: a payment that moves no money (N-05).
    #[must_use]
    pub fn is_settlement(&self) -> bool {
        matches!(self, Self::Payment(payment) if payment.is_settlement())
    }

    /// Returns the tender behind it.
    #[must_use]
    pub fn tender(&self) -> Option<&'a TenderType> {
        match self {
            Self::Expense(expense) => Some(expense.tender),
            Self::Payment(payment) => payment.into.map(|(_, tender)| tender),
            Self::SalesReceipt(receipt) => Some(receipt.tender),
            Self::Invoice(_)
            | Self::CreditMemo(_)
            | Self::PurchaseOrder(_)
            | Self::Bill(_)
            | Self::JournalEntry(_) => None,
        }
    }
}
