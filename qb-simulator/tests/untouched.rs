//! What an update does not touch stays as it is and is not asked for again; and what QuickBooks takes is kept or refused,
//! and never dropped without a word.

use crate::common;

use common::*;
use qb_simulator::{ClassTracking, CompanyOptions};
use serde_json::{Value, json};

fn key(object: &Value) -> Value {
    json!({"Id": object["Id"], "SyncToken": object["SyncToken"], "sparse": true})
}

async fn make_inactive(books: &Books, entity: &str, id: &str) {
    let entry = books.read(entity, id).await;
    let name = entry.get("Name").map_or_else(|| json!({}), |name| json!({"Name": name}));
    let body = with(with(key(&entry), name), json!({"Active": false}));
    let answer = books.post(&entity.to_lowercase(), body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_note_can_be_changed_although_what_the_document_names_has_become_inactive() {
    let books = Books::open().await;
    let (customer, item) = (books.customer("Ada").await, books.item("Tea").await);
    let class = id(&books.create("Class", json!({"Name": "Retail"})).await);
    let department = id(&books.create("Department", json!({"Name": "Harbour"})).await);
    let mut sold = line(&item, 9.0, "NON");
    sold["SalesItemLineDetail"]["ClassRef"] = json!({"value": class});
    let sale = with(form(&customer, vec![sold.clone()]), json!({"DepartmentRef": {"value": department}}));
    let made = books.create("Invoice", sale.clone()).await;
    for (entity, id) in
        [("Customer", &customer), ("Item", &item), ("Class", &class), ("Department", &department)]
    {
        make_inactive(&books, entity, id).await;
    }
    let changed = books.create("Invoice", with(key(&made), json!({"PrivateNote": "counted"}))).await;
    assert_eq!((&changed["PrivateNote"], &changed["TotalAmt"]), (&json!("counted"), &json!(9.0)));
    // The same line sent again is not another one; an inactive entry that is new to the document is.
    let line_again = with(key(&changed), json!({"Line": changed["Line"], "TxnDate": "2026-02-02"}));
    let again = books.create("Invoice", line_again).await;
    assert_eq!((&again["TxnDate"], &again["TotalAmt"]), (&json!("2026-02-02"), &json!(9.0)));
    books.post("invoice", sale).await.refused("610");
    let other = books.item("Cup").await;
    make_inactive(&books, "Item", &other).await;
    let swapped = with(key(&again), json!({"Line": [line(&other, 9.0, "NON")]}));
    books.post("invoice", swapped).await.refused("610");
    books.close().await;
}

#[tokio::test]
async fn what_a_preference_has_turned_off_stays_on_the_documents_that_have_it() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let class = id(&books.create("Class", json!({"Name": "Retail"})).await);
    let mut sold = line("1", 10.0, "NON");
    sold["SalesItemLineDetail"]["ClassRef"] = json!({"value": class});
    let shipping = line("SHIPPING_ITEM_ID", 2.0, "NON");
    let discount = json!({"DetailType": "DiscountLineDetail", "Amount": 1,
        "DiscountLineDetail": {"PercentBased": false}});
    let body = with(form(&customer, vec![sold, shipping, discount]), json!({"Deposit": 3}));
    let made = books.create("Invoice", body.clone()).await;
    books.simulator.with_service(|service| {
        let options: &mut CompanyOptions = service.company_mut().options_mut();
        options.allow_shipping = false;
        options.allow_discount = false;
        options.allow_deposit = false;
        options.class_tracking = ClassTracking::Off;
    });
    let changed = books.create("Invoice", with(key(&made), json!({"PrivateNote": "counted"}))).await;
    assert_eq!((&changed["TotalAmt"], &changed["Balance"]), (&json!(11.0), &json!(8.0)));
    assert_eq!(books.post("invoice", body).await.status, 400);
    books.close().await;
}

#[tokio::test]
async fn a_number_that_two_documents_have_does_not_stop_an_update_that_keeps_it() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let numbered =
        |number: &str| with(form(&customer, vec![line("1", 1.0, "NON")]), json!({"DocNumber": number}));
    books.create("Invoice", numbered("N1")).await;
    let twice =
        books.post("invoice?include=allowduplicatedocnum", numbered("N1")).await.json["Invoice"].clone();
    let kept = books.create("Invoice", with(key(&twice), json!({"PrivateNote": "x"}))).await;
    let moved = books.create("Invoice", with(key(&kept), json!({"DocNumber": "N2"}))).await;
    books.post("invoice", with(key(&moved), json!({"DocNumber": "N1"}))).await.refused("6140");
    books.close().await;
}

#[tokio::test]
async fn sparse_updates_need_what_quickbooks_asks_for_in_every_one() {
    let books = Books::open().await;
    let (bank, savings) = (books.account("Checking").await, books.account("Undeposited Funds").await);
    let oak = id(&books.create("Vendor", json!({"DisplayName": "Oak"})).await);
    let office = books.account("Office Expenses").await;
    let spent = json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": 5,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}}});
    let of_oak = json!({"VendorRef": {"value": oak}, "Line": [spent]});
    let transfer =
        json!({"FromAccountRef": {"value": bank}, "ToAccountRef": {"value": savings}, "Amount": 2});
    let term = json!({"Name": "Net 9", "DueDays": 9});
    let named = json!({"Name": "Retail"});
    for (entity, made, missing) in [
        ("Class", named.clone(), "Name"),
        ("Department", named, "Name"),
        ("Term", term.clone(), "Name"),
        ("Term", json!({"Name": "Net 8", "DueDays": 8}), "DueDays"),
        ("Transfer", transfer, "FromAccountRef"),
        ("VendorCredit", of_oak.clone(), "VendorRef"),
        ("Bill", of_oak, "VendorRef"),
    ] {
        let object = books.create(entity, made.clone()).await;
        let mut needed = made.clone();
        needed.as_object_mut().unwrap().retain(|name, _| name != missing && name != "Line");
        let path = entity.to_lowercase();
        let answer = books.post(&path, with(key(&object), needed)).await;
        answer.refused("2020");
        assert_eq!(answer.fault().2, missing, "{entity}");
        let mut whole = made;
        whole.as_object_mut().unwrap().remove("Line");
        let answer = books.post(&path, with(key(&object), whole)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    books.close().await;
}

#[tokio::test]
async fn what_an_invoice_takes_it_keeps() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sent = json!({"BillEmailCc": {"Address": "cc@example.org"}, "BillEmailBcc": {"Address": "bcc@example.org"},
        "ShipMethodRef": {"value": "Courier", "name": "Courier"}, "FreeFormAddress": true, "TrackingNum": "1Z"});
    let from = json!({"ShipFromAddr": {"Line1": "4 Quay"}});
    let body = with(with(form(&customer, vec![line("1", 1.0, "NON")]), sent.clone()), from);
    let made = books.create("Invoice", body).await;
    for (name, value) in sent.as_object().unwrap() {
        assert_eq!(&made[name], value, "{name}");
    }
    assert_eq!(made["ShipFromAddr"]["Line1"], "4 Quay");
    let changed = books.create("Invoice", with(key(&made), json!({"PrivateNote": "x"}))).await;
    assert_eq!(
        (&changed["BillEmailCc"], &changed["ShipMethodRef"]),
        (&made["BillEmailCc"], &made["ShipMethodRef"])
    );
    let account = json!({"Name": "Float", "AccountSubType": "CashOnHand", "AccountAlias": "till"});
    assert_eq!(books.create("Account", account).await["AccountAlias"], "till");
    books.close().await;
}

#[tokio::test]
async fn what_is_not_done_is_refused_where_it_says_something() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = |members: Value| with(form(&customer, vec![line("1", 1.0, "NON")]), members);
    let mut rated = line("1", 1.0, "NON");
    rated["SalesItemLineDetail"]["DiscountRate"] = json!(10);
    for (path, body, element) in [
        ("customer", json!({"DisplayName": "Ben", "OpenBalanceDate": "2026-01-01"}), "OpenBalanceDate"),
        ("invoice", form(&customer, vec![rated]), "DiscountRate"),
        ("invoice", sale(json!({"TransactionLocationType": "WithinFrance"})), "TransactionLocationType"),
        (
            "payment",
            json!({"CustomerRef": {"value": customer}, "TotalAmt": 1, "ARAccountRef": {"value": "1"}}),
            "ARAccountRef",
        ),
    ] {
        let answer = books.post(path, body).await;
        answer.refused("5030");
        assert_eq!(answer.fault().2, element);
    }
    let silent = sale(json!({"TransactionLocationType": ""}));
    assert_eq!(books.post("invoice", silent).await.status, 200);
    books
        .post("customer", json!({"DisplayName": "Cy", "WebAddr": {"URI": "no address"}}))
        .await
        .refused("2200");
    let page = json!({"DisplayName": "Cy", "WebAddr": {"URI": "https://example.org"}});
    assert_eq!(books.create("Customer", page).await["WebAddr"]["URI"], "https://example.org");
    books.close().await;
}
