//! `embed-in-service`, a host of somebody else's, against a simulator: what it answers, and that the README alone is enough.

#[allow(dead_code, reason = "each test uses what it needs of it")]
use crate::support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use qb_simulator::{Effect, Faults, Operation, Rule, When};
use serde_json::{Value, json};
use support::World;

struct Service {
    child: Child,
    host: String,
}

impl Service {
    fn start(world: &World) -> Self {
        let line: Value =
            serde_json::from_slice(&std::fs::read(world.folder.join("connection.json")).unwrap()).unwrap();
        std::fs::write(world.folder.join("token"), line["access_token"].as_str().unwrap()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_embed-in-service"));
        command.args(["--listen", "127.0.0.1:0", "--simulator", line["base_url"].as_str().unwrap()]);
        command.args(["--realm", line["realm_id"].as_str().unwrap()]);
        command
            .arg("--token-file")
            .arg(world.folder.join("token"))
            .arg("--log")
            .arg(world.folder.join("lines.log"));
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, host: address.trim().strip_prefix("http://").unwrap().to_owned() }
    }

    fn post(&self, body: &Value) -> (u16, String) {
        let (mut stream, body) = (TcpStream::connect(&self.host).unwrap(), body.to_string());
        let head = format!(
            "POST /registers HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.host,
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split_whitespace().nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn register(closing: u64, paid: i64) -> Value {
    json!({
        "shop": "harbor", "shop_name": "Harbor Street", "register": "1", "closing": closing,
        "closed_at": "2026-02-03T18:00:00-05:00",
        "receipts": [{
            "number": 880 + closing, "at": "2026-02-03T10:00:00-05:00", "cash_cents": paid, "card_cents": 0,
            "items": [{"name": "Tea", "count": 2, "cents": 900, "tax_cents": 56}]
        }]
    })
}

#[test]
fn a_host_with_its_own_format_tokens_and_log_posts_each_register_once_and_says_what_became_of_it() {
    let world = World::new("embed");
    let service = Service::start(&world);
    let (status, body) = service.post(&register(1, 956));
    assert_eq!(status, 200, "{body}");
    let summary: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&summary["result"], &summary["documents"]["created"]), (&"ok".into(), &2.into()));
    assert!(summary["tie_out"].is_object(), "{body}");
    let (_, body) = service.post(&register(1, 956));
    let again: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&again["documents"]["already_posted"], &again["documents"]["created"]),
        (&2.into(), &0.into())
    );

    let (status, body) = service.post(&register(2, 955));
    assert_eq!(status, 422, "{body}");
    assert!(body.contains("tenders total 9.55 but lines and tax total 9.56"), "{body}");
    assert_eq!(world.documents(), 2);

    // The agent has no token, then it has one again; the service goes on by itself, and so does its log after a kill.
    let token = std::fs::read_to_string(world.folder.join("token")).unwrap();
    std::fs::write(world.folder.join("token"), "old").unwrap();
    let (status, body) = service.post(&register(3, 956));
    assert_eq!(status, 503, "{body}");
    std::fs::write(world.folder.join("token"), token).unwrap();
    assert_eq!(service.post(&register(3, 956)).0, 200);
    drop(service);
    let service = Service::start(&world);
    let (status, body) = service.post(&register(3, 956));
    let again: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &again["documents"]["already_posted"]), (200, &2.into()), "{body}");
    world.go_wrong(Faults::new(
        1,
        vec![Rule::new("lost", Effect::AnswerLost, When::operation(Operation::Create).times(1))],
    ));
    assert_eq!(service.post(&register(4, 956)).0, 200);
    assert_eq!(world.documents(), 6);
}

/// A newcomer puts the README's programs into one file, with the README's dependencies: nothing is named twice, and nothing that is
/// used is missing. That they compile, the doc tests show.
#[test]
fn the_readme_s_programs_stand_in_one_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let (_, embedding) = readme.split_once("## Embed it").unwrap();
    let blocks = |language: &str| -> Vec<&str> {
        let fences = embedding.split("```").skip(1).step_by(2);
        fences.filter(|block| block.starts_with(language)).collect()
    };
    let programs = blocks("rust").join("\n");
    let mut names = Vec::new();
    for line in programs.lines().filter_map(|line| line.strip_prefix("use ")) {
        let (_, last) = line.trim_end_matches(';').rsplit_once("::").unwrap();
        names.extend(last.trim_matches(['{', '}']).split(", "));
    }
    let mut once = names.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!((names.len(), names.len() >= 8), (once.len(), true), "{names:?}");
    let [toml] = blocks("toml")[..] else { panic!("one list of dependencies") };
    for line in toml.lines().filter(|line| line.contains(" = ")) {
        let name = line.split(" = ").next().unwrap().replace('-', "_");
        let is_used = name == "tokio" || programs.contains(&format!("{name}::"));
        assert!(is_used, "{name} is not used");
        if let Some((_, path)) = line.split_once("../pos-to-quickbooks/") {
            let path = path.trim_end_matches(['"', ' ', '}']);
            assert!(root.join(path).join("Cargo.toml").is_file(), "{path}");
        }
    }
}

/// What the README tells a newcomer to write is what the service has, line for line.
#[test]
fn the_service_s_embedding_is_the_readme_s() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let (_, embedding) = readme.split_once("## Embed it").unwrap();
    let embedding = embedding.split("```").nth(1).unwrap();
    let service = std::fs::read_to_string(root.join("examples/src/bin/embed-in-service.rs")).unwrap();
    let (_, post) = service.split_once("async fn post(").unwrap();
    let (post, _) = post.split_once("    Ok(summary)").unwrap();
    let lines: Vec<&str> = post.lines().skip(2).map(str::trim).collect();
    assert!((5..=15).contains(&lines.len()), "{lines:?}");
    for line in lines {
        assert!(embedding.lines().any(|found| found.trim() == line), "the readme does not have {line:?}");
    }
}
