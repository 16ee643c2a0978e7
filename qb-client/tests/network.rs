//! The network transport against a tiny server made by hand: what counts as not sent, and what as unknown.

use std::time::Duration;

use qb_client::engine::{NotSentWhy, RequestId, UnknownWhy, WriteOutcome};
use qb_client::{AccessToken, BaseUrl, Client, RealmId, StaticToken};
use qb_model::EntityKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const TOKEN: &str = "canary-token";

fn client(port: u16) -> Client {
    let tokens = StaticToken::new(AccessToken::new(TOKEN).unwrap());
    let base = BaseUrl::loopback(&format!("http://127.0.0.1:{port}")).unwrap();
    Client::builder(base, RealmId::new("9130").unwrap(), tokens)
        .connect_timeout(Duration::from_millis(500))
        .total_timeout(Duration::from_millis(800))
        .build()
        .unwrap()
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
    let outcome = client(port).create(EntityKind::Invoice, b"{}", &id).await;
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
