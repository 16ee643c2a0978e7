//! A listener on this machine that waits for the browser to come back from the authorization page.
//!
//! It answers on 127.0.0.1 and [::1] alone, reads one small request a connection, and shows a page without any value from
//! it. A request with a foreign state is refused and the wait goes on: it must not end somebody's attempt.
//! Neighbour: `consent.rs` judges the answer.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::consent::{Allowed, Consent, Redirect};
use crate::error::ConsentError;

/// A browser sends its request at once; a connection that it keeps for later does not.
const REQUEST_TIME: Duration = Duration::from_secs(10);

/// A code of 512 characters, a state and cookies of other programs on this machine.
const LARGEST_REQUEST: usize = 64 * 1024;

/// Waits for one answer of the authorization page.
#[derive(Debug)]
pub struct LoopbackListener {
    four: TcpListener,
    six: Option<TcpListener>,
    redirect: Redirect,
}

impl LoopbackListener {
    /// Listens at a redirect address on this machine. Port 0 takes a free one, which only a simulator will accept.
    ///
    /// # Errors
    /// [`ConsentError::Redirect`] when it is not on this machine or its port is taken.
    pub async fn bind(redirect: &Redirect) -> Result<Self, ConsentError> {
        let refuse = |why: String| ConsentError::Redirect { address: redirect.to_string(), why };
        let port = redirect.url().port_or_known_default().filter(|_| redirect.is_loopback());
        let port = port.ok_or_else(|| refuse("it is not on this machine".to_owned()))?;
        let taken = |source: io::Error| refuse(format!("port {port} cannot be listened on ({source})"));
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(taken)?;
        let port = four.local_addr().map_err(taken)?.port();
        // Browsers may take `localhost` for either; where there is no version 6, they take 4.
        let six = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        Ok(Self { four, six, redirect: redirect.clone().with_port(port) })
    }

    /// Returns the redirect address with its port.
    #[must_use]
    pub const fn redirect(&self) -> &Redirect {
        &self.redirect
    }

    /// Waits for the answer to this question.
    ///
    /// # Errors
    /// [`ConsentError`]: what the page answered, or [`ConsentError::TimedOut`].
    pub async fn wait(self, consent: &Consent, patience: Duration) -> Result<Allowed, ConsentError> {
        let mut foreign = 0_usize;
        let mut open = JoinSet::new();
        let end = sleep(patience);
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => {
                    return Err(ConsentError::TimedOut { seconds: patience.as_secs(), foreign });
                }
                accepted = accept(&self.four, self.six.as_ref()) => {
                    if let Ok(stream) = accepted {
                        let path = self.redirect.url().path().to_owned();
                        let consent = consent.clone();
                        open.spawn(timeout(REQUEST_TIME, answer(stream, path, consent)));
                    } else {
                        // Too many open files, say: it will pass.
                        sleep(Duration::from_millis(50)).await;
                    }
                }
                Some(ended) = open.join_next() => {
                    match ended {
                        Ok(Ok(Some(Err(ConsentError::StateMismatch)))) => foreign = foreign.saturating_add(1),
                        Ok(Ok(Some(result))) => return result,
                        _ => {}
                    }
                }
            }
        }
    }
}

async fn accept(four: &TcpListener, six: Option<&TcpListener>) -> io::Result<TcpStream> {
    match six {
        None => four.accept().await.map(|(stream, _)| stream),
        Some(six) => tokio::select! {
            accepted = four.accept() => accepted.map(|(stream, _)| stream),
            accepted = six.accept() => accepted.map(|(stream, _)| stream),
        },
    }
}

/// Reads one request and shows a page; `None` when it was about something else.
async fn answer(
    mut stream: TcpStream,
    path: String,
    consent: Consent,
) -> Option<Result<Allowed, ConsentError>> {
    let head = head(&mut stream).await?;
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let target = (words.next() == Some("GET")).then(|| words.next()).flatten().unwrap_or_default();
    let (found, query) = target.split_once('?').unwrap_or((target, ""));
    let result = (found == path).then(|| consent.check(query));
    let (status, text) = match &result {
        None => ("404 Not Found", "Nothing is here."),
        Some(Ok(_)) => (
            "200 OK",
            "QuickBooks has answered. The program that you started goes on; this page may be closed.",
        ),
        Some(Err(ConsentError::StateMismatch)) => (
            "400 Bad Request",
            "This answer belongs to another attempt. Open the address that was printed last.",
        ),
        Some(Err(ConsentError::Denied)) => ("200 OK", "The app was not allowed. Nothing was connected."),
        Some(Err(_)) => {
            ("400 Bad Request", "QuickBooks reported a fault; the program that you started says which.")
        }
    };
    let page = format!("<!doctype html><html lang=en><meta charset=utf-8><title>Connect</title><p>{text}\n");
    let response = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nConnection: close\r\n\r\n{page}",
        page.len()
    );
    // A browser that has gone away misses a page; the answer counts all the same.
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
    result
}

/// A request up to its empty line.
async fn head(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut part = [0_u8; 2048];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut part).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(part.get(..read)?);
        if bytes.len() > LARGEST_REQUEST {
            return None;
        }
    }
    String::from_utf8(bytes).ok()
}
