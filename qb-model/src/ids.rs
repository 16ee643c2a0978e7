//! Typed ids and references: a customer's id does not compile as an item's id.
//!
//! It refuses to know what an id looks like inside: most are digits, `TAX` and `SHIPPING_ITEM_ID` are not.
//! Neighbours: every body that points at something.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{ModelError, excerpt};

/// Marker of a sales tax code. Tax codes are read and named, never created here.
#[derive(Clone, Copy, Debug)]
pub enum TaxCode {}

/// Marker of a location, which QuickBooks calls a department on the wire. Read and named, never created here.
#[derive(Clone, Copy, Debug)]
pub enum Department {}

/// Marker of a type of customers. Read and named, never created: QuickBooks lets nobody make one through its interface.
#[derive(Clone, Copy, Debug)]
pub enum CustomerType {}

/// Marker of a class. Read and named, never created here.
#[derive(Clone, Copy, Debug)]
pub enum Class {}

/// An id that QuickBooks issued for an entity of type `E`. 1 to 64 visible ASCII characters.
///
/// ```compile_fail
/// use qb_model::{Customer, Id, Item};
/// let customer: Id<Customer> = Id::<Item>::new("19")?;
/// # Ok::<(), qb_model::ModelError>(())
/// ```
pub struct Id<E> {
    /// Shared: an id stands on many lines of many bodies.
    text: Arc<str>,
    entity: PhantomData<fn() -> E>,
}

impl<E> Id<E> {
    /// Takes the text QuickBooks sent.
    ///
    /// # Errors
    /// [`ModelError::Id`] when empty, longer than 64 or with blanks or other than visible ASCII.
    pub fn new(text: impl Into<String>) -> Result<Self, ModelError> {
        let text = text.into();
        if (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self { text: text.into(), entity: PhantomData })
        } else {
            Err(ModelError::Id { text: excerpt(&text) })
        }
    }

    /// Returns the id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the id as a reference of its own, `{"value": "35"}`.
    #[must_use]
    pub fn to_ref(&self) -> Ref<E> {
        Ref { value: self.clone() }
    }
}

impl<E> Id<E> {
    /// An id that every company has; its text is one that [`Id::new`] takes.
    pub(crate) fn everywhere(text: &'static str) -> Self {
        Self { text: text.into(), entity: PhantomData }
    }
}

impl<E> Clone for Id<E> {
    fn clone(&self) -> Self {
        Self { text: Arc::clone(&self.text), entity: PhantomData }
    }
}

impl<E> PartialEq for Id<E> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<E> Eq for Id<E> {}

impl<E> PartialOrd for Id<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Id<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<E> Hash for Id<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<E> fmt::Debug for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.text)
    }
}

impl<E> fmt::Display for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl<E> Serialize for Id<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, E> Deserialize<'de> for Id<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A pointer to an entity, `{"value":"35"}`. `name` and `type`, which QuickBooks may add, are ignored on reading
/// and never written.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Ref<E> {
    /// The id pointed at.
    pub value: Id<E>,
}

impl<E> From<Id<E>> for Ref<E> {
    fn from(value: Id<E>) -> Self {
        Self { value }
    }
}

impl<E> Clone for Ref<E> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone() }
    }
}

impl<E> PartialEq for Ref<E> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<E> Eq for Ref<E> {}

impl<E> fmt::Debug for Ref<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ref({})", self.value)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::{Account, Item};

    #[test]
    fn a_ref_writes_its_value_only_and_reads_past_the_rest() {
        let account: Ref<Account> =
            serde_json::from_str(r#"{"value":"35","name":"Checking","type":"Account"}"#).unwrap();
        assert_eq!(serde_json::to_string(&account).unwrap(), r#"{"value":"35"}"#);
    }

    #[test]
    fn refuses_what_quickbooks_cannot_have_issued() {
        for text in ["", " 1", "1\n", "é", &"9".repeat(65)] {
            assert_eq!(Id::<Item>::new(text).unwrap_err().code(), "invalid-id");
        }
    }
}
