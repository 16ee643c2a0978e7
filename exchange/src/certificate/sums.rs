//! Whether a certificate's figures add up: days to accounts, documents to accounts, tenders to days, differences to what
//! differs, and all of it to the verdict.

use std::collections::BTreeMap;

use pos_model::Money;

use super::fault::CertificateFault;
use super::value::{AccountFigures, Certificate, Figures, Scope};

/// Causes whose amounts are no document's planned and found figures.
const NOT_OF_A_PLAN: [&str; 3] = ["posted-twice", "plan-disagrees-with-till", "trial-balance"];

/// Adds a certificate up. What does not add up.
pub(super) fn check(file: &str, certificate: &Certificate) -> Vec<CertificateFault> {
    let mut sums = Sums { file, faults: Vec::new() };
    sums.accounts(certificate);
    sums.documents(certificate);
    sums.till(certificate);
    sums.balances(certificate);
    sums.verdict(certificate);
    sums.faults
}

struct Sums<'f> {
    file: &'f str,
    faults: Vec<CertificateFault>,
}

impl Sums<'_> {
    fn sum(&mut self, what: &str, stated: Money, found: Money) {
        if stated != found {
            let (file, what) = (self.file.to_owned(), what.to_owned());
            self.faults.push(CertificateFault::Sum { file, what, stated, found });
        }
    }

    fn count(&mut self, what: &str, stated: u64, found: u64) {
        if stated != found {
            let (file, what) = (self.file.to_owned(), what.to_owned());
            self.faults.push(CertificateFault::Count { file, what, stated, found });
        }
    }

    fn figures(&mut self, what: &str, stated: &Figures, found: &Figures) {
        for (opinion, stated, found) in [
            ("till", stated.till, found.till),
            ("plan", stated.plan, found.plan),
            ("general ledger", stated.general_ledger, found.general_ledger),
        ] {
            self.sum(&format!("{what} ({opinion})"), stated, found);
        }
        if stated.read_back != found.read_back {
            let amount = |read_back: Option<Money>| read_back.unwrap_or_default();
            self.sum(&format!("{what} (read back)"), amount(stated.read_back), amount(found.read_back));
        }
    }

    fn accounts(&mut self, certificate: &Certificate) {
        for account in &certificate.accounts {
            let days = account.days.iter().map(|day| &day.figures);
            self.figures(&format!("the days of {}", account.name), &account.figures, &added(days));
            if !account.customers.is_empty() {
                let customers = account.customers.iter().map(|customer| &customer.figures);
                self.figures(
                    &format!("the customers of {}", account.name),
                    &account.figures,
                    &added(customers),
                );
            }
            let explained = |amount: &&super::value::FindingAmount| {
                amount.account_id == account.id && amount.account == account.name
            };
            let findings = certificate.differences.iter();
            let findings = findings.filter(|finding| !NOT_OF_A_PLAN.contains(&finding.cause.as_str()));
            let amounts = findings.flat_map(|finding| &finding.amounts).filter(explained);
            let differs = amounts.map(|amount| amount.found - amount.expected).sum();
            let (ledger, plan) = (account.figures.general_ledger, account.figures.plan);
            self.sum(&format!("the differences of {}", account.name), ledger - plan, differs);
        }
        let debit = |of: &dyn Fn(&Figures) -> Money| -> Money {
            let amounts = certificate.accounts.iter().map(|account| of(&account.figures));
            amounts.filter(|amount| amount.is_positive()).sum()
        };
        let all = Figures {
            till: debit(&|figures| figures.till),
            plan: debit(&|figures| figures.plan),
            read_back: certificate
                .debits
                .read_back
                .map(|_| debit(&|figures| figures.read_back.unwrap_or_default())),
            general_ledger: debit(&|figures| figures.general_ledger),
            ..Figures::default()
        };
        self.figures("the accounts' debits", &certificate.debits, &all);
    }

    fn documents(&mut self, certificate: &Certificate) {
        let stated = certificate.verdict.documents;
        let of_days = certificate.days.iter().map(|day| day.documents).sum();
        self.count("documents of its days", stated, of_days);
        let of_batches = certificate.batches.iter().map(|batch| batch.documents).sum();
        self.count("documents of its batches", stated, of_batches);
        if !certificate.pages.is_empty() {
            let of_pages = certificate.pages.iter().map(|page| page.documents).sum();
            return self.count("documents of its pages", stated, of_pages);
        }
        self.count("documents", stated, certificate.documents.len() as u64);
        let mut accounts: BTreeMap<&str, Money> = BTreeMap::new();
        for document in &certificate.documents {
            let legs = document.legs.iter().map(|leg| leg.amount).sum();
            self.sum(
                &format!("the debits and credits of {} {}", document.name.kind, document.name.number),
                Money::ZERO,
                legs,
            );
            for leg in &document.legs {
                *accounts.entry(key(&leg.account_id, &leg.account)).or_default() += leg.amount;
            }
        }
        for account in &certificate.accounts {
            let found = accounts.remove(key(&account.id, &account.name)).unwrap_or_default();
            self.sum(&format!("the documents on {}", account.name), account.figures.plan, found);
        }
        for (account, amount) in accounts {
            self.sum(
                &format!("the documents on account {account}, which is not shown,"),
                Money::ZERO,
                amount,
            );
        }
    }

    fn till(&mut self, certificate: &Certificate) {
        let mut tenders: BTreeMap<&str, Money> = BTreeMap::new();
        for day in &certificate.days {
            for tender in &day.tenders {
                *tenders.entry(&tender.name).or_default() += tender.till;
            }
            for drawer in &day.drawers {
                let name = format!("register {}, batch {}", drawer.register, drawer.batch);
                if let (Some(float), Some(expected)) = (drawer.float, drawer.expected) {
                    self.sum(&format!("float and cash of {name}"), expected, float + drawer.cash);
                }
                if let (Some(counted), Some(expected), Some(over)) =
                    (drawer.counted, drawer.expected, drawer.over)
                {
                    self.sum(&format!("counted less expected of {name}"), over, counted - expected);
                }
            }
        }
        let mut stated: BTreeMap<&str, Money> = BTreeMap::new();
        for tender in &certificate.tenders {
            let stores = tender.stores.values().copied().sum();
            self.sum(&format!("the stores' {}", tender.name), tender.till, stores);
            *stated.entry(&tender.name).or_default() += tender.till;
        }
        for (name, amount) in stated {
            let found = tenders.remove(name).unwrap_or_default();
            self.sum(&format!("the days' {name}"), amount, found);
        }
        let day = |of: &dyn Fn(&super::value::StoreDay) -> Money| certificate.days.iter().map(of).sum();
        let tax = certificate.taxes.iter().map(|store| store.till).sum();
        self.sum("the stores' sales tax", day(&|day| day.tax), tax);
        let sold = certificate.taxes.iter().map(|store| store.taxed + store.untaxed).sum();
        self.sum("what the stores sold", day(&|day| day.sold), sold);
        let money = certificate.tenders.iter().filter(|tender| tender.is_money).map(|t| t.till).sum();
        self.sum("the tenders", day(&|day| day.money_in), money);
        let gift = &certificate.gift_certificates;
        let outstanding = gift.opening + gift.sold + gift.issued - gift.redeemed;
        self.sum("the gift certificates", gift.outstanding, outstanding);
        let deposits = &certificate.deposits;
        for order in &deposits.orders {
            let left = order.paid - order.used - order.returned;
            self.sum(&format!("the deposits on order {}", order.order), order.outstanding, left);
        }
        let left = deposits.opening + deposits.orders.iter().map(|order| order.outstanding).sum();
        self.sum("the deposits", deposits.outstanding, left);
    }

    fn balances(&mut self, certificate: &Certificate) {
        for balance in &certificate.balances {
            let all = balance.opening_balance + balance.this_period + balance.other_batches + balance.others;
            self.sum(&format!("the parts of the balance of {}", balance.account), balance.balance, all);
        }
    }

    fn verdict(&mut self, certificate: &Certificate) {
        let verdict = &certificate.verdict;
        let differ = |account: &&AccountFigures| !account.figures.agree();
        let different = certificate.accounts.iter().filter(differ).count() as u64;
        self.count("accounts", verdict.accounts, certificate.accounts.len() as u64);
        self.count("accounts that differ", verdict.different_accounts, different);
        let is_right = certificate.differences.is_empty() && different == 0;
        let is_left = |day: &super::value::DayPage| !day.ties_out;
        let is_right = is_right && !certificate.pages.iter().any(is_left);
        // Single days may differ where the whole agrees: then it does not tie out either.
        if verdict.ties_out && !is_right {
            let (file, stated) = (self.file.to_owned(), "tie out");
            self.faults.push(CertificateFault::Verdict { file, stated });
        }
        let is_period = matches!(certificate.scope, Scope::Period { .. });
        if !verdict.ties_out && is_right && is_period && certificate.days.iter().all(|day| day.ties_out) {
            let (file, stated) = (self.file.to_owned(), "do not tie out");
            self.faults.push(CertificateFault::Verdict { file, stated });
        }
    }
}

/// An account's id; of one that the company lacks, its name.
fn key<'a>(id: &'a str, name: &'a str) -> &'a str {
    if id.is_empty() { name } else { id }
}

fn added<'f>(all: impl Iterator<Item = &'f Figures>) -> Figures {
    let mut all = all.peekable();
    // What is the sum of nothing agrees with whatever was read.
    let read_back = all.peek().and_then(|first| first.read_back).map(|_| Money::ZERO);
    let mut sum = Figures { read_back, ..Figures::default() };
    for figures in all {
        sum.read_back = sum.read_back.zip(figures.read_back).map(|(sum, more)| sum + more);
        sum.till += figures.till;
        sum.plan += figures.plan;
        sum.general_ledger += figures.general_ledger;
    }
    sum
}
