//! A simulated company and a client of it, for the tests of what a client does to books.
#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part")]

use chrono::DateTime;
use qb_client::engine::{RequestId, WriteOutcome};
use qb_client::{AccessToken, BaseUrl, Client, ClientBuilder, RealmId, StaticToken};
use qb_model::EntityKind;
use qb_model::received::{Customer, Invoice};
use qb_simulator::{Clock, Company, CompanyOptions, Faults, Rule, Simulator, SimulatorOptions};
use serde_json::{Value, json};

/// A company whose clock stands still.
pub struct Books {
    pub simulator: Simulator,
    pub client: Client,
    /// A customer to sell to.
    pub customer: String,
}

impl Books {
    pub async fn open() -> Self {
        Self::open_with(CompanyOptions::default()).await
    }

    pub async fn open_with(company: CompanyOptions) -> Self {
        let clock = Clock::Fixed(DateTime::parse_from_rfc3339("2026-02-03T09:14:07.300-08:00").unwrap());
        let options = SimulatorOptions { company, clock, ..SimulatorOptions::default() };
        let simulator = Simulator::start(options).await.unwrap();
        let client = builder(&simulator).read_attempts(1).build().unwrap();
        let mut books = Self { simulator, client, customer: String::new() };
        books.customer = books.create(EntityKind::Customer, json!({"DisplayName": "Harbor House"})).await;
        books
    }

    /// Has these things go wrong from here on.
    pub fn go_wrong(&self, rules: Vec<Rule>) {
        self.simulator.with_service(|service| service.faults = Faults::new(1, rules));
    }

    /// Creates something and gives its id back.
    pub async fn create(&self, kind: EntityKind, body: Value) -> String {
        match self.client.create(kind, body.to_string().as_bytes(), &id("seed")).await {
            WriteOutcome::Applied { answer, .. } => answer.id,
            other => panic!("{kind}: {other:?}"),
        }
    }

    /// An invoice over an amount, as text of a JSON number.
    pub fn invoice(&self, number: &str, amount: &str) -> Value {
        let amount: Value = serde_json::from_str(amount).unwrap();
        json!({"CustomerRef": {"value": self.customer}, "DocNumber": number, "TxnDate": "2026-02-03", "Line": [
            {"DetailType": "SalesItemLineDetail", "Amount": amount,
             "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "NON"}}}]})
    }

    pub async fn invoiced(&self, number: &str, amount: &str) -> Invoice {
        let id = self.create(EntityKind::Invoice, self.invoice(number, amount)).await;
        self.client.record(&id).await.unwrap().unwrap()
    }

    /// A payment that settles an invoice.
    pub async fn paid(&self, invoice: &Invoice) -> String {
        let total: Value = serde_json::from_str(&invoice.total_amt.get().unwrap().to_string()).unwrap();
        let link = json!([{"TxnId": invoice.id.get().unwrap().as_str(), "TxnType": "Invoice"}]);
        let body = json!({"CustomerRef": {"value": self.customer}, "TotalAmt": total,
            "Line": [{"Amount": total, "LinkedTxn": link}]});
        self.create(EntityKind::Payment, body).await
    }

    pub async fn customer(&self) -> Customer {
        self.client.record(&self.customer).await.unwrap().unwrap()
    }

    /// Every debit has its credit, and every control account its documents.
    pub async fn close(self) {
        assert_eq!(self.simulator.with_company(Company::audit), Ok(()));
        self.simulator.stop().await;
    }
}

pub fn builder(simulator: &Simulator) -> ClientBuilder {
    let connection = simulator.connection();
    let tokens = StaticToken::new(AccessToken::new(connection.access_token.clone()).unwrap());
    let base = BaseUrl::loopback(&connection.base_url).unwrap();
    Client::builder(base, RealmId::new(connection.realm_id.clone()).unwrap(), tokens)
}

/// A request id that no other has.
pub fn id(what: &str) -> RequestId {
    use std::sync::atomic::{AtomicU32, Ordering};

    static NEXT: AtomicU32 = AtomicU32::new(0);
    RequestId::new(format!("{what}-{}", NEXT.fetch_add(1, Ordering::Relaxed))).unwrap()
}
