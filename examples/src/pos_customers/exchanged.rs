//! Files of customers from the till, and back to it.
//!
//! ```text
//! the till's last file said   the till was given   the file says now
//!          A                         B                    A             the till has not taken it yet: no edit
//!          A                         B                    B             the till has taken it: no edit
//!          A                         B                    C             an edit
//! ```

use std::collections::BTreeMap;

use exchange::customers::PosCustomersError;
use mapping::CustomerKey;
use mapping::customers::{FieldValue, PosRecord};
use pos_model::{CustomerField, CustomerFile, Money, raw};
use rusqlite::{Transaction, params};
use serde_json::Value;

use super::{
    CUSTOM_FIELD, Kept, Row, SqliteCustomers, TYPE, add_to_list, failed, find, keep, name_record, owner_of,
    record_of, rows, touch,
};

/// What came of a file of customers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// Customers that were not known.
    pub new: usize,
    /// Customers of which the till has changed something.
    pub edited: usize,
}

/// What is known of a customer by the names of its parts, so that any two can be compared part by part.
type Parts = BTreeMap<String, Value>;

impl SqliteCustomers {
    /// Takes a file of the till's customers in: all of it, or nothing. The same file again is no edit.
    ///
    /// # Errors
    /// [`PosCustomersError`].
    pub fn import(&self, file: &CustomerFile) -> Result<Imported, PosCustomersError> {
        self.act(|act| {
            let mut imported = Imported::default();
            file.customer_types().iter().try_for_each(|name| add_to_list(act, TYPE, name))?;
            file.custom_fields().iter().try_for_each(|name| add_to_list(act, CUSTOM_FIELD, name))?;
            for customer in file.customers() {
                let record = PosRecord::of(&self.retailer, customer);
                for (field, _) in record.fields.iter() {
                    if let CustomerField::Custom(name) = field {
                        add_to_list(act, CUSTOM_FIELD, name)?;
                    }
                }
                if let Some(name) = record.fields.text(&CustomerField::Type) {
                    add_to_list(act, TYPE, name)?;
                }
                take(act, &record, &mut imported)?;
            }
            Ok(imported)
        })
    }

    /// Returns the customers as the till takes them over, and remembers what it was given.
    ///
    /// # Errors
    /// [`PosCustomersError`].
    pub fn export(&self) -> Result<raw::CustomerFile, PosCustomersError> {
        self.act(|act| {
            let mut file =
                raw::CustomerFile { retailer: self.retailer.clone(), ..raw::CustomerFile::default() };
            let mut select = act.prepare("SELECT kind, name FROM list ORDER BY name").map_err(failed)?;
            let mut lists = select.query([]).map_err(failed)?;
            while let Some(row) = lists.next().map_err(failed)? {
                let (kind, name): (String, String) = row.try_into().map_err(failed)?;
                let list = if kind == TYPE { &mut file.customer_types } else { &mut file.custom_fields };
                list.push(name);
            }
            for Row { key, changed, json } in
                rows(act, "SELECT key, changed, json FROM customer ORDER BY key", None)?
            {
                let given = parts(&serde_json::from_str(&json).map_err(failed)?)?;
                let given = serde_json::to_string(&given).map_err(failed)?;
                act.execute("UPDATE customer SET given = ?2 WHERE key = ?1", params![key, given])
                    .map_err(failed)?;
                file.customers.push(form(&record_of(&Row { key, changed, json })?));
            }
            Ok(file)
        })
    }
}

/// Takes over what the till says of a customer.
fn take(act: &Transaction<'_>, record: &PosRecord, imported: &mut Imported) -> Result<(), PosCustomersError> {
    let of_file = Kept::of(record);
    let now_said = parts(&of_file)?;
    let key = &record.key;
    match find(act, key)? {
        None => {
            touch(act, key, &of_file)?;
            for id in &of_file.quickbooks_ids {
                if owner_of(act, id)?.is_none() {
                    name_record(act, id, key, "")?;
                }
            }
            imported.new += 1;
        }
        Some(kept) => {
            let before = said_and_given(act, key)?;
            let held = parts(&kept)?;
            let mut next = held.clone();
            for name in before.iter().flat_map(Parts::keys).chain(now_said.keys()) {
                let now = now_said.get(name);
                // Never told and never given: whatever it says otherwise than what is held is an edit.
                let is_known = before.iter().any(|before| before.get(name) == now);
                // A till that names no record has not been told of it.
                let names_none = name == "quickbooks_ids" && of_file.quickbooks_ids.is_empty();
                if !is_known && !names_none {
                    match now {
                        Some(now) => _ = next.insert(name.clone(), now.clone()),
                        None => _ = next.remove(name),
                    }
                }
            }
            if next != held {
                let next_kept = of_parts(&next)?;
                // A balance alone is no edit of the record.
                let is_edit = Kept { balance: None, ..next_kept.clone() } != Kept { balance: None, ..kept };
                if is_edit {
                    touch(act, key, &next_kept)?;
                    imported.edited += 1;
                } else {
                    keep(act, key, &next_kept)?;
                }
            }
        }
    }
    let said = serde_json::to_string(&now_said).map_err(failed)?;
    act.execute("UPDATE customer SET said = ?2 WHERE key = ?1", params![key.to_string(), said])
        .map_err(failed)
        .map(drop)
}

/// What the till's last file said of a customer, and what the till was given, as far as there is either.
fn said_and_given(act: &Transaction<'_>, key: &CustomerKey) -> Result<Vec<Parts>, PosCustomersError> {
    let read = |row: &rusqlite::Row<'_>| Ok([row.get::<_, Option<String>>(0)?, row.get(1)?]);
    let found = act.query_row("SELECT said, given FROM customer WHERE key = ?1", [key.to_string()], read);
    let found = found.map_err(failed)?;
    found.into_iter().flatten().map(|text| serde_json::from_str(&text).map_err(failed)).collect()
}

/// A customer part by part: `fields.phone`, `limit`, `merged_into` ... What is empty is left out.
fn parts(kept: &Kept) -> Result<Parts, PosCustomersError> {
    let Value::Object(members) = serde_json::to_value(kept).map_err(failed)? else { return Ok(Parts::new()) };
    let mut parts = Parts::new();
    for (name, value) in members {
        match (name.as_str(), value) {
            (_, Value::Null) => {}
            ("fields" | "changed_at", Value::Object(fields)) => {
                parts.extend(fields.into_iter().map(|(field, value)| (format!("{name}.{field}"), value)));
            }
            (_, value) => _ = parts.insert(name, value),
        }
    }
    Ok(parts)
}

fn of_parts(parts: &Parts) -> Result<Kept, PosCustomersError> {
    let mut members = serde_json::Map::new();
    for outer in ["fields", "changed_at"] {
        members.insert(outer.to_owned(), Value::Object(serde_json::Map::new()));
    }
    for (name, value) in parts {
        match name.split_once('.') {
            Some((outer @ ("fields" | "changed_at"), field)) => {
                if let Some(Value::Object(fields)) = members.get_mut(outer) {
                    fields.insert(field.to_owned(), value.clone());
                }
            }
            _ => _ = members.insert(name.clone(), value.clone()),
        }
    }
    serde_json::from_value(Value::Object(members)).map_err(failed)
}

/// A customer in the form of the till's file.
fn form(record: &PosRecord) -> raw::Customer {
    let text = |field: &CustomerField| record.fields.text(field).map(str::to_owned);
    let address = |field: &CustomerField| match record.fields.get(field) {
        Some(FieldValue::Address(address)) => Some(address.clone()),
        _ => None,
    };
    let custom = record.fields.iter().filter_map(|(field, value)| match field {
        CustomerField::Custom(name) => Some((name.clone(), value.as_text()?.to_owned())),
        _ => None,
    });
    let state = match (&record.merged_into, record.is_deleted, record.is_active()) {
        (Some(_), ..) => raw::CustomerState::Merged,
        (None, true, _) => raw::CustomerState::Deleted,
        (None, false, true) => raw::CustomerState::Active,
        (None, false, false) => raw::CustomerState::Inactive,
    };
    raw::Customer {
        id: record.key.id.clone(),
        account_number: record.account_number.clone(),
        title: text(&CustomerField::Title),
        first_name: text(&CustomerField::FirstName),
        last_name: text(&CustomerField::LastName),
        company: text(&CustomerField::Company),
        email: text(&CustomerField::Email),
        phone: text(&CustomerField::Phone),
        address: address(&CustomerField::Address),
        shipping_address: address(&CustomerField::ShippingAddress),
        customer_type: text(&CustomerField::Type),
        custom_fields: custom.collect(),
        tax_exempt: record.fields.flag(&CustomerField::TaxExempt),
        credit_limit: record.credit_limit.map(Money::into),
        balance: record.balance.map(Money::into),
        use_with_quickbooks: record.use_with_quickbooks,
        state,
        merged_into: record.merged_into.as_ref().map(|keeper| keeper.id.clone()),
        quickbooks_ids: record.quickbooks_ids.iter().map(ToString::to_string).collect(),
        stamp: record.stamp.clone(),
        changed_at: record.changed_at.iter().map(|(field, at)| (field.to_string(), *at)).collect(),
    }
}
