//! Batches that were changed at the till after they were posted (T-06), where the company has them corrected.
//!
//! The log keeps a batch as it was when its first document was sent, and again at each late edit, before anything is sent for it.
//! So a batch is posted as it was first, and beside it one correction after another, each of them what one edit comes to: the same
//! in every run, whatever the till's file says by then. Down the walk: `mapping/src/correction.rs` for what a correction is.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use mapping::{
    BatchKey, Company, Correction, Edition, Event, EventKey, Identity, LateEdits, Origin, OriginKey, Plan,
    PlanError, Planned, StepKey, plan,
};
use pos_model::Batch;
use qb_model::Answer;

use crate::driver::read;
use crate::entry::Entry;
use crate::error::RunError;
use crate::history::History;
use crate::kept_batch::KeptBatch;
use crate::patience::ask;
use crate::session::{Exchange, Session};

/// What a batch is run, tied out and certified as, when it was changed after it was posted: as it was posted first, with
/// corrections.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AsPosted {
    /// The batch as it was posted first.
    pub batch: Batch,
    /// What has been, or is to be, posted beside it, in the order of the edits.
    pub corrections: Vec<Correction>,
    /// Documents that are still to come, where the batch has changed once more: that edit waits for them, and is posted by a run
    /// after them.
    pub waits_for: Vec<StepKey>,
}

impl AsPosted {
    /// Returns what is run: the batch, then its corrections.
    pub fn origins(&self) -> impl Iterator<Item = Origin<'_>> {
        std::iter::once(Origin::from(&self.batch)).chain(self.corrections.iter().map(Origin::from))
    }
}

/// What the log knows of a batch, beside the batch as it is now.
struct Known {
    first: Batch,
    /// What has been made of edits so far.
    corrections: Vec<Correction>,
    /// The batch as all of them leave it.
    last: Batch,
    edits: u32,
    /// The number that the next correction has.
    next: NonZeroU32,
}

impl Known {
    /// None of a batch that the log keeps no form of, or has forgotten.
    fn of(history: &History, key: &BatchKey, company: &Company) -> Result<Option<Self>, RunError> {
        let [first, edits @ ..] = history.kept(key) else { return Ok(None) };
        let Some(read) = first.read() else {
            return if edits.is_empty() { Ok(None) } else { Err(forgotten(key)) };
        };
        let one = NonZeroU32::MIN;
        let mut known =
            Self { first: read.clone(), corrections: Vec::new(), last: read, edits: 0, next: one };
        for edit in edits {
            let now = edit.read().ok_or_else(|| forgotten(key))?;
            known.take(now, edit.correction, edit.not_before, company);
        }
        Ok(Some(known))
    }

    fn take(&mut self, now: Batch, n: NonZeroU32, not_before: Option<NaiveDate>, company: &Company) {
        let more = Correction::between(&self.last, &now, n, not_before, company);
        self.next = more.last().map_or(self.next, |last| last.number().saturating_add(1));
        self.corrections.extend(more);
        self.edits += 1;
        self.last = now;
    }

    /// The documents of the batch and its corrections that are still to come.
    fn to_come(&self, history: &History, company: &Company) -> Result<Vec<StepKey>, PlanError> {
        let origins =
            std::iter::once(Origin::from(&self.first)).chain(self.corrections.iter().map(Origin::from));
        let mut to_come = Vec::new();
        for origin in origins {
            let plan = plan(origin, company)?;
            let open = plan.documents().filter(|planned| !history.is_done(&planned.key));
            to_come.extend(open.map(|planned| planned.key.clone()));
        }
        Ok(to_come)
    }

    /// Whether nothing of the events that have changed stands in QuickBooks, or may.
    fn is_untouched(
        &self,
        edits: &[Correction],
        history: &History,
        company: &Company,
    ) -> Result<bool, PlanError> {
        let plan = plan(&self.first, company)?;
        let changed = edits.iter().flat_map(|edit| events(edit.differences(), &plan));
        Ok(self.edits == 0 && changed.into_iter().all(|event| history.standing_for(&event).next().is_none()))
    }
}

/// The events that differ, as they were posted: a receipt by its summary.
fn events(differences: &Batch, plan: &Plan<'_>) -> BTreeSet<EventKey> {
    let store = differences.store().code();
    let batch = Some((differences.register(), differences.number()));
    let transactions = differences.transactions().iter().map(|of| {
        let holds = |(_, receipts): &(&Event, &Vec<u64>)| receipts.contains(&of.number());
        let summary = plan.receipts().iter().find(holds).map(|(summary, _)| *summary);
        summary.unwrap_or(Event::Transaction(of.number()))
    });
    let deposits = differences.deposits().iter().map(|of| Event::Deposit(of.order()));
    let payments = differences.account_payments().iter().map(|of| Event::AccountPayment(of.id()));
    let pays = differences.pay_ins_and_outs().iter().map(|of| Event::PayInOut(of.id()));
    let all = transactions.chain(deposits).chain(payments).chain(pays);
    all.map(|event| Identity::first(store, batch, event).key()).collect()
}

fn forgotten(batch: &BatchKey) -> RunError {
    RunError::LateEditForgotten { batch: batch.clone() }
}

impl Exchange {
    /// Returns what a batch is run as (T-06), when that is not the batch itself: run, tie out and certify it in the batch's place. Where the company has late edits corrected
    /// ([`mapping::LateEdits`]) and all of the batch is posted, a change of it since then becomes corrections, which are written to
    /// the posting log before this returns: from here on they are part of what is posted. Nothing is sent.
    ///
    /// A company that has late edits corrected asks this of every batch of every run. An edit of a batch of which documents are still
    /// to come waits for them ([`AsPosted::waits_for`]); where nothing of what has changed is posted, the batch is posted as it is
    /// now.
    ///
    /// # Errors
    /// [`RunError`]: a batch that cannot be planned, [`RunError::LateEditForgotten`], [`RunError::BatchChanged`] where the company no
    /// longer has late edits corrected, a posting log that is another company's or cannot be read or written, QuickBooks that cannot
    /// be read.
    pub async fn as_posted(&mut self, batch: &Batch) -> Result<Option<AsPosted>, RunError> {
        let company = Arc::clone(&self.company);
        let session = self.with_log().await?;
        let key = OriginKey::Batch(BatchKey::of(batch));
        if session.history.undone(&key).is_some() || session.history.revision(&key).is_some() {
            // What is undone has nothing to correct, and a revision is not corrected: its change is refused (T-06).
            self.session = Some(session);
            return Ok(None);
        }
        let known = Known::of(&session.history, &BatchKey::of(batch), &company);
        self.session = Some(session);
        let Some(known) = known? else { return Ok(None) };
        let edits = Correction::between(&known.last, batch, known.next, None, &company);
        let as_known = |known: Known, waits_for| {
            let batch = known.first.with_drawer_of(batch);
            Some(AsPosted { batch, corrections: known.corrections, waits_for })
        };
        match (edits.is_empty(), company.late_edits()) {
            (true, _) if known.corrections.is_empty() => Ok(None),
            (true, _) => Ok(as_known(known, Vec::new())),
            (false, LateEdits::Refuse) if known.corrections.is_empty() => Ok(None),
            (false, LateEdits::Refuse) => {
                let events: Vec<String> = edits.iter().flat_map(|edit| words(edit.differences())).collect();
                Err(RunError::BatchChanged { batch: BatchKey::of(batch), changes: events.join(", ") })
            }
            (false, LateEdits::Correct) => {
                let (mut session, _) = self.begin_with_faults(company.on(batch.business_date())).await?;
                let result = self.edited(&mut session, known, &edits, batch, &company).await;
                self.keep(session, result.as_ref().err());
                match result? {
                    Edited::Whole => Ok(None),
                    Edited::Corrected(known) => Ok(as_known(known, Vec::new())),
                    Edited::Waits(known, documents) => Ok(as_known(known, documents)),
                }
            }
        }
    }

    /// Writes an edit down, when its time has come.
    async fn edited(
        &self,
        session: &mut Session,
        mut known: Known,
        edits: &[Correction],
        batch: &Batch,
        company: &Company,
    ) -> Result<Edited, RunError> {
        let to_come = known.to_come(&session.history, company)?;
        if !to_come.is_empty() && known.is_untouched(edits, &session.history, company)? {
            let kept = KeptBatch::of(batch, 0, NonZeroU32::MIN, None);
            self.append(session, "a late edit", vec![Entry::BatchKept(kept)]).await?;
            return Ok(Edited::Whole);
        }
        if !to_come.is_empty() {
            return Ok(Edited::Waits(known, to_come));
        }
        let first = plan(&known.first, company)?;
        let changed: BTreeSet<EventKey> =
            edits.iter().flat_map(|edit| events(edit.differences(), &first)).collect();
        let found = ask!(self, self.standing(session, &known, &changed, company))??;
        let (stand, gone): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, stands)| *stands);
        if !gone.is_empty() {
            let is_of_changed = |planned: &Planned<'_>| changed.contains(&first_of(planned));
            let is_done_by_hand =
                stand.is_empty() && known.edits == 0 && !plan(batch, company)?.documents().any(is_of_changed);
            if !is_done_by_hand {
                let documents: Vec<String> = gone.iter().map(|(key, _)| key.words()).collect();
                let (batch, documents) = (BatchKey::of(batch), documents.join(", "));
                return Err(RunError::LateEditByHand { batch, documents });
            }
            // What is gone from the file is gone from QuickBooks: the two agree.
            let kept = KeptBatch::of(batch, 0, NonZeroU32::MIN, None);
            self.append(session, "a late edit", vec![Entry::BatchKept(kept)]).await?;
            return Ok(Edited::Whole);
        }
        let closed = session.snapshot.preferences.book_close_date;
        let not_before = closed.and_then(|closed| closed.checked_add_days(Days::new(1)));
        let kept = KeptBatch::of(batch, known.edits + 1, known.next, not_before);
        self.append(session, "a late edit", vec![Entry::BatchKept(kept)]).await?;
        known.take(batch.clone(), known.next, not_before, company);
        Ok(Edited::Corrected(known))
    }

    /// The posted documents of what has changed, each with whether it still moves anything in QuickBooks: a correction must not come
    /// on top of what somebody has voided or deleted there.
    async fn standing(
        &self,
        session: &Session,
        known: &Known,
        changed: &BTreeSet<EventKey>,
        company: &Company,
    ) -> Result<Vec<(StepKey, bool)>, RunError> {
        let origins =
            std::iter::once(Origin::from(&known.first)).chain(known.corrections.iter().map(Origin::from));
        let mut standing = Vec::new();
        for origin in origins {
            let plan = plan(origin, company)?;
            for planned in plan.documents().filter(|planned| changed.contains(&first_of(planned))) {
                let Some(id) = session.history.posted_id(&planned.key) else { continue };
                let found = read(&self.client, planned.document.kind().entity(), id).await;
                let found = found.map_err(|error| RunError::unreadable("documents of ours", error))?;
                let stands = !found.iter().all(|answer| is_void(answer, planned));
                standing.push((planned.key.clone(), stands));
            }
        }
        Ok(standing)
    }
}

/// The event of a document, whichever posting of it the document is of.
fn first_of(planned: &Planned<'_>) -> EventKey {
    planned.identity.key().as_edition(Edition::First)
}

/// Whether what was read moves nothing although it was planned to; none read: it is deleted.
fn is_void(answer: &Answer, planned: &Planned<'_>) -> bool {
    let moves = !planned.document.total().is_zero();
    moves && answer.content().is_ok_and(|content| content.moves_nothing() && content.links.is_empty())
}

/// What becomes of an edit.
enum Edited {
    /// The batch is posted as it is now: nothing of what has changed is.
    Whole,
    Corrected(Known),
    /// The edit waits for these documents.
    Waits(Known, Vec<StepKey>),
}

/// The events that differ, as people call them.
fn words(differences: &Batch) -> Vec<String> {
    let transactions = differences.transactions().iter().map(|of| Event::Transaction(of.number()));
    let deposits = differences.deposits().iter().map(|of| Event::Deposit(of.order()));
    let payments = differences.account_payments().iter().map(|of| Event::AccountPayment(of.id()));
    let pays = differences.pay_ins_and_outs().iter().map(|of| Event::PayInOut(of.id()));
    transactions.chain(deposits).chain(payments).chain(pays).map(Event::words).collect()
}
