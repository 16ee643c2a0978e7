//! From the authorization page to a client that works, over HTTP, against the simulator; and what can come between.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use qb_client::{ReqwestTransport, SystemClock, TokenStore};
use qb_connect::{
    AuthServer, ClientPair, ConnectError, Connection, ConnectionStore, Consent, ConsentError, Environment,
    FileStore, KeyRing, LoopbackListener, MemoryStore, Redirect, RefreshingTokens, Revocation, connect,
    disconnect, keep_name, seal_again,
};
use qb_simulator::{CompanyOptions, OAuthOptions, Simulator, SimulatorOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A simulator and the server object for it.
struct World {
    simulator: Simulator,
    server: AuthServer,
    transport: Arc<ReqwestTransport>,
}

impl World {
    async fn new(oauth: OAuthOptions) -> Self {
        let company = CompanyOptions { oauth, ..CompanyOptions::default() };
        let simulator =
            Simulator::start(SimulatorOptions { company, ..SimulatorOptions::default() }).await.unwrap();
        let line = simulator.connection();
        let environment = Environment::simulator(&line.base_url, &line.oauth_url).unwrap();
        let pair = ClientPair::from_json(&serde_json::to_string(line).unwrap()).unwrap();
        let transport = Arc::new(ReqwestTransport::new().unwrap());
        let server = AuthServer::new(environment, pair, Arc::clone(&transport) as _).unwrap();
        Self { simulator, server, transport }
    }

    /// A person allows the app; what `connect` would do then.
    async fn connect(&self, store: &dyn ConnectionStore) -> Result<Connection, ConnectError> {
        let listener = LoopbackListener::bind(&free()).await?;
        let consent = self.server.consent(listener.redirect());
        let browser = tokio::spawn(browse(consent.address().to_owned()));
        let allowed = listener.wait(&consent, Duration::from_secs(30)).await?;
        assert!(browser.await.unwrap().contains("QuickBooks has answered"));
        connect(store, &self.server, &allowed, &SystemClock).await
    }

    fn client(&self, tokens: &Arc<RefreshingTokens>) -> qb_client::Client {
        RefreshingTokens::client(tokens).transport(Arc::clone(&self.transport)).build().unwrap()
    }

    async fn tokens(&self, store: impl ConnectionStore + 'static) -> Arc<RefreshingTokens> {
        let opened =
            RefreshingTokens::open(Arc::new(store), self.server.clone(), Arc::new(SystemClock)).await;
        Arc::new(opened.unwrap())
    }
}

fn free() -> Redirect {
    Redirect::new("http://localhost:0/callback").unwrap()
}

/// The text of an answer, with its head.
async fn get(address: &str) -> String {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Where the authorization page sends the browser.
async fn location(address: &str) -> String {
    let answer = get(address).await;
    let line = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("location:")).expect(&answer);
    line.split_once(':').unwrap().1.trim().to_owned()
}

/// The page, and then where it leads.
async fn browse(address: String) -> String {
    get(&location(&address).await).await
}

/// A folder of its own, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("qb-connect-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn ring() -> KeyRing {
    KeyRing::parse(&KeyRing::new_line().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_is_connected_used_sealed_again_and_disconnected() {
    let world = World::new(OAuthOptions::default()).await;
    let folder = Folder::new("whole");
    let path = folder.file("shop.connection");
    let old = KeyRing::new_line().unwrap();
    let store = FileStore::new(&path, KeyRing::parse(&old).unwrap());
    let connection = world.connect(&store).await.unwrap();
    assert_eq!(connection.realm().as_str(), world.simulator.connection().realm_id);
    assert!(connection.tokens().unwrap().reconnect_by().is_some(), "five years, when one asks for it");
    assert!(connection.notice(chrono::Utc::now()).is_none());

    let tokens = world.tokens(store.clone()).await;
    let client = world.client(&tokens);
    let name = client.company_info().await.unwrap().company_name;
    assert_eq!(keep_name(&store, &name).await.unwrap().company(), Some("Simulated Company"));

    // Rotation: the new key in front, everything sealed again, the old key gone.
    let new = KeyRing::new_line().unwrap();
    let both = FileStore::new(&path, KeyRing::parse(&format!("{}\n{}", *new, *old)).unwrap());
    seal_again(&both).await.unwrap();
    let only_new = FileStore::new(&path, KeyRing::parse(&new).unwrap());
    assert_eq!(only_new.read().await.unwrap().unwrap().company(), Some("Simulated Company"));
    assert_eq!(store.read().await.unwrap_err().code(), "connection-key-unknown");

    assert_eq!(disconnect(&only_new, &world.server, &SystemClock).await.unwrap(), Revocation::Ended);
    assert_eq!(disconnect(&only_new, &world.server, &SystemClock).await.unwrap(), Revocation::HadEnded);
    assert!(client.company_info().await.is_err());
    let error = world.tokens(only_new.clone()).await.access_token().await.unwrap_err();
    assert_eq!(error.code(), "reauthorization-needed");
    assert!(error.to_string().contains("connect --revoke"), "{error}");

    // The same file takes the next consent.
    let again = world.connect(&only_new).await.unwrap();
    assert!(again.version() > connection.version());
    let client = world.client(&world.tokens(only_new).await);
    client.company_info().await.unwrap();
    world.simulator.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_with_a_foreign_state_connects_nothing_and_ends_nothing() {
    let world = World::new(OAuthOptions::default()).await;
    let listener = LoopbackListener::bind(&free()).await.unwrap();
    let consent = world.server.consent(listener.redirect());
    let other: Consent = world.server.consent(listener.redirect());
    let waiting = tokio::spawn({
        let consent = consent.clone();
        async move { listener.wait(&consent, Duration::from_secs(30)).await }
    });
    // The page of another attempt, a request for an icon, half a request, and a browser that only opens a connection.
    let back = location(other.address()).await;
    let _idle = TcpStream::connect(host(&back)).await.unwrap();
    let mut half = TcpStream::connect(host(&back)).await.unwrap();
    half.write_all(b"GET /callback?code=").await.unwrap();
    assert!(get(&back).await.starts_with("HTTP/1.1 400"));
    assert!(get(&format!("http://{}/favicon.ico", host(&back))).await.starts_with("HTTP/1.1 404"));
    assert!(browse(consent.address().to_owned()).await.contains("200 OK"));
    assert_eq!(waiting.await.unwrap().unwrap().realm().as_str(), world.simulator.connection().realm_id);
    world.simulator.stop().await;
}

fn host(address: &str) -> String {
    address.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_says_no_or_nothing_connects_nothing() {
    let world = World::new(OAuthOptions { deny_consent: true, ..OAuthOptions::default() }).await;
    let store = MemoryStore::new();
    let listener = LoopbackListener::bind(&free()).await.unwrap();
    let consent = world.server.consent(listener.redirect());
    let browser = tokio::spawn(browse(consent.address().to_owned()));
    let error = listener.wait(&consent, Duration::from_secs(30)).await.unwrap_err();
    assert_eq!(error, ConsentError::Denied);
    assert!(browser.await.unwrap().contains("not allowed"));

    let listener = LoopbackListener::bind(&free()).await.unwrap();
    let consent = world.server.consent(listener.redirect());
    let other = world.server.consent(listener.redirect());
    let foreign = tokio::spawn(browse(other.address().to_owned()));
    let error = listener.wait(&consent, Duration::from_millis(1500)).await.unwrap_err();
    assert_eq!(error, ConsentError::TimedOut { seconds: 1, foreign: 1 });
    assert!(error.to_string().contains("1 answers belonged to other attempts"), "{error}");
    assert!(foreign.await.unwrap().contains("400"));
    assert!(store.read().await.unwrap().is_none());
    world.simulator.stop().await;
}

/// The code lives ten minutes: who comes back with it later starts again.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_too_old_or_used_is_refused_and_connects_nothing() {
    let world = World::new(OAuthOptions::default()).await;
    let store = MemoryStore::new();
    let redirect = Redirect::new("https://shop.example.org/quickbooks").unwrap();
    assert!(LoopbackListener::bind(&redirect).await.is_err());
    let consent = world.server.consent(&redirect);
    // The operator pastes the address that the browser shows.
    let pasted = location(consent.address()).await;
    assert!(pasted.starts_with("https://shop.example.org/quickbooks?"));
    let allowed = consent.check(&pasted).unwrap();
    world.simulator.advance(chrono::TimeDelta::minutes(11));
    let error = connect(&store, &world.server, &allowed, &SystemClock).await.unwrap_err();
    assert_eq!(error.code(), "oauth-invalid-grant");
    assert!(store.read().await.unwrap().is_none());

    let consent = world.server.consent(&redirect);
    let allowed = consent.check(&location(consent.address()).await).unwrap();
    connect(&store, &world.server, &allowed, &SystemClock).await.unwrap();
    let error = connect(&store, &world.server, &allowed, &SystemClock).await.unwrap_err();
    assert_eq!(error.code(), "oauth-invalid-grant");
    assert!(store.read().await.unwrap().unwrap().tokens().is_some(), "the connection is what it was");
    world.simulator.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_company_is_refused_before_its_code_is_exchanged() {
    let world = World::new(OAuthOptions::default()).await;
    let store = MemoryStore::new();
    world.connect(&store).await.unwrap();
    let redirect = Redirect::new("https://shop.example.org/quickbooks").unwrap();
    let consent = world.server.consent(&redirect);
    let realm = &world.simulator.connection().realm_id;
    let pasted = location(consent.address()).await.replace(realm, "4620816365009999");
    let allowed = consent.check(&pasted).unwrap();
    let error = connect(&store, &world.server, &allowed, &SystemClock).await.unwrap_err();
    assert_eq!(error.code(), "other-company");
    assert!(error.to_string().contains(realm) && error.to_string().contains("4620816365009999"), "{error}");
    assert_eq!(store.read().await.unwrap().unwrap().realm().as_str(), realm);

    // A consent for a company that this token does not open: QuickBooks says so at the first read.
    let elsewhere = MemoryStore::new();
    connect(&elsewhere, &world.server, &allowed, &SystemClock).await.unwrap();
    let client = world.client(&world.tokens(elsewhere).await);
    let error = client.company_info().await.unwrap_err();
    assert!(error.to_string().contains("3100"), "{error}");
    world.simulator.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_secret_is_named_as_such() {
    let world = World::new(OAuthOptions::default()).await;
    let pair = ClientPair::new(&world.simulator.connection().client_id, "wrong").unwrap();
    let environment = world.server.environment().clone();
    let server = AuthServer::new(environment, pair, Arc::clone(&world.transport) as _).unwrap();
    let consent = server.consent(&Redirect::new("https://shop.example.org/").unwrap());
    let allowed = consent.check(&location(consent.address()).await).unwrap();
    let error = connect(&MemoryStore::new(), &server, &allowed, &SystemClock).await.unwrap_err();
    assert_eq!(error.code(), "oauth-invalid-client");
    assert!(error.to_string().contains("development keys for a sandbox"), "{error}");
    world.simulator.stop().await;
}

/// Two handles of one file stand for two processes: the lock is the file system's.
#[tokio::test(flavor = "multi_thread")]
async fn handles_of_one_file_refresh_once_at_a_time() {
    let oauth =
        OAuthOptions { access_token_seconds: Some(1), rotation_seconds: Some(0), ..OAuthOptions::default() };
    let world = World::new(oauth).await;
    let folder = Folder::new("handles");
    let line = KeyRing::new_line().unwrap();
    let store = || FileStore::new(folder.file("shop.connection"), KeyRing::parse(&line).unwrap());
    let first = world.connect(&store()).await.unwrap();
    for round in 0..4_u64 {
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let mut calls = Vec::new();
        for _ in 0..6 {
            let tokens = world.tokens(store()).await;
            calls.push(tokio::spawn(async move {
                tokens.access_token().await.map(|token| token.expose().to_owned())
            }));
        }
        for call in calls {
            call.await.unwrap().unwrap();
        }
        let stored = store().read().await.unwrap().unwrap();
        assert!(stored.tokens().is_some());
        // Two writes a refresh. A machine that is slow enough needs a second refresh in a round, and none is lost.
        let refreshes = (stored.version() - first.version()) / 2;
        assert!(
            refreshes > round && refreshes <= 6 * (round + 1),
            "{refreshes} refreshes after round {round}"
        );
    }
    let names: Vec<String> = names(&folder.0);
    assert_eq!(names, ["shop.connection", "shop.connection.lock"]);
    world.simulator.stop().await;
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_file_is_its_owners_alone_and_survives_a_dead_writer() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::new(OAuthOptions::default()).await;
    let folder = Folder::new("private");
    let path = folder.file("shop.connection");
    let store = FileStore::new(&path, ring());
    assert!(store.read().await.unwrap().is_none());
    // What a process that died while it wrote has left behind.
    std::fs::write(folder.file("shop.connection.new"), "half").unwrap();
    world.connect(&store).await.unwrap();
    for name in ["shop.connection", "shop.connection.lock"] {
        let mode = std::fs::metadata(folder.file(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(names(&folder.0).len(), 2);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    let error = store.read().await.unwrap_err();
    assert_eq!(error.code(), "file-not-private");
    assert!(error.to_string().contains("chmod 600"), "{error}");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();

    // A folder that is gone, a file that is none: typed, and nothing is asked.
    let nowhere = FileStore::new(folder.file("no/such/folder"), ring());
    assert_eq!(nowhere.try_lock().await.err().unwrap().code(), "file-failed");
    std::fs::write(&path, vec![b'x'; 100_000]).unwrap();
    assert_eq!(store.read().await.unwrap_err().code(), "file-too-large");
    world.simulator.stop().await;
}
