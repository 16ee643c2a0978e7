//! Certificates: what they say of a day that ties out and of one that does not, that their figures add up, and that
//! no byte of them can be changed unseen.

use crate::support;

use std::fs;
use std::path::Path;

use exchange::certificate::{Beside, Certificate, CertificateFault, Checker, Dossier, Scope, Sealed};
use exchange::drift::{Reach, Standing};
use exchange::{Report, TieOut};
use mapping::Origin;
use pos_model::{Batch, Money};
use serde_json::json;
use support::World;
use support::pos::{batch, orders, sale, sample_day};
use support::wire::{Fault, creates};

const DAY: &str = "2026-02-03";

/// A certificate with its seal, kept in the log.
async fn certify(world: &World, batches: &[Batch], reports: &[Report]) -> (Certificate, Sealed) {
    let mut exchange = world.exchange();
    let tie_out = exchange.tie_out(batches).await.unwrap();
    let read_back = Some(exchange.read_back(batches, Reach::Changes).await.unwrap());
    let beside = Beside { read_back, ..Beside::default() };
    let dossier = exchange.dossier(batches, &tie_out, reports, beside).await.unwrap();
    let certificate = dossier.certificate(dossier.period().unwrap()).unwrap();
    let sealed = Sealed::new(&certificate).unwrap();
    exchange.keep_certificate(&certificate, &sealed).await.unwrap();
    (certificate, sealed)
}

/// Reads a certificate as `verify-certificate` does.
fn checked(sealed: &Sealed) -> Certificate {
    let mut checker = Checker::new();
    let certificate = checker.take("it", sealed.text().as_bytes()).unwrap();
    assert_eq!(checker.finish(), []);
    certificate
}

#[track_caller]
fn check_golden(name: &str, certificate: &Certificate) {
    // The virtual clock moves with every request: the hour is no matter of the golden file.
    let mut certificate = certificate.clone();
    certificate.checked_at = "2026-02-04T07:02:00Z".parse().unwrap();
    let sealed = Sealed::new(&certificate).unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden/certificates")
        .join(name)
        .with_extension("json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(golden.parent().unwrap()).unwrap();
        fs::write(&golden, sealed.text()).unwrap();
    } else {
        assert!(
            fs::read_to_string(&golden).unwrap() == sealed.text(),
            "{}:\n{}",
            golden.display(),
            sealed.text()
        );
    }
}

async fn sample() -> (World, Vec<Batch>, Vec<Report>) {
    let (world, day) = (World::new(), sample_day());
    let reports = world.run(&day).await;
    (world, day, reports)
}

/// every kind of document, and a bank deposit that somebody typed in.
#[tokio::test]
async fn a_day_that_ties_out() {
    let (world, day, reports) = sample().await;
    world.bank_deposit(&json!(45.00), DAY);
    let (certificate, sealed) = certify(&world, &day, &reports).await;
    assert!(certificate.verdict.ties_out && certificate.differences.is_empty());
    assert_eq!(certificate.others.len(), 1);
    assert!(certificate.accounts.iter().all(|account| account.figures.trial_balance.is_some()));
    assert_eq!(certificate.debits.read_back, Some(certificate.debits.till));
    assert_eq!(checked(&sealed), certificate);
    check_golden("agrees", &certificate);
}

/// one invoice was edited, one payment deleted, one document refused.
#[tokio::test]
async fn a_day_that_does_not_tie_out() {
    let (world, day) = (World::new(), sample_day());
    world.wire.once(creates("invoice", "CLT1521023B4"), Fault::Refused("6210"));
    let reports = world.run(&day).await;
    let invoices = world.wire.rows("Invoice");
    let invoice = invoices.iter().find(|row| row["DocNumber"] == "CLT1521022B4").unwrap();
    let mut line = invoice["Line"][0].clone();
    line["Amount"] = json!(109.57);
    for field in ["Qty", "UnitPrice"] {
        line["SalesItemLineDetail"].as_object_mut().unwrap().remove(field);
    }
    world.wire.change("Invoice", "CLT1521022B4", "update", &json!({"Line": [line]}));
    world.wire.change("Payment", "CL15236A6798B7", "delete", &json!({}));
    let (certificate, sealed) = certify(&world, &day, &reports).await;
    assert!(!certificate.verdict.ties_out && !certificate.verdict.is_explained);
    let causes: Vec<&str> = certificate.differences.iter().map(|finding| finding.cause.as_str()).collect();
    assert_eq!(causes, ["edited", "not-posted", "not-posted", "deleted"]);
    assert_eq!(checked(&sealed), certificate);
    check_golden("differs", &certificate);
}

/// A payment that somebody unmatched moves every account as it should, and is not what was sent.
#[tokio::test]
async fn a_document_that_no_account_shows_is_read_back_otherwise() {
    let (world, day, reports) = sample().await;
    world.wire.change("Payment", "CL15239T1521022B4", "update", &json!({"Line": []}));
    let (certificate, sealed) = certify(&world, &day, &reports).await;
    assert!(!certificate.verdict.ties_out && !certificate.verdict.is_explained);
    let [finding] = &certificate.differences[..] else { panic!("{:?}", certificate.differences.len()) };
    assert_eq!((finding.cause.as_str(), finding.state.as_str()), ("read-back", "Changed since posting"));
    assert_eq!(
        &*finding.what,
        "In QuickBooks it is matched with no document. No account moves otherwise for it."
    );
    let differ: Vec<&str> = (certificate.accounts.iter())
        .filter(|account| account.figures.read_back != Some(account.figures.general_ledger))
        .map(|account| account.what.as_str())
        .collect();
    assert_eq!(differ, ["what customers owe", "cash, checks and other money taken"]);
    assert_eq!(checked(&sealed), certificate);
}

/// Both ways of reading back see the same; of documents that QuickBooks tells no changes of any more there is no figure, unless each
/// is read by its id.
#[tokio::test]
async fn documents_are_read_back_by_their_changes_or_one_by_one() {
    let (world, day, reports) = sample().await;
    world.wire.change("Payment", "CL15236A6798B7", "delete", &json!({}));
    world.wire.change("Invoice", "CLT1521022B4", "void", &json!({}));
    world.wire.change("Invoice", "CLT1521023B4", "update", &json!({"PrivateNote": "a word more"}));
    let read = async |reach| world.exchange().read_back(&day, reach).await.unwrap();
    let (changes, each) = (read(Reach::Changes).await, read(Reach::Each).await);
    assert_eq!(changes, each);
    assert_eq!((changes.unread(), changes.standings().count()), (0, world.documents().len() + 1));
    let otherwise = changes.standings().filter(|(_, standing)| **standing != Standing::AsSent);
    let otherwise: Vec<_> = otherwise.map(|(key, standing)| (key.name(), standing.clone())).collect();
    // A payment loses its match with a voided invoice.
    let unmatched = Standing::Changed { fields: vec!["links"], words: "matched with no document".to_owned() };
    assert_eq!(
        otherwise,
        [
            ("CLT1521022B4", Standing::Voided),
            ("CL15236A6798B7", Standing::Gone),
            ("CL15239T1521022B4", unmatched),
        ],
    );
    world.clock.advance(31 * 24 * 3600);
    let (changes, each_later) = (read(Reach::Changes).await, read(Reach::Each).await);
    assert_eq!((changes.standings().count(), changes.unread()), (0, each.standings().count()));
    assert_eq!(each_later, each);
    let mut exchange = world.exchange();
    let tie_out = exchange.tie_out(&day).await.unwrap();
    let beside = Beside { read_back: Some(changes), ..Beside::default() };
    let dossier = exchange.dossier(&day, &tie_out, &reports, beside).await.unwrap();
    let certificate = dossier.certificate(dossier.period().unwrap()).unwrap();
    assert_eq!(certificate.debits.read_back, None);
}

/// A byte changed anywhere is found.
#[tokio::test]
async fn no_byte_can_be_changed_unseen() {
    let world = World::new();
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00")])];
    let reports = world.run(&day).await;
    let (_, sealed) = certify(&world, &day, &reports).await;
    let bytes = sealed.text().as_bytes();
    assert!(bytes.len() < 20_000, "{} bytes: too many to try each", bytes.len());
    for place in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[place] ^= if place % 2 == 0 { 0x01 } else { 0x20 };
        assert!(Sealed::read("it", &changed).is_err(), "byte {place}");
    }
    for end in (0..bytes.len()).step_by(17) {
        assert!(Sealed::read("it", &bytes[..end]).is_err(), "cut off at {end}");
    }
}

/// A certificate that another program sealed after a cent was changed has the right hash and the wrong sums.
#[tokio::test]
async fn a_figure_that_is_changed_and_sealed_again_does_not_add_up() {
    let (world, day, reports) = sample().await;
    let (good, _) = certify(&world, &day, &reports).await;
    let cent = Money::sum_of_cents(1);
    for (what, change) in [
        (
            "an account",
            &(|c: &mut Certificate| c.accounts[0].figures.till += cent) as &dyn Fn(&mut Certificate),
        ),
        ("a day of an account", &|c| c.accounts[1].days[0].figures.general_ledger += cent),
        ("a customer", &|c| {
            let account = c.accounts.iter_mut().find(|account| !account.customers.is_empty()).unwrap();
            account.customers[0].figures.plan += cent;
        }),
        ("a document", &|c| c.documents[0].legs[0].amount += cent),
        ("a missing document", &|c| _ = c.documents.pop()),
        ("a store's tax", &|c| c.taxes[0].till += cent),
        ("what was sold", &|c| c.days[0].sold += cent),
        ("a tender", &|c| c.tenders[0].till += cent),
        ("a tender of a day", &|c| c.days[0].tenders[0].till += cent),
        ("a drawer", &|c| {
            let drawer = &mut c.days[0].drawers[0];
            (drawer.float, drawer.expected) = (Some(cent), Some(cent + cent + drawer.cash));
        }),
        ("a balance", &|c| c.balances[0].opening_balance += cent),
        ("certificates", &|c| c.gift_certificates.sold += cent),
        ("deposits", &|c| c.deposits.outstanding += cent),
        ("the debits", &|c| c.debits.general_ledger += cent),
        ("the verdict", &|c| c.verdict.ties_out = false),
        ("the count", &|c| c.verdict.documents += 1),
    ] {
        let mut changed = good.clone();
        change(&mut changed);
        let sealed = Sealed::new(&changed).unwrap();
        let faults = Checker::new().take("it", sealed.text().as_bytes()).unwrap_err();
        assert!(faults.iter().all(|fault| fault.code() == "certificate-sums"), "{what}: {faults:?}");
    }
}

/// Each certificate names the one before it, through the posting log; a file that is missing or from elsewhere is found.
#[tokio::test]
async fn certificates_are_a_chain() {
    let world = World::new();
    let day = [batch("1", 4, DAY, &[sale(1, DAY, "20.00")])];
    let reports = world.run(&day).await;
    let mut chain = Vec::new();
    for number in 1..=4 {
        let (certificate, sealed) = certify(&world, &day, &reports).await;
        assert_eq!(certificate.number, number);
        assert_eq!(certificate.previous.as_deref(), chain.last().map(Sealed::sha256));
        chain.push(sealed);
    }
    let faults = |files: &[&Sealed]| {
        let mut checker = Checker::new();
        for (number, file) in files.iter().enumerate() {
            checker.take(&format!("file {number}"), file.text().as_bytes()).unwrap();
        }
        checker.finish()
    };
    let all: Vec<&Sealed> = chain.iter().rev().collect();
    assert_eq!(faults(&all), []);
    assert_eq!(faults(&all[..2]), []);
    assert!(matches!(&faults(&[&chain[0], &chain[1], &chain[3]])[..], [CertificateFault::Missing { .. }]));
    let mut other = checked(&chain[2]);
    other.checked_at += chrono::TimeDelta::seconds(1);
    let other = Sealed::new(&other).unwrap();
    let forked = faults(&[&chain[0], &chain[1], &chain[2], &other]);
    assert!(matches!(&forked[..], [CertificateFault::Fork { .. }]), "{forked:?}");
}

/// The certificates of days and of batches are parts of the period's: they add up to it, and each adds up in itself.
#[tokio::test]
async fn days_and_batches_add_up_to_the_period() {
    let world = World::new();
    let mut batches = sample_day();
    batches.push(batch(
        "9",
        77,
        "2026-02-04",
        &[sale(9001, "2026-02-04", "20.00"), sale(9002, "2026-02-05", "5.00")],
    ));
    let orders = orders();
    let mut exchange = world.exchange();
    let origins: Vec<Origin<'_>> = mapping::origins(&batches, &orders).collect();
    let mut reports = Vec::new();
    for origin in &origins {
        reports.push(exchange.run(*origin).await.unwrap());
    }
    let tie_out: TieOut = exchange.tie_out(origins.iter().copied()).await.unwrap();
    let dossier: Dossier<'_> =
        exchange.dossier(origins.iter().copied(), &tie_out, &reports, Beside::default()).await.unwrap();
    let period = dossier.certificate(dossier.period().unwrap()).unwrap();
    let days: Vec<Scope> = dossier.days().into_iter().map(|date| Scope::Day { date }).collect();
    assert!(days.len() > 3);
    let of_batches =
        dossier.origins().into_iter().map(|origin| Scope::Batch { origin: origin.to_owned() }).collect();
    for scopes in [days, of_batches] {
        let parts: Vec<Certificate> =
            scopes.into_iter().map(|scope| dossier.certificate(scope).unwrap()).collect();
        for part in &parts {
            assert!(part.verdict.ties_out, "{:?}", part.scope);
            assert_eq!(&checked(&Sealed::new(part).unwrap()), part);
        }
        for account in &period.accounts {
            let mine = parts.iter().flat_map(|part| &part.accounts).filter(|part| part.id == account.id);
            let ledger: Money = mine.map(|part| part.figures.general_ledger).sum();
            assert_eq!(ledger, account.figures.general_ledger, "{}", account.name);
        }
        let documents: u64 = parts.iter().map(|part| part.verdict.documents).sum();
        assert_eq!(documents, period.verdict.documents);
    }
}

/// Names of people are in the certificate's text and in no `Debug`.
#[tokio::test]
async fn a_certificate_is_debugged_without_names_of_people() {
    let (world, day, reports) = sample().await;
    let (certificate, sealed) = certify(&world, &day, &reports).await;
    let debugged = format!("{certificate:?}{sealed:?}");
    for words in ["1651-1042", "Window cleaner", "received in Cash"] {
        assert!(sealed.text().contains(words) && !debugged.contains(words), "{words}");
    }
}
