//! An undo is planned, shown, and carried out act by act.

use std::collections::BTreeMap;
use std::sync::Arc;

use mapping::OriginKey;
use qb_model::EntityKind;

use super::error::UndoError;
use super::plan::{Edits, Looked, forbids, plan};
use super::result::{ActOutcome, Undo, UndoResult};
use crate::act::Acted;
use crate::by::By;
use crate::entry::Entry;
use crate::error::RunError;
use crate::patience::ask;
use crate::session::{Exchange, Session};

impl Exchange {
    /// Says what an undo of a batch, a purchase order or the opening entry would do, and what forbids it. Sends nothing.
    ///
    /// # Errors
    /// [`UndoError`]; nothing was changed.
    pub async fn preview_undo(&mut self, origin: &OriginKey) -> Result<Undo, UndoError> {
        self.preview_undo_of(origin, Edits::Forbid).await
    }

    /// The same, whether or not people have changed what is taken back.
    pub(crate) async fn preview_undo_of(
        &mut self,
        origin: &OriginKey,
        edits: Edits,
    ) -> Result<Undo, UndoError> {
        let session = self.begin_undo().await?;
        let undo = self.plan_undo(&session, origin, edits).await;
        self.session = Some(session);
        undo
    }

    /// Takes back what was posted of a batch, a purchase order or the opening entry: every document is voided or deleted, or,
    /// where something forbids it, nothing is begun. Safe to repeat: one that broke off goes on. Later runs send nothing of
    /// it until [`post_again`](Exchange::post_again).
    ///
    /// Dropping the future is safe at any point.
    ///
    /// # Errors
    /// [`UndoError`]. Nothing was changed, unless it is [`UndoError::Partly`].
    pub async fn undo(&mut self, origin: &OriginKey, by: &By) -> Result<Undo, UndoError> {
        self.undo_of(origin, by, Edits::Forbid).await
    }

    /// The same, whether or not people have changed what is taken back.
    pub(crate) async fn undo_of(
        &mut self,
        origin: &OriginKey,
        by: &By,
        edits: Edits,
    ) -> Result<Undo, UndoError> {
        check(by)?;
        let mut session = self.begin_undo().await?;
        let undo = self.undo_in(&mut session, origin, by, edits).await;
        let error = match &undo {
            Err(UndoError::Run(error) | UndoError::Partly { source: error, .. }) => Some(error),
            _ => None,
        };
        self.keep(session, error);
        undo
    }

    /// Says that what was undone is to be posted again: the next run of it posts its next revision (N-16). Sends nothing.
    ///
    /// # Errors
    /// [`UndoError`]; nothing was changed.
    pub async fn post_again(&mut self, origin: &OriginKey, by: &By) -> Result<(), UndoError> {
        check(by)?;
        let mut session = self.begin_undo().await?;
        let said = match session.history.undone(origin) {
            None => Err(UndoError::NotUndone { origin: origin.clone() }),
            Some(undone) if !undone.is_done => Err(UndoError::IsUnderWay { origin: origin.clone() }),
            Some(_) => {
                let (origin, at) = (origin.whole(), self.now());
                let (who, because) = (by.who.trim().to_owned(), by.because.trim().to_owned());
                let entry = Entry::PostAgain { origin, who, because, at };
                self.append(&mut session, "posting again", vec![entry]).await.map_err(UndoError::Run)
            }
        };
        let error = match &said {
            Err(UndoError::Run(error)) => Some(error),
            _ => None,
        };
        self.keep(session, error);
        said
    }

    async fn begin_undo(&mut self) -> Result<Session, UndoError> {
        let company = Arc::clone(&self.company);
        self.deadline = self.deadline_from_now();
        let period = company.periods().last().unwrap_or(company.first_period());
        Ok(self.begin_with_faults(period).await?.0)
    }

    async fn plan_undo(
        &self,
        session: &Session,
        origin: &OriginKey,
        edits: Edits,
    ) -> Result<Undo, UndoError> {
        let history = &session.history;
        let origin = &origin.whole();
        let undone = history.undone(origin);
        if let Some(undone) = undone.filter(|undone| undone.is_done) {
            return Err(UndoError::IsUndone { origin: origin.clone(), by: undone.by.to_string() });
        }
        let places = history.documents_of(origin).filter_map(|(_, record)| {
            Some((EntityKind::from_name(&record.sent.entity)?, record.id()?.to_owned()))
        });
        let places: Vec<_> = places.collect();
        let read = ask!(self, self.read_each(places.iter().cloned()));
        let held = read.unwrap_or_else(|ended| Err(ended.into()))?.held;
        let undo = plan(&Looked { history, snapshot: &session.snapshot, origin, held: &held, edits });
        if undo.acts.is_empty() && undo.obstacles.is_empty() && undone.is_none() {
            return Err(UndoError::NotPosted { origin: origin.clone() });
        }
        Ok(undo)
    }

    async fn undo_in(
        &self,
        session: &mut Session,
        origin: &OriginKey,
        by: &By,
        edits: Edits,
    ) -> Result<Undo, UndoError> {
        let mut undo = self.plan_undo(session, origin, edits).await?;
        // A rehearsal shows it.
        if !undo.obstacles.is_empty() || self.is_rehearsal {
            return Ok(undo);
        }
        if session.history.undone(origin).is_none() {
            let (who, because) = (by.who.trim().to_owned(), by.because.trim().to_owned());
            let begun = Entry::UndoBegun { origin: undo.origin.clone(), who, because, at: self.now() };
            self.append(session, "the undo", vec![begun]).await?;
        }
        undo.result = UndoResult::Incomplete;
        match self.carry_out(session, &mut undo, edits).await {
            Ok(()) => Ok(undo),
            Err(source) => Err(UndoError::Partly { done: Box::new(undo), source }),
        }
    }

    /// Does one act after the other; the first that fails holds the rest.
    async fn carry_out(&self, session: &mut Session, undo: &mut Undo, edits: Edits) -> Result<(), RunError> {
        let origin = undo.origin.clone();
        let mut has_failed = false;
        for act in &mut undo.acts {
            if has_failed {
                act.outcome = ActOutcome::Held;
                continue;
            }
            let is_noted =
                session.history.step(&act.document.key).is_some_and(|record| record.id().is_none());
            if is_noted {
                continue;
            }
            let key = act.document.key.clone();
            let acted = self
                .act(session, act.what, &key, |session, found| {
                    let held = BTreeMap::new();
                    let (history, snapshot) = (&session.history, &session.snapshot);
                    forbids(&Looked { history, snapshot, origin: &origin, held: &held, edits }, &key, found)
                })
                .await?;
            let (outcome, reason) = match acted {
                Acted::Done => (ActOutcome::Done, None),
                Acted::DoneBefore => (ActOutcome::DoneBefore, None),
                Acted::Refused(why) => (ActOutcome::Refused, Some(why)),
                Acted::InDoubt(why) => (ActOutcome::InDoubt, Some(why)),
                Acted::Unreached(why) => (ActOutcome::Held, Some(why)),
            };
            (act.outcome, act.reason) = (outcome, reason);
            has_failed = !outcome.is_done();
        }
        if !has_failed {
            let done = Entry::UndoDone { origin: undo.origin.clone() };
            self.append(session, "the undo", vec![done]).await?;
            undo.result = UndoResult::Done;
        }
        Ok(())
    }
}

/// A name and a reason are what an auditor reads later.
fn check(by: &By) -> Result<(), UndoError> {
    by.missing().map_or(Ok(()), |what| Err(UndoError::Missing { what }))
}
