//! Numbers as the POS writes them, their bounds, and that no two things share one.

use chrono::NaiveDate;
use std::num::NonZeroU32;

use mapping::{Edition, Number, NumberScheme, Numbered};
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

fn correction(n: u32) -> Edition {
    Edition::Correction(NonZeroU32::new(n).unwrap())
}

fn revision(n: u32) -> Edition {
    Edition::Revision(NonZeroU32::new(n).unwrap())
}

#[test]
fn n_16_what_is_posted_once_more_has_a_letter_and_which_time_behind_the_number() {
    let (transaction, batch, date, tender) = (1_521_022, 4, 10_203, CASH);
    for (number, edition, plain, compact) in [
        (Number::Transaction { transaction, batch }, correction(1), "CLT1521022B4C1", "CL-CTWLMM-4-1"),
        (Number::Transaction { transaction, batch }, revision(1), "CLT1521022B4V1", "CL-VTWLMM-4-1"),
        (Number::Returned { transaction, batch }, correction(2), "CLT1521022B4RC2", "CL-CRWLMM-4-2"),
        (Number::Returned { transaction, batch }, revision(40), "CLT1521022B4RV40", "CL-VRWLMM-4-14"),
        (
            Number::Tendered { tender, transaction, batch },
            correction(1),
            "CL15239T1521022B4C1",
            "CL-CPBRB-WLMM-4-1",
        ),
        (Number::Deposit { tender, order: 7, batch }, correction(1), "CL15239D7B4C1", "CL-CDBRB-7-4-1"),
        (Number::OnAccount { tender, header: 7, batch }, correction(1), "CL15239A7B4C1", "CL-CABRB-7-4-1"),
        (Number::PayInOut { tender, id: 7, batch }, revision(3), "CL15239DP7B4V3", "CL-VXBRB-7-4-3"),
        (Number::PurchaseOrder { order: 306_063 }, revision(1), "CL306063V1", "CL-VO6K5R-1"),
        (Number::Bill { order: 306_063 }, revision(1), "CL306063BV1", "CL-VB6K5R-1"),
        (Number::OpeningEntry { date: 251_231 }, revision(1), "CLOB251231V1", "CL-VQ5DUN-1"),
        (Number::Summary { date, batch }, revision(1), "CLS010203B4V1", "CL-VS7VF-4-1"),
        (Number::SummaryReturned { date, batch }, revision(1), "CLS010203B4RV1", "CL-VW7VF-4-1"),
        (
            Number::SummaryTendered { tender, date, batch },
            revision(1),
            "CL15239S010203B4V1",
            "CL-VYBRB-7VF-4-1",
        ),
    ] {
        let numbered = Numbered { number, edition };
        for (scheme, text) in [(PLAIN, plain), (NumberScheme::Compact, compact)] {
            assert_eq!(numbered.format("CL", scheme).unwrap().as_str(), text);
            assert_eq!(Numbered::parse("CL", scheme, text), Some(numbered), "{text}");
            assert_eq!(Numbered::parse("CL", scheme, &text.to_lowercase()), Some(numbered), "n_13: {text}");
            assert_eq!(Number::parse("CL", scheme, text), None, "{text} is no number of a first posting");
        }
    }
}

#[test]
fn n_16_what_does_not_fit_plainly_is_written_compact() {
    let number = Number::Tendered { tender: CASH, transaction: 1_234_567, batch: 12_345 };
    assert_eq!(number.format("CL", PLAIN).unwrap().as_str(), "CL15239T1234567B12345");
    let corrected = Numbered { number, edition: correction(1) };
    let text = corrected.format("CL", PLAIN).unwrap();
    assert_eq!(text.as_str(), "CL-CPBRB-QGLJ-9IX-1");
    assert_eq!(Numbered::parse("CL", PLAIN, text.as_str()), Some(corrected));
    // One that fits has no second way of being written.
    assert_eq!(Numbered::parse("CL", PLAIN, "CL-CTWLMM-4-1"), None);
    let error = corrected.format("CLOTHINGS", NumberScheme::Compact).unwrap_err();
    assert_eq!(corrected.format("CLOTHINGS", PLAIN).unwrap_err(), error, "neither scheme has room");
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
        ("CLT1521022B4C1", "correction 1, posted because the till changed what was posted before, of transaction 1521022 of batch 4: its invoice, credit memo or settlement"),
        ("CL306063BV2", "revision 2, posted again after an undo, of the bill of purchase order 306063"),
        ("CLS260203B4", "the summary of 2026-02-03 of batch 4: its invoice, credit memo or settlement"),
        ("CLS260203B4R", "the summary of 2026-02-03 of batch 4, which also sold goods: its credit memo"),
        ("CL15239S260203B4", "the summary of 2026-02-03 of batch 4: the payments taken, or the refunds given, in tender type 15239"),
    ] {
        assert_eq!(Numbered::parse("CL", PLAIN, text).map(Numbered::explain).as_deref(), Some(words), "{text}");
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
        "CLT1B2C",
        "CLT1B2C0",
        "CLT1B2C01",
        "CLT1B2C4294967296",
        "CLT1B2CR1",
        "CLT1B2C1R",
        "CLT1B2C1V1",
        "CLT1B2K1",
        "CLC1",
        "CL5C1B",
        "CL5S260203B4RC1",
        "CL-CT1-2",
        "CL-CT1-2-1",
    ] {
        assert_eq!(Numbered::parse("CL", PLAIN, text), None, "{text}");
    }
    for text in [
        "CL-CT1-2",
        "CL-CT1-2-0",
        "CL-CT1-2-01",
        "CL-C",
        "CL-CC1-2-1",
        "CL-KT1-2-1",
        "CL-CT1-2-3-4",
        "CL-CO1",
    ] {
        assert_eq!(Numbered::parse("CL", NumberScheme::Compact, text), None, "{text}");
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

fn any_numbered() -> impl Strategy<Value = Numbered> {
    let n = || 1_u32..36; // one digit of base 36: more do not fit behind three long numbers
    let edition = prop_oneof![Just(Edition::First), n().prop_map(correction), n().prop_map(revision)];
    (any_number(), edition).prop_map(|(number, edition)| Numbered { number, edition })
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
    fn n_13_parse_inverts_format(number in any_numbered(), prefix in "[A-Z]{1,2}", scheme in any_scheme()) {
        let text = number.format(&prefix, scheme).unwrap();
        prop_assert_eq!(Numbered::parse(&prefix, scheme, text.as_str()), Some(number));
        let is_first = number.edition == Edition::First;
        prop_assert_eq!(Number::parse(&prefix, scheme, text.as_str()), is_first.then_some(number.number));
    }

    #[test]
    fn n_12_no_number_is_one_of_both_schemes(number in any_number(), prefix in "[A-Z]{1,2}") {
        let plain = number.format(&prefix, PLAIN).unwrap();
        let compact = number.format(&prefix, NumberScheme::Compact).unwrap();
        prop_assert_eq!(Numbered::parse(&prefix, NumberScheme::Compact, plain.as_str()), None);
        prop_assert_eq!(Numbered::parse(&prefix, PLAIN, compact.as_str()), None);
    }

    #[test]
    fn n_16_no_number_stands_for_two_things_whichever_scheme_wrote_it(
        a in any_numbered(), b in any_numbered(), one in any_scheme(), other in any_scheme(),
    ) {
        let (x, y) = (a.format("CL", one).unwrap(), b.format("CL", other).unwrap());
        if x.as_str().eq_ignore_ascii_case(y.as_str()) {
            prop_assert_eq!(a, b);
        }
    }

    #[test]
    fn n_13_distinct_identities_have_distinct_numbers(
        a in any_numbered(), b in any_numbered(), scheme in any_scheme(),
    ) {
        let (x, y) = (a.format("CL", scheme).unwrap(), b.format("CL", scheme).unwrap());
        prop_assert_eq!(a == b, x.as_str().eq_ignore_ascii_case(y.as_str()));
    }
}
