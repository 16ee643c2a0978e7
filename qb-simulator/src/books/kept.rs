//! What an object that is being updated holds already, and keeps without being asked for it again.
//!
//! An update is checked like a create, but not in what it does not touch: a reference that has become inactive since, or a
//! kind of line that has been turned off since, stays. Neighbours: `changes` fills it for the time of an update, `company`
//! and the documents ask.

use std::collections::HashSet;

use crate::base::json::Json;
use crate::base::kind::EntityKind;

/// The references of a stored object, and the special parts that preferences can turn off.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    references: HashSet<(EntityKind, String)>,
    custom_fields: Vec<String>,
    addresses: Vec<String>,
    /// Whether it has a discount line.
    pub(crate) has_discount: bool,
    /// Whether it has a deposit.
    pub(crate) has_deposit: bool,
}

impl Kept {
    /// Returns what an object of a kind holds.
    pub(crate) fn of(kind: EntityKind, old: &Json) -> Kept {
        let has = |name: &str| old.get(name).is_some();
        let lines = old.get("Line").map_or(&[][..], Json::items);
        let has_discount = lines.iter().any(|line| line.text_of("DetailType") == Some("DiscountLineDetail"));
        let fields = old.get("CustomField").map_or(&[][..], Json::items).iter();
        let custom_fields =
            fields.filter_map(|field| field.text_of("DefinitionId")).map(str::to_owned).collect();
        let mut kept = Kept { custom_fields, has_discount, has_deposit: has("Deposit"), ..Kept::default() };
        kept.collect(kind, old);
        kept
    }

    fn collect(&mut self, kind: EntityKind, value: &Json) {
        match value {
            Json::List(items) => items.iter().for_each(|item| self.collect(kind, item)),
            Json::Object(members) => {
                for (name, value) in members {
                    if let Some(id) = value.text_of("value") {
                        let kinds = kinds_of(kind, name);
                        self.references.extend(kinds.iter().map(|kind| (*kind, id.to_owned())));
                    }
                    if name.ends_with("Addr") {
                        self.addresses.extend(value.text_of("Id").map(str::to_owned));
                    }
                    self.collect(kind, value);
                }
            }
            _ => {}
        }
    }

    /// Returns whether the object has a custom field with this DefinitionId.
    pub(crate) fn has_custom_field(&self, id: &str) -> bool {
        self.custom_fields.iter().any(|known| known == id)
    }

    /// Returns whether the object has an address with this Id.
    pub(crate) fn has_address(&self, id: &str) -> bool {
        self.addresses.iter().any(|known| known == id)
    }

    /// Returns whether the object refers to this entry.
    pub(crate) fn has(&self, kind: EntityKind, id: &str) -> bool {
        // The set is empty but for the time of an update.
        !self.references.is_empty() && self.references.contains(&(kind, id.to_owned()))
    }
}

/// Returns the entities that a reference of this name can mean, in an object of a kind.
fn kinds_of(kind: EntityKind, name: &str) -> Vec<EntityKind> {
    match name {
        "CustomerRef" | "VendorRef" | "EntityRef" | "Entity" => {
            vec![EntityKind::Customer, EntityKind::Vendor, EntityKind::Employee]
        }
        "ItemRef" => vec![EntityKind::Item],
        "ClassRef" => vec![EntityKind::Class],
        "DepartmentRef" => vec![EntityKind::Department],
        "SalesTermRef" | "TermRef" => vec![EntityKind::Term],
        "PaymentMethodRef" => vec![EntityKind::PaymentMethod],
        "CustomerTypeRef" => vec![EntityKind::CustomerType],
        "TaxCodeRef" | "TxnTaxCodeRef" | "DefaultTaxCodeRef" => vec![EntityKind::TaxCode],
        "ParentRef" => vec![kind],
        _ if name.ends_with("AccountRef") => vec![EntityKind::Account],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_known_by_their_kind_at_any_depth() {
        let old = br#"{"CustomerRef":{"value":"7"},"Deposit":0,"Line":[{"DetailType":"SalesItemLineDetail",
            "SalesItemLineDetail":{"ItemRef":{"value":"3"},"ItemAccountRef":{"value":"9"}}}]}"#;
        let kept = Kept::of(EntityKind::Invoice, &Json::parse(old).unwrap_or(Json::Null));
        assert!(kept.has(EntityKind::Customer, "7") && kept.has(EntityKind::Account, "9"));
        assert!(kept.has(EntityKind::Item, "3") && !kept.has(EntityKind::Item, "9"));
        assert!(kept.has_deposit && !kept.has_discount);
    }
}
