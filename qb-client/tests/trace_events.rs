//! Trace events carry nothing that must stay out of logs. A process of its own: whether an event is taken down is decided
//! for the whole process when it first happens, and another test must not be the first.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use qb_client::engine::RequestId;
use qb_client::{
    AccessToken, BaseUrl, Client, RealmId, StaticToken, Transport, TransportError, WireRequest, WireResponse,
};
use qb_model::EntityKind;
use serde_json::{Value, json};

/// Answers from a list.
struct Script(Mutex<VecDeque<Result<WireResponse, TransportError>>>);

#[async_trait]
impl Transport for Script {
    async fn send(&self, _: WireRequest) -> Result<WireResponse, TransportError> {
        self.0.lock().unwrap().pop_front().unwrap()
    }
}

fn answer(status: u16, body: &Value) -> Result<WireResponse, TransportError> {
    Ok(WireResponse { status, headers: Vec::new(), body: body.to_string().into_bytes() })
}

fn client(answers: Vec<Result<WireResponse, TransportError>>) -> Client {
    let token = StaticToken::new(AccessToken::new("canary-token").unwrap());
    let (base, realm) = (BaseUrl::loopback("http://127.0.0.1:1").unwrap(), RealmId::new("9130").unwrap());
    Client::builder(base, realm, token).transport(Script(Mutex::new(answers.into()))).build().unwrap()
}

/// Keeps every trace event as text.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<String>>);

impl tracing::field::Visit for Events {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        self.0.lock().unwrap().push_str(&format!("{field}={value:?} "));
    }
}

impl tracing::Subscriber for Events {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn trace_events_carry_no_token_no_value_and_no_company() {
    let events = Events::default();
    let _guard = tracing::subscriber::set_default(events.clone());
    let empty = || answer(200, &json!({"QueryResponse": {}}));
    // A name is looked for exactly, then among all in any case of letters.
    let lost = Err(TransportError::Unknown { why: "reset".to_owned() });
    let client = client(vec![empty(), empty(), lost]);
    assert_eq!(client.find_by_number(EntityKind::Customer, "canary-name").await.unwrap(), []);
    let id = RequestId::new("inv-1-0").unwrap();
    assert_eq!(client.create(EntityKind::Invoice, b"{\"canary\":1}", &id).await.code(), "unknown");
    let text = events.0.lock().unwrap().clone();
    assert!(text.contains("method=\"GET\" path=\"query\" status=200"), "{text}");
    assert!(text.contains("method=\"POST\" path=\"invoice\" not_sent=false"), "{text}");
    assert!(!text.contains("canary") && !text.contains("9130"), "{text}");
}
