//! An invoice as a PDF of one page: enough for a reader to open and for a test to recognise, and no likeness of QuickBooks'.
//!
//! Neighbours: `handle` routes here.

use crate::base::fault::{self, Checked};
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::books::company::Company;

/// Returns the pages of an invoice: 2030 when the id is no number, 610 when there is no such invoice.
pub(crate) fn invoice(company: &Company, id: &str) -> Checked<Vec<u8>> {
    let Some(record) = company.store(EntityKind::Invoice).get(id) else {
        return Err(match id.parse::<u64>() {
            Ok(_) => fault::deleted_transaction(),
            Err(_) => fault::invalid_id(id),
        });
    };
    let text = |path: &str| record.body.path(path).and_then(Json::as_text).unwrap_or_default().to_owned();
    Ok(page(&[
        company.options.company_name.clone(),
        format!("INVOICE {}", text("DocNumber")),
        text("CustomerRef.name"),
        format!("Date {}", text("TxnDate")),
        format!("Total {}", text("TotalAmt")),
        format!("Balance due {}", text("Balance")),
    ]))
}

/// Writes one page of Letter paper with these lines, after PDF 1.4.
fn page(lines: &[String]) -> Vec<u8> {
    let shown: String = lines.iter().map(|line| format!("({}) Tj T*\n", escaped(line))).collect();
    let content = format!("BT /F1 14 Tf 20 TL 72 720 Td\n{shown}ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        offsets.push(out.len());
        out.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        out.push_str(&format!("{offset:010} 00000 n \n"));
    }
    let count = objects.len() + 1;
    out.push_str(&format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    out.into_bytes()
}

/// A text in a PDF's brackets; what is beyond ASCII is not shown.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '(' | ')' | '\\' => out.extend(['\\', letter]),
            ' '..='~' => out.push(letter),
            _ => out.push('?'),
        }
    }
    out
}
