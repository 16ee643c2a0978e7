//! Customers of a point of sale in memory: for tests and trials.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use mapping::CustomerKey;
use mapping::customers::{
    Edits, FieldValue, Fields, Merged, Merges, Movement, PosChange, PosRecord, RecordId, is_same,
};
use pos_model::{CustomerField, Money};

use super::port::{Applied, Changed, Mark, NewBalance, PosCustomers, PosCustomersError, PosLists};

/// Customers in memory. A clone is another handle to the same customers.
#[derive(Debug, Clone)]
pub struct MemoryCustomers {
    retailer: String,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    /// Each with the count of the change that touched it last.
    customers: BTreeMap<CustomerKey, (u64, PosRecord)>,
    lists: PosLists,
    /// What each record is called in QuickBooks.
    names: BTreeMap<RecordId, String>,
    available: BTreeMap<CustomerKey, Money>,
    unsent: Vec<Movement>,
    merges: Merges,
    changes: u64,
}

impl MemoryCustomers {
    /// Returns the customers of a retailer: none yet.
    #[must_use]
    pub fn new(retailer: &str) -> Self {
        Self { retailer: retailer.to_owned(), held: Arc::default() }
    }

    /// Puts a customer in, new or in the place of the one with its key, as a person at the POS does: it gets another stamp.
    pub fn put(&self, customer: PosRecord) {
        self.lock().touch(customer);
    }

    /// Notes a charge, payment or credit of a batch that was not handed over, and moves the balance of its customer.
    pub fn charge(&self, movement: Movement) {
        let mut held = self.lock();
        if let Some((_, customer)) = held.customers.get_mut(&movement.customer) {
            customer.balance = Some(customer.balance.unwrap_or_default() + movement.amount);
        }
        held.unsent.push(movement);
    }

    /// Returns what a till may still charge to a customer; none when it was never told.
    #[must_use]
    pub fn available(&self, customer: &CustomerKey) -> Option<Money> {
        self.lock().available.get(customer).copied()
    }

    /// Returns what a record is called in QuickBooks, as the POS was told.
    #[must_use]
    pub fn name_of(&self, record: &RecordId) -> Option<String> {
        self.lock().names.get(record).cloned()
    }

    /// Gives customers custom fields of these names, beside those there are.
    pub fn add_custom_fields<'n>(&self, names: impl IntoIterator<Item = &'n str>) {
        self.lock().lists.custom_fields.extend(names.into_iter().map(str::to_owned));
    }

    /// Returns a customer as it is now; none when there is none of this key.
    #[must_use]
    pub fn customer(&self, customer: &CustomerKey) -> Option<PosRecord> {
        self.lock().find(customer)
    }

    /// Returns every customer, merged and deleted ones too, by key.
    #[must_use]
    pub fn customers(&self) -> Vec<PosRecord> {
        self.lock().customers.values().map(|(_, customer)| customer.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // Each change is whole before the lock is let go.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Keeps a customer's next version.
    fn touch(&mut self, mut customer: PosRecord) {
        self.changes += 1;
        customer.stamp = Some(self.changes.to_string());
        self.customers.insert(customer.key.clone(), (self.changes, customer));
    }

    fn find(&self, customer: &CustomerKey) -> Option<PosRecord> {
        self.customers.get(customer).map(|(_, record)| record.clone())
    }

    fn owner(&self, record: &RecordId) -> Option<CustomerKey> {
        let customers = self.customers.values().map(|(_, customer)| customer);
        customers
            .into_iter()
            .find(|customer| customer.quickbooks_ids.contains(record))
            .map(|customer| customer.key.clone())
    }

    fn apply(&mut self, retailer: &str, change: &PosChange) -> Applied {
        match change {
            PosChange::AddType { name } => _ = self.lists.types.insert(name.clone()),
            PosChange::Add { record, display_name, fields, use_with_quickbooks } => {
                return Applied::Added(self.add(
                    retailer,
                    record,
                    display_name,
                    fields,
                    *use_with_quickbooks,
                ));
            }
            PosChange::Update { customer, record: _, fields, from } => {
                return self.update(customer, fields, from.as_deref());
            }
            PosChange::Show { customer, record, display_name } => {
                let Some(mut ours) = self.find(customer) else { return Applied::Refused };
                self.names.insert(record.clone(), display_name.clone());
                if !ours.quickbooks_ids.contains(record) {
                    ours.quickbooks_ids.push(record.clone());
                    self.touch(ours);
                }
            }
            PosChange::Merge { duplicate, keeper } => return self.merge(duplicate, keeper),
        }
        Applied::Done
    }

    fn add(
        &mut self,
        retailer: &str,
        record: &RecordId,
        display_name: &str,
        fields: &Fields,
        use_with_quickbooks: bool,
    ) -> CustomerKey {
        if let Some(known) = self.owner(record) {
            return known;
        }
        self.names.insert(record.clone(), display_name.to_owned());
        let number = (self.changes + 1).to_string();
        let key = CustomerKey { retailer: retailer.to_owned(), id: format!("q-{number}") };
        self.touch(PosRecord {
            key: key.clone(),
            account_number: number,
            fields: fields.clone(),
            merged_into: None,
            is_deleted: false,
            use_with_quickbooks,
            credit_limit: None,
            balance: Some(Money::ZERO),
            quickbooks_ids: vec![record.clone()],
            stamp: None,
            changed_at: BTreeMap::new(),
        });
        key
    }

    fn update(&mut self, customer: &CustomerKey, edits: &Edits, from: Option<&str>) -> Applied {
        let Some(mut ours) = self.find(customer) else { return Applied::Refused };
        let stands = |(field, value): (&CustomerField, &Option<FieldValue>)| {
            is_same(ours.fields.get(field), value.as_ref())
        };
        if edits.iter().all(stands) {
            return Applied::Done;
        }
        if from.is_some() && ours.stamp.as_deref() != from {
            return Applied::Stale;
        }
        for (field, value) in edits {
            ours.fields.set(field.clone(), value.clone());
        }
        self.touch(ours);
        Applied::Done
    }

    fn merge(&mut self, duplicate: &CustomerKey, keeper: &CustomerKey) -> Applied {
        let (Some(mut ours), Some(_)) = (self.find(duplicate), self.find(keeper)) else {
            return Applied::Refused;
        };
        match self.merges.merge(duplicate, keeper) {
            Merged::Ring => return Applied::Refused,
            Merged::Known => {}
            Merged::New(..) => {
                ours.merged_into = Some(keeper.clone());
                ours.fields.set(CustomerField::State, Some(FieldValue::Flag(false)));
                self.touch(ours);
            }
        }
        Applied::Done
    }

    fn set_balance(&mut self, balance: &NewBalance) -> Applied {
        let Some((_, ours)) = self.customers.get_mut(&balance.customer) else { return Applied::Refused };
        let now = ours.balance.unwrap_or_default();
        if now != balance.to && now != balance.from {
            return Applied::Stale;
        }
        ours.balance = Some(balance.to);
        match balance.available {
            Some(available) => _ = self.available.insert(balance.customer.clone(), available),
            None => _ = self.available.remove(&balance.customer),
        }
        Applied::Done
    }
}

#[async_trait]
impl PosCustomers for MemoryCustomers {
    async fn changed(&self, since: Option<&Mark>) -> Result<Changed, PosCustomersError> {
        let since: u64 = match since {
            None => 0,
            Some(Mark(text)) => text.parse().map_err(|_| PosCustomersError::Unavailable {
                why: "the mark was not written by these customers".to_owned(),
            })?,
        };
        let held = self.lock();
        let customers = held.customers.values().filter(|(change, _)| *change > since);
        Ok(Changed {
            customers: customers.map(|(_, customer)| customer.clone()).collect(),
            mark: Mark(held.changes.to_string()),
        })
    }

    async fn lists(&self) -> Result<PosLists, PosCustomersError> {
        Ok(self.lock().lists.clone())
    }

    async fn read(&self, customers: &[CustomerKey]) -> Result<Vec<PosRecord>, PosCustomersError> {
        let held = self.lock();
        Ok(customers.iter().filter_map(|customer| held.find(customer)).collect())
    }

    async fn apply(&self, changes: &[PosChange]) -> Result<Vec<Applied>, PosCustomersError> {
        let mut held = self.lock();
        Ok(changes.iter().map(|change| held.apply(&self.retailer, change)).collect())
    }

    async fn balances(
        &self,
        customers: &[CustomerKey],
    ) -> Result<BTreeMap<CustomerKey, Money>, PosCustomersError> {
        let held = self.lock();
        let balance = |customer: &CustomerKey| {
            let (_, ours) = held.customers.get(customer)?;
            Some((customer.clone(), ours.balance.unwrap_or_default()))
        };
        Ok(customers.iter().filter_map(balance).collect())
    }

    async fn set_balances(&self, balances: &[NewBalance]) -> Result<Vec<Applied>, PosCustomersError> {
        let mut held = self.lock();
        Ok(balances.iter().map(|balance| held.set_balance(balance)).collect())
    }

    async fn unsent(&self) -> Result<Vec<Movement>, PosCustomersError> {
        Ok(self.lock().unsent.clone())
    }
}
