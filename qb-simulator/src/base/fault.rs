//! Faults: what QuickBooks says when it refuses, with Intuit's codes and texts.
//!
//! Knows codes and envelopes, not when they apply. Neighbours: every checking module makes faults,
//! `handle` writes them.

use chrono::{DateTime, FixedOffset};

use crate::base::json::{Json, object, text};

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
    pub(crate) detail: String,
    pub(crate) element: Option<String>,
    /// More errors in the same answer.
    pub(crate) others: Vec<Fault>,
    /// When it was first answered, where it is answered again.
    pub(crate) since: Option<DateTime<FixedOffset>>,
}

/// What checking gives: a value, or the faults to answer.
pub(crate) type Checked<T> = Result<T, Box<Fault>>;

fn fault(code: &'static str, message: &'static str, detail: String) -> Box<Fault> {
    Box::new(Fault { status: 400, code, message, detail, element: None, others: Vec::new(), since: None })
}

impl Fault {
    /// Names the property at fault.
    pub(crate) fn at(mut self: Box<Self>, element: impl Into<String>) -> Box<Self> {
        self.element = Some(element.into());
        self
    }

    /// Tells of another error in the same answer.
    pub(crate) fn and(mut self: Box<Self>, other: Fault) -> Box<Self> {
        self.others.push(other);
        self
    }

    /// Answers with another HTTP status than 400.
    pub(crate) fn status(mut self: Box<Self>, status: u16) -> Box<Self> {
        self.status = status;
        self
    }
}

/// 500: no such path or operation.
pub(crate) fn unsupported_operation(what: impl Into<String>) -> Box<Fault> {
    fault("500", "Unsupported Operation", format!("Operation {} is not supported.", what.into()))
}

/// 600: the request id was used for another body.
pub(crate) fn duplicate_request_id(id: &str) -> Box<Fault> {
    fault("600", "Duplicate Request ID", format!("Duplicate Request ID : {id} was used for another request."))
}

/// 6000: the request id was used before, and its answer is not given again.
pub(crate) fn already_processed() -> Box<Fault> {
    business("This request was already processed.")
}

/// 610: the object is gone or was never there.
pub(crate) fn deleted_transaction() -> Box<Fault> {
    fault("610", "Object Not Found", "Object Not Found : Another user has deleted this transaction.".into())
}

/// 610: a list entry that is inactive or missing.
pub(crate) fn made_inactive() -> Box<Fault> {
    fault(
        "610",
        "Object Not Found",
        "Object Not Found : Something you're trying to use has been made inactive. Check the fields with \
         accounts, customers, items, vendors or employees."
            .into(),
    )
}

/// 620: the transaction exists but cannot be linked.
pub(crate) fn cannot_link(txn_id: &str, why: &str) -> Box<Fault> {
    fault("620", "Txn ID cannot be linked", format!("Txn ID {txn_id} cannot be linked : {why}")).at("TxnId")
}

/// 2010: an unknown property, or a known one of the wrong JSON shape.
pub(crate) fn unsupported_property(detail: String) -> Box<Fault> {
    fault("2010", "Request has invalid or unsupported property", format!("Property Name:{detail}"))
}

/// 2020: a required property is missing.
pub(crate) fn required(name: &str) -> Box<Fault> {
    fault(
        "2020",
        "Required param missing, need to supply the required value for the API",
        format!("Required parameter {name} is missing in the request"),
    )
    .at(name)
}

/// 2030: an id that is no number.
pub(crate) fn invalid_id(value: &str) -> Box<Fault> {
    fault("2030", "Invalid ID", format!("Id should be a valid number. Supplied value:{value}")).at("Id")
}

/// 2040: characters a name must not hold.
pub(crate) fn invalid_text(name: &str, value: &str) -> Box<Fault> {
    fault("2040", "Invalid String", format!("Element contains invalid characters. {value}")).at(name)
}

/// 2050: a text that is too long.
pub(crate) fn text_length(name: &str, max: usize, length: usize) -> Box<Fault> {
    let (max, length) =
        (crate::base::amount::grouped(max.into()), crate::base::amount::grouped(length.into()));
    fault(
        "2050",
        "String length is either shorter or longer than supported by specification",
        format!(
            "String length specified does not match the supported length. Min:0 Max:{max} supported. \
             Supplied length:{length}"
        ),
    )
    .at(name)
}

/// 2060: a date that is none.
pub(crate) fn invalid_date(name: &str, value: &str) -> Box<Fault> {
    fault("2060", "Invalid Date", format!("Date should be YYYY-MM-DD. Supplied value:{value}")).at(name)
}

/// 2130: a request id of the wrong form.
pub(crate) fn invalid_request_id(detail: String) -> Box<Fault> {
    fault("2130", "Invalid Request ID", detail).at("requestid")
}

/// 2170: a value outside an enumeration.
pub(crate) fn invalid_enumeration(name: &str, value: &str) -> Box<Fault> {
    fault("2170", "Invalid Enumeration", format!("Invalid Enumeration : {value}")).at(name)
}

/// 2180: a query-string or percentage value outside its range.
pub(crate) fn out_of_range(name: &str, value: &str, range: &str) -> Box<Fault> {
    fault("2180", "Invalid Range", format!("Value should be {range}. Supplied value:{value}")).at(name)
}

/// 2210: an e-mail address that is none.
pub(crate) fn invalid_email(value: &str) -> Box<Fault> {
    fault("2210", "Invalid Email Address format", format!("Email Address must contain @ and . : {value}"))
        .at("Address")
}

/// 2200: what is no address of a page.
pub(crate) fn invalid_web_address(value: &str) -> Box<Fault> {
    fault(
        "2200",
        "Invalid Website Address format",
        format!("Web Address must contain a dot and no blank : {value}"),
    )
    .at("WebAddr")
}

/// 2220: a currency the company does not keep.
pub(crate) fn invalid_currency(value: &str) -> Box<Fault> {
    fault("2220", "Invalid Currency", format!("The company keeps one currency. Supplied value:{value}"))
        .at("CurrencyRef")
}

/// 2240: a number outside its range.
pub(crate) fn number_range(name: &str, value: rust_decimal::Decimal) -> Box<Fault> {
    fault(
        "2240",
        "Number out of range",
        format!(
            "Number out of range. Min:0 Max:999,999,999. Supplied value:{}",
            crate::base::amount::grouped(value)
        ),
    )
    .at(name)
}

/// 2500: a reference to nothing. `list` is Intuit's plural: Names, Accounts, Items...
pub(crate) fn invalid_reference(list: &str, id: &str) -> Box<Fault> {
    fault("2500", "Invalid Reference Id", format!("Invalid Reference Id : {list} element id {id} not found"))
}

/// 2600: members that exclude each other.
pub(crate) fn conflicting(detail: &str) -> Box<Fault> {
    fault("2600", "Conflicting elements in the request", detail.into())
}

/// 5010: another writer was faster.
pub(crate) fn stale() -> Box<Fault> {
    fault(
        "5010",
        "Stale Object Error",
        "Stale Object Error : You and simulated.user@example.com were working on this at the same time. \
         simulated.user@example.com finished before you did, so your work was not saved."
            .into(),
    )
}

/// 1040: too many items in a batch.
pub(crate) fn batch_too_large(most: usize, found: usize) -> Box<Fault> {
    fault(
        "1040",
        "Batch size exceeds allowed limit",
        format!("The number of batch items exceeds the maximum of {most}. Supplied:{found}"),
    )
}

/// 2290: a negative amount where only the side may be chosen.
pub(crate) fn negative_amount(value: rust_decimal::Decimal) -> Box<Fault> {
    let detail =
        format!("The amount must not be negative. Supplied value:{}", crate::base::amount::grouped(value));
    fault("2290", "Invalid Negative Amount", detail).at("Amount")
}

/// 2300: debits and credits of a journal entry differ.
pub(crate) fn unbalanced() -> Box<Fault> {
    fault(
        "2300",
        "Debits and credits do not match",
        "The sum of debits must equal the sum of credits.".into(),
    )
    .at("Line")
}

/// 6200: the other code for closed books.
pub(crate) fn account_period_closed() -> Box<Fault> {
    let message = "Account Period Closed, Cannot Update Through Services API";
    fault("6200", message, format!("{message} : The account period has closed."))
}

/// 6220: a name with something open on it cannot be made inactive.
pub(crate) fn open_balance(name: &str) -> Box<Fault> {
    fault("6220", "Open balance exists", format!("{name} has an open balance and cannot be made inactive."))
        .at("Active")
}

/// 6540: the document stands on a deposit.
pub(crate) fn deposited() -> Box<Fault> {
    fault(
        "6540",
        "Deposited Transaction cannot be changed",
        "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it \
         appears on and remove it first"
            .into(),
    )
}

/// 3000: a custom field the company has not enabled.
pub(crate) fn invalid_custom_field(id: &str) -> Box<Fault> {
    fault("3000", "Invalid Custom Field", format!("Custom field DefinitionId {id} is not enabled"))
        .at("CustomField")
}

/// 4000: a query that cannot be read.
pub(crate) fn query_parser(detail: String) -> Box<Fault> {
    fault("4000", "Error parsing query", format!("QueryParserError: {detail}"))
}

/// 4001: a query that reads well but asks for what is not there.
pub(crate) fn query_validation(detail: String) -> Box<Fault> {
    fault("4001", "Invalid query", format!("QueryValidationError: {detail}"))
}

/// 4002: true or false in apostrophes.
pub(crate) fn query_value(property: &str) -> Box<Fault> {
    let detail =
        format!("QueryValidationError: value of property {property} must be true or false without quotes");
    fault("4002", "Invalid query", detail)
}

/// 5030: a feature of another plan, or one the simulator has not got.
pub(crate) fn feature_not_supported(what: &str) -> Box<Fault> {
    fault("5030", "Feature Not Supported", format!("Feature Not Supported : {what}"))
}

/// 6000: a business rule.
pub(crate) fn business(detail: &str) -> Box<Fault> {
    fault(
        "6000",
        "A business validation error has occurred while processing your request",
        format!("Business Validation Error: {detail}"),
    )
}

/// 6010: an account without type, or with a type and subtype that do not belong together.
pub(crate) fn account_type(detail: &str) -> Box<Fault> {
    fault("6010", "Invalid Account.AccountType && Account.SubType", detail.into()).at("AccountType")
}

/// 6070: Amount is not Qty x UnitPrice.
pub(crate) fn amount_mismatch(supplied: rust_decimal::Decimal) -> Box<Fault> {
    fault(
        "6070",
        "Amount calculation incorrect in the request",
        format!(
            "Amount is not equal to UnitPrice * Qty. Supplied value:{}",
            crate::base::amount::grouped(supplied)
        ),
    )
    .at("Line.Amount")
}

/// 6080: no name to show.
pub(crate) fn no_name() -> Box<Fault> {
    fault(
        "6080",
        "No Name Provided",
        "Title, GivenName, MiddleName, FamilyName, DisplayName, Suffix - one of these must be non-empty"
            .into(),
    )
}

/// 6090: a discount line with neither amount nor percent.
pub(crate) fn discount_missing() -> Box<Fault> {
    fault(
        "6090",
        "Discount Line missing required info.",
        "Discount amount or percent should be provided.".into(),
    )
}

/// 6100: a line tax code other than TAX or NON.
pub(crate) fn line_tax_code(value: &str) -> Box<Fault> {
    fault(
        "6100",
        "Invalid Line TaxCode in the request",
        format!("Valid Line TaxCodes for US should be TAX or NON. Supplied value:{value}"),
    )
    .at("TaxCodeRef")
}

/// 6140: the number is taken.
pub(crate) fn duplicate_number(number: &str, txn_type: &str, txn_id: &str) -> Box<Fault> {
    fault(
        "6140",
        "Duplicate Document Number Error",
        format!(
            "Duplicate Document Number Error : You must specify a different number. This number has already \
             been used. DocNumber={number} is assigned to TxnType={txn_type} with TxnId={txn_id}"
        ),
    )
}

/// 6160: the pseudo code CustomSalesTax.
pub(crate) fn custom_sales_tax() -> Box<Fault> {
    fault("6160", "Invalid use of CustomSalesTax", "CustomSalesTax cannot be used in a request.".into())
        .at("TxnTaxCodeRef")
}

/// 6180: lists nest five levels deep.
pub(crate) fn nested_too_deep() -> Box<Fault> {
    fault("6180", "Maximum nesting level exceeded", "Entries can be nested at most 5 levels deep.".into())
        .at("ParentRef")
}

/// 6210: on or before the closing date.
pub(crate) fn period_closed() -> Box<Fault> {
    fault(
        "6210",
        "Account Period Closed, Cannot Update Through Services API",
        "The account period has closed and the account books cannot be updated through the QBO Services API."
            .into(),
    )
}

/// 6240: the name is taken. `holder` reads like `Another account is`.
pub(crate) fn duplicate_name(detail: &str) -> Box<Fault> {
    fault("6240", "Duplicate Name Exists Error", format!("The name supplied already exists. : {detail}"))
}

/// 6420: mail is wanted, but there is no address.
pub(crate) fn email_required() -> Box<Fault> {
    fault("6420", "Email Address Required", "BillEmail is required when EmailStatus is NeedToSend.".into())
        .at("BillEmail")
}

/// 6430: an account of the wrong type.
pub(crate) fn invalid_account_type(name: &str) -> Box<Fault> {
    fault("6430", "Invalid account type used", format!("Invalid account type used : {name}")).at(name)
}

/// 6440: an item without the account the line needs.
pub(crate) fn item_without_account(id: &str) -> Box<Fault> {
    fault(
        "6440",
        "Each line must have a product or account",
        format!("Item {id} has no income account and cannot be sold."),
    )
    .at("ItemRef")
}

/// 6440: an item that has no account to buy it on.
pub(crate) fn item_without_expense_account(id: &str) -> Box<Fault> {
    fault(
        "6440",
        "Each line must have a product or account",
        format!("Item {id} has no expense account and cannot be bought."),
    )
    .at("ItemRef")
}

/// 10000: the simulator contradicts itself; always a defect of the simulator.
pub(crate) fn application_error(detail: String) -> Box<Fault> {
    fault("10000", "An application error has occurred while processing your request", detail).status(500)
}

/// 10100: an answer with too many objects.
pub(crate) fn result_too_large(most: usize) -> Box<Fault> {
    let detail = format!("An answer holds at most {most} objects. Ask for fewer.");
    fault("10100", "The result set is too large", detail).status(500)
}

/// Returns the `Fault` envelope of the service.
pub(crate) fn envelope(fault: &Fault, now: DateTime<FixedOffset>) -> Json {
    let time = crate::base::clock::answer_time(fault.since.unwrap_or(now));
    object().with("Fault", fault_object(fault)).with("time", text(time))
}

/// Returns the `Fault` object itself.
pub(crate) fn fault_object(fault: &Fault) -> Json {
    let error = |fault: &Fault| {
        object()
            .with("Message", text(fault.message))
            .with("Detail", text(fault.detail.clone()))
            .with("code", text(fault.code))
            .with_some("element", fault.element.clone().map(text))
    };
    let errors = std::iter::once(fault).chain(&fault.others).map(error).collect();
    let kind = if fault.status == 500 { "SystemFault" } else { "ValidationFault" };
    object().with("Error", Json::List(errors)).with("type", text(kind))
}

/// Returns the lower-case envelope of the gateway, for calls that never reach the service.
pub(crate) fn gateway_envelope(
    message: &'static str,
    detail: String,
    code: &'static str,
    kind: &'static str,
    now: DateTime<FixedOffset>,
) -> Json {
    let error = object()
        .with("message", text(message))
        .with("detail", text(detail))
        .with("code", text(code))
        .with("element", Json::Null);
    object()
        .with("warnings", Json::Null)
        .with("intuitObject", Json::Null)
        .with("fault", object().with("error", Json::List(vec![error])).with("type", text(kind)))
        .with("report", Json::Null)
        .with("queryResponse", Json::Null)
        .with("batchItemResponse", Json::List(vec![]))
        .with("attachableResponse", Json::List(vec![]))
        .with("syncErrorResponse", Json::Null)
        .with("requestId", Json::Null)
        .with("time", Json::Number(now.timestamp_millis().to_string().into()))
        .with("status", Json::Null)
        .with("cdcresponse", Json::List(vec![]))
}
