//! The QuickBooks company as it was read last, and what is bound from it: accounts, items and payment methods by name,
//! locations and classes, the preferences.
//!
//! Reads only. Who asks: `session.rs` for every run, `readiness.rs` and `prepare.rs` before it, `tie_out.rs` after it.

use std::collections::BTreeMap;

use chrono::Days;
use futures_util::future::try_join;
use mapping::engine::{Bindings, ListEntry, payment_method_name};
use mapping::{AccountRole, Company, ControlAccount, ItemRole, Period};
use qb_client::engine::Query;
use qb_client::{Client, ReadError};
use qb_model::engine::{is_same_name, name_key};
use qb_model::{
    Account, AccountInfo, AccountType, Class, Department, EntityKind, Id, ItemInfo, LedgerAccount,
    Preferences,
};
use serde_json::Value;

use crate::error::{NotReady, RunError};
use crate::named::{Named, Tracked};
use crate::parties::KnownParties;

/// The company as it was read last.
#[derive(Debug, Default)]
pub(crate) struct CompanySnapshot {
    pub(crate) preferences: Preferences,
    pub(crate) accounts: Named<AccountInfo>,
    pub(crate) items: Named<ItemInfo>,
    /// Name in lower case, and id.
    payment_methods: Vec<(String, String)>,
    /// Tax codes by id, the name of each and whether it is active; read when the company mapping names one.
    pub(crate) tax_codes: Option<BTreeMap<String, (String, bool)>>,
    /// Names that no new customer can have, each with the notes of the customer that has it; read when a new customer's name
    /// may be taken.
    pub(crate) names: Option<BTreeMap<String, Option<String>>>,
    /// Customers and vendors that documents name, as far as they were asked for.
    pub(crate) parties: KnownParties,
    /// The subscription that the company has bought; read when there are purchase orders.
    pub(crate) subscription: Option<String>,
    /// The Accounts Receivable account that invoices of this company post to; read when there are several and the company
    /// mapping names one.
    receivable: Option<Id<Account>>,
    /// The accounts that documents went to before, by role and mapped name: their ids. A renamed account is still the one.
    pub(crate) remembered: BTreeMap<(ControlAccount, String), String>,
    /// Active locations and classes; read when the company mapping names one.
    tracked: Option<LocationsAndClasses>,
}

/// What the mapping names and a run never makes: those that are active.
#[derive(Debug, Default)]
struct LocationsAndClasses {
    locations: Named<Tracked<Department>>,
    classes: Named<Tracked<Class>>,
}

impl CompanySnapshot {
    /// Reads the company, and in the same requests what is asked beside it: what came of that, query by query. `failed` says
    /// what an error of the query at a place means.
    pub(crate) async fn read(
        client: &Client,
        company: &Company,
        beside: &[Query],
        failed: impl Fn(usize, ReadError) -> RunError,
    ) -> Result<(Self, Vec<Vec<Value>>), RunError> {
        let is_tracked = company.periods().any(is_tracking);
        let all = |kind| Query::all(kind).with_inactive();
        let mut queries =
            vec![all(EntityKind::Account), all(EntityKind::Item), all(EntityKind::PaymentMethod)];
        if is_tracked {
            queries.extend([Query::all(EntityKind::Department), Query::all(EntityKind::Class)]);
        }
        let count = queries.len();
        queries.extend(beside.iter().cloned());
        let preferences =
            async { client.preferences().await.map_err(|e| RunError::unreadable("its preferences", e)) };
        let lists = async {
            client.query_each(&queries).await.map_err(|(at, error)| match at.checked_sub(count) {
                Some(at) => failed(at, error),
                None => RunError::unreadable("its accounts, items and other lists", error),
            })
        };
        // Where QuickBooks is asked one thing after another, the first that fails is the last that is asked.
        let (preferences, mut lists) = match client.limiter().limits().requests_at_once() {
            1 => (preferences.await?, lists.await?),
            _ => try_join(preferences, lists).await?,
        };
        let answers = lists.split_off(count);
        let mut lists = lists.into_iter();
        let mut list = || lists.next().unwrap_or_default();
        let accounts = read_rows(list(), "its accounts", AccountInfo::read)?;
        let items = read_rows(list(), "its items", ItemInfo::read)?;
        let text =
            |row: &Value, field: &str| row.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let read = |row: &Value| Ok((name_key(&text(row, "Name")), text(row, "Id")));
        let payment_methods = read_rows(list(), "its payment methods", read)?;
        let tracked = is_tracked.then(|| LocationsAndClasses::of(&list(), &list()));
        let mut snapshot = Self { preferences, accounts, items, payment_methods, tracked, ..Self::default() };
        let is_named = |period: &Period| period.mapping().accounts.contains_key(&AccountRole::Receivable);
        if company.periods().any(is_named) {
            snapshot.receivable = snapshot.seen_receivable(client).await?;
        }
        Ok((snapshot, answers))
    }

    /// Returns the same company with accounts that its list lacked.
    pub(crate) fn with_accounts(mut self, unlisted: Vec<AccountInfo>) -> Self {
        if !unlisted.is_empty() {
            let all = self.accounts.iter().cloned().chain(unlisted);
            self.accounts = all.collect();
        }
        self
    }

    /// which of several Accounts Receivable accounts QuickBooks puts invoices on, by the general ledger of the last days,
    /// else of the last month, else of the last year; none where there is only one, or no invoice.
    async fn seen_receivable(&self, client: &Client) -> Result<Option<Id<Account>>, RunError> {
        let ids: Vec<&str> = self.of_type(AccountType::AccountsReceivable).map(|a| a.id.as_str()).collect();
        if ids.len() < 2 {
            return Ok(None);
        }
        // A shop's date may be a day ahead of UTC's.
        let today = client.clock().now().date_naive() + Days::new(1);
        for days in [3, 31, 366] {
            let ledger = client.general_ledger(today - Days::new(days), today, &ids).await;
            let ledger = ledger.map_err(|e| RunError::unreadable("which account its invoices post to", e))?;
            let has_invoice =
                |section: &&LedgerAccount| section.rows.iter().any(|row| row.txn_type == "Invoice");
            let id =
                ledger.accounts.iter().find(has_invoice).and_then(|section| section.account_id.as_deref());
            if let Some(found) = self.accounts.iter().find(|account| Some(account.id.as_str()) == id) {
                return Ok(Some(found.id.clone()));
            }
        }
        Ok(None)
    }

    fn of_type(&self, kind: AccountType) -> impl Iterator<Item = &AccountInfo> {
        self.accounts.iter().filter(move |account| account.active && account.is_type(kind))
    }

    pub(crate) async fn read_preferences(&mut self, client: &Client) -> Result<(), RunError> {
        self.preferences =
            client.preferences().await.map_err(|e| RunError::unreadable("its preferences", e))?;
        Ok(())
    }

    pub(crate) fn account_name(&self, id: &str) -> Option<&str> {
        self.accounts.iter().find(|account| account.id.as_str() == id).map(|account| account.name.as_str())
    }

    /// The accounts that the control accounts of a period are, and what is wrong with them.
    pub(crate) fn accounts_of(
        &self,
        period: &Period,
    ) -> (BTreeMap<ControlAccount, Id<Account>>, Vec<NotReady>) {
        let (mut accounts, mut faults) = (BTreeMap::new(), Vec::new());
        for role in period.all_control_accounts() {
            match self.account(role, period) {
                Ok(Some(found)) => _ = accounts.insert(role, found.id.clone()),
                Ok(None) => {}
                Err(fault) => faults.push(fault),
            }
        }
        (accounts, faults)
    }

    /// Binds every control account and item of a period that the company has, and what else its mapping names. What another
    /// period bound is forgotten.
    pub(crate) fn bind(&self, period: &Period, bindings: &mut Bindings) -> Vec<NotReady> {
        let mut faults = self.preference_faults();
        let (accounts, of_accounts) = self.accounts_of(period);
        bindings.accounts = accounts;
        faults.extend(of_accounts);
        faults.extend(self.bind_tracked(period, bindings));
        bindings.items.clear();
        for role in period.items() {
            match self.item(role, period, bindings) {
                Ok(Some(found)) => {
                    bindings.items.insert(role, found.id.clone());
                }
                Ok(None) => {}
                Err(fault) => faults.push(fault),
            }
        }
        bindings.tax_code = self.preferences.tax_group_code.clone();
        let po_field = self.preferences.sales_custom_field(mapping::CustomerPo::FIELD);
        bindings.po_field = po_field.map(|(id, name)| (id.to_owned(), name.to_owned()));
        faults
    }

    /// The id of a list entry that the company has, and that is no account or item.
    pub(crate) fn payment_method(&self, entry: ListEntry<'_>) -> Option<&str> {
        let (ListEntry::PaymentMethod(tender) | ListEntry::OwnPaymentMethod(tender)) = entry else {
            return None;
        };
        let name = name_key(&payment_method_name(tender));
        self.payment_methods.iter().find(|(found, _)| *found == name).map(|(_, id)| id.as_str())
    }

    /// The name that a control account of a period has in QuickBooks; the mapped name when the company lacks it.
    pub(crate) fn name_of<'s>(&'s self, role: ControlAccount, period: &'s Period) -> &'s str {
        let found = self.account(role, period).ok().flatten();
        found.map_or_else(|| period.account_name(role), |account| &account.name)
    }

    /// The account that played a role when it was active: what was posted to it stands there still.
    pub(crate) fn account_once(&self, role: ControlAccount, period: &Period) -> Option<&AccountInfo> {
        let is_by_type =
            matches!(role, ControlAccount::Receivable | ControlAccount::Payable | ControlAccount::Shipping);
        let wanted = Some(period.account_name(role)).filter(|_| !is_by_type)?;
        self.accounts.rows_named(wanted).find(|account| !account.active)
    }

    fn account(&self, role: ControlAccount, period: &Period) -> Result<Option<&AccountInfo>, NotReady> {
        let wanted = match role {
            ControlAccount::Receivable => return self.receivable(period),
            ControlAccount::Payable => return self.only(AccountType::AccountsPayable),
            ControlAccount::Shipping => return Ok(self.shipping()),
            role => period.account_name(role),
        };
        let no_account = |remedy| Err(NotReady::NoAccount { name: wanted.to_owned(), remedy });
        let found = match self.renamed(role, wanted) {
            Some(renamed) => Some(renamed),
            None => self.accounts.find(wanted)?,
        };
        let Some(found) = found else {
            return match role {
                ControlAccount::SalesTax if self.preferences.using_sales_tax == Some(true) => {
                    no_account("name the tax agency's account as sales_tax in the company mapping")
                }
                ControlAccount::OfItem(_) => {
                    no_account("make it in QuickBooks, or map the item to another account")
                }
                ControlAccount::OpeningBalances => {
                    no_account("name the account that carries the opening balances as from_account")
                }
                _ => Ok(None),
            };
        };
        if !found.active {
            return Err(NotReady::Inactive { entity: "Account", name: wanted.to_owned() });
        }
        let allowed = period.allowed_types(role);
        if !allowed.iter().any(|kind| found.is_type(*kind)) {
            let mut allowed = allowed.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ");
            let is_of_tender = matches!(role, ControlAccount::TakingsOf(_) | ControlAccount::TakingsAt(..));
            if is_of_tender && !period.takes_money_alone(role) {
                allowed.push_str(", or Other Current Asset beside a refund_account");
            }
            let (name, found) = (found.name.clone(), found.account_type.clone());
            return Err(NotReady::AccountType { name, found, allowed });
        }
        Ok(Some(found))
    }

    /// The account that documents went to under this name, where it has another name now.
    pub(crate) fn renamed(&self, role: ControlAccount, name: &str) -> Option<&AccountInfo> {
        let id = self.remembered.get(&(role, name_key(name)))?;
        let account = self.accounts.iter().find(|account| account.id.as_str() == id)?;
        (account.active && !is_same_name(&account.name, name)).then_some(account)
    }

    /// The liability accounts of tax agencies other than this one.
    pub(crate) fn agencies_beside(&self, id: &str) -> Vec<String> {
        let is_other = |account: &&AccountInfo| {
            account.account_sub_type == "SalesTaxPayable" && account.id.as_str() != id && !id.is_empty()
        };
        self.accounts.iter().filter(is_other).map(|account| account.id.to_string()).collect()
    }

    /// found by its type. Of several the one that the mapping names, when invoices have been seen to post to it:
    /// QuickBooks itself chooses the account.
    fn receivable(&self, period: &Period) -> Result<Option<&AccountInfo>, NotReady> {
        let only = self.only(AccountType::AccountsReceivable);
        let Some(name) = period.mapping().accounts.get(&AccountRole::Receivable) else { return only };
        if only.is_ok() {
            return only;
        }
        let mut of_type = self.of_type(AccountType::AccountsReceivable);
        let named = of_type.find(|account| is_same_name(&account.name, name));
        match (named, &self.receivable) {
            (Some(named), Some(seen)) if named.id == *seen => Ok(Some(named)),
            (_, seen) => Err(NotReady::OtherReceivable {
                name: name.clone(),
                seen: seen.as_ref().and_then(|id| self.account_name(id.as_str())).map(str::to_owned),
            }),
        }
    }

    /// found by their type.
    fn only(&self, kind: AccountType) -> Result<Option<&AccountInfo>, NotReady> {
        let mut found = self.of_type(kind);
        match (found.next(), found.count()) {
            (first, 0) => Ok(first),
            (_, others) => Err(NotReady::SeveralAccounts { kind: kind.name(), count: others + 1 }),
        }
    }

    /// the preference names it.
    fn shipping(&self) -> Option<&AccountInfo> {
        let id = self.preferences.default_shipping_account.as_ref()?;
        self.accounts.iter().find(|account| account.id == *id)
    }

    fn item(
        &self,
        role: ItemRole,
        period: &Period,
        bindings: &Bindings,
    ) -> Result<Option<&ItemInfo>, NotReady> {
        let wanted = period.item_name(role);
        let Some(found) = self.items.find(wanted)? else { return Ok(None) };
        if !found.active {
            return Err(NotReady::Inactive { entity: "Item", name: wanted.to_owned() });
        }
        if !matches!(found.item_type.as_str(), "" | "Service" | "NonInventory") {
            return Err(NotReady::ItemType { name: found.name.clone(), found: found.item_type.clone() });
        }
        let account = period.account_of(role);
        match (&found.income_account, bindings.accounts.get(&account)) {
            (Some(points_to), Some(wanted)) if points_to == wanted => Ok(Some(found)),
            (points_to, _) => Err(NotReady::ItemAccount {
                name: found.name.clone(),
                found: points_to
                    .as_ref()
                    .and_then(|id| self.account_name(id.as_str()))
                    .unwrap_or("none")
                    .to_owned(),
                wanted: period.account_name(account).to_owned(),
            }),
        }
    }

    /// Binds the locations and classes that the mapping names; what is missing or not tracked is a fault.
    fn bind_tracked(&self, period: &Period, bindings: &mut Bindings) -> Vec<NotReady> {
        const REMEDY: &str = "make it in QuickBooks, or map the store to another";
        (bindings.locations, bindings.classes) = Default::default();
        bindings.is_class_per_line = self.preferences.class_tracking_per_txn_line == Some(true);
        let Some(tracked) = &self.tracked else { return Vec::new() };
        let stores = || period.mapping().stores.values();
        let mut faults = Vec::new();
        let mut note = |fault| {
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        };
        let missing =
            |entity, name: &str| NotReady::Missing { entity, name: name.to_owned(), remedy: REMEDY };
        for name in stores().filter_map(|store| store.location.as_ref()) {
            match tracked.locations.find(name) {
                Ok(Some(found)) => _ = bindings.locations.insert(name.clone(), found.id.clone()),
                Ok(None) => note(missing("location", name)),
                Err(fault) => note(fault),
            }
        }
        for name in stores().filter_map(|store| store.class.as_ref()) {
            match tracked.classes.find(name) {
                Ok(Some(found)) => _ = bindings.classes.insert(name.clone(), found.id.clone()),
                Ok(None) => note(missing("class", name)),
                Err(fault) => note(fault),
            }
        }
        let p = &self.preferences;
        let off = |preference, remedy| NotReady::Preference { preference, found: "off".to_owned(), remedy };
        if stores().any(|store| store.location.is_some()) && p.track_departments == Some(false) {
            faults.push(off(
                "AccountingInfoPrefs.TrackDepartments",
                "turn on locations, or leave them out of the company mapping",
            ));
        }
        let has_classes = p.class_tracking_per_txn == Some(true) || bindings.is_class_per_line;
        if stores().any(|store| store.class.is_some()) && !has_classes {
            faults.push(off(
                "AccountingInfoPrefs.ClassTrackingPerTxn",
                "turn on classes, or leave them out of the company mapping",
            ));
        }
        faults
    }

    pub(crate) fn preference_faults(&self) -> Vec<NotReady> {
        let p = &self.preferences;
        let mut faults = Vec::new();
        let mut check = |preference, value: Option<bool>, wanted: bool, remedy| {
            if value == Some(!wanted) {
                let found = if wanted { "off" } else { "on" }.to_owned();
                faults.push(NotReady::Preference { preference, found, remedy });
            }
        };
        let numbers = "turn on custom transaction numbers";
        check("SalesFormsPrefs.CustomTxnNumbers", p.custom_txn_numbers, true, numbers);
        check("VendorAndPurchasesPrefs.UseCustomTxnNumbers", p.use_custom_txn_numbers, true, numbers);
        check(
            "SalesFormsPrefs.AllowShipping",
            p.allow_shipping,
            true,
            "turn on shipping and name its account",
        );
        let apply = "turn it off: it would move what our payments settle";
        check("SalesFormsPrefs.AutoApplyCredit", p.auto_apply_credit, false, apply);
        check("SalesFormsPrefs.AutoApplyPayments", p.auto_apply_payments, false, apply);
        check(
            "CurrencyPrefs.MultiCurrencyEnabled",
            p.multi_currency_enabled,
            false,
            "use a company of one currency",
        );
        if let Some(currency) = p.home_currency.as_deref().filter(|currency| *currency != "USD") {
            faults.push(NotReady::Preference {
                preference: "CurrencyPrefs.HomeCurrency",
                found: currency.to_owned(),
                remedy: "use a company that keeps its books in US dollars",
            });
        }
        faults
    }
}

impl LocationsAndClasses {
    fn of(locations: &[Value], classes: &[Value]) -> Self {
        Self {
            locations: locations.iter().filter_map(tracked).collect(),
            classes: classes.iter().filter_map(tracked).collect(),
        }
    }
}

/// A row with a name and a usable id.
fn tracked<K>(row: &Value) -> Option<Tracked<K>> {
    let text = |field: &str| row.get(field).and_then(Value::as_str);
    let name = text("Name")?;
    let full_name = text("FullyQualifiedName").unwrap_or(name).to_owned();
    Some(Tracked { id: Id::new(text("Id")?).ok()?, name: name.to_owned(), full_name })
}

/// Whether a mapping names locations or classes.
fn is_tracking(period: &Period) -> bool {
    period.mapping().stores.values().any(|store| store.location.is_some() || store.class.is_some())
}

fn read_rows<T, C: FromIterator<T>>(
    rows: Vec<Value>,
    what: &'static str,
    read: impl Fn(&Value) -> Result<T, qb_model::ModelError>,
) -> Result<C, RunError> {
    let rows: Result<C, _> = rows.iter().map(read).collect();
    rows.map_err(|e| RunError::unreadable(what, ReadError::Unreadable(e)))
}
