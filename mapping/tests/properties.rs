//! What must hold for any batch, over random ones.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod random;

use std::collections::{BTreeMap, HashMap, HashSet};

use mapping::{Company, ControlAccount, Document, LinkTarget, PartyKey, Plan, legs, plan, reckon};
use pos_model::{Batch, Money, PosFile, TenderKind, raw};
use proptest::prelude::*;
use random::{file, negated, reversible_file};

fn batch_of(raw: raw::PosFile) -> Batch {
    PosFile::try_from(raw).unwrap().into_batches().remove(0)
}

fn movements(plan: &Plan<'_>, company: &Company) -> BTreeMap<(chrono::NaiveDate, ControlAccount), Money> {
    let mut movements = BTreeMap::new();
    for planned in plan.documents() {
        for leg in legs(&planned.document, company) {
            *movements.entry((planned.txn_date, leg.account)).or_insert(Money::ZERO) += leg.amount;
        }
    }
    movements
}

proptest! {
    // Failures print their input; no file beside the sources is needed.
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn debits_equal_credits_on_every_document(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        for planned in plan(&batch, &company).unwrap().documents() {
            let sum: Money = legs(&planned.document, &company).iter().map(|leg| leg.amount).sum();
            prop_assert_eq!(sum, Money::ZERO);
            prop_assert!(!planned.document.total().is_negative());
        }
    }

    #[test]
    fn x_01_legs_of_a_batch_are_its_sub_ledger(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let mut reckoned = reckon(&batch, &company).movements;
        let mut planned = movements(&plan(&batch, &company).unwrap(), &company);
        reckoned.retain(|_, amount| !amount.is_zero());
        planned.retain(|_, amount| !amount.is_zero());
        prop_assert_eq!(reckoned, planned);
    }

    #[test]
    fn a_sale_and_its_full_return_leave_every_control_account_at_0(raw in reversible_file()) {
        let company = Company::default();
        let (there, back) = (batch_of(raw.clone()), batch_of(negated(raw)));
        let mut sum: BTreeMap<ControlAccount, Money> = BTreeMap::new();
        for batch in [&there, &back] {
            for ((_, account), amount) in movements(&plan(batch, &company).unwrap(), &company) {
                *sum.entry(account).or_default() += amount;
            }
        }
        prop_assert!(sum.values().all(|amount| amount.is_zero()), "{sum:?}");
    }

    #[test]
    fn n_13_no_two_documents_of_a_kind_share_a_number(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let plan = plan(&batch, &company).unwrap();
        let keys: HashSet<_> = plan.documents().map(|planned| planned.key()).collect();
        prop_assert_eq!(keys.len(), plan.documents().count());
    }

    #[test]
    fn d_24_what_stays_open_is_what_went_on_account(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let plan = plan(&batch, &company).unwrap();
        // Open amount of each document: total less what payments matched it with.
        let mut open: HashMap<_, Money> = HashMap::new();
        let mut of_event: HashMap<_, Money> = HashMap::new();
        for planned in plan.documents() {
            let event = planned.identity.event;
            match &planned.document {
                Document::Invoice(form) => { open.insert(planned.key(), form.total()); *of_event.entry(event).or_default() += form.total(); }
                Document::CreditMemo(form) => { open.insert(planned.key(), form.total()); *of_event.entry(event).or_default() -= form.total(); }
                Document::Expense(expense) if expense.payee.is_some() => { open.insert(planned.key(), expense.amount); *of_event.entry(event).or_default() += expense.amount; }
                Document::Payment(payment) => {
                    *of_event.entry(event).or_default() -= payment.total;
                    let (mut charges, mut credits) = (Money::ZERO, Money::ZERO);
                    for link in &payment.links {
                        prop_assert!(link.amount.is_positive());
                        let target = plan.target(link.target).unwrap().key();
                        let left = open.get_mut(&target).unwrap();
                        *left -= link.amount;
                        prop_assert!(!left.is_negative(), "{target} is matched beyond its total");
                        match link.target {
                            LinkTarget::CreditMemo(_) => credits += link.amount,
                            LinkTarget::Invoice(_) | LinkTarget::Expense(_) => charges += link.amount,
                        }
                    }
                    prop_assert!(!(payment.total - charges + credits).is_negative(), "unapplied is never negative");
                }
                _ => {}
            }
        }
        for transaction in batch.transactions() {
            let event = mapping::Event::Transaction(transaction.number());
            let on_account: Money = transaction.tenders().iter()
                .filter(|t| t.tender_type().kind() == TenderKind::CustomerAccount).map(|t| t.amount()).sum();
            prop_assert_eq!(of_event.get(&event).copied().unwrap_or_default(), on_account);
        }
    }

    #[test]
    fn i_13_a_later_event_changes_no_earlier_document(raw in file()) {
        let company = Company::default();
        let mut shorter = raw.clone();
        let Some(last) = shorter.batches[0].transactions.pop() else { return Ok(()) };
        let (whole, part) = (batch_of(raw), batch_of(shorter));
        let (whole, part) = (plan(&whole, &company).unwrap(), plan(&part, &company).unwrap());
        let kept: Vec<_> = whole.documents()
            .filter(|p| p.identity.event != mapping::Event::Transaction(last.number)).map(|p| format!("{:?}", p.key())).collect();
        let before: Vec<_> = part.documents().map(|p| format!("{:?}", p.key())).collect();
        prop_assert_eq!(kept, before);
    }

    #[test]
    fn d_19_a_r_moves_by_customer_as_the_till_says(raw in file()) {
        let (batch, company) = (batch_of(raw), Company::default());
        let mut owed: BTreeMap<PartyKey, Money> = BTreeMap::new();
        for planned in plan(&batch, &company).unwrap().documents() {
            for leg in legs(&planned.document, &company).into_iter().filter(|l| l.account == ControlAccount::Receivable) {
                *owed.entry(leg.party.unwrap().key()).or_default() += leg.amount;
            }
        }
        for transaction in batch.transactions() {
            for tender in transaction.tenders().iter().filter(|t| t.tender_type().kind() == TenderKind::CustomerAccount) {
                let key = PartyKey::Customer(transaction.customer().unwrap().id().to_owned());
                *owed.entry(key).or_default() -= tender.amount();
            }
        }
        for deposit in batch.deposits() {
            for tender in deposit.tenders().iter().filter(|t| t.tender_type().kind() == TenderKind::CustomerAccount) {
                let key = PartyKey::Customer(deposit.customer().unwrap().id().to_owned());
                *owed.entry(key).or_default() -= tender.amount();
            }
        }
        for payment in batch.account_payments() {
            let key = PartyKey::Customer(payment.customer().id().to_owned());
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
