//! Lines 8 to 12 and the golden numbers: lines, shipping, discount and tax of sales forms.

use crate::common;

use common::*;
use qb_simulator::CompanyOptions;
use serde_json::{Value, json};

fn discount(percent: &str) -> Value {
    json!({"DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": true, "DiscountPercent": percent}})
}

fn taxed(after_discount: bool) -> Value {
    json!({"ApplyTaxAfterDiscount": after_discount, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}})
}

fn taxing(percent: &str) -> CompanyOptions {
    CompanyOptions { sales_tax_percent: percent.parse().unwrap(), ..CompanyOptions::default() }
}

#[tokio::test]
async fn line_8_amount_is_quantity_times_price_rounded_half_up() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let tea = books.item("Tea").await;
    for (amount, qty, price, fits) in [
        ("1861.08", "128.350", "14.50", true),
        ("1861.07", "128.350", "14.50", false),
        ("100.00", "3", "33.333333", true),
        ("100.00", "3", "33.33", false),
        ("-12.50", "-1", "12.50", true),
        ("12.50", "-1", "12.50", false),
        ("0", "0", "12.50", true),
        ("15.00", "0", "0", true),
    ] {
        let mut lines = vec![priced(&tea, amount, qty, price)];
        lines.push(line("1", 20.0, "NON"));
        let answer = books.post("invoice", form(&customer, lines)).await;
        match fits {
            true => assert_eq!(answer.status, 200, "{}", answer.text),
            false => assert!(
                answer.refused("6070").contains("Amount is not equal to UnitPrice * Qty."),
                "{amount}"
            ),
        }
    }
    let wrong =
        books.post("invoice", form(&customer, vec![priced(&tea, "1861.07", "128.350", "14.50")])).await;
    assert!(wrong.refused("6070").ends_with("Supplied value:1,861.07"));
    let right =
        books.post("invoice", form(&customer, vec![priced(&tea, "1861.08", "128.350", "14.50")])).await;
    assert!(right.text.contains("\"UnitPrice\":14.5,\"Qty\":128.35,"), "{}", right.text);
    assert!(right.text.contains("\"TotalAmt\":1861.08,"), "{}", right.text);
    let mut alone = line(&tea, 7.0, "NON");
    alone["SalesItemLineDetail"]["Qty"] = json!(2);
    books.create("Invoice", form(&customer, vec![alone])).await;
    books.close().await;
}

#[tokio::test]
async fn line_9_shipping_needs_its_preference_and_posts_to_its_account() {
    let off = Books::open_with(CompanyOptions { allow_shipping: false, ..CompanyOptions::default() }).await;
    let customer = off.customer("Ada").await;
    let lines = vec![line("1", 10.0, "NON"), line("SHIPPING_ITEM_ID", 6.0, "NON")];
    off.post("invoice", form(&customer, lines.clone())).await.refused("6000");
    off.close().await;

    let on = Books::open().await;
    let customer = on.customer("Ada").await;
    let invoice = on.create("Invoice", form(&customer, lines)).await;
    assert_eq!(on.balance("Shipping Income"), "-6.00");
    assert_eq!(on.balance("Services"), "-10.00");
    let lines = invoice["Line"].as_array().unwrap();
    assert_eq!(
        lines[1],
        json!({"Amount": 10.0, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}})
    );
    assert_eq!(lines[2]["SalesItemLineDetail"]["ItemRef"]["value"], "SHIPPING_ITEM_ID");
    assert_eq!((&lines[2]["Id"], &lines[2]["LineNum"]), (&Value::Null, &Value::Null));
    on.close().await;
}

#[tokio::test]
async fn line_10_discount_before_or_after_tax_gives_two_taxes() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let lines = vec![line("1", 100.0, "TAX"), line("1", 100.0, "NON"), discount("10")];
    let before = books.create("Invoice", with(form(&customer, lines.clone()), taxed(false))).await;
    assert_eq!((&before["TxnTaxDetail"]["TotalTax"], &before["TotalAmt"]), (&json!(8.0), &json!(188.0)));
    let after = books.create("Invoice", with(form(&customer, lines), taxed(true))).await;
    assert_eq!((&after["TxnTaxDetail"]["TotalTax"], &after["TotalAmt"]), (&json!(7.2), &json!(187.2)));
    let detail = &after["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"];
    assert_eq!(detail["NetAmountTaxable"], json!(90.0));
    assert_eq!(books.balance("Discounts given"), "40.00");
    assert_eq!(books.balance("Sales Tax Payable"), "-15.20");
    let kinds: Vec<&str> =
        after["Line"].as_array().unwrap().iter().map(|line| line["DetailType"].as_str().unwrap()).collect();
    let expected = ["SalesItemLineDetail", "SalesItemLineDetail", "SubTotalLineDetail", "DiscountLineDetail"];
    assert_eq!(kinds, expected);
    books.close().await;
}

#[tokio::test]
async fn line_11_without_sales_tax_the_tax_detail_vanishes() {
    let books =
        Books::open_with(CompanyOptions { using_sales_tax: false, ..CompanyOptions::default() }).await;
    let customer = books.customer("Ada").await;
    let tax = json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 8.0}});
    let invoice = books.create("Invoice", with(form(&customer, vec![line("1", 100.0, "TAX")]), tax)).await;
    assert_eq!((&invoice["TxnTaxDetail"], &invoice["TotalAmt"]), (&Value::Null, &json!(100.0)));
    assert_eq!(books.balance("Sales Tax Payable"), "0.00");
    books.close().await;
}

#[tokio::test]
async fn line_12_the_tills_tax_is_kept_and_the_difference_shown() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = form(&customer, vec![line("1", 335.25, "TAX")]);
    let computed = books.create("Invoice", with(sale.clone(), taxed(false))).await;
    assert_eq!(computed["TxnTaxDetail"]["TotalTax"], json!(26.82));
    assert_eq!(computed["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["OverrideDeltaAmount"], Value::Null);
    let tax = json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": "26.80"}});
    let kept = books.post("invoice", with(sale.clone(), tax)).await;
    let detail = &kept.json["Invoice"]["TxnTaxDetail"];
    assert_eq!((&detail["TotalTax"], &detail["TaxLine"][0]["Amount"]), (&json!(26.8), &json!(26.8)));
    assert_eq!(detail["TaxLine"][0]["TaxLineDetail"]["OverrideDeltaAmount"], json!(-0.02));
    assert!(
        kept.text.contains("\"TotalTax\":26.80,") && kept.text.contains("\"TaxPercent\":8,"),
        "{}",
        kept.text
    );
    assert_eq!(books.balance("Sales Tax Payable"), "-53.62");

    let untaxed = form(&customer, vec![line("1", 10.0, "NON")]);
    let tax = json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 0.8}});
    books.post("invoice", with(untaxed.clone(), tax)).await.refused("6000");
    let zero = json!({"TxnTaxDetail": {"TotalTax": 0}});
    let zero = books.create("Invoice", with(untaxed, zero)).await;
    assert_eq!(zero["TxnTaxDetail"], json!({"TotalTax": 0}));
    let custom = json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "CustomSalesTax"}}});
    books.post("invoice", with(sale, custom)).await.refused("6160");
    books.post("invoice", form(&customer, vec![line("1", 1.0, "2")])).await.refused("6100");
    books.close().await;
}

#[tokio::test]
async fn tax_follows_the_sign_and_the_shipping_of_what_is_taxed() {
    let books = Books::open_with(taxing("10")).await;
    let customer = books.customer("Ada").await;
    let sale = |taxable: f64, tax: f64| {
        let mut credit = line("1", taxable, "TAX");
        credit["SalesItemLineDetail"]["Qty"] = json!(if taxable < 0.0 { -1 } else { 1 });
        let tax = json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": tax}});
        with(form(&customer, vec![credit, line("1", 50.0, "NON")]), tax)
    };
    books.post("invoice", sale(10.0, -1.0)).await.refused("2240");
    assert_eq!(books.create("Invoice", sale(-10.0, -1.0)).await["TotalAmt"], json!(39.0));
    let shipped = form(&customer, vec![line("1", 50.0, "TAX"), line("SHIPPING_ITEM_ID", 2.0, "TAX")]);
    let invoice = books.create("Invoice", with(shipped, taxed(false))).await;
    assert_eq!(invoice["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"], json!(52.0));
    let many = |count: usize| with(form(&customer, vec![line("1", 1.0, "TAX"); count]), taxed(false));
    assert_eq!(books.post("invoice", many(750)).await.status, 200);
    books.post("invoice", many(751)).await.refused("6000");
    books.close().await;
}

#[tokio::test]
async fn line_12_a_customer_who_is_exempt_pays_no_tax() {
    let books = Books::open().await;
    let exempt = id(&books.create("Customer", json!({"DisplayName": "Church", "Taxable": false})).await);
    let sale = form(&exempt, vec![line("1", 100.0, "TAX")]);
    let invoice = books.create("Invoice", with(sale.clone(), taxed(false))).await;
    assert_eq!(invoice["TotalAmt"], json!(100.0));
    let tax = json!({"TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}, "TotalTax": 8}});
    books.post("invoice", with(sale, tax)).await.refused("6000");
    books.close().await;
}

#[tokio::test]
async fn golden_invoice_with_discount_shipping_and_deposit() {
    let books = Books::open_with(taxing("10")).await;
    let customer = books.customer("Ada").await;
    let lines = vec![line("1", 50.0, "TAX"), discount("10"), line("SHIPPING_ITEM_ID", 2.0, "NON")];
    let body = with(with(form(&customer, lines), taxed(false)), json!({"Deposit": 12.0}));
    let answer = books.post("invoice", body).await;
    let invoice = &answer.json["Invoice"];
    assert_eq!(invoice["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"], json!(50.0));
    assert!(answer.text.contains("\"TotalTax\":5.00,"), "{}", answer.text);
    assert!(answer.text.contains("\"TotalAmt\":52.00,"), "{}", answer.text);
    assert!(answer.text.contains("\"Balance\":40.00}"), "{}", answer.text);
    assert_eq!(books.balance("Undeposited Funds"), "12.00");
    assert_eq!(books.balance("Accounts Receivable (A/R)"), "40.00");
    let paid =
        |deposit: f64| with(form(&customer, vec![line("1", 50.0, "NON")]), json!({"Deposit": deposit}));
    assert_eq!(books.create("Invoice", paid(50.0)).await["Balance"], json!(0));
    books.post("invoice", paid(50.01)).await.refused("6000");
    books.post("invoice", paid(-0.01)).await.refused("2240");
    books.close().await;
}

#[tokio::test]
async fn golden_discount_leaves_shipping_alone_and_tax_rounds_half_up() {
    let books = Books::open_with(taxing("6.5")).await;
    let tea = books.item("Tea").await;
    let mut sold = priced(&tea, "345.00", "15", "23");
    sold["SalesItemLineDetail"]["TaxCodeRef"] = json!({"value": "TAX"});
    let lines = vec![line("SHIPPING_ITEM_ID", 5.0, "NON"), discount("10"), sold];
    let receipt = with(json!({"Line": lines}), taxed(false));
    let answer = books.post("salesreceipt", receipt).await;
    assert!(answer.text.contains("\"TotalTax\":22.43,"), "{}", answer.text);
    assert!(answer.text.contains("\"TotalAmt\":337.93,"), "{}", answer.text);
    assert!(answer.text.contains("\"Balance\":0,"), "{}", answer.text);
    assert_eq!(answer.json["SalesReceipt"]["Line"][2]["Amount"], json!(34.5));
    assert_eq!(books.balance("Undeposited Funds"), "337.93");
    books.close().await;
}

#[tokio::test]
async fn golden_tax_of_325_75_at_8_percent() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let memo =
        books.create("CreditMemo", with(form(&customer, vec![line("1", 325.75, "TAX")]), taxed(false))).await;
    assert_eq!(memo["TxnTaxDetail"]["TotalTax"], json!(26.06));
    assert_eq!(memo["RemainingCredit"], memo["Balance"]);
    assert_eq!(memo["Balance"], json!(351.81));
    assert_eq!(books.balance("Accounts Receivable (A/R)"), "-351.81");
    assert_eq!(books.balance("Sales Tax Payable"), "26.06");
    books.close().await;
}

#[tokio::test]
async fn negative_lines_are_taken_while_the_total_is_not_negative() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let swap = form(&customer, vec![line("1", 30.0, "NON"), line("1", -30.0, "NON")]);
    let answer = books.post("invoice", swap).await;
    assert!(answer.text.contains("\"TotalAmt\":0,"), "{}", answer.text);
    let negative = form(&customer, vec![line("1", 10.0, "NON"), line("1", -10.01, "NON")]);
    books.post("invoice", negative.clone()).await.refused("6000");
    books.post("salesreceipt", negative).await.refused("6000");
    books.close().await;
}

#[tokio::test]
async fn forms_refuse_what_they_cannot_hold() {
    let books = Books::open().await;
    let customer = books.customer("Ada").await;
    let sale = |line: Value| form(&customer, vec![common::line("1", 10.0, "NON"), line]);
    let empty_discount = json!({"DetailType": "DiscountLineDetail", "DiscountLineDetail": {}});
    books.post("invoice", sale(empty_discount)).await.refused("6090");
    books.post("invoice", sale(discount("101"))).await.refused("2180");
    books
        .post("invoice", sale(json!({"DetailType": "JournalEntryLineDetail", "Amount": 1})))
        .await
        .refused("6000");
    books.post("invoice", sale(json!({"DetailType": "Nonsense", "Amount": 1}))).await.refused("2170");
    let many: Vec<Value> = (0..751).map(|_| line("1", 1.0, "TAX")).collect();
    books.post("invoice", with(form(&customer, many.clone()), taxed(false))).await.refused("6000");
    let untaxed = books.create("Invoice", form(&customer, many)).await;
    assert_eq!(untaxed["TotalAmt"], json!(751.0));
    let wrong_bank = books.account("Services").await;
    let receipt = with(sale(line("1", 1.0, "NON")), json!({"DepositToAccountRef": {"value": wrong_bank}}));
    let detail = books.post("salesreceipt", receipt).await.refused("6000").to_owned();
    assert!(detail.contains("You need to select a different type of account for this transaction."));
    books.close().await;
}

#[tokio::test]
async fn addresses_come_from_the_customer_and_notes_are_kept() {
    let books = Books::open().await;
    let body = json!({"DisplayName": "Ada", "BillAddr": {"Line1": "4 Pier Rd", "City": "Eastport"}});
    let customer = books.create("Customer", body).await;
    let sale = with(
        form(
            &id(&customer),
            vec![line("1", 1.0, "NON"), json!({"DetailType": "DescriptionOnly", "Description": "thanks"})],
        ),
        json!({"PrivateNote": "till 2", "CustomerMemo": {"value": "Thank you"}}),
    );
    let invoice = books.create("Invoice", sale).await;
    assert_eq!(invoice["BillAddr"], customer["BillAddr"]);
    assert_eq!(
        (&invoice["PrivateNote"], &invoice["CustomerMemo"]["value"]),
        (&json!("till 2"), &json!("Thank you"))
    );
    assert_eq!(invoice["Line"][1]["Description"], "thanks");
    assert_eq!(invoice["CustomerRef"], json!({"value": customer["Id"], "name": "Ada"}));
    assert_eq!(books.read("Invoice", &id(&invoice)).await, invoice);
    books.close().await;
}
