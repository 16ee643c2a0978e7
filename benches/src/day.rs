//! One input, ready for every part: its JSON, its batches, and bindings made up for all that its plans need.

use std::fmt;
use std::fs::File;

use mapping::engine::{Bindings, ListEntry, ResolveError, resolve};
use mapping::{Company, ItemRole, Plan, PlanError, StepContent, plan};
use pos_model::{Batch, FileError, OutOfBounds, PosFile, raw};
use qb_model::{Create, Id, ModelError};

/// An input of the benchmarks.
#[derive(Debug)]
pub struct Day {
    /// The file as it stands on disk.
    pub json: String,
    /// The same, read.
    pub batches: Vec<Batch>,
    /// The company's defaults.
    pub company: Company,
}

/// Why an input cannot be made.
#[derive(Debug)]
pub struct SetUpError(String);

impl Day {
    /// Returns the project's own busy day.
    ///
    /// # Errors
    /// [`SetUpError`]: not for this input.
    pub fn busy() -> Result<Self, SetUpError> {
        Self::of(&crate::busy_day()?)
    }

    /// Returns the same day of simple sales.
    ///
    /// # Errors
    /// [`SetUpError`]: not for this input.
    pub fn simple() -> Result<Self, SetUpError> {
        Self::of(&crate::simple_sales()?)
    }

    /// Returns days of the Online Retail data set, read from the CSV at this path.
    ///
    /// # Errors
    /// [`SetUpError`]: the file cannot be read, or is no such CSV.
    pub fn online_retail(path: &str) -> Result<Self, SetUpError> {
        let csv = File::open(path).map_err(|e| SetUpError(format!("{path}: {e}")))?;
        let read = examples::online_retail::read(csv).map_err(|e| SetUpError(format!("{path}: {e}")))?;
        Self::of(&read.file)
    }

    fn of(file: &raw::PosFile) -> Result<Self, SetUpError> {
        let json = serde_json::to_string(file)?;
        let batches = PosFile::from_json(json.as_bytes())?.into_parts().0;
        Ok(Self { json, batches, company: Company::default() })
    }

    /// Returns transactions, deposits, payments on account, pay-ins and pay-outs: what the times are divided by.
    #[must_use]
    pub fn transactions(&self) -> usize {
        let moves = |b: &Batch| b.deposits().len() + b.account_payments().len() + b.pay_ins_and_outs().len();
        let events = |b: &Batch| b.transactions().len() + moves(b);
        self.batches.iter().map(events).sum()
    }

    /// Returns lines of all transactions.
    pub fn lines(&self) -> usize {
        self.batches.iter().flat_map(Batch::transactions).map(|t| t.lines().len()).sum()
    }

    /// Returns the plan of every batch.
    ///
    /// # Errors
    /// [`SetUpError`]: the input holds what cannot be planned.
    pub fn plans(&self) -> Result<Vec<Plan<'_>>, SetUpError> {
        Ok(self.batches.iter().map(|batch| plan(batch, &self.company)).collect::<Result<_, _>>()?)
    }

    /// Returns made-up ids for everything that these plans name.
    ///
    /// # Errors
    /// [`SetUpError`]: not reachable, the ids are digits.
    pub fn bindings(&self, plans: &[Plan<'_>]) -> Result<Bindings, SetUpError> {
        let mut bindings = Bindings { tax_code: Some(Id::new("2")?), ..Bindings::default() };
        for (id, account) in (35..).zip(self.company.first_period().control_accounts()) {
            bindings.accounts.insert(account, Id::new(id.to_string())?);
        }
        for (id, item) in (19..).zip(ItemRole::PROVISIONED) {
            bindings.items.insert(item, Id::new(id.to_string())?);
        }
        for (id, step) in (1001..).zip(plans.iter().flat_map(Plan::steps)) {
            match &step.content {
                StepContent::ListEntry(entry) => bindings.bind(*entry, &id.to_string()),
                StepContent::Document(planned) => {
                    bindings.documents.insert(planned.key.clone(), id.to_string());
                    if let Some(tender) = planned.document.tender() {
                        bindings.bind(ListEntry::PaymentMethod(tender), &tender.id().to_string());
                    }
                }
            }
        }
        Ok(bindings)
    }

    /// Returns the body of every step.
    ///
    /// # Errors
    /// [`SetUpError`]: a key without an id.
    pub fn bodies(&self, plans: &[Plan<'_>], bindings: &Bindings) -> Result<Vec<Create>, SetUpError> {
        let mut bodies = Vec::new();
        for plan in plans {
            for step in plan.steps() {
                bodies.push(resolve(step, plan, bindings)?);
            }
        }
        Ok(bodies)
    }
}

impl fmt::Display for SetUpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! from_error {
    ($($error:ty),*) => {
        $(impl From<$error> for SetUpError {
            fn from(error: $error) -> Self {
                Self(error.to_string())
            }
        })*
    };
}

from_error!(FileError, ModelError, OutOfBounds, PlanError, ResolveError, serde_json::Error);
