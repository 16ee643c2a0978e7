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
