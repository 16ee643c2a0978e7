//! A company in a file: what it began with, and everything that changed it since, in order.
//!
//! Loading does it all again, so that a file can hold nothing the rules would refuse, and a change of the code that
//! would tell another story is noticed: counts and balances must come out as written, and the audit must be clean. A
//! file holds the simulator's own tokens. Neighbours: `handle` and `person` write the journal, `handle` replays it.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::company::{Company, number};
use crate::entity::{ENTITIES, EntityKind};
use crate::faults::Operation;
use crate::handle::handle_inside;
use crate::json::Json;
use crate::message::Request;
use crate::oauth::Grants;
use crate::options::{CompanyOptions, RequestIds};
use crate::person::PersonAct;

/// The version of the file's form.
const FORMAT: u32 = 1;

/// Why a state was not loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The text is no state.
    #[error("this is no state of a simulator")]
    Unreadable(#[from] serde_json::Error),
    /// The state was written in another form.
    #[error("the state has format {0}, and this simulator reads format {FORMAT}")]
    Format(u32),
    /// Something the state tells of does not happen any more.
    #[error("change {at} of the state is refused: {why}")]
    Refused {
        /// Which change, from 0.
        at: usize,
        /// What the company said.
        why: String,
    },
    /// The books came out differently.
    #[error("the books do not come out as the state says: {0}")]
    Differs(String),
}

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
}

/// All changes since a company began, and what is known of the one at hand.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) changes: Vec<Change>,
    /// Whether the request at hand changed nothing although it was answered: it was only answered again.
    pub(crate) is_repetition: bool,
    /// What to write down in place of the body at hand.
    pub(crate) instead: Option<String>,
    /// The objects written by the request or act at hand, in order.
    pub(crate) events: Vec<Event>,
}

impl Journal {
    /// Forgets the last request or act, its place among the changes apart.
    pub(crate) fn begin(&mut self) {
        self.is_repetition = false;
        self.instead = None;
        self.events.clear();
    }
}

/// Whether the answer is that of a batch with a fault in it.
fn refuses_an_item(body: &[u8]) -> bool {
    let Ok(body) = Json::parse(body) else { return true };
    let items = body.get("BatchItemResponse").map_or(&[][..], Json::items);
    items.iter().any(|item| item.get("Fault").is_some())
}

#[derive(Serialize, Deserialize)]
struct State {
    format: u32,
    created: DateTime<FixedOffset>,
    began_with: CompanyOptions,
    options: CompanyOptions,
    grants: Grants,
    changes: Vec<Change>,
    counts: BTreeMap<String, usize>,
    balances: BTreeMap<u64, String>,
}

impl Company {
    /// The company as the text of a file. It holds the simulator's tokens.
    pub fn save(&self) -> Result<String, StateError> {
        let state = State {
            format: FORMAT,
            created: self.created,
            began_with: self.began_with.clone(),
            options: self.options.clone(),
            grants: self.grants.clone(),
            changes: self.journal.changes.clone(),
            counts: self.counts(),
            balances: self.balances(),
        };
        Ok(serde_json::to_string(&state)?)
    }

    /// The company a text tells of.
    pub fn load(text: &str) -> Result<Company, StateError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_str(text)?;
        if format != FORMAT {
            return Err(StateError::Format(format));
        }
        let state: State = serde_json::from_str(text)?;
        // Every change had its effect, whatever request ids were good for then; batches are written down as they ran.
        let begin = CompanyOptions {
            request_ids: RequestIds::Ignored,
            batch_shuffle: None,
            ..state.began_with.clone()
        };
        let mut company = Company::new(begin, state.created);
        company.began_with = state.began_with;
        for (at, change) in state.changes.iter().enumerate() {
            company.again(change).map_err(|why| StateError::Refused { at, why })?;
        }
        company.journal.begin();
        company.options = state.options;
        company.grants = state.grants;
        company.audit().map_err(StateError::Differs)?;
        if company.counts() != state.counts {
            return Err(StateError::Differs("the number of objects".into()));
        }
        if company.balances() != state.balances {
            return Err(StateError::Differs("the balances of accounts".into()));
        }
        Ok(company)
    }

    fn again(&mut self, change: &Change) -> Result<(), String> {
        match change {
            Change::Request { at, target, body } => {
                let answer = handle_inside(self, &Request::new("POST", target, body.as_str()), *at);
                match answer.status {
                    200 if !refuses_an_item(&answer.body) => Ok(()),
                    _ => Err(String::from_utf8_lossy(&answer.body).into_owned()),
                }
            }
            Change::Act { at, act } => self.act(act, *at).map(drop),
        }
    }

    fn counts(&self) -> BTreeMap<String, usize> {
        let counted =
            ENTITIES.iter().map(|entity| (entity.name.to_owned(), self.store(entity.kind).records().len()));
        counted.collect()
    }

    fn balances(&self) -> BTreeMap<u64, String> {
        let accounts = self.store(EntityKind::Account).records().iter().map(|record| number(&record.id));
        accounts.map(|id| (id, self.ledger.balance(id).normalize().to_string())).collect()
    }
}
