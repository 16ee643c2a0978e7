//! Untrusted bytes as requests against one company; a plain test and the fuzz target use it alike.
//!
//! The bytes are a script: requests, between them a line `%%`. A request is a line of method and target, lines of
//! headers, an empty line, the body. A target that begins with no slash lies below the company; a request without an
//! authorization header gets the good token.

use chrono::{DateTime, FixedOffset, TimeDelta};
use qb_simulator::{Company, Request, Service};

use crate::invariants::Watch;

/// What the company begins with, besides its chart: names, control accounts, and one of most documents.
const BEGIN: &str = include_str!("begin.txt");

/// The moment of the first request; each later one comes an hour after.
const START: &str = "2026-02-03T09:14:07.300-08:00";

/// Most requests of one script.
const MOST: usize = 40;

fn start() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(START).unwrap_or_default()
}

/// Splits a script where a line is `%%`.
fn requests(script: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let (mut begin, mut at) = (0, 0);
    for line in script.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii() == b"%%" {
            found.push(&script[begin..at]);
            begin = at + line.len();
        }
        at += line.len();
    }
    found.push(&script[begin..]);
    found
}

/// One request of a script.
fn request(bytes: &[u8], realm: &str, token: &str) -> Request {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let first = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let mut rest = parts.next().unwrap_or_default();
    let (method, target) = first.trim_end().split_once(' ').unwrap_or(("GET", first.trim_end()));
    let target =
        if target.starts_with('/') { target.into() } else { format!("/v3/company/{realm}/{target}") };
    let mut request = Request::new(method, &target, Vec::new());
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        match line.trim_end().split_once(':') {
            Some((name, value)) => request = request.header(name.trim(), value.trim()),
            None => break,
        }
    }
    request.body = rest.to_vec();
    let authorized = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if authorized { request } else { request.bearer(token) }
}

/// A company with one of most things.
pub(crate) fn begin() -> Service {
    let mut service = Service::new(Company::default_company(start()));
    let statuses = run(&mut service, BEGIN.as_bytes(), usize::MAX);
    let is_whole = statuses.as_ref().is_ok_and(|statuses| statuses.iter().all(|status| *status == 200));
    assert!(is_whole, "the beginning is refused: {statuses:?}");
    service
}

/// Sends a script's requests and gives their statuses.
fn run(service: &mut Service, script: &[u8], most: usize) -> Result<Vec<u16>, String> {
    let (realm, token) = {
        let options = service.company().options();
        (options.realm_id.clone(), options.credentials.access_token.clone())
    };
    let mut now = start();
    let mut watch = Watch::default();
    let mut statuses = Vec::new();
    for bytes in requests(script).into_iter().take(most) {
        let request = request(bytes, &realm, &token);
        let reply = service.exchange(&request, now);
        let Some(answer) = reply.answer() else { return Err("no answer, without a fault asked for".into()) };
        let told = |why: String| format!("{why}\nafter {}", String::from_utf8_lossy(bytes));
        if answer.status >= 500 {
            return Err(told(String::from_utf8_lossy(&answer.body).into_owned()));
        }
        statuses.push(answer.status);
        watch.look(service.company()).map_err(told)?;
        now += TimeDelta::hours(1);
    }
    watch.look_closely(service.company())?;
    Ok(statuses)
}

/// Sends a script's requests one after another. The error says what did not hold: a status of 500 or more, books that do
/// not add up, an id used twice.
pub(crate) fn drive(script: &[u8]) -> Result<(), String> {
    run(&mut begin(), script, MOST).map(drop)
}
