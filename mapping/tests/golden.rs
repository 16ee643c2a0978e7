//! Golden folders: each holds a POS file (`pos.json`, perhaps another store's or a later one's beside it, `pos_....json`),
//! perhaps a company mapping (`company.json`), and the T-account page that an accountant has looked at (`page.txt`). Some
//! hold the plan's JSON form too (`plan.json`).
//! `UPDATE_GOLDEN=1 cargo test -p mapping --test all golden` writes the pages again; the table in `typed_by_hand.rs` cannot
//! be rewritten that way.

use std::fs;
use std::path::Path;

use mapping::engine::{OpenInvoice, OpenInvoices};
use mapping::{Company, CompanyMapping, CustomerKey, Origin, PlanView, SubLedger, legs, page, plan};
use pos_model::{Money, PosFile};
use serde_json::Value;

#[test]
fn every_golden_page_is_as_it_was_reviewed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<_> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 30, "the golden folders are missing");
    let (mut wrong, mut json_forms) = (Vec::new(), 0);
    for case in cases {
        let (page, json) = plans_of(&case);
        let mut goldens = vec![(case.join("page.txt"), page)];
        if case.join("plan.json").exists() {
            goldens.push((case.join("plan.json"), json));
            json_forms += 1;
        }
        for (golden, found) in goldens {
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::write(&golden, &found).unwrap();
            } else if fs::read_to_string(&golden).unwrap_or_default() != found {
                wrong.push(format!("{}\n{found}", golden.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(json_forms, 4, "the JSON forms are missing");
}

/// Pages and JSON, after the checks that hold for every case: debits equal credits, and legs equal the sub-ledger.
fn plans_of(case: &Path) -> (String, String) {
    let company = match fs::read(case.join("company.json")) {
        Ok(bytes) => Company::try_from(serde_json::from_slice::<CompanyMapping>(&bytes).unwrap()).unwrap(),
        Err(_) => Company::default(),
    };
    let open = || match fs::read(case.join("open-invoices.json")) {
        Ok(bytes) => open_invoices(&serde_json::from_slice(&bytes).unwrap()),
        Err(_) => OpenInvoices::default(),
    };
    let mut files: Vec<_> = fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.file_name().unwrap().to_str().unwrap().starts_with("pos"));
    files.sort();
    let plans = files.iter().flat_map(|file| plans_of_file(file, &company, &open));
    let (pages, views): (Vec<String>, Vec<Value>) = plans.unzip();
    (pages.join("\n"), format!("{:#}\n", Value::Array(views)))
}

fn plans_of_file(file: &Path, company: &Company, open: &dyn Fn() -> OpenInvoices) -> Vec<(String, Value)> {
    let name = file.display();
    let file = PosFile::from_json(&fs::read(file).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
    let batches = file.batches().iter();
    let batches = batches.map(|batch| (plan(batch, company), SubLedger::of(batch, company)));
    let orders = file.purchase_orders().iter();
    let orders = orders.map(|order| (plan(order, company), SubLedger::of(order, company)));
    let opening = company.opening_entry().map(|_| {
        let origin = Origin::opening_entry(file.batches()[0].store(), company).unwrap();
        (plan(origin, company), SubLedger::of(origin, company))
    });
    let mut plans = Vec::new();
    for (plan, sub_ledger) in opening.into_iter().chain(batches).chain(orders) {
        let mut plan = plan.unwrap_or_else(|e| panic!("{name}: {e}"));
        plan.match_payments(open());
        let mut movements = sub_ledger.movements;
        for planned in plan.documents() {
            let legs = legs(&planned.document, plan.period());
            assert_eq!(legs.iter().map(|leg| leg.amount).sum::<Money>(), Money::ZERO, "{}", planned.number);
            for leg in legs {
                *movements.entry((planned.txn_date, leg.account)).or_default() -= leg.amount;
            }
        }
        movements.retain(|_, amount| !amount.is_zero());
        assert!(movements.is_empty(), "{name}: legs and sub-ledger differ by {movements:?}");
        plans.push((page(&plan), serde_json::to_value(PlanView::new(&plan)).unwrap()));
    }
    plans
}

/// The table of hard cases names folders that exist.
#[test]
fn every_hard_case_has_its_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let table = include_str!("../../docs/hard-cases.md");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ") && line.contains('`')).collect();
    assert!(rows.len() >= 45, "{}", rows.len());
    for name in rows.iter().flat_map(|row| row.split('`').skip(1).step_by(2)) {
        let is_there = match name.split_once("::") {
            Some((file, test)) => {
                let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(file);
                fs::read_to_string(file).unwrap().contains(&format!("fn {test}("))
            }
            None => root.join(name).join("pos.json").is_file(),
        };
        assert!(is_there, "{name}");
    }
}

fn open_invoices(customers: &Value) -> OpenInvoices {
    let mut open = OpenInvoices::default();
    for (customer, invoices) in customers.as_object().unwrap() {
        let text = |invoice: &Value, field: &str| invoice[field].as_str().unwrap().to_owned();
        let read = |invoice: &Value| OpenInvoice {
            txn_date: text(invoice, "txn_date").parse().unwrap(),
            number: text(invoice, "number"),
            id: text(invoice, "id"),
            balance: Money::exact(text(invoice, "balance").parse().unwrap()).unwrap(),
        };
        open.add(
            CustomerKey { retailer: "1651".to_owned(), id: customer.clone() },
            invoices.as_array().unwrap().iter().map(read),
        );
    }
    open
}

/// Whoever reads a page is a bookkeeper: kinds are called as QuickBooks' pages call them, no code stands there.
#[test]
fn no_golden_page_speaks_in_codes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for case in fs::read_dir(&root).unwrap() {
        let page = fs::read_to_string(case.unwrap().path().join("page.txt")).unwrap();
        for code in ["CreditMemo", "SalesReceipt", "PurchaseOrder", "JournalEntry", "PaymentMethod"] {
            assert!(!page.contains(code), "{code} in {page}");
        }
    }
}
