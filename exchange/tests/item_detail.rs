//! F-07: a company that sends less than all of its receipts. What is added up ties out as what is not does; a batch keeps the form
//! in which it was begun; the log says which receipts a summary holds.

use crate::support;

use exchange::{Entry, Outcome, RunError};
use mapping::{CompanyMapping, ItemDetail};
use pos_model::Batch;
use serde_json::{Value, json};
use support::pos::{batch, golden, sale, sample_day, taxed_sale};
use support::{World, all_are, keys};

const DAY: &str = "2026-02-03";

fn choosing(item_detail: &Value) -> World {
    let mut world = World::new();
    choose(&mut world, item_detail);
    world
}

fn choose(world: &mut World, item_detail: &Value) {
    world.map(serde_json::from_value::<CompanyMapping>(json!({ "item_detail": item_detail })).unwrap());
}

fn always(detail: &str) -> Value {
    json!([{ "detail": detail }])
}

/// The days that are tied out: the sample day, and what the golden folders of F-07 have.
fn days() -> Vec<(&'static str, Vec<Batch>)> {
    let golden = |name| (name, golden(name));
    vec![
        ("the sample day", sample_day()),
        golden("f07_charges_only"),
        golden("f07_summary_of_a_batch_over_midnight"),
        golden("f07_certificates_deposits_and_rounding_in_a_summary"),
        golden("f07_a_summary_of_returns_alone"),
        golden("f07_shipping_alone_in_a_summary"),
        golden("f07_refunds_from_an_account_of_their_own_in_a_summary"),
    ]
}

/// X-01, F-07: whatever is chosen, till, plan and QuickBooks agree to the cent, on every account and for every customer, and no
/// account moves otherwise than with all receipts. Posted once; a new log finds every summary again.
#[tokio::test]
async fn f_07_a_day_ties_out_in_every_form() {
    for (name, day) in days() {
        let mut moved = Vec::new();
        for detail in ["all", "charges", "summarised"] {
            let world = choosing(&always(detail));
            assert!(all_are(&world.run(&day).await, Outcome::Created), "{name}, {detail}");
            let ties = world.tie_out(&day).await;
            assert!(ties.is_tied_out(), "{name}, {detail}: {ties:?}");
            let accounts = ties.accounts.iter().filter(|tie| !tie.quickbooks.is_zero());
            let accounts: Vec<_> = accounts.map(|tie| (tie.name.clone(), tie.quickbooks)).collect();
            let parts = ties.parts.iter().filter(|part| !part.quickbooks.is_zero());
            let parts: Vec<_> = parts
                .map(|part| (part.date, part.account.clone(), part.customer.clone(), part.quickbooks))
                .collect();
            moved.push((accounts, parts));
            assert!(all_are(&world.run(&day).await, Outcome::AlreadyPosted), "{name}, {detail}");
            world.audit();
        }
        assert_eq!(moved[0], moved[1], "{name}");
        assert_eq!(moved[0], moved[2], "{name}");
    }
}

/// F-07: with charges alone, two receipts are one invoice and one payment.
#[tokio::test]
async fn f_07_receipts_are_added_up() {
    let world = choosing(&always("charges"));
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00"), taxed_sale(2, DAY)])];
    let reports = world.run(&day).await;
    assert_eq!(keys(&reports[0]), ["inv-CLS260203B4", "pay-CL15239S260203B4"]);
    let invoice = world.wire.rows("Invoice").remove(0);
    assert_eq!(invoice["TotalAmt"].to_string(), "126.25");
    assert_eq!(invoice["Balance"].to_string().parse::<f64>().unwrap().to_bits(), 0_f64.to_bits());
    assert_eq!(invoice["PrivateNote"], "2 receipts, 1 to 2 | boston/1/4/summary-260203");
    let payment = world.wire.rows("Payment").remove(0);
    assert_eq!(payment["PrivateNote"], "Cash | 2 receipts, 1 to 2 | boston/1/4/summary-260203");
}

/// F-07, X-02: a log that was lost finds the summaries that QuickBooks has.
#[tokio::test]
async fn f_07_a_lost_log_posts_no_summary_twice() {
    let day = golden("f07_charges_only");
    let world = choosing(&always("charges"));
    world.run(&day).await;
    let documents = world.documents();
    world.log.replace(&[]);
    world.clock.advance(600);
    assert!(all_are(&world.run(&day).await, Outcome::Adopted));
    assert_eq!(world.documents(), documents);
    assert!(world.tie_out(&day).await.is_tied_out());
}

/// F-07: a choice that is changed for the time at which a posted batch was closed is refused, whichever way, and nothing is sent;
/// from a later instant on it holds. One that leaves the choice as it was changes nothing.
#[tokio::test]
async fn f_07_a_change_of_the_past_is_refused() {
    let before = batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "5.00")]);
    let after = batch("1", 5, "2026-02-04", &[sale(3, "2026-02-04", "7.00")]);
    for (old, new) in [
        ("all", "charges"),
        ("all", "summarised"),
        ("charges", "all"),
        ("charges", "summarised"),
        ("summarised", "charges"),
        ("summarised", "all"),
    ] {
        let mut world = choosing(&always(old));
        world.run(std::slice::from_ref(&before)).await;
        let documents = world.documents();
        // The instant at which it was closed is the first that is too early.
        choose(&mut world, &json!([{"detail": old}, {"from": "2026-02-03T18:05:00-05:00", "detail": new}]));
        let error = world.exchange().run(&before).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "store boston, register 1, batch 4, closed 2026-02-03T18:05:00-05:00, was posted with item_detail {old}, and the company mapping now says {new} for it; let the change hold from a later instant"
            )
        );
        assert_eq!(error.code(), "item-detail-changed");
        assert!(matches!(error.cause(), RunError::ItemDetailChanged { .. }));
        assert_eq!(world.documents(), documents);
        choose(&mut world, &json!([{"detail": old}, {"from": "2026-02-03T18:05:01-05:00", "detail": new}]));
        assert!(
            all_are(&world.run(std::slice::from_ref(&before)).await, Outcome::AlreadyPosted),
            "{old}, {new}"
        );
        let both = [before.clone(), after.clone()];
        world.run(&both[1..]).await;
        assert!(world.tie_out(&both).await.is_tied_out(), "{old}, {new}");
    }
}

/// F-07: a batch that waited is posted in the form of its closing, though another choice holds by now.
#[tokio::test]
async fn f_07_a_late_batch_keeps_the_form_of_its_closing() {
    let world =
        choosing(&json!([{"detail": "charges"}, {"from": "2026-02-03T18:05:01-05:00", "detail": "all"}]));
    let reports = world.run(&[batch("1", 4, DAY, &[sale(1, DAY, "20.00")])]).await;
    assert_eq!(keys(&reports[0]), ["inv-CLS260203B4", "pay-CL15239S260203B4"]);
}

/// X-08, T-06: the log says which receipts a summary holds, before anything of it is sent; one that is exchanged for another of the
/// same amount is a change of the batch.
#[tokio::test]
async fn x_08_the_log_keeps_the_receipts_of_a_summary() {
    let world = choosing(&always("charges"));
    let posted = batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "5.00"), sale(3, DAY, "5.00")]);
    world.run(&[posted]).await;
    let entries = world.log.entries();
    let at = entries.iter().position(|entry| matches!(entry, Entry::Batch { .. })).unwrap();
    let Entry::Batch { item_detail, receipts, .. } = &entries[at] else { unreachable!() };
    assert_eq!(*item_detail, ItemDetail::Charges);
    let receipts: Vec<_> =
        receipts.iter().map(|(event, receipts)| (event.to_string(), receipts.clone())).collect();
    assert_eq!(receipts, [("boston/1/4/summary-260203".to_owned(), vec![1, 2, 3])]);
    let is_document = |entry: &Entry| matches!(entry, Entry::Sending { sent, .. } if sent.identity.is_some());
    assert!(entries.iter().position(is_document).unwrap() > at, "the batch stands before its first document");
    let documents = world.documents();
    let changed = batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "5.00"), sale(4, DAY, "5.00")]);
    let error = world.exchange().run(&changed).await.unwrap_err();
    assert_eq!(error.code(), "batch-changed");
    let said = error.to_string();
    assert!(said.contains("no longer in the summary of 2026-02-03: transaction 3; new in the summary of 2026-02-03: transaction 4"), "{said}");
    assert_eq!(world.documents(), documents);
}

/// X-04, D-21: before receipts are added up, readiness says which tax codes need a combined code then.
#[tokio::test]
async fn x_04_a_combined_tax_code_is_asked_for_before_the_switch() {
    let day = golden("f07_a_combined_tax_code_for_a_summary");
    let codes = json!({"TAX": {"taxable": true}, "MEALS": {"taxable": true, "tax_code": "3"}, "NON": {"taxable": false}});
    for (item_detail, said) in [
        (json!([]), None),
        (
            json!([{"from": "2026-03-01T00:00:00-05:00", "detail": "charges"}]),
            Some(
                "the summary of 2026-02-03 of store boston, register 1, batch 24, once receipts are added up",
            ),
        ),
        (
            json!([{"detail": "summarised"}]),
            Some("the summary of 2026-02-03 of store boston, register 1, batch 24"),
        ),
        // What is over needs nothing more.
        (json!([{"detail": "charges"}, {"from": "2026-02-01T00:00:00-05:00", "detail": "all"}]), None),
    ] {
        let mut world = World::new();
        let mapping = json!({"item_detail": item_detail, "tax_codes": codes});
        world.map(serde_json::from_value::<CompanyMapping>(mapping).unwrap());
        let faults = world.exchange().readiness(&day).await.unwrap();
        let faults: Vec<String> =
            faults.iter().map(ToString::to_string).filter(|fault| fault.contains("tax_code_sets")).collect();
        let expected = said.map(|event| format!("{event}: tax under the codes \"MEALS\" and \"TAX\", which lead to different tax codes of QuickBooks, and a document names one; map them together in tax_code_sets"));
        assert_eq!(faults, expected.into_iter().collect::<Vec<_>>(), "{item_detail}");
    }
}

/// F-07, F-02: where edits go both ways, a record that is not used with QuickBooks is made there for a charge alone.
#[tokio::test]
async fn f_07_a_customer_without_the_flag_is_made_for_a_charge_alone() {
    let mut world = World::new();
    world.map(serde_json::from_value::<CompanyMapping>(json!({"profile": "two_way"})).unwrap());
    let day = golden("f16_two_way_names_and_flags");
    world.run(&day).await;
    let mut names: Vec<String> = world
        .wire
        .rows("Customer")
        .iter()
        .map(|row| row["DisplayName"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["Boston Store", "Ken Moore", "Sara Edward"]);
    assert!(world.tie_out(&day).await.is_tied_out());
}
