//! Numbers as the POS writes them, their bounds, and that no two things share one.

use chrono::NaiveDate;
use mapping::{Number, NumberScheme};
use pos_model::TenderTypeId;
use proptest::prelude::*;

const CASH: TenderTypeId = TenderTypeId(15239);
const PLAIN: NumberScheme = NumberScheme::Plain;

#[test]
fn n_01_to_n_15_are_written_as_the_rules_say() {
    for (number, text) in [
        (Number::Transaction { transaction: 1521022, batch: 4 }, "CLT1521022B4"),
        (Number::Tendered { tender: CASH, transaction: 1521022, batch: 4 }, "CL15239T1521022B4"),
        (Number::Returned { transaction: 9, batch: 2 }, "CLT9B2R"),
        (Number::Transaction { transaction: 0, batch: 0 }, "CLT0B0"),
        (Number::OnAccount { tender: TenderTypeId(15236), header: 6798, batch: 7 }, "CL15236A6798B7"),
        (Number::PayInOut { tender: CASH, id: 11791, batch: 10 }, "CL15239DP11791B10"),
        (Number::Deposit { tender: CASH, order: 700710, batch: 4 }, "CL15239D700710B4"),
        (Number::PurchaseOrder { order: 306063 }, "CL306063"),
        (Number::Bill { order: 306063 }, "CL306063B"),
        (Number::opening_entry("2025-12-31".parse().unwrap()), "CLOB251231"),
        (Number::opening_entry("2024-02-29".parse().unwrap()), "CLOB240229"),
        (Number::opening_entry("2099-01-01".parse().unwrap()), "CLOB990101"),
        (Number::Summary { date: 260203, batch: 4 }, "CLS260203B4"),
        (Number::Summary { date: 10203, batch: 0 }, "CLS010203B0"),
        (Number::SummaryReturned { date: 260203, batch: 4 }, "CLS260203B4R"),
        (Number::SummaryTendered { tender: CASH, date: 260203, batch: 4 }, "CL15239S260203B4"),
    ] {
        assert_eq!(number.format("CL", PLAIN).unwrap().as_str(), text);
        assert_eq!(Number::parse("CL", PLAIN, text), Some(number));
        assert_eq!(
            Number::parse("CL", PLAIN, &text.to_lowercase()),
            Some(number),
            "n_13: case does not matter"
        );
    }
}

#[test]
#[rustfmt::skip]
fn x_08_a_number_says_what_it_stands_for() {
    for (text, words) in [
        ("CLT1521022B4", "transaction 1521022 of batch 4: its invoice, credit memo or settlement"),
        ("CLT9B2R", "transaction 9 of batch 2, which also sold goods: its credit memo"),
        ("CL15239T1521022B4", "transaction 1521022 of batch 4: the payment taken, or the expense given, in tender type 15239"),
        ("CL15239D700710B4", "the deposit on order 700710 in tender type 15239 in batch 4, paid or returned"),
        ("CL15236A6798B7", "the payment on account with header id 6798 in tender type 15236 in batch 7"),
        ("CL15239DP11791B10", "the pay-in or pay-out 11791 in tender type 15239 in batch 10"),
        ("CL306063", "purchase order 306063"),
        ("CL306063B", "the bill of purchase order 306063"),
        ("CLOB251231", "the opening balances of certificates and deposits on 2025-12-31"),
        ("CLS260203B4", "the summary of 2026-02-03 of batch 4: its invoice, credit memo or settlement"),
        ("CLS260203B4R", "the summary of 2026-02-03 of batch 4, which also sold goods: its credit memo"),
        ("CL15239S260203B4", "the summary of 2026-02-03 of batch 4: the payments taken, or the refunds given, in tender type 15239"),
    ] {
        assert_eq!(Number::parse("CL", PLAIN, text).map(Number::explain).as_deref(), Some(words), "{text}");
    }
}

#[test]
fn n_12_takes_21_characters_and_refuses_a_22nd() {
    let number =
        |transaction| Number::Tendered { tender: CASH, transaction, batch: 12345 }.format("CL", PLAIN);
    assert_eq!(number(1_234_567).unwrap().as_str(), "CL15239T1234567B12345");
    assert_eq!(format!("{:?}", number(1).unwrap()), "CL15239T1B12345");
    let error = number(12_345_678).unwrap_err();
    assert_eq!(error.number, "CL15239T12345678B12345");
    assert!(error.to_string().contains("22 characters"), "{error}");
}

#[test]
fn refuses_what_is_no_number_of_ours() {
    for text in [
        "",
        "CL",
        "CLT",
        "CLT1",
        "CLT1B",
        "CLT01B2",
        "CLT1B2X",
        "CLT1B2RR",
        "XXT1B2",
        "CL5Q1B2",
        "CLT1B2 ",
        "1037",
        "CL5DX1B2",
        "CL5D1",
        "é",
        "CLOB999999",
        "CLOB1000101",
        "CLOB250229",
        "CLOB260230",
        "CLOB18446744073709551615",
        "CLS260203",
        "CLS260203B",
        "CLS2602030B4",
        "CLS26020B4",
        "CLS260230B4",
        "CLS+60203B4",
        "CLS260203B04",
        "CLS260203B4RR",
        "CL5S260203",
        "CL5S260231B4",
        "CL5S260203B4R",
        "CLS26020éB4",
    ] {
        assert_eq!(Number::parse("CL", PLAIN, text), None, "{text}");
    }
}

fn any_scheme() -> impl Strategy<Value = NumberScheme> {
    prop_oneof![Just(NumberScheme::Plain), Just(NumberScheme::Compact)]
}

fn any_number() -> impl Strategy<Value = Number> {
    let id = prop_oneof![0u64..50, 0u64..100_000];
    (0u8..12, id.clone(), id.clone(), id).prop_map(|(kind, tender, event, batch)| {
        let tender = TenderTypeId(tender);
        match kind {
            0 => Number::Transaction { transaction: event, batch },
            1 => Number::Returned { transaction: event, batch },
            2 => Number::Tendered { tender, transaction: event, batch },
            3 => Number::OnAccount { tender, header: event, batch },
            4 => Number::Deposit { tender, order: event, batch },
            5 => Number::PurchaseOrder { order: event },
            6 => Number::Bill { order: event },
            7 => day(event, batch).map_or(Number::Bill { order: event }, Number::opening_entry),
            8 => Number::Summary { date: digits(event, tender.0), batch },
            9 => Number::SummaryReturned { date: digits(event, tender.0), batch },
            10 => Number::SummaryTendered { tender, date: digits(event, tender.0), batch },
            _ => Number::PayInOut { tender, id: event, batch },
        }
    })
}

/// A day of the century that two digits tell apart.
fn day(year: u64, day: u64) -> Option<NaiveDate> {
    NaiveDate::from_yo_opt(2000 + (year % 100) as i32, 1 + (day % 365) as u32)
}

/// The same in six digits, as people write them.
fn digits(year: u64, day: u64) -> u64 {
    self::day(year, day).unwrap().format("%y%m%d").to_string().parse().unwrap()
}

proptest! {
    #[test]
    fn n_13_parse_inverts_format(number in any_number(), prefix in "[A-Z]{1,2}", scheme in any_scheme()) {
        let text = number.format(&prefix, scheme).unwrap();
        prop_assert_eq!(Number::parse(&prefix, scheme, text.as_str()), Some(number));
    }

    #[test]
    fn n_12_no_number_is_one_of_both_schemes(number in any_number(), prefix in "[A-Z]{1,2}") {
        let plain = number.format(&prefix, PLAIN).unwrap();
        let compact = number.format(&prefix, NumberScheme::Compact).unwrap();
        prop_assert_eq!(Number::parse(&prefix, NumberScheme::Compact, plain.as_str()), None);
        prop_assert_eq!(Number::parse(&prefix, PLAIN, compact.as_str()), None);
    }

    #[test]
    fn n_13_distinct_identities_have_distinct_numbers(a in any_number(), b in any_number(), scheme in any_scheme()) {
        let (x, y) = (a.format("CL", scheme).unwrap(), b.format("CL", scheme).unwrap());
        prop_assert_eq!(a == b, x.as_str().eq_ignore_ascii_case(y.as_str()));
    }
}
