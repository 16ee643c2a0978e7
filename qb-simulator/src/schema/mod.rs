//! The properties QuickBooks knows, class by class, and the check of a body against them.
//!
//! A body is walked once: unknown properties (2010), wrong JSON shapes (2010), texts that are too
//! long (2050), dates (2060) and numbers out of bounds (2240) are refused here, so that the entity
//! modules read what they need without asking again. What a value *means* is their business. Shared
//! classes stand in `classes`; each entity's own class stands in its module.

pub(crate) mod bases;
mod check;
mod class;
pub(crate) mod classes;

pub(crate) use check::check;
pub(crate) use class::{Class, Kind};
