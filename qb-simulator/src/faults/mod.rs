//! Faults on purpose: rules that say which request goes wrong, how, and how often it did.
//!
//! [`Faults::decide`] depends on the rules, the seed and the requests so far, and on nothing else: the same requests
//! in the same order meet the same faults. Knows neither company nor socket. Neighbours: `facts` reads what a request
//! is, `effect` names what can go wrong, `service` does it.

mod alter;
mod answers;
mod batch;
mod effect;
mod facts;
mod gzip;

pub use crate::base::kind::Operation;
pub(crate) use alter::{altered, capped, flipped, without};
pub(crate) use answers::{made, throttled};
pub(crate) use batch::in_batch;
pub use effect::{BatchFault, Effect, Part, ThrottleForm};
pub use facts::Facts;

use serde::{Deserialize, Serialize};

use crate::base::message::{Request, decoded};

/// Which requests a rule looks at, and at which of them it strikes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// Entities or reports by name, in any case; none named means all. A batch matches when one of its items does.
    pub entities: Vec<String>,
    /// Operations; none named means all but those of OAuth. A rule strikes a batch as a whole, and only one that names
    /// [`Operation::Batch`] or no operation; [`Effect::Batch`] strikes one of its items, which may be named too.
    pub operations: Vec<Operation>,
    /// Only requests that hold this text in their body, or in their path or query string with its escapes undone; none named
    /// means all. A document's number, for one.
    pub text: Option<String>,
    /// Strikes at this matching request only; 1 is the first.
    pub nth: Option<u64>,
    /// Strikes at every so-many-th matching request.
    pub every: Option<u64>,
    /// Strikes with this chance out of 1000, drawn from the seed.
    pub per_mille: Option<u32>,
    /// Strikes at most this often.
    pub count: Option<u64>,
}

impl When {
    /// Returns every request of an operation.
    #[must_use]
    pub fn operation(operation: Operation) -> When {
        When { operations: vec![operation], ..When::default() }
    }

    /// Returns every create of an entity.
    #[must_use]
    pub fn create(entity: &str) -> When {
        When { entities: vec![entity.into()], ..When::operation(Operation::Create) }
    }

    /// Returns those of the same requests that hold this text.
    #[must_use]
    pub fn holding(mut self, text: &str) -> When {
        self.text = Some(text.into());
        self
    }

    /// Returns the same requests, at most so often.
    #[must_use]
    pub fn times(mut self, count: u64) -> When {
        self.count = Some(count);
        self
    }

    fn matches(&self, facts: &Facts, effect: &Effect) -> bool {
        if matches!(effect, Effect::Batch(_)) {
            return facts.operation == Operation::Batch && self.item(facts, 0).is_some();
        }
        let operation = match self.operations.as_slice() {
            [] => !facts.operation.is_oauth(),
            operations => operations.contains(&facts.operation),
        };
        operation && (self.names(facts) || facts.items.iter().any(|item| self.names(item)))
    }

    fn is_held_by(&self, request: &Request) -> bool {
        let is_held = |text: &String| {
            decoded(&request.target).contains(text) || String::from_utf8_lossy(&request.body).contains(text)
        };
        self.text.as_ref().is_none_or(is_held)
    }

    /// Returns the item of a batch that something happens to: the first that is named, else a drawn one.
    fn item(&self, facts: &Facts, drawn: u64) -> Option<usize> {
        if self.entities.is_empty() && self.operations.iter().all(|one| *one == Operation::Batch) {
            let count = u64::try_from(facts.items.len()).unwrap_or_default();
            return drawn.checked_rem(count).and_then(|at| usize::try_from(at).ok());
        }
        let is_asked = |item: &Facts| {
            self.operations.is_empty()
                || self.operations.contains(&Operation::Batch)
                || self.operations.contains(&item.operation)
        };
        facts.items.iter().position(|item| self.names(item) && is_asked(item))
    }

    fn names(&self, facts: &Facts) -> bool {
        let named = |name: &String| facts.entity.as_deref().is_some_and(|e| e.eq_ignore_ascii_case(name));
        self.entities.is_empty() || self.entities.iter().any(named)
    }
}

/// One rule: a name to count by, an effect, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The name hits are counted under.
    pub name: String,
    /// What goes wrong.
    pub effect: Effect,
    /// Which requests it is for.
    #[serde(default)]
    pub when: When,
}

impl Rule {
    /// Returns a rule.
    #[must_use]
    pub fn new(name: &str, effect: Effect, when: When) -> Rule {
        Rule { name: name.into(), effect, when }
    }
}

/// How often a rule looked and struck.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The rule's name.
    pub name: String,
    /// Requests that matched its entities and operations.
    pub seen: u64,
    /// Requests it struck.
    pub hits: u64,
}

/// What [`Faults::decide`] found for a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// The rule's name.
    pub rule: String,
    /// What goes wrong.
    pub effect: Effect,
    /// A number drawn from the seed, for what the effect leaves open.
    pub drawn: u64,
    /// The item of a batch that is at fault, from 0.
    pub item: usize,
}

/// Rules, their seed and their counts. Without rules nothing goes wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    /// What chances are drawn from.
    #[serde(default)]
    pub seed: u64,
    /// The rules; for each request the first that strikes counts.
    #[serde(default)]
    pub rules: Vec<Rule>,
    #[serde(skip)]
    tallies: Vec<(u64, u64)>,
}

impl Faults {
    /// Rules under a seed.
    #[must_use]
    pub fn new(seed: u64, rules: Vec<Rule>) -> Faults {
        Faults { seed, rules, tallies: Vec::new() }
    }

    /// Adds a rule behind the others.
    pub fn add(&mut self, rule: Rule) {
        self.rules.push(rule);
    }

    /// Takes all rules and counts away.
    pub fn clear(&mut self) {
        self.rules.clear();
        self.tallies.clear();
    }

    /// Returns what shall go wrong with this request, counted. Every matching rule counts the request as
    /// seen; the first that strikes counts a hit.
    pub fn decide(&mut self, request: &Request) -> Option<Strike> {
        if self.rules.is_empty() {
            return None;
        }
        let facts = Facts::of(request);
        self.tallies.resize(self.rules.len(), (0, 0));
        let mut strike = None;
        for (at, (rule, (seen, hits))) in self.rules.iter().zip(&mut self.tallies).enumerate() {
            if !rule.when.matches(&facts, &rule.effect) || !rule.when.is_held_by(request) {
                continue;
            }
            *seen += 1;
            if strike.is_none() && strikes(&rule.when, self.seed, at as u64, *seen, *hits) {
                *hits += 1;
                // Another stream than that of the chances.
                let drawn = draw(self.seed, !(at as u64), *seen);
                let item = rule.when.item(&facts, drawn).unwrap_or_default();
                let (rule, effect) = (rule.name.clone(), rule.effect.clone());
                strike = Some(Strike { rule, effect, drawn, item });
            }
        }
        strike
    }

    /// Returns the counts of every rule.
    #[must_use]
    pub fn tallies(&self) -> Vec<Tally> {
        let counts = self.tallies.iter().copied().chain(std::iter::repeat((0, 0)));
        self.rules
            .iter()
            .zip(counts)
            .map(|(rule, (seen, hits))| Tally { name: rule.name.clone(), seen, hits })
            .collect()
    }

    /// Returns how often the rules of this name struck.
    #[must_use]
    pub fn hits(&self, name: &str) -> u64 {
        self.tallies().iter().filter(|tally| tally.name == name).map(|tally| tally.hits).sum()
    }
}

fn strikes(when: &When, seed: u64, rule: u64, seen: u64, hits: u64) -> bool {
    when.count.is_none_or(|count| hits < count)
        && when.nth.is_none_or(|nth| seen == nth)
        && when.every.is_none_or(|every| every > 0 && seen.is_multiple_of(every))
        && when.per_mille.is_none_or(|chance| draw(seed, rule, seen) % 1000 < u64::from(chance))
}

/// Returns a number that looks random and depends on its arguments only (the finishing steps of splitmix64).
pub(crate) fn draw(seed: u64, stream: u64, at: u64) -> u64 {
    let step =
        stream.wrapping_mul(0xD1B5_4A32_D192_ED03).wrapping_add(at.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut value = seed.wrapping_add(step).wrapping_add(0x9E37_79B9_7F4A_7C15);
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(entity: &str) -> Request {
        Request::new("POST", &format!("/v3/company/1/{entity}"), "{}")
    }

    fn rule(when: When) -> Rule {
        Rule::new("lost", Effect::AnswerLost, when)
    }

    #[test]
    fn strikes_where_and_as_often_as_it_is_told() {
        let mut faults =
            Faults::new(7, vec![rule(When { every: Some(2), ..When::create("invoice") }.times(2))]);
        let struck: Vec<bool> = (0..8).map(|_| faults.decide(&create("invoice")).is_some()).collect();
        assert_eq!(struck, [false, true, false, true, false, false, false, false]);
        assert!(faults.decide(&create("payment")).is_none());
        assert_eq!(faults.tallies(), [Tally { name: "lost".into(), seen: 8, hits: 2 }]);
    }

    #[test]
    fn strikes_at_requests_that_hold_a_text() {
        let when = When::default().holding("DocNumber = 'CLT1B4'");
        let mut faults =
            Faults::new(1, vec![rule(when), rule(When::create("invoice").holding("\"CLT2B4\""))]);
        for (method, path, body, is_struck) in [
            ("GET", "query?query=select+*+from+Invoice+where+DocNumber+%3D+%27CLT1B4%27", "", true),
            ("GET", "query?query=select+*+from+Invoice+where+DocNumber+%3D+%27CLT2B4%27", "", false),
            ("POST", "invoice", r#"{"DocNumber":"CLT2B4"}"#, true),
            ("POST", "invoice", r#"{"DocNumber":"CLT22B4"}"#, false),
            ("POST", "payment", r#"{"DocNumber":"CLT2B4"}"#, false),
        ] {
            let request = Request::new(method, &format!("/v3/company/1/{path}"), body);
            assert_eq!(faults.decide(&request).is_some(), is_struck, "{path} {body}");
        }
    }

    #[test]
    fn chances_repeat_under_a_seed_and_differ_under_another() {
        let run = |seed| {
            let when = When { per_mille: Some(300), ..When::default() };
            let mut faults = Faults::new(seed, vec![rule(when)]);
            (0..200).map(|_| faults.decide(&create("invoice")).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
        let hits = run(1).iter().filter(|hit| **hit).count();
        assert!((30..90).contains(&hits), "{hits} of 200");
    }

    #[test]
    fn the_first_rule_that_strikes_counts_and_oauth_must_be_named() {
        let when = When::operation(Operation::Token);
        let mut faults =
            Faults::new(1, vec![rule(When::default()), Rule::new("late", Effect::ResetBefore, when)]);
        let token = Request::new("POST", "/oauth2/v1/tokens/bearer", "grant_type=refresh_token");
        assert_eq!(faults.decide(&token).map(|strike| strike.rule).as_deref(), Some("late"));
        assert_eq!(faults.decide(&create("item")).map(|strike| strike.rule).as_deref(), Some("lost"));
        assert_eq!((faults.hits("lost"), faults.hits("late")), (1, 1));
    }
}
