//! The network transport against a tiny server made by hand: what counts as not sent, and what as unknown.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qb_client::engine::{NotSentWhy, RequestId, UnknownWhy, WriteOutcome};
use qb_client::{AccessToken, BaseUrl, Client, ClientBuilder, RealmId, StaticToken};
use qb_model::EntityKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const TOKEN: &str = "canary-token";

fn builder(port: u16) -> ClientBuilder {
    let tokens = StaticToken::new(AccessToken::new(TOKEN).unwrap());
    let base = BaseUrl::loopback(&format!("http://127.0.0.1:{port}")).unwrap();
    Client::builder(base, RealmId::new("9130").unwrap(), tokens)
        .connect_timeout(Duration::from_millis(500))
        .total_timeout(Duration::from_millis(800))
}

/// Serves one connection: reads the request's head and two body bytes, writes `reply`, then holds or closes.
/// Gives back what it read and whether a second connection came.
async fn serve(reply: Vec<u8>, hold: Duration) -> (u16, JoinHandle<(String, bool)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n{}") {
            let mut part = [0; 4096];
            let count = stream.read(&mut part).await.unwrap();
            assert_ne!(count, 0, "request ended early");
            seen.extend_from_slice(part.get(..count).unwrap());
        }
        // The client may stop reading: an oversize reply need not go out whole.
        let _ = stream.write_all(&reply).await;
        tokio::time::sleep(hold).await;
        drop(stream);
        let second = tokio::time::timeout(Duration::from_millis(100), listener.accept()).await.is_ok();
        (String::from_utf8(seen).unwrap(), second)
    });
    (port, task)
}

async fn create(port: u16) -> WriteOutcome {
    let id = RequestId::new("inv-CLT7B1-0").unwrap();
    let outcome = builder(port).build().unwrap().create(EntityKind::Invoice, b"{}", &id).await;
    assert!(!format!("{outcome:?}").contains(TOKEN));
    outcome
}

fn unknown(outcome: WriteOutcome) -> UnknownWhy {
    match outcome {
        WriteOutcome::Unknown { why, .. } => why,
        other => panic!("expected unknown, found {other:?}"),
    }
}

fn reply(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn a_whole_answer_is_applied_and_the_request_is_as_promised() {
    let body = r#"{"Invoice":{"Id":"145","SyncToken":"0"},"time":"t"}"#;
    let (port, server) = serve(reply("200 OK\r\nintuit_tid: 1-abc", body), Duration::ZERO).await;
    let outcome = create(port).await;
    assert!(matches!(&outcome, WriteOutcome::Applied { answer, .. } if answer.id == "145"), "{outcome:?}");
    assert_eq!(outcome.intuit_tid(), Some("1-abc"));
    let (seen, second) = server.await.unwrap();
    assert!(!second);
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "{}");
    let head = head.to_lowercase();
    assert!(
        head.starts_with("post /v3/company/9130/invoice?minorversion=75&requestid=inv-clt7b1-0 http/1.1")
    );
    for line in
        ["authorization: bearer canary-token", "accept: application/json", "content-type: application/json"]
    {
        assert_eq!(head.matches(line).count(), 1, "{line}");
    }
}

#[tokio::test]
async fn nobody_listening_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let outcome = create(port).await;
    assert!(matches!(outcome, WriteOutcome::NotSent { why: NotSentWhy::Connection(_), .. }), "{outcome:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let target = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("http://{}/v3/company/9130/invoice", target.local_addr().unwrap());
    let (port, server) =
        serve(reply(&format!("307 Moved\r\nLocation: {location}"), ""), Duration::ZERO).await;
    assert_eq!(unknown(create(port).await), UnknownWhy::RedirectRefused { status: 307 });
    let followed = tokio::time::timeout(Duration::from_millis(100), target.accept()).await;
    assert!(followed.is_err());
    assert!(!server.await.unwrap().1);
}

#[tokio::test]
async fn a_truncated_body_is_unknown_and_not_sent_again() {
    let text = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Invoice\":{\"Id\":\"145\"".to_vec();
    let (port, server) = serve(text, Duration::ZERO).await;
    assert_eq!(unknown(create(port).await).code(), "connection-lost");
    assert!(!server.await.unwrap().1, "the request was sent a second time");
}

#[tokio::test]
async fn a_connection_closed_without_an_answer_is_unknown_and_not_sent_again() {
    let (port, server) = serve(Vec::new(), Duration::ZERO).await;
    assert_eq!(unknown(create(port).await).code(), "connection-lost");
    assert!(!server.await.unwrap().1, "the request was sent a second time");
}

#[tokio::test]
async fn a_silent_server_is_unknown() {
    let (port, server) = serve(Vec::new(), Duration::from_millis(1500)).await;
    assert_eq!(unknown(create(port).await).code(), "connection-lost");
    server.abort();
}

#[tokio::test]
async fn an_oversize_body_is_unknown() {
    let mut text = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    text.resize(text.len() + 9 * 1024 * 1024, b' ');
    let (port, server) = serve(text, Duration::ZERO).await;
    assert_eq!(unknown(create(port).await), UnknownWhy::TooLarge { limit: 8_388_608 });
    server.abort();
}

/// A server that answers every request on a connection, and how many connections it has seen.
async fn keep_alive() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let connections = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            seen.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut text = Vec::new();
                loop {
                    let mut part = [0; 4096];
                    match stream.read(&mut part).await {
                        Ok(count) if count > 0 => text.extend_from_slice(&part[..count]),
                        _ => return,
                    }
                    if text.ends_with(b"\r\n\r\n{}") {
                        text.clear();
                        let body = r#"{"Invoice":{"Id":"145","SyncToken":"0"}}"#;
                        stream.write_all(&reply("200 OK", body)).await.unwrap();
                    }
                }
            });
        }
    });
    (port, connections)
}

/// A write goes into no connection that was idle for long: whoever stands between may be closing it.
#[tokio::test]
async fn a_connection_that_was_idle_is_not_used_again() {
    for (idle, pause, connections) in [(60_000, 300, 1), (100, 300, 2)] {
        let (port, seen) = keep_alive().await;
        let client = builder(port).pool_idle_timeout(Duration::from_millis(idle)).build().unwrap();
        for _ in 0..2 {
            let id = RequestId::new("inv-CLT7B1-0").unwrap();
            assert_eq!(client.create(EntityKind::Invoice, b"{}", &id).await.code(), "applied");
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        assert_eq!(seen.load(Ordering::SeqCst), connections, "idle {idle} ms");
    }
}

/// A client of the host's own carries requests, held to the total time; what it follows by itself is no answer.
#[tokio::test]
async fn a_client_of_the_hosts_own_is_used_and_not_believed_when_it_follows() {
    let of_the_host = || reqwest::Client::builder().no_proxy().user_agent("the-host").build().unwrap();
    let id = RequestId::new("inv-CLT7B1-0").unwrap();
    let body = r#"{"Invoice":{"Id":"145","SyncToken":"0"},"time":"t"}"#;
    let (port, server) = serve(reply("200 OK", body), Duration::ZERO).await;
    let client = builder(port).http_client(of_the_host()).build().unwrap();
    assert_eq!(client.create(EntityKind::Invoice, b"{}", &id).await.code(), "applied");
    assert!(server.await.unwrap().0.to_lowercase().contains("user-agent: the-host"));

    let (port, server) = serve(Vec::new(), Duration::from_millis(1500)).await;
    let client = builder(port).http_client(of_the_host()).build().unwrap();
    assert_eq!(unknown(client.create(EntityKind::Invoice, b"{}", &id).await).code(), "connection-lost");
    server.abort();

    let (target, other) = serve(reply("200 OK", body), Duration::ZERO).await;
    let location = format!("http://127.0.0.1:{target}/v3/company/9130/invoice");
    let (port, server) =
        serve(reply(&format!("307 Moved\r\nLocation: {location}"), ""), Duration::ZERO).await;
    let client = builder(port).http_client(of_the_host()).build().unwrap();
    let why = unknown(client.create(EntityKind::Invoice, b"{}", &id).await);
    assert!(why.to_string().contains("followed a redirect"), "{why}");
    server.abort();
    other.abort();
}
