//! What must hold for any week of any company, over random ones: two stores, every kind of event, any company mapping.
//! `PROPTEST_CASES=20000 cargo test --release -p mapping --test all weeks` looks long.

mod late;
mod open;
mod told;
use crate::week;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use chrono::{Days, NaiveDate};
use mapping::engine::{OpenInvoice, OpenInvoices};
use mapping::{
    Company, CompanyMapping, Document, ItemRole, LinkTarget, Matching, Period, Plan, SubLedger, legs, page,
    plan, plan_revision,
};
use open::Open;
use pos_model::{Batch, Money, PosFile, PurchaseOrder, raw};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use told::{said, says};
use week::company::mapping;
use week::expected::{self, Expected};
use week::{first_day, week};
use wire::bytes;

/// Few enough for every day's tests; `PROPTEST_CASES` raises them.
fn some() -> ProptestConfig {
    let default =
        ProptestConfig { failure_persistence: None, max_shrink_iters: 5_000, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { cases: 12, ..default },
    }
}

/// A week as the library sees it, with the file form that it was read from.
struct Week {
    company: Company,
    files: Vec<(raw::PosFile, PosFile)>,
    open: Vec<(usize, i64)>,
}

impl Week {
    fn new(files: Vec<raw::PosFile>, mapping: &CompanyMapping, open: Vec<(usize, i64)>) -> Self {
        let company = Company::try_from(mapping.clone()).unwrap();
        let read = |raw: raw::PosFile| (raw.clone(), PosFile::try_from(raw).unwrap());
        Self { company, files: files.into_iter().map(read).collect(), open }
    }

    /// Invoices that stand open in QuickBooks before the week.
    fn open_invoices(&self) -> OpenInvoices {
        let mut handed_in = OpenInvoices::default();
        for (at, &(customer, cents)) in self.open.iter().enumerate() {
            let invoice = OpenInvoice {
                txn_date: first_day() - Days::new(at as u64 % 3 + 1),
                number: format!("OLD-{at}"),
                id: (900 + at).to_string(),
                balance: Money::from_cents(cents).unwrap(),
            };
            handed_in.add(format!("1651/c{customer}").parse().unwrap(), [invoice]);
        }
        handed_in
    }

    fn plan<'a>(&'a self, batch: &'a Batch) -> Plan<'a> {
        let mut plan = plan(batch, &self.company).unwrap();
        plan.match_payments(self.open_invoices());
        plan
    }

    /// Every batch with its file form.
    fn batches(&self) -> impl Iterator<Item = (&raw::PosFile, &raw::Batch, &Batch)> {
        self.files
            .iter()
            .flat_map(|(raw, file)| raw.batches.iter().zip(file.batches()).map(move |(r, b)| (raw, r, b)))
    }

    /// Every closed purchase order with its file form.
    fn orders(&self) -> impl Iterator<Item = (&raw::PurchaseOrder, &PurchaseOrder)> {
        self.files
            .iter()
            .flat_map(|(raw, file)| raw.purchase_orders.iter().zip(file.purchase_orders()))
            .filter(|(_, order)| order.is_closed())
    }

    /// Every plan of the week with what it comes to.
    fn plans(&self) -> Vec<(Plan<'_>, Expected)> {
        let mapping = self.company.mapping();
        let batches = self
            .batches()
            .map(|(file, raw, batch)| (self.plan(batch), expected::of_batch(&file.store.code, raw, mapping)));
        let orders = self.orders().map(|(raw, order)| {
            let plan = plan(order, &self.company).unwrap();
            (plan, expected::of_purchase_order(raw, mapping))
        });
        batches.chain(orders).collect()
    }

    /// Every step of the week on the wire, by the batch or order and the step.
    fn bytes(&self) -> BTreeMap<(String, String), Vec<u8>> {
        self.plans().iter().flat_map(|(plan, _)| bytes(plan)).collect()
    }
}

fn any_week() -> impl Strategy<Value = Week> {
    let open = prop::collection::vec((1usize..=4, 1i64..20_000), 0..6);
    (week(4, 8), mapping(), open).prop_map(|(files, mapping, open)| Week::new(files, &mapping, open))
}

impl std::fmt::Debug for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "mapping {}", serde_json::to_string(self.company.mapping()).unwrap())?;
        writeln!(f, "open {:?}", self.open)?;
        for (raw, _) in &self.files {
            writeln!(f, "orders {}", serde_json::to_string(&raw.purchase_orders).unwrap())?;
            for batch in &raw.batches {
                writeln!(f, "{} {}", raw.store.code, serde_json::to_string(batch).unwrap())?;
            }
        }
        Ok(())
    }
}

type Movements = BTreeMap<(NaiveDate, String), i64>;

fn without_zeroes(mut movements: Movements) -> Movements {
    movements.retain(|_, amount| *amount != 0);
    movements
}

/// What the documents do, by the name of the account.
fn moved(plan: &Plan<'_>) -> Movements {
    let mut moved = Movements::new();
    for planned in plan.documents() {
        for leg in legs(&planned.document, plan.period()) {
            let name = plan.period().account_name(leg.account).to_owned();
            *moved.entry((planned.txn_date, name)).or_default() += leg.amount.cents();
        }
    }
    without_zeroes(moved)
}

proptest! {
    #![proptest_config(some())]

    /// X-01, T-04, D-01 to D-18.
    #[test]
    fn x_01_every_control_account_and_day_is_as_the_events_say(week in any_week()) {
        for (plan, expected) in week.plans() {
            prop_assert_eq!(moved(&plan), expected.accounts);
        }
    }

    #[test]
    fn x_01_the_sub_ledger_is_as_the_events_say(week in any_week()) {
        let mapping = week.company.mapping();
        let named = |ledger: mapping::SubLedger, period: &Period| {
            let mut named = Movements::new();
            for ((date, account), amount) in ledger.movements {
                *named.entry((date, period.account_name(account).to_owned())).or_default() += amount.cents();
            }
            without_zeroes(named)
        };
        for (file, raw, batch) in week.batches() {
            let found = named(SubLedger::of(batch, &week.company), week.company.on(batch.business_date()));
            prop_assert_eq!(found, expected::of_batch(&file.store.code, raw, mapping).accounts);
        }
        for (raw, order) in week.orders() {
            let found = named(SubLedger::of(order, &week.company), week.company.on(order.date()));
            prop_assert_eq!(found, expected::of_purchase_order(raw, mapping).accounts);
        }
    }

    /// A-03, D-16, D-17: what documents move in each type of tender is the money in the till.
    #[test]
    fn a_03_the_money_in_the_till_is_what_documents_move_into_takings(week in any_week()) {
        for (plan, expected) in week.plans() {
            let mut moved: BTreeMap<u64, i64> = BTreeMap::new();
            for planned in plan.documents() {
                let (tender, amount, account) = match &planned.document {
                    Document::Payment(payment) => match payment.into {
                        Some((account, tender)) => (tender, payment.total, account),
                        None => { prop_assert!(payment.total.is_zero()); continue }
                    },
                    Document::SalesReceipt(receipt) => (receipt.tender, planned.document.total(), receipt.deposit_to),
                    Document::Expense(expense) => (expense.tender, -expense.amount, expense.paid_from),
                    _ => continue,
                };
                let (period, store) = (plan.period(), plan.origin().store().code());
                let is_out = amount.is_negative();
                prop_assert_eq!(account, if is_out { period.refunds(store, tender.id()) } else { period.takings(store, tender.id()) });
                *moved.entry(tender.id().0).or_default() += amount.cents();
            }
            moved.retain(|_, amount| *amount != 0);
            prop_assert_eq!(moved, expected.till);
        }
    }

    /// D-13 to D-15, D-24: what payments and settlements leave open is what was charged and not paid, and what was credited;
    /// nothing is matched beyond its total, nor with another customer's.
    #[test]
    fn d_24_open_invoices_are_the_unpaid_charges_of_each_customer(week in any_week()) {
        for (plan, mut expected) in week.plans() {
            let open = Open::after(&plan, &week.open)?;
            // What was matched with invoices of before, the oldest first (D-15).
            let mut matched: BTreeMap<String, i64> = BTreeMap::new();
            if week.company.mapping().payments_on_account == Matching::OldestFirst {
                for (customer, paid) in &expected.paid_on_account {
                    let of = |&&(owner, _): &&(usize, i64)| format!("c{owner}") == *customer;
                    let before: i64 = week.open.iter().filter(of).map(|(_, cents)| cents).sum();
                    if before > 0 {
                        matched.insert(customer.clone(), before.min(*paid));
                        *expected.credits.get_mut(customer).unwrap() -= before.min(*paid);
                    }
                }
                expected.credits.retain(|_, amount| *amount != 0);
            }
            prop_assert_eq!(open.by_customer(&open.charges), expected.charges);
            prop_assert_eq!(open.by_customer(&open.credits), expected.credits);
            prop_assert_eq!(open.matched_before, matched);
        }
    }

    /// D-06 to D-12: certificates as a whole, deposits order by order, read off the lines of the documents.
    #[test]
    fn d_10_certificates_and_deposits_outstanding_are_what_was_paid_less_what_was_used(week in any_week()) {
        let (mut certificates, mut planned_certificates) = (0, 0);
        for (plan, expected) in week.plans() {
            let mut deposits: BTreeMap<u64, i64> = BTreeMap::new();
            for planned in plan.documents() {
                let (lines, sign) = match &planned.document {
                    Document::Invoice(form) => (&form.lines, 1),
                    Document::CreditMemo(form) => (&form.lines, -1),
                    _ => continue,
                };
                for line in lines {
                    match line.item {
                        ItemRole::Voucher => planned_certificates += sign * line.amount.cents(),
                        ItemRole::Deposit => {
                            let words: Vec<&str> = line.description.as_deref().unwrap().split(' ').collect();
                            prop_assert_eq!(&words[..3], &["Deposit", "on", "order"]);
                            *deposits.entry(words[3].parse().unwrap()).or_default() += sign * line.amount.cents();
                        }
                        _ => {}
                    }
                }
            }
            certificates += expected.certificates;
            deposits.retain(|_, amount| *amount != 0);
            prop_assert_eq!(deposits, expected.deposits);
        }
        prop_assert_eq!(planned_certificates, certificates);
    }

    /// Debits equal credits, totals are 0.00 or more, what is sent has lines.
    #[test]
    fn d_24_every_document_is_balanced_and_none_is_negative(week in any_week()) {
        for (plan, _) in week.plans() {
            for planned in plan.documents() {
                let sum: Money = legs(&planned.document, plan.period()).iter().map(|leg| leg.amount).sum();
                prop_assert_eq!(sum, Money::ZERO);
                prop_assert!(!planned.document.total().is_negative() && !planned.document.tax().is_negative());
                match &planned.document {
                    Document::Invoice(form) | Document::CreditMemo(form) => {
                        prop_assert!(!form.lines.is_empty());
                        prop_assert_eq!(form.tax.is_positive(), form.lines.iter().any(|line| line.is_taxable), "D-21");
                    }
                    Document::Payment(payment) if payment.is_settlement() => prop_assert!(payment.links.len() > 1),
                    Document::PurchaseOrder(form) => prop_assert!(!form.lines.is_empty()),
                    Document::Bill(form) => prop_assert!(form.total().is_positive()),
                    other => prop_assert!(other.total().is_positive()),
                }
            }
        }
    }

    /// T-06: what is posted and its corrections come to the batch as it is now, on every account and for every customer; an edit
    /// back comes to nothing; and what the log keeps of a batch is the batch.
    #[test]
    fn t_06_corrections_bring_what_was_posted_to_what_the_till_says(week in any_week(), edit in 0_usize..60) {
        for (file, raw, batch) in week.batches() {
            let kept = PosFile::try_from(raw::PosFile::from(batch)).unwrap();
            let pages = [&kept.batches()[0], batch].map(|batch| page(&plan(batch, &week.company).unwrap()));
            prop_assert_eq!(&pages[0], &pages[1]);
            let after = late::edited(file, raw, edit);
            let Ok(after) = PosFile::try_from(after) else { continue };
            late::check(batch, &after.batches()[0], &week.company);
        }
    }

    /// N-13: within a company, a kind's numbers differ without regard to case; a number is read back as what it numbers.
    #[test]
    fn n_13_every_number_is_one_document_s_and_says_whose(week in any_week()) {
        let mut keys = BTreeSet::new();
        let mut numbered: BTreeMap<(String, String), String> = BTreeMap::new();
        // Numbers of what is posted once more are others (N-16).
        let again = NonZeroU32::new(2).unwrap();
        let first: Vec<_> = week.plans().into_iter().map(|(plan, _)| plan).collect();
        let again = first.iter().map(|plan| plan_revision(plan.origin(), again, &week.company).unwrap());
        for plan in again.collect::<Vec<_>>().iter().chain(&first) {
            for planned in plan.documents() {
                let number = planned.number.as_str();
                prop_assert!((1..=21).contains(&number.len()) && number.is_ascii());
                prop_assert!(keys.insert((planned.document.kind(), number.to_ascii_uppercase())), "{number} twice");
                let Some((prefix, read)) = week.company.parse_number(number) else {
                    return Err(TestCaseError::fail(format!("{number} is not read")));
                };
                let (store, register) = (plan.origin().store(), planned.identity.batch.map(|(register, _)| register));
                prop_assert_eq!(prefix, plan.period().prefix(store, register), "{}", number);
                let written = plan.period().format_number(store, register, read).unwrap();
                prop_assert_eq!(written.as_str(), number);
                prop_assert_eq!(says(read.number), said(planned, read.number), "{}", number);
                let identity = planned.identity.to_string();
                prop_assert!(identity.starts_with(store.code()));
                let other = numbered.insert((store.code().to_owned(), format!("{read:?}")), identity.clone());
                prop_assert!(other.is_none_or(|other| other == identity), "{number} has two identities");
            }
        }
    }

    /// The same input gives the same bytes, whatever else is in the file and in whatever order (I-13).
    #[test]
    fn i_13_a_plan_is_a_function_of_its_batch_and_company_alone(week in any_week(), turn in 0usize..8) {
        let whole = week.bytes();
        let mapping = week.company.mapping();
        let changed = |change: &dyn Fn(&mut raw::PosFile)| {
            let files = week.files.iter().map(|(raw, _)| { let mut raw = raw.clone(); change(&mut raw); raw });
            Week::new(files.collect(), mapping, week.open.clone()).bytes()
        };
        prop_assert_eq!(&whole, &changed(&|_| ()), "once more");
        let turned = changed(&|file| {
            let middle = turn.min(file.batches.len());
            file.batches.rotate_left(middle);
            file.purchase_orders.reverse();
            file.tender_types.reverse();
            file.customers.reverse();
        });
        prop_assert_eq!(&whole, &turned, "in another order");
        for (key, steps) in changed(&|file| { file.batches.pop(); }) {
            prop_assert_eq!(&whole[&key], &steps, "without the last batch");
        }
    }
}

/// What the properties are about does happen: every kind of document, and every part that a match or a line can have.
#[test]
fn the_weeks_hold_every_kind_of_document_match_and_line() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for _ in 0..40 {
        let week = any_week().new_tree(&mut runner).unwrap().current();
        for (plan, _) in week.plans() {
            for planned in plan.documents() {
                let kind = planned.document.kind().name();
                seen.insert(kind.to_owned());
                if planned.txn_date > plan.origin().date() {
                    seen.insert("after midnight".to_owned());
                }
                match &planned.document {
                    Document::Invoice(form) | Document::CreditMemo(form) => {
                        let words = form.lines.iter().map(|line| match line.item {
                            ItemRole::Mapped(_) => format!("{kind} of Mapped"),
                            item if line.amount.is_negative() => format!("{kind} less {item:?}"),
                            item => format!("{kind} of {item:?}"),
                        });
                        seen.extend(words);
                    }
                    Document::Payment(payment) => {
                        seen.extend(payment.links.iter().map(|link| match link.target {
                            LinkTarget::Invoice(_) => "pays an invoice".to_owned(),
                            LinkTarget::Expense(_) => {
                                format!("takes up an expense, settlement {}", payment.is_settlement())
                            }
                            LinkTarget::CreditMemo(_) => "settles a credit memo".to_owned(),
                            LinkTarget::OpenInvoice(_) => "pays an older invoice".to_owned(),
                        }))
                    }
                    _ => {}
                }
            }
        }
    }
    for expected in [
        "Invoice",
        "CreditMemo",
        "Expense",
        "Payment",
        "SalesReceipt",
        "PurchaseOrder",
        "Bill",
        "after midnight",
        "Invoice of Goods",
        "Invoice of Mapped",
        "Invoice of Shipping",
        "Invoice of Voucher",
        "Invoice less Voucher",
        "Invoice of Deposit",
        "Invoice less Deposit",
        "Invoice of Rounding",
        "Invoice less Rounding",
        "CreditMemo of Goods",
        "CreditMemo of Mapped",
        "CreditMemo of Shipping",
        "CreditMemo of Voucher",
        "CreditMemo less Voucher",
        "CreditMemo of Deposit",
        "CreditMemo less Deposit",
        "CreditMemo of Rounding",
        "CreditMemo less Rounding",
        "pays an invoice",
        "takes up an expense, settlement true",
        "takes up an expense, settlement false",
        "settles a credit memo",
        "pays an older invoice",
    ] {
        assert!(seen.contains(expected), "no {expected} among {seen:?}");
    }
}
