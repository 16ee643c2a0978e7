//! A plan as a page that a person reads before an exchange (F-01): what will change on either side, what to decide, what to know.
//! It shows names and addresses: it is for the people of the company, not for a log.

use std::fmt::{self, Write};

use pos_model::CustomerField;

use super::change::{CustomerPlan, Notice, PosChange, QuickBooksChange};
use super::value::FieldValue;

/// Returns the page of a plan.
pub fn page(plan: &CustomerPlan) -> String {
    let mut out = String::new();
    section(&mut out, "For the point of sale", plan.for_pos.iter().map(pos_change));
    section(&mut out, "For QuickBooks", plan.for_quickbooks.iter().map(quickbooks_change));
    section(
        &mut out,
        "Perhaps the same customer",
        plan.proposals.iter().map(|proposal| {
            let reasons: Vec<String> = proposal.likeness.reasons.iter().map(ToString::to_string).collect();
            let wakes = if proposal.wakes { ", which is inactive there" } else { "" };
            let holds = if proposal.holds { "" } else { " (holds nothing back)" };
            let (percent, reasons) = (proposal.likeness.percent, reasons.join(", "));
            format!("{} and {}{wakes}: {percent} %, {reasons}{holds}", proposal.customer, proposal.record)
        }),
    );
    section(
        &mut out,
        "Changed on both sides",
        plan.conflicts.iter().map(|conflict| {
            let (pos, quickbooks) = (Shown(conflict.pos.as_ref()), Shown(conflict.quickbooks.as_ref()));
            let new = if conflict.is_new { "" } else { " (as before)" };
            format!(
                "{} and {}, {}: {pos} at the point of sale, {quickbooks} in QuickBooks{new}",
                conflict.customer, conflict.record, conflict.field
            )
        }),
    );
    section(&mut out, "Refused", plan.refusals.iter().map(ToString::to_string));
    section(&mut out, "To know", plan.notices.iter().map(notice));
    section(&mut out, "Not added", plan.left_out.iter().map(|(why, count)| format!("{why}: {count}")));
    section(&mut out, "To be read first", plan.to_read.iter().map(|id| id.as_str().to_owned()));
    section(&mut out, "To be read at the POS first", plan.to_read_in_pos.iter().map(ToString::to_string));
    let counts = plan.counts().into_iter().filter(|(_, count)| *count > 0);
    let counts: Vec<String> = counts.map(|(word, count)| format!("{word} {count}")).collect();
    section(&mut out, "In all", (!counts.is_empty()).then(|| counts.join(", ")));
    out
}

fn section(out: &mut String, heading: &str, lines: impl IntoIterator<Item = String>) {
    let lines: Vec<String> = lines.into_iter().collect();
    if !lines.is_empty() {
        let before = if out.is_empty() { "" } else { "\n" };
        // Writing to a text does not fail.
        _ = writeln!(out, "{before}{heading}\n  {}", lines.join("\n  "));
    }
}

fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Overwritten { was, .. } => format!("{notice} ({})", Shown(was.as_ref())),
        notice => notice.to_string(),
    }
}

fn pos_change(change: &PosChange) -> String {
    match change {
        PosChange::AddType { name } => format!("new type: {name}"),
        PosChange::Add { record, display_name, fields, use_with_quickbooks } => {
            let flag = if *use_with_quickbooks { "" } else { ", edits stay at the POS" };
            let fields = listed(fields.iter().map(|(field, value)| (field, Some(value))));
            format!("new from {record} ({display_name}): {fields}{flag}")
        }
        PosChange::Update { customer, record, fields, from } => {
            let fields = listed(fields.iter().map(|(field, value)| (field, value.as_ref())));
            let from = from.as_ref().map(|stamp| format!(", over version {stamp}")).unwrap_or_default();
            format!("{customer} from {record}: {fields}{from}")
        }
        PosChange::Show { customer, record, display_name } => {
            format!("{customer} shows {record} ({display_name})")
        }
        PosChange::Merge { duplicate, keeper } => format!("{duplicate} is merged into {keeper}"),
    }
}

fn quickbooks_change(change: &QuickBooksChange) -> String {
    match change {
        QuickBooksChange::Create { customer, display_name, fields } => {
            let fields = listed(fields.iter().map(|(field, value)| (field, Some(value))));
            format!("new for {customer} ({display_name}): {fields}")
        }
        QuickBooksChange::Update { customer, record, sync_token, fields } => {
            let fields = listed(fields.iter().map(|(field, value)| (field, value.as_ref())));
            let over = sync_token.as_ref().map(|token| format!(", over version {token}")).unwrap_or_default();
            format!("{record} from {customer}: {fields}{over}")
        }
        QuickBooksChange::Retire { customer, record, .. } => {
            format!("{record} of {customer} becomes inactive")
        }
    }
}

fn listed<'a>(fields: impl Iterator<Item = (&'a CustomerField, Option<&'a FieldValue>)>) -> String {
    let fields: Vec<String> = fields.map(|(field, value)| format!("{field} {}", Shown(value))).collect();
    if fields.is_empty() { "nothing".to_owned() } else { fields.join(", ") }
}

/// A value as people read it.
struct Shown<'a>(Option<&'a FieldValue>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("nothing"),
            Some(FieldValue::Flag(flag)) => f.write_str(if *flag { "yes" } else { "no" }),
            Some(FieldValue::Text(text)) => write!(f, "\"{text}\""),
            Some(FieldValue::Address(address)) => {
                let parts = [&address.city, &address.region, &address.postal_code, &address.country];
                let parts: Vec<&str> =
                    address.lines.iter().chain(parts.into_iter().flatten()).map(String::as_str).collect();
                write!(f, "\"{}\"", parts.join(", "))
            }
        }
    }
}
