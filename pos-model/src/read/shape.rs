//! Every fault of shape in a file, not the first alone: each is mended in a copy by what a sample file has in its place, and the
//! copy is read again. Of the copy nothing is kept.

use std::iter;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::error::ShapeFault;
use crate::{FileError, raw};

/// More are not looked for: each costs a reading of the whole file.
pub(super) const MOST: usize = 20;

/// The fields that company mappings begin with and POS files have not.
const OF_A_MAPPING: [&str; 15] = [
    "start",
    "opening",
    "numbers",
    "display_name",
    "payments_on_account",
    "accounts",
    "tender_accounts",
    "items",
    "tax_codes",
    "tax_code_sets",
    "suppliers",
    "default_vendor",
    "bills",
    "stores",
    "changes",
];

/// A form that a file can have.
pub(super) trait Form: DeserializeOwned + Serialize {
    /// Its schema, by its path in this repository.
    const SCHEMA: &'static str;
    /// A file that has one of everything, with every field.
    fn sample() -> Self;
    /// What the file is, when it is a good one of another kind.
    fn another_kind(file: &Value) -> Option<FileError>;
}

impl Form for raw::PosFile {
    const SCHEMA: &'static str = "pos-model/schema/pos-file.schema.json";

    fn sample() -> Self {
        sample()
    }

    fn another_kind(file: &Value) -> Option<FileError> {
        let has = |field: &str| file.get(field).is_some();
        if has("retailer") && has("customers") && !has("store") {
            return Some(FileError::CustomerFile);
        }
        let is_mapping =
            !["store", "tender_types", "batches"].into_iter().any(has) && OF_A_MAPPING.into_iter().any(has);
        is_mapping.then_some(FileError::CompanyMapping)
    }
}

impl Form for raw::CustomerFile {
    const SCHEMA: &'static str = "pos-model/schema/customer-file.schema.json";

    fn sample() -> Self {
        let text = || iter::once(String::new()).collect();
        Self { customer_types: text(), custom_fields: text(), customers: vec![customer()], ..Self::default() }
    }

    fn another_kind(file: &Value) -> Option<FileError> {
        let has = |field: &str| file.get(field).is_some();
        (has("store") && has("tender_types")).then_some(FileError::PosFile)
    }
}

/// The faults of a file that is JSON, at most [`MOST`].
pub(super) fn faults<T: Form>(mut file: Value) -> Vec<ShapeFault> {
    let mut faults: Vec<ShapeFault> = Vec::new();
    let Ok(sample) = serde_json::to_value(T::sample()) else { return faults };
    while faults.len() < MOST {
        let Err(error) = serde_path_to_error::deserialize::<_, T>(&file) else { break };
        let (path, problem) = (error.path().clone(), error.into_inner().to_string());
        let fault = ShapeFault { path: path.to_string(), problem, schema: T::SCHEMA };
        // The same once more: it could not be mended.
        if faults.last() == Some(&fault) {
            break;
        }
        let missing = fault.problem.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
        let missing = missing.map(|(field, _)| field.to_owned());
        faults.push(fault);
        if mend(&mut file, &sample, &path, missing.as_deref()).is_none() {
            break;
        }
    }
    faults
}

/// Puts at the path what the sample has there; what the sample has not is taken out.
fn mend(file: &mut Value, sample: &Value, path: &Path, missing: Option<&str>) -> Option<()> {
    let segments: Vec<&Segment> = path.iter().collect();
    let missing = missing.map(|field| Segment::Map { key: field.to_owned() });
    let segments: Vec<&Segment> = segments.into_iter().chain(&missing).collect();
    let Some((last, parents)) = segments.split_last() else {
        *file = sample.clone();
        return Some(());
    };
    let (mut file, mut sample) = (file, sample);
    for segment in parents {
        (file, sample) = match segment {
            Segment::Map { key } => (file.get_mut(key)?, sample.get(key)?),
            Segment::Seq { index } => (file.get_mut(*index)?, sample.get(0)?),
            Segment::Enum { .. } | Segment::Unknown => return None,
        };
    }
    match last {
        Segment::Map { key } => {
            let fields = file.as_object_mut()?;
            match sample.get(key) {
                Some(value) => _ = fields.insert(key.clone(), value.clone()),
                None => _ = fields.remove(key)?,
            }
        }
        Segment::Seq { index } => *file.get_mut(*index)? = sample.get(0)?.clone(),
        Segment::Enum { .. } | Segment::Unknown => return None,
    }
    Some(())
}

/// A file that has one of everything, with every field.
fn sample() -> raw::PosFile {
    let text = || Some(String::new());
    let number = || Some(raw::DecimalText::default());
    let address = address();
    let tender = raw::Tender { certificate: text(), order: Some(0), ..raw::Tender::default() };
    let line = raw::Line {
        code: text(),
        description: text(),
        unit_price: number(),
        discount: number(),
        face_value: number(),
        certificate: text(),
        ..raw::Line::default()
    };
    let transaction = raw::Transaction {
        customer: text(),
        customer_po: text(),
        ship_to: Some(address.clone()),
        lines: vec![line],
        tenders: vec![tender.clone()],
        ..raw::Transaction::default()
    };
    let deposit = raw::Deposit { customer: text(), tenders: vec![tender.clone()], ..raw::Deposit::default() };
    let payment =
        raw::AccountPayment { customer: text(), tenders: vec![tender], ..raw::AccountPayment::default() };
    let batch = raw::Batch {
        closed_at: Some(Default::default()),
        z_totals: Some(vec![raw::ZTotal::default()]),
        opening_float: number(),
        counted_cash: number(),
        transactions: vec![transaction],
        deposits: vec![deposit],
        account_payments: vec![payment],
        pay_ins_and_outs: vec![raw::PayInOut { reason: text(), ..raw::PayInOut::default() }],
        ..raw::Batch::default()
    };
    let order = raw::PurchaseOrder {
        closed_at: Some(Default::default()),
        title: text(),
        supplier_reference: text(),
        lines: vec![raw::PurchaseLine { code: text(), name: text(), ..raw::PurchaseLine::default() }],
        ..raw::PurchaseOrder::default()
    };
    raw::PosFile {
        store: raw::Store { address: Some(address), ..raw::Store::default() },
        tender_types: iter::once(raw::TenderType::default()).collect(),
        customers: vec![customer()],
        batches: vec![batch],
        purchase_orders: vec![order],
        ..raw::PosFile::default()
    }
}

fn address() -> raw::Address {
    let text = || Some(String::new());
    raw::Address {
        lines: vec![String::new()],
        city: text(),
        region: text(),
        postal_code: text(),
        country: text(),
    }
}

fn customer() -> raw::Customer {
    let text = || Some(String::new());
    let number = || Some(raw::DecimalText::default());
    raw::Customer {
        title: text(),
        first_name: text(),
        last_name: text(),
        company: text(),
        email: text(),
        phone: text(),
        address: Some(address()),
        shipping_address: Some(address()),
        customer_type: text(),
        custom_fields: iter::once((String::new(), String::new())).collect(),
        credit_limit: number(),
        balance: number(),
        state: raw::CustomerState::Merged,
        merged_into: text(),
        quickbooks_ids: vec![String::new()],
        stamp: text(),
        changed_at: iter::once((String::new(), Default::default())).collect(),
        ..raw::Customer::default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use serde_json::json;

    /// Every place of a value, as JSON pointers.
    fn places(value: &Value, at: &str, found: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
            Value::Array(values) => {
                (0..).zip(values).map(|(i, value): (u32, _)| (i.to_string(), value)).collect()
            }
            _ => Vec::new(),
        };
        for (key, child) in children {
            let place = format!("{at}/{key}");
            places(child, &place, found);
            found.push(place);
        }
    }

    /// Whatever field is wrong, the fault after it is found too.
    fn a_fault_in_any_field_hides_no_other<T: Form>() -> usize {
        let whole = serde_json::to_value(T::sample()).unwrap();
        let mut places_of_all = Vec::new();
        places(&whole, "", &mut places_of_all);
        for place in &places_of_all {
            let mut file = whole.clone();
            let is_flag = place.ends_with("/tax_exempt") || place.ends_with("/use_with_quickbooks");
            *file.pointer_mut(place).unwrap() = if is_flag { json!("no") } else { json!(false) };
            file["version_of_the_till"] = json!(4);
            let found = faults::<T>(file);
            assert_eq!(found.len(), 2, "{place}: {found:?}");
            let pointer =
                |path: &str| format!("/{path}").replace('.', "/").replace('[', "/").replace(']', "");
            assert!(found.iter().any(|fault| pointer(&fault.path) == *place), "{place}: {found:?}");
        }
        places_of_all.len()
    }

    #[test]
    fn p_09_a_fault_in_any_field_hides_no_other() {
        assert!(a_fault_in_any_field_hides_no_other::<raw::PosFile>() > 100);
        assert!(a_fault_in_any_field_hides_no_other::<raw::CustomerFile>() > 30);
    }

    #[test]
    fn a_file_of_nothing_but_faults_ends() {
        let found = faults::<raw::PosFile>(json!({"version": "1", "batches": vec![7; 100]}));
        assert_eq!(found.len(), MOST);
        assert_eq!(faults::<raw::PosFile>(json!(3)).len(), 1);
    }
}
