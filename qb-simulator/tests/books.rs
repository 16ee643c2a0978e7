//! Random requests against the books: nothing panics, debits equal credits, and accounts receivable equal both the
//! customers' balances and the open documents.

use crate::common;

use chrono::DateTime;
use common::{NOW, call};
use proptest::prelude::*;
use qb_simulator::{Company, Request, handle};
use serde_json::{Value, json};

fn company() -> Company {
    Company::default_company(DateTime::parse_from_rfc3339(NOW).unwrap())
}

/// What a random till does; numbers choose among what exists.
#[derive(Debug, Clone)]
enum Step {
    Sale {
        entity: usize,
        customer: usize,
        lines: Vec<(i64, bool)>,
        discount: Option<i64>,
        shipping: i64,
        tax: Option<i64>,
    },
    Payment {
        customer: usize,
        total: i64,
        links: Vec<(usize, i64)>,
    },
    Expense {
        customer: usize,
        check: bool,
        receivable: i64,
        office: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let sale = (
        0..3usize,
        0..3usize,
        prop::collection::vec((-5_000..20_000i64, any::<bool>()), 1..5),
        prop::option::of(0..3_000i64),
        0..900i64,
        prop::option::of(0..500i64),
    )
        .prop_map(|(entity, customer, lines, discount, shipping, tax)| Step::Sale {
            entity,
            customer,
            lines,
            discount,
            shipping,
            tax,
        });
    let links = prop::collection::vec((0..40usize, 0..15_000i64), 0..4);
    let payment = (0..3usize, 0..20_000i64, links).prop_map(|(customer, total, links)| Step::Payment {
        customer,
        total,
        links,
    });
    let expense = (0..3usize, any::<bool>(), 0..9_000i64, -100..9_000i64).prop_map(
        |(customer, check, receivable, office)| Step::Expense { customer, check, receivable, office },
    );
    prop_oneof![4 => sale, 3 => payment, 1 => expense]
}

fn money(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

/// The transactions so far: what a LinkedTxn calls each.
type Documents = Vec<(&'static str, String)>;

fn request(
    step: &Step,
    customers: &[String],
    accounts: &[String; 3],
    documents: &Documents,
) -> (&'static str, Value) {
    match step {
        Step::Sale { entity, customer, lines, discount, shipping, tax } => {
            let mut body_lines: Vec<Value> = lines
                .iter()
                .map(|(cents, taxable)| {
                    json!({"DetailType": "SalesItemLineDetail", "Amount": money(*cents), "SalesItemLineDetail":
                        {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": if *taxable { "TAX" } else { "NON" }}}})
                })
                .collect();
            if *shipping > 0 {
                body_lines.push(json!({"DetailType": "SalesItemLineDetail", "Amount": money(*shipping),
                    "SalesItemLineDetail": {"ItemRef": {"value": "SHIPPING_ITEM_ID"}}}));
            }
            if let Some(cents) = discount {
                body_lines.push(json!({"DetailType": "DiscountLineDetail", "Amount": money(*cents),
                    "DiscountLineDetail": {"PercentBased": false}}));
            }
            let mut body = json!({"CustomerRef": {"value": customers[*customer]}, "Line": body_lines,
                "ApplyTaxAfterDiscount": shipping % 2 == 0, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}});
            if let Some(cents) = tax {
                body["TxnTaxDetail"]["TotalTax"] = json!(money(*cents));
            }
            (["Invoice", "CreditMemo", "SalesReceipt"][*entity], body)
        }
        Step::Payment { customer, total, links } => {
            let lines: Vec<Value> = links
                .iter()
                .filter_map(|(at, cents)| {
                    let (txn_type, id) = documents.get(*at % documents.len().max(1))?;
                    Some(json!({"Amount": money(*cents), "LinkedTxn": [{"TxnId": id, "TxnType": txn_type}]}))
                })
                .collect();
            let body = json!({"CustomerRef": {"value": customers[*customer]}, "TotalAmt": money(*total), "Line": lines});
            ("Payment", body)
        }
        Step::Expense { customer, check, receivable, office } => {
            let [bank, receivables, expense] = accounts;
            let line = |account: &str, cents: i64| {
                json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": money(cents),
                    "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}}})
            };
            let body = json!({"PaymentType": if *check { "Check" } else { "Cash" }, "AccountRef": {"value": bank},
                "EntityRef": {"value": customers[*customer], "type": "Customer"},
                "Line": [line(receivables, *receivable), line(expense, *office)]});
            ("Purchase", body)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn random_documents_keep_the_books_in_balance(steps in prop::collection::vec(step(), 1..40)) {
        let mut company = company();
        let customers: Vec<String> = ["Ada", "Bob", "Cyd"]
            .iter()
            .map(|name| {
                let body = json!({"DisplayName": name}).to_string();
                call(&mut company, "POST", "customer", body).1["Customer"]["Id"].as_str().unwrap().to_owned()
            })
            .collect();
        let receivable = json!({"Name": "A/R", "AccountType": "Accounts Receivable"}).to_string();
        let receivable = call(&mut company, "POST", "account", receivable).1["Account"]["Id"].clone();
        let accounts = ["1".to_owned(), receivable.as_str().unwrap().to_owned(), "14".to_owned()];
        let mut documents = Documents::new();
        let mut taken = 0;
        for step in &steps {
            let (entity, body) = request(step, &customers, &accounts, &documents);
            let (status, answer) = call(&mut company, "POST", &entity.to_lowercase(), body.to_string());
            prop_assert!(status == 200 || status == 400, "{answer}");
            prop_assert!(answer["Fault"]["Error"][0]["code"] != "10000", "{answer}");
            if status == 200 {
                taken += 1;
                let id = answer[entity]["Id"].as_str().unwrap().to_owned();
                let kind = match (entity, answer[entity]["PaymentType"].as_str()) {
                    ("Purchase", Some("Check")) => "Check",
                    ("Purchase", _) => "Expense",
                    (entity, _) => entity,
                };
                documents.push((kind, id));
            }
            company.audit().map_err(TestCaseError::fail)?;
        }
        let documents: usize =
            ["Invoice", "CreditMemo", "SalesReceipt", "Payment", "Purchase"].iter().map(|e| company.count(e)).sum();
        prop_assert_eq!(documents, taken);
        let owed: rust_decimal::Decimal = customers
            .iter()
            .map(|id| company.read("Customer", id).unwrap())
            .map(|customer| customer.get("Balance").unwrap().as_text().unwrap().parse::<rust_decimal::Decimal>().unwrap())
            .sum();
        prop_assert_eq!(owed, company.balance_of("A/R").unwrap());
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        method in "GET|POST|PUT|",
        path in ".{0,40}",
        known in prop::sample::select(vec!["invoice", "query", "payment", "purchase", "reports/trialbalance", "customer/", ""]),
        parameters in ".{0,40}",
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut company = company();
        let token = company.options().credentials.access_token.clone();
        let realm = company.options().realm_id.clone();
        let now = DateTime::parse_from_rfc3339(NOW).unwrap();
        for target in [path.clone(), format!("/v3/company/{realm}/{known}{path}?{parameters}"), format!("/v3/company/{realm}/{known}")] {
            let request = Request::new(&method, &target, body.clone()).bearer(&token);
            let response = handle(&mut company, &request, now);
            prop_assert!((200..500).contains(&response.status));
        }
        company.audit().map_err(TestCaseError::fail)?;
    }

    #[test]
    fn arbitrary_json_never_panics(
        entity in prop::sample::select(vec!["invoice", "payment", "purchase", "item", "account", "customer", "salesreceipt"]),
        amounts in prop::collection::vec("-?[0-9]{1,14}(\\.[0-9]{0,12})?(e[0-9]{1,2})?", 4),
        text in ".{0,30}",
    ) {
        let mut company = company();
        call(&mut company, "POST", "customer", json!({"DisplayName": "Ada"}).to_string());
        let body = json!({"CustomerRef": {"value": "1"}, "TotalAmt": amounts[0], "DocNumber": text, "Line": [
            {"DetailType": "SalesItemLineDetail", "Amount": amounts[1],
             "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "Qty": amounts[2], "UnitPrice": amounts[3], "TaxCodeRef": {"value": "TAX"}}},
            {"DetailType": "DiscountLineDetail", "Amount": amounts[2], "DiscountLineDetail": {"DiscountPercent": amounts[0]}}],
            "ApplyTaxAfterDiscount": true, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}});
        for members in [json!({}), json!({"Name": text, "DisplayName": text, "Type": "Service", "UnitPrice": amounts[0]})] {
            let body = if members == json!({}) { body.clone() } else { members };
            let (status, _) = call(&mut company, "POST", entity, body.to_string());
            prop_assert!(status == 200 || status == 400);
            company.audit().map_err(TestCaseError::fail)?;
        }
    }

    #[test]
    fn arbitrary_queries_never_panic(text in ".{0,60}", value in ".{0,20}") {
        let mut company = company();
        for statement in [text.clone(), format!("select * from Item where Name = '{value}'"), format!("select {text} from Item"),
            format!("select * from Item where {text}"), format!("select * from Item where Name like '{value}' {text}")] {
            let (status, _) = call(&mut company, "POST", "query", statement);
            prop_assert!(status == 200 || status == 400);
        }
    }
}
