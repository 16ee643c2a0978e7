//! What has been asked of QuickBooks and is not answered yet, and the turns to ask more.
//!
//! Nothing is spawned: the requests make progress while `driver.rs` waits here.

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use qb_client::engine::Admission;
use qb_client::{Client, ReadError};
use qb_model::Answer;

use crate::attempt::Happened;
use crate::pack::{Turns, Wishes};
use crate::patience::Ended;
use crate::stop::Stop;

/// Requests that are not answered at one time, whatever the limits allow: more would only be in doubt together when the
/// process ends.
pub(crate) const MOST_OPEN: usize = 10;

/// What has come to pass.
#[derive(Default)]
pub(crate) struct News {
    /// What was answered, by step, or why the run ends instead.
    pub(crate) told: Vec<(usize, Result<Happened, Ended>)>,
    /// Turns of batches.
    pub(crate) batches: Vec<Admission>,
    /// Turns of single requests.
    pub(crate) singles: Vec<Admission>,
    /// QuickBooks asks to be left alone for so much longer than this client waits.
    pub(crate) closed_for: Option<Duration>,
}

impl News {
    pub(crate) fn turns(&self) -> Turns {
        Turns { batches: self.batches.len(), singles: self.singles.len() }
    }
}

type Gate = Option<BoxFuture<'static, Result<Admission, Duration>>>;

/// A request that was written down, and what it tells these steps.
pub(crate) type Write = BoxFuture<'static, Vec<(usize, Happened)>>;

/// What is under way.
pub(crate) struct Flights {
    client: Client,
    writes: FuturesUnordered<Write>,
    reads: FuturesUnordered<BoxFuture<'static, (usize, Result<Happened, Ended>)>>,
    /// Who waits for a read.
    reading: BTreeSet<usize>,
    batch_gate: Gate,
    single_gate: Gate,
}

impl Flights {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            writes: FuturesUnordered::new(),
            reads: FuturesUnordered::new(),
            reading: BTreeSet::new(),
            batch_gate: None,
            single_gate: None,
        }
    }

    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Takes up a request that was written down. It is never dropped while the run lasts.
    pub(crate) fn write(&mut self, request: Write) {
        self.writes.push(request);
    }

    /// Takes up a question of one step.
    pub(crate) fn read(
        &mut self,
        place: usize,
        question: impl Future<Output = Result<Result<Vec<Answer>, ReadError>, Ended>> + Send + 'static,
    ) {
        self.reading.insert(place);
        self.reads.push(Box::pin(async move { (place, question.await.map(Happened::Found)) }));
    }

    /// Gives up all questions; returns who asked.
    pub(crate) fn drop_reads(&mut self) -> BTreeSet<usize> {
        self.reads = FuturesUnordered::new();
        std::mem::take(&mut self.reading)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.reads.is_empty()
    }

    /// Waits until something has come to pass: an answer, a turn for what wants to leave, the end of `until`, or a request to end
    /// the run. All that has come to pass at once is told at once.
    pub(crate) async fn next(
        &mut self,
        wishes: &Wishes,
        most: usize,
        batches: usize,
        until: Option<Duration>,
        stop: Option<Stop>,
    ) -> News {
        let client = self.client();
        let mut timer = until.map(|wait| Box::pin(async move { client.clock().sleep(wait).await }));
        let mut asked = stop.map(|stop| Box::pin(async move { stop.asked().await }));
        let wanted = wishes.wanted(most, batches);
        let mut news = News::default();
        poll_fn(|context| {
            while let Poll::Ready(Some(told)) = self.writes.poll_next_unpin(context) {
                news.told.extend(told.into_iter().map(|(place, happened)| (place, Ok(happened))));
            }
            while let Poll::Ready(Some((place, told))) = self.reads.poll_next_unpin(context) {
                self.reading.remove(&place);
                news.told.push((place, told));
            }
            // Answers first: what they free may leave by the same turn.
            if !news.told.is_empty() {
                return Poll::Ready(());
            }
            if asked.as_mut().is_some_and(|asked| asked.as_mut().poll(context).is_ready()) {
                return Poll::Ready(());
            }
            while self.writes.len() + news.turns().batches + news.turns().singles < MOST_OPEN
                && self.turn(context, wishes, wanted, most, &mut news)
            {}
            if news.closed_for.is_some() || news.turns() != Turns::default() {
                return Poll::Ready(());
            }
            timer.as_mut().map_or(Poll::Pending, |timer| timer.as_mut().poll(context))
        })
        .await;
        // A turn that is waited for holds up every other request of the client; nobody waits for it from here on.
        (self.batch_gate, self.single_gate) = (None, None);
        news
    }

    /// Takes one more turn, when there is one now that is wanted. A batch has the first; a single request goes in its place
    /// where the limits let no batch leave.
    fn turn(
        &mut self,
        context: &mut Context<'_>,
        wishes: &Wishes,
        wanted: Turns,
        most: usize,
        news: &mut News,
    ) -> bool {
        let turns = news.turns();
        if turns.batches < wanted.batches {
            let client = self.client.clone();
            let gate =
                self.batch_gate.get_or_insert_with(|| Box::pin(async move { client.admit_batch().await }));
            match poll(gate, context) {
                Some(Ok(admission)) => {
                    // A single request that waits its turn would take the next batch's.
                    (self.batch_gate, self.single_gate) = (None, None);
                    news.batches.push(admission);
                    return true;
                }
                Some(Err(wait)) => {
                    self.batch_gate = None;
                    news.closed_for = Some(wait);
                    return false;
                }
                None => {}
            }
        } else {
            self.batch_gate = None;
        }
        if turns.singles < wanted.singles || wishes.left_of(turns, most) > 0 {
            let client = self.client.clone();
            let gate = self.single_gate.get_or_insert_with(|| Box::pin(async move { client.admit().await }));
            match poll(gate, context) {
                Some(Ok(admission)) => {
                    self.single_gate = None;
                    news.singles.push(admission);
                    return true;
                }
                Some(Err(wait)) => {
                    self.single_gate = None;
                    news.closed_for = Some(wait);
                }
                None => {}
            }
        } else {
            self.single_gate = None;
        }
        false
    }
}

fn poll<T>(gate: &mut BoxFuture<'static, T>, context: &mut Context<'_>) -> Option<T> {
    match Pin::new(gate).poll(context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
