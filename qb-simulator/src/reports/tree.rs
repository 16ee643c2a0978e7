//! Records inside their parents, each with its own figures and the sums of what stands under it.
//!
//! Neighbours: the reports of accounts and of names print it in the new form, where children stand under their parents.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::page::{cell, cell_of, data, section};
use crate::base::json::Json;
use crate::books::records::Record;

/// Figures, one for each column.
pub(super) type Sums = Vec<Decimal>;

/// Adds figures column by column.
pub(super) fn add(left: &Sums, right: &Sums) -> Sums {
    left.iter().zip(right).map(|(a, b)| a + b).collect()
}

/// Prints records with their figures as rows, children inside their parents, by name. What has no figure and no child with
/// one is left out. A parent's own figures stand in its header, and its summary has those of the children too. `name` is
/// the property that names a record, `row` makes the cells of figures behind the first one.
pub(super) fn rows(
    records: &[(&Record, Sums)],
    name: &str,
    total: &str,
    row: &dyn Fn(Json, &Sums) -> Vec<Json>,
) -> Vec<Json> {
    let ids: HashSet<&str> = records.iter().map(|(record, _)| record.id.as_str()).collect();
    let mut below: HashMap<&str, Vec<&(&Record, Sums)>> = HashMap::new();
    for entry in records {
        let parent = entry.0.body.reference("ParentRef").filter(|parent| ids.contains(parent));
        below.entry(parent.unwrap_or_default()).or_default().push(entry);
    }
    let tree = Tree { below, name, total, row };
    tree.of("").into_iter().map(|(row, _)| row).collect()
}

struct Tree<'a> {
    /// The records under each parent, by its id; the roots under no id.
    below: HashMap<&'a str, Vec<&'a (&'a Record, Sums)>>,
    name: &'a str,
    total: &'a str,
    row: &'a dyn Fn(Json, &Sums) -> Vec<Json>,
}

impl Tree<'_> {
    /// Returns the rows under a parent, each with its sums.
    fn of(&self, parent: &str) -> Vec<(Json, Sums)> {
        let mut chosen: Vec<&(&Record, Sums)> = self.below.get(parent).cloned().unwrap_or_default();
        chosen.sort_by_key(|(record, _)| record.body.text_of(self.name).unwrap_or_default().to_lowercase());
        chosen.into_iter().filter_map(|(record, own)| self.printed(record, own)).collect()
    }

    /// Returns a record's row or section, and its sums.
    fn printed(&self, record: &Record, own: &Sums) -> Option<(Json, Sums)> {
        let children = self.of(&record.id);
        if children.is_empty() && own.iter().all(Decimal::is_zero) {
            return None;
        }
        let name = record.body.text_of(self.name).unwrap_or_default();
        let first = (self.row)(cell_of(name, record.id.clone()), own);
        if children.is_empty() {
            return Some((data(first), own.clone()));
        }
        let sums = children.iter().fold(own.clone(), |sums, (_, other)| add(&sums, other));
        let summary = (self.row)(cell(format!("{} {name}", self.total)), &sums);
        let rows = children.into_iter().map(|(row, _)| row).collect();
        Some((section(Some(first), rows, Some(summary), None), sums))
    }
}
