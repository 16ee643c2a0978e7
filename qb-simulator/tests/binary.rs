//! The program: its first line is the connection, and it keeps to the loopback address.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use qb_simulator::Connection;
use serde_json::{Value, json};

/// A running program; it ends with the test, however the test ends.
struct Program {
    child: Child,
    connection: Connection,
    client: reqwest::Client,
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Program {
    fn start(arguments: &[&str]) -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qb-simulator"));
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let connection = serde_json::from_str(&line).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Program { child, connection, client }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let url = format!("{}/v3/company/{}/{path}", self.connection.base_url, self.connection.realm_id);
        let answer = self.client.get(url).bearer_auth(&self.connection.access_token).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn admin(&self, path: &str) -> Value {
        let url = format!("{}/simulator/{path}", self.connection.base_url);
        let answer = self.client.get(url).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }
}

/// A file of this test run; the name must be its own.
fn file(name: &str, content: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("qb-simulator-{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    path
}

#[tokio::test]
async fn the_first_line_is_the_connection() {
    let program = Program::start(&["--listen", "127.0.0.1:0"]);
    assert!(program.connection.base_url.starts_with("http://127.0.0.1:"));
    assert!(!format!("{:?}", program.connection).contains(&program.connection.access_token));
    assert_eq!(program.get("preferences").await.0, 200);
}

#[test]
fn an_address_others_can_reach_is_refused() {
    let out =
        Command::new(env!("CARGO_BIN_EXE_qb-simulator")).args(["--listen", "0.0.0.0:0"]).output().unwrap();
    assert!(!out.status.success() && out.stdout.is_empty());
    assert!(String::from_utf8_lossy(&out.stderr).contains("not a loopback address"));
}

#[tokio::test]
async fn flags_choose_the_company_the_clock_the_faults_and_the_limits() {
    let faults = file(
        "faults.json",
        r#"{"rules":[{"name":"down","effect":{"kind":"status","status":503},"when":{"count":1}},
            {"name":"cap","effect":{"kind":"page_cap","rows":2},"when":{"operations":["query"]}}]}"#,
    );
    let clock = "fixed:2026-02-03T09:00:00-08:00";
    let program = Program::start(&[
        "--company",
        "sample",
        "--throttle",
        "--batches-per-minute",
        "120",
        "--clock",
        clock,
        "--faults",
        faults.to_str().unwrap(),
    ]);
    std::fs::remove_file(&faults).unwrap();
    assert_eq!(program.get("invoice/1").await.0, 503);
    assert!(program.get("invoice/1").await.1.contains("\"time\":\"2026-02-03T09:00:00.000-08:00\""));
    assert!(program.get("query?query=select+*+from+Account").await.1.contains("\"maxResults\":2"));
    let status = program.admin("status").await;
    let limits = json!({"per_minute": 500, "per_second": 10, "batches_per_minute": 120, "at_once": 10, "form": "json"});
    assert_eq!(status["limits"], limits);
    assert_eq!((&status["audit"], &status["faults"][0]["hits"]), (&json!("clean"), &json!(1)));
}

#[tokio::test]
async fn a_file_of_options_makes_another_kind_of_company() {
    let options =
        file("options.json", r#"{"company_name":"Tea House","choices":{"refuses_projections":true}}"#);
    let program = Program::start(&["--company", "sample", "--options", options.to_str().unwrap()]);
    std::fs::remove_file(&options).unwrap();
    let path = format!("companyinfo/{}", program.connection.realm_id);
    assert!(program.get(&path).await.1.contains("\"CompanyName\":\"Tea House\""));
    assert_eq!(program.get("query?query=select+Id+from+Item").await.0, 400);
}

#[cfg(not(feature = "tls"))]
#[test]
fn tls_is_refused_where_it_was_not_built_in() {
    let out = Command::new(env!("CARGO_BIN_EXE_qb-simulator")).args(["--tls", "x.pem"]).output().unwrap();
    assert!(!out.status.success() && out.stdout.is_empty());
    assert!(String::from_utf8_lossy(&out.stderr).contains("feature `tls`"));
}

#[test]
fn flags_that_make_no_sense_are_refused() {
    for arguments in [
        ["--clock", "yesterday"],
        ["--company", "/nowhere/at/all"],
        ["--faults", "/nowhere/at/all"],
        ["--options", "/nowhere/at/all"],
    ] {
        let out = Command::new(env!("CARGO_BIN_EXE_qb-simulator")).args(arguments).output().unwrap();
        assert!(!out.status.success() && out.stdout.is_empty(), "{arguments:?}");
    }
}
