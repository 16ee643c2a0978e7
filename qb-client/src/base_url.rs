//! Where requests go. A token is only ever sent to an address that is named here.
//!
//! It refuses plain http except to this machine itself, and any address with user, path or query.

use std::net::IpAddr;

use reqwest::Url;

use crate::error::ClientError;

/// The address of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaseUrl {
    /// Intuit's production API, `https://quickbooks.api.intuit.com`.
    Production,
    /// Intuit's test companies, `https://sandbox-quickbooks.api.intuit.com`.
    Sandbox,
    /// A simulator or a relay of the host; made by [`BaseUrl::loopback`] or [`BaseUrl::explicitly_trusted`].
    Custom(CustomUrl),
}

/// A checked address of a host's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomUrl(String);

impl BaseUrl {
    /// Returns an address on this machine, such as `http://127.0.0.1:8080`; http or https.
    ///
    /// # Errors
    /// [`ClientError::UntrustedHost`] for any other machine.
    pub fn loopback(address: &str) -> Result<Self, ClientError> {
        let url = parse(address)?;
        if !is_loopback(&url) {
            return Err(refuse(&url, "it is not on this machine"));
        }
        Ok(Self::Custom(CustomUrl(url.origin().ascii_serialization())))
    }

    /// Returns any https address, because the host says so: it will receive the company's token.
    ///
    /// # Errors
    /// [`ClientError::UntrustedHost`] without https.
    pub fn explicitly_trusted(address: &str) -> Result<Self, ClientError> {
        let url = parse(address)?;
        if url.scheme() != "https" {
            return Err(refuse(&url, "it is not https"));
        }
        Ok(Self::Custom(CustomUrl(url.origin().ascii_serialization())))
    }

    /// Returns whether it is an address on this machine: a simulator, and no company.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        matches!(self, Self::Custom(CustomUrl(text)) if Url::parse(text).is_ok_and(|url| is_loopback(&url)))
    }

    /// Returns scheme, host and port without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Production => "https://quickbooks.api.intuit.com",
            Self::Sandbox => "https://sandbox-quickbooks.api.intuit.com",
            Self::Custom(CustomUrl(text)) => text,
        }
    }
}

fn parse(address: &str) -> Result<Url, ClientError> {
    let Ok(url) = Url::parse(address) else {
        return Err(ClientError::UntrustedHost { address: String::new(), why: "it is not an address" });
    };
    let bare = url.username().is_empty()
        && url.password().is_none()
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none();
    if !matches!(url.scheme(), "http" | "https") {
        Err(refuse(&url, "it is neither http nor https"))
    } else if bare {
        Ok(url)
    } else {
        Err(refuse(&url, "it has more than scheme, host and port"))
    }
}

fn refuse(url: &Url, why: &'static str) -> ClientError {
    ClientError::UntrustedHost { address: url.origin().ascii_serialization(), why }
}

/// Whether the host is this machine by number, or `localhost`.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let number = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || number.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether a token may travel to this address: https, or this machine.
pub(crate) fn may_carry_token(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| url.scheme() == "https" || is_loopback(&url))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn takes_this_machine_and_what_the_host_names() {
        for address in ["http://127.0.0.1:8080", "http://[::1]:1/", "http://localhost:9", "https://127.9.9.9"]
        {
            assert!(BaseUrl::loopback(address).unwrap().is_loopback(), "{address}");
        }
        let base = BaseUrl::explicitly_trusted("https://relay.example.org/").unwrap();
        assert_eq!(base.as_str(), "https://relay.example.org");
        assert!(!base.is_loopback() && !BaseUrl::Sandbox.is_loopback() && !BaseUrl::Production.is_loopback());
    }

    #[test]
    fn refuses_everything_else() {
        for address in [
            "http://quickbooks.api.intuit.com",
            "http://127.0.0.1.example.org",
            "http://user@127.0.0.1",
            "http://127.0.0.1/v3",
            "http://127.0.0.1?x=1",
            "ftp://127.0.0.1",
            "http://10.0.0.1",
            "nonsense",
        ] {
            assert_eq!(BaseUrl::loopback(address).unwrap_err().code(), "untrusted-host", "{address}");
        }
        assert!(BaseUrl::explicitly_trusted("http://relay.example.org").is_err());
        assert!(!may_carry_token("http://relay.example.org/v3"));
        let error = BaseUrl::loopback("http://u:secret@10.0.0.1/?token=secret").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
