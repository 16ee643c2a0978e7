//! What a host does with a company besides sending requests: makes one, looks into it, changes it as a person would,
//! saves it and loads it.

mod audit;
mod by_hand;
mod chart;
mod open;
mod person;
mod sample;
mod state;

pub use state::StateError;

use chrono::{DateTime, FixedOffset};

use crate::base::json::Json;
use crate::base::message::Response;
use crate::books::company::Company;
use crate::entity::Entity;
use crate::options::CompanyOptions;
use crate::options::act::PersonAct;

impl Company {
    /// Makes a new company with the simulator's chart of accounts; `now` becomes the CreateTime of all of it.
    #[must_use]
    pub fn new(options: CompanyOptions, now: DateTime<FixedOffset>) -> Company {
        open::new(options, now)
    }

    /// Makes a new company with the default options.
    #[must_use]
    pub fn default_company(now: DateTime<FixedOffset>) -> Company {
        open::new(CompanyOptions::default(), now)
    }

    /// Makes the sample company, a small shop. `now` is when it was opened; its sales lie in the ninety days before. The
    /// error says which document was refused, which the simulator's own tests rule out for the default options.
    pub fn sample(options: CompanyOptions, now: DateTime<FixedOffset>) -> Result<Company, String> {
        sample::sample(options, now)
    }

    /// Does what a person did. The error says why it could not be done; then nothing has changed. A refused
    /// [`PersonAct::Request`] is an answer, not an error.
    pub fn act(&mut self, act: &PersonAct, now: DateTime<FixedOffset>) -> Result<Option<Response>, String> {
        person::act(self, act, now)
    }

    /// Returns the company as the text of a file. It holds the simulator's tokens.
    pub fn save(&self) -> Result<String, StateError> {
        state::save(self)
    }

    /// Makes the company that a saved text tells of.
    pub fn load(text: &str) -> Result<Company, StateError> {
        state::load(text)
    }

    /// Adds everything up again: debits equal credits in every document, running balances equal their entries, the
    /// A/R accounts equal the customers' balances and the open documents, and the A/P accounts the vendors' balances
    /// and the open bills. The error says what disagrees.
    pub fn audit(&self) -> Result<(), String> {
        audit::audit(self)
    }

    /// Returns the object of an entity with this Id, as a read shows it; `None` when there is none.
    #[must_use]
    pub fn read(&self, entity: &str, id: &str) -> Option<Json> {
        let entity = Entity::named(entity)?;
        let record = self.store(entity.kind).get(id)?;
        Some(entity.shown(self, record).into_owned())
    }

    /// Returns how many records an entity has, inactive ones included.
    #[must_use]
    pub fn count(&self, entity: &str) -> usize {
        Entity::named(entity).map_or(0, |entity| self.store(entity.kind).records().len())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;
    use crate::base::kind::EntityKind;
    use crate::base::message::Request;

    fn post(company: &mut Company, path: &str, body: &str) -> String {
        let target = format!("/v3/company/{}/{path}", company.options.realm_id);
        let request = Request::new("POST", &target, body).bearer(&company.options.credentials.access_token);
        String::from_utf8(crate::api::handle::handle(company, &request, company.created).body).unwrap()
    }

    // Line 21, as far as it goes without updates.
    #[test]
    fn an_inactive_entry_is_refused_and_hidden() {
        let now = DateTime::parse_from_rfc3339("2026-02-03T09:14:07-08:00").unwrap();
        let mut company = Company::default_company(now);
        company.store_mut(EntityKind::Item).change("1", |item| item.set("Active", Json::Bool(false)));
        let sale = r#"{"Line":[{"DetailType":"SalesItemLineDetail","Amount":1,
            "SalesItemLineDetail":{"ItemRef":{"value":"1"}}}]}"#;
        let answer = post(&mut company, "salesreceipt", sale);
        assert!(answer.contains("has been made inactive") && answer.contains("\"610\""), "{answer}");
        assert_eq!(company.count("SalesReceipt"), 0);
        assert!(post(&mut company, "query", "select * from Item").contains("\"QueryResponse\":{}"));
        let asked = post(&mut company, "query", "select * from Item where Active in (true, false)");
        assert!(asked.contains("\"Name\":\"Services\""), "{asked}");
    }

    #[test]
    fn tokens_do_not_show_in_debug() {
        let now = DateTime::parse_from_rfc3339("2026-02-03T09:14:07-08:00").unwrap();
        let company = Company::default_company(now);
        let shown = format!("{company:?}");
        assert!(!shown.contains(&company.options.credentials.access_token));
        assert!(!shown.contains(&company.options.credentials.client_secret));
    }
}
