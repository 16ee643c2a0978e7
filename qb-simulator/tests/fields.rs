//! Every property that QuickBooks documents as writable comes back as it was sent, or is refused; none is dropped without a word.
//! What is read-only, and what means nothing in a US company with one currency, is ignored as QuickBooks ignores it.

use crate::common;

use common::*;
use qb_simulator::{Choices, CompanyOptions};
use serde_json::{Value, json};

/// What bodies refer to, by the words that stand for the ids in them.
struct Shop {
    books: Books,
    ids: Vec<(&'static str, String)>,
}

async fn shop() -> Shop {
    let options =
        CompanyOptions { purchase_custom_fields: vec!["Route".into()], ..CompanyOptions::default() };
    let books = Books::open_with(options).await;
    let ada = books.customer("Ada").await;
    let oak = id(&books.create("Vendor", json!({"DisplayName": "Oak"})).await);
    let kim = id(&books.create("Employee", json!({"GivenName": "Kim"})).await);
    let retail = id(&books.create("Class", json!({"Name": "Retail"})).await);
    let harbour = id(&books.create("Department", json!({"Name": "Harbour"})).await);
    let mut ids =
        vec![("$ada", ada), ("$oak", oak), ("$kim", kim), ("$retail", retail), ("$harbour", harbour)];
    for (word, name) in [
        ("$bank", "Checking"),
        ("$savings", "Savings"),
        ("$office", "Office Expenses"),
        ("$income", "Sales of Product Income"),
        ("$discounts", "Discounts given"),
    ] {
        ids.push((word, books.account(name).await));
    }
    let payable = json!({"Name": "A/P", "AccountSubType": "AccountsPayable"});
    ids.push(("$payable", id(&books.create("Account", payable).await)));
    let mut shop = Shop { books, ids };
    let tea = shop
        .filled(json!({"Name": "Tea", "Type": "NonInventory", "IncomeAccountRef": {"value": "$income"},
        "ExpenseAccountRef": {"value": "$office"}}));
    let tea = id(&shop.books.create("Item", tea).await);
    shop.ids.push(("$tea", tea));
    shop
}

impl Shop {
    /// Puts ids in the place of the words that stand for them.
    fn filled(&self, value: Value) -> Value {
        match value {
            Value::String(word) => match self.ids.iter().find(|(known, _)| *known == word) {
                Some((_, id)) => json!(id),
                None => Value::String(word),
            },
            Value::Array(items) => items.into_iter().map(|item| self.filled(item)).collect(),
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (name, self.filled(value))).collect()
            }
            other => other,
        }
    }
}

/// Says where what was sent did not come back; names of references may come back otherwise.
fn lost(sent: &Value, shown: &Value, at: &str) -> Option<String> {
    match (sent, shown) {
        (Value::Object(sent), Value::Object(_)) => {
            sent.iter().find_map(|(name, value)| lost(value, &shown[name], &format!("{at}.{name}")))
        }
        (Value::Array(sent), Value::Array(shown)) => sent.iter().enumerate().find_map(|(place, value)| {
            lost(value, shown.get(place).unwrap_or(&Value::Null), &format!("{at}[{place}]"))
        }),
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => None,
        _ if sent == shown => None,
        _ => Some(format!("{at}: sent {sent}, shown {shown}")),
    }
}

fn address() -> Value {
    json!({"Line1": "4 Pier Rd", "Line2": "b", "Line3": "c", "Line4": "d", "Line5": "e", "City": "Eastport",
        "CountrySubDivisionCode": "ME", "PostalCode": "04631", "Country": "USA"})
}

/// What every sales form takes.
fn sales_form() -> Value {
    json!({"CustomerRef": {"value": "$ada"}, "TxnDate": "2026-02-01", "DocNumber": "N-9", "PrivateNote": "note",
        "CustomerMemo": {"value": "thanks"}, "DepartmentRef": {"value": "$harbour"},
        "CustomField": [{"DefinitionId": "1", "Type": "StringType", "StringValue": "PO-1"}],
        "BillAddr": address(), "ShipAddr": address(), "ShipFromAddr": address(), "FreeFormAddress": true,
        "BillEmail": {"Address": "a@example.org"}, "BillEmailCc": {"Address": "b@example.org"},
        "BillEmailBcc": {"Address": "c@example.org"}, "ShipMethodRef": {"value": "Courier"},
        "ShipDate": "2026-02-02", "TrackingNum": "1Z", "PrintStatus": "NeedToPrint", "EmailStatus": "EmailSent",
        "ApplyTaxAfterDiscount": true, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 0.7},
        "Line": [
            {"DetailType": "SalesItemLineDetail", "Amount": 10, "Description": "tea", "SalesItemLineDetail": {
                "ItemRef": {"value": "$tea"}, "Qty": 2, "UnitPrice": 5, "ClassRef": {"value": "$retail"},
                "TaxCodeRef": {"value": "TAX"}, "ServiceDate": "2026-01-31"}},
            {"DetailType": "DescriptionOnly", "Description": "by the door",
                "DescriptionLineDetail": {"ServiceDate": "2026-01-30", "TaxCodeRef": {"value": "NON"}}}]})
}

fn bought() -> Value {
    json!([
        {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 10, "Description": "paper",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "$office"}, "CustomerRef": {"value": "$ada"},
                "ClassRef": {"value": "$retail"}, "BillableStatus": "NotBillable", "TaxCodeRef": {"value": "NON"}}},
        {"DetailType": "ItemBasedExpenseLineDetail", "Amount": 10, "Description": "tea",
            "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "$tea"}, "Qty": 2, "UnitPrice": 5,
                "CustomerRef": {"value": "$ada"}, "ClassRef": {"value": "$retail"},
                "BillableStatus": "NotBillable", "TaxCodeRef": {"value": "TAX"}}}])
}

fn kept() -> Vec<(&'static str, Value)> {
    let posting = |side: &str, account: &str| {
        json!({"DetailType": "JournalEntryLineDetail", "Amount": 5, "Description": "why", "JournalEntryLineDetail": {
            "PostingType": side, "AccountRef": {"value": account}, "ClassRef": {"value": "$retail"},
            "DepartmentRef": {"value": "$harbour"},
            "Entity": {"Type": "Customer", "EntityRef": {"value": "$ada"}}}})
    };
    let person = json!({"Title": "Dr", "GivenName": "N", "MiddleName": "M", "FamilyName": "K", "Suffix": "Jr",
        "PrintOnCheckName": "N K", "PrimaryPhone": {"FreeFormNumber": "1"}, "Mobile": {"FreeFormNumber": "2"},
        "PrimaryEmailAddr": {"Address": "n@example.org"}});
    let vendor = json!({"DisplayName": "Elm", "CompanyName": "Elm Ltd", "AlternatePhone": {"FreeFormNumber": "3"},
        "Fax": {"FreeFormNumber": "4"}, "WebAddr": {"URI": "https://example.org"}, "BillAddr": address(),
        "AcctNum": "A-1", "Vendor1099": true, "TaxIdentifier": "12-3456789", "BillRate": 3, "CostRate": 2});
    let employee = json!({"DisplayName": "N K", "PrimaryAddr": address(), "EmployeeNumber": "7", "Gender": "Female",
        "BirthDate": "1990-01-01", "HiredDate": "2020-01-01", "ReleasedDate": "2026-01-01", "BillableTime": true,
        "BillRate": 3, "CostRate": 2, "Organization": true});
    let discount = json!({"DetailType": "DiscountLineDetail", "Amount": 1, "Description": "friend",
        "DiscountLineDetail": {"PercentBased": false, "DiscountAccountRef": {"value": "$discounts"},
            "ClassRef": {"value": "$retail"}, "ServiceDate": "2026-01-29"}});
    vec![
        (
            "Invoice",
            with(
                sales_form(),
                json!({"SalesTermRef": {"value": "1"}, "DueDate": "2026-03-01", "Deposit": 2,
            "DepositToAccountRef": {"value": "$bank"}, "AllowOnlineCreditCardPayment": true,
            "AllowOnlineACHPayment": true}),
            ),
        ),
        (
            "Invoice",
            json!({"CustomerRef": {"value": "$ada"}, "DepositToAccountRef": {"value": "$bank"},
            "Line": [sales_form()["Line"][0]]}),
        ),
        (
            "CreditMemo",
            with(sales_form(), json!({"SalesTermRef": {"value": "1"}, "PaymentMethodRef": {"value": "1"}})),
        ),
        (
            "SalesReceipt",
            with(
                sales_form(),
                json!({"DepositToAccountRef": {"value": "$bank"},
            "PaymentMethodRef": {"value": "1"}, "PaymentRefNum": "auth", "PaymentType": "Cash"}),
            ),
        ),
        (
            "RefundReceipt",
            with(
                sales_form(),
                json!({"DepositToAccountRef": {"value": "$bank"},
            "PaymentMethodRef": {"value": "1"}, "PaymentRefNum": "auth", "PaymentType": "Cash"}),
            ),
        ),
        (
            "Payment",
            json!({"CustomerRef": {"value": "$ada"}, "TotalAmt": 5, "TxnDate": "2026-02-01",
            "PrivateNote": "note", "DepositToAccountRef": {"value": "$bank"}, "PaymentMethodRef": {"value": "1"},
            "PaymentRefNum": "chk 1", "DepartmentRef": {"value": "$harbour"}}),
        ),
        (
            "Purchase",
            json!({"PaymentType": "Check", "AccountRef": {"value": "$bank"}, "TxnDate": "2026-02-01",
            "EntityRef": {"value": "$oak", "type": "Vendor"}, "DocNumber": "77", "PrintStatus": "NeedToPrint",
            "PaymentMethodRef": {"value": "2"}, "DepartmentRef": {"value": "$harbour"}, "PrivateNote": "note",
            "RemitToAddr": address(), "Line": bought()}),
        ),
        (
            "PurchaseOrder",
            json!({"VendorRef": {"value": "$oak"}, "APAccountRef": {"value": "$payable"},
            "POStatus": "Open", "DocNumber": "PO-1", "TxnDate": "2026-02-01", "DueDate": "2026-03-01", "Memo": "memo",
            "PrivateNote": "note", "SalesTermRef": {"value": "1"}, "DepartmentRef": {"value": "$harbour"},
            "ShipTo": {"value": "$ada"}, "ShipAddr": address(), "VendorAddr": address(),
            "ShipMethodRef": {"value": "Courier"}, "POEmail": {"Address": "oak@example.org"}, "EmailStatus": "NotSet",
            "CustomField": [{"DefinitionId": "1", "Type": "StringType", "StringValue": "north"}], "Line": bought()}),
        ),
        (
            "Bill",
            json!({"VendorRef": {"value": "$oak"}, "APAccountRef": {"value": "$payable"}, "DocNumber": "B-1",
            "TxnDate": "2026-02-01", "DueDate": "2026-03-01", "SalesTermRef": {"value": "1"}, "PrivateNote": "note",
            "DepartmentRef": {"value": "$harbour"}, "VendorAddr": address(), "RemitToAddr": address(),
            "Line": bought()}),
        ),
        (
            "VendorCredit",
            json!({"VendorRef": {"value": "$oak"}, "APAccountRef": {"value": "$payable"},
            "DocNumber": "VC-1", "TxnDate": "2026-02-01", "PrivateNote": "note",
            "DepartmentRef": {"value": "$harbour"}, "VendorAddr": address(), "Line": bought()}),
        ),
        (
            "JournalEntry",
            json!({"DocNumber": "J-1", "TxnDate": "2026-02-01", "PrivateNote": "note", "Adjustment": true,
            "Line": [posting("Debit", "$bank"), {"DetailType": "DescriptionOnly", "Description": "words"},
                posting("Credit", "$savings")]}),
        ),
        (
            "Deposit",
            json!({"DepositToAccountRef": {"value": "$bank"}, "TxnDate": "2026-02-01", "PrivateNote": "note",
            "DepartmentRef": {"value": "$harbour"},
            "CashBack": {"AccountRef": {"value": "$savings"}, "Amount": 1, "Memo": "float"},
            "Line": [{"DetailType": "DepositLineDetail", "Amount": 10, "Description": "fee",
                "DepositLineDetail": {"AccountRef": {"value": "$income"}, "ClassRef": {"value": "$retail"},
                    "Entity": {"value": "$ada", "type": "CUSTOMER"}, "PaymentMethodRef": {"value": "1"},
                    "CheckNum": "31"}}]}),
        ),
        (
            "Transfer",
            json!({"FromAccountRef": {"value": "$bank"}, "ToAccountRef": {"value": "$savings"}, "Amount": 5,
            "TxnDate": "2026-02-01", "PrivateNote": "note"}),
        ),
        ("Vendor", with(person.clone(), vendor)),
        ("Employee", with(person, employee)),
        (
            "Item",
            json!({"Name": "Cup", "Type": "NonInventory", "Sku": "C-1", "Description": "a cup",
            "PurchaseDesc": "cups", "UnitPrice": 3.5, "PurchaseCost": 1.25, "IncomeAccountRef": {"value": "$income"},
            "ExpenseAccountRef": {"value": "$office"}, "ParentRef": {"value": "$tea"}, "SubItem": true,
            "Taxable": true, "PrefVendorRef": {"value": "$oak"}, "ClassRef": {"value": "$retail"}}),
        ),
        (
            "Account",
            json!({"Name": "Paper", "AccountType": "Expense", "AccountSubType": "OfficeGeneralAdministrativeExpenses",
            "AcctNum": "6100", "Description": "d", "AccountAlias": "a", "ParentRef": {"value": "$office"},
            "SubAccount": true}),
        ),
        ("Class", json!({"Name": "Fair", "ParentRef": {"value": "$retail"}, "SubClass": true})),
        (
            "Department",
            json!({"Name": "Quay", "ParentRef": {"value": "$harbour"}, "SubDepartment": true,
            "Address": address()}),
        ),
        ("Term", json!({"Name": "2 % 10", "DueDays": 30, "DiscountDays": 10, "DiscountPercent": 2})),
        ("Term", json!({"Name": "5th", "DayOfMonthDue": 5, "DueNextMonthDays": 3, "DiscountDayOfMonth": 2})),
        ("PaymentMethod", json!({"Name": "Card", "Type": "CREDIT_CARD"})),
        (
            "Invoice",
            json!({"CustomerRef": {"value": "$ada"}, "Line": [sales_form()["Line"][0], {}, discount]}),
        ),
    ]
}

#[tokio::test]
async fn what_is_sent_comes_back() {
    let shop = shop().await;
    for (entity, body) in kept() {
        let mut sent = shop.filled(body);
        // The subtotal stands where it always stands.
        if let Some(lines) = sent.get_mut("Line").and_then(Value::as_array_mut) {
            lines.retain(|line| line != &json!({}));
        }
        let made = shop.books.create(entity, sent.clone()).await;
        let mut shown = made.clone();
        if let Some(lines) = shown.get_mut("Line").and_then(Value::as_array_mut) {
            lines.retain(|line| line["DetailType"] != "SubTotalLineDetail");
        }
        assert_eq!(lost(&sent, &shown, entity), None);
        // An update that names something else leaves all of it.
        let needed = [
            "Name",
            "DueDays",
            "DayOfMonthDue",
            "VendorRef",
            "PaymentType",
            "DepositToAccountRef",
            "FromAccountRef",
            "ToAccountRef",
            "Amount",
        ];
        let mut change = json!({"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": true});
        for name in needed.into_iter().filter(|name| sent.get(name).is_some()) {
            change[name] = sent[name].clone();
        }
        let mut again = shop.books.create(entity, change).await;
        assert_eq!(again["SyncToken"], "1", "{entity}");
        if let Some(lines) = again.get_mut("Line").and_then(Value::as_array_mut) {
            lines.retain(|line| line["DetailType"] != "SubTotalLineDetail");
        }
        assert_eq!(lost(&sent, &again, entity), None, "after an update");
    }
    shop.books.close().await;
}

#[tokio::test]
async fn what_is_not_kept_is_refused() {
    let shop = shop().await;
    let sale = json!({"CustomerRef": {"value": "$ada"}, "Line": [sales_form()["Line"][0]]});
    let spent = |detail: Value| {
        let detail = with(json!({"AccountRef": {"value": "$office"}}), detail);
        json!([{"DetailType": "AccountBasedExpenseLineDetail", "Amount": 1, "AccountBasedExpenseLineDetail": detail}])
    };
    let bill =
        |members: Value| with(json!({"VendorRef": {"value": "$oak"}, "Line": spent(json!({}))}), members);
    let purchase = |members: Value| {
        let body = json!({"PaymentType": "Cash", "AccountRef": {"value": "$bank"}, "Line": spent(json!({}))});
        with(body, members)
    };
    let payment = |members: Value| with(json!({"CustomerRef": {"value": "$ada"}, "TotalAmt": 1}), members);
    let field = json!([{"DefinitionId": "1", "StringValue": "x"}]);
    let tax = json!({"TotalTax": 1});
    let mut marked = sale.clone();
    marked["Line"][0]["SalesItemLineDetail"]["MarkupInfo"] = json!({"PercentBased": true, "Percent": 3});
    let mut projected = sale.clone();
    projected["Line"][0]["ProjectRef"] = json!({"value": "3"});
    for (entity, body, element) in [
        ("Invoice", with(sale.clone(), json!({"ExchangeRate": 1.1})), "ExchangeRate"),
        ("Invoice", marked, "MarkupInfo"),
        ("Invoice", projected, "ProjectRef"),
        (
            "SalesReceipt",
            with(sale, json!({"CreditCardPayment": {"CreditChargeInfo": {"ProcessPayment": true}}})),
            "CreditCardPayment",
        ),
        ("Payment", payment(json!({"CustomField": field})), "CustomField"),
        ("Payment", payment(json!({"ProcessPayment": true})), "ProcessPayment"),
        ("Purchase", purchase(json!({"TxnTaxDetail": tax})), "TxnTaxDetail"),
        ("Purchase", purchase(json!({"PaymentRefNum": "7"})), "PaymentRefNum"),
        ("Bill", bill(json!({"CustomField": field})), "CustomField"),
        ("Bill", bill(json!({"TxnTaxDetail": tax})), "TxnTaxDetail"),
        (
            "Bill",
            with(bill(json!({})), json!({"Line": spent(json!({"MarkupInfo": {"Percent": 2}}))})),
            "MarkupInfo",
        ),
        ("Customer", json!({"DisplayName": "X", "CustomField": field}), "CustomField"),
        ("Customer", json!({"DisplayName": "X", "IsProject": true}), "IsProject"),
        ("Customer", json!({"DisplayName": "X", "Active": false}), "Active"),
        ("Customer", json!({"DisplayName": "X", "Balance": 5}), "Balance"),
        ("Vendor", json!({"DisplayName": "X", "APAccountRef": {"value": "$payable"}}), "APAccountRef"),
        ("Account", json!({"Name": "X", "AccountType": "Bank", "OpeningBalance": 5}), "OpeningBalance"),
        (
            "Item",
            json!({"Name": "X", "Type": "NonInventory", "IncomeAccountRef": {"value": "$income"},
            "QtyOnHand": 3}),
            "QtyOnHand",
        ),
    ] {
        let answer = shop.books.post(&entity.to_lowercase(), shop.filled(body)).await;
        answer.refused("5030");
        assert_eq!(answer.fault().2, element, "{entity}");
    }
    for (entity, body) in [
        ("Class", json!({"Name": "X", "SubClass": true})),
        ("Department", json!({"Name": "X", "SubDepartment": true})),
        ("Account", json!({"Name": "X", "AccountType": "Bank", "SubAccount": true})),
        (
            "Item",
            json!({"Name": "X", "Type": "Service", "IncomeAccountRef": {"value": "$income"}, "SubItem": true}),
        ),
    ] {
        let answer = shop.books.post(&entity.to_lowercase(), shop.filled(body)).await;
        answer.refused("2020");
        assert_eq!(answer.fault().2, "ParentRef", "{entity}");
    }
    // What says nothing is no wish.
    let silent = json!({"CustomField": [], "ProcessPayment": false, "ExchangeRate": 1, "CreditCardPayment": {"x": ""}});
    shop.books.create("Payment", shop.filled(payment(silent))).await;
    shop.books.close().await;
}

#[tokio::test]
async fn a_bill_payment_names_the_account_of_its_bills_or_none() {
    let shop = shop().await;
    let bill =
        json!({"VendorRef": {"value": "$oak"}, "APAccountRef": {"value": "$payable"}, "Line": bought()});
    let bill = shop.books.create("Bill", shop.filled(bill)).await;
    let paid = |account: Value| {
        with(
            json!({"VendorRef": {"value": "$oak"}, "PayType": "Check", "TotalAmt": 1,
            "CheckPayment": {"BankAccountRef": {"value": "$bank"}, "PrintStatus": "NeedToPrint"},
            "Line": [{"Amount": 1, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}]}),
            account,
        )
    };
    let named = shop.filled(paid(json!({"APAccountRef": {"value": "$payable"}})));
    let made = shop.books.create("BillPayment", named.clone()).await;
    assert_eq!(lost(&named, &made, "BillPayment"), None);
    let other = json!({"Name": "A/P 2", "AccountSubType": "AccountsPayable"});
    let other = id(&shop.books.create("Account", other).await);
    let wrong = shop.filled(paid(json!({"APAccountRef": {"value": other}})));
    shop.books.post("billpayment", wrong).await.refused("6430");
    shop.books.close().await;
}

#[tokio::test]
async fn a_new_vendors_term_is_ignored_and_an_update_takes_it() {
    for (honours, first) in [(false, Value::Null), (true, json!({"value": "1"}))] {
        let choices = Choices { new_vendors_have_terms: honours, ..Choices::default() };
        let books = Books::open_with(CompanyOptions { choices, ..CompanyOptions::default() }).await;
        let term = json!({"TermRef": {"value": "1"}});
        let made = books.create("Vendor", with(json!({"DisplayName": "Oak"}), term.clone())).await;
        assert_eq!(made["TermRef"], first);
        let change = with(json!({"Id": made["Id"], "SyncToken": "0", "sparse": true}), term);
        assert_eq!(books.create("Vendor", change).await["TermRef"], json!({"value": "1"}));
        books.close().await;
    }
}

#[tokio::test]
async fn a_social_security_number_is_shown_masked() {
    let books = Books::open().await;
    let made = books.create("Employee", json!({"GivenName": "Kim", "SSN": "000-12-3456"})).await;
    assert_eq!(made["SSN"], "XXX-XX-XXXX");
    books.close().await;
}
