//! Undo: what was posted of a batch, a purchase order or the opening balances is taken back, so that it moves no account any more.
//!
//! ```text
//! posting log --what was posted--\
//!                                 >-- plan.rs: acts in their order, and what forbids them --> Undo, a preview
//! QuickBooks --what stands there--/                                                             |
//!                                              run.rs: act.rs for each, one after the other <---/
//! ```
//!
//! A person asks for it, by name and with a reason, which the posting log keeps. Invoices, payments and sales receipts are voided:
//! they stay in QuickBooks with their numbers. Other kinds QuickBooks does not void; they are deleted. Payments come first, since
//! other documents cannot go while a payment is matched with them.
//!
//! All of it is taken back or, where something forbids a part, nothing is begun. An undo that broke off is finished by the next one;
//! until then runs send nothing of the batch. Undone, it is posted again only when a person says so ([`Exchange::post_again`]): as
//! its next revision, under numbers that say so (N-16).
//!
//! [`Exchange::post_again`]: crate::Exchange::post_again

mod error;
mod plan;
mod result;
mod run;

pub use self::error::UndoError;
pub(crate) use self::plan::Edits;
pub use self::result::{ActOutcome, Obstacle, Undo, UndoAct, UndoResult};
