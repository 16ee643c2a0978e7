//! What an exchange that broke off has left in doubt is settled before anything is decided.
//!
//! ```text
//! a record was being given to the point of sale     it is given again: the point of sale knows it by its id
//! a record was being made in QuickBooks             found by the key in its notes; else it is looked up by its name, when it is
//!                                                   still wanted
//! a record was being changed                        read by its id: done when its fields have the new values; else the same
//!                                                   bytes go again under the same request id
//! ```

use std::collections::BTreeMap;

use mapping::customers::{Edits, Fields, QuickBooksRecord, edits_of};
use mapping::{CustomerKey, StepKey};
use qb_model::received::{Customer, Record as _};
use qb_model::{Id, Update};

use super::base::CustomerRun;
use super::reading::Reading;
use super::send::{Sending, Written};
use crate::entry::{Entry, Sent};
use crate::error::RunError;

impl CustomerRun<'_> {
    /// Settles what is in doubt since an earlier exchange.
    pub(super) async fn settle_doubts(&mut self, reading: &Reading) -> Result<(), RunError> {
        self.find_made(reading).await?;
        self.offer_again().await?;
        let in_doubt: Vec<(StepKey, Sent)> = self.session.history.customer_changes_in_doubt().collect();
        for (key, sent) in in_doubt {
            if self.is_over() {
                return Ok(());
            }
            self.settle_change(key, &sent).await?;
        }
        Ok(())
    }

    /// Records that may have been made and carry our key.
    async fn find_made(&mut self, reading: &Reading) -> Result<(), RunError> {
        let in_doubt: BTreeMap<CustomerKey, StepKey> = self
            .session
            .history
            .customers_in_doubt()
            .filter_map(|step| Some((step.customer_key()?, step.clone())))
            .collect();
        let found = reading.records.iter().filter_map(|record| {
            let step = in_doubt.get(record.our_key.as_ref()?)?.clone();
            let id = record.id.to_string();
            Some(Entry::Posted { step, id, created_at: None, adopted: true, untaxed: false })
        });
        let found: Vec<Entry> = found.collect();
        if found.is_empty() {
            return Ok(());
        }
        self.report.counts.added_to_quickbooks += found.len() as u64; // no list has 2^64 customers
        self.exchange.append(self.session, "the customers", found).await
    }

    async fn settle_change(&mut self, key: StepKey, sent: &Sent) -> Result<(), RunError> {
        let Some((update, edits)) = self.change_of(&sent.body) else {
            // Nothing of it can be sent any more; what it changed is compared as any edit is.
            let reason = "its body is no longer in the log".to_owned();
            let entry = Entry::Refused { step: key.clone(), reason, told: None };
            return self.exchange.append(self.session, &key.words(), vec![entry]).await;
        };
        let Some(sending) = Sending::again(key, sent, edits.clone(), update) else { return Ok(()) };
        let record = sending.record.clone();
        let owner = self.session.history.customers.owner(&record).cloned();
        let (of, on) = (owner.clone(), record.clone());
        let done = move |run: &CustomerRun<'_>, answer: &QuickBooksRecord| {
            let Some(customer) = &of else { return Vec::new() };
            // What the point of sale held then is what was sent.
            let mut pos = Fields::default();
            edits.iter().for_each(|(field, value)| pos.set(field.clone(), value.clone()));
            let answer = run.settings.shared(&answer.fields);
            run.relinked(customer, |state| {
                state.updated_in_quickbooks(customer, &on, &edits, &pos, &answer);
            })
        };
        let written = self.write(sending, done).await?;
        if let Some(customer) = owner {
            // What was refused is decided again, by this exchange's own plan.
            let written = if let Written::Refused(_) = written { Written::Stale } else { written };
            self.take_in(&customer, &record, written);
        }
        Ok(())
    }

    fn change_of(&self, body: &str) -> Option<(Update<Customer>, Edits)> {
        let update = Update::from_json(body).ok()?;
        let sent = Customer::read(body.parse().ok()?).ok()?;
        Id::new(update.version().id()).ok().map(|_: Id<qb_model::Customer>| ())?;
        Some((update, edits_of(&sent, &self.lists)))
    }
}
