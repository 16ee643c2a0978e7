//! The disk that the posting log lies on: what is written, what of it is synced, and what a crash, an old backup or a full disk
//! makes of it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use exchange::{Fence, LogError, PostingLog, Row};
use qb_client::Clock;

use crate::dice::Dice;
use crate::gate::{Gate, Point};
use crate::time::{ProcessClock, held};

/// What a crash, or whoever comes after it, makes of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// What was written stays.
    Kept,
    /// What was not synced is gone.
    Synced,
    /// An older copy is put in its place.
    OlderCopy,
    /// It is lost.
    Lost,
}

/// A disk with one posting log.
#[derive(Debug)]
pub(crate) struct Disk {
    kept: Mutex<Kept>,
}

#[derive(Debug)]
struct Kept {
    rows: Vec<Row>,
    synced: usize,
    /// Lengths at which copies were made.
    copies: Vec<usize>,
    claim: Option<(String, DateTime<Utc>)>,
    fence: u64,
    dice: Dice,
    /// How often in a thousand an append fails because the disk is full.
    full: u64,
    fulls: u64,
    /// Digits of the bodies and ids of requests that synced rows name.
    written: BTreeSet<String>,
}

impl Disk {
    /// Returns an empty disk on which so many appends in a thousand fail.
    pub(crate) fn new(dice: Dice, full: u64) -> Self {
        let kept = Kept {
            rows: Vec::new(),
            synced: 0,
            copies: vec![0],
            claim: None,
            fence: 0,
            dice,
            full,
            fulls: 0,
            written: BTreeSet::new(),
        };
        Self { kept: Mutex::new(kept) }
    }

    /// Has no append fail any more; how often one did.
    pub(crate) fn heal(&self) -> u64 {
        let mut kept = held(&self.kept);
        kept.full = 0;
        kept.fulls
    }

    /// Makes a copy of the log, to be put in its place one day.
    pub(crate) fn copy(&self) {
        let mut kept = held(&self.kept);
        let length = kept.rows.len();
        kept.copies.push(length);
    }

    /// What becomes of the log after its process is gone; its claim runs out, or its holder's name comes again.
    pub(crate) fn crash(&self, after: After) {
        let mut kept = held(&self.kept);
        let length = match after {
            After::Kept => kept.rows.len(),
            After::Synced => kept.synced,
            After::OlderCopy => {
                let Kept { copies, dice, .. } = &mut *kept;
                *dice.one_of(copies)
            }
            After::Lost => 0,
        };
        kept.rows.truncate(length);
        kept.copies.retain(|copy| *copy <= length);
        kept.synced = length;
        kept.written = kept.rows.iter().flat_map(names).collect();
    }

    /// Returns whether a durable row names this text: a body, or a request id.
    pub(crate) fn has(&self, name: &str) -> bool {
        held(&self.kept).written.contains(name)
    }
}

/// What a row names: the body that it sends, and the request id of the batch in which it goes.
fn names(row: &Row) -> Vec<String> {
    let id = row.text.split_once("\"request_id\":\"").and_then(|(_, rest)| rest.split('"').next());
    row.body.iter().cloned().chain(id.map(str::to_owned)).collect()
}

/// The log as one process has it.
pub(crate) struct ProcessLog {
    pub(crate) disk: Arc<Disk>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) clock: Arc<ProcessClock>,
    /// Rows that an exchange with a bug writes down later than it should; none of one without.
    pub(crate) withheld: Option<Mutex<Vec<Row>>>,
}

/// What an append is about, for the names of rare states.
fn about(rows: &[Row]) -> &'static str {
    const WORDS: [(&str, &str); 7] = [
        ("\"sending\"", "of what is about to be sent"),
        ("\"posted\"", "of what was posted"),
        ("\"distorted\"", "of what was stored otherwise"),
        ("\"refused\"", "of a refusal"),
        ("\"not_sent\"", "of what never arrived"),
        ("\"batch\"", "of what a batch is"),
        ("\"company\"", "of the company"),
    ];
    let text = rows.first().map_or("", |row| row.text.as_str());
    let found = WORDS.iter().find(|(word, _)| text.contains(word));
    found.map_or("of something else", |(_, words)| words)
}

#[async_trait]
impl PostingLog for ProcessLog {
    async fn claim(&self, owner: &str, until: DateTime<Utc>) -> Result<Fence, LogError> {
        let mut kept = held(&self.disk.kept);
        match &kept.claim {
            Some((holder, _)) if holder == owner => {}
            Some((holder, until)) if *until > self.clock.now() => {
                return Err(LogError::Claimed { owner: holder.clone(), until: *until });
            }
            _ => kept.fence += 1,
        }
        kept.claim = Some((owner.to_owned(), until));
        Ok(Fence(kept.fence))
    }

    async fn append(&self, fence: Fence, position: u64, rows: &[Row]) -> Result<(), LogError> {
        let effect = about(rows);
        let earlier = match &self.withheld {
            Some(withheld) if effect == "of what is about to be sent" => {
                held(withheld).extend_from_slice(rows);
                return Ok(());
            }
            Some(withheld) => std::mem::take(&mut *held(withheld)),
            None => Vec::new(),
        };
        let position = position.saturating_sub(earlier.len() as u64);
        let rows = &[earlier, rows.to_vec()].concat()[..];
        self.gate.pass(Point::BeforeAppend, effect).await;
        {
            let mut kept = held(&self.disk.kept);
            if fence.0 != kept.fence {
                return Err(LogError::Fenced);
            }
            let found = kept.rows.len() as u64;
            if found != position {
                return Err(LogError::Overtaken { expected: position, found });
            }
            let Kept { dice, full, .. } = &mut *kept;
            if dice.below(1000) < *full {
                kept.fulls += 1;
                // Written or not: the process cannot know.
                if kept.dice.percent(50) {
                    kept.rows.extend_from_slice(rows);
                    kept.synced = kept.rows.len();
                    kept.written.extend(rows.iter().flat_map(names));
                }
                return Err(LogError::Storage { action: "written", source: "the disk is full".into() });
            }
            kept.rows.extend_from_slice(rows);
        }
        self.gate.pass(Point::Unsynced, effect).await;
        {
            let mut kept = held(&self.disk.kept);
            kept.synced = kept.rows.len();
            kept.written.extend(rows.iter().flat_map(names));
        }
        self.gate.pass(Point::AfterAppend, effect).await;
        Ok(())
    }

    async fn read(&self, from: u64) -> Result<Vec<Row>, LogError> {
        let kept = held(&self.disk.kept);
        Ok(kept.rows.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)).cloned().collect())
    }
}
