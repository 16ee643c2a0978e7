//! The simulator under load: documents a second over loopback and in-process, memory a document, and whether a company
//! with very many documents is as fast as one with few.
//!
//! `cargo bench -p benches --bench load`; `DOCUMENTS=1000000` for how many (100,000 unless given).
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset};
use qb_simulator::{Company, CompanyOptions, Request, Simulator, SimulatorOptions, handle};

/// Connections at once over loopback.
const CONNECTIONS: usize = 10;
/// Customers the documents are spread over; the first, the walk-in, has half of them.
const CUSTOMERS: usize = 1000;

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-02-03T09:00:00-08:00").unwrap()
}

/// A taxed invoice of three lines.
fn invoice(number: usize) -> String {
    let line = |amount: &str, tax: &str| {
        format!(
            r#"{{"DetailType":"SalesItemLineDetail","Amount":{amount},"Description":"Tea tin","SalesItemLineDetail":{{"ItemRef":{{"value":"1"}},"Qty":1,"UnitPrice":{amount},"TaxCodeRef":{{"value":"{tax}"}}}}}}"#
        )
    };
    let lines = [line("12.50", "TAX"), line("4.20", "NON"), line("100.00", "TAX")].join(",");
    let customer = if number.is_multiple_of(2) { 1 } else { 1 + number / 2 % CUSTOMERS };
    let (month, day) = (1 + number / 28 % 12, 1 + number % 28);
    format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"DocNumber":"R-{number}","TxnDate":"2026-{month:02}-{day:02}","Line":[{lines}],"TxnTaxDetail":{{"TxnTaxCodeRef":{{"value":"2"}},"TotalTax":9.00}}}}"#
    )
}

/// A payment of an invoice, in whole.
fn payment(number: usize, invoice: usize) -> String {
    let customer = if number.is_multiple_of(2) { 1 } else { 1 + number / 2 % CUSTOMERS };
    format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":125.70,"Line":[{{"Amount":125.70,"LinkedTxn":[{{"TxnId":"{invoice}","TxnType":"Invoice"}}]}}]}}"#
    )
}

/// A credit memo of one line, which the company applies to the oldest open invoice by itself.
fn credit_memo(number: usize) -> String {
    format!(
        r#"{{"CustomerRef":{{"value":"1"}},"DocNumber":"C-{number}","Line":[{{"DetailType":"SalesItemLineDetail","Amount":1.00,"SalesItemLineDetail":{{"ItemRef":{{"value":"1"}}}}}}]}}"#
    )
}

struct Books {
    company: Company,
    realm: String,
    token: String,
}

impl Books {
    fn open(auto_apply_credits: bool) -> Books {
        let options = CompanyOptions { auto_apply_credits, ..CompanyOptions::default() };
        let (realm, token) = (options.realm_id.clone(), options.credentials.access_token.clone());
        let mut books = Books { company: Company::new(options, now()), realm, token };
        for customer in 0..CUSTOMERS {
            books.send("POST", "customer", format!(r#"{{"DisplayName":"Customer {customer}"}}"#));
        }
        books
    }

    fn send(&mut self, method: &str, path: &str, body: String) -> String {
        let target = format!("/v3/company/{}/{path}", self.realm);
        let response =
            handle(&mut self.company, &Request::new(method, &target, body).bearer(&self.token), now());
        let text = String::from_utf8(response.body).unwrap();
        assert_eq!(response.status, 200, "{path}: {text}");
        text
    }

    fn query(&mut self, statement: &str) -> String {
        self.send("POST", "query", statement.to_owned())
    }
}

/// The memory the process holds, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}

/// The median time of one call.
fn median(times: usize, mut work: impl FnMut(usize)) -> Duration {
    let mut taken: Vec<Duration> = (0..times)
        .map(|at| {
            let begun = Instant::now();
            work(at);
            begun.elapsed()
        })
        .collect();
    taken.sort_unstable();
    taken[times / 2]
}

/// What single requests take in a company as it is.
fn single_requests(books: &mut Books, held: usize) {
    let last = held.saturating_sub(1);
    let statements = [
        ("by number", format!("select * from Invoice where DocNumber = 'R-{}'", last / 2)),
        (
            "ten by Id",
            format!(
                "select * from Invoice where Id in ({})",
                (1..=10).map(|id| format!("'{id}'")).collect::<Vec<_>>().join(",")
            ),
        ),
        (
            "last page of 100 by Id",
            format!("select * from Invoice orderby Id startposition {} maxresults 100", held - 99),
        ),
        ("count", "select count(*) from Invoice".to_owned()),
        (
            "number and customer",
            format!("select * from Invoice where CustomerRef = '1' and DocNumber = 'R-{}'", last / 4 * 2),
        ),
        ("a day's first 100", "select * from Invoice where TxnDate = '2026-03-05' maxresults 100".to_owned()),
        ("a customer's first 100", "select * from Invoice where CustomerRef = '7' maxresults 100".to_owned()),
        (
            "the walk-in's first 100",
            "select * from Invoice where CustomerRef = '1' maxresults 100".to_owned(),
        ),
        ("a walk over all", "select count(*) from Invoice where Balance = '1'".to_owned()),
        (
            "changed since the end",
            "select * from Invoice where MetaData.LastUpdatedTime > '2026-02-03T09:00:00-08:00'".to_owned(),
        ),
    ];
    for (name, statement) in statements {
        let taken = median(21, |_| drop(books.query(&statement)));
        println!("  query {name}: {taken:?}");
    }
    let mut next = held;
    let taken = median(201, |_| {
        let body = invoice(next);
        next += 1;
        drop(books.send("POST", "invoice", body));
    });
    println!("  create an invoice: {taken:?}");
    let cdc = "cdc?entities=Payment&changedSince=2026-02-03T08:00:00-08:00";
    println!(
        "  change data capture of nothing: {:?}",
        median(21, |_| drop(books.send("GET", cdc, String::new())))
    );
}

/// Creates in-process, and what one document takes.
fn in_process(documents: usize) {
    let mut books = Books::open(false);
    for held in [1000, documents] {
        let before = (books.company.count("Invoice"), resident());
        let begun = Instant::now();
        for number in before.0..held {
            books.send("POST", "invoice", invoice(number));
        }
        let (made, seconds) = (held - before.0, begun.elapsed().as_secs_f64());
        if made >= 10_000 {
            println!(
                "in-process: {made} invoices of three lines in {seconds:.1} s, {:.0} a second, {} bytes each",
                rate(made, seconds),
                (resident() - before.1) / made as u64,
            );
        }
        println!("with {held} invoices:");
        let count = books.company.count("Invoice");
        single_requests(&mut books, count);
    }
}

#[allow(clippy::float_arithmetic, reason = "a rate is no money")]
fn rate(count: usize, seconds: f64) -> f64 {
    count as f64 / seconds
}

/// Credits that apply themselves, among many open invoices of one customer, and payments.
fn settling(documents: usize) {
    let mut books = Books::open(true);
    for held in [1000, documents] {
        for number in books.company.count("Invoice")..held {
            books.send("POST", "invoice", invoice(number));
        }
        let mut next = 0;
        let taken = median(101, |_| {
            let number = held * 10 + next;
            next += 1;
            drop(books.send("POST", "creditmemo", credit_memo(number)));
        });
        println!("with {held} open invoices, a credit that applies itself: {taken:?}");
        let taken = median(101, |at| {
            let number = held - 2 - 2 * at;
            let found = books.query(&format!("select Id from Invoice where DocNumber = 'R-{number}'"));
            let id = found.split("\"Id\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
            drop(books.send("POST", "payment", payment(number, id.parse().unwrap())));
        });
        println!("with {held} open invoices, a query by number and a payment: {taken:?}");
    }
}

/// One connection: sends its requests one after another.
fn post_all(base: &str, head: &str, numbers: impl Iterator<Item = usize>) {
    let mut stream = TcpStream::connect(base).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 64 * 1024];
    for number in numbers {
        let body = invoice(number);
        let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).unwrap();
        let mut filled = 0;
        loop {
            let read = stream.read(&mut buffer[filled..]).unwrap();
            assert!(read > 0, "the connection ended");
            filled += read;
            let text = std::str::from_utf8(&buffer[..filled]).unwrap();
            let Some((head, rest)) = text.split_once("\r\n\r\n") else { continue };
            assert!(head.starts_with("HTTP/1.1 200"), "{text}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if rest.len() >= length.parse::<usize>().unwrap() {
                break;
            }
        }
    }
}

/// Creates over loopback with ten connections.
fn over_loopback(documents: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let simulator = runtime.block_on(Simulator::start(SimulatorOptions::default())).unwrap();
    let connection = simulator.connection().clone();
    simulator.with_service(|service| {
        let target = format!("/v3/company/{}/customer", connection.realm_id);
        for customer in 0..CUSTOMERS {
            let body = format!(r#"{{"DisplayName":"Customer {customer}"}}"#);
            let request = Request::new("POST", &target, body).bearer(&connection.access_token);
            assert_eq!(handle(service.company_mut(), &request, now()).status, 200);
        }
    });
    let base = connection.base_url.strip_prefix("http://").unwrap();
    let head = format!(
        "POST /v3/company/{}/invoice?minorversion=75 HTTP/1.1\r\nhost: {base}\r\nauthorization: Bearer {}\r\naccept: application/json\r\ncontent-type: application/json\r\n",
        connection.realm_id, connection.access_token
    );
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for of in 0..CONNECTIONS {
            let head = &head;
            scope.spawn(move || post_all(base, head, (of..documents).step_by(CONNECTIONS)));
        }
    });
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "over loopback, {CONNECTIONS} connections: {documents} invoices of three lines in {seconds:.1} s, {:.0} a second",
        rate(documents, seconds)
    );
    assert_eq!(simulator.with_company(|company| company.count("Invoice")), documents);
    runtime.block_on(simulator.stop());
}

fn main() {
    let documents =
        std::env::var("DOCUMENTS").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000_usize);
    // First, while the process holds nothing else: it measures memory.
    in_process(documents);
    over_loopback(documents.min(100_000));
    settling(documents.min(100_000));
}
