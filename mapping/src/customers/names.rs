//! F-09 and D-19: what a record new to QuickBooks is called, when the names that are taken are known. How a name is written is
//! in `naming.rs`.

use std::collections::BTreeSet;

use pos_model::CustomerField;

use super::record::PosRecord;
use super::settings::Settings;
use crate::naming::{self, NameParts};

/// Returns a free display name for a record new to QuickBooks, and notes it as taken; none when the name is taken with its suffix
/// too. `taken` holds names as [`folded`] writes them.
pub(super) fn free(record: &PosRecord, settings: &Settings, taken: &mut BTreeSet<String>) -> Option<String> {
    let (account, retailer) = (&record.account_number, &settings.retailer);
    let name = parts(record).written(settings.name_order);
    let first = naming::fill(&settings.display_name, retailer, account, &name);
    let among = Some(retailer.as_str()).filter(|_| settings.has_other_retailers);
    let second = naming::fill_taken(&first, among, account);
    // A template that has the account number gives each customer a name of its own: there is nothing to fall back to.
    let is_own = settings.display_name.contains("{account}");
    let names = [Some(first), (!is_own).then_some(second)];
    names.into_iter().flatten().find(|name| taken.insert(folded(name)))
}

/// Returns a name as QuickBooks compares it with others: without case.
#[must_use]
pub fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

fn parts(record: &PosRecord) -> NameParts<'_> {
    let part = |field| record.fields.text(&field);
    NameParts {
        title: part(CustomerField::Title),
        first: part(CustomerField::FirstName),
        last: part(CustomerField::LastName),
        company: part(CustomerField::Company),
        account: &record.account_number,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::CustomerKey;
    use crate::company::Profile;
    use crate::customers::value::Fields;
    use crate::naming::NameOrder;

    fn record([title, first, last, company]: [&str; 4]) -> PosRecord {
        let mut fields = Fields::default();
        for (field, text) in [
            (CustomerField::Title, title),
            (CustomerField::FirstName, first),
            (CustomerField::LastName, last),
            (CustomerField::Company, company),
        ] {
            fields.set_text(field, Some(text));
        }
        PosRecord {
            key: CustomerKey { retailer: "1651".to_owned(), id: "c-77".to_owned() },
            account_number: "1042".to_owned(),
            fields,
            merged_into: None,
            is_deleted: false,
            use_with_quickbooks: true,
            credit_limit: None,
            balance: None,
            quickbooks_ids: Vec::new(),
            stamp: None,
            changed_at: Default::default(),
        }
    }

    #[test]
    #[rustfmt::skip]
    fn f_09_names_follow_the_order_that_the_company_prefers() {
        use NameOrder::{FirstLast, LastFirst, TitleFirstLast};
        for (order, parts, expected) in [
            (LastFirst, ["Dr", "Sara", "Edward", ""], "Edward, Sara"),
            (FirstLast, ["Dr", "Sara", "Edward", ""], "Sara Edward"),
            (TitleFirstLast, ["Dr", "Sara", "Edward", ""], "Dr Sara Edward"),
            (LastFirst, ["", "", "Edward", ""], "Edward"),
            (LastFirst, ["", "Sara", "", ""], "Sara"),
            (TitleFirstLast, ["", "Sara", "Edward", ""], "Sara Edward"),
            (TitleFirstLast, ["Dr", "", "Edward", ""], "Dr Edward"),
            (TitleFirstLast, ["Dr", "", "", ""], "1042"),
            (LastFirst, ["Dr", "Sara", "Edward", "Acme Bikes"], "Acme Bikes"),
            (FirstLast, ["", "", "", ""], "1042"),
            (FirstLast, ["", " Sara\t ", "Ed:ward", ""], "Sara Ed-ward"),
            (FirstLast, ["", "🚲", "Bell\u{202e}", ""], "🚲 Bell"),
        ] {
            let settings = Settings { name_order: order, ..Settings::of(Profile::TwoWay, "1651") };
            let found = free(&record(parts), &settings, &mut BTreeSet::new());
            assert_eq!(found.as_deref(), Some(expected), "{order:?} {parts:?}");
        }
    }

    #[test]
    fn d_19_a_name_that_is_taken_gets_the_account_number_and_then_is_refused() {
        let settings = Settings::of(Profile::TwoWay, "1651");
        let sara = record(["", "Sara", "Edward", ""]);
        let mut taken = BTreeSet::from([folded("SARA EDWARD")]);
        assert_eq!(free(&sara, &settings, &mut taken).as_deref(), Some("Sara Edward (1042)"));
        assert_eq!(free(&sara, &settings, &mut taken), None, "the name with its suffix is taken too");
        let several = Settings { has_other_retailers: true, ..settings.clone() };
        assert_eq!(free(&sara, &several, &mut taken).as_deref(), Some("Sara Edward (1651-1042)"));
        let own = Settings { display_name: "{retailer}-{account}".to_owned(), ..settings };
        assert_eq!(free(&sara, &own, &mut taken).as_deref(), Some("1651-1042"));
        assert_eq!(free(&sara, &own, &mut taken), None, "a name of its own has nothing to fall back to");
    }

    #[test]
    fn f_09_the_name_is_cut_and_never_its_suffix() {
        let settings = Settings::of(Profile::TwoWay, "1651");
        let long = record(["", "", &"x".repeat(600), ""]);
        let mut taken = BTreeSet::new();
        assert_eq!(free(&long, &settings, &mut taken).unwrap(), "x".repeat(100));
        assert_eq!(free(&long, &settings, &mut taken).unwrap(), format!("{} (1042)", "x".repeat(93)));
    }
}
