//! X-04, P-01: what a batch will need can be asked while it is open, all at once, with nothing planned and nothing sent.

use crate::support;

use exchange::{NotReady, Outcome, RunError};
use mapping::{CompanyMapping, PlanError, StoreMapping};
use pos_model::{Batch, PosFile};
use qb_simulator::CompanyOptions;
use serde_json::{Value, json};
use support::pos::{batch, sale, sample_day, taxed_sale};
use support::wire::{Fault, reads};
use support::{World, all_are};

const DAY: &str = "2026-02-03";

fn file(content: &Value) -> PosFile {
    let mut file = json!({"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
        "tender_types": [{"id": 15239, "name": "Cash", "kind": "cash"}]});
    for (name, value) in content.as_object().unwrap() {
        file[name] = value.clone();
    }
    PosFile::from_json(file.to_string().as_bytes()).unwrap()
}

/// A batch that is still open.
fn open(transactions: &[Value]) -> Vec<Batch> {
    let batch = json!({"register": "1", "number": 4, "business_date": DAY, "status": "open", "transactions": transactions});
    file(&json!({"batches": [batch]})).into_parts().0
}

/// A sale with tax and shipping.
fn shipped() -> Value {
    let mut sale = taxed_sale(1, DAY);
    let shipping = json!({"kind": "shipping", "quantity": "1", "amount": "5.00", "tax_code": "NON"});
    sale["lines"].as_array_mut().unwrap().push(shipping);
    sale["tenders"][0]["amount"] = json!("111.25");
    sale
}

fn mapped(tax_code: &str) -> CompanyMapping {
    let store = StoreMapping { tax_code: Some(tax_code.to_owned()), ..StoreMapping::default() };
    CompanyMapping { stores: [("boston".to_owned(), store)].into(), ..CompanyMapping::default() }
}

/// Asks, and checks that nothing was sent or planned in the log.
async fn asked(world: &World, batches: &[Batch]) -> Vec<NotReady> {
    let faults = world.exchange().readiness(batches).await.unwrap();
    assert_eq!(world.wire.writes().len(), 0, "something was sent");
    assert_eq!(world.log.length(), 1, "the log holds more than its company");
    faults
}

/// P-01: an open batch is not planned, and a company that is in order is ready for it. Asking makes no account.
#[tokio::test]
async fn p_01_an_open_batch_can_be_asked_for_and_not_run() {
    let (world, batches) = (World::new(), open(&[shipped()]));
    assert_eq!(asked(&world, &batches).await, []);
    let error = world.exchange().run(&batches[0]).await.unwrap_err();
    assert!(matches!(error, RunError::Plan(PlanError::OpenBatch { .. })), "{error:?}");
    assert_eq!(world.wire.writes().len(), 0);
}

/// everything at once, each fault once though two batches have it, and only what the batch needs.
#[tokio::test]
async fn x_04_an_open_batch_is_told_everything_at_once() {
    let options = CompanyOptions {
        custom_txn_numbers: false,
        using_sales_tax: false,
        book_close_date: Some(DAY.parse().unwrap()),
        ..CompanyOptions::default()
    };
    let world = World::with(options);
    let no_account: fn(&mut Value) =
        |body| body["Preferences"]["SalesFormsPrefs"]["DefaultShippingAccount"] = json!("9999");
    world.wire.once(reads("preferences", ""), Fault::Altered(no_account));
    let wrong = json!({"Name": "Cloud POS Sales Control Account", "AccountType": "Expense"});
    world.wire.type_in("account", &wrong);
    let mut odd = sale(7, "2026-02-04", "20.00");
    odd["lines"][0]["tax_code"] = json!("FOOD");
    let mut batches = open(&[shipped(), odd]);
    batches.push(batch("2", 9, DAY, &[taxed_sale(1, "2026-02-05")]));
    let told: Vec<String> = asked(&world, &batches).await.iter().map(ToString::to_string).collect();
    let wanted = [
        "the setting \"Custom transaction numbers\", under Sales, is off in QuickBooks; turn on custom",
        "account \"Cloud POS Sales Control Account\" is of type Expense",
        "the setting \"sales tax\" is off in QuickBooks",
        "the setting \"account for shipping\", under Sales, is no account of the company in QuickBooks",
        "transaction 7 of store boston, register 1, batch 4: tax code \"FOOD\" is not in the company mapping",
        "transaction 1 of store boston, register 1, batch 4 is dated 2026-02-03, and the books are closed up to 2026-02-03",
    ];
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for (found, part) in told.iter().zip(wanted) {
        assert!(found.starts_with(part), "{found}\nis not\n{part}");
    }
}

/// a fault is gone for the next question once it is put right, and what is not needed is not asked for.
#[tokio::test]
async fn x_04_only_what_the_batch_needs_is_asked_for() {
    let world = World::with(CompanyOptions { using_sales_tax: false, ..CompanyOptions::default() });
    assert_eq!(asked(&world, &open(&[sale(1, DAY, "20.00")])).await, []);
    assert_eq!(asked(&world, &open(&[taxed_sale(1, DAY)])).await.len(), 1);
    assert_eq!(asked(&world, &[]).await, [], "what every batch needs");

    let world = World::new();
    let mut exchange = world.exchange();
    let off: fn(&mut Value) = |body| body["Preferences"]["SalesFormsPrefs"]["AllowShipping"] = json!(false);
    world.wire.once(reads("preferences", ""), Fault::Altered(off));
    assert_eq!(exchange.readiness(&open(&[shipped()])).await.unwrap().len(), 1);
    assert_eq!(exchange.readiness(&open(&[shipped()])).await.unwrap(), []);
    assert_eq!(world.log.reads(), 1);
}

/// the tax code that the mapping names for a store must exist and be active, for a question and for a run. It is
/// read only where it matters.
#[tokio::test]
async fn x_04_the_configured_tax_code_must_exist_and_be_active() {
    let day = [batch("1", 4, DAY, &[taxed_sale(1, DAY)])];
    let mut world = World::new();
    world.map(mapped("99"));
    let wanted = [NotReady::NoTaxCode { id: "99".to_owned(), store: "boston".to_owned() }];
    assert_eq!(asked(&world, &open(&[taxed_sale(1, DAY)])).await, wanted);
    match world.exchange().run(&day[0]).await.unwrap_err() {
        RunError::NotReady(faults) => assert_eq!(faults, wanted),
        other => panic!("{other:?}"),
    }
    assert_eq!(world.wire.writes().len(), 0);
    assert_eq!(asked(&world, &open(&[sale(1, DAY, "20.00")])).await, [], "without tax no code is named");

    let mut world = World::new();
    world.map(mapped("2"));
    let inactive: fn(&mut Value) = |body| {
        for row in body["QueryResponse"]["TaxCode"].as_array_mut().unwrap() {
            row["Active"] = json!(false);
        }
    };
    world.wire.once(reads("query", "from TaxCode"), Fault::Altered(inactive));
    let wanted = [NotReady::Inactive { entity: "TaxCode", name: "Sales Tax".to_owned() }];
    assert_eq!(asked(&world, &open(&[taxed_sale(1, DAY)])).await, wanted);
    assert_eq!(asked(&world, &open(&[taxed_sale(1, DAY)])).await, []);
    assert!(all_are(&world.run(&day).await, Outcome::Created));
}

/// a company whose plan has no purchase orders, or no bills either, is found before anything is sent.
#[tokio::test]
async fn x_04_the_plan_must_have_bills_and_purchase_orders() {
    let order = |status: &str| {
        let order = json!({"number": 1, "status": status, "date": DAY, "supplier": "s",
            "lines": [{"quantity": "1", "amount": "10.00"}]});
        file(&json!({"purchase_orders": [order]}))
    };
    for (plan, needed) in [
        ("QuickBooks Online Simple Start", Some("bills")),
        ("QuickBooks Online Essentials", Some("purchase orders")),
        ("QuickBooks Online Plus", None),
    ] {
        let options = CompanyOptions { offering_sku: plan.to_owned(), ..CompanyOptions::default() };
        let world = World::with(options);
        let wanted: Vec<_> = needed
            .iter()
            .map(|needed| NotReady::Subscription { subscription: plan.to_owned(), needed })
            .collect();
        let faults = world.exchange().readiness(order("open").purchase_orders()).await.unwrap();
        assert_eq!(faults, wanted);
        let run = world.exchange().run(&order("closed").purchase_orders()[0]).await;
        assert_eq!(run.is_err(), needed.is_some(), "{run:?}");
        assert_eq!(world.wire.creates("purchaseorder").is_empty(), needed.is_some());
        assert!(all_are(&world.run(&sample_day()[..1]).await, Outcome::Created), "tills need no such plan");
    }
}

/// a company that cannot be read is an error, not an empty list.
#[tokio::test]
async fn x_04_a_company_that_cannot_be_read_is_not_called_ready() {
    for (path, text) in [("preferences", ""), ("query", "from Account"), ("query", "from TaxCode")] {
        let mut world = World::new();
        world.map(mapped("2"));
        world.wire.times(4, reads(path, text), Fault::Status(503, false));
        let error = world.exchange().readiness(&open(&[taxed_sale(1, DAY)])).await.unwrap_err();
        assert_eq!(error.code(), "read-failed", "{path} {text}");
    }
}
