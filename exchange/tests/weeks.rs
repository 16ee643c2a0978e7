//! A random week of a random company, posted: it ties out, a second run posts nothing, and what QuickBooks holds open is
//! what was charged and not paid. `PROPTEST_CASES=300 cargo test --release -p exchange --test all weeks` looks long.

use crate::support;
use crate::undo::books;
use crate::week;

use std::collections::BTreeMap;

use exchange::drift::Reach;
use exchange::undo::{UndoError, UndoResult};
use exchange::{By, Outcome, Report};
use mapping::{CompanyMapping, Document, Event, LinkTarget, OriginKey, plan};
use pos_model::{Batch, Money, PosFile, PurchaseOrder, raw};
use proptest::prelude::*;
use qb_simulator::{CompanyOptions, RequestIds};
use serde_json::{Value, json};
use support::{DOCUMENTS, World, once_more};
use week::company::mapping;
use week::{expected, week};

/// Few enough for every day's tests; `PROPTEST_CASES` raises them.
fn some() -> ProptestConfig {
    let default =
        ProptestConfig { failure_persistence: None, max_shrink_iters: 300, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { cases: 3, ..default },
    }
}

/// A week to be posted.
struct Week {
    raw: Vec<raw::PosFile>,
    mapping: CompanyMapping,
    batches: Vec<Batch>,
    orders: Vec<PurchaseOrder>,
}

impl Week {
    fn new(raw: Vec<raw::PosFile>, mapping: CompanyMapping) -> Self {
        let files: Vec<PosFile> = raw.iter().cloned().map(|raw| PosFile::try_from(raw).unwrap()).collect();
        let batches = files.iter().flat_map(|file| file.batches().to_vec()).collect();
        let orders = files.iter().flat_map(|file| file.purchase_orders().to_vec());
        Self { raw, mapping, batches, orders: orders.filter(PurchaseOrder::is_closed).collect() }
    }

    /// A company with the accounts that only an accountant can choose.
    fn world(&self) -> World {
        self.world_with(CompanyOptions::default())
    }

    fn world_with(&self, options: CompanyOptions) -> World {
        let mut world = World::with(options);
        // The code that stands for a set of the till's codes: the state's rate and one of 0 %, made by the accountant.
        let agency = world.wire.type_in("taxagency", &json!({"DisplayName": "Harbour County"}))["Id"].clone();
        let county = json!({"TaxRateName": "County", "RateValue": "0", "TaxAgencyId": agency, "TaxApplicableOn": "Sales"});
        let rates = [json!({"TaxRateId": "3"}), county];
        let code = json!({"TaxCode": "State and county", "TaxRateDetails": rates});
        world.wire.post_by_hand("taxservice/taxcode", &code);
        let codes = world.wire.rows("TaxCode");
        let both = codes.iter().find(|row| row["Name"] == "State and county").unwrap()["Id"].clone();
        let mut mapping = self.mapping.clone();
        mapping.tax_code_sets.iter_mut().for_each(|set| set.tax_code = both.as_str().unwrap().to_owned());
        world.map(mapping);
        let last =
            self.batches.iter().map(Batch::business_date).chain(self.orders.iter().map(PurchaseOrder::date));
        world.clock.advance_to(&last.max().unwrap().to_string());
        for (name, kind) in [
            ("Tips Payable", "Other Current Liability"),
            ("Accessories sold", "Income"),
            ("Accessories sold (new)", "Income"),
        ] {
            world.wire.type_in("account", &json!({"Name": name, "AccountType": kind}));
        }
        world
    }

    async fn run(&self, world: &World) -> Vec<Report> {
        let mut exchange = world.exchange();
        let mut reports = Vec::new();
        for batch in &self.batches {
            reports.push(exchange.run(batch).await.unwrap());
        }
        for order in &self.orders {
            reports.push(exchange.run(order).await.unwrap());
        }
        reports
    }
}

impl std::fmt::Debug for Week {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "mapping {}", serde_json::to_string(&self.mapping).unwrap())?;
        for raw in &self.raw {
            writeln!(f, "orders {}", serde_json::to_string(&raw.purchase_orders).unwrap())?;
            for batch in &raw.batches {
                writeln!(f, "{} {}", raw.store.code, serde_json::to_string(batch).unwrap())?;
            }
        }
        Ok(())
    }
}

fn any_week() -> impl Strategy<Value = Week> {
    (week(3, 5), mapping()).prop_map(|(raw, mapping)| Week::new(raw, mapping))
}

fn expect_all(reports: &[Report], allowed: &[Outcome]) -> Result<(), TestCaseError> {
    for entry in reports.iter().flat_map(|report| &report.documents) {
        prop_assert!(allowed.contains(&entry.outcome), "{:?}", entry);
    }
    Ok(())
}

/// An amount of QuickBooks' JSON in cents.
fn cents(amount: &Value) -> i64 {
    Money::exact(amount.to_string().parse().unwrap()).unwrap().cents()
}

async fn expect_tied(world: &World, week: &Week) -> Result<(), TestCaseError> {
    let ties = world.exchange().tie_out(mapping::origins(&week.batches, &week.orders)).await.unwrap();
    prop_assert!(ties.is_tied_out(), "{:?} {:?}", ties.differences, ties.accounts);
    prop_assert_eq!(world.wire.with_company(|company| company.audit()), Ok(()));
    // Nobody has touched anything: nothing has drifted.
    let drift = world.exchange().drift(Reach::Changes).await.unwrap();
    prop_assert!(drift.is_none(), "{:?}", drift);
    Ok(())
}

/// What each customer owes in QuickBooks is what was charged to the account less what was credited to it.
fn expect_balances(world: &World, week: &Week) -> Result<(), TestCaseError> {
    let mut owed: BTreeMap<String, i64> = BTreeMap::new();
    for raw in &week.raw {
        for batch in &raw.batches {
            let expected = expected::of_batch(&raw.store.code, batch, &week.mapping);
            for (customer, amount) in expected.charges {
                *owed.entry(format!("1651-{}", &customer[1..])).or_default() += amount;
            }
            for (customer, amount) in expected.credits {
                *owed.entry(format!("1651-{}", &customer[1..])).or_default() -= amount;
            }
        }
    }
    owed.retain(|_, amount| *amount != 0);
    let customers = world.wire.rows("Customer").into_iter();
    let mut found: BTreeMap<String, i64> = customers
        .map(|row| (row["DisplayName"].as_str().unwrap().to_owned(), cents(&row["Balance"])))
        .collect();
    found.retain(|_, amount| *amount != 0);
    prop_assert_eq!(found, owed);
    Ok(())
}

/// Each invoice is open by what its own transaction or deposit charged to the account, less what payments on account took up.
fn expect_open_invoices(world: &World, week: &Week) -> Result<(), TestCaseError> {
    let mut open: BTreeMap<String, i64> = BTreeMap::new();
    let mut payments = Vec::new();
    for batch in &week.batches {
        let plan = plan(batch, &world.mapping).unwrap();
        for planned in plan.documents() {
            match &planned.document {
                Document::Invoice(form) => _ = open.insert(planned.number.to_string(), form.total().cents()),
                Document::Payment(payment) => {
                    if matches!(planned.identity.event, Event::AccountPayment(_)) {
                        payments.push(planned.number.to_string());
                    }
                    for link in
                        payment.links.iter().filter(|link| matches!(link.target, LinkTarget::Invoice(_)))
                    {
                        let target = plan.target(link.target).unwrap().number.to_string();
                        *open.get_mut(&target).unwrap() -= link.amount.cents();
                    }
                }
                _ => {}
            }
        }
    }
    let mut taken_up = 0;
    for row in world.wire.rows("Invoice") {
        let (number, balance) = (row["DocNumber"].as_str().unwrap(), cents(&row["Balance"]));
        prop_assert!((0..=open[number]).contains(&balance), "{} {} {}", number, open[number], balance);
        taken_up += open[number] - balance;
    }
    let of_payments: i64 = (world.wire.rows("Payment").iter())
        .filter(|row| payments.iter().any(|number| row["PaymentRefNum"] == number.as_str()))
        .map(|row| cents(&row["TotalAmt"]) - cents(&row["UnappliedAmt"]))
        .sum();
    prop_assert_eq!(taken_up, of_payments);
    Ok(())
}

async fn posts_once_and_ties_out(week: &Week) -> Result<(), TestCaseError> {
    let world = week.world();
    expect_all(&week.run(&world).await, &[Outcome::Created])?;
    let documents = world.documents();
    let planned: usize =
        week.batches.iter().map(|batch| plan(batch, &world.mapping).unwrap().documents().count()).sum();
    let ordered: usize =
        week.orders.iter().map(|order| plan(order, &world.mapping).unwrap().documents().count()).sum();
    prop_assert_eq!(documents.len(), planned + ordered);
    expect_tied(&world, week).await?;
    expect_balances(&world, week)?;
    expect_open_invoices(&world, week)?;

    let writes = world.wire.writes().len();
    expect_all(&week.run(&world).await, &[Outcome::AlreadyPosted])?;
    prop_assert_eq!(world.wire.writes().len(), writes, "a second run writes nothing");

    world.log.replace(&[]);
    expect_all(&week.run(&world).await, &[Outcome::Adopted, Outcome::Created])?;
    prop_assert_eq!(world.documents(), documents, "with a lost log too");
    expect_tied(&world, week).await
}

proptest! {
    #![proptest_config(some())]

    ///
    #[test]
    fn x_01_a_week_is_posted_once_and_ties_out_with_its_log_and_without(week in any_week()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(posts_once_and_ties_out(&week))?;
    }
}

/// What QuickBooks remembers of request ids, and what is left of the log a day later.
#[derive(Debug, Clone)]
struct Forgotten {
    /// Ids are forgotten after a day; otherwise they were never kept.
    after_a_day: bool,
    /// The share of the log that is left, in hundredths.
    log_left: usize,
    /// Which document a person types in once more, in hundredths of all.
    doubled: usize,
}

fn forgotten() -> impl Strategy<Value = Forgotten> {
    let left = prop_oneof![3 => Just(0_usize), 2 => 1_usize..100];
    (any::<bool>(), left, 0_usize..100).prop_map(|(after_a_day, log_left, doubled)| Forgotten {
        after_a_day,
        log_left,
        doubled,
    })
}

async fn nothing_is_posted_twice(week: &Week, forgotten: &Forgotten) -> Result<(), TestCaseError> {
    let request_ids = if forgotten.after_a_day { RequestIds::OneDay } else { RequestIds::Ignored };
    let world = week.world_with(CompanyOptions { request_ids, ..CompanyOptions::default() });
    expect_all(&week.run(&world).await, &[Outcome::Created])?;
    let (documents, lists) = (world.documents(), world.list_sizes());

    let log = world.log.entries();
    world.log.replace(&log[..log.len() * forgotten.log_left / 100]);
    world.clock.advance(25 * 3600);
    let again = [Outcome::AlreadyPosted, Outcome::Adopted];
    expect_all(&week.run(&world).await, &again)?;
    prop_assert_eq!(world.documents(), documents.clone(), "nothing is there twice");
    prop_assert_eq!(world.list_sizes(), lists);
    expect_tied(&world, week).await?;

    // A document that is there twice all the same is a difference, whatever its kind.
    let all: Vec<(&str, Value)> = DOCUMENTS
        .iter()
        .flat_map(|entity| world.wire.rows(entity).into_iter().map(move |row| (*entity, row)))
        .filter(|(entity, row)| *entity != "PurchaseOrder" && cents(&row["TotalAmt"]) != 0)
        .collect();
    let Some((entity, row)) = all.get(all.len() * forgotten.doubled / 100) else { return Ok(()) };
    once_more(&world, entity, row);
    let ties = world.exchange().tie_out(mapping::origins(&week.batches, &week.orders)).await.unwrap();
    prop_assert!(!ties.is_tied_out(), "a second {} like {} is no difference", entity, row);
    Ok(())
}

proptest! {
    #![proptest_config(some())]

    /// the guards against a second document hold without the log and without QuickBooks' memory of request ids.
    #[test]
    fn x_02_a_lost_or_old_log_and_forgotten_request_ids_post_nothing_twice(
        week in any_week(),
        forgotten in forgotten(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(nothing_is_posted_twice(&week, &forgotten))?;
    }
}

/// Everything is taken back, the last first, then posted again and taken back once more.
async fn is_undone_without_a_trace(week: &Week) -> Result<(), TestCaseError> {
    let world = week.world();
    let before = books(&world).await;
    let posted = week.run(&world).await;
    expect_all(&posted, &[Outcome::Created])?;
    let after = books(&world).await;
    let origins: Vec<OriginKey> =
        mapping::origins(&week.batches, &week.orders).map(|origin| origin.key()).collect();
    let by = By::new("Pat", "the wrong week");
    for round in 0..2 {
        let mut exchange = world.exchange();
        let mut documents = 0;
        for origin in origins.iter().rev() {
            match exchange.undo(origin, &by).await {
                Ok(undo) => {
                    prop_assert_eq!(undo.result, UndoResult::Done, "{}", undo);
                    documents += undo.acts.len();
                }
                // A batch without events.
                Err(UndoError::NotPosted { .. }) => {}
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            }
        }
        let planned: usize = posted.iter().map(|report| report.documents.len()).sum();
        prop_assert_eq!(documents, planned, "round {}", round);
        prop_assert_eq!(&books(&world).await, &before, "round {}", round);
        expect_tied(&world, week).await?;
        expect_all(&week.run(&world).await, &[Outcome::Undone])?;
        for origin in &origins {
            match exchange.post_again(origin, &by).await {
                Ok(()) | Err(UndoError::NotUndone { .. }) => {}
                Err(error) => return Err(TestCaseError::fail(error.to_string())),
            }
        }
        drop(exchange);
        expect_all(&week.run(&world).await, &[Outcome::Created])?;
        prop_assert_eq!(&books(&world).await, &after, "round {}", round);
        expect_tied(&world, week).await?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(some())]

    /// the books after an undo are those of before, account by account and customer by customer.
    #[test]
    fn x_02_a_week_is_undone_without_a_trace_and_posted_again(week in any_week()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(is_undone_without_a_trace(&week))?;
    }
}
