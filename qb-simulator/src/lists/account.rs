//! Account: the chart of accounts, its types and its balances.
//!
//! Names no document. Neighbours: `ledger` keeps the balances, `chart` seeds accounts, the documents ask
//! for an account's type.

use chrono::{DateTime, FixedOffset};

use super::{check_currency, check_name, full_name, parent, under_a_parent};
use crate::base::amount;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace, currency, identity, number, reference};
use crate::books::records::Record;
use crate::query::ColumnType;
use crate::schema::Kind::{Ignored, Ref, Text};
use crate::schema::{Class, bases};

pub(crate) static CLASS: Class = Class {
    name: "Account",
    base: bases::LIST_ENTRY,
    fields: &[
        ("Name", Text(100)),
        ("SubAccount", Ignored),
        ("ParentRef", Ref),
        ("Description", Text(100)),
        ("Classification", Ignored),
        ("AccountType", Text(100)),
        ("AccountSubType", Text(100)),
        ("AccountAlias", Text(100)),
        ("AcctNum", Text(7)),
        ("CurrentBalance", Ignored),
        ("CurrentBalanceWithSubAccounts", Ignored),
        ("OpeningBalance", Ignored),
        ("OpeningBalanceDate", Ignored),
        ("TaxCodeRef", Ref),
        ("TxnLocationType", Text(100)),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("Name", ColumnType::Text),
    ("FullyQualifiedName", ColumnType::Text),
    ("AccountType", ColumnType::Text),
    ("AccountSubType", ColumnType::Text),
    ("Classification", ColumnType::Text),
    ("SubAccount", ColumnType::Bool),
    ("Active", ColumnType::Bool),
    ("CurrentBalance", ColumnType::Number),
    ("CurrentBalanceWithSubAccounts", ColumnType::Number),
];

pub(crate) const BANK: &str = "Bank";
pub(crate) const ACCOUNTS_RECEIVABLE: &str = "Accounts Receivable";
pub(crate) const ACCOUNTS_PAYABLE: &str = "Accounts Payable";
pub(crate) const OTHER_CURRENT_ASSET: &str = "Other Current Asset";
pub(crate) const CREDIT_CARD: &str = "Credit Card";

/// The account of shipping lines, the preference DefaultShippingAccount.
pub(crate) const SHIPPING_ACCOUNT: &str = "Shipping Income";
/// The account of discount lines that name none, the preference DefaultDiscountAccount.
pub(crate) const DISCOUNT_ACCOUNT: &str = "Discounts given";
/// The account of gratuity lines, the preference GratuityAccount.
pub(crate) const GRATUITY_ACCOUNT: &str = "Gratuities";

/// AccountType, Classification, default subtype; in the order of a trial balance.
const TYPES: &[(&str, &str, &str)] = &[
    (BANK, "Asset", "CashOnHand"),
    (ACCOUNTS_RECEIVABLE, "Asset", "AccountsReceivable"),
    (OTHER_CURRENT_ASSET, "Asset", "EmployeeCashAdvances"),
    ("Fixed Asset", "Asset", "FurnitureAndFixtures"),
    ("Other Asset", "Asset", "Licenses"),
    (ACCOUNTS_PAYABLE, "Liability", "AccountsPayable"),
    (CREDIT_CARD, "Liability", "CreditCard"),
    ("Other Current Liability", "Liability", "OtherCurrentLiabilities"),
    ("Long Term Liability", "Liability", "NotesPayable"),
    ("Equity", "Equity", "OpeningBalanceEquity"),
    ("Income", "Revenue", "OtherPrimaryIncome"),
    ("Other Income", "Revenue", "OtherInvestmentIncome"),
    ("Cost of Goods Sold", "Expense", "CostOfLaborCos"),
    ("Expense", "Expense", "Travel"),
    ("Other Expense", "Expense", "Depreciation"),
];

/// Subtypes that say the type by themselves, besides the defaults above. A subtype that is not listed is
/// taken as it stands when the body names a type too.
const SUBTYPES: &[(&str, &str)] = &[
    ("Checking", BANK),
    ("Savings", BANK),
    ("MoneyMarket", BANK),
    ("TrustAccounts", BANK),
    ("RentsHeldInTrust", BANK),
    ("UndepositedFunds", OTHER_CURRENT_ASSET),
    ("Inventory", OTHER_CURRENT_ASSET),
    ("PrepaidExpenses", OTHER_CURRENT_ASSET),
    ("OtherCurrentAssets", OTHER_CURRENT_ASSET),
    ("AllowanceForBadDebts", OTHER_CURRENT_ASSET),
    ("SalesTaxPayable", "Other Current Liability"),
    ("GlobalTaxPayable", "Other Current Liability"),
    ("GlobalTaxSuspense", "Other Current Liability"),
    ("PayrollClearing", "Other Current Liability"),
    ("LoanPayable", "Other Current Liability"),
    ("TrustAccountsLiabilities", "Other Current Liability"),
    ("RetainedEarnings", "Equity"),
    ("OwnersEquity", "Equity"),
    ("SalesOfProductIncome", "Income"),
    ("ServiceFeeIncome", "Income"),
    ("DiscountsRefundsGiven", "Income"),
    ("UnappliedCashPaymentIncome", "Income"),
    ("OtherMiscellaneousIncome", "Other Income"),
    ("SuppliesMaterialsCogs", "Cost of Goods Sold"),
    ("ShippingFreightDeliveryCos", "Cost of Goods Sold"),
    ("BankCharges", "Expense"),
    ("OfficeGeneralAdministrativeExpenses", "Expense"),
    ("ShippingFreightDelivery", "Expense"),
    ("UnappliedCashBillPaymentExpense", "Expense"),
    ("ExchangeGainOrLoss", "Other Expense"),
    ("OtherMiscellaneousExpense", "Other Expense"),
];

/// Subtypes of which a company has at most one account, and which take no part in a hierarchy.
const SINGULAR: &[&str] = &[
    "OpeningBalanceEquity",
    "UndepositedFunds",
    "RetainedEarnings",
    "CashReceiptIncome",
    "CashExpenditureExpense",
    "ExchangeGainOrLoss",
];

/// An account the simulator relies on, and how to make it when a company has none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Special {
    /// The property and value it is found by.
    pub(crate) found_by: (&'static str, &'static str),
    name: &'static str,
    account_type: &'static str,
    account_sub_type: &'static str,
}

impl Special {
    /// The A/R account documents use: the first active one.
    pub(crate) const RECEIVABLE: Special = Special {
        found_by: ("AccountType", ACCOUNTS_RECEIVABLE),
        name: "Accounts Receivable (A/R)",
        account_type: ACCOUNTS_RECEIVABLE,
        account_sub_type: "AccountsReceivable",
    };
    /// The A/P account bills use: the first active one.
    pub(crate) const PAYABLE: Special = Special {
        found_by: ("AccountType", ACCOUNTS_PAYABLE),
        name: "Accounts Payable (A/P)",
        account_type: ACCOUNTS_PAYABLE,
        account_sub_type: "AccountsPayable",
    };
    /// Where payments and receipts wait for their deposit.
    pub(crate) const UNDEPOSITED: Special = Special {
        found_by: ("AccountSubType", "UndepositedFunds"),
        name: "Undeposited Funds",
        account_type: OTHER_CURRENT_ASSET,
        account_sub_type: "UndepositedFunds",
    };

    pub(crate) fn account(self) -> NewAccount<'static> {
        NewAccount::plain(self.name, self.account_type, self.account_sub_type)
    }
}

/// An account that passed its checks.
#[derive(Debug)]
pub(crate) struct NewAccount<'a> {
    name: &'a str,
    account_type: &'a str,
    account_sub_type: &'a str,
    acct_num: Option<&'a str>,
    alias: Option<&'a str>,
    description: Option<&'a str>,
    parent: Option<(&'a str, String)>,
}

impl<'a> NewAccount<'a> {
    /// Returns a top-level account without number and description.
    pub(crate) fn plain(name: &'a str, account_type: &'a str, account_sub_type: &'a str) -> NewAccount<'a> {
        NewAccount {
            name,
            account_type,
            account_sub_type,
            acct_num: None,
            alias: None,
            description: None,
            parent: None,
        }
    }
}

/// Creates an account from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let new = check(company, body, call)?;
    Ok(insert(company, &new, call).to_string())
}

fn check<'a>(company: &Company, body: &'a Json, call: &Call) -> Checked<NewAccount<'a>> {
    check_currency(body)?;
    let name = body.text_of("Name").ok_or_else(|| fault::required("Name"))?;
    check_name("Name", name, &['"', ':'])?;
    let (account_type, account_sub_type) = types(body)?;
    let parent = parent(company, EntityKind::Account, body)?;
    under_a_parent(body, "SubAccount")?;
    if let Some(id) = call.updating.filter(|id| company.ledger.has_postings(*id)) {
        let record = company.store(EntityKind::Account).get(&id.to_string());
        if record.is_some_and(|record| record.body.text_of("AccountType") != Some(account_type)) {
            return Err(fault::business("The type of an account that transactions use cannot be changed."));
        }
    }
    if let Some((parent_id, _)) = &parent {
        let parent_type = company.active(EntityKind::Account, parent_id)?.body.text_of("AccountType");
        if parent_type != Some(account_type) {
            return Err(fault::business("A sub-account must have the type of its parent account."));
        }
    }
    if SINGULAR.contains(&account_sub_type) {
        if parent.is_some() {
            return Err(fault::business("This type of account cannot be a sub-account."));
        }
        if company.account_by("AccountSubType", account_sub_type).is_some_and(|id| Some(id) != call.updating)
        {
            return Err(fault::business("There can be only one account of singular detail type"));
        }
    }
    if company.is_name_taken(NameSpace::Accounts, &full_name(parent.as_ref(), name), call) {
        return Err(fault::duplicate_name(
            "Another account is already using this name. Please use a different name.",
        ));
    }
    let acct_num = body.text_of("AcctNum");
    if let Some(acct_num) = acct_num {
        check_name("AcctNum", acct_num, &[':'])?;
    }
    let (alias, description) = (body.text_of("AccountAlias"), body.text_of("Description"));
    Ok(NewAccount { name, account_type, account_sub_type, acct_num, alias, description, parent })
}

/// Returns the type and subtype of a body, each filled in from the other: 6010 when neither is there or they
/// contradict, 2170 when the type is none.
fn types(body: &Json) -> Checked<(&str, &str)> {
    let wanted = body.text_of("AccountType");
    let subtype = body.text_of("AccountSubType");
    let of_subtype = subtype.and_then(|subtype| {
        let defaults = TYPES.iter().map(|(kind, _, default)| (*default, *kind));
        SUBTYPES.iter().copied().chain(defaults).find(|(name, _)| *name == subtype).map(|(_, kind)| kind)
    });
    match (wanted, subtype) {
        (None, None) => Err(fault::account_type(
            "Either an Account.AccountType or an Account.AccountSubType must be specified",
        )),
        (None, Some(subtype)) => of_subtype
            .map(|kind| (kind, subtype))
            .ok_or_else(|| fault::invalid_enumeration("AccountSubType", subtype)),
        (Some(wanted), subtype) => {
            let (_, _, default) = TYPES
                .iter()
                .find(|(kind, _, _)| *kind == wanted)
                .ok_or_else(|| fault::invalid_enumeration("AccountType", wanted))?;
            if of_subtype.is_some_and(|kind| kind != wanted) {
                return Err(fault::account_type("AccountSubType does not belong to AccountType"));
            }
            Ok((wanted, subtype.unwrap_or(default)))
        }
    }
}

/// Enters a checked account and gives its id.
pub(crate) fn insert(company: &mut Company, new: &NewAccount<'_>, call: &Call) -> u64 {
    let id = company.id_for(EntityKind::Account, call);
    let full_name = full_name(new.parent.as_ref(), new.name);
    company.hold_name(NameSpace::Accounts, &full_name, &id.to_string());
    let body = object()
        .with("Name", text(new.name.to_owned()))
        .with("SubAccount", Json::Bool(new.parent.is_some()))
        .with_some("ParentRef", new.parent.as_ref().map(|(id, _)| reference(id, None)))
        .with("FullyQualifiedName", text(full_name))
        .with_some("Description", new.description.map(|d| text(d.to_owned())))
        .with("Active", Json::Bool(true))
        .with("Classification", text(classification(new.account_type)))
        .with("AccountType", text(new.account_type.to_owned()))
        .with("AccountSubType", text(new.account_sub_type.to_owned()))
        .with_some("AcctNum", new.acct_num.map(|n| text(n.to_owned())))
        .with_some("AccountAlias", new.alias.map(|alias| text(alias.to_owned())))
        .with("CurrentBalance", Json::Number("0".into()))
        .with("CurrentBalanceWithSubAccounts", Json::Number("0".into()))
        .with("CurrencyRef", currency());
    company.enter(EntityKind::Account, &id.to_string(), identity(body, &id.to_string(), call.now));
    id
}

/// Returns an account the simulator relies on; created when a company has none (any more).
pub(crate) fn special_account(company: &mut Company, special: Special, now: DateTime<FixedOffset>) -> u64 {
    match company.account_by(special.found_by.0, special.found_by.1) {
        Some(id) => id,
        None => insert(company, &special.account(), &Call::at(now)),
    }
}

/// Adds the account of gratuities to a company that takes them and has none.
pub(crate) fn add_gratuities(company: &mut Company, now: DateTime<FixedOffset>) {
    if company.options.allow_gratuity && company.account_by("Name", GRATUITY_ACCOUNT).is_none() {
        let new = NewAccount::plain(GRATUITY_ACCOUNT, "Other Current Liability", "OtherCurrentLiabilities");
        insert(company, &new, &Call::at(now));
    }
}

/// Lays the balances over an account: debit positive, 0 for income and expense.
pub(crate) fn view(company: &Company, record: &Record) -> Option<Json> {
    let id = number(&record.id);
    if !is_balance_sheet(&record.body) {
        return None;
    }
    let own = company.ledger.balance(id);
    let with_subs = own + sub_accounts_balance(company, &record.body);
    let mut body = record.body.clone();
    body.set("CurrentBalance", amount::money(own));
    body.set("CurrentBalanceWithSubAccounts", amount::money(with_subs));
    Some(body)
}

fn sub_accounts_balance(company: &Company, account: &Json) -> rust_decimal::Decimal {
    let prefix = format!("{}:", account.text_of("FullyQualifiedName").unwrap_or_default());
    let accounts = company.store(EntityKind::Account).records().iter();
    accounts
        .filter(|other| {
            other.body.text_of("FullyQualifiedName").is_some_and(|name| name.starts_with(&prefix))
        })
        .map(|other| company.ledger.balance(number(&other.id)))
        .sum()
}

/// Asset, Liability, Equity, Revenue or Expense.
pub(crate) fn classification(account_type: &str) -> &'static str {
    TYPES.iter().find(|(kind, _, _)| *kind == account_type).map_or("Asset", |(_, class, _)| class)
}

/// Returns where a type stands in a trial balance.
pub(crate) fn report_order(account_type: &str) -> usize {
    TYPES.iter().position(|(kind, _, _)| *kind == account_type).unwrap_or(TYPES.len())
}

/// Returns whether the account carries its balance over the year end.
pub(crate) fn is_balance_sheet(account: &Json) -> bool {
    !matches!(account.text_of("Classification"), Some("Revenue" | "Expense"))
}

/// Returns whether the account has one of the given types.
pub(crate) fn has_type(account: &Json, types: &[&str]) -> bool {
    account.text_of("AccountType").is_some_and(|kind| types.contains(&kind))
}

/// Returns whether the account is a control account, which sales and purchase items must not post to.
pub(crate) fn is_control(account: &Json) -> bool {
    has_type(account, &[ACCOUNTS_RECEIVABLE, ACCOUNTS_PAYABLE])
}
