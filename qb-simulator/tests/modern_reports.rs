//! Reports in the form of QuickBooks' service since August 2026, beside the form before it: the same figures, told
//! differently.

use crate::common;

use std::collections::BTreeMap;

use chrono::DateTime;
use common::*;
use qb_simulator::{Company, CompanyOptions, ReportForm, SimulatorOptions};
use serde_json::{Value, json};

async fn open(reports: ReportForm) -> Books {
    Books::open_with(CompanyOptions { reports, ..CompanyOptions::default() }).await
}

/// A company with a sub-account, a sub-customer, a split sale and a document that comes to nothing.
async fn shop(form: ReportForm) -> Books {
    let books = open(form).await;
    let income = books.account("Sales of Product Income").await;
    let sub =
        json!({"Name": "Tea", "AccountSubType": "SalesOfProductIncome", "ParentRef": {"value": income}});
    let sub = id(&books.create("Account", sub).await);
    let tea = json!({"Name": "Oolong", "Type": "NonInventory", "IncomeAccountRef": {"value": sub}});
    let tea = id(&books.create("Item", tea).await);
    let crockery = books.item("Cup").await;
    let ada = books.customer("Ada").await;
    let job = json!({"DisplayName": "Wedding", "Job": true, "ParentRef": {"value": ada}});
    let job = id(&books.create("Customer", job).await);
    books.create("Invoice", form_of(&ada, &[(&tea, 12.5), (&crockery, 7.25)])).await;
    books.create("Invoice", form_of(&job, &[(&tea, 30.0)])).await;
    let bank = books.account("Checking").await;
    let back = with(form_of(&ada, &[(&crockery, 2.0)]), json!({"DepositToAccountRef": {"value": bank}}));
    books.create("RefundReceipt", back).await;
    books
}

fn form_of(customer: &str, lines: &[(&str, f64)]) -> Value {
    form(customer, lines.iter().map(|(item, amount)| line(item, *amount, "NON")).collect())
}

async fn report(books: &Books, path: &str) -> Value {
    let answer = books.get(&format!("reports/{path}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

/// Every row and header with an id, at any depth: the id, and the cells behind the first one.
fn figures(rows: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    for row in rows["Row"].as_array().into_iter().flatten() {
        for cells in [&row["ColData"], &row["Header"]["ColData"]] {
            let Some(id) = cells[0]["id"].as_str() else { continue };
            let cells = cells.as_array().unwrap()[1..].iter();
            let cells: Vec<String> = cells.map(|cell| cell["value"].as_str().unwrap().to_owned()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                found.insert(id.to_owned(), cells);
            }
        }
        figures(&row["Rows"], found);
    }
}

fn cells(row: &Value) -> Vec<&str> {
    row["ColData"].as_array().unwrap().iter().map(|cell| cell["value"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn only_the_new_service_says_so_in_a_header() {
    for (form, said) in [(ReportForm::Modern, Some("true")), (ReportForm::Old, None)] {
        let books = open(form).await;
        let told = |answer: &Answer| {
            answer.headers.get("v3modernresponse").map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(told(&books.get("reports/TrialBalance").await).as_deref(), said);
        assert_eq!(told(&books.get("reports/TrialBalance?end_date=soon").await), None);
        assert_eq!(told(&books.get("preferences").await), None);
        books.close().await;
    }
}

#[tokio::test]
async fn both_forms_have_the_same_figure_for_every_account_and_customer() {
    let (modern, old) = (shop(ReportForm::Modern).await, shop(ReportForm::Old).await);
    for path in ["TrialBalance", "ProfitAndLoss", "BalanceSheet", "CustomerBalance", "AgedReceivables"] {
        let mut found = [BTreeMap::new(), BTreeMap::new()];
        figures(&report(&modern, path).await["Rows"], &mut found[0]);
        figures(&report(&old, path).await["Rows"], &mut found[1]);
        assert!(!found[0].is_empty() && found[0] == found[1], "{path}: {found:?}");
    }
    modern.close().await;
    old.close().await;
}

#[tokio::test]
async fn a_modern_trial_balance_has_sub_accounts_inside_their_parents_and_a_total_in_title_case() {
    let books = shop(ReportForm::Modern).await;
    let balance = report(&books, "TrialBalance").await;
    let rows = balance["Rows"]["Row"].as_array().unwrap();
    let names: Vec<&str> = rows
        .iter()
        .map(|row| {
            row["Header"]["ColData"][0]["value"]
                .as_str()
                .unwrap_or_else(|| row["ColData"][0]["value"].as_str().unwrap_or("Total"))
        })
        .collect();
    assert_eq!(names, ["Accounts Receivable (A/R)", "Checking", "Sales of Product Income", "Total"]);
    let sales = &rows[2];
    assert_eq!(cells(&sales["Header"]), ["Sales of Product Income", "", "5.25"]);
    assert_eq!(cells(&sales["Rows"]["Row"][0]), ["Tea", "", "42.50"]);
    assert_eq!(cells(&sales["Summary"]), ["Total for Sales of Product Income", "", "47.75"]);
    assert_eq!(cells(&rows[3]["Summary"]), ["Total", "49.75", "49.75"]);
    books.close().await;

    let empty = open(ReportForm::Modern).await;
    assert_eq!(cells(&report(&empty, "TrialBalance").await["Rows"]["Row"][0]["Summary"]), ["Total", "", ""]);
    empty.close().await;
}

#[tokio::test]
async fn a_split_is_blank_in_the_new_form_and_said_in_the_old_one() {
    for (form, word) in [(ReportForm::Modern, ""), (ReportForm::Old, "-Split-")] {
        let books = shop(form).await;
        let list = report(&books, "TransactionList?transaction_type=Invoice").await;
        assert_eq!(list["Rows"]["Row"][0]["ColData"][7]["value"], word);
        let ledger = report(&books, "GeneralLedger").await;
        let receivable = ledger["Rows"]["Row"].as_array().unwrap();
        let find = |row: &&Value| row["Header"]["ColData"][0]["value"] == "Accounts Receivable (A/R)";
        let receivable = receivable.iter().find(find).unwrap();
        assert_eq!(receivable["Rows"]["Row"][0]["ColData"][5]["value"], word);
        assert_eq!(receivable["Rows"]["Row"][1]["ColData"][5]["value"], "Sales of Product Income:Tea");
        books.close().await;
    }
}

#[tokio::test]
async fn zero_is_nothing_in_the_new_form() {
    for (form, zero) in [(ReportForm::Modern, ""), (ReportForm::Old, "0.00")] {
        let books = open(form).await;
        let ada = books.customer("Ada").await;
        let sale = books.create("Invoice", form_of(&ada, &[("1", 5.0)])).await;
        let pay = json!({"CustomerRef": {"value": ada}, "TotalAmt": 5,
            "Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": sale["Id"], "TxnType": "Invoice"}]}]});
        books.create("Payment", pay).await;
        let ledger = report(&books, "GeneralLedger").await;
        let rows = ledger["Rows"]["Row"].as_array().unwrap();
        let find = |row: &&Value| row["Header"]["ColData"][0]["value"] == "Accounts Receivable (A/R)";
        let last = &rows.iter().find(find).unwrap()["Rows"]["Row"][1];
        assert_eq!(cells(last)[6..], ["-5.00", zero]);
        let owed = report(&books, "CustomerBalance").await;
        assert_eq!(cells(&owed["Rows"]["Row"][0]["Summary"])[1], zero);
        books.close().await;
    }
}

#[tokio::test]
async fn statements_in_title_case_nest_and_stop_at_a_hundred_dates() {
    let books = shop(ReportForm::Modern).await;
    let sheet = report(&books, "BalanceSheet").await;
    let assets = &sheet["Rows"]["Row"][0];
    assert_eq!(assets["Header"]["ColData"][0]["value"], "Assets");
    assert_eq!(cells(&assets["Summary"])[0], "Total Assets");
    assert_eq!(sheet["Rows"]["Row"][1]["Header"]["ColData"][0]["value"], "Liabilities and Equity");
    let profit = report(&books, "ProfitAndLoss").await;
    let sales = &profit["Rows"]["Row"][0]["Rows"]["Row"][0];
    assert_eq!(cells(&sales["Header"]), ["Sales of Product Income", "5.25"]);
    assert_eq!(cells(&sales["Rows"]["Row"][0]), ["Tea", "42.50"]);
    assert_eq!(cells(&sales["Summary"]), ["Total Sales of Product Income", "47.75"]);

    let days = "ProfitAndLoss?start_date=2025-06-01&end_date=2026-02-28&summarize_column_by=Days";
    let days = report(&books, days).await;
    let columns = days["Columns"]["Column"].as_array().unwrap();
    assert_eq!(
        (columns.len(), &columns[101]["ColTitle"], &columns[102]["ColTitle"]),
        (103, &json!("Others"), &json!("Total"))
    );
    let income = cells(&days["Rows"]["Row"][0]["Summary"]).into_iter().skip(101).collect::<Vec<_>>();
    assert_eq!(income, ["47.75", "47.75"]);
    books.close().await;
}

#[tokio::test]
async fn a_saved_company_keeps_its_form_and_the_form_is_part_of_the_options() {
    let options: CompanyOptions = serde_json::from_value(json!({"reports": "modern"})).unwrap();
    assert_eq!(options.reports, ReportForm::Modern);
    let now = DateTime::parse_from_rfc3339(NOW).unwrap();
    let saved = Company::new(options, now).save().unwrap();
    let books = Books::open_simulator(SimulatorOptions { books: Some(saved), ..stopped() }).await;
    assert!(books.get("reports/AccountList").await.headers.contains_key("v3modernresponse"));
    books.close().await;
}
