//! Charges to cards.

use chrono::{DateTime, FixedOffset};

use super::field::Field;
use super::record::record;
use crate::amount::Amount;

record! {
    /// A charge to a card.
    CardPayment {
        /// What was asked for.
        credit_charge_info: Field<CardCharge> = "CreditChargeInfo",
        /// What the processor said.
        credit_charge_response: Field<CardResponse> = "CreditChargeResponse",
    }
}

record! {
    /// What was asked of a card.
    CardCharge {
        /// The kind of card.
        card_type: Field<String> = "Type",
        /// Whose name is on it.
        name_on_acct: Field<String> = "NameOnAcct",
        /// The number, masked.
        number: Field<String> = "Number",
        /// The month it ends.
        cc_expiry_month: Field<i64> = "CcExpiryMonth",
        /// The year it ends.
        cc_expiry_year: Field<i64> = "CcExpiryYear",
        /// Its holder's street.
        bill_addr_street: Field<String> = "BillAddrStreet",
        /// Its holder's postal code.
        postal_code: Field<String> = "PostalCode",
        /// How much.
        amount: Field<Amount> = "Amount",
        /// Whether the payment was made with it.
        process_payment: Field<bool> = "ProcessPayment",
    }
}

record! {
    /// What a card processor said.
    CardResponse {
        /// The state of the charge.
        status: Field<String> = "Status",
        /// The processor's number of it.
        cc_trans_id: Field<String> = "CCTransId",
        /// The authorization.
        auth_code: Field<String> = "AuthCode",
        /// When.
        txn_authorization_time: Field<DateTime<FixedOffset>> = "TxnAuthorizationTime",
    }
}
