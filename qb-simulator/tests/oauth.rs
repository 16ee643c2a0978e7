//! Line 29 and the rest of the OAuth server, over plain HTTP.

use crate::common;

use chrono::TimeDelta;
use common::*;
use qb_simulator::{CompanyOptions, Effect, Faults, OAuthOptions, Operation, Rule, SimulatorOptions, When};
use serde_json::{Value, json};

const TOKENS: &str = "/oauth2/v1/tokens/bearer";
const BACK: &str = "https://app.example.invalid/back";

fn address(books: &Books, path: &str) -> String {
    format!("{}{path}", books.simulator.connection().oauth_url)
}

/// A form sent with the client pair in the Basic header.
async fn send_form(books: &Books, path: &str, members: &[(&str, &str)]) -> Answer {
    let connection = books.simulator.connection();
    let body: Vec<String> = members.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let url = address(books, path);
    books
        .send(|client| {
            client
                .post(url)
                .basic_auth(&connection.client_id, Some(&connection.client_secret))
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body.join("&"))
        })
        .await
}

async fn refresh(books: &Books, token: &str) -> Answer {
    send_form(books, TOKENS, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}

fn token(answer: &Answer, name: &str) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json[name].as_str().unwrap().to_owned()
}

#[track_caller]
fn is_dead(answer: &Answer) {
    assert_eq!((answer.status, &answer.json["error"]), (400, &json!("invalid_grant")), "{}", answer.text);
    assert!(answer.json["error_description"].is_string());
}

async fn opens(books: &Books, access: &str) -> bool {
    let url = books.url("preferences");
    books.send(|client| client.get(url).bearer_auth(access)).await.status == 200
}

#[tokio::test]
async fn line_29_a_refresh_token_rotates_after_24_hours_and_the_old_one_is_dead() {
    let books = Books::open().await;
    let first = books.simulator.connection().refresh_token.clone();
    let answer = refresh(&books, &first).await;
    assert_eq!(answer.json["token_type"], "bearer");
    assert_eq!(
        (&answer.json["expires_in"], &answer.json["x_refresh_token_expires_in"]),
        (&json!(3600), &json!(8_726_400))
    );
    assert_eq!(answer.json["x_refresh_token_hard_expires_in"], Value::Null);
    assert_eq!(token(&answer, "refresh_token"), first);
    assert!(opens(&books, &token(&answer, "access_token")).await);

    books.simulator.advance(TimeDelta::hours(24));
    let second = token(&refresh(&books, &first).await, "refresh_token");
    assert_ne!(second, first);
    is_dead(&refresh(&books, &first).await);
    assert_eq!(token(&refresh(&books, &second).await, "refresh_token"), second);

    let state = books.admin("GET", "state", json!({})).await.text;
    let again = Books::open_simulator(SimulatorOptions { books: Some(state), ..stopped() }).await;
    assert_eq!(again.simulator.connection().refresh_token, second);
    is_dead(&refresh(&again, &first).await);
    again.close().await;
    books.close().await;
}

/// A refresh token that rotates early, and a server in trouble.
#[tokio::test]
async fn line_29_a_refresh_token_can_rotate_at_every_refresh_and_the_server_can_fail() {
    let mut company = qb_simulator::CompanyOptions::default();
    company.oauth.rotation_seconds = Some(0);
    let down = Effect::Status { status: 503, committed: false };
    let rules = vec![Rule::new("down", down, When::operation(Operation::Token).times(1))];
    let faults = Faults::new(1, rules);
    let books = Books::open_simulator(SimulatorOptions { company, faults, ..stopped() }).await;
    let first = books.simulator.connection().refresh_token.clone();
    assert_eq!(refresh(&books, &first).await.status, 503);
    let second = token(&refresh(&books, &first).await, "refresh_token");
    assert_ne!(second, first);
    is_dead(&refresh(&books, &first).await);
    assert_ne!(token(&refresh(&books, &second).await, "refresh_token"), second);
    books.close().await;
}

#[tokio::test]
async fn line_29_of_two_refreshes_at_once_only_one_wins_when_the_value_rotates() {
    let books = Books::open().await;
    let first = books.simulator.connection().refresh_token.clone();
    books.simulator.advance(TimeDelta::hours(24));
    let (one, other) = tokio::join!(refresh(&books, &first), refresh(&books, &first));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    books.close().await;
}

#[tokio::test]
async fn line_29_a_refresh_token_dies_after_100_days_unused() {
    let books = Books::open().await;
    let mut value = books.simulator.connection().refresh_token.clone();
    for _ in 0..3 {
        books.simulator.advance(TimeDelta::days(100));
        value = token(&refresh(&books, &value).await, "refresh_token");
    }
    books.simulator.advance(TimeDelta::days(100) + TimeDelta::seconds(1));
    is_dead(&refresh(&books, &value).await);
    books.close().await;
}

#[tokio::test]
async fn line_29_a_consent_dies_after_five_years_however_often_it_is_refreshed() {
    let books = Books::open().await;
    let mut value = books.simulator.connection().refresh_token.clone();
    let url = address(&books, TOKENS);
    for day in (90..1800).step_by(90) {
        books.simulator.advance(TimeDelta::days(90));
        let connection = books.simulator.connection();
        let body = format!("grant_type=refresh_token&refresh_token={value}");
        let answer = books
            .send(|client| {
                client
                    .post(&url)
                    .basic_auth(&connection.client_id, Some(&connection.client_secret))
                    .header("x-include-refresh-token-hard-expires-in", "true")
                    .body(body)
            })
            .await;
        assert_eq!(answer.json["x_refresh_token_hard_expires_in"], json!(157_680_000 - day * 86_400));
        value = token(&answer, "refresh_token");
    }
    books.simulator.advance(TimeDelta::days(90));
    value = token(&refresh(&books, &value).await, "refresh_token");
    books.simulator.advance(TimeDelta::days(25));
    is_dead(&refresh(&books, &value).await);
    books.close().await;
}

#[tokio::test]
async fn line_29_an_answer_lost_after_rotation_leaves_the_old_value_dead() {
    let lost = Rule::new("lost", Effect::AnswerLost, When::operation(Operation::Token).times(1));
    let books = Books::open_faulty(vec![lost]).await;
    let first = books.simulator.connection().refresh_token.clone();
    books.simulator.advance(TimeDelta::hours(24));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let connection = books.simulator.connection();
    let request = client
        .post(address(&books, TOKENS))
        .basic_auth(&connection.client_id, Some(&connection.client_secret))
        .body(format!("grant_type=refresh_token&refresh_token={first}"));
    assert!(request.send().await.is_err());
    is_dead(&refresh(&books, &first).await);
    books.close().await;
}

#[tokio::test]
async fn a_code_is_given_without_a_person_and_redeemed_once() {
    let books = Books::open().await;
    let id = books.simulator.connection().client_id.clone();
    let authorize = |extra: &str| {
        address(
            &books,
            &format!(
                "/connect/oauth2?client_id={id}&redirect_uri={BACK}&state=a%20b&response_type=code{extra}"
            ),
        )
    };
    let url = authorize("&scope=com.intuit.quickbooks.accounting%20openid");
    let client =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let location = |response: reqwest::Response| {
        assert_eq!(response.status(), 302);
        reqwest::Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
    };
    let back = location(client.get(url).send().await.unwrap());
    let part = |url: &reqwest::Url, name: &str| {
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    assert!(back.as_str().starts_with(BACK));
    assert_eq!(part(&back, "state").as_deref(), Some("a b"));
    assert_eq!(part(&back, "realmId"), Some(books.simulator.connection().realm_id.clone()));
    let code = part(&back, "code").unwrap();
    let form = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", BACK)];
    let answer = send_form(&books, TOKENS, &form).await;
    assert!(opens(&books, &token(&answer, "access_token")).await);
    is_dead(&send_form(&books, TOKENS, &form).await);

    let back = location(client.get(authorize("&scope=openid")).send().await.unwrap());
    assert_eq!(part(&back, "error").as_deref(), Some("invalid_scope"));
    books.simulator.with_service(|service| service.company_mut().options_mut().oauth.deny_consent = true);
    let url = authorize("&scope=com.intuit.quickbooks.accounting");
    let back = location(client.get(url).send().await.unwrap());
    assert_eq!(part(&back, "error").as_deref(), Some("access_denied"));
    books.close().await;
}

#[tokio::test]
async fn the_client_pair_comes_in_the_header_or_in_the_form_and_must_be_right() {
    let books = Books::open().await;
    let connection = books.simulator.connection().clone();
    let url = address(&books, TOKENS);
    let with_secret = |secret: &str| {
        format!(
            "grant_type=refresh_token&refresh_token={}&client_id={}&client_secret={secret}",
            connection.refresh_token, connection.client_id
        )
    };
    let (right, wrong) = (with_secret(&connection.client_secret), with_secret("wrong"));
    assert_eq!(books.send(|client| client.post(&url).body(right)).await.status, 200);
    let answer = books.send(|client| client.post(&url).body(wrong)).await;
    assert_eq!((answer.status, &answer.json["error"]), (401, &json!("invalid_client")));
    for (form, error) in [
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![("grant_type", "refresh_token")], "invalid_request"),
        (vec![], "invalid_request"),
    ] {
        assert_eq!(send_form(&books, TOKENS, &form).await.json["error"], error);
    }
    books
        .simulator
        .with_service(|service| service.company_mut().options_mut().oauth.user_not_in_realm = true);
    let answer = refresh(&books, &connection.refresh_token).await;
    is_dead(&answer);
    assert_eq!(answer.json["x_error_reason"], "user_not_in_realm");
    books.close().await;
}

#[tokio::test]
async fn access_tokens_expire_when_asked_to() {
    let oauth = OAuthOptions { access_token_seconds: Some(3600), ..OAuthOptions::default() };
    let company = CompanyOptions { oauth, ..CompanyOptions::default() };
    let books = Books::open_simulator(SimulatorOptions { company, ..stopped() }).await;
    let connection = books.simulator.connection().clone();
    books.simulator.advance(TimeDelta::minutes(59));
    assert!(opens(&books, &connection.access_token).await);
    books.simulator.advance(TimeDelta::minutes(1));
    assert!(!opens(&books, &connection.access_token).await);
    assert!(opens(&books, &token(&refresh(&books, &connection.refresh_token).await, "access_token")).await);
    books.simulator.stop().await;
}

#[tokio::test]
async fn revoking_ends_a_consent_by_json_or_form() {
    for as_json in [true, false] {
        let books = Books::open().await;
        let connection = books.simulator.connection().clone();
        let url = address(&books, "/v2/oauth2/tokens/revoke");
        let body = match as_json {
            true => json!({"token": connection.refresh_token}).to_string(),
            false => format!("token={}", connection.refresh_token),
        };
        let revoke = |body: String| {
            books.send(|client| {
                client
                    .post(&url)
                    .basic_auth(&connection.client_id, Some(&connection.client_secret))
                    .body(body)
            })
        };
        assert_eq!(revoke(body.clone()).await.status, 200);
        assert!(!opens(&books, &connection.access_token).await);
        is_dead(&refresh(&books, &connection.refresh_token).await);
        assert_eq!(revoke(body).await.status, 400);
        books.simulator.stop().await;
    }
}

#[tokio::test]
async fn discovery_answers_under_both_names_with_and_without_a_slash() {
    let books = Books::open().await;
    for path in ["openid_configuration", "openid_sandbox_configuration/", "openid_configuration/"] {
        let url = address(&books, &format!("/.well-known/{path}"));
        let answer = books.send(|client| client.get(url)).await;
        assert_eq!(answer.json["token_endpoint"], address(&books, TOKENS));
        assert_eq!(answer.json["revocation_endpoint"], address(&books, "/v2/oauth2/tokens/revoke"));
        assert_eq!(answer.json["authorization_endpoint"], address(&books, "/connect/oauth2"));
    }
    books.close().await;
}
