//! What customers are called in QuickBooks: `{retailer}-{account}` becomes `1651-1042` (D-19).

use pos_model::{Customer, CustomerName, Store};

/// How many retailers have customers in the company: an account number says who is meant among one retailer's alone (D-19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retailers {
    /// One.
    One,
    /// Two or more.
    Several,
}

/// QuickBooks' own screens take so many characters in a display name (docs/quickbooks.md).
const LIMIT: usize = 100;

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

/// The display name of a customer. A colon would make a sub-customer of the name: a hyphen stands for it. What is too long
/// loses the end of `{name}`.
pub(super) fn fill(template: &str, store: &Store, customer: &Customer) -> String {
    let name = name(customer);
    let full = put(template, store, customer, &name);
    let excess = full.chars().count().saturating_sub(LIMIT);
    let full = if excess == 0 {
        full
    } else {
        let kept: String = name.chars().take(name.chars().count().saturating_sub(excess)).collect();
        put(template, store, customer, &kept)
    };
    clean(&full)
}

/// What a customer is called whose name another record has: `Sara Edward (1042)`, with several retailers
/// `Sara Edward (1651-1042)`.
pub(super) fn fill_taken(template: &str, store: &Store, customer: &Customer, retailers: Retailers) -> String {
    let account = clean(customer.account_number());
    let account = match retailers {
        Retailers::One => format!(" ({account})"),
        Retailers::Several => format!(" ({}-{account})", clean(store.retailer())),
    };
    let room = LIMIT.saturating_sub(account.chars().count());
    let name: String = fill(template, store, customer).chars().take(room).collect();
    format!("{}{account}", name.trim_end())
}

fn put(template: &str, store: &Store, customer: &Customer, name: &str) -> String {
    let mut out = String::with_capacity(template.len() + name.len());
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        // A checked template has a } for every {.
        let (word, after) = from.split_once('}').unwrap_or((from, ""));
        out.push_str(before);
        out.push_str(match word {
            "retailer" => store.retailer(),
            "account" => customer.account_number(),
            _ => name,
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The company, else first and last name, else the account number: a record without any name has that.
fn name(customer: &Customer) -> String {
    let CustomerName { first, last, company, .. } = customer.name();
    if let Some(company) = company.as_deref().filter(|company| !company.trim().is_empty()) {
        return company.trim().to_owned();
    }
    let parts = [first, last].into_iter().flatten().map(|part| part.trim()).filter(|part| !part.is_empty());
    let name = parts.collect::<Vec<_>>().join(" ");
    if name.is_empty() { customer.account_number().to_owned() } else { name }
}

fn clean(name: &str) -> String {
    name.replace(':', "-").trim().to_owned()
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
