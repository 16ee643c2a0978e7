//! What the till's tax codes mean (D-21): which are taxable, and which one tax code of QuickBooks' a document names.

use std::collections::BTreeSet;

use super::form::{self, TaxCodeMapping};
use super::period::Period;

impl Period {
    /// Returns whether a POS tax code is taxable; none when the mapping does not know the code. Codes are compared without
    /// spaces around them and without case.
    #[must_use]
    pub fn is_taxable(&self, tax_code: &str) -> Option<bool> {
        self.tax_code_mapping(tax_code).map(|meaning| meaning.taxable)
    }

    /// Returns the id of the QuickBooks tax code that a POS tax code stands for; none when the store's is meant.
    #[must_use]
    pub fn tax_code_of(&self, tax_code: &str) -> Option<&str> {
        self.tax_code_mapping(tax_code).and_then(|meaning| meaning.tax_code.as_deref())
    }

    /// Returns the id of the QuickBooks tax code that a document of this store names whose taxed lines have these POS tax
    /// codes; none for the company's default. Codes that lead to different ones need a combined code in the mapping.
    ///
    /// # Errors
    /// The POS tax codes, one for each tax code of QuickBooks' that they lead to, when no combined code is mapped for them.
    pub fn document_tax_code<'c>(
        &self,
        store_code: &str,
        codes: impl IntoIterator<Item = &'c str>,
    ) -> Result<Option<&str>, Vec<String>> {
        let of_store = self.tax_code(store_code);
        let meant = |code: &str| self.tax_code_of(code).or(of_store);
        let (mut first, mut others) = (None, Vec::new());
        for code in codes {
            let id = meant(code);
            match first {
                None => first = Some((code, id)),
                Some((_, known)) if known == id || others.iter().any(|(_, known)| *known == id) => {}
                Some(_) => others.push((code, id)),
            }
        }
        let Some((code, id)) = first else { return Ok(of_store) };
        if others.is_empty() {
            return Ok(id);
        }
        let ids: BTreeSet<Option<&str>> = others.iter().map(|(_, id)| *id).chain([id]).collect();
        let combines = |set: &&form::TaxCodeSet| {
            set.codes.iter().map(|code| meant(code)).collect::<BTreeSet<_>>() == ids
        };
        match self.mapping.tax_code_sets.iter().find(combines) {
            Some(set) => Ok(Some(&set.tax_code)),
            None => Err([code]
                .into_iter()
                .chain(others.into_iter().map(|(code, _)| code))
                .map(str::to_owned)
                .collect()),
        }
    }

    fn tax_code_mapping(&self, code: &str) -> Option<&TaxCodeMapping> {
        // A till writes a code in one spelling, as a rule the mapping's.
        let spelt_otherwise = || {
            let same = |(known, _): &(&String, &TaxCodeMapping)| form::is_same_code(known, code);
            self.mapping.tax_codes.iter().find(same).map(|(_, meaning)| meaning)
        };
        self.mapping.tax_codes.get(code).or_else(spelt_otherwise)
    }
}
