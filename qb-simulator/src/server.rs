//! The simulator on a loopback port: HTTP in front of one company.
//!
//! Turns HTTP into [`Request`] and back, reads the clock, and holds the company behind a lock, so that requests are
//! answered one after another. Neighbours: `handle` does the work.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Request as HttpRequest, Response as HttpResponse, StatusCode};
use chrono::{DateTime, FixedOffset, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::company::Company;
use crate::handle::handle;
use crate::message::{Request, Response};
use crate::options::CompanyOptions;

/// The largest body taken, 8 MiB: room for 10,000 lines.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// How long [`Simulator::stop`] waits for open connections.
const STOP_WAIT: Duration = Duration::from_secs(2);

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address is not loopback, and [`SimulatorOptions::allow_any_address`] is not set.
    #[error(
        "{0} is not a loopback address; the simulator has no real protection and should not be reachable"
    )]
    NotLoopback(SocketAddr),
    /// The port could not be bound.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Where the time in answers comes from.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// The system's clock, at the offset of Pacific standard time.
    #[default]
    System,
    /// Always this moment.
    Fixed(DateTime<FixedOffset>),
}

impl Clock {
    fn now(self) -> DateTime<FixedOffset> {
        match (self, FixedOffset::west_opt(8 * 3600)) {
            (Clock::Fixed(moment), _) => moment,
            (Clock::System, Some(pacific)) => Utc::now().with_timezone(&pacific).trunc_subsecs(3),
            (Clock::System, None) => Utc::now().fixed_offset(),
        }
    }
}

/// How to start a simulator.
#[derive(Debug, Clone)]
pub struct SimulatorOptions {
    /// The company to simulate.
    pub company: CompanyOptions,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Listen on an address other machines can reach, too.
    pub allow_any_address: bool,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Default for SimulatorOptions {
    fn default() -> SimulatorOptions {
        SimulatorOptions {
            company: CompanyOptions::default(),
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            allow_any_address: false,
            clock: Clock::System,
        }
    }
}

/// What a client needs to connect.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Where `/v3/company/{realm}/...` is appended.
    pub base_url: String,
    /// Where the OAuth endpoints will be: `/oauth2/v1/tokens/bearer` is appended. Not served yet.
    pub oauth_url: String,
    /// The company's id.
    pub realm_id: String,
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: String,
    /// The bearer token.
    pub access_token: String,
    /// The refresh token.
    pub refresh_token: String,
}

impl fmt::Debug for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Connection")
            .field("base_url", &self.base_url)
            .field("realm_id", &self.realm_id)
            .finish_non_exhaustive()
    }
}

struct Shared {
    company: Mutex<Company>,
    clock: Clock,
}

/// A running simulator. Dropping it ends it; [`stop`](Simulator::stop) also waits.
pub struct Simulator {
    connection: Connection,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl fmt::Debug for Simulator {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Simulator").field("connection", &self.connection).finish_non_exhaustive()
    }
}

impl Simulator {
    /// Binds the port and serves in the background of the current tokio runtime.
    pub async fn start(options: SimulatorOptions) -> Result<Simulator, StartError> {
        if !options.listen.ip().is_loopback() && !options.allow_any_address {
            return Err(StartError::NotLoopback(options.listen));
        }
        let listening = |source| StartError::Listen { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).await.map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        let base_url = format!("http://{address}");
        let credentials = options.company.credentials.clone();
        let connection = Connection {
            oauth_url: base_url.clone(),
            base_url,
            realm_id: options.company.realm_id.clone(),
            client_id: credentials.client_id,
            client_secret: credentials.client_secret,
            access_token: credentials.access_token,
            refresh_token: credentials.refresh_token,
        };
        let company = Mutex::new(Company::new(options.company, options.clock.now()));
        let shared = Arc::new(Shared { company, clock: options.clock });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            // The sender's end, by stop or by drop, is the signal; how it ended does not matter.
            let signal = async move { drop(stopped.await) };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(signal).await {
                // Only accepting can fail, and axum retries that by itself.
                drop(error);
            }
        });
        Ok(Simulator { connection, shared, stop: Some(stop), task })
    }

    /// What a client needs to connect.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Looks into the company; no request is answered meanwhile.
    pub fn with_company<T>(&self, look: impl FnOnce(&Company) -> T) -> T {
        look(&self.shared.company.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends the simulator: no new connections, open requests are answered, at most two seconds.
    pub async fn stop(mut self) {
        self.stop.take();
        if tokio::time::timeout(STOP_WAIT, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

async fn serve(State(shared): State<Arc<Shared>>, request: HttpRequest<Body>) -> HttpResponse<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large or broke off.");
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = Request {
        method: head.method.as_str().to_owned(),
        target: head.uri.path_and_query().map_or_else(|| "/".to_owned(), |target| target.as_str().to_owned()),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: body.to_vec(),
    };
    let response = {
        let mut company = shared.company.lock().unwrap_or_else(PoisonError::into_inner);
        handle(&mut company, &request, shared.clock.now())
    };
    http_response(response)
}

fn http_response(response: Response) -> HttpResponse<Body> {
    let mut out = HttpResponse::new(Body::from(response.body));
    *out.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            out.headers_mut().insert(name, value);
        }
    }
    out
}

fn plain(status: StatusCode, text: &'static str) -> HttpResponse<Body> {
    let mut out = HttpResponse::new(Body::from(text));
    *out.status_mut() = status;
    out
}
