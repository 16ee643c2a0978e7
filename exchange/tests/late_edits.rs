//! T-06: a batch that was changed at the till after it was posted, where the company has late edits corrected. What is posted stays as
//! it is; corrections beside it bring the books to what the till says now; run again posts nothing.

#![allow(
    clippy::print_stdout,
    reason = "the figures of the cuts: cargo test -p exchange --test all late_edits -- --nocapture"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::support;

use exchange::{Entry, Exchange, MemoryLog, Outcome, Report, RunError, TieOut, purge};
use mapping::{CompanyMapping, Origin};
use pos_model::{Batch, Money, PosFile, raw};
use qb_client::Clock;
use qb_simulator::PersonAct;
use serde_json::{Value, json};
use support::pos::{batch, sale, sample_day, taxed_sale};
use support::wire::{Fault, creates};
use support::{World, all_are, until_stopped};

const DAY: &str = "2026-02-03";

fn mapped(mapping: &Value) -> CompanyMapping {
    serde_json::from_value(mapping.clone()).unwrap()
}

fn correcting() -> World {
    let mut world = World::new();
    world.map(mapped(&json!({"late_edits": "correct"})));
    world
}

/// What a night does with a batch as the till has it now.
async fn night(exchange: &mut Exchange, batch: &Batch) -> Result<(Vec<Report>, TieOut), RunError> {
    let posted = exchange.as_posted(batch).await?;
    let origins: Vec<Origin<'_>> = match &posted {
        Some(posted) => posted.origins().collect(),
        None => vec![batch.into()],
    };
    let mut reports = Vec::new();
    for origin in &origins {
        reports.push(exchange.run(*origin).await?);
    }
    let ties = exchange.tie_out(origins).await?;
    Ok((reports, ties))
}

/// A night after which everything ties out, and another that writes nothing.
async fn good_night(world: &World, batch: &Batch, place: &str) -> TieOut {
    let (reports, ties) = night(&mut world.exchange(), batch).await.unwrap();
    assert!(
        reports.iter().flat_map(|report| &report.documents).all(|entry| entry.outcome.is_done()),
        "{place}"
    );
    assert!(ties.is_tied_out(), "{place}: {ties:?}");
    world.audit();
    let (writes, length) = (world.wire.writes().len(), world.log.length());
    let (reports, again) = night(&mut world.exchange(), batch).await.unwrap();
    assert!(all_are(&reports, Outcome::AlreadyPosted), "{place}");
    assert!(again.is_tied_out(), "{place}");
    assert_eq!((world.wire.writes().len(), world.log.length()), (writes, length), "{place}: once more");
    ties
}

/// What the accounts have by QuickBooks, none of 0.00.
fn accounts(ties: &TieOut) -> BTreeMap<String, Money> {
    let accounts = ties.accounts.iter().filter(|tie| !tie.quickbooks.is_zero());
    accounts.map(|tie| (tie.name.clone(), tie.quickbooks)).collect()
}

fn day(transactions: &[Value]) -> Batch {
    batch("1", 4, DAY, transactions)
}

#[tokio::test]
async fn t_06_what_is_posted_stays_and_corrections_bring_the_books_to_the_till() {
    let world = correcting();
    let (whole, more) = (day(&[sale(1, DAY, "20.00"), taxed_sale(2, DAY)]), sale(3, DAY, "7.00"));
    good_night(&world, &whole, "as it was").await;
    let posted = world.documents();
    let mut dearer = sale(1, DAY, "20.00");
    dearer["lines"][0]["amount"] = json!("25.00");
    dearer["tenders"][0]["amount"] = json!("25.00");
    let mut by_check = taxed_sale(2, DAY);
    by_check["tenders"][0]["type"] = json!(15240);
    let mut of_sarah = taxed_sale(2, DAY);
    of_sarah["customer"] = json!("1042");
    // Each state is edited into the next, and every one comes to what a company that never saw another has.
    let states = [
        ("voided", day(&[sale(1, DAY, "20.00")])),
        ("back again", whole.clone()),
        ("another amount", day(&[dearer.clone(), taxed_sale(2, DAY)])),
        ("paid otherwise", day(&[dearer.clone(), by_check])),
        ("of a customer, and one rung up late", day(&[dearer, of_sarah, more])),
        ("nothing left", day(&[])),
        ("as it was first", whole.clone()),
    ];
    for (name, state) in states {
        let ties = good_night(&world, &state, name).await;
        let documents = world.documents();
        assert!(
            posted.iter().all(|document| documents.contains(document)),
            "{name}: nothing posted is edited"
        );
        let other = correcting();
        let wanted = good_night(&other, &state, name).await;
        assert_eq!(accounts(&ties), accounts(&wanted), "{name}");
    }
    let numbers: Vec<String> = (1..=8).map(|n| format!("CLT2B4C{n}")).collect();
    let found: Vec<bool> = numbers.iter().map(|number| !world.numbered(number).is_empty()).collect();
    // 3 changed another sale alone; the customer took 5 and 6.
    assert_eq!(found, [true, true, false, false, true, true, true, true]);
}

/// Every kind of event of the sample day, gone afterwards, leaves nothing on any account; back again it is what it was.
#[tokio::test]
async fn t_06_a_day_that_was_never_there() {
    for of in sample_day() {
        let world = correcting();
        let before = good_night(&world, &of, "as it was").await;
        let mut file = raw::PosFile::from(&of);
        let empty = &mut file.batches[0];
        (empty.transactions, empty.deposits) = Default::default();
        (empty.account_payments, empty.pay_ins_and_outs) = Default::default();
        let empty = PosFile::try_from(file).unwrap().into_parts().0.remove(0);
        let ties = good_night(&world, &empty, "never there").await;
        assert!(accounts(&ties).is_empty(), "{:?}", accounts(&ties));
        let after = good_night(&world, &of, "back again").await;
        assert_eq!(accounts(&after), accounts(&before));
    }
}

/// F-07: a receipt inside a summary is corrected by documents of that receipt alone.
#[tokio::test]
async fn t_06_a_receipt_of_a_summary_is_corrected_by_itself() {
    let mut world = World::new();
    world.map(mapped(&json!({"late_edits": "correct", "item_detail": [{"detail": "charges"}]})));
    good_night(&world, &day(&[sale(1, DAY, "20.00"), sale(2, DAY, "5.00")]), "as it was").await;
    let summary = world.numbered("CLS260203B4");
    good_night(&world, &day(&[sale(1, DAY, "20.00")]), "one voided").await;
    assert_eq!(world.numbered("CLS260203B4"), summary);
    let lines = world.numbered("CLT2B4C1");
    assert_eq!(lines.len(), 2, "a credit memo and its settlement: {lines:?}");
    assert!(lines[0].starts_with("CreditMemo CLT2B4C1 2026-02-03 5.0 "), "{lines:?}");
    assert!(lines[0].ends_with("boston/1/4/transaction-2/correction-1"), "{lines:?}");
}

/// What changes after the books are closed is dated on the first day on which they are open, as they were closed when it was
/// written down.
#[tokio::test]
async fn t_06_a_correction_is_dated_when_the_books_are_open() {
    let mut world = correcting();
    good_night(&world, &day(&[sale(1, DAY, "20.00"), sale(2, DAY, "5.00")]), "as it was").await;
    world.wire.person(&closed("2026-02-28"));
    world.clock.advance_to("2026-03-05");
    let edited = day(&[sale(1, DAY, "20.00")]);
    let ties = good_night(&world, &edited, "closed").await;
    assert!(world.numbered("CLT2B4C1").iter().all(|line| line.contains(" 2026-03-01 ")));
    let moved = |date: &str| {
        let parts = ties.parts.iter().filter(|part| part.date.to_string() == date && part.customer.is_none());
        parts.filter(|part| part.account.contains("Sales")).map(|part| part.quickbooks).sum::<Money>()
    };
    assert_eq!((moved(DAY).to_string(), moved("2026-03-01").to_string()), ("-25.00".into(), "5.00".into()));
    // Closed further since: what is posted keeps its day.
    world.wire.person(&closed("2026-03-31"));
    world.clock.advance_to("2026-04-05");
    good_night(&world, &edited, "closed further").await;
    world.map(mapped(&json!({"late_edits": "refuse"})));
    good_night(&world, &edited, "no longer corrected").await;
    let error = night(&mut world.exchange(), &day(&[])).await.unwrap_err();
    assert_eq!(error.code(), "batch-changed");
    assert!(error.to_string().contains("transaction 1"), "{error}");
}

/// A process may stop at any point of a night that corrects: the next one ends where an undisturbed one does.
#[tokio::test]
async fn t_06_killed_at_any_point_a_late_edit_is_corrected_once() {
    let (before, after) =
        (day(&[sale(1, DAY, "20.00"), sale(2, DAY, "5.00")]), day(&[sale(1, DAY, "25.00")]));
    let undisturbed = correcting();
    good_night(&undisturbed, &before, "as it was").await;
    undisturbed.gate.stop_at(0);
    night(&mut undisturbed.exchange(), &after).await.unwrap();
    let points = undisturbed.gate.passed();
    assert!(points >= 40, "only {points} points");
    println!("a late edit is cut at {points} points");
    for point in 1..=points {
        let world = correcting();
        good_night(&world, &before, "as it was").await;
        let mut exchange = world.exchange();
        world.gate.stop_at(point);
        let ended = until_stopped(Box::pin(night(&mut exchange, &after)), true).await;
        world.gate.stop_at(0);
        assert!(ended.is_none(), "point {point} was not reached");
        good_night(&world, &after, &format!("point {point}")).await;
        assert_eq!(world.documents(), undisturbed.documents(), "point {point}");
    }
}

/// An edit of a batch that is not all posted waits for the rest; one of events that nothing is posted of is no late edit.
#[tokio::test]
async fn t_06_an_edit_waits_for_what_is_still_to_come() {
    let world = correcting();
    world.wire.times(9, creates("payment", "transaction-2"), Fault::Refused("2010"));
    let whole = day(&[sale(1, DAY, "20.00"), sale(2, DAY, "5.00")]);
    night(&mut world.exchange(), &whole).await.unwrap();
    let edited = day(&[sale(1, DAY, "25.00"), sale(2, DAY, "5.00")]);
    let posted = world.exchange().as_posted(&edited).await.unwrap().unwrap();
    assert_eq!((posted.corrections.len(), posted.waits_for.len()), (0, 1));
    assert_eq!(posted.waits_for[0].as_str(), "pay-CL15239T2B4");
    world.wire.heal();
    // This night posts the rest, the next one corrects.
    night(&mut world.exchange(), &edited).await.unwrap();
    good_night(&world, &edited, "corrected").await;
    assert_eq!(world.numbered("CLT1B4C1").len(), 2, "the invoice, and what settles it with the credit memo");

    let world = correcting();
    world.wire.times(9, creates("invoice", "transaction-2"), Fault::Refused("2010"));
    night(&mut world.exchange(), &whole).await.unwrap();
    world.wire.heal();
    let edited = day(&[sale(1, DAY, "20.00"), sale(2, DAY, "6.00")]);
    good_night(&world, &edited, "nothing of it was posted").await;
    assert!(world.numbered("CLT2B4")[0].contains(" 6.0 "), "{:?}", world.documents());
}

/// What a person has put right by hand is not corrected on top: done whole it is taken as such, done in part it is refused.
#[tokio::test]
async fn t_06_nothing_is_corrected_on_top_of_what_a_person_did() {
    let world = correcting();
    good_night(&world, &day(&[sale(1, DAY, "20.00"), sale(2, DAY, "5.00")]), "as it was").await;
    let edited = day(&[sale(1, DAY, "20.00")]);
    world.wire.change("Payment", "CL15239T2B4", "void", &json!({}));
    let (writes, length) = (world.wire.writes().len(), world.log.length());
    let error = night(&mut world.exchange(), &edited).await.unwrap_err();
    assert_eq!(error.code(), "late-edit-by-hand");
    assert!(error.to_string().contains("voided or deleted Payment CL15239T2B4 in QuickBooks"), "{error}");
    assert_eq!(
        (world.wire.writes().len(), world.log.length()),
        (writes, length),
        "nothing is sent or written down"
    );
    world.wire.change("Invoice", "CLT2B4", "delete", &json!({}));
    let ties = good_night(&world, &edited, "both gone").await;
    assert!(world.numbered("CLT2B4C1").is_empty());
    assert!(ties.is_tied_out());
}

/// The log keeps a batch before its first document, and only where late edits are corrected; what it keeps is personal and stays out
/// of `Debug`. Once it is forgotten, no later edit is guessed at.
#[tokio::test]
async fn t_06_the_log_keeps_what_was_posted() {
    let mut sold = sale(1, DAY, "20.00");
    sold["customer"] = json!("1042");
    let whole = day(&[sold, sale(2, DAY, "5.00")]);
    let world = World::new();
    world.run(std::slice::from_ref(&whole)).await;
    assert!(!world.log.entries().iter().any(|entry| matches!(entry, Entry::BatchKept(_))));
    let world = correcting();
    good_night(&world, &whole, "as it was").await;
    let entries = world.log.entries();
    let kept = entries.iter().position(|entry| matches!(entry, Entry::BatchKept(_))).unwrap();
    let sent = entries
        .iter()
        .position(|entry| matches!(entry, Entry::Sending { sent, .. } if sent.identity.is_some()));
    assert!(kept < sent.unwrap(), "before its first document");
    let Entry::BatchKept(batch) = &entries[kept] else { unreachable!() };
    assert!(batch.body.contains("Connor") && !format!("{batch:?}").contains("Connor"));
    good_night(&world, &day(&[sale(2, DAY, "5.00")]), "one voided").await;
    let mut forgotten = world.log.entries();
    for entry in &mut forgotten {
        if let Entry::BatchKept(batch) = entry {
            batch.body.clear();
        }
    }
    world.log.replace(&forgotten);
    let error = night(&mut world.exchange(), &day(&[])).await.unwrap_err();
    assert_eq!(error.code(), "late-edit-forgotten");
}

/// A purge forgets what late edits would be compared with, but not what was corrected: that is planned from it in every run.
#[tokio::test]
async fn t_06_a_purge_keeps_what_was_corrected() {
    let (whole, edited) =
        (day(&[sale(1, DAY, "20.00"), sale(2, DAY, "5.00")]), day(&[sale(1, DAY, "20.00")]));
    let other = batch("1", 5, DAY, &[sale(3, DAY, "7.00")]);
    let (world, log) = (correcting(), Arc::new(MemoryLog::new()));
    let exchange = || {
        world.clock.advance(60);
        Exchange::new(world.client(), Arc::clone(&log) as _, world.mapping.clone())
    };
    for of in [&whole, &other, &edited] {
        night(&mut exchange(), of).await.unwrap();
    }
    world.clock.advance(3_600);
    let purged = purge(&*log, "exchange", "2030-01-01".parse().unwrap(), world.clock.now()).await.unwrap();
    assert!(purged.bodies > 5, "{purged:?}");
    let writes = world.wire.writes().len();
    for of in [&edited, &other] {
        let (reports, ties) = night(&mut exchange(), of).await.unwrap();
        assert!(all_are(&reports, Outcome::AlreadyPosted) && ties.is_tied_out());
    }
    assert_eq!(world.wire.writes().len(), writes);
    let error = night(&mut exchange(), &batch("1", 5, DAY, &[])).await.unwrap_err();
    assert_eq!(error.code(), "batch-changed", "what it was is forgotten: it is refused, as it always was");
    night(&mut exchange(), &whole).await.unwrap();
    assert_eq!(world.numbered("CLT2B4C2").len(), 1);
}

fn closed(to: &str) -> PersonAct {
    PersonAct::CloseBooks { on: Some(to.parse().unwrap()) }
}
