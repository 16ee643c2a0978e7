//! What a report is asked to be about: parts of the ledger by name, item, class and department, columns, ages; and what
//! it does not do it refuses, instead of answering more than was asked.

use crate::common;

use common::*;
use serde_json::{Value, json};

async fn report(books: &Books, path: &str) -> Value {
    let answer = books.get(&format!("reports/{path}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

/// The last cell of the row or summary of a group.
fn total(report: &Value, group: &str) -> String {
    let rows = report["Rows"]["Row"].as_array().unwrap();
    let row = rows.iter().find(|row| row["group"] == group).unwrap_or(&Value::Null);
    row["Summary"]["ColData"]
        .as_array()
        .map_or("absent", |cells| cells.last().unwrap()["value"].as_str().unwrap())
        .to_owned()
}

/// Sales of two items in two classes, a location and to two customers, and an expense of a vendor.
struct Shop {
    books: Books,
    ids: Vec<(&'static str, String)>,
}

impl Shop {
    fn id(&self, name: &str) -> &str {
        &self.ids.iter().find(|(known, _)| *known == name).unwrap().1
    }
}

async fn shop() -> Shop {
    let books = Books::open().await;
    let (ada, ben) = (books.customer("Ada").await, books.customer("Ben").await);
    let oak = id(&books.create("Vendor", json!({"DisplayName": "Oak"})).await);
    let (tea, cup) = (books.item("Tea").await, books.item("Cup").await);
    let retail = id(&books.create("Class", json!({"Name": "Retail"})).await);
    let events = id(&books.create("Class", json!({"Name": "Events"})).await);
    let harbour = id(&books.create("Department", json!({"Name": "Harbour"})).await);
    let of_class = |item: &str, amount: f64, class: &str| {
        let mut line = line(item, amount, "NON");
        line["SalesItemLineDetail"]["ClassRef"] = json!({"value": class});
        line
    };
    let lines = vec![of_class(&tea, 10.0, &retail), of_class(&cup, 4.0, &events)];
    let first = with(form(&ada, lines), json!({"DepartmentRef": {"value": harbour}, "DocNumber": "S-1"}));
    let first = books.create("Invoice", first).await;
    books
        .create("Invoice", with(form(&ben, vec![of_class(&tea, 1.0, &events)]), json!({"DocNumber": "S-2"})))
        .await;
    let paid = json!({"CustomerRef": {"value": ada}, "TotalAmt": 14,
        "Line": [{"Amount": 14, "LinkedTxn": [{"TxnId": first["Id"], "TxnType": "Invoice"}]}]});
    books.create("Payment", paid).await;
    let office = books.account("Office Expenses").await;
    let spent = json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": 3,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}, "ClassRef": {"value": retail}}});
    books.create("Bill", json!({"VendorRef": {"value": oak}, "Line": [spent]})).await;
    let ids = vec![
        ("ada", ada),
        ("ben", ben),
        ("oak", oak),
        ("tea", tea),
        ("cup", cup),
        ("retail", retail),
        ("events", events),
        ("harbour", harbour),
    ];
    Shop { books, ids }
}

#[tokio::test]
async fn profit_and_loss_is_of_the_customer_vendor_item_class_or_department_that_is_asked_for() {
    let shop = shop().await;
    for (asked, income, net) in [
        (String::new(), "15.00", "12.00"),
        (format!("customer={}", shop.id("ada")), "14.00", "14.00"),
        (format!("customer={},{}", shop.id("ada"), shop.id("ben")), "15.00", "15.00"),
        (format!("vendor={}", shop.id("oak")), "absent", "-3.00"),
        (format!("item={}", shop.id("tea")), "11.00", "11.00"),
        (format!("class={}", shop.id("retail")), "10.00", "7.00"),
        (format!("class={}&item={}", shop.id("events"), shop.id("cup")), "4.00", "4.00"),
        (format!("department={}", shop.id("harbour")), "14.00", "14.00"),
        ("class=999".into(), "absent", ""),
    ] {
        let found = report(&shop.books, &format!("ProfitAndLoss?{asked}")).await;
        assert_eq!(
            (total(&found, "Income").as_str(), total(&found, "NetIncome").as_str()),
            (income, net),
            "{asked}"
        );
    }
    shop.books.close().await;
}

#[tokio::test]
async fn a_transaction_list_is_of_the_types_numbers_and_names_that_are_asked_for() {
    let shop = shop().await;
    for (asked, rows) in [
        ("".to_owned(), 4),
        ("transaction_type=Invoice".into(), 2),
        ("transaction_type=Invoice,ReceivePayment".into(), 3),
        ("docnum=S-2".into(), 1),
        ("arpaid=Paid".into(), 1),
        ("arpaid=Unpaid".into(), 1),
        ("arpaid=All&group_by=None".into(), 4),
        (format!("class={}", shop.id("events")), 2),
        (format!("department={}", shop.id("harbour")), 1),
    ] {
        let found = report(&shop.books, &format!("TransactionList?{asked}")).await;
        assert_eq!(found["Rows"]["Row"].as_array().unwrap().len(), rows, "{asked}");
    }
    let columns = "columns=dept_name,doc_num,create_date,last_mod_date";
    let found = report(&shop.books, &format!("TransactionList?docnum=S-1&{columns}")).await;
    assert_eq!(
        found["Rows"]["Row"][0]["ColData"],
        json!([{"value": "S-1"}, {"value": "Harbour", "id": shop.id("harbour")},
            {"value": "2026-02-03T09:14:07-0800"}, {"value": "2026-02-03T09:14:07-0800"}])
    );
    shop.books.close().await;
}

#[tokio::test]
async fn a_general_ledger_shows_the_columns_that_are_asked_for_and_the_lines_of_a_class() {
    let shop = shop().await;
    let columns = "tx_date,cust_name,klass_name,item_name,dept_name,account_name,debt_amt,credit_amt";
    let path = format!("GeneralLedger?class={}&columns={columns}", shop.id("events"));
    let found = report(&shop.books, &path).await;
    let keys: Vec<&str> = found["Columns"]["Column"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["MetaData"][0]["Value"].as_str().unwrap())
        .collect();
    assert_eq!(
        keys.join(","),
        "tx_date,cust_name,dept_name,klass_name,item_name,account_name,debt_amt,credit_amt"
    );
    let sections = found["Rows"]["Row"].as_array().unwrap();
    assert_eq!(sections.len(), 1, "{found}");
    let rows: Vec<Vec<&str>> = sections[0]["Rows"]["Row"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["ColData"].as_array().unwrap().iter().map(|c| c["value"].as_str().unwrap()).collect())
        .collect();
    let sales = "Sales of Product Income";
    assert_eq!(
        rows,
        [
            ["2026-02-03", "Ada", "Harbour", "Events", "Cup", sales, "", "4.00"],
            ["2026-02-03", "Ben", "", "Events", "Tea", sales, "", "1.00"],
        ]
    );
    shop.books.close().await;
}

#[tokio::test]
async fn what_a_report_does_not_do_is_refused_and_never_answered_with_more_than_was_asked() {
    let books = Books::open().await;
    for path in [
        "TrialBalance?customer=1",
        "BalanceSheet?class=1",
        "BalanceSheet?customer=1",
        "ProfitAndLoss?account=1",
        "ProfitAndLoss?sort_order=descend",
        "BalanceSheet?summarize_column_by=Customers",
        "TrialBalance?summarize_column_by=Month",
        "GeneralLedger?item=1",
        "GeneralLedger?columns=tx_date,quantity",
        "GeneralLedger?columns=tx_date,nonsense",
        "TransactionList?columns=tracking_num",
        "TransactionList?group_by=Customer",
        "TransactionList?createdate_macro=Today",
        "AgedReceivables?vendor=1",
        "CustomerBalance?department=1",
        "AccountList?columns=account_name",
    ] {
        books.get(&format!("reports/{path}")).await.refused("5030");
    }
    books.get("reports/TransactionList?arpaid=perhaps").await.refused("2170");
    books.get("reports/AgedReceivables?aging_method=Old").await.refused("2170");
    for path in ["aging_period=0", "num_periods=many"] {
        let answer = books.get(&format!("reports/AgedReceivables?{path}")).await;
        assert_eq!(answer.status, 400, "{path}");
    }
    // Said, and nothing else than what is always done.
    for path in ["TrialBalance?summarize_column_by=Total&minorversion=75", "TransactionList?group_by=None"] {
        report(&books, path).await;
    }
    books.close().await;
}

#[tokio::test]
async fn ages_have_as_many_brackets_of_as_many_days_as_are_asked_for() {
    let books = Books::open().await;
    let ada = books.customer("Ada").await;
    for (due, amount) in [("2026-02-03", 1.0), ("2026-01-27", 2.0), ("2026-01-26", 4.0), ("2025-12-01", 8.0)]
    {
        let body = with(
            form(&ada, vec![line("1", amount, "NON")]),
            json!({"TxnDate": "2025-12-01", "DueDate": due}),
        );
        books.create("Invoice", body).await;
    }
    let found = report(
        &books,
        "AgedReceivables?aging_period=7&num_periods=2&aging_method=Current&report_date=2026-01-01",
    )
    .await;
    let titles: Vec<&str> = found["Columns"]["Column"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["ColTitle"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["", "Current", "1 - 7", "8 and over", "Total"]);
    let cells: Vec<&str> = found["Rows"]["Row"][0]["ColData"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| cell["value"].as_str().unwrap())
        .collect();
    assert_eq!(cells, ["Ada", "1.00", "2.00", "12.00", "15.00"]);
    books.close().await;
}

#[tokio::test]
async fn a_balance_sheet_without_a_start_date_is_of_today_whatever_its_end_date() {
    let shop = shop().await;
    let found = report(&shop.books, "BalanceSheet?end_date=2025-12-31").await;
    assert_eq!(found["Header"]["EndPeriod"], "2026-02-03");
    assert_ne!(total(&found, "TotalAssets"), "absent");
    let dated = report(&shop.books, "BalanceSheet?start_date=2025-12-01&end_date=2025-12-31").await;
    assert_eq!(dated["Header"]["EndPeriod"], "2025-12-31");
    shop.books.close().await;
}

#[tokio::test]
async fn periods_have_the_names_that_intuit_gives_them() {
    let books = Books::open().await;
    for (name, start, end) in [
        ("This Week", "2026-02-01", "2026-02-07"),
        ("Last Week-to-date", "2026-01-25", "2026-01-27"),
        ("Next 4 Weeks", "2026-02-08", "2026-03-07"),
        ("Last Month-to-date", "2026-01-01", "2026-01-03"),
        ("Next Month", "2026-03-01", "2026-03-31"),
        ("This Fiscal Quarter", "2026-01-01", "2026-03-31"),
        ("Last Fiscal Quarter-to-date", "2025-10-01", "2025-11-03"),
        ("Next Fiscal Year", "2027-01-01", "2027-12-31"),
    ] {
        let found = report(&books, &format!("ProfitAndLoss?date_macro={}", name.replace(' ', "%20"))).await;
        assert_eq!(
            (&found["Header"]["StartPeriod"], &found["Header"]["EndPeriod"]),
            (&json!(start), &json!(end)),
            "{name}"
        );
    }
    let path = "ProfitAndLoss?start_date=2025-11-15&end_date=2026-02-03&summarize_column_by";
    for (by, columns) in [("Week", 13), ("Quarter", 2), ("Year", 2)] {
        let found = report(&books, &format!("{path}={by}")).await;
        // The account's column and the total beside them.
        assert_eq!(found["Columns"]["Column"].as_array().unwrap().len(), columns + 2, "{by}");
    }
    books.close().await;
}

#[tokio::test]
async fn profit_and_loss_has_a_column_for_each_entry_of_a_list() {
    let shop = shop().await;
    for (by, titles, net) in [
        (
            "Customers",
            ["Ada", "Ben", "Not Specified"].as_slice(),
            ["14.00", "1.00", "-3.00", "12.00"].as_slice(),
        ),
        ("Vendors", &["Oak", "Not Specified"], &["-3.00", "15.00", "12.00"]),
        ("Employees", &["Not Specified"], &["12.00", "12.00"]),
        ("Classes", &["Events", "Retail"], &["5.00", "7.00", "12.00"]),
        ("departments", &["Harbour", "Not Specified"], &["14.00", "-2.00", "12.00"]),
        ("ProductsAndServices", &["Cup", "Tea", "Not Specified"], &["4.00", "11.00", "-3.00", "12.00"]),
    ] {
        let found = report(&shop.books, &format!("ProfitAndLoss?summarize_column_by={by}")).await;
        let texts = |list: &Value, name: &str| -> Vec<String> {
            let cells = list.as_array().unwrap().iter().skip(1);
            cells.map(|cell| cell[name].as_str().unwrap().to_owned()).collect()
        };
        let shown = texts(&found["Columns"]["Column"], "ColTitle");
        assert_eq!(shown, [titles, ["Total"].as_slice()].concat(), "{by}");
        let rows = found["Rows"]["Row"].as_array().unwrap();
        let result = rows.iter().find(|row| row["group"] == "NetIncome").unwrap();
        assert_eq!(texts(&result["Summary"]["ColData"], "value"), net, "{by}");
    }
    let ada = format!("ProfitAndLoss?summarize_column_by=Classes&customer={}", shop.id("ada"));
    let found = report(&shop.books, &ada).await;
    assert_eq!(total(&found, "Income"), "14.00");
    let none = report(&shop.books, "ProfitAndLoss?summarize_column_by=Classes&class=999").await;
    assert_eq!(none["Columns"]["Column"].as_array().unwrap().len(), 2);
    shop.books.close().await;
}
