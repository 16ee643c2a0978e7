//! P-08: two retailers in one company. Each counts its customers from one by itself, so the same id is two people.

use crate::support;

use exchange::{Entry, NotReady, Outcome, Report, RunError};
use mapping::{CompanyMapping, CustomerKey, StepKey};
use pos_model::{Batch, PosFile};
use serde_json::{Value, json};
use support::World;

/// Two stores, the retailer of the second, and how customers are called.
fn world(display_name: &str) -> World {
    let mut world = World::new();
    let mapping = json!({"display_name": display_name, "payments_on_account": "oldest_first",
        "stores": {"boston": {"prefix": "BO"}, "salem": {"prefix": "SA"}}});
    world.map(serde_json::from_value::<CompanyMapping>(mapping).unwrap());
    world
}

/// A batch with a charge of 50.00 and a payment on account of 20.00 by customer c-77.
fn batch(store: &str, retailer: &str, number: u64, name: [&str; 2]) -> Batch {
    let at = "2026-02-03T12:00:00-05:00";
    let file = json!({
        "version": 1, "store": {"code": store, "name": format!("{store} Store"), "retailer": retailer},
        "tender_types": [{"id": 1, "name": "Cash", "kind": "cash"}, {"id": 4, "name": "Account", "kind": "customer_account"}],
        "customers": [{"id": "c-77", "account_number": "1042", "first_name": name[0], "last_name": name[1]}],
        "batches": [{"register": "1", "number": number, "business_date": "2026-02-03", "status": "closed",
            "closed_at": "2026-02-03T18:00:00-05:00",
            "transactions": [{"number": 10 * number, "occurred_at": at, "customer": "c-77",
                "lines": [{"kind": "item", "quantity": "1", "amount": "50.00", "tax_code": "NON"}],
                "tenders": [{"type": 4, "amount": "50.00"}]}],
            "account_payments": [{"id": number, "occurred_at": at, "customer": "c-77",
                "tenders": [{"type": 1, "amount": "20.00"}]}]}]
    });
    PosFile::from_json(file.to_string().as_bytes()).unwrap().into_parts().0.remove(0)
}

const SARA: [&str; 2] = ["Sara", "Edward"];
const RHYS: [&str; 2] = ["Rhys", "Okoro"];

/// The name and the balance of each customer's record, but for the stores' own.
fn balances(world: &World) -> Vec<(String, String)> {
    let text = |row: &Value, field: &str| row[field].to_string().trim_matches('"').to_owned();
    let rows = world.wire.rows("Customer");
    let of_people = rows.iter().filter(|row| !text(row, "DisplayName").ends_with("Store"));
    of_people.map(|row| (text(row, "DisplayName"), text(row, "Balance"))).collect()
}

fn all_posted(reports: &[Report]) -> bool {
    let entries = reports.iter().flat_map(|report| report.documents.iter().chain(&report.list_entries));
    entries.into_iter().all(|entry| entry.outcome.is_done())
}

#[tokio::test]
async fn p_08_customers_of_two_retailers_with_one_id_get_two_records() {
    for (template, second, names) in [
        ("{retailer}-{account}", RHYS, ["1651-1042", "2207-1042"]),
        ("{name}", RHYS, ["Sara Edward", "Rhys Okoro"]),
        ("{name}", SARA, ["Sara Edward", "Sara Edward (2207-1042)"]),
        ("No. {account}", RHYS, ["No. 1042", "No. 1042 (2207-1042)"]),
    ] {
        let world = world(template);
        let batches = [
            batch("boston", "1651", 4, SARA),
            batch("salem", "2207", 5, second),
            batch("boston", "1651", 6, SARA),
        ];
        assert_eq!(world.exchange().readiness(&batches).await.unwrap(), Vec::<NotReady>::new(), "{template}");
        assert!(all_posted(&world.run(&batches).await), "{template}");
        let found = balances(&world);
        let expected = [(names[0].to_owned(), "60.0".to_owned()), (names[1].to_owned(), "30.0".to_owned())];
        assert_eq!(found, expected, "{template}");
        assert!(world.tie_out(&batches).await.is_tied_out(), "{template}");
        world.audit();
        // The log is lost: each is found again, by its name or by its notes, and none is made.
        world.log.replace(&[]);
        world.clock.advance(90_000);
        assert!(all_posted(&world.run(&batches).await), "{template}");
        assert_eq!(balances(&world), expected, "{template}");
    }
}

/// A customer of the same retailer is one, at whichever of its stores.
#[tokio::test]
async fn p_08_one_retailers_customer_is_one_at_all_its_stores() {
    let world = world("{name}");
    let batches = [batch("boston", "1651", 4, SARA), batch("salem", "1651", 5, SARA)];
    assert!(all_posted(&world.run(&batches).await));
    assert_eq!(balances(&world), [("Sara Edward".to_owned(), "60.0".to_owned())]);
}

/// The log as the first versions wrote it: a customer's key is the id alone.
fn as_before(world: &World) {
    let bare = |step: &mut StepKey| {
        if let Some(customer) = step.customer_key() {
            *step = format!("cust-{}", customer.id).parse().unwrap();
        }
    };
    let mut entries = world.log.entries();
    for entry in &mut entries {
        match entry {
            Entry::Sending { step, .. } | Entry::Posted { step, .. } => bare(step),
            _ => {}
        }
    }
    world.log.replace(&entries);
}

#[tokio::test]
async fn p_08_a_log_without_retailers_is_that_of_its_only_one() {
    let world = world("{retailer}-{account}");
    let old = [batch("boston", "1651", 4, SARA)];
    world.run(&old).await;
    as_before(&world);
    let batches = [batch("boston", "1651", 6, SARA), batch("salem", "2207", 5, RHYS)];
    let reports = world.run(&batches).await;
    assert!(all_posted(&reports));
    assert_eq!(reports[0].list_entries[0].outcome, Outcome::AlreadyPosted);
    let expected = [("1651-1042", "60.0"), ("2207-1042", "30.0")];
    assert_eq!(balances(&world), expected.map(|(name, balance)| (name.to_owned(), balance.to_owned())));
    let all = [&old[..], &batches].concat();
    assert!(world.tie_out(&all).await.is_tied_out());
}

#[tokio::test]
async fn p_08_a_log_without_retailers_of_several_is_refused_with_what_to_do() {
    let world = world("{retailer}-{account}");
    let sale =
        |number| support::pos::salem(number, "2026-02-03", &[support::pos::sale(70, "2026-02-03", "5.00")]);
    world.run(&[batch("boston", "1651", 4, SARA), sale(8)]).await;
    as_before(&world);
    let (writes, documents) = (world.wire.document_writes().len(), world.documents());
    let mut exchange = world.exchange();
    exchange.run(&batch("boston", "1651", 4, SARA)).await.unwrap();
    let error = exchange.run(&batch("salem", "2207", 9, RHYS)).await.unwrap_err();
    assert_eq!(error.code(), "several-retailers");
    assert_eq!(
        error.to_string(),
        "salem Store is of retailer 2207, and this posting log, which does not tell customers of retailers apart, is of \
            retailer 1651: a customer could stand for another; move the log aside and run with a new one, which finds what \
            is posted by its numbers"
    );
    assert_eq!((world.wire.document_writes().len(), world.documents()), (writes, documents));
    // The way that it names.
    world.log.replace(&[]);
    world.clock.advance(600);
    let batches = [batch("boston", "1651", 4, SARA), batch("salem", "2207", 9, RHYS)];
    assert!(all_posted(&world.run(&batches).await));
    assert_eq!(balances(&world).len(), 2);
}

#[tokio::test]
async fn p_08_a_store_that_such_a_log_does_not_know_waits_for_one_that_it_knows() {
    let world = world("{retailer}-{account}");
    world.run(&[batch("boston", "1651", 4, SARA)]).await;
    as_before(&world);
    let error = world.exchange().run(&batch("salem", "1651", 5, SARA)).await.unwrap_err();
    assert!(matches!(&error, RunError::UnknownRetailer { stores, .. } if stores == "boston"), "{error:?}");
    let reports = world.run(&[batch("boston", "1651", 4, SARA), batch("salem", "1651", 5, SARA)]).await;
    assert!(all_posted(&reports));
    assert_eq!(balances(&world), [("1651-1042".to_owned(), "60.0".to_owned())]);
}

/// A customer in doubt when the retailer was written down is looked up, not made again.
#[tokio::test]
async fn p_08_a_customer_in_doubt_in_such_a_log_is_found() {
    let world = world("{retailer}-{account}");
    world.run(&[batch("boston", "1651", 4, SARA)]).await;
    as_before(&world);
    let mut entries = world.log.entries();
    entries.retain(|entry| !matches!(entry, Entry::Posted { step, .. } if step.customer_id().is_some()));
    world.log.replace(&entries);
    let reports = world.run(&[batch("boston", "1651", 4, SARA)]).await;
    assert!(all_posted(&reports));
    assert_eq!(balances(&world).len(), 1);
    let key = StepKey::customer(&CustomerKey { retailer: "1651".to_owned(), id: "c-77".to_owned() });
    assert!(
        reports[0].list_entries.iter().any(|entry| entry.key == key && entry.outcome == Outcome::Adopted)
    );
}
