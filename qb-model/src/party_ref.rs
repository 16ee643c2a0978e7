//! Who a purchase is made out to: a customer or a supplier, told by its list.
//!
//! Neighbours: `ids.rs` (references that need no list), `expense.rs`.

use serde::{Deserialize, Serialize};

use crate::{Customer, Id, Vendor};

/// Who stands on the other side of a purchase: `{"value":"61","type":"Customer"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyRef {
    value: String,
    r#type: PartyType,
}

/// The list a party is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PartyType {
    /// A customer.
    Customer,
    /// A supplier.
    Vendor,
}

impl PartyRef {
    /// Returns a customer as the payee.
    #[must_use]
    pub fn customer(id: &Id<Customer>) -> Self {
        Self { value: id.as_str().to_owned(), r#type: PartyType::Customer }
    }

    /// Returns a supplier as the payee.
    #[must_use]
    pub fn vendor(id: &Id<Vendor>) -> Self {
        Self { value: id.as_str().to_owned(), r#type: PartyType::Vendor }
    }

    /// Returns the party's id.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the list the party is in.
    #[must_use]
    pub const fn party_type(&self) -> PartyType {
        self.r#type
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_party_names_its_list() {
        let party = PartyRef::customer(&Id::new("61").unwrap());
        assert_eq!(serde_json::to_string(&party).unwrap(), r#"{"value":"61","type":"Customer"}"#);
    }
}
