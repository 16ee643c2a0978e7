//! A batch in the file form again, for an engine that has to know later what a batch was when it was posted (T-06).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    AccountPayment, Address, Batch, BatchStatus, Customer, Deposit, Direction, Fulfilment, Line, LineKind,
    PayInOut, PosFile, Store, Tender, TenderKind, TenderType, Transaction,
};
use crate::{CustomerName, TenderTypeId};

/// What of a batch is posted: its store, events, customers and types of tender. Skipped transactions, counted cash, limits,
/// balances and stamps are left out, for they post nothing.
impl From<&crate::Batch> for PosFile {
    fn from(batch: &crate::Batch) -> Self {
        let mut names = Names::default();
        let of = Batch {
            register: batch.register.clone(),
            number: batch.number,
            business_date: batch.business_date,
            status: match batch.status {
                crate::BatchStatus::Open => BatchStatus::Open,
                crate::BatchStatus::Closed(_) => BatchStatus::Closed,
            },
            closed_at: match batch.status {
                crate::BatchStatus::Open => None,
                crate::BatchStatus::Closed(at) => Some(at),
            },
            transactions: batch.transactions.iter().map(|event| names.transaction(event)).collect(),
            deposits: (batch.deposits.iter())
                .map(|event| Deposit {
                    id: event.id,
                    occurred_at: event.occurred_at,
                    order: event.order,
                    customer: names.customer(event.customer.as_ref()),
                    tenders: names.tenders(&event.tenders),
                })
                .collect(),
            account_payments: (batch.account_payments.iter())
                .map(|event| AccountPayment {
                    id: event.id,
                    occurred_at: event.occurred_at,
                    customer: names.customer(Some(&event.customer)),
                    tenders: names.tenders(&event.tenders),
                })
                .collect(),
            pay_ins_and_outs: (batch.pay_ins_and_outs.iter())
                .map(|event| PayInOut {
                    id: event.id,
                    occurred_at: event.occurred_at,
                    direction: match event.direction {
                        crate::Direction::PayIn => Direction::PayIn,
                        crate::Direction::PayOut => Direction::PayOut,
                    },
                    tender_type: names.tender_type(&event.tender_type),
                    amount: event.amount.into(),
                    reason: event.reason.clone(),
                })
                .collect(),
            ..Batch::default()
        };
        let store = &batch.store;
        Self {
            store: Store {
                code: store.code.clone(),
                name: store.name.clone(),
                retailer: store.retailer.clone(),
                address: store.address.clone().map(Into::into),
            },
            tender_types: names.tender_types.into_values().collect(),
            customers: names.customers.into_values().collect(),
            batches: vec![of],
            ..Self::default()
        }
    }
}

/// What events name: written once.
#[derive(Default)]
struct Names {
    tender_types: BTreeMap<TenderTypeId, TenderType>,
    customers: BTreeMap<String, Customer>,
}

impl Names {
    fn transaction(&mut self, event: &crate::Transaction) -> Transaction {
        let (fulfilment, ship_to) = match &event.fulfilment {
            crate::Fulfilment::InStore => (Fulfilment::InStore, None),
            crate::Fulfilment::Collected => (Fulfilment::Collected, None),
            crate::Fulfilment::Shipped(ship_to) => (Fulfilment::Shipped, ship_to.clone().map(Into::into)),
        };
        Transaction {
            number: event.number,
            occurred_at: event.occurred_at,
            customer: self.customer(event.customer.as_ref()),
            customer_po: event.customer_po.clone(),
            fulfilment,
            ship_to,
            lines: event.lines.iter().map(line).collect(),
            tenders: self.tenders(&event.tenders),
            ..Transaction::default()
        }
    }

    fn tenders(&mut self, tenders: &[crate::Tender]) -> Vec<Tender> {
        let written = |tender: &crate::Tender| Tender {
            tender_type: self.tender_type(&tender.tender_type),
            amount: tender.amount.into(),
            certificate: tender.certificate.clone(),
            order: tender.order,
        };
        tenders.iter().map(written).collect()
    }

    fn tender_type(&mut self, of: &crate::TenderType) -> u64 {
        let kind = match of.kind {
            crate::TenderKind::Cash => TenderKind::Cash,
            crate::TenderKind::Card => TenderKind::Card,
            crate::TenderKind::Check => TenderKind::Check,
            crate::TenderKind::Other => TenderKind::Other,
            crate::TenderKind::GiftCertificate => TenderKind::GiftCertificate,
            crate::TenderKind::Deposit => TenderKind::Deposit,
            crate::TenderKind::CustomerAccount => TenderKind::CustomerAccount,
        };
        let written = || TenderType { id: of.id.0, name: of.name.clone(), kind };
        self.tender_types.entry(of.id).or_insert_with(written).id
    }

    fn customer(&mut self, of: Option<&Arc<crate::Customer>>) -> Option<String> {
        let of = of?;
        let CustomerName { title, first, last, company } = of.name.clone();
        let written = || Customer {
            id: of.id.clone(),
            account_number: of.account_number.clone(),
            title,
            first_name: first,
            last_name: last,
            company,
            email: of.email.clone(),
            phone: of.phone.clone(),
            address: of.address.clone().map(Into::into),
            shipping_address: of.shipping_address.clone().map(Into::into),
            customer_type: of.customer_type.clone(),
            custom_fields: of.custom_fields.clone(),
            tax_exempt: of.tax_exempt,
            use_with_quickbooks: of.use_with_quickbooks,
            quickbooks_ids: of.quickbooks_ids.clone(),
            ..Customer::default()
        };
        Some(self.customers.entry(of.id.clone()).or_insert_with(written).id.clone())
    }
}

fn line(of: &crate::Line) -> Line {
    Line {
        kind: match of.kind {
            crate::LineKind::Item => LineKind::Item,
            crate::LineKind::Shipping => LineKind::Shipping,
            crate::LineKind::GiftCertificate => LineKind::GiftCertificate,
            crate::LineKind::CashRounding => LineKind::CashRounding,
        },
        code: of.code.clone(),
        description: of.description.clone(),
        quantity: of.quantity.value().into(),
        unit_price: of.unit_price.map(|price| price.value().into()),
        discount: None,
        amount: of.amount.into(),
        face_value: (of.face_value != of.amount).then(|| of.face_value.into()),
        certificate: of.certificate.clone(),
        tax: of.tax.into(),
        tax_code: of.tax_code.clone(),
    }
}

impl From<crate::Address> for Address {
    fn from(address: crate::Address) -> Self {
        let crate::Address { lines, city, region, postal_code, country } = address;
        Self { lines, city, region, postal_code, country }
    }
}
