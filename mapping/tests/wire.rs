//! What the documents of the sample day look like on the wire, with made-up ids.

use mapping::engine::{Bindings, ListEntry, resolve};
use mapping::{Company, CompanyMapping, ControlAccount, ItemRole, StepContent, plan};
use pos_model::PosFile;
use serde_json::{Value, json};

/// Every body of the sample day, by key.
fn bodies() -> Vec<(String, Value)> {
    bodies_of(include_bytes!("../../examples/data/boston-2026-02-03.json"))
}

fn bodies_of(file: &[u8]) -> Vec<(String, Value)> {
    let (file, company) = (PosFile::from_json(file).unwrap(), Company::default());
    let mut found = Vec::new();
    for batch in file.batches() {
        let plan = plan(batch, &company).unwrap();
        let mut bindings = bindings();
        for (index, step) in plan.steps().iter().enumerate() {
            let body = resolve(step, &plan, &bindings).unwrap();
            found.push((step.key.to_string(), serde_json::from_slice(&body.to_json().unwrap()).unwrap()));
            match step.content {
                StepContent::ListEntry(entry) => bindings.bind(entry, "61"),
                StepContent::Document(_) => {
                    bindings.documents.insert(step.key.clone(), (100 + index).to_string());
                }
            }
        }
    }
    found
}

/// The body of the first purchase order.
fn purchase_order(file: &[u8]) -> Value {
    let (file, company) = (PosFile::from_json(file).unwrap(), Company::default());
    let plan = plan(&file.purchase_orders()[0], &company).unwrap();
    let mut bindings = Bindings::default();
    bindings.bind(ListEntry::Account(ControlAccount::Purchases), "91");
    bindings.bind(ListEntry::Account(ControlAccount::Payable), "92");
    bindings.bind(ListEntry::Vendor("Cloud POS Vendor"), "93");
    let order = plan.steps().iter().find(|step| step.document().is_some()).unwrap();
    let body = resolve(order, &plan, &bindings).unwrap();
    serde_json::from_slice(&body.to_json().unwrap()).unwrap()
}

fn bindings() -> Bindings {
    let mut bindings = Bindings::default();
    for (account, id) in [
        (ControlAccount::Receivable, "84"),
        (ControlAccount::TillTakings, "35"),
        (ControlAccount::DropsAndPayouts, "36"),
    ] {
        bindings.bind(ListEntry::Account(account), id);
    }
    for (item, id) in [(ItemRole::Goods, "19"), (ItemRole::Voucher, "20"), (ItemRole::DropsAndPayouts, "21")]
    {
        bindings.bind(ListEntry::Item(item, ""), id);
    }
    bindings.tax_code = Some(qb_model::Id::new("2").unwrap());
    bindings
}

fn body(key: &str) -> Value {
    let bodies = bodies();
    let found = bodies.iter().find(|(found, _)| found == key);
    found
        .unwrap_or_else(|| panic!("no {key} among {:?}", bodies.iter().map(|(k, _)| k).collect::<Vec<_>>()))
        .1
        .clone()
}

/// D-20: the store's address for what is taken along, the order's for what is shipped, none on a credit memo.
#[test]
fn d_20_goods_go_to_the_store_or_to_the_order_s_address() {
    assert_eq!(body("inv-CLT1521022B4")["ShipAddr"]["Line1"], "12 Harbor Street");
    assert_eq!(body("inv-CLT1521050B7")["ShipAddr"]["City"], "Eastport");
    assert_eq!(body("cm-CLT1522870B11").get("ShipAddr"), None);
}

/// D-20: what is collected in the store has the store's address; what is sent to nobody knows where has none.
#[test]
fn d_20_the_address_follows_how_goods_reach_the_customer() {
    for (fulfilment, city) in [("in_store", Some("Boston")), ("collected", Some("Boston")), ("shipped", None)]
    {
        let file = json!({"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651",
                "address": {"lines": ["9 Wharf Row"], "city": "Boston"}},
            "tender_types": [{"id": 15239, "name": "Cash", "kind": "cash"}],
            "batches": [{"register": "1", "number": 4, "business_date": "2026-02-03", "status": "closed",
                "closed_at": "2026-02-03T18:00:00-05:00",
                "transactions": [{"number": 71, "occurred_at": "2026-02-03T10:00:00-05:00", "fulfilment": fulfilment,
                    "lines": [{"kind": "item", "quantity": "1", "amount": "8.00", "tax_code": "NON"}],
                    "tenders": [{"type": 15239, "amount": "8.00"}]}]}]});
        let bodies = bodies_of(file.to_string().as_bytes());
        let invoice = &bodies.iter().find(|(key, _)| key == "inv-CLT71B4").unwrap().1;
        let found = invoice.get("ShipAddr").map(|address| address["City"].as_str().unwrap());
        assert_eq!(found, city, "{fulfilment}");
    }
}

/// T-04, D-13: an invoice is due on its date.
#[test]
fn t_04_an_invoice_is_due_on_its_date() {
    let invoice = body("inv-CLT1521050B7");
    assert_eq!((&invoice["TxnDate"], &invoice["DueDate"]), (&"2026-02-03".into(), &"2026-02-03".into()));
}

/// D-22: quantity and unit price go out when their product rounds to the amount, and stay away when it does not.
#[test]
fn d_22_quantity_and_price_are_sent_when_they_foot() {
    let file = include_bytes!("golden/d22_weights_and_odd_prices/pos.json");
    let bodies = bodies_of(file);
    let invoice = &bodies.iter().find(|(key, _)| key == "inv-CLT52B5").unwrap().1;
    let lines = invoice["Line"].as_array().unwrap().iter().map(|line| &line["SalesItemLineDetail"]);
    let found: Vec<_> =
        lines.map(|detail| (detail.get("Qty").cloned(), detail.get("UnitPrice").cloned())).collect();
    let (weight, exactly) =
        ((Some(json!(128.35)), Some(json!(14.5))), (Some(json!(3)), Some(json!(33.333333))));
    assert_eq!(found, [weight, (None, None), exactly]);
}

/// D-21: TAX or NON on every line, shipping too, and the till's tax with the store's code.
#[test]
fn d_21_every_line_says_tax_or_non() {
    let invoice = body("inv-CLT1521050B7");
    let lines = invoice["Line"].as_array().unwrap();
    let codes: Vec<_> =
        lines.iter().map(|line| line["SalesItemLineDetail"]["TaxCodeRef"]["value"].as_str()).collect();
    assert_eq!(codes, [Some("TAX"), Some("NON")]);
    assert_eq!(lines[1]["SalesItemLineDetail"]["ItemRef"]["value"], "SHIPPING_ITEM_ID");
    assert_eq!(
        invoice["TxnTaxDetail"],
        serde_json::json!({"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 15.63})
    );
}

/// D-04: the refund is a cash Purchase on A/R for the credit memo's customer, without tax.
#[test]
fn d_04_a_refund_can_be_linked() {
    let expense = body("exp-CL15236T1522870B11");
    assert_eq!(expense["PaymentType"], "Cash");
    assert_eq!(expense["AccountRef"]["value"], "35");
    assert_eq!(expense["EntityRef"], serde_json::json!({"value": "61", "type": "Customer"}));
    assert_eq!(expense["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"], "84");
    assert_eq!(expense.get("TxnTaxDetail"), None);
}

/// N-14: money in and money out say which tender, then our key.
#[test]
fn n_14_the_memo_of_an_expense_names_the_tender_too() {
    let memo = |key: &str| body(key)["PrivateNote"].as_str().unwrap().to_owned();
    assert_eq!(memo("exp-CL15236T1522870B11"), "Manual Credit Card | boston/4/11/transaction-1522870");
    assert_eq!(memo("exp-CL15239DP11791B10"), "Cash | boston/3/10/pay-in-out-11791");
    assert_eq!(memo("pay-CL15239T1521022B4"), "Cash | boston/1/4/transaction-1521022");
    assert_eq!(memo("cm-CLT1522870B11"), "boston/4/11/transaction-1522870");
}

/// D-17: a pay-out has no payee.
#[test]
fn d_17_a_pay_out_names_nobody() {
    let expense = body("exp-CL15239DP11791B10");
    assert_eq!(expense.get("EntityRef"), None);
    assert_eq!(expense["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"], "36");
    assert_eq!(expense["Line"][0]["Description"], "Window cleaner");
}

/// D-18: a memo holds 4,000 characters; what people typed is cut, our key never.
#[test]
fn d_18_a_long_title_leaves_room_for_the_key() {
    for (title, memo) in [
        ("Spring".to_owned(), "Spring | boston/purchase-order-7".to_owned()),
        ("é".repeat(5000), format!("{} | boston/purchase-order-7", "é".repeat(3974))),
    ] {
        let file = serde_json::json!({"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
            "tender_types": [], "purchase_orders": [{"number": 7, "status": "closed", "date": "2026-02-02", "supplier": "S",
                "title": title, "lines": [{"quantity": "1", "amount": "9.00"}]}]});
        let body = purchase_order(file.to_string().as_bytes());
        let found = body["PrivateNote"].as_str().unwrap();
        assert_eq!(found, memo);
        assert!(found.chars().count() <= 4000, "{}", found.chars().count());
    }
}

/// A text that the till left blank hides nothing: the words that stand in for a missing one stand in for it.
#[test]
fn a_blank_text_does_not_stand_before_what_stands_in_for_it() {
    let file = json!({"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
        "tender_types": [{"id": 15239, "name": "Cash", "kind": "cash"}],
        "batches": [{"register": "1", "number": 4, "business_date": "2026-02-03", "status": "closed",
            "closed_at": "2026-02-03T18:00:00-05:00",
            "transactions": [{"number": 7, "occurred_at": "2026-02-03T10:00:00-05:00",
                "lines": [{"kind": "item", "code": "HM-210", "description": "", "quantity": "1", "amount": "9.00", "tax_code": "NON"}],
                "tenders": [{"type": 15239, "amount": "9.00"}]}],
            "pay_ins_and_outs": [
                {"id": 8, "occurred_at": "2026-02-03T10:00:00-05:00", "direction": "pay_in", "tender_type": 15239, "amount": "5.00", "reason": ""},
                {"id": 9, "occurred_at": "2026-02-03T10:00:00-05:00", "direction": "pay_out", "tender_type": 15239, "amount": "5.00", "reason": " "}]}],
        "purchase_orders": [{"number": 7, "status": "closed", "date": "2026-02-02", "supplier": "S", "title": "",
            "supplier_reference": "", "lines": [{"code": "", "name": "Helmet", "quantity": "1", "amount": "9.00"}]}]});
    let text = file.to_string();
    let bodies = bodies_of(text.as_bytes());
    let described = |key: &str| {
        let found = bodies.iter().find(|(found, _)| found == key).unwrap();
        found.1["Line"][0]["Description"].as_str().unwrap().to_owned()
    };
    assert_eq!(described("inv-CLT7B4"), "HM-210");
    assert_eq!(described("sr-CL15239DP8B4"), "Pay-in");
    assert_eq!(described("exp-CL15239DP9B4"), "Pay-out");
    let order = purchase_order(text.as_bytes());
    assert_eq!(order["PrivateNote"], "boston/purchase-order-7");
    assert_eq!(order["Line"][0]["Description"], "1 x Helmet");
}

/// A line's text is cut where QuickBooks would refuse the document: 4,000 characters.
#[test]
fn a_line_s_text_is_cut_to_4000_characters() {
    let file = include_str!("../../examples/data/boston-2026-02-03.json").replacen(
        "\"Jacket\"",
        &format!("{:?}", "é".repeat(4001)),
        1,
    );
    let file = PosFile::from_json(file.as_bytes()).unwrap();
    let company = Company::default();
    let plan = plan(&file.batches()[0], &company).unwrap();
    let mut bindings = bindings();
    let invoice = plan.steps().iter().find(|step| step.document().is_some()).unwrap();
    for step in plan.steps() {
        if let StepContent::ListEntry(entry) = step.content {
            bindings.bind(entry, "61");
        }
    }
    let body = resolve(invoice, &plan, &bindings).unwrap();
    let body: Value = serde_json::from_slice(&body.to_json().unwrap()).unwrap();
    assert_eq!(body["Line"][0]["Description"], "é".repeat(4000));
}

/// D-21: a document names the QuickBooks tax code that all its taxed lines stand for, else the store's, else the company's;
/// where they stand for several, the one that the mapping has for them together, whatever lines stand on it in which spelling.
#[test]
fn d_21_the_tax_code_is_that_of_all_taxed_lines_or_a_combined_one() {
    let line = |code: &str, tax: &str| json!({"kind": "item", "quantity": "1", "amount": "100.00", "tax": tax, "tax_code": code});
    let code_of = |lines: &[Value], paid: &str, store_code: Option<&str>| -> Option<String> {
        let file = json!({"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
            "tender_types": [{"id": 15239, "name": "Cash", "kind": "cash"}],
            "batches": [{"register": "1", "number": 4, "business_date": "2026-02-03", "status": "closed",
                "closed_at": "2026-02-03T18:00:00-05:00",
                "transactions": [{"number": 7, "occurred_at": "2026-02-03T10:00:00-05:00", "lines": lines,
                    "tenders": [{"type": 15239, "amount": paid}]}]}]});
        let file = PosFile::from_json(file.to_string().as_bytes()).unwrap();
        let mapping = json!({"tax_codes": {"TAX": {"taxable": true}, "NON": {"taxable": false},
                "RESORT": {"taxable": true, "tax_code": "7"}, "CITY": {"taxable": true, "tax_code": "8"},
                "TOWN": {"taxable": true, "tax_code": "8"}},
            "tax_code_sets": [{"codes": ["CITY", "RESORT"], "tax_code": "11"}, {"codes": ["resort", "TAX"], "tax_code": "12"},
                {"codes": ["CITY", "RESORT", "TAX"], "tax_code": "13"}],
            "stores": {"boston": {"prefix": "CL", "tax_code": store_code}}});
        let mapping: CompanyMapping = serde_json::from_value(mapping).unwrap();
        let company = Company::try_from(mapping).unwrap();
        let plan = plan(&file.batches()[0], &company).unwrap();
        let mut bindings = bindings();
        bindings.bind(ListEntry::Customer(plan.documents().next().unwrap().document.party().unwrap()), "61");
        let is_invoice = |step: &&mapping::Step<'_>| step.key.to_string() == "inv-CLT7B4";
        let body = resolve(plan.steps().iter().find(is_invoice).unwrap(), &plan, &bindings).unwrap();
        let body: Value = serde_json::from_slice(&body.to_json().unwrap()).unwrap();
        Some(body.pointer("/TxnTaxDetail/TxnTaxCodeRef/value")?.as_str()?.to_owned())
    };
    let is = |code: &str| Some(code.to_owned());
    let (resort, city, plain) = (line("RESORT", "6.25"), line("CITY", "6.25"), line("TAX", "6.25"));
    assert_eq!(code_of(&[resort.clone(), line("NON", "0.00")], "206.25", Some("5")), is("7"));
    assert_eq!(code_of(&[resort.clone(), resort.clone()], "212.50", Some("5")), is("7"));
    assert_eq!(code_of(&[resort.clone(), line(" Resort", "6.25")], "212.50", Some("5")), is("7"));
    assert_eq!(code_of(&[resort.clone(), city.clone()], "212.50", Some("5")), is("11"));
    assert_eq!(code_of(&[line("town", "6.25"), resort.clone()], "212.50", Some("5")), is("11"), "as CITY");
    assert_eq!(code_of(&[city.clone(), line("TOWN", "6.25")], "212.50", Some("5")), is("8"));
    assert_eq!(code_of(&[resort.clone(), plain.clone()], "212.50", Some("5")), is("12"));
    assert_eq!(code_of(&[plain.clone(), city.clone(), resort.clone()], "318.75", Some("5")), is("13"));
    assert_eq!(
        code_of(&[plain.clone(), resort.clone()], "212.50", Some("7")),
        is("7"),
        "the store's is the same"
    );
    let untaxed = line("CITY", "0.00");
    assert_eq!(code_of(&[resort, untaxed], "206.25", Some("5")), is("7"), "what bore no tax names nothing");
    assert_eq!(code_of(std::slice::from_ref(&plain), "106.25", Some("5")), is("5"));
    assert_eq!(code_of(&[plain], "106.25", None), is("2"), "the company's default");
    assert_eq!(code_of(&[line("NON", "0.00")], "100.00", Some("5")), None);
}

/// the store's location and class stand on the document, or the class on each of its lines, as the company tracks them;
/// what is not bound is said by name.
#[test]
fn a_store_s_location_and_class_are_on_its_documents() {
    let stores = json!({"stores": {"boston": {"prefix": "CL", "location": "Harbor", "class": "Retail"}}});
    let company = Company::try_from(serde_json::from_value::<CompanyMapping>(stores).unwrap()).unwrap();
    let file =
        PosFile::from_json(include_bytes!("golden/d04_taxed_shipping_and_untaxed_goods_returned/pos.json"));
    let file = file.unwrap();
    let plan = plan(&file.batches()[0], &company).unwrap();
    let resolved = |bindings: &Bindings| -> Vec<Result<Value, String>> {
        let body = |step| match resolve(step, &plan, bindings) {
            Ok(body) => Ok(serde_json::from_slice(&body.to_json().unwrap()).unwrap()),
            Err(error) => Err(error.to_string()),
        };
        plan.steps().iter().filter(|step| step.document().is_some()).map(body).collect()
    };
    let mut bindings = bindings();
    bindings.bind(ListEntry::Customer(plan.documents().next().unwrap().document.party().unwrap()), "61");
    for step in plan.steps() {
        bindings.documents.insert(step.key.clone(), "9".to_owned());
    }
    assert_eq!(resolved(&bindings)[0], Err("the location Harbor is not in QuickBooks yet".to_owned()));
    bindings.locations.insert("Harbor".to_owned(), qb_model::Id::new("3").unwrap());
    assert_eq!(resolved(&bindings)[0], Err("the class Retail is not in QuickBooks yet".to_owned()));
    bindings.classes.insert("Retail".to_owned(), qb_model::Id::new("4").unwrap());
    for is_per_line in [false, true] {
        bindings.is_class_per_line = is_per_line;
        for body in resolved(&bindings) {
            let body = body.unwrap();
            if body.get("PaymentRefNum").is_some() {
                assert!(body.get("DepartmentRef").is_none() && body.get("ClassRef").is_none(), "{body}");
                continue;
            }
            assert_eq!(body["DepartmentRef"]["value"], "3", "{body}");
            assert_eq!(body["ClassRef"]["value"] == "4", !is_per_line, "{body}");
            for line in body["Line"].as_array().unwrap() {
                let detail = &line[line["DetailType"].as_str().unwrap()];
                let is_shipping = detail["ItemRef"]["value"] == "SHIPPING_ITEM_ID";
                assert_eq!(detail["ClassRef"]["value"] == "4", is_per_line && !is_shipping, "{body}");
            }
        }
    }
}

/// T-05: the opening entry debits where the balances were and credits our accounts.
#[test]
fn t_05_the_opening_entry_on_the_wire() {
    let mapping = include_bytes!("golden/t05_opening_balances/company.json");
    let company = Company::try_from(serde_json::from_slice::<CompanyMapping>(mapping).unwrap()).unwrap();
    let file = PosFile::from_json(include_bytes!("golden/t05_opening_balances/pos.json")).unwrap();
    let plan = mapping::Origin::opening_entry(file.batches()[0].store(), &company)
        .and_then(|origin| mapping::plan(origin, &company))
        .unwrap();
    let mut bindings = Bindings::default();
    for (account, id) in [
        (ControlAccount::OpeningBalances, "34"),
        (ControlAccount::Vouchers, "90"),
        (ControlAccount::Deposits, "91"),
    ] {
        bindings.bind(ListEntry::Account(account), id);
    }
    let body = resolve(&plan.steps()[0], &plan, &bindings).unwrap();
    let body: Value = serde_json::from_slice(&body.to_json().unwrap()).unwrap();
    assert_eq!((&body["DocNumber"], &body["TxnDate"]), (&json!("CLOB260202"), &json!("2026-02-02")));
    let lines: Vec<(&Value, &Value, &Value)> = (body["Line"].as_array().unwrap().iter())
        .map(|line| {
            let detail = &line["JournalEntryLineDetail"];
            (&detail["PostingType"], &detail["AccountRef"]["value"], &line["Amount"])
        })
        .collect();
    let is = |side: &str, account: &str, amount: f64| (json!(side), json!(account), json!(amount));
    let expected = [is("Debit", "34", 145.0), is("Credit", "90", 120.0), is("Credit", "91", 25.0)];
    assert_eq!(lines, expected.iter().map(|(s, a, m)| (s, a, m)).collect::<Vec<_>>());
}

/// D-18: each line of a linked bill receives its own line of the order, past those of 0.00; without their ids it waits.
#[test]
fn d_18_a_linked_bill_names_the_order_s_lines() {
    let mapping = include_bytes!("golden/d18_linked_bill/company.json");
    let company = Company::try_from(serde_json::from_slice::<CompanyMapping>(mapping).unwrap()).unwrap();
    let file = PosFile::from_json(include_bytes!("golden/d18_linked_bill/pos.json")).unwrap();
    let plan = plan(&file.purchase_orders()[0], &company).unwrap();
    let mut bindings = Bindings::default();
    for account in ControlAccount::PURCHASING {
        bindings.bind(ListEntry::Account(account), "80");
    }
    bindings.bind(ListEntry::Vendor("Cloud POS Vendor"), "41");
    let documents: Vec<_> = plan.steps().iter().filter(|step| step.document().is_some()).collect();
    let order = resolve(documents[0], &plan, &bindings).unwrap().to_json().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&order).unwrap()["POStatus"], "Open");
    bindings.documents.insert(documents[0].key.clone(), "257".to_owned());
    let waiting = resolve(documents[1], &plan, &bindings).unwrap_err().to_string();
    assert_eq!(waiting, "Purchase order CL306063 is not in QuickBooks yet");
    bindings
        .order_lines
        .insert(documents[0].key.clone(), ["11", "12", "13", "14"].map(str::to_owned).to_vec());
    let bill = resolve(documents[1], &plan, &bindings).unwrap().to_json().unwrap();
    let bill: Value = serde_json::from_slice(&bill).unwrap();
    let links: Vec<Value> =
        bill["Line"].as_array().unwrap().iter().map(|line| line["LinkedTxn"][0].clone()).collect();
    let link = |line: &str| json!({"TxnId": "257", "TxnType": "PurchaseOrder", "TxnLineId": line});
    assert_eq!(links, ["11", "13", "14"].map(link), "line 12 is free of charge");
}

/// D-19: what of a customer's record goes out, and what stays away because QuickBooks would refuse the whole record for it.
#[test]
fn d_19_a_customer_s_record_on_the_wire() {
    let body = |change: &Value, template: &str| -> Value {
        let mut customer = json!({"id": "c-7", "account_number": "1042", "title": "Dr", "first_name": "Emma",
            "last_name": "Stone", "company": "Harbor Couriers", "email": "emma@example.org", "phone": "555-0100",
            "address": {"lines": ["4 Pier Road"], "city": "Eastport", "region": "ME", "postal_code": "04631"}});
        customer.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let file = json!({"version": 1, "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
            "tender_types": [{"id": 15239, "name": "Cash", "kind": "cash"}], "customers": [customer],
            "batches": [{"register": "1", "number": 4, "business_date": "2026-02-03", "status": "closed",
                "closed_at": "2026-02-03T18:00:00-05:00", "transactions": [{"number": 7,
                    "occurred_at": "2026-02-03T10:00:00-05:00", "customer": "c-7",
                    "lines": [{"kind": "item", "quantity": "1", "amount": "1.00", "tax_code": "NON"}],
                    "tenders": [{"type": 15239, "amount": "1.00"}]}]}]});
        let file = PosFile::from_json(file.to_string().as_bytes()).unwrap();
        let mapping = CompanyMapping { display_name: Some(template.to_owned()), ..CompanyMapping::default() };
        let company = Company::try_from(mapping).unwrap();
        let plan = plan(&file.batches()[0], &company).unwrap();
        let made = resolve(&plan.steps()[0], &plan, &Bindings::default()).unwrap();
        serde_json::from_slice(&made.to_json().unwrap()).unwrap()
    };
    let whole = json!({"DisplayName": "1651-1042", "Title": "Dr", "GivenName": "Emma", "FamilyName": "Stone",
        "CompanyName": "Harbor Couriers", "PrimaryPhone": {"FreeFormNumber": "555-0100"},
        "PrimaryEmailAddr": {"Address": "emma@example.org"},
        "BillAddr": {"Line1": "4 Pier Road", "City": "Eastport", "CountrySubDivisionCode": "ME", "PostalCode": "04631"}});
    assert_eq!(body(&json!({}), "{retailer}-{account}"), whole);
    for (field, value, wire, is_sent) in [
        ("title", "T".repeat(16), "Title", true),
        ("title", "T".repeat(17), "Title", false),
        ("phone", "5".repeat(30), "PrimaryPhone", true),
        ("email", "emma.example.org".to_owned(), "PrimaryEmailAddr", false),
        ("email", "emma@example".to_owned(), "PrimaryEmailAddr", false),
        ("email", format!("{}@example.org", "e".repeat(88)), "PrimaryEmailAddr", true),
    ] {
        let found = body(&json!({ field: value }), "{retailer}-{account}");
        assert_eq!(found.get(wire).is_some(), is_sent, "{field} {value}");
    }
    let long = |template: &str, length: usize| {
        body(&json!({"company": "C".repeat(length)}), template)["DisplayName"].as_str().unwrap().to_owned()
    };
    assert_eq!(long("{name} #{account}", 94), format!("{} #1042", "C".repeat(94)), "100 characters");
    assert_eq!(long("{name} #{account}", 95), format!("{} #1042", "C".repeat(94)));
    let named = body(&json!({}), "{name}");
    assert_eq!(
        (&named["DisplayName"], &named["Notes"]),
        (&json!("Harbor Couriers"), &json!("Point of sale: 1651/c-7"))
    );
}

/// N-14: a payment's memo names the tender and our key; a document without a tender our key alone. The method is named too.
#[test]
fn n_14_memos_and_payment_methods() {
    let invoice = body("inv-CLT1521022B4");
    assert_eq!(invoice["PrivateNote"], "boston/1/4/transaction-1521022");
    let payment = body("pay-CL15239T1521022B4");
    assert_eq!(payment["PrivateNote"], "Cash | boston/1/4/transaction-1521022");
    assert_eq!(payment.get("PaymentMethodRef"), None, "a document does not wait for its method");
    let file = PosFile::from_json(include_bytes!("golden/g02_sale_two_items_cash/pos.json")).unwrap();
    let company = Company::default();
    let plan = plan(&file.batches()[0], &company).unwrap();
    let mut bindings = bindings();
    let tender = plan.documents().find_map(|planned| planned.document.tender()).unwrap();
    bindings.bind(ListEntry::PaymentMethod(tender), "3");
    assert_eq!(bindings.id(ListEntry::PaymentMethod(tender)), Some("3"));
    for step in plan.steps() {
        if let StepContent::ListEntry(entry) = step.content {
            bindings.bind(entry, "61");
            assert_eq!(bindings.id(entry), Some("61"));
        }
        bindings.documents.insert(step.key.clone(), "9".to_owned());
    }
    let step = plan.steps().iter().find(|step| step.key.to_string().starts_with("pay-")).unwrap();
    let payment = resolve(step, &plan, &bindings).unwrap().to_json().unwrap();
    let payment: Value = serde_json::from_slice(&payment).unwrap();
    assert_eq!(payment["PaymentMethodRef"]["value"], "3");
}
