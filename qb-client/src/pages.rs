//! Lists, page after page. Only an empty page ends one.
//!
//! QuickBooks may give fewer rows a page than were asked for, and pages have been seen a row off: a short page says nothing.
//! Neighbours: `query.rs` writes the statements and checks a page, `client.rs` asks.

use std::fmt;
use std::marker::PhantomData;

use qb_model::ModelError;
use qb_model::received::{Kind, Payload};
use serde_json::Value;

use crate::client::Client;
use crate::outcome::Body;
use crate::query::{FirstPage, PAGE, Query};
use crate::read_error::ReadError;
use crate::request::Operation;

/// Pages of one query: a million rows; a list that goes on is not a list.
const MOST_PAGES: usize = 1000;

impl Client {
    /// Returns every row of a query, page after page, as raw JSON.
    ///
    /// Only an empty page ends the list: QuickBooks may give fewer rows a page than were asked for, and pages have been seen a
    /// row off. Where rows are so large that a page of them is beyond what is read, smaller pages are asked for, down to one
    /// row.
    ///
    /// # Errors
    /// [`ReadError::Contradiction`] when an answer disagrees with itself, or fewer rows came than there are said to be; else
    /// as every read. Nothing was posted.
    pub async fn query(&self, query: &Query) -> Result<Vec<Value>, ReadError> {
        self.query_rest(query, FirstPage::default()).await
    }

    /// Returns every row of a query of which the first page has been read, in a batch for example: that page and all that
    /// follow it.
    ///
    /// # Errors
    /// As [`query`](Client::query).
    pub async fn query_rest(&self, query: &Query, first: FirstPage) -> Result<Vec<Value>, ReadError> {
        let mut pager = Pager::after(self.clone(), query.clone(), &first);
        let mut rows = first.rows;
        while let Some((page, _)) = pager.next().await? {
            rows.extend(page);
        }
        Ok(rows)
    }

    /// Returns the pages of a query, to be read one by one. Nothing is sent yet.
    ///
    /// ```
    /// # use qb_client::engine::Query;
    /// # use qb_client::{Client, ReadError};
    /// use qb_model::received::Invoice;
    ///
    /// # async fn example(client: Client) -> Result<(), ReadError> {
    /// let mut pages = client.pages::<Invoice>(Query::of::<Invoice>().open());
    /// while let Some(invoices) = pages.next().await? {
    ///     println!("{} more are open", invoices.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn pages<K: Kind + Clone + 'static>(&self, query: Query) -> Pages<K> {
        Pages { pager: Pager::after(self.clone(), query, &FirstPage::default()), kind: PhantomData }
    }
}

/// The pages of a query, typed; made by [`Client::pages`].
pub struct Pages<K> {
    pager: Pager,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind + Clone + 'static> Pages<K> {
    /// Returns the next page, never an empty one; `None` after the last, which QuickBooks has then shown to be the last.
    ///
    /// After an error the same page is asked for again.
    ///
    /// # Errors
    /// [`ReadError::Contradiction`] when a page disagrees with itself or with another, or has rows of another kind;
    /// [`ReadError::Endless`] after 1,000 pages; else as every read. Nothing was posted.
    pub async fn next(&mut self) -> Result<Option<Vec<K>>, ReadError> {
        match self.pager.next().await? {
            Some((rows, body)) => typed(rows.len(), &body).map(Some),
            None => Ok(None),
        }
    }

    /// Returns all rows that are left.
    ///
    /// # Errors
    /// As [`next`](Pages::next).
    pub async fn all(mut self) -> Result<Vec<K>, ReadError> {
        let mut rows = Vec::new();
        while let Some(page) = self.next().await? {
            rows.extend(page);
        }
        Ok(rows)
    }
}

impl<K: Kind> fmt::Debug for Pages<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("kind", &K::NAME)
            .field("read", &self.pager.read)
            .finish_non_exhaustive()
    }
}

/// Reads the rows of a page as they came, amounts by their digits.
fn typed<K: Kind + Clone + 'static>(rows: usize, body: &Body) -> Result<Vec<K>, ReadError> {
    let Ok(Payload::Query(answer)) = Payload::read(&body.bytes) else {
        return Err(ModelError::Missing { what: K::NAME, field: "QueryResponse" }.into());
    };
    let response = answer.query_response.get();
    let typed: Vec<K> = response.into_iter().flat_map(|response| response.rows.of::<K>().cloned()).collect();
    if typed.len() == rows {
        return Ok(typed);
    }
    let why = format!("it has {rows} rows, and {} of them are of that kind", typed.len());
    Err(ReadError::Contradiction { entity: K::NAME, why })
}

/// Where a list has been read to.
struct Pager {
    client: Client,
    query: Query,
    /// Rows a page, less where they are large.
    most: usize,
    /// Rows read so far.
    read: usize,
    /// How many there are said to be.
    told: usize,
    pages: usize,
    is_over: bool,
}

impl Pager {
    fn after(client: Client, query: Query, first: &FirstPage) -> Self {
        let (read, told) = (first.rows.len(), first.total.unwrap_or_default());
        Self { client, query, most: PAGE, read, told, pages: 0, is_over: false }
    }

    /// The rows of the next page and the body that they came in; `None` after the empty page.
    async fn next(&mut self) -> Result<Option<(Vec<Value>, Body)>, ReadError> {
        let entity = self.query.entity().name();
        while !self.is_over {
            if self.pages == MOST_PAGES {
                return Err(ReadError::Endless { entity });
            }
            let start = self.read.saturating_add(1);
            let statement = self.query.page(start, self.most);
            let mut body = match self.client.read(Operation::Query { statement: &statement }).await {
                Err(ReadError::TooLarge { .. }) if self.most > 1 => {
                    self.most /= 2;
                    continue;
                }
                read => read?,
            };
            let page = self.query.rows(&mut body.value, start)?;
            let (read, told) = (self.read + page.rows.len(), page.total.unwrap_or(self.told));
            if page.rows.is_empty() && read < told {
                let why = format!("it says that there are {told} rows, and {read} came");
                return Err(ReadError::Contradiction { entity, why });
            }
            (self.read, self.told, self.pages) = (read, told, self.pages + 1);
            if !page.rows.is_empty() {
                return Ok(Some((page.rows, body)));
            }
            self.is_over = true;
        }
        Ok(None)
    }
}
