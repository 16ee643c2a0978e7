//! Everything that changed a company since it began, in order, and what the current request has done so far.
//!
//! Neighbours: `handle` and `person` write it, `state` saves it and replays it, `service` tells of its events.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::base::kind::{EntityKind, Operation};
use crate::options::act::PersonAct;

/// One change of a company.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// A request that was answered with 200 and changed something; of a batch the items that did.
    Request { at: DateTime<FixedOffset>, target: String, body: String },
    /// What a person did.
    Act { at: DateTime<FixedOffset>, act: PersonAct },
}

/// One object that a request or a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) kind: EntityKind,
    pub(crate) operation: Operation,
    pub(crate) id: String,
    /// The object that was merged into this one, when that is what happened.
    pub(crate) merged: Option<String>,
}

impl Event {
    /// Returns what a request did to an object.
    pub(crate) fn of(kind: EntityKind, operation: Operation, id: String) -> Event {
        Event { kind, operation, id, merged: None }
    }
}

/// All changes since a company began, and what is known of the current one.
#[derive(Debug, Default)]
pub(crate) struct ChangeLog {
    pub(crate) changes: Vec<Change>,
    /// Whether the current request changed nothing although it was answered: it was only answered again.
    pub(crate) is_repetition: bool,
    /// What to write down in place of the current body.
    pub(crate) instead: Option<String>,
    /// The objects written by the current request or act, in order.
    pub(crate) events: Vec<Event>,
}

impl ChangeLog {
    /// Forgets the last request or act, its place among the changes apart.
    pub(crate) fn begin(&mut self) {
        self.is_repetition = false;
        self.instead = None;
        self.events.clear();
    }
}
