//! Amounts, dates and names as a bookkeeper writes them.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use exchange::certificate::Scope;
use mapping::engine::OriginGroup;
use mapping::{BatchKey, Event, EventKey, OriginKey};
use pos_model::Money;

/// `17,836.50`, with a minus where it is below zero.
pub(crate) fn amount(amount: Money) -> String {
    let (sign, text) = (if amount.is_negative() { "−" } else { "" }, amount.abs().to_string());
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{cents}")
}

/// `17,836.50 Dr`.
pub(crate) fn sided(figure: Money) -> String {
    match figure {
        figure if figure.is_positive() => format!("{} Dr", amount(figure)),
        figure if figure.is_negative() => format!("{} Cr", amount(-figure)),
        _ => "0.00".to_owned(),
    }
}

/// The two columns of an account: debit and credit, one of them empty; 0.00 is a debit when nothing else says that it is
/// there.
pub(crate) fn columns(figure: Money) -> (String, String) {
    if figure.is_negative() { (String::new(), amount(-figure)) } else { (amount(figure), String::new()) }
}

/// `0.35 short`, `2.00 over`, `exact`.
pub(crate) fn over(figure: Money) -> String {
    match figure {
        figure if figure.is_positive() => format!("{} over", amount(figure)),
        figure if figure.is_negative() => format!("{} short", amount(-figure)),
        _ => "exact".to_owned(),
    }
}

/// `Mon 2 Feb`.
pub(crate) fn short_date(date: NaiveDate) -> String {
    date.format("%a %-d %b").to_string()
}

/// `Monday 2 February 2026`.
pub(crate) fn long_date(date: NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
}

/// `Sun 8 February 2026, 12:02 UTC`.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.format("%a %-d %B %Y, %H:%M UTC").to_string()
}

/// What a certificate is about, in words.
pub(crate) fn scope(scope: &Scope) -> String {
    match scope {
        Scope::Period { first, last } if first == last => long_date(*first),
        Scope::Period { first, last } if first.year() == last.year() => {
            format!("{} – {}", short_date(*first), last.format("%a %-d %B %Y"))
        }
        Scope::Period { first, last } => {
            format!("{} – {}", first.format("%-d %B %Y"), last.format("%-d %B %Y"))
        }
        Scope::Day { date } => long_date(*date),
        Scope::Batch { origin } => of_origin(origin),
        _ => String::new(),
    }
}

/// `Register 1, batch 4` of `boston/1/4`; what cannot be read, of a later version, as it is.
pub(crate) fn of_origin(origin: &str) -> String {
    match origin.parse() {
        Ok(OriginGroup::PurchaseOrders { .. }) => "Purchase orders".to_owned(),
        Ok(OriginGroup::One(OriginKey::Batch(BatchKey { register, number, .. }))) => {
            format!("Register {register}, batch {number}")
        }
        Ok(OriginGroup::One(OriginKey::Correction { batch: BatchKey { register, number, .. }, n })) => {
            format!("Register {register}, batch {number}, correction {n}")
        }
        _ => origin.to_owned(),
    }
}

/// `sale 1521022` of `boston/1/4/transaction-1521022`; what cannot be read, of a later version, as it is.
pub(crate) fn of_event(event: &str) -> String {
    let Ok(key) = event.parse::<EventKey>() else { return event.to_owned() };
    match key.event() {
        Event::Transaction(number) => format!("sale {number}"),
        Event::Deposit(order) => format!("deposit on order {order}"),
        Event::AccountPayment(id) => format!("payment on account {id}"),
        Event::PayInOut(id) => format!("pay-in or pay-out {id}"),
        Event::PurchaseOrder(number) => format!("purchase order {number}"),
        Event::OpeningEntry(date) => format!("opening balances of {}", day(date)),
        Event::Summary(date) => format!("receipts of {} in one document", day(date)),
        _ => event.to_owned(),
    }
}

/// `2026-02-03` of the 260203 of an event's key.
fn day(date: u64) -> String {
    format!("20{:02}-{:02}-{:02}", date / 10_000, date / 100 % 100, date % 100)
}

/// `Credit memo` of `CreditMemo`.
pub(crate) fn kind(kind: &str) -> String {
    mapping::kind_words(kind)
}

/// An account's name where it need not be signed: without what all of our accounts' names share.
pub(crate) fn account(name: &str) -> &str {
    let short = name.strip_prefix("Cloud POS ").unwrap_or(name);
    short.strip_suffix(" Control Account").unwrap_or(short)
}

/// `3 documents`, `1 document`.
pub(crate) fn count(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_signed() {
        for (cents, text, two) in [
            (0, "0.00", "0.00"),
            (-5, "−0.05", "0.05 Cr"),
            (123_456_789, "1,234,567.89", "1,234,567.89 Dr"),
            (-10_000_000, "−100,000.00", "100,000.00 Cr"),
        ] {
            let money = Money::sum_of_cents(cents);
            assert_eq!((amount(money).as_str(), sided(money).as_str()), (text, two));
        }
    }

    #[test]
    fn names_are_words() {
        assert_eq!(kind("SalesReceipt"), "Sales receipt");
        assert_eq!(of_event("boston/1/4/account-payment-6798"), "payment on account 6798");
        assert_eq!(of_event("boston/1/4/summary-260203"), "receipts of 2026-02-03 in one document");
        assert_eq!(of_origin("salem/purchase-orders"), "Purchase orders");
        assert_eq!(account("Cloud POS Till Takings Control Account"), "Till Takings");
    }
}
