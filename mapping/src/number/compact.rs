//! The compact scheme: prefix, hyphen, a letter for the kind, and the same identity in base 36, fields parted by hyphens.
//!
//! ```text
//! CLT1521022B4         CL-TWLMM-4         invoice, credit memo or settlement
//! CL15239T1521022B4    CL-PBRB-WLMM-4     payment or expense
//! CL306063             CL-O6K5R           purchase order
//! CLS260203B4          CL-S5KRV-4         invoice, credit memo or settlement of a summary
//! CLT1521022B4C1       CL-CTWLMM-4-1      the same of a correction: its letter, the kind's, and behind all which one
//! ```
//!
//! The hyphen after the prefix stands in no number of the plain scheme, so a company that changes over never has one
//! number for two things.

use std::fmt::{self, Write};

use pos_model::TenderTypeId;

use super::edition::{Edition, Numbered};
use super::meaning::Number;

const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A number with its prefix, not yet measured.
pub(super) struct Written<'a> {
    pub(super) prefix: &'a str,
    pub(super) numbered: Numbered,
}

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, fields) = fields(self.numbered.number);
        let edition = self.numbered.edition.parts();
        write!(f, "{}-", self.prefix)?;
        if let Some((letter, _)) = edition {
            f.write_char(letter)?;
        }
        f.write_char(kind)?;
        for (i, field) in fields.into_iter().flatten().enumerate() {
            write!(f, "{}{}", if i == 0 { "" } else { "-" }, Base36(field))?;
        }
        match edition {
            Some((_, n)) => write!(f, "-{}", Base36(n.get().into())),
            None => Ok(()),
        }
    }
}

/// The letter of the kind, and what identifies it, in the order written.
fn fields(number: Number) -> (char, [Option<u64>; 3]) {
    match number {
        Number::Transaction { transaction, batch } => ('T', [Some(transaction), Some(batch), None]),
        Number::Returned { transaction, batch } => ('R', [Some(transaction), Some(batch), None]),
        Number::Tendered { tender, transaction, batch } => {
            ('P', [Some(tender.0), Some(transaction), Some(batch)])
        }
        Number::Deposit { tender, order, batch } => ('D', [Some(tender.0), Some(order), Some(batch)]),
        Number::OnAccount { tender, header, batch } => ('A', [Some(tender.0), Some(header), Some(batch)]),
        Number::PayInOut { tender, id, batch } => ('X', [Some(tender.0), Some(id), Some(batch)]),
        Number::PurchaseOrder { order } => ('O', [Some(order), None, None]),
        Number::Bill { order } => ('B', [Some(order), None, None]),
        Number::OpeningEntry { date } => ('Q', [Some(date), None, None]),
        Number::Summary { date, batch } => ('S', [Some(date), Some(batch), None]),
        Number::SummaryReturned { date, batch } => ('W', [Some(date), Some(batch), None]),
        Number::SummaryTendered { tender, date, batch } => ('Y', [Some(tender.0), Some(date), Some(batch)]),
    }
}

/// Reads what stands behind the prefix.
pub(super) fn parse(text: &str) -> Option<Numbered> {
    let rest = text.strip_prefix('-')?;
    let mut letters = rest.chars();
    let first = letters.next()?;
    if !matches!(first, 'C' | 'c' | 'V' | 'v') {
        return Some(number(first, letters.as_str())?.into());
    }
    let kind = letters.next()?;
    let (fields, n) = letters.as_str().rsplit_once('-')?;
    Some(Numbered { number: number(kind, fields)?, edition: Edition::of(first, read(n)?)? })
}

/// A number by the letter of its kind and its fields.
fn number(kind: char, fields: &str) -> Option<Number> {
    let fields: Vec<u64> = fields.split('-').map(read).collect::<Option<_>>()?;
    Some(match (kind.to_ascii_uppercase(), fields[..].first().copied()?, &fields[1..]) {
        ('T', transaction, &[batch]) => Number::Transaction { transaction, batch },
        ('R', transaction, &[batch]) => Number::Returned { transaction, batch },
        ('P', tender, &[transaction, batch]) => {
            Number::Tendered { tender: TenderTypeId(tender), transaction, batch }
        }
        ('D', tender, &[order, batch]) => Number::Deposit { tender: TenderTypeId(tender), order, batch },
        ('A', tender, &[header, batch]) => Number::OnAccount { tender: TenderTypeId(tender), header, batch },
        ('X', tender, &[id, batch]) => Number::PayInOut { tender: TenderTypeId(tender), id, batch },
        ('O', order, []) => Number::PurchaseOrder { order },
        ('B', order, []) => Number::Bill { order },
        ('Q', date, []) => Number::OpeningEntry { date },
        ('S', date, &[batch]) => Number::Summary { date, batch },
        ('W', date, &[batch]) => Number::SummaryReturned { date, batch },
        ('Y', tender, &[date, batch]) => {
            Number::SummaryTendered { tender: TenderTypeId(tender), date, batch }
        }
        _ => return None,
    })
}

/// A plain base-36 number, letters of either case, without leading zeros.
fn read(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric()) && (text == "0" || !text.starts_with('0'));
    is_plain.then(|| u64::from_str_radix(text, 36).ok()).flatten()
}

struct Base36(u64);

impl fmt::Display for Base36 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0_u8; 13]; // 36 to the 13th is more than 64 bits hold
        let (mut rest, mut start) = (self.0, digits.len());
        loop {
            start -= 1;
            digits[start] = DIGITS[(rest % 36) as usize];
            rest /= 36;
            if rest == 0 {
                break;
            }
        }
        f.write_str(std::str::from_utf8(&digits[start..]).unwrap_or_default())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::NumberScheme;

    #[test]
    fn n_12_compact_numbers_say_the_same_in_fewer_characters() {
        let cash = TenderTypeId(15239);
        for (number, text) in [
            (Number::Transaction { transaction: 1_521_022, batch: 4 }, "CL-TWLMM-4"),
            (Number::Returned { transaction: 9, batch: 36 }, "CL-R9-10"),
            (Number::Tendered { tender: cash, transaction: 1_521_022, batch: 4 }, "CL-PBRB-WLMM-4"),
            (Number::Deposit { tender: cash, order: 700_710, batch: 4 }, "CL-DBRB-F0O6-4"),
            (Number::OnAccount { tender: cash, header: 0, batch: 7 }, "CL-ABRB-0-7"),
            (Number::PayInOut { tender: cash, id: 11_791, batch: 10 }, "CL-XBRB-93J-A"),
            (Number::PurchaseOrder { order: 306_063 }, "CL-O6K5R"),
            (Number::Bill { order: 306_063 }, "CL-B6K5R"),
            (Number::Summary { date: 260_203, batch: 4 }, "CL-S5KRV-4"),
            (Number::SummaryReturned { date: 260_203, batch: 4 }, "CL-W5KRV-4"),
            (Number::SummaryTendered { tender: cash, date: 260_203, batch: 4 }, "CL-YBRB-5KRV-4"),
        ] {
            assert_eq!(number.format("CL", NumberScheme::Compact).unwrap().as_str(), text);
            let read = |text: &str| Number::parse("CL", NumberScheme::Compact, text);
            assert_eq!(read(text), Some(number));
            assert_eq!(read(&text.to_lowercase()), Some(number), "n_13: case does not matter");
        }
    }

    #[test]
    fn n_12_a_number_too_long_in_plain_fits() {
        let number = Number::Tendered { tender: TenderTypeId(15239), transaction: 12_345_678, batch: 12345 };
        assert!(number.format("CL", NumberScheme::Plain).is_err());
        assert_eq!(number.format("CL", NumberScheme::Compact).unwrap().as_str(), "CL-PBRB-7CLZI-9IX");
    }

    #[test]
    fn refuses_what_is_no_number_of_ours() {
        for text in [
            "CL",
            "CL-",
            "CL-T",
            "CL-T1",
            "CL-T01-2",
            "CL-T1-2-3",
            "CL-P1-2",
            "CL-Z1",
            "CL-O1-",
            "CL-O+1",
            "CL-Q1",
            "CL-Q3W5E11264SGSF",
            "CLO1",
        ] {
            assert_eq!(Number::parse("CL", NumberScheme::Compact, text), None, "{text}");
        }
    }
}
