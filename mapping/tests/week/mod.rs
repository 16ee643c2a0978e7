//! Random weeks of a retailer with two stores: every kind of event mixed, batches that run past midnight and over a
//! change of the clocks. `company.rs` has the random company mapping beside it, `expected.rs` what the week comes to.
//!
//! What is drawn is what happens; ids, instants and the balance of tenders are then put in so that the file is valid.
#![allow(dead_code, reason = "each test file uses its own part of the week")]

pub(crate) mod company;
pub(crate) mod expected;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta};
use pos_model::{Money, raw};
use proptest::prelude::*;
use rust_decimal::Decimal;

pub(crate) const CARD: u64 = 15236;
pub(crate) const CASH: u64 = 15239;
pub(crate) const CHECK: u64 = 15240;
const CERTIFICATE: u64 = 15241;
const ACCOUNT: u64 = 15242;
const DEPOSIT: u64 = 15243;
/// A second type of one kind, for money and for each kind that is no money.
pub(crate) const DEBIT_CARD: u64 = 15244;
const OLD_CERTIFICATE: u64 = 15245;
const OLD_DEPOSIT: u64 = 15246;
const TRADE_ACCOUNT: u64 = 15247;
pub(crate) const VOUCHER_FROM_TOWN: u64 = 15248;

const KINDS: [(u64, raw::TenderKind); 11] = [
    (CARD, raw::TenderKind::Card),
    (CASH, raw::TenderKind::Cash),
    (CHECK, raw::TenderKind::Check),
    (CERTIFICATE, raw::TenderKind::GiftCertificate),
    (ACCOUNT, raw::TenderKind::CustomerAccount),
    (DEPOSIT, raw::TenderKind::Deposit),
    (DEBIT_CARD, raw::TenderKind::Card),
    (OLD_CERTIFICATE, raw::TenderKind::GiftCertificate),
    (OLD_DEPOSIT, raw::TenderKind::Deposit),
    (TRADE_ACCOUNT, raw::TenderKind::CustomerAccount),
    (VOUCHER_FROM_TOWN, raw::TenderKind::Other),
];

/// What a type of tender does to the books.
pub(crate) fn kind_of(tender_type: u64) -> raw::TenderKind {
    KINDS.iter().find(|(id, _)| *id == tender_type).unwrap().1
}

/// Whether it is money in a till.
pub(crate) fn is_money(tender_type: u64) -> bool {
    use raw::TenderKind as Kind;
    matches!(kind_of(tender_type), Kind::Cash | Kind::Card | Kind::Check | Kind::Other)
}

pub(crate) const STORES: [&str; 2] = ["boston", "salem"];
/// The item codes of the shop; the last lines have none.
pub(crate) const ITEMS: [&str; 4] = ["BELL", "TUBE", "TIP", "JACKET"];
/// What people buy without tax.
const EXEMPT: &str = "c4";

/// The Thursday before the Sunday on which the clocks go forward.
pub(crate) fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 5).unwrap()
}

/// The files of two stores, at most so many days and events in a batch.
pub(crate) fn week(days: usize, events: usize) -> impl Strategy<Value = Vec<raw::PosFile>> {
    let store = || {
        let batch = prop::option::weighted(0.8, prop::collection::vec(happening(), 0..=events));
        let register = prop::collection::vec(batch, 1..=days);
        let registers = prop::collection::vec(register, 1..=2);
        (registers, prop::collection::vec(purchase_order(), 0..=2))
    };
    (store(), store()).prop_map(|(boston, salem)| vec![file(STORES[0], boston), file(STORES[1], salem)])
}

/// What happens, and how many minutes after the first midnight of its day.
type Happening = (u32, What);

#[derive(Debug, Clone)]
enum What {
    Transaction(raw::Transaction),
    Deposit(raw::Deposit),
    AccountPayment(raw::AccountPayment),
    PayInOut(raw::PayInOut),
}

fn happening() -> impl Strategy<Value = Happening> {
    let minute = prop_oneof![8 => 540u32..1320, 3 => 1320u32..1800, 1 => 0u32..3000];
    let what = prop_oneof![
        8 => transaction().prop_map(What::Transaction),
        4 => deposit().prop_map(What::Deposit),
        2 => account_payment().prop_map(What::AccountPayment),
        1 => pay_in_out().prop_map(What::PayInOut),
    ];
    (minute, what)
}

/// What was drawn of a store: register by register and day by day, and its purchase orders.
type Drawn = (Vec<Vec<Option<Vec<Happening>>>>, Vec<raw::PurchaseOrder>);

fn file(code: &str, (registers, mut purchase_orders): Drawn) -> raw::PosFile {
    let mut ids = 1_000..;
    let mut batches = Vec::new();
    for (register, days) in registers.into_iter().enumerate() {
        for (day, happenings) in days.into_iter().enumerate() {
            let Some(happenings) = happenings else { continue };
            let number = ids.next().unwrap() - 999;
            let business_date = first_day() + Days::new(day as u64);
            let mut batch = raw::Batch {
                register: register.to_string(),
                number,
                business_date,
                status: raw::BatchStatus::Closed,
                closed_at: Some(at(business_date, 3000)),
                z_totals: None,
                opening_float: Some(text(10_000)),
                counted_cash: None,
                transactions: Vec::new(),
                deposits: Vec::new(),
                account_payments: Vec::new(),
                pay_ins_and_outs: Vec::new(),
            };
            for (minute, what) in happenings {
                put(&mut batch, ids.next().unwrap(), at(business_date, minute), what);
            }
            batches.push(batch);
        }
    }
    for order in &mut purchase_orders {
        order.number = ids.next().unwrap();
    }
    let tender_types =
        KINDS.map(|(id, kind)| raw::TenderType { id, name: format!("Tender {id}"), kind }).to_vec();
    raw::PosFile {
        version: raw::VERSION,
        store: raw::Store {
            code: code.to_owned(),
            name: format!("The {code} store"),
            retailer: "1651".to_owned(),
            address: None,
        },
        tender_types,
        customers: ["c1", "c2", "c3", EXEMPT].map(customer).to_vec(),
        batches,
        purchase_orders,
    }
}

fn put(batch: &mut raw::Batch, id: u64, occurred_at: DateTime<FixedOffset>, what: What) {
    match what {
        What::Transaction(transaction) => {
            let transaction = raw::Transaction { number: id, occurred_at, ..transaction };
            // An export may say the same thing twice.
            if id.is_multiple_of(16) && transaction.status == raw::TransactionStatus::Completed {
                batch.transactions.push(transaction.clone());
            }
            batch.transactions.push(transaction);
        }
        What::Deposit(deposit) => batch.deposits.push(raw::Deposit { id, occurred_at, ..deposit }),
        What::AccountPayment(payment) => {
            batch.account_payments.push(raw::AccountPayment { id, occurred_at, ..payment });
        }
        What::PayInOut(pay) => batch.pay_ins_and_outs.push(raw::PayInOut { id, occurred_at, ..pay }),
    }
}

/// Sold, returned, or some of each.
#[derive(Debug, Clone, Copy)]
enum Way {
    Sold,
    Returned,
    Swapped,
}

/// How much a tender is: a part of what is due, or an amount of its own.
#[derive(Debug, Clone, Copy)]
enum Share {
    Percent(i64),
    Cents(i64),
}

fn transaction() -> impl Strategy<Value = raw::Transaction> {
    let way = prop_oneof![5 => Just(Way::Sold), 3 => Just(Way::Returned), 3 => Just(Way::Swapped)];
    let share = prop_oneof![
        5 => (1i64..=100).prop_map(Share::Percent),
        1 => Just(Share::Percent(130)),
        2 => (-15_000i64..15_000).prop_map(Share::Cents),
    ];
    let tenders = prop::collection::vec((any_tender(), share, order()), 0..4);
    let status = prop_oneof![
        12 => Just(raw::TransactionStatus::Completed),
        1 => Just(raw::TransactionStatus::Voided),
        1 => Just(raw::TransactionStatus::Suspended),
    ];
    let lines = prop_oneof![12 => prop::collection::vec(line(), 1..6), 1 => Just(Vec::new())];
    (way, lines, tenders, (any_tender(), order()), customer_id(), status).prop_map(
        |(way, lines, tenders, rest, customer, status)| {
            let mut lines: Vec<_> = lines.into_iter().map(|line| turned(line, way)).collect();
            if customer.as_deref() == Some(EXEMPT) {
                lines.iter_mut().for_each(|line| line.tax = text(0));
            }
            let due: i64 = lines.iter().map(|l| cents(&l.amount) + cents(&l.tax)).sum();
            let mut tenders: Vec<_> = tenders
                .into_iter()
                .map(|(id, share, order)| {
                    let amount = match share {
                        Share::Percent(percent) => due * percent / 100,
                        Share::Cents(cents) => cents,
                    };
                    redeemable(id, amount, order)
                })
                .collect();
            let given: i64 = tenders.iter().map(|tender| cents(&tender.amount)).sum();
            let (id, order) = rest;
            let is_given_deposit = kind_of(id) == raw::TenderKind::Deposit && due < given;
            tenders.push(tender(if is_given_deposit { CASH } else { id }, due - given, order));
            let moves = |tender: &raw::Tender, is: &dyn Fn(u64) -> bool| {
                cents(&tender.amount) != 0 && is(tender.tender_type)
            };
            // A rounding alone is no sale, nor are lines of no kind.
            let is_empty = lines.iter().all(|line| line.kind == raw::LineKind::CashRounding);
            if is_empty && !tenders.iter().any(|t| moves(t, &|id| !is_money(id))) {
                lines.push(free_goods());
            }
            let is_charged =
                tenders.iter().any(|t| moves(t, &|id| kind_of(id) == raw::TenderKind::CustomerAccount));
            raw::Transaction {
                number: 0,
                occurred_at: at(first_day(), 0),
                status,
                customer: customer.or_else(|| is_charged.then(|| "c1".to_owned())),
                customer_po: None,
                fulfilment: raw::Fulfilment::InStore,
                ship_to: None,
                lines,
                tenders,
            }
        },
    )
}

/// A line as drawn: sold, in its own direction, and whether a swap returns it.
type DrawnLine = (raw::Line, bool);

fn line() -> impl Strategy<Value = DrawnLine> {
    let kind = prop_oneof![
        8 => Just(raw::LineKind::Item),
        2 => Just(raw::LineKind::Shipping),
        2 => Just(raw::LineKind::GiftCertificate),
        1 => Just(raw::LineKind::CashRounding),
    ];
    let amount = prop_oneof![8 => 1i64..12_000, 2 => (1i64..100).prop_map(|a| a * 100), 1 => Just(0i64)];
    let tax_code = prop::sample::select(vec!["TAX", "TAX", "NON", "CITY"]);
    let code = prop::option::weighted(0.8, prop::sample::select(ITEMS.to_vec()));
    (kind, amount, tax_code, code, 1i64..4, any::<bool>()).prop_map(
        |(kind, amount, tax_code, code, quantity, is_returned)| {
            let is_rounding = kind == raw::LineKind::CashRounding;
            let amount = if is_rounding { amount % 5 } else { amount };
            let is_taxed = matches!(kind, raw::LineKind::Item | raw::LineKind::Shipping);
            let tax = if is_taxed && tax_code != "NON" { amount / 16 } else { 0 };
            let line = raw::Line {
                kind,
                code: code.map(str::to_owned),
                description: code.map(|code| format!("A {code}")),
                quantity: Decimal::from(quantity).into(),
                unit_price: Some(Decimal::new(amount / quantity, 2).into()),
                amount: text(amount),
                // Every other certificate is sold below its face value.
                face_value: (kind == raw::LineKind::GiftCertificate && amount % 2 == 0)
                    .then(|| text(amount + amount / 5 + 2)),
                tax: text(tax),
                tax_code: tax_code.to_owned(),
                ..raw::Line::default()
            };
            (line, is_returned)
        },
    )
}

/// Rounding has a direction of its own: what is sold can be rounded up and down.
fn turned((mut line, is_returned): DrawnLine, way: Way) -> raw::Line {
    let is_returned = match way {
        Way::Sold => is_returned && line.kind == raw::LineKind::CashRounding,
        Way::Returned => is_returned || line.kind != raw::LineKind::CashRounding,
        Way::Swapped => is_returned,
    };
    if is_returned {
        let parts = [&mut line.quantity, &mut line.amount, &mut line.tax];
        for part in parts.into_iter().chain(&mut line.face_value) {
            *part = (-part.value().unwrap()).into();
        }
    }
    line
}

fn free_goods() -> raw::Line {
    raw::Line {
        kind: raw::LineKind::Item,
        code: None,
        description: Some("Sticker".to_owned()),
        quantity: Decimal::ONE.into(),
        amount: text(0),
        tax_code: "TAX".to_owned(),
        ..raw::Line::default()
    }
}

fn deposit() -> impl Strategy<Value = raw::Deposit> {
    let amount = prop_oneof![
        3 => 1i64..20_000,
        1 => -10_000i64..0,
        // Often the same amounts, so that some cancel each other.
        4 => prop::sample::select(vec![2_000i64, -2_000, 5_000, -5_000]),
    ];
    let tenders = prop::collection::vec((any_tender(), amount, order()), 1..3);
    (order(), tenders, customer_id()).prop_map(|(order, tenders, guest)| {
        let tenders: Vec<_> = tenders
            .into_iter()
            .map(|(id, amount, source)| {
                tender(id, amount, if source == order { source % ORDERS.end() + 1 } else { source })
            })
            .collect();
        // Whoever ordered pays, when it is charged; else anybody may.
        let is_charged = tenders.iter().any(|t| kind_of(t.tender_type) == raw::TenderKind::CustomerAccount);
        let orderer = format!("c{}", order % 3 + 1);
        raw::Deposit {
            id: 0,
            occurred_at: at(first_day(), 0),
            order,
            customer: if is_charged { Some(orderer) } else { guest },
            tenders,
        }
    })
}

fn account_payment() -> impl Strategy<Value = raw::AccountPayment> {
    let types = prop_oneof![
        6 => prop::sample::select(vec![CASH, CARD, DEBIT_CARD, CHECK, VOUCHER_FROM_TOWN]),
        1 => Just(CERTIFICATE),
        2 => prop::sample::select(vec![DEPOSIT, OLD_DEPOSIT]),
    ];
    let amount = prop_oneof![4 => 1i64..30_000, 1 => -10_000i64..0, 1 => Just(0i64)];
    let tenders = prop::collection::vec((types, amount, order()), 1..4);
    let customer = prop::sample::select(vec!["c1", "c2", "c3", EXEMPT]);
    (customer, tenders).prop_map(|(customer, tenders)| raw::AccountPayment {
        id: 0,
        occurred_at: at(first_day(), 0),
        customer: Some(customer.to_owned()),
        // Credit is paid back in money only.
        tenders: (tenders.into_iter())
            .map(|(id, amount, order)| tender(id, if is_money(id) { amount } else { amount.abs() }, order))
            .collect(),
    })
}

fn pay_in_out() -> impl Strategy<Value = raw::PayInOut> {
    let types = prop::sample::select(vec![CASH, CASH, CHECK, CARD]);
    let direction = prop_oneof![Just(raw::Direction::PayIn), Just(raw::Direction::PayOut)];
    (types, direction, 1i64..20_000).prop_map(|(tender_type, direction, amount)| raw::PayInOut {
        id: 0,
        occurred_at: at(first_day(), 0),
        direction,
        tender_type,
        amount: text(amount),
        reason: None,
    })
}

fn purchase_order() -> impl Strategy<Value = raw::PurchaseOrder> {
    let amount = || prop_oneof![3 => 1i64..50_000, 1 => Just(0i64)];
    let lines = prop::collection::vec((amount(), 0u32..50, any::<bool>()), 1..5);
    let supplier = prop::sample::select(vec!["s1", "s2", "s3"]);
    let headers = (amount(), amount(), amount(), amount());
    (0u64..6, supplier, lines, headers, any::<bool>(), prop::bool::weighted(0.9)).prop_map(
        |(day, supplier, lines, (tax, shipping, shipping_tax, fees), is_tax_on_lines, is_closed)| {
            let date = first_day() + Days::new(day);
            let lines = lines.into_iter().map(|(amount, quantity, is_named)| raw::PurchaseLine {
                code: is_named.then(|| "TUBE".to_owned()),
                name: Some("Inner tube".to_owned()),
                quantity: Decimal::from(quantity).into(),
                amount: text(amount),
                tax: text(if is_tax_on_lines { amount / 16 } else { 0 }),
            });
            raw::PurchaseOrder {
                number: 0,
                status: if is_closed {
                    raw::PurchaseOrderStatus::Closed
                } else {
                    raw::PurchaseOrderStatus::Open
                },
                date,
                closed_at: is_closed.then(|| at(date, 1000)),
                supplier: supplier.to_owned(),
                title: None,
                supplier_reference: None,
                lines: lines.collect(),
                tax: text(if is_tax_on_lines { 0 } else { tax }),
                shipping: text(shipping),
                shipping_tax: text(shipping_tax),
                other_fees: text(fees),
            }
        },
    )
}

fn any_tender() -> impl Strategy<Value = u64> {
    prop_oneof![
        6 => prop::sample::select(vec![CASH, CASH, CARD, CARD, DEBIT_CARD, CHECK, VOUCHER_FROM_TOWN]),
        2 => prop::sample::select(vec![CERTIFICATE, CERTIFICATE, OLD_CERTIFICATE]),
        2 => prop::sample::select(vec![ACCOUNT, ACCOUNT, TRADE_ACCOUNT]),
        2 => prop::sample::select(vec![DEPOSIT, DEPOSIT, OLD_DEPOSIT]),
    ]
}

const ORDERS: std::ops::RangeInclusive<u64> = 1..=4;

fn order() -> impl Strategy<Value = u64> {
    ORDERS
}

fn customer_id() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(vec!["c1", "c2", "c3", EXEMPT]))
        .prop_map(|id| id.map(str::to_owned))
}

/// A deposit is redeemed on a transaction, never given.
fn redeemable(id: u64, amount: i64, order: u64) -> raw::Tender {
    tender(id, if kind_of(id) == raw::TenderKind::Deposit { amount.abs() } else { amount }, order)
}

fn tender(tender_type: u64, cents: i64, order: u64) -> raw::Tender {
    raw::Tender {
        tender_type,
        amount: text(cents),
        certificate: None,
        order: (kind_of(tender_type) == raw::TenderKind::Deposit).then_some(order),
    }
}

fn customer(id: &str) -> raw::Customer {
    raw::Customer {
        id: id.to_owned(),
        account_number: id[1..].to_owned(),
        first_name: Some("Sam".to_owned()),
        tax_exempt: id == EXEMPT,
        ..raw::Customer::default()
    }
}

fn text(cents: i64) -> raw::DecimalText {
    Money::from_cents(cents).unwrap().into()
}

/// The cents of an amount in a file.
pub(crate) fn cents(text: &raw::DecimalText) -> i64 {
    Money::exact(text.value().unwrap()).unwrap().cents()
}

/// So many minutes after midnight of a day, in the offset that the clocks show then.
fn at(day: NaiveDate, minute: u32) -> DateTime<FixedOffset> {
    let local: NaiveDateTime = day.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(i64::from(minute));
    let forward = NaiveDate::from_ymd_opt(2026, 3, 8).unwrap().and_hms_opt(2, 0, 0).unwrap();
    let hours = if local < forward { 5 } else { 4 };
    local.and_local_timezone(FixedOffset::west_opt(hours * 3600).unwrap()).unwrap()
}
