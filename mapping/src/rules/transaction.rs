//! A transaction: sale, return or swap (D-01 to D-08, D-10, D-13, D-14, D-24, D-25).
//!
//! ```text
//! jacket and bottle sold for cash   Invoice CLT1521022B4   Payment CL15239T1521022B4 -> the invoice
//! goods returned onto a card        CreditMemo CLT1522870B11   Expense CL15236T1522870B11
//!                                   Payment CLT1522870B11 of 0.00 -> the expense and the credit memo
//! goods swapped, rest paid by card  Invoice, CreditMemo ...R, Payment of 0.00 -> both, Payment -> the invoice
//! ```

use std::collections::BTreeMap;

use pos_model::{Address, Fulfilment, LineKind, Money, TenderKind, TenderType, TenderTypeId, Transaction};

use super::lines::{GIFTVOUCHER, Side};
use super::settlement::settle;
use crate::company::is_on_account;
use crate::document::{CustomerPo, Document, Expense, Link, LinkTarget, Payment, SalesForm, Source};
use crate::draft::Draft;
use crate::party::Party;
use crate::step::CreditMemoStep;
use crate::{ControlAccount, ItemRole, Number, Period};

/// Adds the documents of one transaction to the plan; with its goods added up by account and tax code where the company wants
/// no item detail (F-07).
pub(crate) fn documents<'a>(draft: &mut Draft<'a>, transaction: &'a Transaction, is_summed: bool) {
    let tenders = Tenders::of(transaction);
    let mut sold = Side::of(draft, transaction.lines(), false, is_summed);
    let mut returned = Side::of(draft, transaction.lines(), true, is_summed);
    round(transaction.lines(), &mut sold, &mut returned);
    let customer = transaction.customer().map(AsRef::as_ref);
    let of = Form {
        of: Of::Transaction(transaction.number()),
        party: draft.party(customer, is_on_account(transaction.tenders())),
        ship_to: ship_to(draft, transaction),
        customer_po: customer_po(transaction).filter(|_| !is_summed),
    };
    post(draft, of, sold, returned, &tenders);
}

/// The tenders of a transaction or of several, netted as D-24 wants them.
#[derive(Default)]
pub(super) struct Tenders<'a> {
    /// Money, by type: positive taken, negative given; none of 0.00.
    money: BTreeMap<TenderTypeId, (&'a TenderType, Money)>,
    /// Money that went out of an account of its own (A-03), by type: what several transactions gave beside what they took.
    refunds: BTreeMap<TenderTypeId, (&'a TenderType, Money)>,
    /// Certificates taken from the customer; 0.00 or more.
    redeemed: Money,
    /// Certificates given to the customer; 0.00 or more.
    issued: Money,
    /// Deposits redeemed, by order; more than 0.00.
    deposits: BTreeMap<u64, Money>,
    /// Charged to the account (+) or credited to it (-).
    on_account: Money,
}

impl<'a> Tenders<'a> {
    pub(super) fn of(transaction: &'a Transaction) -> Self {
        let zero = Money::ZERO;
        let mut tenders = Self::default();
        for tender in transaction.tenders() {
            let amount = tender.amount();
            match tender.tender_type().kind() {
                TenderKind::GiftCertificate if amount.is_negative() => tenders.issued -= amount,
                TenderKind::GiftCertificate => tenders.redeemed += amount,
                TenderKind::Deposit => {
                    *tenders.deposits.entry(tender.order().unwrap_or_default()).or_default() += amount;
                }
                TenderKind::CustomerAccount => tenders.on_account += amount,
                TenderKind::Cash | TenderKind::Card | TenderKind::Check | TenderKind::Other => {
                    let tender_type: &TenderType = tender.tender_type();
                    tenders.money.entry(tender_type.id()).or_insert((tender_type, zero)).1 += amount;
                }
            }
        }
        tenders.money.retain(|_, (_, amount)| !amount.is_zero());
        tenders.deposits.retain(|_, amount| !amount.is_zero());
        tenders
    }

    /// Adds a receipt's tenders to those of a summary. What was taken and given in one type of tender meets in its account; a
    /// type whose refunds are paid from another account has both, as each receipt has.
    pub(super) fn add_receipt(&mut self, receipt: Self, store: &str, period: &Period) {
        for (id, (tender, amount)) in receipt.money {
            let is_apart = amount.is_negative() && period.refunds(store, id) != period.takings(store, id);
            let side = if is_apart { &mut self.refunds } else { &mut self.money };
            side.entry(id).or_insert((tender, Money::ZERO)).1 += amount;
        }
        self.money.retain(|_, (_, amount)| !amount.is_zero());
        self.redeemed += receipt.redeemed;
        self.issued += receipt.issued;
        for (order, amount) in receipt.deposits {
            *self.deposits.entry(order).or_default() += amount;
        }
        self.on_account += receipt.on_account;
    }

    fn given(&self) -> impl Iterator<Item = (&'a TenderType, Money)> {
        let given = self.money.iter().chain(&self.refunds).filter(|(_, (_, net))| net.is_negative());
        let given: BTreeMap<_, _> = given.collect();
        given.into_values().map(|&(tender, net)| (tender, -net))
    }

    fn taken(&self) -> impl Iterator<Item = (&'a TenderType, Money)> {
        self.money.values().copied().filter(|(_, net)| net.is_positive())
    }
}

/// Certificates are lines, not payments: they reduce a side as far as it goes; the rest stands on the other side.
fn certificates(tenders: &Tenders<'_>, sold: &mut Side<'_>, returned: &mut Side<'_>) {
    // D-08 first: what cannot be refunded onto a certificate is a certificate sold, and counts as such for D-07.
    let refunded = tenders.issued.min(returned.total());
    if refunded.is_positive() {
        returned.add(ItemRole::Voucher, GIFTVOUCHER, -refunded, Source::Tenders);
    }
    if tenders.issued > refunded {
        sold.add(ItemRole::Voucher, GIFTVOUCHER, tenders.issued - refunded, Source::Tenders);
    }
    let redeemed = tenders.redeemed.min(sold.total());
    if redeemed.is_positive() {
        sold.add(ItemRole::Voucher, "Gift certificate redeemed", -redeemed, Source::Tenders);
    }
    if tenders.redeemed > redeemed {
        returned.add(
            ItemRole::Voucher,
            "Gift certificate paid out",
            tenders.redeemed - redeemed,
            Source::Tenders,
        );
    }
}

/// D-10: a deposit reduces the sale side by what certificates left of it; the rest is paid out.
fn deposits(tenders: &Tenders<'_>, sold: &mut Side<'_>, returned: &mut Side<'_>) {
    for (order, &deposit) in &tenders.deposits {
        if deposit.is_negative() {
            // Of a correction alone (T-06): what was redeemed is owed again, as what is refunded onto a certificate is (D-08).
            let kept = (-deposit).min(returned.total());
            let words = || format!("Deposit on order {order} no longer redeemed");
            if kept.is_positive() {
                returned.add(ItemRole::Deposit, words(), -kept, Source::Tenders);
            }
            if -deposit > kept {
                sold.add(ItemRole::Deposit, words(), -deposit - kept, Source::Tenders);
            }
            continue;
        }
        let redeemed = deposit.min(sold.total());
        if redeemed.is_positive() {
            sold.add(
                ItemRole::Deposit,
                format!("Deposit on order {order} redeemed"),
                -redeemed,
                Source::Tenders,
            );
        }
        if deposit > redeemed {
            returned.add(
                ItemRole::Deposit,
                format!("Deposit on order {order} paid out"),
                deposit - redeemed,
                Source::Tenders,
            );
        }
    }
}

/// D-25: what rounding adds stands on the sale side, what it takes off on the return side; a transaction with one side
/// has it there, with the sign it needs. A form's total stays 0.00 or more.
pub(super) fn round<'a>(lines: &[pos_model::Line], sold: &mut Side<'a>, returned: &mut Side<'a>) {
    const WORD: &str = "Cash rounding";
    let is_rounding = |line: &&pos_model::Line| line.kind() == LineKind::CashRounding;
    let rounding: Money = lines.iter().filter(is_rounding).map(pos_model::Line::amount).sum();
    let rows = (0..).zip(lines).filter(|(_, line)| is_rounding(line)).map(|(index, _)| index);
    let source = Source::Lines(rows.collect());
    let size = rounding.abs();
    let (own, other) = if rounding.is_negative() { (returned, sold) } else { (sold, returned) };
    let taken_off = if own.is_empty() { size.min(other.total()) } else { Money::ZERO };
    if taken_off.is_positive() {
        other.add(ItemRole::Rounding, WORD, -taken_off, source.clone());
    }
    if size > taken_off {
        own.add(ItemRole::Rounding, WORD, size - taken_off, source);
    }
}

/// What the documents of a transaction, or of a summary, have in common.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) of: Of,
    pub(super) party: Party<'a>,
    /// Of an invoice (D-20).
    pub(super) ship_to: Option<&'a Address>,
    /// Of an invoice (F-05).
    pub(super) customer_po: Option<CustomerPo<'a>>,
}

/// What numbers are made of.
#[derive(Clone, Copy)]
pub(super) enum Of {
    /// The transaction of this number (N-01 to N-05, N-11).
    Transaction(u64),
    /// The summary of this day, in six digits (N-15).
    Day(u64),
}

impl Of {
    /// The number of an invoice, of a credit memo alone, of a settlement.
    fn number(self, batch: u64) -> Number {
        match self {
            Self::Transaction(transaction) => Number::Transaction { transaction, batch },
            Self::Day(date) => Number::Summary { date, batch },
        }
    }

    /// The number of a credit memo beside an invoice.
    fn returned(self, batch: u64) -> Number {
        match self {
            Self::Transaction(transaction) => Number::Returned { transaction, batch },
            Self::Day(date) => Number::SummaryReturned { date, batch },
        }
    }

    fn tendered(self, tender: TenderTypeId, batch: u64) -> Number {
        match self {
            Self::Transaction(transaction) => Number::Tendered { tender, transaction, batch },
            Self::Day(date) => Number::SummaryTendered { tender, date, batch },
        }
    }
}

/// Places certificates and deposits on the sides, then adds the forms and what settles them.
pub(super) fn post<'a>(
    draft: &mut Draft<'a>,
    Form { of, party, ship_to, customer_po }: Form<'a>,
    mut sold: Side<'a>,
    mut returned: Side<'a>,
    tenders: &Tenders<'a>,
) {
    certificates(tenders, &mut sold, &mut returned);
    deposits(tenders, &mut sold, &mut returned);
    let batch = draft.batch_number();
    let tendered = |tender: &TenderType| of.tendered(tender.id(), batch);

    let invoice = (!sold.is_empty()).then(|| {
        let form = SalesForm { customer_po, ..form(draft, party, sold, ship_to) };
        let total = form.total();
        (draft.invoice(of.number(batch), Document::Invoice(form)), total)
    });
    let credit_memo = (!returned.is_empty()).then(|| {
        let number = if invoice.is_some() { of.returned(batch) } else { of.number(batch) };
        let form = form(draft, party, returned, None);
        let total = form.total();
        (draft.credit_memo(number, Document::CreditMemo(form)), total)
    });
    let expenses: Vec<_> = (tenders.given())
        .map(|(tender, amount)| {
            (
                draft.expense(
                    tendered(tender),
                    refund(draft.period.refunds(draft.store().code(), tender.id()), party, tender, amount),
                ),
                amount,
            )
        })
        .collect();

    let mut charges: Vec<(LinkTarget, Money)> =
        expenses.into_iter().map(|(step, amount)| (LinkTarget::Expense(step), amount)).collect();
    charges.extend(invoice.map(|(step, total)| (LinkTarget::Invoice(step), total)));
    let credits: Vec<Money> = credit_memo
        .map(|(_, total)| total)
        .into_iter()
        .chain(tenders.taken().map(|(_, amount)| amount))
        .collect();
    let amounts: Vec<Money> = charges.iter().map(|(_, amount)| *amount).collect();
    let matches = settle(&amounts, &credits, tenders.on_account);
    let links_of = |credit: usize| -> Vec<Link> {
        let mine = matches.iter().filter(|m| m.credit == credit);
        mine.map(|m| Link { target: charges[m.charge].0, amount: m.amount }).collect()
    };

    let first_payment = usize::from(credit_memo.is_some());
    if let Some((credit_memo, _)) = credit_memo {
        settlement(draft, of.number(batch), party, credit_memo, links_of(0));
    }
    for (i, (tender, total)) in tenders.taken().enumerate() {
        let into = Some((draft.period.takings(draft.store().code(), tender.id()), tender));
        let payment = Payment { party, total, into, links: links_of(first_payment + i) };
        draft.add(tendered(tender), Document::Payment(payment));
    }
}

/// The Payment of 0.00 that matches a credit memo with the charges it settles (N-05); none when there is no match.
pub(crate) fn settlement<'a>(
    draft: &mut Draft<'a>,
    number: Number,
    party: Party<'a>,
    credit_memo: CreditMemoStep,
    mut links: Vec<Link>,
) {
    let amount: Money = links.iter().map(|link| link.amount).sum();
    if amount.is_zero() {
        return;
    }
    links.push(Link { target: LinkTarget::CreditMemo(credit_memo), amount });
    draft.add(number, Document::Payment(Payment { party, total: Money::ZERO, into: None, links }));
}

fn form<'a>(
    draft: &mut Draft<'a>,
    party: Party<'a>,
    side: Side<'a>,
    ship_to: Option<&'a Address>,
) -> SalesForm<'a> {
    let tax = side.tax;
    let tax_code = side.tax_code;
    SalesForm { party, lines: side.into_lines(draft), tax, tax_code, ship_to, customer_po: None }
}

/// F-05: the number that a company has given its purchase; of people it is no business of the books.
fn customer_po(transaction: &Transaction) -> Option<CustomerPo<'_>> {
    let customer = transaction.customer()?;
    let number = transaction.customer_po().map(str::trim).filter(|number| !number.is_empty())?;
    let is_charge = is_on_account(transaction.tenders());
    customer.name().company.as_ref().map(|_| CustomerPo { number, is_charge })
}

/// D-04: money given back, booked on A/R so that a payment can link it with the credit memo.
pub(crate) fn refund<'a>(
    paid_from: ControlAccount,
    party: Party<'a>,
    tender: &'a TenderType,
    amount: Money,
) -> Document<'a> {
    let (line_account, payee) = (ControlAccount::Receivable, Some(party));
    Document::Expense(Expense { paid_from, line_account, payee, amount, tender, reason: None })
}

/// D-20: the store's address, or the order's when goods are shipped there.
fn ship_to<'a>(draft: &Draft<'a>, transaction: &'a Transaction) -> Option<&'a Address> {
    match transaction.fulfilment() {
        Fulfilment::Shipped(Some(address)) => Some(address),
        Fulfilment::Shipped(None) => None,
        Fulfilment::InStore | Fulfilment::Collected => draft.store().address(),
    }
}
