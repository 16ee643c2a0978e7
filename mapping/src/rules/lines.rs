//! From POS lines to the lines of one sales form (D-02, D-03, D-06, D-21 to D-23).
//!
//! ```text
//! jacket 90.00 TAX, SHIP 3.00 NON        ->  Cloud POS Item 90.00 TAX, shipping 3.00 NON
//! jacket 90.00 TAX, tax 5.63; kids' shoes 40.00 TAX, tax 0.00 on a tax holiday  ->  90.00 TAX, 40.00 NON
//! certificate of 50.00 sold for 40.00    ->  Voucher Item GIFTVOUCHER 50.00, Gift certificate discount -10.00
//! SHIP 3.00 alone                        ->  Cloud POS Item "No items" 0.00, shipping 3.00
//! 1,114 taxed lines                      ->  equal lines merged; if still over 750, the last ones folded
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use pos_model::{Line, LineKind, Money};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::document::{DESCRIPTION_LIMIT, PurchaseFormLine, ReceiptLines, SalesLine, Source};
use crate::draft::Draft;
use crate::{ControlAccount, ItemRole, Period, PlanFault};

/// Lines that QuickBooks takes on a form with sales tax, and on one without (docs/quickbooks.md).
const TAXED_LIMIT: usize = 750;
const UNTAXED_LIMIT: usize = 10_000;

/// Bytes of text on a document's lines: a bound of ours, as none of QuickBooks' is known. Its answer repeats the document,
/// and with 10,000 lines and every letter escaped it stays below the 8 MiB that a client reads.
const TEXT_LIMIT: usize = 1024 * 1024;

/// What certificates are called where they are sold.
pub(crate) const GIFTVOUCHER: &str = "GIFTVOUCHER";

const DISCOUNT: &str = "Gift certificate discount";

/// The lines sold, or the lines returned, of one transaction; amounts are positive on either side.
#[derive(Default)]
pub(crate) struct Side<'a> {
    pub(crate) lines: Vec<SalesLine<'a>>,
    shipping: Option<SalesLine<'a>>,
    pub(crate) tax: Money,
    /// The QuickBooks tax code of all taxed lines; none for the company's default.
    pub(crate) tax_code: Option<&'a str>,
    /// The POS's tax codes of its taxed lines, each once.
    codes: Vec<&'a str>,
}

impl<'a> Side<'a> {
    /// One side of a receipt, with all that a form needs; empty when it has no lines.
    pub(crate) fn of(draft: &mut Draft<'a>, lines: &'a [Line], is_returned: bool, is_summed: bool) -> Self {
        let mut side = Self::lines_of(draft, lines, is_returned);
        if is_summed {
            side.sum_goods(draft.period);
        }
        side.complete(draft);
        side
    }

    /// The lines of one side of a receipt in the till's order, judged and as they are.
    pub(crate) fn lines_of(draft: &mut Draft<'a>, lines: &'a [Line], is_returned: bool) -> Self {
        let mut side = Self::default();
        let is_mine =
            |line: &Line| line.is_returned() == is_returned && line.kind() != LineKind::CashRounding;
        let mine = || lines.iter().enumerate().filter(|(_, line)| is_mine(line));
        side.tax = mine().map(|(_, line)| line.tax().abs()).sum();
        let taxed = mine().filter(|(_, line)| !line.tax().is_zero());
        let taxed: Money = taxed.map(|(_, line)| line.amount().abs()).sum();
        for (index, line) in mine() {
            if !line.tax().is_zero() && !side.codes.contains(&line.tax_code()) {
                side.codes.push(line.tax_code());
            }
            let is_taxable = side.is_taxable(draft, index, line) && !was_left_untaxed(line, side.tax, taxed);
            let item = draft.period.item_of(line.code());
            side.push(index as u32, line, item, is_taxable); // line numbers are far below four billion
        }
        side
    }

    /// Adds what a form needs beside its lines: the tax code of all of them, and a line that stands in.
    pub(crate) fn complete(&mut self, draft: &mut Draft<'a>) {
        if !self.tax.is_zero() {
            match draft.period.document_tax_code(draft.store().code(), self.codes.iter().copied()) {
                Ok(code) => self.tax_code = code,
                Err(codes) => draft.fault(|event| PlanFault::TaxCodesApart { event, codes }),
            }
        }
        self.stand_in();
    }

    /// F-07: one line for each account and tax code in the place of the goods' lines.
    fn sum_goods(&mut self, period: &Period) {
        let (goods, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.lines).into_iter().partition(SalesLine::is_goods);
        let mut sums: BTreeMap<(ControlAccount, bool), SalesLine<'a>> = BTreeMap::new();
        for line in goods {
            match sums.entry(kind_of(&line, period)) {
                Entry::Occupied(mut sum) => sum.get_mut().add_up(line),
                Entry::Vacant(entry) => {
                    let mut sum = SalesLine { item: ItemRole::Goods, quantity: None, ..line };
                    // The generic item points to A-01 alone.
                    if entry.key().0 != ControlAccount::Sales {
                        sum.item = line.item;
                    }
                    entry.insert(sum);
                }
            }
        }
        for (_, mut line) in sums {
            let lines = line.source.lines().len();
            line.description = Some(counted(lines, "line").into());
            self.lines.push(line);
        }
        self.lines.extend(others);
    }

    /// F-07: adds the same side of a receipt to that of a summary.
    pub(crate) fn add_receipt(&mut self, receipt: Self, transaction: u64, period: &Period) {
        self.tax += receipt.tax;
        for code in receipt.codes {
            if !self.codes.contains(&code) {
                self.codes.push(code);
            }
        }
        for mut line in receipt.lines {
            line.source = Source::Receipts(vec![ReceiptLines { transaction, lines: line.source.lines() }]);
            line.quantity = None;
            if line.is_goods() && period.account_of(line.item) == ControlAccount::Sales {
                line.item = ItemRole::Goods;
            }
            let is_same = |other: &&mut SalesLine<'a>| {
                kind_of(other, period) == kind_of(&line, period)
                    && (line.is_goods() && other.is_goods() || other.item == line.item)
            };
            match self.lines.iter_mut().find(is_same) {
                Some(sum) => sum.add_up(line),
                None => self.lines.push(line),
            }
        }
        if let Some(mut shipping) = receipt.shipping {
            let lines = shipping.source.lines();
            shipping.source = Source::Receipts(vec![ReceiptLines { transaction, lines }]);
            match &mut self.shipping {
                Some(sum) => {
                    sum.is_taxable |= shipping.is_taxable;
                    sum.add_up(shipping);
                }
                None => self.shipping = Some(shipping),
            }
        }
    }

    /// F-07: what the lines of a summary are called, once all receipts are in it, and their order: goods by account, taxed ones
    /// first, then certificates, then cash rounding, unless it came to nothing.
    pub(crate) fn name_sums(&mut self, period: &Period) {
        self.lines.retain(|line| line.item != ItemRole::Rounding || !line.amount.is_zero());
        for line in self.lines.iter_mut().filter(|line| line.is_goods()) {
            let Source::Receipts(receipts) = &line.source else { continue };
            line.description = Some(counted(receipts.len(), "receipt").into());
        }
        self.lines.sort_by_key(|line| {
            let goods = line.is_goods().then(|| kind_of(line, period));
            (goods.is_none(), goods, line.item == ItemRole::Rounding, line.item)
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.shipping.is_none()
    }

    /// Lines, shipping and tax.
    pub(crate) fn total(&self) -> Money {
        self.lines.iter().chain(&self.shipping).map(|line| line.amount).sum::<Money>() + self.tax
    }

    /// Adds a line that is not goods: a certificate, a deposit, cash rounding.
    pub(crate) fn add(
        &mut self,
        item: ItemRole,
        description: impl Into<Cow<'a, str>>,
        amount: Money,
        source: Source,
    ) {
        let description = Some(description.into());
        self.lines.push(SalesLine { item, description, amount, quantity: None, is_taxable: false, source });
    }

    /// The finished lines, shipping last, no more of them than QuickBooks takes.
    pub(crate) fn into_lines(self, draft: &mut Draft<'a>) -> Vec<SalesLine<'a>> {
        let limit = if self.tax.is_zero() { UNTAXED_LIMIT } else { TAXED_LIMIT };
        let mut lines = self.lines;
        lines.extend(self.shipping);
        let lines = if lines.len() > limit { fit(lines, limit, draft.period) } else { lines };
        check_size(draft, limit, lines.iter().map(|line| line.description.as_deref().unwrap_or_default()));
        lines
    }

    /// Whether the code is mapped taxable and the form has tax at all.
    fn is_taxable(&self, draft: &mut Draft<'a>, index: usize, line: &Line) -> bool {
        let code = line.tax_code();
        match draft.period.is_taxable(code) {
            Some(is_taxable) => {
                if !is_taxable && !line.tax().is_zero() {
                    let (line, code, tax) = (index + 1, code.to_owned(), line.tax());
                    draft.fault(|event| PlanFault::TaxOnUntaxedCode { event, line, code, tax });
                }
                is_taxable && !self.tax.is_zero()
            }
            None => {
                let (line, code) = (index + 1, code.to_owned());
                draft.fault(|event| PlanFault::UnknownTaxCode { event, line, code });
                false
            }
        }
    }

    fn push(&mut self, index: u32, line: &'a Line, item: ItemRole, is_taxable: bool) {
        let amount = line.amount().abs();
        match line.kind() {
            LineKind::Item => self.lines.push(SalesLine {
                item,
                description: line.description().or(line.code()).map(Cow::Borrowed),
                amount,
                quantity: quantity(line),
                is_taxable,
                source: Source::Line(index),
            }),
            LineKind::GiftCertificate => {
                // What is owed is what the certificate is good for; what was not paid of it is less income (D-06).
                let face_value = line.face_value().abs();
                self.add(ItemRole::Voucher, GIFTVOUCHER, face_value, Source::Line(index));
                if face_value > amount {
                    let discount = amount - face_value;
                    self.add(ItemRole::CertificateDiscount, DISCOUNT, discount, Source::Line(index));
                }
            }
            // Placed when both sides are known (D-25).
            LineKind::CashRounding => {}
            LineKind::Shipping => match &mut self.shipping {
                Some(shipping) => {
                    shipping.amount += amount;
                    shipping.is_taxable |= is_taxable;
                    shipping.source.join(&Source::Line(index));
                }
                None => {
                    self.shipping = Some(SalesLine {
                        item: ItemRole::Shipping,
                        description: None,
                        amount,
                        quantity: None,
                        is_taxable,
                        source: Source::Line(index),
                    });
                }
            },
        }
    }

    /// A form needs an item line, and tax needs a taxable one: a line of 0.00 stands in (D-03, D-21).
    fn stand_in(&mut self) {
        let Some(shipping) = &self.shipping else { return };
        let is_taxable = shipping.is_taxable && !self.lines.iter().any(|line| line.is_taxable);
        let description = if self.lines.is_empty() {
            "No items"
        } else if is_taxable {
            "Tax on shipping"
        } else {
            return;
        };
        self.lines.push(SalesLine {
            item: ItemRole::Goods,
            description: Some(Cow::Borrowed(description)),
            amount: Money::ZERO,
            quantity: None,
            is_taxable,
            source: Source::Event,
        });
    }
}

/// What goods are added up by: the account, and whether they are untaxed.
fn kind_of(line: &SalesLine<'_>, period: &Period) -> (ControlAccount, bool) {
    (period.account_of(line.item), !line.is_taxable)
}

/// `1 line`, `12 lines`.
fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// D-21: whether the till left a line out that the form's own rate, `tax` on the `taxed` lines, would tax by a cent or more: a
/// holiday, a price below a limit. Such a line is no taxable sale, whatever its code.
fn was_left_untaxed(line: &Line, tax: Money, taxed: Money) -> bool {
    let (amount, tax, taxed) = (line.amount().abs().cents(), tax.cents(), taxed.cents());
    line.tax().is_zero() && amount > 0 && i128::from(amount) * i128::from(tax) >= i128::from(taxed)
}

/// A purchase order's lines are untaxed: its tax stands on lines of its own.
pub(crate) fn check_purchase(draft: &mut Draft<'_>, lines: &[PurchaseFormLine]) {
    check_size(draft, UNTAXED_LIMIT, lines.iter().map(|line| line.description.as_str()));
}

/// D-23: notes what QuickBooks would not take.
fn check_size<'t>(draft: &mut Draft<'_>, limit: usize, texts: impl ExactSizeIterator<Item = &'t str>) {
    let lines = texts.len();
    if lines > limit {
        draft.fault(|event| PlanFault::TooManyLines { event, lines, limit });
    }
    let bytes: usize = texts.map(|text| text.len().min(4 * DESCRIPTION_LIMIT)).sum();
    if bytes > TEXT_LIMIT {
        draft.fault(|event| PlanFault::DocumentTooLarge { event, bytes, limit: TEXT_LIMIT });
    }
}

/// D-22: quantity and unit price, only when their product rounds to the amount.
fn quantity(line: &Line) -> Option<(Decimal, Decimal)> {
    let (quantity, price) = (line.quantity().value().abs(), line.unit_price()?.value());
    foots(quantity, price, line.amount().abs()).then_some((quantity, price))
}

fn foots(quantity: Decimal, price: Decimal, amount: Money) -> bool {
    let product = quantity.checked_mul(price);
    product.is_some_and(|product| {
        product.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero) == amount.to_decimal()
    })
}

impl Source {
    /// This source and another in one.
    fn join(&mut self, other: &Source) {
        if let (Source::Receipts(mine), Source::Receipts(others)) = (&mut *self, other) {
            // Receipts are added one after the other.
            for other in others {
                match mine.last_mut().filter(|mine| mine.transaction == other.transaction) {
                    Some(mine) => mine.lines.extend(&other.lines),
                    None => mine.push(other.clone()),
                }
            }
            return;
        }
        let mut lines = match std::mem::replace(self, Source::Event) {
            Source::Lines(lines) => lines,
            one => one.lines(),
        };
        match other {
            Source::Line(line) => lines.push(*line),
            other => lines.extend(other.lines()),
        }
        *self = Source::Lines(lines);
    }

    fn lines(&self) -> Vec<u32> {
        match self {
            Source::Line(line) => vec![*line],
            Source::Lines(lines) => lines.clone(),
            // Of one receipt; summaries are joined above.
            Source::Receipts(_) | Source::Tenders | Source::Event => Vec::new(),
        }
    }
}

/// D-23: merges equal goods lines; if still too many, folds the last goods lines into one line per account and TAX or NON.
/// The total does not change.
fn fit<'a>(lines: Vec<SalesLine<'a>>, limit: usize, period: &Period) -> Vec<SalesLine<'a>> {
    let mut merged: Vec<SalesLine<'a>> = Vec::with_capacity(lines.len());
    let mut seen = BTreeMap::new();
    for line in lines {
        let price = line.quantity.map(|(_, price)| price.normalize());
        let key = (line.item, line.description.clone(), price, line.is_taxable);
        match seen.get(&key).map(|&index: &usize| &mut merged[index]) {
            // Only goods are ever seen.
            Some(first) => first.merge(line),
            _ => {
                if line.is_goods() {
                    seen.insert(key, merged.len());
                }
                merged.push(line);
            }
        }
    }
    fold(merged, limit, period)
}

impl SalesLine<'_> {
    /// Whether it is goods of the event, and no line of 0.00 that stands in.
    fn is_goods(&self) -> bool {
        matches!(self.item, ItemRole::Goods | ItemRole::Mapped(_)) && self.source != Source::Event
    }

    /// Adds another line's amount, and where it comes from; the item is the first of the mapping's that are added up.
    fn add_up(&mut self, other: Self) {
        self.item = self.item.min(other.item);
        self.amount += other.amount;
        self.source.join(&other.source);
    }

    fn merge(&mut self, other: Self) {
        self.amount += other.amount;
        self.quantity = match (self.quantity, other.quantity) {
            (Some((mine, price)), Some((theirs, _))) => Some((mine + theirs, price)),
            _ => None,
        }
        .filter(|&(quantity, price)| foots(quantity, price, self.amount));
        self.source.join(&other.source);
    }
}

/// One pass from the last line to the first; it folds for as long as there are too many.
fn fold<'a>(lines: Vec<SalesLine<'a>>, limit: usize, period: &Period) -> Vec<SalesLine<'a>> {
    let mut folded: BTreeMap<(ControlAccount, bool), (SalesLine<'a>, usize)> = BTreeMap::new();
    let mut unfolded = lines.len();
    let mut kept = Vec::with_capacity(limit);
    for line in lines.into_iter().rev() {
        if unfolded + folded.len() <= limit || !line.is_goods() {
            kept.push(line);
            continue;
        }
        unfolded -= 1;
        let lines_in_it = line.source.lines().len().max(1);
        match folded.entry((period.account_of(line.item), line.is_taxable)) {
            Entry::Occupied(mut entry) => {
                let (sum, count) = entry.get_mut();
                *count += lines_in_it;
                sum.amount += line.amount;
                sum.source.join(&line.source);
            }
            Entry::Vacant(entry) => {
                entry.insert((SalesLine { quantity: None, ..line }, lines_in_it));
            }
        }
    }
    let mut lines = kept;
    lines.reverse();
    let end_of_goods = lines.iter().rposition(SalesLine::is_goods).map_or(0, |last| last + 1);
    let further = folded.into_values().map(|(line, count)| SalesLine {
        description: Some(Cow::Owned(format!("{count} further lines"))),
        ..line
    });
    lines.splice(end_of_goods..end_of_goods, further.collect::<Vec<_>>());
    lines
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn goods(description: String, cents: i64, is_taxable: bool, index: u32) -> SalesLine<'static> {
        SalesLine {
            item: ItemRole::Goods,
            description: Some(Cow::Owned(description)),
            amount: Money::from_cents(cents).unwrap(),
            quantity: Some((Decimal::ONE, Decimal::new(cents, 2))),
            is_taxable,
            source: Source::Line(index),
        }
    }

    fn total(lines: &[SalesLine<'_>]) -> Money {
        lines.iter().map(|line| line.amount).sum()
    }

    #[test]
    fn d_23_merges_equal_lines_first() {
        let lines: Vec<_> = (0..1000).map(|i| goods(format!("item {}", i % 600), 150, true, i)).collect();
        let before = total(&lines);
        let lines = fit(lines, 750, &Period::default());
        assert_eq!(lines.len(), 600);
        assert_eq!(total(&lines), before);
        assert_eq!(lines[0].quantity, Some((Decimal::TWO, Decimal::new(150, 2))));
        assert_eq!(lines[0].source, Source::Lines(vec![0, 600]));
        assert_eq!(lines[1].source, Source::Lines(vec![1, 601]));
    }

    #[test]
    fn d_23_a_taxed_line_and_an_untaxed_one_stay_apart() {
        let lines: Vec<_> = (0..800).map(|i| goods("bell".to_owned(), 150, i % 4 == 0, i)).collect();
        let lines = fit(lines, 750, &Period::default());
        let found: Vec<_> = lines.iter().map(|line| (line.is_taxable, line.amount.to_string())).collect();
        assert_eq!(found, [(true, "300.00".to_owned()), (false, "900.00".to_owned())]);
    }

    #[test]
    fn d_23_lines_of_two_prices_stay_apart() {
        let lines = (0..800).map(|i| goods("bell".to_owned(), 150 + i64::from(i % 2), true, i)).collect();
        let lines = fit(lines, 750, &Period::default());
        let found: Vec<_> =
            lines.iter().map(|line| (line.quantity.unwrap(), line.amount.to_string())).collect();
        let (many, cents) = (Decimal::from(400), |cents| Decimal::new(cents, 2));
        assert_eq!(
            found,
            [((many, cents(150)), "600.00".to_owned()), ((many, cents(151)), "604.00".to_owned())]
        );
    }

    #[test]
    fn d_23_folds_the_last_goods_lines_and_never_a_certificate() {
        let mut lines: Vec<_> =
            (0..900).map(|i| goods(format!("item {i}"), 100 + i64::from(i), i % 2 == 0, i)).collect();
        let voucher = SalesLine { item: ItemRole::Voucher, ..goods(GIFTVOUCHER.to_owned(), 500, false, 900) };
        lines.push(voucher.clone());
        let before = total(&lines);
        let lines = fit(lines, 750, &Period::default());
        assert_eq!(lines.len(), 750);
        assert_eq!(total(&lines), before);
        assert!(lines.contains(&voucher));
        let descriptions: Vec<_> = lines[747..].iter().map(|l| l.description.as_deref().unwrap()).collect();
        assert_eq!(descriptions, ["77 further lines", "76 further lines", GIFTVOUCHER], "untaxed, taxed");
        assert!(lines[747..749].iter().all(|line| line.quantity.is_none()), "a sum has no unit price");
        assert!(matches!(&lines[747].source, Source::Lines(rows) if rows.len() == 77 && rows[0] == 899));
    }

    #[test]
    fn d_23_folds_goods_before_ever_so_many_certificates() {
        let voucher =
            |i| SalesLine { item: ItemRole::Voucher, ..goods(GIFTVOUCHER.to_owned(), 500, false, i) };
        let items = (0..60_000).map(|i| goods(format!("item {i}"), 100, true, i));
        let lines: Vec<_> = items.chain((60_000..120_000).map(voucher)).collect();
        let before = total(&lines);
        let lines = fit(lines, 750, &Period::default());
        assert_eq!(lines.len(), 60_001, "certificates are never folded");
        assert_eq!(total(&lines), before);
        assert_eq!(lines[0].description.as_deref(), Some("60000 further lines"));
        assert_eq!(lines[1].source, Source::Line(60_000), "in the till's order");
        assert_eq!(lines[60_000].source, Source::Line(119_999));
    }

    #[test]
    fn d_22_sends_quantity_and_price_only_when_they_foot() {
        let d = |text: &str| text.parse::<Decimal>().unwrap();
        let m = |text: &str| Money::exact(d(text)).unwrap();
        assert!(foots(d("128.350"), d("14.50"), m("1861.08")));
        assert!(!foots(d("128.350"), d("14.50"), m("1861.07")));
        assert!(!foots(d("3"), d("33.33"), m("100.00")));
        assert!(foots(d("3"), d("33.333333"), m("100.00")));
        assert!(!foots(Decimal::MAX, d("10"), m("1.00")));
    }

    /// Where rounding to even would say something else: 1861.085 and 0.125.
    #[test]
    fn d_22_half_a_cent_is_rounded_away_from_zero() {
        let d = |text: &str| text.parse::<Decimal>().unwrap();
        let m = |text: &str| Money::exact(d(text)).unwrap();
        for (quantity, price, amount, other) in
            [("372.217", "5", "1861.09", "1861.08"), ("0.5", "0.25", "0.13", "0.12")]
        {
            assert!(foots(d(quantity), d(price), m(amount)), "{quantity} x {price}");
            assert!(!foots(d(quantity), d(price), m(other)), "{quantity} x {price}");
        }
    }
}
