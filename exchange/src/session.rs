//! What a run works with: the client, the log and the company, and what is known of each between two runs.
//!
//! [`Exchange`] is made here; its runs are in `run.rs`. The session is read once and kept true by every append.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use mapping::{Bindings, Company, StepKey};
use qb_client::Client;

use crate::error::{NotReady, RunError};
use crate::history::History;
use crate::log::{Entry, PostingLog};
use crate::report::{EntryReport, Outcome};
use crate::snapshot::CompanySnapshot;
use crate::step::Policy;

/// Preferences older than this are read again before a run: a read is metered, and thousands of purchase orders may follow
/// each other within a minute.
const PREFERENCES_AGE: TimeDelta = TimeDelta::seconds(10);

/// The same for accounts, items and payment methods.
const SNAPSHOT_AGE: TimeDelta = TimeDelta::minutes(5);

/// Sees every step as it is settled.
pub type Observer = Arc<dyn Fn(&EntryReport) + Send + Sync>;

/// What a host can choose.
#[derive(Clone, Default)]
pub struct Options {
    /// How patient a run is.
    pub policy: Policy,
    /// Called after every step; for progress bars. Must be quick.
    pub observer: Option<Observer>,
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
    /// What became of documents that the last runs did not settle, for the tie-out.
    pub(crate) unsettled: HashMap<StepKey, (Outcome, Option<String>)>,
}

/// What is kept between runs and updated with every append to the log. It is dropped, and read again by the next run, when
/// the log fails or a run is dropped.
pub(crate) struct Session {
    pub(crate) history: History,
    pub(crate) snapshot: CompanySnapshot,
    pub(crate) bindings: Bindings,
    /// When the preferences were read; none when all of it must be read again.
    read_at: Option<DateTime<Utc>>,
    /// Numbers of payments that QuickBooks has and this log may not know.
    pub(crate) payments: HashSet<String>,
}

impl Session {
    fn new(history: History) -> Self {
        let (snapshot, bindings) = (CompanySnapshot::default(), Bindings::default());
        Self { history, snapshot, bindings, read_at: None, payments: HashSet::new() }
    }

    /// Has the company read again before the next run.
    pub(crate) fn forget_snapshot(&mut self) {
        self.read_at = None;
    }
}

impl Exchange {
    /// An exchange with the default options.
    pub fn new(client: Client, log: Arc<dyn PostingLog>, company: Company) -> Self {
        let company = Arc::new(company);
        Self { client, company, log, options: Options::default(), session: None, unsettled: HashMap::new() }
    }

    /// Chooses other options for the runs to come.
    pub fn set_options(&mut self, options: Options) {
        self.options = options;
    }

    pub(crate) fn observe(&self, entry: &EntryReport) {
        if let Some(observer) = &self.options.observer {
            observer(entry);
        }
    }

    /// The session of the run before; without one, reads the log and the company. Nothing is sent. Accounts and items are
    /// bound as the company is mapped in the period at hand.
    ///
    /// A session is kept through every error: the log need not be read again, the company is.
    pub(crate) async fn begin(&mut self, company: &Company) -> Result<Session, RunError> {
        let (mut session, faults) = self.begin_with_faults(company).await?;
        if faults.is_empty() {
            return Ok(session);
        }
        session.forget_snapshot();
        self.session = Some(session);
        Err(RunError::NotReady(faults))
    }

    /// The same, with what is wrong in the company beside it.
    pub(crate) async fn begin_with_faults(
        &mut self,
        company: &Company,
    ) -> Result<(Session, Vec<NotReady>), RunError> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => Session::new(self.read_log().await?),
        };
        match self.refresh(&mut session, company).await {
            Ok(faults) => Ok((session, faults)),
            Err(error) => {
                session.forget_snapshot();
                self.session = Some(session);
                Err(error)
            }
        }
    }

    /// The posting log, which must be about this company.
    async fn read_log(&self) -> Result<History, RunError> {
        let entries = self.log.read().await.map_err(|source| RunError::log("the start", source))?;
        let mut history = History::read(entries);
        let realm = self.client.realm().as_str();
        match &history.realm {
            Some(found) if found != realm => {
                return Err(RunError::OtherCompany { found: found.clone(), asked: realm.to_owned() });
            }
            Some(_) => {}
            None => {
                let entry = Entry::Company { realm: realm.to_owned() };
                let appended = self.log.append(history.length, &entry).await;
                appended.map_err(|source| RunError::log("the start", source))?;
                history.apply(entry);
            }
        }
        Ok(history)
    }

    /// Reads what people may have changed in the company since the run before: the closing date, above all. What is wrong.
    async fn refresh(&self, session: &mut Session, company: &Company) -> Result<Vec<NotReady>, RunError> {
        let now = self.client.clock().now();
        match session.read_at.map(|read_at| (now - read_at).abs()) {
            Some(age) if age <= PREFERENCES_AGE => {}
            Some(age) if age <= SNAPSHOT_AGE => {
                session.snapshot.read_preferences(&self.client).await?;
                session.read_at = Some(self.client.clock().now());
            }
            _ => {
                session.snapshot = CompanySnapshot::read(&self.client, &self.company).await?;
                session.read_at = Some(self.client.clock().now());
            }
        }
        Ok(session.snapshot.bind(company, &mut session.bindings))
    }

    /// Appends to the log, then to what is known of it.
    pub(crate) async fn append(
        &self,
        session: &mut Session,
        key: &StepKey,
        entry: Entry,
    ) -> Result<(), RunError> {
        let appended = self.log.append(session.history.length, &entry).await;
        appended.map_err(|source| RunError::log(&key.0, source))?;
        session.history.apply(entry);
        Ok(())
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.client.clock().now()
    }
}
