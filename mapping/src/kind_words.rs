//! What bookkeepers call a kind of record. Codes, in JSON, in keys and in the posting log, keep QuickBooks' own spelling.

/// Returns the words for a kind of record, as QuickBooks' own pages have them: `Credit memo` of `CreditMemo`. An expense is a
/// `Purchase` in QuickBooks' interface, and an expense everywhere else.
///
/// ```
/// assert_eq!(mapping::kind_words("CreditMemo"), "Credit memo");
/// assert_eq!(mapping::kind_words("Purchase"), "Expense");
/// assert_eq!(mapping::kind_words("Journal Entry"), "Journal entry");
/// ```
#[must_use]
pub fn kind_words(kind: &str) -> String {
    if kind == "Purchase" {
        return "Expense".to_owned();
    }
    let mut words = String::with_capacity(kind.len() + 1);
    for letter in kind.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            if !words.ends_with(' ') {
                words.push(' ');
            }
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}
