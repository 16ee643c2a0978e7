//! The program `connect`: connects a company once, so that later runs take care of themselves; checks and ends a
//! connection; makes keys; drafts a company mapping.
//!
//! The walk of a connection, in the order this program takes it: the authorization page, the answer on this machine (or
//! pasted by the operator), the exchange, the file, and then the company's name through the saved connection, which is the
//! proof that it works.

mod draft;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::{Parser, ValueEnum};
use exchange::Exit;
use qb_client::{ClientError, ReadError, ReqwestTransport, SystemClock};
use qb_connect::{
    Allowed, AuthServer, ClientPair, ConnectError, Connection, ConnectionStore, Consent, ConsentError,
    Environment, FileError, FileStore, GrantError, KeyError, KeyRing, LoopbackListener, Redirect, Revocation,
    StoreError, connect, disconnect, keep_name, read_private, seal_again, write_private,
};
use serde::Deserialize;

use self::draft::DraftError;
use crate::connect::{self as saved_connection, Connected};
use crate::exit_codes::EXIT_CODES;
use crate::faults::exit_of_read;
use crate::input::PosFormat;
use crate::output::with_causes;
use crate::secrets::{Secrets, SecretsError};

/// The redirect address unless another is given; it must be registered for the app, to the letter.
const REDIRECT: &str = "http://localhost:8484/callback";

/// Connects a QuickBooks company to this program, and looks after the connection.
///
/// Opens QuickBooks' authorization page, takes the answer, and saves the connection in a sealed file that full-exchange
/// uses and renews. docs/connect.md goes through it step by step.
#[derive(Parser)]
#[command(name = "connect", after_help = EXIT_CODES)]
pub struct Arguments {
    /// The file of the connection: made, used or ended.
    #[arg(long, value_name = "FILE", required_unless_present = "new_key")]
    connection: Option<PathBuf>,
    /// Intuit's test companies, or real ones.
    #[arg(long, value_enum, default_value = "sandbox")]
    environment: IntuitEnvironment,
    /// Connect to a simulator on this machine instead: the file with the connection line that it printed.
    #[arg(long, value_name = "FILE", conflicts_with = "environment")]
    simulator: Option<PathBuf>,
    #[command(flatten)]
    secrets: Secrets,
    /// The redirect address that is registered for the app: http://localhost with a port, or an https address of one's own,
    /// from which the operator pastes what the browser shows. Production needs https.
    #[arg(long, value_name = "URL")]
    redirect: Option<String>,
    /// Print the address only; open no browser.
    #[arg(long)]
    no_browser: bool,
    /// How long to wait for the answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=3600))]
    wait: u64,
    /// Say which company the connection is of, whether it works, and until when.
    #[arg(long, conflicts_with_all = ["revoke", "new_key"])]
    check: bool,
    /// End the connection at QuickBooks, and take the tokens out of the file.
    #[arg(long, conflicts_with = "new_key")]
    revoke: bool,
    /// Draft a company mapping from these POS files, a file or a folder, and from what the connected company has. What a person
    /// must decide stands in it; nothing is sent that changes anything.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["check", "revoke", "new_key"])]
    draft_mapping: Option<PathBuf>,
    /// The form of those files.
    #[arg(long, value_enum, default_value = "pos-json", requires = "draft_mapping")]
    pos_format: PosFormat,
    /// Where the drafted mapping goes; it must not be there yet. Without it, to standard output.
    #[arg(long, value_name = "FILE", requires = "draft_mapping")]
    mapping: Option<PathBuf>,
    /// Put a new key in front of the key file, which is made if there is none; with --connection, seal that connection
    /// again.
    #[arg(long)]
    new_key: bool,
}

/// One of Intuit's environments.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum IntuitEnvironment {
    /// Test companies, with the app's development keys.
    Sandbox,
    /// Real companies, with the app's production keys.
    Production,
}

/// Why `connect` did not do what was asked.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Saved(#[from] saved_connection::ConnectError),
    #[error("{path}: no connection line of a simulator; give the line that it printed")]
    NoSimulator { path: String },
    #[error("--new-key needs --key-file FILE: the key is written there and nowhere else")]
    NoKeyFile,
    #[error(transparent)]
    Draft(#[from] Box<DraftError>),
    #[error("the company cannot be read")]
    Company {
        #[source]
        source: Box<ReadError>,
        /// Whether the connection was saved before.
        is_new: bool,
    },
    #[error("nothing can be printed")]
    Output(#[from] std::io::Error),
}

/// What a simulator prints, as far as it is needed here.
#[derive(Deserialize)]
struct SimulatorLine {
    base_url: String,
    oauth_url: String,
}

/// Does what the arguments ask for, and ends as every program does ([`Exit`]).
pub async fn run(arguments: Arguments) -> ExitCode {
    match act(&arguments, &mut std::io::stdout()).await {
        Ok(()) => ExitCode::from(Exit::Ok.code()),
        Err(failure) => {
            eprintln!("{}", with_causes(&failure));
            if let Failure::Company { is_new: true, .. } = failure {
                eprintln!("The connection is saved; `connect --check` tries it again.");
            }
            ExitCode::from(failure.exit().code())
        }
    }
}

async fn act(arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    if arguments.new_key {
        return new_key(arguments, out).await;
    }
    let path = arguments.connection.clone().unwrap_or_default();
    if arguments.check {
        return check(&path, &arguments.secrets, false, out).await;
    }
    if let Some(files) = &arguments.draft_mapping {
        let output = arguments.mapping.as_deref();
        let connected = || saved_connection::saved(&path, &arguments.secrets);
        return Ok(draft::run(files, arguments.pos_format, output, connected, out).await?);
    }
    if arguments.revoke {
        return revoke(&path, arguments, out).await;
    }
    let (environment, pair) = arguments.environment()?;
    let redirect = arguments.redirect(&environment)?;
    let store = FileStore::new(&path, arguments.secrets.keys()?);
    // What stands in the way of saving is found before a person is asked for anything.
    drop(store.try_lock().await.map_err(ConnectError::from)?.ok_or(ConnectError::Busy)?);
    let kept = store.read().await.map_err(ConnectError::from)?;
    let server = AuthServer::new(environment, pair.clone(), Arc::new(transport()?))?;

    let allowed = if redirect.is_loopback() {
        let listener = LoopbackListener::bind(&redirect).await.map_err(ConnectError::from)?;
        let consent = server.consent(listener.redirect());
        arguments.ask(&consent, out)?;
        let seconds = arguments.wait;
        writeln!(
            out,
            "Waiting {seconds} seconds for the answer on {} (Ctrl-C connects nothing).",
            listener.redirect()
        )?;
        out.flush()?;
        listener.wait(&consent, Duration::from_secs(seconds)).await.map_err(ConnectError::from)?
    } else {
        let consent = server.consent(&redirect);
        arguments.ask(&consent, out)?;
        paste(&consent, arguments.wait, out).await?
    };
    if kept.is_some_and(|kept| kept.revoked_at().is_none()) {
        writeln!(out, "The connection that {} holds is replaced.", path.display())?;
    }
    connect(&store, &server, &allowed, &SystemClock).await?;
    let secrets = arguments.secrets.clone();
    let key = store.sealing_key();
    writeln!(out, "Saved in {}, sealed with key {key}.", path.display())?;
    tell_whether_it_works(&path, &secrets, pair, true, out).await
}

impl Arguments {
    /// Where the company lives, and the app's keys for it. A simulator's line holds both.
    fn environment(&self) -> Result<(Environment, ClientPair), Failure> {
        let Some(path) = &self.simulator else {
            let environment = match self.environment {
                IntuitEnvironment::Sandbox => Environment::Sandbox,
                IntuitEnvironment::Production => Environment::Production,
            };
            return Ok((environment, self.secrets.pair()?));
        };
        let none = || Failure::NoSimulator { path: path.display().to_string() };
        let text = std::fs::read_to_string(path).map_err(|_| none())?;
        let line = text.lines().next().unwrap_or_default();
        let found: SimulatorLine = serde_json::from_str(line).map_err(|_| none())?;
        let environment =
            Environment::simulator(&found.base_url, &found.oauth_url).map_err(ConnectError::from)?;
        let pair = match &self.secrets.client {
            Some(_) => self.secrets.pair()?,
            None => ClientPair::from_json(line)?,
        };
        Ok((environment, pair))
    }

    fn redirect(&self, environment: &Environment) -> Result<Redirect, Failure> {
        let redirect =
            Redirect::new(self.redirect.as_deref().unwrap_or(REDIRECT)).map_err(ConnectError::from)?;
        if *environment == Environment::Production && redirect.is_loopback() {
            let why = "QuickBooks sends the browser to https addresses only when production keys are used; give the one that \
                       is registered with --redirect";
            let refused = ConsentError::Redirect { address: redirect.to_string(), why: why.to_owned() };
            return Err(ConnectError::from(refused).into());
        }
        Ok(redirect)
    }

    /// Shows the address of the authorization page, and opens it.
    fn ask(&self, consent: &Consent, out: &mut impl Write) -> Result<(), Failure> {
        writeln!(out, "Open this address, sign in to QuickBooks, and choose the company to connect:\n")?;
        writeln!(out, "{}\n", consent.address())?;
        out.flush()?;
        if !self.no_browser {
            open_browser(consent.address());
        }
        Ok(())
    }
}

/// Reads what the browser shows after the authorization page.
async fn paste(consent: &Consent, seconds: u64, out: &mut impl Write) -> Result<Allowed, Failure> {
    writeln!(out, "Then paste the address that the browser shows, and press Enter:")?;
    out.flush()?;
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // A thread of its own: nothing waits for it when the program ends.
    std::thread::spawn(move || {
        let mut line = String::new();
        // An answer that cannot be read is an empty one; nobody may be waiting any more.
        let _ = std::io::stdin().read_line(&mut line);
        let _ = sender.send(line);
    });
    let line = tokio::time::timeout(Duration::from_secs(seconds), receiver).await;
    let line = line.map_err(|_| ConnectError::from(ConsentError::TimedOut { seconds, foreign: 0 }))?;
    let line = line.unwrap_or_default();
    if line.trim().is_empty() {
        return Err(ConnectError::from(ConsentError::Malformed { what: "no address was pasted" }).into());
    }
    Ok(consent.check(&line).map_err(ConnectError::from)?)
}

/// Opens a browser where there is one; whoever has none opens the printed address.
fn open_browser(address: &str) {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let mut command = std::process::Command::new(program);
    command.args(arguments).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = command.spawn();
}

/// Says which company it is, whether it works, and until when.
async fn check(path: &Path, secrets: &Secrets, is_new: bool, out: &mut impl Write) -> Result<(), Failure> {
    report(saved_connection::saved(path, secrets).await?, path, is_new, out).await
}

/// Tells the same of a connection that was just made, whose app keys may have come from a simulator's line.
async fn tell_whether_it_works(
    path: &Path,
    secrets: &Secrets,
    pair: ClientPair,
    is_new: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    report(saved_connection::saved_with(path, secrets.keys()?, pair).await?, path, is_new, out).await
}

async fn report(
    connected: Connected,
    path: &Path,
    is_new: bool,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let Connected { client, tokens, .. } = connected;
    let info = client
        .company_info()
        .await
        .map_err(|source| Failure::Company { source: Box::new(source), is_new })?;
    let Some(tokens) = tokens else { return Ok(()) };
    tokens.settle().await;
    let connection = tokens.connection().await;
    if connection.company() != Some(info.company_name.as_str()) {
        // A name that another process kept in between is as good.
        let _ = keep_name(&*tokens.store(), &info.company_name).await;
    }
    writeln!(out, "Company:     {}", info.company_name)?;
    writeln!(out, "Company id:  {}", connection.realm())?;
    writeln!(out, "Lives in:    {}", connection.environment())?;
    writeln!(out, "Connected:   {}", day(connection.connected_at()))?;
    writeln!(out, "File:        {}", path.display())?;
    tell_ends(&connection, out)
}

fn tell_ends(connection: &Connection, out: &mut impl Write) -> Result<(), Failure> {
    let tokens = connection.tokens();
    if let Some(by) = tokens.and_then(qb_connect::Tokens::reconnect_by) {
        writeln!(out, "Reconnect:   before {} (every run says so 30 days ahead)", day(by))?;
    }
    if let Some(until) = tokens.and_then(qb_connect::Tokens::unused_until) {
        writeln!(out, "If unused:   ends on {}", day(until))?;
    }
    if let Some(notice) = connection.notice(Utc::now()) {
        writeln!(out, "Note:        {notice}")?;
    }
    Ok(())
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

async fn revoke(path: &Path, arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    let store = FileStore::new(path, arguments.secrets.keys()?);
    let kept = store.read().await.map_err(ConnectError::from)?.ok_or(ConnectError::NotConnected)?;
    let pair = match arguments.simulator {
        Some(_) => arguments.environment()?.1,
        None => arguments.secrets.pair()?,
    };
    let server = AuthServer::new(kept.environment().clone(), pair, Arc::new(transport()?))?;
    let realm = kept.realm();
    match disconnect(&store, &server, &SystemClock).await? {
        Revocation::Ended => writeln!(out, "Company {realm} is disconnected; its tokens are gone.")?,
        Revocation::HadEnded => {
            writeln!(out, "Company {realm} was disconnected before; its tokens are gone.")?
        }
    }
    Ok(())
}

async fn new_key(arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    let path = arguments.secrets.key_file.as_ref().ok_or(Failure::NoKeyFile)?;
    let before = match read_private(path) {
        Ok(text) => text,
        Err(FileError::Absent { .. }) => String::new(),
        Err(error) => return Err(SecretsError::from(error).into()),
    };
    if !before.is_empty() {
        KeyRing::parse(&before).map_err(|source| SecretsError::Content {
            place: path.display().to_string(),
            source: source.into(),
        })?;
    }
    let mut text = KeyRing::new_line().map_err(ConnectError::from)?;
    text.push('\n');
    text.push_str(&before);
    write_private(path, text.as_bytes()).map_err(SecretsError::from)?;
    let keys = KeyRing::parse(&text).map_err(ConnectError::from)?;
    writeln!(out, "Key {} stands first in {}.", keys.sealing_id(), path.display())?;
    if let Some(connection) = &arguments.connection {
        seal_again(&FileStore::new(connection, keys)).await?;
        writeln!(out, "{} is sealed with it.", connection.display())?;
    } else if !before.is_empty() {
        writeln!(
            out,
            "Connections are sealed with it at their next refresh; until then keep the lines below it."
        )?;
    }
    Ok(())
}

fn transport() -> Result<ReqwestTransport, ConnectError> {
    Ok(ReqwestTransport::new().map_err(|error: ClientError| error)?)
}

impl Failure {
    /// How it ends the program: a person or QuickBooks did not answer, another process is at work, or something must be put
    /// right or allowed first.
    fn exit(&self) -> Exit {
        match self {
            Self::Connect(error) | Self::Saved(saved_connection::ConnectError::Saved(error)) => {
                exit_of(error)
            }
            Self::Draft(error) => match &**error {
                DraftError::Saved(saved_connection::ConnectError::Saved(error)) => exit_of(error),
                error => error.exit(),
            },
            Self::Company { source, .. } => exit_of_read(source),
            _ => Exit::Configuration,
        }
    }
}

fn exit_of(error: &ConnectError) -> Exit {
    match error {
        ConnectError::Busy | ConnectError::Store(StoreError::Overtaken { .. }) => Exit::InUse,
        ConnectError::Consent(ConsentError::TimedOut { .. })
        | ConnectError::Grant(
            GrantError::NotSent { .. }
            | GrantError::Lost { .. }
            | GrantError::Unavailable { .. }
            | GrantError::NotAnAnswer { .. },
        ) => Exit::Incomplete,
        _ => Exit::Configuration,
    }
}

/// A key file's fault, as the connection's errors say it.
impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self::Connect(error.into())
    }
}
