//! One file for each kind of event: what it looks like, which documents it becomes, then the function.

pub(crate) mod account_payment;
pub(crate) mod deposit;
pub(crate) mod lines;
pub(crate) mod opening;
pub(crate) mod pay_in_out;
pub(crate) mod purchase_order;
pub(crate) mod settlement;
pub(crate) mod transaction;
