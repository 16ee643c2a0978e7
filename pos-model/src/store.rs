//! The store whose registers are closed.

/// A shop. Its name is the QuickBooks customer that sales without a customer go to (D-19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) retailer: String,
    pub(crate) address: Option<Address>,
}

impl Store {
    /// Returns the POS's own short name of the store; part of every document's identity, never changed.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Returns the name people use, for example `Boston Store`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the retailer's account at the POS company, for example `1651`; it opens customers' display names (D-19).
    #[must_use]
    pub fn retailer(&self) -> &str {
        &self.retailer
    }

    /// Returns where the store is; the ship-to address of what is handed over in it (D-20).
    #[must_use]
    pub fn address(&self) -> Option<&Address> {
        self.address.as_ref()
    }
}

/// A postal address. Personal data when it is a customer's: kept out of `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Street lines, at most five.
    pub lines: Vec<String>,
    /// City.
    pub city: Option<String>,
    /// State or province, for example `MA`.
    pub region: Option<String>,
    /// ZIP or postal code.
    pub postal_code: Option<String>,
    /// Country.
    pub country: Option<String>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(..)")
    }
}
