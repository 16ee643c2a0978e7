//! What a run asked of QuickBooks, by the classes by which Intuit counts, in all and for each document.
//!
//! Neighbours: `summary.rs`, which has it in its JSON; `page.rs`, which says it.

use std::time::Duration;

use qb_client::Usage;
use serde::Serialize;

/// The JSON form.
#[derive(Serialize)]
pub(super) struct UsageForm {
    requests: u64,
    batches: u64,
    /// Writes that were carried out: Intuit calls them core calls and leaves them free.
    core: u64,
    metered_reads: u64,
    reports: u64,
    /// Requests that were turned away at the limits.
    throttled: u64,
    /// How long some request was held back for the limits.
    held_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_document: Option<PerDocument>,
    /// How long the limits would have made it take.
    #[serde(skip_serializing_if = "Option::is_none")]
    least_ms_under_limits: Option<u64>,
}

/// Of each class for a document, as text of three decimals: `1.102`.
#[derive(Serialize)]
pub(super) struct PerDocument {
    core: String,
    metered_reads: String,
    reports: String,
}

impl PerDocument {
    /// None without a document.
    fn of(usage: &Usage, documents: u64) -> Option<Self> {
        let share = |count: u64| {
            let thousandths =
                count.saturating_mul(1000).saturating_add(documents / 2).checked_div(documents)?;
            Some(format!("{}.{:03}", thousandths / 1000, thousandths % 1000))
        };
        let (core, metered_reads, reports) =
            (share(usage.writes)?, share(usage.reads)?, share(usage.reports)?);
        Some(Self { core, metered_reads, reports })
    }
}

/// What a run asked, how long the limits would have made it take, and of how many documents it was.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) usage: Usage,
    pub(super) least_time: Option<Duration>,
    pub(super) documents: u64,
}

impl Asked {
    pub(super) fn form(&self) -> UsageForm {
        let Self { usage, least_time, documents } = self;
        UsageForm {
            requests: usage.requests,
            batches: usage.batches,
            core: usage.writes,
            metered_reads: usage.reads,
            reports: usage.reports,
            throttled: usage.throttled,
            held_ms: millis(usage.held),
            per_document: PerDocument::of(usage, *documents),
            least_ms_under_limits: least_time.map(millis),
        }
    }

    /// The same for people: a sentence a line.
    pub(super) fn lines(&self) -> Vec<String> {
        let Usage { requests, batches, writes, reads, reports, throttled, held, .. } = self.usage;
        let each = PerDocument::of(&self.usage, self.documents).map(|each| {
            format!(
                "; for each document {} core calls, {} metered reads and {} reports",
                each.core, each.metered_reads, each.reports
            )
        });
        let mut lines = vec![format!(
            "QuickBooks was asked in {requests} requests, {batches} of them batches: {writes} core calls (writes, which are free), \
             {reads} metered reads and {reports} reports{}.",
            each.unwrap_or_default()
        )];
        if throttled > 0 || held >= Duration::from_secs(1) {
            let turned_away = if throttled == 0 { "none".to_owned() } else { throttled.to_string() };
            lines.push(format!(
                "QuickBooks' limits held requests back for {} s and turned {turned_away} away.",
                seconds(held)
            ));
        }
        if let Some(least) = self.least_time {
            lines.push(format!(
                "QuickBooks' limits would have made this run take {} s at least, however fast QuickBooks answers.",
                seconds(least)
            ));
        }
        lines
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Seconds with one decimal, cut.
fn seconds(duration: Duration) -> String {
    format!("{}.{}", duration.as_secs(), duration.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage() -> Usage {
        let mut usage = Usage::default();
        (usage.requests, usage.batches, usage.writes, usage.reads, usage.reports) = (31, 7, 205, 14, 2);
        usage
    }

    #[test]
    fn a_share_has_three_decimals_and_is_rounded() {
        let share =
            |documents| PerDocument::of(&usage(), documents).map(|each| [each.core, each.metered_reads]);
        assert_eq!(share(186), Some(["1.102".to_owned(), "0.075".to_owned()]));
        assert_eq!(share(205), Some(["1.000".to_owned(), "0.068".to_owned()]));
        assert_eq!(share(0), None);
    }

    #[test]
    fn what_was_asked_is_said_and_what_did_not_happen_is_not() {
        let quiet = Asked { usage: usage(), least_time: None, documents: 0 };
        assert_eq!(
            quiet.lines(),
            [
                "QuickBooks was asked in 31 requests, 7 of them batches: 205 core calls (writes, which are free), 14 metered reads and 2 reports."
            ]
        );
        let mut usage = usage();
        (usage.held, usage.throttled) = (Duration::from_millis(62_340), 3);
        let held = Asked { usage, least_time: Some(Duration::from_millis(3_150)), documents: 186 };
        let lines = held.lines();
        assert!(
            lines[0]
                .ends_with("; for each document 1.102 core calls, 0.075 metered reads and 0.011 reports.")
        );
        assert_eq!(lines[1], "QuickBooks' limits held requests back for 62.3 s and turned 3 away.");
        assert_eq!(
            lines[2],
            "QuickBooks' limits would have made this run take 3.1 s at least, however fast QuickBooks answers."
        );
        let json = serde_json::to_value(held.form()).unwrap_or_default();
        assert_eq!((&json["held_ms"], &json["least_ms_under_limits"]), (&62_340.into(), &3_150.into()));
    }
}
