//! A run as it looks from outside while it goes on: QuickBooks' limits are kept before they are met, an observer hears of starts
//! and waits, and trace events stand in a span that names the batch.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex};

use exchange::{EntryReport, Exchange, Observer, Options, Outcome, Waiting};
use mapping::StepKey;
use qb_client::{Limiter, Limits};
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use crate::support::World;
use crate::support::pos::sample_day;
use crate::support::wire::{Fault, creates};

/// A process whose client keeps these limits.
fn keeping(world: &World, limits: Limits) -> Exchange {
    world.clock.advance(60);
    let client = world.client_with(|builder| builder.limiter(Limiter::new(limits)));
    Exchange::new(client, Arc::clone(&world.log) as _, world.mapping.clone())
}

/// The limits are kept, and the time of sending that the log has is the time of the request, however long it waited for its turn:
/// a quarantine is measured from there.
#[tokio::test]
async fn a_request_that_waits_for_its_turn_is_written_down_when_it_leaves() {
    let world = World::new();
    let mut exchange = keeping(&world, Limits::DOCUMENTED.per_minute(5));
    let report = exchange.run(&sample_day()[0]).await.unwrap();
    assert!(report.documents.iter().all(|entry| entry.outcome == Outcome::Created));

    let calls = world.wire.calls();
    for five in calls.windows(6) {
        assert!((five[5].at - five[0].at).num_seconds() >= 60, "six requests within a minute");
    }
    assert!(world.clock.waits().iter().any(|wait| *wait > 30), "{:?}", world.clock.waits());
    let sent: BTreeMap<String, _> = (calls.into_iter())
        .filter(|call| !call.request_id.is_empty())
        .map(|call| (call.request_id, call.at))
        .collect();
    let mut compared = BTreeSet::new();
    for entry in world.log.entries() {
        if let exchange::Entry::Sending { step, sent: sending } = entry {
            // Documents that leave together are written down together.
            let alone = || sending.request_id(&step);
            let id = sending.batch_item.as_ref().map_or_else(alone, |item| item.request_id.clone());
            let at = sent[&id];
            let late = (at - sending.sent_at).num_milliseconds();
            assert!((0..=1000).contains(&late), "{step}: left {late} ms after the log says");
            compared.insert(id);
        }
    }
    assert_eq!(compared.len(), sent.len());
    world.audit();
}

/// What an observer has heard, one line each.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Observer for Heard {
    fn finished(&self, entry: &EntryReport) {
        self.0.lock().unwrap().push(format!("finished {} {}", entry.key, entry.outcome.word()));
    }

    fn started(&self, step: &StepKey) {
        self.0.lock().unwrap().push(format!("started {step}"));
    }

    fn waiting(&self, waiting: &Waiting) {
        let Waiting { what, duration, step, .. } = waiting;
        let step = step.as_ref().map(ToString::to_string).unwrap_or_default();
        self.0.lock().unwrap().push(format!("waiting {} {} s {step}", what.word(), duration.as_secs()));
    }
}

/// Starts, waits and ends, in their order: the second invoice meets a limit, no connection, or loses its request.
#[tokio::test]
async fn an_observer_hears_of_starts_and_waits() {
    for (fault, expected) in [
        (Fault::Throttled(7), "waiting limit 7 s inv-CLT1521023B4"),
        (Fault::NoConnection, "waiting another-try 2 s inv-CLT1521023B4"),
        (Fault::RequestLost, "waiting quarantine 16"),
    ] {
        let world = World::new();
        world.wire.once(creates("invoice", "CLT1521023B4"), fault);
        let heard = Heard::default();
        let mut exchange = world.exchange();
        exchange.set_options(Options::default().with_observer(heard.clone()));
        exchange.run(&sample_day()[0]).await.unwrap();
        let lines = heard.0.lock().unwrap().clone();
        let at = |start: &str| {
            lines
                .iter()
                .position(|line| line.starts_with(start))
                .unwrap_or_else(|| panic!("{start}: {lines:#?}"))
        };
        assert!(at("started inv-CLT1521023B4") < at(expected), "{lines:#?}");
        assert!(at(expected) < at("finished inv-CLT1521023B4"), "{lines:#?}");
        let starts = lines.iter().filter(|line| line.starts_with("started")).count();
        let ends =
            lines.iter().filter(|line| line.starts_with("finished") && !line.contains("acct-")).count();
        assert!(starts > 0 && starts <= ends, "{lines:#?}");
    }
}

/// Keeps every span and event as text; an event stands behind the spans it is in.
#[derive(Clone, Default)]
struct Trace(Arc<Mutex<TraceState>>);

#[derive(Default)]
struct TraceState {
    spans: Vec<String>,
    inside: Vec<u64>,
    events: Vec<String>,
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push_str(&format!("{field}={value:?} "));
    }
}

impl Subscriber for Trace {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= tracing::Level::INFO
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut text = Text(format!("{}: ", attributes.metadata().name()));
        attributes.record(&mut text);
        let mut state = self.0.lock().unwrap();
        state.spans.push(text.0);
        span::Id::from_u64(state.spans.len() as u64)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(format!("{} ", event.metadata().level()));
        event.record(&mut text);
        let mut state = self.0.lock().unwrap();
        let spans: String = state.inside.iter().map(|id| state.spans[*id as usize - 1].clone()).collect();
        state.events.push(format!("[{spans}] {}", text.0));
    }

    fn enter(&self, span: &span::Id) {
        self.0.lock().unwrap().inside.push(span.into_u64());
    }

    fn exit(&self, _: &span::Id) {
        self.0.lock().unwrap().inside.pop();
    }
}

/// One event at the end of a batch says what came of it; what happens before stands in the batch's span.
#[tokio::test]
async fn a_batch_ends_with_one_event_in_a_span_that_names_it() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT1521023B4"), Fault::Throttled(7));
    let trace = Trace::default();
    // With one subscriber in the process, a test beside this one that meets an event first decides that nobody wants it.
    let _second = tracing::Dispatch::new(Trace::default());
    let _guard = tracing::subscriber::set_default(trace.clone());
    let mut exchange = world.exchange();
    let batch = sample_day().remove(0);
    exchange.run(&batch).await.unwrap();
    exchange.run(&batch).await.unwrap();
    let events = trace.0.lock().unwrap().events.clone();
    let ends: Vec<&String> = events.iter().filter(|event| event.contains("run ended")).collect();
    assert_eq!(ends.len(), 2, "{events:#?}");
    let (store, register, number) = (batch.store().code(), batch.register(), batch.number());
    let realm = world.client().realm().to_string();
    for event in &events {
        let span = format!("[run: realm=\"{realm}\" store={store} register={register} batch={number} ]");
        assert!(event.starts_with(&span), "{event}");
    }
    assert!(ends[0].contains("created=6") && ends[0].contains("throttled=1"), "{}", ends[0]);
    assert!(ends[1].contains("posted_before=6") && ends[1].contains("writes=0"), "{}", ends[1]);
    assert!(events.iter().any(|event| event.contains("WARN") && event.contains("waiting")), "{events:#?}");
}
