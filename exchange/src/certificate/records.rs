//! Records of QuickBooks by kind and id, with the page that shows each to whoever is signed in.

use qb_client::{BaseUrl, EntityName, RealmId, record_link};
use qb_model::{EntityKind, entity_of_report, received};

use super::value::RecordName;

/// The company whose records are named.
#[derive(Debug, Clone)]
pub(super) struct Records {
    base: BaseUrl,
    realm: RealmId,
}

impl Records {
    pub(super) fn new(base: &BaseUrl, realm: &RealmId) -> Self {
        Self { base: base.clone(), realm: realm.clone() }
    }

    /// A record of one of QuickBooks' entities.
    pub(super) fn name(&self, entity: &str, id: &str) -> RecordName {
        let kind = match entity {
            "Deposit" => Some(EntityName::of::<received::Deposit>()),
            "Transfer" => Some(EntityName::of::<received::Transfer>()),
            entity => EntityKind::from_name(entity).map(EntityName::from),
        };
        let link = kind.and_then(|kind| record_link(&self.base, &self.realm, kind, id));
        RecordName { entity: entity.to_owned(), id: id.to_owned(), link }
    }

    /// A record by what QuickBooks' reports call its kind.
    pub(super) fn of_report(&self, txn_type: &str, id: &str) -> RecordName {
        self.name(&entity_of_report(txn_type), id)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_the_page_of_its_company() {
        let records = Records::new(&BaseUrl::Production, &RealmId::new("9130").unwrap());
        let of_ours = records.name("Purchase", "7").link.unwrap();
        assert!(of_ours.contains("deeplinkcompanyid=9130") && of_ours.contains("expense"), "{of_ours}");
        assert_eq!(records.of_report("Check", "7").entity, "Purchase");
        assert!(records.of_report("Deposit", "7").link.is_some());
        assert!(records.of_report("Something Else", "7").link.is_none());
    }
}
