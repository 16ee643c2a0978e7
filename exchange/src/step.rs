//! What to do next with one step, decided purely: all branching on outcomes is on this page.
//!
//! ```text
//! planned ----------> send --- applied, as planned ----------> created
//!                      |  \--- applied, otherwise --> read back --- equal ------> created
//!                      |                                  \------- different --> stored differently
//!                      |  \--- told once more, made by an earlier run --> read back --- equal --> adopted
//!                      |  \--- refused ----------------------> refused
//!                      |  \--- refused as a duplicate --\
//!                      |  \--- not sent ---> pause, send again (same id); in the end held
//!                      \------ unknown ------> look up --- equal ------> adopted
//! "sending" on restart ----------------------> look up --- different --> conflict
//!                                                 ^ \----- absent -----> send the same bytes under the same id,
//!                                                 |                      but only after the quarantine
//!                                                 \------- absent, too early: quarantine
//! ```
//!
//! A look-up that finds nothing proves nothing until the quarantine is over: QuickBooks may still be working on the
//! request (it allows itself 120 s), and its queries may lag behind its books. Once it is over, absence is believed, and a
//! refusal of the same request after it is the step's.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use qb_client::engine::throttle_wait;

use crate::report::Outcome;

/// A moment, by every clock there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// By the machine's clock, which people set.
    pub(crate) wall: DateTime<Utc>,
    /// By this process's own clock, which never jumps: since it began. None of another process.
    pub(crate) elapsed: Option<TimeDelta>,
    /// By QuickBooks' clock, as far as its answers tell it.
    pub(crate) quickbooks: Option<DateTime<Utc>>,
}

impl Moment {
    /// How much of a term that began at this moment is left now; none when it is over. By the clocks that do not jump; by the
    /// machine's only where neither knows both moments. A clock set back makes no term longer.
    pub(crate) fn left(&self, term: Duration, now: &Moment) -> Option<Duration> {
        let since = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).to_std().unwrap_or_default();
        let own = self.elapsed.zip(now.elapsed).map(|(from, to)| (to - from).to_std().unwrap_or_default());
        let theirs = self.quickbooks.zip(now.quickbooks).map(|(from, to)| since(from, to));
        let passed = own.into_iter().chain(theirs).min().unwrap_or_else(|| since(self.wall, now.wall));
        term.checked_sub(passed).filter(|left| !left.is_zero())
    }

    /// Returns a moment of another process as it is measured from here on by this one's clock. What has passed of it by the machine's
    /// clock is believed once: a clock that is set back later, or was set back before, makes no term longer.
    pub(crate) fn seen_from(self, now: &Moment) -> Self {
        let passed = (now.wall - self.wall).max(TimeDelta::zero());
        let is_known = self.elapsed.is_some() || self.quickbooks.zip(now.quickbooks).is_some();
        let elapsed = if is_known { self.elapsed } else { now.elapsed.map(|elapsed| elapsed - passed) };
        Self { elapsed, ..self }
    }
}

/// What is known of a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct StepState {
    /// The last request that may have reached the books, when there is one.
    pub(crate) doubt: Option<Moment>,
    /// Its number was taken when it was tried before, or may be by a document that the log has lost.
    pub(crate) is_taken: bool,
    /// It stands in QuickBooks otherwise than planned, as an earlier run saw it.
    pub(crate) is_stored_differently: bool,
    /// Requests sent in this run, those that were throttled left out.
    pub(crate) sends: u32,
    /// Requests of this run that were throttled.
    pub(crate) throttles: u32,
    /// Look-ups that failed in this run.
    pub(crate) failed_look_ups: u32,
    /// Whether the last request was refused for its number or name.
    pub(crate) is_duplicate: bool,
    /// Whether the last request was refused, for whatever reason.
    pub(crate) is_refused: bool,
    /// Whether the last answer was that to a request of an earlier run, told once more.
    pub(crate) is_replayed: bool,
    /// Whether QuickBooks has answered that it is in the books: it is never sent again.
    pub(crate) is_applied: bool,
}

/// What has just happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The step is taken up.
    Begun,
    /// A request was answered, or was not.
    Answered(Answered),
    /// The number or name was looked up.
    LookedUp(LookedUp),
    /// What was posted was read by its id: whether it is as planned.
    ReadBack {
        /// Whether it is as planned.
        as_planned: bool,
    },
    /// A look-up, or the reading of what was posted, failed.
    LookUpFailed,
    /// A wait is over.
    Waited,
    /// The run has no more time for this step.
    Stopped,
}

/// The outcome classes, with what matters here.
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
        /// How long, when that is known: after a refreshed token, at once.
        retry_after: Option<Duration>,
    },
    /// It is not, says QuickBooks, which asks to be left alone for a while.
    Throttled {
        /// How long, when it says so.
        retry_after: Option<Duration>,
    },
    /// Nobody knows.
    Unknown,
}

/// What a look-up found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LookedUp {
    /// One with the content we sent, and our key.
    Equal,
    /// One, but with other content or without our key.
    Different,
    /// There is none.
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
    /// Read what was posted by its id.
    ReadBack,
    /// Leave QuickBooks alone for so long.
    Pause(Duration),
    /// Leave this step alone for so long.
    Quarantine(Duration),
    /// This is what became of the step.
    Finish(Outcome),
}

/// How patient a run is.
///
/// # Defaults
/// * [`sends`](Policy::sends): 4 requests per step.
/// * [`look_ups`](Policy::look_ups): 2 failed look-ups per step.
/// * [`quarantine`](Policy::quarantine): 165 s.
/// * [`trust_request_id`](Policy::trust_request_id): no.
/// * [`outage`](Policy::outage): 3 events in a row.
/// * [`pause`](Policy::pause): 1 s, doubled each time.
/// * [`budget`](Policy::budget): 6 hours.
///
/// ```
/// use std::time::Duration;
///
/// let policy = exchange::Policy::default().with_sends(2).with_pause(Duration::from_millis(500));
/// assert_eq!(policy.quarantine, Duration::from_secs(165));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// How many requests a run may send for one step. One that QuickBooks throttled does not count. The default is 4.
    pub sends: u32,
    /// How many look-ups of one step may fail in a run. The client has tried each four times before it counts as failed, so
    /// that a QuickBooks that is gone costs no more than a minute before the outage ends the run. The default is 2.
    pub look_ups: u32,
    /// How long after sending an absence is not yet believed. The default is 165 s: 120 s of QuickBooks' own time limit, 30 s
    /// of query lag, 15 s.
    pub quarantine: Duration,
    /// Whether an absent step is sent again at once, trusting that QuickBooks replays a request id for as long as it takes.
    /// Intuit documents the replay without a term. The default is no: such a step waits for the quarantine's end.
    pub trust_request_id: bool,
    /// How many events in a row, without a success between, may fail because QuickBooks could not be reached or did not say
    /// what it did, before the run ends and the rest is held; at least 1. The default is 3: two events may meet a hiccup each;
    /// a third in a row is an outage, and every further one would cost [`sends`](Policy::sends) requests and, in doubt, a
    /// quarantine.
    pub outage: u32,
    /// How long a step waits after a request that was not sent or a look-up that failed; doubled each time. The default is 1 s.
    pub pause: Duration,
    /// How long a run may take, all of [`Exchange::run_all`](crate::Exchange::run_all) together. When it is over, or the next
    /// wait would go beyond it (a quarantine, or QuickBooks asks to be left alone for up to an hour), the run ends
    /// [`Paused`](crate::Paused) and the next one goes on. The default is 6 hours: a night.
    pub budget: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            sends: 4,
            look_ups: 2,
            quarantine: Duration::from_secs(165),
            trust_request_id: false,
            outage: 3,
            pause: Duration::from_secs(1),
            budget: Duration::from_secs(6 * 3600),
        }
    }
}

impl Policy {
    /// Sets [`sends`](Policy::sends).
    #[must_use]
    pub const fn with_sends(mut self, sends: u32) -> Self {
        self.sends = sends;
        self
    }

    /// Sets [`look_ups`](Policy::look_ups).
    #[must_use]
    pub const fn with_look_ups(mut self, look_ups: u32) -> Self {
        self.look_ups = look_ups;
        self
    }

    /// Sets [`quarantine`](Policy::quarantine). A shorter one than the default may post a document twice: QuickBooks may
    /// still be at work on a request that a look-up does not show.
    #[must_use]
    pub const fn with_quarantine(mut self, quarantine: Duration) -> Self {
        self.quarantine = quarantine;
        self
    }

    /// Sets [`trust_request_id`](Policy::trust_request_id).
    #[must_use]
    pub const fn with_trust_request_id(mut self, trust: bool) -> Self {
        self.trust_request_id = trust;
        self
    }

    /// Sets [`outage`](Policy::outage).
    #[must_use]
    pub const fn with_outage(mut self, events: u32) -> Self {
        self.outage = events;
        self
    }

    /// Sets [`pause`](Policy::pause).
    #[must_use]
    pub const fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Sets [`budget`](Policy::budget).
    #[must_use]
    pub const fn with_budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }
}

/// The next action for a step.
pub(crate) fn next(state: &StepState, input: Input, policy: &Policy, now: &Moment) -> Action {
    // What a step that is given up comes to.
    let given_up = || Action::Finish(if state.doubt.is_some() { Outcome::Unknown } else { Outcome::Held });
    match input {
        Input::Begun if state.is_stored_differently => Action::ReadBack,
        Input::Begun if state.doubt.is_some() || state.is_taken => Action::LookUp,
        Input::Begun => Action::Send,
        // An answer that differs, or that is told once more, is not believed before it is seen in the books.
        Input::Answered(Answered::Applied { as_planned }) if !as_planned || state.is_replayed => {
            Action::ReadBack
        }
        Input::Answered(Answered::Applied { .. }) => Action::Finish(Outcome::Created),
        // A refusal proves that this request did nothing, not that an earlier one did nothing.
        Input::Answered(Answered::Refused { is_duplicate: false }) if state.doubt.is_none() => {
            Action::Finish(Outcome::Refused)
        }
        Input::Answered(Answered::Refused { .. } | Answered::Unknown) => Action::LookUp,
        Input::Answered(Answered::NotSent { .. }) if state.sends >= policy.sends => given_up(),
        Input::Answered(Answered::NotSent { retry_after }) => {
            Action::Pause(retry_after.unwrap_or_else(|| pause(policy, state.sends)))
        }
        Input::Answered(Answered::Throttled { retry_after: Some(asked) }) => Action::Pause(asked),
        Input::Answered(Answered::Throttled { retry_after: None }) => {
            throttle_wait(state.throttles.saturating_sub(1)).map_or_else(given_up, Action::Pause)
        }
        Input::LookedUp(LookedUp::Equal) => Action::Finish(Outcome::Adopted),
        Input::LookedUp(LookedUp::Different) => Action::Finish(Outcome::Conflict),
        Input::LookedUp(LookedUp::Absent) => absent(state, policy, now),
        Input::ReadBack { as_planned: true } if state.is_replayed => Action::Finish(Outcome::Adopted),
        Input::ReadBack { as_planned: true } if state.sends > 0 => Action::Finish(Outcome::Created),
        Input::ReadBack { as_planned: true } => Action::Finish(Outcome::AlreadyPosted),
        Input::ReadBack { as_planned: false } => Action::Finish(Outcome::StoredDifferently),
        Input::LookUpFailed if state.is_stored_differently => Action::Finish(Outcome::StoredDifferently),
        Input::LookUpFailed if state.failed_look_ups < policy.look_ups => {
            Action::Pause(pause(policy, state.failed_look_ups))
        }
        // It is in the books, and could not be seen there.
        Input::LookUpFailed | Input::Stopped if state.is_applied => {
            Action::Finish(if state.is_replayed { Outcome::Unknown } else { Outcome::StoredDifferently })
        }
        Input::LookUpFailed if state.is_duplicate && state.doubt.is_none() => {
            Action::Finish(Outcome::Refused)
        }
        Input::LookUpFailed => Action::Finish(Outcome::Unknown),
        Input::Waited if state.is_applied => Action::ReadBack,
        // Only a look-up can have failed before the first request.
        Input::Waited if state.doubt.is_some() || state.sends + state.throttles == 0 => Action::LookUp,
        // After "not sent" nothing of the step can be in QuickBooks.
        Input::Waited => Action::Resend,
        Input::Stopped if state.is_stored_differently => Action::Finish(Outcome::StoredDifferently),
        Input::Stopped => given_up(),
    }
}

/// The wait after so many failures.
fn pause(policy: &Policy, failures: u32) -> Duration {
    policy.pause.saturating_mul(2u32.saturating_pow(failures))
}

fn absent(state: &StepState, policy: &Policy, now: &Moment) -> Action {
    let left = state.doubt.and_then(|doubt| doubt.left(policy.quarantine, now));
    if state.is_duplicate {
        // QuickBooks says the number is taken and shows nobody who has it. It may be an earlier request of ours, which the
        // queries do not show yet.
        return Action::Finish(if left.is_some() { Outcome::Unknown } else { Outcome::Refused });
    }
    if state.is_refused {
        return left.map_or(Action::Finish(Outcome::Refused), Action::Quarantine);
    }
    if state.doubt.is_none() && state.sends == 0 {
        return Action::Send;
    }
    if state.sends >= policy.sends {
        return Action::Finish(Outcome::Unknown);
    }
    match left.filter(|_| !policy.trust_request_id) {
        Some(left) => Action::Quarantine(left),
        None => Action::Resend,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        let wall = DateTime::from_timestamp(1_770_000_000 + second, 0).unwrap_or_default();
        Moment { wall, elapsed: None, quickbooks: None }
    }

    const FRESH: StepState = StepState {
        doubt: None,
        is_taken: false,
        is_stored_differently: false,
        sends: 0,
        throttles: 0,
        failed_look_ups: 0,
        is_duplicate: false,
        is_refused: false,
        is_replayed: false,
        is_applied: false,
    };

    #[test]
    #[rustfmt::skip]
    fn the_table() {
        use Action::{Finish, LookUp, Pause, Quarantine, ReadBack, Resend, Send};
        use Answered::{Applied, NotSent, Refused, Throttled};
        use Input::{Answered as A, Begun, LookUpFailed, LookedUp as L, Stopped, Waited};
        use LookedUp::{Absent, Different, Equal};
        use Outcome as O;
        let policy = Policy::default();
        let doubt = StepState { doubt: Some(at(0)), ..FRESH };
        let taken = StepState { is_taken: true, ..FRESH };
        let sent = StepState { sends: 1, ..FRESH };
        let lost = StepState { sends: 1, ..doubt };
        let tired = StepState { sends: 4, ..FRESH };
        let spent = StepState { sends: 4, ..doubt };
        let blind = StepState { failed_look_ups: 4, ..lost };
        let duplicate = StepState { is_duplicate: true, is_refused: true, ..sent };
        let doubtful_duplicate = StepState { is_duplicate: true, is_refused: true, sends: 2, ..doubt };
        let refused = StepState { is_refused: true, ..lost };
        let replayed = StepState { is_replayed: true, ..sent };
        let applied = StepState { is_applied: true, ..sent };
        let unseen = StepState { failed_look_ups: 2, ..applied };
        let unseen_replay = StepState { is_replayed: true, ..unseen };
        let differing = StepState { is_stored_differently: true, ..FRESH };
        let throttled = |throttles| StepState { throttles, ..FRESH };
        let s = Duration::from_secs;
        for (name, state, input, second, expected) in [
            ("never sent",                        FRESH,     Begun,                                0,   Send),
            ("sending found on restart",          doubt,     Begun,                                0,   LookUp),
            ("number was taken",                  taken,     Begun,                                0,   LookUp),
            ("stands otherwise",                  differing, Begun,                                0,   ReadBack),
            ("as planned",                        sent,      A(Applied { as_planned: true }),      1,   Finish(O::Created)),
            ("otherwise",                         sent,      A(Applied { as_planned: false }),     1,   ReadBack),
            ("told once more",                    replayed,  A(Applied { as_planned: true }),      1,   ReadBack),
            ("told once more and there",          replayed,  Input::ReadBack { as_planned: true }, 1,   Finish(O::Adopted)),
            ("told once more and changed",        replayed,  Input::ReadBack { as_planned: false }, 1,  Finish(O::StoredDifferently)),
            ("read back as planned",              sent,      Input::ReadBack { as_planned: true }, 1,   Finish(O::Created)),
            ("read back otherwise",               sent,      Input::ReadBack { as_planned: false }, 1,  Finish(O::StoredDifferently)),
            ("put right since",                   differing, Input::ReadBack { as_planned: true }, 1,   Finish(O::AlreadyPosted)),
            ("not put right",                     differing, Input::ReadBack { as_planned: false }, 1,  Finish(O::StoredDifferently)),
            ("otherwise, and not to be read",     differing, LookUpFailed,                         1,   Finish(O::StoredDifferently)),
            ("otherwise, and not to be read yet", applied,   LookUpFailed,                         1,   Pause(s(1))),
            ("otherwise, read once more",         applied,   Waited,                               3,   ReadBack),
            ("otherwise, read in vain",           unseen,    LookUpFailed,                         9,   Finish(O::StoredDifferently)),
            ("otherwise, and no more time",       applied,   Stopped,                              9,   Finish(O::StoredDifferently)),
            ("told once more, read in vain",      unseen_replay, LookUpFailed,                     9,   Finish(O::Unknown)),
            ("told once more, and no more time",  unseen_replay, Stopped,                          9,   Finish(O::Unknown)),
            ("refused",                           sent,      A(Refused { is_duplicate: false }),   1,   Finish(O::Refused)),
            ("refused after a doubt",             lost,      A(Refused { is_duplicate: false }),   1,   LookUp),
            ("refused and absent too early",      refused,   L(Absent),                            5,   Quarantine(s(160))),
            ("refused and absent for good",       refused,   L(Absent),                            165, Finish(O::Refused)),
            ("refused and found",                 refused,   L(Equal),                             165, Finish(O::Adopted)),
            ("number taken",                      sent,      A(Refused { is_duplicate: true }),    1,   LookUp),
            ("taken by nobody",                   duplicate, L(Absent),                            1,   Finish(O::Refused)),
            ("taken by nobody after a doubt",     doubtful_duplicate, L(Absent),                   1,   Finish(O::Unknown)),
            ("taken by nobody after quarantine",  doubtful_duplicate, L(Absent),                   165, Finish(O::Refused)),
            ("taken, and not to be looked up, after a doubt", StepState { failed_look_ups: 4, ..doubtful_duplicate }, LookUpFailed, 1, Finish(O::Unknown)),
            ("taken, and not to be looked up",    StepState { failed_look_ups: 4, ..duplicate }, LookUpFailed, 1, Finish(O::Refused)),
            ("throttled for a minute",            throttled(1), A(Throttled { retry_after: Some(s(60)) }), 1, Pause(s(60))),
            ("throttled",                         throttled(1), A(Throttled { retry_after: None }), 1,  Pause(s(1))),
            ("throttled for the sixth time",      throttled(6), A(Throttled { retry_after: None }), 1,  Pause(s(30))),
            ("throttled again and again",         throttled(7), A(Throttled { retry_after: None }), 1,  Finish(O::Held)),
            ("waited after a throttle",           throttled(1), Waited,                            2,   Resend),
            ("no connection",                     sent,      A(NotSent { retry_after: None }),      1,   Pause(s(2))),
            ("token refreshed",                   sent,      A(NotSent { retry_after: Some(s(0)) }), 1, Pause(s(0))),
            ("no connection again and again",     tired,     A(NotSent { retry_after: None }),      1,   Finish(O::Held)),
            ("no connection after a doubt",       spent,     A(NotSent { retry_after: None }),      1,   Finish(O::Unknown)),
            ("waited after not sent",             sent,      Waited,                               61,  Resend),
            ("no answer",                         lost,      A(Answered::Unknown),                 1,   LookUp),
            ("found equal",                       doubt,     L(Equal),                             1,   Finish(O::Adopted)),
            ("found different",                   doubt,     L(Different),                         1,   Finish(O::Conflict)),
            ("absent too early",                  doubt,     L(Absent),                            5,   Quarantine(s(160))),
            ("waited in quarantine",              doubt,     Waited,                               165, LookUp),
            ("absent after quarantine",           doubt,     L(Absent),                            165, Resend),
            ("clock set back",                    doubt,     L(Absent),                            -86_400, Quarantine(s(165))),
            ("absent in the end",                 spent,     L(Absent),                            999, Finish(O::Unknown)),
            ("number free again",                 taken,     L(Absent),                            1,   Send),
            ("look-up failed",                    lost,      LookUpFailed,                         1,   Pause(s(1))),
            ("look-up failed before the first request", taken, Waited,                             1,   LookUp),
            ("look-up failed for good",           blind,     LookUpFailed,                         1,   Finish(O::Unknown)),
            ("time is up",                        sent,      Stopped,                              1,   Finish(O::Held)),
            ("time is up in doubt",               lost,      Stopped,                              1,   Finish(O::Unknown)),
        ] {
            assert_eq!(next(&state, input, &policy, &at(second)), expected, "{name}");
        }
    }

    #[test]
    fn a_pause_of_any_length_is_doubled_without_overflow() {
        let policy = Policy::default().with_pause(Duration::MAX);
        let sent = StepState { doubt: Some(at(0)), sends: 3, failed_look_ups: 1, ..FRESH };
        for input in [Input::Answered(Answered::NotSent { retry_after: None }), Input::LookUpFailed] {
            assert_eq!(next(&sent, input, &policy, &at(1)), Action::Pause(Duration::MAX));
        }
    }

    #[test]
    fn a_trusted_request_id_needs_no_quarantine() {
        let policy = Policy::default().with_trust_request_id(true);
        let doubt = StepState { doubt: Some(at(0)), ..FRESH };
        assert_eq!(next(&doubt, Input::LookedUp(LookedUp::Absent), &policy, &at(1)), Action::Resend);
    }

    /// The machine's clock may jump; a term ends by the clocks that do not, the slower of the two.
    #[test]
    #[rustfmt::skip]
    fn a_clock_that_jumps_ends_no_quarantine() {
        let term = Duration::from_secs(165);
        let moment = |wall, elapsed: Option<i64>, quickbooks: Option<i64>| Moment {
            elapsed: elapsed.map(TimeDelta::seconds),
            quickbooks: quickbooks.map(|second| at(second).wall),
            ..at(wall)
        };
        for (name, sent, now, left) in [
            ("a jump of a day", moment(0, Some(7), None), moment(86_400, Some(12), None), Some(160)),
            ("a jump of a day between two processes", moment(0, None, Some(3)), moment(86_400, Some(1), Some(8)), Some(160)),
            ("QuickBooks' clock is behind", moment(0, Some(0), Some(0)), moment(165, Some(165), Some(5)), Some(160)),
            ("all agree that it is over", moment(0, Some(0), Some(0)), moment(165, Some(165), Some(165)), None),
            ("set back by a day", moment(0, Some(0), None), moment(-86_400, Some(165), None), None),
            ("only the machine's clock is known", moment(0, None, None), moment(5, Some(9), Some(9)), Some(160)),
        ] {
            assert_eq!(sent.left(term, &now), left.map(Duration::from_secs), "{name}");
        }
        // A request of another process, which only the machine's clock knows, sent tomorrow as it seems: no term is longer.
        let sent = moment(86_400, None, None).seen_from(&moment(0, Some(7), None));
        assert_eq!(sent.left(term, &moment(0, Some(7), None)), Some(term));
        assert_eq!(sent.left(term, &moment(0, Some(172), None)), None);
        let sent = moment(-100, None, None).seen_from(&moment(0, Some(7), None));
        assert_eq!(sent.left(term, &moment(-9_999, Some(17), None)), Some(Duration::from_secs(55)));
    }
}
