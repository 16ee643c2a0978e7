//! What everything else is built from: JSON, amounts, the clock, faults, HTTP messages, and the kinds of entities.

pub(crate) mod amount;
pub(crate) mod clock;
pub(crate) mod fault;
pub(crate) mod json;
pub(crate) mod kind;
pub(crate) mod message;
