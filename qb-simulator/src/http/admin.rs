//! `/simulator/...`: working on the simulator from outside while it runs. The paths are in `openapi.yaml`.
//!
//! No part of QuickBooks. Takes bytes and gives bytes; that only this machine may call is the server's business.
//! Neighbours: `server` routes here, `service` and `clock` are what is worked on.

use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::base::clock::RunningClock;
use crate::base::message::{Request, Response, Target};
use crate::faults::{Faults, Tally};
use crate::http::hooks::Hooks;
use crate::http::service::Service;
use crate::http::throttle::Limits;
use crate::options::act::PersonAct;

/// The first segment of every path here.
pub(crate) const ROOT: &str = "simulator";

/// How to move the clock.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Move {
    AdvanceSeconds(i64),
    Set(DateTime<FixedOffset>),
}

/// What `GET /simulator/status` shows.
#[derive(Serialize)]
struct Status {
    now: DateTime<FixedOffset>,
    in_flight: usize,
    late: usize,
    audit: String,
    limits: Limits,
    faults: Vec<Tally>,
}

/// Answers one call.
pub(crate) fn answer(
    service: &mut Service,
    clock: &mut RunningClock,
    request: &Request,
    in_flight: usize,
) -> Response {
    let target = Target::parse(&request.target);
    let path: Vec<&str> = target.segments.iter().skip(1).map(String::as_str).collect();
    let now = clock.now();
    let result = match (request.method.as_str(), path.as_slice()) {
        ("GET", ["status"]) => {
            service.settle(now);
            let audit = service.company().audit().err().unwrap_or_else(|| "clean".into());
            let (limits, faults) = (service.limits(), service.faults.tallies());
            written(&Status { now, in_flight, late: service.late(), audit, limits, faults })
        }
        ("GET", ["faults"]) => written(&service.faults),
        ("GET", ["state"]) => service
            .company()
            .save()
            .map_err(|error| error.to_string())
            .map(|state| Response { body: state.into_bytes(), ..done() }),
        ("PUT", ["faults"]) => read::<Faults>(request).map(|faults| {
            service.faults = faults;
            done()
        }),
        ("PUT", ["limits"]) => read::<Limits>(request).map(|limits| {
            service.set_limits(limits);
            done()
        }),
        ("POST", ["clock"]) => read::<Move>(request).map(|way| {
            match way {
                Move::AdvanceSeconds(seconds) => {
                    clock.advance(TimeDelta::try_seconds(seconds).unwrap_or_default());
                }
                Move::Set(moment) => clock.set(moment),
            }
            service.settle(clock.now());
            shown(200, &json!({"now": clock.now()}))
        }),
        ("PUT", ["hooks"]) => {
            read::<Option<Hooks>>(request).and_then(|hooks| service.set_hooks(hooks)).map(|()| done())
        }
        ("POST", ["release"]) => {
            service.release();
            Ok(done())
        }
        ("POST", ["person"]) => read::<PersonAct>(request).and_then(|act| {
            let answer = service.act(&act, now)?;
            Ok(answer.unwrap_or_else(done))
        }),
        _ => return shown(404, &json!({"error": "no such path; see openapi.yaml"})),
    };
    result.unwrap_or_else(|error| shown(400, &json!({"error": error})))
}

fn read<T: DeserializeOwned>(request: &Request) -> Result<T, String> {
    serde_json::from_slice(&request.body).map_err(|error| error.to_string())
}

fn written(value: &impl Serialize) -> Result<Response, String> {
    serde_json::to_value(value).map(|value| shown(200, &value)).map_err(|error| error.to_string())
}

fn done() -> Response {
    shown(200, &json!({}))
}

fn shown(status: u16, value: &serde_json::Value) -> Response {
    let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    Response { status, headers, body: value.to_string().into_bytes() }
}
