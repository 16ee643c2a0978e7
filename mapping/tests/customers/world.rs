//! Two sides in memory that carry a plan out, as an exchange will: the POS with a stamp on each version, QuickBooks with a sync
//! token, unique names, and a habit of its own (it keeps eight characters of a phone number that it is changed to).

use std::collections::{BTreeMap, BTreeSet};

use mapping::CustomerKey;
use mapping::customers::{
    Activity, CustomerPlan, Decisions, Fate, FieldValue, Fields, Input, PosChange, PosRecord,
    QuickBooksChange, QuickBooksRecord, RecordId, Settings, State, folded, plan,
};
use pos_model::{CustomerField, Money};
use qb_model::Id;

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) state: State,
    pub(crate) pos: BTreeMap<CustomerKey, PosRecord>,
    pub(crate) quickbooks: BTreeMap<RecordId, QuickBooksRecord>,
    pub(crate) fates: BTreeMap<RecordId, Fate>,
    pub(crate) activity: BTreeMap<CustomerKey, Activity>,
    pub(crate) decisions: Decisions,
    pub(crate) names_taken: BTreeSet<String>,
    /// Customers and records that changed since the last exchange.
    pub(crate) changed: (BTreeSet<CustomerKey>, BTreeSet<RecordId>),
    last_id: u64,
    /// Whether QuickBooks cuts phone numbers that it is changed to.
    pub(crate) cuts: bool,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            state: State::default(),
            pos: BTreeMap::new(),
            quickbooks: BTreeMap::new(),
            fates: BTreeMap::new(),
            activity: BTreeMap::new(),
            decisions: Decisions::default(),
            names_taken: BTreeSet::new(),
            changed: Default::default(),
            last_id: 1000,
            cuts: false,
        }
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Plans from both lists whole.
    pub(crate) fn plan(&self) -> CustomerPlan {
        let pos: Vec<PosRecord> = self.pos.values().cloned().collect();
        let quickbooks: Vec<QuickBooksRecord> = self.quickbooks.values().cloned().collect();
        self.plan_of(&pos, &quickbooks)
    }

    fn plan_of(&self, pos: &[PosRecord], quickbooks: &[QuickBooksRecord]) -> CustomerPlan {
        plan(&Input {
            fates: self.fates.clone(),
            activity: self.activity.clone(),
            decisions: self.decisions.clone(),
            names_taken: self.names_of_others(quickbooks),
            ..Input::new(&self.settings, &self.state, pos, quickbooks)
        })
    }

    /// The names of records that a plan is not given; an exchange looks them up.
    fn names_of_others(&self, given: &[QuickBooksRecord]) -> BTreeSet<String> {
        let given: BTreeSet<&RecordId> = given.iter().map(|record| &record.id).collect();
        let others = self.quickbooks.values().filter(|record| !given.contains(&record.id));
        others.map(|record| folded(&record.display_name)).chain(self.names_taken.iter().cloned()).collect()
    }

    /// Plans from what changed, what is not linked, what is open, and what the plan asks for.
    pub(crate) fn plan_of_changes(&self) -> CustomerPlan {
        let linked: BTreeSet<&RecordId> =
            self.state.links.values().flatten().map(|link| &link.record).collect();
        let mut pos: BTreeSet<CustomerKey> = self.changed.0.clone();
        pos.extend(self.pos.keys().filter(|key| !self.state.links.contains_key(key)).cloned());
        pos.extend(self.state.open.iter().cloned());
        let mut quickbooks: BTreeSet<RecordId> = self.changed.1.clone();
        quickbooks.extend(self.quickbooks.keys().filter(|id| !linked.contains(id)).cloned());
        let of_open = self.state.open.iter().filter_map(|key| self.state.first(key));
        quickbooks.extend(of_open.map(|link| link.record.clone()));
        for _ in 0..5 {
            let ours: Vec<PosRecord> = pos.iter().filter_map(|key| self.pos.get(key)).cloned().collect();
            let theirs: Vec<QuickBooksRecord> =
                quickbooks.iter().filter_map(|id| self.quickbooks.get(id)).cloned().collect();
            let mut plan = self.plan_of(&ours, &theirs);
            let before = (pos.len(), quickbooks.len());
            pos.extend(plan.to_read_in_pos.drain(..));
            quickbooks.extend(plan.to_read.drain(..));
            if before == (pos.len(), quickbooks.len()) {
                return plan;
            }
        }
        panic!("the plan asks without end");
    }

    /// Carries a plan out on both sides and notes it.
    pub(crate) fn carry_out(&mut self, plan: &CustomerPlan) {
        self.state = plan.state.clone();
        self.changed = Default::default();
        self.decisions = Decisions::default();
        for change in &plan.for_pos {
            self.carry_out_at_pos(change);
        }
        for change in &plan.for_quickbooks {
            self.carry_out_in_quickbooks(change);
        }
    }

    fn carry_out_at_pos(&mut self, change: &PosChange) {
        match change {
            PosChange::AddType { name } => _ = self.settings.pos_types.insert(name.clone()),
            PosChange::Add { record, display_name, fields, use_with_quickbooks } => {
                assert!(self.state.owner(record).is_none(), "{record} is added twice");
                let id = self.next_id();
                let key = CustomerKey { retailer: "1651".to_owned(), id: format!("p-{id}") };
                let ours = PosRecord {
                    key: key.clone(),
                    account_number: format!("{id}"),
                    fields: fields.clone(),
                    merged_into: None,
                    is_deleted: false,
                    use_with_quickbooks: *use_with_quickbooks,
                    credit_limit: None,
                    balance: None,
                    quickbooks_ids: vec![record.clone()],
                    stamp: Some("0".to_owned()),
                    changed_at: BTreeMap::new(),
                };
                let theirs = shared(&self.settings, &self.quickbooks[record].fields);
                self.state.added_to_pos(&key, record.clone(), display_name, fields, &theirs);
                self.pos.insert(key, ours);
            }
            PosChange::Update { customer, record, fields, from } => {
                let ours = self.pos.get_mut(customer).expect("an update of nobody");
                if from.is_some() {
                    assert_eq!(ours.stamp, *from, "a stale update");
                }
                for (field, value) in fields {
                    ours.fields.set(field.clone(), value.clone());
                }
                touch(ours);
                let theirs = self.quickbooks[record].fields.clone();
                self.state.updated_in_pos(customer, record, fields, &theirs);
            }
            PosChange::Show { customer, record, display_name } => {
                let ours = self.pos.get_mut(customer).expect("a name for nobody");
                if !ours.quickbooks_ids.contains(record) {
                    ours.quickbooks_ids.push(record.clone());
                }
                self.state.shown(customer, record, display_name);
            }
            PosChange::Merge { duplicate, keeper } => {
                let ours = self.pos.get_mut(duplicate).expect("a merge of nobody");
                ours.merged_into = Some(keeper.clone());
                touch(ours);
            }
        }
    }

    fn carry_out_in_quickbooks(&mut self, change: &QuickBooksChange) {
        match change {
            QuickBooksChange::Create { customer, display_name, fields } => {
                assert!(self.is_free(display_name), "{display_name} is taken");
                let id = self.next_id();
                let id: RecordId = Id::new(id.to_string()).unwrap();
                let mut theirs = fields.clone();
                theirs.set(CustomerField::State, Some(FieldValue::Flag(true)));
                theirs.set(CustomerField::TaxExempt, Some(FieldValue::Flag(false)));
                let ours = shared(&self.settings, &self.pos[customer].fields);
                self.state.added_to_quickbooks(customer, id.clone(), fields, &ours);
                self.quickbooks.insert(id.clone(), record(id, display_name, theirs, Some(customer.clone())));
            }
            QuickBooksChange::Update { customer, record, sync_token, fields } => {
                let cuts = self.cuts;
                let theirs = self.quickbooks.get_mut(record).expect("an update of no record");
                if sync_token.is_some() {
                    assert_eq!(theirs.sync_token, *sync_token, "a stale update");
                }
                for (field, value) in fields {
                    let kept = match value {
                        Some(FieldValue::Text(text)) if cuts && *field == CustomerField::Phone => {
                            Some(FieldValue::Text(text.chars().take(8).collect()))
                        }
                        value => value.clone(),
                    };
                    theirs.fields.set(field.clone(), kept);
                }
                next_token(theirs);
                let answer = theirs.fields.clone();
                let ours = self.pos[customer].fields.clone();
                self.state.updated_in_quickbooks(customer, record, fields, &ours, &answer);
            }
            QuickBooksChange::Retire { customer, record, .. } => self.retire(customer, record),
        }
    }

    fn retire(&mut self, customer: &CustomerKey, record: &RecordId) {
        let theirs = self.quickbooks.get_mut(record).expect("no record");
        theirs.fields.set(CustomerField::State, Some(FieldValue::Flag(false)));
        assert_eq!(theirs.balance_with_jobs, Some(Money::ZERO), "a record that owes is made inactive");
        next_token(theirs);
        let ours = self.pos.get(customer).map(|ours| ours.fields.clone()).unwrap_or_default();
        self.state.retired(customer, record, &ours);
    }

    pub(crate) fn is_free(&self, name: &str) -> bool {
        self.quickbooks.values().all(|record| folded(&record.display_name) != folded(name))
    }
}

/// A new version of a customer.
pub(crate) fn touch(ours: &mut PosRecord) {
    let version: u64 = ours.stamp.as_deref().unwrap_or("0").parse().unwrap();
    ours.stamp = Some((version + 1).to_string());
}

pub(crate) fn next_token(theirs: &mut QuickBooksRecord) {
    let token: u64 = theirs.sync_token.as_deref().unwrap_or("0").parse().unwrap();
    theirs.sync_token = Some((token + 1).to_string());
}

/// A record that owes nothing.
pub(crate) fn record(
    id: RecordId,
    display_name: &str,
    fields: Fields,
    our_key: Option<CustomerKey>,
) -> QuickBooksRecord {
    QuickBooksRecord {
        id,
        sync_token: Some("0".to_owned()),
        display_name: display_name.to_owned(),
        fields,
        parent: None,
        our_key,
        currency: None,
        balance_with_jobs: Some(Money::ZERO),
        changed_at: None,
    }
}

/// Fields without the custom ones that only one program has.
pub(crate) fn shared(settings: &Settings, fields: &Fields) -> Fields {
    let mut shared = Fields::default();
    for (field, value) in fields.iter() {
        let theirs = settings.quickbooks_custom_fields.as_ref();
        let is_shared = match field {
            CustomerField::Custom(name) => {
                settings.pos_custom_fields.contains(name) && theirs.is_some_and(|names| names.contains(name))
            }
            _ => true,
        };
        shared.set(field.clone(), is_shared.then(|| value.clone()));
    }
    shared
}
