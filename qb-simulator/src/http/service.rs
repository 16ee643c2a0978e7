//! A company with everything that can come between it and its clients: limits, faults, late effects.
//!
//! [`Service::exchange`] is the simulator without sockets: it changes the company and says what would arrive at the
//! client. It reads no clock and sleeps nowhere. Neighbours: `server` puts it on a port, `handle` answers for the
//! company, `admin` works on it from outside.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::api::handle::handle;
use crate::base::message::{Request, Response};
use crate::books::company::Company;
use crate::faults::{self, Effect, Faults, Strike};
use crate::http::deliver;
use crate::http::hooks::{Hooks, Notification, Outbox};
use crate::http::throttle::{Limits, Throttle};
use crate::options::act::PersonAct;

/// What arrives at the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// An answer.
    Answer(Response),
    /// Nothing: the connection ends without an answer.
    Closed,
    /// An answer whose body ends early.
    Truncated {
        /// The whole answer.
        response: Response,
        /// How many bytes of its body arrive.
        bytes: usize,
    },
    /// An answer whose body arrives in pieces.
    Dripping {
        /// The whole answer.
        response: Response,
        /// Bytes of one piece.
        bytes: usize,
        /// Real time before each piece, in milliseconds.
        millis: u64,
    },
}

/// How long an answer waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Wait {
    /// It does not wait.
    #[default]
    None,
    /// It waits so many milliseconds of real time.
    Millis(u64),
    /// It waits until [`Service::release`].
    Released,
}

/// What became of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What arrives at the client.
    pub delivery: Delivery,
    /// After how long.
    pub wait: Wait,
    /// The rule that struck, if one did.
    pub rule: Option<String>,
}

impl Reply {
    /// Returns the answer, when a whole one arrives.
    #[must_use]
    pub fn answer(&self) -> Option<&Response> {
        match &self.delivery {
            Delivery::Answer(response) | Delivery::Dripping { response, .. } => Some(response),
            Delivery::Closed | Delivery::Truncated { .. } => None,
        }
    }
}

/// A company behind its limits and faults.
#[derive(Debug)]
pub struct Service {
    company: Company,
    /// What goes wrong on purpose.
    pub faults: Faults,
    throttle: Throttle,
    late: Vec<(DateTime<FixedOffset>, Request)>,
    outbox: Option<Outbox>,
    releases: u64,
}

impl Service {
    /// Returns a service without limits and faults.
    #[must_use]
    pub fn new(company: Company) -> Service {
        Service {
            company,
            faults: Faults::default(),
            throttle: Throttle::default(),
            late: Vec::new(),
            outbox: None,
            releases: 0,
        }
    }

    /// Returns the company.
    #[must_use]
    pub fn company(&self) -> &Company {
        &self.company
    }

    /// Returns the company, for changing it past limits and faults.
    pub fn company_mut(&mut self) -> &mut Company {
        &mut self.company
    }

    /// Returns the limits in force.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.throttle.limits
    }

    /// Puts limits in force.
    pub fn set_limits(&mut self, limits: Limits) {
        self.throttle.limits = limits;
    }

    /// Returns how many requests have yet to take their late effect.
    #[must_use]
    pub fn late(&self) -> usize {
        self.late.len()
    }

    /// Lets every held answer go.
    pub fn release(&mut self) {
        self.releases += 1;
    }

    pub(crate) fn releases(&self) -> u64 {
        self.releases
    }

    /// Answers one request that is alone in the house.
    pub fn exchange(&mut self, request: &Request, now: DateTime<FixedOffset>) -> Reply {
        self.exchange_among(request, now, 1)
    }

    /// Answers one request while `in_flight` requests, this one included, wait for their answers.
    pub fn exchange_among(
        &mut self,
        request: &Request,
        now: DateTime<FixedOffset>,
        in_flight: usize,
    ) -> Reply {
        let mut reply = self.answered(request, now, in_flight);
        if let Delivery::Answer(response)
        | Delivery::Truncated { response, .. }
        | Delivery::Dripping { response, .. } = &mut reply.delivery
        {
            // The company's clock, not that of the machine.
            response.headers.push(("Date".to_owned(), http_date(now)));
        }
        reply
    }

    fn answered(&mut self, request: &Request, now: DateTime<FixedOffset>, in_flight: usize) -> Reply {
        self.settle(now);
        let is_api =
            request.target.trim_start_matches('/').get(..3).is_some_and(|v| v.eq_ignore_ascii_case("v3/"));
        if is_api && !self.throttle.admits(now, in_flight, is_batch(request)) {
            return answered(faults::throttled(self.throttle.limits.form, now), Wait::None, None);
        }
        match self.faults.decide(request) {
            None => answered(self.run(request, now), Wait::None, None),
            Some(strike) => self.struck(request, now, strike),
        }
    }

    /// Lets requests with a late effect take it, as far as their time has come.
    pub fn settle(&mut self, now: DateTime<FixedOffset>) {
        while let Some(at) = self.next_due(now) {
            let (due, request) = self.late.remove(at);
            // Nobody waits for this answer any more.
            drop(self.run(&request, due));
        }
    }

    fn next_due(&self, now: DateTime<FixedOffset>) -> Option<usize> {
        let due = self.late.iter().enumerate().filter(|(_, (due, _))| *due <= now);
        due.min_by_key(|(_, (due, _))| *due).map(|(at, _)| at)
    }

    fn struck(&mut self, request: &Request, now: DateTime<FixedOffset>, strike: Strike) -> Reply {
        let Strike { rule, effect, drawn, item } = strike;
        let rule = Some(rule);
        match effect {
            Effect::AnswerLost => {
                drop(self.run(request, now));
                Reply { delivery: Delivery::Closed, wait: Wait::None, rule }
            }
            Effect::ResetBefore => Reply { delivery: Delivery::Closed, wait: Wait::None, rule },
            Effect::LateCommit { seconds } => {
                let due = now.checked_add_signed(TimeDelta::seconds(i64::from(seconds))).unwrap_or(now);
                self.late.push((due, request.clone()));
                Reply { delivery: Delivery::Closed, wait: Wait::None, rule }
            }
            Effect::Truncated { bytes } => {
                let response = self.run(request, now);
                Reply { delivery: Delivery::Truncated { response, bytes }, wait: Wait::None, rule }
            }
            Effect::Altered { part } => {
                let response = self.run(request, now);
                answered(faults::altered(response, part), Wait::None, rule)
            }
            Effect::WrongContentType => {
                let mut response = self.run(request, now);
                response.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
                response.headers.push(("Content-Type".into(), "text/plain".into()));
                answered(response, Wait::None, rule)
            }
            Effect::ByteFlipped { byte } => {
                let drawn = usize::try_from(drawn % (1 << 31)).unwrap_or_default();
                answered(faults::flipped(self.run(request, now), byte.unwrap_or(drawn)), Wait::None, rule)
            }
            Effect::PageCap { rows } => {
                answered(faults::capped(self.run(request, now), rows), Wait::None, rule)
            }
            Effect::MemberMissing { name } => {
                answered(faults::without(self.run(request, now), &name), Wait::None, rule)
            }
            Effect::Drip { bytes, millis } => {
                let response = self.run(request, now);
                let delivery = Delivery::Dripping { response, bytes: bytes.max(1), millis };
                Reply { delivery, wait: Wait::None, rule }
            }
            Effect::Batch(fault) => {
                let mut run = |request: &Request| self.run(request, now);
                answered(faults::in_batch(request, &fault, item, now, &mut run), Wait::None, rule)
            }
            Effect::ClockSkew { seconds } => {
                let skewed = now.checked_add_signed(TimeDelta::seconds(i64::from(seconds))).unwrap_or(now);
                answered(self.run(request, skewed), Wait::None, rule)
            }
            Effect::Delay { millis } => answered(self.run(request, now), Wait::Millis(millis), rule),
            Effect::Hold => answered(self.run(request, now), Wait::Released, rule),
            Effect::Duplicate => {
                let first = self.run(request, now);
                drop(self.run(request, now));
                answered(first, Wait::None, rule)
            }
            other => {
                let true_answer = other.commits().then(|| self.run(request, now));
                let made = faults::made(&other, now).or(true_answer);
                let response = made.unwrap_or_else(|| self.run(request, now));
                answered(response, Wait::None, rule)
            }
        }
    }

    fn run(&mut self, request: &Request, now: DateTime<FixedOffset>) -> Response {
        let response = handle(&mut self.company, request, now);
        self.notify(now);
        response
    }

    /// Does what a person did; notifications go out as for any other change.
    pub fn act(&mut self, act: &PersonAct, now: DateTime<FixedOffset>) -> Result<Option<Response>, String> {
        let response = self.company.act(act, now)?;
        self.notify(now);
        Ok(response)
    }

    /// Sends notifications of changes from now on, or none any more. The error: not an address on this machine.
    pub fn set_hooks(&mut self, hooks: Option<Hooks>) -> Result<(), String> {
        let url = hooks.as_ref().and_then(|hooks| hooks.url.as_deref());
        if let Some(url) = url.filter(|url| deliver::receiver(url).is_none()) {
            return Err(format!("{url} is no http address on this machine"));
        }
        self.outbox = hooks.map(Outbox::new);
        Ok(())
    }

    /// Returns the notifications made since this was last asked, in the order of delivery.
    pub fn take_notifications(&mut self) -> Vec<Notification> {
        self.outbox.as_mut().map(Outbox::take).unwrap_or_default()
    }

    /// Returns what is to be sent, and where to; nothing without an address.
    pub(crate) fn take_post(&mut self) -> Option<(String, Vec<Notification>)> {
        let outbox = self.outbox.as_mut()?;
        let url = outbox.hooks.url.clone()?;
        Some((url, outbox.take()))
    }

    /// Tells of every object that the last request or act wrote.
    fn notify(&mut self, now: DateTime<FixedOffset>) {
        let events = std::mem::take(&mut self.company.change_log.events);
        let Some(outbox) = &mut self.outbox else { return };
        for event in &events {
            outbox.note(&self.company.options.realm_id, event, now);
        }
    }
}

/// Returns a moment as the header Date carries it.
pub(crate) fn http_date(now: DateTime<FixedOffset>) -> String {
    now.with_timezone(&Utc).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn is_batch(request: &Request) -> bool {
    let path = request.target.split('?').next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case("batch"))
}

fn answered(response: Response, wait: Wait, rule: Option<String>) -> Reply {
    Reply { delivery: Delivery::Answer(response), wait, rule }
}
