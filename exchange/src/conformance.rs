//! What every posting log must do. A host calls [`check`] from a test of its own log.

use std::future::Future;

use chrono::DateTime;

use crate::log::{Entry, LogError, PostingLog, Sent};

/// Checks a log: entries come back equal, in order, and again after the log is opened anew; an entry for another position
/// than the next is refused and not kept.
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
    let failed = |error: LogError| error.to_string();
    let entries = samples();
    let (first, rest) = entries.split_at(2);
    {
        let log = open().await.map_err(failed)?;
        expect(&log, &[], "a new log is empty").await?;
        for (position, entry) in (0..).zip(first) {
            log.append(position, entry).await.map_err(failed)?;
        }
        expect(&log, first, "entries are read back in order").await?;
    }
    let log = open().await.map_err(failed)?;
    expect(&log, first, "entries outlive the handle").await?;
    for (position, entry) in (2..).zip(rest) {
        refuse(&log, position, entry).await?;
        log.append(position, entry).await.map_err(failed)?;
    }
    expect(&log, &entries, "later entries follow earlier ones").await
}

/// A writer that knows fewer entries than there are, or more, is refused.
async fn refuse(log: &dyn PostingLog, length: u64, entry: &Entry) -> Result<(), String> {
    for position in [0, length - 1, length + 1, u64::from(u32::MAX)] {
        match log.append(position, entry).await {
            Err(LogError::Overtaken { expected, found }) if (expected, found) == (position, length) => {}
            other => {
                return Err(format!(
                    "an entry for position {position} of {length} must be overtaken: {other:?}"
                ));
            }
        }
    }
    Ok(())
}

async fn expect(log: &dyn PostingLog, wanted: &[Entry], rule: &str) -> Result<(), String> {
    let found = log.read().await.map_err(|e| e.to_string())?;
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{rule}: wanted {} entries, found {found:?}", wanted.len()))
    }
}

/// One entry of each kind, with texts that a careless store would spoil.
fn samples() -> Vec<Entry> {
    let step = || "inv-CLT1B1".to_owned();
    let at = DateTime::from_timestamp(1_770_000_000, 123_456_789).unwrap_or_default();
    let created_at = Some(at.fixed_offset());
    vec![
        Entry::Company { realm: "9130347596842384".to_owned() },
        Entry::Sending {
            step: step(),
            sent: Sent {
                entity: "Invoice".to_owned(),
                identity: Some("boston/1/1/transaction-1".to_owned()),
                epoch: 1,
                sent_at: at,
                body: "{\"PrivateNote\":\"O'Hara \\\"Tea\\\"; \u{1f6b2} \\u0000\\n\"}".to_owned(),
                txn_date: Some(Default::default()),
                legs: vec![("35".to_owned(), i64::MAX), ("79".to_owned(), i64::MIN)],
            },
        },
        Entry::NotSent { step: step() },
        Entry::Batch { batch: "boston/1/1".to_owned(), documents: [step()].into() },
        Entry::Refused { step: step(), reason: "fault 6140".to_owned() },
        Entry::Conflict { step: step(), reason: String::new(), refused: true },
        Entry::Distorted { step: step(), id: "1".to_owned(), created_at, reason: "total".to_owned() },
        Entry::Posted { step: step(), id: "1".to_owned(), created_at, adopted: false, untaxed: true },
    ]
}
