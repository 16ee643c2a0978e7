//! A busy day of one register, made up by a small generator of fixed seed: the same file in every run.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate};
use pos_model::{Money, OutOfBounds, raw, spread};
use rust_decimal::Decimal;

const CARD: u64 = 15236;
const CASH: u64 = 15239;
const CHECK: u64 = 15240;
const CERTIFICATE: u64 = 15241;
const ACCOUNT: u64 = 15242;

const SALES: u64 = 2000;
const CUSTOMERS: u64 = 40;

/// Code, name, price in cents.
const GOODS: [(&str, &str, i64); 8] = [
    ("BL-100", "Bell", 1200),
    ("HM-210", "Helmet, white", 5499),
    ("LK-020", "Lock", 2950),
    ("PM-007", "Pump", 1849),
    ("TB-028", "Tube 28 inch", 799),
    ("TR-028", "Tire 28 inch", 3499),
    ("JK-300", "Jacket", 8999),
    ("BT-001", "Water bottle", 799),
];

/// Returns the day: 2,000 sales of one to five lines, three on average. Of a hundred, 45 are paid in cash, 40 by card, 5 by
/// check, 4 with a gift certificate and cash, 6 on account. Tax is 6.25 %, computed for the sale and spread over it.
///
/// # Errors
/// None: no amount comes near the bound.
pub fn busy_day() -> Result<raw::PosFile, OutOfBounds> {
    let mut dice = Dice(0x2026_0203);
    let transactions = (1..=SALES).map(|i| sale(&mut dice, 1_521_000 + i, i)).collect::<Result<_, _>>()?;
    let types = [
        (CARD, "Manual Credit Card", raw::TenderKind::Card),
        (CASH, "Cash", raw::TenderKind::Cash),
        (CHECK, "Check", raw::TenderKind::Check),
        (CERTIFICATE, "Gift Certificate", raw::TenderKind::GiftCertificate),
        (ACCOUNT, "Customer Account", raw::TenderKind::CustomerAccount),
    ];
    Ok(raw::PosFile {
        version: raw::VERSION,
        store: raw::Store {
            code: "boston".to_owned(),
            name: "Boston Store".to_owned(),
            retailer: "1651".to_owned(),
            address: None,
        },
        tender_types: types
            .map(|(id, name, kind)| raw::TenderType { id, name: name.to_owned(), kind })
            .to_vec(),
        customers: (0..CUSTOMERS).map(customer).collect(),
        batches: vec![raw::Batch {
            register: "1".to_owned(),
            number: 4,
            business_date: morning().date_naive(),
            status: raw::BatchStatus::Closed,
            closed_at: Some(morning() + Duration::hours(14)),
            z_totals: None,
            opening_float: None,
            counted_cash: None,
            transactions,
            deposits: Vec::new(),
            account_payments: Vec::new(),
            pay_ins_and_outs: Vec::new(),
        }],
        purchase_orders: Vec::new(),
    })
}

/// Returns the same day of simple sales: each of one line, paid in cash or by card, so that it is an invoice and a payment.
///
/// # Errors
/// None: no amount comes near the bound.
pub fn simple_sales() -> Result<raw::PosFile, OutOfBounds> {
    let mut day = busy_day()?;
    for transaction in day.batches.iter_mut().flat_map(|batch| &mut batch.transactions) {
        transaction.lines.truncate(1);
        transaction.customer = None;
        let mut paid = Money::ZERO;
        for line in &mut transaction.lines {
            let amount = Money::rounded(line.amount.value().unwrap_or_default())?;
            let tax = Money::rounded(amount.to_decimal() * Decimal::new(625, 4))?;
            line.tax = tax.into();
            paid += amount + tax;
        }
        let tender_type = if transaction.number % 2 == 0 { CASH } else { CARD };
        let tender = raw::Tender { tender_type, amount: paid.into(), certificate: None, order: None };
        transaction.tenders = vec![tender];
    }
    Ok(day)
}

fn sale(dice: &mut Dice, number: u64, minute: u64) -> Result<raw::Transaction, OutOfBounds> {
    let mut amounts = Vec::new();
    let mut lines = Vec::new();
    for _ in 0..=dice.below(5) {
        let (code, name, price) = GOODS[dice.below(GOODS.len() as u64) as usize];
        let quantity = 1 + dice.below(3) as i64;
        let amount = Money::from_cents(quantity * price)?;
        amounts.push(amount);
        lines.push(raw::Line {
            kind: raw::LineKind::Item,
            code: Some(code.to_owned()),
            description: Some(name.to_owned()),
            quantity: Decimal::from(quantity).into(),
            unit_price: Some(Decimal::new(price, 2).into()),
            amount: amount.into(),
            tax_code: "TAX".to_owned(),
            ..raw::Line::default()
        });
    }
    let net: Money = amounts.iter().copied().sum();
    let tax = Money::rounded(net.to_decimal() * Decimal::new(625, 4))?;
    for (line, tax) in lines.iter_mut().zip(spread(tax, &amounts)) {
        line.tax = tax.into();
    }
    let gross = net + tax;
    let certificate = Money::from_cents(500)?;
    let (tenders, is_named) = match dice.below(100) {
        0..45 => (vec![(CASH, gross)], false),
        45..85 => (vec![(CARD, gross)], false),
        85..90 => (vec![(CHECK, gross)], true),
        90..94 => (vec![(CERTIFICATE, certificate), (CASH, gross - certificate)], false),
        _ => (vec![(ACCOUNT, gross)], true),
    };
    Ok(raw::Transaction {
        number,
        occurred_at: morning() + Duration::seconds(20 * minute as i64),
        status: raw::TransactionStatus::Completed,
        customer: is_named.then(|| customer_id(dice.below(CUSTOMERS))),
        customer_po: None,
        fulfilment: raw::Fulfilment::InStore,
        ship_to: None,
        lines,
        tenders: (tenders.into_iter())
            .map(|(tender_type, amount)| raw::Tender {
                tender_type,
                amount: amount.into(),
                certificate: None,
                order: None,
            })
            .collect(),
    })
}

fn customer_id(i: u64) -> String {
    format!("c-{i}")
}

fn customer(i: u64) -> raw::Customer {
    raw::Customer {
        id: customer_id(i),
        account_number: (1000 + i).to_string(),
        first_name: Some("Sara".to_owned()),
        last_name: Some("Edward".to_owned()),
        ..raw::Customer::default()
    }
}

/// 2026-02-03, 07:00 in Boston.
fn morning() -> DateTime<FixedOffset> {
    let noon = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap_or_default().and_hms_opt(12, 0, 0);
    let noon = noon.unwrap_or_default().and_utc();
    FixedOffset::west_opt(5 * 3600).map_or(noon.fixed_offset(), |boston| noon.with_timezone(&boston))
}

/// A multiplying generator (Lehmer, 2^31 - 1 and 48271): poor dice, but the same ones everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 % limit
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use pos_model::PosFile;

    #[test]
    fn the_day_is_valid_and_the_same_every_time() {
        let day = busy_day().unwrap();
        assert_eq!(day, busy_day().unwrap());
        let lines: usize = day.batches[0].transactions.iter().map(|t| t.lines.len()).sum();
        assert!((5_800..6_200).contains(&lines), "{lines}");
        let batches = PosFile::try_from(day).unwrap().into_parts().0;
        assert_eq!(batches[0].transactions().len(), 2_000);
    }
}
