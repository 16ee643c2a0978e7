//! What a new company starts with: accounts, payment methods, items, the sales tax.
//!
//! A/R and A/P accounts are missing on purpose, as in a company that has never sold on account; the first
//! document that needs A/R creates it. Neighbours: `company` calls this once.

use crate::books::company::{Call, Company};
use crate::lists::account::{self, NewAccount};
use crate::lists::{company_info, customer_type, item, payment_method, preferences, tax, term};

/// Name, AccountType, AccountSubType.
const ACCOUNTS: &[(&str, &str, &str)] = &[
    ("Checking", "Bank", "Checking"),
    ("Savings", "Bank", "Savings"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Company Card", "Credit Card", "CreditCard"),
    ("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("Retained Earnings", "Equity", "RetainedEarnings"),
    ("Services", "Income", "ServiceFeeIncome"),
    ("Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("Shipping Income", "Income", "SalesOfProductIncome"),
    ("Discounts given", "Income", "DiscountsRefundsGiven"),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("Bank Charges", "Expense", "BankCharges"),
    ("Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Miscellaneous", "Other Expense", "OtherMiscellaneousExpense"),
];

/// Name and Type.
const PAYMENT_METHODS: &[(&str, &str)] =
    &[("Cash", "NON_CREDIT_CARD"), ("Check", "NON_CREDIT_CARD"), ("Visa", "CREDIT_CARD")];

/// Fills a company that has nothing yet.
pub(crate) fn fill(company: &mut Company) {
    let now = company.created;
    let call = Call::at(now);
    for &(name, account_type, account_sub_type) in ACCOUNTS {
        let new = NewAccount::plain(name, account_type, account_sub_type);
        account::insert(company, &new, &call);
    }
    account::add_gratuities(company, now);
    for &(name, kind) in PAYMENT_METHODS {
        payment_method::insert(company, name, kind, &call);
    }
    term::insert_default(company, &call);
    customer_type::insert_default(company, &call);
    item::insert_default(company, now);
    tax::insert_default(company, now);
    preferences::insert(company);
    company_info::insert(company);
}
