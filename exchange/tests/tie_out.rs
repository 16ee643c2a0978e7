//! till, plan and QuickBooks agree to the cent, whatever else is in the company; and they do not when it is wrong.

use crate::support;

use std::collections::BTreeMap;

use exchange::{AccountTie, Difference, TieOut};
use mapping::{AccountRole, CompanyMapping};
use pos_model::{Batch, Money, PosFile};
use qb_simulator::CompanyOptions;
use serde_json::{Value, json};
use support::World;
use support::pos::{batch, golden, sale, sample_day, taxed_sale};
use support::wire::{Fault, creates, reads};

const TAKINGS: &str = "Cloud POS Till Takings Control Account";
const SALES: &str = "Cloud POS Sales Control Account";

fn tie<'t>(ties: &'t TieOut, name: &str) -> &'t AccountTie {
    ties.accounts.iter().find(|tie| tie.name == name).unwrap_or_else(|| panic!("no {name} in {ties:?}"))
}

fn cents(tie: &AccountTie) -> [i64; 3] {
    [tie.pos, tie.planned, tie.quickbooks].map(Money::cents)
}

/// Every account ties out, and at least this many of them moved.
fn expect_tied(ties: &TieOut, moved: usize, place: &str) {
    assert!(ties.is_tied_out(), "{place}: {ties:?}");
    let found = ties.accounts.iter().filter(|tie| !tie.quickbooks.is_zero()).count();
    assert!(found >= moved, "{place}: only {found} accounts moved in {ties:?}");
}

fn id_of(world: &World, entity: &str, name: &str) -> Value {
    let field = if entity == "Customer" { "DisplayName" } else { "Name" };
    let rows = world.wire.rows(entity);
    rows.iter().find(|row| row[field] == name).unwrap_or_else(|| panic!("no {name}"))["Id"].clone()
}

/// Somebody else pays this from an account.
fn pay_from(world: &World, account: &str, to: &str, amount: f64, date: &str) {
    let (from, to) = (id_of(world, "Account", account), id_of(world, "Account", to));
    let line = json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": amount,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": to}}});
    let body = json!({"PaymentType": "Cash", "AccountRef": {"value": from}, "TxnDate": date, "Line": [line]});
    world.wire.type_in("purchase", &body);
}

/// Somebody else sells something to a customer of theirs, on account.
fn sell(world: &World, customer: &str, amount: f64, date: &str) {
    if !world.wire.rows("Customer").iter().any(|row| row["DisplayName"] == customer) {
        world.wire.type_in("customer", &json!({"DisplayName": customer}));
    }
    let line = json!({"DetailType": "SalesItemLineDetail", "Amount": amount,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "TAX"}}});
    let tax = json!({"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 1.00});
    world.wire.type_in(
        "invoice",
        &json!({"CustomerRef": {"value": id_of(world, "Customer", customer)}, "TxnDate": date, "Line": [line],
            "TxnTaxDetail": tax}),
    );
}

/// Two years of one register, each with two sales, of which one is taxed.
fn two_years() -> Vec<Batch> {
    ["2025-11-28", "2026-02-03"]
        .iter()
        .enumerate()
        .map(|(at, date)| batch("1", 4 + at as u64, date, &[taxed_sale(1, date), sale(2, date, "20.00")]))
        .collect()
}

/// the sample day, to the cent, and each batch of it by itself.
#[tokio::test]
async fn a_day_ties_out_as_a_whole_and_batch_by_batch() {
    let world = World::new();
    let day = sample_day();
    world.run(&day).await;
    let ties = world.tie_out(&day).await;
    expect_tied(&ties, 7, "the day");
    assert_eq!(cents(tie(&ties, SALES)), [-38_097; 3]);
    assert_eq!(ties.accounts.len(), 8);
    for batch in &day {
        expect_tied(&world.tie_out(std::slice::from_ref(batch)).await, 2, "one batch");
    }
}

/// before anything is posted the tie-out shows what is missing, account by account.
#[tokio::test]
async fn what_is_not_posted_is_a_difference() {
    let world = World::new();
    let day = sample_day();
    world.run(&day[..2]).await;
    let ties = world.tie_out(&day).await;
    assert!(!ties.is_tied_out());
    let takings = tie(&ties, TAKINGS);
    assert_eq!(takings.pos, takings.planned);
    assert_eq!(takings.difference().cents(), -9_499, "float 95.00, refund and swap -0.01");
    assert_eq!(takings.not_posted, takings.planned - takings.quickbooks);
    assert!(ties.is_explained(), "{:?}", ties.differences);
    let (first, last) = (&ties.differences[0], ties.differences.last().unwrap());
    let name = |difference: &Difference| difference.document.as_ref().unwrap().key.to_string();
    assert_eq!(
        (name(first), name(last)),
        ("sr-CL15239DP11790B10".to_owned(), "pay-CL15236T1522871B11".to_owned())
    );
    assert_eq!(first.cause.to_string(), "held: it was not sent yet");
}

/// two fiscal years, posted in either order, together and each by itself.
#[tokio::test]
async fn two_fiscal_years_tie_out_in_either_order() {
    for is_turned in [false, true] {
        let mut batches = two_years();
        if is_turned {
            batches.reverse();
        }
        let world = World::new();
        world.run(&batches[..1]).await;
        expect_tied(&world.tie_out(&batches[..1]).await, 3, "the first");
        world.run(&batches).await;
        expect_tied(&world.tie_out(&batches).await, 3, "both");
        for batch in &batches {
            expect_tied(&world.tie_out(std::slice::from_ref(batch)).await, 3, "one of two");
        }
    }
}

/// a fiscal year from July: one batch early in it, one late, one in the next.
#[tokio::test]
async fn a_fiscal_year_may_start_in_july() {
    let world = World::with(CompanyOptions { fiscal_year_start_month: 7, ..CompanyOptions::default() });
    world.clock.advance_to("2026-07-01");
    let of = |number, date| batch("1", number, date, &[taxed_sale(1, date)]);
    let batches = [of(4, "2025-08-15"), of(5, "2026-02-03"), of(6, "2026-07-01")];
    world.run(&batches).await;
    expect_tied(&world.tie_out(&batches).await, 3, "all");
    for batch in &batches {
        expect_tied(&world.tie_out(std::slice::from_ref(batch)).await, 3, "one");
    }
}

/// what others post to the same accounts is named, document by document; what they post elsewhere is not.
#[tokio::test]
async fn documents_of_others_are_no_difference() {
    let mut world = World::new();
    let accounts = BTreeMap::from([(AccountRole::TillTakings, "Checking".to_owned())]);
    world.map(CompanyMapping { accounts, ..CompanyMapping::default() });
    sell(&world, "Pat", 70.0, "2025-05-05");
    sell(&world, "Pat", 80.0, "2026-01-05");
    pay_from(&world, "Checking", "Office Expenses", 33.33, "2026-01-06");
    let day = sample_day();
    for batch in &day {
        world.run(std::slice::from_ref(batch)).await;
        pay_from(&world, "Savings", "Office Expenses", 12.0, "2026-02-03");
    }
    let ties = world.tie_out(&day).await;
    expect_tied(&ties, 7, "among others");
    // The two sales move Accounts Receivable, income shared by nobody, and sales tax; last year's stands in the opening.
    let found: Vec<_> = ties
        .other_documents
        .iter()
        .map(|d| (&*d.account, &*d.txn_type, d.date.to_string(), d.amount.cents()))
        .collect();
    assert_eq!(
        found,
        [
            ("Accounts Receivable (A/R)", "Invoice", "2026-01-05".to_owned(), 8_100),
            ("Checking", "Cash Expense", "2026-01-06".to_owned(), -3_333),
            ("Sales Tax Payable", "Invoice", "2026-01-05".to_owned(), -100),
        ]
    );
    let receivable = ties.balances.iter().find(|b| b.account.contains("A/R")).unwrap();
    assert_eq!(receivable.opening_balance.cents(), 7_100, "last year's invoice");
    world.audit();
}

/// other batches of ours, posted before, in between or after, are not this batch's movement.
#[tokio::test]
async fn other_batches_of_ours_are_no_difference() {
    let world = World::new();
    let day = sample_day();
    let earlier = golden("d05_swap_with_net_refund");
    world.run(&earlier).await;
    world.run(&day[..2]).await;
    expect_tied(&world.tie_out(&day[1..2]).await, 5, "the second register");
    let ties = world.tie_out(&day[..1]).await;
    assert!(ties.other_documents.is_empty(), "{:?}", ties.other_documents);
    let balance = ties.balances.iter().find(|balance| balance.account == SALES).unwrap();
    assert_eq!(balance.ours.cents(), -13_097);
    assert!(!balance.other_batches.is_zero() && balance.closing() == balance.trial_balance, "{balance:?}");
    world.run(&day).await;
    for batches in [&earlier, &day] {
        expect_tied(&world.tie_out(batches).await, 2, "each file");
    }
}

/// the log is lost after one batch; the other is posted with a new log, to which the first is
/// foreign until it is adopted.
#[tokio::test]
async fn with_a_lost_log_old_and_new_batches_tie_out() {
    for batches in [two_years(), sample_day()[..2].to_vec()] {
        let world = World::new();
        world.run(&batches[..1]).await;
        world.log.replace(&[]);
        world.run(&batches[1..]).await;
        expect_tied(&world.tie_out(&batches[1..]).await, 3, "the new one");
        world.run(&batches).await;
        expect_tied(&world.tie_out(&batches).await, 3, "both");
        for batch in &batches {
            expect_tied(&world.tie_out(std::slice::from_ref(batch)).await, 3, "each");
        }
    }
}

/// an attempt that took effect late is found by its id.
#[tokio::test]
async fn a_document_that_came_late_ties_out() {
    let world = World::new();
    let batches = two_years();
    world.wire.times(4, creates("invoice", "CLT1B4"), Fault::RequestLost);
    world.run(&batches[..1]).await;
    world.run(&batches).await;
    world.run(&batches).await;
    expect_tied(&world.tie_out(&batches).await, 3, "both");
}

/// a refused document and those held behind it are explained differences, in this process and in the next.
#[tokio::test]
async fn a_document_that_was_refused_is_an_explained_difference() {
    let world = World::new();
    world.wire.once(creates("invoice", "CLT1521022B4"), Fault::Refused("6210"));
    let day = &sample_day()[..1];
    world.run(day).await;
    let ties = world.tie_out(day).await;
    assert_eq!(tie(&ties, SALES).difference().cents(), 10_597);
    assert_eq!(tie(&ties, "Sales Tax Payable").difference().cents(), 662);
    let causes: Vec<String> = ties.differences.iter().map(|d| d.cause.to_string()).collect();
    assert_eq!(
        causes,
        [
            "refused: the books are closed for its date; set the closing date back in QuickBooks, run again, and close \
             the books once more (QuickBooks' code 6210)",
            "held: it was not sent yet"
        ]
    );
    assert!(ties.is_explained() && !ties.is_tied_out());
    world.run(day).await;
    expect_tied(&world.tie_out(day).await, 4, "healed");
}

/// the POS takes a sale out of a batch that was posted. Its documents are this batch's still, not somebody else's.
#[tokio::test]
async fn a_posted_document_that_the_till_no_longer_has_is_a_difference() {
    let world = World::new();
    let (kept, gone) = (sale(1, "2026-02-03", "20.00"), sale(2, "2026-02-03", "30.00"));
    world.run(&[batch("1", 4, "2026-02-03", &[kept.clone(), gone])]).await;
    let ties = world.tie_out(&[batch("1", 4, "2026-02-03", &[kept])]).await;
    assert!(!ties.is_tied_out(), "{ties:?}");
    assert_eq!(tie(&ties, TAKINGS).difference().cents(), 3_000);
    let named: Vec<_> = (ties.differences.iter())
        .map(|d| {
            (d.cause.code(), &*d.document.as_ref().unwrap().number, d.document.as_ref().unwrap().id.is_some())
        })
        .collect();
    assert_eq!(named, [("no-longer-planned", "CLT2B4", true), ("no-longer-planned", "CL15239T2B4", true)]);
    assert!(!ties.is_explained());
}

/// T-06: a sale that was voided at the till after it was posted is refused until what is gone from the file is gone from
/// QuickBooks too, by deleting or by voiding; then the batch is as the file says, and the report names what was removed.
#[tokio::test]
async fn t_06_what_is_gone_from_the_file_and_from_quickbooks_ties_out() {
    for (operation, numbers) in [("delete", ["CL15239T2B4", "CLT2B4"]), ("void", ["CL15239T2B4", "CLT2B4"])] {
        let world = World::new();
        let (kept, gone) = (sale(1, "2026-02-03", "20.00"), sale(2, "2026-02-03", "30.00"));
        world.run(&[batch("1", 4, "2026-02-03", &[kept.clone(), gone.clone()])]).await;
        let now = [batch("1", 4, "2026-02-03", std::slice::from_ref(&kept))];
        let refused = async || world.exchange().run(&now[0]).await.unwrap_err().to_string();
        let said = refused().await;
        assert!(said.contains("no longer in it: Invoice CLT2B4, Payment CL15239T2B4"), "{said}");
        world.wire.change("Payment", numbers[0], operation, &json!({}));
        assert!(refused().await.contains("Invoice CLT2B4"), "its invoice still stands");
        world.wire.change("Invoice", numbers[1], operation, &json!({}));

        let writes = world.wire.writes().len();
        let report = world.run(&now).await.remove(0);
        assert_eq!(report.removed, ["CLT2B4", "CL15239T2B4"], "{operation}");
        assert_eq!(report.counts().of(exchange::Outcome::AlreadyPosted), 2);
        assert_eq!(world.wire.writes().len(), writes, "nothing is sent");
        let mut summary = exchange::RunSummary::new(chrono::DateTime::UNIX_EPOCH);
        summary.add_report(report);
        let said = "batch 4: posted before, and gone from the file and from QuickBooks: CLT2B4, CL15239T2B4; the batch is as";
        assert!(summary.page().contains(said), "{}", summary.page());
        assert!(world.tie_out(&now).await.is_tied_out());

        // What comes back in the file afterwards is a change again, never posted in silence.
        let back = batch("1", 4, "2026-02-03", &[kept.clone(), gone]);
        let error = world.exchange().run(&back).await.unwrap_err();
        assert!(error.to_string().contains("new in it: Invoice CLT2B4"), "{error}");
        let other = batch("1", 4, "2026-02-03", &[kept, sale(3, "2026-02-03", "30.00")]);
        assert_eq!(world.exchange().run(&other).await.unwrap_err().code(), "batch-changed");
    }
}

/// the same of a batch that has nothing left at all.
#[tokio::test]
async fn a_posted_document_of_a_batch_that_is_empty_now_is_a_difference() {
    let world = World::new();
    world.run(&[batch("1", 4, "2026-02-03", &[sale(1, "2026-02-03", "20.00")])]).await;
    let ties = world.tie_out(&[batch("1", 4, "2026-02-03", &[])]).await;
    assert_eq!(ties.differences.len(), 2, "{ties:?}");
    assert_eq!(tie(&ties, TAKINGS).difference().cents(), 2_000);
}

/// a report that is too large is asked for in halves, by days and then by accounts, to the same figures.
#[tokio::test]
async fn a_ledger_that_is_too_large_is_read_in_halves() {
    let world = World::new();
    let day = sample_day();
    world.run(&day).await;
    let wanted = world.tie_out(&day).await;
    let ledgers = || {
        let calls = world.wire.calls().into_iter();
        calls.filter(|call| call.path == "reports/GeneralLedger").map(|call| call.text).collect::<Vec<_>>()
    };
    assert_eq!(ledgers().len(), 2, "half a year each");
    let is_first_day = |text: &str| text.contains("start_date=2026-01-01&end_date=2026-01-01");
    for left in [1, 3, 10] {
        let before = ledgers().len();
        world.wire.times(left, reads("reports/GeneralLedger", ""), Fault::TooLarge);
        assert_eq!(world.tie_out(&day).await, wanted);
        assert_eq!(ledgers().len() - before, 2 + 2 * left);
    }
    let accounts = |text: &String| text.split("account=").nth(1).unwrap().split('&').next().unwrap().len();
    let of_a_day: Vec<usize> = ledgers().iter().filter(|text| is_first_day(text)).map(accounts).collect();
    assert!(
        of_a_day.iter().max() > of_a_day.iter().min(),
        "one day was read account by account: {of_a_day:?}"
    );
}

/// a ledger that stays too large to the last day and account cannot be read, and the tie-out says so.
#[tokio::test]
async fn a_ledger_that_cannot_be_read_is_an_error() {
    let world = World::new();
    let day = &sample_day()[..1];
    world.run(day).await;
    for fault in [Fault::TooLarge, Fault::Status(503, false)] {
        world.wire.times(999, reads("reports/GeneralLedger", ""), fault);
        let error = world.exchange().tie_out(day).await.unwrap_err();
        assert_eq!(error.code(), "read-failed");
        world.wire.heal();
    }
    world.wire.times(4, reads("reports/TrialBalance", ""), Fault::Status(503, false));
    let mut exchange = world.exchange();
    assert_eq!(exchange.tie_out(day).await.unwrap_err().code(), "read-failed");
    assert!(exchange.tie_out(day).await.unwrap().is_tied_out());
}

/// control accounts that are sub-accounts of each other have figures of their own.
#[tokio::test]
async fn sub_accounts_tie_out_beside_their_parents() {
    let mut world = World::new();
    world.map(CompanyMapping {
        accounts: [(AccountRole::TillTakings, "Checking".to_owned())].into(),
        tender_accounts: [(15236, "Card clearing".into())].into(),
        ..CompanyMapping::default()
    });
    let parent = id_of(&world, "Account", "Checking");
    let child = json!({"Name": "Card clearing", "AccountType": "Bank", "SubAccount": true, "ParentRef": {"value": parent}});
    world.wire.type_in("account", &child);
    let day = sample_day();
    world.run(&day).await;
    pay_from(&world, "Card clearing", "Office Expenses", 5.0, "2026-02-04");
    let ties = world.tie_out(&day).await;
    expect_tied(&ties, 7, "with a sub-account");
    assert_eq!(
        [tie(&ties, "Checking"), tie(&ties, "Card clearing")].map(|tie| tie.pos.cents()),
        [22_515, 12_999]
    );
    assert_eq!(
        ties.other_documents.iter().map(|d| (&*d.account, d.amount.cents())).collect::<Vec<_>>(),
        [("Card clearing", -500)]
    );
}

/// a code with rates of two agencies: the till knows one tax, QuickBooks shares it out; the sum ties out, and each
/// agency's share is shown.
#[tokio::test]
async fn x_01_the_accounts_of_two_tax_agencies_tie_out_as_one_sum() {
    let mut world = World::new();
    let agency = world.wire.type_in("taxagency", &json!({"DisplayName": "Harbour County"}))["Id"].clone();
    let county =
        json!({"TaxRateName": "County", "RateValue": "2", "TaxAgencyId": agency, "TaxApplicableOn": "Sales"});
    let rates = [json!({"TaxRateId": "3"}), county]; // 8 % of the state's, 2 % of the county's
    let code = json!({"TaxCode": "State and county", "TaxRateDetails": rates});
    world.wire.post_by_hand("taxservice/taxcode", &code);
    let codes = world.wire.rows("TaxCode");
    let code = codes.iter().find(|row| row["Name"] == "State and county").unwrap()["Id"].clone();
    let stores = json!({"stores": {"boston": {"prefix": "CL", "tax_code": code}}});
    world.map(serde_json::from_value(stores).unwrap());

    let day = [batch("1", 4, "2026-02-03", &[taxed_sale(1, "2026-02-03")])];
    world.run(&day).await;
    let ties = world.tie_out(&day).await;
    assert!(ties.is_tied_out(), "{ties:?}");
    assert_eq!(cents(tie(&ties, "Sales Tax Payable and one more agency")), [-625, -625, -625]);
    let shares: Vec<_> = ties.agencies.iter().map(|share| (&*share.account, share.amount.cents())).collect();
    assert_eq!(shares, [("Harbour County Payable", -125), ("Sales Tax Payable", -500)]);
}

/// X-01, D-08: a certificate brought back and refunded onto another: both lines stand on one credit memo and leave 0.00 on
/// the certificates' account. That is no edit.
#[tokio::test]
async fn x_01_lines_that_cancel_each_other_on_an_account_are_no_difference() {
    let file = json!({
        "version": 1,
        "store": {"code": "boston", "name": "Boston Store", "retailer": "1651"},
        "tender_types": [{"id": 15239, "name": "Cash", "kind": "cash"},
            {"id": 15241, "name": "Certificate", "kind": "gift_certificate"}],
        "batches": [{"register": "1", "number": 4, "business_date": "2026-02-03", "status": "closed",
            "closed_at": "2026-02-03T18:05:00-05:00",
            "transactions": [{"number": 1, "occurred_at": "2026-02-03T10:15:00-05:00",
                "lines": [{"kind": "item", "description": "Gloves", "quantity": "-1", "amount": "-10.00", "tax_code": "NON"},
                    {"kind": "gift_certificate", "quantity": "-1", "amount": "-5.00", "tax_code": "NON"}],
                "tenders": [{"type": 15239, "amount": "-10.00"}, {"type": 15241, "amount": "-5.00"}]}]}]
    });
    let batches = PosFile::from_json(file.to_string().as_bytes()).unwrap().into_parts().0;
    let world = World::new();
    world.run(&batches).await;
    expect_tied(&world.tie_out(&batches).await, 2, "a refund");
}

#[tokio::test]
async fn x_01_accounts_that_quickbooks_lists_do_not_show_yet_are_read_by_their_ids() {
    // Another process ties out before QuickBooks' queries show what the first one has made.
    let world = World::with(CompanyOptions { read_lag_seconds: 600, ..CompanyOptions::default() });
    let day = sample_day();
    world.run(&day[..1]).await;
    expect_tied(&world.tie_out(&day[..1]).await, 3, "with lists that lag");
    // Those that are shown are not read one by one.
    world.clock.advance(600);
    let singly =
        |world: &World| world.wire.calls().iter().filter(|call| call.path.starts_with("account/")).count();
    let before = singly(&world);
    assert!(before > 0, "the lists did not lag");
    expect_tied(&world.tie_out(&day[..1]).await, 3, "with lists that do not");
    assert_eq!(singly(&world), before);
}
