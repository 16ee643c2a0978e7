//! The authorization page: the address that a person opens, and what the browser brings back. Pure.
//!
//! The state is 128 random bits that are used once. An answer without it was not asked for: somebody else's code must not
//! connect somebody else's company. Neighbours: `server.rs` makes the question, `loopback.rs` takes the answer.

use std::fmt;
use std::net::IpAddr;

use oauth2::url::{Url, form_urlencoded};
use qb_client::RealmId;
use secrecy::{ExposeSecret, SecretString};

use crate::error::ConsentError;
use crate::secrets::visible;

/// Where QuickBooks sends the browser after the authorization page; registered for the app in Intuit's developer portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    url: Url,
    is_loopback: bool,
}

impl Redirect {
    /// Returns the redirect address: `http://localhost:8484/callback` (development keys and simulators; this machine then
    /// takes the answer), or an https address of the host's own (production keys; somebody or something hands the answer
    /// over).
    ///
    /// Intuit takes no other http address, and no address by number.
    ///
    /// # Errors
    /// [`ConsentError::Redirect`].
    pub fn new(address: &str) -> Result<Self, ConsentError> {
        let refuse = |why: &str| ConsentError::Redirect {
            address: address.chars().take(200).collect(),
            why: why.to_owned(),
        };
        let url = Url::parse(address).map_err(|_| refuse("it is not an address"))?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(refuse("it has a user or a fragment"));
        }
        let host = url.host_str().unwrap_or_default();
        let number = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_here = host == "localhost" || number.is_ok_and(|ip| ip.is_loopback());
        match url.scheme() {
            "http" if is_here => Ok(Self { url, is_loopback: true }),
            "http" => Err(refuse("it is http and not on this machine: the code would travel in the clear")),
            "https" => Ok(Self { url, is_loopback: false }),
            _ => Err(refuse("it is neither http nor https")),
        }
    }

    /// Returns whether this machine takes the answer.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the address with a port that the system chose.
    pub(crate) fn with_port(mut self, port: u16) -> Self {
        // It has a host: `new` refuses one without.
        let _ = self.url.set_port(Some(port));
        self
    }
}

impl fmt::Display for Redirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.url.as_str())
    }
}

/// One question to the person at the authorization page.
#[derive(Clone)]
pub struct Consent {
    address: String,
    state: SecretString,
    redirect: Redirect,
}

impl fmt::Debug for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consent").field("redirect", &self.redirect).finish_non_exhaustive()
    }
}

impl Consent {
    pub(crate) fn new(address: String, state: &str, redirect: Redirect) -> Self {
        Self { address, state: SecretString::from(state), redirect }
    }

    /// Returns the address to open in a browser. It holds the state: print it for the person who connects, and log it
    /// nowhere.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns where the answer comes.
    #[must_use]
    pub const fn redirect(&self) -> &Redirect {
        &self.redirect
    }

    /// Checks the address that the browser was sent to, or only its query.
    ///
    /// # Errors
    /// [`ConsentError`]; the state is checked before anything else is believed.
    pub fn check(&self, answer: &str) -> Result<Allowed, ConsentError> {
        let query = answer.trim();
        let query = query.split_once('?').map_or(query, |(_, query)| query);
        let query = query.split_once('#').map_or(query, |(query, _)| query);
        let member = |name: &'static str| {
            let mut all = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
            let first = all.next().map(|(_, value)| value.into_owned());
            if all.next().is_some() { Err(ConsentError::Malformed { what: name }) } else { Ok(first) }
        };
        let state = member("state")?.unwrap_or_default();
        if !equal(state.as_bytes(), self.state.expose_secret().as_bytes()) {
            return Err(ConsentError::StateMismatch);
        }
        match member("error")?.as_deref() {
            None => {}
            Some("access_denied") => return Err(ConsentError::Denied),
            Some(error) => {
                let is_word = (1..=64).contains(&error.len())
                    && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                let error = if is_word { error } else { "an unknown error" }.to_owned();
                return Err(ConsentError::Refused { error });
            }
        }
        let code = member("code")?.filter(|code| visible(code, 512));
        let code = code.ok_or(ConsentError::Malformed { what: "code" })?;
        let realm = member("realmId")?.and_then(|realm| RealmId::new(realm).ok());
        let realm = realm.ok_or(ConsentError::Malformed { what: "realmId" })?;
        Ok(Allowed { code: SecretString::from(code), realm, redirect: self.redirect.clone() })
    }
}

/// A person allowed the app to work on a company.
pub struct Allowed {
    pub(crate) code: SecretString,
    pub(crate) realm: RealmId,
    pub(crate) redirect: Redirect,
}

impl Allowed {
    /// Returns the company that was chosen.
    #[must_use]
    pub const fn realm(&self) -> &RealmId {
        &self.realm
    }
}

impl fmt::Debug for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Allowed").field("realm", &self.realm).finish_non_exhaustive()
    }
}

/// Compares without telling by its time how much is equal.
fn equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn consent() -> Consent {
        let redirect = Redirect::new("http://localhost:8484/callback").unwrap();
        Consent::new("https://example.org/?state=canary-state".to_owned(), "canary-state", redirect)
    }

    #[test]
    fn an_answer_is_read_from_a_whole_address_or_from_its_query() {
        for answer in [
            "state=canary-state&code=canary-code&realmId=9130",
            " http://localhost:8484/callback?code=canary-code&state=canary-state&realmId=9130#_\n",
        ] {
            let allowed = consent().check(answer).unwrap();
            assert_eq!(allowed.realm().as_str(), "9130");
            assert_eq!(allowed.code.expose_secret(), "canary-code");
            assert!(!format!("{allowed:?} {:?}", consent()).contains("canary"));
        }
    }

    /// Answer, error.
    #[test]
    fn every_other_answer_is_refused_and_a_foreign_state_before_anything_else() {
        for (answer, code) in [
            ("", "state-mismatch"),
            ("code=c&realmId=1", "state-mismatch"),
            ("state=canary-stat&code=c&realmId=1", "state-mismatch"),
            ("state=other&error=access_denied", "state-mismatch"),
            ("state=canary-state&state=canary-state&code=c&realmId=1", "authorization-malformed"),
            ("state=canary-state&error=access_denied", "consent-denied"),
            ("state=canary-state&error=invalid_scope", "authorization-refused"),
            ("state=canary-state&error=Canary%20text", "authorization-refused"),
            ("state=canary-state&realmId=1", "authorization-malformed"),
            ("state=canary-state&code=a%20b&realmId=1", "authorization-malformed"),
            ("state=canary-state&code=c", "authorization-malformed"),
            ("state=canary-state&code=c&realmId=..%2F1", "authorization-malformed"),
        ] {
            let error = consent().check(answer).unwrap_err();
            assert_eq!(error.code(), code, "{answer}");
            assert!(!format!("{error} {error:?}").contains("anary"), "{error:?}");
        }
    }

    #[test]
    fn a_redirect_is_this_machine_or_https() {
        for address in ["http://localhost:8484/callback", "http://127.0.0.1:0/", "http://[::1]:1/a"] {
            assert!(Redirect::new(address).unwrap().is_loopback(), "{address}");
        }
        assert!(!Redirect::new("https://shop.example.org/quickbooks").unwrap().is_loopback());
        for address in [
            "localhost:8484",
            "http://shop.example.org/",
            "ftp://localhost",
            "https://a@b.org",
            "https://b.org/#x",
        ] {
            assert_eq!(Redirect::new(address).unwrap_err().code(), "redirect-address", "{address}");
        }
    }
}
