//! Document numbers: what identifies a document to people, and to us (docs/rules.md, N-01 to N-16).
//!
//! A number is a pure function of what it numbers; `parse(format(x)) == x`. Nothing is generated and nothing is cut.

mod compact;
mod edition;
mod meaning;

use std::fmt::{self, Write};

use chrono::NaiveDate;
use pos_model::TenderTypeId;
use qb_model::EntityKind;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use edition::{Edition, Numbered};
pub use meaning::Number;
pub(crate) use meaning::{has_six_digits, six_digits};

use edition::Suffix;

use crate::kind_words::kind_words;

/// QuickBooks holds 21 characters in `DocNumber`, and as many in `PaymentRefNum` (docs/quickbooks.md).
const LIMIT: usize = 21;

/// The kinds of documents we post. A number is unique within a kind in a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DocumentKind {
    /// An invoice.
    Invoice,
    /// A credit memo.
    CreditMemo,
    /// An expense: QuickBooks' Purchase of PaymentType Cash.
    Expense,
    /// A customer payment; a settlement when its total is 0.00.
    Payment,
    /// A sales receipt.
    SalesReceipt,
    /// A purchase order; posts nothing.
    PurchaseOrder,
    /// A supplier's bill.
    Bill,
    /// A journal entry.
    JournalEntry,
}

impl DocumentKind {
    /// Returns what bookkeepers call it: `Credit memo`. Everything that people read has these words.
    #[must_use]
    pub fn words(self) -> String {
        kind_words(self.name())
    }

    /// Returns its code, as it stands in JSON: `CreditMemo`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditMemo => "CreditMemo",
            Self::Expense => "Expense",
            Self::Payment => "Payment",
            Self::SalesReceipt => "SalesReceipt",
            Self::PurchaseOrder => "PurchaseOrder",
            Self::Bill => "Bill",
            Self::JournalEntry => "JournalEntry",
        }
    }

    /// Returns QuickBooks' entity: an expense is a `Purchase`.
    #[must_use]
    pub const fn entity(self) -> EntityKind {
        match self {
            Self::Invoice => EntityKind::Invoice,
            Self::CreditMemo => EntityKind::CreditMemo,
            Self::Expense => EntityKind::Purchase,
            Self::Payment => EntityKind::Payment,
            Self::SalesReceipt => EntityKind::SalesReceipt,
            Self::PurchaseOrder => EntityKind::PurchaseOrder,
            Self::Bill => EntityKind::Bill,
            Self::JournalEntry => EntityKind::JournalEntry,
        }
    }

    /// Returns a short word for keys and request ids.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::Invoice => "inv",
            Self::CreditMemo => "cm",
            Self::Expense => "exp",
            Self::Payment => "pay",
            Self::SalesReceipt => "sr",
            Self::PurchaseOrder => "po",
            Self::Bill => "bill",
            Self::JournalEntry => "je",
        }
    }
}

/// How numbers are written (N-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum NumberScheme {
    /// Numbers are written as the POS writes them: `CL15239T1521022B4`.
    #[default]
    Plain,
    /// Numbers are written in base 36, for stores with long ones: `CL-PBRB-WLMM-4`. No number is one of both schemes.
    Compact,
}

/// A number that would be longer than QuickBooks' 21 characters (N-12). It is never cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the number {number} has {} characters, QuickBooks holds 21; give the store a shorter prefix, or the company compact numbers", .number.len())]
pub struct NumberTooLong {
    /// The number as it would be.
    pub number: String,
}

impl Numbered {
    /// Writes the number with a store's prefix.
    ///
    /// # Errors
    /// [`NumberTooLong`] beyond 21 characters: of a correction or a revision, beyond 21 in either scheme.
    pub fn format(self, prefix: &str, scheme: NumberScheme) -> Result<DocNumber, NumberTooLong> {
        let compact = || fitted(&compact::Written { prefix, numbered: self });
        match scheme {
            NumberScheme::Plain => {
                let plain = fitted(&Written { prefix, numbered: self });
                if self.edition == Edition::First { plain } else { plain.or_else(|_| compact()) }
            }
            NumberScheme::Compact => compact(),
        }
    }

    /// Reads a number that [`Numbered::format`] wrote with this prefix, letters of either case. Nothing else is a number of
    /// ours: leading zeros, other letters, other prefixes and a correction 0 are refused.
    #[must_use]
    pub fn parse(prefix: &str, scheme: NumberScheme, text: &str) -> Option<Self> {
        let head = text.get(..prefix.len())?;
        if !head.eq_ignore_ascii_case(prefix) {
            return None;
        }
        let rest = &text[prefix.len()..];
        let found = match scheme {
            NumberScheme::Plain => parse_plain(rest).or_else(|| compact::parse(rest)),
            NumberScheme::Compact => compact::parse(rest),
        };
        let is_ours = |found: &Self| {
            found.number.has_a_day()
                && found.format(prefix, scheme).is_ok_and(|ours| ours.as_str().eq_ignore_ascii_case(text))
        };
        found.filter(is_ours)
    }
}

impl Number {
    /// Writes the number with a store's prefix.
    ///
    /// # Errors
    /// [`NumberTooLong`] beyond 21 characters.
    pub fn format(self, prefix: &str, scheme: NumberScheme) -> Result<DocNumber, NumberTooLong> {
        Numbered::from(self).format(prefix, scheme)
    }

    /// Reads a number that [`Number::format`] wrote with this prefix, letters of either case. Nothing else is a
    /// number of an event's first posting: leading zeros, other letters and other prefixes are refused.
    #[must_use]
    pub fn parse(prefix: &str, scheme: NumberScheme, text: &str) -> Option<Self> {
        let found = Numbered::parse(prefix, scheme, text)?;
        (found.edition == Edition::First).then_some(found.number)
    }

    /// Whether a number that names a day names one of the calendar.
    fn has_a_day(self) -> bool {
        self.six_digits().is_none() || self.day().is_some()
    }

    /// The six digits of a day, in a number that has them.
    fn six_digits(self) -> Option<u64> {
        match self {
            Self::OpeningEntry { date }
            | Self::Summary { date, .. }
            | Self::SummaryReturned { date, .. }
            | Self::SummaryTendered { date, .. } => Some(date),
            _ => None,
        }
    }

    /// Returns the day of an opening entry or of a summary; none of any other number, or of one that names no day of the
    /// calendar.
    #[must_use]
    pub fn day(self) -> Option<NaiveDate> {
        let date = self.six_digits()?;
        let part = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        let (month, day) = (part(date / 100 % 100), part(date % 100));
        let year = i32::try_from(date / 10_000).ok().filter(|year| *year < 100)?;
        NaiveDate::from_ymd_opt(2000 + year, month, day)
    }

    /// Takes a number of an event's first posting.
    fn parse_plain(rest: &mut Rest<'_>) -> Option<Self> {
        let number = if rest.letters() == "T" {
            let transaction = rest.take_after("T")?;
            let batch = rest.take_after("B")?;
            match rest.skip('R') {
                true => Self::Returned { transaction, batch },
                false => Self::Transaction { transaction, batch },
            }
        } else if rest.letters() == "S" {
            let date = rest.day_after("S")?;
            let batch = rest.take_after("B")?;
            match rest.skip('R') {
                true => Self::SummaryReturned { date, batch },
                false => Self::Summary { date, batch },
            }
        } else if rest.letters() == "OB" {
            Self::OpeningEntry { date: rest.take_after("OB")? }
        } else {
            let first = rest.number()?;
            let tender = TenderTypeId(first);
            match rest.letters().as_str() {
                "" | "C" | "V" => Self::PurchaseOrder { order: first },
                "B" | "BC" | "BV" => {
                    rest.skip('B');
                    Self::Bill { order: first }
                }
                "D" => Self::Deposit { tender, order: rest.take_after("D")?, batch: rest.take_after("B")? },
                "T" => Self::Tendered {
                    tender,
                    transaction: rest.take_after("T")?,
                    batch: rest.take_after("B")?,
                },
                "S" => {
                    Self::SummaryTendered { tender, date: rest.day_after("S")?, batch: rest.take_after("B")? }
                }
                "A" => {
                    Self::OnAccount { tender, header: rest.take_after("A")?, batch: rest.take_after("B")? }
                }
                "DP" => Self::PayInOut { tender, id: rest.take_after("DP")?, batch: rest.take_after("B")? },
                _ => return None,
            }
        };
        Some(number)
    }
}

/// Reads what stands behind the prefix.
fn parse_plain(text: &str) -> Option<Numbered> {
    let mut rest = Rest(text);
    let number = Number::parse_plain(&mut rest)?;
    let edition = match rest.letters().as_str() {
        "" => Edition::First,
        letter @ ("C" | "V") => {
            let n = rest.take_after(letter)?;
            Edition::of(letter.chars().next()?, n)?
        }
        _ => return None,
    };
    rest.0.is_empty().then_some(Numbered { number, edition })
}

/// A number with its prefix, not yet measured.
struct Written<'a> {
    prefix: &'a str,
    numbered: Numbered,
}

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = self.prefix;
        match self.numbered.number {
            Number::Transaction { transaction, batch } => write!(f, "{prefix}T{transaction}B{batch}"),
            Number::Returned { transaction, batch } => write!(f, "{prefix}T{transaction}B{batch}R"),
            Number::Tendered { tender, transaction, batch } => {
                write!(f, "{prefix}{tender}T{transaction}B{batch}")
            }
            Number::OnAccount { tender, header, batch } => write!(f, "{prefix}{tender}A{header}B{batch}"),
            Number::Deposit { tender, order, batch } => write!(f, "{prefix}{tender}D{order}B{batch}"),
            Number::PurchaseOrder { order } => write!(f, "{prefix}{order}"),
            Number::Bill { order } => write!(f, "{prefix}{order}B"),
            Number::OpeningEntry { date } => write!(f, "{prefix}OB{date}"),
            Number::Summary { date, batch } => write!(f, "{prefix}S{date:06}B{batch}"),
            Number::SummaryReturned { date, batch } => write!(f, "{prefix}S{date:06}B{batch}R"),
            Number::SummaryTendered { tender, date, batch } => {
                write!(f, "{prefix}{tender}S{date:06}B{batch}")
            }
            Number::PayInOut { tender, id, batch } => write!(f, "{prefix}{tender}DP{id}B{batch}"),
        }?;
        Suffix(self.numbered.edition).fmt(f)
    }
}

/// A number in its 21 characters.
fn fitted(written: &impl fmt::Display) -> Result<DocNumber, NumberTooLong> {
    let mut writer = Writer(DocNumber { length: 0, bytes: [0; LIMIT] });
    match write!(writer, "{written}") {
        Ok(()) => Ok(writer.0),
        Err(fmt::Error) => Err(NumberTooLong { number: written.to_string() }),
    }
}

/// What is still to be parsed.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    /// The letters that come next, in upper case; nothing is taken.
    fn letters(&self) -> String {
        self.0.chars().take_while(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect()
    }

    /// Takes a letter, when it comes next; whether it did.
    fn skip(&mut self, letter: char) -> bool {
        let is_next = self.0.chars().next().is_some_and(|next| next.eq_ignore_ascii_case(&letter));
        if is_next {
            self.0 = &self.0[letter.len_utf8()..];
        }
        is_next
    }

    /// Takes the letters and the plain decimal number behind them.
    fn take_after(&mut self, letters: &str) -> Option<u64> {
        if self.letters() != letters {
            return None;
        }
        self.0 = &self.0[letters.len()..];
        self.number()
    }

    /// Takes the letters and the six digits of a day behind them; leading zeros are a year's.
    fn day_after(&mut self, letters: &str) -> Option<u64> {
        if self.letters() != letters {
            return None;
        }
        let digits = self.0.get(letters.len()..letters.len() + 6)?;
        let is_plain = digits.bytes().all(|b| b.is_ascii_digit());
        self.0 = &self.0[letters.len() + 6..];
        if is_plain { digits.parse().ok() } else { None }
    }

    fn number(&mut self) -> Option<u64> {
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        if digits.len() > 1 && digits.starts_with('0') {
            return None;
        }
        self.0 = rest;
        digits.parse().ok()
    }
}

/// A document number of 1 to 21 ASCII characters. Only [`Number::format`] makes one, and nothing is added to it.
///
/// ```compile_fail
/// use std::fmt::Write;
///
/// fn append(number: &mut mapping::DocNumber) {
///     let _ = number.write_str("-2");
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DocNumber {
    length: u8,
    bytes: [u8; LIMIT],
}

impl DocNumber {
    /// Returns the number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only whole `str`s are ever copied in, so the bytes are UTF-8.
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

/// A number that is being written.
struct Writer(DocNumber);

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let number = &mut self.0;
        let start = usize::from(number.length);
        let room = number.bytes.get_mut(start..start + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        number.length += text.len() as u8; // at most 21: the slice above was within the array
        Ok(())
    }
}

impl fmt::Display for DocNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for DocNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
