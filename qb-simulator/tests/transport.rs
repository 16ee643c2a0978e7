//! Lines 1 and 2, and the quirks of requests that clients really send.

use crate::common;

use common::*;
use serde_json::{Value, json};

#[tokio::test]
async fn line_1_a_call_without_bearer_is_401_in_the_gateway_envelope() {
    let books = Books::open().await;
    for token in [None, Some("x"), Some("a-token-that-expired-long-ago")] {
        for method in [reqwest::Method::GET, reqwest::Method::POST] {
            let url = books.url("companyinfo/1");
            let answer = books
                .send(|client| {
                    let request = client.request(method, url);
                    token.map_or(request.try_clone().unwrap(), |token| request.bearer_auth(token))
                })
                .await;
            assert_eq!(answer.status, 401);
            assert_eq!(
                answer.headers["www-authenticate"],
                "Bearer realm=\"Intuit\", error=\"invalid_token\""
            );
            assert_eq!(answer.json["fault"]["type"], "AUTHENTICATION");
            assert_eq!(answer.json["fault"]["error"][0]["code"], "3200");
            assert_eq!(answer.json["batchItemResponse"], json!([]));
            assert!(answer.json["time"].is_u64() && answer.json["Fault"].is_null());
        }
    }
    books.close().await;
}

#[tokio::test]
async fn line_1_another_realm_is_403_with_3100() {
    let books = Books::open().await;
    let token = books.simulator.connection().access_token.clone();
    let url = format!("{}/v3/company/4711/preferences", books.simulator.connection().base_url);
    let answer = books.send(|client| client.get(url).bearer_auth(token)).await;
    assert_eq!((answer.status, &answer.json["fault"]["error"][0]["code"]), (403, &json!("3100")));
    books.close().await;
}

#[tokio::test]
async fn line_2_the_same_requestid_has_one_effect_and_byte_equal_answers() {
    let books = Books::open().await;
    let body = form(&books.customer("Ada").await, vec![line("1", 10.0, "NON")]);
    let first = books.post("invoice?requestid=inv-1-0&minorversion=75", body.clone()).await;
    let second = books.post("invoice?minorversion=75&requestid=inv-1-0", body.clone()).await;
    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(first.text, second.text);
    assert_eq!(books.simulator.with_company(|company| company.count("Invoice")), 1);

    let changed =
        books.post("invoice?requestid=inv-1-0", with(body.clone(), json!({"PrivateNote": "x"}))).await;
    changed.refused("600");
    let elsewhere = books.post("creditmemo?requestid=inv-1-0", body.clone()).await;
    elsewhere.refused("600");
    let long = books.post(&format!("invoice?requestid={}", "r".repeat(51)), body.clone()).await;
    long.refused("2130");
    assert_eq!(books.simulator.with_company(|company| company.count("Invoice")), 1);
    assert_eq!(books.balance("Accounts Receivable (A/R)"), "10.00");
    books.close().await;
}

#[tokio::test]
async fn line_2_a_refusal_is_not_stored_under_its_requestid() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    books.post("invoice?requestid=r1", form(&customer, vec![])).await.refused("2020");
    let repaired = books.post("invoice?requestid=r1", form(&customer, vec![line("1", 1.0, "NON")])).await;
    assert_eq!(repaired.status, 200);
    books.close().await;
}

#[tokio::test]
async fn answers_carry_the_headers_and_the_time_of_quickbooks() {
    let books = Books::open().await;
    let answer = books.get("preferences").await;
    assert_eq!(answer.headers["content-type"], "application/json;charset=utf-8");
    assert_eq!(answer.headers["intuit_tid"], answer.headers["intuit-tid"]);
    assert!(answer.headers.contains_key("qbo-version") && answer.headers.contains_key("service-time"));
    assert!(answer.headers["cache-control"].to_str().unwrap().contains("no-store"));
    assert_eq!(answer.json["time"], NOW);
    assert_eq!(answer.json["Preferences"]["MetaData"]["CreateTime"], "2026-02-03T09:14:07-08:00");
    books.close().await;
}

#[tokio::test]
async fn takes_paths_and_query_strings_as_clients_send_them() {
    let books = Books::open().await;
    let realm = books.simulator.connection().realm_id.clone();
    for path in [
        "preferences?".to_owned(),
        "preferences/".to_owned(),
        "Preferences?minorversion=75&format=json".to_owned(),
        "preferences?&&minorversion=75".to_owned(),
        "preferences?minorversion=4&x=".to_owned(),
        "preferences?minorversion=".to_owned(),
        format!("companyinfo/{realm}"),
        format!("companyInfo/{realm}?minorversion=75"),
        "item/1".to_owned(),
        "taxcode/TAX".to_owned(),
        "query?query=select+*+from+Item".to_owned(),
        "query?minorversion=75&query=select%20*%20from%20Item%20where%20Id%20=%20%271%27".to_owned(),
    ] {
        let answer = books.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
    books.get("preferences?minorversion=new").await.refused("2180");
    books.get("nothing/1").await.refused("500");
    books.get("invoice/1/5").await.refused("500");
    books.get("invoice/1.5").await.refused("2030");
    books.get("invoice/77").await.refused("610");
    assert!(books.get("customer/77").await.refused("610").contains("made inactive"));
    books.close().await;
}

#[tokio::test]
async fn takes_queries_by_post_and_refuses_bodies_that_are_no_json() {
    let books = Books::open().await;
    let answer = books.post_bytes("query?minorversion=75", b"select * from Customer".to_vec()).await;
    assert_eq!((answer.status, &answer.json["QueryResponse"]), (200, &json!({})));
    books.post_bytes("query", vec![0xff, 0xfe]).await.refused("500");
    books.post_bytes("customer", b"{\"DisplayName\":\"\xff\"}".to_vec()).await.refused("500");
    books.post_bytes("customer", b"{\"DisplayName\":".to_vec()).await.refused("2010");
    books.post_bytes("customer", Vec::new()).await.refused("2010");
    books.post_bytes("customer", b"[]".to_vec()).await.refused("2010");
    books.close().await;
}

#[tokio::test]
async fn takes_bodies_in_chunks() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let books = Books::open().await;
    let connection = books.simulator.connection().clone();
    let address = connection.base_url.trim_start_matches("http://");
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /v3/company/{}/customer HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
         8\r\n{{\"Displa\r\nd\r\nyName\":\"Ada\"}}\r\n0\r\n\r\n",
        connection.realm_id, connection.access_token
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"DisplayName\":\"Ada\""), "{answer}");
    books.close().await;
}

/// Gzip is taken both ways; answers go out as they are, which every client takes.
#[tokio::test]
async fn takes_compressed_bodies() {
    use std::io::Write;
    let books = Books::open().await;
    let zip = |bytes: &[u8]| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    };
    let token = books.simulator.connection().access_token.clone();
    let post = async |body: Vec<u8>| {
        let (url, token) = (books.url("customer"), token.clone());
        let sent = |client: &reqwest::Client| {
            client.post(url).bearer_auth(token).header("content-encoding", "gzip").body(body)
        };
        books.send(sent).await
    };
    let made = post(zip(b"{\"DisplayName\":\"Ada\"}")).await;
    assert_eq!((made.status, &made.json["Customer"]["DisplayName"]), (200, &json!("Ada")));
    assert_eq!(post(b"{\"DisplayName\":\"Bob\"}".to_vec()).await.status, 400);
    assert_eq!(post(zip(&vec![b' '; 9 << 20])).await.status, 413);
    assert_eq!(books.simulator.with_company(|company| company.count("Customer")), 1);
    books.close().await;
}

#[tokio::test]
async fn answers_json_to_all_but_pure_xml() {
    let books = Books::open().await;
    let token = books.simulator.connection().access_token.clone();
    for (accept, status) in [
        ("application/json", 200),
        ("application/json, text/plain, */*", 200),
        ("*/*", 200),
        ("application/xml", 406),
        ("text/xml, application/xml;q=0.9", 406),
    ] {
        let url = books.url("preferences");
        let answer = books.send(|client| client.get(url).bearer_auth(&token).header("accept", accept)).await;
        assert_eq!(answer.status, status, "{accept}");
    }
    books.close().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413() {
    let books = Books::open().await;
    let answer = books.post_bytes("customer", vec![b' '; 9 * 1024 * 1024]).await;
    assert_eq!(answer.status, 413);
    books.close().await;
}

#[tokio::test]
async fn what_looks_like_an_update_never_creates_a_second_document() {
    let books = Books::open().await;
    let body = form(&books.customer("Ada").await, vec![line("1", 10.0, "NON")]);
    let invoice = books.create("Invoice", body.clone()).await;
    let named = with(body.clone(), json!({"Id": invoice["Id"]}));
    books.post("invoice", named.clone()).await.refused("2020");
    let stale = with(named.clone(), json!({"SyncToken": "7"}));
    for path in ["invoice", "invoice?operation=update", "invoice?operation=void", "invoice?operation=delete"]
    {
        books.post(path, stale.clone()).await.refused("5010");
    }
    books.post("invoice?operation=update", body.clone()).await.refused("2020");
    books.post("invoice?operation=merge", body.clone()).await.refused("500");
    books.post("invoice?include=void", body.clone()).await.refused("2020");
    books.post("invoice", with(body, json!({"sparse": "true"}))).await.refused("2020");
    assert_eq!(books.simulator.with_company(|company| company.count("Invoice")), 1);
    books.close().await;
}

#[tokio::test]
async fn preferences_and_company_info_show_the_options() {
    let books = Books::open().await;
    let preferences =
        books.query("select * from Preferences").await.json["QueryResponse"]["Preferences"][0].clone();
    assert_eq!(preferences["SalesFormsPrefs"]["CustomTxnNumbers"], true);
    assert_eq!(preferences["SalesFormsPrefs"]["AllowShipping"], true);
    let shipping = books.account("Shipping Income").await;
    assert_eq!(preferences["SalesFormsPrefs"]["DefaultShippingAccount"], json!(shipping));
    assert_eq!(preferences["TaxPrefs"], json!({"UsingSalesTax": true, "TaxGroupCodeRef": {"value": "2"}}));
    assert_eq!(preferences["AccountingInfoPrefs"]["BookCloseDate"], Value::Null);
    let others = preferences["OtherPrefs"]["NameValue"].as_array().unwrap();
    let numbers = json!({"Name": "VendorAndPurchasesPrefs.UseCustomTxnNumbers", "Value": "true"});
    assert!(others.contains(&numbers));
    let info = books.query("select * from CompanyInfo").await.json["QueryResponse"]["CompanyInfo"][0].clone();
    assert_eq!((&info["Country"], &info["CompanyName"]), (&json!("US"), &json!("Simulated Company")));
    books.close().await;
}

#[tokio::test]
async fn the_date_header_follows_the_clock_of_the_company() {
    let books = Books::open().await;
    let date = |answer: &Answer| answer.headers["date"].to_str().unwrap().to_owned();
    assert_eq!(date(&books.get("preferences").await), "Tue, 03 Feb 2026 17:14:07 GMT");
    assert_eq!(date(&books.get("nothing").await), "Tue, 03 Feb 2026 17:14:07 GMT");
    books.simulator.advance(chrono::TimeDelta::hours(25));
    let answer = books.get("preferences").await;
    assert_eq!(date(&answer), "Wed, 04 Feb 2026 18:14:07 GMT");
    assert_eq!(answer.headers.get_all("date").iter().count(), 1);
    assert_eq!(date(&books.admin("GET", "status", json!(null)).await), "Wed, 04 Feb 2026 18:14:07 GMT");
    books.close().await;
}

/// An invoice comes as a PDF to whoever accepts one: a whole document, with the invoice's number and total in it.
#[tokio::test]
async fn an_invoice_comes_as_a_pdf() {
    let books = Books::open().await;
    let customer = books.create("Customer", json!({"DisplayName": "Harbor (House)"})).await;
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": 12.5,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "NON"}}});
    let body = json!({"CustomerRef": {"value": customer["Id"]}, "DocNumber": "H-1001", "Line": [line]});
    let id = books.create("Invoice", body).await["Id"].as_str().unwrap().to_owned();
    let get = async |path: String, accept: &'static str| {
        let (url, token) = (books.url(&path), books.simulator.connection().access_token.clone());
        books.send(move |client| client.get(url).bearer_auth(token).header("accept", accept)).await
    };
    for accept in ["application/pdf", "application/pdf, application/json", "*/*"] {
        let answer = get(format!("invoice/{id}/pdf"), accept).await;
        assert_eq!(
            (answer.status, &answer.headers["content-type"] == "application/pdf"),
            (200, true),
            "{accept}"
        );
        assert!(answer.text.starts_with("%PDF-1.4\n") && answer.text.ends_with("%%EOF\n"), "{}", answer.text);
        for text in ["(INVOICE H-1001)", r"(Harbor \(House\))", "(Total 12.50)", "(Balance due 12.50)"] {
            assert!(answer.text.contains(text), "{text}: {}", answer.text);
        }
    }
    assert_eq!(get(format!("invoice/{id}/pdf"), "application/xml").await.status, 406);
    assert_eq!(get(format!("invoice/{id}"), "application/pdf").await.status, 406);
    get("invoice/999999/pdf".to_owned(), "application/pdf").await.refused("610");
    get("invoice/x/pdf".to_owned(), "application/pdf").await.refused("2030");
    get(format!("customer/{id}/pdf"), "application/pdf").await.refused("500");
    books.close().await;
}
