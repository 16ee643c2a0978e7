//! What a person does in the company's own screens, by `POST /simulator/person`: customers merged, made inactive and active
//! again, customer types, custom fields, finance charges and payments; and the links that open a record.

use crate::common;

use common::*;
use qb_simulator::{Choices, Company, CompanyOptions, HookForm, Hooks, MergedName, PersonAct};
use serde_json::{Value, json};

/// Does an act; the test fails when it cannot be done.
async fn person(books: &Books, act: Value) -> Value {
    let answer = books.admin("POST", "person", act).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json
}

async fn impossible(books: &Books, act: Value) -> String {
    let answer = books.admin("POST", "person", act).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    answer.json["error"].as_str().unwrap().to_owned()
}

fn key(object: &Value) -> Value {
    json!({"Id": object["Id"], "SyncToken": object["SyncToken"], "sparse": true})
}

fn merge(id: &str, into: &str) -> Value {
    json!({"act": "merge", "entity": "Customer", "id": id, "into": into})
}

#[tokio::test]
async fn a_merged_customers_documents_and_open_amounts_move() {
    for left in [MergedName::Gone, MergedName::Inactive] {
        let choices = Choices { merged_names: left, ..Choices::default() };
        let books = Books::open_with(CompanyOptions { choices, ..CompanyOptions::default() }).await;
        let (ada, twin) = (books.customer("Ada").await, books.customer("Ada L").await);
        let kept = books.create("Invoice", form(&ada, vec![line("1", 10.0, "NON")])).await;
        let moved = books.create("Invoice", form(&twin, vec![line("1", 5.0, "NON")])).await;
        let paid = json!({"CustomerRef": {"value": twin}, "TotalAmt": 2, "Line": [
            {"Amount": 2, "LinkedTxn": [{"TxnId": moved["Id"], "TxnType": "Invoice"}]}]});
        let payment = books.create("Payment", paid).await;
        let control = books.account("Accounts Receivable (A/R)").await;
        let bank = books.account("Checking").await;
        let check = json!({"PaymentType": "Check", "AccountRef": {"value": bank},
            "EntityRef": {"value": twin, "type": "Customer"}, "Line": [{"Amount": 1,
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": control}}}]});
        let check = books.create("Purchase", check).await;
        let posting = |side: &str, account: &str| {
            json!({"DetailType": "JournalEntryLineDetail", "Amount": 3, "JournalEntryLineDetail": {
                "PostingType": side, "AccountRef": {"value": account},
                "Entity": {"Type": "Customer", "EntityRef": {"value": twin}}}})
        };
        let entry = json!({"Line": [posting("Debit", &control), posting("Credit", &bank)]});
        let entry = books.create("JournalEntry", entry).await;

        person(&books, merge(&twin, &ada)).await;
        assert_eq!(
            books.read("Customer", &ada).await["Balance"].as_f64(),
            Some(10.0 + 5.0 - 2.0 + 1.0 + 3.0)
        );
        for (entity, made) in [("Invoice", &moved), ("Payment", &payment)] {
            let now = books.read(entity, &id(made)).await;
            assert_eq!(now["CustomerRef"], json!({"value": ada, "name": "Ada"}), "{entity}");
        }
        let moved_now = books.read("Invoice", &id(&moved)).await;
        assert_eq!(moved_now["SyncToken"], "1", "the payment raised it, the merge did not");
        assert_eq!(books.read("Purchase", &id(&check)).await["EntityRef"]["value"], json!(ada));
        let entry = books.read("JournalEntry", &id(&entry)).await;
        assert_eq!(entry["Line"][0]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["value"], json!(ada));
        let found = books.query(&format!("select * from Invoice where CustomerRef = '{ada}'")).await;
        assert_eq!(found.json["QueryResponse"]["totalCount"], json!(2));
        // One payment settles what were two customers' invoices.
        let line = |invoice: &Value, amount: f64| {
            json!({"Amount": amount,
            "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]})
        };
        let both = json!({"CustomerRef": {"value": ada}, "TotalAmt": 13,
            "Line": [line(&kept, 10.0), line(&moved, 3.0)]});
        books.create("Payment", both).await;
        match left {
            MergedName::Gone => {
                books.get(&format!("customer/{twin}")).await.refused("610");
                books.post("invoice", form(&twin, vec![])).await.refused("2500");
            }
            MergedName::Inactive => {
                let twin = books.read("Customer", &twin).await;
                assert_eq!(
                    (&twin["DisplayName"], &twin["Active"]),
                    (&json!("Ada L (deleted)"), &json!(false))
                );
                assert_eq!((&twin["Balance"], &twin["SyncToken"]), (&json!(0), &json!("1")));
            }
        }
        books.customer("Ada L").await;
        let saved = books.simulator.with_company(|company| company.save().unwrap());
        assert!(Company::load(&saved).is_ok(), "a load merges them again");
        books.close().await;
    }
}

#[tokio::test]
async fn a_merge_that_cannot_be_changes_nothing() {
    let books = Books::open().await;
    let (ada, bob, gone) =
        (books.customer("Ada").await, books.customer("Bob").await, books.customer("Gone").await);
    let job = json!({"DisplayName": "Kitchen", "ParentRef": {"value": ada}, "Job": true});
    let job = id(&books.create("Customer", job).await);
    person(&books, json!({"act": "make_inactive", "entity": "Customer", "id": gone})).await;
    for (id, into, why) in [
        (&ada, &ada, "into itself"),
        (&ada, &bob, "has others under it"),
        (&job, &bob, "under the same parent"),
        (&bob, &gone, "is inactive"),
        (&bob, &"99".to_owned(), "does not exist"),
    ] {
        let error = impossible(&books, merge(id, into)).await;
        assert!(error.contains(why), "{error}");
    }
    impossible(&books, json!({"act": "merge", "entity": "Item", "id": "1", "into": "2"})).await;
    assert_eq!(books.read("Customer", &bob).await["SyncToken"], "0");
    // An inactive one can be merged away; then it is no one's any more.
    person(&books, merge(&gone, &bob)).await;
    impossible(&books, merge(&gone, &bob)).await;
    books.close().await;
}

#[tokio::test]
async fn a_merge_of_vendors_moves_bills() {
    let books = Books::open().await;
    let oak = id(&books.create("Vendor", json!({"DisplayName": "Oak"})).await);
    let twin = id(&books.create("Vendor", json!({"DisplayName": "Oak Ltd"})).await);
    let office = books.account("Office Expenses").await;
    let bill = json!({"VendorRef": {"value": twin}, "Line": [{"Amount": 9,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}}}]});
    let bill = books.create("Bill", bill).await;
    person(&books, json!({"act": "merge", "entity": "Vendor", "id": twin, "into": oak})).await;
    assert_eq!(books.read("Vendor", &oak).await["Balance"], json!(9.0));
    assert_eq!(books.read("Bill", &id(&bill)).await["VendorRef"], json!({"value": oak, "name": "Oak"}));
    books.close().await;
}

#[tokio::test]
async fn a_merge_is_told_of_with_the_one_that_stays_and_the_one_that_went() {
    let books = Books::open().await;
    let (ada, twin) = (books.customer("Ada").await, books.customer("Ada L").await);
    let hooks = Hooks { form: HookForm::Mixed, ..Hooks::default() };
    books.simulator.with_service(|service| service.set_hooks(Some(hooks))).unwrap();
    person(&books, merge(&twin, &ada)).await;
    let other = books.customer("Ada M").await;
    books.simulator.with_service(|service| service.take_notifications());
    let told = |act: Value| {
        let books = &books;
        async move {
            person(books, act).await;
            let sent = books.simulator.with_service(|service| service.take_notifications());
            serde_json::from_slice::<Value>(&sent[0].body).unwrap()
        }
    };
    let legacy = told(merge(&other, &ada)).await;
    let entity = &legacy["eventNotifications"][0]["dataChangeEvent"]["entities"][0];
    assert_eq!((&entity["operation"], &entity["id"]), (&json!("Merge"), &json!(ada)), "{legacy}");
    assert_eq!(entity["deletedId"], json!(other));
    let last = books.customer("Ada N").await;
    books.simulator.with_service(|service| service.take_notifications());
    books
        .simulator
        .with_service(|service| {
            service.set_hooks(Some(Hooks { form: HookForm::CloudEvents, ..Hooks::default() }))
        })
        .unwrap();
    let event = told(merge(&last, &ada)).await;
    assert_eq!(
        (&event[0]["type"], &event[0]["intuitentityid"]),
        (&json!("qbo.customer.merged.v1"), &json!(ada))
    );
    assert_eq!(event[0]["data"]["deletedid"], json!(last));
    books.close().await;
}

#[tokio::test]
async fn a_customer_made_inactive_with_a_balance_gets_a_document_that_takes_it_away() {
    let books = Books::open().await;
    let (owes, is_owed) = (books.customer("Owes").await, books.customer("Is Owed").await);
    let invoice = books.create("Invoice", form(&owes, vec![line("1", 7.5, "NON")])).await;
    books.create("Payment", json!({"CustomerRef": {"value": is_owed}, "TotalAmt": 4})).await;
    for customer in [&owes, &is_owed] {
        person(&books, json!({"act": "make_inactive", "entity": "Customer", "id": customer})).await;
        let now = books.read("Customer", customer).await;
        assert_eq!((&now["Active"], &now["Balance"]), (&json!(false), &json!(0)), "{now}");
    }
    let memo = books.query(&format!("select * from CreditMemo where CustomerRef = '{owes}'")).await;
    let memo = &memo.json["QueryResponse"]["CreditMemo"][0];
    assert_eq!((&memo["TotalAmt"], &memo["TxnDate"]), (&json!(7.5), &json!("2026-02-03")), "{memo}");
    assert_eq!(memo["PrivateNote"], "Created by QB Online to adjust balance for deletion.");
    let charged = books.query(&format!("select * from Invoice where CustomerRef = '{is_owed}'")).await;
    assert_eq!(charged.json["QueryResponse"]["Invoice"][0]["TotalAmt"], json!(4.0));
    assert_eq!(books.read("Invoice", &id(&invoice)).await["Balance"], json!(7.5), "it is not linked");
    books.post("invoice", form(&owes, vec![line("1", 1.0, "NON")])).await.refused("610");

    // Nothing is made, and nobody made inactive, in closed books.
    let late = books.customer("Late").await;
    books.create("Invoice", form(&late, vec![line("1", 1.0, "NON")])).await;
    person(&books, json!({"act": "close_books", "on": "2026-02-03"})).await;
    let error = impossible(&books, json!({"act": "make_inactive", "entity": "Customer", "id": late})).await;
    assert!(error.starts_with("6210"), "{error}");
    let now = books.read("Customer", &late).await;
    assert_eq!(
        (&now["DisplayName"], &now["Active"], &now["SyncToken"]),
        (&json!("Late"), &json!(true), &json!("0"))
    );
    person(&books, json!({"act": "close_books", "on": null})).await;
    books.close().await;
}

#[tokio::test]
async fn a_customer_made_active_again_has_its_name_back_unless_it_is_taken() {
    let books = Books::open().await;
    let (first, second) = (books.customer("Ada").await, books.customer("Bob").await);
    let act = |act: &str, id: &str| json!({"act": act, "entity": "Customer", "id": id});
    for id in [&first, &second] {
        person(&books, act("make_inactive", id)).await;
    }
    books.customer("bob").await;
    for (id, name) in [(&first, "Ada"), (&second, "Bob (deleted)")] {
        person(&books, act("make_active", id)).await;
        let now = books.read("Customer", id).await;
        assert_eq!((&now["DisplayName"], &now["Active"]), (&json!(name), &json!(true)));
    }
    let parent = id(&books.create("Class", json!({"Name": "Retail"})).await);
    let child = json!({"Name": "Harbour", "ParentRef": {"value": parent}});
    let child = id(&books.create("Class", child).await);
    for (verb, name) in [("make_inactive", "Retail:Harbour (deleted)"), ("make_active", "Retail:Harbour")] {
        person(&books, json!({"act": verb, "entity": "Class", "id": child})).await;
        assert_eq!(books.read("Class", &child).await["FullyQualifiedName"], name);
    }
    books.close().await;
}

#[tokio::test]
async fn customer_types_are_a_persons_to_make() {
    let books = Books::open().await;
    let first = books.query("select * from CustomerType").await.json["QueryResponse"]["CustomerType"].clone();
    assert_eq!(first.as_array().unwrap().len(), 1);
    assert_eq!((&first[0]["Name"], &first[0]["Id"]), (&json!("Retail"), &json!("5000000000000003466")));
    books.post("customertype", json!({"Name": "Wholesale"})).await.refused("500");
    let made = person(&books, json!({"act": "add_customer_type", "name": "Wholesale"})).await;
    let kind = id(&made["CustomerType"]);
    assert_eq!(kind, "5000000000000003467");
    assert_eq!(books.read("CustomerType", &kind).await, made["CustomerType"]);
    impossible(&books, json!({"act": "add_customer_type", "name": "WHOLESALE"})).await;
    impossible(&books, json!({"act": "add_customer_type", "name": ""})).await;
    let typed = json!({"DisplayName": "Ada", "CustomerTypeRef": {"value": kind}});
    let customer = books.create("Customer", typed).await;
    assert_eq!(customer["CustomerTypeRef"], json!({"value": kind}));
    person(&books, json!({"act": "rename_customer_type", "id": kind, "name": "Trade"})).await;
    let named = books.read("CustomerType", &kind).await;
    assert_eq!((&named["Name"], &named["SyncToken"]), (&json!("Trade"), &json!("1")));
    let told = books.get("cdc?entities=CustomerType&changedSince=2026-02-03T00:00:00-08:00").await;
    assert_eq!(told.json["CDCResponse"][0]["QueryResponse"][0]["totalCount"], json!(2));
    person(&books, json!({"act": "make_inactive", "entity": "CustomerType", "id": kind})).await;
    books
        .post("customer", json!({"DisplayName": "Bob", "CustomerTypeRef": {"value": kind}}))
        .await
        .refused("610");
    let changed = with(key(&customer), json!({"Notes": "still typed"}));
    assert_eq!(books.create("Customer", changed).await["CustomerTypeRef"]["value"], json!(kind));
    let shown = books.query("select * from CustomerType").await;
    assert_eq!(shown.json["QueryResponse"]["maxResults"], json!(1));
    books.query("select * from CustomerType where Name = 'Trade'").await.refused("4001");
    let both = books.query("select * from CustomerType where Active in (true, false)").await;
    assert_eq!(both.json["QueryResponse"]["maxResults"], json!(2));
    books
        .post("customer", json!({"DisplayName": "Cyd", "CustomerTypeRef": {"value": "9"}}))
        .await
        .refused("2500");
    books.close().await;
}

#[tokio::test]
async fn custom_fields_are_named_by_a_person_and_known_from_preferences() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale =
        |fields: Value| with(form(&customer, vec![line("1", 1.0, "NON")]), json!({"CustomField": fields}));
    let field =
        |id: &str, value: &str| json!([{"DefinitionId": id, "Type": "StringType", "StringValue": value}]);
    let made = books.create("Invoice", sale(field("1", "PO-8841"))).await;
    assert_eq!(
        made["CustomField"],
        json!([{"DefinitionId": "1", "Name": "P.O. Number",
        "Type": "StringType", "StringValue": "PO-8841"}])
    );
    books.post("invoice", sale(field("2", "x"))).await.refused("3000");

    // The first goes out of use, the second and third come in.
    let names = json!({"act": "preferences", "sales_custom_fields": ["", "Route", "Crew"]});
    person(&books, names).await;
    let preferences = books.get("preferences").await.json["Preferences"].clone();
    let fields = &preferences["SalesFormsPrefs"]["CustomField"];
    let in_use: Vec<bool> = fields[0]["CustomField"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["BooleanValue"].as_bool().unwrap())
        .collect();
    assert_eq!(in_use, [false, true, true]);
    assert_eq!(
        fields[1]["CustomField"],
        json!([
        {"Name": "SalesFormsPrefs.SalesCustomName2", "Type": "StringType", "StringValue": "Route"},
        {"Name": "SalesFormsPrefs.SalesCustomName3", "Type": "StringType", "StringValue": "Crew"}])
    );
    books.post("invoice", sale(field("1", "x"))).await.refused("3000");
    let routed = books.create("Invoice", sale(field("2", "north"))).await;
    let expected = json!([
        {"DefinitionId": "2", "Name": "Route", "Type": "StringType", "StringValue": "north"},
        {"DefinitionId": "3", "Name": "Crew", "Type": "StringType"}]);
    assert_eq!(routed["CustomField"], expected);
    // An older document keeps its own, and can still be changed.
    let noted = books.create("Invoice", with(key(&made), json!({"PrivateNote": "seen"}))).await;
    assert_eq!(noted["CustomField"][0], made["CustomField"][0]);
    assert_eq!(noted["CustomField"].as_array().unwrap().len(), 3);
    impossible(&books, json!({"act": "preferences", "sales_custom_fields": ["a", "b", "c", "d"]})).await;
    let saved = books.simulator.with_company(|company| company.save().unwrap());
    assert!(Company::load(&saved).is_ok());
    books.close().await;
}

#[tokio::test]
async fn finance_charges_and_payments_are_typed_by_a_person() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let charge = json!({"act": "finance_charge", "customer": customer, "amount": "4.20", "on": "2026-02-01"});
    let charge = person(&books, charge).await["Invoice"].clone();
    assert_eq!((&charge["TotalAmt"], &charge["TxnDate"]), (&json!(4.2), &json!("2026-02-01")));
    assert_eq!(charge["Line"][0]["Description"], "Finance charge");
    // In a test, and without HTTP.
    let paid = json!({"CustomerRef": {"value": customer}, "TotalAmt": 4.2, "Line": [{"Amount": 4.2,
        "LinkedTxn": [{"TxnId": charge["Id"], "TxnType": "Invoice"}]}]});
    let answer = books.simulator.act(&PersonAct::post("payment", paid.to_string())).unwrap().unwrap();
    assert_eq!(answer.status, 200);
    let answer = books.simulator.act(&PersonAct::get(&format!("customer/{customer}"))).unwrap().unwrap();
    let shown: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(shown["Customer"]["Balance"], json!(0));
    impossible(&books, json!({"act": "finance_charge", "customer": customer, "amount": "0"})).await;
    let unknown = json!({"act": "finance_charge", "customer": "99", "amount": "1"});
    books.admin("POST", "person", unknown).await.refused("2500");
    let saved = books.simulator.with_company(|company| company.save().unwrap());
    assert!(Company::load(&saved).is_ok());
    books.close().await;
}

#[tokio::test]
async fn a_link_opens_the_record_it_means_in_the_company_it_means() {
    let books = Books::open().await;
    let ada = books.customer("Ada & <Co>").await;
    let sale = with(form(&ada, vec![line("1", 1.0, "NON")]), json!({"DocNumber": "R-7"}));
    let invoice = id(&books.create("Invoice", sale).await);
    let connection = books.simulator.connection();
    let page = |realm: &str, asked: String| {
        let link = format!("{}/login?deeplinkcompanyid={realm}&pagereq={asked}", connection.base_url);
        books.send(move |client| client.get(link))
    };
    let realm = connection.realm_id.as_str();
    for (asked, title) in [
        (
            format!("customerdetail%3FnameId%3D{ada}"),
            format!("<title>Customer Ada &amp; &lt;Co&gt; (Id {ada})</title>"),
        ),
        (format!("invoice%3FtxnId%3D{invoice}"), format!("<title>Invoice R-7 (Id {invoice})</title>")),
    ] {
        let answer = page(realm, asked).await;
        assert!(answer.status == 200 && answer.text.contains(&title), "{}", answer.text);
    }
    for asked in ["customerdetail%3FnameId%3D99", "customerdetail%3FtxnId%3D1", "nowhere%3FnameId%3D1", "x"] {
        assert_eq!(page(realm, asked.to_owned()).await.status, 404, "{asked}");
    }
    assert_eq!(page("1", format!("customerdetail%3FnameId%3D{ada}")).await.status, 403);
    books.close().await;
}
