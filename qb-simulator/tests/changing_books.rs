//! After every request of random runs: debits equal credits, A/R is the sum of the customers and of the open
//! documents, A/P alike, no id is used twice, no link leads nowhere, and a saved company is loaded as it was.

use crate::invariants;
use crate::random;

use invariants::Watch;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use qb_simulator::Company;
use random::{Step, World, step};

/// Sends all steps and looks after each request; closely every so often, and at the end.
fn run(world: &mut World, steps: &[Step], closely: usize) -> Result<(), String> {
    let mut watch = Watch::default();
    let (mut at, mut requests) = (0, 0);
    while at < steps.len() {
        let sent = world.send(&steps[at..])?;
        requests += 1;
        let told = |why: String| format!("after request {requests}, step {at}: {why}");
        match requests % closely {
            0 => watch.look_closely(&world.company).map_err(told)?,
            _ => watch.look(&world.company).map_err(told)?,
        }
        at += sent;
    }
    watch.look_closely(&world.company)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_changes_keep_the_books_in_balance(
        auto_apply in any::<bool>(),
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new(auto_apply);
        run(&mut world, &steps, 1).map_err(TestCaseError::fail)?;
        world.check_links()?;
        let state = world.company.save().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let loaded = Company::load(&state).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for (entity, id) in &world.documents {
            prop_assert_eq!(loaded.read(entity, id), world.company.read(entity, id), "{} {}", entity, id);
        }
    }
}

/// One company over a thousand steps, the same at every run. `STEPS=50000 cargo test --release -p qb-simulator --test
/// changing_books` takes more of them.
#[test]
fn one_company_stays_in_balance_over_a_long_run() {
    let count = std::env::var("STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(1_000);
    let mut runner = TestRunner::deterministic();
    let strategy = step();
    let steps: Vec<Step> =
        std::iter::repeat_with(|| strategy.new_tree(&mut runner).unwrap().current()).take(count).collect();
    let mut world = World::new(true);
    run(&mut world, &steps, 100).unwrap();
    world.check_links().unwrap();
    assert!(world.documents.len() > count / 4, "only {} objects were made", world.documents.len());
}
