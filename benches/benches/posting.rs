//! How long QuickBooks' limits let a later day of sales take, and how long ours takes: the exchange against the simulator's
//! company in one process and in virtual time, so that only the limits, the time of an answer and the order of the requests
//! count.
//!
//! `cargo bench -p benches --bench posting`; a word behind `--` picks the rows that hold it (`-- 250`).
//!
//! The bound: no scheduler that posts an invoice and its payment a sale can end sooner. A payment waits for its invoice's
//! answer, so two answers follow each other; and a minute takes X documents at most, in b batches of 30 and s single requests:
//! b <= 40, b + s <= 500, and b and s times their answers' times no more than the seconds of ten connections. With ten
//! requests a second a last stretch of r requests takes (r - 1) / 10 whole seconds more.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "a benchmark prints, and stops at the first surprise; its seconds are no money"
)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use benches::Day;
use chrono::{DateTime, TimeDelta, Utc};
use exchange::{Exchange, MemoryLog};
use pos_model::PosFile;
use qb_client::{
    AccessToken, BaseUrl, Client, Clock, Limits as ClientLimits, RealmId, StaticToken, Transport,
    TransportError, WireRequest, WireResponse,
};
use qb_simulator::{Company, CompanyOptions, Limits, Request, Service};
use tokio::time::Instant;

/// Connections at once, by QuickBooks' limit.
const OPEN: usize = 10;
/// Items of one batch, by QuickBooks' limit.
const ITEMS: usize = 30;

/// How long QuickBooks takes to answer.
#[derive(Clone, Copy)]
struct Answers {
    name: &'static str,
    single: Duration,
    /// A batch: so long, and so much more an item.
    batch: (Duration, Duration),
}

impl Answers {
    const fn constant(name: &'static str, millis: u64) -> Self {
        let single = Duration::from_millis(millis);
        Self { name, single, batch: (single, Duration::ZERO) }
    }

    fn of_batch(&self, items: usize) -> Duration {
        self.batch.0 + self.batch.1 * u32::try_from(items).unwrap()
    }
}

const ANSWERS: [Answers; 3] = [
    Answers::constant("50 ms", 50),
    Answers::constant("200 ms", 200),
    Answers {
        name: "200 ms, batches 0.5 s and 0.3 s an item",
        single: Duration::from_millis(200),
        batch: (Duration::from_millis(500), Duration::from_millis(300)),
    },
];

/// Virtual time: it passes when everybody waits.
#[derive(Clone, Copy)]
struct VirtualClock {
    start: DateTime<Utc>,
    instant: Instant,
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        self.start + TimeDelta::from_std(self.elapsed()).unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.instant.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// What went over the wire.
#[derive(Default)]
struct Traffic {
    requests: usize,
    batches: usize,
    reads: usize,
    throttled: usize,
    first: Option<Duration>,
    first_document: Option<Duration>,
    last: Duration,
}

/// The simulator's company behind its limits, each answer after its time.
struct Wire {
    service: Mutex<Service>,
    clock: VirtualClock,
    answers: Answers,
    in_flight: AtomicUsize,
    traffic: Mutex<Traffic>,
}

#[async_trait]
impl Transport for Wire {
    async fn send(&self, wire: WireRequest) -> Result<WireResponse, TransportError> {
        let in_flight = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        let is_batch = wire.path().ends_with("/batch");
        let is_read = wire.body().is_empty() || wire.path().ends_with("/query");
        let creates = String::from_utf8_lossy(wire.body()).contains("\"operation\":\"create\"");
        let is_document = creates || wire.path().ends_with("/invoice") || wire.path().ends_with("/payment");
        let mut request = Request::new(wire.method().as_str(), "", wire.body().to_vec())
            .bearer(wire.token().expose())
            .header("accept", "application/json");
        request.target = format!("{}?{}", wire.path(), wire.query());
        let sent = self.clock.elapsed();
        let reply = {
            let mut service = self.service.lock().unwrap();
            service.exchange_among(&request, self.clock.now().fixed_offset(), in_flight)
        };
        let response = reply.answer().unwrap().clone();
        let items = String::from_utf8_lossy(wire.body()).matches("\"bId\"").count();
        let takes = if is_batch { self.answers.of_batch(items) } else { self.answers.single };
        tokio::time::sleep(takes).await;
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let mut traffic = self.traffic.lock().unwrap();
        traffic.requests += 1;
        traffic.batches += usize::from(is_batch);
        traffic.reads += usize::from(is_read);
        traffic.throttled += usize::from(response.status == 429);
        traffic.first = traffic.first.or(Some(sent));
        if is_document {
            traffic.first_document = Some(traffic.first_document.map_or(sent, |first| first.min(sent)));
            traffic.last = self.clock.elapsed();
        }
        Ok(WireResponse { status: response.status, headers: response.headers, body: response.body })
    }
}

/// What a later day took: from the first request, and from the first document, to the last answer.
struct Taken {
    whole: Duration,
    documents: Duration,
    traffic: Traffic,
}

async fn post(sales: usize, answers: Answers, per_second: Option<usize>) -> Taken {
    let start = DateTime::parse_from_rfc3339("2026-02-04T03:00:00Z").unwrap().to_utc();
    let clock = VirtualClock { start, instant: Instant::now() };
    let options = CompanyOptions::default();
    let (realm, token) = (options.realm_id.clone(), options.credentials.access_token.clone());
    let mut service = Service::new(Company::new(options, start.fixed_offset()));
    service.set_limits(Limits { per_second, ..Limits::DOCUMENTED });
    let wire = Arc::new(Wire {
        service: Mutex::new(service),
        clock,
        answers,
        in_flight: AtomicUsize::new(0),
        traffic: Mutex::default(),
    });
    let client = Client::builder(
        BaseUrl::loopback("http://127.0.0.1:1").unwrap(),
        RealmId::new(&realm).unwrap(),
        StaticToken::new(AccessToken::new(&token).unwrap()),
    );
    let limits = ClientLimits::DOCUMENTED
        .per_second(per_second.map_or(u32::MAX, |limit| u32::try_from(limit).unwrap()));
    let client = client
        .transport(Arc::clone(&wire) as Arc<dyn Transport>)
        .clock(clock)
        .limits(limits)
        .build()
        .unwrap();
    let mut day = benches::simple_sales().unwrap();
    let mut before = day.clone();
    before.batches[0].number += 1;
    before.batches[0].transactions.truncate(1);
    let before = PosFile::try_from(before).unwrap();
    let transactions = &mut day.batches[0].transactions;
    let more: Vec<_> = (transactions.len()..sales)
        .map(|at| {
            let mut sale = transactions[at % transactions.len()].clone();
            sale.number += 2 * at as u64;
            sale
        })
        .collect();
    transactions.extend(more);
    transactions.truncate(sales);
    let file = PosFile::try_from(day).unwrap();
    let company = Day::simple().unwrap().company;
    // The day before: the company has its accounts and items, and customers are known.
    let log = Arc::new(MemoryLog::new());
    let mut exchange = Exchange::new(client.clone(), log.clone(), company.clone());
    exchange.run(&before.batches()[0]).await.unwrap();
    tokio::time::sleep(Duration::from_secs(600)).await;
    *wire.traffic.lock().unwrap() = Traffic::default();
    let mut exchange = Exchange::new(client, log, company);
    let report = exchange.run(&file.batches()[0]).await.unwrap();
    assert_eq!(report.counts().of(exchange::Outcome::Created), 2 * sales as u64);
    let traffic = std::mem::take(&mut *wire.traffic.lock().unwrap());
    Taken {
        whole: traffic.last - traffic.first.unwrap(),
        documents: traffic.last - traffic.first_document.unwrap(),
        traffic,
    }
}

/// The documents of one minute, and the seconds that a last stretch of documents takes at least.
fn bound(sales: usize, answers: Answers, per_second: Option<usize>) -> f64 {
    let (batch, single) = (answers.of_batch(ITEMS).as_secs_f64(), answers.single.as_secs_f64());
    let slots = OPEN as f64 * 60.0;
    let singles_beside = |b: usize| {
        let by_time = ((slots - b as f64 * batch) / single).max(0.0).floor() as usize;
        by_time.min(500 - b)
    };
    let fits = |b: &usize| *b as f64 * batch <= slots;
    let a_minute = (0..=40).filter(fits).map(|b| ITEMS * b + singles_beside(b)).max().unwrap();
    let documents = 2 * sales;
    let minutes = documents.div_ceil(a_minute);
    let left = documents - (minutes - 1) * a_minute;
    let last = (0..=40)
        .filter(fits)
        .filter_map(|b| {
            let s = left.saturating_sub(ITEMS * b);
            let b = b.min(left.div_ceil(ITEMS));
            (s <= singles_beside(b)).then(|| {
                let by_slots = (b as f64 * batch + s as f64 * single) / OPEN as f64;
                let longest =
                    if s < left { answers.of_batch(ITEMS.min(left - s)).as_secs_f64() } else { single };
                let by_seconds = per_second.map_or(0.0, |limit| ((b + s).max(1) - 1) as f64 / limit as f64);
                by_slots.max(by_seconds.floor() + single.min(longest))
            })
        })
        .fold(f64::INFINITY, f64::min);
    ((minutes - 1) as f64 * 60.0 + last).max(2.0 * single)
}

fn main() {
    let only: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    println!(
        "sales  answers                                  a second  took s   documents s  bound s  of bound  requests  reads  batches  429"
    );
    for sales in [250, 2_450, 10_000] {
        for answers in ANSWERS {
            for per_second in [None, Some(10)] {
                let name = format!(
                    "{sales:<6} {:<40} {:<8}",
                    answers.name,
                    per_second.map_or("-".to_owned(), |n| n.to_string())
                );
                if !only.is_empty() && !only.iter().any(|word| name.contains(word)) {
                    continue;
                }
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_time()
                    .start_paused(true)
                    .build()
                    .unwrap();
                let taken = runtime.block_on(post(sales, answers, per_second));
                let bound = bound(sales, answers, per_second);
                println!(
                    "{name}  {:<8.2} {:<12.2} {bound:<8.2} {:<9} {:<9} {:<6} {:<8} {}",
                    taken.whole.as_secs_f64(),
                    taken.documents.as_secs_f64(),
                    format!("{:.1} %", 100.0 * bound / taken.documents.as_secs_f64()),
                    taken.traffic.requests,
                    taken.traffic.reads,
                    taken.traffic.batches,
                    taken.traffic.throttled,
                );
            }
        }
    }
}
