//! The lines of a sales form: items, descriptions, one discount, one shipping line.
//!
//! Reads a body's lines, checks them, and gives what they post and how they are answered. Knows no tax rate
//! and no total. Neighbours: `sales_form` calls it, `sales_tax` takes its sums.

use rust_decimal::Decimal;

use crate::base::amount::{self, cents, money, percent_of, shortest};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, copy, integer, object, text};
use crate::base::kind::EntityKind;
use crate::books::company::{Company, number, reference};
use crate::books::ledger::Tags;
use crate::documents::refuse_links;
use crate::lists::account::{self, is_control};
use crate::lists::item::{DEFAULT_ITEM_ID, GRATUITY_ITEM_ID, SHIPPING_ITEM_ID};
use crate::options::LineWithoutItem;

/// The checked lines of a sales form.
#[derive(Debug, Default)]
pub(crate) struct SalesLines {
    /// Item and description lines as answered.
    pub(crate) items: Vec<Json>,
    /// Income account and amount of each item line.
    pub(crate) income: Vec<(u64, Decimal, Tags)>,
    /// Sum of the item lines.
    pub(crate) subtotal: Decimal,
    /// Sum of the item lines with TaxCodeRef TAX.
    pub(crate) taxable: Decimal,
    /// Whether any line, shipping included, is TAX.
    pub(crate) is_taxed: bool,
    /// The discount line.
    pub(crate) discount: Option<Discount>,
    /// The shipping line.
    pub(crate) shipping: Option<Shipping>,
    /// The gratuity line.
    pub(crate) gratuity: Option<Shipping>,
}

/// A whole-document discount; a positive amount lowers the total.
#[derive(Debug)]
pub(crate) struct Discount {
    pub(crate) amount: Decimal,
    pub(crate) account: u64,
    pub(crate) tags: Tags,
    answer: Json,
}

/// A shipping charge, or a gratuity.
#[derive(Debug)]
pub(crate) struct Shipping {
    pub(crate) amount: Decimal,
    pub(crate) account: u64,
    pub(crate) tags: Tags,
    pub(crate) is_taxable: bool,
    answer: Json,
}

impl SalesLines {
    /// Returns the lines in the order of an answer: items, subtotal, discount, shipping, gratuity.
    pub(crate) fn answer(&mut self) -> Json {
        let mut lines = std::mem::take(&mut self.items);
        lines.push(
            object()
                .with("Amount", money(self.subtotal))
                .with("DetailType", text("SubTotalLineDetail"))
                .with("SubTotalLineDetail", object()),
        );
        lines.extend(self.discount.as_ref().map(|discount| discount.answer.clone()));
        lines.extend(self.shipping.iter().chain(&self.gratuity).map(|line| line.answer.clone()));
        Json::List(lines)
    }
}

/// Checks the lines of a body.
pub(crate) fn check(company: &Company, kind: EntityKind, body: &Json) -> Checked<SalesLines> {
    let mut lines = SalesLines::default();
    let mut discount = None;
    let mut has_sale = false;
    for line in body.get("Line").map_or(&[][..], Json::items) {
        refuse_links(company, line)?;
        match line.text_of("DetailType").ok_or_else(|| fault::required("DetailType"))? {
            "SalesItemLineDetail" => {
                has_sale = true;
                sales_item(company, kind, line, &mut lines)?;
            }
            "DescriptionOnly" => description(company, line, &mut lines)?,
            "DiscountLineDetail" if discount.is_some() => {
                return Err(fault::business("A transaction can have only one discount line."));
            }
            "DiscountLineDetail" => discount = Some(line),
            "SubTotalLineDetail" => {}
            "GroupLineDetail" => return Err(fault::feature_not_supported("bundles").at("GroupLineDetail")),
            "AccountBasedExpenseLineDetail"
            | "ItemBasedExpenseLineDetail"
            | "TaxLineDetail"
            | "JournalEntryLineDetail"
            | "DepositLineDetail"
            | "PaymentLineDetail" => {
                return Err(fault::business("This kind of line cannot be used on a sales form."));
            }
            other => return Err(fault::invalid_enumeration("DetailType", other)),
        }
    }
    if !has_sale {
        return Err(fault::required("Line"));
    }
    if let Some(line) = discount {
        lines.discount = Some(check_discount(company, line, lines.subtotal)?);
    }
    Ok(lines)
}

fn numbered(before: usize, line: &Json) -> Json {
    let mut answer = object().with("Id", text((before + 1).to_string())).with("LineNum", integer(before + 1));
    copy(line, &mut answer, &["Description"]);
    answer
}

fn description(company: &Company, line: &Json, lines: &mut SalesLines) -> Checked<()> {
    let mut answer = object();
    if let Some(detail) = line.get("DescriptionLineDetail") {
        if let Some(code) = detail.reference("TaxCodeRef") {
            company.active(EntityKind::TaxCode, code)?;
            answer.push("TaxCodeRef", reference(code, None));
        }
        copy(detail, &mut answer, &["ServiceDate"]);
    }
    let numbered = numbered(lines.items.len(), line).with("DetailType", text("DescriptionOnly"));
    lines.items.push(numbered.with("DescriptionLineDetail", answer));
    Ok(())
}

/// Returns the class of a line as reports choose by it.
fn class_tag(detail: &Json) -> Tags {
    Tags { class: detail.reference("ClassRef").map(number), ..Tags::default() }
}

fn sales_item(company: &Company, kind: EntityKind, line: &Json, lines: &mut SalesLines) -> Checked<()> {
    static NOTHING: Json = Json::Null;
    let detail = line.get("SalesItemLineDetail").unwrap_or(&NOTHING);
    let choices = &company.options.choices;
    let item_id = match (detail.reference("ItemRef"), choices.line_without_item) {
        (Some(id), _) => id,
        (None, LineWithoutItem::DefaultItem) => DEFAULT_ITEM_ID,
        (None, LineWithoutItem::Refused) => return Err(fault::required("ItemRef")),
        (None, LineWithoutItem::Description) => {
            return description(company, line, lines);
        }
    };
    let amount = amount::money_member(line, "Amount").ok_or_else(|| fault::required("Amount"))?;
    let (qty, unit_price) = (amount::member(detail, "Qty"), amount::member(detail, "UnitPrice"));
    check_product(amount, qty, unit_price)?;
    if choices.refuses_negative_sales_lines && amount.is_sign_negative() && !amount.is_zero() {
        return Err(fault::negative_amount(amount));
    }
    let code = detail.reference("TaxCodeRef").unwrap_or_else(|| default_code(company, item_id));
    if code != "TAX" && code != "NON" {
        return Err(fault::line_tax_code(code));
    }
    let class = super::line_class(company, detail)?;
    if item_id == GRATUITY_ITEM_ID {
        return check_gratuity(company, kind, line, amount, lines);
    }
    lines.is_taxed |= code == "TAX";
    if item_id == SHIPPING_ITEM_ID {
        return check_shipping(company, line, amount, code, lines);
    }
    let item = company.active(EntityKind::Item, item_id).map_err(|fault| fault.at("ItemRef"))?;
    let income =
        item.body.reference("IncomeAccountRef").ok_or_else(|| fault::item_without_account(item_id))?;
    let account = company.active(EntityKind::Account, income)?;
    lines.subtotal += amount;
    if code == "TAX" {
        lines.taxable += amount;
    }
    let tags = Tags {
        item: Some(number(item_id)),
        class: detail.reference("ClassRef").map(number),
        ..Tags::default()
    };
    lines.income.push((number(income), amount, tags));
    let mut answer_detail = object()
        .with("ItemRef", reference(item_id, item.body.text_of("FullyQualifiedName")))
        .with_some("UnitPrice", unit_price.map(shortest))
        .with_some("Qty", qty.map(shortest))
        .with_some("ClassRef", class)
        .with("ItemAccountRef", reference(income, account.body.text_of("FullyQualifiedName")))
        .with("TaxCodeRef", reference(code, None));
    copy(detail, &mut answer_detail, &["ServiceDate"]);
    let answer = numbered(lines.items.len(), line)
        .with("Amount", money(amount))
        .with("DetailType", text("SalesItemLineDetail"))
        .with("SalesItemLineDetail", answer_detail);
    lines.items.push(answer);
    Ok(())
}

/// Returns the code of a line that names none: NON, or what the item says where sales tax is automated.
fn default_code(company: &Company, item_id: &str) -> &'static str {
    let item = company.store(EntityKind::Item).get(item_id);
    let is_taxable = item.is_some_and(|item| item.body.flag("Taxable") == Some(true));
    if company.options.automated_sales_tax && is_taxable { "TAX" } else { "NON" }
}

/// Amount must be Qty x UnitPrice to the cent when both are there: 6070. Two zeros mean that neither was set: a published
/// client sends them with every line that has only an amount.
pub(crate) fn check_product(
    amount: Decimal,
    qty: Option<Decimal>,
    unit_price: Option<Decimal>,
) -> Checked<()> {
    let (Some(qty), Some(unit_price)) = (qty, unit_price) else { return Ok(()) };
    if qty.is_zero() && unit_price.is_zero() {
        return Ok(());
    }
    match qty.checked_mul(unit_price) {
        Some(product) if cents(product) == amount => Ok(()),
        _ => Err(fault::amount_mismatch(amount)),
    }
}

fn check_shipping(
    company: &Company,
    line: &Json,
    amount: Decimal,
    code: &str,
    lines: &mut SalesLines,
) -> Checked<()> {
    if !company.options.allow_shipping && !company.kept.has(EntityKind::Item, SHIPPING_ITEM_ID) {
        return Err(fault::business("Shipping is turned off in the company's sales settings."));
    }
    if lines.shipping.is_some() {
        return Err(fault::business("A transaction can have only one shipping line."));
    }
    let account = company
        .account_by("Name", account::SHIPPING_ACCOUNT)
        .ok_or_else(|| fault::business("The default shipping account has been made inactive."))?;
    let answer = special_answer(company, line, amount, SHIPPING_ITEM_ID, code)?;
    let tags = line.get("SalesItemLineDetail").map(class_tag).unwrap_or_default();
    lines.shipping = Some(Shipping { amount, account, tags, is_taxable: code == "TAX", answer });
    Ok(())
}

/// Returns a line of one of the item ids that are no items; it has no Id.
fn special_answer(
    company: &Company,
    line: &Json,
    amount: Decimal,
    item: &'static str,
    code: &str,
) -> Checked<Json> {
    let mut answer = object();
    copy(line, &mut answer, &["Description"]);
    let mut detail = object().with("ItemRef", reference(item, None));
    if let Some(sent) = line.get("SalesItemLineDetail") {
        if let Some(class) = super::line_class(company, sent)? {
            detail.push("ClassRef", class);
        }
        copy(sent, &mut detail, &["ServiceDate"]);
    }
    let detail = detail.with("TaxCodeRef", reference(code, None));
    let answer = answer.with("Amount", money(amount)).with("DetailType", text("SalesItemLineDetail"));
    Ok(answer.with("SalesItemLineDetail", detail))
}

/// A gratuity: on sales receipts, where the company allows it; never taxed.
fn check_gratuity(
    company: &Company,
    kind: EntityKind,
    line: &Json,
    amount: Decimal,
    lines: &mut SalesLines,
) -> Checked<()> {
    let is_allowed = company.options.allow_gratuity || company.kept.has(EntityKind::Item, GRATUITY_ITEM_ID);
    if !is_allowed || kind != EntityKind::SalesReceipt {
        return Err(fault::business("Gratuities are not taken here; see the company's sales settings."));
    }
    if lines.gratuity.is_some() {
        return Err(fault::business("A transaction can have only one gratuity line."));
    }
    let account = company
        .account_by("Name", account::GRATUITY_ACCOUNT)
        .ok_or_else(|| fault::business("The gratuity account is missing or has been made inactive."))?;
    let answer = special_answer(company, line, amount, GRATUITY_ITEM_ID, "NON")?;
    let tags = line.get("SalesItemLineDetail").map(class_tag).unwrap_or_default();
    lines.gratuity = Some(Shipping { amount, account, tags, is_taxable: false, answer });
    Ok(())
}

fn check_discount(company: &Company, line: &Json, subtotal: Decimal) -> Checked<Discount> {
    static NOTHING: Json = Json::Null;
    if !company.options.allow_discount && !company.kept.has_discount {
        return Err(fault::business("Discounts are turned off in the company's sales settings."));
    }
    let detail = line.get("DiscountLineDetail").unwrap_or(&NOTHING);
    let given = amount::money_member(line, "Amount");
    let percent = amount::member(detail, "DiscountPercent");
    let by_percent = detail.flag("PercentBased").unwrap_or(given.is_none());
    let (amount, percent) = match (by_percent, percent, given) {
        (true, Some(percent), _) => {
            if percent.is_sign_negative() && !percent.is_zero() || percent > Decimal::ONE_HUNDRED {
                return Err(fault::out_of_range("DiscountPercent", &percent.to_string(), "0 to 100"));
            }
            (percent_of(subtotal, percent), Some(percent))
        }
        (_, _, Some(amount)) if amount.is_sign_negative() && !amount.is_zero() => {
            return Err(fault::number_range("Amount", amount));
        }
        (false, _, Some(amount)) => (amount, None),
        _ => return Err(fault::discount_missing()),
    };
    let account = match detail.reference("DiscountAccountRef") {
        Some(id) => {
            let record = company.active(EntityKind::Account, id)?;
            if is_control(&record.body) {
                return Err(fault::invalid_account_type("DiscountAccountRef"));
            }
            number(id)
        }
        None => company
            .account_by("Name", account::DISCOUNT_ACCOUNT)
            .ok_or_else(|| fault::business("The default discount account has been made inactive."))?,
    };
    let mut answer_detail = object()
        .with("PercentBased", Json::Bool(percent.is_some()))
        .with_some("DiscountPercent", percent.map(shortest))
        .with("DiscountAccountRef", super::account_reference(company, account))
        .with_some("ClassRef", super::line_class(company, detail)?);
    copy(detail, &mut answer_detail, &["ServiceDate"]);
    let mut answer = object();
    copy(line, &mut answer, &["Description"]);
    let answer = answer
        .with("Amount", money(amount))
        .with("DetailType", text("DiscountLineDetail"))
        .with("DiscountLineDetail", answer_detail);
    Ok(Discount { amount, account, tags: class_tag(detail), answer })
}
