//! Tie-out certificates: what a tie-out and its reports hold, as a page to keep. Values, JSON and hash; docs/certificate.md
//! describes the JSON. Pages, workbooks and journals are made from these values by the crate `certificate`.
//!
//! ```text
//! batches, orders --plan--> documents    \
//! tie-out ------------------ figures      > Dossier --scope--> Certificate --seal--> text and SHA-256 --> posting log
//! reports ------------------ outcomes    /
//! ```
//!
//! A certificate never says more than was seen: what was not read is absent. Its SHA-256 stands in the posting log and in the
//! certificate after it, so that a chain of files can be checked without a network ([`Checker`]).

mod amount;
mod check;
mod documents;
mod dossier;
mod fault;
mod findings;
mod keep;
mod records;
mod seal;
mod sums;
mod till;
mod value;
mod view;

pub use self::check::Checker;
pub use self::dossier::{Beside, Dossier};
pub use self::fault::CertificateFault;
pub use self::seal::Sealed;
pub use self::value::{
    AccountFigures, AgencyShare, Balance, BatchFigures, CERTIFICATE_SCHEMA_VERSION, Certificate,
    CustomerFigures, DayFigures, DayPage, Deposits, DocumentLine, DocumentName, Drawer, Figures, FileHash,
    Finding, FindingAmount, GiftCertificates, LegLine, OrderDeposits, OtherPosting, Personal, RecordName,
    Scope, StoreDay, StoreTax, TenderDay, TenderFigures, TillLine, TillReceipt, Verdict,
};
