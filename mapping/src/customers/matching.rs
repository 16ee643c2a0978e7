//! F-01 and F-08: who is the same person? Lists are matched before anything is added, inactive records of both sides too.
//!
//! ```text
//! equal name and equal e-mail or phone, one to one    linked
//! equal name alone, or several such                   a proposal: a person decides, and neither is added until then
//! similar name, or equal e-mail or phone              a proposal
//! 94 % for "Sara Edwards" and "Edward, Sara"          the names, however ordered, as edit distance; equal contacts raise it
//! ```
//!
//! Names are compared in any order of their words, without case, accents and punctuation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pos_model::CustomerField;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::record::{PosRecord, QuickBooksRecord};
use super::value::Fields;

/// From this likeness of names on, two records are a candidate without any equal contact.
const SIMILAR: u8 = 85;
/// From this likeness of names on, an equal contact makes two records a candidate: a family shares a telephone.
const SIMILAR_WITH_CONTACT: u8 = 60;

/// How much alike two records are, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Likeness {
    /// 0 to 100: of the names, and of 100 for each equal contact, the mean.
    pub percent: u8,
    /// What speaks for it.
    pub reasons: Vec<Reason>,
}

/// Why two records may be the same customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The names are equal, however ordered.
    SameName,
    /// The names are alike, so many per cent.
    SimilarName(u8),
    /// The e-mail addresses are equal.
    SameEmail,
    /// The telephone numbers are equal.
    SamePhone,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameName => f.write_str("same name"),
            Self::SimilarName(percent) => write!(f, "names alike by {percent} %"),
            Self::SameEmail => f.write_str("same e-mail"),
            Self::SamePhone => f.write_str("same phone"),
        }
    }
}

impl Likeness {
    /// Returns whether it is enough to hold back an addition until a person decides: equal names, or an equal contact.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.reasons.iter().any(|reason| !matches!(reason, Reason::SimilarName(_)))
    }

    /// Returns whether it is enough to link two records without asking: equal names and an equal contact.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.reasons.contains(&Reason::SameName)
            && self.reasons.iter().any(|reason| matches!(reason, Reason::SameEmail | Reason::SamePhone))
    }
}

/// What a record is compared by.
#[derive(Debug, Default)]
pub struct Features {
    /// The person's name, with and without title, words in order of the alphabet.
    person: BTreeSet<String>,
    company: Option<String>,
    /// QuickBooks' display name.
    display: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl Features {
    /// Returns what a customer of the POS is compared by.
    #[must_use]
    pub fn of_pos(record: &PosRecord) -> Self {
        Self::of(&record.fields)
    }

    /// Returns what a record of QuickBooks is compared by.
    #[must_use]
    pub fn of_quickbooks(record: &QuickBooksRecord) -> Self {
        Self { display: normal(&record.display_name), ..Self::of(&record.fields) }
    }

    fn of(fields: &Fields) -> Self {
        let part = |field| fields.text(&field).unwrap_or_default();
        let (first, last) = (part(CustomerField::FirstName), part(CustomerField::LastName));
        let name = format!("{first} {last}");
        let person = normal(&name).map_or(BTreeSet::new(), |name| {
            let titled = normal(&format!("{} {first} {last}", part(CustomerField::Title)));
            titled.into_iter().chain([name]).collect()
        });
        let digits: String = part(CustomerField::Phone).chars().filter(char::is_ascii_digit).collect();
        // The last ten digits: with and without the country's code is the same number.
        let phone = (digits.len() >= 7).then(|| digits[digits.len().saturating_sub(10)..].to_owned());
        let email = part(CustomerField::Email).trim().to_lowercase();
        Self {
            person,
            company: normal(part(CustomerField::Company)),
            display: None,
            email: (!email.is_empty()).then_some(email),
            phone,
        }
    }

    /// The names that stand for this record when the other one is compared with it. A company stands for its people only
    /// where one side names no person: two who work there are two customers.
    fn names<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a String> {
        let company = self.company.as_ref().filter(|_| self.person.is_empty() || other.person.is_empty());
        // A display name speaks where the parts of the name do not.
        let display = self.display.as_ref().filter(|_| self.person.is_empty());
        self.person.iter().chain(company).chain(display)
    }

    /// Returns how much alike two records are; none when they are no candidate for the same customer.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> Option<Likeness> {
        let names = self.names(other).flat_map(|a| other.names(self).map(move |b| percent(a, b))).max()?;
        let mut reasons = match names {
            100 => vec![Reason::SameName],
            alike if alike >= SIMILAR_WITH_CONTACT => vec![Reason::SimilarName(alike)],
            _ => return None,
        };
        let is_equal = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        reasons.extend(is_equal(&self.email, &other.email).then_some(Reason::SameEmail));
        reasons.extend(is_equal(&self.phone, &other.phone).then_some(Reason::SamePhone));
        if reasons.len() == 1 && names < SIMILAR {
            return None;
        }
        let contacts = reasons.len() - 1;
        let mean = (usize::from(names) + 100 * contacts) / (1 + contacts);
        Some(Likeness { percent: u8::try_from(mean).unwrap_or(100), reasons })
    }

    /// What two candidates share at least one of: an e-mail address, a telephone number, a name, or all of a name but one word
    /// and that word's first two letters. It keeps the comparison of two long lists from growing with their product.
    fn blocks(&self) -> BTreeSet<String> {
        let mut blocks = BTreeSet::new();
        blocks.extend(self.email.iter().map(|email| format!("@{email}")));
        blocks.extend(self.phone.iter().map(|phone| format!("#{phone}")));
        for name in self.person.iter().chain(&self.company).chain(&self.display) {
            let words: Vec<&str> = name.split(' ').collect();
            for (i, word) in words.iter().enumerate() {
                let opening: String = word.chars().take(if words.len() == 1 { 3 } else { 2 }).collect();
                let rest: Vec<&str> =
                    words.iter().enumerate().filter(|(at, _)| *at != i).map(|(_, word)| *word).collect();
                blocks.insert(format!("{opening}|{}", rest.join(" ")));
            }
        }
        blocks
    }
}

/// Words in lower case, without accents and punctuation, in the order of the alphabet; none when no letter or digit is left.
pub(super) fn normal(name: &str) -> Option<String> {
    let plain = name.trim_end().strip_suffix(DELETED).unwrap_or(name);
    let plain: String = plain
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !matches!(c, '\'' | '\u{2019}' | '.'))
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let mut words: Vec<&str> = plain.split_whitespace().collect();
    words.sort_unstable();
    (!words.is_empty()).then(|| words.join(" "))
}

/// What QuickBooks appends to the name of an inactive record.
pub(super) const DELETED: &str = " (deleted)";

/// How much alike two names are: 100 less the share of letters that must be changed.
fn percent(a: &str, b: &str) -> u8 {
    if a == b {
        return 100;
    }
    let longest = a.chars().count().max(b.chars().count());
    let distance = strsim::osa_distance(a, b);
    let alike = (longest.saturating_sub(distance) * 100).checked_div(longest).unwrap_or_default();
    // Names that differ are never told as equal.
    u8::try_from(alike.min(99)).unwrap_or(99)
}

/// Returns the candidates of two lists: indexes into them, with their likeness, in order.
#[must_use]
pub fn candidates(pos: &[Features], quickbooks: &[Features]) -> BTreeMap<(usize, usize), Likeness> {
    let mut blocks: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (i, features) in pos.iter().enumerate() {
        features.blocks().into_iter().for_each(|block| blocks.entry(block).or_default().0.push(i));
    }
    for (i, features) in quickbooks.iter().enumerate() {
        features.blocks().into_iter().for_each(|block| blocks.entry(block).or_default().1.push(i));
    }
    let mut found = BTreeMap::new();
    let mut compared = BTreeSet::new();
    for (ours, theirs) in blocks.into_values() {
        for pair in ours.iter().flat_map(|i| theirs.iter().map(move |j| (*i, *j))) {
            if compared.insert(pair)
                && let Some(likeness) = pos[pair.0].likeness(&quickbooks[pair.1])
            {
                found.insert(pair, likeness);
            }
        }
    }
    found
}

/// Returns the likely duplicates among the POS's own customers, most alike first (F-08). Merged and deleted ones are left out.
#[must_use]
pub fn duplicates(customers: &[PosRecord]) -> Vec<(&PosRecord, &PosRecord, Likeness)> {
    let live: Vec<&PosRecord> =
        customers.iter().filter(|record| record.merged_into.is_none() && !record.is_deleted).collect();
    let features: Vec<Features> = live.iter().map(|record| Features::of_pos(record)).collect();
    let pairs = candidates(&features, &features);
    let mut found: Vec<_> = pairs
        .into_iter()
        .filter(|((i, j), _)| i < j)
        .map(|((i, j), like)| (live[i], live[j], like))
        .collect();
    found.sort_by_key(|(.., likeness)| std::cmp::Reverse(likeness.percent));
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    /// First name, last name, company, e-mail, phone.
    type Person = [&'static str; 5];

    fn features([first, last, company, email, phone]: Person) -> Features {
        let mut fields = Fields::default();
        for (field, text) in [
            (CustomerField::FirstName, first),
            (CustomerField::LastName, last),
            (CustomerField::Company, company),
            (CustomerField::Email, email),
            (CustomerField::Phone, phone),
        ] {
            fields.set_text(field, Some(text));
        }
        Features::of(&fields)
    }

    /// Two people, and the likeness that is found.
    type Row = (Person, Person, Option<(u8, &'static [Reason])>);

    #[test]
    #[rustfmt::skip]
    fn f_01_names_and_contacts_decide_together() {
        use Reason::{SameEmail, SameName, SamePhone, SimilarName};
        let rows: [Row; 13] = [
            (["Sara", "Edward", "", "s@x.com", ""], ["Sara", "Edward", "", "S@X.com ", ""], Some((100, &[SameName, SameEmail]))),
            (["Sara", "Edward", "", "", "(617) 555-0101"], ["SARA", "EDWARD", "", "", "+1 617 555 0101"], Some((100, &[SameName, SamePhone]))),
            (["Sara", "Edward", "", "", ""], ["Edward", "Sara", "", "", ""], Some((100, &[SameName]))),
            (["José", "O'Brien", "", "", ""], ["Jose", "OBrien", "", "", ""], Some((100, &[SameName]))),
            (["Sara", "Edward", "", "", ""], ["Sara", "Edwards", "", "", ""], Some((91, &[SimilarName(91)]))),
            (["Sara", "Edward", "", "s@x.com", ""], ["Sara", "Edwards", "", "s@x.com", ""], Some((95, &[SimilarName(91), SameEmail]))),
            (["Ann", "Bell", "", "", "617 555 0101"], ["Anne", "Bells", "", "", "617 555 0101"], Some((90, &[SimilarName(80), SamePhone]))),
            (["Ann", "Bell", "", "", ""], ["Anne", "Bells", "", "", ""], None),
            (["Ann", "Bell", "", "family@x.com", ""], ["Christopher", "Bell", "", "family@x.com", ""], None),
            (["", "", "Acme Bikes, Inc.", "", "6175550101"], ["", "", "ACME BIKES INC", "", "6175550101"], Some((100, &[SameName, SamePhone]))),
            (["Ann", "Bell", "Acme", "", "6175550101"], ["Ken", "Moore", "Acme", "", "6175550101"], None),
            (["Ann", "Bell", "Acme", "", "6175550101"], ["", "", "Acme", "", "6175550101"], Some((100, &[SameName, SamePhone]))),
            (["", "", "", "s@x.com", ""], ["", "", "", "s@x.com", ""], None),
        ];
        for (a, b, expected) in rows {
            let expected = expected.map(|(percent, reasons)| Likeness { percent, reasons: reasons.to_vec() });
            assert_eq!(features(a).likeness(&features(b)), expected, "{a:?} {b:?}");
            assert_eq!(features(b).likeness(&features(a)), expected, "{b:?} {a:?}");
            let found = candidates(&[features(a)], &[features(b)]);
            assert_eq!(found.into_values().next(), expected, "blocks lose {a:?} {b:?}");
        }
    }

    #[test]
    fn f_14_what_quickbooks_appends_to_a_name_is_not_compared() {
        assert_eq!(normal("Edward, Sara (deleted)"), normal("Sara Edward"));
        assert_eq!(normal("🚲 ..."), None);
    }
}
