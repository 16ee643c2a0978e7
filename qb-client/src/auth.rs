//! The port to an authorization server: one POST that carries secrets, one response.
//!
//! This crate never refreshes a token; a [`TokenStore`](crate::TokenStore) that does, sends its requests through this
//! port, so that they get the same care as all others: sent at most once, no redirect, no proxy, bounded answers.
//! Neighbour: `http.rs` carries them over the network.

use std::fmt;

use async_trait::async_trait;

use crate::transport::{TransportError, WireResponse};

/// One request to an authorization server. `Debug` shows the address without its query, no header and no body.
pub struct AuthRequest {
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl AuthRequest {
    /// Returns a POST to `url` with these headers (names in lower case) and this body. Both may hold secrets.
    #[must_use]
    pub const fn new(url: String, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self { url, headers, body }
    }

    /// Returns the address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the headers, `authorization` among them; names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Returns the body, given up by the request.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }
}

impl fmt::Debug for AuthRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.url.split('?').next().unwrap_or_default();
        f.debug_struct("AuthRequest").field("url", &address).finish_non_exhaustive()
    }
}

/// Carries one request to an authorization server.
///
/// The contract is that of [`Transport`](crate::Transport): send at most once, follow no redirect, and answer
/// [`TransportError::NotSent`] only when nothing was written. An answer that gets lost may have replaced a refresh token.
#[async_trait]
pub trait AuthTransport: Send + Sync {
    /// Sends and takes in the whole response.
    ///
    /// # Errors
    /// [`TransportError`], whose variant says whether the request may have arrived.
    async fn post(&self, request: AuthRequest) -> Result<WireResponse, TransportError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_prints_neither_header_nor_body_nor_query() {
        let headers = vec![("authorization".to_owned(), "Basic canary".to_owned())];
        let request =
            AuthRequest::new("https://example.org/tokens?x=canary".to_owned(), headers, b"canary".to_vec());
        assert_eq!(format!("{request:?}"), "AuthRequest { url: \"https://example.org/tokens\", .. }");
    }
}
