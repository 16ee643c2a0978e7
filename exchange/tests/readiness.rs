//! what must be in order before anything is sent, and what is made when it is missing.

use crate::support;

use exchange::{NotReady, Outcome, RunError};
use qb_simulator::CompanyOptions;
use serde_json::{Value, json};
use support::pos::{batch, sale, sample_day, shipped, taxed_sale};
use support::wire::{Fault, reads};
use support::{World, all_are};

const DATE: &str = "2026-02-03";

fn preferences(faults: &[NotReady]) -> Vec<&str> {
    let name = |fault: &NotReady| match fault {
        NotReady::Preference { preference, .. } => *preference,
        other => panic!("{other:?}"),
    };
    let mut names = Vec::new();
    for fault in faults {
        names.push(name(fault));
    }
    names
}

/// each preference by itself; the fault names it as QuickBooks does. With it in order the batch posts.
#[tokio::test]
#[rustfmt::skip]
async fn each_preference_is_checked_by_itself() {
    let options = CompanyOptions::default;
    for (wanted, options) in [
        ("SalesFormsPrefs.CustomTxnNumbers", CompanyOptions { custom_txn_numbers: false, ..options() }),
        ("VendorAndPurchasesPrefs.UseCustomTxnNumbers", CompanyOptions { purchase_custom_txn_numbers: false, ..options() }),
        ("TaxPrefs.UsingSalesTax", CompanyOptions { using_sales_tax: false, ..options() }),
        ("SalesFormsPrefs.AllowShipping", CompanyOptions { allow_shipping: false, ..options() }),
    ] {
        let world = World::with(options);
        assert_eq!(preferences(&world.faults_of(&shipped()).await), [wanted]);
        assert_eq!(world.wire.writes().len(), 0, "{wanted}: something was made");
    }
    assert!(all_are(&World::new().run(&[shipped()]).await, Outcome::Created));
}

/// preferences that the simulator has always off are turned on in its answer.
#[tokio::test]
async fn each_preference_that_must_be_off_is_checked_by_itself() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 4] = [
        ("SalesFormsPrefs.AutoApplyCredit", |body| {
            body["Preferences"]["SalesFormsPrefs"]["AutoApplyCredit"] = json!(true);
        }),
        ("SalesFormsPrefs.AutoApplyPayments", |body| {
            body["Preferences"]["SalesFormsPrefs"]["AutoApplyPayments"] = json!(true);
        }),
        ("CurrencyPrefs.MultiCurrencyEnabled", |body| {
            body["Preferences"]["CurrencyPrefs"]["MultiCurrencyEnabled"] = json!(true);
        }),
        ("SalesFormsPrefs.DefaultShippingAccount", |body| {
            body["Preferences"]["SalesFormsPrefs"]["DefaultShippingAccount"] = json!("9999");
        }),
    ];
    for (wanted, change) in cases {
        let world = World::new();
        world.wire.once(reads("preferences", ""), Fault::Altered(change));
        assert_eq!(preferences(&world.faults_of(&shipped()).await), [wanted]);
        assert_eq!(world.wire.writes().len(), 0, "{wanted}: something was made");
    }
}

/// all faults at once, each with its remedy.
#[tokio::test]
async fn all_faults_are_said_at_once() {
    let world = World::with(CompanyOptions {
        custom_txn_numbers: false,
        purchase_custom_txn_numbers: false,
        allow_shipping: false,
        ..CompanyOptions::default()
    });
    let wrong = json!({"Name": "Cloud POS Sales Control Account", "AccountType": "Expense"});
    world.wire.type_in("account", &wrong);
    let error = world.exchange().run(&shipped()).await.unwrap_err();
    assert_eq!(error.code(), "not-ready");
    let text = error.to_string();
    for part in [
        "the setting \"Custom transaction numbers\", under Sales, is off",
        "the setting \"Custom transaction numbers\", under Expenses, is off",
        "the setting \"Shipping\", under Sales, is off",
        "type Expense; the role needs Income",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert_eq!(world.wire.writes().len(), 0);
}

/// books closed up to a document's date, and not a day further.
#[tokio::test]
async fn closed_books_are_seen_before_anything_is_sent() {
    let day = [batch("1", 4, DATE, &[sale(1, DATE, "20.00"), sale(2, "2026-02-04", "30.00")])];
    for (closed, documents) in [("2026-02-02", 0), (DATE, 2), ("2026-02-04", 4)] {
        let closed = closed.parse().unwrap();
        let world =
            World::with(CompanyOptions { book_close_date: Some(closed), ..CompanyOptions::default() });
        if documents == 0 {
            assert!(all_are(&world.run(&day).await, Outcome::Created));
            continue;
        }
        let faults = world.faults_of(&day[0]).await;
        assert_eq!(faults.len(), documents);
        for fault in &faults {
            assert!(
                matches!(fault, NotReady::PeriodClosed { closed: found, .. } if *found == closed),
                "{fault:?}"
            );
        }
        assert_eq!(world.wire.writes().len(), 0);
    }
}

/// an entry that was made inactive and made again is the active one; several active ones of one name are a fault.
#[tokio::test]
async fn the_active_one_of_a_name_is_taken_and_two_are_refused() {
    let mut world = World::new();
    world.run(&[batch("1", 4, DATE, &[sale(1, DATE, "20.00")])]).await;
    for entity in ["Item", "Account"] {
        let name = if entity == "Item" { "Cloud POS Item" } else { "Cloud POS Till Takings Control Account" };
        let row = world.wire.rows(entity).into_iter().find(|row| row["Name"] == name).unwrap();
        let wanted = |field: &&str| !row[field].is_null();
        let kept = ["Name", "AccountType", "Type", "IncomeAccountRef"].into_iter().filter(wanted);
        let again: Value = kept.map(|field| (field.to_owned(), row[field].clone())).collect();
        let mut inactive =
            json!({"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": true, "Active": false});
        inactive.as_object_mut().unwrap().extend(again.as_object().unwrap().clone());
        world.wire.type_in(&entity.to_lowercase(), &inactive);
        world.wire.type_in(&entity.to_lowercase(), &again);
    }
    assert!(all_are(&world.run(&[batch("1", 5, DATE, &[sale(2, DATE, "30.00")])]).await, Outcome::Created));

    for parent in ["North", "South"] {
        world.wire.type_in("account", &json!({"Name": parent, "AccountType": "Bank"}));
        let parent = world.wire.rows("Account").into_iter().find(|row| row["Name"] == parent).unwrap();
        let below = json!({"Name": "Safe", "AccountType": "Bank", "SubAccount": true,
            "ParentRef": {"value": parent["Id"]}});
        world.wire.type_in("account", &below);
    }
    world.map(serde_json::from_value(json!({"tender_accounts": {"15239": "safe"}})).unwrap());
    let faults = world.faults_of(&batch("1", 6, DATE, &[sale(3, DATE, "40.00")])).await;
    let wanted = NotReady::SameName { entity: "account", name: "safe".to_owned(), count: 2 };
    assert_eq!(faults, [wanted]);
    world.wire.type_in("account", &json!({"Name": "Safe", "AccountType": "Bank"}));
    let day = [batch("1", 6, DATE, &[sale(3, DATE, "40.00")])];
    assert!(all_are(&world.run(&day).await, Outcome::Created), "the one at the top has the name in full");
}

/// the books of a company in another currency would take dollars for their own.
#[tokio::test]
async fn a_company_in_another_currency_is_refused() {
    let world = World::new();
    let canadian: fn(&mut Value) =
        |body| body["Preferences"]["CurrencyPrefs"]["HomeCurrency"]["value"] = json!("CAD");
    world.wire.times(100, reads("preferences", ""), Fault::Altered(canadian));
    assert_eq!(preferences(&world.faults_of(&shipped()).await), ["CurrencyPrefs.HomeCurrency"]);
}

/// Bad input 40: a till whose clock is wrong. A shop may be a day ahead of UTC, none is two days ahead.
#[tokio::test]
async fn a_document_dated_after_tomorrow_is_refused_before_anything_is_sent() {
    let world = World::new();
    world.clock.advance_to(DATE); // midnight: it is the 4th now
    assert!(all_are(
        &world.run(&[batch("1", 4, DATE, &[sale(1, "2026-02-05", "20.00")])]).await,
        Outcome::Created
    ));
    let before = world.wire.writes().len();
    let ahead = batch("1", 5, DATE, &[sale(2, DATE, "30.00"), sale(3, "2062-02-03", "40.00")]);
    let faults = world.exchange().readiness(std::slice::from_ref(&ahead)).await.unwrap();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let remedy = "set the till's clock and export it again, or run it when its day has come";
    assert_eq!(
        said,
        [format!(
            "transaction 3 of store boston, register 1, batch 5 is dated 2062-02-03, later than 2026-02-05; {remedy}"
        )]
    );
    let error = world.exchange().run(&ahead).await.unwrap_err();
    let RunError::NotReady(faults) = error else { panic!("{error:?}") };
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "the invoice and its payment: {said:?}");
    assert!(said[0].starts_with("Invoice CLT3B5 is dated 2062-02-03"), "{said:?}");
    assert_eq!(world.wire.writes().len(), before);
}

/// Preferences change while a host lives on; each run reads them again.
#[tokio::test]
async fn books_closed_between_two_runs_are_seen_by_the_second() {
    let world = World::new();
    let mut exchange = world.exchange();
    exchange.run(&batch("1", 4, DATE, &[sale(1, DATE, "20.00")])).await.unwrap();
    let before = world.wire.document_writes().len();
    let close: fn(&mut Value) =
        |body| body["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] = json!("2026-02-28");
    world.wire.times(100, reads("preferences", ""), Fault::Altered(close));
    let result = exchange.run(&batch("1", 5, DATE, &[sale(2, DATE, "30.00")])).await;
    assert!(matches!(result, Err(RunError::NotReady(_))), "{result:?}");
    assert_eq!(world.wire.document_writes().len(), before);
}

/// a fault that is put right is gone in the next run of the same exchange.
#[tokio::test]
async fn a_fault_put_right_is_gone_in_the_next_run() {
    let world = World::new();
    let off: fn(&mut Value) =
        |body| body["Preferences"]["SalesFormsPrefs"]["CustomTxnNumbers"] = json!(false);
    world.wire.once(reads("preferences", ""), Fault::Altered(off));
    let mut exchange = world.exchange();
    assert!(exchange.run(&shipped()).await.is_err());
    assert!(all_are(&[exchange.run(&shipped()).await.unwrap()], Outcome::Created));
}

/// an account of ours that has a type its role does not allow, or that was made inactive.
#[tokio::test]
async fn an_account_of_a_wrong_type_or_made_inactive_is_refused() {
    for (name, kind, allowed) in [
        ("Cloud POS Sales Control Account", "Expense", "Income or Other Income"),
        ("Cloud POS Till Takings Control Account", "Other Current Asset", "Bank"),
        ("Cloud POS Vouchers Control Account", "Income", "Other Current Liability"),
    ] {
        let world = World::new();
        world.wire.type_in("account", &json!({"Name": name, "AccountType": kind}));
        let wanted = NotReady::AccountType {
            name: name.to_owned(),
            found: kind.to_owned(),
            allowed: allowed.to_owned(),
        };
        assert_eq!(world.faults_of(&shipped()).await, [wanted]);
    }
    let world = World::new();
    world.run(&[sample_day().remove(0)]).await;
    let before = world.wire.document_writes().len();
    let inactive: fn(&mut Value) = |body| {
        // The page that ends the list has none.
        let rows = body.pointer_mut("/QueryResponse/Account").and_then(Value::as_array_mut);
        for row in rows.into_iter().flatten() {
            if row["Name"] == "Cloud POS Till Takings Control Account" {
                row["Name"] = json!("Cloud POS Till Takings Control Account (deleted)");
                row["Active"] = json!(false);
            }
        }
    };
    world.wire.times(9, reads("query", "from Account"), Fault::Altered(inactive));
    let error = world.exchange().run(&shipped()).await.unwrap_err().to_string();
    assert!(error.contains("Till Takings") && error.contains("inactive"), "{error}");
    assert_eq!(world.wire.document_writes().len(), before);
    assert_eq!(world.wire.rows("Account").iter().filter(|row| row["AccountType"] == "Bank").count(), 3);
}

/// an item that points to another account than its role's.
#[tokio::test]
async fn an_item_of_another_account_is_refused() {
    let world = World::new();
    let services =
        world.wire.rows("Account").iter().find(|row| row["Name"] == "Services").unwrap()["Id"].clone();
    let item = json!({"Name": "Cloud POS Item", "Type": "Service", "IncomeAccountRef": {"value": services}});
    world.wire.type_in("item", &item);
    let faults = world.faults_of(&shipped()).await;
    assert!(
        matches!(&faults[..], [NotReady::ItemAccount { name, .. }] if name == "Cloud POS Item"),
        "{faults:?}"
    );
}

/// two active A/R accounts are refused; nothing is sent.
#[tokio::test]
async fn several_receivables_are_refused() {
    let world = World::new();
    for name in ["Receivables", "More receivables"] {
        world.wire.type_in("account", &json!({"Name": name, "AccountType": "Accounts Receivable"}));
    }
    assert_eq!(
        world.faults_of(&shipped()).await,
        [NotReady::SeveralAccounts { kind: "Accounts Receivable", count: 2 }]
    );
    assert_eq!(world.wire.writes().len(), 0);
}

/// of several A/R accounts the mapping names the one that invoices post to, and no other: the general ledger decides.
/// Without an invoice nothing shows it.
#[tokio::test]
async fn a_02_one_of_several_receivables_is_named_when_invoices_post_to_it() {
    for (name, has_invoice, expected) in [
        ("Shop receivables", true, None),
        ("shop RECEIVABLES", true, None),
        ("Wholesale receivables", true, Some("its invoices post to \"Shop receivables\": name that one")),
        ("Nothing of the kind", true, Some("its invoices post to \"Shop receivables\": name that one")),
        ("Shop receivables", false, Some("no invoice of the last year shows where invoices post")),
    ] {
        let mut world = World::new();
        for account in ["Shop receivables", "Wholesale receivables"] {
            let body = json!({"Name": account, "AccountType": "Accounts Receivable"});
            world.wire.type_in("account", &body);
        }
        if has_invoice {
            let customer = world.wire.type_in("customer", &json!({"DisplayName": "Pat"}))["Id"].clone();
            let item =
                world.wire.rows("Item").iter().find(|row| row["Name"] == "Services").unwrap()["Id"].clone();
            let line = json!({"DetailType": "SalesItemLineDetail", "Amount": 12.00,
                "SalesItemLineDetail": {"ItemRef": {"value": item}, "TaxCodeRef": {"value": "NON"}}});
            let invoice =
                json!({"CustomerRef": {"value": customer}, "TxnDate": "2026-01-20", "Line": [line]});
            world.wire.type_in("invoice", &invoice);
        }
        world.map(serde_json::from_value(json!({"accounts": {"receivable": name}})).unwrap());
        let day = [shipped()];
        match expected {
            None => {
                let reports = world.run(&day).await;
                assert!(support::all_are(&reports, Outcome::Created), "{reports:?}");
                let ties = world.tie_out(&day).await;
                assert!(ties.is_tied_out(), "{ties:?}");
                assert!(ties.accounts.iter().any(|tie| tie.name == "Shop receivables"), "{ties:?}");
            }
            Some(text) => {
                let faults = world.faults_of(&day[0]).await;
                assert_eq!(faults.len(), 1, "{faults:?}");
                assert!(faults[0].to_string().contains(text), "{name}: {}", faults[0]);
            }
        }
    }
}

/// D-21: tax for a customer whom QuickBooks holds non-taxable is refused before sending.
#[tokio::test]
async fn tax_for_a_customer_held_non_taxable_is_not_sent() {
    let world = World::new();
    world.wire.type_in("customer", &json!({"DisplayName": "1651-1042", "Taxable": false}));
    let report = world.run(&[shipped()]).await.remove(0);
    let invoice = report.documents.iter().find(|entry| entry.key.as_str().starts_with("inv-")).unwrap();
    assert_eq!(invoice.outcome, Outcome::Refused);
    let reason = invoice.reason.as_deref().unwrap_or_default();
    assert!(
        reason.contains("non-taxable and would drop the tax; make the customer taxable there"),
        "{reason}"
    );
    assert_eq!(world.wire.creates("invoice").len(), 0);
}

/// D-21: where sales tax is off, a batch without tax posts and one with tax does not.
#[tokio::test]
async fn without_sales_tax_only_untaxed_batches_post() {
    let world = World::with(CompanyOptions { using_sales_tax: false, ..CompanyOptions::default() });
    let taxed = batch("1", 4, DATE, &[taxed_sale(1, DATE)]);
    assert_eq!(preferences(&world.faults_of(&taxed).await), ["TaxPrefs.UsingSalesTax"]);
    let untaxed = [batch("1", 5, DATE, &[sale(1, DATE, "20.00")])];
    assert!(all_are(&world.run(&untaxed).await, Outcome::Created));
    assert!(world.tie_out(&untaxed).await.is_tied_out());
}

/// A log serves one company; nothing is sent to another, and nothing is read from it.
#[tokio::test]
async fn the_log_of_another_company_is_refused() {
    let world = World::new();
    world.run(&[shipped()]).await;
    let other = World::with(CompanyOptions { realm_id: "42".to_owned(), ..CompanyOptions::default() });
    other.log.replace(&world.log.entries());
    match other.exchange().run(&shipped()).await {
        Err(RunError::OtherCompany { found, asked }) => {
            assert_eq!((&*found, &*asked), ("9130347596842384", "42"))
        }
        result => panic!("{result:?}"),
    }
    assert_eq!(other.wire.calls().len(), 0);
    assert_eq!(other.log.entries(), world.log.entries());
}

/// A company that cannot be read is not written to.
#[tokio::test]
async fn a_company_that_cannot_be_read_is_not_written_to() {
    for (path, text) in [
        ("preferences", ""),
        ("query", "from Account"),
        ("query", "from Item"),
        ("query", "from PaymentMethod"),
    ] {
        let world = World::new();
        world.wire.times(4, reads(path, text), Fault::Status(503, false));
        let error = world.exchange().run(&shipped()).await.unwrap_err();
        assert_eq!(error.code(), "read-failed", "{path} {text}");
        assert_eq!(world.wire.document_writes().len(), 0, "{path} {text}");
        assert!(all_are(&world.run(&[shipped()]).await, Outcome::Created), "{path} {text}");
    }
}
