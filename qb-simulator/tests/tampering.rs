//! What a person can do to a program's documents on the screens of QuickBooks, each by `POST /simulator/person`: afterwards change
//! data capture tells of it, the books add up, and a saved company does it again.

use crate::common;

use common::*;
use qb_simulator::{Choices, Clock, Company, CompanyOptions, SimulatorOptions};
use serde_json::{Value, json};

/// A sale on account, paid in part; a sale for cash; an expense.
struct Day {
    books: Books,
    ada: String,
    ben: String,
    invoice: String,
    payment: String,
    receipt: String,
    expense: String,
}

async fn day(company: CompanyOptions) -> Day {
    let clock = Clock::parse(&format!("fixed:{NOW}")).unwrap();
    let options = SimulatorOptions { company, clock, ..SimulatorOptions::default() };
    let books = Books::open_simulator(options).await;
    let (ada, ben) = (books.customer("Ada").await, books.customer("Ben").await);
    let body = with(
        form(&ada, vec![line("1", 10.0, "TAX")]),
        json!({"DocNumber": "R-1", "TxnDate": "2026-02-01",
        "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}}),
    );
    let invoice = id(&books.create("Invoice", body).await);
    let paid = json!({"CustomerRef": {"value": ada}, "TotalAmt": 4, "TxnDate": "2026-02-01", "Line": [
        {"Amount": 4, "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}]});
    let payment = id(&books.create("Payment", paid).await);
    let sold =
        with(form(&ada, vec![line("1", 3.0, "NON")]), json!({"DocNumber": "R-2", "TxnDate": "2026-02-01"}));
    let receipt = id(&books.create("SalesReceipt", sold).await);
    let (bank, office) = (books.account("Checking").await, books.account("Office Expenses").await);
    let spent = json!({"PaymentType": "Cash", "AccountRef": {"value": bank}, "TxnDate": "2026-02-01", "DocNumber": "E-1",
        "Line": [{"DetailType": "AccountBasedExpenseLineDetail", "Amount": 2,
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": office}}}]});
    let expense = id(&books.create("Purchase", spent).await);
    // What happens now is the news.
    books.admin("POST", "clock", json!({"advance_seconds": 3600})).await;
    Day { books, ada, ben, invoice, payment, receipt, expense }
}

impl Day {
    async fn does(&self, act: Value) -> Value {
        let answer = self.books.admin("POST", "person", act).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json
    }

    async fn edits(&self, entity: &str, id: &str, body: Value) -> Value {
        let act = json!({"act": "edit", "entity": entity, "id": id, "body": body.to_string()});
        self.does(act).await[entity].clone()
    }

    /// Ids that change data capture tells of since the day was posted; a deleted one with a minus before it.
    async fn told(&self, entity: &str) -> Vec<String> {
        let path = format!("cdc?entities={entity}&changedSince=2026-02-03T10:00:00-08:00");
        let answer = self.books.get(&path).await;
        let rows = answer.json["CDCResponse"][0]["QueryResponse"][0][entity].as_array().cloned();
        let rows = rows.unwrap_or_default();
        let shown = |row: &Value| match row["status"] == "Deleted" {
            true => format!("-{}", row["Id"].as_str().unwrap()),
            false => id(row),
        };
        rows.iter().map(shown).collect()
    }

    async fn ends(self) {
        let saved = self.books.simulator.with_company(|company| company.save().unwrap());
        let again = Company::load(&saved).unwrap();
        let account = "Accounts Receivable (A/R)";
        let balance = self.books.simulator.with_company(|company| company.balance_of(account));
        assert_eq!(again.balance_of(account), balance);
        self.books.close().await;
    }
}

#[tokio::test]
async fn amount_customer_date_account_and_tax_are_edited_without_knowing_a_token() {
    let day = day(CompanyOptions::default()).await;
    let more = day.edits("Invoice", &day.invoice, json!({"Line": [line("1", 20.0, "TAX")]})).await;
    assert_eq!((&more["TotalAmt"], &more["Balance"]), (&json!(21.6), &json!(17.6)));
    let dated = day.edits("Invoice", &day.invoice, json!({"TxnDate": "2026-01-31"})).await;
    assert_eq!(dated["TxnDate"], "2026-01-31");
    let untaxed = day.edits(
        "Invoice",
        &day.invoice,
        json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 1}}),
    );
    assert_eq!(untaxed.await["TotalAmt"], json!(21.0));
    let other = day.edits("SalesReceipt", &day.receipt, json!({"CustomerRef": {"value": day.ben}})).await;
    assert_eq!(other["CustomerRef"]["value"], json!(day.ben));
    let savings = day.books.account("Savings").await;
    let moved = json!({"DepositToAccountRef": {"value": savings}});
    day.edits("SalesReceipt", &day.receipt, moved).await;
    assert_eq!(day.books.balance("Savings"), "3.00");
    let spent = json!({"PaymentType": "Cash", "AccountRef": {"value": savings}});
    day.edits("Purchase", &day.expense, spent).await;
    assert_eq!((day.books.balance("Savings"), day.books.balance("Checking")), ("1.00".into(), "0.00".into()));
    assert_eq!(day.told("Invoice").await, [day.invoice.as_str()]);
    assert_eq!(day.told("SalesReceipt").await, [day.receipt.as_str()]);
    assert_eq!(day.told("Purchase").await, [day.expense.as_str()]);
    assert_eq!(day.told("Payment").await, [""; 0]);
    // What the books forbid is answered as the API answers it.
    let act = json!({"act": "edit", "entity": "Invoice", "id": day.invoice, "body": "{\"CustomerRef\":{\"value\":\"99\"}}"});
    day.books.admin("POST", "person", act).await.refused("2500");
    day.books
        .admin("POST", "person", json!({"act": "edit", "entity": "Invoice", "id": "1", "body": "[]"}))
        .await;
    day.ends().await;
}

#[tokio::test]
async fn a_link_is_removed_and_then_the_customer_can_change() {
    let day = day(CompanyOptions::default()).await;
    let other = json!({"CustomerRef": {"value": day.ben}});
    let edit = json!({"act": "edit", "entity": "Invoice", "id": day.invoice, "body": other.to_string()});
    day.books.admin("POST", "person", edit.clone()).await.refused("6000");
    day.does(json!({"act": "unlink", "entity": "Invoice", "id": day.invoice})).await;
    let invoice = day.books.read("Invoice", &day.invoice).await;
    assert_eq!((&invoice["Balance"], &invoice["LinkedTxn"]), (&json!(10.8), &json!([])));
    let payment = day.books.read("Payment", &day.payment).await;
    assert_eq!((&payment["UnappliedAmt"], &payment["Line"]), (&json!(4.0), &json!([])));
    day.does(edit).await;
    assert_eq!(day.books.read("Customer", &day.ben).await["Balance"], json!(10.8));
    assert_eq!(day.told("Payment").await, [day.payment.as_str()]);
    assert_eq!(day.told("Invoice").await, [day.invoice.as_str()]);
    // From the payment's side.
    let back = json!({"CustomerRef": {"value": day.ada}});
    day.edits("Invoice", &day.invoice, back).await;
    let settles =
        json!({"Line": [{"Amount": 4, "LinkedTxn": [{"TxnId": day.invoice, "TxnType": "Invoice"}]}]});
    day.edits("Payment", &day.payment, settles).await;
    day.does(json!({"act": "unlink", "entity": "Payment", "id": day.payment})).await;
    assert_eq!(day.books.read("Invoice", &day.invoice).await["Balance"], json!(10.8));
    day.ends().await;
}

#[tokio::test]
async fn every_kind_of_the_day_is_voided_by_hand() {
    let choices = Choices { refuses_voiding_paid_invoices: true, ..Choices::default() };
    let day = day(CompanyOptions { choices, ..CompanyOptions::default() }).await;
    let memo = id(&day.books.create("CreditMemo", form(&day.ada, vec![line("1", 2.0, "NON")])).await);
    let applied = |id: &str, kind: &str| json!({"Amount": 2, "LinkedTxn": [{"TxnId": id, "TxnType": kind}]});
    let zero = json!({"CustomerRef": {"value": day.ada}, "TotalAmt": 0,
        "Line": [applied(&day.invoice, "Invoice"), applied(&memo, "CreditMemo")]});
    let zero = id(&day.books.create("Payment", zero).await);
    let till = day.books.account("Undeposited Funds").await;
    let refund =
        with(form(&day.ada, vec![line("1", 1.0, "NON")]), json!({"DepositToAccountRef": {"value": till}}));
    let refund = id(&day.books.create("RefundReceipt", refund).await);
    for (entity, id) in [
        ("CreditMemo", &memo),
        ("Invoice", &day.invoice),
        ("SalesReceipt", &day.receipt),
        ("Purchase", &day.expense),
        ("RefundReceipt", &refund),
        ("Payment", &day.payment),
    ] {
        day.does(json!({"act": "void", "entity": entity, "id": id})).await;
        let now = day.books.read(entity, id).await;
        assert_eq!((&now["TotalAmt"], &now["PrivateNote"]), (&json!(0), &json!("Voided")), "{entity}");
        assert!(day.told(entity).await.contains(id), "{entity}");
    }
    assert_eq!(day.books.read("Payment", &zero).await["Line"], json!([]), "both sides were taken off");
    for account in ["Accounts Receivable (A/R)", "Undeposited Funds", "Checking"] {
        assert_eq!(day.books.balance(account), "0.00", "{account}");
    }
    let entry = json!({"act": "void", "entity": "JournalEntry", "id": "1"});
    assert_eq!(day.books.admin("POST", "person", entry).await.status, 400);
    day.ends().await;
}

#[tokio::test]
async fn a_paid_invoice_is_deleted_by_hand_and_not_by_a_program() {
    let day = day(CompanyOptions::default()).await;
    let now = day.books.read("Invoice", &day.invoice).await;
    let key = json!({"Id": now["Id"], "SyncToken": now["SyncToken"]});
    day.books.post("invoice?operation=delete", key).await.refused("6000");
    for (entity, id) in [
        ("Invoice", &day.invoice),
        ("SalesReceipt", &day.receipt),
        ("Purchase", &day.expense),
        ("Payment", &day.payment),
    ] {
        day.does(json!({"act": "delete", "entity": entity, "id": id})).await;
        day.books.get(&format!("{}/{id}", entity.to_lowercase())).await.refused("610");
        assert_eq!(day.told(entity).await, [format!("-{id}")], "{entity}");
    }
    let act = json!({"act": "delete", "entity": "Invoice", "id": day.invoice});
    assert_eq!(day.books.admin("POST", "person", act).await.status, 400);
    day.ends().await;
}

#[tokio::test]
async fn a_document_is_made_again_by_hand_number_and_all() {
    let day = day(CompanyOptions::default()).await;
    for (entity, id) in [
        ("Invoice", &day.invoice),
        ("SalesReceipt", &day.receipt),
        ("Purchase", &day.expense),
        ("Payment", &day.payment),
    ] {
        let twin = day.does(json!({"act": "duplicate", "entity": entity, "id": id})).await[entity].clone();
        let first = day.books.read(entity, id).await;
        assert_ne!(twin["Id"], first["Id"]);
        for name in ["DocNumber", "TotalAmt", "TxnDate", "CustomerRef"] {
            assert_eq!(twin[name], first[name], "{entity} {name}");
        }
        assert!(day.told(entity).await.contains(&common::id(&twin)), "{entity}");
    }
    assert_eq!(day.books.balance("Accounts Receivable (A/R)"), "13.60");
    let act = json!({"act": "duplicate", "entity": "Customer", "id": day.ada});
    assert_eq!(day.books.admin("POST", "person", act).await.status, 400);
    day.ends().await;
}

#[tokio::test]
async fn the_till_is_brought_to_the_bank_and_what_was_in_it_is_frozen() {
    let day = day(CompanyOptions::default()).await;
    let bank = day.books.account("Checking").await;
    let act = json!({"act": "bank_deposit", "into": bank, "documents": [day.payment, day.receipt], "on": "2026-02-02"});
    let deposit = day.does(act.clone()).await["Deposit"].clone();
    assert_eq!((&deposit["TotalAmt"], &deposit["TxnDate"]), (&json!(7.0), &json!("2026-02-02")));
    assert_eq!(
        (day.books.balance("Undeposited Funds"), day.books.balance("Checking")),
        ("0.00".into(), "5.00".into())
    );
    assert_eq!(day.told("Payment").await, [day.payment.as_str()]);
    assert_eq!(day.told("SalesReceipt").await, [day.receipt.as_str()]);
    day.books.admin("POST", "person", act).await.refused("620");
    for (entity, id) in [("Payment", &day.payment), ("SalesReceipt", &day.receipt)] {
        let edit = json!({"act": "edit", "entity": entity, "id": id, "body": "{\"PrivateNote\":\"x\"}"});
        day.books.admin("POST", "person", edit).await.refused("6540");
        let void = json!({"act": "void", "entity": entity, "id": id});
        let answer = day.books.admin("POST", "person", void).await;
        assert!(answer.text.contains("6540"), "{}", answer.text);
    }
    // What it settles can still be changed, since the money stays.
    day.does(json!({"act": "unlink", "entity": "Invoice", "id": day.invoice})).await;
    assert_eq!(day.books.read("Payment", &day.payment).await["UnappliedAmt"], json!(4.0));
    day.does(json!({"act": "delete", "entity": "Deposit", "id": deposit["Id"]})).await;
    day.does(json!({"act": "void", "entity": "Payment", "id": day.payment})).await;
    day.ends().await;
}

#[tokio::test]
async fn closed_books_stop_programs_and_a_person_who_does_not_confirm() {
    for (is_6200, code) in [(false, "6210"), (true, "6200")] {
        let choices = Choices { closed_books_are_6200: is_6200, ..Choices::default() };
        let day = day(CompanyOptions { choices, ..CompanyOptions::default() }).await;
        day.does(json!({"act": "close_books", "on": "2026-02-01"})).await;
        assert_eq!(day.told("Preferences").await, ["1"]);
        let edit = json!({"act": "edit", "entity": "Invoice", "id": day.invoice, "body": "{\"PrivateNote\":\"late\"}"});
        day.books.admin("POST", "person", edit.clone()).await.refused(code);
        let delete = json!({"act": "delete", "entity": "SalesReceipt", "id": day.receipt});
        assert!(day.books.admin("POST", "person", delete.clone()).await.text.contains(code));
        let unlink = json!({"act": "unlink", "entity": "Invoice", "id": day.invoice});
        assert!(day.books.admin("POST", "person", unlink.clone()).await.text.contains(code));
        let confirmed = |act: Value| json!({"act": "in_closed_books", "then": act});
        let noted = day.does(confirmed(edit)).await;
        assert_eq!(noted["Invoice"]["PrivateNote"], "late");
        day.does(confirmed(unlink)).await;
        day.does(confirmed(delete)).await;
        assert_eq!(day.told("SalesReceipt").await, [format!("-{}", day.receipt)]);
        // The next one must confirm again.
        let void = json!({"act": "void", "entity": "Invoice", "id": day.invoice});
        assert!(day.books.admin("POST", "person", void).await.text.contains(code));
        day.ends().await;
    }
}

#[tokio::test]
async fn a_merge_shows_in_the_documents_that_moved() {
    let day = day(CompanyOptions::default()).await;
    day.does(json!({"act": "merge", "entity": "Customer", "id": day.ada, "into": day.ben})).await;
    assert_eq!(day.told("Invoice").await, [day.invoice.as_str()]);
    assert_eq!(day.told("Payment").await, [day.payment.as_str()]);
    assert_eq!(day.told("Customer").await, [day.ben.clone(), format!("-{}", day.ada)]);
    assert_eq!(day.books.read("Invoice", &day.invoice).await["CustomerRef"]["value"], json!(day.ben));
    day.ends().await;
}

#[tokio::test]
async fn an_item_is_pointed_to_another_account_and_an_account_made_inactive() {
    let day = day(CompanyOptions::default()).await;
    let shipping = day.books.account("Shipping Income").await;
    day.edits("Item", "1", json!({"IncomeAccountRef": {"value": shipping}})).await;
    assert_eq!(day.told("Item").await, ["1"]);
    let office = day.books.account("Office Expenses").await;
    day.does(json!({"act": "make_inactive", "entity": "Account", "id": office})).await;
    let account = day.books.read("Account", &office).await;
    assert_eq!((&account["Name"], &account["Active"]), (&json!("Office Expenses (deleted)"), &json!(false)));
    assert_eq!(day.told("Account").await, [office]);
    day.ends().await;
}
