//! Item: what sales lines name, and the income account they post to.
//!
//! Services and non-inventory items; inventory, bundles and categories are refused. Neighbours: the sales
//! forms ask for an item's income account.

use chrono::{DateTime, FixedOffset};

use super::account::is_control;
use super::{check_name, full_name, parent, under_a_parent};
use crate::base::amount;
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Call, Company, NameSpace, identity, reference};
use crate::query::ColumnType;
use crate::schema::Kind::{Bool, Date, Ignored, Number, Ref, Text};
use crate::schema::{Class, bases};

/// The item that marks a line as shipping.
pub(crate) const SHIPPING_ITEM_ID: &str = "SHIPPING_ITEM_ID";
/// The item id of gratuity lines; no item has it.
pub(crate) const GRATUITY_ITEM_ID: &str = "GRATUITY_ITEM_ID";
/// The item every company begins with, `Services`.
pub(crate) const DEFAULT_ITEM_ID: &str = "1";

pub(crate) static CLASS: Class = Class {
    name: "Item",
    base: bases::LIST_ENTRY,
    fields: &[
        ("Name", Text(100)),
        ("Sku", Text(100)),
        ("Description", Text(4000)),
        ("PurchaseDesc", Text(1000)),
        ("Type", Text(30)),
        ("ItemCategoryType", Text(30)),
        ("UnitPrice", Number),
        ("RatePercent", Number),
        ("PurchaseCost", Number),
        ("IncomeAccountRef", Ref),
        ("ExpenseAccountRef", Ref),
        ("COGSAccountRef", Ref),
        ("AssetAccountRef", Ref),
        ("Taxable", Bool),
        ("SalesTaxIncluded", Bool),
        ("PurchaseTaxIncluded", Bool),
        ("SalesTaxCodeRef", Ref),
        ("PurchaseTaxCodeRef", Ref),
        ("TaxClassificationRef", Ref),
        ("TrackQtyOnHand", Bool),
        ("QtyOnHand", Number),
        ("QtyOnPurchaseOrder", Ignored),
        ("QtyOnSalesOrder", Ignored),
        ("ReorderPoint", Number),
        ("AvgCost", Ignored),
        ("InvStartDate", Date),
        ("SubItem", Bool),
        ("ParentRef", Ref),
        ("ClassRef", Ref),
        ("Level", Ignored),
        ("PrefVendorRef", Ref),
        ("DeferredRevenue", Ignored),
        ("PrintGroupedItems", Bool),
        ("ItemGroupDetail", Ignored),
    ],
};

pub(crate) const COLUMNS: &[(&str, ColumnType)] = &[
    ("Name", ColumnType::Text),
    ("FullyQualifiedName", ColumnType::Text),
    ("Type", ColumnType::Text),
    ("Active", ColumnType::Bool),
    ("Taxable", ColumnType::Bool),
    ("SubItem", ColumnType::Bool),
    ("Sku", ColumnType::Text),
];

/// Creates an item from a body.
pub(crate) fn create(company: &mut Company, body: &Json, call: &Call) -> Checked<String> {
    let name = body.text_of("Name").ok_or_else(|| fault::required("Name"))?;
    check_name("Name", name, &[':', '\t', '\n'])?;
    let kind = body.text_of("Type").unwrap_or("Service");
    match kind {
        "Service" | "NonInventory" => {}
        "Inventory" | "Group" | "Category" => {
            return Err(fault::feature_not_supported(&format!("items of type {kind}")).at("Type"));
        }
        other => return Err(fault::invalid_enumeration("Type", other)),
    }
    if body.flag("TrackQtyOnHand") == Some(true) {
        return Err(fault::feature_not_supported("quantity tracking").at("TrackQtyOnHand"));
    }
    for price in ["UnitPrice", "PurchaseCost"] {
        if let Some(value) =
            amount::member(body, price).filter(|value| value.is_sign_negative() && !value.is_zero())
        {
            return Err(fault::number_range(price, value));
        }
    }
    let parent = parent(company, EntityKind::Item, body)?;
    under_a_parent(body, "SubItem")?;
    if let Some(class) = body.reference("ClassRef") {
        company.active(EntityKind::Class, class).map_err(|fault| fault.at("ClassRef"))?;
    }
    let income = account(company, body, "IncomeAccountRef")?;
    let expense = account(company, body, "ExpenseAccountRef")?;
    if income.is_none() && (kind == "Service" || expense.is_none()) {
        return Err(fault::required("IncomeAccountRef"));
    }
    if let Some(vendor) = body.reference("PrefVendorRef") {
        company.active(EntityKind::Vendor, vendor).map_err(|fault| fault.at("PrefVendorRef"))?;
    }
    if company.is_name_taken(NameSpace::Items, name, call) {
        return Err(fault::duplicate_name(
            "Another product or service is already using this name. Please use a different name.",
        ));
    }
    let id = company.id_for(EntityKind::Item, call).to_string();
    company.hold_name(NameSpace::Items, name, &id);
    let price = |property| amount::shortest(amount::member(body, property).unwrap_or_default());
    let mut item = object().with("Name", text(name.to_owned()));
    copy(body, &mut item, &["Sku", "Description"]);
    item = item
        .with("Active", Json::Bool(true))
        .with("SubItem", Json::Bool(parent.is_some()))
        .with_some("ParentRef", parent.as_ref().map(|(id, name)| reference(id, Some(name))))
        .with("FullyQualifiedName", text(full_name(parent.as_ref(), name)))
        .with("Taxable", Json::Bool(body.flag("Taxable") == Some(true)))
        .with("UnitPrice", price("UnitPrice"))
        .with("Type", text(kind.to_owned()))
        .with_some("IncomeAccountRef", income);
    copy(body, &mut item, &["PurchaseDesc"]);
    item = item
        .with("PurchaseCost", price("PurchaseCost"))
        .with_some("ExpenseAccountRef", expense)
        .with_some("PrefVendorRef", body.reference("PrefVendorRef").map(|id| reference(id, None)))
        .with_some("ClassRef", body.reference("ClassRef").map(|id| reference(id, None)))
        .with("TrackQtyOnHand", Json::Bool(false));
    company.enter(EntityKind::Item, &id, identity(item, &id, call.now));
    Ok(id)
}

/// Returns the account an item posts to: any but A/R and A/P (6430).
fn account(company: &Company, body: &Json, property: &str) -> Checked<Option<Json>> {
    let Some(id) = body.reference(property) else { return Ok(None) };
    let record = company.active(EntityKind::Account, id)?;
    if is_control(&record.body) {
        return Err(fault::invalid_account_type(property));
    }
    Ok(Some(reference(id, record.body.text_of("FullyQualifiedName"))))
}

/// The one item of a new company: `Services`, id 1.
pub(crate) fn insert_default(company: &mut Company, now: DateTime<FixedOffset>) {
    let id = company.next_id(EntityKind::Item).to_string();
    company.hold_name(NameSpace::Items, "Services", &id);
    let income = company.account_by("AccountSubType", "ServiceFeeIncome").unwrap_or_default().to_string();
    let item = object()
        .with("Name", text("Services"))
        .with("Active", Json::Bool(true))
        .with("SubItem", Json::Bool(false))
        .with("FullyQualifiedName", text("Services"))
        .with("Taxable", Json::Bool(false))
        .with("UnitPrice", Json::Number("0".into()))
        .with("Type", text("Service"))
        .with("IncomeAccountRef", reference(&income, Some("Services")))
        .with("PurchaseCost", Json::Number("0".into()))
        .with("TrackQtyOnHand", Json::Bool(false));
    company.store_mut(EntityKind::Item).insert(id.clone(), identity(item, &id, now));
}
