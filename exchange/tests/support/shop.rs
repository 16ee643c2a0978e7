//! A shop whose customers are at its point of sale and in QuickBooks: a world, and people who change customers on either side.

use std::collections::BTreeMap;

use std::sync::Arc;

use exchange::RunError;
use exchange::customers::{
    Applied, Changed, CustomerOptions, CustomerReport, Mark, MemoryCustomers, NewBalance, PosCustomers,
    PosCustomersError, PosLists,
};
use mapping::CustomerKey;
use mapping::customers::{FieldValue, Fields, Movement, PosChange, PosRecord, Profile, Settings};
use pos_model::{CustomerField, Money};
use serde_json::{Value, json};

use super::World;
use super::effects::Gate;

/// A world with customers at a point of sale.
pub(crate) struct Shop {
    pub(crate) world: World,
    pub(crate) pos: MemoryCustomers,
    pub(crate) options: CustomerOptions,
}

impl Shop {
    /// A shop that exchanges customers both ways; nobody is anywhere yet.
    pub(crate) fn new() -> Self {
        Self::of(World::new())
    }

    pub(crate) fn of(world: World) -> Self {
        let options = CustomerOptions::new(Settings::of(Profile::TwoWay, "1651"));
        Self { world, pos: MemoryCustomers::new("1651"), options }
    }

    /// Exchanges customers in a new process.
    pub(crate) async fn exchange(&self) -> CustomerReport {
        self.try_exchange().await.unwrap()
    }

    pub(crate) async fn try_exchange(&self) -> Result<CustomerReport, RunError> {
        self.exchange_at(&self.pos).await
    }

    /// The same with a point of sale of the test's own.
    pub(crate) async fn exchange_at(&self, pos: &dyn PosCustomers) -> Result<CustomerReport, RunError> {
        self.world.exchange().run_customers(pos, &self.options).await
    }

    /// A person makes a customer at the point of sale, of a first and a last name and an e-mail address.
    pub(crate) fn new_at_pos(&self, id: &str, first: &str, last: &str, email: &str) -> CustomerKey {
        let mut fields = Fields::default();
        fields.set_text(CustomerField::FirstName, Some(first));
        fields.set_text(CustomerField::LastName, Some(last));
        fields.set_text(CustomerField::Email, Some(email));
        fields.set(CustomerField::State, Some(FieldValue::Flag(true)));
        fields.set(CustomerField::TaxExempt, Some(FieldValue::Flag(false)));
        self.pos.put(PosRecord {
            key: key(id),
            account_number: format!("A-{id}"),
            fields,
            merged_into: None,
            is_deleted: false,
            use_with_quickbooks: true,
            credit_limit: None,
            balance: None,
            quickbooks_ids: Vec::new(),
            stamp: None,
            changed_at: BTreeMap::new(),
        });
        key(id)
    }

    /// A person changes a customer at the point of sale.
    pub(crate) fn edit_at_pos(&self, customer: &CustomerKey, change: impl FnOnce(&mut PosRecord)) {
        let mut ours = self.pos.customer(customer).unwrap();
        change(&mut ours);
        self.pos.put(ours);
    }

    /// A person changes one field of a customer at the point of sale.
    pub(crate) fn write_at_pos(&self, customer: &CustomerKey, field: CustomerField, text: &str) {
        self.edit_at_pos(customer, |ours| ours.fields.set_text(field, Some(text)));
    }

    /// A person makes a customer in QuickBooks: the id.
    pub(crate) fn new_in_quickbooks(&self, first: &str, last: &str, email: &str) -> String {
        let body = json!({
            "DisplayName": format!("{first} {last}"), "GivenName": first, "FamilyName": last,
            "PrimaryEmailAddr": {"Address": email},
        });
        let made = self.world.wire.type_in("customer", &body);
        made["Id"].as_str().unwrap().to_owned()
    }

    /// A person changes a record in QuickBooks.
    pub(crate) fn edit_in_quickbooks(&self, id: &str, change: &Value) {
        let mut body = self.record(id);
        let version = json!({"Id": id, "SyncToken": body["SyncToken"], "sparse": true});
        body = version;
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.world.wire.type_in("customer", &body);
    }

    /// A record as QuickBooks holds it.
    pub(crate) fn record(&self, id: &str) -> Value {
        let rows = self.world.wire.rows("Customer");
        rows.into_iter().find(|row| row["Id"] == id).unwrap_or_else(|| panic!("no record {id}"))
    }

    /// The record that a customer names; the first when it names several.
    pub(crate) fn record_of(&self, customer: &CustomerKey) -> String {
        let ours = self.pos.customer(customer).unwrap();
        ours.quickbooks_ids.first().unwrap_or_else(|| panic!("{customer} has no record")).to_string()
    }

    /// Who is where, one line a person: names and contacts at the point of sale, then in QuickBooks, in the order of the names.
    pub(crate) fn people(&self) -> (Vec<String>, Vec<String>) {
        let ours = self.pos.customers();
        let live = ours.iter().filter(|ours| ours.merged_into.is_none() && !ours.is_deleted);
        let mut pos: Vec<String> = live.map(|ours| words(&ours.fields)).collect();
        let rows = self.world.wire.rows("Customer");
        let mut quickbooks: Vec<String> = rows.iter().map(words_of).collect();
        pos.sort();
        quickbooks.sort();
        (pos, quickbooks)
    }

    /// Both sides hold the same people, who say the same.
    #[track_caller]
    pub(crate) fn agree(&self) -> Vec<String> {
        let (pos, quickbooks) = self.people();
        assert_eq!(pos, quickbooks);
        pos
    }

    /// The changes of customers that were sent.
    pub(crate) fn writes(&self) -> usize {
        self.world.wire.creates("customer").len()
    }
}

/// A point of sale at which a process can stop: before and after each change set.
pub(crate) struct Gated {
    pub(crate) pos: MemoryCustomers,
    pub(crate) gate: Arc<Gate>,
}

#[async_trait::async_trait]
impl PosCustomers for Gated {
    async fn changed(&self, since: Option<&Mark>) -> Result<Changed, PosCustomersError> {
        self.pos.changed(since).await
    }

    async fn lists(&self) -> Result<PosLists, PosCustomersError> {
        self.pos.lists().await
    }

    async fn read(&self, customers: &[CustomerKey]) -> Result<Vec<PosRecord>, PosCustomersError> {
        self.pos.read(customers).await
    }

    async fn apply(&self, changes: &[PosChange]) -> Result<Vec<Applied>, PosCustomersError> {
        // A change set may end after any of its changes.
        let mut applied = Vec::new();
        self.gate.pass().await;
        for change in changes {
            applied.extend(self.pos.apply(std::slice::from_ref(change)).await?);
            self.gate.pass().await;
        }
        Ok(applied)
    }

    async fn balances(
        &self,
        customers: &[CustomerKey],
    ) -> Result<BTreeMap<CustomerKey, Money>, PosCustomersError> {
        self.pos.balances(customers).await
    }

    async fn set_balances(&self, balances: &[NewBalance]) -> Result<Vec<Applied>, PosCustomersError> {
        self.gate.pass().await;
        let applied = self.pos.set_balances(balances).await?;
        self.gate.pass().await;
        Ok(applied)
    }

    async fn unsent(&self) -> Result<Vec<Movement>, PosCustomersError> {
        self.pos.unsent().await
    }
}

pub(crate) fn key(id: &str) -> CustomerKey {
    CustomerKey { retailer: "1651".to_owned(), id: id.to_owned() }
}

const SHOWN: [CustomerField; 6] = [
    CustomerField::FirstName,
    CustomerField::LastName,
    CustomerField::Company,
    CustomerField::Email,
    CustomerField::Phone,
    CustomerField::Type,
];

fn words(fields: &Fields) -> String {
    let mut words: Vec<String> =
        SHOWN.iter().map(|field| fields.text(field).unwrap_or_default().to_owned()).collect();
    if !fields.flag(&CustomerField::State) {
        words.push("inactive".to_owned());
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

fn words_of(row: &Value) -> String {
    let text = |pointer: &str| row.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let pointers = [
        "/GivenName",
        "/FamilyName",
        "/CompanyName",
        "/PrimaryEmailAddr/Address",
        "/PrimaryPhone/FreeFormNumber",
    ];
    let mut words: Vec<String> = pointers.into_iter().map(text).collect();
    if row["CustomerTypeRef"]["value"].is_string() {
        words.push("Retail".to_owned());
    }
    if row["Active"] == false {
        words.push("inactive".to_owned());
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}
