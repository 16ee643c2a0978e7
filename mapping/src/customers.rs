//! Customers both ways: who is who, and which change goes where (F-01 to F-16). Pure, as everything in this crate.
//!
//! ```text
//! Input   settings   what the company has chosen (F-16), which types and custom fields each side has
//!         pos        PosRecord: key, account number, shared fields, merged into whom, deleted, flag, stamps
//!         quickbooks QuickBooksRecord: id, sync token, display name, shared fields, parent, our key, balance
//!         state      links with their base (what each side held of each field), merges, open matters
//!         fates      what became of records that are gone; activity: accounts that move; decisions of persons
//!
//! plan(&Input) -> CustomerPlan
//!         for_pos         AddType, Add, Update, Show, Merge
//!         for_quickbooks  Create, Update, Retire
//!         proposals, conflicts, refusals, notices, left_out, counts
//!         state           what holds without a write; State::added_to_pos, updated_in_quickbooks ... note what was written
//! ```
//!
//! `Fields` maps a shared field to its value, so that every field goes through the same comparison. One file a rule:
//!
//! | file | rule |
//! |---|---|
//! | `settings.rs` | F-16: the company's options |
//! | `value.rs`, `fit.rs` | when two values say the same; what each side takes |
//! | `fields.rs`, `edits.rs` | F-14, F-02: three-way, field by field |
//! | `matching.rs`, `meeting.rs` | F-01, F-08: who is the same; proposals |
//! | `additions.rs` | F-01, F-02, F-03: who is new on the other side |
//! | `merges.rs`, `departures.rs`, `survivors.rs` | F-08, F-14: merged, deleted, gone |
//! | `names.rs` | F-09: display names |
//! | `lists.rs` | F-06, F-10: types and custom fields |
//! | `movements.rs`, `balances.rs`, `limits.rs` | F-03, F-04, F-11, F-15: what a customer is charged, owes, and may |
//! | `wire.rs` | QuickBooks' bodies into this shape and out of it |

mod additions;
mod balances;
mod change;
mod departures;
mod draft;
mod edits;
mod fields;
mod fit;
mod limits;
mod lists;
mod matching;
mod meeting;
mod merges;
mod movements;
mod names;
mod page;
mod plan;
mod record;
mod settings;
mod state;
mod survivors;
mod value;
mod wire;

pub use crate::company::{Direction, LimitPolicy, Preference, Profile};
pub use crate::naming::NameOrder;
pub use balances::{Balance, Figure, Movement, MovementState, RecordBalance, by_keeper, owed};
pub use change::{
    Conflict, CustomerPlan, Edits, LeftOut, Notice, PosChange, Proposal, QuickBooksChange, Refusal, Retained,
};
pub use draft::{Activity, Decisions, Fate, Input};
pub use fields::{Side, Verdict, compare};
pub use fit::{Unfit, for_pos, for_quickbooks};
pub use limits::{Blocked, Charge, CreditLine, Exposure, Judgement, at_till, exposure, judge};
pub use matching::{Features, Likeness, Reason, candidates, duplicates};
pub use merges::{Merged, Merges};
pub use movements::charges_of;
pub use names::folded;
pub use page::page;
pub use plan::plan;
pub use record::{PosRecord, QuickBooksRecord, RecordId};
pub use settings::Settings;
pub use state::{Base, Link, LinkState, Sides, State};
pub use value::{FieldValue, Fields, is_same};
pub use wire::{Lists, edits_of, lay_over, new_record, record_of};
