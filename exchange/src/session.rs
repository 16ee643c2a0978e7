//! What a run works with: the client, the log and the company, and what is known of each between two runs.
//!
//! [`Exchange`] is made here; its runs are in `run.rs`. The session is read once and kept true by every append.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mapping::engine::Bindings;
use mapping::{Company, EventKey, Period, Plan, Planned, StepKey};
use qb_client::Client;
use qb_model::{Answer, EntityKind};

use crate::chain::Chain;
use crate::entry::Entry;
use crate::error::{NotReady, RunError};
use crate::history::History;
use crate::log::{Fence, LogError, PostingLog};
use crate::observer::Observer;
use crate::of_days::OfDays;
use crate::payments_seen::PaymentsSeen;
use crate::renamed::{remembered, with_renamed};
use crate::report::Outcome;
use crate::snapshot::CompanySnapshot;
use crate::step::{Moment, Policy};
use crate::stop::Stop;

/// How long the log is claimed for at a time: longer than any request, its answer and the wait between two of them.
const LEASE: TimeDelta = TimeDelta::minutes(15);

/// What a host chooses for its runs.
///
/// # Defaults
/// * [`policy`](Options::policy): [`Policy::default`].
/// * [`observer`](Options::observer): none.
/// * [`stop`](Options::stop): none; a run goes on to its end.
/// * [`owner`](Options::owner): `exchange`.
///
/// ```
/// use exchange::{Options, Stop};
///
/// let stop = Stop::new();
/// let options = Options::default()
///     .with_observer(|entry: &exchange::EntryReport| println!("{} {}", entry.number, entry.outcome.word()))
///     .with_stop(stop.clone())
///     .with_owner("back-office-1");
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// How patient a run is. The default is [`Policy::default`].
    pub policy: Policy,
    /// What sees the run go on; for progress bars. The default is nothing.
    pub observer: Option<Arc<dyn Observer>>,
    /// What asks a run to end: once it is asked no further request is sent and no wait goes on, what is left is held, and the
    /// report says so. The default is nothing.
    pub stop: Option<Stop>,
    /// Who claims the posting log. Where several processes or machines share one log, each has a name of its own. The default
    /// is `exchange`.
    pub owner: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { policy: Policy::default(), observer: None, stop: None, owner: "exchange".to_owned() }
    }
}

impl Options {
    /// Sets [`policy`](Options::policy).
    #[must_use]
    pub const fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets [`observer`](Options::observer).
    #[must_use]
    pub fn with_observer(mut self, observer: impl Observer + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Sets [`stop`](Options::stop).
    #[must_use]
    pub fn with_stop(mut self, stop: Stop) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Sets [`owner`](Options::owner).
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = owner.into();
        self
    }

    /// Returns whether the run is asked to end.
    pub(crate) fn is_stop_asked(&self) -> bool {
        self.stop.as_ref().is_some_and(Stop::is_asked)
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("policy", &self.policy).finish_non_exhaustive()
    }
}

/// Posts batches of one company. One per company; it expects to be the only one writing to its log.
pub struct Exchange {
    pub(crate) client: Client,
    pub(crate) company: Arc<Company>,
    pub(crate) log: Arc<dyn PostingLog>,
    pub(crate) options: Options,
    pub(crate) session: Option<Session>,
    /// What became of documents that the last runs did not finish, for the tie-out.
    pub(crate) unfinished: BTreeMap<StepKey, (Outcome, Option<String>)>,
    /// Whether nothing may be sent ([`Exchange::rehearsal`]).
    pub(crate) is_rehearsal: bool,
    /// Events whose documents wait whole, each with why (F-11).
    pub(crate) held_back: BTreeMap<EventKey, String>,
    /// When the run has no more time; every run sets it first.
    pub(crate) deadline: Duration,
}

/// What is kept between runs and updated with every append to the log. It is dropped, and read again by the next run, when
/// the log fails or a run is dropped.
pub(crate) struct Session {
    pub(crate) history: History,
    /// The end of the log that the history was folded from.
    chain: Chain,
    /// What our claim of the log is good for.
    fence: Fence,
    /// Until when the log is ours.
    claimed_until: DateTime<Utc>,
    /// Whether another exchange has written to the log since.
    is_overtaken: bool,
    pub(crate) snapshot: CompanySnapshot,
    pub(crate) bindings: Bindings,
    /// When the preferences were read; none when all of it must be read again.
    pub(crate) read_at: Option<DateTime<Utc>>,
    /// What QuickBooks has under numbers that this log does not know, by kind and number, as it was looked up before the first
    /// document of a plan: nothing where it has none.
    pub(crate) seen: BTreeMap<(EntityKind, String), Vec<Answer>>,
    /// Payments of the days of the plans under way that were looked up ahead.
    pub(crate) payments: Option<PaymentsSeen>,
    /// Documents of ours of the days of the plans under way, by kind, where the log may lack them.
    pub(crate) of_days: BTreeMap<EntityKind, OfDays>,
    /// When QuickBooks was found to have documents of ours that this log does not know.
    pub(crate) behind_since: Option<Moment>,
}

impl Session {
    pub(crate) fn new(fence: Fence, claimed_until: DateTime<Utc>) -> Self {
        Self {
            history: History::default(),
            chain: Chain::default(),
            fence,
            claimed_until,
            is_overtaken: false,
            snapshot: CompanySnapshot::default(),
            bindings: Bindings::default(),
            read_at: None,
            seen: BTreeMap::new(),
            payments: None,
            of_days: BTreeMap::new(),
            behind_since: None,
        }
    }

    /// Returns how many entries the log has.
    pub(crate) fn log_length(&self) -> u64 {
        self.chain.length
    }

    /// Notes what QuickBooks has under some numbers of a kind.
    pub(crate) fn see<'n>(
        &mut self,
        kind: EntityKind,
        numbers: impl IntoIterator<Item = &'n str>,
        mut found: BTreeMap<String, Vec<Answer>>,
    ) {
        for number in numbers {
            let answers = found.remove(number).unwrap_or_default();
            self.seen.insert((kind, number.to_owned()), answers);
        }
    }

    /// What was seen under some numbers of a kind, where there is something; none when not all of them were looked up.
    pub(crate) fn seen_all<'n>(
        &self,
        kind: EntityKind,
        numbers: impl Iterator<Item = &'n str>,
    ) -> Option<BTreeMap<String, Vec<Answer>>> {
        let mut found = BTreeMap::new();
        for number in numbers {
            let answers = self.seen.get(&(kind, number.to_owned()))?;
            if !answers.is_empty() {
                found.insert(number.to_owned(), answers.clone());
            }
        }
        Some(found)
    }

    /// How many documents of a plan were seen in QuickBooks with our key in their memo, and this log does not know them.
    pub(crate) fn seen_of(&self, plan: &Plan<'_>) -> u64 {
        let is_seen = |planned: &&Planned<'_>| {
            let seen = self.seen.get(&(planned.document.kind().entity(), planned.number.to_string()));
            let key = planned.identity.key().to_string();
            seen.into_iter().flatten().any(|answer| answer.carries_key(&key))
        };
        let unknown = plan.documents().filter(|planned| self.history.step(&planned.key).is_none());
        unknown.filter(is_seen).count() as u64 // no plan has 2^64 documents
    }

    /// Forgets what only the plans before these needed.
    pub(crate) fn forget_plans(&mut self) {
        self.seen.clear();
        self.payments = None;
        self.of_days.clear();
        self.bindings.documents.clear();
        self.bindings.order_lines.clear();
    }

    /// Binds accounts, items and what else a period names, as the company was read last. What is wrong.
    pub(crate) fn bind(&mut self, period: &Period) -> Vec<NotReady> {
        let faults = self.snapshot.bind(period, &mut self.bindings);
        with_renamed(faults, &self.history, &self.snapshot, period, &self.bindings)
    }

    /// Takes the company as it was just read, with what the log remembers of its accounts under every time of the mapping.
    pub(crate) fn set_snapshot(&mut self, mut snapshot: CompanySnapshot, company: &Company) {
        let (periods, history) = (company.periods(), &self.history);
        snapshot.remembered = periods.flat_map(|period| remembered(history, period)).collect();
        self.snapshot = snapshot;
    }

    /// Has the company read again before the next run.
    pub(crate) fn forget_snapshot(&mut self) {
        self.read_at = None;
    }
}

impl Exchange {
    /// Returns an exchange with the default options.
    pub fn new(client: Client, log: Arc<dyn PostingLog>, company: Company) -> Self {
        let company = Arc::new(company);
        Self {
            client,
            company,
            log,
            options: Options::default(),
            session: None,
            unfinished: BTreeMap::new(),
            is_rehearsal: false,
            held_back: BTreeMap::new(),
            deadline: Duration::MAX,
        }
    }

    /// Chooses other options for the runs to come.
    pub fn set_options(&mut self, options: Options) {
        self.options = options;
    }

    pub(crate) fn observe(&self, tell: impl FnOnce(&dyn Observer)) {
        if let Some(observer) = &self.options.observer {
            tell(&**observer);
        }
    }

    /// Claims the log, for the lease that every append renews when half of it has gone.
    pub(crate) async fn claim(&self) -> Result<(Fence, DateTime<Utc>), RunError> {
        let until = self.now() + LEASE;
        let fence = self.log.claim(&self.options.owner, until).await;
        Ok((fence.map_err(|source| RunError::log("the start", source))?, until))
    }

    /// Reads what the session does not know of the posting log, which must be about this company.
    pub(crate) async fn read_log(&self, session: &mut Session) -> Result<(), RunError> {
        if session.chain.length > 0 && !session.is_overtaken {
            return Ok(());
        }
        let failed = |source| RunError::log("the start", source);
        for row in self.log.read(session.chain.length).await.map_err(failed)? {
            session.history.apply(session.chain.read(&row).map_err(failed)?);
        }
        session.is_overtaken = false;
        let realm = self.client.realm().as_str();
        match &session.history.realm {
            Some(found) if found != realm => {
                Err(RunError::OtherCompany { found: found.clone(), asked: realm.to_owned() })
            }
            Some(_) => Ok(()),
            None => {
                let entry = Entry::Company { realm: realm.to_owned() };
                self.append(session, "the start", vec![entry]).await
            }
        }
    }

    /// Appends to the log, all or nothing, then to what is known of it.
    pub(crate) async fn append(
        &self,
        session: &mut Session,
        step: &str,
        entries: Vec<Entry>,
    ) -> Result<(), RunError> {
        let failed = |source| RunError::log(step, source);
        if session.claimed_until - self.now() < LEASE / 2 {
            let until = self.now() + LEASE;
            let fence = self.log.claim(&self.options.owner, until).await.map_err(failed)?;
            if fence != session.fence {
                // Somebody held it in between, and may have written.
                return Err(failed(LogError::Fenced));
            }
            session.claimed_until = until;
        }
        let (rows, chain) = session.chain.rows(&entries).map_err(failed)?;
        let appended = self.log.append(session.fence, session.chain.length, &rows).await;
        if let Err(LogError::Overtaken { expected, found }) = &appended {
            session.is_overtaken = found > expected;
        }
        appended.map_err(failed)?;
        session.chain = chain;
        entries.into_iter().for_each(|entry| session.history.apply(entry));
        Ok(())
    }

    /// Keeps a session for the next run, which reads the company again. One whose log failed is not kept, unless the log has
    /// only grown: what the log holds is not known.
    pub(crate) fn keep(&mut self, session: Session, error: Option<&RunError>) {
        let is_of_log = error.is_some_and(|error| matches!(error.cause(), RunError::Log { .. }));
        self.keep_after(session, error.is_some(), is_of_log);
    }

    /// The same, when there were errors, and when one of them was of the log.
    pub(crate) fn keep_after(&mut self, mut session: Session, is_disturbed: bool, is_of_log: bool) {
        if is_disturbed {
            session.forget_snapshot();
        }
        if !is_of_log || session.is_overtaken {
            self.session = Some(session);
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.client.clock().now()
    }

    /// How long this process has run, by a clock that does not jump.
    pub(crate) fn elapsed(&self) -> Duration {
        self.client.clock().elapsed()
    }

    /// This moment, by every clock.
    pub(crate) fn moment(&self) -> Moment {
        Moment {
            wall: self.now(),
            elapsed: TimeDelta::from_std(self.elapsed()).ok(),
            quickbooks: self.client.quickbooks_time(),
        }
    }
}
