//! When QuickBooks takes two names for one: names of list entries are unique whatever their case.

/// Returns what of a name decides whether it is the same as another: the name in lower case.
#[must_use]
pub fn name_key(name: &str) -> String {
    name.to_lowercase()
}

/// Returns whether two names are the same to QuickBooks.
///
/// ```
/// assert!(qb_model::engine::is_same_name("\u{c9}charpe", "\u{e9}charpe"));
/// assert!(!qb_model::engine::is_same_name("Scarf", "Scarves"));
/// ```
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    one == other || name_key(one) == name_key(other)
}
