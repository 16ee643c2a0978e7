//! Changes of what stands in QuickBooks: the version that was read, and the bodies that change, void or delete it.
//!
//! A change is *sparse*: only the members that it names change, and a whole list of lines where it names the lines. It
//! refuses to know request ids, and what a change may do to the books: QuickBooks answers that. Neighbours: `received`
//! (what was read), `qb-client` (carries the bytes).

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;

use crate::error::{ModelError, excerpt};
use crate::received::{self, Json, Kind, Members};

/// Blocks that QuickBooks adds to its answers and refuses when they come back (fault 2010).
const ANSWERS_ONLY: [&str; 2] = ["LineEx", "PurchaseEx"];

/// One version of a record: its id and the `SyncToken` that grows with every change.
///
/// QuickBooks takes a change of the current version alone; of an older one it says that it is stale (fault 5010), and nothing
/// is stored.
///
/// ```
/// use qb_model::received::Invoice;
/// use qb_model::Version;
///
/// let version = Version::<Invoice>::new("145", "3")?;
/// assert_eq!((version.id(), version.sync_token()), ("145", "3"));
/// assert_eq!(version.to_json(), br#"{"Id":"145","SyncToken":"3"}"#);
/// # Ok::<(), qb_model::ModelError>(())
/// ```
pub struct Version<K> {
    id: String,
    sync_token: String,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Version<K> {
    /// Takes an id and a token as QuickBooks sent them.
    ///
    /// # Errors
    /// [`ModelError::Id`] when one of them is empty, longer than 64 characters or other than visible ASCII.
    pub fn new(id: impl Into<String>, sync_token: impl Into<String>) -> Result<Self, ModelError> {
        Ok(Self { id: visible(id.into())?, sync_token: visible(sync_token.into())?, kind: PhantomData })
    }

    /// Returns the version of a record that was read.
    ///
    /// # Errors
    /// [`ModelError::Missing`] when it has no `Id` or no `SyncToken`, as the stub of a deleted one.
    pub fn of(record: &K) -> Result<Self, ModelError> {
        let members = record.write_members();
        let text = |field: &'static str| match members.get(field) {
            Some(Json::String(text)) => Ok(text.clone()),
            _ => Err(ModelError::Missing { what: K::NAME, field }),
        };
        Self::new(text("Id")?, text("SyncToken")?)
    }

    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the token of the version.
    #[must_use]
    pub fn sync_token(&self) -> &str {
        &self.sync_token
    }

    /// Writes the body of a deletion: the version and nothing else.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        Json::Object(self.members()).to_string().into_bytes()
    }

    /// Writes the body of a void by update, as payments and sales receipts want it.
    #[must_use]
    pub fn to_sparse_json(&self) -> Vec<u8> {
        let mut members = self.members();
        members.insert("sparse", Json::Bool(true));
        Json::Object(members).to_string().into_bytes()
    }

    fn members(&self) -> Members {
        let mut members = Members::default();
        members.insert("Id", Json::String(self.id.clone()));
        members.insert("SyncToken", Json::String(self.sync_token.clone()));
        members
    }
}

impl<K> Clone for Version<K> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone(), sync_token: self.sync_token.clone(), kind: PhantomData }
    }
}

impl<K> PartialEq for Version<K> {
    fn eq(&self, other: &Self) -> bool {
        (&self.id, &self.sync_token) == (&other.id, &other.sync_token)
    }
}

impl<K> Eq for Version<K> {}

impl<K: Kind> fmt::Debug for Version<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({} {} {})", K::NAME, self.id, self.sync_token)
    }
}

/// A sparse change of one record.
///
/// ```
/// use qb_model::received::{Customer, Kind, Record};
/// use qb_model::{Amount, Update, Version};
///
/// // What was read, changed through its typed fields: only the difference goes out, amounts as they are written.
/// let before = Customer::read(r#"{"Id":"61","SyncToken":"4","DisplayName":"Harbor House","Notes":"old"}"#.parse()?)?;
/// let mut after = before.clone();
/// after.notes = "closed on Mondays".to_owned().into();
/// let update = Update::between(&before, &after)?;
/// assert_eq!(update.to_json(), br#"{"Id":"61","Notes":"closed on Mondays","SyncToken":"4","sparse":true}"#);
///
/// // Or member by member.
/// let update = Update::<Customer>::sparse(Version::of(&before)?).set("Active", false)?;
/// assert_eq!(update.to_json(), br#"{"Active":false,"Id":"61","SyncToken":"4","sparse":true}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Update<K> {
    version: Version<K>,
    members: Members,
}

impl<K: Kind> Update<K> {
    /// Returns a change that names no member yet.
    ///
    /// QuickBooks wants some members in every change of these kinds: `Name` of Class and Department, `Name` and the days of
    /// Term, `PaymentType` of Purchase, `VendorRef` of Bill, BillPayment and VendorCredit, `DepositToAccountRef` of Deposit,
    /// both accounts and `Amount` of Transfer. [`Update::between`] adds them.
    #[must_use]
    pub fn sparse(version: Version<K>) -> Self {
        Self { version, members: Members::default() }
    }

    /// Sets a member, by its name on the wire, to what the value is as JSON: a text, a flag, an
    /// [`Amount`](crate::Amount), a list of lines. An empty text empties a field.
    ///
    /// # Errors
    /// [`ModelError::Reserved`] for `Id`, `SyncToken` and `sparse`, which the change has already; [`ModelError::Json`] and
    /// [`ModelError::Unreadable`] when the value is no JSON.
    pub fn set(mut self, member: &str, value: impl Serialize) -> Result<Self, ModelError> {
        if matches!(member, "Id" | "SyncToken" | "sparse") {
            return Err(ModelError::Reserved { what: K::NAME, member: excerpt(member) });
        }
        let unwritable = |source| ModelError::Json { what: K::NAME, source };
        let value = serde_json::to_value(value).map_err(unwritable)?;
        self.members.insert(member, exact(&value).ok_or(ModelError::unreadable(K::NAME, "value"))?);
        Ok(self)
    }

    /// Returns the change that makes `after` out of `before`: the members that differ, whole, and those that QuickBooks wants
    /// in every change of the kind. What only answers carry (`LineEx`, `PurchaseEx`) is left out.
    ///
    /// # Errors
    /// [`ModelError::Missing`] when `before` has no id or no token; [`ModelError::OtherRecord`] when `after` is of another id;
    /// [`ModelError::Removed`] when a member is gone: a sparse change takes none away, an empty text may empty it.
    pub fn between(before: &K, after: &K) -> Result<Self, ModelError> {
        let version = Version::of(before)?;
        let (old, new) = (before.write_members(), after.write_members());
        if new.get("Id") != old.get("Id") {
            return Err(ModelError::OtherRecord { what: K::NAME, id: version.id });
        }
        let is_version = |name: &str| matches!(name, "Id" | "SyncToken" | "sparse" | "MetaData" | "domain");
        if let Some((gone, _)) = old.iter().find(|(name, _)| !is_version(name) && new.get(name).is_none()) {
            return Err(ModelError::Removed { what: K::NAME, member: excerpt(gone) });
        }
        let mut members = Members::default();
        for (name, value) in
            new.iter().filter(|(name, value)| !is_version(name) && old.get(name) != Some(value))
        {
            members.insert(name, sendable(value));
        }
        if !members.is_empty() {
            for (name, value) in wanted(K::NAME).iter().filter_map(|name| Some((*name, new.get(name)?))) {
                members.insert(name, sendable(value));
            }
        }
        Ok(Self { version, members })
    }

    /// Reads a change back from the body that [`to_json`](Update::to_json) wrote: from a log of what was sent.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] when it is no JSON object; [`ModelError::Missing`] without a version; [`ModelError::Id`] when
    /// the version is none.
    pub fn from_json(body: &str) -> Result<Self, ModelError> {
        let unreadable = || ModelError::unreadable(K::NAME, "body");
        let Ok(Json::Object(all)) = body.parse::<Json>() else { return Err(unreadable()) };
        let text = |field: &'static str| match all.get(field) {
            Some(Json::String(text)) => Ok(text.clone()),
            _ => Err(ModelError::Missing { what: K::NAME, field }),
        };
        let version = Version::new(text("Id")?, text("SyncToken")?)?;
        let mut members = Members::default();
        for (name, value) in all.iter().filter(|(name, _)| !matches!(*name, "Id" | "SyncToken" | "sparse")) {
            members.insert(name, value.clone());
        }
        Ok(Self { version, members })
    }

    /// Returns the version that is changed.
    #[must_use]
    pub const fn version(&self) -> &Version<K> {
        &self.version
    }

    /// Returns whether it names no member: nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Writes the body. Numbers are written as they were read or set, to the last digit.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut members = self.version.members();
        members.insert("sparse", Json::Bool(true));
        for (name, value) in &self.members {
            members.insert(name, value.clone());
        }
        Json::Object(members).to_string().into_bytes()
    }
}

impl<K> Clone for Update<K> {
    fn clone(&self) -> Self {
        Self { version: self.version.clone(), members: self.members.clone() }
    }
}

impl<K: Kind> fmt::Debug for Update<K> {
    /// The names of the members, never their values, which may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Update({:?} {:?})", self.version, self.members)
    }
}

/// A kind that QuickBooks deletes: documents. An entry of a list has no deletion; it is made inactive.
pub trait Deletable: Kind {}

/// A kind that QuickBooks voids: amounts become zero, number and date stay.
pub trait Voidable: Deletable {
    /// Whether it is voided by an operation of its own, and not by an update that says so.
    const HAS_OPERATION: bool = false;
}

macro_rules! deletable {
    ($($kind:ident,)*) => {
        $(impl Deletable for received::$kind {})*
    };
}

deletable! {
    Bill,
    BillPayment,
    CreditCardPaymentTxn,
    CreditMemo,
    Deposit,
    Estimate,
    InventoryAdjustment,
    Invoice,
    JournalEntry,
    Payment,
    Purchase,
    PurchaseOrder,
    RefundReceipt,
    SalesReceipt,
    TimeActivity,
    Transfer,
    VendorCredit,
}

impl Voidable for received::Invoice {
    const HAS_OPERATION: bool = true;
}

impl Voidable for received::Payment {}

impl Voidable for received::SalesReceipt {}

impl Voidable for received::BillPayment {}

/// The members that QuickBooks wants in every change of a kind, a sparse one too.
fn wanted(kind: &str) -> &'static [&'static str] {
    match kind {
        "Class" | "Department" => &["Name"],
        "Term" => {
            &["Name", "DueDays", "DiscountDays", "DayOfMonthDue", "DueNextMonthDays", "DiscountDayOfMonth"]
        }
        "Purchase" => &["PaymentType"],
        "Bill" | "BillPayment" | "VendorCredit" => &["VendorRef"],
        "Deposit" => &["DepositToAccountRef"],
        "Transfer" => &["FromAccountRef", "ToAccountRef", "Amount"],
        _ => &[],
    }
}

/// The value without what only answers carry.
fn sendable(value: &Json) -> Json {
    match value {
        Json::Array(items) => Json::Array(items.iter().map(sendable).collect()),
        Json::Object(members) => {
            let mut kept = Members::default();
            for (name, value) in members.iter().filter(|(name, _)| !ANSWERS_ONLY.contains(name)) {
                kept.insert(name, sendable(value));
            }
            Json::Object(kept)
        }
        other => other.clone(),
    }
}

/// Returns the value with its numbers as text.
fn exact(value: &serde_json::Value) -> Option<Json> {
    // A list is read whatever it holds; a bare number or text is not the body of anything.
    match format!("[{value}]").parse() {
        Ok(Json::Array(items)) => items.into_iter().next(),
        _ => None,
    }
}

fn visible(text: String) -> Result<String, ModelError> {
    if (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text)
    } else {
        Err(ModelError::Id { text: excerpt(&text) })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::Amount;
    use crate::received::{Bill, Customer, Invoice, Record};

    fn read<K: Record>(json: &str) -> K {
        K::read(json.parse().unwrap()).unwrap()
    }

    fn text(body: Vec<u8>) -> String {
        String::from_utf8(body).unwrap()
    }

    #[test]
    fn only_what_differs_is_sent_and_what_the_kind_wants() {
        let before: Bill = read(
            r#"{"Id":"7","SyncToken":"2","domain":"QBO","VendorRef":{"value":"41"},"TotalAmt":100.00,"PrivateNote":"a",
                "Line":[{"Id":"1","Amount":100.00,"DetailType":"AccountBasedExpenseLineDetail","LineEx":{"any":[]}}]}"#,
        );
        let same = Update::between(&before, &before).unwrap();
        assert!(same.is_empty());
        let mut after = before.clone();
        after.private_note = "b".to_owned().into();
        let update = Update::between(&before, &after).unwrap();
        assert_eq!(
            text(update.to_json()),
            r#"{"Id":"7","PrivateNote":"b","SyncToken":"2","VendorRef":{"value":"41"},"sparse":true}"#
        );
        assert_eq!(format!("{update:?}"), r#"Update(Version(Bill 7 2) {"PrivateNote", "VendorRef"})"#);
    }

    /// A line that is sent again is the line that was read, to the last digit, without the blocks of answers.
    #[test]
    fn lines_go_whole_and_exact() {
        let before: Invoice = read(
            r#"{"Id":"7","SyncToken":"2","Line":[{"Id":"1","Amount":100.00,"LineEx":{"any":[]},"DetailType":"SalesItemLineDetail",
                "SalesItemLineDetail":{"Qty":3,"UnitPrice":33.333333}}]}"#,
        );
        let mut after = before.clone();
        let mut lines = before.line.to_vec();
        lines[0].description = "Tea".to_owned().into();
        after.line = lines.into();
        let sent = text(Update::between(&before, &after).unwrap().to_json());
        assert!(sent.contains(r#""Amount":100.00"#) && sent.contains(r#""UnitPrice":33.333333"#), "{sent}");
        assert!(!sent.contains("LineEx"), "{sent}");
    }

    #[test]
    fn what_a_sparse_change_cannot_say_is_refused() {
        let before: Customer = read(r#"{"Id":"61","SyncToken":"4","Notes":"n"}"#);
        let code = |after: &str| Update::between(&before, &read(after)).unwrap_err().code();
        assert_eq!(code(r#"{"Id":"61","SyncToken":"4"}"#), "removed-member");
        assert_eq!(code(r#"{"Id":"62","SyncToken":"4","Notes":"n"}"#), "other-record");
        let stub: Customer = read(r#"{"Id":"61"}"#);
        assert_eq!(Update::between(&stub, &stub).unwrap_err().code(), "missing-field");
        for member in ["Id", "SyncToken", "sparse"] {
            let update = Update::<Customer>::sparse(Version::of(&before).unwrap());
            assert_eq!(update.set(member, "1").unwrap_err().code(), "reserved-member");
        }
        for (id, token) in [("", "1"), ("1", ""), ("a b", "1"), ("é", "1")] {
            assert_eq!(Version::<Customer>::new(id, token).unwrap_err().code(), "invalid-id");
        }
    }

    #[test]
    fn a_change_is_read_back_as_it_was_written() {
        let body = r#"{"Active":false,"Balance":12.30,"Id":"61","SyncToken":"4","sparse":true}"#;
        let update = Update::<Customer>::from_json(body).unwrap();
        assert_eq!((update.version().id(), update.version().sync_token()), ("61", "4"));
        assert_eq!(text(update.to_json()), body);
        for (body, code) in [
            ("[]", "unreadable-field"),
            ("{", "unreadable-field"),
            (r#"{"Id":"61"}"#, "missing-field"),
            (r#"{"Id":"","SyncToken":"4"}"#, "invalid-id"),
        ] {
            assert_eq!(Update::<Customer>::from_json(body).unwrap_err().code(), code, "{body}");
        }
    }

    #[test]
    fn every_amount_is_written_as_it_is() {
        for cents in [0, 1, 10, 1230, 99_999_999_999, -99_999_999_999, 70_368_744_177] {
            let amount = Amount::from_cents(cents).unwrap();
            let version = Version::<Invoice>::new("7", "0").unwrap();
            let sent = text(Update::sparse(version).set("Deposit", amount).unwrap().to_json());
            let back: Invoice = read(&sent);
            assert_eq!(back.deposit.copied(), Some(amount), "{sent}");
        }
    }
}
