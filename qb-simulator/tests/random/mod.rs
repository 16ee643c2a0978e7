//! A company and random requests on it: creates, updates, voids and deletes of every kind of document, list entries made,
//! renamed and put out of use, and batches of all that.
#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part")]

use chrono::DateTime;
use proptest::prelude::*;
use qb_simulator::{Company, CompanyOptions, Json};
use serde_json::{Value, json};

use crate::common::{NOW, call};

/// One request; numbers choose among what exists.
#[derive(Debug, Clone)]
pub struct Step {
    entity: usize,
    party: usize,
    amounts: Vec<i64>,
    links: Vec<(usize, i64)>,
    /// `None` creates; else which document is changed, and how.
    change: Option<(usize, usize)>,
    /// Sent in one batch with the steps that follow, while they say so too.
    batch: bool,
}

const ENTITIES: [&str; 18] = [
    "Customer",
    "Vendor",
    "Item",
    "Transfer",
    "PurchaseOrder",
    "Invoice",
    "Invoice",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Payment",
    "Payment",
    "Bill",
    "VendorCredit",
    "BillPayment",
    "JournalEntry",
    "Deposit",
    "Purchase",
];

/// A random step.
pub fn step() -> impl Strategy<Value = Step> {
    let amounts = prop::collection::vec(1..20_000i64, 1..4);
    let links = prop::collection::vec((0..60usize, 0..15_000i64), 0..4);
    let change = prop::option::of((0..60usize, 0..6usize));
    let batch = (0..4usize).prop_map(|one| one == 0);
    (0..ENTITIES.len(), 0..2usize, amounts, links, change, batch).prop_map(
        |(entity, party, amounts, links, change, batch)| Step {
            entity,
            party,
            amounts,
            links,
            change,
            batch,
        },
    )
}

fn money(cents: i64) -> String {
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

/// What the company holds: ids of parties and accounts, and the documents with what a link calls them.
pub struct World {
    pub company: Company,
    customers: Vec<String>,
    vendors: Vec<String>,
    /// Every document and list entry made, with its entity.
    pub documents: Vec<(&'static str, String)>,
}

fn made(company: &mut Company, entity: &str, body: Value) -> String {
    let (status, answer) = call(company, "POST", &entity.to_lowercase(), body.to_string());
    assert_eq!(status, 200, "{answer}");
    answer[entity]["Id"].as_str().unwrap().to_owned()
}

impl World {
    /// A company with two customers, two vendors and the control accounts.
    pub fn new(auto_apply_credits: bool) -> World {
        let options = CompanyOptions { auto_apply_credits, ..CompanyOptions::default() };
        let mut company = Company::new(options, DateTime::parse_from_rfc3339(NOW).unwrap());
        let customers =
            ["Ada", "Bob"].map(|name| made(&mut company, "Customer", json!({"DisplayName": name})));
        let vendors = ["Oak", "Elm"].map(|name| made(&mut company, "Vendor", json!({"DisplayName": name})));
        let receivable = json!({"Name": "A/R", "AccountType": "Accounts Receivable"});
        assert_eq!(made(&mut company, "Account", receivable), "16");
        let payable = json!({"Name": "A/P", "AccountType": "Accounts Payable"});
        assert_eq!(made(&mut company, "Account", payable), "17");
        World { company, customers: customers.into(), vendors: vendors.into(), documents: Vec::new() }
    }

    /// Payment or deposit lines that mostly fit: documents of the right kind and party, at most what is open on them.
    fn links(&self, step: &Step, payer: &str) -> Vec<Value> {
        let (kinds, party): (&[&str], _) = match payer {
            "Payment" => {
                (&["Invoice", "CreditMemo", "JournalEntry", "Purchase"], Some(&self.customers[step.party]))
            }
            "BillPayment" => (&["Bill", "VendorCredit", "JournalEntry"], Some(&self.vendors[step.party])),
            "Bill" => (&["PurchaseOrder"], Some(&self.vendors[step.party])),
            _ => (&["Payment", "SalesReceipt", "RefundReceipt"], None),
        };
        let cents = |body: &Json, name: &str| -> Option<i64> {
            body.get(name)?.as_text()?.replace('.', "").parse().ok()
        };
        let fitting = self.documents.iter().rev().take(60).filter_map(|(kind, id)| {
            let body = self.company.read(kind, id).filter(|_| kinds.contains(kind))?;
            let of = |name: &str| Some(body.get(name)?.get("value")?.as_text()?.to_owned());
            let own = of("CustomerRef").or_else(|| of("VendorRef"));
            let fits = party.is_none() || own.is_none() || own.as_ref() == party;
            let open = match party {
                Some(_) => cents(&body, "Balance").unwrap_or(500),
                None => cents(&body, "TotalAmt").unwrap_or(0) * if *kind == "RefundReceipt" { -1 } else { 1 },
            };
            fits.then_some((if *kind == "Purchase" { "Expense" } else { *kind }, id, open))
        });
        let fitting: Vec<_> = fitting.filter(|(_, _, open)| *open != 0).collect();
        let chosen = step.links.iter().filter_map(|(at, wanted)| {
            let (kind, id, open) = fitting.get(*at % fitting.len().max(1))?;
            let mut link = json!({"TxnId": id, "TxnType": kind});
            let mut amount = if wanted % 9 == 0 { *wanted } else { *wanted % open.abs() };
            if party.is_none() {
                link["TxnLineId"] = json!("0");
                amount = *open;
            }
            Some(json!({"Amount": money(amount), "LinkedTxn": [link]}))
        });
        chosen.collect()
    }

    fn body(&self, step: &Step, entity: &str) -> Value {
        let (customer, vendor) = (&self.customers[step.party], &self.vendors[step.party]);
        let total: i64 = step.amounts.iter().sum();
        let first = step.amounts[0];
        let account_line = |account: &str, cents: i64| {
            json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": money(cents),
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}}})
        };
        let spent: Vec<Value> = step.amounts.iter().map(|cents| account_line("14", *cents)).collect();
        let posting = |side: &str, account: &str, entity: Value| {
            json!({"DetailType": "JournalEntryLineDetail", "Amount": money(first), "JournalEntryLineDetail":
                {"PostingType": side, "AccountRef": {"value": account}, "Entity": entity}})
        };
        let named = |kind: &str, id: &str| json!({"Type": kind, "EntityRef": {"value": id}});
        match entity {
            "Payment" => json!({"CustomerRef": {"value": customer}, "TotalAmt": money(total),
                "Line": self.links(step, entity)}),
            "BillPayment" => {
                json!({"VendorRef": {"value": vendor}, "TotalAmt": money(total), "PayType": "Check",
                "CheckPayment": {"BankAccountRef": {"value": "1"}}, "Line": self.links(step, entity)})
            }
            "Bill" => {
                let mut lines = spent;
                let orders = self.links(step, entity);
                lines.extend(orders.into_iter().map(|mut line| {
                    line["LinkedTxn"][0]["TxnLineId"] = json!("1");
                    line["DetailType"] = json!("AccountBasedExpenseLineDetail");
                    line["AccountBasedExpenseLineDetail"] = json!({"AccountRef": {"value": "14"}});
                    line
                }));
                json!({"VendorRef": {"value": vendor}, "Line": lines})
            }
            "VendorCredit" => json!({"VendorRef": {"value": vendor}, "Line": spent}),
            "PurchaseOrder" => {
                json!({"VendorRef": {"value": vendor}, "APAccountRef": {"value": "17"}, "Line": spent})
            }
            "Transfer" => json!({"FromAccountRef": {"value": "1"}, "ToAccountRef": {"value": "2"},
                "Amount": money(first)}),
            // Few names, so that many are taken already.
            "Customer" | "Vendor" => json!({"DisplayName": format!("Name {}", first % 50)}),
            "Item" => json!({"Name": format!("Item {}", first % 50), "Type": "Service",
                "IncomeAccountRef": {"value": "9"}, "Active": total % 3 != 0}),
            "Purchase" => {
                let control = if first % 2 == 0 { "16" } else { "17" };
                let (kind, id) = if first % 2 == 0 { ("Customer", customer) } else { ("Vendor", vendor) };
                let mut lines = spent;
                lines.push(account_line(control, first));
                json!({"PaymentType": "Cash", "AccountRef": {"value": "1"},
                    "EntityRef": {"value": id, "type": kind}, "Line": lines})
            }
            "JournalEntry" => {
                let sides = if total % 2 == 0 { ["Debit", "Credit"] } else { ["Credit", "Debit"] };
                let control = match first % 3 {
                    0 => posting(sides[1], "16", named("Customer", customer)),
                    1 => posting(sides[1], "17", named("Vendor", vendor)),
                    _ => posting(sides[1], "14", Value::Null),
                };
                json!({"Line": [posting(sides[0], "3", Value::Null), control]})
            }
            "Deposit" => {
                let mut lines = self.links(step, entity);
                let fee = json!({"AccountRef": {"value": "13"}});
                lines.push(
                    json!({"DetailType": "DepositLineDetail", "Amount": format!("-{}", money(first % 100)),
                    "DepositLineDetail": fee}),
                );
                json!({"DepositToAccountRef": {"value": "1"}, "Line": lines})
            }
            _ => {
                let lines: Vec<Value> = step
                    .amounts
                    .iter()
                    .map(|cents| {
                        json!({"DetailType": "SalesItemLineDetail", "Amount": money(*cents), "SalesItemLineDetail":
                            {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "TAX"}}})
                    })
                    .collect();
                let mut body = json!({"CustomerRef": {"value": customer}, "Line": lines,
                    "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}});
                if entity == "RefundReceipt" {
                    body["DepositToAccountRef"] = json!({"value": "3"});
                }
                body
            }
        }
    }

    /// The path and the body of a step, and its entity.
    pub fn request(&self, step: &Step) -> (&'static str, String, Value) {
        let target = step.change.and_then(|(at, how)| {
            // Of the latest ones.
            let (entity, id) = self.documents.iter().nth_back(at % self.documents.len().max(1))?;
            Some((*entity, id, how))
        });
        let Some((entity, id, how)) = target else {
            let entity = ENTITIES[step.entity];
            return (entity, entity.to_lowercase(), self.body(step, entity));
        };
        let path = entity.to_lowercase();
        let token = self.company.read(entity, id);
        let token = token.as_ref().and_then(|body| body.get("SyncToken")).and_then(|token| token.as_text());
        let mut body = json!({"Id": id, "SyncToken": token.unwrap_or("0")});
        let full = |body: &mut Value| {
            for (name, value) in self.body(step, entity).as_object().unwrap() {
                body[name] = value.clone();
            }
        };
        match how {
            0 => (entity, format!("{path}?operation=delete"), body),
            1 => (entity, format!("{path}?operation=void"), body),
            2 => {
                body["SyncToken"] = json!("99");
                (entity, path, body)
            }
            3 => {
                body["sparse"] = json!(true);
                for name in ["VendorRef", "PaymentType"] {
                    if let Some(value) = self.body(step, entity).get(name) {
                        body[name] = value.clone();
                    }
                }
                match entity {
                    "Customer" | "Vendor" => body["Active"] = json!(step.amounts[0] % 2 == 0),
                    "Item" => body["Description"] = json!("changed"),
                    _ => body["PrivateNote"] = json!("changed"),
                }
                (entity, path, body)
            }
            how => {
                full(&mut body);
                body["sparse"] = json!(how == 4);
                (entity, format!("{path}?operation=update"), body)
            }
        }
    }

    /// Steps as one batch.
    pub fn batch(&self, steps: &[Step]) -> Value {
        let items = steps.iter().enumerate().map(|(at, step)| {
            let (entity, path, body) = self.request(step);
            let operation = path.split_once("operation=").map_or("create", |(_, word)| word);
            let (operation, options) = match operation {
                "void" => ("update", "void"),
                other => (other, ""),
            };
            let operation =
                if operation == "create" && body["Id"].is_string() { "update" } else { operation };
            json!({"bId": at.to_string(), "operation": operation, "optionsData": options, entity: body})
        });
        json!({"BatchItemRequest": items.collect::<Vec<Value>>()})
    }

    /// Remembers what an answer, or an item of one, has made.
    pub fn remember(&mut self, answer: &Value) {
        for entity in ENTITIES {
            let Some(id) = answer[entity]["Id"].as_str() else { continue };
            if self.documents.iter().rev().all(|known| *known != (entity, id.to_owned())) {
                self.documents.push((entity, id.to_owned()));
            }
        }
    }

    /// Sends the first steps of a list, one or a batch of them, and gives how many that were. The error: a defect.
    pub fn send(&mut self, steps: &[Step]) -> Result<usize, String> {
        let batch = steps.iter().take(10).take_while(|step| step.batch).count();
        let (path, body) = match batch {
            0 | 1 => {
                let (_, path, body) = self.request(&steps[0]);
                (path, body)
            }
            count => ("batch".to_owned(), self.batch(&steps[..count])),
        };
        let (status, answer) = call(&mut self.company, "POST", &path, body.to_string());
        if (status != 200 && status != 400) || answer.to_string().contains("\"10000\"") {
            return Err(format!("{path} {body}: {answer}"));
        }
        self.remember(&answer);
        for item in answer["BatchItemResponse"].as_array().into_iter().flatten() {
            self.remember(item);
        }
        Ok(batch.max(1))
    }

    /// Every link of every document leads to a document.
    pub fn check_links(&self) -> Result<(), TestCaseError> {
        for (entity, id) in &self.documents {
            let Some(body) = self.company.read(entity, id) else { continue };
            let lines = body.get("Line").map_or(&[][..], |lines| lines.items()).iter();
            let holders = lines.chain([&body]);
            for link in
                holders.flat_map(|holder| holder.get("LinkedTxn").map_or(&[][..], |links| links.items()))
            {
                let target = link.get("TxnId").and_then(|id| id.as_text()).unwrap();
                let found = ENTITIES[3..].iter().any(|entity| self.company.read(entity, target).is_some());
                prop_assert!(found, "{entity} {id} links {target}, which is not there");
            }
        }
        Ok(())
    }
}
