//! The entries of the posting log: what was sent, and what came back, in the order it happened.
//!
//! What they mean is for `history.rs` to say; how they become rows of a log, for `chain.rs`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use mapping::{
    BatchKey, CertificateNumber, EventKey, ItemDetail, OriginKey, Prepaid, StepKey, certificates_of,
    deposits_of,
};
use pos_model::{Batch, Money};
use qb_client::engine::RequestId;
use qb_model::{Create, EntityKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::customers::CustomerNotes;
use crate::kept_batch::KeptBatch;
use crate::step::Moment;

/// One entry of the posting log. Later versions add variants and fields; they never change these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entry {
    /// The company this log is about; always the first entry.
    Company {
        /// QuickBooks' id of the company.
        realm: String,
    },
    /// A step is about to be sent. Durable before the first byte leaves.
    Sending {
        /// The step's key.
        step: StepKey,
        /// What is being sent.
        sent: Sent,
    },
    /// Whose customers those are that rows before this one name by their id alone (P-08).
    Customers {
        /// The retailer.
        retailer: String,
    },
    /// The step is in QuickBooks as planned: created, or found equal.
    Posted {
        /// The step's key.
        step: StepKey,
        /// QuickBooks' id.
        id: String,
        /// When QuickBooks made it, by its own clock.
        created_at: Option<DateTime<FixedOffset>>,
        /// Found by a look-up rather than answered to our request.
        adopted: bool,
        /// A customer whom QuickBooks holds non-taxable: it would drop the till's tax (D-21).
        #[serde(default)]
        untaxed: bool,
    },
    /// The step is in QuickBooks, but not as planned. The log's word for it is `distorted`.
    #[serde(rename = "distorted")]
    StoredDifferently {
        /// The step's key.
        step: StepKey,
        /// QuickBooks' id.
        id: String,
        /// When QuickBooks made it, by its own clock.
        created_at: Option<DateTime<FixedOffset>>,
        /// What differs.
        reason: String,
    },
    /// QuickBooks refused the step; nothing was posted.
    Refused {
        /// The step's key.
        step: StepKey,
        /// Why, in a bookkeeper's words. Earlier versions wrote QuickBooks' code and text here.
        reason: String,
        /// QuickBooks' fault code and text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told: Option<String>,
    },
    /// The request never reached QuickBooks' books; the same request may be sent again.
    NotSent {
        /// The step's key.
        step: StepKey,
    },
    /// An account that the company had, as it was called when documents first went to it: renamed later, it is still the one.
    Account {
        /// The account's key: its role.
        account: StepKey,
        /// Its name then.
        name: String,
        /// QuickBooks' id.
        id: String,
    },
    /// What a batch was when its first document was sent: what is planned later under its name is compared (T-06).
    Batch {
        /// `store/register/batch`.
        batch: BatchKey,
        /// The keys of its documents.
        documents: BTreeSet<StepKey>,
        /// What its events moved on deposits of customer orders (D-10). Entries of earlier versions have none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deposits: Vec<MovedDeposit>,
        /// What its events moved on gift certificates whose number is known (D-06). Entries of earlier versions have none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        certificates: Vec<MovedCertificate>,
        /// How much of its receipts it sends (F-07).
        #[serde(default, skip_serializing_if = "ItemDetail::is_all")]
        item_detail: ItemDetail,
        /// The receipts that each of its summaries holds, by their transaction numbers.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        receipts: BTreeMap<EventKey, Vec<u64>>,
    },
    /// A batch as it was when its first document was sent, or at a late edit that is corrected (T-06).
    BatchKept(KeptBatch),
    /// A certificate was made; the next one names its hash.
    Certificate {
        /// Its number, from 1.
        number: u64,
        /// The SHA-256 of its text, in hexadecimal digits.
        sha256: String,
        /// When QuickBooks was read for it.
        checked_at: DateTime<Utc>,
    },
    /// Another document has this step's number.
    Conflict {
        /// The step's key.
        step: StepKey,
        /// What differs.
        reason: String,
        /// Whether our own request was definitely refused, so that nothing of ours can be there.
        refused: bool,
    },
    /// A person has settled the step: no later run sends it or stops on it.
    Settled {
        /// The step's key.
        step: StepKey,
        /// Who says so.
        who: String,
        /// Why.
        because: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// A person has asked that what is posted of a batch or order be taken back. Before the first act on its documents; until it is
    /// posted again nothing more of it is sent.
    UndoBegun {
        /// The batch, purchase order or opening entry.
        origin: OriginKey,
        /// Who asks for it.
        who: String,
        /// Why.
        because: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Nothing of it moves an account any more.
    UndoDone {
        /// The batch, purchase order or opening entry.
        origin: OriginKey,
    },
    /// What was undone is to be posted again, as its next revision (N-16).
    PostAgain {
        /// The batch, purchase order or opening entry.
        origin: OriginKey,
        /// Who says so.
        who: String,
        /// Why.
        because: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// A person has looked at a finding of drift and says that it stays as it is.
    FindingSettled {
        /// Its id: of the deviation in the state in which it was seen.
        finding: String,
        /// Whether it is still shown.
        verb: FindingVerb,
        /// The document that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        document: Option<StepKey>,
        /// A digest of how the document stood then; another one is another finding.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<String>,
        /// The record of others that it is about: QuickBooks' kind and id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<(String, String)>,
        /// Who says so.
        who: String,
        /// Why.
        because: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// What an exchange of customers has learned: whose record is whose, what each side held, how far it has read.
    CustomersNoted(CustomerNotes),
}

/// What a person says of a finding that stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingVerb {
    /// It is shown as accepted.
    Accept,
    /// It is not shown until it changes again.
    Ignore,
}

/// One sending of a step.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sent {
    /// QuickBooks' name of the entity.
    pub entity: String,
    /// The event behind a document: store, register, batch and event (N-13). None for a list entry.
    pub identity: Option<EventKey>,
    /// Grows after a definite refusal, or when a request that did not reach the books is sent with other bytes.
    pub epoch: u32,
    /// When; the quarantine of an unknown outcome counts from here.
    pub sent_at: DateTime<Utc>,
    /// The same moment by QuickBooks' own clock, which nobody here can set: what another process measures by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quickbooks_at: Option<DateTime<Utc>>,
    /// Its place in the batch with which it was sent; none when it was sent alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_item: Option<BatchItem>,
    /// The resolved body; a restart sends these bytes and no others. Empty once the log has forgotten it.
    pub body: String,
    /// The document's date.
    pub txn_date: Option<NaiveDate>,
    /// Its debits (+) and credits (-) in cents, by account id.
    pub legs: Vec<(String, i64)>,
}

/// A place in a batch of requests. Its items, their order and its request id stay what they were when it was first sent: it goes
/// again whole, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BatchItem {
    /// The batch's request id.
    pub request_id: String,
    /// The item's place, from 0: item `i0`, `i1` ...
    pub item: u32,
    /// How many items the batch has.
    pub of: u32,
}

impl BatchItem {
    pub(crate) fn new(request_id: &RequestId, item: usize, of: usize) -> Self {
        // A batch has 30 items at most.
        let small = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Self { request_id: request_id.as_str().to_owned(), item: small(item), of: small(of) }
    }
}

/// What a batch moved on the deposit of one customer order, in cents; both are 0 or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MovedDeposit {
    /// The customer order.
    pub order: u64,
    /// Paid on it.
    pub paid: i64,
    /// Redeemed or returned.
    pub used: i64,
}

impl MovedDeposit {
    /// What the events of a batch move.
    pub(crate) fn of(batch: &Batch) -> Vec<Self> {
        let moved = deposits_of(batch).into_iter();
        moved
            .map(|(order, Prepaid { paid, used })| Self { order, paid: paid.cents(), used: used.cents() })
            .collect()
    }

    /// The same as sums of money.
    pub(crate) fn sums(self) -> Prepaid {
        Prepaid { paid: Money::sum_of_cents(self.paid), used: Money::sum_of_cents(self.used) }
    }
}

/// What a batch moved on one gift certificate, in cents; both are 0 or more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MovedCertificate {
    /// A digest of company, retailer and number: whoever knows the number itself can spend the certificate.
    pub digest: String,
    /// Put onto it.
    pub paid: i64,
    /// Redeemed, or brought back unused.
    pub used: i64,
}

impl MovedCertificate {
    /// What the events of a batch move.
    pub(crate) fn of(batch: &Batch, realm: &str) -> Vec<Self> {
        let digest = |number: &CertificateNumber| certificate_digest(realm, batch.store().retailer(), number);
        let moved = certificates_of(batch).into_iter();
        moved
            .map(|(number, Prepaid { paid, used })| Self {
                digest: digest(&number),
                paid: paid.cents(),
                used: used.cents(),
            })
            .collect()
    }

    /// The same as sums of money.
    pub(crate) fn sums(&self) -> Prepaid {
        Prepaid { paid: Money::sum_of_cents(self.paid), used: Money::sum_of_cents(self.used) }
    }
}

/// What stands for the number of a gift certificate in the log.
pub(crate) fn certificate_digest(realm: &str, retailer: &str, number: &CertificateNumber) -> String {
    let digest = Sha256::digest(format!("{realm}/{retailer}/{}", number.key()));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

impl Entry {
    /// The step it is about.
    pub(crate) fn step(&self) -> Option<&StepKey> {
        match self {
            Self::Sending { step, .. }
            | Self::Posted { step, .. }
            | Self::StoredDifferently { step, .. }
            | Self::Refused { step, .. }
            | Self::NotSent { step }
            | Self::Conflict { step, .. }
            | Self::Settled { step, .. } => Some(step),
            Self::Company { .. }
            | Self::Customers { .. }
            | Self::Account { .. }
            | Self::Batch { .. }
            | Self::BatchKept(_)
            | Self::Certificate { .. }
            | Self::UndoBegun { .. }
            | Self::UndoDone { .. }
            | Self::PostAgain { .. }
            | Self::FindingSettled { .. }
            | Self::CustomersNoted(_) => None,
        }
    }
}

impl Sent {
    /// Returns the id of the request that says this of a step: the same in every run, another in every epoch.
    #[must_use]
    pub fn request_id(&self, step: &StepKey) -> String {
        request_id(step, self.epoch)
    }

    /// When it was sent, as far as the log tells.
    pub(crate) fn moment(&self) -> Moment {
        Moment { wall: self.sent_at, elapsed: None, quickbooks: self.quickbooks_at }
    }

    /// Returns the same bytes as they are sent once more: as they went out before, or alone because the batch in which they did cannot go again.
    pub(crate) fn again(self, is_same_batch: bool, now: &Moment) -> Self {
        let is_parted = self.batch_item.is_some() && !is_same_batch;
        let epoch = self.epoch + u32::from(is_parted);
        Self { epoch, sent_at: now.wall, quickbooks_at: now.quickbooks, ..self }
    }

    /// The document or list entry as it was sent; none when the entity or the body is not known to this version.
    pub(crate) fn create(&self) -> Option<Create> {
        let kind = EntityKind::from_name(&self.entity)?;
        Create::from_json(kind, self.body.as_bytes()).ok()
    }
}

/// The id of a step's request: its key and the epoch. Where the key is too long for that, or has signs that an id cannot
/// have, a digest stands for what is behind its kind.
pub(crate) fn request_id(key: &StepKey, epoch: u32) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if key.as_str().len() <= 30 && key.as_str().bytes().all(is_plain) {
        return format!("{key}-{epoch}");
    }
    let kind = key.as_str().split('-').next().unwrap_or_default();
    let digest = Sha256::digest(key.as_str());
    let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{kind}-{digest}-{epoch}")
}

impl std::fmt::Debug for Sent {
    /// Without the body, which may hold personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { entity, identity, epoch, sent_at, quickbooks_at, batch_item, txn_date, legs, body } = self;
        f.debug_struct("Sent")
            .field("entity", entity)
            .field("identity", identity)
            .field("epoch", epoch)
            .field("sent_at", sent_at)
            .field("quickbooks_at", quickbooks_at)
            .field("batch_item", batch_item)
            .field("body_bytes", &body.len())
            .field("txn_date", txn_date)
            .field("legs", legs)
            .finish()
    }
}
