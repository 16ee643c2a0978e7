//! Where the programs take keys and client secrets from: files of mode 0600, or the environment. Never the command line,
//! which other users of the machine can read.

use std::path::PathBuf;

use clap::Args;
use qb_connect::{ClientPair, ConnectError, FileError, KeyRing, read_private};

/// The options of every program that opens a saved connection.
#[derive(Args, Clone, Debug, Default)]
pub struct Secrets {
    /// The file with the key that the connection is sealed with, as `connect --new-key` made it; without it, the environment
    /// variable QUICKBOOKS_KEY with the same text.
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// The file with the app's keys, {"client_id": ..., "client_secret": ...}; without it, the environment variables
    /// QUICKBOOKS_CLIENT_ID and QUICKBOOKS_CLIENT_SECRET.
    #[arg(long, value_name = "FILE")]
    pub client: Option<PathBuf>,
}

/// Why there is no key or no client secret. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Neither an option nor the environment names it.
    #[error("no {what}: give {option} FILE, or set {variables}")]
    Missing {
        /// What is missing.
        what: &'static str,
        /// The option.
        option: &'static str,
        /// The variables.
        variables: &'static str,
    },
    /// The file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// Its content cannot.
    #[error("{place}: {source}")]
    Content {
        /// The file or the variable.
        place: String,
        /// What is wrong with it; no secret is shown.
        source: ConnectError,
    },
}

impl Secrets {
    /// Returns the keys of the connection file.
    ///
    /// # Errors
    /// [`SecretsError`].
    pub fn keys(&self) -> Result<KeyRing, SecretsError> {
        let (place, text) = match (&self.key_file, std::env::var("QUICKBOOKS_KEY")) {
            (Some(path), _) => (path.display().to_string(), read_private(path)?),
            (None, Ok(text)) => ("QUICKBOOKS_KEY".to_owned(), text),
            (None, Err(_)) => {
                return Err(SecretsError::Missing {
                    what: "key for the connection",
                    option: "--key-file",
                    variables: "QUICKBOOKS_KEY",
                });
            }
        };
        KeyRing::parse(&text).map_err(|source| SecretsError::Content { place, source: source.into() })
    }

    /// Returns the app's keys.
    ///
    /// # Errors
    /// [`SecretsError`].
    pub fn pair(&self) -> Result<ClientPair, SecretsError> {
        if let Some(path) = &self.client {
            let text = read_private(path)?;
            let place = path.display().to_string();
            return ClientPair::from_json(&text).map_err(|source| SecretsError::Content { place, source });
        }
        let variable = |name| std::env::var(name).ok();
        let pair = variable("QUICKBOOKS_CLIENT_ID").zip(variable("QUICKBOOKS_CLIENT_SECRET"));
        let Some((id, secret)) = pair else {
            return Err(SecretsError::Missing {
                what: "client id and secret of the app",
                option: "--client",
                variables: "QUICKBOOKS_CLIENT_ID and QUICKBOOKS_CLIENT_SECRET",
            });
        };
        let place = "QUICKBOOKS_CLIENT_ID, QUICKBOOKS_CLIENT_SECRET".to_owned();
        ClientPair::new(&id, &secret).map_err(|source| SecretsError::Content { place, source })
    }
}
