//! A connection that ends at every byte of an answer, for each verb: nothing but the whole answer is one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use qb_client::engine::{Batch, Query, RequestId};
use qb_client::{AccessToken, BaseUrl, Client, EntityName, RealmId, StaticToken};
use qb_model::received::Invoice;
use qb_model::{EntityKind, Id, Update, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const INVOICE: &str = r#"{"Invoice":{"Id":"145","SyncToken":"1","TotalAmt":26.50},"time":"t"}"#;
const GONE: &str = r#"{"Invoice":{"domain":"QBO","status":"Deleted","Id":"145"},"time":"t"}"#;
const BATCH: &str = r#"{"BatchItemResponse":[{"Invoice":{"Id":"145","SyncToken":"0"},"bId":"i0"},
{"Invoice":{"Id":"146","SyncToken":"0"},"bId":"i1"}],"time":"t"}"#;
const QUERY: &str = r#"{"QueryResponse":{"Invoice":[{"Id":"145","SyncToken":"0"}],"startPosition":1,"maxResults":1},"time":"t"}"#;
const EMPTY: &str = r#"{"QueryResponse":{},"time":"t"}"#;
const CHANGES: &str = r#"{"CDCResponse":[{"QueryResponse":[{"Invoice":[{"Id":"145","SyncToken":"0"}],"maxResults":1}]}],"time":"t"}"#;
const PDF: &str = "%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\nstartxref\n9\n%%EOF\n";

/// How an answer says where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Length,
    Chunks,
    /// By the connection's end: then a cut body may look whole.
    Close,
}

fn answer(body: &str, framing: Framing) -> Vec<u8> {
    let kind = if body == PDF { "application/pdf" } else { "application/json" };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n");
    match framing {
        Framing::Length => format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()),
        Framing::Chunks => {
            let (one, two) = body.split_at(body.len() / 2);
            let (first, second) = (one.len(), two.len());
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{first:x}\r\n{one}\r\n{second:x}\r\n{two}\r\n0\r\n\r\n")
        }
        Framing::Close => format!("{head}\r\n{body}"),
    }
    .into_bytes()
}

/// Reads a whole request.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut seen = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        seen.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&seen).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            return Some(text);
        }
    }
}

/// A server whose answers end after so many bytes, and how many requests it has seen.
async fn serve(
    answers: fn(&str) -> &'static str,
    framing: Framing,
) -> (Client, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (cut, seen) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (its_cut, its_seen) = (Arc::clone(&cut), Arc::clone(&seen));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let Some(text) = request(&mut stream).await else { continue };
            its_seen.fetch_add(1, Ordering::SeqCst);
            let bytes = answer(answers(&text), framing);
            let end = its_cut.load(Ordering::SeqCst).min(bytes.len());
            let _ = stream.write_all(&bytes[..end]).await;
            let _ = stream.shutdown().await;
        }
    });
    let tokens = StaticToken::new(AccessToken::new("canary").unwrap());
    let base = BaseUrl::loopback(&format!("http://127.0.0.1:{port}")).unwrap();
    let builder = Client::builder(base, RealmId::new("9130").unwrap(), tokens);
    let client = builder.read_attempts(1).total_timeout(Duration::from_secs(20)).build().unwrap();
    (client, cut, seen)
}

/// Cuts the answer at every byte. `ask` gives the class of what came of one asking; `whole` is the class of the whole answer.
async fn cut_everywhere(
    name: &str,
    answers: fn(&str) -> &'static str,
    body: &'static str,
    (cut_class, whole_class): (&str, &str),
    ask: impl AsyncFn(&Client) -> String,
) {
    for framing in [Framing::Length, Framing::Chunks, Framing::Close] {
        let (client, cut, seen) = serve(answers, framing).await;
        let whole = answer(body, framing).len();
        // A body that ends with the connection is whole when what it says is; its last bytes may be blanks.
        let needed =
            if framing == Framing::Close { whole - body.len() + body.trim_end().len() } else { whole };
        for end in 0..needed {
            cut.store(end, Ordering::SeqCst);
            let before = seen.load(Ordering::SeqCst);
            assert_eq!(ask(&client).await, cut_class, "{name}, {framing:?}, cut at {end} of {whole}");
            assert_eq!(seen.load(Ordering::SeqCst), before + 1, "{name}, {framing:?}, {end}: sent once");
        }
        cut.store(usize::MAX, Ordering::SeqCst);
        assert_eq!(ask(&client).await, whole_class, "{name}, {framing:?}");
    }
}

fn id() -> RequestId {
    RequestId::new("r-1").unwrap()
}

fn version() -> Version<Invoice> {
    Version::new("145", "0").unwrap()
}

#[tokio::test]
async fn writes_are_unknown_until_the_last_byte() {
    let create =
        async |client: &Client| client.create(EntityKind::Invoice, b"{}", &id()).await.code().to_owned();
    cut_everywhere("create", |_| INVOICE, INVOICE, ("unknown", "applied"), create).await;
    let update = Update::sparse(version()).set("PrivateNote", "x").unwrap();
    let change = async |client: &Client| client.update(&update, &id()).await.code().to_owned();
    cut_everywhere("update", |_| INVOICE, INVOICE, ("unknown", "applied"), change).await;
    let void = async |client: &Client| client.void(&version(), &id()).await.code().to_owned();
    cut_everywhere("void", |_| INVOICE, INVOICE, ("unknown", "applied"), void).await;
    let delete = async |client: &Client| client.delete(&version(), &id()).await.code().to_owned();
    cut_everywhere("delete", |_| GONE, GONE, ("unknown", "applied"), delete).await;
}

#[tokio::test]
async fn every_item_of_a_batch_is_unknown_until_the_last_byte() {
    let batch = async |client: &Client| {
        let mut batch = Batch::new();
        let first = batch.create(EntityKind::Invoice, b"{}", &id()).unwrap();
        let second = batch.create(EntityKind::Invoice, b"{}", &id()).unwrap();
        let outcome = client.batch(&batch, &batch.request_id()).await;
        format!("{} {}", outcome.of(&first).code(), outcome.of(&second).code())
    };
    cut_everywhere("batch", |_| BATCH, BATCH, ("unknown unknown", "applied applied"), batch).await;
}

/// A list that is cut is an error, and never one that lacks what was cut off.
#[tokio::test]
async fn reads_are_errors_until_the_last_byte() {
    let word = |failed: bool| if failed { "error" } else { "read" }.to_owned();
    let record = async |client: &Client| word(client.record::<Invoice>("145").await.is_err());
    cut_everywhere("record", |_| INVOICE, INVOICE, ("error", "read"), record).await;
    let query = async |client: &Client| {
        let mut pages = client.pages::<Invoice>(Query::of::<Invoice>());
        word(pages.next().await.is_err())
    };
    cut_everywhere("query", |_| QUERY, QUERY, ("error", "read"), query).await;
    let end = async |client: &Client| word(client.query(&Query::of::<Invoice>()).await.is_err());
    cut_everywhere("the empty page", |_| EMPTY, EMPTY, ("error", "read"), end).await;
    let changes = async |client: &Client| {
        let kinds = [EntityName::of::<Invoice>()];
        word(client.changed_since(&kinds, chrono::DateTime::UNIX_EPOCH).await.is_err())
    };
    cut_everywhere("changes", |_| CHANGES, CHANGES, ("error", "read"), changes).await;
    let pdf = async |client: &Client| {
        word(client.invoice_pdf(&Id::<qb_model::Invoice>::new("145").unwrap()).await.is_err())
    };
    cut_everywhere("pdf", |_| PDF, PDF, ("error", "read"), pdf).await;
}
