//! What a plan needs in the company's lists, by lasting key, and the body each entry is made with.

use std::path::Path;

use mapping::engine::{Bindings, ListEntry, provision};
use mapping::{
    Company, CompanyMapping, ControlAccount, ItemRole, Origin, Party, Period, Plan, Step, StepContent,
    origins, plan,
};
use pos_model::PosFile;
use qb_model::AccountType;
use serde_json::{Value, json};

/// The file and the company of a golden case.
fn case(name: &str) -> (PosFile, Company) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let file = PosFile::from_json(&std::fs::read(folder.join("pos.json")).unwrap()).unwrap();
    let company = match std::fs::read(folder.join("company.json")) {
        Ok(bytes) => Company::try_from(serde_json::from_slice::<CompanyMapping>(&bytes).unwrap()).unwrap(),
        Err(_) => Company::default(),
    };
    (file, company)
}

fn keys(plan: &Plan<'_>) -> Vec<String> {
    provision(plan).iter().map(|entry| entry.key().to_string()).collect()
}

const TILL: [&str; 6] = [
    "acct-sales",
    "acct-receivable",
    "acct-till-takings",
    "acct-vouchers",
    "acct-deposits",
    "acct-drops-and-payouts",
];
const ITEMS: [&str; 4] = ["item-goods", "item-voucher", "item-deposit", "item-drops-and-payouts"];

fn all(parts: &[&[&str]]) -> Vec<String> {
    parts.iter().flat_map(|part| part.iter().map(|key| (*key).to_owned())).collect()
}

/// the till's accounts and items in any company; shipping and sales tax are QuickBooks' own.
#[test]
fn x_05_a_batch_needs_the_till_s_accounts_items_and_payment_methods() {
    let (file, company) = case("g02_sale_two_items_cash");
    let plan = plan(&file.batches()[0], &company).unwrap();
    assert_eq!(keys(&plan), all(&[&TILL, &ITEMS, &["pm-15239"]]));
}

/// the rounding account and item only where cash was rounded.
#[test]
fn a_14_rounding_is_made_where_it_occurs() {
    let (file, company) = case("d25_cash_rounded_up");
    let found = keys(&plan(&file.batches()[0], &company).unwrap());
    assert!(found.contains(&"acct-rounding".to_owned()) && found.contains(&"item-rounding".to_owned()));
}

/// a tender's own account is one more.
#[test]
fn a_03_a_tender_s_own_account_is_made_too() {
    let (file, company) = case("a03_card_with_a_bank_account_of_its_own");
    let found = keys(&plan(&file.batches()[0], &company).unwrap());
    assert!(found.contains(&"acct-takings-of-15236".to_owned()), "{found:?}");
}

/// a mapped item is made where a document names it; its account is the accountant's.
#[test]
fn a_01_mapped_items_are_made_and_their_accounts_are_not() {
    let (file, company) = case("a01_items_of_their_own_and_a_tip");
    let found = keys(&plan(&file.batches()[0], &company).unwrap());
    let mapped = ["item-parts-583da425", "item-tip-bb0aeb8a", "item-workshoplabor-4b10f6ca"];
    assert_eq!(found, all(&[&TILL, &ITEMS, &mapped, &["pm-15236"]]));
}

/// a purchase order needs its own accounts and no item.
#[test]
fn a_13_a_purchase_order_needs_the_accounts_of_purchases() {
    let (file, company) = case("g15_purchase_order_with_everything");
    let found = keys(&plan(&file.purchase_orders()[0], &company).unwrap());
    let purchases =
        ["acct-purchases", "acct-purchases-tax", "acct-purchases-shipping", "acct-purchases-other-fees"];
    assert_eq!(found, all(&[&purchases, &["acct-payable"]]));
}

/// T-05: the opening entry needs what it moves to; what it moves from is the accountant's.
#[test]
fn t_05_the_opening_entry_needs_two_accounts() {
    let (file, company) = case("t05_opening_balances");
    let plan = Origin::opening_entry(file.batches()[0].store(), &company)
        .and_then(|origin| plan(origin, &company))
        .unwrap();
    assert_eq!(keys(&plan), ["acct-vouchers", "acct-deposits"]);
}

/// D-19: parties are keyed by the POS's immutable ids, vendors by their names.
#[test]
fn d_19_parties_have_lasting_keys() {
    let entries = |plan: &Plan<'_>| -> Vec<String> {
        let entry = |step: &mapping::Step<'_>| match step.content {
            StepContent::ListEntry(entry) => Some(entry.key().to_string()),
            StepContent::Document(_) => None,
        };
        plan.steps().iter().filter_map(entry).collect()
    };
    let (file, company) = case("d19_names_by_template_and_store_party");
    assert_eq!(
        entries(&plan(&file.batches()[0], &company).unwrap()),
        ["cust-1651/c-7", "cust-1651/c-8", "store-boston"]
    );
    let (file, company) = case("g15_purchase_order_with_everything");
    let order = plan(&file.purchase_orders()[0], &company).unwrap();
    assert_eq!(entries(&order), ["vend-shimanoamericanc-ac5d9668"]);
}

fn body(entry: ListEntry<'_>, period: &Period) -> Value {
    let mut bindings = Bindings::default();
    for (account, id) in [(ControlAccount::Sales, "1"), (ControlAccount::Vouchers, "2")] {
        bindings.bind(ListEntry::Account(account), id);
    }
    bindings.bind(ListEntry::Account(ControlAccount::OfItem(0)), "3");
    serde_json::from_slice(&entry.resolve(period, &bindings).unwrap().to_json().unwrap()).unwrap()
}

/// Each account is made with the type and the detail type of its role.
#[test]
#[rustfmt::skip]
fn a_12_accounts_are_made_with_the_type_of_their_role() {
    let period = Period::default();
    for (account, name, kind, sub_type) in [
        (ControlAccount::Sales, "Cloud POS Sales Control Account", "Income", "SalesOfProductIncome"),
        (ControlAccount::Receivable, "Cloud POS Debtor (A/R) Control Account", "Accounts Receivable", "AccountsReceivable"),
        (ControlAccount::TillTakings, "Cloud POS Till Takings Control Account", "Bank", "CashOnHand"),
        (ControlAccount::Vouchers, "Cloud POS Vouchers Control Account", "Other Current Liability", "OtherCurrentLiabilities"),
        (ControlAccount::Deposits, "Cloud POS Deposits Control Account", "Other Current Liability", "OtherCurrentLiabilities"),
        (ControlAccount::DropsAndPayouts, "Cloud POS Drops and Payouts Control Account", "Other Current Asset", "OtherCurrentAssets"),
        (ControlAccount::Purchases, "Cloud POS Purchases Control Account", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
        (ControlAccount::PurchasesTax, "Cloud POS Purchases Tax Control Account", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
        (ControlAccount::PurchasesShipping, "Cloud POS Purchases Shipping Control Account", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
        (ControlAccount::PurchasesOtherFees, "Cloud POS Purchases Other Fees Control Account", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
        (ControlAccount::Payable, "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
        (ControlAccount::Rounding, "Cloud POS Rounding Control Account", "Expense", "OtherMiscellaneousServiceCost"),
        (ControlAccount::CertificateDiscounts, "Cloud POS Sales Control Account", "Income", "DiscountsRefundsGiven"),
    ] {
        let expected = json!({"Name": name, "AccountType": kind, "AccountSubType": sub_type});
        assert_eq!(body(ListEntry::Account(account), &period), expected);
        assert!(account.is_made_when_missing());
    }
    for account in [
        ControlAccount::Shipping,
        ControlAccount::SalesTax,
        ControlAccount::OfItem(0),
        ControlAccount::OpeningBalances,
    ] {
        assert!(!account.is_made_when_missing(), "{account:?}");
    }
}

/// what each role allows.
#[test]
fn a_12_a_role_allows_some_types_and_no_others() {
    use AccountType as T;
    let any_income_or_expense = [T::Income, T::OtherIncome, T::Expense, T::OtherExpense, T::CostOfGoodsSold];
    let purchases = [T::CostOfGoodsSold, T::Expense, T::OtherCurrentAsset];
    for (account, allowed) in [
        (ControlAccount::Sales, &[T::Income, T::OtherIncome][..]),
        (ControlAccount::Receivable, &[T::AccountsReceivable]),
        (ControlAccount::TillTakings, &[T::Bank]),
        (ControlAccount::TakingsOf(pos_model::TenderTypeId(1)), &[T::Bank]),
        (ControlAccount::Vouchers, &[T::OtherCurrentLiability]),
        (ControlAccount::Deposits, &[T::OtherCurrentLiability]),
        (ControlAccount::SalesTax, &[T::OtherCurrentLiability]),
        (ControlAccount::DropsAndPayouts, &[T::OtherCurrentAsset, T::OtherCurrentLiability, T::Expense]),
        (ControlAccount::Purchases, &purchases),
        (ControlAccount::PurchasesTax, &purchases),
        (ControlAccount::PurchasesShipping, &purchases),
        (ControlAccount::PurchasesOtherFees, &purchases),
        (ControlAccount::Payable, &[T::AccountsPayable]),
        (ControlAccount::Rounding, &any_income_or_expense),
        (ControlAccount::CertificateDiscounts, &[T::Income, T::Expense]),
    ] {
        for kind in T::ALL {
            assert_eq!(
                account.allowed_types().contains(&kind),
                allowed.contains(&kind),
                "{account:?} {kind:?}"
            );
        }
    }
    for account in [ControlAccount::OfItem(0), ControlAccount::OpeningBalances] {
        for kind in T::ALL {
            let is_control = matches!(kind, T::AccountsReceivable | T::AccountsPayable);
            assert_eq!(account.allowed_types().contains(&kind), !is_control, "{account:?} {kind:?}");
        }
    }
}

#[test]
fn x_05_items_payment_methods_and_parties_are_made_with_these_bodies() {
    let (file, company) = case("a01_items_of_their_own_and_a_tip");
    let item = |name: &str, account: &str| json!({"Name": name, "Type": "Service", "IncomeAccountRef": {"value": account}});
    let period = company.first_period();
    let goods = ListEntry::Item(ItemRole::Goods, "Cloud POS Item");
    assert_eq!(body(goods, period), item("Cloud POS Item", "1"));
    assert_eq!(
        body(ListEntry::Item(ItemRole::Voucher, "Cloud POS Voucher Item"), period),
        item("Cloud POS Voucher Item", "2")
    );
    let tip = period.item_of(Some("TIP"));
    assert_eq!(body(ListEntry::Item(tip, period.item_name(tip)), period), item("Tip", "3"));

    let plan = plan(&file.batches()[0], &company).unwrap();
    let card = plan.documents().find_map(|planned| planned.document.tender()).unwrap();
    assert_eq!(
        body(ListEntry::PaymentMethod(card), period),
        json!({"Name": "Manual Credit Card", "Type": "CREDIT_CARD"})
    );
    assert_eq!(
        body(ListEntry::Vendor("Hollow Oak Supply"), period),
        json!({"DisplayName": "Hollow Oak Supply"})
    );
    let store = ListEntry::Customer(Party::Store(file.batches()[0].store()));
    assert_eq!(body(store, period), json!({"DisplayName": "Boston Store"}));
}

/// What was planned says its store, its day and its number, and who a party and a step are.
#[test]
fn an_origin_has_a_store_a_day_and_a_number() {
    let origin = |plan: &Plan<'_>| {
        let origin = plan.origin();
        (origin.store().code().to_owned(), origin.date().to_string(), origin.number())
    };
    let is = |store: &str, day: &str, number| (store.to_owned(), day.to_owned(), number);
    let (file, company) = case("t05_opening_balances");
    let batch = plan(&file.batches()[0], &company).unwrap();
    assert_eq!(origin(&batch), is("boston", "2026-02-03", 4));
    let opening = Origin::opening_entry(file.batches()[0].store(), &company)
        .and_then(|origin| plan(origin, &company))
        .unwrap();
    assert_eq!(origin(&opening), is("boston", "2026-02-02", 0));
    let step = opening.steps()[0].key.clone();
    assert_eq!(step.to_string(), "je-CLOB260202");
    let (file, company) = case("d18_linked_bill");
    let order = plan(&file.purchase_orders()[0], &company).unwrap();
    assert_eq!(origin(&order), is("boston", "2026-02-03", 306_063));
    let party = batch.documents().find_map(|planned| planned.document.party()).unwrap();
    assert_eq!(party.key().to_string(), "store-boston");
}

/// A chain is the steps of one event, so that what fails holds that event back and no other.
#[test]
fn the_steps_of_an_event_share_a_chain_and_other_events_have_other_chains() {
    for name in ["g25_swap_with_net_due", "g09_deposits_paid_and_one_redeemed", "n12_compact_numbers"] {
        let (file, company) = case(name);
        for batch in file.batches() {
            let plan = plan(batch, &company).unwrap();
            let documents = || plan.steps().iter().filter_map(|step| Some((step.chain, step.document()?)));
            for (chain, planned) in documents() {
                for (other, other_planned) in documents() {
                    let is_same = planned.identity == other_planned.identity;
                    assert_eq!(chain == other, is_same, "{} and {}", planned.number, other_planned.number);
                }
            }
        }
    }
}

/// The records that an event names, whichever event named them first, and the event's document before it; a settlement is
/// needed by nothing (D-04).
#[test]
fn d_04_a_step_says_what_it_needs() {
    for (name, expected) in [
        // A swap: the settlement `pay-CLT9B3` is needed by nothing.
        (
            "g25_swap_with_net_due",
            "store-boston <-
             inv-CLT9B3 <- store-boston
             cm-CLT9B3R <- store-boston inv-CLT9B3
             pay-CLT9B3 <- store-boston cm-CLT9B3R
             pay-CL15236T9B3 <- store-boston cm-CLT9B3R",
        ),
        // The store's own customer, which the first event has made for the second too.
        (
            "t04_business_day_ends_at_four",
            "store-boston <-
             inv-CLT31B3 <- store-boston
             pay-CL15239T31B3 <- store-boston inv-CLT31B3
             inv-CLT32B3 <- store-boston
             pay-CL15239T32B3 <- store-boston inv-CLT32B3",
        ),
        (
            "d18_linked_bill",
            "vend-cloudposvendor-a0044006 <-
             po-CL306063 <- vend-cloudposvendor-a0044006
             bill-CL306063B <- vend-cloudposvendor-a0044006 po-CL306063",
        ),
    ] {
        let (file, company) = case(name);
        let plans = origins(file.batches(), file.purchase_orders()).map(|o| plan(o, &company).unwrap());
        let lines = plans.flat_map(|plan| {
            let needs = |step: &Step<'_>| {
                let keys = step.needs.iter().map(|need| plan.steps()[*need].key.as_str());
                [step.key.as_str(), "<-"].into_iter().chain(keys).collect::<Vec<_>>().join(" ")
            };
            plan.steps().iter().map(needs).collect::<Vec<_>>()
        });
        let expected: Vec<&str> = expected.lines().map(str::trim).collect();
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{name}");
    }
}

/// T-05: certificates alone, deposits alone, or both of one amount; nothing when both are 0.00.
#[test]
fn t_05_an_opening_of_one_kind_is_posted_and_one_of_nothing_is_not() {
    for (vouchers, deposits, total) in [
        ("120.00", "0.00", Some(12_000)),
        ("0.00", "25.00", Some(2_500)),
        ("25.00", "25.00", Some(5_000)),
        ("0.00", "0.00", None),
    ] {
        let mapping = json!({"opening": {"date": "2026-02-02", "vouchers": vouchers, "deposits": deposits,
            "from_account": "Opening Balance Equity"}});
        let company = Company::try_from(serde_json::from_value::<CompanyMapping>(mapping).unwrap()).unwrap();
        let (file, _) = case("t05_opening_balances");
        let plan = Origin::opening_entry(file.batches()[0].store(), &company)
            .and_then(|origin| plan(origin, &company));
        let found = plan.ok().and_then(|plan| plan.documents().next().map(|d| d.document.total().cents()));
        assert_eq!(found, total, "{vouchers} and {deposits}");
    }
}

/// Which items a plan names, on sales forms and on sales receipts.
#[test]
fn a_plan_says_which_items_it_names() {
    let (file, company) = case("g14_pay_in_and_pay_out");
    let batch = file.batches().iter().find(|batch| !batch.pay_ins_and_outs().is_empty()).unwrap();
    let receipts = plan(batch, &company).unwrap();
    assert!(receipts.uses(ItemRole::DropsAndPayouts));
    assert!(!receipts.uses(ItemRole::Goods) && !receipts.uses(ItemRole::Rounding));
    let (file, company) = case("g02_sale_two_items_cash");
    let sale = plan(&file.batches()[0], &company).unwrap();
    assert!(sale.uses(ItemRole::Goods) && !sale.uses(ItemRole::Voucher));
}
