//! What customers are called in QuickBooks: `{retailer}-{account}` becomes `1651-1042` (D-19).

use pos_model::{Customer, CustomerName, Store};

use crate::naming::{self, LIMIT, NameOrder, NameParts};

/// How many retailers have customers in the company: an account number says who is meant among one retailer's alone (D-19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retailers {
    /// One.
    One,
    /// Two or more.
    Several,
}

/// What a template breaks, if anything.
pub(super) fn check(template: &str) -> Result<(), &'static str> {
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        let (word, after) = from.split_once('}').ok_or("has a { without }")?;
        if !matches!(word, "retailer" | "account" | "name") {
            return Err("names something else than {retailer}, {account} and {name}");
        }
        if before.contains('}') {
            return Err("has a } without {");
        }
        rest = after;
    }
    if rest.contains('}') {
        return Err("has a } without {");
    }
    if !template.contains("{account}") && !template.contains("{name}") {
        return Err("would call all customers alike; write {account} or {name} in it");
    }
    if template.chars().any(|c| c.is_control() || c == ':') || template.chars().count() > LIMIT {
        return Err("has a colon or control character, or more than 100 characters");
    }
    Ok(())
}

/// The display name of a customer.
pub(super) fn fill(template: &str, order: NameOrder, store: &Store, customer: &Customer) -> String {
    let account = customer.account_number();
    naming::fill(template, store.retailer(), account, &parts(customer).written(order))
}

/// What a customer is called whose name another record has.
pub(super) fn fill_taken(name: &str, store: &Store, customer: &Customer, retailers: Retailers) -> String {
    let retailer = Some(store.retailer()).filter(|_| retailers == Retailers::Several);
    naming::fill_taken(name, retailer, customer.account_number())
}

fn parts(customer: &Customer) -> NameParts<'_> {
    let CustomerName { title, first, last, company, .. } = customer.name();
    NameParts {
        title: title.as_deref(),
        first: first.as_deref(),
        last: last.as_deref(),
        company: company.as_deref(),
        account: customer.account_number(),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn d_19_a_template_tells_customers_apart() {
        for good in ["{retailer}-{account}", "{name}", "{name} #{account}", "Shop {account}"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("", "alike"),
            ("{retailer}", "alike"),
            ("{account", "without }"),
            ("account}", "without {"),
            ("}{account}", "without {"),
            ("{phone} {account}", "something else"),
            ("{name}:{account}", "colon"),
            ("{name}\t{account}", "control"),
        ] {
            assert!(check(bad).is_err_and(|rule| rule.contains(why)), "{bad}");
        }
        let of = |length: usize| check(&format!("{{name}}{}", "x".repeat(length - "{name}".len())));
        assert_eq!(of(100), Ok(()));
        assert!(of(101).is_err());
    }
}
