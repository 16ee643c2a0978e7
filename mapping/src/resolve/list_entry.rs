//! The bodies of list entries: accounts, items, payment methods, customers and vendors.

use pos_model::{Address, Customer, TenderKind};
use qb_model::parts::{EmailAddress, PaymentMethodType, PhysicalAddress, TelephoneNumber};
use qb_model::{self as qb, Create};

use crate::bindings::{Bindings, ResolveError, account_id};
use crate::key::CustomerKey;
use crate::list_entry::{ListEntry, payment_method_name};
use crate::party::Party;
use crate::{Period, Retailers};

impl ListEntry<'_> {
    /// Returns the body of a list entry. It needs no plan: accounts, items and payment methods come before any batch.
    ///
    /// # Errors
    /// As [`resolve`](crate::engine::resolve).
    pub fn resolve(self, period: &Period, bindings: &Bindings) -> Result<Create, ResolveError> {
        Ok(match self {
            ListEntry::Account(account) => {
                let (account_type, sub_type) = account.default_type();
                Create::Account(qb::Account {
                    name: period.account_name(account).to_owned(),
                    account_type,
                    account_sub_type: Some(sub_type.to_owned()),
                })
            }
            ListEntry::Item(item, name) => Create::Item(qb::Item {
                name: name.to_owned(),
                r#type: qb::ItemType::Service,
                income_account_ref: account_id(period.account_of(item), bindings)?.into(),
                taxable: None,
            }),
            ListEntry::PaymentMethod(tender) | ListEntry::OwnPaymentMethod(tender) => {
                let r#type = match tender.kind() {
                    TenderKind::Card => PaymentMethodType::CreditCard,
                    _ => PaymentMethodType::NonCreditCard,
                };
                Create::PaymentMethod(qb::PaymentMethod { name: payment_method_name(tender), r#type })
            }
            ListEntry::Customer(party) => Create::Customer(match party {
                Party::Store(_) => {
                    qb::Customer { display_name: period.display_name(party), ..qb::Customer::default() }
                }
                Party::Customer(store, customer) => qb::Customer {
                    // A name that others may have too does not say whose record it is; this does, when the log is lost.
                    notes: period
                        .display_name_if_taken(party, Retailers::Several)
                        .map(|_| CustomerKey::of(store, customer).note()),
                    ..customer_record(period.display_name(party), customer)
                },
            }),
            ListEntry::Vendor(name) => Create::Vendor(qb::Vendor { display_name: name.to_owned() }),
        })
    }
}

fn customer_record(display_name: String, customer: &Customer) -> qb::Customer {
    let name = customer.name();
    // QuickBooks refuses the whole record for an address without these two characters (code 2210). That address and phone
    // number are short enough, a valid customer says.
    let email = customer.email().filter(|e| e.contains('@') && e.contains('.'));
    let phone = customer.phone();
    qb::Customer {
        display_name,
        title: name.title.clone().filter(|title| title.chars().count() <= 16),
        given_name: name.first.clone(),
        family_name: name.last.clone(),
        company_name: name.company.clone(),
        primary_email_addr: email.map(|email| EmailAddress { address: email.to_owned() }),
        primary_phone: phone.map(|phone| TelephoneNumber { free_form_number: phone.to_owned() }),
        bill_addr: customer.address().map(address),
        ..qb::Customer::default()
    }
}

pub(super) fn address(address: &Address) -> PhysicalAddress {
    let mut lines = address.lines.iter().cloned();
    PhysicalAddress {
        line1: lines.next(),
        line2: lines.next(),
        line3: lines.next(),
        line4: lines.next(),
        line5: lines.next(),
        city: address.city.clone(),
        country_sub_division_code: address.region.clone(),
        postal_code: address.postal_code.clone(),
        country: address.country.clone(),
    }
}
