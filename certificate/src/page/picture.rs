//! A picture of a control account: the till beside QuickBooks, day by day, and every gap drawn large enough to be seen.
//! Coordinates are tenths of a unit, whole numbers.

use std::fmt::Write;

use chrono::Datelike;
use exchange::certificate::{AccountFigures, DayFigures};
use maud::{Markup, PreEscaped, html};
use pos_model::Money;

use crate::text;

/// The area of the bars: from 4.0 to 296.0 across, from 8.0 to 92.0 down.
const LEFT: i64 = 60;
const WIDTH: i64 = 2880;
const TOP: i64 = 80;
const HEIGHT: i64 = 840;
/// A gap is drawn at least this high.
const GAP: i64 = 60;

/// Draws an account.
pub(super) fn picture(account: &AccountFigures) -> Markup {
    let days = &account.days;
    let scale = Scale::of(days);
    let slot = WIDTH / i64::try_from(days.len().max(1)).unwrap_or(WIDTH);
    let bar = (slot * 31 / 100).clamp(2, 150);
    let (mut till, mut quickbooks, mut gaps) = (String::new(), String::new(), String::new());
    let mut labels = html! {};
    let is_gap = days.iter().any(|day| !day.figures.difference().is_zero());
    for (place, day) in (0_i64..).zip(days) {
        let x = LEFT + place * slot + (slot - 2 * bar - bar / 8) / 2;
        let figures = &day.figures;
        scale.bar(&mut till, x, bar, figures.till);
        scale.bar(&mut quickbooks, x + bar + bar / 8, bar, figures.general_ledger);
        if figures.difference().is_zero() {
            continue;
        }
        scale.gap(&mut gaps, x - bar / 8, 2 * bar + 3 * bar / 8, figures.till, figures.general_ledger);
        if days.len() <= 8 {
            let middle = tenths(LEFT + place * slot + slot / 2);
            labels = html! { (labels) text.gx x=(middle) y="127" { (text::sided(figures.difference())) } };
        }
    }
    let axis = tenths(scale.y(Money::ZERO));
    html! {
        svg viewBox=(if is_gap && days.len() <= 8 { "0 0 300 132" } else { "0 0 300 118" }) role="img" aria-label=(words(account)) {
            path.t d=(till) {}
            path.k d=(quickbooks) {}
            @if is_gap { path.g d=(gaps) {} }
            path.ax d={ "M4 " (axis) "H296" } {}
            (names(days, slot))
            (labels)
        }
    }
}

/// The days' names beneath: all of few, the first of each month of many.
fn names(days: &[DayFigures], slot: i64) -> Markup {
    let mut texts = String::new();
    let every = days.len().div_ceil(8).max(1);
    for (place, day) in days.iter().enumerate() {
        let name = match days.len() {
            0..=8 => day.date.format("%a").to_string(),
            9..=62 if place % every == 0 => day.date.format("%-d %b").to_string(),
            9..=62 => continue,
            _ => {
                let is_new = place == 0 || days[place - 1].date.month() != day.date.month();
                if !is_new || day.date.month() % 2 == 0 {
                    continue;
                }
                day.date.format("%b").to_string()
            }
        };
        let x = LEFT + i64::try_from(place).unwrap_or(0) * slot + slot / 2;
        let _ = write!(texts, "<text x=\"{}\" y=\"112\">{name}</text>", tenths(x));
    }
    html! { (PreEscaped(texts)) }
}

/// The picture in words.
fn words(account: &AccountFigures) -> String {
    let name = text::account(&account.name);
    let gaps: Vec<&DayFigures> =
        account.days.iter().filter(|day| !day.figures.difference().is_zero()).collect();
    if gaps.is_empty() {
        return format!("{name}: every day equal");
    }
    let said = gaps.iter().take(5).map(|day| {
        format!(
            "{} till {}, QuickBooks {}",
            text::short_date(day.date),
            text::sided(day.figures.till),
            text::sided(day.figures.general_ledger)
        )
    });
    let said = said.collect::<Vec<_>>().join("; ");
    match gaps.len().saturating_sub(5) {
        0 => format!("{name}: {said}"),
        more => format!("{name}: {said}; and {more} more days"),
    }
}

struct Scale {
    high: i128,
    low: i128,
}

impl Scale {
    /// A scale that holds every figure and 0.00. Credits point up where an account has credits alone.
    fn of(days: &[DayFigures]) -> Self {
        let figures = days.iter().flat_map(|day| [day.figures.till, day.figures.general_ledger]);
        let cents: Vec<i128> = figures.map(|figure| i128::from(figure.cents())).collect();
        let high = cents.iter().copied().max().unwrap_or(0).max(0);
        let low = cents.iter().copied().min().unwrap_or(0).min(0);
        Self { high, low }
    }

    /// Whether the picture is turned over: an account with credits alone grows upward too.
    fn is_turned(&self) -> bool {
        self.high == 0 && self.low < 0
    }

    /// Where a figure stands, in tenths from the top.
    fn y(&self, figure: Money) -> i64 {
        let (cents, high, low) = match self.is_turned() {
            true => (-i128::from(figure.cents()), -self.low, -self.high),
            false => (i128::from(figure.cents()), self.high, self.low),
        };
        let all = (high - low).max(1);
        // A picture without figures has its axis at the foot.
        let down = if high == low { i128::from(HEIGHT) } else { (high - cents) * i128::from(HEIGHT) / all };
        TOP + i64::try_from(down).unwrap_or(HEIGHT)
    }

    fn bar(&self, path: &mut String, x: i64, width: i64, figure: Money) {
        if figure.is_zero() {
            return;
        }
        let (axis, y) = (self.y(Money::ZERO), self.y(figure));
        let _ = write!(
            path,
            "M{} {}h{}v{}h-{}z",
            tenths(x),
            tenths(axis),
            tenths(width),
            tenths(y - axis),
            tenths(width)
        );
    }

    fn gap(&self, path: &mut String, x: i64, width: i64, till: Money, quickbooks: Money) {
        let (one, other) = (self.y(till), self.y(quickbooks));
        let (top, height) = (one.min(other), (one - other).abs());
        let (top, height) = if height < GAP { (top - (GAP - height) / 2, GAP) } else { (top, height) };
        let _ = write!(
            path,
            "M{} {}h{}v{}h-{}z",
            tenths(x),
            tenths(top),
            tenths(width),
            tenths(height),
            tenths(width)
        );
    }
}

/// `12.5` of 125.
fn tenths(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    let tenths = tenths.unsigned_abs();
    match tenths % 10 {
        0 => format!("{sign}{}", tenths / 10),
        rest => format!("{sign}{}.{rest}", tenths / 10),
    }
}
