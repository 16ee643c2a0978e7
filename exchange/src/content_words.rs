//! Where two versions of one document part, in a bookkeeper's words: dates, amounts and names, and no field or id of
//! QuickBooks'.
//!
//! ```text
//! dated 2026-02-01 instead of 2026-02-03; over 99.00 instead of 42.50
//! 8.00 under the item "Cloud POS Item" instead of "Tip"
//! ```

use mapping::kind_words;
use pos_model::Money;
use qb_model::Answer;
use qb_model::engine::{Content, Posting};

use crate::snapshot::CompanySnapshot;

/// Lines that are named one by one; of more the number is said.
const NAMED: usize = 4;

/// Returns where `found` parts from `planned`; none when the two agree.
pub(crate) fn parting(planned: &Content, found: &Content, snapshot: &CompanySnapshot) -> Option<String> {
    let each = planned.differences(found).into_iter().map(|difference| {
        let (was, wanted) = (&difference.found, &difference.planned);
        match difference.field {
            "txn_date" => format!("dated {was} instead of {wanted}"),
            "party" => "for another customer or vendor".to_owned(),
            "total" => format!("over {was} instead of {wanted}"),
            "tax" => format!("with a tax of {was} instead of {wanted}"),
            "postings" => lines(&planned.postings, &found.postings, snapshot),
            "links" if found.links.is_empty() => "matched with no document".to_owned(),
            "links" => "matched with other documents".to_owned(),
            "money_account" => {
                let name = |id: &str| snapshot.account_name(id).unwrap_or("another account").to_owned();
                format!("by way of the account {} instead of {}", name(was), name(wanted))
            }
            // A kind, a number, or the name of a list entry.
            _ => format!("called {was:?} instead of {wanted:?}"),
        }
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| each.join("; "))
}

/// Whether the two part in nothing but the items and accounts that they name: the mapping has changed, not the till.
pub(crate) fn is_mapped_otherwise(planned: &Content, found: &Content) -> bool {
    let fields: Vec<&str> = planned.differences(found).iter().map(|difference| difference.field).collect();
    let is_of_mapping = |field: &&str| matches!(*field, "postings" | "money_account");
    let amounts =
        |content: &Content| sorted(&content.postings, |line| (line.amount.to_string(), line.taxable));
    !fields.is_empty() && fields.iter().all(is_of_mapping) && amounts(planned) == amounts(found)
}

/// Returns the sentence about a document of QuickBooks' that has our number and is another.
pub(crate) fn taken(answer: &Answer, found: &Content, is_ours: bool, parting: &str) -> String {
    let kind = kind_words(answer.kind.name());
    let number = found.number.as_deref().unwrap_or_default();
    let whom = ["CustomerRef", "EntityRef", "VendorRef"]
        .into_iter()
        .find_map(|field| answer.raw.get(field)?.get("name")?.as_str().map(|name| format!(" for {name}")));
    let date = found.txn_date.map(|date| format!(" of {date}")).unwrap_or_default();
    let (whom, total) = (whom.unwrap_or_default(), Money::sum_of_cents(found.total));
    let named = format!("QuickBooks has {} {kind} {number} of {total}{whom}{date}", article(&kind));
    if is_ours {
        format!(
            "{named}, with our memo, but it is {parting}: put it right there, or delete it, and run again"
        )
    } else {
        format!("{named}, which was not posted from here: give that one another number there, and run again")
    }
}

fn article(kind: &str) -> &'static str {
    if kind.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" }
}

fn lines(planned: &[Posting], found: &[Posting], snapshot: &CompanySnapshot) -> String {
    let amounts = |lines: &[Posting]| sorted(lines, |line| (line.amount.to_string(), line.taxable));
    if amounts(planned) != amounts(found) {
        return format!(
            "with the lines {} instead of {}",
            listed(found, snapshot),
            listed(planned, snapshot)
        );
    }
    let by_amount = |lines: &[Posting]| {
        sorted(lines, |line| (line.amount.to_string(), line.taxable, name(&line.target, snapshot)))
    };
    let pairs = by_amount(found).into_iter().zip(by_amount(planned));
    let apart = pairs.filter(|((_, _, was), (_, _, wanted))| was != wanted);
    let each: Vec<String> = apart
        .map(|((amount, _, was), (_, _, wanted))| format!("{amount} under {was} instead of {wanted}"))
        .collect();
    let more = each.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", each.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "))
}

fn listed(lines: &[Posting], snapshot: &CompanySnapshot) -> String {
    if lines.is_empty() {
        return "none".to_owned();
    }
    let tax = |line: &Posting| if line.taxable { ", taxed" } else { "" };
    let each = lines.iter().take(NAMED);
    let each: Vec<String> =
        each.map(|line| format!("{} ({}{})", line.amount, name(&line.target, snapshot), tax(line))).collect();
    let more = lines.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", each.join(", "))
}

/// The name of an item or account.
fn name(id: &str, snapshot: &CompanySnapshot) -> String {
    let item = snapshot.items.iter().find(|item| item.id.as_str() == id).map(|item| item.name.as_str());
    item.or_else(|| snapshot.account_name(id))
        .map_or_else(|| "another item".to_owned(), |name| format!("{name:?}"))
}

fn sorted<'p, K: Ord>(lines: &'p [Posting], key: impl Fn(&'p Posting) -> K) -> Vec<K> {
    let mut keys: Vec<K> = lines.iter().map(key).collect();
    keys.sort();
    keys
}
