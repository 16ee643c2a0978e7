//! `tests/acceptance.md`: which tests prove which line of the acceptance list, which golden numbers, and which rules for
//! the simulator. Made from the tests' names; `UPDATE_GOLDEN=1 cargo test -p qb-simulator --test all acceptance` writes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The lines of the acceptance list, in short.
const LINES: [&str; 30] = [
    "no bearer token is 401, another company is 403 with 3100",
    "a request id has one effect and one answer; another body is 600",
    "an old SyncToken is 5010; tokens count up; a payment raises its invoice's",
    "unknown properties are 2010, read-only ones ignored",
    "texts that are too long are 2050 with both lengths",
    "a number twice is 6140 with its holder, unless it is allowed",
    "a name twice is 6240, in any case and on any of the lists; `A:B` is refused",
    "Amount is Qty x UnitPrice rounded half up, else 6070",
    "shipping lines need their preference and post to its account",
    "tax before or after the discount",
    "without sales tax the tax detail vanishes",
    "the till's tax is kept and the difference shown",
    "payments: no negative lines, zero payments post nothing, the rest is unapplied",
    "a voided invoice comes to nothing and frees its payment",
    "a deposit freezes what it holds; fees are negative lines",
    "purchases are paid from the right account; A/R lines name a customer",
    "journal entries balance, have two lines and name customers on A/R",
    "orders are received line by line, close, and post nothing",
    "a bill payment without lines is 2020",
    "closed books refuse create, update, delete and void",
    "inactive entries are 610 and renamed",
    "the query language: escapes, faults, empty answers",
    "batches: at most 30, item by item, shuffled",
    "change data capture: deleted stubs, thirty days",
    "webhooks in both forms, signed, twice, out of order",
    "limits, and answers lost after the work was done",
    "debits equal credits after every test; A/R is the sum of customers; signs by classification",
    "A/P and cards in credit show negative balances",
    "refresh tokens rotate and expire; parallel refreshes race",
    "the transient 6000, with and without effect",
];

/// Rules of the simulator outside the list, each with its tests.
const RULES: &[(&str, &[&str])] = &[
    ("bytes that are not UTF-8 are 400", &["takes_queries_by_post_and_refuses_bodies_that_are_no_json"]),
    (
        "PurchaseEx and LineEx are not taken back",
        &["line_4_unknown_properties_are_refused_and_of_old_named_with_their_class"],
    ),
    ("nothing is answered as null", &["line_4_nothing_is_answered_as_null_and_an_empty_text_clears"]),
    ("minorversion is any integer or absent", &["takes_paths_and_query_strings_as_clients_send_them"]),
    (
        "request ids are kept for ever, refusals only when asked for; too long is 2130",
        &[
            "line_2_the_same_requestid_has_one_effect_and_byte_equal_answers",
            "line_2_a_refusal_is_not_stored_under_its_requestid",
            "an_old_refusal_is_answered_again_under_the_same_id",
        ],
    ),
    (
        "payments are voided under both addresses",
        &["line_14_payments_and_receipts_are_voided_under_both_addresses"],
    ),
    (
        "one sequence of ids for transactions, one for names; none used twice",
        &[
            "ids_come_from_the_sequences_of_quickbooks",
            "a_deleted_document_is_gone_and_its_id_is_not_used_again",
        ],
    ),
    (
        "rotation, expiry, revocation, user_not_in_realm, a failing server",
        &[
            "line_29_a_refresh_token_rotates_after_24_hours_and_the_old_one_is_dead",
            "line_29_a_refresh_token_can_rotate_at_every_refresh_and_the_server_can_fail",
            "revoking_ends_a_consent_by_json_or_form",
        ],
    ),
    (
        "500 a minute, 10 a second, 10 at once, 40 or 120 batches a minute",
        &[
            "line_26_the_501st_request_of_a_sliding_minute_is_429_with_3001",
            "line_26_the_11th_request_of_a_second_is_429",
            "line_26_the_11th_request_at_once_is_429",
            "line_26_the_41st_batch_of_a_minute_is_refused_in_the_chosen_shape",
        ],
    ),
    ("a thousand objects in an answer", &["line_23_and_24_answers_hold_a_thousand_objects"]),
    ("750 lines of a taxed document", &["forms_refuse_what_they_cannot_hold"]),
    ("other properties are not queryable", &["line_22_refuses_what_is_not_in_the_language"]),
    ("batches run in order, or shuffled", &["line_23_a_shuffled_batch_answers_every_item_once"]),
    (
        "shipping and gratuity with their preference off are 6000",
        &[
            "line_9_shipping_needs_its_preference_and_posts_to_its_account",
            "gratuities_need_their_preference_and_post_to_their_account",
        ],
    ),
    ("a negative total is 6000", &["negative_lines_are_taken_while_the_total_is_not_negative"]),
    (
        "numbers are unique by entity among what is not deleted, voided documents included",
        &[
            "line_6_a_number_in_use_is_refused_with_its_holder",
            "line_6_a_voided_document_keeps_its_number",
            "line_6_without_custom_numbers_quickbooks_numbers_in_one_series",
        ],
    ),
    (
        "custom fields: 31 characters, enabled ids",
        &["line_5_texts_that_are_too_long_are_refused_with_both_lengths"],
    ),
    (
        "sales tax classic, automated or off",
        &[
            "line_11_without_sales_tax_the_tax_detail_vanishes",
            "automated_sales_tax_chooses_the_code_and_asks_the_item",
        ],
    ),
    ("due dates by term", &["terms_count_days_or_name_a_day_of_the_month"]),
    ("PrintStatus is NotSet unless sent", &["row_12_documents_need_to_be_printed_or_not"]),
    (
        "automatic application of credits",
        &["credits_are_applied_by_themselves_where_the_company_asks_for_it"],
    ),
    ("PaymentRefNum of 22 is 2050", &["rows_4_7_24_and_25_lengths_are_the_companys"]),
    (
        "over-application is 6000, what cannot be linked 620, what is not there 610",
        &[
            "line_13_links_that_cannot_be_are_refused_and_change_nothing",
            "line_14_a_voided_invoice_comes_to_nothing_and_frees_its_payment",
        ],
    ),
    (
        "two A/R or A/P accounts in an entry are 6000",
        &["row_8_an_entry_may_have_one_or_several_lines_on_receivables"],
    ),
    ("transfers between balance-sheet accounts", &["a_transfer_moves_money_between_balance_sheet_accounts"]),
    (
        "every document balances, and sub-ledgers agree, after every request",
        &["line_27_the_general_ledger_agrees_with_the_books_and_signs_by_classification"],
    ),
    ("the closing date itself is closed", &["row_18_the_closing_date_itself_is_closed_or_open"]),
    ("plan gates", &["plans_have_their_features"]),
    (
        "reports in both forms have the same figures",
        &["both_forms_have_the_same_figure_for_every_account_and_customer"],
    ),
    (
        "a report is about what is asked, or refused",
        &[
            "profit_and_loss_is_of_the_customer_vendor_item_class_or_department_that_is_asked_for",
            "what_a_report_does_not_do_is_refused_and_never_answered_with_more_than_was_asked",
        ],
    ),
    (
        "an update does not ask for what it does not touch",
        &[
            "a_note_can_be_changed_although_what_the_document_names_has_become_inactive",
            "what_a_preference_has_turned_off_stays_on_the_documents_that_have_it",
        ],
    ),
    ("sparse updates need some members", &["sparse_updates_need_what_quickbooks_asks_for_in_every_one"]),
    (
        "properties are kept or refused",
        &["what_an_invoice_takes_it_keeps", "what_is_not_done_is_refused_where_it_says_something"],
    ),
    ("the Date header is the company's", &["the_date_header_follows_the_clock_of_the_company"]),
];

#[test]
fn every_line_and_every_rule_has_a_test_and_the_table_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for folder in [root.join("tests"), root.join("src/lists")] {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "rs") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                found.extend(tests_of(&fs::read_to_string(&path).unwrap()).map(|test| (test, name.clone())));
            }
        }
    }
    let mut table = String::from(
        "# Which tests prove what\n\nMade from the tests' names by `tests/acceptance.rs`. Every test that ends with \
         `Books::close` proves line 27 too.\n\n| line | what | tests |\n|---|---|---|\n",
    );
    for (at, what) in LINES.iter().enumerate() {
        let tests: Vec<&String> = found.keys().filter(|name| lines_of(name).contains(&(at + 1))).collect();
        assert!(!tests.is_empty(), "no test for line {}: {what}", at + 1);
        let named: Vec<String> = tests.into_iter().map(|test| shown(&found, test)).collect();
        writeln!(table, "| {} | {what} | {} |", at + 1, named.join("<br>")).unwrap();
    }
    table.push_str("\n## Golden numbers\n\n");
    for test in found.keys().filter(|name| name.starts_with("golden_")) {
        writeln!(table, "* {}", shown(&found, test)).unwrap();
    }
    table.push_str("\n## Rules outside the list\n\n| rule | tests |\n|---|---|\n");
    for (rule, tests) in RULES {
        let missing: Vec<&&str> = tests.iter().filter(|test| !found.contains_key(**test)).collect();
        assert!(missing.is_empty(), "{rule}: {missing:?}");
        let named: Vec<String> = tests.iter().map(|test| shown(&found, test)).collect();
        writeln!(table, "| {rule} | {} |", named.join("<br>")).unwrap();
    }
    let path = root.join("tests/acceptance.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &table).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == table, "tests/acceptance.md is old; UPDATE_GOLDEN=1 writes it again");
}

fn shown(found: &BTreeMap<String, String>, test: &str) -> String {
    format!("`{test}` ({})", found.get(test).map_or("", String::as_str))
}

/// The names of the tests in a source: functions under a test attribute.
fn tests_of(source: &str) -> impl Iterator<Item = String> {
    let mut is_test = false;
    let mut names = Vec::new();
    for text in source.lines().map(str::trim) {
        if text == "#[test]" || text.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, rest)) = text.split_once("fn ").filter(|_| is_test) {
            names.extend(rest.split_once('(').map(|(name, _)| name.to_owned()));
            is_test = false;
        }
    }
    names.into_iter()
}

/// The lines a name begins with: `line_23_and_24_...` names two.
fn lines_of(name: &str) -> BTreeSet<usize> {
    let Some(rest) = name.strip_prefix("line_") else { return BTreeSet::new() };
    let words = rest.split('_').take_while(|word| *word == "and" || word.parse::<usize>().is_ok());
    let numbers: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
    // `line_2_...` names one line; further numbers count only behind `and`.
    let joined = rest.split('_').nth(1) == Some("and");
    numbers.into_iter().take(if joined { 2 } else { 1 }).collect()
}
