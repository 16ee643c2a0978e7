//! HTTPS: with a certificate made for the run, which a client can be told to trust, and nothing else.
#![allow(clippy::unwrap_used, reason = "a failing test may stop")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use qb_simulator::{Connection, Effect, Faults, Rule, Simulator, SimulatorOptions, When};
use reqwest::{Certificate, Client};

fn client(certificate: Option<&str>) -> Client {
    let builder = Client::builder().no_proxy();
    let trusted = certificate.map(|pem| Certificate::from_pem(pem.as_bytes()).unwrap());
    match trusted {
        Some(certificate) => builder.tls_certs_only([certificate]),
        None => builder,
    }
    .build()
    .unwrap()
}

async fn read(client: &Client, connection: &Connection, base: &str) -> Result<u16, reqwest::Error> {
    let url = format!("{base}/v3/company/{}/preferences", connection.realm_id);
    let answer = client.get(url).bearer_auth(&connection.access_token).send().await?;
    let status = answer.status().as_u16();
    answer.bytes().await.map(|_| status)
}

#[tokio::test]
async fn a_client_that_trusts_the_certificate_is_answered_and_another_is_not() {
    let lost = Rule::new("lost", Effect::Truncated { bytes: 9 }, When::default().times(1));
    let options =
        SimulatorOptions { tls: true, faults: Faults::new(1, vec![lost]), ..SimulatorOptions::default() };
    let simulator = Simulator::start(options).await.unwrap();
    let connection = simulator.connection().clone();
    assert!(connection.base_url.starts_with("https://127.0.0.1:"));
    assert_eq!(connection.oauth_url, connection.base_url);
    let trusting = client(simulator.certificate());
    assert!(
        read(&trusting, &connection, &connection.base_url).await.is_err(),
        "the rule breaks the body off"
    );
    assert_eq!(read(&trusting, &connection, &connection.base_url).await.unwrap(), 200);
    let by_name = connection.base_url.replace("127.0.0.1", "localhost");
    assert_eq!(read(&trusting, &connection, &by_name).await.unwrap(), 200);
    assert!(read(&client(None), &connection, &connection.base_url).await.is_err());
    let plain = connection.base_url.replace("https", "http");
    assert!(read(&trusting, &connection, &plain).await.is_err());
    assert_eq!(read(&trusting, &connection, &connection.base_url).await.unwrap(), 200);
    simulator.stop().await;

    let plain = Simulator::start(SimulatorOptions::default()).await.unwrap();
    assert_eq!(plain.certificate(), None);
    plain.stop().await;
}

#[tokio::test]
async fn the_program_writes_the_certificate_to_the_file_it_is_told() {
    let path = std::env::temp_dir().join(format!("qb-simulator-{}.pem", std::process::id()));
    let mut program = Command::new(env!("CARGO_BIN_EXE_qb-simulator"))
        .arg("--tls")
        .arg(&path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let connection: Connection = serde_json::from_str(&line).unwrap();
    let certificate = std::fs::read_to_string(&path).unwrap();
    let answered = read(&client(Some(&certificate)), &connection, &connection.base_url).await;
    program.kill().unwrap();
    program.wait().unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(answered.unwrap(), 200);
    assert!(!certificate.contains("PRIVATE"));
}
