//! Customers of a point of sale in a SQLite file: what a host's own implementation of [`PosCustomers`] looks like.
//!
//! A row a customer, as JSON beside the count of the change that touched it last: that count is its stamp, and how far a reading has
//! come. Each change is one transaction, so that a process may be killed anywhere. The file is its owner's alone, and held by one
//! process at a time.
//!
//! A till that keeps its customers elsewhere hands over files of them, and takes a file back ([`exchanged.rs`](self)): what such a file
//! says is an edit only where it differs from what the till's last file said and from what it was last given.

mod exchanged;
mod file;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset};
use exchange::customers::{Applied, Changed, Mark, NewBalance, PosCustomers, PosCustomersError, PosLists};
use mapping::customers::{
    Edits, FieldValue, Fields, Movement, MovementState, PosChange, PosRecord, RecordId, is_same,
};
use mapping::{CustomerKey, EventKey};
use pos_model::{CustomerField, Money};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

pub use self::exchanged::Imported;
pub use self::file::DatabaseError;

/// Customers of one retailer in a file.
pub struct SqliteCustomers {
    retailer: String,
    /// Tells this file from another one: a mark of another file is worth nothing here.
    id: String,
    connection: Mutex<Connection>,
}

/// A customer as it is kept; its key stands beside it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    account_number: String,
    fields: Fields,
    merged_into: Option<CustomerKey>,
    is_deleted: bool,
    use_with_quickbooks: bool,
    limit: Option<i64>,
    balance: Option<i64>,
    quickbooks_ids: Vec<RecordId>,
    changed_at: BTreeMap<CustomerField, DateTime<FixedOffset>>,
}

/// A row of the table of customers.
struct Row {
    key: String,
    changed: i64,
    json: String,
}

fn failed(error: impl std::fmt::Display) -> PosCustomersError {
    PosCustomersError::Unavailable { why: error.to_string() }
}

fn money(cents: i64) -> Result<Money, PosCustomersError> {
    Money::from_cents(cents).map_err(failed)
}

impl SqliteCustomers {
    /// Returns the retailer whose customers these are.
    #[must_use]
    pub fn retailer(&self) -> &str {
        &self.retailer
    }

    /// Returns the key of a customer of this retailer.
    #[must_use]
    pub fn key(&self, id: &str) -> CustomerKey {
        CustomerKey { retailer: self.retailer.clone(), id: id.to_owned() }
    }

    /// Puts a customer in, as a person at the point of sale does: it gets another stamp.
    ///
    /// # Errors
    /// [`PosCustomersError`].
    pub fn put(&self, customer: &PosRecord) -> Result<(), PosCustomersError> {
        self.act(|act| touch(act, &customer.key, &Kept::of(customer)))
    }

    /// Takes note of the charges, payments and credits of batches that are not handed over yet, in the place of those before.
    ///
    /// # Errors
    /// [`PosCustomersError`].
    pub fn set_unsent(&self, movements: &[Movement]) -> Result<(), PosCustomersError> {
        self.act(|act| {
            act.execute("DELETE FROM unsent", []).map_err(failed)?;
            for Movement { event, customer, amount, .. } in movements {
                let row = params![event.to_string(), customer.to_string(), amount.cents()];
                act.execute("INSERT OR REPLACE INTO unsent VALUES (?1, ?2, ?3)", row).map_err(failed)?;
            }
            Ok(())
        })
    }

    /// Moves the balance of a customer, as a till does with a charge (+) or a payment (-).
    ///
    /// # Errors
    /// [`PosCustomersError`].
    pub fn charge(&self, customer: &CustomerKey, amount: Money) -> Result<(), PosCustomersError> {
        self.act(|act| {
            let Some(mut kept) = find(act, customer)? else { return Ok(()) };
            kept.balance = Some(kept.balance.unwrap_or_default() + amount.cents());
            keep(act, customer, &kept)
        })
    }

    /// Returns every customer, merged and deleted ones too, by key.
    ///
    /// # Errors
    /// [`PosCustomersError`].
    pub fn customers(&self) -> Result<Vec<PosRecord>, PosCustomersError> {
        self.act(|act| {
            let mut found = Vec::new();
            for row in rows(act, "SELECT key, changed, json FROM customer ORDER BY key", None)? {
                found.push(record_of(&row)?);
            }
            Ok(found)
        })
    }

    /// Returns the customer of an id, or the one that it was merged into; none when there is none.
    ///
    /// # Errors
    /// [`PosCustomersError`].
    pub fn customer(&self, id: &str) -> Result<Option<PosRecord>, PosCustomersError> {
        let key = self.key(id);
        self.act(|act| {
            if find(act, &key)?.is_none() {
                return Ok(None);
            }
            let keeper = keeper_of(act, &key)?;
            read_one(act, &keeper)
        })
    }

    /// Returns what a record is called in QuickBooks; none when nobody has said.
    ///
    /// # Errors
    /// [`PosCustomersError`].
    pub fn name_of(&self, record: &RecordId) -> Result<Option<String>, PosCustomersError> {
        self.act(|act| {
            let name = act.query_row("SELECT name FROM record WHERE id = ?1", [record.as_str()], text);
            name.optional().map_err(failed)
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A transaction either happened or did not.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn act<T>(
        &self,
        act: impl FnOnce(&Transaction<'_>) -> Result<T, PosCustomersError>,
    ) -> Result<T, PosCustomersError> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = transaction.map_err(failed)?;
        let done = act(&transaction)?;
        transaction.commit().map_err(failed)?;
        Ok(done)
    }

    fn apply_one(&self, act: &Transaction<'_>, change: &PosChange) -> Result<Applied, PosCustomersError> {
        match change {
            PosChange::AddType { name } => add_to_list(act, TYPE, name)?,
            PosChange::Add { record, display_name, fields, use_with_quickbooks } => {
                return self.add(act, record, display_name, fields, *use_with_quickbooks);
            }
            PosChange::Update { customer, record: _, fields, from } => {
                return update(act, customer, fields, from.as_deref());
            }
            PosChange::Show { customer, record, display_name } => {
                let Some(mut kept) = find(act, customer)? else { return Ok(Applied::Refused) };
                name_record(act, record, customer, display_name)?;
                if !kept.quickbooks_ids.contains(record) {
                    kept.quickbooks_ids.push(record.clone());
                    touch(act, customer, &kept)?;
                }
            }
            PosChange::Merge { duplicate, keeper } => return merge(act, duplicate, keeper),
        }
        Ok(Applied::Done)
    }

    /// A customer for a record of QuickBooks. Its id follows from the record's, so that it is the same whenever it is made.
    fn add(
        &self,
        act: &Transaction<'_>,
        record: &RecordId,
        display_name: &str,
        fields: &Fields,
        use_with_quickbooks: bool,
    ) -> Result<Applied, PosCustomersError> {
        if let Some(known) = owner_of(act, record)? {
            return Ok(Applied::Added(known));
        }
        let mut key = self.key(&format!("q-{record}"));
        while find(act, &key)?.is_some() {
            // The till has given this id itself.
            key.id.push('q');
        }
        let kept = Kept {
            account_number: key.id.clone(),
            fields: fields.clone(),
            use_with_quickbooks,
            balance: Some(0),
            quickbooks_ids: vec![record.clone()],
            ..Kept::default()
        };
        touch(act, &key, &kept)?;
        name_record(act, record, &key, display_name)?;
        Ok(Applied::Added(key))
    }

    fn mark(&self, act: &Transaction<'_>) -> Result<Mark, PosCustomersError> {
        Ok(Mark(format!("{}:{}", self.id, changes(act)?)))
    }

    /// The count that a mark of these customers stands for; of another file's, none: everything has changed.
    fn since(&self, mark: &Mark) -> Option<i64> {
        let (id, count) = mark.0.rsplit_once(':')?;
        count.parse().ok().filter(|_| id == self.id)
    }
}

/// Returns what a customer may still charge by what the store knows; none without a limit.
#[must_use]
pub fn left(customer: &PosRecord) -> Option<Money> {
    Some(customer.credit_limit? - customer.balance.unwrap_or_default())
}

/// Returns what a customer is called at the point of sale.
#[must_use]
pub fn name(customer: &PosRecord) -> String {
    let part = |field| customer.fields.text(&field).unwrap_or_default().to_owned();
    let person = format!("{} {}", part(CustomerField::FirstName), part(CustomerField::LastName));
    let name = if person.trim().is_empty() { part(CustomerField::Company) } else { person };
    name.trim().to_owned()
}

/// The kinds of names in the table of lists.
const TYPE: &str = "type";
const CUSTOM_FIELD: &str = "custom-field";

impl Kept {
    fn of(customer: &PosRecord) -> Self {
        Self {
            account_number: customer.account_number.clone(),
            fields: customer.fields.clone(),
            merged_into: customer.merged_into.clone(),
            is_deleted: customer.is_deleted,
            use_with_quickbooks: customer.use_with_quickbooks,
            limit: customer.credit_limit.map(Money::cents),
            balance: customer.balance.map(Money::cents),
            quickbooks_ids: customer.quickbooks_ids.clone(),
            changed_at: customer.changed_at.clone(),
        }
    }
}

fn text(row: &rusqlite::Row<'_>) -> rusqlite::Result<String> {
    row.get(0)
}

fn rows(act: &Transaction<'_>, select: &str, since: Option<i64>) -> Result<Vec<Row>, PosCustomersError> {
    let mut select = act.prepare(select).map_err(failed)?;
    let row = |row: &rusqlite::Row<'_>| Ok(Row { key: row.get(0)?, changed: row.get(1)?, json: row.get(2)? });
    let found = select.query_map(rusqlite::params_from_iter(since), row).map_err(failed)?;
    found.collect::<Result<_, _>>().map_err(failed)
}

fn find(act: &Transaction<'_>, customer: &CustomerKey) -> Result<Option<Kept>, PosCustomersError> {
    let found = act.query_row("SELECT json FROM customer WHERE key = ?1", [customer.to_string()], text);
    let found = found.optional().map_err(failed)?;
    found.map(|json| serde_json::from_str(&json).map_err(failed)).transpose()
}

fn read_one(act: &Transaction<'_>, customer: &CustomerKey) -> Result<Option<PosRecord>, PosCustomersError> {
    let select = "SELECT key, changed, json FROM customer WHERE key = ?1";
    let row = |row: &rusqlite::Row<'_>| Ok(Row { key: row.get(0)?, changed: row.get(1)?, json: row.get(2)? });
    let found = act.query_row(select, [customer.to_string()], row).optional().map_err(failed)?;
    found.map(|row| record_of(&row)).transpose()
}

/// The customer that has a record.
fn owner_of(act: &Transaction<'_>, record: &RecordId) -> Result<Option<CustomerKey>, PosCustomersError> {
    let known = act.query_row("SELECT customer FROM record WHERE id = ?1", [record.as_str()], text);
    let known = known.optional().map_err(failed)?;
    known.map(|key| key.parse().map_err(failed)).transpose()
}

/// How many changes there have been.
fn changes(act: &Transaction<'_>) -> Result<i64, PosCustomersError> {
    act.query_row("SELECT coalesce(max(changed), 0) FROM customer", [], |row| row.get(0)).map_err(failed)
}

/// Keeps a customer's next version.
fn touch(act: &Transaction<'_>, customer: &CustomerKey, kept: &Kept) -> Result<(), PosCustomersError> {
    let json = serde_json::to_string(kept).map_err(failed)?;
    let next = params![customer.to_string(), changes(act)? + 1, json];
    let put = "INSERT INTO customer (key, changed, json) VALUES (?1, ?2, ?3)
        ON CONFLICT (key) DO UPDATE SET changed = excluded.changed, json = excluded.json";
    act.execute(put, next).map_err(failed).map(drop)
}

/// Keeps a balance: it is no other version.
fn keep(act: &Transaction<'_>, customer: &CustomerKey, kept: &Kept) -> Result<(), PosCustomersError> {
    let json = serde_json::to_string(kept).map_err(failed)?;
    let row = params![customer.to_string(), json];
    act.execute("UPDATE customer SET json = ?2 WHERE key = ?1", row).map_err(failed).map(drop)
}

fn add_to_list(act: &Transaction<'_>, kind: &str, name: &str) -> Result<(), PosCustomersError> {
    act.execute("INSERT OR IGNORE INTO list VALUES (?1, ?2)", [kind, name]).map_err(failed).map(drop)
}

fn name_record(
    act: &Transaction<'_>,
    record: &RecordId,
    customer: &CustomerKey,
    name: &str,
) -> Result<(), PosCustomersError> {
    let row = params![record.as_str(), customer.to_string(), name];
    act.execute("INSERT OR REPLACE INTO record VALUES (?1, ?2, ?3)", row).map_err(failed).map(drop)
}

fn update(
    act: &Transaction<'_>,
    customer: &CustomerKey,
    edits: &Edits,
    from: Option<&str>,
) -> Result<Applied, PosCustomersError> {
    let Some(mut kept) = find(act, customer)? else { return Ok(Applied::Refused) };
    if edits.iter().all(|(field, value)| is_same(kept.fields.get(field), value.as_ref())) {
        return Ok(Applied::Done);
    }
    if from.is_some() && read_one(act, customer)?.and_then(|now| now.stamp).as_deref() != from {
        return Ok(Applied::Stale);
    }
    for (field, value) in edits {
        kept.fields.set(field.clone(), value.clone());
    }
    touch(act, customer, &kept)?;
    Ok(Applied::Done)
}

/// The customer that stands for one now. No merge that is kept leads back to where it began.
fn keeper_of(act: &Transaction<'_>, customer: &CustomerKey) -> Result<CustomerKey, PosCustomersError> {
    let mut at = customer.clone();
    let mut seen = vec![at.clone()];
    while let Some(next) = find(act, &at)?.and_then(|kept| kept.merged_into) {
        if seen.contains(&next) {
            break;
        }
        seen.push(next.clone());
        at = next;
    }
    Ok(at)
}

fn merge(
    act: &Transaction<'_>,
    duplicate: &CustomerKey,
    keeper: &CustomerKey,
) -> Result<Applied, PosCustomersError> {
    let (Some(mut kept), Some(_)) = (find(act, duplicate)?, find(act, keeper)?) else {
        return Ok(Applied::Refused);
    };
    if keeper_of(act, duplicate)? == keeper_of(act, keeper)? {
        // Told again, or a ring.
        return Ok(if kept.merged_into.is_some() { Applied::Done } else { Applied::Refused });
    }
    kept.merged_into = Some(keeper.clone());
    kept.fields.set(CustomerField::State, Some(FieldValue::Flag(false)));
    touch(act, duplicate, &kept)?;
    Ok(Applied::Done)
}

fn set_balance(act: &Transaction<'_>, balance: &NewBalance) -> Result<Applied, PosCustomersError> {
    let Some(mut kept) = find(act, &balance.customer)? else { return Ok(Applied::Refused) };
    let now = kept.balance.unwrap_or_default();
    if now != balance.to.cents() && now != balance.from.cents() {
        return Ok(Applied::Stale);
    }
    kept.balance = Some(balance.to.cents());
    keep(act, &balance.customer, &kept)?;
    Ok(Applied::Done)
}

fn record_of(row: &Row) -> Result<PosRecord, PosCustomersError> {
    let kept: Kept = serde_json::from_str(&row.json).map_err(failed)?;
    Ok(PosRecord {
        key: row.key.parse().map_err(failed)?,
        account_number: kept.account_number,
        fields: kept.fields,
        merged_into: kept.merged_into,
        is_deleted: kept.is_deleted,
        use_with_quickbooks: kept.use_with_quickbooks,
        credit_limit: kept.limit.map(money).transpose()?,
        balance: kept.balance.map(money).transpose()?,
        quickbooks_ids: kept.quickbooks_ids,
        stamp: Some(row.changed.to_string()),
        changed_at: kept.changed_at,
    })
}

#[async_trait]
impl PosCustomers for SqliteCustomers {
    async fn changed(&self, since: Option<&Mark>) -> Result<Changed, PosCustomersError> {
        let since = since.and_then(|mark| self.since(mark)).unwrap_or_default();
        self.act(|act| {
            let select = "SELECT key, changed, json FROM customer WHERE changed > ?1 ORDER BY changed";
            let found = rows(act, select, Some(since))?;
            let customers = found.iter().map(record_of).collect::<Result<_, _>>()?;
            Ok(Changed { customers, mark: self.mark(act)? })
        })
    }

    async fn lists(&self) -> Result<PosLists, PosCustomersError> {
        self.act(|act| {
            let mut lists = PosLists::default();
            let mut select = act.prepare("SELECT kind, name FROM list").map_err(failed)?;
            let mut rows = select.query([]).map_err(failed)?;
            while let Some(row) = rows.next().map_err(failed)? {
                let (kind, name): (String, String) = row.try_into().map_err(failed)?;
                let list = if kind == TYPE { &mut lists.types } else { &mut lists.custom_fields };
                list.insert(name);
            }
            Ok(lists)
        })
    }

    async fn read(&self, customers: &[CustomerKey]) -> Result<Vec<PosRecord>, PosCustomersError> {
        self.act(|act| {
            let mut found = Vec::new();
            for customer in customers {
                found.extend(read_one(act, customer)?);
            }
            Ok(found)
        })
    }

    async fn apply(&self, changes: &[PosChange]) -> Result<Vec<Applied>, PosCustomersError> {
        changes.iter().map(|change| self.act(|act| self.apply_one(act, change))).collect()
    }

    async fn balances(
        &self,
        customers: &[CustomerKey],
    ) -> Result<BTreeMap<CustomerKey, Money>, PosCustomersError> {
        self.act(|act| {
            let mut found = BTreeMap::new();
            for customer in customers {
                if let Some(kept) = find(act, customer)? {
                    found.insert(customer.clone(), money(kept.balance.unwrap_or_default())?);
                }
            }
            Ok(found)
        })
    }

    async fn set_balances(&self, balances: &[NewBalance]) -> Result<Vec<Applied>, PosCustomersError> {
        balances.iter().map(|balance| self.act(|act| set_balance(act, balance))).collect()
    }

    async fn unsent(&self) -> Result<Vec<Movement>, PosCustomersError> {
        self.act(|act| {
            let mut unsent = Vec::new();
            let mut select = act.prepare("SELECT event, customer, cents FROM unsent").map_err(failed)?;
            let mut rows = select.query([]).map_err(failed)?;
            while let Some(row) = rows.next().map_err(failed)? {
                let (event, customer, cents): (String, String, i64) = row.try_into().map_err(failed)?;
                let event: EventKey = event.parse().map_err(failed)?;
                let (customer, amount) = (customer.parse().map_err(failed)?, money(cents)?);
                unsent.push(Movement { event, customer, amount, state: MovementState::Open });
            }
            Ok(unsent)
        })
    }
}
