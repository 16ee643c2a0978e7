//! A new company: its stores, and the accounts, items and settings that every company begins with.
//!
//! Neighbours: `entity` says which stores, `chart` fills them.

use chrono::{DateTime, FixedOffset};

use super::chart;
use crate::books::company::Company;
use crate::books::store::Store;
use crate::entity::ENTITIES;
use crate::options::CompanyOptions;

/// Returns a new company with the simulator's chart of accounts.
pub(crate) fn new(options: CompanyOptions, now: DateTime<FixedOffset>) -> Company {
    let stores = ENTITIES.iter().map(|entity| Store::new(entity.indexed)).collect();
    let mut company = Company::empty(options, now, stores);
    chart::fill(&mut company);
    company
}
