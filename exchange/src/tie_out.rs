//! Tie-out: what the till says, what the plan says and what QuickBooks' general ledger says, to the cent, by account,
//! batch and date, and by customer on Accounts Receivable.
//!
//! Three steps: `scope.rs` adds up the till's and the plan's figures; `ledger.rs` reads the general ledger and gives every
//! posting to its owner; `differences.rs` names the documents behind whatever is not equal. The trial balance, an
//! independent report, must then show the balances that the general ledger ends with.

mod differences;
mod doubles;
mod ledger;
mod page;
mod portions;
mod result;
mod scope;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use mapping::{Company, ControlAccount, Origin, OriginKey, SubLedger};
use pos_model::Money;
use qb_model::TrialBalanceRow;

use self::doubles::{Other, doubles};
use self::ledger::LedgerSide;
use self::portions::fiscal_years;
use self::scope::{Figures, Place, Scope};
use crate::error::{NotReady, RunError};
use crate::patience::ask;
use crate::session::{Exchange, Session};

pub use self::result::{
    AccountBalance, AccountTie, AgencyTax, Cause, Difference, DifferentAmount, DifferentDocument, Notice,
    OtherDocument, PartTie, TieOut,
};

/// What is tied out.
#[derive(Clone, Copy)]
enum Over<'o> {
    /// Batches and orders, with what the till says of them.
    Origins(&'o [Origin<'o>]),
    /// What is undone, by its documents alone.
    Undone(&'o [OriginKey]),
}

impl Over<'_> {
    fn keys(self) -> Vec<OriginKey> {
        match self {
            Self::Origins(origins) => origins.iter().map(|origin| origin.key()).collect(),
            Self::Undone(origins) => origins.to_vec(),
        }
    }
}

impl Exchange {
    /// Ties out the control accounts over these batches and purchase orders, which should have been run before. Reads
    /// only: the posting log, and for each fiscal year one trial balance and the general ledger in portions.
    ///
    /// # Errors
    /// [`RunError`]: a batch that cannot be planned, a posting log that is another company's or cannot be read, QuickBooks
    /// that cannot be read, or [`RunError::NotReady`] when a control account is missing, of a wrong type or one of several.
    /// Nothing was sent.
    pub async fn tie_out<'o, O>(&mut self, origins: impl IntoIterator<Item = O>) -> Result<TieOut, RunError>
    where
        O: Into<Origin<'o>>,
    {
        let origins: Vec<Origin<'o>> = origins.into_iter().map(Into::into).collect();
        self.deadline = self.deadline_from_now();
        self.tie_out_of(&origins).await
    }

    async fn tie_out_of(&mut self, origins: &[Origin<'_>]) -> Result<TieOut, RunError> {
        let company = Arc::clone(&self.company);
        let days = origins.iter().map(|origin| origin.date());
        let period = days.max().map_or(company.first_period(), |day| company.on(day));
        let (mut session, faults) = self.begin_with_faults(period).await?;
        // Nothing is posted here: what matters is that every account is the one that it was.
        let is_of_account = |fault: &NotReady| {
            matches!(
                fault,
                NotReady::AccountType { .. } | NotReady::SeveralAccounts { .. } | NotReady::NoAccount { .. }
            )
        };
        if faults.iter().any(is_of_account) {
            session.forget_snapshot();
            self.session = Some(session);
            return Err(RunError::NotReady(faults));
        }
        for origin in origins {
            if let Err(error) = self.claim_customers(&mut session, *origin).await {
                self.keep(session, Some(&error));
                return Err(error);
            }
        }
        let result = ask!(self, self.tie_out_with(&session, Over::Origins(origins)));
        let result = result.unwrap_or_else(|ended| Err(ended.into()));
        self.session = Some(session);
        result
    }

    /// Proves that batches and orders which are undone, or are being undone, move no account any more: of their documents alone, without
    /// the files of the point of sale. Reads only.
    ///
    /// # Errors
    /// As [`Exchange::tie_out`].
    pub async fn tie_out_undone(&mut self, origins: &[OriginKey]) -> Result<TieOut, RunError> {
        self.deadline = self.deadline_from_now();
        let company = Arc::clone(&self.company);
        let period = company.periods().last().unwrap_or(company.first_period());
        let (session, _) = self.begin_with_faults(period).await?;
        let result = ask!(self, self.tie_out_with(&session, Over::Undone(origins)));
        let result = result.unwrap_or_else(|ended| Err(ended.into()));
        self.session = Some(session);
        result
    }

    async fn tie_out_with(&self, session: &Session, over: Over<'_>) -> Result<TieOut, RunError> {
        let origins = over.keys();
        let mut scope = match over {
            Over::Origins(origins) => self.scope(session, origins)?,
            Over::Undone(origins) => self.undone_scope(session, origins),
        };
        let is_moved: std::collections::BTreeSet<usize> =
            scope.figures.keys().map(|(_, place)| place.account).collect();
        let is_shown = |place: &usize| scope.accounts[*place].is_always_shown || is_moved.contains(place);
        let shown: Vec<usize> = (0..scope.accounts.len()).filter(is_shown).collect();
        let read: Vec<usize> =
            shown.iter().copied().filter(|place| !scope.accounts[*place].id.is_empty()).collect();
        let years = fiscal_years(&scope.dates, session.first_month());

        let side = self.read_ledger(&session.history, &mut scope, &years, &read).await?;
        let mut differences = plan_bugs(&scope);
        differences.extend(self.different_documents(session, &scope).await?);
        let balances = self.balances(&scope, &side, &years, &read, &mut differences).await?;
        let mut notices = self.tie_out_notices(session, &scope, &balances);
        notices.extend(undone_notices(session, &origins));
        let others: Vec<Other> = side.others.values().cloned().collect();
        let doubles = doubles(&session.history, &scope, &read, &others);
        differences.extend(doubles.differences);
        notices.extend(doubles.notices);
        let agency = |(id, amount): (&String, &Money)| AgencyTax {
            account: session.snapshot.account_name(id).unwrap_or_default().to_owned(),
            account_id: id.clone(),
            amount: *amount,
        };
        let mut agencies: Vec<AgencyTax> = side.agencies.iter().map(agency).collect();
        agencies.sort_by(|one, other| one.account.cmp(&other.account));
        Ok(TieOut {
            agencies,
            accounts: account_ties(&scope, &shown, &differences),
            parts: part_ties(&scope),
            balances,
            other_documents: side.into_other_documents(),
            differences,
            notices,
            merged_names: scope.merged_names,
        })
    }

    /// The documents of what is undone.
    fn undone_scope(&self, session: &Session, origins: &[OriginKey]) -> Scope {
        let mut scope = Scope::new(&self.company, &session.snapshot);
        let undone = origins.iter().filter(|origin| session.history.undone(origin).is_some());
        undone.for_each(|origin| scope.add_undone(origin.clone()));
        scope.add_no_longer_planned(&session.history);
        scope
    }

    /// What the till and the plans say.
    fn scope(&self, session: &Session, origins: &[Origin<'_>]) -> Result<Scope, RunError> {
        let company: &Company = &self.company;
        let mut scope = Scope::new(company, &session.snapshot);
        // The opening entry, once it is posted, under the prefix of the store that lent its own.
        let opening = origins.iter().find_map(|origin| {
            let opening = Origin::opening_entry(origin.store(), company).ok()?;
            let plan = session.history.plan(opening, company).ok()?;
            let is_posted = plan.documents().all(|planned| session.history.is_posted(&planned.key));
            is_posted.then_some(plan)
        });
        if let Some(plan) = &opening {
            let sub_ledger = SubLedger::of(plan.origin(), company);
            scope.add(plan, &sub_ledger, &session.snapshot, &session.history);
        }
        for origin in origins.iter().filter(|origin| !matches!(origin, Origin::OpeningEntry { .. })) {
            if session.history.undone(&origin.key()).is_some() {
                scope.add_undone(origin.key());
                continue;
            }
            let (plan, sub_ledger) =
                (session.history.plan(*origin, company)?, SubLedger::of(*origin, company));
            scope.add(&plan, &sub_ledger, &session.snapshot, &session.history);
        }
        if origins.iter().any(|origin| matches!(origin, Origin::PurchaseOrder(_))) {
            scope.show_purchasing();
        }
        scope.add_no_longer_planned(&session.history);
        Ok(scope)
    }

    /// What an accountant should know of certificates and deposits (T-05).
    fn tie_out_notices(&self, session: &Session, scope: &Scope, balances: &[AccountBalance]) -> Vec<Notice> {
        let mut notices = Vec::new();
        if let Some(opening) = self.company.opening_entry().filter(|_| !session.history.has_opening_entry()) {
            let period = self.company.on(opening.date);
            let stated =
                [(ControlAccount::Vouchers, opening.vouchers), (ControlAccount::Deposits, opening.deposits)];
            for (role, amount) in stated.into_iter().filter(|(_, amount)| amount.is_positive()) {
                let account = session.snapshot.name_of(role, period).to_owned();
                notices.push(Notice::OpeningElsewhere { account, amount });
            }
        }
        let is_liability = |balance: &&AccountBalance| scope.is_outstanding(&balance.account_id);
        for balance in balances.iter().filter(is_liability).filter(|b| b.closing().is_positive()) {
            notices.push(Notice::LiabilityInDebit {
                account: balance.account.clone(),
                date: balance.end_date,
                balance: balance.closing(),
            });
        }
        notices
    }

    /// Each account's whole balance, checked against the trial balance.
    async fn balances(
        &self,
        scope: &Scope,
        side: &LedgerSide,
        years: &[(NaiveDate, NaiveDate)],
        read: &[usize],
        differences: &mut Vec<Difference>,
    ) -> Result<Vec<AccountBalance>, RunError> {
        let mut balances = Vec::new();
        for (start_date, end_date) in years {
            let report = self.client.trial_balance(*end_date).await;
            let report = report.map_err(|e| RunError::unreadable("its trial balance", e))?;
            let balance = |row: TrialBalanceRow| Some((row.account_id?, Money::sum_of_cents(row.balance)));
            let trial: BTreeMap<String, Money> = report.rows.into_iter().filter_map(balance).collect();
            for place in read {
                let account = &scope.accounts[*place];
                let year = side.years.get(&(*end_date, *place)).copied().unwrap_or_default();
                let balance = AccountBalance {
                    account: account.name.clone(),
                    account_id: account.id.clone(),
                    start_date: *start_date,
                    end_date: *end_date,
                    opening_balance: year.opening_balance,
                    ours: year.ours,
                    other_batches: year.other_batches,
                    other_documents: year.other_documents,
                    trial_balance: account.ids().filter_map(|id| trial.get(id)).copied().sum(),
                };
                if balance.closing() != balance.trial_balance {
                    let place = Place { account: *place, date: *end_date, customer: None };
                    let amount = scope.amount(place, balance.trial_balance, balance.closing());
                    differences.push(Difference {
                        document: None,
                        cause: Cause::TrialBalance,
                        amounts: vec![amount],
                    });
                }
                balances.push(balance);
            }
        }
        Ok(balances)
    }
}

/// Which of these are undone, by whom and why.
fn undone_notices(session: &Session, origins: &[OriginKey]) -> Vec<Notice> {
    let undone = |origin: &OriginKey| {
        let undone = session.history.undone(origin)?;
        let (origin, by) = (origin.to_string(), undone.by.to_string());
        Some(Notice::Undone { origin, by, is_done: undone.is_done })
    };
    origins.iter().filter_map(undone).collect()
}

impl Session {
    fn first_month(&self) -> u32 {
        self.snapshot
            .preferences
            .first_month_of_fiscal_year
            .filter(|month| (1..=12).contains(month))
            .unwrap_or(1)
    }
}

/// Where the plan does not say what the till says.
fn plan_bugs(scope: &Scope) -> Vec<Difference> {
    let is_different = |(_, figures): &(_, &Figures)| figures.pos != figures.planned;
    let different = scope.figures.iter().filter(is_different);
    let difference = |((_, place), figures): (&(usize, Place), &Figures)| Difference {
        document: None,
        cause: Cause::PlanBug,
        amounts: vec![scope.amount(*place, figures.pos, figures.planned)],
    };
    different.map(difference).collect()
}

/// Every shown account over all origins and dates.
fn account_ties(scope: &Scope, shown: &[usize], differences: &[Difference]) -> Vec<AccountTie> {
    let mut sums: BTreeMap<usize, Figures> = BTreeMap::new();
    for ((_, place), figures) in scope.figures.iter().filter(|((_, place), _)| place.customer.is_none()) {
        let sum = sums.entry(place.account).or_default();
        sum.pos += figures.pos;
        sum.planned += figures.planned;
        sum.quickbooks += figures.quickbooks;
    }
    let mut not_posted: BTreeMap<usize, Money> = BTreeMap::new();
    let explained = differences.iter().filter(|difference| difference.is_explained());
    let keys = explained.filter_map(|difference| Some(&difference.document.as_ref()?.key));
    let documents = keys.filter_map(|key| scope.by_key.get(key)).map(|place| &scope.documents[*place]);
    for document in documents {
        for (place, amount) in document.planned.iter().flatten() {
            *not_posted.entry(place.account).or_default() += *amount;
        }
        for (place, amount) in &document.found {
            *not_posted.entry(place.account).or_default() -= *amount;
        }
    }
    let tie = |place: &usize| {
        let (account, sum) = (&scope.accounts[*place], sums.get(place).copied().unwrap_or_default());
        AccountTie {
            name: account.name.clone(),
            id: account.id.clone(),
            pos: sum.pos,
            planned: sum.planned,
            quickbooks: sum.quickbooks,
            not_posted: not_posted.get(place).copied().unwrap_or_default(),
        }
    };
    shown.iter().map(tie).collect()
}

/// Every figure of every origin, in the order of origins, dates and accounts.
fn part_ties(scope: &Scope) -> Vec<PartTie> {
    let mut parts: Vec<_> = scope.figures.iter().collect();
    parts.sort_by_key(|((origin, place), _)| (*origin, place.date, place.account, place.customer));
    let tie = |((origin, place), figures): (&(usize, Place), &Figures)| PartTie {
        origin: scope.origins[*origin].clone(),
        date: place.date,
        account: scope.accounts[place.account].name.clone(),
        account_id: scope.accounts[place.account].id.clone(),
        customer: place.customer.map(|customer| scope.customers[customer].clone()),
        pos: figures.pos,
        planned: figures.planned,
        quickbooks: figures.quickbooks,
    };
    parts.into_iter().map(tie).collect()
}
