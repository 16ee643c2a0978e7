//! What plans will ask of QuickBooks before their first document is sent, asked all at once, in the same requests as the company's
//! lists: their customers and vendors, payments of their dates, and whether their numbers are there, in this form or another.
//!
//! Nothing is decided here. Whoever needs an answer looks whether it is known, and asks by itself when it is not. Up the walk:
//! `begin.rs`. What is asked, and why: `parties/look.rs`, `open_invoices.rs`, `prepare.rs`, `otherwise.rs`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mapping::{Company, Plan, Planned, StepContent, StepKey};
use qb_client::engine::{Query, by_number};
use qb_client::{ClientError, ReadError};
use qb_model::EntityKind;
use serde_json::Value;

use crate::error::RunError;
use crate::history::{History, Record};
use crate::of_days::OfDays;
use crate::otherwise::{days_in_question, first_of_each_kind, other_numbers};
use crate::payments_seen::PaymentsSeen;
use crate::rehearsal::is_rehearsed;
use crate::session::Session;

/// Ids or numbers of one query.
const AT_ONCE: usize = 500;

/// What will be asked.
#[derive(Default)]
pub(crate) struct Ahead {
    queries: Vec<Query>,
    asked: Vec<Asked>,
}

/// What one query is about.
enum Asked {
    Parties(EntityKind, Vec<String>),
    Payments(NaiveDate, NaiveDate, BTreeSet<String>),
    Days(EntityKind, NaiveDate, NaiveDate),
    Numbers(EntityKind, Vec<String>),
}

impl Asked {
    /// What cannot be read when it fails.
    const fn what(&self) -> &'static str {
        match self {
            Self::Parties(..) => "its customers and vendors",
            Self::Payments(..) => "its payments",
            Self::Days(..) | Self::Numbers(..) => "documents of ours",
        }
    }
}

impl Ahead {
    /// What these plans will ask. Customers and vendors that the session knows are left out, unless the company is read again.
    pub(crate) fn of(
        plans: &[Plan<'_>],
        company: &Company,
        session: &Session,
        is_read_again: bool,
    ) -> Result<Self, RunError> {
        let history = &session.history;
        let mut parties: BTreeMap<EntityKind, BTreeSet<String>> = BTreeMap::new();
        let mut numbers: BTreeMap<EntityKind, BTreeSet<String>> = BTreeMap::new();
        let mut payments: BTreeMap<String, NaiveDate> = BTreeMap::new();
        let mut days: BTreeMap<EntityKind, (NaiveDate, NaiveDate)> = BTreeMap::new();
        for plan in plans {
            let others = other_numbers(plan, company, history);
            for (kind, number) in first_of_each_kind(&others) {
                numbers.entry(kind).or_default().insert(number);
            }
            if let Some((kinds, (first, last))) = days_in_question(plan, &others, session) {
                for kind in kinds {
                    let all = days.entry(kind).or_insert((first, last));
                    *all = (all.0.min(first), all.1.max(last));
                }
            }
            let unposted = plan.documents().filter(|planned| !history.is_done(&planned.key));
            let named: BTreeSet<StepKey> =
                unposted.filter_map(|planned| Some(planned.document.party()?.key().step())).collect();
            for step in plan.steps().iter().filter(|step| named.contains(&step.key)) {
                let StepContent::ListEntry(entry) = step.content else { continue };
                let Some(id) = history.posted_id(&step.key).filter(|id| !is_rehearsed(id)) else { continue };
                let kind = entry.kind().entity();
                if is_read_again || !session.snapshot.parties.knows(kind, id) {
                    parties.entry(kind).or_default().insert(id.to_owned());
                }
            }
            let mut kinds = BTreeSet::new();
            for planned in plan.documents() {
                // What is in doubt is looked up before anything of it is sent again.
                let is_in_doubt = history.step(&planned.key).is_some_and(Record::is_in_doubt);
                if !is_in_doubt && !is_unknown(planned, history) {
                    continue;
                }
                let (kind, number) = (planned.document.kind().entity(), planned.number.to_string());
                let is_typed = history.conflict(&planned.key).is_some();
                if kind == EntityKind::Payment {
                    payments.insert(number, planned.txn_date);
                } else if is_in_doubt || history.is_new() || (!is_typed && kinds.insert(kind)) {
                    numbers.entry(kind).or_default().insert(number);
                }
            }
        }
        let mut ahead = Self::default();
        for (kind, ids) in parties {
            for ids in chunks(ids) {
                let query = Query::all(kind).with_inactive().with_ids(ids.iter().map(String::as_str));
                ahead.ask(query, Asked::Parties(kind, ids))?;
            }
        }
        let of_payments = payments.values().min().copied().zip(payments.values().max().copied());
        if let Some((first, last)) = of_payments {
            // One look serves both.
            let in_question = days.remove(&EntityKind::Payment);
            let (first, last) =
                in_question.map_or((first, last), |days| (days.0.min(first), days.1.max(last)));
            let asked = Asked::Payments(first, last, payments.into_keys().collect());
            ahead.ask(Ok(Query::all(EntityKind::Payment).dated(first, last)), asked)?;
        }
        for (kind, (first, last)) in days {
            ahead.ask(Ok(Query::all(kind).dated(first, last)), Asked::Days(kind, first, last))?;
        }
        for (kind, numbers) in numbers {
            for numbers in chunks(numbers) {
                let texts: Vec<&str> = numbers.iter().map(String::as_str).collect();
                ahead.ask(Query::numbered(kind, &texts), Asked::Numbers(kind, numbers))?;
            }
        }
        Ok(ahead)
    }

    fn ask(&mut self, query: Result<Query, ClientError>, asked: Asked) -> Result<(), RunError> {
        self.queries.push(query.map_err(|error| RunError::unreadable(asked.what(), error.into()))?);
        self.asked.push(asked);
        Ok(())
    }

    /// The queries, in their order.
    pub(crate) fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// The error of a query, by its place.
    pub(crate) fn error(&self, at: usize, error: ReadError) -> RunError {
        RunError::unreadable(self.asked.get(at).map_or("its lists", Asked::what), error)
    }

    /// Has the session know what was answered, query by query.
    pub(crate) fn take(self, answers: Vec<Vec<Value>>, session: &mut Session) -> Result<(), RunError> {
        for (asked, rows) in self.asked.into_iter().zip(answers) {
            let what = asked.what();
            let failed = |error| RunError::unreadable(what, error);
            match asked {
                Asked::Parties(kind, ids) => session.snapshot.parties.take(kind, ids, &rows),
                Asked::Payments(first, last, numbers) => {
                    let texts: Vec<&str> = numbers.iter().map(String::as_str).collect();
                    let of_days = OfDays::read(EntityKind::Payment, (first, last), &rows)
                        .map_err(|e| failed(e.into()))?;
                    session.of_days.insert(EntityKind::Payment, of_days);
                    let by_number = by_number(EntityKind::Payment, &texts, rows).map_err(failed)?;
                    session.see(EntityKind::Payment, texts, by_number.clone());
                    session.payments = Some(PaymentsSeen { first, last, by_number });
                }
                Asked::Days(kind, first, last) => {
                    let of_days = OfDays::read(kind, (first, last), &rows).map_err(|e| failed(e.into()))?;
                    session.of_days.insert(kind, of_days);
                }
                Asked::Numbers(kind, numbers) => {
                    let texts: Vec<&str> = numbers.iter().map(String::as_str).collect();
                    let found = by_number(kind, &texts, rows).map_err(failed)?;
                    session.see(kind, texts, found);
                }
            }
        }
        Ok(())
    }
}

/// Whether the log knows nothing of a document.
fn is_unknown(planned: &Planned<'_>, history: &History) -> bool {
    history.step(&planned.key).is_none() && history.settlement(&planned.key).is_none()
}

fn chunks(texts: BTreeSet<String>) -> Vec<Vec<String>> {
    let texts: Vec<String> = texts.into_iter().collect();
    texts.chunks(AT_ONCE).map(<[String]>::to_vec).collect()
}
