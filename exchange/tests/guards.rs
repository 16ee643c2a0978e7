//! Two guards of three are gone, and the third still keeps every document single.

use crate::support;

use exchange::{NotReady, Outcome};
use qb_simulator::CompanyOptions;
use serde_json::{Value, json};
use support::pos::{batch, golden, sale, sample_day};
use support::wire::{Fault, creates, reads};
use support::{World, all_are, outcome};

const DAY: &str = "2026-02-03";

/// Payments have no number that QuickBooks guards. When it forgets request ids, the quarantined
/// look-up alone keeps them single.
#[tokio::test]
async fn with_request_ids_forgotten_the_look_up_alone_keeps_payments_single() {
    for fault in [Fault::AnswerLost, Fault::RequestLost, Fault::Late(119), Fault::Status(500, true)] {
        let world = World::new();
        world.wire.forget_request_ids();
        world.wire.once(creates("payment", "CL15236A6798B7"), fault);
        let day = golden("g13_payment_on_account");
        assert!(outcome(&world.run(&day).await[0], "pay-CL15236A6798B7").is_done());
        world.clock.advance(3600);
        world.run(&day).await;
        assert_eq!(world.numbered("CL15236A6798B7").len(), 1);
    }
}

/// With a new log every step counts as unknown and is looked up first. A payment that was refused once
/// stands under its second id, which a new log does not know.
#[tokio::test]
async fn a_lost_log_never_posts_a_payment_of_a_later_epoch_twice() {
    let world = World::new();
    let day = golden("g13_payment_on_account");
    world.wire.once(creates("payment", "CL15236A6798B7"), Fault::Refused("6210"));
    for _ in 0..2 {
        world.run(&day).await;
    }
    let ids: Vec<_> = world.wire.creates("payment").into_iter().map(|call| call.request_id).collect();
    assert_eq!(ids, ["pay-CL15236A6798B7-1", "pay-CL15236A6798B7-2"]);
    world.log.replace(&[]);
    world.run(&day).await;
    assert_eq!(world.numbered("CL15236A6798B7").len(), 1);
}

/// QuickBooks need not keep request ids for ever. Log and ids lost, numbers and look-ups
/// keep every kind of document single.
#[tokio::test]
async fn with_log_and_request_ids_lost_nothing_is_posted_twice() {
    let world = World::new();
    world.run(&sample_day()).await;
    let wanted = world.documents();
    world.log.replace(&[]);
    world.wire.forget_request_ids();
    world.run(&sample_day()).await;
    assert_eq!(world.documents(), wanted);
}

/// I1, X-02: the log is lost and QuickBooks has forgotten every request id: orders and bills, which no number guards, are
/// found again like every other document.
#[tokio::test]
async fn x_02_with_the_log_lost_and_request_ids_forgotten_orders_and_bills_are_found_again() {
    let world = World::new();
    let orders = support::pos::orders();
    let mut exchange = world.exchange();
    for order in &orders {
        exchange.run(order).await.unwrap();
    }
    let documents = world.documents();
    assert!(documents.iter().any(|line| line.starts_with("Bill ")), "{documents:?}");
    world.wire.forget_request_ids();
    world.clock.advance(25 * 3600);
    world.log.replace(&[]);
    let mut exchange = world.exchange();
    for order in &orders {
        let report = exchange.run(order).await.unwrap();
        assert_eq!(report.counts().of(exchange::Outcome::Adopted), report.counts().planned);
    }
    assert_eq!(world.documents(), documents);
}

/// N-13: a store's prefix that was changed does not post its orders again: both numbers are named.
#[tokio::test]
async fn n_13_a_changed_prefix_does_not_post_orders_again() {
    let mut world = World::new();
    let orders = support::pos::orders();
    world.exchange().run(&orders[0]).await.unwrap();
    let (documents, calls) = (world.documents(), world.wire.document_writes().len());
    world.map(
        serde_json::from_value(serde_json::json!({"version": 1, "stores": {"boston": {"prefix": "BO"}}}))
            .unwrap(),
    );
    let error = world.exchange().run(&orders[0]).await.unwrap_err();
    assert_eq!(error.code(), "posted-under-another-number", "{error}");
    let number = orders[0].number();
    for named in [format!("CL{number}"), format!("BO{number}")] {
        assert!(error.to_string().contains(&named), "{error}");
    }
    assert_eq!((world.documents(), world.wire.document_writes().len()), (documents, calls));
}

/// the log is lost before a batch of ten sales was finished: what stands is adopted, and what is absent is posted in the
/// same run, after one quarantine for all of it. An absence that was looked up is no outage.
#[tokio::test]
async fn x_02_with_the_log_lost_in_the_middle_of_a_batch_the_rest_is_posted_after_one_wait() {
    let date = "2026-02-03";
    let sales: Vec<_> = (1..=10).map(|number| sale(number, date, "20.00")).collect();
    let day = [batch("1", 4, date, &sales)];
    let world = World::new();
    world.wire.stop_after(Some(15));
    world.run(&day).await;
    world.wire.stop_after(None);
    let standing = world.documents().len();
    assert!((1..20).contains(&standing), "{standing}");
    world.log.replace(&[]);
    let waits = world.clock.waits().len();
    let report = world.run(&day).await.remove(0);
    let counts = report.counts();
    let of = |outcome| counts.of(outcome);
    assert_eq!(of(exchange::Outcome::Adopted) + of(exchange::Outcome::Created), 20, "{counts:?}");
    assert_eq!(of(exchange::Outcome::Adopted) as usize, standing, "{counts:?}");
    assert_eq!(world.documents().len(), 20);
    assert!(!report.is_cut_short);
    let waited: u64 = world.clock.waits()[waits..].iter().sum();
    assert!(
        waited <= 2 * 165,
        "one wait for the invoices and one for their payments at most, not {waited} s"
    );
}

/// I1, X-02: where the preferences do not say that QuickBooks guards a number, every document of the kind is looked for, not the
/// first alone: here an older copy of the log is put back, the first document is gone, and the others are there.
#[tokio::test]
async fn x_02_a_number_that_no_preference_guards_is_looked_for_before_it_is_sent() {
    let world = World::with(CompanyOptions { custom_txn_numbers: false, ..CompanyOptions::default() });
    let silent: fn(&mut Value) = |body| {
        body["Preferences"]["SalesFormsPrefs"].as_object_mut().unwrap().remove("CustomTxnNumbers");
    };
    world.wire.times(999, reads("preferences", ""), Fault::Altered(silent));
    world.run(&[batch("1", 3, DAY, &[sale(99, DAY, "20.00")])]).await;
    let older = world.log.entries();
    let sales = [batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "30.00"), sale(3, DAY, "40.00")])];
    assert!(all_are(&world.run(&sales).await, Outcome::Created));
    world.log.replace(&older);
    world.wire.forget_request_ids();
    world.wire.change("Payment", "CL15239T1B4", "delete", &json!({}));
    world.wire.change("Invoice", "CLT1B4", "delete", &json!({}));
    let report = world.run(&sales).await.remove(0);
    let outcomes: Vec<_> = report.documents.iter().map(|entry| entry.outcome).collect();
    let (created, adopted) = (Outcome::Created, Outcome::Adopted);
    assert_eq!(outcomes, [created, created, adopted, adopted, adopted, adopted], "{report:?}");
    assert_eq!(report.log_behind, 4);
    for number in ["CLT1B4", "CLT2B4", "CLT3B4"] {
        assert_eq!(world.numbered(number).len(), 1, "{number}");
    }
    assert!(world.tie_out(&sales).await.is_tied_out());
}

/// a lost log is noticed and said, with how many documents it did not know.
#[tokio::test]
async fn x_02_a_lost_log_is_noticed_and_said() {
    let world = World::new();
    let reports = world.run(&sample_day()).await;
    assert!(reports.iter().all(|report| report.log_behind == 0));
    world.log.replace(&[]);
    for report in world.run(&sample_day()).await {
        assert_eq!(report.log_behind, report.counts().planned, "{report:?}");
        assert!(all_are(&[report], Outcome::Adopted));
    }
    assert!(world.run(&sample_day()).await.iter().all(|report| report.log_behind == 0));
}

/// the log was lost, emptied, or an older copy was put back: readiness says so already, by one of our numbers, before
/// a run finds everything again.
#[tokio::test]
async fn x_02_readiness_notices_a_lost_log_by_one_of_our_numbers() {
    let world = World::new();
    let (monday, tuesday) =
        (batch("1", 4, DAY, &[sale(1, DAY, "20.00")]), batch("1", 5, DAY, &[sale(2, DAY, "30.00")]));
    let ready = async || world.exchange().readiness([&monday, &tuesday]).await.unwrap();
    assert_eq!(ready().await, [], "nothing is posted yet");
    world.run(std::slice::from_ref(&monday)).await;
    let older = world.log.entries();
    assert_eq!(ready().await, [], "the log knows all that stands there");
    world.run(std::slice::from_ref(&tuesday)).await;
    for (entries, lost) in
        [(&older[..], "Invoice CLT2B5"), (&older[..1], "Invoice CLT1B4"), (&[][..], "Invoice CLT1B4")]
    {
        world.log.replace(entries);
        let said = ready().await;
        assert_eq!(said, [NotReady::LogBehind { document: lost.to_owned() }]);
        assert!(said[0].to_string().starts_with(&format!(
            "QuickBooks has {lost} with our memo, and this posting log does not know it"
        )));
    }
    let documents = world.documents();
    world.run(&[monday, tuesday]).await;
    assert_eq!(world.documents(), documents, "a run finds them");
}

/// N-13: a number that a person typed says nothing of the log.
#[tokio::test]
async fn x_02_readiness_takes_no_typed_number_for_a_lost_log() {
    let world = World::new();
    let customer = world.wire.type_in("customer", &json!({"DisplayName": "Ann Quill"}));
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": 9, "SalesItemLineDetail": {}});
    world.wire.type_in("invoice", &json!({"DocNumber": "CLT1B4", "TxnDate": DAY, "CustomerRef": {"value": customer["Id"]}, "Line": [line]}));
    let monday = batch("1", 4, DAY, &[sale(1, DAY, "20.00")]);
    assert_eq!(world.exchange().readiness([&monday]).await.unwrap(), []);
}
