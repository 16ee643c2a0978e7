//! The client of one company, and how it sends: a create once, a read a few times.
//!
//! It refuses to retry a write and to compare what came back with a plan: the engine above does that. Neighbours: `request.rs`
//! (builds), `limits.rs` (holds back), `outcome.rs` (sorts). What else the client can do stands in files above this one: lists
//! (`pages.rs`) and look-ups in them (`lookups.rs`), records by their ids (`records.rs`), reports (`reports.rs`), what has
//! changed (`changes.rs`), many at once (`batch.rs`).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use qb_model::{Answer, EntityKind};

use crate::base_url::BaseUrl;
use crate::clock::Clock;
use crate::ids::{RealmId, RequestId};
use crate::limits::{Admission, Limiter, Limits};
use crate::outcome::{
    Body, NotSentWhy, UnknownWhy, Verdict, WriteOutcome, inspect, is_pdf, sort, throttle_wait,
};
use crate::read_error::ReadError;
use crate::request::{Operation, build};
use crate::server_time::ServerTime;
use crate::token::{AccessToken, TokenError, TokenStore};
use crate::transport::{Transport, TransportError, WireResponse};
use crate::usage::{Meter, Pace, Usage};

/// How long a read goes on trying.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    /// Attempts in all.
    pub(crate) read_attempts: u32,
    /// No wait between two attempts is longer, nor one that QuickBooks asks of all.
    pub(crate) longest_wait: Duration,
}

impl Default for Patience {
    /// Enough attempts for a hiccup, few enough for a person who waits; a wait of two windows of QuickBooks' limit.
    fn default() -> Self {
        Self { read_attempts: 4, longest_wait: Duration::from_secs(120) }
    }
}

/// A QuickBooks company with everything needed to talk to it. Cheap to clone; every method may run at once with
/// others.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    tokens: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
    base: BaseUrl,
    realm: RealmId,
    patience: Patience,
    limiter: Limiter,
    meter: Arc<Meter>,
    server_time: Arc<ServerTime>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// What one attempt brought, with the token it used.
struct SentRequest {
    result: Result<WireResponse, TransportError>,
    token: AccessToken,
}

impl Client {
    /// A client out of its parts.
    pub(crate) fn assemble(
        transport: Arc<dyn Transport>,
        tokens: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
        base: BaseUrl,
        realm: RealmId,
        patience: Patience,
        limiter: Limiter,
    ) -> Self {
        let (meter, server_time) = (Arc::default(), Arc::default());
        Self { transport, tokens, clock, base, realm, patience, limiter, meter, server_time }
    }

    /// Returns the company.
    #[must_use]
    pub const fn realm(&self) -> &RealmId {
        &self.realm
    }

    /// Returns the address of the API.
    #[must_use]
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Returns the clock, for the engine's own waits.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Returns QuickBooks' own time: the `Date` of its last answer to this client or a clone of it, and what has passed since
    /// on [`Clock::elapsed`]. `None` before the first answer with a date. It does not follow this machine's wall clock; the
    /// header has whole seconds, so it may lag by one.
    #[must_use]
    pub fn quickbooks_time(&self) -> Option<DateTime<Utc>> {
        self.server_time.at(self.clock.elapsed())
    }

    /// Returns what keeps this company's limits; clones of the client share it, other clients of the company can
    /// ([`ClientBuilder::limiter`](crate::ClientBuilder::limiter)).
    #[must_use]
    pub const fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// Returns what this client and its clones have asked of QuickBooks so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.meter.read()
    }

    /// Returns whether a request of this client or a clone of it waits for QuickBooks' limits at this moment, and not for an
    /// answer; for progress bars.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.meter.is_waiting()
    }

    /// Returns this client under other limits, with a limiter of its own.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limiter: Limiter::new(limits), ..self }
    }

    /// Returns how long QuickBooks took to answer lately, for an engine that weighs batches against single requests.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.meter.pace()
    }

    /// Returns how many more requests QuickBooks' limit of a minute lets leave now, for an engine that weighs batches against
    /// single requests.
    #[must_use]
    pub fn requests_left_this_minute(&self) -> usize {
        self.limiter.left_this_minute(&*self.clock)
    }

    /// Waits until a request may leave under QuickBooks' limits, and holds its place. For an engine that writes down when it
    /// sends: [`create_admitted`](Client::create_admitted) then leaves at once, where [`create`](Client::create) would first
    /// wait here. Nothing is sent.
    ///
    /// # Errors
    /// How much longer QuickBooks asks to be left alone, when that is longer than this client waits
    /// ([`ClientBuilder::longest_wait`](crate::ClientBuilder::longest_wait)).
    pub async fn admit(&self) -> Result<Admission, Duration> {
        self.admission(false).await
    }

    /// Waits, as [`admit`](Client::admit) does, until a batch may leave: batches have a limit of their own beside that of all
    /// requests. Its admission is good for a single request too.
    ///
    /// # Errors
    /// As [`admit`](Client::admit).
    pub async fn admit_batch(&self) -> Result<Admission, Duration> {
        self.admission(true).await
    }

    /// Creates one entity: exactly one attempt, whatever happens.
    ///
    /// `body` is the UTF-8 JSON of `Create::to_json`, sent as it is. The outcome says whether it was posted. Dropping the
    /// future leaves that unknown.
    pub async fn create(&self, kind: EntityKind, body: &[u8], request_id: &RequestId) -> WriteOutcome {
        let operation = Operation::Create { kind, body, request_id };
        self.write(operation, None, |body| Answer::read(kind, body.value).ok()).await
    }

    /// Creates one entity as [`create`](Client::create) does, without waiting for the limits: the admission has.
    pub async fn create_admitted(
        &self,
        admission: Admission,
        kind: EntityKind,
        body: &[u8],
        request_id: &RequestId,
    ) -> WriteOutcome {
        let operation = Operation::Create { kind, body, request_id };
        self.write(operation, Some(admission), |body| Answer::read(kind, body.value).ok()).await
    }

    /// Writes once. `take` finds what the write brings in the body of a 2xx.
    pub(crate) async fn write<T>(
        &self,
        operation: Operation<'_>,
        admission: Option<Admission>,
        take: impl FnOnce(Body) -> Option<T> + Send,
    ) -> WriteOutcome<T> {
        let mut outcome = sort(self.verdict(operation, admission).await, take);
        if let WriteOutcome::NotSent { why: NotSentWhy::Unauthorized, retry_after, .. } = &mut outcome {
            // The next attempt goes with a new token, or is told that there is none: waiting would not help.
            *retry_after = Some(Duration::ZERO);
        }
        outcome
    }

    /// Reads with a few attempts. A read changes nothing, so an unknown outcome may simply be repeated. Being turned away at
    /// QuickBooks' limit is no attempt: it is waited for, as long as it asks or a window of its limit.
    pub(crate) async fn read(&self, operation: Operation<'_>) -> Result<Body, ReadError> {
        let (mut attempt, mut throttled, mut wait) = (1, 0, Duration::from_secs(1));
        loop {
            let read = self.read_once(operation).await;
            let is_last = attempt >= self.patience.read_attempts;
            let pause = match &read {
                Err(ReadError::NotSent { why: NotSentWhy::Throttled, retry_after }) => {
                    let unasked = throttle_wait(throttled);
                    throttled += 1;
                    unasked.map(|unasked| retry_after.unwrap_or(unasked))
                }
                Err(ReadError::NotSent { why: NotSentWhy::Unauthorized, .. }) if !is_last => {
                    Some(Duration::ZERO)
                }
                Err(ReadError::NotSent { why: NotSentWhy::Connection(_), .. })
                | Err(ReadError::Failed {
                    why: UnknownWhy::Connection(_) | UnknownWhy::Server { .. }, ..
                }) if !is_last => Some(wait),
                _ => None,
            };
            let is_throttled = matches!(read, Err(ReadError::NotSent { why: NotSentWhy::Throttled, .. }));
            let Some(pause) = pause.filter(|pause| *pause <= self.patience.longest_wait) else {
                return read;
            };
            if !pause.is_zero() {
                let _held = is_throttled.then(|| self.meter.wait(&*self.clock));
                self.clock.sleep(pause).await;
            }
            if !is_throttled {
                attempt += 1;
                wait = wait.saturating_mul(2);
            }
        }
    }

    async fn read_once(&self, operation: Operation<'_>) -> Result<Body, ReadError> {
        read_from(self.verdict(operation, None).await)
    }

    /// One attempt, and the class of what came of it. A refused token is told to the store, a reached limit to the limiter.
    pub(crate) async fn verdict(&self, operation: Operation<'_>, admission: Option<Admission>) -> Verdict {
        let attempt = match self.attempt(operation, admission).await {
            Ok(attempt) => attempt,
            Err(verdict) => return *verdict,
        };
        let verdict = match &attempt.result {
            Ok(response) if matches!(operation, Operation::Pdf { .. }) && is_pdf(response) => {
                Verdict::Body(Body {
                    bytes: response.body.clone(),
                    status: response.status,
                    ..Body::default()
                })
            }
            result => inspect(result),
        };
        match &verdict {
            Verdict::Body(_) => self.meter.succeeded(operation.metering()),
            Verdict::NotSent { why: NotSentWhy::Unauthorized, .. } => {
                self.tokens.token_refused(&attempt.token).await;
            }
            Verdict::NotSent { why: NotSentWhy::Throttled, retry_after, .. } => self.throttled(*retry_after),
            Verdict::NotSent { .. } | Verdict::Refused(_) | Verdict::Unknown { .. } => {}
        }
        verdict
    }

    /// Counts for a batch what its items came to.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Notes that QuickBooks' limit was reached.
    pub(crate) fn throttled(&self, retry_after: Option<Duration>) {
        self.meter.change(|usage| usage.throttled += 1);
        self.limiter.throttled(self.clock.elapsed(), retry_after);
    }

    async fn admission(&self, is_batch: bool) -> Result<Admission, Duration> {
        let start = self.clock.elapsed();
        let wait = self.meter.wait(&*self.clock);
        let admission = self.limiter.admit(&*self.clock, is_batch, self.patience.longest_wait).await;
        drop(wait);
        let held = self.clock.elapsed().saturating_sub(start);
        if !held.is_zero() {
            let millis = u64::try_from(held.as_millis()).unwrap_or(u64::MAX);
            tracing::debug!(millis, "held back under QuickBooks' limits");
        }
        admission
    }

    /// One attempt: a place under the limits, token, request, transport, one trace event without values.
    async fn attempt(
        &self,
        operation: Operation<'_>,
        admission: Option<Admission>,
    ) -> Result<SentRequest, Box<Verdict>> {
        let not_sent = |why, retry_after| Box::new(Verdict::NotSent { why, retry_after, intuit_tid: None });
        let mut admission = match admission {
            Some(admission) => admission,
            None => (self.admission(operation.is_batch()).await)
                .map_err(|wait| not_sent(NotSentWhy::HeldBack, Some(wait)))?,
        };
        let no_token = |error: TokenError| not_sent(error.into(), None);
        let token = self.tokens.access_token().await.map_err(no_token)?;
        let request = build(&self.base, &self.realm, token.clone(), operation);
        let method = request.method().as_str();
        let start = self.clock.elapsed();
        admission.sent(start);
        self.meter.change(|usage| {
            usage.requests += 1;
            usage.batches += u64::from(operation.is_batch());
        });
        let result = self.transport.send(request).await;
        drop(admission);
        let end = self.clock.elapsed();
        if let Some(date) = result.as_ref().ok().and_then(WireResponse::date) {
            self.server_time.heard(date, end);
        }
        let took = end.saturating_sub(start);
        if result.is_ok() && !matches!(operation, Operation::Report { .. }) {
            self.meter.heard(operation.items(), took);
        }
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let path = &*operation.label();
        match &result {
            Ok(response) => {
                let intuit_tid = response.intuit_tid().unwrap_or_default();
                tracing::debug!(method, path, status = response.status, intuit_tid, millis, "answered");
            }
            Err(error) => {
                let not_sent = matches!(error, TransportError::NotSent { .. });
                tracing::debug!(method, path, not_sent, millis, "no answer");
            }
        }
        Ok(SentRequest { result, token })
    }
}

/// What a read makes of a class.
pub(crate) fn read_from(verdict: Verdict) -> Result<Body, ReadError> {
    match verdict {
        Verdict::Body(body) => Ok(body),
        Verdict::Refused(refusal) => Err(ReadError::Refused(refusal)),
        Verdict::NotSent { why, retry_after, .. } => Err(ReadError::NotSent { why, retry_after }),
        Verdict::Unknown { why: UnknownWhy::TooLarge { limit }, .. } => Err(ReadError::TooLarge { limit }),
        Verdict::Unknown { why, intuit_tid } => Err(ReadError::Failed { why, intuit_tid }),
    }
}
