//! What must be in order before anything is sent: what a batch or an order asks of the company beyond accounts and
//! items (tax, shipping, dates, a subscription with bills), and what the company lacks of it.
//!
//! Asked of a plan before it is posted, or of the raw events of a batch that is still open and cannot be planned: so the
//! company can be put in order before the day closes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use mapping::engine::{Bindings, ListEntry, PlannedKey};
use mapping::{
    Company, ControlAccount, Document, Event, Identity, ItemDetail, ItemRole, Origin, Party, Period, Plan,
    Planned, StepContent, StepKey, Survey,
};
use pos_model::{Batch, Customer, LineKind, PurchaseOrder, Store, Tender, TenderKind};
use qb_client::engine::{Query, QueryEntity};
use qb_model::EntityKind;
use serde_json::Value;

use crate::error::{NotReady, RunError};
use crate::history::History;
use crate::of_days::OfDays;
use crate::otherwise::{days_in_question, other_numbers};
use crate::parties::Needed;
use crate::patience::ask;
use crate::session::{Exchange, Session};
use crate::snapshot::CompanySnapshot;

/// What is asked.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// The store's code.
    pub(crate) store: String,
    /// The tax codes of QuickBooks (their ids) that the company mapping names for its taxed documents.
    pub(crate) tax_codes: BTreeSet<String>,
    /// Whether a taxed document leaves its code to the company's default.
    pub(crate) needs_default_tax_code: bool,
    pub(crate) has_tax: bool,
    pub(crate) has_shipping: bool,
    pub(crate) has_purchase_orders: bool,
    pub(crate) has_bills: bool,
    /// What is dated: a document's key or an event's identity.
    pub(crate) dates: Vec<(String, NaiveDate)>,
    /// The POS's tax codes that the company mapping does not know, each with the first event that has it.
    pub(crate) unmapped_tax_codes: BTreeMap<String, String>,
    /// The customers and vendors that will be named.
    pub(crate) parties: BTreeMap<StepKey, Needed>,
    /// The POS's tax codes that stand on one document and need a combined code, each set with the first event that has it.
    pub(crate) tax_codes_apart: BTreeMap<Vec<String>, String>,
}

impl Needs {
    /// Returns what the documents of a plan need that are not posted yet: what is posted asks for nothing more.
    pub(crate) fn of_plan(plan: &Plan<'_>, history: &History) -> Self {
        let unposted: Vec<&Planned<'_>> =
            plan.documents().filter(|planned| !history.is_done(&planned.key)).collect();
        let is_purchase = !unposted.is_empty() && matches!(plan.origin(), Origin::PurchaseOrder(_));
        let mut needs = Self {
            store: plan.origin().store().code().to_owned(),
            has_tax: unposted.iter().any(|planned| !planned.document.tax().is_zero()),
            has_shipping: !unposted.is_empty() && plan.uses(ItemRole::Shipping),
            has_purchase_orders: is_purchase,
            has_bills: is_purchase && plan.period().has_bills(),
            dates: unposted.iter().map(|planned| (planned.key.words(), planned.txn_date)).collect(),
            ..Self::default()
        };
        for planned in unposted.iter().filter(|planned| !planned.document.tax().is_zero()) {
            if let Document::Invoice(form) | Document::CreditMemo(form) = &planned.document {
                needs.name_tax_code(form.tax_code);
            }
        }
        let named: BTreeSet<StepKey> = (unposted.iter())
            .filter_map(|planned| planned.document.party())
            .map(|party| party.key().step())
            .collect();
        for step in plan.steps() {
            let StepContent::ListEntry(entry) = step.content else { continue };
            // Events of a customer whose record is gone wait by themselves.
            if history.is_parked(&step.key) {
                continue;
            }
            if named.contains(&step.key) || (is_purchase && matches!(entry, ListEntry::Vendor(_))) {
                needs.name_party(entry, plan.period());
            }
            // Where customers are exchanged a record of one is a matter of this customer (F-03).
            if history.customers.marks.is_some()
                && matches!(entry, ListEntry::Customer(Party::Customer(..)))
                && let Some(needed) = needs.parties.get_mut(&step.key)
            {
                needed.waits_alone = true;
            }
        }
        needs
    }

    fn name_party(&mut self, entry: ListEntry<'_>, period: &Period) {
        let needed = Needed::of(entry, period).map(|needed| (entry.key(), needed));
        self.parties.extend(needed);
    }

    fn name_tax_code(&mut self, id: Option<&str>) {
        match id {
            Some(id) => _ = self.tax_codes.insert(id.to_owned()),
            None => self.needs_default_tax_code = true,
        }
    }

    /// Returns what the events of a batch need, whether it is open or closed.
    pub(crate) fn of_batch(batch: &Batch, company: &Company) -> Self {
        let (period, item_detail) = (company.on(batch.business_date()), company.item_detail_of(batch));
        let mut needs = Self { store: batch.store().code().to_owned(), ..Self::default() };
        let name = |event: Event| {
            let batch_of = Some((batch.register(), batch.number()));
            Identity::first(batch.store().code(), batch_of, event).key().words()
        };
        let store = batch.store();
        let is_on_account = |tenders: &[Tender]| {
            tenders.iter().any(|tender| tender.tender_type().kind() == TenderKind::CustomerAccount)
        };
        let is_moved = |tenders: &[Tender]| tenders.iter().any(|tender| !tender.amount().is_zero());
        let date = |at| period.txn_date(batch.store(), at);
        let will_add_up = company.will_add_up(batch);
        let mut days: BTreeMap<(NaiveDate, bool), BTreeSet<&str>> = BTreeMap::new();
        for transaction in batch.transactions() {
            let event = name(Event::Transaction(transaction.number()));
            if transaction.lines().is_empty() && !is_moved(transaction.tenders()) {
                continue;
            }
            for line in transaction.lines() {
                needs.has_shipping |= line.kind() == LineKind::Shipping;
                if period.is_taxable(line.tax_code()).is_none() {
                    let code = line.tax_code().to_owned();
                    needs.unmapped_tax_codes.entry(code).or_insert_with(|| event.clone());
                }
            }
            let is_summed = item_detail.adds_up(transaction);
            for is_returned in [false, true] {
                let lines = transaction.lines().iter();
                let taxed = lines.filter(|line| line.is_returned() == is_returned && !line.tax().is_zero());
                let codes: Vec<&str> = taxed.map(|line| line.tax_code()).collect();
                if codes.is_empty() {
                    continue;
                }
                needs.has_tax = true;
                if will_add_up && ItemDetail::Charges.adds_up(transaction) {
                    let day = (date(transaction.occurred_at()), is_returned);
                    days.entry(day).or_default().extend(&codes);
                }
                if is_summed {
                    continue;
                }
                match period.document_tax_code(batch.store().code(), codes) {
                    Ok(id) => needs.name_tax_code(id),
                    Err(codes) => _ = needs.tax_codes_apart.entry(codes).or_insert_with(|| event.clone()),
                }
            }
            needs.dates.push((event, date(transaction.occurred_at())));
            let customer = transaction.customer().filter(|_| !is_summed);
            needs.name_party(party_of(store, customer, is_on_account(transaction.tenders()), period), period);
        }
        for ((day, _), codes) in days {
            let later = if item_detail.is_all() { ", once receipts are added up" } else { "" };
            let event = || format!("{}{later}", name(Event::summary(day)));
            match period.document_tax_code(batch.store().code(), codes) {
                Ok(id) => needs.name_tax_code(id),
                Err(codes) => _ = needs.tax_codes_apart.entry(codes).or_insert_with(event),
            }
        }
        for deposit in batch.deposits().iter().filter(|deposit| is_moved(deposit.tenders())) {
            needs.dates.push((name(Event::Deposit(deposit.order())), date(deposit.occurred_at())));
            let is_on_account = is_on_account(deposit.tenders());
            needs.name_party(party_of(store, deposit.customer(), is_on_account, period), period);
        }
        for payment in batch.account_payments().iter().filter(|payment| is_moved(payment.tenders())) {
            needs.dates.push((name(Event::AccountPayment(payment.id())), date(payment.occurred_at())));
            needs.name_party(party_of(store, Some(payment.customer()), true, period), period);
        }
        for pay in batch.pay_ins_and_outs() {
            needs.dates.push((name(Event::PayInOut(pay.id())), date(pay.occurred_at())));
        }
        needs
    }

    /// Returns what a purchase order needs, whether it is open or closed.
    pub(crate) fn of_order(order: &PurchaseOrder, period: &Period) -> Self {
        let event = Event::PurchaseOrder(order.number());
        let identity = Identity::first(order.store().code(), None, event).key().words();
        let mut needs = Self {
            store: order.store().code().to_owned(),
            has_purchase_orders: true,
            has_bills: period.has_bills(),
            dates: vec![(identity, order.date())],
            ..Self::default()
        };
        needs.name_party(ListEntry::Vendor(period.vendor(order.supplier())), period);
        needs
    }
}

/// The record that an event's documents will name.
fn party_of<'b>(
    store: &'b Store,
    customer: Option<&'b Arc<Customer>>,
    is_on_account: bool,
    period: &Period,
) -> ListEntry<'b> {
    ListEntry::Customer(match customer.filter(|customer| is_on_account || period.sends(customer)) {
        Some(customer) => Party::Customer(store, customer),
        None => Party::Store(store),
    })
}

impl CompanySnapshot {
    /// What the company lacks of these needs, and which of them are dated after `latest`.
    fn faults_of(&self, needs: &Needs, bindings: &Bindings, latest: NaiveDate) -> Vec<NotReady> {
        let mut faults = Vec::new();
        let is_using_tax = self.preferences.using_sales_tax != Some(false);
        if needs.needs_default_tax_code && is_using_tax && bindings.tax_code.is_none() {
            faults.push(NotReady::Preference {
                preference: "TaxPrefs.TaxGroupCodeRef",
                found: "not set".to_owned(),
                remedy: "choose a default tax code in QuickBooks, or name the store's tax_code in the company mapping",
            });
        }
        let known = self.tax_codes.as_ref().filter(|_| is_using_tax);
        for (id, known) in needs.tax_codes.iter().filter_map(|id| Some((id, known?))) {
            match known.get(id) {
                Some((_, true)) => {}
                Some((name, false)) => {
                    faults.push(NotReady::Inactive { entity: "TaxCode", name: name.clone() });
                }
                None => {
                    faults.push(NotReady::NoTaxCode { id: id.to_owned(), store: needs.store.clone() });
                }
            }
        }
        if needs.has_tax && !is_using_tax {
            faults.push(NotReady::Preference {
                preference: "TaxPrefs.UsingSalesTax",
                found: "off".to_owned(),
                remedy: "set up sales tax: QuickBooks would drop the till's tax",
            });
        }
        if needs.has_shipping && !bindings.accounts.contains_key(&ControlAccount::Shipping) {
            faults.push(NotReady::Preference {
                preference: "SalesFormsPrefs.DefaultShippingAccount",
                found: "no account of the company".to_owned(),
                remedy: "choose a shipping account in QuickBooks' sales settings",
            });
        }
        if let Some(subscription) = &self.subscription {
            let is_called = |word: &str| subscription.contains(word);
            let lacking = match (is_called("Simple Start"), is_called("Essentials")) {
                (true, _) if needs.has_bills => Some("bills"),
                (true, _) | (_, true) if needs.has_purchase_orders => Some("purchase orders"),
                _ => None,
            };
            faults.extend(
                lacking.map(|needed| NotReady::Subscription { subscription: subscription.clone(), needed }),
            );
        }
        let unmapped = needs.unmapped_tax_codes.iter();
        faults.extend(
            unmapped
                .map(|(code, event)| NotReady::UnmappedTaxCode { code: code.clone(), event: event.clone() }),
        );
        faults.extend(needs.tax_codes_apart.iter().map(|(codes, event)| {
            let codes: Vec<String> = codes.iter().map(|code| format!("{code:?}")).collect();
            NotReady::TaxCodesApart { codes: codes.join(" and "), event: event.clone() }
        }));
        let ahead = needs.dates.iter().filter(|(_, date)| *date > latest);
        faults.extend(ahead.map(|(document, date)| NotReady::DateAhead {
            document: document.clone(),
            date: *date,
            latest,
        }));
        if let Some(closed) = self.preferences.book_close_date {
            faults.extend(needs.dates.iter().filter(|(_, date)| *date <= closed).map(|(document, date)| {
                NotReady::PeriodClosed { document: document.clone(), date: *date, closed }
            }));
        }
        faults
    }
}

impl Exchange {
    /// Returns whether the company is ready for these batches and purchase orders, open or closed: everything that
    /// must be put right, said at once; none when a run may start. An empty list of batches asks what every batch needs.
    ///
    /// A posting log that lacks what QuickBooks has of ours is among them ([`NotReady::LogBehind`]), though a run may start with
    /// it. Nothing is sent. Accounts, items, customers and payment methods that are missing are no fault:
    /// a run makes them.
    ///
    /// # Errors
    /// [`RunError`]: the log or the company cannot be read.
    pub async fn readiness<'o, O>(
        &mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Vec<NotReady>, RunError>
    where
        O: Into<Origin<'o>>,
    {
        let company = Arc::clone(&self.company);
        let mut survey = Survey::default();
        let origins: Vec<Origin<'o>> = origins.into_iter().map(Into::into).collect();
        let needs = origins.iter().map(|origin| {
            let origin: Origin<'o> = *origin;
            let period = company.on(origin.date());
            let needs = match origin {
                Origin::Batch(batch) => {
                    survey.add(batch, &company);
                    Needs::of_batch(batch, &company)
                }
                Origin::Correction(of) => {
                    let mut needs = Needs::of_batch(of.differences(), &company);
                    let open = of.not_before();
                    needs
                        .dates
                        .iter_mut()
                        .for_each(|(_, date)| *date = open.map_or(*date, |open| open.max(*date)));
                    needs
                }
                Origin::PurchaseOrder(order) => {
                    survey.add_order(order, &company);
                    Needs::of_order(order, period)
                }
                Origin::OpeningEntry { store, date } => Needs {
                    store: store.code().to_owned(),
                    dates: vec![(origin.key().to_string(), date)],
                    ..Needs::default()
                },
            };
            (period, needs)
        });
        let all: Vec<(&Period, Needs)> = needs.collect();
        let first = all.first().map_or(company.first_period(), |(period, _)| *period);
        let mut faults = self.readiness_of(first, &all, survey).await?;
        faults.extend(self.log_behind(&origins).await?);
        Ok(faults)
    }

    /// Asks QuickBooks for one number of each kind that the posting log does not know, in the chosen form and in the other one, and
    /// where the log is new for the documents of a day: one of ours there says that the log was lost.
    async fn log_behind(&mut self, origins: &[Origin<'_>]) -> Result<Option<NotReady>, RunError> {
        let Some(session) = self.session.take() else { return Ok(None) };
        let found = ask!(self, self.unknown_of_ours(&session, origins));
        self.session = Some(session);
        found.unwrap_or_else(|ended| Err(ended.into()))
    }

    async fn unknown_of_ours(
        &self,
        session: &Session,
        origins: &[Origin<'_>],
    ) -> Result<Option<NotReady>, RunError> {
        let history = &session.history;
        // What cannot be planned yet has no numbers.
        let plans: Vec<Plan<'_>> =
            origins.iter().filter_map(|origin| history.plan(*origin, &self.company).ok()).collect();
        let mut first: BTreeMap<EntityKind, &Planned<'_>> = BTreeMap::new();
        for planned in plans.iter().flat_map(Plan::documents) {
            let kind = planned.document.kind().entity();
            let is_known = history.step(&planned.key).is_some()
                || history.settlement(&planned.key).is_some()
                || history.conflict(&planned.key).is_some();
            // Payments are found by their dates alone, and none stands there without another document of its event.
            if !is_known && kind != EntityKind::Payment {
                first.entry(kind).or_insert(planned);
            }
        }
        for (kind, planned) in first {
            let (number, key) = (planned.number.as_str(), planned.identity.key().to_string());
            let found = self.client.find_by_numbers(kind, [number]).await;
            let found = found.map_err(|e| RunError::unreadable("documents of ours", e))?;
            if found.values().flatten().any(|answer| answer.carries_key(&key)) {
                return Ok(Some(NotReady::LogBehind { document: planned.key.words() }));
            }
        }
        self.posted_otherwise(session, &plans).await
    }

    /// A document that stands there in another form, or under another number, than it would be posted in now.
    async fn posted_otherwise(
        &self,
        session: &Session,
        plans: &[Plan<'_>],
    ) -> Result<Option<NotReady>, RunError> {
        let unreadable = |error| RunError::unreadable("documents of ours", error);
        let (mut forms, mut kinds) = (BTreeMap::<EntityKind, PlannedKey>::new(), BTreeSet::new());
        for plan in plans {
            let others = other_numbers(plan, &self.company, &session.history);
            let days = days_in_question(plan, &others, session);
            for other in others {
                let kind = other.key.kind().entity();
                if kind != EntityKind::Payment {
                    forms.entry(kind).or_insert(other);
                }
            }
            let Some((of_plan, (first, last))) = days else { continue };
            for kind in of_plan {
                if !kinds.insert(kind) {
                    continue;
                }
                let rows =
                    self.client.query(&Query::all(kind).dated(first, last)).await.map_err(unreadable)?;
                let of_days = OfDays::read(kind, (first, last), &rows).map_err(|e| unreadable(e.into()))?;
                if let Some(key) = of_days.first_of(plan) {
                    return Ok(Some(NotReady::LogBehind { document: key.words() }));
                }
            }
        }
        for (kind, other) in forms {
            let (number, key) = (other.number.as_str(), other.event.to_string());
            let found = self.client.find_by_numbers(kind, [number]).await.map_err(unreadable)?;
            if found.values().flatten().any(|answer| answer.carries_key(&key)) {
                return Ok(Some(NotReady::LogBehind { document: other.key.words() }));
            }
        }
        Ok(None)
    }

    async fn readiness_of(
        &mut self,
        first: &Period,
        all: &[(&Period, Needs)],
        survey: Survey,
    ) -> Result<Vec<NotReady>, RunError> {
        self.deadline = self.deadline_from_now();
        let (mut session, mut faults) = self.begin_with_faults(first).await?;
        faults.extend(survey.faults().into_iter().map(|fault| NotReady::Survey(Box::new(fault))));
        let mut said: BTreeSet<NotReady> = faults.iter().cloned().collect();
        let (mut bound, mut result) = (first.since(), Ok(()));
        for (period, needs) in all {
            let mut found = Vec::new();
            if period.since() != bound {
                bound = period.since();
                found = session.bind(period);
            }
            let found_now = ask!(self, self.faults_of(&mut session, needs));
            match found_now.unwrap_or_else(|ended| Err(ended.into())) {
                Ok(of_needs) => found.extend(of_needs),
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
            // What several batches lack is said once.
            faults.extend(found.into_iter().filter(|fault| said.insert(fault.clone())));
        }
        if !faults.is_empty() || result.is_err() {
            session.forget_snapshot();
        }
        self.session = Some(session);
        result.map(|()| faults)
    }

    /// What the company lacks of these needs, and what is dated ahead. Reads its tax codes and its plan when they matter and are not known.
    pub(crate) async fn faults_of(
        &self,
        session: &mut Session,
        needs: &Needs,
    ) -> Result<Vec<NotReady>, RunError> {
        let snapshot = &mut session.snapshot;
        if snapshot.tax_codes.is_none() && !needs.tax_codes.is_empty() {
            let query = Query::all(QueryEntity::TaxCode).with_inactive();
            let rows =
                self.client.query(&query).await.map_err(|e| RunError::unreadable("its tax codes", e))?;
            let read = |row: &Value| {
                let id = row.get("Id")?.as_str()?.to_owned();
                let name = row.get("Name").and_then(Value::as_str).unwrap_or(&id).to_owned();
                Some((id, (name, row.get("Active").and_then(Value::as_bool).unwrap_or(true))))
            };
            snapshot.tax_codes = Some(rows.iter().filter_map(read).collect());
        }
        if snapshot.subscription.is_none() && needs.has_purchase_orders {
            let info =
                self.client.company_info().await.map_err(|e| RunError::unreadable("its subscription", e))?;
            snapshot.subscription = Some(info.offering_sku.unwrap_or_default());
        }
        // No shop is a day ahead of UTC's tomorrow, wherever it stands.
        let latest = self.client.clock().now().date_naive() + Days::new(1);
        let mut faults = session.snapshot.faults_of(needs, &session.bindings, latest);
        faults.extend(self.party_faults(session, &needs.parties).await?);
        Ok(faults)
    }
}
