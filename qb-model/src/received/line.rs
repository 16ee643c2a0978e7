//! Lines of documents: what every line has, and the detail that its type calls for.
//! Neighbour: `details.rs`, one detail a kind; the bundle's is here, for it has lines again.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::details::{
    AccountExpenseDetail, DepositDetail, DescriptionDetail, DiscountDetail, ItemAdjustmentDetail,
    ItemExpenseDetail, JournalEntryDetail, ReimburseDetail, SalesItemDetail, SubTotalDetail, TaxDetail,
};
use super::field::{Field, Slot, Value};
use super::json::{Json, Members};
use super::list::List;
use super::parts::{CustomExtension, Extension, LinkedTxn};
use super::record::{Record, record};
use super::reference::Reference;
use super::survey::Survey;
use super::words::DetailType;
use crate::amount::Amount;
use crate::{Customer, Item};

record! {
    /// A line of a document.
    Line {
        /// The line's id within its document. Lines that QuickBooks adds (subtotal, discount, shipping) have none.
        id: Field<String> = "Id",
        /// Its place, from 1.
        line_num: Field<i64> = "LineNum",
        /// What it says.
        description: Field<String> = "Description",
        /// Its money; the sign is the document's: positive raises its total, but for a discount, which lowers it.
        amount: Field<Amount> = "Amount",
        // Above the kind, for it looks at the kind while that is still there.
        /// What its kind calls for.
        detail: LineDetail = "",
        /// What kind of line it is.
        detail_type: Field<DetailType> = "DetailType",
        /// Documents that this line is linked with.
        linked_txn: List<LinkedTxn> = "LinkedTxn",
        /// Dimensions.
        custom_extensions: List<CustomExtension> = "CustomExtensions",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
        /// How much of an order line has come in.
        received: Field<Decimal> = "Received",
        /// What QuickBooks adds to lines of payments: number, open balance and id of the other document.
        line_ex: Field<Extension> = "LineEx",
    }
}

record! {
    /// A bundle.
    GroupDetail {
        /// The bundle.
        group_item_ref: Field<Reference<Item>> = "GroupItemRef",
        /// How many bundles.
        quantity: Field<Decimal> = "Quantity",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
        /// What is in it.
        line: List<Line> = "Line",
    }
}

/// What a line's kind calls for. A kind that is not named here is [`LineDetail::None`], and its members stay in the
/// line's `other`.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum LineDetail {
    /// No detail: lines of payments, links of deposits, and kinds not named here.
    #[default]
    None,
    /// Something sold.
    SalesItem(Box<SalesItemDetail>),
    /// A bundle; its lines are inside.
    Group(Box<GroupDetail>),
    /// A text, or an inline subtotal.
    Description(Box<DescriptionDetail>),
    /// A discount on the whole document.
    Discount(Box<DiscountDetail>),
    /// The sum of the items.
    SubTotal(Box<SubTotalDetail>),
    /// A cost on an account.
    AccountExpense(Box<AccountExpenseDetail>),
    /// A cost of an item bought.
    ItemExpense(Box<ItemExpenseDetail>),
    /// A debit or a credit.
    JournalEntry(Box<JournalEntryDetail>),
    /// Money paid into the bank.
    Deposit(Box<DepositDetail>),
    /// A tax of the document.
    Tax(Box<TaxDetail>),
    /// A cost to charge a customer.
    Reimburse(Box<ReimburseDetail>),
    /// A change of stock.
    ItemAdjustment(Box<ItemAdjustmentDetail>),
}

/// The member that holds a detail, and how it is read.
type Kind = (&'static str, DetailType, fn(Members) -> LineDetail);

/// Every kind of detail.
const KINDS: [Kind; 12] = [
    ("SalesItemLineDetail", DetailType::SalesItem, |m| LineDetail::SalesItem(boxed(m))),
    ("GroupLineDetail", DetailType::Group, |m| LineDetail::Group(boxed(m))),
    ("DescriptionLineDetail", DetailType::DescriptionOnly, |m| LineDetail::Description(boxed(m))),
    ("DiscountLineDetail", DetailType::Discount, |m| LineDetail::Discount(boxed(m))),
    ("SubTotalLineDetail", DetailType::SubTotal, |m| LineDetail::SubTotal(boxed(m))),
    ("AccountBasedExpenseLineDetail", DetailType::AccountExpense, |m| LineDetail::AccountExpense(boxed(m))),
    ("ItemBasedExpenseLineDetail", DetailType::ItemExpense, |m| LineDetail::ItemExpense(boxed(m))),
    ("JournalEntryLineDetail", DetailType::JournalEntry, |m| LineDetail::JournalEntry(boxed(m))),
    ("DepositLineDetail", DetailType::Deposit, |m| LineDetail::Deposit(boxed(m))),
    ("TaxLineDetail", DetailType::Tax, |m| LineDetail::Tax(boxed(m))),
    ("ReimburseLineDetail", DetailType::Reimburse, |m| LineDetail::Reimburse(boxed(m))),
    ("ItemAdjustmentLineDetail", DetailType::ItemAdjustment, |m| LineDetail::ItemAdjustment(boxed(m))),
];

fn boxed<R: Record>(members: Members) -> Box<R> {
    Box::new(R::read_members(members))
}

impl LineDetail {
    /// The member's name on the wire, and the detail in it.
    fn parts(&self) -> Option<(&'static str, &dyn Detail)> {
        match self {
            Self::None => None,
            Self::SalesItem(detail) => Some(("SalesItemLineDetail", detail.as_ref())),
            Self::Group(detail) => Some(("GroupLineDetail", detail.as_ref())),
            Self::Description(detail) => Some(("DescriptionLineDetail", detail.as_ref())),
            Self::Discount(detail) => Some(("DiscountLineDetail", detail.as_ref())),
            Self::SubTotal(detail) => Some(("SubTotalLineDetail", detail.as_ref())),
            Self::AccountExpense(detail) => Some(("AccountBasedExpenseLineDetail", detail.as_ref())),
            Self::ItemExpense(detail) => Some(("ItemBasedExpenseLineDetail", detail.as_ref())),
            Self::JournalEntry(detail) => Some(("JournalEntryLineDetail", detail.as_ref())),
            Self::Deposit(detail) => Some(("DepositLineDetail", detail.as_ref())),
            Self::Tax(detail) => Some(("TaxLineDetail", detail.as_ref())),
            Self::Reimburse(detail) => Some(("ReimburseLineDetail", detail.as_ref())),
            Self::ItemAdjustment(detail) => Some(("ItemAdjustmentLineDetail", detail.as_ref())),
        }
    }
}

/// What is done with a detail of any kind.
trait Detail {
    fn json(&self) -> Json;
    fn look(&self, survey: &mut Survey);
}

impl<R: Record> Detail for R {
    fn json(&self) -> Json {
        Record::write(self)
    }

    fn look(&self, survey: &mut Survey) {
        Record::walk(self, survey);
    }
}

impl Slot for LineDetail {
    /// Takes the member that the line's type calls for; without one, the first that is a detail at all. Details beside it
    /// stay where they are.
    fn take(members: &mut Members, _: &'static str) -> Self {
        let stated =
            members.get("DetailType").and_then(|json| <DetailType as Value>::read(json.clone()).ok());
        let stated = stated.map(|(detail_type, _)| detail_type);
        let is_there = |kind: &&Kind| matches!(members.get(kind.0), Some(Json::Object(_)));
        let kind = KINDS
            .iter()
            .find(|kind| Some(kind.1) == stated && is_there(kind))
            .or_else(|| KINDS.iter().find(is_there));
        let Some((name, _, read)) = kind else { return Self::None };
        match members.remove(name) {
            Some(Json::Object(detail)) => read(detail),
            _ => Self::None,
        }
    }

    fn put(&self, _: &'static str, members: &mut Members) {
        if let Some((name, detail)) = self.parts() {
            members.insert(name, detail.json());
        }
    }

    fn survey(&self, _: &'static str, survey: &mut Survey) {
        if let Some((name, detail)) = self.parts() {
            survey.inside(name, |survey| detail.look(survey));
        }
    }
}
