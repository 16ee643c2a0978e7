//! What a plan comes to: changes for either side, and what a person should know or say.

use std::collections::BTreeMap;
use std::fmt;

use pos_model::CustomerField;

use super::fit::Unfit;
use super::matching::Likeness;
use super::record::RecordId;
use super::state::State;
use super::value::{FieldValue, Fields};
use crate::CustomerKey;

/// New values of fields; none empties the field.
pub type Edits = BTreeMap<CustomerField, Option<FieldValue>>;

/// A change for the point of sale. Each can be applied twice with the effect of once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PosChange {
    /// A type of customers that QuickBooks has (F-06).
    AddType {
        /// Its name.
        name: String,
    },
    /// A customer that QuickBooks has and the POS lacks. The record's id is unique at the POS: where it stands already, the
    /// customer that has it is told instead of a new one.
    Add {
        /// The record.
        record: RecordId,
        /// QuickBooks' display name, to be shown.
        display_name: String,
        /// What the customer is given.
        fields: Fields,
        /// Whether edits of it go to QuickBooks.
        use_with_quickbooks: bool,
    },
    /// Fields of a customer.
    Update {
        /// The customer.
        customer: CustomerKey,
        /// The record that the values come from.
        record: RecordId,
        /// The values.
        fields: Edits,
        /// The stamp of the version that this was worked out from: another version is not overwritten.
        from: Option<String>,
    },
    /// The record of a customer and its display name, to be shown beside a link to it (F-12).
    Show {
        /// The customer.
        customer: CustomerKey,
        /// The record.
        record: RecordId,
        /// QuickBooks' display name.
        display_name: String,
    },
    /// Two customers whose records a person merged in QuickBooks (F-14).
    Merge {
        /// The one that goes.
        duplicate: CustomerKey,
        /// The one that stays, with its own fields, limit and flag.
        keeper: CustomerKey,
    },
}

/// A change for QuickBooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuickBooksChange {
    /// A record for a customer.
    Create {
        /// The customer.
        customer: CustomerKey,
        /// What it is called there.
        display_name: String,
        /// What it is given.
        fields: Fields,
    },
    /// Fields of a record; an inactive one is made active by one of them.
    Update {
        /// The customer that the values come from.
        customer: CustomerKey,
        /// The record.
        record: RecordId,
        /// The version that this was worked out from; none when the record was not read, for nothing of it changed.
        sync_token: Option<String>,
        /// The values.
        fields: Edits,
    },
    /// A record that is no longer used is made inactive. What allows it was true when it was planned and is read again
    /// before it is sent.
    Retire {
        /// The customer.
        customer: CustomerKey,
        /// The record.
        record: RecordId,
        /// The version that this was worked out from; none when the record was not read, for nothing of it changed.
        sync_token: Option<String>,
    },
}

/// Two records that may be the same customer; a person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The customer of the POS.
    pub customer: CustomerKey,
    /// The record of QuickBooks.
    pub record: RecordId,
    /// How much alike, and why.
    pub likeness: Likeness,
    /// Whether the record is inactive, so that linking it makes it active.
    pub wakes: bool,
    /// Whether neither is added to the other side until it is decided. Names that are only alike hold nothing back.
    pub holds: bool,
}

/// A field that was changed on both sides (F-14). Values and base stay until the values meet, one side goes back, or a person
/// decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The customer.
    pub customer: CustomerKey,
    /// The record.
    pub record: RecordId,
    /// The field.
    pub field: CustomerField,
    /// The POS's value.
    pub pos: Option<FieldValue>,
    /// QuickBooks' value.
    pub quickbooks: Option<FieldValue>,
    /// Whether it is reported for the first time.
    pub is_new: bool,
}

/// What cannot be done. Nothing of it was sent, and neither side changed by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant is its message")]
pub enum Refusal {
    #[error(
        "customer {duplicate} was merged into {keeper}, which already stands for it: merges lead back to where they began; let one of them stay"
    )]
    MergeRing { duplicate: CustomerKey, keeper: CustomerKey },
    #[error(
        "customer {customer}: QuickBooks' record {record} is gone and nobody knows what stands for it; its events wait until the customer is linked to another record or deleted at the point of sale"
    )]
    Gone { customer: CustomerKey, record: RecordId },
    #[error(
        "customer {customer} names QuickBooks' record {record}, which is not there; correct it at the point of sale"
    )]
    LinkToNothing { customer: CustomerKey, record: RecordId },
    #[error(
        "customer {customer} names QuickBooks' record {record}, which is that of {owner}; correct it at the point of sale, or merge the two"
    )]
    LinkOfAnother { customer: CustomerKey, record: RecordId, owner: CustomerKey },
    #[error(
        "customer {customer}: its name in QuickBooks is taken, also with its account number; rename it or the record that has the name"
    )]
    NameTaken { customer: CustomerKey },
    #[error(
        "customer {customer} was charged, but QuickBooks' record {record} is inactive; make it active there"
    )]
    InactiveWhileCharged { customer: CustomerKey, record: RecordId },
    #[error(
        "customer {customer}: QuickBooks' record {record} is kept in {currency}; charge another customer, or link another record"
    )]
    OtherCurrency { customer: CustomerKey, record: RecordId, currency: String },
    #[error(
        "customer {customer} was deleted at the point of sale, but its account is not settled; settle it first"
    )]
    DeletedUnsettled { customer: CustomerKey },
}

impl Refusal {
    /// Returns the customer that it is about; of a merge, the one that was to go.
    #[must_use]
    pub fn customer(&self) -> &CustomerKey {
        match self {
            Self::MergeRing { duplicate, .. } => duplicate,
            Self::Gone { customer, .. }
            | Self::LinkToNothing { customer, .. }
            | Self::LinkOfAnother { customer, .. }
            | Self::NameTaken { customer }
            | Self::InactiveWhileCharged { customer, .. }
            | Self::OtherCurrency { customer, .. }
            | Self::DeletedUnsettled { customer } => customer,
        }
    }

    /// Returns a stable word for this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MergeRing { .. } => "merge-ring",
            Self::Gone { .. } => "gone",
            Self::LinkToNothing { .. } => "link-to-nothing",
            Self::LinkOfAnother { .. } => "link-of-another",
            Self::NameTaken { .. } => "name-taken",
            Self::InactiveWhileCharged { .. } => "inactive-while-charged",
            Self::OtherCurrency { .. } => "other-currency",
            Self::DeletedUnsettled { .. } => "deleted-unsettled",
        }
    }
}

/// Why a record is not made inactive yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Retained {
    /// It owes or is owed.
    #[error("its balance is not 0.00")]
    Balance,
    /// QuickBooks' answer shows no balance.
    #[error("its balance is not known")]
    UnknownBalance,
    /// Charges or payments are not in QuickBooks yet.
    #[error("it has charges or payments that QuickBooks does not show yet")]
    Unsent,
    /// Something of it is in doubt.
    #[error("a document of it is in doubt")]
    InDoubt,
    /// Customers below it are active.
    #[error("it has active sub-customers")]
    SubCustomers,
}

/// What a person should know; nothing is held up by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "each variant is its message")]
pub enum Notice {
    #[error("customer {customer}, {field}: QuickBooks' value stands; the point of sale's is in the report")]
    Overwritten { customer: CustomerKey, field: CustomerField, was: Option<FieldValue> },
    #[error(
        "customer {customer}, {field}: QuickBooks holds another value than it was given; it is not sent again"
    )]
    NotTaken { customer: CustomerKey, field: CustomerField },
    #[error("customer {customer}, {field}: the value does not go to QuickBooks: {why}")]
    UnfitForQuickBooks { customer: CustomerKey, field: CustomerField, why: Unfit },
    #[error("record {record}, {field}: the value does not come to the point of sale: {why}")]
    UnfitForPos { record: RecordId, field: CustomerField, why: Unfit },
    #[error(
        "customers' custom fields are not shared: QuickBooks does not let this connection read their definitions"
    )]
    CustomFieldsNotShared,
    #[error(
        "customer {customer} and QuickBooks' record {record} differ in tax exemption; what is charged follows the point of sale, what QuickBooks accepts its record"
    )]
    TaxExemptionDiffers { customer: CustomerKey, record: RecordId },
    #[error("customer {customer}: QuickBooks' record {record} stays active: {why}")]
    Retained { customer: CustomerKey, record: RecordId, why: Retained },
    #[error(
        "QuickBooks' record {lost} of customer {customer} was merged there into {survivor}, which is followed"
    )]
    MergedThere { customer: CustomerKey, lost: RecordId, survivor: RecordId },
    #[error(
        "customer {customer} was deleted at the point of sale, and QuickBooks' record {record} has changed since"
    )]
    DeletedMoved { customer: CustomerKey, record: RecordId },
}

impl Notice {
    /// Returns a stable word for this notice.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Overwritten { .. } => "overwritten",
            Self::NotTaken { .. } => "not-taken",
            Self::UnfitForQuickBooks { .. } => "unfit-for-quickbooks",
            Self::UnfitForPos { .. } => "unfit-for-pos",
            Self::CustomFieldsNotShared => "custom-fields-not-shared",
            Self::TaxExemptionDiffers { .. } => "tax-exemption-differs",
            Self::Retained { .. } => "retained",
            Self::MergedThere { .. } => "merged-there",
            Self::DeletedMoved { .. } => "deleted-moved",
        }
    }
}

/// Why a record of QuickBooks is not added to the POS (F-01). Each kind is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// It is inactive.
    Inactive,
    /// It is below another, and the option to add such is off.
    SubCustomer,
    /// It stands for a store's sales without a customer.
    StoreCustomer,
    /// It is another retailer's.
    OtherRetailer,
    /// It carries the key of a customer that the POS's list lacks.
    OurKey,
    /// It is kept in another currency.
    OtherCurrency,
    /// It is of a type that is not added.
    OtherType,
    /// A person must first say whether it is a customer that the POS has.
    Proposed,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inactive => "inactive",
            Self::SubCustomer => "sub-customer",
            Self::StoreCustomer => "store-customer",
            Self::OtherRetailer => "other-retailer",
            Self::OurKey => "our-key",
            Self::OtherCurrency => "other-currency",
            Self::OtherType => "other-type",
            Self::Proposed => "proposed",
        })
    }
}

/// What an exchange of customers will do. Pure: nothing of it has happened on either side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerPlan {
    /// Changes for the point of sale, in the order in which they are to be applied.
    pub for_pos: Vec<PosChange>,
    /// Changes for QuickBooks, in the order in which they are to be sent, one at a time: names are unique there.
    pub for_quickbooks: Vec<QuickBooksChange>,
    /// Pairs that may be the same customer.
    pub proposals: Vec<Proposal>,
    /// Fields that were changed on both sides.
    pub conflicts: Vec<Conflict>,
    /// What cannot be done.
    pub refusals: Vec<Refusal>,
    /// What a person should know.
    pub notices: Vec<Notice>,
    /// Records that are not added to the POS, by why.
    pub left_out: BTreeMap<LeftOut, usize>,
    /// Records that must be read by id before the plan can say more.
    pub to_read: Vec<RecordId>,
    /// Customers of the POS that must be read before the plan can say more.
    pub to_read_in_pos: Vec<CustomerKey>,
    /// Records that were found to be a customer's, by key or by matching.
    pub matched: usize,
    /// Customers that were merged into others.
    pub merged: usize,
    /// Edits of the POS that wait for the flag, for a value that fits, or for a record that can be made inactive.
    pub waiting: usize,
    /// Linked customers of which nothing changed.
    pub unchanged: usize,
    /// What is known with this plan made: links, merges and agreed values that need no write. What the changes add to it, when
    /// they have been made, the methods of [`State`] note.
    pub state: State,
}

impl CustomerPlan {
    /// Returns whether nothing is to be changed on either side.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.for_pos.is_empty() && self.for_quickbooks.is_empty()
    }

    /// Returns the counts of a preview (F-01), in the words of the summary's JSON.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let pos = |is: fn(&PosChange) -> bool| self.for_pos.iter().filter(|change| is(change)).count();
        let quickbooks = |is: fn(&QuickBooksChange) -> bool| {
            self.for_quickbooks.iter().filter(|change| is(change)).count()
        };
        let new = self.conflicts.iter().filter(|conflict| conflict.is_new).count();
        BTreeMap::from([
            ("added_to_pos", pos(|change| matches!(change, PosChange::Add { .. }))),
            ("added_to_quickbooks", quickbooks(|change| matches!(change, QuickBooksChange::Create { .. }))),
            ("updated_in_pos", pos(|change| matches!(change, PosChange::Update { .. }))),
            (
                "updated_in_quickbooks",
                quickbooks(|change| !matches!(change, QuickBooksChange::Create { .. })),
            ),
            ("conflicts", new),
            ("open_conflicts", self.conflicts.len() - new),
            ("refused", self.refusals.len()),
            ("unchanged", self.unchanged),
            ("matched", self.matched),
            ("proposed", self.proposals.len()),
            ("waiting", self.waiting),
            ("merged", self.merged),
        ])
    }
}
