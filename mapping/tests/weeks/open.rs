//! What the documents leave open, added up from their links alone.

use std::collections::BTreeMap;

use mapping::{Document, LinkTarget, PartyKey, Plan};
use proptest::prelude::*;

/// What is open after a plan, document by document.
#[derive(Default)]
pub(crate) struct Open {
    pub(crate) charges: BTreeMap<String, i64>,
    pub(crate) credits: BTreeMap<String, i64>,
    owner: BTreeMap<String, String>,
    pub(crate) matched_before: BTreeMap<String, i64>,
}

impl Open {
    /// `before`: what was open before the week, by customer and cents.
    pub(crate) fn after(plan: &Plan<'_>, before: &[(usize, i64)]) -> Result<Self, TestCaseError> {
        let mut open = Self::default();
        let mut old: BTreeMap<String, i64> = BTreeMap::new();
        for planned in plan.documents() {
            let (key, total) = (planned.key.to_string(), planned.document.total().cents());
            let Some(party) = planned.document.party() else { continue };
            let owner = party.key().to_string();
            open.owner.insert(key.clone(), owner.clone());
            match &planned.document {
                Document::Invoice(_) | Document::Expense(_) => _ = open.charges.insert(key, total),
                Document::CreditMemo(_) => _ = open.credits.insert(key, total),
                Document::Payment(payment) => {
                    let mut unapplied = total;
                    for link in &payment.links {
                        let amount = link.amount.cents();
                        prop_assert!(amount > 0, "no line of 0.00");
                        let side = match link.target {
                            LinkTarget::OpenInvoice(_) => {
                                let invoice = plan.open_invoice(link.target).unwrap();
                                let (_, was) = before[invoice.id.parse::<usize>().unwrap() - 900];
                                let matched = old.entry(invoice.id.clone()).or_default();
                                *matched += amount;
                                prop_assert!(*matched <= was, "more than was open");
                                let PartyKey::Customer(customer) = party.key() else {
                                    panic!("a store's account")
                                };
                                *open.matched_before.entry(customer.id).or_default() += amount;
                                unapplied -= amount;
                                continue;
                            }
                            LinkTarget::CreditMemo(_) => {
                                unapplied += amount;
                                &mut open.credits
                            }
                            LinkTarget::Invoice(_) | LinkTarget::Expense(_) => {
                                unapplied -= amount;
                                &mut open.charges
                            }
                        };
                        let target = plan.target(link.target).unwrap().key.to_string();
                        prop_assert_eq!(&open.owner[&target], &owner, "of another customer");
                        let left = side.get_mut(&target).unwrap();
                        *left -= amount;
                        prop_assert!(*left >= 0, "{target} is matched beyond its total");
                    }
                    prop_assert!(unapplied >= 0 && (unapplied == 0 || !payment.is_settlement()));
                    open.credits.insert(key, unapplied);
                }
                _ => {}
            }
        }
        Ok(open)
    }

    pub(crate) fn by_customer(&self, side: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
        let mut customers: BTreeMap<String, i64> = BTreeMap::new();
        for (key, amount) in side.iter().filter(|(_, amount)| **amount != 0) {
            let owner = &self.owner[key];
            *customers.entry(owner.strip_prefix("cust-1651/").unwrap_or(owner).to_owned()).or_default() +=
                amount;
        }
        customers
    }
}
