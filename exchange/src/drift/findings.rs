//! From what was posted and what QuickBooks holds to findings in sentences. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use mapping::{ControlAccount, EventKey, StepKey, kind_words};
use qb_model::engine::{Content, Link};
use qb_model::{Answer, EntityKind};
use serde_json::Value;

use super::reading::{Reading, place};
use super::result::{Deviation, Drift, DriftFinding, OtherRecord};
use super::standing::{Standing, standing};
use crate::entry::FindingVerb;
use crate::history::{FindingSaid, History, Record};
use crate::posted::PostedDocument;
use crate::snapshot::CompanySnapshot;

/// What was looked at.
pub(super) struct Looked<'l> {
    pub(super) history: &'l History,
    pub(super) snapshot: &'l CompanySnapshot,
    /// Documents that the log says are posted.
    pub(super) posted: &'l [(&'l StepKey, &'l Record)],
    pub(super) reading: &'l Reading,
    /// Customers and suppliers of documents that name another one now, and are there no more.
    pub(super) merged: &'l BTreeSet<(EntityKind, String)>,
    /// Control accounts on which nobody else should post: name by id.
    pub(super) controls: &'l BTreeMap<String, String>,
}

/// Whether a control account is the till's own: others have no business there. The rest is the company's: everybody's invoices are on
/// Accounts Receivable.
pub(super) fn is_of_the_till(role: ControlAccount) -> bool {
    !matches!(
        role,
        ControlAccount::Receivable
            | ControlAccount::Payable
            | ControlAccount::Shipping
            | ControlAccount::SalesTax
            | ControlAccount::OpeningBalances
    )
}

/// Everything that has drifted: documents of ours in the order of their keys, then accounts, then documents of others.
pub(super) fn find(looked: &Looked<'_>) -> Drift {
    let mut drift = Drift {
        documents: looked.posted.len(),
        capped: looked.reading.capped.clone(),
        books_closed_to: looked.snapshot.preferences.book_close_date,
        ..Drift::default()
    };
    let mut posted = looked.posted.to_vec();
    posted.sort_unstable_by_key(|(key, _)| *key);
    for (key, record) in &posted {
        let held = place(record).and_then(|place| looked.reading.held.get(&place));
        let sent = record.sent.create().map(|create| Content::of(&create));
        let (Some(held), Some(sent)) = (held, sent) else { continue };
        drift.compared += 1;
        // What a person has settled stays as it is.
        if looked.history.settlement(key).is_none() {
            drift.findings.extend(looked.of_document(key, record, &sent, held.as_ref()));
        }
    }
    drift.findings.extend(looked.inactive_accounts(&posted));
    drift.findings.extend(looked.of_others(&posted));
    let found = std::mem::take(&mut drift.findings);
    for finding in found {
        let said = looked.history.said_of(&finding.id);
        match said {
            Some(FindingSaid { verb: FindingVerb::Ignore, .. }) => drift.ignored += 1,
            said => {
                let accepted = said.map(|said| said.by.to_string());
                drift.findings.push(DriftFinding { accepted, ..finding });
            }
        }
    }
    drift
}

impl Looked<'_> {
    /// What has become of a document of ours, unless it stands as it was sent.
    fn of_document(
        &self,
        key: &StepKey,
        record: &Record,
        sent: &Content,
        held: Option<&Answer>,
    ) -> Option<DriftFinding> {
        let document = PostedDocument::of(key, record)?;
        let name = document.to_string();
        let standing = standing(sent, held.map(Answer::content), self.snapshot);
        let state = Some(standing.state());
        let (what, words) = match standing {
            Standing::AsSent | Standing::Settled => return None,
            Standing::Gone => (Deviation::Deleted, format!("{name} was deleted in QuickBooks.")),
            Standing::Voided => {
                (Deviation::Voided, format!("{name} was voided in QuickBooks: it moves nothing any more."))
            }
            Standing::Changed { fields, words } => match fields[..] {
                ["links"] => {
                    let with = self.matched_with(sent);
                    let words =
                        format!("{name} was unmatched in QuickBooks: it is {words} instead of {with}.");
                    (Deviation::Unmatched, words)
                }
                ["party"] if self.is_merged(record, sent) => {
                    let into = held.and_then(party_name).unwrap_or("another one");
                    (
                        Deviation::PartyMerged,
                        format!(
                            "The customer or supplier of {name} was merged in QuickBooks: it is {into} now."
                        ),
                    )
                }
                ["txn_date"] => (Deviation::Redated, redated(&name, sent.txn_date, held, &words)),
                _ => (Deviation::Changed, format!("{name} was changed in QuickBooks: it is {words}.")),
            },
        };
        let date = document.date;
        let remedy = self.remedy(what, date);
        Some(DriftFinding { state, ..DriftFinding::new(what, Some(document), None, words, remedy) })
    }

    /// What a payment was sent matched with: `Invoice CLT1521022B4 and Expense CL15236T1522870B11`.
    fn matched_with(&self, sent: &Content) -> String {
        let name = |link: &Link| {
            let kind = if link.txn_type == "Expense" { "Purchase" } else { &link.txn_type };
            let is_it = |(_, record): &&(&StepKey, &Record)| {
                record.sent.entity == kind && record.id() == Some(link.txn_id.as_str())
            };
            let key = self.posted.iter().find(is_it).map(|(key, _)| key.words());
            key.unwrap_or_else(|| format!("{} with id {}", link.txn_type, link.txn_id))
        };
        let names: Vec<String> = sent.links.iter().map(name).collect();
        names.join(" and ")
    }

    fn is_merged(&self, record: &Record, sent: &Content) -> bool {
        let kind = match record.sent.entity.as_str() {
            "Bill" | "PurchaseOrder" => EntityKind::Vendor,
            _ => EntityKind::Customer,
        };
        sent.party.as_ref().is_some_and(|party| self.merged.contains(&(kind, party.clone())))
    }

    /// What to do about a document of ours, or of others.
    fn remedy(&self, what: Deviation, date: Option<NaiveDate>) -> String {
        let closed = self.snapshot.preferences.book_close_date;
        if let Some(closed) = closed.filter(|closed| date.is_some_and(|date| date <= *closed)) {
            return format!(
                "The books are closed to {closed}: ask the accountant to open them, or to correct it on an open day."
            );
        }
        match what {
            Deviation::Deleted | Deviation::Voided => {
                "Repost it: what was posted of its batch is taken back, and the next run posts it again."
            }
            Deviation::Unmatched => "Restore it, or match it in QuickBooks again with the documents that are named.",
            Deviation::PartyMerged => {
                "Nothing, if the two are the same: later documents of the till's customer need the one that stayed."
            }
            Deviation::AccountInactive => {
                "Make it active again in QuickBooks, or name another one in the company mapping from a date on."
            }
            Deviation::PostedTwice => "Look at both in QuickBooks and delete the one that was entered by hand.",
            Deviation::OnControlAccount => {
                "Ask who entered it: money taken to the bank belongs there, a sale that the till has too does not."
            }
            Deviation::Changed | Deviation::Redated => {
                "Restore it, or change it back in QuickBooks. Its audit log names who changed it and when."
            }
        }
        .to_owned()
    }

    /// Accounts of documents of ours that were made inactive.
    fn inactive_accounts(&self, posted: &[(&StepKey, &Record)]) -> Vec<DriftFinding> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, record) in posted {
            let accounts: BTreeSet<&str> = record.sent.legs.iter().map(|(id, _)| id.as_str()).collect();
            accounts.into_iter().for_each(|id| *counts.entry(id).or_default() += 1);
        }
        let inactive = self.snapshot.accounts.iter().filter(|account| !account.active);
        let finding = |account: &qb_model::AccountInfo| {
            let count = counts.get(account.id.as_str())?;
            let documents = if *count == 1 { "document" } else { "documents" };
            let words = format!(
                "The account {} was made inactive in QuickBooks; {count} {documents} of ours stand on it.",
                account.name.trim_end_matches(" (deleted)")
            );
            let other = OtherRecord { entity: "Account".to_owned(), id: account.id.as_str().to_owned() };
            let what = Deviation::AccountInactive;
            Some(DriftFinding::new(what, None, Some(other), words, self.remedy(what, None)))
        };
        inactive.filter_map(finding).collect()
    }

    /// Documents of others that have a number or memo of ours, or stand on a control account of the till.
    fn of_others(&self, posted: &[(&StepKey, &Record)]) -> Vec<DriftFinding> {
        // What we have voided is ours too.
        let known = self.history.known_documents();
        let ours: BTreeSet<(EntityKind, String)> = known
            .filter_map(|(_, record)| {
                Some((EntityKind::from_name(&record.sent.entity)?, record.known_id()?.to_owned()))
            })
            .collect();
        let mut numbers: BTreeMap<(EntityKind, String), (&StepKey, &Record)> = BTreeMap::new();
        let mut events: BTreeMap<(EntityKind, &EventKey), (&StepKey, &Record)> = BTreeMap::new();
        for (key, record) in posted {
            let Some(kind) = EntityKind::from_name(&record.sent.entity) else { continue };
            numbers.insert((kind, key.name().to_ascii_uppercase()), (key, record));
            if let Some(event) = &record.sent.identity {
                events.entry((kind, event)).or_insert((key, record));
            }
        }
        let mut findings = Vec::new();
        for ((kind, id), answer) in self.reading.held.iter().filter(|(place, _)| !ours.contains(*place)) {
            let Some(answer) = answer else { continue };
            let content = answer.content().ok();
            let number = content.as_ref().and_then(|content| content.number.as_deref()).unwrap_or_default();
            let event =
                answer.note().and_then(|note| note.rsplit(" | ").next()?.trim().parse::<EventKey>().ok());
            // What was sent and is in doubt may be ours: the next run looks it up.
            if event.as_ref().is_some_and(|event| self.is_in_doubt(event)) {
                continue;
            }
            let by_event = || events.get(&(*kind, event.as_ref()?)).copied();
            let by_number = numbers.get(&(*kind, number.to_ascii_uppercase())).filter(|_| !number.is_empty());
            let other = OtherRecord { entity: kind.name().to_owned(), id: id.clone() };
            let date = content.as_ref().and_then(|content| content.txn_date);
            match by_number
                .copied()
                .or_else(by_event)
                .and_then(|(key, record)| PostedDocument::of(key, record))
            {
                Some(document) => {
                    let words = format!(
                        "{} stands in QuickBooks twice: the {}, which was not posted from here, has its {}.",
                        document,
                        described(kind.name(), &answer.raw),
                        if by_number.is_some() { "number" } else { "memo" }
                    );
                    let what = Deviation::PostedTwice;
                    let remedy = self.remedy(what, date);
                    findings.push(DriftFinding::new(what, Some(document), Some(other), words, remedy));
                }
                None => findings.extend(self.on_control_account(other, &answer.raw)),
            }
        }
        for (kind, raw) in &self.reading.others {
            let id = raw.get("Id").and_then(Value::as_str).unwrap_or_default().to_owned();
            findings.extend(self.on_control_account(OtherRecord { entity: kind.clone(), id }, raw));
        }
        findings
    }

    fn is_in_doubt(&self, event: &EventKey) -> bool {
        let mut standing = self.history.standing_for(event);
        standing.any(|key| self.history.step(key).is_some_and(Record::is_in_doubt))
    }

    fn on_control_account(&self, other: OtherRecord, raw: &Value) -> Option<DriftFinding> {
        let mut accounts = BTreeSet::new();
        self.accounts_of(raw, &mut accounts);
        let names: Vec<&str> =
            accounts.iter().filter_map(|id| self.controls.get(id)).map(String::as_str).collect();
        if names.is_empty() {
            return None;
        }
        let words = format!(
            "The {}, which was not posted from here, stands on {}.",
            described(&other.entity, raw),
            names.join(" and ")
        );
        let what = Deviation::OnControlAccount;
        let date = raw.get("TxnDate").and_then(Value::as_str).and_then(|date| date.parse().ok());
        Some(DriftFinding::new(what, None, Some(other), words, self.remedy(what, date)))
    }

    /// The accounts that a document names, itself or by its items.
    fn accounts_of(&self, value: &Value, accounts: &mut BTreeSet<String>) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.accounts_of(value, accounts)),
            Value::Object(members) => {
                for (name, value) in members {
                    let id = value.get("value").and_then(Value::as_str);
                    match id {
                        Some(id) if name.ends_with("AccountRef") => _ = accounts.insert(id.to_owned()),
                        Some(id) if name == "ItemRef" => {
                            let item = self.snapshot.items.iter().find(|item| item.id.as_str() == id);
                            let account = item.and_then(|item| item.income_account.as_ref());
                            accounts.extend(account.map(|account| account.as_str().to_owned()));
                        }
                        _ => self.accounts_of(value, accounts),
                    }
                }
            }
            _ => {}
        }
    }
}

/// A document of QuickBooks' as it says itself: `Deposit of 2026-02-03 over 45.00`.
fn described(kind: &str, raw: &Value) -> String {
    let text = |field: &str| raw.get(field).and_then(Value::as_str).unwrap_or_default();
    let number = ["DocNumber", "PaymentRefNum"].into_iter().map(text).find(|number| !number.is_empty());
    let number = number.map(|number| format!(" {number}")).unwrap_or_default();
    let amount = ["TotalAmt", "Amount"].into_iter().find_map(|field| raw.get(field)?.as_f64());
    // A journal entry has no total of its own.
    let amount = amount.filter(|_| kind != "JournalEntry");
    let amount = amount.map(|amount| format!(" over {amount:.2}")).unwrap_or_default();
    let kind = kind_words(kind);
    format!("{kind}{number} of {}{amount}", text("TxnDate"))
}

fn party_name(answer: &Answer) -> Option<&str> {
    let parties = ["CustomerRef", "EntityRef", "VendorRef"].into_iter();
    parties.filter_map(|field| answer.raw.get(field)?.get("name")?.as_str()).next()
}

/// A changed date, and whether it lies in another month: then reports of both months are wrong.
fn redated(name: &str, sent: Option<NaiveDate>, held: Option<&Answer>, words: &str) -> String {
    let found = held.and_then(|held| held.content().ok()?.txn_date);
    let month = |date: NaiveDate| (date.year(), date.month());
    let is_other = sent.zip(found).is_some_and(|(sent, found)| month(sent) != month(found));
    let other = if is_other { ", in another month" } else { "" };
    format!("{name} was given another date in QuickBooks: it is {words}{other}.")
}
