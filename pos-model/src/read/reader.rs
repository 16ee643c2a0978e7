//! What every part of a file is read with: the tables that events refer to, the place being read, the faults found, and the
//! reading of single values.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use crate::customer::Customer;
use crate::error::excerpt;
use crate::raw::{self, DecimalText};
use crate::store::Address;
use crate::tender::TenderType;
use crate::{Fault, Money, Place, Rule};

/// Ids and account numbers: short enough for a request id and a display name.
pub(super) const ID_LIMIT: usize = 24;
/// QuickBooks' names hold 100 characters.
pub(super) const NAME_LIMIT: usize = 100;
/// As QuickBooks: e-mail addresses, telephone numbers, and the parts of a postal address.
pub(super) const EMAIL_LIMIT: usize = 100;
pub(super) const PHONE_LIMIT: usize = 30;
pub(super) const ADDRESS_LINES: usize = 5;
pub(super) const ADDRESS_LINE_LIMIT: usize = 500;
pub(super) const ADDRESS_PART_LIMIT: usize = 255;
pub(super) const POSTAL_CODE_LIMIT: usize = 30;
/// Of texts that stand in no field of QuickBooks by themselves.
pub(super) const UNLIMITED: usize = usize::MAX;

/// The names of an address's fields in a message: its lines, city, region, postal code and country.
pub(super) type AddressFields = [&'static str; 5];
pub(super) const ADDRESS: AddressFields =
    ["address.lines", "address.city", "address.region", "address.postal_code", "address.country"];
pub(super) const SHIPPING_ADDRESS: AddressFields = [
    "shipping_address.lines",
    "shipping_address.city",
    "shipping_address.region",
    "shipping_address.postal_code",
    "shipping_address.country",
];
pub(super) const SHIP_TO: AddressFields =
    ["ship_to.lines", "ship_to.city", "ship_to.region", "ship_to.postal_code", "ship_to.country"];

/// What has been read so far: the tables that events refer to, the place being read, and the faults.
pub(crate) struct Reader {
    pub(super) place: Place,
    pub(super) faults: Vec<Fault>,
    pub(super) tender_types: HashMap<u64, Arc<TenderType>>,
    pub(super) customers: HashMap<String, Arc<Customer>>,
    pub(super) account_numbers: HashSet<String>,
    pub(super) seen: HashSet<(&'static str, u64)>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            place: Place::default(),
            faults: Vec::new(),
            tender_types: HashMap::new(),
            customers: HashMap::new(),
            account_numbers: HashSet::new(),
            seen: HashSet::new(),
        }
    }

    pub(super) fn address(&mut self, fields: AddressFields, raw: raw::Address) -> Address {
        let [lines_field, city, region, postal_code, country] = fields;
        let length = raw.lines.len();
        if length > ADDRESS_LINES {
            self.fault(lines_field, Rule::TooMany { length, limit: ADDRESS_LINES });
        }
        for (i, line) in raw.lines.iter().enumerate() {
            self.place.part = Some(("address line", i));
            self.free_text(lines_field, line, ADDRESS_LINE_LIMIT);
        }
        self.place.part = None;
        Address {
            lines: raw.lines,
            city: self.optional_text(city, raw.city, ADDRESS_PART_LIMIT),
            region: self.optional_text(region, raw.region, ADDRESS_PART_LIMIT),
            postal_code: self.optional_text(postal_code, raw.postal_code, POSTAL_CODE_LIMIT),
            country: self.optional_text(country, raw.country, ADDRESS_PART_LIMIT),
        }
    }

    /// Moves on to an event; its id must be new among its kind.
    pub(super) fn event(&mut self, word: &'static str, id: u64) {
        if !self.moves_on(word, id) {
            self.duplicate(if word == "purchase order" { "number" } else { "id" }, id);
        }
    }

    /// Moves on to an event; whether its id is new among its kind.
    pub(super) fn moves_on(&mut self, word: &'static str, id: u64) -> bool {
        self.place.event = Some((word, id.to_string()));
        self.place.part = None;
        self.seen.insert((word, id))
    }

    pub(super) fn fault(&mut self, field: &'static str, rule: Rule) {
        self.faults.push(Fault { place: Place { field, ..self.place.clone() }, rule });
    }

    pub(super) fn duplicate(&mut self, field: &'static str, value: impl ToString) {
        self.fault(field, Rule::Duplicate { value: value.to_string() });
    }

    /// A text that stands in request ids: letters and digits that no system writes differently.
    pub(super) fn identifier(&mut self, field: &'static str, text: &str) {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if text.bytes().all(is_plain) {
            self.text(field, text, ID_LIMIT);
        } else {
            self.fault(field, Rule::IllegalIdentifier { text: excerpt(text) });
        }
    }

    pub(super) fn text(&mut self, field: &'static str, text: &str, limit: usize) {
        if text.trim().is_empty() {
            self.fault(field, Rule::Missing);
        } else {
            self.free_text(field, text, limit);
        }
    }

    /// A text that may be missing. One that is blank says nothing and counts as missing: what stands in for a missing text
    /// stands in for it too.
    pub(super) fn optional_text(
        &mut self,
        field: &'static str,
        text: Option<String>,
        limit: usize,
    ) -> Option<String> {
        let text = text?;
        self.free_text(field, &text, limit);
        (!text.trim().is_empty()).then_some(text)
    }

    /// A text that may be empty.
    pub(super) fn free_text(&mut self, field: &'static str, text: &str, limit: usize) {
        // A character has a byte or more: only a text of many bytes need be counted.
        let length = if text.len() > limit { text.chars().count() } else { 0 };
        if length > limit {
            self.fault(field, Rule::TooLong { length, limit });
        } else if let Some(illegal) = text.chars().find(|c| is_illegal(*c)) {
            self.fault(field, Rule::IllegalCharacter { code: illegal.into() });
        }
    }

    pub(super) fn decimal(&mut self, field: &'static str, text: &DecimalText) -> Option<Decimal> {
        match text.value() {
            Ok(number) => Some(number),
            Err(text) => {
                let text = excerpt(text);
                self.fault(field, Rule::NotADecimal { text });
                None
            }
        }
    }

    pub(super) fn money(&mut self, field: &'static str, text: &DecimalText) -> Option<Money> {
        let number = self.decimal(field, text)?;
        let money = Money::exact(number);
        if money.is_none() {
            let text = number.to_string();
            let rule = if number.abs() > Money::MAX.to_decimal() {
                Rule::OutOfRange { text }
            } else {
                Rule::ExcessPrecision { text }
            };
            self.fault(field, rule);
        }
        money
    }

    pub(super) fn instant(&mut self, field: &'static str, instant: DateTime<FixedOffset>) {
        self.date(field, instant.date_naive());
    }

    pub(super) fn date(&mut self, field: &'static str, date: NaiveDate) {
        if !(1990..=2199).contains(&date.year()) {
            self.fault(field, Rule::DateOutOfRange { date });
        }
    }

    pub(super) fn tender_type_of(&mut self, field: &'static str, id: u64) -> Option<Arc<TenderType>> {
        let found = self.tender_types.get(&id).cloned();
        if found.is_none() {
            self.fault(field, Rule::UnknownTenderType { id });
        }
        found
    }

    pub(super) fn customer_of(&mut self, id: String) -> Option<Arc<Customer>> {
        let found = self.customers.get(&id).cloned();
        if found.is_none() {
            self.fault("customer", Rule::UnknownCustomer { id: excerpt(&id) });
        }
        found
    }
}

/// Control characters, line breaks, and what turns the direction of reading: a name must read as it is stored.
fn is_illegal(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text that names its owner in a place.
pub(super) fn shown(text: &str) -> String {
    excerpt(text).escape_debug().to_string()
}
