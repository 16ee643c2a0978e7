//! Everything that certificates are made of: what was planned, what became of it, and what QuickBooks says. From it the
//! certificate of the whole period, of a day or of a batch is a pure function (`view.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use mapping::engine::{OpenInvoices, OriginGroup};
use mapping::{Company, ControlAccount, Origin, Plan, PlanError, Planned, StepKey, legs};
use pos_model::{Money, TenderTypeId};

use super::documents::{AccountNames, Known, money};
use super::findings::{cause_words, standing_words};
use super::records::Records;
use super::till::{Till, by_date};
use super::value::{DocumentName, Scope};
use crate::drift::{ReadBack, Standing};
use crate::edition::plan_edition;
use crate::tie_out::{Difference, PartTie, TieOut};

/// Who made a certificate, of which company, when, and what came before it.
#[derive(Debug, Clone)]
pub(super) struct Occasion {
    pub(super) number: u64,
    pub(super) company: String,
    pub(super) records: Records,
    pub(super) checked_at: DateTime<Utc>,
    pub(super) previous: Option<String>,
}

/// What a host knows of a run beside its batches: [`Dossier`] shows it, and takes no figure from it.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Files, batches and purchase orders that were refused or not started.
    pub left_out: u64,
    /// Entries of the till that post nothing, counted by reason.
    pub skipped: BTreeMap<String, u64>,
    /// The documents as they were read back; none when nobody did.
    pub read_back: Option<ReadBack>,
}

/// What certificates are made of.
pub struct Dossier<'d> {
    pub(super) occasion: Occasion,
    pub(super) company: Arc<Company>,
    pub(super) tie_out: &'d TieOut,
    pub(super) known: Known,
    pub(super) beside: Beside,
    pub(super) items: Vec<Item<'d>>,
    pub(super) roles: BTreeMap<String, String>,
    pub(super) tax_account: Option<String>,
    /// The planned debits and credits of documents that were not read back as they were sent, by where their figures stand.
    pub(super) not_as_sent: BTreeMap<PartKey, Money>,
    /// Documents that were read back otherwise than they were sent, where no figure of the tie-out says so.
    pub(super) changed: Vec<Changed>,
}

/// Where a figure stands: origin, date, account's id and name, customer.
pub(super) type PartKey = (String, NaiveDate, String, String, Option<String>);

pub(super) fn part_key(part: &PartTie) -> PartKey {
    let PartTie { origin, date, account, account_id, customer, .. } = part.clone();
    (origin, date, account_id, account, customer)
}

/// A document that was read back otherwise than it was sent.
pub(super) struct Changed {
    pub(super) origin: String,
    pub(super) date: NaiveDate,
    pub(super) document: DocumentName,
    pub(super) standing: Standing,
}

/// What a certificate is told of one origin.
pub(super) struct Of<'d> {
    pub(super) origin: Origin<'d>,
    /// The revision in which it is posted (N-16).
    pub(super) revision: Option<NonZeroU32>,
    /// The accounts that its roles are.
    pub(super) names: Arc<AccountNames>,
    /// What its payments on account were sent with.
    pub(super) matches: OpenInvoices,
}

/// A batch, an order or the opening entry.
pub(super) struct Item<'d> {
    pub(super) origin: Origin<'d>,
    pub(super) revision: Option<NonZeroU32>,
    pub(super) label: String,
    pub(super) names: Arc<AccountNames>,
    pub(super) matches: OpenInvoices,
    pub(super) cells: BTreeMap<NaiveDate, Cell>,
}

/// One origin on one date.
#[derive(Debug, Default)]
pub(super) struct Cell {
    pub(super) documents: u64,
    pub(super) different: u64,
    pub(super) till: Till,
    /// What documents with a tender move on their takings accounts in QuickBooks, and which accounts.
    pub(super) quickbooks: BTreeMap<TenderTypeId, (Money, BTreeSet<String>)>,
    /// Posted documents that were not read back.
    pub(super) unread: u64,
}

impl<'d> Dossier<'d> {
    /// Sums up each origin once.
    pub(super) fn new(
        occasion: Occasion,
        company: Arc<Company>,
        tie_out: &'d TieOut,
        known: Known,
        beside: Beside,
        origins: impl IntoIterator<Item = Of<'d>>,
    ) -> Result<Self, PlanError> {
        let mut dossier = Self {
            occasion,
            company,
            tie_out,
            known,
            beside,
            items: Vec::new(),
            roles: BTreeMap::new(),
            tax_account: None,
            not_as_sent: BTreeMap::new(),
            changed: Vec::new(),
        };
        let differences: BTreeMap<&StepKey, &Difference> = (tie_out.differences.iter())
            .filter_map(|difference| Some((&difference.document.as_ref()?.key, difference)))
            .collect();
        for (key, difference) in &differences {
            dossier.known.states.insert((*key).clone(), cause_words(&difference.cause));
        }
        for Of { origin, revision, names, matches } in origins {
            for (role, (id, _)) in &*names {
                let words = dossier.roles.entry(id.clone()).or_default();
                if !words.contains(role_words(*role)) {
                    let separator = if words.is_empty() { "" } else { "; " };
                    *words = format!("{words}{separator}{}", role_words(*role));
                }
                if *role == ControlAccount::SalesTax && !id.is_empty() {
                    dossier.tax_account = Some(id.clone());
                }
            }
            let label = OriginGroup::from(origin.key()).to_string();
            let mut item = Item { origin, revision, label, names, matches, cells: BTreeMap::new() };
            let cells = dossier.cells(&item, &differences)?;
            item.cells = cells;
            dossier.items.push(item);
        }
        Ok(dossier)
    }

    fn cells(
        &mut self,
        item: &Item<'d>,
        differences: &BTreeMap<&StepKey, &Difference>,
    ) -> Result<BTreeMap<NaiveDate, Cell>, PlanError> {
        let mut cells: BTreeMap<NaiveDate, Cell> = BTreeMap::new();
        for (date, till) in by_date(item.origin, &self.company) {
            cells.entry(date).or_default().till = till;
        }
        let company = Arc::clone(&self.company);
        let plan = planned(item, &company)?;
        for planned in plan.documents() {
            let cell = cells.entry(planned.txn_date).or_default();
            let difference = differences.get(&planned.key);
            let is_changed = self.read_back(item, &plan, planned, difference.is_some(), cell);
            cell.documents += 1;
            cell.different += u64::from(difference.is_some() || is_changed);
            let Some((tender, role, amount)) = money(&planned.document) else { continue };
            let names = item.names.get(&role);
            let (sum, accounts) = cell.quickbooks.entry(tender).or_default();
            accounts.extend(names.map(|(_, name)| name.clone()));
            let is_here = |account_id: &str| names.is_some_and(|(id, _)| id == account_id);
            let amounts = difference.into_iter().flat_map(|difference| &difference.amounts);
            let amounts = amounts.filter(|amount| is_here(&amount.account_id));
            *sum += amount + amounts.map(|amount| amount.found - amount.expected).sum();
        }
        Ok(cells)
    }

    /// Notes how a document was read back. Whether it stands otherwise than it was sent, and no figure of the tie-out says so.
    fn read_back(
        &mut self,
        item: &Item<'_>,
        plan: &Plan<'_>,
        planned: &Planned<'_>,
        is_different: bool,
        cell: &mut Cell,
    ) -> bool {
        let Some(read_back) = &self.beside.read_back else { return false };
        let standing = read_back.standing(&planned.key);
        let id = self.known.ids.get(&planned.key);
        cell.unread += u64::from(standing.is_none() && id.is_some());
        // What a person has settled stands as the general ledger says.
        let is_settled = standing == Some(&Standing::Settled) && !is_different;
        if standing == Some(&Standing::AsSent) || is_settled {
            return false;
        }
        for leg in legs(&planned.document, plan.period()) {
            let (account_id, account) = match item.names.get(&leg.account) {
                Some(names) => names.clone(),
                None => (String::new(), plan.period().account_name(leg.account).to_owned()),
            };
            let customer = leg.party.filter(|_| leg.account == ControlAccount::Receivable);
            let customer = customer.map(|party| {
                let name = plan.period().display_name(party);
                self.tie_out.merged_names.get(&name).cloned().unwrap_or(name)
            });
            let places = [None].into_iter().chain(customer.map(Some));
            for customer in places {
                let place =
                    (item.label.clone(), planned.txn_date, account_id.clone(), account.clone(), customer);
                *self.not_as_sent.entry(place).or_default() += leg.amount;
            }
        }
        let Some(standing) = standing.filter(|_| !is_different) else { return false };
        let kind = planned.document.kind();
        self.changed.push(Changed {
            origin: item.label.clone(),
            date: planned.txn_date,
            document: DocumentName {
                kind: kind.name().to_owned(),
                number: planned.number.to_string(),
                origin: item.label.clone(),
                record: id.map(|id| self.occasion.records.name(kind.entity().name(), id)),
            },
            standing: standing.clone(),
        });
        self.known.states.insert(planned.key.clone(), standing_words(standing));
        true
    }

    /// The dates that have documents or takings.
    #[must_use]
    pub fn days(&self) -> BTreeSet<NaiveDate> {
        self.items.iter().flat_map(|item| item.cells.keys().copied()).collect()
    }

    /// The batches, and the stores' purchase orders, as [`Scope::Batch`] names them.
    #[must_use]
    pub fn origins(&self) -> BTreeSet<&str> {
        self.items.iter().map(|item| item.label.as_str()).collect()
    }

    /// How many documents there are.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.items.iter().flat_map(|item| item.cells.values()).map(|cell| cell.documents).sum()
    }

    /// The SHA-256 of the certificate before these; none of a log's first.
    #[must_use]
    pub fn previous(&self) -> Option<&str> {
        self.occasion.previous.as_deref()
    }

    /// The whole period; none when nothing was handed in.
    #[must_use]
    pub fn period(&self) -> Option<Scope> {
        let days = self.days();
        Some(Scope::Period { first: *days.first()?, last: *days.last()? })
    }
}

/// What an account in a role stands for.
fn role_words(role: ControlAccount) -> &'static str {
    match role {
        ControlAccount::Sales => "goods and services sold, less returns",
        ControlAccount::OfItem(_) => "items with an account of their own",
        ControlAccount::Receivable => "what customers owe",
        ControlAccount::TillTakings => "cash, checks and other money taken",
        ControlAccount::TakingsOf(_) | ControlAccount::TakingsAt(..) => "a tender with an account of its own",
        ControlAccount::RefundsOf(_) | ControlAccount::RefundsAt(..) => "refunds paid out",
        ControlAccount::Vouchers => "gift certificates outstanding",
        ControlAccount::Deposits => "deposits on orders outstanding",
        ControlAccount::DropsAndPayouts => "put into and taken out of the drawers",
        ControlAccount::Purchases => "goods received",
        ControlAccount::PurchasesTax => "tax on purchases",
        ControlAccount::PurchasesShipping => "shipping of purchases",
        ControlAccount::PurchasesOtherFees => "other fees of purchases",
        ControlAccount::Shipping => "shipping charged",
        ControlAccount::SalesTax => "sales tax to be paid over",
        ControlAccount::Payable => "what suppliers are owed",
        ControlAccount::Rounding => "cash rounding",
        ControlAccount::CertificateDiscounts => "gift certificates sold below their worth",
        ControlAccount::OpeningBalances => "where the opening balances were",
        _ => "another control account",
    }
}

/// The plan of an origin as it was sent.
pub(super) fn planned<'p>(item: &Item<'p>, company: &'p Company) -> Result<Plan<'p>, PlanError> {
    let mut plan = plan_edition(item.origin, item.revision, company)?;
    plan.match_payments(item.matches.clone());
    Ok(plan)
}
