//! Documents that are not of the posting log and look like one of ours: a second one of it.
//!
//! A lost log, a second program or a person may have posted one of our documents once more. QuickBooks' books then show the
//! sale twice, and no figure of ours is wrong: only this comparison finds it. A document of others counts as a second one
//! when it has the number of one of ours, when its memo ends with the identity of one of ours, or when its kind, date,
//! customer or supplier, and amounts are those of one of ours. A supplier's bill that agrees on Accounts Payable alone was
//! most likely typed by hand from the supplier's paper: a notice, no difference.
//!
//! `ledger.rs` hands in what the general ledger shows of documents of others.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use mapping::{ControlAccount, EventKey, StepKey};
use pos_model::Money;
use qb_model::engine::Content;

use super::result::{Cause, Difference, DifferentAmount, DifferentDocument, Notice};
use super::scope::Scope;
use crate::history::{History, Record};

/// What the general ledger shows of one document that is not of the posting log, on all accounts that were read.
#[derive(Clone)]
pub(super) struct Other {
    /// QuickBooks' name of the entity: `Purchase`.
    pub(super) entity: String,
    /// What reports call the kind: `Expense`.
    pub(super) txn_type: String,
    pub(super) id: String,
    pub(super) number: String,
    pub(super) memo: String,
    pub(super) date: NaiveDate,
    /// The customer's or supplier's id, where a row names one.
    pub(super) party: Option<String>,
    /// By the account's place in the scope; debit positive, none of 0.00.
    pub(super) amounts: BTreeMap<usize, Money>,
}

impl fmt::Debug for Other {
    /// Without the memo and the party, which may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Other").field("entity", &self.entity).field("id", &self.id).finish_non_exhaustive()
    }
}

/// What was found: second ones of our documents, and bills that somebody typed from a supplier's paper.
#[derive(Debug, Default)]
pub(super) struct Doubles {
    pub(super) differences: Vec<Difference>,
    pub(super) notices: Vec<Notice>,
}

/// Compares documents of others with every document of ours that stands in QuickBooks. `read` are the places of the accounts
/// that the general ledger was read for.
pub(super) fn doubles(history: &History, scope: &Scope, read: &[usize], others: &[Other]) -> Doubles {
    let mut found = Doubles::default();
    if others.is_empty() {
        return found;
    }
    let ours = Ours::of(history, scope, read, others);
    for other in others {
        // A person has looked at it and said that it stays.
        if history.said_of_other(&other.entity, &other.id).is_some() {
            continue;
        }
        if let Some((key, record)) = ours.same_as(other) {
            found.differences.push(second_one(scope, (key, record), other, &ours));
        } else if let Some(record) = ours.bill_by_hand(other) {
            found.notices.push(Notice::BillByHand {
                number: other.number.clone(),
                date: other.date,
                amount: ours.payable.and_then(|place| other.amounts.get(&place)).copied().unwrap_or_default(),
                ours: number(record).unwrap_or_default(),
            });
        }
    }
    found
}

/// Our documents, as far as one of the others can be like them.
struct Ours<'h> {
    by_number: BTreeMap<String, (&'h StepKey, &'h Record)>,
    by_identity: BTreeMap<&'h EventKey, (&'h StepKey, &'h Record)>,
    by_day: BTreeMap<(&'h str, NaiveDate), Vec<(&'h StepKey, &'h Record)>>,
    accounts: BTreeMap<&'h str, usize>,
    payable: Option<usize>,
}

impl<'h> Ours<'h> {
    fn of(history: &'h History, scope: &'h Scope, read: &[usize], others: &[Other]) -> Self {
        let numbers: BTreeSet<String> =
            others.iter().map(|other| other.number.to_ascii_uppercase()).collect();
        let days: BTreeSet<(&str, NaiveDate)> =
            others.iter().map(|other| (other.entity.as_str(), other.date)).collect();
        let accounts =
            read.iter().flat_map(|place| scope.accounts[*place].ids().map(move |id| (id, *place))).collect();
        let mut ours = Self {
            by_number: BTreeMap::new(),
            by_identity: BTreeMap::new(),
            by_day: BTreeMap::new(),
            accounts,
            payable: scope.place_of(ControlAccount::Payable),
        };
        let mut posted: Vec<_> = history.posted_steps().collect();
        // The log's steps come in no order; what is reported has one.
        posted.sort_unstable_by_key(|(key, _)| *key);
        for (key, record) in posted {
            let Some(identity) = record.sent.identity.as_ref() else { continue };
            ours.by_identity.entry(identity).or_insert((key, record));
            if let Some(number) = number(record).map(|number| number.to_ascii_uppercase())
                && numbers.contains(&number)
            {
                ours.by_number.entry(number).or_insert((key, record));
            }
            if let Some(date) = record.sent.txn_date
                && days.contains(&(record.sent.entity.as_str(), date))
            {
                ours.by_day.entry((record.sent.entity.as_str(), date)).or_default().push((key, record));
            }
        }
        ours
    }

    /// The document of ours that this one is a second one of.
    fn same_as(&self, other: &Other) -> Option<(&'h StepKey, &'h Record)> {
        let number = other.number.to_ascii_uppercase();
        let by_number = self.by_number.get(&number).filter(|_| !number.is_empty());
        let identity = other.memo.rsplit(" | ").next().and_then(|text| text.trim().parse::<EventKey>().ok());
        let by_identity = || self.by_identity.get(&identity?);
        let by_content = || {
            let same_day = self.by_day.get(&(other.entity.as_str(), other.date))?;
            same_day.iter().find(|(_, record)| {
                !other.amounts.is_empty()
                    && self.amounts(record) == other.amounts
                    && is_same_party(record, other)
            })
        };
        by_number.or_else(by_identity).or_else(by_content).copied()
    }

    /// The bill of ours that somebody has typed from the supplier's paper: the same supplier, and the supplier's own
    /// reference or the same date and amount.
    fn bill_by_hand(&self, other: &Other) -> Option<&'h Record> {
        let place = self.payable.filter(|_| other.entity == "Bill")?;
        let amount = other.amounts.get(&place)?;
        let same_day = self.by_day.get(&(other.entity.as_str(), other.date)).into_iter().flatten();
        let by_day = same_day
            .map(|(_, record)| *record)
            .find(|record| self.amounts(record).get(&place) == Some(amount) && is_same_party(record, other));
        let by_reference = || {
            let bills = self.by_identity.values().map(|(_, record)| *record);
            let mut bills = bills.filter(|record| record.sent.entity == "Bill");
            bills.find(|record| {
                !other.number.is_empty() && memo_names(record, &other.number) && is_same_party(record, other)
            })
        };
        by_day.or_else(by_reference)
    }

    /// What a document of ours moves on the accounts that were read.
    fn amounts(&self, record: &Record) -> BTreeMap<usize, Money> {
        let mut amounts: BTreeMap<usize, Money> = BTreeMap::new();
        for (account, cents) in &record.sent.legs {
            if let Some(place) = self.accounts.get(account.as_str()) {
                *amounts.entry(*place).or_default() += Money::sum_of_cents(*cents);
            }
        }
        amounts.retain(|_, amount| !amount.is_zero());
        amounts
    }
}

fn content(record: &Record) -> Option<Content> {
    record.sent.create().map(|create| Content::of(&create))
}

fn number(record: &Record) -> Option<String> {
    content(record)?.number
}

/// Whether the customer or supplier is the same, as far as both are known.
fn is_same_party(record: &Record, other: &Other) -> bool {
    content(record).is_none_or(|ours| ours.party == other.party)
}

/// Whether one part of the memo that was sent, the supplier's reference for one, is this text.
fn memo_names(record: &Record, text: &str) -> bool {
    let body: Option<serde_json::Value> = serde_json::from_str(&record.sent.body).ok();
    let memo = body.as_ref().and_then(|body| body.get("PrivateNote")?.as_str());
    memo.is_some_and(|memo| memo.split(" | ").any(|part| part.trim().eq_ignore_ascii_case(text)))
}

/// Our document, with what it and the other one move together.
fn second_one(
    scope: &Scope,
    (key, record): (&StepKey, &Record),
    other: &Other,
    ours: &Ours<'_>,
) -> Difference {
    let expected = ours.amounts(record);
    let amounts = other.amounts.iter().map(|(place, amount)| {
        let account = &scope.accounts[*place];
        let expected = expected.get(place).copied().unwrap_or_default();
        DifferentAmount {
            account: account.name.clone(),
            account_id: account.id.clone(),
            date: other.date,
            customer: None,
            expected,
            found: expected + *amount,
        }
    });
    let known = scope.by_key.get(key).map(|place| &scope.documents[*place]);
    let origin = known.map(|document| scope.origins[document.origin].clone());
    let identity = || record.sent.identity.as_ref().map(ToString::to_string).unwrap_or_default();
    Difference {
        document: Some(DifferentDocument {
            key: key.clone(),
            kind: key.kind().name().to_owned(),
            number: number(record).unwrap_or_default(),
            id: record.id().map(str::to_owned),
            origin: origin.unwrap_or_else(identity),
        }),
        cause: Cause::PostedTwice {
            txn_type: other.txn_type.clone(),
            number: other.number.clone(),
            id: other.id.clone(),
            date: other.date,
        },
        amounts: amounts.collect(),
    }
}
