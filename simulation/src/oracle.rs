//! What the books must be, added up naively from the files of the point of sale. Nothing here comes from the crates under
//! test: not their rules, numbers, money or types.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::sales::STORES;

/// What the books must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    /// Cents by account and day, debit positive; nothing where they come to 0.
    pub(crate) accounts: BTreeMap<(String, String), i64>,
    /// Cents that each customer owes, by account number; nothing where they come to 0.
    pub(crate) customers: BTreeMap<String, i64>,
    /// Kind, number, day and total in cents of every document, in order.
    pub(crate) documents: Vec<(&'static str, String, String, i64)>,
}

const SALES: &str = "Cloud POS Sales Control Account";
const RECEIVABLE: &str = "Cloud POS Debtor (A/R) Control Account";
const TAKINGS: &str = "Cloud POS Till Takings Control Account";
const VOUCHERS: &str = "Cloud POS Vouchers Control Account";
const DEPOSITS: &str = "Cloud POS Deposits Control Account";
const DROPS: &str = "Cloud POS Drops and Payouts Control Account";
/// The two accounts that are QuickBooks' own in every company.
pub(crate) const SALES_TAX: &str = "sales tax";
pub(crate) const SHIPPING: &str = "shipping";
pub(crate) const PAYABLE: &str = "payable";

struct Books {
    expected: Expected,
    day: String,
}

impl Books {
    fn post(&mut self, account: &str, cents: i64) {
        *self.expected.accounts.entry((account.to_owned(), self.day.clone())).or_default() += cents;
    }

    fn owe(&mut self, customer: &Value, cents: i64) {
        let number = customer.as_str().map(|id| format!("20{}", &id[1..])).unwrap_or_default();
        self.post(RECEIVABLE, cents);
        *self.expected.customers.entry(number).or_default() += cents;
    }

    fn document(&mut self, kind: &'static str, number: &str, cents: i64) {
        self.expected.documents.push((kind, number.to_owned(), self.day.clone(), cents));
    }
}

/// Adds up the files.
pub(crate) fn expected(files: &[Value]) -> Expected {
    let mut books = Books { expected: Expected::default(), day: String::new() };
    for file in files {
        let code = file["store"]["code"].as_str().unwrap_or_default();
        let prefix = STORES.iter().find(|(store, _, _)| *store == code).map_or("", |(_, _, prefix)| prefix);
        for batch in list(&file["batches"]) {
            let of_batch = format!("B{}", batch["number"]);
            let of_batch = |middle: String| format!("{prefix}{middle}{of_batch}");
            for one in list(&batch["transactions"]) {
                transaction(&mut books, one, &of_batch);
            }
            for one in list(&batch["deposits"]) {
                books.day = day(one);
                for tender in list(&one["tenders"]) {
                    let paid = cents(&tender["amount"]);
                    books.post(TAKINGS, paid);
                    books.post(DEPOSITS, -paid);
                    let number = of_batch(format!("{}D{}", tender["type"], one["order"]));
                    books.document("Invoice", &number, paid);
                    books.document("Payment", &number, paid);
                }
            }
            for one in list(&batch["account_payments"]) {
                books.day = day(one);
                for tender in list(&one["tenders"]) {
                    let paid = cents(&tender["amount"]);
                    books.post(TAKINGS, paid);
                    books.owe(&one["customer"], -paid);
                    books.document("Payment", &of_batch(format!("{}A{}", tender["type"], one["id"])), paid);
                }
            }
            for one in list(&batch["pay_ins_and_outs"]) {
                books.day = day(one);
                let moved = cents(&one["amount"]);
                let number = of_batch(format!("{}DP{}", one["tender_type"], one["id"]));
                let is_in = one["direction"] == "pay_in";
                books.post(TAKINGS, if is_in { moved } else { -moved });
                books.post(DROPS, if is_in { -moved } else { moved });
                books.document(if is_in { "SalesReceipt" } else { "Purchase" }, &number, moved);
            }
        }
        for order in list(&file["purchase_orders"]) {
            purchase_order(&mut books, order, prefix);
        }
    }
    let mut expected = books.expected;
    expected.accounts.retain(|_, cents| *cents != 0);
    expected.customers.retain(|_, cents| *cents != 0);
    expected.documents.sort();
    expected
}

fn transaction(books: &mut Books, one: &Value, of_batch: &dyn Fn(String) -> String) {
    books.day = day(one);
    let (mut sold, mut returned) = (0, 0);
    let (mut is_sale, mut is_return) = (false, false);
    for line in list(&one["lines"]) {
        let (amount, tax) = (cents(&line["amount"]), cents(&line["tax"]));
        let account = match line["kind"].as_str() {
            Some("shipping") => SHIPPING,
            Some("gift_certificate") => VOUCHERS,
            _ => SALES,
        };
        books.post(account, -amount);
        books.post(SALES_TAX, -tax);
        if line["quantity"].as_str().is_some_and(|quantity| quantity.starts_with('-')) {
            is_return = true;
            returned -= amount + tax;
        } else {
            is_sale = true;
            sold += amount + tax;
        }
    }
    let mut money: BTreeMap<u64, i64> = BTreeMap::new();
    let (mut off_invoice, mut off_memo) = (0, 0);
    for tender in list(&one["tenders"]) {
        let paid = cents(&tender["amount"]);
        match tender["type"].as_u64() {
            Some(15241) => books.post(VOUCHERS, paid),
            Some(15243) => books.post(DEPOSITS, paid),
            Some(15242) => books.owe(&one["customer"], paid),
            of => {
                books.post(TAKINGS, paid);
                *money.entry(of.unwrap_or_default()).or_default() += paid;
            }
        }
        match tender["type"].as_u64() {
            Some(15241 | 15243) if paid > 0 => off_invoice += paid,
            Some(15241 | 15243) => off_memo -= paid,
            _ => {}
        }
    }
    let number = of_batch(format!("T{}", one["number"]));
    if is_sale {
        books.document("Invoice", &number, sold - off_invoice);
    }
    if is_return {
        let memo = if is_sale { format!("{number}R") } else { number.clone() };
        books.document("CreditMemo", &memo, returned - off_memo);
    }
    let mut paid_out = 0;
    for (kind, net) in money {
        let number = of_batch(format!("{kind}T{}", one["number"]));
        if net > 0 {
            books.document("Payment", &number, net);
        } else if net < 0 {
            paid_out -= net;
            books.document("Purchase", &number, -net);
        }
    }
    // The credit memo is settled where something stands against it: the invoice of the same receipt, or money given back.
    let open = returned - off_memo;
    if is_return && open > 0 && (is_sale || paid_out > 0) {
        books.document("Payment", &number, 0);
    }
}

fn purchase_order(books: &mut Books, order: &Value, prefix: &str) {
    books.day = order["date"].as_str().unwrap_or_default().to_owned();
    let sum = |name: &str| list(&order["lines"]).iter().map(|line| cents(&line[name])).sum::<i64>();
    let parts = [
        ("Cloud POS Purchases Control Account", sum("amount")),
        ("Cloud POS Purchases Tax Control Account", sum("tax")),
        ("Cloud POS Purchases Shipping Control Account", cents(&order["shipping"])),
        ("Cloud POS Purchases Other Fees Control Account", cents(&order["other_fees"])),
    ];
    let total: i64 = parts.iter().map(|(_, cents)| cents).sum();
    for (account, cents) in parts {
        books.post(account, cents);
    }
    books.post(PAYABLE, -total);
    let number = format!("{prefix}{}", order["number"]);
    books.document("PurchaseOrder", &number, total);
    books.document("Bill", &format!("{number}B"), total);
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn day(one: &Value) -> String {
    one["occurred_at"].as_str().unwrap_or_default().chars().take(10).collect()
}

/// Cents of an amount written with two decimals, or of a JSON number of the simulator's.
pub(crate) fn cents(amount: &Value) -> i64 {
    let text = match amount {
        Value::String(text) => text.clone(),
        Value::Null => return 0,
        other => other.to_string(),
    };
    let digits = text.trim_start_matches('-');
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{decimals:0<2}");
    let cents: i64 = format!("{whole}{}", &padded[..2]).parse().unwrap_or_default();
    if text.starts_with('-') { -cents } else { cents }
}
