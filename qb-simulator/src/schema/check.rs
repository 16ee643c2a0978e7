//! The check of a body against the properties of its class.

use super::class::{Class, Kind};
use super::classes;
use crate::base::amount;
use crate::base::clock::read_date;
use crate::base::fault::{self, Checked};
use crate::base::json::Json;
use crate::options::Choices;

/// Extension blocks that QuickBooks shows and does not take back.
const EXTENSIONS: &[&str] = &["PurchaseEx", "LineEx"];

/// Properties that QuickBooks takes and that would do something here is not done: opening balances, prices of other
/// countries' forms, inventory, taxes on purchases. They are refused (5030) where they say anything, and not dropped.
const NOT_DONE: &[&str] = &[
    "ARAccountRef",
    "BusinessNumber",
    "COGSAccountRef",
    "DateValue",
    "DiscountAmt",
    "DiscountRate",
    "DiscountRef",
    "HasTPAR",
    "IncludeInAnnualTPAR",
    "JournalCodeRef",
    "NumberValue",
    "OpenBalanceDate",
    "PriceLevelRef",
    "PrintGroupedItems",
    "ProcessBillPayment",
    "PurchaseTaxCodeRef",
    "PurchaseTaxIncluded",
    "RatePercent",
    "RemitToRef",
    "ReorderPoint",
    "SalesTaxCodeRef",
    "SalesTaxIncluded",
    "T4AEligible",
    "T5018Eligible",
    "TaxAmount",
    "TaxInclusiveAmt",
    "TaxReportingBasis",
    "TransactionLocationType",
    "UOMRef",
];

/// The same of one class alone: what only other classes keep, payments that a program has QuickBooks take from a card, markups,
/// inventory, taxes outside of sales forms.
const NOT_DONE_OF: &[(&str, &[&str])] = &[
    ("Account", &["CustomField", "TaxCodeRef", "TxnLocationType"]),
    ("AccountBasedExpenseLineDetail", &["MarkupInfo", "ProjectRef"]),
    ("Bill", &["CustomField", "TxnTaxDetail"]),
    ("BillPayment", &["CustomField"]),
    ("Class", &["CustomField"]),
    ("Customer", &["CustomField", "IsProject"]),
    ("Department", &["CustomField"]),
    ("Deposit", &["CustomField", "DocNumber", "TxnTaxDetail"]),
    ("DepositLineDetail", &["TaxCodeRef", "TxnType"]),
    ("DiscountLineDetail", &["TaxCodeRef"]),
    ("Employee", &["CustomField"]),
    (
        "Item",
        &[
            "AssetAccountRef",
            "CustomField",
            "DeferredRevenue",
            "InvStartDate",
            "QtyOnHand",
            "TaxClassificationRef",
        ],
    ),
    ("ItemBasedExpenseLineDetail", &["MarkupInfo"]),
    ("JournalEntry", &["CustomField", "TxnTaxDetail"]),
    ("JournalEntryLineDetail", &["TaxCodeRef", "TaxRateRef"]),
    ("Line", &["CustomField", "ProjectRef"]),
    ("Payment", &["CreditCardPayment", "CustomField", "PaymentType", "ProcessPayment"]),
    ("PaymentMethod", &["CustomField"]),
    (
        "Purchase",
        &[
            "CheckPayment",
            "CreditCardPayment",
            "CustomField",
            "Memo",
            "PaymentRefNum",
            "Print",
            "TxnTaxDetail",
        ],
    ),
    ("PurchaseOrder", &["TxnTaxDetail"]),
    ("RefundReceipt", &["CheckPayment", "CreditCardPayment"]),
    ("SalesItemLineDetail", &["MarkupInfo", "TaxClassificationRef"]),
    ("SalesReceipt", &["CreditCardPayment"]),
    ("Term", &["CustomField"]),
    ("Transfer", &["CustomField"]),
    ("Vendor", &["APAccountRef", "CustomField"]),
    ("VendorCredit", &["CustomField", "DueDate", "TxnTaxDetail"]),
];

/// Returns whether a property of a class is one of those.
fn is_not_done(class: &Class, name: &str, kind: Kind) -> bool {
    let of_class = NOT_DONE_OF.iter().find(|(known, _)| *known == class.name);
    of_class.is_some_and(|(_, names)| names.contains(&name))
        || (NOT_DONE.contains(&name) && !matches!(kind, Kind::Ignored))
}

/// Returns whether a value says anything: an empty text, false, zero, an empty reference and what has only such in it do not.
fn says_something(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => false,
        Json::Text(said) => !said.is_empty() && said != "false",
        Json::Number(_) => amount::read(value).is_none_or(|number| !number.is_zero()),
        Json::Object(_) if value.get("value").is_some() => {
            value.text_of("value").is_some_and(|id| !id.is_empty())
        }
        Json::Object(members) => members.iter().any(|(_, value)| says_something(value)),
        Json::List(items) => items.iter().any(says_something),
        Json::Bool(true) => true,
    }
}

/// Checks a body against a class, as strictly as the company chose.
pub(crate) fn check(body: &Json, class: &'static Class, choices: &Choices) -> Checked<()> {
    let Json::Object(members) = body else {
        return Err(wrong_shape(class.name, "the body"));
    };
    for (at, (name, value)) in members.iter().enumerate() {
        if members[..at].iter().any(|(before, _)| before == name) {
            return Err(fault::unsupported_property(format!("Duplicate field \"{name}\"")).at(name.as_ref()));
        }
        let Some((known, kind)) = class.properties().find(|(known, _)| known == name) else {
            let is_extension = EXTENSIONS.contains(&name.as_ref());
            match if is_extension { choices.ignores_extensions } else { choices.ignores_unknown_properties } {
                true => continue,
                false if choices.names_unknown_properties => return Err(unrecognized(class, name)),
                false => return Err(unsupported().at(name.as_ref())),
            }
        };
        if *value != Json::Null {
            check_value(class, known, *kind, value, choices)?;
        }
        if is_not_done(class, known, *kind) && says_something(value) {
            return Err(fault::feature_not_supported(&format!("{}.{known}", class.name)).at(*known));
        }
    }
    Ok(())
}

fn check_value(
    class: &'static Class,
    name: &'static str,
    kind: Kind,
    value: &Json,
    choices: &Choices,
) -> Checked<()> {
    match (kind, value) {
        (Kind::Ignored, _) => Ok(()),
        (Kind::Text(max), Json::Text(_) | Json::Number(_) | Json::Bool(_)) => check_length(name, value, max),
        (Kind::TextOf(length), Json::Text(_) | Json::Number(_) | Json::Bool(_)) => {
            check_length(name, value, choices.most(length))
        }
        (Kind::Number, Json::Number(_) | Json::Text(_)) => check_number(class, name, value),
        (Kind::Bool, Json::Bool(_)) => Ok(()),
        (Kind::Bool, Json::Text(flag)) if matches!(flag.as_ref(), "" | "true" | "false") => Ok(()),
        (Kind::Date, Json::Text(day)) => match day.is_empty() || read_date(day).is_some() {
            true => Ok(()),
            false => Err(fault::invalid_date(name, day)),
        },
        (Kind::Ref, Json::Object(_)) => check(value, &classes::REFERENCE, choices),
        (Kind::Memo, Json::Object(_)) => {
            check(value, &classes::MEMO, choices)?;
            value.get("value").map_or(Ok(()), |memo| check_length("Customer Memo", memo, 1000))
        }
        (Kind::Object(inner), Json::Object(_)) => check(value, inner, choices),
        (Kind::List(inner), Json::List(items)) => {
            items.iter().try_for_each(|item| check(item, inner, choices))
        }
        _ => Err(wrong_shape(class.name, name)),
    }
}

fn check_length(name: &str, value: &Json, max: usize) -> Checked<()> {
    let length = value.as_text().map_or(0, |text| text.chars().count());
    if length > max { Err(fault::text_length(name, max, length)) } else { Ok(()) }
}

fn check_number(class: &'static Class, name: &'static str, value: &Json) -> Checked<()> {
    if value.as_text() == Some("") {
        return Ok(());
    }
    match amount::read(value) {
        None => Err(wrong_shape(class.name, name)),
        Some(number) if number.abs() > amount::LARGEST => Err(fault::number_range(name, number)),
        Some(_) => Ok(()),
    }
}

/// The text of today, which names nothing.
fn unsupported() -> Box<fault::Fault> {
    let told = "failed to parse json object; a property specified is unsupported or invalid";
    fault::unsupported_property(told.to_owned())
}

/// The text of old, which names the property, its class and all others.
fn unrecognized(class: &Class, name: &str) -> Box<fault::Fault> {
    let known = class.properties().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    fault::unsupported_property(format!(
        "Unrecognized field \"{name}\" (class com.intuit.schema.finance.v3.{}), not marked as ignorable ({} \
         known properties: {known}]) specified is unsupported or invalid",
        class.name,
        class.fields.len() + class.base.len(),
    ))
    .at(name)
}

fn wrong_shape(class: &str, name: &str) -> Box<fault::Fault> {
    fault::unsupported_property(format!(
        "Can not deserialize instance of com.intuit.schema.finance.v3.{class} out of {name} specified is \
         unsupported or invalid"
    ))
    .at(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;

    static SAMPLE: Class = Class {
        name: "Sample",
        base: &[],
        fields: &[
            ("Note", Kind::Text(3)),
            ("Day", Kind::Date),
            ("Amount", Kind::Number),
            ("Line", Kind::List(&classes::LINE)),
            ("CustomerMemo", Kind::Memo),
            ("TotalAmt", Kind::Ignored),
        ],
    };

    fn code_of(body: &str) -> Option<(&'static str, Option<String>)> {
        check(&Json::parse(body.as_bytes()).unwrap(), &SAMPLE, &Choices::default())
            .err()
            .map(|f| (f.code, f.element))
    }

    #[test]
    fn takes_what_it_knows_in_the_forms_clients_send() {
        assert_eq!(code_of(r#"{"Note":"abc","Day":"","Amount":"12.5","TotalAmt":{"x":1}}"#), None);
    }

    #[test]
    fn names_the_unknown_property_and_its_class() {
        let fault = Json::parse(br#"{"Line":[{"Foo":1}]}"#).unwrap();
        let choices = Choices { names_unknown_properties: true, ..Choices::default() };
        let fault = check(&fault, &SAMPLE, &choices).unwrap_err();
        assert!(
            fault.detail.contains("Unrecognized field \"Foo\" (class com.intuit.schema.finance.v3.Line)")
        );
    }

    #[test]
    fn refuses_wrong_lengths_dates_numbers_and_shapes() {
        assert_eq!(code_of(r#"{"Note":"abcd"}"#), Some(("2050", Some("Note".into()))));
        assert_eq!(code_of(r#"{"Day":"2026-02-30"}"#), Some(("2060", Some("Day".into()))));
        assert_eq!(code_of(r#"{"Amount":"x"}"#), Some(("2010", Some("Amount".into()))));
        assert_eq!(code_of(r#"{"Amount":1e15}"#), Some(("2240", Some("Amount".into()))));
        assert_eq!(code_of(r#"{"Note":"a","Note":"b"}"#), Some(("2010", Some("Note".into()))));
        assert_eq!(code_of(r#"{"Line":{}}"#), Some(("2010", Some("Line".into()))));
        let memo = format!(r#"{{"CustomerMemo":{{"value":"{}"}}}}"#, "m".repeat(1001));
        assert_eq!(code_of(&memo), Some(("2050", Some("Customer Memo".into()))));
    }
}
