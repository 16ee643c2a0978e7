//! A run begins: with the session of the run before, or with the log and the company as they are read now.
//!
//! Down the walk: `session.rs`, and `patience.rs` for what the reads may wait. Up: whatever runs, ties out or asks for readiness.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures_util::future::join;
use mapping::{Period, Plan};
use qb_model::AccountInfo;
use qb_model::received::{self, Record as _};
use serde_json::Value;

use crate::ahead::Ahead;
use crate::error::{NotReady, RunError};
use crate::patience::ask;
use crate::renamed::remembered;
use crate::session::{Exchange, Session};
use crate::snapshot::CompanySnapshot;

/// Preferences older than this are read again before a run: a read is metered, and thousands of purchase orders may follow
/// each other within a minute.
const PREFERENCES_AGE: TimeDelta = TimeDelta::seconds(10);

/// The same for accounts, items and payment methods.
const SNAPSHOT_AGE: TimeDelta = TimeDelta::minutes(5);

impl Exchange {
    /// The session of the run before; without one, reads the log and the company. Nothing is sent. Accounts and items are
    /// bound as the period maps them, and what the plans will ask is read in the same requests.
    ///
    /// A session is kept through every error: the log need not be read again, the company is.
    pub(crate) async fn begin(&mut self, period: &Period, plans: &[Plan<'_>]) -> Result<Session, RunError> {
        let (mut session, faults) = self.begin_ahead(period, plans).await?;
        if faults.is_empty() {
            return Ok(session);
        }
        session.forget_snapshot();
        self.session = Some(session);
        Err(RunError::NotReady(faults))
    }

    /// Begins a session, and returns what is wrong in the company beside it.
    pub(crate) async fn begin_with_faults(
        &mut self,
        period: &Period,
    ) -> Result<(Session, Vec<NotReady>), RunError> {
        self.begin_ahead(period, &[]).await
    }

    async fn begin_ahead(
        &mut self,
        period: &Period,
        plans: &[Plan<'_>],
    ) -> Result<(Session, Vec<NotReady>), RunError> {
        let mut session = self.with_log().await?;
        session.forget_plans();
        let refreshed = ask!(self, self.refresh(&mut session, period, plans));
        match refreshed.unwrap_or_else(|ended| Err(ended.into())) {
            Ok(faults) => Ok((session, faults)),
            Err(error) => {
                session.forget_snapshot();
                self.session = Some(session);
                Err(error)
            }
        }
    }

    /// The session of the run before, or a new one: with the log as it is now. The company is not read.
    pub(crate) async fn with_log(&mut self) -> Result<Session, RunError> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => {
                let (fence, until) = self.claim().await?;
                Session::new(fence, until)
            }
        };
        self.read_log(&mut session).await?;
        Ok(session)
    }

    /// Reads the company alone.
    pub(crate) async fn read_company(&self) -> Result<CompanySnapshot, RunError> {
        let failed = |_, error| RunError::unreadable("its lists", error);
        Ok(CompanySnapshot::read(&self.client, &self.company, &[], failed).await?.0)
    }

    /// Reads what people may have changed in the company since the run before: the closing date, above all. In the same
    /// requests it reads what these plans will ask. What is wrong.
    async fn refresh(
        &self,
        session: &mut Session,
        period: &Period,
        plans: &[Plan<'_>],
    ) -> Result<Vec<NotReady>, RunError> {
        let now = self.client.clock().now();
        let age = session.read_at.map(|read_at| (now - read_at).abs());
        let is_stale = age.is_none_or(|age| age > SNAPSHOT_AGE);
        let ahead = Ahead::of(plans, &self.company, session, is_stale)?;
        let answers = if is_stale {
            let (snapshot, answers) =
                CompanySnapshot::read(&self.client, &self.company, ahead.queries(), |at, error| {
                    ahead.error(at, error)
                })
                .await?;
            let unlisted = self.unlisted_accounts(session, &snapshot).await?;
            session.set_snapshot(snapshot.with_accounts(unlisted), &self.company);
            answers
        } else {
            let client = &self.client;
            let are_old = age.is_some_and(|age| age > PREFERENCES_AGE);
            let preferences =
                async { if are_old { session.snapshot.read_preferences(client).await } else { Ok(()) } };
            let (preferences, answers) = join(preferences, client.query_each(ahead.queries())).await;
            preferences?;
            answers.map_err(|(at, error)| ahead.error(at, error))?
        };
        if is_stale || age.is_some_and(|age| age > PREFERENCES_AGE) {
            session.read_at = Some(self.client.clock().now());
        }
        ahead.take(answers, session)?;
        Ok(session.bind(period))
    }

    /// Reads by their ids the accounts that the log knows and the list of accounts lacks: a list may lag behind the books for
    /// half a minute after an account was made.
    async fn unlisted_accounts(
        &self,
        session: &Session,
        snapshot: &CompanySnapshot,
    ) -> Result<Vec<AccountInfo>, RunError> {
        if self.is_rehearsal {
            // Its ids are none of QuickBooks'.
            return Ok(Vec::new());
        }
        let known = self.company.periods().flat_map(|period| remembered(&session.history, period));
        let ids: BTreeSet<String> = known.map(|(_, id)| id).collect();
        let mut found = Vec::new();
        for id in ids.iter().filter(|id| snapshot.account_name(id).is_none()) {
            let account = self.client.record::<received::Account>(id).await;
            let account = account.map_err(|e| RunError::unreadable("its accounts", e))?;
            let info = account.map(|account| AccountInfo::read(&Value::from(&account.write()))).transpose();
            found.extend(info.map_err(|e| RunError::unreadable("its accounts", e.into()))?);
        }
        Ok(found)
    }
}
