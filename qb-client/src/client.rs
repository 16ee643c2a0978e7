//! The client of one company: creates (one attempt each) and reads (repeated and paged).
//!
//! It refuses to retry a write, to count requests against limits, and to compare what came back with a plan: the
//! engine above does that. Neighbours: `request.rs` (builds), `outcome.rs` (sorts), `query.rs` (asks).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use qb_model::{Answer, CompanyInfo, EntityKind, GeneralLedger, ModelError, Preferences, TrialBalance};
use serde_json::Value;

use crate::base_url::BaseUrl;
use crate::clock::Clock;
use crate::ids::{RealmId, RequestId};
use crate::outcome::{NotSentWhy, UnknownWhy, Verdict, WriteOutcome, classify, inspect, throttle_wait};
use crate::query::{PAGE, Query, QueryField};
use crate::read_error::ReadError;
use crate::request::{Operation, build};
use crate::server_time::ServerTime;
use crate::token::{AccessToken, TokenError, TokenStore};
use crate::transport::{Transport, TransportError, WireResponse};

/// Pages of one query: a million rows; a list that goes on is not a list.
const MOST_PAGES: usize = 1000;

/// How long a read goes on trying.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    /// Attempts in all.
    pub(crate) read_attempts: u32,
    /// No wait between two attempts is longer.
    pub(crate) longest_read_wait: Duration,
}

impl Default for Patience {
    /// Enough attempts for a hiccup, few enough for a person who waits; a wait of two windows of QuickBooks' limit.
    fn default() -> Self {
        Self { read_attempts: 4, longest_read_wait: Duration::from_secs(120) }
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
    ) -> Self {
        let server_time = Arc::default();
        Self { transport, tokens, clock, base, realm, patience, server_time }
    }

    /// The company.
    #[must_use]
    pub const fn realm(&self) -> &RealmId {
        &self.realm
    }

    /// Returns the address of the API.
    #[must_use]
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// The clock, for the engine's own waits.
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

    /// Creates one entity: exactly one attempt, whatever happens.
    ///
    /// `body` is the UTF-8 JSON of `Create::to_json`, sent as it is. The outcome says whether it was posted. Dropping the
    /// future leaves that unknown.
    pub async fn create(&self, kind: EntityKind, body: &[u8], request_id: &RequestId) -> WriteOutcome {
        match self.attempt(Operation::Create { kind, body, request_id }).await {
            Ok(attempt) => {
                let mut outcome = classify(kind, &attempt.result);
                if let WriteOutcome::NotSent { why: NotSentWhy::Unauthorized, retry_after, .. } = &mut outcome
                {
                    self.tokens.token_refused(&attempt.token).await;
                    // The next attempt goes with a new token, or is told that there is none: waiting would not help.
                    *retry_after = Some(Duration::ZERO);
                }
                outcome
            }
            Err(why) => WriteOutcome::NotSent { why: why.into(), retry_after: None, intuit_tid: None },
        }
    }

    /// Returns every row of a query, page after page, as raw JSON.
    ///
    /// Only an empty page ends the list: QuickBooks may give fewer rows a page than were asked for, and pages have been seen a
    /// row off. Where rows are so large that a page of them is beyond what is read, smaller pages are asked for, down to one
    /// row.
    ///
    /// # Errors
    /// [`ReadError::Contradiction`] when an answer disagrees with itself, or fewer rows came than there are said to be; else
    /// as every read. Nothing was posted.
    pub async fn query(&self, query: &Query) -> Result<Vec<Value>, ReadError> {
        let entity = query.entity().name();
        let (mut rows, mut most, mut told) = (Vec::new(), PAGE, 0);
        for _ in 0..MOST_PAGES {
            let start = rows.len().saturating_add(1);
            let statement = query.page(start, most);
            let mut body = match self.read(Operation::Query { statement: &statement }).await {
                Err(ReadError::TooLarge { .. }) if most > 1 => {
                    most /= 2;
                    continue;
                }
                read => read?,
            };
            let page = query.rows(&mut body, start)?;
            let is_last = page.rows.is_empty();
            rows.extend(page.rows);
            told = page.total.unwrap_or(told);
            if is_last && rows.len() < told {
                let why = format!("it says that there are {told} rows, and {} came", rows.len());
                return Err(ReadError::Contradiction { entity, why });
            }
            if is_last {
                return Ok(rows);
            }
        }
        Err(ReadError::Endless { entity })
    }

    /// Returns every entity of a kind that carries this number (`DocNumber`, `PaymentRefNum`) or name, in any case of letters;
    /// of list entries the inactive ones too. An empty list soon after an unclear attempt proves nothing yet: QuickBooks may
    /// still be at work, and its queries may lag behind its books.
    ///
    /// # Errors
    /// [`ReadError`]; nothing was posted, and nothing follows about what is there.
    pub async fn find_by_number(&self, kind: EntityKind, number: &str) -> Result<Vec<Answer>, ReadError> {
        let found = self.find_by_numbers(kind, [number]).await?;
        Ok(found.into_values().flatten().collect())
    }

    /// Returns what [`find_by_number`](Client::find_by_number) would for each of these numbers, by the number as it was asked
    /// for; one that nothing carries is not among the keys. 1,000 numbers take one query and the empty page after it.
    ///
    /// # Errors
    /// As [`find_by_number`](Client::find_by_number): all are known, or none.
    pub async fn find_by_numbers<'n>(
        &self,
        kind: EntityKind,
        numbers: impl IntoIterator<Item = &'n str> + Send,
    ) -> Result<BTreeMap<String, Vec<Answer>>, ReadError> {
        let field = match kind.number_field() {
            "DisplayName" => QueryField::DisplayName,
            "PaymentRefNum" => QueryField::PaymentRefNum,
            "DocNumber" => QueryField::DocNumber,
            _ => QueryField::Name,
        };
        let wanted: BTreeSet<String> = numbers.into_iter().map(str::to_owned).collect();
        let asked: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let mut found: BTreeMap<String, Vec<Answer>> = BTreeMap::new();
        // Characters beyond ASCII can break QuickBooks' query reader: such names are compared here.
        let is_plain = !kind.is_list_entry() || asked.iter().all(|number| number.is_ascii());
        for some in asked.chunks(PAGE).filter(|_| is_plain) {
            let query = Query::all(kind);
            let query = if kind.is_list_entry() { query.with_inactive() } else { query };
            let query = match some {
                [number] => query.equal(field, number)?,
                _ => query.one_of(field, some.iter().copied())?,
            };
            take(kind, field, &asked, self.query(&query).await?, &mut found)?;
        }
        // Names are unique in any case of letters; a query may compare them exactly.
        if kind.is_list_entry() && found.len() < asked.len() {
            found.clear();
            let rows = self.query(&Query::all(kind).with_inactive()).await?;
            take(kind, field, &asked, rows, &mut found)?;
        }
        Ok(found)
    }

    /// Returns every document of a kind that is dated from `first` to `last`, both included: for payments, which no number of
    /// QuickBooks' guards.
    ///
    /// # Errors
    /// [`ReadError`]; nothing was posted, and nothing follows about what is there.
    pub async fn find_by_date(
        &self,
        kind: EntityKind,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<Answer>, ReadError> {
        let rows = self.query(&Query::all(kind).dated(first, last)).await?;
        rows.into_iter().map(|row| Answer::read(kind, row).map_err(ReadError::from)).collect()
    }

    /// The company's preferences.
    ///
    /// # Errors
    /// [`ReadError`]; an answer without preferences is one, so that absence is never read as a setting.
    pub async fn preferences(&self) -> Result<Preferences, ReadError> {
        let body = self.read(Operation::Preferences).await?;
        match body.get("Preferences").filter(|inner| inner.is_object()) {
            Some(inner) => Ok(Preferences::read(inner)),
            None => Err(ModelError::Missing { what: "Preferences", field: "Preferences" }.into()),
        }
    }

    /// The company's name, country and plan.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn company_info(&self) -> Result<CompanyInfo, ReadError> {
        Ok(CompanyInfo::read(&self.read(Operation::CompanyInfo).await?)?)
    }

    /// The trial balance at the end of a day, on the accrual basis.
    ///
    /// Starts on 1 January of that year: without both dates QuickBooks takes the current month.
    ///
    /// # Errors
    /// [`ReadError::OtherReport`] when the report is for another period or basis; [`ReadError::Unreadable`] when it is
    /// another report, is empty without saying so, or does not add up to its own totals; else as every read.
    pub async fn trial_balance(&self, end_date: NaiveDate) -> Result<TrialBalance, ReadError> {
        let start_date = end_date.with_ordinal(1).unwrap_or(end_date);
        let parameters = [
            ("start_date", start_date.to_string()),
            ("end_date", end_date.to_string()),
            ("accounting_method", "Accrual".to_owned()),
        ];
        let body = self.read(Operation::Report { name: "TrialBalance", parameters: &parameters }).await?;
        let report = TrialBalance::read(&body)?;
        let starts = report.start_date.is_none_or(|start| start == start_date);
        if starts && report.end_date == end_date && is_accrual(&report.report_basis) {
            return Ok(report);
        }
        let start = report.start_date.unwrap_or(start_date);
        let found = format!("{start} to {} {}", report.end_date, report.report_basis);
        Err(ReadError::OtherReport { asked: format!("{start_date} to {end_date} Accrual"), found })
    }

    /// The general ledger of some accounts, by their ids, between two days, both included, on the accrual basis. Large: ask
    /// for few accounts or few days.
    ///
    /// # Errors
    /// [`ReadError::OtherReport`] when the report is for other days or another basis; [`ReadError::Unreadable`] when it is
    /// another report, is empty without saying so, or does not add up to its own totals; [`ReadError::TooLarge`] when the answer
    /// is larger than this client takes in; else as every read.
    pub async fn general_ledger(
        &self,
        start_date: NaiveDate,
        end_date: NaiveDate,
        accounts: &[&str],
    ) -> Result<GeneralLedger, ReadError> {
        let columns = "tx_date,txn_type,doc_num,name,memo,subt_nat_amount,rbal_nat_amount";
        let parameters = [
            ("start_date", start_date.to_string()),
            ("end_date", end_date.to_string()),
            ("accounting_method", "Accrual".to_owned()),
            ("account", accounts.join(",")),
            ("columns", columns.to_owned()),
        ];
        let body = self.read(Operation::Report { name: "GeneralLedger", parameters: &parameters }).await?;
        let report = GeneralLedger::read(&body)?;
        if (report.start_date, report.end_date) == (start_date, end_date) && is_accrual(&report.report_basis)
        {
            return Ok(report);
        }
        let found = format!("{} to {} {}", report.start_date, report.end_date, report.report_basis);
        Err(ReadError::OtherReport { asked: format!("{start_date} to {end_date} Accrual"), found })
    }

    /// Reads with a few attempts. A read changes nothing, so an unknown outcome may simply be repeated. Being turned away at
    /// QuickBooks' limit is no attempt: it is waited for, as long as it asks or a window of its limit.
    async fn read(&self, operation: Operation<'_>) -> Result<Value, ReadError> {
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
            let Some(pause) = pause.filter(|pause| *pause <= self.patience.longest_read_wait) else {
                return read;
            };
            if !pause.is_zero() {
                self.clock.sleep(pause).await;
            }
            if !is_throttled {
                attempt += 1;
                wait = wait.saturating_mul(2);
            }
        }
    }

    async fn read_once(&self, operation: Operation<'_>) -> Result<Value, ReadError> {
        let attempt = match self.attempt(operation).await {
            Ok(attempt) => attempt,
            Err(why) => return Err(ReadError::NotSent { why: why.into(), retry_after: None }),
        };
        match inspect(&attempt.result) {
            Verdict::Body { value, .. } => Ok(value),
            Verdict::Refused(refusal) => Err(ReadError::Refused(refusal)),
            Verdict::NotSent { why, retry_after, .. } => {
                if why == NotSentWhy::Unauthorized {
                    self.tokens.token_refused(&attempt.token).await;
                }
                Err(ReadError::NotSent { why, retry_after })
            }
            Verdict::Unknown { why: UnknownWhy::TooLarge { limit }, .. } => {
                Err(ReadError::TooLarge { limit })
            }
            Verdict::Unknown { why, intuit_tid } => Err(ReadError::Failed { why, intuit_tid }),
        }
    }

    /// One attempt: token, request, transport, one trace event without values.
    async fn attempt(&self, operation: Operation<'_>) -> Result<SentRequest, TokenError> {
        let token = self.tokens.access_token().await?;
        let request = build(&self.base, &self.realm, token.clone(), operation);
        let method = request.method().as_str();
        let start = self.clock.elapsed();
        let result = self.transport.send(request).await;
        let end = self.clock.elapsed();
        if let Some(date) = result.as_ref().ok().and_then(WireResponse::date) {
            self.server_time.heard(date, end);
        }
        let millis = u64::try_from(end.saturating_sub(start).as_millis()).unwrap_or(u64::MAX);
        let path = operation.label();
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

fn is_accrual(basis: &str) -> bool {
    basis.eq_ignore_ascii_case("accrual")
}

/// Puts each row to the numbers it was asked for by; what answers to none of them was not asked for.
fn take(
    kind: EntityKind,
    field: QueryField,
    asked: &[&str],
    rows: Vec<Value>,
    found: &mut BTreeMap<String, Vec<Answer>>,
) -> Result<(), ReadError> {
    let mut by_key: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for number in asked {
        by_key.entry(number.to_lowercase()).or_default().push(number);
    }
    for row in rows {
        let key = row.get(field.name()).and_then(Value::as_str).map(str::to_lowercase);
        let Some(numbers) = key.and_then(|key| by_key.get(&key)) else { continue };
        let answer = Answer::read(kind, row)?;
        for number in numbers {
            found.entry((*number).to_owned()).or_default().push(answer.clone());
        }
    }
    Ok(())
}
