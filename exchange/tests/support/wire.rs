//! The transport of a world: the simulator's `handle`, a script of faults, and a record of every request.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use qb_client::{Clock, Method, Transport, TransportError, WireRequest, WireResponse};
use qb_simulator::{Company, Request, handle};
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
    /// It took effect; half of the answer's JSON arrived.
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
    Late(i64),
}

/// Which requests a fault is for: a path, and a text in the body or the query.
#[derive(Debug, Clone)]
pub(crate) struct When {
    method: Method,
    path: String,
    text: String,
}

/// Creating an entity of this path, `invoice`, whose body holds this text.
pub(crate) fn creates(path: &str, text: &str) -> When {
    When { method: Method::Post, path: path.to_owned(), text: text.to_owned() }
}

/// Reading a path, `query` or `preferences`, whose parameters hold this text.
pub(crate) fn reads(path: &str, text: &str) -> When {
    When { method: Method::Get, path: path.to_owned(), text: text.to_owned() }
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

impl When {
    fn is(&self, call: &Call) -> bool {
        self.method == call.method && self.path == call.path && call.text.contains(&self.text)
    }
}

struct Scripted {
    /// It goes wrong only once a request like this one was sent.
    after: Option<When>,
    when: When,
    fault: Fault,
    left: usize,
}

/// The simulator as a transport.
pub(crate) struct SimulatedTransport {
    company: Mutex<Company>,
    clock: Arc<VirtualClock>,
    gate: Arc<Gate>,
    log: Arc<SharedLog>,
    script: Mutex<Vec<Scripted>>,
    late: Mutex<Vec<(DateTime<Utc>, Request)>>,
    calls: Mutex<Vec<Call>>,
    forgets_ids: Mutex<bool>,
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
            company: Mutex::new(company),
            clock: Arc::clone(clock),
            gate: Arc::clone(gate),
            log: Arc::clone(log),
            script: Mutex::default(),
            late: Mutex::default(),
            calls: Mutex::default(),
            forgets_ids: Mutex::default(),
            gone_after: Mutex::default(),
        }
    }

    /// Plans a fault for the next request that fits.
    pub(crate) fn once(&self, when: When, fault: Fault) {
        self.times(1, when, fault);
    }

    /// Plans a fault for the next few requests that fit.
    pub(crate) fn times(&self, left: usize, when: When, fault: Fault) {
        self.script.lock().unwrap().push(Scripted { after: None, when, fault, left });
    }

    /// Plans a fault for the next few requests that fit, once another one was sent.
    pub(crate) fn times_after(&self, after: When, left: usize, when: When, fault: Fault) {
        self.script.lock().unwrap().push(Scripted { after: Some(after), when, fault, left });
    }

    /// Takes all faults back; false when one of them never came to pass.
    pub(crate) fn heal(&self) -> bool {
        self.script.lock().unwrap().drain(..).all(|scripted| scripted.left == 0)
    }

    /// From now on the company has forgotten every request id, and keeps none.
    pub(crate) fn forget_request_ids(&self) {
        *self.forgets_ids.lock().unwrap() = true;
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
        look(&self.company.lock().unwrap())
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

    fn by_hand(&self, path: &str, body: Vec<u8>) -> Value {
        let mut company = self.company.lock().unwrap();
        let credentials = company.options().credentials.clone();
        let target = format!("/v3/company/{}/{path}", company.options().realm_id);
        let request = Request::new("POST", &target, body).bearer(&credentials.access_token);
        let response = handle(&mut company, &request, self.clock.now().fixed_offset());
        serde_json::from_slice(&response.body).unwrap()
    }

    fn answer(&self, wire: &WireRequest) -> Result<WireResponse, TransportError> {
        self.clock.advance(1);
        self.commit_late();
        let call = self.note(wire);
        let mut request = Request::new(wire.method().as_str(), "", wire.body().to_vec())
            .bearer(wire.token().expose())
            .header("accept", "application/json");
        let parameters: Vec<&str> = (wire.query().split('&'))
            .filter(|pair| !(pair.starts_with("requestid=") && *self.forgets_ids.lock().unwrap()))
            .collect();
        request.target = format!("{}?{}", wire.path(), parameters.join("&"));
        let is_gone = self.gone_after.lock().unwrap().is_some_and(|last| self.writes().len() > last);
        let fault = if is_gone { Some(Fault::NoConnection) } else { self.fault_of(&call) };
        let lost = || TransportError::Unknown { why: "the connection was reset".to_owned() };
        let page = |status| WireResponse { status, headers: Vec::new(), body: b"<html>".to_vec() };
        match fault {
            None => Ok(self.take_effect(&request)),
            Some(Fault::NoConnection) => {
                Err(TransportError::NotSent { why: "the connection was refused".to_owned() })
            }
            Some(Fault::RequestLost) => Err(lost()),
            Some(Fault::AnswerLost) => {
                self.take_effect(&request);
                Err(lost())
            }
            Some(Fault::Status(status, has_effect)) => {
                if has_effect {
                    self.take_effect(&request);
                }
                Ok(page(status))
            }
            Some(Fault::Throttled(seconds)) => {
                let headers = vec![("Retry-After".to_owned(), seconds.to_string())];
                Ok(WireResponse { headers, ..page(429) })
            }
            Some(Fault::Truncated) => {
                let mut response = self.take_effect(&request);
                response.body.truncate(response.body.len() / 2);
                Ok(response)
            }
            Some(Fault::TooLarge) => {
                self.take_effect(&request);
                Err(TransportError::TooLarge { limit: wire.response_limit() })
            }
            Some(Fault::Refused(code)) => {
                let error = json!({"Message": "Refused", "Detail": "by the test", "code": code});
                let body = json!({"Fault": {"Error": [error], "type": "ValidationFault"}});
                Ok(WireResponse { body: body.to_string().into_bytes(), ..page(400) })
            }
            Some(Fault::Altered(change)) => {
                let mut response = self.take_effect(&request);
                let mut body: Value = serde_json::from_slice(&response.body).unwrap();
                change(&mut body);
                response.body = body.to_string().into_bytes();
                Ok(response)
            }
            Some(Fault::StoredOtherwise(change)) => {
                let mut body: Value = serde_json::from_slice(&request.body).unwrap();
                change(&mut body);
                request.body = body.to_string().into_bytes();
                Ok(self.take_effect(&request))
            }
            Some(Fault::Late(seconds)) => {
                let due = self.clock.now() + TimeDelta::seconds(seconds);
                self.late.lock().unwrap().push((due, request));
                Err(lost())
            }
        }
    }

    fn note(&self, wire: &WireRequest) -> Call {
        let id = wire.query().split('&').find_map(|pair| pair.strip_prefix("requestid="));
        let text = if wire.body().is_empty() {
            wire.query().replace("%20", " ").replace("%27", "'").replace("%3D", "=")
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
        self.calls.lock().unwrap().push(call.clone());
        call
    }

    fn fault_of(&self, call: &Call) -> Option<Fault> {
        let mut script = self.script.lock().unwrap();
        let is_armed = |after: &When| self.calls.lock().unwrap().iter().any(|call| after.is(call));
        let scripted = script.iter_mut().find(|scripted| {
            scripted.left > 0 && scripted.when.is(call) && scripted.after.as_ref().is_none_or(is_armed)
        })?;
        scripted.left -= 1;
        Some(scripted.fault)
    }

    fn take_effect(&self, request: &Request) -> WireResponse {
        let mut company = self.company.lock().unwrap();
        let response = handle(&mut company, request, self.clock.now().fixed_offset());
        let mut headers = response.headers;
        headers.push(("Date".to_owned(), self.clock.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        WireResponse { status: response.status, headers, body: response.body }
    }

    /// Requests that were under way and are due take effect before anything else.
    fn commit_late(&self) {
        let now = self.clock.now();
        let mut late = self.late.lock().unwrap();
        for (due, request) in late.extract_if(.., |(due, _)| *due <= now) {
            handle(&mut self.company.lock().unwrap(), &request, due.fixed_offset());
        }
    }
}

#[async_trait]
impl Transport for SimulatedTransport {
    async fn send(&self, request: WireRequest) -> Result<WireResponse, TransportError> {
        self.gate.pass().await;
        let answer = self.answer(&request);
        self.gate.pass().await;
        answer
    }
}
