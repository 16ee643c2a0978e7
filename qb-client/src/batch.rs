//! Many writes and queries in one request, each with an outcome of its own.
//!
//! A batch is no transaction: QuickBooks carries its items out one by one, in any order, and one that is refused undoes no
//! other. So nothing in it may depend on another item of it. Answers are matched by the item's id (`bId`) and by nothing
//! else; an item of which the answer says nothing is unknown. A batch that is sent again must be the same batch: same items,
//! same order, same request id.
//!
//! Neighbours: `client.rs` sends, `outcome.rs` sorts each item as it sorts a whole answer, `records.rs` reads the records.

use std::fmt;
use std::time::Duration;

use qb_model::received::Kind;
use qb_model::{Answer, Deletable, EntityKind, Update, Version, Voidable};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::client::{Client, read_from};
use crate::error::ClientError;
use crate::ids::RequestId;
use crate::limits::Admission;
use crate::outcome::{Body, Gone, NotSentWhy, UnknownWhy, Verdict, WriteOutcome, inspect, sort};
use crate::query::{FirstPage, PAGE, Query};
use crate::read_error::ReadError;
use crate::records::{gone_of, record_of, void};
use crate::request::{Change, Operation};
use crate::transport::WireResponse;

/// The most items of a batch, ever.
const MOST_ITEMS: usize = 30;

/// Up to 30 writes and queries that do not depend on each other.
///
/// ```
/// use qb_client::engine::{Batch, RequestId};
/// use qb_model::EntityKind;
///
/// let mut batch = Batch::new();
/// let first = batch.create(EntityKind::Vendor, br#"{"DisplayName":"Hollow Oak"}"#, &RequestId::new("vend-1-0")?)?;
/// let second = batch.create(EntityKind::Vendor, br#"{"DisplayName":"Pier Nine"}"#, &RequestId::new("vend-2-0")?)?;
/// // let outcomes = client.batch(&batch, &batch.request_id()).await;
/// // match outcomes.of(&first) { ... }
/// assert_eq!((batch.len(), batch.request_id().as_str().len()), (2, 32));
/// # Ok::<(), qb_client::ClientError>(())
/// ```
#[derive(Clone, Default)]
pub struct Batch {
    items: Vec<Item>,
    /// What the request id is computed from.
    digest: Sha256,
}

#[derive(Clone)]
struct Item {
    /// The members but for `bId`, as JSON without the braces.
    json: String,
    is_query: bool,
}

/// A place in a batch, and what its outcome is.
pub struct Place<T> {
    index: usize,
    sorter: Sorter<T>,
}

/// Makes an outcome out of the verdict on an item.
type Sorter<T> = Box<dyn Fn(Verdict) -> T + Send + Sync>;

impl<T> fmt::Debug for Place<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({})", self.index)
    }
}

impl Batch {
    /// Returns a batch without items.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a create: `body` is the UTF-8 JSON of `Create::to_json`, and `request_id` the id under which it goes when it goes
    /// alone. In the batch it stands for the item in the batch's own id.
    ///
    /// # Errors
    /// [`ClientError::BatchFull`] at 30 items; [`ClientError::ItemBody`] when the body is no JSON object. Nothing was added.
    pub fn create(
        &mut self,
        kind: EntityKind,
        body: &[u8],
        request_id: &RequestId,
    ) -> Result<Place<WriteOutcome>, ClientError> {
        let sorter = move |verdict| sort(verdict, |body: Body| Answer::read(kind, body.value).ok());
        let json = format!(r#""operation":"create","{}":{}"#, kind.name(), object(kind.name(), body)?);
        self.add(json, request_id.as_str(), false, Box::new(sorter))
    }

    /// Adds a change of some members of a record.
    ///
    /// # Errors
    /// [`ClientError::BatchFull`] at 30 items. Nothing was added.
    pub fn update<K: Kind + Clone + 'static>(
        &mut self,
        update: &Update<K>,
        request_id: &RequestId,
    ) -> Result<Place<WriteOutcome<K>>, ClientError> {
        let id = update.version().id().to_owned();
        let sorter = move |verdict| sort(verdict, |body| record_of::<K>(&body, &id));
        self.change::<K, _>(Change::Update, &update.to_json(), request_id, Box::new(sorter))
    }

    /// Adds a void.
    ///
    /// # Errors
    /// [`ClientError::BatchFull`] at 30 items. Nothing was added.
    pub fn void<K: Voidable + Clone + 'static>(
        &mut self,
        version: &Version<K>,
        request_id: &RequestId,
    ) -> Result<Place<WriteOutcome<K>>, ClientError> {
        let id = version.id().to_owned();
        let sorter = move |verdict| sort(verdict, |body| record_of::<K>(&body, &id));
        let (how, body) = void(version);
        self.change::<K, _>(how, &body, request_id, Box::new(sorter))
    }

    /// Adds a deletion.
    ///
    /// # Errors
    /// [`ClientError::BatchFull`] at 30 items. Nothing was added.
    pub fn delete<K: Deletable + 'static>(
        &mut self,
        version: &Version<K>,
        request_id: &RequestId,
    ) -> Result<Place<WriteOutcome<Gone>>, ClientError> {
        let id = version.id().to_owned();
        let sorter = move |verdict| sort(verdict, |body| gone_of::<K>(&body, &id));
        self.change::<K, _>(Change::Delete, &version.to_json(), request_id, Box::new(sorter))
    }

    /// Adds the first page of a query. QuickBooks gives at most 1,000 objects in all queries of a batch together, and refuses
    /// the one that would be too many (fault 10100).
    ///
    /// # Errors
    /// [`ClientError::BatchFull`] at 30 items. Nothing was added.
    pub fn query(&mut self, query: &Query) -> Result<Place<Result<FirstPage, ReadError>>, ClientError> {
        self.page(query, 1)
    }

    /// Adds the page of a query that starts at a row, counted from 1.
    fn page(
        &mut self,
        query: &Query,
        start: usize,
    ) -> Result<Place<Result<FirstPage, ReadError>>, ClientError> {
        let (statement, query) = (query.page(start, PAGE), query.clone());
        let sorter = move |verdict| query.rows(&mut read_from(verdict)?.value, start);
        let json = format!(r#""Query":{}"#, Value::String(statement.clone()));
        self.add(json, &statement, true, Box::new(sorter))
    }

    /// Returns how many items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns whether there are none. An empty batch is not sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns the id that follows from the batch: `b-` and 30 hexadecimal digits of the SHA-256 over the request ids of its items
    /// and the digests of their bodies, in their order. The same items make the same id, any other ones another.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        let digest = self.digest.clone().finalize();
        let hex: String = digest.iter().take(15).map(|byte| format!("{byte:02x}")).collect();
        RequestId::of_digest(&hex)
    }

    fn change<K: Kind, T>(
        &mut self,
        how: Change,
        body: &[u8],
        request_id: &RequestId,
        sorter: Sorter<T>,
    ) -> Result<Place<T>, ClientError> {
        let options =
            how.include().map(|include| format!(r#""optionsData":"{include}","#)).unwrap_or_default();
        let (name, body) = (K::NAME, object(K::NAME, body)?);
        let json = format!(r#""operation":"{}",{options}"{name}":{body}"#, how.operation());
        self.add(json, request_id.as_str(), false, sorter)
    }

    fn add<T>(
        &mut self,
        json: String,
        id: &str,
        is_query: bool,
        sorter: Sorter<T>,
    ) -> Result<Place<T>, ClientError> {
        if self.items.len() == MOST_ITEMS {
            return Err(ClientError::BatchFull { most: MOST_ITEMS });
        }
        // The length before each text, so that no two lists of items are the same bytes.
        for part in [id.as_bytes(), &Sha256::digest(json.as_bytes())[..]] {
            self.digest.update((part.len() as u64).to_be_bytes());
            self.digest.update(part);
        }
        self.items.push(Item { json, is_query });
        Ok(Place { index: self.items.len() - 1, sorter })
    }

    fn to_json(&self) -> Vec<u8> {
        let each = self.items.iter().enumerate();
        let items: Vec<String> =
            each.map(|(index, item)| format!(r#"{{"bId":"{}",{}}}"#, item_id(index), item.json)).collect();
        format!(r#"{{"BatchItemRequest":[{}]}}"#, items.join(",")).into_bytes()
    }
}

impl fmt::Debug for Batch {
    /// How many items there are; they may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batch({} items)", self.items.len())
    }
}

/// The id of an item: `i0` to `i29`. With a request id of 36 characters it stays below QuickBooks' 50.
fn item_id(index: usize) -> String {
    format!("i{index}")
}

/// The body as it is, when it is an object.
fn object<'b>(entity: &'static str, body: &'b [u8]) -> Result<&'b str, ClientError> {
    let is_object = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
        && body.trim_ascii_start().starts_with(b"{");
    match std::str::from_utf8(body) {
        Ok(text) if is_object => Ok(text),
        _ => Err(ClientError::ItemBody { entity }),
    }
}

/// What became of each item of a batch.
#[derive(Clone)]
#[must_use = "each item has an outcome that says whether the books changed"]
pub struct BatchOutcome {
    verdicts: Vec<Verdict>,
    unexpected: Vec<String>,
}

impl BatchOutcome {
    /// Returns the outcome of an item. A place of another batch, beyond the end of this one, is unknown.
    #[must_use]
    pub fn of<T>(&self, place: &Place<T>) -> T {
        let missing = || Verdict::Unknown {
            why: UnknownWhy::ItemMissing { item: item_id(place.index) },
            intuit_tid: None,
        };
        (place.sorter)(self.verdicts.get(place.index).cloned().unwrap_or_else(missing))
    }

    /// Returns the ids of items in the answer that were not sent: something between here and QuickBooks is wrong.
    #[must_use]
    pub fn unexpected(&self) -> &[String] {
        &self.unexpected
    }
}

impl fmt::Debug for BatchOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchOutcome({} items)", self.verdicts.len())
    }
}

impl Client {
    /// Sends a batch: exactly one attempt, whatever happens. Each item has an outcome of its own, in the classes of a single
    /// write; a query's is a page or an error. Dropping the future leaves them unknown.
    ///
    /// Turned away as a whole (401, or the limit), no item was taken up. Any other fault of the whole proves nothing about the
    /// items: some may have been carried out before it. An empty batch is not sent.
    pub async fn batch(&self, batch: &Batch, request_id: &RequestId) -> BatchOutcome {
        if batch.is_empty() {
            return BatchOutcome { verdicts: Vec::new(), unexpected: Vec::new() };
        }
        self.send_batch(batch, Some(request_id), None).await
    }

    /// Sends a batch as [`batch`](Client::batch) does, without waiting for the limits: the admission has.
    pub async fn batch_admitted(
        &self,
        admission: Admission,
        batch: &Batch,
        request_id: &RequestId,
    ) -> BatchOutcome {
        if batch.is_empty() {
            return BatchOutcome { verdicts: Vec::new(), unexpected: Vec::new() };
        }
        self.send_batch(batch, Some(request_id), Some(admission)).await
    }

    async fn send_batch(
        &self,
        batch: &Batch,
        request_id: Option<&RequestId>,
        admission: Option<Admission>,
    ) -> BatchOutcome {
        let (count, mut unexpected) = (batch.len(), Vec::new());
        let body = batch.to_json();
        let of = u32::try_from(count).unwrap_or(u32::MAX);
        let whole = self.verdict(Operation::Batch { body: &body, items: of, request_id }, admission).await;
        let is_answered = matches!(whole, Verdict::Body(_));
        let verdicts = match whole {
            Verdict::Body(body) => items(&body, count, &mut unexpected),
            Verdict::NotSent { why: NotSentWhy::Unauthorized, intuit_tid, .. } => {
                let retry_after = Some(Duration::ZERO);
                vec![Verdict::NotSent { why: NotSentWhy::Unauthorized, retry_after, intuit_tid }; count]
            }
            Verdict::Refused(refusal) => {
                let intuit_tid = refusal.intuit_tid.clone();
                let (code, message, detail) = (refusal.code, refusal.message, refusal.detail);
                let why = UnknownWhy::Fault { status: 400, code, message, detail };
                vec![Verdict::Unknown { why, intuit_tid }; count]
            }
            whole => vec![whole; count],
        };
        let is_throttled =
            |verdict: &Verdict| matches!(verdict, Verdict::NotSent { why: NotSentWhy::Throttled, .. });
        // A limit that the whole has reached has been noted already.
        if is_answered && verdicts.iter().any(is_throttled) {
            self.throttled(None);
        }
        let done = |is_query: bool| {
            let each = batch.items.iter().zip(&verdicts);
            let done = each
                .filter(|(item, verdict)| item.is_query == is_query && matches!(verdict, Verdict::Body(_)));
            u64::try_from(done.count()).unwrap_or(u64::MAX)
        };
        let (reads, writes) = (done(true), done(false));
        self.meter().change(|usage| {
            usage.reads += reads;
            usage.writes += writes;
        });
        BatchOutcome { verdicts, unexpected }
    }

    /// Returns every row of each of these queries, in their order: their pages ride in batches, 30 to a request, until each list
    /// has ended with its empty page. Two requests for as many short lists as fit.
    ///
    /// # Errors
    /// As [`query`](Client::query), of the first query that fails; what a batch cannot give is asked for alone. Nothing was
    /// posted.
    pub async fn query_all(&self, queries: &[Query]) -> Result<Vec<Vec<Value>>, ReadError> {
        self.query_each(queries).await.map_err(|(_, error)| error)
    }

    /// Does the same as [`query_all`](Client::query_all), and says which of the queries failed, by its place from 0.
    ///
    /// # Errors
    /// The place and the error of the first query that fails. Nothing was posted.
    pub async fn query_each(&self, queries: &[Query]) -> Result<Vec<Vec<Value>>, (usize, ReadError)> {
        let mut lists: Vec<List> = queries.iter().map(List::new).collect();
        // One list is read sooner alone.
        let is_batched = queries.len() > 1 && self.limiter().limits().items_a_batch() > 1;
        for _ in 0..if is_batched { BATCHED_PAGES } else { 0 } {
            let open: Vec<usize> = (0..lists.len()).filter(|at| !lists[*at].is_over).collect();
            for some in open.chunks(self.limiter().limits().items_a_batch()) {
                self.next_pages(&mut lists, some).await?;
            }
        }
        let mut rows = Vec::new();
        for (at, list) in lists.into_iter().enumerate() {
            rows.push(if list.is_over {
                list.page.rows
            } else {
                self.query_rest(list.query, list.page).await.map_err(|error| (at, error))?
            });
        }
        Ok(rows)
    }

    /// Reads the next page of some lists in one batch. A list whose page does not come is left to be read alone.
    async fn next_pages(&self, lists: &mut [List<'_>], some: &[usize]) -> Result<(), (usize, ReadError)> {
        let mut batch = Batch::new();
        let mut places = Vec::new();
        for at in some {
            let list = &lists[*at];
            let page = batch.page(list.query, list.page.rows.len().saturating_add(1));
            places.push((*at, page.map_err(|error| (*at, error.into()))?));
        }
        // Without an id, for an answer out of QuickBooks' store would be an old one.
        let outcome = self.send_batch(&batch, None, None).await;
        for (at, place) in places {
            let list = &mut lists[at];
            let Ok(page) = outcome.of(&place) else { continue };
            let (is_last, told) = (page.rows.is_empty(), page.total.or(list.page.total));
            list.page.rows.extend(page.rows);
            list.page.total = told;
            if is_last && list.page.rows.len() < told.unwrap_or_default() {
                let (entity, came) = (list.query.entity().name(), list.page.rows.len());
                let why =
                    format!("it says that there are {} rows, and {came} came", told.unwrap_or_default());
                return Err((at, ReadError::Contradiction { entity, why }));
            }
            list.is_over = is_last;
        }
        Ok(())
    }
}

/// Pages of a list that are asked for in batches; a longer one is read alone from there on.
const BATCHED_PAGES: usize = 2;

/// How far a list of several has been read.
struct List<'q> {
    query: &'q Query,
    page: FirstPage,
    is_over: bool,
}

impl<'q> List<'q> {
    fn new(query: &'q Query) -> Self {
        Self { query, page: FirstPage::default(), is_over: false }
    }
}

/// The verdict on each item, by its id.
fn items(body: &Body, count: usize, unexpected: &mut Vec<String>) -> Vec<Verdict> {
    let intuit_tid = &body.intuit_tid;
    let unknown = |why| Verdict::Unknown { why, intuit_tid: intuit_tid.clone() };
    let Some(Value::Array(answers)) = body.value.get("BatchItemResponse") else {
        return vec![unknown(UnknownWhy::NotTheAnswer { status: body.status }); count];
    };
    let exact = exact_items(&body.bytes, answers.len());
    let mut verdicts: Vec<Option<Verdict>> = vec![None; count];
    for (place, answer) in answers.iter().enumerate() {
        let id = answer.get("bId").and_then(Value::as_str).unwrap_or_default();
        let index = id.strip_prefix('i').and_then(|digits| digits.parse::<usize>().ok());
        match index.filter(|index| *index < count && item_id(*index) == id) {
            Some(index) if verdicts[index].is_some() => {
                verdicts[index] = Some(unknown(UnknownWhy::ItemTwice { item: item_id(index) }));
            }
            Some(index) => {
                let bytes = exact.get(place).cloned().unwrap_or_else(|| answer.to_string());
                verdicts[index] = Some(alone(bytes, body));
            }
            None => unexpected.push(id.chars().take(20).collect()),
        }
    }
    let each = verdicts.into_iter().enumerate();
    each.map(|(index, verdict)| {
        verdict.unwrap_or_else(|| unknown(UnknownWhy::ItemMissing { item: item_id(index) }))
    })
    .collect()
}

/// The verdict on one item, as if it had been answered alone.
fn alone(item: String, whole: &Body) -> Verdict {
    let header = whole.intuit_tid.clone().map(|tid| ("intuit_tid".to_owned(), tid));
    let headers = header.into_iter().collect();
    inspect(&Ok(WireResponse { status: whole.status, headers, body: item.into_bytes() }))
}

/// The text of each item with its numbers as they were written; empty when the answer is no strict JSON.
fn exact_items(bytes: &[u8], count: usize) -> Vec<String> {
    use qb_model::received::Json;

    let parsed: Option<Json> = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    match parsed.as_ref().and_then(|json| json.get("BatchItemResponse")) {
        Some(Json::Array(items)) if items.len() == count => items.iter().map(Json::to_string).collect(),
        _ => Vec::new(),
    }
}
