//! Differences in a bookkeeper's words: the state, what happened, and what to do. No step is named that does not exist.

use pos_model::Money;

use super::records::Records;
use super::value::{DocumentName, Finding, FindingAmount, Personal};
use crate::drift::Standing;
use crate::report::Outcome;
use crate::tie_out::{Cause, Difference, DifferentAmount};

/// What became of a document, in a bookkeeper's words; docs/certificate.md explains each.
pub(super) const fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AlreadyPosted | Outcome::Created => "Posted",
        Outcome::Adopted => "Found already there",
        Outcome::StoredDifferently => "Changed on arrival",
        Outcome::Conflict => "Number taken",
        Outcome::Refused => "Refused",
        Outcome::Held => "Waiting",
        Outcome::Unknown => "Not yet known",
        Outcome::Settled => "Settled by hand",
        Outcome::Undone => "Undone",
        Outcome::ToCreate => "Not sent: a dry run",
    }
}

/// Says in words why a document differs.
pub(super) const fn cause_words(cause: &Cause) -> &'static str {
    match cause {
        Cause::NotPosted { outcome, .. } => outcome_words(*outcome),
        Cause::StoredDifferently { .. } => "Changed on arrival",
        Cause::Settled { .. } => "Settled by hand",
        Cause::Deleted | Cause::Voided => "Gone from QuickBooks",
        Cause::Edited { .. } | Cause::NotLookedUp => "Changed since posting",
        Cause::PlanChanged => "Changed at the till since posting",
        Cause::NoLongerPlanned => "Gone from the till",
        Cause::UndoBrokeOff => "Undone in part",
        Cause::PostedTwice { .. } => "Twice in QuickBooks",
        Cause::PlanBug => "Fault of this program",
        Cause::TrialBalance => "Ledger and trial balance differ",
    }
}

/// What became of a document that was read back otherwise than it was sent.
pub(super) const fn standing_words(standing: &Standing) -> &'static str {
    match standing {
        Standing::AsSent => "Posted",
        Standing::Changed { .. } => "Changed since posting",
        Standing::Voided | Standing::Gone => "Gone from QuickBooks",
        Standing::Settled => "Settled by hand",
    }
}

/// The same as the certificate shows it: no account moves otherwise, so there is no amount.
pub(super) fn changed_finding(standing: &Standing, document: DocumentName) -> Finding {
    let name = format!("{} {}", document.kind, document.number);
    let (title, what, remedy) = match standing {
        Standing::Changed { words, .. } => (
            format!("{name} is not as it was sent"),
            format!("In QuickBooks it is {words}. No account moves otherwise for it."),
            "Change it back in QuickBooks. Its audit log names who changed it and when.",
        ),
        _ => (
            format!("{name} is gone from QuickBooks"),
            "Somebody voided or deleted it after it was posted. No account moves otherwise for it."
                .to_owned(),
            "Post it by hand in QuickBooks, matched with the documents that its sentence names.",
        ),
    };
    Finding {
        cause: "read-back".to_owned(),
        state: standing_words(standing).to_owned(),
        title: Personal::from(title),
        what: Personal::from(what),
        hint: None,
        remedy: Personal::from(remedy.to_owned()),
        document: Some(document),
        other: None,
        amounts: Vec::new(),
    }
}

/// A difference as the certificate shows it.
pub(super) fn finding(difference: &Difference, records: &Records) -> Finding {
    let name = match &difference.document {
        Some(document) => format!("{} {}", document.kind, document.number),
        None => {
            let account = difference.amounts.first().map(|amount| amount.account.as_str());
            account.unwrap_or("An account").to_owned()
        }
    };
    let amount = largest(&difference.amounts);
    let (title, what, remedy) = said(&difference.cause, &name, amount);
    Finding {
        cause: difference.cause.code().to_owned(),
        state: cause_words(&difference.cause).to_owned(),
        title: Personal::from(title),
        what: Personal::from(what),
        hint: hint(&difference.cause, amount),
        remedy: Personal::from(remedy),
        document: difference.document.as_ref().map(|document| DocumentName {
            kind: document.kind.clone(),
            number: document.number.clone(),
            origin: document.origin.clone(),
            record: document.id.as_deref().map(|id| records.name(document.key.kind().entity().name(), id)),
        }),
        other: match &difference.cause {
            Cause::PostedTwice { txn_type, id, .. } => Some(records.of_report(txn_type, id)),
            _ => None,
        },
        amounts: difference.amounts.iter().map(finding_amount).collect(),
    }
}

fn finding_amount(amount: &DifferentAmount) -> FindingAmount {
    FindingAmount {
        account: amount.account.clone(),
        account_id: amount.account_id.clone(),
        date: amount.date,
        customer: amount.customer.clone().map(Personal::from),
        expected: amount.expected,
        found: amount.found,
    }
}

/// The amount of most weight: the first of those with the largest figure, A/R of an invoice.
fn largest(amounts: &[DifferentAmount]) -> Option<&DifferentAmount> {
    let weight = |amount: &&DifferentAmount| amount.expected.abs().max(amount.found.abs());
    let most = amounts.iter().map(|amount| weight(&amount)).max()?;
    amounts.iter().find(|amount| weight(amount) == most)
}

/// Title, what happened, and what to do.
fn said(cause: &Cause, name: &str, amount: Option<&DifferentAmount>) -> (String, String, String) {
    let size = amount.map(|amount| format!(", {},", amount.expected.abs().max(amount.found.abs())));
    let size = size.unwrap_or_default();
    let plain_size = size.trim_end_matches(',');
    match cause {
        Cause::NotPosted { outcome, reason } => {
            let reason = reason.as_deref().unwrap_or("no reason is known");
            let (what, remedy) = not_posted(*outcome, reason);
            (format!("{name}{size} is not in the books"), what, remedy.to_owned())
        }
        Cause::StoredDifferently { reason } => (
            format!("{name}{plain_size} was stored otherwise than it was sent"),
            format!("QuickBooks' answer to its posting differed: {reason}."),
            "Look at the document in QuickBooks and put it right there; the till's figures stand beside it."
                .to_owned(),
        ),
        Cause::Settled { remark } => (
            format!("{name}{size} was settled by hand"),
            format!("Somebody settled it in QuickBooks and said so: {remark}. It stays as it is."),
            "Nothing is left to be done; the remark is kept in the posting log.".to_owned(),
        ),
        Cause::Deleted => (
            format!("{name}{size} was deleted"),
            "It was posted, and QuickBooks no longer has it.".to_owned(),
            "Enter it again by hand in QuickBooks, or have the till corrected if the deletion was right."
                .to_owned(),
        ),
        Cause::Voided => (
            format!("{name}{size} was voided"),
            "It was posted, and somebody has voided it since: it stands there with 0.00.".to_owned(),
            "Enter it again by hand in QuickBooks, or have the till corrected if the voiding was right."
                .to_owned(),
        ),
        Cause::Edited { date } => edited(*date, name, amount),
        Cause::NotLookedUp => (
            format!("{name} is not as it was posted"),
            "The general ledger shows it otherwise. So many documents differ that they were not looked up one by one."
                .to_owned(),
            "See first that this is the right company and the right posting log; then look at the document in QuickBooks."
                .to_owned(),
        ),
        Cause::PlanChanged => (
            format!("{name} has changed at the till since it was posted"),
            "The till, or the company mapping, says otherwise now than when it was posted.".to_owned(),
            "Correct it by hand in QuickBooks, or put the till's file or the mapping back as it was.".to_owned(),
        ),
        Cause::NoLongerPlanned => (
            format!("{name} was posted, and the till no longer has it"),
            "The till's file lacks the event behind it.".to_owned(),
            "Void it by hand in QuickBooks, or put the till's file back as it was.".to_owned(),
        ),
        Cause::UndoBrokeOff => (
            format!("{name} stands still, and its batch is being undone"),
            "An undo broke off before this document was taken back.".to_owned(),
            "Run the undo again; it goes on from there.".to_owned(),
        ),
        Cause::PostedTwice { txn_type, number, date, .. } => {
            let number = if number.is_empty() { "without a number" } else { number };
            (
                format!("{name}{size} stands in QuickBooks twice"),
                format!("{txn_type} {number} of {date}, which this program did not post, is the same."),
                "Look at both in QuickBooks and delete the one that was entered by hand.".to_owned(),
            )
        }
        Cause::PlanBug => (
            format!("{name}: the planned documents do not say what the till says"),
            "The plan's debits and credits are not those of the till's events.".to_owned(),
            "This is a fault of this program: report it with this certificate.".to_owned(),
        ),
        Cause::TrialBalance => (
            format!("{name}: the general ledger and the trial balance disagree"),
            "Something was posted between the two readings, or QuickBooks cut its ledger off.".to_owned(),
            "Tie out again; if it stays, look at the account's register in QuickBooks.".to_owned(),
        ),
    }
}

fn not_posted(outcome: Outcome, reason: &str) -> (String, &'static str) {
    match outcome {
        Outcome::Refused => (
            format!("QuickBooks refused it: {reason}. Nothing of it was posted."),
            "Put right what QuickBooks names, then run again: it is sent once more.",
        ),
        Outcome::Conflict => (
            format!("Another document has its number: {reason}. Nothing of it was posted."),
            "Give the other document another number in QuickBooks, then run again.",
        ),
        Outcome::Unknown => (
            format!("It was sent, and its answer was lost: {reason}. It may be posted or not."),
            "Run again: it is looked up before anything is sent again.",
        ),
        _ => (format!("It waits: {reason}."), "Run again: the next run goes on with it."),
    }
}

fn edited(
    date: Option<chrono::NaiveDate>,
    name: &str,
    amount: Option<&DifferentAmount>,
) -> (String, String, String) {
    let remedy = "Change it back in QuickBooks. Its audit log names who changed it and when.".to_owned();
    match (date, amount) {
        (Some(date), _) => (
            format!("{name} is dated {date} in QuickBooks"),
            "It was posted with another date, and somebody has changed it since.".to_owned(),
            remedy,
        ),
        (None, Some(amount)) => (
            format!("{name} says {}; the till says {}", amount.found.abs(), amount.expected.abs()),
            format!(
                "Somebody changed it in QuickBooks after it was posted: on {} it moves {}, and the till says {}.",
                amount.account,
                side(amount.found),
                side(amount.expected)
            ),
            remedy,
        ),
        (None, None) => (
            format!("{name} was changed"),
            "Somebody changed it in QuickBooks after it was posted.".to_owned(),
            remedy,
        ),
    }
}

/// An amount with its side.
fn side(amount: Money) -> String {
    match amount {
        amount if amount.is_positive() => format!("{amount} Dr"),
        amount if amount.is_negative() => format!("{} Cr", -amount),
        _ => "nothing".to_owned(),
    }
}

/// Two neighbouring digits in the wrong order are the commonest slip of a hand.
fn hint(cause: &Cause, amount: Option<&DifferentAmount>) -> Option<String> {
    let amount = amount.filter(|_| matches!(cause, Cause::Edited { .. }))?;
    let (expected, found) = (amount.expected.abs(), amount.found.abs());
    are_swapped(&expected.to_string(), &found.to_string())
        .then(|| format!("{found} is {expected} with two digits in the other order."))
}

/// Whether one number is the other with two neighbouring digits exchanged.
fn are_swapped(one: &str, other: &str) -> bool {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
    let (one, other) = (digits(one), digits(other));
    if one.len() != other.len() {
        return false;
    }
    let places: Vec<usize> = (0..one.len()).filter(|place| one[*place] != other[*place]).collect();
    matches!(places[..], [first, second] if second == first + 1
        && one[first] == other[second]
        && one[second] == other[first])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_that_were_exchanged_are_seen() {
        assert!(are_swapped("69.35", "96.35"));
        assert!(are_swapped("69.35", "63.95"));
        for (one, other) in [("69.35", "69.35"), ("69.35", "95.36"), ("69.35", "169.35"), ("69.35", "96.53")]
        {
            assert!(!are_swapped(one, other), "{one} {other}");
        }
    }
}
