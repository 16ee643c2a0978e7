//! What to do next with one step. Pure: no log, no network, no clock; all branching on outcomes is on this page.
//!
//! ```text
//! planned ----------> send --- applied, as planned ----------> created
//!                      |  \--- applied, otherwise -----------> distorted
//!                      |  \--- refused ----------------------> refused
//!                      |  \--- refused as a duplicate --\
//!                      |  \--- not sent ---> wait, send again (same id); in the end held
//!                      \------ unknown ------> look up --- equal ------> adopted
//! "sending" on restart ----------------------> look up --- different --> conflict
//!                                                 ^ \----- absent -----> send the same bytes under the same id,
//!                                                 |                      but only after the quarantine
//!                                                 \------- absent, too early: wait
//! ```
//!
//! A look-up that finds nothing proves nothing until the quarantine is over: QuickBooks may still be working on the
//! request (it allows itself 120 s), and its queries may lag behind its books.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::report::Outcome;

/// What is known of a step before this run touches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing of it can be in QuickBooks: never sent, not sent, or definitely refused.
    Clear,
    /// It may be in QuickBooks: the log says "sending" and no more.
    InDoubt,
    /// Its number was taken, and our request was definitely refused.
    Taken,
}

/// What the driver has done with a step in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StepState {
    /// Before this run.
    pub(crate) standing: Standing,
    /// When the request that matters was sent, if one was.
    pub(crate) sent_at: Option<DateTime<Utc>>,
    /// Requests sent in this run.
    pub(crate) sends: u32,
    /// Look-ups that failed in this run.
    pub(crate) failed_look_ups: u32,
    /// Whether the last request was refused for its number or name.
    pub(crate) is_duplicate: bool,
    /// Whether an earlier request may have reached the books.
    pub(crate) in_doubt: bool,
}

/// What has just happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The driver takes up the step.
    Begun,
    /// A request was answered, or was not.
    Answered(Answered),
    /// The number or name was looked up.
    LookedUp(LookedUp),
    /// The look-up failed.
    LookUpFailed,
    /// A wait is over.
    Waited,
}

/// The four outcome classes, with what matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It is in the books.
    Applied {
        /// Its content is what was planned.
        as_planned: bool,
    },
    /// It is not, and will not be.
    Refused {
        /// Because the number or the name is taken (6140, 6240).
        is_duplicate: bool,
    },
    /// It is not; the same request may be sent again after a while.
    NotSent {
        /// How long QuickBooks wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// Nobody knows.
    Unknown,
}

/// What a look-up found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LookedUp {
    /// One with the content we sent.
    Equal,
    /// One, but with other content.
    Different,
    /// None.
    Absent,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Send the step as planned, under a new epoch if it was refused before.
    Send,
    /// Send the stored bytes again under the same request id.
    Resend,
    /// Look the number or name up.
    LookUp,
    /// Wait.
    Wait(Duration),
    /// This is what became of the step.
    Finish(Outcome),
}

/// How patient a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Requests per step and run.
    pub sends: u32,
    /// Failed look-ups per step and run.
    pub look_ups: u32,
    /// How long after sending an absence is believed: 120 s of QuickBooks' own time limit, 30 s of query lag, 15 s.
    pub quarantine: Duration,
    /// Trust that QuickBooks replays a request id for as long as it takes: an absent step is sent again at once.
    /// Documented by Intuit, without a term; off unless the host accepts that.
    pub trust_request_id: bool,
    /// How many events in a row, without a success between, may fail because QuickBooks could not be reached or did not say
    /// what it did, before the run ends and the rest is held; at least 1. Two events may meet a hiccup each; a third in a
    /// row is an outage, and every further one would cost `sends` requests and, in doubt, a quarantine.
    pub outage: u32,
    /// The wait after a request that was not sent or a look-up that failed, doubled each time.
    pub pause: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            sends: 4,
            look_ups: 4,
            quarantine: Duration::from_secs(165),
            trust_request_id: false,
            outage: 3,
            pause: Duration::from_secs(1),
        }
    }
}

/// The next action for a step.
pub(crate) fn next(state: &StepState, input: Input, policy: &Policy, now: DateTime<Utc>) -> Action {
    match input {
        Input::Begun => match state.standing {
            Standing::Clear => Action::Send,
            Standing::InDoubt | Standing::Taken => Action::LookUp,
        },
        Input::Answered(Answered::Applied { as_planned: true }) => Action::Finish(Outcome::Created),
        Input::Answered(Answered::Applied { as_planned: false }) => Action::Finish(Outcome::Distorted),
        // A refusal proves that this request did nothing, not that an earlier one did nothing.
        Input::Answered(Answered::Refused { is_duplicate: false }) if !state.in_doubt => {
            Action::Finish(Outcome::Refused)
        }
        Input::Answered(Answered::Refused { .. }) => Action::LookUp,
        Input::Answered(Answered::NotSent { retry_after }) => {
            if state.sends >= policy.sends {
                Action::Finish(if state.in_doubt { Outcome::Unknown } else { Outcome::Held })
            } else {
                Action::Wait(retry_after.unwrap_or_else(|| pause(policy, state.sends)))
            }
        }
        Input::Answered(Answered::Unknown) => Action::LookUp,
        Input::LookedUp(LookedUp::Equal) => Action::Finish(Outcome::Adopted),
        Input::LookedUp(LookedUp::Different) => Action::Finish(Outcome::Conflict),
        Input::LookedUp(LookedUp::Absent) => absent(state, policy, now),
        Input::LookUpFailed => {
            if state.failed_look_ups < policy.look_ups {
                Action::Wait(pause(policy, state.failed_look_ups))
            } else if state.is_duplicate && !state.in_doubt {
                Action::Finish(Outcome::Refused)
            } else {
                Action::Finish(Outcome::Unknown)
            }
        }
        // After "not sent" nothing of the step can be in QuickBooks: `sent_at` is gone.
        Input::Waited => match state.sent_at {
            Some(_) => Action::LookUp,
            // Only a look-up can have failed.
            None if state.sends == 0 => Action::LookUp,
            None => Action::Resend,
        },
    }
}

/// The wait after so many failures.
fn pause(policy: &Policy, failures: u32) -> Duration {
    policy.pause.saturating_mul(2u32.saturating_pow(failures))
}

fn absent(state: &StepState, policy: &Policy, now: DateTime<Utc>) -> Action {
    if state.is_duplicate {
        // QuickBooks says the number is taken and shows nobody who has it. It may be an earlier request of ours, which the
        // queries do not show yet.
        return Action::Finish(if state.in_doubt { Outcome::Unknown } else { Outcome::Refused });
    }
    if state.standing == Standing::Taken && state.sends == 0 {
        return Action::Send;
    }
    if state.sends >= policy.sends {
        return Action::Finish(Outcome::Unknown);
    }
    let quarantine = TimeDelta::from_std(policy.quarantine).unwrap_or(TimeDelta::MAX);
    let end =
        |sent_at: DateTime<Utc>| sent_at.checked_add_signed(quarantine).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let end = state.sent_at.map(end);
    match end.map(|end| end - now).filter(|left| *left > TimeDelta::zero() && !policy.trust_request_id) {
        // A clock set back must not make the wait longer than the quarantine.
        Some(left) => Action::Wait(left.to_std().unwrap_or(policy.quarantine).min(policy.quarantine)),
        None => Action::Resend,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_770_000_000 + second, 0).unwrap_or_default()
    }

    const FRESH: StepState = StepState {
        standing: Standing::Clear,
        sent_at: None,
        sends: 0,
        failed_look_ups: 0,
        is_duplicate: false,
        in_doubt: false,
    };

    #[test]
    fn the_table() {
        let policy = Policy::default();
        let sent = StepState { sent_at: Some(at(0)), sends: 1, ..FRESH };
        let doubt = StepState { standing: Standing::InDoubt, sent_at: Some(at(0)), in_doubt: true, ..FRESH };
        let taken = StepState { standing: Standing::Taken, ..FRESH };
        let duplicate = StepState { is_duplicate: true, ..sent };
        let unsent = StepState { sent_at: None, ..sent };
        let tired = StepState { sends: 4, ..unsent };
        let lost = StepState { sends: 4, in_doubt: true, ..sent };
        let blind = StepState { failed_look_ups: 4, ..sent };
        let seconds = Duration::from_secs;
        let answered = Input::Answered;
        for (name, state, event, second, expected) in [
            (
                "refused after a doubt",
                lost,
                answered(Answered::Refused { is_duplicate: false }),
                1,
                Action::LookUp,
            ),
            (
                "no connection after a doubt",
                lost,
                answered(Answered::NotSent { retry_after: None }),
                1,
                Action::Finish(Outcome::Unknown),
            ),
            ("never sent", FRESH, Input::Begun, 0, Action::Send),
            ("sending found on restart", doubt, Input::Begun, 0, Action::LookUp),
            ("number was taken", taken, Input::Begun, 0, Action::LookUp),
            (
                "as planned",
                sent,
                answered(Answered::Applied { as_planned: true }),
                1,
                Action::Finish(Outcome::Created),
            ),
            (
                "otherwise",
                sent,
                answered(Answered::Applied { as_planned: false }),
                1,
                Action::Finish(Outcome::Distorted),
            ),
            (
                "refused",
                sent,
                answered(Answered::Refused { is_duplicate: false }),
                1,
                Action::Finish(Outcome::Refused),
            ),
            ("number taken", sent, answered(Answered::Refused { is_duplicate: true }), 1, Action::LookUp),
            (
                "taken by nobody",
                duplicate,
                Input::LookedUp(LookedUp::Absent),
                1,
                Action::Finish(Outcome::Refused),
            ),
            (
                "taken by nobody after a doubt",
                StepState { in_doubt: true, sends: 2, ..duplicate },
                Input::LookedUp(LookedUp::Absent),
                1,
                Action::Finish(Outcome::Unknown),
            ),
            (
                "taken, and not to be looked up, after a doubt",
                StepState { in_doubt: true, failed_look_ups: 4, ..duplicate },
                Input::LookUpFailed,
                1,
                Action::Finish(Outcome::Unknown),
            ),
            (
                "throttled",
                sent,
                answered(Answered::NotSent { retry_after: Some(seconds(60)) }),
                1,
                Action::Wait(seconds(60)),
            ),
            (
                "no connection",
                sent,
                answered(Answered::NotSent { retry_after: None }),
                1,
                Action::Wait(seconds(2)),
            ),
            (
                "no connection again and again",
                tired,
                answered(Answered::NotSent { retry_after: None }),
                1,
                Action::Finish(Outcome::Held),
            ),
            ("waited after not sent", unsent, Input::Waited, 61, Action::Resend),
            ("no answer", sent, answered(Answered::Unknown), 1, Action::LookUp),
            ("found equal", doubt, Input::LookedUp(LookedUp::Equal), 1, Action::Finish(Outcome::Adopted)),
            (
                "found different",
                doubt,
                Input::LookedUp(LookedUp::Different),
                1,
                Action::Finish(Outcome::Conflict),
            ),
            ("absent too early", doubt, Input::LookedUp(LookedUp::Absent), 5, Action::Wait(seconds(160))),
            ("waited in quarantine", doubt, Input::Waited, 165, Action::LookUp),
            ("absent after quarantine", doubt, Input::LookedUp(LookedUp::Absent), 165, Action::Resend),
            ("clock set back", doubt, Input::LookedUp(LookedUp::Absent), -86_400, Action::Wait(seconds(165))),
            (
                "absent in the end",
                tired,
                Input::LookedUp(LookedUp::Absent),
                999,
                Action::Finish(Outcome::Unknown),
            ),
            ("number free again", taken, Input::LookedUp(LookedUp::Absent), 1, Action::Send),
            ("look-up failed", sent, Input::LookUpFailed, 1, Action::Wait(seconds(1))),
            ("look-up failed for good", blind, Input::LookUpFailed, 1, Action::Finish(Outcome::Unknown)),
        ] {
            assert_eq!(next(&state, event, &policy, at(second)), expected, "{name}");
        }
    }

    #[test]
    fn a_pause_of_any_length_is_doubled_without_overflow() {
        let policy = Policy { pause: Duration::MAX, ..Policy::default() };
        let sent = StepState { sent_at: Some(at(0)), sends: 3, failed_look_ups: 3, ..FRESH };
        for event in [Input::Answered(Answered::NotSent { retry_after: None }), Input::LookUpFailed] {
            assert_eq!(next(&sent, event, &policy, at(1)), Action::Wait(Duration::MAX));
        }
    }

    #[test]
    fn a_trusted_request_id_needs_no_quarantine() {
        let policy = Policy { trust_request_id: true, ..Policy::default() };
        let doubt = StepState { standing: Standing::InDoubt, sent_at: Some(at(0)), ..FRESH };
        assert_eq!(next(&doubt, Input::LookedUp(LookedUp::Absent), &policy, at(1)), Action::Resend);
    }
}
