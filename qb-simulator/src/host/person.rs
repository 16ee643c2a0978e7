//! What a person does in the company's own screens while a program works through the API.
//!
//! Neither limits nor faults nor tokens stand in a person's way; the rules of the books do. Neighbours: `admin` takes
//! these from outside, `handle` answers the requests among them.

use chrono::{DateTime, FixedOffset};

use crate::api::handle::handle_inside;
use crate::base::json::{Json, object, text};
use crate::base::kind::{self, EntityKind};
use crate::base::message::{Request, Response};
use crate::books::change_log::{Change, Event};
use crate::books::company::{Call, Company};
use crate::changes::{self, Operation};
use crate::entity::Entity;
use crate::lists::{preference_changes, preferences};
use crate::options::act::PersonAct;

/// Does what a person did. The error says why it could not be done; then nothing has changed. A refused
/// [`PersonAct::Request`] is an answer, not an error.
pub(crate) fn act(
    company: &mut Company,
    act: &PersonAct,
    now: DateTime<FixedOffset>,
) -> Result<Option<Response>, String> {
    company.change_log.begin();
    match act {
        PersonAct::Request { method, path, body } => {
            let target = format!("/v3/company/{}/{path}", company.options.realm_id);
            let request = Request::new(method, &target, body.as_str());
            return Ok(Some(handle_inside(company, &request, now)));
        }
        PersonAct::CloseBooks { on } => {
            company.options.book_close_date = *on;
            tell_of_preferences(company, now);
        }
        PersonAct::Preferences(settings) => {
            preference_changes::set(company, settings, now);
            tell_of_preferences(company, now);
        }
        PersonAct::MakeInactive { entity, id } => make_inactive(company, entity, id, now)?,
    }
    company.change_log.changes.push(Change::Act { at: now, act: act.clone() });
    Ok(None)
}

fn tell_of_preferences(company: &mut Company, now: DateTime<FixedOffset>) {
    preference_changes::note(company, now);
    let id = preferences::ID.to_owned();
    company.change_log.events.push(Event {
        kind: EntityKind::Preferences,
        operation: kind::Operation::Update,
        id,
    });
}

fn make_inactive(
    company: &mut Company,
    entity: &str,
    id: &str,
    now: DateTime<FixedOffset>,
) -> Result<(), String> {
    let entity = Entity::named(entity).filter(|entity| entity.is_list);
    let entity = entity.ok_or_else(|| "not an entity with an active flag".to_owned())?;
    let Some(record) = company.store(entity.kind).get(id) else {
        return Err(format!("{} {id} does not exist", entity.name()));
    };
    let token = record.body.text_of("SyncToken").unwrap_or_default().to_owned();
    let kept = ["Name", "DueDays", "DayOfMonthDue"].map(|name| (name, record.body.get(name).cloned()));
    let body = kept.into_iter().fold(object(), |body, (name, value)| body.with_some(name, value));
    let body = body
        .with("Id", text(id.to_owned()))
        .with("SyncToken", text(token))
        .with("sparse", Json::Bool(true))
        .with("Active", Json::Bool(false));
    let done = changes::perform(company, entity, &body, Operation::Update, &Call::at(now));
    done.map_err(|fault| format!("{}: {}", fault.code, fault.detail))?;
    Ok(())
}
