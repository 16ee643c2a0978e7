//! What the till and the plans say of the batches and orders that are tied out, by batch, date, account and customer.
//!
//! Accounts, customers and origins are numbered as they are met, so that a year of documents is sums over small keys.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mapping::engine::OriginGroup;
use mapping::{
    Company, ControlAccount, EventKey, OriginKey, PartyKey, Period, Plan, StepKey, SubLedger, legs,
};
use pos_model::Money;

use super::result::DifferentAmount;
use crate::history::{History, Record, State};
use crate::snapshot::CompanySnapshot;

/// An account of QuickBooks, or one that the company lacks.
#[derive(Debug)]
pub(super) struct ScopedAccount {
    pub(super) id: String,
    /// Of sales tax: the accounts of further tax agencies. The till knows one tax, so their sum is what ties out.
    pub(super) agencies: Vec<String>,
    pub(super) name: String,
    /// Whether reports give its debits a plus.
    pub(super) is_debit_natural: bool,
    pub(super) is_receivable: bool,
    /// Whether it carries certificates or deposits outstanding.
    pub(super) is_outstanding: bool,
    /// Whether the tie-out shows it whatever moved.
    pub(super) is_always_shown: bool,
}

/// Where an amount stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) account: usize,
    pub(super) date: NaiveDate,
    /// On Accounts Receivable.
    pub(super) customer: Option<usize>,
}

/// A document's amounts, one a place, none of 0.00.
pub(super) type Amounts = BTreeMap<Place, Money>;

/// The three figures at one place of one origin.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    pub(super) pos: Money,
    pub(super) planned: Money,
    pub(super) quickbooks: Money,
}

/// A document of the batches and orders that are tied out.
#[derive(Debug)]
pub(super) struct ScopedDocument {
    pub(super) key: StepKey,
    pub(super) kind: String,
    /// QuickBooks' name of the entity.
    pub(super) entity: String,
    pub(super) number: String,
    pub(super) origin: usize,
    /// None: it was posted, and the till no longer has it.
    pub(super) planned: Option<Amounts>,
    pub(super) found: Amounts,
}

/// Whose Accounts Receivable an amount moves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum CustomerRef {
    /// A party of ours.
    Ours(StepKey),
    /// A customer of QuickBooks that is none of ours, by its id.
    Other(String),
}

/// Everything that is tied out. The numbers of accounts, customers, origins and documents are places in its lists; nobody else hands
/// any out, and nothing is ever taken off a list.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) accounts: Vec<ScopedAccount>,
    /// What the roles are in the period that was mapped last.
    roles: BTreeMap<ControlAccount, usize>,
    /// Since when that period holds.
    since: Option<NaiveDate>,
    /// Names of customers.
    pub(super) customers: Vec<String>,
    customer_keys: BTreeMap<CustomerRef, usize>,
    /// What merged customers would be called, by whom they stand for now: the name that is shown.
    pub(super) merged_names: BTreeMap<String, String>,
    /// A batch, the opening entry, or all purchase orders of a store.
    pub(super) origins: Vec<String>,
    origin_keys: BTreeMap<OriginKey, usize>,
    origin_names: BTreeMap<String, usize>,
    /// Batches and orders that are undone or being undone.
    undone: BTreeSet<OriginKey>,
    pub(super) documents: Vec<ScopedDocument>,
    pub(super) by_key: BTreeMap<StepKey, usize>,
    pub(super) figures: BTreeMap<(usize, Place), Figures>,
    pub(super) dates: BTreeSet<NaiveDate>,
}

impl ScopedAccount {
    /// The ids of QuickBooks' accounts that it is; none when the company lacks it.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.id).filter(|id| !id.is_empty()).chain(&self.agencies).map(String::as_str)
    }
}

impl Scope {
    /// Numbers the company's control accounts in the order of docs/rules.md. Roles that share an account share its number.
    pub(super) fn new(company: &Company, snapshot: &CompanySnapshot) -> Self {
        let mut scope = Self::default();
        company.periods().for_each(|period| scope.map_to(period, snapshot));
        scope
    }

    /// Makes the roles mean the accounts that they are in one period.
    fn map_to(&mut self, period: &Period, snapshot: &CompanySnapshot) {
        let scope = self;
        scope.roles.clear();
        let always = period.control_accounts();
        let (bound, _) = snapshot.accounts_of(period);
        for role in period.all_control_accounts() {
            let once = || snapshot.account_once(role, period).map(|account| account.id.to_string());
            let id = bound.get(&role).map(ToString::to_string).or_else(once).unwrap_or_default();
            let is_always_shown = always.contains(&role) && !id.is_empty();
            let is_same = |account: &ScopedAccount| match id.as_str() {
                "" => account.id.is_empty() && account.name == period.account_name(role),
                id => account.id == id,
            };
            let known = scope.accounts.iter().position(is_same);
            let place = known.unwrap_or_else(|| {
                let found = snapshot.accounts.iter().find(|account| account.id.as_str() == id);
                let name = found.map_or_else(|| period.account_name(role).to_owned(), |a| a.name.clone());
                let agencies =
                    if role == ControlAccount::SalesTax { snapshot.agencies_beside(&id) } else { Vec::new() };
                scope.accounts.push(ScopedAccount {
                    name: match agencies.len() {
                        0 => name,
                        1 => format!("{name} and one more agency"),
                        more => format!("{name} and {more} more agencies"),
                    },
                    id,
                    agencies,
                    is_debit_natural: found.is_none_or(qb_model::AccountInfo::is_debit_natural),
                    is_receivable: role == ControlAccount::Receivable,
                    is_outstanding: matches!(role, ControlAccount::Vouchers | ControlAccount::Deposits),
                    is_always_shown: false,
                });
                scope.accounts.len() - 1
            });
            scope.accounts[place].is_always_shown |= is_always_shown;
            scope.roles.insert(role, place);
        }
        scope.since = period.since();
    }

    /// An account of a role that [`Period::all_control_accounts`] does not name.
    fn account(&mut self, role: ControlAccount, period: &Period) -> usize {
        if let Some(place) = self.roles.get(&role) {
            return *place;
        }
        self.accounts.push(ScopedAccount {
            id: String::new(),
            agencies: Vec::new(),
            name: period.account_name(role).to_owned(),
            is_debit_natural: true,
            is_receivable: false,
            is_outstanding: false,
            is_always_shown: false,
        });
        self.roles.insert(role, self.accounts.len() - 1);
        self.accounts.len() - 1
    }

    /// Whether the account of this id carries certificates or deposits outstanding.
    pub(super) fn is_outstanding(&self, id: &str) -> bool {
        self.accounts.iter().any(|account| account.is_outstanding && account.id == id)
    }

    /// The place of the account that plays a role in the latest period.
    pub(super) fn place_of(&self, role: ControlAccount) -> Option<usize> {
        self.roles.get(&role).copied()
    }

    /// Marks the accounts of purchases as shown even where nothing moved.
    pub(super) fn show_purchasing(&mut self) {
        for role in ControlAccount::PURCHASING {
            if let Some(account) = self.roles.get(&role).and_then(|place| self.accounts.get_mut(*place)) {
                account.is_always_shown = true;
            }
        }
    }

    /// The number of a customer.
    pub(super) fn customer(&mut self, key: CustomerRef, name: impl FnOnce() -> String) -> usize {
        if let Some(place) = self.customer_keys.get(&key) {
            return *place;
        }
        self.customers.push(name());
        self.customer_keys.insert(key, self.customers.len() - 1);
        self.customers.len() - 1
    }

    /// The number of a party of ours. A customer that was merged is the one that stands for it (F-08): a document stands on the
    /// record that it was posted to, or on the one that this was merged into, and all of these are the keeper's.
    fn party(&mut self, step: &StepKey, history: &History, name: impl FnOnce() -> String) -> usize {
        let customer = step.customer_key();
        let keeper = customer.as_ref().map(|customer| history.customers.state.merges.keeper(customer));
        let Some(keeper) = keeper.filter(|keeper| Some(*keeper) != customer.as_ref()) else {
            return self.customer(CustomerRef::Ours(step.clone()), name);
        };
        let name = name();
        let place = self.customer(CustomerRef::Ours(StepKey::customer(keeper)), || name.clone());
        if self.customers[place] != name {
            self.merged_names.insert(name, self.customers[place].clone());
        }
        place
    }

    /// The customers' numbers by the ids of their records in QuickBooks, all of those that came with merges.
    pub(super) fn customer_ids(&self, history: &History) -> BTreeMap<String, usize> {
        let mut ids = BTreeMap::new();
        for (key, place) in &self.customer_keys {
            let CustomerRef::Ours(step) = key else { continue };
            ids.extend(history.posted_id(step).map(|id| (id.to_owned(), *place)));
            let links = step.customer_key().and_then(|customer| history.customers.state.links.get(&customer));
            ids.extend(links.into_iter().flatten().map(|link| (link.record.to_string(), *place)));
        }
        ids
    }

    /// The batch or order that a posted step's identity names, when it is one of those that are tied out.
    fn origin_of(&self, event: &EventKey) -> Option<usize> {
        let of = OriginKey::of(event)?;
        // With a batch its corrections are undone.
        let undone = || Some(of.whole()).filter(|whole| self.undone.contains(whole));
        self.origin_keys.get(&of).or_else(|| self.origin_keys.get(&undone()?)).copied()
    }

    /// Adds a plan and what the till says of the same events.
    pub(super) fn add(
        &mut self,
        plan: &Plan<'_>,
        sub_ledger: &SubLedger,
        snapshot: &CompanySnapshot,
        history: &History,
    ) {
        let period = plan.period();
        if self.since != period.since() {
            self.map_to(period, snapshot);
        }
        let origin = self.origin(plan.origin().key());
        for planned in plan.documents() {
            let mut amounts = Amounts::new();
            for leg in legs(&planned.document, period) {
                let account = self.account(leg.account, period);
                let is_receivable = leg.account == ControlAccount::Receivable;
                let customer = leg
                    .party
                    .filter(|_| is_receivable)
                    .map(|party| self.party(&party.key().step(), history, || period.display_name(party)));
                let place = Place { account, date: planned.txn_date, customer };
                *amounts.entry(place).or_default() += leg.amount;
            }
            amounts.retain(|_, amount| !amount.is_zero());
            for (place, amount) in &amounts {
                self.note(origin, *place, |figures| figures.planned += *amount);
            }
            let (key, kind) = (planned.key.clone(), planned.document.kind());
            self.dates.insert(planned.txn_date);
            self.by_key.insert(key.clone(), self.documents.len());
            self.documents.push(ScopedDocument {
                key,
                kind: kind.name().to_owned(),
                entity: kind.entity().name().to_owned(),
                number: planned.number.to_string(),
                origin,
                planned: Some(amounts),
                found: Amounts::new(),
            });
        }
        for ((date, role), amount) in &sub_ledger.movements {
            let place = Place { account: self.account(*role, period), date: *date, customer: None };
            self.figures.entry((origin, place)).or_default().pos += *amount;
        }
        for ((date, customer), amount) in &sub_ledger.receivables {
            let party = match customer {
                Some(id) => PartyKey::Customer(id.clone()),
                None => PartyKey::Store(plan.origin().store().code().to_owned()),
            };
            let customer = Some(self.party(&party.step(), history, || party.to_string()));
            let account = self.account(ControlAccount::Receivable, period);
            self.figures.entry((origin, Place { account, date: *date, customer })).or_default().pos +=
                *amount;
        }
    }

    /// Two figures of one place that should be equal.
    pub(super) fn amount(&self, place: Place, expected: Money, found: Money) -> DifferentAmount {
        let account = &self.accounts[place.account];
        DifferentAmount {
            account: account.name.clone(),
            account_id: account.id.clone(),
            date: place.date,
            customer: place.customer.map(|customer| self.customers[customer].clone()),
            expected,
            found,
        }
    }

    /// Adds a batch or order that was undone: neither the till's events nor a plan of it count.
    pub(super) fn add_undone(&mut self, origin: OriginKey) {
        self.undone.insert(origin.whole());
        self.origin(origin);
    }

    /// Adds what was posted for these origins and is planned no longer, or was taken back: it is theirs still.
    pub(super) fn add_no_longer_planned(&mut self, history: &History) {
        let mut gone: Vec<(&StepKey, &Record, usize)> = Vec::new();
        for (key, record) in history.known_documents().filter(|(key, _)| !self.by_key.contains_key(*key)) {
            let origin = record.sent.identity.as_ref().and_then(|event| self.origin_of(event));
            gone.extend(origin.map(|origin| (key, record, origin)));
        }
        // The log's steps come in no order; what is reported has one.
        gone.sort_unstable_by_key(|(key, ..)| *key);
        for (key, record, origin) in gone {
            let (number, kind) = (key.name().to_owned(), key.kind().name().to_owned());
            let entity = record.sent.entity.clone();
            self.dates.extend(record.sent.txn_date);
            if let (State::Undone { .. }, Some(date)) = (&record.state, record.sent.txn_date) {
                // Its accounts are looked at, whether or not anything else moved them.
                for (id, _) in &record.sent.legs {
                    if let Some(account) = self.accounts.iter().position(|account| account.id == *id) {
                        self.figures.entry((origin, Place { account, date, customer: None })).or_default();
                    }
                }
            }
            self.by_key.insert(key.clone(), self.documents.len());
            let (key, found) = (key.clone(), Amounts::new());
            self.documents.push(ScopedDocument { key, kind, entity, number, origin, planned: None, found });
        }
    }

    /// Counts an amount at its place, and on Accounts Receivable at the account's own place too.
    pub(super) fn note(&mut self, origin: usize, place: Place, count: impl Fn(&mut Figures)) {
        count(self.figures.entry((origin, place)).or_default());
        if place.customer.is_some() {
            count(self.figures.entry((origin, Place { customer: None, ..place })).or_default());
        }
    }

    /// The number of an origin. All purchase orders of a store are one.
    fn origin(&mut self, key: OriginKey) -> usize {
        let name = OriginGroup::from(key.clone()).to_string();
        let place = *self.origin_names.entry(name.clone()).or_insert_with(|| {
            self.origins.push(name);
            self.origins.len() - 1
        });
        self.origin_keys.insert(key, place);
        place
    }
}
