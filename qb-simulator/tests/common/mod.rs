//! A simulator to talk to over plain HTTP, and short words for it.
#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part")]

use chrono::DateTime;
use qb_simulator::{
    Clock, Company, CompanyOptions, Faults, Request, Rule, Simulator, SimulatorOptions, handle,
};
use reqwest::Client;
use serde_json::{Value, json};

/// The moment of every test.
pub const NOW: &str = "2026-02-03T09:14:07.300-08:00";

/// A running simulator and a client for it.
pub struct Books {
    pub simulator: Simulator,
    client: Client,
}

/// An answer: status, headers, the text as sent, and the text as JSON.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub json: Value,
}

/// Options with a clock that stands still.
pub fn stopped() -> SimulatorOptions {
    let clock = Clock::Fixed(DateTime::parse_from_rfc3339(NOW).unwrap());
    SimulatorOptions { clock, ..SimulatorOptions::default() }
}

impl Answer {
    /// The code, detail and element of the first fault.
    pub fn fault(&self) -> (&str, &str, &str) {
        let error = &self.json["Fault"]["Error"][0];
        let part = |name: &str| error[name].as_str().unwrap_or_default();
        (part("code"), part("Detail"), part("element"))
    }

    /// Asserts a refusal with this code, and gives its detail.
    #[track_caller]
    pub fn refused(&self, code: &str) -> &str {
        let (found, detail, _) = self.fault();
        assert_eq!((self.status, found), (400, code), "{}", self.text);
        detail
    }
}

impl Books {
    /// A default company.
    pub async fn open() -> Books {
        Books::open_with(CompanyOptions::default()).await
    }

    /// A company of another kind.
    pub async fn open_with(company: CompanyOptions) -> Books {
        let clock = Clock::Fixed(DateTime::parse_from_rfc3339(NOW).unwrap());
        let options = SimulatorOptions { company, clock, ..SimulatorOptions::default() };
        let simulator = Simulator::start(options).await.unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        Books { simulator, client }
    }

    /// A simulator of another kind; its clock stands still unless told otherwise.
    pub async fn open_simulator(options: SimulatorOptions) -> Books {
        let simulator = Simulator::start(options).await.unwrap();
        let client =
            Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Books { simulator, client }
    }

    /// A default company in which these things go wrong.
    pub async fn open_faulty(rules: Vec<Rule>) -> Books {
        Books::open_simulator(SimulatorOptions { faults: Faults::new(1, rules), ..stopped() }).await
    }

    /// A call of an admin path.
    pub async fn admin(&self, method: &str, path: &str, body: Value) -> Answer {
        let url = format!("{}/simulator/{path}", self.simulator.connection().base_url);
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.answer(self.client.request(method, url).body(body.to_string())).await
    }

    /// A create of which only the connection's end is expected.
    pub async fn post_cut(&self, path: &str, body: &Value) {
        let request = self.client.post(self.url(path)).header("accept", "application/json");
        let sent = request.bearer_auth(self.token()).body(body.to_string()).send().await;
        let whole = match sent {
            Ok(response) => response.bytes().await.is_ok(),
            Err(_) => false,
        };
        assert!(!whole, "a whole answer came");
    }

    /// The address of a path below the company.
    pub fn url(&self, path: &str) -> String {
        let connection = self.simulator.connection();
        format!("{}/v3/company/{}/{path}", connection.base_url, connection.realm_id)
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, json }
    }

    fn token(&self) -> &str {
        &self.simulator.connection().access_token
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = self.client.get(self.url(path)).header("accept", "application/json");
        self.answer(request.bearer_auth(self.token())).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_bytes(path, body.to_string().into_bytes()).await
    }

    pub async fn post_bytes(&self, path: &str, body: Vec<u8>) -> Answer {
        let request = self.client.post(self.url(path)).header("accept", "application/json");
        self.answer(request.header("content-type", "application/json").bearer_auth(self.token()).body(body))
            .await
    }

    /// A request made by hand.
    pub async fn send(&self, build: impl FnOnce(&Client) -> reqwest::RequestBuilder) -> Answer {
        self.answer(build(&self.client)).await
    }

    /// Creates an object and gives it back; the test fails when it is refused.
    #[track_caller]
    pub fn create(&self, entity: &str, body: Value) -> impl Future<Output = Value> {
        let (entity, path) = (entity.to_owned(), entity.to_lowercase());
        async move {
            let answer = self.post(&path, body).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            answer.json[&entity].clone()
        }
    }

    /// The QueryResponse of a statement.
    pub async fn query(&self, statement: &str) -> Answer {
        let url = reqwest::Url::parse_with_params(&self.url("query"), [("query", statement)]).unwrap();
        self.answer(self.client.get(url).bearer_auth(self.token())).await
    }

    pub async fn read(&self, entity: &str, id: &str) -> Value {
        let answer = self.get(&format!("{}/{id}", entity.to_lowercase())).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json[entity].clone()
    }

    /// The Id of an account by its name.
    pub async fn account(&self, name: &str) -> String {
        let answer = self.query(&format!("select * from Account where Name = '{name}'")).await;
        id(&answer.json["QueryResponse"]["Account"][0])
    }

    /// A new customer's Id.
    pub async fn customer(&self, name: &str) -> String {
        id(&self.create("Customer", json!({"DisplayName": name})).await)
    }

    /// A new item's Id, sold to `Sales of Product Income`.
    pub async fn item(&self, name: &str) -> String {
        let income = self.account("Sales of Product Income").await;
        let body = json!({"Name": name, "Type": "NonInventory", "IncomeAccountRef": {"value": income}});
        id(&self.create("Item", body).await)
    }

    /// The balance of an account in the books, as text, debit positive.
    pub fn balance(&self, account: &str) -> String {
        let balance = self.simulator.with_company(|company| company.balance_of(account));
        balance.map_or("no account".into(), |balance| format!("{balance:.2}"))
    }

    /// Line 27, at the end of every test: the books add up, and the trial balance shows it.
    pub async fn close(self) {
        self.simulator.with_company(Company::audit).unwrap();
        let report = self.get("reports/TrialBalance?end_date=2030-12-31&minorversion=75").await;
        assert_eq!(report.status, 200, "{}", report.text);
        let total =
            report.json["Rows"]["Row"].as_array().unwrap().last().unwrap()["Summary"]["ColData"].clone();
        assert_eq!(total[1]["value"], total[2]["value"], "{}", report.text);
        self.simulator.stop().await;
    }
}

/// The Id of an object.
pub fn id(object: &Value) -> String {
    object["Id"].as_str().unwrap_or_else(|| panic!("no Id in {object}")).to_owned()
}

/// A sales line of one item; the amount alone.
pub fn line(item: &str, amount: f64, code: &str) -> Value {
    json!({"DetailType": "SalesItemLineDetail", "Amount": amount,
        "SalesItemLineDetail": {"ItemRef": {"value": item}, "TaxCodeRef": {"value": code}}})
}

/// A sales line of quantity and price, all numbers as text.
pub fn priced(item: &str, amount: &str, qty: &str, price: &str) -> Value {
    json!({"DetailType": "SalesItemLineDetail", "Amount": amount,
        "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": qty, "UnitPrice": price}})
}

/// A form of the given lines for a customer.
pub fn form(customer: &str, lines: Vec<Value>) -> Value {
    json!({"CustomerRef": {"value": customer}, "Line": lines})
}

/// The body with more members.
pub fn with(mut body: Value, members: Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// One request on a company, without HTTP.
pub fn call(company: &mut Company, method: &str, path: &str, body: impl Into<Vec<u8>>) -> (u16, Value) {
    let target = format!("/v3/company/{}/{path}", company.options().realm_id);
    let token = company.options().credentials.access_token.clone();
    let request = Request::new(method, &target, body).bearer(&token);
    let response = handle(company, &request, DateTime::parse_from_rfc3339(NOW).unwrap());
    (response.status, serde_json::from_slice(&response.body).unwrap_or(Value::Null))
}
