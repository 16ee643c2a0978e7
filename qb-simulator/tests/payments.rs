//! Lines 3 (the token of a paid invoice), 13, 16 and 28, and the golden payment: what settles what.

use crate::common;

use common::*;
use serde_json::{Value, json};

fn paying(customer: &str, total: f64, lines: &[(&str, &str, f64)]) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(txn_type, txn_id, amount)| {
            json!({"Amount": amount, "LinkedTxn": [{"TxnId": txn_id, "TxnType": txn_type}]})
        })
        .collect();
    json!({"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": lines})
}

fn spent(by: &str, from: &str, on: &str, amount: f64) -> Value {
    json!({"PaymentType": by, "AccountRef": {"value": from}, "Line": [
        {"DetailType": "AccountBasedExpenseLineDetail", "Amount": amount,
         "AccountBasedExpenseLineDetail": {"AccountRef": {"value": on}}}]})
}

#[tokio::test]
async fn line_13_a_payment_line_must_not_be_negative() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let invoice = id(&books.create("Invoice", form(&customer, vec![line("1", 50.0, "NON")])).await);
    let detail = books
        .post("payment", paying(&customer, 0.0, &[("Invoice", &invoice, -44.94)]))
        .await
        .refused("2240")
        .to_owned();
    assert_eq!(detail, "Number out of range. Min:0 Max:999,999,999. Supplied value:-44.94");
    books.post("payment", paying(&customer, -1.0, &[])).await.refused("2240");
    let untold = books.post("payment", json!({"CustomerRef": {"value": customer}, "TotalAmt": ""})).await;
    assert!(untold.refused("6000").contains("You must set a transaction amount"));
    books.close().await;
}

#[tokio::test]
async fn a_changed_credit_memo_keeps_what_was_taken_of_it() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = |amount| form(&customer, vec![line("1", amount, "NON")]);
    let invoice = id(&books.create("Invoice", sale(30.0)).await);
    let memo = id(&books.create("CreditMemo", sale(50.0)).await);
    let lines = [("Invoice", invoice.as_str(), 30.0), ("CreditMemo", memo.as_str(), 30.0)];
    books.create("Payment", paying(&customer, 0.0, &lines)).await;
    let now = books.read("CreditMemo", &memo).await;
    assert_eq!(now["RemainingCredit"], json!(20.0));
    let change = with(sale(70.0), json!({"Id": memo, "SyncToken": now["SyncToken"]}));
    let changed = books.create("CreditMemo", change).await;
    assert_eq!((&changed["TotalAmt"], &changed["RemainingCredit"]), (&json!(70.0), &json!(40.0)));
    books.close().await;
}

#[tokio::test]
async fn line_13_a_zero_payment_settles_an_invoice_with_a_credit_memo_and_posts_nothing() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = form(&customer, vec![line("1", 300.0, "NON")]);
    let invoice = id(&books.create("Invoice", sale.clone()).await);
    let memo = id(&books.create("CreditMemo", sale).await);
    let before = books.get("reports/TrialBalance").await.json["Rows"].clone();
    let lines = [("Invoice", invoice.as_str(), 300.0), ("CreditMemo", memo.as_str(), 300.0)];
    let payment = books.create("Payment", paying(&customer, 0.0, &lines)).await;
    assert_eq!((&payment["TotalAmt"], &payment["UnappliedAmt"]), (&json!(0), &json!(0)));
    let paid = books.read("Invoice", &invoice).await;
    let used = books.read("CreditMemo", &memo).await;
    assert_eq!(
        (&paid["Balance"], &used["Balance"], &used["RemainingCredit"]),
        (&json!(0), &json!(0), &json!(0))
    );
    let link = json!([{"TxnId": payment["Id"], "TxnType": "Payment"}]);
    assert_eq!((&paid["LinkedTxn"], &used["LinkedTxn"]), (&link, &link));
    assert_eq!(books.get("reports/TrialBalance").await.json["Rows"], before);
    books.post("payment", paying(&customer, 0.0, &lines)).await.refused("6000");
    books.close().await;
}

#[tokio::test]
async fn line_3_a_payment_raises_the_invoices_sync_token() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let invoice = id(&books.create("Invoice", form(&customer, vec![line("1", 50.0, "NON")])).await);
    for (paid, token, open) in [(20.0, "1", json!(30.0)), (30.0, "2", json!(0))] {
        books.create("Payment", paying(&customer, paid, &[("Invoice", &invoice, paid)])).await;
        let now = books.read("Invoice", &invoice).await;
        assert_eq!(
            (&now["SyncToken"], &now["Balance"], &now["TotalAmt"]),
            (&json!(token), &open, &json!(50.0))
        );
    }
    assert_eq!(books.read("Customer", &customer).await["Balance"], json!(0));
    books.close().await;
}

#[tokio::test]
async fn golden_payment_of_65_on_an_invoice_open_at_71() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = with(form(&customer, vec![line("1", 71.0, "NON")]), json!({"DocNumber": "1024"}));
    let invoice = id(&books.create("Invoice", sale).await);
    let body =
        with(paying(&customer, 65.0, &[("Invoice", &invoice, 55.0)]), json!({"PaymentRefNum": "chk 4471"}));
    let answer = books.post("payment", body).await;
    assert!(answer.text.contains("\"TotalAmt\":65.00,\"UnappliedAmt\":10.00,"), "{}", answer.text);
    let payment = &answer.json["Payment"];
    let line = &payment["Line"][0];
    assert_eq!(line["LinkedTxn"], json!([{"TxnId": invoice, "TxnType": "Invoice"}]));
    let extension: Vec<(&str, &str)> = line["LineEx"]["any"]
        .as_array()
        .unwrap()
        .iter()
        .map(|any| (any["value"]["Name"].as_str().unwrap(), any["value"]["Value"].as_str().unwrap()))
        .collect();
    let expected = [("txnId", invoice.as_str()), ("txnOpenBalance", "71.00"), ("txnReferenceNumber", "1024")];
    assert_eq!(extension, expected);
    assert_eq!(books.read("Invoice", &invoice).await["Balance"], json!(16.0));
    assert_eq!(books.read("Customer", &customer).await["Balance"], json!(6.0));
    assert_eq!(books.balance("Undeposited Funds"), "65.00");
    let found = books.query("select * from Payment where PaymentRefNum = 'chk 4471'").await;
    assert_eq!(found.json["QueryResponse"]["Payment"][0]["Id"], payment["Id"]);
    books.close().await;
}

#[tokio::test]
async fn golden_payment_without_lines_stays_unapplied() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body = json!({"CustomerRef": {"value": customer}, "TotalAmt": 25.0});
    let payment = books.create("Payment", body).await;
    assert_eq!((&payment["UnappliedAmt"], &payment["Line"]), (&json!(25.0), &json!([])));
    let undeposited = books.account("Undeposited Funds").await;
    assert_eq!(payment["DepositToAccountRef"]["value"], json!(undeposited));
    assert_eq!(books.read("Customer", &customer).await["Balance"], json!(-25.0));
    books.close().await;
}

#[tokio::test]
async fn line_13_links_that_cannot_be_are_refused_and_change_nothing() {
    let books = Books::open().await;
    let (ada, bob) = (books.customer("Ada").await, books.customer("Bob").await);
    let invoice = id(&books.create("Invoice", form(&ada, vec![line("1", 50.0, "NON")])).await);
    let receipt = id(&books.create("SalesReceipt", form(&ada, vec![line("1", 50.0, "NON")])).await);
    for (body, code) in [
        (paying(&ada, 60.0, &[("Invoice", &invoice, 50.01)]), "6000"),
        (paying(&ada, 60.0, &[("Invoice", &invoice, 30.0), ("Invoice", &invoice, 30.0)]), "6000"),
        (paying(&ada, 40.0, &[("Invoice", &invoice, 50.0)]), "6000"),
        (paying(&bob, 50.0, &[("Invoice", &invoice, 50.0)]), "620"),
        (paying(&ada, 50.0, &[("CreditMemo", &invoice, 50.0)]), "620"),
        (paying(&ada, 50.0, &[("SalesReceipt", &receipt, 50.0)]), "620"),
        (paying(&ada, 50.0, &[("Invoice", "999", 50.0)]), "610"),
        (paying(&ada, 50.0, &[("Invoice", "abc", 50.0)]), "2030"),
        (with(paying(&ada, 50.0, &[]), json!({"Line": [{"Amount": 50}]})), "2020"),
    ] {
        books.post("payment", body).await.refused(code);
    }
    let untouched = books.read("Invoice", &invoice).await;
    assert_eq!((&untouched["Balance"], &untouched["SyncToken"]), (&json!(50.0), &json!("0")));
    books.close().await;
}

#[tokio::test]
async fn line_13_a_credit_is_paid_out_by_an_expense_on_receivables() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let memo = id(&books.create("CreditMemo", form(&customer, vec![line("1", 12.5, "NON")])).await);
    let bank = books.account("Checking").await;
    let receivable = books.account("Accounts Receivable (A/R)").await;
    let payee = json!({"EntityRef": {"value": customer, "type": "Customer"}});
    let expense =
        books.create("Purchase", with(spent("Cash", &bank, &receivable, 12.5), payee.clone())).await;
    assert_eq!(books.read("Customer", &customer).await["Balance"], json!(0));
    let lines = [("Expense", expense["Id"].as_str().unwrap(), 12.5), ("CreditMemo", memo.as_str(), 12.5)];
    let payment = books.create("Payment", paying(&customer, 0.0, &lines)).await;
    assert_eq!(payment["UnappliedAmt"], json!(0));
    let expense = books.read("Purchase", &id(&expense)).await;
    assert_eq!(expense["LinkedTxn"], json!([{"TxnId": payment["Id"], "TxnType": "Payment"}]));
    assert_eq!(expense["SyncToken"], "1");

    let check = books.create("Purchase", with(spent("Check", &bank, &receivable, 3.0), payee)).await;
    let check_id = id(&check);
    books.post("payment", paying(&customer, 3.0, &[("Expense", &check_id, 3.0)])).await.refused("620");
    books.create("Payment", paying(&customer, 3.0, &[("Check", &check_id, 3.0)])).await;
    assert_eq!(books.balance("Accounts Receivable (A/R)"), "0.00");
    books.close().await;
}

#[tokio::test]
async fn line_16_purchases_are_paid_from_the_right_account() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let (bank, card) = (books.account("Checking").await, books.account("Company Card").await);
    let office = books.account("Office Expenses").await;
    books.post("purchase", spent("Check", &card, &office, 5.0)).await.refused("6430");
    books.post("purchase", spent("CreditCard", &bank, &office, 5.0)).await.refused("6430");
    books.post("purchase", spent("Barter", &bank, &office, 5.0)).await.refused("2170");
    books.create("Invoice", form(&customer, vec![line("1", 1.0, "NON")])).await;
    let receivable = books.account("Accounts Receivable (A/R)").await;
    let detail =
        books.post("purchase", spent("Cash", &bank, &receivable, 5.0)).await.refused("6000").to_owned();
    assert!(
        detail.contains("When you use Accounts Receivable, you must choose a customer in the Name field.")
    );

    let expense =
        books.create("Purchase", with(spent("Cash", &bank, &office, 18.2), json!({"DocNumber": "P1"}))).await;
    let kind = &expense["PurchaseEx"]["any"][0]["value"];
    assert_eq!(kind, &json!({"Name": "TxnType", "Value": "54"}));
    let taken = with(spent("CreditCard", &card, &office, 1.0), json!({"DocNumber": "P1"}));
    assert!(books.post("purchase", taken).await.refused("6140").contains("TxnType=Expense with TxnId="));
    for _ in 0..2 {
        books.create("Purchase", with(spent("Check", &bank, &office, 1.0), json!({"DocNumber": "P1"}))).await;
    }
    let vendor =
        with(spent("Cash", &bank, &office, 1.0), json!({"EntityRef": {"value": "9", "type": "Vendor"}}));
    books.post("purchase", vendor).await.refused("2500");
    books.close().await;
}

#[tokio::test]
async fn line_28_a_card_in_credit_has_a_negative_balance() {
    let books = Books::open().await;
    let (bank, card) = (books.account("Checking").await, books.account("Company Card").await);
    let office = books.account("Office Expenses").await;
    books.create("Purchase", spent("CreditCard", &card, &office, 100.0)).await;
    let refund = with(spent("CreditCard", &card, &office, 9.99), json!({"Credit": true}));
    let refund = books.create("Purchase", refund).await;
    assert_eq!(
        (&refund["Credit"], &refund["PurchaseEx"]["any"][0]["value"]["Value"]),
        (&json!(true), &json!("11"))
    );
    books.create("Purchase", spent("Cash", &bank, &office, 20.0)).await;
    assert_eq!(books.read("Account", &card).await["CurrentBalance"], json!(-90.01));
    assert_eq!(books.read("Account", &bank).await["CurrentBalance"], json!(-20.0));
    assert_eq!(books.read("Account", &office).await["CurrentBalance"], json!(0));
    assert_eq!(books.balance("Office Expenses"), "110.01");
    books.close().await;
}
