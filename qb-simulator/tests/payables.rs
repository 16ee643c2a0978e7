//! Lines 7, 18 and 19, and the A/P side of 27 and 28: vendors, orders, bills and their payments.

use crate::common;

use common::*;
use qb_simulator::{ClassTracking, CompanyOptions};
use serde_json::{Value, json};

async fn vendor(books: &Books, name: &str) -> String {
    id(&books.create("Vendor", json!({"DisplayName": name})).await)
}

fn spent_on(account: &str, amount: f64) -> Value {
    json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": amount,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}}})
}

fn bought(item: &str, amount: f64) -> Value {
    json!({"DetailType": "ItemBasedExpenseLineDetail", "Amount": amount,
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": item}}})
}

fn bill(vendor: &str, lines: Vec<Value>) -> Value {
    json!({"VendorRef": {"value": vendor}, "Line": lines})
}

#[tokio::test]
async fn order_numbers_are_unique_where_the_company_numbers_its_purchases_itself() {
    for (custom, allowed) in [(true, false), (false, true)] {
        let options = CompanyOptions { purchase_custom_txn_numbers: custom, ..CompanyOptions::default() };
        let books = Books::open_with(options).await;
        let oak = vendor(&books, "Oak").await;
        let lines = || vec![spent_on("14", 5.0)];
        books.create("Bill", bill(&oak, lines())).await;
        let payable = json!({"DocNumber": "7", "APAccountRef": {"value": books.account("Accounts Payable (A/P)").await}});
        let body = with(bill(&oak, lines()), payable);
        books.create("PurchaseOrder", body.clone()).await;
        assert_eq!(books.post("purchaseorder", body.clone()).await.status == 200, allowed, "{custom}");
        let twice = books.post("purchaseorder?include=allowduplicatedocnum", body).await;
        assert_eq!(twice.status, 200, "{}", twice.text);
        books.close().await;
    }
}

#[tokio::test]
async fn line_7_names_are_unique_across_customers_and_vendors() {
    let books = Books::open().await;
    books.customer("Hollow Oak").await;
    let taken = books.post("vendor", json!({"DisplayName": "HOLLOW OAK"})).await;
    assert!(taken.refused("6240").contains("Another customer, vendor or employee"));
    books.post("vendor", json!({"DisplayName": "A:B"})).await.refused("2040");
    books.post("vendor", json!({"AcctNum": "7"})).await.refused("6080");
    let ada = id(&books.create("Vendor", json!({"GivenName": "Ada", "FamilyName": "Byron"})).await);
    books.post("customer", json!({"DisplayName": "ada byron"})).await.refused("6240");
    assert_eq!(books.read("Vendor", &ada).await["Balance"], json!(0));
    books.close().await;
}

#[tokio::test]
async fn line_28_a_bill_owes_the_vendor_and_shows_negative_on_the_account() {
    let books = Books::open().await;
    let oak = vendor(&books, "Oak").await;
    let office = books.account("Office Expenses").await;
    let term = json!({"Name": "Net 21", "DueDays": 21});
    let term = id(&books.create("Term", term).await);
    let body = with(bill(&oak, vec![spent_on(&office, 1091.23)]), json!({"SalesTermRef": {"value": term}}));
    let made = books.create("Bill", body).await;
    assert_eq!((&made["Balance"], &made["TotalAmt"]), (&json!(1091.23), &json!(1091.23)));
    assert_eq!(made["DueDate"], "2026-02-24");
    assert_eq!(made["APAccountRef"]["name"], "Accounts Payable (A/P)");
    assert_eq!(books.balance("Accounts Payable (A/P)"), "-1091.23");
    let payable = books.account("Accounts Payable (A/P)").await;
    assert_eq!(books.read("Account", &payable).await["CurrentBalance"], json!(-1091.23));
    assert_eq!(books.read("Vendor", &oak).await["Balance"], json!(1091.23));
    books.post("bill", bill(&oak, vec![])).await.refused("2020");
    books.post("bill", bill(&oak, vec![spent_on(&payable, 1.0)])).await.refused("6430");
    books.close().await;
}

#[tokio::test]
async fn bill_numbers_are_unique_for_each_vendor_where_the_company_warns() {
    let options = CompanyOptions { warn_duplicate_bill_number: true, ..CompanyOptions::default() };
    let books = Books::open_with(options).await;
    let (oak, elm) = (vendor(&books, "Oak").await, vendor(&books, "Elm").await);
    let office = books.account("Office Expenses").await;
    let body = |vendor: &str| with(bill(vendor, vec![spent_on(&office, 5.0)]), json!({"DocNumber": "HH-1"}));
    let first = id(&books.create("Bill", body(&oak)).await);
    let detail = books.post("bill", body(&oak)).await.refused("6140").to_owned();
    assert!(detail.contains(&format!("TxnType=Bill with TxnId={first}")), "{detail}");
    books.create("Bill", body(&elm)).await;
    assert_eq!(books.post("bill?include=allowduplicatedocnum", body(&oak)).await.status, 200);
    books.close().await;
}

#[tokio::test]
async fn line_18_an_order_is_received_line_by_line_and_closes() {
    let books = Books::open().await;
    let oak = vendor(&books, "Oak").await;
    let office = books.account("Office Expenses").await;
    let income = books.account("Sales of Product Income").await;
    let tea = json!({"Name": "Tea", "Type": "NonInventory", "IncomeAccountRef": {"value": income},
        "ExpenseAccountRef": {"value": office}});
    let tea = id(&books.create("Item", tea).await);
    books.create("Bill", bill(&oak, vec![spent_on(&office, 1.0)])).await;
    let payable = books.account("Accounts Payable (A/P)").await;
    let body = with(
        bill(&oak, vec![bought(&tea, 25.0), bought(&tea, 10.0)]),
        json!({"APAccountRef": {"value": payable}, "DocNumber": "PO-2001"}),
    );
    let order = id(&books.create("PurchaseOrder", body.clone()).await);
    assert_eq!(books.balance("Accounts Payable (A/P)"), "-1.00");
    let link =
        |line: &str| json!({"LinkedTxn": [{"TxnId": order, "TxnType": "PurchaseOrder", "TxnLineId": line}]});

    let wrong = json!({"LinkedTxn": [{"TxnId": order, "TxnType": "PurchaseOrder"}]});
    let unlinked = books.create("Bill", bill(&oak, vec![with(bought(&tea, 25.0), wrong)])).await;
    assert_eq!(unlinked["Line"][0]["LinkedTxn"], Value::Null);
    let other = vendor(&books, "Elm").await;
    let unlinked = books.create("Bill", bill(&other, vec![with(bought(&tea, 25.0), link("1"))])).await;
    assert_eq!(unlinked["Line"][0]["LinkedTxn"], Value::Null);
    assert_eq!(books.read("PurchaseOrder", &order).await["SyncToken"], "0");

    let first = books.create("Bill", bill(&oak, vec![with(bought(&tea, 25.0), link("1"))])).await;
    assert_eq!(first["Line"][0]["LinkedTxn"], link("1")["LinkedTxn"]);
    let open = books.read("PurchaseOrder", &order).await;
    assert_eq!(open["LinkedTxn"], json!([{"TxnId": first["Id"], "TxnType": "Bill"}]));
    assert_eq!(open["POStatus"], "Open");
    let again = books.create("Bill", bill(&oak, vec![with(bought(&tea, 25.0), link("1"))])).await;
    assert_eq!(again["Line"][0]["LinkedTxn"], Value::Null, "the line has been received");
    let second = books.create("Bill", bill(&oak, vec![with(bought(&tea, 10.0), link("2"))])).await;
    assert_eq!(books.read("PurchaseOrder", &order).await["POStatus"], "Closed");
    let gone = json!({"Id": order, "SyncToken": "2"});
    books.post("purchaseorder?operation=delete", gone).await.refused("6000");

    let gone = json!({"Id": second["Id"], "SyncToken": second["SyncToken"]});
    assert_eq!(books.post("bill?operation=delete", gone).await.status, 200);
    let open = books.read("PurchaseOrder", &order).await;
    assert_eq!((&open["POStatus"], &open["SyncToken"]), (&json!("Open"), &json!("3")));
    assert_eq!(open["LinkedTxn"].as_array().unwrap().len(), 1);
    books.post("purchaseorder", body).await.refused("6140");
    books.close().await;
}

#[tokio::test]
async fn line_19_a_bill_payment_uses_a_vendor_credit() {
    let books = Books::open().await;
    let oak = vendor(&books, "Oak").await;
    let (office, bank) = (books.account("Office Expenses").await, books.account("Checking").await);
    let owed = id(&books.create("Bill", bill(&oak, vec![spent_on(&office, 25.0)])).await);
    let credit = id(&books.create("VendorCredit", bill(&oak, vec![spent_on(&office, 5.0)])).await);
    let payment = json!({"VendorRef": {"value": oak}, "PayType": "Check", "TotalAmt": 20,
        "CheckPayment": {"BankAccountRef": {"value": bank}}});
    let refused = books.post("billpayment", payment.clone()).await;
    refused.refused("2020");
    assert_eq!(refused.fault().2, "Line");
    let lines = |amount: f64| {
        json!({"Line": [
        {"Amount": amount, "LinkedTxn": [{"TxnId": owed, "TxnType": "Bill"}]},
        {"Amount": 5, "LinkedTxn": [{"TxnId": credit, "TxnType": "VendorCredit"}]}]})
    };
    books.post("billpayment", with(payment.clone(), lines(26.0))).await.refused("6000");
    books.post("billpayment", with(payment.clone(), lines(-1.0))).await.refused("2240");
    let paid = books.create("BillPayment", with(payment, lines(25.0))).await;
    assert_eq!(books.balance("Accounts Payable (A/P)"), "0.00");
    assert_eq!(books.balance("Checking"), "-20.00");
    let settled = books.read("Bill", &owed).await;
    assert_eq!((&settled["Balance"], &settled["SyncToken"]), (&json!(0), &json!("1")));
    assert_eq!(settled["LinkedTxn"], json!([{"TxnId": paid["Id"], "TxnType": "BillPaymentCheck"}]));
    books.post("bill?operation=delete", json!({"Id": owed, "SyncToken": "1"})).await.refused("6000");

    let void = json!({"Id": paid["Id"], "SyncToken": "0", "sparse": true});
    let void = books.post("billpayment?operation=update&include=void", void).await;
    assert_eq!(void.json["BillPayment"]["PrivateNote"], "Voided", "{}", void.text);
    assert_eq!(books.read("Bill", &owed).await["Balance"], json!(25.0));
    assert_eq!(books.read("Vendor", &oak).await["Balance"], json!(20.0));
    assert_eq!(books.balance("Checking"), "0.00");
    books.close().await;
}

#[tokio::test]
async fn plans_gate_bills_orders_and_classes() {
    let plan = |sku: &str| CompanyOptions { offering_sku: sku.into(), ..CompanyOptions::default() };
    let books = Books::open_with(plan("QuickBooks Simple Start")).await;
    let oak = vendor(&books, "Oak").await;
    let office = books.account("Office Expenses").await;
    for entity in ["bill", "vendorcredit", "billpayment", "purchaseorder"] {
        books.post(entity, bill(&oak, vec![spent_on(&office, 5.0)])).await.refused("5030");
    }
    books.close().await;
    let books = Books::open_with(plan("QuickBooks Online Essentials")).await;
    let oak = vendor(&books, "Oak").await;
    let office = books.account("Office Expenses").await;
    books.create("Bill", bill(&oak, vec![spent_on(&office, 5.0)])).await;
    books.post("purchaseorder", bill(&oak, vec![spent_on(&office, 5.0)])).await.refused("5030");
    books.post("bill", bill(&oak, vec![bought("1", 5.0)])).await.refused("5030");
    for list in ["class", "department"] {
        books.post(list, json!({"Name": "Store 7"})).await.refused("5030");
    }
    books.close().await;
}

#[tokio::test]
async fn classes_and_locations_stand_where_the_company_tracks_them() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let class = id(&books.create("Class", json!({"Name": "Wholesale"})).await);
    let sub = json!({"Name": "East", "ParentRef": {"value": class}});
    assert_eq!(books.create("Class", sub).await["FullyQualifiedName"], "Wholesale:East");
    let store = id(&books.create("Department", json!({"Name": "Store 7"})).await);
    books.post("department", json!({"Name": "store 7"})).await.refused("6240");
    let mut sold = line("1", 10.0, "NON");
    sold["SalesItemLineDetail"]["ClassRef"] = json!({"value": class});
    let body = with(form(&customer, vec![sold]), json!({"DepartmentRef": {"value": store}}));
    let invoice = books.create("Invoice", body.clone()).await;
    assert_eq!(invoice["DepartmentRef"]["name"], "Store 7");
    assert_eq!(invoice["Line"][0]["SalesItemLineDetail"]["ClassRef"]["name"], "Wholesale");
    books.post("invoice", with(body.clone(), json!({"ClassRef": {"value": class}}))).await.refused("6000");
    let types = books.query("select * from CustomerType").await;
    assert_eq!(types.json["QueryResponse"]["CustomerType"][0]["Id"], "5000000000000003466");
    books.close().await;

    let options = CompanyOptions {
        class_tracking: ClassTracking::PerTxn,
        track_departments: false,
        ..CompanyOptions::default()
    };
    let books = Books::open_with(options).await;
    let customer = books.customer("Ada").await;
    let class = id(&books.create("Class", json!({"Name": "Wholesale"})).await);
    let store = id(&books.create("Department", json!({"Name": "Store 7"})).await);
    let body = form(&customer, vec![line("1", 10.0, "NON")]);
    let whole = with(body.clone(), json!({"ClassRef": {"value": class}}));
    assert_eq!(books.create("Invoice", whole).await["ClassRef"]["value"], json!(class));
    books.post("invoice", with(body, json!({"DepartmentRef": {"value": store}}))).await.refused("6000");
    books.close().await;
}

#[tokio::test]
async fn checks_and_bill_payments_share_their_numbers_where_the_company_warns() {
    let options = CompanyOptions { warn_duplicate_check_number: true, ..CompanyOptions::default() };
    let books = Books::open_with(options).await;
    let oak = vendor(&books, "Oak").await;
    let (office, bank) = (books.account("Office Expenses").await, books.account("Checking").await);
    let owed = id(&books.create("Bill", bill(&oak, vec![spent_on(&office, 25.0)])).await);
    let paid = json!({"VendorRef": {"value": oak}, "PayType": "Check", "TotalAmt": 10, "DocNumber": "1188",
        "CheckPayment": {"BankAccountRef": {"value": bank}},
        "Line": [{"Amount": 10, "LinkedTxn": [{"TxnId": owed, "TxnType": "Bill"}]}]});
    let first = id(&books.create("BillPayment", paid.clone()).await);
    let check = json!({"PaymentType": "Check", "AccountRef": {"value": bank}, "DocNumber": "1188",
        "EntityRef": {"value": oak, "type": "Vendor"}, "Line": [spent_on(&office, 1.0)]});
    let detail = books.post("purchase", check.clone()).await.refused("6140").to_owned();
    assert!(detail.ends_with(&format!("TxnType=Check with TxnId={first}")), "{detail}");
    books.post("billpayment", paid).await.refused("6140");
    let other = books.create("Purchase", with(check, json!({"DocNumber": "1189"}))).await;
    assert_eq!(other["EntityRef"], json!({"value": oak, "name": "Oak", "type": "Vendor"}));
    books.close().await;
}

#[tokio::test]
async fn a_bill_update_keeps_what_it_received_and_a_smaller_bill_than_paid_is_refused() {
    let books = Books::open().await;
    let oak = vendor(&books, "Oak").await;
    let (office, bank) = (books.account("Office Expenses").await, books.account("Checking").await);
    books.create("Bill", bill(&oak, vec![spent_on(&office, 1.0)])).await;
    let payable = books.account("Accounts Payable (A/P)").await;
    let ordered =
        with(bill(&oak, vec![spent_on(&office, 25.0)]), json!({"APAccountRef": {"value": payable}}));
    let order = id(&books.create("PurchaseOrder", ordered).await);
    let link = json!({"LinkedTxn": [{"TxnId": order, "TxnType": "PurchaseOrder", "TxnLineId": "1"}]});
    let received = bill(&oak, vec![with(spent_on(&office, 25.0), link.clone())]);
    let received = books.create("Bill", received).await;
    let sparse = |members: Value, token: &str| {
        let key = json!({"Id": received["Id"], "SyncToken": token, "sparse": true});
        with(with(key, json!({"VendorRef": {"value": oak}})), members)
    };
    let nameless = json!({"Id": received["Id"], "SyncToken": "0", "sparse": true, "PrivateNote": "x"});
    books.post("bill", nameless).await.refused("2020");
    let noted = books.post("bill", sparse(json!({"PrivateNote": "x"}), "0")).await.json["Bill"].clone();
    assert_eq!(noted["Line"][0]["LinkedTxn"], link["LinkedTxn"]);
    assert_eq!(books.read("PurchaseOrder", &order).await["POStatus"], "Closed");

    let paid = json!({"VendorRef": {"value": oak}, "PayType": "Check", "TotalAmt": 10,
        "CheckPayment": {"BankAccountRef": {"value": bank}},
        "Line": [{"Amount": 10, "LinkedTxn": [{"TxnId": received["Id"], "TxnType": "Bill"}]}]});
    books.create("BillPayment", paid).await;
    let less = json!({"Line": [spent_on(&office, 9.0)]});
    books.post("bill", sparse(less, "2")).await.refused("6000");
    let closed = books.read("PurchaseOrder", &order).await;
    assert_eq!((&closed["POStatus"], &closed["SyncToken"]), (&json!("Closed"), &json!("2")));
    let part = json!({"Line": [spent_on(&office, 12.0)]});
    assert_eq!(books.post("bill", sparse(part, "2")).await.json["Bill"]["Balance"], json!(2.0));
    let open = books.read("PurchaseOrder", &order).await;
    assert_eq!((&open["POStatus"], &open["LinkedTxn"]), (&json!("Open"), &json!([])));
    books.close().await;
}
