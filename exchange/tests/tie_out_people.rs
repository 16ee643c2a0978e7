//! what people do in QuickBooks beside us, and to our documents: the one is named and no difference, the other is a
//! difference and names the document.

use crate::support;

use exchange::{Cause, Difference, Notice, PartTie, TieOut};
use pos_model::{Batch, PosFile, PurchaseOrder};
use serde_json::{Value, json};
use support::pos::{batch, golden, sale, sample_day, taxed_sale};
use support::wire::{Fault, creates};
use support::{World, once_more};

const TAKINGS: &str = "Cloud POS Till Takings Control Account";
const VOUCHERS: &str = "Cloud POS Vouchers Control Account";
const RECEIVABLE: &str = "Cloud POS Debtor (A/R) Control Account";
const SALES: &str = "Cloud POS Sales Control Account";
const DAY: &str = "2026-02-03";
const NEXT: &str = "2026-02-04";
const INVOICE: &str = "CLT1521022B4";

fn id_of(world: &World, entity: &str, name: &str) -> Value {
    let field = if entity == "Customer" { "DisplayName" } else { "Name" };
    let rows = world.wire.rows(entity);
    rows.iter().find(|row| row[field] == name).unwrap_or_else(|| panic!("no {name}"))["Id"].clone()
}

async fn posted() -> (World, Vec<Batch>) {
    let (world, day) = (World::new(), sample_day());
    world.run(&day).await;
    (world, day)
}

/// Cause, number, and the amounts that differ: account, date, customer, expected, found.
fn told(difference: &Difference) -> Vec<String> {
    let document = difference.document.as_ref();
    let mut lines = vec![format!(
        "{} {} {}",
        difference.cause.code(),
        document.map_or("-", |d| &d.number),
        document.map_or("-", |d| &d.origin)
    )];
    lines.extend(difference.amounts.iter().map(|a| {
        format!(
            "{} {} {} {} {}",
            a.account,
            a.date,
            a.customer.as_deref().unwrap_or("-"),
            a.expected,
            a.found
        )
    }));
    lines
}

/// The differences of a tie-out that has some.
fn differences(ties: &TieOut) -> Vec<Vec<String>> {
    assert!(!ties.is_tied_out());
    ties.differences.iter().map(told).collect()
}

fn untied(ties: &TieOut) -> Vec<&PartTie> {
    ties.parts.iter().filter(|part| !part.is_tied_out()).collect()
}

/// the till's cash is brought to the bank: a foreign document, and the account's balance says what is left.
#[tokio::test]
async fn x_01_a_bank_deposit_out_of_the_till_is_another_s_document() {
    let (world, day) = posted().await;
    let typed = world.bank_deposit(&json!(100.00), NEXT);
    let ties = world.tie_out(&day).await;
    assert!(ties.is_tied_out(), "{:?}", ties.differences);
    assert_eq!(ties.other_documents.len(), 1);
    let found = &ties.other_documents[0];
    assert_eq!((&*found.account, &*found.txn_type, &*found.number), (TAKINGS, "Deposit", ""));
    assert_eq!((found.id.as_str(), found.date.to_string()), (typed["Id"].as_str().unwrap(), NEXT.to_owned()));
    assert_eq!((found.amount.cents(), &found.may_be), (-10_000, &None));
    let balance = ties.balances.iter().find(|balance| balance.account == TAKINGS).unwrap();
    let ours = ties.accounts.iter().find(|tie| tie.name == TAKINGS).unwrap().planned;
    assert_eq!((balance.opening_balance.cents(), balance.ours, balance.other_batches.cents()), (0, ours, 0));
    assert_eq!(balance.other_documents.cents(), -10_000);
    assert_eq!(balance.closing(), balance.trial_balance);
}

/// X-01, T-05: a journal entry that an accountant makes on certificates, with its number.
#[tokio::test]
async fn x_01_a_journal_entry_on_certificates_is_another_s_document() {
    let (world, day) = posted().await;
    let line = |kind: &str, account: &str| {
        json!({"DetailType": "JournalEntryLineDetail", "Amount": 35.00,
            "JournalEntryLineDetail": {"PostingType": kind, "AccountRef": {"value": id_of(&world, "Account", account)}}})
    };
    let entry = json!({"TxnDate": "2026-01-31", "DocNumber": "JE-7",
        "Line": [line("Debit", "Opening Balance Equity"), line("Credit", VOUCHERS)]});
    world.wire.type_in("journalentry", &entry);
    let ties = world.tie_out(&day).await;
    assert!(ties.is_tied_out(), "{:?}", ties.differences);
    let found: Vec<_> = ties
        .other_documents
        .iter()
        .map(|d| (&*d.account, &*d.txn_type, &*d.number, d.amount.cents()))
        .collect();
    assert_eq!(found, [(VOUCHERS, "Journal Entry", "JE-7", -3_500)]);
}

/// an account's balance may be larger than any document's amount.
#[tokio::test]
async fn x_01_an_account_of_1_200_000_000_00_ties_out() {
    let (world, day) = posted().await;
    let line = |kind: &str, account: &str| {
        json!({"DetailType": "JournalEntryLineDetail", "Amount": 600_000_000.00,
            "JournalEntryLineDetail": {"PostingType": kind, "AccountRef": {"value": id_of(&world, "Account", account)}}})
    };
    let entry =
        |date: &str| json!({"TxnDate": date, "Line": [line("Debit", TAKINGS), line("Credit", SALES)]});
    for date in ["2025-01-31", "2025-02-28", NEXT] {
        world.wire.type_in("journalentry", &entry(date));
    }
    let ties = world.tie_out(&day).await;
    assert!(ties.is_tied_out(), "{:?}", ties.differences);
    let of = |name: &str| ties.balances.iter().find(|balance| balance.account == name).unwrap();
    let (takings, sales) = (of(TAKINGS), of(SALES));
    assert_eq!(takings.opening_balance.to_string(), "1200000000.00");
    assert_eq!((takings.closing() - takings.ours).to_string(), "1800000000.00");
    assert_eq!(
        (sales.opening_balance.cents(), sales.other_documents.to_string()),
        (0, "-600000000.00".to_owned())
    );
    assert_eq!((takings.closing(), sales.closing()), (takings.trial_balance, sales.trial_balance));
}

/// a document is ours by its kind and id, never by its number: a person types the same payment once more, under the
/// same number, which QuickBooks allows. It is a document of others, and a difference.
#[tokio::test]
async fn x_01_a_payment_typed_again_under_our_number_is_a_difference() {
    let (world, day) = posted().await;
    let row = world
        .wire
        .rows("Payment")
        .into_iter()
        .find(|row| row["PaymentRefNum"] == "CL15239T1521022B4")
        .unwrap();
    let typed = world.wire.type_in(
        "payment",
        &json!({"CustomerRef": row["CustomerRef"], "TotalAmt": 112.59, "TxnDate": DAY,
            "PaymentRefNum": "CL15239T1521022B4", "DepositToAccountRef": row["DepositToAccountRef"]}),
    );
    let ties = world.tie_out(&day).await;
    assert_eq!(
        differences(&ties),
        [[
            "posted-twice CL15239T1521022B4 boston/1/4",
            "Cloud POS Debtor (A/R) Control Account 2026-02-03 - -112.59 -225.18",
            "Cloud POS Till Takings Control Account 2026-02-03 - 112.59 225.18",
        ]]
    );
    let found: Vec<_> = ties
        .other_documents
        .iter()
        .map(|d| (&*d.account, &*d.id, d.amount.cents(), d.may_be.is_some()))
        .collect();
    let id = typed["Id"].as_str().unwrap();
    assert_eq!(found, [(RECEIVABLE, id, -11_259, false), (TAKINGS, id, 11_259, false)]);
}

/// a kind of document has ids of its own: a deposit under the id of our payment is not our payment.
#[tokio::test]
async fn x_01_a_posting_of_another_kind_under_our_id_is_not_ours() {
    let (world, day) = posted().await;
    let turned: fn(&mut Value) = |body| {
        let rows = body.pointer_mut("/Rows/Row").unwrap().as_array_mut().unwrap();
        let data = rows.iter_mut().flat_map(|section| section["Rows"]["Row"].as_array_mut().unwrap());
        for cells in data.map(|row| row["ColData"].as_array_mut().unwrap()) {
            if cells.iter().any(|cell| cell["value"] == "CL15239T1521022B4") {
                cells.iter_mut().find(|cell| cell["value"] == "Payment").unwrap()["value"] = json!("Deposit");
            }
        }
    };
    world.wire.once(support::wire::reads("reports/GeneralLedger", ""), Fault::Altered(turned));
    let ties = world.tie_out(&day).await;
    assert_eq!(ties.other_documents.iter().map(|d| &*d.txn_type).collect::<Vec<_>>(), ["Deposit", "Deposit"]);
    // Our payment is not there, and something else bears its number.
    let causes: Vec<_> = ties.differences.iter().map(|difference| difference.cause.code()).collect();
    assert_eq!(causes, ["edited", "posted-twice"]);
}

/// what the till or the mapping changed after posting, and what QuickBooks stored otherwise, is told apart from what
/// people did.
#[tokio::test]
async fn x_01_a_changed_plan_and_a_distorted_document_are_told_apart_from_edits() {
    let world = World::new();
    let dated: fn(&mut Value) = |body| body["TxnDate"] = json!(NEXT);
    world.wire.once(creates("invoice", "CLT2B4"), Fault::StoredOtherwise(dated));
    let day = |amount: &str| [batch("1", 4, DAY, &[sale(1, DAY, amount), sale(2, DAY, "30.00")])];
    world.run(&day("20.00")).await;
    world.wire.change("Invoice", "CLT2B4", "update", &json!({"TxnDate": NEXT}));
    let ties = world.tie_out(&day("25.00")).await;
    let told: Vec<_> = differences(&ties).into_iter().map(|lines| lines[0].clone()).collect();
    assert_eq!(
        told,
        [
            "plan-changed CLT1B4 boston/1/4",
            "plan-changed CL15239T1B4 boston/1/4",
            "distorted CLT2B4 boston/1/4",
            "not-posted CL15239T2B4 boston/1/4",
        ]
    );
}

/// a person changes the amount of our invoice: that document is the difference, in its accounts, and no other is.
#[tokio::test]
async fn x_01_an_edited_invoice_is_named_with_its_amounts() {
    let (world, day) = posted().await;
    let item = id_of(&world, "Item", "Cloud POS Item");
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": 120.00,
        "SalesItemLineDetail": {"ItemRef": {"value": item}, "TaxCodeRef": {"value": "NON"}}});
    let fields = json!({"Line": [line], "TxnTaxDetail": {"TotalTax": 0}});
    world.wire.change("Invoice", INVOICE, "update", &fields);
    let ties = world.tie_out(&day).await;
    assert_eq!(
        differences(&ties),
        [[
            "edited CLT1521022B4 boston/1/4".to_owned(),
            format!("{SALES} {DAY} - -105.97 -120.00"),
            format!("{RECEIVABLE} {DAY} Boston Store 112.59 120.00"),
            format!("Sales Tax Payable {DAY} - -6.62 0.00"),
        ]]
    );
    let names: Vec<_> = ties
        .accounts
        .iter()
        .filter(|t| !t.is_tied_out())
        .map(|t| (&*t.name, t.difference().cents()))
        .collect();
    assert_eq!(names, [(SALES, -1_403), (RECEIVABLE, 741), ("Sales Tax Payable", 662)]);
    assert!(!ties.is_explained());
    assert!(ties.other_documents.is_empty());
}

/// X-01, T-05: an entry turned round moves the same amounts the other way: each of its accounts differs by twice as much.
#[tokio::test]
async fn x_01_a_document_with_its_sides_turned_is_an_edited_one() {
    let mut world = World::new();
    let opening = json!({"opening": {"date": "2026-02-02", "vouchers": "48.00", "deposits": "17.00",
        "from_account": "Opening Balance Equity", "confirmed": true}});
    world.map(serde_json::from_value(opening).unwrap());
    let day = sample_day();
    world.exchange().run_opening_entry(day[0].store()).await.unwrap();
    world.run(&day).await;
    let mut lines = world.wire.rows("JournalEntry")[0]["Line"].clone();
    for line in lines.as_array_mut().unwrap() {
        let side = &mut line["JournalEntryLineDetail"]["PostingType"];
        *side = json!(if *side == "Debit" { "Credit" } else { "Debit" });
    }
    world.wire.change("JournalEntry", "CLOB260202", "update", &json!({ "Line": lines }));
    let ties = world.tie_out(&day).await;
    assert_eq!(differences(&ties).len(), 1);
    let told = told(&ties.differences[0]);
    assert!(told[0].starts_with("edited CLOB260202 "), "{told:?}");
    assert_eq!(
        told[1..],
        [
            format!("{VOUCHERS} 2026-02-02 - -48.00 48.00"),
            "Cloud POS Deposits Control Account 2026-02-02 - -17.00 17.00".to_owned(),
            "Opening Balance Equity 2026-02-02 - 65.00 -65.00".to_owned(),
        ]
    );
}

/// voided and deleted documents are told apart, though the general ledger shows neither.
#[tokio::test]
async fn x_01_voided_and_deleted_documents_are_named() {
    for (operation, code) in [("void", "voided"), ("delete", "deleted")] {
        let (world, day) = posted().await;
        world.wire.change("Payment", "CL15239T1521022B4", operation, &json!({}));
        let ties = world.tie_out(&day).await;
        assert_eq!(
            differences(&ties),
            [[
                format!("{code} CL15239T1521022B4 boston/1/4"),
                format!("{RECEIVABLE} {DAY} Boston Store -112.59 0.00"),
                format!("{TAKINGS} {DAY} - 112.59 0.00"),
            ]]
        );
    }
}

/// a document moved to another day: each date differs, the accounts as a whole do not. Moved out of the year, they do.
#[tokio::test]
async fn x_01_a_document_moved_to_another_day_differs_by_date() {
    let (world, day) = posted().await;
    world.wire.change("Invoice", INVOICE, "update", &json!({"TxnDate": NEXT}));
    let ties = world.tie_out(&day).await;
    assert_eq!(
        differences(&ties),
        [[
            "edited CLT1521022B4 boston/1/4".to_owned(),
            format!("{SALES} {DAY} - -105.97 0.00"),
            format!("{SALES} {NEXT} - 0.00 -105.97"),
            format!("{RECEIVABLE} {DAY} Boston Store 112.59 0.00"),
            format!("{RECEIVABLE} {NEXT} Boston Store 0.00 112.59"),
            format!("Sales Tax Payable {DAY} - -6.62 0.00"),
            format!("Sales Tax Payable {NEXT} - 0.00 -6.62"),
        ]]
    );
    assert_eq!(ties.differences[0].cause, Cause::Edited { date: Some(NEXT.parse().unwrap()) });
    assert!(ties.accounts.iter().all(exchange::AccountTie::is_tied_out), "{:?}", ties.accounts);
    assert!(untied(&ties).iter().all(|part| part.origin == "boston/1/4"));

    world.wire.change("Invoice", INVOICE, "update", &json!({"TxnDate": "2027-01-04"}));
    let ties = world.tie_out(&day).await;
    assert_eq!(ties.differences[0].cause, Cause::Edited { date: Some("2027-01-04".parse().unwrap()) });
    let sales = ties.accounts.iter().find(|tie| tie.name == SALES).unwrap();
    assert_eq!(sales.difference().cents(), 10_597);
}

/// a document that always came to 0.00 and is moved to another day is changed, not voided; within the year and out of
/// it. Voided, it moves nothing.
#[tokio::test]
async fn x_01_a_document_of_0_00_that_was_moved_is_edited_and_not_voided() {
    let moved = |date: &str| json!({ "TxnDate": date });
    for (operation, fields, code, lines) in [
        ("update", moved(NEXT), "edited", 5),
        ("update", moved("2027-01-04"), "edited", 3),
        ("void", json!({}), "voided", 3),
    ] {
        let (world, day) = (World::new(), golden("d07_certificate_covers_all"));
        world.run(&day).await;
        world.wire.change("Invoice", "CLT14B3", operation, &fields);
        let told = differences(&world.tie_out(&day).await);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((&*told[0][0], told[0].len()), (&*format!("{code} CLT14B3 boston/1/3"), lines));
    }
}

/// a document that is there and cannot be read is not deleted: posted by hand it would stand there twice.
#[tokio::test]
async fn x_01_a_changed_document_that_cannot_be_read_is_not_deleted() {
    let (world, day) = posted().await;
    world.wire.change("Invoice", INVOICE, "update", &json!({"TxnDate": NEXT}));
    let unreadable: fn(&mut Value) =
        |body| body["QueryResponse"]["Invoice"][0]["TotalAmt"] = json!("112.594");
    world.wire.once(support::wire::reads("query", "from Invoice"), Fault::Altered(unreadable));
    let ties = world.tie_out(&day).await;
    assert!(world.wire.heal(), "the failure never came");
    assert_eq!(differences(&ties)[0][0], "edited CLT1521022B4 boston/1/4");
    assert_eq!(ties.differences[0].cause, Cause::Edited { date: None });
}

/// an invoice given to another customer: Accounts Receivable by customer differs, the account does not.
#[tokio::test]
async fn x_01_an_invoice_given_to_another_customer_differs_by_customer() {
    let (world, day) = (World::new(), golden("g12_charge_to_account"));
    world.run(&day).await;
    let other = world.wire.type_in("customer", &json!({"DisplayName": "Pat"}));
    let fields = json!({"CustomerRef": {"value": other["Id"]}});
    world.wire.change("Invoice", "CLT1521050B7", "update", &fields);
    let ties = world.tie_out(&day).await;
    let total = ties.accounts.iter().find(|tie| tie.name == RECEIVABLE).unwrap();
    assert!(total.is_tied_out(), "{total:?}");
    let lines: Vec<_> = untied(&ties)
        .iter()
        .map(|part| {
            (&*part.account, part.customer.as_deref().unwrap(), part.pos, part.planned, part.quickbooks)
        })
        .collect();
    let (charge, zero) = (total.planned, pos_model::Money::ZERO);
    assert_eq!(
        lines,
        [(RECEIVABLE, "1651-1042", charge, charge, zero), (RECEIVABLE, "Pat", zero, zero, charge)]
    );
    assert_eq!(differences(&ties).len(), 1);
    assert_eq!(ties.differences[0].document.as_ref().unwrap().number, "CLT1521050B7");
}

/// a document of unknown outcome explains its difference; when it is there all the same, the foreign document that
/// has its kind and number says so, and the next run adopts it.
#[tokio::test]
async fn x_01_an_unknown_document_is_explained_and_its_double_is_pointed_at() {
    let world = World::new();
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00")])];
    world.wire.times(9, creates("invoice", "CLT1B4"), Fault::AnswerLost);
    let (sent, looked_up) = (creates("invoice", "CLT1B4"), support::wire::reads("query", "CLT1B4"));
    world.wire.times_after(sent, 99, looked_up, Fault::Status(503, false));
    let mut exchange = world.exchange();
    exchange.run(&day[0]).await.unwrap();
    for ties in [exchange.tie_out(&day).await.unwrap(), world.tie_out(&day).await] {
        let told = differences(&ties);
        let causes: Vec<_> = told.iter().map(|lines| lines[0].as_str()).collect();
        assert_eq!(causes, ["not-posted CLT1B4 boston/1/4", "not-posted CL15239T1B4 boston/1/4"]);
        let outcome = |difference: &Difference| match &difference.cause {
            Cause::NotPosted { outcome, .. } => outcome.word(),
            other => panic!("{other:?}"),
        };
        assert_eq!(ties.differences.iter().map(outcome).collect::<Vec<_>>(), ["unknown", "held"]);
        assert!(ties.is_explained());
        assert!(
            ties.other_documents
                .iter()
                .all(|d| d.may_be.as_ref().is_some_and(|key| key.as_str() == "inv-CLT1B4"))
        );
        assert_eq!(ties.other_documents.len(), 2, "on A/R and on sales");
    }
    world.wire.heal();
    world.run(&day).await;
    let ties = world.tie_out(&day).await;
    assert!(ties.is_tied_out() && ties.other_documents.is_empty(), "{ties:?}");
}

/// two batches on one date, and one batch over two: every batch and every date has its own figures.
#[tokio::test]
async fn x_01_each_batch_and_each_date_has_its_own_figures() {
    let world = World::new();
    let batches = [
        batch("1", 4, DAY, &[sale(1, DAY, "20.00"), taxed_sale(2, NEXT)]),
        batch("2", 5, DAY, &[sale(3, DAY, "30.00")]),
    ];
    world.run(&batches).await;
    let ties = world.tie_out(&batches).await;
    assert!(ties.is_tied_out(), "{:?}", ties.differences);
    let takings: Vec<_> = (ties.parts.iter())
        .filter(|part| part.account == TAKINGS)
        .map(|part| (&*part.origin, part.date.to_string(), part.quickbooks.cents()))
        .collect();
    assert_eq!(
        takings,
        [
            ("boston/1/4", DAY.to_owned(), 2_000),
            ("boston/1/4", NEXT.to_owned(), 10_625),
            ("boston/2/5", DAY.to_owned(), 3_000),
        ]
    );
    world.wire.change("Payment", "CL15239T3B5", "update", &json!({"TxnDate": NEXT}));
    let ties = world.tie_out(&batches).await;
    assert!(untied(&ties).iter().all(|part| part.origin == "boston/2/5"), "{:?}", untied(&ties));
    assert!(ties.accounts.iter().all(exchange::AccountTie::is_tied_out));
}

/// the second fiscal year stands on the balance of the first; its batch ties out by itself, and what people did to
/// the first year's documents is no difference of the second.
#[tokio::test]
async fn x_01_a_second_fiscal_year_opens_with_the_first_ones_balance() {
    let world = World::new();
    let batches = [
        batch("1", 4, "2025-11-28", &[sale(1, "2025-11-28", "20.00")]),
        batch("1", 5, DAY, &[sale(2, DAY, "30.00")]),
    ];
    world.run(&batches).await;
    world.wire.change("Payment", "CL15239T1B4", "delete", &json!({}));
    let second = world.tie_out(&batches[1..]).await;
    assert!(second.is_tied_out(), "{:?}", second.differences);
    let balance = |ties: &TieOut, account: &str| -> Vec<[i64; 4]> {
        let of_account = ties.balances.iter().filter(|balance| balance.account == account);
        of_account
            .map(|b| [b.opening_balance, b.ours, b.other_batches, b.trial_balance].map(|m| m.cents()))
            .collect()
    };
    assert_eq!(balance(&second, TAKINGS), [[0, 3_000, 0, 3_000]]);
    assert_eq!(balance(&second, RECEIVABLE), [[2_000, 0, 0, 2_000]]);
    assert_eq!(balance(&second, SALES), [[0, -3_000, 0, -3_000]], "income starts its year at 0.00");
    let both = world.tie_out(&batches).await;
    assert_eq!(differences(&both).len(), 1);
    assert_eq!(balance(&both, RECEIVABLE), [[0, 2_000, 0, 2_000], [2_000, 0, 0, 2_000]]);
}

/// a general ledger that is cut off does not pass for the whole one: it does not add up to its own totals, and where
/// those are cut too, not to the trial balance.
#[tokio::test]
async fn x_01_a_ledger_that_is_cut_off_is_seen_in_the_trial_balance() {
    let (world, day) = posted().await;
    let cut: fn(&mut Value) = |body| {
        for section in body["Rows"]["Row"].as_array_mut().unwrap() {
            let rows = section["Rows"]["Row"].as_array_mut().unwrap();
            rows.truncate(rows.len() - 1);
        }
    };
    world.wire.once(support::wire::reads("reports/GeneralLedger", ""), Fault::Altered(cut));
    let error = world.exchange().tie_out(&day).await.unwrap_err();
    let source = std::error::Error::source(&error).unwrap();
    let causes = format!("{source} {}", source.source().unwrap());
    assert!(causes.contains("does not add up"), "{causes}");

    let cut_with_totals: fn(&mut Value) = |body| {
        let columns = body["Columns"]["Column"].as_array().unwrap();
        let amount =
            columns.iter().position(|column| column["MetaData"][0]["Value"] == "subt_nat_amount").unwrap();
        for section in body["Rows"]["Row"].as_array_mut().unwrap() {
            let rows = section["Rows"]["Row"].as_array_mut().unwrap();
            rows.truncate(rows.len() - 1);
            let cents = |row: &Value| {
                row["ColData"][amount]["value"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap_or(0)
            };
            let total: i64 = rows.iter().map(cents).sum();
            let sign = if total < 0 { "-" } else { "" };
            let text = format!("{sign}{}.{:02}", total.abs() / 100, total.abs() % 100);
            section["Summary"]["ColData"][amount]["value"] = json!(text);
        }
    };
    world.wire.times(2, support::wire::reads("reports/GeneralLedger", ""), Fault::Altered(cut_with_totals));
    let ties = world.tie_out(&day).await;
    assert!(ties.differences.iter().any(|difference| difference.cause == Cause::TrialBalance), "{ties:?}");
    assert!(!ties.is_explained());
    assert!(world.tie_out(&day).await.is_tied_out());
}

/// any document of ours that stands in QuickBooks a second time is a difference that names both, whatever its kind,
/// also where the second one has another number.
#[tokio::test]
async fn x_01_a_document_of_any_kind_that_is_there_twice_is_a_difference() {
    let of_the_day = ["Invoice", "CreditMemo", "Payment", "Purchase", "SalesReceipt"];
    for entity in of_the_day {
        let (world, day) = posted().await;
        let rows = world.wire.rows(entity);
        let row = rows.iter().find(|row| row["TotalAmt"] != 0).unwrap();
        let second = once_more(&world, entity, row);
        assert_ne!(second["Id"], row["Id"]);
        let ties = world.tie_out(&day).await;
        let twice: Vec<&Difference> =
            ties.differences.iter().filter(|d| d.cause.code() == "posted-twice").collect();
        let number = if entity == "Payment" { &row["PaymentRefNum"] } else { &row["DocNumber"] };
        assert_eq!(twice.len(), 1, "{entity}: {ties:?}");
        assert_eq!(twice[0].document.as_ref().unwrap().number, number.as_str().unwrap(), "{entity}");
        assert_eq!(ties.differences.len(), 1, "{entity}: {ties:?}");
        assert!(!ties.is_tied_out() && !ties.is_explained(), "{entity}");
    }
}

/// a copy that a person made in QuickBooks and dated otherwise still has our memo.
#[tokio::test]
async fn x_01_a_copy_of_our_document_on_another_day_is_a_difference() {
    let (world, day) = posted().await;
    let mut row = world.wire.rows("Purchase").remove(0);
    row["TxnDate"] = json!(NEXT);
    row["DocNumber"] = json!("R-17");
    once_more(&world, "Purchase", &row);
    let ties = world.tie_out(&day).await;
    let told: Vec<String> = ties.differences.iter().map(|difference| difference.cause.to_string()).collect();
    let words = "which this program did not post; delete one of the two there";
    assert_eq!(told, [format!("QuickBooks has it a second time, as Cash Expense R-17 of {NEXT}, {words}")]);
}

/// a sale that somebody else makes to the same customer on the same day, over another amount, is nobody's second one.
#[tokio::test]
async fn x_01_another_sale_to_our_customer_is_no_difference() {
    let (world, day) = posted().await;
    let rows = world.wire.rows("Invoice");
    let mut row = rows.iter().find(|row| row["TotalAmt"] != 0).unwrap().clone();
    row["DocNumber"] = json!("W-1");
    row["PrivateNote"] = json!("web shop");
    row["TxnTaxDetail"] = Value::Null;
    row["Line"] = json!([{"DetailType": "SalesItemLineDetail", "Amount": 1.25,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}]);
    once_more(&world, "Invoice", &row);
    let ties = world.tie_out(&day).await;
    assert!(ties.is_tied_out(), "{:?}", ties.differences);
    assert!(ties.other_documents.iter().any(|document| document.number == "W-1"));
}

async fn received() -> (World, Vec<PurchaseOrder>) {
    let bytes = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../mapping/tests/golden/g15_purchase_order_with_everything/pos.json"
    ));
    let orders = PosFile::from_json(&bytes.unwrap()).unwrap().purchase_orders().to_vec();
    let world = World::new();
    for order in &orders {
        world.exchange().run(order).await.unwrap();
    }
    (world, orders)
}

/// a bill that stands there twice, under a number that QuickBooks does not guard.
#[tokio::test]
async fn x_01_a_bill_that_is_there_twice_is_a_difference() {
    let (world, orders) = received().await;
    let row = world.wire.rows("Bill").remove(0);
    once_more(&world, "Bill", &row);
    let ties = world.exchange().tie_out(&orders).await.unwrap();
    let causes: Vec<_> = ties.differences.iter().map(|difference| difference.cause.code()).collect();
    assert_eq!(causes, ["posted-twice"]);
    assert_eq!(ties.differences[0].document.as_ref().unwrap().number, row["DocNumber"].as_str().unwrap());
}

/// a bill that somebody typed from the supplier's paper, onto an expense account of their own choice, is a notice: the
/// same supplier, and the date and amount or the supplier's reference.
#[tokio::test]
async fn x_01_a_bill_typed_by_hand_is_a_notice() {
    let (world, orders) = received().await;
    let row = world.wire.rows("Bill").remove(0);
    let typed = |date: &str, number: &str, amount: &Value| {
        let line = json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": amount,
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": id_of(&world, "Account", "Office Expenses")}}});
        let body =
            json!({"VendorRef": row["VendorRef"], "TxnDate": date, "DocNumber": number, "Line": [line]});
        world.wire.type_in("bill", &body);
    };
    let notices = async || {
        let ties = world.exchange().tie_out(&orders).await.unwrap();
        assert!(ties.is_tied_out(), "{:?}", ties.differences);
        let by_hand = ties.notices.iter().filter(|notice| matches!(notice, Notice::BillByHand { .. }));
        by_hand.map(ToString::to_string).collect::<Vec<_>>()
    };
    let date = row["TxnDate"].as_str().unwrap();
    typed("2026-03-30", "INV-1", &json!(3.50));
    assert_eq!(notices().await, [""; 0], "another bill of the supplier");
    typed(date, "INV-2", &row["TotalAmt"]);
    let ours = row["DocNumber"].as_str().unwrap();
    let words = "if both are for the same goods, delete the one that was typed by hand";
    let told = notices().await;
    assert_eq!(told.len(), 1);
    let amount = row["TotalAmt"].to_string();
    assert!(told[0].starts_with(&format!("QuickBooks has a bill INV-2 of {date} over {amount}")), "{told:?}");
    assert!(told[0].ends_with(&format!("from the supplier of bill {ours}: {words}")), "{told:?}");
    typed("2026-03-30", "sh-7741", &json!(3.50));
    assert_eq!(notices().await.len(), 2, "the supplier's own reference, on another day");
}
