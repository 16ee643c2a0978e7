//! Random histories of two sides come to rest: whatever people edit, merge, delete and decide on either side, between exchanges over
//! everything and over changes alone, a quiet exchange leaves nothing to do, and both sides then say the same.

use std::collections::BTreeSet;

use mapping::CustomerKey;
use mapping::customers::{
    Activity, CustomerPlan, Fate, FieldValue, Fields, LinkState, Notice, PosRecord, Preference, Profile,
    RecordId, Settings, Side, is_same, page,
};
use pos_model::{CustomerField, Money};
use proptest::prelude::*;
use qb_model::Id;

use super::world::{World, next_token, record, shared, touch};

/// What happens between two looks.
#[derive(Debug, Clone)]
enum Act {
    NewAtPos { name: u8, contact: u8, flag: bool },
    NewInQuickBooks { name: u8, contact: u8 },
    EditAtPos { who: u8, field: u8, value: u8 },
    EditInQuickBooks { who: u8, field: u8, value: u8 },
    MergeAtPos { from: u8, into: u8 },
    MergeInQuickBooks { from: u8, into: u8, known: bool },
    DeleteAtPos { who: u8 },
    DeleteInQuickBooks { who: u8 },
    Flag { who: u8 },
    Owe { who: u8, cents: u8 },
    Charge { who: u8, charged: bool },
    Decide { proposal: u8, same: bool },
    Win { conflict: u8, pos: bool },
    Exchange { whole: bool },
}

fn act() -> impl Strategy<Value = Act> {
    let n = || 0..12_u8;
    prop_oneof![
        3 => (n(), 0..4_u8, any::<bool>()).prop_map(|(name, contact, flag)| Act::NewAtPos { name, contact, flag }),
        3 => (n(), 0..4_u8).prop_map(|(name, contact)| Act::NewInQuickBooks { name, contact }),
        6 => (n(), 0..8_u8, 0..5_u8).prop_map(|(who, field, value)| Act::EditAtPos { who, field, value }),
        6 => (n(), 0..9_u8, 0..5_u8).prop_map(|(who, field, value)| Act::EditInQuickBooks { who, field, value }),
        2 => (n(), n()).prop_map(|(from, into)| Act::MergeAtPos { from, into }),
        2 => (n(), n(), any::<bool>()).prop_map(|(from, into, known)| Act::MergeInQuickBooks { from, into, known }),
        1 => n().prop_map(|who| Act::DeleteAtPos { who }),
        1 => n().prop_map(|who| Act::DeleteInQuickBooks { who }),
        2 => n().prop_map(|who| Act::Flag { who }),
        1 => (n(), 0..3_u8).prop_map(|(who, cents)| Act::Owe { who, cents }),
        1 => (n(), any::<bool>()).prop_map(|(who, charged)| Act::Charge { who, charged }),
        1 => (n(), any::<bool>()).prop_map(|(proposal, same)| Act::Decide { proposal, same }),
        1 => (n(), any::<bool>()).prop_map(|(conflict, pos)| Act::Win { conflict, pos }),
        5 => any::<bool>().prop_map(|whole| Act::Exchange { whole }),
    ]
}

const NAMES: [(&str, &str); 6] = [
    ("Sara", "Edward"),
    ("Sara", "Edwards"),
    ("Ken", "Moore"),
    ("Ann", "Bell"),
    ("Bell", "Ann"),
    ("José", "O'Brien"),
];
const CONTACTS: [&str; 4] = ["", "a@example.com", "b@example.com", "c@example.com"];
const TEXTS: [&str; 5] = ["", "617 555 0101", "617 555 0102 ext 7", "  617 555 0101 ", "no @ dot"];

/// The fields that people edit; the last one in QuickBooks only.
fn field(number: u8) -> CustomerField {
    match number {
        0 => CustomerField::Phone,
        1 => CustomerField::Email,
        2 => CustomerField::LastName,
        3 => CustomerField::Company,
        4 => CustomerField::Type,
        5 => CustomerField::Custom("Birthday".to_owned()),
        6 => CustomerField::Custom("Size".to_owned()),
        7 => CustomerField::State,
        _ => CustomerField::TaxExempt,
    }
}

fn value(field: &CustomerField, number: u8) -> Option<FieldValue> {
    match field {
        CustomerField::State | CustomerField::TaxExempt => Some(FieldValue::Flag(number.is_multiple_of(2))),
        CustomerField::Email => text(CONTACTS[usize::from(number) % 4]),
        CustomerField::Type => text(["", "Retail", "Wholesale", "Club", "Retail"][usize::from(number)]),
        _ => text(TEXTS[usize::from(number)]),
    }
}

fn text(text: &str) -> Option<FieldValue> {
    (!text.is_empty()).then(|| FieldValue::Text(text.to_owned()))
}

fn fields(name: u8, contact: u8) -> Fields {
    let (first, last) = NAMES[usize::from(name) % NAMES.len()];
    let mut fields = Fields::default();
    fields.set_text(CustomerField::FirstName, Some(first));
    fields.set_text(CustomerField::LastName, Some(last));
    fields.set_text(CustomerField::Email, Some(CONTACTS[usize::from(contact)]));
    fields.set(CustomerField::State, Some(FieldValue::Flag(true)));
    fields.set(CustomerField::TaxExempt, Some(FieldValue::Flag(false)));
    fields
}

/// The n-th of a map's keys, around and around.
fn nth<T: Clone>(items: impl Iterator<Item = T> + Clone, n: u8) -> Option<T> {
    let count = items.clone().count();
    (count > 0).then(|| items.into_iter().nth(usize::from(n) % count)).flatten()
}

impl World {
    fn act(&mut self, act: &Act) {
        match act {
            Act::NewAtPos { name, contact, flag } => {
                let id = self.next_id();
                let key = CustomerKey { retailer: "1651".to_owned(), id: format!("c-{id}") };
                let ours = PosRecord {
                    key: key.clone(),
                    account_number: id.to_string(),
                    fields: fields(*name, *contact),
                    merged_into: None,
                    is_deleted: false,
                    use_with_quickbooks: *flag,
                    credit_limit: None,
                    balance: None,
                    quickbooks_ids: Vec::new(),
                    stamp: Some("0".to_owned()),
                    changed_at: Default::default(),
                };
                self.pos.insert(key, ours);
            }
            Act::NewInQuickBooks { name, contact } => {
                let id = self.next_id();
                let (first, last) = NAMES[usize::from(*name) % NAMES.len()];
                let plain = format!("{first} {last}");
                let name_there = if self.is_free(&plain) { plain } else { format!("{plain} no. {id}") };
                let id: RecordId = Id::new(id.to_string()).unwrap();
                self.quickbooks.insert(id.clone(), record(id, &name_there, fields(*name, *contact), None));
            }
            Act::EditAtPos { who, field: number, value: to } => {
                let Some(key) = nth(self.pos.keys(), *who).cloned() else { return };
                let ours = self.pos.get_mut(&key).unwrap();
                if ours.merged_into.is_some() || ours.is_deleted {
                    return;
                }
                ours.fields.set(field(*number), value(&field(*number), *to));
                touch(ours);
                self.changed.0.insert(key);
            }
            Act::EditInQuickBooks { who, field: number, value: to } => {
                let Some(id) = nth(self.quickbooks.keys(), *who).cloned() else { return };
                let theirs = self.quickbooks.get_mut(&id).unwrap();
                let field = field(*number);
                let to = value(&field, *to);
                // QuickBooks has its own types only.
                if field == CustomerField::Type && to == text("Club") {
                    return;
                }
                theirs.fields.set(field, to);
                next_token(theirs);
                self.changed.1.insert(id);
            }
            Act::MergeAtPos { from, into } => {
                let (Some(from), Some(into)) =
                    (nth(self.pos.keys(), *from).cloned(), nth(self.pos.keys(), *into).cloned())
                else {
                    return;
                };
                let is_live =
                    |key: &CustomerKey| self.pos[key].merged_into.is_none() && !self.pos[key].is_deleted;
                // Stores may report merges in a ring; one store alone does not merge a customer into itself.
                if from == into || !is_live(&from) || self.pos[&into].is_deleted {
                    return;
                }
                let ours = self.pos.get_mut(&from).unwrap();
                ours.merged_into = Some(into);
                touch(ours);
                self.changed.0.insert(from);
            }
            Act::MergeInQuickBooks { from, into, known } => {
                let (Some(from), Some(into)) = (
                    nth(self.quickbooks.keys(), *from).cloned(),
                    nth(self.quickbooks.keys(), *into).cloned(),
                ) else {
                    return;
                };
                if from == into {
                    return;
                }
                let lost = self.quickbooks.remove(&from).unwrap();
                let survivor = self.quickbooks.get_mut(&into).unwrap();
                let sum = lost.balance_with_jobs.unwrap() + survivor.balance_with_jobs.unwrap();
                survivor.balance_with_jobs = Some(sum);
                next_token(survivor);
                self.changed.1.insert(into.clone());
                self.fates.insert(from, if *known { Fate::MergedInto(into) } else { Fate::Gone });
            }
            Act::DeleteAtPos { who } => {
                let Some(key) = nth(self.pos.keys(), *who).cloned() else { return };
                let ours = self.pos.get_mut(&key).unwrap();
                if ours.merged_into.is_none() {
                    ours.is_deleted = true;
                    ours.fields.set(CustomerField::State, Some(FieldValue::Flag(false)));
                    touch(ours);
                    self.changed.0.insert(key);
                }
            }
            Act::DeleteInQuickBooks { who } => {
                // Nothing is deleted there but by a merge that nobody reports.
                let Some(id) = nth(self.quickbooks.keys(), *who).cloned() else { return };
                self.quickbooks.remove(&id);
                self.fates.insert(id, Fate::Gone);
            }
            Act::Flag { who } => {
                let Some(key) = nth(self.pos.keys(), *who).cloned() else { return };
                let ours = self.pos.get_mut(&key).unwrap();
                ours.use_with_quickbooks = !ours.use_with_quickbooks;
                touch(ours);
                self.changed.0.insert(key);
            }
            Act::Owe { who, cents } => {
                let Some(id) = nth(self.quickbooks.keys(), *who).cloned() else { return };
                let theirs = self.quickbooks.get_mut(&id).unwrap();
                theirs.balance_with_jobs = Some(Money::from_cents(i64::from(*cents)).unwrap());
                next_token(theirs);
                self.changed.1.insert(id);
            }
            Act::Charge { who, charged } => {
                let Some(key) = nth(self.pos.keys(), *who).cloned() else { return };
                let activity = Activity { is_charged: *charged, has_unsent: *charged, is_in_doubt: false };
                self.activity.insert(key.clone(), activity);
                self.changed.0.insert(key);
            }
            Act::Decide { proposal, same } => {
                let plan = self.plan();
                let Some(proposal) = nth(plan.proposals.iter(), *proposal) else { return };
                let pair = (proposal.customer.clone(), proposal.record.clone());
                let decisions = if *same { &mut self.decisions.same } else { &mut self.decisions.apart };
                decisions.insert(pair);
            }
            Act::Win { conflict, pos } => {
                let plan = self.plan();
                let Some(conflict) = nth(plan.conflicts.iter(), *conflict) else { return };
                let side = if *pos { Side::Pos } else { Side::QuickBooks };
                self.decisions.winners.insert((conflict.customer.clone(), conflict.field.clone()), side);
                self.changed.0.insert(conflict.customer.clone());
            }
            Act::Exchange { whole } => {
                let plan = if *whole { self.plan() } else { self.plan_of_changes() };
                self.carry_out(&plan);
                self.check(&plan);
            }
        }
    }

    /// What holds after every exchange.
    fn check(&self, plan: &CustomerPlan) {
        let mut seen = BTreeSet::new();
        for (customer, links) in &self.state.links {
            assert!(!self.state.merges.is_merged(customer), "{customer} was merged and has links");
            for link in links {
                assert!(seen.insert(&link.record), "{} is linked twice\n{}", link.record, page(plan));
            }
        }
    }

    /// What holds when everything is quiet.
    fn rest(&mut self) {
        for _ in 0..4 {
            let plan = self.plan();
            for conflict in &plan.conflicts {
                let of = (conflict.customer.clone(), conflict.field.clone());
                self.decisions.winners.insert(of, Side::Pos);
            }
            for proposal in &plan.proposals {
                self.decisions.apart.insert((proposal.customer.clone(), proposal.record.clone()));
            }
            let plan = self.plan();
            self.carry_out(&plan);
        }
        let plan = self.plan();
        assert!(plan.is_empty(), "it does not come to rest:\n{}", page(&plan));
        assert_eq!(plan.conflicts, [], "{}", page(&plan));
        let changes = self.plan_of_changes();
        assert!(changes.is_empty(), "a plan of changes does more:\n{}", page(&changes));
        self.agree(&plan);
        self.nobody_is_missing(&plan);
    }

    /// Both sides say the same of every field, but for what the report lists.
    fn agree(&self, plan: &CustomerPlan) {
        for (customer, links) in &self.state.links {
            let first = &links[0];
            let (Some(ours), Some(theirs)) = (self.pos.get(customer), self.quickbooks.get(&first.record))
            else {
                continue;
            };
            // A ring that stores reported is listed as refused; the one who stays here is merged away there.
            if first.state != LinkState::Live || ours.is_deleted || ours.merged_into.is_some() {
                continue;
            }
            let (a, b) = (shared(&self.settings, &ours.fields), shared(&self.settings, &theirs.fields));
            let both: BTreeSet<&CustomerField> = a.iter().chain(b.iter()).map(|(field, _)| field).collect();
            for field in both {
                let is_listed = plan.notices.iter().any(|notice| match notice {
                    Notice::NotTaken { customer: of, field: listed }
                    | Notice::UnfitForQuickBooks { customer: of, field: listed, .. } => {
                        of == customer && listed == field
                    }
                    Notice::TaxExemptionDiffers { customer: of, .. } => {
                        of == customer && *field == CustomerField::TaxExempt
                    }
                    _ => false,
                });
                let is_waiting = !ours.use_with_quickbooks && self.state.open.contains(customer);
                let is_agreed = is_same(a.get(field), b.get(field));
                assert!(
                    is_agreed || is_listed || is_waiting || *field == CustomerField::State,
                    "{customer} and {}: {field} is {:?} and {:?}\n{}",
                    first.record,
                    a.get(field).and_then(FieldValue::as_text),
                    b.get(field).and_then(FieldValue::as_text),
                    page(plan)
                );
            }
        }
    }

    /// Whoever should be on both sides is, unless the report says why not.
    fn nobody_is_missing(&self, plan: &CustomerPlan) {
        for (customer, ours) in &self.pos {
            let is_live =
                ours.merged_into.is_none() && !ours.is_deleted && !self.state.merges.is_merged(customer);
            let is_linked = self.state.links.contains_key(customer);
            assert!(
                !is_live || is_linked || !ours.use_with_quickbooks || !ours.is_active(),
                "{customer} is not in QuickBooks\n{}",
                page(plan)
            );
        }
        for (id, theirs) in &self.quickbooks {
            let is_there = self.state.owner(id).is_some();
            assert!(is_there || !theirs.is_active() || theirs.our_key.is_some(), "{id} is not at the POS");
        }
    }
}

fn settings(preference: Preference, wakes: bool, retires: bool) -> Settings {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Settings {
        preference,
        wakes,
        retires,
        quickbooks_types: names(&["Retail", "Wholesale"]),
        pos_types: names(&["Club"]),
        quickbooks_custom_fields: Some(names(&["Birthday", "size"])),
        pos_custom_fields: names(&["Birthday", "Size"]),
        ..Settings::of(Profile::TwoWay, "1651")
    }
}

proptest! {
    /// F-01, F-02, F-08 and F-14 together, as far as the plan goes.
    #[test]
    fn f_14_every_history_of_edits_merges_and_deletions_comes_to_rest(
        acts in prop::collection::vec(act(), 1..40),
        preference in prop::sample::select(vec![Preference::Ask, Preference::QuickBooks, Preference::Pos]),
        (wakes, retires, cuts) in any::<(bool, bool, bool)>(),
    ) {
        let mut world = World::new(settings(preference, wakes, retires));
        world.cuts = cuts;
        for act in &acts {
            world.act(act);
        }
        world.rest();
    }
}
