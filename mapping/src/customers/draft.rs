//! What a plan is made from, and the plan while it is made.

use std::collections::{BTreeMap, BTreeSet};

use pos_model::CustomerField;

use super::change::{CustomerPlan, PosChange, Refusal};
use super::fields::Side;
use super::record::{PosRecord, QuickBooksRecord, RecordId};
use super::settings::Settings;
use super::state::{Link, LinkState, State};
use crate::CustomerKey;
use crate::company::Preference;

/// What became of a record that a read by its id no longer finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Nobody knows what stands for it.
    Gone,
    /// A person merged it into this one: known by QuickBooks' message, by our key, or by the customer of our documents.
    MergedInto(RecordId),
}

/// What a customer's account does in this exchange, whatever its record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Activity {
    /// It was charged, or paid: it needs a record (F-03).
    pub is_charged: bool,
    /// QuickBooks does not show all of its charges and payments yet: unsent or held.
    pub has_unsent: bool,
    /// A document of it is in doubt.
    pub is_in_doubt: bool,
}

/// What persons have decided since the last exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Proposals that are the same customer.
    pub same: BTreeSet<(CustomerKey, RecordId)>,
    /// Proposals that are not.
    pub apart: BTreeSet<(CustomerKey, RecordId)>,
    /// Whose value stands in a conflict.
    pub winners: BTreeMap<(CustomerKey, CustomerField), Side>,
}

/// What a plan is made from.
///
/// A first exchange is given both lists whole. A later one is given what changed on either side, and beside it: every customer and
/// every record that is not linked, both ends of each open matter ([`State::open`]), and what the plan asks for. A linked record that
/// is not given did not change: its base stands for it.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// What the company has chosen.
    pub settings: &'a Settings,
    /// What the last exchange left.
    pub state: &'a State,
    /// Customers of the POS.
    pub pos: &'a [PosRecord],
    /// Records of QuickBooks, inactive ones too.
    pub quickbooks: &'a [QuickBooksRecord],
    /// What became of records that are gone.
    pub fates: BTreeMap<RecordId, Fate>,
    /// Accounts that move.
    pub activity: BTreeMap<CustomerKey, Activity>,
    /// What persons decided.
    pub decisions: Decisions,
    /// Names that suppliers, employees and customers not given here have, as [`folded`](super::folded) writes them.
    pub names_taken: BTreeSet<String>,
}

impl<'a> Input<'a> {
    /// Returns the input of an exchange in which nothing is gone, charged or decided.
    #[must_use]
    pub fn new(
        settings: &'a Settings,
        state: &'a State,
        pos: &'a [PosRecord],
        quickbooks: &'a [QuickBooksRecord],
    ) -> Self {
        Self {
            settings,
            state,
            pos,
            quickbooks,
            fates: BTreeMap::new(),
            activity: BTreeMap::new(),
            decisions: Decisions::default(),
            names_taken: BTreeSet::new(),
        }
    }
}

/// A plan while it is made. Records are held with their shared fields only.
pub(super) struct Draft<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) pos: BTreeMap<CustomerKey, PosRecord>,
    pub(super) quickbooks: BTreeMap<RecordId, QuickBooksRecord>,
    /// Which customer a record is linked to; kept with `plan.state.links`.
    owners: BTreeMap<RecordId, CustomerKey>,
    /// Active records below each record, of those given.
    pub(super) children: BTreeMap<RecordId, BTreeSet<RecordId>>,
    /// What the account of each customer does that others were merged into, or none.
    activity: BTreeMap<CustomerKey, Activity>,
    /// The customers that were compared, and whether something of them stays open.
    pub(super) compared: BTreeMap<CustomerKey, bool>,
    /// Inactive records that a person said are an active customer's.
    pub(super) woken: BTreeSet<RecordId>,
    /// Customers that name a record which is not theirs, or not there: nothing is made for them until a person has said.
    pub(super) parked: BTreeSet<CustomerKey>,
    pub(super) plan: CustomerPlan,
}

impl<'a> Draft<'a> {
    pub(super) fn new(input: &'a Input<'a>) -> Self {
        let settings = input.settings;
        let ours = input.pos.iter().map(|record| {
            (record.key.clone(), PosRecord { fields: settings.shared(&record.fields), ..record.clone() })
        });
        let theirs = input.quickbooks.iter().map(|record| {
            (
                record.id.clone(),
                QuickBooksRecord { fields: settings.shared(&record.fields), ..record.clone() },
            )
        });
        let mut children: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
        for record in input.quickbooks.iter().filter(|record| record.is_active()) {
            if let Some(parent) = &record.parent {
                children.entry(parent.clone()).or_default().insert(record.id.clone());
            }
        }
        let mut state = input.state.clone();
        state.apart.extend(input.decisions.apart.iter().cloned());
        let mut draft = Self {
            input,
            pos: ours.collect(),
            quickbooks: theirs.collect(),
            owners: BTreeMap::new(),
            children,
            activity: BTreeMap::new(),
            compared: BTreeMap::new(),
            woken: BTreeSet::new(),
            parked: BTreeSet::new(),
            plan: CustomerPlan { state, ..CustomerPlan::default() },
        };
        draft.index();
        draft.learn_activity();
        draft
    }

    /// Learns again which record is whose, after links were moved.
    pub(super) fn index(&mut self) {
        let links = self.plan.state.links.iter();
        self.owners = links
            .flat_map(|(key, links)| links.iter().map(|link| (link.record.clone(), key.clone())))
            .collect();
    }

    /// The customer that a record is linked to.
    pub(super) fn owner(&self, record: &RecordId) -> Option<&CustomerKey> {
        self.owners.get(record)
    }

    /// Links a customer and a record that nobody has.
    pub(super) fn link(&mut self, key: &CustomerKey, record: &RecordId) {
        self.forget_gone(key);
        self.owners.insert(record.clone(), key.clone());
        self.plan.state.link(key, Link::new(record.clone()));
        self.plan.matched += 1;
    }

    /// Forgets the records of a customer that are gone, once a person has said which one stands for it.
    pub(super) fn forget_gone(&mut self, key: &CustomerKey) {
        if let Some(links) = self.plan.state.links.get_mut(key) {
            links.retain(|link| link.state != LinkState::Gone);
            let of = |refusal: &Refusal| matches!(refusal, Refusal::Gone { customer, .. } if customer == key);
            self.plan.refusals.retain(|refusal| !of(refusal));
            self.index();
        }
    }

    /// Merges a customer's links into another's, and counts it.
    pub(super) fn hand_over(&mut self, duplicate: &CustomerKey, keeper: &CustomerKey) {
        self.plan.state.hand_over(duplicate, keeper);
        self.plan.merged += 1;
        self.index();
    }

    /// Learns what each account does, with those of the customers that it stands for.
    pub(super) fn learn_activity(&mut self) {
        self.activity.clear();
        for (key, next) in &self.input.activity {
            let sum = self.activity.entry(self.plan.state.merges.keeper(key).clone()).or_default();
            sum.is_charged |= next.is_charged;
            sum.has_unsent |= next.has_unsent;
            sum.is_in_doubt |= next.is_in_doubt;
        }
    }

    /// What a customer's account does.
    pub(super) fn activity(&self, key: &CustomerKey) -> Activity {
        self.activity.get(key).copied().unwrap_or_default()
    }

    /// Whether the customer has a record that can be used.
    pub(super) fn has_link(&self, key: &CustomerKey) -> bool {
        self.plan.state.links.get(key).is_some_and(|links| !links.is_empty())
    }

    /// The customers that are neither merged, deleted nor parked and have no link.
    pub(super) fn unlinked(&self) -> Vec<CustomerKey> {
        let live = self.pos.values().filter(|record| {
            !record.is_deleted
                && record.merged_into.is_none()
                && !self.plan.state.merges.is_merged(&record.key)
        });
        live.filter(|record| !self.has_link(&record.key) && !self.parked.contains(&record.key))
            .map(|record| record.key.clone())
            .collect()
    }

    /// Whose value stands in a field that both sides changed.
    pub(super) fn winner(
        &self,
        pos: &PosRecord,
        record: &QuickBooksRecord,
        field: &CustomerField,
    ) -> Option<Side> {
        if let Some(side) = self.input.decisions.winners.get(&(pos.key.clone(), field.clone())) {
            return Some(*side);
        }
        match self.input.settings.preference {
            Preference::Ask => None,
            Preference::QuickBooks => Some(Side::QuickBooks),
            Preference::Pos => Some(Side::Pos),
            Preference::Later => {
                let ours = pos.changed_at.get(field)?;
                (*ours > record.changed_at?).then_some(Side::Pos)
            }
        }
    }

    /// Tells the POS a record of a customer with its display name, unless it was told.
    pub(super) fn show(&mut self, key: &CustomerKey, record: &QuickBooksRecord) {
        let links = self.plan.state.links.get(key).map(Vec::as_slice).unwrap_or_default();
        let told = links.iter().find(|link| link.record == record.id && link.state == LinkState::Live);
        if told.is_some_and(|link| link.told_name.as_ref() != Some(&record.display_name)) {
            self.plan.for_pos.push(PosChange::Show {
                customer: key.clone(),
                record: record.id.clone(),
                display_name: record.display_name.clone(),
            });
        }
    }
}
