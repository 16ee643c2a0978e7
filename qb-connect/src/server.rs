//! Intuit's authorization server: codes and refresh tokens become tokens here, and consents end here.
//!
//! The `oauth2` crate writes the requests and sorts the errors; they travel over the host's [`AuthTransport`]. Two things
//! it cannot do: it takes no https-less address for revocation, so that a simulator could not be asked, and Intuit documents
//! JSON there where it writes a form; [`AuthServer::revoke`] is written here. Answers are read strictly, and a refresh token
//! in an answer that lacks something else is not thrown away.
//! Neighbours: `consent.rs` (the page before), `tokens.rs` (refreshes).

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oauth2::basic::BasicTokenType;
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, RedirectUrl, RequestTokenError, Scope, StandardRevocableToken, TokenUrl,
};
use qb_client::{AccessToken, AuthRequest, AuthTransport, TransportError, WireResponse};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client_pair::ClientPair;
use crate::connection::Grant;
use crate::consent::{Allowed, Consent, Redirect};
use crate::environment::Environment;
use crate::error::{ConnectError, GrantError};
use crate::secrets::RefreshToken;

/// All of the books, and nothing else of QuickBooks.
const SCOPE: &str = "com.intuit.quickbooks.accounting";

/// Intuit's ask for the end of the consent, which its answers leave out otherwise.
const ASK_FOR_CONSENT_END: (&str, &str) = ("x-include-refresh-token-hard-expires-in", "true");

type OAuthClient = Client<
    Refusal,
    TokenAnswer,
    oauth2::basic::BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    oauth2::basic::BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The authorization server of an environment, for one app. Cheap to clone.
#[derive(Clone)]
pub struct AuthServer {
    environment: Environment,
    pair: ClientPair,
    client: Arc<OAuthClient>,
    transport: Arc<dyn AuthTransport>,
}

impl fmt::Debug for AuthServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthServer").field("environment", &self.environment).finish_non_exhaustive()
    }
}

/// What came of ending a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// It has ended now.
    Ended,
    /// The server knows no such consent: it had ended before.
    HadEnded,
}

impl AuthServer {
    /// Returns the server that an environment's tokens come from.
    ///
    /// # Errors
    /// [`ConnectError::UnknownEnvironment`] when its addresses are none, which the constructors of [`Environment`] exclude.
    pub fn new(
        environment: Environment,
        pair: ClientPair,
        transport: Arc<dyn AuthTransport>,
    ) -> Result<Self, ConnectError> {
        let page = AuthUrl::new(environment.authorize_url()).map_err(|_| ConnectError::UnknownEnvironment)?;
        let tokens = TokenUrl::new(environment.token_url()).map_err(|_| ConnectError::UnknownEnvironment)?;
        let client = Client::new(ClientId::new(pair.id().to_owned()))
            .set_client_secret(ClientSecret::new(pair.secret().to_owned()))
            .set_auth_uri(page)
            .set_token_uri(tokens);
        Ok(Self { environment, pair, client: Arc::new(client), transport })
    }

    /// Returns where the companies live.
    #[must_use]
    pub const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns a question to the person at the authorization page, with a state that is used once.
    #[must_use]
    pub fn consent(&self, redirect: &Redirect) -> Consent {
        let to = std::borrow::Cow::Owned(url(redirect));
        let asked = self.client.authorize_url(oauth2::CsrfToken::new_random).set_redirect_uri(to);
        let (address, state) = asked.add_scope(Scope::new(SCOPE.to_owned())).url();
        Consent::new(address.into(), state.secret(), redirect.clone())
    }

    /// Exchanges the code of the authorization page. A code is good once and for some minutes.
    ///
    /// # Errors
    /// [`GrantError`]; after [`GrantError::Lost`] the person has to allow it once more.
    pub async fn redeem(&self, allowed: &Allowed) -> Result<Grant, GrantError> {
        let wire = Wire::over(&*self.transport);
        let code = AuthorizationCode::new(allowed.code.expose_secret().to_owned());
        let asked = self.client.exchange_code(code);
        let to = std::borrow::Cow::Owned(url(&allowed.redirect));
        let answer = asked.set_redirect_uri(to).request_async(&wire).await;
        wire.settle(answer)
    }

    /// Asks for new tokens once.
    ///
    /// # Errors
    /// [`GrantError`], whose variant says what became of the refresh token.
    pub async fn refresh(&self, token: &RefreshToken) -> Result<Grant, GrantError> {
        let wire = Wire::over(&*self.transport);
        let token = oauth2::RefreshToken::new(token.expose().to_owned());
        let answer = self.client.exchange_refresh_token(&token).request_async(&wire).await;
        wire.settle(answer)
    }

    /// Ends the consent that a token belongs to, with all its tokens.
    ///
    /// # Errors
    /// [`GrantError`]; after [`GrantError::Lost`] it may have ended, and asking again does no harm.
    pub async fn revoke(&self, token: &RefreshToken) -> Result<Revocation, GrantError> {
        let pair = STANDARD.encode(format!("{}:{}", self.pair.id(), self.pair.secret()));
        let headers = [
            ("accept", "application/json".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("authorization", format!("Basic {pair}")),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
        let body = serde_json::json!({ "token": token.expose() }).to_string().into_bytes();
        let request = AuthRequest::new(self.environment.revoke_url(), headers, body);
        let answer = self.transport.post(request).await.map_err(|error| failed(&error))?;
        match answer.status {
            200 => Ok(Revocation::Ended),
            400 => match word(&answer.body, "error").as_deref() {
                None | Some("invalid_grant" | "invalid_token" | "invalid_request") => {
                    Ok(Revocation::HadEnded)
                }
                Some(error) => Err(refused(error)),
            },
            401 => Err(GrantError::ClientRefused),
            _ => Err(unusable(&answer)),
        }
    }
}

fn url(redirect: &Redirect) -> RedirectUrl {
    RedirectUrl::from_url(redirect.url().clone())
}

/// A token answer as Intuit writes it. Every member that is needed must be there.
#[derive(Debug, Serialize, Deserialize)]
struct TokenAnswer {
    access_token: oauth2::AccessToken,
    token_type: String,
    expires_in: u64,
    refresh_token: oauth2::RefreshToken,
    x_refresh_token_expires_in: Option<u64>,
    x_refresh_token_hard_expires_in: Option<u64>,
}

impl oauth2::TokenResponse for TokenAnswer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &BasicTokenType::Bearer
    }

    fn expires_in(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.expires_in))
    }

    fn refresh_token(&self) -> Option<&oauth2::RefreshToken> {
        Some(&self.refresh_token)
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// An OAuth error as Intuit writes it. Descriptions are left out: they may quote what was sent.
#[derive(Debug, Serialize, Deserialize)]
struct Refusal {
    error: String,
    x_error_reason: Option<String>,
}

impl oauth2::ErrorResponse for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

/// Carries one request of the `oauth2` crate, and keeps the answer.
struct Wire<'t> {
    transport: &'t dyn AuthTransport,
    answer: Mutex<Option<WireResponse>>,
}

impl<'c> AsyncHttpClient<'c> for Wire<'_> {
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.carry(request))
    }
}

impl<'t> Wire<'t> {
    fn over(transport: &'t dyn AuthTransport) -> Self {
        Self { transport, answer: Mutex::new(None) }
    }

    async fn carry(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let not_sent = || TransportError::NotSent { why: "a header is not visible ascii".to_owned() };
        let (parts, body) = request.into_parts();
        let mut headers = vec![(ASK_FOR_CONSENT_END.0.to_owned(), ASK_FOR_CONSENT_END.1.to_owned())];
        for (name, value) in &parts.headers {
            let value = value.to_str().map_err(|_| not_sent())?;
            headers.push((name.as_str().to_owned(), value.to_owned()));
        }
        let request = AuthRequest::new(parts.uri.to_string(), headers, body);
        let answer = self.transport.post(request).await?;
        // A status below 100 or a header that is none would not be carried: the library reads status and body alone.
        let unreadable = |_| TransportError::Unknown { why: "the status is none".to_owned() };
        let carried = oauth2::http::Response::builder().status(answer.status).body(answer.body.clone());
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        carried.map_err(unreadable)
    }

    /// Says what an answer, or its absence, means.
    fn settle(
        self,
        result: Result<TokenAnswer, RequestTokenError<TransportError, Refusal>>,
    ) -> Result<Grant, GrantError> {
        let answer = self.answer.into_inner().unwrap_or_else(PoisonError::into_inner);
        match (result, answer) {
            (Ok(tokens), Some(answer)) => tokens.check().map_err(|what| GrantError::NotAnAnswer {
                status: answer.status,
                what,
                spare: spare(&answer.body),
            }),
            (Err(RequestTokenError::Request(error)), _) => Err(failed(&error)),
            (Err(RequestTokenError::ServerResponse(refusal)), Some(answer)) if answer.status < 500 => {
                Err(match refusal.error.as_str() {
                    "invalid_grant" => GrantError::Dead {
                        user_left: refusal.x_error_reason.as_deref() == Some("user_not_in_realm"),
                    },
                    error => refused(error),
                })
            }
            (_, Some(answer)) => Err(unusable(&answer)),
            (_, None) => Err(GrantError::NotSent { why: "the request could not be written".to_owned() }),
        }
    }
}

impl TokenAnswer {
    /// Returns the answer as valid values, or the name of the member that is none.
    fn check(self) -> Result<Grant, &'static str> {
        let life = |seconds: u64| (1..=MOST_SECONDS).contains(&seconds).then(|| Duration::from_secs(seconds));
        if !self.token_type.eq_ignore_ascii_case("bearer") {
            return Err("token_type");
        }
        Ok(Grant {
            access: AccessToken::new(self.access_token.into_secret()).map_err(|_| "access_token")?,
            lives: life(self.expires_in).ok_or("expires_in")?,
            refresh: RefreshToken::new(self.refresh_token.secret()).ok_or("refresh_token")?,
            unused: self.x_refresh_token_expires_in.and_then(life),
            consent: self.x_refresh_token_hard_expires_in.and_then(life),
        })
    }
}

/// Ten years: no token lives longer.
const MOST_SECONDS: u64 = 10 * 366 * 86_400;

fn failed(error: &TransportError) -> GrantError {
    match error {
        TransportError::NotSent { why } => GrantError::NotSent { why: why.clone() },
        TransportError::Unknown { why } => GrantError::Lost { why: why.clone() },
        other => GrantError::Lost { why: other.to_string() },
    }
}

/// Only words that OAuth knows are passed on: any other text is the server's own.
fn refused(error: &str) -> GrantError {
    let is_word = (1..=64).contains(&error.len())
        && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    match error {
        "invalid_client" | "unauthorized_client" => GrantError::ClientRefused,
        error => GrantError::Refused { error: if is_word { error } else { "an unknown error" }.to_owned() },
    }
}

/// An answer that gives neither tokens nor an OAuth error.
fn unusable(answer: &WireResponse) -> GrantError {
    let status = answer.status;
    if status == 429 || status >= 500 {
        let retry_after = answer.header("retry-after").and_then(|text| text.trim().parse().ok());
        return GrantError::Unavailable { status, retry_after };
    }
    if status == 401 {
        return GrantError::ClientRefused;
    }
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let has = |name: &str, is_it: fn(&Value) -> bool| {
        body.as_ref().and_then(|body| body.get(name)).is_some_and(is_it)
    };
    let what = if body.is_none() {
        "no json"
    } else if !has("access_token", Value::is_string) {
        "access_token"
    } else if !has("refresh_token", Value::is_string) {
        "refresh_token"
    } else if !has("expires_in", Value::is_u64) {
        "expires_in"
    } else if !has("token_type", Value::is_string) {
        "token_type"
    } else {
        "members"
    };
    GrantError::NotAnAnswer { status, what, spare: spare(&answer.body) }
}

/// A refresh token that stands in an answer which is otherwise of no use.
fn spare(body: &[u8]) -> Option<RefreshToken> {
    RefreshToken::new(&word(body, "refresh_token")?)
}

fn word(body: &[u8], name: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body.get(name).and_then(Value::as_str).map(str::to_owned)
}
