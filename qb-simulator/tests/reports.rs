//! Line 27: reports agree with the books and with each other.

use crate::common;

use chrono::DateTime;
use common::*;
use qb_simulator::{Company, CompanyOptions, ReportForm, SimulatorOptions};
use serde_json::{Value, json};

/// The form before August 2026; `modern_reports.rs` has the other.
fn old() -> CompanyOptions {
    CompanyOptions { reports: ReportForm::Old, ..CompanyOptions::default() }
}

/// The sample company: sales over the three months up to 3 February 2026.
async fn sample() -> Books {
    let now = DateTime::parse_from_rfc3339(NOW).unwrap();
    let company = Company::sample(old(), now).unwrap();
    Books::open_simulator(SimulatorOptions { books: Some(company.save().unwrap()), ..stopped() }).await
}

async fn report(books: &Books, query: &str) -> Value {
    let answer = books.get(&format!("reports/{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

/// The sections and rows of a report, at any depth.
fn walk<'a>(rows: &'a Value, found: &mut Vec<&'a Value>) {
    for row in rows["Row"].as_array().into_iter().flatten() {
        found.push(row);
        walk(&row["Rows"], found);
    }
}

fn all(report: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    walk(&report["Rows"], &mut found);
    found
}

fn group<'a>(report: &'a Value, name: &str) -> &'a Value {
    all(report).into_iter().find(|row| row["group"] == name).unwrap_or(&Value::Null)
}

fn total(report: &Value, name: &str) -> String {
    let cells = group(report, name)["Summary"]["ColData"].as_array().unwrap().clone();
    cells.last().unwrap()["value"].as_str().unwrap().to_owned()
}

fn account<'a>(ledger: &'a Value, name: &str) -> &'a Value {
    let find = |row: &&Value| row["Header"]["ColData"][0]["value"] == name;
    all(ledger).into_iter().find(find).unwrap()
}

const LONG: &str = "start_date=2025-01-01&end_date=2026-12-31";

#[tokio::test]
async fn line_27_the_general_ledger_agrees_with_the_books_and_signs_by_classification() {
    let books = sample().await;
    let ledger = report(&books, &format!("GeneralLedger?{LONG}")).await;
    let receivable = account(&ledger, "Accounts Receivable (A/R)");
    let rows = receivable["Rows"]["Row"].as_array().unwrap();
    assert_eq!(rows.len(), 24);
    assert_eq!(rows[23]["ColData"][7]["value"], "336.00");
    assert_eq!(receivable["Summary"]["ColData"][6]["value"], "336.00");
    assert_eq!(
        (&rows[0]["ColData"][1]["value"], &rows[0]["ColData"][1]["id"]),
        (&json!("Invoice"), &json!("1"))
    );
    assert_eq!(rows[1]["ColData"][6]["value"], "-12.00");
    let income = account(&ledger, "Catering");
    assert!(income["Rows"]["Row"][0]["ColData"][6]["value"].as_str().unwrap().parse::<f64>().unwrap() > 0.0);
    let keys: Vec<&Value> =
        ledger["Columns"]["Column"].as_array().unwrap().iter().map(|c| &c["MetaData"][0]["Value"]).collect();
    assert_eq!(keys[0], "tx_date");
    assert_eq!(keys[7], "rbal_nat_amount");
    books.close().await;
}

#[tokio::test]
async fn a_general_ledger_begins_with_what_was_before_and_shows_what_is_asked() {
    let books = sample().await;
    let ledger = report(&books, "GeneralLedger?start_date=2026-01-01&end_date=2026-01-31").await;
    let first = &account(&ledger, "Accounts Receivable (A/R)")["Rows"]["Row"][0];
    assert_eq!(first["ColData"][0]["value"], "Beginning Balance");
    let retained = &account(&ledger, "Retained Earnings")["Rows"]["Row"][0]["ColData"][7]["value"];
    assert!(retained.as_str().unwrap().parse::<f64>().unwrap() > 0.0);
    let sales = account(&ledger, "Catering")["Rows"]["Row"][0].clone();
    assert_ne!(sales["ColData"][0]["value"], "Beginning Balance");

    let narrow = format!("GeneralLedger?{LONG}&account=1&columns=tx_date,subt_nat_amount");
    let narrow = report(&books, &narrow).await;
    assert_eq!(narrow["Columns"]["Column"].as_array().unwrap().len(), 2);
    assert_eq!(narrow["Header"]["Option"][0]["Value"], "true");
    let one = report(&books, &format!("TransactionList?{LONG}&customer=2")).await;
    assert_eq!(one["Rows"]["Row"].as_array().unwrap().len(), 6);
    books.close().await;
}

#[tokio::test]
async fn a_balance_sheet_balances_and_holds_the_net_income() {
    let books = sample().await;
    let sheet = report(&books, "BalanceSheet?start_date=2026-01-01&end_date=2026-02-28").await;
    assert_eq!(total(&sheet, "TotalAssets"), "936.00");
    assert_eq!(total(&sheet, "TotalLiabilitiesAndEquity"), "936.00");
    assert_eq!(total(&sheet, "AR"), "336.00");
    let profit = report(&books, "ProfitAndLoss?start_date=2026-01-01&end_date=2026-02-28").await;
    assert_eq!(total(&profit, "NetIncome"), group(&sheet, "NetIncome")["ColData"][1]["value"]);
    assert_eq!(total(&profit, "NetIncome"), total(&profit, "Income"));
    books.close().await;
}

#[tokio::test]
async fn columns_by_month_and_day_carry_their_dates() {
    let books = sample().await;
    let dates = |report: &Value| -> Vec<(String, String)> {
        let part = |column: &Value, name: &str| {
            let meta = column["MetaData"].as_array().unwrap();
            meta.iter().find(|m| m["Name"] == name).map(|m| m["Value"].as_str().unwrap().to_owned())
        };
        let columns = report["Columns"]["Column"].as_array().unwrap();
        columns.iter().filter_map(|c| part(c, "StartDate").zip(part(c, "EndDate"))).collect()
    };
    let path = "ProfitAndLoss?start_date=2025-11-15&end_date=2026-01-31&summarize_column_by";
    let months = report(&books, &format!("{path}=Month")).await;
    assert_eq!(months["Header"]["SummarizeColumnsBy"], "Month");
    let expected = [("2025-11-15", "2025-11-30"), ("2025-12-01", "2025-12-31"), ("2026-01-01", "2026-01-31")];
    assert_eq!(dates(&months), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let whole = report(&books, "ProfitAndLoss?start_date=2025-11-15&end_date=2026-01-31").await;
    assert_eq!(total(&months, "NetIncome"), total(&whole, "NetIncome"));
    let days = report(&books, &format!("{path}=Days")).await;
    assert_eq!(dates(&days).len(), 78);
    assert!(dates(&days).iter().all(|(start, end)| start == end));
    books.close().await;
}

#[tokio::test]
async fn customer_reports_add_up_to_receivables() {
    let books = sample().await;
    let balances = report(&books, "CustomerBalance?report_date=2026-02-28").await;
    assert_eq!(
        (total(&balances, "GrandTotal"), &balances["Header"]["DateMacro"]),
        ("336.00".into(), &json!("all"))
    );
    let aged = report(&books, "AgedReceivables?report_date=2026-02-28").await;
    assert_eq!(total(&aged, "GrandTotal"), "336.00");
    assert_eq!(aged["Header"]["EndPeriod"], "2026-02-28");
    let titles: Vec<&Value> =
        aged["Columns"]["Column"].as_array().unwrap().iter().map(|c| &c["ColTitle"]).collect();
    assert_eq!(titles, ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]);
    let old = aged["Rows"]["Row"].as_array().unwrap().iter().any(|row| row["ColData"][5]["value"] != "");
    assert!(old, "the oldest invoice is over ninety days old by then");
    let accounts = report(&books, "AccountList").await;
    assert_eq!(
        accounts["Rows"]["Row"].as_array().unwrap().len(),
        books.simulator.with_company(|c| c.count("Account"))
    );
    books.close().await;
}

#[tokio::test]
async fn periods_are_never_empty_and_unknown_values_are_refused() {
    let books = sample().await;
    let plain = report(&books, "GeneralLedger").await;
    assert_eq!(plain["Header"]["DateMacro"], "this month-to-date");
    assert_eq!(
        (&plain["Header"]["StartPeriod"], &plain["Header"]["EndPeriod"]),
        (&json!("2026-02-01"), &json!("2026-02-03"))
    );
    let last = report(&books, "ProfitAndLoss?date_macro=Last%20Fiscal%20Year").await;
    assert_eq!(
        (&last["Header"]["StartPeriod"], &last["Header"]["EndPeriod"]),
        (&json!("2025-01-01"), &json!("2025-12-31"))
    );
    books.get("reports/ProfitAndLoss?date_macro=Someday").await.refused("2170");
    books.get("reports/ProfitAndLoss?summarize_column_by=Moons").await.refused("2170");
    books.get("reports/ProfitAndLoss?accounting_method=Cash").await.refused("5030");
    books.get("reports/Nothing").await.refused("500");
    books.close().await;
}

#[tokio::test]
async fn line_27_reports_show_accounts_payable_and_everything_else_by_its_name() {
    let books = Books::open_with(old()).await;
    let ada = books.customer("Ada").await;
    let oak = id(&books.create("Vendor", json!({"DisplayName": "Oak"})).await);
    let office = books.account("Office Expenses").await;
    let bank = books.account("Checking").await;
    let spent = |amount: f64| {
        json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": amount,
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}}})
    };
    let of_vendor = |amount: f64| json!({"VendorRef": {"value": oak}, "Line": [spent(amount)]});
    let bill = id(&books.create("Bill", with(of_vendor(25.0), json!({"DueDate": "2026-01-20"}))).await);
    books.create("VendorCredit", of_vendor(5.0)).await;
    let payable = books.account("Accounts Payable (A/P)").await;
    let link = json!({"Amount": 8, "LinkedTxn": [{"TxnId": bill, "TxnType": "Bill"}]});
    let pay = json!({"VendorRef": {"value": oak}, "PayType": "Check", "TotalAmt": 8, "Line": [link],
        "CheckPayment": {"BankAccountRef": {"value": bank}}});
    books.create("BillPayment", pay).await;
    let posting = |side: &str, account: &str, entity: Value| {
        json!({"DetailType": "JournalEntryLineDetail", "Amount": 2, "JournalEntryLineDetail":
            {"PostingType": side, "AccountRef": {"value": account}, "Entity": entity}})
    };
    let vendor = json!({"Type": "Vendor", "EntityRef": {"value": oak}});
    let lines = [posting("Debit", &office, Value::Null), posting("Credit", &payable, vendor)];
    let lines: Vec<Value> = lines
        .into_iter()
        .map(|mut line| {
            let detail = line["JournalEntryLineDetail"].as_object_mut().unwrap();
            detail.retain(|_, value| !value.is_null());
            line
        })
        .collect();
    books.create("JournalEntry", json!({"Line": lines})).await;
    let refund =
        with(form(&ada, vec![line("1", 4.0, "NON")]), json!({"DepositToAccountRef": {"value": bank}}));
    books.create("RefundReceipt", refund).await;
    let transfer = json!({"FromAccountRef": {"value": bank}, "Amount": 6,
        "ToAccountRef": {"value": books.account("Undeposited Funds").await}});
    books.create("Transfer", transfer).await;

    let list = report(&books, "TransactionList").await;
    let rows: Vec<(&str, &str, &str)> = list["Rows"]["Row"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let cell = |at: usize| row["ColData"][at]["value"].as_str().unwrap();
            (cell(1), cell(4), cell(8))
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("Bill", "Oak", "25.00"),
            ("Vendor Credit", "Oak", "5.00"),
            ("Bill Payment (Check)", "Oak", "8.00"),
            ("Journal Entry", "", "2.00"),
            ("Refund", "Ada", "4.00"),
            ("Transfer", "", "6.00"),
        ]
    );
    let of_oak = report(&books, &format!("TransactionList?vendor={oak}")).await;
    assert_eq!(of_oak["Rows"]["Row"].as_array().unwrap().len(), 4);

    let ledger = report(&books, &format!("GeneralLedger?{LONG}")).await;
    let section = account(&ledger, "Accounts Payable (A/P)");
    let rows = section["Rows"]["Row"].as_array().unwrap();
    let amounts: Vec<&Value> = rows.iter().map(|row| &row["ColData"][6]["value"]).collect();
    assert_eq!(amounts, ["25.00", "-5.00", "-8.00", "2.00"]);
    assert_eq!(rows[3]["ColData"][3], json!({"value": "Oak", "id": oak}));
    assert_eq!(section["Summary"]["ColData"][6]["value"], "14.00");
    let sheet = report(&books, &format!("BalanceSheet?{LONG}")).await;
    assert_eq!(total(&sheet, "AP"), "14.00");
    assert_eq!(total(&sheet, "TotalAssets"), total(&sheet, "TotalLiabilitiesAndEquity"));

    let owed = report(&books, "VendorBalance").await;
    assert_eq!(owed["Columns"]["Column"][0]["ColType"], "Vendor");
    assert_eq!(owed["Rows"]["Row"][0]["ColData"], json!([{"value": "Oak", "id": oak}, {"value": "14.00"}]));
    let aged = report(&books, "AgedPayables?report_date=2026-02-03").await;
    assert_eq!(aged["Rows"]["Row"][0]["ColData"][2]["value"], "17.00");
    assert_eq!(aged["Rows"]["Row"][0]["ColData"][1]["value"], "-3.00");
    books.close().await;
}

#[tokio::test]
async fn a_report_over_ten_thousand_years_has_one_column() {
    let books = sample().await;
    for by in ["Days", "Month"] {
        let path = format!("start_date=0001-01-01&end_date=9999-12-31&summarize_column_by={by}");
        for name in ["ProfitAndLoss", "BalanceSheet"] {
            let report = report(&books, &format!("{name}?{path}")).await;
            assert_eq!(report["Columns"]["Column"].as_array().unwrap().len(), 2, "{name} by {by}");
        }
    }
    let path = "ProfitAndLoss?start_date=2025-01-01&end_date=2026-12-31&summarize_column_by=Days";
    assert_eq!(report(&books, path).await["Header"]["SummarizeColumnsBy"], "Month");
    books.close().await;
}
