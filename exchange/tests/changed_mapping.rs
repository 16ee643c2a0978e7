//! A mapping that changes on a date or between two runs: what was under way under the old one is never taken for the new
//! one, and what is posted once is posted once.

use crate::support;

use exchange::{Outcome, TieOut};
use mapping::CompanyMapping;
use serde_json::{Value, json};
use support::pos::{batch, golden, sale, salem};
use support::wire::{Fault, creates, reads};
use support::{World, all_are};

fn map(world: &mut World, mapping: Value) {
    world.map(serde_json::from_value::<CompanyMapping>(mapping).unwrap());
}

fn id_of(world: &World, name: &str) -> String {
    let rows = world.wire.rows("Account");
    let row = rows.iter().find(|row| row["Name"] == name).unwrap_or_else(|| panic!("no {name}"));
    row["Id"].as_str().unwrap().to_owned()
}

/// the answer to an account's creation is lost, and then the role is mapped to another account. The one in
/// doubt is settled as what it was; the role is the other.
#[tokio::test]
async fn a_12_an_account_in_doubt_is_not_taken_for_the_one_that_is_mapped_now() {
    for (fault, old) in [(Fault::AnswerLost, 1), (Fault::RequestLost, 0)] {
        let mut world = World::new();
        world.wire.once(creates("account", "Cloud POS Till Takings"), fault);
        world.wire.times(20, reads("query", "Name = 'Cloud POS Till Takings"), Fault::Status(503, false));
        let day = [batch("1", 4, "2026-02-03", &[sale(1, "2026-02-03", "20.00")])];
        let error = world.exchange().run(&day[0]).await.unwrap_err();
        assert_eq!(error.code(), "not-ready", "{error:?}");
        world.wire.heal();
        world.clock.advance(600);
        map(&mut world, json!({"accounts": {"till_takings": "Drawer"}}));
        assert!(all_are(&world.run(&day).await, Outcome::Created));
        let payment = world.wire.rows("Payment").remove(0);
        assert_eq!(payment["DepositToAccountRef"]["value"], id_of(&world, "Drawer"));
        assert!(world.tie_out(&day).await.is_tied_out());
        let names = world.wire.rows("Account");
        let is_old = |row: &&Value| row["Name"] == "Cloud POS Till Takings Control Account";
        assert!(names.iter().filter(is_old).count() <= 1, "once at most, {old}");
        world.audit();
    }
}

/// T-05: the opening entry is one for the company, whichever store lends its prefix and whatever its date becomes.
#[tokio::test]
async fn t_05_the_opening_entry_is_posted_once_for_the_company() {
    let mapping = |date: &str| {
        json!({
            "opening": {"date": date, "vouchers": "120.00", "from_account": "Opening Balance Equity",
                "confirmed": true},
            "stores": {"boston": {"prefix": "BO"}, "salem": {"prefix": "SA"}}
        })
    };
    let mut world = World::new();
    map(&mut world, mapping("2026-02-02"));
    let (boston, salem) = (golden("t05_opening_balances"), salem(4, "2026-02-03", &[]));
    world.exchange().run_opening_entry(boston[0].store()).await.unwrap();
    let error = world.exchange().run_opening_entry(salem.store()).await.unwrap_err();
    assert_eq!(error.code(), "opening-posted", "{error}");
    assert!(error.to_string().contains("BOOB260202"), "{error}");
    map(&mut world, mapping("2026-02-01"));
    let error = world.exchange().run_opening_entry(boston[0].store()).await.unwrap_err();
    assert_eq!(error.code(), "opening-posted", "{error}");
    assert_eq!(world.wire.rows("JournalEntry").len(), 1);
}

/// T-05, N-13: the same where the stores share a prefix; no advice leads to a second entry.
#[tokio::test]
async fn t_05_the_opening_entry_of_stores_with_one_prefix_is_posted_once() {
    let mut world = World::new();
    let opening = json!({"opening": {"date": "2026-02-02", "vouchers": "120.00",
        "from_account": "Opening Balance Equity", "confirmed": true}});
    map(&mut world, opening);
    let boston = golden("t05_opening_balances");
    world.exchange().run_opening_entry(boston[0].store()).await.unwrap();
    let salem = salem(4, "2026-02-03", &[]);
    let error = world.exchange().run_opening_entry(salem.store()).await.unwrap_err();
    assert_eq!(error.code(), "opening-posted", "{error}");
    world.exchange().run_opening_entry(boston[0].store()).await.unwrap();
    assert_eq!(world.wire.rows("JournalEntry").len(), 1);
}

/// T-05: the opening entry names the accounts of its own day.
#[tokio::test]
async fn t_05_the_opening_entry_is_mapped_as_its_day_is() {
    let mut world = World::new();
    let mapping = json!({
        "opening": {"date": "2026-02-02", "vouchers": "120.00", "from_account": "Opening Balance Equity",
            "confirmed": true},
        "changes": [{"from": "2026-01-01", "accounts": {"vouchers": "Certificates"}}]
    });
    map(&mut world, mapping);
    let day = golden("t05_opening_balances");
    world.exchange().run_opening_entry(day[0].store()).await.unwrap();
    let entry = world.wire.rows("JournalEntry").remove(0).to_string();
    assert!(
        entry.contains("\"Certificates\"")
            || entry.contains(&format!("\"{}\"", id_of(&world, "Certificates"))),
        "{entry}"
    );
    assert!(world.tie_out(&day[..0]).await.is_tied_out());
}

/// T-05: an opening entry that waits for the accountant, or failed, is a difference to be stated, like one that is not ours
/// to post.
#[tokio::test]
async fn t_05_an_opening_that_is_not_posted_is_stated() {
    let mut world = World::new();
    let opening = json!({"opening": {"date": "2026-02-02", "vouchers": "120.00",
        "from_account": "Opening Balance Equity", "confirmed": true}});
    map(&mut world, opening);
    let day = golden("t05_opening_balances");
    world.run(&day).await;
    let notices = |ties: TieOut| ties.notices.iter().map(ToString::to_string).collect::<Vec<_>>();
    let said = notices(world.tie_out(&day).await);
    let stated = "120.00 outstanding at the start is carried elsewhere in the books";
    assert!(said.iter().any(|notice| notice.starts_with(stated)), "{said:?}");
    world.exchange().run_opening_entry(day[0].store()).await.unwrap();
    assert_eq!(notices(world.tie_out(&day).await), [""; 0]);
}

/// the account of an earlier period is made inactive once it is empty, as accountants do; its batches still tie out.
#[tokio::test]
async fn x_01_an_account_of_an_earlier_period_may_be_inactive_by_now() {
    let mut world = World::new();
    world.clock.advance_to("2026-04-01");
    let mapping =
        json!({"changes": [{"from": "2026-04-01", "accounts": {"drops_and_payouts": "Petty Cash"}}]});
    map(&mut world, mapping);
    let pay = |id: u64, direction: &str, date: &str| {
        json!({"id": id, "direction": direction, "occurred_at": format!("{date}T10:00:00-05:00"),
            "tender_type": 15239, "amount": "5.00", "reason": "bank"})
    };
    let day = |number: u64, date: &str| {
        let file = json!({"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
            "tender_types": [{"id": 15239, "name": "Cash", "kind": "cash"}],
            "batches": [{"register": "1", "number": number, "business_date": date, "status": "closed",
                "closed_at": format!("{date}T18:05:00-05:00"),
                "pay_ins_and_outs": [pay(number, "pay_in", date), pay(number + 100, "pay_out", date)]}]});
        pos_model::PosFile::from_json(file.to_string().as_bytes()).unwrap().into_parts().0.remove(0)
    };
    let days = [day(4, "2026-03-31"), day(5, "2026-04-01")];
    world.run(&days).await;
    let rows = world.wire.rows("Account");
    let old = rows.iter().find(|row| row["Name"] == "Cloud POS Drops and Payouts Control Account").unwrap();
    let mut inactive = old.clone();
    inactive["Active"] = json!(false);
    world.wire.type_in("account", &inactive);
    for days in [&days[..], &days[..1]] {
        let ties = world.tie_out(days).await;
        assert!(ties.is_tied_out(), "{ties:?}");
        assert!(ties.accounts.iter().any(|tie| tie.id == old["Id"]), "{ties:?}");
    }
}
