//! Certificates and the posting log: what they are made from is gathered here, and their hashes are kept here.

use std::collections::BTreeMap;
use std::sync::Arc;

use mapping::engine::OpenInvoices;
use mapping::{Origin, Plan, StepKey};
use pos_model::Money;

use super::documents::{AccountNames, Known};
use super::dossier::{Beside, Dossier, Occasion, Of};
use super::findings::outcome_words;
use super::records::Records;
use super::seal::Sealed;
use super::value::Certificate;
use crate::entry::Entry;
use crate::error::RunError;
use crate::history::History;
use crate::open_invoices::matches_of;
use crate::report::Report;
use crate::session::Exchange;
use crate::snapshot::CompanySnapshot;
use crate::tie_out::TieOut;

impl Exchange {
    /// Gathers what certificates are made from: a tie-out, the batches and purchase orders that it was over, and the reports
    /// of their run. Reads the posting log alone, and sends nothing.
    ///
    /// # Errors
    /// [`RunError`]: a batch that cannot be planned, a posting log that is another company's or cannot be read, QuickBooks
    /// that cannot be read.
    pub async fn dossier<'d, O>(
        &mut self,
        origins: impl IntoIterator<Item = O>,
        tie_out: &'d TieOut,
        reports: &[Report],
        beside: Beside,
    ) -> Result<Dossier<'d>, RunError>
    where
        O: Into<Origin<'d>>,
    {
        let company = Arc::clone(&self.company);
        let mut origins: Vec<Origin<'d>> = origins.into_iter().map(Into::into).collect();
        let day = origins.iter().map(|origin| origin.date()).max();
        let period = day.map_or(company.first_period(), |day| company.on(day));
        let (session, _) = self.begin_with_faults(period).await?;
        let (history, snapshot) = (&session.history, &session.snapshot);
        let mut known = Known::default();
        for document in reports.iter().flat_map(|report| &report.documents) {
            known.states.insert(document.key.clone(), outcome_words(document.outcome));
        }
        // The opening entry, once it is posted, is in the tie-out whichever batches it is over.
        if !origins.iter().any(|origin| matches!(origin, Origin::OpeningEntry { .. })) {
            let posted = origins.iter().find_map(|origin| {
                let opening = Origin::opening_entry(origin.store(), &company).ok()?;
                let plan = history.plan(opening, &company).ok()?;
                plan.documents().all(|planned| history.is_posted(&planned.key)).then_some(opening)
            });
            origins.splice(0..0, posted);
        }
        // The tie-out names what is undone; there is nothing else to show of it.
        origins.retain(|origin| history.undone(&origin.key()).is_none());
        let mut items: Vec<Of<'d>> = Vec::with_capacity(origins.len());
        let invoices = invoices(history);
        let failed = (|| {
            for origin in origins {
                let plan = history.plan(origin, &company)?;
                for planned in plan.documents() {
                    let id = history.posted_id(&planned.key);
                    known.ids.extend(id.map(|id| (planned.key.clone(), id.to_owned())));
                }
                let names = account_names(&plan, snapshot);
                // Most batches have the same accounts.
                let before = items.last().filter(|before| *before.names == names);
                let names = before.map_or_else(|| Arc::new(names), |before| Arc::clone(&before.names));
                let (revision, matches) =
                    (history.revision(&origin.key()), posted_matches(&plan, history, &invoices));
                items.push(Of { origin, revision, names, matches });
            }
            let occasion = Occasion {
                number: history.certificates() + 1,
                company: self.client.realm().as_str().to_owned(),
                records: Records::new(self.client.base(), self.client.realm()),
                checked_at: self.now(),
                previous: history.last_certificate().map(str::to_owned),
            };
            Dossier::new(occasion, Arc::clone(&company), tie_out, known, beside, items)
        })();
        self.session = Some(session);
        Ok(failed?)
    }

    /// Writes a certificate's hash to the posting log, where the next certificate finds it. Call it once for a certificate,
    /// before its file is put in place. Posts nothing.
    ///
    /// # Errors
    /// [`RunError`]: a posting log that is another company's or cannot be written, QuickBooks that cannot be read.
    pub async fn keep_certificate(
        &mut self,
        certificate: &Certificate,
        sealed: &Sealed,
    ) -> Result<(), RunError> {
        let company = Arc::clone(&self.company);
        let (mut session, _) = self.begin_with_faults(company.first_period()).await?;
        let entry = Entry::Certificate {
            number: certificate.number,
            sha256: sealed.sha256().to_owned(),
            checked_at: certificate.checked_at,
        };
        let kept = self.append(&mut session, "the certificate", vec![entry]).await;
        self.keep(session, kept.as_ref().err());
        kept
    }
}

/// The accounts that a plan's roles are, by their names in QuickBooks.
fn account_names(plan: &Plan<'_>, snapshot: &CompanySnapshot) -> AccountNames {
    let period = plan.period();
    let (bound, _) = snapshot.accounts_of(period);
    let name = |role| {
        let once = || snapshot.account_once(role, period).map(|account| account.id.to_string());
        let id = bound.get(&role).map(ToString::to_string).or_else(once).unwrap_or_default();
        let name = snapshot.account_name(&id).unwrap_or_else(|| period.account_name(role));
        (role, (id.clone(), name.to_owned()))
    };
    period.all_control_accounts().into_iter().map(name).collect()
}

/// Our invoices by QuickBooks' id: number and date.
fn invoices(history: &History) -> BTreeMap<&str, &StepKey> {
    let steps = history.posted_steps().filter(|(_, record)| record.sent.entity == "Invoice");
    steps.filter_map(|(key, record)| Some((record.id()?, key))).collect()
}

/// What the plan's payments on account were sent with, so that the certificate says which invoices they paid.
fn posted_matches(plan: &Plan<'_>, history: &History, invoices: &BTreeMap<&str, &StepKey>) -> OpenInvoices {
    let mut matches = OpenInvoices::default();
    for planned in plan.payments_on_account() {
        let record = history.step(&planned.key).filter(|record| record.may_stand());
        let Some(mut of) = record.and_then(matches_of) else { continue };
        for (invoice, _) in &mut of {
            if let Some(key) = invoices.get(invoice.id.as_str()) {
                invoice.number = key.name().to_owned();
                let sent = history.step(key).and_then(|record| record.sent.txn_date);
                invoice.txn_date = sent.unwrap_or(invoice.txn_date);
                // Whether it was paid in full is not known here: the sentence says how much of it.
                invoice.balance = Money::ZERO;
            }
        }
        matches.freeze(planned.key.clone(), of, false);
    }
    matches
}
