//! F-09 and D-19: what a record new to QuickBooks is called. Linked records keep their names.
//!
//! ```text
//! last-first          Edward, Sara            without a first name: Edward
//! first-last          Sara Edward
//! title-first-last    Dr Sara Edward
//! a company           Acme Bikes              whatever the order
//! nothing of these    1042                    the account number
//! taken               Sara Edward (1042)      with several retailers Sara Edward (1651-1042); the name is cut, never the suffix
//! ```

use std::collections::BTreeSet;

use pos_model::CustomerField;

use super::record::PosRecord;
use super::settings::{NameOrder, Settings};
use super::value::FieldValue;

/// QuickBooks' own screens take so many characters in a display name (docs/quickbooks.md).
const LIMIT: usize = 100;

/// Returns a free display name for a record new to QuickBooks, and notes it as taken; none when the name is taken with its suffix
/// too. `taken` holds names as [`folded`] writes them.
pub(super) fn free(record: &PosRecord, settings: &Settings, taken: &mut BTreeSet<String>) -> Option<String> {
    let name = name(record, settings.name_order);
    let account = &record.account_number;
    let full = fill(&settings.display_name, &settings.retailer, account, &name);
    let suffix = if settings.has_other_retailers {
        format!(" ({}-{account})", settings.retailer)
    } else {
        format!(" ({account})")
    };
    let first = cut(&full, LIMIT);
    let second =
        format!("{}{}", cut(&full, LIMIT.saturating_sub(suffix.chars().count())), cut(&suffix, LIMIT));
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

/// `{name}`: the company, else the person in the order that the company prefers, else the account number.
fn name(record: &PosRecord, order: NameOrder) -> String {
    let part = |field: CustomerField| {
        let cleaned = record.fields.get(&field).and_then(FieldValue::cleaned);
        cleaned.as_ref().and_then(FieldValue::as_text).map(str::to_owned)
    };
    if let Some(company) = part(CustomerField::Company) {
        return company;
    }
    let (title, first, last) =
        (part(CustomerField::Title), part(CustomerField::FirstName), part(CustomerField::LastName));
    let (parts, between) = match order {
        NameOrder::LastFirst => ([None, last, first], ", "),
        NameOrder::FirstLast => ([None, first, last], " "),
        // A title alone names nobody.
        NameOrder::TitleFirstLast => {
            ([title.filter(|_| first.is_some() || last.is_some()), first, last], " ")
        }
    };
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { record.account_number.clone() } else { parts.join(between) }
}

/// Puts the parts into a template that [`Company`](crate::Company) has checked, and cleans what comes out: a colon would make a
/// sub-customer of it.
fn fill(template: &str, retailer: &str, account: &str, name: &str) -> String {
    let mut out = String::with_capacity(template.len() + name.len());
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        let (word, after) = from.split_once('}').unwrap_or((from, ""));
        out.push_str(before);
        out.push_str(match word {
            "retailer" => retailer,
            "account" => account,
            _ => name,
        });
        rest = after;
    }
    out.push_str(rest);
    let cleaned = FieldValue::Text(out.replace(':', "-")).cleaned();
    cleaned.as_ref().and_then(FieldValue::as_text).unwrap_or(account).to_owned()
}

fn cut(name: &str, limit: usize) -> String {
    let kept: String = name.chars().take(limit).collect();
    kept.trim_end().to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::CustomerKey;
    use crate::customers::settings::Profile;
    use crate::customers::value::Fields;

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
