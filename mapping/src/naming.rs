//! F-09 and D-19: what a record new to QuickBooks is called. Linked records keep their names.
//!
//! ```text
//! last-first          Edward, Sara            without a first name: Edward
//! first-last          Sara Edward
//! title-first-last    Dr Sara Edward
//! a company           Acme Bikes              whatever the order
//! nothing of these    1042                    the account number
//! {name} #{account}   Sara Edward #1042       over 100 characters the name is cut, and nothing else
//! taken               Sara Edward (1042)      the name is cut, never the suffix
//! ```

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// QuickBooks' own screens take so many characters in a display name (docs/quickbooks.md).
pub(crate) const LIMIT: usize = 100;

/// How `{name}` is written for a new record (F-09).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub enum NameOrder {
    /// `Edward, Sara`
    LastFirst,
    /// `Sara Edward`
    #[default]
    FirstLast,
    /// `Dr Sara Edward`
    TitleFirstLast,
}

/// The parts of a customer's name, as the point of sale has them.
#[derive(Clone, Copy, Default)]
pub(crate) struct NameParts<'a> {
    pub(crate) title: Option<&'a str>,
    pub(crate) first: Option<&'a str>,
    pub(crate) last: Option<&'a str>,
    pub(crate) company: Option<&'a str>,
    pub(crate) account: &'a str,
}

impl NameParts<'_> {
    /// `{name}`: the company, else the person in the order that the company prefers, else the account number. A part that is
    /// missing leaves no comma and no blank.
    pub(crate) fn written(&self, order: NameOrder) -> String {
        let part = |part: Option<&str>| part.and_then(cleaned);
        if let Some(company) = part(self.company) {
            return company;
        }
        let (title, first, last) = (part(self.title), part(self.first), part(self.last));
        let (parts, between) = match order {
            NameOrder::LastFirst => ([None, last, first], ", "),
            NameOrder::FirstLast => ([None, first, last], " "),
            // A title alone names nobody.
            NameOrder::TitleFirstLast => {
                ([title.filter(|_| first.is_some() || last.is_some()), first, last], " ")
            }
        };
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { self.account.to_owned() } else { parts.join(between) }
    }
}

/// Puts the parts into a checked template. What is too long loses the end of `{name}`; a colon would make a sub-customer of
/// the name, so that a hyphen stands for it.
pub(crate) fn fill(template: &str, retailer: &str, account: &str, name: &str) -> String {
    let full = put(template, retailer, account, name);
    let excess = full.chars().count().saturating_sub(LIMIT);
    let kept: String = name.chars().take(name.chars().count().saturating_sub(excess)).collect();
    let full = if excess == 0 { full } else { put(template, retailer, account, &kept) };
    let full = plain(&full).unwrap_or_else(|| account.to_owned());
    cut(&full, LIMIT)
}

/// What a customer is called whose name another record has: `Sara Edward (1042)`, with several retailers
/// `Sara Edward (1651-1042)`.
pub(crate) fn fill_taken(name: &str, retailer: Option<&str>, account: &str) -> String {
    let account = plain(account).unwrap_or_default();
    let suffix = match retailer.and_then(plain) {
        Some(retailer) => format!(" ({retailer}-{account})"),
        None => format!(" ({account})"),
    };
    let room = LIMIT.saturating_sub(suffix.chars().count());
    format!("{}{}", cut(name, room), cut(&suffix, LIMIT))
}

fn put(template: &str, retailer: &str, account: &str, name: &str) -> String {
    let mut out = String::with_capacity(template.len() + name.len());
    let mut rest = template;
    while let Some((before, from)) = rest.split_once('{') {
        // A checked template has a } for every {.
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
    out
}

fn plain(text: &str) -> Option<String> {
    cleaned(&text.replace(':', "-"))
}

fn cut(name: &str, limit: usize) -> String {
    let kept: String = name.chars().take(limit).collect();
    kept.trim_end().to_owned()
}

/// Returns a text without what says nothing: words with one blank between them, in one Unicode form, and neither control
/// characters nor those that turn the direction of reading. None when nothing is left.
pub(crate) fn cleaned(text: &str) -> Option<String> {
    let plain: String = text.chars().map(|c| if is_unreadable(c) { ' ' } else { c }).nfc().collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Control characters and what turns the direction of reading: `pos-model` refuses them, QuickBooks may hold them.
fn is_unreadable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
