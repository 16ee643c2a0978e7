//! How many documents a second the simulator creates in-process, and how long a query by number takes among many.
//!
//! `cargo bench -p benches --bench simulator`
#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use chrono::{DateTime, FixedOffset};
use divan::Bencher;
use divan::counter::ItemsCount;
use qb_simulator::{Company, Request, handle};

fn main() {
    divan::main();
}

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-02-03T09:00:00-08:00").unwrap()
}

fn company() -> (Company, String, String) {
    let mut company = Company::default_company(now());
    let (realm, token) = {
        let options = company.options();
        (options.realm_id.clone(), options.credentials.access_token.clone())
    };
    let customer = request(&realm, &token, "customer", r#"{"DisplayName":"Boston Store"}"#);
    assert_eq!(handle(&mut company, &customer, now()).status, 200);
    (company, realm, token)
}

fn request(realm: &str, token: &str, entity: &str, body: &str) -> Request {
    Request::new("POST", &format!("/v3/company/{realm}/{entity}?minorversion=75"), body).bearer(token)
}

/// A taxed invoice of three lines.
fn invoice(number: usize) -> String {
    let line = |amount: &str, tax: &str| {
        format!(
            r#"{{"DetailType":"SalesItemLineDetail","Amount":{amount},"Description":"Tea tin","SalesItemLineDetail":{{"ItemRef":{{"value":"1"}},"Qty":1,"UnitPrice":{amount},"TaxCodeRef":{{"value":"{tax}"}}}}}}"#
        )
    };
    let lines = [line("12.50", "TAX"), line("4.20", "NON"), line("100.00", "TAX")].join(",");
    format!(
        r#"{{"CustomerRef":{{"value":"1"}},"DocNumber":"R-{number}","TxnDate":"2026-02-03","Line":[{lines}],"TxnTaxDetail":{{"TxnTaxCodeRef":{{"value":"2"}},"TotalTax":9.00}}}}"#
    )
}

/// Creates 1,000 invoices in a company that holds so many already.
#[divan::bench(args = [0, 20_000], sample_count = 5, sample_size = 1)]
fn create(bencher: Bencher<'_, '_>, before: usize) {
    let fill = || {
        let (mut company, realm, token) = company();
        for number in 0..before {
            let _ = handle(&mut company, &request(&realm, &token, "invoice", &invoice(number)), now());
        }
        let requests: Vec<Request> = (before..before + 1000)
            .map(|number| request(&realm, &token, "invoice", &invoice(number)))
            .collect();
        (company, requests)
    };
    bencher.counter(ItemsCount::new(1000_usize)).with_inputs(fill).bench_values(|(mut company, requests)| {
        for request in &requests {
            assert_eq!(handle(&mut company, request, now()).status, 200);
        }
        company
    });
}

/// Finds one invoice by its number among so many.
#[divan::bench(args = [1_000, 20_000])]
fn query_by_number(bencher: Bencher<'_, '_>, among: usize) {
    let (mut company, realm, token) = company();
    for number in 0..among {
        let _ = handle(&mut company, &request(&realm, &token, "invoice", &invoice(number)), now());
    }
    let statement = "select%20*%20from%20Invoice%20where%20DocNumber%20%3D%20'R-777'";
    let target = format!("/v3/company/{realm}/query?query={statement}&minorversion=75");
    let query = Request::new("GET", &target, "").bearer(&token);
    bencher.bench_local(|| {
        let answer = handle(&mut company, &query, now());
        assert_eq!(answer.status, 200);
        answer
    });
}
