//! F-06 and F-10: types of customers and custom fields, shared by name.
//!
//! ```text
//! QuickBooks has the type Wholesale, the POS not    the POS gets it
//! the POS has the type Club, QuickBooks not         reported with each customer of it; it cannot be made there
//! Birthday on both sides                            shared; birthday and Birthday are two fields
//! definitions that may not be read                  no custom field is shared, said once
//! ```

use pos_model::CustomerField;

use super::change::{Notice, PosChange};
use super::draft::Draft;

/// Brings QuickBooks' types to the POS, and says where custom fields are not shared.
pub(super) fn exchange(draft: &mut Draft<'_>) {
    let settings = draft.input.settings;
    for name in settings.quickbooks_types.difference(&settings.pos_types) {
        draft.plan.for_pos.push(PosChange::AddType { name: name.clone() });
    }
    let has_custom_field = |fields: &super::value::Fields| {
        fields.iter().any(|(field, _)| matches!(field, CustomerField::Custom(_)))
    };
    let uses_custom_fields = !settings.pos_custom_fields.is_empty()
        || draft.input.pos.iter().any(|record| has_custom_field(&record.fields));
    if settings.quickbooks_custom_fields.is_none() && uses_custom_fields {
        draft.plan.notices.push(Notice::CustomFieldsNotShared);
    }
}
