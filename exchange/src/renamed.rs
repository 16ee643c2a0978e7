//! Accounts that a person renamed in QuickBooks: the mapping still says the old name, which stands for nothing there
//! any more, or for another account. Documents go to the account that they went to before, or nowhere.
//!
//! What an account was called when it was made stands in the posting log. Up the walk: `session.rs`, with each reading of the
//! company.

use mapping::{Period, StepKey};
use qb_model::EntityKind;
use qb_model::engine::{Content, is_same_name};

use crate::error::NotReady;
use crate::history::History;
use crate::snapshot::CompanySnapshot;

/// Returns the faults of a period, with the accounts that were renamed among them; what follows from that is left out.
pub(crate) fn with_renamed(
    mut faults: Vec<NotReady>,
    history: &History,
    snapshot: &CompanySnapshot,
    period: &Period,
) -> Vec<NotReady> {
    let mut renamed: Vec<NotReady> = Vec::new();
    for role in period.all_control_accounts() {
        let Some(record) = history.step(&StepKey::account(role)) else { continue };
        let was = record.sent.create().filter(|create| create.kind() == EntityKind::Account);
        let (Some(id), Some(was)) = (record.id(), was.and_then(|create| Content::of(&create).name)) else {
            continue;
        };
        let mapped = period.account_name(role);
        let Some(account) = snapshot.accounts.iter().find(|account| account.id.as_str() == id) else {
            continue;
        };
        // Another name in the mapping is another account, or this one under its new name.
        if !is_same_name(&was, mapped) || is_same_name(&account.name, mapped) || !account.active {
            continue;
        }
        let fault = NotReady::Renamed { was, now: account.name.clone() };
        if !renamed.contains(&fault) {
            renamed.push(fault);
        }
    }
    let follows = |fault: &NotReady| {
        let names = |name: &str| {
            renamed.iter().any(|renamed| matches!(renamed, NotReady::Renamed { was, .. } if was == name))
        };
        matches!(fault, NotReady::ItemAccount { wanted, .. } if names(wanted))
    };
    faults.retain(|fault| !follows(fault));
    faults.extend(renamed);
    faults
}
