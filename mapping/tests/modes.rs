//! F-07: whatever item detail a company chooses, over random weeks: every control account moves alike, and each receipt is
//! posted once, by itself or in one summary.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use mapping::{
    Company, CompanyMapping, ControlAccount, Document, Event, ItemDetail, ItemDetailFrom, PartyKey, Plan,
    Source, legs, plan,
};
use pos_model::{Batch, BatchStatus, PosFile, TenderKind, Transaction};
use proptest::prelude::*;

use crate::week::company::mapping;
use crate::week::week;

/// Few enough for every day's tests; `PROPTEST_CASES` raises them.
fn some() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { cases: 12, ..default },
    }
}

fn choosing(mapping: &CompanyMapping, item_detail: Vec<ItemDetailFrom>) -> Company {
    Company::try_from(CompanyMapping { item_detail, ..mapping.clone() }).unwrap()
}

fn always(detail: ItemDetail) -> Vec<ItemDetailFrom> {
    vec![ItemDetailFrom { from: None, detail }]
}

/// What a plan moves, by date and account; on A/R by customer too.
fn moved(plan: &Plan<'_>) -> BTreeMap<(NaiveDate, String, Option<PartyKey>), i64> {
    let mut moved = BTreeMap::new();
    for planned in plan.documents() {
        for leg in legs(&planned.document, plan.period()) {
            let is_receivable = leg.account == ControlAccount::Receivable;
            let party = leg.party.filter(|_| is_receivable).map(|party| party.key());
            let name = plan.period().account_name(leg.account).to_owned();
            *moved.entry((planned.txn_date, name, party)).or_default() += leg.amount.cents();
        }
    }
    moved.retain(|_, amount| *amount != 0);
    moved
}

fn is_on_account(receipt: &Transaction) -> bool {
    receipt.tenders().iter().any(|tender| tender.tender_type().kind() == TenderKind::CustomerAccount)
}

/// The receipts that a plan posts by themselves, and those that it adds up, each as often as it does.
fn posted(plan: &Plan<'_>) -> (Vec<u64>, Vec<u64>) {
    let own = plan.documents().filter_map(|planned| match planned.identity.event {
        Event::Transaction(number) => Some(number),
        _ => None,
    });
    let mut own: Vec<u64> = own.collect();
    own.sort_unstable();
    own.dedup();
    let mut summed: Vec<u64> = plan.receipts().values().flatten().copied().collect();
    summed.sort_unstable();
    (own, summed)
}

fn closed_at(batch: &Batch) -> DateTime<FixedOffset> {
    match batch.status() {
        BatchStatus::Closed(at) => at,
        BatchStatus::Open => panic!("the weeks have closed batches"),
    }
}

proptest! {
    #![proptest_config(some())]

    /// Each control account moves alike per batch and date, and A/R by customer.
    #[test]
    fn f_07_every_account_moves_alike_whatever_is_chosen(files in week(4, 10), mapping in mapping()) {
        let companies = [ItemDetail::All, ItemDetail::Charges, ItemDetail::Summarised].map(|detail| choosing(&mapping, always(detail)));
        for file in files {
            let file = PosFile::try_from(file).unwrap();
            for batch in file.batches() {
                let [all, charges, summarised] = companies.each_ref().map(|company| moved(&plan(batch, company).unwrap()));
                prop_assert_eq!(&all, &charges);
                prop_assert_eq!(&all, &summarised);
            }
        }
    }

    /// A change of the option at the closing instant of any batch leaves no receipt out and posts none twice: batches that closed
    /// before it are as before, and no number is given twice.
    #[test]
    fn f_07_a_change_of_the_option_posts_every_receipt_once(
        files in week(4, 10),
        mapping in mapping(),
        before in prop::sample::select(vec![ItemDetail::All, ItemDetail::Charges, ItemDetail::Summarised]),
        after in prop::sample::select(vec![ItemDetail::All, ItemDetail::Charges, ItemDetail::Summarised]),
        at in any::<prop::sample::Index>(),
    ) {
        let files: Vec<PosFile> = files.into_iter().map(|file| PosFile::try_from(file).unwrap()).collect();
        let batches: Vec<&Batch> = files.iter().flat_map(|file| file.batches()).collect();
        prop_assume!(!batches.is_empty());
        let from = closed_at(batches[at.index(batches.len())]);
        let mut choices = always(before);
        let unchanged = choosing(&mapping, choices.clone());
        choices.push(ItemDetailFrom { from: Some(from), detail: after });
        let company = choosing(&mapping, choices);
        let mut keys = BTreeMap::new();
        for batch in batches {
            let is_after = closed_at(batch) >= from;
            let detail = if is_after { after } else { before };
            let plan = plan(batch, &company).unwrap();
            prop_assert_eq!(plan.item_detail(), detail);
            if !is_after {
                let before = mapping::plan(batch, &unchanged).unwrap();
                prop_assert!(plan.documents().eq(before.documents()));
            }
            let (own, summed) = posted(&plan);
            // A receipt whose tenders cancel each other and that has no lines has no document under any option.
            let all = Company::try_from(CompanyMapping { item_detail: Vec::new(), ..mapping.clone() }).unwrap();
            let (with_documents, _) = posted(&mapping::plan(batch, &all).unwrap());
            let expected = |is_summed: bool| -> Vec<u64> {
                let is_mine = |receipt: &&Transaction| (detail != ItemDetail::All && !is_on_account(receipt)) == is_summed;
                let mut numbers: Vec<u64> = batch.transactions().iter().filter(is_mine).map(Transaction::number).collect();
                numbers.retain(|number| is_summed || with_documents.contains(number));
                numbers.sort_unstable();
                numbers
            };
            prop_assert_eq!(own, expected(false));
            prop_assert_eq!(summed, expected(true));
            for planned in plan.documents() {
                let other = keys.insert(planned.key.clone(), planned.identity.to_string());
                prop_assert!(other.is_none(), "{} twice", planned.key);
            }
        }
    }

    /// the lines of a summary name the receipts' lines behind them, each once, and come to what those say.
    #[test]
    fn x_08_a_summary_s_lines_are_those_of_its_receipts(files in week(4, 10), mapping in mapping()) {
        let company = choosing(&mapping, always(ItemDetail::Charges));
        for file in files {
            let file = PosFile::try_from(file).unwrap();
            for batch in file.batches() {
                let plan = plan(batch, &company).unwrap();
                for (event, receipts) in plan.receipts() {
                    let mut named = Vec::new();
                    for planned in plan.documents().filter(|planned| planned.identity.event == *event) {
                        let (Document::Invoice(form) | Document::CreditMemo(form)) = &planned.document else { continue };
                        for line in &form.lines {
                            let Source::Receipts(sources) = &line.source else { continue };
                            let mut sum = 0;
                            for source in sources {
                                prop_assert!(receipts.contains(&source.transaction));
                                let receipt = batch.transactions().iter().find(|t| t.number() == source.transaction).unwrap();
                                for at in &source.lines {
                                    let till = &receipt.lines()[*at as usize];
                                    sum += till.amount().cents().abs();
                                    named.push((source.transaction, *at));
                                }
                            }
                            use mapping::ItemRole::{CertificateDiscount, Rounding, Voucher};
                            if !matches!(line.item, CertificateDiscount | Rounding | Voucher) {
                                prop_assert_eq!(line.amount.cents(), sum);
                            }
                        }
                    }
                    named.sort_unstable();
                    named.dedup();
                    let rounding = pos_model::LineKind::CashRounding;
                    let is_named = |line: &pos_model::Line| line.kind() != rounding;
                    let mut all: Vec<(u64, u32)> = (batch.transactions().iter())
                        .filter(|receipt| receipts.contains(&receipt.number()))
                        .flat_map(|receipt| (0..).zip(receipt.lines()).filter(|(_, line)| is_named(line)).map(|(at, _)| (receipt.number(), at)))
                        .collect();
                    all.sort_unstable();
                    named.retain(|(number, at)| {
                        let receipt = batch.transactions().iter().find(|t| t.number() == *number).unwrap();
                        is_named(&receipt.lines()[*at as usize])
                    });
                    prop_assert_eq!(named, all);
                }
            }
        }
    }
}
