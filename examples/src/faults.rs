//! What keeps a program from its work, as its summary says it.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use exchange::{Exit, Fault, LogError, Place};
use qb_client::engine::NotSentWhy;
use qb_client::{ReadError, TokenError};

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

/// QuickBooks said no, or there is no token: a person must act. Whatever else, trying again may do.
pub(crate) fn exit_of_read(error: &ReadError) -> Exit {
    match error {
        ReadError::Refused(_) | ReadError::NotSent { why: NotSentWhy::Unauthorized, .. } => {
            Exit::Configuration
        }
        ReadError::NotSent { why: NotSentWhy::NoToken(error), .. } => match error {
            TokenError::Unavailable { .. } => Exit::Incomplete,
            _ => Exit::Configuration,
        },
        _ => Exit::Incomplete,
    }
}
