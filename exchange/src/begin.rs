//! A run begins: with the session of the run before, or with the log and the company as they are read now.
//!
//! Down the walk: `session.rs`, and `patience.rs` for what the reads may wait. Up: whatever runs, ties out or asks for readiness.

use mapping::Period;

use crate::error::{NotReady, RunError};
use crate::patience::ask;
use crate::session::{Exchange, Session};

impl Exchange {
    /// The session of the run before; without one, reads the log and the company. Nothing is sent. Accounts and items are
    /// bound as the period maps them.
    ///
    /// A session is kept through every error: the log need not be read again, the company is.
    pub(crate) async fn begin(&mut self, period: &Period) -> Result<Session, RunError> {
        let (mut session, faults) = self.begin_with_faults(period).await?;
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
        let mut session = self.with_log().await?;
        let refreshed = ask!(self, self.refresh(&mut session, period));
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
}
