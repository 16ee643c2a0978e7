//! A run whose tokens run out in its middle: killed at every point before and after each write of the log, each request, each
//! refresh and each save of a pair, and started again. Nothing is lost and nothing is doubled.

use crate::world;

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use exchange::{Exchange, Fence, LogError, MemoryLog, Outcome, PostingLog, Report, Row, RunError};
use pos_model::{Batch, PosFile};
use qb_client::Limits;
use qb_simulator::{Company, CompanyOptions, Effect, Faults, Operation, Rule, Service, ThrottleForm, When};
use world::{Gate, World, finish, lasting, poll, rotating};

/// A log that outlives processes, and stops at the gate.
struct GatedLog {
    kept: MemoryLog,
    gate: Arc<Gate>,
}

#[async_trait]
impl PostingLog for GatedLog {
    async fn claim(&self, owner: &str, until: DateTime<Utc>) -> Result<Fence, LogError> {
        self.kept.claim(owner, until).await
    }

    async fn append(&self, fence: Fence, position: u64, rows: &[Row]) -> Result<(), LogError> {
        self.gate.pass().await;
        self.kept.append(fence, position, rows).await?;
        self.gate.pass().await;
        Ok(())
    }

    async fn read(&self, from: u64) -> Result<Vec<Row>, LogError> {
        self.kept.read(from).await
    }
}

/// A world with a log, in which a request takes a second.
struct Shop {
    world: World,
    log: Arc<GatedLog>,
}

impl Shop {
    fn new(mut options: CompanyOptions) -> Self {
        options.oauth.access_token_seconds = Some(8);
        let world = World::new(options);
        world.books.takes.store(1, SeqCst);
        let log = Arc::new(GatedLog { kept: MemoryLog::new(), gate: Arc::clone(&world.gate) });
        Self { world, log }
    }

    /// A new process.
    fn exchange(&self) -> Exchange {
        let client = self.world.client(&self.world.process());
        Exchange::new(client, Arc::clone(&self.log) as _, mapping::Company::default())
    }

    fn run(&self, day: &[Batch]) -> Result<Vec<Report>, RunError> {
        let mut exchange = self.exchange();
        finish(post(&mut exchange, day))
    }

    /// How many there are of each kind that is posted or made on the way.
    fn books(&self) -> Vec<usize> {
        let kinds = [
            "Invoice",
            "CreditMemo",
            "Purchase",
            "Payment",
            "SalesReceipt",
            "Account",
            "Item",
            "PaymentMethod",
            "Customer",
        ];
        let service = self.world.books.service.lock().unwrap();
        assert_eq!(service.company().audit(), Ok(()));
        kinds.map(|kind| Company::count(service.company(), kind)).to_vec()
    }
}

/// A store's day: sales with tax and shipping, returns, what is put into a drawer and taken out of it.
fn day() -> Vec<Batch> {
    let text = include_str!("../../examples/data/boston-2026-02-03.json");
    PosFile::from_json(text.as_bytes()).unwrap().into_parts().0
}

/// Posts one batch after another.
async fn post(exchange: &mut Exchange, day: &[Batch]) -> Result<Vec<Report>, RunError> {
    let mut reports = Vec::new();
    for batch in day {
        reports.push(exchange.run(batch).await?);
    }
    Ok(reports)
}

fn all_are(reports: &[Report], outcome: Outcome) -> bool {
    reports.iter().all(|report| report.counts().of(outcome) == report.counts().planned)
}

#[test]
fn killed_at_any_point_of_a_run_that_refreshes_in_its_middle_nothing_is_lost_or_doubled() {
    let day = day();
    let quiet = Shop::new(lasting());
    quiet.world.gate.stop_at(0);
    assert!(all_are(&quiet.run(&day).unwrap(), Outcome::Created));
    let (points, wanted, refreshes) = (quiet.world.gate.passed(), quiet.books(), quiet.world.asked());
    assert!(points >= 120 && refreshes >= 2, "only {points} points and {refreshes} refreshes");
    for (options, may_die) in [(lasting as fn() -> CompanyOptions, false), (rotating, true)] {
        let mut reconnected = 0;
        for point in 1..=points {
            let shop = Shop::new(options());
            let mut exchange = shop.exchange();
            shop.world.gate.stop_at(point);
            let mut run = Box::pin(post(&mut exchange, &day));
            assert!(poll(run.as_mut()).is_none(), "point {point} was not reached");
            // As a process that is killed: no destructor runs. The lock is the system's, and is given back.
            std::mem::forget(run);
            std::mem::forget(exchange);
            shop.world.gate.stop_at(0);
            shop.world.store.unlock();
            shop.world.clock.advance(60);
            let is_alive = finish(qb_client::TokenStore::access_token(&*shop.world.process())).is_ok();
            if !is_alive {
                // An answer that held a new token was on its way when the process died.
                assert!(may_die, "point {point}: the connection is dead");
                assert!(!shop.run(&day).is_ok_and(|reports| all_are(&reports, Outcome::Created)));
                shop.world.reconnect();
                reconnected += 1;
            }
            let reports = shop.run(&day).unwrap_or_else(|error| panic!("point {point}: {error}"));
            for counts in reports.iter().map(Report::counts) {
                let settled: u64 = Outcome::ALL.iter().filter(|o| o.is_done()).map(|o| counts.of(*o)).sum();
                assert_eq!(settled, counts.planned, "point {point}: {counts:?}");
            }
            assert_eq!(shop.books(), wanted, "point {point}");
            assert!(all_are(&shop.run(&day).unwrap(), Outcome::AlreadyPosted), "point {point}");
        }
        assert_eq!(reconnected, if may_die { refreshes * 2 } else { 0 }, "two points a refresh");
    }
}

#[test]
fn a_run_through_tokens_that_are_refused_posts_what_a_quiet_run_posts() {
    let day = day();
    let quiet = Shop::new(lasting());
    quiet.run(&day).unwrap();
    for seed in 1..=40 {
        let shop = Shop::new(rotating());
        let refused =
            Rule::new("refused", Effect::TokenExpired, When { per_mille: Some(150), ..When::default() });
        shop.world.books.service.lock().unwrap().faults = Faults::new(seed, vec![refused]);
        for _ in 0..3 {
            // A read may meet three in a row; the next run goes on.
            let _ = shop.run(&day);
        }
        shop.world.books.service.lock().unwrap().faults = Faults::default();
        let report = shop.run(&day).unwrap();
        assert!(
            all_are(&report, Outcome::AlreadyPosted) || all_are(&report, Outcome::Created),
            "seed {seed}"
        );
        assert_eq!(shop.books(), quiet.books(), "seed {seed}");
        let mut exchange = shop.exchange();
        let ties = finish(exchange.tie_out(&day)).unwrap();
        assert!(ties.is_tied_out(), "seed {seed}: {ties:?}");
    }
}

/// A whole day of four registers on a virtual clock, under QuickBooks' limits, in batches, with tokens that live 60 s, 5 of 100
/// answers lost after the effect and 5 of 100 requests turned away: the books of a quiet day, and no document twice.
#[test]
fn a_virtual_day_in_trouble_leaves_the_books_of_a_quiet_one() {
    let text = include_str!("../../examples/data/boston-2026-02-03.json");
    let batches = PosFile::from_json(text.as_bytes()).unwrap().into_parts().0;
    let day = |troubles: Vec<Rule>, seed: u64| {
        let shop = Shop::new(rotating());
        shop.world.books.takes.store(2, SeqCst);
        let is_quiet = troubles.is_empty();
        let in_service = |act: &dyn Fn(&mut Service)| act(&mut shop.world.books.service.lock().unwrap());
        in_service(&|service| {
            service.company_mut().options_mut().oauth.access_token_seconds = Some(60);
            service.faults = Faults::new(seed, troubles.clone());
            if !is_quiet {
                service.set_limits(qb_simulator::Limits::DOCUMENTED);
            }
        });
        let client = shop.world.client(&shop.world.process()).with_limits(Limits::DOCUMENTED);
        let mut exchange =
            Exchange::new(client.clone(), Arc::clone(&shop.log) as _, mapping::Company::default());
        for batch in &batches {
            let report = finish(exchange.run(batch)).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            assert!(report.counts().of(Outcome::Unknown) == 0, "seed {seed}: {:?}", report.counts());
        }
        let ties = finish(exchange.tie_out(&batches)).unwrap();
        assert!(ties.is_tied_out(), "seed {seed}: {ties:?}");
        let hits: u64 = in_hits(&shop, &["lost", "busy"]);
        (shop.books(), hits, shop.world.asked(), client.usage().batches)
    };
    let (quiet, _, _, _) = day(Vec::new(), 0);
    for seed in 1..=5 {
        let chance = |operations: &[Operation]| When {
            per_mille: Some(50),
            operations: operations.to_vec(),
            ..When::default()
        };
        let busy = Effect::Throttled { form: ThrottleForm::Json, retry_after: None, committed: false };
        let (books, hits, refreshes, batches) = day(
            vec![
                Rule::new("lost", Effect::AnswerLost, chance(&[Operation::Create, Operation::Batch])),
                Rule::new("busy", busy, chance(&[])),
            ],
            seed,
        );
        assert_eq!(books, quiet, "seed {seed}");
        assert!(hits > 0 && refreshes > 1 && batches > 0, "seed {seed}: {hits} {refreshes} {batches}");
    }
}

/// How often these rules struck.
fn in_hits(shop: &Shop, names: &[&str]) -> u64 {
    let service = shop.world.books.service.lock().unwrap();
    names.iter().map(|name| service.faults.hits(name)).sum()
}
