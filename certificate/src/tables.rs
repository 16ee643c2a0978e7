//! A certificate as tables: the same for CSV and for the workbook.

use std::io;

use chrono::NaiveDate;
use exchange::certificate::{Certificate, DocumentLine};
use pos_model::Money;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Date,
    Count,
    Money,
    /// Money that is added up beneath.
    Summed,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Text(String),
    Date(NaiveDate),
    Count(u64),
    Money(Money),
    /// What was not read, or has nothing there.
    None,
}

/// A table: its name is a sheet's and a file's.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, Kind)],
    pub(crate) rows: Vec<Vec<Cell>>,
}

fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}

fn known(amount: Option<Money>) -> Cell {
    amount.map_or(Cell::None, Cell::Money)
}

/// Debit and credit, one of them empty.
fn sides(amount: Money) -> [Cell; 2] {
    if amount.is_negative() { [Cell::None, Cell::Money(-amount)] } else { [Cell::Money(amount), Cell::None] }
}

fn yes(is_so: bool) -> Cell {
    text(if is_so { "yes" } else { "no" })
}

/// Columns of the documents' table.
pub(crate) const DOCUMENTS: &[(&str, Kind)] = &[
    ("Date", Kind::Date),
    ("Store", Kind::Text),
    ("Kind", Kind::Text),
    ("Number", Kind::Text),
    ("Party", Kind::Text),
    ("What it does", Kind::Text),
    ("Total", Kind::Summed),
    ("State", Kind::Text),
    ("QuickBooks kind", Kind::Text),
    ("QuickBooks id", Kind::Text),
    ("Batch", Kind::Text),
    ("Event", Kind::Text),
];

/// Columns of the debits and credits.
pub(crate) const LEGS: &[(&str, Kind)] = &[
    ("Date", Kind::Date),
    ("Store", Kind::Text),
    ("Kind", Kind::Text),
    ("Number", Kind::Text),
    ("Account", Kind::Text),
    ("Debit", Kind::Summed),
    ("Credit", Kind::Summed),
];

/// A document's row.
pub(crate) fn document_row(document: &DocumentLine) -> Vec<Cell> {
    let record = document.name.record.as_ref();
    vec![
        Cell::Date(document.date),
        text(&document.store),
        text(&mapping::kind_words(&document.name.kind)),
        text(&document.name.number),
        text(document.party.as_deref().unwrap_or_default()),
        text(&document.words),
        Cell::Money(document.total),
        text(document.state.as_deref().unwrap_or_default()),
        record.map_or(Cell::None, |record| text(&record.entity)),
        record.map_or(Cell::None, |record| text(&record.id)),
        text(&document.name.origin),
        text(&document.event),
    ]
}

/// Returns the rows of a document's debits and credits.
pub(crate) fn leg_rows(document: &DocumentLine) -> impl Iterator<Item = Vec<Cell>> {
    document.legs.iter().map(|leg| {
        let [debit, credit] = sides(leg.amount);
        vec![
            Cell::Date(document.date),
            text(&document.store),
            text(&mapping::kind_words(&document.name.kind)),
            text(&document.name.number),
            text(&leg.account),
            debit,
            credit,
        ]
    })
}

/// Returns every table but those of single documents.
pub(crate) fn tables(certificate: &Certificate) -> Vec<Table> {
    let mut tables = vec![
        accounts(certificate),
        account_days(certificate),
        customers(certificate),
        balances(certificate),
        days(certificate),
        drawers(certificate),
        tenders(certificate),
        deposits(certificate),
        taxes(certificate),
        batches(certificate),
        differences(certificate),
        others(certificate),
    ];
    tables.retain(|table| !table.rows.is_empty());
    tables
}

fn accounts(certificate: &Certificate) -> Table {
    let rows = certificate.accounts.iter().map(|account| {
        let figures = &account.figures;
        let mut row = vec![text(&account.name), text(&account.id)];
        row.extend(sides(figures.till));
        row.extend(sides(figures.plan));
        row.extend(sides(figures.general_ledger));
        row.extend([
            known(figures.read_back),
            known(figures.trial_balance),
            Cell::Money(figures.difference()),
            Cell::Money(account.not_posted),
            yes(figures.agree()),
        ]);
        row
    });
    Table {
        name: "Accounts",
        columns: &[
            ("Account", Kind::Text),
            ("QuickBooks id", Kind::Text),
            ("Till debit", Kind::Summed),
            ("Till credit", Kind::Summed),
            ("Plan debit", Kind::Summed),
            ("Plan credit", Kind::Summed),
            ("Ledger debit", Kind::Summed),
            ("Ledger credit", Kind::Summed),
            ("Read back", Kind::Summed),
            ("Trial balance", Kind::Summed),
            ("Difference", Kind::Summed),
            ("Of it not posted", Kind::Summed),
            ("Agrees", Kind::Text),
        ],
        rows: rows.collect(),
    }
}

fn account_days(certificate: &Certificate) -> Table {
    let days = certificate.accounts.iter().flat_map(|account| {
        account.days.iter().map(|day| {
            let figures = &day.figures;
            let mut row = vec![text(&account.name), Cell::Date(day.date)];
            row.extend(sides(figures.till));
            row.extend(sides(figures.general_ledger));
            row.push(Cell::Money(figures.difference()));
            row
        })
    });
    Table {
        name: "Account days",
        columns: &[
            ("Account", Kind::Text),
            ("Date", Kind::Date),
            ("Till debit", Kind::Summed),
            ("Till credit", Kind::Summed),
            ("Ledger debit", Kind::Summed),
            ("Ledger credit", Kind::Summed),
            ("Difference", Kind::Summed),
        ],
        rows: days.collect(),
    }
}

fn customers(certificate: &Certificate) -> Table {
    let customers = certificate.accounts.iter().flat_map(|account| {
        account.customers.iter().map(|customer| {
            let mut row = vec![text(&account.name), text(&customer.customer)];
            row.extend(sides(customer.figures.till));
            row.extend(sides(customer.figures.general_ledger));
            row.push(Cell::Money(customer.figures.difference()));
            row
        })
    });
    Table {
        name: "Customers",
        columns: &[
            ("Account", Kind::Text),
            ("Customer", Kind::Text),
            ("Till debit", Kind::Summed),
            ("Till credit", Kind::Summed),
            ("Ledger debit", Kind::Summed),
            ("Ledger credit", Kind::Summed),
            ("Difference", Kind::Summed),
        ],
        rows: customers.collect(),
    }
}

fn balances(certificate: &Certificate) -> Table {
    let rows = certificate.balances.iter().map(|balance| {
        vec![
            text(&balance.account),
            Cell::Date(balance.first),
            Cell::Date(balance.last),
            Cell::Money(balance.opening_balance),
            Cell::Money(balance.this_period),
            Cell::Money(balance.other_batches),
            Cell::Money(balance.others),
            Cell::Money(balance.balance),
            Cell::Money(balance.trial_balance),
        ]
    });
    Table {
        name: "Balances",
        columns: &[
            ("Account", Kind::Text),
            ("Year from", Kind::Date),
            ("Year to", Kind::Date),
            ("Opening", Kind::Money),
            ("This period", Kind::Money),
            ("Other batches", Kind::Money),
            ("Typed in by others", Kind::Money),
            ("Balance", Kind::Money),
            ("Trial balance", Kind::Money),
        ],
        rows: rows.collect(),
    }
}

fn days(certificate: &Certificate) -> Table {
    let rows = certificate.days.iter().map(|day| {
        vec![
            Cell::Date(day.date),
            text(certificate.stores.get(&day.store).unwrap_or(&day.store)),
            Cell::Count(day.documents),
            Cell::Money(day.sold),
            Cell::Money(day.tax),
            Cell::Money(day.money_in),
            known(
                day.drawers
                    .iter()
                    .map(|drawer| drawer.over)
                    .collect::<Option<Vec<_>>>()
                    .map(|all| all.into_iter().sum()),
            ),
            yes(day.ties_out),
            Cell::Count(day.different_documents),
        ]
    });
    Table {
        name: "Days",
        columns: &[
            ("Date", Kind::Date),
            ("Store", Kind::Text),
            ("Documents", Kind::Count),
            ("Sold", Kind::Summed),
            ("Sales tax", Kind::Summed),
            ("Money in", Kind::Summed),
            ("Drawers over or short", Kind::Summed),
            ("Agrees", Kind::Text),
            ("Documents that differ", Kind::Count),
        ],
        rows: rows.collect(),
    }
}

fn drawers(certificate: &Certificate) -> Table {
    let rows = certificate.days.iter().flat_map(|day| {
        day.drawers.iter().map(|drawer| {
            vec![
                Cell::Date(day.date),
                text(certificate.stores.get(&day.store).unwrap_or(&day.store)),
                text(&drawer.register),
                Cell::Count(drawer.batch),
                known(drawer.float),
                Cell::Money(drawer.cash),
                known(drawer.expected),
                known(drawer.counted),
                known(drawer.over),
            ]
        })
    });
    Table {
        name: "Drawers",
        columns: &[
            ("Date", Kind::Date),
            ("Store", Kind::Text),
            ("Register", Kind::Text),
            ("Batch", Kind::Count),
            ("Float", Kind::Money),
            ("Cash in", Kind::Summed),
            ("Expected", Kind::Money),
            ("Counted", Kind::Money),
            ("Over or short", Kind::Summed),
        ],
        rows: rows.collect(),
    }
}

fn tenders(certificate: &Certificate) -> Table {
    let rows = certificate.days.iter().flat_map(|day| {
        day.tenders.iter().map(|tender| {
            vec![
                Cell::Date(day.date),
                text(certificate.stores.get(&day.store).unwrap_or(&day.store)),
                text(&tender.name),
                Cell::Money(tender.till),
                known(tender.quickbooks),
            ]
        })
    });
    Table {
        name: "Tenders",
        columns: &[
            ("Date", Kind::Date),
            ("Store", Kind::Text),
            ("Tender", Kind::Text),
            ("Till", Kind::Summed),
            ("QuickBooks (money)", Kind::Summed),
        ],
        rows: rows.collect(),
    }
}

fn deposits(certificate: &Certificate) -> Table {
    let rows = certificate.deposits.orders.iter().map(|order| {
        vec![
            text(&order.store),
            Cell::Count(order.order),
            Cell::Money(order.paid),
            Cell::Money(order.used),
            Cell::Money(order.returned),
            Cell::Money(order.outstanding),
        ]
    });
    Table {
        name: "Deposits",
        columns: &[
            ("Store", Kind::Text),
            ("Order", Kind::Count),
            ("Paid", Kind::Summed),
            ("Used", Kind::Summed),
            ("Returned", Kind::Summed),
            ("Outstanding", Kind::Summed),
        ],
        rows: rows.collect(),
    }
}

fn taxes(certificate: &Certificate) -> Table {
    let rows = certificate.taxes.iter().map(|tax| {
        vec![
            text(certificate.stores.get(&tax.store).unwrap_or(&tax.store)),
            Cell::Money(tax.taxed),
            Cell::Money(tax.untaxed),
            Cell::Money(tax.till),
            Cell::Money(tax.quickbooks),
        ]
    });
    Table {
        name: "Sales tax",
        columns: &[
            ("Store", Kind::Text),
            ("Taxed", Kind::Summed),
            ("Not taxed", Kind::Summed),
            ("Tax at the till", Kind::Summed),
            ("Tax in QuickBooks", Kind::Summed),
        ],
        rows: rows.collect(),
    }
}

fn batches(certificate: &Certificate) -> Table {
    let rows = certificate.batches.iter().map(|batch| {
        vec![
            Cell::Date(batch.date),
            text(&batch.origin),
            Cell::Count(batch.documents),
            Cell::Money(batch.debits.till),
            Cell::Money(batch.debits.plan),
            Cell::Money(batch.debits.general_ledger),
            yes(batch.ties_out),
        ]
    });
    Table {
        name: "Batches",
        columns: &[
            ("Date", Kind::Date),
            ("Batch", Kind::Text),
            ("Documents", Kind::Count),
            ("Till debits", Kind::Summed),
            ("Plan debits", Kind::Summed),
            ("Ledger debits", Kind::Summed),
            ("Agrees", Kind::Text),
        ],
        rows: rows.collect(),
    }
}

fn differences(certificate: &Certificate) -> Table {
    let rows = certificate.differences.iter().flat_map(|finding| {
        let document = finding.document.as_ref();
        finding.amounts.iter().map(move |amount| {
            vec![
                Cell::Date(amount.date),
                text(&finding.state),
                document.map_or(Cell::None, |document| text(&mapping::kind_words(&document.kind))),
                document.map_or(Cell::None, |document| text(&document.number)),
                text(&amount.account),
                text(amount.customer.as_deref().unwrap_or_default()),
                Cell::Money(amount.expected),
                Cell::Money(amount.found),
                Cell::Money(amount.found - amount.expected),
                text(&finding.what),
                text(&finding.remedy),
            ]
        })
    });
    Table {
        name: "Differences",
        columns: &[
            ("Date", Kind::Date),
            ("State", Kind::Text),
            ("Kind", Kind::Text),
            ("Number", Kind::Text),
            ("Account", Kind::Text),
            ("Customer", Kind::Text),
            ("Expected", Kind::Summed),
            ("Found", Kind::Summed),
            ("Difference", Kind::Summed),
            ("What happened", Kind::Text),
            ("What to do", Kind::Text),
        ],
        rows: rows.collect(),
    }
}

fn others(certificate: &Certificate) -> Table {
    let rows = certificate.others.iter().map(|other| {
        let mut row = vec![
            Cell::Date(other.date),
            text(&mapping::kind_words(&other.kind)),
            text(&other.number),
            text(&other.record.id),
            text(&other.account),
        ];
        row.extend(sides(other.amount));
        row
    });
    Table {
        name: "Typed in by others",
        columns: &[
            ("Date", Kind::Date),
            ("Kind", Kind::Text),
            ("Number", Kind::Text),
            ("QuickBooks id", Kind::Text),
            ("Account", Kind::Text),
            ("Debit", Kind::Summed),
            ("Credit", Kind::Summed),
        ],
        rows: rows.collect(),
    }
}

/// Rows as CSV: UTF-8, commas, quotes where they are needed, amounts with a point, dates as `2026-02-03`, no totals.
pub(crate) struct Csv<W: io::Write>(csv::Writer<W>);

impl<W: io::Write> Csv<W> {
    /// Begins a table.
    pub(crate) fn new(to: W, columns: &[(&str, Kind)]) -> csv::Result<Self> {
        let mut writer = csv::Writer::from_writer(to);
        writer.write_record(columns.iter().map(|(name, _)| name))?;
        Ok(Self(writer))
    }

    /// Writes a row.
    pub(crate) fn row(&mut self, row: &[Cell]) -> csv::Result<()> {
        self.0.write_record(row.iter().map(|cell| match cell {
            Cell::Text(text) => harmless(text),
            Cell::Date(date) => date.to_string(),
            Cell::Count(count) => count.to_string(),
            Cell::Money(amount) => amount.to_string(),
            Cell::None => String::new(),
        }))
    }

    /// Ends the table.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A text that a spreadsheet would take for a formula, with an apostrophe before it: a name typed at a till is no program.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_formula() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("Gloves = 2"), "Gloves = 2");
    }
}
