//! A day both ways as a host tells it: in the words of the summary's JSON, and in sentences for people. Keys and ids alone, no name, no
//! address; only [`Details`], which a person decides by, have the values of a conflict.

use std::fmt;

use mapping::customers::FieldValue;
use pos_model::Money;
use serde::Serialize;
use serde::ser::Serializer;
use serde_json::{Map, Value, json};

use super::balances::{CustomerBalance, RecordLink};
use super::both_ways::{BothWays, HeldCharge};
use super::report::CustomerCounts;
use crate::report::{CountsForm, Outcome};

#[derive(Serialize)]
struct Form<'d> {
    customers: CountsOf<'d>,
    balances: Vec<BalanceForm<'d>>,
    held: Vec<HeldForm<'d>>,
    documents: CountsForm<'d>,
}

/// The counts of customers, in their order. What is in doubt stands among the details.
struct CountsOf<'d>(&'d CustomerCounts);

impl Serialize for CountsOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.words().into_iter().filter(|(word, _)| *word != "in_doubt"))
    }
}

#[derive(Serialize)]
struct BalanceForm<'d> {
    customer: &'d str,
    pos_before: String,
    quickbooks: Option<String>,
    unsent: String,
    pos_after: String,
    limit: Option<String>,
    available: Option<String>,
}

#[derive(Serialize)]
struct HeldForm<'d> {
    event: String,
    customer: &'d str,
    amount: String,
    reason: String,
}

impl<'d> From<&'d CustomerBalance> for BalanceForm<'d> {
    fn from(row: &'d CustomerBalance) -> Self {
        Self {
            customer: &row.customer.id,
            pos_before: row.pos_before.to_string(),
            quickbooks: text(row.quickbooks),
            unsent: row.unsent.to_string(),
            pos_after: row.pos_after.to_string(),
            limit: text(row.limit),
            available: text(row.available),
        }
    }
}

impl<'d> From<&'d HeldCharge> for HeldForm<'d> {
    fn from(held: &'d HeldCharge) -> Self {
        let HeldCharge { event, customer, amount, judgement } = held;
        let (event, amount, reason) = (event.to_string(), amount.to_string(), judgement.to_string());
        Self { event, customer: &customer.id, amount, reason }
    }
}

fn text(amount: Option<Money>) -> Option<String> {
    amount.map(|amount| amount.to_string())
}

impl Serialize for BothWays {
    /// `customers` with its counts, `balances`, `held`, `documents` as a summary counts them; customers by their ids at the till,
    /// amounts as text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = Form {
            customers: CountsOf(&self.customers.counts),
            balances: self.balances.iter().map(BalanceForm::from).collect(),
            held: self.held.iter().map(HeldForm::from).collect(),
            documents: CountsForm(&self.documents.counts),
        };
        form.serialize(serializer)
    }
}

/// What a person needs beside the counts to decide and to look things up. With the values of conflicts, which are personal data: for
/// the report that an operator asked for, never for a log.
pub(crate) struct Details<'d>(pub(crate) &'d BothWays);

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (day, of) = (self.0, &self.0.customers);
        let conflicts = of.conflicts.iter().map(|conflict| {
            json!({
                "customer": conflict.customer.id, "record": conflict.record.as_str(), "field": conflict.field,
                "pos": conflict.pos, "quickbooks": conflict.quickbooks, "is_new": conflict.is_new,
            })
        });
        let proposals = of.proposals.iter().map(|proposal| {
            let reasons = proposal.likeness.reasons.iter().map(ToString::to_string);
            json!({
                "customer": proposal.customer.id, "record": proposal.record.as_str(),
                "percent": proposal.likeness.percent, "reasons": reasons.collect::<Vec<_>>(),
                "is_inactive": proposal.wakes, "holds": proposal.holds,
            })
        });
        let refused = of.refusals.iter().map(|it| json!({"code": it.code(), "message": it.to_string()}));
        let notices = of.notices.iter().map(|notice| {
            let mut told = json!({"code": notice.code(), "message": notice.to_string()});
            if let mapping::customers::Notice::Overwritten { was, .. } = notice {
                told["was"] = was.as_ref().map_or(Value::Null, value);
            }
            told
        });
        let left_out: Map<String, Value> =
            of.left_out.iter().map(|(why, count)| (why.to_string(), json!(count))).collect();
        let waiting = day.balances.iter().filter_map(|row| {
            let why = row.waits?.to_string();
            Some(json!({"customer": row.customer.id, "pos": row.pos_before.to_string(), "why": why}))
        });
        let exposures = day.balances.iter().filter_map(|row| {
            let of = row.exposure.as_ref()?;
            let by_store: Map<String, Value> = of
                .by_store
                .iter()
                .map(|(store, amount)| (store.clone(), json!(amount.to_string())))
                .collect();
            let (owed, limit) = (of.owed.to_string(), of.limit.to_string());
            Some(json!({"customer": row.customer.id, "owed": owed, "limit": limit, "by_store": by_store}))
        });
        let records: Map<String, Value> = (day.balances.iter())
            .map(|row| (row.customer.id.clone(), serde_json::to_value(&row.records).unwrap_or_default()))
            .collect();
        let over: Vec<HeldForm<'_>> = day.over.iter().map(HeldForm::from).collect();
        let form = json!({
            "in_doubt": of.counts.in_doubt,
            "was_whole": of.was_whole,
            "is_cut_short": of.is_cut_short,
            "conflicts": conflicts.collect::<Vec<_>>(),
            "proposals": proposals.collect::<Vec<_>>(),
            "refused": refused.collect::<Vec<_>>(),
            "notices": notices.collect::<Vec<_>>(),
            "left_out": left_out,
            "posted_over": over,
            "balances_waiting": waiting.collect::<Vec<_>>(),
            "exposures": exposures.collect::<Vec<_>>(),
            "records": records,
        });
        form.serialize(serializer)
    }
}

fn value(value: &FieldValue) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

impl BothWays {
    /// Returns whether something was done on either side: a customer changed, a document was posted, a balance overwritten.
    #[must_use]
    pub fn has_changed_something(&self) -> bool {
        let is_moved = |row: &CustomerBalance| row.pos_before != row.pos_after;
        self.customers.has_changed_something()
            || self.documents.counts.of(Outcome::Created) > 0
            || self.balances.iter().any(is_moved)
    }

    /// Returns what came of it in sentences, for people: what was exchanged, what a person is asked, what is held and why, whose
    /// balance moved. Without names and values.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let of = &self.customers;
        let mut told = vec![format!("Customers: {}.", of.counts)];
        for conflict in &of.conflicts {
            let (customer, field) = (&conflict.customer, &conflict.field);
            let since =
                if conflict.is_new { "since the last exchange" } else { "and nobody has decided yet" };
            told.push(format!(
                "Customer {customer}, {field}: changed on both sides {since}; both values stay until a person says which holds."
            ));
        }
        for proposal in &of.proposals {
            let (customer, record, percent) =
                (&proposal.customer, &proposal.record, proposal.likeness.percent);
            let reasons: Vec<String> = proposal.likeness.reasons.iter().map(ToString::to_string).collect();
            let inactive = if proposal.wakes { ", which is inactive there," } else { "" };
            let until = if proposal.holds { "; neither is added until a person says" } else { "" };
            told.push(format!(
                "Customer {customer} and QuickBooks' record {record}{inactive} may be the same: {percent} %, {}{until}.",
                reasons.join(", ")
            ));
        }
        told.extend(of.refusals.iter().map(|refusal| sentence(&refusal.to_string())));
        told.extend(of.notices.iter().map(|notice| sentence(&notice.to_string())));
        if !of.left_out.is_empty() {
            let kinds: Vec<String> =
                of.left_out.iter().map(|(why, count)| format!("{count} {why}")).collect();
            told.push(format!(
                "Records of QuickBooks that the point of sale does not get: {}.",
                kinds.join(", ")
            ));
        }
        let posted = self.documents.counts.of(Outcome::Created);
        if posted > 0 {
            told.push(format!("{posted} documents were posted."));
        }
        for charge in self.held.iter().chain(&self.over) {
            let HeldCharge { event, customer, amount, judgement } = charge;
            let event = event.words();
            told.push(sentence(&format!(
                "{event}: {amount} on the account of customer {customer} {judgement}"
            )));
        }
        told.extend(self.balances.iter().filter_map(CustomerBalance::sentence));
        told
    }
}

impl fmt::Display for RecordLink {
    /// The record's id, and its address where it has one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.link {
            Some(link) => write!(f, "{} {link}", self.record),
            None => write!(f, "{}", self.record),
        }
    }
}

impl CustomerBalance {
    /// What became of the balance; none when it is as it was.
    fn sentence(&self) -> Option<String> {
        let Self { customer, pos_before, pos_after, unsent, .. } = self;
        if let Some(waits) = self.waits {
            return Some(format!(
                "Customer {customer} owes {pos_before} at the point of sale, which is left: {waits}."
            ));
        }
        let over = self.exposure.as_ref().map(|over| format!("; over the limit: {over}")).unwrap_or_default();
        if pos_before == pos_after && over.is_empty() {
            return None;
        }
        let was = if pos_before == pos_after {
            format!("Customer {customer} owes {pos_after}")
        } else {
            format!("Customer {customer} owed {pos_before} at the point of sale and owes {pos_after} now")
        };
        let figure = self.quickbooks.unwrap_or_default();
        let unsent = if unsent.is_zero() { String::new() } else { format!(" and {unsent} not posted") };
        let available =
            self.available.map(|available| format!(", {available} available")).unwrap_or_default();
        Some(format!("{was}: {figure} by QuickBooks{unsent}{available}{over}."))
    }
}

/// A message as a sentence: begun with a capital letter, ended with a full stop.
fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}
