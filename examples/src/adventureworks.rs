//! Reads the purchase orders of Microsoft's AdventureWorks sample database: three tab-separated files without a header.
//!
//! Only complete orders count. What was stocked is what was received; tax and freight are the header's in full. Amounts
//! are rounded to the cent here and nowhere else.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use pos_model::{Money, raw};
use rust_decimal::Decimal;

/// What was read.
#[derive(Debug)]
pub struct AdventureWorks {
    /// The purchase orders, in the POS's file form.
    pub file: raw::PosFile,
    /// The vendors' names by the id that orders use.
    pub suppliers: BTreeMap<String, String>,
    /// Orders left out, by reason.
    pub skipped: BTreeMap<String, u64>,
}

/// Why the files were refused.
#[derive(Debug, thiserror::Error)]
pub enum TsvError {
    /// A file that cannot be opened or is not tab-separated.
    #[error("{path}: the file cannot be read as tab-separated text")]
    Unreadable {
        /// The file.
        path: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A value that is not what its column holds.
    #[error("{path}, line {line}, column {column}: {value:?} is not {wanted}; correct it")]
    Value {
        /// The file.
        path: String,
        /// Line, from 1.
        line: u64,
        /// Column, from 1.
        column: usize,
        /// The value.
        value: String,
        /// What it should be.
        wanted: &'static str,
    },
}

/// Complete orders have this status.
const COMPLETE: &str = "4";

/// Reads the folder's `PurchaseOrderHeader.csv`, `PurchaseOrderDetail.csv` and `Vendor.csv`.
///
/// # Errors
/// [`TsvError`] for the first value that cannot be read.
pub fn read(folder: &Path) -> Result<AdventureWorks, TsvError> {
    let mut suppliers = BTreeMap::new();
    for row in Table::rows(folder.join("Vendor.csv"))? {
        suppliers.insert(row.text(0).to_owned(), row.text(2).to_owned());
    }
    let mut lines: BTreeMap<u64, Vec<raw::PurchaseLine>> = BTreeMap::new();
    for row in Table::rows(folder.join("PurchaseOrderDetail.csv"))? {
        let (order, stocked, price) = (row.number(0)?, row.decimal(9)?, row.decimal(5)?);
        if stocked.is_zero() {
            continue;
        }
        lines.entry(order).or_default().push(raw::PurchaseLine {
            code: Some(row.text(4).to_owned()),
            name: None,
            quantity: stocked.into(),
            amount: row.cents(5, stocked.checked_mul(price))?.into(),
            tax: raw::DecimalText::default(),
        });
    }
    let mut skipped = BTreeMap::new();
    let mut purchase_orders = Vec::new();
    for row in Table::rows(folder.join("PurchaseOrderHeader.csv"))? {
        if row.text(2) != COMPLETE {
            *skipped.entry("purchase order not complete".to_owned()).or_default() += 1;
            continue;
        }
        let number = row.number(0)?;
        purchase_orders.push(raw::PurchaseOrder {
            number,
            status: raw::PurchaseOrderStatus::Closed,
            date: row.date(6)?,
            closed_at: None,
            supplier: row.text(4).to_owned(),
            title: None,
            supplier_reference: None,
            lines: lines.remove(&number).unwrap_or_default(),
            tax: row.cents(9, Some(row.decimal(9)?))?.into(),
            shipping: row.cents(10, Some(row.decimal(10)?))?.into(),
            shipping_tax: raw::DecimalText::default(),
            other_fees: raw::DecimalText::default(),
        });
    }
    let store = raw::Store {
        code: "adventureworks".to_owned(),
        name: "AdventureWorks".to_owned(),
        retailer: "1".to_owned(),
        address: None,
    };
    let file = raw::PosFile {
        version: raw::VERSION,
        store,
        tender_types: Vec::new(),
        customers: Vec::new(),
        batches: Vec::new(),
        purchase_orders,
    };
    Ok(AdventureWorks { file, suppliers, skipped })
}

/// One row of one file.
struct Table {
    path: String,
    line: u64,
    record: csv::StringRecord,
}

impl Table {
    fn rows(path: PathBuf) -> Result<Vec<Self>, TsvError> {
        let name = path.display().to_string();
        let unreadable = |source: Box<dyn std::error::Error + Send + Sync>| TsvError::Unreadable {
            path: name.clone(),
            source,
        };
        let file = File::open(&path).map_err(|e| unreadable(e.into()))?;
        let mut reader =
            csv::ReaderBuilder::new().delimiter(b'\t').has_headers(false).quoting(false).from_reader(file);
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|e| unreadable(e.into()))?;
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(Self { path: name.clone(), line, record });
        }
        Ok(rows)
    }

    fn text(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default().trim()
    }

    fn number(&self, column: usize) -> Result<u64, TsvError> {
        self.text(column).parse().map_err(|_| self.fault(column, "a whole number"))
    }

    fn decimal(&self, column: usize) -> Result<Decimal, TsvError> {
        self.text(column).parse().map_err(|_| self.fault(column, "a decimal number"))
    }

    fn cents(&self, column: usize, amount: Option<Decimal>) -> Result<Money, TsvError> {
        let cents = amount.and_then(|amount| Money::rounded(amount).ok());
        cents.ok_or_else(|| self.fault(column, "small enough for an amount below a billion"))
    }

    fn date(&self, column: usize) -> Result<NaiveDate, TsvError> {
        let day = self.text(column).get(..10).unwrap_or_default();
        day.parse().map_err(|_| self.fault(column, "a date like 2022-04-15"))
    }

    fn fault(&self, column: usize, wanted: &'static str) -> TsvError {
        let value = self.text(column).chars().take(40).collect();
        TsvError::Value { path: self.path.clone(), line: self.line, column: column + 1, value, wanted }
    }
}
