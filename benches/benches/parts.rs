//! What a transaction costs, part by part: `cargo bench -p benches`.
//!
//! The parts of the walk are `parse` (JSON text to valid batches), `map` (plans, and their debits and credits) and
//! `send` (resolve every step, write its body). Beside them stand pieces of the parts, to see where time goes, and
//! two floors: `floor_read`, which only skips through the JSON, and `floor_write`, which writes bodies that are ready.
//!
//! The counter counts transactions: 1 Mitem/s is one microsecond a transaction. Allocations are those of a whole input;
//! counting them costs time, so look at times with `cargo bench -p benches --no-default-features`.
//! Set `ONLINE_RETAIL_CSV` to the path of a CSV of the Online Retail data set to time it beside the made-up day.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a benchmark stops at the first surprise and says what it skips"
)]

use std::env;
use std::hint::black_box;
use std::sync::OnceLock;

use benches::Day;
use divan::Bencher;
use divan::counter::ItemsCount;
use mapping::engine::resolve;
use mapping::{legs, plan};
use pos_model::{PosFile, raw};
use serde::de::IgnoredAny;

#[cfg(feature = "allocations")]
#[global_allocator]
static ALLOC: divan::AllocProfiler = divan::AllocProfiler::system();

const CSV: &str = "ONLINE_RETAIL_CSV";

fn main() {
    for input in inputs() {
        let day = day(input);
        let (transactions, lines) = (day.transactions(), day.lines());
        eprintln!("{input}: {transactions} transactions, {lines} lines, {} bytes of JSON", day.json.len());
    }
    if env::var_os(CSV).is_none() {
        eprintln!("online_retail: skipped; set {CSV} to the path of its CSV");
    }
    divan::main();
}

fn inputs() -> Vec<&'static str> {
    let mut inputs = vec!["busy_day", "simple_sales"];
    inputs.extend(env::var_os(CSV).map(|_| "online_retail"));
    inputs
}

/// The input, made at its first use.
fn day(input: &str) -> &'static Day {
    static BUSY: OnceLock<Day> = OnceLock::new();
    static SIMPLE: OnceLock<Day> = OnceLock::new();
    static ONLINE_RETAIL: OnceLock<Day> = OnceLock::new();
    match input {
        "busy_day" => BUSY.get_or_init(|| Day::busy().unwrap()),
        "simple_sales" => SIMPLE.get_or_init(|| Day::simple().unwrap()),
        _ => ONLINE_RETAIL.get_or_init(|| Day::online_retail(&env::var(CSV).unwrap()).unwrap()),
    }
}

fn count(day: &Day) -> ItemsCount {
    ItemsCount::new(day.transactions())
}

#[divan::bench(args = inputs())]
fn parse(bencher: Bencher, input: &str) {
    let day = day(input);
    bencher.counter(count(day)).bench_local(|| PosFile::from_json(black_box(day.json.as_bytes())).unwrap());
}

/// The first half of `parse`: text to the structs of the file form.
#[divan::bench(args = inputs())]
fn parse_shape(bencher: Bencher, input: &str) {
    let day = day(input);
    bencher
        .counter(count(day))
        .bench_local(|| serde_json::from_str::<raw::PosFile>(black_box(&day.json)).unwrap());
}

/// The second half of `parse`: the structs of the file form to valid batches.
#[divan::bench(args = inputs())]
fn parse_content(bencher: Bencher, input: &str) {
    let day = day(input);
    let raw: raw::PosFile = serde_json::from_str(&day.json).unwrap();
    bencher
        .counter(count(day))
        .with_inputs(|| raw.clone())
        .bench_local_values(|raw| PosFile::try_from(raw).unwrap());
}

/// What reading costs when nothing is kept.
#[divan::bench(args = inputs())]
fn floor_read(bencher: Bencher, input: &str) {
    let day = day(input);
    bencher
        .counter(count(day))
        .bench_local(|| serde_json::from_str::<IgnoredAny>(black_box(&day.json)).unwrap());
}

#[divan::bench(args = inputs())]
fn map(bencher: Bencher, input: &str) {
    let day = day(input);
    bencher.counter(count(day)).bench_local(|| {
        for batch in &day.batches {
            let plan = plan(black_box(batch), &day.company).unwrap();
            for planned in plan.documents() {
                black_box(legs(&planned.document, plan.period()));
            }
        }
    });
}

/// The first half of `map`: plans without debits and credits.
#[divan::bench(args = inputs())]
fn map_plan(bencher: Bencher, input: &str) {
    let day = day(input);
    bencher.counter(count(day)).bench_local(|| {
        for batch in &day.batches {
            black_box(plan(black_box(batch), &day.company).unwrap());
        }
    });
}

#[divan::bench(args = inputs())]
fn send(bencher: Bencher, input: &str) {
    let day = day(input);
    let plans = day.plans().unwrap();
    let bindings = day.bindings(&plans).unwrap();
    bencher.counter(count(day)).bench_local(|| {
        for plan in &plans {
            for step in plan.steps() {
                black_box(resolve(step, plan, &bindings).unwrap().to_json().unwrap());
            }
        }
    });
}

/// The first half of `send`: bodies that are not written.
#[divan::bench(args = inputs())]
fn send_resolve(bencher: Bencher, input: &str) {
    let day = day(input);
    let plans = day.plans().unwrap();
    let bindings = day.bindings(&plans).unwrap();
    bencher.counter(count(day)).bench_local(|| {
        for plan in &plans {
            for step in plan.steps() {
                black_box(resolve(step, plan, &bindings).unwrap());
            }
        }
    });
}

/// The second half of `send`, and its floor: serde_json writes bodies that are ready.
#[divan::bench(args = inputs())]
fn floor_write(bencher: Bencher, input: &str) {
    let day = day(input);
    let plans = day.plans().unwrap();
    let bodies = day.bodies(&plans, &day.bindings(&plans).unwrap()).unwrap();
    bencher.counter(count(day)).bench_local(|| {
        for body in &bodies {
            black_box(body.to_json().unwrap());
        }
    });
}
