//! What a host says of an exchange of customers.

use std::collections::{BTreeMap, BTreeSet};

use mapping::customers::{Activity, Decisions, RecordId, Settings};
use mapping::{CustomerKey, EventKey};

/// What a host says of an exchange of customers.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CustomerOptions {
    /// What the company has chosen (F-16). What its QuickBooks company and its point of sale have (types, custom fields, records of
    /// stores, currency) an exchange finds out by itself.
    pub settings: Settings,
    /// What persons have decided since the last exchange.
    pub decisions: Decisions,
    /// Accounts that move: they need a record (F-03).
    pub activity: BTreeMap<CustomerKey, Activity>,
    /// Records that a person merged in QuickBooks, each with the one that stands for it, where a message of QuickBooks' named both
    /// ([`qb_client::Webhooks`]).
    pub survivors: BTreeMap<RecordId, RecordId>,
    /// The custom fields of customers in QuickBooks: the name and the id of each definition. None where the connection may not read
    /// them: then no custom field is shared (F-10).
    pub custom_fields: Option<BTreeMap<String, String>>,
    /// Charges that a user has released although they exceed the limit (F-11).
    pub released: BTreeSet<EventKey>,
    /// Whether a person has confirmed that the first exchange of balances overwrites those of the point of sale (F-01). Until then
    /// those that it would change are listed and left.
    pub confirms_first_balances: bool,
}

impl CustomerOptions {
    /// Returns what a company has chosen, with nothing decided, charged or merged.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            decisions: Decisions::default(),
            activity: BTreeMap::new(),
            survivors: BTreeMap::new(),
            custom_fields: None,
            released: BTreeSet::new(),
            confirms_first_balances: false,
        }
    }
}
