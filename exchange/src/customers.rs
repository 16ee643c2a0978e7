//! Customers both ways: the point of sale's side. What an exchange will do is decided by `mapping::customers`.

pub mod conformance;
mod memory;
mod port;

pub use memory::MemoryCustomers;
pub use port::{Applied, Changed, Mark, NewBalance, PosCustomers, PosCustomersError};
