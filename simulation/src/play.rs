//! Plays a night: one process after another over one log and one company, until the day is posted; then looks at everything.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use chrono::TimeDelta;
use exchange::{AllRun, Exchange, Options, Outcome, Policy, Report, RunError, TieOut};
use mapping::{Company as Mapping, CompanyMapping, StoreMapping};
use pos_model::{Batch, PosFile, PurchaseOrder};
use qb_client::{AccessToken, BaseUrl, Client, Limits, RealmId, StaticToken, Transport};
use qb_simulator::{Company, CompanyOptions};

use crate::check::Violation;
use crate::dice::Dice;
use crate::disk::{After, Disk, ProcessLog};
use crate::gate::Gate;
use crate::look::{foreign, found, type_in_foreign};
use crate::network::{Network, ProcessTransport};
use crate::night::{Crash, Night};
use crate::oracle::expected;
use crate::planted::Planted;
use crate::rare::Rare;
use crate::sales::{STORES, files};
use crate::time::{ProcessClock, Time};
use crate::trace::Trace;

/// How many processes a night may take once nothing goes wrong any more.
const RUNS_IN_PEACE: usize = 5;
/// How many processes may end by themselves while things go wrong.
const RUNS_IN_TROUBLE: usize = 12;

/// What a night came to.
#[derive(Debug, Clone, Default)]
pub struct Played {
    /// Processes that ran.
    pub exchanges: u64,
    /// Documents that the day comes to.
    pub documents: u64,
    /// Requests that left.
    pub requests: u64,
    /// Processes that were stopped.
    pub crashes: u64,
    /// How often each fault struck.
    pub faults: BTreeMap<String, u64>,
    /// Rare states that were reached.
    pub rare: Rare,
    /// What must never be, and was.
    pub violations: Vec<Violation>,
    /// The digest of everything that happened, in order.
    pub trace: String,
    /// Everything that happened, in order, when the night was to tell it.
    pub lines: Vec<String>,
    /// The most points at which one process could have been stopped.
    pub points: u64,
}

/// Plays a night.
#[must_use]
pub fn play(night: &Night) -> Played {
    let mut stage = Stage::new(night);
    let outcome = stage.night();
    let mut violations = stage.network.violations();
    violations.extend(outcome.err());
    let (requests, _, faults) = stage.network.counts();
    Played {
        exchanges: stage.exchanges,
        documents: stage.documents,
        requests,
        crashes: stage.crashes,
        faults,
        rare: stage.network.take_rare(),
        violations,
        trace: stage.trace.digest(),
        lines: stage.trace.take_lines(),
        points: stage.points,
    }
}

/// How a process ended.
enum Ended<T> {
    Done(T),
    Crashed,
}

/// What a run came to.
struct Run {
    all: AllRun,
    reports: Vec<Report>,
    errors: Vec<RunError>,
}

impl Run {
    /// Whether everything is posted.
    fn is_done(&self) -> bool {
        let entries = self.reports.iter().flat_map(|report| &report.documents);
        self.all.is_whole() && self.errors.is_empty() && entries.clone().all(|entry| entry.outcome.is_done())
    }
}

struct Stage<'n> {
    night: &'n Night,
    time: Arc<Time>,
    trace: Arc<Trace>,
    disk: Arc<Disk>,
    network: Arc<Network>,
    mapping: Mapping,
    realm: String,
    batches: Vec<Batch>,
    orders: Vec<PurchaseOrder>,
    dice: Dice,
    exchanges: u64,
    crashes: u64,
    documents: u64,
    points: u64,
}

impl<'n> Stage<'n> {
    fn new(night: &'n Night) -> Self {
        let (time, trace) = (Arc::new(Time::default()), Arc::new(Trace::new(night.is_told)));
        let house = night.house;
        let options = CompanyOptions {
            request_ids: house.request_ids,
            read_lag_seconds: house.read_lag_seconds,
            cdc_lag_seconds: house.cdc_lag_seconds,
            ..CompanyOptions::default()
        };
        let realm = options.realm_id.clone();
        let disk = Arc::new(Disk::new(Dice::new(night.seed, 5), house.full));
        let company = Company::new(options, time.quickbooks());
        let dice = Dice::new(night.seed, 6);
        let around = (&time, &trace, &disk);
        let network = Arc::new(Network::new(company, around, dice, house.latency, house.unreachable));
        let mut batches = Vec::new();
        let mut orders = Vec::new();
        let mut mapping = CompanyMapping::default();
        for (code, _, prefix) in STORES {
            let store = StoreMapping { prefix: Some(prefix.to_owned()), ..StoreMapping::default() };
            mapping.stores.insert(code.to_owned(), store);
        }
        network.plant(night.planted);
        for mut file in files(&night.happenings) {
            if let Some(planted) = night.planted {
                planted.read(&mut file);
            }
            // What the sales are drawn from is always valid: a night that is not is a fault of the generator.
            match PosFile::from_json(file.to_string().as_bytes()) {
                Ok(file) => {
                    let (some, more) = file.into_parts();
                    batches.extend(some);
                    orders.extend(more);
                }
                Err(error) => network.violate("the files of the night are valid", error.to_string()),
            }
        }
        Self {
            night,
            time,
            trace,
            disk,
            network,
            // As above: prefixes of two letters each.
            mapping: Mapping::try_from(mapping).unwrap_or_default(),
            realm,
            batches,
            orders,
            dice: Dice::new(night.seed, 7),
            exchanges: 0,
            crashes: 0,
            documents: 0,
            points: 0,
        }
    }

    fn night(&mut self) -> Result<(), Violation> {
        let realm = self.realm.clone();
        let before = self.network.with_service(|service| {
            type_in_foreign(service, &realm, self.time.quickbooks());
            foreign(service, &realm, self.time.quickbooks())
        });
        self.network.strike(self.night.seed, self.night.faults.clone());
        let mut crashes = self.night.crashes.iter();
        let mut runs = 0;
        let mut is_done = false;
        while !is_done && runs < RUNS_IN_TROUBLE {
            let crash = crashes.next();
            match self.run(crash)? {
                Ended::Crashed => {}
                Ended::Done(run) => {
                    runs += 1;
                    is_done = run.is_done();
                    self.pause(60);
                }
            }
        }
        self.network.heal();
        let fulls = self.disk.heal();
        if fulls > 0 {
            self.network.rare("the disk was full".to_owned());
        }
        // What is late comes in at last, and QuickBooks' queries show it.
        self.pause(300);
        let mut last = None;
        for _ in 0..RUNS_IN_PEACE {
            let Ended::Done(run) = self.run(None)? else { continue };
            let is_done = run.is_done();
            last = Some(run);
            if is_done {
                break;
            }
            self.pause(300);
        }
        let run = match last {
            Some(run) if run.is_done() => run,
            last => return Err(self.unfinished(last.as_ref())),
        };
        self.documents = run.all.counts.planned;
        self.look(&before)?;
        self.pause(300);
        let (_, writes, _) = self.network.counts();
        let again = self.run(None)?;
        let (_, after, _) = self.network.counts();
        if after != writes {
            return violation(
                "a run over what is posted writes nothing",
                format!("{} writes", after - writes),
            );
        }
        if let Ended::Done(run) = again {
            let entries = run.reports.iter().flat_map(|report| &report.documents);
            let others: Vec<_> =
                entries.filter(|entry| entry.outcome != Outcome::AlreadyPosted).map(|e| &e.number).collect();
            if !others.is_empty() {
                return violation("a run over what is posted says so", format!("{others:?}"));
            }
        }
        Ok(())
    }

    /// Compares what stands in QuickBooks with what the day comes to.
    fn look(&mut self, before: &[String]) -> Result<(), Violation> {
        let ties = match self.tie_out()? {
            Ok(ties) => ties,
            Err(error) => return violation("the books can be tied out", error.to_string()),
        };
        if !ties.is_tied_out() {
            return violation(
                "the tie-out finds what is right to be right",
                format!("{:?}", ties.differences),
            );
        }
        let expected = expected(&files(&self.night.happenings));
        let now = self.time.quickbooks();
        let realm = self.realm.clone();
        let (found, audit, after) = self.network.with_service(|service| {
            (found(service, &realm, now), service.company().audit(), foreign(service, &realm, now))
        });
        audit.or_else(|problem| violation("debits equal credits", problem))?;
        if found.documents != expected.documents {
            let extra: Vec<_> =
                found.documents.iter().filter(|one| !expected.documents.contains(one)).collect();
            let missing: Vec<_> =
                expected.documents.iter().filter(|one| !found.documents.contains(one)).collect();
            let what = format!(
                "{} documents, {} expected; not expected: {extra:?}; missing: {missing:?}",
                found.documents.len(),
                expected.documents.len()
            );
            return violation("each document stands exactly once", what);
        }
        if found.accounts != expected.accounts {
            let what = format!("found {:?}, expected {:?}", found.accounts, expected.accounts);
            return violation("every account moves as was sold", what);
        }
        if found.customers != expected.customers {
            let what = format!("found {:?}, expected {:?}", found.customers, expected.customers);
            return violation("each customer owes what was charged and not paid", what);
        }
        if before != after {
            return violation("what is not ours is not touched", format!("{before:?} became {after:?}"));
        }
        Ok(())
    }

    fn unfinished(&self, last: Option<&Run>) -> Violation {
        let mut what = format!("{} processes", self.exchanges);
        if let Some(last) = last {
            let entries =
                last.reports.iter().flat_map(|report| report.documents.iter().chain(&report.list_entries));
            for entry in entries.filter(|entry| !entry.outcome.is_done()) {
                what += &format!("; {} {} {:?}", entry.number, entry.outcome.word(), entry.reason);
            }
            for error in &last.errors {
                what += &format!("; {error}");
            }
        }
        Violation { rule: "a night comes to an end", what }
    }

    fn pause(&self, seconds: u64) {
        let until = self.time.now() + Duration::from_secs(seconds);
        // What is on its way goes on meanwhile.
        while let Some(next) = self.network.next().filter(|next| *next <= until) {
            self.time.advance_to(next);
            self.network.happen();
        }
        self.time.advance_to(until);
        let now = self.time.quickbooks();
        self.network.with_service(|service| service.settle(now));
    }

    /// One process that runs the day.
    fn run(&mut self, crash: Option<&Crash>) -> Result<Ended<Run>, Violation> {
        let (batches, orders) = (self.batches.clone(), self.orders.clone());
        self.process(crash, |mut exchange| {
            Box::pin(async move {
                let (mut reports, mut errors) = (Vec::new(), Vec::new());
                let origins = mapping::origins(&batches, &orders);
                let all = exchange
                    .run_all(origins, |_, result| match result {
                        Ok(report) => reports.push(report),
                        Err(error) => errors.push(error),
                    })
                    .await;
                Run { all, reports, errors }
            })
        })
    }

    fn tie_out(&mut self) -> Result<Result<TieOut, RunError>, Violation> {
        let (batches, orders) = (self.batches.clone(), self.orders.clone());
        let ended = self.process(None, |mut exchange| {
            Box::pin(async move { exchange.tie_out(mapping::origins(&batches, &orders)).await })
        })?;
        match ended {
            Ended::Done(ties) => Ok(ties),
            Ended::Crashed => violation("a process without a crash ends by itself", "the tie-out"),
        }
    }

    /// One process: it ends by itself, or at the crash's point.
    fn process<T>(
        &mut self,
        crash: Option<&Crash>,
        work: impl FnOnce(Exchange) -> Pin<Box<dyn Future<Output = T>>>,
    ) -> Result<Ended<T>, Violation> {
        self.exchanges += 1;
        self.disk.copy();
        let gate = Arc::new(Gate::new(&self.trace, crash.map(|crash| crash.at)));
        let house = self.night.house;
        let skew = self.dice.cents(-house.skew, house.skew);
        let clock = Arc::new(ProcessClock {
            time: Arc::clone(&self.time),
            began: self.time.now(),
            skew: TimeDelta::seconds(skew),
        });
        let planted = self.night.planted;
        let withheld = (planted == Some(Planted::LogAfterSend)).then(Mutex::default);
        let (disk, of_log) = (Arc::clone(&self.disk), (Arc::clone(&gate), Arc::clone(&clock)));
        let log = ProcessLog { disk, gate: of_log.0, clock: of_log.1, withheld };
        let mut exchange = match self.client(&gate, &clock) {
            Ok(client) => Exchange::new(client, Arc::new(log), self.mapping.clone()),
            Err(what) => return violation("a client can be made", what),
        };
        if planted == Some(Planted::NoQuarantine) {
            let policy = Policy::default().with_quarantine(Duration::ZERO);
            exchange.set_options(Options::default().with_policy(policy));
        }
        let mut future = work(exchange);
        let ended = self.poll(&gate, &mut future)?;
        self.points = self.points.max(gate.passed());
        if let (Ended::Crashed, Some(crash)) = (&ended, crash) {
            self.crashes += 1;
            if let Some((point, effect)) = gate.stopped() {
                self.network.rare(format!("a process stops {} {effect}", point.words()));
            }
            if crash.is_leaked {
                std::mem::forget(future);
            } else {
                drop(future);
            }
            self.network.process_gone();
            self.disk.crash(crash.after);
            match crash.after {
                After::Kept | After::Synced => {}
                After::OlderCopy => self.log_lost("an older copy of the log is put in its place"),
                After::Lost => self.log_lost("the log is lost"),
            }
            self.pause(crash.pause);
        }
        Ok(ended)
    }

    fn log_lost(&self, name: &str) {
        self.network.rare(name.to_owned());
        self.network.log_lost();
    }

    fn client(&self, gate: &Arc<Gate>, clock: &Arc<ProcessClock>) -> Result<Client, String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let token = AccessToken::new("simulator-access-token-0001").map_err(|e| said(&e))?;
        let base = BaseUrl::loopback("http://127.0.0.1:1").map_err(|e| said(&e))?;
        let realm = RealmId::new(&self.realm).map_err(|e| said(&e))?;
        let transport = ProcessTransport { network: Arc::clone(&self.network), gate: Arc::clone(gate) };
        let limits = match (self.night.house.side_by_side, self.night.house.limited) {
            (false, _) => Limits::NONE.at_once(1).batch_items(1),
            (true, false) => Limits::NONE,
            (true, true) => Limits::DOCUMENTED,
        };
        let builder = Client::builder(base, realm, StaticToken::new(token))
            .transport(Arc::new(transport) as Arc<dyn Transport>)
            .clock(Arc::clone(clock))
            .limits(limits);
        builder.build().map_err(|e| said(&e))
    }

    /// Polls a process, and lets time go on when it waits.
    fn poll<T>(
        &self,
        gate: &Gate,
        future: &mut Pin<Box<dyn Future<Output = T>>>,
    ) -> Result<Ended<T>, Violation> {
        let woken = Arc::new(Woken(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        loop {
            if woken.0.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                    return Ok(Ended::Done(value));
                }
                if gate.stopped().is_some() {
                    return Ok(Ended::Crashed);
                }
                continue;
            }
            let next = [self.time.next(), self.network.next()].into_iter().flatten().min();
            let Some(next) = next else {
                return violation("a process never waits for nothing", "no timer, no request");
            };
            self.time.advance_to(next);
            self.network.happen();
        }
    }
}

/// Whether a process has something to do.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn violation<T>(rule: &'static str, what: impl Into<String>) -> Result<T, Violation> {
    Err(Violation { rule, what: what.into() })
}
