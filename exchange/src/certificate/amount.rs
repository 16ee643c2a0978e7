//! How an amount stands in a certificate, and how it is read: text with two decimals, one text for each amount.

use pos_model::Money;

/// Reads `-12.50`: digits without a needless nought, a point, two digits; `-0.00` is no amount.
pub(super) fn parse(text: &str) -> Option<Money> {
    let cents: i64 = text.replacen('.', "", 1).parse().ok()?;
    let amount = Money::sum_of_cents(cents);
    (amount.to_string() == text).then_some(amount)
}

/// An amount.
pub(super) mod as_money {
    use pos_model::Money;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(in crate::certificate) fn serialize<S: Serializer>(
        amount: &Money,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(amount)
    }

    pub(in crate::certificate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Money, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse(&text)
            .ok_or_else(|| D::Error::custom(format!("{text:?} is no amount with two decimals")))
    }
}

/// An amount that may not have been read.
pub(super) mod as_money_if_known {
    use pos_model::Money;
    use serde::{Deserializer, Serializer};

    pub(in crate::certificate) fn serialize<S: Serializer>(
        amount: &Option<Money>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match amount {
            Some(amount) => serializer.collect_str(amount),
            None => serializer.serialize_none(),
        }
    }

    pub(in crate::certificate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Money>, D::Error> {
        super::as_money::deserialize(deserializer).map(Some)
    }
}

/// Amounts by name.
pub(super) mod as_moneys {
    use std::collections::BTreeMap;

    use pos_model::Money;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::as_money;

    #[derive(Serialize, Deserialize)]
    struct Text(#[serde(with = "as_money")] Money);

    pub(in crate::certificate) fn serialize<S: Serializer>(
        amounts: &BTreeMap<String, Money>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(amounts.iter().map(|(name, amount)| (name, Text(*amount))))
    }

    pub(in crate::certificate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Money>, D::Error> {
        let amounts = BTreeMap::<String, Text>::deserialize(deserializer)?;
        Ok(amounts.into_iter().map(|(name, Text(amount))| (name, amount)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_one_text() {
        for text in ["0.00", "-0.05", "12.50", "-1234567.89"] {
            assert_eq!(parse(text).map(|amount| amount.to_string()).as_deref(), Some(text));
        }
        for text in ["", "0", "-0.00", "00.00", "1.5", "1,00", "+1.00", ".50", "1.000", "100", "1.0.0"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
