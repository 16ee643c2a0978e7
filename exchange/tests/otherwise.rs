//! The log was lost or is an older copy, and the company mapping was changed: what is posted has other numbers than it would have
//! now, and is posted twice by nobody. Our key in the memo says what it is.

use crate::support;

use exchange::{NotReady, Outcome, RunError};
use mapping::CompanyMapping;
use pos_model::Batch;
use serde_json::{Value, json};
use support::pos::{batch, golden, orders, sale, sample_day};
use support::{World, all_are, keys};

const DAY: &str = "2026-02-03";

fn map(world: &mut World, mapping: &Value) {
    world.map(serde_json::from_value::<CompanyMapping>(mapping.clone()).unwrap());
}

fn choosing(detail: &str) -> Value {
    json!({"item_detail": [{"detail": detail}]})
}

fn prefixed(prefix: &str) -> Value {
    json!({"stores": {"boston": {"prefix": prefix}}})
}

/// Nothing of the log is left, and QuickBooks has forgotten every request id.
fn lose(world: &World) {
    world.log.replace(&[]);
    world.wire.forget_request_ids();
    world.clock.advance(25 * 3600);
}

/// Runs batches under another mapping, of which each must be refused with this code; nothing at all is sent. What was said.
async fn refused(world: &World, batches: &[Batch], code: &str) -> Vec<String> {
    let (documents, writes, lists) =
        (world.documents(), world.wire.document_writes().len(), world.list_sizes());
    let mut exchange = world.exchange();
    let mut said = Vec::new();
    for batch in batches {
        let error = exchange.run(batch).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.done().is_none(), "{error}");
        said.push(error.to_string());
    }
    assert_eq!((world.wire.document_writes().len(), world.list_sizes()), (writes, lists));
    assert_eq!(world.documents(), documents);
    said
}

/// F-07, X-02: with the log lost and item_detail changed, receipts are not added up a second time, nor summaries taken apart; the
/// documents are named, readiness says it too, and the old value finds everything again.
#[tokio::test]
async fn f_07_a_lost_log_and_another_form_post_nothing_twice() {
    let days = [
        golden("f07_charges_only"),
        golden("f07_summary_of_a_batch_over_midnight"),
        sample_day()[..1].to_vec(),
    ];
    for day in days {
        for (old, new, named) in [
            ("all", "charges", "Invoice CLT"),
            ("all", "summarised", "Invoice CLT"),
            ("charges", "all", "Invoice CLS"),
            ("summarised", "all", "Invoice CLS"),
        ] {
            let mut world = World::new();
            map(&mut world, &choosing(old));
            world.run(&day).await;
            lose(&world);
            map(&mut world, &choosing(new));
            for said in refused(&world, &day, "posted-in-another-form").await {
                assert!(said.contains(named) && said.contains(&format!("item_detail {new}")), "{said}");
            }
            let faults = world.exchange().readiness(&day).await.unwrap();
            assert!(
                faults.iter().any(
                    |fault| matches!(fault, NotReady::LogBehind { document } if document.starts_with(named))
                ),
                "{old}, {new}: {faults:?}"
            );
            map(&mut world, &choosing(old));
            assert!(all_are(&world.run(&day).await, Outcome::Adopted), "{old}, {new}");
            assert!(world.tie_out(&day).await.is_tied_out());
        }
    }
}

/// F-07: the whole of what is said, with what to do.
#[tokio::test]
async fn f_07_what_is_said_of_a_batch_in_another_form() {
    let mut world = World::new();
    let sales: Vec<_> = (1..=7).map(|number| sale(number, DAY, "20.00")).collect();
    let day = [batch("1", 4, DAY, &sales)];
    world.run(&day).await;
    lose(&world);
    map(&mut world, &choosing("charges"));
    let said = refused(&world, &day, "posted-in-another-form").await;
    assert_eq!(
        said,
        [
            "store boston, register 1, batch 4 stands in QuickBooks in another form, and this posting log does not know it: Invoice CLT1B4, Invoice CLT2B4, Invoice CLT3B4, Invoice CLT4B4, Invoice CLT5B4 and 9 more; the company mapping now says item_detail charges, and nothing is posted twice: put the log back, or give item_detail and day_ends_at_hour the values back that they had for this batch, and run again, which finds what is posted by its numbers"
        ]
    );
}

/// F-07: between charges alone and what is summarised the numbers are the same: summaries are found again, and a charge that stands
/// there with other lines is a conflict, never a second document.
#[tokio::test]
async fn f_07_a_lost_log_and_other_lines_of_charges_post_nothing_twice() {
    for (old, new) in [("charges", "summarised"), ("summarised", "charges")] {
        let mut world = World::new();
        map(&mut world, &choosing(old));
        let day = golden("f07_charges_only");
        world.run(&day).await;
        let documents = world.documents();
        lose(&world);
        map(&mut world, &choosing(new));
        let reports = world.run(&day).await;
        assert_eq!(world.documents(), documents, "{old}, {new}");
        let counts = reports[0].counts();
        assert!(counts.of(Outcome::Adopted) > 0 && counts.of(Outcome::Created) == 0, "{counts:?}");
    }
}

/// F-07, X-02: the log is an older copy, which knows other batches, and item_detail has changed since.
#[tokio::test]
async fn f_07_an_older_log_and_another_form_post_nothing_twice() {
    for (old, new, named) in [("all", "charges", "Invoice CLT2B5"), ("charges", "all", "Invoice CLS260204B5")]
    {
        let mut world = World::new();
        map(&mut world, &choosing(old));
        let monday = batch("1", 4, DAY, &[sale(1, DAY, "20.00")]);
        let tuesday = batch("1", 5, "2026-02-04", &[sale(2, "2026-02-04", "30.00")]);
        world.run(std::slice::from_ref(&monday)).await;
        let older = world.log.entries();
        world.run(std::slice::from_ref(&tuesday)).await;
        world.log.replace(&older);
        world.wire.forget_request_ids();
        map(&mut world, &choosing(new));
        let said = refused(&world, std::slice::from_ref(&tuesday), "posted-in-another-form").await;
        assert!(said[0].contains(named), "{said:?}");
        let faults = world.exchange().readiness([&tuesday]).await.unwrap();
        assert_eq!(faults, [NotReady::LogBehind { document: named.to_owned() }]);
    }
}

/// N-13, X-02: with the log lost and the store's prefix or the scheme changed, nothing is posted again under new numbers: sales,
/// deposits, payments on account, pay-outs. The old mapping finds everything again.
#[tokio::test]
async fn n_13_a_lost_log_and_other_numbers_post_nothing_twice() {
    for day in [
        sample_day(),
        golden("g13_payment_on_account"),
        golden("g08_deposit_paid_in_cash"),
        golden("f07_charges_only"),
    ] {
        for other in [prefixed("BO"), json!({"numbers": "compact"})] {
            let mut world = World::new();
            world.run(&day).await;
            lose(&world);
            map(&mut world, &other);
            for said in refused(&world, &day, "posted-under-another-number").await {
                assert!(said.contains(" stands in QuickBooks as CL"), "{said}");
            }
            let faults = world.exchange().readiness(&day).await.unwrap();
            assert!(faults.iter().any(|fault| matches!(fault, NotReady::LogBehind { .. })), "{faults:?}");
            map(&mut world, &json!({}));
            assert!(all_are(&world.run(&day).await, Outcome::Adopted));
        }
    }
}

/// N-13, X-02: purchase orders and bills too.
#[tokio::test]
async fn n_13_a_lost_log_and_another_prefix_post_no_order_twice() {
    let mut world = World::new();
    let orders = orders();
    for order in &orders {
        world.exchange().run(order).await.unwrap();
    }
    let documents = world.documents();
    lose(&world);
    map(&mut world, &prefixed("BO"));
    let mut exchange = world.exchange();
    for order in &orders {
        let error = exchange.run(order).await.unwrap_err();
        assert_eq!(error.code(), "posted-under-another-number", "{error}");
        assert!(error.to_string().contains(&format!("CL{}", order.number())), "{error}");
    }
    assert_eq!(world.documents(), documents);
}

/// N-13, X-02: the log is an older copy, and the prefix has changed since its last batch.
#[tokio::test]
async fn n_13_an_older_log_and_another_prefix_post_nothing_twice() {
    let mut world = World::new();
    let monday = batch("1", 4, DAY, &[sale(1, DAY, "20.00")]);
    let tuesday = batch("1", 5, "2026-02-04", &[sale(2, "2026-02-04", "30.00")]);
    world.run(std::slice::from_ref(&monday)).await;
    let older = world.log.entries();
    world.run(std::slice::from_ref(&tuesday)).await;
    world.log.replace(&older);
    map(&mut world, &prefixed("BO"));
    let said = refused(&world, std::slice::from_ref(&tuesday), "posted-under-another-number").await;
    assert!(said[0].contains("CLT2B5") && said[0].contains("BOT2B5"), "{said:?}");
}

/// N-13: orders of an older log.
#[tokio::test]
async fn n_13_an_older_log_and_another_prefix_post_no_order_twice() {
    let mut world = World::new();
    let orders = orders();
    world.exchange().run(&orders[0]).await.unwrap();
    let older = world.log.entries();
    world.exchange().run(&orders[1]).await.unwrap();
    let documents = world.documents();
    world.log.replace(&older);
    map(&mut world, &prefixed("BO"));
    let error = world.exchange().run(&orders[1]).await.unwrap_err();
    assert_eq!(error.code(), "posted-under-another-number", "{error}");
    assert_eq!(world.documents(), documents);
}

/// T-04, F-07: another hour at which the day ends puts receipts of the night into another day's summary.
#[tokio::test]
async fn f_07_a_lost_log_and_another_end_of_the_day_post_no_summary_twice() {
    let mut world = World::new();
    let mut charges = choosing("charges");
    map(&mut world, &charges);
    let day = golden("f07_summary_of_a_batch_over_midnight");
    world.run(&day).await;
    lose(&world);
    charges["stores"] = json!({"boston": {"day_ends_at_hour": 6}});
    map(&mut world, &charges);
    let said = refused(&world, &day, "posted-in-another-form").await;
    assert!(said[0].contains("Invoice CLS"), "{said:?}");
}

/// T-06: with the log lost, a sale that stands in QuickBooks and is gone from the file is still named; voided there, it is taken as such.
#[tokio::test]
async fn t_06_a_lost_log_still_names_what_is_gone_from_the_file() {
    let world = World::new();
    let posted = batch("1", 4, DAY, &[sale(1, DAY, "20.00"), sale(2, DAY, "5.00")]);
    world.run(std::slice::from_ref(&posted)).await;
    lose(&world);
    let changed = [batch("1", 4, DAY, &[sale(1, DAY, "20.00")])];
    let said = refused(&world, &changed, "batch-changed").await;
    assert!(said[0].contains("no longer in it: Invoice CLT2B4, Payment CL15239T2B4;"), "{said:?}");
    world.wire.change("Payment", "CL15239T2B4", "delete", &json!({}));
    world.wire.change("Invoice", "CLT2B4", "void", &json!({}));
    assert!(all_are(&world.run(&changed).await, Outcome::Adopted));
}

/// what a person voided is posted in the form that is chosen now.
#[tokio::test]
async fn x_02_what_was_voided_does_not_hold_another_form() {
    let mut world = World::new();
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00")])];
    world.run(&day).await;
    world.wire.change("Payment", "CL15239T1B4", "delete", &json!({}));
    world.wire.change("Invoice", "CLT1B4", "void", &json!({}));
    lose(&world);
    map(&mut world, &choosing("charges"));
    let reports = world.run(&day).await;
    assert!(all_are(&reports, Outcome::Created));
    assert_eq!(keys(&reports[0]), ["inv-CLS260203B4", "pay-CL15239S260203B4"]);
}

/// a copy that a person made of one of ours, memo and all, is a second one, no other form: a lost log goes on, and the tie-out
/// names it.
#[tokio::test]
async fn x_01_a_copy_with_our_memo_holds_no_run() {
    let world = World::new();
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00")])];
    world.run(&day).await;
    let mut row = world.wire.rows("Invoice").remove(0);
    row["DocNumber"] = json!("1037");
    support::once_more(&world, "Invoice", &row);
    lose(&world);
    assert!(all_are(&world.run(&day).await, Outcome::Adopted));
    let ties = world.tie_out(&day).await;
    assert!(ties.page(0).contains("1037"), "{}", ties.page(0));
}

/// T-05, X-02: with the log lost the opening entry is found also when its date or its store was changed since.
#[tokio::test]
async fn t_05_a_lost_log_posts_no_second_opening_entry() {
    let opening = |date: &str, prefix: &str| {
        json!({"stores": {"boston": {"prefix": prefix}}, "opening": {"date": date, "vouchers": "120.00",
            "from_account": "Opening Balance Equity", "confirmed": true}})
    };
    let (boston, salem) = (golden("t05_opening_balances"), support::pos::salem(4, DAY, &[]));
    let mut world = World::new();
    map(&mut world, &opening("2026-02-02", "CL"));
    world.exchange().run_opening_entry(boston[0].store()).await.unwrap();
    let documents = world.documents();
    for (changed, store, code) in [
        (opening("2026-01-31", "CL"), boston[0].store(), "opening-posted"),
        (opening("2026-02-02", "CL"), salem.store(), "opening-posted"),
        (opening("2026-02-02", "BO"), boston[0].store(), "opening-posted"),
    ] {
        lose(&world);
        map(&mut world, &changed);
        let error = world.exchange().run_opening_entry(store).await.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(matches!(error.cause(), RunError::OpeningPosted { .. }), "{error}");
        assert!(error.to_string().contains("CLOB260202"), "{error}");
        assert_eq!(world.documents(), documents);
    }
    lose(&world);
    map(&mut world, &opening("2026-02-02", "CL"));
    assert!(all_are(
        &[world.exchange().run_opening_entry(boston[0].store()).await.unwrap()],
        Outcome::Adopted
    ));
}

/// N-16, X-02: what was undone and posted once more stands under the number and the identity of its revision; with the log lost it
/// is not posted a third time. A correction stands beside what it corrects and holds nothing.
#[tokio::test]
async fn n_16_a_lost_log_posts_nothing_beside_a_revision() {
    let world = World::new();
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00")])];
    world.run(&day).await;
    let as_edition = |number: &str, word: &str| {
        let note = format!("Cash | boston/1/4/transaction-1/{word}");
        world.wire.change("Payment", "CL15239T1B4", "delete", &json!({}));
        world.wire.change("Invoice", "CLT1B4", "update", &json!({"DocNumber": number, "PrivateNote": note}));
    };
    as_edition("CLT1B4V1", "revision-1");
    lose(&world);
    let said = refused(&world, &day, "posted-under-another-number").await;
    assert!(said[0].contains("CLT1B4V1") && said[0].contains("put the right log back"), "{said:?}");
    world.wire.change("Invoice", "CLT1B4V1", "delete", &json!({}));
    world.run(&day).await;
    as_edition("CLT1B4C1", "correction-1");
    lose(&world);
    assert!(all_are(&world.run(&day).await, Outcome::Created));
}
