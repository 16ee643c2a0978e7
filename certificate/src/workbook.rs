//! A certificate as an Excel workbook: real number cells, and totals that are formulas.

use std::path::Path;

use exchange::certificate::{Certificate, DocumentLine};
use pos_model::Money;
use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use crate::tables::{Cell, DOCUMENTS, Kind, LEGS, document_row, leg_rows, tables};
use crate::text;

/// Rows that a sheet of Excel holds, less the heading and the total.
const ROWS: u32 = 1_048_574;

/// A workbook that is being written: documents first, one after the other, then everything else.
pub(crate) struct Book {
    workbook: Workbook,
    formats: Formats,
    documents: Rows,
    legs: Rows,
}

struct Formats {
    heading: Format,
    money: Format,
    total: Format,
    total_words: Format,
    date: Format,
}

/// How far a sheet is written, and what its summed columns come to.
#[derive(Debug)]
struct Rows {
    sheet: usize,
    next: u32,
    sums: Vec<Money>,
}

impl Rows {
    fn new(sheet: usize, columns: &[(&str, Kind)]) -> Self {
        Self { sheet, next: 1, sums: vec![Money::ZERO; columns.len()] }
    }
}

impl Book {
    /// Begins a workbook with its sheets of documents.
    pub(crate) fn new() -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        let formats = Formats {
            heading: Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_text_wrap(),
            money: Format::new().set_num_format("#,##0.00"),
            total: Format::new().set_bold().set_num_format("#,##0.00").set_border_top(FormatBorder::Thin),
            total_words: Format::new().set_bold().set_border_top(FormatBorder::Thin),
            date: Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
        };
        // The first page is filled in the end, when every figure is known.
        workbook.add_worksheet().set_name("Certificate")?;
        let mut rows = Vec::new();
        for (place, (name, columns)) in
            [("Documents", DOCUMENTS), ("Debits and credits", LEGS)].iter().enumerate()
        {
            let sheet = workbook.add_worksheet_with_low_memory()?;
            sheet.set_name(*name)?;
            head(sheet, columns, &formats)?;
            rows.push(Rows::new(place + 1, columns));
        }
        let Ok([documents, legs]) = <[Rows; 2]>::try_from(rows) else {
            return Err(XlsxError::UnknownWorksheetNameOrIndex(String::new()));
        };
        Ok(Self { workbook, formats, documents, legs })
    }

    /// Adds documents.
    pub(crate) fn add(&mut self, documents: &[DocumentLine]) -> Result<(), XlsxError> {
        let sheet = self.workbook.worksheet_from_index(self.documents.sheet)?;
        for document in documents {
            row(sheet, &mut self.documents, &document_row(document), &self.formats)?;
        }
        let sheet = self.workbook.worksheet_from_index(self.legs.sheet)?;
        for cells in documents.iter().flat_map(leg_rows) {
            row(sheet, &mut self.legs, &cells, &self.formats)?;
        }
        Ok(())
    }

    /// Adds every other table and saves the file.
    pub(crate) fn save(mut self, certificate: &Certificate, path: &Path) -> Result<(), XlsxError> {
        for (rows, columns) in [(&self.documents, DOCUMENTS), (&self.legs, LEGS)] {
            totals(self.workbook.worksheet_from_index(rows.sheet)?, rows, columns, &self.formats)?;
        }
        for table in tables(certificate) {
            let sheet = self.workbook.add_worksheet();
            sheet.set_name(table.name)?;
            head(sheet, table.columns, &self.formats)?;
            let mut rows = Rows::new(0, table.columns);
            for cells in &table.rows {
                row(sheet, &mut rows, cells, &self.formats)?;
            }
            totals(sheet, &rows, table.columns, &self.formats)?;
        }
        self.front(certificate)?;
        let made = ExcelDateTime::from_timestamp(certificate.checked_at.timestamp())?;
        self.workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        self.workbook.save(path)
    }

    /// The first page: what it is, and whether the books are right.
    fn front(&mut self, certificate: &Certificate) -> Result<(), XlsxError> {
        let stores: Vec<&str> = certificate.stores.values().map(String::as_str).collect();
        let verdict = &certificate.verdict;
        let lines = [
            ("Tie-out certificate", format!("no. {}", certificate.number)),
            ("Stores", stores.join(", ")),
            ("About", text::scope(&certificate.scope)),
            ("Checked", text::instant(certificate.checked_at)),
            ("QuickBooks company", certificate.company.clone()),
            ("The books tie out", if verdict.ties_out { "yes" } else { "no" }.to_owned()),
            ("Documents", verdict.documents.to_string()),
            ("Documents that differ", verdict.different_documents.to_string()),
            ("Accounts that differ", format!("{} of {}", verdict.different_accounts, verdict.accounts)),
            ("Left out", verdict.left_out.to_string()),
        ];
        let sheet = self.workbook.worksheet_from_index(0)?;
        sheet.set_column_width(0, 26)?.set_column_width(1, 60)?;
        for (place, (name, value)) in (0..).zip(lines) {
            sheet.write_string_with_format(place, 0, name, &Format::new().set_bold())?;
            sheet.write_string(place, 1, value)?;
        }
        Ok(())
    }
}

fn head(sheet: &mut Worksheet, columns: &[(&str, Kind)], formats: &Formats) -> Result<(), XlsxError> {
    for (column, (name, kind)) in (0_u16..).zip(columns) {
        let width = match kind {
            Kind::Text => 28,
            Kind::Date => 12,
            Kind::Count => 11,
            Kind::Money | Kind::Summed => 15,
        };
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, *name, &formats.heading)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// Writes a row.
fn row(sheet: &mut Worksheet, rows: &mut Rows, cells: &[Cell], formats: &Formats) -> Result<(), XlsxError> {
    let at = rows.next;
    if at > ROWS {
        return Err(XlsxError::RowColumnLimitError);
    }
    for (column, cell) in (0_u16..).zip(cells) {
        match cell {
            Cell::Text(text) if text.is_empty() => {}
            // Excel takes 32,767 characters in a cell.
            Cell::Text(text) => {
                _ = sheet.write_string(at, column, text.chars().take(32_767).collect::<String>())?;
            }
            Cell::Date(date) => {
                let date = ExcelDateTime::parse_from_str(&date.to_string())?;
                sheet.write_datetime_with_format(at, column, &date, &formats.date)?;
            }
            // A count is far below the largest whole number that a cell holds.
            Cell::Count(count) => _ = sheet.write_number(at, column, number(&count.to_string())?)?,
            Cell::Money(amount) => {
                if let Some(sum) = rows.sums.get_mut(usize::from(column)) {
                    *sum += *amount;
                }
                _ = sheet.write_number_with_format(at, column, cents(*amount)?, &formats.money)?;
            }
            Cell::None => {}
        }
    }
    rows.next += 1;
    Ok(())
}

/// The total of each summed column, as a formula with its result, for programs that show a sheet without working it out.
fn totals(
    sheet: &mut Worksheet,
    rows: &Rows,
    columns: &[(&str, Kind)],
    formats: &Formats,
) -> Result<(), XlsxError> {
    let at = rows.next;
    if at < 2 || !columns.iter().any(|(_, kind)| *kind == Kind::Summed) {
        return Ok(());
    }
    for (column, (_, kind)) in (0_u16..).zip(columns) {
        if *kind == Kind::Summed {
            let letter = column_number_to_name(column);
            let sum = rows.sums.get(usize::from(column)).copied().unwrap_or_default();
            let formula = Formula::new(format!("=SUM({letter}2:{letter}{at})")).set_result(sum.to_string());
            sheet.write_formula_with_format(at, column, formula, &formats.total)?;
        } else {
            let words = if column == 0 { "Total" } else { "" };
            sheet.write_string_with_format(at, column, words, &formats.total_words)?;
        }
    }
    Ok(())
}

/// An amount as the number that its text says: a cell is binary, and shows the same two decimals.
fn cents(amount: Money) -> Result<f64, XlsxError> {
    number(&amount.to_string())
}

fn number(text: &str) -> Result<f64, XlsxError> {
    text.parse().map_err(|_| XlsxError::ParameterError(format!("{text} is no number")))
}
