//! A company in a file: what it began with, and everything that changed it since, in order.
//!
//! Loading does it all again, so that a file can hold nothing the rules would refuse, and a change of the code that
//! would tell another story is noticed: counts and balances must come out as written, and the audit must be clean. A
//! file holds the simulator's own tokens. Neighbours: `handle` and `person` write the change log, `handle` replays it.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::api::handle::handle_inside;
use crate::base::json::Json;
use crate::base::kind::EntityKind;
use crate::base::message::Request;
use crate::books::change_log::Change;
use crate::books::company::{Company, number};
use crate::entity::ENTITIES;
use crate::host::audit::audit;
use crate::host::{open, person};
use crate::oauth::Grants;
use crate::options::{CompanyOptions, RequestIds};

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

/// Returns whether the answer is that of a batch with a fault in it.
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

/// Returns the company as the text of a file. It holds the simulator's tokens.
pub(crate) fn save(company: &Company) -> Result<String, StateError> {
    let state = State {
        format: FORMAT,
        created: company.created,
        began_with: company.began_with.clone(),
        options: company.options.clone(),
        grants: company.grants.clone(),
        changes: company.change_log.changes.clone(),
        counts: counts(company),
        balances: balances(company),
    };
    Ok(serde_json::to_string(&state)?)
}

/// Returns the company a text tells of.
pub(crate) fn load(text: &str) -> Result<Company, StateError> {
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
    let begin =
        CompanyOptions { request_ids: RequestIds::Ignored, batch_shuffle: None, ..state.began_with.clone() };
    let mut company = open::new(begin, state.created);
    company.began_with = state.began_with;
    for (at, change) in state.changes.iter().enumerate() {
        again(&mut company, change).map_err(|why| StateError::Refused { at, why })?;
    }
    company.change_log.begin();
    company.options = state.options;
    company.grants = state.grants;
    audit(&company).map_err(StateError::Differs)?;
    if counts(&company) != state.counts {
        return Err(StateError::Differs("the number of objects".into()));
    }
    if balances(&company) != state.balances {
        return Err(StateError::Differs("the balances of accounts".into()));
    }
    Ok(company)
}

fn again(company: &mut Company, change: &Change) -> Result<(), String> {
    match change {
        Change::Request { at, target, body } => {
            let answer = handle_inside(company, &Request::new("POST", target, body.as_str()), *at);
            match answer.status {
                200 if !refuses_an_item(&answer.body) => Ok(()),
                _ => Err(String::from_utf8_lossy(&answer.body).into_owned()),
            }
        }
        Change::Act { at, act } => person::act(company, act, *at).map(drop),
    }
}

fn counts(company: &Company) -> BTreeMap<String, usize> {
    let counted =
        ENTITIES.iter().map(|entity| (entity.name().to_owned(), company.store(entity.kind).records().len()));
    counted.collect()
}

fn balances(company: &Company) -> BTreeMap<u64, String> {
    let accounts = company.store(EntityKind::Account).records().iter().map(|record| number(&record.id));
    accounts.map(|id| (id, company.ledger.balance(id).normalize().to_string())).collect()
}
