//! Whatever people did is put right by a verb: shown first, then done, and proven by another look and by the tie-out.

use crate::drift::CASES;
use crate::support;

use exchange::drift::{Deviation, DriftFinding, Mending, MendingResult, Reach, Verb};
use exchange::{By, Cause};
use qb_simulator::PersonAct;
use serde_json::json;
use support::pos::sample_day;
use support::{World, until_stopped};

const ON_ACCOUNT: &str = "CLT1521050B7";

fn pat() -> By {
    By::new("Pat", "seen with the accountant")
}

/// What puts a finding right.
fn verb(finding: &DriftFinding) -> Verb {
    match finding.what {
        Deviation::Changed | Deviation::Redated | Deviation::Unmatched => Verb::Restore,
        Deviation::Voided | Deviation::Deleted => Verb::Repost,
        _ => Verb::Accept,
    }
}

async fn open(world: &World) -> Vec<DriftFinding> {
    world.exchange().drift(Reach::Changes).await.unwrap().open().cloned().collect()
}

async fn preview(world: &World, finding: &DriftFinding, verb: Verb) -> Mending {
    world.exchange().preview_mend(&finding.id, verb, Reach::Changes).await.unwrap()
}

async fn mend(world: &World, finding: &DriftFinding, verb: Verb) -> Mending {
    world.exchange().mend(&finding.id, verb, Reach::Changes, &pat()).await.unwrap()
}

/// Twenty-two cases of tampering, each put right.
#[tokio::test]
async fn whatever_people_did_is_put_right_by_a_verb_and_the_books_tie_out() {
    let mut cases = 0;
    for (name, act, expected) in CASES.iter().filter(|(_, _, expected)| !expected.is_empty()) {
        let world = World::new();
        let day = sample_day();
        world.run(&day).await;
        world.clock.advance(3600);
        act(&world);
        cases += 1;
        let mut done = 0;
        while let Some(finding) = open(&world).await.into_iter().next() {
            let verb = verb(&finding);
            let writes = world.wire.writes().len();
            let shown = preview(&world, &finding, verb).await;
            assert_eq!(shown.result, MendingResult::ToDo, "{name}: {shown}");
            assert_eq!(world.wire.writes().len(), writes, "{name}: a preview sends nothing");
            let mut mended = mend(&world, &finding, verb).await;
            if *name == "the books are closed after a change" {
                assert_eq!(mended.result, MendingResult::Forbidden, "{name}: {mended}");
                assert!(mended.words.contains("the books are closed to 2026-02-28"), "{mended}");
                world.wire.person(&PersonAct::CloseBooks { on: None });
                mended = mend(&world, &finding, verb).await;
            }
            assert_eq!(mended.result, MendingResult::Done, "{name}: {mended}");
            if verb == Verb::Repost {
                let mut exchange = world.exchange();
                for batch in &day {
                    let report = exchange.run(batch).await.unwrap();
                    assert!(
                        report.documents.iter().all(|entry| entry.outcome.is_done()),
                        "{name}: {report:?}"
                    );
                }
            }
            done += 1;
            assert!(done <= expected.len(), "{name}: it goes on and on");
        }
        assert!(done > 0, "{name}");
        let ties = world.tie_out(&day).await;
        let is_accepted = |cause: &Cause| matches!(cause, Cause::Settled { remark } if remark.starts_with("accepted by Pat"));
        let left: Vec<_> = ties.differences.iter().filter(|found| !is_accepted(&found.cause)).collect();
        assert!(ties.is_explained() && left.is_empty(), "{name}: {left:?}");
        world.audit();
    }
    assert!(cases >= 20, "{cases}");
}

/// An accepted finding is shown as accepted, an ignored one is not shown; both come back when the document changes again.
#[tokio::test]
async fn what_is_accepted_or_ignored_comes_back_when_it_changes_again() {
    for verb in [Verb::Accept, Verb::Ignore] {
        let world = World::new();
        let day = sample_day();
        world.run(&day).await;
        let move_to = |date: &str| {
            world.wire.change("Invoice", ON_ACCOUNT, "update", &json!({"TxnDate": date}));
        };
        move_to("2026-02-05");
        let finding = open(&world).await.remove(0);
        let writes = world.wire.writes().len();
        assert_eq!(mend(&world, &finding, verb).await.result, MendingResult::Done);
        assert_eq!(world.wire.writes().len(), writes, "nothing is sent");
        let drift = world.exchange().drift(Reach::Each).await.unwrap();
        assert!(drift.is_none(), "{drift}");
        let shown = drift.findings.iter().filter(|finding| finding.accepted.is_some()).count();
        assert_eq!((shown, drift.ignored), if verb == Verb::Accept { (1, 0) } else { (0, 1) });
        let ties = world.tie_out(&day).await;
        assert!(!ties.is_tied_out() && ties.is_settled(), "{:?}", ties.differences);

        move_to("2026-02-06");
        let again = open(&world).await;
        assert!(again.len() == 1 && again[0].id != finding.id, "{again:?}");
        assert!(!world.tie_out(&day).await.is_settled());
    }
}

/// a restoring is killed at each of its points; done once more, it is whole, and the document was changed once.
#[tokio::test]
async fn killed_at_any_point_a_restoring_is_done_by_the_next_one() {
    let day: Vec<_> = sample_day().into_iter().filter(|batch| batch.number() == 7).collect();
    let moved = async || {
        let world = World::new();
        world.run(&day).await;
        world.wire.change("Invoice", ON_ACCOUNT, "update", &json!({"TxnDate": "2026-02-05"}));
        let finding = open(&world).await.remove(0);
        (world, finding)
    };
    let invoice = |world: &World| {
        let rows = world.wire.rows("Invoice");
        rows.into_iter().find(|row| row["DocNumber"] == ON_ACCOUNT).unwrap()
    };
    let (points, wanted) = {
        let (world, finding) = moved().await;
        world.gate.stop_at(0);
        mend(&world, &finding, Verb::Restore).await;
        (world.gate.passed(), invoice(&world)["SyncToken"].clone())
    };
    assert!(points >= 10, "only {points} points: what is not counted is not tested");
    for point in 1..=points {
        let (world, finding) = moved().await;
        world.gate.stop_at(point);
        let ended = until_stopped(Box::pin(mend(&world, &finding, Verb::Restore)), true).await;
        assert!(ended.is_none(), "point {point} was not reached");
        world.gate.stop_at(0);
        for finding in open(&world).await {
            assert_eq!(mend(&world, &finding, Verb::Restore).await.result, MendingResult::Done, "{point}");
        }
        let invoice = invoice(&world);
        assert_eq!((&invoice["TxnDate"], &invoice["SyncToken"]), (&json!("2026-02-03"), &wanted), "{point}");
        assert!(world.tie_out(&day).await.is_tied_out(), "point {point}");
    }
}

/// What a verb cannot do, it says with the reason; a finding that is gone has no verb; a name and a reason are asked for.
#[tokio::test]
async fn what_a_verb_cannot_do_is_said_and_nothing_is_sent() {
    let world = World::new();
    let day = sample_day();
    world.run(&day).await;
    world.wire.change("Payment", "CL15239T1521022B4", "delete", &json!({}));
    let finding = open(&world).await.remove(0);
    let writes = world.wire.writes().len();
    let refused = mend(&world, &finding, Verb::Restore).await;
    assert_eq!(refused.result, MendingResult::Forbidden);
    assert!(refused.words.ends_with("repost it, which posts its batch again under new numbers"), "{refused}");
    let mut exchange = world.exchange();
    let error =
        exchange.mend(&finding.id, Verb::Accept, Reach::Changes, &By::new("Pat", "")).await.unwrap_err();
    assert_eq!(error.code(), "mend-incomplete");
    let error = exchange.mend("0123456789", Verb::Accept, Reach::Changes, &pat()).await.unwrap_err();
    assert_eq!(error.code(), "no-such-finding");
    assert_eq!(world.wire.writes().len(), writes);
}
