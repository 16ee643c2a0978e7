//! What a seed stands for: what was sold, what goes wrong, and where processes die.

use qb_simulator::{BatchFault, Effect, Operation, Part, RequestIds, Rule, ThrottleForm, When};

use crate::dice::Dice;
use crate::disk::After;
use crate::network::Latency;
use crate::planted::Planted;
use crate::sales::{Happening, happenings};

/// A night: everything that is decided before it begins.
#[derive(Debug, Clone)]
pub struct Night {
    /// What it is drawn from.
    pub seed: u64,
    pub(crate) happenings: Vec<Happening>,
    pub(crate) faults: Vec<Rule>,
    pub(crate) crashes: Vec<Crash>,
    pub(crate) house: House,
    /// The bug that the exchange has, if it has one.
    pub planted: Option<Planted>,
    /// Whether everything that happens is kept in words ([`Played::lines`](crate::Played::lines)).
    pub is_told: bool,
}

/// The end of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Crash {
    /// At which point that it passes, from 1.
    pub(crate) at: u64,
    /// Whether no destructor runs, as when it is killed.
    pub(crate) is_leaked: bool,
    /// What becomes of its log.
    pub(crate) after: After,
    /// Seconds until the next process begins.
    pub(crate) pause: u64,
}

/// What kind of QuickBooks, network and machine it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct House {
    pub(crate) request_ids: RequestIds,
    pub(crate) read_lag_seconds: u32,
    pub(crate) cdc_lag_seconds: u32,
    pub(crate) latency: Latency,
    /// How often in a thousand no connection comes about.
    pub(crate) unreachable: u64,
    /// How often in a thousand the disk is full.
    pub(crate) full: u64,
    /// Whether documents go in batches and side by side, or one by one.
    pub(crate) side_by_side: bool,
    /// Whether QuickBooks' limits hold.
    pub(crate) limited: bool,
    /// By how many seconds the machine's wall clock may be off, either way.
    pub(crate) skew: i64,
}

impl Night {
    /// Returns the night of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let house = house(&mut Dice::new(seed, 1));
        let mut crash_dice = Dice::new(seed, 4);
        let count = if crash_dice.percent(60) { crash_dice.below(7) } else { 0 };
        Self {
            seed,
            happenings: happenings(&mut Dice::new(seed, 2)),
            faults: faults(&mut Dice::new(seed, 3), &house),
            crashes: (0..count).map(|_| crash(&mut crash_dice)).collect(),
            house,
            planted: None,
            is_told: false,
        }
    }

    /// Returns a night without a bug on which one thing goes wrong, that which tempts this bug; whatever the exchange sends
    /// first meets it.
    #[must_use]
    pub fn tempting(planted: Planted) -> Self {
        // A day of two documents that go one by one; the accounts before them in a batch for the bug that needs one.
        let is_of_batch = planted == Planted::RepackedBatch;
        let mut night = Self::quiet(1);
        night.house.side_by_side = is_of_batch;
        night.house.request_ids = RequestIds::Ignored;
        let effect = match planted {
            Planted::LogAfterSend | Planted::DateAtUtc => return night,
            Planted::NewIdOnRetry | Planted::NoQuarantine | Planted::RepackedBatch => Effect::ResetBefore,
            Planted::ServerErrorIsRefusal => Effect::Status { status: 504, committed: true },
            Planted::TransientIsRefusal => Effect::Transient { committed: true },
        };
        let when = if is_of_batch {
            When::operation(Operation::Batch).holding("\"operation\"")
        } else {
            let entities = ["invoice", "payment"].map(str::to_owned).to_vec();
            When { entities, ..When::operation(Operation::Create) }
        };
        night.faults.push(Rule::new("what tempts the bug", effect, when.times(2)));
        night
    }

    /// Returns the same night for an exchange with a bug.
    #[must_use]
    pub fn with(mut self, planted: Planted) -> Self {
        self.planted = Some(planted);
        self
    }

    /// Returns a night on which nothing goes wrong but that one process stops: at this point that it passes, from 1.
    #[must_use]
    pub fn cut(seed: u64, at: u64, after: After, request_ids: RequestIds) -> Self {
        let mut night = Self::quiet(seed);
        night.crashes.push(Crash { at, is_leaked: false, after, pause: 60 });
        night.house.request_ids = request_ids;
        night
    }

    /// Returns a night on which the same is sold and nothing goes wrong.
    #[must_use]
    pub fn quiet(seed: u64) -> Self {
        let mut night = Self::of(seed);
        night.faults.clear();
        night.crashes.clear();
        night.house.unreachable = 0;
        night.house.full = 0;
        night
    }

    /// Returns every night that is this one with one thing less: a crash, a fault, or something that was sold.
    pub(crate) fn smaller(&self) -> Vec<Self> {
        let mut all = Vec::new();
        for at in 0..self.crashes.len() {
            let mut night = self.clone();
            night.crashes.remove(at);
            all.push(night);
        }
        for at in 0..self.faults.len() {
            let mut night = self.clone();
            night.faults.remove(at);
            all.push(night);
        }
        for at in (0..self.happenings.len()).filter(|_| self.happenings.len() > 1) {
            let mut night = self.clone();
            night.happenings.remove(at);
            all.push(night);
        }
        for calm in [calm_machine, calm_network, calm_queries] {
            let mut night = self.clone();
            if calm(&mut night.house) {
                all.push(night);
            }
        }
        all
    }
}

fn calm_machine(house: &mut House) -> bool {
    let is_calmer = house.full > 0 || house.skew > 0;
    (house.full, house.skew) = (0, 0);
    is_calmer
}

fn calm_network(house: &mut House) -> bool {
    let is_calmer = house.unreachable > 0 || house.limited;
    (house.unreachable, house.limited) = (0, false);
    is_calmer
}

fn calm_queries(house: &mut House) -> bool {
    let is_calmer = house.read_lag_seconds > 0 || house.cdc_lag_seconds > 0;
    (house.read_lag_seconds, house.cdc_lag_seconds) = (0, 0);
    is_calmer
}

fn house(dice: &mut Dice) -> House {
    use RequestIds::{Honoured, Ignored, OneDay, Refused, WithRefusals};
    let small = |number: u64| u32::try_from(number).unwrap_or_default();
    House {
        request_ids: *dice.one_of(&[Honoured, WithRefusals, OneDay, Ignored, Refused]),
        read_lag_seconds: if dice.percent(40) { small(dice.below(31)) } else { 0 },
        cdc_lag_seconds: if dice.percent(20) { small(dice.below(31)) } else { 0 },
        latency: *dice.one_of(&[Latency(10, 40), Latency(100, 200), Latency(20, 4_000)]),
        unreachable: if dice.percent(20) { dice.below(150) } else { 0 },
        full: if dice.percent(15) { dice.below(60) } else { 0 },
        side_by_side: dice.percent(75),
        limited: dice.percent(30),
        skew: *dice.one_of(&[0, 0, 0, 600, 86_400]),
    }
}

fn crash(dice: &mut Dice) -> Crash {
    let after = match dice.below(20) {
        0..9 => After::Kept,
        9..17 => After::Synced,
        17..19 => After::OlderCopy,
        _ => After::Lost,
    };
    let pause = match dice.below(10) {
        0..5 => dice.below(60),
        5..9 => dice.below(1_000),
        _ => 25 * 3600,
    };
    // Many die early, some late.
    let most = *dice.one_of(&[8, 30, 60, 150]);
    Crash { at: 1 + dice.below(most), is_leaked: dice.percent(2), after, pause }
}

/// Everything that can go wrong with a request, by name.
fn pool(dice: &mut Dice, house: &House) -> Vec<(String, Effect, When)> {
    let mut all: Vec<(String, Effect, When)> = Vec::new();
    let any = When::default;
    let mut add = |name: String, effect: Effect, when: When| all.push((name, effect, when));
    add("answer lost".to_owned(), Effect::AnswerLost, any());
    add("reset before".to_owned(), Effect::ResetBefore, any());
    for (seconds, name) in [(5, "late by seconds"), (118, "late by two minutes")] {
        for operation in [Operation::Create, Operation::Batch] {
            let when = When::operation(operation);
            add(format!("{name}, {operation:?}"), Effect::LateCommit { seconds }, when);
        }
    }
    for status in [500, 502, 503, 504] {
        for committed in [false, true] {
            let words = if committed { "with effect" } else { "without effect" };
            add(format!("{status} {words}"), Effect::Status { status, committed }, any());
        }
    }
    for committed in [false, true] {
        let words = if committed { "with effect" } else { "without effect" };
        add(format!("a page {words}"), Effect::Html { committed }, any());
        add(format!("no body {words}"), Effect::Empty { committed }, any());
        add(format!("a fault in 200 {words}"), Effect::FaultInOk { committed }, any());
        add(format!("6000 {words}"), Effect::Transient { committed }, any());
    }
    for form in [ThrottleForm::Json, ThrottleForm::Xml, ThrottleForm::JsonAs403, ThrottleForm::XmlAs403] {
        for retry_after in [None, Some(7), Some(90)] {
            let effect = Effect::Throttled { form, retry_after, committed: false };
            add(format!("throttled {form:?} {retry_after:?}"), effect, any());
        }
    }
    add("token expired".to_owned(), Effect::TokenExpired, any());
    add("plain text".to_owned(), Effect::WrongContentType, any());
    add("broken off".to_owned(), Effect::Truncated { bytes: 60 }, any());
    add("a byte turned".to_owned(), Effect::ByteFlipped { byte: None }, any());
    add("redirect".to_owned(), Effect::Redirect { location: "https://example.invalid/".to_owned() }, any());
    if house.request_ids != RequestIds::Ignored {
        add("arrives twice".to_owned(), Effect::Duplicate, any());
    }
    for seconds in [-600, 600] {
        add(format!("clock off by {seconds}"), Effect::ClockSkew { seconds }, any());
    }
    for part in [
        Part::Total,
        Part::Tax,
        Part::Number,
        Part::Date,
        Part::Customer,
        Part::Missing,
        Part::Entity,
        Part::UnknownField,
        Part::RenamedEnum,
        Part::NumbersAsText,
        Part::DoubleKeys,
    ] {
        let when = When::operation(*dice.one_of(&[Operation::Create, Operation::Batch]));
        all.push((format!("answer with {part:?} changed"), Effect::Altered { part }, when));
    }
    let batch = [
        ("partly run", BatchFault::Partial),
        ("failed after a part", BatchFault::FailedAfterPart),
        ("item lost", BatchFault::ItemLost),
        ("item without id", BatchFault::MissingId),
        ("item doubled", BatchFault::DoubledItem),
        ("item with an id nobody sent", BatchFault::UnknownId),
        ("reordered", BatchFault::Reordered),
        ("no items", BatchFault::NoItems),
        ("item 6000 with effect", refused_item("6000", true)),
        ("item 6000 without effect", refused_item("6000", false)),
        ("item refused", refused_item("2010", false)),
    ];
    for (name, fault) in batch {
        all.push((format!("batch {name}"), Effect::Batch(fault), When::operation(Operation::Batch)));
    }
    for code in ["2010", "6140", "6240"] {
        let effect =
            Effect::Refused { status: 400, code: code.to_owned(), detail: "by the night".to_owned() };
        all.push((format!("refused with {code}"), effect, When::operation(Operation::Create)));
    }
    all.push(("a short page".to_owned(), Effect::PageCap { rows: 1 }, When::operation(Operation::Query)));
    for part in [Part::RowMissing, Part::RowTwice, Part::StaleToken] {
        let when = When::operation(Operation::Query).times(1);
        all.push((format!("a page with {part:?}"), Effect::Altered { part }, when));
    }
    all
}

fn refused_item(code: &str, committed: bool) -> BatchFault {
    BatchFault::ItemRefused { code: code.to_owned(), detail: "by the night".to_owned(), committed }
}

/// A few kinds of faults, so that rare ones are not washed out by common ones.
fn faults(dice: &mut Dice, house: &House) -> Vec<Rule> {
    let kinds = match dice.below(10) {
        0..2 => return Vec::new(),
        2..8 => 1 + dice.below(4),
        _ => 5 + dice.below(12),
    };
    let pool = pool(dice, house);
    (0..kinds)
        .map(|_| {
            let (name, effect, when) = dice.one_of(&pool).clone();
            let chance = *dice.one_of(&[15, 60, 200, 500]);
            let most = 1 + dice.below(6);
            let when = When { per_mille: Some(chance), count: when.count.or(Some(most)), ..when };
            Rule::new(&name, effect, when)
        })
        .collect()
}
