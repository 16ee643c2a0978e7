//! Where the company mapping lets money go, seen in the books: certificates worth more than their price, tax of two
//! agencies, Undeposited Funds.

use crate::support;

use exchange::{NotReady, Outcome, RunError, TieOut};
use mapping::CompanyMapping;
use serde_json::{Value, json};
use support::pos::{batch, golden, sale, salem};
use support::{World, all_are};

fn mapped(mapping: Value) -> World {
    let mut world = World::new();
    world.map(serde_json::from_value::<CompanyMapping>(mapping).unwrap());
    world
}

fn account(world: &World, name: &str, kind: &str) {
    world.wire.type_in("account", &json!({"Name": name, "AccountType": kind}));
}

/// QuickBooks' figure of an account, as the tie-out has it.
fn moved(ties: &TieOut, name: &str) -> i64 {
    let found = ties.accounts.iter().find(|tie| tie.name == name);
    found.unwrap_or_else(|| panic!("no {name} in {ties:?}")).quickbooks.cents()
}

fn not_ready(error: RunError) -> Vec<String> {
    match error {
        RunError::NotReady(faults) => faults.iter().map(NotReady::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

/// D-06: certificates owe their face value; the rest is less income, or stands where the mapping says: in an account of
/// Income, made when it is missing, or of Expense. Another type is refused before anything is sent.
#[tokio::test]
async fn d_06_certificates_below_their_face_value_tie_out() {
    let day = golden("d06_certificate_below_face_value");
    for (mapping, made, name, cents) in [
        (json!({}), None, "Cloud POS Sales Control Account", -6_100),
        (json!({"accounts": {"certificate_discounts": "Promotions"}}), None, "Promotions", 1_500),
        (json!({"accounts": {"certificate_discounts": "Promotions"}}), Some("Expense"), "Promotions", 1_500),
    ] {
        let world = mapped(mapping);
        made.into_iter().for_each(|kind| account(&world, name, kind));
        let reports = world.run(&day).await;
        assert!(all_are(&reports, Outcome::Created), "{reports:?}");
        let ties = world.tie_out(&day).await;
        assert!(ties.is_tied_out(), "{ties:?}");
        assert_eq!((moved(&ties, "Cloud POS Vouchers Control Account"), moved(&ties, name)), (-300, cents));
    }
    let world = mapped(json!({"accounts": {"certificate_discounts": "Promotions"}}));
    account(&world, "Promotions", "Other Current Asset");
    let error = world.exchange().run(&day[0]).await.unwrap_err();
    let told = not_ready(error);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("Promotions") && told[0].contains("Income or Expense"), "{told:?}");
    assert!(world.documents().is_empty());
}

/// D-21: a sale with tax of two agencies names a combined code of QuickBooks', or is refused with both codes named, before the
/// day closes too. With one, the agencies' sum is compared.
#[tokio::test]
async fn d_21_tax_of_two_agencies_needs_a_combined_code() {
    let mut tent = sale(31, "2026-02-03", "120.00");
    tent["lines"] = json!([
        {"kind": "item", "description": "Tent", "quantity": "1", "amount": "100.00", "tax": "8.00", "tax_code": "state"},
        {"kind": "item", "description": "Permit", "quantity": "1", "amount": "20.00", "tax": "0.40", "tax_code": "COUNTY "}]);
    tent["tenders"][0]["amount"] = json!("128.40");
    let day = [batch("1", 4, "2026-02-03", &[tent])];
    let mut world = World::new();
    let agency = world.wire.type_in("taxagency", &json!({"DisplayName": "Lake County"}))["Id"].clone();
    let county =
        json!({"TaxRateName": "County", "RateValue": "2", "TaxAgencyId": agency, "TaxApplicableOn": "Sales"});
    let rates = [json!({"TaxRateId": "3"}), county];
    world
        .wire
        .post_by_hand("taxservice/taxcode", &json!({"TaxCode": "State and county", "TaxRateDetails": rates}));
    let codes = world.wire.rows("TaxCode");
    let both = codes.iter().find(|row| row["Name"] == "State and county").unwrap()["Id"].clone();
    let default = codes
        .iter()
        .find(|row| row["Name"] != "State and county" && row["Id"] != "TAX" && row["Id"] != "NON");
    let mapping = |sets: Value| {
        json!({"tax_codes": {"STATE": {"taxable": true, "tax_code": default.unwrap()["Id"]},
            "COUNTY": {"taxable": true, "tax_code": both}}, "tax_code_sets": sets})
    };
    world.map(serde_json::from_value(mapping(json!([]))).unwrap());
    let error = world.exchange().run(&day[0]).await.unwrap_err().to_string();
    let text =
        "tax under the codes \"state\" and \"COUNTY \", which lead to different tax codes of QuickBooks";
    assert!(error.contains(text), "{error}");
    let told = world.exchange().readiness(&day).await.unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].to_string().contains(text), "{told:?}");
    assert!(world.documents().is_empty());

    world.map(
        serde_json::from_value(mapping(json!([{"codes": ["STATE", "COUNTY"], "tax_code": both}]))).unwrap(),
    );
    assert_eq!(world.exchange().readiness(&day).await.unwrap(), []);
    let reports = world.run(&day).await;
    assert!(all_are(&reports, Outcome::Created), "{reports:?}");
    let ties = world.tie_out(&day).await;
    assert!(ties.is_tied_out(), "{ties:?}");
    assert_eq!(moved(&ties, "Sales Tax Payable and one more agency"), -840);
}

/// money into Undeposited Funds, an asset that no expense can be paid from, and refunds from another account; the
/// tie-out takes both. Without an account for refunds it is refused before anything is sent, and the message says what helps.
#[tokio::test]
async fn a_03_money_may_go_to_undeposited_funds_when_refunds_come_from_elsewhere() {
    let day = golden("a03_money_into_undeposited_funds_refunds_from_checking");
    let bytes = include_bytes!(
        "../../mapping/tests/golden/a03_money_into_undeposited_funds_refunds_from_checking/company.json"
    );
    let world = mapped(serde_json::from_slice(bytes).unwrap());
    let reports = world.run(&day).await;
    assert!(all_are(&reports, Outcome::Created), "{reports:?}");
    let ties = world.tie_out(&day).await;
    assert!(ties.is_tied_out(), "{ties:?}");
    let found =
        ["Undeposited Funds", "Checking", "Cash on Hand", "Petty Cash"].map(|name| moved(&ties, name));
    assert_eq!(found, [15_500, -6_200, 11_000, -2_700]);

    let world = mapped(json!({"tender_accounts": {"15236": "Undeposited Funds"}}));
    let told = not_ready(world.exchange().run(&day[0]).await.unwrap_err());
    let text = "account \"Undeposited Funds\" is of type Other Current Asset; the role needs Bank, \
        or Other Current Asset beside a refund_account: map another account";
    assert_eq!(told, [text]);
    assert!(world.documents().is_empty());
}

/// X-04, N-13: what only the batches of all stores show together is said by readiness, before the first document of either.
#[tokio::test]
async fn x_04_readiness_says_what_batches_of_all_stores_show_together() {
    let world = World::new();
    let both = [
        batch("1", 4, "2026-02-03", &[sale(1, "2026-02-03", "20.00")]),
        salem(9, "2026-02-03", &[sale(2, "2026-02-03", "30.00")]),
    ];
    let told = world.exchange().readiness(&both).await.unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].to_string().contains("the numbers of both begin with CL"), "{}", told[0]);
    assert_eq!(world.exchange().readiness(&both[..1]).await.unwrap(), []);
    let mapping = json!({"stores": {"boston": {"prefix": "BO"}, "salem": {"prefix": "SA"}}});
    assert_eq!(mapped(mapping).exchange().readiness(&both).await.unwrap(), []);
    assert!(world.documents().is_empty());
}

/// A batch of a store whose tenders are called so.
fn tendered(code: &str, name: &str, tenders: &Value, number: u64) -> pos_model::Batch {
    let sale = |number: u64, tender: u64, amount: &str, sign: &str| {
        json!({"number": number, "occurred_at": "2026-02-03T10:15:00-05:00",
            "lines": [{"kind": "item", "description": "Gloves", "quantity": format!("{sign}1"),
                "amount": format!("{sign}{amount}"), "tax_code": "NON"}],
            "tenders": [{"type": tender, "amount": format!("{sign}{amount}")}]})
    };
    let file = json!({
        "version": 1, "store": {"code": code, "name": name, "retailer": "1651"}, "tender_types": tenders,
        "batches": [{"register": "1", "number": number, "business_date": "2026-02-03", "status": "closed",
            "closed_at": "2026-02-03T18:05:00-05:00",
            "transactions": [sale(1, 5, "20.00", ""), sale(2, 6, "30.00", ""), sale(3, 6, "4.00", "-")]}]
    });
    pos_model::PosFile::from_json(file.to_string().as_bytes()).unwrap().into_parts().0.remove(0)
}

/// P-03: one tender id means cash in one store and a card in another that has tenders of its own. Posted side by side, each goes to
/// its store's account under its own payment method, refunds too, and all of it ties out; without the table nothing is sent.
#[tokio::test]
async fn p_03_a_store_may_have_tenders_of_its_own() {
    let boston =
        json!([{"id": 5, "name": "Cash", "kind": "cash"}, {"id": 6, "name": "Visa", "kind": "card"}]);
    let salem = json!([{"id": 5, "name": "Visa", "kind": "card"}, {"id": 6, "name": "Cash", "kind": "cash"}]);
    let both = [tendered("boston", "Boston Store", &boston, 4), tendered("salem", "Salem Store", &salem, 9)];
    let mut mapping = json!({"tender_accounts": {"6": "Card Clearing"},
        "stores": {"boston": {"prefix": "BO"}, "salem": {"prefix": "SA"}}});
    let told = mapped(mapping.clone()).exchange().readiness(&both).await.unwrap();
    assert!(told.len() == 2 && told[0].to_string().contains("tender_accounts of its own"), "{told:?}");
    mapping["stores"]["salem"]["tender_accounts"] = json!({"5": {"account": "Salem Cards", "refund_account": "Salem Refunds"}, "6": {"account": "Salem Cash"}});
    let mut world = mapped(mapping.clone());
    assert_eq!(world.exchange().readiness(&both).await.unwrap(), []);
    world
        .exchange()
        .run_all(both.to_vec(), |_: &pos_model::Batch, result| {
            assert!(all_are(&[result.unwrap()], Outcome::Created));
        })
        .await;
    let ties = world.tie_out(&both).await;
    assert!(ties.is_tied_out(), "{ties:?}");
    for (name, cents) in [
        ("Cloud POS Till Takings Control Account", 2_000),
        ("Card Clearing", 2_600),
        ("Salem Cards", 2_000),
        ("Salem Cash", 2_600),
    ] {
        assert_eq!(moved(&ties, name), cents, "{name}");
    }
    let methods = world.wire.rows("PaymentMethod");
    let name = |id: &Value| methods.iter().find(|method| method["Id"] == *id).unwrap()["Name"].clone();
    for payment in
        world.wire.rows("Payment").iter().filter(|row| row["PaymentRefNum"].as_str().unwrap().len() > 7)
    {
        let number = payment["PaymentRefNum"].as_str().unwrap();
        let wanted = if number.starts_with("BO5") || number.starts_with("SA6") { "Cash" } else { "Visa" };
        assert_eq!(name(&payment["PaymentMethodRef"]["value"]), wanted, "{number}");
    }
    assert!(all_are(&world.run(&both).await, Outcome::AlreadyPosted));
    world.audit();

    // From a day on, another account; the store keeps the others.
    mapping["changes"] =
        json!([{"from": "2026-02-04", "stores": {"salem": {"tender_accounts": {"6": "Salem Safe"}}}}]);
    world.map(serde_json::from_value(mapping).unwrap());
    let period = world.mapping.on("2026-02-04".parse().unwrap()).clone();
    let at =
        |tender| period.account_name(period.takings("salem", pos_model::TenderTypeId(tender))).to_owned();
    assert_eq!([at(5), at(6)], ["Salem Cards", "Salem Safe"]);
    assert_eq!(period.account_name(period.refunds("salem", pos_model::TenderTypeId(5))), "Salem Refunds");
}
