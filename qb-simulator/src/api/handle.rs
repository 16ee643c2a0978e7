//! One request, one response: authorisation, routing, replay, and nothing else that could differ between two runs.
//!
//! No clock and no network: the moment comes in as `now`. Neighbours: `server` calls [`handle`] for every HTTP
//! request, `entity` says what each path means.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, FixedOffset, TimeDelta};

use super::{batch, cdc, pdf, screens};
use crate::base::clock::answer_time;
use crate::base::fault::{self, Checked, Fault};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::base::message::{Request, Response, Target};
use crate::books::change_log::Change;
use crate::books::company::{Call, Company};
use crate::books::replays::Replay;
use crate::changes::{Operation, Outcome};
use crate::entity::Entity;
use crate::lists::{company_info, preferences, tax_service};
use crate::options::{ReportForm, RequestIds};
use crate::{changes, oauth, query, reports};

/// The longest request id.
const MAX_REQUEST_ID: usize = 50;

/// Answers one request and leaves the company's books as the request changed them.
///
/// Never panics, whatever the bytes. A request that is refused changes nothing.
pub fn handle(company: &mut Company, request: &Request, now: DateTime<FixedOffset>) -> Response {
    company.answers += 1;
    company.change_log.begin();
    let lag = i64::from(company.options.read_lag_seconds);
    company.shown_until = (lag > 0).then(|| now - TimeDelta::seconds(lag));
    let target = Target::parse(&request.target);
    if let Some(response) = oauth::answer(company, request, &target, now) {
        return response;
    }
    if let Some(page) = screens::answer(company, request, &target) {
        return page;
    }
    let answer = match admit(company, request, &target, now) {
        Err(refusal) => return headed(company, now, refusal),
        Ok(path) => match answer(company, request, &target, path, now) {
            Ok(body) if company.ledger.is_balanced() => Ok(body),
            Ok(_) => {
                Err(fault::application_error("simulator defect: all debits differ from all credits".into()))
            }
            Err(fault) => Err(fault),
        },
    };
    if answer.is_ok() && has_changed(company, request, &target) {
        let sent = || String::from_utf8_lossy(&request.body).into_owned();
        let (target, body) = (request.target.clone(), company.change_log.instead.take().unwrap_or_else(sent));
        company.change_log.changes.push(Change::Request { at: now, target, body });
    }
    let content_type = match is_pdf(request, &target.segments) {
        true => "application/pdf",
        false => "application/json;charset=utf-8",
    };
    let plain = match answer {
        Ok(body) => Plain { status: 200, content_type, body },
        Err(fault) => faulted(&fault, now),
    };
    let is_report =
        matches!(target.segments.as_slice(), [_, _, _, word, _] if word.eq_ignore_ascii_case("reports"));
    let mut response = headed(company, now, plain);
    if is_report && response.status == 200 && company.options.reports == ReportForm::Modern {
        response.headers.push(("v3modernResponse".to_owned(), "true".to_owned()));
    }
    response
}

/// Answers a request that needs no token.
pub(crate) fn handle_inside(
    company: &mut Company,
    request: &Request,
    now: DateTime<FixedOffset>,
) -> Response {
    company.is_inside = true;
    let response = handle(company, request, now);
    company.is_inside = false;
    response
}

/// Answers a request for a path after the realm that needs no token.
pub(crate) fn ask_inside(
    company: &mut Company,
    method: &str,
    path: &str,
    body: String,
    now: DateTime<FixedOffset>,
) -> Response {
    let target = format!("/v3/company/{}/{path}", company.options.realm_id);
    handle_inside(company, &Request::new(method, &target, body), now)
}

/// Returns whether a request that was answered changed the company.
fn has_changed(company: &Company, request: &Request, target: &Target) -> bool {
    let is_query = target.segments.last().is_some_and(|last| last.eq_ignore_ascii_case("query"));
    request.method == "POST" && !is_query && !company.change_log.is_repetition
}

/// A response before its headers.
struct Plain {
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
}

fn faulted(fault: &Fault, now: DateTime<FixedOffset>) -> Plain {
    Plain {
        status: fault.status,
        content_type: "application/json",
        body: bytes(&fault::envelope(fault, now)),
    }
}

fn bytes(json: &Json) -> Vec<u8> {
    let mut out = String::with_capacity(1024);
    json.write(&mut out);
    out.into_bytes()
}

fn headed(company: &Company, now: DateTime<FixedOffset>, plain: Plain) -> Response {
    let tid = format!("1-{:08x}-{:024x}", now.timestamp(), company.answers);
    let mut headers = vec![
        ("Content-Type".to_owned(), plain.content_type.to_owned()),
        ("intuit_tid".to_owned(), tid.clone()),
        ("Intuit-Tid".to_owned(), tid),
        ("QBO-Version".to_owned(), concat!("simulator-", env!("CARGO_PKG_VERSION")).to_owned()),
        ("Service-Time".to_owned(), "total=0, db=0".to_owned()),
        ("Cache-Control".to_owned(), "max-age=0, no-cache, no-store, must-revalidate, private".to_owned()),
    ];
    if plain.status == 401 {
        let challenge = "Bearer realm=\"Intuit\", error=\"invalid_token\"".to_owned();
        headers.push(("WWW-Authenticate".to_owned(), challenge));
    }
    Response { status: plain.status, headers, body: plain.body }
}

/// Lets a request in: the bearer token (401), the realm (403), a JSON answer (406). Gives the path after the realm.
fn admit<'a>(
    company: &Company,
    request: &Request,
    target: &'a Target,
    now: DateTime<FixedOffset>,
) -> Result<&'a [String], Plain> {
    let gateway = |status, message, detail: &str, code, kind| Plain {
        status,
        content_type: "application/json;charset=utf-8",
        body: bytes(&fault::gateway_envelope(message, detail.to_owned(), code, kind, now)),
    };
    let token = request.bearer_token();
    if !company.is_inside && !token.is_some_and(|token| company.grants.admits(token, now)) {
        let detail = match token {
            Some(token) if token.len() >= 16 => "Token expired",
            _ => "Malformed bearer token: too short or too long",
        };
        let message = "message=AuthenticationFailed; errorCode=003200; statusCode=401";
        return Err(gateway(401, message, detail, "3200", "AUTHENTICATION"));
    }
    let [version, word, realm, path @ ..] = target.segments.as_slice() else {
        return Err(faulted(&no_resource(request), now));
    };
    if !version.eq_ignore_ascii_case("v3") || !word.eq_ignore_ascii_case("company") {
        return Err(faulted(&no_resource(request), now));
    }
    if *realm != company.options.realm_id {
        let message = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403";
        return Err(gateway(403, message, "The token was not issued for this company.", "3100", "SERVICE"));
    }
    if !accepts(request.header_value("accept"), is_pdf(request, path)) {
        let fault =
            fault::unsupported_operation("Answering in another form than application/json").status(406);
        return Err(faulted(&fault, now));
    }
    Ok(path)
}

/// Returns whether a document is asked for as a PDF.
fn is_pdf(request: &Request, path: &[String]) -> bool {
    request.method == "GET" && path.last().is_some_and(|last| last.eq_ignore_ascii_case("pdf"))
}

/// Returns whether the Accept header leaves room for JSON, or for a PDF where one is asked for; none at all does.
fn accepts(accept: Option<&str>, is_pdf: bool) -> bool {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else { return true };
    accept.split(',').any(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "*/*" | "application/*" | "application/json" | "text/json" | "text/plain" => true,
            "application/pdf" => is_pdf,
            _ => false,
        }
    })
}

fn no_resource(request: &Request) -> Box<Fault> {
    let path = request.target.split('?').next().unwrap_or_default();
    fault::unsupported_operation(format!("Could not find resource for relative : {path}"))
}

/// Routes an admitted request.
fn answer(
    company: &mut Company,
    request: &Request,
    target: &Target,
    path: &[String],
    now: DateTime<FixedOffset>,
) -> Checked<Vec<u8>> {
    if let Some(version) = target.parameter("minorversion").filter(|version| version.parse::<i64>().is_err())
    {
        return Err(fault::out_of_range("minorversion", version, "an integer"));
    }
    let names: Vec<String> = path.iter().map(|segment| segment.to_ascii_lowercase()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match (request.method.as_str(), names.as_slice()) {
        ("GET" | "POST", ["query"]) => answer_query(company, request, target, now),
        ("POST", ["batch"]) => {
            batch::answer(company, &read_body(request)?, target.parameter("requestid"), now)
        }
        ("GET", ["cdc"]) => cdc::answer(company, target, now).map(|answer| bytes(&answer)),
        ("POST", ["taxservice", "taxcode"]) => {
            tax_service::create(company, &read_body(request)?, &Call::at(now)).map(|answer| bytes(&answer))
        }
        ("GET", ["preferences"]) => read(company, Entity::of(EntityKind::Preferences), preferences::ID, now),
        ("GET", ["companyinfo", realm]) if *realm == company.options.realm_id => {
            read(company, Entity::of(EntityKind::CompanyInfo), company_info::ID, now)
        }
        ("GET", ["reports", report]) => reports::answer(company, report, target, now)
            .and_then(|report| report.map(|report| bytes(&report)).ok_or_else(|| no_resource(request))),
        ("GET", ["invoice", id, "pdf"]) => pdf::invoice(company, id),
        ("GET", ["invoice", id]) if target.includes("invoiceLink") => invoice_with_link(company, id, now),
        // The id as sent: `TAX` is a tax code, `tax` is none.
        ("GET", [segment, _]) => match (Entity::named(segment), path.last()) {
            (Some(entity), Some(id)) => read(company, entity, id, now),
            _ => Err(no_resource(request)),
        },
        ("POST", [segment]) => match Entity::named(segment) {
            Some(entity) => write_once(company, entity, request, target, now),
            None => Err(no_resource(request)),
        },
        _ => Err(no_resource(request)),
    }
}

fn answer_query(
    company: &Company,
    request: &Request,
    target: &Target,
    now: DateTime<FixedOffset>,
) -> Checked<Vec<u8>> {
    let statement = match request.method.as_str() {
        "GET" => target.parameter("query").unwrap_or_default().to_owned(),
        _ => std::str::from_utf8(&request.body).map_err(|_| malformed_bytes())?.to_owned(),
    };
    let mut result = query::run::run(company, &query::parse::parse(&statement, now.date_naive())?)?;
    if let (true, Some(Json::List(invoices))) =
        (target.includes("invoiceLink"), result.get_mut(Entity::of(EntityKind::Invoice).name()))
    {
        invoices.iter_mut().for_each(|invoice| add_link(company, invoice));
    }
    Ok(bytes(&object().with("QueryResponse", result).with("time", text(answer_time(now)))))
}

/// Reads one object: 2030 when the id is no number (tax codes apart), 610 when there is none.
fn read(company: &Company, entity: &Entity, id: &str, now: DateTime<FixedOffset>) -> Checked<Vec<u8>> {
    match company.store(entity.kind).get(id) {
        Some(record) => Ok(wrapped(entity, &entity.shown(company, record), now)),
        None if id.parse::<u64>().is_err() => Err(fault::invalid_id(id)),
        None if entity.is_list => Err(fault::made_inactive()),
        None => Err(fault::deleted_transaction()),
    }
}

/// Reads an invoice with the address at which its customer pays it.
fn invoice_with_link(company: &Company, id: &str, now: DateTime<FixedOffset>) -> Checked<Vec<u8>> {
    let entity = Entity::of(EntityKind::Invoice);
    match company.store(entity.kind).get(id) {
        Some(record) => {
            let mut invoice = record.body.clone();
            add_link(company, &mut invoice);
            Ok(wrapped(entity, &invoice, now))
        }
        None => read(company, entity, id, now),
    }
}

/// Adds InvoiceLink, an address that leads nowhere.
fn add_link(company: &Company, invoice: &mut Json) {
    let id = invoice.text_of("Id").unwrap_or_default();
    let link = format!("https://connect.simulator.invalid/{}/invoice/{id}", company.options.realm_id);
    invoice.set("InvoiceLink", text(link));
}

/// `{"Invoice":{...},"time":"..."}`, without copying the object.
fn wrapped(entity: &Entity, body: &Json, now: DateTime<FixedOffset>) -> Vec<u8> {
    let mut out = String::with_capacity(2048);
    out.push_str("{\"");
    out.push_str(entity.name());
    out.push_str("\":");
    body.write(&mut out);
    out.push_str(",\"time\":\"");
    out.push_str(&answer_time(now));
    out.push_str("\"}");
    out.into_bytes()
}

/// Returns a write, once for each request id: the same request again gets the stored answer, another one 600.
fn write_once(
    company: &mut Company,
    entity: &Entity,
    request: &Request,
    target: &Target,
    now: DateTime<FixedOffset>,
) -> Checked<Vec<u8>> {
    let Some(id) = target.parameter("requestid") else { return write(company, entity, request, target, now) };
    if id.chars().count() > MAX_REQUEST_ID {
        let length = id.chars().count();
        let detail =
            format!("Request id must have at most {MAX_REQUEST_ID} characters. Supplied length:{length}");
        return Err(fault::invalid_request_id(detail));
    }
    let mut hasher = DefaultHasher::new();
    (entity.name(), target.parameter("operation"), target.includes("void"), &request.body).hash(&mut hasher);
    let fingerprint = hasher.finish();
    if let Some(replay) = company.replays.remembered(company.options.request_ids, id, now) {
        company.change_log.is_repetition = true;
        return match (replay.fingerprint == fingerprint, company.options.request_ids) {
            (_, RequestIds::Refused) => Err(fault::already_processed()),
            (true, _) => replay.again(),
            (false, _) => Err(fault::duplicate_request_id(id)),
        };
    }
    let answer = write(company, entity, request, target, now);
    if answer.is_ok() || company.options.request_ids == RequestIds::WithRefusals {
        let replay = Replay { at: now, fingerprint, answer: answer.clone() };
        company.replays.answers.insert(id.to_owned(), replay);
    }
    answer
}

/// Returns a create, update, delete or void.
fn write(
    company: &mut Company,
    entity: &Entity,
    request: &Request,
    target: &Target,
    now: DateTime<FixedOffset>,
) -> Checked<Vec<u8>> {
    let operation = Operation::read(target.parameter("operation"), target.includes("void"))?;
    let body = read_body(request)?;
    let call = Call {
        allow_duplicate_number: target.includes("allowduplicatedocnum"),
        auto_number: target.includes("allowautodocnum"),
        ..Call::at(now)
    };
    match changes::perform(company, entity, &body, operation, &call)? {
        Outcome::Written(id) => read(company, entity, &id, now),
        Outcome::Deleted(id) => Ok(wrapped(entity, &changes::deleted(&id), now)),
    }
}

fn read_body(request: &Request) -> Checked<Json> {
    Json::parse(&request.body).map_err(|error| match std::str::from_utf8(&request.body) {
        Err(_) => malformed_bytes(),
        Ok(_) => fault::unsupported_property(format!("{error} specified is unsupported or invalid")),
    })
}

fn malformed_bytes() -> Box<Fault> {
    fault::unsupported_operation("MalformedByteSequence: invalid UTF-8 sequence")
}
