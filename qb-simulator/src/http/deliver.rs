//! Delivers notifications over plain HTTP to an address on this machine.
//!
//! One POST on one connection each, in order, without repetition: whoever does not answer misses it. Neighbours:
//! `hooks` makes them, `server` runs the queue.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::http::hooks::Notification;

/// How long a receiver has; Intuit gives three seconds too.
const PATIENCE: Duration = Duration::from_secs(3);

/// Returns the address and the path of a receiver; only `http://` and a loopback IP address are taken.
pub(crate) fn receiver(url: &str) -> Option<(SocketAddr, String)> {
    let rest = url.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address: SocketAddr = host.replace("localhost:", "127.0.0.1:").parse().ok()?;
    let is_plain = !path.contains(|c: char| c.is_whitespace() || c.is_control());
    (address.ip().is_loopback() && is_plain).then(|| (address, format!("/{path}")))
}

/// Delivers what comes in until nothing can come any more.
pub(crate) async fn run(mut queue: UnboundedReceiver<(String, Notification)>) {
    while let Some((url, notification)) = queue.recv().await {
        if let Some((address, path)) = receiver(&url) {
            // A receiver that fails misses the notification, as after Intuit's last attempt.
            drop(tokio::time::timeout(PATIENCE, post(address, &path, &notification)).await);
        }
    }
}

async fn post(address: SocketAddr, path: &str, notification: &Notification) -> Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let length = notification.body.len();
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n"
    );
    for (name, value) in &notification.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(&[head.as_bytes(), &notification.body].concat()).await?;
    let mut answer = [0_u8; 12];
    stream.read_exact(&mut answer).await?;
    if answer.ends_with(b"200") { Ok(()) } else { Err(Error::from(ErrorKind::InvalidData)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_loopback_addresses_only() {
        assert!(receiver("http://127.0.0.1:8080/hook?a=b").is_some());
        assert!(receiver("http://localhost:8080").is_some());
        for bad in [
            "https://127.0.0.1:1/",
            "http://192.168.0.1:80/",
            "http://example.com:80/",
            "http://127.0.0.1/",
            "",
        ] {
            assert!(receiver(bad).is_none(), "{bad}");
        }
    }
}
