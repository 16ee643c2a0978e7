//! Line 22: the query language over HTTP.

use crate::common;

use common::*;
use serde_json::{Value, json};

#[tokio::test]
async fn line_22_apostrophes_take_a_backslash() {
    let books = Books::open().await;
    let ada = books.customer("O'Hara Books").await;
    let back = books.customer("Back\\slash").await;
    let found = books.query("select * from Customer where DisplayName = 'O\\'Hara Books'").await;
    assert_eq!(found.json["QueryResponse"]["Customer"][0]["Id"], json!(ada));
    let found = books.query("SELECT * FROM customer WHERE displayname = 'Back\\\\slash'").await;
    assert_eq!(found.json["QueryResponse"]["Customer"][0]["Id"], json!(back));
    books.query("select * from Customer where DisplayName = 'O''Hara Books'").await.refused("4000");
    books.close().await;
}

#[tokio::test]
async fn line_22_refuses_what_is_not_in_the_language() {
    let books = Books::open().await;
    for (statement, code, part) in [
        ("select * from Customer where Id = '1' OR Id = '2'", "4000", "QueryParserError: Encountered"),
        ("select", "4000", "QueryParserError"),
        ("", "4000", "QueryParserError"),
        ("select * from Custmoer", "4001", "invalid context declaration: Custmoer"),
        ("select * from Invoice where PrivateNote = 'x'", "4001", "property 'PrivateNote' is not queryable"),
        ("select * from Invoice where Line.Amount > '5'", "4001", "is not queryable"),
        ("select * from Invoice where ShipAddr = '5'", "4001", "is not queryable"),
        ("select * from Invoice where TotalAmt > CURRENT_DATE", "4001", "does not fit property TotalAmt"),
        ("select * from Customer where Foo = 'x'", "4001", "Property Foo not found for Entity Customer"),
        ("select Foo from Customer", "4001", "Property Foo not found"),
        ("select * from Customer orderby Foo", "4001", "Property Foo not found"),
        ("select * from Customer STARTPOSITION 0", "4001", "value 0 is too small. Min allowed value is 1"),
        ("select * from Customer MAXRESULTS 1001", "4001", "value 1001 is too large"),
        ("select * from Customer where Id > '1'", "4001", "Id"),
        ("select * from Invoice where TxnDate = 'yesterday'", "4001", "TxnDate"),
    ] {
        let answer = books.query(statement).await;
        assert!(answer.refused(code).contains(part), "{statement}: {}", answer.text);
    }
    books.close().await;
}

#[tokio::test]
async fn line_22_nothing_found_is_an_empty_response() {
    let books = Books::open().await;
    for statement in [
        "select * from Invoice",
        "select * from Invoice where DocNumber = 'none'",
        "select * from Customer startposition 100",
        "select * from Item where Id in ('77', '78')",
    ] {
        assert_eq!(books.query(statement).await.json["QueryResponse"], json!({}), "{statement}");
    }
    let count = books.query("select count(*) from Invoice").await;
    assert_eq!(count.json["QueryResponse"], json!({"totalCount": 0}));
    books.close().await;
}

#[tokio::test]
async fn pages_orders_and_filters() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    for (number, day, amount) in
        [("B", "2026-01-02", 30.0), ("A", "2026-01-03", 10.0), ("C", "2026-01-04", 20.0)]
    {
        let members = json!({"DocNumber": number, "TxnDate": day});
        books.create("Invoice", with(form(&customer, vec![line("1", amount, "NON")]), members)).await;
    }
    for number in 0..105 {
        books.customer(&format!("Customer {number:03}")).await;
    }
    let numbers = |answer: &Answer| -> Vec<String> {
        let rows = answer.json["QueryResponse"]["Invoice"].as_array().cloned().unwrap_or_default();
        rows.iter().map(|row| row["DocNumber"].as_str().unwrap().to_owned()).collect()
    };
    for (clauses, expected) in [
        ("", "BAC"),
        ("orderby DocNumber", "ABC"),
        ("ORDER BY Balance DESC", "BCA"),
        ("where TxnDate >= '2026-01-03'", "AC"),
        ("where TxnDate > '2026-01-02' and TxnDate < '2026-01-04'", "A"),
        ("where Balance <= 20", "AC"),
        ("where Balance = '30.00'", "B"),
        ("where DocNumber in ('C', 'B')", "BC"),
        ("where DocNumber like '%A%'", "A"),
        ("where CustomerRef = '1' and DocNumber = 'A'", "A"),
        ("where Metadata.LastUpdatedTime >= '2026-02-03T17:14:07Z'", "BAC"),
        ("where MetaData.LastUpdatedTime > '2026-02-03T09:14:07-08:00'", ""),
        ("startposition 2", "AC"),
        ("maxresults 1 startposition 3", "C"),
        ("STARTPOSITION 1 MAXRESULTS 2", "BA"),
    ] {
        let answer = books.query(&format!("select  *  from invoice {clauses} ")).await;
        assert_eq!(numbers(&answer).concat(), expected, "{clauses}: {}", answer.text);
    }
    let page = books.query("select * from Customer").await.json["QueryResponse"].clone();
    assert_eq!((&page["startPosition"], &page["maxResults"]), (&json!(1), &json!(100)));
    assert_eq!((page["Customer"].as_array().unwrap().len(), &page["totalCount"]), (100, &Value::Null));
    let rest = books.query("select * from Customer startposition 101 maxresults 1000").await;
    assert_eq!(rest.json["QueryResponse"]["maxResults"], 6);
    let count = books.query("SELECT COUNT(*) FROM Customer WHERE Active = true MAXRESULTS 5").await;
    assert_eq!(count.json["QueryResponse"], json!({"totalCount": 106}));
    books.close().await;
}

#[tokio::test]
async fn projections_show_what_was_asked() {
    let books = Books::open().await;
    let rows =
        books.query("select Id, MetaData.CreateTime, accounttype from Account where Name = 'Checking'").await;
    let row = &rows.json["QueryResponse"]["Account"][0];
    let expected = json!({"domain": "QBO", "sparse": true, "Id": "1", "AccountType": "Bank",
        "MetaData": {"CreateTime": "2026-02-03T09:14:07-08:00"}});
    assert_eq!(row, &expected);
    let rows = books.query("select *, Sku from Item").await;
    assert_eq!(rows.json["QueryResponse"]["Item"][0]["Name"], "Services");
    books.close().await;
}

#[tokio::test]
async fn tax_codes_show_the_pseudo_codes() {
    let books = Books::open().await;
    let codes = books.query("select * from TaxCode").await.json["QueryResponse"]["TaxCode"].clone();
    let ids: Vec<&str> = codes.as_array().unwrap().iter().map(|code| code["Id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["2", "TAX", "NON"]);
    assert_eq!((&codes[1]["TaxGroup"], &codes[1]["SyncToken"]), (&json!(false), &Value::Null));
    let rate = &codes[0]["SalesTaxRateList"]["TaxRateDetail"][0]["TaxRateRef"]["value"];
    let rate = books.read("TaxRate", rate.as_str().unwrap()).await;
    assert_eq!(rate["RateValue"], json!(8));
    books.post("taxcode", json!({"Name": "New"})).await.refused("500");
    books.close().await;
}

#[tokio::test]
async fn line_22_values_compare_in_any_case() {
    let books = Books::open().await;
    books.customer("Amy's Bird Sanctuary").await;
    let sale = json!({"DocNumber": "Ab-7", "Line": [line("1", 1000.5, "NON")]});
    books.create("SalesReceipt", sale).await;
    let customer = books.customer("Zoë").await;
    for (amount, number) in [(1000.0, "I-1"), (1000.01, "I-2")] {
        let body = with(form(&customer, vec![line("1", amount, "NON")]), json!({"DocNumber": number}));
        books.create("Invoice", body).await;
    }
    for (statement, entity, count) in [
        ("select * from Customer where DisplayName = 'AMY\\'S bird sanctuary'", "Customer", 1),
        ("select * from Customer where DisplayName in ('zoË', 'nobody')", "Customer", 1),
        ("select * from Customer where DisplayName like '%BIRD%'", "Customer", 1),
        ("select * from SalesReceipt where DocNumber = 'aB-7'", "SalesReceipt", 1),
        ("select * from SalesReceipt where DocNumber like 'ab%'", "SalesReceipt", 1),
        ("select * from Account where AccountType = 'accounts receivable'", "Account", 1),
        ("select * from Invoice where TotalAmt > '1000.0'", "Invoice", 1),
        ("select * from Invoice where TxnDate <= CURRENT_DATE", "Invoice", 2),
        ("select * from Invoice where TxnDate < current_date", "Invoice", 0),
        ("select * from Invoice where MetaData.CreateTime >= CURRENT_DATE", "Invoice", 2),
    ] {
        let answer = books.query(statement).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let found = answer.json["QueryResponse"][entity].as_array().map_or(0, Vec::len);
        assert_eq!(found, count, "{statement}");
    }
    // A number is taken only when it is written the same: case is a matter of queries.
    books.create("SalesReceipt", json!({"DocNumber": "AB-7", "Line": [line("1", 1.0, "NON")]})).await;
    books.close().await;
}

#[tokio::test]
async fn true_and_false_stand_without_quotes() {
    let quoted = "select * from Customer where Active = 'true'";
    let books = Books::open().await;
    books.customer("Ada").await;
    books.query(quoted).await.refused("4002");
    books.query("select * from Customer where Active in (true, 'false')").await.refused("4002");
    for plain in ["Active = true", "Active = False", "Active in (true, false)"] {
        assert_eq!(books.query(&format!("select * from Customer where {plain}")).await.status, 200);
    }
    books.close().await;
    let choices = qb_simulator::Choices { takes_quoted_booleans: true, ..Default::default() };
    let company = qb_simulator::CompanyOptions { choices, ..Default::default() };
    let books = Books::open_with(company).await;
    books.customer("Ada").await;
    assert_eq!(books.query(quoted).await.json["QueryResponse"]["maxResults"], json!(1));
    books.close().await;
}

#[tokio::test]
async fn a_projection_does_not_find_addresses_and_links() {
    let books = Books::open().await;
    let detail = books.query("select Id, BillAddr from Customer").await.refused("4001").to_owned();
    assert_eq!(detail, "QueryValidationError: Property BillAddr not found for Entity Customer");
    books.query("select InvoiceLink from Invoice").await.refused("4001");
    books.query("select * from Deposit where TotalAmt > '1'").await.refused("4001");
    books.close().await;
}

#[tokio::test]
async fn the_link_of_an_invoice_comes_when_it_is_asked_for() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let invoice = id(&books.create("Invoice", form(&customer, vec![line("1", 1.0, "NON")])).await);
    assert_eq!(books.read("Invoice", &invoice).await["InvoiceLink"], Value::Null);
    let read = books.get(&format!("invoice/{invoice}?include=invoiceLink")).await.json["Invoice"].clone();
    let link = read["InvoiceLink"].as_str().unwrap();
    assert!(link.starts_with("https://") && link.ends_with(&format!("/invoice/{invoice}")), "{link}");
    let found = books.get("query?query=select%20*%20from%20Invoice&include=invoiceLink").await;
    assert_eq!(found.json["QueryResponse"]["Invoice"][0]["InvoiceLink"], read["InvoiceLink"]);
    books.get("invoice/99?include=invoiceLink").await.refused("610");
    books.close().await;
}
