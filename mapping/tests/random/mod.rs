//! Random batches: any mix of lines on both sides, tenders of every type in both directions, always balanced.

use chrono::{DateTime, FixedOffset, NaiveDate};
use pos_model::{Money, raw};
use proptest::prelude::*;
use rust_decimal::Decimal;

const CASH: u64 = 1;
const CARD: u64 = 2;
const CHECK: u64 = 3;
const CERTIFICATE: u64 = 4;
const ACCOUNT: u64 = 5;
const DEPOSIT: u64 = 6;

/// A file with one closed batch of up to a dozen events.
pub(crate) fn file() -> impl Strategy<Value = raw::PosFile> {
    file_paid_with(1..=DEPOSIT)
}

/// The same without deposits redeemed on transactions: nobody can be given one, so those have no mirror image.
pub(crate) fn reversible_file() -> impl Strategy<Value = raw::PosFile> {
    file_paid_with(1..=ACCOUNT)
}

fn file_paid_with(tenders: std::ops::RangeInclusive<u64>) -> impl Strategy<Value = raw::PosFile> {
    let transactions = prop::collection::vec(transaction(tenders), 0..10);
    let payments = prop::collection::vec((1i64..50_000, 1u64..=3), 0..3);
    let pays = prop::collection::vec((1i64..20_000, any::<bool>()), 0..3);
    let deposits = prop::collection::vec((1u64..4, 1u64..=6, -20_000i64..20_000, 0u32..24), 0..5);
    (transactions, deposits, payments, pays).prop_map(|(mut transactions, deposits, payments, pays)| {
        for (number, transaction) in (1..).zip(&mut transactions) {
            transaction.number = number;
        }
        let deposits = (1..)
            .zip(deposits)
            .map(|(id, (order, tender, cents, hour))| raw::Deposit {
                id,
                occurred_at: at(hour, 30),
                order,
                customer: Some("c1".to_owned()),
                tenders: vec![self::tender(tender, cents)],
            })
            .collect();
        let account_payments = (1..)
            .zip(payments)
            .map(|(id, (cents, tender))| raw::AccountPayment {
                id,
                occurred_at: at(12, 0),
                customer: Some("c1".to_owned()),
                tenders: vec![self::tender(tender, cents)],
            })
            .collect();
        let pay_ins_and_outs = (1..)
            .zip(pays)
            .map(|(id, (cents, is_in))| raw::PayInOut {
                id,
                occurred_at: at(9, 0),
                direction: if is_in { raw::Direction::PayIn } else { raw::Direction::PayOut },
                tender_type: CASH,
                amount: text(cents),
                reason: None,
            })
            .collect();
        wrap(transactions, deposits, account_payments, pay_ins_and_outs)
    })
}

/// The same batch backwards: every line, tender and pay-in with the other sign.
pub(crate) fn negated(mut file: raw::PosFile) -> raw::PosFile {
    let negate = |text: &mut raw::DecimalText| *text = (-text.value().unwrap()).into();
    let batch = &mut file.batches[0];
    for transaction in &mut batch.transactions {
        for line in &mut transaction.lines {
            negate(&mut line.quantity);
            negate(&mut line.amount);
            negate(&mut line.tax);
            line.face_value.iter_mut().for_each(negate);
        }
    }
    let tenders = (batch.transactions.iter_mut().flat_map(|t| &mut t.tenders))
        .chain(batch.deposits.iter_mut().flat_map(|d| &mut d.tenders))
        .chain(batch.account_payments.iter_mut().flat_map(|p| &mut p.tenders));
    tenders.for_each(|tender| negate(&mut tender.amount));
    for pay in &mut batch.pay_ins_and_outs {
        pay.direction = match pay.direction {
            raw::Direction::PayIn => raw::Direction::PayOut,
            raw::Direction::PayOut => raw::Direction::PayIn,
        };
    }
    file
}

fn wrap(
    transactions: Vec<raw::Transaction>,
    deposits: Vec<raw::Deposit>,
    account_payments: Vec<raw::AccountPayment>,
    pay_ins_and_outs: Vec<raw::PayInOut>,
) -> raw::PosFile {
    let kinds = [
        (CASH, raw::TenderKind::Cash),
        (CARD, raw::TenderKind::Card),
        (CHECK, raw::TenderKind::Check),
        (CERTIFICATE, raw::TenderKind::GiftCertificate),
        (ACCOUNT, raw::TenderKind::CustomerAccount),
        (DEPOSIT, raw::TenderKind::Deposit),
    ];
    raw::PosFile {
        version: raw::VERSION,
        store: raw::Store {
            code: "boston".to_owned(),
            name: "Boston Store".to_owned(),
            retailer: "1651".to_owned(),
            address: None,
        },
        tender_types: kinds
            .map(|(id, kind)| raw::TenderType { id, name: format!("Tender {id}"), kind })
            .to_vec(),
        customers: vec![customer()],
        batches: vec![raw::Batch {
            register: "1".to_owned(),
            number: 7,
            business_date: NaiveDate::from_ymd_opt(2026, 2, 3).unwrap(),
            status: raw::BatchStatus::Closed,
            closed_at: Some(at(23, 0)),
            z_totals: None,
            opening_float: None,
            counted_cash: None,
            transactions,
            deposits,
            account_payments,
            pay_ins_and_outs,
        }],
        purchase_orders: Vec::new(),
    }
}

fn transaction(types: std::ops::RangeInclusive<u64>) -> impl Strategy<Value = raw::Transaction> {
    let signed = |(id, cents): (u64, i64)| (id, if id == DEPOSIT { cents.abs() } else { cents });
    let tenders = prop::collection::vec((types, -30_000i64..30_000).prop_map(signed), 0..5);
    (prop::collection::vec(line(), 1..6), tenders, 1u64..=5, 0u32..1440).prop_map(
        |(mut lines, tenders, rest, minute)| {
            // A rounding alone is no sale.
            if lines.iter().all(|line| line.kind == raw::LineKind::CashRounding) {
                lines[0].kind = raw::LineKind::Item;
            }
            let due: i64 = lines.iter().map(|l| cents(&l.amount) + cents(&l.tax)).sum();
            let given: i64 = tenders.iter().map(|(_, cents)| cents).sum();
            let mut tenders: Vec<_> = tenders.into_iter().map(|(id, cents)| tender(id, cents)).collect();
            tenders.push(tender(rest, due - given));
            raw::Transaction {
                number: 0,
                occurred_at: at(minute / 60, minute % 60),
                status: raw::TransactionStatus::Completed,
                customer: Some("c1".to_owned()),
                customer_po: None,
                fulfilment: raw::Fulfilment::InStore,
                ship_to: None,
                lines,
                tenders,
            }
        },
    )
}

fn line() -> impl Strategy<Value = raw::Line> {
    let kind = prop_oneof![
        5 => Just(raw::LineKind::Item),
        1 => Just(raw::LineKind::Shipping),
        1 => Just(raw::LineKind::GiftCertificate),
        1 => Just(raw::LineKind::CashRounding),
    ];
    (kind, 0i64..20_000, any::<bool>(), prop::bool::weighted(0.3)).prop_map(
        |(kind, amount, is_taxed, is_returned)| {
            let is_taxed = is_taxed && matches!(kind, raw::LineKind::Item | raw::LineKind::Shipping);
            let sign = if is_returned { -1 } else { 1 };
            raw::Line {
                kind,
                // Every other certificate is sold below its face value.
                face_value: (kind == raw::LineKind::GiftCertificate && amount % 2 == 0)
                    .then(|| text(sign * (amount + amount / 4 + 1))),
                description: Some("Something".to_owned()),
                quantity: Decimal::from(sign).into(),
                unit_price: Some(Decimal::new(amount, 2).into()),
                amount: text(sign * amount),
                tax: text(if is_taxed { sign * (amount / 16) } else { 0 }),
                tax_code: if is_taxed { "TAX" } else { "NON" }.to_owned(),
                ..raw::Line::default()
            }
        },
    )
}

fn tender(tender_type: u64, cents: i64) -> raw::Tender {
    raw::Tender {
        tender_type,
        amount: text(cents),
        certificate: None,
        order: (tender_type == DEPOSIT).then_some(77),
    }
}

fn customer() -> raw::Customer {
    raw::Customer { id: "c1".to_owned(), account_number: "1".to_owned(), ..raw::Customer::default() }
}

fn text(cents: i64) -> raw::DecimalText {
    Money::from_cents(cents).unwrap().into()
}

fn cents(text: &raw::DecimalText) -> i64 {
    Money::exact(text.value().unwrap()).unwrap().cents()
}

fn at(hour: u32, minute: u32) -> DateTime<FixedOffset> {
    let offset = FixedOffset::west_opt(5 * 3600).unwrap();
    let local = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap().and_hms_opt(hour, minute, 0).unwrap();
    local.and_local_timezone(offset).unwrap()
}
