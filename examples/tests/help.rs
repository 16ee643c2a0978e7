//! What every program says of how it ends.

use std::process::Command;

use examples::exit_codes::EXIT_CODES;

#[test]
fn every_program_s_help_shows_the_same_exit_codes() {
    for program in [
        env!("CARGO_BIN_EXE_connect"),
        env!("CARGO_BIN_EXE_customer-exchange"),
        env!("CARGO_BIN_EXE_drift"),
        env!("CARGO_BIN_EXE_explain"),
        env!("CARGO_BIN_EXE_full-exchange"),
        env!("CARGO_BIN_EXE_preview-plan"),
        env!("CARGO_BIN_EXE_trial"),
        env!("CARGO_BIN_EXE_undo"),
        env!("CARGO_BIN_EXE_verify-certificate"),
    ] {
        let output = Command::new(program).arg("--help").output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && help.contains(EXIT_CODES), "{program}: {help}");
        let unknown = Command::new(program).arg("--no-such-option").output().unwrap();
        assert_eq!(unknown.status.code(), Some(2), "{program}");
    }
}
