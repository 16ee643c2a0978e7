//! Customers of several retailers in one company (P-08): the retailer is a part of a customer's key.
//!
//! The first logs named a customer by the id alone (`cust-1042`): they were of one retailer. Such a log is told, once, whose
//! customers those are: the retailer of the stores that it has documents of. With several of them nobody can tell.
//! Up the walk: `run.rs`, `prepare.rs` and `tie_out.rs`, before a customer is looked up in the log.

use mapping::{Origin, StepKey};

use crate::entry::Entry;
use crate::error::RunError;
use crate::session::{Exchange, Session};

impl Exchange {
    /// Has the log say whose customers those are that it names without a retailer, when it does not say so yet.
    pub(crate) async fn claim_customers(
        &self,
        session: &mut Session,
        origin: Origin<'_>,
    ) -> Result<(), RunError> {
        let (history, store) = (&session.history, origin.store());
        if history.bare_customers().next().is_none() {
            return Ok(());
        }
        let retailer = store.retailer();
        match history.retailer() {
            // Its customers have full keys in this log, for it came later.
            Some(known) if known != retailer && !history.is_bare_store(store.code()) => return Ok(()),
            Some(known) if known != retailer => {
                return Err(RunError::SeveralRetailers {
                    known: known.to_owned(),
                    other: retailer.to_owned(),
                    store: store.name().to_owned(),
                });
            }
            Some(_) => return Ok(()),
            None => {}
        }
        if history.is_bare_store(store.code()) {
            let entry = Entry::Customers { retailer: retailer.to_owned() };
            return self.append(session, "the start", vec![entry]).await;
        }
        let Origin::Batch(batch) = origin else { return Ok(()) };
        let is_known =
            |id: &str| history.bare_customers().filter_map(StepKey::customer_id).any(|bare| bare == id);
        let mut customers = (batch.transactions().iter().filter_map(|transaction| transaction.customer()))
            .chain(batch.deposits().iter().filter_map(|deposit| deposit.customer()))
            .chain(batch.account_payments().iter().map(|payment| payment.customer()));
        match customers.find(|customer| is_known(customer.id())) {
            Some(customer) => Err(RunError::UnknownRetailer {
                customer: customer.id().to_owned(),
                store: store.name().to_owned(),
                stores: history.bare_stores().map(str::to_owned).collect::<Vec<_>>().join(", "),
            }),
            None => Ok(()),
        }
    }
}
