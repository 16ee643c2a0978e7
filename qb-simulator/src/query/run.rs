//! Answers a query from a company's stores.
//!
//! `candidates` narrows down what is looked at. Neighbours: `parse` makes the statement, `entity` says what is queryable.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::DateTime;
use rust_decimal::Decimal;

use super::candidates::candidates;
use super::filter::{Filter, compare, instant, value};
use super::{ColumnType, Condition, Operator, Select, Statement};
use crate::base::clock::read_date;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, integer, object, text};
use crate::books::company::Company;
use crate::books::records::Record;
use crate::entity::{Entity, is_never_held};
use crate::schema::{Class, Kind};

const DEFAULT_PAGE: i64 = 100;
const LARGEST_PAGE: i64 = 1000;

/// Columns whose value is not stored but computed when a record is shown.
const LAID_OVER: &[&str] = &["Balance", "BalanceWithJobs", "CurrentBalance", "CurrentBalanceWithSubAccounts"];

/// Answers a statement with the `QueryResponse` object.
pub(crate) fn run(company: &Company, statement: &Statement) -> Checked<Json> {
    if is_never_held(&statement.entity) {
        if company.options.choices.refuses_entities_it_lacks {
            return Err(fault::feature_not_supported(&format!("queries of {}", statement.entity)));
        }
        return Ok(nothing_of(statement));
    }
    let entity = Entity::named(&statement.entity).ok_or_else(|| {
        fault::query_validation(format!("invalid context declaration: {}", statement.entity))
    })?;
    if matches!(statement.select, Select::Properties(_)) && company.options.choices.refuses_projections {
        return Err(fault::query_parser("Encountered a list of properties. Was expecting: \"*\"".into()));
    }
    let filters = filters(company, entity, &statement.conditions)?;
    let order = order(entity, &statement.order)?;
    let start = within(statement.start_position.unwrap_or(1), i64::MAX)?;
    let page = within(statement.max_results.unwrap_or(DEFAULT_PAGE), LARGEST_PAGE)?;
    let columns = match &statement.select {
        Select::Properties(names) => Some(projection(entity, names)?),
        _ => None,
    };

    let hides_inactive = entity.is_list && !filters.iter().any(|filter| filter.column == "Active");
    let (total, page) = match in_order_of_ids(company, entity, &filters, &order) {
        Some(_) if statement.select == Select::Count => {
            (company.store(entity.kind).records().len(), Vec::new())
        }
        Some(backwards) => {
            let records = company.store(entity.kind).records();
            let page = records.page(start - 1, page, backwards);
            (records.len(), page.into_iter().map(|record| entity.shown(company, record)).collect())
        }
        None => {
            let mut rows = rows(company, entity, &filters, hides_inactive, &order);
            let total = rows.len();
            rows.drain(..(start - 1).min(total));
            rows.truncate(page);
            // Those that need no look at what is laid over them are shown only now.
            let shown =
                rows.into_iter().map(|(record, row)| row.unwrap_or_else(|| entity.shown(company, record)));
            (total, shown.collect())
        }
    };
    if statement.select == Select::Count {
        return Ok(object().with("totalCount", integer(total)));
    }
    let page: Vec<Json> = page
        .into_iter()
        .map(|row| match &columns {
            Some(columns) => project(&row, columns),
            None => row.into_owned(),
        })
        .collect();
    if page.is_empty() {
        return Ok(object());
    }
    let count = page.len();
    Ok(object()
        .with(entity.name(), Json::List(page))
        .with("startPosition", integer(start))
        .with("maxResults", integer(count))
        .with_some("totalCount", entity.counts_rows.then(|| integer(total))))
}

type Order = (&'static str, ColumnType, bool);

/// A record, and how it is shown where that was needed already.
type Row<'a> = (&'a Record, Option<Cow<'a, Json>>);

/// Returns whether every record of an entity is asked for in the order of ids; and if so, whether backwards.
fn in_order_of_ids(
    company: &Company,
    entity: &Entity,
    filters: &[Filter<'_>],
    order: &[Order],
) -> Option<bool> {
    if !entity.kind.is_document() || !filters.is_empty() || company.shown_until.is_some() {
        return None;
    }
    match order {
        [] => Some(false),
        [("Id", _, descending)] => Some(*descending),
        _ => None,
    }
}

/// Returns the rows that match, in order.
fn rows<'a>(
    company: &'a Company,
    entity: &Entity,
    filters: &[Filter<'_>],
    hides_inactive: bool,
    order: &[Order],
) -> Vec<Row<'a>> {
    let store = company.store(entity.kind);
    let found = candidates(store, entity, filters);
    let is_open = |at: &usize| found.as_ref().is_none_or(|found| found.settled.get(*at) != Some(&true));
    let filters: Vec<&Filter<'_>> =
        (0..filters.len()).filter(is_open).filter_map(|at| filters.get(at)).collect();
    let asked = filters.iter().map(|filter| filter.column).chain(order.iter().map(|(column, ..)| *column));
    let needs_view = asked.into_iter().any(|column| LAID_OVER.contains(&column));
    let matching = |record: &'a Record| -> Option<Row<'a>> {
        if !is_shown_yet(company, record) || (hides_inactive && record.body.flag("Active") == Some(false)) {
            return None;
        }
        let row = needs_view.then(|| entity.shown(company, record));
        let body = row.as_deref().unwrap_or(&record.body);
        filters.iter().all(|filter| filter.matches(body)).then_some((record, row))
    };
    let mut rows: Vec<Row<'a>> = match &found {
        Some(found) => found.places.iter().filter_map(|at| store.at(*at)).filter_map(matching).collect(),
        None => store.records().iter().filter_map(matching).collect(),
    };
    if !order.is_empty() {
        rows.sort_by(|left, right| compare_rows(order, shown(left), shown(right)));
    }
    rows
}

fn shown<'a>(row: &'a Row<'_>) -> &'a Json {
    row.1.as_deref().unwrap_or(&row.0.body)
}

/// Returns the answer for an entity of which no simulated company has any.
fn nothing_of(statement: &Statement) -> Json {
    match statement.select {
        Select::Count => object().with("totalCount", integer(0)),
        _ => object(),
    }
}

/// Returns whether queries show the record yet; they lag behind when the company says so.
fn is_shown_yet(company: &Company, record: &Record) -> bool {
    // What the company began with is no news.
    let Some(until) = company.shown_until.map(|until| until.max(company.created)) else { return true };
    let created = record.body.path("MetaData.CreateTime").and_then(Json::as_text);
    let created = created.and_then(|moment| DateTime::parse_from_rfc3339(moment).ok());
    created.is_none_or(|created| created <= until)
}

fn within(value: i64, largest: i64) -> Checked<usize> {
    if value < 1 {
        return Err(fault::query_validation(format!("value {value} is too small. Min allowed value is 1")));
    }
    if value > largest {
        return Err(fault::query_validation(format!(
            "value {value} is too large. Max allowed value is {largest}"
        )));
    }
    Ok(usize::try_from(value).unwrap_or(usize::MAX))
}

/// Returns the column of a name in any case: known but not queryable and unknown are different refusals.
fn column(entity: &Entity, name: &str) -> Checked<(&'static str, ColumnType)> {
    let common = [
        ("Id", ColumnType::Id),
        ("MetaData.CreateTime", ColumnType::Time),
        ("MetaData.LastUpdatedTime", ColumnType::Time),
    ];
    let mut columns = common.iter().chain(entity.columns).copied();
    if let Some(found) = columns.find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Ok(found);
    }
    match property_path(entity.class, name) {
        Some(_) => Err(fault::query_validation(format!("property '{name}' is not queryable"))),
        None => Err(not_found(entity, name)),
    }
}

fn not_found(entity: &Entity, name: &str) -> Box<fault::Fault> {
    fault::query_validation(format!("Property {name} not found for Entity {}", entity.name()))
}

/// Returns a known property by its path in any case, spelt as QuickBooks spells it.
fn property_path(class: &Class, path: &str) -> Option<Vec<&'static str>> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (name, kind) = class.properties().find(|(name, _)| name.eq_ignore_ascii_case(first))?;
    match (rest, kind) {
        (None, _) => Some(vec![name]),
        (Some(rest), Kind::Object(inner) | Kind::List(inner)) => {
            let mut names = vec![*name];
            names.extend(property_path(inner, rest)?);
            Some(names)
        }
        (Some(_), _) => Some(vec![name]),
    }
}

fn filters<'a>(company: &Company, entity: &Entity, conditions: &'a [Condition]) -> Checked<Vec<Filter<'a>>> {
    conditions
        .iter()
        .map(|condition| {
            let (column, kind) = column(entity, &condition.property)?;
            let range = matches!(
                condition.operator,
                Operator::Less | Operator::Greater | Operator::LessOrEqual | Operator::GreaterOrEqual
            );
            if kind == ColumnType::Id && (range || condition.operator == Operator::Like) {
                return Err(fault::query_validation(
                    "property 'Id' can be compared with = and IN only".into(),
                ));
            }
            let takes_quotes = company.options.choices.takes_quoted_booleans;
            if kind == ColumnType::Bool && condition.is_quoted && !takes_quotes {
                return Err(fault::query_value(column));
            }
            if let Some(bad) = condition.values.iter().find(|value| !is_value_of(kind, value)) {
                return Err(fault::query_validation(format!("value '{bad}' does not fit property {column}")));
            }
            Ok(Filter { column, kind, condition })
        })
        .collect()
}

fn is_value_of(kind: ColumnType, value: &str) -> bool {
    match kind {
        ColumnType::Text | ColumnType::Id => true,
        ColumnType::Number => value.parse::<Decimal>().is_ok(),
        ColumnType::Date => read_date(value).is_some(),
        ColumnType::Time => instant(value).is_some(),
        ColumnType::Bool => matches!(value.to_ascii_lowercase().as_str(), "true" | "false"),
    }
}

fn order(entity: &Entity, names: &[(String, bool)]) -> Checked<Vec<Order>> {
    names
        .iter()
        .map(|(name, descending)| {
            let sorted = entity.sorted.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).copied();
            let (column, kind) = sorted.map_or_else(|| column(entity, name), Ok)?;
            Ok((column, kind, *descending))
        })
        .collect()
}

fn compare_rows(order: &[Order], left: &Json, right: &Json) -> Ordering {
    for (column, kind, descending) in order {
        let ordering = match (value(left, column), value(right, column)) {
            (Some(left), Some(right)) if *kind == ColumnType::Id => {
                compare(ColumnType::Number, left, right).unwrap_or_else(|| left.cmp(right))
            }
            (Some(left), Some(right)) => compare(*kind, left, right).unwrap_or(Ordering::Equal),
            (left, right) => left.is_some().cmp(&right.is_some()),
        };
        let ordering = if *descending { ordering.reverse() } else { ordering };
        if ordering.is_ne() {
            return ordering;
        }
    }
    Ordering::Equal
}

/// Properties that QuickBooks does not find when a projection names them.
const NOT_SELECTED: &[&str] = &["BillAddr", "InvoiceLink", "ShipAddr"];

/// Returns the properties of a projection as paths; `*` does not come here.
fn projection(entity: &Entity, names: &[String]) -> Checked<Vec<Vec<&'static str>>> {
    names
        .iter()
        .map(|name| match column(entity, name) {
            Ok((column, _)) => Ok(column.split('.').collect()),
            Err(_) => property_path(entity.class, name)
                .filter(|path| !path.first().is_some_and(|name| NOT_SELECTED.contains(name)))
                .ok_or_else(|| not_found(entity, name)),
        })
        .collect()
}

/// Returns a row with the asked-for properties only; nested ones keep their place.
fn project(row: &Json, columns: &[Vec<&'static str>]) -> Json {
    let mut out = object().with("domain", text("QBO")).with("sparse", Json::Bool(true));
    for path in columns {
        let Some(first) = path.first() else { continue };
        match path.get(1) {
            Some(second) if !matches!(row.get(first), Some(Json::List(_))) => {
                let Some(value) = row.get(first).and_then(|inner| inner.get(second)) else { continue };
                if out.get(first).is_none() {
                    out.push(first, object());
                }
                if let Some(inner) = out.get_mut(first) {
                    inner.set(second, value.clone());
                }
            }
            _ => {
                if let Some(value) = row.get(first) {
                    out.set(first, value.clone());
                }
            }
        }
    }
    out
}
