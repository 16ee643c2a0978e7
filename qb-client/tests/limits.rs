//! A client under QuickBooks' limits, against a simulator that keeps them, on a clock that jumps: nothing is turned away, and
//! nothing waits longer than it must.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use qb_client::engine::{Batch, NotSentWhy, RequestId, WriteOutcome};
use qb_client::{
    AccessToken, BaseUrl, Client, ClientBuilder, Clock, Limits, RealmId, StaticToken, Transport,
    TransportError, WireRequest, WireResponse,
};
use qb_model::EntityKind;
use qb_simulator::{
    Company, CompanyOptions, Delivery, Effect, Faults, Operation, Request, Rule, Service, When,
};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A company behind its limits, half a journey away, on tokio's paused clock.
struct Far {
    start: Instant,
    service: Mutex<Service>,
    open: AtomicUsize,
    sent: AtomicUsize,
    journey: Duration,
}

impl Far {
    fn new(journey: Duration) -> Arc<Self> {
        let company = Company::new(CompanyOptions::default(), DateTime::UNIX_EPOCH.fixed_offset());
        let mut service = Service::new(company);
        service.set_limits(qb_simulator::Limits::DOCUMENTED);
        let (open, sent) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Self { start: Instant::now(), service: Mutex::new(service), open, sent, journey })
    }

    fn moment(&self) -> DateTime<FixedOffset> {
        DateTime::UNIX_EPOCH.fixed_offset() + TimeDelta::from_std(self.start.elapsed()).unwrap()
    }

    fn client(self: &Arc<Self>, set_up: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        let connection = qb_simulator::Credentials::default();
        let tokens = StaticToken::new(AccessToken::new(connection.access_token).unwrap());
        let realm = RealmId::new(CompanyOptions::default().realm_id).unwrap();
        let builder = Client::builder(BaseUrl::Production, realm, tokens);
        set_up(builder.transport(Arc::clone(self)).clock(Arc::clone(self))).build().unwrap()
    }
}

#[async_trait]
impl Transport for Far {
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        // No two journeys are alike: requests do not arrive in the intervals in which they left.
        let late =
            Duration::from_millis(u64::try_from(self.sent.fetch_add(1, Ordering::SeqCst) * 17 % 40).unwrap());
        tokio::time::sleep(self.journey / 2 + late).await;
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        let mut asked = Request::new(
            request.method().as_str(),
            &format!("{}?{}", request.path(), request.query()),
            request.body(),
        );
        asked = asked.bearer(request.token().expose());
        let reply = self.service.lock().unwrap().exchange_among(&asked, self.moment(), open);
        tokio::time::sleep(self.journey / 2).await;
        self.open.fetch_sub(1, Ordering::SeqCst);
        match reply.delivery {
            Delivery::Answer(answer) => {
                Ok(WireResponse { status: answer.status, headers: answer.headers, body: answer.body })
            }
            _ => Err(TransportError::Unknown { why: "lost".to_owned() }),
        }
    }
}

#[async_trait]
impl Clock for Far {
    fn now(&self) -> DateTime<Utc> {
        self.moment().to_utc()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

fn vendor(number: usize) -> (Vec<u8>, RequestId) {
    (
        format!(r#"{{"DisplayName":"V-{number}"}}"#).into_bytes(),
        RequestId::new(format!("vend-{number}-1")).unwrap(),
    )
}

/// Single requests and batches, all wanting to leave at once: none is turned away. The time is what the limits allow.
#[tokio::test(start_paused = true)]
async fn nothing_is_turned_away_and_nothing_waits_longer_than_it_must() {
    for (name, singles, batches, seconds) in [
        ("twenty", 20, 0, 1.5),
        ("a day of 500 documents in batches", 0, 17, 1.5),
        ("500 single ones", 500, 0, 53.0),
        ("beyond the minute's batches", 10, 45, 62.0),
        ("beyond the minute's requests", 600, 5, 75.0),
    ] {
        let far = Far::new(Duration::from_millis(200));
        let client = far.client(|builder| builder);
        let mut tasks = JoinSet::new();
        for number in 0..singles {
            let client = client.clone();
            tasks.spawn(async move {
                let (body, id) = vendor(number);
                vec![client.create(EntityKind::Vendor, &body, &id).await.code()]
            });
        }
        for batch_number in 0..batches {
            let client = client.clone();
            tasks.spawn(async move {
                let mut batch = Batch::new();
                let numbers = (0..30).map(|item| 10_000 + batch_number * 30 + item);
                let places: Vec<_> = numbers
                    .map(|number| {
                        let (body, id) = vendor(number);
                        batch.create(EntityKind::Vendor, &body, &id).unwrap()
                    })
                    .collect();
                let outcome = client.batch(&batch, &batch.request_id()).await;
                places.iter().map(|place| outcome.of(place).code()).collect()
            });
        }
        let codes: Vec<&str> = tasks.join_all().await.into_iter().flatten().collect();
        assert!(codes.iter().all(|code| *code == "applied"), "{name}");
        assert_eq!(codes.len(), singles + batches * 30, "{name}");
        let usage = client.usage();
        assert_eq!((usage.throttled, usage.requests), (0, (singles + batches) as u64), "{name}");
        let took = far.elapsed();
        assert!(took <= Duration::from_secs_f64(seconds), "{name} took {took:?}");
        assert!(
            usage.held > Duration::ZERO && usage.held <= took,
            "{name}: held {:?} of {took:?}",
            usage.held
        );
        assert!(!client.is_held_back(), "{name}");
    }
}

/// Without limits of its own a client is turned away: the test above proves something.
#[tokio::test(start_paused = true)]
async fn a_client_without_limits_is_turned_away() {
    let far = Far::new(Duration::from_millis(200));
    let client = far.client(|builder| builder.limits(Limits::NONE));
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let client = client.clone();
        tasks.spawn(async move {
            let (body, id) = vendor(number);
            client.create(EntityKind::Vendor, &body, &id).await.code()
        });
    }
    let codes = tasks.join_all().await;
    assert!(codes.contains(&"not-sent") && codes.contains(&"applied"), "{codes:?}");
    assert!(client.usage().throttled >= 9);
}

/// QuickBooks asks one request to leave it alone for a while: every request of the company does, a short while by waiting, and a
/// long one by saying so at once.
#[tokio::test(start_paused = true)]
async fn a_pause_that_quickbooks_asks_for_holds_the_whole_company() {
    for (pause, held) in [(30, false), (3600, true)] {
        let far = Far::new(Duration::from_millis(200));
        let effect =
            Effect::Throttled { form: Default::default(), retry_after: Some(pause), committed: false };
        let rule = Rule::new("pause", effect, When::operation(Operation::Create).times(1));
        far.service.lock().unwrap().faults = Faults::new(1, vec![rule]);
        let first = far.client(|builder| builder);
        let second = far.client(|builder| builder.limiter(first.limiter().clone()));
        let (body, id) = vendor(1);
        let turned_away = first.create(EntityKind::Vendor, &body, &id).await;
        let WriteOutcome::NotSent { why, retry_after, .. } = turned_away else { panic!("{turned_away:?}") };
        assert_eq!((why, retry_after), (NotSentWhy::Throttled, Some(Duration::from_secs(pause.into()))));

        let sent = far.sent.load(Ordering::SeqCst);
        let outcome = second.create(EntityKind::Vendor, &body, &id).await;
        if held {
            let WriteOutcome::NotSent { why, retry_after, .. } = outcome else { panic!("{outcome:?}") };
            assert_eq!(why, NotSentWhy::HeldBack);
            assert!(retry_after.unwrap() > Duration::from_secs(3590));
            assert_eq!(far.sent.load(Ordering::SeqCst), sent, "it was not sent");
            let error = second.company_info().await.unwrap_err();
            assert_eq!((error.code(), far.sent.load(Ordering::SeqCst)), ("read-not-sent", sent));
        } else {
            assert_eq!(outcome.code(), "applied");
            assert!(far.elapsed() >= Duration::from_secs(30), "{:?}", far.elapsed());
        }
    }
}

/// The default is QuickBooks' limits, and none at an address on this machine.
#[test]
fn a_company_has_limits_and_a_simulator_has_none() {
    let builder = |base| {
        let token = StaticToken::new(AccessToken::new("t").unwrap());
        Client::builder(base, RealmId::new("9130").unwrap(), token)
    };
    let local = BaseUrl::loopback("http://127.0.0.1:1").unwrap();
    let relay = BaseUrl::explicitly_trusted("https://relay.example.org").unwrap();
    for (base, limits) in [
        (BaseUrl::Production, Limits::DOCUMENTED),
        (BaseUrl::Sandbox, Limits::DOCUMENTED),
        (relay, Limits::DOCUMENTED),
        (local, Limits::NONE),
    ] {
        assert_eq!(builder(base).build().unwrap().limiter().limits(), limits);
    }
}
