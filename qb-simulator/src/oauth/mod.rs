//! The OAuth 2.0 server in front of the company: discovery, consent without a person, tokens, revocation.
//!
//! Reads requests and writes answers; what a token is worth stands in `grants`. Consent is given at once, since
//! nobody sits at a simulator. Neighbours: `handle` routes here and asks whether a bearer token is good.

mod grants;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, FixedOffset};

pub(crate) use grants::Grants;
use grants::Refusal;

use crate::base::json::{Json, object, text};
use crate::base::message::{Request, Response, Target};
use crate::books::company::Company;

/// Answers a request to one of the OAuth paths; `None` for any other path.
pub(crate) fn answer(
    company: &mut Company,
    request: &Request,
    target: &Target,
    now: DateTime<FixedOffset>,
) -> Option<Response> {
    let path: Vec<&str> = target.segments.iter().map(String::as_str).collect();
    Some(match (request.method.as_str(), path.as_slice()) {
        ("GET", [".well-known", "openid_configuration" | "openid_sandbox_configuration"]) => {
            json(200, &discovery(request))
        }
        ("GET", ["op", "v1", "jwks"]) => json(200, &object().with("keys", Json::List(vec![]))),
        ("GET", ["v1", "openid_connect", "userinfo"]) => user_info(company, request, now),
        ("GET", ["connect", "oauth2"]) => authorize(company, target, now),
        ("POST", ["oauth2", "v1", "tokens", "bearer"]) => match tokens(company, request, now) {
            Ok(body) => json(200, &body),
            Err(refusal) => refused(refusal),
        },
        ("POST", ["v2", "oauth2", "tokens", "revoke"] | ["oauth2", "v1", "tokens", "revoke"]) => {
            match revoke(company, request) {
                Ok(()) => json(200, &object()),
                Err(refusal) => refused(refusal),
            }
        }
        _ => return None,
    })
}

fn discovery(request: &Request) -> Json {
    let host = request.header_value("host").unwrap_or("127.0.0.1");
    let at = |path: &str| text(format!("http://{host}{path}"));
    let texts = |values: &[&'static str]| Json::List(values.iter().map(|value| text(*value)).collect());
    object()
        .with("issuer", at("/op/v1"))
        .with("authorization_endpoint", at("/connect/oauth2"))
        .with("token_endpoint", at("/oauth2/v1/tokens/bearer"))
        .with("userinfo_endpoint", at("/v1/openid_connect/userinfo"))
        .with("revocation_endpoint", at("/v2/oauth2/tokens/revoke"))
        .with("jwks_uri", at("/op/v1/jwks"))
        .with("response_types_supported", texts(&["code"]))
        .with("subject_types_supported", texts(&["public"]))
        .with("id_token_signing_alg_values_supported", texts(&["RS256"]))
        .with("scopes_supported", texts(&["com.intuit.quickbooks.accounting", "openid"]))
        .with("token_endpoint_auth_methods_supported", texts(&["client_secret_post", "client_secret_basic"]))
}

/// Returns who gave consent: nobody, so an identity and no name or address.
fn user_info(company: &Company, request: &Request, now: DateTime<FixedOffset>) -> Response {
    match request.bearer_token().is_some_and(|token| company.grants.admits(token, now)) {
        true => json(200, &object().with("sub", text("simulator"))),
        false => refused(Refusal::TOKEN),
    }
}

/// Sends the browser back with a code at once, or with `access_denied` when the company's options say so.
fn authorize(company: &mut Company, target: &Target, now: DateTime<FixedOffset>) -> Response {
    let parameter = |name: &str| target.parameter(name).unwrap_or_default();
    let redirect = parameter("redirect_uri");
    if parameter("client_id") != company.options.credentials.client_id {
        return refused(Refusal::CLIENT);
    }
    if !(redirect.starts_with("http://") || redirect.starts_with("https://")) {
        return refused(Refusal::REQUEST);
    }
    let mut answer: Vec<(&str, String)> = Vec::new();
    if parameter("response_type") != "code" {
        answer.push(("error", "unsupported_response_type".into()));
    } else if !parameter("scope").split_whitespace().any(|scope| scope == "com.intuit.quickbooks.accounting")
    {
        answer.push(("error", "invalid_scope".into()));
    } else if company.options.oauth.deny_consent {
        answer.push(("error", "access_denied".into()));
    } else {
        answer.push(("code", company.grants.consent(redirect, now)));
        answer.push(("realmId", company.options.realm_id.clone()));
    }
    answer.extend(target.parameter("state").map(|state| ("state", state.to_owned())));
    let query: Vec<String> =
        answer.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let joint = if redirect.contains('?') { '&' } else { '?' };
    let headers = vec![("Location".to_owned(), format!("{redirect}{joint}{}", query.join("&")))];
    Response { status: 302, headers, body: Vec::new() }
}

fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn tokens(company: &mut Company, request: &Request, now: DateTime<FixedOffset>) -> Result<Json, Refusal> {
    let form = form(request)?;
    authenticate(company, request, &form)?;
    let member = |name: &str| form.parameter(name).ok_or(Refusal::REQUEST);
    let options = company.options.oauth;
    let grant_type = member("grant_type")?;
    if options.user_not_in_realm && grant_type == "refresh_token" {
        return Err(Refusal::NOT_IN_REALM);
    }
    let issued = match grant_type {
        "authorization_code" => {
            company.grants.redeem(member("code")?, member("redirect_uri")?, options, now)?
        }
        "refresh_token" => company.grants.refresh(member("refresh_token")?, options, now)?,
        _ => return Err(Refusal::GRANT_TYPE),
    };
    let seconds = |value: i64| Json::Number(value.to_string().into());
    let asks_for_hard_cap = request
        .header_value("x-include-refresh-token-hard-expires-in")
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    let body = object()
        .with("token_type", text("bearer"))
        .with("access_token", text(issued.access))
        .with("expires_in", seconds(options.access_token_seconds.map_or(3600, i64::from)))
        .with("refresh_token", text(issued.refresh))
        .with("x_refresh_token_expires_in", seconds(issued.idle_seconds));
    Ok(body.with_some(
        "x_refresh_token_hard_expires_in",
        asks_for_hard_cap.then(|| seconds(issued.hard_seconds)),
    ))
}

fn revoke(company: &mut Company, request: &Request) -> Result<(), Refusal> {
    let (form, token) = match Json::parse(&request.body) {
        Ok(body) => (Target::parse(""), body.text_of("token").map(str::to_owned)),
        Err(_) => {
            let form = form(request)?;
            let token = form.parameter("token").map(str::to_owned);
            (form, token)
        }
    };
    authenticate(company, request, &form)?;
    if company.grants.revoke(&token.ok_or(Refusal::REQUEST)?) { Ok(()) } else { Err(Refusal::GRANT) }
}

/// Returns the form in a request's body, read like a query string.
fn form(request: &Request) -> Result<Target, Refusal> {
    let body = std::str::from_utf8(&request.body).map_err(|_| Refusal::REQUEST)?;
    Ok(Target::parse(&format!("?{body}")))
}

/// The client pair, from the Basic header or from the form.
fn authenticate(company: &Company, request: &Request, form: &Target) -> Result<(), Refusal> {
    let basic = request.header_value("authorization").and_then(|value| {
        let (scheme, pair) = value.trim().split_once(' ')?;
        let pair = STANDARD.decode(pair.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
        let (id, secret) = std::str::from_utf8(&pair).ok()?.split_once(':')?;
        Some((id.to_owned(), secret.to_owned()))
    });
    let in_form =
        || Some((form.parameter("client_id")?.to_owned(), form.parameter("client_secret")?.to_owned()));
    let credentials = &company.options.credentials;
    match basic.or_else(in_form) {
        Some((id, secret)) if id == credentials.client_id && secret == credentials.client_secret => Ok(()),
        _ => Err(Refusal::CLIENT),
    }
}

fn refused(refusal: Refusal) -> Response {
    let body =
        object().with("error", text(refusal.error)).with("error_description", text(refusal.description));
    let body = match refusal.reason {
        None => body,
        Some((reason, detail)) => {
            body.with("x_error_reason", text(reason)).with("x_error_reason_detail", text(detail))
        }
    };
    json(refusal.status, &body)
}

fn json(status: u16, body: &Json) -> Response {
    let mut out = String::new();
    body.write(&mut out);
    let headers = vec![
        ("Content-Type".to_owned(), "application/json;charset=UTF-8".to_owned()),
        ("Cache-Control".to_owned(), "no-cache, no-store".to_owned()),
    ];
    Response { status, headers, body: out.into_bytes() }
}
