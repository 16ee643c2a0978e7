//! What the posting log is told of customers: whose record is whose, what is being offered to either side, how far both have been
//! read. Names, addresses and other values stand in the body of the entry, which the log may forget; its text has keys and ids.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use mapping::CustomerKey;
use mapping::customers::{Base, Fields, Link, LinkState, RecordId};
use pos_model::CustomerField;
use serde::{Deserialize, Serialize};

/// What an exchange of customers has learned, and the values that go with it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomerNotes {
    /// The notes, in their order.
    pub notes: Vec<CustomerNote>,
    /// Their values as JSON, one a note. Empty once the log has forgotten it: then nothing is known of what either side held, and
    /// customers meet as for the first time.
    pub body: String,
}

impl fmt::Debug for CustomerNotes {
    /// Without the body, which is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { notes, body } = self;
        f.debug_struct("CustomerNotes").field("notes", notes).field("body_bytes", &body.len()).finish()
    }
}

/// One thing that was learned of customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CustomerNote {
    /// The records that a customer has now, in their order; none: it has no more.
    Links {
        /// The customer.
        customer: CustomerKey,
        /// Its records, and what became of each.
        records: Vec<(RecordId, LinkState)>,
    },
    /// A customer stands for another.
    Merged {
        /// The one that was merged.
        duplicate: CustomerKey,
        /// The one that stands for it.
        keeper: CustomerKey,
    },
    /// A person said that the two are not the same.
    Apart {
        /// The customer.
        customer: CustomerKey,
        /// The record.
        record: RecordId,
    },
    /// What is open now, in the place of what was open before.
    Open {
        /// Customers whose both sides are read in every exchange.
        customers: BTreeSet<CustomerKey>,
        /// Conflicts that were reported.
        conflicts: BTreeSet<(CustomerKey, CustomerField)>,
        /// Pairs that a person has been asked about.
        proposed: BTreeSet<(CustomerKey, RecordId)>,
    },
    /// Customers and records that have no counterpart.
    Unlinked {
        /// Customers of the point of sale.
        customers: BTreeSet<CustomerKey>,
        /// Records of QuickBooks.
        records: BTreeSet<RecordId>,
    },
    /// Customers and records without a counterpart that are no longer there.
    NoLonger {
        /// Customers of the point of sale.
        customers: BTreeSet<CustomerKey>,
        /// Records of QuickBooks.
        records: BTreeSet<RecordId>,
    },
    /// A record is about to be given to the point of sale as a new customer.
    OfferedToPos {
        /// The record.
        record: RecordId,
    },
    /// The point of sale has taken a record; its links say whose it is.
    TakenByPos {
        /// The record.
        record: RecordId,
    },
    /// A customer's record is about to be made in QuickBooks.
    OfferedToQuickBooks {
        /// The customer.
        customer: CustomerKey,
    },
    /// The record that stands above one; none: it stands at the top now.
    Below {
        /// The record.
        record: RecordId,
        /// The one above.
        parent: Option<RecordId>,
    },
    /// QuickBooks' figure of a customer, in cents: what it owed there when everything before this entry was posted.
    Figure {
        /// The customer.
        customer: CustomerKey,
        /// Positive: it owes.
        cents: i64,
    },
    /// Balances have been read.
    BalancesRead {
        /// Until when changes are known, by QuickBooks' clock.
        until: DateTime<Utc>,
        /// When whoever owes was read last.
        whole_at: Option<DateTime<Utc>>,
    },
    /// An exchange has come to its end.
    Ended {
        /// Until when changes of QuickBooks are known, by its clock.
        quickbooks: DateTime<Utc>,
        /// Until where changes of the point of sale are known, in its own words.
        pos: String,
        /// A digest of what the company has chosen: another one, and everything without a counterpart is looked at again.
        options: String,
        /// What is to be looked at again in the next exchange.
        again: BTreeSet<CustomerKey>,
        /// The same of records.
        again_records: BTreeSet<RecordId>,
        /// What came of it, by the words of the summary.
        counts: BTreeMap<String, u64>,
    },
    /// An exchange both ways is over: customers, documents, balances (F-13).
    Exchanged(LoggedExchange),
}

/// An exchange as the posting log keeps it: when, and how much of each. Keys and counts alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoggedExchange {
    /// When it ended, by QuickBooks' clock.
    pub at: DateTime<Utc>,
    /// Whether all of it was done; else the next one went on.
    pub is_whole: bool,
    /// Customers, by the words of the summary.
    pub customers: BTreeMap<String, u64>,
    /// Documents by their outcome's words.
    pub documents: BTreeMap<String, u64>,
    /// Balances of the point of sale that were overwritten.
    pub balances: u64,
    /// Charges that were held.
    pub held: u64,
    /// Customers of whom something could not be done, each with the refusal's code.
    pub refused: BTreeMap<CustomerKey, String>,
}

/// The values of a note.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Values {
    /// It has none.
    #[default]
    None,
    /// Of each record of a customer.
    Links(Vec<LinkValues>),
    /// Of a record that is given to the point of sale.
    ToPos(Box<OfferToPos>),
    /// Of a record that is made in QuickBooks.
    ToQuickBooks(Box<OfferToQuickBooks>),
}

/// What each side held of a link, and what the point of sale calls it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct LinkValues {
    base: Base,
    told_name: Option<String>,
}

/// A customer as it is given to the point of sale, beside what QuickBooks held then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfferToPos {
    pub(crate) display_name: String,
    pub(crate) given: Fields,
    pub(crate) quickbooks: Fields,
    pub(crate) use_with_quickbooks: bool,
}

/// A record as it is made in QuickBooks, beside what the point of sale held then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfferToQuickBooks {
    pub(crate) pos: Fields,
    pub(crate) sent: Fields,
}

/// A note with its values.
pub(crate) type Noted = (CustomerNote, Values);

impl CustomerNotes {
    pub(crate) fn of(noted: Vec<Noted>) -> Result<Self, serde_json::Error> {
        let (notes, values): (Vec<CustomerNote>, Vec<Values>) = noted.into_iter().unzip();
        Ok(Self { notes, body: serde_json::to_string(&values)? })
    }

    /// The notes with their values, as far as the log has not forgotten them.
    pub(crate) fn noted(&self) -> impl Iterator<Item = (&CustomerNote, Values)> {
        let values: Vec<Values> = serde_json::from_str(&self.body).unwrap_or_default();
        self.notes.iter().zip(values.into_iter().chain(std::iter::repeat_with(Values::default)))
    }
}

/// The records of a customer as a note.
pub(crate) fn links(customer: &CustomerKey, links: &[Link]) -> Noted {
    let records = links.iter().map(|link| (link.record.clone(), link.state)).collect();
    let values = links
        .iter()
        .map(|link| LinkValues { base: link.base.clone(), told_name: link.told_name.clone() })
        .collect();
    (CustomerNote::Links { customer: customer.clone(), records }, Values::Links(values))
}

/// The records that a note says a customer has.
pub(crate) fn links_of(records: &[(RecordId, LinkState)], values: Values) -> Vec<Link> {
    let values = if let Values::Links(values) = values { values } else { Vec::new() };
    let values = values.into_iter().chain(std::iter::repeat_with(LinkValues::default));
    let link = |((record, state), LinkValues { base, told_name }): (&(RecordId, LinkState), LinkValues)| {
        Link { record: record.clone(), base, state: *state, told_name }
    };
    records.iter().zip(values).map(link).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use mapping::customers::{FieldValue, Sides};
    use qb_model::Id;

    use super::*;

    #[test]
    fn notes_are_read_as_they_were_written_and_their_text_holds_no_value() {
        let customer: CustomerKey = "1651/c-77".parse().unwrap();
        let mut link = Link::new(Id::new("58").unwrap());
        let phone = Some(FieldValue::Text("617 555 0101".to_owned()));
        link.base.insert(CustomerField::Phone, Sides { pos: phone.clone(), quickbooks: phone });
        link.told_name = Some("Edward, Sara".to_owned());
        let apart = CustomerNote::Apart { customer: customer.clone(), record: Id::new("59").unwrap() };
        let noted = vec![(apart.clone(), Values::None), links(&customer, std::slice::from_ref(&link))];
        let notes = CustomerNotes::of(noted).unwrap();
        let text = serde_json::to_string(&notes.notes).unwrap();
        assert!(!text.contains("555") && !text.contains("Sara"), "{text}");
        assert!(!format!("{notes:?}").contains("Sara"));
        let read = |notes: &CustomerNotes| -> Vec<Link> {
            let of_links = notes.noted().filter_map(|(note, values)| match note {
                CustomerNote::Links { records, .. } => Some(links_of(records, values)),
                _ => None,
            });
            of_links.flatten().collect()
        };
        assert_eq!((&notes.notes[0], read(&notes)), (&apart, vec![link.clone()]));
        let forgotten = CustomerNotes { body: String::new(), ..notes };
        assert_eq!(read(&forgotten), [Link::new(link.record)]);
    }
}
