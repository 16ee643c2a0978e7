//! What each side takes of a value. Nothing is cut: a value that does not fit is not given, and said.
//!
//! ```text
//! title of 17 characters      does not go to QuickBooks, which takes 16
//! e-mail without @            does not go to QuickBooks (fault 2210)
//! custom field of 32          does not go to QuickBooks, which takes 31
//! name with a tab             comes to the POS with a blank in its place, for the POS refuses tabs
//! ```

use pos_model::CustomerField;
use pos_model::raw::Address;

use super::value::FieldValue;

/// Why a side does not take a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Too many characters.
    #[error("it has {length} characters, and {limit} are taken")]
    TooLong {
        /// How many it has.
        length: usize,
        /// How many are taken.
        limit: usize,
    },
    /// Too many lines.
    #[error("the address has {length} lines, and {limit} are taken")]
    TooManyLines {
        /// How many it has.
        length: usize,
        /// How many are taken.
        limit: usize,
    },
    /// No e-mail address.
    #[error("it is no e-mail address: QuickBooks wants an @ and a dot")]
    NoEmail,
    /// QuickBooks has no such type, and types cannot be made through its interface.
    #[error("QuickBooks has no type of this name, and only a person can make it there")]
    TypeLacking,
}

/// Of every side: lines of an address, characters of one, of another part, of a postal code.
const LINES: usize = 5;
const LINE: usize = 500;
const PART: usize = 255;
const POSTAL_CODE: usize = 30;

/// Returns a value as QuickBooks is sent it; none when nothing is left of it.
///
/// # Errors
/// [`Unfit`] when QuickBooks would refuse or cut it. Nothing was posted.
pub fn for_quickbooks(field: &CustomerField, value: &FieldValue) -> Result<Option<FieldValue>, Unfit> {
    let limit = match field {
        CustomerField::Title => 16,
        CustomerField::Phone => 30,
        CustomerField::Custom(_) => 31,
        _ => 100,
    };
    let value = fit(value, limit)?;
    let is_email = |text: &str| text.contains('@') && text.contains('.');
    match value.as_ref().and_then(FieldValue::as_text) {
        Some(text) if *field == CustomerField::Email && !is_email(text) => Err(Unfit::NoEmail),
        _ => Ok(value),
    }
}

/// Returns a value as the POS is given it; none when nothing is left of it.
///
/// # Errors
/// [`Unfit`] when the POS's file form refuses it.
pub fn for_pos(field: &CustomerField, value: &FieldValue) -> Result<Option<FieldValue>, Unfit> {
    let limit = match field {
        CustomerField::Phone => 30,
        CustomerField::Custom(_) => 500,
        _ => 100,
    };
    fit(value, limit)
}

fn fit(value: &FieldValue, limit: usize) -> Result<Option<FieldValue>, Unfit> {
    let Some(value) = value.cleaned() else { return Ok(None) };
    match &value {
        FieldValue::Flag(_) => {}
        FieldValue::Text(text) => within(text, limit)?,
        FieldValue::Address(Address { lines, city, region, postal_code, country }) => {
            if lines.len() > LINES {
                return Err(Unfit::TooManyLines { length: lines.len(), limit: LINES });
            }
            lines.iter().try_for_each(|line| within(line, LINE))?;
            [city, region, country].into_iter().flatten().try_for_each(|part| within(part, PART))?;
            postal_code.iter().try_for_each(|code| within(code, POSTAL_CODE))?;
        }
    }
    Ok(Some(value))
}

fn within(text: &str, limit: usize) -> Result<(), Unfit> {
    let length = text.chars().count();
    if length > limit { Err(Unfit::TooLong { length, limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn f_14_what_does_not_fit_is_said_and_not_cut() {
        let text = |length: usize| FieldValue::Text("ü".repeat(length));
        let too_long = |length, limit| Err(Unfit::TooLong { length, limit });
        for (field, length, quickbooks, pos) in [
            (CustomerField::Title, 16, Ok(()), Ok(())),
            (CustomerField::Title, 17, too_long(17, 16), Ok(())),
            (CustomerField::LastName, 100, Ok(()), Ok(())),
            (CustomerField::LastName, 600, too_long(600, 100), too_long(600, 100)),
            (CustomerField::Phone, 31, too_long(31, 30), too_long(31, 30)),
            (CustomerField::Custom("Birthday".to_owned()), 31, Ok(()), Ok(())),
            (CustomerField::Custom("Birthday".to_owned()), 32, too_long(32, 31), Ok(())),
        ] {
            assert_eq!(for_quickbooks(&field, &text(length)).map(drop), quickbooks, "{field} {length}");
            assert_eq!(for_pos(&field, &text(length)).map(drop), pos, "{field} {length}");
        }
        let email = |text: &str| for_quickbooks(&CustomerField::Email, &FieldValue::Text(text.to_owned())).map(drop);
        assert_eq!(email("sara@example.com"), Ok(()));
        assert_eq!(email("sara at home"), Err(Unfit::NoEmail));
        assert_eq!(email(" "), Ok(()), "an empty one is emptied");
        let lines = FieldValue::Address(Address { lines: vec!["x".to_owned(); 6], ..Address::default() });
        assert_eq!(for_quickbooks(&CustomerField::Address, &lines), Err(Unfit::TooManyLines { length: 6, limit: 5 }));
    }

    #[test]
    fn f_14_what_the_pos_cannot_read_comes_without_it() {
        let given = for_pos(&CustomerField::Company, &FieldValue::Text("Acme\tBikes\u{202e} 🚲".to_owned()));
        assert_eq!(given, Ok(Some(FieldValue::Text("Acme Bikes 🚲".to_owned()))));
    }
}
