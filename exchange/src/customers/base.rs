//! What every part of an exchange of customers works with.

use std::collections::BTreeSet;

use mapping::CustomerKey;
use mapping::customers::{Fields, Link, Lists, PosRecord, RecordId, Settings, State};

use super::given::{Given, Turn};
use super::note::{CustomerNotes, Noted, links};
use super::options::CustomerOptions;
use super::port::PosCustomers;
use super::report::CustomerReport;
use crate::entry::Entry;
use crate::error::RunError;
use crate::log::LogError;
use crate::patience::Ended;
use crate::session::{Exchange, Session};

/// Notes an entry of the log has at most, so that no row is large.
const NOTES: usize = 500;

/// An exchange of customers on its way.
pub(super) struct CustomerRun<'e> {
    pub(super) exchange: &'e Exchange,
    pub(super) session: &'e mut Session,
    pub(super) pos: &'e dyn PosCustomers,
    pub(super) options: &'e CustomerOptions,
    /// What the company has chosen, and what both sides have.
    pub(super) settings: Settings,
    pub(super) lists: Lists,
    pub(super) given: Given,
    /// Who is looked at again before the exchange ends.
    pub(super) next: Turn,
    /// Who is looked at again in the next exchange.
    pub(super) later: Turn,
    pub(super) report: CustomerReport,
}

impl CustomerRun<'_> {
    /// Writes down what was learned.
    pub(super) async fn note(&mut self, noted: Vec<Noted>) -> Result<(), RunError> {
        let mut entries = Vec::new();
        let mut rest = noted;
        while !rest.is_empty() {
            let more = rest.split_off(rest.len().min(NOTES));
            entries.push(noted_entry(std::mem::replace(&mut rest, more))?);
        }
        if entries.is_empty() {
            return Ok(());
        }
        self.exchange.append(self.session, "the customers", entries).await
    }

    /// What a change of a customer's links comes to, as a note.
    pub(super) fn relinked(&self, customer: &CustomerKey, change: impl FnOnce(&mut State)) -> Vec<Noted> {
        let mut relinking = Relinking::default();
        change(self.relinking(&mut relinking, customer));
        relinking.noted()
    }

    /// The links of some customers while they are changed, this customer's among them.
    pub(super) fn relinking<'r>(
        &self,
        relinking: &'r mut Relinking,
        customer: &CustomerKey,
    ) -> &'r mut State {
        let Relinking { state, customers } = relinking;
        if customers.insert(customer.clone()) && !self.links(customer).is_empty() {
            state.links.insert(customer.clone(), self.links(customer).to_vec());
        }
        state
    }

    /// The records of a customer.
    pub(super) fn links(&self, customer: &CustomerKey) -> &[Link] {
        let links = &self.session.history.customers.state.links;
        links.get(customer).map(Vec::as_slice).unwrap_or_default()
    }

    /// What the point of sale holds of a customer, as it was read; what it held last where nothing of it changed.
    pub(super) fn held_by_pos(&self, customer: &CustomerKey, record: &RecordId) -> Fields {
        if let Some(PosRecord { fields, .. }) = self.given.pos.get(customer) {
            return self.settings.shared(fields);
        }
        let mut fields = Fields::default();
        let link = self.links(customer).iter().find(|link| link.record == *record);
        let base = link.into_iter().flat_map(|link| &link.base);
        base.for_each(|(field, sides)| fields.set(field.clone(), sides.pos.clone()));
        fields
    }

    /// What QuickBooks holds of a record, as it was read.
    pub(super) fn held_by_quickbooks(&self, record: &RecordId) -> Fields {
        let found = self.given.quickbooks.get(record);
        found.map(|record| self.settings.shared(&record.fields)).unwrap_or_default()
    }

    /// Ends the exchange here: what is left is for the next one.
    pub(super) fn cut_short(&mut self, ended: Option<Ended>) {
        self.report.is_cut_short = true;
        self.report.paused = self.report.paused.or(ended.and_then(Ended::paused));
    }

    /// Whether the exchange goes no further.
    pub(super) fn is_over(&mut self) -> bool {
        if let Some(ended) = self.exchange.ended() {
            self.cut_short(Some(ended));
        }
        self.report.is_cut_short
    }
}

/// The links of some customers while they are changed.
#[derive(Default)]
pub(super) struct Relinking {
    state: State,
    customers: BTreeSet<CustomerKey>,
}

impl Relinking {
    /// What they have come to, as notes.
    pub(super) fn noted(&self) -> Vec<Noted> {
        let now = |customer| self.state.links.get(customer).map(Vec::as_slice).unwrap_or_default();
        self.customers.iter().map(|customer| links(customer, now(customer))).collect()
    }
}

/// Notes as an entry of the log.
pub(super) fn noted_entry(noted: Vec<Noted>) -> Result<Entry, RunError> {
    let notes = CustomerNotes::of(noted).map_err(|source| {
        RunError::log("the customers", LogError::Storage { action: "written", source: Box::new(source) })
    })?;
    Ok(Entry::CustomersNoted(notes))
}
