//! Reads the CSV of the Online Retail data set (Chen, 2015, UCI Machine Learning Repository) as POS batches.
//!
//! The data set is a list of invoice lines: no tender, no tax, no register. Fixed rules add them, so that every reader
//! comes to the same figures. One batch a date, numbered from 1; one transaction an invoice. Lines are rounded to the
//! cent here and nowhere else.

use std::collections::BTreeMap;
use std::io::Read;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime};
use pos_model::raw::{self, LineKind, TenderKind};
use pos_model::{Money, spread};
use rust_decimal::Decimal;
use serde::Deserialize;

const CASH: u64 = 1;
const CHECK: u64 = 2;
const VISA: u64 = 3;
const MASTER_CARD: u64 = 4;
const CERTIFICATE: u64 = 5;
const ACCOUNT: u64 = 6;

/// What was read.
#[derive(Debug)]
pub struct OnlineRetail {
    /// The batches, in the POS's file form.
    pub file: raw::PosFile,
    /// Invoices that are no business of a till, by reason.
    pub skipped: BTreeMap<String, u64>,
}

/// Why the CSV was refused.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// The file is no CSV of these columns.
    #[error("the CSV cannot be read; give the eight columns from InvoiceNo to Country in UTF-8")]
    Csv(#[from] csv::Error),
    /// A value that is not what its column holds.
    #[error("line {line}, {column}: {value:?} is not {wanted}; correct it")]
    Value {
        /// Line of the file, from 1.
        line: u64,
        /// Column name.
        column: &'static str,
        /// The value.
        value: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// An invoice on two dates.
    #[error("line {line}: invoice {invoice} goes on on another date; its lines must be of one day")]
    TwoDates {
        /// Line of the file, from 1.
        line: u64,
        /// The invoice.
        invoice: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Row {
    invoice_no: String,
    stock_code: String,
    description: String,
    quantity: String,
    invoice_date: String,
    unit_price: String,
    #[serde(rename = "CustomerID")]
    customer_id: String,
    country: String,
}

/// An invoice of the data set.
struct Invoice {
    no: String,
    number: u64,
    at: NaiveDateTime,
    customer: Option<String>,
    is_uk: bool,
    lines: Vec<InvoiceLine>,
}

struct InvoiceLine {
    class: Class,
    code: String,
    description: String,
    quantity: Decimal,
    price: Decimal,
    amount: Money,
}

/// What a stock code stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Item,
    Shipping,
    Certificate,
    Fee,
    BadDebt,
}

/// What an invoice is to a till.
enum Kind {
    Skipped(&'static str),
    PayInOut,
    Transaction,
}

/// Reads the CSV.
///
/// # Errors
/// [`CsvError`] for the first line that cannot be read.
pub fn read(csv: impl Read) -> Result<OnlineRetail, CsvError> {
    let invoices = invoices(csv)?;
    let mut days: BTreeMap<NaiveDate, Vec<Invoice>> = BTreeMap::new();
    for invoice in invoices {
        days.entry(invoice.at.date()).or_default().push(invoice);
    }
    let mut till = Till::default();
    let mut batches = Vec::with_capacity(days.len());
    for (number, (date, invoices)) in (1..).zip(days) {
        batches.push(till.batch(number, date, invoices));
    }
    let customers = till.customers.into_keys().map(customer).collect();
    let file = raw::PosFile {
        version: raw::VERSION,
        store: store(),
        tender_types: tender_types(),
        customers,
        batches,
        purchase_orders: Vec::new(),
    };
    Ok(OnlineRetail { file, skipped: till.skipped })
}

/// Gathers lines into invoices, in the order of their first lines.
fn invoices(csv: impl Read) -> Result<Vec<Invoice>, CsvError> {
    let mut invoices: Vec<Invoice> = Vec::new();
    let mut index: BTreeMap<String, usize> = BTreeMap::new();
    let mut reader = csv::ReaderBuilder::new().from_reader(csv);
    let headers = reader.headers()?.clone();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let row: Row = record.deserialize(Some(&headers))?;
        let no = row.invoice_no.trim().to_owned();
        let at = NaiveDateTime::parse_from_str(&row.invoice_date, "%Y-%m-%d %H:%M:%S").map_err(|_| {
            value(line, "InvoiceDate", &row.invoice_date, "a date and time like 2010-12-01 08:26:00")
        })?;
        let parsed = invoice_line(line, &row)?;
        if let Some(&i) = index.get(&no) {
            let invoice = &mut invoices[i];
            if invoice.at.date() != at.date() {
                return Err(CsvError::TwoDates { line, invoice: no });
            }
            invoice.lines.push(parsed);
            continue;
        }
        let digits: String = no.chars().filter(char::is_ascii_digit).collect();
        let number =
            digits.parse().map_err(|_| value(line, "InvoiceNo", &no, "a number, perhaps after a letter"))?;
        let customer = Some(row.customer_id.trim().to_owned()).filter(|id| !id.is_empty());
        let is_uk = row.country == "United Kingdom";
        index.insert(no.clone(), invoices.len());
        invoices.push(Invoice { no, number, at, customer, is_uk, lines: vec![parsed] });
    }
    Ok(invoices)
}

fn invoice_line(line: u64, row: &Row) -> Result<InvoiceLine, CsvError> {
    let decimal = |column, text: &str| {
        text.trim().parse::<Decimal>().map_err(|_| value(line, column, text, "a decimal number"))
    };
    let quantity = decimal("Quantity", &row.quantity)?;
    let price = decimal("UnitPrice", &row.unit_price)?;
    let amount =
        (quantity.checked_mul(price).ok_or(pos_model::OutOfBounds)).and_then(Money::rounded).map_err(
            |_| value(line, "UnitPrice", &row.unit_price, "small enough for an amount below a billion"),
        )?;
    let code = row.stock_code.trim().to_uppercase();
    let class = match code.as_str() {
        "POST" | "DOT" | "C2" | "C3" => Class::Shipping,
        "AMAZONFEE" | "BANK CHARGES" | "CRUK" | "ADJUST" | "ADJUST2" => Class::Fee,
        "B" => Class::BadDebt,
        code if code.starts_with("GIFT_") => Class::Certificate,
        _ => Class::Item,
    };
    Ok(InvoiceLine {
        class,
        code: row.stock_code.trim().to_owned(),
        description: row.description.clone(),
        quantity,
        price,
        amount,
    })
}

fn value(line: u64, column: &'static str, value: &str, wanted: &'static str) -> CsvError {
    CsvError::Value { line, column, value: value.chars().take(40).collect(), wanted }
}

/// The register over the year: what one day hands on to the next.
#[derive(Default)]
struct Till {
    /// Balance of every customer by number: charges less credits and payments.
    customers: BTreeMap<String, Money>,
    skipped: BTreeMap<String, u64>,
    month: Option<(i32, u32)>,
    payments: u64,
    pays: u64,
}

impl Till {
    fn batch(&mut self, number: u64, date: NaiveDate, invoices: Vec<Invoice>) -> raw::Batch {
        let account_payments = self.month_start(date);
        let mut transactions = Vec::new();
        let mut pay_ins_and_outs = Vec::new();
        for invoice in invoices {
            match invoice.kind() {
                Kind::Skipped(reason) => *self.skipped.entry(reason.to_owned()).or_default() += 1,
                Kind::PayInOut => pay_ins_and_outs.push(self.pay_in_out(&invoice)),
                Kind::Transaction => transactions.push(self.transaction(invoice)),
            }
        }
        raw::Batch {
            register: "1".to_owned(),
            number,
            business_date: date,
            status: raw::BatchStatus::Closed,
            closed_at: Some(utc(date.and_hms_opt(23, 59, 59).unwrap_or_default())),
            z_totals: None,
            opening_float: None,
            counted_cash: None,
            transactions,
            deposits: Vec::new(),
            account_payments,
            pay_ins_and_outs,
        }
    }

    /// On the first business day of a later month every customer who owes pays all of it by check.
    fn month_start(&mut self, date: NaiveDate) -> Vec<raw::AccountPayment> {
        let month = (date.year(), date.month());
        let is_later = self.month.is_some_and(|before| before != month);
        self.month = Some(month);
        if !is_later {
            return Vec::new();
        }
        let mut owing: Vec<_> =
            self.customers.iter_mut().filter(|(_, balance)| balance.is_positive()).collect();
        owing.sort_by_key(|(id, _)| id.parse::<u64>().unwrap_or(u64::MAX));
        let mut payments = Vec::with_capacity(owing.len());
        for (id, balance) in owing {
            self.payments += 1;
            payments.push(raw::AccountPayment {
                id: self.payments,
                occurred_at: utc(date.and_hms_opt(0, 0, 0).unwrap_or_default()),
                customer: Some(id.clone()),
                tenders: vec![tender(CHECK, *balance)],
            });
            *balance = Money::ZERO;
        }
        payments
    }

    fn pay_in_out(&mut self, invoice: &Invoice) -> raw::PayInOut {
        self.pays += 1;
        let total = invoice.total();
        let description = &invoice.lines[0].description;
        raw::PayInOut {
            id: self.pays,
            occurred_at: utc(invoice.at),
            direction: if total.is_negative() { raw::Direction::PayOut } else { raw::Direction::PayIn },
            tender_type: CASH,
            amount: total.abs().into(),
            reason: Some(description.clone()).filter(|text| !text.is_empty()),
        }
    }

    fn transaction(&mut self, invoice: Invoice) -> raw::Transaction {
        let taxes = invoice.taxes();
        let gross = invoice.total() + taxes.iter().copied().sum();
        let tenders = invoice.tenders(gross);
        if let Some(id) = &invoice.customer {
            let balance = self.customers.entry(id.clone()).or_default();
            *balance += tenders.iter().filter(|(id, _)| *id == ACCOUNT).map(|(_, amount)| *amount).sum();
        }
        let lines = invoice.lines.iter().zip(taxes).map(|(line, tax)| line.raw(tax, invoice.is_uk)).collect();
        raw::Transaction {
            number: invoice.number,
            occurred_at: utc(invoice.at),
            status: raw::TransactionStatus::Completed,
            customer: invoice.customer,
            customer_po: None,
            fulfilment: raw::Fulfilment::InStore,
            ship_to: None,
            lines,
            tenders: tenders.into_iter().map(|(id, amount)| tender(id, amount)).collect(),
        }
    }
}

impl Invoice {
    fn kind(&self) -> Kind {
        let is_free = self.lines.iter().all(|line| line.price.is_zero());
        if self.no.starts_with('A') {
            Kind::Skipped("adjustment")
        } else if !self.no.starts_with('C') && self.customer.is_none() && is_free {
            Kind::Skipped("stock movement")
        } else if self.lines.iter().all(|line| line.class == Class::Fee) && !self.total().is_zero() {
            Kind::PayInOut
        } else {
            Kind::Transaction
        }
    }

    fn total(&self) -> Money {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The tax of each line: computed once for the invoice, then spread over its taxed lines.
    fn taxes(&self) -> Vec<Money> {
        let weights: Vec<Money> = self
            .lines
            .iter()
            .map(|line| if line.is_taxed(self.is_uk) { line.amount } else { Money::ZERO })
            .collect();
        let base: Money = weights.iter().copied().sum();
        let tax = Money::rounded(base.to_decimal() * uk_rate(self.at.date())).unwrap_or(Money::ZERO);
        spread(tax, &weights)
    }

    /// The tenders, by the last digit of the invoice's number.
    fn tenders(&self, gross: Money) -> Vec<(u64, Money)> {
        let most = |limit: Money| if gross.is_negative() { gross } else { gross.min(limit) };
        let half = Money::from_cents(gross.cents() / 2).unwrap_or_default();
        let twenty = Money::from_cents(2000).unwrap_or_default();
        let shares = match (self.number % 10, self.customer.is_some()) {
            (8, _) => vec![(CASH, half), (VISA, gross - half)],
            (9, _) => vec![(CERTIFICATE, most(twenty)), (VISA, gross - most(twenty))],
            (0..=2, true) => vec![(ACCOUNT, gross)],
            (3..=4, true) => vec![(CHECK, gross)],
            (5, true) => vec![(CASH, gross)],
            (_, true) => vec![(VISA, gross)],
            (0..=1, false) => vec![(CASH, gross)],
            (2..=6, false) => vec![(VISA, gross)],
            (_, false) => vec![(MASTER_CARD, gross)],
        };
        shares.into_iter().filter(|(_, amount)| !amount.is_zero()).collect()
    }
}

impl InvoiceLine {
    fn is_taxed(&self, is_uk: bool) -> bool {
        is_uk && matches!(self.class, Class::Item | Class::Shipping)
    }

    fn raw(&self, tax: Money, is_uk: bool) -> raw::Line {
        raw::Line {
            kind: match self.class {
                Class::Shipping => LineKind::Shipping,
                Class::Certificate => LineKind::GiftCertificate,
                Class::Item | Class::Fee | Class::BadDebt => LineKind::Item,
            },
            code: Some(self.code.clone()),
            description: Some(self.description.clone()).filter(|text| !text.is_empty()),
            quantity: self.quantity.into(),
            unit_price: Some(self.price.into()),
            amount: self.amount.into(),
            tax: tax.into(),
            tax_code: if self.is_taxed(is_uk) { "TAX" } else { "NON" }.to_owned(),
            ..raw::Line::default()
        }
    }
}

/// The United Kingdom's rate of value added tax on a day.
fn uk_rate(date: NaiveDate) -> Decimal {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    if date < day(2010, 1, 1) {
        Decimal::new(150, 3)
    } else if date < day(2011, 1, 4) {
        Decimal::new(175, 3)
    } else {
        Decimal::new(200, 3)
    }
}

fn utc(at: NaiveDateTime) -> DateTime<FixedOffset> {
    at.and_utc().fixed_offset()
}

fn tender(tender_type: u64, amount: Money) -> raw::Tender {
    raw::Tender { tender_type, amount: amount.into(), certificate: None, order: None }
}

fn store() -> raw::Store {
    raw::Store {
        code: "online-retail".to_owned(),
        name: "Online Retail".to_owned(),
        retailer: "1".to_owned(),
        address: None,
    }
}

fn tender_types() -> Vec<raw::TenderType> {
    let types = [
        (CASH, "Cash", TenderKind::Cash),
        (CHECK, "Check", TenderKind::Check),
        (VISA, "Visa", TenderKind::Card),
        (MASTER_CARD, "MasterCard", TenderKind::Card),
        (CERTIFICATE, "Gift certificate", TenderKind::GiftCertificate),
        (ACCOUNT, "Customer account", TenderKind::CustomerAccount),
    ];
    types.map(|(id, name, kind)| raw::TenderType { id, name: name.to_owned(), kind }).to_vec()
}

fn customer(id: String) -> raw::Customer {
    raw::Customer { account_number: id.clone(), id, ..raw::Customer::default() }
}
