//! Bad input of an exchange of customers: what a till, a person or QuickBooks can say that cannot be done comes to a typed result, and
//! nobody and nothing is lost by it.

use crate::customers_accounts::{batch_of, day, money, outcomes, shop, told};
use crate::support;

use exchange::customers::CustomerReport;
use mapping::customers::FieldValue;
use pos_model::CustomerField;
use qb_simulator::PersonAct;
use serde_json::json;
use support::shop::{Shop, key};

fn codes(report: &CustomerReport) -> Vec<&'static str> {
    report.refusals.iter().map(|refusal| refusal.code()).collect()
}

fn notices(report: &CustomerReport) -> Vec<&'static str> {
    report.notices.iter().map(|notice| notice.code()).collect()
}

/// A further exchange does nothing, and says the same.
async fn is_quiet(shop: &Shop) {
    let (writes, people) = (shop.writes(), shop.pos.customers());
    let report = shop.exchange().await;
    assert!(!report.has_changed_something(), "{}", report.counts);
    assert_eq!((shop.writes(), shop.pos.customers()), (writes, people));
}

/// F-09, F-14: a name of the till's that QuickBooks does not take as it is makes a record under a name that it takes; a value that does
/// not fit stays at the till, and is told.
#[tokio::test]
async fn f_09_names_that_quickbooks_does_not_take_are_cleaned_or_told() {
    let long = "x".repeat(600);
    for (first, display_name, told) in [
        ("Sa:ra", "Sa-ra Edward", vec![]),
        ("Sa\tra", "Sa ra Edward", vec![]),
        ("Sa\nra", "Sa ra Edward", vec![]),
        ("Sara \u{1f6b2}", "Sara \u{1f6b2} Edward", vec![]),
        ("Sa\u{202e}ra", "Sa ra Edward", vec![]),
        (long.as_str(), "", vec!["unfit-for-quickbooks"]),
    ] {
        let shop = Shop::new();
        let sara = shop.new_at_pos("c-77", first, "Edward", "sara@example.com");
        shop.new_at_pos("c-78", "Ken", "Moore", "ken@example.com");
        let report = shop.exchange().await;
        assert_eq!((codes(&report), report.counts.added_to_quickbooks), (vec![], 2), "{first:?}: {report:?}");
        assert_eq!(notices(&report), told, "{first:?}");
        let record = shop.record(&shop.record_of(&sara));
        let name = record["DisplayName"].as_str().unwrap();
        assert!(display_name.is_empty() || name == display_name, "{first:?}: {name:?}");
        assert!(name.chars().count() <= 100 && !name.contains([':', '\t', '\n', '\u{202e}']), "{name:?}");
        let ours = shop.pos.customer(&sara).unwrap();
        assert_eq!(ours.fields.text(&CustomerField::FirstName), Some(first), "the till's own stays");
        is_quiet(&shop).await;
    }
}

/// F-14: names that only QuickBooks allows come to the till without what the till refuses.
#[tokio::test]
async fn f_14_names_of_quickbooks_come_cleaned_to_the_point_of_sale() {
    for (first, at_pos) in [("Sara \u{1f6b2}", "Sara \u{1f6b2}"), ("Sa\u{202e}ra", "Sa ra")] {
        let shop = Shop::new();
        let body = json!({"DisplayName": "Sara Edward", "GivenName": first, "FamilyName": "Edward"});
        shop.world.wire.type_in("customer", &body);
        assert_eq!(shop.exchange().await.counts.added_to_pos, 1);
        let ours = shop.pos.customers().remove(0);
        assert_eq!(ours.fields.text(&CustomerField::FirstName), Some(at_pos), "{first:?}");
        is_quiet(&shop).await;
    }
}

/// D-19: two new customers of one name are two records; the second carries its account number.
#[tokio::test]
async fn d_19_two_customers_of_one_name_are_two_records() {
    let shop = Shop::new();
    shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    shop.new_at_pos("c-78", "Sara", "Edward", "other@example.com");
    let report = shop.exchange().await;
    assert_eq!((codes(&report), report.counts.added_to_quickbooks), (vec![], 2));
    let rows = shop.world.wire.rows("Customer");
    let names: Vec<&str> = rows.iter().filter_map(|row| row["DisplayName"].as_str()).collect();
    assert_eq!(names, ["Sara Edward", "Sara Edward (A-c-78)"]);
    shop.agree();
    is_quiet(&shop).await;
}

/// F-03, F-14: a charge on a customer whose record a person has removed waits, whoever else is in the batch, until a person says which
/// record stands for it.
#[tokio::test]
async fn f_14_a_charge_on_a_record_that_is_gone_waits_until_a_person_says() {
    let mut shop = shop(None);
    shop.new_at_pos("c-78", "Sahra", "Edwards", "s@example.com");
    _ = day(&shop, &[]).await;
    // It is merged into a supplier's namesake that a person removes from the list of customers: nothing of ours says where it went.
    let (id, into) =
        (shop.record_of(&key("c-77")), shop.new_in_quickbooks("Old", "Account", "old@example.com"));
    shop.world.wire.person(&PersonAct::Merge { entity: "Customer".to_owned(), id, into });
    let batches = [batch_of("boston", 4, &[("c-77", 1, 0, 20), ("c-78", 2, 1, 30)])];
    for _ in 0..2 {
        let (first, reports) = day(&shop, &batches).await;
        assert_eq!(codes(&first.customers), ["gone"]);
        let (posted, waiting, _) = told(&reports);
        assert_eq!((posted, waiting), (vec!["CLT2B4"], vec!["CLT1B4"]));
    }
    // A person makes a record for her and says that it is hers.
    let new = shop.new_in_quickbooks("S.", "Edward", "sara@example.org");
    shop.options.decisions.same.insert((key("c-77"), qb_model::Id::new(&new).unwrap()));
    let (last, reports) = day(&shop, &batches).await;
    assert_eq!((codes(&last.customers), told(&reports).1), (vec![], vec![]));
    assert_eq!(shop.pos.customer(&key("c-77")).unwrap().balance, Some(money(2_000)));
    let (again, reports) = day(&shop, &batches).await;
    assert!(!again.customers.has_changed_something() && told(&reports).1.is_empty());
}

/// F-08: a merge into itself, and merges of two stores in a ring, are refused; both customers stay what they are.
#[tokio::test]
async fn f_08_a_merge_into_itself_and_a_ring_are_refused() {
    let shop = Shop::new();
    let sara = shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    let ken = shop.new_at_pos("c-78", "Ken", "Moore", "ken@example.com");
    _ = shop.exchange().await;
    shop.edit_at_pos(&sara, |ours| ours.merged_into = Some(key("c-77")));
    let report = shop.exchange().await;
    assert_eq!((codes(&report), report.counts.merged), (vec!["merge-ring"], 0));
    is_quiet(&shop).await;
    shop.edit_at_pos(&sara, |ours| ours.merged_into = Some(key("c-78")));
    shop.edit_at_pos(&ken, |ours| ours.merged_into = Some(key("c-77")));
    let report = shop.exchange().await;
    assert_eq!((codes(&report), report.counts.merged), (vec!["merge-ring"], 1), "{report:?}");
    is_quiet(&shop).await;
    // One of them stays, as the message says; nobody was lost on the way.
    shop.edit_at_pos(&ken, |ours| ours.merged_into = None);
    assert_eq!(codes(&shop.exchange().await), Vec::<&str>::new());
    assert_eq!((shop.world.wire.rows("Customer").len(), shop.people().0.len()), (2, 1));
    is_quiet(&shop).await;
}

/// F-08: a duplicate that still owes keeps its record active, and what it owes counts at the keeper.
#[tokio::test]
async fn f_08_a_duplicate_that_owes_stays_active_and_counts_at_its_keeper() {
    let mut shop = shop(None);
    shop.options.settings.retires = true;
    let double = shop.new_at_pos("c-78", "Sahra", "Edwards", "s@example.com");
    let batches = [batch_of("boston", 4, &[("c-78", 2, 1, 30)])];
    _ = day(&shop, &batches).await;
    let of_double = shop.record_of(&double);
    shop.edit_at_pos(&double, |ours| ours.merged_into = Some(key("c-77")));
    let (second, _) = day(&shop, &batches).await;
    assert_eq!(notices(&second.customers), ["retained"]);
    assert_eq!(shop.record(&of_double)["Active"], true);
    assert_eq!(shop.pos.customer(&key("c-77")).unwrap().balance, Some(money(3_000)));
    // It is paid, and becomes inactive then.
    shop.world.wire.type_in("payment", &json!({"CustomerRef": {"value": of_double}, "TotalAmt": 30.00}));
    _ = day(&shop, &batches).await;
    assert_eq!(shop.record(&of_double)["Active"], false);
    assert_eq!(shop.pos.customer(&key("c-77")).unwrap().balance, Some(money(0)));
}

/// F-11: a credit limit below zero lets no charge pass; credits always pass.
#[tokio::test]
async fn f_11_a_limit_below_zero_holds_every_charge() {
    let shop = shop(Some(-5));
    let batches = [batch_of("boston", 4, &[("c-77", 1, 0, 20), ("c-77", 2, 1, -7)])];
    let (first, reports) = day(&shop, &batches).await;
    let held: Vec<String> = first.held.iter().map(|held| held.judgement.to_string()).collect();
    assert_eq!(held, ["held: 13.00 > -5.00, over by 18.00"]);
    assert_eq!(outcomes(&reports).iter().filter(|(_, outcome)| outcome.is_done()).count(), 1);
    assert_eq!(shop.pos.available(&key("c-77")), Some(money(-1_800)));
}

/// F-01: a customer that names a record which is not there gets none, and is told in every exchange until that is corrected.
#[tokio::test]
async fn f_01_a_link_to_a_record_that_is_not_there_is_refused() {
    let shop = Shop::new();
    let sara = shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    shop.edit_at_pos(&sara, |ours| ours.quickbooks_ids.push(qb_model::Id::new("4711").unwrap()));
    shop.new_at_pos("c-78", "Ken", "Moore", "ken@example.com");
    let report = shop.exchange().await;
    assert_eq!((codes(&report), report.counts.added_to_quickbooks), (vec!["link-to-nothing"], 1));
    assert_eq!(codes(&shop.exchange().await), ["link-to-nothing"]);
    shop.edit_at_pos(&sara, |ours| ours.quickbooks_ids.clear());
    let report = shop.exchange().await;
    assert_eq!((codes(&report), report.counts.added_to_quickbooks), (vec![], 1));
    shop.agree();
}

/// F-06: a type that QuickBooks lacks is told with the customer, and everything else of the customer goes.
#[tokio::test]
async fn f_06_a_type_that_quickbooks_lacks_is_told() {
    let shop = Shop::new();
    let sara = shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    shop.write_at_pos(&sara, CustomerField::Type, "Club");
    let report = shop.exchange().await;
    assert_eq!((codes(&report), report.counts.added_to_quickbooks), (vec![], 1));
    assert_eq!(notices(&report), ["unfit-for-quickbooks"]);
    let ours = shop.pos.customer(&sara).unwrap();
    assert_eq!(ours.fields.get(&CustomerField::Type), Some(&FieldValue::Text("Club".to_owned())));
    // A person makes the type there: it goes with the next exchange that looks at the customer.
    shop.world.wire.person(&PersonAct::AddCustomerType { name: "Club".to_owned() });
    assert_eq!(shop.exchange().await.counts.updated_in_quickbooks, 1);
    is_quiet(&shop).await;
}
