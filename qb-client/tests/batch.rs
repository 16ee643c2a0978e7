//! Many in one request: each item has an outcome of its own, whatever the answer leaves out, doubles or makes up.

use qb_client::ReadError;
use qb_client::engine::{Batch, FirstPage, Query, QueryField, RequestId, UnknownWhy, WriteOutcome};
use qb_model::received::{Invoice, Payment};
use qb_model::{EntityKind, Update, Version};
use qb_simulator::{BatchFault, CompanyOptions, Effect, Operation, Rule, ThrottleForm, When};
use serde_json::{Value, json};

use crate::books::{Books, id};

/// The kinds of three items: the second can be named by itself.
const KINDS: [EntityKind; 3] = [EntityKind::Invoice, EntityKind::CreditMemo, EntityKind::Invoice];

/// The second of them.
fn second() -> When {
    When { entities: vec!["CreditMemo".to_owned()], ..When::default() }
}

/// A batch of three documents, and their numbers.
fn three(books: &Books, name: &str) -> (Batch, Vec<qb_client::engine::Place<WriteOutcome>>, Vec<String>) {
    let (mut batch, mut places, mut numbers) = (Batch::new(), Vec::new(), Vec::new());
    for (at, kind) in KINDS.into_iter().enumerate() {
        let number = format!("{name:.15}-{at}");
        let body = books.invoice(&number, "26.50").to_string();
        places.push(batch.create(kind, body.as_bytes(), &id("inv")).unwrap());
        numbers.push(number);
    }
    (batch, places, numbers)
}

/// How often each number stands in the books.
async fn standing(books: &Books, numbers: &[String]) -> Vec<usize> {
    let mut counts = Vec::new();
    for (kind, number) in KINDS.into_iter().zip(numbers) {
        counts.push(books.client.find_by_number(kind, number).await.unwrap().len());
    }
    counts
}

#[tokio::test]
async fn every_verb_and_a_query_ride_together() {
    let books = Books::open().await;
    let (changed, voided, deleted) = (
        books.invoiced("H-1", "1.00").await,
        books.invoiced("H-2", "2.00").await,
        books.invoiced("H-3", "3.00").await,
    );
    let open = books.invoiced("H-4", "4.00").await;
    let paid = books.paid(&open).await;
    let payment: Payment = books.client.record(&paid).await.unwrap().unwrap();
    let before = books.client.usage();

    let mut batch = Batch::new();
    let body = books.invoice("H-5", "703687441.77").to_string();
    let create = batch.create(EntityKind::Invoice, body.as_bytes(), &id("i")).unwrap();
    let update = Update::sparse(Version::of(&changed).unwrap()).set("PrivateNote", "new").unwrap();
    let update = batch.update(&update, &id("i")).unwrap();
    let void = batch.void(&Version::of(&voided).unwrap(), &id("i")).unwrap();
    let void_payment = batch.void(&Version::of(&payment).unwrap(), &id("i")).unwrap();
    let delete = batch.delete(&Version::of(&deleted).unwrap(), &id("i")).unwrap();
    let stale = batch.delete(&Version::<Invoice>::new("999999", "0").unwrap(), &id("i")).unwrap();
    let query = batch.query(&Query::all(EntityKind::Customer)).unwrap();
    let bad = batch.query(&Query::of::<Payment>().equal(QueryField::DocNumber, "x").unwrap()).unwrap();
    let outcome = books.client.batch(&batch, &batch.request_id()).await;

    let WriteOutcome::Applied { answer, intuit_tid } = outcome.of(&create) else { panic!("created") };
    assert_eq!(answer.raw["TotalAmt"].to_string(), "703687441.77");
    assert!(intuit_tid.is_some());
    let WriteOutcome::Applied { answer, .. } = outcome.of(&update) else { panic!("changed") };
    assert_eq!(answer.private_note.as_str(), Some("new"));
    assert_eq!(answer.total_amt.get().unwrap().cents(), 100);
    let WriteOutcome::Applied { answer, .. } = outcome.of(&void) else { panic!("voided") };
    assert_eq!(answer.total_amt.get().unwrap().cents(), 0);
    let WriteOutcome::Applied { answer, .. } = outcome.of(&void_payment) else { panic!("voided") };
    assert_eq!(answer.private_note.as_str(), Some("Voided"));
    let WriteOutcome::Applied { answer, .. } = outcome.of(&delete) else { panic!("deleted") };
    assert_eq!(answer.id, deleted.id.get().unwrap().as_str());
    assert!(matches!(outcome.of(&stale), WriteOutcome::Refused(refusal) if refusal.code == "610"));
    assert_eq!(outcome.of(&query).unwrap().rows().len(), 1);
    assert!(matches!(outcome.of(&bad), Err(ReadError::Refused(refusal)) if refusal.code == "4001"));
    let used = books.client.usage() - before;
    assert_eq!((used.requests, used.batches, used.writes, used.reads), (1, 1, 5, 1));
    books.close().await;
}

/// The same batch under the same id is done once, whether its id was given or computed.
#[tokio::test]
async fn a_batch_that_is_sent_again_is_done_once() {
    let books = Books::open().await;
    let (batch, places, numbers) = three(&books, "again");
    let ids = |outcome: qb_client::engine::BatchOutcome| -> Vec<String> {
        let each = places.iter().map(|place| match outcome.of(place) {
            WriteOutcome::Applied { answer, .. } => answer.id,
            other => panic!("{other:?}"),
        });
        each.collect()
    };
    let first = ids(books.client.batch(&batch, &batch.request_id()).await);
    assert_eq!(ids(books.client.batch(&batch, &batch.request_id()).await), first);
    assert_eq!(standing(&books, &numbers).await, [1, 1, 1]);
    books.close().await;
}

/// Order of answers, and of work, is QuickBooks' affair: items are matched by their ids.
#[tokio::test]
async fn items_are_matched_by_their_ids() {
    for seed in 1..=5 {
        let books =
            Books::open_with(CompanyOptions { batch_shuffle: Some(seed), ..CompanyOptions::default() }).await;
        let mut batch = Batch::new();
        let mut places = Vec::new();
        for at in 0..30 {
            let body = books.invoice(&format!("S-{at}"), &format!("{at}.01")).to_string();
            places.push(batch.create(EntityKind::Invoice, body.as_bytes(), &id("i")).unwrap());
        }
        assert_eq!(batch.create(EntityKind::Invoice, b"{}", &id("i")).unwrap_err().code(), "batch-full");
        let outcome = books.client.batch(&batch, &batch.request_id()).await;
        for (at, place) in places.iter().enumerate() {
            let WriteOutcome::Applied { answer, .. } = outcome.of(place) else { panic!("{at}") };
            assert_eq!(answer.raw["DocNumber"], json!(format!("S-{at}")));
        }
        books.close().await;
    }
}

/// What can go wrong with one item, or with the whole: `(what, class of each of three items, how often each stands)`.
/// The fault strikes the second item.
#[tokio::test]
async fn each_item_says_what_is_known_of_it() {
    let refused = |code: &str, committed| {
        let code = code.to_owned();
        Effect::Batch(BatchFault::ItemRefused { code, detail: String::new(), committed })
    };
    let throttled = |form, committed| Effect::Throttled { form, retry_after: None, committed };
    let whole =
        |status: u16, code: &str| Effect::Refused { status, code: code.to_owned(), detail: String::new() };
    let books = Books::open().await;
    for (name, effect, classes, stands) in [
        ("partial", Effect::Batch(BatchFault::Partial), ["applied", "unknown", "unknown"], [1, 0, 0]),
        ("half, then 500", Effect::Batch(BatchFault::FailedAfterPart), ["unknown"; 3], [1, 0, 0]),
        ("lost", Effect::Batch(BatchFault::ItemLost), ["applied", "unknown", "applied"], [1, 1, 1]),
        ("without id", Effect::Batch(BatchFault::MissingId), ["applied", "unknown", "applied"], [1, 1, 1]),
        ("doubled", Effect::Batch(BatchFault::DoubledItem), ["applied", "unknown", "applied"], [1, 1, 1]),
        ("unknown id", Effect::Batch(BatchFault::UnknownId), ["applied", "unknown", "applied"], [1, 1, 1]),
        ("reordered", Effect::Batch(BatchFault::Reordered), ["applied"; 3], [1, 1, 1]),
        ("no items", Effect::Batch(BatchFault::NoItems), ["unknown"; 3], [1, 1, 1]),
        ("item 2050", refused("2050", false), ["applied", "refused", "applied"], [1, 0, 1]),
        ("item 5010", refused("5010", false), ["applied", "stale", "applied"], [1, 0, 1]),
        ("item 3001", refused("3001", false), ["applied", "not-sent", "applied"], [1, 0, 1]),
        ("item 6000", refused("6000", true), ["applied", "unknown", "applied"], [1, 1, 1]),
        ("item 10000", refused("10000", true), ["applied", "unknown", "applied"], [1, 1, 1]),
        ("whole 401", Effect::TokenExpired, ["not-sent"; 3], [0, 0, 0]),
        ("whole 429", throttled(ThrottleForm::Json, false), ["not-sent"; 3], [0, 0, 0]),
        ("whole 429 xml", throttled(ThrottleForm::Xml, false), ["not-sent"; 3], [0, 0, 0]),
        ("whole 2050", whole(400, "2050"), ["unknown"; 3], [0, 0, 0]),
        ("whole 1040", whole(400, "1040"), ["unknown"; 3], [0, 0, 0]),
        ("whole 5010", whole(400, "5010"), ["unknown"; 3], [0, 0, 0]),
        ("whole 503", Effect::Status { status: 503, committed: true }, ["unknown"; 3], [1, 1, 1]),
        ("whole lost", Effect::AnswerLost, ["unknown"; 3], [1, 1, 1]),
        ("whole html", Effect::Html { committed: true }, ["unknown"; 3], [1, 1, 1]),
        ("whole empty", Effect::Empty { committed: true }, ["unknown"; 3], [1, 1, 1]),
        ("whole cut", Effect::Truncated { bytes: 300 }, ["unknown"; 3], [1, 1, 1]),
    ] {
        let (batch, places, numbers) = three(&books, name);
        let when = match &effect {
            Effect::Batch(_) => second(),
            _ => When::operation(Operation::Batch),
        };
        books.go_wrong(vec![Rule::new(name, effect, when)]);
        let outcome = books.client.batch(&batch, &batch.request_id()).await;
        books.go_wrong(Vec::new());
        let found: Vec<&str> = places.iter().map(|place| outcome.of(place).code()).collect();
        assert_eq!(found, classes, "{name}");
        assert_eq!(standing(&books, &numbers).await, stands, "{name}");
        let is_strange = matches!(name, "without id" | "unknown id");
        assert_eq!(outcome.unexpected().len(), usize::from(is_strange), "{name}");
    }
    books.close().await;
}

/// Why an item is unknown is told: nothing on it, or too much.
#[tokio::test]
async fn an_item_without_an_answer_says_which() {
    let books = Books::open().await;
    for (fault, expected) in [
        (BatchFault::ItemLost, UnknownWhy::ItemMissing { item: "i1".to_owned() }),
        (BatchFault::DoubledItem, UnknownWhy::ItemTwice { item: "i1".to_owned() }),
    ] {
        let (batch, places, _) = three(&books, expected.code());
        books.go_wrong(vec![Rule::new("item", Effect::Batch(fault), second())]);
        let outcome = books.client.batch(&batch, &batch.request_id()).await;
        let WriteOutcome::Unknown { why, .. } = outcome.of(&places[1]) else { panic!("{expected}") };
        assert_eq!(why, expected);
    }
    books.go_wrong(Vec::new());
    books.close().await;
}

/// The id of a batch follows from its items and their order, and from nothing else.
#[test]
fn the_id_of_a_batch_is_computed() {
    let batch = |items: &[(&str, &str)]| {
        let mut batch = Batch::new();
        for (id, body) in items {
            batch.create(EntityKind::Vendor, body.as_bytes(), &RequestId::new(*id).unwrap()).unwrap();
        }
        batch.request_id().as_str().to_owned()
    };
    let one = batch(&[("a-0", "{}"), ("b-0", "{}")]);
    assert_eq!(one, batch(&[("a-0", "{}"), ("b-0", "{}")]));
    assert!(
        one.starts_with("b-") && one.len() == 32 && one[2..].bytes().all(|b| b.is_ascii_hexdigit()),
        "{one}"
    );
    for other in [
        &[("b-0", "{}"), ("a-0", "{}")][..],
        &[("a-0", "{}"), ("b-1", "{}")],
        &[("a-0", "{}"), ("b-0", r#"{"DisplayName":"x"}"#)],
        &[("a-0", "{}")],
        &[],
    ] {
        assert_ne!(one, batch(other));
    }
    for body in ["", "[]", "{", "7", "\"x\"", "{}{}"] {
        let error = Batch::new().create(EntityKind::Vendor, body.as_bytes(), &id("v")).unwrap_err();
        assert_eq!(error.code(), "item-body", "{body}");
    }
    assert!(Batch::new().is_empty());
}

/// Nothing is sent for nothing.
#[tokio::test]
async fn an_empty_batch_is_not_sent() {
    let books = Books::open().await;
    let before = books.client.usage().requests;
    assert!(books.client.batch(&Batch::new(), &id("b")).await.unexpected().is_empty());
    assert_eq!(books.client.query_all(&[]).await.unwrap(), [] as [Vec<Value>; 0]);
    assert_eq!(books.client.usage().requests, before);
    books.close().await;
}

/// Many lists in two requests: their pages, and the empty pages that end them.
#[tokio::test]
async fn many_lists_are_read_in_batches_to_their_ends() {
    let books = Books::open().await;
    for number in 0..9 {
        books.create(EntityKind::Invoice, books.invoice(&format!("P-{number}"), "1.00")).await;
    }
    let mut queries: Vec<Query> =
        [EntityKind::Account, EntityKind::Item, EntityKind::Customer, EntityKind::Vendor]
            .into_iter()
            .map(|kind| Query::all(kind).with_inactive())
            .collect();
    queries.push(Query::all(EntityKind::Invoice));
    let mut alone = Vec::new();
    for query in &queries {
        alone.push(books.client.query(query).await.unwrap());
    }
    let before = books.client.usage();
    assert_eq!(books.client.query_all(&queries).await.unwrap(), alone);
    let used = books.client.usage() - before;
    // The list without rows is over after its first page.
    assert_eq!((used.requests, used.batches, used.reads), (2, 2, 9));

    // A page that is cut off is no end, and what no batch brings is asked for alone.
    let cap = Rule::new("cap", Effect::PageCap { rows: 2 }, When::operation(Operation::Query));
    books.go_wrong(vec![cap]);
    assert_eq!(books.client.query_all(&queries).await.unwrap(), alone);
    let failing = Effect::Batch(BatchFault::ItemRefused {
        code: "10100".to_owned(),
        detail: String::new(),
        committed: false,
    });
    books.go_wrong(vec![Rule::new("too large", failing, When { nth: Some(2), ..When::default() })]);
    assert_eq!(books.client.query_all(&queries).await.unwrap(), alone);
    books.go_wrong(Vec::new());
    let rest = books.client.query_rest(&queries[4], FirstPage::default()).await.unwrap();
    assert_eq!(rest, alone[4]);
    let bad = Query::all(EntityKind::Payment).equal(QueryField::DocNumber, "x").unwrap();
    let error = books.client.query_all(&[queries[0].clone(), bad]).await.unwrap_err();
    assert_eq!(error.code(), "read-refused");
    books.close().await;
}

/// A reached limit of one item slows the whole company down.
#[tokio::test]
async fn an_item_at_the_limit_is_noted() {
    let books = Books::open().await;
    let (batch, places, _) = three(&books, "noted");
    let effect = Effect::Batch(BatchFault::ItemRefused {
        code: "3001".to_owned(),
        detail: String::new(),
        committed: false,
    });
    books.go_wrong(vec![Rule::new("limit", effect, second())]);
    let outcome = books.client.batch(&batch, &batch.request_id()).await;
    assert_eq!(outcome.of(&places[1]).code(), "not-sent");
    assert_eq!(books.client.usage().throttled, 1);
    books.go_wrong(Vec::new());
    books.close().await;
}
