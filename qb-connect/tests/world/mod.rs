//! A world in one process: a simulated company, a clock that nobody waits for, a store that outlives processes, and a
//! gate at which a process can be stopped before and after every effect.
#![allow(dead_code, reason = "each test file uses its own part of the world")]

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use qb_client::{
    AccessToken, AuthRequest, AuthTransport, Clock, RealmId, Transport, TransportError, WireRequest,
    WireResponse,
};
use qb_connect::{
    AuthServer, ClientPair, Connection, ConnectionStore, Environment, FileError, Grant, Redirect,
    RefreshToken, RefreshingTokens, StoreError, StoreLock, check_follows, connect,
};
use qb_simulator::{
    Company, CompanyOptions, Delivery, Effect, Faults, Operation, Request, Rule, Service, When,
};

pub(crate) const START: &str = "2026-02-04T03:00:00Z";

/// Time that passes only when somebody sleeps or a test says so.
#[derive(Debug)]
pub(crate) struct VirtualClock {
    millis: AtomicI64,
    /// How far a process's own clock is from the company's.
    pub(crate) off: AtomicI64,
}

impl VirtualClock {
    fn new() -> Self {
        let start = DateTime::parse_from_rfc3339(START).unwrap();
        Self { millis: AtomicI64::new(start.timestamp_millis()), off: AtomicI64::new(0) }
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.millis.fetch_add(seconds * 1000, SeqCst);
    }

    /// The company's time.
    pub(crate) fn truth(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.millis.load(SeqCst)).unwrap()
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        self.truth() + TimeDelta::seconds(self.off.load(SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.millis.load(SeqCst).unsigned_abs())
    }

    async fn sleep(&self, duration: Duration) {
        self.millis.fetch_add(i64::try_from(duration.as_millis()).unwrap(), SeqCst);
        // Somebody else may go on.
        let mut is_first = true;
        std::future::poll_fn(|context| {
            if std::mem::take(&mut is_first) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
    }
}

/// Counts the points at which a process can stop, and stops it at one of them by never going on.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    passed: AtomicUsize,
    stop_at: AtomicUsize,
}

impl Gate {
    pub(crate) async fn pass(&self) {
        let point = self.passed.fetch_add(1, SeqCst) + 1;
        let is_shut = || point == self.stop_at.load(SeqCst);
        std::future::poll_fn(|_| if is_shut() { Poll::Pending } else { Poll::Ready(()) }).await;
    }

    /// Counts from 1 again and stops at this point; at none for 0.
    pub(crate) fn stop_at(&self, point: usize) {
        self.passed.store(0, SeqCst);
        self.stop_at.store(point, SeqCst);
    }

    pub(crate) fn passed(&self) -> usize {
        self.passed.load(SeqCst)
    }
}

/// The simulated company, as both of its servers.
pub(crate) struct Books {
    pub(crate) service: Mutex<Service>,
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) gate: Arc<Gate>,
    /// Requests to the authorization server.
    pub(crate) asked: AtomicUsize,
    /// Requests to the API.
    pub(crate) used: AtomicUsize,
    /// Before the next requests to the authorization server, this happens.
    pub(crate) meanwhile: Mutex<VecDeque<Box<dyn FnOnce() + Send>>>,
    /// The authorization server cannot be reached.
    pub(crate) is_down: AtomicBool,
    /// Seconds that a request to the API takes.
    pub(crate) takes: AtomicI64,
}

impl Books {
    fn deliver(&self, request: &Request) -> Result<WireResponse, TransportError> {
        let now = self.clock.truth().fixed_offset();
        let reply = self.service.lock().unwrap().exchange(request, now);
        let lost = || TransportError::Unknown { why: "connection closed".to_owned() };
        match reply.delivery {
            Delivery::Answer(response) | Delivery::Dripping { response, .. } => {
                Ok(WireResponse { status: response.status, headers: response.headers, body: response.body })
            }
            Delivery::Closed | Delivery::Truncated { .. } => Err(lost()),
        }
    }
}

#[async_trait]
impl AuthTransport for Books {
    async fn post(&self, request: AuthRequest) -> Result<WireResponse, TransportError> {
        self.gate.pass().await;
        if self.is_down.load(SeqCst) {
            return Err(TransportError::NotSent { why: "no route".to_owned() });
        }
        self.asked.fetch_add(1, SeqCst);
        let meanwhile = self.meanwhile.lock().unwrap().pop_front();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        let path = request.url().strip_prefix("http://127.0.0.1:1").unwrap();
        let mut asked = Request::new("POST", path, request.body());
        for (name, value) in request.headers() {
            asked = asked.header(name, value);
        }
        let answer = self.deliver(&asked);
        self.gate.pass().await;
        answer
    }
}

impl Books {
    /// The refresh token that the server takes now, whatever has arrived of it.
    pub(crate) fn good(&self) -> String {
        let saved = self.service.lock().unwrap().company().save().unwrap();
        let state: serde_json::Value = serde_json::from_str(&saved).unwrap();
        state.pointer("/grants/grants/0/refresh").and_then(serde_json::Value::as_str).unwrap().to_owned()
    }
}

#[async_trait]
impl Transport for Books {
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        self.gate.pass().await;
        self.used.fetch_add(1, SeqCst);
        self.clock.advance(self.takes.load(SeqCst));
        let target = format!("{}?{}", request.path(), request.query());
        let mut asked =
            Request::new(request.method().as_str(), &target, request.body()).bearer(request.token().expose());
        for (name, value) in request.headers() {
            asked = asked.header(name, value);
        }
        let answer = self.deliver(&asked);
        self.gate.pass().await;
        answer
    }
}

/// A store that outlives processes, and a disk that can be full.
#[derive(Clone)]
pub(crate) struct WorldStore {
    pub(crate) kept: Arc<Mutex<Option<Connection>>>,
    is_locked: Arc<AtomicBool>,
    gate: Arc<Gate>,
    /// Which of the next writes fail: how many go well before, and whether the failing one is kept all the same.
    pub(crate) fails: Arc<Mutex<Option<(usize, bool)>>>,
    pub(crate) writes: Arc<AtomicUsize>,
}

impl WorldStore {
    /// The process that held the lock is gone.
    pub(crate) fn unlock(&self) {
        self.is_locked.store(false, SeqCst);
    }

    /// The lock, as another process holds it.
    pub(crate) fn lock(&self) {
        assert!(!self.is_locked.swap(true, SeqCst));
    }

    pub(crate) fn connection(&self) -> Connection {
        self.kept.lock().unwrap().clone().unwrap()
    }
}

#[async_trait]
impl ConnectionStore for WorldStore {
    async fn read(&self) -> Result<Option<Connection>, StoreError> {
        Ok(self.kept.lock().unwrap().clone())
    }

    async fn try_lock(&self) -> Result<Option<Box<dyn StoreLock>>, StoreError> {
        if self.is_locked.swap(true, SeqCst) {
            return Ok(None);
        }
        Ok(Some(Box::new(WorldLock(self.clone()))))
    }
}

struct WorldLock(WorldStore);

#[async_trait]
impl StoreLock for WorldLock {
    async fn write(&mut self, connection: &Connection) -> Result<(), StoreError> {
        self.0.gate.pass().await;
        let fails = {
            let mut fails = self.0.fails.lock().unwrap();
            match fails.take() {
                Some((0, is_kept)) => Some(is_kept),
                Some((more, is_kept)) => {
                    *fails = Some((more - 1, is_kept));
                    None
                }
                None => None,
            }
        };
        {
            let mut kept = self.0.kept.lock().unwrap();
            check_follows(kept.as_ref(), connection)?;
            if fails != Some(false) {
                self.0.writes.fetch_add(1, SeqCst);
                *kept = Some(connection.clone());
            }
        }
        if fails.is_some() {
            let source = std::io::Error::new(std::io::ErrorKind::StorageFull, "no space left on device");
            return Err(FileError::Failed { action: "written", path: "connection".into(), source }.into());
        }
        self.0.gate.pass().await;
        Ok(())
    }
}

impl Drop for WorldLock {
    fn drop(&mut self) {
        self.0.unlock();
    }
}

/// Everything outside the process under test.
pub(crate) struct World {
    pub(crate) books: Arc<Books>,
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) store: WorldStore,
    pub(crate) realm: RealmId,
}

/// Access tokens live a minute, and every refresh gives a new refresh token.
pub(crate) fn rotating() -> CompanyOptions {
    let mut options = lasting();
    options.oauth.rotation_seconds = Some(0);
    options
}

/// Access tokens live a minute; refresh tokens keep their value for a day.
pub(crate) fn lasting() -> CompanyOptions {
    let mut options = CompanyOptions::default();
    options.oauth.access_token_seconds = Some(60);
    options
}

impl World {
    /// A company that was connected just now.
    pub(crate) fn new(options: CompanyOptions) -> Self {
        let clock = Arc::new(VirtualClock::new());
        let gate = Arc::new(Gate::default());
        let realm = RealmId::new(&options.realm_id).unwrap();
        let credentials = options.credentials.clone();
        let lives = options.oauth.access_token_seconds.map_or(3600, u64::from);
        let company = Company::new(options, clock.truth().fixed_offset());
        let books = Arc::new(Books {
            service: Mutex::new(Service::new(company)),
            clock: Arc::clone(&clock),
            gate: Arc::clone(&gate),
            asked: AtomicUsize::new(0),
            used: AtomicUsize::new(0),
            meanwhile: Mutex::default(),
            is_down: AtomicBool::new(false),
            takes: AtomicI64::new(0),
        });
        let grant = Grant {
            access: AccessToken::new(&credentials.access_token).unwrap(),
            lives: Duration::from_secs(lives),
            refresh: RefreshToken::new(&credentials.refresh_token).unwrap(),
            unused: None,
            consent: None,
        };
        let first = Connection::new(environment(), realm.clone(), grant, clock.truth(), None);
        let store = WorldStore {
            kept: Arc::new(Mutex::new(Some(first))),
            is_locked: Arc::default(),
            gate: Arc::clone(&gate),
            fails: Arc::default(),
            writes: Arc::default(),
        };
        Self { books, clock, gate, store, realm }
    }

    pub(crate) fn server(&self) -> AuthServer {
        let options = self.books.service.lock().unwrap().company().options().credentials.clone();
        let pair = ClientPair::new(&options.client_id, &options.client_secret).unwrap();
        AuthServer::new(environment(), pair, Arc::clone(&self.books) as _).unwrap()
    }

    /// A person allows the app once more.
    pub(crate) fn reconnect(&self) {
        let server = self.server();
        let consent = server.consent(&Redirect::new("https://shop.example.org/back").unwrap());
        let path = consent.address().strip_prefix("http://127.0.0.1:1").unwrap().to_owned();
        let now = self.clock.truth().fixed_offset();
        let reply = self.books.service.lock().unwrap().exchange(&Request::new("GET", &path, ""), now);
        let back = reply.answer().unwrap().header_value("location").unwrap().to_owned();
        let allowed = consent.check(&back).unwrap();
        finish(connect(&self.store, &server, &allowed, &*self.clock)).unwrap();
    }

    /// A new process: nothing in memory.
    pub(crate) fn process(&self) -> Arc<RefreshingTokens> {
        let store = Arc::new(self.store.clone());
        let opened = RefreshingTokens::open(store, self.server(), Arc::clone(&self.clock) as _);
        Arc::new(finish(opened).unwrap())
    }

    pub(crate) fn client(&self, tokens: &Arc<RefreshingTokens>) -> qb_client::Client {
        RefreshingTokens::client(tokens).transport(Arc::clone(&self.books)).build().unwrap()
    }

    /// What goes wrong with the next token requests.
    pub(crate) fn faulty(&self, effect: Effect, times: u64) {
        let rule = Rule::new("planned", effect, When::operation(Operation::Token).times(times));
        self.books.service.lock().unwrap().faults = Faults::new(1, vec![rule]);
    }

    pub(crate) fn asked(&self) -> usize {
        self.books.asked.load(SeqCst)
    }
}

pub(crate) fn environment() -> Environment {
    Environment::simulator("http://127.0.0.1:1", "http://127.0.0.1:1").unwrap()
}

/// Polls a future to its end: effects of a world answer at once, and its sleeps are over when they begin.
pub(crate) fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    poll(future.as_mut()).expect("nothing in this world waits")
}

/// Polls a future until it ends or stands at the gate.
pub(crate) fn poll<T>(mut future: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..3_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
    }
    None
}
