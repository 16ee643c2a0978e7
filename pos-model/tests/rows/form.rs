//! P-10: the JSON form.

use pos_model::{FileError, PosFile, ShapeFault, SkipReason};
use serde_json::json;

use crate::example;
use crate::pos::{CASH, codes, deposit, file, purchase, read, transaction};

#[test]
fn p_10_unknown_fields_are_refused_with_their_path() {
    for path in [
        "/colour",
        "/store/colour",
        "/batches/0/colour",
        "/batches/0/transactions/0/colour",
        "/batches/0/transactions/0/lines/0/colour",
        "/batches/0/transactions/0/tenders/0/colour",
        "/batches/0/deposits/0/colour",
        "/batches/0/deposits/0/tenders/0/colour",
        "/purchase_orders/0/colour",
        "/purchase_orders/0/lines/0/colour",
    ] {
        let sale = transaction(1, &[("item", "1", "12.00", "0.00")], &[(CASH, "12.00")]);
        let paid = deposit(3, None, &[(CASH, "12.00", None)]);
        let mut file = file(json!({ "transactions": [sale], "deposits": [paid] }));
        file["purchase_orders"] =
            json!([purchase(1, json!({ "lines": [{ "quantity": "1", "amount": "1.00" }] }))]);
        let (parent, field) = path.rsplit_once('/').unwrap();
        file.pointer_mut(parent).unwrap()[field] = json!("red");
        let Err(FileError::Shape(faults)) = read(&file) else { panic!("{path}") };
        let [ShapeFault { path: found, problem, .. }] = &faults[..] else { panic!("{faults:?}") };
        let found: String = format!("/{found}").replace('.', "/").replace('[', "/").replace(']', "");
        assert_eq!(found, path);
        assert!(problem.contains("unknown field `colour`"), "{problem}");
    }
}

#[test]
fn p_10_days_and_instants_have_one_form_and_a_text_of_another_is_named() {
    for (field, text, form) in [
        ("business_date", "2026-2-3", "2026-02-03"),
        ("business_date", "2026 -2-03", "2026-02-03"),
        ("business_date", "+2026-2-03", "2026-02-03"),
        ("business_date", "02/03/2026", "2026-02-03"),
        ("business_date", "2026-02-29", "2026-02-03"),
        ("business_date", "2026-02-03T10:15:00-05:00", "2026-02-03"),
        ("business_date", "", "2026-02-03"),
        ("closed_at", "2026-02-03", "2026-02-03T10:15:00-05:00"),
        ("closed_at", "2026-02-03T10:15:00", "2026-02-03T10:15:00-05:00"),
        ("closed_at", "2026-02-03T25:15:00-05:00", "2026-02-03T10:15:00-05:00"),
    ] {
        let Err(FileError::Shape(faults)) = read(&file(json!({ field: text }))) else { panic!("{text}") };
        let [ShapeFault { path, problem, .. }] = &faults[..] else { panic!("{faults:?}") };
        assert_eq!(*path, format!("batches[0].{field}"));
        assert!(problem.contains(&format!("{text:?}")) && problem.contains(form), "{problem}");
    }
    for text in ["2026-02-03T18:02:11Z", "2026-02-03T18:02:11.250+05:30"] {
        assert_eq!(codes(json!({ "closed_at": text })), Vec::<&str>::new(), "{text}");
    }
    let long = "x".repeat(1000);
    assert!(read(&file(json!({ "business_date": long }))).unwrap_err().to_string().len() < 280);
}

#[test]
fn p_10_another_version_is_refused() {
    let mut file = file(json!({}));
    file["version"] = json!(2);
    assert_eq!(read(&file).unwrap_err().faults()[0].code(), "unknown-version");
}

#[test]
fn p_10_the_file_of_the_readme_is_valid() {
    let read = PosFile::from_json(example::text().as_bytes()).unwrap();
    let batch = &read.batches()[0];
    assert_eq!((batch.transactions().len(), batch.deposits().len()), (4, 1));
    assert_eq!((batch.account_payments().len(), batch.pay_ins_and_outs().len()), (1, 1));
    assert_eq!(read.purchase_orders().len(), 1);
    assert_eq!(batch.skipped().iter().map(|s| s.reason).collect::<Vec<_>>(), [SkipReason::NoSale]);
}
