//! Classic US sales tax of a sales form: computed from the group code, or taken over from the till.
//!
//! Neighbours: `lines` gives the sums, `sales_form` adds the tax to the total, `lists::tax` holds the rates.

use rust_decimal::Decimal;

use crate::base::amount::{self, money, percent_of, shortest};
use crate::base::fault::{self, Checked};
use crate::base::json::{Json, object, text};
use crate::books::company::{Company, reference};
use crate::books::tax_group::TaxGroup;
use crate::documents::lines::SalesLines;
use crate::lists::tax::DEFAULT_GROUP;

/// Lines a taxed document may have.
const MAX_TAXED_LINES: usize = 750;

/// The tax of a document.
#[derive(Debug)]
pub(crate) struct SalesTax {
    /// TotalTax.
    pub(crate) total: Decimal,
    /// Liability account and amount, for each rate.
    pub(crate) payable: Vec<(u64, Decimal)>,
    /// TxnTaxDetail as answered; absent when the company keeps no sales tax.
    pub(crate) answer: Option<Json>,
}

/// Computes a document's tax. `is_exempt` is a customer with Taxable false.
pub(crate) fn check(
    company: &Company,
    body: &Json,
    lines: &SalesLines,
    is_exempt: bool,
) -> Checked<SalesTax> {
    if !company.options.using_sales_tax {
        return Ok(SalesTax { total: Decimal::ZERO, payable: Vec::new(), answer: None });
    }
    static NOTHING: Json = Json::Null;
    let detail = body.get("TxnTaxDetail").unwrap_or(&NOTHING);
    let supplied = supplied_tax(detail);
    if let Some(tax) = supplied.filter(|tax| !tax.is_zero()) {
        if !lines.is_taxed || is_exempt {
            return Err(fault::business("TotalTax was given, but nothing on this transaction is taxable."));
        }
        if tax.is_sign_negative() && !tax_base(body, lines).is_sign_negative() {
            return Err(fault::number_range("TotalTax", tax));
        }
    }
    let wanted =
        detail.reference("TxnTaxCodeRef").or(supplied.filter(|tax| !tax.is_zero()).map(|_| DEFAULT_GROUP));
    let Some(code) = wanted else {
        let answer = Some(object().with("TotalTax", money(Decimal::ZERO)));
        return Ok(SalesTax { total: Decimal::ZERO, payable: Vec::new(), answer });
    };
    if body.get("Line").is_some_and(|lines| lines.items().len() > MAX_TAXED_LINES) {
        return Err(fault::business("A taxed transaction can have at most 750 lines."));
    }
    // The engine of automated sales tax chooses by itself; it runs when any code is named.
    let code = if company.options.automated_sales_tax { DEFAULT_GROUP } else { code };
    let group = group(company, code)?;
    let base = if is_exempt { Decimal::ZERO } else { tax_base(body, lines) };
    let computed: Vec<Decimal> = group.rates.iter().map(|rate| percent_of(base, rate.percent)).collect();
    let amounts = match supplied {
        Some(total) => spread(total, &computed),
        None => computed.clone(),
    };
    let tax_lines = group.rates.iter().zip(&amounts).zip(&computed).map(|((rate, amount), computed)| {
        let delta = amount - computed;
        let rate_detail = object()
            .with("TaxRateRef", reference(&rate.id, None))
            .with("PercentBased", Json::Bool(true))
            .with("TaxPercent", shortest(rate.percent))
            .with("NetAmountTaxable", money(base))
            .with_some("OverrideDeltaAmount", (!delta.is_zero()).then(|| money(delta)));
        object()
            .with("Amount", money(*amount))
            .with("DetailType", text("TaxLineDetail"))
            .with("TaxLineDetail", rate_detail)
    });
    let total: Decimal = amounts.iter().sum();
    let answer = object()
        .with("TxnTaxCodeRef", reference(code, None))
        .with("TotalTax", money(total))
        .with("TaxLine", Json::List(tax_lines.collect()));
    let payable = group.rates.iter().map(|rate| rate.payable).zip(amounts.iter().copied()).collect();
    Ok(SalesTax { total, payable, answer: Some(answer) })
}

/// TotalTax, else the sum of the TaxLine amounts.
fn supplied_tax(detail: &Json) -> Option<Decimal> {
    amount::money_member(detail, "TotalTax").or_else(|| {
        let lines = detail.get("TaxLine")?.items();
        let amounts: Vec<Decimal> =
            lines.iter().filter_map(|line| amount::money_member(line, "Amount")).collect();
        if amounts.is_empty() { None } else { Some(amounts.iter().sum()) }
    })
}

fn group<'a>(company: &'a Company, code: &str) -> Checked<&'a TaxGroup> {
    if code == "CustomSalesTax" {
        return Err(fault::custom_sales_tax());
    }
    let found = company.tax_groups.iter().find(|group| group.id == code);
    found.ok_or_else(|| fault::invalid_reference("TaxCodes", code).at("TxnTaxCodeRef"))
}

/// Returns what is taxed: the taxable item lines, less their share of the discount when ApplyTaxAfterDiscount
/// is true, and taxable shipping, which no discount touches.
fn tax_base(body: &Json, lines: &SalesLines) -> Decimal {
    let shipping = lines.shipping.as_ref().filter(|shipping| shipping.is_taxable);
    let base = lines.taxable + shipping.map_or(Decimal::ZERO, |shipping| shipping.amount);
    match &lines.discount {
        Some(discount) if body.flag("ApplyTaxAfterDiscount") == Some(true) => {
            base - share(discount.amount, lines.taxable, lines.subtotal)
        }
        _ => base,
    }
}

/// `amount * part / whole` in cents; nothing of nothing.
fn share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal {
    let product = amount.checked_mul(part).unwrap_or_default();
    amount::cents(product.checked_div(whole).unwrap_or_default())
}

/// Spreads a supplied tax over the rates as they were computed; the last rate takes what rounding leaves.
fn spread(total: Decimal, computed: &[Decimal]) -> Vec<Decimal> {
    let whole: Decimal = computed.iter().sum();
    let mut rest = total;
    let last = computed.len().saturating_sub(1);
    computed
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let amount = if at == last { rest } else { share(total, *part, whole) };
            rest -= amount;
            amount
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_without_losing_a_cent() {
        let dec = |cents| Decimal::new(cents, 2);
        assert_eq!(spread(dec(100), &[dec(33), dec(66)]), [dec(33), dec(67)]);
        assert_eq!(spread(dec(5), &[dec(0), dec(0)]), [dec(0), dec(5)]);
        assert_eq!(spread(dec(2680), &[dec(2682)]), [dec(2680)]);
    }
}
