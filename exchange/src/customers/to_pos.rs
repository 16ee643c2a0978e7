//! Changes for the point of sale are carried out there. A record that is given to it as a new customer is written down first with what
//! it is given: whatever happens on the way, what each side held then is known.

use mapping::customers::{PosChange, RecordId};

use super::base::{CustomerRun, Relinking};
use super::note::{CustomerNote, Noted, OfferToPos, Values};
use super::port::{Applied, PosCustomersError};
use super::report::CustomerRefusal;
use crate::error::RunError;

/// Changes that the point of sale is given at a time.
const SOME: usize = 500;

impl CustomerRun<'_> {
    /// Has the point of sale carry out changes, in their order.
    pub(super) async fn apply_to_pos(&mut self, changes: &[PosChange]) -> Result<(), RunError> {
        for some in changes.chunks(SOME) {
            if self.is_over() {
                return Ok(());
            }
            let offers = some.iter().filter_map(|change| self.offer(change)).collect();
            self.note(offers).await?;
            self.apply(some).await?;
        }
        Ok(())
    }

    /// Gives the point of sale again what an exchange that broke off was giving it.
    pub(super) async fn offer_again(&mut self) -> Result<(), RunError> {
        let offered = &self.session.history.customers.offered_to_pos;
        let changes: Vec<PosChange> = offered
            .iter()
            .map(|(record, offer)| PosChange::Add {
                record: record.clone(),
                display_name: offer.display_name.clone(),
                fields: offer.given.clone(),
                use_with_quickbooks: offer.use_with_quickbooks,
            })
            .collect();
        for some in changes.chunks(SOME) {
            self.apply(some).await?;
        }
        Ok(())
    }

    fn offer(&self, change: &PosChange) -> Option<Noted> {
        let PosChange::Add { record, display_name, fields, use_with_quickbooks } = change else {
            return None;
        };
        let offer = OfferToPos {
            display_name: display_name.clone(),
            given: fields.clone(),
            quickbooks: self.held_by_quickbooks(record),
            use_with_quickbooks: *use_with_quickbooks,
        };
        Some((CustomerNote::OfferedToPos { record: record.clone() }, Values::ToPos(Box::new(offer))))
    }

    async fn apply(&mut self, changes: &[PosChange]) -> Result<(), RunError> {
        let applied = self.pos.apply(changes).await?;
        if applied.len() != changes.len() {
            let (asked, answered) = (changes.len(), applied.len());
            return Err(PosCustomersError::Answers { asked, answered }.into());
        }
        let (mut relinking, mut taken) = (Relinking::default(), Vec::new());
        for (change, applied) in changes.iter().zip(applied) {
            self.take(change, applied, &mut relinking, &mut taken);
        }
        let mut noted = relinking.noted();
        noted.extend(taken);
        self.note(noted).await
    }

    /// Takes in what became of a change.
    fn take(
        &mut self,
        change: &PosChange,
        applied: Applied,
        relinking: &mut Relinking,
        taken: &mut Vec<Noted>,
    ) {
        match (change, applied) {
            (PosChange::AddType { .. }, _) => {}
            (PosChange::Add { record, .. }, Applied::Added(customer)) => {
                let offer = self.session.history.customers.offered_to_pos.get(record).cloned();
                let is_linked = self.session.history.customers.owner(record).is_some();
                // The point of sale may have had the record before, for one who was merged since.
                let customer = self.session.history.customers.state.merges.keeper(&customer).clone();
                if let Some(offer) = offer.filter(|_| !is_linked) {
                    let OfferToPos { display_name, given, quickbooks, .. } = offer;
                    let state = self.relinking(relinking, &customer);
                    state.added_to_pos(&customer, record.clone(), &display_name, &given, &quickbooks);
                    self.report.counts.added_to_pos += 1;
                }
                taken.push((CustomerNote::TakenByPos { record: record.clone() }, Values::None));
            }
            (PosChange::Add { record, .. }, _) => {
                self.report.refuse(CustomerRefusal::NewAtPos { record: record.clone() });
                taken.push((CustomerNote::TakenByPos { record: record.clone() }, Values::None));
                self.later.records.insert(record.clone());
            }
            (PosChange::Update { customer, record, fields, .. }, Applied::Done) => {
                let theirs = self.held_by_quickbooks(record);
                self.relinking(relinking, customer).updated_in_pos(customer, record, fields, &theirs);
                self.report.counts.updated_in_pos += 1;
            }
            (PosChange::Show { customer, record, display_name }, Applied::Done) => {
                self.relinking(relinking, customer).shown(customer, record, display_name);
            }
            (PosChange::Merge { .. }, Applied::Done) => {}
            (PosChange::Update { customer, record, .. }, Applied::Stale) => {
                self.next.add(customer, Some(record));
            }
            (PosChange::Update { customer, record, .. } | PosChange::Show { customer, record, .. }, _) => {
                self.refused_at_pos(customer, Some(record))
            }
            (PosChange::Merge { duplicate, .. }, _) => self.refused_at_pos(duplicate, None),
        }
    }

    fn refused_at_pos(&mut self, customer: &mapping::CustomerKey, record: Option<&RecordId>) {
        self.report.refuse(CustomerRefusal::AtPos { customer: customer.clone() });
        self.later.add(customer, record);
    }
}
