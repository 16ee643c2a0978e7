//! One change of one record on its way into QuickBooks: written down, sent, and its outcome found out.
//!
//! ```text
//! applied        done
//! stale          another change was quicker: read again, decide again
//! refused        told
//! not sent       the same request again after a pause; in the end it is left to the next exchange
//! unknown        the record is read by its id: done when its fields have the new values; else the same bytes go again under the
//!                same request id, which is safe, for QuickBooks takes a change of the version that it names and of no other
//! ```

use std::time::Duration;

use mapping::customers::{Edits, QuickBooksRecord, RecordId, is_same, record_of};
use mapping::{CustomerKey, StepKey};
use qb_client::engine::{NotSentWhy, RequestId, WriteOutcome, throttle_wait};
use qb_model::{Update, received};
use sha2::{Digest, Sha256};

use super::base::CustomerRun;
use super::note::Noted;
use super::reading::record;
use crate::entry::{Entry, Sent, request_id};
use crate::error::RunError;
use crate::observer::WaitingFor;
use crate::patience::{Ended, ask};

/// What became of a change.
pub(super) enum Written {
    /// It is carried out.
    Done,
    /// Somebody else has changed the record: nothing was changed by us.
    Stale,
    /// QuickBooks refuses it.
    Refused(String),
    /// Nobody knows.
    InDoubt,
    /// QuickBooks could not be reached, or the exchange ends.
    Unreached(Option<Ended>),
}

/// A change that can be sent.
pub(super) struct Sending {
    pub(super) key: StepKey,
    pub(super) record: RecordId,
    /// What the record must say once it is done.
    pub(super) edits: Edits,
    pub(super) update: Update<received::Customer>,
    /// The epoch of its request id.
    epoch: u32,
    /// Whether an earlier request may have been carried out.
    is_in_doubt: bool,
}

impl Sending {
    /// A change as it is decided now. Its key is a digest of the company, the customer, the version and what is changed, so that
    /// the same decision has the same request id.
    pub(super) fn new(
        run: &CustomerRun<'_>,
        customer: &CustomerKey,
        record: &RecordId,
        edits: Edits,
        update: Update<received::Customer>,
    ) -> Self {
        let realm = run.exchange.client.realm();
        let mut digest = Sha256::new();
        for part in [realm.as_str().as_bytes(), customer.to_string().as_bytes(), &update.to_json()] {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        let digest: [u8; 32] = digest.finalize().into();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        let key = StepKey::customer_change(first);
        let known = run.session.history.step(&key);
        let (epoch, is_in_doubt) =
            known.map_or((1, false), |known| (known.next_epoch(), known.is_in_doubt()));
        Self { key, record: record.clone(), edits, update, epoch, is_in_doubt }
    }

    /// A change that an earlier exchange has sent, and of which it is not known what became.
    pub(super) fn again(
        key: StepKey,
        sent: &Sent,
        edits: Edits,
        update: Update<received::Customer>,
    ) -> Option<Self> {
        let record = qb_model::Id::new(update.version().id()).ok()?;
        Some(Self { key, record, edits, update, epoch: sent.epoch, is_in_doubt: true })
    }

    /// Whether a record says what this change would make it say.
    fn is_done_in(&self, record: &QuickBooksRecord) -> bool {
        self.edits.iter().all(|(field, value)| is_same(record.fields.get(field), value.as_ref()))
    }
}

impl CustomerRun<'_> {
    /// Sends a change until it is known what became of it. `done` says what else the log is told when it is carried out.
    pub(super) async fn write(
        &mut self,
        mut sending: Sending,
        done: impl Fn(&Self, &QuickBooksRecord) -> Vec<Noted>,
    ) -> Result<Written, RunError> {
        let policy = self.exchange.options.policy;
        if sending.is_in_doubt
            && let Some(found) = self.look(&sending).await?
        {
            return self.written(&sending, found, true, done).await;
        }
        let id = RequestId::new(request_id(&sending.key, sending.epoch));
        let id = id.map_err(|e| RunError::Key { key: sending.key.to_string(), source: Box::new(e) })?;
        let (mut sends, mut throttles) = (0, 0);
        loop {
            if let Some(ended) = self.exchange.ended() {
                return Ok(self.unwritten(&sending, Some(ended)));
            }
            let admission = match ask!(self.exchange, self.exchange.client.admit()) {
                Ok(Ok(admission)) => admission,
                Ok(Err(_)) => return Ok(self.unwritten(&sending, None)),
                Err(ended) => return Ok(self.unwritten(&sending, Some(ended))),
            };
            let entry = self.sending(&sending)?;
            self.exchange.append(self.session, &sending.key.words(), vec![entry]).await?;
            let outcome = self.exchange.client.update_admitted(admission, &sending.update, &id).await;
            sends += 1;
            let pause = match outcome {
                WriteOutcome::Applied { answer, .. } => match record_of(&answer, &self.lists) {
                    Some(found) => return self.written(&sending, found, false, done).await,
                    None => {
                        sending.is_in_doubt = true;
                        Some(Duration::ZERO)
                    }
                },
                WriteOutcome::Stale(refusal) | WriteOutcome::Refused(refusal) => {
                    let is_stale = refusal.code == "5010";
                    if sending.is_in_doubt
                        && let Some(found) = self.look(&sending).await?
                    {
                        return self.written(&sending, found, true, done).await;
                    }
                    let (step, reason) = (sending.key.clone(), crate::refusal_words::refusal(&refusal));
                    let told = Some(refusal.to_string());
                    let entry = Entry::Refused { step, reason: reason.clone(), told };
                    self.exchange.append(self.session, &sending.key.words(), vec![entry]).await?;
                    return Ok(if is_stale { Written::Stale } else { Written::Refused(reason) });
                }
                WriteOutcome::NotSent {
                    why: NotSentWhy::Throttled | NotSentWhy::HeldBack,
                    retry_after,
                    ..
                } => {
                    (sends, throttles) = (sends - 1, throttles + 1);
                    retry_after.or_else(|| throttle_wait(throttles - 1))
                }
                WriteOutcome::NotSent { retry_after, .. } => {
                    let pause = policy.pause.saturating_mul(2_u32.saturating_pow(sends));
                    (sends < policy.sends).then(|| retry_after.unwrap_or(pause))
                }
                // A later client's word that is not known here proves nothing either.
                _ => {
                    sending.is_in_doubt = true;
                    if let Some(found) = self.look(&sending).await? {
                        return self.written(&sending, found, false, done).await;
                    }
                    let pause = policy.pause.saturating_mul(2_u32.saturating_pow(sends));
                    (sends < policy.sends).then_some(pause)
                }
            };
            let Some(pause) = pause else {
                if !sending.is_in_doubt {
                    let entry = Entry::NotSent { step: sending.key.clone() };
                    self.exchange.append(self.session, &sending.key.words(), vec![entry]).await?;
                }
                return Ok(self.unwritten(&sending, None));
            };
            self.exchange.tell_wait(WaitingFor::AnotherTry, pause, Some(&sending.key));
            if let Err(ended) = self.exchange.wait(pause).await {
                return Ok(self.unwritten(&sending, Some(ended)));
            }
        }
    }

    /// The entry that says that a change is being sent.
    fn sending(&self, sending: &Sending) -> Result<Entry, RunError> {
        let body = String::from_utf8(sending.update.to_json()).unwrap_or_default();
        let now = self.exchange.moment();
        let sent = Sent {
            entity: sending.key.kind().entity().name().to_owned(),
            identity: None,
            epoch: sending.epoch,
            sent_at: now.wall,
            quickbooks_at: now.quickbooks,
            batch_item: None,
            body,
            txn_date: None,
            legs: Vec::new(),
        };
        Ok(Entry::Sending { step: sending.key.clone(), sent })
    }

    /// Reads the record by its id: none unless the change is seen in it.
    async fn look(&mut self, sending: &Sending) -> Result<Option<QuickBooksRecord>, RunError> {
        let found = match record(self.exchange, &sending.record).await {
            Ok(found) => found.and_then(|found| record_of(&found, &self.lists)),
            // It may be carried out all the same: it stays in doubt.
            Err(RunError::Read { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(found.filter(|found| sending.is_done_in(found)))
    }

    async fn written(
        &mut self,
        sending: &Sending,
        found: QuickBooksRecord,
        adopted: bool,
        done: impl Fn(&Self, &QuickBooksRecord) -> Vec<Noted>,
    ) -> Result<Written, RunError> {
        let (step, id) = (sending.key.clone(), found.id.to_string());
        let mut entries = vec![Entry::Posted { step, id, created_at: None, adopted, untaxed: false }];
        let noted = done(self, &found);
        if !noted.is_empty() {
            entries.push(super::base::noted_entry(noted)?);
        }
        self.exchange.append(self.session, &sending.key.words(), entries).await?;
        self.given.quickbooks.insert(found.id.clone(), found);
        Ok(Written::Done)
    }

    fn unwritten(&self, sending: &Sending, ended: Option<Ended>) -> Written {
        match ended {
            None if sending.is_in_doubt => Written::InDoubt,
            ended => Written::Unreached(ended),
        }
    }
}
