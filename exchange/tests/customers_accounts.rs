//! F-03, F-04 and F-11 carried out: charges go to QuickBooks, balances come back, limits hold over stores.

use crate::support;

use exchange::customers::{BothWays, CustomerBalance};
use exchange::{Hold, Outcome, Report};
use mapping::Origin;
use mapping::customers::{LimitPolicy, Movement, MovementState};
use pos_model::{Batch, Money, PosFile};
use serde_json::{Value, json};
use support::shop::{Shop, key};

pub(crate) fn money(cents: i64) -> Money {
    Money::from_cents(cents).unwrap()
}

/// A closed batch of a store with charges (+) and payments on account (-) of Sara, each in whole dollars at a minute of the day.
fn batch(store: &str, number: u64, movements: &[(u64, u32, i64)]) -> Batch {
    let of: Vec<(&str, u64, u32, i64)> =
        movements.iter().map(|(id, at, by)| ("c-77", *id, *at, *by)).collect();
    batch_of(store, number, &of)
}

/// The same of several customers.
pub(crate) fn batch_of(store: &str, number: u64, movements: &[(&str, u64, u32, i64)]) -> Batch {
    let (mut transactions, mut payments): (Vec<Value>, Vec<Value>) = Default::default();
    for (customer, id, minute, dollars) in movements {
        let at = format!("2026-02-03T10:{minute:02}:00-05:00");
        let amount = format!("{}.00", dollars.abs());
        if *dollars > 0 {
            transactions.push(json!({
                "number": id, "occurred_at": at, "customer": customer,
                "lines": [{"kind": "item", "description": "Gloves", "quantity": "1", "amount": amount, "tax_code": "NON"}],
                "tenders": [{"type": 15242, "amount": amount}],
            }));
        } else {
            payments.push(json!({
                "id": id, "occurred_at": at, "customer": customer, "tenders": [{"type": 15239, "amount": amount}],
            }));
        }
    }
    let prefix = store.to_uppercase();
    let file = json!({
        "version": 1,
        "store": {"code": store, "name": format!("{prefix} Store"), "retailer": "1651"},
        "tender_types": [
            {"id": 15239, "name": "Cash", "kind": "cash"},
            {"id": 15242, "name": "Customer Account", "kind": "customer_account"},
        ],
        "customers": [
            {"id": "c-77", "account_number": "1042", "first_name": "Sara", "last_name": "Edward"},
            {"id": "c-78", "account_number": "1043", "first_name": "Sahra", "last_name": "Edwards"},
        ],
        "batches": [{
            "register": "1", "number": number, "business_date": "2026-02-03", "status": "closed",
            "closed_at": "2026-02-03T18:05:00-05:00", "transactions": transactions, "account_payments": payments,
        }]
    });
    PosFile::from_json(file.to_string().as_bytes()).unwrap().into_parts().0.remove(0)
}

/// A shop of two stores where Sara may owe so much.
pub(crate) fn shop(limit: Option<i64>) -> Shop {
    let mut shop = Shop::new();
    shop.world.map(mapping::CompanyMapping {
        stores: ["boston", "salem"]
            .into_iter()
            .zip(["CL", "SL"])
            .map(|(code, prefix)| {
                let store = mapping::StoreMapping { prefix: Some(prefix.to_owned()), ..Default::default() };
                (code.to_owned(), store)
            })
            .collect(),
        ..Default::default()
    });
    shop.options.confirms_first_balances = true;
    let sara = shop.new_at_pos("c-77", "Sara", "Edward", "sara@example.com");
    shop.edit_at_pos(&sara, |ours| {
        ours.credit_limit = limit.map(|dollars| money(dollars * 100));
        ours.balance = Some(Money::ZERO);
    });
    shop
}

/// A day of these batches in a new process: what came of it, and the reports.
pub(crate) async fn day(shop: &Shop, batches: &[Batch]) -> (BothWays, Vec<Report>) {
    let origins: Vec<Origin<'_>> = batches.iter().map(Origin::from).collect();
    let mut reports = Vec::new();
    let day = shop
        .world
        .exchange()
        .run_both_ways(&origins, &shop.pos, &shop.options, |_, result| reports.push(result.unwrap()))
        .await
        .unwrap();
    shop.world.audit();
    (day, reports)
}

fn sara(day: &BothWays) -> &CustomerBalance {
    day.balances
        .iter()
        .find(|row| row.customer == key("c-77"))
        .unwrap_or_else(|| panic!("{:?}", day.balances))
}

/// Dollars of: the POS before, QuickBooks, unsent, the POS after, available.
fn figures(row: &CustomerBalance) -> (i64, Option<i64>, i64, i64, Option<i64>) {
    let dollars = |amount: Money| amount.cents() / 100;
    (
        dollars(row.pos_before),
        row.quickbooks.map(dollars),
        dollars(row.unsent),
        dollars(row.pos_after),
        row.available.map(dollars),
    )
}

pub(crate) fn outcomes(reports: &[Report]) -> Vec<(String, Outcome)> {
    let entries = reports.iter().flat_map(|report| &report.documents);
    entries.map(|entry| (entry.number.clone(), entry.outcome)).collect()
}

/// G-23: two charges at two stores exceed the limit. `hold`: the first posts, the second waits whole; a payment makes room for it.
#[tokio::test]
async fn g_23_the_second_charge_over_the_limit_is_held_until_there_is_room() {
    let shop = shop(Some(200));
    let batches = [batch("boston", 4, &[(1, 0, 160)]), batch("salem", 9, &[(2, 5, 50)])];
    let (first, reports) = day(&shop, &batches).await;
    assert_eq!(first.customers.counts.added_to_quickbooks, 1, "a charge needs a record (F-03)");
    assert_eq!(
        outcomes(&reports),
        [("CLT1B4".to_owned(), Outcome::Created), ("SLT2B9".to_owned(), Outcome::Held)]
    );
    assert_eq!(reports[1].documents[0].hold, Some(Hold::Limit));
    let held: Vec<String> = first.held.iter().map(|held| held.judgement.to_string()).collect();
    assert_eq!(held, ["held: 210.00 > 200.00, over by 10.00"]);
    assert_eq!(figures(sara(&first)), (0, Some(160), 50, 210, Some(-10)), "it counts at the POS (F-04)");
    assert_eq!(shop.pos.available(&key("c-77")), Some(money(-1_000)));

    // The same again: nothing moves.
    let (again, _) = day(&shop, &batches).await;
    assert_eq!((again.held.len(), figures(sara(&again))), (1, (210, Some(160), 50, 210, Some(-10))));

    // A payment of a later day makes room; the held transaction posts whole.
    let paid = [batches[0].clone(), batches[1].clone(), batch("boston", 5, &[(3, 10, -100)])];
    let (last, reports) = day(&shop, &paid).await;
    assert_eq!(last.held, []);
    assert!(outcomes(&reports).iter().all(|(_, outcome)| outcome.is_done()), "{:?}", outcomes(&reports));
    assert_eq!(figures(sara(&last)), (210, Some(110), 0, 110, Some(90)));
    let numbers = |text: &str| shop.world.numbered(text).len();
    assert_eq!((numbers("CLT1B4"), numbers("SLT2B9")), (1, 1));
}

/// G-23: `post`: both post, and the report says by how much the limit is exceeded.
#[tokio::test]
async fn g_23_where_the_policy_is_to_post_both_post_and_it_is_told() {
    let mut shop = shop(Some(200));
    shop.options.settings.limit_policy = LimitPolicy::Post;
    let batches = [batch("boston", 4, &[(1, 0, 160)]), batch("salem", 9, &[(2, 5, 50)])];
    let (first, reports) = day(&shop, &batches).await;
    assert!(outcomes(&reports).iter().all(|(_, outcome)| *outcome == Outcome::Created));
    let over: Vec<String> = first.over.iter().map(|over| over.judgement.to_string()).collect();
    assert_eq!((first.held.len(), over), (0, vec!["posted: 210.00 > 200.00, over by 10.00".to_owned()]));
    assert_eq!(figures(sara(&first)), (0, Some(210), 0, 210, Some(-10)));
}

/// F-11: a user releases a held charge.
#[tokio::test]
async fn f_11_a_user_releases_a_held_charge() {
    let mut shop = shop(Some(200));
    let batches = [batch("boston", 4, &[(1, 0, 160)]), batch("salem", 9, &[(2, 5, 50)])];
    let (first, _) = day(&shop, &batches).await;
    shop.options.released.insert(first.held[0].event.clone());
    let (second, reports) = day(&shop, &batches).await;
    assert_eq!((second.held.len(), second.over.len()), (0, 1));
    assert!(outcomes(&reports).iter().all(|(_, outcome)| outcome.is_done()));
}

/// G-24: QuickBooks says 120.00 where the POS had 160.00: a payment was typed there. The POS takes it over.
#[tokio::test]
async fn g_24_quickbooks_figure_overwrites_the_balance() {
    let shop = shop(Some(200));
    let batches = [batch("boston", 4, &[(1, 0, 160)])];
    let (first, _) = day(&shop, &batches).await;
    assert_eq!(figures(sara(&first)), (0, Some(160), 0, 160, Some(40)));
    let id = shop.record_of(&key("c-77"));
    shop.world.wire.type_in("payment", &json!({"CustomerRef": {"value": id}, "TotalAmt": 40.00}));
    let (second, _) = day(&shop, &batches).await;
    assert_eq!(figures(sara(&second)), (160, Some(120), 0, 120, Some(80)));
    // Quiet: nobody's balance has moved, and it stays.
    let (third, _) = day(&shop, &batches).await;
    assert!(third.balances.iter().all(|row| row.pos_before == row.pos_after));
}

/// F-04: what the stores have not handed over counts beside QuickBooks' figure.
#[tokio::test]
async fn f_04_unsent_charges_count_beside_the_figure() {
    let shop = shop(Some(200));
    let sent = batch("boston", 4, &[(1, 0, 100)]);
    let event = mapping::customers::charges_of(&batch("salem", 9, &[(2, 5, 30)]))[0].event.clone();
    let (customer, amount) = (key("c-77"), money(3_000));
    shop.pos.charge(Movement { event, customer, amount, state: MovementState::Open });
    let (first, _) = day(&shop, std::slice::from_ref(&sent)).await;
    assert_eq!(figures(sara(&first)), (30, Some(100), 30, 130, Some(70)));
    // The batch is handed over: the same charge is in the figure now, and not beside it.
    let (second, _) = day(&shop, &[sent, batch("salem", 9, &[(2, 5, 30)])]).await;
    assert_eq!(figures(sara(&second)), (130, Some(130), 0, 130, Some(70)));
}

/// F-01: balances that the first overwrite would change are listed and wait until a person confirms.
#[tokio::test]
async fn f_01_the_first_overwrite_of_balances_waits_for_a_person() {
    let mut shop = shop(None);
    shop.options.confirms_first_balances = false;
    shop.edit_at_pos(&key("c-77"), |ours| ours.balance = Some(money(5_000)));
    let (first, _) = day(&shop, &[]).await;
    assert_eq!(first.balances.iter().filter(|row| row.waits.is_some()).count(), 1);
    assert_eq!(shop.pos.customer(&key("c-77")).unwrap().balance, Some(money(5_000)));
    shop.options.confirms_first_balances = true;
    let (_, _) = day(&shop, &[batch("boston", 4, &[(1, 0, 20)])]).await;
    assert_eq!(shop.pos.customer(&key("c-77")).unwrap().balance, Some(money(2_000)));
}

/// The numbers of documents that are posted, of those that wait, and what is said of the customers.
pub(crate) fn told(reports: &[Report]) -> (Vec<&str>, Vec<&str>, Vec<String>) {
    let entries = || reports.iter().flat_map(|report| &report.documents);
    let numbers = |is_done: bool| {
        let of = entries().filter(move |entry| entry.outcome.is_done() == is_done);
        of.map(|entry| entry.number.as_str()).collect()
    };
    let customers = reports.iter().flat_map(|report| &report.list_entries);
    (numbers(true), numbers(false), customers.filter_map(|entry| entry.reason.clone()).collect())
}

/// F-03: a customer who is inactive in QuickBooks holds up its own events and nobody else's, until a person makes it active.
#[tokio::test]
async fn f_03_an_inactive_customer_holds_up_its_own_events_alone() {
    let shop = shop(None);
    shop.new_at_pos("c-78", "Sahra", "Edwards", "s@example.com");
    _ = day(&shop, &[]).await;
    let id = shop.record_of(&key("c-77"));
    shop.edit_in_quickbooks(&id, &json!({"Active": false}));
    let batches = [batch_of("boston", 4, &[("c-77", 1, 0, 20), ("c-78", 2, 1, 30), ("c-77", 3, 2, -5)])];
    let (first, reports) = day(&shop, &batches).await;
    let (posted, waiting, said) = told(&reports);
    assert_eq!((posted, waiting.len()), (vec!["CLT2B4"], 2));
    let inactive =
        format!("customer c-77 of retailer 1651: QuickBooks' record {id} is inactive; make it active there");
    assert_eq!(said, [inactive]);
    assert_eq!(
        first.customers.refusals.iter().map(|refusal| refusal.code()).collect::<Vec<_>>(),
        ["inactive-while-charged"]
    );
    assert_eq!(figures(sara(&first)), (0, Some(0), 15, 15, None), "what waits counts (F-04)");

    // It is one customer's matter in later exchanges, too; once the record is active the events post.
    let (_, reports) = day(&shop, &batches).await;
    assert_eq!(told(&reports).1.len(), 2);
    shop.edit_in_quickbooks(&id, &json!({"Active": true}));
    let (last, reports) = day(&shop, &batches).await;
    assert_eq!((told(&reports).1, last.customers.refusals.len()), (Vec::<&str>::new(), 0));
    assert_eq!(figures(sara(&last)), (15, Some(15), 0, 15, None));
}

/// F-03: where the company has chosen so, a charge makes the record active, and its events post in the same exchange.
#[tokio::test]
async fn f_03_a_charge_wakes_its_customer_and_posts_in_the_same_exchange() {
    let mut shop = shop(None);
    shop.options.settings.wakes = true;
    _ = day(&shop, &[]).await;
    let id = shop.record_of(&key("c-77"));
    shop.edit_in_quickbooks(&id, &json!({"Active": false}));
    let (first, reports) = day(&shop, &[batch("boston", 4, &[(1, 0, 20)])]).await;
    assert!(
        outcomes(&reports).iter().all(|(_, outcome)| *outcome == Outcome::Created),
        "{:?}",
        outcomes(&reports)
    );
    assert_eq!((shop.record(&id)["Active"].clone(), figures(sara(&first)).3), (json!(true), 20));
}

/// F-04: when a person makes a customer inactive who owes, QuickBooks writes the balance off with a credit memo; that is named.
#[tokio::test]
async fn f_04_a_balance_that_quickbooks_wrote_off_is_named() {
    let shop = shop(None);
    let batches = [batch("boston", 4, &[(1, 0, 20)])];
    let (first, _) = day(&shop, &batches).await;
    assert!(!sara(&first).is_written_off);
    let (entity, id) = ("Customer".to_owned(), shop.record_of(&key("c-77")));
    shop.world.wire.person(&qb_simulator::PersonAct::MakeInactive { entity, id });
    let (second, _) = day(&shop, &batches).await;
    assert_eq!((figures(sara(&second)), sara(&second).is_written_off), ((20, Some(0), 0, 0, None), true));
    let (third, _) = day(&shop, &batches).await;
    assert!(third.balances.iter().all(|row| row.pos_after.is_zero()));
}

/// F-03, F-08: what was posted before a customer was made inactive, or merged, is posted: nothing of it is asked for again.
#[tokio::test]
async fn f_08_documents_of_a_merged_customer_stay_posted_and_tie_out_on_its_keeper() {
    let shop = shop(None);
    let double = shop.new_at_pos("c-78", "Sahra", "Edwards", "s@example.com");
    let batches = [batch_of("boston", 4, &[("c-77", 1, 0, 20), ("c-78", 2, 1, 30)])];
    _ = day(&shop, &batches).await;
    let of_double = shop.record_of(&double);
    shop.edit_at_pos(&double, |ours| ours.merged_into = Some(key("c-77")));
    let later = [batches[0].clone(), batch_of("salem", 9, &[("c-78", 3, 5, 7)])];
    let (second, reports) = day(&shop, &later).await;
    assert_eq!(told(&reports), (vec!["CLT1B4", "CLT2B4", "SLT3B9"], vec![], vec![]));
    assert_eq!(figures(sara(&second)), (20, Some(57), 0, 57, None), "both records' figures are the keeper's");
    let ties = shop.world.tie_out(&later).await;
    assert_eq!(ties.differences, [], "documents stand on either record of one customer");
    let rows: Vec<_> =
        ties.parts.iter().filter_map(|part| Some((part.customer.clone()?, part.quickbooks))).collect();
    let names: std::collections::BTreeSet<&String> = rows.iter().map(|(name, _)| name).collect();
    assert_eq!((names.len(), rows.iter().map(|(_, amount)| *amount).sum::<Money>()), (1, money(5_700)));

    // A person merges the records in QuickBooks as well: the documents move, and it is the same customer still.
    let into = shop.record_of(&key("c-77"));
    shop.world.wire.person(&qb_simulator::PersonAct::Merge {
        entity: "Customer".to_owned(),
        id: of_double,
        into,
    });
    let (third, reports) = day(&shop, &later).await;
    assert_eq!((told(&reports).1.len(), third.customers.refusals.len()), (0, 0));
    assert_eq!(shop.pos.customer(&key("c-77")).unwrap().balance, Some(money(5_700)));
    assert_eq!(shop.world.tie_out(&later).await.differences, []);
}

/// F-14: two customers of the point of sale whose records a person merged in QuickBooks are one: one keeper, one line of the tie-out.
#[tokio::test]
async fn f_14_two_customers_on_one_merged_record_tie_out_as_one() {
    let shop = shop(None);
    let double = shop.new_at_pos("c-78", "Sahra", "Edwards", "s@example.com");
    let batches = [batch_of("boston", 4, &[("c-77", 1, 0, 20), ("c-78", 2, 1, 30)])];
    _ = day(&shop, &batches).await;
    let (id, into) = (shop.record_of(&double), shop.record_of(&key("c-77")));
    shop.world.wire.person(&qb_simulator::PersonAct::Merge { entity: "Customer".to_owned(), id, into });
    // The party of a document of ours says which record stands for the lost one.
    let (second, reports) = day(&shop, &batches).await;
    assert_eq!(second.customers.counts.merged, 1, "{:?}", second.customers);
    assert_eq!(told(&reports), (vec!["CLT1B4", "CLT2B4"], vec![], vec![]));
    assert_eq!(shop.pos.customer(&double).unwrap().merged_into, Some(key("c-77")));
    assert_eq!(figures(sara(&second)), (20, Some(50), 0, 50, None));
    assert_eq!(shop.world.tie_out(&batches).await.differences, []);
}
