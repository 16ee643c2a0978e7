//! Whom documents will name: the customers, stores' customers and vendors as QuickBooks has them now, looked at before
//! the first document is sent.
//!
//! One that the log remembers is read by its id: a person may have made it inactive, or merged it. Of a new one it is asked
//! who has its name: customers, vendors and employees share one set of names. Here is what is known of them; `parties/look.rs`
//! reads it. Up the walk: `readiness.rs`, which `prepare.rs` asks for every plan.

mod look;

use std::collections::BTreeMap;

use mapping::engine::ListEntry;
use mapping::{Party, Period, Retailers};
use qb_model::EntityKind;
use qb_model::engine::name_key;

use crate::error::NotReady;

/// A customer or vendor that a document will name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needed {
    kind: EntityKind,
    /// What it is called when it is new.
    name: String,
    /// Whether it is called otherwise when the name is taken (D-19).
    has_second_name: bool,
    /// What to do when another record has its name.
    remedy: &'static str,
    /// Whether only its own events wait when its record is inactive or gone, and not the whole plan.
    pub(crate) waits_alone: bool,
}

/// A record that documents were posted to, as it is read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It can be posted to, or nobody has looked.
    Usable,
    /// It is inactive.
    Inactive,
    /// There is no such record any more.
    Gone,
}

impl Needed {
    /// The record of a list entry; none of one that is no customer or vendor.
    pub(crate) fn of(entry: ListEntry<'_>, period: &Period) -> Option<Self> {
        let (kind, name, remedy) = match entry {
            ListEntry::Customer(party) => {
                let remedy = match party {
                    Party::Store(_) => "map another customer for the store",
                    Party::Customer(..) => {
                        "rename that one in QuickBooks, or write another display_name in the company mapping"
                    }
                };
                (EntityKind::Customer, period.display_name(party), remedy)
            }
            ListEntry::Vendor(name) => {
                let is_default = period.mapping().default_vendor == name;
                let remedy = if is_default {
                    "name another default_vendor in the company mapping"
                } else {
                    "map another vendor for the supplier"
                };
                (EntityKind::Vendor, name.to_owned(), remedy)
            }
            _ => return None,
        };
        let has_second_name = matches!(entry, ListEntry::Customer(party)
            if period.display_name_if_taken(party, Retailers::One).is_some());
        Some(Self { kind, name, has_second_name, remedy, waits_alone: false })
    }
}

/// What is known of the records that documents name, until the company is read again.
#[derive(Debug, Default)]
pub(crate) struct KnownParties {
    /// By entity and id: the name, and whether it is active; none when there is no such record.
    by_id: BTreeMap<(EntityKind, String), Option<(String, bool)>>,
    /// Vendors and employees by name, and whether each is active.
    others: Option<BTreeMap<String, (&'static str, bool)>>,
    /// Customers of names that were asked for, and whether each is active.
    customers: BTreeMap<String, Option<bool>>,
}

impl KnownParties {
    /// Notes a record that has just been made, or found.
    pub(crate) fn note(&mut self, kind: EntityKind, id: &str) {
        self.by_id.insert((kind, id.to_owned()), Some((String::new(), true)));
    }

    /// Whether a record was read, or is known to be there.
    pub(crate) fn knows(&self, kind: EntityKind, id: &str) -> bool {
        self.by_id.contains_key(&(kind, id.to_owned()))
    }

    /// Forgets customers' records: they may have been changed.
    pub(crate) fn forget_customers(&mut self) {
        self.by_id.retain(|(kind, _), _| *kind != EntityKind::Customer);
        self.customers.clear();
    }

    /// Returns what is known of a record.
    pub(crate) fn standing(&self, kind: EntityKind, id: &str) -> Standing {
        match self.by_id.get(&(kind, id.to_owned())) {
            None | Some(Some((_, true))) => Standing::Usable,
            Some(Some((_, false))) => Standing::Inactive,
            Some(None) => Standing::Gone,
        }
    }

    fn fault_of(&self, needed: &Needed, id: Option<&str>) -> Option<NotReady> {
        let inactive = |name: &str| NotReady::Inactive { entity: needed.kind.name(), name: name.to_owned() };
        if let Some(id) = id {
            if needed.waits_alone {
                return None;
            }
            return match self.by_id.get(&(needed.kind, id.to_owned()))? {
                Some((_, true)) => None,
                Some((name, false)) => Some(inactive(name)),
                None => Some(NotReady::Gone { entity: needed.kind.name(), name: needed.name.clone() }),
            };
        }
        let key = name_key(&needed.name);
        let other = self.others.as_ref().and_then(|others| others.get(&key)).copied();
        let customer = self.customers.get(&key).copied().flatten().map(|is_active| ("customer", is_active));
        let (is_own, other) = match needed.kind {
            EntityKind::Customer => (customer, other),
            _ if other.is_some_and(|(holder, _)| holder == "vendor") => (other, customer),
            _ => (None, customer.or(other)),
        };
        match (is_own, other) {
            (Some((_, false)), _) if !needed.has_second_name => Some(inactive(&needed.name)),
            (None, Some((holder, _))) if !needed.has_second_name => {
                Some(NotReady::NameTaken { name: needed.name.clone(), holder, remedy: needed.remedy })
            }
            _ => None,
        }
    }
}
