//! Which accounts, items and payment methods a plan needs.
//!
//! What the company already has is bound by its name before anything is created.

use std::collections::BTreeMap;

use pos_model::TenderType;

use crate::list_entry::ListEntry;
use crate::origin::Origin;
use crate::plan::Plan;
use crate::{ControlAccount, ItemRole};

/// Returns the accounts, items and payment methods that a plan's documents need, accounts first: of a batch the till's own
/// control accounts and, where a document uses it, the rounding account; of a purchase order those of purchases.
///
/// What is not ours to make is never among them: [`ControlAccount::is_made_when_missing`].
pub fn provision<'a>(plan: &Plan<'a>) -> Vec<ListEntry<'a>> {
    let period = plan.period();
    let accounts = match plan.origin() {
        Origin::Batch(_) | Origin::Correction(_) => {
            let mut accounts = period.control_accounts();
            if plan.uses(ItemRole::Rounding) {
                accounts.push(ControlAccount::Rounding);
            }
            accounts
        }
        Origin::PurchaseOrder(_) => ControlAccount::PURCHASING.to_vec(),
        Origin::OpeningEntry { .. } => vec![ControlAccount::Vouchers, ControlAccount::Deposits],
    };
    let is_ours = |account: &ControlAccount| account.is_made_when_missing();
    let mut entries: Vec<ListEntry<'a>> =
        accounts.iter().copied().filter(is_ours).map(ListEntry::Account).collect();
    if let Origin::Batch(_) | Origin::Correction(_) = plan.origin() {
        let is_needed = |item: &ItemRole| match item {
            ItemRole::Mapped(_) => plan.uses(*item),
            item => accounts.contains(&item.account()),
        };
        let items = period.items().into_iter().filter(is_needed);
        entries.extend(items.map(|item| ListEntry::Item(item, period.item_name(item))));
    }
    let tenders: BTreeMap<u64, &'a TenderType> = plan
        .documents()
        .filter_map(|planned| planned.document.tender())
        .map(|tender| (tender.id().0, tender))
        .collect();
    let is_own = period.has_own_tenders(plan.origin().store().code());
    let of_tender = if is_own { ListEntry::OwnPaymentMethod } else { ListEntry::PaymentMethod };
    entries.extend(tenders.into_values().map(of_tender));
    entries
}
