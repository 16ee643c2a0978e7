//! F-14: what goes wrong between an exchange of customers and QuickBooks.

use crate::support;

use exchange::customers::CustomerReport;
use pos_model::CustomerField;
use qb_simulator::{Operation, When};
use serde_json::json;
use support::shop::{Shop, key};
use support::wire::{Fault, creates, reads};

/// Sara, linked; her phone was changed at the point of sale.
async fn with_an_edit() -> Shop {
    let shop = Shop::new();
    let sara = shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    _ = shop.exchange().await;
    shop.write_at_pos(&sara, CustomerField::Phone, "617 555 0101");
    shop
}

/// A request that changes or makes a customer and holds this text.
fn writes(text: &str) -> When {
    When { operations: vec![Operation::Create, Operation::Update], ..creates("customer", text) }
}

fn is_clean(report: &CustomerReport) -> bool {
    report.refusals.is_empty() && report.counts.in_doubt == 0 && report.counts.conflicts == 0
}

/// Answers that are lost, with and without the effect, leave one change and not two.
#[tokio::test]
async fn f_14_an_answer_that_is_lost_is_looked_up() {
    for fault in [
        Fault::AnswerLost,
        Fault::RequestLost,
        Fault::Status(500, true),
        Fault::Status(500, false),
        Fault::Status(503, true),
        Fault::Truncated,
        Fault::Throttled(2),
        Fault::NoConnection,
    ] {
        let shop = with_an_edit().await;
        shop.world.wire.once(writes("0101"), fault);
        let report = shop.exchange().await;
        assert!(shop.world.wire.heal(), "the fault did not come to pass");
        assert!(is_clean(&report), "{report:?}");
        assert_eq!(shop.agree(), ["Sara Edward sara@example.com 617 555 0101"]);
        let record = shop.record(&shop.record_of(&key("c-77")));
        assert_eq!(record["SyncToken"], "1", "it was changed once");
        assert!(!shop.exchange().await.has_changed_something());

        let shop = Shop::new();
        shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
        shop.world.wire.once(writes("Edward"), fault);
        let report = shop.exchange().await;
        assert!(shop.world.wire.heal(), "the fault did not come to pass");
        assert!(is_clean(&report), "{report:?}");
        assert_eq!(shop.agree(), ["Sara Edward sara@example.com"]);
        assert!(!shop.exchange().await.has_changed_something());
    }
}

/// When QuickBooks stays silent the change stays in doubt; the next exchange looks before it decides.
#[tokio::test]
async fn f_14_what_stays_in_doubt_is_settled_by_the_next_exchange() {
    for fault in [Fault::Status(500, true), Fault::Status(500, false)] {
        let shop = with_an_edit().await;
        let id = shop.record_of(&key("c-77"));
        shop.world.wire.times(4, writes("0101"), fault);
        // The look-ups fail as well.
        shop.world.wire.times_after(writes("0101"), 99, reads("customer", ""), Fault::RequestLost);
        let report = shop.try_exchange().await;
        shop.world.wire.heal();
        let report = report.unwrap();
        assert_eq!(report.counts.in_doubt, 1, "{report:?}");
        let report = shop.exchange().await;
        assert!(is_clean(&report), "{report:?}");
        assert_eq!(shop.agree(), ["Sara Edward sara@example.com 617 555 0101"]);
        assert_eq!(shop.record(&id)["SyncToken"], "1", "it was changed once");
    }
}

/// 5010: somebody was quicker. The record is read again and decided again, field by field.
#[tokio::test]
async fn f_14_a_record_that_somebody_changed_meanwhile_is_decided_again() {
    let shop = with_an_edit().await;
    shop.world.wire.once(writes("0101"), Fault::Refused("5010"));
    let report = shop.exchange().await;
    assert!(shop.world.wire.heal());
    assert!(is_clean(&report), "{report:?}");
    assert_eq!(shop.agree(), ["Sara Edward sara@example.com 617 555 0101"]);

    // Again and again: it is told, and the next exchange decides.
    let shop = with_an_edit().await;
    shop.world.wire.times(9, writes("0101"), Fault::Refused("5010"));
    let report = shop.exchange().await;
    assert_eq!(report.refusals.iter().map(|refusal| refusal.code()).collect::<Vec<_>>(), ["restless"]);
    shop.world.wire.heal();
    assert!(is_clean(&shop.exchange().await));
    shop.agree();
}

/// 6240: names are unique over customers, vendors and employees. Who has the name is looked up; nobody gets a suffix blindly.
#[tokio::test]
async fn d_19_a_name_that_another_has_is_settled_by_looking() {
    for name in ["Moore", "Núñez"] {
        let shop = Shop::new();
        _ = shop.exchange().await;
        shop.world.wire.type_in("vendor", &json!({"DisplayName": format!("Ken {name}")}));
        shop.new_at_pos("c-78", "Ken", name, "ken@example.com");
        let report = shop.exchange().await;
        assert!(is_clean(&report), "{report:?}");
        let rows = shop.world.wire.rows("Customer");
        assert_eq!(rows[0]["DisplayName"], format!("Ken {name} (A-c-78)"));
        let report = shop.exchange().await;
        assert!(!report.has_changed_something(), "{name}: {report:?}");
    }
    // Another customer of that name, far back in the list: no exchange reads it, and it is not taken for ours.
    let shop = Shop::new();
    shop.new_in_quickbooks("Ken", "Moore", "other@example.com");
    _ = shop.exchange().await;
    shop.new_at_pos("c-78", "Ken", "Moore", "ken@example.com");
    _ = shop.exchange().await;
    assert_eq!(shop.world.wire.rows("Customer").len(), 2);
    // A refusal for the name that no look-up explains is a refusal.
    let shop = Shop::new();
    shop.new_at_pos("c-78", "Ken", "Moore", "ken@example.com");
    shop.world.wire.once(writes("Moore"), Fault::Refused("6240"));
    let report = shop.exchange().await;
    assert_eq!(report.refusals.iter().map(|refusal| refusal.code()).collect::<Vec<_>>(), ["record-refused"]);
    assert!(shop.world.wire.heal());
    assert!(is_clean(&shop.exchange().await), "it is tried again");
    shop.agree();
}

/// F-14: a change that QuickBooks refuses is told and tried again; nothing else waits for it.
#[tokio::test]
async fn f_14_a_change_that_is_refused_is_told_and_tried_again() {
    let shop = with_an_edit().await;
    shop.new_at_pos("c-78", "Ken", "Moore", "ken@example.com");
    shop.world.wire.once(writes("0101"), Fault::Refused("2050"));
    let report = shop.exchange().await;
    assert_eq!((report.counts.refused, report.counts.added_to_quickbooks), (1, 1), "{report:?}");
    assert_eq!(report.refusals[0].code(), "change-refused");
    assert!(shop.world.wire.heal());
    let report = shop.exchange().await;
    assert_eq!((report.counts.refused, report.counts.updated_in_quickbooks), (0, 1), "{report:?}");
    shop.agree();
}

/// F-14: after more than 30 days both lists are read whole again, and nothing comes twice.
#[tokio::test]
async fn f_14_after_more_than_30_days_all_is_read_again() {
    let shop = with_an_edit().await;
    shop.world.clock.advance(31 * 24 * 3600);
    let report = shop.exchange().await;
    assert!(report.was_whole && is_clean(&report), "{report:?}");
    assert_eq!(report.counts.updated_in_quickbooks, 1);
    shop.agree();
    assert!(!shop.exchange().await.was_whole);
}

/// F-14: where more has changed than QuickBooks tells at once, everything is read again.
#[tokio::test]
async fn f_14_beyond_the_cap_of_changes_all_is_read_again() {
    let shop = Shop::new();
    _ = shop.exchange().await;
    for i in 0..1001 {
        shop.new_in_quickbooks("Ann", &format!("Bell {i}"), &format!("ann{i}@example.com"));
    }
    let report = shop.exchange().await;
    assert!(report.was_whole && is_clean(&report), "{report:?}");
    assert_eq!((report.counts.added_to_pos, shop.pos.customers().len()), (1001, 1001));
    assert!(!shop.exchange().await.has_changed_something());
}

/// F-14: an exchange that cannot read QuickBooks changes nothing, and the next one goes on from the same mark.
#[tokio::test]
async fn f_14_an_outage_changes_nothing_and_loses_nothing() {
    let shop = with_an_edit().await;
    shop.world.wire.stop_after(Some(0));
    let error = shop.try_exchange().await.map(|report| report.is_cut_short);
    shop.world.wire.stop_after(None);
    assert!(matches!(error, Ok(true) | Err(_)), "{error:?}");
    let report = shop.exchange().await;
    assert!(is_clean(&report));
    assert_eq!(shop.agree(), ["Sara Edward sara@example.com 617 555 0101"]);
}
