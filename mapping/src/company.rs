//! The company mapping: which account plays which role, what the stores' numbers begin with, what is taxable.
//!
//! `company/form.rs` is the plain form that a host keeps, `company/check.rs` what makes it valid, and [`Company`] the valid
//! mapping. It may change on dates: [`Company::on`] gives the [`Period`] of a day (`company/period.rs`), which rules ask.

mod check;
mod fault;
mod form;
mod options;
mod period;
mod takings;
mod tax;
mod template;

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, NaiveDate};
use pos_model::{Batch, BatchStatus, Money, PurchaseOrder, Transaction};

pub use fault::CompanyFault;
pub use form::{
    AccountRole, Bills, CompanyMapping, ItemMapping, LateEdits, MappingChange, Matching, OpeningMapping,
    StoreChange, StoreMapping, TaxCodeMapping, TaxCodeSet, TenderAccounts,
};
pub(crate) use form::{code_key, is_same_code};
pub(crate) use options::is_on_account;

#[cfg(feature = "schema")]
pub use form::schema;
pub use options::{CustomerOptions, Direction, ItemDetail, ItemDetailFrom, LimitPolicy, Preference, Profile};
pub use period::Period;
pub use template::Retailers;

use self::form::DEFAULT_PREFIX;
use crate::number::{NumberScheme, Numbered};

/// A valid company mapping, with all that changes in it by date.
///
/// What no change can touch is asked of the company: its numbers, when it went live, its opening balances. Everything else
/// is asked of the [`Period`] of a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Company {
    mapping: CompanyMapping,
    first: Period,
    /// A period from each change on, in the order of their dates.
    later: Vec<Period>,
}

/// What certificates and deposits stood at when the company went live (T-05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningEntry {
    /// The date of the entry.
    pub date: NaiveDate,
    /// Certificates outstanding; 0.00 or more.
    pub vouchers: Money,
    /// Deposits outstanding; 0.00 or more.
    pub deposits: Money,
    /// The account that the books carry them in; none when nothing is to be posted.
    pub from_account: Option<String>,
    /// Whether the accountant has agreed.
    pub is_confirmed: bool,
}

impl TryFrom<CompanyMapping> for Company {
    type Error = Vec<CompanyFault>;

    fn try_from(mapping: CompanyMapping) -> Result<Self, Vec<CompanyFault>> {
        let faults = check::faults(&mapping);
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut changes: Vec<&MappingChange> = mapping.changes.iter().collect();
        changes.sort_by_key(|change| change.from);
        let first = Period::first(&mapping);
        let mut later: Vec<Period> = Vec::with_capacity(changes.len());
        for change in changes {
            let before = later.last().unwrap_or(&first);
            later.push(before.changed(change));
        }
        Ok(Self { mapping, first, later })
    }
}

/// When a batch was closed; of an open one its last receipt so far.
fn closed_at(batch: &Batch) -> Option<DateTime<FixedOffset>> {
    match batch.status() {
        BatchStatus::Closed(at) => Some(at),
        BatchStatus::Open => batch.transactions().iter().map(Transaction::occurred_at).max(),
    }
}

impl Company {
    /// Returns the company as it is mapped on a day. A batch is judged by its business date, a purchase order by its date;
    /// every function of this crate that takes one of them does so by itself.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> &Period {
        let later = self.later.iter().rev().find(|period| period.since().is_some_and(|since| since <= day));
        later.unwrap_or(&self.first)
    }

    /// Returns the company as it is mapped before its first change.
    #[must_use]
    pub fn first_period(&self) -> &Period {
        &self.first
    }

    /// Returns the first period, and the one that each change begins.
    pub fn periods(&self) -> impl Iterator<Item = &Period> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// Returns the form this company was made from.
    #[must_use]
    pub fn mapping(&self) -> &CompanyMapping {
        &self.mapping
    }

    /// Returns what certificates and deposits stood at when the company went live; none when the mapping does not say.
    #[must_use]
    pub fn opening_entry(&self) -> Option<OpeningEntry> {
        let opening = self.mapping.opening.as_ref()?;
        let amount = |text| check::money(text).unwrap_or_default(); // checked when the company was made
        Some(OpeningEntry {
            date: opening.date,
            vouchers: amount(&opening.vouchers),
            deposits: amount(&opening.deposits),
            from_account: opening.from_account.clone(),
            is_confirmed: opening.confirmed,
        })
    }

    /// Returns the opening balances that an entry is posted for: those with an account to move them from, and of more than
    /// 0.00 together.
    pub(crate) fn opening_entry_to_post(&self) -> Option<OpeningEntry> {
        let is_posted = |opening: &OpeningEntry| {
            opening.from_account.is_some() && (opening.vouchers + opening.deposits).is_positive()
        };
        self.opening_entry().filter(is_posted)
    }

    /// Returns how much of its receipts a batch sends that was closed at this instant (F-07).
    #[must_use]
    pub fn item_detail(&self, closed_at: DateTime<FixedOffset>) -> ItemDetail {
        let begun = self.mapping.item_detail.iter().filter(|of| of.from.is_none_or(|from| from <= closed_at));
        begun.max_by_key(|of| of.from).map_or(ItemDetail::default(), |of| of.detail)
    }

    /// Returns how much of its receipts a batch sends; an open one by what holds at the last receipt so far (F-07).
    #[must_use]
    pub fn item_detail_of(&self, batch: &Batch) -> ItemDetail {
        closed_at(batch).map(|at| self.item_detail(at)).unwrap_or_default()
    }

    /// Returns whether this batch's receipts are added up, or would be if it were closed later (F-07).
    #[must_use]
    pub fn will_add_up(&self, batch: &Batch) -> bool {
        let Some(at) = closed_at(batch) else { return false };
        let later = self.mapping.item_detail.iter().filter(|of| of.from.is_some_and(|from| from > at));
        std::iter::once(self.item_detail(at)).chain(later.map(|of| of.detail)).any(|detail| !detail.is_all())
    }

    /// Returns what a customer who is new to QuickBooks is called there, as a template (D-19, F-16).
    #[must_use]
    pub fn display_name(&self) -> &str {
        self.mapping.display_name()
    }

    /// Returns which way edits of customers go (F-02, F-16).
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.mapping.direction()
    }

    /// Returns what becomes of a charge over the limit (F-11, F-16).
    #[must_use]
    pub fn limit_policy(&self) -> LimitPolicy {
        self.mapping.customers.limit_policy.unwrap_or(self.mapping.profile.limit_policy())
    }

    /// Returns whether something closed at this instant was closed before the company went live (T-05).
    #[must_use]
    pub fn is_before_start(&self, closed_at: DateTime<FixedOffset>) -> bool {
        self.mapping.start.is_some_and(|start| closed_at < start)
    }

    /// Returns the same of a purchase order; one that does not say when it was closed is judged by its date.
    #[must_use]
    pub fn is_order_before_start(&self, order: &PurchaseOrder) -> bool {
        match (order.closed_at(), self.mapping.start) {
            (Some(at), _) => self.is_before_start(at),
            (None, Some(start)) => order.date() < start.date_naive(),
            (None, None) => false,
        }
    }

    /// Returns what a number says, when it is one of this company's, and the prefix it begins with.
    #[must_use]
    pub fn parse_number(&self, text: &str) -> Option<(&str, Numbered)> {
        let read = |prefix| Some((prefix, Numbered::parse(prefix, self.mapping.numbers, text)?));
        // The longest first: a store's CLOB is no default CL before an opening entry's OB.
        let mut prefixes: Vec<&str> = self.prefixes().into_iter().collect();
        prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
        prefixes.into_iter().find_map(read)
    }

    /// Returns what happens when a batch is changed after it was posted (T-06).
    #[must_use]
    pub fn late_edits(&self) -> LateEdits {
        self.mapping.late_edits
    }

    /// Returns how numbers are written.
    #[must_use]
    pub fn numbers(&self) -> NumberScheme {
        self.mapping.numbers
    }

    /// Returns every prefix that numbers of this company can begin with.
    pub fn prefixes(&self) -> BTreeSet<&str> {
        let stores = self.mapping.stores.values();
        let mut prefixes: BTreeSet<&str> =
            stores.flat_map(check::prefixes).map(|(_, prefix)| prefix).collect();
        // Stores that the mapping does not name have the default prefix, unless a named one has it, in either case.
        if !prefixes.iter().any(|prefix| prefix.eq_ignore_ascii_case(DEFAULT_PREFIX)) {
            prefixes.insert(DEFAULT_PREFIX);
        }
        prefixes
    }
}
