//! What leaves now: the requests that the turns allow, each ready to go once its entries are durable.
//!
//! Up the walk: `driver.rs` appends the entries, all at once, and lets the requests go. Down: `pack.rs` decides who goes with whom.

use std::time::Duration;

use qb_client::engine::{Admission, Batch};

use crate::attempt::{Attempt, Happened, Known, Leaving};
use crate::course::Course;
use crate::entry::{BatchItem, Entry};
use crate::error::RunError;
use crate::flights::{MOST_OPEN, News, Write};
use crate::pack::{Load, Wishes};
use crate::session::{Exchange, Session};

/// Requests, and what must be in the log before the first of them goes.
#[derive(Default)]
pub(crate) struct Departures {
    pub(crate) entries: Vec<Entry>,
    pub(crate) requests: Vec<Write>,
}

/// What an attempt may know now.
pub(crate) fn known<'k>(exchange: &'k Exchange, session: &'k Session) -> Known<'k> {
    let (history, policy) = (&session.history, &exchange.options.policy);
    Known { history, policy, now: exchange.moment(), snapshot: &session.snapshot }
}

/// How many documents a request may hold.
pub(crate) fn items(exchange: &Exchange) -> usize {
    exchange.client.limiter().limits().items_a_batch()
}

/// How many steps are under way at most: what fills every request that may be open, and as much again behind it. A client of
/// one connection and one document a request takes up one step after another.
pub(crate) fn window(exchange: &Exchange) -> usize {
    let requests = exchange.client.limiter().limits().requests_at_once().min(MOST_OPEN);
    match requests.saturating_mul(items(exchange)) {
        1 => 1,
        fill => fill.saturating_mul(2),
    }
}

/// How many batches are worth their while now, with so many steps not sent. Where an item of a batch takes longer than a single
/// request, and the limit of a second does not make single requests slower still, batches go only as far as the minute's
/// requests would not do for what is left.
pub(crate) fn worthwhile_batches(exchange: &Exchange, unsent: usize) -> usize {
    let (pace, limits) = (exchange.client.pace(), exchange.client.limiter().limits());
    let is_slow = pace.batch_item.zip(pace.single).is_some_and(|(item, single)| {
        // So many items a second, of all batches that may be open: fewer than single requests may leave?
        let items_at_once = Duration::from_secs(1).saturating_mul(saturated(limits.requests_at_once()));
        item > single && items_at_once < item.saturating_mul(saturated(limits.requests_a_second()))
    });
    if !is_slow {
        return usize::MAX;
    }
    let singles = exchange.client.requests_left_this_minute();
    unsent.saturating_sub(singles).div_ceil(items(exchange).saturating_sub(1).max(1))
}

fn saturated(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What leaves by these turns.
///
/// # Errors
/// [`RunError`]: something cannot be sent at all. None of it was.
pub(crate) fn departures(
    exchange: &Exchange,
    session: &mut Session,
    course: &mut Course<'_, '_>,
    news: News,
) -> Result<Departures, RunError> {
    let wishes = Wishes::sort(course.leaving(), &course.batches_under_way());
    let loads = wishes.loads(news.turns(), items(exchange));
    let (mut batches, mut singles) = (news.batches.into_iter(), news.singles.into_iter());
    let mut departures = Departures::default();
    for load in loads {
        let turn = if load.takes_batch { batches.next() } else { singles.next() };
        let Some(admission) = turn else { continue };
        let leaving = leave(exchange, session, course, &load)?;
        let (entries, request) = request(exchange, course, leaving, admission)?;
        departures.entries.extend(entries);
        departures.requests.push(request);
    }
    Ok(departures)
}

/// Has the steps of a load leave.
fn leave(
    exchange: &Exchange,
    session: &mut Session,
    course: &mut Course<'_, '_>,
    load: &Load,
) -> Result<Vec<(usize, Leaving)>, RunError> {
    let mut leaving = Vec::new();
    for place in &load.places {
        course.leaving.remove(place);
        let Some(attempt) = course.going.get_mut(place) else { continue };
        let item = attempt.leave(load.is_again, &known(exchange, session))?;
        // What was looked up before says nothing of it any more.
        item.number.as_ref().map(|number| session.seen.remove(&(item.kind, number.clone())));
        leaving.push((*place, item));
    }
    Ok(leaving)
}

/// The request of what leaves together, and the entries that say so: of one step alone, or a batch.
fn request(
    exchange: &Exchange,
    course: &mut Course<'_, '_>,
    mut leaving: Vec<(usize, Leaving)>,
    admission: Admission,
) -> Result<(Vec<Entry>, Write), RunError> {
    let client = exchange.client.clone();
    let mut entry = |place: &usize, item: Option<BatchItem>| -> Option<Entry> {
        course.going.get_mut(place).and_then(|attempt: &mut Attempt| attempt.sending(item))
    };
    if leaving.len() == 1
        && let Some((place, Leaving { kind, id, body, .. })) = leaving.pop()
    {
        let request = async move {
            let answer = client.create_admitted(admission, kind, body.as_bytes(), &id).await;
            vec![(place, Happened::Answered(answer))]
        };
        return Ok((entry(&place, None).into_iter().collect(), Box::pin(request)));
    }
    let mut batch = Batch::new();
    let mut items = Vec::new();
    for (place, Leaving { kind, id, body, .. }) in leaving {
        let item = batch.create(kind, body.as_bytes(), &id);
        let item = item.map_err(|e| RunError::Key { key: id.as_str().to_owned(), source: Box::new(e) })?;
        items.push((place, item));
    }
    let (request_id, of) = (batch.request_id(), items.len());
    let each = items.iter().enumerate();
    let entries = each.filter_map(|(at, (place, _))| entry(place, Some(BatchItem::new(&request_id, at, of))));
    let entries = entries.collect();
    let request = async move {
        let outcome = client.batch_admitted(admission, &batch, &request_id).await;
        items.iter().map(|(place, item)| (*place, Happened::Answered(outcome.of(item)))).collect()
    };
    Ok((entries, Box::pin(request)))
}
