//! X-04, D-19: whom documents will name is looked at before the first is sent: names that another kind of record has, and
//! records that a person made inactive or merged.

use crate::support;

use exchange::{NotReady, Outcome, Report, RunError};
use mapping::{CompanyMapping, Origin};
use pos_model::PosFile;
use serde_json::{Value, json};
use support::World;
use support::wire::{Fault, reads};

const DAY: &str = "2026-02-03";

/// A batch with a cash sale to nobody, a charge by a customer and a payment on account by another; and an order.
fn file(number: u64) -> PosFile {
    let at = format!("{DAY}T12:00:00-05:00");
    let lines = json!([{"kind": "item", "quantity": "1", "amount": "50.00", "tax_code": "NON"}]);
    let file = json!({
        "version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
        "tender_types": [{"id": 1, "name": "Cash", "kind": "cash"}, {"id": 4, "name": "Account", "kind": "customer_account"}],
        "customers": [{"id": "c-1", "account_number": "101", "company": "Hub Cycles"}, {"id": "c-2", "account_number": "102"}],
        "batches": [{"register": "1", "number": number, "business_date": DAY, "status": "closed", "closed_at": format!("{DAY}T18:00:00-05:00"),
            "transactions": [
                {"number": 10 * number, "occurred_at": at, "lines": lines, "tenders": [{"type": 1, "amount": "50.00"}]},
                {"number": 10 * number + 1, "occurred_at": at, "customer": "c-1", "lines": lines, "tenders": [{"type": 4, "amount": "50.00"}]}],
            "account_payments": [{"id": number, "occurred_at": at, "customer": "c-2", "tenders": [{"type": 1, "amount": "20.00"}]}]}],
        "purchase_orders": [{"number": number, "supplier": "S1", "date": DAY, "status": "closed",
            "lines": [{"code": "W", "name": "Wheel", "quantity": "1", "amount": "5.00"}]}]
    });
    PosFile::from_json(file.to_string().as_bytes()).unwrap()
}

fn world(mapping: Value) -> World {
    let mut world = World::new();
    world.map(serde_json::from_value::<CompanyMapping>(mapping).unwrap());
    world
}

async fn run(world: &World, file: &PosFile) -> Result<Vec<Report>, RunError> {
    let mut exchange = world.exchange();
    let mut reports = Vec::new();
    for origin in origins(file) {
        reports.push(exchange.run(origin).await?);
    }
    Ok(reports)
}

fn origins(file: &PosFile) -> Vec<Origin<'_>> {
    file.batches().iter().map(Origin::from).chain(file.purchase_orders().iter().map(Origin::from)).collect()
}

/// Why batches and orders of a file cannot be run, as readiness says it and as the run does. The others are posted.
async fn refused(world: &World, file: &PosFile) -> Vec<String> {
    let ready = world.exchange().readiness(origins(file)).await.unwrap();
    let mut said = Vec::new();
    let mut exchange = world.exchange();
    for origin in origins(file) {
        match exchange.run(origin).await {
            Err(RunError::NotReady(faults)) => said.extend(faults),
            Err(other) => panic!("{other:?}"),
            Ok(report) => assert!(report.documents.iter().all(|entry| entry.outcome.is_done())),
        }
    }
    assert_eq!(ready, said, "readiness says what the run would say");
    said.iter().map(ToString::to_string).collect()
}

#[tokio::test]
#[rustfmt::skip]
async fn d_19_a_name_of_another_kind_of_record_is_found_before_anything_is_sent() {
    let supplier = json!({"suppliers": {"S1": "Wheel Company"}});
    let walk_in = json!({"stores": {"boston": {"customer": "Walk-in"}}});
    for (mapping, entity, name, expected) in [
        (&json!({}), "vendor", "Boston Store", r#""Boston Store" is a vendor in QuickBooks; map another customer for the store"#),
        (&json!({}), "vendor", "BOSTON STORE", r#""Boston Store" is a vendor in QuickBooks; map another customer for the store"#),
        (&walk_in, "employee", "Walk-in", r#""Walk-in" is an employee in QuickBooks; map another customer for the store"#),
        (&json!({}), "vendor", "1651-101", r#""1651-101" is a vendor in QuickBooks; rename that one in QuickBooks, or write another display_name in the company mapping"#),
        (&json!({}), "employee", "1651-102", r#""1651-102" is an employee in QuickBooks; rename that one in QuickBooks, or write another display_name in the company mapping"#),
        (&supplier, "customer", "Wheel Company", r#""Wheel Company" is a customer in QuickBooks; map another vendor for the supplier"#),
        (&supplier, "employee", "Wheel Company", r#""Wheel Company" is an employee in QuickBooks; map another vendor for the supplier"#),
        (&json!({}), "customer", "Cloud POS Vendor", r#""Cloud POS Vendor" is a customer in QuickBooks; name another default_vendor in the company mapping"#),
    ] {
        let world = world(mapping.clone());
        world.wire.type_in(entity, &json!({"DisplayName": name, "FamilyName": "X"}));
        assert_eq!(refused(&world, &file(1)).await, [expected], "{entity} {name}");
    }
    // A record of the same kind is no obstacle.
    let world = world(supplier);
    world.wire.type_in("vendor", &json!({"DisplayName": "Wheel Company"}));
    world.wire.type_in("customer", &json!({"DisplayName": "Boston Store"}));
    assert!(refused(&world, &file(1)).await.is_empty());
}

/// A record that documents were posted to is read by its id, whatever it is called now.
#[tokio::test]
#[rustfmt::skip]
async fn x_04_a_record_made_inactive_is_found_by_its_id_and_posts_again_when_it_is_active() {
    for (entity, name, said) in [
        ("Customer", "Boston Store", r#"the customer "Boston Store (deleted)" is inactive; make it active in QuickBooks"#),
        ("Customer", "1651-101", r#"the customer "1651-101 (deleted)" is inactive; make it active in QuickBooks"#),
        ("Customer", "1651-102", r#"the customer "1651-102 (deleted)" is inactive; make it active in QuickBooks"#),
        ("Vendor", "Cloud POS Vendor", r#"the vendor "Cloud POS Vendor (deleted)" is inactive; make it active in QuickBooks"#),
    ] {
        let world = world(json!({"payments_on_account": "oldest_first"}));
        run(&world, &file(1)).await.unwrap();
        // What is posted of yesterday asks for nothing; today's names the record again.
        set_active(&world, entity, name, false);
        assert!(refusals(&world, &file(1)).await.is_empty());
        assert_eq!(refusals(&world, &file(2)).await, [said], "{name}");
        set_active(&world, entity, &format!("{name} (deleted)"), true);
        let reports = run(&world, &file(2)).await.unwrap();
        assert!(reports.iter().flat_map(|report| &report.documents).all(|entry| entry.outcome.is_done()));
        world.audit();
    }
}

/// Why batches and orders of a file cannot be run; the others are posted.
async fn refusals(world: &World, file: &PosFile) -> Vec<String> {
    let mut said = Vec::new();
    let mut exchange = world.exchange();
    for origin in origins(file) {
        if let Err(error) = exchange.run(origin).await {
            said.push(error.to_string());
        }
    }
    said
}

fn set_active(world: &World, entity: &str, name: &str, is_active: bool) {
    let rows = world.wire.rows(entity);
    let row = rows.iter().find(|row| row["DisplayName"] == name).unwrap();
    let body = json!({"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": true, "DisplayName": name, "Active": is_active});
    world.wire.type_in(&entity.to_lowercase(), &body);
}

/// D-19: a customer does not take a name that the mapping gives to a vendor or a store.
#[tokio::test]
async fn d_19_a_customer_leaves_the_names_of_vendors_and_stores_free() {
    for mapping in [
        json!({"display_name": "{name}", "suppliers": {"S1": "Hub Cycles"}}),
        json!({"display_name": "{name}", "default_vendor": "HUB CYCLES"}),
        json!({"display_name": "{name}", "stores": {"boston": {"customer": "Hub Cycles"}}}),
    ] {
        let world = world(mapping.clone());
        let reports = run(&world, &file(1)).await.unwrap();
        assert!(
            reports
                .iter()
                .flat_map(|report| &report.documents)
                .all(|entry| entry.outcome == Outcome::Created)
        );
        let customers = world.wire.rows("Customer");
        assert!(customers.iter().any(|row| row["DisplayName"] == "Hub Cycles (101)"), "{mapping}");
        assert_eq!(world.exchange().readiness(origins(&file(2))).await.unwrap(), Vec::<NotReady>::new());
    }
}

/// An answer without the row of this name, as if the record had been merged into another.
fn without(body: &mut Value, name: &str) {
    for rows in body["QueryResponse"].as_object_mut().unwrap().values_mut().filter_map(Value::as_array_mut) {
        rows.retain(|row| row["DisplayName"] != name);
    }
    for count in ["maxResults", "totalCount"] {
        if let Some(rows) = body["QueryResponse"][count].as_u64() {
            body["QueryResponse"][count] = json!(rows - 1);
        }
    }
}

/// X-04: a record that was posted to is no longer there: said before anything is sent to it, by its name, with a way on.
#[tokio::test]
async fn x_04_a_record_that_is_gone_is_found_before_anything_is_sent() {
    type Altered = fn(&mut Value);
    let gone: [(&str, &str, Altered); 3] = [
        ("Customer", "Boston Store", |body| without(body, "Boston Store")),
        ("Customer", "1651-101", |body| without(body, "1651-101")),
        ("Vendor", "Cloud POS Vendor", |body| without(body, "Cloud POS Vendor")),
    ];
    for (entity, name, altered) in gone {
        let world = world(json!({}));
        run(&world, &file(1)).await.unwrap();
        let rows = world.wire.rows(entity);
        let id =
            rows.iter().find(|row| row["DisplayName"] == name).unwrap()["Id"].as_str().unwrap().to_owned();
        // Asked for by its id: by readiness, and by the run after it.
        for _ in 0..2 {
            world.wire.once(reads("query", &format!("('{id}'")), Fault::Altered(altered));
            world.wire.once(reads("query", &format!(", '{id}'")), Fault::Altered(altered));
        }
        let before = world.wire.rows(entity).len();
        let told = refusals(&world, &file(2)).await;
        let said = format!(
            "the {} record of {name:?} is no longer in QuickBooks: it was deleted there, or merged into another; move the posting \
            log aside and run with a new one, which finds what is posted by its numbers, and the customer by its name",
            entity.to_lowercase()
        );
        assert_eq!(told, [said]);
        assert_eq!(world.wire.rows(entity).len(), before, "nothing is silently made again");
    }
}
