//! A headless Chromium that is told what to do by its DevTools protocol.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

/// How long the browser may take for one thing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page.
pub(crate) struct Chromium {
    child: Child,
    folder: PathBuf,
    socket: WebSocket<TcpStream>,
    session: String,
    sent: u64,
    events: Vec<Value>,
}

impl Chromium {
    /// A browser of its own; none where there is no Chromium.
    pub(crate) fn start(name: &str) -> Option<Self> {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        let is_there = |name: &&str| {
            let version = Command::new(name).arg("--version").stderr(Stdio::null()).output();
            version.is_ok_and(|version| version.status.success())
        };
        let program = names.into_iter().find(is_there)?;
        let folder = std::env::temp_dir().join(format!("chromium-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut command = Command::new(program);
        command.args(["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]);
        command.args(["--remote-debugging-port=0", "--disable-background-networking", "about:blank"]);
        command.arg(format!("--user-data-dir={}", folder.display()));
        // Chromium refuses its sandbox to root; the pages are our own.
        let id = Command::new("id").arg("-u").output().map(|output| output.stdout);
        if id.is_ok_and(|id| id.trim_ascii() == b"0") {
            command.arg("--no-sandbox");
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let address = until(|| {
            let text = fs::read_to_string(folder.join("DevToolsActivePort")).ok()?;
            let (port, path) = text.split_once('\n')?;
            (!path.is_empty()).then(|| (port.to_owned(), path.trim().to_owned()))
        });
        let (port, path) = address.expect("the browser did not start");
        let stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(format!("ws://127.0.0.1:{port}{path}"), stream).unwrap();
        let session = String::new();
        let mut browser = Self { child, folder, socket, session, sent: 0, events: Vec::new() };
        let target = browser.tell("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.tell("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.tell(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Has it do something; its answer.
    pub(crate) fn tell(&mut self, method: &str, parameters: Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(message.to_string())).unwrap();
        loop {
            let heard = self.hear();
            if heard["id"] == json!(self.sent) {
                assert!(heard.get("error").is_none(), "{method}: {}", heard["error"]);
                return heard["result"].clone();
            }
            self.events.push(heard);
        }
    }

    fn hear(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    /// Opens a file. How long it took until everything in it was there.
    pub(crate) fn open(&mut self, file: &Path) -> Duration {
        let began = Instant::now();
        self.events.clear();
        self.tell("Page.navigate", json!({"url": format!("file://{}", file.display())}));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let heard = self.hear();
            self.events.push(heard);
        }
        began.elapsed()
    }

    /// The value of an expression on the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.tell("Runtime.evaluate", parameters);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// What went wrong on the page since it was opened, and what it asked of a network.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        // Whatever was said before this answer has been heard then.
        self.value("0");
        let is_complaint = |event: &&Value| match event["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => true,
            "Runtime.consoleAPICalled" => event["params"]["type"] == "error",
            "Log.entryAdded" => event["params"]["entry"]["level"] == "error",
            "Network.requestWillBeSent" => {
                !event["params"]["request"]["url"].as_str().unwrap_or_default().starts_with("file://")
            }
            _ => false,
        };
        self.events.iter().filter(is_complaint).map(ToString::to_string).collect()
    }

    /// A folder that goes with the browser.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // What is left behind in the system's temporary place harms nobody.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn until<T>(what: impl Fn() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if let Some(value) = what() {
            return Some(value);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}
