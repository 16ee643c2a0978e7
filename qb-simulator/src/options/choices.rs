//! What the simulator does where the evidence about QuickBooks conflicts, each a switch on the company.
//!
//! Plain data with a default; the README lists the switches with the evidence. Neighbours: `options` carries them, the
//! checking modules ask them.

use serde::{Deserialize, Serialize};

/// The choices. The default is the strict or the likelier side of each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choices {
    /// The most items of a batch (1040 above).
    pub batch_items: usize,
    /// The most characters of a customer's or vendor's DisplayName (2050 above).
    pub display_name_length: usize,
    /// The most characters of PaymentMethod.Name.
    pub payment_method_name_length: usize,
    /// The most characters of a custom field's StringValue.
    pub custom_field_length: usize,
    /// The most characters of PaymentRefNum; of RefundReceipt always 100.
    pub payment_ref_length: usize,
    /// What becomes of a sales line without ItemRef.
    pub line_without_item: LineWithoutItem,
    /// A journal entry or deposit may have one line on A/R or A/P; else several, all with one account and one name.
    pub one_control_line: bool,
    /// A payment line that names a Purchase is taken and dropped without a word, as in a BillPayment; else honoured.
    pub drops_purchase_links: bool,
    /// Numbers of sales forms must be unique (6140) although the company lets QuickBooks number them.
    pub numbers_always_unique: bool,
    /// Transfers take asset accounts only; else all balance-sheet accounts but A/R and A/P.
    pub transfers_between_assets_only: bool,
    /// PrintStatus of a document that names none.
    pub print_status: PrintStatus,
    /// A query that selects properties is refused (4000); else answered.
    pub refuses_projections: bool,
    /// Documents may be dated on the closing date itself; else after it only.
    pub closing_date_is_open: bool,
    /// Closed books refuse with 6200; else with 6210.
    pub closed_books_are_6200: bool,
    /// A bill payment by check for nothing must name its bank account.
    pub zero_payment_needs_bank: bool,
    /// Unknown properties are ignored; else refused (2010).
    pub ignores_unknown_properties: bool,
    /// The refusal of an unknown property names it, its class and all known ones, as it did of old; else it says only that there
    /// is one, and names it in `element`.
    pub names_unknown_properties: bool,
    /// `Active = 'true'`, in quotes, is taken in queries; else refused (4002).
    pub takes_quoted_booleans: bool,
    /// A vendor's TermRef is taken by a create, too; else a create ignores it and an update takes it.
    pub new_vendors_have_terms: bool,
    /// The extension blocks PurchaseEx and LineEx, sent back, are ignored; else refused (2010).
    pub ignores_extensions: bool,
    /// An invoice that a payment settles cannot be voided (6000); else it is, and the payment gets its money back.
    pub refuses_voiding_paid_invoices: bool,
    /// Queries and change data capture of entities that the simulator does not have are refused (5030); else they find
    /// nothing.
    pub refuses_entities_it_lacks: bool,
    /// Negative lines of sales forms are refused (2290); else taken while the total is not negative.
    pub refuses_negative_sales_lines: bool,
    /// A document leaves its customer's LastUpdatedTime as it is; else it moves with every document, and SyncToken does not.
    pub customers_keep_their_time: bool,
    /// Documents that a merge moves to another customer or vendor keep their LastUpdatedTime; else it moves, and SyncToken
    /// does not.
    pub merged_documents_keep_their_time: bool,
    /// What is left of a customer or vendor that was merged into another.
    pub merged_names: MergedName,
    /// What becomes of a program's update that makes a customer with a balance inactive.
    pub inactive_with_balance: InactiveWithBalance,
    /// A name that has become inactive blocks its old name for others (6240), too; else only the one it has then.
    pub inactive_names_block: bool,
    /// An empty text in a sparse update leaves the property as it is; else it empties it.
    pub blanks_change_nothing: bool,
}

impl Default for Choices {
    fn default() -> Choices {
        Choices {
            batch_items: 30,
            display_name_length: 500,
            payment_method_name_length: 31,
            custom_field_length: 31,
            payment_ref_length: 21,
            line_without_item: LineWithoutItem::DefaultItem,
            one_control_line: false,
            drops_purchase_links: false,
            numbers_always_unique: false,
            transfers_between_assets_only: false,
            print_status: PrintStatus::NotSet,
            refuses_projections: false,
            closing_date_is_open: false,
            closed_books_are_6200: false,
            zero_payment_needs_bank: false,
            ignores_unknown_properties: false,
            names_unknown_properties: false,
            takes_quoted_booleans: false,
            new_vendors_have_terms: false,
            ignores_extensions: false,
            refuses_voiding_paid_invoices: false,
            refuses_entities_it_lacks: false,
            refuses_negative_sales_lines: false,
            customers_keep_their_time: false,
            merged_documents_keep_their_time: false,
            merged_names: MergedName::Gone,
            inactive_with_balance: InactiveWithBalance::Taken,
            inactive_names_block: false,
            blanks_change_nothing: false,
        }
    }
}

/// What becomes of a sales line without ItemRef.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineWithoutItem {
    /// 2020.
    Refused,
    /// It sells the company's default item, `Services`.
    DefaultItem,
    /// It is a description, and its Amount is ignored.
    Description,
}

/// What is left of a customer or vendor that a person merged into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergedName {
    /// Nothing: reads find nothing (610), change data capture shows it as deleted.
    Gone,
    /// An inactive entry that owes nothing.
    Inactive,
}

/// What becomes of an update that makes a customer inactive on whom something is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InactiveWithBalance {
    /// It is done, and the balance stays.
    Taken,
    /// 6220.
    Refused,
    /// It is done, and a credit memo or an invoice takes the balance away, as when a person does it.
    Credited,
}

/// The PrintStatus of a document that names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintStatus {
    /// `NotSet`.
    NotSet,
    /// `NeedToPrint`.
    NeedToPrint,
}

impl PrintStatus {
    /// Returns the name as QuickBooks spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            PrintStatus::NotSet => "NotSet",
            PrintStatus::NeedToPrint => "NeedToPrint",
        }
    }
}

/// A length on which the evidence conflicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    DisplayName,
    PaymentMethodName,
    CustomField,
    PaymentRef,
}

impl Choices {
    /// Returns the most characters.
    pub(crate) fn most(&self, length: Length) -> usize {
        match length {
            Length::DisplayName => self.display_name_length,
            Length::PaymentMethodName => self.payment_method_name_length,
            Length::CustomField => self.custom_field_length,
            Length::PaymentRef => self.payment_ref_length,
        }
    }
}
