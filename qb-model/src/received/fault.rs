//! Faults in both spellings: the service's `Fault` and the gateway's `fault`.

use super::field::{Field, Slot};
use super::json::{Json, Members};
use super::list::List;
use super::record::{Record, record};
use crate::{Fault as Summary, FaultEntry};

record! {
    /// A fault of the service: `{"Error":[{"Message":...,"Detail":...,"code":...}],"type":"ValidationFault"}`.
    Fault {
        /// Every error, in order.
        error: List<FaultError> = "Error",
        /// `ValidationFault`, `SystemFault`, `SERVICE` and so on.
        fault_type: Field<String> = "type",
    }
}

record! {
    /// An error of a [`Fault`].
    FaultError {
        /// The short text.
        message: Field<String> = "Message",
        /// The long text; may quote data of the company.
        detail: Field<String> = "Detail",
        /// Intuit's code: `6140`.
        code: Field<String> = "code",
        /// The field that it is about.
        element: Field<String> = "element",
    }
}

record! {
    /// A fault of the gateway, with small letters: `{"error":[{"message":...}],"type":"AUTHENTICATION"}`.
    GatewayFault {
        /// Every error, in order.
        error: List<GatewayError> = "error",
        /// `AUTHENTICATION`, `SERVICE` and so on.
        fault_type: Field<String> = "type",
    }
}

record! {
    /// An error of a [`GatewayFault`].
    GatewayError {
        /// The short text.
        message: Field<String> = "message",
        /// The long text; may quote a token.
        detail: Field<String> = "detail",
        /// Intuit's code: `3200`.
        code: Field<String> = "code",
        /// The field that it is about.
        element: Field<String> = "element",
    }
}

/// A fault in the spelling it came in.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum AnyFault {
    /// There is none.
    #[default]
    None,
    /// Under `Fault`.
    Service(Box<Fault>),
    /// Under `fault`.
    Gateway(Box<GatewayFault>),
}

impl AnyFault {
    /// Returns the fault whatever its spelling; `None` when there is none.
    #[must_use]
    pub fn summary(&self) -> Option<Summary> {
        match self {
            Self::None => None,
            Self::Service(fault) => Some(Summary {
                errors: fault
                    .error
                    .iter()
                    .map(|e| entry(&e.message, &e.detail, &e.code, &e.element))
                    .collect(),
                kind: text(&fault.fault_type),
            }),
            Self::Gateway(fault) => Some(Summary {
                errors: fault
                    .error
                    .iter()
                    .map(|e| entry(&e.message, &e.detail, &e.code, &e.element))
                    .collect(),
                kind: text(&fault.fault_type),
            }),
        }
    }
}

impl AnyFault {
    /// Reads a fault that stands under no name: it is told by its list of errors. `None` when there is none.
    pub(super) fn bare(members: &Members) -> Option<Self> {
        let has_errors = |name: &str| {
            let Some(Json::Array(errors)) = members.get(name) else { return false };
            !errors.is_empty() && errors.iter().all(|error| matches!(error, Json::Object(_)))
        };
        if has_errors("Error") {
            Some(Self::Service(Box::new(Record::read_members(members.clone()))))
        } else if has_errors("error") {
            Some(Self::Gateway(Box::new(Record::read_members(members.clone()))))
        } else {
            None
        }
    }

    /// Writes its members, without its name.
    pub(super) fn write_members(&self) -> Members {
        match self {
            Self::None => Members::default(),
            Self::Service(fault) => fault.write_members(),
            Self::Gateway(fault) => fault.write_members(),
        }
    }

    pub(super) fn walk(&self, survey: &mut super::Survey) {
        match self {
            Self::None => {}
            Self::Service(fault) => fault.walk(survey),
            Self::Gateway(fault) => fault.walk(survey),
        }
    }
}

fn text(field: &Field<String>) -> String {
    field.as_str().unwrap_or_default().to_owned()
}

fn entry(
    message: &Field<String>,
    detail: &Field<String>,
    code: &Field<String>,
    element: &Field<String>,
) -> FaultEntry {
    let element = Some(text(element)).filter(|element| !element.is_empty());
    FaultEntry { code: text(code), message: text(message), detail: text(detail), element }
}

impl Slot for AnyFault {
    fn take(members: &mut Members, _: &'static str) -> Self {
        // What is no object stays among the members that no field is named for.
        match members
            .remove_first(|name, json| matches!(name, "Fault" | "fault") && matches!(json, Json::Object(_)))
        {
            Some((name, Json::Object(fault))) if name == "Fault" => {
                Self::Service(Box::new(Record::read_members(fault)))
            }
            Some((_, Json::Object(fault))) => Self::Gateway(Box::new(Record::read_members(fault))),
            _ => Self::None,
        }
    }

    fn put(&self, _: &'static str, members: &mut Members) {
        match self {
            Self::None => None,
            Self::Service(fault) => members.insert("Fault", fault.write()),
            Self::Gateway(fault) => members.insert("fault", fault.write()),
        };
    }

    fn survey(&self, _: &'static str, survey: &mut super::Survey) {
        match self {
            Self::None => {}
            Self::Service(fault) => survey.inside("Fault", |survey| fault.walk(survey)),
            Self::Gateway(fault) => survey.inside("fault", |survey| fault.walk(survey)),
        }
    }
}
