//! Lines 4, 5, 6, 7, 20 and 21: what a create refuses.

use crate::common;

use common::*;
use qb_simulator::{Choices, CompanyOptions};
use serde_json::{Value, json};

#[tokio::test]
async fn line_4_unknown_properties_are_refused_and_of_old_named_with_their_class() {
    let today = Books::open().await;
    let answer = today.post("customer", json!({"DisplayName": "Ada", "Foo": 1})).await;
    let told = "Property Name:failed to parse json object; a property specified is unsupported or invalid";
    assert_eq!((answer.refused("2010"), answer.fault().2), (told, "Foo"));
    today.close().await;
    let choices = Choices { names_unknown_properties: true, ..Choices::default() };
    let books = Books::open_with(CompanyOptions { choices, ..CompanyOptions::default() }).await;
    let customer = books.customer("Ada").await;
    let body = form(&customer, vec![line("1", 10.0, "NON")]);
    let detail =
        books.post("invoice", with(body.clone(), json!({"Foo": 1}))).await.refused("2010").to_owned();
    assert!(detail.starts_with(
        "Property Name:Unrecognized field \"Foo\" (class com.intuit.schema.finance.v3.Invoice)"
    ));
    let mut nested = body.clone();
    nested["Line"][0]["SalesItemLineDetail"]["Bar"] = json!(true);
    let detail = books.post("invoice", nested).await.refused("2010").to_owned();
    assert!(detail.contains("\"Bar\" (class com.intuit.schema.finance.v3.SalesItemLineDetail)"), "{detail}");
    for (entity, property) in
        [("payment", "DocNumber"), ("invoice", "PaymentRefNum"), ("item", "DisplayName")]
    {
        books.post(entity, json!({property: "x"})).await.refused("2010");
    }
    for echo in ["PurchaseEx", "LineEx"] {
        books.post("purchase", json!({echo: {"any": []}})).await.refused("2010");
    }
    books.close().await;
}

#[tokio::test]
async fn line_4_read_only_properties_are_ignored() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body = with(
        form(&customer, vec![line("1", 10.0, "NON")]),
        json!({"TotalAmt": 9999, "Balance": "", "HomeBalance": 0, "SyncToken": 0, "domain": "QBO", "sparse": false,
            "InvoiceLink": "", "MetaData": {"CreateTime": "2001-01-01"}, "DueDate": "", "ShipDate": "",
            "LinkedTxn": [], "CustomField": [], "FullyQualifiedName": ""}),
    );
    let invoice = books.create("Invoice", body).await;
    assert_eq!((&invoice["TotalAmt"], &invoice["SyncToken"]), (&json!(10.0), &json!("0")));
    assert_eq!(invoice["DueDate"], "2026-02-03");
    books.close().await;
}

/// What has no value is left out, and `""` clears a member.
#[tokio::test]
async fn line_4_nothing_is_answered_as_null_and_an_empty_text_clears() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body =
        with(form(&customer, vec![line("1", 10.0, "NON")]), json!({"PrivateNote": "x", "DocNumber": null}));
    let made = books.create("Invoice", body).await;
    let key = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "PrivateNote": ""});
    let cleared = books.post("invoice", key).await;
    assert_eq!(cleared.json["Invoice"].get("PrivateNote"), None);
    for entity in ["Invoice", "Customer", "Item", "Account", "Preferences", "CompanyInfo", "Term"] {
        let answer = books.query(&format!("select * from {entity}")).await;
        assert!(
            answer.json["QueryResponse"][entity].is_array() && !answer.text.contains(":null"),
            "{entity}"
        );
    }
    books.close().await;
}

#[tokio::test]
async fn line_5_texts_that_are_too_long_are_refused_with_both_lengths() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body = form(&customer, vec![line("1", 10.0, "NON")]);
    let too_long = |members: Value| {
        let body = with(body.clone(), members);
        let books = &books;
        async move { books.post("invoice", body).await }
    };
    let answer = too_long(json!({"DocNumber": "N".repeat(22)})).await;
    assert!(answer.refused("2050").ends_with("Min:0 Max:21 supported. Supplied length:22"));
    assert_eq!(answer.fault().2, "DocNumber");
    let answer = too_long(json!({"PrivateNote": "N".repeat(4001)})).await;
    assert!(answer.refused("2050").ends_with("Max:4,000 supported. Supplied length:4,001"));
    too_long(json!({"CustomField": [{"DefinitionId": "1", "StringValue": "N".repeat(32)}]}))
        .await
        .refused("2050");
    let answer = too_long(json!({"CustomerMemo": {"value": "N".repeat(1001)}})).await;
    answer.refused("2050");
    assert_eq!(answer.fault().2, "Customer Memo");
    let mut long_line = line("1", 1.0, "NON");
    long_line["Description"] = json!("N".repeat(4001));
    books.post("invoice", form(&customer, vec![long_line])).await.refused("2050");
    let payment = json!({"CustomerRef": {"value": customer}, "TotalAmt": 1, "PaymentRefNum": "N".repeat(22)});
    books.post("payment", payment).await.refused("2050");
    books.post("customer", json!({"DisplayName": "N".repeat(501)})).await.refused("2050");
    books.post("item", json!({"Name": "N".repeat(101)})).await.refused("2050");

    let fits = json!({"DocNumber": "é".repeat(21), "PrivateNote": "N".repeat(4000),
        "CustomField": [{"DefinitionId": "1", "Type": "StringType", "StringValue": "N".repeat(31)}]});
    let invoice = books.create("Invoice", with(body.clone(), fits)).await;
    assert_eq!(invoice["CustomField"][0]["Name"], "P.O. Number");
    too_long(json!({"CustomField": [{"DefinitionId": "2", "StringValue": "x"}]})).await.refused("3000");
    books.close().await;
}

#[tokio::test]
async fn line_6_a_number_in_use_is_refused_with_its_holder() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let body = with(form(&customer, vec![line("1", 10.0, "NON")]), json!({"DocNumber": "R-1"}));
    let first = books.create("Invoice", body.clone()).await;
    let detail = books.post("invoice", body.clone()).await.refused("6140").to_owned();
    assert!(
        detail.ends_with(&format!("DocNumber=R-1 is assigned to TxnType=Invoice with TxnId={}", id(&first)))
    );
    books.create("CreditMemo", body.clone()).await;
    let detail = books.post("creditmemo", body.clone()).await.refused("6140").to_owned();
    assert!(detail.contains("TxnType=Credit Memo"), "{detail}");
    let again = books.post("invoice?include=invoiceLink,allowduplicatedocnum", body.clone()).await;
    assert_eq!(again.status, 200);
    let found = books.query("select * from Invoice where DocNumber = 'R-1'").await;
    assert_eq!(found.json["QueryResponse"]["totalCount"], 2);

    let unnumbered = books.create("Invoice", form(&customer, vec![line("1", 1.0, "NON")])).await;
    assert_eq!(unnumbered["DocNumber"], Value::Null);
    books.close().await;
}

#[tokio::test]
async fn line_6_without_custom_numbers_quickbooks_numbers_in_one_series() {
    let books =
        Books::open_with(CompanyOptions { custom_txn_numbers: false, ..CompanyOptions::default() }).await;
    let customer = books.customer("Ada").await;
    let body = form(&customer, vec![line("1", 10.0, "NON")]);
    assert_eq!(books.create("Invoice", body.clone()).await["DocNumber"], "1001");
    assert_eq!(books.create("CreditMemo", body.clone()).await["DocNumber"], "1002");
    for _ in 0..2 {
        let given = with(body.clone(), json!({"DocNumber": "1003"}));
        assert_eq!(books.create("SalesReceipt", given).await["DocNumber"], "1003");
    }
    assert_eq!(books.create("Invoice", body).await["DocNumber"], "1003");
    books.close().await;
}

#[tokio::test]
async fn line_7_names_are_unique_whatever_their_case() {
    let books = Books::open().await;
    books.customer("Nadia Kowalczyk").await;
    let detail =
        books.post("customer", json!({"DisplayName": "NADIA kowalczyk"})).await.refused("6240").to_owned();
    assert!(detail.contains("Another customer, vendor or employee is already using this"));
    books.post("customer", json!({"GivenName": "Nadia", "FamilyName": "Kowalczyk"})).await.refused("6240");
    let colon = books.post("customer", json!({"DisplayName": "A:B"})).await;
    assert_eq!((colon.refused("2040").contains("A:B"), colon.fault().2), (true, "DisplayName"));
    books.post("customer", json!({"Notes": "nobody"})).await.refused("6080");
    books
        .post("customer", json!({"DisplayName": "X", "PrimaryEmailAddr": {"Address": "x"}}))
        .await
        .refused("2210");
    books.post("item", json!({"Name": "services", "IncomeAccountRef": {"value": "8"}})).await.refused("6240");
    books.post("account", json!({"Name": "CHECKING", "AccountType": "Bank"})).await.refused("6240");
    books.post("paymentmethod", json!({"Name": "cash"})).await.refused("6240");
    books.close().await;
}

#[tokio::test]
async fn line_7_a_sub_customer_is_named_after_its_parent() {
    let books = Books::open().await;
    let parent = books.customer("Parent").await;
    let job = json!({"DisplayName": "Job 1", "Job": true, "ParentRef": {"value": parent}});
    let job = books.create("Customer", job).await;
    assert_eq!((&job["FullyQualifiedName"], &job["Level"]), (&json!("Parent:Job 1"), &json!(1)));
    let mut above = id(&job);
    for level in 2..=4 {
        let body = json!({"DisplayName": format!("Job {level}"), "ParentRef": {"value": above}});
        above = id(&books.create("Customer", body).await);
    }
    let fifth = json!({"DisplayName": "Job 5", "ParentRef": {"value": above}});
    books.post("customer", fifth).await.refused("6180");
    books.close().await;
}

#[tokio::test]
async fn line_20_closed_books_take_nothing() {
    let close = CompanyOptions { book_close_date: "2025-12-31".parse().ok(), ..CompanyOptions::default() };
    let books = Books::open_with(close).await;
    let customer = books.customer("Ada").await;
    let bank = books.account("Checking").await;
    let expense = books.account("Office Expenses").await;
    let sale = form(&customer, vec![line("1", 10.0, "NON")]);
    let payment = json!({"CustomerRef": {"value": customer}, "TotalAmt": 5});
    let purchase = json!({"PaymentType": "Cash", "AccountRef": {"value": bank}, "Line": [
        {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 5,
         "AccountBasedExpenseLineDetail": {"AccountRef": {"value": expense}}}]});
    for (entity, body) in [
        ("invoice", &sale),
        ("creditmemo", &sale),
        ("salesreceipt", &sale),
        ("payment", &payment),
        ("purchase", &purchase),
    ] {
        for day in ["2025-12-31", "2020-01-01"] {
            let closed = books.post(entity, with(body.clone(), json!({"TxnDate": day}))).await;
            closed.refused("6210");
        }
        let open = books.post(entity, with(body.clone(), json!({"TxnDate": "2026-01-01"}))).await;
        assert_eq!(open.status, 200, "{}", open.text);
    }
    let preferences = books.get("preferences").await;
    assert_eq!(preferences.json["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"], "2025-12-31");
    books.close().await;
}

#[tokio::test]
async fn line_21_references_to_nothing_are_2500() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let detail =
        books.post("invoice", form("99", vec![line("1", 1.0, "NON")])).await.refused("2500").to_owned();
    assert_eq!(detail, "Invalid Reference Id : Names element id 99 not found");
    let detail =
        books.post("invoice", form(&customer, vec![line("99", 1.0, "NON")])).await.refused("2500").to_owned();
    assert_eq!(detail, "Invalid Reference Id : Items element id 99 not found");
    let item = json!({"Name": "Tea", "IncomeAccountRef": {"value": "99"}});
    assert!(books.post("item", item).await.refused("2500").contains("Accounts element id 99"));
    let taxed = with(
        form(&customer, vec![line("1", 1.0, "TAX")]),
        json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "99"}}}),
    );
    books.post("invoice", taxed).await.refused("2500");
    let payment =
        json!({"CustomerRef": {"value": customer}, "TotalAmt": 1, "PaymentMethodRef": {"value": "99"}});
    books.post("payment", payment).await.refused("2500");
    let body = form(&customer, vec![line("1", 1.0, "NON")]);
    for reference in ["DepartmentRef", "ClassRef", "SalesTermRef"] {
        books.post("invoice", with(body.clone(), json!({reference: {"value": "99"}}))).await.refused("2500");
    }
    books.post("invoice", with(body, json!({"CurrencyRef": {"value": "EUR"}}))).await.refused("2220");
    books.close().await;
}

#[tokio::test]
async fn required_properties_are_named() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = |members: Value| with(form(&customer, vec![line("1", 1.0, "NON")]), members);
    let no_amount =
        json!({"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}});
    for (entity, body, element) in [
        ("invoice", sale(json!({"CustomerRef": null})), "CustomerRef"),
        ("creditmemo", sale(json!({"CustomerRef": {}})), "CustomerRef"),
        ("invoice", sale(json!({"Line": []})), "Line"),
        ("invoice", sale(json!({"Line": [no_amount]})), "Amount"),
        ("payment", json!({"TotalAmt": 1}), "CustomerRef"),
        ("purchase", json!({"AccountRef": {"value": "1"}}), "PaymentType"),
        ("purchase", json!({"PaymentType": "Cash"}), "AccountRef"),
        ("purchase", json!({"PaymentType": "Cash", "AccountRef": {"value": "1"}}), "Line"),
        ("item", json!({"Type": "Service"}), "Name"),
        ("item", json!({"Name": "Tea"}), "IncomeAccountRef"),
        ("account", json!({"AccountType": "Bank"}), "Name"),
        ("paymentmethod", json!({}), "Name"),
    ] {
        let answer = books.post(entity, body).await;
        assert!(
            answer.refused("2020").contains(&format!("Required parameter {element} is missing")),
            "{entity}"
        );
        assert_eq!(answer.fault().2, element);
    }
    books.close().await;
}

#[tokio::test]
async fn accounts_need_a_type_that_fits() {
    let books = Books::open().await;
    books.post("account", json!({"Name": "Till"})).await.refused("6010");
    books.post("account", json!({"Name": "Till", "AccountType": "Drawer"})).await.refused("2170");
    let contradiction = json!({"Name": "Till", "AccountType": "Bank", "AccountSubType": "UndepositedFunds"});
    books.post("account", contradiction).await.refused("6010");
    let second = json!({"Name": "Waiting", "AccountSubType": "UndepositedFunds"});
    assert!(
        books
            .post("account", second)
            .await
            .refused("6000")
            .contains("only one account of singular detail type")
    );
    let gifts = books
        .create(
            "Account",
            json!({"Name": "Gift cards", "AccountType": "Other Current Liability", "AcctNum": "2210"}),
        )
        .await;
    assert_eq!((&gifts["Classification"], &gifts["CurrentBalance"]), (&json!("Liability"), &json!(0)));
    assert_eq!(gifts["AccountSubType"], "OtherCurrentLiabilities");
    let control =
        books.create("Account", json!({"Name": "A/R 2", "AccountSubType": "AccountsReceivable"})).await;
    let item = json!({"Name": "Tea", "IncomeAccountRef": {"value": control["Id"]}});
    books.post("item", item).await.refused("6430");
    books.close().await;
}
