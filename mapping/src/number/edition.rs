//! Which posting of an event a number belongs to (N-16): the first one, a correction, a revision.
//!
//! ```text
//! CLT1521022B4C1       CL-CTWLMM-4-1      invoice, credit memo or settlement of a correction
//! CLT9B2RC2            CL-CR9-2-2         credit memo beside an invoice, of the second correction
//! CL306063V1           CL-VO6K5R-1        purchase order that was undone, posted again
//! ```
//!
//! `C` and `V` stand nowhere else behind a prefix: whatever they are added to, and taken off again, is a number of the first
//! posting. One that would be longer than QuickBooks' 21 characters is written compact, also where a company writes plain
//! numbers: what was posted under a number that just fitted can be corrected too. A number has one way of being written.

use std::fmt::{self, Write};
use std::num::NonZeroU32;

use super::meaning::Number;

/// Which posting of an event a document belongs to (N-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Edition {
    /// The event as it was posted first.
    #[default]
    First,
    /// What was posted because the event was changed at the till afterwards (T-06), from 1.
    Correction(NonZeroU32),
    /// The event posted once more after what stood of it was undone, from 1.
    Revision(NonZeroU32),
}

impl Edition {
    /// Its letter and how often; none of the first posting.
    pub(super) fn parts(self) -> Option<(char, NonZeroU32)> {
        match self {
            Self::First => None,
            Self::Correction(n) => Some(('C', n)),
            Self::Revision(n) => Some(('V', n)),
        }
    }

    /// What a letter and a number mean; none of another letter, of 0 and of what is too large.
    pub(crate) fn of(letter: char, n: u64) -> Option<Self> {
        let n = NonZeroU32::new(u32::try_from(n).ok()?)?;
        match letter.to_ascii_uppercase() {
            'C' => Some(Self::Correction(n)),
            'V' => Some(Self::Revision(n)),
            _ => None,
        }
    }
}

/// A number with the posting that it belongs to.
///
/// ```
/// use std::num::NonZeroU32;
/// use mapping::{Edition, Number, NumberScheme, Numbered};
///
/// let number = Number::Transaction { transaction: 1521022, batch: 4 };
/// let corrected = Numbered { number, edition: Edition::Correction(NonZeroU32::MIN) };
/// let text = corrected.format("CL", NumberScheme::Plain)?;
/// assert_eq!(text.as_str(), "CLT1521022B4C1");
/// assert_eq!(Numbered::parse("CL", NumberScheme::Plain, "CLT1521022B4C1"), Some(corrected));
/// # Ok::<(), mapping::NumberTooLong>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Numbered {
    /// What it says of the event.
    pub number: Number,
    /// Which posting of the event.
    pub edition: Edition,
}

impl From<Number> for Numbered {
    fn from(number: Number) -> Self {
        Self { number, edition: Edition::First }
    }
}

impl Numbered {
    /// Returns what the number says, in words; the tender by its id (X-08).
    #[must_use]
    pub fn explain(self) -> String {
        let number = self.number.explain();
        match self.edition {
            Edition::First => number,
            Edition::Correction(n) => {
                format!("correction {n}, posted because the till changed what was posted before, of {number}")
            }
            Edition::Revision(n) => format!("revision {n}, posted again after an undo, of {number}"),
        }
    }
}

/// What is added to a number that is written plainly: `C1`; nothing for the first posting.
pub(super) struct Suffix(pub(super) Edition);

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((letter, n)) = self.0.parts() else { return Ok(()) };
        f.write_char(letter)?;
        n.fmt(f)
    }
}
