//! Where a company lives: one of Intuit's two environments, or a simulator on this machine.
//!
//! An enum and never a free address: whoever could name the address would get the client secret and the tokens.

use std::fmt;
use std::str::FromStr;

use qb_client::{BaseUrl, ClientError};

use crate::error::ConnectError;

/// One of Intuit's environments, or a simulator. Each has its own keys: those of one open nothing in another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// Real companies, with the app's production keys.
    Production,
    /// Intuit's test companies, with the app's development keys.
    Sandbox,
    /// A simulator on this machine; made by [`Environment::simulator`].
    Simulator(Loopback),
}

/// The two addresses of a simulator, both on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loopback {
    api: BaseUrl,
    oauth: BaseUrl,
}

impl Environment {
    /// Returns a simulator whose API and OAuth server are on this machine, such as `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// [`ClientError::UntrustedHost`] for any other machine.
    pub fn simulator(api: &str, oauth: &str) -> Result<Self, ClientError> {
        Ok(Self::Simulator(Loopback { api: BaseUrl::loopback(api)?, oauth: BaseUrl::loopback(oauth)? }))
    }

    /// Returns where the API is.
    #[must_use]
    pub fn base_url(&self) -> BaseUrl {
        match self {
            Self::Production => BaseUrl::Production,
            Self::Sandbox => BaseUrl::Sandbox,
            Self::Simulator(loopback) => loopback.api.clone(),
        }
    }

    /// The page where a person allows the app; the same for both of Intuit's environments.
    pub(crate) fn authorize_url(&self) -> String {
        match self {
            Self::Production | Self::Sandbox => "https://appcenter.intuit.com/connect/oauth2".to_owned(),
            Self::Simulator(loopback) => format!("{}/connect/oauth2", loopback.oauth.as_str()),
        }
    }

    /// Where codes and refresh tokens are exchanged.
    pub(crate) fn token_url(&self) -> String {
        let server = match self {
            Self::Production | Self::Sandbox => "https://oauth.platform.intuit.com",
            Self::Simulator(loopback) => loopback.oauth.as_str(),
        };
        format!("{server}/oauth2/v1/tokens/bearer")
    }

    /// Where a consent is ended.
    pub(crate) fn revoke_url(&self) -> String {
        let server = match self {
            Self::Production | Self::Sandbox => "https://developer.api.intuit.com",
            Self::Simulator(loopback) => loopback.oauth.as_str(),
        };
        format!("{server}/v2/oauth2/tokens/revoke")
    }
}

/// `production`, `sandbox`, or `simulator` with its two addresses; read back by `FromStr`.
impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Production => f.pad("production"),
            Self::Sandbox => f.pad("sandbox"),
            Self::Simulator(Loopback { api, oauth }) => {
                write!(f, "simulator {} {}", api.as_str(), oauth.as_str())
            }
        }
    }
}

impl FromStr for Environment {
    type Err = ConnectError;

    fn from_str(text: &str) -> Result<Self, ConnectError> {
        let words: Vec<&str> = text.split(' ').collect();
        match words.as_slice() {
            ["production"] => Ok(Self::Production),
            ["sandbox"] => Ok(Self::Sandbox),
            ["simulator", api, oauth] => Ok(Self::simulator(api, oauth)?),
            _ => Err(ConnectError::UnknownEnvironment),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn each_environment_reads_back_as_it_is_written() {
        let simulator = Environment::simulator("http://127.0.0.1:1", "http://localhost:2/").unwrap();
        for environment in [Environment::Production, Environment::Sandbox, simulator] {
            assert_eq!(environment.to_string().parse::<Environment>().unwrap(), environment);
        }
    }

    #[test]
    fn no_address_but_this_machine_is_taken() {
        for text in [
            "",
            "Production",
            "https://quickbooks.api.intuit.com",
            "simulator http://127.0.0.1:1",
            "simulator http://127.0.0.1:1 http://10.0.0.1",
            "simulator https://example.org https://example.org",
        ] {
            assert!(text.parse::<Environment>().is_err(), "{text}");
        }
    }
}
