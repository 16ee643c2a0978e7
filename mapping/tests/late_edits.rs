//! T-06, golden folders: each holds a batch as it was posted (`1.json`) and as it was after each late edit (`2.json` ...), perhaps
//! the day on which the books are open again (`not-before.txt`), and the pages of what is posted, corrections and all, that an
//! accountant has looked at (`page.txt`). `UPDATE_GOLDEN=1 cargo test -p mapping --test all late_edits` writes them again.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU32;
use std::path::Path;

use mapping::{
    Company, CompanyMapping, ControlAccount, Correction, Origin, PartyKey, Plan, SubLedger, legs, page, plan,
};
use pos_model::{Batch, Money, PosFile};

#[test]
fn t_06_every_golden_page_of_corrections_is_as_it_was_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/late_edits");
    let mut cases: Vec<_> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 10, "the golden folders are missing");
    let mut wrong = Vec::new();
    for case in cases {
        let (golden, found) = (case.join("page.txt"), pages(&case));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&golden, &found).unwrap();
        } else if fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{}\n{found}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn pages(case: &Path) -> String {
    let company = match fs::read(case.join("company.json")) {
        Ok(bytes) => Company::try_from(serde_json::from_slice::<CompanyMapping>(&bytes).unwrap()).unwrap(),
        Err(_) => Company::default(),
    };
    let open = fs::read_to_string(case.join("not-before.txt")).ok();
    let open = open.map(|day| day.trim().parse().unwrap());
    let states: Vec<PosFile> = (1..)
        .map_while(|n| fs::read(case.join(format!("{n}.json"))).ok())
        .map(|bytes| PosFile::from_json(&bytes).unwrap())
        .collect();
    let batches: Vec<&Batch> = states.iter().map(|file| &file.batches()[0]).collect();
    let mut corrections = Vec::new();
    for pair in batches.windows(2) {
        let n = next(corrections.len());
        corrections.extend(Correction::between(pair[0], pair[1], n, open, &company));
    }
    let origins = std::iter::once(Origin::from(batches[0])).chain(corrections.iter().map(Origin::from));
    let plans: Vec<Plan<'_>> = origins.map(|origin| plan(origin, &company).unwrap()).collect();
    let posted = plans.iter().map(|plan| checked(plan, &company)).fold(Moved::default(), Moved::and);
    let last = plan(*batches.last().unwrap(), &company).unwrap();
    assert_eq!(posted.without_days(), checked(&last, &company).without_days(), "{}", case.display());
    plans.iter().map(page).collect::<Vec<_>>().join("\n")
}

pub(crate) fn next(corrections: usize) -> NonZeroU32 {
    NonZeroU32::new(corrections as u32 + 1).unwrap()
}

/// What documents move: by day and account; of Accounts Receivable by customer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Moved {
    days: BTreeMap<(String, String), Money>,
    customers: BTreeMap<String, Money>,
}

impl Moved {
    pub(crate) fn and(mut self, other: Self) -> Self {
        for (key, amount) in other.days {
            *self.days.entry(key).or_default() += amount;
        }
        for (key, amount) in other.customers {
            *self.customers.entry(key).or_default() += amount;
        }
        self
    }

    /// By account and customer, none of 0.00.
    pub(crate) fn without_days(self) -> BTreeMap<String, Money> {
        let mut accounts: BTreeMap<String, Money> = self.customers;
        for ((_, account), amount) in self.days {
            *accounts.entry(account).or_default() += amount;
        }
        accounts.retain(|_, amount| !amount.is_zero());
        accounts
    }
}

/// What a plan moves, after the checks that hold for every plan: debits equal credits, the till's sub-ledger says the same by day
/// and account and by customer, and nothing is dated before the books are open. Money out of an account for refunds counts with the
/// money in of its type: a difference goes out where a refund does.
pub(crate) fn checked(plan: &Plan<'_>, company: &Company) -> Moved {
    let period = plan.period();
    let word = |account: ControlAccount| match account {
        ControlAccount::RefundsOf(tender) => {
            format!("{:?}", period.takings(plan.origin().store().code(), tender))
        }
        account => format!("{account:?}"),
    };
    let mut moved = Moved::default();
    let (mut days, mut customers) = (BTreeMap::new(), BTreeMap::new());
    for planned in plan.documents() {
        let legs = legs(&planned.document, period);
        assert_eq!(legs.iter().map(|leg| leg.amount).sum::<Money>(), Money::ZERO, "{}", planned.number);
        if let Origin::Correction(of) = plan.origin() {
            assert!(of.not_before().is_none_or(|open| planned.txn_date >= open), "{}", planned.number);
        }
        for leg in legs {
            *days.entry((planned.txn_date, leg.account)).or_insert(Money::ZERO) += leg.amount;
            let day = planned.txn_date.to_string();
            *moved.days.entry((day, word(leg.account))).or_default() += leg.amount;
            if let Some(party) = leg.party.filter(|_| leg.account == ControlAccount::Receivable) {
                let customer = match party.key() {
                    PartyKey::Store(_) => None,
                    PartyKey::Customer(customer) => Some(customer),
                };
                let words = format!("{customer:?}");
                *customers.entry((planned.txn_date, customer)).or_insert(Money::ZERO) += leg.amount;
                *moved.customers.entry(words).or_default() += leg.amount;
            }
        }
    }
    let SubLedger { movements, receivables } = SubLedger::of(plan.origin(), company);
    assert_eq!(without_zeroes(days), without_zeroes(movements), "legs and sub-ledger");
    assert_eq!(without_zeroes(customers), without_zeroes(receivables), "legs and sub-ledger, by customer");
    moved
}

fn without_zeroes<K: Ord>(mut amounts: BTreeMap<K, Money>) -> BTreeMap<K, Money> {
    amounts.retain(|_, amount| !amount.is_zero());
    amounts
}
