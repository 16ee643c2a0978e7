//! Answers that no honest server gives, over a real connection: each is told apart, none is taken in without bound, none
//! panics, and a write is never sent a second time.

use std::time::Duration;

use qb_client::engine::{RequestId, UnknownWhy, WriteOutcome};
use qb_client::{AccessToken, BaseUrl, Client, RealmId, StaticToken};
use qb_model::EntityKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const GOOD: &str = r#"{"Invoice":{"Id":"145","SyncToken":"0"}}"#;

/// The good answer, compressed.
const GZIP: [u8; 59] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xab, 0x56, 0xf2, 0xcc, 0x2b, 0xcb, 0xcf,
    0x4c, 0x4e, 0x55, 0xb2, 0xaa, 0x56, 0xf2, 0x4c, 0x51, 0xb2, 0x52, 0x32, 0x34, 0x31, 0x55, 0xd2, 0x51,
    0x0a, 0xae, 0xcc, 0x4b, 0x0e, 0xc9, 0xcf, 0x4e, 0xcd, 0x03, 0x8a, 0x18, 0x28, 0xd5, 0xd6, 0x02, 0x00,
    0x04, 0x43, 0xa2, 0x66, 0x28, 0x00, 0x00, 0x00,
];

/// Takes one request and hands the connection to `answer`. What the client wrote, and what `answer` gave back.
async fn serve<F, T>(answer: impl FnOnce(TcpStream) -> F + Send + 'static) -> (u16, JoinHandle<(String, T)>)
where
    F: Future<Output = T> + Send,
    T: Send + 'static,
{
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
        let given = answer(stream).await;
        let second = tokio::time::timeout(Duration::from_millis(100), listener.accept()).await;
        assert!(second.is_err(), "the request was sent a second time");
        (String::from_utf8(seen).unwrap(), given)
    });
    (port, task)
}

/// A server that writes these bytes and closes.
async fn writes(bytes: Vec<u8>) -> (u16, JoinHandle<(String, ())>) {
    serve(|mut stream| async move {
        // The client may stop reading.
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
    })
    .await
}

/// One create with all the time in the world: what ends it is the answer.
async fn create(port: u16) -> WriteOutcome {
    create_within(port, Duration::from_secs(60)).await
}

async fn create_within(port: u16, total: Duration) -> WriteOutcome {
    let tokens = StaticToken::new(AccessToken::new("canary-token").unwrap());
    let base = BaseUrl::loopback(&format!("http://127.0.0.1:{port}")).unwrap();
    let builder = Client::builder(base, RealmId::new("9130").unwrap(), tokens).total_timeout(total);
    let client = builder.build().unwrap();
    client.create(EntityKind::Invoice, b"{}", &RequestId::new("inv-CLT7B1-0").unwrap()).await
}

fn unknown(outcome: WriteOutcome) -> UnknownWhy {
    match outcome {
        WriteOutcome::Unknown { why, .. } => why,
        other => panic!("expected unknown, found {other:?}"),
    }
}

fn reply(headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Row 84: a body that says it has 1 GiB is not begun with.
#[tokio::test]
async fn a_body_of_1_gib_is_not_begun_with() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n{".to_vec();
    let (port, server) = writes(head).await;
    assert_eq!(unknown(create(port).await), UnknownWhy::TooLarge { limit: 8 * 1024 * 1024 });
    server.await.unwrap();
}

/// Row 84: a body without a length that does not end is cut off near the limit.
#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    const GIB: usize = 1024 * 1024 * 1024;
    let (port, server) = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
        let (chunk, mut written) = (vec![b' '; 64 * 1024], 0);
        while written < GIB && stream.write_all(&chunk).await.is_ok() {
            written += chunk.len();
        }
        written
    })
    .await;
    assert_eq!(unknown(create(port).await), UnknownWhy::TooLarge { limit: 8 * 1024 * 1024 });
    let (_, written) = server.await.unwrap();
    assert!(written < GIB / 8, "{written} bytes went out");
}

/// Row 84: compression is not asked for and not undone, so nothing grows behind our back.
#[tokio::test]
async fn a_compressed_body_is_not_unpacked() {
    let (port, server) = writes(reply("Content-Encoding: gzip\r\n", &GZIP)).await;
    assert_eq!(unknown(create(port).await), UnknownWhy::NotTheAnswer { status: 200 });
    let (seen, ()) = server.await.unwrap();
    assert!(!seen.to_lowercase().contains("accept-encoding"), "{seen}");
}

/// Row 85: ten thousand objects in each other.
#[tokio::test]
async fn a_body_nested_ten_thousand_deep_is_not_followed() {
    let deep = format!("{}1{}", r#"{"Invoice":"#.repeat(10_000), "}".repeat(10_000));
    let (port, server) = writes(reply("", deep.as_bytes())).await;
    assert_eq!(unknown(create(port).await), UnknownWhy::NotTheAnswer { status: 200 });
    server.await.unwrap();
}

/// Rows 81 and 83: the body counts, not what its header calls it.
#[tokio::test]
async fn an_answer_is_judged_by_its_body_and_not_by_its_content_type() {
    let (port, server) = writes(reply("Content-Type: text/html\r\n", GOOD.as_bytes())).await;
    assert!(matches!(create(port).await, WriteOutcome::Applied { .. }));
    server.await.unwrap();
    for body in
        ["<html>Sign in</html>", "<?xml version=\"1.0\"?><IntuitResponse/>", &GOOD[..20], "\u{0}\u{0}"]
    {
        let (port, server) = writes(reply("Content-Type: application/json\r\n", body.as_bytes())).await;
        assert_eq!(unknown(create(port).await), UnknownWhy::NotTheAnswer { status: 200 }, "{body:?}");
        server.await.unwrap();
    }
}

/// Row 83 and the fault catalogue: bytes that are no text, a length that lies, a head that is none, a slow drip.
#[tokio::test]
async fn broken_http_is_an_unknown_outcome() {
    for (name, bytes) in [
        ("no head", b"\xff\xfe\x00\x00 200 OK\r\n\r\n".to_vec()),
        ("a length that lies", b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n{}".to_vec()),
        ("two lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}".to_vec()),
        ("a chunk that lies", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n{}".to_vec()),
    ] {
        let (port, server) = writes(bytes).await;
        assert_eq!(unknown(create(port).await).code(), "connection-lost", "{name}");
        server.await.unwrap();
    }
    let (port, server) = writes(reply("", b"{\"Invoice\":{\"Id\":\"\xff\",\"SyncToken\":\"0\"}}")).await;
    assert_eq!(unknown(create(port).await), UnknownWhy::NotTheAnswer { status: 200 });
    server.await.unwrap();
    let (port, server) = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n").await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let outcome = create_within(port, Duration::from_millis(500)).await;
    assert_eq!(unknown(outcome).code(), "connection-lost", "a slow drip");
    server.await.unwrap();
}
