//! The port to the customers of a point of sale, and its implementation in memory.

use exchange::customers::{
    Applied, Changed, Mark, MemoryCustomers, NewBalance, PosCustomers, PosCustomersError, PosLists,
    conformance,
};
use mapping::CustomerKey;
use mapping::customers::{
    CustomerPlan, FieldValue, Fields, Input, Movement, PosChange, PosRecord, Profile, QuickBooksRecord,
    Settings, State, plan,
};
use pos_model::{CustomerField, Money};
use std::collections::BTreeMap;

#[tokio::test]
async fn customers_in_memory_are_as_every_host_must_keep_them() {
    let pos = MemoryCustomers::new("1651");
    let open = || {
        let pos = pos.clone();
        async move { Ok(pos) }
    };
    conformance::check(open).await.unwrap();
    assert!(pos.lists().await.unwrap().types.contains("Wholesale"));
}

/// A point of sale with one fault: the suite must find it.
struct Faulty {
    pos: MemoryCustomers,
    fault: &'static str,
}

#[async_trait::async_trait]
impl PosCustomers for Faulty {
    async fn changed(&self, since: Option<&Mark>) -> Result<Changed, PosCustomersError> {
        let since = since.filter(|_| self.fault != "every reading reads everything");
        self.pos.changed(since).await
    }

    async fn lists(&self) -> Result<PosLists, PosCustomersError> {
        self.pos.lists().await
    }

    async fn read(&self, customers: &[CustomerKey]) -> Result<Vec<PosRecord>, PosCustomersError> {
        self.pos.read(customers).await
    }

    async fn apply(&self, changes: &[PosChange]) -> Result<Vec<Applied>, PosCustomersError> {
        let mut changes = changes.to_vec();
        for change in &mut changes {
            match change {
                PosChange::Update { from, .. } if self.fault == "stale updates are carried out" => {
                    *from = None
                }
                PosChange::Add { record, .. } if self.fault == "a record is added twice" => {
                    let known = self.pos.changed(None).await?.customers.len();
                    *record = qb_model::Id::new(format!("{record}{known}")).unwrap();
                }
                PosChange::Update { fields, .. } if self.fault == "nothing is emptied" => {
                    fields.retain(|_, value| value.is_some());
                }
                _ => {}
            }
        }
        self.pos.apply(&changes).await
    }

    async fn balances(
        &self,
        customers: &[CustomerKey],
    ) -> Result<BTreeMap<CustomerKey, Money>, PosCustomersError> {
        self.pos.balances(customers).await
    }

    async fn set_balances(&self, balances: &[NewBalance]) -> Result<Vec<Applied>, PosCustomersError> {
        let mut balances = balances.to_vec();
        if self.fault == "stale balances are carried out" {
            for balance in &mut balances {
                let now = self.pos.balances(std::slice::from_ref(&balance.customer)).await?;
                balance.from = now[&balance.customer];
            }
        }
        self.pos.set_balances(&balances).await
    }

    async fn unsent(&self) -> Result<Vec<Movement>, PosCustomersError> {
        self.pos.unsent().await
    }
}

#[tokio::test]
async fn the_suite_finds_what_a_host_does_wrong() {
    for fault in [
        "every reading reads everything",
        "stale updates are carried out",
        "a record is added twice",
        "nothing is emptied",
        "stale balances are carried out",
    ] {
        let pos = MemoryCustomers::new("1651");
        let open = || {
            let pos = pos.clone();
            async move { Ok(Faulty { pos, fault }) }
        };
        let found = conformance::check(open).await;
        assert!(found.is_err(), "{fault} is not found");
    }
}

fn settings() -> Settings {
    Settings::of(Profile::TwoWay, "1651")
}

fn edward(id: &str) -> QuickBooksRecord {
    let mut fields = Fields::default();
    fields.set_text(CustomerField::LastName, Some("Edward"));
    fields.set(CustomerField::State, Some(FieldValue::Flag(true)));
    QuickBooksRecord {
        id: qb_model::Id::new(id).unwrap(),
        sync_token: Some("0".to_owned()),
        display_name: "Edward".to_owned(),
        fields,
        parent: None,
        our_key: None,
        currency: None,
        balance_with_jobs: Some(Money::ZERO),
        changed_at: None,
    }
}

async fn planned(pos: &MemoryCustomers, state: &State, quickbooks: &[QuickBooksRecord]) -> CustomerPlan {
    let customers = pos.changed(None).await.unwrap().customers;
    plan(&Input::new(&settings(), state, &customers, quickbooks))
}

/// F-01: an exchange that broke off after the POS took a customer and before that was noted adds nobody twice.
#[tokio::test]
async fn an_addition_that_was_not_noted_is_found_by_the_record_s_id() {
    let pos = MemoryCustomers::new("1651");
    let quickbooks = [edward("58")];
    let first = planned(&pos, &State::default(), &quickbooks).await;
    let [Applied::Added(customer)] = &pos.apply(&first.for_pos).await.unwrap()[..] else { panic!() };
    // The same plan once more, and a plan from the state before.
    assert_eq!(pos.apply(&first.for_pos).await.unwrap(), [Applied::Added(customer.clone())]);
    let again = planned(&pos, &State::default(), &quickbooks).await;
    assert!(
        again.for_pos.iter().all(|change| !matches!(change, PosChange::Add { .. })),
        "{:?}",
        again.for_pos
    );
    assert_eq!(again.state.first(customer).unwrap().record, quickbooks[0].id);
    assert_eq!(pos.changed(None).await.unwrap().customers.len(), 1);
}

/// F-04: a charge that comes between reading a balance and overwriting it is not lost.
#[tokio::test]
async fn a_charge_in_between_keeps_a_balance_from_being_overwritten() {
    let pos = MemoryCustomers::new("1651");
    let added = pos.apply(&planned(&pos, &State::default(), &[edward("58")]).await.for_pos).await.unwrap();
    let [Applied::Added(customer)] = &added[..] else { panic!() };
    let cents = |cents| Money::from_cents(cents).unwrap();
    let from = pos.balances(std::slice::from_ref(customer)).await.unwrap()[customer];
    pos.charge(Movement {
        event: "boston/1/4/transaction-9".parse().unwrap(),
        customer: customer.clone(),
        amount: cents(3_000),
        state: mapping::customers::MovementState::Open,
    });
    let balance =
        NewBalance { customer: customer.clone(), from, to: cents(12_000), available: Some(cents(8_000)) };
    assert_eq!(pos.set_balances(std::slice::from_ref(&balance)).await.unwrap(), [Applied::Stale]);
    assert_eq!(pos.balances(std::slice::from_ref(customer)).await.unwrap()[customer], cents(3_000));
    // Worked out again, with the charge that is listed as not sent.
    let unsent: Money = pos.unsent().await.unwrap().iter().map(|movement| movement.amount).sum();
    let again =
        NewBalance { from: cents(3_000), to: balance.to + unsent, available: Some(cents(5_000)), ..balance };
    assert_eq!(pos.set_balances(&[again]).await.unwrap(), [Applied::Done]);
    assert_eq!(pos.available(customer), Some(cents(5_000)));
}
