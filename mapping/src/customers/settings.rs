//! What a company has chosen about its customers (F-16), and what its QuickBooks company has.

use std::collections::BTreeSet;

use pos_model::CustomerField;

use super::record::RecordId;
use super::value::Fields;
use crate::Company;
use crate::company::{Direction, LimitPolicy, Preference, Profile};
use crate::naming::NameOrder;

/// Everything that a company has chosen about customers, and what its QuickBooks company has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The retailer whose customers are exchanged.
    pub retailer: String,
    /// Whether several retailers share the company: a name that is taken then falls back to `{retailer}-{account}`.
    pub has_other_retailers: bool,
    /// Which way edits go. Default of a two-way profile: both.
    pub direction: Direction,
    /// What a record new to QuickBooks is called: text with `{retailer}`, `{account}` and `{name}`.
    pub display_name: String,
    /// How `{name}` is written. Default: first name first.
    pub name_order: NameOrder,
    /// Whose value stands when both sides changed. Default: a person is asked.
    pub preference: Preference,
    /// What becomes of a charge over the limit.
    pub limit_policy: LimitPolicy,
    /// Whether edits of a customer new to the POS go to QuickBooks. Default: yes.
    pub uses_new_with_quickbooks: bool,
    /// Whether sub-customers and projects are added to the POS. Default: no.
    pub adds_sub_customers: bool,
    /// Only customers of these types are added to the POS; empty: of every type. Default: empty.
    pub types_added: BTreeSet<String>,
    /// Whether a record that is inactive in QuickBooks is made active for a charge. Default: no.
    pub wakes: bool,
    /// Whether the record of a merged or deleted customer is made inactive in QuickBooks once nothing hangs on it. Default: no.
    pub retires: bool,
    /// The records that stand for sales without a customer, by id; never customers of the POS.
    pub store_records: BTreeSet<RecordId>,
    /// The names of such records, for those that no log knows.
    pub store_names: BTreeSet<String>,
    /// The company's own currency; none where it has one only.
    pub home_currency: Option<String>,
    /// The names of QuickBooks' types of customers that are in use (F-06).
    pub quickbooks_types: BTreeSet<String>,
    /// The names of the POS's types of customers.
    pub pos_types: BTreeSet<String>,
    /// The names of QuickBooks' custom fields of customers; none when their definitions cannot be read (F-10).
    pub quickbooks_custom_fields: Option<BTreeSet<String>>,
    /// The names of the POS's custom fields of customers.
    pub pos_custom_fields: BTreeSet<String>,
}

impl Settings {
    /// Returns the options of a profile for a retailer; what the QuickBooks company has is still to be named.
    #[must_use]
    pub fn of(profile: Profile, retailer: &str) -> Self {
        Self {
            retailer: retailer.to_owned(),
            has_other_retailers: false,
            direction: profile.direction(),
            display_name: profile.display_name().to_owned(),
            name_order: NameOrder::default(),
            preference: Preference::default(),
            limit_policy: profile.limit_policy(),
            uses_new_with_quickbooks: true,
            adds_sub_customers: false,
            types_added: BTreeSet::new(),
            wakes: false,
            retires: false,
            store_records: BTreeSet::new(),
            store_names: BTreeSet::new(),
            home_currency: None,
            quickbooks_types: BTreeSet::new(),
            pos_types: BTreeSet::new(),
            quickbooks_custom_fields: None,
            pos_custom_fields: BTreeSet::new(),
        }
    }

    /// Returns whether both programs have a field: custom fields only when named exactly alike in both (F-10).
    #[must_use]
    pub fn is_shared(&self, field: &CustomerField) -> bool {
        let CustomerField::Custom(name) = field else { return true };
        let theirs = self.quickbooks_custom_fields.as_ref();
        self.pos_custom_fields.contains(name) && theirs.is_some_and(|names| names.contains(name))
    }

    /// Returns the fields that both programs have.
    #[must_use]
    pub fn shared(&self, fields: &Fields) -> Fields {
        let mut shared = fields.clone();
        let unshared = fields.iter().filter(|(field, _)| !self.is_shared(field));
        unshared.for_each(|(field, _)| shared.set(field.clone(), None));
        shared
    }

    /// Returns what a company has chosen, for the customers of one of its retailers; what the QuickBooks company has is still to
    /// be named.
    #[must_use]
    pub fn of_company(company: &Company, retailer: &str) -> Self {
        let (mapping, of) = (company.mapping(), &company.mapping().customers);
        Self {
            direction: company.direction(),
            display_name: company.display_name().to_owned(),
            name_order: of.name_order,
            preference: of.conflicts,
            limit_policy: company.limit_policy(),
            uses_new_with_quickbooks: of.use_new_with_quickbooks,
            adds_sub_customers: of.sub_customers,
            types_added: of.types.clone(),
            wakes: of.wake,
            retires: of.retire,
            ..Self::of(mapping.profile, retailer)
        }
    }
}
