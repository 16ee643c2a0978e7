//! Lines 3, 14, 20 and 21: updates, deletes, voids and inactive entries.

use crate::common;

use chrono::DateTime;
use common::*;
use qb_simulator::{Company, CompanyOptions};
use serde_json::{Value, json};

fn paying(customer: &str, total: f64, links: &[(&str, &str, f64)]) -> Value {
    let lines: Vec<Value> = links
        .iter()
        .map(|(kind, id, amount)| json!({"Amount": amount, "LinkedTxn": [{"TxnId": id, "TxnType": kind}]}))
        .collect();
    json!({"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": lines})
}

fn key(object: &Value) -> Value {
    json!({"Id": object["Id"], "SyncToken": object["SyncToken"]})
}

#[tokio::test]
async fn line_3_an_old_token_is_refused_and_a_payment_raises_the_invoices() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let invoice = books.create("Invoice", form(&customer, vec![line("1", 10.0, "NON")])).await;
    let note = with(key(&invoice), json!({"sparse": true, "PrivateNote": "one"}));
    let changed = books.post("invoice", note.clone()).await.json["Invoice"].clone();
    assert_eq!((&changed["SyncToken"], &changed["PrivateNote"]), (&json!("1"), &json!("one")));
    assert_eq!(changed["TotalAmt"], json!(10.0));
    let detail = books.post("invoice?operation=update", note).await.refused("5010").to_owned();
    assert!(detail.starts_with("Stale Object Error : You and "), "{detail}");
    assert!(detail.contains("were working on this at the same time."), "{detail}");
    let payment = paying(&customer, 4.0, &[("Invoice", invoice["Id"].as_str().unwrap(), 4.0)]);
    books.create("Payment", payment).await;
    books.post("invoice", key(&changed)).await.refused("5010");
    let paid = books.read("Invoice", &id(&invoice)).await;
    assert_eq!((&paid["SyncToken"], &paid["Balance"]), (&json!("2"), &json!(6.0)));

    let less = with(key(&paid), json!({"sparse": true, "Line": [line("1", 3.0, "NON")]}));
    books.post("invoice", less).await.refused("6000");
    let more = with(
        key(&paid),
        json!({"sparse": true, "Line": [line("1", 30.0, "TAX")],
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}}),
    );
    let more = books.post("invoice", more).await.json["Invoice"].clone();
    assert_eq!((&more["TotalAmt"], &more["Balance"]), (&json!(32.4), &json!(28.4)));
    assert_eq!((&more["LinkedTxn"], &more["PrivateNote"]), (&paid["LinkedTxn"], &json!("one")));
    assert_eq!(more["MetaData"]["CreateTime"], invoice["MetaData"]["CreateTime"]);
    assert_eq!(books.balance("Accounts Receivable (A/R)"), "28.40");
    books.close().await;
}

#[tokio::test]
async fn line_3_a_full_update_nulls_what_it_leaves_out() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body =
        with(form(&customer, vec![line("1", 10.0, "NON")]), json!({"DocNumber": "7", "PrivateNote": "x"}));
    let receipt = books.create("SalesReceipt", body.clone()).await;
    let full = with(key(&receipt), json!({"Line": [line("1", 12.0, "NON")]}));
    let full = books.post("salesreceipt", full).await.json["SalesReceipt"].clone();
    assert_eq!(full["TotalAmt"], json!(12.0));
    for gone in ["CustomerRef", "DocNumber", "PrivateNote"] {
        assert_eq!(full[gone], Value::Null, "{gone}");
    }
    assert_eq!(books.balance("Undeposited Funds"), "12.00");
    books.create("SalesReceipt", body).await;
    let clear = with(key(&full), json!({"sparse": true, "DocNumber": "7"}));
    books.post("salesreceipt", clear).await.refused("6140");
    // A whole document read and posted back is taken, subtotal lines and MetaData included.
    let read = books.read("SalesReceipt", &id(&full)).await;
    let again = books.post("salesreceipt?operation=update", read.clone()).await;
    assert_eq!(again.json["SalesReceipt"]["Line"], read["Line"], "{}", again.text);
    books.close().await;
}

#[tokio::test]
async fn lines_keep_their_ids_when_named_and_get_new_ones_when_not() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let made =
        books.create("Invoice", form(&customer, vec![line("1", 1.0, "NON"), line("1", 2.0, "NON")])).await;
    let kept = with(line("1", 5.0, "NON"), json!({"Id": "2"}));
    let change = with(key(&made), json!({"sparse": true, "Line": [line("1", 4.0, "NON"), kept]}));
    let changed = books.post("invoice", change).await.json["Invoice"].clone();
    let ids = |invoice: &Value| -> Vec<String> {
        let lines = invoice["Line"].as_array().unwrap().iter();
        lines.filter_map(|line| line["Id"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(ids(&made), ["1", "2"]);
    assert_eq!(ids(&changed), ["3", "2"]);
    books.close().await;
}

#[tokio::test]
async fn a_payment_moves_from_one_invoice_to_another_and_a_refusal_moves_nothing() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let first = id(&books.create("Invoice", form(&customer, vec![line("1", 50.0, "NON")])).await);
    let second = id(&books.create("Invoice", form(&customer, vec![line("1", 50.0, "NON")])).await);
    let payment = books.create("Payment", paying(&customer, 40.0, &[("Invoice", &first, 40.0)])).await;
    let too_much = with(paying(&customer, 40.0, &[("Invoice", &second, 60.0)]), key(&payment));
    books.post("payment", too_much).await.refused("6000");
    let untouched = books.read("Invoice", &first).await;
    assert_eq!((&untouched["Balance"], &untouched["SyncToken"]), (&json!(10.0), &json!("1")));
    assert_eq!(untouched["LinkedTxn"].as_array().unwrap().len(), 1);

    let moved = with(paying(&customer, 45.0, &[("Invoice", &second, 40.0)]), key(&payment));
    let moved = books.post("payment", moved).await.json["Payment"].clone();
    assert_eq!((&moved["UnappliedAmt"], &moved["SyncToken"]), (&json!(5.0), &json!("1")));
    let first = books.read("Invoice", &first).await;
    assert_eq!((&first["Balance"], &first["SyncToken"]), (&json!(50.0), &json!("2")));
    assert_eq!(first["LinkedTxn"], json!([]));
    assert_eq!(books.read("Invoice", &second).await["Balance"], json!(10.0));
    assert_eq!(books.read("Customer", &customer).await["Balance"], json!(55.0));
    let free = with(key(&moved), json!({"sparse": true, "Line": []}));
    assert_eq!(books.post("payment", free).await.json["Payment"]["UnappliedAmt"], json!(45.0));
    books.close().await;
}

#[tokio::test]
async fn a_deleted_document_is_gone_and_its_id_is_not_used_again() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body = with(form(&customer, vec![line("1", 10.0, "NON")]), json!({"DocNumber": "R-1"}));
    let invoice = books.create("Invoice", body.clone()).await;
    let number = id(&invoice);
    let payment = books.create("Payment", paying(&customer, 10.0, &[("Invoice", &number, 10.0)])).await;
    let paid = books.read("Invoice", &number).await;
    books.post("invoice?operation=delete", key(&paid)).await.refused("6000");
    let gone = books.post("payment?operation=delete&requestid=d1", key(&payment)).await;
    assert_eq!(gone.json["Payment"], json!({"domain": "QBO", "status": "Deleted", "Id": payment["Id"]}));
    let again = books.post("payment?operation=delete&requestid=d1", key(&payment)).await;
    assert_eq!(again.text, gone.text);
    books.post("payment?operation=delete", key(&payment)).await.refused("610");
    let open = books.read("Invoice", &number).await;
    assert_eq!((&open["Balance"], &open["SyncToken"]), (&json!(10.0), &json!("2")));
    assert_eq!(books.post("invoice?operation=delete", open).await.status, 200);
    let read = books.get(&format!("invoice/{number}")).await;
    assert!(read.refused("610").contains("deleted this transaction"));
    assert_eq!(books.query("select * from Invoice").await.json["QueryResponse"], json!({}));
    assert_eq!(books.balance("Accounts Receivable (A/R)"), "0.00");
    let next = books.create("Invoice", body).await;
    assert!(id(&next).parse::<u64>().unwrap() > id(&payment).parse::<u64>().unwrap());
    books.post("customer?operation=delete", json!({"Id": customer, "SyncToken": "0"})).await.refused("500");
    books.close().await;
}

#[tokio::test]
async fn line_14_a_voided_invoice_comes_to_nothing_and_frees_its_payment() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body = with(
        form(&customer, vec![priced("1", "10.00", "2", "5")]),
        json!({"DocNumber": "R-1", "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}}),
    );
    let number = id(&books.create("Invoice", body).await);
    let payment = paying(&customer, 10.0, &[("Invoice", &number, 10.0)]);
    let payment = id(&books.create("Payment", payment).await);
    let paid = books.read("Invoice", &number).await;
    let void = books.post("invoice?operation=void", key(&paid)).await.json["Invoice"].clone();
    assert_eq!((&void["TotalAmt"], &void["Balance"]), (&json!(0), &json!(0)));
    assert_eq!((&void["PrivateNote"], &void["DocNumber"]), (&json!("Voided"), &json!("R-1")));
    assert_eq!((&void["SyncToken"], &void["LinkedTxn"]), (&json!("2"), &json!([])));
    let detail = &void["Line"][0]["SalesItemLineDetail"];
    assert_eq!((&detail["Qty"], &detail["UnitPrice"]), (&json!(0), &Value::Null));
    let freed = books.read("Payment", &payment).await;
    assert_eq!((&freed["UnappliedAmt"], &freed["Line"]), (&json!(10.0), &json!([])));
    assert_eq!((&freed["TotalAmt"], &freed["SyncToken"]), (&json!(10.0), &json!("1")));
    assert_eq!(books.read("Customer", &customer).await["Balance"], json!(-10.0));
    let again = paying(&customer, 1.0, &[("Invoice", &number, 0.0)]);
    books.post("payment", again).await.refused("620");
    books.close().await;
}

#[tokio::test]
async fn line_14_payments_and_receipts_are_voided_under_both_addresses() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    for path in ["payment?operation=void", "payment?operation=update&include=void", "payment?include=void"] {
        let number = id(&books.create("Invoice", form(&customer, vec![line("1", 10.0, "NON")])).await);
        let payment = paying(&customer, 10.0, &[("Invoice", &number, 10.0)]);
        let payment = books.create("Payment", payment).await;
        let void = books.post(path, with(key(&payment), json!({"sparse": true}))).await;
        let void = &void.json["Payment"];
        assert_eq!((&void["TotalAmt"], &void["Line"]), (&json!(0), &json!([])), "{path}");
        assert_eq!(void["PrivateNote"], "Voided");
        assert_eq!(books.read("Invoice", &number).await["Balance"], json!(10.0));
    }
    let receipt = books.create("SalesReceipt", form(&customer, vec![line("1", 10.0, "NON")])).await;
    let void = books.post("salesreceipt?operation=update&include=void", key(&receipt)).await;
    assert_eq!(void.json["SalesReceipt"]["TotalAmt"], json!(0), "{}", void.text);
    assert_eq!(books.balance("Undeposited Funds"), "0.00");
    books.post("creditmemo?operation=void", key(&receipt)).await.refused("500");
    books.close().await;
}

#[tokio::test]
async fn line_20_closed_books_refuse_updates_deletes_and_voids() {
    let closed = CompanyOptions { book_close_date: "2025-12-31".parse().ok(), ..CompanyOptions::default() };
    let books = Books::open_with(closed).await;
    let customer = books.customer("Ada").await;
    let body = form(&customer, vec![line("1", 10.0, "NON")]);
    let early = with(body.clone(), json!({"TxnDate": "2025-12-31"}));
    books.post("invoice", early.clone()).await.refused("6210");
    let invoice = books.create("Invoice", body).await;
    books.post("invoice", with(early, key(&invoice))).await.refused("6210");
    books.close().await;
}

#[test]
fn line_20_closed_books_keep_what_they_hold() {
    let mut company = Company::default_company(DateTime::parse_from_rfc3339(NOW).unwrap());
    let sale = form("", vec![line("1", 10.0, "NON")]).to_string();
    let (_, made) = call(&mut company, "POST", "salesreceipt", sale);
    let key = key(&made["SalesReceipt"]).to_string();
    company.options_mut().book_close_date = "2026-02-03".parse().ok();
    for path in ["salesreceipt", "salesreceipt?operation=delete", "salesreceipt?operation=void"] {
        let (status, answer) = call(&mut company, "POST", path, key.clone());
        assert_eq!((status, &answer["Fault"]["Error"][0]["code"]), (400, &json!("6210")), "{path}");
    }
    company.options_mut().book_close_date = None;
    assert_eq!(call(&mut company, "POST", "salesreceipt?operation=delete", key).0, 200);
    company.audit().unwrap();
}

#[tokio::test]
async fn line_21_an_inactive_entry_is_renamed_and_refused() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let tea = books.item("Tea").await;
    let item = books.read("Item", &tea).await;
    let inactive = with(key(&item), json!({"sparse": true, "Active": false}));
    let inactive = books.post("item", inactive).await.json["Item"].clone();
    assert_eq!((&inactive["Name"], &inactive["Active"]), (&json!("Tea (deleted)"), &json!(false)));
    let sale = form(&customer, vec![line(&tea, 1.0, "NON")]);
    assert!(books.post("invoice", sale).await.refused("610").contains("has been made inactive"));
    books.item("Tea").await;

    let office = books.account("Office Expenses").await;
    let account = books.read("Account", &office).await;
    let sub = json!({"Name": "Paper", "AccountType": "Expense", "ParentRef": {"value": office}});
    let sub = id(&books.create("Account", sub).await);
    let change = with(key(&account), json!({"sparse": true, "Name": "Bureau"}));
    assert_eq!(books.post("account", change).await.json["Account"]["SyncToken"], "1");
    assert_eq!(books.read("Account", &sub).await["FullyQualifiedName"], "Bureau:Paper");
    let gone = json!({"Id": office, "SyncToken": "1", "sparse": true, "Active": false});
    let gone = books.post("account", gone).await.json["Account"].clone();
    assert_eq!(gone["Name"], "Bureau (deleted)");
    assert_eq!(books.read("Account", &sub).await["FullyQualifiedName"], "Bureau (deleted):Paper");
    let own = json!({"Id": office, "SyncToken": "2", "sparse": true, "Active": true, "ParentRef": {"value": office}});
    books.post("account", own).await.refused("6000");

    let ada = json!({"Id": customer, "SyncToken": "0", "sparse": true, "DisplayName": "Ada B"});
    assert_eq!(books.post("customer", ada).await.json["Customer"]["DisplayName"], "Ada B");
    books.customer("Ada").await;
    let taken = json!({"Id": customer, "SyncToken": "1", "sparse": true, "DisplayName": "ADA"});
    books.post("customer", taken).await.refused("6240");
    books.close().await;
}

/// A client that reads an object and posts it back whole changes nothing but the token.
#[tokio::test]
async fn what_is_read_can_be_posted_back() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let oak = id(&books.create("Vendor", json!({"DisplayName": "Oak", "AcctNum": "7"})).await);
    let (bank, office) = (books.account("Checking").await, books.account("Office Expenses").await);
    let (savings, income) = (books.account("Savings").await, books.account("Services").await);
    let spent = json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": 5,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}}});
    let posting = |side: &str, account: &str| {
        json!({"DetailType": "JournalEntryLineDetail", "Amount": 5,
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}})
    };
    let sale = with(
        form(&customer, vec![priced("1", "10.00", "2", "5"), line("SHIPPING_ITEM_ID", 2.0, "NON")]),
        json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}, "SalesTermRef": {"value": "3"},
            "CustomerMemo": {"value": "thanks"}, "BillAddr": {"Line1": "1 Pier Rd"}}),
    );
    let mut refund = with(sale.clone(), json!({"DepositToAccountRef": {"value": bank}}));
    refund.as_object_mut().unwrap().remove("SalesTermRef");
    let direct = json!({"DetailType": "DepositLineDetail", "Amount": 5, "DepositLineDetail":
        {"AccountRef": {"value": income}, "Entity": {"value": customer, "type": "CUSTOMER"}}});
    let purchased = json!({"VendorRef": {"value": oak}, "Line": [spent]});
    books.create("Bill", purchased.clone()).await;
    let payable = books.account("Accounts Payable (A/P)").await;
    let bill = id(&books.create("Bill", purchased.clone()).await);
    let paid = json!({"VendorRef": {"value": oak}, "TotalAmt": 5, "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": bank}},
        "Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": bill, "TxnType": "Bill"}]}]});
    for (entity, body) in [
        ("Invoice", with(sale.clone(), json!({"Deposit": 1}))),
        ("CreditMemo", sale.clone()),
        ("SalesReceipt", refund.clone()),
        ("RefundReceipt", refund),
        ("Payment", json!({"CustomerRef": {"value": customer}, "TotalAmt": 5, "PaymentRefNum": "x"})),
        ("Bill", purchased.clone()),
        ("VendorCredit", purchased.clone()),
        ("PurchaseOrder", with(purchased, json!({"APAccountRef": {"value": payable}}))),
        ("BillPayment", paid),
        ("JournalEntry", json!({"Line": [posting("Debit", &bank), posting("Credit", &office)]})),
        ("Deposit", json!({"DepositToAccountRef": {"value": bank}, "Line": [direct]})),
        (
            "Transfer",
            json!({"FromAccountRef": {"value": bank}, "ToAccountRef": {"value": savings}, "Amount": 5}),
        ),
        ("Customer", json!({"DisplayName": "Bob", "SalesTermRef": {"value": "3"}})),
        ("Vendor", json!({"DisplayName": "Elm", "TermRef": {"value": "3"}})),
        ("Item", json!({"Name": "Tea", "Type": "NonInventory", "IncomeAccountRef": {"value": income}})),
        ("Account", json!({"Name": "Till", "AccountType": "Bank"})),
        ("Class", json!({"Name": "Wholesale"})),
        ("Department", json!({"Name": "Store 7"})),
        ("Term", json!({"Name": "Tenth", "DayOfMonthDue": 10, "DueNextMonthDays": 3})),
        ("PaymentMethod", json!({"Name": "Till card", "Type": "CREDIT_CARD"})),
    ] {
        let made = books.create(entity, body).await;
        let made = books.read(entity, &id(&made)).await;
        let answer = books.post(&format!("{}?operation=update", entity.to_lowercase()), made.clone()).await;
        assert_eq!(answer.status, 200, "{entity}: {}", answer.text);
        let mut changed = answer.json[entity].clone();
        assert_eq!(changed["SyncToken"], "1", "{entity}");
        changed["SyncToken"] = json!("0");
        for address in ["BillAddr", "ShipAddr"] {
            if changed.get(address).is_some() {
                changed[address]["Id"] = made[address]["Id"].clone();
            }
        }
        assert_eq!(changed, made, "{entity}");
    }
    books.close().await;
}
