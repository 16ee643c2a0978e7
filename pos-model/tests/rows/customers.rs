//! P-08: customers.

use pos_model::{CustomerField, CustomerFile, CustomerState, Fault, NoCustomerField, raw};
use serde_json::{Value, json};

use crate::pos::{codes_of, file, read};

#[test]
fn p_08_a_customer_is_known_by_an_id_of_plain_characters() {
    let customer = |id: &str, account_number: &str| {
        let mut file = file(json!({}));
        file["customers"] = json!([{ "id": id, "account_number": account_number }]);
        read(&file)
            .err()
            .map_or(Vec::new(), |error| error.faults().iter().map(pos_model::Fault::code).collect())
    };
    for id in ["c-77", "A_1.b", "7", "abcdefghijklmnopqrstuvwx"] {
        assert_eq!(customer(id, "12/7 B"), Vec::<&str>::new(), "{id}");
    }
    for (id, code) in [
        ("", "missing"),
        ("abcdefghijklmnopqrstuvwxy", "too-long"),
        ("c 77", "illegal-identifier"),
        ("c/77", "illegal-identifier"),
        ("c:77", "illegal-identifier"),
        ("é", "illegal-identifier"),
        ("c\n77", "illegal-identifier"),
    ] {
        assert_eq!(customer(id, "1042"), [code], "{id:?}");
    }
}

#[test]
fn p_08_an_account_number_belongs_to_one_customer() {
    let mut file = file(json!({}));
    file["customers"] =
        json!([{ "id": "c-77", "account_number": "1042" }, { "id": "c-78", "account_number": "1043" }]);
    assert_eq!(codes_of(&file), Vec::<&str>::new());
    file["customers"][1]["account_number"] = json!("1042");
    assert_eq!(codes_of(&file), ["duplicate"]);
    file["customers"][1]["id"] = json!("c-77");
    assert_eq!(codes_of(&file), ["duplicate"], "the same customer twice is one fault");
}

#[test]
fn p_08_a_credit_limit_is_never_negative() {
    for (limit, expected) in
        [("0.00", &[][..]), ("500", &[]), ("-0.01", &["negative-credit-limit"]), ("none", &["not-a-decimal"])]
    {
        let mut file = file(json!({}));
        file["customers"][0]["credit_limit"] = json!(limit);
        assert_eq!(codes_of(&file), expected, "{limit}");
    }
}

fn customers(customers: Value) -> Result<CustomerFile, Vec<&'static str>> {
    let file = json!({ "version": 1, "retailer": "1651", "customers": customers });
    CustomerFile::from_json(file.to_string().as_bytes())
        .map_err(|error| error.faults().iter().map(Fault::code).collect())
}

#[test]
fn p_08_a_customer_file_says_all_that_is_shared_and_what_is_not() {
    let text =
        include_str!("../../README.md").split("```json\n").nth(2).and_then(|rest| rest.split_once("```"));
    let file = CustomerFile::from_json(text.unwrap().0.as_bytes()).unwrap();
    assert_eq!(file.retailer(), "1651");
    assert_eq!(file.customer_types(), ["Retail", "Wholesale"]);
    assert_eq!(file.custom_fields(), ["Birthday"]);
    let [sara, double] = file.customers() else { panic!("{file:?}") };
    assert_eq!(sara.customer_type(), Some("Wholesale"));
    assert_eq!(sara.shipping_address().unwrap().city.as_deref(), Some("Boston"));
    assert_eq!(sara.custom_fields()["Birthday"], "3 May");
    assert_eq!(sara.balance().unwrap().to_string(), "160.00");
    assert_eq!(sara.quickbooks_ids(), ["58"]);
    assert_eq!(sara.stamp(), Some("17"));
    assert_eq!(*sara.state(), CustomerState::Active);
    assert!(sara.changed_at(&CustomerField::Email).is_some());
    assert!(sara.changed_at(&CustomerField::Custom("Birthday".to_owned())).is_some());
    assert_eq!(sara.changed_at(&CustomerField::Phone), None);
    assert_eq!(double.merged_into(), Some("c-77"));
}

#[test]
fn p_08_a_state_says_what_became_of_a_customer() {
    let state = |fields: Value| {
        let mut customer = json!({ "id": "c-77", "account_number": "1042" });
        customer.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        customers(json!([customer])).map(|file| file.customers()[0].state().clone())
    };
    let merged = || CustomerState::Merged { into: "c-78".to_owned() };
    for (fields, expected) in [
        (json!({}), Ok(CustomerState::Active)),
        (json!({ "state": "active" }), Ok(CustomerState::Active)),
        (json!({ "state": "inactive" }), Ok(CustomerState::Inactive)),
        (json!({ "state": "deleted" }), Ok(CustomerState::Deleted)),
        (json!({ "state": "merged", "merged_into": "c-78" }), Ok(merged())),
        (json!({ "state": "merged" }), Err(vec!["keeper-required"])),
        (json!({ "merged_into": "c-78" }), Err(vec!["keeper-of-unmerged"])),
        (json!({ "state": "deleted", "merged_into": "c-78" }), Err(vec!["keeper-of-unmerged"])),
        (json!({ "state": "merged", "merged_into": "c-77" }), Err(vec!["merged-into-itself"])),
    ] {
        assert_eq!(state(fields.clone()), expected, "{fields}");
    }
}

#[test]
fn p_08_merges_form_no_ring_and_each_ring_is_told_once() {
    let merges = |pairs: &[(&str, &str)]| {
        let merged = |(i, (id, into)): (usize, &(&str, &str))| json!({ "id": id, "account_number": format!("{i}"), "state": "merged", "merged_into": into });
        customers(pairs.iter().enumerate().map(merged).collect()).err().unwrap_or_default()
    };
    assert_eq!(merges(&[("a", "b"), ("b", "c"), ("c", "d")]), Vec::<&str>::new(), "a chain ends");
    assert_eq!(merges(&[("a", "b"), ("b", "a")]), ["merge-ring"]);
    assert_eq!(merges(&[("b", "c"), ("c", "a"), ("a", "b"), ("z", "a")]), ["merge-ring"]);
    assert_eq!(merges(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")]), ["merge-ring", "merge-ring"]);
}

#[test]
fn p_08_shared_fields_are_named_as_in_the_file() {
    let all = [
        "title",
        "first_name",
        "last_name",
        "company",
        "email",
        "phone",
        "address",
        "shipping_address",
        "type",
        "state",
        "tax_exempt",
        "custom_fields.Birthday",
        "custom_fields.a.b",
    ];
    for name in all {
        assert_eq!(name.parse::<CustomerField>().unwrap().to_string(), name);
    }
    for name in ["account_number", "credit_limit", "use_with_quickbooks", "custom_fields.", "Email", ""] {
        assert_eq!(name.parse::<CustomerField>(), Err(NoCustomerField), "{name}");
    }
}

#[test]
fn p_08_a_customer_that_is_written_and_read_is_the_same() {
    let text =
        include_str!("../../README.md").split("```json\n").nth(2).and_then(|rest| rest.split_once("```"));
    let raw: raw::CustomerFile = serde_json::from_str(text.unwrap().0).unwrap();
    let written = serde_json::to_string(&raw).unwrap();
    assert_eq!(serde_json::from_str::<raw::CustomerFile>(&written).unwrap(), raw);
    assert!(!format!("{raw:?}").contains("Sara"), "personal data stays out of Debug");
}

#[test]
fn p_08_a_custom_field_without_a_value_says_nothing() {
    let file = customers(json!([{
        "id": "c-77", "account_number": "1042", "custom_fields": { "Birthday": " ", "Size": "M" }
    }]));
    let fields = file.unwrap().customers()[0].custom_fields().clone();
    assert_eq!(fields.into_iter().collect::<Vec<_>>(), [("Size".to_owned(), "M".to_owned())]);
}
