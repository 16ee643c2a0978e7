//! A world in one process: a simulated company behind a transport that can fail, a clock that nobody waits for, and a
//! posting log that outlives the processes which write it.
//!
//! Every request takes one second of virtual time. A process is an [`Exchange`] made by [`World::exchange`].
#![allow(dead_code, reason = "each test file uses its own part of the world")]

pub(crate) mod effects;
pub(crate) mod pos;
pub(crate) mod shop;
pub(crate) mod wire;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use exchange::{EntryReport, Exchange, NotReady, Outcome, Report, RunError, TieOut};
use mapping::{Company as Mapping, CompanyMapping};
use pos_model::Batch;
use qb_client::{
    AccessToken, BaseUrl, Client, ClientBuilder, Clock, Limits, RealmId, StaticToken, Transport,
};
use qb_simulator::{Company, CompanyOptions};
use serde_json::{Value, json};

use effects::{Gate, SharedLog, VirtualClock};
use wire::SimulatedTransport;

/// The entities that are posted.
pub(crate) const DOCUMENTS: [&str; 8] =
    ["Invoice", "CreditMemo", "Purchase", "Payment", "SalesReceipt", "PurchaseOrder", "Bill", "JournalEntry"];
/// The entities that are only named by documents.
pub(crate) const LISTS: [&str; 4] = ["Account", "Item", "PaymentMethod", "Customer"];

/// Everything outside the process under test.
pub(crate) struct World {
    pub(crate) clock: Arc<VirtualClock>,
    pub(crate) wire: Arc<SimulatedTransport>,
    pub(crate) log: Arc<SharedLog>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) mapping: Mapping,
    limits: Limits,
    realm: String,
}

impl World {
    /// A default company.
    pub(crate) fn new() -> Self {
        Self::with(CompanyOptions::default())
    }

    /// The same, where requests go side by side and documents in batches, as at QuickBooks.
    pub(crate) fn side_by_side() -> Self {
        Self { limits: Limits::NONE, ..Self::new() }
    }

    /// A company of one's own.
    pub(crate) fn with(options: CompanyOptions) -> Self {
        let clock = Arc::new(VirtualClock::new());
        let gate = Arc::new(Gate::default());
        let realm = options.realm_id.clone();
        let company = Company::new(options, clock.now().fixed_offset());
        let log = Arc::new(SharedLog::new(&gate));
        Self {
            wire: Arc::new(SimulatedTransport::new(company, &clock, &gate, &log)),
            log,
            mapping: Mapping::default(),
            // One request after another, each of one document: what a test says of a request, it says of a step.
            limits: Limits::NONE.at_once(1).batch_items(1),
            clock,
            gate,
            realm,
        }
    }

    /// Maps the company otherwise.
    pub(crate) fn map(&mut self, mapping: CompanyMapping) {
        self.mapping = Mapping::try_from(mapping).unwrap();
    }

    /// A client of the company.
    pub(crate) fn client(&self) -> Client {
        self.client_over(Arc::clone(&self.wire) as _)
    }

    /// A client of the company by way of a transport of the test's own.
    pub(crate) fn client_over(&self, transport: Arc<dyn Transport>) -> Client {
        self.builder(transport).build().unwrap()
    }

    /// A client that is set up otherwise.
    pub(crate) fn client_with(&self, set_up: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        set_up(self.builder(Arc::clone(&self.wire) as _)).build().unwrap()
    }

    fn builder(&self, transport: Arc<dyn Transport>) -> ClientBuilder {
        let token = AccessToken::new("simulator-access-token-0001").unwrap();
        let base = BaseUrl::loopback("http://127.0.0.1:1").unwrap();
        let builder = Client::builder(base, RealmId::new(&self.realm).unwrap(), StaticToken::new(token));
        builder.transport(transport).clock(Arc::clone(&self.clock)).limits(self.limits)
    }

    /// A new process: nothing in memory, the same log and company. A minute has passed since the last one.
    pub(crate) fn exchange(&self) -> Exchange {
        self.clock.advance(60);
        Exchange::new(self.client(), Arc::clone(&self.log) as _, self.mapping.clone())
    }

    /// Runs batches in a new process.
    pub(crate) async fn run(&self, batches: &[Batch]) -> Vec<Report> {
        let mut exchange = self.exchange();
        let mut reports = Vec::new();
        for batch in batches {
            reports.push(exchange.run(batch).await.unwrap());
        }
        reports
    }

    /// What keeps a batch from being run. No document is sent.
    pub(crate) async fn faults_of(&self, batch: &Batch) -> Vec<NotReady> {
        let (documents, writes) = (self.documents(), self.wire.document_writes().len());
        let error = self.exchange().run(batch).await.unwrap_err();
        assert_eq!(self.wire.document_writes().len(), writes, "a document was sent");
        assert_eq!(self.documents(), documents);
        match error.cause() {
            RunError::NotReady(faults) => faults.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Ties batches out in a new process.
    pub(crate) async fn tie_out(&self, batches: &[Batch]) -> TieOut {
        self.exchange().tie_out(batches).await.unwrap()
    }

    /// What a person does: takes cash out of the till's account to the bank. The deposit as it stands then.
    pub(crate) fn bank_deposit(&self, amount: &Value, date: &str) -> Value {
        let id = |name: &str| {
            let rows = self.wire.rows("Account");
            rows.iter().find(|row| row["Name"] == name).unwrap()["Id"].clone()
        };
        let from = json!({"AccountRef": {"value": id("Cloud POS Till Takings Control Account")}});
        let line = json!({"DetailType": "DepositLineDetail", "Amount": amount, "DepositLineDetail": from});
        let to = json!({"value": id("Checking")});
        let deposit = json!({"DepositToAccountRef": to, "TxnDate": date, "Line": [line]});
        self.wire.type_in("deposit", &deposit)
    }

    /// The documents in the company, one line each, in order; read from the simulator itself.
    pub(crate) fn documents(&self) -> Vec<String> {
        let mut all: Vec<String> = DOCUMENTS
            .iter()
            .flat_map(|entity| self.wire.rows(entity).into_iter().map(move |row| line(entity, &row)))
            .collect();
        all.sort();
        all
    }

    /// How often each entity of the lists is there.
    pub(crate) fn list_sizes(&self) -> [usize; 4] {
        LISTS.map(|entity| self.wire.rows(entity).len())
    }

    /// The documents with this number.
    pub(crate) fn numbered(&self, number: &str) -> Vec<String> {
        let word = format!(" {number} ");
        self.documents().into_iter().filter(|line| line.contains(&word)).collect()
    }

    /// The books as the simulator adds them up.
    pub(crate) fn audit(&self) {
        assert_eq!(self.wire.with_company(|company| company.audit()), Ok(()));
    }
}

/// Entity, number, date, total, tax, customer, memo, and what each line posts.
fn line(entity: &str, row: &Value) -> String {
    let text = |pointer: &str| match row.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let number = text(if entity == "Payment" { "/PaymentRefNum" } else { "/DocNumber" });
    let party = text("/CustomerRef/name") + &text("/EntityRef/name");
    let lines = row["Line"].as_array().cloned().unwrap_or_default();
    let amounts: Vec<String> = lines.iter().map(|line| line["Amount"].to_string()).collect();
    let (date, total, tax) = (text("/TxnDate"), text("/TotalAmt"), text("/TxnTaxDetail/TotalTax"));
    format!(
        "{entity} {number} {date} {total} tax {tax} {party} [{}] {}",
        amounts.join(" "),
        text("/PrivateNote")
    )
}

/// Fields that QuickBooks writes; without them a document's JSON is that of a new one.
const OF_QUICKBOOKS: [&str; 11] = [
    "Id",
    "SyncToken",
    "MetaData",
    "Balance",
    "UnappliedAmt",
    "LinkedTxn",
    "TotalAmt",
    "HomeBalance",
    "RemainingCredit",
    "domain",
    "PurchaseEx",
];

/// A document that stands in the company, as a person would type it in once more: its links left out, and its number where
/// QuickBooks refuses a second one.
pub(crate) fn once_more(world: &World, entity: &str, row: &Value) -> Value {
    let mut body = row.clone();
    let fields = body.as_object_mut().unwrap();
    if entity != "Payment" {
        fields.retain(|name, _| !OF_QUICKBOOKS.contains(&name.as_str()));
    } else {
        fields.retain(|name, _| name == "TotalAmt" || !OF_QUICKBOOKS.contains(&name.as_str()));
        fields.remove("Line");
    }
    for line in body["Line"].as_array_mut().into_iter().flatten() {
        line.as_object_mut().unwrap().remove("LinkedTxn");
    }
    if let Some(sub_total) = body["Line"].as_array_mut() {
        sub_total.retain(|line| line["DetailType"] != "SubTotalLineDetail");
    }
    let answer = world.wire.try_type_in(&entity.to_lowercase(), &body);
    if answer.get("Fault").is_none() {
        return answer;
    }
    // The number is taken: people give the second one another.
    body.as_object_mut().unwrap().remove("DocNumber");
    world.wire.type_in(&entity.to_lowercase(), &body)
}

/// Polls a future once: all effects of a world answer at once, so that it ends or has come to the gate's point. Then
/// the process is gone: the future is dropped, or leaked, as when a process is killed and no destructor runs.
pub(crate) async fn until_stopped<T>(
    mut future: Pin<Box<dyn Future<Output = T> + '_>>,
    is_leaked: bool,
) -> Option<T> {
    let ended = poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => Poll::Ready(None),
    });
    let ended = ended.await;
    if is_leaked {
        std::mem::forget(future);
    }
    ended
}

/// What became of the document with this key.
pub(crate) fn entry<'r>(report: &'r Report, key: &str) -> &'r EntryReport {
    let mut all = report.documents.iter().chain(&report.list_entries);
    all.find(|entry| entry.key == *key).unwrap_or_else(|| panic!("no {key} in {:?}", keys(report)))
}

/// The outcome of the document with this key.
pub(crate) fn outcome(report: &Report, key: &str) -> Outcome {
    entry(report, key).outcome
}

/// The keys of the documents, in posting order.
pub(crate) fn keys(report: &Report) -> Vec<String> {
    report.documents.iter().map(|entry| entry.key.to_string()).collect()
}

/// Whether every document of these reports has this outcome.
pub(crate) fn all_are(reports: &[Report], outcome: Outcome) -> bool {
    reports.iter().all(|report| report.counts().of(outcome) == report.counts().planned)
}
