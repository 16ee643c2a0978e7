//! The simulator on a loopback port: HTTP in front of one company.
//!
//! Turns HTTP into [`Request`] and back, reads the clock, and holds the service behind a lock, so that requests are
//! answered one after another. What concerns the connection happens here: waiting and cutting. Neighbours: `service`
//! decides, `gate` cuts, `admin` answers what is no part of QuickBooks.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderName, HeaderValue, Request as HttpRequest, Response as HttpResponse, StatusCode};
use chrono::{DateTime, FixedOffset, TimeDelta};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::base::clock::RunningClock;
use crate::base::message::{Request, Response, Target};
use crate::books::company::Company;
use crate::http::admin;
use crate::http::cuttable::{Cut, CuttableListener};
use crate::http::deliver;
use crate::http::hooks::Notification;
use crate::http::inflate::{NotInflated, inflate};
use crate::http::service::{Delivery, Service, Wait, http_date};
use crate::http::slow_body::SlowBody;
use crate::http::start::{Connection, SimulatorOptions, StartError};
use crate::options::act::PersonAct;

/// The largest body taken, 8 MiB: room for 10,000 lines.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// How long [`Simulator::stop`] waits for open connections.
const STOP_WAIT: Duration = Duration::from_secs(2);

/// What one lock guards: a request and its moment belong together.
struct House {
    service: Service,
    clock: RunningClock,
}

struct Shared {
    house: Mutex<House>,
    in_flight: AtomicUsize,
    releases: watch::Sender<u64>,
    post: mpsc::UnboundedSender<(String, Notification)>,
}

impl Shared {
    fn enter<T>(&self, work: impl FnOnce(&mut House) -> T) -> T {
        let mut house = self.house.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut house);
        if let Some((url, notifications)) = house.service.take_post() {
            for notification in notifications {
                // The queue ends with the simulator; then nobody waits for it.
                drop(self.post.send((url.clone(), notification)));
            }
        }
        result
    }
}

/// A running simulator. Dropping it ends it; [`stop`](Simulator::stop) also waits.
pub struct Simulator {
    connection: Connection,
    certificate: Option<String>,
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
        let scheme = if options.tls { "https" } else { "http" };
        let base_url = format!("{scheme}://{address}");
        let (listener, certificate) = gate(listener, address, options.tls)?;
        let clock = RunningClock::start(options.clock);
        let company = match &options.books {
            Some(text) => Company::load(text)?,
            None => Company::new(options.company, clock.now()),
        };
        let credentials = company.options().credentials.clone();
        let connection = Connection {
            oauth_url: base_url.clone(),
            base_url,
            realm_id: company.options().realm_id.clone(),
            client_id: credentials.client_id,
            client_secret: credentials.client_secret,
            access_token: credentials.access_token,
            // A company that was loaded may have rotated it.
            refresh_token: company.grants.first_refresh().unwrap_or(&credentials.refresh_token).to_owned(),
        };
        let mut service = Service::new(company);
        service.faults = options.faults;
        service.set_limits(options.limits);
        let house = Mutex::new(House { service, clock });
        let (releases, _) = watch::channel(0);
        let (post, queue) = mpsc::unbounded_channel();
        tokio::spawn(deliver::run(queue));
        let shared = Arc::new(Shared { house, in_flight: AtomicUsize::new(0), releases, post });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&shared));
        let router = router.into_make_service_with_connect_info::<Cut>();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            // The sender's end, by stop or by drop, is the signal; how it ended does not matter.
            let signal = async move { drop(stopped.await) };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(signal).await {
                // Only accepting can fail, and axum retries that by itself.
                drop(error);
            }
        });
        Ok(Simulator { connection, certificate, shared, stop: Some(stop), task })
    }

    /// Returns what a client needs to connect.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Returns the certificate to trust, as PEM, when it serves https.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Looks into the company; no request is answered meanwhile.
    pub fn with_company<T>(&self, look: impl FnOnce(&Company) -> T) -> T {
        self.shared.enter(|house| look(house.service.company()))
    }

    /// Works on the company, its faults and its limits; no request is answered meanwhile.
    pub fn with_service<T>(&self, work: impl FnOnce(&mut Service) -> T) -> T {
        let (result, releases) = self.shared.enter(|house| {
            let result = work(&mut house.service);
            (result, house.service.releases())
        });
        self.shared.releases.send_replace(releases);
        result
    }

    /// Does what a person does in QuickBooks at this moment. The error says why it could not be done; then nothing has changed.
    /// A refused [`PersonAct::Request`](crate::PersonAct::Request) is an answer, not an error.
    pub fn act(&self, act: &PersonAct) -> Result<Option<Response>, String> {
        self.shared.enter(|house| {
            let now = house.clock.now();
            house.service.act(act, now)
        })
    }

    /// Returns the moment the company's clock shows.
    #[must_use]
    pub fn now(&self) -> DateTime<FixedOffset> {
        self.shared.enter(|house| house.clock.now())
    }

    /// Moves the company's clock, whatever kind it is; late effects whose time has come take place.
    pub fn advance(&self, by: TimeDelta) {
        self.shared.enter(|house| {
            house.clock.advance(by);
            house.service.settle(house.clock.now());
        });
    }

    /// Ends the simulator: no new connections, open requests are answered, at most two seconds.
    pub async fn stop(mut self) {
        self.stop.take();
        if tokio::time::timeout(STOP_WAIT, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// Returns the listener, and the certificate to trust when it is to speak TLS.
#[cfg(feature = "tls")]
fn gate(
    listener: TcpListener,
    address: SocketAddr,
    tls: bool,
) -> Result<(CuttableListener, Option<String>), StartError> {
    if !tls {
        return Ok((CuttableListener::plain(listener, address), None));
    }
    let keys = crate::http::tls::Keys::new(address.ip()).map_err(StartError::Certificate)?;
    let authority = keys.authority.clone();
    Ok((CuttableListener::secured(listener, address, keys), Some(authority)))
}

#[cfg(not(feature = "tls"))]
fn gate(
    listener: TcpListener,
    address: SocketAddr,
    tls: bool,
) -> Result<(CuttableListener, Option<String>), StartError> {
    if tls { Err(StartError::NoTls) } else { Ok((CuttableListener::plain(listener, address), None)) }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: HttpRequest<Body>,
) -> HttpResponse<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too large or broke off.");
    };
    let encoding = head.headers.get("content-encoding").map_or("", |value| value.to_str().unwrap_or("?"));
    let body = match inflate(body.to_vec(), encoding, MAX_BODY) {
        Ok(body) => body,
        Err(NotInflated::TooLarge) => {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "The inflated request body is too large.");
        }
        Err(NotInflated::Malformed) => {
            return plain(StatusCode::BAD_REQUEST, "The request body is not what its Content-Encoding says.");
        }
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = Request {
        method: head.method.as_str().to_owned(),
        target: head.uri.path_and_query().map_or_else(|| "/".to_owned(), |target| target.as_str().to_owned()),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body,
    };
    if Target::parse(&request.target).segments.first().is_some_and(|first| first == admin::ROOT) {
        return serve_admin(&shared, &cut, &request);
    }
    let counted = InFlight::enter(&shared.in_flight);
    let mut released = shared.releases.subscribe();
    let reply = shared.enter(|house| {
        let now = house.clock.tick();
        house.service.exchange_among(&request, now, counted.number)
    });
    match reply.wait {
        Wait::None => {}
        Wait::Millis(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
        // The sender lives as long as the simulator; its end lets the answer go too.
        Wait::Released => drop(released.changed().await),
    }
    match reply.delivery {
        Delivery::Answer(response) => http_response(response),
        Delivery::Closed => {
            cut.now();
            plain(StatusCode::NO_CONTENT, "")
        }
        Delivery::Dripping { mut response, bytes, millis } => {
            let body =
                SlowBody::new(std::mem::take(&mut response.body), bytes, Duration::from_millis(millis));
            http_response(response).map(|_| Body::new(body))
        }
        Delivery::Truncated { response, bytes } => {
            cut.after(bytes);
            http_response(response)
        }
    }
}

/// One request between its arrival and its answer.
struct InFlight<'a> {
    counter: &'a AtomicUsize,
    number: usize,
}

impl InFlight<'_> {
    fn enter(counter: &AtomicUsize) -> InFlight<'_> {
        InFlight { counter, number: counter.fetch_add(1, Ordering::SeqCst) + 1 }
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Returns the admin paths: from this machine only, wherever the simulator listens, and not from a web page.
fn serve_admin(shared: &Shared, cut: &Cut, request: &Request) -> HttpResponse<Body> {
    if !cut.peer.ip().to_canonical().is_loopback() || request.header_value("origin").is_some() {
        return plain(StatusCode::FORBIDDEN, "Only programs on this machine may work on the simulator.");
    }
    let in_flight = shared.in_flight.load(Ordering::SeqCst);
    let (response, releases) = shared.enter(|house| {
        let mut response = admin::answer(&mut house.service, &mut house.clock, request, in_flight);
        response.headers.push(("Date".to_owned(), http_date(house.clock.now())));
        (response, house.service.releases())
    });
    if releases != *shared.releases.borrow() {
        shared.releases.send_replace(releases);
    }
    http_response(response)
}

fn http_response(response: Response) -> HttpResponse<Body> {
    let mut out = HttpResponse::new(Body::from(response.body));
    *out.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            out.headers_mut().append(name, value);
        }
    }
    out
}

fn plain(status: StatusCode, text: &'static str) -> HttpResponse<Body> {
    let mut out = HttpResponse::new(Body::from(text));
    *out.status_mut() = status;
    out
}
