//! Preferences and CompanyInfo as clients set them, what each plan has, the custom fields of purchase orders,
//! and employees.

use crate::common;

use common::*;
use qb_simulator::{Company, CompanyOptions};
use serde_json::{Value, json};

fn key(token: &str, members: Value) -> Value {
    with(json!({"Id": "1", "SyncToken": token, "sparse": true}), members)
}

#[tokio::test]
async fn preferences_are_set_by_a_sparse_or_a_full_update() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let shipped = form(&customer, vec![line("SHIPPING_ITEM_ID", 5.0, "NON"), line("1", 1.0, "NON")]);
    books.create("Invoice", shipped.clone()).await;
    let off = key("0", json!({"SalesFormsPrefs": {"AllowShipping": false}}));
    let set = books.create("Preferences", off.clone()).await;
    assert_eq!((&set["SalesFormsPrefs"]["AllowShipping"], &set["SyncToken"]), (&json!(false), &json!("1")));
    assert_eq!(set["SalesFormsPrefs"]["CustomTxnNumbers"], true, "what is not named stays");
    books.post("invoice", shipped.clone()).await.refused("6000");
    books.post("preferences", off).await.refused("5010");
    books.post("preferences", json!({"SalesFormsPrefs": {"AllowShipping": true}})).await.refused("2020");
    books.post("preferences", key("1", json!({"SalesFormsPrefs": {"Foo": true}}))).await.refused("2010");
    books.post("preferences?operation=delete", key("1", json!({}))).await.refused("500");

    let mut whole = books.get("preferences").await.json["Preferences"].clone();
    whole["SalesFormsPrefs"]["AllowShipping"] = json!(true);
    whole["AccountingInfoPrefs"]["BookCloseDate"] = json!("2026-12-31");
    let set = books.create("Preferences", whole).await;
    assert_eq!((&set["SalesFormsPrefs"]["AllowShipping"], &set["SyncToken"]), (&json!(true), &json!("2")));
    assert_eq!(set["AccountingInfoPrefs"]["BookCloseDate"], Value::Null, "it is read-only");
    books.create("Invoice", shipped).await;

    let other = json!({"OtherPrefs": {"NameValue": [
        {"Name": "SalesFormsPrefs.AllowGratuity", "Value": "true"},
        {"Name": "WarnDuplicateCheckNumber", "Value": "true"}]}});
    let set = books.create("Preferences", key("2", other)).await;
    let pairs = set["OtherPrefs"]["NameValue"].as_array().unwrap();
    let account =
        json!({"Name": "SalesFormsPrefs.GratuityAccount", "Value": books.account("Gratuities").await});
    assert!(pairs.contains(&account), "{pairs:?}");
    let query = books.query("select * from Preferences").await;
    assert_eq!(query.json["QueryResponse"]["Preferences"][0], set);
    let saved = books.simulator.with_company(|company| company.save().unwrap());
    let mut again = Company::load(&saved).unwrap();
    assert_eq!(call(&mut again, "GET", "preferences", "").1["Preferences"], set);
    books.close().await;
}

#[tokio::test]
async fn classes_are_tracked_in_one_place_or_none() {
    let books = Books::open().await;
    let classes = |whole: Value, lines: Value| json!({"AccountingInfoPrefs": {"ClassTrackingPerTxn": whole, "ClassTrackingPerTxnLine": lines}});
    books.post("preferences", key("0", classes(json!(true), json!(true)))).await.refused("6000");
    for (token, whole, lines, expected) in [
        ("0", json!(true), json!(null), (true, false)),
        ("1", json!(null), json!(true), (false, true)),
        ("2", json!(null), json!(false), (false, false)),
    ] {
        let set = books.create("Preferences", key(token, classes(whole, lines))).await;
        let found = &set["AccountingInfoPrefs"];
        assert_eq!(found["ClassTrackingPerTxn"], expected.0);
        assert_eq!(found["ClassTrackingPerTxnLine"], expected.1);
    }
    books.close().await;
}

#[tokio::test]
async fn what_a_person_sets_raises_the_token_of_preferences() {
    let books = Books::open().await;
    books.admin("POST", "person", json!({"act": "preferences", "allow_gratuity": true})).await;
    books.admin("POST", "person", json!({"act": "close_books", "on": "2026-01-31"})).await;
    assert_eq!(books.get("preferences").await.json["Preferences"]["SyncToken"], "2");
    books.post("preferences", key("0", json!({}))).await.refused("5010");
    assert_eq!(books.balance("Gratuities"), "0.00");
    books.close().await;
}

#[tokio::test]
async fn company_info_is_set_but_for_what_the_plan_says() {
    let books = Books::open().await;
    let realm = books.simulator.connection().realm_id.clone();
    let body = key(
        "0",
        json!({"CompanyName": "Tea House", "CompanyAddr": {"Line1": "4 Pier Rd", "City": "Eastport"},
        "Email": {"Address": "tea@example.org"}, "WebAddr": {"URI": "https://example.org"}, "Country": "CA",
        "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Simple Start"}]}),
    );
    let set = books.create("CompanyInfo", body.clone()).await;
    assert_eq!((&set["CompanyName"], &set["LegalName"]), (&json!("Tea House"), &json!("Simulated Company")));
    assert_eq!((&set["CompanyAddr"]["City"], &set["Country"]), (&json!("Eastport"), &json!("US")));
    assert_eq!(set["NameValue"][0]["Value"], "QuickBooks Online Plus");
    assert_eq!(books.get(&format!("companyinfo/{realm}")).await.json["CompanyInfo"], set);
    books.post("companyinfo", body).await.refused("5010");
    books.post("companyinfo", key("1", json!({"Email": {"Address": "x"}}))).await.refused("2210");
    books.post("companyinfo", key("1", json!({"Foo": 1}))).await.refused("2010");
    let saved = books.simulator.with_company(|company| company.save().unwrap());
    let mut again = Company::load(&saved).unwrap();
    assert_eq!(call(&mut again, "GET", &format!("companyinfo/{realm}"), "").1["CompanyInfo"], set);
    books.close().await;
}

/// Appendix B: what each plan has; the rest is 5030.
#[tokio::test]
async fn plans_have_their_features() {
    for (sku, essentials, plus) in [
        ("QuickBooks Simple Start", false, false),
        ("QuickBooks Online Essentials", true, false),
        ("QuickBooks Online Plus", true, true),
        ("QuickBooks Online Advanced", true, true),
    ] {
        let options = CompanyOptions { offering_sku: sku.into(), ..CompanyOptions::default() };
        let books = Books::open_with(options).await;
        let customer = books.customer("Ada").await;
        let vendor = id(&books.create("Vendor", json!({"DisplayName": "Oak"})).await);
        let (bank, office) = (books.account("Checking").await, books.account("Office Expenses").await);
        let savings = books.account("Savings").await;
        let sale = form(&customer, vec![line("1", 5.0, "NON")]);
        let spent = json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": 5,
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}}});
        let tea = json!({"Name": "Tea", "Type": "NonInventory", "ExpenseAccountRef": {"value": office}});
        let tea = id(&books.create("Item", tea).await);
        let bought = json!({"DetailType": "ItemBasedExpenseLineDetail", "Amount": 5,
            "ItemBasedExpenseLineDetail": {"ItemRef": {"value": tea}}});
        let posting = |side: &str, account: &str| {
            json!({"DetailType": "JournalEntryLineDetail", "Amount": 5,
                "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}})
        };
        let payable = json!({"Name": "A/P", "AccountType": "Accounts Payable"});
        let payable = id(&books.create("Account", payable).await);
        let cash =
            |line: &Value| json!({"PaymentType": "Cash", "AccountRef": {"value": bank}, "Line": [line]});
        let of_vendor = |line: &Value| json!({"VendorRef": {"value": vendor}, "Line": [line]});
        let always = [
            ("invoice", sale.clone()),
            ("salesreceipt", sale.clone()),
            ("creditmemo", sale.clone()),
            ("refundreceipt", with(sale.clone(), json!({"DepositToAccountRef": {"value": bank}}))),
            ("payment", json!({"CustomerRef": {"value": customer}, "TotalAmt": 5})),
            ("purchase", cash(&spent)),
            ("journalentry", json!({"Line": [posting("Debit", &bank), posting("Credit", &office)]})),
            (
                "transfer",
                json!({"FromAccountRef": {"value": bank}, "ToAccountRef": {"value": savings}, "Amount": 5}),
            ),
        ];
        for (entity, body) in always {
            assert_eq!(books.post(entity, body).await.status, 200, "{sku}: {entity}");
        }
        let paid = json!({"VendorRef": {"value": vendor}, "PayType": "Check", "TotalAmt": 5,
            "CheckPayment": {"BankAccountRef": {"value": bank}}, "Line": []});
        let order = with(of_vendor(&spent), json!({"APAccountRef": {"value": payable}}));
        let gated = [
            ("bill", of_vendor(&spent), essentials, true),
            ("vendorcredit", of_vendor(&spent), essentials, true),
            ("billpayment", paid, essentials, false),
            ("purchaseorder", order, plus, true),
            ("purchase", cash(&bought), plus, true),
            ("class", json!({"Name": "Wholesale"}), plus, true),
            ("department", json!({"Name": "Store 7"}), plus, true),
            ("item", json!({"Name": "Crate", "Type": "Inventory"}), false, true),
        ];
        for (entity, body, has, is_whole) in gated {
            let answer = books.post(entity, body).await;
            match (has, is_whole) {
                (true, true) => assert_eq!(answer.status, 200, "{sku}: {entity} {}", answer.text),
                // Past the gate, and refused for its lines.
                (true, false) => drop(answer.refused("2020").to_owned()),
                (false, _) => drop(answer.refused("5030").to_owned()),
            }
        }
        let euro = with(sale.clone(), json!({"CurrencyRef": {"value": "EUR"}}));
        books.post("invoice", euro).await.refused("2220");
        let shown = books.get("preferences").await.json["Preferences"].clone();
        let accounting = &shown["AccountingInfoPrefs"];
        assert_eq!(
            (&accounting["TrackDepartments"], &accounting["ClassTrackingPerTxnLine"]),
            (&json!(plus), &json!(plus))
        );
        let whole = json!({"AccountingInfoPrefs": {"ClassTrackingPerTxn": true}});
        let answer = books.post("preferences", key("0", whole)).await;
        assert_eq!(answer.status, if plus { 200 } else { 400 }, "{}", answer.text);
        if !plus {
            answer.refused("5030");
        }
        books.close().await;
    }
}

/// Purchase orders have a set of custom fields of their own.
#[tokio::test]
async fn purchase_orders_have_custom_fields_of_their_own() {
    let options = CompanyOptions {
        purchase_custom_fields: vec!["Crew".into(), "Dock".into()],
        ..CompanyOptions::default()
    };
    let books = Books::open_with(options).await;
    let vendor = id(&books.create("Vendor", json!({"DisplayName": "Oak"})).await);
    let office = books.account("Office Expenses").await;
    let payable =
        id(&books.create("Account", json!({"Name": "A/P", "AccountType": "Accounts Payable"})).await);
    let order = |fields: Value| {
        json!({"VendorRef": {"value": vendor}, "APAccountRef": {"value": payable}, "CustomField": fields, "Line": [
            {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 5,
             "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}}}]})
    };
    let field =
        |id: &str, value: &str| json!({"DefinitionId": id, "Type": "StringType", "StringValue": value});
    let made = books.create("PurchaseOrder", order(json!([field("2", "North")]))).await;
    let expected = json!([{"DefinitionId": "1", "Name": "Crew", "Type": "StringType"},
        {"DefinitionId": "2", "Name": "Dock", "Type": "StringType", "StringValue": "North"}]);
    assert_eq!(made["CustomField"], expected);
    let noted = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "PrivateNote": "x"});
    assert_eq!(books.create("PurchaseOrder", noted).await["CustomField"], expected);
    books.post("purchaseorder", order(json!([field("3", "x")]))).await.refused("3000");
    books.post("purchaseorder", order(json!([field("1", &"x".repeat(32))]))).await.refused("2050");
    let shown = books.get("preferences").await.json["Preferences"]["VendorAndPurchasesPrefs"].clone();
    let fields = &shown["POCustomField"];
    assert_eq!(fields[0]["CustomField"][1]["Name"], "PurchasePrefs.UsePurchaseCustom2");
    assert_eq!(
        (&fields[0]["CustomField"][1]["BooleanValue"], &fields[0]["CustomField"][2]["BooleanValue"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(fields[1]["CustomField"][1]["StringValue"], "Dock");
    books.close().await;
}

#[tokio::test]
async fn line_7_names_are_unique_across_employees_too() {
    let books = Books::open().await;
    books.customer("Ada Byron").await;
    let ada = json!({"GivenName": "Ada", "FamilyName": "Byron"});
    books.post("employee", ada).await.refused("6240");
    books.post("employee", json!({"DisplayName": "Bob"})).await.refused("6080");
    let bob = books.create("Employee", json!({"GivenName": "Bob", "HiredDate": "2026-01-02"})).await;
    assert_eq!((&bob["DisplayName"], &bob["Id"]), (&json!("Bob"), &json!("2")));
    books.post("vendor", json!({"DisplayName": "BOB"})).await.refused("6240");
    let found = books.query("select * from Employee where DisplayName = 'Bob'").await;
    assert_eq!(found.json["QueryResponse"]["Employee"][0]["HiredDate"], "2026-01-02");

    let (bank, office) = (books.account("Checking").await, books.account("Office Expenses").await);
    let paid = json!({"PaymentType": "Check", "AccountRef": {"value": bank},
        "EntityRef": {"value": "2", "type": "Employee"}, "Line": [
        {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 5,
         "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}}}]});
    let paid = books.create("Purchase", paid).await;
    assert_eq!(paid["EntityRef"], json!({"value": "2", "name": "Bob", "type": "Employee"}));
    let posting = |side: &str, account: &str| {
        json!({"DetailType": "JournalEntryLineDetail", "Amount": 5, "JournalEntryLineDetail": {
            "PostingType": side, "AccountRef": {"value": account},
            "Entity": {"Type": "Employee", "EntityRef": {"value": "2"}}}})
    };
    let entry = json!({"Line": [posting("Debit", &office), posting("Credit", &bank)]});
    let entry = books.create("JournalEntry", entry).await;
    assert_eq!(entry["Line"][0]["JournalEntryLineDetail"]["Entity"]["Type"], "Employee");
    let gone = json!({"Id": "2", "SyncToken": "0", "sparse": true, "Active": false});
    assert_eq!(books.create("Employee", gone).await["DisplayName"], "Bob (deleted)");
    books.create("Vendor", json!({"DisplayName": "Bob"})).await;
    books.close().await;
}
