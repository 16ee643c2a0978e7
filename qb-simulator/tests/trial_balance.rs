//! Line 27: the trial balance.

use crate::common;

use common::*;
use qb_simulator::{CompanyOptions, ReportForm};
use serde_json::{Value, json};

/// The form before August 2026; `modern_reports.rs` has the other.
fn old() -> CompanyOptions {
    CompanyOptions { reports: ReportForm::Old, ..CompanyOptions::default() }
}

fn rows(report: &Value) -> Vec<[String; 3]> {
    let rows = report["Rows"]["Row"].as_array().unwrap();
    rows.iter()
        .map(|row| if row["Summary"].is_null() { row } else { &row["Summary"] })
        .map(|row| [0, 1, 2].map(|at| row["ColData"][at]["value"].as_str().unwrap().to_owned()))
        .collect()
}

fn expect(report: &Value, expected: &[[&str; 3]]) {
    let found = rows(report);
    let found: Vec<[&str; 3]> = found.iter().map(|row| [0, 1, 2].map(|at| row[at].as_str())).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn line_27_income_of_earlier_years_stands_in_retained_earnings() {
    let books = Books::open_with(old()).await;
    let customer = books.customer("Ada").await;
    for (day, amount) in [("2025-12-31", 100.0), ("2026-01-01", 30.0), ("2026-01-31", 7.5)] {
        let body = with(form(&customer, vec![line("1", amount, "NON")]), json!({"TxnDate": day}));
        books.create("Invoice", body).await;
    }
    let paid = json!({"CustomerRef": {"value": customer}, "TotalAmt": 40, "TxnDate": "2026-02-01"});
    books.create("Payment", paid).await;
    let at = |day: &str| {
        let path =
            format!("reports/TrialBalance?start_date=2025-01-01&end_date={day}&accounting_method=Accrual");
        let books = &books;
        async move { books.get(&path).await.json }
    };
    expect(
        &at("2025-12-31").await,
        &[
            ["Accounts Receivable (A/R)", "100.00", ""],
            ["Services", "", "100.00"],
            ["TOTAL", "100.00", "100.00"],
        ],
    );
    expect(
        &at("2026-01-30").await,
        &[
            ["Accounts Receivable (A/R)", "130.00", ""],
            ["Retained Earnings", "", "100.00"],
            ["Services", "", "30.00"],
            ["TOTAL", "130.00", "130.00"],
        ],
    );
    expect(
        &at("2026-02-01").await,
        &[
            ["Accounts Receivable (A/R)", "97.50", ""],
            ["Undeposited Funds", "40.00", ""],
            ["Retained Earnings", "", "100.00"],
            ["Services", "", "37.50"],
            ["TOTAL", "137.50", "137.50"],
        ],
    );
    expect(&at("2025-12-30").await, &[["TOTAL", "0.00", "0.00"]]);
    books.close().await;
}

#[tokio::test]
async fn the_fiscal_year_may_start_in_another_month() {
    let books = Books::open_with(CompanyOptions { fiscal_year_start_month: 7, ..old() }).await;
    for (day, amount) in [("2025-06-30", 100.0), ("2025-07-01", 30.0)] {
        let body = json!({"TxnDate": day, "Line": [line("1", amount, "NON")]});
        books.create("SalesReceipt", body).await;
    }
    let report = books.get("reports/TrialBalance?end_date=2026-06-30").await.json;
    expect(
        &report,
        &[
            ["Undeposited Funds", "130.00", ""],
            ["Retained Earnings", "", "100.00"],
            ["Services", "", "30.00"],
            ["TOTAL", "130.00", "130.00"],
        ],
    );
    books.close().await;
}

#[tokio::test]
async fn the_report_has_the_shape_of_quickbooks() {
    let books = Books::open_with(old()).await;
    books.create("SalesReceipt", json!({"Line": [line("1", 5.0, "NON")]})).await;
    let report = books.get("reports/trialbalance").await.json;
    let header = &report["Header"];
    assert_eq!((&header["StartPeriod"], &header["EndPeriod"]), (&json!("2026-02-01"), &json!("2026-02-03")));
    assert_eq!((&header["ReportName"], &header["ReportBasis"]), (&json!("TrialBalance"), &json!("Accrual")));
    assert_eq!(header["Option"], json!([{"Name": "NoReportData", "Value": "false"}]));
    assert_eq!(report["Columns"]["Column"][1], json!({"ColTitle": "Debit", "ColType": "Money"}));
    let undeposited = books.account("Undeposited Funds").await;
    assert_eq!(
        report["Rows"]["Row"][0],
        json!({"ColData": [{"value": "Undeposited Funds", "id": undeposited}, {"value": "5.00"}, {"value": ""}]})
    );
    let total = report["Rows"]["Row"].as_array().unwrap().last().unwrap();
    assert_eq!((&total["type"], &total["group"]), (&json!("Section"), &json!("GrandTotal")));
    assert_eq!(report["time"], Value::Null);
    books.get("reports/TrialBalance?end_date=soon").await.refused("2060");
    books.get("reports/TrialBalance?accounting_method=Cash").await.refused("5030");
    books.get("reports/Nonsense").await.refused("500");
    books.close().await;
}
