//! Lines 15 and 17, refunds, transfers, automatic credits and the tax service.

use crate::common;

use common::*;
use qb_simulator::CompanyOptions;
use serde_json::{Value, json};

fn posting(side: &str, account: &str, amount: f64) -> Value {
    json!({"DetailType": "JournalEntryLineDetail", "Amount": amount,
        "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}})
}

fn waiting(kind: &str, id: &str, amount: f64) -> Value {
    json!({"Amount": amount, "LinkedTxn": [{"TxnId": id, "TxnType": kind, "TxnLineId": "0"}]})
}

fn direct(account: &str, amount: f64) -> Value {
    json!({"DetailType": "DepositLineDetail", "Amount": amount,
        "DepositLineDetail": {"AccountRef": {"value": account}}})
}

fn key(object: &Value) -> Value {
    json!({"Id": object["Id"], "SyncToken": object["SyncToken"]})
}

#[tokio::test]
async fn line_15_a_deposit_freezes_what_it_holds_and_nets_the_fee() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let payment =
        books.create("Payment", json!({"CustomerRef": {"value": customer}, "TotalAmt": 42.45})).await;
    let receipt = books.create("SalesReceipt", form(&customer, vec![line("1", 8.4, "NON")])).await;
    let (bank, fees) = (books.account("Checking").await, books.account("Bank Charges").await);
    let (payment_id, receipt_id) = (id(&payment), id(&receipt));
    let lines = [
        waiting("Payment", &payment_id, 42.45),
        waiting("SalesReceipt", &receipt_id, 8.4),
        direct(&fees, -1.85),
    ];
    let body = |lines: &[Value]| json!({"DepositToAccountRef": {"value": bank}, "Line": lines});
    books.post("deposit", body(&[waiting("Payment", &payment_id, 42.0)])).await.refused("6000");
    books.post("deposit", body(&[waiting("Invoice", &payment_id, 42.45)])).await.refused("620");
    books.post("deposit", body(&[lines[0].clone(), lines[0].clone()])).await.refused("620");
    books.post("deposit", body(&[direct(&fees, -1.85)])).await.refused("6000");
    let deposit = books.create("Deposit", body(&lines)).await;
    assert_eq!(deposit["TotalAmt"], json!(49.0));
    assert_eq!(deposit["Line"][0]["Id"], Value::Null);
    assert_eq!(
        (books.balance("Checking"), books.balance("Undeposited Funds")),
        ("49.00".into(), "0.00".into())
    );
    assert_eq!(books.balance("Bank Charges"), "1.85");

    let frozen = books.read("Payment", &payment_id).await;
    assert_eq!(frozen["LinkedTxn"], json!([{"TxnId": deposit["Id"], "TxnType": "Deposit"}]));
    let receipt = books.read("SalesReceipt", &receipt_id).await;
    for (path, object) in [
        ("payment", &frozen),
        ("payment?operation=delete", &frozen),
        ("payment?operation=void", &frozen),
        ("salesreceipt", &receipt),
        ("salesreceipt?operation=delete", &receipt),
        ("salesreceipt?operation=update&include=void", &receipt),
    ] {
        let detail = books.post(path, key(object)).await.refused("6540").to_owned();
        assert!(detail.contains("This transaction has been deposited."), "{detail}");
    }
    books.post("deposit", body(&lines)).await.refused("620");
    let less = with(key(&deposit), body(&[lines[1].clone(), lines[2].clone()]));
    let less = books.post("deposit", less).await.json["Deposit"].clone();
    assert_eq!(less["TotalAmt"], json!(6.55));
    assert_eq!(books.balance("Undeposited Funds"), "42.45");
    let thawed = books.read("Payment", &payment_id).await;
    assert_eq!((&thawed["LinkedTxn"], &thawed["SyncToken"]), (&json!([]), &json!("2")));
    assert_eq!(books.post("payment?operation=delete", key(&thawed)).await.status, 200);
    assert_eq!(books.post("deposit?operation=delete", key(&less)).await.status, 200);
    assert_eq!(books.balance("Undeposited Funds"), "8.40");
    let receipt = books.read("SalesReceipt", &receipt_id).await;
    assert_eq!(books.post("salesreceipt?operation=delete", key(&receipt)).await.status, 200);
    books.close().await;
}

/// A fee of 62.50 netted in a deposit, its customer in the upper-case type.
#[tokio::test]
async fn golden_deposit_line_of_minus_62_50_names_a_customer_in_upper_case() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = form(&customer, vec![line("1", 100.0, "NON")]);
    let receipt = id(&books.create("SalesReceipt", sale).await);
    let bank = books.account("Checking").await;
    let mut fee = direct(&books.account("Bank Charges").await, -62.5);
    fee["DepositLineDetail"]["Entity"] = json!({"value": customer, "type": "CUSTOMER"});
    let body = json!({"DepositToAccountRef": {"value": bank},
        "Line": [waiting("SalesReceipt", &receipt, 100.0), fee]});
    let deposit = books.create("Deposit", body).await;
    assert_eq!(deposit["TotalAmt"], json!(37.5));
    let (linked, fee) = (&deposit["Line"][0], &deposit["Line"][1]);
    assert_eq!((&linked["Id"], &linked["LineNum"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&fee["Amount"], &fee["DepositLineDetail"]["Entity"]["type"]),
        (&json!(-62.5), &json!("CUSTOMER"))
    );
    assert_eq!((books.balance("Bank Charges"), books.balance("Checking")), ("62.50".into(), "37.50".into()));
    books.close().await;
}

#[tokio::test]
async fn line_17_journal_entries_balance_and_name_their_customers() {
    let books = Books::open().await;
    let (bank, income) = (books.account("Checking").await, books.account("Services").await);
    let entry = |lines: Vec<Value>| json!({"Line": lines});
    let uneven = vec![posting("Debit", &bank, 10.0), posting("Credit", &income, 9.0)];
    books.post("journalentry", entry(uneven)).await.refused("2300");
    let one = books.post("journalentry", entry(vec![posting("Debit", &bank, 10.0)])).await;
    assert!(one.refused("6000").contains("Fill out at least two detail lines to continue."));
    let negative = vec![posting("Debit", &bank, -10.0), posting("Credit", &income, -10.0)];
    books.post("journalentry", entry(negative)).await.refused("2290");
    let made = vec![posting("Debit", &bank, 10.0), posting("Credit", &income, 10.0)];
    let made = books.create("JournalEntry", entry(made)).await;
    assert_eq!((&made["DocNumber"], &made["TotalAmt"]), (&Value::Null, &json!(0)));
    assert_eq!(books.balance("Checking"), "10.00");
    let numbered = entry(vec![posting("Debit", &bank, 1.0), posting("Credit", &bank, 1.0)]);
    let numbered = books.post("journalentry?include=allowautodocnum", numbered).await;
    assert_eq!(numbered.json["JournalEntry"]["DocNumber"], "1");

    let customer = books.customer("Ada").await;
    let invoice = id(&books.create("Invoice", form(&customer, vec![line("1", 30.0, "NON")])).await);
    let receivable = books.account("Accounts Receivable (A/R)").await;
    let mut credit = posting("Credit", &receivable, 12.0);
    let nameless = entry(vec![posting("Debit", &bank, 12.0), credit.clone()]);
    let detail = books.post("journalentry", nameless).await.refused("6000").to_owned();
    assert!(
        detail.contains("When you use Accounts Receivable, you must choose a customer in the Name field.")
    );
    credit["JournalEntryLineDetail"]["Entity"] =
        json!({"Type": "Customer", "EntityRef": {"value": customer}});
    let credit = books.create("JournalEntry", entry(vec![posting("Debit", &bank, 12.0), credit])).await;
    assert_eq!(books.read("Customer", &customer).await["Balance"], json!(18.0));
    let link = |id: &str, kind: &str| json!({"Amount": 12, "LinkedTxn": [{"TxnId": id, "TxnType": kind}]});
    let payment = json!({"CustomerRef": {"value": customer}, "TotalAmt": 0,
        "Line": [link(&invoice, "Invoice"), link(&id(&credit), "JournalEntry")]});
    books.create("Payment", payment).await;
    assert_eq!(books.read("Invoice", &invoice).await["Balance"], json!(18.0));
    let mut charge = posting("Debit", &receivable, 5.0);
    charge["JournalEntryLineDetail"]["Entity"] =
        json!({"Type": "Customer", "EntityRef": {"value": customer}});
    let charge = id(&books.create("JournalEntry", entry(vec![charge, posting("Credit", &bank, 5.0)])).await);
    let paying = json!({"CustomerRef": {"value": customer}, "TotalAmt": 5,
        "Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": charge, "TxnType": "JournalEntry"}]}]});
    let detail = books.post("payment", paying).await.refused("620").to_owned();
    assert!(detail.contains("its type cannot be linked"), "{detail}");
    let gone = json!({"Id": charge, "SyncToken": "0"});
    assert_eq!(books.post("journalentry?operation=delete", gone).await.status, 200);
    let change = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true,
        "Line": [posting("Debit", &income, 3.0), posting("Credit", &bank, 3.0)]});
    assert_eq!(books.post("journalentry", change).await.status, 200);
    assert_eq!(books.balance("Checking"), "9.00");
    books.close().await;
}

/// One error for each line without an account, all in one answer.
#[tokio::test]
async fn line_17_every_line_without_an_account_is_told_of() {
    let books = Books::open().await;
    let bank = books.account("Checking").await;
    let mut lines =
        [posting("Debit", &bank, 5.0), posting("Credit", &bank, 5.0), posting("Credit", &bank, 1.0)];
    for line in &mut lines[1..] {
        line["JournalEntryLineDetail"]["AccountRef"] = json!({});
    }
    let answer = books.post("journalentry", json!({"Line": lines})).await;
    answer.refused("2020");
    let errors = answer.json["Fault"]["Error"].as_array().unwrap();
    assert_eq!(errors.len(), 2, "{}", answer.text);
    assert!(errors.iter().all(|error| error["code"] == "2020" && error["element"] == "AccountRef"));
    books.close().await;
}

#[tokio::test]
async fn journal_numbers_are_unique_where_the_company_warns() {
    let options = CompanyOptions { warn_duplicate_journal_number: true, ..CompanyOptions::default() };
    let books = Books::open_with(options).await;
    let (bank, income) = (books.account("Checking").await, books.account("Services").await);
    let entry = json!({"DocNumber": "EOD-1",
        "Line": [posting("Debit", &bank, 10.0), posting("Credit", &income, 10.0)]});
    let first = id(&books.create("JournalEntry", entry.clone()).await);
    let detail = books.post("journalentry", entry).await.refused("6140").to_owned();
    assert!(detail.ends_with(&format!("TxnType=Journal Entry with TxnId={first}")), "{detail}");
    books.close().await;
}

#[tokio::test]
async fn a_refund_leaves_the_account_it_names() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let bank = books.account("Checking").await;
    let item = json!({"DetailType": "SalesItemLineDetail", "Amount": 345, "SalesItemLineDetail":
        {"ItemRef": {"value": "1"}, "Qty": 15, "UnitPrice": 23, "TaxCodeRef": {"value": "TAX"}}});
    books.post("refundreceipt", form(&customer, vec![item.clone()])).await.refused("2020");
    let refund = with(
        form(&customer, vec![item]),
        json!({"DepositToAccountRef": {"value": bank}, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}}),
    );
    let refund = books.create("RefundReceipt", refund).await;
    assert_eq!((&refund["TotalAmt"], &refund["Balance"]), (&json!(372.6), &json!(0)));
    assert_eq!(books.balance("Checking"), "-372.60");
    assert_eq!(books.balance("Sales Tax Payable"), "27.60");
    assert_eq!(books.post("refundreceipt?operation=delete", key(&refund)).await.status, 200);
    assert_eq!(books.balance("Checking"), "0.00");
    books.close().await;
}

#[tokio::test]
async fn a_transfer_moves_money_between_balance_sheet_accounts() {
    let books = Books::open().await;
    let (bank, savings) = (books.account("Checking").await, books.account("Savings").await);
    let income = books.account("Services").await;
    let move_to = |from: &str, to: &str, amount: f64| json!({"FromAccountRef": {"value": from}, "ToAccountRef": {"value": to}, "Amount": amount});
    books.post("transfer", move_to(&bank, &bank, 5.0)).await.refused("6000");
    books.post("transfer", move_to(&bank, &income, 5.0)).await.refused("6430");
    books.post("transfer", move_to(&bank, &savings, 0.0)).await.refused("2240");
    let transfer = books.create("Transfer", move_to(&bank, &savings, 500.0)).await;
    assert_eq!((books.balance("Checking"), books.balance("Savings")), ("-500.00".into(), "500.00".into()));
    assert_eq!(books.post("transfer?operation=delete", transfer).await.status, 200);
    assert_eq!(books.balance("Savings"), "0.00");
    books.close().await;
}

#[tokio::test]
async fn credits_are_applied_by_themselves_where_the_company_asks_for_it() {
    let options = CompanyOptions { auto_apply_credits: true, ..CompanyOptions::default() };
    let books = Books::open_with(options).await;
    let customer = books.customer("Ada").await;
    let memo = id(&books.create("CreditMemo", form(&customer, vec![line("1", 12.0, "NON")])).await);
    let invoice = books.create("Invoice", form(&customer, vec![line("1", 30.0, "NON")])).await;
    assert_eq!(invoice["Balance"], json!(18.0));
    assert_eq!(books.read("CreditMemo", &memo).await["RemainingCredit"], json!(0));
    let payment = books.read("Payment", invoice["LinkedTxn"][0]["TxnId"].as_str().unwrap()).await;
    assert_eq!((&payment["TotalAmt"], &payment["UnappliedAmt"]), (&json!(0), &json!(0)));
    assert_eq!(payment["PrivateNote"], "Created by QB Online to link credits to charges.");
    assert_eq!(books.balance("Accounts Receivable (A/R)"), "18.00");
    let late = books.create("CreditMemo", form(&customer, vec![line("1", 20.0, "NON")])).await;
    assert_eq!(late["RemainingCredit"], json!(2.0), "a credit memo looks for invoices too");
    assert_eq!(books.read("Invoice", &id(&invoice)).await["Balance"], json!(0));
    let again = books.create("CreditMemo", form(&customer, vec![line("1", 5.0, "NON")])).await;
    assert_eq!(
        (&again["RemainingCredit"], &again["LinkedTxn"]),
        (&json!(5.0), &json!([])),
        "nothing is open"
    );
    books.close().await;
}

#[tokio::test]
async fn the_tax_service_makes_codes_that_sales_can_use() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let agency = id(&books.create("TaxAgency", json!({"DisplayName": "Harbour County"})).await);
    books.post("taxagency", json!({"DisplayName": "harbour county"})).await.refused("6240");
    let code = json!({"TaxCode": "County mix", "TaxRateDetails": [
        {"TaxRateName": "County", "RateValue": "1.25", "TaxAgencyId": agency, "TaxApplicableOn": "Sales"},
        {"TaxRateId": "3"}]});
    let made = books.post("taxservice/taxcode", code.clone()).await;
    assert_eq!(made.status, 200, "{}", made.text);
    books.post("taxservice/taxcode", code).await.refused("6240");
    let body = with(
        form(&customer, vec![line("1", 100.0, "TAX")]),
        json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": made.json["TaxCodeId"]}}}),
    );
    let invoice = books.create("Invoice", body).await;
    assert_eq!(invoice["TxnTaxDetail"]["TotalTax"], json!(9.25));
    assert_eq!(books.balance("Harbour County Payable"), "-1.25");
    assert_eq!(books.balance("Sales Tax Payable"), "-8.00");
    books.close().await;
}

#[tokio::test]
async fn automated_sales_tax_chooses_the_code_and_asks_the_item() {
    let options = CompanyOptions { automated_sales_tax: true, ..CompanyOptions::default() };
    let books = Books::open_with(options).await;
    let customer = books.customer("Ada").await;
    let income = books.account("Services").await;
    let taxed = json!({"Name": "Tea", "Type": "NonInventory", "IncomeAccountRef": {"value": income},
        "Taxable": true});
    let taxed = id(&books.create("Item", taxed).await);
    let plain = |item: &str| {
        json!({"DetailType": "SalesItemLineDetail", "Amount": 100,
            "SalesItemLineDetail": {"ItemRef": {"value": item}}})
    };
    let detail = json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "77"}}});
    let lines = vec![plain(&taxed), plain("1"), line(&taxed, 50.0, "NON")];
    let invoice = books.create("Invoice", with(form(&customer, lines), detail)).await;
    assert_eq!(invoice["TxnTaxDetail"]["TotalTax"], json!(8.0));
    assert_eq!(invoice["TxnTaxDetail"]["TxnTaxCodeRef"]["value"], "2");
    let preferences = books.get("preferences").await;
    assert_eq!(preferences.json["Preferences"]["TaxPrefs"]["PartnerTaxEnabled"], true);
    books.close().await;
}
