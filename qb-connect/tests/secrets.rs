//! Canaries: no token, code, state, key or client secret in any error, `Debug` text or log line, whatever goes wrong.

use crate::world;

use std::fmt::Debug;
use std::io::Write;
use std::sync::{Arc, Mutex};

use qb_client::{Clock, TokenStore};
use qb_connect::{
    ClientPair, Connection, ConnectionStore, FileStore, KeyRing, Redirect, StoreLock, connect, disconnect,
    open, seal,
};
use qb_simulator::{Credentials, Effect, Request};
use world::{World, finish, rotating};

/// What may stand nowhere: the simulator's tokens and codes have these in their names, the client secret is one.
const CANARIES: [&str; 5] = [
    "simulator-access-token",
    "simulator-refresh-token",
    "simulator-authorization-code",
    "canary-client-secret",
    "Y2FuYXJ5",
];

/// Everything that was printed or logged.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn print(&self, value: &impl Debug) {
        writeln!(self.clone(), "{value:?} {value:#?}").unwrap();
    }

    fn error(&self, error: &impl std::error::Error) {
        self.print(error);
        writeln!(self.clone(), "{error}").unwrap();
        let mut cause = error.source();
        while let Some(inner) = cause {
            writeln!(self.clone(), "{inner} {inner:?}").unwrap();
            cause = inner.source();
        }
    }
}

#[test]
fn no_secret_is_printed_or_logged_whatever_goes_wrong() {
    let paper = Paper::default();
    let log = paper.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || log.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || everything(&paper));
    let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    assert!(
        text.contains("tokens refreshed") && text.contains("connected"),
        "the log was not captured: {text}"
    );
    assert!(text.contains("reauthorization-needed") && text.contains("[redacted]"), "{text}");
    for canary in CANARIES {
        let at = text.find(canary);
        assert!(at.is_none(), "{canary}: {}", &text[at.unwrap().saturating_sub(200)..at.unwrap() + 80]);
    }
}

fn everything(paper: &Paper) {
    let mut options = rotating();
    options.credentials =
        Credentials { client_secret: "canary-client-secret".to_owned(), ..Credentials::default() };
    let world = World::new(options);
    let server = world.server();
    paper.print(&server);

    // The authorization page, its answer, the exchange.
    let redirect = Redirect::new("https://shop.example.org/back").unwrap();
    let consent = server.consent(&redirect);
    paper.print(&consent);
    let path = consent.address().strip_prefix("http://127.0.0.1:1").unwrap().to_owned();
    let now = world.clock.now().fixed_offset();
    let reply = world.books.service.lock().unwrap().exchange(&Request::new("GET", &path, ""), now);
    let back = reply.answer().unwrap().header_value("location").unwrap().to_owned();
    paper.error(&consent.check(&back.replace("state=", "state=x")).unwrap_err());
    paper.error(&consent.check(&back.replace("realmId=", "realmId=x")).unwrap_err());
    paper.error(&consent.check(&back.replace("code=", "error=")).unwrap_err());
    let allowed = consent.check(&back).unwrap();
    paper.print(&allowed);
    let state = back.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let connection = finish(connect(&world.store, &server, &allowed, &*world.clock)).unwrap();
    paper.error(&finish(connect(&world.store, &server, &allowed, &*world.clock)).unwrap_err());
    paper.print(&connection);
    paper.print(&connection.tokens());
    let printed = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    assert!(!printed.contains(state), "the state is printed");

    // Every kind of bad answer to a refresh.
    let tokens = world.process();
    paper.print(&tokens);
    world.clock.advance(61);
    paper.print(&finish(tokens.access_token()));
    let oauth = |error: &str| Effect::OAuthError { error: error.to_owned() };
    for effect in [
        Effect::AnswerLost,
        Effect::Html { committed: false },
        Effect::Empty { committed: false },
        Effect::MemberMissing { name: "refresh_token".to_owned() },
        Effect::MemberMissing { name: "access_token".to_owned() },
        Effect::MemberMissing { name: "expires_in".to_owned() },
        Effect::ByteFlipped { byte: Some(3) },
        Effect::Status { status: 503, committed: false },
        oauth("invalid_client"),
        oauth("Invalid Text simulator-refresh-token"),
        oauth("invalid_grant"),
    ] {
        let world = World::new(rotating());
        let (server, tokens) = (world.server(), world.process());
        world.faulty(effect, 2);
        paper.print(&finish(server.refresh(world.store.connection().tokens().unwrap().refresh())));
        world.clock.advance(61);
        if let Err(error) = finish(tokens.access_token()) {
            paper.error(&error);
        }
        paper.print(&finish(world.client(&tokens).company_info()).map(drop));
    }

    // The store, the seal, the keys.
    let line = KeyRing::new_line().unwrap();
    let (keys, other) =
        (KeyRing::parse(&line).unwrap(), KeyRing::parse(&KeyRing::new_line().unwrap()).unwrap());
    let text = seal(&connection, &keys).unwrap();
    paper.print(&text);
    paper.print(&keys);
    paper.error(&open(&text, &other).unwrap_err());
    paper.error(&open(&text.replace("simulator", "sandbox"), &keys).unwrap_err());
    paper.error(&KeyRing::parse(&line[..20]).unwrap_err());
    paper.error(&ClientPair::new("id", "canary-client-secret x").unwrap_err());
    let nowhere = FileStore::new("/no/such/folder/file", keys);
    paper.print(&nowhere);
    paper.error(&finish(nowhere.try_lock()).err().unwrap());
    let mut lock: Box<dyn StoreLock> = finish(world.store.try_lock()).unwrap().unwrap();
    paper.error(&finish(lock.write(&connection)).unwrap_err());
    drop(lock);
    let ended: Result<_, _> = finish(disconnect(&world.store, &server, &*world.clock));
    paper.print(&ended);
    let ended: Connection = world.store.connection();
    paper.print(&ended);
    assert!(!String::from_utf8(paper.0.lock().unwrap().clone()).unwrap().contains(&line[9..]));
}
