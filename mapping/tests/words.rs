//! What documents do, in words: typed by hand, for the golden folders that they are named after.

use std::fs;
use std::path::Path;

use mapping::engine::{OpenInvoice, OpenInvoices};
use mapping::{Company, CompanyMapping, Matching, PlanView, Words, plan};
use pos_model::{Money, PosFile};

#[track_caller]
fn check(case: &str, sentences: &[&str]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case).join("pos.json");
    let file = PosFile::from_json(&fs::read(path).unwrap()).unwrap();
    let company = Company::default();
    let plan = plan(&file.batches()[0], &company).unwrap();
    let words = Words::new(&plan);
    let found: Vec<String> = plan.documents().map(|planned| words.sentence(planned)).collect();
    assert_eq!(found, sentences, "{case}");
    let view = serde_json::to_value(PlanView::new(&plan)).unwrap();
    let view: Vec<_> =
        view["documents"].as_array().unwrap().iter().map(|d| d["words"].as_str().unwrap()).collect();
    assert_eq!(view, sentences, "{case}: the JSON form says the same");
}

#[test]
fn x_03_a_plan_view_is_debugged_without_names_of_customers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/g12_charge_to_account/pos.json");
    let file = PosFile::from_json(&fs::read(path).unwrap()).unwrap();
    let mapping = CompanyMapping { display_name: Some("{name}".to_owned()), ..CompanyMapping::default() };
    let company = Company::try_from(mapping).unwrap();
    let view = PlanView::new(&plan(&file.batches()[0], &company).unwrap());
    let written = serde_json::to_string(&view).unwrap();
    assert_eq!(written.matches("Sara Edward").count(), 2, "party and words");
    let text = format!("{view:?}");
    assert!(text.contains("CLT1521050B7") && !text.contains("Sara") && !text.contains("Edward"), "{text}");
}

#[test]
fn x_03_a_sale_and_what_pays_it() {
    check(
        "g02_sale_two_items_cash",
        &[
            "Invoice CLT1521022B4, 112.59, for Boston Store: goods sold 105.97 and sales tax 6.62; paid in full by Payment CL15239T1521022B4",
            "Payment CL15239T1521022B4, 112.59, from Boston Store: received in Cash; pays Invoice CLT1521022B4",
        ],
    );
}

#[test]
fn x_03_a_swap_says_what_is_set_off_and_what_is_paid() {
    check(
        "g25_swap_with_net_due",
        &[
            "Invoice CLT9B3, 106.25, for Boston Store: goods sold 100.00 and sales tax 6.25; paid in full by Payment CLT9B3 and Payment CL15236T9B3",
            "Credit memo CLT9B3R, 53.13, for Boston Store: goods returned 50.00 and sales tax 3.13; settled in full by Payment CLT9B3",
            "Payment CLT9B3, 0.00, for Boston Store: moves no money; sets Credit memo CLT9B3R off against 53.13 of Invoice CLT9B3",
            "Payment CL15236T9B3, 53.12, from Boston Store: received by Manual Credit Card; pays 53.12 of Invoice CLT9B3",
        ],
    );
}

#[test]
fn x_03_what_stays_open_is_said() {
    check(
        "d10_certificate_deposit_account_and_cash_on_one_sale",
        &[
            "Invoice CLT41B5, 275.00, for 1651-1042: goods sold 400.00 and sales tax 25.00, less gift certificate redeemed 50.00, less deposit on order 700719 redeemed 100.00; 75.00 paid by Payment CL15239T41B5, 200.00 left open on the account",
            "Payment CL15239T41B5, 75.00, from 1651-1042: received in Cash; pays 75.00 of Invoice CLT41B5",
        ],
    );
    check(
        "d14_refund_onto_account",
        &[
            "Credit memo CLT21B3, 100.00, for 1651-1042: goods returned 100.00; 30.00 settled by Payment CLT21B3, 70.00 left open as a credit",
            "Expense CL15239T21B3, 30.00, for 1651-1042: given to the customer in Cash; settled by Payment CLT21B3",
            "Payment CLT21B3, 0.00, for 1651-1042: moves no money; sets 30.00 of Credit memo CLT21B3 off against Expense CL15239T21B3",
        ],
    );
    check(
        "d15_credit_on_account_paid_back",
        &[
            "Expense CL15239A6799B3, 12.00, for 1651-1042: credit on account paid back in Cash; left open on the account",
            "Payment CL15236A6800B3, 10.00, from 1651-1042: received by Manual Credit Card; all of it unapplied, a credit on the account",
            "Credit memo CL15241A6800B3, 5.00, for 1651-1042: gift certificate redeemed 5.00; left open as a credit",
        ],
    );
}

#[test]
fn x_03_money_given_out_on_a_sale_and_money_of_the_register() {
    check(
        "d24_card_cash_back",
        &[
            "Invoice CLT24B3, 10.00, for Boston Store: goods sold 10.00; paid in full by Payment CL15236T24B3",
            "Expense CL15239T24B3, 20.00, for Boston Store: given to the customer in Cash; settled by Payment CL15236T24B3",
            "Payment CL15236T24B3, 30.00, from Boston Store: received by Manual Credit Card; pays Invoice CLT24B3; takes up Expense CL15239T24B3",
        ],
    );
    check(
        "g14_pay_in_and_pay_out",
        &[
            "Sales receipt CL15239DP11790B10, 100.00: put into the register in Cash: Change from the bank",
            "Expense CL15239DP11791B10, 5.00: taken out of the register in Cash: Window cleaner",
        ],
    );
}

/// X-03, D-15: an invoice that is paid whole is named without an amount, beside another one too.
#[test]
fn x_03_open_invoices_paid_whole_and_in_part() {
    let file = include_str!("golden/d15_oldest_invoices_first/pos.json").replace("\"50.00\"", "\"65.50\"");
    let file = PosFile::from_json(file.as_bytes()).unwrap();
    let mapping = CompanyMapping { payments_on_account: Matching::OldestFirst, ..CompanyMapping::default() };
    let company = Company::try_from(mapping).unwrap();
    let invoice = |number: &str, date: &str, cents: i64| OpenInvoice {
        txn_date: date.parse().unwrap(),
        number: number.to_owned(),
        id: number.to_owned(),
        balance: Money::from_cents(cents).unwrap(),
    };
    let mut open = OpenInvoices::default();
    open.add(
        "1651/c-7".parse().unwrap(),
        [invoice("1037", "2026-01-05", 2_550), invoice("1041", "2026-01-20", 4_000)],
    );
    open.add("1651/c-7".parse().unwrap(), [invoice("1055", "2026-01-28", 5_000)]);
    let mut plan = plan(&file.batches()[0], &company).unwrap();
    plan.match_payments(open);
    let words = Words::new(&plan);
    let found: Vec<String> = plan.documents().map(|planned| words.effect(planned)).collect();
    assert_eq!(
        found,
        [
            "received by Manual Credit Card; pays Invoice 1037 of 2026-01-05 and Invoice 1041 of 2026-01-20",
            "received in Cash; pays 40.00 of Invoice 1055 of 2026-01-28",
        ]
    );
}
