//! A service of somebody else's: it takes a closed register by HTTP, in a format of its own, and answers with what became of it
//! in QuickBooks. Its access tokens come from its own secrets agent, its posting log is a file of its own.
//!
//! The embedding is [`post`] and the three lines in `main` that make an [`Exchange`]; the rest is what every host brings: its
//! format, its tokens, its log, its door.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a program says where it listens")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post as posted;
use axum::{Json, Router};
use clap::Parser;
use exchange::{Exchange, Exit, RunSummary};
use mapping::Company;
use pos_model::PosFile;
use qb_client::{BaseUrl, Client, RealmId};
use tokio::sync::Mutex;

use self::format::ClosedRegister;
use self::log::LinesLog;
use self::tokens::AgentTokens;

/// Takes closed registers by `POST /registers` and posts them to QuickBooks.
#[derive(Parser)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// QuickBooks' id of the company.
    #[arg(long)]
    realm: String,
    /// A simulator on this machine; Intuit's test companies without it.
    #[arg(long)]
    simulator: Option<String>,
    /// Where the secrets agent writes the access token.
    #[arg(long)]
    token_file: PathBuf,
    /// The posting log.
    #[arg(long)]
    log: PathBuf,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let base = match &arguments.simulator {
        Some(address) => BaseUrl::loopback(address)?,
        None => BaseUrl::Sandbox,
    };
    let tokens = AgentTokens::new(arguments.token_file);
    let client = Client::builder(base, RealmId::new(arguments.realm)?, tokens).build()?;
    let log = Arc::new(LinesLog::open(arguments.log)?);
    let exchange = Exchange::new(client, log, Company::default());

    let service = Router::new().route("/registers", posted(take)).with_state(Arc::new(Mutex::new(exchange)));
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, service).await?)
}

/// The door: one register at a time, since one exchange writes to one log.
async fn take(
    State(exchange): State<Arc<Mutex<Exchange>>>,
    Json(closed): Json<ClosedRegister>,
) -> impl IntoResponse {
    // A caller who hangs up does not stop what has begun; it would be safe, too.
    let run = tokio::spawn(async move { post(&mut *exchange.lock().await, closed).await });
    match run.await {
        Ok(Ok(summary)) => (status(summary.exit()), Json(summary)).into_response(),
        Ok(Err(refused)) => (StatusCode::UNPROCESSABLE_ENTITY, refused.to_string()).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "run it again").into_response(),
    }
}

/// The whole embedding: a closed register goes in, what became of it comes out.
async fn post(exchange: &mut Exchange, closed: ClosedRegister) -> Result<RunSummary, pos_model::FileError> {
    let file = PosFile::try_from(closed.into_form())?;
    let origins = || mapping::origins(file.batches(), file.purchase_orders());
    let mut summary = RunSummary::new(SystemTime::now().into());
    let all = exchange.run_all(origins(), |origin, result| summary.add_result(*origin, result)).await;
    summary.add_left(&all);
    if all.is_whole() {
        summary.set_tie_out(exchange.tie_out(origins()).await);
    }
    summary.end(SystemTime::now().into());
    Ok(summary)
}

/// What a caller does next is in the status; everything else in the body.
fn status(exit: Exit) -> StatusCode {
    match exit {
        Exit::Ok => StatusCode::OK,
        Exit::Differences => StatusCode::CONFLICT,
        Exit::RefusedInput => StatusCode::UNPROCESSABLE_ENTITY,
        Exit::Incomplete | Exit::InUse => StatusCode::SERVICE_UNAVAILABLE,
        Exit::Configuration => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The service's own format: amounts are whole cents.
mod format {
    use chrono::{DateTime, FixedOffset};
    use pos_model::Money;
    use pos_model::raw::{self, DecimalText};
    use serde::Deserialize;

    #[derive(Deserialize)]
    pub(crate) struct ClosedRegister {
        shop: String,
        shop_name: String,
        register: String,
        closing: u64,
        closed_at: DateTime<FixedOffset>,
        receipts: Vec<Receipt>,
    }

    #[derive(Deserialize)]
    struct Receipt {
        number: u64,
        at: DateTime<FixedOffset>,
        items: Vec<Item>,
        cash_cents: i64,
        card_cents: i64,
    }

    #[derive(Deserialize)]
    struct Item {
        name: String,
        count: i64,
        cents: i64,
        tax_cents: i64,
    }

    const CASH: u64 = 1;
    const CARD: u64 = 2;

    impl ClosedRegister {
        /// The form that `PosFile::try_from` checks: it refuses what does not add up, and says where.
        pub(crate) fn into_form(self) -> raw::PosFile {
            let tender = |id, name: &str, kind| raw::TenderType { id, name: name.to_owned(), kind };
            let batch = raw::Batch {
                register: self.register,
                number: self.closing,
                business_date: self.closed_at.date_naive(),
                status: raw::BatchStatus::Closed,
                closed_at: Some(self.closed_at),
                transactions: self.receipts.into_iter().map(Receipt::into_form).collect(),
                ..raw::Batch::default()
            };
            raw::PosFile {
                store: raw::Store {
                    code: self.shop,
                    name: self.shop_name,
                    retailer: "1".to_owned(),
                    ..raw::Store::default()
                },
                tender_types: vec![
                    tender(CASH, "Cash", raw::TenderKind::Cash),
                    tender(CARD, "Card", raw::TenderKind::Card),
                ],
                batches: vec![batch],
                ..raw::PosFile::default()
            }
        }
    }

    impl Receipt {
        fn into_form(self) -> raw::Transaction {
            let paid = [(CASH, self.cash_cents), (CARD, self.card_cents)];
            let tenders = paid.into_iter().filter(|(_, cents)| *cents != 0).map(|(tender_type, cents)| {
                raw::Tender { tender_type, amount: money(cents), ..raw::Tender::default() }
            });
            raw::Transaction {
                number: self.number,
                occurred_at: self.at,
                lines: self.items.into_iter().map(Item::into_form).collect(),
                tenders: tenders.collect(),
                ..raw::Transaction::default()
            }
        }
    }

    impl Item {
        fn into_form(self) -> raw::Line {
            raw::Line {
                description: Some(self.name),
                quantity: DecimalText::from(self.count.to_string().as_str()),
                amount: money(self.cents),
                tax: money(self.tax_cents),
                tax_code: if self.tax_cents == 0 { "NON" } else { "TAX" }.to_owned(),
                ..raw::Line::default()
            }
        }
    }

    /// An amount beyond what a till can take is refused by the form, in its own words.
    fn money(cents: i64) -> DecimalText {
        Money::from_cents(cents).map_or_else(|_| cents.to_string().as_str().into(), DecimalText::from)
    }
}

/// Tokens that somebody else renews: an agent writes the current one into a file.
mod tokens {
    use std::path::PathBuf;

    use async_trait::async_trait;
    use qb_client::{AccessToken, TokenError, TokenStore};

    pub(crate) struct AgentTokens(PathBuf);

    impl AgentTokens {
        pub(crate) fn new(path: PathBuf) -> Self {
            Self(path)
        }
    }

    #[async_trait]
    impl TokenStore for AgentTokens {
        /// Read each time, so that a token which QuickBooks refuses is replaced as soon as the agent has a new one.
        async fn access_token(&self) -> Result<AccessToken, TokenError> {
            let unavailable = |why: String| TokenError::Unavailable { why };
            let text = std::fs::read_to_string(&self.0)
                .map_err(|error| unavailable(format!("the agent's file cannot be read: {error}")))?;
            AccessToken::new(text.trim()).map_err(|error| unavailable(error.to_string()))
        }
    }
}

/// A posting log of the host's own: a file of lines, each a claim or a group of rows. A line is written whole and flushed to the
/// disk, or it is not there: what a power failure left of a last line is cut off when the file is opened.
mod log {
    use std::fs::{File, OpenOptions};
    use std::io::{Read, Seek, SeekFrom, Write};
    use std::path::PathBuf;
    use std::sync::{Mutex, MutexGuard, PoisonError};
    use std::time::SystemTime;

    use async_trait::async_trait;
    use chrono::{DateTime, Utc};
    use exchange::{Fence, LogError, PostingLog, Row};
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize)]
    enum Line {
        Claim { owner: String, until: DateTime<Utc>, fence: u64 },
        Rows(Vec<(String, Option<String>)>),
    }

    pub(crate) struct LinesLog(Mutex<Kept>);

    struct Kept {
        file: File,
        rows: Vec<Row>,
        claim: Option<(String, DateTime<Utc>)>,
        fence: u64,
    }

    impl LinesLog {
        pub(crate) fn open(path: PathBuf) -> Result<Self, LogError> {
            let opened = |source| storage("opened", source);
            let mut options = OpenOptions::new();
            let file = options.read(true).write(true).create(true).truncate(false).open(&path);
            let mut file = file.map_err(opened)?;
            // Held until this process ends, however it ends.
            file.try_lock().map_err(|_| LogError::Locked { path: path.display().to_string() })?;
            let mut text = String::new();
            file.read_to_string(&mut text).map_err(opened)?;
            let whole = text.rfind('\n').map_or(0, |end| end + 1);
            file.set_len(whole as u64).map_err(opened)?;
            file.seek(SeekFrom::End(0)).map_err(opened)?;
            let mut kept = Kept { file, rows: Vec::new(), claim: None, fence: 0 };
            for (position, line) in (1..).zip(text[..whole].lines()) {
                let damaged =
                    |error: serde_json::Error| LogError::Damaged { position, problem: error.to_string() };
                kept.take(serde_json::from_str(line).map_err(damaged)?);
            }
            Ok(Self(Mutex::new(kept)))
        }

        fn kept(&self) -> MutexGuard<'_, Kept> {
            // What is kept changes after the file has, and in one step.
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl Kept {
        fn take(&mut self, line: Line) {
            match line {
                Line::Claim { owner, until, fence } => {
                    (self.claim, self.fence) = (Some((owner, until)), fence)
                }
                Line::Rows(rows) => self.rows.extend(rows.into_iter().map(|(text, body)| Row { text, body })),
            }
        }

        /// Keeps a line on the disk before anything else; what was written of a line that failed is taken back.
        fn keep(&mut self, line: Line) -> Result<(), LogError> {
            let mut text = serde_json::to_string(&line).map_err(|error| storage("written", error.into()))?;
            text.push('\n');
            let before = self.file.stream_position().map_err(|error| storage("written", error))?;
            let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
            if let Err(error) = written {
                let _ = self
                    .file
                    .set_len(before)
                    .and_then(|()| self.file.seek(SeekFrom::Start(before)).map(drop));
                return Err(storage("written", error));
            }
            self.take(line);
            Ok(())
        }
    }

    #[async_trait]
    impl PostingLog for LinesLog {
        async fn claim(&self, owner: &str, until: DateTime<Utc>) -> Result<Fence, LogError> {
            let mut kept = self.kept();
            let fence = match kept.claim.clone() {
                Some((holder, _)) if holder == owner => kept.fence,
                Some((owner, until)) if until > DateTime::<Utc>::from(SystemTime::now()) => {
                    return Err(LogError::Claimed { owner, until });
                }
                _ => kept.fence + 1,
            };
            kept.keep(Line::Claim { owner: owner.to_owned(), until, fence })?;
            Ok(Fence(fence))
        }

        async fn append(&self, fence: Fence, position: u64, rows: &[Row]) -> Result<(), LogError> {
            let mut kept = self.kept();
            let found = kept.rows.len() as u64;
            if fence.0 != kept.fence {
                return Err(LogError::Fenced);
            }
            if found != position {
                return Err(LogError::Overtaken { expected: position, found });
            }
            kept.keep(Line::Rows(rows.iter().map(|row| (row.text.clone(), row.body.clone())).collect()))
        }

        async fn read(&self, from: u64) -> Result<Vec<Row>, LogError> {
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            Ok(self.kept().rows.iter().skip(from).cloned().collect())
        }
    }

    fn storage(action: &'static str, source: std::io::Error) -> LogError {
        LogError::Storage { action, source: Box::new(source) }
    }

    /// What every host should do with its log.
    #[cfg(test)]
    #[tokio::test]
    async fn the_log_does_what_a_posting_log_must() {
        let path = std::env::temp_dir().join(format!("lines-log-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let checked = exchange::conformance::check(|| async { LinesLog::open(path.clone()) }).await;
        assert_eq!(checked, Ok(()));
        // A line that a power failure cut off is not there.
        let lines = std::fs::read_to_string(&path).unwrap_or_default();
        let before = LinesLog::open(path.clone()).map(|log| log.kept().rows.len());
        assert!(std::fs::write(&path, format!("{lines}{{\"Rows\":[[\"half")).is_ok());
        let after = LinesLog::open(path.clone()).map(|log| log.kept().rows.len());
        assert_eq!(after.ok(), before.ok());
        let _ = std::fs::remove_file(path);
    }
}
