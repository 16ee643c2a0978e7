//! Plays bad nights by seed.
//!
//! A night has everything that a real one has: the exchange, its client with QuickBooks' limits, its posting log, a network
//! and the simulator's QuickBooks, all in one thread and in virtual time. One `u64` decides what was sold, what goes wrong,
//! how long every answer takes and where processes die; the same seed plays the same night, byte for byte. Afterwards the books
//! must be what a naive sum over the sales says (`oracle.rs`), which shares no code with what it judges.
//!
//! ```
//! use simulation::{Night, play};
//!
//! let played = play(&Night::of(7));
//! assert_eq!(played.violations, []);
//! assert_eq!(played.trace, play(&Night::of(7)).trace);
//! ```
//!
//! The walk: `night` draws what a seed stands for (`sales`, faults, crashes), `play` begins one process after another and polls
//! it, `time` jumps when all wait, `network` carries requests, which go on without their process, `disk` keeps the log and loses
//! what was not synced, `gate` stops a process at a point, `check` judges every request, `look` and `oracle` the end, `shrink`
//! makes a bad night small.
#![forbid(unsafe_code)]

mod campaign;
mod check;
mod dice;
mod disk;
mod gate;
mod look;
mod network;
mod night;
mod oracle;
mod planted;
mod play;
mod rare;
mod sales;
mod shrink;
mod time;
mod trace;
mod wire;

pub use campaign::{Campaign, Tally, cuts};
pub use check::Violation;
pub use disk::After;
pub use night::Night;
pub use planted::Planted;
pub use play::{Played, play};
pub use rare::Rare;
pub use shrink::{shrink, words};
