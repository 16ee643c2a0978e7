//! Changes for QuickBooks are sent, one at a time: names are unique there over customers, vendors and employees.
//!
//! A record is read by its id just before it is changed. When it is another version than the one that the plan was made from,
//! nothing is sent: it is decided again, in this exchange.

use mapping::customers::{
    Edits, FieldValue, Fields, QuickBooksChange, QuickBooksRecord, RecordId, lay_over, new_record, record_of,
};
use mapping::{CustomerKey, StepKey};
use pos_model::CustomerField;
use qb_model::Update;

use super::base::CustomerRun;
use super::note::{CustomerNote, Noted, OfferToQuickBooks, Values};
use super::reading::record;
use super::report::CustomerRefusal;
use super::send::{Sending, Written};
use super::taken::is_taken_by_another;
use crate::driver::Driver;
use crate::entry::Entry;
use crate::error::RunError;
use crate::finished::Job;
use crate::report::Outcome;

impl CustomerRun<'_> {
    /// Has QuickBooks carry out changes, one after the other.
    pub(super) async fn send_to_quickbooks(&mut self, changes: &[QuickBooksChange]) -> Result<(), RunError> {
        for change in changes {
            if self.is_over() {
                return Ok(());
            }
            match change {
                QuickBooksChange::Create { customer, display_name, fields } => {
                    self.create(customer, display_name, fields).await?;
                }
                QuickBooksChange::Update { customer, record, sync_token, fields } => {
                    self.update(customer, record, sync_token.as_deref(), fields, false).await?;
                }
                QuickBooksChange::Retire { customer, record, sync_token } => {
                    let fields = Edits::from([(CustomerField::State, Some(FieldValue::Flag(false)))]);
                    self.update(customer, record, sync_token.as_deref(), &fields, true).await?;
                }
            }
        }
        Ok(())
    }

    async fn update(
        &mut self,
        customer: &CustomerKey,
        id: &RecordId,
        planned: Option<&str>,
        edits: &Edits,
        is_retired: bool,
    ) -> Result<(), RunError> {
        let Some(before) = record(self.exchange, id).await? else {
            self.given.quickbooks.remove(id);
            self.next.add(customer, Some(id));
            return Ok(());
        };
        let Some(now) = record_of(&before, &self.lists) else { return Ok(()) };
        // A balance moves without a new version.
        let owes = now.balance_with_jobs.is_none_or(|balance| !balance.is_zero());
        if now.sync_token.as_deref() != planned || (is_retired && owes) {
            self.given.quickbooks.insert(id.clone(), now);
            self.next.add(customer, Some(id));
            return Ok(());
        }
        let mut after = before.clone();
        lay_over(edits, &mut after, &self.lists);
        let update = match Update::between(&before, &after) {
            Ok(update) => update,
            Err(error) => {
                self.refused(customer, id, error.to_string());
                return Ok(());
            }
        };
        let (of, record, sent) = (customer.clone(), id.clone(), edits.clone());
        let pos = self.held_by_pos(customer, id);
        let done = move |run: &CustomerRun<'_>, answer: &QuickBooksRecord| {
            base_after(run, &of, &record, &sent, &pos, answer, is_retired)
        };
        if update.is_empty() {
            let noted = done(self, &now);
            return self.note(noted).await;
        }
        let sending = Sending::new(self, customer, id, edits.clone(), update);
        let written = self.write(sending, done).await?;
        self.take_in(customer, id, written);
        Ok(())
    }

    /// Takes in what became of a change.
    pub(super) fn take_in(&mut self, customer: &CustomerKey, id: &RecordId, written: Written) {
        match written {
            Written::Done => self.report.counts.updated_in_quickbooks += 1,
            Written::Stale => {
                self.given.quickbooks.remove(id);
                self.next.add(customer, Some(id));
            }
            Written::Refused(fault) => self.refused(customer, id, fault),
            Written::InDoubt => {
                self.report.counts.in_doubt += 1;
                self.later.add(customer, Some(id));
            }
            Written::Unreached(ended) => {
                self.later.add(customer, Some(id));
                self.cut_short(ended);
            }
        }
    }

    fn refused(&mut self, customer: &CustomerKey, record: &RecordId, fault: String) {
        let (of, id) = (customer.clone(), record.clone());
        self.report.refuse(CustomerRefusal::Change { customer: of, record: id, fault });
        self.later.add(customer, Some(record));
    }

    async fn create(
        &mut self,
        customer: &CustomerKey,
        display_name: &str,
        fields: &Fields,
    ) -> Result<(), RunError> {
        let key = StepKey::customer(customer);
        self.forget_lost_record(&key).await?;
        let is_in_doubt = self.session.history.step(&key).is_some_and(|record| record.is_in_doubt());
        if !is_in_doubt {
            let pos = self.given.pos.get(customer).map(|ours| self.settings.shared(&ours.fields));
            let offer = OfferToQuickBooks { pos: pos.unwrap_or_default(), sent: fields.clone() };
            let note = CustomerNote::OfferedToQuickBooks { customer: customer.clone() };
            self.note(vec![(note, Values::ToQuickBooks(Box::new(offer)))]).await?;
        }
        let body = new_record(customer, display_name, fields, &self.lists);
        let job = Job { must_carry_key: true, ..Job::of_list(key, body.into()) };
        let finished = Driver::new(self.exchange, self.session).provide(job).await?;
        let reason = finished.reason.unwrap_or_default();
        match finished.outcome {
            Outcome::Created | Outcome::Adopted | Outcome::AlreadyPosted => {
                self.report.counts.added_to_quickbooks +=
                    u64::from(finished.outcome != Outcome::AlreadyPosted);
            }
            Outcome::Unknown => {
                self.report.counts.in_doubt += 1;
                self.later.add(customer, None);
            }
            Outcome::Held => {
                self.later.add(customer, None);
                self.cut_short(None);
            }
            // Its name was taken while this exchange went on, or a look-up by names did not show who has it.
            outcome => {
                if outcome == Outcome::Conflict || is_taken_by_another(self.exchange, display_name).await? {
                    self.given.names_taken.insert(mapping::customers::folded(display_name));
                    self.next.add(customer, None);
                } else {
                    let of = customer.clone();
                    self.report.refuse(CustomerRefusal::New { customer: of, fault: reason });
                    self.later.add(customer, None);
                }
            }
        }
        Ok(())
    }

    /// A record that the log says was made and that the customer no longer has is gone, or another's: the next one is another request.
    async fn forget_lost_record(&mut self, key: &StepKey) -> Result<(), RunError> {
        let Some(id) = self.session.history.posted_id(key) else { return Ok(()) };
        let reason = format!("record {id} is no longer this customer's in QuickBooks");
        let entry = Entry::Refused { step: key.clone(), reason, told: None };
        self.exchange.append(self.session, &key.words(), vec![entry]).await
    }
}

/// What both sides hold once a record was changed.
fn base_after(
    run: &CustomerRun<'_>,
    customer: &CustomerKey,
    record: &RecordId,
    sent: &Edits,
    pos: &Fields,
    answer: &QuickBooksRecord,
    is_retired: bool,
) -> Vec<Noted> {
    let answer = run.settings.shared(&answer.fields);
    run.relinked(customer, |state| {
        if is_retired {
            state.retired(customer, record, pos);
        } else {
            state.updated_in_quickbooks(customer, record, sent, pos, &answer);
        }
    })
}
