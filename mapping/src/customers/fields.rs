//! F-14: three-way, field by field. The base keeps what each side held; changed is what differs from its own side's base.
//!
//! ```text
//! base POS / QuickBooks    now POS / QuickBooks    comes to
//! 555-0101 / 555-0101      555-0101 / 555-0199     the POS gets 555-0199
//! 555-0101 / 555-0101      555-0188 / 555-0101     QuickBooks gets 555-0188, where the customer's flag is set (F-02)
//! 555-0101 / 555-0101      555-0188 / 555-0199     a conflict: by preference a side's value, or a person is asked
//! 555-0101 / 555-0101      555-0199 / 555-0199     agreed
//! 555-0101 / 555-01        555-0101 / 555-01       stands: QuickBooks did not take it, it is listed and not sent again
//! never met                555-0101 /              the empty side is filled
//! never met                555-0101 / 555-0199     QuickBooks' value stands, the POS's is reported (F-01)
//! ```
//!
//! Two fields have rules of their own. Active or not: left alone at a first meeting; later QuickBooks' change counts at once.
//! Tax exemption comes from QuickBooks and never goes there.

use pos_model::CustomerField;

use super::state::Sides;
use super::value::{FieldValue, is_same};

/// What a field's comparison comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Both say the same.
    Agreed,
    /// They differ and neither changed.
    Stands,
    /// The POS gets QuickBooks' value.
    ToPos,
    /// The same, over an edit or a value of the POS that is reported.
    OverPos,
    /// QuickBooks gets the POS's value.
    ToQuickBooks,
    /// The POS's edit stays where it is: the flag is not set.
    Waits,
    /// A person must say.
    Conflict,
}

/// A side of the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The point of sale.
    Pos,
    /// QuickBooks.
    QuickBooks,
}

/// Compares a field. `is_sent` says whether edits of the customer go to QuickBooks; `winner` whose value stands when both sides
/// changed, none when a person must say.
#[must_use]
pub fn compare(
    field: &CustomerField,
    pos: Option<&FieldValue>,
    quickbooks: Option<&FieldValue>,
    base: Option<&Sides>,
    is_sent: bool,
    winner: Option<Side>,
) -> Verdict {
    if is_same(pos, quickbooks) {
        return Verdict::Agreed;
    }
    let Some(base) = base else { return first_meeting(field, pos, quickbooks, is_sent) };
    let pos_changed = !is_same(pos, base.pos.as_ref());
    let quickbooks_changed = !is_same(quickbooks, base.quickbooks.as_ref());
    match (pos_changed, quickbooks_changed) {
        (false, false) => Verdict::Stands,
        (false, true) => Verdict::ToPos,
        (true, false) if *field == CustomerField::TaxExempt => Verdict::Stands,
        (true, false) if is_sent => Verdict::ToQuickBooks,
        (true, false) => Verdict::Waits,
        (true, true) => match field {
            CustomerField::State | CustomerField::TaxExempt => Verdict::OverPos,
            _ if !is_sent => Verdict::OverPos,
            _ => match winner {
                Some(Side::QuickBooks) => Verdict::OverPos,
                Some(Side::Pos) => Verdict::ToQuickBooks,
                None => Verdict::Conflict,
            },
        },
    }
}

/// The two differ and never met: the empty side is filled, else QuickBooks' value stands.
fn first_meeting(
    field: &CustomerField,
    pos: Option<&FieldValue>,
    quickbooks: Option<&FieldValue>,
    is_sent: bool,
) -> Verdict {
    let is_empty = |value: Option<&FieldValue>| is_same(value, None);
    match field {
        // Each side keeps what it has, from here on compared with itself.
        CustomerField::State => Verdict::Agreed,
        _ if is_empty(pos) => Verdict::ToPos,
        _ if !is_empty(quickbooks) => Verdict::OverPos,
        _ if is_sent => Verdict::ToQuickBooks,
        _ => Verdict::Waits,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use Verdict::{Agreed, Conflict, OverPos, Stands, ToPos, ToQuickBooks, Waits};

    fn text(text: &str) -> Option<FieldValue> {
        (!text.is_empty()).then(|| FieldValue::Text(text.to_owned()))
    }

    #[test]
    #[rustfmt::skip]
    fn f_14_each_field_is_compared_with_what_its_own_side_held() {
        // Base of POS and QuickBooks, now POS and QuickBooks; with the flag, without it (F-02).
        for (base, now, flagged, unflagged) in [
            (("a", "a"), ("a", "a"), Agreed, Agreed),
            (("a", "a"), ("b", "a"), ToQuickBooks, Waits),
            (("a", "a"), ("a", "b"), ToPos, ToPos),
            (("a", "a"), ("b", "c"), Conflict, OverPos),
            (("a", "a"), ("b", "b"), Agreed, Agreed),
            (("a", "a"), ("b", " b "), Agreed, Agreed),
            (("a", "a"), ("", "a"), ToQuickBooks, Waits),
            (("a", "a"), ("a", ""), ToPos, ToPos),
            (("a", "a"), ("", ""), Agreed, Agreed),
            (("a", "a"), ("", "b"), Conflict, OverPos),
            (("", ""), ("a", ""), ToQuickBooks, Waits),
            // QuickBooks cut what it was sent: no edit of a person, and not sent again.
            (("abcdef", "abc"), ("abcdef", "abc"), Stands, Stands),
            (("abcdef", "abc"), ("abcdef", "abd"), ToPos, ToPos),
            (("abcdef", "abc"), ("abcdeg", "abc"), ToQuickBooks, Waits),
            // A conflict ends when one side goes back.
            (("a", "a"), ("a", "c"), ToPos, ToPos),
        ] {
            let (pos, quickbooks) = (text(now.0), text(now.1));
            let base = Sides { pos: text(base.0), quickbooks: text(base.1) };
            let verdict = |is_sent| {
                compare(&CustomerField::Phone, pos.as_ref(), quickbooks.as_ref(), Some(&base), is_sent, None)
            };
            assert_eq!((verdict(true), verdict(false)), (flagged, unflagged), "{now:?}");
        }
    }

    #[test]
    fn f_14_a_preference_settles_what_both_sides_changed() {
        let base = Sides { pos: text("a"), quickbooks: text("a") };
        let verdict = |winner| {
            let (pos, quickbooks) = (text("b"), text("c"));
            compare(&CustomerField::Phone, pos.as_ref(), quickbooks.as_ref(), Some(&base), true, winner)
        };
        assert_eq!(verdict(Some(Side::QuickBooks)), OverPos);
        assert_eq!(verdict(Some(Side::Pos)), ToQuickBooks);
        assert_eq!(verdict(None), Conflict);
    }

    #[test]
    fn f_01_a_first_meeting_fills_what_is_empty_and_else_quickbooks_value_stands() {
        for (pos, quickbooks, flagged, unflagged) in [
            ("a", "", ToQuickBooks, Waits),
            ("", "a", ToPos, ToPos),
            ("a", "b", OverPos, OverPos),
            ("a", "a", Agreed, Agreed),
        ] {
            let (pos, quickbooks) = (text(pos), text(quickbooks));
            let verdict = |is_sent| {
                compare(&CustomerField::Phone, pos.as_ref(), quickbooks.as_ref(), None, is_sent, None)
            };
            assert_eq!((verdict(true), verdict(false)), (flagged, unflagged));
        }
    }

    #[test]
    fn f_14_active_and_tax_exemption_have_rules_of_their_own() {
        let flag = |flag: bool| Some(FieldValue::Flag(flag));
        let verdict = |field, base: Option<(bool, bool)>, now: (bool, bool)| {
            let base = base.map(|(pos, quickbooks)| Sides { pos: flag(pos), quickbooks: flag(quickbooks) });
            compare(&field, flag(now.0).as_ref(), flag(now.1).as_ref(), base.as_ref(), true, None)
        };
        let state = |base, now| verdict(CustomerField::State, base, now);
        assert_eq!(state(None, (true, false)), Agreed, "a first meeting leaves it alone");
        assert_eq!(state(Some((true, false)), (true, false)), Stands);
        assert_eq!(state(Some((true, true)), (true, false)), ToPos);
        assert_eq!(state(Some((true, true)), (false, true)), ToQuickBooks);
        assert_eq!(state(Some((true, false)), (false, true)), OverPos, "QuickBooks' change counts at once");
        let exempt = |base, now| verdict(CustomerField::TaxExempt, base, now);
        assert_eq!(exempt(None, (true, false)), OverPos);
        assert_eq!(exempt(Some((false, false)), (true, false)), Stands, "it never goes to QuickBooks");
        assert_eq!(exempt(Some((false, false)), (false, true)), ToPos);
    }
}
