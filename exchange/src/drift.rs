//! What QuickBooks holds now of what was posted: read back, and compared with what was sent, field by field.
//!
//! ```text
//! posting log --what was sent--\
//! QuickBooks  --what stands-----> standing.rs: as sent, changed, voided, gone --> ReadBack
//! ```
//!
//! The tie-out sees what moves accounts; this sees the documents themselves, so that a payment which somebody unmatched shows
//! although no account moves. A changed memo or open balance is no change: neither is part of what was sent and counts.

mod read_back;
mod standing;

pub use self::read_back::{Reach, ReadBack};
pub use self::standing::Standing;
