//! What every point of sale's customers must do. A host calls [`check`] from a test of its own.

use std::future::Future;

use mapping::CustomerKey;
use mapping::customers::{Edits, FieldValue, Fields, PosChange, PosRecord, RecordId};
use pos_model::{CustomerField, Money};
use qb_model::Id;

use super::port::{Applied, Mark, NewBalance, PosCustomers, PosCustomersError};

/// Checks customers: each change asked for twice has the effect of once; what was worked out from another version or another balance is
/// refused and not carried out; a reading from a mark has what changed since and nothing else; merges form no ring; all of it outlives
/// the handle.
///
/// `open` opens the same customers each time it is called, at first without any of the records 1 to 3 of QuickBooks; the handle before
/// has been dropped by then.
///
/// # Errors
/// What the customers did wrong, in a sentence, or their own error.
pub async fn check<P, F>(open: impl Fn() -> F) -> Result<(), String>
where
    P: PosCustomers,
    F: Future<Output = Result<P, PosCustomersError>>,
{
    let (sara, before) = {
        let pos = open().await.map_err(failed)?;
        let before = pos.changed(None).await.map_err(failed)?.mark;
        (additions(&pos, &before).await?, before)
    };
    let pos = open().await.map_err(failed)?;
    let changed = changed(&pos, &before).await?;
    expect(changed.0 == [sara.clone()], "customers outlive the handle")?;
    updates(&pos, &sara).await?;
    names(&pos, &sara).await?;
    marks(&pos, &sara).await?;
    merges(&pos, &sara).await?;
    balances(&pos, &sara).await
}

fn failed(error: PosCustomersError) -> String {
    error.to_string()
}

fn expect(is_so: bool, what: &str) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(format!("it is not so that {what}")) }
}

fn record(id: &str) -> Result<RecordId, String> {
    Id::new(id).map_err(|e| e.to_string())
}

fn text(text: &str) -> Option<FieldValue> {
    Some(FieldValue::Text(text.to_owned()))
}

fn add(record: RecordId, name: &str) -> PosChange {
    let mut fields = Fields::default();
    fields.set(CustomerField::LastName, text(name));
    fields.set(CustomerField::Custom("Birthday".to_owned()), text("3 May"));
    fields.set(CustomerField::State, Some(FieldValue::Flag(true)));
    fields.set(CustomerField::TaxExempt, Some(FieldValue::Flag(true)));
    PosChange::Add { record, display_name: name.to_owned(), fields, use_with_quickbooks: true }
}

async fn apply(pos: &dyn PosCustomers, change: PosChange) -> Result<Applied, String> {
    let applied = pos.apply(std::slice::from_ref(&change)).await.map_err(failed)?;
    match <[Applied; 1]>::try_from(applied) {
        Ok([applied]) => Ok(applied),
        Err(applied) => Err(format!("one change must have one answer, not {}", applied.len())),
    }
}

async fn changed(pos: &dyn PosCustomers, since: &Mark) -> Result<(Vec<CustomerKey>, Mark), String> {
    let changed = pos.changed(Some(since)).await.map_err(failed)?;
    Ok((changed.customers.into_iter().map(|customer| customer.key).collect(), changed.mark))
}

async fn read(pos: &dyn PosCustomers, customer: &CustomerKey) -> Result<PosRecord, String> {
    let found = pos.read(std::slice::from_ref(customer)).await.map_err(failed)?;
    found.into_iter().next().ok_or_else(|| format!("customer {customer} is not read by its key"))
}

/// Adds a customer, twice; returns its key.
async fn additions(pos: &dyn PosCustomers, before: &Mark) -> Result<CustomerKey, String> {
    let kind = PosChange::AddType { name: "Wholesale".to_owned() };
    expect(apply(pos, kind.clone()).await? == Applied::Done, "a type is added")?;
    expect(apply(pos, kind).await? == Applied::Done, "a type that is there is no fault")?;
    let types = pos.lists().await.map_err(failed)?.types;
    expect(types.contains("Wholesale"), "a type that was added is read")?;
    let change = add(record("1")?, "Edward");
    let Applied::Added(sara) = apply(pos, change.clone()).await? else {
        return Err("a customer that is added must be named".to_owned());
    };
    expect(
        apply(pos, change.clone()).await? == Applied::Added(sara.clone()),
        "a record is one customer's only",
    )?;
    let (keys, _) = changed(pos, before).await?;
    expect(keys == [sara.clone()], "a customer that was added is a change, once")?;
    let ours = read(pos, &sara).await?;
    let PosChange::Add { record, fields, .. } = change else { return Ok(sara) };
    expect(ours.fields == fields, "a new customer has the fields that it was given")?;
    expect(ours.quickbooks_ids == [record], "a new customer names its record")?;
    expect(ours.use_with_quickbooks && ours.merged_into.is_none() && !ours.is_deleted, "it is in use")?;
    expect(ours.stamp.is_some(), "a customer has a stamp")?;
    Ok(sara)
}

fn update(customer: &CustomerKey, from: Option<String>, edits: Edits) -> Result<PosChange, String> {
    Ok(PosChange::Update { customer: customer.clone(), record: record("1")?, fields: edits, from })
}

async fn updates(pos: &dyn PosCustomers, sara: &CustomerKey) -> Result<(), String> {
    let phone = |number: &str| Edits::from([(CustomerField::Phone, text(number))]);
    let first = read(pos, sara).await?;
    let change = update(sara, first.stamp.clone(), phone("617 555 0101"))?;
    expect(apply(pos, change.clone()).await? == Applied::Done, "an update is carried out")?;
    let second = read(pos, sara).await?;
    expect(second.fields.text(&CustomerField::Phone) == Some("617 555 0101"), "an update is kept")?;
    expect(second.fields.text(&CustomerField::LastName) == Some("Edward"), "other fields stay")?;
    expect(second.stamp != first.stamp, "a change gives another stamp")?;
    expect(apply(pos, change).await? == Applied::Done, "an update that stands there already is done")?;
    let stale = update(sara, first.stamp, phone("617 555 0199"))?;
    expect(apply(pos, stale).await? == Applied::Stale, "an update from an older version is stale")?;
    expect(read(pos, sara).await? == second, "of a stale update nothing is carried out")?;
    let emptied = update(sara, second.stamp, Edits::from([(CustomerField::Phone, None)]))?;
    expect(apply(pos, emptied).await? == Applied::Done, "a field is emptied")?;
    expect(
        read(pos, sara).await?.fields.get(&CustomerField::Phone).is_none(),
        "an emptied field has no value",
    )?;
    let nobody = CustomerKey { retailer: sara.retailer.clone(), id: "conformance-nobody".to_owned() };
    expect(apply(pos, update(&nobody, None, phone("1"))?).await? == Applied::Refused, "nobody is not updated")
}

async fn names(pos: &dyn PosCustomers, sara: &CustomerKey) -> Result<(), String> {
    let change = PosChange::Show {
        customer: sara.clone(),
        record: record("3")?,
        display_name: "Edward, Sara".to_owned(),
    };
    for _ in 0..2 {
        expect(apply(pos, change.clone()).await? == Applied::Done, "a record is shown")?;
    }
    let ids = read(pos, sara).await?.quickbooks_ids;
    expect(ids == [record("1")?, record("3")?], "a record that is shown twice is named once")
}

async fn marks(pos: &dyn PosCustomers, sara: &CustomerKey) -> Result<(), String> {
    let mark = pos.changed(None).await.map_err(failed)?.mark;
    expect(changed(pos, &mark).await?.0.is_empty(), "behind the last mark nothing changed")?;
    let email = Edits::from([(CustomerField::Email, text("sara@example.com"))]);
    let change = update(sara, None, email)?;
    expect(apply(pos, change).await? == Applied::Done, "an update without a version is carried out")?;
    let (keys, next) = changed(pos, &mark).await?;
    expect(keys == [sara.clone()] && next != mark, "a change moves the mark")?;
    expect(changed(pos, &mark).await?.0 == [sara.clone()], "a mark can be read from again")
}

async fn merges(pos: &dyn PosCustomers, sara: &CustomerKey) -> Result<(), String> {
    let Applied::Added(double) = apply(pos, add(record("2")?, "Edwards")).await? else {
        return Err("a second customer must be added".to_owned());
    };
    let keeper = read(pos, sara).await?;
    let merge = |duplicate: &CustomerKey, keeper: &CustomerKey| PosChange::Merge {
        duplicate: duplicate.clone(),
        keeper: keeper.clone(),
    };
    for _ in 0..2 {
        expect(apply(pos, merge(&double, sara)).await? == Applied::Done, "a merge is carried out")?;
    }
    expect(read(pos, &double).await?.merged_into.as_ref() == Some(sara), "a duplicate names its keeper")?;
    expect(read(pos, sara).await?.fields == keeper.fields, "the keeper's fields stand")?;
    expect(apply(pos, merge(sara, &double)).await? == Applied::Refused, "merges form no ring")?;
    expect(apply(pos, merge(sara, sara)).await? == Applied::Refused, "nobody is merged into themselves")?;
    expect(read(pos, sara).await?.merged_into.is_none(), "of a refused merge nothing is carried out")
}

async fn balance_of(pos: &dyn PosCustomers, customer: &CustomerKey) -> Result<Money, String> {
    let found = pos.balances(std::slice::from_ref(customer)).await.map_err(failed)?;
    found.get(customer).copied().ok_or_else(|| "a balance is not read".to_owned())
}

async fn set(
    pos: &dyn PosCustomers,
    customer: &CustomerKey,
    from: Money,
    to: Money,
) -> Result<Vec<Applied>, String> {
    let balance = NewBalance { customer: customer.clone(), from, to, available: Some(to) };
    pos.set_balances(std::slice::from_ref(&balance)).await.map_err(failed)
}

async fn balances(pos: &dyn PosCustomers, sara: &CustomerKey) -> Result<(), String> {
    let cents = |cents| Money::from_cents(cents).map_err(|e| e.to_string());
    let from = balance_of(pos, sara).await?;
    let (to, other) = (from + cents(12_000)?, from + cents(5)?);
    for _ in 0..2 {
        expect(set(pos, sara, from, to).await? == [Applied::Done], "a balance is overwritten")?;
    }
    expect(balance_of(pos, sara).await? == to, "a balance is kept")?;
    expect(
        set(pos, sara, other, from).await? == [Applied::Stale],
        "a balance worked out from another one is stale",
    )?;
    expect(balance_of(pos, sara).await? == to, "a stale balance overwrites nothing")?;
    let nobody = CustomerKey { retailer: sara.retailer.clone(), id: "conformance-nobody".to_owned() };
    let found = pos.balances(std::slice::from_ref(&nobody)).await.map_err(failed)?;
    expect(found.is_empty(), "nobody has no balance")?;
    expect(set(pos, &nobody, from, to).await? == [Applied::Refused], "nobody's balance is not overwritten")?;
    expect(set(pos, sara, to, from).await? == [Applied::Done], "the balance is set back")
}
