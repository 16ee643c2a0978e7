//! Customers: of a batch file, and of a file of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::reader::{
    ADDRESS, ADDRESS_LINE_LIMIT, EMAIL_LIMIT, ID_LIMIT, NAME_LIMIT, PHONE_LIMIT, Reader, SHIPPING_ADDRESS,
    shown,
};
use crate::customer::{Customer, CustomerField, CustomerName, CustomerState};
use crate::error::excerpt;
use crate::{CustomerFile, Rule, raw};

/// An id that QuickBooks gave, and the stamp that the POS puts on a version of a record.
const OUTSIDE_ID_LIMIT: usize = 64;

impl Reader {
    pub(super) fn customer_file(&mut self, raw: raw::CustomerFile) -> CustomerFile {
        if raw.version != raw::VERSION {
            self.fault("version", Rule::UnknownVersion { found: raw.version });
        }
        self.text("retailer", &raw.retailer, ID_LIMIT);
        let customer_types = self.names("customer_types", "customer type", raw.customer_types);
        let custom_fields = self.names("custom_fields", "custom field", raw.custom_fields);
        let mut customers = Vec::with_capacity(raw.customers.len());
        for customer in raw.customers {
            customers.push(self.customer(customer));
        }
        self.rings(&customers);
        CustomerFile { retailer: raw.retailer, customer_types, custom_fields, customers }
    }

    pub(super) fn customer(&mut self, raw: raw::Customer) -> Arc<Customer> {
        self.place.event = Some(("customer", shown(&raw.id)));
        self.identifier("id", &raw.id);
        self.text("account_number", &raw.account_number, ID_LIMIT);
        let name = CustomerName {
            title: self.optional_text("title", raw.title, NAME_LIMIT),
            first: self.optional_text("first_name", raw.first_name, NAME_LIMIT),
            last: self.optional_text("last_name", raw.last_name, NAME_LIMIT),
            company: self.optional_text("company", raw.company, NAME_LIMIT),
        };
        let address = raw.address.map(|address| self.address(ADDRESS, address));
        let shipping_address = raw.shipping_address.map(|address| self.address(SHIPPING_ADDRESS, address));
        let email = self.optional_text("email", raw.email, EMAIL_LIMIT);
        let phone = self.optional_text("phone", raw.phone, PHONE_LIMIT);
        let customer_type = self.optional_text("type", raw.customer_type, NAME_LIMIT);
        let custom_fields = self.custom_fields(raw.custom_fields);
        let credit_limit = raw.credit_limit.and_then(|limit| self.money("credit_limit", &limit));
        if let Some(limit) = credit_limit.filter(|limit| limit.is_negative()) {
            self.fault("credit_limit", Rule::NegativeCreditLimit { limit });
        }
        let balance = raw.balance.and_then(|balance| self.money("balance", &balance));
        let state = self.customer_state(&raw.id, raw.state, raw.merged_into);
        for id in &raw.quickbooks_ids {
            self.outside_id("quickbooks_ids", id);
        }
        let stamp = self.optional_text("stamp", raw.stamp, OUTSIDE_ID_LIMIT);
        let mut changed_at = BTreeMap::new();
        for (field, instant) in raw.changed_at {
            self.instant("changed_at", instant);
            match field.parse::<CustomerField>() {
                Ok(field) => _ = changed_at.insert(field, instant),
                Err(_) => self.fault("changed_at", Rule::UnknownCustomerField { text: excerpt(&field) }),
            }
        }
        if self.customers.contains_key(&raw.id) {
            self.duplicate("id", shown(&raw.id));
        } else if !self.account_numbers.insert(raw.account_number.clone()) {
            self.duplicate("account_number", shown(&raw.account_number));
        }
        let customer = Arc::new(Customer {
            id: raw.id.clone(),
            account_number: raw.account_number,
            name,
            email,
            phone,
            address,
            shipping_address,
            customer_type,
            custom_fields,
            tax_exempt: raw.tax_exempt,
            credit_limit,
            balance,
            use_with_quickbooks: raw.use_with_quickbooks,
            state,
            quickbooks_ids: raw.quickbooks_ids,
            stamp,
            changed_at,
        });
        self.customers.insert(raw.id, Arc::clone(&customer));
        customer
    }

    fn customer_state(
        &mut self,
        id: &str,
        state: raw::CustomerState,
        merged_into: Option<String>,
    ) -> CustomerState {
        let state = match (state, merged_into) {
            (raw::CustomerState::Merged, Some(keeper)) => {
                self.identifier("merged_into", &keeper);
                if keeper == id {
                    self.fault("merged_into", Rule::MergedIntoItself);
                }
                return CustomerState::Merged { into: keeper };
            }
            (raw::CustomerState::Merged, None) => {
                self.fault("merged_into", Rule::KeeperRequired);
                return CustomerState::Inactive;
            }
            (_, Some(_)) => {
                self.fault("merged_into", Rule::KeeperOfUnmerged);
                return CustomerState::Inactive;
            }
            (state, None) => state,
        };
        match state {
            raw::CustomerState::Active => CustomerState::Active,
            raw::CustomerState::Deleted => CustomerState::Deleted,
            raw::CustomerState::Inactive | raw::CustomerState::Merged => CustomerState::Inactive,
        }
    }

    /// Custom fields; one without a value says nothing.
    fn custom_fields(&mut self, raw: BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        for (i, (name, value)) in raw.into_iter().enumerate() {
            self.place.part = Some(("custom field", i));
            self.text("custom_fields", &name, NAME_LIMIT);
            let value = self.optional_text("custom_fields", Some(value), ADDRESS_LINE_LIMIT);
            fields.extend(value.map(|value| (name, value)));
        }
        self.place.part = None;
        fields
    }

    /// A list of names, each once.
    fn names(&mut self, field: &'static str, word: &'static str, names: Vec<String>) -> Vec<String> {
        let mut seen = BTreeSet::new();
        for (i, name) in names.iter().enumerate() {
            self.place.part = Some((word, i));
            self.text(field, name, NAME_LIMIT);
            if !seen.insert(name) {
                self.duplicate(field, shown(name));
            }
        }
        self.place.part = None;
        names
    }

    /// Merges lead to a customer that is not merged: none comes back to itself.
    fn rings(&mut self, customers: &[Arc<Customer>]) {
        let merges: BTreeMap<&str, &str> =
            customers.iter().filter_map(|customer| Some((customer.id(), customer.merged_into()?))).collect();
        let mut told = BTreeSet::new();
        for &start in merges.keys() {
            let mut ring = vec![start];
            let mut at = start;
            while let Some(&next) = merges.get(at).filter(|&&next| next != at) {
                if let Some(from) = ring.iter().position(|id| *id == next) {
                    // Each ring is told once, at the first of its customers.
                    if from == 0 && told.insert(ring.iter().min().copied()) {
                        self.place.event = Some(("customer", shown(start)));
                        let ring: Vec<String> = ring.iter().chain([&next]).map(|id| shown(id)).collect();
                        self.fault("merged_into", Rule::MergeRing { ring: ring.join(" -> ") });
                    }
                    break;
                }
                ring.push(next);
                at = next;
            }
        }
    }

    /// An id that another system gave: letters and digits, longer than our own may be.
    fn outside_id(&mut self, field: &'static str, text: &str) {
        if text.bytes().all(|b| b.is_ascii_graphic()) {
            self.text(field, text, OUTSIDE_ID_LIMIT);
        } else {
            self.fault(field, Rule::IllegalIdentifier { text: excerpt(text) });
        }
    }
}
