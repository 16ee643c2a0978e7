//! What the example `roundtrip` prints.

#[path = "../examples/roundtrip.rs"]
#[allow(dead_code, reason = "`main` is the program's")]
mod program;

use std::path::Path;

/// What it prints and returns for files beside this test, with the folder's name left out.
fn run(arguments: &[&str]) -> (u8, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/received");
    let full = |argument: &&str| match *argument {
        option if option.starts_with("--") => option.to_owned(),
        file => folder.join(file).display().to_string(),
    };
    let mut out = Vec::new();
    let code = program::run(&arguments.iter().map(full).collect::<Vec<_>>(), &mut out).unwrap();
    (code, String::from_utf8(out).unwrap().replace(&format!("{}/", folder.display()), ""))
}

#[test]
fn says_of_each_file_whether_it_is_the_same_and_at_last_how_many() {
    let (code, out) = run(&["envelopes/query.json", "envelopes/fault.json"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "same envelopes/query.json\nsame envelopes/fault.json\n2 same, 0 differ\n")
    );
}

#[test]
fn a_folder_stands_for_the_files_in_it() {
    let (code, out) = run(&["entities"]);
    assert_eq!((code, out.lines().last()), (0, Some("40 same, 0 differ")), "{out}");
}

#[test]
fn what_cannot_be_read_differs_and_says_why() {
    let (code, out) = run(&["bodies/throttled.xml", "bodies/page.html", "bodies/cut.txt", "none.json"]);
    let expected = "differs bodies/throttled.xml
  the body is xml with a fault SERVICE 3001; ask for application/json (xml-body)
differs bodies/page.html
  the body is html; a proxy or gateway answered for QuickBooks (html-body)
differs bodies/cut.txt
  json ends after 36 bytes, before it is complete; ask again (cut-short)
differs none.json
  cannot be read: No such file or directory (os error 2)
0 same, 4 differ
";
    assert_eq!((code, out.as_str()), (1, expected));
}

#[test]
fn fields_says_what_is_typed_and_what_is_only_kept() {
    let (_, out) = run(&["--fields", "odd/new-kind.json", "odd/capitals.json"]);
    let expected = "same odd/new-kind.json
  5 values typed, 1 only kept
  kept without a field: $.QueryResponse.Subscription[0].Price
same odd/capitals.json
  5 values typed, 0 only kept
2 same, 0 differ
";
    assert_eq!(out, expected);
}

#[test]
fn without_a_file_it_says_how_it_is_used() {
    assert_eq!(run(&[]), (2, "usage: roundtrip [--fields] FILE...\n".to_owned()));
    assert_eq!(run(&["--all", "odd"]).0, 2);
}
