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
    /// The POS's own short name of the store; part of every document's identity, never changed.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The name people use, for example `Boston Store`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The retailer's account at the POS company, for example `1651`; it opens customers' display names (D-19).
    pub fn retailer(&self) -> &str {
        &self.retailer
    }

    /// Where the store is; the ship-to address of what is handed over in it (D-20).
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
