//! A step of a plan becomes a job: what it names is bound, what it needs to be told of QuickBooks is read.
//!
//! Up the walk: `driver.rs`. Down: `mapping::engine::resolve`, the only place where a key becomes an id.

use mapping::engine::{Bindings, ResolveError, resolve};
use mapping::{Period, Plan, Planned, Step, StepContent, legs};
use qb_model::EntityKind;

use crate::error::RunError;
use crate::finished::{Contact, Finished, Job, held, refused};
use crate::history::Record;
use crate::parties::Standing;
use crate::patience::AskedWait;
use crate::refusal_words;
use crate::report::{Hold, Outcome};
use crate::session::{Exchange, Session};

/// What a step has come to, before anything of it is sent.
pub(crate) enum Ready {
    /// It can be posted.
    Job(Box<Job>),
    /// It need not be posted, or cannot be.
    Finished(Finished),
}

impl Exchange {
    /// One step of the plan: bound, held, or a job.
    pub(crate) async fn job(
        &self,
        session: &mut Session,
        step: &Step<'_>,
        plan: &Plan<'_>,
    ) -> Result<Ready, RunError> {
        if let Some(unusable) = unusable(session, step, plan) {
            return Ok(Ready::Finished(unusable));
        }
        if let StepContent::ListEntry(entry) = step.content
            && let Some(id) = session.bindings.id(entry)
        {
            return Ok(Ready::Finished(Finished::before(Outcome::AlreadyPosted, id.to_owned(), None)));
        }
        // A customer may have come from QuickBooks, or was merged into one who has a record.
        if let Some(link) = session.history.link_of(&step.key) {
            let id = link.record.to_string();
            return Ok(Ready::Finished(Finished::before(Outcome::AlreadyPosted, id, None)));
        }
        let is_unposted = !session.history.is_posted(&step.key);
        match if is_unposted { self.is_untaxed(session, step).await } else { Ok(false) } {
            Ok(false) => {}
            Ok(true) => {
                let remedy = "make the customer taxable there, or leave the tax out at the till";
                return Ok(Ready::Finished(refused(format!(
                    "QuickBooks holds its customer non-taxable and would drop the tax; {remedy}"
                ))));
            }
            // Documents before it are posted: their report must not be lost.
            Err(RunError::Read { source, .. }) if source.asked_wait().is_none() => {
                let why = refusal_words::unread(&source).unwrap_or_else(|| source.to_string());
                let reason = format!("its customer could not be read: {why}");
                let finished = Finished { contact: Contact::Unreached, ..held(Hold::Unreachable, reason) };
                return Ok(Ready::Finished(finished));
            }
            Err(error) => return Err(error),
        }
        if let Some(refused) = self.read_order_lines(session, step, plan).await? {
            return Ok(Ready::Finished(refused));
        }
        let create = match resolve(step, plan, &session.bindings) {
            Ok(create) => self.named(session, step, plan, create).await?,
            Err(error @ ResolveError::Unbound { .. }) => {
                return Ok(Ready::Finished(held(Hold::MissingRecord, error.to_string())));
            }
            Err(error) => return Ok(Ready::Finished(refused(error.to_string()))),
        };
        let key = step.key.clone();
        let job = match step.document() {
            Some(planned) => Job {
                key,
                create,
                identity: Some(planned.identity.key()),
                txn_date: Some(planned.txn_date),
                legs: legs_by_account(planned, plan.period(), &session.bindings),
                must_carry_key: false,
            },
            None => Job::of_list(key, create),
        };
        Ok(Ready::Job(Box::new(job)))
    }
}

/// What becomes of a customer whose record cannot be posted to, when a document of it is still to be posted (F-03, F-14): its events
/// wait, everybody else's go on.
fn unusable(session: &Session, step: &Step<'_>, plan: &Plan<'_>) -> Option<Finished> {
    let (history, words) = (&session.history, step.key.words());
    let id = &history.link_of(&step.key)?.record;
    let standing = session.snapshot.parties.standing(EntityKind::Customer, id.as_str());
    let is_parked = history.is_parked(&step.key);
    if standing == Standing::Usable && !is_parked {
        return None;
    }
    let is_of_customer =
        |planned: &&Planned<'_>| planned.document.party().is_some_and(|party| party.key().step() == step.key);
    // What is in doubt is settled as it was sent (F-08).
    let is_to_be_sent = |planned: &Planned<'_>| {
        let is_in_doubt = history.step(&planned.key).is_some_and(Record::is_in_doubt);
        !is_in_doubt && !history.is_done(&planned.key)
    };
    let is_needed = plan.documents().filter(is_of_customer).any(is_to_be_sent);
    let finished = match standing {
        _ if !is_needed => return None,
        _ if is_parked => held(
            Hold::MissingRecord,
            format!(
                "{words}: QuickBooks' record {id} is gone; link the customer to another record at the point of sale"
            ),
        ),
        Standing::Inactive => {
            refused(format!("{words}: QuickBooks' record {id} is inactive; make it active there"))
        }
        _ => held(
            Hold::MissingRecord,
            format!(
                "{words}: QuickBooks' record {id} is no longer there; the next exchange of customers finds out what stands for it"
            ),
        ),
    };
    Some(finished)
}

/// A document's debits and credits in cents, one figure an account.
fn legs_by_account(planned: &Planned<'_>, period: &Period, bindings: &Bindings) -> Vec<(String, i64)> {
    let mut sums: Vec<(String, i64)> = Vec::new();
    for leg in legs(&planned.document, period) {
        let Some(id) = bindings.accounts.get(&leg.account) else { continue };
        match sums.iter_mut().find(|(account, _)| account == id.as_str()) {
            Some((_, cents)) => *cents += leg.amount.cents(),
            None => sums.push((id.as_str().to_owned(), leg.amount.cents())),
        }
    }
    sums
}
