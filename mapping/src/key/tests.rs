//! Every key is read as it was written, and nothing else is read as one.

use super::*;
use proptest::prelude::*;

fn reads<K: FromStr<Err = KeyError> + fmt::Display>(text: &str) -> bool {
    text.parse::<K>().is_ok_and(|key| key.to_string() == text)
}

#[test]
fn older_logs_keys_read_as_they_were_written() {
    for text in ["boston/7/4", "boston/50% off/4", "boston/till 1 - left/0"] {
        assert!(reads::<BatchKey>(text), "{text}");
    }
    for text in [
        "boston/7/4/transaction-1521022",
        "boston/7/4/deposit-700710",
        "boston/7/4/account-payment-6798",
        "boston/7/4/pay-in-out-11790",
        "boston/7/4/summary-260203",
        "boston/7/4/summary-010203",
        "boston/purchase-order-306063",
        "boston/opening-251231",
        "boston/opening-010203",
        "boston/7/4/transaction-1521022/correction-1",
        "boston/7/4/summary-260203/revision-12",
        "boston/purchase-order-306063/revision-1",
    ] {
        assert!(reads::<EventKey>(text), "{text}");
    }
    for text in [
        "inv-CLT1B1",
        "po-CL306063",
        "je-CLOB251231",
        "pay-CL-PBRB-WLMM-4",
        "cust-a-1.b_2",
        "cust-16%2F51/a-1.b_2",
    ] {
        assert!(reads::<StepKey>(text), "{text}");
    }
    for text in ["store-boston", "vend-acme-1a2b3c4d", "item-goods", "acct-takings-of-15239", "pm-15239"] {
        assert!(reads::<StepKey>(text), "{text}");
    }
}

#[test]
fn other_texts_are_no_keys() {
    for text in ["", "boston", "boston/7", "boston/7/04", "boston/7/+4", "boston//4", "boston/7/4/5"] {
        assert!(text.parse::<BatchKey>().is_err(), "{text}");
    }
    for text in [
        "",
        "boston/7/4",
        "boston/transaction-1",
        "boston/7/4/purchase-order-1",
        "boston/7/4/transaction-01",
        "boston/7/4/transaction-",
        "boston/opening-1",
        "boston/7/4/transaction-1/correction-0",
        "boston/7/4/transaction-1/correction-01",
        "boston/7/4/transaction-1/correction-+1",
        "boston/7/4/transaction-1/correction-4294967296",
        "boston/7/4/transaction-1/correction-",
        "boston/7/4/transaction-1/voided-1",
        "boston/7/4/transaction-1/correction-1/revision-1",
        "boston/7/4/correction-1",
        "boston/summary-251231",
        "boston/7/4/summary-1",
        "boston/7/4/summary-2602033",
    ] {
        assert!(text.parse::<EventKey>().is_err(), "{text}");
    }
    for text in ["", "inv", "inv-", "invoice-CLT1B1", "-CLT1B1", "1651/1042"] {
        assert!(text.parse::<StepKey>().is_err(), "{text}");
    }
    let error = "boston/7".parse::<BatchKey>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"boston/7\" is no key of a batch; it was written by a later version, or changed by hand"
    );
}

#[test]
fn a_slash_within_a_part_parts_nothing() {
    let (store, register) = ("a".to_owned(), "1/2".to_owned());
    let key = BatchKey { store, register, number: 3 };
    assert_eq!(key.to_string(), "a/1%2F2/3");
    assert!(reads::<BatchKey>("a/1%2F2/3"));
    for (text, store) in [("a%2Fb/1/3", "a/b"), ("a%2Fb/purchase-orders", "a/b"), ("a/opening-251231", "a")] {
        let group: OriginGroup = text.parse().unwrap();
        assert_eq!((group.store(), group.to_string().as_str()), (store, text));
    }
    assert!("a/b/purchase-orders".parse::<OriginGroup>().is_err());
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        any::<u64>().prop_map(Event::Transaction),
        any::<u64>().prop_map(Event::Deposit),
        any::<u64>().prop_map(Event::AccountPayment),
        any::<u64>().prop_map(Event::PayInOut),
        any::<u64>().prop_map(Event::PurchaseOrder),
        (0_u64..1_000_000).prop_map(Event::OpeningEntry),
        (0_u64..1_000_000).prop_map(Event::Summary),
    ]
}

fn edition() -> impl Strategy<Value = Edition> {
    let n = || (1_u32..=u32::MAX).prop_map(|n| NonZeroU32::new(n).unwrap());
    prop_oneof![Just(Edition::First), n().prop_map(Edition::Correction), n().prop_map(Edition::Revision)]
}

fn kind() -> impl Strategy<Value = StepKind> {
    prop::sample::select(StepKind::ALL.to_vec())
}

/// Parts with what is written otherwise in them.
fn part() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["/", "%", "2F", "25", "2", "a", "é", "-"]), 1..9)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_key_reads_as_it_was_written(
        store in part(), register in part(), number: u64, event in event(), edition in edition(), kind in kind(), name in part(),
    ) {
        let batch = BatchKey { store: store.clone(), register: register.clone(), number };
        prop_assert_eq!(batch.to_string().parse::<BatchKey>(), Ok(batch.clone()));
        let of_batch = event.is_of_batch().then_some((register.as_str(), number));
        let identity = Identity { store: &store, batch: of_batch, event, edition };
        let key = identity.key();
        prop_assert_eq!(key.to_string(), identity.to_string());
        prop_assert_eq!(key.to_string().parse::<EventKey>(), Ok(key.clone()));
        prop_assert_eq!(key.edition(), edition);
        prop_assert_eq!(key.as_edition(Edition::First), Identity { edition: Edition::First, ..identity }.key());
        prop_assert_eq!(key.batch(), event.is_of_batch().then_some(batch));
        if let (Edition::Correction(n), Some(batch)) = (edition, key.batch()) {
            prop_assert_eq!(OriginKey::of(&key), Some(OriginKey::Correction { batch, n }));
        }
        if let Some(origin) = OriginKey::of(&key) {
            prop_assert_eq!(origin.to_string().parse::<OriginKey>(), Ok(origin.clone()));
            let group = OriginGroup::from(origin);
            prop_assert_eq!(group.store(), key.store());
            prop_assert_eq!(group.to_string().parse::<OriginGroup>(), Ok(group));
        }
        let customer = CustomerKey { retailer: register, id: store };
        let step = StepKey::customer(&customer);
        prop_assert_eq!(step.to_string().parse::<StepKey>(), Ok(step.clone()));
        prop_assert_eq!((step.customer_key(), step.customer_id()), (Some(customer.clone()), None));
        prop_assert_eq!(customer.to_string().parse::<CustomerKey>(), Ok(customer));
        let step = StepKey::new(kind, &name);
        prop_assert_eq!(step.name(), name.as_str());
        prop_assert_eq!(step.to_string().parse::<StepKey>(), Ok(step.clone()));
        let json = serde_json::to_string(&(&step, &key)).unwrap();
        prop_assert_eq!(serde_json::from_str::<(StepKey, EventKey)>(&json).unwrap(), (step, key));
    }
}
