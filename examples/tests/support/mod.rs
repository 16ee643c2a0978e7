//! A simulator in this process, a folder of its own, and the main job as a child process.

use std::path::PathBuf;
use std::process::{Command, Output};

use qb_simulator::{Faults, PersonAct, Simulator, SimulatorOptions};
use tokio::runtime::Runtime;

/// A folder, removed in the end, with a simulator whose connection line is in `connection.json`.
pub(crate) struct World {
    pub(crate) folder: PathBuf,
    simulator: Option<Simulator>,
    runtime: Runtime,
}

impl World {
    pub(crate) fn new(name: &str) -> Self {
        Self::with(name, SimulatorOptions::default())
    }

    /// The same with a simulator of one's own.
    pub(crate) fn with(name: &str, options: SimulatorOptions) -> Self {
        let folder = std::env::temp_dir().join(format!("full-exchange-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let simulator = runtime.block_on(Simulator::start(options)).unwrap();
        let line = serde_json::to_string(simulator.connection()).unwrap();
        std::fs::write(folder.join("connection.json"), line).unwrap();
        Self { folder, simulator: Some(simulator), runtime }
    }

    /// The main job against this world's simulator, with this world's log. What a test says of a request, it says of a document.
    pub(crate) fn full_exchange(&self) -> Command {
        let mut command = self.full_exchange_in_batches();
        command.arg("--one-by-one");
        command
    }

    /// The same as it runs every night: requests in batches and side by side.
    pub(crate) fn full_exchange_in_batches(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_full-exchange"));
        command.arg("--quickbooks").arg(self.folder.join("connection.json"));
        command.arg("--log").arg(self.folder.join("log.sqlite"));
        command.arg("--json").arg(self.folder.join("report.json"));
        command.arg("--certificate").arg(self.folder.join("certificate"));
        command
    }

    /// The report that the last run wrote.
    pub(crate) fn report(&self) -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(self.folder.join("report.json")).unwrap()).unwrap()
    }

    /// What a person does in QuickBooks: posts a body to a path, or asks a query.
    pub(crate) fn ask(&self, path: &str, body: &str) -> serde_json::Value {
        let simulator = self.simulator.as_ref().unwrap();
        let act =
            PersonAct::Request { method: "POST".to_owned(), path: path.to_owned(), body: body.to_owned() };
        let now = simulator.now();
        let answer = simulator.with_service(|service| service.act(&act, now)).unwrap().unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert!(answer.get("Fault").is_none(), "{answer}");
        answer
    }

    /// QuickBooks goes away, and its books with it.
    pub(crate) fn go_away(&mut self) {
        self.runtime.block_on(self.simulator.take().unwrap().stop());
    }

    /// Sets the closing date of the company's books.
    pub(crate) fn close_books(&self, on: Option<&str>) {
        let simulator = self.simulator.as_ref().unwrap();
        let (act, now) = (PersonAct::CloseBooks { on: on.map(|day| day.parse().unwrap()) }, simulator.now());
        simulator.with_service(|service| service.act(&act, now)).unwrap();
    }

    /// Every row of an entity.
    pub(crate) fn rows(&self, entity: &str) -> Vec<serde_json::Value> {
        let simulator = self.simulator.as_ref().unwrap();
        let act = PersonAct::Request {
            method: "GET".to_owned(),
            path: format!("query?query=select%20*%20from%20{entity}%20maxresults%201000"),
            body: String::new(),
        };
        let now = simulator.now();
        let answer = simulator.with_service(|service| service.act(&act, now)).unwrap().unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        answer["QueryResponse"][entity].as_array().cloned().unwrap_or_default()
    }

    /// The company's id.
    pub(crate) fn realm(&self) -> String {
        self.simulator.as_ref().unwrap().connection().realm_id.clone()
    }

    /// What the simulator does wrong from now on.
    pub(crate) fn go_wrong(&self, faults: Faults) {
        self.simulator.as_ref().unwrap().with_service(|service| service.faults = faults);
    }

    /// Moves the company's clock.
    pub(crate) fn advance(&self, by: chrono::TimeDelta) {
        self.simulator.as_ref().unwrap().advance(by);
    }

    /// Lets held answers go.
    pub(crate) fn release(&self) {
        self.simulator.as_ref().unwrap().with_service(qb_simulator::Service::release);
    }

    /// How often a fault of that name happened.
    pub(crate) fn hits(&self, name: &str) -> u64 {
        self.simulator.as_ref().unwrap().with_service(|service| service.faults.hits(name))
    }

    /// Documents in the simulator.
    pub(crate) fn documents(&self) -> usize {
        let kinds = ["Invoice", "CreditMemo", "Payment", "Purchase", "SalesReceipt", "PurchaseOrder", "Bill"];
        let simulator = self.simulator.as_ref().unwrap();
        simulator.with_company(|company| kinds.iter().map(|kind| company.count(kind)).sum())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.simulator.take();
        // A folder left behind in the system's temporary place harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
