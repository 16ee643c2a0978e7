//! What QuickBooks holds now of what was posted: read back, and compared with what was sent, field by field.
//!
//! ```text
//! posting log --what was sent--\                     /--> ReadBack: of some batches, for their certificate
//! QuickBooks  --reading.rs------> standing.rs ------>
//!                                                    \--> findings.rs: Drift, of everything in the log
//! ```
//!
//! The tie-out sees what moves accounts; this sees the documents themselves, so that a payment which somebody unmatched shows
//! although no account moves. A changed memo or open balance is no change: neither is part of what was sent and counts.

mod findings;
mod look;
mod mend;
mod read_back;
mod reading;
mod result;
mod standing;

pub use self::mend::{MendError, Mending, MendingResult, Verb};
pub use self::read_back::ReadBack;
pub use self::reading::Reach;
pub use self::result::{Deviation, Drift, DriftFinding, OtherRecord};
pub use self::standing::Standing;
pub(crate) use self::standing::standing;
