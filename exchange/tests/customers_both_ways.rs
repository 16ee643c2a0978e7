//! F-01, F-02 and F-14 carried out: customers go both ways, and a quiet exchange does nothing.

use crate::support;

use exchange::customers::{CustomerCounts, PosCustomers};
use pos_model::CustomerField;
use serde_json::json;
use support::shop::{Shop, key};

/// F-01: the first exchange brings each side what it lacks, and finds who is the same.
#[tokio::test]
async fn f_01_the_first_exchange_brings_each_side_what_it_lacks() {
    let shop = Shop::new();
    shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    shop.new_at_pos("c-78", "Ken", "Moore", "ken@example.com");
    shop.new_in_quickbooks("Sara", "Edward", "sara@example.com");
    shop.new_in_quickbooks("Ann", "Bell", "ann@example.com");
    let report = shop.exchange().await;
    assert_eq!(report.refusals, []);
    let CustomerCounts { added_to_pos, added_to_quickbooks, matched, .. } = report.counts;
    assert_eq!((added_to_pos, added_to_quickbooks, matched), (1, 1, 1), "{}", report.counts);
    assert!(report.was_whole);
    let people = ["Ann Bell ann@example.com", "Ken Moore ken@example.com", "Sara Edward sara@example.com"];
    assert_eq!(shop.agree(), people);
    let types = shop.pos.lists().await.unwrap().types;
    assert!(types.contains("Retail"), "QuickBooks' types come to the POS (F-06)");

    // Nothing is left to do.
    let writes = shop.writes();
    let report = shop.exchange().await;
    assert!(!report.was_whole && !report.has_changed_something(), "{}", report.counts);
    assert_eq!((shop.writes(), shop.agree()), (writes, people.map(str::to_owned).to_vec()));
}

/// F-02 and F-14: edits of either side go to the other, field by field.
#[tokio::test]
async fn f_02_edits_go_both_ways_field_by_field() {
    let shop = Shop::new();
    let sara = shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    let id = shop.new_in_quickbooks("Ann", "Bell", "ann@example.com");
    _ = shop.exchange().await;
    shop.write_at_pos(&sara, CustomerField::Phone, "617 555 0101");
    shop.edit_in_quickbooks(&shop.record_of(&sara), &json!({"FamilyName": "Edwards"}));
    shop.edit_in_quickbooks(
        &id,
        &json!({"PrimaryEmailAddr": {"Address": "ann@example.org"}, "Active": false}),
    );
    let report = shop.exchange().await;
    assert_eq!(report.refusals, []);
    assert_eq!((report.counts.updated_in_pos, report.counts.updated_in_quickbooks), (2, 1));
    assert_eq!(
        shop.agree(),
        ["Ann Bell ann@example.org inactive", "Sara Edwards sara@example.com 617 555 0101"]
    );
    assert!(!shop.exchange().await.has_changed_something());
}

/// F-14: what both sides changed is a person's to decide, and stays until it is.
#[tokio::test]
async fn f_14_a_field_that_both_sides_changed_waits_for_a_person() {
    let mut shop = Shop::new();
    let sara = shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    _ = shop.exchange().await;
    shop.write_at_pos(&sara, CustomerField::Email, "sara@example.org");
    let id = shop.record_of(&sara);
    shop.edit_in_quickbooks(&id, &json!({"PrimaryEmailAddr": {"Address": "sara@example.net"}}));
    let report = shop.exchange().await;
    assert_eq!((report.counts.conflicts, report.counts.open_conflicts), (1, 0));
    let report = shop.exchange().await;
    assert_eq!((report.counts.conflicts, report.counts.open_conflicts), (0, 1));
    shop.options
        .decisions
        .winners
        .insert((sara.clone(), CustomerField::Email), mapping::customers::Side::Pos);
    _ = shop.exchange().await;
    assert_eq!(shop.agree(), ["Sara Edward sara@example.org"]);
    assert_eq!(shop.exchange().await.counts.open_conflicts, 0);
}

/// F-08: a merge at the POS hands the duplicate's record to the keeper, whose own record is the one that is compared.
#[tokio::test]
async fn f_08_a_merge_at_the_pos_hands_the_record_to_the_keeper() {
    let shop = Shop::new();
    let sara = shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    let double = shop.new_at_pos("c-78", "Sahra", "Edwards", "s@example.com");
    _ = shop.exchange().await;
    let of_double = shop.record_of(&double);
    shop.edit_at_pos(&double, |ours| ours.merged_into = Some(key("c-77")));
    assert_eq!(shop.exchange().await.counts.merged, 1);
    shop.edit_in_quickbooks(&of_double, &json!({"PrimaryPhone": {"FreeFormNumber": "617 555 0199"}}));
    assert!(!shop.exchange().await.has_changed_something());
    shop.edit_in_quickbooks(
        &shop.record_of(&sara),
        &json!({"PrimaryPhone": {"FreeFormNumber": "617 555 0101"}}),
    );
    assert_eq!(shop.exchange().await.counts.updated_in_pos, 1);
    assert_eq!(shop.people().0, ["Sara Edward sara@example.com 617 555 0101"]);
}

/// F-08: on request the duplicate's record is made inactive once nothing hangs on it.
#[tokio::test]
async fn f_08_a_spare_record_is_made_inactive_on_request() {
    let mut shop = Shop::new();
    shop.options.settings.retires = true;
    shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    let double = shop.new_at_pos("c-78", "Sahra", "Edwards", "s@example.com");
    _ = shop.exchange().await;
    let of_double = shop.record_of(&double);
    let invoice = json!({"CustomerRef": {"value": of_double}, "Line": [{"Amount": 5.00, "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}]});
    let invoice = shop.world.wire.type_in("invoice", &invoice);
    shop.edit_at_pos(&double, |ours| ours.merged_into = Some(key("c-77")));
    let report = shop.exchange().await;
    assert!(report.notices.iter().any(|notice| notice.code() == "retained"), "{:?}", report.notices);
    assert_eq!(shop.record(&of_double)["Active"], true);
    let gone = json!({"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]});
    shop.world.wire.post_by_hand("invoice?operation=delete", &gone);
    assert_eq!(shop.exchange().await.counts.updated_in_quickbooks, 1);
    assert_eq!(shop.record(&of_double)["Active"], false);
    assert!(!shop.exchange().await.has_changed_something());
}

/// F-01: a preview says what an exchange would do, and nothing is done.
#[tokio::test]
async fn f_01_a_preview_comes_first() {
    let shop = Shop::new();
    shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    shop.new_in_quickbooks("Ann", "Bell", "ann@example.com");
    let people = shop.people();
    let plan = shop.world.exchange().preview_customers(&shop.pos, &shop.options).await.unwrap();
    assert_eq!((plan.counts()["added_to_pos"], plan.counts()["added_to_quickbooks"]), (1, 1));
    assert_eq!((shop.writes(), shop.people()), (0, people));
}

/// F-16: one way, nothing of customers is exchanged.
#[tokio::test]
async fn f_16_one_way_nothing_of_customers_is_exchanged() {
    let mut shop = Shop::new();
    shop.options.settings.direction = mapping::customers::Direction::OneWay;
    shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    shop.new_in_quickbooks("Ann", "Bell", "ann@example.com");
    assert!(!shop.exchange().await.has_changed_something());
    assert_eq!(shop.writes(), 0);
}

/// F-02: a customer without the flag stays at the POS until it is set.
#[tokio::test]
async fn f_02_a_customer_without_the_flag_stays_at_the_pos() {
    let shop = Shop::new();
    let sara = shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    shop.edit_at_pos(&sara, |ours| ours.use_with_quickbooks = false);
    assert_eq!(shop.exchange().await.counts.added_to_quickbooks, 0);
    // Somebody else is new; she is looked at once more, and stays.
    shop.new_at_pos("c-78", "Ken", "Moore", "ken@example.com");
    assert_eq!(shop.exchange().await.counts.added_to_quickbooks, 1);
    shop.edit_at_pos(&sara, |ours| ours.use_with_quickbooks = true);
    assert_eq!(shop.exchange().await.counts.added_to_quickbooks, 1);
    shop.agree();
}

/// F-01: who came without a counterpart in one exchange is found by who comes in a later one.
#[tokio::test]
async fn f_01_a_later_customer_is_matched_with_a_record_that_was_left_out() {
    let shop = Shop::new();
    let ann = shop.new_in_quickbooks("Ann", "Bell", "ann@example.com");
    shop.edit_in_quickbooks(&ann, &json!({"Active": false}));
    assert_eq!(shop.exchange().await.counts.added_to_pos, 0);
    // Nobody touches the record; the customer comes later.
    shop.world.clock.advance(3600);
    _ = shop.exchange().await;
    shop.new_at_pos("c-77", "Ann", "Bell", "ann@example.com");
    let report = shop.exchange().await;
    assert_eq!((report.counts.proposed, report.counts.added_to_quickbooks), (1, 0), "{}", report.counts);
    assert!(report.proposals[0].wakes);
}
