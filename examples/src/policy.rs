//! How patient a run is, as its options say.

use std::time::Duration;

use clap::Args;
use exchange::{Exit, Fault, Place, Policy};
use qb_client::Client;

/// How patient a run is.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct PolicyArguments {
    /// Send an absent document of unknown outcome again at once, trusting QuickBooks to know its request id.
    #[arg(long)]
    trust_request_id: bool,
    /// How long after sending an absence is believed, 165 without it; for tests against a simulator on this machine alone.
    #[arg(long, value_name = "SECONDS")]
    quarantine: Option<u64>,
    /// How long posting may take, six hours without it: when the time is up, or QuickBooks must be left alone for longer than
    /// is left, the run ends with what remains, and the next one goes on.
    #[arg(long, value_name = "SECONDS")]
    time_budget: Option<u64>,
}

impl PolicyArguments {
    /// Returns the policy.
    ///
    /// # Errors
    /// A fault: a quarantine that is not safe with this connection.
    pub(crate) fn policy(&self, client: &Client) -> Result<Policy, Box<Fault>> {
        let mut policy = Policy::default().with_trust_request_id(self.trust_request_id);
        if let Some(seconds) = self.quarantine {
            if !client.base().is_loopback() {
                let words = "--quarantine is for a simulator on this machine; QuickBooks takes up to 165 s: leave the option out";
                let fault =
                    Fault::new("quarantine-not-safe", words, Place::of_part("options"), Exit::Configuration);
                return Err(Box::new(fault));
            }
            policy.quarantine = Duration::from_secs(seconds);
        }
        if let Some(seconds) = self.time_budget {
            policy.budget = Duration::from_secs(seconds);
        }
        Ok(policy)
    }
}
