//! What every posting log must do. A host calls [`check`] from a test of its own log.

use std::future::Future;
use std::num::NonZeroU32;

use chrono::{DateTime, Utc};
use mapping::{ItemDetail, KeyError, StepKey};

use crate::chain::Chain;
use crate::entry::{BatchItem, Entry, Sent};
use crate::kept_batch::KeptBatch;
use crate::log::{Fence, LogError, PostingLog, Row};

/// Checks a log: rows come back equal, in order, from any position, and again after the log is opened once more; a group is
/// kept whole or not at all; rows for another position than the next, or under a fence that is no longer the highest, are
/// refused and not kept; a claim keeps other owners away until it has run out; forgetting bodies touches no text.
///
/// `open` opens the same empty log each time it is called; the log handed out before has been dropped by then.
///
/// # Errors
/// What the log did wrong, in a sentence, or its own error.
pub async fn check<L, F>(open: impl Fn() -> F) -> Result<(), String>
where
    L: PostingLog,
    F: Future<Output = Result<L, LogError>>,
{
    let (rows, _) =
        Chain::default().rows(&samples().map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    let (first, rest) = rows.split_at(2);
    let fence = {
        let log = open().await.map_err(failed)?;
        expect(&log, 0, &[], "a new log is empty").await?;
        let fence = log.claim(OURS, later()).await.map_err(failed)?;
        for (position, row) in (0..).zip(first) {
            log.append(fence, position, std::slice::from_ref(row)).await.map_err(failed)?;
        }
        expect(&log, 0, first, "rows are read back in order").await?;
        fence
    };
    let log = open().await.map_err(failed)?;
    expect(&log, 0, first, "rows outlive the handle").await?;
    refuse(&log, fence, 2, rest).await?;
    log.append(fence, 2, rest).await.map_err(failed)?;
    expect(&log, 0, &rows, "a group follows the rows before it").await?;
    for from in 0..=rows.len() {
        expect(&log, from as u64, &rows[from..], "rows are read from a position").await?;
    }
    expect(&log, u64::from(u32::MAX), &[], "nothing is read from beyond the end").await?;
    let fence = claims(&log, fence, &rows).await?;
    bodies(&log, fence, &rows).await
}

const OURS: &str = "conformance-1";
const THEIRS: &str = "conformance-2";

fn failed(error: LogError) -> String {
    error.to_string()
}

/// A time that has not come, by whatever clock.
fn later() -> DateTime<Utc> {
    DateTime::from_timestamp(32_503_680_000, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A group of a writer that knows fewer rows than there are, or more, is refused whole.
async fn refuse(log: &dyn PostingLog, fence: Fence, length: u64, group: &[Row]) -> Result<(), String> {
    for position in [0, length - 1, length + 1, u64::from(u32::MAX)] {
        match log.append(fence, position, group).await {
            Err(LogError::Overtaken { expected, found }) if (expected, found) == (position, length) => {}
            other => {
                return Err(format!("rows for position {position} of {length} must be overtaken: {other:?}"));
            }
        }
        let kept = log.read(0).await.map_err(failed)?.len() as u64;
        if kept != length {
            return Err(format!(
                "of a group that was refused rows were kept: {kept} where there were {length}"
            ));
        }
    }
    Ok(())
}

/// Claims keep owners apart. The fence of the one that holds the log in the end.
async fn claims(log: &dyn PostingLog, fence: Fence, rows: &[Row]) -> Result<Fence, String> {
    let again = log.claim(OURS, later()).await.map_err(failed)?;
    if again != fence {
        return Err(format!("the holder's own claim must keep its fence {fence:?}: {again:?}"));
    }
    match log.claim(THEIRS, later()).await {
        Err(LogError::Claimed { owner, .. }) if owner == OURS => {}
        other => {
            return Err(format!("a log that is claimed must not be claimed by another owner: {other:?}"));
        }
    }
    // A claim that has run out already.
    log.claim(OURS, DateTime::UNIX_EPOCH).await.map_err(failed)?;
    let theirs = log.claim(THEIRS, later()).await.map_err(failed)?;
    if theirs <= fence {
        return Err(format!("another owner's claim must have a higher fence than {fence:?}: {theirs:?}"));
    }
    match log.append(fence, rows.len() as u64, &rows[..1]).await {
        Err(LogError::Fenced) => {}
        other => return Err(format!("a writer whose claim was taken over must be fenced off: {other:?}")),
    }
    expect(log, 0, rows, "rows under an old fence are not kept").await?;
    Ok(theirs)
}

/// Bodies may be forgotten up to a position, but some; texts, and later bodies, stay.
async fn bodies(log: &dyn PostingLog, fence: Fence, rows: &[Row]) -> Result<(), String> {
    let late = Row { body: Some("{}".to_owned()), ..rows[1].clone() };
    let length = rows.len() as u64;
    log.append(fence, length, &[late.clone(), late.clone(), late.clone()]).await.map_err(failed)?;
    log.forget_bodies(fence, length + 2, &[length + 1].into()).await.map_err(failed)?;
    let found = log.read(0).await.map_err(failed)?;
    let is_same = |(found, row): (&Row, &Row)| {
        found.text == row.text && (found.body == row.body || found.body.is_none())
    };
    let are_same = found.iter().zip(rows.iter().chain([&late; 3])).all(is_same);
    let kept = |place: usize| found.get(rows.len() + place) == Some(&late);
    if found.len() == rows.len() + 3 && are_same && kept(0) && kept(2) {
        Ok(())
    } else {
        Err(format!("forgetting bodies must leave texts, later bodies and those to be kept: {found:?}"))
    }
}

async fn expect(log: &dyn PostingLog, from: u64, wanted: &[Row], rule: &str) -> Result<(), String> {
    let found = log.read(from).await.map_err(failed)?;
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{rule}: from {from} wanted {} rows, found {found:?}", wanted.len()))
    }
}

/// One entry of each kind, with texts that a careless store would spoil.
pub(crate) fn samples() -> Result<Vec<Entry>, KeyError> {
    let step: StepKey = "inv-CLT1B1".parse()?;
    let step = || step.clone();
    let at = DateTime::from_timestamp(1_770_000_000, 123_456_789).unwrap_or_default();
    let created_at = Some(at.fixed_offset());
    Ok(vec![
        Entry::Company { realm: "9130347596842384".to_owned() },
        Entry::Sending {
            step: step(),
            sent: Sent {
                entity: "Invoice".to_owned(),
                identity: Some("boston/1/1/transaction-1".parse()?),
                epoch: 1,
                sent_at: at,
                quickbooks_at: Some(at),
                batch_item: Some(BatchItem { request_id: "b-0123456789abcdef".to_owned(), item: 1, of: 2 }),
                body: "{\"PrivateNote\":\"O'Hara \\\"Tea\\\"; \u{1f6b2} \\u0000\\n\"}".to_owned(),
                txn_date: Some(Default::default()),
                legs: vec![("35".to_owned(), i64::MAX), ("79".to_owned(), i64::MIN)],
            },
        },
        Entry::NotSent { step: step() },
        Entry::Batch {
            batch: "boston/1/1".parse()?,
            documents: [step()].into(),
            deposits: Vec::new(),
            certificates: Vec::new(),
            item_detail: ItemDetail::Charges,
            receipts: [("boston/1/1/summary-260203".parse()?, vec![1, 2])].into(),
        },
        Entry::BatchKept(KeptBatch {
            batch: "boston/1/1".parse()?,
            edit: 1,
            correction: NonZeroU32::MIN,
            not_before: Some(Default::default()),
            body: "{\"name\":\"O'Hara\"}".to_owned(),
        }),
        Entry::Certificate { number: 1, sha256: "0".repeat(64), checked_at: at },
        Entry::Refused { step: step(), reason: "its number is taken".to_owned(), told: None },
        Entry::Conflict { step: step(), reason: String::new(), refused: true },
        Entry::StoredDifferently { step: step(), id: "1".to_owned(), created_at, reason: "total".to_owned() },
        Entry::Settled { step: step(), who: "Pat".to_owned(), because: "typed by hand".to_owned(), at },
        Entry::Posted { step: step(), id: "1".to_owned(), created_at, adopted: false, untaxed: true },
    ])
}
