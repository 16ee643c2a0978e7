//! What must hold for any week of any company, over random ones: two stores, every kind of event, any company mapping.
//! `PROPTEST_CASES=20000 cargo test --release -p mapping --test weeks` looks long.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod week;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{Days, NaiveDate};
use mapping::{
    Bindings, Company, CompanyMapping, Document, DocumentKind, Event, ItemRole, LinkTarget, ListEntry,
    Matching, Number, OpenInvoice, OpenInvoices, PartyKey, Plan, Planned, StepContent, legs, plan_matching,
    plan_purchase_order, reckon, reckon_purchase_order, resolve,
};
use pos_model::{Batch, Money, PosFile, PurchaseOrder, TenderTypeId, raw};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use week::company::mapping;
use week::reckoning::{self, Reckoning};
use week::{first_day, week};

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
            handed_in.add(&format!("c{customer}"), [invoice]);
        }
        handed_in
    }

    fn plan<'a>(&'a self, batch: &'a Batch) -> Plan<'a> {
        plan_matching(batch, &self.company, self.open_invoices()).unwrap()
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
    fn plans(&self) -> Vec<(Plan<'_>, Reckoning)> {
        let mapping = self.company.mapping();
        let batches = self.batches().map(|(file, raw, batch)| {
            (self.plan(batch), reckoning::of_batch(&file.store.code, raw, mapping))
        });
        let orders = self.orders().map(|(raw, order)| {
            let plan = plan_purchase_order(order, &self.company).unwrap();
            (plan, reckoning::of_purchase_order(raw, mapping))
        });
        batches.chain(orders).collect()
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
        for leg in legs(&planned.document, plan.company()) {
            let name = plan.company().account_name(leg.account).to_owned();
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
        for (plan, reckoning) in week.plans() {
            prop_assert_eq!(moved(&plan), reckoning.accounts);
        }
    }

    #[test]
    fn x_01_the_sub_ledger_is_as_the_events_say(week in any_week()) {
        let mapping = week.company.mapping();
        let named = |ledger: mapping::SubLedger, company: &Company| {
            let mut named = Movements::new();
            for ((date, account), amount) in ledger.movements {
                *named.entry((date, company.account_name(account).to_owned())).or_default() += amount.cents();
            }
            without_zeroes(named)
        };
        for (file, raw, batch) in week.batches() {
            let found = named(reckon(batch, &week.company), week.company.on(batch.business_date()));
            prop_assert_eq!(found, reckoning::of_batch(&file.store.code, raw, mapping).accounts);
        }
        for (raw, order) in week.orders() {
            let found = named(reckon_purchase_order(order, &week.company), week.company.on(order.date()));
            prop_assert_eq!(found, reckoning::of_purchase_order(raw, mapping).accounts);
        }
    }

    /// A-03, D-16, D-17: what documents move in each type of tender is the money in the till.
    #[test]
    fn a_03_the_money_in_the_till_is_what_documents_move_into_takings(week in any_week()) {
        for (plan, reckoning) in week.plans() {
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
                prop_assert_eq!(account, plan.company().takings(tender.id()));
                *moved.entry(tender.id().0).or_default() += amount.cents();
            }
            moved.retain(|_, amount| *amount != 0);
            prop_assert_eq!(moved, reckoning.till);
        }
    }

    /// D-13 to D-15, D-24: what payments and settlements leave open is what was charged and not paid, and what was credited;
    /// nothing is matched beyond its total, nor with another customer's.
    #[test]
    fn d_24_open_invoices_are_the_unpaid_charges_of_each_customer(week in any_week()) {
        for (plan, mut reckoning) in week.plans() {
            let open = Open::after(&plan, &week)?;
            // What was matched with invoices of before, the oldest first (D-15).
            let mut matched: BTreeMap<String, i64> = BTreeMap::new();
            if week.company.payments_on_account() == Matching::OldestFirst {
                for (customer, paid) in &reckoning.paid_on_account {
                    let of = |&&(owner, _): &&(usize, i64)| format!("c{owner}") == *customer;
                    let before: i64 = week.open.iter().filter(of).map(|(_, cents)| cents).sum();
                    if before > 0 {
                        matched.insert(customer.clone(), before.min(*paid));
                        *reckoning.credits.get_mut(customer).unwrap() -= before.min(*paid);
                    }
                }
                reckoning.credits.retain(|_, amount| *amount != 0);
            }
            prop_assert_eq!(open.by_customer(&open.charges), reckoning.charges);
            prop_assert_eq!(open.by_customer(&open.credits), reckoning.credits);
            prop_assert_eq!(open.matched_before, matched);
        }
    }

    /// D-06 to D-12: certificates as a whole, deposits order by order, read off the lines of the documents.
    #[test]
    fn d_10_certificates_and_deposits_outstanding_are_what_was_paid_less_what_was_used(week in any_week()) {
        let (mut certificates, mut planned_certificates) = (0, 0);
        for (plan, reckoning) in week.plans() {
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
            certificates += reckoning.certificates;
            deposits.retain(|_, amount| *amount != 0);
            prop_assert_eq!(deposits, reckoning.deposits);
        }
        prop_assert_eq!(planned_certificates, certificates);
    }

    /// Debits equal credits, totals are 0.00 or more, what is sent has lines.
    #[test]
    fn d_24_every_document_is_balanced_and_none_is_negative(week in any_week()) {
        for (plan, _) in week.plans() {
            for planned in plan.documents() {
                let sum: Money = legs(&planned.document, plan.company()).iter().map(|leg| leg.amount).sum();
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

    /// N-13: within a company, a kind's numbers differ without regard to case; a number is read back as what it numbers.
    #[test]
    fn n_13_every_number_is_one_document_s_and_says_whose(week in any_week()) {
        let mut keys = HashSet::new();
        let mut numbered: HashMap<(String, Number), String> = HashMap::new();
        for (plan, _) in week.plans() {
            for planned in plan.documents() {
                let number = planned.number.as_str();
                prop_assert!((1..=21).contains(&number.len()) && number.is_ascii());
                prop_assert!(keys.insert((planned.document.kind(), number.to_ascii_uppercase())), "{number} twice");
                let Some((prefix, read)) = week.company.parse_number(number) else {
                    return Err(TestCaseError::fail(format!("{number} is not read")));
                };
                let store = plan.origin().store();
                prop_assert_eq!(prefix, week.company.prefix(store), "{}", number);
                let written = week.company.format_number(store, read).unwrap();
                prop_assert_eq!(written.as_str(), number);
                prop_assert_eq!(says(read), said(planned, read), "{}", number);
                let identity = planned.identity.to_string();
                prop_assert!(identity.starts_with(store.code()));
                let other = numbered.insert((store.code().to_owned(), read), identity.clone());
                prop_assert!(other.is_none_or(|other| other == identity), "{number} has two identities");
            }
        }
    }

    /// The same input gives the same bytes, whatever else is in the file and in whatever order (I-13).
    #[test]
    fn i_13_a_plan_is_a_function_of_its_batch_and_company_alone(week in any_week(), turn in 0usize..8) {
        let whole = bytes(&week);
        let mapping = week.company.mapping();
        let changed = |change: &dyn Fn(&mut raw::PosFile)| {
            let files = week.files.iter().map(|(raw, _)| { let mut raw = raw.clone(); change(&mut raw); raw });
            bytes(&Week::new(files.collect(), mapping, week.open.clone()))
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

/// What is open after a plan, document by document.
#[derive(Default)]
struct Open {
    charges: HashMap<String, i64>,
    credits: HashMap<String, i64>,
    owner: HashMap<String, String>,
    matched_before: BTreeMap<String, i64>,
}

impl Open {
    fn after(plan: &Plan<'_>, week: &Week) -> Result<Self, TestCaseError> {
        let mut open = Self::default();
        let mut old: HashMap<String, i64> = HashMap::new();
        for planned in plan.documents() {
            let (key, total) = (planned.key().0, planned.document.total().cents());
            let Some(party) = planned.document.party() else { continue };
            let owner = party.key().to_string();
            open.owner.insert(key.clone(), owner.clone());
            match &planned.document {
                Document::Invoice(_) | Document::Expense(_) => _ = open.charges.insert(key, total),
                Document::CreditMemo(_) => _ = open.credits.insert(key, total),
                Document::Payment(payment) => {
                    let mut unapplied = total;
                    for link in &payment.links {
                        let amount = link.amount.cents();
                        prop_assert!(amount > 0, "no line of 0.00");
                        let side = match link.target {
                            LinkTarget::OpenInvoice(_) => {
                                let invoice = plan.open_invoice(link.target).unwrap();
                                let (_, before) = week.open[invoice.id.parse::<usize>().unwrap() - 900];
                                let matched = old.entry(invoice.id.clone()).or_default();
                                *matched += amount;
                                prop_assert!(*matched <= before, "more than was open");
                                let PartyKey::Customer(customer) = party.key() else {
                                    panic!("a store's account")
                                };
                                *open.matched_before.entry(customer).or_default() += amount;
                                unapplied -= amount;
                                continue;
                            }
                            LinkTarget::CreditMemo(_) => {
                                unapplied += amount;
                                &mut open.credits
                            }
                            LinkTarget::Invoice(_) | LinkTarget::Expense(_) => {
                                unapplied -= amount;
                                &mut open.charges
                            }
                        };
                        let target = plan.target(link.target).unwrap().key().0;
                        prop_assert_eq!(&open.owner[&target], &owner, "of another customer");
                        let left = side.get_mut(&target).unwrap();
                        *left -= amount;
                        prop_assert!(*left >= 0, "{target} is matched beyond its total");
                    }
                    prop_assert!(unapplied >= 0 && (unapplied == 0 || !payment.is_settlement()));
                    open.credits.insert(key, unapplied);
                }
                _ => {}
            }
        }
        Ok(open)
    }

    fn by_customer(&self, side: &HashMap<String, i64>) -> BTreeMap<String, i64> {
        let mut customers: BTreeMap<String, i64> = BTreeMap::new();
        for (key, amount) in side.iter().filter(|(_, amount)| **amount != 0) {
            let owner = &self.owner[key];
            *customers.entry(owner.strip_prefix("cust-").unwrap_or(owner).to_owned()).or_default() += amount;
        }
        customers
    }
}

/// What a number tells of a document: the event, the batch, the type of tender, whether it is a bill.
type Told = (Event, Option<u64>, Option<TenderTypeId>, bool);

fn says(number: Number) -> Told {
    match number {
        Number::Transaction { transaction, batch } | Number::Returned { transaction, batch } => {
            (Event::Transaction(transaction), Some(batch), None, false)
        }
        Number::Tendered { tender, transaction, batch } => {
            (Event::Transaction(transaction), Some(batch), Some(tender), false)
        }
        Number::Deposit { tender, order, batch } => (Event::Deposit(order), Some(batch), Some(tender), false),
        Number::OnAccount { tender, header, batch } => {
            (Event::AccountPayment(header), Some(batch), Some(tender), false)
        }
        Number::PayInOut { tender, id, batch } => (Event::PayInOut(id), Some(batch), Some(tender), false),
        Number::PurchaseOrder { order } => (Event::PurchaseOrder(order), None, None, false),
        Number::Bill { order } => (Event::PurchaseOrder(order), None, None, true),
        other => panic!("{other:?}"),
    }
}

/// The same of the document itself; its type of tender, or what the number has where the document names none.
fn said(planned: &Planned<'_>, read: Number) -> Told {
    let tender = planned.document.tender().map(|tender| tender.id()).or(says(read).2);
    let batch = planned.identity.batch.map(|(_, batch)| batch);
    (planned.identity.event, batch, tender, planned.document.kind() == DocumentKind::Bill)
}

/// Every step of the week on the wire, by the batch or order and the step.
fn bytes(week: &Week) -> BTreeMap<(String, String), Vec<u8>> {
    let mut bytes = BTreeMap::new();
    for (plan, _) in week.plans() {
        let bindings = bindings(&plan);
        for (at, step) in plan.steps().iter().enumerate() {
            let body = resolve(step, &plan, &bindings).unwrap().to_json().unwrap();
            let origin = plan.origin();
            let key = (
                format!("{} {} {}", origin.store().code(), origin.date(), origin.number()),
                format!("{at:04} {}", step.key()),
            );
            bytes.insert(key, body);
        }
    }
    bytes
}

/// Made-up ids for everything that a plan names.
fn bindings(plan: &Plan<'_>) -> Bindings {
    let company = plan.company();
    let mut bindings = Bindings { tax_code: Some(qb_model::Id::new("2").unwrap()), ..Bindings::default() };
    for (id, account) in (100..).zip(company.all_control_accounts()) {
        bindings.bind(ListEntry::Account(account), &id.to_string());
    }
    for (id, item) in (200..).zip(company.items()) {
        bindings.bind(ListEntry::Item(item, ""), &id.to_string());
    }
    let tenders: BTreeSet<_> =
        plan.documents().filter_map(|planned| planned.document.tender()).map(|t| t.id().0).collect();
    for tender in plan.documents().filter_map(|planned| planned.document.tender()) {
        let id = 300 + tenders.iter().position(|id| *id == tender.id().0).unwrap();
        bindings.bind(ListEntry::PaymentMethod(tender), &id.to_string());
    }
    for (id, step) in (400..).zip(plan.steps()) {
        match &step.content {
            StepContent::ListEntry(entry) => bindings.bind(*entry, &id.to_string()),
            StepContent::Document(planned) => {
                bindings.documents.insert(step.key(), id.to_string());
                if let Document::PurchaseOrder(form) = &planned.document {
                    let lines = (1..=form.lines.len()).map(|line| line.to_string()).collect();
                    bindings.order_lines.insert(step.key(), lines);
                }
            }
        }
    }
    bindings
}
