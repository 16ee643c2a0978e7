//! Random days of a shop with two stores, as the files that a point of sale hands over.
//!
//! The files are JSON text made here without any type of the project, as a point of sale makes them; `oracle.rs` reads the
//! same text.

use serde_json::{Value, json};

use crate::dice::Dice;

pub(crate) const CARD: u64 = 15236;
pub(crate) const CASH: u64 = 15239;
pub(crate) const CHECK: u64 = 15240;
const CERTIFICATE: u64 = 15241;
const ACCOUNT: u64 = 15242;
const DEPOSIT: u64 = 15243;
const MONEY: [u64; 3] = [CASH, CARD, CHECK];

/// The stores: code, name, prefix of their numbers.
pub(crate) const STORES: [(&str, &str, &str); 2] =
    [("boston", "Boston Store", "CL"), ("salem", "Salem Store", "SA")];
const DAYS: [&str; 2] = ["2026-02-03", "2026-02-04"];

/// One thing that happened at a register, or in the stockroom.
#[derive(Debug, Clone)]
pub(crate) struct Happening {
    /// Which of [`STORES`].
    pub(crate) store: usize,
    /// Which day of it.
    pub(crate) day: usize,
    /// The member of the file that it belongs to: `transactions` and so on.
    pub(crate) list: &'static str,
    /// The thing itself.
    pub(crate) value: Value,
}

/// Returns what happened: three or four things on most nights, up to twelve on some.
pub(crate) fn happenings(dice: &mut Dice) -> Vec<Happening> {
    let most = if dice.percent(10) { 12 } else { 4 };
    let count = 1 + dice.below(most);
    (0..count).map(|at| happening(dice, 1000 + at)).collect()
}

fn happening(dice: &mut Dice, number: u64) -> Happening {
    let (store, day) = (usize::from(dice.percent(35)), usize::from(dice.percent(30)));
    let at = format!("{}T{:02}:{:02}:00-05:00", DAYS[day], 9 + dice.below(14), dice.below(60));
    let (list, value) = match dice.below(100) {
        0..40 => ("transactions", sale(dice, number, &at)),
        40..55 => ("transactions", back(dice, number, &at)),
        55..67 => ("transactions", swap(dice, number, &at)),
        67..77 => ("deposits", deposit(dice, number, &at)),
        77..87 => ("account_payments", account_payment(dice, number, &at)),
        87..94 => ("pay_ins_and_outs", pay(dice, number, &at)),
        _ => ("purchase_orders", purchase_order(dice, number, DAYS[day])),
    };
    Happening { store, day, list, value }
}

/// Cents as the form writes money.
pub(crate) fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

fn line(dice: &mut Dice, kind: &str, sign: i64) -> (Value, i64) {
    let cents = dice.cents(1, 30_000);
    let is_taxed = kind == "item" && dice.percent(60);
    let tax = if is_taxed { (cents * 625 + 5_000) / 10_000 } else { 0 };
    let code = if is_taxed { "TAX" } else { "NON" };
    let mut line = json!({
        "kind": kind, "quantity": sign.to_string(), "amount": money(sign * cents), "tax": money(sign * tax), "tax_code": code
    });
    if kind != "shipping" {
        line["description"] =
            json!(dice.one_of(&["Bell", "Helmet, white", "Inner tube", "Müller's \"best\" <lock>"]));
    }
    (line, sign * (cents + tax))
}

const CUSTOMERS: [&str; 3] = ["c1", "c2", "c3"];

fn customer(dice: &mut Dice) -> &'static str {
    dice.one_of::<&str>(&CUSTOMERS)
}

fn tender(kind: u64, cents: i64) -> Value {
    json!({"type": kind, "amount": money(cents)})
}

fn sale(dice: &mut Dice, number: u64, at: &str) -> Value {
    let mut lines = Vec::new();
    let mut due = 0;
    for _ in 0..=dice.below(3) {
        let (line, cents) = line(dice, "item", 1);
        lines.push(line);
        due += cents;
    }
    for (kind, chance) in [("shipping", 15), ("gift_certificate", 10)] {
        if dice.percent(chance) {
            let (line, cents) = line(dice, kind, 1);
            lines.push(line);
            due += cents;
        }
    }
    let mut tenders = Vec::new();
    let mut is_named = dice.percent(30);
    let part = dice.cents(1, due);
    match dice.below(10) {
        0 => {
            is_named = true;
            tenders.push(tender(ACCOUNT, part));
        }
        1 => tenders.push(tender(CERTIFICATE, part)),
        2 => tenders.push(json!({"type": DEPOSIT, "amount": money(part), "order": 700 + dice.below(3)})),
        3 => tenders.push(tender(*dice.one_of(&MONEY), part)),
        _ => {}
    }
    let left = due - tenders.first().map_or(0, |_| part);
    if left > 0 {
        tenders.push(tender(*dice.one_of(&MONEY), left));
    }
    named(dice, is_named, json!({"number": number, "occurred_at": at, "lines": lines, "tenders": tenders}))
}

fn back(dice: &mut Dice, number: u64, at: &str) -> Value {
    let mut lines = Vec::new();
    let mut due = 0;
    for _ in 0..=dice.below(2) {
        let (line, cents) = line(dice, "item", -1);
        lines.push(line);
        due += cents;
    }
    let kind = match dice.below(6) {
        0 => ACCOUNT,
        1 => CERTIFICATE,
        _ => *dice.one_of(&MONEY),
    };
    let is_named = kind == ACCOUNT || dice.percent(30);
    let transaction =
        json!({"number": number, "occurred_at": at, "lines": lines, "tenders": [tender(kind, due)]});
    named(dice, is_named, transaction)
}

fn swap(dice: &mut Dice, number: u64, at: &str) -> Value {
    let (sold, in_cents) = line(dice, "item", 1);
    let (returned, out_cents) = line(dice, "item", -1);
    let due = in_cents + out_cents;
    let mut tenders = Vec::new();
    let mut is_named = dice.percent(30);
    if due > 0 && dice.percent(20) {
        is_named = true;
        tenders.push(tender(ACCOUNT, due));
    } else if due != 0 {
        tenders.push(tender(*dice.one_of(&MONEY), due));
    }
    let transaction =
        json!({"number": number, "occurred_at": at, "lines": [sold, returned], "tenders": tenders});
    named(dice, is_named, transaction)
}

fn named(dice: &mut Dice, is_named: bool, mut transaction: Value) -> Value {
    if is_named {
        transaction["customer"] = json!(customer(dice));
    }
    transaction
}

fn deposit(dice: &mut Dice, number: u64, at: &str) -> Value {
    // An order of its own: what is paid and returned on one order in one batch would be netted.
    let cents = dice.cents(1, 20_000);
    let mut deposit = json!({
        "id": number, "occurred_at": at, "order": 800 + number, "tenders": [tender(*dice.one_of(&MONEY), cents)]
    });
    if dice.percent(50) {
        deposit["customer"] = json!(customer(dice));
    }
    deposit
}

fn account_payment(dice: &mut Dice, number: u64, at: &str) -> Value {
    let cents = dice.cents(1, 20_000);
    let tenders = [tender(*dice.one_of(&MONEY), cents)];
    json!({"id": number, "occurred_at": at, "customer": customer(dice), "tenders": tenders})
}

fn pay(dice: &mut Dice, number: u64, at: &str) -> Value {
    let direction = *dice.one_of(&["pay_in", "pay_out"]);
    json!({
        "id": number, "occurred_at": at, "direction": direction, "tender_type": CASH,
        "amount": money(dice.cents(1, 9_000)), "reason": "Change"
    })
}

fn purchase_order(dice: &mut Dice, number: u64, date: &str) -> Value {
    let lines: Vec<Value> = (0..=dice.below(2))
        .map(|_| {
            let cents = dice.cents(1, 50_000);
            json!({"name": "Inner tube", "quantity": "2", "amount": money(cents), "tax": money(cents / 16)})
        })
        .collect();
    json!({
        "number": number, "status": "closed", "date": date, "closed_at": format!("{date}T17:00:00-05:00"),
        "supplier": "s1", "lines": lines, "shipping": money(dice.cents(0, 900)), "other_fees": money(dice.cents(0, 90))
    })
}

/// Returns the file of each store that has something to hand over: one register, a batch a day.
pub(crate) fn files(happenings: &[Happening]) -> Vec<Value> {
    let stores = STORES.iter().enumerate();
    let files = stores.map(|(store, (code, name, _))| {
        let of = |day: usize, list: &str| -> Vec<Value> {
            let all = happenings.iter().filter(|one| (one.store, one.day, one.list) == (store, day, list));
            all.map(|one| one.value.clone()).collect()
        };
        let batches = DAYS.iter().enumerate().filter_map(|(day, date)| {
            let lists = ["transactions", "deposits", "account_payments", "pay_ins_and_outs"];
            let lists = lists.map(|list| (list, of(day, list)));
            lists.iter().any(|(_, all)| !all.is_empty()).then(|| {
                let mut batch = json!({
                    "register": "1", "number": 4 + day, "business_date": date, "status": "closed",
                    "closed_at": format!("{date}T23:05:00-05:00")
                });
                for (list, all) in lists {
                    batch[list] = all.into();
                }
                batch
            })
        });
        let customers = CUSTOMERS.map(|id| {
            json!({"id": id, "account_number": format!("20{}", &id[1..]), "first_name": "Sara", "last_name": "Edward"})
        });
        let orders: Vec<Value> = (0..DAYS.len()).flat_map(|day| of(day, "purchase_orders")).collect();
        json!({
            "version": 1,
            "store": {"code": code, "name": name, "retailer": "1651"},
            "tender_types": [
                {"id": CASH, "name": "Cash", "kind": "cash"}, {"id": CARD, "name": "Credit Card", "kind": "card"},
                {"id": CHECK, "name": "Check", "kind": "check"},
                {"id": CERTIFICATE, "name": "Gift Certificate", "kind": "gift_certificate"},
                {"id": ACCOUNT, "name": "Customer Account", "kind": "customer_account"},
                {"id": DEPOSIT, "name": "Deposit", "kind": "deposit"}
            ],
            "customers": customers,
            "batches": batches.collect::<Vec<_>>(),
            "purchase_orders": orders
        })
    });
    let has_any = |file: &Value| file["batches"] != json!([]) || file["purchase_orders"] != json!([]);
    files.filter(has_any).collect()
}
