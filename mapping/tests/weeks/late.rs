//! Late edits of a random batch, and what has to hold of their corrections.

use std::num::NonZeroU32;

use mapping::{Company, Correction, plan};
use pos_model::{Batch, raw};

use crate::late_edits::{Moved, checked};

/// The batch as somebody left it afterwards: events gone, paid otherwise, with more or less on them, on another day, or of nobody.
pub(crate) fn edited(file: &raw::PosFile, batch: &raw::Batch, edit: usize) -> raw::PosFile {
    let mut batch = raw::Batch { z_totals: None, ..batch.clone() };
    let (every, kind) = (1 + edit % 3, edit / 3 % 5);
    let mut place = 0;
    let mut is_hit = || {
        place += 1;
        place % every == 0
    };
    match kind {
        0 => {
            batch.transactions.retain(|_| !is_hit());
            batch.deposits.retain(|_| !is_hit());
            batch.account_payments.retain(|_| !is_hit());
            batch.pay_ins_and_outs.retain(|_| !is_hit());
        }
        1 => {
            let money: Vec<u64> = (file.tender_types.iter())
                .filter(|of| matches!(of.kind, raw::TenderKind::Cash | raw::TenderKind::Card))
                .map(|of| of.id)
                .collect();
            let tenders = (batch.transactions.iter_mut().map(|of| &mut of.tenders))
                .chain(batch.deposits.iter_mut().map(|of| &mut of.tenders))
                .chain(batch.account_payments.iter_mut().map(|of| &mut of.tenders));
            for tender in tenders.flatten().filter(|of| money.contains(&of.tender_type)) {
                tender.tender_type = money[(tender.tender_type as usize + edit) % money.len()];
            }
        }
        2 => {
            for transaction in batch.transactions.iter_mut().filter(|_| is_hit()) {
                transaction.lines.extend(transaction.lines.clone());
                transaction.tenders.extend(transaction.tenders.clone());
            }
        }
        3 => {
            let later = chrono::TimeDelta::days(1);
            batch.transactions.iter_mut().filter(|_| is_hit()).for_each(|of| of.occurred_at += later);
            batch.deposits.iter_mut().for_each(|of| of.occurred_at += later);
            batch.pay_ins_and_outs.iter_mut().for_each(|of| of.occurred_at += later);
        }
        _ => batch.transactions.iter_mut().filter(|_| is_hit()).for_each(|of| of.customer = None),
    }
    raw::PosFile { batches: vec![batch], purchase_orders: Vec::new(), ..file.clone() }
}

/// There, and back again.
pub(crate) fn check(before: &Batch, after: &Batch, company: &Company) {
    let first = NonZeroU32::MIN;
    let there = Correction::between(before, after, first, None, company);
    let back = Correction::between(after, before, first.saturating_add(2), None, company);
    assert!(Correction::between(before, before, first, None, company).is_empty());
    let come_to = |of: &[Correction]| {
        let moved = of.iter().map(|of| checked(&plan(of, company).unwrap(), company));
        moved.fold(Moved::default(), Moved::and)
    };
    let of_batch = |batch: &Batch| checked(&plan(batch, company).unwrap(), company);
    assert_eq!(of_batch(before).and(come_to(&there)).without_days(), of_batch(after).without_days());
    assert!(come_to(&there).and(come_to(&back)).without_days().is_empty());
}
