//! The people and companies a store sells to. Everything but the two identifiers is personal data.

use std::fmt;

use crate::{Address, Money};

/// A customer of the POS (P-08).
#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    pub(crate) id: String,
    pub(crate) account_number: String,
    pub(crate) name: CustomerName,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) address: Option<Address>,
    pub(crate) tax_exempt: bool,
    pub(crate) credit_limit: Option<Money>,
    pub(crate) use_with_quickbooks: bool,
}

/// What a customer is called; every part may be missing.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CustomerName {
    /// Title, for example `Dr`.
    pub title: Option<String>,
    /// Given name.
    pub first: Option<String>,
    /// Family name.
    pub last: Option<String>,
    /// Company.
    pub company: Option<String>,
}

impl Customer {
    /// The POS's immutable id: links and keys use it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The account number shown to people; unique, but it may be edited.
    pub fn account_number(&self) -> &str {
        &self.account_number
    }

    /// Names.
    pub fn name(&self) -> &CustomerName {
        &self.name
    }

    /// E-mail address.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Telephone number.
    pub fn phone(&self) -> Option<&str> {
        self.phone.as_deref()
    }

    /// Billing address.
    pub fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }

    /// Whether the customer buys without sales tax.
    pub fn is_tax_exempt(&self) -> bool {
        self.tax_exempt
    }

    /// The most the customer may owe, 0.00 or more; none when there is no limit. QuickBooks Online has no such field.
    pub fn credit_limit(&self) -> Option<Money> {
        self.credit_limit
    }

    /// Whether edits of this record go to QuickBooks (F-02). A charge sends its customer either way.
    pub fn is_used_with_quickbooks(&self) -> bool {
        self.use_with_quickbooks
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for CustomerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CustomerName(..)")
    }
}
