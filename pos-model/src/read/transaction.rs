//! Transactions: lines and tenders, and the rules that bind them together.

use super::reader::{ID_LIMIT, Reader, SHIP_TO, UNLIMITED};
use crate::tender::{Tender, TenderKind};
use crate::transaction::{Fulfilment, Line, LineKind, Transaction};
use crate::{Money, Quantity, Rule, UnitPrice, raw};

impl Reader {
    pub(super) fn transaction(&mut self, raw: raw::Transaction) -> Option<Transaction> {
        let faults_before = self.faults.len();
        self.instant("occurred_at", raw.occurred_at);
        let customer = raw.customer.and_then(|id| self.customer_of(id));
        let customer_po = self.optional_text("customer_po", raw.customer_po, UNLIMITED);
        let fulfilment = match (raw.fulfilment, raw.ship_to) {
            (raw::Fulfilment::Shipped, ship_to) => {
                Fulfilment::Shipped(ship_to.map(|a| self.address(SHIP_TO, a)))
            }
            (_, Some(_)) => {
                self.fault("ship_to", Rule::ShipToWithoutShipping);
                Fulfilment::InStore
            }
            (raw::Fulfilment::InStore, None) => Fulfilment::InStore,
            (raw::Fulfilment::Collected, None) => Fulfilment::Collected,
        };
        let mut lines = Vec::with_capacity(raw.lines.len());
        for (i, line) in raw.lines.into_iter().enumerate() {
            self.place.part = Some(("line", i));
            lines.extend(self.line(line));
        }
        let tenders = self.tenders(raw.tenders);
        self.no_deposit_given(&tenders);
        if self.faults.len() > faults_before {
            return None;
        }
        let transaction = Transaction {
            number: raw.number,
            occurred_at: raw.occurred_at,
            customer,
            customer_po,
            fulfilment,
            lines,
            tenders,
        };
        self.foot(&transaction);
        (self.faults.len() == faults_before).then_some(transaction)
    }

    /// A deposit is redeemed here, never given: what is given as a deposit is a deposit paid on its order.
    pub(super) fn no_deposit_given(&mut self, tenders: &[Tender]) {
        for (i, tender) in tenders.iter().enumerate() {
            if tender.tender_type.kind == TenderKind::Deposit && tender.amount.is_negative() {
                self.place.part = Some(("tender", i));
                self.fault("amount", Rule::DepositGiven { amount: -tender.amount });
                self.place.part = None;
            }
        }
    }

    /// The rules that bind the parts of a transaction together.
    fn foot(&mut self, transaction: &Transaction) {
        let lines = transaction.lines.iter().flat_map(|line| [line.amount, line.tax]);
        let tenders = transaction.tenders.iter().map(|tender| tender.amount);
        let discounts = transaction.lines.iter().map(|line| line.face_value - line.amount);
        let size: Money = lines.clone().chain(tenders.clone()).chain(discounts).map(Money::abs).sum();
        let (lines, tenders): (Money, Money) = (lines.sum(), tenders.sum());
        if !size.is_in_bounds() {
            self.fault("lines", Rule::TotalOutOfRange);
        } else if tenders != lines {
            self.fault("tenders", Rule::TendersDoNotFoot { tenders, lines });
        }
        let mut kinds =
            transaction.tenders.iter().filter(|t| !t.amount.is_zero()).map(|t| t.tender_type.kind);
        // A rounding rounds something: by itself it is neither sold nor returned.
        let is_empty = transaction.lines.iter().all(|line| line.kind == LineKind::CashRounding);
        if is_empty && kinds.clone().all(TenderKind::is_money) {
            self.fault("lines", Rule::NoLines);
        }
        if transaction.customer.is_none() && kinds.any(|kind| kind == TenderKind::CustomerAccount) {
            self.fault("customer", Rule::CustomerRequired);
        }
    }

    fn line(&mut self, raw: raw::Line) -> Option<Line> {
        let amount = self.money("amount", &raw.amount);
        let tax = self.money("tax", &raw.tax);
        let face_value = match &raw.face_value {
            Some(face_value) => self.money("face_value", face_value),
            None => amount,
        };
        let quantity = self.decimal("quantity", &raw.quantity);
        let unit_price = raw.unit_price.and_then(|price| self.decimal("unit_price", &price));
        if let Some(discount) = &raw.discount {
            self.decimal("discount", discount);
        }
        self.text("tax_code", &raw.tax_code, ID_LIMIT);
        let code = self.optional_text("code", raw.code, UNLIMITED);
        let description = self.optional_text("description", raw.description, UNLIMITED);
        let certificate = self.optional_text("certificate", raw.certificate, UNLIMITED);
        let (amount, face_value, tax, quantity) = (amount?, face_value?, tax?, quantity?);
        let Some(quantity) = Quantity::new(quantity) else {
            self.fault("quantity", Rule::ZeroQuantity);
            return None;
        };
        let stated = if raw.face_value.is_some() { face_value } else { Money::ZERO };
        for (field, money) in [("amount", amount), ("tax", tax), ("face_value", stated)] {
            if !money.is_zero() && money.is_negative() != quantity.is_returned() {
                let quantity = quantity.value().to_string();
                self.fault(field, Rule::WrongSign { amount: money, quantity });
            }
        }
        let unit_price = match unit_price.map(|price| (price, UnitPrice::new(price))) {
            Some((price, None)) => {
                self.fault("unit_price", Rule::NegativePrice { text: price.to_string() });
                None
            }
            Some((_, price)) => price,
            None => None,
        };
        let kind = match raw.kind {
            raw::LineKind::Item => LineKind::Item,
            raw::LineKind::Shipping => LineKind::Shipping,
            raw::LineKind::GiftCertificate => LineKind::GiftCertificate,
            raw::LineKind::CashRounding => LineKind::CashRounding,
        };
        if kind == LineKind::CashRounding && !tax.is_zero() {
            self.fault("tax", Rule::TaxOnRounding { tax });
        }
        if kind == LineKind::GiftCertificate && !tax.is_zero() {
            self.fault("tax", Rule::TaxOnCertificate { tax });
        }
        if raw.face_value.is_some() && kind != LineKind::GiftCertificate {
            self.fault("face_value", Rule::FaceValueOnOtherLine);
        } else if face_value.abs() < amount.abs() {
            self.fault("face_value", Rule::FaceValueBelowAmount { face_value, amount });
        }
        if certificate.is_some() && kind != LineKind::GiftCertificate {
            self.fault("certificate", Rule::CertificateOnOtherLine);
        }
        let tax_code = raw.tax_code;
        Some(Line {
            kind,
            code,
            description,
            quantity,
            unit_price,
            amount,
            face_value,
            certificate,
            tax,
            tax_code,
        })
    }

    pub(super) fn tenders(&mut self, raw: Vec<raw::Tender>) -> Vec<Tender> {
        let mut tenders = Vec::with_capacity(raw.len());
        for (i, tender) in raw.into_iter().enumerate() {
            self.place.part = Some(("tender", i));
            let amount = self.money("amount", &tender.amount);
            let certificate = self.optional_text("certificate", tender.certificate, UNLIMITED);
            let tender_type = self.tender_type_of("type", tender.tender_type);
            let (Some(amount), Some(tender_type)) = (amount, tender_type) else { continue };
            if certificate.is_some() && tender_type.kind != TenderKind::GiftCertificate {
                self.fault("certificate", Rule::CertificateOnOtherTender { id: tender.tender_type });
            }
            match (tender_type.kind == TenderKind::Deposit, tender.order) {
                (true, None) => self.fault("order", Rule::OrderRequired { id: tender.tender_type }),
                (false, Some(order)) => {
                    let id = tender.tender_type;
                    self.fault("order", Rule::OrderOnOtherTender { order, id });
                }
                _ => {}
            }
            tenders.push(Tender { tender_type, amount, certificate, order: tender.order });
        }
        self.place.part = None;
        tenders
    }
}
