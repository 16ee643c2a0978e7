//! Examples of the rules, typed by hand: documents, numbers, amounts, account movements. The inputs are those of the golden
//! folders; nothing rewrites the expectations.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mapping::{
    Company, CompanyMapping, ControlAccount, Document, Number, NumberScheme, PlanView, SubLedger, legs, plan,
};
use pos_model::{Money, PosFile};

use ControlAccount::{
    Deposits, DropsAndPayouts, Payable, Purchases, PurchasesOtherFees, PurchasesShipping, PurchasesTax,
    Receivable, Sales, SalesTax, Shipping, TillTakings, Vouchers,
};

/// Kind, number, total, then the kinds, numbers and amounts it is matched with.
type Doc = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str, &'static str)]);

#[track_caller]
fn check(case: &str, documents: &[Doc], movements: &[(ControlAccount, &str)]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case);
    let company = match fs::read(root.join("company.json")) {
        Ok(bytes) => Company::try_from(serde_json::from_slice::<CompanyMapping>(&bytes).unwrap()).unwrap(),
        Err(_) => Company::default(),
    };
    let file = PosFile::from_json(&fs::read(root.join("pos.json")).unwrap()).unwrap();
    let mut found = Vec::new();
    let mut moved: BTreeMap<ControlAccount, Money> = BTreeMap::new();
    let mut sub_ledgers: BTreeMap<ControlAccount, Money> = BTreeMap::new();
    let batches = file.batches().iter().map(|batch| (plan(batch, &company), SubLedger::of(batch, &company)));
    let orders = file.purchase_orders().iter();
    let orders = orders.map(|order| (plan(order, &company), SubLedger::of(order, &company)));
    for (plan, sub_ledger) in batches.chain(orders) {
        let plan = plan.unwrap();
        for planned in plan.documents() {
            let links = match &planned.document {
                Document::Payment(payment) => payment.links.clone(),
                _ => Vec::new(),
            };
            let links: Vec<_> = (links.iter())
                .map(|link| (plan.target(link.target).unwrap(), link.amount.to_string()))
                .map(|(target, amount)| (target.document.kind().name(), target.number.to_string(), amount))
                .collect();
            let total = planned.document.total().to_string();
            found.push((planned.document.kind().name(), planned.number.to_string(), total, links));
            for leg in legs(&planned.document, plan.period()) {
                *moved.entry(leg.account).or_default() += leg.amount;
            }
        }
        for (account, amount) in sub_ledger.by_account() {
            *sub_ledgers.entry(account).or_default() += amount;
        }
    }
    let expected: Vec<_> = (documents.iter())
        .map(|(kind, number, total, links)| {
            let links: Vec<_> =
                links.iter().map(|(k, n, a)| (*k, (*n).to_owned(), (*a).to_owned())).collect();
            (*kind, (*number).to_owned(), (*total).to_owned(), links)
        })
        .collect();
    assert_eq!(found, expected, "{case}");
    moved.retain(|_, amount| !amount.is_zero());
    let expected: BTreeMap<_, _> =
        movements.iter().map(|(account, amount)| (*account, (*amount).to_owned())).collect();
    let moved: BTreeMap<_, _> =
        moved.into_iter().map(|(account, amount)| (account, amount.to_string())).collect();
    assert_eq!(moved, expected, "{case}");
    sub_ledgers.retain(|_, amount| !amount.is_zero());
    assert_eq!(
        sub_ledgers.into_iter().map(|(a, m)| (a, m.to_string())).collect::<BTreeMap<_, _>>(),
        expected,
        "{case}"
    );
}

#[test]
fn g_01_a_sale_on_one_card_ends_with_balance_0() {
    check(
        "g01_sale_one_card",
        &[
            ("Invoice", "CLT1B1", "100.00", &[]),
            ("Payment", "CL15236T1B1", "100.00", &[("Invoice", "CLT1B1", "100.00")]),
        ],
        &[(Sales, "-100.00"), (TillTakings, "100.00")],
    );
}

/// T-02: each account of a sale; the sale stands on its own.
#[test]
fn g_02_a_cash_sale() {
    check(
        "g02_sale_two_items_cash",
        &[
            ("Invoice", "CLT1521022B4", "112.59", &[]),
            ("Payment", "CL15239T1521022B4", "112.59", &[("Invoice", "CLT1521022B4", "112.59")]),
        ],
        &[(Sales, "-105.97"), (SalesTax, "-6.62"), (TillTakings, "112.59")],
    );
}

/// A-11, D-02, D-03: shipping goes to the company's shipping account.
#[test]
fn g_03_shipping_alone_gets_an_item_of_0() {
    check(
        "g03_sale_shipping_only",
        &[
            ("Invoice", "CLT1521030B4", "3.00", &[]),
            ("Payment", "CL15236T1521030B4", "3.00", &[("Invoice", "CLT1521030B4", "3.00")]),
        ],
        &[(Shipping, "-3.00"), (TillTakings, "3.00")],
    );
    check_no_items("g03_sale_shipping_only");
}

#[test]
#[rustfmt::skip]
fn g_04_a_return_moves_the_till_and_leaves_a_r_at_0() {
    check(
        "g04_return_onto_card",
        &[
            ("CreditMemo", "CLT1522870B11", "53.13", &[]),
            ("Expense", "CL15236T1522870B11", "53.13", &[]),
            ("Payment", "CLT1522870B11", "0.00", &[("Expense", "CL15236T1522870B11", "53.13"), ("CreditMemo", "CLT1522870B11", "53.13")]),
        ],
        &[(Sales, "50.00"), (SalesTax, "3.13"), (TillTakings, "-53.13")],
    );
}

#[test]
#[rustfmt::skip]
fn g_05_shipping_alone_returned() {
    check(
        "g05_return_shipping_only",
        &[
            ("CreditMemo", "CLT1522871B11", "4.00", &[]),
            ("Expense", "CL15236T1522871B11", "4.00", &[]),
            ("Payment", "CLT1522871B11", "0.00", &[("Expense", "CL15236T1522871B11", "4.00"), ("CreditMemo", "CLT1522871B11", "4.00")]),
        ],
        &[(Shipping, "4.00"), (TillTakings, "-4.00")],
    );
    check_no_items("g05_return_shipping_only");
}

/// certificates.
#[test]
fn g_06_a_certificate_sold_is_a_liability() {
    check(
        "g06_certificate_sold",
        &[
            ("Invoice", "CLT1521023B4", "10.00", &[]),
            ("Payment", "CL15236T1521023B4", "10.00", &[("Invoice", "CLT1521023B4", "10.00")]),
        ],
        &[(Vouchers, "-10.00"), (TillTakings, "10.00")],
    );
}

#[test]
fn g_07_certificates_outstanding() {
    let documents: &[Doc] = &[
        ("Invoice", "CLT1B4", "20.00", &[]),
        ("Payment", "CL15236T1B4", "20.00", &[("Invoice", "CLT1B4", "20.00")]),
        ("Invoice", "CLT2B4", "100.00", &[]),
        ("Payment", "CL15239T2B4", "100.00", &[("Invoice", "CLT2B4", "100.00")]),
        ("Invoice", "CLT3B4", "10.00", &[]),
        ("Payment", "CL15236T3B4", "10.00", &[("Invoice", "CLT3B4", "10.00")]),
        ("Invoice", "CLT4B4", "0.00", &[]),
        ("Invoice", "CLT5B4", "17.56", &[]),
        ("Payment", "CL15239T5B4", "17.56", &[("Invoice", "CLT5B4", "17.56")]),
    ];
    let movements = &[(Vouchers, "-120.00"), (Sales, "-27.56"), (TillTakings, "147.56")];
    check("g07_certificates_sold_and_redeemed", documents, movements);
}

/// deposits.
#[test]
fn g_08_a_deposit_is_a_liability_until_it_is_redeemed() {
    check(
        "g08_deposit_paid_in_cash",
        &[
            ("Invoice", "CL15239D700710B4", "50.00", &[]),
            ("Payment", "CL15239D700710B4", "50.00", &[("Invoice", "CL15239D700710B4", "50.00")]),
        ],
        &[(Deposits, "-50.00"), (TillTakings, "50.00")],
    );
}

#[test]
fn g_09_deposits_outstanding() {
    check(
        "g09_deposits_paid_and_one_redeemed",
        &[
            ("Invoice", "CL15239D700694B3", "25.00", &[]),
            ("Payment", "CL15239D700694B3", "25.00", &[("Invoice", "CL15239D700694B3", "25.00")]),
            ("Invoice", "CL15239D700710B4", "50.00", &[]),
            ("Payment", "CL15239D700710B4", "50.00", &[("Invoice", "CL15239D700710B4", "50.00")]),
            ("Invoice", "CLT1521041B5", "130.00", &[]),
            ("Payment", "CL15236T1521041B5", "130.00", &[("Invoice", "CLT1521041B5", "130.00")]),
        ],
        &[(Deposits, "-25.00"), (Sales, "-180.00"), (TillTakings, "205.00")],
    );
}

#[test]
#[rustfmt::skip]
fn g_10_a_deposit_returned_has_one_number_three_times() {
    check(
        "g10_deposit_returned",
        &[
            ("CreditMemo", "CL15239D701255B13", "50.00", &[]),
            ("Expense", "CL15239D701255B13", "50.00", &[]),
            ("Payment", "CL15239D701255B13", "0.00", &[("Expense", "CL15239D701255B13", "50.00"), ("CreditMemo", "CL15239D701255B13", "50.00")]),
        ],
        &[(Deposits, "50.00"), (TillTakings, "-50.00")],
    );
}

#[test]
fn g_11_a_deposit_paid_and_returned_in_one_batch_leaves_no_document() {
    check("g11_deposit_paid_and_returned_in_one_batch", &[], &[]);
}

#[test]
fn g_15_a_purchase_order_and_its_bill() {
    check(
        "g15_purchase_order_with_everything",
        &[("PurchaseOrder", "CL306063", "131.90", &[]), ("Bill", "CL306063B", "131.90", &[])],
        &[
            (Purchases, "118.50"),
            (PurchasesTax, "6.40"),
            (PurchasesShipping, "5.00"),
            (PurchasesOtherFees, "2.00"),
            (Payable, "-131.90"),
        ],
    );
}

#[test]
fn g_16_two_stages_are_two_pairs() {
    check(
        "g16_order_received_in_two_stages",
        &[
            ("PurchaseOrder", "CL306064", "80.00", &[]),
            ("Bill", "CL306064B", "80.00", &[]),
            ("PurchaseOrder", "CL306065", "120.00", &[]),
            ("Bill", "CL306065B", "120.00", &[]),
        ],
        &[(Purchases, "200.00"), (Payable, "-200.00")],
    );
}

#[test]
fn g_17_a_supplier_without_a_vendor_goes_to_the_default_one() {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/g17_supplier_without_a_vendor/pos.json");
    let file = PosFile::from_json(&fs::read(root).unwrap()).unwrap();
    let company = Company::default();
    let plan = plan(&file.purchase_orders()[0], &company).unwrap();
    for planned in plan.documents() {
        let (Document::PurchaseOrder(form) | Document::Bill(form)) = &planned.document else { continue };
        assert_eq!(form.vendor, "Cloud POS Vendor");
    }
    assert_eq!(plan.documents().count(), 2);
}

#[test]
#[rustfmt::skip]
fn g_26_a_deposit_larger_than_the_goods_is_paid_out() {
    check(
        "g26_deposit_larger_than_the_goods",
        &[
            ("Invoice", "CLT40B5", "0.00", &[]),
            ("CreditMemo", "CLT40B5R", "20.00", &[]),
            ("Expense", "CL15239T40B5", "20.00", &[]),
            ("Payment", "CLT40B5", "0.00", &[("Expense", "CL15239T40B5", "20.00"), ("CreditMemo", "CLT40B5R", "20.00")]),
        ],
        &[(Sales, "-80.00"), (Deposits, "100.00"), (TillTakings, "-20.00")],
    );
}

#[test]
fn g_12_a_charge_to_account_leaves_the_invoice_open() {
    check(
        "g12_charge_to_account",
        &[("Invoice", "CLT1521050B7", "265.63", &[])],
        &[(Receivable, "265.63"), (Sales, "-250.00"), (SalesTax, "-15.63")],
    );
}

#[test]
fn g_13_a_payment_on_account_is_all_unapplied() {
    check(
        "g13_payment_on_account",
        &[("Payment", "CL15236A6798B7", "120.00", &[])],
        &[(Receivable, "-120.00"), (TillTakings, "120.00")],
    );
}

/// A-06, D-16, D-17: a sales receipt in, an expense out.
#[test]
fn g_14_pay_in_and_pay_out() {
    check(
        "g14_pay_in_and_pay_out",
        &[
            ("SalesReceipt", "CL15239DP11790B10", "100.00", &[]),
            ("Expense", "CL15239DP11791B10", "5.00", &[]),
        ],
        &[(TillTakings, "95.00"), (DropsAndPayouts, "-95.00")],
    );
}

#[test]
fn g_18_the_store_s_customer_and_a_named_one() {
    let parties: Vec<_> = view("g18_store_and_named_customer")["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|document| document["party"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(parties, ["Boston Store", "Boston Store", "1651-1042", "1651-1042"]);
}

#[test]
fn g_19_another_account_and_the_same_numbers() {
    let default = view("g06_certificate_sold");
    let mapped = view("g19_certificates_to_an_account_of_their_own");
    assert_eq!(mapped["control_accounts"]["Sales of Certificates"], "-10.00");
    assert_eq!(default["control_accounts"]["Cloud POS Vouchers Control Account"], "-10.00");
    for (a, b) in default["documents"].as_array().unwrap().iter().zip(mapped["documents"].as_array().unwrap())
    {
        assert_eq!(a["number"], b["number"]);
    }
}

#[test]
fn g_20_two_tenders_of_one_type_are_one_payment() {
    check(
        "g20_two_tenders_of_one_type",
        &[
            ("Invoice", "CLT7B1", "100.00", &[]),
            ("Payment", "CL15236T7B1", "100.00", &[("Invoice", "CLT7B1", "100.00")]),
        ],
        &[(Sales, "-100.00"), (TillTakings, "100.00")],
    );
}

#[test]
fn g_21_cash_is_net_of_change() {
    check(
        "g21_cash_net_of_change",
        &[
            ("Invoice", "CLT8B1", "47.50", &[]),
            ("Payment", "CL15239T8B1", "47.50", &[("Invoice", "CLT8B1", "47.50")]),
        ],
        &[(Sales, "-47.50"), (TillTakings, "47.50")],
    );
}

/// N-11: the credit memo beside an invoice has an R.
#[test]
#[rustfmt::skip]
fn g_25_a_swap_with_net_due() {
    check(
        "g25_swap_with_net_due",
        &[
            ("Invoice", "CLT9B3", "106.25", &[]),
            ("CreditMemo", "CLT9B3R", "53.13", &[]),
            ("Payment", "CLT9B3", "0.00", &[("Invoice", "CLT9B3", "53.13"), ("CreditMemo", "CLT9B3R", "53.13")]),
            ("Payment", "CL15236T9B3", "53.12", &[("Invoice", "CLT9B3", "53.12")]),
        ],
        &[(Sales, "-50.00"), (SalesTax, "-3.12"), (TillTakings, "53.12")],
    );
}

#[test]
fn n_13_explanations_are_read_back_from_numbers() {
    let explained =
        |text| format!("{:?}", Number::parse("CL", NumberScheme::Plain, text).expect("a number of ours"));
    assert_eq!(explained("CLT1521022B4"), "Transaction { transaction: 1521022, batch: 4 }");
    assert_eq!(
        explained("CL15239T1521022B4"),
        "Tendered { tender: TenderTypeId(15239), transaction: 1521022, batch: 4 }"
    );
    assert_eq!(
        explained("CL15236A6798B7"),
        "OnAccount { tender: TenderTypeId(15236), header: 6798, batch: 7 }"
    );
    assert_eq!(
        explained("CL15239DP11791B10"),
        "PayInOut { tender: TenderTypeId(15239), id: 11791, batch: 10 }"
    );
    // The number as it was first published explains itself as transaction 1521022: a slip.
    assert_eq!(explained("CLT1521023B4"), "Transaction { transaction: 1521023, batch: 4 }");
}

/// The plan as JSON.
fn view(case: &str) -> serde_json::Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case);
    let company = match fs::read(root.join("company.json")) {
        Ok(bytes) => Company::try_from(serde_json::from_slice::<CompanyMapping>(&bytes).unwrap()).unwrap(),
        Err(_) => Company::default(),
    };
    let file = PosFile::from_json(&fs::read(root.join("pos.json")).unwrap()).unwrap();
    let plan = plan(&file.batches()[0], &company).unwrap();
    serde_json::to_value(PlanView::new(&plan)).unwrap()
}

/// D-03: `Cloud POS Item`, `No items`, 0.00, and the shipping beside it.
fn check_no_items(case: &str) {
    let view = view(case);
    let lines = view["documents"][0]["lines"].as_array().unwrap();
    assert_eq!(lines[0]["item"], "Cloud POS Item");
    assert_eq!(lines[0]["description"], "No items");
    assert_eq!(lines[0]["amount"], "0.00");
    assert_eq!(lines[1]["item"], "Shipping");
    assert_eq!(lines.len(), 2);
}

/// the till's lines behind each line, counted from 1 as a receipt does, the merged and folded ones too.
#[test]
fn x_08_a_line_names_the_till_s_lines() {
    let view = view("d23_thousand_lines");
    let lines = view["documents"][0]["lines"].as_array().unwrap();
    let mut named: Vec<u64> = lines
        .iter()
        .flat_map(|line| line["pos_lines"].as_array().unwrap())
        .map(|n| n.as_u64().unwrap())
        .collect();
    assert_eq!(named[..3], [1, 941, 2], "equal lines are one");
    named.sort_unstable();
    assert!(named.iter().copied().eq(1..=named.len() as u64), "each of them once");
    assert!(lines.len() < named.len());
}

/// A-14, D-25: cash rounding has an account of its own, on the side that exists.
#[test]
fn d_25_rounding_up_and_down() {
    use ControlAccount::Rounding;
    check(
        "d25_cash_rounded_up",
        &[
            ("Invoice", "CLT42B5", "2.00", &[]),
            ("Payment", "CL15239T42B5", "2.00", &[("Invoice", "CLT42B5", "2.00")]),
        ],
        &[(Sales, "-1.98"), (Rounding, "-0.02"), (TillTakings, "2.00")],
    );
    check(
        "d25_cash_rounded_down",
        &[
            ("Invoice", "CLT43B5", "2.00", &[]),
            ("Payment", "CL15239T43B5", "2.00", &[("Invoice", "CLT43B5", "2.00")]),
        ],
        &[(Sales, "-2.02"), (Rounding, "0.02"), (TillTakings, "2.00")],
    );
}
