//! A dossier seen through a scope: the certificate of the whole period, of a day or of a batch.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mapping::engine::OriginGroup;
use mapping::{Origin, PlanError, StepKey, Words};
use pos_model::{Money, TenderTypeId};

use super::documents::line;
use super::dossier::{Cell, Changed, Dossier, Item, Occasion, part_key, planned};
use super::findings::{changed_finding, finding};
use super::till::{Till, drawer};
use super::value::{
    AccountFigures, AgencyShare, Balance, BatchFigures, CERTIFICATE_SCHEMA_VERSION, Certificate,
    CustomerFigures, DayFigures, DayPage, Deposits, DocumentLine, Figures, Finding, OtherPosting, Personal,
    Scope, StoreDay, StoreTax, TenderDay, TenderFigures, Verdict,
};
use crate::tie_out::{AccountBalance, AccountTie, AgencyTax, Difference, PartTie};

/// Where documents go.
enum Detail {
    Documents,
    Pages(Vec<DayPage>),
}

impl Dossier<'_> {
    /// Returns the certificate of a scope, with its documents. Posts nothing.
    ///
    /// # Errors
    /// [`PlanError`]: a batch that cannot be planned; none of those that were tied out.
    pub fn certificate(&self, scope: Scope) -> Result<Certificate, PlanError> {
        self.certify(scope, Detail::Documents)
    }

    /// Returns the certificate of the period, with the certificates of its days in the place of documents. Posts nothing.
    ///
    /// # Errors
    /// [`PlanError`]: a batch that cannot be planned; none of those that were tied out.
    pub fn index(&self, scope: Scope, pages: Vec<DayPage>) -> Result<Certificate, PlanError> {
        self.certify(scope, Detail::Pages(pages))
    }

    fn certify(&self, scope: Scope, detail: Detail) -> Result<Certificate, PlanError> {
        let view = View::new(self, &scope);
        let (documents, pages) = match detail {
            Detail::Documents => (view.documents()?, Vec::new()),
            Detail::Pages(pages) => (Vec::new(), pages),
        };
        let is_period = matches!(scope, Scope::Period { .. });
        let (tie_out, Occasion { number, company, checked_at, previous, .. }) =
            (self.tie_out, self.occasion.clone());
        let mut till = Till::default();
        view.cells().for_each(|(_, _, cell)| till.add(&cell.till));
        let accounts = view.accounts();
        let differences: Vec<&Difference> = view.differences().collect();
        Ok(Certificate {
            schema_version: CERTIFICATE_SCHEMA_VERSION,
            number,
            company,
            stores: view.stores(),
            checked_at,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            verdict: view.verdict(&accounts, &differences),
            debits: debits(accounts.iter().map(|account| account.figures)),
            balances: if is_period { tie_out.balances.iter().map(balance).collect() } else { Vec::new() },
            days: view.days(),
            tenders: view.tenders(),
            gift_certificates: till.certificates,
            deposits: Deposits {
                opening: till.deposits_before,
                outstanding: till.deposits_before
                    + till.deposits.values().map(|order| order.outstanding).sum(),
                orders: till.deposits.into_values().collect(),
            },
            taxes: view.taxes(),
            agencies: if is_period { tie_out.agencies.iter().map(agency).collect() } else { Vec::new() },
            differences: (differences.into_iter().map(|difference| view.finding(difference)))
                .chain(
                    view.changed()
                        .map(|changed| changed_finding(&changed.standing, changed.document.clone())),
                )
                .collect(),
            notices: match is_period {
                true => tie_out.notices.iter().map(|notice| Personal::from(notice.to_string())).collect(),
                false => Vec::new(),
            },
            others: view.others(),
            batches: view.batches(),
            skipped: if is_period { self.beside.skipped.clone() } else { BTreeMap::new() },
            accounts,
            documents,
            pages,
            files: Vec::new(),
            part_of: None,
            previous,
            scope,
        })
    }
}

fn agency(agency: &AgencyTax) -> AgencyShare {
    AgencyShare {
        account: agency.account.clone(),
        account_id: agency.account_id.clone(),
        amount: agency.amount,
    }
}

fn balance(balance: &AccountBalance) -> Balance {
    Balance {
        account: balance.account.clone(),
        account_id: balance.account_id.clone(),
        first: balance.start_date,
        last: balance.end_date,
        opening_balance: balance.opening_balance,
        this_period: balance.ours,
        other_batches: balance.other_batches,
        others: balance.other_documents,
        balance: balance.closing(),
        trial_balance: balance.trial_balance,
    }
}

/// The debits among some figures, opinion by opinion; an opinion that some figure lacks is absent.
fn debits(figures: impl Iterator<Item = Figures> + Clone) -> Figures {
    let sum = |of: &dyn Fn(&Figures) -> Money| {
        figures.clone().map(|figures| of(&figures)).filter(|amount| amount.is_positive()).sum()
    };
    let known = |of: &dyn Fn(&Figures) -> Option<Money>| {
        let all: Option<Vec<Money>> = figures.clone().map(|figures| of(&figures)).collect();
        all.map(|all| all.into_iter().filter(|amount| amount.is_positive()).sum())
    };
    Figures {
        till: sum(&|figures| figures.till),
        plan: sum(&|figures| figures.plan),
        read_back: known(&|figures| figures.read_back),
        general_ledger: sum(&|figures| figures.general_ledger),
        trial_balance: known(&|figures| figures.trial_balance),
    }
}

/// A dossier seen through a scope.
struct View<'v, 'd> {
    dossier: &'v Dossier<'d>,
    scope: &'v Scope,
    /// Whether every posted document of the scope was read back.
    is_read_back: bool,
}

impl<'v, 'd> View<'v, 'd> {
    fn new(dossier: &'v Dossier<'d>, scope: &'v Scope) -> Self {
        let view = Self { dossier, scope, is_read_back: false };
        let is_all = view.cells().all(|(.., cell)| cell.unread == 0);
        Self { is_read_back: is_all && dossier.beside.read_back.is_some(), ..view }
    }

    /// Figures of nothing.
    fn nothing(&self) -> Figures {
        Figures { read_back: self.is_read_back.then_some(Money::ZERO), ..Figures::default() }
    }

    fn add(&self, figures: &mut Figures, part: &PartTie) {
        figures.till += part.pos;
        figures.plan += part.planned;
        figures.general_ledger += part.quickbooks;
        if let Some(read_back) = &mut figures.read_back {
            let not_as_sent = self.dossier.not_as_sent.get(&part_key(part));
            *read_back += part.planned - not_as_sent.copied().unwrap_or_default();
        }
    }

    /// Documents of the scope that were read back otherwise than they were sent.
    fn changed(&self) -> impl Iterator<Item = &'v Changed> {
        self.dossier.changed.iter().filter(|changed| self.has(&changed.origin, changed.date))
    }

    fn has(&self, origin: &str, date: NaiveDate) -> bool {
        match self.scope {
            Scope::Period { .. } => true,
            Scope::Day { date: day } => *day == date,
            Scope::Batch { origin: of } => of == origin,
        }
    }

    fn cells(&self) -> impl Iterator<Item = (&'v Item<'d>, NaiveDate, &'v Cell)> {
        let cells = self.dossier.items.iter();
        let cells = cells.flat_map(|item| item.cells.iter().map(move |(date, cell)| (item, *date, cell)));
        cells.filter(|(item, date, _)| self.has(&item.label, *date))
    }

    /// The figures of the scope's origins and dates, accounts as a whole.
    fn parts(&self) -> impl Iterator<Item = &'d PartTie> {
        self.dossier.tie_out.parts.iter().filter(|part| self.has(&part.origin, part.date))
    }

    fn differences(&self) -> impl Iterator<Item = &'d Difference> {
        let is_here = |difference: &&Difference| match self.scope {
            Scope::Period { .. } => true,
            Scope::Day { date } => difference.amounts.iter().any(|amount| amount.date == *date),
            Scope::Batch { origin } => {
                difference.document.as_ref().is_some_and(|document| document.origin == *origin)
            }
        };
        self.dossier.tie_out.differences.iter().filter(is_here)
    }

    /// A difference with what of it lies in the scope.
    fn finding(&self, difference: &Difference) -> Finding {
        let mut finding = finding(difference, &self.dossier.occasion.records);
        if let Scope::Day { date } = self.scope {
            finding.amounts.retain(|amount| amount.date == *date);
        }
        finding
    }

    fn stores(&self) -> BTreeMap<String, String> {
        let stores = self.cells().map(|(item, ..)| item.origin.store());
        stores.map(|store| (store.code().to_owned(), store.name().to_owned())).collect()
    }

    fn verdict(&self, accounts: &[AccountFigures], differences: &[&Difference]) -> Verdict {
        let tie_out = self.dossier.tie_out;
        let is_period = matches!(self.scope, Scope::Period { .. });
        let of_documents: BTreeSet<&StepKey> =
            differences.iter().filter_map(|d| d.document.as_ref()).map(|document| &document.key).collect();
        let is_changed = self.changed().next().is_some();
        let is_right = |account: &AccountFigures| {
            let Figures { till, plan, general_ledger, .. } = account.figures;
            till == plan && plan - general_ledger == account.not_posted
        };
        Verdict {
            ties_out: match is_period {
                true => tie_out.is_tied_out(),
                false => differences.is_empty() && self.parts().all(PartTie::is_tied_out),
            } && !is_changed,
            is_explained: match is_period {
                true => tie_out.is_explained(),
                false => differences.iter().all(|d| d.is_explained()) && accounts.iter().all(is_right),
            } && !is_changed,
            documents: self.cells().map(|(.., cell)| cell.documents).sum(),
            different_documents: (of_documents.len() + self.changed().count()) as u64,
            accounts: accounts.len() as u64,
            different_accounts: accounts.iter().filter(|account| !account.figures.agree()).count() as u64,
            left_out: if is_period { self.dossier.beside.left_out } else { 0 },
        }
    }

    fn accounts(&self) -> Vec<AccountFigures> {
        let mut days: BTreeMap<(&str, &str), BTreeMap<NaiveDate, Figures>> = BTreeMap::new();
        for part in self.parts().filter(|part| part.customer.is_none()) {
            let account = days.entry((&part.account_id, &part.account)).or_default();
            self.add(account.entry(part.date).or_insert_with(|| self.nothing()), part);
        }
        let mut not_posted: BTreeMap<(&str, &str), Money> = BTreeMap::new();
        for amount in self.differences().filter(|d| d.is_explained()).flat_map(|d| &d.amounts) {
            *not_posted.entry((&amount.account_id, &amount.account)).or_default() +=
                amount.expected - amount.found;
        }
        let is_period = matches!(self.scope, Scope::Period { .. });
        let mut customers = self.customers();
        let figures = |tie: &'d AccountTie| {
            let key = (tie.id.as_str(), tie.name.as_str());
            let days = days.get(&key);
            if days.is_none() && !is_period {
                return None;
            }
            let days: Vec<DayFigures> = (days.into_iter().flatten())
                .map(|(date, figures)| DayFigures { date: *date, figures: *figures })
                .collect();
            let mut figures = self.nothing();
            for day in &days {
                figures.till += day.figures.till;
                figures.plan += day.figures.plan;
                figures.general_ledger += day.figures.general_ledger;
                figures.read_back = figures.read_back.zip(day.figures.read_back).map(|(sum, day)| sum + day);
            }
            figures.trial_balance = if is_period { self.trial_balance(tie) } else { None };
            Some(AccountFigures {
                name: tie.name.clone(),
                id: tie.id.clone(),
                what: self.dossier.roles.get(&tie.id).cloned().unwrap_or_default(),
                figures,
                not_posted: match is_period {
                    true => tie.not_posted,
                    false => not_posted.get(&key).copied().unwrap_or_default(),
                },
                days,
                customers: customers.remove(&key).unwrap_or_default(),
            })
        };
        self.dossier.tie_out.accounts.iter().filter_map(figures).collect()
    }

    /// What the trial balances leave for the documents of the period beside everything else that the ledger knows.
    fn trial_balance(&self, tie: &AccountTie) -> Option<Money> {
        let balances = self.dossier.tie_out.balances.iter().filter(|b| b.account_id == tie.id);
        let mut left = balances
            .map(|b| b.trial_balance - b.opening_balance - b.other_batches - b.other_documents)
            .peekable();
        left.peek()?;
        Some(left.sum())
    }

    /// Accounts Receivable by customer, by the account's id and name.
    fn customers(&self) -> BTreeMap<(&'d str, &'d str), Vec<CustomerFigures>> {
        let mut accounts: BTreeMap<(&str, &str), BTreeMap<&str, Figures>> = BTreeMap::new();
        for part in self.parts() {
            if let Some(customer) = &part.customer {
                let customers = accounts.entry((&part.account_id, &part.account)).or_default();
                self.add(customers.entry(customer).or_insert_with(|| self.nothing()), part);
            }
        }
        let line = |(customer, figures): (&str, Figures)| CustomerFigures {
            customer: Personal::from(customer.to_owned()),
            figures,
        };
        accounts
            .into_iter()
            .map(|(key, customers)| (key, customers.into_iter().map(line).collect()))
            .collect()
    }

    /// Each store on each date, in this order.
    fn days(&self) -> Vec<StoreDay> {
        let mut cells: BTreeMap<(NaiveDate, &str), Vec<(&Item<'d>, &Cell)>> = BTreeMap::new();
        for (item, date, cell) in self.cells() {
            cells.entry((date, item.origin.store().code())).or_default().push((item, cell));
        }
        let mut differ: BTreeSet<(NaiveDate, String)> = BTreeSet::new();
        for part in self.parts().filter(|part| !part.is_tied_out()) {
            differ.insert((part.date, store_of(&part.origin)));
        }
        let day = |((date, store), cells): ((NaiveDate, &str), Vec<(&Item<'d>, &Cell)>)| {
            let mut till = Till::default();
            cells.iter().for_each(|(_, cell)| till.add(&cell.till));
            let different_documents = cells.iter().map(|(_, cell)| cell.different).sum();
            let quickbooks = quickbooks(cells.iter().map(|(_, cell)| *cell));
            StoreDay {
                date,
                store: store.to_owned(),
                documents: cells.iter().map(|(_, cell)| cell.documents).sum(),
                different_documents,
                ties_out: different_documents == 0 && !differ.contains(&(date, store.to_owned())),
                sold: till.sold,
                tax: till.tax,
                money_in: till.money_in(),
                drawers: (cells.iter())
                    .filter_map(|(item, _)| match item.origin {
                        Origin::Batch(batch) if batch.business_date() == date => Some(drawer(batch)),
                        _ => None,
                    })
                    .collect(),
                tenders: (till.tenders.iter())
                    .map(|(id, taken)| TenderDay {
                        name: taken.name.clone(),
                        till: taken.amount,
                        quickbooks: taken.is_money.then(|| quickbooks.get(id).map_or(Money::ZERO, |of| of.0)),
                    })
                    .collect(),
            }
        };
        cells.into_iter().map(day).collect()
    }

    /// Returns the figures by type of tender; two stores may use one id for two names where the mapping says so, and each name is a line.
    fn tenders(&self) -> Vec<TenderFigures> {
        let mut lines: BTreeMap<(bool, TenderTypeId, &str), TenderFigures> = BTreeMap::new();
        for (item, _, cell) in self.cells() {
            for (id, taken) in &cell.till.tenders {
                let line =
                    lines.entry((!taken.is_money, *id, &taken.name)).or_insert_with(|| TenderFigures {
                        name: taken.name.clone(),
                        is_money: taken.is_money,
                        accounts: Vec::new(),
                        stores: BTreeMap::new(),
                        till: Money::ZERO,
                        quickbooks: taken.is_money.then_some(Money::ZERO),
                    });
                line.till += taken.amount;
                *line.stores.entry(item.origin.store().code().to_owned()).or_default() += taken.amount;
                if let (Some(quickbooks), Some((amount, accounts))) =
                    (&mut line.quickbooks, cell.quickbooks.get(id))
                {
                    *quickbooks += *amount;
                    for account in accounts {
                        if !line.accounts.contains(account) {
                            line.accounts.push(account.clone());
                        }
                    }
                }
            }
        }
        lines.into_values().collect()
    }

    fn taxes(&self) -> Vec<StoreTax> {
        let mut stores: BTreeMap<String, StoreTax> = BTreeMap::new();
        let new = |store: &str| StoreTax {
            store: store.to_owned(),
            taxed: Money::ZERO,
            untaxed: Money::ZERO,
            till: Money::ZERO,
            quickbooks: Money::ZERO,
        };
        for (item, _, cell) in self.cells() {
            if matches!(item.origin, Origin::Batch(_) | Origin::Correction(_)) {
                let store = item.origin.store().code();
                let line = stores.entry(store.to_owned()).or_insert_with(|| new(store));
                line.taxed += cell.till.taxed;
                line.untaxed += cell.till.sold - cell.till.taxed;
                line.till += cell.till.tax;
            }
        }
        let is_tax = |part: &&PartTie| Some(&part.account_id) == self.dossier.tax_account.as_ref();
        for part in self.parts().filter(is_tax) {
            let store = store_of(&part.origin);
            let line = stores.entry(store.clone()).or_insert_with(|| new(&store));
            line.quickbooks -= part.quickbooks;
        }
        stores.into_values().collect()
    }

    fn others(&self) -> Vec<OtherPosting> {
        let is_here = |date: NaiveDate| match self.scope {
            Scope::Period { .. } => true,
            Scope::Day { date: day } => *day == date,
            Scope::Batch { .. } => false,
        };
        let others = self.dossier.tie_out.other_documents.iter().filter(|other| is_here(other.date));
        let other = others.map(|other| OtherPosting {
            date: other.date,
            kind: other.txn_type.clone(),
            number: other.number.clone(),
            record: self.dossier.occasion.records.of_report(&other.txn_type, &other.id),
            account: other.account.clone(),
            amount: other.amount,
            may_be: other.may_be.as_ref().map(ToString::to_string),
        });
        other.collect()
    }

    fn batches(&self) -> Vec<BatchFigures> {
        let mut parts: BTreeMap<&str, BTreeMap<(&str, &str), Figures>> = BTreeMap::new();
        let mut differ: BTreeSet<&str> = BTreeSet::new();
        for part in self.parts() {
            if !part.is_tied_out() {
                differ.insert(&part.origin);
            }
            if part.customer.is_none() {
                let accounts = parts.entry(&part.origin).or_default();
                let account = accounts.entry((&part.account_id, &part.account));
                self.add(account.or_insert_with(|| self.nothing()), part);
            }
        }
        let mut batches: BTreeMap<(NaiveDate, &str), BatchFigures> = BTreeMap::new();
        let mut first: BTreeMap<&str, NaiveDate> = BTreeMap::new();
        for (item, ..) in self.cells() {
            let date = first.entry(&item.label).or_insert(item.origin.date());
            *date = item.origin.date().min(*date);
        }
        for (item, _, cell) in self.cells() {
            let date = first.get(item.label.as_str()).copied().unwrap_or(item.origin.date());
            let batch = batches.entry((date, &item.label)).or_insert_with(|| BatchFigures {
                origin: item.label.clone(),
                date,
                documents: 0,
                different_documents: 0,
                ties_out: !differ.contains(item.label.as_str()),
                debits: match parts.get(item.label.as_str()) {
                    Some(accounts) => debits(accounts.values().copied()),
                    None => self.nothing(),
                },
            });
            batch.documents += cell.documents;
            batch.different_documents += cell.different;
            batch.ties_out &= cell.different == 0;
        }
        batches.into_values().collect()
    }

    fn documents(&self) -> Result<Vec<DocumentLine>, PlanError> {
        let mut documents: Vec<DocumentLine> = Vec::new();
        let is_here = |item: &&Item<'d>| item.cells.keys().any(|date| self.has(&item.label, *date));
        for item in self.dossier.items.iter().filter(is_here) {
            let plan = planned(item, &self.dossier.company)?;
            let words = Words::new(&plan);
            let mine = plan.documents().filter(|planned| self.has(&item.label, planned.txn_date));
            documents.extend(mine.map(|planned| {
                line(
                    planned,
                    &plan,
                    &words,
                    &item.names,
                    &item.label,
                    &self.dossier.known,
                    &self.dossier.occasion.records,
                )
            }));
        }
        // Within a day and store as the till had them.
        documents.sort_by(|one, other| (one.date, &one.store).cmp(&(other.date, &other.store)));
        Ok(documents)
    }
}

/// The store of a part of the tie-out.
fn store_of(origin: &str) -> String {
    origin.parse().map_or_else(|_| origin.to_owned(), |group: OriginGroup| group.store().to_owned())
}

/// What documents with each type of tender move in QuickBooks.
fn quickbooks<'c>(
    cells: impl Iterator<Item = &'c Cell>,
) -> BTreeMap<TenderTypeId, (Money, BTreeSet<String>)> {
    let mut sums: BTreeMap<TenderTypeId, (Money, BTreeSet<String>)> = BTreeMap::new();
    for (id, (amount, accounts)) in cells.flat_map(|cell| &cell.quickbooks) {
        let sum = sums.entry(*id).or_default();
        sum.0 += *amount;
        sum.1.extend(accounts.iter().cloned());
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_counted_at_its_store_whatever_the_stores_code() {
        for (origin, store) in
            [("boston/1/4", "boston"), ("a%2Fb/1/4", "a/b"), ("a%2Fb/purchase-orders", "a/b")]
        {
            assert_eq!(store_of(origin), store);
        }
    }
}
