//! What stands on a form, in words: its lines by what they are, added up.

use pos_model::Money;

use crate::document::{PurchaseForm, SalesForm, SalesLine, Source};
use crate::{ControlAccount, ItemRole, Period};

const ROUNDING: &str = "cash rounding";

/// What stands on an invoice or credit memo: `goods sold 105.97, shipping 5.00 and sales tax 6.62`. What reduces it
/// comes last: `less gift certificate redeemed 7.44`.
pub(super) fn sales_form(form: &SalesForm<'_>, period: &Period, is_credit: bool) -> String {
    let mut parts: Vec<(String, Money)> = Vec::new();
    for line in form.lines.iter().filter(|line| !is_stand_in(line)) {
        let word = line_word(line, period, is_credit);
        // Equal words stand once, added up; what is added and what is taken off stay apart.
        let same = |(known, amount): &&mut (String, Money)| {
            *known == word && amount.is_negative() == line.amount.is_negative()
        };
        match parts.iter_mut().find(same) {
            Some((_, amount)) => *amount += line.amount,
            None => parts.push((word, line.amount)),
        }
    }
    if !form.tax.is_zero() {
        // The till rounds what goods and tax come to.
        let end = parts.iter().position(|(word, _)| word == ROUNDING).unwrap_or(parts.len());
        parts.insert(end, ("sales tax".to_owned(), form.tax));
    }
    let (less, more): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(_, amount)| amount.is_negative());
    let mut text = list(more.into_iter().map(|(word, amount)| format!("{word} {amount}")));
    for (word, amount) in less {
        text.push_str(&format!(", less {word} {}", -amount));
    }
    text
}

/// The line of 0.00 that QuickBooks wants beside shipping alone (D-03) or taxed shipping (D-21) says nothing.
fn is_stand_in(line: &SalesLine<'_>) -> bool {
    line.item == ItemRole::Goods && line.source == Source::Event
}

fn line_word(line: &SalesLine<'_>, period: &Period, is_credit: bool) -> String {
    let description = line.description.as_deref().unwrap_or_default();
    let is_tendered = line.source == Source::Tenders;
    let word = match line.item {
        ItemRole::Goods if is_credit => "goods returned",
        ItemRole::Goods => "goods sold",
        ItemRole::Mapped(_) if is_credit => return format!("{} returned", period.item_name(line.item)),
        ItemRole::Mapped(_) => period.item_name(line.item),
        ItemRole::Shipping => "shipping",
        ItemRole::Rounding => ROUNDING,
        // A line of the till's, or what was tendered: of that, a certificate was issued when more of them is owed by it.
        ItemRole::Voucher if !is_tendered && is_credit => "gift certificate brought back",
        ItemRole::Voucher if !is_tendered => "gift certificate sold",
        ItemRole::Voucher if line.amount.is_positive() != is_credit => "gift certificate issued",
        ItemRole::Voucher | ItemRole::CertificateDiscount | ItemRole::Deposit | ItemRole::DropsAndPayouts => {
            return uncapitalised(description);
        }
    };
    word.to_owned()
}

/// Our own descriptions begin with a capital; within a sentence they do not.
fn uncapitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// What was bought, by account: `goods 118.50, tax 6.40, shipping 5.00 and other fees 2.00`.
pub(super) fn purchases(form: &PurchaseForm<'_>) -> String {
    let words = [
        (ControlAccount::Purchases, "goods"),
        (ControlAccount::PurchasesTax, "tax"),
        (ControlAccount::PurchasesShipping, "shipping"),
        (ControlAccount::PurchasesOtherFees, "other fees"),
    ];
    let parts = words.iter().filter_map(|(account, word)| {
        let mut lines = form.lines.iter().filter(|line| line.account == *account).peekable();
        lines.peek()?;
        Some(format!("{word} {}", lines.map(|line| line.amount).sum::<Money>()))
    });
    list(parts)
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(parts: impl IntoIterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.into_iter().collect();
    match parts.pop() {
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} and {last}", parts.join(", ")),
        None => String::new(),
    }
}
