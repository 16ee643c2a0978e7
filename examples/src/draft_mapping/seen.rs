//! What POS files speak of: stores, tenders, items, tax codes, suppliers.

use std::collections::{BTreeMap, BTreeSet};

use pos_model::{Batch, LineKind, PosFile, Tender, TenderKind, TenderType};

/// What some files speak of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Stores by code, with their names.
    pub stores: BTreeMap<String, String>,
    /// Money tenders that were used, by type id, with their names.
    pub tenders: BTreeMap<u64, (String, TenderKind)>,
    /// Items by code, with the first name that the till printed.
    pub items: BTreeMap<String, String>,
    /// Tax codes, and whether the till charged tax under each.
    pub tax_codes: BTreeMap<String, bool>,
    /// Suppliers of purchase orders, by the POS's ids.
    pub suppliers: BTreeSet<String>,
    /// Whether gift certificates were sold, redeemed or issued.
    pub has_certificates: bool,
    /// Whether deposits on customer orders were taken or redeemed.
    pub has_deposits: bool,
    /// Whether money was put into a register or taken out.
    pub has_pay_ins_and_outs: bool,
    /// Whether cash was rounded.
    pub has_rounding: bool,
    /// Whether there are purchase orders.
    pub has_purchase_orders: bool,
}

impl Seen {
    /// Adds a file.
    pub fn add(&mut self, file: &PosFile) {
        let store = file.store();
        self.stores.insert(store.code().to_owned(), store.name().to_owned());
        file.batches().iter().for_each(|batch| self.add_batch(batch));
        for order in file.purchase_orders() {
            self.suppliers.insert(order.supplier().to_owned());
            self.has_purchase_orders = true;
        }
    }

    fn add_batch(&mut self, batch: &Batch) {
        for transaction in batch.transactions() {
            for line in transaction.lines() {
                *self.tax_codes.entry(line.tax_code().to_owned()).or_default() |= !line.tax().is_zero();
                match line.kind() {
                    LineKind::GiftCertificate => self.has_certificates = true,
                    LineKind::CashRounding => self.has_rounding = true,
                    LineKind::Item | LineKind::Shipping => {}
                }
                if let (LineKind::Item, Some(code)) = (line.kind(), line.code()) {
                    let name = line.description().unwrap_or(code);
                    self.items.entry(code.to_owned()).or_insert_with(|| name.to_owned());
                }
            }
            self.add_tenders(transaction.tenders());
        }
        for deposit in batch.deposits() {
            self.has_deposits = true;
            self.add_tenders(deposit.tenders());
        }
        batch.account_payments().iter().for_each(|payment| self.add_tenders(payment.tenders()));
        for pay in batch.pay_ins_and_outs() {
            self.has_pay_ins_and_outs = true;
            self.add_tender(pay.tender_type());
        }
    }

    fn add_tenders(&mut self, tenders: &[Tender]) {
        tenders.iter().for_each(|tender| self.add_tender(tender.tender_type()));
    }

    fn add_tender(&mut self, tender: &TenderType) {
        match tender.kind() {
            TenderKind::GiftCertificate => self.has_certificates = true,
            TenderKind::Deposit => self.has_deposits = true,
            kind if kind.is_money() => {
                self.tenders.insert(tender.id().0, (tender.name().to_owned(), kind));
            }
            _ => {}
        }
    }
}
