//! What must hold for any batch, over random ones.

use crate::random;

use std::collections::{BTreeMap, BTreeSet};

use mapping::{
    Company, ControlAccount, CustomerKey, Document, Event, LinkTarget, PartyKey, Plan, SubLedger, legs, plan,
};
use pos_model::{Batch, Money, PosFile, TenderKind, raw};
use proptest::prelude::*;
use random::{file, negated, reversible_file};

fn batch_of(raw: raw::PosFile) -> Batch {
    PosFile::try_from(raw).unwrap().into_parts().0.remove(0)
}

fn movements(plan: &Plan<'_>) -> BTreeMap<(chrono::NaiveDate, ControlAccount), Money> {
    let mut movements = BTreeMap::new();
    for planned in plan.documents() {
        for leg in legs(&planned.document, plan.period()) {
            *movements.entry((planned.txn_date, leg.account)).or_insert(Money::ZERO) += leg.amount;
        }
    }
    movements
}

/// Few enough for every day's tests; `PROPTEST_CASES` raises them.
fn some() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { cases: 128, ..default },
    }
}

proptest! {
    // Failures print their input; no file beside the sources is needed.
    #![proptest_config(some())]

    #[test]
    fn debits_equal_credits_on_every_document(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let plan = plan(&batch, &company).unwrap();
        for planned in plan.documents() {
            let sum: Money = legs(&planned.document, plan.period()).iter().map(|leg| leg.amount).sum();
            prop_assert_eq!(sum, Money::ZERO);
            prop_assert!(!planned.document.total().is_negative());
        }
    }

    #[test]
    fn x_01_legs_of_a_batch_are_its_sub_ledger(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let mut expected = SubLedger::of(&batch, &company).movements;
        let mut planned = movements(&plan(&batch, &company).unwrap());
        expected.retain(|_, amount| !amount.is_zero());
        planned.retain(|_, amount| !amount.is_zero());
        prop_assert_eq!(expected, planned);
    }

    #[test]
    fn x_01_receivables_by_customer_are_the_sub_ledgers(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let mut planned = BTreeMap::new();
        let plan = plan(&batch, &company).unwrap();
        for planned_document in plan.documents() {
            for leg in legs(&planned_document.document, plan.period()) {
                if leg.account == ControlAccount::Receivable {
                    let customer = match leg.party.unwrap().key() {
                        PartyKey::Customer(id) => Some(id),
                        PartyKey::Store(_) => None,
                    };
                    *planned.entry((planned_document.txn_date, customer)).or_insert(Money::ZERO) += leg.amount;
                }
            }
        }
        let mut expected = SubLedger::of(&batch, &company).receivables;
        planned.retain(|_, amount| !amount.is_zero());
        expected.retain(|_, amount| !amount.is_zero());
        prop_assert_eq!(expected, planned);
    }

    #[test]
    fn a_sale_and_its_full_return_leave_every_control_account_at_0(raw in reversible_file()) {
        let company = Company::default();
        let (there, back) = (batch_of(raw.clone()), batch_of(negated(raw)));
        let mut sum: BTreeMap<ControlAccount, Money> = BTreeMap::new();
        for batch in [&there, &back] {
            for ((_, account), amount) in movements(&plan(batch, &company).unwrap()) {
                *sum.entry(account).or_default() += amount;
            }
        }
        prop_assert!(sum.values().all(|amount| amount.is_zero()), "{sum:?}");
    }

    #[test]
    fn n_13_no_two_documents_of_a_kind_share_a_number(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let plan = plan(&batch, &company).unwrap();
        let keys: BTreeSet<_> = plan.documents().map(|planned| planned.key.clone()).collect();
        prop_assert_eq!(keys.len(), plan.documents().count());
    }

    #[test]
    fn d_24_what_stays_open_is_what_went_on_account(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let plan = plan(&batch, &company).unwrap();
        // Open amount of each charge and credit of a transaction: its total less what payments matched it with.
        let mut charges: BTreeMap<_, Money> = BTreeMap::new();
        let mut credits: BTreeMap<_, Money> = BTreeMap::new();
        let mut event_of: BTreeMap<_, Event> = BTreeMap::new();
        for planned in plan.documents() {
            event_of.insert(planned.key.clone(), planned.identity.event);
            match &planned.document {
                Document::Invoice(form) => { charges.insert(planned.key.clone(), form.total()); }
                Document::CreditMemo(form) => { credits.insert(planned.key.clone(), form.total()); }
                Document::Expense(expense) if expense.payee.is_some() => { charges.insert(planned.key.clone(), expense.amount); }
                Document::Payment(payment) => {
                    let mut unapplied = payment.total;
                    for link in &payment.links {
                        prop_assert!(link.amount.is_positive());
                        let target = plan.target(link.target).unwrap().key.clone();
                        let open = match link.target {
                            LinkTarget::CreditMemo(_) => { unapplied += link.amount; credits.get_mut(&target) }
                            LinkTarget::Invoice(_) | LinkTarget::OpenInvoice(_) | LinkTarget::Expense(_) => { unapplied -= link.amount; charges.get_mut(&target) }
                        };
                        let open = open.unwrap();
                        *open -= link.amount;
                        prop_assert!(!open.is_negative(), "{target} is matched beyond its total");
                    }
                    prop_assert!(!unapplied.is_negative(), "unapplied is never negative");
                    credits.insert(planned.key.clone(), unapplied);
                }
                _ => {}
            }
        }
        for transaction in batch.transactions() {
            let event = Event::Transaction(transaction.number());
            let open = |side: &BTreeMap<_, Money>| -> Money {
                side.iter().filter(|(key, _)| event_of[*key] == event).map(|(_, open)| *open).sum()
            };
            let on_account: Money = transaction.tenders().iter()
                .filter(|t| t.tender_type().kind() == TenderKind::CustomerAccount).map(|t| t.amount()).sum();
            prop_assert_eq!(open(&charges), on_account.max(Money::ZERO), "open charges of {}", event);
            prop_assert_eq!(open(&credits), (-on_account).max(Money::ZERO), "open credits of {}", event);
        }
    }

    #[test]
    fn i_13_a_later_event_changes_no_earlier_document(raw in file()) {
        let company = Company::default();
        let mut shorter = raw.clone();
        let Some(last) = shorter.batches[0].transactions.pop() else { return Ok(()) };
        let (whole, part) = (batch_of(raw), batch_of(shorter));
        let (whole, part) = (plan(&whole, &company).unwrap(), plan(&part, &company).unwrap());
        // Everything but the links' positions in the plan, which shift with nothing here: the last event is the last.
        let content = |planned: &mapping::Planned<'_>| format!("{planned:?}");
        let kept: Vec<_> = whole.documents().filter(|p| p.identity.event != Event::Transaction(last.number)).map(content).collect();
        let before: Vec<_> = part.documents().map(content).collect();
        prop_assert_eq!(kept, before);
    }

    #[test]
    fn d_19_a_r_moves_by_customer_as_the_till_says(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let mut owed: BTreeMap<PartyKey, Money> = BTreeMap::new();
        let plan = plan(&batch, &company).unwrap();
        for planned in plan.documents() {
            for leg in legs(&planned.document, plan.period()).into_iter().filter(|l| l.account == ControlAccount::Receivable) {
                *owed.entry(leg.party.unwrap().key()).or_default() += leg.amount;
            }
        }
        for transaction in batch.transactions() {
            for tender in transaction.tenders().iter().filter(|t| t.tender_type().kind() == TenderKind::CustomerAccount) {
                let key = PartyKey::Customer(CustomerKey::of(batch.store(), transaction.customer().unwrap()));
                *owed.entry(key).or_default() -= tender.amount();
            }
        }
        for deposit in batch.deposits() {
            for tender in deposit.tenders().iter().filter(|t| t.tender_type().kind() == TenderKind::CustomerAccount) {
                let key = PartyKey::Customer(CustomerKey::of(batch.store(), deposit.customer().unwrap()));
                *owed.entry(key).or_default() -= tender.amount();
            }
        }
        for payment in batch.account_payments() {
            let key = PartyKey::Customer(CustomerKey::of(batch.store(), payment.customer()));
            *owed.entry(key).or_default() += payment.tenders().iter().map(|t| t.amount()).sum();
        }
        prop_assert!(owed.values().all(|amount| amount.is_zero()), "{owed:?}");
    }
}

#[test]
fn the_sub_ledger_shares_no_arithmetic_with_rules_plan_and_legs() {
    let source = include_str!("../src/subledger.rs");
    let imports =
        source.lines().filter(|line| line.trim_start().starts_with("use ")).collect::<Vec<_>>().join("\n");
    for forbidden in ["rules", "plan", "document", "legs", "settle"] {
        assert!(!imports.contains(forbidden), "subledger.rs imports {forbidden}");
    }
    assert!(imports.contains("pos_model"), "the check reads the imports");
}
