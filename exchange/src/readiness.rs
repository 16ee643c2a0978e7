//! What must be in order before anything is sent: the company's preferences, and an account, item and payment
//! method for every key of the plan. Reads QuickBooks once a run and binds what it finds by exact name.

use std::collections::BTreeMap;

use mapping::{
    Bindings, Company, ControlAccount, Document, ItemRole, ListEntry, Plan, Planned, StoreMapping,
};
use qb_client::{Client, Query, ReadError};
use qb_model::{Account, AccountInfo, AccountType, EntityKind, Id, ItemInfo, Preferences};
use serde_json::Value;

use crate::error::{NotReady, RunError};
use crate::history::History;

/// The company as it was when the run began.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) preferences: Preferences,
    pub(crate) accounts: Vec<AccountInfo>,
    pub(crate) items: Vec<ItemInfo>,
    /// Name in lower case, and id.
    payment_methods: Vec<(String, String)>,
    /// Active locations, classes and tax codes; read only when the mapping names one.
    named: Option<Named>,
}

/// What the mapping names and a run never makes: name and id of those that are active.
#[derive(Debug, Default)]
struct Named {
    locations: Vec<(String, String)>,
    classes: Vec<(String, String)>,
    tax_codes: Vec<(String, String)>,
}

impl Books {
    pub(crate) async fn read(client: &Client, company: &Company) -> Result<Self, RunError> {
        let mut books = Self::default();
        if company.periods().any(names_anything) {
            books.named = Some(Named::read(client).await?);
        }
        books.read_preferences(client).await?;
        let accounts = rows(client, EntityKind::Account, "its accounts", AccountInfo::read).await?;
        let items = rows(client, EntityKind::Item, "its items", ItemInfo::read).await?;
        let text =
            |row: &Value, field: &str| row.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let read = |row: &Value| Ok((text(row, "Name").to_lowercase(), text(row, "Id")));
        let payment_methods = rows(client, EntityKind::PaymentMethod, "its payment methods", read).await?;
        Ok(Self { accounts, items, payment_methods, ..books })
    }

    pub(crate) async fn read_preferences(&mut self, client: &Client) -> Result<(), RunError> {
        self.preferences = client.preferences().await.map_err(|e| unreadable("its preferences", e))?;
        Ok(())
    }

    pub(crate) fn account_name(&self, id: &str) -> Option<&str> {
        self.accounts.iter().find(|account| account.id.as_str() == id).map(|account| account.name.as_str())
    }

    /// The accounts that a company's control accounts are, as it is mapped in one period, and what is wrong with them.
    pub(crate) fn accounts_of(
        &self,
        company: &Company,
    ) -> (BTreeMap<ControlAccount, Id<Account>>, Vec<NotReady>) {
        let (mut accounts, mut faults) = (BTreeMap::new(), Vec::new());
        for role in company.all_control_accounts() {
            match self.account(role, company) {
                Ok(Some(found)) => _ = accounts.insert(role, found.id.clone()),
                Ok(None) => {}
                Err(fault) => faults.push(fault),
            }
        }
        (accounts, faults)
    }

    /// Binds every control account and item that the company has, and what else its mapping names, as it is mapped in one
    /// period. What another period bound is forgotten.
    pub(crate) fn bind(&self, company: &Company, bindings: &mut Bindings) -> Vec<NotReady> {
        let mut faults = self.preference_faults();
        let (accounts, of_accounts) = self.accounts_of(company);
        bindings.accounts = accounts;
        faults.extend(of_accounts);
        faults.extend(self.bind_named(company, bindings));
        bindings.items.clear();
        for role in company.items() {
            match self.item(role, company, bindings) {
                Ok(Some(found)) => {
                    bindings.items.insert(role, found.id.clone());
                }
                Ok(None) => {}
                Err(fault) => faults.push(fault),
            }
        }
        bindings.tax_code = self.preferences.tax_group_code.clone();
        faults
    }

    /// The id of a list entry that the company has, and that is no account or item.
    pub(crate) fn payment_method(&self, entry: ListEntry<'_>) -> Option<&str> {
        let ListEntry::PaymentMethod(tender) = entry else { return None };
        let name: String = tender.name().chars().take(31).collect::<String>().to_lowercase();
        self.payment_methods.iter().find(|(found, _)| *found == name).map(|(_, id)| id.as_str())
    }

    fn account(&self, role: ControlAccount, company: &Company) -> Result<Option<&AccountInfo>, NotReady> {
        let wanted = match role {
            ControlAccount::Receivable => return self.only(AccountType::AccountsReceivable),
            ControlAccount::Payable => return self.only(AccountType::AccountsPayable),
            ControlAccount::Shipping => return self.shipping(),
            role => company.account_name(role),
        };
        let mut named =
            self.accounts.iter().filter(|account| is_named(&account.name, wanted, account.active));
        let no_account = |remedy| Err(NotReady::NoAccount { name: wanted.to_owned(), remedy });
        let Some(found) = named.clone().find(|account| account.active).or_else(|| named.next()) else {
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
        let allowed = role.allowed_types();
        if !allowed.iter().any(|kind| found.is_type(*kind)) {
            let allowed = allowed.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" or ");
            let (name, found) = (found.name.clone(), found.account_type.clone());
            return Err(NotReady::AccountType { name, found, allowed });
        }
        Ok(Some(found))
    }

    /// found by their type, never by name.
    fn only(&self, kind: AccountType) -> Result<Option<&AccountInfo>, NotReady> {
        let mut found = self.accounts.iter().filter(|account| account.active && account.is_type(kind));
        match (found.next(), found.count()) {
            (first, 0) => Ok(first),
            (_, others) => Err(NotReady::SeveralAccounts { kind: kind.name(), count: others + 1 }),
        }
    }

    /// the preference names it.
    fn shipping(&self) -> Result<Option<&AccountInfo>, NotReady> {
        let id = self.preferences.default_shipping_account.as_ref();
        Ok(id.and_then(|id| self.accounts.iter().find(|account| account.id == *id)))
    }

    fn item(
        &self,
        role: ItemRole,
        company: &Company,
        bindings: &Bindings,
    ) -> Result<Option<&ItemInfo>, NotReady> {
        let wanted = company.item_name(role);
        let Some(found) = self.items.iter().find(|item| is_named(&item.name, wanted, item.active)) else {
            return Ok(None);
        };
        if !found.active {
            return Err(NotReady::Inactive { entity: "Item", name: wanted.to_owned() });
        }
        if !matches!(found.item_type.as_str(), "" | "Service" | "NonInventory") {
            return Err(NotReady::ItemType { name: found.name.clone(), found: found.item_type.clone() });
        }
        let account = company.account_of(role);
        match (&found.income_account, bindings.accounts.get(&account)) {
            (Some(points_to), Some(wanted)) if points_to == wanted => Ok(Some(found)),
            (points_to, _) => Err(NotReady::ItemAccount {
                name: found.name.clone(),
                found: points_to.as_ref().map(ToString::to_string).unwrap_or_default(),
                wanted: company.account_name(account).to_owned(),
            }),
        }
    }

    /// Binds the locations and classes that the mapping names; what is missing, and tax codes that are, are faults.
    fn bind_named(&self, company: &Company, bindings: &mut Bindings) -> Vec<NotReady> {
        (bindings.locations, bindings.classes) = Default::default();
        bindings.is_class_per_line = self.preferences.class_tracking_per_txn_line == Some(true);
        let Some(named) = &self.named else { return Vec::new() };
        let mut faults = BTreeMap::new();
        let mut missing = |entity, name: &str, remedy| {
            let fault = NotReady::Missing { entity, name: name.to_owned(), remedy };
            faults.entry((entity, name.to_owned())).or_insert(fault);
        };
        let mapping = company.mapping();
        for store in mapping.stores.values() {
            if let Some(name) = &store.location {
                match id_of(&named.locations, name) {
                    Some(id) => bindings.locations.extend(Id::new(id).ok().map(|id| (name.clone(), id))),
                    None => missing("location", name, "make it in QuickBooks, or map the store to another"),
                }
            }
            if let Some(name) = &store.class {
                match id_of(&named.classes, name) {
                    Some(id) => bindings.classes.extend(Id::new(id).ok().map(|id| (name.clone(), id))),
                    None => missing("class", name, "make it in QuickBooks, or map the store to another"),
                }
            }
        }
        let of_stores = mapping.stores.values().filter_map(|store| store.tax_code.as_ref());
        let of_codes = mapping.tax_codes.values().filter_map(|code| code.tax_code.as_ref());
        for id in of_stores.chain(of_codes) {
            if !named.tax_codes.iter().any(|(_, found)| found == id) {
                missing("tax code", id, "write the id of one of the company's tax codes");
            }
        }
        let mut faults: Vec<NotReady> = faults.into_values().collect();
        let mut off = |is_named: bool, preference, is_tracked: bool, remedy| {
            if is_named && !is_tracked {
                faults.push(NotReady::Preference { preference, found: "off".to_owned(), remedy });
            }
        };
        let p = &self.preferences;
        let has_class = p.class_tracking_per_txn == Some(true) || bindings.is_class_per_line;
        off(
            mapping.stores.values().any(|store| store.location.is_some()),
            "AccountingInfoPrefs.TrackDepartments",
            p.track_departments != Some(false),
            "turn on locations, or leave them out of the company mapping",
        );
        off(
            mapping.stores.values().any(|store| store.class.is_some()),
            "AccountingInfoPrefs.ClassTrackingPerTxn",
            has_class,
            "turn on classes, or leave them out of the company mapping",
        );
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
        faults
    }

    /// What this plan asks of the company beyond accounts and items.
    pub(crate) fn plan_faults(
        &self,
        plan: &Plan<'_>,
        bindings: &Bindings,
        history: &History,
    ) -> Vec<NotReady> {
        let mut faults = Vec::new();
        // What is posted already asks for nothing more.
        let open: Vec<&Planned<'_>> =
            plan.documents().filter(|planned| !history.is_posted(&planned.key().0)).collect();
        let has_tax = open.iter().any(|planned| !planned.document.tax().is_zero());
        let is_using_tax = self.preferences.using_sales_tax != Some(false);
        if has_tax
            && is_using_tax
            && bindings.tax_code.is_none()
            && open.iter().any(|planned| !planned.document.tax().is_zero() && has_no_tax_code(planned))
        {
            faults.push(NotReady::Preference {
                preference: "TaxPrefs.TaxGroupCodeRef",
                found: "not set".to_owned(),
                remedy: "choose a default tax code in QuickBooks, or name the store's tax_code in the company mapping",
            });
        }
        if has_tax && self.preferences.using_sales_tax == Some(false) {
            faults.push(NotReady::Preference {
                preference: "TaxPrefs.UsingSalesTax",
                found: "off".to_owned(),
                remedy: "set up sales tax: QuickBooks would drop the till's tax",
            });
        }
        let has_shipping = !open.is_empty() && plan.uses(ItemRole::Shipping);
        if has_shipping && !bindings.accounts.contains_key(&ControlAccount::Shipping) {
            faults.push(NotReady::Preference {
                preference: "SalesFormsPrefs.DefaultShippingAccount",
                found: "no account of the company".to_owned(),
                remedy: "choose a shipping account in QuickBooks' sales settings",
            });
        }
        if let Some(closed) = self.preferences.book_close_date {
            faults.extend(open.iter().filter(|planned| planned.txn_date <= closed).map(|planned| {
                NotReady::PeriodClosed { document: planned.key().0, date: planned.txn_date, closed }
            }));
        }
        faults
    }
}

impl Named {
    async fn read(client: &Client) -> Result<Self, RunError> {
        let read = |row: &Value| {
            let text = |field: &str| row.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
            Ok((text("Name"), text("Id")))
        };
        let active = async |kind, what| {
            let found = client.query(&Query::all(kind)).await.map_err(|e| unreadable(what, e))?;
            let found: Result<Vec<(String, String)>, qb_model::ModelError> = found.iter().map(read).collect();
            found.map_err(|e| unreadable(what, ReadError::Unreadable(e)))
        };
        Ok(Self {
            locations: active(EntityKind::Department, "its locations").await?,
            classes: active(EntityKind::Class, "its classes").await?,
            tax_codes: active(EntityKind::TaxCode, "its tax codes").await?,
        })
    }
}

/// Whether a mapping names locations, classes or tax codes.
fn names_anything(company: &Company) -> bool {
    let mapping = company.mapping();
    let of_store = |s: &StoreMapping| s.location.is_some() || s.class.is_some() || s.tax_code.is_some();
    mapping.stores.values().any(of_store) || mapping.tax_codes.values().any(|code| code.tax_code.is_some())
}

/// Whether a document leaves its tax code to the company's default.
fn has_no_tax_code(planned: &Planned<'_>) -> bool {
    match &planned.document {
        Document::Invoice(form) | Document::CreditMemo(form) => form.tax_code.is_none(),
        _ => false,
    }
}

/// QuickBooks appends this to the name of a list entry that is made inactive.
const DELETED: &str = " (deleted)";

/// The id of the entry with this name, whatever its case.
fn id_of<'e>(entries: &'e [(String, String)], name: &str) -> Option<&'e str> {
    entries.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, id)| id.as_str())
}

fn is_named(found: &str, wanted: &str, is_active: bool) -> bool {
    found.eq_ignore_ascii_case(wanted)
        || (!is_active && found.strip_suffix(DELETED).is_some_and(|name| name.eq_ignore_ascii_case(wanted)))
}

async fn rows<T>(
    client: &Client,
    kind: EntityKind,
    what: &'static str,
    read: impl Fn(&Value) -> Result<T, qb_model::ModelError>,
) -> Result<Vec<T>, RunError> {
    let rows = client.query(&Query::all(kind).with_inactive()).await.map_err(|e| unreadable(what, e))?;
    let rows: Result<Vec<T>, _> = rows.iter().map(read).collect();
    rows.map_err(|e| unreadable(what, ReadError::Unreadable(e)))
}

fn unreadable(what: &'static str, error: ReadError) -> RunError {
    RunError::Read { what, source: Box::new(error) }
}
