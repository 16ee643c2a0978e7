//! QuickBooks' side: the general ledger of the control accounts, read in portions, every posting given to whom it belongs.
//!
//! A document is known by its kind and id, as the posting log has them; never by its number.

use std::collections::{BTreeMap, VecDeque};

use chrono::NaiveDate;
use mapping::StepKey;
use pos_model::Money;
use qb_client::ReadError;
use qb_model::{GeneralLedger, LedgerRow};

use super::doubles::Other;
use super::portions::{Portion, portions};
use super::result::OtherDocument;
use super::scope::{CustomerRef, Place, Scope};
use crate::error::RunError;
use crate::history::History;
use crate::session::Exchange;

/// QuickBooks cuts reports off near 400,000 cells (docs/quickbooks.md). An answer of that size is not believed.
const CUT_OFF: usize = 400_000;

/// What one account stands at over one fiscal year.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Year {
    pub(super) opening_balance: Money,
    pub(super) ours: Money,
    pub(super) other_batches: Money,
    pub(super) other_documents: Money,
}

/// What the general ledger says beyond the figures of the documents that are tied out.
#[derive(Debug, Default)]
pub(super) struct LedgerSide {
    /// By the year's last day and account.
    pub(super) years: BTreeMap<(NaiveDate, usize), Year>,
    /// What the documents that are tied out move on each tax agency's account, by its id, where there are several.
    pub(super) agencies: BTreeMap<String, Money>,
    /// With the number of the account.
    other_documents: Vec<(usize, OtherDocument)>,
    /// The same documents whole: what each moves on all accounts, and what else tells whether it is a second one of ours.
    pub(super) others: BTreeMap<(String, String), Other>,
}

impl LedgerSide {
    /// Adds a row of a document that is not of the posting log to what is known of the document.
    fn note_other(&mut self, row: &LedgerRow, entity: &str, id: &str, account: usize, amount: Money) {
        let other = self.others.entry((entity.to_owned(), id.to_owned())).or_insert_with(|| Other {
            entity: entity.to_owned(),
            txn_type: row.txn_type.clone(),
            id: id.to_owned(),
            number: row.number.clone(),
            memo: row.memo.clone(),
            date: row.date,
            party: None,
            amounts: BTreeMap::new(),
        });
        let sum = other.amounts.entry(account).or_default();
        *sum += amount;
        if sum.is_zero() {
            other.amounts.remove(&account);
        }
        if other.party.is_none() {
            other.party.clone_from(&row.party_id);
        }
    }

    /// The documents of others by account, date and id.
    pub(super) fn into_other_documents(mut self) -> Vec<OtherDocument> {
        self.other_documents.sort_by(|(one, first), (other, second)| {
            let place = |document: &OtherDocument| (document.date, document.id.len());
            (one, place(first), &first.id).cmp(&(other, place(second), &second.id))
        });
        self.other_documents.into_iter().map(|(_, document)| document).collect()
    }
}

/// Whose a posted document is.
#[derive(Clone, Copy)]
enum Owner {
    /// Of the batches and orders that are tied out: its number among the documents.
    AtHand(usize),
    /// Of other batches and orders of the posting log.
    Log,
}

impl Exchange {
    /// Reads the years' general ledgers; fills the scope's QuickBooks figures and its documents' found amounts.
    pub(super) async fn read_ledger(
        &self,
        history: &History,
        scope: &mut Scope,
        years: &[(NaiveDate, NaiveDate)],
        shown: &[usize],
    ) -> Result<LedgerSide, RunError> {
        let mut reader = Reader::new(history, scope);
        for (start, end) in years {
            let mut portions: VecDeque<Portion> = portions((*start, *end), &reader.rows_per_day)
                .into_iter()
                .map(|(start, end)| Portion { start, end, accounts: shown.to_vec() })
                .collect();
            while let Some(portion) = portions.pop_front() {
                let ids: Vec<&str> =
                    portion.accounts.iter().flat_map(|place| scope.accounts[*place].ids()).collect();
                let halves = portion.halves();
                let report = match self.client.general_ledger(portion.start, portion.end, &ids).await {
                    Ok(report) if report.cells < CUT_OFF || halves.is_none() => report,
                    Err(error) if halves.is_none() || !matches!(error, ReadError::TooLarge { .. }) => {
                        return Err(unreadable(error));
                    }
                    _ => {
                        // The earlier half first: the year's opening stands in it.
                        halves.into_iter().flatten().rev().for_each(|half| portions.push_front(half));
                        continue;
                    }
                };
                reader.take(&report, scope, *end, portion.start == *start);
            }
        }
        Ok(reader.side)
    }
}

/// Sorts rows.
struct Reader<'h> {
    owners: BTreeMap<(&'h str, &'h str), Owner>,
    /// How many rows our own documents have on each day, about.
    rows_per_day: BTreeMap<NaiveDate, usize>,
    customers: BTreeMap<String, usize>,
    accounts: BTreeMap<String, usize>,
    /// Documents that are tied out and not posted, by kind and number.
    unposted: BTreeMap<(String, String), StepKey>,
    side: LedgerSide,
}

impl<'h> Reader<'h> {
    fn new(history: &'h History, scope: &Scope) -> Self {
        let mut owners = BTreeMap::new();
        let mut rows_per_day: BTreeMap<NaiveDate, usize> = BTreeMap::new();
        for (key, record) in history.known_documents() {
            if let Some(date) = record.sent.txn_date {
                // A line and a leg are a row each, about.
                let rows = record.sent.legs.len() + record.sent.body.matches("\"DetailType\"").count();
                *rows_per_day.entry(date).or_default() += rows;
            }
            let owner = scope.by_key.get(key).map_or(Owner::Log, |place| Owner::AtHand(*place));
            owners.extend(record.known_id().map(|id| ((record.sent.entity.as_str(), id), owner)));
        }
        let unposted = scope.documents.iter().filter(|document| !history.is_posted(&document.key));
        let unposted =
            unposted.map(|d| ((d.entity.clone(), d.number.to_ascii_uppercase()), d.key.clone())).collect();
        let known = scope.accounts.iter().enumerate();
        let known = known.flat_map(|(place, account)| account.ids().map(move |id| (id.to_owned(), place)));
        Self {
            owners,
            rows_per_day,
            customers: scope.customer_ids(history),
            accounts: known.collect(),
            unposted,
            side: LedgerSide::default(),
        }
    }

    fn take(&mut self, report: &GeneralLedger, scope: &mut Scope, year: NaiveDate, is_first: bool) {
        for section in &report.accounts {
            // A report may hold more accounts than were asked for.
            let Some(&account) = section.account_id.as_deref().and_then(|id| self.accounts.get(id)) else {
                continue;
            };
            let sign = |cents: i64| {
                let amount = Money::sum_of_cents(cents);
                if scope.accounts[account].is_debit_natural { amount } else { -amount }
            };
            if is_first {
                self.side.years.entry((year, account)).or_default().opening_balance +=
                    sign(section.beginning);
            }
            let rows: Vec<(&LedgerRow, Money)> =
                section.rows.iter().map(|row| (row, sign(row.amount))).collect();
            let has_agencies = !scope.accounts[account].agencies.is_empty();
            for (row, amount) in rows.into_iter().filter(|(_, amount)| !amount.is_zero()) {
                let is_ours = self.post(row, amount, account, scope, year);
                if let Some(id) = section.account_id.as_ref().filter(|_| is_ours && has_agencies) {
                    *self.side.agencies.entry(id.clone()).or_default() += amount;
                }
            }
        }
    }

    /// Adds a posting to the figures that it belongs to. Returns whether it is of a document that is tied out.
    fn post(
        &mut self,
        row: &LedgerRow,
        amount: Money,
        account: usize,
        scope: &mut Scope,
        year: NaiveDate,
    ) -> bool {
        let entity = row.entity();
        let id = row.txn_id.as_deref().unwrap_or_default();
        let sums = self.side.years.entry((year, account)).or_default();
        let owner = self.owners.get(&(entity.as_str(), id)).copied();
        match owner {
            Some(Owner::AtHand(place)) => {
                sums.ours += amount;
                let customer =
                    scope.accounts[account].is_receivable.then(|| self.customer_of(row, scope)).flatten();
                let at = Place { account, date: row.date, customer };
                let document = &mut scope.documents[place];
                *document.found.entry(at).or_default() += amount;
                let origin = document.origin;
                scope.note(origin, at, |figures| figures.quickbooks += amount);
            }
            Some(Owner::Log) => sums.other_batches += amount,
            None => {
                sums.other_documents += amount;
                self.side.note_other(row, &entity, id, account, amount);
                let may_be = self.unposted.get(&(entity, row.number.to_ascii_uppercase())).cloned();
                let document = OtherDocument {
                    account: scope.accounts[account].name.clone(),
                    account_id: scope.accounts[account].id.clone(),
                    txn_type: row.txn_type.clone(),
                    id: id.to_owned(),
                    number: row.number.clone(),
                    date: row.date,
                    amount,
                    may_be,
                };
                // The lines of one document follow each other.
                match self.side.other_documents.last_mut() {
                    Some((_, last)) if is_same(last, &document) => last.amount += amount,
                    _ => self.side.other_documents.push((account, document)),
                }
            }
        }
        matches!(owner, Some(Owner::AtHand(_)))
    }

    fn customer_of(&mut self, row: &LedgerRow, scope: &mut Scope) -> Option<usize> {
        let id = row.party_id.as_deref()?;
        if let Some(place) = self.customers.get(id) {
            return Some(*place);
        }
        let place = scope.customer(CustomerRef::Other(id.to_owned()), || row.party_name.clone());
        self.customers.insert(id.to_owned(), place);
        Some(place)
    }
}

fn is_same(one: &OtherDocument, other: &OtherDocument) -> bool {
    (&one.account_id, &one.txn_type, &one.id, one.date)
        == (&other.account_id, &other.txn_type, &other.id, other.date)
}

pub(super) fn unreadable(error: ReadError) -> RunError {
    RunError::unreadable("its general ledger", error)
}
