//! The program: its first line is the connection, and it keeps to the loopback address.
#![allow(clippy::unwrap_used, reason = "a failing test may stop")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use qb_simulator::Connection;

#[tokio::test]
async fn the_first_line_is_the_connection() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_qb-simulator"))
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let connection: Connection = serde_json::from_str(&line).unwrap();
    assert!(connection.base_url.starts_with("http://127.0.0.1:"));
    assert!(!format!("{connection:?}").contains(&connection.access_token));
    let url = format!("{}/v3/company/{}/preferences", connection.base_url, connection.realm_id);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(url).bearer_auth(&connection.access_token).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    program.kill().unwrap();
    program.wait().unwrap();
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
    let faults = std::env::temp_dir().join(format!("qb-simulator-faults-{}.json", std::process::id()));
    std::fs::write(
        &faults,
        r#"{"rules":[{"name":"down","effect":{"kind":"status","status":503},"when":{"count":1}}]}"#,
    )
    .unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_qb-simulator"))
        .args(["--company", "sample", "--throttle", "--clock", "fixed:2026-02-03T09:00:00-08:00", "--faults"])
        .arg(&faults)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    std::fs::remove_file(&faults).unwrap();
    let connection: Connection = serde_json::from_str(&line).unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/v3/company/{}/invoice/1", connection.base_url, connection.realm_id);
    let get = || client.get(&url).bearer_auth(&connection.access_token).send();
    assert_eq!(get().await.unwrap().status(), 503);
    assert!(
        get().await.unwrap().text().await.unwrap().contains("\"time\":\"2026-02-03T09:00:00.000-08:00\"")
    );
    let status = client.get(format!("{}/simulator/status", connection.base_url)).send().await.unwrap();
    let status: serde_json::Value = serde_json::from_str(&status.text().await.unwrap()).unwrap();
    assert_eq!(status["limits"], serde_json::json!({"per_minute": 500, "at_once": 10}));
    assert_eq!((&status["audit"], &status["faults"][0]["hits"]), (&"clean".into(), &1.into()));
    program.kill().unwrap();
    program.wait().unwrap();
}

#[test]
fn flags_that_make_no_sense_are_refused() {
    for arguments in
        [["--clock", "yesterday"], ["--company", "/nowhere/at/all"], ["--faults", "/nowhere/at/all"]]
    {
        let out = Command::new(env!("CARGO_BIN_EXE_qb-simulator")).args(arguments).output().unwrap();
        assert!(!out.status.success() && out.stdout.is_empty(), "{arguments:?}");
    }
}
