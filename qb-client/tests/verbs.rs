//! Reading by id, changing, voiding, deleting, printing; lists, changes and notices: the client and the books behind it.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use qb_client::engine::{Batch, Gone, Query, QueryField, UnknownWhy, WriteOutcome};
use qb_client::{EntityName, SIGNATURE_HEADER, Webhooks};
use qb_model::received::{Bill, Customer, Deposit, Field, Invoice, Kind, Payment, SalesReceipt, TaxCode};
use qb_model::{Amount, EntityKind, Id, Update, Version};
use qb_simulator::{Choices, CompanyOptions, Effect, HookForm, Hooks, Operation, Rule, When};
use serde_json::json;

use crate::books::{Books, id};

fn applied<T: std::fmt::Debug>(outcome: WriteOutcome<T>) -> T {
    match outcome {
        WriteOutcome::Applied { answer, .. } => answer,
        other => panic!("expected applied, found {other:?}"),
    }
}

fn cents(amount: &Field<Amount>) -> i64 {
    amount.get().unwrap().cents()
}

#[tokio::test]
async fn a_record_is_read_by_its_id_with_its_amounts_as_they_are() {
    let books = Books::open().await;
    for (number, text, expected) in
        [("H-1", "0.01", 1), ("H-2", "1234567.89", 123_456_789), ("H-3", "703687441.77", 70_368_744_177)]
    {
        let invoice = books.invoiced(number, text).await;
        assert_eq!((cents(&invoice.total_amt), invoice.doc_number.as_str()), (expected, Some(number)));
    }
    assert_eq!(
        books.client.record::<TaxCode>("TAX").await.unwrap().unwrap().id.get().unwrap().as_str(),
        "TAX"
    );
    assert_eq!(books.client.record::<Invoice>("999999").await.unwrap(), None, "there is none");
    assert_eq!(books.client.record::<Deposit>(&books.customer).await.unwrap(), None, "of that kind");
    assert_eq!(books.client.record::<Invoice>("not-an-id").await.unwrap_err().code(), "read-refused");
    books.close().await;
}

/// Only what is named changes; the next change needs the next token.
#[tokio::test]
async fn a_change_is_sparse_and_of_the_current_version_only() {
    let books = Books::open().await;
    let before = books.invoiced("H-1", "26.50").await;
    let mut after = before.clone();
    after.private_note = "paid at the till".to_owned().into();
    let update = Update::between(&before, &after).unwrap();
    let stored = applied(books.client.update(&update, &id("note")).await);
    assert_eq!(stored.private_note.as_str(), Some("paid at the till"));
    assert_eq!((cents(&stored.total_amt), stored.doc_number.as_str()), (2650, Some("H-1")));
    assert_eq!(stored.sync_token.as_str(), Some("1"));

    // Somebody else was quicker: nothing is stored, and what is there can be read and changed.
    let stale = books.client.update(&update, &id("note")).await;
    assert_eq!(stale.code(), "stale");
    let WriteOutcome::Stale(refusal) = stale else { panic!("5010 is stale") };
    assert_eq!(refusal.code, "5010");
    let again = Update::sparse(Version::of(&stored).unwrap()).set("PrivateNote", "").unwrap();
    let emptied = applied(books.client.update(&again, &id("note")).await);
    assert!(emptied.private_note.as_str().unwrap_or_default().is_empty());
    books.close().await;
}

/// The same change under the same request id is one change, however often it is sent.
#[tokio::test]
async fn a_change_that_is_repeated_is_done_once() {
    let books = Books::open().await;
    let version = Version::of(&books.customer().await).unwrap();
    let update = Update::<Customer>::sparse(version).set("Notes", "closed on Mondays").unwrap();
    let request_id = id("notes");
    let first = applied(books.client.update(&update, &request_id).await);
    let second = applied(books.client.update(&update, &request_id).await);
    assert_eq!((&first.sync_token, &first.notes), (&second.sync_token, &second.notes));
    let inactive = Update::<Customer>::sparse(Version::of(&first).unwrap()).set("Active", false).unwrap();
    let gone = applied(books.client.update(&inactive, &id("active")).await);
    assert_eq!(gone.display_name.as_str(), Some("Harbor House (deleted)"));
    assert!(
        books.client.record::<Customer>(&books.customer).await.unwrap().is_some(),
        "inactive, and still there"
    );
    books.close().await;
}

/// Amounts of a document that is changed go out and come back to the cent.
#[tokio::test]
async fn lines_that_are_changed_are_stored_to_the_cent() {
    let books = Books::open().await;
    let mut before = books.invoiced("H-1", "10.00").await;
    for amount in [1, 10, 99_999, 123_456_789, 70_368_744_177] {
        let mut after = before.clone();
        let mut lines: Vec<_> = before.line.iter().filter(|line| line.id.get().is_some()).cloned().collect();
        lines[0].amount = Amount::from_cents(amount).unwrap().into();
        after.line = lines.into();
        before = applied(books.client.update(&Update::between(&before, &after).unwrap(), &id("line")).await);
        assert_eq!(cents(&before.total_amt), amount);
    }
    books.close().await;
}

#[tokio::test]
async fn a_void_leaves_the_number_and_takes_the_amounts() {
    let books = Books::open().await;
    let invoice = books.invoiced("H-1", "26.50").await;
    let payment = books.paid(&invoice).await;
    let payment: Payment = books.client.record(&payment).await.unwrap().unwrap();
    let voided = applied(books.client.void(&Version::of(&payment).unwrap(), &id("void")).await);
    assert_eq!((cents(&voided.total_amt), voided.private_note.as_str()), (0, Some("Voided")));

    let invoice: Invoice = books.client.record(invoice.id.get().unwrap().as_str()).await.unwrap().unwrap();
    assert_eq!(cents(&invoice.balance), 2650, "open again");
    let version = Version::of(&invoice).unwrap();
    let voided = applied(books.client.void(&version, &id("void")).await);
    assert_eq!((cents(&voided.total_amt), voided.doc_number.as_str()), (0, Some("H-1")));
    assert_eq!(
        books.client.void(&version, &id("void")).await.code(),
        "stale",
        "it has changed: it was voided"
    );
    let note = Version::<SalesReceipt>::new("999999", "0").unwrap();
    assert_eq!(books.client.void(&note, &id("void")).await.code(), "refused", "there is none");
    books.close().await;
}

/// An invoice that a payment settles may not be voidable: the refusal is a refusal, and nothing has changed.
#[tokio::test]
async fn what_may_not_be_voided_is_refused() {
    let choices = Choices { refuses_voiding_paid_invoices: true, ..Choices::default() };
    let books = Books::open_with(CompanyOptions { choices, ..CompanyOptions::default() }).await;
    let invoice = books.invoiced("H-1", "26.50").await;
    books.paid(&invoice).await;
    let invoice: Invoice = books.client.record(invoice.id.get().unwrap().as_str()).await.unwrap().unwrap();
    let outcome = books.client.void(&Version::of(&invoice).unwrap(), &id("void")).await;
    // Fault 6000 in words of nobody's proves nothing: only a look tells.
    assert!(
        matches!(&outcome, WriteOutcome::Unknown { why, .. } if why.fault_code() == Some("6000")),
        "{outcome:?}"
    );
    let after: Invoice = books.client.record(invoice.id.get().unwrap().as_str()).await.unwrap().unwrap();
    assert_eq!((after.sync_token, cents(&after.total_amt)), (invoice.sync_token, 2650));
    books.close().await;
}

#[tokio::test]
async fn a_deleted_document_is_gone_for_good() {
    let books = Books::open().await;
    let invoice = books.invoiced("H-1", "26.50").await;
    let version = Version::of(&invoice).unwrap();
    let stale = Version::<Invoice>::new(version.id(), "7").unwrap();
    assert_eq!(books.client.delete(&stale, &id("delete")).await.code(), "stale");
    let Gone { id: gone, .. } = applied(books.client.delete(&version, &id("delete")).await);
    assert_eq!(gone, version.id());
    assert_eq!(books.client.record::<Invoice>(version.id()).await.unwrap(), None);
    let again = books.client.delete(&version, &id("delete")).await;
    assert!(matches!(&again, WriteOutcome::Refused(refusal) if refusal.code == "610"), "{again:?}");
    books.close().await;
}

/// Each verb, and each thing that can go wrong on its way: the class is that of a create, and the books are as it says.
#[tokio::test]
async fn every_verb_has_the_classes_of_a_create() {
    let books = Books::open().await;
    for (name, effect, class) in [
        ("answer lost", Effect::AnswerLost, "unknown"),
        ("reset before", Effect::ResetBefore, "unknown"),
        ("503 after the effect", Effect::Status { status: 503, committed: true }, "unknown"),
        ("401", Effect::TokenExpired, "not-sent"),
        (
            "429",
            Effect::Throttled { form: Default::default(), retry_after: Some(7), committed: false },
            "not-sent",
        ),
        ("html", Effect::Html { committed: true }, "unknown"),
        ("nothing", Effect::Empty { committed: true }, "unknown"),
        ("cut short", Effect::Truncated { bytes: 40 }, "unknown"),
        ("a fault in a 200", Effect::FaultInOk { committed: true }, "unknown"),
        ("wait and try again", Effect::Transient { committed: true }, "unknown"),
        ("2050", Effect::Refused { status: 400, code: "2050".to_owned(), detail: String::new() }, "refused"),
        ("5010", Effect::Refused { status: 400, code: "5010".to_owned(), detail: String::new() }, "stale"),
        ("redirect", Effect::Redirect { location: "http://127.0.0.1:1/".to_owned() }, "unknown"),
    ] {
        let strike = |operation| vec![Rule::new(name, effect.clone(), When::operation(operation))];
        let invoice = books.invoiced(&format!("N-{name:.18}"), "26.50").await;
        let version = Version::of(&invoice).unwrap();
        let update = Update::sparse(version.clone()).set("PrivateNote", "new").unwrap();
        books.go_wrong(strike(Operation::Update));
        assert_eq!(books.client.update(&update, &id("u")).await.code(), class, "update, {name}");
        books.go_wrong(strike(Operation::Void));
        assert_eq!(books.client.void(&version, &id("v")).await.code(), class, "void, {name}");
        books.go_wrong(strike(Operation::Delete));
        assert_eq!(books.client.delete(&version, &id("d")).await.code(), class, "delete, {name}");
        books.go_wrong(Vec::new());
    }
    books.close().await;
}

/// An answer for another record than the one that was to be changed is no answer.
#[tokio::test]
async fn an_answer_about_another_record_is_unknown() {
    use qb_simulator::Part;

    let books = Books::open().await;
    let invoice = books.invoiced("H-1", "26.50").await;
    let update = Update::sparse(Version::of(&invoice).unwrap()).set("PrivateNote", "new").unwrap();
    for part in [Part::Id, Part::Entity, Part::Missing, Part::DoubleKeys] {
        books.go_wrong(vec![Rule::new(
            "altered",
            Effect::Altered { part },
            When::operation(Operation::Update),
        )]);
        let outcome = books.client.update(&update, &id("u")).await;
        let is_unknown =
            matches!(outcome, WriteOutcome::Unknown { why: UnknownWhy::NotTheAnswer { status: 200 }, .. });
        assert!(is_unknown || outcome.code() == "stale", "{outcome:?}");
    }
    books.go_wrong(Vec::new());
    books.close().await;
}

#[tokio::test]
async fn an_invoice_is_printed() {
    let books = Books::open().await;
    let invoice = books.invoiced("H-1001", "26.50").await;
    let id = Id::<qb_model::Invoice>::new(invoice.id.get().unwrap().as_str()).unwrap();
    let pdf = books.client.invoice_pdf(&id).await.unwrap();
    let text = String::from_utf8(pdf).unwrap();
    assert!(text.starts_with("%PDF-") && text.contains("(INVOICE H-1001)"), "{text}");
    let none = Id::<qb_model::Invoice>::new("999999").unwrap();
    assert_eq!(books.client.invoice_pdf(&none).await.unwrap_err().code(), "read-refused");

    // What says that it is a PDF and is none, or is half of one, is not handed out.
    for effect in [
        Effect::Html { committed: false },
        Effect::Empty { committed: false },
        Effect::WrongContentType,
        Effect::Truncated { bytes: 200 },
    ] {
        let name = format!("{effect:?}");
        books.go_wrong(vec![Rule::new("pdf", effect, When::default())]);
        assert_eq!(books.client.invoice_pdf(&id).await.unwrap_err().code(), "read-failed", "{name}");
    }
    books.go_wrong(Vec::new());
    books.close().await;
}

/// A page has fewer rows than asked for, and is not the last: only an empty one is.
#[tokio::test]
async fn pages_end_with_the_empty_one() {
    let books = Books::open().await;
    for number in 0..7 {
        books.create(EntityKind::Invoice, books.invoice(&format!("P-{number}"), "1.00")).await;
    }
    let cap = Rule::new("cap", Effect::PageCap { rows: 3 }, When::operation(Operation::Query));
    books.go_wrong(vec![cap]);
    let before = books.client.usage();
    let mut pages = books.client.pages::<Invoice>(Query::of::<Invoice>());
    let mut sizes = Vec::new();
    let mut numbers = BTreeSet::new();
    while let Some(page) = pages.next().await.unwrap() {
        sizes.push(page.len());
        numbers.extend(page.iter().map(|invoice| invoice.doc_number.as_str().unwrap().to_owned()));
    }
    assert_eq!((sizes, numbers.len()), (vec![3, 3, 1], 7));
    assert_eq!((books.client.usage() - before).reads, 4);
    assert!(pages.next().await.unwrap().is_none(), "it stays over");

    books.go_wrong(Vec::new());
    let query = Query::of::<Invoice>().equal(QueryField::DocNumber, "P-3").unwrap();
    let found = books.client.pages::<Invoice>(query).all().await.unwrap();
    assert_eq!(found.iter().map(|invoice| cents(&invoice.total_amt)).collect::<Vec<_>>(), [100]);
    let other = books.client.pages::<Invoice>(Query::of::<Customer>()).all().await.unwrap_err();
    assert_eq!(other.code(), "read-contradiction", "rows of another kind");
    books.close().await;
}

#[tokio::test]
async fn changes_bring_what_is_new_what_is_gone_and_what_was_cut_off() {
    let books = Books::open().await;
    let since = books.simulator.now().with_timezone(&Utc);
    let kept = books.invoiced("H-1", "26.50").await;
    let gone = books.invoiced("H-2", "1.00").await;
    applied(books.client.delete(&Version::of(&gone).unwrap(), &id("delete")).await);
    let kinds =
        [EntityName::of::<Customer>(), EntityName::from(EntityKind::Invoice), EntityName::of::<Bill>()];
    let changes = books.client.changed_since(&kinds, since).await.unwrap();
    let numbers: Vec<_> =
        changes.of::<Invoice>().map(|invoice| invoice.doc_number.as_str().unwrap()).collect();
    assert_eq!((numbers, changes.of::<Customer>().count()), (vec!["H-1"], 1));
    let deleted: Vec<_> = changes.deleted.iter().map(|one| (one.kind.as_str(), one.id.as_str())).collect();
    assert_eq!(deleted, [("Invoice", gone.id.get().unwrap().as_str())]);
    assert!(changes.deleted[0].at.is_some() && changes.answered_at.is_some() && changes.is_complete());
    assert_eq!(changes.of::<Invoice>().next().unwrap().sync_token, kept.sync_token);

    let later = books.client.changed_since(&kinds, since + TimeDelta::hours(1)).await.unwrap();
    assert!(later.records.is_empty() && later.deleted.is_empty() && later.is_complete());
    for (kinds, since) in
        [(&[EntityName::of::<TaxCode>()][..], since), (&kinds[..], since - TimeDelta::days(31))]
    {
        assert_eq!(books.client.changed_since(kinds, since).await.unwrap_err().code(), "read-refused");
    }
    books.close().await;
}

/// QuickBooks gives a thousand of a kind and no second page: it is said which kind may have more.
#[tokio::test]
async fn a_kind_that_is_cut_off_is_named() {
    let books = Books::open().await;
    let since = books.simulator.now().with_timezone(&Utc);
    for thirty in 0..34 {
        let mut batch = Batch::new();
        let numbers = (thirty * 30..1000).take(30);
        for number in numbers {
            let body = books.invoice(&format!("C-{number}"), "1.00").to_string();
            batch.create(EntityKind::Invoice, body.as_bytes(), &id("many")).unwrap();
        }
        assert_eq!(books.client.batch(&batch, &batch.request_id()).await.unexpected(), [""; 0]);
    }
    let kinds = [EntityName::of::<Invoice>(), EntityName::of::<Customer>()];
    let changes = books.client.changed_since(&kinds, since).await.unwrap();
    assert_eq!(
        (changes.of::<Invoice>().count(), changes.capped.as_slice()),
        (1000, &["Invoice".to_owned()][..])
    );
    books.close().await;
}

/// What QuickBooks tells of by itself is believed in both forms, and leads to a record that can be read.
#[tokio::test]
async fn a_signed_notice_leads_to_the_record() {
    let books = Books::open().await;
    let webhooks = Webhooks::new("verifier-1").or_signed_with("verifier-0");
    for (form, verifier) in [(HookForm::Legacy, "verifier-1"), (HookForm::CloudEvents, "verifier-0")] {
        let hooks = Hooks { verifier: verifier.to_owned(), form, ..Hooks::default() };
        books.simulator.with_service(|service| service.set_hooks(Some(hooks))).unwrap();
        let invoice = books.invoiced(&format!("W-{verifier}"), "26.50").await;
        applied(books.client.void(&Version::of(&invoice).unwrap(), &id("void")).await);
        let notices = books.simulator.with_service(|service| service.take_notifications());
        let mut told = Vec::new();
        for notice in &notices {
            let signature = notice.headers.iter().find(|(name, _)| name == SIGNATURE_HEADER).unwrap();
            for change in webhooks.changes(Some(&signature.1), &notice.body).unwrap() {
                assert_eq!(change.realm, books.client.realm().as_str());
                let found: Invoice = books.client.record(&change.id).await.unwrap().unwrap();
                told.push((change.entity, format!("{:?}", change.operation.unwrap()), found.doc_number));
            }
        }
        let number = invoice.doc_number.clone();
        let expected = |what: &str| ("invoice".to_owned(), what.to_owned(), number.clone());
        assert_eq!(told, [expected("Create"), expected("Void")], "{form:?}");
    }
    let hooks = Hooks { verifier: "verifier-1".to_owned(), forge_every: Some(1), ..Hooks::default() };
    books.simulator.with_service(|service| service.set_hooks(Some(hooks))).unwrap();
    books.invoiced("W-9", "1.00").await;
    for notice in books.simulator.with_service(|service| service.take_notifications()) {
        let signature = notice.headers.iter().find(|(name, _)| name == SIGNATURE_HEADER).unwrap();
        let error = webhooks.changes(Some(&signature.1), &notice.body).unwrap_err();
        assert_eq!(error.code(), "webhook-bad-signature");
    }
    books.close().await;
}

#[test]
fn a_kind_has_its_name_on_the_wire() {
    assert_eq!((EntityName::of::<Invoice>().as_str(), Invoice::NAME), ("Invoice", "Invoice"));
    assert_eq!(
        EntityName::from(EntityKind::SalesReceipt).to_string(),
        json!("SalesReceipt").as_str().unwrap()
    );
}
