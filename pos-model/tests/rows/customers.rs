//! P-08: customers.

use serde_json::json;

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
