//! Where what is known of QuickBooks conflicts: each row of the README's table of choices is a switch, and both sides work.
//! Rows 2, 3 and 16 are limits (`faults.rs`), 14 and 15 webhooks (`hooks.rs`), 17 and 22 options (`bank.rs`,
//! `payables.rs`); under row 6 both addresses are always taken (`changes.rs`).

use crate::common;

use common::*;
use qb_simulator::{Choices, Company, CompanyOptions, LineWithoutItem, PrintStatus};
use serde_json::{Value, json};

async fn choosing(choices: Choices) -> Books {
    Books::open_with(CompanyOptions { choices, ..CompanyOptions::default() }).await
}

fn strict() -> Choices {
    Choices::default()
}

fn linked(customer: &str, total: f64, txn_type: &str, id: &str, amount: f64) -> Value {
    json!({"CustomerRef": {"value": customer}, "TotalAmt": total,
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": id, "TxnType": txn_type}]}]})
}

#[tokio::test]
async fn row_1_a_batch_may_hold_as_many_items_as_the_company_says() {
    for most in [10, 25, 50] {
        let books = choosing(Choices { batch_items: most, ..strict() }).await;
        let items = |count: usize| -> Value {
            let query = json!({"bId": "a", "Query": "select * from Item"});
            json!({"BatchItemRequest": vec![query; count]})
        };
        assert_eq!(books.post("batch", items(most)).await.status, 200);
        books.post("batch", items(most + 1)).await.refused("1040");
        books.close().await;
    }
}

#[tokio::test]
async fn rows_4_7_24_and_25_lengths_are_the_companys() {
    let short = Choices {
        display_name_length: 100,
        payment_method_name_length: 15,
        custom_field_length: 30,
        payment_ref_length: 100,
        ..strict()
    };
    for (choices, name, method, field, reference) in [(strict(), 500, 31, 31, 21), (short, 100, 15, 30, 100)]
    {
        let books = choosing(choices).await;
        let text = |length: usize| "n".repeat(length);
        books.post("customer", json!({"DisplayName": text(name + 1)})).await.refused("2050");
        books.post("vendor", json!({"DisplayName": text(name + 1)})).await.refused("2050");
        let customer = books.customer(&text(name)).await;
        books.post("paymentmethod", json!({"Name": text(method + 1)})).await.refused("2050");
        books.create("PaymentMethod", json!({"Name": text(method)})).await;
        let sale = |length: usize| {
            let field = json!({"CustomField": [{"DefinitionId": "1", "StringValue": text(length)}]});
            with(form(&customer, vec![line("1", 1.0, "NON")]), field)
        };
        books.post("invoice", sale(field + 1)).await.refused("2050");
        books.create("Invoice", sale(field)).await;
        let paid = |length: usize| json!({"CustomerRef": {"value": customer}, "TotalAmt": 1, "PaymentRefNum": text(length)});
        let detail = books.post("payment", paid(reference + 1)).await.refused("2050").to_owned();
        assert!(detail.ends_with(&format!("Max:{reference} supported. Supplied length:{}", reference + 1)));
        books.create("Payment", paid(reference)).await;
        books.close().await;
    }
}

#[tokio::test]
async fn row_5_a_line_without_an_item_is_refused_or_sells_the_default_item_or_describes() {
    let bare = json!({"DetailType": "SalesItemLineDetail", "Amount": 7, "Description": "tea",
        "SalesItemLineDetail": {}});
    for (choice, total, kind) in [
        (LineWithoutItem::DefaultItem, json!(12.0), "SalesItemLineDetail"),
        (LineWithoutItem::Description, json!(5.0), "DescriptionOnly"),
    ] {
        let books = choosing(Choices { line_without_item: choice, ..strict() }).await;
        let customer = books.customer("Ada").await;
        let sale = form(&customer, vec![bare.clone(), line("1", 5.0, "NON")]);
        let made = books.create("Invoice", sale).await;
        assert_eq!((&made["TotalAmt"], &made["Line"][0]["DetailType"]), (&total, &json!(kind)));
        assert_eq!(made["Line"][0]["Description"], "tea");
        books.close().await;
    }
    assert_eq!(strict().line_without_item, LineWithoutItem::DefaultItem);
    let refused = LineWithoutItem::Refused;
    let books = choosing(Choices { line_without_item: refused, ..strict() }).await;
    let customer = books.customer("Ada").await;
    let answer = books.post("invoice", form(&customer, vec![bare])).await;
    assert!(answer.refused("2020").contains("Required parameter ItemRef is missing"));
    assert_eq!(answer.fault().2, "ItemRef");
    books.close().await;
}

#[tokio::test]
async fn row_8_an_entry_may_have_one_or_several_lines_on_receivables() {
    for (one_control_line, status) in [(false, 200), (true, 400)] {
        let books = choosing(Choices { one_control_line, ..strict() }).await;
        let customer = books.customer("Ada").await;
        let control = json!({"Name": "A/R", "AccountType": "Accounts Receivable", "AccountSubType": "AccountsReceivable"});
        let control = id(&books.create("Account", control).await);
        let bank = books.account("Checking").await;
        let posting = |side: &str, account: &str, amount: f64| {
            json!({"DetailType": "JournalEntryLineDetail", "Amount": amount, "JournalEntryLineDetail": {
                "PostingType": side, "AccountRef": {"value": account},
                "Entity": {"Type": "Customer", "EntityRef": {"value": customer}}}})
        };
        let lines =
            [posting("Debit", &control, 5.0), posting("Debit", &control, 3.0), posting("Credit", &bank, 8.0)];
        let answer = books.post("journalentry", json!({"Line": lines})).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let other = json!({"Name": "A/R 2", "AccountSubType": "AccountsReceivable"});
        let other = id(&books.create("Account", other).await);
        let lines =
            [posting("Debit", &control, 5.0), posting("Debit", &other, 3.0), posting("Credit", &bank, 8.0)];
        books.post("journalentry", json!({"Line": lines})).await.refused("6000");
        let lines = [posting("Debit", &control, 8.0), posting("Credit", &bank, 8.0)];
        assert_eq!(books.post("journalentry", json!({"Line": lines})).await.status, 200);
        books.close().await;
    }
}

#[tokio::test]
async fn row_9_a_payment_line_that_names_a_purchase_is_honoured_or_dropped() {
    for (drops, unapplied, lines) in [(false, json!(0), 1), (true, json!(3.0), 0)] {
        let books = choosing(Choices { drops_purchase_links: drops, ..strict() }).await;
        let customer = books.customer("Ada").await;
        books.create("Invoice", form(&customer, vec![line("1", 1.0, "NON")])).await;
        let (bank, control) =
            (books.account("Checking").await, books.account("Accounts Receivable (A/R)").await);
        let check = json!({"PaymentType": "Check", "AccountRef": {"value": bank},
            "EntityRef": {"value": customer, "type": "Customer"}, "Line": [
            {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 3,
             "AccountBasedExpenseLineDetail": {"AccountRef": {"value": control}}}]});
        let check = id(&books.create("Purchase", check).await);
        let paid = books.create("Payment", linked(&customer, 3.0, "Check", &check, 3.0)).await;
        assert_eq!((&paid["UnappliedAmt"], paid["Line"].as_array().unwrap().len()), (&unapplied, lines));
        books.close().await;
    }
}

#[tokio::test]
async fn row_10_numbers_are_unique_where_quickbooks_numbers_if_the_company_says_so() {
    for (numbers_always_unique, status) in [(false, 200), (true, 400)] {
        let choices = Choices { numbers_always_unique, ..strict() };
        let options = CompanyOptions { custom_txn_numbers: false, choices, ..CompanyOptions::default() };
        let books = Books::open_with(options).await;
        let customer = books.customer("Ada").await;
        let sale = with(form(&customer, vec![line("1", 1.0, "NON")]), json!({"DocNumber": "N1"}));
        books.create("Invoice", sale.clone()).await;
        let again = books.post("invoice", sale).await;
        assert_eq!(again.status, status);
        if status == 400 {
            again.refused("6140");
        }
        books.close().await;
    }
}

#[tokio::test]
async fn row_11_transfers_take_balance_sheet_accounts_or_assets_only() {
    for (transfers_between_assets_only, status) in [(false, 200), (true, 400)] {
        let books = choosing(Choices { transfers_between_assets_only, ..strict() }).await;
        let (bank, savings, card) = (
            books.account("Checking").await,
            books.account("Savings").await,
            books.account("Company Card").await,
        );
        let transfer = |from: &str, to: &str| json!({"FromAccountRef": {"value": from}, "ToAccountRef": {"value": to}, "Amount": 5});
        let to_card = books.post("transfer", transfer(&bank, &card)).await;
        assert_eq!(to_card.status, status);
        if status == 400 {
            to_card.refused("6430");
        }
        let kept = books.create("Transfer", transfer(&bank, &savings)).await;
        // Intuit's delete sample shows the whole object, as read.
        assert_eq!(books.post("transfer?operation=delete", kept).await.status, 200);
        books.close().await;
    }
}

#[tokio::test]
async fn row_12_documents_need_to_be_printed_or_not() {
    for (print_status, name) in [(PrintStatus::NotSet, "NotSet"), (PrintStatus::NeedToPrint, "NeedToPrint")] {
        let books = choosing(Choices { print_status, ..strict() }).await;
        let customer = books.customer("Ada").await;
        let sale = form(&customer, vec![line("1", 1.0, "NON")]);
        assert_eq!(books.create("Invoice", sale.clone()).await["PrintStatus"], name);
        let told = with(sale, json!({"PrintStatus": "PrintComplete"}));
        assert_eq!(books.create("Invoice", told).await["PrintStatus"], "PrintComplete");
        books.close().await;
    }
}

#[tokio::test]
async fn row_13_queries_select_properties_or_must_not() {
    for (refuses_projections, status) in [(false, 200), (true, 400)] {
        let books = choosing(Choices { refuses_projections, ..strict() }).await;
        let answer = books.query("select Id, Name from Item").await;
        assert_eq!(answer.status, status);
        if status == 400 {
            answer.refused("4000");
        }
        assert_eq!(books.query("select * from Item").await.status, 200);
        assert_eq!(books.query("select count(*) from Item").await.status, 200);
        books.close().await;
    }
}

#[tokio::test]
async fn row_18_the_closing_date_itself_is_closed_or_open() {
    for (closing_date_is_open, status) in [(false, 400), (true, 200)] {
        let choices = Choices { closing_date_is_open, ..strict() };
        let book_close_date = "2026-01-31".parse().ok();
        let books =
            Books::open_with(CompanyOptions { book_close_date, choices, ..CompanyOptions::default() }).await;
        let customer = books.customer("Ada").await;
        let on = |day: &str| with(form(&customer, vec![line("1", 1.0, "NON")]), json!({"TxnDate": day}));
        assert_eq!(books.post("invoice", on("2026-01-31")).await.status, status);
        books.post("invoice", on("2026-01-30")).await.refused("6210");
        books.close().await;
    }
}

#[tokio::test]
async fn row_19_a_bill_payment_of_nothing_may_name_no_bank_or_must() {
    for (zero_payment_needs_bank, status) in [(false, 200), (true, 400)] {
        let books = choosing(Choices { zero_payment_needs_bank, ..strict() }).await;
        let vendor = id(&books.create("Vendor", json!({"DisplayName": "Oak"})).await);
        let office = books.account("Office Expenses").await;
        let spent = json!({"VendorRef": {"value": vendor}, "Line": [
            {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 5,
             "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}}}]});
        let bill = id(&books.create("Bill", spent.clone()).await);
        let credit = id(&books.create("VendorCredit", spent).await);
        let payment = json!({"VendorRef": {"value": vendor}, "PayType": "Check", "TotalAmt": 0, "Line": [
            {"Amount": 5, "LinkedTxn": [{"TxnId": bill, "TxnType": "Bill"}]},
            {"Amount": 5, "LinkedTxn": [{"TxnId": credit, "TxnType": "VendorCredit"}]}]});
        let answer = books.post("billpayment", payment).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        if status == 400 {
            answer.refused("2020");
        }
        books.close().await;
    }
}

#[tokio::test]
async fn rows_20_and_23_unknown_properties_and_extensions_are_refused_or_ignored() {
    let lenient = Choices { ignores_unknown_properties: true, ignores_extensions: true, ..strict() };
    for (choices, status) in [(strict(), 400), (lenient, 200)] {
        let books = choosing(choices).await;
        let customer = books.customer("Ada").await;
        let invoice = id(&books.create("Invoice", form(&customer, vec![line("1", 5.0, "NON")])).await);
        let unknown = with(form(&customer, vec![line("1", 5.0, "NON")]), json!({"Foo": 1}));
        let answer = books.post("invoice", unknown).await;
        assert_eq!((answer.status, &answer.json["Invoice"]["Foo"]), (status, &Value::Null));
        let paid = books.create("Payment", linked(&customer, 5.0, "Invoice", &invoice, 5.0)).await;
        assert!(paid["Line"][0]["LineEx"].is_object());
        let echoed = books.post("payment", paid).await;
        assert_eq!(echoed.status, status, "{}", echoed.text);
        books.close().await;
    }
}

#[tokio::test]
async fn row_21_negative_sales_lines_are_taken_or_refused() {
    for (refuses_negative_sales_lines, status) in [(false, 200), (true, 400)] {
        let books = choosing(Choices { refuses_negative_sales_lines, ..strict() }).await;
        let customer = books.customer("Ada").await;
        let lines = vec![line("1", 5.0, "NON"), line("1", -2.0, "NON")];
        let answer = books.post("invoice", form(&customer, lines)).await;
        assert_eq!(answer.status, status);
        if status == 400 {
            answer.refused("2290");
        }
        books.close().await;
    }
}

#[test]
fn choices_are_saved_with_the_company() {
    let choices = Choices { display_name_length: 100, refuses_projections: true, ..strict() };
    let options = CompanyOptions { choices, allow_gratuity: true, ..CompanyOptions::default() };
    let company = Company::new(options.clone(), chrono::DateTime::parse_from_rfc3339(NOW).unwrap());
    let mut again = Company::load(&company.save().unwrap()).unwrap();
    assert_eq!(*again.options(), options);
    let long = json!({"DisplayName": "n".repeat(101)}).to_string();
    assert_eq!(call(&mut again, "POST", "customer", long).0, 400);
}

/// GRATUITY_ITEM_ID needs its preference and posts to its account, on sales receipts.
#[tokio::test]
async fn gratuities_need_their_preference_and_post_to_their_account() {
    let gratuity = json!({"DetailType": "SalesItemLineDetail", "Amount": 2,
        "SalesItemLineDetail": {"ItemRef": {"value": "GRATUITY_ITEM_ID"}}});
    let sale = form("", vec![line("1", 10.0, "NON"), gratuity]);
    let books = Books::open().await;
    books.post("salesreceipt", sale.clone()).await.refused("6000");
    books.close().await;

    let books = Books::open_with(CompanyOptions { allow_gratuity: true, ..CompanyOptions::default() }).await;
    let made = books.create("SalesReceipt", sale.clone()).await;
    assert_eq!(made["TotalAmt"], json!(12.0));
    let last = made["Line"].as_array().unwrap().last().unwrap();
    assert_eq!(last["SalesItemLineDetail"]["ItemRef"]["value"], "GRATUITY_ITEM_ID");
    assert_eq!((&last["Id"], &made["Line"][1]["Amount"]), (&Value::Null, &json!(10.0)));
    assert_eq!(
        (books.balance("Gratuities"), books.balance("Undeposited Funds")),
        ("-2.00".into(), "12.00".into())
    );
    let preferences = books.get("preferences").await.json;
    let account = books.account("Gratuities").await;
    let named = |name: &str| {
        let pairs = preferences["Preferences"]["OtherPrefs"]["NameValue"].as_array().unwrap();
        pairs.iter().find(|pair| pair["Name"] == name).map(|pair| pair["Value"].clone())
    };
    assert_eq!(named("SalesFormsPrefs.AllowGratuity"), Some(json!("true")));
    assert_eq!(named("SalesFormsPrefs.GratuityAccount"), Some(json!(account)));
    let update = json!({"Id": made["Id"], "SyncToken": "0", "sparse": true, "PrivateNote": "x"});
    assert_eq!(books.create("SalesReceipt", update).await["TotalAmt"], json!(12.0));
    let customer = books.customer("Ada").await;
    books.post("invoice", with(sale, json!({"CustomerRef": {"value": customer}}))).await.refused("6000");
    books.close().await;
}

/// Transactions draw from one sequence of ids, customers and vendors from another.
#[tokio::test]
async fn ids_come_from_the_sequences_of_quickbooks() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let vendor = id(&books.create("Vendor", json!({"DisplayName": "Oak"})).await);
    assert_eq!([customer.as_str(), vendor.as_str()], ["1", "2"]);
    let sale = form(&customer, vec![line("1", 5.0, "NON")]);
    let mut ids = Vec::new();
    for entity in ["Invoice", "SalesReceipt", "CreditMemo"] {
        ids.push(id(&books.create(entity, sale.clone()).await));
    }
    ids.push(id(&books.create("Payment", json!({"CustomerRef": {"value": customer}, "TotalAmt": 1})).await));
    assert_eq!(ids.concat(), "1234");
    books.close().await;
}

/// A voided document keeps its number, and nobody else may have it.
#[tokio::test]
async fn line_6_a_voided_document_keeps_its_number() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = with(form(&customer, vec![line("1", 5.0, "NON")]), json!({"DocNumber": "N1"}));
    let first = id(&books.create("Invoice", sale.clone()).await);
    let key = |token: &str| json!({"Id": first, "SyncToken": token});
    assert_eq!(books.post("invoice?operation=void", key("0")).await.json["Invoice"]["DocNumber"], "N1");
    books.post("invoice", sale.clone()).await.refused("6140");
    assert_eq!(books.post("invoice?operation=delete", key("1")).await.status, 200);
    assert_eq!(books.create("Invoice", sale).await["DocNumber"], "N1");
    books.close().await;
}

#[tokio::test]
async fn row_26_a_paid_invoice_may_be_voided_or_not() {
    for (refuses, status) in [(false, 200), (true, 400)] {
        let books = choosing(Choices { refuses_voiding_paid_invoices: refuses, ..strict() }).await;
        let customer = books.customer("Ada").await;
        let sale = || form(&customer, vec![line("1", 9.0, "NON")]);
        let (paid, open) = (books.create("Invoice", sale()).await, books.create("Invoice", sale()).await);
        books.create("Payment", linked(&customer, 4.0, "Invoice", &id(&paid), 4.0)).await;
        let key = |id: &Value, token: &str| json!({"Id": id, "SyncToken": token});
        let answer = books.post("invoice?operation=void", key(&paid["Id"], "1")).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        if refuses {
            answer.refused("6000");
            assert_eq!(books.read("Invoice", &id(&paid)).await["Balance"], json!(5.0));
        }
        assert_eq!(books.post("invoice?operation=void", key(&open["Id"], "0")).await.status, 200);
        books.close().await;
    }
}

#[tokio::test]
async fn row_27_queries_of_entities_that_are_not_here_find_nothing_or_are_refused() {
    for refuses in [false, true] {
        let books = choosing(Choices { refuses_entities_it_lacks: refuses, ..strict() }).await;
        let query = books.query("select * from Estimate").await;
        let changes = books.get("cdc?entities=Estimate,Item&changedSince=2026-02-01T00:00:00-08:00").await;
        for answer in [query, changes] {
            match refuses {
                true => assert!(answer.refused("5030").contains("Estimate")),
                false => assert_eq!(answer.status, 200, "{}", answer.text),
            }
        }
        books.query("select * from Custmoer").await.refused("4001");
        assert_eq!(books.query("select * from Employee").await.status, 200);
        books.close().await;
    }
}
