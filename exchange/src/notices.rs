//! What is worth saying of batches and purchase orders before anything of them is sent, and stops nothing: what they show
//! together, and beside it what the posting log knows of batches that are not among them (D-06, D-10).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mapping::{BatchKey, CertificateNumber, CustomerPo, Document, Notice, Origin, Survey};
use pos_model::Batch;

use crate::entry::certificate_digest;
use crate::error::RunError;
use crate::session::Exchange;

/// Why a customer's purchase order number stands in the memo of a charge and not in its own field (F-05). It stops nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PoInMemo {
    /// The company has no field for it.
    #[error(
        "the purchase order numbers of {count} charges, {first} the first, stand in the memo: the company's sales forms have no custom field called {field:?}; make one in QuickBooks' settings for the next ones",
        field = CustomerPo::FIELD
    )]
    NoField {
        /// How many.
        count: usize,
        /// The first invoice's number.
        first: String,
    },
    /// The field takes fewer characters.
    #[error(
        "the purchase order numbers of {count} charges, {first} the first, stand in the memo: they are longer than the {limit} characters of QuickBooks' field",
        limit = CustomerPo::FIELD_LIMIT
    )]
    TooLong {
        /// How many.
        count: usize,
        /// The first invoice's number.
        first: String,
    },
}

impl Exchange {
    /// Returns why customers' purchase order numbers stand in memos, of charges of these origins; nothing before a run has read the
    /// company. QuickBooks is not asked.
    pub fn purchase_numbers_in_memos<'o, O>(&self, origins: impl IntoIterator<Item = O>) -> Vec<PoInMemo>
    where
        O: Into<Origin<'o>>,
    {
        let Some(session) = &self.session else { return Vec::new() };
        let has_field = session.snapshot.preferences.sales_custom_field(CustomerPo::FIELD).is_some();
        let (mut without, mut too_long): (Vec<String>, Vec<String>) = Default::default();
        for origin in origins {
            let origin = origin.into();
            let has_numbers =
                |batch: &Batch| batch.transactions().iter().any(|it| it.customer_po().is_some());
            if !matches!(origin, Origin::Batch(batch) if has_numbers(batch)) {
                continue;
            }
            let Ok(plan) = mapping::plan(origin, &self.company) else { continue };
            for planned in plan.documents() {
                let Document::Invoice(form) = &planned.document else { continue };
                match form.customer_po {
                    Some(po) if po.is_charge && po.for_field().is_none() => {
                        too_long.push(planned.number.to_string());
                    }
                    Some(po) if po.is_charge && !has_field => without.push(planned.number.to_string()),
                    _ => {}
                }
            }
        }
        let counted = |of: Vec<String>| Some((of.len(), of.into_iter().next()?));
        let without = counted(without).map(|(count, first)| PoInMemo::NoField { count, first });
        let too_long = counted(too_long).map(|(count, first)| PoInMemo::TooLong { count, first });
        without.into_iter().chain(too_long).collect()
    }

    /// Returns what is worth a second look in these batches and purchase orders, taken together with what this log knows of the
    /// batches of earlier runs. Nothing of it stops a run.
    ///
    /// QuickBooks is not asked, and nothing is sent.
    ///
    /// # Errors
    /// [`RunError`]: the log cannot be read, or is another company's.
    pub async fn notices<'o, O>(
        &mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Vec<Notice>, RunError>
    where
        O: Into<Origin<'o>>,
    {
        let company = Arc::clone(&self.company);
        let (mut survey, mut here) = (Survey::default(), BTreeSet::new());
        for origin in origins {
            match origin.into() {
                Origin::Batch(batch) => {
                    here.insert(BatchKey::of(batch));
                    survey.add(batch, &company);
                }
                Origin::PurchaseOrder(order) => survey.add_order(order, &company),
                Origin::Correction(_) | Origin::OpeningEntry { .. } => {}
            }
        }
        let session = self.with_log().await?;
        for (batch, moved) in session.history.moved_deposits().filter(|(batch, _)| !here.contains(batch)) {
            survey.add_known_deposit(&batch.store, moved.order, moved.sums());
        }
        let realm = self.client.realm().as_str();
        let digest = |retailer: &str, number: &CertificateNumber| certificate_digest(realm, retailer, number);
        let digests: BTreeMap<String, (String, CertificateNumber)> = survey
            .certificates()
            .map(|(retailer, number)| (digest(retailer, number), (retailer.to_owned(), number.clone())))
            .collect();
        for (_, moved) in session.history.moved_certificates().filter(|(batch, _)| !here.contains(batch)) {
            if let Some((retailer, number)) = digests.get(&moved.digest) {
                survey.add_known_certificate(retailer, number, moved.sums());
            }
        }
        self.session = Some(session);
        Ok(survey.notices())
    }
}
