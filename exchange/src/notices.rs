//! What is worth saying of batches and purchase orders before anything of them is sent, and stops nothing: what they show
//! together, and beside it what the posting log knows of batches that are not among them (D-06, D-10).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mapping::{BatchKey, CertificateNumber, Notice, Origin, Survey};

use crate::entry::certificate_digest;
use crate::error::RunError;
use crate::session::Exchange;

impl Exchange {
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
