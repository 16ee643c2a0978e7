//! The project's own trading week: a bicycle shop with two stores, posted when no file is named.
//! `examples/data/README.md` says what happens on which day.

use mapping::{Company, CompanyMapping};

use crate::input::{Input, InputError};

/// The POS files by name, in the POS's JSON form.
pub const WEEK: [(&str, &str); 11] = [
    ("boston-2026-02-02.json", include_str!("../data/boston-2026-02-02.json")),
    ("boston-2026-02-03.json", include_str!("../data/boston-2026-02-03.json")),
    ("boston-2026-02-04.json", include_str!("../data/boston-2026-02-04.json")),
    ("boston-2026-02-05.json", include_str!("../data/boston-2026-02-05.json")),
    ("boston-2026-02-06.json", include_str!("../data/boston-2026-02-06.json")),
    ("boston-2026-02-07.json", include_str!("../data/boston-2026-02-07.json")),
    ("salem-2026-02-03.json", include_str!("../data/salem-2026-02-03.json")),
    ("salem-2026-02-04.json", include_str!("../data/salem-2026-02-04.json")),
    ("salem-2026-02-05.json", include_str!("../data/salem-2026-02-05.json")),
    ("salem-2026-02-06.json", include_str!("../data/salem-2026-02-06.json")),
    ("salem-2026-02-07.json", include_str!("../data/salem-2026-02-07.json")),
];

/// The shop's company mapping.
pub const MAPPING: &str = include_str!("../data/company/mapping.json");

/// Returns the shop as a company.
///
/// # Errors
/// [`InputError`], should the mapping above not be a valid one; a test reads it.
pub fn company() -> Result<Company, InputError> {
    let path = "company/mapping.json".to_owned();
    let mapping: CompanyMapping = serde_json::from_str(MAPPING)
        .map_err(|e| InputError::Mapping { path: path.clone(), problem: e.to_string() })?;
    Company::try_from(mapping).map_err(|faults| InputError::MappingFaults { path, faults })
}

/// Returns the whole week, for this company.
#[must_use]
pub fn week(company: Company) -> Input {
    Input::of(WEEK, company)
}
