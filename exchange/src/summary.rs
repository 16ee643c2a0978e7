//! What one run of a host did, said once: every input's fate, every document, every error, and the verdict. Whatever a host
//! prints or writes about a run comes from here, so that the page, the JSON and the exit code cannot disagree.
//!
//! Pure: the host hands in the instants, what it read, each report or error as it comes, and the tie-out when there is one.
//! The JSON form keeps its words from version to version; [`SCHEMA_VERSION`] grows when a word goes or changes its meaning.

mod batch;
mod exchanges;
mod fault;
mod page;
mod usage;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use mapping::Origin;
use mapping::customers::CustomerPlan;
use qb_client::Usage;
use serde::ser::{Serialize, Serializer};

use crate::customers::{BothWays, CustomerReport, Details};
use crate::error::RunError;
use crate::report::{Counts, CountsForm, EntryReport, Outcome, Report};
use crate::run_all::AllRun;
use crate::settle::SettledDocument;
use crate::status::LogStatus;
use crate::stop::Paused;
use crate::tie_out::{AccountTie, TieOut};
use crate::undo::{ActOutcome, Undo, UndoResult};

use self::usage::{Asked, UsageForm};

pub use self::batch::BatchSummary;
pub use self::fault::{Exit, Fault, Place, Who};

/// The version of the JSON form.
pub const SCHEMA_VERSION: u32 = 1;

/// The verdict on a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RunResult {
    /// Everything named is posted, and the books tie out; of a rehearsal, it would be posted.
    Ok,
    /// The books, or a document, are not as planned: a person must look.
    Differences,
    /// Something is not posted yet, or could not be read: run it again.
    Incomplete,
    /// An input was refused: a person must put it right.
    RefusedInput,
    /// Nothing was done.
    NotRun,
}

impl RunResult {
    /// Returns the word of the JSON form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Differences => "differences",
            Self::Incomplete => "incomplete",
            Self::RefusedInput => "refused_input",
            Self::NotRun => "not_run",
        }
    }
}

/// What became of one input: a POS file, mostly.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct InputFate {
    /// What the host calls it: its path.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// The batches of it that were to be posted.
    pub batches: u64,
    /// The purchase orders of it that were to be posted.
    pub purchase_orders: u64,
}

/// What became of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fate {
    /// It was read and taken whole. Its documents say what was posted.
    Taken,
    /// It was refused whole: nothing of it was sent.
    Refused,
}

impl InputFate {
    /// Returns an input that was taken, with how many batches and purchase orders of it are to be posted.
    pub fn taken(name: impl Into<String>, batches: usize, purchase_orders: usize) -> Self {
        let (batches, purchase_orders) = (batches as u64, purchase_orders as u64);
        Self { name: name.into(), fate: Fate::Taken, batches, purchase_orders }
    }

    /// Returns an input that was refused whole.
    pub fn refused(name: impl Into<String>) -> Self {
        Self { name: name.into(), fate: Fate::Refused, batches: 0, purchase_orders: 0 }
    }
}

/// One run of a host, from its start to its end.
#[derive(Debug, Clone)]
pub struct RunSummary {
    started_at: DateTime<Utc>,
    ended_at: DateTime<Utc>,
    company: Option<String>,
    log: Option<String>,
    inputs: Vec<InputFate>,
    errors: Vec<Fault>,
    notices: Vec<String>,
    batches: Vec<BatchSummary>,
    reports: Vec<Report>,
    tie_out: Option<TieOut>,
    skipped: BTreeMap<String, u64>,
    not_started: u64,
    log_behind: u64,
    paused: Option<Paused>,
    usage: Option<Usage>,
    least_time: Option<Duration>,
    settled: Vec<SettledDocument>,
    status: Option<LogStatus>,
    exchanges: Vec<BothWays>,
    undos: Vec<Undo>,
    is_interrupted: bool,
    is_dry_run: bool,
}

impl RunSummary {
    /// Returns the summary of a run that begins at this instant.
    #[must_use]
    pub fn new(started_at: DateTime<Utc>) -> Self {
        Self {
            started_at,
            ended_at: started_at,
            company: None,
            log: None,
            inputs: Vec::new(),
            errors: Vec::new(),
            notices: Vec::new(),
            batches: Vec::new(),
            reports: Vec::new(),
            tie_out: None,
            skipped: BTreeMap::new(),
            not_started: 0,
            log_behind: 0,
            paused: None,
            usage: None,
            least_time: None,
            settled: Vec::new(),
            status: None,
            exchanges: Vec::new(),
            undos: Vec::new(),
            is_interrupted: false,
            is_dry_run: false,
        }
    }

    /// Says that this is a rehearsal ([`Exchange::rehearsal`](crate::Exchange::rehearsal)): nothing is sent, nothing ties out.
    pub fn set_dry_run(&mut self) {
        self.is_dry_run = true;
    }

    /// Names the QuickBooks company by its id, and the posting log as the host calls it.
    pub fn set_books(&mut self, company: impl Into<String>, log: impl Into<String>) {
        (self.company, self.log) = (Some(company.into()), Some(log.into()));
    }

    /// Adds what became of an input.
    pub fn add_input(&mut self, input: InputFate) {
        self.inputs.push(input);
    }

    /// Adds something to know that changes no verdict.
    pub fn add_notice(&mut self, notice: impl Into<String>) {
        self.notices.push(notice.into());
    }

    /// Adds what posts nothing, counted by reason.
    pub fn add_skipped(&mut self, reason: impl Into<String>, count: u64) {
        *self.skipped.entry(reason.into()).or_default() += count;
    }

    /// Adds what [`Exchange::run_all`](crate::Exchange::run_all) left for the next run, and why.
    pub fn add_left(&mut self, all: &AllRun) {
        self.add_not_started(all.left);
        all.paused.iter().cloned().for_each(|paused| self.pause(paused));
    }

    /// Counts batches and purchase orders that were not started because the run ended before them.
    pub fn add_not_started(&mut self, count: u64) {
        self.not_started += count;
    }

    /// Adds an error.
    pub fn add_error(&mut self, fault: Fault) {
        self.errors.push(fault);
    }

    /// Adds what a run of an origin came to: its report, or its error and the part of the report that was done by then.
    pub fn add_result(&mut self, origin: Origin<'_>, result: Result<Report, RunError>) {
        match result {
            Ok(report) => self.add_report(report),
            Err(error) => {
                self.add_errors(&error, &Place::of_origin(origin));
                if let Some(done) = error.done() {
                    self.add_report(done.clone());
                }
            }
        }
    }

    /// Adds why a batch, a purchase order or a part of the run was not started or not finished: one error for each thing that is
    /// not in order.
    pub fn add_errors(&mut self, error: &RunError, place: &Place) {
        self.errors.extend(Fault::each_of_run(error, place));
    }

    /// Adds what became of a batch, a purchase order or the opening entry.
    pub fn add_report(&mut self, report: Report) {
        if !report.removed.is_empty() {
            let (place, numbers) = (fault::place_of(&report), report.removed.join(", "));
            self.add_notice(format!(
                "{place}: posted before, and gone from the file and from QuickBooks: {numbers}; the batch is as the file says"
            ));
        }
        self.log_behind += report.log_behind;
        self.paused = self.paused.or(report.paused);
        self.reports.push(report);
    }

    /// Adds what an exchange both ways came to ([`Exchange::run_both_ways`](crate::Exchange::run_both_ways)), with what it left of
    /// its documents. The reports of its documents are added by themselves.
    pub fn add_exchange(&mut self, day: BothWays) {
        self.add_left(&day.documents);
        day.customers.paused.into_iter().for_each(|paused| self.pause(paused));
        self.exchanges.push(day);
    }

    /// Adds what an exchange of customers would do ([`Exchange::preview_customers`](crate::Exchange::preview_customers)).
    pub fn add_preview(&mut self, plan: &CustomerPlan) {
        let customers = CustomerReport::of_plan(plan);
        self.exchanges.push(BothWays { customers, ..BothWays::default() });
    }

    /// Adds why an exchange both ways was not finished, and what was done of it before.
    pub fn add_exchange_error(&mut self, error: &RunError) {
        if let Some(done) = error.customers_done() {
            self.exchanges.push(BothWays { customers: done.clone(), ..BothWays::default() });
        }
        self.add_errors(error, &Place::of_part("customers"));
    }

    /// Returns the exchanges of customers, charges and balances.
    #[must_use]
    pub fn exchanges(&self) -> &[BothWays] {
        &self.exchanges
    }

    /// Adds a batch's figures, for a batch that was started.
    pub fn add_batch(&mut self, batch: BatchSummary) {
        self.batches.push(batch);
    }

    /// Adds the tie-out, or why there is none.
    pub fn set_tie_out(&mut self, tie_out: Result<TieOut, RunError>) {
        match tie_out {
            Ok(tie_out) => self.tie_out = Some(tie_out),
            Err(error) => self.add_errors(&error, &Place::of_part("tie-out")),
        }
    }

    /// Notes that a person or the system asked the run to end before it was done.
    pub fn interrupt(&mut self) {
        self.is_interrupted = true;
    }

    /// Sets what the posting log holds, where the host was asked for that alone.
    pub fn set_status(&mut self, status: LogStatus) {
        self.status = Some(status);
    }

    /// Returns what the posting log holds, where it was set.
    #[must_use]
    pub fn status(&self) -> Option<&LogStatus> {
        self.status.as_ref()
    }

    /// Adds an undo, or its preview.
    pub fn add_undo(&mut self, undo: Undo) {
        self.undos.push(undo);
    }

    /// Adds a document that a person has settled now.
    pub fn add_settled(&mut self, document: SettledDocument) {
        self.settled.push(document);
    }

    /// Notes that the run's time was up, as [`AllRun::paused`](crate::AllRun::paused) says it.
    pub fn pause(&mut self, paused: Paused) {
        self.paused = Some(paused);
    }

    /// Says what the run asked of QuickBooks: [`Client::usage`](qb_client::Client::usage) at its end, less what it was at its
    /// start.
    pub fn set_usage(&mut self, usage: Usage) {
        self.usage = Some(usage);
    }

    /// Says how long QuickBooks' limits would have made a run take that was not held to them
    /// ([`Limits::least_time`](qb_client::Limits::least_time)).
    pub fn set_least_time(&mut self, least_time: Duration) {
        self.least_time = Some(least_time);
    }

    /// Ends the run at this instant.
    pub fn end(&mut self, ended_at: DateTime<Utc>) {
        self.ended_at = ended_at;
    }

    /// Returns what became of each batch, purchase order and opening entry that was started.
    #[must_use]
    pub fn reports(&self) -> &[Report] {
        &self.reports
    }

    /// Returns what posts nothing, counted by reason.
    #[must_use]
    pub fn skipped(&self) -> &BTreeMap<String, u64> {
        &self.skipped
    }

    /// Returns the tie-out; none when none was made.
    #[must_use]
    pub fn tie_out(&self) -> Option<&TieOut> {
        self.tie_out.as_ref()
    }

    /// What remains of a run whose time was up; none of any other.
    fn remains(&self) -> Option<Remains> {
        let counts = self.counts();
        self.paused.map(|paused| Remains {
            until: paused.until.map(instant),
            unsent: counts.of(Outcome::Held),
            unknown: counts.of(Outcome::Unknown),
            not_started: self.not_started,
        })
    }

    /// What was asked of QuickBooks; none when the host did not say.
    fn asked(&self) -> Option<Asked> {
        let (least_time, documents) = (self.least_time, self.counts().planned);
        self.usage.map(|usage| Asked { usage, least_time, documents })
    }

    /// How many documents QuickBooks had under our keys that the posting log did not know; none when it knew all.
    fn log_behind(&self) -> Option<LogBehind> {
        (self.log_behind > 0).then(|| LogBehind {
            code: "log-behind",
            documents: self.log_behind,
            message: format!(
                "QuickBooks has {} of these documents that the posting log did not know: the log was lost, or is an older copy; they were looked up and none was posted twice; if there is a newer copy of the log, go on with that one",
                self.log_behind
            ),
        })
    }

    /// Returns what is worth a second look, and what else was said.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Returns every error: those of inputs, those that kept something from being started, and each document that is not
    /// done.
    pub fn errors(&self) -> Vec<Fault> {
        let unfinished = self.reports.iter().flat_map(Fault::of_unfinished);
        let exchanged = self.exchanges.last().map(exchanges::faults).unwrap_or_default();
        self.errors.iter().cloned().chain(unfinished).chain(exchanged).collect()
    }

    /// Returns the documents counted, over all reports.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::over(&self.reports)
    }

    /// Returns how many inputs, batches and purchase orders are in none of the figures.
    #[must_use]
    pub fn left_out(&self) -> usize {
        let refused = self.inputs.iter().filter(|input| input.fate == Fate::Refused).count();
        let failed = self.errors.iter().filter(|error| error.is_of_unstarted());
        // Several things may be wrong with one of them.
        let failed: BTreeSet<String> = failed.map(|error| error.place.to_string()).collect();
        let failed = failed.len();
        let waiting = usize::try_from(self.not_started).unwrap_or(usize::MAX);
        refused + failed + waiting
    }

    /// Returns how the program ends: the first that applies, in the order of [`Exit::ORDER`].
    pub fn exit(&self) -> Exit {
        let mut exits: Vec<Exit> = self.errors().iter().map(Fault::exit).collect();
        if self.is_interrupted
            || self.paused.is_some()
            || self.not_started > 0
            || self.reports.iter().any(|report| report.is_cut_short)
        {
            exits.push(Exit::Incomplete);
        }
        exits.extend(self.undos.iter().map(exit_of));
        if let Some(tie_out) = &self.tie_out {
            if !tie_out.is_explained() {
                exits.push(Exit::Differences);
            } else if !tie_out.is_tied_out() && !exchanges::is_at_rest(&self.reports, tie_out) {
                exits.push(Exit::Incomplete);
            }
        }
        Exit::ORDER.into_iter().find(|exit| exits.contains(exit)).unwrap_or(Exit::Ok)
    }

    /// Returns the verdict.
    #[must_use]
    pub fn result(&self) -> RunResult {
        let is_started = !self.reports.is_empty() || !self.exchanges.is_empty() || !self.undos.is_empty();
        match self.exit() {
            Exit::Ok => RunResult::Ok,
            Exit::Differences => RunResult::Differences,
            Exit::RefusedInput => RunResult::RefusedInput,
            Exit::Configuration | Exit::InUse | Exit::Incomplete if !is_started => RunResult::NotRun,
            Exit::Configuration | Exit::InUse | Exit::Incomplete => RunResult::Incomplete,
        }
    }

    /// The list entries that were made, or, of a rehearsal, would be.
    fn made(&self, outcome: Outcome) -> Vec<Made<'_>> {
        self.reports.iter().flat_map(|report| report.made(outcome)).map(Made::of).collect()
    }
}

/// How a program ends after an undo, or its preview.
fn exit_of(undo: &Undo) -> Exit {
    match undo.result {
        UndoResult::ToDo | UndoResult::Done => Exit::Ok,
        UndoResult::Forbidden => Exit::Differences,
        UndoResult::Incomplete => {
            let is_refused = undo.acts.iter().any(|act| act.outcome == ActOutcome::Refused);
            if is_refused { Exit::Differences } else { Exit::Incomplete }
        }
    }
}

#[derive(serde::Serialize)]
struct Form<'s> {
    schema_version: u32,
    result: RunResult,
    exit_code: u8,
    dry_run: bool,
    started_at: String,
    ended_at: String,
    version: &'static str,
    company: Option<&'s str>,
    log: Option<&'s str>,
    inputs: &'s [InputFate],
    errors: Vec<Fault>,
    notices: &'s [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    log_behind: Option<LogBehind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<Remains>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<UsageForm>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    settled: &'s [SettledDocument],
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'s LogStatus>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    exchanges: &'s [BothWays],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exchange_details: Vec<Details<'s>>,
    undos: &'s [Undo],
    batches: &'s [BatchSummary],
    #[serde(skip_serializing_if = "Option::is_none")]
    control_accounts: Option<&'s [AccountTie]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tie_out: Option<&'s TieOut>,
    made: Vec<Made<'s>>,
    to_make: Vec<Made<'s>>,
    documents: CountsForm<'s>,
    reports: &'s [Report],
    skipped: &'s BTreeMap<String, u64>,
    not_started: u64,
    is_interrupted: bool,
}

/// What a run whose time was up left for the next one.
#[derive(serde::Serialize)]
struct Remains {
    until: Option<String>,
    unsent: u64,
    unknown: u64,
    not_started: u64,
}

/// An instant as the JSON form has it.
fn instant(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The posting log did not know documents that QuickBooks has.
#[derive(serde::Serialize)]
struct LogBehind {
    code: &'static str,
    documents: u64,
    message: String,
}

#[derive(serde::Serialize)]
struct Made<'s> {
    kind: &'static str,
    key: String,
    id: Option<&'s str>,
}

impl<'s> Made<'s> {
    fn of(entry: &'s EntryReport) -> Self {
        Self { kind: entry.kind, key: entry.key.to_string(), id: entry.id.as_deref() }
    }
}

impl Serialize for RunSummary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = self.counts();
        let form = Form {
            schema_version: SCHEMA_VERSION,
            result: self.result(),
            exit_code: self.exit().code(),
            dry_run: self.is_dry_run,
            started_at: instant(self.started_at),
            ended_at: instant(self.ended_at),
            version: env!("CARGO_PKG_VERSION"),
            company: self.company.as_deref(),
            log: self.log.as_deref(),
            inputs: &self.inputs,
            errors: self.errors(),
            notices: &self.notices,
            log_behind: self.log_behind(),
            paused: self.remains(),
            usage: self.asked().map(|asked| asked.form()),
            settled: &self.settled,
            status: self.status.as_ref(),
            exchanges: &self.exchanges,
            exchange_details: self.exchanges.iter().map(Details).collect(),
            undos: &self.undos,
            batches: &self.batches,
            control_accounts: self.tie_out.as_ref().map(|tie_out| tie_out.accounts.as_slice()),
            tie_out: self.tie_out.as_ref(),
            made: self.made(Outcome::Created),
            to_make: self.made(Outcome::ToCreate),
            documents: CountsForm(&counts),
            reports: &self.reports,
            skipped: &self.skipped,
            not_started: self.not_started,
            is_interrupted: self.is_interrupted,
        };
        form.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(errors: Vec<Fault>) -> RunSummary {
        let mut summary = RunSummary::new(DateTime::UNIX_EPOCH);
        errors.into_iter().for_each(|error| summary.add_error(error));
        summary
    }

    #[test]
    fn the_first_exit_that_applies_is_the_run_s() {
        let fault = |exit| Fault::new("x", "x", Place::default(), exit);
        for (exits, expected, result) in [
            (vec![], Exit::Ok, RunResult::Ok),
            (vec![Exit::Incomplete], Exit::Incomplete, RunResult::NotRun),
            (vec![Exit::Incomplete, Exit::RefusedInput], Exit::RefusedInput, RunResult::RefusedInput),
            (vec![Exit::RefusedInput, Exit::InUse], Exit::InUse, RunResult::NotRun),
            (vec![Exit::InUse, Exit::Configuration], Exit::Configuration, RunResult::NotRun),
            (vec![Exit::Incomplete, Exit::Differences], Exit::Differences, RunResult::Differences),
        ] {
            let summary = summary(exits.iter().copied().map(fault).collect());
            assert_eq!((summary.exit(), summary.result()), (expected, result), "{exits:?}");
        }
    }

    #[test]
    fn no_tie_out_is_no_figure() {
        let json = serde_json::to_value(summary(Vec::new())).unwrap_or_default();
        assert!(json.get("tie_out").is_none() && json.get("control_accounts").is_none(), "{json}");
        assert_eq!(json["documents"]["already_posted"], 0);
        assert_eq!((&json["result"], &json["schema_version"]), (&"ok".into(), &1.into()));
    }

    #[test]
    fn a_run_that_was_asked_to_end_is_incomplete() {
        let mut summary = summary(Vec::new());
        summary.interrupt();
        assert_eq!(summary.exit(), Exit::Incomplete);
    }
}
