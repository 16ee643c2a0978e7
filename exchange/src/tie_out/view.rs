//! A tie-out for programs: its JSON form. Amounts are text with two decimals, debit positive; dates are `2026-02-03`.
//!
//! The words of this form stay as they are from version to version; new ones may come beside them.

use chrono::NaiveDate;
use pos_model::Money;
use serde::ser::{Serialize, Serializer};

use super::result::{
    AccountBalance, AccountTie, AgencyTax, Difference, DifferentAmount, DifferentDocument, OtherDocument,
    PartTie, TieOut,
};
use crate::text::{as_text, as_texts};

#[derive(serde::Serialize)]
struct TieOutForm<'t> {
    is_tied_out: bool,
    is_explained: bool,
    control_accounts: &'t [AccountTie],
    by_batch_and_date: &'t [PartTie],
    balances: &'t [AccountBalance],
    foreign_documents: &'t [OtherDocument],
    sales_tax_by_agency: &'t [AgencyTax],
    #[serde(serialize_with = "as_texts")]
    notices: &'t [super::result::Notice],
    differences: &'t [Difference],
}

impl Serialize for TieOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = TieOutForm {
            is_tied_out: self.is_tied_out(),
            is_explained: self.is_explained(),
            control_accounts: &self.accounts,
            by_batch_and_date: &self.parts,
            balances: &self.balances,
            foreign_documents: &self.other_documents,
            sales_tax_by_agency: &self.agencies,
            notices: &self.notices,
            differences: &self.differences,
        };
        form.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
struct AccountTieForm<'t> {
    name: &'t str,
    #[serde(serialize_with = "as_text")]
    pos: Money,
    #[serde(serialize_with = "as_text")]
    planned: Money,
    #[serde(serialize_with = "as_text")]
    quickbooks: Money,
    #[serde(serialize_with = "as_text")]
    difference: Money,
    #[serde(serialize_with = "as_text")]
    not_posted: Money,
}

impl Serialize for AccountTie {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = AccountTieForm {
            name: &self.name,
            pos: self.pos,
            planned: self.planned,
            quickbooks: self.quickbooks,
            difference: self.difference(),
            not_posted: self.not_posted,
        };
        form.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
struct PartTieForm<'t> {
    origin: &'t str,
    date: NaiveDate,
    account: &'t str,
    customer: Option<&'t str>,
    #[serde(serialize_with = "as_text")]
    pos: Money,
    #[serde(serialize_with = "as_text")]
    planned: Money,
    #[serde(serialize_with = "as_text")]
    quickbooks: Money,
}

impl Serialize for PartTie {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = PartTieForm {
            origin: &self.origin,
            date: self.date,
            account: &self.account,
            customer: self.customer.as_deref(),
            pos: self.pos,
            planned: self.planned,
            quickbooks: self.quickbooks,
        };
        form.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
struct AccountBalanceForm<'t> {
    account: &'t str,
    start_date: NaiveDate,
    end_date: NaiveDate,
    #[serde(serialize_with = "as_text")]
    opening: Money,
    #[serde(serialize_with = "as_text")]
    ours: Money,
    #[serde(serialize_with = "as_text")]
    other_batches: Money,
    #[serde(serialize_with = "as_text")]
    foreign: Money,
    #[serde(serialize_with = "as_text")]
    closing: Money,
    #[serde(serialize_with = "as_text")]
    trial_balance: Money,
}

impl Serialize for AccountBalance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = AccountBalanceForm {
            account: &self.account,
            start_date: self.start_date,
            end_date: self.end_date,
            opening: self.opening_balance,
            ours: self.ours,
            other_batches: self.other_batches,
            foreign: self.other_documents,
            closing: self.closing(),
            trial_balance: self.trial_balance,
        };
        form.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
struct AgencyTaxForm<'t> {
    account: &'t str,
    #[serde(serialize_with = "as_text")]
    amount: Money,
}

impl Serialize for AgencyTax {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        AgencyTaxForm { account: &self.account, amount: self.amount }.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
struct OtherDocumentForm<'t> {
    account: &'t str,
    r#type: &'t str,
    id: &'t str,
    number: &'t str,
    date: NaiveDate,
    #[serde(serialize_with = "as_text")]
    amount: Money,
    may_be: Option<String>,
}

impl Serialize for OtherDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = OtherDocumentForm {
            account: &self.account,
            r#type: &self.txn_type,
            id: &self.id,
            number: &self.number,
            date: self.date,
            amount: self.amount,
            may_be: self.may_be.as_ref().map(ToString::to_string),
        };
        form.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
struct DifferenceForm<'t> {
    cause: &'static str,
    reason: String,
    is_explained: bool,
    document: Option<&'t DifferentDocument>,
    amounts: &'t [DifferentAmount],
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = DifferenceForm {
            cause: self.cause.code(),
            reason: self.cause.to_string(),
            is_explained: self.is_explained(),
            document: self.document.as_ref(),
            amounts: &self.amounts,
        };
        form.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
struct DifferentDocumentForm<'t> {
    key: String,
    kind: &'t str,
    number: &'t str,
    id: Option<&'t str>,
    origin: &'t str,
}

impl Serialize for DifferentDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = DifferentDocumentForm {
            key: self.key.to_string(),
            kind: &self.kind,
            number: &self.number,
            id: self.id.as_deref(),
            origin: &self.origin,
        };
        form.serialize(serializer)
    }
}

#[derive(serde::Serialize)]
struct DifferentAmountForm<'t> {
    account: &'t str,
    date: NaiveDate,
    customer: Option<&'t str>,
    #[serde(serialize_with = "as_text")]
    expected: Money,
    #[serde(serialize_with = "as_text")]
    found: Money,
}

impl Serialize for DifferentAmount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = DifferentAmountForm {
            account: &self.account,
            date: self.date,
            customer: self.customer.as_deref(),
            expected: self.expected,
            found: self.found,
        };
        form.serialize(serializer)
    }
}
