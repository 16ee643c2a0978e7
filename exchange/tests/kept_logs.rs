//! Logs that earlier versions wrote are continued: nothing that they hold is posted again.
//!
//! `kept/trading-week.jsonl` is the log of the trading week in `examples/data`, one entry a line, as the first version of
//! the log wrote it. It is never written again.

use crate::support;

use std::collections::BTreeMap;
use std::path::Path;

use exchange::{Entry, Exchange, Outcome, Report};
use pos_model::{Batch, PosFile, PurchaseOrder};
use serde_json::Value;
use support::{World, all_are};

const LOG: &str = include_str!("kept/trading-week.jsonl");

/// The trading week, in the order in which it was posted.
fn week() -> (Vec<Batch>, Vec<PurchaseOrder>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: &std::path::PathBuf| PosFile::from_json(&std::fs::read(path).unwrap()).unwrap();
    let files: Vec<PosFile> = paths.iter().map(read).collect();
    let mut batches: Vec<Batch> = files.iter().flat_map(|file| file.batches().to_vec()).collect();
    batches.sort_by_key(Batch::business_date);
    let orders = files.iter().flat_map(|file| file.purchase_orders().to_vec());
    (batches, orders.filter(PurchaseOrder::is_closed).collect())
}

/// The company as the log leaves it: every body that was posted is typed in, and has the id that the log says.
fn world() -> World {
    let mut world = World::new();
    let mapping = include_str!("../../examples/data/company/mapping.json");
    world.map(serde_json::from_str(mapping).unwrap());
    world.clock.advance_to("2026-02-07");
    let entries: Vec<Entry> = LOG.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut sent = BTreeMap::new();
    for entry in &entries {
        match entry {
            Entry::Sending { step, sent: sending } => _ = sent.insert(step.clone(), sending.clone()),
            Entry::Posted { step, id, .. } => {
                let sent = &sent[step];
                let body: Value = serde_json::from_str(&sent.body).unwrap();
                let made = world.wire.type_in(&sent.entity.to_lowercase(), &body);
                assert_eq!(made["Id"], **id, "{step}");
            }
            _ => {}
        }
    }
    world.log.replace(&entries);
    world
}

async fn run(exchange: &mut Exchange, batches: &[Batch], orders: &[PurchaseOrder]) -> Vec<Report> {
    let mut reports = Vec::new();
    for batch in batches {
        reports.push(exchange.run(batch).await.unwrap());
    }
    for order in orders {
        reports.push(exchange.run(order).await.unwrap());
    }
    reports
}

/// the week again, over its old log: no request but reads, everything posted before, and the books tie out.
#[tokio::test]
async fn x_02_the_first_versions_log_of_the_trading_week_is_continued_without_a_write() {
    let (batches, orders) = week();
    let world = world();
    let mut exchange = world.exchange();
    let reports = run(&mut exchange, &batches, &orders).await;
    assert!(all_are(&reports, Outcome::AlreadyPosted));
    assert_eq!(reports.iter().map(|report| report.counts().planned).sum::<u64>(), 186);
    assert_eq!(world.wire.writes().len(), 0);
    assert!(exchange.tie_out(mapping::origins(&batches, &orders)).await.unwrap().is_tied_out());
}

/// the same log cut short: what it lacks is found in QuickBooks or posted, and the log goes on in today's form.
#[tokio::test]
async fn x_02_an_old_log_goes_on_in_todays_form() {
    let (batches, orders) = week();
    let world = world();
    let entries = world.log.entries();
    world.log.replace(&entries[..entries.len() - 40]);
    let documents = world.documents();
    run(&mut world.exchange(), &batches, &orders).await;
    assert_eq!(world.documents(), documents);
    assert!(world.log.length() > entries.len() - 40, "the log did not grow");
    let reports = run(&mut world.exchange(), &batches, &orders).await;
    assert!(all_are(&reports, Outcome::AlreadyPosted));
}
