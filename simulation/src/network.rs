//! What lies between a process and QuickBooks. A request that has left goes on without its process: it arrives, or is lost,
//! whether or not somebody still waits for the answer.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use qb_client::{Transport, TransportError, WireRequest, WireResponse};
use qb_simulator::{Company, Delivery, Request, Rule, Service, Wait};

use crate::check::{Checks, Violation};
use crate::dice::Dice;
use crate::disk::Disk;
use crate::gate::{Gate, Point};
use crate::planted::Planted;
use crate::rare::Rare;
use crate::time::{Time, held};
use crate::trace::Trace;
use crate::wire::{is_write, request_id};

type Answer = Result<WireResponse, TransportError>;

/// Something that happens on the way at a moment.
enum Event {
    Arrives(Box<Request>),
    Answered(Answer),
}

/// How long a way takes, in milliseconds: at least, and how much more at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Latency(pub(crate) u64, pub(crate) u64);

/// The network and the house at its end.
pub(crate) struct Network {
    pub(crate) time: Arc<Time>,
    pub(crate) trace: Arc<Trace>,
    pub(crate) disk: Arc<Disk>,
    state: Mutex<State>,
}

struct State {
    service: Service,
    events: BTreeMap<(Duration, u64), (u64, Event)>,
    answers: BTreeMap<u64, Answer>,
    waiting: BTreeMap<u64, Waker>,
    tickets: u64,
    in_house: usize,
    dice: Dice,
    latency: Latency,
    /// How often in a thousand no connection comes about.
    unreachable: u64,
    checks: Checks,
    rare: Rare,
    requests: u64,
    writes: u64,
    struck: BTreeMap<String, u64>,
    planted: Option<Planted>,
    /// How often each request id has left.
    departures: BTreeMap<String, u64>,
}

impl Network {
    /// Returns a network with a company at its end.
    pub(crate) fn new(
        company: Company,
        (time, trace, disk): (&Arc<Time>, &Arc<Trace>, &Arc<Disk>),
        dice: Dice,
        latency: Latency,
        unreachable: u64,
    ) -> Self {
        let state = State {
            service: Service::new(company),
            events: BTreeMap::new(),
            answers: BTreeMap::new(),
            waiting: BTreeMap::new(),
            tickets: 0,
            in_house: 0,
            dice,
            latency,
            unreachable,
            checks: Checks::default(),
            rare: Rare::default(),
            requests: 0,
            writes: 0,
            struck: BTreeMap::new(),
            planted: None,
            departures: BTreeMap::new(),
        };
        Self {
            time: Arc::clone(time),
            trace: Arc::clone(trace),
            disk: Arc::clone(disk),
            state: Mutex::new(state),
        }
    }

    /// Puts rules of what goes wrong in force.
    pub(crate) fn strike(&self, seed: u64, rules: Vec<Rule>) {
        held(&self.state).service.faults = qb_simulator::Faults::new(seed, rules);
    }

    /// Nothing goes wrong any more. What is on its way with a late effect still takes it.
    pub(crate) fn heal(&self) {
        let mut state = held(&self.state);
        state.service.faults.clear();
        state.unreachable = 0;
    }

    /// The exchange has this bug.
    pub(crate) fn plant(&self, planted: Option<Planted>) {
        held(&self.state).planted = planted;
    }

    /// Looks into the company.
    pub(crate) fn with_service<T>(&self, look: impl FnOnce(&mut Service) -> T) -> T {
        look(&mut held(&self.state).service)
    }

    /// Returns the counts of requests, of writes, and of faults by name.
    pub(crate) fn counts(&self) -> (u64, u64, BTreeMap<String, u64>) {
        let state = held(&self.state);
        (state.requests, state.writes, state.struck.clone())
    }

    /// Notes a rare state.
    pub(crate) fn rare(&self, name: String) {
        held(&self.state).rare.note(name);
    }

    /// Takes the rare states that were seen.
    pub(crate) fn take_rare(&self) -> Rare {
        std::mem::take(&mut held(&self.state).rare)
    }

    /// Notes what must never be.
    pub(crate) fn violate(&self, rule: &'static str, what: impl Into<String>) {
        held(&self.state).checks.violate(rule, what);
    }

    /// The log was put back or lost.
    pub(crate) fn log_lost(&self) {
        held(&self.state).checks.log_lost();
    }

    /// Returns what was seen that must never be.
    pub(crate) fn violations(&self) -> Vec<Violation> {
        held(&self.state).checks.violations.clone()
    }

    /// When the next thing happens on the way.
    pub(crate) fn next(&self) -> Option<Duration> {
        held(&self.state).events.keys().next().map(|(at, _)| *at)
    }

    fn moment(&self) -> String {
        format!("{} ms", self.time.now().as_millis())
    }

    /// Lets happen what is due.
    pub(crate) fn happen(&self) {
        let now = self.time.now();
        let mut wakers = Vec::new();
        {
            let state = &mut *held(&self.state);
            while let Some(entry) = state.events.first_entry().filter(|entry| entry.key().0 <= now) {
                match entry.remove() {
                    (ticket, Event::Arrives(request)) => self.arrive(state, ticket, &request),
                    (ticket, Event::Answered(answer)) => {
                        state.in_house = state.in_house.saturating_sub(1);
                        if let Some(waker) = state.waiting.remove(&ticket) {
                            wakers.push(waker);
                        } else {
                            state.rare.note("an answer comes to a process that is gone".to_owned());
                        }
                        state.answers.insert(ticket, answer);
                    }
                }
            }
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    fn arrive(&self, state: &mut State, ticket: u64, request: &Request) {
        let quickbooks = self.time.quickbooks();
        let late = state.service.late();
        let reply = state.service.exchange_among(request, quickbooks, state.in_house.max(1));
        if state.service.late() < late {
            state.rare.note("a request takes effect long after its connection broke".to_owned());
        }
        let mut wait = match reply.wait {
            Wait::Millis(millis) => Duration::from_millis(millis),
            _ => Duration::ZERO,
        };
        if let Some(rule) = &reply.rule {
            *state.struck.entry(rule.clone()).or_default() += 1;
        }
        let whole = |response: qb_simulator::Response| WireResponse {
            status: response.status,
            headers: response.headers,
            body: response.body,
        };
        let answer = match reply.delivery {
            Delivery::Answer(response) | Delivery::Dripping { response, .. } => Ok(whole(response)),
            Delivery::Truncated { mut response, bytes } => {
                response.body.truncate(bytes);
                Ok(whole(response))
            }
            Delivery::Closed => Err(TransportError::Unknown { why: "the connection was reset".to_owned() }),
        };
        let shown = answer.as_ref().map_or(0, |response| response.status).to_string();
        let told = answer.as_ref().map_or_else(ToString::to_string, |response| {
            String::from_utf8_lossy(&response.body).chars().take(160).collect()
        });
        let rule = reply.rule.as_deref().unwrap_or_default();
        self.trace.note(&[&self.moment(), "arrives", &request.target, &shown, rule, &told]);
        state.checks.answered(request, &answer);
        let mut answer = answer;
        if let (Some(planted), Ok(answer)) = (state.planted.filter(|_| is_write(request)), &mut answer) {
            planted.believe(answer);
        }
        wait += way(state);
        state.events.insert((self.time.now() + wait, ticket), (ticket, Event::Answered(answer)));
    }

    /// The process that waits for answers is gone: what has left may still arrive.
    pub(crate) fn process_gone(&self) {
        let state = &mut *held(&self.state);
        state.waiting.clear();
        let State { events, dice, rare, .. } = state;
        events.retain(|_, (_, event)| match event {
            Event::Arrives(_) if dice.percent(50) => false,
            Event::Arrives(_) => {
                rare.note("a request arrives after its process is gone".to_owned());
                true
            }
            Event::Answered(_) => true,
        });
    }

    fn depart(&self, wire: &WireRequest) -> u64 {
        let state = &mut *held(&self.state);
        state.tickets += 1;
        state.requests += 1;
        let ticket = state.tickets;
        let target = format!("{}?{}", wire.path(), wire.query());
        self.trace.note(&[&self.moment(), "departs", &target, &String::from_utf8_lossy(wire.body())]);
        let mut request = Request::new(wire.method().as_str(), &target, wire.body().to_vec())
            .bearer(wire.token().expose())
            .header("accept", "application/json");
        for (name, value) in wire.headers() {
            if name.eq_ignore_ascii_case("content-type") {
                request = request.header(name, value);
            }
        }
        if is_write(&request) {
            let id = request_id(&request).to_owned();
            let times = state.departures.entry(id).or_default();
            if let Some(planted) = state.planted {
                planted.depart(&mut request, *times);
            }
            *times += 1;
            state.writes += 1;
            state.checks.departs(&request, self.time.now(), &self.disk);
        }
        if state.dice.below(1000) < state.unreachable {
            *state.struck.entry("no connection".to_owned()).or_default() += 1;
            let refused = TransportError::NotSent { why: "the connection was refused".to_owned() };
            state.checks.answered(&request, &Err(refused.clone()));
            state.events.insert((self.time.now(), ticket), (ticket, Event::Answered(Err(refused))));
            state.in_house += 1;
            return ticket;
        }
        state.in_house += 1;
        let at = self.time.now() + way(state);
        state.events.insert((at, ticket), (ticket, Event::Arrives(Box::new(request))));
        ticket
    }
}

fn way(state: &mut State) -> Duration {
    Duration::from_millis(state.latency.0 + state.dice.below(state.latency.1))
}

/// What a request is about, for the names of rare states.
fn about(wire: &WireRequest) -> &'static str {
    let path = wire.path();
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "batch" if String::from_utf8_lossy(wire.body()).contains("\"operation\"") => {
            "of a batch of documents"
        }
        "batch" => "of a batch of questions",
        "query" => "of a question",
        "cdc" => "for what has changed",
        "TrialBalance" | "GeneralLedger" => "for a report",
        "invoice" => "for an invoice",
        "payment" => "for a payment",
        "creditmemo" => "for a credit memo",
        "purchase" => "for an expense",
        "salesreceipt" => "for a sales receipt",
        "purchaseorder" => "for a purchase order",
        "bill" => "for a bill",
        "customer" | "vendor" => "for a party",
        "account" | "item" | "paymentmethod" => "for a list entry",
        "preferences" => "for the preferences",
        _ => "for something else",
    }
}

/// The network as one process has it.
pub(crate) struct ProcessTransport {
    pub(crate) network: Arc<Network>,
    pub(crate) gate: Arc<Gate>,
}

#[async_trait]
impl Transport for ProcessTransport {
    async fn send(&self, request: WireRequest) -> Answer {
        let about = about(&request);
        self.gate.pass(Point::BeforeSend, about).await;
        let ticket = self.network.depart(&request);
        self.gate.pass(Point::InFlight, about).await;
        let answer = Waiting { network: &self.network, ticket }.await;
        self.gate.pass(Point::AfterAnswer, about).await;
        answer
    }
}

/// Waits for an answer.
struct Waiting<'n> {
    network: &'n Network,
    ticket: u64,
}

impl Future for Waiting<'_> {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let mut state = held(&self.network.state);
        match state.answers.remove(&self.ticket) {
            Some(answer) => Poll::Ready(answer),
            None => {
                state.waiting.insert(self.ticket, context.waker().clone());
                Poll::Pending
            }
        }
    }
}
