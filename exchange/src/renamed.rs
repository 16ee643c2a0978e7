//! Accounts and items that a person renamed in QuickBooks: the mapping still says the old name, which stands for nothing
//! there any more, or for another one. Documents go to the account that they went to before, or nowhere.
//!
//! What each was when it was made, or when documents first went to it, stands in the posting log. Up the walk: `session.rs`, with
//! each reading of the company.

use mapping::engine::Bindings;
use mapping::{ControlAccount, ItemRole, Period, StepKey};
use qb_model::EntityKind;
use qb_model::engine::{Content, is_same_name, name_key};

use crate::error::NotReady;
use crate::history::History;
use crate::snapshot::CompanySnapshot;

/// Returns the faults of a period, with those of accounts and items that were renamed among them.
pub(crate) fn with_renamed(
    mut faults: Vec<NotReady>,
    history: &History,
    snapshot: &CompanySnapshot,
    period: &Period,
    bindings: &Bindings,
) -> Vec<NotReady> {
    let mut renamed: Vec<NotReady> = Vec::new();
    for role in period.all_control_accounts() {
        let mapped = period.account_name(role);
        // Another name in the mapping is another account, or this one under its new name.
        let Some(account) = snapshot.renamed(role, mapped) else { continue };
        let fault = NotReady::Renamed { was: mapped.to_owned(), now: account.name.clone() };
        if !renamed.contains(&fault) {
            renamed.push(fault);
        }
    }
    let items = period.items().into_iter();
    faults.extend(items.filter_map(|role| renamed_item(role, history, snapshot, period, bindings)));
    faults.extend(renamed);
    faults
}

/// The accounts that documents went to in the roles of a period, under the names that the mapping has: their ids.
pub(crate) fn remembered(
    history: &History,
    period: &Period,
) -> impl Iterator<Item = ((ControlAccount, String), String)> {
    let of_role = |role| {
        let mapped = period.account_name(role);
        once(history, role, mapped).map(|id| ((role, name_key(mapped)), id))
    };
    period.all_control_accounts().into_iter().filter_map(of_role)
}

fn once(history: &History, role: ControlAccount, mapped: &str) -> Option<String> {
    let key = StepKey::account(role);
    if let Some(id) = history.account_once(&key, mapped) {
        return Some(id.to_owned());
    }
    let record = history.step(&key)?;
    let was = record.sent.create().filter(|create| create.kind() == EntityKind::Account)?;
    is_same_name(&Content::of(&was).name?, mapped).then_some(record.id()?.to_owned())
}

/// What is wrong with an item that was made from here and has another name now: documents go on naming it, so it must be active
/// and post to the account of its role still.
fn renamed_item(
    role: ItemRole,
    history: &History,
    snapshot: &CompanySnapshot,
    period: &Period,
    bindings: &Bindings,
) -> Option<NotReady> {
    let mapped = period.item_name(role);
    if bindings.items.contains_key(&role) {
        return None;
    }
    let record = history.step(&StepKey::item(role, mapped))?;
    let was = record.sent.create().filter(|create| create.kind() == EntityKind::Item)?;
    // Under another name it was made for another time of the mapping.
    if !is_same_name(&Content::of(&was).name?, mapped) {
        return None;
    }
    let id = record.id()?;
    let item = snapshot.items.iter().find(|item| item.id.as_str() == id)?;
    if is_same_name(&item.name, mapped) {
        // It was looked at under its name.
        return None;
    }
    if !item.active {
        return Some(NotReady::Inactive { entity: "Item", name: item.name.clone() });
    }
    let account = period.account_of(role);
    let wanted = bindings.accounts.get(&account);
    if wanted.is_some() && item.income_account.as_ref() == wanted {
        return None;
    }
    let found = item.income_account.as_ref().and_then(|id| snapshot.account_name(id.as_str()));
    Some(NotReady::ItemAccount {
        name: item.name.clone(),
        found: found.unwrap_or("none").to_owned(),
        wanted: period.account_name(account).to_owned(),
    })
}
