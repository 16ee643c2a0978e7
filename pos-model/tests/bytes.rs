//! Any bytes at all may be handed to the reader, and what the file form holds survives being written and read.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod example;

use chrono::{DateTime, Duration, FixedOffset, NaiveDate};
use pos_model::{Money, PosFile, raw};
use proptest::prelude::*;
use rust_decimal::Decimal;

/// The README's file with some of its bytes replaced, taken out or doubled.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let end = example::text().len();
    let byte = prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:.-0123456789eEtn\\u \n".to_vec())];
    let change = (0..end, 0..3_u8, byte);
    prop::collection::vec(change, 1..6).prop_map(|changes| {
        let mut bytes = example::text().as_bytes().to_vec();
        for (at, how, byte) in changes {
            let at = at % bytes.len();
            match how {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

/// A quantity of a line, the cents of its amount and tax, and whether it is returned.
type LineSeed = (i64, u32, i64, i64, bool);

fn line((quantity, scale, amount, tax, is_returned): LineSeed, text: Option<String>) -> raw::Line {
    let sign = if is_returned { -1 } else { 1 };
    let is_certificate = tax == 0;
    let kind = if is_certificate { raw::LineKind::GiftCertificate } else { raw::LineKind::Item };
    let face_value = is_certificate.then(|| Money::from_cents(sign * (amount + quantity)).unwrap().into());
    raw::Line {
        kind,
        face_value,
        description: text,
        quantity: Decimal::new(sign * quantity, scale).into(),
        unit_price: (tax % 2 == 0).then(|| Decimal::new(amount, 4).into()),
        amount: Money::from_cents(sign * amount).unwrap().into(),
        tax: Money::from_cents(sign * tax).unwrap().into(),
        tax_code: "TAX".to_owned(),
        ..raw::Line::default()
    }
}

fn at(minutes: i64, offset: i32) -> DateTime<FixedOffset> {
    let offset = FixedOffset::east_opt(offset * 900).unwrap();
    let midnight = NaiveDate::from_ymd_opt(2026, 2, 3).unwrap().and_hms_opt(0, 0, 0).unwrap();
    (midnight + Duration::minutes(minutes)).and_local_timezone(offset).unwrap()
}

fn transaction() -> impl Strategy<Value = raw::Transaction> {
    let line_seed = (
        1..10_000_i64,
        0..4_u32,
        0..1_000_000_i64,
        prop_oneof![4 => 1..100_000_i64, 1 => Just(0)],
        any::<bool>(),
    );
    let text = prop::option::of("[ -~é漢\"\\\\]{1,20}");
    let lines = prop::collection::vec((line_seed, text).prop_map(|(seed, text)| line(seed, text)), 1..5);
    let address = prop::option::of(
        "[A-Za-z ]{0,12}".prop_map(|city| raw::Address { city: Some(city), ..Default::default() }),
    );
    (lines, 0..2_880_i64, -48..56_i32, any::<bool>(), address, 0..10_000_i64).prop_map(
        |(lines, minutes, offset, is_named, ship_to, cash)| {
            let cents = |text: &raw::DecimalText| Money::exact(text.value().unwrap()).unwrap();
            let total: Money = lines.iter().map(|line| cents(&line.amount) + cents(&line.tax)).sum();
            let cash = Money::from_cents(cash).unwrap();
            let tender = |tender_type, amount: Money| raw::Tender {
                tender_type,
                amount: amount.into(),
                certificate: None,
                order: None,
            };
            raw::Transaction {
                number: 0,
                occurred_at: at(minutes, offset),
                status: raw::TransactionStatus::Completed,
                customer: is_named.then(|| "c-77".to_owned()),
                customer_po: None,
                fulfilment: if ship_to.is_some() {
                    raw::Fulfilment::Shipped
                } else {
                    raw::Fulfilment::InStore
                },
                ship_to,
                lines,
                tenders: vec![tender(15239, cash), tender(15236, total - cash)],
            }
        },
    )
}

/// Any number that a `Decimal` holds.
fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<[u32; 3]>(), any::<bool>(), 0..=Decimal::MAX_SCALE, 0..=96_u32).prop_map(
        |([lo, mid, hi], is_negative, scale, shift)| {
            // All sizes, not only the largest.
            let mantissa = (u128::from(hi) << 64) | (u128::from(mid) << 32) | u128::from(lo);
            let mantissa = i128::try_from(mantissa.checked_shr(shift).unwrap_or_default()).unwrap();
            Decimal::from_i128_with_scale(if is_negative { -mantissa } else { mantissa }, scale)
        },
    )
}

/// Texts that are numbers, nearly numbers, or neither, of every length about the limits.
fn number_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{0,33}",
        "-?[0-9]{1,20}\\.[0-9]{0,20}",
        "-?0{0,4}[0-9]{1,4}\\.[0-9]{24,30}",
        "[-+.0-9]{0,33}",
        "[-+.,_eE 0-9a-zé]{0,24}",
        decimal().prop_map(|number| number.to_string()),
    ]
}

/// The grammar said at length: perhaps a minus, digits, perhaps a point and digits.
fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

fn by_the_book(text: &str) -> Option<Decimal> {
    if text.len() <= 31 && is_plain(text) { Decimal::from_str_exact(text).ok() } else { None }
}

fn file() -> impl Strategy<Value = raw::PosFile> {
    prop::collection::vec(transaction(), 0..6).prop_map(|mut transactions| {
        for (number, transaction) in (1..).zip(&mut transactions) {
            transaction.number = number;
        }
        let mut file: raw::PosFile = serde_json::from_str(example::text()).unwrap();
        file.batches[0].z_totals = None;
        file.batches[0].transactions = transactions;
        file
    })
}

proptest! {
    #[test]
    fn a_number_that_is_written_reads_back_digit_by_digit(number in decimal()) {
        let written = raw::DecimalText::from(number);
        let text = written.to_string();
        let read = raw::DecimalText::from(text.as_str());
        prop_assert_eq!(read.value(), Ok(number), "{}", text);
        prop_assert_eq!(read.to_string(), text);
    }

    #[test]
    fn a_text_is_a_number_by_its_grammar_alone(text in number_text()) {
        let read = raw::DecimalText::from(text.as_str());
        let expected = by_the_book(&text);
        prop_assert_eq!(read.value().ok(), expected, "{}", text);
        // Equal numbers may differ in their zeros: those are kept too.
        prop_assert_eq!(read.value().ok().map(|n| n.scale()), expected.map(|n| n.scale()), "{}", text);
        if let Err(kept) = read.value() {
            prop_assert_eq!(kept, text.as_str());
        }
        // Up to 29 characters nothing need be rounded: there the library's usual reader is another witness.
        if text.len() <= 29 && is_plain(&text) {
            prop_assert_eq!(expected, text.parse().ok());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = PosFile::from_json(&bytes);
    }

    #[test]
    fn a_mutated_file_is_read_or_refused_with_a_reason(bytes in mutated()) {
        if let Err(error) = PosFile::from_json(&bytes) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn what_is_written_reads_back_equal(file in file()) {
        let text = serde_json::to_string(&file).unwrap();
        let back: raw::PosFile = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&back, &file);
        // Instants are equal whatever their offset: the text says that the offset is kept too.
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), text.clone());
        let read = PosFile::from_json(text.as_bytes());
        prop_assert!(read.is_ok(), "{:?}", read.err());
        prop_assert_eq!(read.unwrap(), PosFile::try_from(file).unwrap());
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let text = example::text().trim_end();
    for end in 0..text.len() {
        assert!(PosFile::from_json(&text.as_bytes()[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    for open in ["[", "{\"store\":"] {
        assert!(PosFile::from_json(open.repeat(100_000).as_bytes()).is_err());
    }
}
