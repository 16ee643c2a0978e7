//! The made-up answers: pages and faults in place of the true answer.
//!
//! Neighbours: `service` asks for them; `alter` changes true answers; the true faults stand in `crate::base::fault`.

use chrono::{DateTime, FixedOffset};

use super::{Effect, ThrottleForm, gzip};
use crate::base::clock::answer_time;
use crate::base::fault;
use crate::base::json::{Json, object, text};
use crate::base::message::Response;

const JSON: &str = "application/json";
const THROTTLE: &str = "message=ThrottleExceeded; errorCode=003001; statusCode=429";
const THROTTLE_DETAIL: &str = "The request limit was reached.  Try again later";
const TRANSIENT: &str = "An unexpected error occurred while accessing or saving your data. Please wait a few \
                         minutes and try again. If the problem persists, contact customer support.";

/// Returns the answer an effect puts in place of the true one; `None` for effects that let the true one
/// through.
pub(crate) fn made(effect: &Effect, now: DateTime<FixedOffset>) -> Option<Response> {
    Some(match effect {
        Effect::Status { status: 500, .. } => {
            let message = "An application error has occurred while processing your request";
            let body = service_fault(message, "System Failure Error", "10000", "SystemFault", now);
            plain(500, JSON, body)
        }
        Effect::Status { status, .. } => plain(*status, "text/html", page(*status)),
        Effect::Throttled { form, retry_after, .. } => {
            let mut response = throttled(*form, now);
            if let Some(seconds) = retry_after {
                response.headers.push(("Retry-After".into(), seconds.to_string()));
            }
            response
        }
        Effect::TokenExpired => {
            let message = "message=AuthenticationFailed; errorCode=003200; statusCode=401";
            let body =
                fault::gateway_envelope(message, "Token expired".into(), "3200", "AUTHENTICATION", now);
            let mut response = plain(401, JSON, written(&body));
            let challenge = "Bearer realm=\"Intuit\", error=\"invalid_token\"".to_owned();
            response.headers.push(("WWW-Authenticate".into(), challenge));
            response
        }
        Effect::Html { .. } => plain(200, "text/html", page(200)),
        Effect::Empty { .. } => plain(200, JSON, String::new()),
        Effect::FaultInOk { .. } => plain(200, JSON, transient(now)),
        Effect::Transient { .. } => plain(400, JSON, transient(now)),
        Effect::Refused { status, code, detail } => {
            let kind = if *status >= 500 { "SystemFault" } else { "ValidationFault" };
            plain(*status, JSON, service_fault("Refused by a fault rule", detail, code, kind, now))
        }
        Effect::Redirect { location } => {
            let mut response = plain(302, "text/html", page(302));
            response.headers.push(("Location".into(), location.clone()));
            response
        }
        Effect::GzipBomb { mebibytes } => {
            let mut response = plain(200, JSON, String::new());
            response.headers.push(("Content-Encoding".into(), "gzip".into()));
            response.body = gzip::zeros(*mebibytes);
            response
        }
        Effect::OAuthError { error } => {
            let body = object().with("error", text(error.clone()));
            plain(if error == "invalid_client" { 401 } else { 400 }, JSON, written(&body))
        }
        _ => return None,
    })
}

/// 429 with code 3001, or its older shapes.
pub(crate) fn throttled(form: ThrottleForm, now: DateTime<FixedOffset>) -> Response {
    let status = match form {
        ThrottleForm::Json | ThrottleForm::Xml => 429,
        ThrottleForm::JsonAs403 | ThrottleForm::XmlAs403 => 403,
    };
    match form {
        ThrottleForm::Json | ThrottleForm::JsonAs403 => {
            plain(status, JSON, service_fault(THROTTLE, THROTTLE_DETAIL, "3001", "SERVICE", now))
        }
        ThrottleForm::Xml | ThrottleForm::XmlAs403 => {
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
                 <IntuitResponse xmlns=\"http://schema.intuit.com/finance/v3\" time=\"{}\">\
                 <Fault type=\"SERVICE\"><Error code=\"3001\"><Message>{THROTTLE}</Message>\
                 <Detail>{THROTTLE_DETAIL}</Detail></Error></Fault></IntuitResponse>",
                answer_time(now)
            );
            plain(status, "application/xml", body)
        }
    }
}

fn transient(now: DateTime<FixedOffset>) -> String {
    let detail = format!("Business Validation Error: {TRANSIENT}");
    let message = "A business validation error has occurred while processing your request";
    service_fault(message, &detail, "6000", "ValidationFault", now)
}

fn service_fault(message: &str, detail: &str, code: &str, kind: &str, now: DateTime<FixedOffset>) -> String {
    let error = object()
        .with("Message", text(message.to_owned()))
        .with("Detail", text(detail.to_owned()))
        .with("code", text(code.to_owned()))
        .with("element", text(""));
    let fault = object().with("Error", Json::List(vec![error])).with("type", text(kind.to_owned()));
    written(&object().with("Fault", fault).with("time", text(answer_time(now))))
}

fn page(status: u16) -> String {
    format!(
        "<html><head><title>{status}</title></head><body><h1>{status}</h1><p>nothing of ours</p></body></html>"
    )
}

fn plain(status: u16, content_type: &str, body: String) -> Response {
    Response { status, headers: vec![("Content-Type".into(), content_type.into())], body: body.into_bytes() }
}

fn written(body: &Json) -> String {
    let mut out = String::new();
    body.write(&mut out);
    out
}
