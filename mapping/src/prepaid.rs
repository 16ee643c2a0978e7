//! What customers pay before they get goods: deposits on their orders (D-10), gift certificates (D-06). Summed up from the
//! events of a batch as the till recorded them, so that more used than was paid shows, whichever batch holds which of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use pos_model::{Batch, LineKind, Money, Tender, TenderKind};

use crate::company::code_key;

/// What was paid onto something and used of it. Both sums are 0.00 or more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prepaid {
    /// Paid.
    pub paid: Money,
    /// Redeemed, returned or brought back.
    pub used: Money,
}

impl Prepaid {
    /// Adds an amount paid (above zero) or used (below).
    fn moves(&mut self, amount: Money) {
        if amount.is_negative() {
            self.used -= amount;
        } else {
            self.paid += amount;
        }
    }

    /// Returns whether more was used than was paid.
    #[must_use]
    pub fn is_overused(self) -> bool {
        self.used > self.paid
    }
}

impl std::ops::AddAssign for Prepaid {
    fn add_assign(&mut self, other: Self) {
        self.paid += other.paid;
        self.used += other.used;
    }
}

/// Returns what the events of a batch pay on deposits and use of them, by customer order. A deposit that moves from one order
/// to another is used of the one and paid on the other.
#[must_use]
pub fn deposits_of(batch: &Batch) -> BTreeMap<u64, Prepaid> {
    let mut orders: BTreeMap<u64, Prepaid> = BTreeMap::new();
    let mut moves = |order: u64, amount: Money| orders.entry(order).or_default().moves(amount);
    for deposit in batch.deposits() {
        deposit.tenders().iter().for_each(|tender| moves(deposit.order(), tender.amount()));
    }
    for tender in tenders(batch) {
        // A deposit tender uses what was paid on its order; a negative one, into another order's deposit, pays onto it.
        if let Some(order) = tender.order() {
            moves(order, -tender.amount());
        }
    }
    orders
}

/// The number of a gift certificate, the same whatever spaces stand around it and whatever the case of its letters.
#[derive(Clone, Eq)]
pub struct CertificateNumber {
    key: String,
    text: String,
}

impl CertificateNumber {
    fn new(text: &str) -> Self {
        Self { key: code_key(text), text: text.trim().to_owned() }
    }

    /// Returns the spelling that numbers are compared in.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl PartialEq for CertificateNumber {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl PartialOrd for CertificateNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CertificateNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl fmt::Display for CertificateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for CertificateNumber {
    /// Without the number: whoever knows it can spend the certificate.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateNumber")
    }
}

/// Returns what the events of a batch put onto gift certificates and take off them, by number; certificates without one are
/// left out. What is put onto one sold is its face value.
#[must_use]
pub fn certificates_of(batch: &Batch) -> BTreeMap<CertificateNumber, Prepaid> {
    let mut certificates: BTreeMap<CertificateNumber, Prepaid> = BTreeMap::new();
    let mut moves = |number: Option<&str>, amount: Money| {
        if let Some(number) = number {
            certificates.entry(CertificateNumber::new(number)).or_default().moves(amount);
        }
    };
    let lines = batch.transactions().iter().flat_map(|transaction| transaction.lines());
    for line in lines.filter(|line| line.kind() == LineKind::GiftCertificate) {
        moves(line.certificate(), line.face_value());
    }
    for tender in tenders(batch).filter(|tender| tender.tender_type().kind() == TenderKind::GiftCertificate) {
        moves(tender.certificate(), -tender.amount());
    }
    certificates
}

/// The tenders of every event that can be paid with something prepaid.
fn tenders(batch: &Batch) -> impl Iterator<Item = &Tender> {
    let of_transactions = batch.transactions().iter().flat_map(|transaction| transaction.tenders());
    let of_deposits = batch.deposits().iter().flat_map(|deposit| deposit.tenders());
    let of_payments = batch.account_payments().iter().flat_map(|payment| payment.tenders());
    of_transactions.chain(of_deposits).chain(of_payments)
}
