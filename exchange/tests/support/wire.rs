//! The transport of a world: the simulator's service with its fault engine, and a record of every request.
//!
//! The engine strikes wherever QuickBooks, or the way back from it, is at fault. It lives in QuickBooks' house, so four things
//! stay here: what never arrives there (no connection, a company that is gone), what only this side knows (how large an answer
//! it takes in), and a request or an answer that a test changes by a function of its own. Which request those strike, and how
//! often, the same engine decides.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use qb_client::{Clock, Method, Transport, TransportError, WireRequest, WireResponse};
use qb_simulator::{
    BatchFault, Company, Delivery, Effect, Faults, Operation, PersonAct, Request, RequestIds, Response, Rule,
    Service, ThrottleForm, When, handle,
};
use serde_json::{Value, json};

use super::DOCUMENTS;
use super::effects::{Gate, SharedLog, VirtualClock};

/// What goes wrong with a request.
#[derive(Clone, Copy)]
pub(crate) enum Fault {
    /// No connection: nothing was written.
    NoConnection,
    /// It arrived and took effect; the connection broke before the answer.
    AnswerLost,
    /// It was written and never arrived.
    RequestLost,
    /// The answer is this status and a page for people; the request took effect or not.
    Status(u16, bool),
    /// 429 with a Retry-After in seconds.
    Throttled(u32),
    /// It took effect; the answer's JSON breaks off.
    Truncated,
    /// It took effect; the answer is larger than the client takes in.
    TooLarge,
    /// 400 with a fault of this code; no effect.
    Refused(&'static str),
    /// It took effect; the answer is changed on its way.
    Altered(fn(&mut Value)),
    /// QuickBooks stores something else than what was sent: the request is changed before it takes effect.
    StoredOtherwise(fn(&mut Value)),
    /// No answer; it takes effect after so many seconds.
    Late(u32),
}

impl Fault {
    /// The simulator's effect; none for what happens on this side of it.
    fn effect(self) -> Option<Effect> {
        Some(match self {
            Self::AnswerLost => Effect::AnswerLost,
            Self::RequestLost => Effect::ResetBefore,
            Self::Status(status, committed) => Effect::Status { status, committed },
            Self::Throttled(seconds) => {
                Effect::Throttled { form: ThrottleForm::Json, retry_after: Some(seconds), committed: false }
            }
            Self::Truncated => Effect::Truncated { bytes: 60 },
            Self::Refused(code) => {
                Effect::Refused { status: 400, code: code.to_owned(), detail: "by the test".to_owned() }
            }
            Self::Late(seconds) => Effect::LateCommit { seconds },
            Self::NoConnection | Self::TooLarge | Self::Altered(_) | Self::StoredOtherwise(_) => return None,
        })
    }
}

/// Creating an entity of this path, `invoice`, whose body holds this text.
pub(crate) fn creates(path: &str, text: &str) -> When {
    When::create(path).holding(text)
}

/// Reading a path, `query` or `reports/TrialBalance`, whose query string holds this text.
pub(crate) fn reads(path: &str, text: &str) -> When {
    let (operation, entity) = match path.split_once('/') {
        Some(("reports", name)) => (Operation::Report, Some(name)),
        _ if path == "query" => (Operation::Query, None),
        _ => (Operation::Read, Some(path)),
    };
    let entities = entity.into_iter().map(str::to_owned).collect();
    When { entities, ..When::operation(operation) }.holding(text)
}

/// A request that was sent, whatever became of it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path behind the company's id: `invoice`.
    pub(crate) path: String,
    pub(crate) request_id: String,
    /// The body, or the query string with its escapes undone as far as the tests need.
    pub(crate) text: String,
    pub(crate) at: DateTime<Utc>,
    /// How many entries the log had at that moment.
    pub(crate) log_length: usize,
}

/// A fault that is planned once a request of another rule was sent.
struct Later {
    first: Faults,
    count: usize,
    when: When,
    fault: Fault,
}

/// The simulator as a transport.
pub(crate) struct SimulatedTransport {
    service: Mutex<Service>,
    /// What goes wrong on this side of the simulator, by the names of the rules that say when.
    own: Mutex<(Faults, Vec<Fault>)>,
    later: Mutex<Vec<Later>>,
    clock: Arc<VirtualClock>,
    gate: Arc<Gate>,
    log: Arc<SharedLog>,
    calls: Mutex<Vec<Call>>,
    /// The bytes of its answers, and how long they took it by the watch below.
    answered: Mutex<(u64, Duration)>,
    watch: Mutex<Option<fn() -> Duration>>,
    /// Answers have no `Date`.
    hides_dates: Mutex<bool>,
    /// The company is gone once it has seen so many writes.
    gone_after: Mutex<Option<usize>>,
}

impl SimulatedTransport {
    pub(crate) fn new(
        company: Company,
        clock: &Arc<VirtualClock>,
        gate: &Arc<Gate>,
        log: &Arc<SharedLog>,
    ) -> Self {
        Self {
            service: Mutex::new(Service::new(company)),
            own: Mutex::default(),
            later: Mutex::default(),
            clock: Arc::clone(clock),
            gate: Arc::clone(gate),
            log: Arc::clone(log),
            calls: Mutex::default(),
            answered: Mutex::default(),
            watch: Mutex::default(),
            hides_dates: Mutex::default(),
            gone_after: Mutex::default(),
        }
    }

    /// Plans a fault for the next request that fits.
    pub(crate) fn once(&self, when: When, fault: Fault) {
        self.times(1, when, fault);
    }

    /// Plans a fault for the next few requests that fit.
    pub(crate) fn times(&self, count: usize, when: When, fault: Fault) {
        let when = when.times(count as u64);
        if let Some(effect) = fault.effect() {
            self.service.lock().unwrap().faults.add(Rule::new("simulated", effect, when));
            return;
        }
        let (faults, own) = &mut *self.own.lock().unwrap();
        faults.add(Rule::new(&own.len().to_string(), Effect::ResetBefore, when));
        own.push(fault);
    }

    /// Plans what the simulator's own engine does to requests.
    pub(crate) fn strike(&self, rule: Rule) {
        self.service.lock().unwrap().faults.add(rule);
    }

    /// Has QuickBooks refuse one document of the next batch that holds documents, and post the rest.
    pub(crate) fn refuse_one_of_a_batch(&self) {
        let (code, detail) = ("2010".to_owned(), "by the test".to_owned());
        let refused = Effect::Batch(BatchFault::ItemRefused { code, detail, committed: false });
        let when = When { nth: Some(1), ..When::operation(Operation::Batch) }.holding(r#""PrivateNote":"#);
        self.strike(Rule::new("one of a batch", refused, when.times(1)));
    }

    /// Plans a fault for the next few requests that fit, once another one was sent.
    pub(crate) fn times_after(&self, after: When, count: usize, when: When, fault: Fault) {
        let first = Faults::new(0, vec![Rule::new("first", Effect::ResetBefore, after)]);
        self.later.lock().unwrap().push(Later { first, count, when, fault });
    }

    /// Takes all faults back; false when one of them never came to pass.
    pub(crate) fn heal(&self) -> bool {
        let are_all_done = |faults: &mut Faults| {
            let counts = faults.rules.iter().map(|rule| rule.when.count);
            let is_done = counts.zip(faults.tallies()).all(|(count, tally)| count == Some(tally.hits));
            faults.clear();
            is_done
        };
        let (own, _) = &mut *self.own.lock().unwrap();
        let are_all_planned = self.later.lock().unwrap().drain(..).count() == 0;
        are_all_planned & are_all_done(own) & are_all_done(&mut self.service.lock().unwrap().faults)
    }

    /// From now on the company has forgotten every request id, and keeps none.
    pub(crate) fn forget_request_ids(&self) {
        self.service.lock().unwrap().company_mut().options_mut().request_ids = RequestIds::Ignored;
    }

    /// From now on QuickBooks' answers do not say what time it is there.
    pub(crate) fn hide_dates(&self) {
        *self.hides_dates.lock().unwrap() = true;
    }

    /// The company stops answering after so many more writes; comes back with `None`.
    pub(crate) fn stop_after(&self, writes: Option<usize>) {
        *self.gone_after.lock().unwrap() = writes.map(|more| self.writes().len() + more);
    }

    /// Every request so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// The creates of one path.
    pub(crate) fn creates(&self, path: &str) -> Vec<Call> {
        self.writes().into_iter().filter(|call| call.path == path).collect()
    }

    /// The bytes of QuickBooks' answers so far.
    pub(crate) fn bytes_answered(&self) -> u64 {
        self.answered.lock().unwrap().0
    }

    /// Has the time of answers measured by a watch from now on.
    pub(crate) fn measure(&self, watch: fn() -> Duration) {
        *self.watch.lock().unwrap() = Some(watch);
    }

    /// How long QuickBooks took to answer so far, by the watch.
    pub(crate) fn time_to_answer(&self) -> Duration {
        self.answered.lock().unwrap().1
    }

    /// Every create.
    pub(crate) fn writes(&self) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.method == Method::Post).collect()
    }

    /// The creates of documents.
    pub(crate) fn document_writes(&self) -> Vec<Call> {
        let is_document = |call: &Call| DOCUMENTS.iter().any(|entity| call.path.eq_ignore_ascii_case(entity));
        self.writes().into_iter().filter(is_document).collect()
    }

    /// Looks into the company.
    pub(crate) fn with_company<T>(&self, look: impl FnOnce(&Company) -> T) -> T {
        look(self.service.lock().unwrap().company())
    }

    /// All rows of an entity, asked of the simulator without our client.
    pub(crate) fn rows(&self, entity: &str) -> Vec<Value> {
        let list = if DOCUMENTS.contains(&entity) { "" } else { " where Active in (true, false)" };
        let statement = format!("select * from {entity}{list} maxresults 1000");
        let body = self.by_hand("query", statement.into_bytes());
        body["QueryResponse"][entity].as_array().cloned().unwrap_or_default()
    }

    /// What a person does in QuickBooks: creates an entity, past our client and its faults.
    pub(crate) fn type_in(&self, path: &str, body: &Value) -> Value {
        let answer = self.by_hand(path, body.to_string().into_bytes());
        assert!(answer.get("Fault").is_none(), "{answer}");
        answer.as_object().unwrap().values().next().unwrap().clone()
    }

    /// The same where QuickBooks may refuse it: the whole answer.
    pub(crate) fn try_type_in(&self, path: &str, body: &Value) -> Value {
        self.by_hand(path, body.to_string().into_bytes())
    }

    /// The same where the answer is no entity.
    pub(crate) fn post_by_hand(&self, path: &str, body: &Value) -> Value {
        let answer = self.by_hand(path, body.to_string().into_bytes());
        assert!(answer.get("Fault").is_none(), "{answer}");
        answer
    }

    /// What a person does in QuickBooks to the document with this number: `update` with these fields, `void`, `delete`.
    pub(crate) fn change(&self, entity: &str, number: &str, operation: &str, fields: &Value) -> Value {
        let is_it = |row: &Value| row["DocNumber"] == number || row["PaymentRefNum"] == number;
        let rows: Vec<Value> = self.rows(entity).into_iter().filter(is_it).collect();
        assert_eq!(rows.len(), 1, "{entity} {number}");
        let mut body = json!({"Id": rows[0]["Id"], "SyncToken": rows[0]["SyncToken"], "sparse": true});
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.type_in(&format!("{}?operation={operation}", entity.to_lowercase()), &body)
    }

    /// What a person does in QuickBooks that no interface can.
    pub(crate) fn person(&self, act: &PersonAct) {
        let now = self.clock.quickbooks();
        self.service.lock().unwrap().act(act, now).unwrap();
    }

    /// The same where it may not be possible: whether it was.
    pub(crate) fn act(&self, act: &PersonAct) -> bool {
        let now = self.clock.quickbooks();
        self.service.lock().unwrap().act(act, now).is_ok()
    }

    fn by_hand(&self, path: &str, body: Vec<u8>) -> Value {
        let mut service = self.service.lock().unwrap();
        let company = service.company_mut();
        let credentials = company.options().credentials.clone();
        let target = format!("/v3/company/{}/{path}", company.options().realm_id);
        let request = Request::new("POST", &target, body).bearer(&credentials.access_token);
        let response = handle(company, &request, self.clock.quickbooks());
        serde_json::from_slice(&response.body).unwrap()
    }

    fn answer(&self, wire: &WireRequest) -> Result<WireResponse, TransportError> {
        self.clock.advance(1);
        self.note(wire);
        let target = format!("{}?{}", wire.path(), wire.query());
        let mut request = Request::new(wire.method().as_str(), &target, wire.body().to_vec())
            .bearer(wire.token().expose())
            .header("accept", "application/json");
        let is_sent = |later: &mut Later| later.first.decide(&request).is_some();
        let due: Vec<Later> = self.later.lock().unwrap().extract_if(.., is_sent).collect();
        due.into_iter().for_each(|Later { count, when, fault, .. }| self.times(count, when, fault));
        let is_gone = self.gone_after.lock().unwrap().is_some_and(|last| self.writes().len() > last);
        match if is_gone { Some(Fault::NoConnection) } else { self.own_fault(&request) } {
            Some(Fault::NoConnection) => {
                // Time goes on in a house that nobody reaches.
                self.service.lock().unwrap().settle(self.clock.quickbooks());
                Err(TransportError::NotSent { why: "the connection was refused".to_owned() })
            }
            Some(Fault::TooLarge) => {
                self.deliver(&request)?;
                Err(TransportError::TooLarge { limit: wire.response_limit() })
            }
            Some(Fault::Altered(change)) => {
                let mut response = self.deliver(&request)?;
                response.body = changed(&response.body, change);
                Ok(response)
            }
            Some(Fault::StoredOtherwise(change)) => {
                request.body = changed(&request.body, change);
                self.deliver(&request)
            }
            Some(_) | None => self.deliver(&request),
        }
    }

    /// What goes wrong with this request on this side of the simulator.
    fn own_fault(&self, request: &Request) -> Option<Fault> {
        let (faults, own) = &mut *self.own.lock().unwrap();
        let strike = faults.decide(request)?;
        Some(own[strike.rule.parse::<usize>().unwrap()])
    }

    /// What arrives of the simulator's answer.
    fn deliver(&self, request: &Request) -> Result<WireResponse, TransportError> {
        let now = self.clock.quickbooks();
        let has_date = !*self.hides_dates.lock().unwrap();
        let whole = |Response { status, mut headers, body }| {
            headers.retain(|(name, _)| has_date || name != "Date");
            WireResponse { status, headers, body }
        };
        match self.service.lock().unwrap().exchange(request, now).delivery {
            Delivery::Answer(response) | Delivery::Dripping { response, .. } => Ok(whole(response)),
            Delivery::Truncated { mut response, bytes } => {
                response.body.truncate(bytes);
                Ok(whole(response))
            }
            Delivery::Closed => Err(TransportError::Unknown { why: "the connection was reset".to_owned() }),
        }
    }

    fn note(&self, wire: &WireRequest) {
        let id = wire.query().split('&').find_map(|pair| pair.strip_prefix("requestid="));
        let text = if wire.body().is_empty() {
            let query = wire.query().replace("%20", " ").replace("%27", "'").replace("%3D", "=");
            query.replace("%28", "(").replace("%29", ")").replace("%2C", ",")
        } else {
            String::from_utf8(wire.body().to_vec()).unwrap()
        };
        let call = Call {
            method: wire.method(),
            path: wire.path().splitn(5, '/').last().unwrap().to_owned(),
            request_id: id.unwrap_or_default().to_owned(),
            text,
            at: self.clock.now(),
            log_length: self.log.length(),
        };
        self.calls.lock().unwrap().push(call);
    }
}

/// A body with a change of a test's own.
fn changed(body: &[u8], change: fn(&mut Value)) -> Vec<u8> {
    let mut json: Value = serde_json::from_slice(body).unwrap();
    change(&mut json);
    json.to_string().into_bytes()
}

#[async_trait]
impl Transport for SimulatedTransport {
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        self.gate.pass().await;
        let watch = *self.watch.lock().unwrap();
        let began = watch.map(|watch| watch());
        let answer = self.answer(&request);
        let bytes = answer.as_ref().map_or(0, |answer| answer.body.len() as u64); // an answer of a test
        {
            let mut answered = self.answered.lock().unwrap();
            let took = watch.zip(began).map_or(Duration::ZERO, |(watch, began)| watch() - began);
            *answered = (answered.0 + bytes, answered.1 + took);
        }
        self.gate.pass().await;
        answer
    }
}
