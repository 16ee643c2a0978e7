//! Customers both ways. What an exchange will do is decided by `mapping::customers`; here it is carried out (`run.rs` is the whole of
//! it).

mod accounts;
mod balances;
mod base;
mod both_ways;
pub mod conformance;
mod doubt;
mod fates;
mod figures;
mod given;
mod kept;
mod memory;
mod moved;
mod note;
mod options;
mod part;
mod planning;
mod port;
mod reading;
mod report;
mod run;
mod send;
mod standing;
mod taken;
mod to_pos;
mod to_quickbooks;
mod told;

pub use balances::{BalanceWaits, CustomerBalance, RecordLink};
pub use both_ways::{BothWays, HeldCharge};
pub(crate) use kept::Kept;
pub use memory::MemoryCustomers;
pub use note::{CustomerNote, CustomerNotes, LoggedExchange};
pub use options::CustomerOptions;
pub use port::{Applied, Changed, Mark, NewBalance, PosCustomers, PosCustomersError, PosLists};
pub use report::{CustomerCounts, CustomerRefusal, CustomerReport};
pub use standing::{CustomerStanding, RecordState, Standing};
pub(crate) use told::Details;
