//! What keeps a program from its work, as its summary says it.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use exchange::{Exit, Fault, LogError, Place};

use crate::output::with_causes;

pub(crate) fn fault(code: &str, error: &dyn std::error::Error, place: Place, exit: Exit) -> Box<Fault> {
    Box::new(Fault::new(code, with_causes(error), place, exit))
}

pub(crate) fn log_fault(error: &LogError) -> Box<Fault> {
    let exit = match error {
        LogError::Locked { .. } => Exit::InUse,
        _ => Exit::Configuration,
    };
    fault(error.code(), error, Place::of_part("posting log"), exit)
}

pub(crate) fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}
