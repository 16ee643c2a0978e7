//! What the posting log says of customers, without asking QuickBooks: how each record stands, and what every exchange came to (F-13).

use std::collections::{BTreeMap, BTreeSet};

use mapping::CustomerKey;
use mapping::customers::{LinkState, RecordId};
use serde::Serialize;

use super::note::LoggedExchange;
use crate::chain::Chain;
use crate::history::History;
use crate::log::{LogError, PostingLog};

/// How a customer's record stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum RecordState {
    /// QuickBooks has no record of the customer.
    NotPosted,
    /// The customer has its record, and the last exchange left nothing undone of it.
    Completed,
    /// The last exchange could not do something of it.
    Error {
        /// The refusal's code.
        reason: String,
    },
    /// A change of it was sent, and nobody knows whether it was carried out; the next exchange looks.
    InDoubt,
    /// The record is gone in QuickBooks, and nobody knows what stands for it.
    Gone,
    /// The customer was deleted at the point of sale; its record is left as it is.
    Deleted,
}

impl std::fmt::Display for RecordState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotPosted => f.write_str("not posted"),
            Self::Completed => f.write_str("completed"),
            Self::Error { reason } => write!(f, "error: {reason}"),
            Self::InDoubt => f.write_str("in doubt"),
            Self::Gone => f.write_str("gone in QuickBooks"),
            Self::Deleted => f.write_str("deleted at the point of sale"),
        }
    }
}

/// A customer that the posting log knows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomerStanding {
    /// Its records in QuickBooks; the first is the one that its documents name.
    pub records: Vec<RecordId>,
    /// How it stands.
    pub state: RecordState,
    /// Fields that both sides changed, and nobody has decided yet.
    pub conflicts: u64,
}

/// What the posting log says of customers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// Id of the QuickBooks company; none of an empty log.
    pub company: Option<String>,
    /// Every exchange both ways, the oldest first.
    pub exchanges: Vec<LoggedExchange>,
    /// Every customer that the log knows.
    pub customers: BTreeMap<CustomerKey, CustomerStanding>,
}

impl Standing {
    /// Reads a posting log; QuickBooks is not asked, and nothing is written.
    ///
    /// # Errors
    /// [`LogError`]: the log cannot be read.
    pub async fn read(log: &dyn PostingLog) -> Result<Self, LogError> {
        let (mut chain, mut history) = (Chain::default(), History::default());
        for row in log.read(0).await? {
            history.apply(chain.read(&row)?);
        }
        Ok(Self::of(&history))
    }

    fn of(history: &History) -> Self {
        let kept = &history.customers;
        let refused = kept.exchanges.last().map(|last| last.refused.clone()).unwrap_or_default();
        let made = history.customers_in_doubt().filter_map(mapping::StepKey::customer_key);
        let in_doubt: BTreeSet<CustomerKey> = made.collect();
        let changed = records_in_doubt(history);
        let standing = |customer: &CustomerKey| {
            let links = kept.state.links.get(customer).map(Vec::as_slice).unwrap_or_default();
            let is_in_doubt = in_doubt.contains(customer)
                || links.iter().any(|link| changed.contains(link.record.as_str()));
            let state = match links.first().map(|link| link.state) {
                _ if is_in_doubt => RecordState::InDoubt,
                Some(LinkState::Gone) => RecordState::Gone,
                Some(LinkState::Deleted) => RecordState::Deleted,
                found => match (refused.get(customer), found) {
                    (Some(reason), _) => RecordState::Error { reason: reason.clone() },
                    (None, Some(_)) => RecordState::Completed,
                    (None, None) => RecordState::NotPosted,
                },
            };
            let conflicts = kept.state.open_conflicts.iter().filter(|(of, _)| of == customer).count();
            let conflicts = conflicts as u64; // no customer has 2^64 fields
            CustomerStanding {
                records: links.iter().map(|link| link.record.clone()).collect(),
                state,
                conflicts,
            }
        };
        let all = kept.state.links.keys().chain(&kept.unlinked).chain(&in_doubt).chain(refused.keys());
        Self {
            company: history.realm.clone(),
            exchanges: kept.exchanges.clone(),
            customers: all.map(|customer| (customer.clone(), standing(customer))).collect(),
        }
    }
}

/// The records of which a change is in doubt, as its body names them. Of a body that is forgotten nothing is known.
fn records_in_doubt(history: &History) -> BTreeSet<String> {
    let id = |body: &str| {
        let body: serde_json::Value = serde_json::from_str(body).ok()?;
        Some(body.get("Id")?.as_str()?.to_owned())
    };
    history.customer_changes_in_doubt().filter_map(|(_, sent)| id(&sent.body)).collect()
}
