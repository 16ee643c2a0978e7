//! F-01, F-02 and F-03: who is new on the other side.
//!
//! ```text
//! QuickBooks' active record without a link          added to the POS, unless it is left out; each kind is counted
//! the POS's customer, flag set, no link             a record is made
//! the same, flag not set                            stays at the POS, until it is charged: an invoice needs a customer
//! either of them in a proposal                      waits for the decision; charged, it gets a record of its own
//! ```

use std::collections::BTreeSet;

use pos_model::CustomerField;

use super::change::{LeftOut, Notice, PosChange, QuickBooksChange, Refusal};
use super::draft::Draft;
use super::fit::{Unfit, for_pos, for_quickbooks};
use super::meeting::never;
use super::names::{folded, free};
use super::record::{QuickBooksRecord, RecordId};
use super::value::Fields;
use crate::CustomerKey;

/// Adds to either side what the other has.
pub(super) fn add(draft: &mut Draft<'_>) {
    to_quickbooks(draft);
    to_pos(draft);
}

fn to_quickbooks(draft: &mut Draft<'_>) {
    let settings = draft.input.settings;
    let mut taken = draft.input.names_taken.clone();
    taken.extend(draft.quickbooks.values().map(|record| folded(&record.display_name)));
    let held: BTreeSet<CustomerKey> = (draft.plan.proposals.iter())
        .filter(|proposal| proposal.holds)
        .map(|proposal| proposal.customer.clone())
        .collect();
    for customer in draft.unlinked() {
        let Some(ours) = draft.pos.get(&customer).cloned() else { continue };
        let is_charged = draft.activity(&customer).is_charged;
        let is_wanted = ours.use_with_quickbooks && ours.is_active();
        if ours.key.retailer != settings.retailer || !(is_charged || (is_wanted && !held.contains(&customer)))
        {
            continue;
        }
        let Some(display_name) = free(&ours, settings, &mut taken) else {
            draft.plan.refusals.push(Refusal::NameTaken { customer });
            continue;
        };
        let mut fields = Fields::default();
        for (field, value) in ours.fields.iter() {
            // What is made is active, and taxed as QuickBooks' own rules say.
            if matches!(field, CustomerField::State | CustomerField::TaxExempt) {
                continue;
            }
            match fit_for_quickbooks(draft, field, value) {
                Ok(value) => fields.set(field.clone(), value),
                Err(why) => {
                    let (customer, field) = (customer.clone(), field.clone());
                    draft.plan.notices.push(Notice::UnfitForQuickBooks { customer, field, why });
                }
            }
        }
        draft.plan.for_quickbooks.push(QuickBooksChange::Create { customer, display_name, fields });
    }
}

/// A value as QuickBooks is sent it; a type must be one that QuickBooks has (F-06).
pub(super) fn fit_for_quickbooks(
    draft: &Draft<'_>,
    field: &CustomerField,
    value: &super::value::FieldValue,
) -> Result<Option<super::value::FieldValue>, Unfit> {
    let value = for_quickbooks(field, value)?;
    match value.as_ref().and_then(|value| value.as_text()) {
        Some(name)
            if *field == CustomerField::Type && !draft.input.settings.quickbooks_types.contains(name) =>
        {
            Err(Unfit::TypeLacking)
        }
        _ => Ok(value),
    }
}

fn to_pos(draft: &mut Draft<'_>) {
    let held: BTreeSet<RecordId> = (draft.plan.proposals.iter())
        .filter(|proposal| proposal.holds)
        .map(|proposal| proposal.record.clone())
        .collect();
    let unlinked: Vec<QuickBooksRecord> =
        (draft.quickbooks.values()).filter(|record| draft.owner(&record.id).is_none()).cloned().collect();
    for record in unlinked {
        if let Some(why) = left_out(draft, &record, &held) {
            *draft.plan.left_out.entry(why).or_default() += 1;
            continue;
        }
        let mut fields = Fields::default();
        for (field, value) in record.fields.iter() {
            match for_pos(field, value) {
                Ok(value) => fields.set(field.clone(), value),
                Err(why) => {
                    let (record, field) = (record.id.clone(), field.clone());
                    draft.plan.notices.push(Notice::UnfitForPos { record, field, why });
                }
            }
        }
        draft.plan.for_pos.push(PosChange::Add {
            record: record.id,
            display_name: record.display_name,
            fields,
            use_with_quickbooks: draft.input.settings.uses_new_with_quickbooks,
        });
    }
}

fn left_out(draft: &Draft<'_>, record: &QuickBooksRecord, held: &BTreeSet<RecordId>) -> Option<LeftOut> {
    let settings = draft.input.settings;
    let customer_type = record.fields.text(&CustomerField::Type);
    let is_of_type = customer_type.is_some_and(|name| settings.types_added.contains(name));
    never(draft, record).or_else(|| {
        [
            (!record.is_active(), LeftOut::Inactive),
            (record.parent.is_some() && !settings.adds_sub_customers, LeftOut::SubCustomer),
            (!settings.types_added.is_empty() && !is_of_type, LeftOut::OtherType),
            (held.contains(&record.id), LeftOut::Proposed),
        ]
        .into_iter()
        .find_map(|(is, why)| is.then_some(why))
    })
}
