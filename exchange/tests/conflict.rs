//! what stands in QuickBooks is not what is planned, or was put there by somebody else. It is said, and nothing is
//! overwritten, posted beside it or taken for ours.

use crate::support;

use exchange::{BooksChanged, Entry, Outcome};
use pos_model::Batch;
use serde_json::{Value, json};
use support::pos::{batch, sale, sample_day};
use support::wire::{Fault, creates, reads};
use support::{World, all_are, entry, outcome};

const DATE: &str = "2026-02-03";
const INVOICE: &str = "inv-CLT1B4";
const PAYMENT: &str = "pay-CL15239T1B4";

/// One batch with one sale.
fn sale_of(amount: &str) -> [Batch; 1] {
    [batch("1", 4, DATE, &[sale(1, DATE, amount)])]
}

/// The same sale, paid by check.
fn paid_by_check(amount: &str) -> [Batch; 1] {
    let mut sale = sale(1, DATE, amount);
    sale["tenders"][0]["type"] = json!(15240);
    [batch("1", 4, DATE, &[sale])]
}

/// A number that a person used is a conflict; that document is not touched, and no run sends beside it.
#[tokio::test]
async fn a_document_typed_by_hand_under_our_number_is_a_conflict_and_stays_as_it_is() {
    let world = World::new();
    let customer = world.wire.type_in("customer", &json!({"DisplayName": "Pat"}))["Id"].clone();
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": 9,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}}});
    let typed = json!({"DocNumber": "CLT1B4", "CustomerRef": {"value": customer}, "Line": [line]});
    let typed = world.wire.type_in("invoice", &typed);
    for _ in 0..2 {
        let report = world.run(&sale_of("20.00")).await.remove(0);
        let invoice = entry(&report, INVOICE);
        assert_eq!(invoice.outcome, Outcome::Conflict);
        assert_eq!(invoice.books_changed, BooksChanged::No);
        assert!(
            invoice.reason.as_deref().unwrap().starts_with("QuickBooks has an Invoice CLT1B4 of 9.00 for ")
        );
        assert_eq!(outcome(&report, PAYMENT), Outcome::Held);
        assert_eq!(world.wire.creates("invoice").len(), 0, "it was looked for first");
        assert_eq!(world.wire.rows("Invoice"), std::slice::from_ref(&typed));
    }
}

/// The POS corrects a batch after it was posted: said aloud in every run, and nothing is sent.
#[tokio::test]
async fn content_changed_after_posting_is_a_conflict_said_aloud() {
    let world = World::new();
    world.run(&sale_of("20.00")).await;
    let (documents, writes) = (world.documents(), world.wire.writes().len());
    for _ in 0..2 {
        let report = world.run(&sale_of("25.00")).await.remove(0);
        let invoice = entry(&report, INVOICE);
        assert_eq!(invoice.outcome, Outcome::Conflict);
        assert!(invoice.id.is_some());
        let reason = invoice.reason.as_deref().unwrap();
        assert!(reason.contains("it was posted over 20.00 instead of 25.00"), "{reason}");
        assert_eq!(outcome(&report, PAYMENT), Outcome::Conflict, "it stands there, over 20.00 too");
    }
    assert_eq!((world.documents(), world.wire.writes().len()), (documents, writes));
    assert!(!world.tie_out(&sale_of("25.00")).await.is_tied_out());
}

/// The POS corrects a batch while an attempt is in doubt. What stands in QuickBooks is not what is planned: it is not
/// adopted.
#[tokio::test]
async fn content_changed_while_in_doubt_is_a_conflict_and_not_adopted() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT1B4"), Fault::AnswerLost);
    let sent = creates("invoice", "CLT1B4");
    world.wire.times_after(sent, 100, reads("query", "DocNumber"), Fault::Status(503, false));
    assert_eq!(outcome(&world.run(&sale_of("20.00")).await[0], INVOICE), Outcome::Unknown);
    world.wire.heal();
    let report = world.run(&sale_of("25.00")).await.remove(0);
    assert_eq!(outcome(&report, INVOICE), Outcome::Conflict, "{:?}", entry(&report, INVOICE));
    assert_eq!(outcome(&report, PAYMENT), Outcome::Held);
}

/// I1: the POS corrects the tender of a posted sale. Its payment has another number now; the money is not posted a second
/// time beside the first.
#[tokio::test]
async fn a_tender_corrected_after_posting_is_not_posted_beside_the_old_one() {
    let world = World::new();
    let day = support::pos::golden("g13_payment_on_account");
    world.run(&day).await;
    let before = world.documents();
    let corrected = support::pos::golden_with("g13_payment_on_account", "15236", "15239");
    let _ = world.exchange().run(&corrected[0]).await;
    assert_eq!(world.documents(), before);
}

/// As above for a sale, whose payment is linked to its invoice.
#[tokio::test]
async fn a_sale_paid_otherwise_after_posting_is_not_paid_twice() {
    let world = World::new();
    world.run(&sale_of("20.00")).await;
    let (before, waits) = (world.documents(), world.clock.waits().len());
    let _ = world.exchange().run(&paid_by_check("20.00")[0]).await;
    assert_eq!(world.documents(), before);
    assert_eq!(world.clock.waits().len(), waits, "nothing is sent, so nothing is waited for");
}

/// A customer who is there already is taken.
#[tokio::test]
async fn a_customer_of_that_name_is_adopted() {
    let world = World::new();
    world.wire.type_in("customer", &json!({"DisplayName": "Boston Store"}));
    let report = world.run(&sample_day()[..1]).await.remove(0);
    assert_eq!(outcome(&report, "store-boston"), Outcome::Adopted);
    assert!(all_are(&[report], Outcome::Created));
    assert_eq!(world.wire.rows("Customer").len(), 1);
}

/// As above: QuickBooks holds names unique in any case of letters, so the name is found in any.
#[tokio::test]
async fn a_customer_of_that_name_in_another_case_is_adopted() {
    let world = World::new();
    world.wire.type_in("customer", &json!({"DisplayName": "BOSTON STORE"}));
    let report = world.run(&sample_day()[..1]).await.remove(0);
    assert_eq!(outcome(&report, "store-boston"), Outcome::Adopted);
    assert!(all_are(&[report], Outcome::Created));
}

/// The report says when the books changed: in the run that changed them "now", in a later one "before".
#[tokio::test]
async fn a_report_says_when_the_books_changed() {
    let distorted: fn(&mut Value) = |body| body["Invoice"]["TotalAmt"] = json!(1);
    for fault in [Fault::AnswerLost, Fault::Altered(distorted)] {
        let world = World::new();
        world.wire.once(creates("invoice", "CLT1B4"), fault);
        for wanted in [BooksChanged::Now, BooksChanged::Before] {
            let report = world.run(&sale_of("20.00")).await.remove(0);
            let found = entry(&report, INVOICE);
            assert_eq!(found.books_changed, wanted, "{found:?}");
        }
    }
}

/// a number that a person typed says nothing of the posting log: it is written down once, no run waits for it, and no
/// later run looks everything up again.
#[tokio::test]
async fn x_02_a_number_typed_by_hand_is_written_down_once_and_no_run_waits_for_it() {
    let world = World::new();
    let customer = world.wire.type_in("customer", &json!({"DisplayName": "Pat"}))["Id"].clone();
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": 9,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}}});
    let typed =
        json!({"DocNumber": "CLT1B4", "CustomerRef": {"value": customer}, "Line": [line], "TxnDate": DATE});
    world.wire.type_in("invoice", &typed);
    let day =
        [batch("1", 4, DATE, &[sale(1, DATE, "20.00"), sale(2, DATE, "30.00"), sale(3, DATE, "40.00")])];
    let mut reads = Vec::new();
    for _ in 0..3 {
        let before = world.wire.calls().len() - world.wire.writes().len();
        let report = world.run(&day).await.remove(0);
        assert_eq!(outcome(&report, INVOICE), Outcome::Conflict);
        assert_eq!(report.log_behind, 0, "it is not ours");
        assert_eq!(report.counts().of(Outcome::Held), 1);
        reads.push(world.wire.calls().len() - world.wire.writes().len() - before);
    }
    assert_eq!(world.clock.waits(), [0u64; 0]);
    assert_eq!(world.wire.creates("invoice").len(), 2, "the other two, once each");
    let log = world.log.entries();
    let is_conflict = |entry: &&Entry| matches!(entry, Entry::Conflict { step, .. } if *step == *INVOICE);
    assert_eq!(log.iter().filter(is_conflict).count(), 1, "{log:?}");
    assert!(reads[2] < reads[0], "{reads:?}");
    // Once the person gives the number back, it is posted.
    world.wire.change("Invoice", "CLT1B4", "delete", &json!({}));
    let report = world.run(&day).await.remove(0);
    assert_eq!(outcome(&report, INVOICE), Outcome::Created);
    assert!(world.tie_out(&day).await.is_tied_out());
}
