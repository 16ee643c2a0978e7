//! The trading week: `examples/data/README.md` is true of it, its taxes are a till's, and every number of it is explained.

use std::collections::{BTreeMap, BTreeSet};

use examples::input::Input;
use examples::output::plans;
use examples::{sample, trace};
use mapping::{
    Company, ControlAccount, Document, Event, Identity, ItemDetail, ItemDetailFrom, Leg, NumberScheme,
    Origin, Plan, Planned, Source, SubLedger, legs,
};
use pos_model::{Line, LineKind, Money, Tender};
use rust_decimal::{Decimal, RoundingStrategy};

const README: &str = include_str!("../data/README.md");

fn week() -> Input {
    let input = sample::week(sample::company().unwrap());
    assert!(input.refused.is_empty() && input.notices.is_empty(), "{:?}", input.refused);
    input
}

/// Every event of the files, as its documents would name it.
fn events(input: &Input) -> BTreeSet<String> {
    let of_batches = input.batches.iter().flat_map(|batch| {
        let transactions = batch.transactions().iter().map(|t| Event::Transaction(t.number()));
        let deposits = batch.deposits().iter().map(|d| Event::Deposit(d.order()));
        let payments = batch.account_payments().iter().map(|p| Event::AccountPayment(p.id()));
        let pays = batch.pay_ins_and_outs().iter().map(|p| Event::PayInOut(p.id()));
        let of_batch = Some((batch.register(), batch.number()));
        let events = transactions.chain(deposits).chain(payments).chain(pays);
        events.map(move |event| Identity::first(batch.store().code(), of_batch, event).to_string())
    });
    let of_orders = input.purchase_orders.iter().map(|order| {
        let event = Event::PurchaseOrder(order.number());
        Identity::first(order.store().code(), None, event).to_string()
    });
    of_batches.chain(of_orders).collect()
}

/// D-01 to D-25: each row of the readme's table is in the data, with the documents that the table claims.
#[test]
fn every_row_happens_and_has_the_documents_that_the_readme_claims() {
    let input = week();
    let mut planned: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for plan in plans(&input) {
        for document in plan.documents() {
            let name = format!("{} {}", document.document.kind().name(), document.number);
            planned.entry(document.identity.to_string()).or_default().push(name);
        }
    }
    let events = events(&input);
    let mut rows = BTreeSet::new();
    for line in README.lines().filter(|line| line.starts_with("| D-")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [row, _, event, documents] = cells[..] else { panic!("four cells: {line}") };
        let event = event.trim_matches('`');
        assert!(events.contains(event), "{row}: {event} is not in the data");
        let claimed: Vec<&str> =
            documents.split('`').filter(|text| text.contains(' ') && *text != " ").collect();
        assert_eq!(documents == "none", claimed.is_empty(), "{row}: {documents}");
        assert_eq!(planned.get(event).cloned().unwrap_or_default(), claimed, "{row}: {event}");
        rows.insert(row.to_owned());
    }
    let all: BTreeSet<String> = (1..=25).map(|row| format!("D-{row:02}")).collect();
    assert_eq!(rows, all);
}

/// G-07, X-01: what the readme says of certificates, deposits and customers is what the till's own events say.
#[test]
fn the_balances_of_the_readme_are_the_sub_ledger_s() {
    let input = week();
    let balance = |account, until: &str| -> String {
        let until = until.parse().unwrap();
        let batches = input.batches.iter().map(|batch| SubLedger::of(batch, &input.company));
        let orders = input.purchase_orders.iter().map(|order| SubLedger::of(order, &input.company));
        let movements = batches.chain(orders).flat_map(|ledger| ledger.movements);
        let mine = movements.filter(|((date, moved), _)| *moved == account && *date <= until);
        mine.map(|(_, amount)| amount).sum::<Money>().to_string()
    };
    assert_eq!(balance(ControlAccount::Vouchers, "2026-02-03"), "-120.00");
    assert!(README.contains("After it certificates of 120.00 are outstanding."));
    assert_eq!(balance(ControlAccount::Vouchers, "2026-02-07"), "-35.00");
    assert_eq!(balance(ControlAccount::Deposits, "2026-02-07"), "-140.00");
    assert_eq!(balance(ControlAccount::Receivable, "2026-02-07"), "1796.42");
    for words in ["certificates of 35.00", "deposits of 140.00", "customers owe 1796.42"] {
        assert!(README.contains(words), "{words}");
    }
}

/// D-21, D-22: tax and amounts are to the cent, half away from zero, as a till rounds them.
#[test]
fn every_line_is_computed_as_a_till_would() {
    let cents = |number: Decimal| {
        Money::exact(number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)).unwrap()
    };
    let rate: Decimal = "0.0625".parse().unwrap();
    let input = week();
    let mut taxed = 0;
    for transaction in input.batches.iter().flat_map(|batch| batch.transactions()) {
        for line in transaction.lines().iter().filter(|line| line.kind() == LineKind::Item) {
            let is_taxed = line.tax_code() == "TAX";
            let tax = if is_taxed { cents(line.amount().to_decimal() * rate) } else { Money::ZERO };
            assert_eq!(line.tax(), tax, "transaction {}, {line:?}", transaction.number());
            taxed += usize::from(is_taxed);
            let price = line.unit_price().unwrap().value();
            let gross = cents(line.quantity().value() * price);
            assert!(line.amount().abs() <= gross.abs(), "transaction {}, {line:?}", transaction.number());
        }
    }
    assert!(taxed > 800, "{taxed}");
}

/// D-23: the club's order has more lines than QuickBooks takes, its invoice has not.
#[test]
fn the_club_s_order_is_merged() {
    let input = week();
    let plans = plans(&input);
    let find = |number: &str| {
        let all = plans.iter().flat_map(Plan::documents);
        all.filter(|p| p.number.as_str() == number).find_map(|p| match &p.document {
            Document::Invoice(form) => Some(form),
            _ => None,
        })
    };
    let form = find("CLT1521241B20").unwrap();
    let scans: usize = (form.lines.iter())
        .map(|line| match &line.source {
            Source::Lines(lines) => lines.len(),
            _ => 1,
        })
        .sum();
    assert_eq!((scans, form.lines.len()), (780, 12));
}

/// X-08, N-01 to N-11: every number of the week is explained, and each of its debits and credits is the till's to the cent.
#[test]
fn every_number_of_the_week_is_explained_and_traced_to_the_cent() {
    let (documents, legs) = explain_all(&week());
    assert_eq!(documents, 186);
    assert!(legs > 300, "{legs}");
}

/// X-08, N-12: the same with compact numbers.
#[test]
fn every_compact_number_is_explained_and_traced_too() {
    let mut mapping = sample::company().unwrap().mapping().clone();
    mapping.numbers = NumberScheme::Compact;
    let input = sample::week(Company::try_from(mapping).unwrap());
    assert!(plans(&input)[0].documents().any(|planned| planned.number.as_str().starts_with("CL-")));
    assert_eq!(explain_all(&input).0, 186);
}

fn choosing(detail: ItemDetail) -> Input {
    let mut mapping = sample::company().unwrap().mapping().clone();
    mapping.item_detail = vec![ItemDetailFrom { from: None, detail }];
    sample::week(Company::try_from(mapping).unwrap())
}

/// X-08, F-07: the same where receipts are added up; each line of a summary names the receipts behind it, which are there.
#[test]
fn x_08_every_number_of_a_week_of_summaries_is_explained_and_traced() {
    for detail in [ItemDetail::Charges, ItemDetail::Summarised] {
        let input = choosing(detail);
        let (documents, legs) = explain_all(&input);
        assert!(documents < 186 && legs > 50, "{documents} documents, {legs} debits and credits");
        let words = trace::explain("CLS260203B4", &input.company).unwrap();
        assert_eq!(
            words,
            "CLS260203B4 is the summary of 2026-02-03 of batch 4: its invoice, credit memo or settlement"
        );
        let traced = trace::trace("CLS260203B4", &input).unwrap();
        for part in [
            "event boston/1/4/summary-260203",
            "transaction 1521022, rung up 2026-02-03 09:41:07 -05:00",
            "  line 2:        15.98  2 x Water bottle",
            "from transaction 1521022 lines 1, 2",
        ] {
            assert!(traced.contains(part), "{part} in\n{traced}");
        }
    }
}

/// X-08, T-05: the opening entry has a number too.
#[test]
fn the_opening_entry_is_explained() {
    let mut mapping = sample::company().unwrap().mapping().clone();
    let opening = r#"{"date": "2026-02-01", "vouchers": "120.00", "deposits": "25.00",
        "from_account": "Opening Balance Equity", "confirmed": true}"#;
    mapping.opening = Some(serde_json::from_str(opening).unwrap());
    let input = sample::week(Company::try_from(mapping).unwrap());
    let words = trace::explain("CLOB260201", &input.company).unwrap();
    assert_eq!(words, "CLOB260201 is the opening balances of certificates and deposits on 2026-02-01");
    let traced = trace::trace("CLOB260201", &input).unwrap();
    assert!(traced.contains("opening balances: debits Opening Balance Equity 145.00"), "{traced}");
}

/// Returns how many documents there were, and how many of their debits and credits the raw events say too.
fn explain_all(input: &Input) -> (usize, usize) {
    let (mut documents, mut legs_traced) = (0, 0);
    for plan in plans(input) {
        for planned in plan.documents() {
            documents += 1;
            let number = planned.number.as_str();
            let words = trace::explain(number, &input.company).unwrap();
            assert!(words.starts_with(&format!("{number} is ")), "{words}");
            let traced = trace::trace(number, input).unwrap();
            assert!(traced.contains(&format!("event {}", planned.identity)), "{traced}");
            for leg in legs(&planned.document, plan.period()) {
                let name = plan.period().account_name(leg.account);
                assert!(
                    traced.contains(&format!("{:>14}  {name}", leg.amount.abs().to_string())),
                    "{traced}"
                );
                if let Some(amount) = at_the_till(&leg, planned, &plan) {
                    assert_eq!(amount, leg.amount.abs(), "{number}: {leg:?}");
                    legs_traced += 1;
                }
            }
        }
    }
    (documents, legs_traced)
}

/// The amount behind a leg, from the raw event: the lines it names, the tax of its side, or the tenders. None of a total,
/// which is its document's other legs, and of a certificate or deposit that D-07 and D-10 may split over two documents.
fn at_the_till(leg: &Leg<'_>, planned: &Planned<'_>, plan: &Plan<'_>) -> Option<Money> {
    let batch = match plan.origin() {
        Origin::Batch(batch) => batch,
        Origin::Correction(of) => of.differences(),
        Origin::OpeningEntry { .. } => return None,
        Origin::PurchaseOrder(order) => {
            let header = [order.tax(), order.shipping(), order.shipping_tax(), order.other_fees()];
            return match (&leg.source, leg.account) {
                (Source::Line(line), _) => Some(order.lines()[*line as usize].amount()),
                (_, ControlAccount::Payable) => None,
                // Zero is no leg, so an amount that the order's head does not name fails.
                _ => Some(header.into_iter().find(|amount| *amount == leg.amount).unwrap_or_default()),
            };
        }
    };
    let transaction = |number| batch.transactions().iter().find(|t| t.number() == number).unwrap();
    let document = &planned.document;
    let is_mine = |tender: &&Tender| document.tender().is_none_or(|t| t.id() == tender.tender_type().id());
    let net = |tenders: &[Tender]| tenders.iter().filter(is_mine).map(Tender::amount).sum::<Money>();
    let amount = match (&leg.source, planned.identity.event) {
        (Source::Line(line), Event::Transaction(number)) => {
            transaction(number).lines()[*line as usize].amount()
        }
        (Source::Lines(lines), Event::Transaction(number)) => {
            lines.iter().map(|line| transaction(number).lines()[*line as usize].amount()).sum()
        }
        (Source::Event, Event::Transaction(number)) if leg.account == ControlAccount::SalesTax => {
            let is_returned = matches!(document, Document::CreditMemo(_));
            let lines = transaction(number).lines().iter();
            lines.filter(|line| line.is_returned() == is_returned).map(Line::tax).sum()
        }
        (Source::Tenders, Event::Transaction(number)) if document.tender().is_some() => {
            net(transaction(number).tenders())
        }
        (Source::Receipts(receipts), Event::Summary(_)) => (receipts.iter())
            .flat_map(|receipt| {
                receipt.lines.iter().map(|line| &transaction(receipt.transaction).lines()[*line as usize])
            })
            .map(Line::amount)
            .sum(),
        (Source::Event, day @ Event::Summary(_)) if leg.account == ControlAccount::SalesTax => {
            let is_returned = matches!(document, Document::CreditMemo(_));
            let lines = plan.receipts()[&day].iter().flat_map(|number| transaction(*number).lines());
            lines.filter(|line| line.is_returned() == is_returned).map(Line::tax).sum()
        }
        (Source::Tenders, day @ Event::Summary(_)) if document.tender().is_some() => {
            plan.receipts()[&day].iter().map(|number| net(transaction(*number).tenders())).sum()
        }
        (Source::Tenders, Event::AccountPayment(id)) => {
            net(batch.account_payments().iter().find(|payment| payment.id() == id).unwrap().tenders())
        }
        (Source::Tenders, Event::Deposit(order)) => {
            batch.deposits().iter().filter(|deposit| deposit.order() == order).map(|d| net(d.tenders())).sum()
        }
        (_, Event::PayInOut(id)) => {
            batch.pay_ins_and_outs().iter().find(|pay| pay.id() == id).unwrap().amount()
        }
        _ => return None,
    };
    Some(amount.abs())
}
