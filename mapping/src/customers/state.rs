//! What is known from the last exchange: which customer is linked to which records, and what each side held.

use std::collections::{BTreeMap, BTreeSet};

use pos_model::CustomerField;
use serde::{Deserialize, Serialize};

use super::merges::Merges;
use super::record::RecordId;
use super::value::{FieldValue, Fields, is_same};
use crate::CustomerKey;

/// What each side held of a field after the last exchange: its own value, not one for both. QuickBooks trims, cuts and may
/// refuse to empty, and what it made of a value is no edit of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sides {
    /// The point of sale's value; none: empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pos: Option<FieldValue>,
    /// QuickBooks' value; none: empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quickbooks: Option<FieldValue>,
}

/// The base of a comparison, field by field. A field that is not in it was never compared.
pub type Base = BTreeMap<CustomerField, Sides>;

/// What became of a link.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Both ends are there.
    #[default]
    Live,
    /// QuickBooks' record is gone and nobody knows what stands for it: events wait until a person says.
    Gone,
    /// The customer was deleted at the POS: a tombstone, so that the record is never added again.
    Deleted,
}

/// A record of QuickBooks that is a customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The record.
    pub record: RecordId,
    /// What each side held; empty: the two never met.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub base: Base,
    /// What became of it.
    #[serde(default)]
    pub state: LinkState,
    /// The display name that the POS was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_name: Option<String>,
}

impl Link {
    /// Returns a link whose ends never met.
    #[must_use]
    pub fn new(record: RecordId) -> Self {
        Self { record, base: Base::new(), state: LinkState::Live, told_name: None }
    }
}

/// Everything that an exchange leaves for the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct State {
    /// Each customer's records. The first is the one whose fields are compared and that events post to; others came with
    /// merges. A record is one customer's only.
    pub links: BTreeMap<CustomerKey, Vec<Link>>,
    /// Which customer stands for which.
    pub merges: Merges,
    /// Pairs that a person said are not the same.
    pub apart: BTreeSet<(CustomerKey, RecordId)>,
    /// Pairs that a person has been asked about and that hold back additions until it is said.
    pub proposed: BTreeSet<(CustomerKey, RecordId)>,
    /// Conflicts that were reported and are not settled.
    pub open_conflicts: BTreeSet<(CustomerKey, CustomerField)>,
    /// Customers with an open matter (a conflict, an edit that waits, a question): their both sides are read in every exchange.
    pub open: BTreeSet<CustomerKey>,
}

impl State {
    /// Returns the customer that a record is linked to, and the link.
    #[must_use]
    pub fn owner(&self, record: &RecordId) -> Option<(&CustomerKey, &Link)> {
        self.links
            .iter()
            .find_map(|(key, links)| Some((key, links.iter().find(|link| link.record == *record)?)))
    }

    /// Returns the record whose fields are compared with the customer's, and that new documents name.
    #[must_use]
    pub fn first(&self, key: &CustomerKey) -> Option<&Link> {
        self.links.get(key)?.first()
    }

    /// Links a customer and a record, after those there are.
    pub fn link(&mut self, key: &CustomerKey, link: Link) {
        self.links.entry(key.clone()).or_default().push(link);
    }

    /// Hands a duplicate's records to its keeper, behind the keeper's own.
    pub(super) fn hand_over(&mut self, duplicate: &CustomerKey, keeper: &CustomerKey) {
        let links = self.links.remove(duplicate).unwrap_or_default();
        if !links.is_empty() {
            self.links.entry(keeper.clone()).or_default().extend(links);
        }
        self.open.remove(duplicate);
        self.open_conflicts.retain(|(key, _)| key != duplicate);
    }

    /// Notes what both sides hold of a field.
    pub(super) fn settle(
        &mut self,
        key: &CustomerKey,
        record: &RecordId,
        field: &CustomerField,
        sides: Sides,
    ) {
        let links = self.links.get_mut(key).map(Vec::as_mut_slice).unwrap_or_default();
        if let Some(link) = links.iter_mut().find(|link| link.record == *record) {
            link.base.insert(field.clone(), sides);
        }
    }

    /// Notes that the POS took a record as a new customer, with the fields that it was given.
    pub fn added_to_pos(
        &mut self,
        key: &CustomerKey,
        record: RecordId,
        display_name: &str,
        given: &Fields,
        quickbooks: &Fields,
    ) {
        let told_name = Some(display_name.to_owned());
        let mut link = Link { told_name, ..Link::new(record) };
        for field in fields_of(given, quickbooks) {
            let sides =
                Sides { pos: given.get(&field).cloned(), quickbooks: quickbooks.get(&field).cloned() };
            link.base.insert(field, sides);
        }
        self.link(key, link);
    }

    /// Notes that QuickBooks made a record for a customer. The base is what was sent, not what a later look finds there: a
    /// person may have edited it meanwhile. What was not sent was not compared.
    pub fn added_to_quickbooks(&mut self, key: &CustomerKey, record: RecordId, sent: &Fields, pos: &Fields) {
        let mut link = Link::new(record);
        for field in fields_of(sent, pos) {
            let sent = sent.get(&field).cloned();
            if sent.is_some() {
                link.base.insert(field.clone(), Sides { pos: pos.get(&field).cloned(), quickbooks: sent });
            }
        }
        self.link(key, link);
    }

    /// Notes that the POS took the values of a change.
    pub fn updated_in_pos(
        &mut self,
        key: &CustomerKey,
        record: &RecordId,
        given: &BTreeMap<CustomerField, Option<FieldValue>>,
        quickbooks: &Fields,
    ) {
        for (field, value) in given {
            let sides = Sides { pos: value.clone(), quickbooks: quickbooks.get(field).cloned() };
            self.settle(key, record, field, sides);
        }
    }

    /// Notes QuickBooks' answer to a change: what the POS holds beside what QuickBooks made of it. Where the answer shows
    /// another value than was sent, that is not sent again.
    pub fn updated_in_quickbooks(
        &mut self,
        key: &CustomerKey,
        record: &RecordId,
        sent: &BTreeMap<CustomerField, Option<FieldValue>>,
        pos: &Fields,
        answer: &Fields,
    ) {
        for field in sent.keys() {
            let sides = Sides { pos: pos.get(field).cloned(), quickbooks: answer.get(field).cloned() };
            self.settle(key, record, field, sides);
        }
    }
}

impl State {
    /// Notes that a record was made inactive in QuickBooks, beside what the POS holds.
    pub fn retired(&mut self, key: &CustomerKey, record: &RecordId, pos: &Fields) {
        let pos = pos.get(&CustomerField::State).cloned();
        let sides = Sides { pos, quickbooks: Some(FieldValue::Flag(false)) };
        self.settle(key, record, &CustomerField::State, sides);
    }

    /// Notes that the POS shows a record's display name.
    pub fn shown(&mut self, key: &CustomerKey, record: &RecordId, display_name: &str) {
        let links = self.links.get_mut(key).map(Vec::as_mut_slice).unwrap_or_default();
        if let Some(link) = links.iter_mut().find(|link| link.record == *record) {
            link.told_name = Some(display_name.to_owned());
        }
    }
}

/// The fields that either side has, each once.
fn fields_of(a: &Fields, b: &Fields) -> BTreeSet<CustomerField> {
    a.iter().chain(b.iter()).map(|(field, _)| field.clone()).collect()
}

impl Sides {
    /// Returns whether the two sides say the same.
    #[must_use]
    pub fn agree(&self) -> bool {
        is_same(self.pos.as_ref(), self.quickbooks.as_ref())
    }
}
